#include "approval.h"

/* Roles that give leave; an operator carries out, a tester tests. */
static const char *const approving[] = {
    "owner", "app-owner", "lead", "security"};

enum { APPROVING = sizeof(approving) / sizeof(approving[0]) };

void
approval_text(struct buffer *text, const struct span *columns)
{
	buffer_add_span(text, schema_of(RECORD_APPROVE)->name);
	for (unsigned i = 0; i < APPROVE_SIGNATURE; i++) {
		buffer_add_byte(text, '\t');
		buffer_add_span(text, columns[i]);
	}
	buffer_add_byte(text, '\n');
}

/* Is the item PREFIX with an element of the list behind it? */
static bool
names(struct span item, struct span prefix, struct span list)
{
	return span_starts(item, prefix) && !span_absent(list) &&
	       span_list_has(list, span_skip(item, prefix.n));
}

/*
 * Does a scope cover a host?  It is a comma list of host names, group=NAME,
 * tier=NAME and "*".
 */
static bool
scope_covers(struct span scope, const struct approval_host *host)
{
	while (scope.p != NULL) {
		struct span item = span_cut(&scope, ',');

		if (span_is(item, "*") || span_equal(item, host->name) ||
		    names(item, SPAN("group="), host->groups) ||
		    names(item, SPAN("tier="), host->tier))
			return true;
	}
	return false;
}

static bool
is_approving(struct span role)
{
	for (unsigned i = 0; i < APPROVING; i++)
		if (span_is(role, approving[i]))
			return true;
	return false;
}

bool
actors_allow(const struct actor *actors, size_t count, struct span who,
    struct span role, const struct approval_host *host, int64_t now)
{
	for (size_t i = 0; i < count; i++) {
		const struct actor *actor = &actors[i];

		if (!span_equal(actor->who, who) || actor->expiry <= now ||
		    !is_approving(actor->role))
			continue;
		if (!span_absent(role) && !span_equal(actor->role, role))
			continue;
		if (scope_covers(actor->scope, host))
			return true;
	}
	return false;
}
