#include "process_view.h"

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_pids(const void *a, const void *b)
{
	return compare_numbers(*(const uint32_t *)a, *(const uint32_t *)b);
}

static int
compare_holders(const void *left, const void *right)
{
	const struct socket_holder *a = left;
	const struct socket_holder *b = right;
	int order = compare_numbers(a->inode, b->inode);

	return order != 0 ? order : compare_numbers(a->process, b->process);
}

/* Every process id, in order; the caller frees. */
static uint32_t *
list_pids(const struct tree *tree, size_t *count)
{
	struct list names = {0};
	uint32_t *pids = NULL;
	size_t capacity = 0;
	uint64_t pid;

	*count = 0;
	tree_names(tree, "/proc", &names);
	for (size_t i = 0; i < names.count; i++)
		if (span_number(names.item[i], &pid) && pid <= UINT32_MAX) {
			pids = memory_grow(
			    pids, &capacity, *count + 1, sizeof(*pids));
			pids[(*count)++] = (uint32_t)pid;
		}
	list_release(&names);
	if (*count > 1)
		qsort(pids, *count, sizeof(*pids), compare_pids);
	return pids;
}

bool
processes_read(struct processes *processes, const struct tree *tree)
{
	struct process_view view = {.processes = processes, .top = tree};
	size_t count;
	uint32_t *pids = list_pids(tree, &count);
	char path[32];

	for (size_t i = 0; i < count; i++) {
		snprintf(
		    path, sizeof(path), "/proc/%lu", (unsigned long)pids[i]);
		if (!tree_enter(tree, path, &view.tree))
			continue;
		view.process = (struct process){.pid = pids[i]};
		if (!view_is_kernel_thread(&view))
			view_process(&view);
		tree_close(&view.tree);
	}
	free(pids);
	processes->hidden = !tree_exists(tree, "/proc/1");
	if (processes->holder_count > 0)
		qsort(processes->holder, processes->holder_count,
		    sizeof(*processes->holder), compare_holders);
	buffer_release(&view.buffer);
	return count > 0;
}

const struct process *
processes_holder(const struct processes *processes, uint64_t inode)
{
	const struct process *found = NULL;
	size_t low = 0, high = processes->holder_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (processes->holder[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < processes->holder_count &&
	       processes->holder[low].inode == inode;
	     low++) {
		const struct process *process =
		    &processes->item[processes->holder[low].process];

		if (found == NULL || found->pid == 1)
			found = process;
	}
	return found;
}

void
processes_release(struct processes *processes)
{
	arena_release(&processes->arena);
	free(processes->item);
	free(processes->holder);
	*processes = (struct processes){0};
}
