/*
 * Policy text from anywhere: it parses or is refused with its place, and what
 * parses decides the same twice.
 */
#include "rules.h"

#include <stdlib.h>

#include "fuzz.h"

static const char *const names[] = {"host", "os", "role", "tier", "kev", "cvss",
    "group", "window", "decision", "due"};
static const bool settable[] = {
    false, false, true, true, false, false, true, true, true, true};

enum { COLUMNS = sizeof(names) / sizeof(names[0]) };

static const struct rule_columns columns = {names, settable, COLUMNS};

static bool
decide(struct rules *rules, struct span *values, struct rule_origin *origins,
    struct rule_mask *set)
{
	const struct span subject[COLUMNS] = {SPAN("shop17.example.org"),
	    SPAN("debian"), SPAN("-"), SPAN("-"), SPAN("yes"), SPAN("7.5"),
	    SPAN("db,web"), SPAN("-"), SPAN("-"), SPAN("-")};
	struct rule_error error;

	memcpy(values, subject, sizeof(subject));
	return rules_try(rules, rule_mask_all, values, origins, set, &error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules *rules = rules_new(&columns);
	struct rule_error error = {""};
	struct span values[COLUMNS], again[COLUMNS];
	struct rule_origin origins[COLUMNS] = {{0}}, more[COLUMNS] = {{0}};
	struct rule_mask set, same;

	if (!rules_parse(rules, "policy",
		(struct span){(const char *)data, size}, &error)) {
		if (strncmp(error.text, "policy:", 7) != 0 ||
		    strstr(error.text, ": ") == NULL)
			abort();
	} else if (decide(rules, values, origins, &set)) {
		if (!decide(rules, again, more, &same) || set.low != same.low ||
		    set.high != same.high)
			abort();
		for (unsigned i = 0; i < COLUMNS; i++)
			if (!span_equal(values[i], again[i]) ||
			    (rule_mask_has(set, i) &&
				(values[i].n == 0 || origins[i].line == 0)))
				abort();
	}
	rules_free(rules);
	return 0;
}
