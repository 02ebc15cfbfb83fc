/*
 * The data of pm-plan.  A fleet has hosts, a host has needs; what is to be done
 * on a host in one go is a visit, and visits are laid into waves and slots:
 *
 *	read_stream()      hosts, needs, and what binds them; all passes on
 *	fleet_sort()       the order that input does not decide
 *	groups_make()      which hosts must not go together
 *	needs_dispose()    planned, or why not
 *	chains_make()      what must be patched before
 *	prerequisites_solve() what that brings with it
 *	chains_settle()    in which order
 *	visits_make()      what is to be done on a host in one go, how long
 *	waves_assign()     which visits go together
 *	slots_assign()     when, and with which waves what is left
 *	waves_number()     which waves that makes
 *	steps_write()      the rows
 */
#ifndef PM_PLAN_H
#define PM_PLAN_H

#include "input.h"
#include "model.h"
#include "options.h"

static inline const struct setting *
host_setting(const struct fleet *fleet, const struct host *host)
{
	return &fleet->settings[host->setting];
}

static inline struct span
host_choice(
    const struct fleet *fleet, const struct host *host, enum choice choice)
{
	return fleet->settings[host->setting].choice[choice];
}

/* What hosts of a wave have in common. */
static inline unsigned
host_label(const struct host *host)
{
	return (unsigned)host->ring << 2 | (unsigned)host->tier;
}

/* ---- fleet.c: hosts */

/* The host with this name, made when it is new.  Valid until the next call. */
struct host *fleet_host(struct fleet *fleet, struct span name);
void fleet_read_host(struct fleet *fleet, const struct record *record);

/* The same, NULL when there is none. */
const struct host *fleet_find(const struct fleet *fleet, struct span name);

/* Text that lives as long as the fleet. */
struct span fleet_text(struct fleet *fleet, const char *format, ...)
    PM_PRINTF(2, 3);

/* Sort hosts and needs, and join them. */
void fleet_sort(struct fleet *fleet);

/* Sort needs again after some were added, and join them with their hosts. */
void fleet_sort_needs(struct fleet *fleet);

/* ---- settings.c: what policy says of hosts */

/* The columns that rules may test, and those that they decide here. */
const struct rule_columns *setting_columns(void);

/* What the policy makes of the host record. */
void setting_decide(
    struct fleet *fleet, struct host *host, const struct record *record);

/* A number of hosts, or a share of them; 0 for "-". */
uint32_t setting_limit(struct span text, uint32_t hosts);

/* Where a choice stands, for messages: file:line or the host record. */
struct span setting_where(
    struct fleet *fleet, const struct host *host, enum choice choice);

/* ---- rings.c: soak and size of waves, by ring */

/* The smallest wave_size of a ring and tier, the longest soak of a ring. */
void rings_make(struct fleet *fleet);

/* A visit has its slot: rings behind it wait. */
void rings_push(struct fleet *fleet, const struct visit *visit);

/* ---- needs.c: what becomes of each need */

void needs_read(struct fleet *fleet, const struct record *record);
/* ---- harden.c */

/* Plan all remedies, not two of a host and first on test hosts. */
void harden_all(void);

/* A remedy record becomes a row. */
void harden_read(struct fleet *fleet, const struct record *record);

/* May it be planned?  Sets the reason either way. */
bool harden_gate(struct fleet *fleet, struct need *need);

/* Two of a host stay planned, those of most weight. */
void harden_limit(struct fleet *fleet);

void needs_dispose(struct fleet *fleet);

/* ---- groups.c, lanes.c, order.c, roster.c: what binds hosts to each other */

void groups_read(struct fleet *fleet, const struct record *record);
void groups_make(struct fleet *fleet);

/* KIND:NAME=NUMBER for each group that does not wait for checks, or "-". */
struct span groups_limits(struct fleet *fleet, const struct host *host);

/* Lay the visits that have a wave into the lanes of their groups, by wave. */
void lanes_chain(struct fleet *fleet);

