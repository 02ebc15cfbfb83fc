#include "totals.h"

#include <inttypes.h>

#include "input.h"
#include "timestamp.h"

enum { SECONDS_A_DAY = 24 * 60 * 60 };

static const char *const classes[CLASSES] = {
    "critical", "useful", "unnecessary", "-"};
static const char *const decisions[DECISIONS] = {
    "patch", "emergency", "mitigate", "accept", "defer", "-"};

static unsigned
position(const char *const *words, unsigned count, struct span value)
{
	unsigned i = 0;

	while (i + 1 < count && !span_is(value, words[i]))
		i++;
	return i;
}

void
totals_count(struct totals *totals, const struct span *values)
{
	int64_t now = timestamp_now(), since, end;

	totals->needs++;
	if (timestamp_parse(values[NEED_FIRST_SEEN], &since)) {
		if (now - since > totals->oldest)
			totals->oldest = now - since;
		if (timestamp_parse(values[NEED_DUE], &end) && end < now) {
			totals->overdue++;
			if (now - end > totals->longest)
				totals->longest = now - end;
		}
	}
	if (span_absent(values[NEED_DECISION]))
		totals->undecided++;
	totals->by_class[position(classes, CLASSES, values[NEED_CLASS])]++;
	totals->by_decision[position(
	    decisions, DECISIONS, values[NEED_DECISION])]++;
}

static void
total(struct buffer *text, const char *const *words, const uint64_t *counts,
    unsigned number)
{
	const char *separator = "";

	for (unsigned i = 0; i < number; i++) {
		if (counts[i] == 0)
			continue;
		buffer_printf(text, "%s%" PRIu64 " %s", separator, counts[i],
		    strcmp(words[i], "-") == 0 ? "undecided" : words[i]);
		separator = ", ";
	}
}

void
totals_report(const struct totals *totals)
{
	int64_t oldest = totals->oldest / SECONDS_A_DAY;
	int64_t longest = totals->longest / SECONDS_A_DAY;
	struct buffer text = {0};

	total(&text, decisions, totals->by_decision, DECISIONS);
	buffer_printf(&text, "; ");
	total(&text, classes, totals->by_class, CLASSES);
	if (totals->needs > 0)
		warning("%" PRIu64 " %s: %.*s", totals->needs,
		    PLURAL(totals->needs, "need", "needs"), (int)text.n,
		    text.p);
	else
		warning("0 needs");
	if (totals->oldest > 0)
		warning("the oldest need is known for %" PRId64 " %s", oldest,
		    PLURAL(oldest, "day", "days"));
	if (totals->overdue > 0)
		warning("%" PRIu64 " %s overdue, the longest by %" PRId64 " %s",
		    totals->overdue,
		    PLURAL(totals->overdue, "need is", "needs are"), longest,
		    PLURAL(longest, "day", "days"));
	buffer_release(&text);
}
