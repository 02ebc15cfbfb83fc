#include "asset_value.h"

#include <strings.h>

#include "list.h"
#include "schema.h"
#include "stream.h"
#include "timestamp.h"

/* Parts between commas, semicolons or blanks, sorted, each once. */
static void
add_list(struct buffer *out, struct span value)
{
	static const char between[] = ",; \t\r\n";
	struct list parts = {0};
	struct buffer joined = {0};
	size_t from = 0;

	for (size_t i = 0; i <= value.n; i++) {
		if (i < value.n && memchr(between, value.p[i], 6) == NULL)
			continue;
		if (i > from)
			list_add(
			    &parts, (struct span){value.p + from, i - from});
		from = i + 1;
	}
	list_join(&parts, &joined);
	if (joined.n > 0)
		stream_escape(out, buffer_span(&joined));
	list_release(&parts);
	buffer_release(&joined);
}

/* A host name is used in lists, paths, step ids and as an argument. */
static const char *
check_host(struct span host)
{
	if (host.n == 0 || span_absent(host))
		return "the row has no host";
	if (host.n > 253)
		return "the host name is longer than 253 bytes";
	if (host.p[0] == '-' || host.p[0] == '.')
		return "the host name begins with - or .";
	for (size_t i = 0; i < host.n;) {
		size_t step = utf8_sequence(host.p + i, host.n - i);

		if (step == 0)
			return "the host name is not UTF-8";
		if ((unsigned char)host.p[i] <= ' ' || host.p[i] == '\x7f' ||
		    strchr(",/\\*?[", host.p[i]) != NULL)
			return "the host name has a blank or one of , / \\ * ? "
			       "[ in it";
		i += step;
	}
	return NULL;
}

static const char *
add_exposure(struct buffer *out, struct span value)
{
	static const char *const words[][2] = {{"internet", "internet"},
	    {"internal", "internal"}, {"local", "local"}, {"none", "none"},
	    {"yes", "yes"}, {"no", "no"}, {"y", "yes"}, {"n", "no"},
	    {"true", "yes"}, {"false", "no"}, {"1", "yes"}, {"0", "no"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (value.n == strlen(words[i][0]) &&
		    strncasecmp(value.p, words[i][0], value.n) == 0) {
			buffer_add_span(out, span_of(words[i][1]));
			return NULL;
		}
	return "'exposed' is none of internet, internal, local, none, yes and "
	       "no";
}

/* Bits per second, with or without k, M or G for thousands of them. */
static const char *
add_link(struct buffer *out, struct span value)
{
	static const char units[] = "kMG";
	static const char reason[] =
	    "'link' is no number of bits per second such as 64000, 64k or 2M";
	const char *unit = strchr(units, value.p[value.n - 1]);
	uint64_t bits;

	if (unit != NULL)
		value.n--;
	if (!span_number(value, &bits) || bits == 0 ||
	    bits > UINT64_MAX / 1000000000)
		return reason;
	for (const char *at = units; unit != NULL && at <= unit; at++)
		bits *= 1000;
	buffer_add_number(out, bits);
	return NULL;
}

static const char *
add_time(struct buffer *out, struct span value)
{
	char text[TIMESTAMP_SIZE];
	int64_t seconds;

	if (!timestamp_parse(value, &seconds))
		return "'seen' is not a time such as 2026-11-23T02:00:00Z or "
		       "a date such as 2026-11-23";
	buffer_add_span(out, timestamp_format(seconds, text));
	return NULL;
}

const char *
asset_value(struct buffer *out, unsigned column, struct span value)
{
	const char *reason = column == HOST_HOST ? check_host(value) : NULL;

	if (reason != NULL)
		return reason;
	if (value.n == 0 || span_absent(value))
		return NULL;
	switch (column) {
	case HOST_ADDR:
	case HOST_MAC:
	case HOST_GROUP:
		add_list(out, value);
		for (size_t i = 0; column == HOST_MAC && i < out->n; i++)
			if (out->p[i] >= 'A' && out->p[i] <= 'F')
				out->p[i] = (char)(out->p[i] | 0x20);
		return NULL;
	case HOST_EXPOSED:
		return add_exposure(out, value);
	case HOST_LINK:
		return add_link(out, value);
	case HOST_SEEN:
		return add_time(out, value);
	default:
		stream_escape(out, value);
		return NULL;
	}
}
