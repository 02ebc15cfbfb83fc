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

role=ecommerce,database,directory        -> tier=mission
role=payroll,mail,web,dns,network        -> tier=business
role=print,file,mailgateway,workstation  -> tier=operational
