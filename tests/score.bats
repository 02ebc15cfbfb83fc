#!/usr/bin/env bats
# pm-score: ratings, urgency, decisions, and the rules that gave them.

bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T00:00:00Z

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >hosts.tsv <<-'END'
		#host | host | class  | os     | release | tier     | exposed | group
		host  | a1   | server | debian | 12      | mission  | yes     | web
		host  | b1   | server | debian | 12      | business | no      | db
	END
	stream >cves.tsv <<-'END'
		#cve | cve        | cvss | epss    | kev_added  | exploit
		cve  | CVE-2026-1 | 8.1  | 0.92110 | 2026-11-01 | active
		cve  | CVE-2026-2 | 8.1  | 0.00042 | no         | none
		cve  | CVE-2026-3 | 4.0  | -       | -          | poc
	END
	stream >needs.tsv <<-'END'
		#need | host | package | installed | fixed | adv | cves       | state     | severity | kind     | confidence | why
		need  | a1   | openssl | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | available | high     | security | exact      | w
		need  | a1   | zlib    | 1.2-1     | 1.3-1 | A2  | CVE-2026-2 | available | high     | security | exact      | w
		need  | a1   | bash    | 5.1-1     | 5.2-1 | A3  | -          | available | -        | update   | exact      | w
		need  | b1   | openssl | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | available | high     | security | exact      | w
		need  | b1   | tar     | 1.0-1     | 1.0-2 | A4  | CVE-2026-3 | held      | -        | security | exact      | w
	END
	cat hosts.tsv needs.tsv >stream.tsv
}

# score [ARGUMENT...]: what the scored needs say, in out
score() {
	with_status 0 pm-score --now $NOW "$@"
}

# of PACKAGE COLUMN [HOST]: one value of the scored need of host a1
of() {
	awk -F '\t' -v package="$1" -v name="$2" -v host="${3:-a1}" '
		$1 == "#need" {
			for (i = 2; i <= NF; i++)
				at[$i] = i
		}
		$1 == "need" && $at["host"] == host &&
		    $at["package"] == package { print $at[name] }
	' out
}

# is PACKAGE COLUMN VALUE [HOST]
is() {
	local got
	got=$(of "$1" "$2" "${4:-a1}")
	[[ $got == "$3" ]] && return
	echo "$2 of $1 on ${4:-a1} is '$got', expected '$3'"
	return 1
}

# bats test_tags=req:F1
@test "a known exploit brings the deadline forward" {
	score cves.tsv stream.tsv
	is openssl severity high
	is zlib severity high
	is openssl decision emergency
	is openssl due 2026-11-26T00:00:00Z
	is zlib decision patch
	is zlib due 2026-11-30T00:00:00Z
	sed 's/^\(cve\tCVE-2026-1\t.*\)\t2026-11-01\tactive$/\1\t-\t-/' \
	    cves.tsv >quiet.tsv
	sed -i 's/0\.92110/0.00042/' quiet.tsv
	score quiet.tsv stream.tsv
	is openssl decision patch
	is openssl due 2026-11-30T00:00:00Z
}

# bats test_tags=req:F4
@test "severity and threat are columns of their own" {
	score cves.tsv stream.tsv
	is openssl severity high
	is openssl cvss 8.1
	is openssl epss 0.92110
	is openssl kev yes
	is openssl exploit active
	is openssl exposed internet
	is zlib severity high
	is zlib cvss 8.1
	is zlib epss 0.00042
	is zlib kev no
	is zlib exploit none
	is openssl exposed internal b1
}

# bats test_tags=req:F4
@test "the percentile of EPSS is a column that rules can test" {
	stream >epss.tsv <<-'END'
		#cve | cve        | epss    | epss_percentile
		cve  | CVE-2026-1 | 0.92110 | 0.99712
		cve  | CVE-2026-2 | 0.00042 | 0.12000
		cve  | CVE-2026-2 | 0.00040 | 0.13000
	END
	printf 'epss_percentile>=0.99 -> class=useful\n' >p.pm
	score -p p.pm -p "$PM_POLICY" epss.tsv stream.tsv
	is openssl epss_percentile 0.99712
	is zlib epss_percentile 0.13000
	is bash epss_percentile -
	is tar epss_percentile - b1
	is openssl class useful
	is zlib class critical
	cp out first
	score -p p.pm -p "$PM_POLICY" first
	same first out
	score --explain a1 CVE-2026-2 epss.tsv stream.tsv
	grep -q "epss 0.00042 (percentile 0.13000), kev" out
	sed 's/0.99712/99.7/' epss.tsv >percent.tsv
	with_status 65 pm-score percent.tsv stream.tsv
	says "percent.tsv:2: epss_percentile is '99.7', expected is a number from 0 to 1"
}

