/* How one version of a package stands to the advisories of a key. */
#ifndef PM_MATCH_STANDING_H
#define PM_MATCH_STANDING_H

#include "catalogue.h"

/* Advisories that apply, in a growing array that is used over and over. */
struct list {
	const struct advisory **items;
	size_t count, capacity;
};

void list_add(struct list *list, const struct advisory *advisory);

/* Vulnerabilities that do not concern a package, sorted. */
struct exclusion {
	struct span cve;
	struct span feed; /* who says so */
	bool shown;	  /* false: this very version is not affected */
};

struct exclusions {
	struct exclusion *items;
	size_t count, capacity;
	bool sorted;
};

/*
 * A standing is the number of plain advisories that are above the version, and
 * in one bit whether others may apply; 0 is clean.
 */
enum {
	STANDING_OTHER = 0x40000000,
	STANDING_INVALID = 0x20000000, /* the version cannot be compared */
	STANDING_LACKS = 0x1fffffff
};

/* The standing when it has to be found out. */
uint32_t standing_search(const struct catalogue *catalogue,
    const struct key *key, enum version_scheme scheme, struct span version);

/*
 * The same from the key's memo.  The hosts of one release mostly have one of two
 * versions, so the last two answers are kept.
 */
static inline uint32_t
standing_of(const struct catalogue *catalogue, struct key *key,
    enum version_scheme scheme, struct span version)
{
	struct memo *memo;

	for (unsigned i = 0; i < 2; i++) {
		memo = &key->memo[i];
		if (memo->length == version.n &&
		    memcmp(memo->version, version.p, version.n) == 0) {
			key->memo_turn = (uint8_t)(1 - i);
			return memo->standing;
		}
	}
	if (version.n > MEMO_SIZE)
		return standing_search(catalogue, key, scheme, version);
	memo = &key->memo[key->memo_turn];
	key->memo_turn ^= 1;
	memo->length = (uint8_t)version.n;
	memcpy(memo->version, version.p, version.n);
	memo->standing = standing_search(catalogue, key, scheme, version);
	return memo->standing;
}

/* Does an advisory that is not plain apply to a version that is valid? */
bool standing_applies(const struct catalogue *catalogue,
    enum version_scheme scheme, const struct key *key,
    const struct advisory *advisory, struct span version);

/*
 * Is it offered on request by a channel of the list, and higher?  A channel is
 * the suite of a feed, or a part of its name.
 */
bool standing_subscribed(const struct catalogue *catalogue,
    enum version_scheme scheme, const struct advisory *advisory,
    struct span channels, struct span version);

/* Of one that applies: would the host take it from a repository? */
bool standing_offered(const struct catalogue *catalogue,
    enum version_scheme scheme, const struct key *key,
    const struct advisory *advisory, struct span version);

/* Is the advisory for packages of this architecture? */
bool standing_arch_fits(const struct catalogue *catalogue,
    const struct advisory *advisory, struct span arch);

/* Add what the key's statements say of a version. */
void standing_exclude(const struct catalogue *catalogue, const struct key *key,
    enum version_scheme scheme, struct span version, struct span arch,
    struct exclusions *exclusions);

/* The exclusion of a vulnerability, or NULL. */
struct exclusion *standing_excluded(
    struct exclusions *exclusions, struct span cve);

/* Does the advisory speak of excluded vulnerabilities only? */
bool standing_all_excluded(const struct catalogue *catalogue,
    const struct advisory *advisory, struct exclusions *exclusions);

#endif
