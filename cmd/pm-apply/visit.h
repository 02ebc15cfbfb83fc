/*
 * A visit: the steps of one host that share wave and window, in the order of
 * enum step_action.  Its installations and removals are one transaction on the
 * host; a restart, a reboot, evidence and a recovery artefact are transactions
 * of their own; a check looks at what runs; what the site has a hook for is
 * done here.
 *
 *	ask     what is installed, and is the transaction known there?
 *	start   begin it, detached
 *	follow  ask until it has ended; what is there decides
 *	check   look again
 *	hook    run a program of the site
 *
 * Each line is one short-lived job, so any number of visits can be under way,
 * and nothing is lost when this program is: the next one asks first.
 */
#ifndef PM_APPLY_VISIT_H
#define PM_APPLY_VISIT_H

#include "driver.h"
#include "gate.h"
#include "ledger.h"
#include "run.h"
#include "transport.h"

/* What all visits share. */
struct site {
	struct plan *plan;
	struct gate gate;
	struct ledger ledger;
	struct transport transport;
	struct drivers *drivers;
	int64_t timeout;     /* seconds for a transaction */
	int64_t lock_wait;   /* seconds for the lock of dpkg or the like */
	int64_t reboot_wait; /* seconds until a host must be back */
	int64_t until;	     /* run_clock() of the end of the run, or 0 */
	int64_t settle;	     /* seconds until services must be up again */
	const char *hooks;   /* folder of programs of the site, or NULL */
	const char *checks;  /* folder of health checks, or NULL */
	bool dry_run;
	bool back;	      /* roll back */
	bool back_on_failure; /* when a check fails */
};

enum phase {
	PHASE_ASK,
	PHASE_START,
	PHASE_FOLLOW,
	PHASE_CHECK,
	PHASE_HOOK,
	PHASE_LOOK,	/* dry run: what is installed */
	PHASE_SIMULATE, /* dry run: the exact transaction */
	PHASE_HAVE,	/* dry run: which versions could be had again */
	PHASES
};

struct visit {
	struct site *site;
	struct span host;
	uint64_t wave;
	struct step **steps; /* in the order of the plan */
	size_t count, capacity;
	void (*over)(struct visit *visit); /* called when all is settled */
	void *context;			   /* the caller's */
	unsigned number;		   /* in the plan, from 1 */

	/* valid when over is called */
	bool failed;	  /* a step failed, timed out or was lost */
	bool answered;	  /* the host did, at least once */
	bool interrupted; /* left under way */

	/* the caller's, see turns.h */
	bool begun, ended;
	struct limit *limits;
	size_t limit_count, limit_capacity;
	struct visit *waits_for; /* or NULL */
	size_t asked;		 /* steps of which all is over before */
	struct span rest;	 /* of what the next one comes after */

	/* private */
	struct span driver;
	char name[40];		/* of what is kept on the host for this visit */
	struct buffer why_back; /* not by --rollback, but for this reason */
	struct step *current;	/* under way; NULL: the packages */
	uint64_t try;
	char id[80];
	int64_t began;	/* gate_now() */
	int64_t until;	/* run_clock(): give up following */
	int64_t silent; /* run_clock() of the first missing answer, or 0 */
	struct arena arena;
	enum phase phase;
	unsigned starts; /* how often the host was told to begin in this run */
	bool back;	 /* installing the versions from before */
	bool undone;	 /* a step was rolled back, now or in an earlier run */
	bool open;	 /* the journal has it begun and not ended */
	bool told;	 /* that the host is waited for */
	bool again;	 /* a lost transaction was begun once more */
	char *hook_argv[7];
	struct buffer script;
	struct run_job job;
};

/* Begin; visit->over is called from run_wait() or before this returns. */
void visit_begin(struct visit *visit);

/* Settle all steps that are left with this outcome, without doing anything. */
void visit_leave(
    struct visit *visit, enum outcome outcome, int64_t rc, const char *reason);

void visit_release(struct visit *visit);

#endif
