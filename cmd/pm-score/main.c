/*
 * pm-score: how urgent needs are, and what is decided about them.
 * Takes host, cve, waive and need; gives need with risk, class, decision, due.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>

#include "arrange.h"
#include "decide.h"
#include "hold.h"
#include "options.h"
#include "policy.h"
#include "visit.h"

enum { BATCH = ARRANGE_BATCH };

static bool keep, any_order;
static const char *ledger_path;
static const char *explain_name;
static const char *fleet_path;

static const struct option_row options[] = {
    {0, "explain", "HOST",
	"say in words how its needs, or CVE-..., were judged", NULL,
	&explain_name, NULL, NULL},
    {0, "fleet", "FILE", "count the hosts of each role and site beforehand",
	NULL, &fleet_path, NULL, NULL},
    {'k', "keep", NULL, "pass cve records on as well", &keep, NULL, NULL, NULL},
    {0, "ledger", "FILE", "when needs were first seen; they are added to it",
	NULL, &ledger_path, NULL, NULL},
    {'p', "policy", "PATH", "rules, a file or a directory of *.pm; repeatable",
	NULL, NULL, policy_add, NULL},
    {0, "sort", NULL, "take records of any order; sort(1) them first",
	&any_order, NULL, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-score",
    .synopsis = "[options] [cve.tsv ...] [file ...]",
    .summary = "Say how urgent needs are and decide about them by policy",
    .examples = "pm-match feeds/*.tsv inventory.tsv | pm-score cves.tsv -\n"
		"pm-match feed.tsv hosts.tsv | pm-score -p site.pm "
		"-p \"$PM_POLICY\" waive.tsv -",
    .options = options,
};

/* Others must come before the first need: it is judged when it is read. */
static void
check_order(const struct judge *judge, const struct record *record)
{
	if (judge->totals.needs > 0)
		die(PM_EXIT_DATA,
		    "%s: a %.*s record behind the first need, which was judged "
		    "without it; name its file before the needs, or use --sort",
		    record_where(record), SPAN_ARG(record->layout->name));
}

/* A record that is kept gets the score that only its vector has. */
static void
take_cve(
    struct judge *judge, struct output *output, const struct record *record)
{
	static const unsigned column = CVE_CVSS;
	struct span lacking = threats_add(judge->threats, record);

	if (keep && span_absent(lacking))
		output_pass(output, record);
	else if (keep)
		output_amend(output, record, &column, &lacking, 1);
}

static void
take_host(struct judge *judge, struct output *output,
    const struct record *record, const struct finding *finding)
{
	if (judge->explain != NULL) {
		explain_host(judge->explain, judge->fleet->rules, record);
		explain_exposure(judge->explain, record, finding->why);
	}
	fleet_host(judge->fleet, output, record, finding);
}

static void
take(struct judge *judge, struct output *output, const struct record *record)
{
	static const struct finding nothing = {{"-", 1}, {"", 0}};

	switch (record_type(record)) {
	case RECORD_HOST:
		take_host(judge, output, record, &nothing);
		break;
	case RECORD_CVE:
		check_order(judge, record);
		take_cve(judge, output, record);
		break;
	case RECORD_WAIVE:
		check_order(judge, record);
		waivers_add(judge->waivers, record);
		output_pass(output, record);
		break;
	case RECORD_EVENT:
	case RECORD_DONE:
	case RECORD_TEST:
		check_order(judge, record);
		history_add(judge->history, record);
		if (judge->ledger != NULL &&
		    record_type(record) == RECORD_EVENT)
			ledger_event(judge->ledger, record);
		output_pass(output, record);
		break;
	case RECORD_FACT:
		if (judge->explain != NULL)
			explain_fact(judge->explain, record);
		if (!fleet_said(judge->fleet, record))
			output_pass(output, record);
		break;
	case RECORD_COVER:
		if (judge->ledger != NULL)
			ledger_cover(judge->ledger, record);
		waivers_cover(judge->waivers, record);
		output_pass(output, record);
		break;
	case RECORD_NEED:
		judge_need(judge, output, record, 0);
		break;
	case RECORD_CHECK:
		/* What an earlier run said of waivers is said anew. */
		if (!span_is(record_get(record, CHECK_KIND), "waiver"))
			output_pass(output, record);
		break;
	default:
		output_pass(output, record);
	}
}

