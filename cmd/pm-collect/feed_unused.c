#include "feed_unused.h"

enum { NAME_MAX_SHOWN = 120, NAMES_MAX = 1000 };

struct feed_reason {
	const char *text;
	uint64_t count;
	uint64_t line;	     /* of the first such entry */
	struct span example; /* and what it is called */
	bool named;	     /* ...and all of them */
};

static struct feed_reason *
find_reason(struct feed *feed, const char *text, struct span name)
{
	for (size_t i = 0; i < feed->reason_count; i++) {
		struct feed_reason *reason = &feed->reasons[i];

		if (strcmp(reason->text, text) == 0 &&
		    reason->named == (name.p != NULL) &&
		    (name.p == NULL || span_equal(reason->example, name)))
			return reason;
	}
	return NULL;
}

/* name.p is NULL for a reason that is counted whatever the entries name. */
static void
count_reason(struct feed *feed, const char *text, uint64_t line,
    struct span what, struct span name)
{
	struct feed_reason *reason = find_reason(feed, text, name);

	if (reason != NULL) {
		reason->count++;
		return;
	}
	feed->reasons = memory_grow(feed->reasons, &feed->reason_capacity,
	    feed->reason_count + 1, sizeof(*feed->reasons));
	feed->reasons[feed->reason_count++] = (struct feed_reason){
	    .text = text,
	    .count = 1,
	    .line = line,
	    .example = arena_copy(&feed->arena, what),
	    .named = name.p != NULL,
	};
}

static struct span
shown(struct span what)
{
	if (what.n > NAME_MAX_SHOWN)
		what.n = NAME_MAX_SHOWN;
	return what;
}

void
feed_unused(
    struct feed *feed, const char *reason, uint64_t line, struct span what)
{
	feed->unused++;
	count_reason(feed, reason, line, shown(what), (struct span){0});
}

void
feed_unused_name(
    struct feed *feed, const char *reason, uint64_t line, struct span name)
{
	name = shown(name);
	feed->unused++;
	if (name.p == NULL || (feed->reason_count >= NAMES_MAX &&
				  find_reason(feed, reason, name) == NULL))
		count_reason(feed, reason, line, name, (struct span){0});
	else
		count_reason(feed, reason, line, name, name);
}

/* The names of one reason are said together; reject records have each. */
static void
say_names(const struct feed *feed, const struct feed_reason *first)
{
	uint64_t count = 0, names = 0;

	for (size_t i = 0; i < feed->reason_count; i++) {
		const struct feed_reason *reason = &feed->reasons[i];

		if (!reason->named || strcmp(reason->text, first->text) != 0)
			continue;
		if (names == 0 && reason != first)
			return; /* has been said */
		names++;
		count += reason->count;
	}
	if (names > 1)
		warning("%s: not used: %s (entries: %llu, names: %llu), such "
			"as %.*s; the reject records name all",
		    feed->file, first->text, (unsigned long long)count,
		    (unsigned long long)names, SPAN_ARG(first->example));
	else
		warning("%s: not used: %s (entries: %llu), such as %.*s",
		    feed->file, first->text, (unsigned long long)count,
		    SPAN_ARG(first->example));
}

void
feed_unused_say(const struct feed *feed)
{
	for (size_t i = 0; i < feed->reason_count && !common.quiet; i++) {
		const struct feed_reason *reason = &feed->reasons[i];

		if (reason->named) {
			say_names(feed, reason);
			continue;
		}
		warning("%s: not used: %s (entries: %llu), such as %.*s",
		    feed->file, reason->text, (unsigned long long)reason->count,
		    SPAN_ARG(reason->example));
	}
}

void
feed_unused_write(struct feed *feed)
{
	struct output *output = &feed->output;
	char text[256];

	for (size_t i = 0; i < feed->reason_count; i++) {
		const struct feed_reason *reason = &feed->reasons[i];

		snprintf(text, sizeof(text), "%s (entries: %llu)", reason->text,
		    (unsigned long long)reason->count);
		output_begin(output, layout_default(RECORD_REJECT, true));
		output_text(output, span_of(feed->file));
		if (reason->line > 0)
			output_number(output, reason->line);
		else
			output_field(output, SPAN("-"));
		output_field(output, SPAN("-"));
		output_text(output, span_of(text));
		output_text(output, reason->example);
		output_end(output);
	}
}
