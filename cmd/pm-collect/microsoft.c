#include "microsoft.h"

#include "intern.h"
#include "timestamp.h"
#include "windows_product.h"

static const char *const severities[] = {
    "", "low", "moderate", "important", "critical"};
enum { SEVERITIES = sizeof(severities) / sizeof(severities[0]) };

/* What updates of a product are for: names; 0 for none. */
struct target {
	uint32_t release, arch, source;
	const char *unusable; /* why; NULL when it can be used */
};

/* A name in the list of one update's vulnerabilities or superseded updates. */
struct link {
	uint32_t name;
	uint32_t next; /* 0 at the end */
};

static struct {
	struct intern names;
	struct intern products; /* as they are spelt */
	struct target *targets; /* by number of the product */
	size_t target_count, target_capacity;
	struct microsoft_update *updates;
	size_t count, capacity;
	struct hash_table table; /* update by kb and target */
	struct link *links;
	size_t link_count, link_capacity;
	struct buffer text, cves, supersedes; /* used again */
	struct span *sorted;
	size_t sorted_capacity;
} all;

uint32_t
microsoft_name(struct span text)
{
	return text.n == 0 ? 0 : intern_add(&all.names, text);
}

static struct target
name_target(struct span product)
{
	struct windows_product windows;
	struct target target = {.unusable = NULL};

	if (windows_product(product, &windows)) {
		target.release = microsoft_name(span_of(windows.release));
		target.arch = microsoft_name(windows.arch);
		if (windows.component.n > 0)
			target.source = microsoft_name(windows.component);
		else if (windows.core)
			target.source = microsoft_name(SPAN(WINDOWS_CORE));
	} else if (windows.release[0] != '\0') {
		target.unusable = "the product's name does not tell which "
				  "release of Windows it is";
	} else {
		target.source = microsoft_name(product);
	}
	return target;
}

/* The few products have many rows: each is looked at once.  No number is 0. */
static struct target
find_target(struct span product)
{
	uint32_t number = intern_add(&all.products, product);

	if (number >= all.target_count) {
		all.targets = memory_grow(all.targets, &all.target_capacity,
		    number + 1, sizeof(*all.targets));
		all.targets[number] = name_target(product);
		all.target_count = number + 1;
	}
	return all.targets[number];
}

static struct microsoft_update *
find_update(uint32_t kb, const struct target *target)
{
	uint64_t hash = hash_mix(hash_mix(UINT64_C(0x9e3779b97f4a7c15), kb + 1),
	    (uint64_t)target->release << 32 | (target->source + 1));
	struct hash_probe probe = hash_first(&all.table, hash);
	struct microsoft_update *update;

	for (; hash_found(&all.table, &probe); hash_next(&all.table, &probe)) {
		update = &all.updates[probe.index];
		if (update->kb == kb && update->release == target->release &&
		    update->arch == target->arch &&
		    update->source == target->source)
			return update;
	}
	all.updates = memory_grow(
	    all.updates, &all.capacity, all.count + 1, sizeof(*all.updates));
	hash_insert(&all.table, hash, (uint32_t)all.count);
	update = &all.updates[all.count++];
	*update = (struct microsoft_update){.kb = kb,
	    .release = target->release,
	    .arch = target->arch,
	    .source = target->source};
	return update;
}

/* Put a name before *list, unless it is there already. */
static void
add_link(uint32_t *list, uint32_t added)
{
	for (uint32_t at = *list; at != 0; at = all.links[at].next)
		if (all.links[at].name == added)
			return;
	if (all.link_count == 0)
		all.link_count = 1;
	all.links = memory_grow(all.links, &all.link_capacity,
	    all.link_count + 1, sizeof(*all.links));
	all.links[all.link_count] = (struct link){added, *list};
	*list = (uint32_t)all.link_count++;
}

bool
microsoft_is_number(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.n > 0;
}

/* KB and the number, in a buffer that the next call uses again. */
static struct span
kb_of(struct span number)
{
	buffer_reset(&all.text);
	buffer_add_span(&all.text, SPAN("KB"));
	buffer_add_span(&all.text, number);
	return buffer_span(&all.text);
}

enum microsoft_severity
microsoft_severity(struct span text)
{
	struct span lower = feed_lower(text);

	for (unsigned i = MICROSOFT_LOW; i < SEVERITIES; i++)
		if (span_is(lower, severities[i]))
			return (enum microsoft_severity)i;
	return MICROSOFT_UNKNOWN;
}

struct microsoft_update *
microsoft_update(struct feed *feed, uint64_t line, struct span number,
    struct span product, struct span what)
{
	const char *reason = NULL;
	struct target target;

