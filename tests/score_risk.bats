# pm-score: the risk of patching against the risk of not patching, what an
# emergency must show, holds and rejections, and decisions in words.

bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T00:00:00Z

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >hosts.tsv <<-'END'
		#host | host | class  | os     | release | role | site | tier        | exposed  | env
		host  | a1   | server | debian | 12      | web  | x    | mission     | internet | -
		host  | b1   | server | debian | 12      | file | x    | operational | internal | -
	END
	stream >cves.tsv <<-'END'
		#cve | cve        | cvss | epss    | kev_added  | exploit
		cve  | CVE-2026-1 | 8.1  | 0.92110 | 2026-11-01 | active
		cve  | CVE-2026-2 | 8.1  | 0.00042 | no         | none
	END
	stream >needs.tsv <<-'END'
		#need | host | package | installed | fixed | adv | cves       | state     | severity | kind     | confidence | why
		need  | a1   | openssl | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | available | high     | security | exact      | F: 3.0-1 < 3.0-2
		need  | b1   | openssl | 3.0-1     | 3.0-2 | A1  | CVE-2026-1 | available | high     | security | exact      | F: 3.0-1 < 3.0-2
		need  | a1   | zlib    | 1.2-1     | 2.0-1 | A2  | CVE-2026-2 | available | high     | security | exact      | F: 1.2-1 < 2.0-1
		need  | b1   | zlib    | 1.2-1     | 2.0-1 | A2  | CVE-2026-2 | available | high     | security | exact      | F: 1.2-1 < 2.0-1
		need  | a1   | bash    | 5.1-1     | 5.2-1 | A3  | -          | available | -        | update   | exact      | F: 5.1-1 < 5.2-1
	END
}

# score [FILE...]: these files before the needs
score() {
	with_status 0 pm-score --now $NOW hosts.tsv cves.tsv "$@" needs.tsv
}

# of HOST PACKAGE COLUMN
of() {
	awk -F '\t' -v host="$1" -v package="$2" -v name="$3" '
		$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "need" && $at["host"] == host &&
		    $at["package"] == package { print $at[name] }
	' out
}

is() {
	local got
	got=$(of "$1" "$2" "$3")
	# the last word may be a pattern
	# shellcheck disable=SC2053
	[[ $got == $4 ]] && return
	echo "$3 of $2 on $1 is '$got', expected '$4'"
	return 1
}

# bats test_tags=req:F10
@test "what a restart and a reboot take is the policy's, host by host" {
	sed -i 's/zlib/linux-image-1/; s/bash/zlib/' needs.tsv
	score
	is a1 zlib patch_risk 8.20 # 1 and 0.03 of 240
	is b1 linux-image-1 patch_risk 12.08 # 5 and 0.118 of 60
	mine=own.pm
	printf 'tier=mission -> restart_time=15m reboot_time=90s\n' >$mine
	with_status 0 pm-score --now $NOW -p $mine -p "$PM_POLICY" hosts.tsv \
	    cves.tsv needs.tsv
	is a1 zlib patch_risk 22.20
	is a1 linux-image-1 patch_risk 29.82 # 1.5 and 0.118 of 240
	is b1 linux-image-1 patch_risk 12.08
	# no rule at all: the defaults that the page names
	echo '-> decision=patch' >none.pm
	with_status 0 pm-score --now $NOW -p none.pm hosts.tsv cves.tsv needs.tsv
	is a1 zlib patch_risk 8.20
	is b1 linux-image-1 patch_risk 12.08
	printf 'tier=mission -> restart_time=soon\n' >$mine
	with_status 78 pm-score --now $NOW -p $mine hosts.tsv needs.tsv
}

# bats test_tags=req:F10
@test "a patch that risks more than it removes is deferred, with both figures" {
	score
	is b1 zlib risk 1.56
	is b1 zlib patch_risk 7.00
	is b1 zlib decision defer
	is b1 zlib due 2027-02-21T00:00:00Z
	is b1 zlib policy "25-risk.pm:7,30-decisions.pm:*"
	sed -n 7p "$PM_POLICY/25-risk.pm" | grep -q 'patching_riskier=yes.*defer'
	# the same patch where it removes more than it risks
	is a1 zlib risk 34.99
	is a1 zlib patch_risk 25.00
	is a1 zlib decision patch
	# and on the first host, once it is attacked more often
	sed -i 's/0\.00042\tno\tnone/0.30000\tno\t-/' cves.tsv
	score
	is b1 zlib risk 46.66
	is b1 zlib decision patch
}

