/*
 * Version order: the cases of tests/cases/version.txt, what a line of that file
 * cannot say, and the collected cases below $PM_DATA/vercmp.
 */
#include "version.h"

#include "tap.h"

#include <errno.h>
#include <glob.h>

enum { LINE_MAX_BYTES = 1024 };

static enum version_order
turned(enum version_order order)
{
	if (order == VERSION_LESS)
		return VERSION_GREATER;
	return order == VERSION_GREATER ? VERSION_LESS : order;
}

/* Both directions, and both against itself. */
static bool
ordered(enum version_scheme scheme, struct span a, struct span b,
    enum version_order expected)
{
	return version_compare(scheme, a, b) == expected &&
	       version_compare(scheme, b, a) == turned(expected) &&
	       version_compare(scheme, a, a) == VERSION_EQUAL &&
	       version_compare(scheme, b, b) == VERSION_EQUAL &&
	       version_valid(scheme, a) && version_valid(scheme, b);
}

static bool
refused(enum version_scheme scheme, struct span bad)
{
	return !version_valid(scheme, bad) &&
	       version_compare(scheme, bad, SPAN("1")) == VERSION_INVALID &&
	       version_compare(scheme, SPAN("1"), bad) == VERSION_INVALID &&
	       version_compare(scheme, bad, bad) == VERSION_INVALID;
}

/* The order that an operator asks for; 0 when it is none. */
static enum version_order operator_order(struct span operator)
{
	if (span_is(operator, "<"))
		return VERSION_LESS;
	if (span_is(operator, "="))
		return VERSION_EQUAL;
	return span_is(operator, ">") ? VERSION_GREATER : 0;
}

/* The next line without its newline; false at the end. */
static bool
read_line(FILE *file, struct span *line)
{
	static char text[LINE_MAX_BYTES];

	if (fgets(text, sizeof(text), file) == NULL)
		return false;
	*line = span_of(text);
	if (span_ends(*line, SPAN("\n")))
		line->n--;
	return true;
}

static void
test_case_file(const char *path)
{
	FILE *file = fopen(path, "r");
	struct span line;
	unsigned number = 0;

	ok(file != NULL, "%s can be read", path);
	if (file == NULL)
		return;
	while (read_line(file, &line)) {
		struct span rest = line;
		struct span name = span_cut(&rest, ' ');
		enum version_scheme scheme;

		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!version_scheme_find(name, &scheme)) {
			ok(false, "%s:%u: unknown scheme", path, number);
		} else if (span_starts(rest, SPAN("!"))) {
			ok(refused(scheme, span_skip(rest, 1)), "%s:%u: %.*s",
			    path, number, SPAN_ARG(line));
		} else {
			struct span a = span_cut(&rest, ' ');
			struct span operator= span_cut(&rest, ' ');
			enum version_order expected = operator_order(operator);

			ok(expected != 0 && ordered(scheme, a, rest, expected),
			    "%s:%u: %.*s", path, number, SPAN_ARG(line));
		}
	}
	fclose(file);
}

static void
test_beyond_lines(void)
{
	static const char *const bad[] = {" 1", "1 ", "1 2", "1\t2", "1\n",
	    "12345678901 2", "1234567\n", "1234567890\x7f", "\001.1"};
	struct span whole = SPAN("1.0.2");

	for (unsigned i = 0; i < VERSION_SCHEMES; i++) {
		enum version_scheme scheme = (enum version_scheme)i, found;
		struct span name = version_scheme_name(scheme);
		bool all = true;

		ok(version_scheme_find(name, &found) && found == scheme,
		    "%.*s is found by its name", SPAN_ARG(name));
		ok(refused(scheme, SPAN("")) &&
			refused(scheme, (struct span){NULL, 0}),
		    "%.*s refuses an empty version", SPAN_ARG(name));
		for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
			all &= refused(scheme, span_of(bad[k]));
		ok(all && refused(scheme, SPAN("1\0002")) &&
			refused(scheme, SPAN("1.2.3.4.5.6\000")),
		    "%.*s refuses blanks, controls and NUL", SPAN_ARG(name));
		ok(ordered(scheme, (struct span){whole.p, 3}, SPAN("1.0"),
		       VERSION_EQUAL) &&
			ordered(scheme, (struct span){whole.p, 1}, whole,
			    VERSION_LESS),
		    "%.*s stops at the end of a span", SPAN_ARG(name));
	}
}