@test "a figure that nobody gave stays absent and is not 0" {
	score cves.tsv stream.tsv
	for column in cvss epss kev exploit risk; do
		is bash $column -
	done
	is tar epss - b1
	is tar kev - b1
	is tar cvss 4.0 b1
	# Nothing known at all: an important one, not a harmless one
	score stream.tsv
	is tar cvss - b1
	is tar risk - b1
	is tar class critical b1
	says "names a vulnerability that no cve record is about"
}

@test "the worst of several vulnerabilities counts, figure by figure" {
	sed -i 's/\tCVE-2026-2\t/\tCVE-2026-2,CVE-2026-3,CVE-2026-9\t/' \
	    stream.tsv
	score cves.tsv stream.tsv
	is zlib cvss 8.1
	is zlib epss 0.00042
	is zlib kev no
	is zlib exploit poc
}

@test "several records of one vulnerability add up" {
	stream >more.tsv <<-'END'
		#cve | cve        | kev_added
		cve  | CVE-2026-2 | 2026-11-20
		#cve | cve        | epss
		cve  | CVE-2026-2 | 0.5
	END
	score cves.tsv more.tsv stream.tsv
	is zlib kev yes
	is zlib epss 0.5
	is zlib cvss 8.1
	score more.tsv cves.tsv stream.tsv
	is zlib kev yes
	is zlib epss 0.5
	is zlib cvss 8.1
}

# bats test_tags=req:F7
@test "a host without ratings is named, and with --strict the status says so" {
	printf 'host\tx1\tserver\tdebian\t12\t-\t-\t-\n' >>hosts.tsv
	printf 'host\tx2\tserver\tdebian\t12\tmission\t-\t-\n' >>hosts.tsv
	with_status 0 pm-score hosts.tsv
	says "host 'x1' has no rating of tier, exposed;"
	says "host 'x2' has no rating of exposed;"
	says "2 of 4 hosts have no rating of tier or exposed"
	! says "'a1'" || false
	with_status 1 pm-score --strict hosts.tsv
	grep -v '^host.x' hosts.tsv >rated.tsv
	with_status 0 pm-score --strict rated.tsv
}

# bats test_tags=req:P4-7,req:metaframe
@test "a contained host scores less exposure and stays listed as unpatched" {
	pm-score -q --now $NOW cves.tsv stream.tsv >free.tsv
	sed '/^host/s/web$/contained,web/' stream.tsv >contained.tsv
	with_status 0 pm-score --now $NOW cves.tsv contained.tsv
	[[ $(column exposed host) == $'local\ninternal' ]]
	records fact | grep -q 'policy.exposed.*instead of internet'
	records need | cut -f 2-5 >after
	records need free.tsv | cut -f 2-5 | same - after
	# there is less to lose
	risk() {
		awk -F '\t' '$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
			$1 == "need" && $at["host"] == "a1" &&
			    $at["package"] == "openssl" { print $at["risk"] }' "$1"
	}
	awk -v a="$(risk free.tsv)" -v b="$(risk out)" \
	    'BEGIN { exit !(b > 0 && b < a) }'
	# what nobody reaches at all is no nearer for being contained
	sed 's/\tyes\tcontained/\tnone\tcontained/' contained.tsv >none.tsv
	with_status 0 pm-score --now $NOW cves.tsv none.tsv
	[[ $(column exposed host) == $'none\ninternal' ]]
}

