#!/usr/bin/env bats
# Gates: what must be shown before a host is patched.  Each blocks the plan
# without its evidence and lets it pass with it; and pm-apply asks again.
bats_require_minimum_version 1.5.0
load lib/common

# never COMMAND...: fails when it does not; bats takes no notice of a "!".
never() {
	! "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T02:00:00Z PM_AUTHOR=carl PM_POLICY=$PWD/policy.pm
}

# policy GATES [MORE]
policy() {
	echo "-> window=any mode=unattended owner_required=no gates=$1 ${2-}" \
	    >policy.pm
}

# The fleet of most tests: a mission server, its test host, a desktop.
fleet() {
	stream <<-'END'
		#host | host | class  | os | release | tier | env | ring | group | role | owner
		host | db1 | server  | debian | 12 | mission     | production | broad | -        | database | ann
		host | t1  | server  | debian | 12 | operational | test       | test  | -        | database | ann
		host | pc1 | desktop | debian | 12 | operational | production | pilot | standard | workstation | ann
		#need | host | package | installed | fixed | cves | state | decision
		need | db1 | foo | 1.0 | 2.0 | CVE-2026-1 | available | patch
		need | t1  | foo | 1.0 | 2.0 | CVE-2026-1 | available | patch
		need | pc1 | foo | 1.0 | 2.0 | CVE-2026-1 | available | patch
	END
}

# given TYPE COLUMNS: lines of standard input as records of a file TYPE.tsv,
# empty input for none.
given() {
	{
		echo "#$1 | $2"
		sed "s/^/$1 | /"
	} | stream >"$1.tsv"
}

# plan FILE...: the plan of the fleet and these records in plan.tsv.
plan() {
	fleet >fleet.tsv
	pm-plan fleet.tsv "$@" >plan.tsv 2>messages
}

# state HOST: of its installation.
state() {
	paste <(column host step plan.tsv) <(column action step plan.tsv) \
	    <(column state step plan.tsv) |
	    awk -v host="$1" '$1 == host && $2 == "install" { print $3 }'
}

# blocked HOST TEXT: its installation is, with a reason that holds the text.
blocked() {
	[[ $(state "$1") == blocked ]] || {
		echo "$1 is $(state "$1")"
		return 1
	}
	paste <(column host step plan.tsv) <(column reason step plan.tsv) |
	    grep "^$1	" | grep -qF -e "$2" && return
	column reason step plan.tsv
	return 1
}

# gate HOST: GATE EFFECT ACTUAL of its gate records.
gate() {
	paste <(column host gate plan.tsv) <(column gate gate plan.tsv) \
	    <(column effect gate plan.tsv) <(column actual gate plan.tsv) |
	    awk -F '\t' -v host="$1" '$1 == host { print $2, $3, $4 }'
}

# apply refused|passed FILE...: the plan for $host, approved, with further
# records.  Refused, nothing is started.  Passed, it is the window that it waits
# for, or the host that does not answer.
apply() {
	local want=$1 got=0
	shift
	rm -f started j.tsv
	printf '#!/bin/sh\necho >>%q\nexit 1\n' "$PWD/started" >run
	chmod +x run
	pm-plan --approve ann plan.tsv >approve.tsv
	pm-apply -e "$PWD/run" --journal "$PWD/j.tsv" --host "$host" plan.tsv \
	    approve.tsv "$@" >out 2>err || got=$?
	cat err
	if [[ $want == refused ]]; then
		[[ $got -eq 77 && ! -e started && ! -e j.tsv ]]
		grep -q 'refused: the plan requires' err
	elif [[ $got -eq 75 ]]; then
		says "the window is not open yet"
	else
		[[ $got -eq 69 && -e started ]]
	fi
}

# later TIME COMMAND...: as if it were then.
later() {
	local PM_NOW=$1
	shift
	"$@"
}

# ---- backups

