#include "fleet.h"

#include <stdlib.h>

#include "cover.h"
#include "input.h"

enum { HOST_TEXTS = 6 };

/* What is kept of a host whose packages have not come yet. */
struct host_text {
	struct span fields[HOST_TEXTS];
	bool taken;
};

static const unsigned text_columns[HOST_TEXTS] = {
    HOST_OS, HOST_RELEASE, HOST_ARCH, HOST_KERNEL, HOST_STATE, HOST_CHANNEL};

static struct buffer *
host_field(struct host *host, size_t i)
{
	struct buffer *const fields[HOST_TEXTS] = {&host->os, &host->release,
	    &host->arch, &host->kernel, &host->state, &host->channels};

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
	for (size_t i = 0; i < HOST_TEXTS; i++)
		set(host_field(host, i), SPAN("-"));
	host->scope = NULL;
	host->packages = host->unknown = 0;
	buffer_reset(&host->unknown_names);
	gaps_reset(&host->gaps);
	for (size_t i = 0; i < host->excluded_count; i++) {
		host->excluded[i].count = 0;
		buffer_reset(&host->excluded[i].text);
	}
	kernels_reset(&host->kernels);
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
	for (size_t i = 0; i < HOST_TEXTS; i++)
		text->fields[i] = arena_copy(&fleet->waiting.text,
		    buffer_span(host_field(&fleet->current, i)));
	gaps_put(&fleet->gaps, buffer_span(&fleet->current.name),
	    &fleet->current.gaps);
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
	for (size_t i = 0; i < HOST_TEXTS; i++)
		set(host_field(&fleet->current, i), text->fields[i]);
	return true;
}

static bool
is_foreign(struct span arch, struct span host_arch)
{
	return !span_equal(arch, host_arch) && !span_absent(host_arch) &&
	       !span_absent(arch) && !arch_is_all(arch);
}

void
fleet_judge(struct fleet *fleet, struct installed *installed, struct keys keys)
{
	struct host *host = &fleet->current;
	struct span remarks;

	installed->host = buffer_span(&host->name);
	installed->channels = buffer_span(&host->channels);
	installed->foreign = is_foreign(
	    installed->arch, buffer_span(&host->arch));
	remarks = judge(
	    fleet->catalogue, host->scope, installed, keys, fleet->output);
	if (remarks.n > 0)
		cover_excluded(fleet, installed->package, remarks);
}

/* The newest kernel of each name; their needs were put off until now. */
static void
judge_kernels(struct fleet *fleet, struct kernels *kernels)
{
	for (size_t i = 0; i < kernels->count; i++) {
		struct kernel *kernel = &kernels->kernels[i];

		if (!is_clean(fleet->catalogue, fleet->current.scope,
			&kernel->installed, kernel->keys))
			fleet_judge(fleet, &kernel->installed, kernel->keys);
	}
}

/* A kernel that is installed but not running wants a reboot. */
static void
need_reboot(struct fleet *fleet, struct host *host)
{
	struct kernel_state state = kernels_state(&host->kernels);
	struct output *output = fleet->output;
	struct buffer why = {0};
	bool known = state.running_version.n > 0;

	if (state.newest_version.n == 0 ||
	    span_absent(buffer_span(&host->kernel)))
		return;
	if (known && version_compare(state.scheme, state.running_version,
			 state.newest_version) != VERSION_LESS)
		return;
	output_begin(output, layout_default(RECORD_NEED, false));
	output_field(output, buffer_span(&host->name));
	output_field(output, state.newest_package);
	output_field(output, known ? state.running_version : SPAN("-"));
	output_field(output, state.newest_version);
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
	    SPAN_ARG(state.newest_package), SPAN_ARG(state.newest_version));
	output_field(output, buffer_span(&why));
	output_end(output);
	buffer_release(&why);
}

static void
host_finish(struct fleet *fleet)
{
	struct host *host = &fleet->current;
	bool covered;

	/* The catalogue may not have been asked for a host without packages. */
	catalogue_ready(fleet->catalogue);
	host->scope = catalogue_scope(fleet->catalogue, buffer_span(&host->os),
	    buffer_span(&host->release));
	judge_kernels(fleet, &host->kernels);
	updates_write(fleet->catalogue, host->scope, &host->updates,
	    buffer_span(&host->name), buffer_span(&host->arch), fleet->output);
	gaps_take(&fleet->gaps, buffer_span(&host->name), &host->gaps);
	covered = cover_write(fleet);
	need_reboot(fleet, host);
	fleet->hosts++;
	fleet->not_covered += !covered;
	fleet->has_current = false;
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
	for (size_t i = 0; i < HOST_TEXTS; i++) {
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
fleet_fact(struct fleet *fleet, const struct record *record)
{
	struct span name = record_get(record, FACT_HOST);
	struct span text = record_get(record, FACT_VALUE);

	if (!span_is(record_get(record, FACT_KEY), "not_seen"))
		return;
	if (fleet->has_current &&
	    span_equal(buffer_span(&fleet->current.name), name))
		gaps_add(&fleet->current.gaps, text);
	else
		gaps_add_away(&fleet->gaps, name, text);
}

/* What was not seen of a host whose verdict had been given already. */
static void
refuse_late_gaps(const struct gaps_away *away)
{
	for (size_t i = 0; i < away->count; i++) {
		const struct gaps *gaps = &away->gaps[i];

		if (gaps->packages.n + gaps->sources.n + gaps->others.n > 0)
			die(PM_EXIT_DATA,
			    "a fact not_seen of host '%.*s' stands behind its "
			    "packages, or it has no host record: keep the "
			    "records of a host together (pm-collect merge), or "
			    "sort the stream",
			    SPAN_ARG(intern_span(&away->hosts, (uint32_t)i)));
	}
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
	if (fleet->gaps.left > 0)
		refuse_late_gaps(&fleet->gaps);
}

void
fleet_release(struct fleet *fleet)
{
	struct host *host = &fleet->current;

	buffer_release(&host->name);
	for (size_t i = 0; i < HOST_TEXTS; i++)
		buffer_release(host_field(host, i));
	buffer_release(&host->unknown_names);
	gaps_release(&host->gaps);
	gaps_away_release(&fleet->gaps);
	releases_free(&fleet->releases);
	kernels_release(&host->kernels);
	free(host->updates.marks);
	for (size_t i = 0; i < host->excluded_count; i++)
		buffer_release(&host->excluded[i].text);
	free(host->excluded);
	intern_release(&fleet->waiting);
	free(fleet->texts);
}
