/*
 * Leave to carry out a plan.  It names the digest of the plan's trailer, so one
 * changed byte voids it; nothing is approved whose trailer does not fit.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "plan.h"
#include "timestamp.h"
#include "trailer.h"

enum { READ_SIZE = 64 * 1024 };

static struct buffer
read_all(const char *file, bool is_input)
{
	struct buffer text = {0};
	int fd = is_input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		die_errno(PM_EXIT_NOTHING, "%s", file);
	do {
		n = read(fd, buffer_reserve(&text, READ_SIZE), READ_SIZE);
		if (n > 0)
			text.n += (size_t)n;
	} while (n > 0 || (n == -1 && errno == EINTR));
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s: read", file);
	if (!is_input)
		close(fd);
	return text;
}

/* The plan's text; hex gets its digest. */
static struct buffer
read_plan(const char *file, char *hex)
{
	bool is_input = strcmp(file, "-") == 0;
	const char *name = is_input ? "standard input" : file;
	struct buffer text = read_all(name, is_input);
	uint64_t line;
	const char *reason;

	if (!trailer_check(buffer_span(&text), schema_of(RECORD_STEP)->name,
		hex, &line, &reason))
		die(PM_EXIT_DATA, "%s: line %" PRIu64 " %s", name, line,
		    reason);
	return text;
}

/* pm-plan writes steps in the default order of columns, so the host has one
 * place; the digest has shown that nothing was moved. */
static bool
plan_has_host(struct span text, struct span host)
{
	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');
		struct span field = span_cut(&line, '\t');

		if (!span_equal(field, schema_of(RECORD_STEP)->name))
			continue;
		for (unsigned i = 0; i <= STEP_HOST && line.p != NULL; i++)
			field = span_cut(&line, '\t');
		if (span_equal(field, host))
			return true;
	}
	return false;
}

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The hosts of the scope, sorted, each of them in the plan. */
static void
scope_write(struct buffer *out, const char *scope, struct span plan)
{
	struct span rest = span_of(scope);
	struct span *hosts = NULL;
	size_t count = 0, capacity = 0;

	do {
		struct span host = span_cut(&rest, ',');

		if (!plan_has_host(plan, host))
			die(PM_EXIT_USAGE,
			    "--scope: the plan has no host '%.*s'",
			    SPAN_ARG(host));
		hosts = memory_grow(
		    hosts, &capacity, count + 1, sizeof(*hosts));
		hosts[count++] = host;
	} while (rest.p != NULL);
	qsort(hosts, count, sizeof(*hosts), span_order);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && span_equal(hosts[i - 1], hosts[i]))
			continue;
		if (i > 0)
			buffer_add_byte(out, ',');
		buffer_add_span(out, hosts[i]);
	}
	free(hosts);
}

/* A time, or a duration from now. */
static int64_t
expiry_of(const char *text)
{
	int64_t expiry, now = timestamp_now();

	if (duration_parse(span_of(text), &expiry))
		expiry += now;
	else if (!timestamp_parse(span_of(text), &expiry))
		die(PM_EXIT_USAGE,
		    "--expiry: '%s' is neither a time nor a duration", text);
	if (expiry <= now)
		die(PM_EXIT_USAGE, "--expiry: '%s' is over already", text);
	return expiry;
}

static void
write_optional(struct output *output, const char *text)
{
	output_text(output, text == NULL ? SPAN("-") : span_of(text));
}

void
approve_digest(struct output *output, const char *file)
{
	char hex[DIGEST_SIZE];
	struct buffer plan = read_plan(file, hex);
	struct buffer line = {0};

	buffer_printf(&line, "sha256:%s", hex);
	output_line(output, buffer_span(&line));
	buffer_release(&line);
	buffer_release(&plan);
}

void
approve_write(
    struct output *output, const char *file, const struct approval *approval)
{
	char hex[DIGEST_SIZE], time[TIMESTAMP_SIZE];
	struct buffer plan = read_plan(file, hex);
	struct buffer text = {0};

	if (*approval->who == '\0' || strcmp(approval->who, "-") == 0)
		die(PM_EXIT_USAGE, "--approve: say who approves");
	output_begin(output, layout_default(RECORD_APPROVE, true));
	buffer_printf(&text, "sha256:%s", hex);
	output_field(output, buffer_span(&text));
	buffer_reset(&text);
	if (strcmp(approval->scope, "*") == 0)
		buffer_add_byte(&text, '*');
	else
		scope_write(&text, approval->scope, buffer_span(&plan));
	output_field(output, buffer_span(&text));
	output_text(output, span_of(approval->who));
	write_optional(output, approval->role);
	output_field(output, timestamp_format(timestamp_now(), time));
	write_optional(output, approval->reason);
	if (approval->expiry != NULL)
		output_field(output,
		    timestamp_format(expiry_of(approval->expiry), time));
	output_end(output);
	buffer_release(&text);
	buffer_release(&plan);
}
