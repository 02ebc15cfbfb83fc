/*
 * What is written for a combination of the rules that gave the cited columns.
 * There are few of these, so the texts are made once.
 */
#ifndef PM_SCORE_NOTE_H
#define PM_SCORE_NOTE_H

#include "hash.h"
#include "input.h"
#include "rules.h"

enum { NOTE_CITED = 4 };

/* The columns whose rules are cited. */
extern const unsigned note_cited[NOTE_CITED];

struct note {
	struct rule_origin origin[NOTE_CITED];
	struct span due_text; /* when the duration ends that counts from now */
	struct span citation; /* FILE:LINE of each rule, sorted, each once */
};

struct notes {
	struct hash_table index;
	struct note *items;
	size_t count, capacity;
	struct arena arena;
};

/* origins are by column, due is a duration or "-".  Valid until the next call. */
const struct note *note_find(
    struct notes *notes, const struct rule_origin *origins, struct span due);

void notes_release(struct notes *notes);

#endif
