/*
 * How a shell is started on the target: here, in the image of a system, or by a
 * command that takes the host's name.  The script goes to its standard input.
 */
#ifndef PM_APPLY_TRANSPORT_H
#define PM_APPLY_TRANSPORT_H

#include "command.h"
#include "run.h"

enum transport_kind { TRANSPORT_LOCAL, TRANSPORT_ROOT, TRANSPORT_COMMAND };

struct transport {
	enum transport_kind kind;
	char *root;		/* the image */
	struct command command; /* COMMAND HOST sh */
};

/* This machine. */
void transport_local(struct transport *transport);

/* An image; needs root.  Ends the program when it cannot work. */
void transport_root(struct transport *transport, const char *directory);

/* A command that takes a host's name, as command_split() has it. */
void transport_command(struct transport *transport, const char *command);

/*
 * Let the job start a shell on the host.  The argument list is made in arena;
 * the transport must outlive the job.
 */
void transport_prepare(const struct transport *transport, struct arena *arena,
    struct span host, struct run_job *job);

void transport_release(struct transport *transport);

/*
 * In the child, before exec: enter the image named by the context (a path) in
 * namespaces of its own.  What the shell leaves running goes on in them; they
 * and their mounts are gone with the last process.  enter.c
 */
void enter_image(const void *directory);

#endif
