/* pm-collect ssh HOST ...: hosts that are reached by ssh. */
#include "ssh.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver_text.h"
#include "host.h"
#include "input.h"
#include "options.h"
#include "settings.h"
#include "source.h"
#include "timestamp.h"

enum {
	PROBE_MAX = 1024 * 1024,
	JOBS_MAX = 1024,
	RETRIES_MAX = 10,
	SECOND = 1000
};

static const char *rsh_option = "ssh";
static const char *configuration, *inventory, *share_option;
static const char *jobs_option = "16", *retries_option = "1";
static const char *timeout_option = "2m", *connect_option = "10";
static bool unsorted, facts;
static struct output output;

static const struct option_row options[] = {
    {'F', "config", "FILE", "ssh's configuration file", NULL, &configuration,
	NULL, "PM_SSH_CONFIG"},
    {'e', "rsh", "COMMAND", "reach hosts by COMMAND HOST sh (ssh)", NULL,
	&rsh_option, NULL, NULL},
    {'j', "jobs", "N|N%", "hosts at a time, also as a part of all (16)", NULL,
	&jobs_option, NULL, NULL},
    {0, "from", "FILE", "visit the hosts of the stream in FILE", NULL,
	&inventory, NULL, NULL},
    {0, "timeout", "DURATION", "for the whole visit of a host (2m)", NULL,
	&timeout_option, NULL, NULL},
    {0, "connect-timeout", "DURATION", "for the connection (10)", NULL,
	&connect_option, NULL, NULL},
    {0, "retries", "N", "tries more when a host is not reached (1)", NULL,
	&retries_option, NULL, NULL},
    {0, "share", "DURATION", "keep connections for later runs", NULL,
	&share_option, NULL, NULL},
    {0, "facts", NULL, "how they are set up too, for baselines", &facts, NULL,
	NULL, NULL},
    {0, "unsorted", NULL, "write hosts as they answer", &unsorted, NULL, NULL,
	NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "ssh [options] [HOST ... | -]",
    .summary = "take stock of hosts over ssh",
    .examples = "pm-collect ssh web1 web2 | grep -c '^pkg'\n"
		"pm-collect csv assets.csv | pm-collect ssh - | pm-collect "
		"merge",
    .options = options,
};

static uint64_t
number(const char *option, const char *text, uint64_t least, uint64_t most)
{
	uint64_t value;

	if (!span_number(span_of(text), &value) || value < least ||
	    value > most)
		die(PM_EXIT_USAGE,
		    "%s: '%s' is not a number from %" PRIu64 " to %" PRIu64,
		    option, text, least, most);
	return value;
}

/* A number, or per cent of the hosts; at least one. */
static uint64_t
jobs(size_t hosts)
{
	struct span text = span_of(jobs_option);
	uint64_t part;

	if (!span_ends(text, SPAN("%")))
		return number("-j", jobs_option, 1, JOBS_MAX);
	text.n--;
	if (!span_number(text, &part) || part < 1 || part > 100)
		die(PM_EXIT_USAGE, "-j: '%s' is not from 1%% to 100%%",
		    jobs_option);
	part = (hosts * part + 99) / 100;
	return part > JOBS_MAX ? JOBS_MAX : part;
}

static void
add_host(struct list *hosts, struct span host, const char *where)
{
	if (!command_host_valid(host))
		die(PM_EXIT_DATA,
		    "%s%s%.*s: not the name of a host: letters, digits and "
		    ". _ - : %% @ [ ], no - in front",
		    where, where[0] == '\0' ? "" : ": ", SPAN_ARG(host));
	list_add(hosts, host);
}

static void
read_hosts(struct list *hosts, const char *file)
{
	char *name = memory_array(NULL, strlen(file) + 1, 1);
	char *files[] = {name};
	struct input input;
	struct record record;

	memcpy(name, file, strlen(file) + 1);
	input_open(&input, 1, files, NULL, false);
	input_require(&input, RECORD_HOST, HOST_HOST);
	while (input_next(&input, &record))
		if (record_type(&record) == RECORD_HOST)
			add_host(hosts, record_get(&record, HOST_HOST),
			    record_where(&record));
	input_finish(&input);
	free(name);
}

static void
find_hosts(struct list *hosts, char **operands)
{
	if (inventory != NULL)
		read_hosts(hosts, inventory);
	for (; *operands != NULL; operands++)
		if (strcmp(*operands, "-") == 0)
			read_hosts(hosts, "-");
		else
			add_host(hosts, span_of(*operands), "");
	if (hosts->count == 0)
		die(inventory == NULL ? PM_EXIT_USAGE : PM_EXIT_NOTHING,
		    "name hosts, or - for the host records of standard input");
	list_sort(hosts);
}

/*
 * Connections are kept behind sockets in a directory that nobody else may look
 * into; %C is a digest of what makes a connection, so its length is known.
 */
static void
share_connections(struct command *command)
{
	const char *top = getenv("XDG_RUNTIME_DIR");
	struct buffer text = {0}, path = {0};
	struct stat status;

	if (top == NULL || *top == '\0')
		buffer_printf(
		    &text, "/tmp/pm-ssh-%lu", (unsigned long)geteuid());
	else
		buffer_printf(&text, "%s/pm-ssh", top);
	buffer_add_byte(&text, '\0');
	mkdir(text.p, 0700);
	if (lstat(text.p, &status) == -1)
		die_errno(PM_EXIT_IO, "%s", text.p);
	if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
	    (status.st_mode & 077) != 0)
		die(PM_EXIT_REFUSED,
		    "%s: must be a directory of your own that is closed to "
		    "others (mode 700)",
		    text.p);
	command_add(command, "-o");
	command_add(command, "ControlMaster=auto");
	buffer_printf(&path, "ControlPath=%s/%%C", text.p);
	buffer_add_byte(&path, '\0');
	command_add(command, "-o");
	command_add(command, path.p);
	buffer_release(&path);
	buffer_reset(&text);
	buffer_printf(&text, "ControlPersist=%" PRId64,
	    option_duration("--share", share_option));
	buffer_add_byte(&text, '\0');
	command_add(command, "-o");
	command_add(command, text.p);
	buffer_release(&text);
}

