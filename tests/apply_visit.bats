#!/usr/bin/env bats
# The course of visits, on hosts that only answer: what is due when, programs of
# the site, the way back.
bats_require_minimum_version 1.5.0
load lib/common
load lib/host

setup() {
	make_host
	journal=$PWD/journal.tsv
}

outcomes() {
	paste -d ' ' <(column step "done" "$@") <(column outcome "done" "$@")
}

# bats test_tags=req:P6-4
@test "started every five minutes it does what is due then, and nothing twice" {
	local minute now
	for host in a b c; do echo 1.0 >versions/$host.foo; done
	{
		echo 'a install foo 1.0 2.0 start=2026-11-24T20:00:00Z end=2026-11-24T20:30:00Z'
		echo 'a check - - - start=2026-11-24T20:00:00Z end=2026-11-24T20:30:00Z'
		echo 'b install foo 1.0 2.0 start=2026-11-24T20:17:00Z end=2026-11-24T20:40:00Z after=a/check/-'
		echo 'b check - - - start=2026-11-24T20:17:00Z end=2026-11-24T20:40:00Z'
		echo 'c install foo 1.0 2.0 start=2026-11-24T20:50:00Z end=2026-11-24T20:52:00Z'
	} | steps .
	for ((minute = 0; minute < 60; minute += 5)); do
		printf -v now '2026-11-24T20:%02d:01Z' "$minute"
		[[ $minute -ne 10 ]] || head -c -30 "$journal" >torn
		apply --now "$now"
		[[ $status -eq 0 || $status -eq 75 ]]
		sort starts | sed "s/^/$minute /" >>seen
		# the journal's last line is torn, as by a crash
		[[ $minute -ne 10 ]] || cp torn "$journal"
	done
	[[ ! -e twice ]]
	# a at 0, b not before 17, c in its two minutes
	[[ $(cut -d ' ' -f 1 starts | xargs) == "a b c" ]]
	[[ $(awk '!n[$2]++ { print $2 $1 }' seen | xargs) == "a0 b20 c50" ]]
	[[ $(outcomes "$journal" | grep -v started | sort | uniq -d | wc -l) -eq 0 ]]
	apply --now 2026-11-24T20:59:00Z
	[[ $status -eq 0 && -z $(outcomes) ]]
	# a window that was missed is said, every time
	echo 'a install bar 1.0 2.0 end=2026-11-24T20:30:00Z' | steps . plan=p2
	apply --now 2026-11-24T20:59:00Z
	[[ $status -eq 75 ]]
	grep -q 'the window closed at 2026-11-24T20:30:00Z' err
}

