/*
 * The order of roles: hosts of one role are done before those of another, as
 * the order records say.  A host whose turn would come earlier by its ring or
 * tier waits in a block of its own behind those that must come before.
 */
#include "plan.h"

/* ---- reading */

static struct order_role *
role_of(struct fleet *fleet, struct span text)
{
	struct order *order = &fleet->order;
	uint32_t name = intern_add(&fleet->names, text);

	for (size_t i = 0; i < order->count; i++)
		if (order->roles[i].name == name)
			return &order->roles[i];
	order->roles = memory_grow(order->roles, &order->capacity,
	    order->count + 1, sizeof(*order->roles));
	order->roles[order->count] = (struct order_role){.name = name};
	return &order->roles[order->count++];
}

void
order_read(struct fleet *fleet, const struct record *record)
{
	struct span first = record_get(record, ORDER_FIRST);
	struct span then = record_get(record, ORDER_THEN);
	struct order_role *role;
	uint32_t before;

	if (span_absent(first) || span_absent(then))
		die(PM_EXIT_DATA, "%s: an order needs a role in first and then",
		    record_where(record));
	if (span_find(first, ',') != NULL || span_find(then, ',') != NULL)
		die(PM_EXIT_DATA,
		    "%s: a comma in a role, whose name stands in lists",
		    record_where(record));
	before = role_of(fleet, first)->name;
	role = role_of(fleet, then);
	role->before = memory_grow(role->before, &role->before_capacity,
	    role->before_count + 1, sizeof(*role->before));
	role->before[role->before_count++] = before;
}

/* ---- sorting the roles */

static struct order_role *
find(const struct order *order, uint32_t name)
{
	if (name >= order->names || order->of[name] == NONE)
		return NULL;
	return &order->roles[order->of[name]];
}

enum mark { UNSEEN, UNDER_WAY, SEEN };

struct walk {
	struct fleet *fleet;
	enum mark *marks;
	uint32_t *path; /* roles, from the one asked for to what it waits for */
	size_t length;
};

/* "a before b before a": from the end of the path back to where it began. */
static _Noreturn void
die_of_cycle(const struct walk *walk, uint32_t role)
{
	const struct fleet *fleet = walk->fleet;
	struct buffer text = {0};
	size_t i = walk->length;

	buffer_add_span(
	    &text, intern_span(&fleet->names, fleet->order.roles[role].name));
	do {
		i--;
		buffer_add_span(&text, SPAN(" before "));
		buffer_add_span(
		    &text, intern_span(&fleet->names,
			       fleet->order.roles[walk->path[i]].name));
	} while (walk->path[i] != role);
	die(PM_EXIT_DATA,
	    "order records go in a circle: %.*s; take one of them away",
	    SPAN_ARG(buffer_span(&text)));
}

/* The depth of a role is one more than that of the deepest before it. */
static void
visit_role(struct walk *walk, uint32_t at)
{
	struct order *order = &walk->fleet->order;
	struct order_role *role = &order->roles[at];

	if (walk->marks[at] == SEEN)
		return;
	if (walk->marks[at] == UNDER_WAY)
		die_of_cycle(walk, at);
	walk->marks[at] = UNDER_WAY;
	walk->path[walk->length++] = at;
	for (size_t i = 0; i < role->before_count; i++) {
		uint32_t before = order->of[role->before[i]];

		visit_role(walk, before);
		if (order->roles[before].depth + 1 > role->depth)
			role->depth = order->roles[before].depth + 1;
	}
	walk->length--;
	walk->marks[at] = SEEN;
}

static const struct intern *naming; /* qsort has no context */

static int
name_compare(const void *a, const void *b)
{
	const struct order_role *x = a, *y = b;

	return span_compare(
	    intern_span(naming, x->name), intern_span(naming, y->name));
}

static int
number_compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return span_compare(intern_span(naming, *x), intern_span(naming, *y));
}

static int
depth_compare(const void *a, const void *b)
{
	const struct order_role *x = a, *y = b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return name_compare(a, b);
}

static void
number_roles(struct order *order)
{
	for (uint32_t i = 0; i < order->count; i++)
		order->of[order->roles[i].name] = i;
}

/* How long a chain of roles waits for this one: the deepest know it first. */
static void
measure_tails(struct order *order)
{
	for (size_t i = order->count; i-- > 0;) {
		const struct order_role *role = &order->roles[i];

		for (size_t k = 0; k < role->before_count; k++) {
			struct order_role *before =
			    &order->roles[order->of[role->before[k]]];

			if (before->tail < role->tail + 1)
				before->tail = role->tail + 1;
		}
	}
}

