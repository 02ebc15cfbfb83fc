# Change under control: nothing is patched that was not tested, approved by the
# right people with a signature, and can be brought back.  Name it in front:
#
#	pm-plan -p share/policy/profiles/controlled.pm -p share/policy ...
#
# Records of backups, tests, applications, promotions and actors are then needed,
# and pm-apply wants --allowed-signers.

# Test systems are where tests and promotions come from; they are set up anew
# when something goes wrong.
env=test,dev,lab  -> gates=actors,author,event,owners,signature

# What people sit at comes back from a standard image.
device=desktop,laptop,workstation \
    -> gates=actors,author,backup,event,owners,promotion,ring,signature,test
tier=operational \
    -> gates=actors,author,backup,event,owners,promotion,ring,signature,test
# Whoever works on it has read how, and knows whom to call.
tier=business \
    -> gates=actors,author,backup,document,event,owners,promotion,ring,signature,test
# Also for hosts whose tier nobody knows
-> gates=actors,author,backup,document,event,owners,promotion,restore,ring,signature,test,test-host,verifier

-> backup_age=1d restore_age=180d image_age=90d
