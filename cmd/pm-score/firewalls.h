/* What firewalls let through: the allow records, chain by chain. */
#ifndef PM_SCORE_FIREWALLS_H
#define PM_SCORE_FIREWALLS_H

#include "address.h"
#include "input.h"
#include "intern.h"

struct firewall_rule {
	uint64_t number;
	struct address_set *source, *destination; /* NULL: any */
	struct span proto, port;		  /* p NULL: any */
	bool accept, conditional;
};

/* The rules of one chain, in the order in which they are tried. */
struct firewall_chain {
	uint32_t firewall, path, name; /* texts */
	struct firewall_rule *rules;
	size_t count, capacity;
};

struct firewalls {
	struct intern texts;
	struct arena arena;
	struct firewall_chain *chains;
	size_t count, capacity;
	bool sorted;
};

/* Take an allow record; a malformed one ends the program with status 65. */
void firewalls_add(struct firewalls *firewalls, const struct record *record);

/* Before the first question: the order of the records decides nothing. */
void firewalls_sort(struct firewalls *firewalls);

void firewalls_release(struct firewalls *firewalls);

#endif
