/*
 * Which package a file belongs to, from the file lists in dpkg's info
 * directory.  Only the asked paths are kept, so one pass over the lists needs
 * next to no memory.
 */
#ifndef PM_OWNER_H
#define PM_OWNER_H

#include "hash.h"
#include "tree.h"

struct owners {
	struct arena arena;
	struct owner_wanted *wanted;
	size_t count;
	size_t capacity;
	struct owner_key *key;
	size_t key_count;
	size_t key_capacity;
	struct hash_table by_path; /* of key */
};

/* Ask for a path as the kernel gives it: no link in it.  Asking twice is fine */
void owners_want(struct owners *owners, struct span path);

/*
 * Read the diversions and the lists.  Where /bin and its like are links to
 * /usr/bin, the lists may name a file by either path.  native is the system's
 * architecture, which package names then do not carry.
 */
void owners_read(
    struct owners *owners, const struct tree *tree, struct span native);

/* The package, NAME or NAME:ARCHITECTURE; empty when none has the file. */
struct span owners_find(const struct owners *owners, struct span path);
void owners_release(struct owners *owners);

#endif
