# The rules of this site; those behind them are the defaults of pm.  The first
# rule that fits decides, pm-policy(5).
#
#host~^shop\d+                  -> role=ecommerce tier=mission owner=web
#role=ecommerce                 -> window="sun 02:00-05:00 Europe/Berlin"
