#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "atomic.h"
#include "locked.h"

enum {
	AHEAD = 64 * 1024,	       /* disk space taken at the start */
	FIELDS = 1 + DONE_COLUMNS + 1, /* type, columns, chain */
};

struct journal {
	int fd;
	char *path;
	off_t size;	/* bytes that hold */
	off_t reserved; /* bytes that surely fit */
	bool cannot_reserve;
	char chain[DIGEST_SIZE];
};

enum state { WHOLE, TORN, CORRUPT };

/* What reading a journal came to. */
struct reading {
	enum state state;
	uint64_t line; /* the line that does not hold */
	const char *reason;
	size_t good; /* bytes before it */
	char chain[DIGEST_SIZE];
};

static void
add_header(struct buffer *out)
{
	const struct schema *schema = schema_of(RECORD_DONE);

	buffer_add_byte(out, '#');
	buffer_add_span(out, schema->name);
	for (unsigned i = 0; i < schema->count; i++) {
		buffer_add_byte(out, '\t');
		buffer_add_span(out, span_of(schema->columns[i]));
	}
	buffer_add_span(out, SPAN("\tchain\n"));
}

/* The chain value behind a line that is given without its own. */
static void
next_chain(char *chain, struct span line)
{
	struct digest digest;

	digest_start(&digest);
	digest_add(&digest, span_of(chain));
	digest_add(&digest, line);
	digest_finish(&digest, chain);
}

/* Field text of the stream: not empty, no control bytes, known escapes. */
static bool
canonical(struct span field)
{
	for (size_t i = 0; i < field.n; i++) {
		unsigned char byte = (unsigned char)field.p[i];

		if (byte < 0x20 || byte == 0x7f)
			return false;
		if (byte != '\\')
			continue;
		if (++i == field.n || strchr("tnr\\", field.p[i]) == NULL)
			return false;
	}
	return field.n > 0;
}

/* One line without its newline; NULL when it holds, else the reason. */
static const char *
read_line(struct span line, char *chain, struct journal_entry *entry)
{
	struct span field[FIELDS];
	struct span rest = line;
	unsigned n = 0;

	for (; rest.p != NULL && n < FIELDS; n++)
		field[n] = span_cut(&rest, '\t');
	if (n != FIELDS || rest.p != NULL || !span_is(field[0], "done"))
		return "is not a done record with all its fields";
	for (unsigned i = 0; i < DONE_COLUMNS; i++)
		entry->value[i] = field[i + 1];
	for (unsigned i = 0; i < FIELDS; i++)
		if (!canonical(field[i]))
			return "has a field that is empty or not field text";
	line.n -= field[FIELDS - 1].n + 1;
	next_chain(chain, line);
	if (!span_is(field[FIELDS - 1], chain))
		return "was changed, or lines before it were changed, added or "
		       "removed: its chain value does not fit";
	return NULL;
}

/* The header; a file that ends within it was torn while it was made. */
static struct reading
read_header(struct span text)
{
	struct reading reading = {.state = WHOLE};
	struct buffer header = {0};

	add_header(&header);
	if (text.n > 0 && !span_starts(text, buffer_span(&header))) {
		reading.line = 1;
		reading.state = CORRUPT;
		reading.reason = "is not the header of a journal";
		if (span_starts(buffer_span(&header), text)) {
			reading.state = TORN;
			reading.reason = "is torn: it has no newline";
		}
	}
	if (text.n > 0 && reading.state == WHOLE)
		reading.good = header.n;
	next_chain(reading.chain, buffer_span(&header));
	buffer_release(&header);
	return reading;
}

static struct reading
read_all(struct span text, journal_replay *replay, void *context)
{
	struct reading reading = read_header(text);
	struct span rest = span_skip(text, reading.good);
	uint64_t number = 1;

	while (reading.state == WHOLE && rest.n > 0) {
		struct journal_entry entry;
		const char *newline = span_find(rest, '\n');
		struct span line = {rest.p,
		    newline == NULL ? rest.n : (size_t)(newline - rest.p)};
		bool last = newline == NULL || newline + 1 == rest.p + rest.n;
		char chain[DIGEST_SIZE];

		number++;
		memcpy(chain, reading.chain, sizeof(chain));
		if (newline == NULL) {
			reading.reason = "is torn: it has no newline";
			reading.state = TORN;
		} else if (last && span_find(line, '\0') != NULL) {
			reading.reason = "is torn: part of it never reached the"
					 " disk";
			reading.state = TORN;
		} else {
			reading.reason = read_line(line, chain, &entry);
			reading.state = reading.reason == NULL ? WHOLE
							       : CORRUPT;
		}
		if (reading.state != WHOLE) {
			reading.line = number;
			break;
		}
		if (replay != NULL)
			replay(context, &entry);
		memcpy(reading.chain, chain, sizeof(chain));
		rest = span_skip(rest, line.n + 1);
		reading.good = text.n - rest.n;
	}
	return reading;
}

