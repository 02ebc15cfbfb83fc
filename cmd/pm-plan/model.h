/*
 * What is known while planning: hosts with their settings and needs, groups and
 * orders that bind them, visits, and the times when windows are open.
 */
#ifndef PM_PLAN_MODEL_H
#define PM_PLAN_MODEL_H

#include "evidence.h"
#include "intern.h"
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
	CHOICE_OFF_HOURS,
	CHOICE_FREEZE,
	CHOICE_RING,
	CHOICE_MODE,
	CHOICE_SOAK,
	CHOICE_JOBS,
	CHOICE_WAVE_SIZE,
	CHOICE_SITE_LIMIT,
	CHOICE_LINK_LIMIT,
	CHOICE_HYPERVISOR_LIMIT,
	CHOICE_RESTART,
	CHOICE_ACTIONS,
	CHOICE_DOWNLOAD,
	CHOICE_LINK,
	CHOICE_ACTION_TIME,
	CHOICE_BACKUP_TIME,
	CHOICE_INSTALL_TIME,
	CHOICE_RESTART_TIME,
	CHOICE_REBOOT_TIME,
	CHOICE_CHECK_TIME,
	CHOICE_RESTORE_TIME,
	CHOICE_LEAD,
	CHOICE_OWNER_REQUIRED,
	CHOICE_ALLOW_REMOVE,
	CHOICE_BACKOUT,
	CHOICE_GATES,
	CHOICE_BACKUP_AGE,
	CHOICE_RESTORE_AGE,
	CHOICE_IMAGE_AGE,
	SHARED_CHOICES, /* the others differ from host to host */
	CHOICE_HYPERVISOR = SHARED_CHOICES,
	CHOICE_DATA_VOLUME,
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

/*
 * Emergencies go first and in waves of their own.  What is critical takes the
 * next slot off hours, where the policy gives such a window.
 */
enum visit_kind { VISIT_EMERGENCY, VISIT_CRITICAL, VISIT_REGULAR, VISIT_KINDS };
extern const char *const visit_kind_names[VISIT_KINDS];

/* What is done in a visit, in this order. */
enum action {
	ACTION_DOWNLOAD,
	ACTION_EVIDENCE,
	ACTION_SILENCE,
	ACTION_BACKUP,
	ACTION_SNAPSHOT,
	ACTION_INSTALL,
	ACTION_RESTART,
	ACTION_REBOOT,
	ACTION_CHECK,
	ACTION_RECOVERY,
	ACTION_UNSILENCE,
	ACTIONS
};
extern const char *const action_names[ACTIONS];

#define BYTES_UNKNOWN UINT64_MAX

/*
 * A row of the plan: what a host needs, or a prerequisite of that, which no
 * need record speaks of and which the balance does not count.
 */
struct need {
	uint32_t host;
	struct span package;
	struct span installed;
	struct span fixed;
	struct span adv;
	struct span cves;
	struct span state;
	struct span decision;
	struct span policy; /* the rules that made the decision */
	struct span due;
	double risk;   /* minutes that are expected to be lost */
	bool urgent;   /* known to be exploited, and exposed */
	bool critical; /* of class critical */
	bool demoted;  /* an emergency that names no flaw of the host */
	bool reboot;   /* installed already, needs a reboot to take effect */
	bool prerequisite;   /* of needs, not needed for itself */
	bool removal;	     /* a prerequisite that goes */
	bool harden;	     /* a remedy: rule, what was found, command */
	bool channel;	     /* of these: it could lock the patching out */
	bool late;	     /* of these: a third change of the host */
	uint64_t weight;     /* of these: of the rule */
	struct span bytes;   /* to be downloaded; empty where unknown */
	struct span growth;  /* on the disk; empty where unknown */
	struct span backout; /* as the step's column; empty where unknown */
	struct span before;  /* steps of this host to be done first; or empty */
	unsigned follows;    /* bits: kinds of visits that must come before */
	bool staged;	     /* only to a version on the way to the fix */
	enum visit_kind kind;
	enum disposition disposition;
	struct span reason;
	int64_t test_after;	 /* an event asks for that, or INT64_MIN */
	struct span test_waived; /* by whom, or empty */
};

/*
 * Where a wave stands among all: kind of visit, block, place in the block.  The
 * waves get their numbers when every visit has its own.  0 is before all.
 */
