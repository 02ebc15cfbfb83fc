/*
 * pm-collect iptables FILE: what iptables-save and ip6tables-save print, see
 * iptables(8) and iptables-extensions(8).  INPUT and FORWARD of the table filter
 * become allow records.
 */
#include "address.h"
#include "firewall.h"
#include "lines.h"
#include "options.h"
#include "source.h"

enum { WORDS_MAX = 256 };

struct saved {
	struct filter *filter;
	struct lines lines; /* of the file */
	struct buffer word; /* one in quotes */
	uint64_t line;
	bool v6;
	bool filtering; /* within the table filter */
	struct span words[WORDS_MAX];
	size_t count, at;
};

static _Noreturn void
fail(const struct saved *saved, const char *reason, struct span what)
{
	const char *quote = what.n == 0 ? "" : "'";

	die(PM_EXIT_DATA, "%s:%llu: %s%s%s%.*s%s", saved->filter->file,
	    (unsigned long long)saved->line, reason, what.n == 0 ? "" : " ",
	    quote, (int)(what.n < 80 ? what.n : 80), what.p, quote);
}

/* A word in double quotes, with \" and \\ in it; *rest is behind the first. */
static struct span
quoted(struct saved *saved, struct span *rest)
{
	struct buffer *text = &saved->word;

	buffer_reset(text);
	for (;;) {
		char byte;

		if (rest->n == 0)
			fail(saved, "a quote is not closed in",
			    SPAN("this line"));
		byte = rest->p[0];
		*rest = span_skip(*rest, 1);
		if (byte == '"')
			break;
		if (byte == '\\' && rest->n > 0) {
			byte = rest->p[0];
			*rest = span_skip(*rest, 1);
		}
		buffer_add_byte(text, byte);
	}
	return arena_copy(&saved->filter->arena, buffer_span(text));
}

static void
split(struct saved *saved, struct span line)
{
	saved->count = saved->at = 0;
	for (;;) {
		size_t n = 0;

		line = span_trim(line);
		if (line.n == 0)
			return;
		if (saved->count == WORDS_MAX)
			fail(saved, "too many words before", line);
		if (line.p[0] == '"') {
			line = span_skip(line, 1);
			saved->words[saved->count++] = quoted(saved, &line);
			continue;
		}
		while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
			n++;
		saved->words[saved->count++] = arena_copy(
		    &saved->filter->arena, (struct span){line.p, n});
		line = span_skip(line, n);
	}
}

static bool
more(const struct saved *saved)
{
	return saved->at < saved->count;
}

static struct span
next(struct saved *saved)
{
	if (!more(saved))
		fail(saved, "an argument is missing behind",
		    saved->count > 0 ? saved->words[saved->count - 1]
				     : SPAN(""));
	return saved->words[saved->at++];
}

static struct filter_chain *
chain(struct saved *saved, struct span label)
{
	struct filter_chain *found = filter_chain(saved->filter,
	    saved->v6 ? SPAN("ip6tables filter") : SPAN("iptables filter"),
	    label);

	found->family = saved->v6 ? SPAN("::/0") : SPAN("0.0.0.0/0");
	return found;
}

/* :INPUT DROP [0:0] */
static void
read_chain(struct saved *saved)
{
	struct span label = span_skip(next(saved), 1);
	struct filter_chain *found = chain(saved, label);

	found->accepts = !span_is(next(saved), "DROP");
	if (span_is(label, "INPUT"))
		found->path = "input";
	else if (span_is(label, "FORWARD"))
		found->path = "forward";
}

/* The option and what follows it up to the next one, as a condition. */
static void
condition(struct saved *saved, struct traffic *traffic, struct span option,
    bool negated)
{
	struct buffer text = {0};

	if (negated)
		buffer_add_span(&text, SPAN("! "));
	buffer_add_span(&text, option);
	while (more(saved) && saved->words[saved->at].p[0] != '-' &&
	       !span_is(saved->words[saved->at], "!")) {
		buffer_add_byte(&text, ' ');
		buffer_add_span(&text, next(saved));
	}
	traffic_condition(&saved->filter->arena, traffic, buffer_span(&text));
	buffer_release(&text);
}