# bats test_tags=req:P3-1
@test "a host without a fresh full backup is blocked" {
	policy backup
	plan
	blocked db1 "gate backup: a full backup within 1d is wanted, there is: no backup"
	gate db1 | grep -qx 'backup blocks no backup'
	given backup 'host | kind | who | when' <<-'END'
		db1 | full | bob | 2026-11-22T01:59:59Z
		t1 | incremental | bob | 2026-11-23T01:00:00Z
	END
	plan backup.tsv
	blocked db1 'there is: full of 2026-11-22T01:59:59Z'
	blocked t1 'only backups that are not full'
	given backup 'host | kind | who | when' <<-'END'
		db1 | full | bob | 2026-11-22T02:00:00Z
		t1 | snapshot | bob | 2026-11-23T01:00:00Z
	END
	plan backup.tsv
	[[ $(state db1) == planned && $(state t1) == planned ]]
	never grep -q '^gate	db1	backup' plan.tsv
	# the age is the policy's, and the future proves nothing
	policy backup backup_age=1h
	plan backup.tsv
	blocked db1 'within 1h'
	given backup 'host | kind | who | when' \
	    <<<'db1 | full | bob | 2026-11-24T00:00:00Z'
	plan backup.tsv
	blocked db1 'no backup'
	given backup 'host | kind | who | when | expiry' \
	    <<<'db1 | full | bob | 2026-11-23T01:30:00Z | 2026-11-23T02:00:00Z'
	plan backup.tsv
	blocked db1 'no backup'
}

# bats test_tags=req:P3-1
@test "pm-apply refuses without a fresh backup even when asked directly" {
	policy backup
	given backup 'host | kind | who | when' \
	    <<<'db1 | full | bob | 2026-11-22T12:00:00Z'
	plan backup.tsv
	host=db1
	apply passed
	later 2026-11-23T12:00:01Z apply refused
	says "a fresh full backup; there is: full of 2026-11-22T12:00:00Z"
	given backup 'host | kind | who | when' \
	    <<<'db1 | full | bob | 2026-11-23T11:00:00Z'
	later 2026-11-23T12:00:01Z apply passed backup.tsv
	# taken out of the plan's input, whose digest does not cover it
	sed -i '/^backup/d' plan.tsv
	apply refused
	says "no backup"
}

# bats test_tags=req:P3-1
@test "a visit that begins with a backup needs none before" {
	policy backup actions=backup
	plan
	[[ $(state db1) == planned ]]
	grep -q '	db1/backup/-	' plan.tsv
	column after step plan.tsv | grep -qx 'db1/backup/-'
	column requires step plan.tsv | never grep -q backup
}

# bats test_tags=req:P3-2
@test "a restore test that is too old is printed, and blocks where it is asked for" {
	policy none
	given backup 'host | kind | who | when | restored' <<-'END'
		db1 | full | bob | 2026-11-23T01:00:00Z | 2026-05-26T00:00:00Z
		t1 | full | bob | 2026-11-23T01:00:00Z | 2026-11-01T00:00:00Z
		pc1 | full | bob | 2026-11-23T01:00:00Z | -
	END
	plan backup.tsv
	[[ $(gate db1) == "restore passes 2026-05-26T00:00:00Z" ]]
	[[ $(gate pc1) == "restore passes never" ]]
	[[ -z $(gate t1) ]]
	[[ $(state db1) == planned ]]
	policy restore
	plan backup.tsv
	blocked db1 'gate restore: a tested restore within 180d is wanted'
	[[ $(state t1) == planned ]]
	policy restore restore_age=200d
	plan backup.tsv
	[[ $(state db1) == planned ]]
	host=db1
	apply passed
	later 2026-12-20T00:00:00Z apply refused
	says "a restore that was tried out; there is: 2026-05-26T00:00:00Z"
}

# bats test_tags=req:P3-2
@test "under control only mission hosts are blocked for an old restore" {
	export PM_POLICY=
	given backup 'host | kind | who | when | restored' <<-'END'
		db1 | full | bob | 2026-11-23T01:00:00Z | -
		pc1 | full | bob | 2026-11-23T01:00:00Z | -
	END
	fleet >fleet.tsv
	pm-plan -q -p "$PM_TOP/share/policy/profiles/controlled.pm" \
	    -p "$PM_TOP/share/policy" fleet.tsv backup.tsv >plan.tsv
	gate db1 | grep -qx 'restore blocks never'
	gate pc1 | grep -qx 'restore passes never'
}

