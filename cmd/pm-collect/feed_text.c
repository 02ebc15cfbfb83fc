#include "feed_text.h"

bool
feed_line(struct feed *feed, struct lines *lines)
{
	switch (lines_next(lines)) {
	case LINES_LINE:
		if (span_find(lines->line, '\0') != NULL)
			feed_fail(feed, lines->number,
			    "a NUL byte: the file is damaged, or UTF-16 (then "
			    "convert it: iconv -f UTF-16 -t UTF-8)");
		return true;
	case LINES_END:
		return false;
	case LINES_CUT:
		feed_fail(feed, lines->number + 1,
		    "the last line has no newline: the file is cut off");
	case LINES_TOO_LONG:
		break;
	}
	feed_fail(feed, lines->number + 1, "a line of more than %d bytes",
	    LINE_MAX_BYTES);
}

void
feed_tsv_open(
    struct feed_tsv *tsv, struct feed *feed, const char *const *wanted)
{
	struct span rest;
	unsigned at;

	lines_open(&tsv->lines, &feed->bytes);
	if (!feed_line(feed, &tsv->lines))
		feed_fail(feed, 0, "it is empty");
	tsv->count = 0;
	for (unsigned i = 0; wanted[i] != NULL; i++) {
		rest = span_skip(tsv->lines.line, 1);
		for (at = 0; !span_is(span_cut(&rest, '\t'), wanted[i]); at++)
			if (rest.p == NULL)
				feed_fail(feed, 1,
				    "no column '%s' in the header line: it is "
				    "not what pm-collect %s reads",
				    wanted[i], feed->source->name);
		tsv->column[tsv->count++] = at;
	}
}

bool
feed_tsv_next(struct feed_tsv *tsv, struct feed *feed)
{
	struct span rest, field;
	unsigned taken = 0;

	if (!feed_line(feed, &tsv->lines))
		return false;
	rest = tsv->lines.line;
	for (unsigned at = 0; rest.p != NULL; at++) {
		field = span_cut(&rest, '\t');
		for (unsigned i = 0; i < tsv->count; i++) {
			if (tsv->column[i] != at)
				continue;
			tsv->field[i] = field;
			taken++;
		}
	}
	if (taken != tsv->count)
		feed_fail(feed, tsv->lines.number,
		    "fewer fields than the header line has");
	return true;
}
