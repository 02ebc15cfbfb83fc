#include "verdict.h"

struct span
verdict_target(const struct step *step, bool back)
{
	return back ? step->from : step->to;
}

bool
verdict_reached(struct span reply, const struct step *step, bool back)
{
	struct span target = verdict_target(step, back);
	struct reply_line line;

	if (!reply_find(reply, "package", &step->package, &line))
		return false;
	if (span_absent(target))
		return span_is(line.field[3], "absent");
	return span_equal(line.field[2], target) &&
	       span_is(line.field[3], "installed");
}

bool
verdict_broken(struct span reply, struct span *package)
{
	struct reply_line line;

	if (!reply_find(reply, "broken", NULL, &line))
		return false;
	*package = line.field[1];
	return true;
}

static void
add_joined(struct buffer *out, struct span text)
{
	if (out->n > 0)
		buffer_add_span(out, SPAN("; "));
	buffer_add_span(out, text);
}

/* Lines of one type; with a name, only those whose second field it is. */
static size_t
add_lines(struct buffer *out, struct span reply, const char *type,
    const struct span *name)
{
	struct reply_line line;
	size_t count = 0;

	while (reply_next(&reply, &line)) {
		if (!span_is(line.field[0], type) ||
		    (name != NULL && !span_equal(line.field[1], *name)))
			continue;
		add_joined(out, line.field[name != NULL ? 2 : 1]);
		count++;
	}
	return count;
}

void
verdict_errors(struct buffer *out, struct span reply, const char *other)
{
	if (add_lines(out, reply, "error", NULL) == 0)
		add_joined(out, span_of(other));
}

void
verdict_explain(struct buffer *out, struct span reply, const struct step *step)
{
	struct reply_line line;
	struct span name = step->package;

	if (!reply_find(reply, "package", &step->package, &line) ||
	    span_absent(line.field[2]))
		buffer_printf(
		    out, "%.*s is not installed", SPAN_ARG(step->package));
	else
		buffer_printf(out, "%.*s is at %.*s, %.*s",
		    SPAN_ARG(step->package), SPAN_ARG(line.field[2]),
		    SPAN_ARG(line.field[3]));
	/* dpkg leaves the architecture out where it can. */
	name = span_cut(&name, ':');
	if (add_lines(out, reply, "why", &name) > 0)
		return;
	if (add_lines(out, reply, "log", NULL) == 0)
		add_lines(out, reply, "why", NULL);
}

void
verdict_remark(struct buffer *out, struct span reply, const struct step *step)
{
	struct reply_line line;
	struct span name = step->package;

	name = span_cut(&name, ':');
	while (reply_next(&reply, &line)) {
		if (!span_is(line.field[0], "kept") ||
		    !span_equal(line.field[1], name))
			continue;
		if (out->n > 0)
			buffer_add_span(out, SPAN("; "));
		buffer_printf(out, "kept the changed %.*s; the new one is %.*s",
		    SPAN_ARG(line.field[2]), SPAN_ARG(line.field[3]));
	}
}
