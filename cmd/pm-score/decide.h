/* Deciding about needs: class, decision and due, and the rules that gave them. */
#ifndef PM_SCORE_DECIDE_H
#define PM_SCORE_DECIDE_H

#include "columns.h"
#include "explain.h"
#include "host.h"
#include "ledger.h"
#include "note.h"
#include "peers.h"
#include "risk.h"
#include "totals.h"
#include "waiver.h"

struct judge {
	struct rules *rules; /* on the columns of a need and its host */
	struct fleet *fleet;
	struct threats *threats;
	struct waivers *waivers;
	struct history *history;
	struct peers *peers;
	struct ledger *ledger;	 /* NULL: without */
	struct explain *explain; /* NULL: write the stream */
	struct buffer host_name; /* whose values stand below */
	struct span host_values[FLEET_COLUMNS];
	double restart, reboot; /* minutes that they take on this host */
	enum cvss_loss loss;	/* and what they mean for its scores */
	enum cvss_reach reach;
	struct waived waived;
	struct buffer text; /* of the record being written */
	struct notes notes; /* what combinations of rules cite */
	struct totals totals;
	uint64_t unknown_cves;
};

/*
 * Decide about a need and write it.  closure is how many packages change
 * together, 0 when that was not counted; what the record has wins.  A need of a
 * host that was not seen ends the program with status 65.
 */
void judge_need(struct judge *judge, struct output *output,
    const struct record *record, uint64_t closure);

/* Print the totals on standard error. */
void judge_totals(const struct judge *judge);

void judge_release(struct judge *judge);

#endif
