#include "select.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool
is_among(struct span name, struct span names)
{
	while (names.p != NULL)
		if (span_equal(span_cut(&names, ','), name))
			return true;
	return false;
}

/* Select the steps of a host, or of a comma list of hosts; how many are they? */
static size_t
select_host(struct plan *plan, struct span hosts)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];

		step->selected = is_among(step->host, hosts);
		count += step->selected;
	}
	return count;
}

/* The first hosts of the plan, for messages. */
static void
name_hosts(const struct plan *plan, struct buffer *out)
{
	enum { SHOWN = 5 };
	struct span last = {0};
	unsigned count = 0;

	for (size_t i = 0; i < plan->count && count <= SHOWN; i++) {
		if (i > 0 && span_equal(plan->steps[i].host, last))
			continue;
		last = plan->steps[i].host;
		if (count > 0)
			buffer_add_span(out, SPAN(", "));
		if (count++ == SHOWN)
			buffer_add_span(out, SPAN("..."));
		else
			buffer_add_span(out, last);
	}
	if (count == 0)
		buffer_add_span(out, SPAN("no host"));
	buffer_add_byte(out, '\0');
}

static _Noreturn void
not_for(const struct plan *plan, const char *what, const char *remedy)
{
	struct buffer hosts = {0};

	name_hosts(plan, &hosts);
	die(PM_EXIT_REFUSED, "%s: has steps for %s, %s; %s", plan->file,
	    hosts.p, what, remedy);
}

static void
select_this_machine(struct plan *plan)
{
	struct utsname name;
	struct buffer what = {0};

	if (uname(&name) == -1)
		die_errno(PM_EXIT_SYSTEM, "uname");
	if (plan->count == 0 || select_host(plan, span_of(name.nodename)) > 0)
		return;
	buffer_printf(&what, "and this machine is %s", name.nodename);
	buffer_add_byte(&what, '\0');
	not_for(plan, what.p, "reach other hosts with -e, as in -e ssh");
}

/* The name that an image gives itself; empty when it does not. */
static struct span
image_name(const char *root, char *name, size_t size)
{
	struct buffer path = {0};
	struct span text = {name, 0};
	ssize_t n = -1;
	int fd;

	buffer_printf(&path, "%s/etc/hostname", root);
	buffer_add_byte(&path, '\0');
	fd = open(path.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1) {
		n = read(fd, name, size);
		close(fd);
	}
	buffer_release(&path);
	if (n > 0)
		text.n = (size_t)n;
	return span_trim(span_cut(&text, '\n'));
}

/* An image is one host: the one it is named after, or the only one there is. */
static void
select_image(struct plan *plan, const char *root)
{
	char text[256];
	struct span name = image_name(root, text, sizeof(text));

	if (plan->count == 0 || (name.n > 0 && select_host(plan, name) > 0))
		return;
	if (select_host(plan, plan->steps[0].host) == plan->count &&
	    name.n == 0)
		return;
	not_for(plan, "and the image is not one of them by its /etc/hostname",
	    "say which one it is with --host NAME");
}

void
select_hosts(
    struct plan *plan, const struct transport *transport, const char *host)
{
	if (host != NULL) {
		if (select_host(plan, span_of(host)) == 0)
			not_for(plan, "not for the one that --host names",
			    "look at the plan");
		if (transport->kind != TRANSPORT_LOCAL)
			return;
	}
	switch (transport->kind) {
	case TRANSPORT_LOCAL:
		select_this_machine(plan);
		break;
	case TRANSPORT_ROOT:
		select_image(plan, transport->root);
		break;
	case TRANSPORT_COMMAND:
		for (size_t i = 0; i < plan->count; i++)
			plan->steps[i].selected = true;
	}
}

static bool
can_go_back(const struct step *step)
{
	return action_is_package(step->action) && step->selected &&
	       step->forth.last == OUTCOME_DONE && !step->rolled_back;
}

void
select_rollback(struct plan *plan, const char *steps)
{
	struct span rest = span_of(steps);

	for (size_t i = 0; i < plan->count; i++)
		plan->steps[i].undo = plan->steps[i].selected = can_go_back(
		    &plan->steps[i]);
	if (strcmp(steps, "all") == 0)
		return;
	for (size_t i = 0; i < plan->count; i++)
		plan->steps[i].pending = false;
	while (rest.p != NULL) {
		struct span id = span_cut(&rest, ',');
		struct step *step = plan_find(plan, id);

		if (step != NULL && step->selected)
			step->pending = true;
		else
			die(PM_EXIT_USAGE,
			    "--rollback: '%.*s' is no step that the journal "
			    "has as done here",
			    SPAN_ARG(id));
	}
	for (size_t i = 0; i < plan->count; i++) {
		plan->steps[i].undo = plan->steps[i].selected =
		    plan->steps[i].pending;
		plan->steps[i].pending = false;
	}
}

size_t
select_count(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->steps[i].selected;
	return count;
}
