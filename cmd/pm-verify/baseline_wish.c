/* What hosts are wanted to be like, and what they listen on beyond that. */
#include "baseline.h"
#include "version.h"

/* ---- which line decides */

static bool
same_thing(const struct wish *a, const struct wish *b)
{
	return a->kind == b->kind && span_equal(a->subject, b->subject);
}

/* The first that applies to the host; "FILE:LINE", and what it goes before. */
static struct span
citation(struct verdicts *verdicts, const struct machine *machine,
    const struct wish *wish)
{
	const struct baseline *baseline = verdicts->baseline;
	const struct wish *end = baseline->wishes + baseline->wish_count;
	struct buffer text = {0};
	struct span copy;

	buffer_add_span(&text, wish->where);
	for (const struct wish *other = wish + 1; other < end; other++)
		if (same_thing(wish, other) &&
		    applies_to(&other->applies, verdicts->machines, machine) ==
			ANSWER_YES)
			buffer_printf(&text, " before %.*s (%.*s)",
			    SPAN_ARG(other->where), SPAN_ARG(other->value));
	copy = arena_copy(&verdicts->text, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/* Does a line above speak of the same thing for this host? */
static bool
decided(const struct verdicts *verdicts, const struct machine *machine,
    const struct wish *wish)
{
	for (const struct wish *above = verdicts->baseline->wishes;
	     above < wish; above++)
		if (same_thing(wish, above) &&
		    applies_to(&above->applies, verdicts->machines, machine) ==
			ANSWER_YES)
			return true;
	return false;
}

/* ---- drift */

static enum verdict
judge_package(struct verdicts *verdicts, const struct machine *machine,
    const struct wish *wish, struct span *actual)
{
	const struct installed *found = machine_package(machine, wish->subject);
	enum version_scheme scheme;

	(void)verdicts;
	if (machine->package_count == 0)
		return VERDICT_NOT_EXAMINED;
	*actual = found == NULL ? SPAN("absent") : found->version;
	if (span_is(wish->value, "absent"))
		return found == NULL ? VERDICT_PASS : VERDICT_EXTRA;
	if (found == NULL || !found->whole)
		return VERDICT_ABSENT;
	if (span_absent(wish->value))
		return VERDICT_PASS;
	scheme = version_scheme_of(machine->column[HOST_OS].p == NULL
				       ? SPAN("-")
				       : machine->column[HOST_OS]);
	return (version_compare(scheme, found->version, wish->value) &
		   (VERSION_EQUAL | VERSION_GREATER)) != 0
		   ? VERDICT_PASS
		   : VERDICT_VERSION;
}

static enum verdict
judge_value(struct verdicts *verdicts, const struct machine *machine,
    const struct wish *wish, struct span *actual)
{
	bool known, wanted;

	*actual = machine_value(
	    verdicts->machines, machine, wish->fact, &known);
	if (!known)
		return VERDICT_NOT_EXAMINED;
	if (wish->kind == WISH_SETTING)
		return span_equal(*actual, wish->value) ? VERDICT_PASS
							: VERDICT_SETTING;
	wanted = span_is(wish->value, "running") ||
		 span_is(wish->value, "enabled");
	if (span_is(*actual, "yes") == wanted)
		return VERDICT_PASS;
	return wanted ? VERDICT_ABSENT : VERDICT_EXTRA;
}

static void
judge_wish(struct verdicts *verdicts, const struct machine *machine,
    const struct wish *wish)
{
	static const char *const kinds[WISHES] = {
	    [WISH_PACKAGE] = "package",
	    [WISH_SERVICE] = "service",
	    [WISH_SETTING] = "setting",
	};
	struct check check = {.kind = "drift", .expected = wish->value};
	struct span cited;

	check.subject = verdict_text(
	    verdicts, "%s/%.*s", kinds[wish->kind], SPAN_ARG(wish->subject));
	check.verdict = wish->kind == WISH_PACKAGE
			    ? judge_package(
				  verdicts, machine, wish, &check.actual)
			    : judge_value(
				  verdicts, machine, wish, &check.actual);
	cited = citation(verdicts, machine, wish);
	check.detail = span_absent(wish->reason)
			   ? cited
			   : verdict_text(verdicts, "%.*s: %.*s",
				 SPAN_ARG(cited), SPAN_ARG(wish->reason));
	checks_add(verdicts->checks, &check);
	if (verdicts->script != NULL && check.verdict != VERDICT_PASS &&
	    check.verdict != VERDICT_NOT_EXAMINED && !span_absent(wish->remedy))
		remedy_line(verdicts, wish->remedy, wish->channel,
		    verdict_text(verdicts, "%.*s\t%.*s; found %.*s",
			SPAN_ARG(check.subject), SPAN_ARG(cited),
			SPAN_ARG(check.actual)));
}

/* ---- packages beyond those wanted */

static bool
package_wanted(const struct verdicts *verdicts, const struct machine *machine,
    struct span package)
{
	const struct baseline *baseline = verdicts->baseline;

	for (size_t i = 0; i < baseline->wish_count; i++) {
		const struct wish *wish = &baseline->wishes[i];

		if (wish->kind == WISH_PACKAGE &&
		    span_equal(wish->subject, package) &&
		    applies_to(&wish->applies, verdicts->machines, machine) ==
			ANSWER_YES)
			return true;
	}
	return false;
}

/* What was installed for its own sake, and nobody wants. */
static void
find_extra(struct verdicts *verdicts, const struct machine *machine,
    const struct wish *wish)
{
	for (size_t i = 0; i < machine->package_count; i++) {
		const struct installed *found = &machine->packages[i];

		if (found->automatic || !found->whole ||
		    package_wanted(verdicts, machine, found->package))
			continue;
		checks_add(verdicts->checks,
		    &(struct check){.kind = "drift",
			.subject = verdict_text(
			    verdicts, "package/%.*s", SPAN_ARG(found->package)),
			.expected = SPAN("absent"),
			.actual = found->version,
			.verdict = VERDICT_EXTRA,
			.detail = wish->where});
	}
}

/* ---- what listens */

static bool
is_local(struct span address)
{
	return span_starts(address, SPAN("127.")) || span_is(address, "::1") ||
	       span_starts(address, SPAN("::ffff:127."));
}

static bool
listener_fits(const struct listener *listener, const struct wish *wish)
{
	struct span rest = wish->subject, proto = listener->proto;

	if (span_is(wish->value, "local") && !is_local(listener->address))
		return false;
	if (span_starts(rest, SPAN("process:")))
		return span_equal(
		    listener->process, span_skip(rest, strlen("process:")));
	if (span_starts(rest, SPAN("package:")))
		return span_equal(
		    listener->package, span_skip(rest, strlen("package:")));
	if (proto.n > 0 && proto.p[proto.n - 1] == '6')
		proto.n--;
	return span_equal(span_cut(&rest, '/'), proto) && rest.p != NULL &&
	       span_equal(rest, listener->port);
}

/* May this name stand in a command that is printed? */
static bool
plain(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(i > 0 && strchr("+.-:_@", c) != NULL)))
			return false;
	}
	return name.n > 0;
}

