/*
 * A packet filter as its tools save it: chains of rules that accept, drop, or
 * go on in another chain; and its flat form, allow records in the order in
 * which they are tried.
 *
 * What a record cannot say is kept as its condition.  Where it is not certain
 * that traffic is stopped, the records say that it passes, never the reverse.
 */
#ifndef PM_FIREWALL_H
#define PM_FIREWALL_H

#include "bytes.h"
#include "options.h"

/* Traffic that fits; p NULL stands for any.  Lists as in the record. */
struct traffic {
	struct span source, destination, proto, port;
	struct span condition;
};

enum verdict {
	VERDICT_NONE, /* counts, logs, marks: the next rule is tried */
	VERDICT_ACCEPT,
	VERDICT_DROP,
	VERDICT_RETURN,
	VERDICT_JUMP,
	VERDICT_GOTO
};

struct filter_rule {
	struct traffic traffic;
	enum verdict verdict;
	struct span target; /* the chain to go on in */
	struct span origin;
};

struct filter_chain {
	struct span name;   /* "inet filter input": unique, shown */
	struct span scope;  /* targets are chains of the same scope */
	struct span label;  /* by which rules call it */
	const char *path;   /* input or forward; NULL: only called */
	struct span family; /* 0.0.0.0/0 or ::/0 when it sees no other */
	bool accepts;	    /* what none of its rules decides */
	struct filter_rule *rules;
	size_t count, capacity;
};

struct filter {
	struct arena arena;
	const char *file;
	struct span name; /* of the firewall, field text */
	struct filter_chain *chains;
	size_t count, capacity;
	struct output *output;
	uint64_t records;
};

/* The chain, made when it is new; valid until the next call. */
struct filter_chain *filter_chain(
    struct filter *filter, struct span scope, struct span label);

void filter_rule_add(
    struct filter_chain *chain, const struct filter_rule *rule);

/* Add a word to what else a rule asks for. */
void traffic_condition(
    struct arena *arena, struct traffic *traffic, struct span word);

/* Write the records of all chains that traffic enters. */
void filter_write(struct filter *filter);

/* Write one record; numbers count from 1 in each chain. */
void allow_write(struct output *output, struct span firewall, const char *path,
    struct span chain, uint64_t number, const struct traffic *traffic,
    bool accept, struct span origin);

void filter_release(struct filter *filter);

/*
 * A reader of one way to save a filter.  read fills filter, or writes records
 * and counts them; what it holds besides is let go of by release, whether it
 * came to its end or not.
 */
struct firewall_source {
	struct program program; /* but for the options, which all share */
	const char *nothing;	/* why a file may have had no record */
	void (*read)(struct filter *filter, struct bytes *bytes);
	void (*release)(void);
};

extern const struct firewall_source nft_source, iptables_source,
    firewall_csv_source;

/*
 * The whole of pm-collect with this source.  The firewall has the name that
 * --host gives, else that of the file without folders and ending.
 */
enum pm_exit firewall_collect(
    const struct firewall_source *source, int argc, char **argv);

#endif
