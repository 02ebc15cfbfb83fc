# The whole pipeline on a real Debian system without its security updates:
# collect, match, score, plan, approve, apply, verify, roll back, verify again.
bats_require_minimum_version 1.5.0
load lib/common
load lib/root

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	root=$BATS_TEST_TMPDIR/root
	make_root "$root"
	cat >site.pm <<-'END'
		host=testhost -> role=test site=lab tier=operational exposed=no \
		    owner=operations window=any mode=unattended
	END
}

teardown() {
	drop_roots
}

# The pipeline up to an approved plan.
plan() {
	pm-collect apt -q --root "$root" -o catalogue.tsv
	pm-collect root -q "$root" -o before.tsv
	pm-match -q catalogue.tsv before.tsv -o needs.tsv
	pm-score -q -p site.pm -p "$PM_POLICY" needs.tsv -o scored.tsv
	pm-plan -q -p site.pm -p "$PM_POLICY" scored.tsv -o plan.tsv
	pm-plan --approve lead --reason 'tested on the image' plan.tsv \
	    -o approve.tsv
}

# Look again: the verdict of each package of the plan.
verify() {
	local status=0
	pm-collect root -q "$root" -o after.tsv
	pm-verify -q --strict --journal journal.tsv plan.tsv journal.tsv \
	    after.tsv -o checks.tsv || status=$?
	awk -F '\t' '$1 == "check" && $3 == "package" { print $4, $7 }' \
	    checks.tsv | sort >verdicts
	return $status
}

# All packages of the plan with the same verdict.
all() {
	awk -v verdict="$1" '{ print $1, verdict }' pending | sort
}

# bats test_tags=req:P4-5,req:P4-4,slow
@test "a real system is patched, verified, rolled back and verified again" {
	pending "$root" >pending
	echo "$(wc -l <pending) updates are pending"
	[ "$(wc -l <pending)" -ge 3 ]

	# the plan is what apt would do, package by package
	plan
	records need needs.tsv | cut -f 3-5 | tr '\t' ' ' | sort >needed
	same pending needed
	records step plan.tsv | awk -F '\t' '$6 == "install" &&
	    $14 == "planned" { print $7, $8, $9 }' | sort >planned
	same pending planned

	# without approval nothing happens, and apt confirms the plan
	with_status 77 pm-apply --root "$root" plan.tsv
	with_status 0 pm-apply -n --root "$root" plan.tsv
	grep '^## .*Inst ' out | sed -nE \
	    's/^.*Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/\1 \2 \3/p' |
	    sort >asked
	same pending asked
	pending "$root" >still
	same pending still

	# for real
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[ -z "$(pending "$root")" ]
	[ -z "$(chroot "$root" dpkg --audit)" ]
	verify
	all verified >want
	same want verdicts

	# a second time there is nothing left to do
	cp journal.tsv journal.before
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	pending "$root" | cmp - /dev/null

	# one package back to the version before
	read -r package old new <pending
	with_status 0 pm-apply --root "$root" \
	    --rollback "testhost/install/$package" plan.tsv approve.tsv
	[ "$(version "$root" "$package")" = "$old installed" ]
	pending "$root" >again
	grep -qx "$package $old $new" again
	verify || true
	grep -qx "$package rolled-back" verdicts
	[ "$(grep -c -v "^$package " verdicts)" -eq $(($(wc -l <pending) - 1)) ]
}

# bats test_tags=req:G7,slow
@test "kill -9 in the middle: the next run carries on and loses nothing" {
	pending "$root" >pending
	plan
	for delay in 0.2 1.5; do
		pm-apply -q --root "$root" plan.tsv approve.tsv \
		    >/dev/null 2>&1 &
		until [[ -s journal.tsv ]] && grep -q started journal.tsv; do
			sleep 0.05
		done
		sleep "$delay"
		kill -9 $! || true
		wait || true
	done
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[ -z "$(pending "$root")" ]
	[ -z "$(chroot "$root" dpkg --audit)" ]
	verify
	all verified >want
	same want verdicts
	# one outcome a package, and apt was asked once
	awk -F '\t' '$1 == "#done" { for (i = 2; i <= NF; i++) at[$i] = i }
	    $1 == "done" && $at["action"] == "install" &&
	    $at["outcome"] != "started" { print $at["package"] }' \
	    journal.tsv | sort >outcomes
	cut -d ' ' -f 1 pending | sort | cmp - outcomes
	[ "$(grep -c ^Start-Date: "$root/var/log/apt/history.log")" -eq 1 ]
}

# bats test_tags=slow
@test "an image and its own status file give the same needs" {
	pm-collect apt -q --root "$root" -o catalogue.tsv
	pm-collect root -q "$root" | pm-match -q catalogue.tsv - |
	    records need /dev/stdin >want
	pm-collect dpkg -q --host testhost --os debian --release 12 \
	    "$root/var/lib/dpkg/status" | pm-match -q catalogue.tsv - |
	    records need /dev/stdin >got
	[ "$(wc -l <want)" -ge 3 ]
	same want got
}
