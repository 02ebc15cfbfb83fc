#include "signature.h"

#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run.h"
#include "timestamp.h"

/* ssh-keygen may wait for an agent that asks somebody to touch a token */
enum { LIMIT = 120 * 1000, OUTPUT_MAX = 64 * 1024, LINE = 70 };

static const char armour_begin[] = "-----BEGIN SSH SIGNATURE-----";
static const char armour_end[] = "-----END SSH SIGNATURE-----";

static void
ended(struct run_job *job)
{
	(void)job;
}

static struct span
last_line(struct span text)
{
	struct span rest = span_trim(text), line = {0};

	while (rest.p != NULL && rest.n > 0) {
		struct span next = span_cut(&rest, '\n');

		if (next.n > 0)
			line = next;
	}
	return line;
}

/* What is before its last line is about the attempt. */
static void
say(struct buffer *reason, const struct run_job *job)
{
	struct span line = last_line(buffer_span(&job->messages));

	if (line.n == 0)
		line = last_line(buffer_span(&job->output));
	switch (job->result) {
	case RUN_NOT_STARTED:
		buffer_printf(reason, "ssh-keygen cannot be started: %s",
		    strerror(job->status));
		break;
	case RUN_TIMEOUT:
		buffer_printf(reason, "ssh-keygen did not end in time");
		break;
	default:
		buffer_printf(reason, "ssh-keygen: %.*s",
		    line.n > 0 ? (int)line.n : 9,
		    line.n > 0 ? line.p : "no reason");
	}
}

static bool
keygen(char *const *argv, struct span message, struct run_job *job)
{
	*job = (struct run_job){.argv = argv,
	    .input = message,
	    .limit = LIMIT,
	    .output_limit = OUTPUT_MAX,
	    .ended = ended};
	run_start(job);
	run_wait();
	return job->result == RUN_EXITED && job->status == 0;
}

/* argv[] of exec is not const, though nobody writes to it. */
static char *
word(struct arena *arena, const char *text)
{
	struct span copy = arena_copy(arena, span_of(text));
	char *bytes = arena_allocate(arena, copy.n + 1);

	memcpy(bytes, copy.p, copy.n);
	return bytes;
}

/* What stands between the lines of the armour. */
static bool
unwrap(struct span text, struct buffer *signature)
{
	bool inside = false;

	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');

		if (span_is(line, armour_begin))
			inside = true;
		else if (span_is(line, armour_end))
			return inside;
		else if (inside)
			buffer_add_span(signature, line);
	}
	return false;
}

bool
signature_make(const char *key, const char *name_space, struct span message,
    struct buffer *signature, struct buffer *reason)
{
	struct arena arena = {0};
	char *argv[] = {word(&arena, "ssh-keygen"), word(&arena, "-Y"),
	    word(&arena, "sign"), word(&arena, "-q"), word(&arena, "-n"),
	    word(&arena, name_space), word(&arena, "-f"), word(&arena, key),
	    NULL};
	struct run_job job;
	bool made = keygen(argv, message, &job) &&
		    unwrap(buffer_span(&job.output), signature);

	if (!made)
		say(reason, &job);
	run_release(&job);
	arena_release(&arena);
	return made;
}

/* Base64 and nothing else, so that the armour holds what was recorded. */
static bool
is_base64(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!isalnum((unsigned char)text.p[i]) && text.p[i] != '+' &&
		    text.p[i] != '/' && text.p[i] != '=')
			return false;
	return text.n > 0;
}

void
signature_armour(struct span signature, struct buffer *text)
{
	buffer_printf(text, "%s\n", armour_begin);
	while (signature.n > 0) {
		struct span line = signature;

		if (line.n > LINE)
			line.n = LINE;
		buffer_add_span(text, line);
		buffer_add_byte(text, '\n');
		signature = span_skip(signature, line.n);
	}
	buffer_printf(text, "%s\n", armour_end);
}

