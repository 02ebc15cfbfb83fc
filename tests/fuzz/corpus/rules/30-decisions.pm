# How urgent a need is, what is done about it, and until when.
#
# Where a figure is missing the rules take the worse case: a security fix of
# unknown severity counts as important, a host whose exposure nobody rated as
# exposed.  That makes work; giving the figure makes it go away.

# ---- class

kind=security kev=yes                      -> class=critical
kind=security exploit=weaponized,active    -> class=critical
kind=security cvss>=7                      -> class=critical
kind=security epss>=0.1                    -> class=critical
kind=security severity=critical,emergency  -> class=critical
kind=security severity=high,important      -> class=critical
kind=security severity=- cvss=-            -> class=critical
kind=security                              -> class=useful

# Debugging symbols and documentation change nothing that runs
package~-(dbg|dbgsym|debuginfo|doc)$       -> class=unnecessary
-> class=useful

# ---- nothing that could be installed

state=unfixed class=critical               -> decision=mitigate due=7d
state=unfixed                              -> decision=defer due=90d

# ---- emergencies: attacks are known, and this host is within their reach

kev=yes exposed!=no                        -> decision=emergency due=3d
exploit=active exposed!=no                 -> decision=emergency due=3d
kev=yes tier=mission                       -> decision=emergency due=3d

# ---- the regular window, sooner or later

kev=yes                                    -> decision=patch due=14d
exploit=active,weaponized                  -> decision=patch due=14d
kind=security epss>=0.1 exposed!=no        -> decision=patch due=7d
class=critical exposed!=no tier=mission,-  -> decision=patch due=7d
class=critical exposed!=no                 -> decision=patch due=14d
class=critical                             -> decision=patch due=30d
kind=security                              -> decision=patch due=60d
# A fix that is installed but does not run yet protects nobody
state=reboot                               -> decision=patch due=30d
class=unnecessary                          -> decision=defer
-> decision=patch due=90d
