/*
 * What advisories say of each other: which ones must be there before, which ones
 * they replace.  Advisories that say neither leave no more than their hash.
 */
#include <stdlib.h>

#include "chains.h"

/* An adv record that says something. */
struct statement {
	struct span adv;
	struct span os, release, arch;
	struct span package; /* empty when it names a source package */
	struct span requires;
};

/* One advisory replaces another. */
struct replacement {
	struct span name; /* what is replaced */
	uint32_t by;	  /* statement */
};

static struct {
	struct statement *statements;
	size_t count, capacity;
	struct hash_table by_adv;
	struct replacement *replacements;
	size_t replacement_count, replacement_capacity;
	struct hash_table by_replaced;
	struct hash_table known;
	bool any;
} state;

/* ---- reading */

/* module:NAME:STREAM and pins:LIST say whom an advisory is for. */
static bool
is_condition(struct span item)
{
	return span_starts(item, SPAN("module:")) ||
	       span_starts(item, SPAN("pins:"));
}

static bool
has_requirement(struct span list)
{
	if (span_absent(list))
		return false;
	while (list.p != NULL)
		if (!is_condition(span_cut(&list, ',')))
			return true;
	return false;
}

static uint64_t
known_hash(struct span adv, struct span os, struct span release)
{
	return hash_mix(
	    hash_mix(hash_span(adv), hash_span(os)), hash_span(release));
}

/* The table keeps the upper half of a hash, and as an index the lower one. */
static bool
is_known(uint64_t hash)
{
	struct hash_probe probe = hash_first(&state.known, hash);

	for (; hash_found(&state.known, &probe);
	     hash_next(&state.known, &probe))
		if (probe.index == (uint32_t)hash)
			return true;
	return false;
}

/*
 * An advisory about packages.  Of what is called like its package, an update of
 * Windows, the inventory says whether it is there.
 */
static void
remember(const struct record *record)
{
	struct span adv = record_get(record, ADV_ADV);
	uint64_t hash = known_hash(
	    adv, record_get(record, ADV_OS), record_get(record, ADV_RELEASE));

	if (!span_equal(adv, record_get(record, ADV_PACKAGE)) &&
	    !is_known(hash))
		hash_insert(&state.known, hash, (uint32_t)hash);
}

static struct span
keep(struct fleet *fleet, const struct record *record, enum adv_column column)
{
	return intern_span(&fleet->names,
	    intern_add(&fleet->names, record_get(record, column)));
}

static void
add_replacement(struct span name, uint32_t by)
{
	state.replacements = memory_grow(state.replacements,
	    &state.replacement_capacity, state.replacement_count + 1,
	    sizeof(*state.replacements));
	hash_insert(&state.by_replaced, hash_span(name),
	    (uint32_t)state.replacement_count);
	state.replacements[state.replacement_count++] = (struct replacement){
	    name, by};
}

void
requires_read(struct fleet *fleet, const struct record *record)
{
	struct span replaced = record_get(record, ADV_SUPERSEDES);
	struct span by = record_get(record, ADV_BY);
	struct statement *statement;

	remember(record);
	if (!has_requirement(record_get(record, ADV_REQUIRES)) &&
	    span_absent(replaced))
		return;
	state.statements = memory_grow(state.statements, &state.capacity,
	    state.count + 1, sizeof(*state.statements));
	statement = &state.statements[state.count];
	*statement = (struct statement){.adv = keep(fleet, record, ADV_ADV),
	    .os = keep(fleet, record, ADV_OS),
	    .release = keep(fleet, record, ADV_RELEASE),
	    .arch = keep(fleet, record, ADV_ARCH),
	    .package = by.p != NULL && span_is(by, "source")
			   ? SPAN("")
			   : keep(fleet, record, ADV_PACKAGE),
	    .requires = keep(fleet, record, ADV_REQUIRES)};
	state.any |= has_requirement(statement->requires);
	hash_insert(
	    &state.by_adv, hash_span(statement->adv), (uint32_t)state.count);
	if (!span_absent(replaced))
		replaced = keep(fleet, record, ADV_SUPERSEDES);
	while (!span_absent(replaced) && replaced.p != NULL)
		add_replacement(
		    span_cut(&replaced, ','), (uint32_t)state.count);
	state.count++;
}

