/* One process, as its directory in /proc shows it; for process.c alone. */
#ifndef PM_PROCESS_VIEW_H
#define PM_PROCESS_VIEW_H

#include "process.h"

struct process_view {
	struct processes *processes; /* what is seen is added here */
	struct process process;
	const struct tree *top;
	struct tree tree;     /* its directory */
	struct buffer buffer; /* for the file being read */
};

/* Kernel threads have no program and no files. */
bool view_is_kernel_thread(struct process_view *view);

/* Look at it and add it. */
void view_process(struct process_view *view);

#endif
