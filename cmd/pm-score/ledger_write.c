/* Adding the rows of a run to a ledger, pm-ledger(5). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "atomic.h"
#include "digest.h"
#include "ledger_cve.h"
#include "ledger_parts.h"
#include "timestamp.h"

enum { BLOCK = 1024 * 1024 };

struct writer {
	struct ledger *ledger;
	struct buffer pending;
	struct digest digest;
	char now[TIMESTAMP_SIZE];
};

static void
put(struct writer *writer, struct span bytes)
{
	struct ledger *ledger = writer->ledger;

	while (bytes.n > 0) {
		ssize_t n = write(ledger->fd, bytes.p, bytes.n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			int error = errno;

			if (ftruncate(ledger->fd, (off_t)ledger->end) == -1)
				warning("%s: cannot cut off a torn run",
				    ledger->path);
			errno = error;
			die_errno(PM_EXIT_IO,
			    "%s: cannot write the ledger; it stays as it was",
			    ledger->path);
		}
		bytes = span_skip(bytes, (size_t)n);
	}
}

static void
flush(struct writer *writer)
{
	put(writer, buffer_span(&writer->pending));
	buffer_reset(&writer->pending);
}

static struct span
word(const struct writer *writer, uint32_t number)
{
	return intern_span(&writer->ledger->words, number);
}

static void
row(struct writer *writer, struct span when, const char *event,
    struct span host, const struct ledger_item *item, struct span detail)
{
	struct buffer *out = &writer->pending;
	size_t start = out->n;
	char cve[LEDGER_CVE_SIZE];
	struct span fields[] = {SPAN("seen"), when, span_of(event), host,
	    word(writer, item == NULL ? 0 : item->package),
	    ledger_cve_name(
		&writer->ledger->words, item == NULL ? 0 : item->cve, cve),
	    word(writer, item == NULL ? 0 : item->installed), detail};

	for (unsigned i = 0; i < LEDGER_FIELDS; i++) {
		if (i > 0)
			buffer_add_byte(out, '\t');
		buffer_add_span(out, fields[i]);
	}
	buffer_add_byte(out, '\n');
	digest_add(
	    &writer->digest, (struct span){out->p + start, out->n - start});
	if (out->n >= BLOCK)
		flush(writer);
}

static struct span
number_text(int64_t number, char *room, size_t size)
{
	snprintf(room, size, "%" PRId64, number);
	return span_of(room);
}

/* The deadlines that are new, the longest first. */
static void
write_terms(struct writer *writer, const struct ledger_item *item,
    struct span host, uint32_t number)
{
	const struct ledger_term *term = &writer->ledger->terms[number];
	char since[TIMESTAMP_SIZE], seconds[32];

	if (number == 0 || !term->new)
		return;
	write_terms(writer, item, host, term->longer);
	row(writer,
	    term->since == timestamp_now()
		? span_of(writer->now)
		: timestamp_format(term->since, since),
	    "due", host, item,
	    number_text(term->duration, seconds, sizeof(seconds)));
}

/* When something that is gone was last seen. */
static struct span
last_seen(
    const struct writer *writer, const struct ledger_item *item, char *text)
{
	int64_t looked = writer->ledger->hosts[item->host].looked;

	return timestamp_format(
	    looked > item->first ? looked : item->first, text);
}

static void
write_item(struct writer *writer, const struct ledger_item *item)
{
	struct span now = span_of(writer->now);
	struct span host = word(writer, writer->ledger->hosts[item->host].name);
	char last[TIMESTAMP_SIZE];

	if (item->news == NEWS_FIRST)
		row(writer, now, item->host == 0 ? "offered" : "first", host,
		    item, SPAN("-"));
	else if (item->news == NEWS_BACK)
		row(writer, now, "back", host, item, SPAN("-"));
	else if (item->news == NEWS_GONE)
		row(writer, now, "gone", host, item,
		    last_seen(writer, item, last));
	write_terms(writer, item, host, item->term);
}

static int
compare_words(const struct ledger *ledger, uint32_t a, uint32_t b)
{
	return a == b ? 0
		      : span_compare(intern_span(&ledger->words, a),
			    intern_span(&ledger->words, b));
}

static int
compare_numbers(const void *left, const void *right, void *context)
{
	return compare_words(
	    context, *(const uint32_t *)left, *(const uint32_t *)right);
}

/*
 * The place of each word in the order of all, by number: items are many more
 * than words, and comparing places is comparing numbers.
 */
static uint32_t *
rank_words(struct ledger *ledger)
{
	size_t count = ledger->words.count;
	uint32_t *sorted = memory_array(NULL, count + 1, sizeof(*sorted));
	uint32_t *ranks = memory_array(NULL, count + 1, sizeof(*ranks));

	for (size_t i = 0; i < count; i++)
		sorted[i] = (uint32_t)i;
	qsort_r(sorted, count, sizeof(*sorted), compare_numbers, ledger);
	for (size_t i = 0; i < count; i++)
		ranks[sorted[i]] = (uint32_t)i;
	free(sorted);
	return ranks;
}

