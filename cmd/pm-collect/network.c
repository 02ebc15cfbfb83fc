#include "network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

enum { ROUTES_MAX = 256 * 1024 * 1024, INTERFACE_MAX = 4096, MAC_BYTES = 6 };

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
add_address4(uint32_t address, struct list *addresses)
{
	struct in_addr in = {htonl(address)};
	char text[INET_ADDRSTRLEN];

	if (address >> 24 == 127 || address >> 16 == 0xa9fe)
		return; /* 127.0.0.0/8, 169.254.0.0/16 */
	if (inet_ntop(AF_INET, &in, text, sizeof(text)))
		list_add(addresses, span_of(text));
}

static void
add_address6(const struct in6_addr *address, struct list *addresses)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_LINKLOCAL(address))
		return;
	if (inet_ntop(AF_INET6, address, text, sizeof(text)))
		list_add(addresses, span_of(text));
}

static void
add_address(const struct ifaddrs *interface, struct list *addresses)
{
	const void *any = interface->ifa_addr;
	const struct sockaddr_in *v4 = any;
	const struct sockaddr_in6 *v6 = any;

	if (v4->sin_family == AF_INET)
		add_address4(ntohl(v4->sin_addr.s_addr), addresses);
	else if (v6->sin6_family == AF_INET6)
		add_address6(&v6->sin6_addr, addresses);
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

/* Addresses, and hardware addresses of all and of the routed interfaces. */
struct links {
	struct list routed;
	struct list addresses;
	struct list macs;
	struct list all;
};

static void
ask_kernel(struct links *links)
{
	struct ifaddrs *interfaces, *i;

	if (getifaddrs(&interfaces) == -1)
		die_errno(PM_EXIT_SYSTEM, "asking for the interfaces");
	for (i = interfaces; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_LOOPBACK) != 0)
			continue;
		add_address(i, &links->addresses);
		add_mac(i, &links->all);
		if (listed(&links->routed, i->ifa_name))
			add_mac(i, &links->macs);
	}
	freeifaddrs(interfaces);
}

/*
 * /proc/net/fib_trie: the host's own addresses are leaves, "|-- ADDRESS" with
 * "/32 host LOCAL" on a line below.
 */
static void
see_addresses4(const struct tree *tree, struct list *addresses)
{
	struct buffer buffer = {0};
	struct span rest, leaf = {0};
	char text[INET_ADDRSTRLEN];
	struct in_addr in;

	tree_slurp(tree, "/proc/net/fib_trie", &buffer, ROUTES_MAX);
	rest = buffer_span(&buffer);
	while (rest.p != NULL) {
		struct span line = span_trim(span_cut(&rest, '\n'));

		if (span_starts(line, SPAN("|-- ")))
			leaf = span_skip(line, 4);
		if (!span_is(line, "/32 host LOCAL") || leaf.n >= sizeof(text))
			continue;
		snprintf(text, sizeof(text), "%.*s", SPAN_ARG(leaf));
		if (inet_pton(AF_INET, text, &in) == 1)
			add_address4(ntohl(in.s_addr), addresses);
	}
	buffer_release(&buffer);
}

static int
hexadecimal(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* /proc/net/if_inet6: 32 hexadecimal digits, then what is of no use here. */
static void
see_addresses6(const struct tree *tree, struct list *addresses)
{
	struct buffer buffer = {0};
	struct span rest;

	tree_slurp(tree, "/proc/net/if_inet6", &buffer, ROUTES_MAX);
	rest = buffer_span(&buffer);
	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');
		struct span digits = span_cut(&line, ' ');
		struct in6_addr address = {0};
		bool good = digits.n == 2 * sizeof(address.s6_addr);

		for (size_t i = 0; good && i < digits.n; i++) {
			int digit = hexadecimal(digits.p[i]);

			good = digit >= 0;
			address.s6_addr[i / 2] =
			    (uint8_t)(address.s6_addr[i / 2] << 4 |
				      (digit & 15));
		}
		if (good)
			add_address6(&address, addresses);
	}
	buffer_release(&buffer);
}

/* A file of an interface below /sys/class/net, without the newline. */
static struct span
interface_file(const struct tree *tree, struct span name, const char *file,
    struct buffer *buffer)
{
	struct buffer path = {0};

	buffer_printf(&path, "/sys/class/net/%.*s/%s", SPAN_ARG(name), file);
	buffer_add_byte(&path, '\0');
	buffer_reset(buffer);
	if (!tree_slurp(tree, path.p, buffer, INTERFACE_MAX))
		buffer_reset(buffer);
	buffer_release(&path);
	if (buffer->n > 0 && buffer->p[buffer->n - 1] == '\n')
		buffer->n--;
	return buffer_span(buffer);
}

/* xx:xx:xx:xx:xx:xx, not all zero */
static bool
is_mac(struct span text)
{
	bool zero = true;

	if (text.n != MAC_BYTES * 3 - 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (i % 3 == 2 ? text.p[i] != ':'
			       : hexadecimal(text.p[i]) == -1)
			return false;
		zero = zero && (i % 3 == 2 || text.p[i] == '0');
	}
	return !zero;
}

/* The same from the files that a probe has read. */
static void
see_links(const struct tree *tree, struct links *links)
{
	struct buffer buffer = {0};
	struct list names = {0};

	see_addresses4(tree, &links->addresses);
	see_addresses6(tree, &links->addresses);
	tree_names(tree, "/sys/class/net", &names);
	for (size_t i = 0; i < names.count; i++) {
		struct span name = names.item[i];
		struct span mac;

		if (span_is(interface_file(tree, name, "type", &buffer),
			"772")) /* ARPHRD_LOOPBACK */
			continue;
		mac = interface_file(tree, name, "address", &buffer);
		if (!is_mac(mac))
			continue;
		list_add(&links->all, mac);
		if (listed(&links->routed, name.p))
			list_add(&links->macs, mac);
	}
	list_release(&names);
	buffer_release(&buffer);
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
	struct links links = {0};

	default_routes4(tree, &links.routed);
	default_routes6(tree, &links.routed);
	if (tree->reply != NULL)
		see_links(tree, &links);
	else
		ask_kernel(&links);
	set_list(host, HOST_ADDR, &links.addresses);
	set_list(
	    host, HOST_MAC, links.macs.count > 0 ? &links.macs : &links.all);
	list_release(&links.routed);
	list_release(&links.addresses);
	list_release(&links.macs);
	list_release(&links.all);
}
