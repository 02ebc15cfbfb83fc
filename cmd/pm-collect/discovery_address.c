/* Addresses of hosts in the one form that each of them has. */
#include <arpa/inet.h>

#include "discovery.h"

static bool
is_host_v4(const unsigned char *address)
{
	return address[0] != 0 && address[0] < 224;
}

static bool
is_host_v6(const unsigned char *address)
{
	static const unsigned char unspecified[16];

	return address[0] != 0xff &&
	       memcmp(address, unspecified, sizeof(unspecified)) != 0;
}

/* In one form for each address: 2001:DB8:0::1 is 2001:db8::1. */
bool
discovery_address(struct list *list, struct span text)
{
	char room[INET6_ADDRSTRLEN];
	unsigned char address[16];
	int family = span_find(text, ':') != NULL ? AF_INET6 : AF_INET;

	if (text.n == 0 || text.n >= sizeof(room))
		return false;
	snprintf(room, sizeof(room), "%.*s", SPAN_ARG(text));
	if (inet_pton(family, room, address) != 1)
		return false;
	if (family == AF_INET6 ? is_host_v6(address) : is_host_v4(address)) {
		inet_ntop(family, address, room, sizeof(room));
		list_add(list, span_of(room));
	}
	return true;
}

bool
discovery_mac(struct list *list, struct span text)
{
	char room[18];

	if (text.n != 17)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c | 0x20);
		if (i % 3 == 2) {
			if (c != ':' && c != '-')
				return false;
			c = ':';
		} else if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
			return false;
		}
		room[i] = c;
	}
	room[17] = '\0';
	/* the lowest bit of the first byte: a group; all zero: none */
	if (memchr("13579bdf", room[1], 8) == NULL &&
	    strcmp(room, "00:00:00:00:00:00") != 0)
		list_add(list, span_of(room));
	return true;
}
