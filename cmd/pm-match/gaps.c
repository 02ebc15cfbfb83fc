#include "gaps.h"

#include "memory.h"

#define NOTHING ((size_t)-1)
#define IN(field) offsetof(struct gaps, field)

/* What a text is about, by how it begins; the first that fits decides. */
static const struct subject {
	const char *text;
	size_t gaps; /* where in struct gaps; NOTHING: no need depends on it */
} subjects[] = {
    {"packages of services:", NOTHING},
    {"packages of rpm:", IN(packages)},
    {"packages of ", IN(others)},
    {"packages:", IN(packages)},
    {"hotfixes:", IN(packages)},
    {"source packages", IN(sources)},
    {"module streams:", IN(others)},
    {"epochs:", IN(others)},
    {"components:", IN(others)},
};

static void
add(struct buffer *texts, struct span text)
{
	if (text.n == 0)
		return;
	if (texts->n > 0)
		buffer_add_span(texts, SPAN("; "));
	buffer_add_span(texts, text);
}

bool
gaps_add(struct gaps *gaps, struct span text)
{
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
		if (!span_starts(text, span_of(subjects[i].text)))
			continue;
		if (subjects[i].gaps == NOTHING)
			return false;
		add((struct buffer *)(void *)((char *)gaps + subjects[i].gaps),
		    text);
		return true;
	}
	return false;
}

static bool
is_empty(const struct gaps *gaps)
{
	return gaps->packages.n + gaps->sources.n + gaps->others.n == 0;
}

static struct gaps *
away_of(struct gaps_away *away, struct span host)
{
	uint32_t number = intern_add(&away->hosts, host);

	if (number >= away->count) {
		away->gaps = memory_grow(away->gaps, &away->capacity,
		    away->hosts.count, sizeof(*away->gaps));
		memset(away->gaps + away->count, 0,
		    (away->hosts.count - away->count) * sizeof(*away->gaps));
		away->count = away->hosts.count;
	}
	return &away->gaps[number];
}

void
gaps_add_away(struct gaps_away *away, struct span host, struct span text)
{
	struct gaps gaps = {0};

	if (gaps_add(&gaps, text))
		gaps_put(away, host, &gaps);
	gaps_release(&gaps);
}

static void
move(struct gaps *to, struct gaps *from)
{
	add(&to->packages, buffer_span(&from->packages));
	add(&to->sources, buffer_span(&from->sources));
	add(&to->others, buffer_span(&from->others));
	gaps_reset(from);
}

void
gaps_put(struct gaps_away *away, struct span host, struct gaps *gaps)
{
	struct gaps *kept;

	if (is_empty(gaps))
		return;
	kept = away_of(away, host);
	away->left += is_empty(kept);
	move(kept, gaps);
}

void
gaps_take(struct gaps_away *away, struct span host, struct gaps *gaps)
{
	uint32_t number;

	if (away->left == 0 || !intern_find(&away->hosts, host, &number) ||
	    is_empty(&away->gaps[number]))
		return;
	away->left--;
	move(gaps, &away->gaps[number]);
}

void
gaps_reset(struct gaps *gaps)
{
	buffer_reset(&gaps->packages);
	buffer_reset(&gaps->sources);
	buffer_reset(&gaps->others);
}

void
gaps_release(struct gaps *gaps)
{
	buffer_release(&gaps->packages);
	buffer_release(&gaps->sources);
	buffer_release(&gaps->others);
}

void
gaps_away_release(struct gaps_away *away)
{
	for (size_t i = 0; i < away->count; i++)
		gaps_release(&away->gaps[i]);
	free(away->gaps);
	intern_release(&away->hosts);
}
