#include "host.h"

#include "options.h"
#include "timestamp.h"

void
host_set(struct host *host, enum host_column column, struct span value)
{
	host->column[column] = arena_copy(&host->arena, value);
}

void
host_write(struct host *host, struct output *output)
{
	char now[TIMESTAMP_SIZE];

	if (host->column[HOST_SEEN].n == 0)
		host_set(
		    host, HOST_SEEN, timestamp_format(timestamp_now(), now));
	output_begin(output, layout_default(RECORD_HOST, true));
	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		output_text(output, host->column[i]);
	output_end(output);
}

void
host_fact(const struct host *host, const char *key, struct span value,
    struct output *output)
{
	output_begin(output, layout_default(RECORD_FACT, false));
	output_text(output, host_name(host));
	output_text(output, span_of(key));
	output_text(output, value);
	output_end(output);
}

static void
add_total(
    struct buffer *text, uint64_t count, const char *one, const char *many)
{
	if (count > 0)
		buffer_printf(text, "%s%llu %s", text->n == 0 ? "" : ", ",
		    (unsigned long long)count, PLURAL(count, one, many));
}

void
host_totals(const struct output *output)
{
	struct buffer text = {0};

	if (common.quiet)
		return;
	add_total(&text, output->records[RECORD_HOST], "host", "hosts");
	add_total(&text, output->records[RECORD_PKG], "package", "packages");
	add_total(&text, output->records[RECORD_SVC], "service", "services");
	add_total(&text, output->records[RECORD_FACT], "fact", "facts");
	if (text.n == 0)
		buffer_printf(&text, "no hosts");
	warning("%.*s", SPAN_ARG(buffer_span(&text)));
	buffer_release(&text);
}

void
host_release(struct host *host)
{
	arena_release(&host->arena);
	*host = (struct host){0};
}
