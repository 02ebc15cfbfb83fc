#include "apt_pins.h"

#include <stdlib.h>

#include "apt_parts.h"
#include "deb822.h"
#include "options.h"
#include "pins.h"

enum { PREFERENCES_MAX = 1024 * 1024, PATTERN_MAX = 1024 };

enum { DEFAULT_RELEASE = 990 }; /* its priority, apt_preferences(5) */

enum pin_kind { PIN_RELEASE, PIN_ORIGIN, PIN_VERSION };

struct apt_pin {
	struct span packages; /* words */
	enum pin_kind kind;
	struct span data;
	int priority;
	bool general; /* for all packages */
};

static const char *const wanted[] = {"package", "pin", "pin-priority"};

enum { PACKAGE, PIN, PRIORITY, FIELDS };

/* ---- patterns */

static struct span
unquoted(struct span text)
{
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		return (struct span){text.p + 1, text.n - 2};
	return text;
}

static bool
release_item(struct span item, const struct apt_archive *archive)
{
	const struct {
		char key;
		struct span value;
	} values[] = {{'a', archive->suite}, {'n', archive->codename},
	    {'o', archive->origin}, {'l', archive->label},
	    {'c', archive->component}, {'v', archive->version},
	    {'b', archive->arch}};
	struct span pattern = item;

	if (item.n >= 2 && item.p[1] == '=') {
		pattern = unquoted(span_trim(span_skip(item, 2)));
		for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
			if (values[i].key == item.p[0])
				return pin_fits(pattern, values[i].value);
		return false;
	}
	if (item.n > 0 && item.p[0] >= '0' && item.p[0] <= '9')
		return pin_fits(pattern, archive->version);
	return pin_fits(pattern, archive->suite) ||
	       pin_fits(pattern, archive->codename);
}

static bool
record_fits(const struct apt_pin *pin, const struct apt_archive *archive,
    struct span version)
{
	struct span rest = pin->data;

	if (pin->kind == PIN_VERSION)
		return version.p != NULL && pin_fits(rest, version);
	if (pin->kind == PIN_ORIGIN)
		return pin_fits(unquoted(rest), archive->site);
	while (rest.p != NULL)
		if (!release_item(span_trim(span_cut(&rest, ',')), archive))
			return false;
	return true;
}

static bool
package_fits(struct span words, const struct apt_package *package)
{
	while (words.p != NULL) {
		struct span word = span_trim(span_cut(&words, ' ')), arch;
		struct span name = package->name;

		if (word.n == 0)
			continue;
		if (span_starts(word, SPAN("src:"))) {
			word = span_skip(word, 4);
			name = package->source;
		}
		arch = word;
		if (word.p[0] != '/') {
			word = span_cut(&arch, ':');
			if (arch.p != NULL && !span_is(arch, "any") &&
			    !span_equal(arch, package->arch))
				continue;
		}
		if (pin_fits(word, name))
			return true;
	}
	return false;
}

/* ---- reading */

static void
add_pin(struct apt_pins *pins, const struct apt_pin *pin)
{
	pins->pins = memory_grow(
	    pins->pins, &pins->capacity, pins->count + 1, sizeof(*pins->pins));
	pins->pins[pins->count++] = *pin;
}

/* NULL, or why the record cannot be used. */
static const char *
take_record(struct apt_pins *pins, const struct deb822 *parser)
{
	static const struct {
		const char *name;
		enum pin_kind kind;
	} kinds[] = {{"release", PIN_RELEASE}, {"origin", PIN_ORIGIN},
	    {"version", PIN_VERSION}};
	struct span rest = span_trim(deb822_get(parser, PIN));
	struct span packages = span_trim(deb822_get(parser, PACKAGE));
	struct span priority = span_trim(deb822_get(parser, PRIORITY));
	struct span kind = span_cut(&rest, ' ');
	struct apt_pin pin = {.general = span_is(packages, "*")};
	bool negative = span_starts(priority, SPAN("-"));
	uint64_t number;
	size_t i = 0;

	if (packages.n == 0)
		return "no Package";
	while (!span_is(kind, kinds[i].name))
		if (++i == sizeof(kinds) / sizeof(*kinds))
			return "the Pin is neither release nor origin nor "
			       "version";
	pin.kind = kinds[i].kind;
	pin.data = rest.p == NULL ? SPAN("") : span_trim(rest);
	if (pin.data.n == 0 || pin.data.n >= PATTERN_MAX)
		return "the Pin names nothing";
	if ((span_find(packages, '/') != NULL && !pin_modest(packages)) ||
	    (span_find(pin.data, '/') != NULL && !pin_modest(pin.data)))
		return "an expression that repeats too much";
	if (pin.general && pin.kind == PIN_VERSION)
		return "a version for all packages";
	if (!span_number(span_skip(priority, negative ? 1 : 0), &number) ||
	    number == 0 || number > 32767)
		return "the Pin-Priority is no number that apt takes";
	pin.priority = negative ? -(int)number : (int)number;
	pin.packages = arena_copy(&pins->arena, packages);
	pin.data = arena_copy(&pins->arena, pin.data);
	add_pin(pins, &pin);
	return NULL;
}