struct order {
	const struct ledger *ledger;
	const uint32_t *ranks;
};

static int
compare_ranks(const struct order *order, uint32_t a, uint32_t b)
{
	return a == b ? 0 : order->ranks[a] < order->ranks[b] ? -1 : 1;
}

/* By host, package, vulnerability and version. */
static int
compare_items(const void *left, const void *right, void *context)
{
	const struct order *by = context;
	const struct ledger *ledger = by->ledger;
	const struct ledger_item *a = &ledger->items[*(const uint32_t *)left];
	const struct ledger_item *b = &ledger->items[*(const uint32_t *)right];
	int order = a->host == b->host
			? 0
			: compare_ranks(by, ledger->hosts[a->host].name,
			      ledger->hosts[b->host].name);

	if (order == 0)
		order = compare_ranks(by, a->package, b->package);
	if (order == 0)
		order = ledger_cve_compare(&ledger->words, a->cve, b->cve);
	if (order == 0)
		order = compare_ranks(by, a->installed, b->installed);
	return order;
}

static void
write_items(struct writer *writer)
{
	struct ledger *ledger = writer->ledger;
	uint32_t *numbers = memory_array(
	    NULL, ledger->item_count + 1, sizeof(*numbers));
	size_t count = 0;

	for (size_t i = 0; i < ledger->item_count; i++) {
		const struct ledger_item *item = &ledger->items[i];

		if (item->news != NEWS_NONE ||
		    (item->term != 0 && ledger->terms[item->term].new))
			numbers[count++] = (uint32_t)i;
	}
	if (count > 1) {
		uint32_t *ranks = rank_words(ledger);
		struct order order = {ledger, ranks};

		qsort_r(
		    numbers, count, sizeof(*numbers), compare_items, &order);
		free(ranks);
	}
	for (size_t i = 0; i < count; i++)
		write_item(writer, &ledger->items[numbers[i]]);
	free(numbers);
}

static int
compare_hosts(const void *left, const void *right, void *context)
{
	const struct ledger *ledger = context;

	return compare_words(ledger,
	    ledger->hosts[*(const uint32_t *)left].name,
	    ledger->hosts[*(const uint32_t *)right].name);
}

/* The numbers of all hosts, in the order of their names. */
static uint32_t *
sorted_hosts(struct ledger *ledger)
{
	uint32_t *numbers = memory_array(
	    NULL, ledger->host_count + 1, sizeof(*numbers));

	for (size_t i = 1; i < ledger->host_count; i++)
		numbers[i - 1] = (uint32_t)i;
	if (ledger->host_count > 1)
		qsort_r(numbers, ledger->host_count - 1, sizeof(*numbers),
		    compare_hosts, ledger);
	return numbers;
}

void
ledger_write(struct ledger *ledger, bool complete)
{
	struct writer writer = {.ledger = ledger};
	uint32_t *hosts = sorted_hosts(ledger);
	struct span now = timestamp_format(timestamp_now(), writer.now);
	char detail[7 + DIGEST_SIZE] = "sha256:";

	ledger_settle(ledger, complete);
	digest_start(&writer.digest);
	if (ledger->end == 0) {
		buffer_add_span(&writer.pending, ledger_header);
		digest_add(&writer.digest, ledger_header);
	} else {
		digest_add(&writer.digest, ledger->chain[0] == '\0'
					       ? ledger_header
					       : span_of(ledger->chain));
	}
	for (size_t i = 0; i + 1 < ledger->host_count; i++) {
		const struct ledger_host *host = &ledger->hosts[hosts[i]];

		if (host->name_before != 0)
			row(&writer, now, "renamed", word(&writer, host->name),
			    NULL, word(&writer, host->name_before));
	}
	write_items(&writer);
	for (size_t i = 0; i + 1 < ledger->host_count; i++) {
		const struct ledger_host *host = &ledger->hosts[hosts[i]];

		if (complete && host->covered && !host->not_covered)
			row(&writer, now, "looked", word(&writer, host->name),
			    NULL, SPAN("-"));
	}
	digest_finish(&writer.digest, detail + 7);
	digest_start(&writer.digest);
	row(&writer, now, "run", SPAN("-"), NULL, span_of(detail));
	flush(&writer);
	/* Never tried again: after an error the kernel may drop the page. */
	if (fdatasync(ledger->fd) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot bring the ledger to disk",
		    ledger->path);
	if (ledger->end == 0)
		atomic_sync_directory(ledger->path);
	buffer_release(&writer.pending);
	free(hosts);
}