/*
 * Has each group of the host a lane for the visit, with its wave and time?  When
 * not, those that have one are taken out of the set of groups.
 */
bool lanes_admit(
    const struct fleet *fleet, const struct visit *visit, group_set *groups);
/* Lay visit number `at` there. */
void lanes_enter(struct fleet *fleet, uint32_t at);
/* Visit i is now number moved[i]. */
void lanes_moved(struct fleet *fleet, const uint32_t *moved);

/* Where lanes are all taken, make the gap begin where the first one ends. */
struct gap;
void lanes_bound(
    const struct fleet *fleet, const struct visit *visit, struct gap *gap);

/*
 * The visit that must be over before this one, by the k-th group of its host,
 * or NONE.
 */
uint32_t lanes_before(
    const struct fleet *fleet, const struct visit *visit, uint32_t k);

void order_read(struct fleet *fleet, const struct record *record);

/* Sort the roles; a cycle ends the program with status 65 and names it. */
void order_prepare(struct fleet *fleet);

/* The block that each visit may be in. */
void order_block(struct fleet *fleet);

/* The first block for such a host that is not before `from`. */
uint32_t order_block_from(const struct host *host, uint32_t from);

/* The ring in which a visit is: its own, or one that it waits for. */
enum ring order_ring(const struct visit *visit);

/* The first wave behind all that must come before; 0 for any. */
wave_position order_wave(const struct fleet *fleet, const struct visit *visit);
void order_placed(struct fleet *fleet, const struct visit *visit);

/* The end of all that must come before; 0 for none. */
int64_t order_end(const struct fleet *fleet, const struct visit *visit);
void order_timed(struct fleet *fleet, uint32_t at);

/* Visit i is now number moved[i]. */
void order_moved(struct fleet *fleet, const uint32_t *moved);

/* The last visits of the roles that come before, at most `most` of them. */
size_t order_before(const struct fleet *fleet, const struct visit *visit,
    uint32_t *visits, size_t most);

/*
 * The roles that come before and have such visits: role:NAME for each, as the
 * column after has them.  Returns how many were added to the list.
 */
size_t order_roles(struct fleet *fleet, const struct visit *visit,
    struct span *list, size_t most);

void roster_read(struct fleet *fleet, const struct record *record);
void roster_sort(struct fleet *fleet);

/* ", ann is not on the roster then" or empty. */
struct span roster_mark(struct fleet *fleet, const struct visit *visit);

/* ---- visits.c, actions.c: what is done in one go, and how long it takes */

void visits_make(struct fleet *fleet);

/* What has to be downloaded for it, or BYTES_UNKNOWN. */
uint64_t need_bytes(const struct need *need);

/* Does the host's policy, or the advisory, want a reboot behind the package? */
bool visit_wants_reboot(const struct fleet *fleet, const struct need *need);
/* Why the host has another reboot than that of the visit; empty without one. */
struct span visit_reboots_again(struct fleet *fleet, const struct visit *visit);
void visits_read_advisory(struct fleet *fleet, const struct record *record);

/* Is the action part of the visit? */
bool action_planned(
    const struct fleet *fleet, const struct visit *visit, enum action action);

/* How long it takes; of an installation without its download. */
int64_t action_seconds(
    const struct fleet *fleet, const struct visit *visit, enum action action);

/* How long it takes to download so much, 0 when that cannot be said. */
int64_t download_seconds(const struct setting *setting, uint64_t bytes);

/* ---- waves.c, emergencies.c, slots.c and more: together with which, when */

/*
 * Give each visit its wave, but not those that yield: they get it with their
 * time.
 */
void waves_assign(struct fleet *fleet);

/*
 * The first wave from `wave` on with room for the host in everything; any number
 * from `before` on when that is none of those before it.
 */
wave_position waves_open(const struct fleet *fleet, const struct host *host,
    wave_position wave, wave_position before);
/* Give the visit the first wave of its block, or later, that can take it. */
void waves_place(struct fleet *fleet, struct visit *visit);

