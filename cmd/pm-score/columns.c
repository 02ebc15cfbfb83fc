#include "columns.h"

#include "note.h"

const struct rule_columns *
judge_columns(void)
{
	static const char *names[SEEN_COLUMNS];
	static bool settable[SEEN_COLUMNS];
	static const struct rule_columns columns = {
	    names, settable, SEEN_COLUMNS};

	for (unsigned i = 0; i < NEED_COLUMNS; i++)
		names[i] = rule_need_columns[i];
	names[SEEN_EXPLOITATION] = "exploitation";
	names[SEEN_HUMAN_IMPACT] = "human_impact";
	names[SEEN_PATCHING_RISKIER] = "patching_riskier";
	names[SEEN_MIN_AGE] = "min_age";
	/* A name that both have is found in the need first. */
	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		names[SEEN_HOST + i] = rule_host_columns[i];
	settable[SEEN_EXPLOITATION] = true;
	settable[SEEN_HUMAN_IMPACT] = true;
	settable[SEEN_MIN_AGE] = true;
	for (unsigned i = 0; i < NOTE_CITED; i++)
		settable[note_cited[i]] = true;
	return &columns;
}

struct rule_mask
judge_host_columns(const struct rules *rules)
{
	struct rule_mask tested = rules_tested(rules);
	struct rule_mask columns = rule_mask_or(
	    rule_mask_of(HOST_ROLE), rule_mask_of(HOST_SITE));

	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		if (rule_mask_has(tested, SEEN_HOST + i))
			rule_mask_add(&columns, i);
	return columns;
}
