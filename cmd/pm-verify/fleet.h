/*
 * The data of pm-verify: the hosts of a plan, the steps of each, and what was
 * noted of a host before and after.
 *
 *	plan_*()     from the plan, the state before: hosts, steps, needs
 *	history_*()  from journals: what was done to each step
 *	approvals_*() from approve records: whether that was approved
 *	fresh_*()    from the inventory, the state after
 *	judge_*()    the verdicts, host by host
 */
#ifndef PM_VERIFY_FLEET_H
#define PM_VERIFY_FLEET_H

#include "check.h"
#include "hash.h"
#include "input.h"
#include "intern.h"
#include "signoff.h"
#include "version.h"

#define NONE UINT32_MAX /* no index */

enum action {
	ACTION_INSTALL,
	ACTION_REMOVE,
	ACTION_REBOOT,
	ACTION_RESTART,
	ACTION_CHECK,
	ACTION_HARDEN,
	ACTION_RECORD /* of which only the journal can tell */
};

/* The last that was done to a step in one direction. */
struct run {
	bool begun;
	bool changed; /* something may have changed */
	int64_t time; /* when it was last recorded */
	struct span outcome, ended, detail;
};

/* What the journals say of a step. */
struct history {
	struct run forth;
	struct run back;     /* rolling back */
	int64_t since;	     /* when it was first begun, where forth.begun */
	struct span idle;    /* the outcome of an attempt that was not begun */
	struct span outside; /* when it was begun outside its window */
};

/* Was it last rolled back, or tried to? */
static inline bool
history_undone(const struct history *history)
{
	return history->back.begun &&
	       (!history->forth.begun ||
		   history->back.time >= history->forth.time);
}

struct step {
	uint32_t next; /* of the same host */
	uint32_t host;
	enum action action;
	bool planned;
	enum verdict decided; /* when not planned: what was decided instead */
	struct span id, wave, package, from, to, start, end, reason, tester;
	struct span requires;
	struct history history;
	struct span installed; /* the version found now; empty: none */
	struct span broken;    /* its state, when that is not installed */
	struct span due;
	struct span
	    unapproved; /* why it was not; empty: approved, or not asked */
	enum verdict verdict;
};

/* Things seen of a host that are not about one step. */
enum note_kind {
	NOTE_NEED,	     /* package, fixed, due, state: before */
	NOTE_NEED_AFTER,     /* package, installed, fixed, state */
	NOTE_SERVICE,	     /* key, process, package: before */
	NOTE_SERVICE_AFTER,  /* key, process, package */
	NOTE_BROKEN,	     /* package, version, state */
	NOTE_STALE,	     /* NAME/PID, files */
	NOTE_NOT_SEEN,	     /* what and why */
	NOTE_KERNELS,	     /* comma list */
	NOTE_REBOOT,	     /* the value of reboot_required */
	NOTE_REBOOT_BY,	     /* comma list of packages */
	NOTE_TEST,	     /* package, who, when, outcome */
	NOTE_UNPLANNED_STEP, /* step id */
	NOTE_LEFTOVER,	     /* path: before */
	NOTE_LEFTOVER_AFTER, /* path */
	NOTE_BASELINE,	     /* rule, verdict, actual */
	NOTES
};

enum { NOTE_VALUES = 4 };

struct note {
	uint32_t next; /* of the same host and kind, in order */
	struct span value[NOTE_VALUES];
};

/* What a host record says, before or after. */
struct look {
	bool there;
	struct span hardware, os, arch, kernel, boot_id, state, seen;
};

struct host {
	bool planned; /* the plan names it */
	struct look before, after;
	uint64_t packages; /* records seen after */
	int64_t changed;   /* when the last step was recorded, or INT64_MIN */
	uint32_t first_step, last_step;
	uint32_t first_note[NOTES], last_note[NOTES];
};

struct approvals {
	struct approval *items;
	size_t count, capacity;
	size_t others; /* of other plans */
};

struct fleet {
	struct intern names; /* of hosts; the number is the index in hosts */
	struct host *hosts;
	size_t host_count;
	size_t host_capacity;
	struct intern words; /* versions, states and other values that repeat */
	struct arena text;
	struct step *steps;
	size_t step_count;
	size_t step_capacity;
	struct hash_table by_id;
	struct hash_table by_package; /* install and remove steps */
	struct note *notes;
	size_t note_count;
	size_t note_capacity;
	struct span plan;	  /* its name, as the steps give it */
	char digest[DIGEST_SIZE]; /* of the plan; empty when not known */
	struct approvals approvals;
	struct evidence evidence; /* hosts of the plan, actors from behind it */
	uint64_t foreign_done;	  /* records of other plans */
};

