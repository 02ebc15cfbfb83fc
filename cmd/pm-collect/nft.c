/*
 * pm-collect nft FILE: what `nft -j list ruleset` prints, libnftables-json(5).
 * Chains of type filter at the hooks input and forward become allow records.
 */
#include "address.h"
#include "bytes.h"
#include "firewall.h"
#include "json_tree.h"
#include "options.h"
#include "source.h"

enum { BLOCK = 64 * 1024 };

struct ruleset {
	struct filter *filter;
	const struct json_value *objects; /* the list called nftables */
	struct buffer text;		  /* the scope of a chain */
	struct json_tree tree;
	struct json *json;
};

static struct span
keep(struct ruleset *ruleset, struct span text)
{
	return arena_copy(&ruleset->filter->arena, text);
}

/* The named set or map of a table. */
static const struct json_value *
find_set(const struct ruleset *ruleset, const struct json_value *rule,
    struct span name)
{
	for (const struct json_value *object = ruleset->objects; object != NULL;
	     object = object->next) {
		const struct json_value *set = json_member(object, "set");

		if (set == NULL)
			set = json_member(object, "map");
		if (set != NULL && span_equal(json_text(set, "name"), name) &&
		    span_equal(
			json_text(set, "table"), json_text(rule, "table")) &&
		    span_equal(
			json_text(set, "family"), json_text(rule, "family")))
			return json_member(set, "elem");
	}
	return NULL;
}

static void
add_item(struct buffer *out, struct span item)
{
	if (out->n > 0)
		buffer_add_byte(out, ',');
	buffer_add_span(out, item);
}

/*
 * Add a value to a list as the record writes it.  False when it is none of: a
 * word or number, a range, a prefix, a set of these, a set that is named.
 */
static bool
add_value(struct ruleset *ruleset, const struct json_value *rule,
    const struct json_value *value, struct buffer *out, bool named)
{
	const struct json_value *inner;

	if (value == NULL)
		return false;
	if (value->type == JSON_STRING && value->text.n > 0 &&
	    value->text.p[0] == '@') {
		inner = find_set(ruleset, rule, span_skip(value->text, 1));
		return !named && inner != NULL &&
		       add_value(ruleset, rule, inner, out, true);
	}
	if (value->type == JSON_STRING || value->type == JSON_NUMBER) {
		add_item(out, value->text);
		return value->text.n > 0;
	}
	if (value->type == JSON_ARRAY) {
		for (inner = value->first; inner != NULL; inner = inner->next)
			if (!add_value(ruleset, rule, inner, out, named))
				return false;
		return true;
	}
	if ((inner = json_member(value, "set")) != NULL)
		return add_value(ruleset, rule, inner, out, named);
	if ((inner = json_member(value, "elem")) != NULL)
		return add_value(
		    ruleset, rule, json_member(inner, "val"), out, named);
	if ((inner = json_member(value, "prefix")) != NULL) {
		add_item(out, json_text(inner, "addr"));
		buffer_add_byte(out, '/');
		buffer_add_span(out, json_text(inner, "len"));
		return true;
	}
	inner = json_member(value, "range");
	if (inner == NULL || inner->first == NULL || inner->first->next == NULL)
		return false;
	add_item(out, inner->first->text);
	buffer_add_byte(out, '-');
	buffer_add_span(out, inner->first->next->text);
	return true;
}

/* What an expression on the left looks at: "tcp dport", "ct state". */
static void
subject_of(const struct json_value *left, struct buffer *out)
{
	const struct json_value *inner;

	buffer_reset(out);
	if ((inner = json_member(left, "payload")) != NULL)
		buffer_printf(out, "%.*s %.*s",
		    SPAN_ARG(json_text(inner, "protocol")),
		    SPAN_ARG(json_text(inner, "field")));
	else if ((inner = json_member(left, "meta")) != NULL)
		buffer_printf(
		    out, "meta %.*s", SPAN_ARG(json_text(inner, "key")));
	else if ((inner = json_member(left, "ct")) != NULL)
		buffer_printf(
		    out, "ct %.*s", SPAN_ARG(json_text(inner, "key")));
	else if (left != NULL && left->first != NULL)
		buffer_add_span(out, left->first->key);
}

