#include "feed.h"

#include <stdarg.h>
#include <stdio.h>

#include "feed_unused.h"
#include "inflate.h"
#include "packed.h"
#include "timestamp.h"

struct feed_scope {
	struct span os, release;
	struct span name; /* of the feed */
	bool threat;	  /* of vulnerabilities, not of patches */
	uint64_t records;
};

struct feed_options feed_options;

/* ---- reading */

/* Pass on what the decoders below give, and take the digest of it. */
static ssize_t
read_digested(struct bytes *bytes, void *to, size_t room)
{
	struct feed *feed = bytes->decoder;
	ssize_t n;

	if (feed->ahead_at < feed->ahead.n) {
		n = (ssize_t)(feed->ahead.n - feed->ahead_at);
		if (room < (size_t)n)
			n = (ssize_t)room;
		memcpy(to, feed->ahead.p + feed->ahead_at, (size_t)n);
		feed->ahead_at += (size_t)n;
		return n;
	}
	n = feed->packed.read(&feed->packed, to, room);

	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", feed->file);
	digest_add(&feed->digest, (struct span){to, (size_t)n});
	return n;
}

struct span
feed_peek(struct feed *feed)
{
	enum { LOOK = 4096 };
	struct buffer *ahead = &feed->ahead;
	ssize_t n;

	while (ahead->n < LOOK) {
		n = feed->packed.read(&feed->packed,
		    buffer_reserve(ahead, LOOK - ahead->n), LOOK - ahead->n);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", feed->file);
		if (n == 0)
			break;
		digest_add(&feed->digest,
		    (struct span){ahead->p + ahead->n, (size_t)n});
		ahead->n += (size_t)n;
	}
	return buffer_span(ahead);
}

static void
close_digested(struct bytes *bytes)
{
	struct feed *feed = bytes->decoder;

	bytes_close(&feed->packed);
}

void
feed_fail(const struct feed *feed, uint64_t line, const char *format, ...)
{
	char reason[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	if (line == 0)
		die(PM_EXIT_DATA, "%s: %s", feed->file, reason);
	die(PM_EXIT_DATA, "%s:%llu: %s", feed->file, (unsigned long long)line,
	    reason);
}

/* ---- what cannot be used */

/* ---- what it covers */

/* Feed names stand in comma lists. */
static void
add_part(struct buffer *text, struct span part)
{
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];

		buffer_add_byte(text,
		    c == ',' || c == ' ' || (unsigned char)c < ' ' ? '_' : c);
	}
}

static struct span
name_scope(struct feed *feed, struct span os, struct span release)
{
	struct buffer text = {0};
	struct span name;

	if (feed_options.name != NULL) {
		stream_escape(&text, span_of(feed_options.name));
	} else {
		buffer_add_span(&text, span_of(feed->source->name));
		if (!span_absent(os)) {
			buffer_add_byte(&text, ':');
			add_part(&text, os);
		}
		if (!span_absent(release)) {
			buffer_add_byte(&text, '/');
			add_part(&text, release);
		}
	}
	name = arena_copy(&feed->arena, buffer_span(&text));
	buffer_release(&text);
	return name;
}

static bool
is_scope(const struct feed_scope *scope, struct span os, struct span release,
    bool threat)
{
	return scope->threat == threat && span_equal(scope->release, release) &&
	       span_equal(scope->os, os);
}

