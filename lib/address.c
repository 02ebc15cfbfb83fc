#include "address.h"

#include <arpa/inet.h>
#include <stdlib.h>

static const unsigned char mapped[12] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool
address_parse(struct span text, struct address *address)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (strlen(copy) != text.n)
		return false;
	if (inet_pton(AF_INET6, copy, address->byte) == 1)
		return true;
	memcpy(address->byte, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, address->byte + 12) == 1;
}

bool
address_is_v4(const struct address *address)
{
	return memcmp(address->byte, mapped, sizeof(mapped)) == 0;
}

static int
compare(const struct address *a, const struct address *b)
{
	return memcmp(a->byte, b->byte, sizeof(a->byte));
}

/* The next address, or the one before; the ends are not asked for. */
static struct address
after(struct address address)
{
	for (size_t i = 16; i-- > 0;)
		if (++address.byte[i] != 0)
			break;
	return address;
}

static struct address
before(struct address address)
{
	for (size_t i = 16; i-- > 0;)
		if (address.byte[i]-- != 0)
			break;
	return address;
}

static void
add(struct address_set *set, struct address first, struct address last)
{
	set->ranges = memory_grow(
	    set->ranges, &set->capacity, set->count + 1, sizeof(*set->ranges));
	set->ranges[set->count++] = (struct address_range){first, last};
}

static bool
parse_network(struct span text, struct span length, struct address_range *range)
{
	uint64_t bits;

	if (!address_parse(text, &range->first) || !span_number(length, &bits))
		return false;
	if (bits > (address_is_v4(&range->first) ? 32 : 128))
		return false;
	if (address_is_v4(&range->first))
		bits += 96;
	range->last = range->first;
	for (unsigned i = 0; i < 16; i++) {
		unsigned kept = bits >= 8 * (i + 1) ? 8
				: bits <= 8 * i	    ? 0
						    : (unsigned)bits - 8 * i;
		unsigned char host = (unsigned char)(0xff >> kept);

		range->first.byte[i] = (unsigned char)(range->first.byte[i] &
						       (0xff ^ host));
		range->last.byte[i] |= host;
	}
	return true;
}

static bool
parse_range(struct span item, struct address_range *range)
{
	struct span rest = item, first;

	if (span_find(item, '/') != NULL) {
		first = span_cut(&rest, '/');
		return parse_network(first, rest, range);
	}
	first = span_cut(&rest, '-');
	if (!address_parse(first, &range->first))
		return false;
	range->last = range->first;
	if (rest.p == NULL)
		return true;
	return address_parse(rest, &range->last) &&
	       address_is_v4(&range->first) == address_is_v4(&range->last) &&
	       compare(&range->first, &range->last) <= 0;
}

/* Everything of the family, IPv6 without the place of mapped addresses. */
static void
add_family(struct address_set *set, bool v4)
{
	struct address_range all;

	parse_network(SPAN("0.0.0.0"), SPAN("0"), &all);
	if (v4) {
		add(set, all.first, all.last);
	} else {
		struct address low = {{0}}, high;

		memset(high.byte, 0xff, sizeof(high.byte));
		add(set, low, before(all.first));
		add(set, after(all.last), high);
	}
}

bool
address_set_parse(struct address_set *set, struct span list, struct span *bad)
{
	struct address_set listed = {0};
	bool others = list.n > 0 && list.p[0] == '!', fine = true;

	if (others)
		list = span_skip(list, 1);
	while (fine && list.p != NULL) {
		struct address_range range;

		*bad = span_cut(&list, ',');
		fine = parse_range(*bad, &range);
		if (fine)
			add(others ? &listed : set, range.first, range.last);
	}
	if (fine && others) {
		struct address_set all = {0};

		add_family(&all, address_is_v4(&listed.ranges[0].first));
		address_set_subtract(&all, &listed);
		for (size_t i = 0; i < all.count; i++)
			add(set, all.ranges[i].first, all.ranges[i].last);
		address_set_release(&all);
	}
	address_set_release(&listed);
	return fine;
}

bool
address_set_has(const struct address_set *set, const struct address *address)
{
	for (size_t i = 0; i < set->count; i++)
		if (compare(&set->ranges[i].first, address) <= 0 &&
		    compare(address, &set->ranges[i].last) <= 0)
			return true;
	return false;
}

static bool
overlap(const struct address_range *a, const struct address_range *b)
{
	return compare(&a->first, &b->last) <= 0 &&
	       compare(&b->first, &a->last) <= 0;
}

bool
address_set_meets(const struct address_set *a, const struct address_set *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (overlap(&a->ranges[i], &b->ranges[k]))
				return true;
	return false;
}

/* Take one range out; what it covers goes to `to` unless that is NULL. */
static void
cut(struct address_set *set, const struct address_range *out,
    struct address_set *to)
{
	struct address_set kept = {0};

	for (size_t i = 0; i < set->count; i++) {
		const struct address_range *range = &set->ranges[i];
		bool low, high;

		if (!overlap(range, out)) {
			add(&kept, range->first, range->last);
			continue;
		}
		low = compare(&range->first, &out->first) < 0;
		high = compare(&out->last, &range->last) < 0;
		if (low)
			add(&kept, range->first, before(out->first));
		if (high)
			add(&kept, after(out->last), range->last);
		if (to != NULL)
			add(to, low ? out->first : range->first,
			    high ? out->last : range->last);
	}
	free(set->ranges);
	*set = kept;
}

void
address_set_move(struct address_set *from, const struct address_set *other,
    struct address_set *to)
{
	if (other == NULL) {
		for (size_t i = 0; i < from->count; i++)
			add(to, from->ranges[i].first, from->ranges[i].last);
		from->count = 0;
		return;
	}
	for (size_t i = 0; i < other->count; i++)
		cut(from, &other->ranges[i], to);
}

void
address_set_subtract(struct address_set *set, const struct address_set *other)
{
	if (other == NULL)
		set->count = 0;
	for (size_t i = 0; other != NULL && i < other->count; i++)
		cut(set, &other->ranges[i], NULL);
}

void
address_set_copy(struct address_set *to, const struct address_set *from)
{
	to->count = 0;
	for (size_t i = 0; i < from->count; i++)
		add(to, from->ranges[i].first, from->ranges[i].last);
}

void
address_set_release(struct address_set *set)
{
	free(set->ranges);
	*set = (struct address_set){0};
}

static bool
parse_ports(struct span item, uint64_t *first, uint64_t *last)
{
	struct span low = span_cut(&item, '-');

	if (!span_number(low, first))
		return false;
	*last = *first;
	if (item.p != NULL && !span_number(item, last))
		return false;
	return *first <= *last && *last <= UINT16_MAX;
}

bool
ports_valid(struct span list)
{
	uint64_t first, last;

	if (list.n > 0 && list.p[0] == '!')
		list = span_skip(list, 1);
	while (list.p != NULL)
		if (!parse_ports(span_cut(&list, ','), &first, &last))
			return false;
	return true;
}

bool
ports_have(struct span list, uint16_t port)
{
	bool others = list.n > 0 && list.p[0] == '!', found = false;
	uint64_t first, last;

	if (others)
		list = span_skip(list, 1);
	while (list.p != NULL)
		if (parse_ports(span_cut(&list, ','), &first, &last) &&
		    first <= port && port <= last)
			found = true;
	return found != others;
}
