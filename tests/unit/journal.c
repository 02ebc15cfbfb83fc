/*
 * The journal: what was appended is read again; cut at every byte and with
 * every byte flipped it never reads as something else; one writer at a time;
 * a full disk.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "tap.h"

static char directory[] = "/tmp/pm-journal.XXXXXX";

/* The texts of the tests live as long as the process: no leaks to look for. */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return 1;
}

/* Replayed records, joined to one text so that they can be compared. */
static void
collect(void *context, const struct journal_entry *entry)
{
	struct buffer *text = context;

	for (unsigned i = 0; i < DONE_COLUMNS; i++) {
		buffer_add_span(text, entry->value[i]);
		buffer_add_byte(text, i + 1 == DONE_COLUMNS ? '\n' : '\t');
	}
}

static struct journal_entry
entry_of(const char *step, const char *outcome, const char *detail)
{
	return (struct journal_entry){{SPAN("p1"), span_of(step), SPAN("vm"),
	    SPAN("install"), SPAN("xz-utils"), SPAN("5.4.1-0.2"),
	    SPAN("5.4.1-1"), SPAN("1"), SPAN("2026-11-23T02:00:00Z"), SPAN("-"),
	    span_of(outcome), SPAN("-"), span_of(detail)}};
}

static void
append(struct journal *journal, const char *step, const char *outcome,
    const char *detail)
{
	struct journal_entry entry = entry_of(step, outcome, detail);

	journal_append(journal, &entry);
}

static void
make_journal(const char *path)
{
	struct journal *journal = journal_open(path, NULL, NULL);

	append(journal, "vm/install/xz-utils", "started", "-");
	append(journal, "vm/install/xz-utils", "done", "a\\tb\\\\c");
	append(journal, "vm/install/perl", "failed", "dpkg: \xc3\xa4rger");
	journal_close(journal);
}

static struct span
slurp(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY);
	char *text;

	if (fd == -1 || fstat(fd, &status) == -1)
		die_errno(PM_EXIT_IO, "%s", path);
	text = memory_array(NULL, (size_t)status.st_size, 1);
	if (read(fd, text, (size_t)status.st_size) != status.st_size)
		die_errno(PM_EXIT_IO, "%s", path);
	close(fd);
	return (struct span){text, (size_t)status.st_size};
}

static void
put(const char *path, struct span text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n)
		die_errno(PM_EXIT_IO, "%s", path);
	close(fd);
}

static bool
verify(struct span text, struct buffer *records, uint64_t *line,
    const char **reason)
{
	int fd = memfd_create("journal", MFD_CLOEXEC);
	bool good;

	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n ||
	    lseek(fd, 0, SEEK_SET) == -1)
		die_errno(PM_EXIT_IO, "memfd");
	good = journal_verify(fd, "memory", collect, records, line, reason);
	close(fd);
	return good;
}

static void
test_replay(struct span text)
{
	struct buffer seen = {0}, again = {0};
	struct journal *journal;
	uint64_t line;
	const char *reason;

	ok(verify(text, &seen, &line, &reason), "a whole journal verifies");
	ok(memmem(seen.p, seen.n, "\tdone\t-\ta\\tb\\\\c\n", 16) != NULL,
	    "escapes come back as they were written");
	put("copy", text);
	journal = journal_open("copy", collect, &again);
	ok(span_equal(buffer_span(&seen), buffer_span(&again)),
	    "opening replays the same records");
	append(journal, "vm/install/perl", "done", "-");
	journal_close(journal);
	buffer_reset(&again);
	ok(verify(slurp("copy"), &again, &line, &reason) &&
		span_starts(buffer_span(&again), buffer_span(&seen)) &&
		again.n > seen.n,
	    "and appending goes on with the chain");
	buffer_reset(&again);
	ok(verify((struct span){text.p, 0}, &again, &line, &reason) &&
		again.n == 0,
	    "an empty file is a journal of nothing");
	unlink("copy");
}

