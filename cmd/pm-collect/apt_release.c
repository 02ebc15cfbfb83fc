#include "apt_release.h"

#include <strings.h>

#include "deb822.h"
#include "timestamp.h"

enum { RELEASE_MAX = 64 * 1024 * 1024 };

static const char *const wanted[] = {"origin", "label", "suite", "codename",
    "date", "notautomatic", "sha256", "version", "butautomaticupgrades"};

enum {
	ORIGIN,
	LABEL,
	SUITE,
	CODENAME,
	DATE,
	NOT_AUTOMATIC,
	SHA256,
	VERSION,
	BUT_AUTOMATIC_UPGRADES,
	FIELDS
};

/*
 * What the suites are called that bring security fixes, and those that bring
 * other updates.  A row fits when the field ends in its text; the first
 * that fits decides, and what fits none is the release itself.
 *
 * Debian and Ubuntu name their suites NAME-security; Debian before 11 used
 * NAME/updates with the label Debian-Security; Ubuntu Pro has the origins
 * UbuntuESM and UbuntuESMApps with suites NAME-infra-security and
 * NAME-apps-security.
 */
static const struct kind_rule {
	unsigned field; /* LABEL, SUITE or CODENAME */
	const char *ending;
	const char *kind;
} kind_rules[] = {
    {LABEL, "Debian-Security", "security"},
    {LABEL, "-security", "security"},
    {SUITE, "-security", "security"},
    {CODENAME, "-security", "security"},
    {SUITE, "-updates", "update"},
    {CODENAME, "-updates", "update"},
    {SUITE, "-proposed", "update"},
    {CODENAME, "-proposed", "update"},
    {SUITE, "-backports", "update"},
    {CODENAME, "-backports", "update"},
    {SUITE, "-backports-sloppy", "update"},
    {CODENAME, "-backports-sloppy", "update"},
};

struct span
apt_release_kind(const struct apt_release *release)
{
	for (size_t i = 0; i < sizeof(kind_rules) / sizeof(kind_rules[0]);
	     i++) {
		const struct kind_rule *rule = &kind_rules[i];
		struct span ending = span_of(rule->ending);
		struct span value = rule->field == LABEL   ? release->label
				    : rule->field == SUITE ? release->suite
							   : release->codename;

		if (value.n >= ending.n &&
		    strncasecmp(
			value.p + value.n - ending.n, ending.p, ending.n) == 0)
			return span_of(rule->kind);
	}
	return SPAN("release");
}

/* The next word of *rest, blanks between words skipped. */
static struct span
next_word(struct span *rest)
{
	*rest = span_trim(*rest);
	return span_cut(rest, ' ');
}

static bool
two_digits(struct span s, unsigned limit, unsigned *value)
{
	uint64_t number;

	if (s.n == 0 || s.n > 2 || !span_number(s, &number) || number > limit)
		return false;
	*value = (unsigned)number;
	return true;
}

/*
 * "Sat, 11 Jul 2026 10:16:37 UTC" (RFC 5322 section 3.3 with a zone name or
 * offset): apt accepts UTC, GMT, Z and +0000.
 */
static bool
release_date(struct span text, int64_t *seconds)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char *const zones[] = {"UTC", "GMT", "Z", "+0000"};
	struct buffer iso = {0};
	struct span rest = text, day, month, year, clock, part;
	unsigned number, hms[3], at;
	bool good = false;

	(void)next_word(&rest); /* the day of the week */
	day = next_word(&rest);
	month = next_word(&rest);
	year = next_word(&rest);
	clock = next_word(&rest);
	if (!two_digits(day, 31, &number) || month.n != 3 || year.n != 4)
		return false;
	for (at = 0; at < 12; at++)
		if (memcmp(months + (size_t)3 * at, month.p, 3) == 0)
			break;
	for (unsigned i = 0; i < 3; i++) {
		if (clock.p == NULL)
			return false;
		part = span_cut(&clock, ':');
		if (!two_digits(part, 60, &hms[i]))
			return false;
	}
	rest = span_trim(rest);
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		good = good || span_is(rest, zones[i]);
	if (!good || at == 12 || clock.p != NULL)
		return false;
	buffer_printf(&iso, "%.*s-%02u-%02uT%02u:%02u:%02uZ", SPAN_ARG(year),
	    at + 1, number, hms[0], hms[1], hms[2]);
	good = timestamp_parse(buffer_span(&iso), seconds);
	buffer_release(&iso);
	return good;
}

