/*
 * What is known of each host when several reports speak of it.
 *
 * Every value carries who reported it and when, and the newest wins: for a
 * column of the host each value by itself, for its packages, services and
 * facts the whole set that one reporter gave, so that nothing removed comes
 * back from an older report.  Equal times are decided by the reporter's name
 * and then the value.  What wins does therefore not depend on the order in
 * which reports arrive, nor on merging some of them beforehand.
 */
#ifndef PM_INVENTORY_H
#define PM_INVENTORY_H

#include "intern.h"
#include "stream.h"

struct reporter {
	struct span source; /* field text, as in the host record */
	struct span seen;
	int64_t time; /* of seen; INT64_MIN when it is "-" */
	bool used;    /* something that won is from this reporter */
};

struct winner {
	struct span value; /* p NULL while there is none */
	unsigned reporter;
};

struct row {
	struct span line;
	const struct layout *layout;
};

/* All records of one type that one reporter gave. */
struct holding {
	enum record_type type; /* fact, pkg or svc */
	struct span group;     /* reporters that speak of the same thing */
	unsigned reporter;
	struct row *rows;
	size_t count;
	size_t capacity;
};

struct machine {
	struct span name;
	struct reporter *reporters;
	size_t reporter_count, reporter_capacity;
	struct winner *winners; /* by column */
	size_t winner_count, winner_capacity;
	struct holding *holdings;
	size_t holding_count, holding_capacity;
	void *section; /* the reader's own */
};

struct inventory {
	struct intern names;
	struct machine **machines; /* by number of the name; 0 is unused */
	size_t capacity;
	struct arena arena;
};

/* The machine with this name, made when it is new. */
struct machine *inventory_machine(
    struct inventory *inventory, struct span name);

/* The number of a reporter of the machine, made when it is new. */
unsigned machine_reporter(struct inventory *inventory, struct machine *machine,
    struct span source, struct span seen, int64_t time);

/* Let a value of a column compete; "-" never wins. */
void machine_value(struct inventory *inventory, struct machine *machine,
    unsigned column, struct span value, unsigned reporter);

/*
 * Let a record compete as part of the set of its type and reporter.  The line
 * is copied.
 */
void machine_row(struct inventory *inventory, struct machine *machine,
    enum record_type type, unsigned reporter, struct span line,
    const struct layout *layout);

/*
 * When all is in: mark the reporters that are used, which includes the newest,
 * and return the number of that one.
 */
unsigned machine_settle(struct machine *machine);

void inventory_release(struct inventory *inventory);

#endif