# bats test_tags=req:F10
@test "known exploited and exposed is never deferred, however risky the patch" {
	printf 'need\tb1\tnew\t1.0-1\t9:2.0-1\tA\tCVE-2026-1\tavailable\tlow\tsecurity\texact\tw\n' \
	    >>needs.tsv
	{
		printf '#event\thost\tpackage\tkind\twho\n'
		for _ in {1..200}; do
			printf 'event\tb1\tnew\tregression\tann\n'
		done
	} >events.tsv
	sed -i 's/\t8\.1\t0\.92110/\t0.1\t0.00001/' cves.tsv
	sed -i 's/operational\tinternal/operational\tinternet/' hosts.tsv
	score events.tsv
	is b1 new patch_risk "5[0-9].*" # what 210 tries make of 60 minutes
	is b1 new decision emergency
	sed -i 's/operational\tinternet/operational\t-/' hosts.tsv
	# an exposure that nobody gave counts as exposed
	with_status 0 pm-score --now $NOW -p "$PM_POLICY/25-risk.pm" \
	    -p "$PM_POLICY/30-decisions.pm" hosts.tsv cves.tsv events.tsv \
	    needs.tsv
	is b1 new exposed -
	is b1 new decision emergency
	# the guard is in the program: a rule cannot defer it by mistake
	echo 'patching_riskier=yes -> decision=defer' >bad.pm
	with_status 0 pm-score --now $NOW -p bad.pm \
	    -p "$PM_POLICY/30-decisions.pm" hosts.tsv cves.tsv events.tsv \
	    needs.tsv
	is b1 new decision emergency
	# on a host that nobody can reach from outside it may be
	sed -i 's/operational\t-/operational\tnone/' hosts.tsv
	with_status 0 pm-score --now $NOW -p bad.pm \
	    -p "$PM_POLICY/30-decisions.pm" hosts.tsv cves.tsv events.tsv \
	    needs.tsv
	is b1 new decision defer
}

# bats test_tags=req:F11
@test "risk removed per minute of downtime can be sorted on" {
	score
	awk -F '\t' '
		$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "need" {
			print $at["risk_per_minute"], $at["host"],
			    $at["package"]
		}' out | sort -k 1,1gr >got
	cat >expected <<-'END'
		947.97 a1 openssl
		89.53 b1 openssl
		1.40 a1 zlib
		0.22 b1 zlib
		- a1 bash
	END
	same expected got
	# each is the quotient of the two figures beside it
	awk -F '\t' '
		$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "need" && $at["risk"] != "-" {
			d = $at["risk"] / $at["patch_risk"]
			d -= $at["risk_per_minute"]
			if (d > 0.02 || d < -0.02) exit 1
		}' out
}

# line_of FILE TEXT: FILE:LINE of the last rule of the default policy with it
line_of() {
	echo "$1:$(grep -nF -e "$2" "$PM_POLICY/$1" | tail -n 1 | cut -d : -f 1)"
}

# larger FIGURE HOST PACKAGE FROM TO: the figure grew, strictly, between two outputs
larger() {
	local column=$1 before after
	cp "$4" out
	before=$(of "$2" "$3" "$column")
	cp "$5" out
	after=$(of "$2" "$3" "$column")
	awk -v a="$before" -v b="$after" 'BEGIN { exit !(b > a) }' && return
	echo "$column of $3 on $2: $before, then $after"
	return 1
}