/*
 * The first wave between two that has room for the visit.  0 when there is none;
 * then the groups that have room in any of them are taken out of the set.
 */
wave_position waves_find(const struct fleet *fleet, const struct visit *visit,
    wave_position after, wave_position before, group_set *groups);
/* The visit is in its wave. */
void waves_enter(struct fleet *fleet, const struct visit *visit);

/* An emergency on a host in no order of roles: it joins a wave of others. */
bool emergency_joins(const struct visit *visit);
/* Place those, behind all other emergencies. */
void emergencies_place(struct fleet *fleet);

/* Number the waves from 1, and sort the visits by them. */
void waves_number(struct fleet *fleet);

/* The ring and tier of the hosts in a wave, as host_label() has them. */
unsigned wave_label(wave_position wave);

/* Room in an opening: between two waves, and when one ends and one begins. */
struct gap {
	wave_position after, before;
	int64_t from, until;
};

/* An opening in which nothing is done yet. */
struct opening opening_new(struct slot slot);

/* That of the visit's wave. */
struct gap opening_gap(
    const struct opening *opening, const struct visit *visit);

/* The first of these that ends behind a time. */
size_t opening_gap_after(const struct opening *opening, int64_t from);

/*
 * Until when a group has no room there, by what was tried for such a visit that
 * could not begin before `from`: that time itself when nothing is known, and
 * INT64_MAX when it has none at all.
 */
int64_t opening_refuses(const struct opening *opening, uint32_t group,
    const struct visit *visit, unsigned label, int64_t from);
void opening_refuse(struct opening *opening, uint32_t group,
    const struct visit *visit, unsigned label, int64_t from, int64_t until);

/*
 * Those for any wave of a label, numbered from 0 on as they follow each other;
 * the last one is twice the shelves and one.  False: there is no such gap.
 */
bool opening_gap_at(const struct opening *opening, const struct visit *visit,
    size_t number, unsigned label, struct gap *gap);

/* The visit is there, at its time. */
void opening_take(struct opening *opening, const struct visit *visit);

/* Parse windows and freezes; a mistake ends with status 78. */
void windows_parse(struct fleet *fleet);

/* The i-th opening, NULL when there is none within the search. */
struct opening *calendar_opening(struct calendar *calendar, size_t i);

void slots_assign(struct fleet *fleet);

/* The first opening from a time on that could hold it; false without one. */
bool slots_first(struct fleet *fleet, const struct visit *visit, int64_t from,
    struct slot *slot);

/*
 * Visits at the same time, tick by tick.  Find the first time from `from`
 * on at which one more has room for its seconds, to end by `limit`; INT64_MAX
 * when there is none.
 */
struct capacity;
struct capacity *capacity_new(int64_t now, uint64_t jobs);
int64_t capacity_find(
    struct capacity *capacity, int64_t from, int64_t seconds, int64_t limit);
void capacity_take(struct capacity *capacity, int64_t begin, int64_t seconds);
void capacity_free(struct capacity *capacity);

/* ---- steps.c, rows.c, explain.c: what comes out */

void steps_write(struct fleet *fleet, struct output *output, struct span plan);

/* The answer for one host in words. */
void explain_write(
    struct fleet *fleet, struct output *output, struct span name);

/* ---- approve.c: the digest of a plan, and leave to carry it out */

struct approval {
	const char *who;
	const char *reason;
	const char *scope;
	const char *role;
	const char *expiry;
	const char *key; /* to sign with, or NULL */
};

/* A plan whose trailer is not right ends the program. */
void approve_check(const char *file);

/* A time, or a duration from now, that is not over. */
int64_t approve_expiry(const char *text);

/* Print the signature of a file of evidence, for FILE.sig. */
void approve_sign(struct output *output, const char *file, const char *key);

/* Print the digest, or the approve record, of a plan whose trailer is right. */
void approve_digest(struct output *output, const char *file);
void approve_write(
    struct output *output, const char *file, const struct approval *approval);

#endif
