# Who can reach a host: internet, internal, local (nobody but itself) or none.
# yes is short for internet, no for the others, of which it sets internal.
#
# A host without this rating is named by pm-score and counts as exposed.

# What is contained, a client that sees nothing but its terminal server or a host
# cut off for lack of patches, is reached by nobody else, whatever the inventory
# says; its needs stay.
group=contained exposed!=none         -> exposed:=local
group=dmz,internet,public             -> exposed=yes
host~\bdmz\b                          -> exposed=yes
role=ecommerce,web,dns,mailgateway    -> exposed=yes
env=test,dev,lab                      -> exposed=no
role=database,directory,payroll,mail  -> exposed=no
role=print,file,workstation           -> exposed=no