/* ssh-keygen wants the signature in a file: one that has no name. */
static int
wrap(struct span signature)
{
	struct buffer text = {0};
	int fd = memfd_create("signature", MFD_CLOEXEC);

	signature_armour(signature, &text);
	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n)
		die_errno(PM_EXIT_SYSTEM, "keeping a copy of a signature");
	buffer_release(&text);
	return fd;
}

/* verify-time=20261123020000Z */
static char *
time_option(struct arena *arena, int64_t time)
{
	static const char prefix[] = "verify-time=";
	char text[TIMESTAMP_SIZE], option[sizeof(prefix) + TIMESTAMP_SIZE];
	char *to = option + sizeof(prefix) - 1;

	memcpy(option, prefix, sizeof(prefix));
	timestamp_format(time, text);
	for (const char *p = text; *p != '\0'; p++)
		if (*p != '-' && *p != ':' && *p != 'T')
			*to++ = *p;
	*to = '\0';
	return word(arena, option);
}

bool
signature_check(const char *signers, struct span principal,
    const char *name_space, struct span message, struct span signature,
    int64_t time, struct buffer *reason)
{
	struct arena arena = {0};
	struct buffer file = {0};
	struct run_job job;
	bool good;
	int fd;

	if (!is_base64(signature)) {
		buffer_printf(reason, "the signature is malformed");
		return false;
	}
	fd = wrap(signature);
	buffer_printf(&file, "/proc/%ld/fd/%d", (long)getpid(), fd);
	buffer_add_byte(&file, '\0');
	good = keygen((char *[]){word(&arena, "ssh-keygen"), word(&arena, "-Y"),
			  word(&arena, "verify"), word(&arena, "-f"),
			  word(&arena, signers), word(&arena, "-I"),
			  word(&arena, arena_copy(&arena, principal).p),
			  word(&arena, "-n"), word(&arena, name_space),
			  word(&arena, "-s"), file.p, word(&arena, "-O"),
			  time_option(&arena, time), NULL},
	    message, &job);
	if (!good)
		say(reason, &job);
	close(fd);
	run_release(&job);
	buffer_release(&file);
	arena_release(&arena);
	return good;
}

/* Those to whom the signers' file gives the key, a line each. */
static bool
find_principals(const char *signers, struct span signature, int64_t time,
    struct buffer *principals, struct buffer *reason)
{
	struct arena arena = {0};
	struct buffer file = {0};
	int fd = wrap(signature);
	struct run_job job;
	bool found;

	buffer_printf(&file, "/proc/%ld/fd/%d", (long)getpid(), fd);
	buffer_add_byte(&file, '\0');
	found = keygen(
	    (char *[]){word(&arena, "ssh-keygen"), word(&arena, "-Y"),
		word(&arena, "find-principals"), word(&arena, "-f"),
		word(&arena, signers), word(&arena, "-s"), file.p,
		word(&arena, "-O"), time_option(&arena, time), NULL},
	    (struct span){0}, &job);
	if (found)
		buffer_add_span(principals, buffer_span(&job.output));
	else
		buffer_printf(reason, "is by nobody who is allowed to sign");
	close(fd);
	run_release(&job);
	buffer_release(&file);
	arena_release(&arena);
	return found;
}

bool
signature_check_file(const char *signers, const char *name_space,
    struct span message, struct span armoured, int64_t time,
    struct buffer *reason)
{
	struct buffer signature = {0}, principals = {0};
	struct span rest;
	bool good = false;

	if (!unwrap(armoured, &signature) ||
	    !is_base64(buffer_span(&signature))) {
		buffer_printf(reason, "is no signature of ssh-keygen");
	} else if (find_principals(signers, buffer_span(&signature), time,
		       &principals, reason)) {
		rest = buffer_span(&principals);
		while (!good && rest.p != NULL) {
			struct span who = span_cut(&rest, '\n');

			if (who.n == 0)
				continue;
			buffer_reset(reason);
			buffer_printf(reason, "does not hold: ");
			good = signature_check(signers, who, name_space,
			    message, buffer_span(&signature), time, reason);
		}
	}
	buffer_release(&signature);
	buffer_release(&principals);
	return good;
}
