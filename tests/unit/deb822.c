/* The parser of deb822 paragraphs against texts of every shape. */
#include "../../cmd/pm-collect/deb822.h"
#include "tap.h"

static const char *const wanted[] = {"package", "version", "description"};
enum { PACKAGE, VERSION, DESCRIPTION, FIELDS };

static struct deb822 parser;

static void
start(struct span text)
{
	deb822_open_memory(&parser, text, "text", wanted, FIELDS);
}

static bool
is(unsigned field, const char *value)
{
	return span_is(deb822_get(&parser, field), value);
}

/* What is refused, on which line, and how the reason begins. */
static const struct refusal_row {
	const char *what;
	struct span text;
	uint64_t line;
	const char *reason;
} refusals[] = {
    {"no colon", {"Package: a\nVersion 1\n\n", 22}, 2, "expected a field"},
    {"no name", {": a\n\n", 5}, 1, "the field name"},
    {"a blank in the name", {"Pack age: a\n\n", 13}, 1, "the field name"},
    {"a name that is an option", {"-p: a\n\n", 7}, 1, "the field name"},
    {"a comment", {"# note: x\n\n", 11}, 1, "the field name"},
    {"a continuation first", {"\n a\n", 4}, 2, "a continuation"},
    {"a field twice", {"Package: a\nPACKAGE: b\n\n", 23}, 2, "the field o"},
    {"CR LF", {"Package: a\r\n\r\n", 14}, 1, "the line ends in CR LF"},
    {"a NUL", {"A: b\nPackage: \0\n\n", 17}, 2, "the line holds a NUL"},
    {"a cut line", {"Package: a\nVersion: 1", 21}, 2, "the file ends"},
};

static void
test_refusals(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal_row *row = &refusals[i];

		start(row->text);
		ok(deb822_next(&parser) == DEB822_BAD &&
			parser.error_line == row->line &&
			span_starts(
			    span_of(parser.reason), span_of(row->reason)),
		    "%s is refused on its line", row->what);
		ok(deb822_next(&parser) == DEB822_BAD, "%s: and stays refused",
		    row->what);
		deb822_close(&parser);
	}
}

static void
test_values(void)
{
	start(SPAN("\n\nPackage:  a b \t\nOther: x\n y\nvErSiOn:1\n"
		   "Description: short\n long\n  .\n\n\n\nPackage: b\n"));
	ok(deb822_next(&parser) == DEB822_PARAGRAPH, "a paragraph");
	ok(parser.line == 3, "begins on its line");
	ok(is(PACKAGE, "a b"), "blanks around a value are not part of it");
	ok(is(VERSION, "1"), "a field is found whatever its case");
	ok(is(DESCRIPTION, "short\n long\n  ."), "continuations are kept");
	ok(parser.closed, "an empty line closes it");
	ok(deb822_next(&parser) == DEB822_PARAGRAPH, "another paragraph");
	ok(is(PACKAGE, "b"), "has its own value");
	ok(deb822_get(&parser, VERSION).p == NULL, "and not the former one's");
	ok(!parser.closed, "the end of the file does not close it");
	ok(deb822_next(&parser) == DEB822_END, "then it ends");
	ok(deb822_next(&parser) == DEB822_END, "and stays ended");
	deb822_close(&parser);
	start(SPAN(""));
	ok(deb822_next(&parser) == DEB822_END, "nothing holds no paragraph");
	deb822_close(&parser);
}

/* A paragraph larger than any block, and one larger than is allowed. */
static uint64_t lines_left;

static ssize_t
read_lines(struct bytes *bytes, void *to, size_t room)
{
	static const char line[] =
	    " 0123456789012345678901234567890123456789\n";
	char *out = to;
	size_t n = 0;

	if (bytes->fd == -1 && room >= 16) {
		bytes->fd = 0;
		memcpy(out, "Description: x\n", 15);
		n = 15;
	}
	for (; lines_left > 0 && room - n >= sizeof(line) - 1; lines_left--) {
		memcpy(out + n, line, sizeof(line) - 1);
		n += sizeof(line) - 1;
	}
	return (ssize_t)n;
}

static void
test_large(void)
{
	struct bytes bytes = {.file = "large", .read = read_lines, .fd = -1};

	lines_left = 100000;
	deb822_open(&parser, &bytes, wanted, FIELDS);
	ok(deb822_next(&parser) == DEB822_PARAGRAPH &&
		deb822_get(&parser, DESCRIPTION).n == 1 + 100000 * 42,
	    "a paragraph of 4 MB comes whole");
	deb822_close(&parser);
	bytes.fd = -1;
	lines_left = 1000000;
	deb822_open(&parser, &bytes, wanted, FIELDS);
	ok(deb822_next(&parser) == DEB822_BAD, "one of 42 MB is refused");
	deb822_close(&parser);
}

int
main(void)
{
	test_values();
	test_refusals();
	test_large();
	return done();
}
