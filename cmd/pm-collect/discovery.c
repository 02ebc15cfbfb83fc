#include "discovery_state.h"

#include <sys/stat.h>

#include "asset_value.h"
#include "host.h"
#include "input.h"
#include "packed.h"
#include "timestamp.h"

const char *discovery_inventory;

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

struct discovery *
discovery_open(const struct discovery_source *source, struct output *output)
{
	struct discovery *discovery = memory_zeroed(1, sizeof(*discovery));

	discovery->source = source;
	discovery->output = output;
	return discovery;
}

void
discovery_release(struct discovery *discovery)
{
	for (size_t i = 0; i < discovery->found_capacity; i++)
		noticed_release(&discovery->found[i].noticed);
	intern_release(&discovery->known);
	intern_release(&discovery->names);
	free(discovery->owners);
	free(discovery->found);
	free(discovery);
}

enum pm_exit
discovery_collect(const struct discovery_source *source, int argc, char **argv)
{
	int first = options_parse(source->program, argc, argv);
	struct discovery *discovery;
	struct output output;
	bool unknown;

	if (first == argc)
		die(PM_EXIT_USAGE,
		    "%s takes files, - for standard input; --help tells more",
		    source->name);
	discovery = discovery_open(source, &output);
	if (discovery_inventory != NULL)
		read_inventory(discovery, discovery_inventory);
	program_output(&output);
	for (int i = first; i < argc; i++)
		read_file(discovery, argv[i]);
	discovery_write(discovery);
	if (!common.quiet && discovery->silent > 0)
		warning("addresses that did not answer: %llu",
		    (unsigned long long)discovery->silent);
	if (!common.quiet && discovery->unknown > 0)
		warning("addresses that are not in the inventory: %llu",
		    (unsigned long long)discovery->unknown);
	host_totals(&output);
	unknown = discovery->unknown > 0;
	discovery_release(discovery);
	return program_finish(
	    &output, common.strict && unknown ? PM_EXIT_CONDITION : PM_EXIT_OK);
}
