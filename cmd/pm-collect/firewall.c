#include "firewall.h"

#include <stdlib.h>

enum {
	DEPTH_MAX =
	    16, /* chains within chains; iptables and nft allow as many */
	RECORDS_MAX = 1000000
};

struct filter_chain *
filter_chain(struct filter *filter, struct span scope, struct span label)
{
	struct filter_chain *chain;
	struct buffer name = {0};

	for (size_t i = 0; i < filter->count; i++)
		if (span_equal(filter->chains[i].scope, scope) &&
		    span_equal(filter->chains[i].label, label))
			return &filter->chains[i];
	filter->chains = memory_grow(filter->chains, &filter->capacity,
	    filter->count + 1, sizeof(*filter->chains));
	chain = &filter->chains[filter->count++];
	buffer_printf(&name, "%.*s %.*s", SPAN_ARG(scope), SPAN_ARG(label));
	*chain = (struct filter_chain){
	    .scope = arena_copy(&filter->arena, scope),
	    .label = arena_copy(&filter->arena, label),
	    .name = arena_copy(&filter->arena, buffer_span(&name))};
	buffer_release(&name);
	return chain;
}

void
filter_rule_add(struct filter_chain *chain, const struct filter_rule *rule)
{
	chain->rules = memory_grow(chain->rules, &chain->capacity,
	    chain->count + 1, sizeof(*chain->rules));
	chain->rules[chain->count++] = *rule;
}

void
traffic_condition(
    struct arena *arena, struct traffic *traffic, struct span word)
{
	struct buffer text = {0};

	if (traffic->condition.p != NULL) {
		buffer_add_span(&text, traffic->condition);
		buffer_add_span(&text, SPAN(", "));
	}
	buffer_add_span(&text, word);
	traffic->condition = arena_copy(arena, buffer_span(&text));
	buffer_release(&text);
}

/* Narrow a field; where both narrow it, the outer one becomes a condition. */
static void
narrow(struct arena *arena, struct traffic *traffic, const char *name,
    struct span *field, struct span outer)
{
	struct buffer text = {0};

	if (outer.p == NULL)
		return;
	if (field->p == NULL) {
		*field = outer;
		return;
	}
	if (span_equal(*field, outer))
		return;
	buffer_printf(&text, "%s also %.*s", name, SPAN_ARG(outer));
	traffic_condition(arena, traffic, buffer_span(&text));
	buffer_release(&text);
}

/* What fits a rule of a chain that was called for the outer traffic. */
static struct traffic
within(struct arena *arena, const struct traffic *outer,
    const struct traffic *inner)
{
	struct traffic both = *inner;

	narrow(arena, &both, "source", &both.source, outer->source);
	narrow(
	    arena, &both, "destination", &both.destination, outer->destination);
	narrow(arena, &both, "proto", &both.proto, outer->proto);
	narrow(arena, &both, "port", &both.port, outer->port);
	if (outer->condition.p != NULL)
		traffic_condition(arena, &both, outer->condition);
	return both;
}

static void
field(struct output *output, struct span value)
{
	output_text(output, value.p == NULL ? SPAN("-") : value);
}

void
allow_write(struct output *output, struct span firewall, const char *path,
    struct span chain, uint64_t number, const struct traffic *traffic,
    bool accept, struct span origin)
{
	output_begin(output, layout_default(RECORD_ALLOW, true));
	output_field(output, firewall);
	output_field(output, span_of(path));
	field(output, chain);
	output_number(output, number);
	field(output, traffic->source);
	field(output, traffic->destination);
	field(output, traffic->proto);
	field(output, traffic->port);
	output_field(output, accept ? SPAN("accept") : SPAN("drop"));
	field(output, traffic->condition);
	field(output, origin);
	output_end(output);
}

/* While one chain is written that traffic enters. */
struct walk {
	struct filter *filter;
	const struct filter_chain *base;
	uint64_t number;
};

static void
emit(struct walk *walk, const struct traffic *traffic, bool accept,
    struct span origin)
{
	struct filter *filter = walk->filter;
	struct traffic shown = *traffic;

	if (++filter->records > RECORDS_MAX)
		die(PM_EXIT_DATA,
		    "%s: chains that call each other make more than %d records",
		    filter->file, RECORDS_MAX);
	/* An address says the family; where there is none it is said apart. */
	if (shown.source.p == NULL && shown.destination.p == NULL)
		shown.source = walk->base->family;
	allow_write(filter->output, filter->name, walk->base->path,
	    walk->base->name, ++walk->number, &shown, accept, origin);
}

