#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char standard_input[] = "standard input";

void
input_open(struct input *input, int count, char **files, struct output *output,
    bool skip_bad)
{
	static char dash[] = "-";
	static char *only_standard_input[] = {dash};

	*input = (struct input){
	    .files = count > 0 ? files : only_standard_input,
	    .left = count > 0 ? count : 1,
	    .output = output,
	    .skip_bad = skip_bad,
	    .fd = -1,
	};
	if (count == 0 && isatty(STDIN_FILENO) == 1)
		die(PM_EXIT_USAGE, "standard input is a terminal: name a file, "
				   "or - to type the stream");
}

void
input_require(struct input *input, enum record_type type, unsigned column)
{
	input->required[type] |= UINT64_C(1) << column;
}

/* Start with the next file; false when there is none left. */
static bool
input_next_file(struct input *input)
{
	if (input->left == 0)
		return false;
	input->file = *input->files++;
	input->left--;
	if (input->opener != NULL)
		input->fd = input->opener(input->opener_context, input->file);
	if (strcmp(input->file, "-") == 0) {
		input->file = standard_input;
		input->fd = STDIN_FILENO;
	} else if (input->opener == NULL) {
		input->fd = open(input->file, O_RDONLY | O_CLOEXEC);
		if (input->fd == -1)
			die_errno(PM_EXIT_NOTHING, "%s", input->file);
	}
	input->stream = stream_open(input->fd, input->file);
	if (input->output != NULL)
		stream_before_read(
		    input->stream, output_before_read, input->output);
	return true;
}

static void
input_close_file(struct input *input)
{
	stream_close(input->stream);
	input->stream = NULL;
	if (input->fd != STDIN_FILENO)
		close(input->fd);
}

static void
input_bad(struct input *input, const struct stream_error *error)
{
	struct output *output = input->output;

	if (!input->skip_bad || error->fatal)
		die(PM_EXIT_DATA, "%s:%" PRIu64 ":%zu: %s", input->file,
		    error->line, error->column, error->reason);
	warning("%s:%" PRIu64 ":%zu: skipped: %s", input->file, error->line,
	    error->column, error->reason);
	input->rejected++;
	if (output == NULL)
		return;
	output_begin(output, layout_default(RECORD_REJECT, true));
	output_text(output, span_of(input->file));
	output_number(output, error->line);
	output_number(output, error->column);
	output_text(output, span_of(error->reason));
	/* The record must stay shorter than the line cap itself. */
	output_text(output, (struct span){error->text.p,
				error->text.n < 4096 ? error->text.n : 4096});
	output_end(output);
}

/* A layout that is new to this input must have the columns asked for. */
static void
input_check_layout(struct input *input, const struct record *record)
{
	const struct layout *layout = record->layout;
	uint64_t required = input->required[layout->type];

	for (unsigned i = 0; i < SCHEMA_COLUMNS_MAX; i++)
		if ((required >> i & 1) != 0 && layout->slot[i] == 0)
			die(PM_EXIT_DATA,
			    "%s: a %.*s record without column "
			    "'%s', which its header must name",
			    record_where(record), SPAN_ARG(layout->name),
			    schema_of(layout->type)->columns[i]);
	input->checked[layout->type] = layout;
}

size_t
input_batch(struct input *input, struct record *records, size_t max)
{
	struct stream_error error;
	size_t count;

	for (;;) {
		if (input->stream == NULL && !input_next_file(input))
			return 0;
		switch (
		    stream_read(input->stream, records, max, &count, &error)) {
		case STREAM_RECORDS:
			for (size_t i = 0; i < count; i++)
				if (records[i].layout !=
				    input->checked[record_type(&records[i])])
					input_check_layout(input, &records[i]);
			input->records += count;
			return count;
		case STREAM_BAD:
			input_bad(input, &error);
			break;
		case STREAM_FAILED:
			die_errno(PM_EXIT_IO, "%s: read", input->file);
		case STREAM_END:
			input_close_file(input);
			break;
		}
	}
}

bool
input_next(struct input *input, struct record *record)
{
	return input_batch(input, record, 1) == 1;
}

enum pm_exit
input_finish(const struct input *input)
{
	if (input->records == 0 && input->rejected == 0)
		die(PM_EXIT_NOTHING, "the input has no records: nothing was "
				     "examined");
	if (input->rejected == 0)
		return PM_EXIT_OK;
	warning("%" PRIu64 " malformed %s skipped", input->rejected,
	    PLURAL(input->rejected, "line was", "lines were"));
	return PM_EXIT_DATA;
}

const char *
record_where(const struct record *record)
{
	static char where[1024];

	snprintf(
	    where, sizeof(where), "%s:%" PRIu64, record->file, record->line);
	return where;
}
