#include "installed.h"

#include <stdlib.h>
#include <string.h>

/* Rows, by their number in the table of distinct rows. */
struct rows {
	uint32_t *items;
	size_t count, capacity;
};

struct host {
	struct span name;
	uint32_t set;	    /* UINT32_MAX while its records are being read */
	struct rows *apart; /* when they do not stand together; or NULL */
};

/*
 * While the records of a host stand together its rows are kept only until the
 * next host, and then as the set that it shares with others.
 */
struct installed {
	struct intern rows;
	struct arena text;
	struct hash_table index;
	struct host *hosts;
	size_t count, capacity;
	size_t last;	  /* the host of the last record */
	struct rows open; /* its rows, unless they are apart */
	struct hash_table set_index;
	struct rows *sets; /* sorted, no duplicates, for several hosts */
	size_t set_count, set_capacity;
	struct buffer row;
	struct installed_set loaded;
};

struct installed *
installed_new(void)
{
	return memory_zeroed(1, sizeof(struct installed));
}

/* ---- sets */

static int
number_order(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The set of these rows, which are sorted; made when it is new. */
static uint32_t
set_of(struct installed *installed, struct rows *rows)
{
	struct hash_probe probe;
	uint64_t hash = 1;
	size_t kept = 0;

	if (rows->count > 0)
		qsort(rows->items, rows->count, sizeof(uint32_t), number_order);
	for (size_t i = 0; i < rows->count; i++)
		if (i == 0 || rows->items[i] != rows->items[kept - 1])
			rows->items[kept++] = rows->items[i];
	rows->count = kept;
	for (size_t i = 0; i < kept; i++)
		hash = hash_mix(hash, rows->items[i]);
	probe = hash_first(&installed->set_index, hash);
	for (; hash_found(&installed->set_index, &probe);
	     hash_next(&installed->set_index, &probe)) {
		const struct rows *set = &installed->sets[probe.index];

		if (set->count == kept && memcmp(set->items, rows->items,
					      kept * sizeof(uint32_t)) == 0)
			return probe.index;
	}
	installed->sets = memory_grow(installed->sets, &installed->set_capacity,
	    installed->set_count + 1, sizeof(*installed->sets));
	installed->sets[installed->set_count] = (struct rows){
	    .items = memory_array(NULL, kept + 1, sizeof(uint32_t)),
	    .count = kept};
	memcpy(installed->sets[installed->set_count].items, rows->items,
	    kept * sizeof(uint32_t));
	hash_insert(
	    &installed->set_index, hash, (uint32_t)installed->set_count);
	return (uint32_t)installed->set_count++;
}

/* Another host follows. */
static void
close_last(struct installed *installed)
{
	struct host *host = &installed->hosts[installed->last];

	if (installed->count == 0 || host->apart != NULL)
		return;
	host->set = set_of(installed, &installed->open);
	installed->open.count = 0;
}

/* More records of a host whose set is made. */
static void
reopen(struct installed *installed, struct host *host)
{
	const struct rows *set = &installed->sets[host->set];
	struct rows *rows = memory_zeroed(1, sizeof(*rows));

	rows->items = memory_grow(
	    NULL, &rows->capacity, set->count + 1, sizeof(uint32_t));
	memcpy(rows->items, set->items, set->count * sizeof(uint32_t));
	rows->count = set->count;
	host->apart = rows;
}

/* ---- reading */

static bool
find(const struct installed *installed, struct span name, size_t *at)
{
	struct hash_probe probe = hash_first(
	    &installed->index, hash_span(name));

	for (; hash_found(&installed->index, &probe);
	     hash_next(&installed->index, &probe))
		if (span_equal(installed->hosts[probe.index].name, name)) {
			*at = probe.index;
			return true;
		}
	return false;
}

/* The host of a record; those of one host mostly follow each other. */
static struct host *
host_of(struct installed *installed, struct span name)
{
	struct host *host;

	if (installed->count > 0 &&
	    span_equal(installed->hosts[installed->last].name, name))
		return &installed->hosts[installed->last];
	close_last(installed);
	if (find(installed, name, &installed->last)) {
		host = &installed->hosts[installed->last];
		if (host->apart == NULL)
			reopen(installed, host);
		return host;
	}
	installed->hosts = memory_grow(installed->hosts, &installed->capacity,
	    installed->count + 1, sizeof(*installed->hosts));
	installed->last = installed->count++;
	host = &installed->hosts[installed->last];
	*host = (struct host){
	    .name = arena_copy(&installed->text, name), .set = UINT32_MAX};
	hash_insert(
	    &installed->index, hash_span(name), (uint32_t)installed->last);
	return host;
}

void
installed_read(struct installed *installed, const struct record *record)
{
	static const unsigned columns[] = {
	    PKG_PACKAGE, PKG_VERSION, PKG_ARCH, PKG_STATE};
	struct host *host = host_of(installed, record_get(record, PKG_HOST));
	struct rows *rows = host->apart != NULL ? host->apart
						: &installed->open;

	buffer_reset(&installed->row);
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (i > 0)
			buffer_add_byte(&installed->row, '\t');
		buffer_add_span(
		    &installed->row, record_get(record, columns[i]));
	}
	rows->items = memory_grow(
	    rows->items, &rows->capacity, rows->count + 1, sizeof(uint32_t));
	rows->items[rows->count++] = intern_add(
	    &installed->rows, buffer_span(&installed->row));
}

void
installed_share(struct installed *installed)
{
	close_last(installed);
	for (size_t i = 0; i < installed->count; i++) {
		struct host *host = &installed->hosts[i];

		if (host->apart == NULL)
			continue;
		host->set = set_of(installed, host->apart);
		free(host->apart->items);
		free(host->apart);
		host->apart = NULL;
	}
	free(installed->open.items);
	installed->open = (struct rows){0};
}

bool
installed_of(const struct installed *installed, struct span host, uint32_t *set)
{
	size_t at;

	if (!find(installed, host, &at))
		return false;
	*set = installed->hosts[at].set;
	return true;
}

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

const struct installed_set *
installed_set(struct installed *installed, uint32_t number)
{
	const struct rows *rows = &installed->sets[number];
	struct installed_set *set = &installed->loaded;

	set->rows = memory_array(
	    set->rows, rows->count + 1, sizeof(*set->rows));
	for (size_t i = 0; i < rows->count; i++)
		set->rows[i] = intern_span(&installed->rows, rows->items[i]);
	if (rows->count > 0)
		qsort(set->rows, rows->count, sizeof(*set->rows), span_order);
	set->count = rows->count;
	return set;
}

struct span
installed_field(struct span row, enum installed_field field)
{
	struct span part = span_cut(&row, '\t');

	for (unsigned i = 0; i < field; i++)
		part = span_cut(&row, '\t');
	return part;
}

void
installed_free(struct installed *installed)
{
	for (size_t i = 0; i < installed->set_count; i++)
		free(installed->sets[i].items);
	free(installed->hosts);
	free(installed->sets);
	free(installed->open.items);
	hash_release(&installed->set_index);
	free(installed->loaded.rows);
	buffer_release(&installed->row);
	hash_release(&installed->index);
	arena_release(&installed->text);
	intern_release(&installed->rows);
	free(installed);
}
