/*
 * Microsoft's updates, whoever publishes them.  What is known of one update
 * (KB) for one product becomes one adv record:
 *
 *	release     of the Windows that it is for (windows_product.h), as hosts
 *		    have it, or "-" where the product is not bound to one
 *		    (Office, SQL Server)
 *	arch        where the product's name says it
 *	source      what it is for, where that is not all of this Windows: a
 *		    component, the Server Core installation, or the product
 *		    that is bound to none
 *	package     the update, KB and its number
 *	fixed       the build that has it, where that is known; else the update,
 *		    or one that supersedes it, is there or not
 *	supersedes  the updates that it replaces
 *
 * A product that names a Windows whose release cannot be told is counted as not
 * used.  What is said of an update may stand anywhere in a feed, so all of it is
 * kept until the end; names are kept once.
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

/* One update for one target, to be filled in by the reader. */
struct microsoft_update {
	uint32_t kb, release, arch, source; /* names; 0 for none */
	uint32_t title, build;		    /* the same */
	uint32_t cves, supersedes;	    /* the last link */
	uint8_t severity;
	bool reboot;
	bool dated;
	int64_t date;
};

/*
 * The update with this number for a product, made when it is new; valid until
 * the next call.  NULL when the number is none or the product cannot be used,
 * which has then been counted; what names the entry if the number is empty.
 */
struct microsoft_update *microsoft_update(struct feed *feed, uint64_t line,
    struct span number, struct span product, struct span what);

/* Is it nothing but digits, as the number of an update or a date is? */
bool microsoft_is_number(struct span text);

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
