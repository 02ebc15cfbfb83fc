# Deadlines of CISA's Binding Operational Directive 26-04, "Prioritizing
# Security Updates Based on Risk" (10 June 2026), table 1.  Put it in front:
#
#	pm-score -p .../profiles/bod-26-04.pm -p .../policy cves.tsv needs.tsv
#
# Four questions about a vulnerability on an asset: is it in the catalogue of
# known exploited vulnerabilities (kev), can the public reach the asset
# (exposed: internet), can an attack be automated, and does it give partial or
# total control (impact).  The column priority has the answer of the table.
#
# What nobody told takes the worse row: an exposure that is not known counts as
# public, automatable as yes, impact as total.  Whether a vulnerability is
# listed is another matter, since the catalogue names only what is in it: with
# kev unknown the rows below the table hold, which ask for no forensic triage
# but leave nothing longer than 14 days.  An exploit known to be used counts as
# listed.

# kev  exposed  automatable  impact
kind=security kev=yes exposed=internet,- automatable=yes,- impact=total,-   -> priority=3-days-forensic-triage
kind=security kev=yes exposed=internet,- automatable=yes,- impact=partial   -> priority=3-days
kind=security kev=yes exposed=internet,- automatable=no    impact=total,-   -> priority=3-days-forensic-triage
kind=security kev=yes exposed=internet,- automatable=no    impact=partial   -> priority=14-days
kind=security kev=yes exposed=no         automatable=yes,- impact=total,-   -> priority=3-days-forensic-triage
kind=security kev=yes exposed=no         automatable=yes,- impact=partial   -> priority=14-days
kind=security kev=yes exposed=no         automatable=no    impact=total,-   -> priority=14-days
kind=security kev=yes exposed=no         automatable=no    impact=partial   -> priority=14-days
kind=security kev=no  exposed=internet,- automatable=yes,- impact=total,-   -> priority=3-days
kind=security kev=no  exposed=internet,- automatable=yes,- impact=partial   -> priority=14-days
kind=security kev=no  exposed=internet,- automatable=no    impact=total,-   -> priority=14-days
kind=security kev=no  exposed=internet,- automatable=no    impact=partial   -> priority=60-days
kind=security kev=no  exposed=no         automatable=yes,- impact=total,-   -> priority=60-days
kind=security kev=no  exposed=no         automatable=yes,- impact=partial   -> priority=60-days
kind=security kev=no  exposed=no         automatable=no    impact=total,-   -> priority=next-upgrade
kind=security kev=no  exposed=no         automatable=no    impact=partial   -> priority=next-upgrade

# Nobody said whether it is listed
kind=security kev=- exploit=active exposed!=no automatable!=no impact=partial  -> priority=3-days
kind=security kev=- exploit=active exposed!=no                 impact!=partial -> priority=3-days-forensic-triage
kind=security kev=- exploit=active             automatable!=no impact!=partial -> priority=3-days-forensic-triage
kind=security kev=-                exposed!=no automatable!=no impact!=partial -> priority=3-days
kind=security kev=-                                                            -> priority=14-days

# What the answers mean here.  Three days do not wait for a regular window.
# Evidence for the triage is taken before the patch wipes it out.  The next
# upgrade has no date.
priority=3-days-forensic-triage,3-days -> due=3d
priority=14-days                       -> due=14d
priority=60-days                       -> due=60d
priority=next-upgrade                  -> due=-

# Without a patch the deadline is one for mitigation
state=unfixed priority=next-upgrade    -> decision=defer
state=unfixed priority!=-              -> decision=mitigate
priority=3-days-forensic-triage,3-days -> decision=emergency
priority=14-days,60-days               -> decision=patch
priority=next-upgrade                  -> decision=defer
