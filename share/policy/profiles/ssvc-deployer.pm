# Priorities of the Stakeholder-Specific Vulnerability Categorization (SSVC) of
# CERT/CC for those who deploy patches: the deployer tree, in which decision
# point versions exploitation 1.1.0, system exposure 1.0.1, automatable 2.0.0
# and human impact 2.0.2 give defer, scheduled, out-of-cycle or immediate.
# Put it in front:
#
#	pm-score -p .../profiles/ssvc-deployer.pm -p .../policy cves.tsv needs.tsv
#
# Where the values of the four questions come from:
#
# exploitation: active when the vulnerability is listed as known exploited or
# attacks are known; poc when an exploit is public, ready to use or not; none
# when somebody looked and found none.  What nobody looked for counts as poc.
kind=security kev=yes                -> exploitation=active
kind=security exploit=active         -> exploitation=active
kind=security exploit=poc,weaponized -> exploitation=poc
kind=security exploit=none           -> exploitation=none
kind=security                        -> exploitation=poc

# system exposure: small is exposed=local or none, controlled is internal, open
# is internet.  What is not known counts as open, as SSVC advises; automatable
# that is not known counts as yes.
#
# human impact: the worse of harm to people and harm to the mission.  A tier
# speaks of the mission only: mission is the failure of it, business that of an
# essential function for a while, operational degrades one.  Where a failure
# hurts people write a rule of your own in front: role=ward -> human_impact=high
tier=mission,-   -> human_impact=very-high
tier=business    -> human_impact=medium
tier=operational -> human_impact=low

# exploitation none
exploitation=none   exposed=local,none automatable=no    human_impact=low       -> priority=defer
exploitation=none   exposed=local,none automatable=no    human_impact=medium    -> priority=defer
exploitation=none   exposed=local,none automatable=no    human_impact=high      -> priority=scheduled
exploitation=none   exposed=local,none automatable=no    human_impact=very-high -> priority=scheduled
exploitation=none   exposed=local,none automatable=yes,- human_impact=low       -> priority=defer
exploitation=none   exposed=local,none automatable=yes,- human_impact=medium    -> priority=scheduled
exploitation=none   exposed=local,none automatable=yes,- human_impact=high      -> priority=scheduled
exploitation=none   exposed=local,none automatable=yes,- human_impact=very-high -> priority=scheduled
exploitation=none   exposed=internal   automatable=no    human_impact=low       -> priority=defer
exploitation=none   exposed=internal   automatable=no    human_impact=medium    -> priority=scheduled
exploitation=none   exposed=internal   automatable=no    human_impact=high      -> priority=scheduled
exploitation=none   exposed=internal   automatable=no    human_impact=very-high -> priority=scheduled
exploitation=none   exposed=internal   automatable=yes,- human_impact=low       -> priority=scheduled
exploitation=none   exposed=internal   automatable=yes,- human_impact=medium    -> priority=scheduled
exploitation=none   exposed=internal   automatable=yes,- human_impact=high      -> priority=scheduled
exploitation=none   exposed=internal   automatable=yes,- human_impact=very-high -> priority=scheduled
exploitation=none   exposed=internet,- automatable=no    human_impact=low       -> priority=defer
exploitation=none   exposed=internet,- automatable=no    human_impact=medium    -> priority=scheduled
exploitation=none   exposed=internet,- automatable=no    human_impact=high      -> priority=scheduled
exploitation=none   exposed=internet,- automatable=no    human_impact=very-high -> priority=scheduled
exploitation=none   exposed=internet,- automatable=yes,- human_impact=low       -> priority=scheduled
exploitation=none   exposed=internet,- automatable=yes,- human_impact=medium    -> priority=scheduled
exploitation=none   exposed=internet,- automatable=yes,- human_impact=high      -> priority=scheduled
exploitation=none   exposed=internet,- automatable=yes,- human_impact=very-high -> priority=out-of-cycle

