#include "service.h"

#include <arpa/inet.h>
#include <errno.h>

enum { TABLE_MAX = 1024 * 1024 * 1024 };

/* The tables of proc_net(5), and the state that makes a socket a service. */
static const struct table {
	const char *protocol;
	const char *name; /* below net in /proc */
	int family;
	const char *state; /* 0A is LISTEN, 07 is CLOSE: not connected */
} tables[] = {
    {"tcp", "tcp", AF_INET, "0A"},
    {"tcp6", "tcp6", AF_INET6, "0A"},
    {"udp", "udp", AF_INET, "07"},
    {"udp6", "udp6", AF_INET6, "07"},
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* Positions of the words of a line, counted from 0. */
enum { WORD_LOCAL = 1, WORD_STATE = 3, WORD_INODE = 9, WORDS };

static bool
hexadecimal(struct span text, uint32_t *value)
{
	uint32_t sum = 0;

	if (text.n == 0 || text.n > 8)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9')
			sum = sum << 4 | (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			sum = sum << 4 | (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	*value = sum;
	return true;
}

/*
 * ADDRESS:PORT in hexadecimal; the address is one or four words of 32 bits,
 * each as the processor would print it.
 */
static bool
parse_local(struct services *services, struct span text, int family,
    struct service *service)
{
	char shown[INET6_ADDRSTRLEN];
	struct span address = span_cut(&text, ':');
	size_t words = family == AF_INET ? 1 : 4;
	uint32_t bytes[4], port;

	if (address.n != words * 8 || !hexadecimal(text, &port) ||
	    port > UINT16_MAX)
		return false;
	for (size_t i = 0; i < words; i++)
		if (!hexadecimal(
			(struct span){address.p + i * 8, 8}, &bytes[i]))
			return false;
	if (inet_ntop(family, bytes, shown, sizeof(shown)) == NULL)
		return false;
	service->address = arena_copy(&services->arena, span_of(shown));
	service->port = (uint16_t)port;
	return true;
}

/* The words of a line, blanks between them in any number. */
static size_t
split(struct span line, struct span *word)
{
	size_t count = 0;

	while (line.p != NULL && count < WORDS) {
		struct span next = span_cut(&line, ' ');

		if (next.n > 0)
			word[count++] = next;
	}
	return count;
}

static void
read_table(struct services *services, const struct table *table,
    const char *process, const struct processes *processes,
    const struct tree *tree)
{
	struct buffer buffer = {0};
	struct span rest;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/net/%s", process, table->name);
	if (!tree_slurp(tree, path, &buffer, TABLE_MAX)) {
		/*
		 * A kernel without this protocol has no such file, and what
		 * another process shows may end with it.
		 */
		if (errno != ENOENT && strcmp(process, "self") == 0)
			die_errno(PM_EXIT_IO, "%s", path);
		buffer_reset(&buffer);
	}
	rest = buffer_span(&buffer);
	span_cut(&rest, '\n'); /* the heading */
	while (rest.p != NULL) {
		struct service service = {.protocol = table->protocol};
		struct span line = span_cut(&rest, '\n');
		struct span word[WORDS];
		uint64_t inode;

		if (line.n == 0)
			continue;
		if (split(line, word) < WORDS ||
		    !span_number(word[WORD_INODE], &inode) ||
		    !parse_local(
			services, word[WORD_LOCAL], table->family, &service))
			die(PM_EXIT_DATA, "%s: a line that is not understood",
			    path);
		if (!span_is(word[WORD_STATE], table->state) ||
		    service.port == 0)
			continue;
		service.process = processes_holder(processes, inode);
		if (service.process == NULL)
			services->unknown++;
		services->item = memory_grow(services->item,
		    &services->capacity, services->count + 1,
		    sizeof(*services->item));
		services->item[services->count++] = service;
	}
	buffer_release(&buffer);
}

static int
compare(const void *left, const void *right)
{
	const struct service *a = left;
	const struct service *b = right;
	int order = strcmp(a->protocol, b->protocol);

	if (order == 0)
		order = span_compare(a->address, b->address);
	if (order == 0)
		order = (a->port > b->port) - (a->port < b->port);
	if (order == 0 && a->process != b->process)
		order = a->process == NULL   ? -1
			: b->process == NULL ? 1
					     : (a->process > b->process) -
						   (a->process < b->process);
	return order;
}

/* Count what listens in the network namespaces of other processes. */
static void
count_elsewhere(struct services *services, const struct processes *processes,
    const struct tree *tree)
{
	struct services other = {0};
	struct buffer own = {0};
	struct list seen = {0};
	char pid[16];
	size_t count;

	if (tree_link(tree, "/proc/self/ns/net", &own))
		list_add(&seen, buffer_span(&own));
	buffer_release(&own);
	for (size_t i = 0; i < processes->count; i++) {
		const struct process *process = &processes->item[i];

		if (process->network.n == 0)
			continue;
		count = seen.count;
		list_add(&seen, process->network);
		list_sort(&seen);
		if (seen.count == count)
			continue;
		snprintf(pid, sizeof(pid), "%lu", (unsigned long)process->pid);
		for (size_t t = 0; t < TABLES; t++)
			read_table(&other, &tables[t], pid, processes, tree);
	}
	services->elsewhere = other.count;
	services_release(&other);
	list_release(&seen);
}

void
services_read(struct services *services, const struct processes *processes,
    const struct tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < TABLES; i++)
		read_table(services, &tables[i], "self", processes, tree);
	count_elsewhere(services, processes, tree);
	if (services->count == 0)
		return;
	qsort(
	    services->item, services->count, sizeof(*services->item), compare);
	/* one process may share a port among several sockets */
	for (size_t i = 0; i < services->count; i++)
		if (kept == 0 ||
		    compare(&services->item[i], &services->item[kept - 1]) != 0)
			services->item[kept++] = services->item[i];
	services->count = kept;
}

void
services_write(const struct services *services, const struct owners *owners,
    const struct host *host, struct output *output)
{
	static const struct process nobody;

	for (size_t i = 0; i < services->count; i++) {
		const struct service *service = &services->item[i];
		const struct process *process = service->process != NULL
						    ? service->process
						    : &nobody;
		struct span package = {0};

		if (!process->contained)
			package = owners_find(owners, process->script);
		if (!process->contained && package.n == 0)
			package = owners_find(owners, process->program);
		output_begin(output, layout_default(RECORD_SVC, false));
		output_text(output, host_name(host));
		output_text(output, span_of(service->protocol));
		output_text(output, service->address);
		output_number(output, service->port);
		output_text(output, process->name);
		output_text(output, package);
		output_text(output, process->unit);
		output_text(output, SPAN("listen"));
		output_end(output);
	}
}

void
services_release(struct services *services)
{
	arena_release(&services->arena);
	free(services->item);
	*services = (struct services){0};
}
