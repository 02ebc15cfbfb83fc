/* Accounts: who can log in and how.  No digest of a password leaves here. */
#include <limits.h>
#include <stdlib.h>

#include "settings.h"

/* The fields of passwd(5) and group(5); both begin with name, password, id. */
enum { FIELD_NAME, FIELD_PASSWORD, FIELD_ID, FIELD_SHELL = 6, FIELDS };

enum { PERSON_FIRST = 1000, NOBODY = 65534 };

struct account {
	struct span name, shell, password;
	uint64_t id;
	bool numbered;
	bool shadowed; /* its password is not in passwd itself */
};

struct accounts {
	struct account *item;
	size_t count, capacity;
	struct list uid0, empty, twice_id, twice_name, shell, unshadowed;
	struct list unlimited;
};

static bool
next_account(struct span *text, struct span *field)
{
	struct span line;

	if (!settings_line(text, &line))
		return false;
	for (unsigned i = 0; i < FIELDS; i++)
		field[i] = line.p == NULL ? SPAN("") : span_cut(&line, ':');
	return true;
}

struct span
settings_owner(
    struct settings *settings, const char *table, unsigned long number)
{
	struct span text = settings_read(settings, table)->text;
	struct span field[FIELDS];
	struct buffer digits = {0};
	uint64_t id;

	while (next_account(&text, field))
		if (span_number(field[FIELD_ID], &id) && id == number)
			return field[FIELD_NAME];
	buffer_add_number(&digits, number);
	field[0] = arena_copy(&settings->arena, buffer_span(&digits));
	buffer_release(&digits);
	return field[0];
}

/* What the second field of shadow(5) comes to. */
static struct span
password_state(struct span field)
{
	if (field.n == 0)
		return SPAN("empty");
	if (field.p[0] == '!' || field.p[0] == '*')
		return SPAN("locked");
	return SPAN("set");
}

/*
 * Of this machine from shadow(5); of a probe from lines that it made of it,
 * NAME:STATE:DAYS.  days is the longest time a password may be kept.
 */
static bool
look_up(struct settings *settings, struct span name, struct span *state,
    struct span *days)
{
	bool reply = settings->tree->reply != NULL;
	struct span text = settings_read(
	    settings, reply ? "/probe/shadow" : "/etc/shadow")
			       ->text;
	struct span line;

	while (settings_line(&text, &line)) {
		if (!span_equal(span_cut(&line, ':'), name))
			continue;
		*state = line.p == NULL ? SPAN("") : span_cut(&line, ':');
		for (unsigned i = 0; !reply && i < 2; i++)
			if (line.p != NULL)
				(void)span_cut(&line, ':');
		*days = line.p == NULL ? SPAN("") : span_cut(&line, ':');
		if (!reply)
			*state = password_state(*state);
		return true;
	}
	return false;
}

/* Nobody logs in with one of these. */
static bool
shell_refuses(struct span shell)
{
	static const char *const refusing[] = {
	    "/nologin", "/false", "/sync", "/shutdown", "/halt", "/true"};

	for (unsigned i = 0; i < sizeof(refusing) / sizeof(*refusing); i++)
		if (span_ends(shell, span_of(refusing[i])))
			return true;
	return false;
}

static void
read_accounts(
    struct settings *settings, struct accounts *accounts, const char *path)
{
	struct span text = settings_read(settings, path)->text;
	struct span field[FIELDS];

	while (next_account(&text, field)) {
		struct account account = {.name = field[FIELD_NAME],
		    .shell = field[FIELD_SHELL],
		    .shadowed = span_is(field[FIELD_PASSWORD], "x")};

		account.numbered = span_number(field[FIELD_ID], &account.id);
		if (!account.shadowed)
			account.password = password_state(
			    field[FIELD_PASSWORD]);
		accounts->item = memory_grow(accounts->item,
		    &accounts->capacity, accounts->count + 1,
		    sizeof(*accounts->item));
		accounts->item[accounts->count++] = account;
	}
}

static int
by_id(const void *left, const void *right)
{
	const struct account *a = left, *b = right;

	return a->id != b->id ? (a->id > b->id) - (a->id < b->id)
			      : span_compare(a->name, b->name);
}

static int
by_name(const void *left, const void *right)
{
	return span_compare(((const struct account *)left)->name,
	    ((const struct account *)right)->name);
}

