#include "reply.h"

/* The token is the probe's; what it draws is shorter. */
enum { TOKEN_MAX = 128 };

static const char first_line[] = "\npm-probe 1 ";

enum section { SECTION_FILE, SECTION_LINES, SECTION_LINKS, SECTION_MARK };

static const struct section_row {
	const char *name;
	enum section section;
	enum reply_kind kind; /* of SECTION_MARK */
} sections[] = {
    {"file", SECTION_FILE, REPLY_FILE},
    {"lines", SECTION_LINES, REPLY_FILE},
    {"links", SECTION_LINKS, REPLY_LINK},
    {"exists", SECTION_MARK, REPLY_EXISTS},
    {"link", SECTION_MARK, REPLY_LINK},
    {"other", SECTION_MARK, REPLY_OTHER},
    {"refused", SECTION_MARK, REPLY_REFUSED},
};

enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

static void
add(struct reply *reply, struct span path, enum reply_kind kind,
    struct span content)
{
	if (path.n == 0 || path.p[0] != '/')
		return;
	reply->entry = memory_grow(reply->entry, &reply->capacity,
	    reply->count + 1, sizeof(*reply->entry));
	reply->entry[reply->count] = (struct reply_entry){
	    path, kind, content, reply->count};
	reply->count++;
}

/* PATH:LINE, each with its newline; the paths of /proc and dpkg have no ":". */
static void
add_lines(struct reply *reply, struct span content)
{
	while (content.p != NULL && content.n > 0) {
		struct span line = content, path;

		span_cut(&content, '\n');
		line.n -= content.p == NULL ? 0 : content.n;
		path = span_cut(&line, ':');
		if (line.p != NULL)
			add(reply, path, REPLY_FILE, line);
	}
}

/* Where text first stands in s, or NULL. */
static const char *
find_text(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.n == 0 ? NULL : memmem(s.p, s.n, text, n);
}

/* A path that is made of two. */
static struct span
join(struct reply *reply, struct span directory, struct span name)
{
	struct buffer text = {0};
	struct span path;

	buffer_add_span(&text, directory);
	buffer_add_byte(&text, '/');
	buffer_add_span(&text, name);
	path = arena_copy(&reply->arena, buffer_span(&text));
	buffer_release(&text);
	return path;
}

/*
 * Lines of ls -l: the last word before the arrow is the name.  "DIRECTORY:"
 * alone on a line says where the names below it are.
 */
static void
add_links(struct reply *reply, struct span content)
{
	struct span directory = {0};

	while (content.p != NULL) {
		struct span line = span_cut(&content, '\n'), name, target;
		const char *arrow = find_text(line, " -> ");

		if (arrow == NULL) {
			if (span_starts(line, SPAN("/")) &&
			    span_ends(line, SPAN(":"))) {
				directory = line;
				directory.n--;
			}
			continue;
		}
		name = (struct span){line.p, (size_t)(arrow - line.p)};
		target = span_skip(line, name.n + 4);
		for (size_t i = name.n; i > 0; i--)
			if (name.p[i - 1] == ' ') {
				name = span_skip(name, i);
				break;
			}
		if (!span_starts(name, SPAN("/")) && directory.n > 0)
			name = join(reply, directory, name);
		add(reply, name, REPLY_LINK, target);
	}
}

static void
add_section(struct reply *reply, struct span kind, struct span argument,
    struct span content)
{
	if (span_is(kind, "not-seen"))
		list_add(&reply->not_seen, argument);
	for (size_t i = 0; i < SECTIONS; i++) {
		if (!span_is(kind, sections[i].name))
			continue;
		switch (sections[i].section) {
		case SECTION_FILE:
			add(reply, argument, REPLY_FILE, content);
			break;
		case SECTION_LINES:
			add_lines(reply, content);
			break;
		case SECTION_LINKS:
			add_links(reply, content);
			break;
		case SECTION_MARK:
			add(reply, argument, sections[i].kind,
			    (struct span){0});
		}
	}
}