/* The host that was held back, now that its sockets are known. */
static void
settle(struct judge *judge, struct output *output, struct hold *hold)
{
	struct held held;
	struct finding finding;

	if (!hold_take(hold, &held))
		return;
	finding = (struct finding){held.exposed, held.why};
	take_host(judge, output, held.records, &finding);
	for (size_t i = 1; i < held.count; i++)
		take(judge, output, &held.records[i]);
	hold_forget(hold);
}

static void
expect(struct judge *judge, const struct record *records, size_t count)
{
	threats_expect(judge->threats, records, count);
	if (judge->ledger != NULL)
		ledger_expect(judge->ledger, records, count);
}

/* The needs of a host that were held back, now that all are known. */
static void
depart(struct judge *judge, struct output *output, struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++) {
		const struct record *record = &visit->records[i];
		size_t left = visit->count - i;

		if (i % BATCH == 0)
			expect(judge, record, left < BATCH ? left : BATCH);
		if (record_type(record) == RECORD_NEED)
			judge_need(
			    judge, output, record, visit_closure(visit, i));
		else
			take(judge, output, record);
	}
	visit_forget(visit);
}

/* A record as it comes in; it may have to wait for what is behind it. */
static void
receive(struct judge *judge, struct output *output, struct hold *hold,
    struct visit *visit, const struct record *record)
{
	enum record_type type = record_type(record);

	if (visit->count > 0 && !visit_fits(visit, record))
		depart(judge, output, visit);
	if (type == RECORD_HOST || type == RECORD_NEED)
		settle(judge, output, hold);
	if (type == RECORD_ALLOW)
		hold_allow(hold, record);
	if (!hold_keep(hold, record) &&
	    !visit_keep(visit, judge->fleet, record))
		take(judge, output, record);
}

/* Totals, and the status that they ask for. */
static enum pm_exit
conclude(const struct judge *judge, enum pm_exit status)
{
	const struct fleet *fleet = judge->fleet;
	size_t hosts = fleet->names.count - 1;

	/* With --keep it is of use without hosts: it scores vectors. */
	if (fleet->names.count == 0 && judge->totals.needs == 0 && !keep)
		die(PM_EXIT_NOTHING,
		    "the input has neither a host nor a need: nothing to "
		    "score");
	if (!common.quiet)
		judge_totals(judge);
	if (fleet->unrated > (common.quiet ? UNRATED_NAMED : 0))
		warning("%" PRIu64 " of %zu %s %s no rating of tier or "
			"exposed%s",
		    fleet->unrated, hosts, PLURAL(hosts, "host", "hosts"),
		    PLURAL(fleet->unrated, "has", "have"),
		    fleet->unrated > UNRATED_NAMED
			? "; those with - there in their host record"
			: "");
	if (judge->totals.undecided > 0)
		warning("no rule decides about %" PRIu64 " %s; end the "
			"policy with a rule without conditions",
		    judge->totals.undecided,
		    PLURAL(judge->totals.undecided, "need", "needs"));
	if (status == PM_EXIT_OK && common.strict &&
	    (fleet->unrated > 0 || judge->totals.undecided > 0))
		return PM_EXIT_CONDITION;
	return status;
}

/* Put the whole input into the order that judging takes. */
static void
arrange_input(
    const struct judge *judge, struct input *input, struct arrange *arrange)
{
	struct record records[BATCH];
	size_t count;

	arrange_start(arrange);
	while ((count = input_batch(input, records, BATCH)) > 0)
		for (size_t i = 0; i < count; i++) {
			if (fleet_path == NULL &&
			    record_type(&records[i]) == RECORD_HOST)
				peers_add(judge->peers, judge->fleet->rules,
				    &records[i]);
			arrange_add(arrange, &records[i]);
		}
	arrange_turn(arrange);
}

static void
judge_records(struct judge *judge, struct output *output, struct input *input,
    struct arrange *arrange)
{
	struct record records[BATCH];
	struct hold hold = {.hosts = 0};
	struct visit visit = {.count = 0};
	size_t count;

