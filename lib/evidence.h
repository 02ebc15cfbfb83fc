/*
 * What a site can show for a patch and a host: backups, restores, tests, events,
 * promotions, applications and who verifies them.  pm-plan blocks by it and
 * pm-apply refuses by it, so both ask here.
 *
 * The functions that answer append to `actual` what there is, in words, whether
 * or not it is enough.
 */
#ifndef PM_EVIDENCE_H
#define PM_EVIDENCE_H

#include "evidence_model.h"
#include "stream.h"

/* The gates of pm-policy(5), in the order of their names. */
enum gate_kind {
	GATE_OF_ACTORS,
	GATE_OF_AUTHOR,
	GATE_OF_BACKUP,
	GATE_OF_DOCUMENT,
	GATE_OF_EVENT,
	GATE_OF_OWNERS,
	GATE_OF_PROMOTION,
	GATE_OF_RESTORE,
	GATE_OF_RING,
	GATE_OF_SIGNATURE,
	GATE_OF_TEST,
	GATE_OF_TEST_HOST,
	GATE_OF_VERIFIER,
	GATES
};
extern const char *const gate_names[GATES];

/*
 * Take what is evidence; other records are none of its business.  A time that
 * is none ends the program with status 65.
 */
void evidence_read(struct evidence *evidence, const struct record *record);

/*
 * The same of a record that does not count because nobody has signed it: what
 * holds back is taken all the same.  False when it would have been of use.
 */
bool evidence_read_unsigned(
    struct evidence *evidence, const struct record *record);

/* A column of the host's record that is kept here, "-" when not known. */
struct span evidence_column(
    const struct evidence *evidence, struct span host, enum host_column column);

/* Name, groups and tier, for scopes. */
struct approval_host evidence_scope(
    const struct evidence *evidence, struct span host);

/* Is it a system for trying things out: env test, dev or lab, or ring test? */
bool evidence_is_test_host(const struct evidence *evidence, struct span host);

/* Is it restored from a standard image: a desktop, laptop or workstation? */
bool evidence_is_workstation(const struct evidence *evidence, struct span host);

/* A full backup younger than age, or where one serves, an image of image_age. */
bool evidence_backed_up(const struct evidence *evidence, struct span host,
    int64_t age, int64_t image_age, int64_t now, struct buffer *actual);

/* A restore of it was tried out within age. */
bool evidence_restored(const struct evidence *evidence, struct span host,
    int64_t age, int64_t now, struct buffer *actual);

/*
 * The last result for the package in this version on the platform of the host
 * is that it passed, on a test host, by somebody with a name.  With `after`,
 * not INT64_MIN, it must be later than that and say on which image.
 */
bool evidence_tested(const struct evidence *evidence, struct span host,
    struct span package, struct span version, int64_t after, int64_t now,
    struct buffer *actual);

/* The last adverse event for it on the platform of the host; false for none. */
bool evidence_event(const struct evidence *evidence, struct span host,
    struct span package, struct span version, int64_t now, int64_t *when,
    struct buffer *what);

/* Who waived the test of these vulnerabilities; false when nobody did. */
bool evidence_skips_test(const struct evidence *evidence, struct span host,
    struct span package, struct span cves, int64_t now, struct span *who);

/* The patch, hashed as pm-stream(5) says, is let through to the host. */
bool evidence_promoted(const struct evidence *evidence, struct span host,
    struct span package, struct span version, int64_t now,
    struct buffer *actual);

/* sha256:HEX of os, release, package and version. */
void evidence_patch(struct buffer *patch, struct span os, struct span release,
    struct span package, struct span version);

/*
 * An application of tier mission on the host that nobody verifies, or that no
 * test host has; empty when there is none.  A mission host without app records
 * lacks both.
 */
struct span evidence_unverified_app(
    const struct evidence *evidence, struct span host);
struct span evidence_untested_app(
    const struct evidence *evidence, struct span host);

/* Who verifies the applications of the host: a sorted list, or "-". */
void evidence_verifiers(
    const struct evidence *evidence, struct span host, struct buffer *list);

/*
 * The parts of the change control document of a server that are missing: a
 * list, empty when it is complete.
 */
void evidence_undocumented(
    const struct evidence *evidence, struct span host, struct buffer *parts);

void evidence_release(struct evidence *evidence);

#endif
