/*
 * What sshd and apt themselves say that they are set to, and where packages
 * come from.
 */
#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#include "run.h"
#include "settings.h"

enum { PROGRAM_SECONDS = 10, CONFIGURATION_DEPTH = 8 };

static const char sshd_path[] = "/usr/sbin/sshd";

static void
ended(struct run_job *job)
{
	(void)job; /* looked at when run_wait() is done */
}

/* What a program of this machine prints, or nothing unless it succeeds. */
static struct span
output_of(struct settings *settings, const char *const *argv)
{
	char *words[4] = {0};
	struct span text = {0};
	struct run_job job = {.argv = words,
	    .limit = PROGRAM_SECONDS * 1000,
	    .output_limit = SETTINGS_TEXT_MAX,
	    .ended = ended,
	    .strict = true};

	for (unsigned i = 0; i < 3 && argv[i] != NULL; i++) {
		size_t n = strlen(argv[i]) + 1;

		words[i] = arena_allocate(&settings->arena, n);
		memcpy(words[i], argv[i], n);
	}
	run_start(&job);
	run_wait();
	if (job.result == RUN_EXITED && job.status == 0)
		text = arena_copy(&settings->arena, buffer_span(&job.output));
	run_release(&job);
	return text;
}

/* ---- sshd */

/* Of these every line counts, of all others the first. */
static bool
many(struct span key)
{
	static const char *const keys[] = {"port", "listenaddress", "hostkey",
	    "acceptenv", "allowusers", "denyusers", "allowgroups",
	    "denygroups"};

	for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (key.n == strlen(keys[i]) &&
		    strncasecmp(key.p, keys[i], key.n) == 0)
			return true;
	return false;
}

struct ssh_value {
	struct settings *settings;
	struct span key;
	struct buffer value;
	bool match;  /* inside a Match block, which is of some users only */
	bool hidden; /* what may not be read could have said something else */
};

static void find_in_file(
    struct ssh_value *wanted, const char *path, unsigned depth);

/* Something could not be read where a value of this key would still count. */
static void
hide(struct ssh_value *wanted)
{
	if (wanted->value.n == 0 || many(wanted->key))
		wanted->hidden = true;
}

/* The names in the directory, whose path has no slash at its end. */
static void
names_of(struct ssh_value *wanted, const char *directory, struct list *names)
{
	struct settings *settings = wanted->settings;

	errno = 0;
	if ((!tree_names(settings->tree, directory, names) &&
		errno == EACCES) ||
	    (settings->tree->reply != NULL &&
		settings_read(settings, directory)->error == EACCES))
		hide(wanted);
}

/* Include of sshd_config(5): a path, with a * as its last part at most. */
static void
include(struct ssh_value *wanted, struct span rest, unsigned depth)
{
	while (rest.n > 0) {
		struct span pattern = settings_word(&rest), tail = pattern;
		struct buffer path = {0}, directory = {0};
		struct list names = {0};

		if (pattern.p[0] != '/')
			buffer_printf(&directory, "/etc/ssh/");
		while (span_find(tail, '/') != NULL) {
			struct span part = span_cut(&tail, '/');

			buffer_printf(&directory, "%.*s/", SPAN_ARG(part));
		}
		buffer_add_byte(&directory, '\0');
		if (span_starts(tail, SPAN("*")))
			names_of(wanted,
			    settings_string(wanted->settings,
				(struct span){directory.p, directory.n - 2}),
			    &names);
		else
			list_add(&names, tail);
		if (memchr(tail.p, '?', tail.n) != NULL ||
		    memchr(tail.p, '[', tail.n) != NULL)
			hide(wanted); /* a pattern that is not followed here */
		for (size_t i = 0; i < names.count; i++) {
			buffer_reset(&path);
			buffer_printf(&path, "%s%.*s", directory.p,
			    SPAN_ARG(names.item[i]));
			buffer_add_byte(&path, '\0');
			if (!span_starts(tail, SPAN("*")) ||
			    span_ends(names.item[i], span_skip(tail, 1)))
				find_in_file(wanted, path.p, depth + 1);
		}
		list_release(&names);
		buffer_release(&path);
		buffer_release(&directory);
	}
}

