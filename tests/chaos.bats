#!/usr/bin/env bats
# Faults at random moments on real hosts; make chaos makes many more runs.
bats_require_minimum_version 1.5.0
load lib/common

# bats test_tags=req:G7,slow
@test "whatever goes wrong at whatever moment, the next runs settle every step" {
	local reason
	reason=$("$PM_TOP/share/lab/lab" check 2>&1) || skip "${reason#lab: }"
	need_command ssh ssh-keygen
	"$PM_TOP/share/lab/lab" build >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 "$BATS_TEST_TMPDIR/log")"
	CHAOS_DIR=$BATS_TEST_TMPDIR/chaos with_status 0 \
	    "$PM_TOP/tests/chaos/run" 3 "${CHAOS_SEED:-5}" 3>&-
	grep '^3 runs from seed' "$BATS_TEST_TMPDIR/out"
}

# The judge of these runs is a program as well: it sees what it should.
# bats test_tags=req:G7
@test "check.awk finds what is lost, twice, open or not there" {
	cd "$BATS_TEST_TMPDIR" || return
	judge() {
		awk -f "$PM_TOP/tests/chaos/check.awk" plan.tsv "$1" first "$2"
	}
	printf '%s\n' 'h1 install foo 1.0 2.0' 'h1 reboot - - -' |
	    "$PM_TOP/tests/lib/steps" .
	stream >good.tsv <<-'END'
		#done | plan | step | host | action | package | from | to | try | started | ended | outcome | rc | detail | chain
		done | p1 | h1/install/foo | h1 | install | foo | 1.0 | 2.0 | 1 | a | - | started | - | - | x
		done | p1 | h1/install/foo | h1 | install | foo | 1.0 | 2.0 | 1 | a | b | done | 0 | - | x
		done | p1 | h1/reboot/- | h1 | reboot | - | - | - | 1 | a | - | started | - | - | x
		done | p1 | h1/reboot/- | h1 | reboot | - | - | - | 1 | a | b | done | 0 | - | x
	END
	printf '%s\n' 'boot h1 aaa' 'state h1 foo 1.0 installed' >first
	printf '%s\n' 'boot h1 bbb' 'state h1 foo 2.0 installed' \
	    'dpkg h1 foo 1.0 2.0' 'transaction h1 x-1-install1' >last
	judge good.tsv last
	# nothing of it may be missing or there twice
	sed 3d good.tsv >bad.tsv
	run ! judge bad.tsv last
	[[ $output == *"h1/install/foo ended as started"* ]]
	sed '4,5d' good.tsv >bad.tsv
	run ! judge bad.tsv last
	[[ $output == *"h1/reboot/- has no outcome"* ]]
	sed '3{p;p;}' good.tsv >bad.tsv
	run ! judge bad.tsv last
	[[ $output == *"h1/install/foo was done twice"* ]]
	{ cat good.tsv && sed -n 2p good.tsv; } >bad.tsv
	run ! judge bad.tsv last
	[[ $output == *"was begun again although it was done"* ]]
	sed 's/bbb/aaa/' last >other
	run ! judge good.tsv other
	[[ $output == *"still the same boot"* ]]
	sed 's/foo 2.0 installed/foo 1.0 installed/' last >other
	run ! judge good.tsv other
	sed 's/^dpkg.*/&\n&/' last >other
	run ! judge good.tsv other
	[[ $output == *"h1/foo was upgraded 2 times in 1 tries"* ]]
	{ cat last && echo 'transaction h1 x-1-install2'; } >other
	run ! judge good.tsv other
	{ cat last && echo 'audit h1 foo is half configured'; } >other
	run ! judge good.tsv other
}