/* Comments as fields that nobody looks at, so that lines keep their numbers. */
static void
without_comments(struct buffer *out, struct span text)
{
	while (text.p != NULL && text.n > 0) {
		struct span line = span_cut(&text, '\n');

		buffer_add_span(out, span_starts(line, SPAN("#"))
					 ? SPAN("Explanation: -")
					 : line);
		buffer_add_byte(out, '\n');
	}
}

void
apt_pins_parse(struct apt_pins *pins, struct span text, const char *file)
{
	struct buffer plain = {0};
	struct deb822 parser;
	enum deb822_status status;
	uint64_t line = 0;
	const char *reason;
	char why[128];

	without_comments(&plain, text);
	deb822_open_memory(&parser, buffer_span(&plain), file, wanted, FIELDS);
	while ((status = deb822_next(&parser)) == DEB822_PARAGRAPH) {
		if (deb822_get(&parser, PACKAGE).p == NULL &&
		    deb822_get(&parser, PIN).p == NULL)
			continue; /* comments */
		reason = take_record(pins, &parser);
		if (reason != NULL)
			warning("%s:%llu: this pin is not taken into account: "
				"%s; compare with apt-cache policy",
			    file, (unsigned long long)parser.line, reason);
	}
	if (status == DEB822_BAD) {
		line = parser.error_line;
		snprintf(why, sizeof(why), "%s", parser.reason);
	}
	deb822_close(&parser);
	buffer_release(&plain);
	if (line > 0)
		die(PM_EXIT_DATA, "%s:%llu: %s", file, (unsigned long long)line,
		    why);
}

/* Where preferences are read from, and to. */
struct reading {
	const struct tree *tree;
	struct apt_pins *pins;
};

static void
read_file(void *context, const char *path)
{
	struct reading *reading = context;
	struct buffer text = {0};

	if (apt_part_slurp(reading->tree, path, &text, PREFERENCES_MAX))
		apt_pins_parse(reading->pins, buffer_span(&text), path);
	buffer_release(&text);
}

void
apt_pins_default(struct apt_pins *pins, struct span release)
{
	struct apt_pin pin = {.packages = SPAN("*"),
	    .kind = PIN_RELEASE,
	    .priority = DEFAULT_RELEASE,
	    .general = true};

	if (release.n == 0 || release.n >= PATTERN_MAX)
		return;
	pin.data = arena_copy(&pins->arena, release);
	add_pin(pins, &pin);
}

void
apt_pins_read(struct apt_pins *pins, const struct tree *tree)
{
	struct reading reading = {tree, pins};

	read_file(&reading, "/etc/apt/preferences");
	apt_parts(tree, "/etc/apt/preferences.d", ".pref", read_file, &reading);
}

/* ---- priorities */

void
apt_pins_archive(const struct apt_pins *pins, struct apt_archive *archive,
    bool not_automatic, bool but_automatic_upgrades)
{
	const struct span none = {NULL, 0};

	archive->priority = !not_automatic	     ? 500
			    : but_automatic_upgrades ? 100
						     : 1;
	archive->pinned = false;
	for (size_t i = 0; i < pins->count && !archive->pinned; i++) {
		const struct apt_pin *pin = &pins->pins[i];

		if (!pin->general || !record_fits(pin, archive, none))
			continue;
		archive->priority = pin->priority;
		archive->pinned = true;
	}
}

struct apt_priority
apt_pins_package(const struct apt_pins *pins, const struct apt_archive *archive,
    const struct apt_package *package)
{
	for (size_t i = 0; i < pins->count; i++) {
		const struct apt_pin *pin = &pins->pins[i];

		if (!pin->general && package_fits(pin->packages, package) &&
		    record_fits(pin, archive, package->version))
			return (struct apt_priority){pin->priority, true, i};
	}
	return (struct apt_priority){
	    archive->priority, archive->pinned, SIZE_MAX};
}

void
apt_pins_installed(const struct apt_pins *pins, const struct apt_package *offer,
    int priority, struct buffer *text)
{
	for (size_t i = 0; i < pins->count; i++) {
		const struct apt_pin *pin = &pins->pins[i];

		if (pin->kind == PIN_VERSION &&
		    package_fits(pin->packages, offer))
			pins_add(text, pin->priority > priority, pin->data);
	}
}

void
apt_pins_release(struct apt_pins *pins)
{
	free(pins->pins);
	arena_release(&pins->arena);
	*pins = (struct apt_pins){0};
}
