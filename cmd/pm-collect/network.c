#include "network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

enum { ROUTES_MAX = 256 * 1024 * 1024, MAC_BYTES = 6 };

/* Take the next word of *rest, words being separated by runs of blanks. */
static struct span
next_word(struct span *rest)
{
	struct span word = {0};

	while (rest->p != NULL && word.n == 0) {
		while (rest->n > 0 && rest->p[0] == '\t')
			*rest = span_skip(*rest, 1);
		word = span_cut(rest, ' ');
	}
	return span_trim(word);
}

/*
 * /proc/net/route: interface, destination, gateway, flags, reference count,
 * use, metric, mask, separated by tabs.  A default route has destination 0.
 */
static void
default_routes4(const struct tree *tree, struct list *interfaces)
{
	struct buffer buffer = {0};
	struct span rest;

	tree_slurp(tree, "/proc/net/route", &buffer, ROUTES_MAX);
	rest = buffer_span(&buffer);
	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');
		struct span name = span_trim(span_cut(&line, '\t'));

		if (line.p != NULL &&
		    span_is(span_cut(&line, '\t'), "00000000"))
			list_add(interfaces, name);
	}
	buffer_release(&buffer);
}

/*
 * /proc/net/ipv6_route: destination, its length, source, its length, next hop,
 * metric, reference count, use, flags, interface.  The kernel's own catch-all
 * for unreachable goes through lo.
 */
static void
default_routes6(const struct tree *tree, struct list *interfaces)
{
	static const char any[] = "00000000000000000000000000000000";
	struct buffer buffer = {0};
	struct span rest;

	tree_slurp(tree, "/proc/net/ipv6_route", &buffer, ROUTES_MAX);
	rest = buffer_span(&buffer);
	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');
		struct span destination = next_word(&line);
		struct span length = next_word(&line);
		struct span word = {0};

		if (!span_is(destination, any) || !span_is(length, "00"))
			continue;
		while (line.p != NULL)
			word = next_word(&line);
		if (word.n > 0 && !span_is(word, "lo"))
			list_add(interfaces, word);
	}
	buffer_release(&buffer);
}

static bool
listed(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_is(list->item[i], name))
			return true;
	return false;
}

static void
add_address(const struct ifaddrs *interface, struct list *addresses)
{
	const void *any = interface->ifa_addr;
	const struct sockaddr_in *v4 = any;
	const struct sockaddr_in6 *v6 = any;
	char text[INET6_ADDRSTRLEN];
	uint32_t address;

	if (v4->sin_family == AF_INET) {
		address = ntohl(v4->sin_addr.s_addr);
		if (address >> 24 == 127 || address >> 16 == 0xa9fe)
			return; /* 127.0.0.0/8, 169.254.0.0/16 */
		if (inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text)))
			list_add(addresses, span_of(text));
	} else if (v6->sin6_family == AF_INET6) {
		if (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
		    IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
			return;
		if (inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text)))
			list_add(addresses, span_of(text));
	}
}

static void
add_mac(const struct ifaddrs *interface, struct list *macs)
{
	const void *any = interface->ifa_addr;
	const struct sockaddr_ll *link = any;
	const unsigned char *byte = link->sll_addr;
	char text[MAC_BYTES * 3];
	unsigned sum = 0;

	if (link->sll_family != AF_PACKET || link->sll_halen != MAC_BYTES)
		return;
	for (int i = 0; i < MAC_BYTES; i++)
		sum |= byte[i];
	if (sum == 0)
		return;
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", byte[0],
	    byte[1], byte[2], byte[3], byte[4], byte[5]);
	list_add(macs, span_of(text));
}

static void
set_list(struct host *host, enum host_column column, struct list *list)
{
	struct buffer text = {0};

	list_join(list, &text);
	host_set(host, column, buffer_span(&text));
	buffer_release(&text);
}

void
network_describe(struct host *host, const struct tree *tree)
{
	struct list routed = {0}, addresses = {0}, macs = {0}, all = {0};
	struct ifaddrs *interfaces, *i;

	default_routes4(tree, &routed);
	default_routes6(tree, &routed);
	if (getifaddrs(&interfaces) == -1)
		die_errno(PM_EXIT_SYSTEM, "asking for the interfaces");
	for (i = interfaces; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_LOOPBACK) != 0)
			continue;
		add_address(i, &addresses);
		add_mac(i, &all);
		if (listed(&routed, i->ifa_name))
			add_mac(i, &macs);
	}
	freeifaddrs(interfaces);
	set_list(host, HOST_ADDR, &addresses);
	set_list(host, HOST_MAC, macs.count > 0 ? &macs : &all);
	list_release(&routed);
	list_release(&addresses);
	list_release(&macs);
	list_release(&all);
}
