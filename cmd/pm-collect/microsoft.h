/*
 * Microsoft's updates, whoever publishes them.  What is known of one update
 * (KB) for one product becomes one adv record:
 *
 *	release     the Windows that it is for, as Microsoft names it, or "-"
 *		    where the product is not bound to one (Office, SQL Server)
 *	source      the product, where it is more than that Windows
 *	package     the update, KB and its number
 *	fixed       the build that has it, where that is known; else the update,
 *		    or one that supersedes it, is there or not
 *	supersedes  the updates that it replaces
 *
 * What is said of an update may stand anywhere in a feed, so all of it is kept
 * until the end; names are kept once.
 */
#ifndef PM_MICROSOFT_H
#define PM_MICROSOFT_H

#include "feed.h"

enum microsoft_severity {
	MICROSOFT_UNKNOWN,
	MICROSOFT_LOW,
	MICROSOFT_MODERATE,
	MICROSOFT_IMPORTANT,
	MICROSOFT_CRITICAL
};

/* One update of one product, to be filled in by the reader. */
struct microsoft_update {
	uint32_t kb, product, title, build; /* names; 0 for none */
	uint32_t cves, supersedes;	    /* the last link */
	uint8_t severity;
	bool reboot;
	bool dated;
	int64_t date;
};

/*
 * The update with this number for a product, made when it is new; valid until
 * the next call.  NULL when the number is none, which has then been counted;
 * what names the entry if the number is empty.
 */
struct microsoft_update *microsoft_update(struct feed *feed, uint64_t line,
    struct span number, struct span product, struct span what);

/* The number of a name, kept until microsoft_forget(); 0 for an empty one. */
uint32_t microsoft_name(struct span text);

void microsoft_add_cve(struct microsoft_update *update, struct span cve);

/* Numbers with ";" between them; now and then a line break or <br>. */
void microsoft_add_superseded(struct feed *feed, uint64_t line,
    struct microsoft_update *update, struct span list);

enum microsoft_severity microsoft_severity(struct span text);

/* Write all updates, and forget them. */
void microsoft_write(struct feed *feed);
void microsoft_forget(void);
void microsoft_release(void);

#endif