static void
find_in_text(struct ssh_value *wanted, struct span text, unsigned depth)
{
	struct span line;

	wanted->match = false;
	while (settings_line(&text, &line)) {
		struct span key = line;

		key.n = 0;
		while (key.n < line.n &&
		       !isblank((unsigned char)line.p[key.n]) &&
		       line.p[key.n] != '=')
			key.n++;
		line = span_trim(span_skip(line, key.n));
		if (line.n > 0 && line.p[0] == '=')
			line = span_trim(span_skip(line, 1));
		if (key.n == 5 && strncasecmp(key.p, "match", 5) == 0)
			wanted->match = !span_is(line, "all");
		if (wanted->match)
			continue;
		if (key.n == 7 && strncasecmp(key.p, "include", 7) == 0) {
			include(wanted, line, depth);
			continue;
		}
		if (key.n != wanted->key.n ||
		    strncasecmp(key.p, wanted->key.p, key.n) != 0 ||
		    (wanted->value.n > 0 && !many(key)))
			continue;
		if (wanted->value.n > 0)
			buffer_add_byte(&wanted->value, ' ');
		buffer_add_span(&wanted->value, line);
	}
	wanted->match = false;
}

static void
find_in_file(struct ssh_value *wanted, const char *path, unsigned depth)
{
	const struct settings_file *file;
	struct span text;

	if (depth >= CONFIGURATION_DEPTH)
		return;
	file = settings_read(wanted->settings, path);
	text = file->text;
	if (file->error != 0 && file->error != ENOENT)
		hide(wanted);
	find_in_text(wanted, text, depth);
}

/* What the server says of itself, which only root may ask it. */
static struct span
effective(struct settings *settings)
{
	static const char *const question[] = {sshd_path, "-T", NULL};
	static bool asked;
	static struct span answer;

	if (settings->tree->reply != NULL)
		return settings_read(settings, "/probe/sshd")->text;
	if (asked)
		return answer;
	asked = true;
	if (!settings->tree->confined && geteuid() == 0)
		answer = output_of(settings, question);
	return answer;
}

/*
 * A setting that the files leave out has a default which depends on the
 * server's version: then there is no fact, unless the server was asked.
 */
void
settings_sshd(struct settings *settings, struct span rest)
{
	struct span said;

	if (!tree_exists(settings->tree, sshd_path)) {
		settings_fact(settings, SPAN("no"), "sshd");
		return;
	}
	said = effective(settings);
	settings_fact(settings, SPAN("yes"), "sshd");
	settings_fact(settings, said.n > 0 ? SPAN("sshd -T") : SPAN("files"),
	    "sshd.source");
	while (rest.n > 0) {
		struct ssh_value wanted = {
		    .settings = settings, .key = settings_word(&rest)};

		if (said.n > 0)
			find_in_text(&wanted, said, 0);
		else
			find_in_file(&wanted, "/etc/ssh/sshd_config", 0);
		if (said.n > 0 && wanted.value.n == 0)
			buffer_add_span(&wanted.value, SPAN("unset"));
		if (wanted.value.n > 0 && !wanted.hidden)
			settings_fact(settings, buffer_span(&wanted.value),
			    "sshd.%.*s", SPAN_ARG(wanted.key));
		buffer_release(&wanted.value);
	}
}

/* ---- apt */

/* Lines of apt-config dump: NAME "VALUE"; */
static struct span
apt_configuration(struct settings *settings)
{
	static const char *const question[] = {"apt-config", "dump", NULL};
	static bool asked;
	static struct span answer;

	if (settings->tree->reply != NULL)
		return settings_read(settings, "/probe/apt")->text;
	if (!asked && !settings->tree->confined &&
	    tree_exists(settings->tree, "/usr/bin/apt-config"))
		answer = output_of(settings, question);
	asked = true;
	return answer;
}

