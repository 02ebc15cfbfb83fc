#include "discovery.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include "asset_value.h"
#include "host.h"
#include "input.h"
#include "intern.h"
#include "packed.h"
#include "timestamp.h"

const char *discovery_inventory;

/* Who has an address in the inventory. */
struct owner {
	uint32_t host; /* number of the name; 0 for nobody */
	bool several;
};

/* All that was noticed of one host. */
struct found {
	struct span name;
	struct noticed noticed;
	bool known; /* to the inventory */
};

struct discovery {
	const struct discovery_source *source;
	struct output output;
	struct intern known;  /* addresses, hardware addresses, names */
	struct owner *owners; /* by number */
	size_t owner_capacity;
	struct intern names; /* of hosts found */
	struct found *found; /* by number of the name */
	size_t found_capacity;
	uint64_t silent, unknown;
	int64_t file_time;
};

/* ---- addresses */

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

/* ---- the inventory */

static void
own(struct discovery *discovery, struct span key, uint32_t host)
{
	uint32_t number = intern_add(&discovery->known, key);
	size_t known = discovery->owner_capacity;
	struct owner *owner;

	discovery->owners = memory_grow(discovery->owners,
	    &discovery->owner_capacity, (size_t)number + 1, sizeof(*owner));
	for (size_t i = known; i < discovery->owner_capacity; i++)
		discovery->owners[i] = (struct owner){0, false};
	owner = &discovery->owners[number];
	if (owner->host != 0 && owner->host != host)
		owner->several = true;
	owner->host = host;
}

static void
own_all(struct discovery *discovery, struct span list, uint32_t host)
{
	while (list.p != NULL) {
		struct span key = span_cut(&list, ',');

		if (!span_absent(key) && key.n > 0)
			own(discovery, key, host);
	}
}

static void
read_inventory(struct discovery *discovery, const char *file)
{
	char name[4096];
	char *files[] = {name};
	struct input input;
	struct record record;

	if (strlcpy(name, file, sizeof(name)) >= sizeof(name))
		die(PM_EXIT_USAGE, "--inventory: the name is too long");
	input_open(&input, 1, files, NULL, false);
	input_require(&input, RECORD_HOST, HOST_HOST);
	while (input_next(&input, &record)) {
		struct span host = record_get(&record, HOST_HOST);
		uint32_t number;

		if (record_type(&record) != RECORD_HOST || span_absent(host))
			continue;
		number = intern_add(&discovery->known, host);
		own(discovery, host, number);
		own_all(discovery, record_get(&record, HOST_ADDR), number);
		own_all(discovery, record_get(&record, HOST_MAC), number);
	}
	input_finish(&input);
}

/* Who in the inventory has one of these; several owners are none. */
static struct span
find_owner(const struct discovery *discovery, const struct list *keys)
{
	struct span nobody = {NULL, 0};
	uint32_t number;

	for (size_t i = 0; i < keys->count; i++)
		if (intern_find(&discovery->known, keys->item[i], &number) &&
		    number < discovery->owner_capacity &&
		    discovery->owners[number].host != 0 &&
		    !discovery->owners[number].several)
			return intern_span(
			    &discovery->known, discovery->owners[number].host);
	return nobody;
}

/* ---- what was noticed */

static bool
good_name(struct span name)
{
	struct buffer text = {0};
	bool good = asset_value(&text, HOST_HOST, name) == NULL;

	buffer_release(&text);
	return good;
}

/* Do two lists have an item in common? */
static bool
share(const struct list *a, const struct list *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (span_equal(a->item[i], b->item[k]))
				return true;
	return false;
}

/* Is the name that of another host found before? */
static bool
is_taken(const struct discovery *discovery, const struct noticed *noticed)
{
	const struct found *found;
	uint32_t number;

	if (!intern_find(&discovery->names, noticed->name, &number) ||
	    number == 0)
		return false;
	found = &discovery->found[number];
	return !share(&found->noticed.addresses, &noticed->addresses) &&
	       !share(&found->noticed.macs, &noticed->macs);
}

/*
 * Whose it is: by hardware address, which moves less than others, then by
 * address.  What a device calls itself proves nothing: a name that the
 * inventory has counts only from a source whose names come from elsewhere.
 */
