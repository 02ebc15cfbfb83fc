/* What there is to say of a host beyond its steps. */
#include <stdlib.h>

#include "fleet.h"

/* ---- reboot */

/* The kernel's build, such as "-cloud-amd64": others are no successors. */
static struct span
flavour(struct span kernel)
{
	for (size_t i = 0; i + 1 < kernel.n; i++) {
		char next = kernel.p[i + 1];

		if (kernel.p[i] == '-' && ((next >= 'a' && next <= 'z') ||
					      (next >= 'A' && next <= 'Z')))
			return span_skip(kernel, i);
	}
	return (struct span){NULL, 0};
}

/* The newest installed kernel that should be running instead, or empty. */
static struct span
newer_kernel(const struct judged *judged)
{
	const struct look *look = &judged->host->after;
	enum version_scheme scheme = host_scheme(judged->host);
	const struct note *note = note_first(
	    judged->fleet, judged->host, NOTE_KERNELS);
	struct span newest = {NULL, 0};

	/* A container runs on a kernel that is not its own. */
	if (span_absent(look->kernel) ||
	    span_starts(look->hardware, SPAN("container")))
		return newest;
	for (; note != NULL; note = note_next(judged->fleet, note)) {
		struct span rest = note->value[0];

		while (rest.p != NULL) {
			struct span kernel = span_cut(&rest, ',');

			if (span_equal(
				flavour(kernel), flavour(look->kernel)) &&
			    version_compare(scheme, kernel,
				newest.n > 0 ? newest : look->kernel) ==
				VERSION_GREATER)
				newest = kernel;
		}
	}
	return newest;
}

struct span
judge_reboot_reason(struct judged *judged)
{
	struct fleet *fleet = judged->fleet;
	const struct note *flag = note_first(fleet, judged->host, NOTE_REBOOT);
	const struct note *by = note_first(fleet, judged->host, NOTE_REBOOT_BY);
	struct span kernel = newer_kernel(judged);

	if (kernel.n > 0)
		return fleet_text(fleet, "runs kernel %.*s, installed is %.*s",
		    SPAN_ARG(judged->host->after.kernel), SPAN_ARG(kernel));
	if (flag == NULL || !span_is(flag->value[0], "yes"))
		return (struct span){NULL, 0};
	if (by == NULL)
		return SPAN("the host asks for a reboot");
	return fleet_text(
	    fleet, "the host asks for a reboot: %.*s", SPAN_ARG(by->value[0]));
}

static bool
reboot_planned(const struct judged *judged)
{
	for (uint32_t i = judged->host->first_step; i != NONE;
	     i = judged->fleet->steps[i].next)
		if (judged->fleet->steps[i].action == ACTION_REBOOT &&
		    judged->fleet->steps[i].planned)
			return true;
	return false;
}

static void
check_reboot(struct judged *judged)
{
	struct span reason = judge_reboot_reason(judged);
	struct span kernel = newer_kernel(judged);

	if (reason.n == 0 || reboot_planned(judged))
		return;
	checks_add(judged->checks,
	    &(struct check){.kind = kernel.n > 0 ? "kernel" : "reboot",
		.expected = kernel,
		.actual = kernel.n > 0 ? judged->host->after.kernel
				       : (struct span){NULL, 0},
		.verdict = VERDICT_REBOOT_PENDING,
		.detail = reason});
}

/* ---- services */

static void
check_stale(struct judged *judged)
{
	const struct note *note = note_first(
	    judged->fleet, judged->host, NOTE_STALE);

	for (; note != NULL; note = note_next(judged->fleet, note)) {
		struct span files = note->value[0];
		struct span process = span_cut(&files, ':');

		checks_add(judged->checks, &(struct check){.kind = "service",
					       .subject = process,
					       .verdict = VERDICT_STALE_SERVICE,
					       .detail = files});
	}
}

static int
by_key(const void *left, const void *right)
{
	const struct note *const *a = left;
	const struct note *const *b = right;
	int order = span_compare((*a)->value[0], (*b)->value[0]);

	return order != 0 ? order
			  : span_compare((*a)->value[1], (*b)->value[1]);
}

/* The services of one kind sorted by key, each key once; the caller frees. */
static const struct note **
services(const struct judged *judged, enum note_kind kind, size_t *count)
{
	const struct note *note = note_first(judged->fleet, judged->host, kind);
	const struct note **list = NULL;
	size_t capacity = 0, n = 0, kept = 0;

	for (; note != NULL; note = note_next(judged->fleet, note)) {
		list = memory_grow(list, &capacity, n + 1, sizeof(*list));
		list[n++] = note;
	}
	if (n > 0)
		qsort(list, n, sizeof(*list), by_key);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 ||
		    !span_equal(list[i]->value[0], list[kept - 1]->value[0]))
			list[kept++] = list[i];
	*count = kept;
	return list;
}

static void
add_service(
    struct judged *judged, const struct note *note, enum verdict verdict)
{
	struct check check = {
	    .kind = "service", .subject = note->value[0], .verdict = verdict};

	if (verdict == VERDICT_MISSING_SERVICE)
		check.expected = note->value[1];
	else
		check.actual = note->value[1];
	if (!span_absent(note->value[2]))
		check.detail = fleet_text(
		    judged->fleet, "package %.*s", SPAN_ARG(note->value[2]));
	checks_add(judged->checks, &check);
}

