#include "judge.h"

#include "finding.h"
#include "need.h"

static const struct reason *
reason_of(bool offered, const struct scope *scope, bool is_held)
{
	static const struct reason available = {
	    "available", "exact", true, NULL};
	static const struct reason held = {
	    "held", "exact", true, "; on hold on the host"};
	static const struct reason assumed = {"available", "assumed", true,
	    "; that a repository of the host offers it is assumed"};
	static const struct reason announced = {"announced", "exact", true,
	    "; no repository of the host offers it"};

	if (!offered && scope->repository)
		return &announced;
	if (is_held)
		return &held;
	return offered ? &available : &assumed;
}

/*
 * Move the fixes that the offered package already contains to what is on offer:
 * a source package by the version of the source that the offer is built from.
 * Returns the best offer, NULL when there is none.
 */
static const struct advisory *
share_out(const struct catalogue *catalogue, enum version_scheme scheme,
    struct list *fixed, struct list *offered)
{
	const struct advisory *best;
	struct span reach[2];
	size_t kept = 0;

	if (offered->count == 0)
		return NULL;
	best = need_highest(catalogue, scheme, offered);
	reach[BY_BINARY] = catalogue_text(catalogue, best->fixed);
	reach[BY_SOURCE] = catalogue_text(catalogue, best->source_version);
	if (span_absent(reach[BY_SOURCE]))
		reach[BY_SOURCE] = reach[BY_BINARY];
	for (size_t i = 0; i < fixed->count; i++) {
		const struct advisory *advisory = fixed->items[i];
		enum version_order order = version_compare(scheme,
		    catalogue_text(catalogue, advisory->fixed),
		    reach[catalogue->keys[advisory->key].by]);

		if (order == VERSION_LESS || order == VERSION_EQUAL)
			list_add(offered, advisory);
		else
			fixed->items[kept++] = advisory;
	}
	fixed->count = kept;
	return best;
}

/* Lines of feed and vulnerability: the exclusions that changed something. */
static void
add_remarks(const struct catalogue *catalogue, const struct list *list,
    struct exclusions *exclusions, struct buffer *remarks)
{
	for (size_t i = 0; i < list->count; i++) {
		struct span rest = catalogue_text(
		    catalogue, list->items[i]->cves);

		while (rest.p != NULL) {
			struct exclusion *exclusion = standing_excluded(
			    exclusions, span_cut(&rest, ','));

			if (exclusion == NULL || !exclusion->shown)
				continue;
			exclusion->shown = false; /* once is enough */
			buffer_add_span(remarks, exclusion->feed);
			buffer_add_byte(remarks, '\t');
			buffer_add_span(remarks, exclusion->cve);
			buffer_add_byte(remarks, '\n');
		}
	}
}

/* The same as the end of a sentence, and what was assumed. */
static struct span
remarks_text(struct span remarks, bool stream_assumed)
{
	static struct buffer text;

	buffer_reset(&text);
	if (stream_assumed)
		buffer_printf(&text, "; that it is for the module stream that "
				     "is installed is assumed");
	while (remarks.n > 0) {
		struct span cve = span_cut(&remarks, '\n');
		struct span feed = span_cut(&cve, '\t');

		buffer_printf(&text, "; %.*s: not affected by %.*s",
		    SPAN_ARG(feed), SPAN_ARG(cve));
	}
	return buffer_span(&text);
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
	const struct advisory *top = &catalogue->advisories[key->first];
	uint32_t standing;

	if ((keys.source != NULL && keys.binary != NULL) || !key->any_arch ||
	    key->plain != key->count || key->statements > 0 ||
	    key->offers_differ || installed->modular)
		return false;
	standing = standing_of(catalogue, key, scope->scheme,
	    key->by == BY_SOURCE ? installed->source_version
				 : installed->version);
	/* The key keeps one such summary; others are opinions. */
	if (standing == STANDING_INVALID ||
	    (key->listed != 0 && key->listed != standing))
		return false;
	if (standing > 0)
		need_add(out, catalogue, installed,
		    need_summary_plain(catalogue, key, standing), top,
		    reason_of(top->offer, scope, installed->held), SPAN(""));
	return true;
}

