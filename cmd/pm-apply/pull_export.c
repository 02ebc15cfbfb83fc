/* The steps of a host as a script for it. */
#include "pull.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic.h"
#include "stages.h"

static bool
can_be_pulled(enum step_action action)
{
	return action_is_package(action) || action == ACTION_EVIDENCE ||
	       action == ACTION_DOWNLOAD || action == ACTION_RESTART ||
	       action == ACTION_REBOOT || action == ACTION_CHECK ||
	       action == ACTION_RECOVERY;
}

static bool
is_done(const struct step *step)
{
	return !step->rolled_back && (step->forth.last == OUTCOME_DONE ||
					 step->forth.last == OUTCOME_SKIPPED);
}

/* Packages of one visit are one transaction, which knows their order. */
static bool
is_together(const struct step *step, const struct step *other)
{
	return action_is_package(step->action) &&
	       action_is_package(other->action) &&
	       span_equal(step->host, other->host) &&
	       step->wave == other->wave && step->start == other->start;
}

/*
 * The steps that this one comes after and that are not done are in the same
 * script; their ids, or "-".
 */
static bool
add_after(const struct plan *plan, const struct step *step, struct buffer *out,
    struct buffer *reason)
{
	struct span rest = span_absent(step->after) ? (struct span){0}
						    : step->after;
	size_t start = out->n;

	while (rest.p != NULL) {
		struct span id = span_cut(&rest, ',');
		const struct step *before = plan_find(plan, id);

		if (before != NULL && is_done(before))
			continue;
		if (before == NULL || !before->pending) {
			buffer_printf(reason,
			    "it comes after %.*s, which is not done",
			    SPAN_ARG(id));
			return false;
		}
		if (is_together(step, before))
			continue;
		if (out->n > start)
			buffer_add_byte(out, ',');
		buffer_add_span(out, id);
	}
	if (out->n == start)
		buffer_add_byte(out, '-');
	return true;
}

/* May it be done on the host by itself?  Otherwise the reason. */
static bool
is_let(const struct site *site, const struct step *step, struct buffer *reason)
{
	struct gate gate = site->gate;

	gate.later = true;
	if (!can_be_pulled(step->action)) {
		buffer_printf(reason, "a script on the host cannot do that");
		return false;
	}
	if (step->attended) {
		buffer_printf(reason, "an operator must be present");
		return false;
	}
	return gate_step(&gate, step, reason) == PM_EXIT_OK;
}

/* The word for what the script does of itself; an emergency waits for nobody. */
static const char *
leave(const struct step *step)
{
	static const char *const words[PULLS] = {
	    [PULL_NOT] = "-",
	    [PULL_INSTALL] = "-",
	    [PULL_DOWNLOAD] = "download",
	    [PULL_NOTIFY] = "notify",
	};

	return step->emergency ? "emergency" : words[step->pull];
}

static void
leave_out(struct step *step, struct buffer *reason)
{
	step->pending = false;
	warning("%.*s is not exported: %.*s", SPAN_ARG(step->id),
	    SPAN_ARG(buffer_span(reason)));
	buffer_reset(reason);
}

/* Is it in the script, as far as it says itself? */
static void
select_step(const struct site *site, struct step *step)
{
	struct buffer reason = {0};

	step->pending = step->selected && !is_done(step) && !step->rolled_back;
	if (step->pending && !is_let(site, step, &reason))
		leave_out(step, &reason);
	buffer_release(&reason);
}

/* Without what it comes after it is not; false when that is so. */
static bool
stays_selected(const struct site *site, struct step *step)
{
	struct buffer reason = {0}, after = {0};

	if (step->pending && !add_after(site->plan, step, &after, &reason))
		leave_out(step, &reason);
	buffer_release(&reason);
	buffer_release(&after);
	return step->pending;
}

/* One line of PM_STEPS, see share/drivers/pull. */
static void
add_step(const struct site *site, const struct visit *visit,
    const struct step *step, struct buffer *out)
{
	struct buffer reason = {0}, after = {0};

	if (step->pending && add_after(site->plan, step, &after, &reason))
		buffer_printf(out,
		    "%u\t%s\t%.*s\t%.*s\t%.*s\t%s\t%.*s\t%.*s\t%.*s\t%.*s\n",
		    visit->number, leave(step), SPAN_ARG(step->start_text),
		    SPAN_ARG(step->end_text), SPAN_ARG(step->id),
		    action_name(step->action), SPAN_ARG(step->package),
		    SPAN_ARG(step->from), SPAN_ARG(step->to),
		    SPAN_ARG(buffer_span(&after)));
	buffer_release(&reason);
	buffer_release(&after);
}

static void
add_variable(struct buffer *out, const char *name, struct span value)
{
	buffer_printf(out, "%s=", name);
	driver_quote(out, value);
	buffer_add_byte(out, '\n');
}

/* When the first of the approvals ends that have an end. */
static struct span
first_expiry(const struct plan *plan)
{
	struct span first = SPAN("-");

	for (size_t i = 0; i < plan->approval_count; i++) {
		struct span expiry = plan->approvals[i].column[APPROVE_EXPIRY];

		if (!span_absent(expiry) &&
		    (span_absent(first) || span_compare(expiry, first) < 0))
			first = expiry;
	}
	return first;
}

/* Words of the driver's check, for the shell. */
static void
add_health(void *context, struct span name, struct span text)
{
	buffer_add_span(context, SPAN(" --health "));
	driver_quote(context, name);
	buffer_add_byte(context, ' ');
	driver_quote(context, text);
}