@test "each input moves its figure, in the direction that the page says" {
	run_one() { # NAME, then a sed script for each of hosts, cves, needs
		local name=$1 file
		for file in hosts cves needs; do
			sed "${2:-}" $file.tsv >$file.now
			shift || true
		done
		pm-score -q --now $NOW hosts.now cves.now "${extra[@]}" \
		    needs.now >"$name"
	}
	local extra=()
	run_one base
	run_one kev '' 's/\tno\tnone/\t2026-11-01\tnone/'
	larger risk a1 zlib base kev
	run_one poc '' 's/\tno\tnone/\tno\tpoc/'
	larger risk a1 zlib base poc
	run_one weaponized '' 's/\tno\tnone/\tno\tweaponized/'
	larger risk a1 zlib poc weaponized
	run_one unknown '' 's/\tno\tnone/\tno\t-/'
	larger risk a1 zlib base unknown
	larger risk a1 zlib unknown poc
	run_one epss '' 's/0\.00042/0.5/'
	larger risk a1 zlib base epss
	run_one cvss '' 's/CVE-2026-2\t8\.1/CVE-2026-2\t9.1/'
	larger risk a1 zlib base cvss
	run_one none 's/\tinternet\t/\tnone\t/'
	run_one local 's/\tinternet\t/\tlocal\t/'
	run_one internal 's/\tinternet\t/\tinternal\t/'
	larger risk a1 zlib none local
	larger risk a1 zlib local internal
	larger risk a1 zlib internal base
	run_one business 's/\tmission\t/\tbusiness\t/'
	run_one operational 's/\tmission\t/\toperational\t/'
	larger risk a1 zlib operational business
	larger risk a1 zlib business base
	larger patch_risk a1 zlib operational business
	larger patch_risk a1 zlib business base
	# the size of the change
	run_one version '' '' 's/2\.0-1/1.3-1/'
	run_one revision '' '' 's/2\.0-1/1.2-2/'
	larger patch_risk a1 zlib revision version
	larger patch_risk a1 zlib version base
	# a reboot, and a package that has a kernel's name
	run_one kernel '' '' 's/zlib/linux-image-1/'
	sed -i 's/linux-image-1/zlib/' kernel
	larger patch_risk a1 zlib base kernel
	# what changes with it
	local last='$'
	run_one one '' '' "1s/\$/\tclosure/; 2,${last}s/\$/\t1/"
	run_one five '' '' "1s/\$/\tclosure/; 2,${last}s/\$/\t5/"
	larger patch_risk a1 zlib one five
	cp base out
	before=$(of a1 zlib patch_risk)
	cp one out
	is a1 zlib patch_risk "$before"
	# how it fared: journals, events, tests
	printf '#done\thost\tpackage\tto\toutcome\ndone\tq\tzlib\t2\tdone\n' \
	    >good.tsv
	sed 's/done$/rolled-back/' good.tsv >bad.tsv
	extra=(good.tsv)
	run_one good
	larger patch_risk a1 zlib good base
	extra=(bad.tsv)
	run_one bad
	larger patch_risk a1 zlib base bad
	extra=(bad.tsv bad.tsv)
	run_one worse
	larger patch_risk a1 zlib bad worse
	printf '#event\thost\tpackage\tkind\twho\nevent\tq\tzlib\tregression\tann\n' \
	    >event.tsv
	extra=(event.tsv)
	run_one event
	larger patch_risk a1 zlib base event
	printf '#test\thost\tpackage\tversion\toutcome\twho\ntest\tq\tzlib\t2.0-1\tpassed\tann\n' \
	    >passed.tsv
	sed 's/passed/failed/' passed.tsv >failed.tsv
	extra=(passed.tsv)
	run_one passed
	larger patch_risk a1 zlib passed base
	extra=(failed.tsv)
	run_one failed
	larger patch_risk a1 zlib base failed
	# a test of another version says nothing
	sed 's/2\.0-1/1.9-1/' failed.tsv >other.tsv
	extra=(other.tsv)
	run_one other
	same <(records need base) <(records need other)
	# redundancy
	sed 's/\ta1\t/\ta2\t/' hosts.tsv | grep -v b1 | cat hosts.tsv - >fleet.tsv
	extra=(--fleet fleet.tsv)
	run_one two
	larger patch_risk a1 zlib two base
	cp two out
	is a1 zlib patch_risk 12.50
}