# bats test_tags=req:P3-5
@test "an image satisfies the backup rule of workstations, by its age" {
	policy backup image_age=30d
	given backup 'host | kind | who | when' <<-'END'
		standard | image | bob | 2026-10-25T00:00:00Z
		db1 | image | bob | 2026-10-25T00:00:00Z
		t1 | full | bob | 2026-11-23T01:00:00Z
	END
	plan backup.tsv
	[[ $(state pc1) == planned ]]
	blocked db1 'a full backup within 1d is wanted, there is: image of 2026-10-25'
	given backup 'host | kind | who | when' \
	    <<<'standard | image | bob | 2026-10-23T00:00:00Z'
	plan backup.tsv
	blocked pc1 'an image within 30d is wanted, there is: image of 2026-10-23'
	given backup 'host | kind | who | when' \
	    <<<'other | image | bob | 2026-11-20T00:00:00Z'
	plan backup.tsv
	blocked pc1 'no backup'
	given backup 'host | kind | who | when' \
	    <<<'pc1 | image | bob | 2026-11-20T00:00:00Z'
	plan backup.tsv
	[[ $(state pc1) == planned ]]
	host=pc1
	apply passed
	later 2026-12-24T00:00:00Z apply refused
	says "a fresh full backup"
}

# ---- tests

# bats test_tags=req:P6-1
@test "what no test has passed is blocked, and its test host is not" {
	policy test
	plan
	blocked db1 'gate test: a passed test is wanted, there is: no result'
	[[ $(state t1) == planned ]]
	given test 'host | package | version | outcome | who | when' \
	    <<<'t1 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z'
	plan test.tsv
	[[ $(state db1) == planned ]]
	column reason step plan.tsv |
	    grep -q 'test passed by bob at 2026-11-22T00:00:00Z'
}

# bats test_tags=req:P6-1,req:P2-8
@test "a test counts for its version and platform, by name, until a later one" {
	policy test
	local line
	for line in \
	    't1 | foo | 1.9 | passed | bob | 2026-11-22T00:00:00Z | no result' \
	    't1 | bar | 2.0 | passed | bob | 2026-11-22T00:00:00Z | no result' \
	    't1 | foo | 2.0 | passed | - | 2026-11-22T00:00:00Z | by whom' \
	    't1 | foo | 2.0 | failed | bob | 2026-11-22T00:00:00Z | failed by bob' \
	    'pc1 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z | of no test host' \
	    'lab9 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z | another platform' \
	    't1 | foo | 2.0 | passed | bob | 2026-11-24T00:00:00Z | expired'; do
		given test 'host | package | version | outcome | who | when' \
		    <<<"${line% | *}"
		plan test.tsv
		blocked db1 "${line##* | }"
	done
	given test 'host | package | version | outcome | who | when | image' \
	    <<<'lab9 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z | debian 12 golden'
	plan test.tsv
	[[ $(state db1) == planned ]]
	given test 'host | package | version | outcome | who | when | image' \
	    <<<'lab9 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z | debian 11 golden'
	plan test.tsv
	blocked db1 'another platform'
	given test 'host | package | version | outcome | who | when' <<-'END'
		t1 | foo | 2.0 | passed | bob | 2026-11-21T00:00:00Z
		t1 | foo | 2.0 | failed | eve | 2026-11-22T00:00:00Z
	END
	plan test.tsv
	blocked db1 'failed by eve'
	given test 'host | package | version | outcome | who | when' <<-'END'
		t1 | foo | 2.0 | failed | eve | 2026-11-21T00:00:00Z
		t1 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z
	END
	plan test.tsv
	[[ $(state db1) == planned ]]
}

# bats test_tags=req:P6-1
@test "apply wants approval and test, and says which one is missing" {
	policy test
	given test 'host | package | version | outcome | who | when' \
	    <<<'t1 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z'
	plan test.tsv
	host=db1
	apply passed
	with_status 77 pm-apply -e "$PWD/run" --journal "$PWD/j2.tsv" \
	    --host db1 plan.tsv
	says "is not approved"
	sed -i '/^test/d' plan.tsv
	apply refused
	says "a passed test of this version; there is: no result"
	column outcome "done" | grep -qx refused
	apply passed test.tsv
	given test 'host | package | version | outcome | who | when' <<-'END'
		t1 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z
		t1 | foo | 2.0 | failed | eve | 2026-11-23T00:00:00Z
	END
	apply refused test.tsv
	says "failed by eve"
}