static bool
addresses_valid(struct span list)
{
	struct address_set set = {0};
	struct span bad;
	bool fine = address_set_parse(&set, list, &bad);

	address_set_release(&set);
	return fine;
}

/* Where the record has a place for it: put the list there. */
static bool
place(struct ruleset *ruleset, struct traffic *traffic, struct span subject,
    struct span list)
{
	struct span what = subject;
	struct span layer = span_cut(&what, ' ');
	bool address = span_is(layer, "ip") || span_is(layer, "ip6");
	struct span *field = NULL;

	if (address && span_is(what, "saddr"))
		field = &traffic->source;
	else if (address && span_is(what, "daddr"))
		field = &traffic->destination;
	if (field != NULL) {
		if (field->p != NULL || !addresses_valid(list))
			return false;
		*field = keep(ruleset, list);
		return true;
	}
	if (span_is(subject, "meta l4proto") ||
	    span_is(subject, "ip protocol") ||
	    span_is(subject, "ip6 nexthdr")) {
		if (traffic->proto.p != NULL || list.p[0] == '!')
			return false;
		traffic->proto = keep(ruleset, list);
		return true;
	}
	if (span_is(what, "dport") && !address) {
		if (traffic->port.p != NULL || !ports_valid(list))
			return false;
		if (!span_is(layer, "th") && traffic->proto.p == NULL)
			traffic->proto = keep(ruleset, layer);
		traffic->port = keep(ruleset, list);
		return true;
	}
	return false;
}

/* Is the match about what cannot be a new connection from elsewhere? */
static bool
concerns_others(struct span subject, struct span list, bool negated)
{
	if (span_is(subject, "ct state"))
		return (span_list_has(list, SPAN("new")) ||
			   span_list_has(list, SPAN("untracked"))) == negated;
	if (span_is(subject, "meta iifname") || span_is(subject, "meta iif"))
		return span_is(list, "lo") && !negated;
	return false;
}

/* Add one condition of a rule; false when the rule concerns no traffic here. */
static bool
add_match(struct ruleset *ruleset, const struct json_value *rule,
    const struct json_value *left, const struct json_value *right, bool negated,
    struct traffic *traffic)
{
	struct buffer subject = {0}, list = {0};
	bool understood, concerned = true;

	subject_of(left, &subject);
	understood = add_value(ruleset, rule, right, &list, false) &&
		     list.n > 0;
	if (understood && concerns_others(buffer_span(&subject),
			      buffer_span(&list), negated)) {
		concerned = false;
	} else if (understood &&
		   (span_is(buffer_span(&subject), "ct state") ||
		       (negated && span_is(buffer_span(&list), "lo")))) {
		/* new connections, from elsewhere: what this is about */
	} else {
		struct buffer shown = {0};

		if (negated)
			buffer_add_byte(&shown, '!');
		buffer_add_span(&shown, buffer_span(&list));
		if (!understood ||
		    !place(ruleset, traffic, buffer_span(&subject),
			buffer_span(&shown))) {
			buffer_add_byte(&subject, ' ');
			buffer_add_span(&subject,
			    understood ? buffer_span(&shown) : SPAN("?"));
			traffic_condition(&ruleset->filter->arena, traffic,
			    buffer_span(&subject));
		}
		buffer_release(&shown);
	}
	buffer_release(&subject);
	buffer_release(&list);
	return concerned;
}

static bool
is_equality(const struct json_value *match, bool *negated)
{
	struct span op = json_text(match, "op");

	*negated = span_is(op, "!=");
	return *negated || span_is(op, "==") || span_is(op, "in");
}

