#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "scan.h"

enum {
	BUFFER_SIZE = 256 * 1024,
	SLACK = 64, /* readable behind the data, for the last block */
	PIPE_SIZE = 1024 * 1024
};

/* A type seen in this file, and what its records look like now. */
struct binding {
	const struct layout *layout;
	uint64_t text, mask; /* the name and the tab behind it, see matches() */
	bool used;	     /* a record was read with this layout */
	bool by_header;
};

struct stream {
	int fd;
	const char *file;
	void (*block)(void *, int);
	void *block_context;

	char *buffer;
	size_t capacity; /* without the slack */
	size_t length;	 /* bytes read */
	size_t start;	 /* of the next line */
	size_t scanned;	 /* bytes of which the delimiters are known */

	/* Positions of tabs and newlines, and which of them are newlines. */
	uint32_t *ends;
	uint32_t *newlines;
	uint32_t *specials; /* blocks that want a closer look */
	size_t end_count, newline_count, special_count;
	size_t end_next, newline_next, special_next;

	uint64_t line;
	bool at_end;
	bool discard; /* the rest of a line that was too long */

	struct binding *bindings;
	size_t binding_count, binding_capacity;
	size_t last; /* the binding of the last record */
};

static void
stream_size(struct stream *stream, size_t capacity)
{
	stream->buffer = memory_array(stream->buffer, capacity + SLACK, 1);
	stream->ends = memory_array(
	    stream->ends, capacity + SLACK, sizeof(*stream->ends));
	stream->newlines = memory_array(
	    stream->newlines, capacity + SLACK, sizeof(*stream->newlines));
	stream->specials = memory_array(
	    stream->specials, capacity / 64 + SLACK, sizeof(*stream->specials));
	stream->capacity = capacity;
}

static size_t
buffer_size(void)
{
	/* Tests make it small, so that every line straddles a refill. */
	const char *wanted = getenv("PM_TEST_BUFFER");
	uint64_t size;

	if (wanted != NULL && span_number(span_of(wanted), &size) &&
	    size >= 64 && size <= BUFFER_SIZE)
		return (size_t)size;
	return BUFFER_SIZE;
}

struct stream *
stream_open(int fd, const char *file)
{
	struct stream *stream = memory_zeroed(1, sizeof(*stream));

	stream->fd = fd;
	stream->file = file;
	stream->last = SIZE_MAX;
	stream_size(stream, buffer_size());
	/* Hints: refusal (not a pipe, limits) costs only speed. */
	(void)fcntl(fd, F_SETPIPE_SZ, (int)PIPE_SIZE);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return stream;
}

void
stream_before_read(
    struct stream *stream, void (*block)(void *, int), void *context)
{
	stream->block = block;
	stream->block_context = context;
}

void
stream_close(struct stream *stream)
{
	free(stream->buffer);
	free(stream->ends);
	free(stream->newlines);
	free(stream->specials);
	free(stream->bindings);
	free(stream);
}

/*
 * Write down the positions of the delimiters of one block; returns how many.
 * The first eight are written without looking whether there are as many: a
 * block has about that number, and a loop would end unpredictably.
 */
static inline unsigned
write_positions(uint32_t *ends, uint32_t at, uint64_t delimiters)
{
	const uint64_t guard = (uint64_t)1 << 63; /* the lowest bit of 0 */
	unsigned count = scan_count(delimiters);

#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		ends[i] = at + scan_lowest(delimiters | guard);
		delimiters &= delimiters - 1;
	}
	for (unsigned i = 8; i < count; i++) {
		ends[i] = at + scan_lowest(delimiters);
		delimiters &= delimiters - 1;
	}
	return count;
}