# bats test_tags=req:P7-2b
@test "an emergency without a problem of this server is demoted and says so" {
	echo 'package=bash,openssl -> decision=emergency due=3d' >p.pm
	urgent() {
		with_status 0 pm-score --now $NOW -p p.pm -p "$PM_POLICY" \
		    hosts.tsv cves.tsv "$@" needs.tsv
	}
	urgent
	is a1 bash decision patch
	is a1 bash policy "30-decisions.pm:*,demoted:no-reference"
	is a1 openssl decision emergency
	[[ $(of a1 openssl policy) != *demoted* ]]
	# a problem of another server is none of this one
	printf '#event\thost\tpackage\tkind\twho\treason\nevent\tb1\tbash\tproblem\tann\thangs\n' \
	    >events.tsv
	urgent events.tsv
	is a1 bash decision patch
	sed -i 's/\tb1\t/\ta1\t/' events.tsv
	urgent events.tsv
	is a1 bash decision emergency
	is a1 bash policy "30-decisions.pm:*,p.pm:1,test-required"
	printf '#event\thost\tkind\texpiry\nevent\ta1\tproblem\t2026-11-22\n' \
	    >events.tsv
	urgent events.tsv
	is a1 bash decision patch
}

# bats test_tags=req:F1,req:patchlink
@test "an emergency says who tested it, or who does without, or that it is required" {
	score
	is a1 openssl decision emergency
	is a1 openssl policy "*,test-required"
	printf '#test\thost\tpackage\tversion\toutcome\twho\texpiry\ntest\tt1\topenssl\t3.0-2\tpassed\ttess\t-\n' \
	    >test.tsv
	score test.tsv
	is a1 openssl policy "*,test-passed:tess"
	sed 's/3\.0-2/3.0-1/' test.tsv >old.tsv
	score old.tsv
	is a1 openssl policy "*,test-required"
	sed 's/-$/2026-11-22/' test.tsv >old.tsv
	score old.tsv
	is a1 openssl policy "*,test-required"
	stream >waive.tsv <<-'END'
		#waive | host | package | cve | decision  | who         | when       | reason | expiry
		waive  | a1   | openssl | -   | skip-test | Bob, of Ops | 2026-11-23 | r      | 2026-11-30
	END
	score waive.tsv
	is a1 openssl decision emergency
	is a1 openssl policy "*,test-waived:Bob; of Ops"
	# it waives the test, not the need, and only of that host
	is b1 openssl decision patch
	sed 's/passed/failed/' test.tsv >failed.tsv
	score failed.tsv waive.tsv
	is a1 openssl policy "*,test-failed:tess,test-waived:Bob; of Ops"
	score failed.tsv
	is a1 openssl policy "*,test-failed:tess,test-required"
	# both plans take the record as it is
	score waive.tsv
	cp out scored.tsv
	with_status 0 pm-plan --now $NOW scored.tsv
	[[ $(column state step | grep -c planned) -gt 0 ]]
}

@test "a hold and a rejection beat waivers and approvals" {
	stream >waive.tsv <<-'END'
		#waive | host | package | cve        | decision | who | when       | reason | expiry
		waive  | a1   | openssl | -          | accept   | ann | 2026-11-23 | r      | 2026-12-30
		waive  | *    | openssl | CVE-2026-1 | reject   | bob | 2026-11-23 | breaks | 2026-12-20
	END
	sed -i 's/zlib\(.*\)available/zlib\1held/' needs.tsv
	score waive.tsv
	is a1 openssl decision defer
	is a1 openssl due 2026-12-20T00:00:00Z
	is a1 openssl policy "30-decisions.pm:*,reject:bob"
	is a1 zlib state held
	is a1 zlib decision patch
	cp out scored.tsv
	with_status 0 pm-plan --now $NOW scored.tsv
	cp out plan.tsv
	with_status 0 pm-plan --approve boss plan.tsv
	# what an approval of everything can install
	awk -F '\t' '
		$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["action"] == "install" {
			print $at["host"], $at["package"], $at["state"]
		}' plan.tsv >steps
	! grep -qE '(openssl|zlib) planned' steps || false
	grep -qx "a1 openssl deferred" steps
	grep -qx "a1 zlib blocked" steps
	grep -q "deferred by bob until 2026-12-20T00:00:00Z: breaks" plan.tsv
}

