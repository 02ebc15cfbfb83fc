/* Sets of addresses and lists of ports. */
#include "address.h"
#include "tap.h"

static bool
has(const char *list, const char *address)
{
	struct address_set set = {0};
	struct address one;
	struct span bad;
	bool found = address_set_parse(&set, span_of(list), &bad) &&
		     address_parse(span_of(address), &one) &&
		     address_set_has(&set, &one);

	address_set_release(&set);
	return found;
}

static bool
parses(const char *list)
{
	struct address_set set = {0};
	struct span bad;
	bool fine = address_set_parse(&set, span_of(list), &bad);

	address_set_release(&set);
	return fine;
}

/* Take parts away from a network; is the address still there, or moved? */
static void
test_subtract(void)
{
	struct address_set set = {0}, part = {0}, moved = {0};
	struct address a, b, c, other;
	struct span bad;

	address_set_parse(&set, SPAN("10.0.0.0/8,2001:db8::/32"), &bad);
	address_set_parse(&part, SPAN("10.1.0.0/16,2001:db8::5"), &bad);
	address_parse(SPAN("10.0.255.255"), &a);
	address_parse(SPAN("10.1.0.0"), &b);
	address_parse(SPAN("10.2.0.0"), &c);
	address_parse(SPAN("2001:db8::5"), &other);
	address_set_move(&set, &part, &moved);
	ok(address_set_has(&set, &a) && address_set_has(&set, &c),
	    "the neighbours of a part stay");
	ok(!address_set_has(&set, &b) && address_set_has(&moved, &b),
	    "the part moves");
	ok(!address_set_has(&set, &other) && address_set_has(&moved, &other),
	    "a single address too");
	ok(!address_set_meets(&set, &part) && address_set_meets(&moved, &part),
	    "what was moved no longer meets");
	address_set_subtract(&set, NULL);
	ok(set.count == 0, "without everything nothing is left");
	address_set_release(&set);
	address_set_release(&part);
	address_set_release(&moved);
}

int
main(void)
{
	ok(has("192.0.2.0/24", "192.0.2.255"), "the last of a network");
	ok(!has("192.0.2.0/24", "192.0.3.0"), "not the next");
	ok(has("192.0.2.77/25", "192.0.2.1"), "host bits do not count");
	ok(has("192.0.2.1-192.0.2.9", "192.0.2.9"), "the end of a range");
	ok(has("0.0.0.0/0", "255.255.255.255"), "all of IPv4");
	ok(!has("0.0.0.0/0", "2001:db8::1"), "is no IPv6");
	ok(has("::/0", "2001:db8::1"), "all of IPv6");
	ok(has("2001:db8::/33", "2001:db8:7fff::1") &&
		!has("2001:db8::/33", "2001:db8:8000::"),
	    "a prefix within a byte");
	ok(has("!10.0.0.0/8", "11.0.0.0") && !has("!10.0.0.0/8", "10.9.9.9"),
	    "all others");
	ok(!has("!10.0.0.0/8", "2001:db8::1"), "of the same family");
	ok(has("!fe80::/10", "2001:db8::1") && !has("!fe80::/10", "10.0.0.1"),
	    "in IPv6 too");
	ok(!parses("192.0.2.0/33") && !parses("192.0.2") && !parses("a.b") &&
		!parses("") && !parses("!") && !parses("1.2.3.4,") &&
		!parses("192.0.2.9-192.0.2.1") && !parses("10.0.0.1-::1"),
	    "what is malformed is refused");
	test_subtract();
	ok(ports_have(SPAN("80,8000-8080"), 80) &&
		ports_have(SPAN("80,8000-8080"), 8080) &&
		!ports_have(SPAN("80,8000-8080"), 81),
	    "ports and ranges");
	ok(!ports_have(SPAN("!22"), 22) && ports_have(SPAN("!22"), 23),
	    "all other ports");
	ok(ports_valid(SPAN("0-65535")) && !ports_valid(SPAN("65536")) &&
		!ports_valid(SPAN("9-1")) && !ports_valid(SPAN("http")) &&
		!ports_valid(SPAN("")),
	    "malformed ports are refused");
	return done();
}
