/* pm-collect dpkg-list FILE: what dpkg-query -W printed. */
#include "dump_table.h"
#include "source.h"

#define QUERY                                                        \
	"dpkg-query -W -f '${binary:Package}\\t${Version}\\t"        \
	"${Architecture}\\t${source:Package}\\t${source:Version}\\t" \
	"${db:Status-Abbrev}\\n'"

static const struct option_row options[] = {
    DUMP_OPTIONS,
    DUMP_OPTION_COLUMNS,
    DUMP_OPTION_END,
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "dpkg-list [options] FILE ...",
    .summary = "read what dpkg-query -W printed; - is standard input",
    .details = "Make the list with\n  " QUERY
	       "\nor say what its fields are: --columns "
	       "package,version,arch,source,source_version,status.\n",
    .examples = "dpkg-query -W | pm-collect dpkg-list --host web1 --os debian "
		"--release 12 -\n"
		"pm-collect dpkg-list --os debian --release 12 web1.list | "
		"pm-match catalogue.tsv -",
    .options = options,
};

static const char *const names[] = {"package", "version", "arch", "source",
    "source_version", "status", "origin", NULL};
enum { PACKAGE, VERSION, ARCH, SOURCE, SOURCE_VERSION, STATUS, ORIGIN };

static const struct dump_table_form forms[] = {
    {2, "package,version"},
    {3, "package,version,arch"},
    {5, "package,version,arch,source,source_version"},
    {6, "package,version,arch,source,source_version,status"},
    {0, NULL},
};

/*
 * The states of a package, the word and the letter that db:Status-Abbrev has
 * for each; dpkg-query(1).
 */
static const struct state {
	const char *word;
	char letter;
	bool present;
} states[] = {
    {"not-installed", 'n', false},
    {"config-files", 'c', false},
    {"half-installed", 'H', true},
    {"unpacked", 'U', true},
    {"half-configured", 'F', true},
    {"triggers-awaited", 'W', true},
    {"triggers-pending", 't', true},
    {"installed", 'i', true},
};

/* What a status says. */
struct standing {
	const struct state *state;
	bool held, broken;
};

static const struct state *
find_state(struct span word, char letter)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (states[i].letter == letter || span_is(word, states[i].word))
			return &states[i];
	return NULL;
}

/* "ii ", "hi", "iHR"; false when it is none. */
static bool
parse_letters(struct span text, struct standing *standing)
{
	if (text.n < 2 || text.n > 3 || memchr("uihrp", text.p[0], 5) == NULL ||
	    (text.n == 3 && text.p[2] != 'R'))
		return false;
	standing->state = find_state(SPAN(""), text.p[1]);
	standing->held = text.p[0] == 'h';
	standing->broken = text.n == 3;
	return standing->state != NULL;
}

/* "install ok installed", or the last word alone. */
static bool
parse_words(struct span text, struct standing *standing)
{
	struct span want = text, flag = {NULL, 0}, word = text;

	if (span_find(text, ' ') != NULL) {
		want = span_cut(&word, ' ');
		if (word.p == NULL)
			return false;
		flag = span_cut(&word, ' ');
	}
	standing->state = find_state(word, '\0');
	standing->held = span_is(want, "hold");
	standing->broken = span_is(flag, "reinstreq");
	return standing->state != NULL;
}

/* The column state; empty when the package is not there. */
static bool
parse_status(struct span text, struct standing *standing)
{
	*standing = (struct standing){0};
	return parse_letters(text, standing) || parse_words(text, standing);
}

static struct span
state_text(const struct standing *standing, char *room, size_t size)
{
	struct list words = {0};
	struct buffer text = {0};

	list_add(&words, span_of(standing->state->word));
	if (standing->held)
		list_add(&words, SPAN("held"));
	if (standing->broken)
		list_add(&words, SPAN("reinstreq"));
	list_join(&words, &text);
	snprintf(room, size, "%.*s", SPAN_ARG(buffer_span(&text)));
	buffer_release(&text);
	list_release(&words);
	return span_of(room);
}

/* NAME or, of a package that may be there for several, NAME:ARCHITECTURE. */
static void
take_name(const struct dump_table *table, struct span *column)
{
	struct span rest = table->field[PACKAGE];

	column[PKG_PACKAGE] = span_cut(&rest, ':');
	column[PKG_ARCH] = table->field[ARCH];
	if (column[PKG_ARCH].n == 0)
		column[PKG_ARCH] = rest;
}

static void
take_row(struct dump *dump, const struct dump_table *table)
{
	struct span column[PKG_COLUMNS] = {{NULL, 0}};
	struct standing standing = {0};
	char state[64];

	if (table->has[STATUS]) {
		if (!parse_status(table->field[STATUS], &standing)) {
			dump_bad(dump, dump_line_number(dump),
			    "'%.*s' is no status of dpkg",
			    SPAN_ARG(table->field[STATUS]));
			return;
		}
		if (!standing.state->present)
			return;
		column[PKG_STATE] = state_text(&standing, state, sizeof(state));
	} else if (table->field[VERSION].n == 0 &&
		   table->field[PACKAGE].n > 0) {
		return; /* known to dpkg, not installed */
	}
	take_name(table, column);
	column[PKG_VERSION] = table->field[VERSION];
	column[PKG_SOURCE] = table->field[SOURCE];
	column[PKG_SOURCE_VERSION] = table->field[SOURCE_VERSION];
	column[PKG_ORIGIN] = table->field[ORIGIN];
	if (column[PKG_VERSION].n == 0 || !dump_package(dump, column)) {
		dump_bad(dump, dump_line_number(dump),
		    "no package and version stand here");
		return;
	}
	if (span_is(column[PKG_PACKAGE], "dpkg") && column[PKG_ARCH].n > 0)
		host_set(&dump->host, HOST_ARCH, column[PKG_ARCH]);
}

static void
read_list(struct dump *dump)
{
	struct dump_table table = {
	    .names = names, .forms = forms, .query = QUERY};

	while (dump_table_next(&table, dump))
		take_row(dump, &table);
	if (!table.has[SOURCE] || !table.has[SOURCE_VERSION])
		dump_unseen(dump, "source packages: not in the list, each "
				  "package is taken for its own source");
	if (!table.has[STATUS])
		dump_unseen(dump, "states: not in the list, what is removed "
				  "but for its configuration counts too");
}

const struct dump_source dpkg_list_source = {
    .program = &program,
    .name = "dpkg-list",
    .what = "a list of dpkg-query -W",
    .read = read_list,
};

enum pm_exit
collect_dpkg_list(int argc, char **argv)
{
	return dump_collect(&dpkg_list_source, argc, argv);
}
