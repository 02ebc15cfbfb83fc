/*
 * When each need was first seen, last seen and gone, across runs, changes of
 * the feeds and names of hosts: pm-ledger(5).  An item is an installed version
 * of a package that needs something, or one vulnerability of a package; both
 * are followed, so that neither a feed that begins to name vulnerabilities nor
 * one that renames its advisories starts the count anew.
 */
#ifndef PM_SCORE_LEDGER_H
#define PM_SCORE_LEDGER_H

#include "input.h"
#include "intern.h"

/* Of what kind of text the last one is remembered: neighbours share it. */
enum ledger_text { TEXT_HOST, TEXT_PACKAGE, TEXT_INSTALLED, TEXTS };

/* What a run found about an item that the file does not say yet. */
enum ledger_news {
	NEWS_NONE,
	NEWS_FIRST, /* seen for the first time, or anew after it was patched */
	NEWS_BACK,  /* was gone, but never patched */
	NEWS_GONE
};

struct ledger_item {
	uint32_t host;	    /* number of the host, 0: a version on offer */
	uint32_t package;   /* number of a word */
	uint32_t cve;	    /* ledger_cve.h; 0: the version as a whole */
	uint32_t installed; /* of a vulnerability: when it was last seen */
	int64_t first;
	uint32_t term; /* number of its shortest deadline, 0: none */
	uint8_t news;
	bool open; /* it had not gone when it was last looked at */
	bool seen; /* in this run */
};

/*
 * Since when a package had to be patched within a duration.  An item has
 * several when it became more urgent: each older one is longer.
 */
struct ledger_term {
	int64_t since, duration;
	uint32_t longer; /* number of the next, 0: none */
	bool new;
};

struct ledger_host {
	uint32_t name;
	int64_t looked;	      /* when its needs were last all known */
	bool covered;	      /* this run knows all its needs, as a feed says */
	bool not_covered;     /* or does not, as another says */
	uint32_t name_before; /* renamed in this run; 0: no */
};

struct ledger {
	const char *path;
	int fd;
	int64_t end;	    /* bytes of the file that hold */
	char chain[64 + 1]; /* the digest that the last run left */
	int64_t last_run;
	struct intern words;
	uint32_t recent[TEXTS]; /* numbers of the words last asked for */
	struct ledger_item *items;
	size_t item_count, item_capacity;
	struct hash_table index; /* of items */
	uint32_t item;		 /* the last one that was asked for */
	struct ledger_term *terms;
	size_t term_count, term_capacity;
	struct ledger_host *hosts;
	size_t host_count, host_capacity;
	uint32_t *host_of; /* by number of its name: the host, 0: none */
	size_t host_of_count, host_of_capacity;
	uint32_t package; /* of the last need: the item of its version */
	int64_t first;	  /* and since when it is known */
};

/*
 * Open, lock and read a ledger; one that is not there is made.  A torn end is
 * cut off and said.  Anything else that does not hold, and a present before the
 * last run, ends the program with status 65.
 */
void ledger_open(struct ledger *ledger, const char *path);

/* An event record: a host that was renamed keeps its needs. */
void ledger_event(struct ledger *ledger, const struct record *record);

/*
 * Needs that will be seen, up to 64 of them: what looking them up touches is
 * brought into the caches all at once.
 */
void ledger_expect(
    struct ledger *ledger, const struct record *records, size_t count);

/* A need is seen.  Returns since when it is known. */
int64_t ledger_need(struct ledger *ledger, const struct record *record);

/*
 * When the package of the last need must be patched, if that has to be done
 * within the duration: it counts from when the need first was that urgent.
 */
int64_t ledger_due(struct ledger *ledger, int64_t duration);

/* Since when any host was seen to need this version of this package. */
int64_t ledger_offered(
    struct ledger *ledger, struct span package, struct span version);

/* A cover record: are all needs of a host known in this run? */
void ledger_cover(struct ledger *ledger, const struct record *record);

/*
 * Append what this run found.  Unless complete, nothing is taken for gone.
 * Failure ends the program with status 74 and leaves the file as it was.
 */
void ledger_write(struct ledger *ledger, bool complete);

/* Let go of the file and the memory. */
void ledger_release(struct ledger *ledger);

#endif
