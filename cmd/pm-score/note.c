#include "note.h"

#include <stdlib.h>

#include "timestamp.h"

const unsigned note_cited[NOTE_CITED] = {
    NEED_CLASS, NEED_PRIORITY, NEED_DECISION, NEED_DUE};

static int
compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* FILE:LINE of each rule, sorted, each once; "-" when there is none. */
static struct span
citation(struct arena *arena, const struct rule_origin *origins)
{
	struct span lines[NOTE_CITED], result;
	struct buffer text = {0};
	size_t count = 0;

	for (unsigned i = 0; i < NOTE_CITED; i++) {
		char line[16];
		int n = snprintf(line, sizeof(line), ":%u", origins[i].line);

		if (origins[i].file == NULL || n < 0)
			continue;
		buffer_reset(&text);
		buffer_add_span(&text, span_of(origins[i].file));
		buffer_add(&text, line, (size_t)n);
		lines[count++] = arena_copy(arena, buffer_span(&text));
	}
	qsort(lines, count, sizeof(*lines), compare_spans);
	buffer_reset(&text);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && span_equal(lines[i], lines[i - 1]))
			continue;
		if (text.n > 0)
			buffer_add_byte(&text, ',');
		stream_escape(&text, lines[i]);
	}
	result = count == 0 ? SPAN("-") : arena_copy(arena, buffer_span(&text));
	buffer_release(&text);
	return result;
}

/* When a duration from now ends. */
static struct span
deadline(struct arena *arena, struct span due)
{
	char text[TIMESTAMP_SIZE];
	int64_t seconds;

	if (!duration_parse(due, &seconds))
		return SPAN("-");
	return arena_copy(
	    arena, timestamp_format(timestamp_now() + seconds, text));
}

static bool
is_note_of(const struct note *note, const struct rule_origin *origins)
{
	for (unsigned i = 0; i < NOTE_CITED; i++)
		if (note->origin[i].file != origins[note_cited[i]].file ||
		    note->origin[i].line != origins[note_cited[i]].line)
			return false;
	return true;
}

const struct note *
note_find(
    struct notes *notes, const struct rule_origin *origins, struct span due)
{
	uint64_t hash = 0;
	struct hash_probe probe;
	struct note *note;

	for (unsigned i = 0; i < NOTE_CITED; i++)
		hash = hash_mix(hash_mix(hash, origins[note_cited[i]].line),
		    (uint64_t)(uintptr_t)origins[note_cited[i]].file);
	probe = hash_first(&notes->index, hash);
	for (; hash_found(&notes->index, &probe);
	     hash_next(&notes->index, &probe)) {
		note = &notes->items[probe.index];
		if (is_note_of(note, origins))
			return note;
	}
	hash_insert(&notes->index, hash, (uint32_t)notes->count);
	notes->items = memory_grow(notes->items, &notes->capacity,
	    notes->count + 1, sizeof(*notes->items));
	note = &notes->items[notes->count++];
	for (unsigned i = 0; i < NOTE_CITED; i++)
		note->origin[i] = origins[note_cited[i]];
	note->due_text = deadline(&notes->arena, due);
	note->citation = citation(&notes->arena, note->origin);
	return note;
}

void
notes_release(struct notes *notes)
{
	hash_release(&notes->index);
	free(notes->items);
	arena_release(&notes->arena);
}
