/*
 * The hosts: what policy makes of each record, and the few values of it that
 * judging a need takes.
 */
#ifndef PM_SCORE_HOST_H
#define PM_SCORE_HOST_H

#include "input.h"
#include "intern.h"
#include "rules.h"

/*
 * The columns of policy on hosts: those of a record, and two that no record
 * has, what a restart and a reboot take, as durations.
 */
enum { FLEET_RESTART_TIME = HOST_COLUMNS, FLEET_REBOOT_TIME, FLEET_COLUMNS };

/* So many hosts without a rating are named; a total speaks of the others. */
enum { UNRATED_NAMED = 5 };

struct fleet {
	struct rules *rules; /* on the columns of a host */
	struct intern names; /* number of a host = its row, less one */
	struct intern values;
	uint32_t *rows; /* width values of each host */
	size_t capacity;
	unsigned kept[FLEET_COLUMNS]; /* the columns that a row keeps */
	unsigned width;
	uint64_t unrated;
	bool *visited; /* by number of a host */
	size_t visited_count, visited_capacity;
	struct intern
	    said; /* facts written that an earlier run may have, too */
};

/* What was found out about a host beside its record. */
struct finding {
	struct span exposed; /* who can reach it; "-": not known */
	struct span why;     /* the value of the fact exposure; empty: none */
};

/* The columns as rules see them. */
const struct rule_columns *fleet_columns(void);

/* Fill values[FLEET_COLUMNS] with what a record has, for rules to decide on. */
void fleet_read(const struct record *record, struct span *values);

/*
 * rules decide about hosts; tested are the host columns that needs
 * are judged by (tier and exposed are kept in any case).
 */
void fleet_start(
    struct fleet *fleet, struct rules *rules, struct rule_mask tested);

/*
 * Decide about a host, remember it, and write its record with what was decided
 * and a fact record for each rule that did.  A host without ratings is named.
 */
void fleet_host(struct fleet *fleet, struct output *output,
    const struct record *record, const struct finding *finding);

/* Is the fact one that fleet_host() has written already, of an earlier run? */
bool fleet_said(struct fleet *fleet, const struct record *fact);

/*
 * Fill values[FLEET_COLUMNS] of a host, "-" where a column is not kept.  False
 * when no record of the host was seen.
 */
bool fleet_values(struct fleet *fleet, struct span host, struct span *values);

/*
 * The needs of a host begin.  False when they began before; a host that was not
 * seen is for judge_need() to refuse.
 */
bool fleet_visit(struct fleet *fleet, struct span host);

void fleet_release(struct fleet *fleet);

#endif
