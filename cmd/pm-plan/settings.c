/*
 * What the policy decides of hosts.  Most hosts get the same from it, so that
 * settings are kept once and hosts share them.
 */
#include "plan.h"
#include "timestamp.h"

/*
 * The name of each choice and where the host record may have it.  Times are
 * those of a host of no special kind, for a policy that says nothing.
 */
static const struct row {
	const char *name;
	unsigned column; /* HOST_COLUMNS: not in the record */
	const char *without;
} rows[CHOICES] = {
    [CHOICE_WINDOW] = {"window", HOST_WINDOW, NULL},
    [CHOICE_OFF_HOURS] = {"off_hours", HOST_COLUMNS, NULL},
    [CHOICE_FREEZE] = {"freeze", HOST_COLUMNS, NULL},
    [CHOICE_RING] = {"ring", HOST_RING, NULL},
    [CHOICE_MODE] = {"mode", HOST_COLUMNS, NULL},
    [CHOICE_SOAK] = {"soak", HOST_COLUMNS, "0"},
    [CHOICE_JOBS] = {"jobs", HOST_COLUMNS, NULL},
    [CHOICE_WAVE_SIZE] = {"wave_size", HOST_COLUMNS, NULL},
    [CHOICE_SITE_LIMIT] = {"site_limit", HOST_COLUMNS, NULL},
    [CHOICE_LINK_LIMIT] = {"link_limit", HOST_COLUMNS, NULL},
    [CHOICE_HYPERVISOR_LIMIT] = {"hypervisor_limit", HOST_COLUMNS, NULL},
    [CHOICE_RESTART] = {"restart", HOST_COLUMNS, NULL},
    [CHOICE_ACTIONS] = {"actions", HOST_COLUMNS, NULL},
    [CHOICE_DOWNLOAD] = {"download", HOST_COLUMNS, NULL},
    [CHOICE_LINK] = {"link", HOST_LINK, NULL},
    [CHOICE_ACTION_TIME] = {"action_time", HOST_COLUMNS, "1m"},
    [CHOICE_BACKUP_TIME] = {"backup_time", HOST_COLUMNS, "10m"},
    [CHOICE_INSTALL_TIME] = {"install_time", HOST_COLUMNS, "10"},
    [CHOICE_RESTART_TIME] = {"restart_time", HOST_COLUMNS, "1m"},
    [CHOICE_REBOOT_TIME] = {"reboot_time", HOST_COLUMNS, "5m"},
    [CHOICE_CHECK_TIME] = {"check_time", HOST_COLUMNS, "2m"},
    [CHOICE_RESTORE_TIME] = {"restore_time", HOST_COLUMNS, "15m"},
    [CHOICE_LEAD] = {"lead", HOST_COLUMNS, NULL},
    [CHOICE_OWNER_REQUIRED] = {"owner_required", HOST_COLUMNS, NULL},
    [CHOICE_ALLOW_REMOVE] = {"allow_remove", HOST_COLUMNS, NULL},
    [CHOICE_BACKOUT] = {"backout", HOST_COLUMNS, NULL},
    [CHOICE_GATES] = {"gates", HOST_COLUMNS, NULL},
    [CHOICE_BACKUP_AGE] = {"backup_age", HOST_COLUMNS, "1d"},
    [CHOICE_RESTORE_AGE] = {"restore_age", HOST_COLUMNS, "180d"},
    [CHOICE_IMAGE_AGE] = {"image_age", HOST_COLUMNS, "90d"},
    [CHOICE_HYPERVISOR] = {"hypervisor", HOST_HYPERVISOR, NULL},
    [CHOICE_DATA_VOLUME] = {"data_volume", HOST_DATA_VOLUME, NULL},
};

/* Policy's columns: those of a host, and behind them pm-plan's own. */
enum { RULE_COLUMNS = HOST_COLUMNS + CHOICES };
_Static_assert((int)RULE_COLUMNS <= (int)RULES_COLUMNS_MAX, "columns of rules");

