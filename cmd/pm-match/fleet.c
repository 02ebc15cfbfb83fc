#include "fleet.h"

#include <inttypes.h>
#include <stdlib.h>

#include "input.h"

enum { UNKNOWN_NAMES_MAX = 50, EXCLUDED_NAMES_MAX = 20 };

/* What is kept of a host whose packages have not come yet. */
struct host_text {
	struct span fields[5]; /* os release arch kernel state */
	bool taken;
};

static const unsigned text_columns[5] = {
    HOST_OS, HOST_RELEASE, HOST_ARCH, HOST_KERNEL, HOST_STATE};

static struct buffer *
host_field(struct host *host, size_t i)
{
	struct buffer *const fields[5] = {&host->os, &host->release,
	    &host->arch, &host->kernel, &host->state};

	return fields[i];
}

static void
set(struct buffer *buffer, struct span text)
{
	buffer_reset(buffer);
	buffer_add_span(buffer, text);
}

static void
host_start(struct fleet *fleet, struct span name)
{
	struct host *host = &fleet->current;

	set(&host->name, name);
	for (size_t i = 0; i < 5; i++)
		set(host_field(host, i), SPAN("-"));
	host->scope = NULL;
	host->packages = host->unknown = 0;
	buffer_reset(&host->unknown_names);
	for (size_t i = 0; i < host->excluded_count; i++) {
		host->excluded[i].count = 0;
		buffer_reset(&host->excluded[i].text);
	}
	buffer_reset(&host->kernels.newest_package);
	buffer_reset(&host->kernels.newest_version);
	buffer_reset(&host->kernels.running_version);
	fleet->has_current = true;
	fleet->has_packages = false;
}

/* Set the current host's fields aside; its packages may come later. */
static void
host_wait(struct fleet *fleet)
{
	size_t before = fleet->waiting.count;
	uint32_t number = intern_add(
	    &fleet->waiting, buffer_span(&fleet->current.name));
	struct host_text *text;

	fleet->texts = memory_grow(fleet->texts, &fleet->text_capacity,
	    fleet->waiting.count, sizeof(*fleet->texts));
	for (size_t i = before; i < fleet->waiting.count; i++)
		fleet->texts[i] = (struct host_text){.taken = true};
	text = &fleet->texts[number];
	text->taken = false;
	for (size_t i = 0; i < 5; i++)
		text->fields[i] = arena_copy(&fleet->waiting.text,
		    buffer_span(host_field(&fleet->current, i)));
	fleet->has_current = false;
}

