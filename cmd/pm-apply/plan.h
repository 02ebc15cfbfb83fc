/*
 * A plan: its steps in order, its digest, and the approvals that came with it.
 * Everything is checked when it is read; a plan that was changed, cut off or
 * names something that cannot be a host, package or version ends the program
 * with status 65.
 */
#ifndef PM_APPLY_PLAN_H
#define PM_APPLY_PLAN_H

#include "digest.h"
#include "hash.h"
#include "memory.h"
#include "sealed.h"
#include "signoff.h"

/* In the order in which a visit does them. */
enum step_action {
	ACTION_DOWNLOAD, /* the packages of a later visit of the wave */
	ACTION_EVIDENCE, /* keep what is installed and runs */
	ACTION_SILENCE,	 /* of the monitoring */
	ACTION_BACKUP,
	ACTION_SNAPSHOT,
	ACTION_INSTALL,
	ACTION_REMOVE,
	ACTION_HARDEN,
	ACTION_RESTART,
	ACTION_REBOOT,
	ACTION_CHECK,
	ACTION_RECOVERY, /* keep what a recovery would need */
	ACTION_UNSILENCE,
	ACTIONS
};

/* "install", "reboot" and so on. */
const char *action_name(enum step_action action);
bool action_find(struct span name, enum step_action *action);

/* Is it part of the transaction of packages? */
bool action_is_package(enum step_action action);

/* Is it what the visit is made for: packages, a change of hardening? */
bool action_is_work(enum step_action action);

/* What became of a step, as the journal and the output name it. */
enum outcome {
	OUTCOME_NONE,
	OUTCOME_STARTED,
	OUTCOME_DONE,
	OUTCOME_SKIPPED, /* the version was there already */
	OUTCOME_FAILED,
	OUTCOME_UNREACHABLE, /* never begun: the host did not answer */
	OUTCOME_TIMEOUT,
	OUTCOME_LOST,	 /* begun, and its end is not known */
	OUTCOME_REFUSED, /* not begun: no leave, or not the time */
	OUTCOME_MANUAL,	 /* something for a person to do */
	OUTCOME_ROLLED_BACK,
	OUTCOME_DRY_RUN,
	OUTCOMES
};

/* "done", "rolled-back" and so on. */
const char *outcome_name(enum outcome outcome);
bool outcome_find(struct span name, enum outcome *outcome);

/* What the host does by itself, with the script of --export. */
enum pull {
	PULL_NOT,
	PULL_INSTALL,
	PULL_DOWNLOAD, /* whoever is there says when to install */
	PULL_NOTIFY,   /* whoever is there says when to download */
	PULLS
};

/* By the mode of a step; any other mode is PULL_NOT. */
enum pull pull_of(struct span mode);

/* The last that the journal says of a step in one direction. */
struct history {
	enum outcome last;
	uint64_t try;
	struct span detail;
};

struct step {
	struct span plan, id, host, package, from, to, start_text, end_text;
	enum step_action action;
	uint64_t wave;
	int64_t start, end; /* the window; INT64_MIN and MAX: any time */
	uint64_t bytes;	    /* to be downloaded, as far as known */
	uint64_t growth;    /* on the disk, as far as known */
	bool prerequisite;  /* others of the visit need it */
	bool automatic;	    /* and it is to be marked as installed for them */
	bool emergency;	    /* not bound to the window */
	enum pull pull;
	bool attended;	   /* only with a named operator */
	struct span after; /* step ids, comma-joined, or "-" */
	struct span ring, role, requires;
	struct span limits; /* of what is under way beside its visit, or "-" */
	struct span reason, owner, tester, backout; /* for the checklist */
	struct span answer;   /* of the operator, for the journal */
	struct history forth; /* installing */
	struct history back;  /* rolling back */
	bool rolled_back;     /* the last thing that was done to it */
	bool undo;	      /* the step is to be rolled back */
	bool selected;	      /* this run is about it */
	bool pending;	      /* to be done by the transaction under way */
	enum outcome result;  /* of this run, OUTCOME_NONE so far */
	enum outcome counted; /* in the totals */
};

/* What the plan says of a host. */
struct plan_host {
	struct span name, os, role, contact, procedure;
	struct span health; /* names of checks, comma-joined; "-": the role */
	bool go_back;	    /* when a check fails */
};

struct plan {
	struct arena arena;
	const char *file;
	char digest[DIGEST_SIZE];
	struct step *steps; /* of state planned, in the order of the plan */
	size_t count, capacity;
	struct hash_table by_id;
	struct plan_host *hosts;
	size_t host_count, host_capacity;
	struct hash_table by_host;
	struct approval *approvals; /* for this digest */
	size_t approval_count, approval_capacity;
	bool other_approved; /* another plan was: said when refusing */
	struct evidence evidence;
};

/*
 * Read the plan, and approvals from it and the further files.  "-" is standard
 * input.  sealed says by whom evidence must be signed; it becomes required when
 * the plan asks for that.
 */
void plan_load(
    struct plan *plan, int count, char **files, struct sealed *sealed);

/* after.c: every role:NAME in what steps come after becomes the steps' ids. */
void after_expand(struct plan *plan);

/* The step with this id, or NULL. */
struct step *plan_find(const struct plan *plan, struct span id);

/* What the plan says of a host, or NULL. */
const struct plan_host *plan_host(const struct plan *plan, struct span host);

void plan_release(struct plan *plan);

#endif