# bats test_tags=req:P3-6
@test "the snapshot of the site comes back when the check fails" {
	echo 1.0 >versions/a.foo
	printf '#!/bin/sh\necho "${0##*/} $*" >>%q/hooked\n' "$PWD" >hooks/snapshot
	printf '#!/bin/sh\necho "${0##*/} $*" >>%q/hooked\necho 1.0 >%q/versions/a.foo\n' \
	    "$PWD" "$PWD" >hooks/restore
	chmod +x hooks/*
	touch sick
	printf 'a %s\n' 'snapshot - - -' 'install foo 1.0 2.0' 'check - - -' |
	    steps . host.rollback=yes start=2020-01-01T00:00:00Z
	apply --hooks hooks
	[[ $status -eq 3 ]]
	[[ $(outcomes | xargs) == "a/snapshot/- done a/install/foo done a/check/- failed a/install/foo rolled-back" ]]
	[[ $(column detail "done" | tail -n 1) == "rolled back: check web ended with 3: no page" ]]
	[[ $(xargs <hooked) == "snapshot a a/snapshot/- 2020-01-01T00:00:00Z - restore a a/snapshot/- 2020-01-01T00:00:00Z -" ]]
	# no package was touched for it
	[[ $(wc -l <starts) -eq 1 ]]
	# that is the end of it
	apply --hooks hooks
	[[ $status -eq 0 && -z $(outcomes) && $(wc -l <hooked) -eq 2 ]]
}

# bats test_tags=req:P3-6
@test "which checks a host has and whether it goes back is the policy's" {
	local host
	for host in web1 web2 web3 db1; do echo 1.0 >versions/$host.foo; done
	sed -i 's/^verb=\$1/&; echo "$host $*" >>words/' host
	mkdir checks
	echo true >checks/page
	echo true >checks/own
	touch sick
	cat >site.pm <<-'END'
		role=web        -> health=page rollback=yes
		host=web3       -> rollback:=yes
		rollback=yes    -> window="any UTC"
		-> window=any ring=test mode=unattended
	END
	stream >needs.tsv <<-'END'
		#host | host | os     | release | arch  | role | site | tier        | exposed | owner | state | health | rollback
		host  | web1 | debian | 12      | amd64 | web  | s1   | operational | none    | ann   | ok    | -      | -
		host  | web2 | debian | 12      | amd64 | web  | s2   | operational | none    | ann   | ok    | own    | no
		host  | web3 | debian | 12      | amd64 | web  | s3   | operational | none    | ann   | ok    | -      | no
		host  | db1  | debian | 12      | amd64 | db   | s1   | operational | none    | ann   | ok    | -      | -
		#need | host | package | installed | fixed | adv | state     | class    | decision
		need  | web1 | foo     | 1.0       | 2.0   | D-1 | available | critical | patch
		need  | web2 | foo     | 1.0       | 2.0   | D-1 | available | critical | patch
		need  | web3 | foo     | 1.0       | 2.0   | D-1 | available | critical | patch
		need  | db1  | foo     | 1.0       | 2.0   | D-1 | available | critical | patch
	END
	with_status 0 pm-score -q -p site.pm -p "$PM_POLICY" needs.tsv
	cp out scored.tsv
	paste -d ' ' <(column host host) <(column health host) \
	    <(column rollback host) >got
	diff - got <<-'END'
		web1 page yes
		web2 own no
		web3 page yes
		db1 - -
	END
	# each with the rule that gave it
	grep -q '^fact	web1	policy.health	site.pm:1$' scored.tsv
	grep -q '^fact	web3	policy.rollback	site.pm:2 instead of no$' scored.tsv
	# what is decided can be tested
	grep -q '^fact	web1	policy.window	site.pm:3$' scored.tsv
	pm-plan -q -p site.pm -p "$PM_POLICY" scored.tsv -o plan.tsv
	pm-plan --approve lead --reason test plan.tsv -o approve.tsv
	apply --checks checks --max-fail 9 --settle 1
	[[ $status -eq 3 && ! -e twice ]]
	[[ $(cat versions/web1.foo versions/web2.foo versions/web3.foo \
	    versions/db1.foo | xargs) == "1.0 2.0 1.0 2.0" ]]
	[[ $(outcomes | grep -c rolled-back) -eq 2 ]]
	grep -q '^web1 check .*--health page true' words
	grep -q '^web2 check .*--health own true' words
	[[ $(grep -c '^db1 check' words) -eq 1 ]]
	run ! grep -q '^db1 check.*--health' words
	# what is neither yes nor no is no answer
	sed '2s/-$/maybe/' needs.tsv >bad.tsv
	with_status 65 pm-score -q -p site.pm -p "$PM_POLICY" bad.tsv
	says "bad.tsv:2: rollback of this host is 'maybe', expected is one of yes,no"
	echo '-> rollback=maybe' >bad.pm
	with_status 78 pm-score -q -p bad.pm needs.tsv
	echo 'a install foo 1.0 2.0' | steps . host.rollback=maybe
	apply
	[[ $status -eq 65 ]]
	grep -q "rollback of a host is yes or no, not 'maybe'" err
}

@test "where the snapshot does not help the packages go back" {
	echo 1.0 >versions/a.foo
	printf '#!/bin/sh\nexit 0\n' >hooks/snapshot
	printf '#!/bin/sh\necho "no such snapshot"\nexit 5\n' >hooks/restore
	chmod +x hooks/*
	touch sick
	printf 'a %s\n' 'snapshot - - -' 'install foo 1.0 2.0' 'check - - -' |
	    steps .
	apply --hooks hooks --rollback-on-failure
	[[ $status -eq 3 && $(cat versions/a.foo) == 1.0 ]]
	grep -q 'restore ended with 5: no such snapshot; going back by packages' err
	[[ $(outcomes | tail -n 1) == "a/install/foo rolled-back" ]]
	grep -q rollback starts
}

@test "killed while it goes back: the next run ends that first" {
	echo 1.0 >versions/a.foo
	touch sick
	printf 'a %s\n' 'install foo 1.0 2.0' 'check - - -' | steps .
	apply --rollback-on-failure
	[[ $(outcomes | tail -n 1) == "a/install/foo rolled-back" ]]
	cp "$journal" whole
	[[ $(wc -l <whole) -eq 6 ]]
	# after every record, the host as it then was: the end is the same
	local n
	for n in 2 3 4 5 5.done 6; do
		head -n "${n%.*}" whole >"$journal"
		case $n in
		[2-5])
			rm -rf known/*rollback*
			echo 2.0 >versions/a.foo
			;;
		esac
		apply --rollback-on-failure
		[[ $(outcomes "$journal" | tail -n 1) == "a/install/foo rolled-back" ]]
		[[ $(outcomes "$journal" | grep -c 'foo done') -eq 1 ]]
		[[ $(outcomes "$journal" | grep -c 'foo rolled-back') -eq 1 ]]
		[[ $(cat versions/a.foo) == 1.0 ]]
	done
	[[ ! -e twice && $(grep -c install starts) -eq 1 ]]
}

@test "a failing program of the site is a failure; what comes after it waits" {
	echo 1.0 >versions/a.foo
	printf '#!/bin/sh\necho "tape is full" >&2\nexit 4\n' >hooks/backup
	printf '#!/bin/sh\nsleep 100\n' >hooks/silence
	chmod +x hooks/*
	printf 'a %s\n' 'backup - - -' 'install foo 1.0 2.0' | steps .
	apply --hooks hooks
	[[ $status -eq 3 ]]
	[[ $(outcomes | xargs) == "a/backup/- failed a/install/foo refused" ]]
	[[ $(column detail "done" | head -n 1) == "tape is full" ]]
	[[ $(column rc "done" | head -n 1) == 4 && ! -e starts ]]
	echo 'a silence - - -' | steps . plan=p2
	apply --hooks hooks --timeout 1
	[[ $(outcomes) == "a/silence/- timeout" ]]
}

# bats test_tags=req:P4-6
@test "packages are fetched before their window opens" {
	echo 1.0 >versions/a.foo
	sed -i 's/\*-\*-restart\[0-9\]\*)/*-*-restart[0-9]* | *-*-download[0-9]*)/' host
	sed -i 's/for word in ${words-}; do/case $id in *download*) words= ;; esac; &/' host
	{
		echo 'a download - - - end=2026-11-24T20:00:00Z'
		echo 'a install foo 1.0 2.0 start=2026-11-24T20:00:00Z'
	} | steps .
	apply --now 2026-11-24T12:00:00Z
	[[ $status -eq 75 ]]
	[[ $(outcomes | xargs) == "a/download/- done a/install/foo refused" ]]
	[[ $(cat versions/a.foo) == 1.0 ]]
	grep -q 'download1' starts
	apply --now 2026-11-24T20:00:00Z
	[[ $status -eq 0 && $(outcomes) == "a/install/foo done" ]]
}

@test "a host that pulls is left to its script" {
	echo 'a install foo 1.0 2.0 mode=pull' | steps .
	apply
	[[ $status -eq 75 && ! -e starts ]]
	grep -q 'give it the script of --export' err
	mkdir scripts
	pm-apply --export scripts plan.tsv approve.tsv
	grep -q a/install/foo scripts/a.sh
}

@test "nothing is done around a visit of which nothing may begin" {
	for action in silence backup evidence unsilence; do
		printf '#!/bin/sh\necho "%s $1" >>%s/called\n' $action "$PWD" \
		    >hooks/$action
		chmod +x hooks/$action
	done
	echo 1.0 >versions/a.foo
	echo 1.0 >versions/b.foo
	visits() {
		for host in a b; do
			printf "$host %s\n" 'evidence - - -' 'silence - - -' \
			    'backup - - -' "install foo 1.0 2.0 requires=test" \
			    "install bar - 1 requires=${1:-test}" 'check - - -' \
			    'unsilence - - -'
		done | steps .
	}
	with_hooks() {
		status=0
		pm-apply -e "$PWD/host" -J "$journal" --hooks hooks \
		    --max-fail 9 plan.tsv approve.tsv >out 2>err || status=$?
	}
	visits
	with_hooks
	[[ $status -eq 77 && ! -e called && ! -e starts && ! -e asked ]]
	# not even a journal is made
	[[ ! -e $journal ]]
	grep -q 'nothing that the visit is for may begin: a/install/foo: .*a passed test' err
	[[ $(outcomes | grep -c ' refused$') -eq 14 ]]

	# one of two may: it is done, with what is around it
	visits -
	with_hooks
	[[ $(xargs -n 2 <called | cut -d ' ' -f 1 | head -n 3 | xargs) == \
	    "evidence silence backup" ]]
	grep -q 'a/install/bar done' <(outcomes)
	grep -q 'a/install/foo refused' <(outcomes)
	grep -q 'b/unsilence/- done' <(outcomes)

	# a later visit waits with all of it for the one before
	rm -f called "$journal" starts
	{
		printf 'a %s\n' 'install foo 1.0 2.0 requires=test' 'check - - -'
		printf 'b %s after=a/check/-\n' 'evidence - - -' \
		    'silence - - -' 'install foo 1.0 2.0'
	} | steps . plan=p3
	with_hooks
	[[ ! -e called && ! -e starts ]]

	# nor does the script of a host that cannot be reached
	printf 'a %s\n' 'evidence - - -' 'install foo 1.0 2.0 requires=test' \
	    'check - - -' | steps . plan=p4
	mkdir scripts
	status=0
	pm-apply --export scripts plan.tsv approve.tsv >out 2>err || status=$?
	[[ -z $(ls scripts) ]]
	grep -q 'a/evidence/- is not exported: no installation of its visit is exported' err
}

# bats test_tags=req:P2-7
@test "a failed host of the role that comes first stops those behind it" {
	local host
	for host in db1 db2 db3 web1; do echo 1.0 >versions/$host.foo; done
	# the first of three at other sites fails, the last ones are done
	sed -i 's/^for word in ${words-}; do/&\n[ -e well ] || [ "$host" != db1 ] || continue/' host
	stream >scored.tsv <<-'END'
		#host | host | os     | release | role | site | tier        | env  | owner
		host  | db1  | debian | 12      | db   | s1   | operational | prod | ann
		host  | db2  | debian | 12      | db   | s2   | operational | prod | ann
		host  | db3  | debian | 12      | db   | s3   | operational | prod | ann
		host  | web1 | debian | 12      | web  | s1   | operational | prod | ann
		#need | host | package | installed | fixed | adv | state     | decision
		need  | db1  | foo     | 1.0       | 2.0   | D-1 | available | patch
		need  | db2  | foo     | 1.0       | 2.0   | D-1 | available | patch
		need  | db3  | foo     | 1.0       | 2.0   | D-1 | available | patch
		need  | web1 | foo     | 1.0       | 2.0   | D-1 | available | patch
		#order | first | then
		order  | db    | web
	END
	echo '-> window="any UTC" mode=unattended' >site.pm
	pm-plan -q -p site.pm scored.tsv -o plan.tsv
	[[ $(grep $'^step.*\tweb1/install/foo\t.*\tinstall\t' plan.tsv | cut -f 13) == role:db ]]
	pm-plan --approve lead --reason test plan.tsv -o approve.tsv
	apply --max-fail 9 --settle 1 -J "$journal"
	[[ $status -eq 3 ]] || { cat err; false; }
	[[ $(outcomes | grep check) == *"db2/check/- done"* ]]
	run ! grep web1 starts
	grep -F "it comes after db1/check/-, which is not done" err || { cat err; false; }
	# it is done later, and so is what waited for it
	mkdir well
	apply --max-fail 9 --settle 1 -J "$journal"
	[[ $status -eq 0 ]] || { cat err; false; }
	grep web1 starts
	[[ $(cat versions/*.foo | xargs) == "2.0 2.0 2.0 2.0" ]]
}