# bats test_tags=req:F1,req:P6-1
@test "an emergency says who waived its test, or that nobody did" {
	policy none
	fleet() {
		stream <<-'END'
			#host | host | os | release | tier | env
			host | db1 | debian | 12 | mission | production
			#need | host | package | installed | fixed | cves | state | decision
			need | db1 | foo | 1.0 | 2.0 | CVE-2026-1 | available | emergency
		END
	}
	plan
	[[ $(state db1) == planned ]]
	column reason step plan.tsv | grep -q 'not tested, and nobody waived the test'
	[[ $(gate db1) == 'test passes no result' ]]
	given waive 'host | package | cve | decision | who | when | reason | expiry' \
	    <<<'db1 | foo | - | skip-test | carol | 2026-11-23T00:00:00Z | exploited | 2026-11-25'
	plan waive.tsv
	column reason step plan.tsv | grep -q 'test waived by carol'
	[[ $(gate db1) == 'test waived no result' ]]
	# where actors are given, not by somebody who is none of them
	given actor 'who | role | scope' <<<'dora | lead | *'
	plan waive.tsv actor.tsv
	column reason step plan.tsv | grep -q 'nobody waived the test'
	given actor 'who | role | scope' <<<'carol | security | *'
	plan waive.tsv actor.tsv
	column reason step plan.tsv | grep -q 'test waived by carol'
	# with the gate it is held up until somebody takes it on himself
	policy test
	plan
	blocked db1 'gate test'
	plan waive.tsv
	[[ $(state db1) == planned ]]
	column requires step plan.tsv | grep -qx 'test-waived=carol'
	host=db1
	apply passed
	sed -i 's/2026-11-25/2026-11-22/' waive.tsv
	plan waive.tsv
	blocked db1 'gate test'
}

# bats test_tags=req:P5-5
@test "an adverse event makes the next plan demand a test result since" {
	policy event
	given event 'host | package | version | kind | who | when | reason' \
	    <<<'t1 | foo | 2.0 | regression | bob | 2026-11-20T00:00:00Z | crashed'
	plan event.tsv
	blocked db1 'gate event: a passed test with who, when and image since it regression on t1 at 2026-11-20T00:00:00Z is wanted, there is: no result'
	local line
	for line in \
	    't1 | foo | 2.0 | passed | bob | 2026-11-19T00:00:00Z | golden | no result since' \
	    't1 | foo | 2.0 | passed | bob | 2026-11-21T00:00:00Z | - | on which image' \
	    't1 | foo | 2.0 | passed | - | 2026-11-21T00:00:00Z | golden | by whom' \
	    't1 | foo | 2.0 | failed | bob | 2026-11-21T00:00:00Z | golden | failed'; do
		given test 'host | package | version | outcome | who | when | image' \
		    <<<"${line% | *}"
		plan event.tsv test.tsv
		blocked db1 "${line##* | }"
	done
	given test 'host | package | version | outcome | who | when | image' \
	    <<<'t1 | foo | 2.0 | passed | bob | 2026-11-21T00:00:00Z | golden'
	plan event.tsv test.tsv
	[[ $(state db1) == planned ]]
	column reason step plan.tsv | grep -q 'tested after it regression on t1'
	host=db1
	apply passed
	sed -i '/^test/d' plan.tsv
	apply refused
	says "a passed test of this version; there is: no result"
}

