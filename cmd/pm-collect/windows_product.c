#include "windows_product.h"

#include <stdio.h>
#include <strings.h>

/*
 * Builds whose release the name of the system does not tell.  server says which
 * of the two families; the client of a build may differ from its server.
 */
static const struct build {
	uint64_t number;
	bool server;
	const char *family;  /* what the name gives */
	const char *version; /* "" when the family says it all */
} builds[] = {
    {10240, false, "10", ""},
    {10586, false, "10", "1511"},
    {14393, false, "10", "1607"},
    {15063, false, "10", "1703"},
    {16299, false, "10", "1709"},
    {17134, false, "10", "1803"},
    {17763, false, "10", "1809"},
    {18362, false, "10", "1903"},
    {18363, false, "10", "1909"},
    {19041, false, "10", "2004"},
    {19042, false, "10", "20h2"},
    {19043, false, "10", "21h1"},
    {19044, false, "10", "21h2"},
    {19045, false, "10", "22h2"},
    {22000, false, "11", "21h2"},
    {22621, false, "11", "22h2"},
    {22631, false, "11", "23h2"},
    {26100, false, "11", "24h2"},
    {26200, false, "11", "25h2"},
    {28000, false, "11", "26h1"},
    {14393, true, "server-2016", ""},
    {17763, true, "server-2019", ""},
    {20348, true, "server-2022", ""},
    {25398, true, "server-2022", "23h2"},
    {26100, true, "server-2025", ""},
    {16299, true, "server", "1709"},
    {17134, true, "server", "1803"},
    {18362, true, "server", "1903"},
    {18363, true, "server", "1909"},
    {19041, true, "server", "2004"},
    {19042, true, "server", "20h2"},
    {25398, true, "server", "23h2"},
    /* before Windows 10 the name and the service pack say it */
    {9600, false, "8.1", ""},
    {9200, false, "8", ""},
    {7600, false, "7", ""},
    {7601, false, "7", ""},
    {6000, false, "vista", ""},
    {6001, false, "vista", ""},
    {6002, false, "vista", ""},
    {9600, true, "server-2012-r2", ""},
    {9200, true, "server-2012", ""},
    {7600, true, "server-2008-r2", ""},
    {7601, true, "server-2008-r2", ""},
    {6001, true, "server-2008", ""},
    {6002, true, "server-2008", ""},
    {6003, true, "server-2008", ""},
};

struct words {
	struct span rest;
};

/* The next word; blanks of all kinds, commas and parentheses divide. */
static bool
next_word(struct words *words, struct span *word)
{
	static const char between[] = " \t,()";
	size_t n = 0;

	while (words->rest.n > 0 &&
	       memchr(between, words->rest.p[0], sizeof(between) - 1) != NULL)
		words->rest = span_skip(words->rest, 1);
	while (n < words->rest.n &&
	       memchr(between, words->rest.p[n], sizeof(between) - 1) == NULL)
		n++;
	*word = (struct span){words->rest.p, n};
	words->rest = span_skip(words->rest, n);
	return n > 0;
}

static bool
word_is(struct span word, const char *text)
{
	return word.n == strlen(text) && strncasecmp(word.p, text, word.n) == 0;
}