/* The verdict of a statement; false when it is none. */
static bool
read_verdict(const struct json_value *statement, struct filter_rule *rule)
{
	static const struct {
		const char *name;
		enum verdict verdict;
	} verdicts[] = {{"accept", VERDICT_ACCEPT}, {"drop", VERDICT_DROP},
	    {"reject", VERDICT_DROP}, {"return", VERDICT_RETURN},
	    {"jump", VERDICT_JUMP}, {"goto", VERDICT_GOTO},
	    {"continue", VERDICT_NONE}};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct json_value *found = json_member(
		    statement, verdicts[i].name);

		if (found == NULL)
			continue;
		rule->verdict = verdicts[i].verdict;
		rule->target = json_text(found, "target");
		return true;
	}
	return false;
}

/* A verdict map: a rule for each of its entries. */
static void
add_map(struct ruleset *ruleset, const struct json_value *object,
    const struct json_value *map, const struct filter_rule *rule,
    struct filter_chain *chain)
{
	const struct json_value *data = json_member(map, "data"), *entry;

	if (data != NULL && data->type == JSON_STRING && data->text.n > 0)
		data = find_set(ruleset, object, span_skip(data->text, 1));
	else
		data = json_member(data, "set");
	for (entry = data == NULL ? NULL : data->first; entry != NULL;
	     entry = entry->next) {
		struct filter_rule one = *rule;
		const struct json_value *key = entry->first;

		if (key == NULL || key->next == NULL ||
		    !read_verdict(key->next, &one))
			die(PM_EXIT_DATA,
			    "%s: %.*s: a verdict map that is not understood",
			    ruleset->filter->file, SPAN_ARG(rule->origin));
		if (add_match(ruleset, object, json_member(map, "key"), key,
			false, &one.traffic))
			filter_rule_add(chain, &one);
	}
}

