/*
 * What pm-apply is to ask again of a step.  It stands in the step, under the
 * digest, since pm-apply reads no policy.
 */
#include "gates.h"

#include <inttypes.h>
#include <stdarg.h>

#include "timestamp.h"

static void add_item(struct buffer *list, const char *format, ...)
    PM_PRINTF(2, 3);

static void
add_item(struct buffer *list, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (list->n > 0)
		buffer_add_byte(list, ',');
	buffer_printf(list, "%s", text);
}

/* A name may hold a comma, an item of a list may not. */
static void
add_name(struct buffer *list, const char *key, struct span name)
{
	add_item(list, "%s=", key);
	for (size_t i = 0; i < name.n; i++)
		buffer_add_byte(list, name.p[i] == ',' ? ';' : name.p[i]);
}

static void
add_owners(struct fleet *fleet, const struct host *host, struct buffer *list,
    bool first)
{
	struct span owner = evidence_column(
	    &fleet->evidence, host->name, HOST_OWNER);
	struct span app_owner = evidence_column(
	    &fleet->evidence, host->name, HOST_APP_OWNER);

	if (!gates_has(fleet, host, GATE_OF_OWNERS) || span_absent(owner) ||
	    span_absent(app_owner))
		return;
	add_name(
	    list, first ? "app_owner" : "owner", first ? app_owner : owner);
}

static void
add_age(struct buffer *list, const char *key, int64_t seconds)
{
	add_item(list, "%s=%" PRId64, key, seconds);
}

static void
add_test(const struct fleet *fleet, const struct host *host,
    const struct need *need, struct buffer *list)
{
	char text[TIMESTAMP_SIZE];

	if (need->test_after != INT64_MIN &&
	    gates_has(fleet, host, GATE_OF_EVENT)) {
		timestamp_format(need->test_after, text);
		add_item(list, "test=%s", text);
	} else if (gates_has(fleet, host, GATE_OF_TEST))
		add_item(list, "test");
}

/* What must be shown of the host; in the order of bytes, as in every list. */
static void
add_evidence(struct fleet *fleet, const struct host *host, bool regular,
    bool promotion, struct buffer *list)
{
	const struct setting *asked = host_setting(fleet, host);

	if (promotion)
		add_item(list, "promotion");
	if (gates_has(fleet, host, GATE_OF_RESTORE) && regular)
		add_age(list, "restore", asked->restore_age);
	if (gates_has(fleet, host, GATE_OF_RING) && regular)
		add_item(list, "ring");
}

struct span
gates_require(struct fleet *fleet, const struct visit *visit,
    enum requirer requirer, const struct need *need)
{
	const struct host *host = &fleet->hosts[visit->host];
	const struct setting *asked = host_setting(fleet, host);
	bool test_host = evidence_is_test_host(&fleet->evidence, host->name);
	bool begins = requirer != REQUIRER_FOLLOWS;
	bool regular = begins && visit->kind != VISIT_EMERGENCY;
	bool backup = begins && gates_has(fleet, host, GATE_OF_BACKUP) &&
		      !gates_makes_backup(fleet, host);
	/* what goes needs neither; of hardening pm-apply asks in its own way */
	bool patch = need != NULL && !need->removal && !need->harden;
	bool waived = need != NULL && need->test_waived.n > 0;
	struct buffer list = {0};
	struct span copy;

	if (asked->gates == 0)
		return SPAN("-");
	if (gates_has(fleet, host, GATE_OF_ACTORS))
		add_item(&list, "actors");
	add_owners(fleet, host, &list, true);
	if (gates_has(fleet, host, GATE_OF_AUTHOR))
		add_name(&list, "author", fleet->author);
	if (backup)
		add_age(&list, "backup", asked->backup_age);
	if (gates_has(fleet, host, GATE_OF_DOCUMENT) && regular)
		add_item(&list, "document");
	if (backup && evidence_is_workstation(&fleet->evidence, host->name))
		add_age(&list, "image", asked->image_age);
	add_owners(fleet, host, &list, false);
	add_evidence(fleet, host, regular,
	    patch && !test_host && gates_has(fleet, host, GATE_OF_PROMOTION),
	    &list);
	if (gates_has(fleet, host, GATE_OF_SIGNATURE))
		add_item(&list, "signature");
	if (fleet->signed_evidence)
		add_item(&list, "signed-evidence");
	if (patch && !waived && (!test_host || need->test_after != INT64_MIN))
		add_test(fleet, host, need, &list);
	if (gates_has(fleet, host, GATE_OF_TEST_HOST) && regular)
		add_item(&list, "test-host");
	if (waived)
		add_name(&list, "test-waived", need->test_waived);
	if (gates_has(fleet, host, GATE_OF_VERIFIER) && regular)
		add_item(&list, "verifier");
	copy = list.n > 0 ? arena_copy(&fleet->text, buffer_span(&list))
			  : SPAN("-");
	buffer_release(&list);
	return copy;
}

struct span
gates_tester(struct fleet *fleet, const struct host *host)
{
	struct buffer list = {0};
	struct span copy;

	if (fleet->evidence.app_count == 0)
		return SPAN("-");
	evidence_verifiers(&fleet->evidence, host->name, &list);
	copy = arena_copy(&fleet->text, buffer_span(&list));
	buffer_release(&list);
	return copy;
}