@test "a young patch waits, one that is exploited does not" {
	echo 'package=openssl,bash -> min_age=3d' >p.pm
	young() {
		with_status 0 pm-score --now "2026-11-$1T00:00:00Z" -p p.pm \
		    -p "$PM_POLICY" --ledger ledger.tsv hosts.tsv cves.tsv \
		    needs.tsv
	}
	young 23
	is a1 bash decision defer
	is a1 bash policy "30-decisions.pm:*,waits-until:2026-11-26T00:00:00Z"
	is a1 openssl decision emergency
	is b1 openssl decision patch
	young 25
	is a1 bash decision defer
	young 26
	is a1 bash decision patch
	# a newer version is young again
	sed -i 's/5\.2-1/5.3-1/g' needs.tsv
	young 27
	is a1 bash policy "*,waits-until:2026-11-30T00:00:00Z"
	# without a ledger nobody knows, which is said
	with_status 0 pm-score --now $NOW -p p.pm -p "$PM_POLICY" hosts.tsv \
	    cves.tsv needs.tsv
	is a1 bash decision patch
	is a1 bash policy "*,age-unknown"
}

@test "the age of a patch counts from its publication, with a ledger or not" {
	echo 'package=openssl,bash -> min_age=3d' >p.pm
	published() { # TIME NOW [OPTION...]
		awk -F '\t' -v OFS='\t' -v time="$1" '
			$1 == "#need" { $0 = $0 OFS "published" }
			$1 == "need" { $0 = $0 OFS time }
			{ print }' needs.tsv >dated.tsv
		with_status "${4:-0}" pm-score --now "$2" -p p.pm -p "$PM_POLICY" \
		    ${3:+--ledger "$3"} hosts.tsv cves.tsv dated.tsv
	}
	published 2026-11-21T12:00:00Z 2026-11-23
	is a1 bash decision defer
	is a1 bash policy "*,waits-until:2026-11-24T12:00:00Z"
	published 2026-11-21T12:00:00Z 2026-11-24T11:59:59Z
	is a1 bash decision defer
	published 2026-11-21T12:00:00Z 2026-11-24T12:00:00Z
	is a1 bash decision patch
	# long before the ledger knew of it
	published 2026-11-01 2026-11-23 ledger.tsv
	is a1 bash decision patch
	is a1 openssl decision emergency
	published - 2026-11-23 ledger.tsv
	is a1 bash policy "*,waits-until:2026-11-26T00:00:00Z"
	published soon 2026-11-23 "" 65
	says "dated.tsv:2: published is 'soon', expected is a time"
}

# bats test_tags=req:P7-2a
@test "what is not critical goes into the regular window, by a rule that is shown" {
	score
	is a1 bash class useful
	is a1 bash decision patch
	local line
	line=$(of a1 bash policy | tr , '\n' | sed -n 's/30-decisions.pm://p' |
	    while read -r line; do
		sed -n "${line}p" "$PM_POLICY/30-decisions.pm"
	    done)
	[[ $line == *"-> decision=patch due=90d"* ]]
}

@test "a decision in words, with one vulnerability and with a ledger" {
	with_status 0 pm-score --now 2026-11-20T00:00:00Z --ledger ledger.tsv \
	    hosts.tsv cves.tsv needs.tsv
	cp ledger.tsv before.tsv
	with_status 0 pm-score --now $NOW --ledger ledger.tsv --explain b1 \
	    CVE-2026-2 hosts.tsv cves.tsv needs.tsv
	cat >expected <<-'END'
		b1 zlib
		  installed  1.2-1
		  fixed      2.0-1 (available; exact)
		  why        F: 1.2-1 < 2.0-1
		  advisory   A2 (security, severity high)
		  known      since 2026-11-20T00:00:00Z, for 3 days
		  threat     CVE-2026-2: cvss 8.1 (base 8.1), epss 0.00042 (percentile -), kev no, exploit none, automatable -, impact -
		  tier       operational (hosts.tsv:3)
		  exposed    internal (hosts.tsv:3)
		  risk       1.56 minutes = likelihood 0.01 * exposure 0.4 * severity 0.81 * loss 480
		  patch_risk 7.00 minutes = (downtime 1 + trouble 0.1 * recovery 60) / peers 1
		  before     tried 0 times, 0 failed; not tested; closure -
		  class      critical (30-decisions.pm:11)
		  decision   defer (25-risk.pm:7)
		  due        2027-02-18T00:00:00Z (90d, 25-risk.pm:7)
		  policy     25-risk.pm:7,30-decisions.pm:11
	END
	same expected out
	same before.tsv ledger.tsv
}