/* Find the delimiters of everything that was read since the last time. */
static void
stream_scan(struct stream *stream)
{
	size_t end = stream->end_count;
	size_t newline = stream->newline_count;
	/* Two delimiters side by side enclose an empty field. */
	uint64_t before = stream->scanned == 0 ||
			  stream->buffer[stream->scanned - 1] == '\t' ||
			  stream->buffer[stream->scanned - 1] == '\n';

	memset(stream->buffer + stream->length, ' ', SLACK);
	for (size_t at = stream->scanned; at < stream->length; at += 64) {
		struct scan_mask mask = scan_block(stream->buffer + at);
		uint64_t special = mask.special |
				   (mask.delimiters &
				       (mask.delimiters << 1 | before));

		before = mask.delimiters >> 63;
		if (special != 0)
			stream->specials[stream->special_count++] = (uint32_t)
			    at;
		for (uint64_t left = mask.newlines; left != 0;
		     left &= left - 1) {
			/* bits below the newline: delimiters before it */
			uint64_t below = (left & -left) - 1;

			stream->newlines[newline++] =
			    (uint32_t)(end +
				       scan_count(mask.delimiters & below));
		}
		end += write_positions(
		    stream->ends + end, (uint32_t)at, mask.delimiters);
	}
	stream->scanned = stream->length;
	stream->end_count = end;
	stream->newline_count = newline;
}

/* Move the started line to the front, its delimiters with it. */
static void
stream_shift(struct stream *stream)
{
	size_t left = stream->length - stream->start;
	size_t ends = stream->end_count - stream->end_next;
	size_t specials = 0;

	if (stream->start == 0)
		return;
	memmove(stream->buffer, stream->buffer + stream->start, left);
	for (size_t i = 0; i < ends; i++)
		stream->ends[i] = stream->ends[stream->end_next + i] -
				  (uint32_t)stream->start;
	for (size_t i = stream->special_next; i < stream->special_count; i++)
		if (stream->specials[i] + 64 > stream->start)
			stream->specials[specials++] =
			    stream->specials[i] < stream->start
				? 0
				: stream->specials[i] - (uint32_t)stream->start;
	stream->length = stream->scanned = left;
	stream->end_count = ends;
	stream->special_count = specials;
	stream->newline_count = 0;
	stream->end_next = stream->newline_next = stream->special_next = 0;
	stream->start = 0;
}

static enum stream_status
bad(struct stream_error *error, const struct stream *stream, struct span text,
    size_t column, const char *reason)
{
	*error = (struct stream_error){
	    .line = stream->line + 1,
	    .column = column,
	    .text = text,
	    .reason = reason,
	};
	return STREAM_BAD;
}

/* No whole line is left: read until there is one. */
static enum stream_status
stream_fill(struct stream *stream, struct stream_error *error)
{
	struct span text;
	ssize_t n;

	stream_shift(stream);
	while (stream->newline_count == 0 && !stream->at_end) {
		if (stream->discard)
			stream->length = stream->scanned = stream->end_count =
			    stream->special_count = 0;
		if (stream->length >= STREAM_LINE_MAX) {
			text = (struct span){stream->buffer, stream->length};
			stream->discard = true;
			return bad(error, stream, text, stream->length,
			    "a line longer than 1 MiB");
		}
		if (stream->length == stream->capacity)
			stream_size(stream, stream->capacity * 2);
		if (stream->block != NULL)
			stream->block(stream->block_context, stream->fd);
		do
			n = read(stream->fd, stream->buffer + stream->length,
			    stream->capacity - stream->length);
		while (n == -1 && errno == EINTR);
		if (n == -1)
			return STREAM_FAILED;
		stream->at_end = n == 0;
		stream->length += (size_t)n;
		stream_scan(stream);
	}
	if (stream->newline_count > 0)
		return STREAM_RECORDS;
	if (stream->length == 0)
		return STREAM_END;
	text = (struct span){stream->buffer, stream->length};
	if (stream->discard) {
		stream->discard = false;
		stream->length = 0;
		return STREAM_END;
	}
	/* An end without newline is reported once, then it is the end. */
	stream->start = stream->length;
	return bad(error, stream, text, text.n + 1,
	    "the last line has no newline: the input was cut off");
}

