/* pm-collect reply FILE: what the probe printed on a host. */
#include <errno.h>

#include "bytes.h"
#include "options.h"
#include "reply.h"
#include "source.h"
#include "survey.h"

enum {
	GREETING_MAX = 1024 * 1024, /* what a login may say before it */
	REPLY_MAX = 512 * 1024 * 1024
};

static const char *host_option;
static const char *source_option = "reply";

static const struct option_row options[] = {
    {0, "host", "NAME", "call the host NAME, not by its own name", NULL,
	&host_option, NULL, NULL},
    {0, "source", "NAME", "who reports it: column source (reply)", NULL,
	&source_option, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "reply [options] [FILE]",
    .summary = "take stock of a host from what the probe printed there",
    .examples = "ssh web1 sh <" PM_DATADIR "/drivers/probe | pm-collect reply\n"
		"pm-collect reply --host web1 web1.reply | grep '^svc'",
    .options = options,
};

/* What has not begun behind a greeting is something else, however long. */
static void
read_reply(struct bytes *bytes, struct buffer *text)
{
	bool whole = bytes_slurp(bytes, text, GREETING_MAX);

	if (!whole && errno == EFBIG) {
		if (!reply_begun(buffer_span(text)))
			die(PM_EXIT_DATA,
			    "%s: this is no reply of the probe: none begins "
			    "in its first %d bytes",
			    bytes->file, GREETING_MAX);
		whole = bytes_slurp(bytes, text, REPLY_MAX);
	}
	if (!whole)
		die_errno(PM_EXIT_IO, "%s", bytes->file);
}

enum pm_exit
collect_reply(int argc, char **argv)
{
	int first = options_parse(&program, argc, argv);
	const char *file = first < argc ? argv[first] : "-";
	struct buffer text = {0};
	struct reply reply = {0};
	struct bytes bytes;
	struct tree tree;
	const char *reason;
	enum pm_exit status;

	if (first + 1 < argc)
		die(PM_EXIT_USAGE, "reply takes one file");
	bytes_open(&bytes, file);
	read_reply(&bytes, &text);
	reason = reply_parse(&reply, buffer_span(&text));
	if (reason != NULL)
		die(PM_EXIT_DATA, "%s: %s", bytes.file, reason);
	bytes_close(&bytes);
	tree_open_reply(&tree, &reply);
	status = survey(&tree, host_option, source_option, true);
	tree_close(&tree);
	reply_release(&reply);
	buffer_release(&text);
	return status;
}
