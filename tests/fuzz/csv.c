/*
 * Any bytes are read as CSV twice: in one piece, and through a reader that
 * hands out a few bytes at a time.  Both must give the same rows, errors and
 * line numbers, and no more bytes of text than there were.
 */
#include "fuzz.h"

#include "../../cmd/pm-collect/csv_table.h"

struct pieces {
	struct span left;
	size_t most; /* bytes handed out at once */
};

static ssize_t
read_pieces(struct bytes *bytes, void *to, size_t room)
{
	struct pieces *pieces = bytes->decoder;
	size_t n = pieces->left.n;

	if (n > pieces->most)
		n = pieces->left.n % pieces->most + 1;
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(to, pieces->left.p, n);
	pieces->left = span_skip(pieces->left, n);
	return (ssize_t)n;
}

static void
law(bool holds)
{
	if (!holds)
		abort();
}

/* The number of bytes in the row. */
static size_t
compare(const struct csv_table *a, const struct csv_table *b)
{
	size_t text = 0;

	law(a->count == b->count && a->count <= CSV_FIELDS_MAX);
	for (unsigned i = 0; i < a->count; i++) {
		law(span_equal(a->field[i], b->field[i]));
		text += a->field[i].n;
	}
	law(text > 0);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct csv_table a, b;
	struct pieces whole = {{(const char *)data, size}, SIZE_MAX};
	struct pieces little = {{(const char *)data, size}, 7};
	struct bytes one = {.read = read_pieces, .decoder = &whole};
	struct bytes two = {.read = read_pieces, .decoder = &little};
	enum csv_status status;
	size_t text = 0;
	uint64_t line = 0;

	if (size > CSV_ROW_MAX)
		return 0; /* where a row is cut is where a block ended */
	csv_table_open(&a, &one, ',');
	csv_table_open(&b, &two, ',');
	do {
		status = csv_table_next(&a);
		law(csv_table_next(&b) == status);
		if (status == CSV_END)
			break;
		law(status == CSV_ROW || status == CSV_BAD);
		law(a.line == b.line && a.line > line);
		line = a.line;
		if (status == CSV_ROW)
			text += compare(&a, &b);
		else
			law(strcmp(a.reason, b.reason) == 0);
	} while (line <= size);
	law(status == CSV_END && text <= size);
	csv_table_close(&a);
	csv_table_close(&b);
	return 0;
}