@test "in words: where ratings come from, a waiver, what is not known" {
	sed -i 's/mission\tinternet/-\t-/; s/operational/-/' hosts.tsv
	stream >waive.tsv <<-'END'
		#waive | host | package | cve | decision | who | when       | reason | expiry
		waive  | a1   | bash    | -   | accept   | ann | 2026-11-23 | r      | 2026-12-30
	END
	with_status 0 pm-score --now $NOW --explain a1 hosts.tsv waive.tsv needs.tsv
	awk '/^a1 bash/, 0' out >got
	cat >expected <<-END
		a1 bash
		  installed  5.1-1
		  fixed      5.2-1 (available; exact)
		  why        F: 5.1-1 < 5.2-1
		  advisory   A3 (update, severity -)
		  known      since now, as far as is known; a ledger would say
		  tier       business ($(line_of 10-tiers.pm '-> tier=business'))
		  exposed    internet ($(line_of 20-exposure.pm 'role=ecommerce,web'))
		  risk       -: no security matter, or of a severity that nobody gave
		  patch_risk 4.60 minutes = (downtime 1 + trouble 0.03 * recovery 120) / peers 1
		  before     tried 0 times, 0 failed; not tested; closure -
		  class      useful (30-decisions.pm:20)
		  decision   accept (30-decisions.pm:20,waive:ann)
		  due        2026-12-30T00:00:00Z
		  policy     30-decisions.pm:20,waive:ann
	END
	same expected got
	grep -q "threat     CVE-2026-1: cvss - (base -), epss - (percentile -), kev -, exploit -" out
	# the same from a stream that was scored before
	with_status 0 pm-score --now $NOW hosts.tsv waive.tsv needs.tsv
	cp out scored.tsv
	with_status 0 pm-score --now $NOW --explain a1 scored.tsv
	grep -qx "  tier       business ($(line_of 10-tiers.pm '-> tier=business'))" out
	with_status 66 pm-score --explain nobody hosts.tsv needs.tsv
	says "the stream has no host 'nobody'"
	with_status 0 pm-score --explain a1 CVE-2026-99 hosts.tsv needs.tsv
	echo "a1: no need names CVE-2026-99" >expected
	same expected out
	with_status 0 pm-score --explain a1 hosts.tsv
	echo "a1: no needs" >expected
	same expected out
}

@test "what counts for risks must be proper and in time" {
	refused() { # FILE TEXT
		with_status 65 pm-score hosts.tsv "$1" needs.tsv
		says "$2"
	}
	printf '#test\tpackage\toutcome\ntest\tzlib\tgreen\n' >t.tsv
	refused t.tsv "t.tsv:2: outcome of this test is 'green', expected is passed or failed"
	printf '#event\thost\tkind\texpiry\nevent\ta1\tproblem\tsoon\n' >e.tsv
	refused e.tsv "e.tsv:2: expiry is 'soon', expected is a date"
	printf '#event\thost\tkind\nevent\ta1\tproblem\n' >e.tsv
	with_status 65 pm-score hosts.tsv needs.tsv e.tsv
	says "e.tsv:2: a event record behind the first need"
	sed '1s/$/\tclosure/; 2,$s/$/\t0/' needs.tsv >c.tsv
	with_status 65 pm-score hosts.tsv c.tsv
	says "c.tsv:2: closure is '0', expected is a number of packages"
}
