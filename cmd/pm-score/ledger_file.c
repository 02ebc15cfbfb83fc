/* The rows of a ledger, pm-ledger(5): reading them, and adding those of a run. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic.h"
#include "digest.h"
#include "ledger.h"
#include "ledger_cve.h"
#include "locked.h"
#include "timestamp.h"

static const struct span header = {
    "#seen\twhen\tevent\thost\tpackage\tcve\tinstalled\tdetail\n",
    sizeof("#seen\twhen\tevent\thost\tpackage\tcve\tinstalled\tdetail\n") - 1};

enum {
	FIELDS = 8,
	BLOCK = 1024 * 1024,
	BEHIND_MAX = 8 * 1024 * 1024 /* pages that were read */
};

/* ---- reading */

static _Noreturn void
corrupt(const char *where, const char *reason)
{
	die(PM_EXIT_DATA,
	    "%s: %s; the ledger is corrupt, go on with its backup", where,
	    reason);
}

/* The bytes up to the end of the last complete run. */
static size_t
committed(struct span text)
{
	size_t end = text.n;

	while (end > header.n) {
		size_t start = end - 1;
		struct span line, event;

		while (start > 0 && text.p[start - 1] != '\n')
			start--;
		line = (struct span){text.p + start, end - start};
		if (line.p[line.n - 1] == '\n') {
			span_cut(&line, '\t');
			span_cut(&line, '\t');
			event = line.p == NULL ? line : span_cut(&line, '\t');
			if (event.p != NULL && span_is(event, "run"))
				return end;
		}
		end = start;
	}
	return header.n;
}

/* A run of which a part never reached the disk is none. */
static size_t
intact(struct span text, size_t end)
{
	size_t before = end > header.n
			    ? committed((struct span){text.p, end - 1})
			    : end;

	if (memchr(text.p + before, '\0', end - before) != NULL)
		return before;
	return end;
}

/* The digest behind some rows and what came before them. */
static void
next_chain(char *chain, struct digest *rows)
{
	digest_finish(rows, chain);
	digest_start(rows);
	digest_add(rows, span_of(chain));
}

const char *
ledger_where(const struct ledger *ledger, const struct ledger_row *row)
{
	static char text[512];

	snprintf(
	    text, sizeof(text), "%.400s:%" PRIu64, ledger->path, row->line);
	return text;
}

/* Neighbours mostly have the same time. */
static bool
parse_time(struct span text, int64_t *when)
{
	static char last[TIMESTAMP_SIZE];
	static size_t length;
	static int64_t last_when;

	if (text.n != length || memcmp(text.p, last, length) != 0) {
		if (!timestamp_parse(text, &last_when))
			return false;
		length = text.n < sizeof(last) ? text.n : 0;
		memcpy(last, text.p, length);
	}
	*when = last_when;
	return true;
}

static void
parse(const struct ledger *ledger, struct span line, struct ledger_row *row)
{
	struct span field[FIELDS];
	unsigned n = 0;

	for (; line.p != NULL && n < FIELDS; n++)
		field[n] = span_cut(&line, '\t');
	if (n != FIELDS || line.p != NULL || !span_is(field[0], "seen"))
		corrupt(ledger_where(ledger, row), "no row of eight fields");
	for (unsigned i = 0; i < FIELDS; i++)
		if (field[i].n == 0)
			corrupt(ledger_where(ledger, row), "an empty field");
	if (!parse_time(field[1], &row->when))
		corrupt(ledger_where(ledger, row), "when is no time");
	row->event = field[2];
	row->host = field[3];
	row->package = field[4];
	row->cve = field[5];
	row->installed = field[6];
	row->detail = field[7];
}

static void
end_run(
    struct ledger *ledger, const struct ledger_row *row, struct digest *rows)
{
	next_chain(ledger->chain, rows);
	if (!span_starts(row->detail, SPAN("sha256:")) ||
	    !span_is(span_skip(row->detail, 7), ledger->chain))
		corrupt(ledger_where(ledger, row),
		    "rows of this run were changed, added or removed: the "
		    "digest does not fit");
	ledger->last_run = row->when;
}

/* Some rows, up to the end of a run; what they are is in rows[]. */
static size_t
next_rows(struct ledger *ledger, struct span *text, uint64_t *number,
    struct ledger_row *rows)
{
	size_t count = 0;

