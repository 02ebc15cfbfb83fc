#include "advisory.h"

#include "input.h"

enum key_by
advisory_by(const struct record *record)
{
	struct span by = record_get(record, ADV_BY);

	if (span_is(by, "source"))
		return BY_SOURCE;
	if (span_is(by, "binary"))
		return BY_BINARY;
	if (!span_is(by, "product"))
		die(PM_EXIT_DATA,
		    "%s: by is '%.*s', neither source nor binary nor product",
		    record_where(record), SPAN_ARG(by));
	if (version_scheme_of(record_get(record, ADV_OS)) != VERSION_GENERIC)
		die(PM_EXIT_DATA,
		    "%s: by is product, but the packages of %.*s have versions "
		    "of their own: name source or binary packages",
		    record_where(record), SPAN_ARG(record_get(record, ADV_OS)));
	return BY_BINARY;
}

enum advisory_kind
advisory_kind(const struct record *record)
{
	struct span kind = record_get(record, ADV_KIND);

	if (span_is(kind, "security"))
		return KIND_SECURITY;
	if (span_is(kind, "update"))
		return KIND_UPDATE;
	if (span_is(kind, "release"))
		return KIND_RELEASE;
	/* Who names a vulnerability speaks of security. */
	return span_absent(record_get(record, ADV_CVES)) ? KIND_UNKNOWN
							 : KIND_SECURITY;
}

/*
 * Does the advisory stand for something that is installed or not?  Of an update
 * of Windows, fixed may be the build that it leads to, which is no version of
 * the update.
 */
static bool
is_update(const struct record *record, enum version_scheme scheme)
{
	return scheme == VERSION_GENERIC &&
	       (span_absent(record_get(record, ADV_FIXED)) ||
		   (span_is(record_get(record, ADV_OS), "windows") &&
		       span_starts(
			   record_get(record, ADV_PACKAGE), SPAN("KB"))));
}

enum advisory_state
advisory_state(const struct record *record, enum version_scheme scheme)
{
	static const struct {
		const char *name;
		enum advisory_state state;
	} states[] = {
	    {"fixed", ADVISORY_FIXED},
	    {"affected", ADVISORY_AFFECTED},
	    {"wont_fix", ADVISORY_AFFECTED},
	    {"deferred", ADVISORY_AFFECTED},
	    {"eol", ADVISORY_AFFECTED},
	    {"not_affected", ADVISORY_NONE},
	    {"manual", ADVISORY_MANUAL},
	    {"outranked", ADVISORY_OUTRANKED},
	    {"pinned", ADVISORY_PINNED},
	};
	struct span state = record_get(record, ADV_STATE);
	struct span fixed = record_get(record, ADV_FIXED);
	struct span introduced = record_get(record, ADV_INTRODUCED);
	struct span last = record_get(record, ADV_LAST_AFFECTED);
	size_t i = 0;

	while (!span_is(state, states[i].name))
		if (++i == sizeof(states) / sizeof(*states))
			die(PM_EXIT_DATA,
			    "%s: state '%.*s' of an advisory is "
			    "not one of fixed, affected, wont_fix, deferred, "
			    "eol, not_affected, manual, outranked, pinned, "
			    "request",
			    record_where(record), SPAN_ARG(state));
	if (states[i].state == ADVISORY_FIXED && is_update(record, scheme))
		return ADVISORY_UPDATE;
	if ((!span_absent(introduced) && !version_valid(scheme, introduced)) ||
	    (!span_absent(last) && !version_valid(scheme, last)))
		return ADVISORY_INVALID;
	if (!version_valid(scheme, fixed) &&
	    (!span_absent(fixed) || states[i].state == ADVISORY_FIXED ||
		states[i].state == ADVISORY_MANUAL ||
		states[i].state == ADVISORY_OUTRANKED ||
		states[i].state == ADVISORY_PINNED))
		return ADVISORY_INVALID;
	return states[i].state;
}

bool
advisory_names_stream(struct span requires)
{
	if (span_absent(requires))
		return false;
	while (requires.p != NULL)
		if (span_starts(span_cut(&requires, ','), SPAN("module:")))
			return true;
	return false;
}

struct span
advisory_pins(struct span requires)
{
	while (requires.p != NULL) {
		struct span item = span_cut(&requires, ',');

		if (span_starts(item, SPAN("pins:")))
			return span_skip(item, 5);
	}
	return SPAN("");
}

bool
version_is_modular(struct span version)
{
	static const struct span mark = {".module", 7};

	for (; version.n >= mark.n; version = span_skip(version, 1))
		if (span_starts(version, mark))
			return true;
	return false;
}

unsigned
severity_rank(struct span severity)
{
	static const struct {
		const char *name;
		unsigned rank;
	} ranks[] = {
	    {"critical", 5},
	    {"emergency", 5},
	    {"high", 4},
	    {"important", 4},
	    {"medium", 3},
	    {"moderate", 3},
	    {"low", 2},
	    {"negligible", 1},
	    {"unimportant", 1},
	    {"none", 1},
	};

	for (size_t i = 0; i < sizeof(ranks) / sizeof(*ranks); i++)
		if (span_is(severity, ranks[i].name))
			return ranks[i].rank;
	return 0;
}
