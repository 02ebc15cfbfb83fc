#!/usr/bin/env bats
# pm-score: the CVSS score of a vulnerability on this host, from its vector.

bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T00:00:00Z
V2=AV:N/AC:L/Au:N/C:P/I:P/A:P
V30=CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N
V31=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N
V40=CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# one TIER EXPOSED VECTOR CVSS: score one need of one host
one() {
	stream >one.tsv <<-END
		#host | host | os     | tier | exposed
		host  | h    | debian | $1   | $2
		#cve | cve   | vector | cvss
		cve  | CVE-1 | $3     | $4
		#need | host | package | installed | fixed | cves  | state     | severity | kind
		need  | h    | p       | 1         | 2     | CVE-1 | available | -        | security
	END
	with_status 0 pm-score --now $NOW one.tsv
}

# scores CVSS: of the one need
scores() {
	local got
	got=$(column cvss need)
	[[ $got == "$1" ]] && return
	echo "cvss is '$got', expected '$1'"
	return 1
}

# bats test_tags=req:F4
@test "a vulnerability with a vector alone has its score" {
	one business internet $V2 -
	scores 7.5
	one business internet "($V2)" -
	scores 7.5
	one business internet $V30 -
	scores 7.5
	one business internet CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H -
	scores 10.0
	one mission internet $V40 -
	scores 9.3
	one mission internet "${V31/C:H/C:N}" -
	scores 0.0
	[[ $(column risk need) == 0.00 ]]
}

@test "only the tier changes: the requirements and the score follow" {
	for row in "$V2 8.8 7.5 5.6" "$V30 9.3 7.5 5.7" "$V31 9.3 7.5 5.7" \
	    "$V40 9.3 9.0 8.9"; do
		read -r vector mission business operational <<<"$row"
		one mission internet "$vector" -
		scores "$mission"
		one business internet "$vector" -
		scores "$business"
		one operational internet "$vector" -
		scores "$operational"
	done
	# Nobody rated it: as the specification has a metric not defined
	one - internet $V31 -
	scores 7.5
	one - internet $V40 -
	scores 9.3
}

@test "only the exposure changes: the attack vector and the score follow" {
	for vector in $V30 $V31; do
		for row in "internet 7.5" "internal 6.5" "local 6.2" \
		    "none 6.2" "- 7.5" "yes 7.5" "no 6.5"; do
			one business "${row% *}" "$vector" -
			scores "${row#* }"
		done
	done
	one mission internet $V40 -
	scores 9.3
	one mission internal $V40 -
	scores 8.7
	one mission local $V40 -
	scores 8.6
	# 2.0 has no such metric
	one business none $V2 -
	scores 7.5
}

@test "exposure changes nothing where a user fetches the attack" {
	for exposed in internet internal local none; do
		one business $exposed "${V31/UI:N/UI:R}" -
		scores 6.5
	done
}

@test "a metric that the vector sets wins over the host" {
	one mission none $V31/CR:L/IR:L/AR:L/MAV:N -
	scores 5.7
}

@test "the risk is computed from the base score, not from the host twice" {
	one operational internal $V31 -
	scores 4.7
	risk=$(column risk need)
	one operational internal - 7.5
	scores 7.5
	[[ $(column risk need) == "$risk" ]]
}

# bats test_tags=req:F4
@test "a published score that is not that of its vector is named once" {
	stream >cves.tsv <<-END
		#cve | cve   | vector       | cvss
		cve  | CVE-1 | $V31         | 9.9
		cve  | CVE-1 | $V31         | 9.9
		cve  | CVE-2 | $V31         | 7.5
		cve  | CVE-3 | $V31/E:P     | 7.1
		cve  | CVE-4 | CVSS:5.0/A:B | 4.0
		cve  | CVE-5 | $V31/AV:N    | -
	END
	one business internet $V31 -
	with_status 0 pm-score --now $NOW cves.tsv one.tsv
	says "cves.tsv:2: CVE-1 is published with 9.9, but its vector has 7.5, which is taken"
	says "cves.tsv:6: the vector of CVE-4 is of an unknown version; the published score is taken"
	says "cves.tsv:7: the vector of CVE-5 has a metric twice; its score is not known"
	[[ $(grep -c 'cves.tsv' err) -eq 3 ]]
	says "3 vulnerabilities whose published score is not that of their vector"
	scores 7.5
	one business internet CVSS:5.0/A:B 4.0
	scores 4.0
	one business internet CVSS:5.0/A:B -
	scores -
	for i in {1..50}; do
		printf 'cve\tCVE-9-%d\t%s\t1.0\n' "$i" $V31
	done >>cves.tsv
	with_status 0 pm-score --now $NOW cves.tsv one.tsv
	[[ $(grep -c 'cves.tsv' err) -eq 10 ]]
	says "53 vulnerabilities whose"
}