static void
write_synced(struct journal *journal, struct span bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = write(journal->fd, bytes.p + done, bytes.n - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			int error = errno;

			/* Half a line is of no use to the next run. */
			if (ftruncate(journal->fd, journal->size) == -1)
				warning("%s: cannot cut off a torn line",
				    journal->path);
			errno = error;
			die_errno(PM_EXIT_IO,
			    "%s: cannot write the journal; "
			    "nothing goes on without it",
			    journal->path);
		}
		done += (size_t)n;
	}
	/* Never tried again: after an error the kernel may drop the page. */
	if (fdatasync(journal->fd) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot bring the journal to disk",
		    journal->path);
	journal->size += (off_t)bytes.n;
}

void
journal_reserve(struct journal *journal, size_t bytes)
{
	off_t wanted = journal->size + (off_t)bytes;

	if (journal->cannot_reserve || wanted <= journal->reserved)
		return;
	/* The size stays, or a crash would leave a tail of NUL bytes. */
	if (fallocate(journal->fd, FALLOC_FL_KEEP_SIZE, journal->size,
		(off_t)bytes) == 0) {
		journal->reserved = wanted;
		return;
	}
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		die_errno(PM_EXIT_IO,
		    "%s: no room for the next records; free "
		    "some disk space and start again",
		    journal->path);
	journal->cannot_reserve = true;
}

static void
recover(struct journal *journal, const struct reading *reading, size_t size)
{
	if (reading->state == CORRUPT)
		die(PM_EXIT_DATA,
		    "%s:%llu: the line %s; the journal is corrupt"
		    ", keep it and compare it with its backup",
		    journal->path, (unsigned long long)reading->line,
		    reading->reason);
	if (reading->state == WHOLE)
		return;
	warning("%s:%llu: the last line %s; %zu %s cut off", journal->path,
	    (unsigned long long)reading->line, reading->reason,
	    size - reading->good,
	    PLURAL(size - reading->good, "byte is", "bytes are"));
	if (ftruncate(journal->fd, journal->size) == -1 ||
	    fsync(journal->fd) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot cut it off", journal->path);
}

struct journal *
journal_open(const char *path, journal_replay *replay, void *context)
{
	struct journal *journal = memory_zeroed(1, sizeof(*journal));
	struct buffer text = {0};
	struct reading reading;

	journal->fd = locked_open(path, "journal");
	journal->path = strdup(path);
	if (journal->path == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	locked_read(journal->fd, path, &text);
	reading = read_all(buffer_span(&text), replay, context);
	journal->size = (off_t)reading.good;
	memcpy(journal->chain, reading.chain, sizeof(journal->chain));
	recover(journal, &reading, text.n);
	journal_reserve(journal, AHEAD);
	if (reading.good == 0) {
		buffer_reset(&text);
		add_header(&text);
		write_synced(journal, buffer_span(&text));
		atomic_sync_directory(path);
	}
	buffer_release(&text);
	return journal;
}

void
journal_append(struct journal *journal, const struct journal_entry *entry)
{
	struct buffer line = {0};

	buffer_add_span(&line, schema_of(RECORD_DONE)->name);
	for (unsigned i = 0; i < DONE_COLUMNS; i++) {
		if (!canonical(entry->value[i]))
			die(PM_EXIT_SYSTEM,
			    "%s: column %s would not be field "
			    "text; this is a flaw in the program",
			    journal->path, schema_of(RECORD_DONE)->columns[i]);
		buffer_add_byte(&line, '\t');
		buffer_add_span(&line, entry->value[i]);
	}
	next_chain(journal->chain, buffer_span(&line));
	buffer_add_byte(&line, '\t');
	buffer_add_span(&line, span_of(journal->chain));
	buffer_add_byte(&line, '\n');
	journal_reserve(journal, line.n);
	write_synced(journal, buffer_span(&line));
	buffer_release(&line);
}

void
journal_close(struct journal *journal)
{
	/* Gives back what was reserved and not used. */
	if (ftruncate(journal->fd, journal->size) == -1 ||
	    close(journal->fd) == -1)
		die_errno(
		    PM_EXIT_IO, "%s: cannot close the journal", journal->path);
	free(journal->path);
	free(journal);
}

bool
journal_verify(int fd, const char *path, journal_replay *replay, void *context,
    uint64_t *line, const char **reason)
{
	struct buffer text = {0};
	struct reading reading;

	locked_read(fd, path, &text);
	reading = read_all(buffer_span(&text), replay, context);
	buffer_release(&text);
	*line = reading.line;
	*reason = reading.reason;
	return reading.state == WHOLE;
}
