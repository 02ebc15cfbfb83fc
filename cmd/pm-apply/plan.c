#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gates.h"
#include "input.h"
#include "timestamp.h"
#include "trailer.h"

enum { UNPACKED = 3 };

static _Noreturn void
bad_step(const struct record *record, const char *what, struct span value)
{
	die(PM_EXIT_DATA, "%s: %s '%.*s'; the plan is not carried out",
	    record_where(record), what, SPAN_ARG(value));
}

/*
 * Letters, digits and the given others, the first one a letter or digit: such
 * a word is no option and has no meaning to any shell.
 */
static bool
is_word(struct span s, const char *others, size_t longest)
{
	if (s.n == 0 || s.n > longest)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9'))
			continue;
		if (i == 0 || c == '\0' || strchr(others, c) == NULL)
			return false;
	}
	return true;
}

static struct span
keep(struct plan *plan, const struct record *record, unsigned column)
{
	return arena_copy(&plan->arena, record_get(record, column));
}

static int64_t
window_end(const struct record *record, unsigned column, int64_t any)
{
	struct span text = record_get(record, column);
	int64_t time;

	if (span_absent(text))
		return any;
	if (!timestamp_parse(text, &time))
		bad_step(record, "a window cannot start or end at", text);
	return time;
}

/* Names and versions end up in a command on a host: only their own alphabet. */
static void
check_words(const struct record *record, const struct step *step)
{
	bool install = step->action == ACTION_INSTALL;
	bool package = action_is_package(step->action);

	if (!is_word(step->host, "._-:", 253))
		bad_step(record, "no host is called", step->host);
	if (package && !is_word(step->package, "+.:-_", 200))
		bad_step(record, "no package is called", step->package);
	if (install && !is_word(step->to, "+.:~-_^", 200))
		bad_step(record, "no version is", step->to);
	if (package && !span_absent(step->from) &&
	    !is_word(step->from, "+.:~-_^", 200))
		bad_step(record, "no version is", step->from);
}

static enum step_action
action_of(const struct record *record)
{
	struct span name = record_get(record, STEP_ACTION);
	enum step_action action;

	if (!action_find(name, &action))
		bad_step(record, "this version cannot do the action", name);
	return action;
}

static void
add_step(struct plan *plan, const struct record *record)
{
	struct span mode = record_get(record, STEP_MODE);
	struct step *step;

	if (!span_is(record_get(record, STEP_STATE), "planned"))
		return;
	plan->steps = memory_grow(plan->steps, &plan->capacity, plan->count + 1,
	    sizeof(*plan->steps));
	step = &plan->steps[plan->count];
	*step = (struct step){
	    .plan = keep(plan, record, STEP_PLAN),
	    .id = keep(plan, record, STEP_STEP),
	    .host = keep(plan, record, STEP_HOST),
	    .package = keep(plan, record, STEP_PACKAGE),
	    .from = keep(plan, record, STEP_FROM),
	    .to = keep(plan, record, STEP_TO),
	    .start_text = keep(plan, record, STEP_START),
	    .end_text = keep(plan, record, STEP_END),
	    .after = keep(plan, record, STEP_AFTER),
	    .reason = keep(plan, record, STEP_REASON),
	    .owner = keep(plan, record, STEP_OWNER),
	    .tester = keep(plan, record, STEP_TESTER),
	    .backout = keep(plan, record, STEP_BACKOUT),
	    .ring = keep(plan, record, STEP_RING),
	    .role = keep(plan, record, STEP_ROLE),
	    .requires = keep(plan, record, STEP_REQUIRES),
	    .limits = keep(plan, record, STEP_LIMITS),
	    .action = action_of(record),
	    .start = window_end(record, STEP_START, INT64_MIN),
	    .end = window_end(record, STEP_END, INT64_MAX),
	    .emergency = span_is(mode, "emergency"),
	    .attended = span_is(mode, "attended"),
	    .pull = pull_of(mode),
	    .prerequisite = !span_absent(record_get(record, STEP_AUTO)),
	    .automatic = span_is(record_get(record, STEP_AUTO), "yes"),
	};
	check_words(record, step);
	if (!span_number(record_get(record, STEP_BYTES), &step->bytes))
		step->bytes = 0;
	/* A package unpacked, to one packed, where nothing else is known. */
	if (!span_number(record_get(record, STEP_GROWTH), &step->growth))
		step->growth = step->bytes < UINT64_MAX / UNPACKED
				   ? step->bytes * UNPACKED
				   : step->bytes;
	/* A removal leaves no version. */
	if (step->action == ACTION_REMOVE)
		step->to = SPAN("-");
	if (!span_number(record_get(record, STEP_WAVE), &step->wave))
		bad_step(record, "a wave is a number, not",
		    record_get(record, STEP_WAVE));
	if (plan_find(plan, step->id) != NULL)
		bad_step(record, "twice in the plan: the step", step->id);
	hash_insert(&plan->by_id, hash_span(step->id), (uint32_t)plan->count);
	plan->count++;
}

