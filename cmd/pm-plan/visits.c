/* What is done on a host in one go, and how long that takes. */
#include "plan.h"

const char *const visit_kind_names[VISIT_KINDS] = {
    "emergency", "critical", "regular"};

/* ---- reboots */

static uint32_t
reboot_find(const struct fleet *fleet, struct span adv)
{
	struct hash_probe probe = hash_first(&fleet->reboots, hash_span(adv));

	for (; hash_found(&fleet->reboots, &probe);
	     hash_next(&fleet->reboots, &probe))
		if (span_equal(fleet->reboot_advs[probe.index], adv))
			return probe.index;
	return NONE;
}

void
visits_read_advisory(struct fleet *fleet, const struct record *record)
{
	struct span adv = record_get(record, ADV_ADV);

	if (!span_is(record_get(record, ADV_REBOOT), "yes") ||
	    reboot_find(fleet, adv) != NONE)
		return;
	fleet->reboot_advs = memory_grow(fleet->reboot_advs,
	    &fleet->reboot_capacity, fleet->reboot_count + 1,
	    sizeof(*fleet->reboot_advs));
	hash_insert(
	    &fleet->reboots, hash_span(adv), (uint32_t)fleet->reboot_count);
	fleet->reboot_advs[fleet->reboot_count++] = arena_copy(
	    &fleet->text, adv);
}

/* The policy lists names of packages, or their beginnings with a star. */
static bool
policy_wants_reboot(struct span list, struct span package)
{
	if (span_absent(list))
		list = SPAN("linux-image*");
	while (list.p != NULL) {
		struct span name = span_trim(span_cut(&list, ','));

		if (span_ends(name, SPAN("*"))) {
			name.n--;
			if (span_starts(package, name))
				return true;
		} else if (span_equal(package, name))
			return true;
	}
	return false;
}

bool
visit_wants_reboot(const struct fleet *fleet, const struct need *need)
{
	const struct host *host = &fleet->hosts[need->host];
	struct span advs = need->adv;

	if (policy_wants_reboot(
		host_choice(fleet, host, CHOICE_RESTART), need->package))
		return true;
	while (fleet->reboot_count > 0 && advs.p != NULL)
		if (reboot_find(fleet, span_cut(&advs, ',')) != NONE)
			return true;
	return false;
}

static bool
takes_reboot(const struct fleet *fleet, const struct need *need)
{
	return need->disposition == PLANNED &&
	       (need->reboot || visit_wants_reboot(fleet, need));
}

/*
 * What is installed and waits for a reboot is done by the first one that the
 * host has: it costs nothing more, and nobody could hold it back.
 */
static void
join_reboots(struct fleet *fleet, const struct host *host)
{
	struct need *needs = fleet->needs + host->first_need;
	enum visit_kind first = VISIT_KINDS;

	for (uint32_t i = 0; i < host->need_count; i++)
		if (needs[i].kind < first && takes_reboot(fleet, &needs[i]))
			first = needs[i].kind;
	if (first == VISIT_KINDS)
		return;
	for (uint32_t i = 0; i < host->need_count; i++) {
		struct need *need = &needs[i];

		if (need->disposition != PLANNED || !need->reboot ||
		    need->kind == first)
			continue;
		need->kind = first;
		need->reason = fleet_text(fleet,
		    "%.*s; by the reboot of the %s visit",
		    SPAN_ARG(need->reason), visit_kind_names[first]);
	}
}

/* The package for which the visit reboots. */
static struct span
reboot_cause(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];

	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (need->kind == visit->kind && takes_reboot(fleet, need))
			return need->package;
	}
	return SPAN("-");
}

struct span
visit_reboots_again(struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];

	for (unsigned kind = 0; kind < VISIT_KINDS && visit->reboot; kind++) {
		const struct visit *other;

		if (kind >= visit->kind || host->visit[kind] == NONE)
			continue;
		other = &fleet->visits[host->visit[kind]];
		if (other->cancelled || !other->reboot)
			continue;
		return fleet_text(fleet,
		    "second reboot of the host: its %s visit has one for %.*s "
		    "and does not wait for this window",
		    visit_kind_names[kind],
		    SPAN_ARG(reboot_cause(fleet, other)));
	}
	return SPAN("");
}

/* ---- collecting */

uint64_t
need_bytes(const struct need *need)
{
	uint64_t bytes;

	if (need->removal)
		return 0;
	return span_number(need->bytes, &bytes) ? bytes : BYTES_UNKNOWN;
}

static void
visit_add(struct fleet *fleet, const struct need *need)
{
	uint32_t *at = &fleet->hosts[need->host].visit[need->kind];
	struct visit *visit;
	uint64_t bytes;

	if (*at == NONE) {
		*at = (uint32_t)fleet->visit_count;
		fleet->visits[fleet->visit_count++] = (struct visit){
		    .host = need->host, .kind = need->kind};
	}
	visit = &fleet->visits[*at];
	visit->urgent |= need->urgent;
	visit->risk += need->risk;
	visit->follows |= need->follows;
	if (need->reboot) {
		visit->reboot = true;
		return;
	}
	visit->installs++;
	if (!visit->reboot && visit_wants_reboot(fleet, need))
		visit->reboot = true;
	bytes = need_bytes(need);
	if (bytes == BYTES_UNKNOWN || visit->bytes == BYTES_UNKNOWN)
		visit->bytes = BYTES_UNKNOWN;
	else
		visit->bytes += bytes;
}

/* How long it takes, and what of it can be done before the window opens. */
static void
visit_measure(const struct fleet *fleet, struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	const struct setting *setting = host_setting(fleet, host);
	int64_t download = download_seconds(setting, visit->bytes);

	if (setting->download_before && visit->installs > 0 &&
	    visit->kind != VISIT_EMERGENCY && download > 0)
		visit->download = download;
	else
		visit->seconds = download;
	for (unsigned i = ACTION_DOWNLOAD + 1; i < ACTIONS; i++)
		if (action_planned(fleet, visit, i))
			visit->seconds += action_seconds(fleet, visit, i) *
					  (i == ACTION_INSTALL ? visit->installs
							       : 1);
	visit->restore = setting->restore;
}

void
visits_make(struct fleet *fleet)
{
	fleet->visits = memory_array(
	    NULL, fleet->host_count * VISIT_KINDS + 1, sizeof(*fleet->visits));
	for (size_t i = 0; i < fleet->host_count; i++)
		join_reboots(fleet, &fleet->hosts[i]);
	for (size_t i = 0; i < fleet->need_count; i++)
		if (fleet->needs[i].disposition == PLANNED)
			visit_add(fleet, &fleet->needs[i]);
	fleet->first_ring = RING_WRONG;
	fleet->jobs = 0;
	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];
		const struct host *host = &fleet->hosts[visit->host];
		struct span text = host_choice(fleet, host, CHOICE_JOBS);
		uint64_t jobs = 1;

		visit_measure(fleet, visit);
		if (host->ring < fleet->first_ring)
			fleet->first_ring = host->ring;
		if (!span_absent(text))
			span_number(text, &jobs);
		if (fleet->jobs == 0 || jobs < fleet->jobs)
			fleet->jobs = jobs;
	}
}
