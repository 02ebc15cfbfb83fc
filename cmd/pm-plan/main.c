/* pm-plan: which patch, on which host, when, and why not.  pm-plan(1) */
#include <inttypes.h>
#include <pwd.h>
#include <unistd.h>

#include "chains.h"
#include "gates.h"
#include "options.h"
#include "plan.h"
#include "policy.h"
#include "preferences.h"
#include "prerequisites.h"
#include "promote.h"
#include "repository.h"
#include "sealed.h"
#include "timestamp.h"

static const char *plan_name;
static const char *explain;
static const char *calendars;
static const char *backout;
static bool keep;
static bool digest;
static const char *author;
static struct approval approval = {.scope = "*"};
static struct promotion promotion = {.channel = "production"};

static bool every_remedy;
static struct sealed sealed;

static const struct option_row options[] = {
    {.letter = 'p',
	.name = "policy",
	.argument = "PATH",
	.each = policy_add,
	.help = "rules, a file or a directory of *.pm; repeatable"},
    {.name = "calendars",
	.argument = "DIR",
	.environment = "PM_CALENDARS",
	.value = &calendars,
	.help = "where calendars are that windows and freezes name"},
    {.name = "repository",
	.argument = "[SYSTEM=]PATH",
	.each = repository_add,
	.help = "metadata of a repository; repeatable"},
    {.name = "cache",
	.argument = "DIR",
	.value = &repository_cache,
	.environment = "PM_CACHE",
	.help = "where metadata is kept in the solver's format"},
    {.name = "backout",
	.argument = "FILE",
	.value = &backout,
	.help = "write the way back of each visit to FILE"},
    {.letter = 'k',
	.name = "keep",
	.flag = &keep,
	.help = "pass pkg and adv records on as well"},
    {.name = "plan",
	.argument = "NAME",
	.value = &plan_name,
	.help = "name of the plan; by default the time"},
    {.name = "author",
	.argument = "WHO",
	.value = &author,
	.environment = "PM_AUTHOR",
	.help = "who makes the plan; by default who runs this"},
    {.name = "harden-all",
	.flag = &every_remedy,
	.help = "more than two changes of hardening a host"},
    {.name = "explain",
	.argument = "HOST",
	.value = &explain,
	.help = "say why the host is planned so, in words"},
    {.name = "digest",
	.flag = &digest,
	.help = "check a plan's trailer and print its digest"},
    {.name = "approve",
	.argument = "WHO",
	.value = &approval.who,
	.help = "check a plan's trailer, print WHO's approval"},
    {.name = "promote",
	.argument = "WHO",
	.value = &promotion.who,
	.help = "print WHO's promotions of what tests have verified"},
    {.name = "channel",
	.argument = "NAME",
	.value = &promotion.channel,
	.help = "with --promote: to this channel (production)"},
    {.name = "scope",
	.argument = "HOSTS",
	.value = &approval.scope,
	.help = "with --approve: only these hosts, a comma list"},
    {.name = "reason",
	.argument = "TEXT",
	.value = &approval.reason,
	.help = "with --approve, --promote: why"},
    {.name = "role",
	.argument = "ROLE",
	.value = &approval.role,
	.help = "with --approve: in which role"},
    {.name = "expiry",
	.argument = "TIME",
	.value = &approval.expiry,
	.help = "with these: until when, a time or a duration"},
    {.name = "sign",
	.argument = "KEY",
	.value = &approval.key,
	.help = "sign the approval or evidence with this SSH key"},
    {.name = "allowed-signers",
	.argument = "FILE",
	.value = &sealed.signers,
	.environment = "PM_ALLOWED_SIGNERS",
	.help = "signed evidence must be by one of these keys"},
    {.name = "signed-evidence",
	.flag = &sealed.required,
	.help = "and evidence that is not signed does not count"},
    {0}};

static const struct program program = {
    .name = "pm-plan",
    .synopsis = "[options] [file ...]",
    .summary = "Lay what is needed into waves and maintenance windows",
    .examples = "pm-score needs.tsv | pm-plan > plan.tsv\n"
		"pm-plan --approve \"$USER\" plan.tsv > approve.tsv",
    .options = options,
};

