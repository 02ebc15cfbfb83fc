/*
 * The catalogue: every feed and advisory, indexed for the hash join with the
 * packages of a fleet.  Memory is bounded by the catalogue.
 *
 * A scope is one os and release.  A key is one package name of a scope, as
 * source or as binary package; it owns a run of advisories.  The plain ones
 * (a fixed version and nothing else to look at) come first, the highest fixed
 * version first, so that those which a host lacks are always the first few, and
 * a patched package costs one comparison.  The order is total, which makes that
 * legal.  Behind them come those that want a closer look, then the statements
 * that a package is not affected.
 */
#ifndef PM_MATCH_CATALOGUE_H
#define PM_MATCH_CATALOGUE_H

#include "intern.h"
#include "stream.h"
#include "version.h"

enum advisory_state {
	ADVISORY_FIXED,
	ADVISORY_AFFECTED,  /* no fix yet, or there never will be one */
	ADVISORY_MANUAL,    /* offered only on request */
	ADVISORY_OUTRANKED, /* an older offer goes first, by the host's pins */
	ADVISORY_PINNED,    /* kept away by the host's pins */
	ADVISORY_INVALID,   /* its version cannot be compared */
	ADVISORY_NONE,	    /* not affected */
	ADVISORY_UPDATE	    /* its package is there or not, no version */
};

enum advisory_kind { KIND_UNKNOWN, KIND_RELEASE, KIND_UPDATE, KIND_SECURITY };

/* Text is kept as offsets into one pool, which halves the size of a row. */
typedef uint32_t text_id;

struct advisory {
	text_id name;
	text_id fixed;
	text_id introduced;
	text_id last;		/* affected, where fixed is not known */
	text_id source_version; /* of the source a binary offer is built from */
	text_id cves;
	text_id detail; /* the state as the feed wrote it */
	text_id supersedes;
	text_id component; /* what of a system an update is for */
	text_id streams;   /* requires, when it names a module stream */
	text_id pins;	   /* on the installed version, of an offer: pins.h */
	uint32_t key;
	uint32_t feed;	    /* interned */
	uint32_t published; /* interned in words: when, 0 is not known */
	uint16_t severity;  /* interned in severities */
	uint16_t arch;	    /* interned in words; 0 fits any */
	uint8_t state;
	uint8_t kind;
	bool offer;   /* a repository has this binary package */
	bool modular; /* of a module stream */
};

/* An answer to what a package needs, and the question. */
struct opinion {
	struct buffer about;
	struct buffer rows;    /* needs, columns from installed on */
	struct buffer remarks; /* lines of feed, tab, excluded vulnerability */
};

enum { KEY_NAME_INLINE = 32, MEMO_SIZE = 27, OPINIONS = 4 };

enum key_by { BY_SOURCE, BY_BINARY };

/* A version that was asked for, and the answer (standing.h). */
struct memo {
	uint8_t length; /* 0: nothing is remembered */
	char version[MEMO_SIZE];
	uint32_t standing;
};

/* Laid out so that a patched package touches the first two cache lines. */
struct key {
	union {
		char name[KEY_NAME_INLINE];
		const char *long_name; /* when it does not fit */
	};
	uint32_t scope;
	uint32_t first; /* its advisories */
	uint32_t plain; /* how many of them are plain */
	uint32_t count; /* how many there are, statements not counted */
	uint16_t name_length;
	uint8_t by;
	bool any_arch;	    /* no advisory is for one arch alone */
	bool offers_differ; /* some plain ones are offers, some are not */
	uint8_t memo_turn;  /* which memo to replace next */
	uint8_t opinion_turn;
	/* what the first `listed` plain advisories say together */
	uint8_t kind;
	uint32_t listed;
	uint16_t severity;
	/* a cache line ends here */
	struct memo memo[2];
	/* and here */
	char *lists; /* the columns adv and cves, a tab before each */
	size_t lists_capacity;
	uint32_t lists_length;
	uint32_t statements; /* behind the advisories */
	uint32_t updates;    /* behind the statements */
	uint32_t update;     /* its number in the scope, 0 when it is none */
	struct opinion *opinions; /* OPINIONS of them, or NULL */
	uint32_t published;	  /* summed up like the lists */
	char unused[20];	  /* the next key begins with a cache line */
};
_Static_assert(offsetof(struct key, memo) == 64 &&
		   offsetof(struct key, lists) == 128 &&
		   sizeof(struct key) == 192,
    "what is looked at together shares cache lines");