static bool
word_is_one(struct span word, const char *const *texts)
{
	for (; *texts != NULL; texts++)
		if (word_is(word, *texts))
			return true;
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "10", "8.1", "2016", "1809" */
static bool
is_number(struct span word)
{
	bool digits = word.n > 0 && word.n <= 8;

	for (size_t i = 0; i < word.n; i++)
		if (!is_digit(word.p[i]) && !(word.p[i] == '.' && i > 0))
			digits = false;
	return digits;
}

/* "21H2", as Microsoft names the halves of years */
static bool
is_half(struct span word)
{
	return word.n == 4 && is_digit(word.p[0]) && is_digit(word.p[1]) &&
	       (word.p[2] == 'H' || word.p[2] == 'h') && is_digit(word.p[3]);
}

struct span
windows_arch(struct span word)
{
	static const struct {
		const char *word, *arch;
	} names[] = {{"x64-based", "amd64"}, {"x64", "amd64"},
	    {"64-bit", "amd64"}, {"x86-based", "x86"}, {"32-bit", "x86"},
	    {"x86", "x86"}, {"arm64-based", "arm64"}, {"arm64", "arm64"},
	    {"arm", "arm"}, {"arm-based", "arm"}, {"itanium-based", "ia64"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (word_is(word, names[i].word))
			return span_of(names[i].arch);
	return SPAN("");
}

/* Add "-word" in lower case; false when it does not fit. */
static bool
add_word(char *release, struct span word)
{
	size_t n = strlen(release);

	if (n + word.n + 2 > WINDOWS_RELEASE_SIZE)
		return false;
	if (n > 0)
		release[n++] = '-';
	for (size_t i = 0; i < word.n; i++, n++) {
		release[n] = word.p[i];
		if (release[n] >= 'A' && release[n] <= 'Z')
			release[n] = (char)(release[n] | 0x20);
	}
	release[n] = '\0';
	return true;
}

/* May the word stand in a release as it is? */
static bool
names_release(struct span word)
{
	static const char *const words[] = {
	    "server", "vista", "xp", "rt", "r2", NULL};

	return is_number(word) || is_half(word) || word_is_one(word, words);
}

/*
 * Where "Windows" stands that begins the name of a system, and before it the
 * component's name.
 */
static bool
find_windows(struct span name, struct words *words, struct span *component)
{
	struct span word, before = {name.p, 0};
	bool start = true;

	words->rest = name;
	while (next_word(words, &word)) {
		if (start && word_is(word, "windows")) {
			*component = span_trim(before);
			return true;
		}
		if (word_is(word, "on")) {
			start = true;
			before.n = (size_t)(word.p - name.p);
			continue;
		}
		/* "Microsoft(R) Windows(R)" */
		start = start &&
			(word_is(word, "microsoft") || word_is(word, "r"));
	}
	return false;
}

/* "Service Pack 2" behind "Service" */
static bool
add_service_pack(struct words *words, char *release)
{
	struct span word;
	char pack[16];

	if (!next_word(words, &word) || !word_is(word, "pack") ||
	    !next_word(words, &word) || word.n != 1 || !is_digit(word.p[0]))
		return false;
	snprintf(pack, sizeof(pack), "sp%c", word.p[0]);
	return add_word(release, span_of(pack));
}

/* "Server Core installation" behind "Server", when that is what follows */
static bool
take_core(struct words *words)
{
	struct words ahead = *words;
	struct span word;

	if (!next_word(&ahead, &word) || !word_is(word, "core") ||
	    !next_word(&ahead, &word) || !word_is(word, "installation"))
		return false;
	*words = ahead;
	return true;
}

bool
windows_product(struct span name, struct windows_product *product)
{
	static const char *const fillers[] = {
	    "version", "for", "systems", "edition", "r", NULL};
	struct words words;
	struct span word, arch;

	*product = (struct windows_product){.arch = SPAN("")};
	if (!find_windows(name, &words, &product->component))
		return false;
	while (next_word(&words, &word)) {
		arch = windows_arch(word);
		if (arch.n > 0) {
			product->arch = arch;
		} else if (word_is(word, "service")) {
			if (!add_service_pack(&words, product->release))
				return false;
		} else if (word_is(word, "server") && take_core(&words)) {
			product->core = true;
		} else if (names_release(word)) {
			if (!add_word(product->release, word))
				return false;
		} else if (!word_is_one(word, fillers)) {
			return false;
		}
	}
	return product->release[0] != '\0';
}

/*
 * The family that a system's name begins with: the words up to the first that
 * names an edition.
 */
static void
take_family(struct span name, char *family)
{
	struct words words;
	struct span word, component;

	family[0] = '\0';
	if (!find_windows(name, &words, &component))
		return;
	while (next_word(&words, &word)) {
		if (word_is(word, "r")) /* of "Windows(R)" */
			continue;
		if (!names_release(word) || !add_word(family, word))
			return;
	}
}

bool
windows_release(
    struct span name, uint64_t service_pack, uint64_t build, char *release)
{
	char text[32];
	bool server;

	take_family(name, release);
	server = span_starts(span_of(release), SPAN("server"));
	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		const struct build *known = &builds[i];

		if (known->number != build || known->server != server ||
		    strcmp(known->family, release) != 0)
			continue;
		if (known->version[0] != '\0')
			add_word(release, span_of(known->version));
		if (service_pack > 0) {
			snprintf(text, sizeof(text), "sp%llu",
			    (unsigned long long)service_pack);
			add_word(release, span_of(text));
		}
		return true;
	}
	snprintf(text, sizeof(text), "build-%llu", (unsigned long long)build);
	add_word(release, span_of(text));
	return false;
}
