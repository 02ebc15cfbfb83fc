/* What a run makes of the needs that it sees, and of the rows of earlier ones. */
#include <stdlib.h>
#include <unistd.h>

#include "ledger_cve.h"
#include "ledger_parts.h"
#include "timestamp.h"

void
ledger_start(struct ledger *ledger)
{
	*ledger = (struct ledger){.fd = -1, .last_run = INT64_MIN};
	intern_add(&ledger->words, SPAN("-"));
	/* The first of each stand for none. */
	ledger->hosts = memory_zeroed(1, sizeof(*ledger->hosts));
	ledger->host_count = ledger->host_capacity = 1;
	ledger->terms = memory_zeroed(1, sizeof(*ledger->terms));
	ledger->term_count = ledger->term_capacity = 1;
}

/*
 * One sight of an item.  A vulnerability that was gone and comes back with the
 * same version installed was never patched: the feed had lost it.
 */
static void
see(struct ledger *ledger, struct ledger_item *item, uint32_t installed)
{
	if (item->seen) {
		/* Several versions at once: whatever the order of the needs. */
		if (span_compare(intern_span(&ledger->words, installed),
			intern_span(&ledger->words, item->installed)) < 0)
			item->installed = installed;
		return;
	}
	item->seen = true;
	if (item->first == INT64_MIN ||
	    (!item->open && item->installed != installed)) {
		item->news = NEWS_FIRST;
		item->first = timestamp_now();
		item->term = 0;
	} else if (!item->open) {
		item->news = NEWS_BACK;
	}
	item->open = true;
	item->installed = installed;
}

/* ---- a run */

int64_t
ledger_need(struct ledger *ledger, const struct record *record)
{
	uint32_t host = ledger_host_named(
	    ledger, record_get(record, NEED_HOST), true);
	uint32_t package = ledger_word(
	    ledger, TEXT_PACKAGE, record_get(record, NEED_PACKAGE));
	uint32_t installed = ledger_word(
	    ledger, TEXT_INSTALLED, record_get(record, NEED_INSTALLED));
	struct span cves = record_get(record, NEED_CVES);

	ledger->package = ledger_item_of(ledger, host, package, 0, installed);
	see(ledger, &ledger->items[ledger->package], installed);
	ledger->first = ledger->items[ledger->package].first;
	while (!span_absent(cves) && cves.p != NULL) {
		uint32_t cve = ledger_cve(&ledger->words, span_cut(&cves, ','));
		struct ledger_item *item = ledger_item_find(
		    ledger, host, package, cve, installed);

		see(ledger, item, installed);
		if (item->first < ledger->first)
			ledger->first = item->first;
	}
	return ledger->first;
}

int64_t
ledger_due(struct ledger *ledger, int64_t duration)
{
	struct ledger_item *item = &ledger->items[ledger->package];
	int64_t since = timestamp_now();
	uint32_t term = item->term;

	if (term == 0 && item->news != NEWS_NONE)
		since = ledger->first;
	if (term == 0 || ledger->terms[term].duration > duration) {
		item->term = ledger_term_add(
		    ledger, (struct ledger_term){since, duration, term, true});
		return since + duration;
	}
	/* As urgent as now since the longest of those that are not longer. */
	while (ledger->terms[term].longer != 0 &&
	       ledger->terms[ledger->terms[term].longer].duration <= duration)
		term = ledger->terms[term].longer;
	return ledger->terms[term].since + duration;
}

int64_t
ledger_offered(struct ledger *ledger, struct span package, struct span version)
{
	uint32_t name = intern_add(&ledger->words, package);
	uint32_t number = intern_add(&ledger->words, version);
	struct ledger_item *item = ledger_item_find(ledger, 0, name, 0, number);

	see(ledger, item, number);
	return item->first;
}

