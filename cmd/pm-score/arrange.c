/*
 * Each line that sort(1) gets is made of the key, the record and its tail,
 * joined by tabs:
 *
 *	RANK NAME | PART | the record as it stands | digest | layout | file | line
 *
 * RANK is 0 for what must be known before any host, 1 for hosts; PART orders
 * the records of one host.  The digest of the header tells records of equal
 * bytes apart, so the numbers behind it, which depend on the order of the
 * input, decide nothing.
 */
#include "arrange.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest.h"

enum { BLOCK = 256 * 1024, KEY_FIELDS = 2, TAIL_FIELDS = 4 };

/* Most memory that it may take before it writes files. */
static const char memory_limit[] = "256M";

/* ---- the process */

static _Noreturn void
become_sort(int in, int out)
{
	char name[] = "sort", option[] = "-S", size[sizeof(memory_limit)];
	char *argv[] = {name, option, size, NULL};

	memcpy(size, memory_limit, sizeof(size));
	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    setenv("LC_ALL", "C", 1) == -1)
		die_errno(PM_EXIT_SYSTEM, "sort");
	execvp(name, argv);
	die_errno(PM_EXIT_SYSTEM, "sort");
}

void
arrange_start(struct arrange *arrange)
{
	int in[2], out[2];

	*arrange = (struct arrange){.sort = -1};
	if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1)
		die_errno(PM_EXIT_SYSTEM, "cannot make a pipe to sort");
	arrange->sort = fork();
	if (arrange->sort == -1)
		die_errno(PM_EXIT_SYSTEM, "cannot start sort");
	if (arrange->sort == 0)
		become_sort(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	arrange->to = in[1];
	arrange->from = out[0];
	/* A sort that ends early shall be said, not end this program. */
	signal(SIGPIPE, SIG_IGN);
}

static _Noreturn void
failed(void)
{
	die(PM_EXIT_IO, "sort failed; see what it says about the space for "
			"temporary files, TMPDIR names another place");
}

static void
check_ended(struct arrange *arrange)
{
	int status = 0;

	while (waitpid(arrange->sort, &status, 0) == -1)
		if (errno != EINTR)
			die_errno(PM_EXIT_SYSTEM, "sort");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		failed();
}

