#include "ledger.h"

#include <stdlib.h>
#include <unistd.h>

#include "ledger_cve.h"
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

static bool
is_item(const struct ledger_item *item, const struct ledger_item *wanted)
{
	return item->package == wanted->package && item->cve == wanted->cve &&
	       item->host == wanted->host &&
	       (item->cve != 0 || item->installed == wanted->installed);
}

static uint64_t
hash_item(const struct ledger_item *item)
{
	return hash_mix(
	    hash_mix(UINT64_C(1), (uint64_t)item->host << 32 | item->package),
	    (uint64_t)item->cve << 32 | (item->cve == 0 ? item->installed : 0));
}

/*
 * The number of an item, added (as one that is not open) when it is new.  The
 * installed version tells items apart only where no vulnerability does.
 */
static uint32_t
item_of(struct ledger *ledger, uint32_t host, uint32_t package, uint32_t cve,
    uint32_t installed)
{
	const struct ledger_item wanted = {.host = host,
	    .package = package,
	    .cve = cve,
	    .installed = installed};
	struct hash_probe probe;
	uint64_t hash;

	/* Mostly it is the last one or stands behind it. */
	for (uint32_t i = ledger->item;
	     i < ledger->item_count && i < ledger->item + 2; i++)
		if (is_item(&ledger->items[i], &wanted))
			return ledger->item = i;
	hash = hash_item(&wanted);
	probe = hash_first(&ledger->index, hash);
	for (; hash_found(&ledger->index, &probe);
	     hash_next(&ledger->index, &probe))
		if (is_item(&ledger->items[probe.index], &wanted))
			return ledger->item = probe.index;
	ledger->items = memory_grow(ledger->items, &ledger->item_capacity,
	    ledger->item_count + 1, sizeof(*ledger->items));
	ledger->items[ledger->item_count] = wanted;
	ledger->items[ledger->item_count].first = INT64_MIN;
	hash_insert(&ledger->index, hash, (uint32_t)ledger->item_count);
	return ledger->item = (uint32_t)ledger->item_count++;
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

/* ---- what will be asked for, in steps that each wait for memory but once */

struct expected {
	struct span host, cves;
	uint64_t package, installed; /* hashes */
	struct ledger_item item;
};

static struct expected
expect_words(struct ledger *ledger, struct span host, struct span package,
    struct span installed, struct span cves)
{
	struct expected expected = {.host = host,
	    .cves = cves,
	    .package = hash_span(package),
	    .installed = hash_span(installed)};

	intern_expect_slot(&ledger->words, expected.package);
	intern_expect_slot(&ledger->words, expected.installed);
	return expected;
}

static void
expect_slot(const struct ledger *ledger, const struct ledger_item *item)
{
	struct hash_probe probe = hash_first(&ledger->index, hash_item(item));

	__builtin_prefetch(&ledger->index.slots[probe.at]);
}

static void
expect_items(struct ledger *ledger, struct expected *expected, size_t count)
{
	struct hash_probe probe;

	for (size_t i = 0; i < count; i++) {
		struct ledger_item *item = &expected[i].item;

		item->package = intern_expect_string(
		    &ledger->words, expected[i].package);
		item->installed = intern_expect_string(
		    &ledger->words, expected[i].installed);
	}
	if (ledger->index.slots == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		struct ledger_item *item = &expected[i].item;
		struct span cves = expected[i].cves;

		item->host = host_named(ledger, expected[i].host, false);
		expect_slot(ledger, item);
		while (!span_absent(cves) && cves.p != NULL) {
			item->cve = ledger_cve(
			    &ledger->words, span_cut(&cves, ','));
			expect_slot(ledger, item);
		}
	}
	for (size_t i = 0; i < count; i++) {
		expected[i].item.cve = 0;
		probe = hash_first(
		    &ledger->index, hash_item(&expected[i].item));
		if (hash_found(&ledger->index, &probe))
			__builtin_prefetch(&ledger->items[probe.index]);
	}
}

void
ledger_expect(struct ledger *ledger, const struct record *records, size_t count)
{
	struct expected expected[LEDGER_BATCH];
	size_t needs = 0;

	for (size_t i = 0; i < count && needs < LEDGER_BATCH; i++)
		if (record_type(&records[i]) == RECORD_NEED)
			expected[needs++] = expect_words(ledger,
			    record_get(&records[i], NEED_HOST),
			    record_get(&records[i], NEED_PACKAGE),
			    record_get(&records[i], NEED_INSTALLED),
			    record_get(&records[i], NEED_CVES));
	expect_items(ledger, expected, needs);
}

void
ledger_expect_rows(
    struct ledger *ledger, const struct ledger_row *rows, size_t count)
{
	struct expected expected[LEDGER_BATCH];
	size_t kept = 0;

	for (size_t i = 0; i < count && kept < LEDGER_BATCH; i++)
		if (span_is(rows[i].event, "first"))
			expected[kept++] = expect_words(ledger, rows[i].host,
			    rows[i].package, rows[i].installed, rows[i].cve);
	expect_items(ledger, expected, kept);
}

/* ---- a run */

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
		uint32_t cve = ledger_cve(&ledger->words, span_cut(&cves, ','));
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
	uint32_t installed = word_of(ledger, TEXT_INSTALLED, row->installed);
	struct ledger_item *item;
	uint32_t host;

	if (span_is(row->event, "renamed")) {
		if (!rename_host(ledger, row->detail, row->host))
			die(PM_EXIT_DATA, "%s: cannot rename this host",
			    ledger_where(ledger, row));
		return;
	}
	host = offered ? 0 : host_named(ledger, row->host, true);
	if (span_is(row->event, "looked")) {
		ledger->hosts[host].looked = row->when;
		return;
	}
	item = find_item(ledger, host,
	    word_of(ledger, TEXT_PACKAGE, row->package),
	    ledger_cve(&ledger->words, row->cve), installed);
	if (span_is(row->event, "due")) {
		item->term = term_add(
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
		item->term = term_add(
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