/* A feed record. */
struct feed {
	uint32_t name;
	uint32_t suite; /* interned, 0 when it does not say */
	bool repository;
	int64_t date;		  /* INT64_MIN when the feed does not say */
	uint64_t left_out;	  /* updates of products without a release */
	text_id left_out_example; /* one of these products */
};

struct scope {
	uint32_t os, release;
	enum version_scheme scheme;
	uint32_t keys[2];	 /* by enum key_by: how many there are */
	bool repository;	 /* a feed lists every package on offer */
	struct updates *updates; /* NULL when there are none */
	bool release_known;	 /* release_row has been looked up */
	const struct release_row *release_row; /* NULL when none has it */
	uint32_t *feeds;
	size_t feed_count, feed_capacity;
};

enum { RECENT = 32 };

/*
 * What the advisories before had: the next one mostly has the same.  Each word
 * has its place, so that one comparison tells.
 */
struct recent {
	size_t scopes[RECENT];
	text_id versions[RECENT];
	uint32_t feeds[RECENT], severities[RECENT], published[RECENT];
	uint32_t key;
};

struct catalogue {
	struct recent recent;
	struct buffer pool;  /* text: 32-bit length, bytes */
	struct intern words; /* os, release, arch, feed names */
	struct intern severities;
	struct arena arena;
	struct scope *scopes;
	size_t scope_count, scope_capacity;
	struct feed *feeds;
	size_t feed_count, feed_capacity;
	struct key *keys;
	size_t key_count, key_capacity;
	struct hash_table table; /* key by scope, by and name */
	struct advisory *advisories;
	size_t advisory_count, advisory_capacity;
	bool ready;
};

void catalogue_feed(struct catalogue *catalogue, const struct record *record);
void catalogue_advisory(
    struct catalogue *catalogue, const struct record *record);

/* Sort and index; call once, before the first lookup. */
void catalogue_ready(struct catalogue *catalogue);

/*
 * The scope of a host: that of its os and release, else that of its os and any
 * release, else, where packages follow no distribution's order, that of products
 * on any os.  NULL when no feed or advisory speaks of it.
 */
struct scope *catalogue_scope(
    struct catalogue *catalogue, struct span os, struct span release);

static inline struct span
catalogue_text(const struct catalogue *catalogue, text_id id)
{
	uint32_t length;

	memcpy(&length, catalogue->pool.p + id, sizeof(length));
	return (struct span){catalogue->pool.p + id + sizeof(length), length};
}

/* The hash of a key, for catalogue_prefetch() and catalogue_key(). */
static inline uint64_t
catalogue_hash(uint32_t scope, enum key_by by, struct span name)
{
	return hash_mix(hash_span(name), (uint64_t)scope * 2 + by + 1);
}

/*
 * Ask for the memory that a lookup will touch, one step further each time:
 * the slot of the hash, the key behind it, and the key's first advisory.
 */
static inline void
catalogue_prefetch_slot(const struct catalogue *catalogue, uint64_t hash)
{
	__builtin_prefetch(
	    &catalogue->table.slots[hash_tag(hash) & catalogue->table.mask]);
}

static inline void
catalogue_prefetch_key(const struct catalogue *catalogue, uint64_t hash)
{
	struct hash_probe probe = hash_first(&catalogue->table, hash);

	if (hash_found(&catalogue->table, &probe)) {
		const char *key = (const char *)&catalogue->keys[probe.index];

		__builtin_prefetch(key);
		__builtin_prefetch(key + 64);
	}
}

static inline struct span
key_name(const struct key *key)
{
	return (struct span){
	    key->name_length <= KEY_NAME_INLINE ? key->name : key->long_name,
	    key->name_length};
}

/* The key, or NULL when no advisory speaks of the package. */
struct key *catalogue_key(const struct catalogue *catalogue, uint64_t hash,
    uint32_t scope, enum key_by by, struct span name);

/* Is it a word for every architecture? */
static inline bool
arch_is_all(struct span arch)
{
	return span_is(arch, "all") || span_is(arch, "noarch") ||
	       span_is(arch, "any");
}

/* The number of a key, which is added when it is new. */
uint32_t catalogue_key_number(struct catalogue *catalogue, size_t scope,
    enum key_by by, struct span name);

void catalogue_release(struct catalogue *catalogue);

#endif
