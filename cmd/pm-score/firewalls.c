#include "firewalls.h"

#include <stdlib.h>

static _Noreturn void
refuse(const struct record *record, unsigned column, struct span value)
{
	die(PM_EXIT_DATA,
	    "%s: %s of this allow record is '%.*s', see "
	    "pm-stream(5)",
	    record_where(record), schema_of(RECORD_ALLOW)->columns[column],
	    (int)(value.n < 80 ? value.n : 80), value.p);
}

static struct address_set *
addresses(
    struct firewalls *firewalls, const struct record *record, unsigned column)
{
	struct span list = record_get(record, column), bad;
	struct address_set *set;

	if (span_absent(list))
		return NULL;
	set = arena_allocate(&firewalls->arena, sizeof(*set));
	if (!address_set_parse(set, list, &bad))
		refuse(record, column, bad);
	return set;
}

static struct span
optional(struct firewalls *firewalls, struct span value)
{
	return span_absent(value) ? (struct span){NULL, 0}
				  : arena_copy(&firewalls->arena, value);
}

static struct firewall_chain *
find_chain(struct firewalls *firewalls, const struct record *record)
{
	struct firewall_chain key = {.firewall = intern_add(&firewalls->texts,
					 record_get(record, ALLOW_FIREWALL)),
	    .path = intern_add(
		&firewalls->texts, record_get(record, ALLOW_PATH)),
	    .name = intern_add(
		&firewalls->texts, record_get(record, ALLOW_CHAIN))};

	for (size_t i = firewalls->count; i-- > 0;) {
		struct firewall_chain *chain = &firewalls->chains[i];

		if (chain->firewall == key.firewall &&
		    chain->path == key.path && chain->name == key.name)
			return chain;
	}
	firewalls->chains = memory_grow(firewalls->chains, &firewalls->capacity,
	    firewalls->count + 1, sizeof(*firewalls->chains));
	firewalls->chains[firewalls->count] = key;
	return &firewalls->chains[firewalls->count++];
}

void
firewalls_add(struct firewalls *firewalls, const struct record *record)
{
	struct span path = record_get(record, ALLOW_PATH);
	struct span action = record_get(record, ALLOW_ACTION);
	struct firewall_chain *chain;
	struct firewall_rule rule = {
	    .source = addresses(firewalls, record, ALLOW_SOURCE),
	    .destination = addresses(firewalls, record, ALLOW_DESTINATION),
	    .proto = optional(firewalls, record_get(record, ALLOW_PROTO)),
	    .port = optional(firewalls, record_get(record, ALLOW_PORT)),
	    .accept = span_is(action, "accept"),
	    .conditional = !span_absent(record_get(record, ALLOW_CONDITION))};

	if (!span_number(record_get(record, ALLOW_RULE), &rule.number))
		refuse(record, ALLOW_RULE, record_get(record, ALLOW_RULE));
	if (!span_is(path, "input") && !span_is(path, "forward"))
		refuse(record, ALLOW_PATH, path);
	if (!rule.accept && !span_is(action, "drop"))
		refuse(record, ALLOW_ACTION, action);
	if (rule.port.p != NULL && !ports_valid(rule.port))
		refuse(record, ALLOW_PORT, rule.port);
	if (span_absent(record_get(record, ALLOW_FIREWALL)))
		refuse(record, ALLOW_FIREWALL, SPAN("-"));
	chain = find_chain(firewalls, record);
	chain->rules = memory_grow(chain->rules, &chain->capacity,
	    chain->count + 1, sizeof(*chain->rules));
	chain->rules[chain->count++] = rule;
	firewalls->sorted = false;
}

static int
by_number(const void *a, const void *b)
{
	const struct firewall_rule *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

void
firewalls_sort(struct firewalls *firewalls)
{
	if (firewalls->sorted)
		return;
	for (size_t i = 0; i < firewalls->count; i++)
		qsort(firewalls->chains[i].rules, firewalls->chains[i].count,
		    sizeof(struct firewall_rule), by_number);
	firewalls->sorted = true;
}

void
firewalls_release(struct firewalls *firewalls)
{
	for (size_t i = 0; i < firewalls->count; i++) {
		struct firewall_chain *chain = &firewalls->chains[i];

		for (size_t k = 0; k < chain->count; k++) {
			if (chain->rules[k].source != NULL)
				address_set_release(chain->rules[k].source);
			if (chain->rules[k].destination != NULL)
				address_set_release(
				    chain->rules[k].destination);
		}
		free(chain->rules);
	}
	free(firewalls->chains);
	intern_release(&firewalls->texts);
	arena_release(&firewalls->arena);
}