# exploitation poc
exploitation=poc    exposed=local,none automatable=no    human_impact=low       -> priority=defer
exploitation=poc    exposed=local,none automatable=no    human_impact=medium    -> priority=scheduled
exploitation=poc    exposed=local,none automatable=no    human_impact=high      -> priority=scheduled
exploitation=poc    exposed=local,none automatable=no    human_impact=very-high -> priority=scheduled
exploitation=poc    exposed=local,none automatable=yes,- human_impact=low       -> priority=scheduled
exploitation=poc    exposed=local,none automatable=yes,- human_impact=medium    -> priority=scheduled
exploitation=poc    exposed=local,none automatable=yes,- human_impact=high      -> priority=scheduled
exploitation=poc    exposed=local,none automatable=yes,- human_impact=very-high -> priority=scheduled
exploitation=poc    exposed=internal   automatable=no    human_impact=low       -> priority=defer
exploitation=poc    exposed=internal   automatable=no    human_impact=medium    -> priority=scheduled
exploitation=poc    exposed=internal   automatable=no    human_impact=high      -> priority=scheduled
exploitation=poc    exposed=internal   automatable=no    human_impact=very-high -> priority=scheduled
exploitation=poc    exposed=internal   automatable=yes,- human_impact=low       -> priority=scheduled
exploitation=poc    exposed=internal   automatable=yes,- human_impact=medium    -> priority=scheduled
exploitation=poc    exposed=internal   automatable=yes,- human_impact=high      -> priority=scheduled
exploitation=poc    exposed=internal   automatable=yes,- human_impact=very-high -> priority=out-of-cycle
exploitation=poc    exposed=internet,- automatable=no    human_impact=low       -> priority=scheduled
exploitation=poc    exposed=internet,- automatable=no    human_impact=medium    -> priority=scheduled
exploitation=poc    exposed=internet,- automatable=no    human_impact=high      -> priority=scheduled
exploitation=poc    exposed=internet,- automatable=no    human_impact=very-high -> priority=out-of-cycle
exploitation=poc    exposed=internet,- automatable=yes,- human_impact=low       -> priority=scheduled
exploitation=poc    exposed=internet,- automatable=yes,- human_impact=medium    -> priority=scheduled
exploitation=poc    exposed=internet,- automatable=yes,- human_impact=high      -> priority=out-of-cycle
exploitation=poc    exposed=internet,- automatable=yes,- human_impact=very-high -> priority=out-of-cycle

# exploitation active
exploitation=active exposed=local,none automatable=no    human_impact=low       -> priority=scheduled
exploitation=active exposed=local,none automatable=no    human_impact=medium    -> priority=scheduled
exploitation=active exposed=local,none automatable=no    human_impact=high      -> priority=out-of-cycle
exploitation=active exposed=local,none automatable=no    human_impact=very-high -> priority=out-of-cycle
exploitation=active exposed=local,none automatable=yes,- human_impact=low       -> priority=scheduled
exploitation=active exposed=local,none automatable=yes,- human_impact=medium    -> priority=out-of-cycle
exploitation=active exposed=local,none automatable=yes,- human_impact=high      -> priority=out-of-cycle
exploitation=active exposed=local,none automatable=yes,- human_impact=very-high -> priority=out-of-cycle
exploitation=active exposed=internal   automatable=no    human_impact=low       -> priority=scheduled
exploitation=active exposed=internal   automatable=no    human_impact=medium    -> priority=scheduled
exploitation=active exposed=internal   automatable=no    human_impact=high      -> priority=out-of-cycle
exploitation=active exposed=internal   automatable=no    human_impact=very-high -> priority=out-of-cycle
exploitation=active exposed=internal   automatable=yes,- human_impact=low       -> priority=out-of-cycle
exploitation=active exposed=internal   automatable=yes,- human_impact=medium    -> priority=out-of-cycle
exploitation=active exposed=internal   automatable=yes,- human_impact=high      -> priority=out-of-cycle
exploitation=active exposed=internal   automatable=yes,- human_impact=very-high -> priority=out-of-cycle
exploitation=active exposed=internet,- automatable=no    human_impact=low       -> priority=scheduled
exploitation=active exposed=internet,- automatable=no    human_impact=medium    -> priority=out-of-cycle
exploitation=active exposed=internet,- automatable=no    human_impact=high      -> priority=out-of-cycle
exploitation=active exposed=internet,- automatable=no    human_impact=very-high -> priority=immediate
exploitation=active exposed=internet,- automatable=yes,- human_impact=low       -> priority=out-of-cycle
exploitation=active exposed=internet,- automatable=yes,- human_impact=medium    -> priority=out-of-cycle
exploitation=active exposed=internet,- automatable=yes,- human_impact=high      -> priority=immediate
exploitation=active exposed=internet,- automatable=yes,- human_impact=very-high -> priority=immediate

# What the priorities mean here; SSVC gives no figures.  Immediate and
# out-of-cycle do not wait for a regular window, scheduled does.
priority=immediate    -> due=1d
priority=out-of-cycle -> due=7d
priority=scheduled    -> due=30d
priority=defer        -> due=-

# Without a patch the deadline is one for mitigation
state=unfixed priority=immediate,out-of-cycle,scheduled -> decision=mitigate
priority=immediate,out-of-cycle -> decision=emergency
priority=scheduled              -> decision=patch
priority=defer                  -> decision=defer
