#include "ledger.h"

#include <stdlib.h>
#include <unistd.h>

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

/* The number of a word, quickly when it is the same as the last of its kind. */
static uint32_t
word_of(struct ledger *ledger, enum ledger_text kind, struct span text)
{
	uint32_t *recent = &ledger->recent[kind];

	if (!span_equal(text, intern_span(&ledger->words, *recent)))
		*recent = intern_add(&ledger->words, text);
	return *recent;
}

/* The number of the host that has this name now, made when it is new. */
static uint32_t
host_named(struct ledger *ledger, struct span name, bool make)
{
	uint32_t word = word_of(ledger, TEXT_HOST, name);
	size_t known = ledger->host_of_count;

	if (word >= known) {
		ledger->host_of = memory_grow(ledger->host_of,
		    &ledger->host_of_capacity, ledger->words.count,
		    sizeof(*ledger->host_of));
		ledger->host_of_count = ledger->words.count;
		memset(ledger->host_of + known, 0,
		    (ledger->host_of_count - known) * sizeof(uint32_t));
	}
	if (ledger->host_of[word] == 0 && make) {
		ledger->hosts = memory_grow(ledger->hosts,
		    &ledger->host_capacity, ledger->host_count + 1,
		    sizeof(*ledger->hosts));
		ledger->hosts[ledger->host_count] = (struct ledger_host){
		    .name = word, .looked = INT64_MIN};
		ledger->host_of[word] = (uint32_t)ledger->host_count++;
	}
	return ledger->host_of[word];
}

/*
 * The number of an item, added (as one that is not open) when it is new.  The
 * installed version tells items apart only where no vulnerability does.
 */
static uint32_t
item_of(struct ledger *ledger, uint32_t host, uint32_t package, uint32_t cve,
    uint32_t installed)
{
	uint32_t key = cve == 0 ? installed : 0;
	uint64_t hash = hash_mix(
	    hash_mix(hash_mix(hash_mix(UINT64_C(1), host), package), cve), key);
	struct hash_probe probe = hash_first(&ledger->index, hash);

	for (; hash_found(&ledger->index, &probe);
	     hash_next(&ledger->index, &probe)) {
		const struct ledger_item *item = &ledger->items[probe.index];

		if (item->host == host && item->package == package &&
		    item->cve == cve &&
		    (cve != 0 || item->installed == installed))
			return probe.index;
	}
	ledger->items = memory_grow(ledger->items, &ledger->item_capacity,
	    ledger->item_count + 1, sizeof(*ledger->items));
	ledger->items[ledger->item_count] = (struct ledger_item){.host = host,
	    .package = package,
	    .cve = cve,
	    .installed = installed,
	    .first = INT64_MIN};
	hash_insert(&ledger->index, hash, (uint32_t)ledger->item_count);
	return (uint32_t)ledger->item_count++;
}

/* The same as a pointer, until the next item is added. */
static struct ledger_item *
find_item(struct ledger *ledger, uint32_t host, uint32_t package, uint32_t cve,
    uint32_t installed)
{
	uint32_t number = item_of(ledger, host, package, cve, installed);

	return &ledger->items[number];
}

static uint32_t
term_add(struct ledger *ledger, struct ledger_term term)
{
	ledger->terms = memory_grow(ledger->terms, &ledger->term_capacity,
	    ledger->term_count + 1, sizeof(*ledger->terms));
	ledger->terms[ledger->term_count] = term;
	return (uint32_t)ledger->term_count++;
}

/* Move what is known of a host to a new name; the old one is free again. */
static bool
rename_host(struct ledger *ledger, struct span from, struct span to)
{
	uint32_t host = host_named(ledger, from, false);

	if (host == 0 || host_named(ledger, to, false) != 0)
		return false;
	ledger->host_of[ledger->hosts[host].name] = 0;
	ledger->hosts[host].name = intern_add(&ledger->words, to);
	ledger->host_of[ledger->hosts[host].name] = host;
	return true;
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

int64_t
ledger_need(struct ledger *ledger, const struct record *record)
{
	uint32_t host = host_named(ledger, record_get(record, NEED_HOST), true);
	uint32_t package = word_of(
	    ledger, TEXT_PACKAGE, record_get(record, NEED_PACKAGE));
	uint32_t installed = word_of(
	    ledger, TEXT_INSTALLED, record_get(record, NEED_INSTALLED));
	struct span cves = record_get(record, NEED_CVES);

	ledger->package = item_of(ledger, host, package, 0, installed);
	see(ledger, &ledger->items[ledger->package], installed);
	ledger->first = ledger->items[ledger->package].first;
	while (!span_absent(cves) && cves.p != NULL) {
		uint32_t cve = intern_add(&ledger->words, span_cut(&cves, ','));
		struct ledger_item *item = find_item(
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
		item->term = term_add(
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
	struct ledger_item *item = find_item(ledger, 0, name, 0, number);

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
	host = host_named(ledger, from, false);
	if (host == 0) /* done in an earlier run, or never seen */
		return;
	if (!rename_host(ledger, from, to)) {
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
	number = host_named(ledger, name, true); /* moves the hosts */
	host = &ledger->hosts[number];
	if (span_is(verdict, "covered") || span_is(verdict, "partial"))
		host->covered = true;
	else
		host->not_covered = true;
}

/* After the last record: what was not seen on a host that was looked at. */
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
seconds_of(const struct ledger_row *row, const char *where)
{
	uint64_t seconds;

	if (!span_number(row->detail, &seconds) || seconds > INT64_MAX / 2)
		die(PM_EXIT_DATA, "%s: detail of this row is no duration",
		    where);
	return (int64_t)seconds;
}

void
ledger_apply(
    struct ledger *ledger, const struct ledger_row *row, const char *where)
{
	bool offered = span_is(row->event, "offered");
	uint32_t installed = word_of(ledger, TEXT_INSTALLED, row->installed);
	struct ledger_item *item;
	uint32_t host;

	if (span_is(row->event, "renamed")) {
		if (!rename_host(ledger, row->detail, row->host))
			die(PM_EXIT_DATA, "%s: cannot rename this host", where);
		return;
	}
	host = offered ? 0 : host_named(ledger, row->host, true);
	if (span_is(row->event, "looked")) {
		ledger->hosts[host].looked = row->when;
		return;
	}
	item = find_item(ledger, host,
	    word_of(ledger, TEXT_PACKAGE, row->package),
	    intern_add(&ledger->words, row->cve), installed);
	if (span_is(row->event, "due")) {
		item->term = term_add(
		    ledger, (struct ledger_term){row->when,
				seconds_of(row, where), item->term, false});
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
		die(PM_EXIT_DATA, "%s: event '%.*s' is not known", where,
		    SPAN_ARG(row->event));
	item->first = row->when;
	item->term = 0;
	if (!span_absent(row->detail))
		item->term = term_add(
		    ledger, (struct ledger_term){
				row->when, seconds_of(row, where), 0, false});
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