static const struct filter_chain *
called(const struct walk *walk, const struct filter_rule *rule)
{
	const struct filter *filter = walk->filter;

	for (size_t i = 0; i < filter->count; i++)
		if (span_equal(filter->chains[i].scope, walk->base->scope) &&
		    span_equal(filter->chains[i].label, rule->target))
			return &filter->chains[i];
	die(PM_EXIT_DATA, "%s: %.*s calls a chain '%.*s', which is not there",
	    filter->file, SPAN_ARG(rule->origin), SPAN_ARG(rule->target));
}

/*
 * Write what a chain does with the traffic.  Once traffic has left a called
 * chain without being decided, no later drop in it is certain: left is then set.
 */
static void
walk_chain(struct walk *walk, const struct filter_chain *chain,
    const struct traffic *outer, unsigned depth)
{
	struct arena *arena = &walk->filter->arena;
	bool left = false;

	if (depth > DEPTH_MAX)
		die(PM_EXIT_DATA, "%s: chain '%.*s' is called too deeply",
		    walk->filter->file, SPAN_ARG(chain->name));
	for (size_t i = 0; i < chain->count; i++) {
		const struct filter_rule *rule = &chain->rules[i];
		struct traffic traffic = within(arena, outer, &rule->traffic);

		if (left)
			traffic_condition(
			    arena, &traffic, SPAN("not returned before"));
		switch (rule->verdict) {
		case VERDICT_NONE:
			break;
		case VERDICT_ACCEPT:
		case VERDICT_DROP:
			emit(walk, &traffic, rule->verdict == VERDICT_ACCEPT,
			    rule->origin);
			break;
		case VERDICT_JUMP:
			walk_chain(
			    walk, called(walk, rule), &traffic, depth + 1);
			break;
		case VERDICT_GOTO:
			walk_chain(
			    walk, called(walk, rule), &traffic, depth + 1);
			/* What comes back skips this chain. */
			/* FALLTHROUGH */
		case VERDICT_RETURN:
			if (depth == 0)
				emit(walk, &traffic, chain->accepts,
				    rule->origin);
			else
				left = true;
			break;
		}
	}
}

void
filter_write(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++) {
		const struct filter_chain *chain = &filter->chains[i];
		struct walk walk = {.filter = filter, .base = chain};
		struct traffic any = {.source = {NULL, 0}};

		if (chain->path == NULL)
			continue;
		walk_chain(&walk, chain, &any, 0);
		emit(&walk, &any, chain->accepts, SPAN("policy"));
	}
}

void
filter_release(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		free(filter->chains[i].rules);
	free(filter->chains);
	arena_release(&filter->arena);
}

/* ---- the program */

static const char *host_option;

static const struct option_row options[] = {
    {0, "host", "NAME", "the firewall, or the host that has it", NULL,
	&host_option, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static struct span
name_of(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/');
	struct span name = span_of(slash != NULL ? slash + 1 : file);
	const char *dot = span_find(name, '.');
	struct buffer text = {0};
	struct span copy;

	if (host_option != NULL)
		name = span_of(host_option);
	else if (strcmp(file, "-") == 0)
		die(PM_EXIT_USAGE,
		    "name the firewall of standard input with --host");
	else if (dot != NULL && dot > name.p)
		name.n = (size_t)(dot - name.p);
	stream_escape(&text, name);
	copy = arena_copy(arena, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

enum pm_exit
firewall_collect(const struct firewall_source *source, int argc, char **argv)
{
	struct program program = source->program;
	struct filter filter = {.records = 0};
	struct output output;
	struct bytes bytes;
	int first;

	program.name = "pm-collect";
	program.options = options;
	first = options_parse(&program, argc, argv);
	if (argc - first != 1)
		die(PM_EXIT_USAGE, "name one FILE, - for standard input");
	filter.file = argv[first];
	filter.name = name_of(&filter.arena, argv[first]);
	filter.output = &output;
	bytes_open(&bytes, argv[first]);
	program_output(&output);
	source->read(&filter, &bytes);
	bytes_close(&bytes);
	filter_write(&filter);
	if (filter.records == 0)
		die(PM_EXIT_NOTHING, "%s: %s", filter.file, source->nothing);
	if (!common.quiet)
		warning("%llu %s of %.*s", (unsigned long long)filter.records,
		    PLURAL(filter.records, "rule", "rules"),
		    SPAN_ARG(filter.name));
	source->release();
	filter_release(&filter);
	return program_finish(&output, PM_EXIT_OK);
}
