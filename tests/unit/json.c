/* JSON: events, cut at every byte, and what is refused, with its place. */
#include "json_tree.h"
#include "tap.h"

/* Write the events in a short form. */
static const char *
record(void *context, enum json_event event, struct span text)
{
	static const char *const marks[] = {
	    "null", "false", "true", "", "", "", "{", "}", "[", "]"};
	struct buffer *out = context;

	if (event == JSON_STRING)
		buffer_printf(out, "'%.*s' ", SPAN_ARG(text));
	else if (event == JSON_KEY)
		buffer_printf(out, "%.*s: ", SPAN_ARG(text));
	else if (event == JSON_NUMBER)
		buffer_printf(out, "%.*s ", SPAN_ARG(text));
	else
		buffer_printf(out, "%s ", marks[event]);
	return span_is(text, "stop") ? "told to stop" : NULL;
}

/* Parse in two parts; the events, or the error, in out. */
static void
parse(struct buffer *out, struct span text, size_t cut)
{
	struct json *json = json_open(record, out);

	if (!json_parse(json, (struct span){text.p, cut}) ||
	    !json_parse(json, span_skip(text, cut)) || !json_finish(json)) {
		buffer_reset(out);
		buffer_printf(out, "%s", json_error(json));
	}
	json_close(json);
}

static void
expect(const char *text, const char *expected)
{
	struct span all = span_of(text);
	struct buffer out = {0};
	size_t wrong = 0;

	for (size_t cut = 0; cut <= all.n; cut++) {
		buffer_reset(&out);
		parse(&out, all, cut);
		if (!span_is(buffer_span(&out), expected) && wrong++ == 0)
			printf("# cut at %zu: %.*s\n", cut, (int)out.n, out.p);
	}
	ok(wrong == 0, "%.60s", text);
	buffer_release(&out);
}

static void
test_depth(void)
{
	char text[2 * JSON_DEPTH_MAX + 2];
	struct buffer out = {0};

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	parse(&out, (struct span){text, 2 * JSON_DEPTH_MAX}, 0);
	ok(out.n > 0 && out.p[0] == '[', "%d levels are taken", JSON_DEPTH_MAX);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	parse(&out, (struct span){text, JSON_DEPTH_MAX + 1}, 0);
	ok(span_ends(buffer_span(&out), SPAN(": nested too deeply")),
	    "one more is refused");
	buffer_release(&out);
}

static void
test_tree(void)
{
	struct json_tree tree = {.depth = 0};
	struct json *json = json_open(json_tree_event, &tree);
	const struct json_value *list;

	ok(json_parse(json,
	       SPAN("{\"a\":[1,{\"b\":\"x\"},[]],\"c\":\"y\",\"a\":2}")) &&
		json_finish(json),
	    "a document becomes a tree");
	list = json_member(tree.top, "a");
	ok(list != NULL && list->type == JSON_ARRAY &&
		span_is(list->first->text, "1"),
	    "with its list");
	if (list == NULL)
		return;
	ok(span_is(json_text(list->first->next, "b"), "x"), "of objects");
	ok(list->first->next->next->first == NULL, "an empty list is empty");
	ok(span_is(json_text(tree.top, "c"), "y"), "members behind it follow");
	ok(json_member(tree.top, "d") == NULL && json_text(list, "b").n == 0,
	    "what is not there is not there");
	json_close(json);
	json_tree_release(&tree);
}

int
main(void)
{
	expect("{\"a\": [1, -2.5e3, true, false, null, \"x\"]}",
	    "{ a: [ 1 -2.5e3 true false null 'x' ] } ");
	expect("\"\\u00e4\\n\"", "'\xc3\xa4\n' ");
	expect("[1,2", "byte 4: the file ends within a value; is it cut off?");
	expect("", "byte 0: the file ends within a value; is it cut off?");
	expect("\xef\xbb\xbf[1]", "[ 1 ] ");
	expect("\xef\xbb[1]", "byte 2: it begins with half a byte order mark");
	expect("[\"stop\"]", "byte 7: told to stop");
	test_depth();
	test_tree();
	return done();
}
