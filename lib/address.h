/*
 * Addresses of IPv4 and IPv6, sets of them, and lists of ports, in the notation
 * of allow records: pm-stream(5).
 */
#ifndef PM_ADDRESS_H
#define PM_ADDRESS_H

#include "memory.h"

/* An IPv4 address is kept as the IPv6 address ::ffff:a.b.c.d (RFC 4291). */
struct address {
	unsigned char byte[16];
};

struct address_range {
	struct address first, last; /* both included */
};

/* Zero-initialise to make an empty one. */
struct address_set {
	struct address_range *ranges; /* in no order, may overlap */
	size_t count, capacity;
};

bool address_parse(struct span text, struct address *address);
bool address_is_v4(const struct address *address);

/*
 * Add what a list says: addresses, networks with /, ranges with -, and behind a
 * leading "!" all but these of the same family.  False when it is malformed,
 * with the item in *bad.
 */
bool address_set_parse(
    struct address_set *set, struct span list, struct span *bad);

bool address_set_has(
    const struct address_set *set, const struct address *address);
bool address_set_meets(
    const struct address_set *a, const struct address_set *b);

/* Move what both have from one to `to`; other may be NULL for everything. */
void address_set_move(struct address_set *from, const struct address_set *other,
    struct address_set *to);

/* Take away what other has; NULL for everything. */
void address_set_subtract(
    struct address_set *set, const struct address_set *other);

void address_set_copy(struct address_set *to, const struct address_set *from);
void address_set_release(struct address_set *set);

/* Is it a list of ports and ranges, with "!" in front or not? */
bool ports_valid(struct span list);

/* Is the port on a valid list? */
bool ports_have(struct span list, uint16_t port);

#endif
