#include "owner.h"

enum { LIST_MAX = 256 * 1024 * 1024 };

/*
 * Where lists of the packages' files are: dpkg's, and what a probe has asked
 * other package managers.
 */
static const struct lists {
	const char *directory;
	struct span suffix;
} places[] = {
    {"/var/lib/dpkg/info", {".list", 5}},
    {"/probe/owner", {"", 0}},
};

/* A path that was asked for. */
struct owner_wanted {
	struct span path;
	struct span package; /* empty until it is found */
};

/* A path that stands for it in the lists of the packages. */
struct owner_key {
	struct span path;
	uint32_t wanted;
	struct span only; /* a diversion gives it to this package, ... */
	struct span but;  /* ... or takes it from this one */
};

/* The directories that a merged /usr has as links. */
static const char *const merged[] = {
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};

static void
add_key(struct owners *owners, struct owner_key key)
{
	owners->key = memory_grow(owners->key, &owners->key_capacity,
	    owners->key_count + 1, sizeof(*owners->key));
	owners->key[owners->key_count] = key;
	hash_insert(
	    &owners->by_path, hash_span(key.path), (uint32_t)owners->key_count);
	owners->key_count++;
}

void
owners_want(struct owners *owners, struct span path)
{
	for (size_t i = 0; i < owners->count; i++)
		if (span_equal(owners->wanted[i].path, path))
			return;
	owners->wanted = memory_grow(owners->wanted, &owners->capacity,
	    owners->count + 1, sizeof(*owners->wanted));
	path = arena_copy(&owners->arena, path);
	owners->wanted[owners->count] = (struct owner_wanted){.path = path};
	add_key(owners, (struct owner_key){
			    .path = path, .wanted = (uint32_t)owners->count});
	owners->count++;
}

/* A path without /usr where that is a link to the same; else empty. */
static struct span
unmerged(const struct tree *tree, struct span path)
{
	struct span below = span_skip(path, 4);

	if (!span_starts(path, SPAN("/usr/")))
		return (struct span){0};
	for (size_t i = 0; i < sizeof(merged) / sizeof(merged[0]); i++) {
		struct span prefix = span_of(merged[i]);

		if (span_starts(below, prefix) && below.n > prefix.n &&
		    below.p[prefix.n] == '/' && tree_is_link(tree, merged[i]))
			return below;
	}
	return (struct span){0};
}

static void
add_unmerged(struct owners *owners, const struct tree *tree)
{
	size_t count = owners->key_count;

	for (size_t i = 0; i < count; i++) {
		struct owner_key key = owners->key[i];

		key.path = unmerged(tree, key.path);
		if (key.path.n > 0)
			add_key(owners, key);
	}
}

/* The path with /usr where it has been merged, to compare by. */
static bool
same_file(const struct tree *tree, struct span a, struct span b)
{
	struct span short_a = unmerged(tree, a);
	struct span short_b = unmerged(tree, b);

	return span_equal(
	    short_a.n > 0 ? short_a : a, short_b.n > 0 ? short_b : b);
}

/*
 * diversions holds three lines each: the path, where it is diverted to, and
 * the package that does it (":" for the administrator).  What runs from the
 * second path belongs to some other package that lists the first; what runs
 * from the first belongs to the diverting one.
 */
static void
read_diversions(struct owners *owners, const struct tree *tree)
{
	struct buffer buffer = {0};
	struct span rest;
	size_t count = owners->key_count;

	tree_slurp(tree, "/var/lib/dpkg/diversions", &buffer, LIST_MAX);
	rest = arena_copy(&owners->arena, buffer_span(&buffer));
	while (rest.p != NULL) {
		struct span from = span_cut(&rest, '\n');
		struct span to = span_cut(&rest, '\n');
		struct span by = span_cut(&rest, '\n');

		if (by.n == 0)
			break;
		for (size_t i = 0; i < count; i++) {
			struct owner_key key = owners->key[i];

			if (same_file(tree, key.path, from))
				owners->key[i].only = by;
			if (!same_file(tree, key.path, to))
				continue;
			key.path = from;
			key.but = by;
			add_key(owners, key);
		}
	}
	buffer_release(&buffer);
}

/* The lines of one package's list that stand for an asked path. */
static void
search_list(struct owners *owners, struct span lines, struct span package,
    struct span full_name)
{
	while (lines.p != NULL) {
		struct span line = span_cut(&lines, '\n');
		uint64_t hash = hash_span(line);

		for (struct hash_probe probe =
			 hash_first(&owners->by_path, hash);
		     hash_found(&owners->by_path, &probe);
		     hash_next(&owners->by_path, &probe)) {
			struct owner_key *key = &owners->key[probe.index];
			struct owner_wanted *wanted =
			    &owners->wanted[key->wanted];

			if (wanted->package.n > 0 ||
			    !span_equal(key->path, line) ||
			    (key->only.n > 0 &&
				!span_equal(key->only, package)) ||
			    (key->but.n > 0 && span_equal(key->but, package)))
				continue;
			wanted->package = arena_copy(&owners->arena, full_name);
		}
	}
}

static void
read_lists(struct owners *owners, const struct tree *tree,
    const struct lists *lists, struct span native)
{
	struct buffer path = {0}, lines = {0};
	struct list names = {0};

	tree_names(tree, lists->directory, &names);
	for (size_t i = 0; i < names.count; i++) {
		struct span full = names.item[i];
		struct span architecture;
		struct span package;

		if (!span_ends(full, lists->suffix))
			continue;
		buffer_reset(&path);
		buffer_printf(
		    &path, "%s/%.*s", lists->directory, SPAN_ARG(full));
		buffer_add_byte(&path, '\0');
		buffer_reset(&lines);
		if (!tree_slurp(tree, path.p, &lines, LIST_MAX))
			continue;
		full.n -= lists->suffix.n;
		architecture = full;
		package = span_cut(&architecture, ':');
		if (architecture.p != NULL && span_equal(architecture, native))
			full = package;
		search_list(owners, buffer_span(&lines), package, full);
	}
	list_release(&names);
	buffer_release(&path);
	buffer_release(&lines);
}

void
owners_read(struct owners *owners, const struct tree *tree, struct span native)
{
	if (owners->count == 0)
		return;
	read_diversions(owners, tree);
	add_unmerged(owners, tree);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (i == 0 || tree->reply != NULL)
			read_lists(owners, tree, &places[i], native);
}

struct span
owners_find(const struct owners *owners, struct span path)
{
	for (size_t i = 0; i < owners->count; i++)
		if (span_equal(owners->wanted[i].path, path))
			return owners->wanted[i].package;
	return (struct span){0};
}

void
owners_release(struct owners *owners)
{
	arena_release(&owners->arena);
	hash_release(&owners->by_path);
	free(owners->wanted);
	free(owners->key);
	*owners = (struct owners){0};
}
