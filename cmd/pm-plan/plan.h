/*
 * The data of pm-plan.  A fleet has hosts, a host has needs; what is to be done
 * on a host in one go is a visit, and visits are laid into waves and slots:
 *
 *	read_stream()      host, need and waive records; everything passes on
 *	fleet_sort()       the order that input does not decide
 *	needs_dispose()    planned, or why not
 *	waves_assign()     which visits go together
 *	windows_assign()   when
 *	steps_write()      the rows
 */
#ifndef PM_PLAN_H
#define PM_PLAN_H

#include "input.h"
#include "intern.h"
#include "options.h"
#include "rules.h"
#include "waiver.h"
#include "window.h"

#define NONE UINT32_MAX /* no index */

/* Least critical first; a host without a tier is taken for the most critical */
enum tier {
	TIER_OPERATIONAL,
	TIER_BUSINESS,
	TIER_MISSION,
	TIER_UNKNOWN,
	TIERS
};

enum ring { RING_TEST, RING_PILOT, RING_BROAD, RINGS, RING_WRONG = RINGS };

/* What is decided of a host by policy, with the rule that did. */
enum choice {
	CHOICE_WINDOW,
	CHOICE_RING,
	CHOICE_MODE,
	CHOICE_SOAK,
	CHOICE_WAVE_SIZE,
	CHOICE_FREEZE,
	CHOICE_RESTART,
	CHOICE_ALLOW_REMOVE,
	CHOICE_BACKOUT,
	CHOICES
};

/* What became of a need; the words are the states of a step. */
enum disposition {
	PLANNED,
	WAIVED,
	MITIGATED,
	ACCEPTED,
	DEFERRED,
	BLOCKED,
	DISPOSITIONS
};
extern const char *const disposition_names[DISPOSITIONS];
extern const char *const tier_names[TIERS];
extern const char *const ring_names[RINGS];

/* Emergencies go first and in waves of their own. */
enum visit_kind { VISIT_EMERGENCY, VISIT_REGULAR, VISIT_KINDS };

/*
 * A row of the plan: what a host needs, or a prerequisite of that, which no
 * need record speaks of and which the balance does not count.
 */
struct need {
	uint32_t host;
	struct span package;
	struct span installed;
	struct span fixed;
	struct span cves;
	struct span state;
	struct span decision;
	struct span policy; /* the rules that made the decision */
	struct span due;
	bool urgent;        /* known to be exploited, and exposed */
	bool reboot;        /* installed already, needs a reboot to take effect */
	bool prerequisite;  /* of needs, not needed for itself */
	bool removal;       /* a prerequisite that goes */
	struct span bytes;  /* to be downloaded; empty where unknown */
	struct span backout; /* as the step's column; empty where unknown */
	struct span before; /* steps of this host to be done first; or empty */
	enum visit_kind kind;
	enum disposition disposition;
	struct span reason;
};

struct host {
	struct span name;
	bool known; /* there is a host record */
	uint32_t role;
	uint32_t site;
	struct span env;
	struct span owner;
	enum tier tier;
	enum ring ring;
	struct span choice[CHOICES];
	struct rule_origin origin[CHOICES];
	uint32_t pair;         /* number of its role and site, NONE without role */
	bool alone;            /* no other host has its role and site */
	struct window *window; /* shared between hosts; NULL when there is none */
	struct span blocked;   /* why nothing can be planned, or empty */
	uint32_t first_need;
	uint32_t need_count;
	uint32_t visit[VISIT_KINDS]; /* NONE when there is nothing to do */
};

struct visit {
	uint32_t host;
	enum visit_kind kind;
	bool urgent;
	bool cancelled; /* no slot was found */
	unsigned wave;
	struct slot slot;
	uint32_t twin;  /* the visit to the same role and site before, or NONE */
};

/* What hosts of one ring, and in it of one tier, have in common. */
struct ring_state {
	uint32_t hosts[TIERS];
	uint32_t wave_size[TIERS]; /* 0: no limit */
	int64_t soak;
	int64_t from; /* not before */
};

struct fleet {
	int64_t now;
	struct intern names; /* roles, sites and other values that repeat */
	struct arena text;
	struct rules *rules;
	struct hash_table host_index;
	struct host *hosts; /* by name after fleet_sort() */
	size_t host_count;
	size_t host_capacity;
	struct need *needs; /* by host, package and state after fleet_sort() */
	size_t need_count;
	size_t need_capacity;
	struct waivers waivers;
	struct visit *visits; /* by wave after waves_assign() */
	size_t visit_count;
	struct ring_state rings[RINGS];
	unsigned waves;
	uint32_t ownerless; /* visits to hosts that nobody owns */
	uint64_t balance[DISPOSITIONS]; /* needs written, by what became of them */
};

/* ---- fleet.c: hosts and what policy says of them */

/* The host with this name, made when it is new.  Valid until the next call. */
struct host *fleet_host(struct fleet *fleet, struct span name);
void fleet_read_host(struct fleet *fleet, const struct record *record);

/* The same, NULL when there is none. */
const struct host *fleet_find(const struct fleet *fleet, struct span name);

/* The columns that rules may test, and those that they decide here. */
const struct rule_columns *fleet_columns(void);

/* Text that lives as long as the fleet. */
struct span fleet_text(struct fleet *fleet, const char *format, ...)
    PM_PRINTF(2, 3);

/* Sort hosts and needs, and join them; find lone hosts and windows. */
void fleet_sort(struct fleet *fleet);

/* Sort needs again after some were added, and join them with their hosts. */
void fleet_sort_needs(struct fleet *fleet);

/* The smallest wave_size of a ring and tier, the longest soak of a ring. */
void fleet_rings(struct fleet *fleet);

/* ---- needs.c: what becomes of each need */

void needs_read(struct fleet *fleet, const struct record *record);
void needs_dispose(struct fleet *fleet);

/* ---- waves.c, windows.c: which visits, together with which, and when */

void waves_assign(struct fleet *fleet);

/* Parse the host's window and freezes; a mistake ends with status 78. */
void windows_parse(struct fleet *fleet);
void windows_assign(struct fleet *fleet);

/* ---- steps.c, explain.c: what comes out */

void steps_write(struct fleet *fleet, struct output *output, struct span plan);

/* The answer for one host in words. */
void explain_write(struct fleet *fleet, struct output *output,
    struct span name);

/* ---- approve.c: the digest of a plan, and leave to carry it out */

struct approval {
	const char *who;
	const char *reason;
	const char *scope;
	const char *role;
	const char *expiry;
};

/* Print the digest, or the approve record, of a plan whose trailer is right. */
void approve_digest(struct output *output, const char *file);
void approve_write(struct output *output, const char *file,
    const struct approval *approval);

#endif