static void
read_record(
    struct fleet *fleet, struct output *output, const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_HOST:
		fleet_read_host(fleet, record);
		break;
	case RECORD_NEED:
		needs_read(fleet, record);
		break;
	case RECORD_WAIVE:
		waivers_add(&fleet->waivers, record);
		break;
	case RECORD_ADV:
		visits_read_advisory(fleet, record);
		requires_read(fleet, record);
		if (repository_named())
			preferences_read(record);
		if (!keep)
			return;
		break;
	case RECORD_PKG:
		prerequisites_read(record);
		if (!keep)
			return;
		break;
	case RECORD_FACT:
		prerequisites_read(record);
		break;
	case RECORD_ROSTER:
		roster_read(fleet, record);
		break;
	case RECORD_ORDER:
		order_read(fleet, record);
		break;
	case RECORD_QUORUM:
		groups_read(fleet, record);
		break;
	case RECORD_REMEDY:
		harden_read(fleet, record);
		break;
	case RECORD_STEP:
		die(PM_EXIT_DATA,
		    "%s: the stream holds a plan already; plan from what "
		    "pm-score gives",
		    record_where(record));
	default:
		break;
	}
	sealed_read(&sealed, &fleet->evidence, record);
	if (explain == NULL)
		output_pass(output, record);
}

static int
open_evidence(void *context, const char *file)
{
	return sealed_open(context, file);
}

static enum pm_exit
read_stream(struct fleet *fleet, struct output *output, int count, char **files)
{
	enum { BATCH = 256 };
	struct record records[BATCH];
	struct input input;
	size_t n;

	input_open(&input, count, files, explain == NULL ? output : NULL,
	    common.skip_bad);
	input_open_by(&input, open_evidence, &sealed);
	input_require(&input, RECORD_HOST, HOST_HOST);
	input_require(&input, RECORD_NEED, NEED_HOST);
	input_require(&input, RECORD_NEED, NEED_PACKAGE);
	input_require(&input, RECORD_NEED, NEED_STATE);
	while ((n = input_batch(&input, records, BATCH)) > 0)
		for (size_t i = 0; i < n; i++)
			read_record(fleet, output, &records[i]);
	sealed_end(&sealed);
	return input_finish(&input);
}

/* The name of the plan as field text: --plan, or 20261123T020000Z. */
static struct span
plan_id(struct fleet *fleet)
{
	struct buffer text = {0};
	char now[TIMESTAMP_SIZE];
	struct span id;

	if (plan_name != NULL)
		stream_escape(&text, span_of(plan_name));
	else
		for (const char *p = timestamp_format(fleet->now, now).p; *p;
		     p++)
			if (*p != '-' && *p != ':')
				buffer_add_byte(&text, *p);
	id = arena_copy(&fleet->text, buffer_span(&text));
	buffer_release(&text);
	return id;
}

/* Who makes the plan, for whom policy lets no one approve what is his own. */
static struct span
plan_author(struct fleet *fleet)
{
	struct buffer text = {0};
	const struct passwd *account;
	struct span name;

	if (author == NULL && (account = getpwuid(getuid())) != NULL)
		author = account->pw_name;
	if (author == NULL)
		die(PM_EXIT_USAGE,
		    "--author: this account has no name; say who makes the plan");
	stream_escape(&text, span_of(author));
	name = arena_copy(&fleet->text, buffer_span(&text));
	buffer_release(&text);
	return name;
}

