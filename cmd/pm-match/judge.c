#include "judge.h"

#include <stdlib.h>

/* Advisories that apply, in a growing array that is used over and over. */
struct list {
	const struct advisory **items;
	size_t count, capacity;
};

struct finding {
	struct list fixable; /* a fixed version is known */
	struct list unfixed;
	struct list invalid;
};

static void
list_add(struct list *list, const struct advisory *advisory)
{
	list->items = memory_grow(list->items, &list->capacity, list->count + 1,
	    sizeof(*list->items));
	list->items[list->count++] = advisory;
}

static bool
arch_fits(const struct catalogue *catalogue, const struct advisory *advisory,
    struct span arch)
{
	return advisory->arch == 0 || span_is(arch, "all") ||
	       span_equal(intern_span(&catalogue->words, advisory->arch), arch);
}

/* How many of the plain advisories fix something above the version. */
static uint32_t
lacking(const struct catalogue *catalogue, const struct key *key,
    enum version_scheme scheme, struct span version)
{
	const struct advisory *run = catalogue->advisories + key->first;
	uint32_t low = 0, high = key->plain;

	/* Most packages are patched, or lack only the newest. */
	if (high > 0 &&
	    version_compare(scheme, version,
		catalogue_text(catalogue, run[0].fixed)) != VERSION_LESS)
		return 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (version_compare(scheme, version,
			catalogue_text(catalogue, run[middle].fixed)) ==
		    VERSION_LESS)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Those advisories of which a version alone does not decide. */
static void
collect_other(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct advisory *advisory, struct span version,
    struct finding *finding)
{
	struct span introduced = catalogue_text(
	    catalogue, advisory->introduced);
	struct span fixed = catalogue_text(catalogue, advisory->fixed);

	if (advisory->state == ADVISORY_NONE)
		return;
	if (advisory->state == ADVISORY_INVALID) {
		list_add(&finding->invalid, advisory);
		return;
	}
	if (!span_absent(introduced) &&
	    version_compare(scheme, version, introduced) == VERSION_LESS)
		return;
	if (!span_absent(fixed) &&
	    version_compare(scheme, version, fixed) != VERSION_LESS)
		return;
	list_add(advisory->state == ADVISORY_FIXED ? &finding->fixable
						   : &finding->unfixed,
	    advisory);
}

static void
collect(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct key *key, struct span version, struct span arch,
    struct finding *finding)
{
	const struct advisory *run;
	uint32_t lacks;

	finding->fixable.count = finding->unfixed.count = 0;
	finding->invalid.count = 0;
	if (key == NULL)
		return;
	run = catalogue->advisories + key->first;
	if (!version_valid(scheme, version)) {
		for (uint32_t i = 0; i < key->count; i++)
			if (run[i].state != ADVISORY_NONE)
				list_add(&finding->invalid, &run[i]);
		return;
	}
	lacks = lacking(catalogue, key, scheme, version);
	for (uint32_t i = 0; i < lacks; i++)
		if (arch_fits(catalogue, &run[i], arch))
			list_add(&finding->fixable, &run[i]);
	for (uint32_t i = key->plain; i < key->count; i++)
		if (arch_fits(catalogue, &run[i], arch))
			collect_other(
			    catalogue, scheme, &run[i], version, finding);
}

static int
order_spans(const void *left, const void *right)
{
	return span_compare(
	    *(const struct span *)left, *(const struct span *)right);
}

/* A field of all distinct items of the given comma-joined texts. */
static void
add_joined(struct buffer *out, const struct catalogue *catalogue,
    const struct list *list, bool cves)
{
	static struct span *items;
	static size_t capacity;
	size_t count = 0;
	bool any = false;

	for (size_t i = 0; i < list->count; i++) {
		struct span rest = catalogue_text(catalogue,
		    cves ? list->items[i]->cves : list->items[i]->name);

		while (rest.p != NULL) {
			struct span item = span_cut(&rest, ',');

			if (item.n == 0 || span_absent(item))
				continue;
			items = memory_grow(
			    items, &capacity, count + 1, sizeof(*items));
			items[count++] = item;
		}
	}
	if (count > 1)
		qsort(items, count, sizeof(*items), order_spans);
	buffer_add_byte(out, '\t');
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && span_equal(items[i], items[i - 1]))
			continue;
		if (any)
			buffer_add_byte(out, ',');
		buffer_add_span(out, items[i]);
		any = true;
	}
	if (!any)
		buffer_add_byte(out, '-');
}

static void
add_field(struct buffer *out, struct span field)
{
	buffer_add_byte(out, '\t');
	buffer_add_span(out, field);
}

