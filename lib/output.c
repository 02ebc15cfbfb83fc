#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <vis.h>

enum { PENDING_SIZE = 256 * 1024 };

/* The header last written for a type that is not in the schema. */
struct output_other {
	struct span name;
	const struct layout *layout;
};

void
output_open(struct output *output, int fd, const char *file, bool headers)
{
	*output = (struct output){.fd = fd, .file = file, .headers = headers};
	output->terminal = isatty(fd) == 1;
	buffer_reserve(&output->pending, PENDING_SIZE + STREAM_LINE_MAX);
	(void)fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

static void
write_all(const struct output *output, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(output->fd, bytes.p, bytes.n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s: write", output->file);
		bytes = span_skip(bytes, (size_t)n);
	}
}

/*
 * Does the character at p make a terminal do anything but show it?  C1
 * controls do, and so do the characters that change the direction of text.
 */
static bool
drives_terminal(const unsigned char *p, size_t length)
{
	if (length == 1)
		return (p[0] < 0x20 && p[0] != '\t' && p[0] != '\n') ||
		       p[0] == 0x7f;
	if (length == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (length != 3 || p[0] != 0xe2)
		return length == 0;
	return (p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) ||
				    (p[2] >= 0xa8 && p[2] <= 0xae))) ||
	       (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf);
}

static void
write_terminal(const struct output *output, struct span bytes)
{
	struct buffer shown = {0};

	for (size_t i = 0; i < bytes.n;) {
		size_t length = utf8_sequence(bytes.p + i, bytes.n - i);
		size_t step = length == 0 ? 1 : length;

		if (!drives_terminal(
			(const unsigned char *)bytes.p + i, length)) {
			buffer_add(&shown, bytes.p + i, length);
		} else {
			for (size_t k = 0; k < step; k++) {
				char text[5];

				vis(text, bytes.p[i + k], VIS_OCTAL, 0);
				buffer_add_span(&shown, span_of(text));
			}
		}
		i += step;
	}
	write_all(output, buffer_span(&shown));
	buffer_release(&shown);
}

void
output_flush(struct output *output)
{
	struct span bytes = buffer_span(&output->pending);

	if (output->terminal)
		write_terminal(output, bytes);
	else
		write_all(output, bytes);
	buffer_reset(&output->pending);
}

void
output_close(struct output *output)
{
	output_flush(output);
	buffer_release(&output->pending);
	free(output->others);
	output->others = NULL;
}

void
output_before_read(void *context, int fd)
{
	struct output *output = context;
	struct pollfd waiting = {.fd = fd, .events = POLLIN};

	if (output->pending.n > 0 && poll(&waiting, 1, 0) == 0)
		output_flush(output);
}

static inline void
output_flush_full(struct output *output)
{
	if (output->pending.n >= PENDING_SIZE)
		output_flush(output);
}

static const struct layout **
output_other(struct output *output, struct span name)
{
	for (size_t i = 0; i < output->other_count; i++)
		if (span_equal(output->others[i].name, name))
			return &output->others[i].layout;
	output->others = memory_array(
	    output->others, output->other_count + 1, sizeof(*output->others));
	output->others[output->other_count] = (struct output_other){
	    .name = name,
	};
	return &output->others[output->other_count++].layout;
}

/* Write the header of a layout unless it is the one in force. */
static void
output_header(struct output *output, const struct layout *layout)
{
	const struct layout **current = layout->type == RECORD_OTHER
					    ? output_other(output, layout->name)
					    : &output->current[layout->type];

	if (*current != NULL && span_equal((*current)->header, layout->header))
		return;
	*current = layout;
	if (!output->headers || layout->header.n == 0)
		return;
	output_line(output, layout->header);
}

void
output_line(struct output *output, struct span line)
{
	buffer_add_span(&output->pending, line);
	buffer_add_byte(&output->pending, '\n');
	output_flush_full(output);
}

void
output_pass(struct output *output, const struct record *record)
{
	const struct layout *layout = record->layout;

	if (layout != output->current[layout->type] ||
	    layout->type == RECORD_OTHER)
		output_header(output, layout);
	output->records[layout->type]++;
	output_line(output, record_line(record));
}

