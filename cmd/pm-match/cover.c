#include "cover.h"

#include <inttypes.h>

#include "diag.h"
#include "timestamp.h"

enum { UNKNOWN_NAMES_MAX = 50, EXCLUDED_NAMES_MAX = 20, DAY = 86400 };

void
cover_unknown(struct host *host, struct span package)
{
	if (host->unknown++ >= UNKNOWN_NAMES_MAX)
		return;
	if (host->unknown > 1)
		buffer_add_byte(&host->unknown_names, ',');
	buffer_add_span(&host->unknown_names, package);
}

/* The place of a feed in the scope; 0 when it has no feed record. */
static size_t
feed_place(const struct catalogue *catalogue, const struct scope *scope,
    struct span name)
{
	for (size_t i = 0; i < scope->feed_count; i++) {
		const struct feed *feed = &catalogue->feeds[scope->feeds[i]];

		if (span_equal(
			intern_span(&catalogue->words, feed->name), name))
			return i;
	}
	return 0;
}

void
cover_excluded(struct fleet *fleet, struct span package, struct span remarks)
{
	struct host *host = &fleet->current;
	size_t count = host->scope->feed_count;

	if (host->excluded_count < count) {
		host->excluded = memory_grow(host->excluded,
		    &host->excluded_capacity, count, sizeof(*host->excluded));
		memset(host->excluded + host->excluded_count, 0,
		    (count - host->excluded_count) * sizeof(*host->excluded));
		host->excluded_count = count;
	}
	while (count > 0 && remarks.n > 0) {
		struct span cve = span_cut(&remarks, '\n');
		struct span feed = span_cut(&cve, '\t');
		struct excluded *excluded = &host->excluded[feed_place(
		    fleet->catalogue, host->scope, feed)];

		if (excluded->count++ >= EXCLUDED_NAMES_MAX)
			continue;
		buffer_printf(&excluded->text, "%s %.*s of %.*s",
		    excluded->count > 1 ? "," : "", SPAN_ARG(cve),
		    SPAN_ARG(package));
	}
}

static void
cover(struct fleet *fleet, struct span feed, const char *verdict,
    struct span detail)
{
	struct output *output = fleet->output;

	output_begin(output, layout_default(RECORD_COVER, false));
	output_field(output, buffer_span(&fleet->current.name));
	output_field(output, feed);
	output_field(output, span_of(verdict));
	output_field(output, detail);
	output_end(output);
}

static bool
is_windows(const struct host *host)
{
	return span_is(buffer_span(&host->os), "windows");
}

/*
 * A Windows that no product of a feed can be: what pm-collect makes of a build
 * that its table does not have.
 */
static bool
is_strange_windows(const struct host *host)
{
	struct span release = buffer_span(&host->release);

	if (!is_windows(host))
		return false;
	return span_absent(release) ||
	       (release.n > 0 &&
		   memmem(release.p, release.n, "build-", 6) != NULL);
}

/* What keeps a host from being judged at all, or NULL. */
static const char *
host_obstacle(const struct host *host)
{
	static const char *const not_seen[] = {
	    "unreachable", "denied", "timeout", "lost", "host-key-changed"};
	struct span state = buffer_span(&host->state);

	for (size_t i = 0; i < sizeof(not_seen) / sizeof(*not_seen); i++)
		if (span_is(state, not_seen[i]))
			return "unreachable";
	if (is_strange_windows(host))
		return "unsupported";
	if (host->scope == NULL || host->scope->feed_count == 0)
		return span_absent(buffer_span(&host->os)) ? "unsupported"
							   : "no-feed";
	return NULL;
}

static void
detail_of_obstacle(
    struct buffer *detail, const struct host *host, const char *verdict)
{
	if (strcmp(verdict, "unreachable") == 0)
		buffer_printf(detail, "the inventory says %.*s",
		    SPAN_ARG(buffer_span(&host->state)));
	else if (is_strange_windows(host))
		buffer_printf(detail,
		    "Windows %.*s is no product that any feed names",
		    SPAN_ARG(buffer_span(&host->release)));
	else if (strcmp(verdict, "unsupported") == 0)
		buffer_printf(detail, "the operating system is not known");
	else
		buffer_printf(detail, "no feed speaks of %.*s %.*s",
		    SPAN_ARG(buffer_span(&host->os)),
		    SPAN_ARG(buffer_span(&host->release)));
}

/* What the feed said does not concern the host. */
static void
add_excluded(struct buffer *detail, const struct host *host, size_t feed)
{
	const struct excluded *excluded;

	if (feed >= host->excluded_count || host->excluded[feed].count == 0)
		return;
	excluded = &host->excluded[feed];
	buffer_printf(detail,
	    "; not affected, says the feed, by %" PRIu64
	    " vulnerabilities:%.*s%s",
	    excluded->count, SPAN_ARG(buffer_span(&excluded->text)),
	    excluded->count > EXCLUDED_NAMES_MAX ? ", ..." : "");
}

static void
add_packages(struct buffer *detail, const struct host *host)
{
	buffer_printf(detail, "%" PRIu64 " %s", host->packages,
	    PLURAL(host->packages, "package", "packages"));
}

/* The verdict on one feed of the host's scope. */
static const char *
feed_verdict(const struct fleet *fleet, const struct host *host, size_t place,
    struct buffer *detail)
{
	const struct catalogue *catalogue = fleet->catalogue;
	const struct feed *feed = &catalogue->feeds[host->scope->feeds[place]];

