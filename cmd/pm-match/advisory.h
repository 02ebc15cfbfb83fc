/*
 * What the columns of an advisory record mean.  A word that is none of those
 * which pm-stream(5) lists ends the program with status 65.
 */
#ifndef PM_MATCH_ADVISORY_H
#define PM_MATCH_ADVISORY_H

#include "catalogue.h"

enum key_by advisory_by(const struct record *record);
enum advisory_kind advisory_kind(const struct record *record);

/* Its state, and whether its versions can be compared by the scheme. */
enum advisory_state advisory_state(
    const struct record *record, enum version_scheme scheme);

/* Does a list of requirements have a module:NAME:STREAM? */
bool advisory_names_stream(struct span requires);

/* What a list of requirements has behind "pins:"; empty for nothing. */
struct span advisory_pins(struct span requires);

/* Does an rpm's release say that a module was built, as .module+el8 does? */
bool version_is_modular(struct span version);

/* 0 for unknown up to 5 for critical; the names of the usual feeds. */
unsigned severity_rank(struct span severity);

#endif
