#include "host.h"

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
	output_begin(output, layout_default(RECORD_HOST, false));
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

void
host_release(struct host *host)
{
	arena_release(&host->arena);
	*host = (struct host){0};
}