/* The same port; a renamed process of one package is no other service. */
static void
compare_service(
    struct judged *judged, const struct note *before, const struct note *after)
{
	if (span_equal(before->value[1], after->value[1]) ||
	    span_absent(before->value[1]) || span_absent(after->value[1]) ||
	    (span_equal(before->value[2], after->value[2]) &&
		!span_absent(before->value[2])))
		return;
	checks_add(judged->checks,
	    &(struct check){.kind = "service",
		.subject = before->value[0],
		.expected = before->value[1],
		.actual = after->value[1],
		.verdict = VERDICT_OTHER_SERVICE,
		.detail = fleet_text(judged->fleet,
		    "package %.*s before, %.*s now", SPAN_ARG(before->value[2]),
		    SPAN_ARG(after->value[2]))});
}

static void
compare_services(struct judged *judged)
{
	size_t before_count, after_count, i = 0, k = 0;
	const struct note **before = services(
	    judged, NOTE_SERVICE, &before_count);
	const struct note **after = services(
	    judged, NOTE_SERVICE_AFTER, &after_count);

	while (i < before_count || k < after_count) {
		int order = i == before_count ? 1
			    : k == after_count
				? -1
				: span_compare(
				      before[i]->value[0], after[k]->value[0]);

		if (order < 0)
			add_service(
			    judged, before[i++], VERDICT_MISSING_SERVICE);
		else if (order > 0)
			add_service(judged, after[k++], VERDICT_NEW_SERVICE);
		else
			compare_service(judged, before[i++], after[k++]);
	}
	free(before);
	free(after);
}

/* Was the running system looked at, and not only its packages? */
static bool
running(const struct look *look)
{
	return look->there && !span_absent(look->boot_id);
}

static void
check_services(struct judged *judged)
{
	const struct host *host = judged->host;

	if (running(&host->after) && running(&host->before)) {
		compare_services(judged);
		return;
	}
	if (note_first(judged->fleet, host, NOTE_SERVICE) != NULL)
		checks_add(judged->checks,
		    &(struct check){.kind = "service",
			.verdict = VERDICT_NOT_EXAMINED,
			.detail = SPAN("not both looks were at the running "
				       "system: there is no boot id")});
}

/* ---- packages and needs outside the plan */

static void
check_broken(struct judged *judged)
{
	const struct note *note = note_first(
	    judged->fleet, judged->host, NOTE_BROKEN);

	for (; note != NULL; note = note_next(judged->fleet, note))
		checks_add(
		    judged->checks, &(struct check){.kind = "package",
					.subject = note->value[0],
					.expected = SPAN("-"),
					.actual = note->value[1],
					.verdict = VERDICT_HALF_CONFIGURED,
					.detail = note->value[2]});
}

/* ---- configuration files that wait to be merged */

static void
check_leftovers(struct judged *judged)
{
	const struct fleet *fleet = judged->fleet;
	const struct note *note = note_first(
	    fleet, judged->host, NOTE_LEFTOVER_AFTER);

	for (; note != NULL; note = note_next(fleet, note)) {
		const struct note *before = note_first(
		    fleet, judged->host, NOTE_LEFTOVER);

		while (before != NULL &&
		       !span_equal(before->value[0], note->value[0]))
			before = note_next(fleet, before);
		checks_add(judged->checks,
		    &(struct check){.kind = "config",
			.subject = note->value[0],
			.expected = SPAN("absent"),
			.verdict = VERDICT_LEFTOVER,
			.detail = before != NULL
				      ? SPAN("there before the plan too; merge "
					     "it and remove it")
				      : SPAN("new since the plan; merge it "
					     "and remove it")});
	}
}

/* Does a step of the plan, or a decision in it, answer the need? */
static bool
answered(const struct judged *judged, const struct note *need)
{
	const struct fleet *fleet = judged->fleet;
	const struct step *step;

	if (!span_is(need->value[3], "reboot")) {
		step = step_of_package(
		    fleet, judged->host, need->value[0], need->value[2]);
		return step != NULL &&
		       (span_equal(step->to, need->value[2]) ||
			   (version_compare(host_scheme(judged->host), step->to,
				need->value[2]) &
			       (VERSION_EQUAL | VERSION_GREATER)) != 0);
	}
	for (uint32_t i = judged->host->first_step; i != NONE;
	     i = fleet->steps[i].next) {
		step = &fleet->steps[i];
		if (step->action == ACTION_REBOOT &&
		    (step->planned ||
			span_equal(step->package, need->value[0])))
			return true;
	}
	return false;
}

static void
check_needs(struct judged *judged)
{
	const struct note *need = note_first(
	    judged->fleet, judged->host, NOTE_NEED_AFTER);

	for (; need != NULL; need = note_next(judged->fleet, need)) {
		if (answered(judged, need))
			continue;
		checks_add(judged->checks,
		    &(struct check){.kind = "package",
			.subject = need->value[0],
			.expected = need->value[2],
			.actual = need->value[1],
			.verdict = VERDICT_UNPLANNED,
			.detail = fleet_text(judged->fleet,
			    "needed now, and not in the plan: %.*s",
			    SPAN_ARG(need->value[3]))});
	}
}

void
judge_host(struct judged *judged)
{
	if (judged->host->planned && judged->obstacle.n == 0) {
		check_reboot(judged);
		check_stale(judged);
		check_services(judged);
		check_broken(judged);
		check_leftovers(judged);
	}
	check_needs(judged);
}
