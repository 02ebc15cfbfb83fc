/*
 * Vulnerabilities as numbers.  There are many times more of them than of
 * anything else in a ledger, and each row names one; CVE-YEAR-NUMBER as the
 * programme writes it is packed into the number itself, any other name is a
 * word of the ledger.
 */
#ifndef PM_SCORE_LEDGER_CVE_H
#define PM_SCORE_LEDGER_CVE_H

#include "intern.h"

enum { LEDGER_CVE_SIZE = 24 };

/* The number of a vulnerability; "-" is 0. */
uint32_t ledger_cve(struct intern *words, struct span name);

/* The name, in room where it is not a word. */
struct span ledger_cve_name(
    const struct intern *words, uint32_t number, char room[LEDGER_CVE_SIZE]);

/* The order of the names' bytes. */
int ledger_cve_compare(const struct intern *words, uint32_t a, uint32_t b);

#endif
