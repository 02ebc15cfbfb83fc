/*
 * What the probe printed on a host (share/drivers/probe has the format): the
 * files and links that it saw there, by path.  The text is hostile; nothing in
 * it is believed to be more than the content of a file.
 */
#ifndef PM_REPLY_H
#define PM_REPLY_H

#include "list.h"

enum reply_kind {
	REPLY_FILE,    /* content is what it holds */
	REPLY_LINK,    /* content is where it points, empty for unknown */
	REPLY_EXISTS,  /* no more is known */
	REPLY_OTHER,   /* a directory that is another than / */
	REPLY_REFUSED, /* it was not allowed to look */
	REPLY_KINDS
};

struct reply_entry {
	struct span path; /* absolute */
	enum reply_kind kind;
	struct span content;
	size_t order; /* of arrival */
};

struct reply {
	struct reply_entry *entry; /* by path, each once */
	size_t count;
	size_t capacity;
	struct list not_seen; /* what the probe itself could not see */
	struct arena arena;
};

/*
 * Take a whole reply apart; text must outlive it.  What stands before its first
 * line is passed over: login scripts print all sorts of things.  NULL, or why
 * this is no whole reply.
 */
const char *reply_parse(struct reply *reply, struct span text);

/* Has the probe begun to answer in this text? */
bool reply_begun(struct span text);

/* Does the text hold a whole reply? */
bool reply_whole(struct span text);

/* The first entry at or behind a path in the order of bytes; maybe none. */
size_t reply_search(const struct reply *reply, struct span path);

/* The entry of exactly this path, or NULL. */
const struct reply_entry *reply_find(
    const struct reply *reply, struct span path);
void reply_release(struct reply *reply);

#endif
