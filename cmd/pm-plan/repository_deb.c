/*
 * Packages files of apt and dpkg's status file, deb-control(5), into libsolv.
 *
 * libsolv has a reader of its own (repo_add_debpackages), which leaves out what
 * a plan needs: the size of the download, Essential and Priority.  It also
 * takes Replaces for leave to remove, which here a policy gives.
 */
#include <solv/poolarch.h>

#include "repository.h"

enum field {
	PACKAGE,
	VERSION,
	SOURCE,
	ARCHITECTURE,
	MULTI_ARCH,
	DEPENDS,
	PRE_DEPENDS,
	PROVIDES,
	CONFLICTS,
	BREAKS,
	ESSENTIAL,
	IMPORTANT,
	PROTECTED,
	PRIORITY,
	SIZE,
	INSTALLED_SIZE,
	STATUS,
	FIELDS
};

static const struct span names[FIELDS] = {
    [PACKAGE] = {"Package", 7},
    [VERSION] = {"Version", 7},
    [SOURCE] = {"Source", 6},
    [ARCHITECTURE] = {"Architecture", 12},
    [MULTI_ARCH] = {"Multi-Arch", 10},
    [DEPENDS] = {"Depends", 7},
    [PRE_DEPENDS] = {"Pre-Depends", 11},
    [PROVIDES] = {"Provides", 8},
    [CONFLICTS] = {"Conflicts", 9},
    [BREAKS] = {"Breaks", 6},
    [ESSENTIAL] = {"Essential", 9},
    [IMPORTANT] = {"Important", 9},
    [PROTECTED] = {"Protected", 9},
    [PRIORITY] = {"Priority", 8},
    [SIZE] = {"Size", 4},
    [INSTALLED_SIZE] = {"Installed-Size", 14},
    [STATUS] = {"Status", 6},
};

/* Policy 2.5, from the most to the least important; KEY_PRIORITY counts it. */
static const char *const priorities[] = {
    "required", "important", "standard", "optional", "extra"};

struct reader {
	Pool *pool;
	Repo *repo;
	Repodata *data;
	const char *file;
	uint64_t line; /* of the paragraph */
	Id essential, priority, multi_arch;
	struct span value[FIELDS];
};

static _Noreturn void
wrong(const struct reader *reader, const char *reason, struct span text)
{
	die(PM_EXIT_DATA,
	    "%s: package at line %llu: %s '%.*s'; fetch the list again",
	    reader->file, (unsigned long long)reader->line, reason,
	    (int)(text.n < 80 ? text.n : 80), text.p);
}

/* ---- dependencies */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = span_skip(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static Id
id_of(struct reader *reader, struct span text)
{
	return pool_strn2id(reader->pool, text.p, (unsigned)text.n, 1);
}

/* "<<", "<=", "=", ">=", ">>"; "<" and ">" are old words for <= and >=. */
static int
relation_of(struct span *rest)
{
	static const struct {
		struct span text;
		int flags;
	} relations[] = {
	    {{"<<", 2}, REL_LT},
	    {{"<=", 2}, REL_LT | REL_EQ},
	    {{">>", 2}, REL_GT},
	    {{">=", 2}, REL_GT | REL_EQ},
	    {{"=", 1}, REL_EQ},
	    {{"<", 1}, REL_LT | REL_EQ},
	    {{">", 1}, REL_GT | REL_EQ},
	};

	for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++)
		if (span_starts(*rest, relations[i].text)) {
			*rest = span_skip(*rest, relations[i].text.n);
			return relations[i].flags;
		}
	return 0;
}

/* NAME, NAME:ANY, NAME (RELATION VERSION) */
static Id
one(struct reader *reader, struct span text)
{
	struct span whole = text, name = text, version;
	size_t n = 0;
	Id id;
	int flags;

	while (n < text.n && !is_blank(text.p[n]) && text.p[n] != '(' &&
	       text.p[n] != '[' && text.p[n] != '<')
		n++;
	name.n = n;
	if (n == 0)
		wrong(reader, "no package name in the dependency", whole);
	/* NAME:any asks for any architecture: for one that is as good */
	name = span_cut(&name, ':');
	id = id_of(reader, name);
	text = trim(span_skip(text, n));
	if (text.n == 0 || text.p[0] != '(')
		return id;
	version = span_skip(text, 1);
	version = trim(span_cut(&version, ')'));
	flags = relation_of(&version);
	version = trim(version);
	if (flags == 0 || version.n == 0)
		wrong(reader, "a dependency without relation", whole);
	return pool_rel2id(reader->pool, id, id_of(reader, version), flags, 1);
}

/* A | B | C, as a relation that libsolv nests to the right */
static Id
alternatives(struct reader *reader, struct span text)
{
	struct span first = span_cut(&text, '|');
	Id id = one(reader, trim(first));

	if (text.p == NULL)
		return id;
	return pool_rel2id(
	    reader->pool, id, alternatives(reader, text), REL_OR, 1);
}

static Offset
list(struct reader *reader, Offset ids, struct span text, Id marker)
{
	while (text.p != NULL) {
		struct span item = trim(span_cut(&text, ','));

		if (item.n > 0)
			ids = repo_addid_dep(reader->repo, ids,
			    alternatives(reader, item), marker);
	}
	return ids;
}