/* Packages of the script that are new because others need them. */
static void
add_automatic(const struct plan *plan, struct span host, struct buffer *out)
{
	const char *before = " --auto ";

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (!step->pending || !step->automatic ||
		    !span_equal(step->host, host))
			continue;
		buffer_printf(out, "%s%.*s", before, SPAN_ARG(step->package));
		before = ",";
	}
}

static void
write_script(const struct site *site, struct visit *visit, struct span steps,
    const char *directory)
{
	struct span host = visit->host;
	const struct plan_host *known = plan_host(site->plan, host);
	struct span driver = known == NULL
				 ? (struct span){0}
				 : driver_for(site->drivers, known->os);
	struct buffer text = {0}, path = {0}, pull = {0}, options = {0};
	struct buffer health = {0};
	struct atomic_file file;

	if (driver.n == 0) {
		warning("%.*s is not exported: there is no driver for it",
		    SPAN_ARG(host));
		return;
	}
	driver_file("pull", &pull);
	buffer_printf(&options, "--timeout %" PRId64 " --lock-wait %" PRId64,
	    site->timeout, site->lock_wait);
	add_automatic(site->plan, host, &options);
	buffer_printf(&text,
	    "#!/bin/sh\n"
	    "# What the plan %.*s has for %.*s, approved as sha256:%s.\n"
	    "# Run it there as root, within the window; started again it does "
	    "what is left.\n"
	    "# The words download and install behind its name allow what the "
	    "settings leave to you.\n"
	    "# Its journal is for: pm-apply --import FILE PLAN\n",
	    SPAN_ARG(site->plan->steps[0].plan), SPAN_ARG(host),
	    site->plan->digest);
	add_variable(&text, "PM_HOST", host);
	add_variable(&text, "PM_PLAN", site->plan->steps[0].plan);
	add_variable(&text, "PM_DIGEST", span_of(site->plan->digest));
	add_variable(&text, "PM_EXPIRY", first_expiry(site->plan));
	add_variable(&text, "PM_OPTIONS", buffer_span(&options));
	buffer_printf(&health, "--settle %" PRId64, site->settle);
	check_each(visit, add_health, &health);
	add_variable(&text, "PM_HEALTH", buffer_span(&health));
	add_variable(&text, "PM_ROLLBACK",
	    backout_wanted(visit) ? SPAN("yes") : SPAN("no"));
	steps.n--; /* the last newline */
	add_variable(&text, "PM_STEPS", steps);
	add_variable(&text, "PM_DRIVER", driver);
	add_variable(&text, "PM_PULL", buffer_span(&pull));
	buffer_add_span(&text, SPAN("eval \"$PM_PULL\"\n"));
	buffer_printf(&path, "%s/%.*s.sh", directory, SPAN_ARG(host));
	buffer_add_byte(&path, '\0');
	atomic_open(&file, path.p);
	for (size_t done = 0; done < text.n;) {
		ssize_t n = write(file.fd, text.p + done, text.n - done);

		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", path.p);
		done += (size_t)n;
	}
	if (fchmod(file.fd, 0755) == -1)
		die_errno(PM_EXIT_IO, "%s", path.p);
	atomic_commit(&file);
	buffer_release(&text);
	buffer_release(&path);
	buffer_release(&pull);
	buffer_release(&options);
	buffer_release(&health);
}

/*
 * What is around the work of a visit stays away when all of the work does, or
 * something that the packages of the visit need.
 */
static bool
leave_idle(struct visit *visit)
{
	bool work = false, exported = false, needed = false, left = false;
	struct buffer reason = {0};

	for (size_t i = 0; i < visit->count; i++) {
		const struct step *step = visit->steps[i];

		if (!action_is_work(step->action) || !step->selected)
			continue;
		work = true;
		if (step->pending || is_done(step))
			exported = true;
		else
			needed |= step->prerequisite;
	}
	exported &= !needed;
	for (size_t i = 0; work && !exported && i < visit->count; i++)
		if (visit->steps[i]->pending) {
			buffer_printf(&reason, "%s",
			    needed
				? "a step that its visit needs is left out"
				: "no installation of its visit is exported");
			leave_out(visit->steps[i], &reason);
			left = true;
		}
	buffer_release(&reason);
	return left;
}

/* Which steps the scripts have: every one that all it comes after has. */
static void
select_steps(const struct schedule *schedule)
{
	const struct site *site = schedule->site;
	bool again = true;

	for (size_t i = 0; i < site->plan->count; i++)
		select_step(site, &site->plan->steps[i]);
	while (again) {
		again = false;
		for (size_t i = 0; i < site->plan->count; i++)
			again |= site->plan->steps[i].pending &&
				 !stays_selected(site, &site->plan->steps[i]);
		for (size_t i = 0; i < schedule->count; i++)
			again |= leave_idle(&schedule->visits[i]);
	}
}

void
pull_export(const struct schedule *schedule, const char *directory)
{
	select_steps(schedule);
	for (size_t i = 0; i < schedule->count; i++) {
		struct span host = schedule->visits[i].host;
		struct buffer steps = {0};
		bool first = true;

		for (size_t k = 0; k < i && first; k++)
			first = !span_equal(schedule->visits[k].host, host);
		for (size_t k = i; first && k < schedule->count; k++) {
			struct visit *visit = &schedule->visits[k];

			if (!span_equal(visit->host, host))
				continue;
			for (size_t n = 0; n < visit->count; n++)
				add_step(schedule->site, visit, visit->steps[n],
				    &steps);
		}
		if (steps.n > 0)
			write_script(schedule->site, &schedule->visits[i],
			    buffer_span(&steps), directory);
		buffer_release(&steps);
	}
}