typedef uint64_t wave_position;

/* The part of a wave that is in one opening of a window. */
struct shelf {
	wave_position wave;
	int64_t begin, end; /* of its visits so far */
};

enum { LABEL_BITS = 4, LABELS = 1 << LABEL_BITS }; /* a ring and a tier */

/* A time when a window is open, and what is done in it, wave after wave. */
struct opening {
	struct slot slot;
	struct shelf *shelves; /* by wave */
	size_t shelf_count;
	size_t shelf_capacity;
	int64_t refused; /* seconds that found no room at the end any more */
	int64_t full[LABELS]; /* the same, between the waves */
	struct refusal *refusals;
	size_t refusal_count;
	size_t refusal_capacity;
	struct hash_table refusal_index;
};

/*
 * A group that had no room in an opening for visits of a label that take about
 * as long, from a time on until another.
 */
struct refusal {
	uint32_t group;
	unsigned label;
	int64_t length;
	int64_t from, until;
};

/* The openings of a window from now on, found as they are asked for. */
struct calendar {
	struct span text;
	struct span freezes;
	struct window *window;
	struct opening *openings;
	size_t count;
	size_t capacity;
	int64_t searched; /* up to this time */
	bool exhausted;
};

/* What the policy decides; hosts for which it is the same share it. */
struct setting {
	struct span choice[SHARED_CHOICES];
	struct rule_origin origin[SHARED_CHOICES];
	uint64_t hash;
	int64_t soak;
	int64_t seconds[ACTIONS]; /* an installation: of one package */
	int64_t restore;
	uint64_t link;	  /* bits a second, 0 when unknown */
	unsigned actions; /* bits: which of those around the work */
	bool download_before;
	bool owner_required;
	unsigned gates; /* bits: what must be shown */
	int64_t backup_age, restore_age, image_age;
	struct calendar *window;    /* NULL when there is none */
	struct calendar *off_hours; /* the same */
};

struct host {
	struct span name;
	bool known; /* there is a host record */
	struct span os;
	struct span release;
	struct span arch;
	uint32_t role;
	uint32_t site;
	struct span env;
	struct span owner; /* or the lead */
	struct span app_owner;
	struct span groups;
	struct span hypervisor;
	uint64_t data_volume;
	enum tier tier;
	enum ring ring;
	uint32_t setting;
	uint32_t first_group; /* in fleet->memberships */
	uint32_t group_count;
	bool led;	     /* the lead stands in for an owner */
	bool alone;	     /* no other host has its role and site */
	struct span blocked; /* why nothing can be planned, or empty */
	struct span closed;  /* why nothing but emergencies can, or empty */
	uint32_t first_need;
	uint32_t need_count;
	uint32_t visit[VISIT_KINDS]; /* NONE when there is nothing to do */
};

/* Hosts of which only some are worked on at once. */
enum group_kind {
	GROUP_REDUNDANT, /* one role at one site: one at a time */
	GROUP_QUORUM,	 /* a quorum record */
	GROUP_SITE,
	GROUP_LINK, /* of one site, with the same link */
	GROUP_HYPERVISOR,
	GROUP_KINDS
};

struct group {
	enum group_kind kind;
	uint32_t name; /* interned: role, group, site or hypervisor */
	uint32_t site; /* where it belongs to the name */
	uint64_t link;
	uint32_t limit; /* in one wave; 0: none */
	uint32_t hosts;
	/* at most as many as the limit; the visits of one follow each other */
	struct lane *lanes;
	uint32_t lane_count;
	size_t lane_capacity;
	uint32_t next_lane;
};

/* Visits of a group that follow each other. */
struct lane {
	struct lane_place *places; /* by wave */
	size_t count;
	size_t capacity;
};

struct lane_place {
	wave_position wave;
	uint32_t visit;
};

/* Of the first groups of a host, by bit; those behind are in no set. */
typedef uint64_t group_set;

static inline group_set
group_bit(uint32_t k)
{
	return k < 64 ? UINT64_C(1) << k : 0;
}

/* Whether the group keeps hosts available, so that each waits for a check. */
static inline bool
group_waits(const struct group *group)
{
	return group->kind <= GROUP_QUORUM;
}

