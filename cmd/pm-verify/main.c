/*
 * pm-verify: look again.  Takes a plan, journals and a fresh inventory; gives
 * check records, one for every step.  pm-verify(1)
 */
#include <inttypes.h>
#include <stdio.h>

#include "baseline.h"
#include "fleet.h"
#include "options.h"
#include "timestamp.h"

enum { BATCH = 64 };

static const char *journal, *signers;
static struct baseline_request request;

static const struct option_row options[] = {
    {.letter = 'J',
	.name = "journal",
	.argument = "FILE",
	.value = &journal,
	.help = "a journal of pm-apply; verify its chain too"},
    {.name = "allowed-signers",
	.argument = "FILE",
	.value = &signers,
	.help = "approvals count that these keys have signed"},
    {.letter = 'b',
	.name = "baseline",
	.argument = "FILE",
	.each = baseline_add,
	.help = "judge hosts by this file or folder of rules instead"},
    {.name = "rule",
	.argument = "ID",
	.value = &request.only,
	.help = "with -b: this check alone"},
    {.letter = 'k',
	.name = "keep",
	.flag = &request.keep,
	.help = "with -b: pass packages, services and facts on"},
    {.name = "remedies",
	.flag = &request.remedies,
	.help = "with -b: what would mend it too, as records"},
    {.name = "script",
	.argument = "HOST",
	.value = &request.script,
	.help = "with -b: what would mend this host, as a script"},
    {0}};

static const struct program program = {
    .name = "pm-verify",
    .synopsis = "[options] [plan.tsv [journal.tsv inventory.tsv "
		"approve.tsv...]]",
    .summary = "Look again whether the hosts of a plan are as planned",
    .examples =
	"pm-collect local | pm-verify --journal journal.tsv plan.tsv -\n"
	"pm-collect local --facts | pm-verify -b share/baselines -",
    .options = options,
};

static void
check_request(void)
{
	if (baseline_given() && (journal != NULL || signers != NULL))
		die(PM_EXIT_USAGE,
		    "--journal and --allowed-signers are for plans, not for "
		    "baselines");
	if (!baseline_given() &&
	    (request.only != NULL || request.script != NULL ||
		request.remedies || request.keep))
		die(PM_EXIT_USAGE,
		    "--rule, --keep, --remedies and --script go with "
		    "--baseline");
	if (request.script != NULL && request.remedies)
		die(PM_EXIT_USAGE, "--script or --remedies, not both");
}

static void
require_columns(struct input *input)
{
	static const struct {
		enum record_type type;
		unsigned column;
	} required[] = {
	    {RECORD_HOST, HOST_HOST},
	    {RECORD_PKG, PKG_HOST},
	    {RECORD_PKG, PKG_PACKAGE},
	    {RECORD_PKG, PKG_VERSION},
	    {RECORD_SVC, SVC_HOST},
	    {RECORD_FACT, FACT_HOST},
	    {RECORD_FACT, FACT_KEY},
	    {RECORD_FACT, FACT_VALUE},
	    {RECORD_NEED, NEED_HOST},
	    {RECORD_NEED, NEED_PACKAGE},
	    {RECORD_STEP, STEP_PLAN},
	    {RECORD_STEP, STEP_STEP},
	    {RECORD_STEP, STEP_HOST},
	    {RECORD_STEP, STEP_ACTION},
	    {RECORD_STEP, STEP_PACKAGE},
	    {RECORD_STEP, STEP_TO},
	    {RECORD_STEP, STEP_STATE},
	    {RECORD_DONE, DONE_PLAN},
	    {RECORD_DONE, DONE_STEP},
	    {RECORD_DONE, DONE_OUTCOME},
	    {RECORD_TEST, TEST_HOST},
	    {RECORD_APPROVE, APPROVE_PLAN},
	    {RECORD_APPROVE, APPROVE_SCOPE},
	    {RECORD_APPROVE, APPROVE_WHO},
	    {RECORD_APPROVE, APPROVE_WHEN},
	};

	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++)
		input_require(input, required[i].type, required[i].column);
}