static bool
goes_back(const struct record *record)
{
	struct span word = record_get(record, HOST_ROLLBACK);

	if (!span_is(word, "yes") && !span_is(word, "no") && !span_absent(word))
		bad_step(record, "rollback of a host is yes or no, not", word);
	return span_is(word, "yes");
}

static void
add_host(struct plan *plan, const struct record *record)
{
	struct span name = record_get(record, HOST_HOST);

	plan->hosts = memory_grow(plan->hosts, &plan->host_capacity,
	    plan->host_count + 1, sizeof(*plan->hosts));
	hash_insert(
	    &plan->by_host, hash_span(name), (uint32_t)plan->host_count);
	plan->hosts[plan->host_count++] = (struct plan_host){
	    .name = keep(plan, record, HOST_HOST),
	    .os = keep(plan, record, HOST_OS),
	    .role = keep(plan, record, HOST_ROLE),
	    .contact = keep(plan, record, HOST_CONTACT),
	    .procedure = keep(plan, record, HOST_PROCEDURE),
	    .health = keep(plan, record, HOST_HEALTH),
	    .go_back = goes_back(record),
	};
}

const struct plan_host *
plan_host(const struct plan *plan, struct span host)
{
	struct hash_probe probe = hash_first(&plan->by_host, hash_span(host));

	for (; hash_found(&plan->by_host, &probe);
	     hash_next(&plan->by_host, &probe))
		if (span_equal(plan->hosts[probe.index].name, host))
			return &plan->hosts[probe.index];
	return NULL;
}

static void
add_approval(struct plan *plan, const struct record *record)
{
	struct approval *approval;

	if (!approval_is_of(record_get(record, APPROVE_PLAN), plan->digest)) {
		plan->other_approved = true;
		return;
	}
	plan->approvals = memory_grow(plan->approvals, &plan->approval_capacity,
	    plan->approval_count + 1, sizeof(*plan->approvals));
	approval = &plan->approvals[plan->approval_count++];
	*approval = (struct approval){
	    .file = record->file, .line = record->line};
	for (unsigned i = 0; i < APPROVE_COLUMNS; i++)
		approval->column[i] = keep(plan, record, i);
}

/* The whole file: the digest covers it, and nobody can change it meanwhile. */
static void
read_whole(const char *file, struct buffer *text)
{
	enum { BLOCK = 256 * 1024 };
	int fd = STDIN_FILENO;
	ssize_t n;

	if (strcmp(file, "-") != 0)
		fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die_errno(PM_EXIT_NOTHING, "%s", file);
	while ((n = read(fd, buffer_reserve(text, BLOCK), BLOCK)) != 0) {
		if (n == -1 && errno != EINTR)
			die_errno(PM_EXIT_IO, "%s: cannot read", file);
		if (n > 0)
			text->n += (size_t)n;
	}
	if (fd != STDIN_FILENO)
		close(fd);
}