# bats test_tags=req:P5-5
@test "an adverse event binds its version and platform, and is on by default" {
	policy event
	fleet() {
		stream <<-'END'
			#host | host | os | release | env
			host | a | debian | 12 | production
			host | b | debian | 11 | production
			host | c | debian | 12 | production
			#need | host | package | installed | fixed | state | decision
			need | a | foo | 1.0 | 2.0 | available | patch
			need | b | foo | 1.0 | 2.0 | available | patch
			need | c | foo | 1.0 | 2.1 | available | patch
		END
	}
	given event 'host | package | version | kind | who | when' \
	    <<<'c | foo | 2.0 | failed | bob | 2026-11-20T00:00:00Z'
	plan event.tsv
	[[ "$(state a) $(state b) $(state c)" == "blocked planned planned" ]]
	given event 'host | package | version | kind | who | when' \
	    <<<'elsewhere | foo | - | rolled-back | bob | 2026-11-20T00:00:00Z'
	plan event.tsv
	[[ "$(state a) $(state b) $(state c)" == "blocked blocked blocked" ]]
	given event 'host | package | version | kind | who | when' \
	    <<<'c | foo | 2.0 | problem | bob | 2026-11-20T00:00:00Z'
	plan event.tsv
	[[ "$(state a) $(state b) $(state c)" == "planned planned planned" ]]
	given event 'host | package | version | kind | who | when' \
	    <<<'c | foo | 2.0 | failed | bob | 2026-11-20T00:00:00Z'
	PM_POLICY=$PM_TOP/share/policy plan event.tsv
	[[ $(gate a) == 'event blocks no result' ]]
}

# bats test_tags=req:P2-8
@test "a mission application without a verifier is printed and blocks" {
	policy verifier
	plan
	blocked db1 'nobody for what runs there, without app records'
	given app 'app | host | tier | owner | verifier' <<-'END'
		ledger | db1 | mission | ann | -
		wiki | t1 | operational | ann | -
	END
	plan app.tsv
	blocked db1 'nobody for ledger'
	[[ $(state t1) == planned && $(state pc1) == planned ]]
	policy none
	plan app.tsv
	gate db1 | grep -qx 'verifier passes nobody for ledger'
	policy verifier
	given app 'app | host | tier | owner | verifier' <<-'END'
		ledger | db1 | mission | ann | dora
		wiki | db1 | operational | ann | bob
	END
	plan app.tsv
	[[ $(state db1) == planned ]]
	# and who verifies is the tester of each step
	[[ $(grep '	db1	install	' plan.tsv | cut -f 17) == bob,dora ]]
	host=db1
	apply passed
	sed -i '/^app/d' plan.tsv
	given app 'app | host | tier | owner | verifier' \
	    <<<'ledger | db1 | mission | ann | -'
	apply refused app.tsv
	says "somebody who verifies each application; there is: nobody for ledger"
}

# bats test_tags=req:P2-2
@test "a mission application without a test host blocks its rows" {
	policy test-host
	given app 'app | host | tier | verifier' <<-'END'
		ledger | db1 | - | dora
		mail | pc1 | operational | bob
	END
	plan app.tsv
	blocked db1 'gate test-host: a test host for each mission application is wanted, there is: none for ledger'
	[[ $(state pc1) == planned && $(state t1) == planned ]]
	given app 'app | host | tier | verifier' <<-'END'
		ledger | db1 | - | dora
		ledger | pc1 | operational | dora
	END
	plan app.tsv
	blocked db1 'none for ledger'
	given app 'app | host | tier | verifier' <<-'END'
		ledger | db1 | - | dora
		ledger | t1 | operational | dora
	END
	plan app.tsv
	[[ $(state db1) == planned ]]
	host=db1
	apply passed
	sed -i '/^app	ledger	t1/d' plan.tsv
	apply refused
	says "none for ledger"
}

# ---- rings

# checks [VERDICT]: what pm-verify says after the test ring.
checks() {
	local plan
	plan=${2:-$(column plan step plan.tsv | head -n 1)}
	given check 'host | kind | subject | expected | actual | verdict | plan' <<-END
		t1 | package | foo | 2.0 | 2.0 | ${1:-verified} | $plan
		t1 | visit | t1/check/- | - | - | ${1:-verified} | $plan
	END
}