void
output_begin(struct output *output, const struct layout *layout)
{
	if (layout != output->current[layout->type])
		output_header(output, layout);
	buffer_add_span(&output->pending, layout->name);
	output->layout = layout;
	output->field = 1;
	output->records[layout->type]++;
}

void
output_field(struct output *output, struct span value)
{
	char *p = buffer_reserve(&output->pending, value.n + 1);

	*p = '\t';
	memcpy(p + 1, value.p, value.n);
	output->pending.n += value.n + 1;
	output->field++;
}

void
output_text(struct output *output, struct span bytes)
{
	buffer_add_byte(&output->pending, '\t');
	stream_escape(&output->pending, bytes);
	output->field++;
}

void
output_number(struct output *output, uint64_t number)
{
	buffer_add_byte(&output->pending, '\t');
	buffer_add_number(&output->pending, number);
	output->field++;
}

void
output_glue(struct output *output, struct span more)
{
	buffer_add_span(&output->pending, more);
}

void
output_rest(struct output *output, struct span joined, unsigned fields)
{
	buffer_add_span(&output->pending, joined);
	output->field = fields;
}

void
output_absent(struct output *output, unsigned count)
{
	char *p = buffer_reserve(&output->pending, 2 * (size_t)count);

	for (unsigned i = 0; i < count; i++) {
		*p++ = '\t';
		*p++ = '-';
	}
	output->pending.n += 2 * (size_t)count;
	output->field += count;
}

void
output_end(struct output *output)
{
	if (output->field < output->layout->fields)
		output_absent(output, output->layout->fields - output->field);
	buffer_add_byte(&output->pending, '\n');
	output_flush_full(output);
}

/* The layout of the input widened by the columns that it lacks. */
static const struct layout *
amended_layout(
    const struct layout *layout, const unsigned *columns, size_t count)
{
	const struct schema *schema = schema_of(layout->type);
	struct buffer header = {0};
	const struct layout *result;
	const char *reason;
	bool widened = false;

	buffer_add_span(&header, layout->header);
	for (size_t i = 0; i < count; i++) {
		if (layout->slot[columns[i]] != 0)
			continue;
		buffer_add_byte(&header, '\t');
		buffer_add_span(&header, span_of(schema->columns[columns[i]]));
		widened = true;
	}
	result = widened ? layout_parse(buffer_span(&header), &reason) : layout;
	if (result == NULL)
		die(PM_EXIT_DATA, "cannot add columns to '%.*s': %s",
		    SPAN_ARG(layout->header), reason);
	buffer_release(&header);
	return result;
}

/* As output_begin(), with all fields of the record behind the type. */
static void
output_begin_line(struct output *output, const struct layout *layout,
    const struct record *record)
{
	if (layout != output->current[layout->type])
		output_header(output, layout);
	buffer_add_span(&output->pending, record_line(record));
	output->layout = layout;
	output->field = record->fields;
	output->records[layout->type]++;
}

void
output_amend(struct output *output, const struct record *record,
    const unsigned *columns, const struct span *values, size_t count)
{
	static struct {
		const struct layout *from;
		const unsigned *columns;
		size_t count;
		const struct layout *to;
		bool appends; /* the input has none of the columns */
	} last;
	struct span replaced[STREAM_FIELDS_MAX];

	if (last.from != record->layout || last.columns != columns ||
	    last.count != count) {
		last.from = record->layout;
		last.columns = columns;
		last.count = count;
		last.to = amended_layout(record->layout, columns, count);
		last.appends = true;
		for (size_t i = 0; i < count; i++)
			if (record->layout->slot[columns[i]] != 0)
				last.appends = false;
	}
	if (last.appends) {
		output_begin_line(output, last.to, record);
		for (size_t i = 0; i < count; i++)
			output_field(output, values[i]);
		output_end(output);
		return;
	}
	for (unsigned i = 1; i < record->fields; i++)
		replaced[i] = record_field(record, i);
	for (size_t i = 0; i < count; i++)
		if (record->layout->slot[columns[i]] != 0)
			replaced[record->layout->slot[columns[i]]] = values[i];
	output_begin(output, last.to);
	for (unsigned i = 1; i < record->fields; i++)
		output_field(output, replaced[i]);
	for (size_t i = 0; i < count; i++)
		if (record->layout->slot[columns[i]] == 0)
			output_field(output, values[i]);
	output_end(output);
}
