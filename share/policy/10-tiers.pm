# Role and tier of hosts, where the inventory does not give them.
#
# A tier says what the loss of the host would mean: mission (the organisation
# stands still), business (work goes on by other means for a while), operational
# (it is a nuisance).  The inventory of a site knows better than names do; write
# it there, or in a file of your own that is named before this one.

# Machines that people sit at, and devices
device=desktop,laptop,workstation        -> role=workstation
device=printer                           -> role=print
device=switch,router,firewall            -> role=network

# By the first part of the host's name, with a number or not
host~^(shop|store|cart)-?\d*(\.|$)       -> role=ecommerce
host~^(db|sql|pg|mysql|ora)-?\d*(\.|$)   -> role=database
host~^(pay|payroll|hr)-?\d*(\.|$)        -> role=payroll
host~^(mx|mailgw|smtp|relay)-?\d*(\.|$)  -> role=mailgateway
host~^(mail|imap|mbox)-?\d*(\.|$)        -> role=mail
host~^(web|www|app)-?\d*(\.|$)           -> role=web
host~^(ns|dns)-?\d*(\.|$)                -> role=dns
host~^(ldap|ad|dc|kdc|idm)-?\d*(\.|$)    -> role=directory
host~^(file|nas|nfs|smb)-?\d*(\.|$)      -> role=file
host~^(print|cups|prn)-?\d*(\.|$)        -> role=print
host~^(ws|pc|nb|laptop)-?\d*(\.|$)       -> role=workstation
host~^(test|dev|lab)-?\d*(\.|$)          -> env=test

# A system for trying things out is no loss, whatever its role
env=test,dev,lab                         -> tier=operational

# What a tier is computed from: what the host does for the mission, what it
# costs when it stands still, and how much work it is to bring it back.
role=database    -> mission_role=essential  downtime_impact=high   recovery_effort=high
role=ecommerce   -> mission_role=essential  downtime_impact=high   recovery_effort=medium
role=directory   -> mission_role=essential  downtime_impact=high   recovery_effort=medium
role=payroll     -> mission_role=important  downtime_impact=medium recovery_effort=medium
role=mail        -> mission_role=important  downtime_impact=medium recovery_effort=medium
role=network     -> mission_role=important  downtime_impact=high   recovery_effort=low
role=dns         -> mission_role=important  downtime_impact=high   recovery_effort=low
role=web         -> mission_role=important  downtime_impact=medium recovery_effort=low
role=file        -> mission_role=supporting downtime_impact=low    recovery_effort=medium
role=mailgateway -> mission_role=supporting downtime_impact=medium recovery_effort=low
role=print       -> mission_role=supporting downtime_impact=low    recovery_effort=low
role=workstation -> mission_role=supporting downtime_impact=low    recovery_effort=low

# The formula: essential and high count 2, important and medium 1, supporting and
# low 0.  The sum of the three from 5 on is mission, from 2 on business, below
# operational.  One factor that nobody gave counts 2; without any there is no
# tier, and pm-score names the host.
mission_role=- downtime_impact=- recovery_effort=- -> tier=-
mission_role=essential,- downtime_impact=high,- recovery_effort!=low  -> tier=mission
mission_role=essential,- downtime_impact=medium recovery_effort=high,- -> tier=mission
mission_role=important downtime_impact=high,-   recovery_effort=high,- -> tier=mission
mission_role=supporting downtime_impact=low    recovery_effort=low,medium -> tier=operational
mission_role=supporting downtime_impact=medium recovery_effort=low        -> tier=operational
mission_role=important  downtime_impact=low    recovery_effort=low        -> tier=operational
-> tier=business