# bats test_tags=req:P3-4
@test "a ring begins when those before it are verified" {
	policy ring
	plan
	host=pc1
	apply refused
	says "the rings before are verified; there is: t1/install/foo in ring test: no check"
	checks not-tested
	apply refused check.tsv
	says "t1/install/foo in ring test: not-tested"
	checks
	apply passed check.tsv
	# a check of another plan says nothing of this one, nor one without a plan
	for plan in other -; do
		checks verified $plan
		apply refused check.tsv
		says "t1/install/foo in ring test: no check of this plan"
	done
	checks
	cut -f 1-7 check.tsv >without.tsv
	apply refused without.tsv
	# nor does one of another version
	sed -i 's/2\.0	2\.0/1.9	1.9/' check.tsv
	apply refused check.tsv
	says "no check"
	host=db1
	checks
	apply refused check.tsv
	says "pc1/install/foo in ring pilot"
	# the first ring waits for nobody
	host=t1
	apply passed
}

# bats test_tags=req:P3-4
@test "checks of the real pm-verify open the next ring" {
	policy ring
	fleet() {
		stream <<-'END'
			#host | host | os | release | env | ring
			host | t1 | debian | 12 | test | test
			host | pc1 | debian | 12 | production | broad
			#pkg | host | package | version | arch | source | source_version | origin | auto | state
			pkg | t1 | foo | VERSION | amd64 | foo | VERSION | - | no | installed
			pkg | pc1 | foo | 1.0 | amd64 | foo | 1.0 | - | no | installed
		END
		stream <<-'END'
			#need | host | package | installed | fixed | state | decision
			need | t1 | foo | 1.0 | 2.0 | available | patch
			need | pc1 | foo | 1.0 | 2.0 | available | patch
		END
	}
	plan
	host=pc1
	grep -E '^#?(host|pkg)' fleet.tsv | sed 's/VERSION/1.0/g' >after.tsv
	pm-verify -q plan.tsv after.tsv >before.tsv
	apply refused before.tsv
	grep -E '^#?(host|pkg)' fleet.tsv | sed 's/VERSION/2.0/g' >after.tsv
	pm-verify -q plan.tsv after.tsv >check.tsv
	column verdict check check.tsv | grep -q verified
	pm-plan --approve ann plan.tsv >approve.tsv
	pm-apply -n -e /bin/false --journal "$PWD/j.tsv" --host pc1 plan.tsv \
	    approve.tsv check.tsv >out 2>err || true
	never grep -q 'the rings before' err
}

# ---- documents

# bats test_tags=req:P1-13
@test "a missing part of the change control document is a row, and blocks" {
	policy document
	plan
	gate db1 | grep -qx 'document blocks no primary contact, backup contact, after-hours contact, special procedures, disaster recovery'
	blocked db1 'a whole change control document'
	fleet() {
		stream <<-END
			#host | host | os | release | tier | role | contact | after_hours | procedure | disaster_recovery
			host | db1 | debian | 12 | mission | database | ${contact:-ann,bob} | 555-1 | wiki/db1 | ${recovery:-wiki/dr}
			#need | host | package | installed | fixed | state | decision
			need | db1 | foo | 1.0 | 2.0 | available | patch
		END
	}
	plan
	[[ $(state db1) == planned ]]
	host=db1
	apply passed
	contact=ann plan
	blocked db1 'there is: no backup contact'
	recovery=- plan
	blocked db1 'there is: no disaster recovery'
	policy none
	recovery=- plan
	gate db1 | grep -qx 'document passes no disaster recovery'
}

# bats test_tags=req:P1-13
@test "under control documents block mission and business hosts" {
	fleet() {
		stream <<-'END'
			#host | host | os | release | tier | env | window
			host | m | debian | 12 | mission | production | any
			host | b | debian | 12 | business | production | any
			host | o | debian | 12 | operational | production | any
			#need | host | package | installed | fixed | state | decision
			need | m | foo | 1.0 | 2.0 | available | patch
			need | b | foo | 1.0 | 2.0 | available | patch
			need | o | foo | 1.0 | 2.0 | available | patch
		END
	}
	fleet >fleet.tsv
	pm-plan -q -p "$PM_TOP/share/policy/profiles/controlled.pm" \
	    -p "$PM_TOP/share/policy" fleet.tsv >plan.tsv
	[[ $(awk -F '\t' '$1 == "gate" && $3 == "document" { print $2, $7 }' \
	    plan.tsv) == $'b blocks\nm blocks' ]]
}