static int
compare(const void *left, const void *right)
{
	const struct reply_entry *a = left;
	const struct reply_entry *b = right;
	int order = span_compare(a->path, b->path);

	return order != 0 ? order
			  : (a->order > b->order) - (a->order < b->order);
}

/*
 * Bring the entries in order.  Lines of one file become one content; of
 * anything else that came twice the first counts.
 */
static void
settle(struct reply *reply)
{
	struct reply_entry *entry = reply->entry;
	size_t kept = 0;

	if (reply->count == 0)
		return;
	qsort(entry, reply->count, sizeof(*entry), compare);
	for (size_t i = 0; i < reply->count;) {
		struct reply_entry merged = entry[i];
		struct buffer text = {0};
		size_t end = i + 1;

		while (end < reply->count &&
		       span_equal(entry[end].path, merged.path))
			end++;
		if (end > i + 1 && merged.kind == REPLY_FILE) {
			for (size_t at = i; at < end; at++)
				if (entry[at].kind == REPLY_FILE)
					buffer_add_span(
					    &text, entry[at].content);
			merged.content = arena_copy(
			    &reply->arena, buffer_span(&text));
			buffer_release(&text);
		}
		entry[kept++] = merged;
		i = end;
	}
	reply->count = kept;
}

/*
 * Find the first line.  mark becomes what each section's line begins with: a
 * newline, the token and a blank.  Returns what is behind the line, p NULL when
 * there is no such line.
 */
static struct span
begin(struct span text, char mark[TOKEN_MAX + 3])
{
	const char *start = find_text(text, first_line);
	struct span rest, token;

	if (start == NULL)
		return (struct span){0};
	rest = span_skip(
	    text, (size_t)(start - text.p) + sizeof(first_line) - 1);
	token = span_cut(&rest, '\n');
	if (rest.p == NULL || token.n == 0 || token.n > TOKEN_MAX ||
	    memchr(token.p, '\0', token.n) != NULL)
		return (struct span){0};
	snprintf(mark, TOKEN_MAX + 3, "\n%.*s ", SPAN_ARG(token));
	return rest;
}

bool
reply_begun(struct span text)
{
	return find_text(text, first_line) != NULL;
}

bool
reply_whole(struct span text)
{
	char mark[TOKEN_MAX + 3], end[TOKEN_MAX + 3 + 4];
	struct span rest = begin(text, mark);

	if (rest.p == NULL)
		return false; /* and mark is not set */
	snprintf(end, sizeof(end), "%send\n", mark);
	return find_text(rest, end) != NULL;
}

const char *
reply_parse(struct reply *reply, struct span text)
{
	char mark[TOKEN_MAX + 3];
	struct span rest = begin(text, mark);
	const char *at;

	if (rest.p == NULL)
		return "this is no reply of the probe";
	at = find_text(rest, mark);
	while (at != NULL) {
		struct span line, kind, content;

		rest = span_skip(rest, (size_t)(at - rest.p) + strlen(mark));
		line = span_cut(&rest, '\n');
		if (rest.p == NULL)
			break; /* not even this line is whole */
		kind = span_cut(&line, ' ');
		if (span_is(kind, "end") && line.p == NULL) {
			settle(reply);
			list_sort(&reply->not_seen);
			return NULL;
		}
		/* the newline of this line may begin the next mark */
		content = rest;
		rest = (struct span){rest.p - 1, rest.n + 1};
		at = find_text(rest, mark);
		if (at != NULL)
			content.n = at < content.p ? 0
						   : (size_t)(at - content.p);
		add_section(reply, kind, line, content);
	}
	return "the reply is cut short";
}

size_t
reply_search(const struct reply *reply, struct span path)
{
	size_t low = 0, high = reply->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (span_compare(reply->entry[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct reply_entry *
reply_find(const struct reply *reply, struct span path)
{
	size_t at = reply_search(reply, path);

	if (at < reply->count && span_equal(reply->entry[at].path, path))
		return &reply->entry[at];
	return NULL;
}

void
reply_release(struct reply *reply)
{
	free(reply->entry);
	list_release(&reply->not_seen);
	arena_release(&reply->arena);
	*reply = (struct reply){0};
}
