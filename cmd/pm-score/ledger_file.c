/* The rows of a ledger, pm-ledger(5): reading them, and adding those of a run. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "atomic.h"
#include "digest.h"
#include "ledger.h"
#include "locked.h"
#include "timestamp.h"

static const struct span header = {
    "#seen\twhen\tevent\thost\tpackage\tcve\tinstalled\tdetail\n",
    sizeof("#seen\twhen\tevent\thost\tpackage\tcve\tinstalled\tdetail\n") - 1};

enum { FIELDS = 8, BLOCK = 1024 * 1024 };

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

static struct ledger_row
parse(struct span line, const char *where)
{
	struct ledger_row row;
	struct span field[FIELDS];
	unsigned n = 0;

	for (; line.p != NULL && n < FIELDS; n++)
		field[n] = span_cut(&line, '\t');
	if (n != FIELDS || line.p != NULL || !span_is(field[0], "seen"))
		corrupt(where, "no row of eight fields");
	for (unsigned i = 0; i < FIELDS; i++)
		if (field[i].n == 0)
			corrupt(where, "an empty field");
	if (!timestamp_parse(field[1], &row.when))
		corrupt(where, "when is no time");
	row.event = field[2];
	row.host = field[3];
	row.package = field[4];
	row.cve = field[5];
	row.installed = field[6];
	row.detail = field[7];
	return row;
}

static void
replay(struct ledger *ledger, struct span text)
{
	struct digest rows;
	char where[512];
	uint64_t number = 1;

	digest_start(&rows);
	digest_add(&rows, header);
	while (text.n > 0) {
		struct span line = text;
		struct ledger_row row;

		line.n = (size_t)(span_find(text, '\n') - text.p);
		snprintf(where, sizeof(where), "%.400s:%" PRIu64, ledger->path,
		    ++number);
		row = parse(line, where);
		text = span_skip(text, line.n + 1);
		if (!span_is(row.event, "run")) {
			digest_add(&rows, (struct span){line.p, line.n + 1});
			ledger_apply(ledger, &row, where);
			continue;
		}
		next_chain(ledger->chain, &rows);
		if (!span_starts(row.detail, SPAN("sha256:")) ||
		    !span_is(span_skip(row.detail, 7), ledger->chain))
			corrupt(where,
			    "rows of this run were changed, added or removed: "
			    "the digest does not fit");
		ledger->last_run = row.when;
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

void
ledger_open(struct ledger *ledger, const char *path)
{
	struct buffer text = {0};
	struct span all;
	size_t good = 0;

	ledger_start(ledger);
	ledger->path = path;
	ledger->fd = locked_open(path, "ledger");
	locked_read(ledger->fd, path, &text);
	all = buffer_span(&text);
	if (all.n >= header.n ? !span_starts(all, header)
			      : !span_starts(header, all))
		corrupt(path, "the first line is not the header of a ledger");
	if (all.n >= header.n)
		good = intact(all, committed(all));
	if (good < all.n) {
		warning("%s: the last run was not written to its end; %zu "
			"bytes are cut off",
		    path, all.n - good);
		if (ftruncate(ledger->fd, (off_t)good) == -1)
			die_errno(PM_EXIT_IO, "%s: cannot cut it off", path);
	}
	ledger->end = (int64_t)good;
	if (good > 0)
		replay(
		    ledger, (struct span){all.p + header.n, good - header.n});
	buffer_release(&text);
	check_present(ledger);
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
	struct span fields[] = {SPAN("seen"), when, span_of(event), host,
	    word(writer, item == NULL ? 0 : item->package),
	    word(writer, item == NULL ? 0 : item->cve),
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
	row(writer, timestamp_format(term->since, since), "due", host, item,
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

/* By host, package, vulnerability and version. */
static int
compare_items(const void *left, const void *right, void *context)
{
	const struct ledger *ledger = context;
	const struct ledger_item *a = &ledger->items[*(const uint32_t *)left];
	const struct ledger_item *b = &ledger->items[*(const uint32_t *)right];
	int order = compare_words(
	    ledger, ledger->hosts[a->host].name, ledger->hosts[b->host].name);

	if (order == 0)
		order = compare_words(ledger, a->package, b->package);
	if (order == 0)
		order = compare_words(ledger, a->cve, b->cve);
	if (order == 0)
		order = compare_words(ledger, a->installed, b->installed);
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
	qsort_r(numbers, count, sizeof(*numbers), compare_items, ledger);
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
