/* What an attempt without a whole reply means. */
#include <inttypes.h>

#include "reply.h"
#include "ssh.h"

static const char *const names[SSH_STATES] = {"ok", "partial", "denied",
    "unreachable", "timeout", "lost", "host-key-changed"};

/*
 * How OpenSSH's messages read; the first that fits decides.  A host can put
 * these into its own messages, and then lies about nothing but itself.
 */
static const struct sign {
	const char *text;
	enum ssh_state state;
} signs[] = {
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", SSH_HOST_KEY_CHANGED},
    {"Host key verification failed", SSH_DENIED},
    {"Permission denied", SSH_DENIED},
    {"Too many authentication failures", SSH_DENIED},
    {"Connection refused", SSH_UNREACHABLE},
    {"Could not resolve hostname", SSH_UNREACHABLE},
    {"No route to host", SSH_UNREACHABLE},
    {"Network is unreachable", SSH_UNREACHABLE},
    {"timed out", SSH_UNREACHABLE},
};

enum { TRANSPORT_FAILED = 255 };

const char *
ssh_state_name(enum ssh_state state)
{
	return names[state];
}

struct span
ssh_last_line(struct span text)
{
	struct span last = {0};

	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');

		while (line.n > 0 && (unsigned char)line.p[line.n - 1] <= ' ')
			line.n--;
		if (line.n > 0)
			last = line;
	}
	return last;
}

static enum ssh_state
judge_exit(const struct run_job *job, struct buffer *reason)
{
	struct span messages = buffer_span(&job->messages);
	struct span last = ssh_last_line(messages);
	enum ssh_state state = SSH_LOST;

	if (reply_begun(buffer_span(&job->output))) {
		buffer_printf(reason, "the answer broke off");
	} else if (job->status != TRANSPORT_FAILED) {
		buffer_printf(
		    reason, "no answer of the probe, status %d", job->status);
		state = SSH_DENIED;
	} else {
		for (size_t i = sizeof(signs) / sizeof(signs[0]); i-- > 0;)
			if (messages.n > 0 &&
			    memmem(messages.p, messages.n, signs[i].text,
				strlen(signs[i].text)) != NULL)
				state = signs[i].state;
		if (state == SSH_HOST_KEY_CHANGED)
			last = SPAN("its host key is not the known one");
	}
	if (last.n > 0)
		buffer_printf(reason, "%s%.*s", reason->n > 0 ? ": " : "",
		    SPAN_ARG(last));
	if (reason->n == 0)
		buffer_printf(reason, "the connection ended");
	return state;
}

enum ssh_state
ssh_judge(const struct run_job *job, struct buffer *reason)
{
	switch (job->result) {
	case RUN_TIMEOUT:
		buffer_printf(reason, "no whole answer within %" PRId64 " s",
		    job->limit / 1000);
		return SSH_TIMEOUT;
	case RUN_OVERFLOW:
		buffer_printf(reason, "it says more than %zu MB",
		    job->output_limit / 1000000);
		return SSH_LOST;
	case RUN_SIGNALLED:
		buffer_printf(reason, "%s was ended by signal %d", job->argv[0],
		    job->status);
		return SSH_LOST;
	case RUN_NOT_STARTED:
		die(PM_EXIT_SYSTEM, "%s cannot be started: %s", job->argv[0],
		    strerror(job->status));
	case RUN_ABANDONED:
		buffer_printf(reason, "interrupted");
		return SSH_LOST;
	case RUN_EXITED:
		break;
	}
	return judge_exit(job, reason);
}
