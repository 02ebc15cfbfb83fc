/*
 * pm-collect systeminfo FILE: what systeminfo.exe printed on a Windows.
 *
 * Its labels and most of its text are in the language of the system, but the
 * lines come in one order in all of them, so that is what counts: the first is
 * the host's name, the second the system's, and so on.  What must look alike in
 * every language (versions, KB numbers, addresses) is checked.
 */
#include <arpa/inet.h>
#include <errno.h>

#include "dump.h"
#include "source.h"
#include "windows_product.h"

enum { FILE_MAX = 4 * 1024 * 1024 };

static const struct option_row options[] = {
    DUMP_OPTION_HOST,
    DUMP_OPTION_SEEN,
    DUMP_OPTION_END,
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "systeminfo [options] FILE ...",
    .summary = "read what systeminfo printed on a Windows; - is standard "
	       "input",
    .examples = "pm-collect systeminfo desk7.txt\n"
		"pm-collect systeminfo *.txt | pm-match catalogue.tsv -",
    .options = options,
};

/* Lines that begin a topic, by their place. */
enum topic {
	TOPIC_HOST = 1,
	TOPIC_NAME = 2,
	TOPIC_VERSION = 3,
	TOPIC_MAKER = 12,
	TOPIC_MODEL = 13,
	TOPIC_TYPE = 14,
	TOPIC_LAST_FIXED = TOPIC_TYPE
};

struct systeminfo {
	struct dump *dump;
	uint64_t line;
	unsigned topic;		/* that the line belongs to */
	unsigned hotfix_topic;	/* 0 until one is found */
	uint64_t announced;	/* the number in the line of a topic */
	uint64_t promised;	/* of hotfixes */
	uint64_t listed, other; /* with and without a KB number */
	struct span name, maker, model;
	struct list addresses;
};

/* ---- the file as UTF-8 */