# bats test_tags=req:F8
@test "every need stays a row, with decision and reason" {
	stream >waive.tsv <<-'END'
		#waive | host | package | cve | decision | who | when       | reason | expiry
		waive  | a1   | zlib    | -   | accept   | ann | 2026-11-01 | unused | 2027-01-01
	END
	sed 's/bash/bash-doc/' stream.tsv | sed 's/held/unfixed/' >in.tsv
	score cves.tsv waive.tsv in.tsv
	[[ $(records need | wc -l) -eq $(records need in.tsv | wc -l) ]]
	is zlib decision accept
	is bash-doc decision defer
	is tar decision defer b1
	is openssl decision emergency
	[[ $(column decision need | grep -c '^-$') -eq 0 ]]
	[[ $(column policy need | grep -c '^-$') -eq 0 ]]
	says "5 needs: 1 patch, 1 emergency, 1 accept, 2 defer"
}

# bats test_tags=req:F9
@test "each decision cites the lines of policy that gave it" {
	local cited file line
	score cves.tsv stream.tsv
	column policy need | tr , '\n' | grep '\.pm:' | sort -u >cited
	[[ $(wc -l <cited) -ge 4 ]]
	while IFS=: read -r file line; do
		sed -n "${line}p" "$PM_POLICY/$file" |
		    grep -qE -e '-> .*(class|decision|due)=' ||
		    { echo "$file:$line does not decide"; false; }
	done <cited
	# and the very rule: this need's class, decision and due
	cited=$(of openssl policy | tr , '\n' | grep '\.pm:' | while IFS=: read -r f l; do
		sed -n "${l}p" "$PM_POLICY/$f"
	done)
	[[ $cited == *class=critical* ]]
	[[ $cited == *decision=emergency\ due=3d* ]]
}

