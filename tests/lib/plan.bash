# What the tests of pm-plan's prerequisites and chains have in common:
#
#	load lib/common
#	load lib/plan
#	setup() { plan_setup; }
#	with_status 0 pm-plan -p policy.pm ... && step_rows package state >rows

# plan_setup: the folder, the hour, a cache, and a policy that bars nothing.
plan_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T02:00:00Z PM_CACHE=$BATS_TEST_TMPDIR/cache
	echo '-> window=any owner_required=no' >policy.pm
}

# step_rows COLUMN...: of the steps in out that install or remove something,
# these columns with a blank between.
step_rows() {
	awk -F '\t' -v columns="$*" '
		BEGIN { count = split(columns, column, " ") }
		$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["action"] ~ /^(install|remove)$/ {
			for (i = 1; i <= count; i++)
				printf "%s%s", $at[column[i]],
				    i < count ? " " : "\n"
		}' out
}

# reason PACKAGE: why the steps of this package in out are as they are.
reason() {
	awk -F '\t' -v package="$1" '
		$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["package"] == package { print $at["reason"] }
	' out
}
