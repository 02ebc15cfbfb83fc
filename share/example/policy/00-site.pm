# The rules of the example; what they leave open the defaults decide.

# Two sites, one lead
owner=-                          -> owner=anna

# What is reached from outside, by design; the firewall of bern says the rest
role=ecommerce,mailgateway,web   -> exposed=internet
role=network                     -> exposed=internal
group=roaming                    -> exposed=internet

# Databases hold what cannot be lost
role=database                    -> data_volume=2000000000000

# Test systems may stop at any time
env=test                         -> window=any

# Maintenance windows.  The shop never stops at the weekend before Christmas.
role=ecommerce                   -> window="tue 02:00-06:00 Europe/Zurich weekly" \
                                    freeze=2026-12-14/2026-12-27
role=mail,mailgateway            -> window="wed 22:00-04:00 Europe/Zurich weekly"
role=database                    -> window="sun 01:00-07:00 Europe/Zurich weekly"
role=network                     -> window="second tue +3d 22:00-02:00 Europe/Zurich monthly"
role=workstation                 -> window="mon-fri 12:00-13:30 Europe/Zurich" mode=unattended