	while ((count = any_order ? arrange_batch(arrange, records)
				  : input_batch(input, records, BATCH)) > 0) {
		if (!visit_waits(&records[0]))
			expect(judge, records, count);
		for (size_t i = 0; i < count; i++)
			receive(judge, output, &hold, &visit, &records[i]);
	}
	depart(judge, output, &visit);
	settle(judge, output, &hold);
	visit_release(&visit);
	hold_release(&hold);
}

static void
score(struct judge *judge, struct input *input, struct output *output)
{
	struct arrange arrange = {.sort = -1};

	input_require(input, RECORD_NEED, NEED_HOST);
	input_require(input, RECORD_NEED, NEED_PACKAGE);
	input_require(input, RECORD_HOST, HOST_HOST);
	input_require(input, RECORD_CVE, CVE_CVE);
	if (any_order)
		arrange_input(judge, input, &arrange);
	judge_records(judge, output, input, &arrange);
	arrange_release(&arrange);
	waivers_report(judge->waivers, output);
}

/* Is the first operand a vulnerability to explain?  A file is ./CVE-... */
static bool
is_vulnerability(const char *operand)
{
	return operand != NULL && span_starts(span_of(operand), SPAN("CVE-"));
}

/* The words go to standard output, the stream nowhere. */
static void
start_explaining(struct judge *judge, struct explain *explain,
    struct output *stream, struct output *words, const char *cve)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (nowhere == -1)
		die_errno(PM_EXIT_IO, "/dev/null");
	output_open(stream, nowhere, "/dev/null", false);
	*explain = (struct explain){.host = span_of(explain_name),
	    .cve = cve == NULL ? SPAN("-") : span_of(cve),
	    .output = words,
	    .threats = judge->threats};
	judge->explain = explain;
}

static void
release(struct judge *judge)
{
	if (judge->ledger != NULL)
		ledger_release(judge->ledger);
	peers_release(judge->peers);
	history_release(judge->history);
	waivers_release(judge->waivers);
	threats_release(judge->threats);
	rules_free(judge->rules);
	rules_free(judge->fleet->rules);
	fleet_release(judge->fleet);
	judge_release(judge);
}

static void
prepare(struct judge *judge, struct fleet *fleet, struct ledger *ledger,
    int count, char **files)
{
	judge->rules = policy_read(judge_columns());
	fleet_start(fleet, policy_read(fleet_columns()),
	    judge_host_columns(judge->rules));
	if (fleet_path != NULL)
		peers_read(judge->peers, fleet->rules, fleet_path);
	else if (!any_order)
		peers_scan(judge->peers, fleet->rules, count, files);
	if (ledger_path == NULL)
		return;
	ledger_open(ledger, ledger_path);
	judge->ledger = ledger;
}

int
main(int argc, char **argv)
{
	struct output output, sink;
	struct input input;
	struct fleet fleet;
	struct threats threats = {.capacity = 0};
	struct waivers waivers = {.count = 0};
	struct history history = {.capacity = 0};
	struct peers peers = {.capacity = 0};
	struct ledger ledger;
	struct explain explain;
	struct judge judge = {.fleet = &fleet,
	    .threats = &threats,
	    .waivers = &waivers,
	    .history = &history,
	    .peers = &peers};
	enum pm_exit status;
	const char *cve = NULL;
	int first;

	diag_start(argv[0]);
	first = options_parse(&program, argc, argv);
	if (explain_name != NULL && is_vulnerability(argv[first]))
		cve = argv[first++];
	prepare(&judge, &fleet, &ledger, argc - first, argv + first);
	program_output(&output);
	if (explain_name != NULL)
		start_explaining(&judge, &explain, &sink, &output, cve);
	input_open(&input, argc - first, argv + first,
	    judge.explain == NULL ? &output : NULL, common.skip_bad);
	score(&judge, &input, judge.explain == NULL ? &output : &sink);
	status = input_finish(&input);
	if (judge.explain == NULL)
		status = conclude(&judge, status);
	else {
		explain_finish(&explain);
		output_close(&sink);
	}
	if (judge.ledger != NULL && judge.explain == NULL)
		ledger_write(&ledger, input.rejected == 0);
	release(&judge);
	return (int)program_finish(&output, status);
}