void
order_prepare(struct fleet *fleet)
{
	struct order *order = &fleet->order;
	struct walk walk = {.fleet = fleet};

	order->names = fleet->names.count;
	order->of = memory_array(NULL, order->names + 1, sizeof(*order->of));
	for (size_t i = 0; i < order->names; i++)
		order->of[i] = NONE;
	naming = &fleet->names;
	/* By name first, so that the records' order decides nothing. */
	if (order->count > 0)
		qsort(order->roles, order->count, sizeof(*order->roles),
		    name_compare);
	for (size_t i = 0; i < order->count; i++)
		if (order->roles[i].before_count > 0)
			qsort(order->roles[i].before,
			    order->roles[i].before_count, sizeof(uint32_t),
			    number_compare);
	number_roles(order);
	walk.marks = memory_zeroed(order->count + 1, sizeof(*walk.marks));
	walk.path = memory_zeroed(order->count + 1, sizeof(*walk.path));
	for (uint32_t i = 0; i < order->count; i++)
		visit_role(&walk, i);
	free(walk.marks);
	free(walk.path);
	if (order->count > 0)
		qsort(order->roles, order->count, sizeof(*order->roles),
		    depth_compare);
	number_roles(order);
	measure_tails(order);
	for (size_t i = 0; i < order->count; i++)
		for (unsigned kind = 0; kind < VISIT_KINDS; kind++)
			for (unsigned c = 0; c < ORDER_CLASSES; c++)
				order->roles[i].last[kind][c] = NONE;
}

/* ---- blocks: ring and tier, then those that wait */

enum { STAGE_BITS = 20 };

/* Test systems go first, so nothing of production holds them. */
static unsigned
class_of(const struct host *host)
{
	return host->ring != RING_TEST;
}

/* Never 0, which says that there is no visit. */
static uint32_t
block(uint32_t main, uint32_t stage, uint32_t own)
{
	return ((main + 1) << STAGE_BITS | stage) << LABEL_BITS | own;
}

/* The first block for hosts with this label that is not before `from`. */
uint32_t
order_block_from(const struct host *host, uint32_t from)
{
	uint32_t own = host_label(host);
	uint32_t normal = block(own, 0, own);
	uint32_t same;

	if (normal >= from)
		return normal;
	same = (from >> LABEL_BITS << LABEL_BITS) | own;
	return same >= from ? same : same + (1U << LABEL_BITS);
}

enum ring
order_ring(const struct visit *visit)
{
	uint32_t main = (visit->block >> (STAGE_BITS + LABEL_BITS)) - 1;

	return (enum ring)(main >> 2);
}

/* The highest value of a role's visits, or of those before it without any. */
static uint64_t
reach(const struct order *order, const struct order_role *role, unsigned kind,
    unsigned class, bool waves)
{
	uint64_t own = waves ? role->wave[kind][class]
			     : role->block[kind][class];
	uint64_t most = own;

	for (size_t i = 0; own == 0 && i < role->before_count; i++) {
		uint64_t value = reach(order,
		    &order->roles[order->of[role->before[i]]], kind, class,
		    waves);

		if (value > most)
			most = value;
	}
	return most;
}

static uint64_t
reach_before(const struct order *order, const struct order_role *role,
    unsigned kind, unsigned class, bool waves)
{
	uint64_t most = 0;

	for (size_t i = 0; i < role->before_count; i++) {
		uint64_t value = reach(order,
		    &order->roles[order->of[role->before[i]]], kind, class,
		    waves);

		if (value > most)
			most = value;
	}
	return most;
}

/* The visits of one role: those before it have their blocks already. */
static void
block_role(struct fleet *fleet, struct order_role *role, const uint32_t *visits,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct visit *visit = &fleet->visits[visits[i]];
		const struct host *host = &fleet->hosts[visit->host];
		uint32_t *most = &role->block[visit->kind][class_of(host)];
		uint32_t from = (uint32_t)reach_before(
		    &fleet->order, role, visit->kind, class_of(host), false);

		visit->ordered = true;
		visit->tail = role->tail;
		visit->block = order_block_from(host, from);
		if (visit->block > *most)
			*most = visit->block;
	}
}

void
order_block(struct fleet *fleet)
{
	struct order *order = &fleet->order;
	uint32_t *start = memory_zeroed(order->count + 2, sizeof(*start));
	uint32_t *visits = memory_array(
	    NULL, fleet->visit_count + 1, sizeof(*visits));

	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];
		const struct host *host = &fleet->hosts[visit->host];

		visit->block = order_block_from(host, 0);
		if (find(order, host->role) != NULL)
			start[order->of[host->role] + 1]++;
	}
	for (size_t i = 0; i < order->count; i++)
		start[i + 1] += start[i];
	for (size_t i = 0; i < fleet->visit_count; i++) {
		uint32_t role = fleet->hosts[fleet->visits[i].host].role;

		if (find(order, role) != NULL)
			visits[start[order->of[role]]++] = (uint32_t)i;
	}
	/* start[i] is now where the visits of role i end */
	for (size_t i = 0; i < order->count; i++) {
		uint32_t from = i == 0 ? 0 : start[i - 1];

		block_role(
		    fleet, &order->roles[i], visits + from, start[i] - from);
	}
	free(start);
	free(visits);
}