/* Statements that change nothing about what passes. */
static bool
is_neutral(struct span name)
{
	static const char *const names[] = {
	    "counter", "log", "notrack", "mangle", "meter", "ct helper"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

static void
read_rule(struct ruleset *ruleset, const struct json_value *object,
    struct filter_chain *chain)
{
	const struct json_value *statement = json_member(object, "expr");
	struct filter_rule rule = {.verdict = VERDICT_NONE};

	buffer_reset(&ruleset->text);
	buffer_printf(&ruleset->text, "handle %.*s",
	    SPAN_ARG(json_text(object, "handle")));
	rule.origin = keep(ruleset, buffer_span(&ruleset->text));
	statement = statement == NULL ? NULL : statement->first;
	for (; statement != NULL; statement = statement->next) {
		const struct json_value *match = json_member(
		    statement, "match");
		bool negated;

		if (read_verdict(statement, &rule)) {
			filter_rule_add(chain, &rule);
			return;
		}
		if (match != NULL && is_equality(match, &negated)) {
			if (!add_match(ruleset, object,
				json_member(match, "left"),
				json_member(match, "right"), negated,
				&rule.traffic))
				return;
		} else if (json_member(statement, "vmap") != NULL) {
			add_map(ruleset, object, json_member(statement, "vmap"),
			    &rule, chain);
		} else if (statement->first != NULL &&
			   span_is(statement->first->key, "queue")) {
			rule.verdict = VERDICT_ACCEPT;
			traffic_condition(&ruleset->filter->arena,
			    &rule.traffic, SPAN("queue"));
			filter_rule_add(chain, &rule);
			return;
		} else if (statement->first != NULL &&
			   !is_neutral(statement->first->key)) {
			traffic_condition(&ruleset->filter->arena,
			    &rule.traffic, statement->first->key);
		}
	}
}

/* The chain of an object, or NULL when its family filters no packets. */
static struct filter_chain *
chain_of(
    struct ruleset *ruleset, const struct json_value *object, const char *label)
{
	struct span family = json_text(object, "family");
	struct filter_chain *chain;

	if (!span_is(family, "ip") && !span_is(family, "ip6") &&
	    !span_is(family, "inet"))
		return NULL;
	buffer_reset(&ruleset->text);
	buffer_printf(&ruleset->text, "%.*s %.*s", SPAN_ARG(family),
	    SPAN_ARG(json_text(object, "table")));
	chain = filter_chain(ruleset->filter, buffer_span(&ruleset->text),
	    json_text(object, label));
	if (span_is(family, "ip"))
		chain->family = SPAN("0.0.0.0/0");
	else if (span_is(family, "ip6"))
		chain->family = SPAN("::/0");
	return chain;
}

static void
read_chain(struct ruleset *ruleset, const struct json_value *object)
{
	struct filter_chain *chain = chain_of(ruleset, object, "name");
	struct span hook = json_text(object, "hook");

	if (chain == NULL || !span_is(json_text(object, "type"), "filter"))
		return;
	if (span_is(hook, "input"))
		chain->path = "input";
	else if (span_is(hook, "forward"))
		chain->path = "forward";
	chain->accepts = !span_is(json_text(object, "policy"), "drop");
}

static void
read_ruleset(struct ruleset *ruleset, const struct json_value *top)
{
	const struct json_value *list = json_member(top, "nftables"), *object;

	if (list == NULL || list->type != JSON_ARRAY)
		die(PM_EXIT_DATA,
		    "%s: no list 'nftables'; is it from nft -j list ruleset?",
		    ruleset->filter->file);
	ruleset->objects = list->first;
	for (object = list->first; object != NULL; object = object->next)
		if (json_member(object, "chain") != NULL)
			read_chain(ruleset, json_member(object, "chain"));
	for (object = list->first; object != NULL; object = object->next) {
		const struct json_value *rule = json_member(object, "rule");
		struct filter_chain *chain = rule == NULL ? NULL
							  : chain_of(ruleset,
								rule, "chain");

		if (chain != NULL)
			read_rule(ruleset, rule, chain);
	}
}

/* Kept here, so that it can be let go of wherever reading ended. */
static struct ruleset current;

static size_t
next_block(struct bytes *bytes, char *to, size_t room)
{
	ssize_t n = bytes->read(bytes, to, room);

	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", bytes->file);
	return (size_t)n;
}

static void
read_nft(struct filter *filter, struct bytes *bytes)
{
	static char room[BLOCK];
	struct ruleset *ruleset = &current;
	struct span block = {room, 0};

	*ruleset = (struct ruleset){.filter = filter};
	ruleset->json = json_open(json_tree_event, &ruleset->tree);
	while ((block.n = next_block(bytes, room, BLOCK)) > 0)
		if (!json_parse(ruleset->json, block))
			break;
	if (block.n > 0 || !json_finish(ruleset->json))
		die(PM_EXIT_DATA, "%s: %s", bytes->file,
		    json_error(ruleset->json));
	read_ruleset(ruleset, ruleset->tree.top);
}

static void
release_nft(void)
{
	if (current.json != NULL)
		json_close(current.json);
	json_tree_release(&current.tree);
	buffer_release(&current.text);
	current = (struct ruleset){.filter = NULL};
}

const struct firewall_source nft_source = {
    .program =
	{
	    .synopsis = "nft [options] FILE",
	    .summary = "what nftables lets through; - is standard input",
	    .examples = "nft -j list ruleset | pm-collect nft --host fw1 -\n"
			"pm-collect nft --host fw1 fw1.json >firewall.tsv",
	},
    .nothing =
	"no chain of type filter at the hooks input and forward: nothing "
	"is filtered, which no record can say",
    .read = read_nft,
    .release = release_nft,
};

enum pm_exit
collect_nft(int argc, char **argv)
{
	return firewall_collect(&nft_source, argc, argv);
}
