#!/usr/bin/env bats
# Decision tables: each row of the profiles gives what the directive says, and
# names its line.  The published tables are the oracle where they are there.

bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T00:00:00Z
PROFILES=$PM_POLICY/profiles

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# one KEY=VALUE...: score one security fix on one host, with what is given of
# host (tier exposed role), need (state severity kind) and vulnerability
one() {
	local tier=business exposed=internal state=available severity=-
	local kind=security kev=- exploit=- automatable=- impact=- cvss=-
	local role=-
	local "$@"
	stream >one.tsv <<-END
		#host | host | os     | tier  | exposed  | role
		host  | h    | debian | $tier | $exposed | $role
		#cve | cve   | cvss  | kev_added | exploit  | automatable  | impact
		cve  | CVE-1 | $cvss | ${kev/yes/2026-11-01} | $exploit | $automatable | $impact
		#need | host | package | installed | fixed | cves  | state  | severity  | kind
		need  | h    | p       | 1         | 2     | CVE-1 | $state | $severity | $kind
	END
	with_status 0 pm-score --now $NOW -p "$PROFILES/$profile" \
	    -p "$PM_POLICY" one.tsv
}

# gives COLUMN VALUE [COLUMN VALUE...]: of the one need
gives() {
	local got
	while [[ $# -gt 0 ]]; do
		got=$(column "$1" need)
		[[ $got == "$2" ]] || {
			echo "$1 is '$got', expected '$2'"
			return 1
		}
		shift 2
	done
}

# rule: the text of the profile's rule that gave the priority of the one need
rule() {
	column policy need | tr , '\n' | while IFS=: read -r file line; do
		[[ $file == "$profile" ]] &&
		    sed -n "${line}p" "$PROFILES/$file" | grep 'priority=[^ ]*$'
	done
}

# table_run: score table.tsv under the profile and a site's rules in front, and
# print for each need its name, priority, and the line that gave it
table_run() {
	touch site.pm
	with_status 0 pm-score --now $NOW -p site.pm -p "$PROFILES/$profile" \
	    -p "$PM_POLICY" table.tsv
	grep -n -e '-> priority=' "$PROFILES/$profile" |
	    sed "s/:.*//; s/^/$profile:/" >rows
	paste <(column package need) <(column priority need) \
	    <(column policy need) |
	    awk -F '\t' -v OFS='\t' '
		NR == FNR { row[$1]; next }
		{
			n = split($3, cited, ",")
			for (i = 1; i <= n; i++)
				if (cited[i] in row)
					print $1, $2, cited[i]
		}' rows -
}

# ---- CISA BOD 26-04

# bats test_tags=req:F1
@test "BOD 26-04: all 16 rows as published" {
	need_data decision/cisa_bod_26_04_1_0_0.csv
	local row kev exposed automatable impact outcome
	profile=bod-26-04.pm
	printf '#host\thost\tos\ttier\texposed\n' >table.tsv
	printf 'host\t%s\tdebian\tbusiness\t%s\n' yes internet no internal \
	    >>table.tsv
	printf '#cve\tcve\tkev_added\tautomatable\timpact\n' >cves
	printf '#need\thost\tpackage\tcves\tstate\tkind\n' >needs
	while IFS=, read -r row kev exposed automatable impact outcome; do
		printf 'cve\tC-%s\t%s\t%s\t%s\n' "$row" \
		    "${kev/yes/2026-11-01}" "$automatable" "$impact" >>cves
		printf 'need\t%s\t%s\tC-%s\tavailable\tsecurity\n' \
		    "$exposed" "$row" "$row" >>needs
		case $outcome in
		"fix on system upgrade") outcome=next-upgrade ;;
		"3 days & forensic investigation")
			outcome=3-days-forensic-triage ;;
		*) outcome=${outcome/ /-} ;;
		esac
		printf '%s\t%s\n' "$row" "$outcome" >>expected
	done < <(tail -n +2 "$PM_DATA/decision/cisa_bod_26_04_1_0_0.csv")
	cat cves needs >>table.tsv
	table_run >got
	[[ $(wc -l <got) -eq 16 ]]
	cut -f 1,2 got >outcomes
	same expected outcomes
	# each row by a line of its own
	[[ $(cut -f 3 got | sort -u | grep -c "^$profile:") -eq 16 ]]
}