/* Make a waiting host the current one; false when there is none. */
static bool
host_take(struct fleet *fleet, struct span name)
{
	struct host_text *text;
	uint32_t number;

	if (!intern_find(&fleet->waiting, name, &number) || number == 0 ||
	    fleet->texts[number].taken)
		return false;
	text = &fleet->texts[number];
	text->taken = true;
	host_start(fleet, name);
	for (size_t i = 0; i < 5; i++)
		set(host_field(&fleet->current, i), text->fields[i]);
	return true;
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

/* One cover record a feed; returns whether all of them are fresh. */
static bool
cover_feeds(struct fleet *fleet, const struct host *host)
{
	const struct catalogue *catalogue = fleet->catalogue;
	struct buffer detail = {0};
	bool fresh = true;

	for (size_t i = 0; i < host->scope->feed_count; i++) {
		const struct feed *feed =
		    &catalogue->feeds[host->scope->feeds[i]];
		bool stale = feed->date < fleet->oldest_feed;

		buffer_reset(&detail);
		buffer_printf(&detail, "%" PRIu64 " packages", host->packages);
		add_excluded(&detail, host, i);

		cover(fleet, intern_span(&catalogue->words, feed->name),
		    stale ? "stale-feed" : "covered",
		    stale && feed->date == INT64_MIN
			? SPAN("the feed has no date")
			: buffer_span(&detail));
		fresh = fresh && !stale;
	}
	buffer_release(&detail);
	return fresh;
}

static bool
cover_partial(struct fleet *fleet, const struct host *host)
{
	struct buffer detail = {0};

	if (host->packages > 0 && host->unknown == 0)
		return false;
	if (host->packages == 0)
		buffer_printf(&detail, "the inventory lists no packages");
	else
		buffer_printf(&detail,
		    "%" PRIu64 " of %" PRIu64 " packages in no feed: %.*s%s",
		    host->unknown, host->packages,
		    SPAN_ARG(buffer_span(&host->unknown_names)),
		    host->unknown > UNKNOWN_NAMES_MAX ? ",..." : "");
	cover(fleet, SPAN("-"), "partial", buffer_span(&detail));
	buffer_release(&detail);
	return true;
}

/* A kernel that is installed but not running wants a reboot. */
static void
need_reboot(struct fleet *fleet, const struct host *host)
{
	const struct kernels *kernels = &host->kernels;
	struct span running = buffer_span(&kernels->running_version);
	struct span newest = buffer_span(&kernels->newest_version);
	struct output *output = fleet->output;
	struct buffer why = {0};
	bool known = running.n > 0;

	if (newest.n == 0 || span_absent(buffer_span(&host->kernel)))
		return;
	if (known &&
	    version_compare(VERSION_DEB, running, newest) != VERSION_LESS)
		return;
	output_begin(output, layout_default(RECORD_NEED, false));
	output_field(output, buffer_span(&host->name));
	output_field(output, buffer_span(&kernels->newest_package));
	output_field(output, known ? running : SPAN("-"));
	output_field(output, newest);
	output_field(output, SPAN("-"));
	output_field(output, SPAN("-"));
	output_field(output, SPAN("reboot"));
	output_field(output, SPAN("-"));
	output_field(output, SPAN("-"));
	output_field(output, known ? SPAN("exact") : SPAN("assumed"));
	buffer_printf(&why,
	    "running kernel %.*s %s, newest installed is %.*s "
	    "%.*s",
	    SPAN_ARG(buffer_span(&host->kernel)),
	    known ? "is older" : "belongs to no installed package",
	    SPAN_ARG(buffer_span(&kernels->newest_package)), SPAN_ARG(newest));
	output_field(output, buffer_span(&why));
	output_end(output);
	buffer_release(&why);
}

static void
host_finish(struct fleet *fleet)
{
	struct host *host = &fleet->current;
	struct buffer detail = {0};
	const char *obstacle;
	bool covered = true;

	/* The catalogue may not have been asked for a host without packages. */
	catalogue_ready(fleet->catalogue);
	host->scope = catalogue_scope(fleet->catalogue, buffer_span(&host->os),
	    buffer_span(&host->release));
	obstacle = host_obstacle(host);
	if (obstacle != NULL) {
		detail_of_obstacle(&detail, host, obstacle);
		cover(fleet, SPAN("-"), obstacle, buffer_span(&detail));
		covered = false;
	} else {
		covered = cover_feeds(fleet, host);
		covered = !cover_partial(fleet, host) && covered;
	}
	need_reboot(fleet, host);
	fleet->hosts++;
	fleet->not_covered += !covered;
	fleet->has_current = false;
	buffer_release(&detail);
}

/* The current host's records are over, or its packages come later. */
static void
host_leave(struct fleet *fleet)
{
	if (!fleet->has_current)
		return;
	if (fleet->has_packages)
		host_finish(fleet);
	else
		host_wait(fleet);
}

void
fleet_host(struct fleet *fleet, const struct record *record)
{
	struct span name = record_get(record, HOST_HOST);

	host_leave(fleet);
	/* Said twice, as by a hand-kept list and a collector: add up. */
	if (!host_take(fleet, name))
		host_start(fleet, name);
	for (size_t i = 0; i < 5; i++) {
		struct span value = record_get(record, text_columns[i]);

		if (!span_absent(value))
			set(host_field(&fleet->current, i), value);
	}
}

struct host *
fleet_of(struct fleet *fleet, const struct record *record)
{
	struct span name = record_get(record, PKG_HOST);
	struct host *host = &fleet->current;

	if (!fleet->has_current ||
	    !span_equal(buffer_span(&host->name), name)) {
		host_leave(fleet);
		if (!host_take(fleet, name))
			die(PM_EXIT_DATA,
			    "%s: a package of host '%.*s', whose "
			    "host record does not stand before it: keep the "
			    "records of a host together (pm-collect merge), or "
			    "sort the stream",
			    record_where(record), SPAN_ARG(name));
	}
	if (!fleet->has_packages) {
		fleet->has_packages = true;
		catalogue_ready(fleet->catalogue);
		host->scope = catalogue_scope(fleet->catalogue,
		    buffer_span(&host->os), buffer_span(&host->release));
	}
	return host;
}

void
fleet_unknown(struct host *host, struct span package)
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
fleet_excluded(struct fleet *fleet, struct span package, struct span remarks)
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

void
fleet_kernel(struct host *host, struct span package, struct span version)
{
	static const struct span prefix = {"linux-image-", 12};
	struct span release = span_skip(package, prefix.n);
	struct kernels *kernels = &host->kernels;
	struct span newest = buffer_span(&kernels->newest_version);

	/* linux-image-amd64 and the like only depend on the kernel itself. */
	if (release.n == 0 || release.p[0] < '0' || release.p[0] > '9' ||
	    span_ends(release, SPAN("-dbg")) ||
	    !version_valid(VERSION_DEB, version))
		return;
	if (span_equal(release, buffer_span(&host->kernel)))
		set(&kernels->running_version, version);
	if (newest.n != 0 &&
	    version_compare(VERSION_DEB, newest, version) != VERSION_LESS)
		return;
	set(&kernels->newest_version, version);
	set(&kernels->newest_package, package);
}

void
fleet_finish(struct fleet *fleet)
{
	host_leave(fleet);
	/* Number 0 is the absent value, not a host. */
	for (size_t i = 1; i < fleet->waiting.count; i++) {
		if (fleet->texts[i].taken)
			continue;
		host_take(fleet, intern_span(&fleet->waiting, (uint32_t)i));
		host_finish(fleet);
	}
}

void
fleet_release(struct fleet *fleet)
{
	struct host *host = &fleet->current;

	buffer_release(&host->name);
	for (size_t i = 0; i < 5; i++)
		buffer_release(host_field(host, i));
	buffer_release(&host->unknown_names);
	buffer_release(&host->kernels.newest_package);
	buffer_release(&host->kernels.newest_version);
	buffer_release(&host->kernels.running_version);
	for (size_t i = 0; i < host->excluded_count; i++)
		buffer_release(&host->excluded[i].text);
	free(host->excluded);
	intern_release(&fleet->waiting);
	free(fleet->texts);
}