/* The host with this name, made when it is new.  Valid until the next call. */
struct host *fleet_host(struct fleet *fleet, struct span name);

/* The same, NULL when there is none. */
struct host *fleet_find(const struct fleet *fleet, struct span name);

static inline uint32_t
host_number(const struct fleet *fleet, const struct host *host)
{
	return (uint32_t)(host - fleet->hosts);
}

/* A copy of a field that lives as long as the fleet; equal ones share it. */
struct span fleet_keep(struct fleet *fleet, struct span value);

/* Text that lives as long as the fleet. */
struct span fleet_text(struct fleet *fleet, const char *format, ...)
    PM_PRINTF(2, 3);

/* Note something; values that are not given are empty. */
void fleet_note(struct fleet *fleet, struct host *host, enum note_kind kind,
    const struct span *values, size_t count);

/* The notes of one kind: for (i = ...; i != NONE; i = notes[i].next). */
static inline const struct note *
note_first(
    const struct fleet *fleet, const struct host *host, enum note_kind kind)
{
	uint32_t first = host->first_note[kind];

	return first == NONE ? NULL : &fleet->notes[first];
}

static inline const struct note *
note_next(const struct fleet *fleet, const struct note *note)
{
	return note->next == NONE ? NULL : &fleet->notes[note->next];
}

void look_read(
    struct fleet *fleet, struct look *look, const struct record *record);

void test_note(struct fleet *fleet, const struct record *record);

/* The step with this id, or NULL. */
struct step *step_find(const struct fleet *fleet, struct span id);

/*
 * The install step of the host for this package, or NULL.  Where there are
 * several (a need may come in two states) the one that reaches this version.
 */
struct step *step_of_package(const struct fleet *fleet, const struct host *host,
    struct span package, struct span to);

uint64_t package_hash(uint32_t host, struct span package);

/* What svc says, under a name that stays the same when nothing changed. */
void service_note(struct fleet *fleet, struct host *host, enum note_kind kind,
    const struct record *record);

void fleet_release(struct fleet *fleet);

/* ---- plan.c */

/* A record of the plan's stream; true when it is to be passed on. */
bool plan_record(struct fleet *fleet, const struct record *record);

/*
 * The plan has been read: check that it is the whole of one.  file is its
 * name, or "-".  True when there is a plan.
 */
bool plan_end(struct fleet *fleet, const char *file);

/* ---- history.c */

void history_record(struct fleet *fleet, const struct record *record);

/* Read and verify a journal of pm-apply; adds a check of it. */
void history_journal(
    struct fleet *fleet, struct checks *checks, const char *path);

/* ---- approvals.c */

/* Only approvals with a signature by one of these keys count. */
void approvals_signers(const char *file);

void approvals_read(struct fleet *fleet, const struct record *record);

/* Everything was read: were the steps approved that were begun? */
void approvals_judge(struct fleet *fleet, struct checks *checks);

void approvals_release(struct fleet *fleet);

/* ---- fresh.c */

/* The order of the host's versions. */
enum version_scheme host_scheme(const struct host *host);

/* A record from behind the plan; true when it is to be passed on. */
bool fresh_record(struct fleet *fleet, const struct record *record);

/* ---- judge.c, judge_steps.c, judge_due.c, judge_host.c */

/* What is known of the host that is being judged. */
struct judged {
	struct fleet *fleet;
	struct checks *checks;
	struct host *host;
	struct span name;
	struct span obstacle; /* why it was not examined; empty when it was */
};

/* Judge every host and write the check records; returns hosts examined. */
uint64_t judge_fleet(
    struct fleet *fleet, struct checks *checks, struct output *output);

/* Give each step the earliest due time of the needs that it is for. */
void judge_needs(struct judged *judged);

/* Every step of the host, visits last. */
void judge_steps(struct judged *judged);

/* Was each need met by the time it was due? */
void judge_due(struct judged *judged);

/* A step that was begun without leave. */
void judge_approval(struct judged *judged, const struct step *step);

/* What is not about one step: reboot, services, packages, new needs. */
void judge_host(struct judged *judged);

/* Why the host must still be rebooted; empty when nothing says so. */
struct span judge_reboot_reason(struct judged *judged);

#endif