/* ---- waves and times */

wave_position
order_wave(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	const struct order_role *role = find(&fleet->order, host->role);
	wave_position wave;

	if (role == NULL)
		return 0;
	wave = reach_before(
	    &fleet->order, role, visit->kind, class_of(host), true);
	return wave == 0 ? 0 : wave + 1;
}

void
order_placed(struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	struct order_role *role = find(&fleet->order, host->role);

	if (role != NULL &&
	    role->wave[visit->kind][class_of(host)] < visit->position)
		role->wave[visit->kind][class_of(host)] = visit->position;
}

void
order_timed(struct fleet *fleet, uint32_t at)
{
	const struct visit *visit = &fleet->visits[at];
	const struct host *host = &fleet->hosts[visit->host];
	struct order_role *role = find(&fleet->order, host->role);
	unsigned class = class_of(host);

	if (role == NULL)
		return;
	role->last[visit->kind][class] = at;
	if (role->end[visit->kind][class] < visit->end)
		role->end[visit->kind][class] = visit->end;
}

void
order_moved(struct fleet *fleet, const uint32_t *moved)
{
	struct order *order = &fleet->order;

	for (size_t i = 0; i < order->count; i++)
		for (unsigned kind = 0; kind < VISIT_KINDS; kind++)
			for (unsigned c = 0; c < ORDER_CLASSES; c++) {
				uint32_t *last = &order->roles[i].last[kind][c];

				if (*last != NONE)
					*last = moved[*last];
			}
}

/* Of a role without visits it is those before it that count. */
static void
gather(const struct order *order, const struct order_role *role, unsigned kind,
    unsigned class, uint32_t *visits, size_t *count, size_t most, int64_t *end)
{
	for (size_t i = 0; i < role->before_count; i++) {
		const struct order_role *before =
		    &order->roles[order->of[role->before[i]]];

		if (before->last[kind][class] == NONE) {
			gather(order, before, kind, class, visits, count, most,
			    end);
			continue;
		}
		if (*count < most)
			visits[(*count)++] = before->last[kind][class];
		if (*end < before->end[kind][class])
			*end = before->end[kind][class];
	}
}

int64_t
order_end(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	const struct order_role *role = find(&fleet->order, host->role);
	size_t count = 0;
	int64_t end = 0;

	if (role != NULL)
		gather(&fleet->order, role, visit->kind, class_of(host), NULL,
		    &count, 0, &end);
	return end;
}

size_t
order_before(const struct fleet *fleet, const struct visit *visit,
    uint32_t *visits, size_t most)
{
	const struct host *host = &fleet->hosts[visit->host];
	const struct order_role *role = find(&fleet->order, host->role);
	size_t count = 0;
	int64_t end = 0;

	if (role != NULL)
		gather(&fleet->order, role, visit->kind, class_of(host), visits,
		    &count, most, &end);
	return count;
}

/* Of a role without visits it is those before it. */
static void
name_roles(const struct fleet *fleet, const struct order_role *role,
    unsigned kind, unsigned class, bool *named)
{
	const struct order *order = &fleet->order;

	for (size_t i = 0; i < role->before_count; i++) {
		uint32_t at = order->of[role->before[i]];

		if (named[at])
			continue;
		if (order->roles[at].last[kind][class] != NONE)
			named[at] = true;
		else
			name_roles(
			    fleet, &order->roles[at], kind, class, named);
	}
}

size_t
order_roles(struct fleet *fleet, const struct visit *visit, struct span *list,
    size_t most)
{
	const struct host *host = &fleet->hosts[visit->host];
	const struct order *order = &fleet->order;
	const struct order_role *role = find(order, host->role);
	const char *kind = visit->kind == VISIT_REGULAR
			       ? ""
			       : visit_kind_names[visit->kind];
	size_t count = 0;
	bool *named;

	if (role == NULL || role->before_count == 0)
		return 0;
	named = memory_zeroed(order->count, sizeof(*named));
	name_roles(fleet, role, visit->kind, class_of(host), named);
	for (size_t i = 0; i < order->count && count < most; i++)
		if (named[i])
			list[count++] = fleet_text(fleet, "role:%.*s%s%s",
			    SPAN_ARG(intern_span(
				&fleet->names, order->roles[i].name)),
			    *kind == '\0' ? "" : "/", kind);
	free(named);
	return count;
}
