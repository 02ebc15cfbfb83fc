/*
 * Patterns of policy: PCRE2, unanchored, on bytes.  The limits are there for
 * patterns such as (a+)+$ whose cost doubles with every byte of a hostile
 * value: they must end the run with a name, not stall it.
 */
#include "rules_pattern.h"

enum {
	MATCH_LIMIT = 200000,
	HEAP_LIMIT = 16 * 1024, /* KiB, for the interpreter */
	SUBJECT_MAX = 64 * 1024,
	STACK_START = 32 * 1024,
	STACK_MAX = 1024 * 1024,
	PATTERN_MAX = 4096
};

/*
 * Is text a plain word between optional anchors?  Then fill in how it is
 * compared.
 */
static bool
literal_pattern(struct pattern *pattern, struct arena *arena, struct span text)
{
	bool starts = text.n > 0 && text.p[0] == '^';
	struct span word = span_skip(text, starts ? 1 : 0);
	bool ends = word.n > 0 && word.p[word.n - 1] == '$';

	if (ends)
		word.n--;
	for (size_t i = 0; i < word.n; i++)
		if (strchr("\\^$.[]|()?*+{}", word.p[i]) != NULL)
			return false;
	if (starts && ends)
		pattern->kind = PATTERN_IS;
	else if (starts)
		pattern->kind = PATTERN_STARTS;
	else if (ends)
		pattern->kind = PATTERN_ENDS;
	else
		pattern->kind = PATTERN_CONTAINS;
	pattern->literal = arena_copy(arena, word);
	return true;
}

struct pattern *
pattern_compile(struct arena *arena, struct span text, char *reason,
    size_t size, size_t *offset)
{
	struct pattern *pattern = arena_allocate(arena, sizeof(*pattern));
	uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF |
			   PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
	int code;

	*offset = 0;
	pattern->memo_length = SIZE_MAX;
	if (text.n > PATTERN_MAX) {
		snprintf(reason, size, "longer than %d bytes", PATTERN_MAX);
		return NULL;
	}
	if (literal_pattern(pattern, arena, text))
		return pattern;
	pattern->kind = PATTERN_PCRE;
	pattern->code = pcre2_compile(
	    (PCRE2_SPTR)text.p, text.n, options, &code, offset, NULL);
	if (pattern->code == NULL) {
		pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, size);
		return NULL;
	}
	/* Where there is no JIT the interpreter does the same, slower. */
	(void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
	return pattern;
}

static void
engine_start(struct pattern_engine *engine)
{
	engine->data = pcre2_match_data_create(1, NULL);
	engine->context = pcre2_match_context_create(NULL);
	engine->stack = pcre2_jit_stack_create(STACK_START, STACK_MAX, NULL);
	if (engine->data == NULL || engine->context == NULL)
		die(PM_EXIT_SYSTEM, "out of memory for matching patterns");
	pcre2_set_match_limit(engine->context, MATCH_LIMIT);
	pcre2_set_heap_limit(engine->context, HEAP_LIMIT);
	if (engine->stack != NULL)
		pcre2_jit_stack_assign(engine->context, NULL, engine->stack);
}

/* One search by PCRE2: 1, 0 or an error code. */
static int
search(
    struct pattern *pattern, struct pattern_engine *engine, struct span value)
{
	int code;

	if (engine->data == NULL)
		engine_start(engine);
	if (value.n > SUBJECT_MAX)
		return PCRE2_ERROR_MATCHLIMIT;
	code = pcre2_match(pattern->code, (PCRE2_SPTR)value.p, value.n, 0, 0,
	    engine->data, engine->context);
	/* 0 means a match with more groups than there was room for. */
	return code >= 0 ? 1 : code == PCRE2_ERROR_NOMATCH ? 0 : code;
}

int
pattern_match(
    struct pattern *pattern, struct pattern_engine *engine, struct span value)
{
	struct span literal = pattern->literal;
	int found;

	switch (pattern->kind) {
	case PATTERN_IS:
		return span_equal(value, literal);
	case PATTERN_STARTS:
		return span_starts(value, literal);
	case PATTERN_ENDS:
		return span_ends(value, literal);
	case PATTERN_CONTAINS:
		return literal.n == 0 ||
		       memmem(value.p, value.n, literal.p, literal.n) != NULL;
	case PATTERN_PCRE:
		break;
	}
	if (value.n == pattern->memo_length &&
	    memcmp(value.p, pattern->memo, value.n) == 0)
		return pattern->verdict;
	found = search(pattern, engine, value);
	if (found >= 0 && value.n <= PATTERN_MEMO) {
		memcpy(pattern->memo, value.p, value.n);
		pattern->memo_length = value.n;
		pattern->verdict = found == 1;
	}
	return found;
}

void
pattern_release(struct pattern *pattern)
{
	pcre2_code_free(pattern->code);
	pattern->code = NULL;
}

void
pattern_engine_release(struct pattern_engine *engine)
{
	pcre2_match_data_free(engine->data);
	pcre2_match_context_free(engine->context);
	pcre2_jit_stack_free(engine->stack);
	*engine = (struct pattern_engine){0};
}