@test "BOD 26-04: rows from the directive, with deadline and decision" {
	profile=bod-26-04.pm
	one kev=yes exposed=internet automatable=yes impact=total
	gives priority 3-days-forensic-triage decision emergency \
	    due 2026-11-26T00:00:00Z
	[[ $(rule) == *"kev=yes exposed=internet,- automatable=yes,- impact=total,-"* ]]
	one kev=yes exposed=internet automatable=yes impact=partial
	gives priority 3-days decision emergency due 2026-11-26T00:00:00Z
	one kev=yes exposed=internal automatable=no impact=partial
	gives priority 14-days decision patch due 2026-12-07T00:00:00Z
	one kev=no exposed=internet automatable=no impact=partial
	gives priority 60-days decision patch due 2027-01-22T00:00:00Z
	one kev=no exposed=local automatable=no impact=total
	gives priority next-upgrade decision defer due -
	# no patch: the deadline is one for mitigation
	one kev=yes exposed=internet automatable=yes impact=total state=unfixed
	gives priority 3-days-forensic-triage decision mitigate \
	    due 2026-11-26T00:00:00Z
	# no security matter, no row
	one kind=update kev=no automatable=no impact=total
	gives priority - decision patch
}

@test "BOD 26-04: what is not known takes the worse row, and says so" {
	profile=bod-26-04.pm
	one kev=yes exposed=- automatable=no impact=total
	gives priority 3-days-forensic-triage automatable no exposed -
	one kev=no exposed=internet automatable=- impact=total
	gives priority 3-days automatable - impact total
	one kev=no exposed=internet automatable=yes impact=-
	gives priority 3-days impact -
	# not known to be listed is a row of its own, and never the next upgrade
	one kev=- exposed=none automatable=no impact=partial
	gives priority 14-days kev -
	[[ $(rule) == *"kev=- "* ]]
	one kev=- exposed=internet
	gives priority 3-days
	one kev=- exposed=internet exploit=active
	gives priority 3-days-forensic-triage
}

# ---- SSVC

# bats test_tags=req:F1
@test "SSVC deployer: all 72 rows as published" {
	need_data decision/deployer_patch_application_priority_1_0_0.csv
	local row exploitation exposure automatable human outcome
	profile=ssvc-deployer.pm
	echo 'role=ward -> human_impact=high' >site.pm
	{
		printf '#host\thost\tos\texposed\ttier\trole\n'
		for exposure in small:local controlled:internal open:internet; do
			for human in low:operational:print medium:business:web \
			    high:business:ward "very high:mission:web"; do
				IFS=: read -r h tier role <<<"$human"
				printf 'host\t%s-%s\tdebian\t%s\t%s\t%s\n' \
				    "${exposure%:*}" "${h// /_}" \
				    "${exposure#*:}" "$tier" "$role"
			done
		done
	} >table.tsv
	printf '#cve\tcve\texploit\tautomatable\n' >cves
	printf '#need\thost\tpackage\tcves\tstate\tkind\n' >needs
	while IFS=, read -r row exploitation exposure automatable human outcome
	do
		printf 'cve\tC-%s\t%s\t%s\n' "$row" \
		    "${exploitation/public /}" "$automatable" >>cves
		printf 'need\t%s-%s\t%s\tC-%s\tavailable\tsecurity\n' \
		    "$exposure" "${human// /_}" "$row" "$row" >>needs
		printf '%s\t%s\n' "$row" "$outcome" >>expected
	done < <(tail -n +2 "$PM_DATA/decision/deployer_patch_application_priority_1_0_0.csv")
	cat cves needs >>table.tsv
	table_run >got
	[[ $(wc -l <got) -eq 72 ]]
	cut -f 1,2 got >outcomes
	same expected outcomes
	[[ $(cut -f 3 got | sort -u | grep -c "^$profile:") -eq 72 ]]
}

