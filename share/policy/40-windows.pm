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

# What is critical does not wait for the weekend: it takes the next night, off
# hours, once the test systems have run with it.  For the windows above only; who
# sets others says here what is off hours for them.
window="sat,sun 22:00-06:00 UTC","sun 01:00-05:00 UTC" -> off_hours="daily 22:00-06:00 UTC"

tier=operational  -> mode=unattended
-> mode=attended

# Attended work goes host by host or a few at a time, unattended by the tenth
tier=operational  -> wave_size=10%
tier=business     -> wave_size=5
-> wave_size=1

ring=test         -> soak=1d
ring=pilot        -> soak=2d
-> soak=3d

# As many at a time as pm-apply -j is told
-> jobs=10

# How long things take, beside the download, which follows from the host's link
recovery_effort=high -> restore_time=60m
recovery_effort=low  -> restore_time=15m
-> restore_time=30m
-> install_time=10s restart_time=1m reboot_time=5m check_time=2m \
   backup_time=10m action_time=1m
