#include "host.h"

#include <stdlib.h>

/* What policy decides of a host, where the inventory says nothing. */
static const unsigned decided[] = {HOST_ROLE, HOST_SITE, HOST_MISSION_ROLE,
    HOST_DOWNTIME_IMPACT, HOST_RECOVERY_EFFORT, HOST_TIER, HOST_EXPOSED,
    HOST_ENV, HOST_OWNER, HOST_APP_OWNER, HOST_GROUP, HOST_CHANNEL, HOST_WINDOW,
    HOST_RING, HOST_HEALTH, HOST_ROLLBACK};

/* What an inventory may not have but in known words. */
static const unsigned worded[] = {HOST_TIER, HOST_EXPOSED, HOST_MISSION_ROLE,
    HOST_DOWNTIME_IMPACT, HOST_RECOVERY_EFFORT, HOST_ROLLBACK};

/* What every host must have: how bad its loss is, and who can reach it. */
static const unsigned ratings[] = {HOST_TIER, HOST_EXPOSED};

enum {
	DECIDED = sizeof(decided) / sizeof(decided[0]),
	RATINGS = sizeof(ratings) / sizeof(ratings[0]),
	WORDED = sizeof(worded) / sizeof(worded[0])
};

const struct rule_columns *
fleet_columns(void)
{
	static const char *names[FLEET_COLUMNS];
	static bool settable[FLEET_COLUMNS];
	static const struct rule_columns columns = {
	    names, settable, FLEET_COLUMNS};

	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		names[i] = rule_host_columns[i];
	for (unsigned i = 0; i < DECIDED; i++)
		settable[decided[i]] = true;
	names[FLEET_RESTART_TIME] = "restart_time";
	names[FLEET_REBOOT_TIME] = "reboot_time";
	settable[FLEET_RESTART_TIME] = settable[FLEET_REBOOT_TIME] = true;
	return &columns;
}

void
fleet_read(const struct record *record, struct span *values)
{
	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		values[i] = record_get(record, i);
	for (unsigned i = HOST_COLUMNS; i < FLEET_COLUMNS; i++)
		values[i] = SPAN("-");
}

void
fleet_start(struct fleet *fleet, struct rules *rules, struct rule_mask tested)
{
	*fleet = (struct fleet){.rules = rules};
	for (unsigned i = 0; i < RATINGS; i++)
		rule_mask_add(&tested, ratings[i]);
	for (unsigned i = HOST_COLUMNS; i < FLEET_COLUMNS; i++)
		rule_mask_add(&tested, i);
	for (unsigned i = 0; i < FLEET_COLUMNS; i++)
		if (rule_mask_has(tested, i))
			fleet->kept[fleet->width++] = i;
}

/* Write a fact, and remember it so that an earlier run's is not repeated. */
static void
say(struct fleet *fleet, struct output *output, struct span host,
    const char *key, struct span value)
{
	struct buffer text = {0};

	buffer_printf(&text, "%.*s\t%s\t", SPAN_ARG(host), key);
	stream_escape(&text, value);
	intern_add(&fleet->said, buffer_span(&text));
	buffer_release(&text);
	output_begin(output, layout_default(RECORD_FACT, true));
	output_field(output, host);
	output_field(output, span_of(key));
	output_text(output, value);
	output_end(output);
}

bool
fleet_said(struct fleet *fleet, const struct record *fact)
{
	struct buffer text = {0};
	uint32_t number;
	bool found;

	if (fleet->said.count == 0)
		return false;
	buffer_printf(&text, "%.*s\t%.*s\t%.*s",
	    SPAN_ARG(record_get(fact, FACT_HOST)),
	    SPAN_ARG(record_get(fact, FACT_KEY)),
	    SPAN_ARG(record_get(fact, FACT_VALUE)));
	found = intern_find(&fleet->said, buffer_span(&text), &number);
	buffer_release(&text);
	return found;
}

/* Say which rule gave a column, for those who read the stream. */
static void
write_fact(struct output *output, struct span host, unsigned column,
    const struct rule_origin *origin, struct span before)
{
	struct buffer text = {0};

	output_begin(output, layout_default(RECORD_FACT, true));
	output_field(output, host);
	buffer_printf(&text, "policy.%s", rule_host_columns[column]);
	output_text(output, buffer_span(&text));
	buffer_reset(&text);
	buffer_printf(&text, "%s:%u", origin->file, origin->line);
	output_text(output, buffer_span(&text));
	if (origin->override) {
		output_glue(output, SPAN(" instead of "));
		output_glue(output, before);
	}
	output_end(output);
	buffer_release(&text);
}

/* The row of a host, made when it is new; two records must agree. */
static void
remember(
    struct fleet *fleet, const struct record *record, const struct span *values)
{
	size_t known = fleet->names.count;
	uint32_t number = intern_add(&fleet->names, values[HOST_HOST]);
	bool new = fleet->names.count != known;
	uint32_t *row;

	fleet->rows = memory_grow(fleet->rows, &fleet->capacity,
	    fleet->names.count * fleet->width, sizeof(*fleet->rows));
	row = fleet->rows + (size_t)number * fleet->width;
	for (unsigned i = 0; i < fleet->width; i++) {
		uint32_t value = intern_add(
		    &fleet->values, values[fleet->kept[i]]);

		if (!new &&row[i] != value)
			die(PM_EXIT_DATA,
			    "%s: host '%.*s' comes twice with a different %s; "
			    "merge the inventories with pm-collect merge",
			    record_where(record), SPAN_ARG(values[HOST_HOST]),
			    fleet_columns()->names[fleet->kept[i]]);
		row[i] = value;
	}
}