static struct span
resolve(const struct discovery *discovery, const struct noticed *noticed,
    bool *known)
{
	struct span name = find_owner(discovery, &noticed->macs);
	uint32_t number;

	if (name.p == NULL)
		name = find_owner(discovery, &noticed->addresses);
	*known = name.p != NULL;
	if (*known)
		return name;
	if (noticed->name.n > 0 && good_name(noticed->name)) {
		bool there = intern_find(
		    &discovery->known, noticed->name, &number);

		*known = there && discovery->source->names_prove &&
			 number < discovery->owner_capacity &&
			 discovery->owners[number].host == number;
		if (*known || (!there && !is_taken(discovery, noticed)))
			return noticed->name;
	}
	return noticed->addresses.item[0];
}

static void
add_all(struct list *to, const struct list *from)
{
	for (size_t i = 0; i < from->count; i++)
		list_add(to, from->item[i]);
}

static void
add_fact(struct list *facts, struct span key, struct span value)
{
	struct buffer text = {0};

	buffer_add_span(&text, key);
	buffer_add_byte(&text, '\t');
	buffer_add_span(&text, value);
	list_add(facts, buffer_span(&text));
	buffer_release(&text);
}

void
discovery_notice(struct discovery *discovery, struct noticed *noticed)
{
	struct found *found;
	struct span name;
	uint32_t number;
	bool known;

	if (noticed->addresses.count == 0) {
		noticed_release(noticed);
		return;
	}
	list_sort(&noticed->addresses);
	name = resolve(discovery, noticed, &known);
	number = intern_add(&discovery->names, name);
	if (number >= discovery->found_capacity) {
		size_t had = discovery->found_capacity;

		discovery->found = memory_grow(discovery->found,
		    &discovery->found_capacity, (size_t)number + 1,
		    sizeof(*found));
		memset(discovery->found + had, 0,
		    (discovery->found_capacity - had) * sizeof(*found));
	}
	found = &discovery->found[number];
	found->known = known;
	add_all(&found->noticed.addresses, &noticed->addresses);
	add_all(&found->noticed.macs, &noticed->macs);
	add_all(&found->noticed.services, &noticed->services);
	add_all(&found->noticed.facts, &noticed->facts);
	if (noticed->name.n > 0 && !span_equal(noticed->name, name))
		add_fact(
		    &found->noticed.facts, SPAN("network_name"), noticed->name);
	if (noticed->seen > found->noticed.seen)
		found->noticed.seen = noticed->seen;
	noticed_release(noticed);
}

void
discovery_silent(struct discovery *discovery)
{
	discovery->silent++;
}

void
noticed_release(struct noticed *noticed)
{
	list_release(&noticed->addresses);
	list_release(&noticed->macs);
	list_release(&noticed->services);
	list_release(&noticed->facts);
	*noticed = (struct noticed){.seen = 0};
}

/* ---- writing */

static void
write_host(struct discovery *discovery, struct found *found)
{
	struct host host = {0};
	struct buffer text = {0};
	char seen[TIMESTAMP_SIZE];
	int64_t time = found->noticed.seen;

	host_set(&host, HOST_HOST, found->name);
	list_sort(&found->noticed.addresses);
	/* of a known host others have said more, which this must not replace */
	if (!found->known) {
		list_join(&found->noticed.addresses, &text);
		host_set(&host, HOST_ADDR, buffer_span(&text));
		buffer_reset(&text);
		list_join(&found->noticed.macs, &text);
		host_set(&host, HOST_MAC, buffer_span(&text));
		host.column[HOST_STATE] = SPAN("partial");
	}
	host.column[HOST_SOURCE] = span_of(discovery->source->name);
	if (time == 0)
		time = discovery->file_time;
	host_set(&host, HOST_SEEN, timestamp_format(time, seen));
	host_write(&host, &discovery->output);
	buffer_release(&text);
	host_release(&host);
}

static void
write_services(struct discovery *discovery, struct found *found)
{
	struct output *output = &discovery->output;
	struct list *services = &found->noticed.services;

	list_sort(services);
	for (size_t i = 0; i < services->count; i++) {
		struct span rest = services->item[i];

		output_begin(output, layout_default(RECORD_SVC, false));
		output_text(output, found->name);
		output_text(output, span_cut(&rest, '\t')); /* proto */
		output_text(output, span_cut(&rest, '\t')); /* addr */
		output_text(output, span_cut(&rest, '\t')); /* port */
		output_field(output, SPAN("-"));	    /* process */
		output_field(output, SPAN("-"));	    /* package */
		output_field(output, SPAN("-"));	    /* unit */
		output_text(output, rest);		    /* state */
		output_end(output);
	}
}