/* The first operand is the plan, what follows it is from afterwards. */
static bool
read_all(struct fleet *fleet, struct input *input, const char *plan,
    struct output *output)
{
	struct record records[BATCH];
	int behind = input->left - 1;
	bool before = true, planned = false;
	size_t count;

	while ((count = input_batch(input, records, BATCH)) > 0) {
		if (before && input->left < behind) {
			before = false;
			planned = plan_end(fleet, plan);
		}
		for (size_t i = 0; i < count; i++)
			if (before ? plan_record(fleet, &records[i])
				   : fresh_record(fleet, &records[i]))
				output_pass(output, &records[i]);
	}
	return before ? plan_end(fleet, plan) : planned;
}

/* Every step has become one row; anything else is a mistake of this program. */
static void
balance(
    const struct fleet *fleet, const struct checks *checks, uint64_t examined)
{
	uint64_t rows = checks_steps(checks);
	struct buffer text = {0};

	if (rows != fleet->step_count)
		die(PM_EXIT_SYSTEM,
		    "%zu steps, but %" PRIu64
		    " checks of them: do not use the result, and report this "
		    "as a bug",
		    fleet->step_count, rows);
	if (common.quiet)
		return;
	buffer_printf(
	    &text, "%" PRIu64 " %s = ", rows, PLURAL(rows, "step", "steps"));
	checks_tally(checks->steps, " + ", &text);
	buffer_printf(&text,
	    "; %" PRIu64 " %s examined; other checks: ", examined,
	    PLURAL(examined, "host", "hosts"));
	checks_tally(checks->others, ", ", &text);
	buffer_add_byte(&text, '\0');
	warning("%s", text.p);
	if (fleet->foreign_done > 0)
		warning("%" PRIu64 " done %s left out", fleet->foreign_done,
		    PLURAL(fleet->foreign_done, "record of another plan was",
			"records of other plans were"));
	buffer_release(&text);
}

static enum pm_exit
verify(struct fleet *fleet, struct checks *checks, struct output *output,
    enum pm_exit status)
{
	uint64_t examined;

	checks->plan = fleet->plan;
	if (journal != NULL)
		history_journal(fleet, checks, journal);
	approvals_signers(signers);
	approvals_judge(fleet, checks);
	checks_write(checks, SPAN("-"), output);
	examined = judge_fleet(fleet, checks, output);
	balance(fleet, checks, examined);
	if (status == PM_EXIT_OK && examined == 0) {
		warning("no host of the plan was examined; give a fresh "
			"inventory of them behind the plan");
		status = PM_EXIT_NOTHING;
	}
	if (status == PM_EXIT_OK && common.strict && checks_finding(checks))
		status = PM_EXIT_CONDITION;
	return status;
}

int
main(int argc, char **argv)
{
	struct fleet fleet = {0};
	struct checks checks = {0};
	struct output output;
	struct input input;
	enum pm_exit status;
	int first;

	diag_start(argv[0]);
	first = options_parse(&program, argc, argv);
	check_request();
	program_output(&output);
	input_open(
	    &input, argc - first, argv + first, &output, common.skip_bad);
	require_columns(&input);
	if (baseline_given()) {
		status = baseline_verify(&input, &output, &request);
	} else if (read_all(&fleet, &input, first < argc ? argv[first] : "-",
		       &output)) {
		status = input_finish(&input);
		status = verify(&fleet, &checks, &output, status);
	} else {
		status = input_finish(&input);
		warning("the plan has no steps: there is nothing to verify");
		if (status == PM_EXIT_OK)
			status = PM_EXIT_NOTHING;
	}
	status = program_finish(&output, status);
	fleet_release(&fleet);
	checks_release(&checks);
	return (int)status;
}
