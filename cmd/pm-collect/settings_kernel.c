/* Settings of the kernel, its modules, and services at boot. */
#include <errno.h>

#include "settings.h"

enum { COMM_MAX = 15 }; /* bytes of a process's name that the kernel keeps */

void
settings_sysctl(struct settings *settings, struct span rest)
{
	struct span name = settings_word(&rest), text;
	struct buffer path = {0}, value = {0};
	const struct settings_file *file;

	buffer_printf(&path, "/proc/sys/%.*s", SPAN_ARG(name));
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '.')
			path.p[i] = '/';
	buffer_add_byte(&path, '\0');
	file = settings_read(settings, path.p);
	text = file->text;
	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');

		while (line.n > 0) {
			if (value.n > 0)
				buffer_add_byte(&value, ' ');
			buffer_add_span(&value, settings_word(&line));
		}
	}
	if (file->error == 0 && settings->processes != NULL)
		settings_fact(settings, buffer_span(&value), "sysctl.%.*s",
		    SPAN_ARG(name));
	if (file->error == 0 || settings->processes == NULL)
		settings_sysctl_boot(settings, name);
	buffer_release(&path);
	buffer_release(&value);
}

/* ---- modules */

/* To modprobe, a hyphen and an underscore are the same. */
static bool
same_module(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char x = a.p[i] == '-' ? '_' : a.p[i];
		char y = b.p[i] == '-' ? '_' : b.p[i];

		if (x != y)
			return false;
	}
	return true;
}

static bool
module_loaded(struct settings *settings, struct span name)
{
	struct span text = settings_read(settings, "/proc/modules")->text;

	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');

		if (same_module(settings_word(&line), name))
			return true;
	}
	return false;
}

/* What modprobe.d(5) says: "disabled", "blacklisted" or NULL. */
static const char *
module_policy(struct settings *settings, struct span name, struct span text,
    const char *found)
{
	struct span line;

	while (settings_line(&text, &line)) {
		struct span word = settings_word(&line);
		struct span module = settings_word(&line);
		struct span command = settings_word(&line);

		if (!same_module(module, name))
			continue;
		if (span_is(word, "install") &&
		    (span_ends(command, SPAN("/false")) ||
			span_ends(command, SPAN("/true"))))
			return "disabled";
		if (span_is(word, "blacklist"))
			found = "blacklisted";
	}
	(void)settings;
	return found;
}

static const char *
module_configured(struct settings *settings, struct span name)
{
	static const char *const directories[] = {"/etc/modprobe.d",
	    "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"};
	const char *found = NULL;

	for (unsigned i = 0; i < 4; i++) {
		struct list names = {0};

		tree_names(settings->tree, directories[i], &names);
		for (size_t k = 0; k < names.count; k++) {
			struct buffer path = {0};

			buffer_printf(&path, "%s/%.*s", directories[i],
			    SPAN_ARG(names.item[k]));
			buffer_add_byte(&path, '\0');
			if (span_ends(names.item[k], SPAN(".conf")))
				found = module_policy(settings, name,
				    settings_read(settings, path.p)->text,
				    found);
			buffer_release(&path);
		}
		list_release(&names);
	}
	return found;
}

/* Is there a file of the module for the kernel that runs? */
static const char *
module_there(struct settings *settings, struct span name)
{
	const struct settings_file *file;
	struct buffer path = {0};
	struct span text;

	if (settings->tree->reply != NULL) {
		file = settings_read(settings, "/probe/modules.dep");
	} else {
		text =
		    settings_read(settings, "/proc/sys/kernel/osrelease")->text;
		text = span_cut(&text, '\n');
		buffer_printf(
		    &path, "/lib/modules/%.*s/modules.dep", SPAN_ARG(text));
		buffer_add_byte(&path, '\0');
		file = settings_read(settings, path.p);
		buffer_release(&path);
	}
	if (file->error != 0)
		return NULL; /* another kernel's modules: nothing is known */
	text = file->text;
	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');
		struct span module = span_cut(&line, ':');

		while (span_find(module, '/') != NULL)
			(void)span_cut(&module, '/');
		if (same_module(span_cut(&module, '.'), name))
			return "available";
	}
	return "absent";
}

void
settings_module(struct settings *settings, struct span rest)
{
	struct span name = settings_word(&rest);
	const char *state = NULL;

	if (settings->processes != NULL && module_loaded(settings, name))
		state = "loaded";
	if (state == NULL)
		state = module_configured(settings, name);
	if (state == NULL && settings->processes != NULL)
		state = module_there(settings, name);
	if (state != NULL)
		settings_fact(
		    settings, span_of(state), "module.%.*s", SPAN_ARG(name));
}

/* ---- services */

/* A link of systemd's, NAME.service below a .wants directory. */
static bool
wanted(struct settings *settings, struct span name, const char *directory)
{
	struct list targets = {0};
	struct buffer path = {0};
	bool found = false;

	tree_names(settings->tree, directory, &targets);
	for (size_t i = 0; i < targets.count && !found; i++) {
		if (!span_ends(targets.item[i], SPAN(".wants")))
			continue;
		for (unsigned kind = 0; kind < 2; kind++) {
			buffer_reset(&path);
			buffer_printf(&path, "%s/%.*s/%.*s.%s", directory,
			    SPAN_ARG(targets.item[i]), SPAN_ARG(name),
			    kind == 0 ? "service" : "socket");
			buffer_add_byte(&path, '\0');
			found = found ||
				tree_entry_exists(settings->tree, path.p);
		}
	}
	list_release(&targets);
	buffer_release(&path);
	return found;
}

/* A link of sysvinit's, SnnNAME of a run level with services. */
static bool
started(struct settings *settings, struct span name)
{
	static const char *const levels[] = {"/etc/rc2.d", "/etc/rc3.d",
	    "/etc/rc4.d", "/etc/rc5.d", "/etc/runlevels/default"};
	bool found = false;

	for (unsigned i = 0; i < 5 && !found; i++) {
		struct list names = {0};

		tree_names(settings->tree, levels[i], &names);
		for (size_t k = 0; k < names.count; k++) {
			struct span entry = names.item[k];

			found = found || span_equal(entry, name) ||
				(entry.n > 3 && entry.p[0] == 'S' &&
				    span_equal(span_skip(entry, 3), name));
		}
		list_release(&names);
	}
	return found;
}

static bool
runs(const struct processes *processes, struct span name)
{
	struct span shorter = name;

	if (shorter.n > COMM_MAX)
		shorter.n = COMM_MAX;
	for (size_t i = 0; i < processes->count; i++) {
		const struct process *process = &processes->item[i];
		struct span unit = process->unit;

		if (process->contained)
			continue;
		if (span_equal(process->name, shorter) ||
		    (span_ends(unit, SPAN(".service")) &&
			span_starts(unit, name) &&
			unit.n == name.n + strlen(".service")))
			return true;
	}
	return false;
}

void
settings_service(struct settings *settings, struct span rest)
{
	struct span name = settings_word(&rest);
	bool enabled = wanted(settings, name, "/etc/systemd/system") ||
		       started(settings, name);

	settings_fact(settings, enabled ? SPAN("yes") : SPAN("no"),
	    "service.%.*s.enabled", SPAN_ARG(name));
	if (settings->processes != NULL)
		settings_fact(settings,
		    runs(settings->processes, name) ? SPAN("yes") : SPAN("no"),
		    "service.%.*s.running", SPAN_ARG(name));
}