/*
 * Most lines have the type of the line before.  A name of up to seven bytes and
 * the tab behind it are compared as one number, which may reach into the slack
 * behind the buffer.
 */
static inline bool
binding_matches(const struct binding *binding, const char *line)
{
	uint64_t text;

	memcpy(&text, line, sizeof(text));
	return binding->mask != 0 && (text & binding->mask) == binding->text;
}

static void
binding_prepare(struct binding *binding)
{
	struct span name = binding->layout->name;
	char text[8] = {0}, mask[8] = {0};

	if (name.n >= sizeof(text))
		return;
	memcpy(text, name.p, name.n);
	text[name.n] = '\t';
	memset(mask, 0xff, name.n + 1);
	memcpy(&binding->text, text, sizeof(text));
	memcpy(&binding->mask, mask, sizeof(mask));
}

/*
 * The quick way for a line like the one before: the same type and number of
 * fields, and nothing in it that wants a closer look.
 */
static inline bool
stream_is_usual(const struct stream *stream, uint32_t newline, uint32_t end)
{
	const struct binding *last;

	if (stream->last == SIZE_MAX || stream->discard)
		return false;
	last = &stream->bindings[stream->last];
	return newline - (uint32_t)stream->end_next + 1 ==
		   last->layout->fields &&
	       last->used &&
	       binding_matches(last, stream->buffer + stream->start) &&
	       (stream->special_next == stream->special_count ||
		   stream->specials[stream->special_next] > end);
}

static struct binding *
binding_find(struct stream *stream, struct span type)
{
	for (size_t i = 0; i < stream->binding_count; i++) {
		if (span_equal(stream->bindings[i].layout->name, type)) {
			stream->last = i;
			return &stream->bindings[i];
		}
	}
	return NULL;
}

static struct binding *
binding_add(struct stream *stream, const struct layout *layout)
{
	stream->bindings = memory_grow(stream->bindings,
	    &stream->binding_capacity, stream->binding_count + 1,
	    sizeof(*stream->bindings));
	stream->bindings[stream->binding_count] = (struct binding){
	    .layout = layout,
	};
	binding_prepare(&stream->bindings[stream->binding_count]);
	stream->last = stream->binding_count;
	return &stream->bindings[stream->binding_count++];
}

/* A line that begins with '#'.  Returns NULL or what is wrong with it. */
static const char *
stream_header(
    struct stream *stream, struct span line, struct stream_error *error)
{
	const struct layout *layout;
	struct binding *binding;
	const char *reason;

	if (line.n >= 2 && line.p[1] == '#')
		return NULL;
	layout = layout_parse(line, &reason);
	if (layout == NULL)
		return reason;
	binding = binding_find(stream, layout->name);
	if (binding == NULL)
		binding = binding_add(stream, layout);
	else if (span_equal(binding->layout->header, layout->header))
		;
	else if (!binding->by_header) {
		error->fatal = true;
		return "this header comes after records of its type and "
		       "differs from the order assumed for them (was the stream "
		       "sorted, or its header cut off?)";
	} else if (!binding->used) {
		error->fatal = true;
		return "a second, different header of this type with no "
		       "record between (were streams with different headers "
		       "sorted together?)";
	} else {
		binding->used = false;
	}
	binding->layout = layout;
	binding->by_header = true;
	return NULL;
}

/* The layout of a record, or NULL and what is wrong. */
static const struct layout *
stream_layout(struct stream *stream, struct span type, unsigned fields,
    const char **reason)
{
	struct binding *binding = NULL;

	if (stream->last != SIZE_MAX &&
	    binding_matches(&stream->bindings[stream->last], type.p))
		binding = &stream->bindings[stream->last];
	else
		binding = binding_find(stream, type);
	if (binding == NULL) {
		const struct layout *layout = layout_assume(type, fields);

		if (layout == NULL) {
			*reason =
			    schema_find(type) == RECORD_OTHER
				? "the record type is not of the form [a-z]+"
				: "the number of fields is not that of the default "
				  "order, and no header came before (was it cut "
				  "off?)";
			return NULL;
		}
		binding = binding_add(stream, layout);
	}
	if (binding->layout->fields != fields && binding->layout->fields != 0) {
		*reason = fields < binding->layout->fields
			      ? "fewer fields than the header has columns"
			      : "more fields than the header has columns";
		return NULL;
	}
	binding->used = true;
	return binding->layout;
}

