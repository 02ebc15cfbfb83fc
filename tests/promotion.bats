#!/usr/bin/env bats
# Production sees only what is promoted from the test systems, by hash and name.
bats_require_minimum_version 1.5.0
load lib/common

# never COMMAND...: fails when it does not; bats takes no notice of a "!".
never() {
	! "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T02:00:00Z PM_AUTHOR=carl PM_POLICY=$PWD/policy.pm
	echo '-> window=any mode=unattended owner_required=no gates=promotion' \
	    >policy.pm
	stream >fleet.tsv <<-'END'
		#host | host | os | release | env | ring | channel
		host | t1 | debian | 12 | test | test | -
		host | t2 | debian | 12 | test | test | -
		host | p1 | debian | 12 | production | broad | -
		host | p2 | debian | 12 | production | broad | kiosk
		#need | host | package | installed | fixed | state | decision
		need | t1 | foo | 1.0 | 2.0 | available | patch
		need | t2 | foo | 1.0 | 2.0 | available | patch
		need | t1 | bar | 1.0 | 1.1 | available | patch
		need | p1 | foo | 1.0 | 2.0 | available | patch
		need | p2 | foo | 1.0 | 2.0 | available | patch
		need | p1 | bar | 1.0 | 1.1 | available | patch
	END
}

# plan FILE...: in plan.tsv.
plan() {
	pm-plan -q fleet.tsv "$@" >plan.tsv
}

# planned: "HOST PACKAGE" of the installations that are.
planned() {
	paste -d ' ' <(column host step plan.tsv) <(column package step plan.tsv) \
	    <(column action step plan.tsv) <(column state step plan.tsv) |
	    awk '$3 == "install" && $4 == "planned" { print $1, $2 }' | sort
}

# patched VERSION: an inventory of the test systems, foo in this version.
patched() {
	stream <<-END
		#host | host | os | release
		host | t1 | debian | 12
		host | t2 | debian | 12
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		pkg | t1 | foo | ${2:-2.0} | amd64 | foo | 1 | - | no | installed
		pkg | t1 | bar | 1.1 | amd64 | bar | 1 | - | no | installed
		pkg | t2 | foo | $1 | amd64 | foo | 1 | - | no | installed
	END
}

# promote CHANNEL: of what the tests have verified.
promote() {
	plan
	patched 2.0 | pm-verify -q plan.tsv - >checks.tsv
	pm-plan --promote dora --channel "${1:-production}" plan.tsv checks.tsv \
	    >promote.tsv
}

# bats test_tags=req:sus
@test "production sees no patch that is not promoted, test systems do" {
	plan
	[[ $(planned) == $'t1 bar\nt1 foo\nt2 foo' ]]
	column reason step plan.tsv |
	    grep -q 'gate promotion: a promotion to production is wanted, there is: not promoted'
	[[ $(column effect gate plan.tsv | sort -u) == blocks ]]
	[[ $(column subject gate plan.tsv | sort -u) == $'bar=1.1\nfoo=2.0' ]]
}

# bats test_tags=req:sus
@test "what is verified on every test system is promoted, by hash and name" {
	promote
	local hash
	hash=$(printf 'debian\t12\tfoo\t2.0\n' | sha256sum | cut -c 1-64)
	[[ $(column patch promote promote.tsv | sed -n 2p) == "sha256:$hash" ]]
	[[ $(column package promote promote.tsv) == $'bar\nfoo' ]]
	[[ $(column who promote promote.tsv | sort -u) == dora ]]
	plan promote.tsv
	[[ $(planned) == $'p1 bar\np1 foo\np2 foo\nt1 bar\nt1 foo\nt2 foo' ]]
	column reason step plan.tsv |
	    grep -q 'promoted by dora at 2026-11-23T02:00:00Z'
}

@test "a patch that one test system has not verified is held back" {
	plan
	patched 1.0 | pm-verify -q plan.tsv - >checks.tsv
	with_status 3 pm-plan --promote dora plan.tsv checks.tsv
	says "not promoted: foo 2.0 is not verified on t2"
	[[ $(column package promote) == bar ]]
	# without any check nothing is
	with_status 3 pm-plan --promote dora plan.tsv
	[[ -z $(records promote) ]]
}

# bats test_tags=req:sus
@test "the hash binds system, package and version" {
	promote
	local field
	for field in 's/	2\.0	available/	2.1	available/' \
	    's/	foo	/	food	/' 's/	debian	12	production/	debian	13	production/'; do
		cp fleet.tsv was.tsv
		sed -i "$field" fleet.tsv
		plan promote.tsv
		planned | never grep -q 'p1 foo'
		mv was.tsv fleet.tsv
	done
	plan promote.tsv
	planned | grep -q 'p1 foo'
	# the name beside the hash is for readers
	sed -i '/	foo	/s/sha256:./sha256:x/' promote.tsv
	plan promote.tsv
	planned | never grep -q 'p1 foo'
}

@test "a promotion is to a channel, and a host takes those of its own" {
	promote kiosk
	plan promote.tsv
	[[ $(planned | grep '^p') == 'p2 foo' ]]
	column actual gate plan.tsv | grep -q 'only for another channel'
	local channel
	for channel in '*' production; do
		promote "$channel"
		plan promote.tsv
		[[ $(planned | grep '^p') == $'p1 bar\np1 foo\np2 foo' ]]
	done
}

