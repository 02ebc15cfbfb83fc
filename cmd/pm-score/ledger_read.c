/* Reading a ledger, pm-ledger(5): row by row, each run against its digest. */
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "ledger_parts.h"
#include "locked.h"
#include "timestamp.h"

const struct span ledger_header = {
    "#seen\twhen\tevent\thost\tpackage\tcve\tinstalled\tdetail\n",
    sizeof("#seen\twhen\tevent\thost\tpackage\tcve\tinstalled\tdetail\n") - 1};

enum { BEHIND_MAX = 8 * 1024 * 1024 /* pages that were read */ };

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

	while (end > ledger_header.n) {
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
	return ledger_header.n;
}

/* A run of which a part never reached the disk is none. */
static size_t
intact(struct span text, size_t end)
{
	size_t before = end > ledger_header.n
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
	struct span field[LEDGER_FIELDS];
	unsigned n = 0;

	for (; line.p != NULL && n < LEDGER_FIELDS; n++)
		field[n] = span_cut(&line, '\t');
	if (n != LEDGER_FIELDS || line.p != NULL || !span_is(field[0], "seen"))
		corrupt(ledger_where(ledger, row), "no row of eight fields");
	for (unsigned i = 0; i < LEDGER_FIELDS; i++)
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
	struct span text = {all.p + ledger_header.n, good - ledger_header.n};
	struct ledger_row rows[LEDGER_BATCH];
	struct digest digest;
	uint64_t number = 1;

	digest_start(&digest);
	digest_add(&digest, ledger_header);
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
	if (all.n >= ledger_header.n ? !span_starts(all, ledger_header)
				     : !span_starts(ledger_header, all))
		corrupt(path, "the first line is not the header of a ledger");
	if (all.n >= ledger_header.n)
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