/* All needs of a package as lines of columns from installed on. */
static void
render(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys,
    struct opinion *opinion)
{
	static struct finding finding;
	struct part {
		struct list *list;
		struct reason reason;
		const struct advisory *top;
	} parts[] = {
	    {&finding.offered, *reason_of(true, scope, installed->held), NULL},
	    {&finding.fixed, *reason_of(false, scope, installed->held), NULL},
	    {&finding.unfixed, {"unfixed", "exact", false, NULL}, NULL},
	    {&finding.invalid,
		{"invalid", "exact", false,
		    " cannot be compared: not a valid version"},
		NULL},
	};
	static const struct reason pinned = {"announced", "exact", true,
	    "; the pins of the host keep what is offered away"};
	struct exclusions *exclusions = &finding.exclusions;
	struct span more;

	finding_collect(catalogue, scope->scheme, installed, keys, &finding);
	if (exclusions->count > 0)
		for (size_t i = 0; i < 3; i++) {
			add_remarks(catalogue, parts[i].list, exclusions,
			    &opinion->remarks);
			finding_exclude(catalogue, parts[i].list, exclusions);
		}
	finding_follow(catalogue, keys, &finding);
	parts[0].top = share_out(
	    catalogue, scope->scheme, &finding.fixed, &finding.offered);
	if (finding.fixed.count > 0)
		parts[1].top = need_highest(
		    catalogue, scope->scheme, &finding.fixed);
	if (finding.pinned)
		parts[1].reason = pinned;
	more = remarks_text(
	    buffer_span(&opinion->remarks), finding.stream_assumed);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct part *part = &parts[i];

		if (part->list->count == 0)
			continue;
		if (part->top == NULL)
			part->top = part->list->items[0];
		if (finding.stream_assumed)
			part->reason.confidence = "assumed";
		need_add(&opinion->rows, catalogue, installed,
		    need_summary(catalogue, part->list, part->top, exclusions),
		    part->top, &part->reason, more);
	}
}

/* Everything that render() depends on besides the keys. */
static struct span
describe(const struct installed *installed, struct keys keys)
{
	static struct buffer text;
	const struct span fields[] = {
	    keys.binary == NULL ? SPAN("") : installed->package,
	    installed->version, installed->arch, installed->source,
	    installed->source_version, installed->module, installed->channels};

	buffer_reset(&text);
	buffer_add_byte(&text, installed->held ? 'h' : '-');
	buffer_add_byte(&text, keys.source == NULL ? '-' : 's');
	buffer_add_byte(&text, keys.binary == NULL ? '-' : 'b');
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		buffer_add_byte(&text, '\t');
		buffer_add_span(&text, fields[i]);
	}
	return buffer_span(&text);
}

/*
 * What there is to say of a package.  The hosts of a release have much the same
 * packages, so each key keeps the last answers.
 */
static struct opinion *
opinion_of(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys)
{
	struct key *key = keys.binary != NULL ? keys.binary : keys.source;
	struct span about = describe(installed, keys);
	struct opinion *opinion;

	if (key->opinions == NULL)
		key->opinions = memory_zeroed(OPINIONS, sizeof(*key->opinions));
	for (size_t i = 0; i < OPINIONS; i++)
		if (span_equal(buffer_span(&key->opinions[i].about), about))
			return &key->opinions[i];
	opinion = &key->opinions[key->opinion_turn];
	key->opinion_turn = (uint8_t)((key->opinion_turn + 1) % OPINIONS);
	buffer_reset(&opinion->about);
	buffer_reset(&opinion->rows);
	buffer_reset(&opinion->remarks);
	buffer_add_span(&opinion->about, about);
	render(catalogue, scope, installed, keys, opinion);
	return opinion;
}

static bool
key_is_clean(const struct catalogue *catalogue, enum version_scheme scheme,
    struct key *key, struct span version)
{
	return key == NULL || standing_of(catalogue, key, scheme, version) == 0;
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

struct span
judge(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct output *output)
{
	static struct buffer rows;
	const struct opinion *opinion;

	buffer_reset(&rows);
	if (render_plain(catalogue, scope, installed, keys, &rows)) {
		need_write(installed, buffer_span(&rows), output);
		return SPAN("");
	}
	opinion = opinion_of(catalogue, scope, installed, keys);
	need_write(installed, buffer_span(&opinion->rows), output);
	return buffer_span(&opinion->remarks);
}
