#include "need.h"

#include <stdlib.h>

#include "advisory.h"

static int
order_spans(const void *left, const void *right)
{
	return span_compare(
	    *(const struct span *)left, *(const struct span *)right);
}

/* A field of all distinct items of the given comma-joined texts. */
static void
add_joined(struct buffer *out, const struct catalogue *catalogue,
    const struct list *list, bool cves, struct exclusions *exclusions)
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

			if (item.n == 0 || span_absent(item) ||
			    (cves && standing_excluded(exclusions, item)))
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

/* By enum advisory_kind. */
static const struct span kinds[] = {
    {"-", 1}, {"release", 7}, {"update", 6}, {"security", 8}};

static void
add_field(struct buffer *out, struct span field)
{
	buffer_add_byte(out, '\t');
	buffer_add_span(out, field);
}

/* The advisory with the highest fixed version; the first among equals. */
const struct advisory *
need_highest(const struct catalogue *catalogue, enum version_scheme scheme,
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

/*
 * Since when the version of top is published: by the earliest of the advisories
 * that name it, whose times are RFC 3339, so that bytes order them.
 */
static uint32_t
first_published(const struct catalogue *catalogue, const struct list *list,
    const struct advisory *top)
{
	uint32_t first = top->published;

	for (size_t i = 0; i < list->count; i++) {
		const struct advisory *advisory = list->items[i];

		if (advisory->published == 0 ||
		    !span_equal(catalogue_text(catalogue, advisory->fixed),
			catalogue_text(catalogue, top->fixed)))
			continue;
		if (first == 0 ||
		    span_compare(
			intern_span(&catalogue->words, advisory->published),
			intern_span(&catalogue->words, first)) < 0)
			first = advisory->published;
	}
	return first;
}

struct summary
need_summary(const struct catalogue *catalogue, const struct list *list,
    const struct advisory *top, struct exclusions *exclusions)
{
	static struct buffer lists;

	buffer_reset(&lists);
	add_joined(&lists, catalogue, list, false, exclusions);
	add_joined(&lists, catalogue, list, true, exclusions);
	return (struct summary){buffer_span(&lists),
	    first_published(catalogue, list, top),
	    worst_severity(catalogue, list), strongest_kind(list)};
}

struct summary
need_summary_plain(
    const struct catalogue *catalogue, struct key *key, uint32_t lacks)
{
	static struct list list;
	struct exclusions none = {0};
	struct summary summary;

	if (key->listed == lacks)
		return (struct summary){{key->lists, key->lists_length},
		    key->published, key->severity, key->kind};
	list.count = 0;
	for (uint32_t i = 0; i < lacks; i++)
		list_add(&list, &catalogue->advisories[key->first + i]);
	summary = need_summary(catalogue, &list, list.items[0], &none);
	if (summary.lists.n > UINT32_MAX)
		return summary;
	if (summary.lists.n > key->lists_capacity) {
		key->lists = memory_array(key->lists, summary.lists.n, 1);
		key->lists_capacity = summary.lists.n;
	}
	memcpy(key->lists, summary.lists.p, summary.lists.n);
	key->lists_length = (uint32_t)summary.lists.n;
	key->published = summary.published;
	key->severity = summary.severity;
	key->kind = summary.kind;
	key->listed = lacks;
	return summary;
}

void
need_add(struct buffer *out, const struct catalogue *catalogue,
    const struct installed *installed, struct summary summary,
    const struct advisory *top, const struct reason *reason, struct span more)
{
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
	buffer_add_span(out, more);
	add_field(out, installed->source);
	add_field(out, intern_span(&catalogue->words, summary.published));
	buffer_add_byte(out, '\n');
}

void
need_add_update(struct buffer *out, const struct catalogue *catalogue,
    struct span name, const struct list *own, const struct list *all,
    const struct reason *reason, struct span more)
{
	struct exclusions none = {0};

	add_field(out, SPAN("-"));
	add_field(out, name);
	add_joined(out, catalogue, own, false, &none);
	add_joined(out, catalogue, all, true, &none);
	add_field(out, span_of(reason->state));
	add_field(out, intern_span(&catalogue->severities,
			   worst_severity(catalogue, all)));
	add_field(out, kinds[strongest_kind(all)]);
	add_field(out, span_of(reason->confidence));
	add_field(out, intern_span(&catalogue->words, own->items[0]->feed));
	buffer_add_span(out, SPAN(": "));
	buffer_add_span(out, name);
	buffer_add_span(out, span_of(reason->remark));
	buffer_add_span(out, more);
	add_field(out, SPAN("-"));
	add_field(out, intern_span(&catalogue->words,
			   first_published(catalogue, own, own->items[0])));
	buffer_add_byte(out, '\n');
}

void
need_write(
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
