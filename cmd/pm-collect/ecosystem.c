#include "ecosystem.h"

#include <stdio.h>

static const char no_release[] = "names no release of the system";
static const char no_system[] = "not for packages of an operating system";
static const char no_suse[] = "a product of SUSE that is no system";
static const char special[] = "for a special build (FIPS, realtime and such)";

/* ---- forms of a release */

typedef const char *reader(struct span rest, struct ecosystem *ecosystem);

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "12"; Debian's "6.0" is 6 there. */
static const char *
read_debian(struct span rest, struct ecosystem *ecosystem)
{
	if (rest.n == 0)
		return no_release;
	if (rest.n == 3 && rest.p[0] >= '4' && span_ends(rest, SPAN(".0")))
		rest.n = 1;
	ecosystem->release = rest;
	return NULL;
}

/* "22.04:LTS", "24.10", "Pro:16.04:LTS", "Pro:FIPS:18.04:LTS" */
static const char *
read_ubuntu(struct span rest, struct ecosystem *ecosystem)
{
	if (span_starts(rest, SPAN("Pro:"))) {
		ecosystem->subscription = true;
		rest = span_skip(rest, 4);
	}
	if (rest.n == 0)
		return no_release;
	if (!is_digit(rest.p[0]))
		return special;
	ecosystem->release = span_cut(&rest, ':');
	return rest.n == 0 || span_is(rest, "LTS") ? NULL : special;
}

/* "9", also "9.4" of a product that is kept at a minor release */
static const char *
read_number(struct span rest, struct ecosystem *ecosystem)
{
	if (rest.n == 0 || !is_digit(rest.p[0]))
		return no_release;
	ecosystem->release = rest;
	return NULL;
}

/* "v3.18", "edge" */
static const char *
read_alpine(struct span rest, struct ecosystem *ecosystem)
{
	if (rest.n == 0)
		return no_release;
	if (rest.p[0] == 'v')
		rest = span_skip(rest, 1);
	ecosystem->release = rest;
	return NULL;
}

/* They roll: there is but one. */
static const char *
read_rolling(struct span rest, struct ecosystem *ecosystem)
{
	ecosystem->release = SPAN("-");
	return rest.n == 0 ? NULL : special;
}

/* "enterprise_linux:9::baseos", "rhel_eus:8.8::appstream" */
static const char *
read_redhat(struct span rest, struct ecosystem *ecosystem)
{
	struct span product = span_cut(&rest, ':');

	if (!span_is(product, "enterprise_linux") &&
	    !span_starts(product, SPAN("rhel_")))
		return "a product of Red Hat that is no system";
	return read_number(span_cut(&rest, ':'), ecosystem);
}

const char *
ecosystem_suse(struct span name, struct ecosystem *ecosystem)
{
	static const struct {
		const char *start, *os;
		bool any; /* something stands before the release */
	} products[] = {
	    {"Linux Enterprise Server ", "sles", true},
	    {"Linux Enterprise Desktop ", "sled", false},
	    {"Linux Enterprise Module for ", "sles", true},
	    {"Linux Enterprise Software Development Kit ", "sles", false},
	    {"Linux Enterprise Workstation Extension ", "sles", false},
	    {"Linux Enterprise High Availability Extension ", "sles", false},
	    {"Linux Enterprise Live Patching ", "sles", false},
	    {"Linux Enterprise High Performance Computing ", "sle_hpc", false},
	    {"Linux Enterprise Micro ", "sle-micro", false},
	    {"Linux Micro ", "sl-micro", false},
	    {"Package Hub ", "sles", false},
	};
	struct span rest = {NULL, 0}, major, pack;
	uint64_t number;

	if (span_starts(name, SPAN("SUSE ")))
		name = span_skip(name, 5);
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
		if (!span_starts(name, span_of(products[i].start)))
			continue;
		rest = span_skip(name, strlen(products[i].start));
		ecosystem->os = products[i].os;
		/* "for SAP Applications 15 SP4": up to the number */
		while (products[i].any && rest.n > 0 &&
		       (!is_digit(rest.p[0]) || rest.p[-1] != ' '))
			rest = span_skip(rest, 1);
		break;
	}
	if (rest.n == 0 || !is_digit(rest.p[0]))
		return no_suse;
	/* "15", "15 SP5", "15-SP5", "12 SP5-LTSS", "5.3", "16.0" */
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == ' ' || rest.p[i] == '-') {
			major = (struct span){rest.p, i};
			rest = span_skip(rest, i + 1);
			goto found;
		}
	major = rest;
	rest = SPAN("");
found:
	if (!span_starts(rest, SPAN("SP"))) {
		ecosystem->subscription = rest.n > 0;
		ecosystem->release = major;
		return NULL;
	}
	pack = rest = span_skip(rest, 2);
	for (pack.n = 0; pack.n < rest.n && is_digit(rest.p[pack.n]);)
		pack.n++;
	if (!span_number(pack, &number) || major.n > 16)
		return no_suse;
	ecosystem->subscription = rest.n > pack.n; /* -LTSS, -ESPOS */
	snprintf(ecosystem->text, sizeof(ecosystem->text), "%.*s.%.*s",
	    SPAN_ARG(major), (int)(pack.n < 4 ? pack.n : 4), pack.p);
	ecosystem->release = span_of(ecosystem->text);
	return NULL;
}

/* "Leap 15.4", "Tumbleweed" */
static const char *
read_opensuse(struct span rest, struct ecosystem *ecosystem)
{
	if (span_starts(rest, SPAN("Leap "))) {
		ecosystem->os = "opensuse-leap";
		return read_number(span_skip(rest, 5), ecosystem);
	}
	ecosystem->os = "opensuse-tumbleweed";
	ecosystem->release = SPAN("-");
	return span_is(rest, "Tumbleweed") ? NULL : no_suse;
}

/* ---- the table */

const char *
ecosystem_parse(struct span name, struct ecosystem *ecosystem)
{
	static const struct {
		const char *name, *os, *by;
		reader *read;
	} table[] = {
	    {"Debian", "debian", "source", read_debian},
	    {"Ubuntu", "ubuntu", "source", read_ubuntu},
	    {"AlmaLinux", "almalinux", "binary", read_number},
	    {"Rocky Linux", "rocky", "source", read_number},
	    {"Red Hat", "rhel", "binary", read_redhat},
	    {"SUSE", NULL, "source", ecosystem_suse},
	    {"openSUSE", NULL, "source", read_opensuse},
	    {"Alpine", "alpine", "source", read_alpine},
	    {"Wolfi", "wolfi", "source", read_rolling},
	    {"Chainguard", "chainguard", "source", read_rolling},
	    {"Alpaquita", "alpaquita", "source", read_alpine},
	    {"Mageia", "mageia", "source", read_number},
	    {"openEuler", "openEuler", "source", read_number},
	    {"Photon OS", "photon", "binary", read_number},
	};
	struct span rest = name, head = span_cut(&rest, ':');

	*ecosystem = (struct ecosystem){0};
	if (rest.p == NULL)
		rest = SPAN("");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!span_is(head, table[i].name))
			continue;
		ecosystem->os = table[i].os;
		ecosystem->by = table[i].by;
		return table[i].read(rest, ecosystem);
	}
	return no_system;
}
