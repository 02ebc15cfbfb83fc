# Who answers for what nobody owns: the lead of patch management, whom the plan
# names as the owner then.  Put the name of yours into a file of your own that
# is named before this one.

-> lead=administrator