static void
choose_command(struct command *command)
{
	command_split(command, "-e", rsh_option);
	if (configuration != NULL) {
		command_add(command, "-F");
		command_add(command, configuration);
	}
	if (share_option != NULL)
		share_connections(command);
	command_settle_ssh(
	    command, option_duration("--connect-timeout", connect_option));
}

/* What our own reader wrote, each type behind its header. */
static void
write_records(struct span records)
{
	const struct layout *layout = NULL;
	const char *reason;

	while (records.n > 0) {
		struct span line = span_cut(&records, '\n');

		if (span_starts(line, SPAN("#"))) {
			layout = layout_parse(line, &reason);
			continue;
		}
		if (layout == NULL)
			die(PM_EXIT_SYSTEM, "our own reader gave no stream");
		output_begin(&output, layout);
		output_rest(
		    &output, span_skip(line, layout->name.n), layout->fields);
		output_end(&output);
	}
}

/* A host that did not answer is a host, and known to be unknown. */
static void
write_unanswered(const struct ssh_visit *visit)
{
	struct host host = {0};

	host_set(&host, HOST_HOST, ssh_host_name(visit->host));
	host_set(&host, HOST_STATE, span_of(ssh_state_name(visit->state)));
	host_set(&host, HOST_SOURCE, SPAN("ssh"));
	host_write(&host, &output);
	host_fact(&host, "not_seen", buffer_span(&visit->reason), &output);
	host_release(&host);
}

static void
visited(struct ssh_visit *visit)
{
	if (visit->records) {
		write_records(buffer_span(&visit->job.output));
	} else {
		write_unanswered(visit);
		progress_line_clear(&visit->fleet->progress);
		warning("%.*s: %s: %.*s", SPAN_ARG(visit->host),
		    ssh_state_name(visit->state),
		    SPAN_ARG(buffer_span(&visit->reason)));
	}
	if (unsorted)
		output_flush(&output);
}

static void
totals(const struct ssh_fleet *fleet)
{
	struct buffer text = {0};

	if (common.quiet)
		return;
	host_totals(&output);
	for (unsigned i = 0; i < SSH_STATES; i++)
		if (fleet->states[i] > 0)
			buffer_printf(&text, "%s%" PRIu64 " %s",
			    text.n > 0 ? ", " : "", fleet->states[i],
			    ssh_state_name((enum ssh_state)i));
	warning(
	    "%zu visited: %.*s", fleet->count, SPAN_ARG(buffer_span(&text)));
	buffer_release(&text);
}

static enum pm_exit
outcome(const struct ssh_fleet *fleet)
{
	uint64_t answered = 0;

	for (size_t i = 0; i < fleet->count; i++)
		answered += fleet->visit[i].records;
	if (answered == 0)
		return fleet->states[SSH_PARTIAL] > 0 ? PM_EXIT_PARTIAL
						      : PM_EXIT_UNREACHED;
	if (answered < fleet->count)
		return PM_EXIT_PARTIAL;
	return common.strict && fleet->states[SSH_PARTIAL] > 0
		   ? PM_EXIT_CONDITION
		   : PM_EXIT_OK;
}

enum pm_exit
collect_ssh(int argc, char **argv)
{
	struct ssh_fleet fleet = {.ended = visited};
	struct buffer probe = {0};
	struct list hosts = {0};
	enum pm_exit status;
	int first = options_parse(&program, argc, argv);

	find_hosts(&hosts, argv + first);
	choose_command(&fleet.command);
	if (facts)
		settings_watch(&probe);
	driver_text(&probe, "probe", PROBE_MAX);
	fleet.probe = buffer_span(&probe);
	fleet.jobs = jobs(hosts.count);
	fleet.retries = number("--retries", retries_option, 0, RETRIES_MAX);
	fleet.limit = option_duration("--timeout", timeout_option) * SECOND;
	fleet.unsorted = unsorted;
	fleet.quiet = common.quiet;
	program_output(&output);
	ssh_visit_all(&fleet, &hosts);
	progress_line_clear(&fleet.progress);
	if (fleet.interrupted)
		die(PM_EXIT_AGAIN,
		    "interrupted; not all of %zu hosts were "
		    "visited",
		    fleet.count);
	totals(&fleet);
	status = outcome(&fleet);
	ssh_release(&fleet);
	list_release(&hosts);
	buffer_release(&probe);
	return program_finish(&output, status);
}
