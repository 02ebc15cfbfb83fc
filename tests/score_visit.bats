#!/usr/bin/env bats
# pm-score: how many packages of a source change together on a host.
bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T00:00:00Z

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >hosts.tsv <<-'END'
		#host | host | os     | tier     | exposed
		host  | a1   | debian | business | internal
		host  | b1   | debian | business | internal
	END
	stream >needs.tsv <<-'END'
		#need | host | package  | installed | fixed | adv | cves       | state     | severity | kind     | confidence | why | source
		need  | a1   | libssl3  | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | available | high     | security | exact      | w   | openssl
		need  | a1   | tar      | 1.0-1     | 1.0-2 | A2  | -          | available | -        | update   | exact      | w   | tar
		need  | a1   | openssl  | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | held      | high     | security | exact      | w   | openssl
		need  | a1   | openssl  | 3.0-1     | -     | A3  | CVE-2026-2 | unfixed   | high     | security | exact      | w   | openssl
		need  | a1   | openssl  | 3.0-1     | 3.0-3 | A4  | CVE-2026-3 | announced | high     | security | exact      | w   | openssl
		need  | a1   | libssl-x | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | announced | high     | security | exact      | w   | openssl
		need  | a1   | odd      | 1         | 2     | A5  | -          | available | -        | update   | exact      | w   | -
		need  | a1   | linux    | 1         | 2     | -   | -          | reboot    | -        | -        | exact      | w   | -
		need  | b1   | openssl  | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | available | high     | security | exact      | w   | openssl
	END
}

# closures: host, package, state and closure of each scored need
closures() {
	paste <(column host need) <(column package need) \
	    <(column state need) <(column closure need) | tr '\t' ' '
}

# bats test_tags=req:F6
@test "closure: the packages of a source that a host needs, each once" {
	with_status 0 pm-score --now $NOW hosts.tsv needs.tsv
	closures >got
	cat >expected <<-'END'
		a1 libssl3 available 3
		a1 tar available 1
		a1 openssl held 3
		a1 openssl unfixed -
		a1 openssl announced 3
		a1 libssl-x announced 3
		a1 odd available -
		a1 linux reboot -
		b1 openssl available 1
	END
	same expected got
	# 1 + (1 - 0.99 ^ 3) * 120 and 1 + 0.01 * 120
	[[ $(paste <(column host need) <(column package need) \
	    <(column patch_risk need) | grep -P '\topenssl\t' | sed -n '1p;$p' |
	    cut -f 3 | xargs) == "4.56 2.20" ]]
	cp out scored
	with_status 0 pm-score --now $NOW scored
	same scored out
	with_status 0 pm-score --now $NOW --explain a1 hosts.tsv needs.tsv
	grep -qx "  before     tried 0 times, 0 failed; not tested; closure 3 of source openssl" out
}

@test "a rule can test the source; closure of the input stands" {
	printf 'source_package=openssl closure>=3 -> class=useful\n' >p.pm
	sed '1s/$/\tclosure/; 2,$s/$/\t7/' needs.tsv >given.tsv
	with_status 0 pm-score --now $NOW -p p.pm -p "$PM_POLICY" hosts.tsv given.tsv
	[[ $(column closure need | sort -u) == 7 ]]
	[[ $(column class need | grep -c useful) -ge 6 ]]
}

# bats test_tags=req:F11
@test "the order of hosts, and of the needs of each, changes no row" {
	with_status 0 pm-score --now $NOW hosts.tsv needs.tsv
	records need | LC_ALL=C sort >expected
	local seed
	for seed in 1 2 3; do
		{
			head -n 1 needs.tsv
			for host in $(printf '%s\n' a1 b1 |
			    shuf --random-source=<(yes $seed)); do
				grep -P "^need\t$host\t" needs.tsv |
				    shuf --random-source=<(yes $seed$host)
			done
		} >shuffled.tsv
		with_status 0 pm-score --now $NOW hosts.tsv shuffled.tsv
		records need | LC_ALL=C sort >got
		same expected got
	done
}

@test "a need away from the others of its host is refused" {
	{ cat needs.tsv; grep -P '^need\ta1\ttar\t' needs.tsv; } >apart.tsv
	with_status 65 pm-score --now $NOW hosts.tsv apart.tsv
	says "apart.tsv:11: a need of host 'a1' away from its others"
	says "sort the needs by host"
	LC_ALL=C sort apart.tsv >sorted.tsv
	with_status 0 pm-score --now $NOW hosts.tsv sorted.tsv
	# without the column nothing is counted and they may be anywhere
	cut -f 1-12 apart.tsv >plain.tsv
	with_status 0 pm-score --now $NOW hosts.tsv plain.tsv
	[[ $(column closure need | sort -u) == - ]]
}

@test "other records of the host may be among its needs, and keep their place" {
	{
		cat hosts.tsv
		sed -n 1,3p needs.tsv
		printf '#cover\thost\tfeed\tverdict\tdetail\ncover\ta1\tF\tcovered\t-\n'
		sed -n '4,$p' needs.tsv
	} >mixed.tsv
	with_status 0 pm-score --now $NOW mixed.tsv
	[[ $(column closure need | head -n 1) == 3 ]]
	[[ $(grep -n '^cover' out | cut -d : -f 1) -eq \
	    $(($(grep -n '^need' out | sed -n 2p | cut -d : -f 1) + 2)) ]]
	# an event would have been too late for the needs that are held
	{
		cat hosts.tsv needs.tsv
		printf '#event\thost\tkind\nevent\tb1\tproblem\n'
	} >late.tsv
	with_status 65 pm-score --now $NOW late.tsv
	says "a event record behind the first need"
}

@test "memory does not grow with the needs, only with those of one host" {
	make_needs() { # HOSTS
		awk -v hosts="$1" 'BEGIN {
			OFS = "\t"
			print "#host", "host", "tier", "exposed"
			for (i = 0; i < hosts; i++)
				print "host", "h" i, "business", "internal"
			print "#need", "host", "package", "fixed", "state", "kind", "source"
			for (i = 0; i < hosts; i++)
				for (k = 0; k < 400; k++)
					print "need", "h" i, "p" k, "1", "available", "update", "s" int(k / 4)
		}'
	}
	make_needs 1 >one.tsv
	make_needs 500 >many.tsv
	peak() {
		/usr/bin/time -f %M -o peak pm-score -q --now $NOW "$1" >out
		cat peak
	}
	[[ -x /usr/bin/time ]] || skip "no /usr/bin/time"
	one=$(peak one.tsv)
	many=$(peak many.tsv)
	[[ $(column closure need | sort | uniq -c | xargs) == "200000 4" ]]
	((many < one + 2048)) || sanitized
}