/* The advisory with the highest fixed version; the first among equals. */
static const struct advisory *
highest(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct list *list)
{
	const struct advisory *best = list->items[0];

	for (size_t i = 1; i < list->count; i++)
		if (version_compare(scheme,
			catalogue_text(catalogue, list->items[i]->fixed),
			catalogue_text(catalogue, best->fixed)) ==
		    VERSION_GREATER)
			best = list->items[i];
	return best;
}

static struct span
worst_severity(const struct catalogue *catalogue, const struct list *list)
{
	struct span worst = SPAN("-");

	for (size_t i = 0; i < list->count; i++) {
		struct span severity = intern_span(
		    &catalogue->severities, list->items[i]->severity);
		unsigned rank = severity_rank(severity);

		if (rank > severity_rank(worst) ||
		    (span_absent(worst) && !span_absent(severity)))
			worst = severity;
	}
	return worst;
}

static struct span
strongest_kind(const struct list *list)
{
	static const char *const names[] = {
	    "-", "release", "update", "security"};
	unsigned kind = KIND_UNKNOWN;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind > kind)
			kind = list->items[i]->kind;
	return span_of(names[kind]);
}

struct reason {
	const char *state;
	const char *confidence;
	const char *remark; /* behind the comparison, or NULL */
};

/* The columns of a need from installed on, and a newline. */
static void
add_need(struct buffer *out, const struct catalogue *catalogue,
    const struct installed *installed, const struct list *list,
    const struct advisory *top, const struct reason *reason)
{
	struct span fixed = catalogue_text(catalogue, top->fixed);
	bool source = catalogue->keys[top->key].by == BY_SOURCE;
	struct span compared = source ? installed->source_version
				      : installed->version;
	bool has_fix = top->state == ADVISORY_FIXED;

	add_field(out, installed->version);
	add_field(out, has_fix ? fixed : SPAN("-"));
	add_joined(out, catalogue, list, false);
	add_joined(out, catalogue, list, true);
	add_field(out, span_of(reason->state));
	add_field(out, worst_severity(catalogue, list));
	add_field(out, strongest_kind(list));
	add_field(out, span_of(reason->confidence));
	buffer_add_byte(out, '\t');
	buffer_add_span(out, intern_span(&catalogue->words, top->feed));
	buffer_add_span(out, source ? SPAN(": source ") : SPAN(": "));
	buffer_add_span(out, source ? installed->source : installed->package);
	buffer_add_byte(out, ' ');
	buffer_add_span(out, compared);
	if (has_fix) {
		buffer_add_span(out, SPAN(" < "));
		buffer_add_span(out, fixed);
	} else if (top->state == ADVISORY_AFFECTED) {
		buffer_add_span(out, SPAN(" is "));
		buffer_add_span(out, catalogue_text(catalogue, top->detail));
	}
	if (reason->remark != NULL)
		buffer_add_span(out, span_of(reason->remark));
	buffer_add_byte(out, '\n');
}

/*
 * Move the fixes that the offered package already contains from the source
 * finding to what is on offer.
 */
static void
share_out(const struct catalogue *catalogue, enum version_scheme scheme,
    struct finding *source, struct list *offered)
{
	const struct advisory *best;
	struct span reach;
	size_t kept = 0;

	if (offered->count == 0)
		return;
	best = highest(catalogue, scheme, offered);
	reach = catalogue_text(catalogue, best->source_version);
	if (span_absent(reach))
		reach = catalogue_text(catalogue, best->fixed);
	for (size_t i = 0; i < source->fixable.count; i++) {
		const struct advisory *advisory = source->fixable.items[i];
		enum version_order order = version_compare(
		    scheme, catalogue_text(catalogue, advisory->fixed), reach);

		if (order == VERSION_LESS || order == VERSION_EQUAL)
			list_add(offered, advisory);
		else
			source->fixable.items[kept++] = advisory;
	}
	source->fixable.count = kept;
}