bool
requires_any(void)
{
	return state.any;
}

/* ---- asking */

static bool
fits(struct span said, struct span of_host)
{
	return span_absent(said) || span_equal(said, of_host);
}

static bool
is_for(const struct statement *statement, const struct host *host)
{
	return fits(statement->os, host->os) &&
	       fits(statement->release, host->release) &&
	       (fits(statement->arch, host->arch) ||
		   span_is(statement->arch, "all") ||
		   span_is(statement->arch, "noarch"));
}

bool
requires_known(const struct host *host, struct span name)
{
	return is_known(known_hash(name, host->os, host->release));
}

/* NAME, or PACKAGE=VERSION where there is no advisory of that name. */
static void
add_requirement(struct requirements *list, const struct host *host,
    struct span item, struct span adv)
{
	struct requirement *row;
	const char *sign = requires_known(host, item) ? NULL
						      : span_find(item, '=');

	list->items = memory_grow(list->items, &list->capacity, list->count + 1,
	    sizeof(*list->items));
	row = &list->items[list->count++];
	*row = (struct requirement){.name = item, .adv = adv};
	if (sign == NULL)
		return;
	row->name.n = (size_t)(sign - item.p);
	row->version = span_skip(item, row->name.n + 1);
}

static int
requirement_order(const void *a, const void *b)
{
	const struct requirement *x = a, *y = b;
	int order = span_compare(x->name, y->name);

	if (order == 0)
		order = span_compare(x->version, y->version);
	return order != 0 ? order : span_compare(x->adv, y->adv);
}

void
requires_of(const struct fleet *fleet, const struct need *need,
    struct requirements *list)
{
	const struct host *host = &fleet->hosts[need->host];
	struct span advs = need->adv;

	list->count = 0;
	while (advs.p != NULL) {
		struct span adv = span_cut(&advs, ',');
		struct hash_probe probe = hash_first(
		    &state.by_adv, hash_span(adv));

		for (; hash_found(&state.by_adv, &probe);
		     hash_next(&state.by_adv, &probe)) {
			const struct statement *row =
			    &state.statements[probe.index];
			struct span rest = row->requires;

			if (!span_equal(row->adv, adv) || !is_for(row, host) ||
			    (row->package.n > 0 &&
				!span_equal(row->package, need->package)) ||
			    span_absent(rest))
				continue;
			while (rest.p != NULL) {
				struct span item = span_cut(&rest, ',');

				if (!is_condition(item))
					add_requirement(list, host, item, adv);
			}
		}
	}
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items),
		    requirement_order);
}

/* ---- what stands in for an advisory */

bool
names_has(const struct names *names, struct span name)
{
	struct hash_probe probe = hash_first(&names->index, hash_span(name));

	for (; hash_found(&names->index, &probe);
	     hash_next(&names->index, &probe))
		if (span_equal(names->items[probe.index], name))
			return true;
	return false;
}

bool
names_has_one(const struct names *names, struct span list)
{
	while (list.p != NULL)
		if (names_has(names, span_cut(&list, ',')))
			return true;
	return false;
}

static void
names_add(struct names *names, struct span name)
{
	if (names_has(names, name))
		return;
	names->items = memory_grow(names->items, &names->capacity,
	    names->count + 1, sizeof(*names->items));
	hash_insert(&names->index, hash_span(name), (uint32_t)names->count);
	names->items[names->count++] = name;
}

void
requires_stand_ins(
    const struct host *host, struct span name, struct names *names)
{
	names->count = 0;
	hash_release(&names->index);
	names->index = (struct hash_table){0};
	names_add(names, name);
	for (size_t i = 0; i < names->count; i++) {
		struct hash_probe probe = hash_first(
		    &state.by_replaced, hash_span(names->items[i]));

		for (; hash_found(&state.by_replaced, &probe);
		     hash_next(&state.by_replaced, &probe)) {
			const struct replacement *row =
			    &state.replacements[probe.index];

			if (span_equal(row->name, names->items[i]) &&
			    is_for(&state.statements[row->by], host))
				names_add(names, state.statements[row->by].adv);
		}
	}
}

void
names_release(struct names *names)
{
	free(names->items);
	hash_release(&names->index);
	*names = (struct names){0};
}
