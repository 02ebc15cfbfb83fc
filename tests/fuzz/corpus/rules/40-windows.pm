# When and how hosts are patched.  The ring says in which turn: test systems
# first, then a pilot group, then all others; a ring waits until the one before
# it has run without trouble for its soak time.
#
# ring and window are decided by pm-score for the host record, the rest by
# pm-plan.  Where the tier is not known the careful way is taken.

env=test,dev,lab  -> ring=test
tier=operational  -> ring=pilot
-> ring=broad

tier=operational  -> window="daily 22:00-06:00 UTC"
tier=business     -> window="sat,sun 22:00-06:00 UTC"
-> window="sun 01:00-05:00 UTC"

tier=operational  -> mode=unattended
-> mode=attended

# Attended work goes host by host or a few at a time, unattended by the tenth
tier=operational  -> wave_size=10%
tier=business     -> wave_size=5
-> wave_size=1

ring=test         -> soak=1d
ring=pilot        -> soak=2d
-> soak=3d
