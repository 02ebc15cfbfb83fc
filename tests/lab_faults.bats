#!/usr/bin/env bats
# A whole round on real hosts over ssh, and then faults, planted on these hosts and
# in the files of the round: the hosts as they were left raise no alarm, each
# fault is found by its name, and nothing beside it.
bats_require_minimum_version 1.5.0
load lib/common
load lib/report
load lib/lab

setup_file() {
	mkdir -p "$BATS_FILE_TMPDIR"
	stream >"$BATS_FILE_TMPDIR/inventory.tsv" <<-'END'
		#host | host | class | role | tier | env | ring | owner | exposed
		host | db1 | server | database | business | prod | - | dora | no
		host | db2 | server | database | operational | prod | - | dora | no
		host | file1 | server | file | operational | prod | - | fred | no
		host | try1 | server | web | operational | test | test | anna | no
		host | web1 | server | web | mission | prod | - | anna | no
		host | web2 | server | web | business | prod | - | anna | no
	END
	lab_start -i inventory.tsv
	{
		cat "$PM_TOP/tests/lib/lab_round.bash"
		cat <<-'END'
		prepare
		patch
		export PM_NOW=$(<clock)
		visit $all >after.tsv
		END
	} | beside
}

teardown_file() {
	lab_stop
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# look: the rest of a script, with the functions of a round
look() {
	{
		cat "$PM_TOP/tests/lib/lab_round.bash" - <<-'END'
		export PM_NOW=$(<clock)
		END
		cat
	} | beside
}

# bats test_tags=slow
@test "the hosts as the rollout left them raise no alarm" {
	look <<<'judge'
	cat findings
	[[ ! -s findings && $(<status) -eq 0 ]]
	# and all of it was looked at
	[[ $(awk -F '\t' '$1 == "check" && $3 == "package" && $7 == "verified"' \
	    checks.tsv | wc -l) -ge 60 ]]
	[[ $(awk -F '\t' '$1 == "check" && $3 == "baseline" && $7 == "pass"' \
	    checks.tsv | wc -l) -ge 500 ]]
	[[ $(awk -F '\t' '$1 == "cover" && $4 == "covered" { print $2 }' \
	    rescored.tsv | sort -u | wc -l) -eq 6 ]]
	grep -qP '^check\t-\tjournal\tjournal.tsv\t.*\tverified\t' checks.tsv
	# nor does the report: no finding, nothing overdue, nothing left out
	[[ ! -s counted ]]
}

# bats test_tags=slow
@test "each fault is found by name, and nothing beside it" {
	cp "$PM_TOP/tests/cases/lab_faults" faults
	look <"$PM_TOP/tests/lib/lab_plant.bash"
	cat planted
	run ! grep -E '^(missed|alarm)' planted
	[[ $(grep -c '^found' planted) -eq $(grep -c ^fault faults) ]]
	[[ $(grep -c '^found' planted) -ge 50 ]]
}

# bats test_tags=req:P7-5,slow
@test "the report's numbers are those of an independent pass over the records" {
	need_command gawk
	local folder
	PM_NOW=$(<clock)
	export PM_NOW
	# as the rollout left the hosts, and with faults
	for folder in . packages services hosts; do
		[[ -s $folder/checks.tsv ]]
		"$PM_SHARE/report/tables" "$folder"/{scored,plan,journal,checks}.tsv \
		    >tables
		gawk -v now="$PM_NOW" -f "$PM_TOP/tests/lib/second_opinion.awk" \
		    "$folder"/{scored,checks}.tsv >second
		[[ $(wc -l <second) -ge 20 ]]
		agree second tables
	done
	# what became of the needs, by the ledger and by looking again
	look <<<'pm-score -q -p site.pm -p "$PM_POLICY" --ledger ledger.tsv \
	    waivers.tsv matched.tsv >/dev/null'
	"$PM_SHARE/report/tables" {scored,plan,journal,checks,ledger}.tsv >tables
	number() {
		awk -F '\t' -v name="$1" '$1 == "number" && $2 == "all" &&
		    $5 == name { print $6 }' tables
	}
	[[ $(number remediated) -eq $(awk -F '\t' '$3 == "gone" && $6 == "-"' \
	    ledger.tsv | wc -l) ]]
	[[ $(number remediated) -eq $(number met) && $(number met) -ge 60 ]]
	[[ $(number need_mean_seconds) -eq $(($(date -d "$PM_NOW" +%s) -
	    $(date -d "$(awk -F '\t' '$3 == "first" { print $2; exit }' \
	    ledger.tsv)" +%s))) ]]
	[[ $(number steps) -eq $(awk -F '\t' '$1 == "done" && !seen[$3]++' \
	    journal.tsv | wc -l) ]]
}
