/* pm-score --explain: how the needs of one host were judged, in words. */
#ifndef PM_SCORE_EXPLAIN_H
#define PM_SCORE_EXPLAIN_H

#include "host.h"
#include "verdict.h"

struct explain {
	struct span host, cve; /* cve: "-" for all */
	struct output *output; /* where the words go */
	struct threats *threats;
	struct arena text;
	bool found;			/* the host record */
	struct span from[HOST_COLUMNS]; /* which rule or record gave it */
	uint64_t needs;
};

/* A host record, before it is judged: remember where its values come from. */
void explain_host(
    struct explain *explain, struct rules *rules, const struct record *record);

/* What firewalls and sockets say of the host's exposure; why may be empty. */
void explain_exposure(
    struct explain *explain, const struct record *host, struct span why);

/* A fact that says which rule gave a value, in a stream that was scored. */
void explain_fact(struct explain *explain, const struct record *record);

/* A need that was judged; values are those of its columns. */
void explain_need(struct explain *explain, const struct span *values,
    const struct span *host_values, const struct verdict *verdict);

/* At the end: status 66 when the host was not in the stream. */
void explain_finish(struct explain *explain);

#endif