/* All needs of a package as lines of columns from installed on. */
static void
render(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct buffer *out)
{
	static struct finding source, binary;
	static const struct reason available = {"available", "exact", NULL};
	static const struct reason held = {
	    "held", "exact", "; on hold on the host"};
	static const struct reason assumed = {"available", "assumed",
	    "; that a repository of the host offers it is assumed"};
	static const struct reason assumed_held = {
	    "held", "assumed", "; on hold on the host"};
	static const struct reason announced = {
	    "announced", "exact", "; no repository of the host offers it"};
	static const struct reason unfixed = {"unfixed", "exact", NULL};
	static const struct reason invalid = {
	    "invalid", "exact", " cannot be compared: not a valid version"};
	enum version_scheme scheme = scope->scheme;
	const struct advisory *top;

	collect(catalogue, scheme, keys.source, installed->source_version,
	    installed->arch, &source);
	collect(catalogue, scheme, keys.binary, installed->version,
	    installed->arch, &binary);
	if (binary.fixable.count > 0) {
		top = highest(catalogue, scheme, &binary.fixable);
		share_out(catalogue, scheme, &source, &binary.fixable);
		add_need(out, catalogue, installed, &binary.fixable, top,
		    installed->held ? &held : &available);
	}
	if (source.fixable.count > 0)
		add_need(out, catalogue, installed, &source.fixable,
		    highest(catalogue, scheme, &source.fixable),
		    scope->repository ? &announced
		    : installed->held ? &assumed_held
				      : &assumed);
	for (size_t i = 0; i < binary.unfixed.count; i++)
		list_add(&source.unfixed, binary.unfixed.items[i]);
	if (source.unfixed.count > 0)
		add_need(out, catalogue, installed, &source.unfixed,
		    source.unfixed.items[0], &unfixed);
	for (size_t i = 0; i < binary.invalid.count; i++)
		list_add(&source.invalid, binary.invalid.items[i]);
	if (source.invalid.count > 0)
		add_need(out, catalogue, installed, &source.invalid,
		    source.invalid.items[0], &invalid);
}

static void
write_needs(
    const struct installed *installed, struct span rows, struct output *output)
{
	while (rows.n > 0) {
		struct span row = span_cut(&rows, '\n');

		output_begin(output, layout_default(RECORD_NEED, false));
		output_field(output, installed->host);
		output_field(output, installed->package);
		if (installed->foreign) {
			output_glue(output, SPAN(":"));
			output_glue(output, installed->arch);
		}
		output_rest(output, row, NEED_CVSS + 1);
		output_end(output);
	}
}

static uint32_t
partner_of(const struct catalogue *catalogue, struct keys keys)
{
	return keys.source == NULL
		   ? 0
		   : (uint32_t)(keys.source - catalogue->keys) + 1;
}

/* Is the memo about just this package and these versions? */
static bool
memo_fits(
    const struct key *key, uint32_t partner, const struct installed *installed)
{
	const char *memo = key->memo;

	return key->memo_verdict != MEMO_NOTHING &&
	       key->memo_partner == partner &&
	       key->memo_version == installed->version.n &&
	       key->memo_source == installed->source_version.n &&
	       key->memo_arch == installed->arch.n &&
	       memcmp(memo, installed->version.p, key->memo_version) == 0 &&
	       memcmp(memo + key->memo_version, installed->source_version.p,
		   key->memo_source) == 0 &&
	       memcmp(memo + key->memo_version + key->memo_source,
		   installed->arch.p, key->memo_arch) == 0;
}

static void
memo_set(struct key *key, uint32_t partner, const struct installed *installed,
    struct span rows)
{
	size_t version = installed->version.n;
	size_t source = installed->source_version.n;
	size_t arch = installed->arch.n;

	key->memo_verdict = MEMO_NOTHING;
	if (version > MEMO_SIZE || source > MEMO_SIZE || arch > MEMO_SIZE ||
	    version + source + arch > MEMO_SIZE || rows.n > UINT32_MAX)
		return;
	key->memo_partner = partner;
	key->memo_version = (uint8_t)version;
	key->memo_source = (uint8_t)source;
	key->memo_arch = (uint8_t)arch;
	memcpy(key->memo, installed->version.p, version);
	memcpy(key->memo + version, installed->source_version.p, source);
	memcpy(key->memo + version + source, installed->arch.p, arch);
	key->memo_verdict = rows.n == 0 ? MEMO_CLEAN : MEMO_NEED;
	if (rows.n > key->suffix_capacity) {
		key->suffix = memory_array(key->suffix, rows.n, 1);
		key->suffix_capacity = (uint32_t)rows.n;
	}
	if (rows.n > 0)
		memcpy(key->suffix, rows.p, rows.n);
	key->suffix_length = (uint32_t)rows.n;
}

void
judge(struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct output *output)
{
	static struct buffer rows;
	struct key *owner = keys.binary != NULL ? keys.binary : keys.source;
	uint32_t partner = partner_of(catalogue, keys);

	/* A hold belongs to the host, so the memo cannot speak for it. */
	if (!installed->held && memo_fits(owner, partner, installed)) {
		if (owner->memo_verdict == MEMO_NEED)
			write_needs(installed,
			    (struct span){owner->suffix, owner->suffix_length},
			    output);
		return;
	}
	buffer_reset(&rows);
	render(catalogue, scope, installed, keys, &rows);
	if (!installed->held)
		memo_set(owner, partner, installed, buffer_span(&rows));
	write_needs(installed, buffer_span(&rows), output);
}