/* Every need has become one row; anything else is a mistake of this program. */
static void
balance(const struct fleet *fleet)
{
	struct buffer text = {0};
	uint64_t sum = 0, needs = 0;

	for (size_t i = 0; i < fleet->need_count; i++)
		needs += !fleet->needs[i].prerequisite;
	for (unsigned i = 0; i < DISPOSITIONS; i++) {
		buffer_printf(&text, "%s%" PRIu64 " %s", i > 0 ? " + " : "",
		    fleet->balance[i], disposition_names[i]);
		sum += fleet->balance[i];
	}
	buffer_add_byte(&text, '\0');
	if (sum != needs)
		die(PM_EXIT_SYSTEM,
		    "%" PRIu64
		    " needs, but %s: the plan is not complete; do not use "
		    "it, and report this as a bug",
		    needs, text.p);
	if (!common.quiet)
		warning("%" PRIu64 " %s = %s; %u %s", needs,
		    PLURAL(needs, "need", "needs"), text.p, fleet->waves,
		    PLURAL(fleet->waves, "wave", "waves"));
	if (!common.quiet && fleet->ownerless > 0)
		warning("%" PRIu32 " %s without an owner; name "
			"one in the inventory or by a rule",
		    fleet->ownerless,
		    PLURAL(fleet->ownerless, "visit is to a host",
			"visits are to hosts"));
	if (!common.quiet && fleet->jobs > 1)
		warning("the times are for pm-apply -j %" PRIu64, fleet->jobs);
	buffer_release(&text);
}

static enum pm_exit
make_plan(struct output *output, int count, char **files)
{
	static struct fleet fleet; /* lives until the end */
	enum pm_exit status;

	if (every_remedy)
		harden_all();
	fleet.now = timestamp_now();
	fleet.calendars = calendars;
	fleet.signed_evidence = sealed.required;
	fleet.rules = policy_read(setting_columns());
	status = read_stream(&fleet, output, count, files);
	if (fleet.host_count == 0)
		die(PM_EXIT_NOTHING,
		    "the input has neither a host nor a need: nothing to plan");
	fleet_sort(&fleet);
	roster_sort(&fleet);
	order_prepare(&fleet);
	groups_make(&fleet);
	rings_make(&fleet);
	fleet.author = plan_author(&fleet);
	windows_parse(&fleet);
	needs_dispose(&fleet);
	chains_make(&fleet, prerequisites_installed());
	prerequisites_solve(&fleet);
	chains_settle(&fleet);
	visits_make(&fleet);
	waves_assign(&fleet);
	slots_assign(&fleet);
	waves_number(&fleet);
	if (explain != NULL) {
		explain_write(&fleet, output, span_of(explain));
		return status;
	}
	steps_write(&fleet, output, plan_id(&fleet));
	if (backout != NULL)
		backout_write(&fleet, backout, plan_id(&fleet));
	balance(&fleet);
	if (!common.quiet)
		prerequisites_report();
	if (status == PM_EXIT_OK && common.strict && fleet.balance[BLOCKED] > 0)
		status = PM_EXIT_CONDITION;
	return status;
}

static enum pm_exit
promote(struct output *output, int count, char **files)
{
	approve_check(files[0]);
	promotion.reason = approval.reason;
	promotion.expiry = approval.expiry == NULL
			       ? INT64_MAX
			       : approve_expiry(approval.expiry);
	return promote_write(output, count, files, &promotion);
}

int
main(int argc, char **argv)
{
	struct output output;
	enum pm_exit status = PM_EXIT_OK;
	int first;

	diag_start(argv[0]);
	first = options_parse(&program, argc, argv);
	if (plan_name != NULL && *plan_name == '\0')
		die(PM_EXIT_USAGE, "--plan: the name is empty");
	if ((digest || approval.who != NULL) && argc - first > 1)
		die(PM_EXIT_USAGE, "name one plan");
	if (promotion.who != NULL && first == argc)
		die(PM_EXIT_USAGE, "--promote: name a plan and checks of it");
	if (sealed.required && sealed.signers == NULL)
		die(PM_EXIT_USAGE,
		    "--signed-evidence: name the keys that count with "
		    "--allowed-signers FILE");
	if (approval.key != NULL && approval.who == NULL && argc - first > 1)
		die(PM_EXIT_USAGE, "--sign: name one file");
	program_output(&output);
	if (promotion.who != NULL)
		status = promote(&output, argc - first, argv + first);
	else if (approval.who != NULL)
		approve_write(
		    &output, first < argc ? argv[first] : "-", &approval);
	else if (approval.key != NULL)
		approve_sign(
		    &output, first < argc ? argv[first] : "-", approval.key);
	else if (digest)
		approve_digest(&output, first < argc ? argv[first] : "-");
	else
		status = make_plan(&output, argc - first, argv + first);
	return (int)program_finish(&output, status);
}
