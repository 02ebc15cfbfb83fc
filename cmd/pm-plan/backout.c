/*
 * The way back, known before anything is done: for each visit the versions that
 * pm-apply --rollback installs again, and what has no way back.
 */
#include "atomic.h"
#include "prerequisites.h"
#include "trailer.h"

struct paper {
	struct trailer trailer;
	struct buffer text;
};

static void
add_line(struct paper *paper, struct span line)
{
	trailer_line(&paper->trailer, line);
	buffer_add_span(&paper->text, line);
	buffer_add_byte(&paper->text, '\n');
}

/* What bars the way back; empty where nothing does. */
static struct span
bar_of(const struct need *need)
{
	if (span_is(need->backout, "unavailable"))
		return SPAN("no repository offers the earlier version");
	return SPAN("");
}

static void
add_step(struct paper *paper, const struct fleet *fleet,
    const struct visit *visit, const struct need *need, struct span plan)
{
	const struct host *host = &fleet->hosts[visit->host];
	bool new = span_absent(need->installed);
	const char *action = new ? "remove" : "install";
	struct span bar = bar_of(need), value[STEP_COLUMNS];
	struct buffer line = {0}, id = {0}, wave = {0};

	buffer_printf(&id, "%.*s/%s/%.*s", SPAN_ARG(host->name), action,
	    SPAN_ARG(need->package));
	buffer_printf(&wave, "%u", visit->wave);
	for (unsigned i = 0; i < STEP_COLUMNS; i++)
		value[i] = SPAN("-");
	value[STEP_PLAN] = plan;
	value[STEP_STEP] = buffer_span(&id);
	value[STEP_WAVE] = buffer_span(&wave);
	value[STEP_HOST] = host->name;
	value[STEP_ACTION] = span_of(action);
	value[STEP_PACKAGE] = need->package;
	value[STEP_FROM] = need->removal ? SPAN("-") : need->fixed;
	value[STEP_TO] = need->installed;
	value[STEP_STATE] = bar.n == 0 ? SPAN("planned") : SPAN("blocked");
	value[STEP_REASON] =
	    bar.n > 0 ? bar
	    : new     ? SPAN("way back: it was not there before")
	    : need->backout.n == 0
		? SPAN("way back; whether it can be had is not known")
		: SPAN("way back");
	value[STEP_OWNER] = host->owner;
	buffer_add_span(&line, schema_of(RECORD_STEP)->name);
	for (unsigned i = 0; i < STEP_COLUMNS; i++) {
		buffer_add_byte(&line, '\t');
		buffer_add_span(&line, value[i]);
	}
	add_line(paper, buffer_span(&line));
	buffer_release(&line);
	buffer_release(&id);
	buffer_release(&wave);
}

void
backout_write(const struct fleet *fleet, const char *file, struct span plan)
{
	struct paper paper = {0};
	struct atomic_file target;
	struct output output;

	trailer_start(&paper.trailer, schema_of(RECORD_STEP)->name);
	add_line(&paper, layout_default(RECORD_STEP, true)->header);
	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];
		const struct host *host = &fleet->hosts[visit->host];

		for (uint32_t k = 0; k < host->need_count; k++) {
			const struct need *need =
			    &fleet->needs[host->first_need + k];

			if (!visit->cancelled && !need->reboot &&
			    !need->harden && need->disposition == PLANNED &&
			    need->kind == visit->kind)
				add_step(&paper, fleet, visit, need, plan);
		}
	}
	trailer_finish(&paper.trailer, &paper.text);
	atomic_open(&target, file);
	output_open(&output, target.fd, file, true);
	paper.text.n--; /* output_line() adds the newline */
	output_line(&output, buffer_span(&paper.text));
	output_close(&output);
	atomic_commit(&target);
	buffer_release(&paper.text);
}
