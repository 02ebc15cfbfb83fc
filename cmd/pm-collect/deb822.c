#include "deb822.h"

enum { BLOCK = 256 * 1024 };

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Length, first and last letter tell nearly all field names apart. */
static inline unsigned
bucket_of(const char *name, size_t n)
{
	unsigned first = (unsigned char)lower(name[0]);
	unsigned last = (unsigned char)lower(name[n - 1]);

	return (first * 7 + last * 3 + (unsigned)n) % DEB822_BUCKETS;
}

static void
want(struct deb822 *parser, const char *const *wanted, unsigned count)
{
	if (count > DEB822_WANTED_MAX)
		die(PM_EXIT_SYSTEM, "more than %d fields wanted",
		    DEB822_WANTED_MAX);
	parser->wanted = wanted;
	parser->count = count;
	memset(parser->bucket, -1, sizeof(parser->bucket));
	for (unsigned i = 0; i < count; i++) {
		unsigned b = bucket_of(wanted[i], strlen(wanted[i]));

		parser->next[i] = parser->bucket[b];
		parser->bucket[b] = (int)i;
	}
}

static void
note_nul(struct deb822 *parser, size_t from)
{
	const char *nul;

	if (parser->nul != SIZE_MAX || from == parser->n)
		return;
	nul = memchr(parser->base + from, 0, parser->n - from);
	if (nul != NULL)
		parser->nul = (size_t)(nul - parser->base);
}

void
deb822_open(struct deb822 *parser, struct bytes *bytes,
    const char *const *wanted, unsigned count)
{
	*parser = (struct deb822){
	    .file = bytes->file, .bytes = bytes, .nul = SIZE_MAX, .base = ""};
	want(parser, wanted, count);
}

void
deb822_open_memory(struct deb822 *parser, struct span text, const char *file,
    const char *const *wanted, unsigned count)
{
	*parser = (struct deb822){.file = file,
	    .nul = SIZE_MAX,
	    .base = text.p != NULL ? text.p : "",
	    .n = text.n};
	want(parser, wanted, count);
	note_nul(parser, 0);
}

void
deb822_close(struct deb822 *parser)
{
	buffer_release(&parser->buffer);
}

/* Move the paragraph to the front of the buffer. */
static void
make_room(struct deb822 *parser)
{
	struct buffer *buffer = &parser->buffer;
	size_t skip = parser->paragraph;

	if (skip > 0 && buffer->p != NULL) {
		memmove(buffer->p, buffer->p + skip, parser->n - skip);
		parser->paragraph = 0;
		parser->at -= skip;
		parser->n -= skip;
		if (parser->nul != SIZE_MAX)
			parser->nul -= skip;
	}
	buffer->n = parser->n;
	buffer_reserve(buffer, BLOCK);
	parser->base = buffer->p;
}

enum fill { FILL_MORE, FILL_END, FILL_FAILED };

static enum fill
fill(struct deb822 *parser)
{
	ssize_t n;

	if (parser->bytes == NULL)
		return FILL_END;
	if (parser->buffer.capacity - parser->n < BLOCK / 4 ||
	    parser->buffer.p == NULL)
		make_room(parser);
	n = parser->bytes->read(parser->bytes, parser->buffer.p + parser->n,
	    parser->buffer.capacity - parser->n);
	if (n <= 0)
		return n == 0 ? FILL_END : FILL_FAILED;
	parser->n += (size_t)n;
	note_nul(parser, parser->n - (size_t)n);
	return FILL_MORE;
}

static enum deb822_status
bad(struct deb822 *parser, uint64_t line, const char *reason)
{
	parser->bad = true;
	parser->error_line = line;
	parser->reason = reason;
	return DEB822_BAD;
}

/*
 * The next line without its newline, *at being its start.  FILL_END with n > 0
 * is a line that the file does not finish.
 */
static enum fill
next_line(struct deb822 *parser, struct span *line)
{
	const char *newline;
	size_t seen = 0; /* bytes of the line known to hold no newline */
	enum fill result;

	for (;;) {
		size_t from = parser->at + seen;

		newline = from == parser->n ? NULL
					    : memchr(parser->base + from, '\n',
						  parser->n - from);
		if (newline != NULL)
			break;
		seen = parser->n - parser->at;
		result = parser->n - parser->paragraph > DEB822_PARAGRAPH_MAX
			     ? FILL_END
			     : fill(parser);
		if (result != FILL_MORE) {
			*line = (struct span){parser->base + parser->at, seen};
			return result;
		}
	}
	line->p = parser->base + parser->at;
	line->n = (size_t)(newline - line->p);
	return FILL_MORE;
}

