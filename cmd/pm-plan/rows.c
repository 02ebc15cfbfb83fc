/* Step records: ids, lists, lines.  What is written is counted and digested. */
#include "rows.h"

#include <inttypes.h>

#include "timestamp.h"

static void
write_line(struct writer *writer, struct span line)
{
	trailer_line(&writer->trailer, line);
	output_line(writer->output, line);
}

void
rows_start(struct writer *writer, struct fleet *fleet, struct output *output,
    struct span plan)
{
	*writer = (struct writer){
	    .fleet = fleet, .output = output, .plan = plan};
	trailer_start(&writer->trailer, schema_of(RECORD_STEP)->name);
	if (output->headers)
		write_line(writer, layout_default(RECORD_STEP, true)->header);
}

void
rows_write(struct writer *writer, const struct span *value)
{
	struct buffer *line = &writer->line;

	buffer_reset(line);
	buffer_add_span(line, schema_of(RECORD_STEP)->name);
	for (unsigned i = 0; i < STEP_COLUMNS; i++) {
		buffer_add_byte(line, '\t');
		buffer_add_span(line, value[i].n == 0 ? SPAN("-") : value[i]);
	}
	write_line(writer, buffer_span(line));
}

void
rows_finish(struct writer *writer)
{
	buffer_reset(&writer->line);
	trailer_finish(&writer->trailer, &writer->line);
	writer->line.n--; /* output_line() adds the newline */
	output_line(writer->output, buffer_span(&writer->line));
	buffer_release(&writer->line);
}

struct span
rows_visit_id(
    struct fleet *fleet, const struct visit *visit, enum action action)
{
	return fleet_text(fleet, "%.*s/%s/%s",
	    SPAN_ARG(fleet->hosts[visit->host].name), action_names[action],
	    visit->kind == VISIT_REGULAR ? "-" : visit_kind_names[visit->kind]);
}

struct span
rows_need_id(struct fleet *fleet, const struct need *need)
{
	const char *action = need->reboot    ? "reboot"
			     : need->harden  ? "harden"
			     : need->removal ? "remove"
					     : "install";
	bool plain = need->reboot || span_is(need->state, "available");

	return fleet_text(fleet, "%.*s/%s/%.*s%s%.*s",
	    SPAN_ARG(fleet->hosts[need->host].name), action,
	    SPAN_ARG(need->package), plain ? "" : "/",
	    plain ? 0 : (int)need->state.n, need->state.p);
}

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

struct span
rows_join(struct fleet *fleet, struct span *ids, size_t count)
{
	struct buffer list = {0};
	struct span copy;

	if (count == 0)
		return SPAN("-");
	qsort(ids, count, sizeof(*ids), span_order);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && span_equal(ids[i - 1], ids[i]))
			continue;
		if (i > 0)
			buffer_add_byte(&list, ',');
		buffer_add_span(&list, ids[i]);
	}
	copy = arena_copy(&fleet->text, buffer_span(&list));
	buffer_release(&list);
	return copy;
}

struct span
rows_number(struct fleet *fleet, int64_t number)
{
	return fleet_text(fleet, "%" PRId64, number);
}

struct span
rows_time(struct fleet *fleet, int64_t time)
{
	char text[TIMESTAMP_SIZE];

	return arena_copy(&fleet->text, timestamp_format(time, text));
}
