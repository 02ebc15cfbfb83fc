# What must be shown before a host is patched, pm-policy(5) section Gates.
#
# A site that keeps no such records is not held up: here only what somebody has
# recorded counts, an adverse event and two owners of one host.  The profile
# controlled.pm insists on everything.

-> gates=event,owners

# How old a backup, a restore that was tried out and a standard image may be
-> backup_age=1d restore_age=180d image_age=90d
