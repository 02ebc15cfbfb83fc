# Where patching is the larger risk it waits.
#
# pm-score(1), section FIGURES, says how the two risks are computed, both in
# minutes that are expected to be lost.  patching_riskier is never yes for a
# flaw that is known to be exploited on a host within reach of everybody.

patching_riskier=yes kev!=yes exploit!=active,weaponized  -> decision=defer due=90d