	while (text->n > 0 && count < LEDGER_BATCH) {
		struct ledger_row *row = &rows[count++];
		struct span line = *text;

		line.n = (size_t)(span_find(*text, '\n') - text->p);
		row->line = ++*number;
		parse(ledger, line, row);
		*text = span_skip(*text, line.n + 1);
		if (span_is(row->event, "run"))
			break;
	}
	return count;
}

/* Give back the pages of what was read. */
static void
forget(struct span *behind, const char *at)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t whole = (size_t)(at - behind->p) / page * page;
	void *bytes;

	if (whole < BEHIND_MAX)
		return;
	memcpy(&bytes, &behind->p, sizeof(bytes));
	madvise(bytes, whole, MADV_DONTNEED); /* an advice */
	*behind = span_skip(*behind, whole);
}

/* All is the whole file, as it was mapped; what holds of it ends at good. */
static void
replay(struct ledger *ledger, struct span all, size_t good)
{
	struct span text = {all.p + header.n, good - header.n};
	struct ledger_row rows[LEDGER_BATCH];
	struct digest digest;
	uint64_t number = 1;

	digest_start(&digest);
	digest_add(&digest, header);
	while (text.n > 0) {
		struct span taken = text;
		size_t count = next_rows(ledger, &text, &number, rows);
		const struct ledger_row *last = &rows[count - 1];
		bool ends = span_is(last->event, "run");

		/* the row that ends the run is no part of it */
		taken.n = ends ? (size_t)(last->event.p - taken.p)
			       : (size_t)(text.p - taken.p);
		while (ends && taken.n > 0 && taken.p[taken.n - 1] != '\n')
			taken.n--;
		digest_add(&digest, taken);
		forget(&all, taken.p);
		ledger_expect_rows(ledger, rows, count);
		for (size_t i = 0; i < count - (ends ? 1 : 0); i++)
			ledger_apply(ledger, &rows[i]);
		if (ends)
			end_run(ledger, last, &digest);
	}
}

static void
check_present(const struct ledger *ledger)
{
	char text[TIMESTAMP_SIZE];

	if (ledger->last_run <= timestamp_now())
		return;
	timestamp_format(ledger->last_run, text);
	die(PM_EXIT_DATA,
	    "%s: the last run was at %s, which is later than the present; set "
	    "the clock, or --now",
	    ledger->path, text);
}

/* The bytes of the file, which is locked; its pages are not this program's. */
static struct span
map_file(const struct ledger *ledger)
{
	struct stat status;
	void *bytes;

	if (fstat(ledger->fd, &status) == -1)
		die_errno(PM_EXIT_IO, "%s", ledger->path);
	if (status.st_size == 0)
		return SPAN("");
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE,
	    ledger->fd, 0);
	if (bytes == MAP_FAILED)
		die_errno(PM_EXIT_IO, "%s: cannot be read", ledger->path);
	return (struct span){bytes, (size_t)status.st_size};
}

static void
unmap(struct span all)
{
	void *bytes;

	if (all.n == 0)
		return;
	memcpy(&bytes, &all.p, sizeof(bytes));
	munmap(bytes, all.n);
}

void
ledger_open(struct ledger *ledger, const char *path)
{
	struct span all;
	size_t good = 0;

	ledger_start(ledger);
	ledger->path = path;
	ledger->fd = locked_open(path, "ledger");
	all = map_file(ledger);
	if (all.n >= header.n ? !span_starts(all, header)
			      : !span_starts(header, all))
		corrupt(path, "the first line is not the header of a ledger");
	if (all.n >= header.n)
		good = intact(all, committed(all));
	if (good > 0)
		replay(ledger, all, good);
	unmap(all);
	ledger->end = (int64_t)good;
	check_present(ledger);
	if (good == all.n)
		return;
	warning("%s: the last run was not written to its end; %zu %s cut "
		"off",
	    path, all.n - good, PLURAL(all.n - good, "byte is", "bytes are"));
	if (ftruncate(ledger->fd, (off_t)good) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot cut it off", path);
}

/* ---- writing */

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

	for (unsigned i = 0; i < FIELDS; i++) {
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
		buffer_add_span(&writer.pending, header);
		digest_add(&writer.digest, header);
	} else {
		digest_add(&writer.digest,
		    ledger->chain[0] == '\0' ? header : span_of(ledger->chain));
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
