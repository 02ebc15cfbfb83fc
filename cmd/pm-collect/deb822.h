/*
 * Paragraphs of fields as in deb822(5) and Debian Policy 5.1: dpkg's status,
 * apt's extended_states, Packages and Release files.
 *
 *	static const char *const wanted[] = {"package", "version"};
 *	enum { PACKAGE, VERSION, FIELDS };
 *
 *	bytes_open(&bytes, "status");
 *	deb822_open(&parser, &bytes, wanted, FIELDS);
 *	while (deb822_paragraph(&parser))
 *		use(deb822_get(&parser, PACKAGE));
 *	deb822_close(&parser);
 *	bytes_close(&bytes);
 *
 * The parser reads large blocks into one buffer and finds the lines with
 * memchr; only wanted fields are looked at further.  Nothing is allocated for a
 * paragraph or a field.  What a value spans stays valid until the next
 * paragraph is asked for.
 */
#ifndef PM_DEB822_H
#define PM_DEB822_H

#include "bytes.h"

enum {
	DEB822_WANTED_MAX = 32,
	DEB822_BUCKETS = 64,
	DEB822_PARAGRAPH_MAX = 16 * 1024 * 1024 /* bytes */
};

enum deb822_status {
	DEB822_PARAGRAPH, /* one more; its fields can be had */
	DEB822_END,	  /* a clean end of input */
	DEB822_BAD,	  /* malformed: see error_line and reason */
	DEB822_FAILED	  /* reading failed: see errno */
};

struct deb822 {
	const char *file;
	uint64_t line; /* of the paragraph's first field, from 1 */
	bool closed;   /* the paragraph ended in an empty line, as every
	                      paragraph that dpkg and apt write does; false is
	                      a sign of truncation */
	uint64_t error_line;
	const char *reason;

	/* the parser's own */
	struct bytes *bytes; /* NULL over memory */
	const char *base;
	struct buffer buffer;
	size_t n;	  /* bytes behind base */
	size_t at;	  /* start of the line being looked at */
	size_t paragraph; /* start of the paragraph */
	size_t nul;	  /* where the first NUL is, SIZE_MAX for nowhere */
	uint64_t lines;	  /* ended so far */
	bool bad;
	const char *const *wanted;
	unsigned count;
	int bucket[DEB822_BUCKETS]; /* first wanted name, -1 for none */
	int next[DEB822_WANTED_MAX];
	struct {
		size_t at; /* from the paragraph's start */
		size_t n;
		bool given;
	} value[DEB822_WANTED_MAX];
};

/*
 * Parse what bytes gives, or the memory of text (which stays the caller's).
 * wanted are the fields of interest, in lower case; they are found whatever
 * the case in the file.  The table must outlive the parser.
 */
void deb822_open(struct deb822 *parser, struct bytes *bytes,
    const char *const *wanted, unsigned count);
void deb822_open_memory(struct deb822 *parser, struct span text,
    const char *file, const char *const *wanted, unsigned count);

/* Go to the next paragraph.  After DEB822_BAD nothing more is to be had. */
enum deb822_status deb822_next(struct deb822 *parser);

/*
 * The same, where anything malformed ends the program with status 65 and the
 * file, line and reason; false at the end.
 */
bool deb822_paragraph(struct deb822 *parser);

/*
 * The value of a wanted field, without the blanks around it.  Continuation
 * lines follow as they stand, each with the newline before it and its leading
 * blank.  p is NULL and n 0 when the paragraph does not have the field.
 */
static inline struct span
deb822_get(const struct deb822 *parser, unsigned field)
{
	if (!parser->value[field].given)
		return (struct span){NULL, 0};
	return (struct span){
	    parser->base + parser->paragraph + parser->value[field].at,
	    parser->value[field].n};
}

void deb822_close(struct deb822 *parser);

#endif