# ---- all of it

@test "a site without any records gets its plan, and one line about it" {
	fleet >fleet.tsv
	PM_POLICY=$PM_TOP/share/policy pm-plan fleet.tsv >plan.tsv 2>messages
	[[ -z $(records gate plan.tsv) ]]
	[[ $(state db1) == planned ]]
	[[ $(column requires step plan.tsv | sort -u) == - ]]
	grep -q 'no records of backups and tests were given' messages
}

# bats test_tags=req:P3-1,req:P3-2,req:P6-1,req:P1-11,req:P1-13,req:P2-2,req:P2-8,req:P3-4,req:G6,req:P5-1
@test "under control: with everything shown it is carried out, without one thing not" {
	local name missing
	for name in ann bob; do
		ssh-keygen -q -t ed25519 -N '' -C '' -f $name
		echo "$name namespaces=\"pm-approve\" $(cat $name.pub)"
	done >signers
	stream >fleet.tsv <<-'END'
		#host | host | class | os | release | tier | env | ring | window | role | owner | app_owner | contact | after_hours | procedure | disaster_recovery
		host | db1 | server | debian | 12 | mission | production | broad | any | database | ann | bob | ann,bob | 555 | wiki | dr
		host | t1 | server | debian | 12 | operational | test | test | any | database | ann | - | - | - | - | -
		#need | host | package | installed | fixed | state | decision
		need | db1 | foo | 1.0 | 2.0 | available | patch
		need | t1 | foo | 1.0 | 2.0 | available | patch
	END
	given backup 'host | kind | who | when | restored' \
	    <<<'db1 | full | ann | 2026-11-23T01:00:00Z | 2026-11-01'
	given test 'host | package | version | outcome | who | when | image' \
	    <<<'t1 | foo | 2.0 | passed | dora | 2026-11-23T01:00:00Z | g7'
	given app 'app | host | tier | verifier' <<-'END'
		ledger | db1 | mission | dora
		ledger | t1 | mission | dora
	END
	given actor 'who | role | scope' <<-'END'
		ann | owner | db1,t1
		bob | app-owner | tier=mission
	END
	given promote 'patch | channel | who | when' <<-END
		sha256:$(printf 'debian\t12\tfoo\t2.0\n' | sha256sum | cut -c 1-64) | production | ann | 2026-11-23T01:00:00Z
	END
	PM_POLICY=
	controlled() {
		pm-plan -q -p "$PM_TOP/share/policy/profiles/controlled.pm" \
		    -p "$PM_TOP/share/policy" fleet.tsv "$@" >plan.tsv
	}
	for missing in backup test app promote none; do
		local shown=()
		for name in backup test app promote; do
			[[ $name == "$missing" ]] || shown+=("$name.tsv")
		done
		controlled "${shown[@]}"
		[[ $(state t1) == planned ]]
		if [[ $missing != none ]]; then
			blocked db1 "gate "
		fi
	done
	[[ $(state db1) == planned ]]
	checks
	for name in ann bob; do
		pm-plan --approve $name --sign $name plan.tsv >$name.tsv
	done
	run() {
		local status=0
		pm-apply -q -e /bin/false --journal "$PWD/j.tsv" \
		    --attended eve --host db1 "$@" >out 2>err || status=$?
		cat err
		return $status
	}
	operands=(plan.tsv ann.tsv bob.tsv actor.tsv check.tsv)
	for missing in ann.tsv bob.tsv actor.tsv check.tsv; do
		local left=()
		for name in "${operands[@]}"; do
			[[ $name == "$missing" ]] || left+=("$name")
		done
		with_status 77 run --allowed-signers signers "${left[@]}"
	done
	with_status 77 run "${operands[@]}"
	for name in backup test app promote host; do
		cp plan.tsv whole.tsv
		sed -i "/^$name	/d" plan.tsv
		with_status 77 run --allowed-signers signers "${operands[@]}"
		mv whole.tsv plan.tsv
	done
	[[ ! -e j.tsv ]]
	# all there: now it is the time that it waits for
	with_status 75 run --allowed-signers signers "${operands[@]}"
	says "the window is not open yet"
}

