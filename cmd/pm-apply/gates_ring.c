/*
 * A ring begins when those before it are verified: pm-verify has looked at every
 * installation and at the visit of each host of this plan in a lower ring, and
 * says so in checks that name the plan.  It looks only at inventories from after
 * the last step, so such a check is later than what it speaks of.
 */
#include "gates.h"

#include <inttypes.h>

static const char *const rings[] = {"test", "pilot", "broad"};

enum { RINGS = sizeof(rings) / sizeof(rings[0]) };

/* What a check says of one subject of a host. */
struct seen {
	struct span plan, host, subject, expected, verdict;
};

static struct seen *seen;
static size_t seen_count, seen_capacity;
static struct hash_table seen_index;

static uint64_t
seen_hash(struct span host, struct span subject)
{
	return hash_mix(hash_span(host), hash_span(subject));
}

void
gates_ring_read(struct plan *plan, const struct record *record)
{
	struct span kind = record_get(record, CHECK_KIND);
	struct seen *new;

	if (!span_is(kind, "package") && !span_is(kind, "visit"))
		return;
	seen = memory_grow(seen, &seen_capacity, seen_count + 1, sizeof(*seen));
	new = &seen[seen_count];
	*new = (struct seen){
	    arena_copy(&plan->arena, record_get(record, CHECK_PLAN)),
	    arena_copy(&plan->arena, record_get(record, CHECK_HOST)),
	    arena_copy(&plan->arena, record_get(record, CHECK_SUBJECT)),
	    arena_copy(&plan->arena, record_get(record, CHECK_EXPECTED)),
	    arena_copy(&plan->arena, record_get(record, CHECK_VERDICT))};
	hash_insert(&seen_index, seen_hash(new->host, new->subject),
	    (uint32_t)seen_count++);
}

/* The last word on it: a later file is a later look. */
static const struct seen *
last_seen(const struct step *step, struct span subject, struct span expected)
{
	struct span host = step->host;
	const struct seen *last = NULL;
	struct hash_probe probe = hash_first(
	    &seen_index, seen_hash(host, subject));

	for (; hash_found(&seen_index, &probe);
	     hash_next(&seen_index, &probe)) {
		const struct seen *one = &seen[probe.index];

		if (span_equal(one->plan, step->plan) &&
		    span_equal(one->host, host) &&
		    span_equal(one->subject, subject) &&
		    (span_absent(expected) ||
			span_equal(one->expected, expected)) &&
		    (last == NULL || one > last))
			last = one;
	}
	return last;
}

/* Unknown rings are the last. */
static unsigned
ring_of(struct span name)
{
	for (unsigned ring = 0; ring < RINGS; ring++)
		if (span_is(name, rings[ring]))
			return ring;
	return RINGS - 1;
}

/* A higher version than planned is as good. */
static bool
is_good(const struct seen *one)
{
	return one != NULL && (span_is(one->verdict, "verified") ||
				  span_is(one->verdict, "newer"));
}

static bool
is_verified(const struct step *step, struct span *verdict)
{
	bool install = step->action == ACTION_INSTALL;
	const struct seen *one = last_seen(step,
	    install ? step->package : step->id, install ? step->to : SPAN("-"));

	*verdict = one == NULL ? SPAN("no check of this plan") : one->verdict;
	return is_good(one);
}

bool
gates_ring_verified(
    const struct plan *plan, const struct step *step, struct buffer *reason)
{
	unsigned ring = ring_of(step->ring);

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *other = &plan->steps[i];
		struct span verdict;

		if (ring_of(other->ring) >= ring ||
		    (other->action != ACTION_INSTALL &&
			other->action != ACTION_CHECK) ||
		    is_verified(other, &verdict))
			continue;
		buffer_printf(reason, "%.*s in ring %s: %.*s",
		    SPAN_ARG(other->id), rings[ring_of(other->ring)],
		    SPAN_ARG(verdict));
		return false;
	}
	return true;
}
