/*
 * Any bytes as a Release file, in one piece and a few bytes at a time: refused
 * or read alike, and its sums name package lists.
 */
#include "refusal.h"

#include "../../cmd/pm-collect/apt_release.h"

/* Whether it was read. */
static bool
read_once(struct apt_release *release, struct arena *arena, const uint8_t *data,
    size_t size, size_t piece)
{
	struct bytes bytes = open_pieces(data, size, piece);

	if (setjmp(ended) == 0)
		apt_release_read(release, arena, &bytes);
	return !refused();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	static struct apt_release one, two;
	bool whole = read_once(&one, &arena, data, size, SIZE_MAX);

	if (read_once(&two, &arena, data, size, 7) != whole)
		abort();
	if (whole &&
	    (one.sum_count != two.sum_count || one.dated != two.dated ||
		!span_equal(one.suite, two.suite) ||
		!span_equal(apt_release_kind(&one), apt_release_kind(&two))))
		abort();
	for (size_t i = 0; whole && i < one.sum_count; i++)
		if (one.sums[i].sha256.n != 64 ||
		    apt_release_sum(&one, one.sums[i].path) == NULL)
			abort();
	apt_release_close(&one);
	apt_release_close(&two);
	arena_release(&arena);
	return 0;
}
