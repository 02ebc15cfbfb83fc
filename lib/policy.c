#include "policy.h"

#include "datadir.h"
#include "diag.h"

enum { POLICIES_MAX = 64 };

static const char *policies[POLICIES_MAX];
static unsigned policy_count;

void
policy_add(const char *path)
{
	if (policy_count == POLICIES_MAX)
		die(PM_EXIT_USAGE,
		    "more than %d policies; put the files into one directory",
		    POLICIES_MAX);
	policies[policy_count++] = path;
}

struct rules *
policy_read(const struct rule_columns *columns)
{
	struct rules *rules = rules_new(columns);
	char *path;

	for (unsigned i = 0; i < policy_count; i++)
		rules_add(rules, policies[i]);
	if (policy_count == 0) {
		path = datadir_find("PM_POLICY", "policy");
		rules_add(rules, path);
		free(path);
	}
	return rules;
}