/* The list in a field, with "!" where it is negated. */
static void
put(struct saved *saved, struct span *field, struct span list, bool negated)
{
	struct buffer text = {0};

	if (negated)
		buffer_add_byte(&text, '!');
	buffer_add_span(&text, list);
	/* iptables writes a range of ports as 1024:65535 */
	*field = arena_copy(&saved->filter->arena, buffer_span(&text));
	buffer_release(&text);
}

static struct span
ports(struct saved *saved, struct span list)
{
	struct buffer text = {0};
	struct span copy;

	for (size_t i = 0; i < list.n; i++)
		buffer_add_byte(&text, list.p[i] == ':' ? '-' : list.p[i]);
	copy = arena_copy(&saved->filter->arena, buffer_span(&text));
	buffer_release(&text);
	if (!ports_valid(copy))
		fail(saved, "ports that are no numbers:", list);
	return copy;
}

static struct span
addresses(struct saved *saved, struct span list)
{
	struct address_set set = {0};
	struct span bad;
	bool fine;

	/* An IPv4 mask may be written out: 10.0.0.0/255.0.0.0 never by save. */
	fine = address_set_parse(&set, list, &bad);
	address_set_release(&set);
	if (!fine)
		fail(saved, "not an address:", bad);
	return list;
}

static bool
is_one_of(struct span word, const char *list)
{
	return span_list_has(span_of(list), word);
}

/* Without new connections the rule concerns nothing here. */
static bool
has_new(struct span states, bool negated)
{
	return (span_list_has(states, SPAN("NEW")) ||
		   span_list_has(states, SPAN("UNTRACKED"))) != negated;
}

/* One option of a rule; false when the rule concerns no traffic here. */
static bool
read_option(struct saved *saved, struct filter_rule *rule, struct span option,
    bool negated)
{
	struct traffic *traffic = &rule->traffic;

	if (is_one_of(option, "-s,--source")) {
		put(saved, &traffic->source, addresses(saved, next(saved)),
		    negated);
	} else if (is_one_of(option, "-d,--destination")) {
		put(saved, &traffic->destination, addresses(saved, next(saved)),
		    negated);
	} else if (is_one_of(option, "--src-range")) {
		put(saved, &traffic->source, addresses(saved, next(saved)),
		    negated);
	} else if (is_one_of(option, "--dst-range")) {
		put(saved, &traffic->destination, addresses(saved, next(saved)),
		    negated);
	} else if (is_one_of(option, "-p,--protocol")) {
		struct span proto = next(saved);

		if (!is_one_of(proto, "all"))
			put(saved, &traffic->proto, proto, negated);
	} else if (is_one_of(option, "--dport,--dports")) {
		put(saved, &traffic->port, ports(saved, next(saved)), negated);
	} else if (is_one_of(option, "--ctstate,--state")) {
		return has_new(next(saved), negated);
	} else if (is_one_of(option, "-i,--in-interface") && more(saved) &&
		   span_is(saved->words[saved->at], "lo")) {
		next(saved);
		return negated;
	} else if (is_one_of(option, "-m,--match,--comment,--reject-with,"
				     "--log-prefix,--log-level,--icmp-type,"
				     "--icmpv6-type")) {
		next(saved);
	} else if (is_one_of(option, "--syn")) {
		if (negated)
			return false;
	} else {
		condition(saved, traffic, option, negated);
	}
	return true;
}

static void
read_target(struct saved *saved, struct filter_rule *rule, bool go)
{
	struct span target = next(saved);

	rule->target = target;
	if (is_one_of(target, "ACCEPT"))
		rule->verdict = VERDICT_ACCEPT;
	else if (is_one_of(target, "DROP,REJECT"))
		rule->verdict = VERDICT_DROP;
	else if (is_one_of(target, "RETURN"))
		rule->verdict = VERDICT_RETURN;
	else if (is_one_of(target, "QUEUE,NFQUEUE"))
		rule->verdict = VERDICT_ACCEPT;
	else
		rule->verdict = go ? VERDICT_GOTO : VERDICT_JUMP;
}

