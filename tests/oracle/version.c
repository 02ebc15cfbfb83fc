/*
 * Version order against the programs that define it: libdpkg and libapt-pkg for
 * deb, librpm for rpm.  PAIRS (default 1000000, a third for each) pairs are
 * compared; they are made from the versions of this machine's package lists,
 * from the collected data files, and at random.
 *
 * What an oracle refuses must be invalid here.  Where version.h refuses more
 * than the oracle, a rule of its own below must say so; anything else that
 * differs is a failure.
 */
#include "oracle.h"

#include "../lib/version_maker.h"
#include "../unit/tap.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHOWN = 10 };

/* Real versions, each with a NUL behind it. */
struct pool {
	struct arena text;
	struct span *versions;
	size_t count, capacity;
};

static void
pool_add(struct pool *pool, struct span version)
{
	if (version.n == 0 || version.n >= MADE_MAX)
		return;
	pool->versions = memory_grow(pool->versions, &pool->capacity,
	    pool->count + 1, sizeof(*pool->versions));
	pool->versions[pool->count++] = arena_copy(&pool->text, version);
}

/*
 * Run a program and hand each line of its output to a function.  False when it
 * cannot be run or fails.
 */
static bool
each_line(const char *const argv[], void (*line)(struct pool *, struct span),
    struct pool *pool)
{
	posix_spawn_file_actions_t actions;
	char *text = NULL, *arguments[8] = {NULL};
	size_t capacity = 0;
	int ends[2], status;
	ssize_t n;
	FILE *file;
	pid_t pid;

