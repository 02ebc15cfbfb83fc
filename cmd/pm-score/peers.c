#include "peers.h"

#include <stdlib.h>

static struct span
place(struct span role, struct span site)
{
	static struct buffer text;

	buffer_reset(&text);
	buffer_add_span(&text, role);
	buffer_add_byte(&text, '\t');
	buffer_add_span(&text, site);
	return buffer_span(&text);
}

static void
count(struct peers *peers, struct rules *rules, const struct record *record)
{
	struct rule_origin origins[HOST_POLICY_COLUMNS];
	struct span values[HOST_POLICY_COLUMNS];
	size_t known = peers->places.count;
	uint32_t number;

	for (unsigned i = 0; i < HOST_POLICY_COLUMNS; i++)
		values[i] = record_get(record, i);
	rules_decide(rules, UINT64_MAX, values, origins);
	if (span_absent(values[HOST_ROLE]))
		return;
	number = intern_add(
	    &peers->places, place(values[HOST_ROLE], values[HOST_SITE]));
	peers->hosts = memory_grow(peers->hosts, &peers->capacity,
	    peers->places.count, sizeof(*peers->hosts));
	if (peers->places.count != known)
		peers->hosts[number] = 0;
	peers->hosts[number]++;
}

void
peers_read(struct peers *peers, struct rules *rules, const char *path)
{
	struct intern names = {.count = 0};
	char *file = strdup(path);
	struct input input;
	struct record record;

	if (file == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	input_open(&input, 1, &file, NULL, false);
	while (input_next(&input, &record)) {
		struct span host;
		size_t known = names.count;

		if (record_type(&record) != RECORD_HOST)
			continue;
		host = record_get(&record, HOST_HOST);
		intern_add(&names, host);
		if (names.count != known) /* a host may come twice */
			count(peers, rules, &record);
	}
	input_finish(&input);
	free(file);
	intern_release(&names);
}

uint64_t
peers_of(const struct peers *peers, struct span role, struct span site)
{
	uint32_t number;

	if (peers->places.count == 0 || span_absent(role) ||
	    !intern_find(&peers->places, place(role, site), &number))
		return 0;
	return peers->hosts[number];
}

void
peers_release(struct peers *peers)
{
	intern_release(&peers->places);
	free(peers->hosts);
}