/* An extension such as LOG is no chain; the next rule is tried. */
static void
check_target(struct saved *saved, struct filter_rule *rule)
{
	const struct filter *filter = saved->filter;
	const struct filter_chain *own = chain(saved, SPAN("INPUT"));
	struct span scope = own->scope;

	if (rule->verdict != VERDICT_JUMP && rule->verdict != VERDICT_GOTO)
		return;
	for (size_t i = 0; i < filter->count; i++)
		if (span_equal(filter->chains[i].scope, scope) &&
		    span_equal(filter->chains[i].label, rule->target))
			return;
	rule->verdict = VERDICT_NONE;
}

/* [0:0] -A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 22 -j ACCEPT */
static void
read_rule(struct saved *saved)
{
	struct filter_rule rule = {.verdict = VERDICT_NONE};
	struct buffer origin = {0};
	bool negated = false, concerned = true;
	struct span label;

	next(saved);
	label = next(saved);
	buffer_printf(&origin, "line %llu", (unsigned long long)saved->line);
	rule.origin = arena_copy(&saved->filter->arena, buffer_span(&origin));
	buffer_release(&origin);
	while (more(saved)) {
		struct span option = next(saved);

		if (span_is(option, "!")) {
			negated = true;
			continue;
		}
		if (is_one_of(option, "-j,--jump,-g,--goto"))
			read_target(
			    saved, &rule, is_one_of(option, "-g,--goto"));
		else if (!read_option(saved, &rule, option, negated))
			concerned = false;
		negated = false;
	}
	check_target(saved, &rule);
	if (concerned && rule.verdict != VERDICT_NONE)
		filter_rule_add(chain(saved, label), &rule);
}

static void
read_line(struct saved *saved, struct span line)
{
	if (line.n > 0 && line.p[0] == '#') {
		if (span_starts(line, SPAN("# Generated by ip6tables")))
			saved->v6 = true;
		else if (span_starts(line, SPAN("# Generated by iptables")))
			saved->v6 = false;
		return;
	}
	split(saved, line);
	if (saved->count > 0 && saved->words[0].p[0] == '[')
		saved->at = 1;
	if (!more(saved))
		return;
	line = saved->words[saved->at];
	if (line.p[0] == '*')
		saved->filtering = span_is(line, "*filter");
	else if (span_is(line, "COMMIT") || !saved->filtering)
		return;
	else if (line.p[0] == ':')
		read_chain(saved);
	else if (span_is(line, "-A"))
		read_rule(saved);
	else
		fail(saved, "not a line of iptables-save:", line);
}

/* Kept here, so that it can be let go of wherever reading ended. */
static struct saved current;

static void
read_iptables(struct filter *filter, struct bytes *bytes)
{
	struct saved *saved = &current;

	*saved = (struct saved){.filter = filter};
	lines_open(&saved->lines, bytes);
	for (;;) {
		enum lines_status status = lines_next(&saved->lines);

		if (status == LINES_END)
			return;
		saved->line++;
		if (status == LINES_CUT)
			fail(saved,
			    "the last line has no newline; is it cut off?",
			    SPAN(""));
		if (status == LINES_TOO_LONG)
			fail(saved, "a line of more than 1 MiB", SPAN(""));
		read_line(saved, saved->lines.line);
	}
}

static void
release_iptables(void)
{
	lines_release(&current.lines);
	buffer_release(&current.word);
}

const struct firewall_source iptables_source = {
    .program =
	{
	    .synopsis = "iptables [options] FILE",
	    .summary = "what iptables lets through; - is standard input",
	    .examples = "{ iptables-save; ip6tables-save; } | "
			"pm-collect iptables --host fw1 -\n"
			"pm-collect iptables fw1.rules >firewall.tsv",
	},
    .nothing = "no chain INPUT or FORWARD of the table filter; is it from "
	       "iptables-save?",
    .read = read_iptables,
    .release = release_iptables,
};

enum pm_exit
collect_iptables(int argc, char **argv)
{
	return firewall_collect(&iptables_source, argc, argv);
}
