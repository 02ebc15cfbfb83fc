/*
 * Where the files are that come with the programs: policies, drivers, tables.
 */
#ifndef PM_DATADIR_H
#define PM_DATADIR_H

/*
 * The path of such a file or folder, "releases.tsv" or "policy".  What the
 * environment variable names comes first.  Then programs that run from the
 * folder they were built in use the data of their own source tree, programs of
 * a moved installation that beside them, and others what make install put in
 * place.  Says nothing about whether the file is there.  The caller frees.
 */
char *datadir_find(const char *environment, const char *name);

#endif