static void
test_schemes(void)
{
	enum version_scheme scheme = VERSION_APK;

	ok(version_scheme_of(SPAN("debian")) == VERSION_DEB &&
		version_scheme_of(SPAN("ubuntu")) == VERSION_DEB,
	    "Debian and Ubuntu are deb");
	ok(version_scheme_of(SPAN("rhel")) == VERSION_RPM &&
		version_scheme_of(SPAN("opensuse-leap")) == VERSION_RPM,
	    "RHEL and openSUSE are rpm");
	ok(version_scheme_of(SPAN("alpine")) == VERSION_APK, "Alpine is apk");
	ok(version_scheme_of(SPAN("arch")) == VERSION_PACMAN, "Arch is pacman");
	ok(version_scheme_of(SPAN("-")) == VERSION_GENERIC &&
		version_scheme_of(SPAN("debia")) == VERSION_GENERIC,
	    "an unknown system is generic");
	ok(!version_scheme_find(SPAN("de"), &scheme) && scheme == VERSION_APK,
	    "an unknown scheme is not found");
}

/*
 * What some of the collected apk rows say is not what version.h says, for one
 * of two reasons:
 *
 * These are no versions by apk's own grammar ("apk version --check" refuses
 * them): 23_foo and 3.6.9_post1 have an unknown suffix, 1.0bc two letters.
 * apk's comparison stops at the first difference and does not see that.
 */
static const char *const invalid_versions[] = {
    "23_foo", "1.0bc", "3.6.9_post1"};

/*
 * "~" asks whether a begins with b, as dependencies may; "!~" is its negation.
 * That is no question of order: only a and b of equal bytes are equal there.
 */
static const char *const prefix_operators[] = {"~", "!~"};

static bool
any_of(const char *const *texts, size_t count, struct span s)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(s, texts[i]))
			return true;
	return false;
}

#define ANY_OF(texts, s) any_of(texts, sizeof(texts) / sizeof((texts)[0]), s)

/* One row; false when it does not hold.  Counts those with another meaning. */
static bool
row_holds(struct span row, unsigned *different)
{
	struct span rest = row;
	struct span name = span_cut(&rest, '\t');
	struct span a = span_cut(&rest, '\t');
	struct span operator= span_cut(&rest, '\t');
	enum version_order expected = operator_order(operator), order;
	enum version_scheme scheme;

	if (!version_scheme_find(name, &scheme))
		return false;
	order = version_compare(scheme, a, rest);
	if (ANY_OF(invalid_versions, a) || ANY_OF(invalid_versions, rest)) {
		(*different)++;
		return order == VERSION_INVALID;
	}
	if (ANY_OF(prefix_operators, operator)) {
		(*different)++;
		return order != VERSION_INVALID &&
		       (order == VERSION_EQUAL) == span_equal(a, rest);
	}
	/* "<~" is less or begins with, and likewise ">~". */
	if (span_is(operator, "<~") || span_is(operator, ">~"))
		expected = operator_order((struct span){operator.p, 1});
	return expected != 0 && ordered(scheme, a, rest, expected);
}

static void
test_collected_file(const char *path)
{
	FILE *file = fopen(path, "r");
	struct span line;
	unsigned rows = 0, held = 0, number = 0, different = 0;

	ok(file != NULL, "%s can be read", path);
	if (file == NULL)
		return;
	while (read_line(file, &line)) {
		number++;
		if (span_starts(line, SPAN("#")))
			continue;
		rows++;
		if (row_holds(line, &different))
			held++;
		else
			printf("# %s:%u: %.*s\n", path, number, SPAN_ARG(line));
	}
	fclose(file);
	ok(rows > 0 && held == rows, "%s: %u of %u rows hold", path, held,
	    rows);
	if (different > 0)
		printf("# %u of them with another meaning here\n", different);
}

static void
test_collected(void)
{
	const char *data = getenv("PM_DATA");
	char pattern[4096];
	glob_t files = {0};

	snprintf(pattern, sizeof(pattern), "%s/vercmp/*.tsv",
	    data == NULL ? "" : data);
	if (data == NULL || glob(pattern, 0, NULL, &files) != 0) {
		ok(true, "collected cases # SKIP no vercmp/*.tsv in PM_DATA");
		return;
	}
	for (size_t i = 0; i < files.gl_pathc; i++)
		test_collected_file(files.gl_pathv[i]);
	globfree(&files);
}

int
main(void)
{
	test_schemes();
	test_beyond_lines();
	test_case_file("tests/cases/version.txt");
	test_collected();
	return done();
}