static const char *
removing(struct span os)
{
	static const struct {
		const char *systems, *command;
	} commands[] = {
	    {"debian,ubuntu,raspbian,linuxmint,devuan,kali,pop",
		"apt-get purge"},
	    {"fedora,rhel,centos,rocky,almalinux,ol,amzn,scientific",
		"dnf remove"},
	    {"alpine", "apk del"},
	    {"arch,manjaro", "pacman -Rs"},
	    {"sles,opensuse-leap,opensuse-tumbleweed,suse", "zypper remove"},
	};

	for (unsigned i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (span_list_has(span_of(commands[i].systems), os))
			return commands[i].command;
	return NULL;
}

/* Without these nothing can be patched any more. */
static bool
is_channel(const struct listener *listener)
{
	return span_is(listener->package, "openssh-server") ||
	       span_is(listener->package, "dropbear-bin") ||
	       span_is(listener->package, "openssh") ||
	       span_is(listener->process, "sshd");
}

static struct span
removal(struct verdicts *verdicts, const struct machine *machine,
    const struct listener *listener)
{
	const char *command = removing(machine->column[HOST_OS].p == NULL
					   ? SPAN("-")
					   : machine->column[HOST_OS]);

	if (!span_absent(listener->package) && plain(listener->package) &&
	    command != NULL)
		return verdict_text(
		    verdicts, "%s %.*s", command, SPAN_ARG(listener->package));
	if (!span_absent(listener->unit) && plain(listener->unit))
		return verdict_text(verdicts, "systemctl disable --now %.*s",
		    SPAN_ARG(listener->unit));
	return SPAN("-");
}

static void
add_unneeded(struct verdicts *verdicts, const struct machine *machine,
    const struct listener *listener)
{
	struct span command = removal(verdicts, machine, listener);
	struct span subject = verdict_text(verdicts, "%.*s/%.*s:%.*s",
	    SPAN_ARG(listener->proto), SPAN_ARG(listener->address),
	    SPAN_ARG(listener->port));
	bool channel = is_channel(listener);

	checks_add(verdicts->checks,
	    &(struct check){.kind = "service",
		.subject = subject,
		.expected = SPAN("absent"),
		.actual = listener->process,
		.verdict = VERDICT_UNNEEDED,
		.detail = verdict_text(verdicts, "package %.*s; %s: %.*s",
		    SPAN_ARG(listener->package),
		    channel ? "by hand only, it closes the patch channel"
			    : "remove with",
		    SPAN_ARG(command))});
	if (verdicts->script != NULL && !span_absent(command))
		remedy_line(verdicts, command, channel,
		    verdict_text(verdicts, "%.*s\tnot needed; process %.*s",
			SPAN_ARG(subject), SPAN_ARG(listener->process)));
}

/* Is anything said of what this host may listen on? */
static bool
find_needed(const struct verdicts *verdicts, const struct machine *machine,
    const struct listener *listener)
{
	const struct baseline *baseline = verdicts->baseline;

	for (size_t i = 0; i < baseline->wish_count; i++) {
		const struct wish *wish = &baseline->wishes[i];

		if (wish->kind == WISH_LISTEN &&
		    applies_to(&wish->applies, verdicts->machines, machine) ==
			ANSWER_YES &&
		    (listener == NULL || listener_fits(listener, wish)))
			return true;
	}
	return false;
}

static void
judge_listeners(struct verdicts *verdicts, const struct machine *machine)
{
	bool any = false;

	for (size_t i = 0; i < verdicts->baseline->wish_count; i++)
		any = any || verdicts->baseline->wishes[i].kind == WISH_LISTEN;
	if (!any)
		return;
	if (!machine->listened || !find_needed(verdicts, machine, NULL)) {
		checks_add(verdicts->checks,
		    &(struct check){.kind = "service",
			.verdict = VERDICT_NOT_EXAMINED,
			.detail = machine->listened
				      ? SPAN("nothing says what a host of its "
					     "role needs")
				      : SPAN("it is not known what listens")});
		return;
	}
	for (size_t i = 0; i < machine->listener_count; i++)
		if (!find_needed(verdicts, machine, &machine->listeners[i]))
			add_unneeded(verdicts, machine, &machine->listeners[i]);
}

void
judge_wishes(struct verdicts *verdicts, const struct machine *machine)
{
	const struct baseline *baseline = verdicts->baseline;

	for (size_t i = 0; i < baseline->wish_count; i++) {
		const struct wish *wish = &baseline->wishes[i];

		if (wish->kind == WISH_LISTEN ||
		    applies_to(&wish->applies, verdicts->machines, machine) !=
			ANSWER_YES ||
		    decided(verdicts, machine, wish))
			continue;
		if (wish->kind == WISH_ONLY)
			find_extra(verdicts, machine, wish);
		else
			judge_wish(verdicts, machine, wish);
	}
	judge_listeners(verdicts, machine);
}