static void
write_fact(struct discovery *discovery, struct span host, struct span key,
    struct span value)
{
	struct output *output = &discovery->output;

	output_begin(output, layout_default(RECORD_FACT, false));
	output_text(output, host);
	output_text(output, key);
	output_text(output, value);
	output_end(output);
}

static bool
is_loopback(struct span address)
{
	return span_starts(address, SPAN("127.")) || span_is(address, "::1");
}

/* How the inventory has an address: not at all, once, or of several hosts. */
static const struct owner *
owner_of(const struct discovery *discovery, struct span address)
{
	static const struct owner nobody = {0, false};
	uint32_t number;

	if (!intern_find(&discovery->known, address, &number) ||
	    number >= discovery->owner_capacity)
		return &nobody;
	return &discovery->owners[number];
}

static void
write_facts(struct discovery *discovery, struct found *found)
{
	struct list *facts = &found->noticed.facts;
	struct list *addresses = &found->noticed.addresses;

	list_sort(facts);
	for (size_t i = 0; i < facts->count; i++) {
		struct span value = facts->item[i];
		struct span key = span_cut(&value, '\t');

		write_fact(discovery, found->name, key, value);
	}
	for (size_t i = 0; discovery_inventory != NULL && i < addresses->count;
	     i++) {
		struct span address = addresses->item[i];
		const struct owner *owner = owner_of(discovery, address);

		if (is_loopback(address))
			continue; /* every host has it */
		if (owner->several && !found->known) {
			write_fact(discovery, found->name,
			    SPAN("ambiguous_address"), address);
		} else if (owner->host == 0) {
			write_fact(discovery, found->name,
			    SPAN("unknown_address"), address);
			discovery->unknown++;
		}
	}
}

static int
compare_found(const void *left, const void *right)
{
	const struct found *a = left;
	const struct found *b = right;

	return span_compare(a->name, b->name);
}

static void
write_all(struct discovery *discovery)
{
	struct found *found = discovery->found;
	size_t count = discovery->names.count;

	for (size_t i = 1; i < count; i++)
		found[i].name = intern_span(&discovery->names, (uint32_t)i);
	if (count > 2)
		qsort(found + 1, count - 1, sizeof(*found), compare_found);
	for (size_t i = 1; i < count; i++) {
		write_host(discovery, &found[i]);
		write_services(discovery, &found[i]);
		write_facts(discovery, &found[i]);
		noticed_release(&found[i].noticed);
	}
}

/* ---- the whole */

static void
read_file(struct discovery *discovery, const char *file)
{
	struct bytes stored, packed;
	struct stat status;

	bytes_open(&stored, file);
	discovery->file_time = timestamp_now();
	if (fstat(stored.fd, &status) == 0 && S_ISREG(status.st_mode))
		discovery->file_time = (int64_t)status.st_mtime;
	packed_open_any(&packed, stored.fd, stored.file);
	discovery->source->read(discovery, &packed);
	bytes_close(&packed);
}

static void
release(struct discovery *discovery)
{
	intern_release(&discovery->known);
	intern_release(&discovery->names);
	free(discovery->owners);
	free(discovery->found);
}

enum pm_exit
discovery_collect(const struct discovery_source *source, int argc, char **argv)
{
	static struct discovery discovery;
	int first = options_parse(source->program, argc, argv);
	bool unknown;

	if (first == argc)
		die(PM_EXIT_USAGE,
		    "%s takes files, - for standard input; --help tells more",
		    source->name);
	discovery.source = source;
	if (discovery_inventory != NULL)
		read_inventory(&discovery, discovery_inventory);
	program_output(&discovery.output);
	for (int i = first; i < argc; i++)
		read_file(&discovery, argv[i]);
	write_all(&discovery);
	if (!common.quiet && discovery.silent > 0)
		warning("addresses that did not answer: %llu",
		    (unsigned long long)discovery.silent);
	if (!common.quiet && discovery.unknown > 0)
		warning("addresses that are not in the inventory: %llu",
		    (unsigned long long)discovery.unknown);
	host_totals(&discovery.output);
	unknown = discovery.unknown > 0;
	release(&discovery);
	return program_finish(&discovery.output,
	    common.strict && unknown ? PM_EXIT_CONDITION : PM_EXIT_OK);
}
