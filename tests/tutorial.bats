# Every command of pm-tutorial(7), as it stands there, beside the hosts of a lab.
bats_require_minimum_version 1.5.0
load lib/common
load lib/report

setup() {
	PATH=$PM_SHARE/lab:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	unset PM_POLICY PM_DRIVERS PM_RELEASES
	local reason
	reason=$(lab check 2>&1) || skip "${reason#lab: }"
	lab build >build.log 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 build.log)"
}

# The commands of the page, each behind a line that says which one it is
commands() {
	awk -v share="$PM_SHARE" '
		/^\.Bd/ { within = 1; next }
		/^\.Ed/ { within = 0; next }
		!within { next }
		{
			first = /^[$#] /
			gsub(/\\et/, "\\t")
			gsub(/\/usr\/local\/share\/pm/, share)
			sub(/^[$#] /, "")
		}
		first { printf "\necho \"== line %d\" >>\"$TUTORIAL_LOG\"\n", NR }
		!first { printf " " }
		{ print }
	' "$PM_TOP/man/pm-tutorial.7"
}

# bats test_tags=slow,req:F12,req:P4-4,req:P4-5,req:vmware-lab
@test "the tutorial, command by command" {
	export TUTORIAL_LOG=$BATS_TEST_TMPDIR/log
	commands > all
	[ "$(grep -c '^echo "== line' all)" -ge 35 ]
	{
		echo 'set -eu -o pipefail'
		sed '/^make servers/,$d' all
		cat <<-'END'
		make servers COMMAND="bash $BATS_TEST_TMPDIR/inside"
		END
	} > outside
	{
		echo 'set -eu; trap "echo line \$LINENO: \$BASH_COMMAND >&2" ERR'
		sed '1,/^make servers/d' all
	} > inside
	export BATS_TEST_TMPDIR
	bash outside > out 2>&1 3>&- < /dev/null || {
		tail -n 40 out
		tail -n 1 log
		false
	}
	cd tutorial
	# thirteen servers were looked at, the two test hosts were patched
	[ "$(awk -F '\t' '$1 == "pkg" { print $2 }' state/scanned.tsv | sort -u | wc -l)" -eq 13 ]
	awk -F '\t' '$1 == "done" { print $4, $12 }' state/journal.tsv > outcomes
	grep -q '^lab1 done$' outcomes
	run ! grep -v '^lab[12] ' outcomes
	run ! grep -E ' (failed|lost|timeout|unreachable)$' outcomes
	awk -F '\t' '$1 == "check" && $2 == "lab1" && $3 == "package" && $7 == "verified"' \
	    state/checks.tsv | grep -q .
	# the reports say what the records say, host by host and need by need
	gawk -v now="$(awk '$2 == "now" { print $3 }' reports/tables.tsv)" \
	    -f "$PM_TOP/tests/lib/second_opinion.awk" state/scored.tsv \
	    state/checks.tsv > second
	[ "$(wc -l < second)" -gt 30 ]
	agree second reports/tables.tsv
	[ "$(awk '$1 == "number" && $2 == "all" && $5 == "outcome_done" { print $6 }' \
	    reports/tables.tsv)" -eq "$(awk -F '\t' '$1 == "done" { last[$3] = $12 }
		END { for (step in last) n += last[step] ~ /^(done|skipped)$/; print n }' \
	    state/journal.tsv)" ]
	# never both shops, never the store before its gateway
	awk -F '\t' '$1 == "step" && $15 != "" && $14 == "planned" { wave[$5] = $4 }
		END { exit !(wave["shop1"] != wave["shop2"] && wave["mx1"] < wave["mail1"]) }' \
	    approvals/*.plan.tsv
}
