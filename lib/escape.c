/* Field text: the four escapes, and what may not stand in it. */
#include "stream.h"

static const char escape_letters[] = "tnr\\";
static const char escape_bytes[] = "\t\n\r\\";

void
stream_unescape(struct buffer *out, struct span field)
{
	for (size_t i = 0; i < field.n; i++) {
		const char *letter;

		if (field.p[i] != '\\' || i + 1 == field.n) {
			buffer_add_byte(out, field.p[i]);
			continue;
		}
		i++;
		letter = memchr(escape_letters, field.p[i], 4);
		buffer_add_byte(out,
		    letter == NULL ? field.p[i]
				   : escape_bytes[letter - escape_letters]);
	}
}

/*
 * The length of the well-formed UTF-8 sequence at p, at most n bytes; 0 when
 * it is not well formed.  Unicode 15.0, table 3-7.
 */
size_t
utf8_sequence(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned low = 0x80, high = 0xbf;
	size_t length;

	if (u[0] < 0x80)
		return 1;
	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		length = 2;
	else if (u[0] >= 0xe0 && u[0] <= 0xef)
		length = 3;
	else if (u[0] >= 0xf0 && u[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (length > n)
		return 0;
	if (u[0] == 0xe0)
		low = 0xa0; /* no overlong form */
	else if (u[0] == 0xed)
		high = 0x9f; /* no surrogate */
	else if (u[0] == 0xf0)
		low = 0x90;
	else if (u[0] == 0xf4)
		high = 0x8f; /* not above U+10FFFF */
	if (u[1] < low || u[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (u[i] < 0x80 || u[i] > 0xbf)
			return 0;
	return length;
}

/* A word with this byte in each place. */
#define EACH(byte) (UINT64_MAX / 0xff * (byte))

/* Are eight bytes printable ASCII, nothing of it to escape? */
static inline bool
all_plain(const char *p)
{
	uint64_t word, slash;

	memcpy(&word, p, sizeof(word));
	slash = word ^ EACH('\\');
	/* what borrows or carries into a high bit; the bytes have none before */
	return ((word | (word - EACH(' ')) | (word + EACH(1)) |
		    (slash - EACH(1))) &
		   EACH(0x80)) == 0;
}

/* How many bytes from i on are printable ASCII, nothing of it to escape. */
static size_t
plain_run(struct span bytes, size_t i)
{
	size_t start = i;

	while (bytes.n - i >= sizeof(uint64_t) && all_plain(bytes.p + i))
		i += sizeof(uint64_t);
	while (i < bytes.n && bytes.p[i] >= ' ' && bytes.p[i] < 0x7f &&
	       bytes.p[i] != '\\')
		i++;
	return i - start;
}

void
stream_escape(struct buffer *out, struct span bytes)
{
	if (bytes.n == 0) {
		buffer_add_byte(out, '-');
		return;
	}
	for (size_t i = 0; i < bytes.n;) {
		size_t plain = plain_run(bytes, i), length;
		const char *special;
		unsigned char c;

		buffer_add(out, bytes.p + i, plain);
		i += plain;
		if (i == bytes.n)
			break;
		length = utf8_sequence(bytes.p + i, bytes.n - i);
		c = (unsigned char)bytes.p[i];
		special = memchr(escape_bytes, c, 4);
		if (special != NULL) {
			buffer_add_byte(out, '\\');
			buffer_add_byte(
			    out, escape_letters[special - escape_bytes]);
		} else if (length == 0 || c < 0x20 || c == 0x7f) {
			buffer_add_byte(out, '?');
		} else if (c == 0xc2 && (unsigned char)bytes.p[i + 1] < 0xa0) {
			buffer_add_byte(out, '?'); /* C1 control */
		} else {
			buffer_add(out, bytes.p + i, length);
		}
		i += length == 0 ? 1 : length;
	}
}

const char *
stream_check_line(struct span line, size_t *column)
{
	bool empty = true;

	for (size_t i = 0; i < line.n;) {
		unsigned char c = (unsigned char)line.p[i];
		size_t length = utf8_sequence(line.p + i, line.n - i);

		*column = i + 1;
		if (c == '\t') {
			if (empty)
				return "an empty field (an absent value is "
				       "written -)";
			empty = true;
			i++;
			continue;
		}
		empty = false;
		if (c == '\r')
			return "a carriage return (convert the file with "
			       "tr -d '\\r')";
		if (c == '\0')
			return "a NUL byte (is this a text file?)";
		if (c < 0x20)
			return "a control byte";
		if (length == 0)
			return "invalid UTF-8";
		if (c == '\\' &&
		    (i + 1 == line.n ||
			memchr(escape_letters, line.p[i + 1], 4) == NULL))
			return "an unknown escape (only \\t \\n \\r \\\\)";
		i += c == '\\' ? 2 : length;
	}
	*column = line.n + 1;
	return empty ? "an empty field (an absent value is written -)" : NULL;
}
