/* What speaks for a host: its backups, applications and documents. */
#include "evidence.h"
#include "timestamp.h"

static void
add_time(struct buffer *text, int64_t time)
{
	char shown[TIMESTAMP_SIZE];

	buffer_add_span(text, timestamp_format(time, shown));
}

/* ---- backups */

static bool
is_image(const struct evidence_backup *backup)
{
	return span_is(backup->kind, "image");
}

/* Only what brings all of the host back. */
static bool
is_full(const struct evidence_backup *backup)
{
	return span_is(backup->kind, "full") ||
	       span_is(backup->kind, "snapshot") || is_image(backup);
}

/* The best backups so far of what a host is restored from. */
struct best {
	const struct evidence_backup *full, *image;
	int64_t restored;
	bool partial; /* there is one that does not bring all back */
};

static void
consider(struct best *best, const struct evidence_backup *backup, int64_t now)
{
	const struct evidence_backup **to = is_image(backup) ? &best->image
							     : &best->full;

	if (backup->expiry <= now || backup->when > now)
		return;
	if (!is_full(backup)) {
		best->partial = true;
		return;
	}
	if (*to == NULL || backup->when > (*to)->when)
		*to = backup;
	if (backup->restored <= now && backup->restored > best->restored)
		best->restored = backup->restored;
}

static void
look_up(const struct evidence *evidence, struct span name, bool only_images,
    int64_t now, struct best *best)
{
	struct hash_probe probe = hash_first(
	    &evidence->backups_by_host, hash_span(name));

	for (; hash_found(&evidence->backups_by_host, &probe);
	     hash_next(&evidence->backups_by_host, &probe)) {
		const struct evidence_backup *backup =
		    &evidence->backups[probe.index];

		if (span_equal(backup->host, name) &&
		    (!only_images || is_image(backup)))
			consider(best, backup, now);
	}
}

/* Those of the host itself, and the images of its groups. */
static struct best
best_of(const struct evidence *evidence, struct span host, int64_t now)
{
	struct best best = {.restored = INT64_MIN};
	struct span groups = evidence_value(
	    evidence, evidence_find(evidence, host), KEPT_GROUP);

	look_up(evidence, host, false, now, &best);
	while (evidence_is_workstation(evidence, host) && groups.p != NULL) {
		struct span group = span_cut(&groups, ',');

		look_up(evidence, group, true, now, &best);
	}
	return best;
}

static bool
is_young(const struct evidence_backup *backup, int64_t age, int64_t now)
{
	return backup != NULL && now - backup->when <= age;
}

bool
evidence_backed_up(const struct evidence *evidence, struct span host,
    int64_t age, int64_t image_age, int64_t now, struct buffer *actual)
{
	struct best best = best_of(evidence, host, now);
	int64_t of_image = evidence_is_workstation(evidence, host) ? image_age
								   : age;
	const struct evidence_backup *last = best.full;

	if (last == NULL || (!is_young(last, age, now) && best.image != NULL &&
				is_young(best.image, of_image, now)))
		last = best.image;
	if (last == NULL) {
		buffer_printf(actual, "%s",
		    best.partial ? "only backups that are not full"
				 : "no backup");
		return false;
	}
	buffer_printf(actual, "%.*s of ", SPAN_ARG(last->kind));
	add_time(actual, last->when);
	return is_young(last, is_image(last) ? of_image : age, now);
}

bool
evidence_restored(const struct evidence *evidence, struct span host,
    int64_t age, int64_t now, struct buffer *actual)
{
	struct best best = best_of(evidence, host, now);

	if (best.restored == INT64_MIN) {
		buffer_printf(actual, "never");
		return false;
	}
	add_time(actual, best.restored);
	return now - best.restored <= age;
}

/* ---- applications */

/* Without a tier of its own an application is as critical as its host. */
static bool
is_mission(const struct evidence *evidence, const struct evidence_app *app)
{
	struct span tier = app->tier;

	if (span_absent(tier))
		tier = evidence_value(
		    evidence, evidence_find(evidence, app->host), KEPT_TIER);
	return span_is(tier, "mission");
}

