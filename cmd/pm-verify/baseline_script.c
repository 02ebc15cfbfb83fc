/*
 * A script of the changes that a host lacks: the settings of its groups as
 * something that can be read, carried there, and run.  It does nothing unless
 * one or two changes are named, and none that could lock the patching out.
 */
#include "baseline.h"

/* What stands between single quotes in the shell. */
static void
add_quoted(struct buffer *text, struct span bytes)
{
	buffer_add_byte(text, '\'');
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] == '\'')
			buffer_add_span(text, SPAN("'\\''"));
		else
			buffer_add_byte(text, bytes.p[i]);
	buffer_add_byte(text, '\'');
}

/*
 * The comment is the name of the change, a tab, and what is to be said of it.
 * It holds what a host said, so it is only ever quoted.
 */
void
remedy_line(struct verdicts *verdicts, struct span command, bool channel,
    struct span comment)
{
	struct buffer *text = verdicts->script;
	struct buffer shell = {0};
	struct span name = span_cut(&comment, '\t');

	stream_unescape(&shell, command);
	buffer_add_span(text, SPAN("change "));
	add_quoted(text, name);
	buffer_add_byte(text, ' ');
	add_quoted(text, comment);
	buffer_add_span(text, channel ? SPAN(" channel ") : SPAN(" free "));
	add_quoted(text, buffer_span(&shell));
	buffer_add_byte(text, '\n');
	buffer_release(&shell);
}

void
script_begin(struct buffer *text, struct span host)
{
	buffer_add_span(text,
	    SPAN("#!/bin/sh\n"
		 "# Changes that a host lacks, from pm-verify --script.\n"
		 "#\n"
		 "#\tsh THIS\t\tlists them\n"
		 "#\tsh THIS NAME [NAME]\tmakes one or two of them\n"
		 "#\n"
		 "# Those marked channel could close the way by which the host "
		 "is patched\n"
		 "# (ssh, sudo, repositories): they are shown, never run.\n"
		 "if [ $# -gt 2 ]; then\n"
		 "\techo 'one or two changes at a time' >&2\n"
		 "\texit 77\n"
		 "fi\n"
		 "wanted1=${1-} wanted2=${2-} made=0\n"
		 "change() {\n"
		 "\tif [ -z \"$wanted1\" ]; then\n"
		 "\t\tprintf '%s\\t%s\\t%s\\n\\t%s\\n' \"$1\" \"$3\" \"$2\" "
		 "\"$4\"\n"
		 "\t\treturn\n"
		 "\tfi\n"
		 "\t[ \"$1\" = \"$wanted1\" ] || [ \"$1\" = \"$wanted2\" ] || "
		 "return 0\n"
		 "\tif [ \"$3\" = channel ]; then\n"
		 "\t\techo \"$1: by hand only: $4\" >&2\n"
		 "\t\texit 77\n"
		 "\tfi\n"
		 "\tsh -c \"$4\" || exit\n"
		 "\tmade=$((made + 1))\n"
		 "}\n"
		 "host="));
	add_quoted(text, host);
	buffer_add_byte(text, '\n');
}

void
script_end(struct buffer *text)
{
	buffer_add_span(text,
	    SPAN("if [ $made -lt $# ]; then\n"
		 "\techo \"$made of $# changes are known for $host\" >&2\n"
		 "\texit 64\n"
		 "fi\n"));
}