	if (span_starts(number, SPAN("KB")))
		number = span_skip(number, 2);
	if (number.n == 0)
		reason = "a row without an update";
	else if (!microsoft_is_number(number))
		reason = "the remedy is no update with a number";
	else if (product.n == 0 || span_absent(product))
		reason = "an update without a product";
	if (reason != NULL) {
		feed_unused(feed, reason, line, number.n == 0 ? what : number);
		return NULL;
	}
	target = find_target(product);
	if (target.unusable != NULL) {
		feed_unused_name(feed, target.unusable, line, product);
		return NULL;
	}
	return find_update(microsoft_name(kb_of(number)), &target);
}

void
microsoft_add_cve(struct microsoft_update *update, struct span cve)
{
	if (feed_is_cve(cve))
		add_link(&update->cves, microsoft_name(cve));
}

void
microsoft_add_superseded(struct feed *feed, uint64_t line,
    struct microsoft_update *update, struct span list)
{
	if (span_is(list, "None"))
		return;
	while (list.p != NULL) {
		struct span part = span_trim(span_cut(&list, ';'));

		while (part.n > 0 && (part.p[part.n - 1] == '\n' ||
					 part.p[part.n - 1] == '\r'))
			part.n--;
		while (part.n > 0) {
			struct span number = span_cut(&part, '<');

			if (microsoft_is_number(number))
				add_link(&update->supersedes,
				    microsoft_name(kb_of(number)));
			else if (number.n > 0)
				feed_unused(feed,
				    "a superseded update that is no number",
				    line, number);
			while (part.n > 0 &&
			       (part.p[0] == '<' || part.p[0] == '>' ||
				   part.p[0] == 'b' || part.p[0] == 'r'))
				part = span_skip(part, 1);
		}
	}
}

/* ---- writing */

static int
order_names(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void
join_links(struct buffer *joined, uint32_t list)
{
	size_t count = 0;

	for (; list != 0; list = all.links[list].next) {
		all.sorted = memory_grow(all.sorted, &all.sorted_capacity,
		    count + 1, sizeof(*all.sorted));
		all.sorted[count++] = intern_span(
		    &all.names, all.links[list].name);
	}
	if (count > 1)
		qsort(all.sorted, count, sizeof(*all.sorted), order_names);
	buffer_reset(joined);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_byte(joined, ',');
		buffer_add_span(joined, all.sorted[i]);
	}
}

static struct span
name_of(uint32_t name)
{
	return name == 0 ? SPAN("") : intern_span(&all.names, name);
}

static void
write_update(struct feed *feed, const struct microsoft_update *update)
{
	struct span values[ADV_COLUMNS] = {{0}};
	char stamp[TIMESTAMP_SIZE];

	join_links(&all.cves, update->cves);
	join_links(&all.supersedes, update->supersedes);
	values[ADV_ADV] = intern_span(&all.names, update->kb);
	values[ADV_OS] = SPAN("windows");
	values[ADV_RELEASE] = name_of(update->release);
	values[ADV_ARCH] = name_of(update->arch);
	values[ADV_BY] = SPAN("binary");
	values[ADV_PACKAGE] = values[ADV_ADV];
	values[ADV_STATE] = SPAN("fixed");
	values[ADV_SEVERITY] = span_of(severities[update->severity]);
	if (update->dated)
		values[ADV_PUBLISHED] = timestamp_format(update->date, stamp);
	values[ADV_CVES] = buffer_span(&all.cves);
	values[ADV_SUPERSEDES] = buffer_span(&all.supersedes);
	values[ADV_FIXED] = name_of(update->build);
	if (update->reboot)
		values[ADV_REBOOT] = SPAN("yes");
	values[ADV_TITLE] = name_of(update->title);
	values[ADV_KIND] = SPAN("security");
	values[ADV_SOURCE] = name_of(update->source);
	feed_advisory(feed, values);
}

void
microsoft_write(struct feed *feed)
{
	for (size_t i = 0; i < all.count; i++) {
		const struct microsoft_update *update = &all.updates[i];

		if (update->dated &&
		    (!feed->dated || update->date > feed->date)) {
			feed->date = update->date;
			feed->dated = true;
		}
		write_update(feed, update);
	}
	microsoft_forget();
}

void
microsoft_forget(void)
{
	all.count = all.link_count = all.target_count = 0;
	intern_release(&all.names);
	intern_release(&all.products);
	hash_release(&all.table);
	all.names = all.products = (struct intern){0};
	all.table = (struct hash_table){0};
}

void
microsoft_release(void)
{
	microsoft_forget();
	free(all.targets);
	free(all.updates);
	free(all.links);
	free(all.sorted);
	all.targets = NULL;
	all.target_capacity = 0;
	all.updates = NULL;
	all.links = NULL;
	all.sorted = NULL;
	all.capacity = all.link_capacity = all.sorted_capacity = 0;
	buffer_release(&all.text);
	buffer_release(&all.cves);
	buffer_release(&all.supersedes);
}