	for (int i = 0; i < 7 && argv[i] != NULL; i++)
		arguments[i] = strdup(argv[i]);
	if (pipe(ends) != 0)
		die_errno(PM_EXIT_SYSTEM, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	status = posix_spawnp(
	    &pid, argv[0], &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	for (int i = 0; i < 8; i++)
		free(arguments[i]);
	file = fdopen(ends[0], "r");
	if (file == NULL)
		die_errno(PM_EXIT_SYSTEM, "fdopen");
	while ((n = getline(&text, &capacity, file)) > 0)
		line(pool, (struct span){text, (size_t)n - 1});
	free(text);
	fclose(file);
	return status == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* "Version: 1.0-1" of a Debian package list */
static void
add_debian(struct pool *pool, struct span line)
{
	const struct span name = SPAN("Version: ");

	if (span_starts(line, name))
		pool_add(pool, span_skip(line, name.n));
}

/* {"fixed":"1.0-1.el9"} of an OSV advisory, many in a line */
static void
add_fixed(struct pool *pool, struct span line)
{
	const struct span name = SPAN("\"fixed\":\"");
	const char *found;

	while ((found = memmem(line.p, line.n, name.p, name.n)) != NULL) {
		line = span_skip(line, (size_t)(found - line.p) + name.n);
		pool_add(pool, span_cut(&line, '"'));
	}
}

/* scheme, a, operator, b */
static void
add_case(struct pool *pool, struct span line)
{
	span_cut(&line, '\t');
	pool_add(pool, span_cut(&line, '\t'));
	span_cut(&line, '\t');
	pool_add(pool, line);
}

static void
fill_pool(struct pool *pool, enum version_scheme scheme)
{
	const char *data = getenv("PM_DATA");
	struct buffer path = {0};

	if (scheme == VERSION_DEB) {
		each_line((const char *const[]){"apt-cache", "dumpavail", NULL},
		    add_debian, pool);
		each_line(
		    (const char *const[]){"cat", "/var/lib/dpkg/status", NULL},
		    add_debian, pool);
	}
	if (data == NULL)
		return;
	buffer_printf(&path, "%s/%s", data,
	    scheme == VERSION_DEB ? "vercmp/deb-changelog-pairs.tsv"
				  : "rpm/almalinux9-osv-to20251231.ndjson.xz");
	buffer_add_byte(&path, '\0');
	if (access(path.p, R_OK) != 0)
		printf("# %s is not there\n", path.p);
	else if (scheme == VERSION_DEB)
		each_line(
		    (const char *const[]){"cat", path.p, NULL}, add_case, pool);
	else
		each_line((const char *const[]){"xzcat", path.p, NULL},
		    add_fixed, pool);
	buffer_release(&path);
}

/* How the pairs of one oracle came out. */
struct tally {
	unsigned long pairs, less, equal, greater, invalid;
	unsigned long stricter; /* a rule of version.h that the oracle lacks */
	unsigned long wrong;
};

static void
count(const struct oracle *oracle, struct tally *tally, struct span a,
    struct span b)
{
	enum version_order ours = version_compare(oracle->scheme, a, b);
	enum version_order theirs;

	tally->pairs++;
	if (oracle->stricter(a) || oracle->stricter(b)) {
		tally->stricter++;
		theirs = VERSION_INVALID;
	} else {
		theirs = oracle->compare(a.p, b.p);
	}
	tally->less += theirs == VERSION_LESS;
	tally->equal += theirs == VERSION_EQUAL;
	tally->greater += theirs == VERSION_GREATER;
	tally->invalid += theirs == VERSION_INVALID;
	if (ours != theirs && tally->wrong++ < SHOWN)
		printf("# %s: %s and %s: %d, here %d\n", oracle->name, a.p, b.p,
		    theirs, ours);
}

/* Put a version into made, which has room for a NUL behind it. */
static void
choose(struct maker *maker, enum version_scheme scheme, const struct pool *pool,
    const struct made *neighbour, struct made *made)
{
	size_t kind = make_below(maker, 8);
	struct span real = pool->count == 0
			       ? SPAN("1:9.2p1-2.3")
			       : pool->versions[make_below(maker, pool->count)];

	made->n = 0;
	if (kind < 2)
		made_add(made, real);
	else if (kind < 3)
		make_like(maker, real, made);
	else if (kind < 6 && neighbour != NULL)
		make_like(maker, made_span(neighbour), made);
	else
		make_version(maker, scheme, made);
	if (made->n == MADE_MAX)
		made->n--;
	made->text[made->n] = '\0';
}

static void
test_oracle(const struct oracle *oracle, unsigned long pairs)
{
	struct maker maker = {.state = 20261123};
	struct tally tally = {0};
	struct pool pool = {0};
	struct made a, b;

	if (oracle->compare == NULL) {
		ok(true, "%s # SKIP %s was not there at build time",
		    oracle->name, oracle->package);
		return;
	}
	fill_pool(&pool, oracle->scheme);
	/* A list names neighbours: versions of like packages. */
	for (size_t i = 1; i < pool.count && tally.pairs < pairs / 8; i++)
		count(oracle, &tally, pool.versions[i - 1], pool.versions[i]);
	while (tally.pairs < pairs) {
		choose(&maker, oracle->scheme, &pool, NULL, &a);
		choose(&maker, oracle->scheme, &pool, &a, &b);
		count(oracle, &tally, made_span(&a), made_span(&b));
	}
	ok(tally.wrong == 0, "%s: %lu pairs agree", oracle->name,
	    tally.pairs - tally.wrong);
	ok(tally.less > pairs / 10 && tally.greater > pairs / 10 &&
		tally.equal > pairs / 100 && tally.invalid > pairs / 100 &&
		tally.stricter < pairs / 3,
	    "%s: %lu <, %lu =, %lu >, %lu invalid (%lu only here); %zu real",
	    oracle->name, tally.less, tally.equal, tally.greater, tally.invalid,
	    tally.stricter, pool.count);
	free(pool.versions);
	arena_release(&pool.text);
}

int
main(int argc, char **argv)
{
	const char *wanted = getenv("PAIRS");
	uint64_t pairs = 1000000;

	(void)argc;
	diag_start(argv[0]);
	if (wanted != NULL &&
	    (!span_number(span_of(wanted), &pairs) || pairs < 1000))
		die(PM_EXIT_USAGE, "PAIRS: %s is no number from 1000", wanted);
	for (size_t i = 0; i < oracle_count; i++)
		test_oracle(&oracles[i], pairs / oracle_count);
	return done();
}
