#include "debian_fixes.h"

#include "timestamp.h"

/* [02 Nov 2023]; false for the older forms such as [August 26th, 2005]. */
static bool
parse_date(struct span text, int64_t *date)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char day[] = "0000-00-00";
	struct span year;

	if (text.n < 10 || text.n > 11)
		return false;
	year = span_skip(text, text.n - 4);
	memcpy(day, year.p, 4);
	for (unsigned i = 0; i < 12; i++)
		if (memcmp(months + 3 * i, year.p - 4, 3) == 0) {
			day[5] = (char)('0' + (i + 1) / 10);
			day[6] = (char)('0' + (i + 1) % 10);
		}
	day[9] = text.p[text.n - 10];
	if (text.n == 11)
		day[8] = text.p[0];
	return year.p[-1] == ' ' && year.p[-5] == ' ' &&
	       timestamp_parse((struct span){day, sizeof(day) - 1}, date);
}

static void
take_header(struct feed *feed, const struct lines *lines,
    struct debian_advisory *advisory)
{
	struct span rest = arena_copy(&advisory->text, lines->line);
	struct span date = span_cut(&rest, ']');

	if (!span_starts(date, SPAN("[")) || rest.n < 2)
		feed_fail(feed, lines->number,
		    "neither '[DATE] NAME PACKAGE - TEXT' nor an indented "
		    "line: it is no list of advisories");
	advisory->dated = parse_date(span_skip(date, 1), &advisory->date);
	rest = span_trim(rest);
	advisory->name = span_cut(&rest, ' ');
	advisory->title = span_trim(rest);
	advisory->line = lines->number;
	if (!feed_is_word(advisory->name))
		feed_fail(feed, lines->number, "the advisory has no name");
}

static void
take_line(const struct lines *lines, struct debian_advisory *advisory)
{
	struct span line = span_trim(lines->line), name;
	struct debian_note note;
	size_t at = advisory->note_count;

	if (span_starts(line, SPAN("{"))) {
		while (debian_reference(&line, &name))
			if (feed_is_cve(name))
				list_add(&advisory->cves, name);
		return;
	}
	line = arena_copy(&advisory->text, line);
	if (!debian_note_parse(line, &note))
		return;
	advisory->notes = memory_grow(advisory->notes, &advisory->note_capacity,
	    at + 1, sizeof(*advisory->notes));
	advisory->note_lines = memory_grow(advisory->note_lines,
	    &advisory->line_capacity, at + 1, sizeof(*advisory->note_lines));
	advisory->notes[at] = note;
	advisory->note_lines[at] = lines->number;
	advisory->note_count++;
}

bool
debian_advisory_next(struct feed *feed, struct lines *lines,
    struct debian_advisory *advisory, bool *pending)
{
	bool any = false;

	arena_reset(&advisory->text);
	list_reset(&advisory->cves);
	advisory->note_count = 0;
	while (*pending || feed_line(feed, lines)) {
		bool indented = lines->line.n > 0 &&
				(lines->line.p[0] == ' ' ||
				    lines->line.p[0] == '\t');

		*pending = false;
		if (lines->line.n == 0)
			continue;
		if (indented && any) {
			take_line(lines, advisory);
			continue;
		}
		if (any) {
			*pending = true;
			return true;
		}
		take_header(feed, lines, advisory);
		any = true;
	}
	return any;
}

void
debian_advisory_release(struct debian_advisory *advisory)
{
	arena_release(&advisory->text);
	list_release(&advisory->cves);
	free(advisory->notes);
	free(advisory->note_lines);
	*advisory = (struct debian_advisory){0};
}
