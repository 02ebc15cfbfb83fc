/* The reader: every way a line can be wrong, and every buffer size. */
#include "stream.h"

#include <sys/mman.h>

#include <stdlib.h>
#include <unistd.h>

#include "output.h"
#include "scan.h"
#include "tap.h"

static int
memory_file(const char *bytes, size_t n)
{
	int fd = memfd_create("stream", 0);

	if (fd == -1 || write(fd, bytes, n) != (ssize_t)n ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

/* Read everything into one text: fields joined by '|', or 'BAD line:col' */
static void
describe(struct buffer *out, const char *bytes, size_t n, size_t batch)
{
	int fd = memory_file(bytes, n);
	struct stream *stream = stream_open(fd, "test");
	struct stream_error error;
	struct record records[64];
	enum stream_status status;
	size_t count;

	buffer_reset(out);
	while ((status = stream_read(stream, records, batch, &count, &error)) !=
	       STREAM_END) {
		if (status == STREAM_BAD) {
			buffer_printf(out, "BAD %llu:%zu;",
			    (unsigned long long)error.line, error.column);
			if (error.fatal)
				break;
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			for (unsigned k = 0; k < records[i].fields; k++) {
				buffer_add_span(
				    out, record_field(&records[i], k));
				buffer_add_byte(
				    out, k + 1 < records[i].fields ? '|' : ';');
			}
		}
	}
	buffer_add_byte(out, '\0');
	stream_close(stream);
	close(fd);
}

struct example {
	const char *what;
	const char *text;
	const char *want;
};

static const struct example examples[] = {
    {"a record without header", "fact\th\tk\tv\n", "fact|h|k|v;"},
    {"a header and a record", "#fact\tkey\thost\nfact\tk\th\n", "fact|k|h;"},
    {"a comment is passed over", "## hello\nfact\th\tk\tv\n", "fact|h|k|v;"},
    {"an unknown type has any fields", "zebra\ta\nzebra\ta\tb\n",
	"zebra|a;zebra|a|b;"},
    {"too few fields", "fact\th\tk\nfact\th\tk\tv\n", "BAD 1:1;fact|h|k|v;"},
    {"too many fields for the header", "#fact\thost\nfact\th\tk\n", "BAD 2:1;"},
    {"empty field", "fact\th\t\tv\n", "BAD 1:8;"},
    {"empty last field", "fact\th\tk\t\n", "BAD 1:10;"},
    {"empty line", "\nfact\th\tk\tv\n", "BAD 1:1;fact|h|k|v;"},
    {"carriage return", "fact\th\tk\tv\r\n", "BAD 1:11;"},
    {"invalid UTF-8", "fact\th\tk\t\xff\n", "BAD 1:10;"},
    {"overlong UTF-8", "fact\th\tk\t\xc0\xaf\n", "BAD 1:10;"},
    {"surrogate", "fact\th\tk\t\xed\xa0\x80\n", "BAD 1:10;"},
    {"proper UTF-8", "fact\th\tk\t\xc3\xa9\xf0\x9f\x90\xa7\n",
	"fact|h|k|\xc3\xa9\xf0\x9f\x90\xa7;"},
    {"an escape", "fact\th\tk\ta\\tb\\\\\n", "fact|h|k|a\\tb\\\\;"},
    {"an unknown escape", "fact\th\tk\ta\\xb\n", "BAD 1:11;"},
    {"a lone backslash", "fact\th\tk\ta\\\n", "BAD 1:11;"},
    {"control byte", "fact\th\tk\ta\x1b[0m\n", "BAD 1:11;"},
    {"no final newline", "fact\th\tk\tv\nfact\th\tk\tw",
	"fact|h|k|v;BAD 2:11;"},
    {"nothing", "", ""},
    {"only a header", "#fact\thost\n", ""},
    {"the same header twice", "#fact\thost\n#fact\thost\nfact\th\n", "fact|h;"},
    {"another header after records",
	"#fact\thost\nfact\th\n"
	"#fact\tkey\thost\nfact\tk\th\n",
	"fact|h;fact|k|h;"},
    {"two headers and no record between", "#fact\thost\n#fact\tkey\nfact\th\n",
	"BAD 2:1;"},
    {"a header after assumed order", "fact\th\tk\tv\n#fact\tkey\thost\tvalue\n",
	"fact|h|k|v;BAD 2:1;"},
    {"the assumed header itself",
	"fact\th\tk\tv\n#fact\thost\tkey\tvalue\n"
	"fact\tx\ty\tz\n",
	"fact|h|k|v;fact|x|y|z;"},
    {"a type in capitals", "Fact\th\n", "BAD 1:1;"},
    {"a column in capitals", "#fact\tHost\n", "BAD 1:1;"},
    {"a column twice", "#fact\thost\thost\n", "BAD 1:1;"},
    {"a header without columns", "#fact\n", "BAD 1:1;"},
    {"a need as pm-match writes it",
	"need\t1\t2\t3\t4\t5\t6\t7\t8\t9\ta\tb\tc\td\n",
	"need|1|2|3|4|5|6|7|8|9|a|b|c|d;"},
};

static void
test_examples(void)
{
	struct buffer got = {0};

	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		const struct example *e = &examples[i];

		for (size_t batch = 1; batch <= 64; batch += 63) {
			describe(&got, e->text, strlen(e->text), batch);
			if (!ok(strcmp(got.p, e->want) == 0, "%s (batch %zu)",
				e->what, batch))
				printf("# got %s\n# not %s\n", got.p, e->want);
		}
	}
	describe(&got, "fact\th\tk\ta\0b\n", 13, 8);
	ok(strcmp(got.p, "BAD 1:11;") == 0, "NUL byte");
	buffer_release(&got);
}

/* The smallest buffer must give what the largest gives. */
static void
test_buffers(void)
{
	static const char *const sizes[] = {"64", "65", "100", "127", "4096"};
	struct buffer text = {0}, want = {0}, got = {0};
	unsigned random = 7;

	for (int i = 0; i < 3000; i++) {
		random = random * 1103515245 + 12345;
		switch (random >> 16 & 15) {
		case 0:
			buffer_printf(
			    &text, "#fact\tkey\thost\tc%u\n", random >> 20 & 3);
			buffer_printf(&text, "fact\tk\th\tv\n");
			break;
		case 1:
			buffer_printf(&text, "fact\tbad\t\t%d\n", i);
			break;
		case 2:
			buffer_printf(&text, "other\t\xc3\xa9%d\n", i);
			break;
		case 3:
			buffer_printf(&text,
			    "## a comment of some length "
			    "%*d\n",
			    (int)(random >> 20 & 127), i);
			break;
		case 4:
			buffer_printf(&text, "other\t%0*d\tz\r\n",
			    (int)(random >> 20 & 511) + 1, i);
			break;
		default:
			buffer_printf(&text, "fact\thost%d\tk\t%0*d\n", i,
			    (int)(random >> 20 & 63) + 1, i);
		}
	}
	buffer_printf(&text, "fact\tlast");
	describe(&want, text.p, text.n, 64);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		setenv("PM_TEST_BUFFER", sizes[i], 1);
		describe(&got, text.p, text.n, 1 + i * 7);
		ok(strcmp(got.p, want.p) == 0, "a buffer of %s bytes",
		    sizes[i]);
	}
	unsetenv("PM_TEST_BUFFER");
	buffer_release(&text);
	buffer_release(&want);
	buffer_release(&got);
}

