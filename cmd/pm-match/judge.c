#include "judge.h"

#include <stdlib.h>

/* The count of advisories that a version lacks when it has no order. */
#define INVALID UINT32_MAX

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

static uint32_t
search_lacking(const struct catalogue *catalogue, const struct key *key,
    enum version_scheme scheme, struct span version)
{
	const struct advisory *run = catalogue->advisories + key->first;
	uint32_t low = 1, high = key->plain;
	enum version_order order;

	if (high == 0)
		return version_valid(scheme, version) ? 0 : INVALID;
	/* Most packages are patched, or lack only the newest. */
	order = version_compare(
	    scheme, version, catalogue_text(catalogue, run[0].fixed));
	if (order != VERSION_LESS)
		return order == VERSION_INVALID ? INVALID : 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		order = version_compare(scheme, version,
		    catalogue_text(catalogue, run[middle].fixed));
		if (order == VERSION_LESS)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * How many of the plain advisories fix something above the version; INVALID
 * when the version cannot be compared.  The hosts of one release mostly have
 * one of two versions, so the last two answers are kept.
 */
static uint32_t
lacking(const struct catalogue *catalogue, struct key *key,
    enum version_scheme scheme, struct span version)
{
	struct memo *memo;

	for (unsigned i = 0; i < 2; i++) {
		memo = &key->memo[i];
		if (memo->length == version.n &&
		    memcmp(memo->version, version.p, version.n) == 0) {
			key->memo_turn = (uint8_t)(1 - i);
			return memo->lacks;
		}
	}
	if (version.n > MEMO_SIZE)
		return search_lacking(catalogue, key, scheme, version);
	memo = &key->memo[key->memo_turn];
	key->memo_turn ^= 1;
	memo->length = (uint8_t)version.n;
	memcpy(memo->version, version.p, version.n);
	memo->lacks = search_lacking(catalogue, key, scheme, version);
	return memo->lacks;
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
    struct key *key, struct span version, struct span arch,
    struct finding *finding)
{
	const struct advisory *run;
	uint32_t lacks;

