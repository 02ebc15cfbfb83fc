# The demonstration on this very machine, with its own package lists.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	need_command apt-get
	cd "$BATS_FILE_TMPDIR" || return
	"$PM_SHARE/demo" demo >shown 2>&1 || {
		tail -n 40 shown
		return 1
	}
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# column NAME: the values of a column of demo/urgent.tsv
column() {
	awk -F '\t' -v name="$1" '
		$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "need" { print $at[name] }' demo/urgent.tsv
}

@test "the most urgent need stands first" {
	grep -q '^need' demo/scored.tsv || skip "nothing is missing on this machine"
	column due >due
	LC_ALL=C sort -c due
	[ "$(wc -l <due)" -eq "$(grep -c '^need' demo/scored.tsv)" ]
	paste due <(column risk) | awk '$1 == due && $2 + 0 > risk + 0 { exit 1 }
		{ due = $1; risk = $2 }'
}

@test "its visits hold every planned installation" {
	planned=$(awk -F '\t' '
		$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["state"] == "planned" &&
		    $at["action"] == "install"' demo/plan.tsv | wc -l)
	shown=$(sed -n '/visit by visit$/,/^==.*by state$/p' shown |
	    grep -oE 'install( [0-9]+ packages)?' |
	    awk '{ n += NF > 1 ? $2 : 1 } END { print n + 0 }')
	[ "$shown" -eq "$planned" ]
}