static unsigned
rule_column(unsigned choice)
{
	unsigned column = rows[choice].column;

	return column < HOST_COLUMNS ? column : HOST_COLUMNS + choice;
}

const struct rule_columns *
setting_columns(void)
{
	static const char *names[RULE_COLUMNS];
	static bool settable[RULE_COLUMNS];
	static const struct rule_columns columns = {
	    names, settable, RULE_COLUMNS};

	for (unsigned i = 0; i < RULE_COLUMNS; i++)
		names[i] = i < HOST_COLUMNS ? rule_host_columns[i] : "";
	for (unsigned i = 0; i < CHOICES; i++) {
		names[rule_column(i)] = rows[i].name;
		settable[rule_column(i)] = true;
	}
	return &columns;
}

struct span
setting_where(struct fleet *fleet, const struct host *host, enum choice choice)
{
	const struct rule_origin *origin =
	    &host_setting(fleet, host)->origin[choice];

	if (origin->file == NULL)
		return fleet_text(fleet, "host %.*s", SPAN_ARG(host->name));
	return fleet_text(fleet, "%s:%u", origin->file, origin->line);
}

uint32_t
setting_limit(struct span text, uint32_t hosts)
{
	bool share = span_ends(text, SPAN("%"));
	uint64_t number;

	if (span_absent(text))
		return 0;
	if (share)
		text.n--;
	if (!span_number(text, &number) || number == 0)
		die(PM_EXIT_POLICY, "%.*s: not a number or a share in %%",
		    SPAN_ARG(text));
	if (share)
		number = number * hosts / 100;
	if (number == 0)
		return 1;
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

/* ---- what the words mean */

static int64_t
duration(const struct setting *setting, enum choice choice)
{
	struct span text = setting->choice[choice];
	int64_t seconds;

	if (span_absent(text))
		text = span_of(rows[choice].without);
	if (!duration_parse(text, &seconds))
		die(PM_EXIT_POLICY, "%s=%.*s: not a duration",
		    rows[choice].name, SPAN_ARG(text));
	return seconds;
}

static void
interpret(struct setting *setting)
{
	static const enum choice times[ACTIONS] = {
	    [ACTION_DOWNLOAD] = CHOICE_ACTION_TIME,
	    [ACTION_EVIDENCE] = CHOICE_ACTION_TIME,
	    [ACTION_SILENCE] = CHOICE_ACTION_TIME,
	    [ACTION_BACKUP] = CHOICE_BACKUP_TIME,
	    [ACTION_SNAPSHOT] = CHOICE_ACTION_TIME,
	    [ACTION_INSTALL] = CHOICE_INSTALL_TIME,
	    [ACTION_RESTART] = CHOICE_RESTART_TIME,
	    [ACTION_REBOOT] = CHOICE_REBOOT_TIME,
	    [ACTION_CHECK] = CHOICE_CHECK_TIME,
	    [ACTION_RECOVERY] = CHOICE_ACTION_TIME,
	    [ACTION_UNSILENCE] = CHOICE_ACTION_TIME,
	};
	struct span link = setting->choice[CHOICE_LINK];

	for (unsigned i = 0; i < ACTIONS; i++) {
		setting->seconds[i] = duration(setting, times[i]);
		if (span_list_has(setting->choice[CHOICE_ACTIONS],
			span_of(action_names[i])))
			setting->actions |= 1U << i;
	}
	for (unsigned gate = 0; gate < GATES; gate++)
		if (span_list_has(setting->choice[CHOICE_GATES],
			span_of(gate_names[gate])))
			setting->gates |= 1U << gate;
	setting->backup_age = duration(setting, CHOICE_BACKUP_AGE);
	setting->restore_age = duration(setting, CHOICE_RESTORE_AGE);
	setting->image_age = duration(setting, CHOICE_IMAGE_AGE);
	setting->soak = duration(setting, CHOICE_SOAK);
	setting->restore = duration(setting, CHOICE_RESTORE_TIME);
	setting->download_before = span_is(
	    setting->choice[CHOICE_DOWNLOAD], "before");
	setting->owner_required = !span_is(
	    setting->choice[CHOICE_OWNER_REQUIRED], "no");
	if (!span_absent(link) && !span_number(link, &setting->link))
		die(PM_EXIT_DATA,
		    "link '%.*s' of a host is no number of bits a second",
		    SPAN_ARG(link));
}

/* ---- finding or making them */

static bool
same_setting(const struct setting *setting, const struct span *choice,
    const struct rule_origin *origin)
{
	for (unsigned i = 0; i < SHARED_CHOICES; i++)
		if (setting->origin[i].file != origin[i].file ||
		    setting->origin[i].line != origin[i].line ||
		    !span_equal(setting->choice[i], choice[i]))
			return false;
	return true;
}

static struct span
keep(struct fleet *fleet, struct span value)
{
	return intern_span(&fleet->names, intern_add(&fleet->names, value));
}

static uint32_t
setting_of(struct fleet *fleet, const struct span *choice,
    const struct rule_origin *origin)
{
	uint64_t hash = 0;
	struct hash_probe probe;
	struct setting *setting;

	for (unsigned i = 0; i < SHARED_CHOICES; i++)
		hash = hash_mix(hash + origin[i].line,
		    span_absent(choice[i]) ? 0 : hash_span(choice[i]));
	probe = hash_first(&fleet->setting_index, hash);
	for (; hash_found(&fleet->setting_index, &probe);
	     hash_next(&fleet->setting_index, &probe))
		if (same_setting(&fleet->settings[probe.index], choice, origin))
			return probe.index;
	fleet->settings = memory_grow(fleet->settings, &fleet->setting_capacity,
	    fleet->setting_count + 1, sizeof(*fleet->settings));
	setting = &fleet->settings[fleet->setting_count];
	*setting = (struct setting){.hash = hash};
	for (unsigned i = 0; i < SHARED_CHOICES; i++) {
		setting->choice[i] = keep(fleet, choice[i]);
		setting->origin[i] = origin[i];
	}
	interpret(setting);
	hash_insert(
	    &fleet->setting_index, hash, (uint32_t)fleet->setting_count);
	return (uint32_t)fleet->setting_count++;
}

void
setting_decide(
    struct fleet *fleet, struct host *host, const struct record *record)
{
	struct span values[RULE_COLUMNS], choice[CHOICES];
	struct rule_origin origins[RULE_COLUMNS] = {{0}};
	struct rule_origin origin[CHOICES];
	struct rule_mask wanted = rule_mask_none;

	for (unsigned i = 0; i < RULE_COLUMNS; i++)
		values[i] = record != NULL && i < HOST_COLUMNS
				? record_get(record, i)
				: SPAN("-");
	for (unsigned i = 0; i < CHOICES; i++) {
		rule_mask_add(&wanted, rule_column(i));
		if (record != NULL && rows[i].column < HOST_COLUMNS)
			values[rule_column(i)] = record_get(
			    record, rows[i].column);
	}
	/* Of a host that nobody described no rule knows anything. */
	if (record != NULL)
		rules_decide(fleet->rules, wanted, values, origins);
	for (unsigned i = 0; i < CHOICES; i++) {
		choice[i] = values[rule_column(i)];
		origin[i] = origins[rule_column(i)];
	}
	host->setting = setting_of(fleet, choice, origin);
	host->hypervisor = keep(fleet, choice[CHOICE_HYPERVISOR]);
	if (!span_absent(choice[CHOICE_DATA_VOLUME]) &&
	    !span_number(choice[CHOICE_DATA_VOLUME], &host->data_volume))
		die(PM_EXIT_DATA,
		    "data_volume '%.*s' of host %.*s is no number of bytes",
		    SPAN_ARG(choice[CHOICE_DATA_VOLUME]), SPAN_ARG(host->name));
}