static void
test_long_lines(void)
{
	struct buffer text = {0}, got = {0};
	size_t limit = STREAM_LINE_MAX;

	for (int over = 0; over <= 1; over++) {
		buffer_reset(&text);
		buffer_printf(&text, "fact\th\tk\t");
		memset(buffer_reserve(&text, limit), 'x', limit);
		text.n = limit - 1 + (size_t)over;
		buffer_printf(&text, "\nfact\th\tk\tv\n");
		describe(&got, text.p, text.n, 8);
		if (over)
			ok(strcmp(got.p, "BAD 1:1048576;fact|h|k|v;") == 0,
			    "a line over the cap: %.40s", got.p);
		else
			ok(got.n == limit + 12 &&
				memcmp(got.p + limit, "fact|h|k|v;", 11) == 0,
			    "a line of just the cap");
	}
	buffer_release(&text);
	buffer_release(&got);
}

static void
test_scan(void)
{
	char block[64 + 1];
	unsigned random = 1;
	bool same = true;

	for (int round = 0; round < 100000; round++) {
		struct scan_mask a, b;

		for (size_t i = 0; i < 64; i++) {
			random = random * 1103515245 + 12345;
			block[i] = (char)(random >> 16 & 7 ? 'a'
							   : random >> 20);
		}
		a = scan_block(block);
		b = scan_block_portable(block);
		same = same && a.delimiters == b.delimiters &&
		       a.newlines == b.newlines && a.special == b.special;
	}
	ok(same, "both scanners see the same");
}

static void
test_escapes(void)
{
	static const char raw[] =
	    "a\tb\nc\rd\\e\x1b[0mf\xff g\xc2\x9bh\xc3\xa9";
	static const char want[] = "a\\tb\\nc\\rd\\\\e?[0mf? g?h\xc3\xa9";
	struct buffer text = {0}, back = {0};
	size_t column;

	stream_escape(&text, SPAN("a\tb\nc\rd\\e"));
	stream_unescape(&back, buffer_span(&text));
	ok(span_equal(buffer_span(&back), SPAN("a\tb\nc\rd\\e")),
	    "escape and back");
	buffer_reset(&text);
	stream_escape(&text, span_of(raw));
	ok(span_equal(buffer_span(&text), span_of(want)), "hostile bytes: %.*s",
	    SPAN_ARG(buffer_span(&text)));
	ok(stream_check_line(buffer_span(&text), &column) == NULL,
	    "escaped text is proper");
	buffer_reset(&text);
	stream_escape(&text, SPAN(""));
	ok(span_equal(buffer_span(&text), SPAN("-")), "nothing is absent");
	buffer_release(&text);
	buffer_release(&back);
}

int
main(void)
{
	test_scan();
	test_escapes();
	test_examples();
	test_buffers();
	test_long_lines();
	return done();
}