@test "SSVC deployer: rows from the tree, with deadline and decision" {
	profile=ssvc-deployer.pm
	one exploit=active exposed=internet automatable=yes tier=mission
	gives priority immediate decision emergency due 2026-11-24T00:00:00Z
	[[ $(rule) == "exploitation=active exposed=internet,- automatable=yes,- human_impact=very-high -> priority=immediate" ]]
	one exploit=active exposed=internal automatable=yes tier=operational
	gives priority out-of-cycle decision emergency due 2026-11-30T00:00:00Z
	one exploit=weaponized exposed=internet automatable=yes tier=business
	gives priority scheduled decision patch due 2026-12-23T00:00:00Z
	one exploit=none exposed=none automatable=no tier=operational
	gives priority defer decision defer due -
	one exploit=none exposed=internet automatable=yes tier=mission
	gives priority out-of-cycle
	# listed as known exploited is active, whatever else is said
	one kev=yes exploit=none exposed=local automatable=no tier=mission
	gives priority out-of-cycle
	one exploit=active exposed=internet state=unfixed tier=mission
	gives priority immediate decision mitigate due 2026-11-24T00:00:00Z
}

@test "SSVC deployer: what is not known takes the worse row" {
	profile=ssvc-deployer.pm
	one exploit=none exposed=- automatable=yes tier=mission
	gives priority out-of-cycle exposed -
	one exploit=none exposed=internet automatable=- tier=mission
	gives priority out-of-cycle automatable -
	one exploit=none exposed=internet automatable=yes tier=-
	gives priority out-of-cycle
	# nobody looked for exploits: as if one were public
	one exploit=- exposed=internal automatable=yes tier=mission
	gives priority out-of-cycle exploit -
	one exploit=none exposed=internal automatable=yes tier=mission
	gives priority scheduled
}

# ---- one answer changes, all else stays

# bats test_tags=req:F1
@test "changing only KEV changes the decision as the tables say" {
	profile=bod-26-04.pm
	one exposed=internet automatable=no impact=total kev=no
	gives priority 14-days decision patch due 2026-12-07T00:00:00Z
	one exposed=internet automatable=no impact=total kev=yes
	gives priority 3-days-forensic-triage decision emergency \
	    due 2026-11-26T00:00:00Z
	profile=ssvc-deployer.pm
	one exposed=internet automatable=yes tier=mission exploit=none kev=no
	gives priority out-of-cycle
	one exposed=internet automatable=yes tier=mission exploit=none kev=yes
	gives priority immediate
	profile=pci-dss-4.0.1.pm
	one cvss=7.5 exposed=internal kev=no
	gives priority high due 2027-01-22T00:00:00Z
	one cvss=7.5 exposed=internal kev=yes
	gives priority critical due 2026-12-21T00:00:00Z
}

# bats test_tags=req:P1-14
@test "changing only the exposure changes the decision as the tables say" {
	profile=bod-26-04.pm
	one kev=no automatable=yes impact=total exposed=internal
	gives priority 60-days decision patch due 2027-01-22T00:00:00Z
	one kev=no automatable=yes impact=total exposed=internet
	gives priority 3-days decision emergency due 2026-11-26T00:00:00Z
	profile=ssvc-deployer.pm
	one exploit=poc automatable=no tier=operational exposed=internal
	gives priority defer
	one exploit=poc automatable=no tier=operational exposed=internet
	gives priority scheduled
	one exploit=active automatable=yes tier=operational exposed=local
	gives priority scheduled
	one exploit=active automatable=yes tier=operational exposed=internal
	gives priority out-of-cycle
	profile=pci-dss-4.0.pm
	one cvss=9.8 exploit=active exposed=local
	gives decision patch
	one cvss=9.8 exploit=active exposed=internet
	gives decision emergency
}