@test "the worst of several vulnerabilities is that on this host" {
	stream >in.tsv <<-END
		#host | host | os     | tier     | exposed
		host  | near | debian | business | local
		host  | far  | debian | business | internet
		#cve | cve   | vector | cvss
		cve  | CVE-1 | ${V31/S:U/S:C} | -
		cve  | CVE-2 | ${V31/UI:N/UI:R}/E:H | -
		cve  | CVE-3 | -      | 8.4
		#need | host | package | cves        | state     | kind
		need  | near | p       | CVE-1,CVE-2 | available | security
		need  | far  | p       | CVE-1,CVE-2 | available | security
		need  | near | p       | CVE-1,CVE-3 | available | security
		need  | far  | p       | CVE-1,CVE-3 | available | security
	END
	with_status 0 pm-score --now $NOW in.tsv
	[[ $(column cvss need | paste -sd ' ' -) == "7.1 8.6 8.4 8.6" ]]
}

@test "a cve record that is kept has the score that only its vector had" {
	stream >cves.tsv <<-END
		#cve | cve   | vector | cvss | epss
		cve  | CVE-1 | $V31   | -    | 0.1
		cve  | CVE-2 | $V31   | 9.9  | 0.1
		cve  | CVE-3 | -      | -    | 0.1
	END
	with_status 0 pm-score -k --now $NOW cves.tsv
	[[ $(column cvss cve | paste -sd ' ' -) == "7.5 9.9 -" ]]
	[[ $(column epss cve | sort -u) == 0.1 ]]
}

@test "in words: what the score says, and of which version of CVSS it is" {
	stream >words.tsv <<-'END'
		#cve | cve | vector | cvss
		cve | CVE-1 | CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H | -
		cve | CVE-2 | CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H | -
		cve | CVE-3 | AV:N/AC:L/Au:N/C:P/I:P/A:P | -
		cve | CVE-4 | - | 9.9
		#host | host | tier | exposed
		host | a | mission | internet
		#need | host | package | cves
		need | a | p1 | CVE-1,CVE-2,CVE-3,CVE-4
	END
	with_status 0 pm-score -q --explain a words.tsv
	says_so() {
		grep -qF "  threat     $1: cvss $2 (base $3), epss" out
	}
	says_so CVE-1 8.8 "8.8 high, CVSS 3.1, a user must act"
	says_so CVE-2 10.0 "10.0 critical, CVSS 4.0"
	says_so CVE-3 8.8 "7.5 high, CVSS 2.0"
	says_so CVE-4 9.9 9.9
	says_so "the worst" 10.0 "10.0 critical, CVSS 4.0"
}

@test "the order of records changes nothing" {
	stream >cves.tsv <<-END
		#cve | cve   | vector   | cvss | epss
		cve  | CVE-1 | -        | 8    | 0.5
		cve  | CVE-1 | -        | 8.0  | 0.50
		cve  | CVE-1 | $V31     | 7.5  | 0.1
		cve  | CVE-1 | $V40/E:U | -    | -
	END
	one operational internal - 3
	with_status 0 pm-score --now $NOW cves.tsv one.tsv
	scores 8
	cp out first
	{
		head -n 1 cves.tsv
		tail -n +2 cves.tsv | tac
	} >turned.tsv
	with_status 0 pm-score --now $NOW turned.tsv one.tsv
	same first out
}
