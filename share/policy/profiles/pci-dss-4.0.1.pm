# Deadlines of PCI DSS 4.0.1 (June 2024), requirement 6.3.3: patches for
# vulnerabilities ranked critical within one month of their release, all others
# within a time that the entity sets by its assessment of the risk.  So the
# figures for high and other are this file's, not the standard's; put your own
# in a file in front of it.
#
#
#	pm-score -p .../profiles/pci-dss-4.0.1.pm -p .../policy cves.tsv needs.tsv
#
# 4.0 asked the same of high, see pci-dss-4.0.pm.  A month is 28 days here, the
# shortest there is, so that no calendar makes it late.

# The ranking of requirement 6.3.1: by the base score where there is one, else
# by the word of the advisory.  Known exploitation ranks critical whatever the
# score, and so does what nobody has rated.
kind=security kev=yes                              -> priority=critical
kind=security exploit=active                       -> priority=critical
kind=security cvss>=9                              -> priority=critical
kind=security cvss>=7                              -> priority=high
kind=security cvss>=0                              -> priority=other
kind=security severity=critical,emergency          -> priority=critical
kind=security severity=high,important              -> priority=high
kind=security severity=medium,moderate,low         -> priority=other
kind=security severity=negligible,unimportant      -> priority=other
kind=security                                      -> priority=critical

# Without a patch the deadline is one for mitigation
state=unfixed priority=critical,high               -> decision=mitigate
state=unfixed priority=other                       -> decision=defer

# The standard sets the last day, not the best one: what is attacked, on a host
# within reach, does not wait for it
kev=yes exposed!=no priority!=-                    -> decision=emergency due=3d
exploit=active exposed!=no priority!=-             -> decision=emergency due=3d

# The deadlines of requirement 6.3.3
priority=critical                                  -> decision=patch due=28d
priority=high                                      -> decision=patch due=60d
priority=other                                     -> decision=patch due=90d
