#include "trailer.h"

void
trailer_start(struct trailer *trailer, struct span type)
{
	digest_start(&trailer->digest);
	trailer->type = type;
	trailer->count = 0;
}

void
trailer_line(struct trailer *trailer, struct span line)
{
	bool header = line.n > 0 && line.p[0] == '#';
	struct span name = span_skip(line, header ? 1 : 0);

	name = span_cut(&name, '\t');
	if (!span_equal(name, trailer->type))
		return;
	if (!header)
		trailer->count++;
	digest_add(&trailer->digest, line);
	digest_add(&trailer->digest, SPAN("\n"));
}

void
trailer_finish(struct trailer *trailer, struct buffer *out)
{
	char hex[DIGEST_SIZE];

	digest_finish(&trailer->digest, hex);
	buffer_add_span(out, SPAN("##end "));
	buffer_add_span(out, trailer->type);
	buffer_add_byte(out, ' ');
	buffer_add_number(out, trailer->count);
	buffer_printf(out, " sha256:%s\n", hex);
}

/* Why the found trailer is not the one that fits, in the order of likelihood */
static const char *
difference(struct span found, struct span expected)
{
	const char *count = span_find(expected, ':');

	if (!span_starts(found, SPAN("##end ")))
		return "is not the trailer, so the end is missing; make the "
		       "plan again";
	if (found.n == expected.n && count != NULL &&
	    memcmp(found.p, expected.p, (size_t)(count - expected.p)) == 0)
		return "has another digest than the steps, so they were "
		       "changed; make the plan again and have it approved";
	return "counts other steps than there are, so some were added or "
	       "removed; make the plan again and have it approved";
}

bool
trailer_check(struct span text, struct span type, char *hex, uint64_t *line,
    const char **reason)
{
	struct trailer trailer;
	struct buffer expected = {0};
	struct span last = {0};

	*line = 0;
	*reason = NULL;
	trailer_start(&trailer, type);
	while (text.n > 0) {
		const char *newline = span_find(text, '\n');

		++*line;
		if (newline == NULL) {
			*reason = "has no newline, so the end is missing; make "
				  "the plan again";
			return false;
		}
		last = (struct span){text.p, (size_t)(newline - text.p)};
		trailer_line(&trailer, last);
		text = span_skip(text, last.n + 1);
	}
	if (*line == 0) {
		*line = 1;
		*reason = "is missing: the plan is empty";
		return false;
	}
	trailer_finish(&trailer, &expected);
	expected.n--; /* the newline */
	if (span_equal(last, buffer_span(&expected)))
		memcpy(hex, expected.p + expected.n - (DIGEST_SIZE - 1),
		    DIGEST_SIZE - 1);
	else
		*reason = difference(last, buffer_span(&expected));
	hex[DIGEST_SIZE - 1] = '\0';
	buffer_release(&expected);
	return *reason == NULL;
}
