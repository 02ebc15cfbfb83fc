#include "debian_notes.h"

static const struct {
	const char *tag;
	enum debian_state state;
} tags[] = {
    {"<unfixed>", DEBIAN_UNFIXED},
    {"<removed>", DEBIAN_UNFIXED},
    {"<not-affected>", DEBIAN_NOT_AFFECTED},
    {"<no-dsa>", DEBIAN_WONT_FIX},
    {"<ignored>", DEBIAN_WONT_FIX},
    {"<postponed>", DEBIAN_DEFERRED},
    {"<end-of-life>", DEBIAN_EOL},
    {"<undetermined>", DEBIAN_UNDETERMINED},
    {"<itp>", DEBIAN_NO_PACKAGE},
};

/* The next word of *rest, without the blanks around it. */
static struct span
take_word(struct span *rest)
{
	struct span word;

	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = span_skip(*rest, 1);
	word = *rest;
	for (word.n = 0; word.n < rest->n && rest->p[word.n] != ' ' &&
			 rest->p[word.n] != '\t';)
		word.n++;
	*rest = span_skip(*rest, word.n);
	return word;
}

static enum debian_state
state_of(struct span word)
{
	if (word.n == 0)
		return DEBIAN_MALFORMED;
	if (word.p[0] != '<')
		return DEBIAN_FIXED;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (span_is(word, tags[i].tag))
			return tags[i].state;
	return DEBIAN_MALFORMED;
}

/* (bug #345; medium): the parts are in any order. */
static struct span
severity_in(struct span rest)
{
	static const char *const urgencies[] = {
	    "high", "medium", "low", "unimportant", "not yet assigned"};

	rest = span_trim(rest);
	if (!span_starts(rest, SPAN("(")) || !span_ends(rest, SPAN(")")))
		return SPAN("");
	rest = span_skip(rest, 1);
	rest.n--;
	while (rest.p != NULL) {
		struct span part = span_trim(span_cut(&rest, ';'));

		for (size_t i = 0; i < sizeof(urgencies) / sizeof(*urgencies);
		     i++)
			if (span_is(part, urgencies[i]))
				return part;
	}
	return SPAN("");
}

bool
debian_note_parse(struct span line, struct debian_note *note)
{
	struct span rest = line;
	struct span word = take_word(&rest);

	*note = (struct debian_note){.release = SPAN("")};
	if (span_starts(word, SPAN("["))) {
		if (!span_ends(word, SPAN("]")))
			return false;
		note->release = (struct span){word.p + 1, word.n - 2};
		word = take_word(&rest);
	}
	if (!span_is(word, "-"))
		return false;
	note->package = take_word(&rest);
	word = take_word(&rest);
	note->state = note->package.n == 0 ? DEBIAN_MALFORMED : state_of(word);
	if (note->state == DEBIAN_FIXED)
		note->version = word;
	note->severity = severity_in(rest);
	return true;
}

struct span
debian_state_text(enum debian_state state)
{
	switch (state) {
	case DEBIAN_FIXED:
		return SPAN("fixed");
	case DEBIAN_NOT_AFFECTED:
		return SPAN("not_affected");
	case DEBIAN_WONT_FIX:
		return SPAN("wont_fix");
	case DEBIAN_DEFERRED:
		return SPAN("deferred");
	case DEBIAN_EOL:
		return SPAN("eol");
	case DEBIAN_UNFIXED:
	case DEBIAN_UNDETERMINED:
	case DEBIAN_NO_PACKAGE:
	case DEBIAN_MALFORMED:
		break;
	}
	return SPAN("affected");
}

bool
debian_reference(struct span *line, struct span *name)
{
	*line = span_trim(*line);
	if (span_starts(*line, SPAN("{")))
		*line = span_skip(*line, 1);
	*name = take_word(line);
	if (span_ends(*name, SPAN("}")))
		name->n--;
	return name->n > 0;
}