/* Does any block that the line touches want a closer look? */
static bool
stream_is_special(struct stream *stream, size_t end)
{
	while (stream->special_next < stream->special_count &&
	       stream->specials[stream->special_next] + 64 <= stream->start)
		stream->special_next++;
	return stream->special_next < stream->special_count &&
	       stream->specials[stream->special_next] <= end;
}

/* Look at the next whole line; *kept says whether it gave a record. */
static const char *
stream_line(struct stream *stream, struct record *record, bool *kept,
    struct stream_error *error)
{
	uint32_t newline = stream->newlines[stream->newline_next];
	uint32_t end = stream->ends[newline];
	struct span line = {
	    stream->buffer + stream->start, end - stream->start};
	const char *reason = NULL;

	*kept = false;
	error->column = 1;
	if (stream_is_special(stream, end)) {
		reason = stream_check_line(line, &error->column);
		if (reason != NULL)
			return reason;
		error->column = 1;
	}
	if (line.n > 0 && line.p[0] == '#')
		return stream_header(stream, line, error);
	*record = (struct record){
	    .base = stream->buffer,
	    .ends = stream->ends + stream->end_next,
	    .start = (uint32_t)stream->start,
	    .fields = newline - (uint32_t)stream->end_next + 1,
	    .file = stream->file,
	    .line = stream->line + 1,
	};
	if (record->fields > STREAM_FIELDS_MAX)
		return "more than 256 fields";
	record->layout = stream_layout(
	    stream, record_field(record, 0), record->fields, &reason);
	if (record->layout == NULL)
		return reason;
	*kept = true;
	return NULL;
}

enum stream_status
stream_read(struct stream *stream, struct record *records, size_t max,
    size_t *count, struct stream_error *error)
{
	enum stream_status status;

	*count = 0;
	while (*count < max) {
		const char *reason;
		uint32_t newline, end;
		struct span line;
		bool kept;

		if (stream->newline_next == stream->newline_count) {
			if (*count > 0)
				break;
			status = stream_fill(stream, error);
			if (status != STREAM_RECORDS) {
				/* the cut-off end is shown only once */
				if (status == STREAM_BAD && stream->at_end)
					error->line = ++stream->line;
				return status;
			}
		}
		newline = stream->newlines[stream->newline_next];
		end = stream->ends[newline];
		if (stream_is_usual(stream, newline, end)) {
			records[(*count)++] = (struct record){
			    .base = stream->buffer,
			    .ends = stream->ends + stream->end_next,
			    .start = (uint32_t)stream->start,
			    .fields = newline - (uint32_t)stream->end_next + 1,
			    .layout = stream->bindings[stream->last].layout,
			    .file = stream->file,
			    .line = ++stream->line,
			};
			stream->newline_next++;
			stream->end_next = newline + 1;
			stream->start = end + 1;
			continue;
		}
		line = (struct span){
		    stream->buffer + stream->start, end - stream->start};
		error->fatal = false;
		reason = stream->discard ? NULL
					 : stream_line(stream, &records[*count],
					       &kept, error);
		if (reason != NULL && *count > 0)
			break; /* hand out what is good first */
		if (stream->discard)
			stream->discard = kept = false;
		stream->newline_next++;
		stream->end_next = newline + 1;
		stream->start = end + 1;
		stream->line++;
		if (reason != NULL) {
			error->line = stream->line;
			error->text = line;
			error->reason = reason;
			return STREAM_BAD;
		}
		*count += kept;
	}
	return STREAM_RECORDS;
}