/* A line " SHA256 SIZE PATH" below the SHA256 field. */
static void
add_sum(struct apt_release *release, struct arena *arena, struct span line)
{
	struct apt_sum sum;
	struct span size, path;

	sum.sha256 = next_word(&line);
	size = next_word(&line);
	path = span_trim(line);
	if (span_starts(path, SPAN("./")))
		path = span_skip(path, 2);
	if (!span_is(path, "Packages") && !span_ends(path, SPAN("/Packages")))
		return;
	if (sum.sha256.n != 64 || !span_number(size, &sum.size))
		return;
	sum.sha256 = arena_copy(arena, sum.sha256);
	sum.path = arena_copy(arena, path);
	release->sums = memory_grow(release->sums, &release->sum_capacity,
	    release->sum_count + 1, sizeof(*release->sums));
	release->sums[release->sum_count++] = sum;
}

/* The text that a clearsigned file signs, and how many lines precede it. */
static struct span
signed_text(struct span text, unsigned *skipped)
{
	static const char begin[] = "-----BEGIN PGP SIGNED MESSAGE-----\n";
	static const char end[] = "\n-----BEGIN PGP SIGNATURE-----\n";
	struct span line;
	const char *stop;

	*skipped = 0;
	if (!span_starts(text, span_of(begin)))
		return text;
	do {
		line = span_cut(&text, '\n');
		(*skipped)++;
	} while (line.n > 0 && text.p != NULL);
	stop = text.n == 0 ? NULL : memmem(text.p, text.n, end, strlen(end));
	if (stop != NULL)
		text.n = (size_t)(stop - text.p) + 1;
	else
		text.n = 0; /* cut off: nothing of it is to be believed */
	return text;
}

static bool
is_yes(struct span value)
{
	return value.n == 3 && strncasecmp(value.p, "yes", 3) == 0;
}

/* The field as it is kept: copied, "-" when it is missing. */
static struct span
text_field(const struct deb822 *parser, unsigned field, struct arena *arena)
{
	struct span value = deb822_get(parser, field);

	if (value.n == 0 || span_find(value, '\n') != NULL)
		return SPAN("-");
	return arena_copy(arena, value);
}

static void
take_fields(struct apt_release *release, struct arena *arena,
    const struct deb822 *parser)
{
	struct span sums = deb822_get(parser, SHA256);

	release->origin = text_field(parser, ORIGIN, arena);
	release->label = text_field(parser, LABEL, arena);
	release->suite = text_field(parser, SUITE, arena);
	release->codename = text_field(parser, CODENAME, arena);
	release->dated = release_date(deb822_get(parser, DATE), &release->date);
	release->version = text_field(parser, VERSION, arena);
	release->not_automatic = is_yes(deb822_get(parser, NOT_AUTOMATIC));
	release->but_automatic_upgrades = is_yes(
	    deb822_get(parser, BUT_AUTOMATIC_UPGRADES));
	while (sums.p != NULL)
		add_sum(release, arena, span_cut(&sums, '\n'));
}

void
apt_release_read(
    struct apt_release *release, struct arena *arena, struct bytes *bytes)
{
	struct buffer text = {0};
	struct deb822 parser;
	enum deb822_status status;
	unsigned skipped;
	uint64_t line;
	char reason[128];

	*release = (struct apt_release){0};
	if (!bytes_slurp(bytes, &text, RELEASE_MAX))
		die_errno(PM_EXIT_IO, "%s", bytes->file);
	deb822_open_memory(&parser, signed_text(buffer_span(&text), &skipped),
	    bytes->file, wanted, FIELDS);
	status = deb822_next(&parser);
	if (status == DEB822_PARAGRAPH)
		take_fields(release, arena, &parser);
	line = parser.error_line + skipped;
	snprintf(reason, sizeof(reason), "%s",
	    status == DEB822_BAD ? parser.reason : "");
	deb822_close(&parser);
	buffer_release(&text);
	if (status == DEB822_BAD)
		die(PM_EXIT_DATA,
		    "%s:%llu: %s; fetch it again (apt-get update)", bytes->file,
		    (unsigned long long)line, reason);
	if (status != DEB822_PARAGRAPH)
		die(PM_EXIT_DATA,
		    "%s: no fields in it, it is empty or cut off; "
		    "fetch it again (apt-get update)",
		    bytes->file);
}

const struct apt_sum *
apt_release_sum(const struct apt_release *release, struct span path)
{
	for (size_t i = 0; i < release->sum_count; i++)
		if (span_equal(release->sums[i].path, path))
			return &release->sums[i];
	return NULL;
}

void
apt_release_close(struct apt_release *release)
{
	free(release->sums);
	release->sums = NULL;
	release->sum_count = release->sum_capacity = 0;
}

void
apt_release_none(struct apt_release *release)
{
	*release = (struct apt_release){.origin = SPAN("-"),
	    .label = SPAN("-"),
	    .suite = SPAN("-"),
	    .codename = SPAN("-"),
	    .version = SPAN("-")};
}
