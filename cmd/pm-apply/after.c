/*
 * In a plan role:NAME in the column after stands for the checks of all hosts
 * with that role.  It is the steps that are asked about, so their ids take its
 * place; steps that come after the same share one list.
 */
#include <stdlib.h>

#include "intern.h"
#include "plan.h"

/* What is behind the last slash: of a check "-", emergency or critical. */
static struct span
kind_of(struct span text)
{
	const char *slash = memrchr(text.p, '/', text.n);

	return slash == NULL ? SPAN("-")
			     : span_skip(text, (size_t)(slash - text.p) + 1);
}

/* Emergencies wait for emergencies, test systems for test systems. */
static bool
stands_for(struct span item, const struct step *step, const struct step *check)
{
	struct span name = span_skip(item, strlen("role:"));
	struct span kind = kind_of(check->id);

	if (check->action != ACTION_CHECK ||
	    span_is(check->ring, "test") != span_is(step->ring, "test"))
		return false;
	if (span_absent(kind))
		return span_equal(name, check->role);
	if (!span_equal(kind_of(name), kind))
		return false;
	name.n -= kind.n + 1;
	return span_equal(name, check->role);
}

static void
add_item(struct buffer *list, struct span item)
{
	if (list->n > 0)
		buffer_add_byte(list, ',');
	buffer_add_span(list, item);
}

/* The ids; the item itself where there are none, which nothing can fulfil. */
static void
add_checks(const struct plan *plan, struct span item, const struct step *step,
    struct buffer *list)
{
	size_t start = list->n;

	for (size_t i = 0; i < plan->count; i++)
		if (stands_for(item, step, &plan->steps[i]))
			add_item(list, plan->steps[i].id);
	if (list->n == start)
		add_item(list, item);
}

static bool
is_role(struct span item)
{
	return span_starts(item, SPAN("role:"));
}

static bool
has_role(struct span list)
{
	while (list.p != NULL)
		if (is_role(span_cut(&list, ',')))
			return true;
	return false;
}

static struct span
expanded(struct plan *plan, const struct step *step)
{
	struct span rest = step->after, copy;
	struct buffer list = {0};

	while (rest.p != NULL) {
		struct span item = span_cut(&rest, ',');

		if (is_role(item))
			add_checks(plan, item, step, &list);
		else
			add_item(&list, item);
	}
	copy = arena_copy(&plan->arena, buffer_span(&list));
	buffer_release(&list);
	return copy;
}

void
after_expand(struct plan *plan)
{
	struct intern known = {0};
	struct span *lists = NULL;
	struct buffer key = {0};
	size_t capacity = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		size_t had;
		uint32_t at;

		if (!has_role(step->after))
			continue;
		buffer_reset(&key);
		buffer_add_byte(&key, span_is(step->ring, "test") ? 't' : 'o');
		buffer_add_span(&key, step->after);
		had = known.count;
		at = intern_add(&known, buffer_span(&key));
		lists = memory_grow(
		    lists, &capacity, (size_t)at + 1, sizeof(*lists));
		if (known.count > had)
			lists[at] = expanded(plan, step);
		step->after = lists[at];
	}
	buffer_release(&key);
	intern_release(&known);
	free(lists);
}