/*
 * Where the inventory gives the tier: what would the rules make of the host?
 * A difference is said, since somebody overrode the computed tier.
 */
static void
say_override(
    struct fleet *fleet, struct output *output, const struct span *values)
{
	struct rule_origin origins[FLEET_COLUMNS] = {{0}};
	struct span computed[FLEET_COLUMNS];
	struct buffer text = {0};

	memcpy(computed, values, sizeof(computed));
	computed[HOST_TIER] = SPAN("-");
	rules_decide(fleet->rules, rule_mask_of(HOST_TIER), computed, origins);
	if (span_absent(computed[HOST_TIER]) ||
	    span_equal(computed[HOST_TIER], values[HOST_TIER]))
		return;
	buffer_printf(&text, "inventory instead of %.*s by %s:%u",
	    SPAN_ARG(computed[HOST_TIER]), origins[HOST_TIER].file,
	    origins[HOST_TIER].line);
	say(fleet, output, values[HOST_HOST], "policy.tier",
	    buffer_span(&text));
	buffer_release(&text);
}

/* A rating as rules know it: a short word is spelt out, another refused. */
static struct span
rating(const struct record *record, unsigned column)
{
	const struct rule_column *known = rules_column(
	    span_of(rule_host_columns[column]));
	struct span value = record_get(record, column);
	struct span rest = rules_meaning(known, value);
	struct span meaning = span_cut(&rest, ',');

	if (span_absent(value) ||
	    span_list_has(span_of(known->choices), meaning))
		return meaning;
	die(PM_EXIT_DATA,
	    "%s: %s of this host is '%.*s', expected is one of %s",
	    record_where(record), known->name,
	    (int)(value.n < 80 ? value.n : 80), value.p, known->choices);
}

static void
check_ratings(struct fleet *fleet, const struct span *values)
{
	struct buffer missing = {0};

	for (unsigned i = 0; i < RATINGS; i++)
		if (span_absent(values[ratings[i]]))
			buffer_printf(&missing, "%s%s",
			    missing.n > 0 ? ", " : "",
			    rule_host_columns[ratings[i]]);
	if (missing.n > 0) {
		/* the total says how many there are in all */
		if (fleet->unrated++ < UNRATED_NAMED)
			warning("host '%.*s' has no rating of %.*s; add it to "
				"the inventory or to a rule, see pm-policy(5)",
			    SPAN_ARG(values[HOST_HOST]), (int)missing.n,
			    missing.p);
	}
	buffer_release(&missing);
}

void
fleet_host(struct fleet *fleet, struct output *output,
    const struct record *record, const struct finding *finding)
{
	struct span values[FLEET_COLUMNS], before[FLEET_COLUMNS];
	struct span amended[DECIDED];
	struct rule_origin origins[FLEET_COLUMNS] = {{0}};
	struct rule_mask set;

	fleet_read(record, values);
	for (unsigned i = 0; i < WORDED; i++)
		values[worded[i]] = rating(record, worded[i]);
	if (span_absent(values[HOST_EXPOSED]))
		values[HOST_EXPOSED] = finding->exposed;
	memcpy(before, values, sizeof(before));
	if (span_absent(values[HOST_HOST]))
		die(PM_EXIT_DATA, "%s: a host record without a name",
		    record_where(record));
	set = rules_decide(fleet->rules, rule_mask_all, values, origins);
	remember(fleet, record, values);
	check_ratings(fleet, values);
	for (unsigned i = 0; i < DECIDED; i++)
		amended[i] = values[decided[i]];
	output_amend(output, record, decided, amended, DECIDED);
	if (!span_absent(before[HOST_TIER]) && !rule_mask_has(set, HOST_TIER))
		say_override(fleet, output, values);
	if (finding->why.n > 0)
		say(fleet, output, values[HOST_HOST], "exposure", finding->why);
	for (unsigned i = 0; i < DECIDED; i++) {
		unsigned column = decided[i];

		if (rule_mask_has(set, column) &&
		    !span_equal(values[column], before[column]))
			write_fact(output, values[HOST_HOST], column,
			    &origins[column], before[column]);
	}
}

bool
fleet_values(struct fleet *fleet, struct span host, struct span *values)
{
	uint32_t number;

	if (span_absent(host) || !intern_find(&fleet->names, host, &number))
		return false;
	for (unsigned i = 0; i < FLEET_COLUMNS; i++)
		values[i] = SPAN("-");
	for (unsigned i = 0; i < fleet->width; i++)
		values[fleet->kept[i]] = intern_span(&fleet->values,
		    fleet->rows[(size_t)number * fleet->width + i]);
	return true;
}

bool
fleet_visit(struct fleet *fleet, struct span host)
{
	size_t known = fleet->visited_count;
	uint32_t number;

	if (span_absent(host) || !intern_find(&fleet->names, host, &number))
		return true;
	if (number >= known) {
		fleet->visited = memory_grow(fleet->visited,
		    &fleet->visited_capacity, fleet->names.count,
		    sizeof(*fleet->visited));
		fleet->visited_count = fleet->names.count;
		memset(fleet->visited + known, 0, fleet->visited_count - known);
	}
	if (fleet->visited[number])
		return false;
	fleet->visited[number] = true;
	return true;
}

void
fleet_release(struct fleet *fleet)
{
	intern_release(&fleet->names);
	intern_release(&fleet->said);
	intern_release(&fleet->values);
	free(fleet->rows);
	free(fleet->visited);
}