static void
add_character(struct buffer *to, unsigned c)
{
	if (c < 0x80) {
		buffer_add_byte(to, (char)c);
	} else if (c < 0x800) {
		buffer_add_byte(to, (char)(0xc0 | c >> 6));
		buffer_add_byte(to, (char)(0x80 | (c & 0x3f)));
	} else {
		buffer_add_byte(to, (char)(0xe0 | c >> 12));
		buffer_add_byte(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buffer_add_byte(to, (char)(0x80 | (c & 0x3f)));
	}
}

/*
 * PowerShell's redirection writes UTF-16 with a byte order mark (RFC 2781).
 * What lies beyond 16 bits is of no use here and becomes a question mark.
 */
static void
decode_wide(struct buffer *text, bool little)
{
	struct buffer plain = {0};

	for (size_t i = 2; i + 1 < text->n; i += 2) {
		unsigned a = (unsigned char)text->p[i];
		unsigned b = (unsigned char)text->p[i + 1];
		unsigned c = little ? b << 8 | a : a << 8 | b;

		add_character(&plain, c >= 0xd800 && c < 0xe000 ? '?' : c);
	}
	buffer_release(text);
	*text = plain;
}

static void
read_text(struct dump *dump, struct buffer *text)
{
	if (!bytes_slurp(&dump->bytes, text, FILE_MAX)) {
		if (errno != EFBIG)
			die_errno(PM_EXIT_IO, "%s", dump->file);
		dump_fail(dump, 0, "more than %d bytes; this is not %s",
		    FILE_MAX, dump->source->what);
	}
	if (span_starts(buffer_span(text), SPAN("\xff\xfe")))
		decode_wide(text, true);
	else if (span_starts(buffer_span(text), SPAN("\xfe\xff")))
		decode_wide(text, false);
	else if (span_starts(buffer_span(text), SPAN("\xef\xbb\xbf")))
		memcpy(text->p, "\r\r\r", 3);
}

/* ---- lines */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first number in a text; 0 when there is none. */
static uint64_t
first_number(struct span text)
{
	struct span digits;
	uint64_t number = 0;

	while (text.n > 0 && !is_digit(text.p[0]))
		text = span_skip(text, 1);
	digits = (struct span){text.p, 0};
	while (digits.n < text.n && is_digit(text.p[digits.n]))
		digits.n++;
	return span_number(digits, &number) ? number : 0;
}

/* The number behind "Pack", in "6.1.7601 Service Pack 1 Build 7601". */
static uint64_t
service_pack(struct span value)
{
	uint64_t number;

	while (value.p != NULL)
		if (span_is(span_cut(&value, ' '), "Pack") && value.p != NULL &&
		    span_number(span_cut(&value, ' '), &number))
			return number;
	return 0;
}

/* "10.0.19044 N/A Build 19044" */
static void
take_version(struct systeminfo *info, struct span value)
{
	struct dump *dump = info->dump;
	char release[WINDOWS_RELEASE_SIZE];
	struct span rest = value;
	struct span version = span_cut(&rest, ' ');
	uint64_t part[3] = {0, 0, 0};
	bool good = true;

	rest = version;
	for (unsigned i = 0; i < 3; i++)
		good = good && rest.p != NULL &&
		       span_number(span_cut(&rest, '.'), &part[i]);
	if (!good || rest.p != NULL)
		dump_fail(dump, info->line,
		    "no version such as 10.0.19044 stands here; this is not "
		    "%s",
		    dump->source->what);
	host_set(&dump->host, HOST_OS, SPAN("windows"));
	host_set(&dump->host, HOST_KERNEL, version);
	if (!windows_release(info->name, service_pack(value), part[2], release))
		dump_unseen(dump, "release: build %llu of '%.*s' is not known",
		    (unsigned long long)part[2], SPAN_ARG(info->name));
	host_set(&dump->host, HOST_RELEASE, span_of(release));
	if (span_starts(span_of(release), SPAN("server")))
		host_set(&dump->host, HOST_CLASS, SPAN("server"));
}

/* "x64-based PC" */
static void
take_type(struct systeminfo *info, struct span value)
{
	struct span rest = value;
	struct span arch = {NULL, 0};

	while (rest.p != NULL && arch.n == 0)
		arch = windows_arch(span_cut(&rest, ' '));
	if (arch.n == 0)
		dump_unseen(info->dump, "architecture: '%.*s' is not known",
		    SPAN_ARG(value));
	host_set(&info->dump->host, HOST_ARCH, arch);
}

static void
take_topic(struct systeminfo *info, struct span value)
{
	struct dump *dump = info->dump;

	info->topic++;
	info->announced = first_number(value);
	switch (info->topic) {
	case TOPIC_HOST:
		host_set(&dump->host, HOST_HOST, value);
		break;
	case TOPIC_NAME:
		info->name = value;
		dump_fact(dump, "os_name", value);
		break;
	case TOPIC_VERSION:
		take_version(info, value);
		break;
	case TOPIC_MAKER:
		info->maker = value;
		break;
	case TOPIC_MODEL:
		info->model = value;
		break;
	case TOPIC_TYPE:
		take_type(info, value);
		break;
	}
}

/* ---- what is listed below a topic */

/* "KB5012117", "982861": the name of its package, in room; or empty. */
static struct span
hotfix_name(struct span value, char *room, size_t size)
{
	struct span rest = value;
	struct span word = span_cut(&rest, ' ');
	uint64_t number;

	if (span_starts(word, SPAN("KB")) || span_starts(word, SPAN("kb")))
		word = span_skip(word, 2);
	if (word.n < 6 || word.n > 9 || !span_number(word, &number))
		return SPAN("");
	snprintf(room, size, "KB%.*s", SPAN_ARG(word));
	return span_of(room);
}

/* Add an address by which others may reach the host. */
static bool
take_address(struct systeminfo *info, struct span value)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[16];

	if (value.n == 0 || value.n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(value));
	if (inet_pton(AF_INET, text, address) == 1) {
		if (address[0] != 127 &&
		    !(address[0] == 169 && address[1] == 254))
			list_add(&info->addresses, value);
		return true;
	}
	if (inet_pton(AF_INET6, text, address) != 1)
		return false;
	if (!(address[0] == 0xfe && (address[1] & 0xc0) == 0x80))
		list_add(&info->addresses, value);
	return true;
}

