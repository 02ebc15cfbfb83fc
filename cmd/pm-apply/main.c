/* pm-apply: carry out an approved plan, and keep a journal.  pm-apply(1) */
#include <inttypes.h>
#include <unistd.h>

#include "attend.h"
#include "driver.h"
#include "gates.h"
#include "options.h"
#include "pull.h"
#include "schedule.h"
#include "select.h"
#include "timestamp.h"

static bool dry_run;
static const char *journal_path = "journal.tsv";
static const char *root, *command, *host, *attended, *rollback;
static const char *allowed_signers;
static bool signed_evidence;
static const char *timeout = "2h", *lock_wait = "5m";
static const char *jobs = "1", *max_fail = "1", *run_timeout;
static const char *reboot_wait = "15m", *settle = "30";
static const char *hooks, *checks, *answers, *export_to, *import_from;
static bool resume, rollback_on_failure;

static const struct option_row options[] = {
    {'n', "dry-run", NULL, "show what the package manager would do", &dry_run,
	NULL, NULL, NULL},
    {'J', "journal", "FILE", "the journal (journal.tsv)", NULL, &journal_path,
	NULL, "PM_JOURNAL"},
    {0, "root", "DIR", "work on the image of a system", NULL, &root, NULL,
	NULL},
    {'e', "rsh", "COMMAND", "reach hosts by COMMAND HOST sh", NULL, &command,
	NULL, NULL},
    {0, "host", "NAME,...", "only the steps of these hosts", NULL, &host, NULL,
	NULL},
    {0, "allowed-signers", "FILE", "only approvals signed by these keys count",
	NULL, &allowed_signers, NULL, "PM_ALLOWED_SIGNERS"},
    {0, "signed-evidence", NULL, "evidence that is not signed does not count",
	&signed_evidence, NULL, NULL, NULL},
    {0, "attended", "WHO", "who is present for attended steps", NULL, &attended,
	NULL, NULL},
    {0, "answers", "FILE", "the operator's answers, instead of the terminal",
	NULL, &answers, NULL, NULL},
    {0, "export", "DIR", "write a script for each host that carries it out",
	NULL, &export_to, NULL, NULL},
    {0, "import", "FILE", "take over the journal of such a script", NULL,
	&import_from, NULL, NULL},
    {0, "resume", NULL, "only if the journal knows the plan", &resume, NULL,
	NULL, NULL},
    {0, "rollback", "STEPS", "take back step ids, or all that was done", NULL,
	&rollback, NULL, NULL},
    {0, "timeout", "DURATION", "end a transaction after that long (2h)", NULL,
	&timeout, NULL, NULL},
    {0, "lock-wait", "DURATION", "wait for the package manager's lock (5m)",
	NULL, &lock_wait, NULL, NULL},
    {0, "reboot-wait", "DURATION", "a host must be back in that time (15m)",
	NULL, &reboot_wait, NULL, NULL},
    {0, "settle", "DURATION", "services must be up again in that time (30)",
	NULL, &settle, NULL, NULL},
    {0, "run-timeout", "DURATION", "begin nothing more after that long", NULL,
	&run_timeout, NULL, NULL},
    {'j', "jobs", "N|N%", "hosts at a time (1)", NULL, &jobs, NULL, NULL},
    {0, "max-fail", "N|N%", "halt when so many hosts have failed (1)", NULL,
	&max_fail, NULL, NULL},
    {0, "hooks", "DIR", "programs of the site: backup, silence and others",
	NULL, &hooks, NULL, "PM_HOOKS"},
    {0, "checks", "DIR", "health checks by role", NULL, &checks, NULL,
	"PM_CHECKS"},
    {0, "rollback-on-failure", NULL, "take a visit back when its check fails",
	&rollback_on_failure, NULL, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-apply",
    .synopsis =
	"[local] [options] plan.tsv [approve.tsv ...] [evidence.tsv ...]",
    .summary = "Carry out the planned steps of an approved plan on this "
	       "machine, an image\n(--root) or other hosts (-e), and keep a "
	       "journal",
    .examples = "pm-apply -n plan.tsv | grep '^##'\n"
		"pm-apply -e 'ssh -o BatchMode=yes' plan.tsv approve.tsv | "
		"pm-verify plan.tsv -",
    .options = options,
};

/* A number from 1, or a share of the hosts, at least one. */
static uint64_t
share(const char *option, const char *text, size_t hosts)
{
	struct span digits = span_of(text);
	uint64_t value;
	bool percent = span_ends(digits, SPAN("%"));

	if (percent)
		digits.n--;
	if (!span_number(digits, &value) || value == 0 ||
	    (percent && value > 100))
		die(PM_EXIT_USAGE,
		    "%s: '%s' is neither a number from 1 nor a share up to "
		    "100%%",
		    option, text);
	if (percent)
		value = value * hosts / 100;
	return value == 0 ? 1 : value;
}

static void
choose_transport(struct transport *transport, bool local)
{
	if ((root != NULL) + (command != NULL) + local > 1)
		die(PM_EXIT_USAGE, "choose one of local, --root and -e");
	/* Nothing is begun: the hosts are those of the plan. */
	if (export_to != NULL || import_from != NULL)
		transport_command(transport, "false");
	else if (root != NULL)
		transport_root(transport, root);
	else if (command != NULL)
		transport_command(transport, command);
	else
		transport_local(transport);
	if (transport->kind == TRANSPORT_LOCAL && geteuid() != 0 && !dry_run)
		die(PM_EXIT_REFUSED, "installing needs root: start it with "
				     "sudo, or look at it with -n");
}

/* May any step of the visit begin now? */
static bool
may_begin(const struct schedule *schedule, const struct visit *visit)
{
	const struct gate *gate = &schedule->site->gate;
	struct buffer reason = {0};
	bool admitted = false;
	bool open = gate_visit(gate, visit->steps, visit->count, &reason) ==
		    PM_EXIT_OK;

	for (size_t i = 0; i < visit->count && open && !admitted; i++) {
		const struct step *step = visit->steps[i];

		admitted = step->selected &&
			   gate_step(gate, step, &reason) == PM_EXIT_OK &&
			   gate_after(gate, step, &reason) == PM_EXIT_OK;
	}
	buffer_release(&reason);
	return admitted;
}

/*
 * When no step may begin, nothing is changed, not even a journal made.  One
 * that is there is opened in any case: something may be under way.
 */
static bool
look_only(const struct schedule *schedule)
{
	bool admitted = false;

	for (size_t i = 0; i < schedule->count && !admitted; i++)
		admitted = may_begin(schedule, &schedule->visits[i]);
	return dry_run ||
	       ((!admitted || resume) && access(journal_path, F_OK) == -1);
}

/* Every run carries on; this is for those who expect that there was one. */
static void
check_resumed(const struct ledger *ledger)
{
	if (resume && ledger->known == 0)
		die(PM_EXIT_NOTHING,
		    "%s: no record of this plan, so there is nothing to carry "
		    "on; name the journal of the run before with --journal, or "
		    "begin without --resume",
		    journal_path);
}

static void
totals(const struct site *site)
{
	const uint64_t *settled = site->ledger.settled;
	struct buffer text = {0};
	uint64_t sum = 0;
	size_t selected = select_count(site->plan);

	for (unsigned i = 0; i < OUTCOMES; i++) {
		sum += settled[i];
		if (settled[i] > 0)
			buffer_printf(&text, ", %" PRIu64 " %s", settled[i],
			    outcome_name((enum outcome)i));
	}
	if (selected > sum)
		buffer_printf(
		    &text, ", %zu settled before", selected - (size_t)sum);
	warning("%zu %s%.*s", selected, PLURAL(selected, "step", "steps"),
	    SPAN_ARG(buffer_span(&text)));
	buffer_release(&text);
}

static enum pm_exit
status_of(const struct schedule *schedule)
{
	const struct ledger *ledger = &schedule->site->ledger;
	const uint64_t *settled = ledger->settled;

	if (schedule->halted)
		return PM_EXIT_HALTED;
	if (settled[OUTCOME_UNREACHABLE] > 0 && schedule->answered == 0)
		return PM_EXIT_UNREACHED;
	if (settled[OUTCOME_FAILED] + settled[OUTCOME_TIMEOUT] +
		settled[OUTCOME_LOST] + settled[OUTCOME_UNREACHABLE] >
	    0)
		return PM_EXIT_PARTIAL;
	if (settled[OUTCOME_REFUSED] > ledger->later)
		return PM_EXIT_REFUSED;
	if (ledger->later > 0 || schedule->interrupted || schedule->late)
		return PM_EXIT_AGAIN;
	if (common.strict && settled[OUTCOME_MANUAL] > 0)
		return PM_EXIT_CONDITION;
	return PM_EXIT_OK;
}

int
main(int argc, char **argv)
{
	struct drivers drivers = {0};
	struct sealed sealed = {0};
	struct output output;
	struct plan plan;
	struct site site = {.plan = &plan};
	struct schedule schedule = {0};
	enum pm_exit status;
	bool local;
	int first;

	diag_start(argv[0]);
	local = argc > 1 && strcmp(argv[1], "local") == 0;
	argc -= local;
	argv += local;
	first = options_parse(&program, argc, argv);
	if (first == argc)
		die(PM_EXIT_USAGE, "name a plan; pm-apply --help tells more");
	site.timeout = option_duration("--timeout", timeout);
	site.lock_wait = option_duration("--lock-wait", lock_wait);
	site.dry_run = dry_run;
	site.back = rollback != NULL;
	site.reboot_wait = option_duration("--reboot-wait", reboot_wait);
	site.settle = option_duration("--settle", settle);
	site.hooks = hooks;
	site.checks = checks;
	site.back_on_failure = rollback_on_failure;
	share("--jobs", jobs, 1);
	share("--max-fail", max_fail, 1);
	choose_transport(&site.transport, local);
	drivers_load(&drivers);
	site.drivers = &drivers;

	attend_open(answers);
	if (signed_evidence && allowed_signers == NULL)
		die(PM_EXIT_USAGE,
		    "--signed-evidence: name the keys that count with "
		    "--allowed-signers FILE");
	sealed.signers = allowed_signers;
	sealed.required = signed_evidence;
	plan_load(&plan, argc - first, argv + first, &sealed);
	gates_signers(allowed_signers);
	gates_check_signatures(&plan, site.back);
	site.gate = (struct gate){
	    .plan = &plan, .attended = attended, .back = site.back};
	select_hosts(&plan, &site.transport, host);
	program_output(&output);
	site.ledger = (struct ledger){.plan = &plan, .output = &output};
	schedule_make(&schedule, &site);
	ledger_open(&site.ledger, journal_path,
	    import_from == NULL && (export_to != NULL || look_only(&schedule)));
	check_resumed(&site.ledger);
	if (rollback != NULL)
		select_rollback(&plan, rollback);

	schedule.jobs = share("--jobs", jobs, schedule_visits(&schedule));
	schedule.max_fail = share(
	    "--max-fail", max_fail, schedule_visits(&schedule));
	if (run_timeout != NULL)
		site.until = run_clock() +
			     option_duration("--run-timeout", run_timeout) *
				 1000;
	if (export_to != NULL)
		pull_export(&schedule, export_to);
	else if (import_from != NULL)
		pull_import(&site, import_from);
	else
		schedule_run(&schedule);
	status = status_of(&schedule);
	if (!common.quiet && export_to == NULL)
		totals(&site);
	ledger_close(&site.ledger);
	schedule_release(&schedule);
	plan_release(&plan);
	transport_release(&site.transport);
	drivers_release(&drivers);
	attend_close();
	return (int)program_finish(&output, status);
}