	finding->fixable.count = finding->unfixed.count = 0;
	finding->invalid.count = 0;
	if (key == NULL)
		return;
	run = catalogue->advisories + key->first;
	lacks = lacking(catalogue, key, scheme, version);
	if (lacks == INVALID) {
		for (uint32_t i = 0; i < key->count; i++)
			if (run[i].state != ADVISORY_NONE)
				list_add(&finding->invalid, &run[i]);
		return;
	}
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

/* The worst severity of the advisories, as a number of severities. */
static uint16_t
worst_severity(const struct catalogue *catalogue, const struct list *list)
{
	uint16_t worst = 0;
	unsigned worst_rank = 0;

	for (size_t i = 0; i < list->count; i++) {
		uint16_t severity = list->items[i]->severity;
		unsigned rank;

		if (severity == worst)
			continue;
		rank = severity_rank(
		    intern_span(&catalogue->severities, severity));
		if (rank > worst_rank || worst == 0) {
			worst = severity;
			worst_rank = rank;
		}
	}
	return worst;
}

static uint8_t
strongest_kind(const struct list *list)
{
	uint8_t kind = KIND_UNKNOWN;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind > kind)
			kind = list->items[i]->kind;
	return kind;
}

/* What a need says of all its advisories together. */
struct summary {
	struct span lists; /* the columns adv and cves, a tab before each */
	uint16_t severity;
	uint8_t kind;
};

static struct summary
summarise(const struct catalogue *catalogue, const struct list *list)
{
	static struct buffer lists;

	buffer_reset(&lists);
	add_joined(&lists, catalogue, list, false);
	add_joined(&lists, catalogue, list, true);
	return (struct summary){buffer_span(&lists),
	    worst_severity(catalogue, list), strongest_kind(list)};
}

/* The same for the first `lacks` plain advisories of a key, kept there. */
static struct summary
summarise_plain(
    const struct catalogue *catalogue, struct key *key, uint32_t lacks)
{
	static struct list list;
	struct summary summary;

	if (key->listed == lacks)
		return (struct summary){
		    {key->lists, key->lists_length}, key->severity, key->kind};
	list.count = 0;
	for (uint32_t i = 0; i < lacks; i++)
		list_add(&list, &catalogue->advisories[key->first + i]);
	summary = summarise(catalogue, &list);
	if (summary.lists.n > UINT32_MAX)
		return summary;
	if (summary.lists.n > key->lists_capacity) {
		key->lists = memory_array(key->lists, summary.lists.n, 1);
		key->lists_capacity = summary.lists.n;
	}
	memcpy(key->lists, summary.lists.p, summary.lists.n);
	key->lists_length = (uint32_t)summary.lists.n;
	key->severity = summary.severity;
	key->kind = summary.kind;
	key->listed = lacks;
	return summary;
}

/* How a need came about. */
struct reason {
	const char *state;
	const char *confidence;
	bool fixed;	    /* there is a version to reach */
	const char *remark; /* behind the comparison, or NULL */
};

static const struct reason *
reason_of(enum key_by by, const struct scope *scope, bool is_held)
{
	static const struct reason available = {
	    "available", "exact", true, NULL};
	static const struct reason held = {
	    "held", "exact", true, "; on hold on the host"};
	static const struct reason assumed = {"available", "assumed", true,
	    "; that a repository of the host offers it is assumed"};
	static const struct reason announced = {"announced", "exact", true,
	    "; no repository of the host offers it"};

	if (by == BY_SOURCE && scope->repository)
		return &announced;
	if (is_held)
		return &held;
	return by == BY_SOURCE ? &assumed : &available;
}

/* The columns of a need from installed on, and a newline. */
static void
add_need(struct buffer *out, const struct catalogue *catalogue,
    const struct installed *installed, struct summary summary,
    const struct advisory *top, const struct reason *reason)
{
	static const struct span kinds[] = {
	    {"-", 1}, {"release", 7}, {"update", 6}, {"security", 8}};
	struct span fixed = catalogue_text(catalogue, top->fixed);
	bool source = catalogue->keys[top->key].by == BY_SOURCE;

	add_field(out, installed->version);
	add_field(out, reason->fixed ? fixed : SPAN("-"));
	buffer_add_span(out, summary.lists);
	add_field(out, span_of(reason->state));
	add_field(out, intern_span(&catalogue->severities, summary.severity));
	add_field(out, kinds[summary.kind]);
	add_field(out, span_of(reason->confidence));
	add_field(out, intern_span(&catalogue->words, top->feed));
	buffer_add_span(out, source ? SPAN(": source ") : SPAN(": "));
	buffer_add_span(out, source ? installed->source : installed->package);
	buffer_add_byte(out, ' ');
	buffer_add_span(
	    out, source ? installed->source_version : installed->version);
	if (reason->fixed) {
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
 * The usual case: one key speaks of the package, all of its advisories are
 * plain, and none is for one arch alone.  False when it is another case.
 */
static bool
render_plain(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct buffer *out)
{
	struct key *key = keys.source != NULL ? keys.source : keys.binary;
	uint32_t lacks;

	if ((keys.source != NULL && keys.binary != NULL) || !key->any_arch ||
	    key->plain != key->count)
		return false;
	lacks = lacking(catalogue, key, scope->scheme,
	    key->by == BY_SOURCE ? installed->source_version
				 : installed->version);
	if (lacks == INVALID)
		return false;
	if (lacks > 0)
		add_need(out, catalogue, installed,
		    summarise_plain(catalogue, key, lacks),
		    &catalogue->advisories[key->first],
		    reason_of((enum key_by)key->by, scope, installed->held));
	return true;
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

static void
add_all(struct list *list, const struct list *more)
{
	for (size_t i = 0; i < more->count; i++)
		list_add(list, more->items[i]);
}

/* All needs of a package as lines of columns from installed on. */
static void
render(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct buffer *out)
{
	static struct finding source, binary;
	static const struct reason unfixed = {"unfixed", "exact", false, NULL};
	static const struct reason invalid = {"invalid", "exact", false,
	    " cannot be compared: not a valid version"};
	enum version_scheme scheme = scope->scheme;
	const struct advisory *top;

	if (render_plain(catalogue, scope, installed, keys, out))
		return;
	collect(catalogue, scheme, keys.source, installed->source_version,
	    installed->arch, &source);
	collect(catalogue, scheme, keys.binary, installed->version,
	    installed->arch, &binary);
	if (binary.fixable.count > 0) {
		top = highest(catalogue, scheme, &binary.fixable);
		share_out(catalogue, scheme, &source, &binary.fixable);
		add_need(out, catalogue, installed,
		    summarise(catalogue, &binary.fixable), top,
		    reason_of(BY_BINARY, scope, installed->held));
	}
	if (source.fixable.count > 0)
		add_need(out, catalogue, installed,
		    summarise(catalogue, &source.fixable),
		    highest(catalogue, scheme, &source.fixable),
		    reason_of(BY_SOURCE, scope, installed->held));
	add_all(&source.unfixed, &binary.unfixed);
	if (source.unfixed.count > 0)
		add_need(out, catalogue, installed,
		    summarise(catalogue, &source.unfixed),
		    source.unfixed.items[0], &unfixed);
	add_all(&source.invalid, &binary.invalid);
	if (source.invalid.count > 0)
		add_need(out, catalogue, installed,
		    summarise(catalogue, &source.invalid),
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

static bool
key_is_clean(const struct catalogue *catalogue, enum version_scheme scheme,
    struct key *key, struct span version)
{
	return key == NULL ||
	       (key->plain == key->count &&
		   lacking(catalogue, key, scheme, version) == 0);
}

bool
is_clean(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys)
{
	return key_is_clean(catalogue, scope->scheme, keys.source,
		   installed->source_version) &&
	       key_is_clean(
		   catalogue, scope->scheme, keys.binary, installed->version);
}

void
judge(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct output *output)
{
	static struct buffer rows;

	buffer_reset(&rows);
	render(catalogue, scope, installed, keys, &rows);
	write_needs(installed, buffer_span(&rows), output);
}