static int
wanted_find(const struct deb822 *parser, struct span name)
{
	int i = parser->bucket[bucket_of(name.p, name.n)];

	for (; i != -1; i = parser->next[i]) {
		const char *wanted = parser->wanted[i];
		size_t at = 0;

		while (at < name.n && wanted[at] == lower(name.p[at]))
			at++;
		if (at == name.n && wanted[at] == '\0')
			return i;
	}
	return -1;
}

/* Printable ASCII without a blank, a colon, a leading - or #; Policy 5.1. */
static bool
name_valid(struct span name)
{
	if (name.n == 0 || name.p[0] == '-' || name.p[0] == '#')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return true;
}

/*
 * Take one line of a paragraph in.  *open is the wanted field that a
 * continuation belongs to, -1 for one that is not wanted, -2 at the start.
 * Returns NULL or what is wrong.
 */
static const char *
take_line(struct deb822 *parser, struct span line, int *open)
{
	size_t from = parser->at - parser->paragraph;
	struct span value;
	const char *colon;
	int field;

	if (line.p[line.n - 1] == '\r')
		return "the line ends in CR LF; expected LF alone";
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		if (*open == -2)
			return "a continuation line without a field before it";
		if (*open >= 0)
			parser->value[*open].n = from + line.n -
						 parser->value[*open].at;
		return NULL;
	}
	colon = span_find(line, ':');
	if (colon == NULL)
		return "expected a field name and a colon";
	value.p = line.p;
	value.n = (size_t)(colon - line.p);
	if (!name_valid(value))
		return "the field name is not valid";
	field = wanted_find(parser, value);
	*open = field;
	if (field < 0)
		return NULL;
	if (parser->value[field].given)
		return "the field occurs twice in one paragraph";
	value = span_trim(span_skip(line, value.n + 1));
	parser->value[field].given = true;
	parser->value[field].at = from + (size_t)(value.p - line.p);
	parser->value[field].n = value.n;
	return NULL;
}

enum deb822_status
deb822_next(struct deb822 *parser)
{
	const char *reason;
	struct span line;
	enum fill result;
	int open = -2;

	if (parser->bad)
		return DEB822_BAD;
	for (unsigned i = 0; i < parser->count; i++)
		parser->value[i].given = false;
	parser->paragraph = parser->at;
	for (;;) {
		result = next_line(parser, &line);
		if (result == FILL_FAILED)
			return DEB822_FAILED;
		if (parser->at + line.n - parser->paragraph >
		    DEB822_PARAGRAPH_MAX)
			return bad(parser, parser->lines + 1,
			    "the paragraph is longer than 16 MiB");
		if (parser->at + line.n > parser->nul)
			return bad(parser, parser->lines + 1,
			    "the line holds a NUL byte");
		if (result == FILL_END && line.n > 0)
			return bad(parser, parser->lines + 1,
			    "the file ends within a line: truncated");
		if (result == FILL_END)
			break;
		parser->lines++;
		if (line.n == 0) {
			parser->at++;
			if (open != -2)
				break;
			parser->paragraph = parser->at;
			continue;
		}
		if (open == -2)
			parser->line = parser->lines;
		reason = take_line(parser, line, &open);
		if (reason != NULL)
			return bad(parser, parser->lines, reason);
		parser->at += line.n + 1;
	}
	parser->closed = result == FILL_MORE;
	return open == -2 ? DEB822_END : DEB822_PARAGRAPH;
}

bool
deb822_paragraph(struct deb822 *parser)
{
	switch (deb822_next(parser)) {
	case DEB822_PARAGRAPH:
		return true;
	case DEB822_END:
		return false;
	case DEB822_BAD:
		die(PM_EXIT_DATA, "%s:%llu: %s", parser->file,
		    (unsigned long long)parser->error_line, parser->reason);
	case DEB822_FAILED:
		break;
	}
	die_errno(PM_EXIT_IO, "%s", parser->file);
}
