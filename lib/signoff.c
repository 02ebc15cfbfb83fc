#include "signoff.h"

#include <inttypes.h>

#include "signature.h"
#include "timestamp.h"

bool
requirement_find(struct span list, const char *key, struct span *value)
{
	size_t n = strlen(key);

	while (list.p != NULL) {
		struct span item = span_cut(&list, ',');

		if (!span_starts(item, span_of(key)) ||
		    (item.n > n && item.p[n] != '='))
			continue;
		*value = span_skip(item, n + 1);
		return true;
	}
	return false;
}

bool
approval_is_of(struct span plan, const char digest[DIGEST_SIZE])
{
	struct span prefix = SPAN("sha256:");

	return span_starts(plan, prefix) &&
	       span_is(span_skip(plan, prefix.n), digest);
}

bool
approval_covers(const struct approval *approval, struct span host)
{
	struct span scope = approval->column[APPROVE_SCOPE];

	return span_is(scope, "*") || span_list_has(scope, host);
}

static bool
is_signed(const struct approval *approval, const char *signers, int64_t time,
    struct buffer *reason)
{
	struct buffer text = {0};
	bool good;

	if (span_absent(approval->column[APPROVE_SIGNATURE])) {
		buffer_printf(reason, "it is not signed");
		return false;
	}
	approval_text(&text, approval->column);
	good = signature_check(signers, approval->column[APPROVE_WHO],
	    APPROVAL_NAMESPACE, buffer_span(&text),
	    approval->column[APPROVE_SIGNATURE], time, reason);
	buffer_release(&text);
	return good;
}

void
approval_verify(struct approval *approval, const char *signers, int64_t time,
    struct arena *arena)
{
	struct buffer reason = {0};

	approval->verified = is_signed(approval, signers, time, &reason);
	if (!approval->verified)
		approval->unsigned_why = arena_copy(
		    arena, buffer_span(&reason));
	buffer_release(&reason);
}

bool
signoff_expired(const struct signoff *signoff, const struct approval *approval)
{
	struct span text = approval->column[APPROVE_EXPIRY];
	int64_t expiry;

	if (signoff->late || span_absent(text))
		return false;
	if (!timestamp_parse(text, &expiry))
		die(PM_EXIT_DATA, "%s:%" PRIu64 ": '%.*s' is not a time",
		    approval->file, approval->line, SPAN_ARG(text));
	return expiry <= signoff->now;
}

/* The same name, given that lists hold ';' for the comma of a name. */
static bool
same_name(struct span listed, struct span name)
{
	if (listed.n != name.n)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (listed.p[i] != (name.p[i] == ',' ? ';' : name.p[i]))
			return false;
	return true;
}

static bool
may_approve(const struct signoff *signoff, struct span host,
    const struct approval *approval, struct span role)
{
	const struct evidence *evidence = signoff->evidence;
	struct approval_host scope = evidence_scope(evidence, host);

	return actors_allow(evidence->actors, evidence->actor_count,
	    approval->column[APPROVE_WHO], role, &scope, signoff->now);
}

const char *
signoff_objection(const struct signoff *signoff, struct span host,
    struct span requires, const struct approval *approval)
{
	struct span value;

	if (signoff_expired(signoff, approval))
		return "it has expired";
	if (signoff->signers != NULL && !approval->verified)
		return approval->unsigned_why.n > 0
			   ? approval->unsigned_why.p
			   : "its signature does not hold";
	if (requirement_find(requires, "author", &value) &&
	    same_name(value, approval->column[APPROVE_WHO]))
		return "who made the plan cannot approve it";
	if ((signoff->evidence->actor_count > 0 ||
		signoff->evidence->actors_dropped ||
		requirement_find(requires, "actors", &value)) &&
	    !may_approve(
		signoff, host, approval, approval->column[APPROVE_ROLE]))
		return "no actor record gives this role for this host to who "
		       "approved";
	return NULL;
}

const struct approval *
signoff_found(
    const struct signoff *signoff, struct span host, struct span requires)
{
	for (size_t i = 0; i < signoff->count; i++) {
		const struct approval *approval = &signoff->approvals[i];

		if (approval_covers(approval, host) &&
		    signoff_objection(signoff, host, requires, approval) ==
			NULL)
			return approval;
	}
	return NULL;
}

/* Is it by the owner, or by somebody who may act as one? */
static bool
is_by(const struct signoff *signoff, struct span host,
    const struct approval *approval, struct span owner, const char *role)
{
	struct span acting = approval->column[APPROVE_ROLE];

	if (same_name(owner, approval->column[APPROVE_WHO]))
		return true;
	return (span_absent(acting) || span_is(acting, role)) &&
	       may_approve(signoff, host, approval, span_of(role));
}

bool
signoff_by_owner(const struct signoff *signoff, struct span host,
    struct span requires, const char *key, const char *role, struct span *owner)
{
	if (!requirement_find(requires, key, owner))
		return true;
	for (size_t i = 0; i < signoff->count; i++) {
		const struct approval *approval = &signoff->approvals[i];

		if (approval_covers(approval, host) &&
		    signoff_objection(signoff, host, requires, approval) ==
			NULL &&
		    is_by(signoff, host, approval, *owner, role))
			return true;
	}
	return false;
}
