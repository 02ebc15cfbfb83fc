#include "peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "host.h"

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
	struct rule_origin origins[FLEET_COLUMNS];
	struct span values[FLEET_COLUMNS];
	size_t known = peers->places.count;
	uint32_t number;

	fleet_read(record, values);
	rules_decide(rules, rule_mask_all, values, origins);
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
peers_add(struct peers *peers, struct rules *rules, const struct record *record)
{
	size_t known = peers->names.count;

	intern_add(&peers->names, record_get(record, HOST_HOST));
	if (peers->names.count != known)
		count(peers, rules, record);
}

void
peers_read(struct peers *peers, struct rules *rules, const char *path)
{
	char *file = strdup(path);
	struct input input;
	struct record record;

	if (file == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	input_open(&input, 1, &file, NULL, false);
	while (input_next(&input, &record))
		if (record_type(&record) == RECORD_HOST)
			peers_add(peers, rules, &record);
	input_finish(&input);
	free(file);
}

/* ---- the input itself, of which only the lines of hosts are looked at */

/* Write the host records of a file, and their headers, into another. */
static void
pick_hosts(FILE *from, FILE *to)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, from)) > 0) {
		struct span text = {line, (size_t)n};

		if (span_starts(text, SPAN("host\t")) ||
		    span_starts(text, SPAN("#host\t")))
			fwrite(line, 1, (size_t)n, to);
	}
	free(line);
}

static void
scan_file(struct peers *peers, struct rules *rules, const char *path)
{
	struct stream_error error;
	struct stream *stream;
	struct record record;
	FILE *from = fopen(path, "re"), *hosts;
	enum stream_status status;
	size_t n;

	if (from == NULL) /* opening it again will say so */
		return;
	hosts = tmpfile();
	if (hosts == NULL)
		die_errno(PM_EXIT_IO, "cannot make a temporary file");
	pick_hosts(from, hosts);
	fclose(from);
	if (fflush(hosts) == EOF || ferror(hosts))
		die_errno(PM_EXIT_IO, "cannot write a temporary file");
	rewind(hosts);
	stream = stream_open(fileno(hosts), path);
	while ((status = stream_read(stream, &record, 1, &n, &error)) !=
	       STREAM_END) {
		if (status == STREAM_FAILED)
			die_errno(PM_EXIT_IO, "%s: read", path);
		if (status == STREAM_BAD && error.fatal)
			break;
		if (status == STREAM_RECORDS)
			peers_add(peers, rules, &record);
	}
	stream_close(stream);
	fclose(hosts);
}

void
peers_scan(struct peers *peers, struct rules *rules, int count, char **files)
{
	struct stat status;

	for (int i = 0; i < count; i++)
		if (strcmp(files[i], "-") == 0 ||
		    stat(files[i], &status) == -1 || !S_ISREG(status.st_mode))
			return;
	for (int i = 0; i < count; i++)
		scan_file(peers, rules, files[i]);
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
	intern_release(&peers->names);
	intern_release(&peers->places);
	free(peers->hosts);
}