void
ledger_event(struct ledger *ledger, const struct record *record)
{
	struct span from = record_get(record, EVENT_REASON);
	struct span to = record_get(record, EVENT_HOST);
	uint32_t host;

	if (!span_is(record_get(record, EVENT_KIND), "renamed"))
		return;
	if (span_absent(from) || span_absent(to))
		die(PM_EXIT_DATA,
		    "%s: a renamed event must name the host and, as its "
		    "reason, the name that it had before",
		    record_where(record));
	host = ledger_host_named(ledger, from, false);
	if (host == 0) /* done in an earlier run, or never seen */
		return;
	if (!ledger_rename(ledger, from, to)) {
		warning("%s: both '%.*s' and '%.*s' are known as hosts; they "
			"stay two",
		    record_where(record), SPAN_ARG(from), SPAN_ARG(to));
		return;
	}
	ledger->hosts[host].name_before = intern_add(&ledger->words, from);
}

void
ledger_cover(struct ledger *ledger, const struct record *record)
{
	struct span verdict = record_get(record, COVER_VERDICT);
	struct span name = record_get(record, COVER_HOST);
	struct ledger_host *host;
	uint32_t number;

	if (span_absent(name))
		return;
	number = ledger_host_named(ledger, name, true); /* moves the hosts */
	host = &ledger->hosts[number];
	if (span_is(verdict, "covered") || span_is(verdict, "partial"))
		host->covered = true;
	else
		host->not_covered = true;
}

void
ledger_settle(struct ledger *ledger, bool complete)
{
	for (size_t i = 0; i < ledger->item_count; i++) {
		struct ledger_item *item = &ledger->items[i];
		const struct ledger_host *host;

		if (item->host == 0 || item->seen || !item->open || !complete)
			continue;
		host = &ledger->hosts[item->host];
		if (!host->covered || host->not_covered)
			continue;
		item->news = NEWS_GONE;
		item->open = false;
	}
}

static int64_t
seconds_of(struct ledger *ledger, const struct ledger_row *row)
{
	uint64_t seconds;

	if (!span_number(row->detail, &seconds) || seconds > INT64_MAX / 2)
		die(PM_EXIT_DATA, "%s: detail of this row is no duration",
		    ledger_where(ledger, row));
	return (int64_t)seconds;
}

void
ledger_apply(struct ledger *ledger, const struct ledger_row *row)
{
	bool offered = span_is(row->event, "offered");
	uint32_t installed = ledger_word(
	    ledger, TEXT_INSTALLED, row->installed);
	struct ledger_item *item;
	uint32_t host;

	if (span_is(row->event, "renamed")) {
		if (!ledger_rename(ledger, row->detail, row->host))
			die(PM_EXIT_DATA, "%s: cannot rename this host",
			    ledger_where(ledger, row));
		return;
	}
	host = offered ? 0 : ledger_host_named(ledger, row->host, true);
	if (span_is(row->event, "looked")) {
		ledger->hosts[host].looked = row->when;
		return;
	}
	item = ledger_item_find(ledger, host,
	    ledger_word(ledger, TEXT_PACKAGE, row->package),
	    ledger_cve(&ledger->words, row->cve), installed);
	if (span_is(row->event, "due")) {
		item->term = ledger_term_add(
		    ledger, (struct ledger_term){row->when,
				seconds_of(ledger, row), item->term, false});
		return;
	}
	if (span_is(row->event, "gone")) {
		item->open = false;
		return;
	}
	item->open = true;
	item->installed = installed;
	if (span_is(row->event, "back"))
		return;
	if (!offered && !span_is(row->event, "first"))
		die(PM_EXIT_DATA, "%s: event '%.*s' is not known",
		    ledger_where(ledger, row), SPAN_ARG(row->event));
	item->first = row->when;
	item->term = 0;
	if (!span_absent(row->detail))
		item->term = ledger_term_add(
		    ledger, (struct ledger_term){
				row->when, seconds_of(ledger, row), 0, false});
}

void
ledger_release(struct ledger *ledger)
{
	intern_release(&ledger->words);
	hash_release(&ledger->index);
	free(ledger->items);
	free(ledger->terms);
	free(ledger->hosts);
	free(ledger->host_of);
	if (ledger->fd != -1)
		close(ledger->fd);
}
