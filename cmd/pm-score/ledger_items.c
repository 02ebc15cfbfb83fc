/* What a ledger knows, and finding it: words, hosts, items, terms. */
#include "ledger_cve.h"
#include "ledger_parts.h"

uint32_t
ledger_word(struct ledger *ledger, enum ledger_text kind, struct span text)
{
	uint32_t *recent = &ledger->recent[kind];

	if (!span_equal(text, intern_span(&ledger->words, *recent)))
		*recent = intern_add(&ledger->words, text);
	return *recent;
}

uint32_t
ledger_host_named(struct ledger *ledger, struct span name, bool make)
{
	uint32_t word = ledger_word(ledger, TEXT_HOST, name);
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

uint32_t
ledger_item_of(struct ledger *ledger, uint32_t host, uint32_t package,
    uint32_t cve, uint32_t installed)
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

struct ledger_item *
ledger_item_find(struct ledger *ledger, uint32_t host, uint32_t package,
    uint32_t cve, uint32_t installed)
{
	uint32_t number = ledger_item_of(ledger, host, package, cve, installed);

	return &ledger->items[number];
}

uint32_t
ledger_term_add(struct ledger *ledger, struct ledger_term term)
{
	ledger->terms = memory_grow(ledger->terms, &ledger->term_capacity,
	    ledger->term_count + 1, sizeof(*ledger->terms));
	ledger->terms[ledger->term_count] = term;
	return (uint32_t)ledger->term_count++;
}

bool
ledger_rename(struct ledger *ledger, struct span from, struct span to)
{
	uint32_t host = ledger_host_named(ledger, from, false);

	if (host == 0 || ledger_host_named(ledger, to, false) != 0)
		return false;
	ledger->host_of[ledger->hosts[host].name] = 0;
	ledger->hosts[host].name = intern_add(&ledger->words, to);
	ledger->host_of[ledger->hosts[host].name] = host;
	return true;
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

		item->host = ledger_host_named(ledger, expected[i].host, false);
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