@test "a gate that there is not stops it" {
	policy backups
	fleet >fleet.tsv
	with_status 78 pm-plan fleet.tsv
	says "gates cannot hold backups"
}

@test "evidence without its time, or with one that is none, is an error" {
	policy none
	local line
	fleet >fleet.tsv
	for line in 'backup	db1	full	bob	-' 'backup	db1	full	bob	soon'; do
		printf '#backup\thost\tkind\twho\twhen\n%s\n' "$line" >bad.tsv
		with_status 65 pm-plan fleet.tsv bad.tsv
		says "bad.tsv:2"
	done
	printf '#test\thost\tpackage\tversion\toutcome\twhen\ntest\tt1\tfoo\t2\tgood\t2026-01-01\n' >bad.tsv
	with_status 65 pm-plan fleet.tsv bad.tsv
	says "neither passed nor failed"
}

# bats test_tags=req:F11
@test "the order of records does not change the plan" {
	policy backup,test,restore,event
	fleet >fleet.tsv
	given test 'host | package | version | outcome | who | when | image' <<-'END'
		t1 | foo | 2.0 | passed | bob | 2026-11-22T00:00:00Z | g1
		t1 | foo | 2.0 | failed | bob | 2026-11-22T00:00:00Z | g2
		t1 | foo | 2.0 | passed | amy | 2026-11-22T00:00:00Z | g3
	END
	given event 'host | package | version | kind | who | when' <<-'END'
		t1 | foo | 2.0 | failed | bob | 2026-11-20T00:00:00Z
		pc1 | foo | 2.0 | failed | bob | 2026-11-20T00:00:00Z
	END
	given backup 'host | kind | who | when | restored' <<-'END'
		db1 | full | a | 2026-11-23T01:00:00Z | 2026-11-01
		db1 | snapshot | b | 2026-11-23T01:00:00Z | 2026-11-02
	END
	pm-plan -q fleet.tsv test.tsv event.tsv backup.tsv |
	    grep -E '^#?#?(gate|step|end)' >once
	for file in test event backup; do
		{
			head -n 1 $file.tsv
			tail -n +2 $file.tsv | tac
		} >turned
		mv turned $file.tsv
	done
	pm-plan -q backup.tsv event.tsv test.tsv fleet.tsv |
	    grep -E '^#?#?(gate|step|end)' >again
	cmp once again
}

# bats test_tags=req:P1-13
@test "the change control document of each server is printed, with what is missing" {
	stream >in.tsv <<-'END'
		#host | host | class | os | release | tier | role | owner | contact | after_hours | procedure | disaster_recovery
		host | z1 | server | debian | 12 | mission | mail | ann | ann,bob | 555-1 | wiki/z1\nread it | wiki/dr
		host | a1 | server | debian | 12 | mission | web | ann | ann | - | - | -
		host | pc | desktop | debian | 12 | - | - | - | - | - | - | -
		#app | app | host | tier | verifier
		app | smtp | z1 | mission | dora
		#backup | host | kind | when | restored
		backup | z1 | full | 2026-11-22T00:00:00Z | 2026-11-01T00:00:00Z
	END
	with_status 1 "$PM_TOP/share/change-control" in.tsv
	says "1 of 2 documents are incomplete"
	[[ $(grep -c '^[a-z]' out) -eq 2 && $(head -n 1 out) == a1 ]]
	[[ $(grep -c MISSING out) -eq 4 ]]
	with_status 0 "$PM_TOP/share/change-control" -H z1 in.tsv
	diff - out <<-'END'
		z1
		  System               debian 12
		  Site                 -
		  Tier                 mission
		  Owner                ann
		  Application owner    -
		  Function             mail
		  Primary contact      ann
		  Backup contact       bob
		  After hours          555-1
		  Special procedures   wiki/z1 read it
		  Disaster recovery    wiki/dr
		  Window               -
		  Last backup          2026-11-22T00:00:00Z
		  Restore tested       2026-11-01T00:00:00Z
		  Applications
		    smtp, tier mission, owner -, verified by dora

	END
	with_status 66 "$PM_TOP/share/change-control" -H nobody in.tsv
}