struct visit {
	uint32_t host;
	enum visit_kind kind;
	bool urgent;
	bool reboot;
	bool ordered;	  /* order records name the host's role */
	bool yields;	  /* takes the room that chains of roles leave */
	bool cancelled;	  /* no slot was found */
	unsigned follows; /* bits: kinds of visits without which it is not */
	uint32_t night;	  /* of its first opening, counted from now */
	uint32_t block;	  /* only visits of one block share waves */
	uint32_t tail;	  /* how long a chain of roles waits for the host's */
	wave_position position; /* of its wave, 0 when there is none yet */
	uint32_t wave;		/* its number, after waves_number() */
	uint32_t rank;		/* which one chose its wave before others */
	uint32_t installs;
	uint32_t passed;     /* openings before its slot without room */
	uint32_t first_lane; /* in fleet->lane_of, one for each group */
	uint64_t bytes;	     /* to be downloaded, or BYTES_UNKNOWN */
	int64_t download;    /* seconds, when that is done before */
	int64_t seconds;     /* within the slot */
	int64_t restore;     /* and these must fit behind */
	double risk;
	struct slot slot;   /* when it may be done */
	int64_t begin, end; /* when it will be, as far as can be told */
};

/* What hosts of one ring, and in it of one tier, have in common. */
struct ring_state {
	uint32_t hosts[TIERS];
	uint32_t wave_size[TIERS]; /* 0: no limit */
	int64_t soak;
	int64_t from[VISIT_KINDS]; /* not before */
};

/* ---- order.c: which roles come before which */

/* Test systems keep to the order among themselves, and so do all others. */
enum { ORDER_CLASSES = 2 };

struct order_role {
	uint32_t name; /* interned */
	uint32_t depth;
	uint32_t tail;	  /* the longest chain of roles behind it */
	uint32_t *before; /* the roles that come before it */
	size_t before_count;
	size_t before_capacity;
	/* of its visits, by kind and class */
	uint32_t block[VISIT_KINDS][ORDER_CLASSES];
	wave_position wave[VISIT_KINDS][ORDER_CLASSES];
	uint32_t last[VISIT_KINDS][ORDER_CLASSES]; /* NONE, or a visit */
	int64_t end[VISIT_KINDS][ORDER_CLASSES];
};

struct order {
	struct order_role *roles; /* by depth after order_prepare() */
	size_t count;
	size_t capacity;
	uint32_t *of; /* interned name to role, NONE */
	size_t names;
};

/* ---- roster.c: who stands by */
struct duty {
	struct span who;
	struct slot slot;
};

struct fleet {
	int64_t now;
	struct intern names; /* roles, sites and other values that repeat */
	struct arena text;
	struct rules *rules;
	const char *calendars; /* the folder of calendars, or NULL */
	struct hash_table host_index;
	struct host *hosts; /* by name after fleet_sort() */
	size_t host_count;
	size_t host_capacity;
	struct setting *settings;
	size_t setting_count;
	size_t setting_capacity;
	struct hash_table setting_index;
	struct need *needs; /* by host, package and state after fleet_sort() */
	size_t need_count;
	size_t need_capacity;
	struct waivers waivers;
	struct evidence evidence;
	bool signed_evidence;	   /* no other counts */
	struct span author;	   /* of the plan */
	struct hash_table reboots; /* advisories that ask for a reboot */
	struct span *reboot_advs;
	size_t reboot_count;
	size_t reboot_capacity;
	struct group *groups;
	size_t group_count;
	size_t group_capacity;
	struct hash_table group_index;
	uint32_t *memberships; /* of hosts in groups */
	size_t membership_count;
	size_t membership_capacity;
	uint32_t *lane_of; /* of each visit, by group; NONE when not in one */
	struct order order;
	struct duty *duties;
	size_t duty_count;
	size_t duty_capacity;
	struct visit *visits; /* by wave after waves_number() */
	size_t visit_count;
	struct packing *packing; /* how full the waves are */
	struct ring_state rings[RINGS];
	enum ring
	    first_ring; /* with work; without a lab its order is another */
	uint64_t jobs;	/* visits at the same time */
	uint32_t waves;
	uint32_t ownerless; /* visits to hosts that nobody owns */
	uint64_t
	    balance[DISPOSITIONS]; /* needs written, by what became of them */
};

#endif