static void
flush(struct arrange *arrange)
{
	struct span rest = buffer_span(&arrange->text);

	while (rest.n > 0) {
		ssize_t n = write(arrange->to, rest.p, rest.n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			failed();
		rest = span_skip(rest, (size_t)n);
	}
	buffer_reset(&arrange->text);
}

/* ---- in */

/* The column that names the host, of the types that are of one host. */
static bool
of_host(const struct record *record, struct span *host)
{
	static const struct {
		enum record_type type;
		unsigned column;
	} types[] = {
	    {RECORD_NEED, NEED_HOST},
	    {RECORD_HOST, HOST_HOST},
	    {RECORD_PKG, PKG_HOST},
	    {RECORD_SVC, SVC_HOST},
	    {RECORD_FACT, FACT_HOST},
	    {RECORD_COVER, COVER_HOST},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (record_type(record) != types[i].type)
			continue;
		*host = record_get(record, types[i].column);
		return true;
	}
	return false;
}

static void
add_key(struct buffer *text, const struct record *record)
{
	struct span name = SPAN("-");
	char part = '1';
	bool hosted = of_host(record, &name);

	if (record_type(record) == RECORD_HOST)
		part = '0';
	else if (record_type(record) == RECORD_NEED)
		part = '2';
	else if (record_type(record) == RECORD_EVENT)
		name = record_get(record, EVENT_WHEN);
	buffer_add_byte(text, hosted ? '1' : '0');
	buffer_add_span(text, name);
	buffer_add_byte(text, '\t');
	buffer_add_byte(text, part);
	buffer_add_byte(text, '\t');
}

static unsigned
layout_number(struct arrange *arrange, const struct layout *layout)
{
	unsigned number = arrange->last;
	char hex[DIGEST_SIZE];
	struct digest digest;

	if (number < arrange->layout_count &&
	    arrange->layouts[number] == layout)
		return number;
	for (number = 0; number < arrange->layout_count; number++)
		if (arrange->layouts[number] == layout)
			break;
	arrange->last = number;
	if (number < arrange->layout_count)
		return number;
	arrange->layouts = memory_grow(arrange->layouts,
	    &arrange->layout_capacity, number + 1, sizeof(*arrange->layouts));
	arrange->digests = memory_grow(arrange->digests,
	    &arrange->digest_capacity, number + 1, sizeof(*arrange->digests));
	digest_start(&digest);
	digest_add(&digest, layout->header);
	digest_finish(&digest, hex);
	memcpy(arrange->digests[number], hex, 8);
	arrange->digests[number][8] = '\0';
	arrange->layouts[number] = layout;
	arrange->layout_count++;
	return number;
}

/* Records come file after file, so the last one is nearly always it. */
static size_t
file_number(struct arrange *arrange, const char *file)
{
	if (arrange->file_count == 0 ||
	    arrange->files[arrange->file_count - 1] != file) {
		arrange->files = memory_grow(arrange->files,
		    &arrange->file_capacity, arrange->file_count + 1,
		    sizeof(*arrange->files));
		arrange->files[arrange->file_count++] = file;
	}
	return arrange->file_count - 1;
}

void
arrange_add(struct arrange *arrange, const struct record *record)
{
	struct buffer *text = &arrange->text;
	unsigned layout = layout_number(arrange, record->layout);

	add_key(text, record);
	buffer_add_span(text, record_line(record));
	buffer_add_byte(text, '\t');
	buffer_add(text, arrange->digests[layout], 8);
	buffer_add_byte(text, '\t');
	buffer_add_number(text, layout);
	buffer_add_byte(text, '\t');
	buffer_add_number(text, file_number(arrange, record->file));
	buffer_add_byte(text, '\t');
	buffer_add_number(text, record->line);
	buffer_add_byte(text, '\n');
	if (text->n >= BLOCK)
		flush(arrange);
}

void
arrange_turn(struct arrange *arrange)
{
	flush(arrange);
	close(arrange->to);
	arrange->to = -1;
	signal(SIGPIPE, SIG_DFL);
	arrange->ends = memory_array(NULL,
	    ARRANGE_BATCH * (STREAM_FIELDS_MAX + KEY_FIELDS + TAIL_FIELDS),
	    sizeof(*arrange->ends));
}

/* ---- out */

/* Read more behind what is there; what was handed out is dropped. */
static void
fill(struct arrange *arrange)
{
	struct buffer *text = &arrange->text;
	ssize_t n;

	buffer_reserve(text, BLOCK);
	memmove(text->p, text->p + arrange->at, text->n - arrange->at);
	text->n -= arrange->at;
	arrange->at = 0;
	do
		n = read(arrange->from, buffer_reserve(text, BLOCK), BLOCK);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		die_errno(PM_EXIT_IO, "cannot read from sort");
	text->n += (size_t)n;
	if (n > 0)
		return;
	arrange->ended = true;
	check_ended(arrange);
	if (text->n > 0)
		failed();
}

static uint64_t
number_of(const struct record *line, unsigned field)
{
	uint64_t number;

	if (!span_number(record_field(line, field), &number))
		failed();
	return number;
}

/* Take key and tail off a line of so many fields. */
static void
unwrap(struct arrange *arrange, struct record *line, const uint32_t *ends,
    uint32_t fields)
{
	uint64_t layout, file;

	if (fields <= KEY_FIELDS + TAIL_FIELDS)
		failed();
	line->ends = ends;
	layout = number_of(line, fields - 3);
	file = number_of(line, fields - 2);
	if (layout >= arrange->layout_count || file >= arrange->file_count)
		failed();
	line->line = number_of(line, fields - 1);
	line->file = arrange->files[file];
	line->layout = arrange->layouts[layout];
	line->start = ends[KEY_FIELDS - 1] + 1;
	line->ends = ends + KEY_FIELDS;
	line->fields = fields - KEY_FIELDS - TAIL_FIELDS;
}

/* The line at the start of text; false when its end is not there yet. */
static bool
next_line(struct arrange *arrange, struct record *record, uint32_t *ends)
{
	enum { MOST = STREAM_FIELDS_MAX + KEY_FIELDS + TAIL_FIELDS };
	const struct buffer *text = &arrange->text;
	struct span rest = {text->p + arrange->at, text->n - arrange->at};
	const char *newline = span_find(rest, '\n');
	uint32_t fields = 0;

	if (newline == NULL)
		return false;
	rest.n = (size_t)(newline - rest.p);
	*record = (struct record){
	    .base = text->p, .start = (uint32_t)arrange->at};
	while (rest.p != NULL && fields < MOST) {
		struct span field = span_cut(&rest, '\t');

		ends[fields++] = (uint32_t)(field.p + field.n - text->p);
	}
	unwrap(arrange, record, ends, fields);
	arrange->at = (size_t)(newline + 1 - text->p);
	return true;
}

size_t
arrange_batch(struct arrange *arrange, struct record *records)
{
	uint32_t *ends = arrange->ends;
	size_t count = 0;

	while (count == 0 && !arrange->ended) {
		while (count < ARRANGE_BATCH &&
		       next_line(arrange, &records[count], ends)) {
			ends += records[count].fields + KEY_FIELDS +
				TAIL_FIELDS;
			count++;
		}
		if (count == 0)
			fill(arrange);
	}
	return count;
}

void
arrange_release(struct arrange *arrange)
{
	if (arrange->sort == -1)
		return;
	close(arrange->from);
	buffer_release(&arrange->text);
	free(arrange->ends);
	free(arrange->files);
	free(arrange->layouts);
	free(arrange->digests);
}
