#include "progress.h"

#include <inttypes.h>
#include <unistd.h>
#include <vis.h>

enum { SHOWN = 5, MINUTE = 60 * 1000, TICK = 500 };

static const struct schedule *running;
static int64_t began;
static bool terminal;
static struct run_job ticker;

/* "12 of 40 hosts, 1 failed, under way: a b, 6.0 a minute, 5 min left" */
static void
describe(struct buffer *out)
{
	uint64_t all = schedule_visits(running), over = running->over;
	int64_t passed = run_clock() - began;
	unsigned shown = 0;

	buffer_printf(out,
	    "%" PRIu64 " of %" PRIu64 " %s ended, %" PRIu64 " failed", over,
	    all, PLURAL(all, "visit", "visits"), running->failed);
	for (size_t i = 0; i < running->count && shown <= SHOWN; i++) {
		const struct visit *visit = &running->visits[i];

		if (!visit->begun || visit->ended)
			continue;
		buffer_add_span(
		    out, shown == 0 ? SPAN(", under way: ") : SPAN(" "));
		if (shown++ == SHOWN)
			buffer_add_span(out, SPAN("..."));
		else
			buffer_add_span(out, visit->host);
	}
	if (over == 0 || passed <= 0)
		return;
	buffer_printf(out, ", %.1f a minute, %" PRId64 " min left",
	    (double)over * MINUTE / (double)passed,
	    (int64_t)(all - over) * passed / (int64_t)over / MINUTE);
}

static void
draw(void)
{
	enum { COLUMNS = 79 };
	struct buffer text = {0};

	if (!terminal || running == NULL)
		return;
	buffer_add_byte(&text, '\r');
	describe(&text);
	if (text.n > COLUMNS)
		text.n = COLUMNS;
	buffer_add_span(&text, SPAN("\033[K"));
	if (write(STDERR_FILENO, text.p, text.n) == -1)
		terminal = false;
	buffer_release(&text);
}

static void
ticked(struct run_job *job)
{
	if (running == NULL || running->active == 0)
		return;
	draw();
	run_later(job, TICK);
}

static void
asked(void)
{
	struct buffer text = {0};

	describe(&text);
	warning("%.*s", SPAN_ARG(buffer_span(&text)));
	buffer_release(&text);
}

void
progress_start(const struct schedule *schedule)
{
	running = schedule;
	began = run_clock();
	terminal = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) != 1;
	run_catch_progress(asked);
	if (terminal) {
		ticker.ended = ticked;
		ticker.process = -1;
		run_later(&ticker, TICK);
	}
}

void
progress_show(void)
{
	draw();
}

void
progress_end(void)
{
	if (terminal && write(STDERR_FILENO, "\r\033[K", 4) == -1)
		terminal = false;
}
