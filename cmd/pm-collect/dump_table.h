/*
 * Package lists as lines of fields with tabs between them.  Which field is what
 * comes from the option --columns, else from a first line that begins with "#"
 * and names them, else from the number of fields.
 */
#ifndef PM_DUMP_TABLE_H
#define PM_DUMP_TABLE_H

#include "dump.h"

enum { DUMP_TABLE_WANTED = 16 };

/* A query that the reader's own documentation gives: columns by field. */
struct dump_table_form {
	unsigned fields;
	const char *columns; /* comma list of names, "-" for none */
};

struct dump_table {
	const char *const *names;	     /* of columns, ends in NULL */
	const struct dump_table_form *forms; /* ends in fields 0 */
	const char *query;		     /* the command to suggest */

	struct span field[DUMP_TABLE_WANTED]; /* by name; p NULL for none */
	bool has[DUMP_TABLE_WANTED];	      /* is there such a column? */

	unsigned column[STREAM_FIELDS_MAX]; /* by field; the own */
	unsigned count;
	bool chosen; /* by the option or a header */
};

extern const char *dump_table_option;

#define DUMP_OPTION_COLUMNS                                     \
	{                                                       \
		0, "columns", "NAME,...",                       \
		    "what the fields are, - for nothing", NULL, \
		    &dump_table_option, NULL, NULL              \
	}

/*
 * The next row; false at the end.  Values are trimmed, and those that rpm and
 * dpkg write for nothing, "(none)", are empty.
 */
bool dump_table_next(struct dump_table *table, struct dump *dump);

#endif