static void
find_twice(struct accounts *accounts)
{
	struct account *item = accounts->item;

	if (accounts->count == 0)
		return;
	qsort(item, accounts->count, sizeof(*item), by_id);
	for (size_t i = 1; i < accounts->count; i++)
		if (item[i].numbered && item[i - 1].numbered &&
		    item[i].id == item[i - 1].id)
			list_add(&accounts->twice_id, item[i].name);
	qsort(item, accounts->count, sizeof(*item), by_name);
	for (size_t i = 1; i < accounts->count; i++)
		if (span_equal(item[i].name, item[i - 1].name))
			list_add(&accounts->twice_name, item[i].name);
}

static void
sort_account(struct settings *settings, struct accounts *accounts,
    struct account *account)
{
	struct span days = {0};
	uint64_t number;
	bool refuses = shell_refuses(account->shell);

	if (account->shadowed &&
	    !look_up(settings, account->name, &account->password, &days))
		account->password = (struct span){0};
	if (account->numbered && account->id == 0)
		list_add(&accounts->uid0, account->name);
	if (!account->shadowed)
		list_add(&accounts->unshadowed, account->name);
	if (span_is(account->password, "empty"))
		list_add(&accounts->empty, account->name);
	if (span_is(account->password, "set") && account->shadowed &&
	    (!span_number(days, &number) || number > 365))
		list_add(&accounts->unlimited, account->name);
	if (account->numbered && account->id != 0 &&
	    (account->id < PERSON_FIRST || account->id == NOBODY) && !refuses)
		list_add(&accounts->shell, account->name);
}

/* Those that people use, or that have a password, one by one. */
static void
write_accounts(struct settings *settings, const struct accounts *accounts)
{
	size_t written = 0, wanted = 0;
	struct buffer text = {0};

	for (size_t i = 0; i < accounts->count; i++) {
		const struct account *account = &accounts->item[i];

		if (!account->numbered ||
		    (account->id != 0 && account->id < PERSON_FIRST &&
			!span_is(account->password, "set")) ||
		    account->name.n == 0 || account->name.n > 64)
			continue;
		if (++wanted > SETTINGS_USERS_MAX)
			continue;
		written++;
		buffer_reset(&text);
		buffer_add_number(&text, account->id);
		settings_fact(settings, buffer_span(&text), "user.%.*s.uid",
		    SPAN_ARG(account->name));
		settings_fact(settings, account->shell, "user.%.*s.shell",
		    SPAN_ARG(account->name));
		if (account->password.n > 0)
			settings_fact(settings, account->password,
			    "user.%.*s.password", SPAN_ARG(account->name));
	}
	buffer_reset(&text);
	buffer_printf(&text, "%zu of %zu accounts", written, wanted);
	if (written < wanted)
		settings_fact(settings, buffer_span(&text), "users.cut");
	buffer_release(&text);
}

void
settings_users(struct settings *settings, struct span none)
{
	struct accounts accounts = {0}, groups = {0};
	bool reply = settings->tree->reply != NULL;

	(void)none;
	if (settings_read(settings, "/etc/passwd")->error != 0)
		return;
	read_accounts(settings, &accounts, "/etc/passwd");
	find_twice(&accounts);
	for (size_t i = 0; i < accounts.count; i++)
		sort_account(settings, &accounts, &accounts.item[i]);
	settings_list(settings, &accounts.uid0, "users.uid0");
	settings_list(settings, &accounts.unshadowed, "users.unshadowed");
	settings_list(settings, &accounts.twice_id, "users.duplicate_uid");
	settings_list(settings, &accounts.twice_name, "users.duplicate_name");
	settings_list(settings, &accounts.shell, "users.system_shell");
	if (settings_read(settings, reply ? "/probe/shadow" : "/etc/shadow")
		->error == 0) {
		settings_list(
		    settings, &accounts.empty, "users.empty_password");
		settings_list(
		    settings, &accounts.unlimited, "users.password_unlimited");
	}
	write_accounts(settings, &accounts);
	read_accounts(settings, &groups, "/etc/group");
	find_twice(&groups);
	settings_list(settings, &groups.twice_id, "groups.duplicate_gid");
	settings_list(settings, &groups.twice_name, "groups.duplicate_name");
	list_release(&accounts.empty);
	list_release(&accounts.unlimited);
	free(accounts.item);
	free(groups.item);
}