# bats test_tags=req:P1-9
@test "changing only the tier changes the decision as the tables say" {
	profile=ssvc-deployer.pm
	one exploit=active automatable=no exposed=internet tier=operational
	gives priority scheduled decision patch due 2026-12-23T00:00:00Z
	one exploit=active automatable=no exposed=internet tier=business
	gives priority out-of-cycle decision emergency due 2026-11-30T00:00:00Z
	one exploit=active automatable=no exposed=internet tier=mission
	gives priority immediate decision emergency due 2026-11-24T00:00:00Z
	# the directive does not ask for it
	profile=bod-26-04.pm
	one kev=no automatable=no impact=total exposed=internet tier=mission
	cp out high
	one kev=no automatable=no impact=total exposed=internet tier=operational
	column due need >low
	column due need high >expected
	same expected low
}

# ---- PCI DSS

@test "PCI DSS 4.0: critical and high within a month; 4.0.1: critical" {
	profile=pci-dss-4.0.pm
	one cvss=9.8
	gives priority critical decision patch due 2026-12-21T00:00:00Z
	one cvss=7.0
	gives priority high decision patch due 2026-12-21T00:00:00Z
	one cvss=6.9
	gives priority other decision patch due 2027-02-21T00:00:00Z
	one severity=important
	gives priority high due 2026-12-21T00:00:00Z
	profile=pci-dss-4.0.1.pm
	one cvss=9.8
	gives priority critical decision patch due 2026-12-21T00:00:00Z
	one cvss=8.9
	gives priority high decision patch due 2027-01-22T00:00:00Z
	one severity=low
	gives priority other decision patch due 2027-02-21T00:00:00Z
	# nobody rated it
	one
	gives priority critical cvss - due 2026-12-21T00:00:00Z
	one state=unfixed cvss=9.8
	gives priority critical decision mitigate
}

@test "profiles are chosen, not read with the default policy" {
	profile=bod-26-04.pm
	one kev=no automatable=no impact=total
	with_status 0 pm-score --now $NOW one.tsv
	gives priority -
	! column policy need | grep -q bod || false
}

@test "scoring again under a profile changes nothing" {
	profile=ssvc-deployer.pm
	one exploit=active exposed=internet automatable=yes tier=mission \
	    impact=total
	cp out first
	with_status 0 pm-score --now $NOW -p "$PROFILES/$profile" \
	    -p "$PM_POLICY" first
	same first out
}

@test "yes and no are short words for who can reach a host" {
	cat >p.pm <<-'END'
		host=a -> exposed=yes
		host=b -> exposed=no
		host=c -> exposed=none
		exposed=yes -> owner=front
		exposed!=yes exposed=no -> owner=back
		exposed!=no -> site=outside
	END
	printf '#host\thost\texposed\n' >h.tsv
	printf 'host\t%s\t%s\n' a - b - c - d yes e no f local g - >>h.tsv
	with_status 0 pm-score -p p.pm h.tsv
	[[ $(column exposed host | xargs) == \
	    "internet internal none internet internal local -" ]]
	[[ $(column owner host | xargs) == \
	    "front back back front back back -" ]]
	[[ $(column site host | xargs) == "outside - - outside - - outside" ]]
	printf 'host\th\tmaybe\n' >>h.tsv
	with_status 65 pm-score -p p.pm h.tsv
	says "h.tsv:9: exposed of this host is 'maybe', expected is one of internet,internal,local,none"
	echo 'exposed=open -> owner=x' >p.pm
	with_status 78 pm-score -p p.pm h.tsv
	says "p.pm:1:9: exposed cannot be open; it is one of internet,internal,local,none"
}
