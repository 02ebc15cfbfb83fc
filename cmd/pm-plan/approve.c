/*
 * Leave to carry out a plan.  It names the digest of the plan's trailer, so one
 * changed byte voids it; nothing is approved whose trailer does not fit.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "plan.h"
#include "sealed.h"
#include "signature.h"
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
int64_t
approve_expiry(const char *text)
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

void
approve_check(const char *file)
{
	char hex[DIGEST_SIZE];
	struct buffer plan = read_plan(file, hex);

	buffer_release(&plan);
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
approve_sign(struct output *output, const char *file, const char *key)
{
	bool is_input = strcmp(file, "-") == 0;
	struct buffer text = read_all(
	    is_input ? "standard input" : file, is_input);
	struct buffer signature = {0}, reason = {0}, armour = {0};

	if (!signature_make(
		key, SEALED_NAMESPACE, buffer_span(&text), &signature, &reason))
		die(PM_EXIT_REFUSED,
		    "--sign %s: %.*s; a key with a passphrase must be in the "
		    "agent",
		    key, SPAN_ARG(buffer_span(&reason)));
	signature_armour(buffer_span(&signature), &armour);
	armour.n--; /* output_line() adds the newline */
	output_line(output, buffer_span(&armour));
	buffer_release(&text);
	buffer_release(&signature);
	buffer_release(&armour);
}

/* The columns of the record, made in arena. */
static void
record_columns(struct arena *arena, struct span *columns, const char *hex,
    struct span plan, const struct approval *approval)
{
	const char *given[APPROVE_COLUMNS] = {
	    [APPROVE_WHO] = approval->who,
	    [APPROVE_ROLE] = approval->role,
	    [APPROVE_REASON] = approval->reason,
	};
	char time[TIMESTAMP_SIZE];
	struct buffer text = {0};

	for (unsigned i = 0; i < APPROVE_COLUMNS; i++) {
		buffer_reset(&text);
		stream_escape(
		    &text, given[i] == NULL ? SPAN("") : span_of(given[i]));
		columns[i] = arena_copy(arena, buffer_span(&text));
	}
	buffer_reset(&text);
	buffer_printf(&text, "sha256:%s", hex);
	columns[APPROVE_PLAN] = arena_copy(arena, buffer_span(&text));
	buffer_reset(&text);
	if (strcmp(approval->scope, "*") == 0)
		buffer_add_byte(&text, '*');
	else
		scope_write(&text, approval->scope, plan);
	columns[APPROVE_SCOPE] = arena_copy(arena, buffer_span(&text));
	columns[APPROVE_WHEN] = arena_copy(
	    arena, timestamp_format(timestamp_now(), time));
	if (approval->expiry != NULL)
		columns[APPROVE_EXPIRY] = arena_copy(arena,
		    timestamp_format(approve_expiry(approval->expiry), time));
	buffer_release(&text);
}

static struct span
sign(struct arena *arena, const char *key, const struct span *columns)
{
	struct buffer text = {0}, signature = {0}, reason = {0};
	struct span copy;

	approval_text(&text, columns);
	if (!signature_make(key, APPROVAL_NAMESPACE, buffer_span(&text),
		&signature, &reason))
		die(PM_EXIT_REFUSED,
		    "--sign %s: %.*s; a key with a passphrase must be in the "
		    "agent",
		    key, SPAN_ARG(buffer_span(&reason)));
	copy = arena_copy(arena, buffer_span(&signature));
	buffer_release(&text);
	buffer_release(&signature);
	return copy;
}

void
approve_write(
    struct output *output, const char *file, const struct approval *approval)
{
	char hex[DIGEST_SIZE];
	struct buffer plan = read_plan(file, hex);
	struct span columns[APPROVE_COLUMNS];
	struct arena arena = {0};

	if (*approval->who == '\0' || strcmp(approval->who, "-") == 0)
		die(PM_EXIT_USAGE, "--approve: say who approves");
	record_columns(&arena, columns, hex, buffer_span(&plan), approval);
	if (approval->key != NULL)
		columns[APPROVE_SIGNATURE] = sign(
		    &arena, approval->key, columns);
	output_begin(
	    output, layout_default(RECORD_APPROVE, approval->key != NULL));
	for (unsigned i = 0; i < APPROVE_SIGNATURE; i++)
		output_field(output, columns[i]);
	if (approval->key != NULL)
		output_field(output, columns[APPROVE_SIGNATURE]);
	output_end(output);
	arena_release(&arena);
	buffer_release(&plan);
}
