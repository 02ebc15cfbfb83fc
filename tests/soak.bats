#!/usr/bin/env bats
# Two nights of a small site; make soak makes weeks of it.
bats_require_minimum_version 1.5.0
load lib/common

# bats test_tags=req:F11,slow
@test "run by run, what is due is done once and nothing else, whatever happens" {
	need_root
	need_command mmdebstrap unshare
	run "$PM_TOP/tests/soak/run" 500 2
	[[ $status -ne 77 ]] || skip "${lines[-1]#soak: }"
	echo "$output"
	[[ $status -eq 0 ]]
	[[ ${lines[-1]} == "500 runs, 2 days, "*"8 upgrades by dpkg"* ]]
}

# The judge is a program as well: it sees what it should.
# bats test_tags=req:F11
@test "the judge of the runs finds what is lost, twice, early, open or left" {
	cd "$BATS_TEST_TMPDIR" || return
	local plan=p1.plan.tsv
	stream >$plan <<-'END'
		#step | plan | step | host | action | package | to | start | end | state
		step | p1 | h1/install/foo | h1 | install | foo | 2.0 | 2026-11-24T01:00:00Z | 2026-11-24T05:00:00Z | planned
		step | p1 | h1/check/- | h1 | check | - | - | 2026-11-24T01:00:00Z | 2026-11-24T05:00:00Z | planned
		## end
	END
	stream >good.tsv <<-'END'
		#done | plan | step | host | action | package | from | to | try | started | ended | outcome | rc | detail | chain
		done | p1 | h1/install/foo | h1 | install | foo | 1.0 | 2.0 | 1 | 2026-11-24T01:00:00Z | - | started | - | - | x
		done | p1 | h1/install/foo | h1 | install | foo | 1.0 | 2.0 | 1 | 2026-11-24T01:00:00Z | 2026-11-24T01:00:02Z | done | 0 | - | x
		done | p1 | h1/check/- | h1 | check | - | - | - | 1 | 2026-11-24T01:00:02Z | 2026-11-24T01:00:02Z | done | 0 | - | x
	END
	stream >runs.good <<-'END'
		1 | 2026-11-24T00:55:00Z | none | 75 | 3000 | 0 | 0
		2 | 2026-11-24T01:00:00Z | none | 0 | 3100 | 0 | 900
		3 | 2026-11-24T05:05:00Z | none | 0 | 3000 | 900 | 900
	END
	stream >dpkg.good <<-'END'
		h1 | foo | 1.0 | 2.0
	END
	stream >left.good <<-'END'
		1 | 1 | 0 | 0
	END
	stream >offered.good <<-'END'
		2026-11-23T12:00:00Z | foo | 2.0
	END
	printf '4\n4\n' >descriptors.good
	fresh() {
		cp good.tsv journal.tsv
		for name in runs dpkg left offered; do cp $name.good $name.tsv; done
		cp descriptors.good descriptors
	}
	judge() {
		awk -f "$PM_TOP/tests/soak/check.awk" $plan journal.tsv runs.tsv \
		    dpkg.tsv offered.tsv left.tsv descriptors
	}
	# finds TEXT FILE SED: with the file changed so, the judge says that
	finds() {
		fresh
		sed -i "$3" "$2"
		run ! judge
		[[ $output == *"$1"* ]]
	}
	fresh
	judge
	finds "foo ended as started" journal.tsv 3d
	finds "began at 2026-11-24T00" journal.tsv '2,3s/T01:00:00Z/T00:50:00Z/'
	finds "although it was done" journal.tsv '3{p;p;}'
	finds "was begun twice" journal.tsv '2p'
	finds "without a beginning" journal.tsv 2d
	finds "in the journal and in no plan" journal.tsv '2,3s/p1/p2/'
	finds "h1/check/- has no outcome" journal.tsv 4d
	finds "nothing was due" runs.tsv '1s/0$/7/'
	finds "ended with 3" runs.tsv '3s/none	0/none	3/'
	finds "ended with 70" runs.tsv '2s/none	0/away	70/'
	finds "run 3 is missing or there twice" runs.tsv 2d
	finds "was upgraded to 2.0 twice" dpkg.tsv p
	finds "dpkg knows nothing of it" dpkg.tsv 's/2.0$/3.0/'
	finds "and the journal has nothing of it" dpkg.tsv 'p;s/2.0$/3.0/'
	finds "bar 2.0 is on 0 hosts" offered.tsv s/foo/bar/
	finds "temporary files" left.tsv 's/1	1/1	3/'
	finds "processes" left.tsv 's/0$/1/'
	finds "open files" descriptors '1s/4/5/'
}