static struct feed_scope *
scope_of(struct feed *feed, struct span os, struct span release, bool threat)
{
	struct hash_probe probe;
	struct feed_scope *scope;
	uint64_t hash;
	size_t next;

	threat = threat || strcmp(feed->source->kind, "threat") == 0;
	/* Entries come by release, or in the same order of releases. */
	for (unsigned i = 0; i < 2 && feed->scope_count > 0; i++) {
		next = (feed->scope_last + i) % feed->scope_count;
		if (is_scope(&feed->scopes[next], os, release, threat)) {
			feed->scope_last = next;
			return &feed->scopes[next];
		}
	}
	hash = hash_mix(hash_mix(hash_span(os), hash_span(release)), threat);
	probe = hash_first(&feed->scope_table, hash);
	for (; hash_found(&feed->scope_table, &probe);
	     hash_next(&feed->scope_table, &probe)) {
		scope = &feed->scopes[probe.index];
		if (is_scope(scope, os, release, threat)) {
			feed->scope_last = probe.index;
			return scope;
		}
	}
	feed->scopes = memory_grow(feed->scopes, &feed->scope_capacity,
	    feed->scope_count + 1, sizeof(*feed->scopes));
	scope = &feed->scopes[feed->scope_count];
	*scope = (struct feed_scope){
	    .os = arena_copy(&feed->arena, os),
	    .release = arena_copy(&feed->arena, release),
	    .name = name_scope(feed, os, release),
	    .threat = threat,
	};
	hash_insert(&feed->scope_table, hash, (uint32_t)feed->scope_count);
	feed->scope_last = feed->scope_count++;
	return scope;
}

void
feed_covers(struct feed *feed, struct span os, struct span release)
{
	scope_of(feed, os, release, false);
}

static int
order_scopes(const void *left, const void *right)
{
	const struct feed_scope *a = left, *b = right;
	int order = span_compare(a->os, b->os);

	if (order == 0)
		order = span_compare(a->release, b->release);
	return order != 0 ? order : a->threat - b->threat;
}

static void
write_scopes(struct feed *feed)
{
	struct output *output = &feed->output;
	char hex[DIGEST_SIZE], date[TIMESTAMP_SIZE];
	struct span digest = digest_finish(&feed->digest, hex);

	if (feed->scope_count > 1)
		qsort(feed->scopes, feed->scope_count, sizeof(*feed->scopes),
		    order_scopes);
	for (size_t i = 0; i < feed->scope_count; i++) {
		const struct feed_scope *scope = &feed->scopes[i];

		output_begin(output, layout_default(RECORD_FEED, true));
		output_field(output, scope->name);
		output_field(output, scope->os);
		output_field(output, scope->release);
		output_number(output, scope->records);
		output_field(output, feed->dated
					 ? timestamp_format(feed->date, date)
					 : SPAN("-"));
		output_field(output, digest);
		output_field(output, scope->threat
					 ? SPAN("threat")
					 : span_of(feed->source->kind));
		output_field(output, feed->origin);
		output_field(output, feed->suite);
		output_end(output);
	}
}

/* ---- records */

void
feed_advisory(struct feed *feed, const struct span *values)
{
	struct output *output = &feed->output;
	struct feed_scope *scope = scope_of(feed,
	    values[ADV_OS].n > 0 ? values[ADV_OS] : SPAN("-"),
	    values[ADV_RELEASE].n > 0 ? values[ADV_RELEASE] : SPAN("-"), false);
	unsigned absent = 0;

	output_begin(output, layout_default(RECORD_ADV, false));
	for (unsigned i = 0; i < ADV_PRIORITY; i++) {
		if (i != ADV_FEED && values[i].n == 0) {
			absent++;
			continue;
		}
		output_absent(output, absent);
		absent = 0;
		if (i == ADV_FEED)
			output_field(output, scope->name);
		else if (i == ADV_OS || i == ADV_RELEASE || i == ADV_CVES ||
			 i == ADV_SUPERSEDES || i == ADV_REQUIRES)
			output_field(output, values[i]);
		else
			output_text(output, values[i]);
	}
	output_end(output);
	scope->records++;
	feed->records++;
}

void
feed_vulnerability(struct feed *feed, const struct span *values)
{
	struct output *output = &feed->output;
	struct feed_scope *scope = scope_of(feed, SPAN("-"), SPAN("-"), true);

	output_begin(output, layout_default(RECORD_CVE, true));
	for (unsigned i = 0; i < CVE_COLUMNS; i++)
		if (values[i].n == 0)
			output_field(output, SPAN("-"));
		else
			output_text(output, values[i]);
	output_end(output);
	scope->records++;
	feed->records++;
}