/* ---- packages */

static void
numbers(struct reader *reader, Id p)
{
	uint64_t number;

	if (span_number(reader->value[SIZE], &number))
		repodata_set_num(
		    reader->data, p, SOLVABLE_DOWNLOADSIZE, number);
	if (span_number(reader->value[INSTALLED_SIZE], &number) &&
	    number < UINT64_MAX / 1024)
		repodata_set_num(
		    reader->data, p, SOLVABLE_INSTALLSIZE, number * 1024);
	for (unsigned i = 0; i < sizeof(priorities) / sizeof(*priorities); i++)
		if (span_is(reader->value[PRIORITY], priorities[i]))
			repodata_set_num(reader->data, p, reader->priority, i);
	if (span_is(reader->value[ESSENTIAL], "yes") ||
	    span_is(reader->value[IMPORTANT], "yes") ||
	    span_is(reader->value[PROTECTED], "yes"))
		repodata_set_num(reader->data, p, reader->essential, 1);
	if (span_is(reader->value[MULTI_ARCH], "foreign"))
		repodata_set_num(reader->data, p, reader->multi_arch, 1);
}

/* NAME or NAME (VERSION), where that differs from the binary package's. */
static void
source(struct reader *reader, Id p)
{
	struct span version = reader->value[SOURCE], name;

	if (version.n == 0)
		return;
	name = trim(span_cut(&version, '('));
	repodata_set_id(
	    reader->data, p, SOLVABLE_SOURCENAME, id_of(reader, name));
	if (version.p == NULL)
		return;
	version = trim(span_cut(&version, ')'));
	repodata_set_id(
	    reader->data, p, SOLVABLE_SOURCEEVR, id_of(reader, version));
}

static void
package(struct reader *reader)
{
	const struct span *value = reader->value;
	Solvable *s;
	Id p;

	if (value[PACKAGE].n == 0 || value[VERSION].n == 0 ||
	    value[ARCHITECTURE].n == 0)
		wrong(
		    reader, "no name, version or architecture", value[PACKAGE]);
	p = repo_add_solvable(reader->repo);
	s = pool_id2solvable(reader->pool, p);
	s->name = id_of(reader, value[PACKAGE]);
	s->evr = id_of(reader, value[VERSION]);
	s->arch = id_of(reader, value[ARCHITECTURE]);
	s->requires = list(reader, 0, value[DEPENDS], 0);
	s->requires = list(
	    reader, s->requires, value[PRE_DEPENDS], SOLVABLE_PREREQMARKER);
	s->conflicts = list(reader, 0, value[CONFLICTS], 0);
	s->conflicts = list(reader, s->conflicts, value[BREAKS], 0);
	s->provides = list(reader, 0, value[PROVIDES], 0);
	s->provides = repo_addid_dep(reader->repo, s->provides,
	    pool_rel2id(reader->pool, s->name, s->evr, REL_EQ, 1), 0);
	numbers(reader, p);
	source(reader, p);
}

/* One field, its continuation lines included. */
static void
field(struct reader *reader, struct span name, struct span value)
{
	for (unsigned i = 0; i < FIELDS; i++)
		if (name.n == names[i].n &&
		    memcmp(name.p, names[i].p, name.n) == 0)
			reader->value[i] = trim(value);
}

/* Take a field off the text; false at the end of the paragraph. */
static bool
next_field(struct reader *reader, struct span *text, uint64_t *line)
{
	struct span start = *text, row, name;

	if (text->p == NULL || text->n == 0)
		return false;
	row = span_cut(text, '\n');
	++*line;
	if (row.n == 0)
		return false;
	name = row;
	name = span_cut(&name, ':');
	if (name.n == row.n)
		wrong(reader, "no field:", row);
	while (text->p != NULL && text->n > 0 &&
	       (text->p[0] == ' ' || text->p[0] == '\t')) {
		row = span_cut(text, '\n');
		++*line;
	}
	start.n = (size_t)(row.p + row.n - start.p);
	field(reader, name, span_skip(start, name.n + 1));
	return true;
}

/* "install ok installed": of a status file, what is not there is left out */
static bool
is_there(struct span status)
{
	return span_ends(status, SPAN(" installed"));
}

void
repository_deb_read(Repo *repo, struct span text, const char *file, bool status)
{
	struct reader reader = {.pool = repo->pool,
	    .repo = repo,
	    .data = repo_add_repodata(repo, 0),
	    .file = file};
	uint64_t line = 0;

	reader.essential = pool_str2id(repo->pool, KEY_ESSENTIAL, 1);
	reader.priority = pool_str2id(repo->pool, KEY_PRIORITY, 1);
	reader.multi_arch = pool_str2id(repo->pool, KEY_MULTI_ARCH, 1);
	while (text.p != NULL && text.n > 0) {
		bool any = false;

		memset(reader.value, 0, sizeof(reader.value));
		reader.line = line + 1;
		while (next_field(&reader, &text, &line))
			any = true;
		if (any && (!status || is_there(reader.value[STATUS])))
			package(&reader);
	}
	repodata_internalize(reader.data);
}