	buffer_reset(detail);
	if (feed->date < fleet->oldest_feed) {
		if (feed->date == INT64_MIN)
			buffer_printf(detail, "the feed has no date");
		else
			add_packages(detail, host);
		return "stale-feed";
	}
	if (feed->left_out > 0) {
		struct span example = catalogue_text(
		    catalogue, feed->left_out_example);

		buffer_printf(detail,
		    "%" PRIu64 " %s of products such as %.*s %s not "
		    "compared: no inventory says who has %s",
		    feed->left_out, PLURAL(feed->left_out, "update", "updates"),
		    SPAN_ARG(example), PLURAL(feed->left_out, "is", "are"),
		    PLURAL(feed->left_out, "it", "them"));
		return "partial";
	}
	add_packages(detail, host);
	if (host->scope->os == 0) {
		buffer_printf(detail,
		    "; the feed speaks of products, not of %.*s itself",
		    SPAN_ARG(buffer_span(&host->os)));
		return "partial";
	}
	add_excluded(detail, host, place);
	return "covered";
}

/* One cover record a feed; returns whether all of them cover the host. */
static bool
cover_feeds(struct fleet *fleet, const struct host *host)
{
	const struct catalogue *catalogue = fleet->catalogue;
	struct buffer detail = {0};
	bool covered = true;

	for (size_t i = 0; i < host->scope->feed_count; i++) {
		const struct feed *feed =
		    &catalogue->feeds[host->scope->feeds[i]];
		const char *verdict = feed_verdict(fleet, host, i, &detail);

		cover(fleet, intern_span(&catalogue->words, feed->name),
		    verdict, buffer_span(&detail));
		covered = covered && strcmp(verdict, "covered") == 0;
	}
	buffer_release(&detail);
	return covered;
}

/* The host's row in the table of releases, or NULL; looked up once a scope. */
static const struct release_row *
release_of(struct fleet *fleet, const struct host *host)
{
	struct scope *scope = host->scope;
	const struct release_row *row;

	if (scope != NULL && scope->release_known)
		return scope->release_row;
	if (fleet->releases.count == 0)
		releases_load(&fleet->releases);
	row = releases_find(&fleet->releases, buffer_span(&host->os),
	    buffer_span(&host->release));
	/* A scope for any release says nothing of the host's own. */
	if (scope != NULL && scope->release != 0) {
		scope->release_known = true;
		scope->release_row = row;
	}
	return row;
}

/* A release that gets no more fixes; true when it was said. */
static bool
cover_eol(struct fleet *fleet, const struct host *host)
{
	const struct release_row *row = release_of(fleet, host);
	struct buffer detail = {0};
	char date[TIMESTAMP_SIZE];

	if (row == NULL || row->eol == INT64_MAX ||
	    timestamp_now() < row->eol + DAY)
		return false;
	timestamp_format(row->eol, date);
	buffer_printf(&detail,
	    "%.*s %.*s has had no security fixes since %.10s",
	    SPAN_ARG(row->os), SPAN_ARG(row->release), date);
	cover(fleet, SPAN("-"), "eol", buffer_span(&detail));
	buffer_release(&detail);
	return true;
}

/* Packages that no feed knows, or whose versions are not known well enough. */
static bool
cover_partial(struct fleet *fleet, const struct host *host)
{
	struct span others = buffer_span(&host->gaps.others);
	struct span sources = buffer_span(&host->gaps.sources);
	struct buffer detail = {0};

	if (host->unknown > 0)
		buffer_printf(&detail,
		    "%" PRIu64 " of %" PRIu64 " %s in no feed: %.*s%s",
		    host->unknown, host->packages,
		    PLURAL(host->packages, "package", "packages"),
		    SPAN_ARG(buffer_span(&host->unknown_names)),
		    host->unknown > UNKNOWN_NAMES_MAX ? ",..." : "");
	/* It lacks them all then, and that is judged. */
	if (host->packages == 0 && is_windows(host))
		buffer_printf(&detail, "the inventory lists no updates");
	/* Where advisories name binary packages alone, sources do not matter. */
	if (sources.n > 0 && host->scope->keys[BY_SOURCE] > 0)
		buffer_printf(&detail, "%snot seen, %.*s",
		    detail.n > 0 ? "; " : "", SPAN_ARG(sources));
	if (others.n > 0)
		buffer_printf(&detail, "%snot seen, %.*s",
		    detail.n > 0 ? "; " : "", SPAN_ARG(others));
	if (detail.n == 0)
		return false;
	cover(fleet, SPAN("-"), "partial", buffer_span(&detail));
	buffer_release(&detail);
	return true;
}

/* An inventory that does not have all packages; true when it was said. */
static bool
cover_incomplete(struct fleet *fleet, const struct host *host)
{
	struct span unseen = buffer_span(&host->gaps.packages);
	struct buffer detail = {0};

	if (unseen.n > 0)
		buffer_printf(&detail, "not seen, %.*s", SPAN_ARG(unseen));
	else if (host->packages == 0 && !is_windows(host))
		buffer_printf(&detail, "the inventory lists no packages");
	else
		return false;
	cover(fleet, SPAN("-"), "incomplete", buffer_span(&detail));
	buffer_release(&detail);
	return true;
}

bool
cover_write(struct fleet *fleet)
{
	const struct host *host = &fleet->current;
	const char *obstacle = host_obstacle(host);
	struct buffer detail = {0};
	bool covered = obstacle == NULL;

	if (obstacle != NULL) {
		detail_of_obstacle(&detail, host, obstacle);
		cover(fleet, SPAN("-"), obstacle, buffer_span(&detail));
		buffer_release(&detail);
	} else {
		if (host->packages > 0 || is_windows(host))
			covered = cover_feeds(fleet, host);
		covered = !cover_partial(fleet, host) && covered;
		covered = !cover_incomplete(fleet, host) && covered;
	}
	return !cover_eol(fleet, host) && covered;
}