static bool
has_test_host(const struct evidence *evidence, struct span name)
{
	struct hash_probe probe = hash_first(
	    &evidence->apps_by_name, hash_span(name));

	for (; hash_found(&evidence->apps_by_name, &probe);
	     hash_next(&evidence->apps_by_name, &probe)) {
		const struct evidence_app *app = &evidence->apps[probe.index];

		if (span_equal(app->app, name) &&
		    evidence_is_test_host(evidence, app->host))
			return true;
	}
	return false;
}

/* The first by name of the mission applications of a host that lack it. */
static struct span
first_lacking(const struct evidence *evidence, struct span host,
    bool (*lacks)(const struct evidence *, const struct evidence_app *))
{
	struct span first = {"", 0};
	bool any = false;
	struct hash_probe probe = hash_first(
	    &evidence->apps_by_host, hash_span(host));

	for (; hash_found(&evidence->apps_by_host, &probe);
	     hash_next(&evidence->apps_by_host, &probe)) {
		const struct evidence_app *app = &evidence->apps[probe.index];

		if (!span_equal(app->host, host))
			continue;
		any = true;
		if (is_mission(evidence, app) && lacks(evidence, app) &&
		    (first.n == 0 || span_compare(app->app, first) < 0))
			first = app->app;
	}
	/* Something does run on a mission host. */
	if (!any && span_is(evidence_value(evidence,
				evidence_find(evidence, host), KEPT_TIER),
			"mission"))
		return SPAN("what runs there, without app records");
	return first;
}

static bool
lacks_verifier(const struct evidence *evidence, const struct evidence_app *app)
{
	(void)evidence;
	return span_absent(app->verifier);
}

static bool
lacks_test_host(const struct evidence *evidence, const struct evidence_app *app)
{
	return !has_test_host(evidence, app->app);
}

struct span
evidence_unverified_app(const struct evidence *evidence, struct span host)
{
	return first_lacking(evidence, host, lacks_verifier);
}

struct span
evidence_untested_app(const struct evidence *evidence, struct span host)
{
	return first_lacking(evidence, host, lacks_test_host);
}

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

void
evidence_verifiers(
    const struct evidence *evidence, struct span host, struct buffer *list)
{
	struct span *names = NULL;
	size_t count = 0, capacity = 0;
	struct hash_probe probe = hash_first(
	    &evidence->apps_by_host, hash_span(host));

	for (; hash_found(&evidence->apps_by_host, &probe);
	     hash_next(&evidence->apps_by_host, &probe)) {
		const struct evidence_app *app = &evidence->apps[probe.index];

		if (!span_equal(app->host, host) || span_absent(app->verifier))
			continue;
		names = memory_grow(
		    names, &capacity, count + 1, sizeof(*names));
		names[count++] = app->verifier;
	}
	if (count > 1)
		qsort(names, count, sizeof(*names), span_order);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && span_equal(names[i - 1], names[i]))
			continue;
		if (i > 0)
			buffer_add_byte(list, ',');
		buffer_add_span(list, names[i]);
	}
	if (count == 0)
		buffer_add_byte(list, '-');
	free(names);
}

/* ---- the change control document */

void
evidence_undocumented(
    const struct evidence *evidence, struct span host, struct buffer *parts)
{
	static const struct {
		const char *name;
		enum evidence_host_value value;
	} needed[] = {
	    {"function", KEPT_ROLE},
	    {"primary contact", KEPT_CONTACT},
	    {"after-hours contact", KEPT_AFTER_HOURS},
	    {"special procedures", KEPT_PROCEDURE},
	    {"disaster recovery", KEPT_DISASTER_RECOVERY},
	};
	const struct evidence_host *found = evidence_find(evidence, host);
	struct span contact = evidence_value(evidence, found, KEPT_CONTACT);

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		struct span value = evidence_value(
		    evidence, found, needed[i].value);

		if (span_absent(value))
			buffer_printf(parts, "%s%s", parts->n > 0 ? ", " : "",
			    needed[i].name);
		/* The first contact is the primary, the second the backup. */
		if (needed[i].value == KEPT_CONTACT &&
		    span_find(contact, ',') == NULL)
			buffer_printf(parts, "%sbackup contact",
			    parts->n > 0 ? ", " : "");
	}
}