/* Run in a child; its exit status, and its messages in the file "messages". */
static int
open_in_child(const char *path, struct buffer *records)
{
	int status, ends[2];
	char block[4096];
	ssize_t n;
	pid_t pid;

	if (pipe(ends) == -1)
		die_errno(PM_EXIT_SYSTEM, "pipe");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct buffer seen = {0};
		int fd = open("messages", O_WRONLY | O_CREAT | O_TRUNC, 0644);

		dup2(fd, 2);
		fclose(stdout);
		journal_close(journal_open(path, collect, &seen));
		if (seen.n > 0 && write(ends[1], seen.p, seen.n) == -1)
			_exit(99);
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], block, sizeof(block))) > 0)
		buffer_add(records, block, (size_t)n);
	close(ends[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
said(const char *text)
{
	struct span messages = slurp("messages");

	return memmem(messages.p, messages.n, text, strlen(text)) != NULL;
}

/* How much of the text the first `count` whole lines are. */
static size_t
lines_within(struct span text, size_t cut)
{
	while (cut > 0 && text.p[cut - 1] != '\n')
		cut--;
	return cut;
}

/*
 * Cut at every byte: verify says torn except at a line's end, and opening
 * brings back exactly the records whose lines are whole.
 */
static void
test_truncation(struct span text)
{
	struct buffer all = {0};
	uint64_t line;
	const char *reason;
	unsigned wrong = 0;

	verify(text, &all, &line, &reason);
	for (size_t cut = 0; cut <= text.n; cut++) {
		struct buffer seen = {0}, opened = {0};
		struct span part = {text.p, cut};
		size_t whole = lines_within(text, cut);
		bool good = verify(part, &seen, &line, &reason);
		int status;

		put("cut", part);
		status = open_in_child("cut", &opened);
		if (good != (whole == cut) || status != 0 ||
		    (!good && !said("cut off")) ||
		    (whole > 0 && slurp("cut").n != whole) ||
		    !span_starts(buffer_span(&all), buffer_span(&opened)) ||
		    !span_equal(buffer_span(&seen), buffer_span(&opened)))
			wrong++;
		buffer_release(&seen);
		buffer_release(&opened);
	}
	ok(wrong == 0, "cut at each of %zu bytes: %u wrong", text.n, wrong);
	unlink("cut");
}

/*
 * Flip one bit, or put a NUL, TAB or newline, at every byte: the journal never
 * verifies, and what is replayed before that is a part of the original.
 */
static void
test_flips(struct span text)
{
	static const char replacements[] = {'\0', '\t', '\n', '\\', '-'};
	struct buffer all = {0};
	char *copy = memory_array(NULL, text.n, 1);
	unsigned wrong = 0, tried = 0;
	uint64_t line;
	const char *reason;

	verify(text, &all, &line, &reason);
	memcpy(copy, text.p, text.n);
	for (size_t at = 0; at < text.n; at++) {
		for (unsigned how = 0; how < 8 + sizeof(replacements); how++) {
			struct buffer seen = {0};

			copy[at] = (char)(how < 8 ? text.p[at] ^ 1 << how
						  : replacements[how - 8]);
			if (copy[at] == text.p[at])
				continue;
			tried++;
			reason = NULL;
			line = 0;
			if (verify((struct span){copy, text.n}, &seen, &line,
				&reason) ||
			    line == 0 || reason == NULL ||
			    !span_starts(buffer_span(&all), buffer_span(&seen)))
				wrong++;
			buffer_release(&seen);
		}
		copy[at] = text.p[at];
	}
	ok(wrong == 0, "%u changed bytes: %u passed as whole", tried, wrong);
	free(copy);
}

/* A changed line before the last: 65 and its number; the file is not touched */
static void
test_corruption(struct span text)
{
	char *copy = memory_array(NULL, text.n, 1);
	struct buffer seen = {0};
	char *found;

	memcpy(copy, text.p, text.n);
	found = memmem(copy, text.n, "\tdone\t", 6);
	memcpy(found, "\tlost\t", 6);
	put("bad", (struct span){copy, text.n});
	ok(open_in_child("bad", &seen) == PM_EXIT_DATA && said("bad:3: "),
	    "a changed line: 65 with file and line");
	ok(span_equal(slurp("bad"), (struct span){copy, text.n}),
	    "and the file stays as it is");
	memcpy(copy, text.p, text.n);
	found = memmem(copy, text.n, "\tfailed\t", 8);
	memcpy(found, "\tfaileD\t", 8);
	put("bad", (struct span){copy, text.n});
	ok(open_in_child("bad", &seen) == PM_EXIT_DATA && said("bad:4: "),
	    "a changed last line that has its newline is no torn one");
	put("bad", SPAN("#host\thost\nhost\tvm\n"));
	ok(open_in_child("bad", &seen) == PM_EXIT_DATA && said("bad:1: ") &&
		slurp("bad").n == 19,
	    "another file is not taken for a journal, nor changed");
	put("bad", SPAN("precious"));
	ok(open_in_child("bad", &seen) == PM_EXIT_DATA && slurp("bad").n == 8,
	    "not even without a newline");
	unlink("bad");
	free(copy);
}

static void
test_lock(void)
{
	struct journal *journal = journal_open("locked", NULL, NULL);
	struct buffer seen = {0};
	char pid[64];

	snprintf(pid, sizeof(pid), "in use by process %ld;", (long)getpid());
	ok(open_in_child("locked", &seen) == PM_EXIT_AGAIN,
	    "a second opener gets 75");
	ok(said(pid), "and is told: %s", pid);
	append(journal, "vm/install/a", "started", "-");
	journal_close(journal);
	ok(open_in_child("locked", &seen) == 0 && seen.n > 0,
	    "after the first has closed it, it is free");
	unlink("locked");
}

/*
 * Fill a small file system, in a child with its own mount namespace.  What was
 * reserved must still fit: the size of the journal is reported after each
 * append.  Ends with 98 where mounting is not possible.
 */
static int
full_disk(int report)
{
	struct journal *journal;
	struct stat status;
	char block[4096] = {0};
	int fd;

	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mkdir("small", 0700) == -1 ||
	    mount("pm", "small", "tmpfs", 0, "size=256k") == -1)
		return 98;
	journal = journal_open("small/journal", NULL, NULL);
	journal_reserve(journal, 100 * 1024);
	fd = open("small/filler", O_WRONLY | O_CREAT, 0600);
	while (write(fd, block, sizeof(block)) > 0)
		;
	while (stat("small/journal", &status) == 0 &&
	       write(report, &status.st_size, sizeof(status.st_size)) ==
		   sizeof(status.st_size))
		if (status.st_size < 90 * 1024)
			append(journal, "vm/install/a", "started", "-");
		else
			journal_reserve(journal, 100 * 1024);
	return 99;
}

static void
test_full_disk(void)
{
	int ends[2], status;
	off_t size, last = 0;
	pid_t pid;

	if (pipe(ends) == -1)
		die_errno(PM_EXIT_SYSTEM, "pipe");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		fclose(stdout);
		close(ends[0]);
		dup2(open("messages", O_WRONLY | O_CREAT | O_TRUNC, 0644), 2);
		exit(full_disk(ends[1]));
	}
	close(ends[1]);
	while (read(ends[0], &size, sizeof(size)) == sizeof(size))
		last = size;
	close(ends[0]);
	waitpid(pid, &status, 0);
	rmdir("small");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 98) {
		ok(true, "a full disk # SKIP needs root to mount a tmpfs");
		return;
	}
	ok(last >= 90 * 1024, "a full disk: what was reserved still fits");
	ok(WIFEXITED(status) && WEXITSTATUS(status) == PM_EXIT_IO &&
		said("no room for the next records"),
	    "more room is refused: 74, before any action");
}

int
main(void)
{
	struct span text;

	if (mkdtemp(directory) == NULL || chdir(directory) == -1)
		die_errno(PM_EXIT_IO, "%s", directory);
	make_journal("journal");
	text = slurp("journal");
	test_replay(text);
	test_truncation(text);
	test_flips(text);
	test_corruption(text);
	test_lock();
	test_full_disk();
	unlink("journal");
	unlink("messages");
	ok(rmdir(directory) == 0, "nothing else was made");
	return done();
}