void
settings_apt(struct settings *settings, struct span rest)
{
	struct span name = settings_word(&rest);
	struct span text = apt_configuration(settings), line;
	struct span value = SPAN("unset");
	char key[256];

	if (text.n == 0 || name.n >= sizeof(key))
		return;
	for (size_t i = 0; i <= name.n; i++)
		key[i] = i == name.n ? '\0'
				     : (char)tolower((unsigned char)name.p[i]);
	while (settings_line(&text, &line)) {
		struct span word = settings_word(&line);

		if (word.n != name.n ||
		    strncasecmp(word.p, name.p, word.n) != 0)
			continue;
		(void)span_cut(&line, '"');
		value = line.p == NULL ? SPAN("") : span_cut(&line, '"');
	}
	settings_fact(
	    settings, value.n == 0 ? SPAN("unset") : value, "apt.%s", key);
}

/* ---- where packages come from */

struct sources {
	struct list unverified; /* files that switch checking off */
	struct list plain;	/* files with http:// */
	bool any, security;
};

static bool
contains(struct span line, const char *text)
{
	return line.n > 0 && memmem(line.p, line.n, text, strlen(text)) != NULL;
}

static bool
switches_off(struct span line)
{
	static const char *const signs[] = {"trusted=yes", "allow-insecure=yes",
	    "allow-weak=yes", "Trusted: yes", "Allow-Insecure: yes",
	    "gpgcheck=0", "gpgcheck = 0", "gpgcheck=no", "SigLevel = Never",
	    "pkg_gpgcheck=0"};

	for (unsigned i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (contains(line, signs[i]))
			return true;
	return false;
}

static void
read_source(
    struct settings *settings, struct sources *sources, const char *path)
{
	struct span text = settings_read(settings, path)->text, line;

	while (settings_line(&text, &line)) {
		sources->any = true;
		if (switches_off(line))
			list_add(&sources->unverified, span_of(path));
		if (contains(line, "http://"))
			list_add(&sources->plain, span_of(path));
		if (contains(line, "-security") || contains(line, "/updates "))
			sources->security = true;
	}
}

static void
read_sources(struct settings *settings, struct sources *sources,
    const char *directory, const char *ending, const char *other)
{
	struct list names = {0};
	struct buffer path = {0};

	tree_names(settings->tree, directory, &names);
	for (size_t i = 0; i < names.count; i++) {
		if (!span_ends(names.item[i], span_of(ending)) &&
		    !span_ends(names.item[i], span_of(other)))
			continue;
		buffer_reset(&path);
		buffer_printf(
		    &path, "%s/%.*s", directory, SPAN_ARG(names.item[i]));
		buffer_add_byte(&path, '\0');
		read_source(settings, sources, path.p);
	}
	list_release(&names);
	buffer_release(&path);
}

static void
held(struct settings *settings)
{
	struct list list = {0};

	if (settings->packages == NULL)
		return;
	for (size_t i = 0; i < settings->packages->count; i++)
		if (settings->packages->item[i].present &&
		    span_list_has(
			settings->packages->item[i].state, SPAN("held")))
			list_add(&list, settings->packages->item[i].name);
	settings_list(settings, &list, "packages.held");
}

void
settings_repositories(struct settings *settings, struct span none)
{
	struct sources apt = {0}, other = {0};

	(void)none;
	held(settings);
	read_source(settings, &apt, "/etc/apt/sources.list");
	read_sources(
	    settings, &apt, "/etc/apt/sources.list.d", ".list", ".sources");
	if (apt.any)
		settings_fact(settings, apt.security ? SPAN("yes") : SPAN("no"),
		    "repositories.security");
	read_source(settings, &other, "/etc/dnf/dnf.conf");
	read_source(settings, &other, "/etc/yum.conf");
	read_source(settings, &other, "/etc/pacman.conf");
	read_source(settings, &other, "/etc/apk/repositories");
	read_sources(settings, &other, "/etc/yum.repos.d", ".repo", ".repo");
	read_sources(settings, &other, "/etc/zypp/repos.d", ".repo", ".repo");
	for (size_t i = 0; i < other.unverified.count; i++)
		list_add(&apt.unverified, other.unverified.item[i]);
	for (size_t i = 0; i < other.plain.count; i++)
		list_add(&apt.plain, other.plain.item[i]);
	if (apt.any || other.any) {
		settings_list(
		    settings, &apt.unverified, "repositories.unverified");
		settings_list(settings, &apt.plain, "repositories.plain_http");
	}
	list_release(&apt.unverified);
	list_release(&apt.plain);
	list_release(&other.unverified);
	list_release(&other.plain);
}