# bats test_tags=req:F9
@test "what policy decided of a host is a fact that cites the rule" {
	local line
	printf 'host\tdb3\tserver\tdebian\t12\t-\t-\t-\n' >>hosts.tsv
	score hosts.tsv
	line=$(awk -F '\t' '$1 == "fact" && $2 == "db3" &&
	    $3 == "policy.tier" { print $4 }' out)
	[[ $line == 10-tiers.pm:* ]]
	sed -n "${line#*:}p" "$PM_POLICY/10-tiers.pm" | grep -q 'tier=mission'
	# the inventory's own value is kept and needs no citation
	! grep -q "^fact.a1.policy.tier" out || false
}

# bats test_tags=req:P1-9
@test "changing only the tier changes the window and the deadline" {
	sed 's/\tmission\t/\toperational\t/' stream.tsv >lower.tsv
	score -o high cves.tsv stream.tsv
	score -o low cves.tsv lower.tsv
	[[ $(column window host high | head -n 1) == "sun 01:00-05:00 UTC" ]]
	[[ $(column window host low | head -n 1) == "daily 22:00-06:00 UTC" ]]
	[[ $(column ring host high | head -n 1) == broad ]]
	[[ $(column ring host low | head -n 1) == pilot ]]
	cp high out
	is zlib due 2026-11-30T00:00:00Z
	cp low out
	is zlib due 2026-12-07T00:00:00Z
}

# bats test_tags=req:P1-8
@test "the tier is computed from three factors by the formula" {
	local role down effort points wanted
	{
		printf '#host\thost\tos\tmission_role\tdowntime_impact\trecovery_effort\n'
		for role in essential:2 important:1 supporting:0 -:2; do
			for down in high:2 medium:1 low:0 -:2; do
				for effort in high:2 medium:1 low:0 -:2; do
					printf 'host\tx%s%s%s\tdebian\t%s\t%s\t%s\n' \
					    $role $down $effort ${role%:*} \
					    ${down%:*} ${effort%:*}
					points=$((${role#*:} + ${down#*:} + \
					    ${effort#*:}))
					wanted=business
					[[ $points -ge 5 ]] && wanted=mission
					[[ $points -le 1 ]] && wanted=operational
					[[ $role$down$effort == -:2-:2-:2 ]] &&
					    wanted=-
					echo $wanted >&3
				done
			done
		done
	} >factors.tsv 3>expected
	score factors.tsv
	column tier host >got
	[[ $(wc -l <got) -eq 64 ]]
	same expected got
	says "64 of 64 hosts have no rating of tier or exposed"
	# changing one factor changes the tier, and the rule is named
	stream >one.tsv <<-'END'
		#host | host | os | mission_role | downtime_impact | recovery_effort
		host | a | debian | essential | high | low
		host | b | debian | essential | high | medium
	END
	score one.tsv
	[[ $(column tier host | xargs) == "business mission" ]]
	awk -F '\t' '$3 == "policy.tier" { print $4 }' out >rules
	grep -q '^10-tiers.pm:' rules
	[[ $(sort -u rules | wc -l) -eq 2 ]]
	sed -i 's/high\tlow/high\tlittle/' one.tsv
	with_status 65 pm-score one.tsv
	says "one.tsv:2: recovery_effort of this host is 'little', expected is one of high,medium,low"
}

# bats test_tags=req:P1-8
@test "an override of the computed tier shows as such" {
	stream >one.tsv <<-'END'
		#host | host | os     | role  | tier
		host  | a    | debian | print | mission
		host  | b    | debian | mail  | business
	END
	score one.tsv
	[[ $(column tier host | xargs) == "mission business" ]]
	[[ $(column downtime_impact host | xargs) == "low medium" ]]
	awk -F '\t' '$3 == "policy.tier" { print $2, $4 }' out >got
	[[ $(cat got) =~ ^"a inventory instead of operational by 10-tiers.pm:"[0-9]+$ ]]
	cp out first
	score first
	same first out
	echo 'host=b -> tier:=mission' >p.pm
	score -p p.pm -p "$PM_POLICY" one.tsv
	grep -q $'^fact\tb\tpolicy.tier\tp.pm:1 instead of business$' out
}

# bats test_tags=req:P1-10
@test "three tiers, with defaults by role" {
	local role
	{
		printf '#host\thost\tos\trole\n'
		for role in ecommerce database payroll mail print file \
		    mailgateway; do
			printf 'host\tx-%s\tdebian\t%s\n' $role $role
		done
	} >roles.tsv
	score roles.tsv
	column tier host | paste -sd ' ' - >tiers
	echo "mission mission business business operational operational" \
	    "operational" >expected
	same expected tiers
	echo '-> tier=vital' >p.pm
	with_status 78 pm-score -p p.pm roles.tsv
	says "p.pm:1:4: tier cannot be vital; it is one of mission,business,operational"
}

# bats test_tags=req:P4-1
@test "every candidate is critical, useful or unnecessary, by a rule" {
	sed 's/bash/bash-dbgsym/' stream.tsv >in.tsv
	score cves.tsv in.tsv
	is openssl class critical
	is bash-dbgsym class unnecessary
	is tar class useful b1
	[[ $(column class need | grep -vcE '^(critical|useful|unnecessary)$') \
	    -eq 0 ]]
	[[ $(column policy need | grep -vc '30-decisions.pm:') -eq 0 ]]
}

# bats test_tags=req:F6
@test "unknown types and columns pass; cve records only with --keep" {
	stream >strange.tsv <<-'END'
		#rack | host | colour
		rack  | a1   | red
		#host | host | shoe_size | os
		host  | c1   | 42        | debian
	END
	score strange.tsv cves.tsv stream.tsv
	grep -qx $'rack\ta1\tred' out
	grep -q $'^host\tc1\t42\tdebian\t' out
	[[ $(records cve | wc -l) -eq 0 ]]
	score -k strange.tsv cves.tsv stream.tsv
	grep '^cve' cves.tsv >expected
	records cve >got
	same expected got
}

# bats test_tags=req:F11
@test "same input, same bytes; the order of needs changes no row" {
	score cves.tsv stream.tsv
	cp out first
	score cves.tsv stream.tsv
	same first out
	{ cat hosts.tsv; head -n 1 needs.tsv; tail -n +2 needs.tsv | tac; } \
	    >turned.tsv
	score cves.tsv turned.tsv
	records need first | sort >expected
	records need | sort >got
	same expected got
}

@test "scoring a scored stream again changes nothing" {
	score cves.tsv stream.tsv
	cp out first
	score first
	same first out
}

@test "a waiver counts until it expires, and says who gave it" {
	stream >waive.tsv <<-'END'
		#waive | host | package | cve        | decision | who         | when       | reason | expiry
		waive  | a1   | zlib    | -          | mitigate | ann         | 2026-11-01 | r      | 2027-01-01
		waive  | *    | -       | CVE-2026-3 | accept   | Bob, of Ops | 2026-11-01 | r      | 2026-12-24T12:00:00Z
		waive  | b1   | openssl | -          | accept   | eve         | 2026-01-01 | r      | 2026-11-22
	END
	score cves.tsv waive.tsv stream.tsv
	is zlib decision mitigate
	is zlib due 2027-01-01T00:00:00Z
	[[ $(of zlib policy) == 30-decisions.pm:*,waive:ann ]]
	is zlib class critical
	is tar decision accept b1
	is tar due 2026-12-24T12:00:00Z b1
	[[ $(of tar policy b1) == *"waive:Bob; of Ops" ]]
	is openssl decision patch b1
	says "waive.tsv:4: the waiver of eve expired on 2026-11-22 and does not count"
	[[ $(records waive | wc -l) -eq 3 ]]
	# an hour before the end it still counts
	with_status 0 pm-score --now 2026-11-21T23:00:00Z cves.tsv waive.tsv \
	    stream.tsv
	is openssl decision accept b1
}

@test "a waiver for one vulnerability does not waive the others" {
	stream >waive.tsv <<-'END'
		#waive | host | package | cve        | decision | who | when       | reason | expiry
		waive  | a1   | zlib    | CVE-2026-2 | accept   | ann | 2026-11-01 | r      | 2027-02-01
	END
	sed -i 's/\tCVE-2026-2\t/\tCVE-2026-2,CVE-2026-3\t/' stream.tsv
	score cves.tsv waive.tsv stream.tsv
	is zlib decision patch
	# a second one for the other: together they cover it, the careful
	# decision and the earlier end count
	printf 'waive\t-\tzlib,tar\tCVE-2026-3\tmitigate\tbob\t%s\tr\t%s\n' \
	    2026-11-01 2027-01-01 >>waive.tsv
	score cves.tsv waive.tsv stream.tsv
	is zlib decision mitigate
	is zlib due 2027-01-01T00:00:00Z
	[[ $(of zlib policy) == *waive:ann,waive:bob ]]
	is tar decision mitigate b1
}

@test "a waiver that is for nothing any more becomes a check record" {
	stream >waive.tsv <<-'END'
		#waive | host | package | cve        | decision  | who  | when       | reason | expiry
		waive  | a1   | vim,ed  | -          | accept    | zoe  | 2026-11-01 | r3     | 2027-01-01
		waive  | *    | -       | CVE-2026-3 | accept    | ann  | 2026-11-01 | r1     | 2027-01-01
		waive  | b1   | openssl | -          | mitigate  | eve  | 2026-01-01 | r2     | 2026-11-22
		waive  | b1   | -       | CVE-2026-2 | skip-test | bob  | 2026-01-01 | r4     | 2026-12-22
		waive  | a1   | openssl | -          | skip-test | carl | 2026-01-01 | r5     | 2026-12-22
	END
	score cves.tsv waive.tsv stream.tsv
	records check >got
	stream >want <<-'END'
		check | b1 | waiver | openssl/* | mitigate | - | expired | 2026-11-22T00:00:00Z | eve: r2 | -
		check | a1 | waiver | vim,ed/* | accept | - | unused | 2027-01-01T00:00:00Z | zoe: r3 | -
		check | b1 | waiver | */CVE-2026-2 | skip-test | - | unused | 2026-12-22T00:00:00Z | bob: r4 | -
	END
	same want got
	# their order is not that of the input, and a second run does not double
	{ head -n 1 waive.tsv; tail -n +2 waive.tsv | tac; } >turned.tsv
	cp out first
	score cves.tsv turned.tsv stream.tsv
	records check >got
	same want got
	score first
	same first out
}

@test "a waiver is not unused because its host could not be looked at" {
	stream >waive.tsv <<-'END'
		#waive | host  | package | cve | decision | who | when       | reason | expiry
		waive  | a1    | vim     | -   | accept   | zoe | 2026-11-01 | r1     | 2027-01-01
		waive  | b1,a1 | ed      | -   | accept   | zoe | 2026-11-01 | r2     | 2027-01-01
		waive  | -     | joe     | -   | accept   | zoe | 2026-11-01 | r3     | 2027-01-01
	END
	stream >cover.tsv <<-'END'
		#cover | host | feed | verdict     | detail
		cover  | a1   | dsa  | covered     | -
		cover  | b1   | -    | unreachable | -
	END
	score cves.tsv waive.tsv stream.tsv cover.tsv
	[ "$(records check | cut -f 4,7 | sort | tr '\t\n' ' ;')" = \
	    'ed/* not-examined;joe/* not-examined;vim/* unused;' ]
	sed -i s/unreachable/covered/ cover.tsv
	score cves.tsv waive.tsv stream.tsv cover.tsv
	[ "$(records check | cut -f 7 | sort -u)" = unused ]
}

@test "an input without a host or a need is nothing to score" {
	with_status 66 pm-score cves.tsv
	says "the input has neither a host nor a need: nothing to score"
	with_status 66 pm-collect merge cves.tsv
	says "the input has no host: there is nothing to merge"
	with_status 0 pm-score hosts.tsv
	with_status 0 pm-score --keep cves.tsv
}

@test "an incomplete or boundless waiver is refused" {
	local header=$'#waive\thost\tpackage\tcve\tdecision\twho\twhen\treason\texpiry'
	refused() {
		printf '%s\nwaive\t%b\n' "$header" "$1" >waive.tsv
		with_status 65 pm-score waive.tsv stream.tsv
		says "waive.tsv:2: $2"
	}
	refused 'a1\tzlib\t-\taccept\tann\t-\tr\t-' "a waiver without expiry"
	refused 'a1\tzlib\t-\taccept\t-\t-\tr\t2027-01-01' "a waiver without who"
	refused 'a1\tzlib\t-\taccept\tann\t-\t-\t2027-01-01' \
	    "a waiver without reason"
	refused '*\t-\t*\taccept\tann\t-\tr\t2027-01-01' \
	    "a waiver for everything"
	refused 'a1\tzlib\t-\tpatch\tann\t-\tr\t2027-01-01' \
	    "decision of this waiver is 'patch'"
	refused 'a1\tzlib\t-\taccept\tann\t-\tr\t2027-02-30' \
	    "expiry of this waiver, '2027-02-30'"
}

@test "what comes too late for a need is an error, not a silent miss" {
	with_status 65 pm-score needs.tsv hosts.tsv
	says "needs.tsv:2: a need of host 'a1', of which no host record came before"
	with_status 65 pm-score stream.tsv cves.tsv
	says "cves.tsv:2: a cve record behind the first need"
	printf '#waive\thost\nwaive\ta1\n' >waive.tsv
	with_status 65 pm-score stream.tsv waive.tsv
	says "waive.tsv:2: a waive record behind the first need"
	sed 's/\tmission\t/\tbusiness\t/' hosts.tsv >other.tsv
	with_status 65 pm-score hosts.tsv other.tsv
	says "other.tsv:2: host 'a1' comes twice with a different tier"
	with_status 0 pm-score hosts.tsv hosts.tsv
}

@test "figures out of their range are refused with the line" {
	bad() {
		printf '#cve\tcve\t%s\ncve\tCVE-1\t%s\n' "$1" "$2" >bad.tsv
		with_status 65 pm-score bad.tsv stream.tsv
		says "bad.tsv:2: $1 is '$2', expected is"
	}
	bad cvss 11
	bad cvss high
	bad cvss -1
	bad epss 1.5
	bad kev_added maybe
	bad kev_added 2026-02-30
	bad exploit often
	bad automatable 1
	bad impact some
}

@test "the inventory wins over =, := wins over the inventory and shows" {
	printf '%s\n' 'host=a1 -> tier=operational owner=web' \
	    'host=b1 -> tier:=mission' '-> exposed=no' >p.pm
	score -p p.pm stream.tsv
	[[ $(column tier host | paste -sd ' ' -) == "mission mission" ]]
	[[ $(column owner host | paste -sd ' ' -) == "web -" ]]
	records fact | sort >got
	printf 'fact\ta1\tpolicy.owner\tp.pm:1\n' >expected
	printf 'fact\ta1\tpolicy.tier\tinventory instead of operational by p.pm:1\n' \
	    >>expected
	printf 'fact\tb1\tpolicy.tier\tp.pm:2 instead of business\n' >>expected
	same expected got
}

@test "policies given first win; citations stay clear" {
	mkdir site
	echo 'package=zlib -> decision=defer due=5d' >site/30-decisions.pm
	score -p site -p "$PM_POLICY" cves.tsv stream.tsv
	is zlib decision defer
	is zlib due 2026-11-28T00:00:00Z
	[[ $(of zlib policy) == "$PM_POLICY/30-decisions.pm:"*",30-decisions.pm:1" ]]
	is openssl decision emergency
	PM_POLICY=site/30-decisions.pm score cves.tsv stream.tsv
	is openssl decision -
	says "no rule decides about 4 needs"
	PM_POLICY=site with_status 1 pm-score --strict cves.tsv stream.tsv
}

@test "rules see the host, the threat and what earlier rules decided" {
	cat >p.pm <<-'END'
		group=db                      -> class=useful
		kev=yes exploit=active        -> class=critical
		-> class=unnecessary
		class=critical os=debian      -> decision=emergency due=36h
		cves=CVE-2026-2 epss<0.001    -> decision=accept
		host_state=- device=server    -> decision=patch due=2w
	END
	score -p p.pm cves.tsv stream.tsv
	is openssl class critical
	is openssl due 2026-11-24T12:00:00Z
	is openssl class useful b1
	is openssl due 2026-12-07T00:00:00Z b1
	# each column from the first rule that gives it
	is zlib decision accept
	is zlib due 2026-12-07T00:00:00Z
	is zlib policy p.pm:3,p.pm:5,p.pm:6
	is bash class unnecessary
	is bash policy p.pm:3,p.pm:6
}

@test "policy fails closed" {
	mkdir empty
	with_status 78 pm-score -p nowhere stream.tsv
	says "nowhere: No such file or directory; a policy is needed"
	with_status 78 pm-score -p empty stream.tsv
	says "empty: no *.pm file in this directory"
	printf -- '-> decision=patch\n-> decision=pach\n' >p.pm
	with_status 78 pm-score -p p.pm stream.tsv
	says "p.pm:2:4: decision cannot be pach"
	[[ ! -s out ]]
	printf 'epss>0.5 -> tier=mission\n' >p.pm
	with_status 78 pm-score -p p.pm stream.tsv
	says "p.pm:1:1: epss is not known yet when pm-score decides tier"
}

@test "a pattern that would not end stops the run and names its rule" {
	local long
	long=$(printf 'a%.0s' {1..5000})
	printf '#host\thost\thardware\tos\nhost\tx1\t%s!\tdebian\n' "$long" >h.tsv
	printf '# slow\nhardware~^(a+)+$ -> role=web\n' >p.pm
	with_status 78 timeout 10 pm-score -p p.pm h.tsv
	says "p.pm:2: a pattern of this rule takes too long"
}

@test "figures: both risks, by the published formula" {
	score cves.tsv stream.tsv
	# likelihood 0.9211, severity 0.81, loss 4320; 1 + 0.01 * 240
	is openssl risk 3223.11
	is openssl patch_risk 3.40
	is openssl risk_per_minute 947.97
	# exposure 0.4, loss 1440; 1 + 0.01 * 120
	is openssl risk 429.75 b1
	is openssl patch_risk 2.20 b1
	# likelihood 0.01; same major version: 0.03
	is zlib risk 34.99
	is zlib patch_risk 8.20
	sed 's/1\.3-1/2.0-1/' stream.tsv >major.tsv
	score cves.tsv major.tsv
	is zlib patch_risk 25.00
}

@test "no needs, and no input at all" {
	with_status 66 pm-score </dev/null
	with_status 0 pm-score hosts.tsv
	says "0 needs"
	with_status 0 pm-score -q hosts.tsv
	! says "0 needs" || false
}

# bats test_tags=req:F7
@test "a fleet without ratings does not flood the terminal" {
	awk 'BEGIN { OFS = "\t"
		print "#host", "host", "os"
		for (i = 0; i < 1000; i++)
			print "host", "x" i, "debian"
		print "#need", "host", "package", "state", "cves"
		print "need", "x1", "p", "available", "-" }' >fleet.tsv
	with_status 1 pm-score -q --strict fleet.tsv
	says "1000 of 1000 hosts have no rating of tier or exposed; those with -"
	[ "$(wc -l <err)" -lt 10 ]
}
