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

# bats test_tags=req:P1-6,req:P1-7,req:security-configuration,slow
@test "hosts are hardened: two changes at a time, on the test host first, and the way in stays" {
	look <<-'END'
	mkdir -p hardening/rules
	cd hardening
	cp ../inventory.tsv ../site.pm ../signers ../lea .
	# five rules that the hosts break, one of them about the way in
	awk -F '\t' '$1 == "#rule" && !n++ ||
	    $2 ~ /^(FIL-ROOT-MODE|FIL-CRONTAB-MODE|USR-UMASK|USR-DEFMAXDAYS|SSH-X11)$/' \
	    "$PM_SHARE"/baselines/20-linux.tsv >rules/rules.tsv
	# look ROUND: what fails, with remedies, and the score of each host
	audit() {
		visit try1 web1 | pm-collect merge -q inventory.tsv - |
		    awk -F '\t' '$1 ~ /^#/ || $2 == "try1" || $2 == "web1"' >$1.after
		pm-verify -q -k -b rules --remedies $1.after -o $1.judged
		awk -F '\t' '$1 == "check" && $4 == "host" && $3 == "score" {
			print $2, $6 }' $1.judged >$1.scores
	}
	# change ROUND: plan what was found before and carry it out
	change() {
		local now=$(later $(($1 * 60)) "$PM_NOW") when
		pm-plan -q --now "$now" -p site.pm -p "$PM_POLICY" --author paul \
		    $(($1 - 1)).judged tests.tsv -o $1.plan
		pm-plan --now "$now" --approve lea --sign lea $1.plan >$1.approve
		for when in $(column start step $1.plan | grep -v '^-$' | sort -u); do
			PM_SSH_CONFIG=$SSH_CONFIG pm-apply -q -J $1.journal \
			    --now "$when" --hooks "$PM_SHARE/hooks" \
			    --allowed-signers signers -e "ssh -F $SSH_CONFIG" \
			    $1.plan $1.approve tests.tsv >>$1.done 2>>$1.said || [[ $? -eq 75 ]]
		done
		PM_NOW=$(later 60 "$when")
		audit $1
		pm-verify -q --strict -J $1.journal --allowed-signers signers \
		    $1.plan $1.judged $1.approve -o $1.checks || [[ $? -eq 1 ]]
	}
	printf '#test\thost\tpackage\tversion\toutcome\twho\twhen\treason\texpiry\n' >tests.tsv
	audit 0
	change 1
	# what was changed first was tried out there
	awk -F '\t' -v OFS='\t' -v now="$PM_NOW" '$1 == "check" && $3 == "baseline" &&
	    $7 == "verified" { print "test", $2, $4, "-", "passed", "anna", now,
	    "looked at", "-" }' 1.checks >>tests.tsv
	change 2
	# the way in: blocked, whatever is asked for, and it works
	pm-plan -q -p site.pm -p "$PM_POLICY" --harden-all 2.judged tests.tsv -o all.plan
	to try1 'apt-get -qq update && echo patchable' >patchable
	END
	cd hardening
	# steps ACTION ROUND: "HOST RULE STATE", planned or not
	steps() {
		awk -F '\t' '/^#step/ { for (i = 2; i <= NF; i++) at[$i] = i }
		    $1 == "step" && $at["action"] == "harden" {
			print $at["host"], $at["package"], $at["state"] }' "$1" | sort
	}
	steps 1.plan
	[[ $(steps 1.plan | grep -c 'try1 .* planned') -eq 2 ]]
	[[ $(steps 1.plan | grep -c 'web1 .* planned') -eq 0 ]]
	[[ $(steps 2.plan | grep -c 'try1 .* planned') -eq 2 ]]
	[[ $(steps 2.plan | grep -c 'web1 .* planned') -eq 2 ]]
	for plan in [12].plan all.plan; do
		grep -q '^web1 SSH-X11 blocked$' <(steps $plan)
		grep -q 'could close the way by which the host is patched' $plan
	done
	# all that was planned is so now, by looking again
	for round in 1 2; do
		diff <(steps $round.plan | sed -n 's/ planned$//p') \
		    <(awk -F '\t' '$1 == "check" && $3 == "baseline" &&
			$7 == "verified" { print $2, $4 }' $round.checks | sort)
	done
	score() { sed -n "s/^$1 //p" "$2.scores"; }
	echo "scores: $(cat ./*.scores | xargs)"
	[[ $(score try1 1) -gt $(score try1 0) && $(score try1 2) -gt $(score try1 1) ]]
	[[ $(score web1 1) -eq $(score web1 0) && $(score web1 2) -gt $(score web1 1) ]]
	[[ $(<patchable) == patchable ]]
}
