#include "discovery_state.h"
#include "host.h"
#include "timestamp.h"

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
	host_write(&host, discovery->output);
	buffer_release(&text);
	host_release(&host);
}

static void
write_services(struct discovery *discovery, struct found *found)
{
	struct output *output = discovery->output;
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
	struct output *output = discovery->output;

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

void
discovery_write(struct discovery *discovery)
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
