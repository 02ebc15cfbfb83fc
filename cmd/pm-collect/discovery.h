/*
 * Hosts that were noticed on a network, and whether an inventory knows them.
 *
 * With --inventory a host is who the inventory says has its hardware address,
 * its address or, by the DNS, its name.  An address that nobody there has becomes a fact
 * unknown_address; one that several have, ambiguous_address.  A host that was
 * noticed several times comes once; hosts come sorted by name.  A device that
 * calls itself like another one is named by its address.
 */
#ifndef PM_DISCOVERY_H
#define PM_DISCOVERY_H

#include "bytes.h"
#include "list.h"
#include "options.h"

struct discovery;

/* One host, as a reader notices it. */
struct noticed {
	struct span name; /* that it has on the network, or empty */
	struct list addresses;
	struct list macs;
	struct list
	    services;	   /* PROTO, ADDRESS, PORT, STATE with tabs between */
	struct list facts; /* KEY, tab, value */
	int64_t seen;	   /* 0 when it is not known */
};

struct discovery_source {
	const struct program *program;
	const char *name; /* the column source */
	const char *what; /* it is, for messages */
	bool
	    names_prove; /* who a host is: they come from the DNS or the user */
	void (*read)(struct discovery *discovery, struct bytes *bytes);
	/* free what read left when it was ended half-way; may be NULL */
	void (*release)(void);
};

/* The readers, each in the file of its name. */
extern const struct discovery_source arp_source;
extern const struct discovery_source leases_source;
extern const struct discovery_source nmap_source;

extern const char *discovery_inventory;

#define DISCOVERY_OPTION_INVENTORY                                        \
	{                                                                 \
		0, "inventory", "FILE", "hosts that are known, a stream", \
		    NULL, &discovery_inventory, NULL, NULL                \
	}

/* Run a reader over the files of its command line. */
enum pm_exit discovery_collect(
    const struct discovery_source *source, int argc, char **argv);

/*
 * The steps of that: open, source->read() for each file, and write all that was
 * found, sorted by name.
 */
struct discovery *discovery_open(
    const struct discovery_source *source, struct output *output);
void discovery_write(struct discovery *discovery);
void discovery_release(struct discovery *discovery);

/*
 * Take what was noticed, and clear it for the next one.  An address that cannot
 * be a host's (multicast, broadcast, unspecified) does not count; what has no
 * address is left out.
 */
void discovery_notice(struct discovery *discovery, struct noticed *noticed);

/* An address that did not answer. */
void discovery_silent(struct discovery *discovery);

/* Add an address to the list where it can be a host's; false when it is none. */
bool discovery_address(struct list *list, struct span text);

/* The same for a hardware address, with : or - between its parts. */
bool discovery_mac(struct list *list, struct span text);

void noticed_release(struct noticed *noticed);

#endif