/* "[01]: KB5012117" */
static void
take_item(struct systeminfo *info, struct span line)
{
	struct span column[PKG_COLUMNS] = {{NULL, 0}};
	struct span value = span_trim(line);
	struct span mark = span_cut(&value, ':');
	char room[16];

	if (!span_starts(mark, SPAN("[")) || !span_ends(mark, SPAN("]")) ||
	    value.p == NULL)
		return;
	value = span_trim(value);
	if (info->topic <= TOPIC_LAST_FIXED || take_address(info, value))
		return;
	column[PKG_PACKAGE] = hotfix_name(value, room, sizeof(room));
	if (column[PKG_PACKAGE].n == 0) {
		if (info->topic == info->hotfix_topic)
			info->other++;
		return;
	}
	if (info->hotfix_topic == 0) {
		info->hotfix_topic = info->topic;
		info->promised = info->announced;
	}
	if (info->topic != info->hotfix_topic)
		return;
	column[PKG_STATE] = SPAN("installed");
	dump_package(info->dump, column);
	info->listed++;
}

static void
take_line(struct systeminfo *info, struct span line)
{
	struct span value = line;

	while (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	while (line.n > 0 && line.p[0] == '\r')
		line = span_skip(line, 1);
	if (span_trim(line).n == 0)
		return;
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		take_item(info, line);
		return;
	}
	value = line;
	span_cut(&value, ':');
	if (value.p == NULL)
		dump_fail(info->dump, info->line,
		    "the line has no colon; this is not %s",
		    info->dump->source->what);
	take_topic(info, span_trim(value));
}

/* ---- the whole */

static void
check_whole(struct systeminfo *info)
{
	struct dump *dump = info->dump;
	uint64_t found = info->listed + info->other;

	if (info->topic < TOPIC_LAST_FIXED)
		dump_fail(dump, info->line,
		    "the file ends here, before the type of the system: cut "
		    "off, or not %s",
		    dump->source->what);
	if (info->hotfix_topic == 0) {
		dump_unseen(dump, "hotfixes: none is listed");
		return;
	}
	if (found < info->promised && info->topic == info->hotfix_topic)
		dump_fail(dump, info->line,
		    "the file ends behind %llu of %llu hotfixes: cut off",
		    (unsigned long long)found,
		    (unsigned long long)info->promised);
	if (found != info->promised)
		dump_unseen(dump, "hotfixes: %llu are listed of %llu",
		    (unsigned long long)found,
		    (unsigned long long)info->promised);
	if (info->other > 0)
		dump_unseen(dump, "hotfixes: %llu have no KB number",
		    (unsigned long long)info->other);
}

static void
describe(struct systeminfo *info)
{
	struct host *host = &info->dump->host;
	struct buffer text = {0};

	list_join(&info->addresses, &text);
	host_set(host, HOST_ADDR, buffer_span(&text));
	buffer_reset(&text);
	buffer_add_span(&text, info->maker);
	if (info->maker.n > 0 && info->model.n > 0)
		buffer_add_byte(&text, ' ');
	buffer_add_span(&text, info->model);
	host_set(host, HOST_HARDWARE, buffer_span(&text));
	buffer_release(&text);
}

static struct systeminfo current; /* one file at a time */
static struct buffer contents;

static void
read_info(struct dump *dump)
{
	struct span rest;

	current = (struct systeminfo){.dump = dump};
	read_text(dump, &contents);
	rest = buffer_span(&contents);
	if (rest.n > 0 && !span_ends(rest, SPAN("\n")))
		dump_fail(dump, 0,
		    "the last line has no newline: the file is cut off");
	while (rest.n > 0) {
		current.line++;
		take_line(&current, span_cut(&rest, '\n'));
	}
	check_whole(&current);
	describe(&current);
}

static void
release(void)
{
	list_release(&current.addresses);
	buffer_release(&contents);
	contents = (struct buffer){.n = 0};
}

const struct dump_source systeminfo_source = {
    .program = &program,
    .name = "systeminfo",
    .class = "desktop",
    .names_host = true,
    .may_be_empty = true,
    .what = "the output of systeminfo",
    .read = read_info,
    .release = release,
};

enum pm_exit
collect_systeminfo(int argc, char **argv)
{
	return dump_collect(&systeminfo_source, argc, argv);
}