static int
in_memory(struct span text)
{
	int fd = memfd_create("plan", MFD_CLOEXEC);

	for (size_t done = 0; fd != -1 && done < text.n;) {
		ssize_t n = write(fd, text.p + done, text.n - done);

		if (n == -1)
			die_errno(PM_EXIT_SYSTEM, "keeping a copy of the plan");
		done += (size_t)n;
	}
	if (fd == -1 || lseek(fd, 0, SEEK_SET) == -1)
		die_errno(PM_EXIT_SYSTEM, "keeping a copy of the plan");
	return fd;
}

static void
read_records(struct plan *plan, int fd, const char *file, bool steps,
    struct sealed *sealed)
{
	struct stream *stream = stream_open(fd, file);
	struct stream_error error;
	enum stream_status status;
	struct record record;
	size_t count;

	while ((status = stream_read(stream, &record, 1, &count, &error)) ==
	       STREAM_RECORDS) {
		if (steps && record_type(&record) == RECORD_STEP)
			add_step(plan, &record);
		if (steps && record_type(&record) == RECORD_HOST)
			add_host(plan, &record);
		if (record_type(&record) == RECORD_APPROVE)
			add_approval(plan, &record);
		if (record_type(&record) == RECORD_CHECK && !steps)
			gates_ring_read(plan, &record);
		/* Who may approve is not for the plan to say. */
		if (record_type(&record) != RECORD_ACTOR || !steps)
			sealed_read(sealed, &plan->evidence, &record);
	}
	if (status == STREAM_BAD)
		die(PM_EXIT_DATA, "%s:%" PRIu64 ":%zu: %s", file, error.line,
		    error.column, error.reason);
	if (status == STREAM_FAILED)
		die_errno(PM_EXIT_IO, "%s: cannot read", file);
	stream_close(stream);
}

/* Does a step of the plan want evidence that is signed? */
static bool
asks_signatures(int fd, const char *file)
{
	struct stream *stream = stream_open(fd, file);
	struct stream_error error;
	struct record record;
	struct span value;
	bool asks = false;
	size_t count;

	/* what is malformed is said when it is read in earnest */
	while (!asks && stream_read(stream, &record, 1, &count, &error) ==
			    STREAM_RECORDS)
		asks = record_type(&record) == RECORD_STEP &&
		       requirement_find(record_get(&record, STEP_REQUIRES),
			   "signed-evidence", &value);
	stream_close(stream);
	if (lseek(fd, 0, SEEK_SET) == -1)
		die_errno(PM_EXIT_SYSTEM, "keeping a copy of the plan");
	return asks;
}

void
plan_load(struct plan *plan, int count, char **files, struct sealed *sealed)
{
	*plan = (struct plan){.file = files[0]};
	for (int i = 0; i < count; i++) {
		struct buffer text = {0};
		const char *reason;
		uint64_t line;
		int fd;

		read_whole(files[i], &text);
		if (i == 0 && !trailer_check(buffer_span(&text), SPAN("step"),
				  plan->digest, &line, &reason))
			die(PM_EXIT_DATA, "%s:%" PRIu64 ": the line %s",
			    files[i], line, reason);
		fd = in_memory(buffer_span(&text));
		if (i == 0 && !sealed->required)
			sealed->required = asks_signatures(fd, files[0]);
		sealed_begin(sealed, files[i],
		    strcmp(files[i], "-") == 0 ? (struct span){0}
					       : buffer_span(&text));
		read_records(plan, fd, files[i], i == 0, sealed);
		sealed_end(sealed);
		close(fd);
		buffer_release(&text);
	}
	after_expand(plan);
}

struct step *
plan_find(const struct plan *plan, struct span id)
{
	struct hash_probe probe = hash_first(&plan->by_id, hash_span(id));

	for (; hash_found(&plan->by_id, &probe);
	     hash_next(&plan->by_id, &probe))
		if (span_equal(plan->steps[probe.index].id, id))
			return &plan->steps[probe.index];
	return NULL;
}

void
plan_release(struct plan *plan)
{
	hash_release(&plan->by_id);
	hash_release(&plan->by_host);
	free(plan->hosts);
	free(plan->steps);
	free(plan->approvals);
	evidence_release(&plan->evidence);
	arena_release(&plan->arena);
}