@test "a promotion ends, and does not begin in the future" {
	promote
	sed '2,$s/	-$/	2026-11-23T02:00:00Z/' promote.tsv >ended.tsv
	never cmp -s promote.tsv ended.tsv
	plan ended.tsv
	planned | never grep -q '^p'
	PM_NOW=2026-11-23T01:00:00Z plan promote.tsv
	planned | never grep -q '^p'
	plan
	patched 2.0 | pm-verify -q plan.tsv - >checks.tsv
	pm-plan --promote dora --expiry 1h --reason ok plan.tsv checks.tsv \
	    >promote.tsv
	[[ $(column expiry promote promote.tsv | sort -u) == 2026-11-23T03:00:00Z ]]
	plan promote.tsv
	planned | grep -q '^p1'
}

# bats test_tags=req:G6
@test "where actors are given, who promotes must be one" {
	promote
	printf '#actor\twho\trole\tscope\nactor\tdora\toperator\t*\n' >actor.tsv
	plan promote.tsv actor.tsv
	planned | never grep -q '^p'
	sed -i 's/operator/lead/' actor.tsv
	plan promote.tsv actor.tsv
	planned | grep -q '^p1 foo'
}

# bats test_tags=req:sus
@test "pm-apply asks for the promotion again" {
	promote
	plan promote.tsv
	pm-plan --approve ann plan.tsv >approve.tsv
	sed -i '/^promote/d' plan.tsv
	with_status 77 pm-apply -e /bin/false --journal "$PWD/j.tsv" --host p1 \
	    plan.tsv approve.tsv
	says "a promotion of this version to production; there is: not promoted"
	[[ ! -e j.tsv ]]
	pm-apply -n -e /bin/false --journal "$PWD/j.tsv" --host p1 plan.tsv \
	    approve.tsv promote.tsv >out 2>err || true
	never grep -q 'the plan requires' err
}

@test "--promote wants a whole plan, its tests, and a name" {
	promote
	sed -i '/^step/s/foo/fox/' plan.tsv
	with_status 65 pm-plan --promote dora plan.tsv checks.tsv
	with_status 64 pm-plan --promote dora
	with_status 64 pm-plan --promote '' checks.tsv || with_status 65 \
	    pm-plan --promote '' checks.tsv
	sed -i 's/	test	test	/	production	broad	/' fleet.tsv
	echo '-> window=any owner_required=no' >policy.pm
	plan
	with_status 66 pm-plan --promote dora plan.tsv checks.tsv
	says "installs nothing on a test system"
}

# ---- channels: updates beyond security for those who subscribe

# channel FILE: a catalogue with backports, and hosts with and without them.
channel() {
	stream <<-'END'
		#feed | feed | os | release | records | date | sha256 | kind | origin | suite
		feed | apt:Debian/bookworm/main/amd64 | debian | 12 | 1 | 2026-11-22T00:00:00Z | - | repository | Debian | stable
		feed | apt:Debian_Backports/bookworm-backports/main/amd64 | debian | 12 | 2 | 2026-11-22T00:00:00Z | - | repository | Debian Backports | stable-backports
		#adv | adv | os | release | arch | by | package | fixed | state | kind | feed | source | source_version
		adv | foo=1.0@bookworm | debian | 12 | amd64 | binary | foo | 1.0 | fixed | release | apt:Debian/bookworm/main/amd64 | foo | 1.0
		adv | foo=2.0@bookworm-backports | debian | 12 | amd64 | binary | foo | 2.0 | manual | update | apt:Debian_Backports/bookworm-backports/main/amd64 | foo | 2.0
		#host | host | os | release | arch | channel | tier | env
		host | a | debian | 12 | amd64 | stable-backports | operational | test
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		pkg | a | foo | 1.0 | amd64 | foo | 1.0 | - | no | installed
	END
	local host
	for host in b:- c:bookworm-backports,other d:other; do
		printf 'host\t%s\tdebian\t12\tamd64\t%s\toperational\ttest\n' \
		    "${host%:*}" "${host#*:}"
		printf 'pkg\t%s\tfoo\t1.0\tamd64\tfoo\t1.0\t-\tno\tinstalled\n' \
		    "${host%:*}"
	done
	printf 'host\te\tdebian\t12\tamd64\tstable-backports\toperational\ttest\n'
	printf 'pkg\te\tfoo\t2.0\tamd64\tfoo\t2.0\t-\tno\tinstalled\n'
}

# bats test_tags=req:red-carpet
@test "updates of a channel are for the hosts that subscribe to it, and useful" {
	channel >in.tsv
	pm-match -q in.tsv >needs.tsv
	[[ $(column host need needs.tsv) == $'a\nc' ]]
	[[ $(column fixed need needs.tsv | sort -u) == 2.0 ]]
	[[ $(column state need needs.tsv | sort -u) == available ]]
	PM_POLICY=$PM_TOP/share/policy pm-score -q needs.tsv >scored.tsv
	[[ $(column class need scored.tsv | sort -u) == useful ]]
	[[ $(column decision need scored.tsv | sort -u) == patch ]]
	# the answer for one host is not that of the next
	{
		grep -v '^host.c\|^pkg.c' in.tsv
		grep '^host.c\|^pkg.c' in.tsv
	} | pm-match -q | column host need - | sort >got
	[[ $(<got) == $'a\nc' ]]
}