bool
feed_is_cve(struct span name)
{
	enum { PREFIX = 4, YEAR_END = 8, LONGEST = 24 };

	if (!span_starts(name, SPAN("CVE-")) || name.n < YEAR_END + 5 ||
	    name.n > LONGEST || name.p[YEAR_END] != '-')
		return false;
	for (size_t i = PREFIX; i < name.n; i++)
		if (i != YEAR_END && (name.p[i] < '0' || name.p[i] > '9'))
			return false;
	return true;
}

bool
feed_is_word(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] <= ' ' || word.p[i] >= 0x7f || word.p[i] == ',' ||
		    word.p[i] == '\\')
			return false;
	return word.n > 0;
}

struct span
feed_lower(struct span text)
{
	static char lower[64];

	if (text.n >= sizeof(lower))
		return SPAN("");
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct span){lower, text.n};
}

/* ---- the whole */

void
feed_begin(struct feed *feed, const struct feed_source *source,
    const struct bytes *packed)
{
	feed->source = source;
	feed->packed = *packed;
	feed->file = packed->file;
	if (source->zlib)
		inflate_open(&feed->packed);
	feed->bytes = (struct bytes){.file = feed->file,
	    .fd = packed->fd,
	    .read = read_digested,
	    .close = close_digested,
	    .decoder = feed};
	digest_start(&feed->digest);
	feed->dated = false;
	feed->origin = feed->suite = SPAN("-");
	buffer_reset(&feed->ahead);
	feed->ahead_at = 0;
	feed->reason_count = feed->scope_count = feed->scope_last = 0;
	hash_release(&feed->scope_table);
	feed->records = feed->unused = 0;
}

void
feed_end(struct feed *feed)
{
	/* every reader reads to the end: the digest is that of the file */
	feed_unused_say(feed);
	/* a release may have no patches; vulnerabilities there always are */
	if (feed->scope_count == 0 ||
	    (feed->records == 0 && strcmp(feed->source->kind, "threat") == 0))
		feed_fail(feed, 0, "no entry in it could be used%s",
		    feed->unused == 0 ? ": it has none" : "");
	feed_unused_write(feed);
	write_scopes(feed);
	feed->total_records += feed->records;
	feed->total_unused += feed->unused;
	bytes_close(&feed->bytes);
	arena_release(&feed->arena);
}

void
feed_release(struct feed *feed)
{
	free(feed->reasons);
	free(feed->scopes);
	hash_release(&feed->scope_table);
	buffer_release(&feed->ahead);
	arena_release(&feed->arena);
}

void
feed_open(struct feed *feed, const struct feed_source *source, const char *file)
{
	struct bytes plain, packed;

	bytes_open(&plain, file);
	packed_open_any(&packed, plain.fd, plain.file);
	feed_begin(feed, source, &packed);
}

static void
read_file(struct feed *feed, const struct feed_source *source, const char *file)
{
	feed_open(feed, source, file);
	source->read(feed);
	feed_end(feed);
}

/* These become columns, and parts of a feed's name. */
static void
check_option(const char *name, const char *value)
{
	for (const char *p = value; p != NULL && *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '\\')
			die(PM_EXIT_USAGE,
			    "--%s: '%s' has a byte that is no letter, digit "
			    "or sign",
			    name, value);
	if (value != NULL && *value == '\0')
		die(PM_EXIT_USAGE, "--%s is empty", name);
}

enum pm_exit
feed_collect(const struct feed_source *source, int argc, char **argv)
{
	int first = options_parse(source->program, argc, argv);
	static struct feed feed;

	check_option("os", feed_options.os);
	check_option("release", feed_options.release);
	if (source->start != NULL)
		source->start();
	program_output(&feed.output);
	for (int i = first; i < argc; i++)
		read_file(&feed, source, argv[i]);
	if (first == argc)
		read_file(&feed, source, "-");
	if (!common.quiet)
		warning("records: %llu; entries that could not be used: %llu",
		    (unsigned long long)feed.total_records,
		    (unsigned long long)feed.total_unused);
	if (source->release != NULL)
		source->release();
	feed_release(&feed);
	return program_finish(&feed.output, PM_EXIT_OK);
}
