#include "installed.h"

/* Rows of one host, by their number in the table of distinct rows. */
struct host {
	struct span name;
	uint32_t *rows;
	size_t count, capacity;
	uint64_t sum[2]; /* over all rows, whatever their order */
	uint32_t set;
};

struct installed {
	struct intern rows;
	struct arena text;
	struct hash_table index;
	struct host *hosts;
	size_t count, capacity;
	size_t last;	/* the host of the last record */
	uint32_t *sets; /* the first host with each */
	size_t set_count, set_capacity;
	struct buffer row;
	struct installed_set loaded;
};

struct installed *
installed_new(void)
{
	return memory_zeroed(1, sizeof(struct installed));
}

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
	if (installed->count > 0 &&
	    span_equal(installed->hosts[installed->last].name, name))
		return &installed->hosts[installed->last];
	if (find(installed, name, &installed->last))
		return &installed->hosts[installed->last];
	installed->hosts = memory_grow(installed->hosts, &installed->capacity,
	    installed->count + 1, sizeof(*installed->hosts));
	installed->last = installed->count++;
	installed->hosts[installed->last] = (struct host){
	    .name = arena_copy(&installed->text, name)};
	hash_insert(
	    &installed->index, hash_span(name), (uint32_t)installed->last);
	return &installed->hosts[installed->last];
}

void
installed_read(struct installed *installed, const struct record *record)
{
	static const unsigned columns[] = {
	    PKG_PACKAGE, PKG_VERSION, PKG_ARCH, PKG_STATE};
	struct host *host = host_of(installed, record_get(record, PKG_HOST));
	uint32_t number;

	buffer_reset(&installed->row);
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (i > 0)
			buffer_add_byte(&installed->row, '\t');
		buffer_add_span(
		    &installed->row, record_get(record, columns[i]));
	}
	number = intern_add(&installed->rows, buffer_span(&installed->row));
	host->rows = memory_grow(
	    host->rows, &host->capacity, host->count + 1, sizeof(number));
	host->rows[host->count++] = number;
	host->sum[0] += hash_mix(1, number);
	host->sum[1] += hash_mix(2, number);
}

/* The sums are of hashes that nobody can foresee: equal sums, equal sets. */
void
installed_share(struct installed *installed)
{
	struct hash_table index = {0};

	for (size_t i = 0; i < installed->count; i++) {
		struct host *host = &installed->hosts[i];
		uint64_t hash = hash_mix(host->sum[0], host->sum[1]);
		struct hash_probe probe = hash_first(&index, hash);
		const struct host *other = NULL;

		for (; hash_found(&index, &probe); hash_next(&index, &probe)) {
			other = &installed->hosts[installed->sets[probe.index]];
			if (other->sum[0] == host->sum[0] &&
			    other->sum[1] == host->sum[1] &&
			    other->count == host->count)
				break;
			other = NULL;
		}
		if (other != NULL) {
			host->set = other->set;
			free(host->rows);
			host->rows = NULL;
			continue;
		}
		host->set = (uint32_t)installed->set_count;
		installed->sets = memory_grow(installed->sets,
		    &installed->set_capacity, installed->set_count + 1,
		    sizeof(*installed->sets));
		installed->sets[installed->set_count++] = (uint32_t)i;
		hash_insert(&index, hash, host->set);
	}
	hash_release(&index);
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
	const struct host *host = &installed->hosts[installed->sets[number]];
	struct installed_set *set = &installed->loaded;
	size_t kept = 0;

	set->rows = memory_array(
	    set->rows, host->count + 1, sizeof(*set->rows));
	for (size_t i = 0; i < host->count; i++)
		set->rows[i] = intern_span(&installed->rows, host->rows[i]);
	qsort(set->rows, host->count, sizeof(*set->rows), span_order);
	for (size_t i = 0; i < host->count; i++)
		if (i == 0 || !span_equal(set->rows[i], set->rows[kept - 1]))
			set->rows[kept++] = set->rows[i];
	set->count = kept;
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
	for (size_t i = 0; i < installed->count; i++)
		free(installed->hosts[i].rows);
	free(installed->hosts);
	free(installed->sets);
	free(installed->loaded.rows);
	buffer_release(&installed->row);
	hash_release(&installed->index);
	arena_release(&installed->text);
	intern_release(&installed->rows);
	free(installed);
}
