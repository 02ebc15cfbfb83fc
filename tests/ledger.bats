#!/usr/bin/env bats
# pm-score --ledger: since when each need is known, whatever becomes of feeds,
# names and runs, and what is due counts from then.

bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >hosts.tsv <<-'END'
		#host | host | class  | os     | release | tier     | exposed
		host  | a1   | server | debian | 12      | mission  | internet
		host  | b1   | server | debian | 12      | business | internal
	END
	stream >needs.tsv <<-'END'
		#need | host | package | installed | fixed | adv | cves                  | state     | severity | kind     | confidence | why
		need  | a1   | openssl | 3.0-1     | 3.0-2 | A1  | CVE-2026-1,CVE-2026-2 | available | high     | security | exact      | w
		need  | a1   | bash    | 5.1-1     | 5.2-1 | A3  | -                     | available | -        | update   | exact      | w
		need  | b1   | openssl | 3.0-1     | 3.0-2 | A1  | CVE-2026-1            | available | high     | security | exact      | w
	END
	stream >covers.tsv <<-'END'
		#cover | host | feed | verdict | detail
		cover  | a1   | F    | covered | -
		cover  | b1   | F    | covered | -
	END
	cat >p.pm <<-'END'
		-> class=useful decision=patch
		cves=CVE-2026-9 -> due=3d
		package=openssl -> due=10d
		-> due=30d
	END
}

# on DAY FILE...: score with the ledger on that day of November, in out
on() {
	local day=$1
	shift
	with_status 0 pm-score --now "2026-11-${day}T00:00:00Z" -p p.pm \
	    --ledger ledger.tsv hosts.tsv "$@"
}

# is HOST PACKAGE COLUMN VALUE
is() {
	local got
	got=$(awk -F '\t' -v host="$1" -v package="$2" -v name="$3" '
		$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "need" && $at["host"] == host &&
		    $at["package"] == package { print $at[name] }
	' out)
	[[ $got == "$4" ]] && return
	echo "$3 of $2 on $1 is '$got', expected '$4'"
	return 1
}

# rows DAY: event, host, package, cve, installed and detail of that day's rows
rows() {
	awk -F '\t' -v when="2026-11-${1}T00:00:00Z" '
		$1 == "seen" && $2 == when && $3 != "run" {
			print $3, $4, $5, $6, $7, $8
		}' ledger.tsv
}

@test "a first run writes what it saw, the format that the page describes" {
	on 01 needs.tsv covers.tsv
	is a1 openssl first_seen 2026-11-01T00:00:00Z
	is a1 openssl due 2026-11-11T00:00:00Z
	rows 01 >got
	cat >expected <<-'END'
		first a1 bash - 5.1-1 -
		due a1 bash - 5.1-1 2592000
		first a1 openssl - 3.0-1 -
		due a1 openssl - 3.0-1 864000
		first a1 openssl CVE-2026-1 3.0-1 -
		first a1 openssl CVE-2026-2 3.0-1 -
		first b1 openssl - 3.0-1 -
		due b1 openssl - 3.0-1 864000
		first b1 openssl CVE-2026-1 3.0-1 -
		looked a1 - - - -
		looked b1 - - - -
	END
	same expected got
	# a digest of header and rows stands behind them
	grep -v $'\trun\t' ledger.tsv | sha256sum | cut -d ' ' -f 1 >digest
	tail -n 1 ledger.tsv | sed 's/.*sha256://' >written
	same digest written
	head -n 1 ledger.tsv | tr '\t' '\n' | sed 's/^#//' >columns
	while read -r name; do
		grep -qx ".It Cm $name" "$PM_TOP/man/pm-ledger.5" ||
		    [[ $name == seen ]]
	done <columns
}

@test "later runs keep the first day, and a deadline no longer moves" {
	on 01 needs.tsv covers.tsv
	on 05 needs.tsv covers.tsv
	is a1 openssl first_seen 2026-11-01T00:00:00Z
	is a1 openssl due 2026-11-11T00:00:00Z
	rows 05 >got
	printf '%s\n' 'looked a1 - - - -' 'looked b1 - - - -' >expected
	same expected got
	on 20 needs.tsv covers.tsv
	is a1 openssl due 2026-11-11T00:00:00Z
	is a1 bash due 2026-12-01T00:00:00Z
	says "the oldest need is known for 19 days"
	says "2 needs are overdue, the longest by 9 days"
	with_status 0 pm-score --now 2026-11-20T00:00:00Z --ledger ledger.tsv \
	    -p p.pm --explain a1 hosts.tsv needs.tsv
	awk '/^a1/ { package = $2 } $1 == "known" || $1 == "overdue" {
		print package, $0 }' out >got
	grep -qx 'openssl   known      since 2026-11-01T00:00:00Z, for 19 days' got
	grep -qx 'openssl   overdue    for 9 days' got
	run ! grep '^bash   overdue' got
	# without a ledger the deadline counts from the present, as ever
	with_status 0 pm-score --now 2026-11-20T00:00:00Z -p p.pm hosts.tsv \
	    needs.tsv
	is a1 openssl first_seen -
	is a1 openssl due 2026-11-30T00:00:00Z
}

@test "the order of needs changes neither rows nor ledger" {
	on 01 needs.tsv covers.tsv
	records need | sort >first
	mv ledger.tsv before.tsv
	{ head -n 1 needs.tsv; tail -n +2 needs.tsv | tac; } >turned.tsv
	on 01 turned.tsv covers.tsv
	records need | sort >second
	same first second
	same before.tsv ledger.tsv
}

@test "other advisories and other vulnerabilities do not start the count anew" {
	on 01 needs.tsv covers.tsv
	# the feed renames its advisories and no longer knows one vulnerability
	sed 's/\tA1\t/\tDSA-1\t/; s/CVE-2026-1,CVE-2026-2/CVE-2026-2/' \
	    needs.tsv >other.tsv
	on 05 other.tsv covers.tsv
	is a1 openssl first_seen 2026-11-01T00:00:00Z
	is a1 openssl due 2026-11-11T00:00:00Z
	rows 05 | grep -qx \
	    'gone a1 openssl CVE-2026-1 3.0-1 2026-11-01T00:00:00Z'
	# a feed that begins to name vulnerabilities
	sed 's/\tA3\t-/\tA3\tCVE-2026-7/' needs.tsv >named.tsv
	on 06 named.tsv covers.tsv
	is a1 bash first_seen 2026-11-01T00:00:00Z
	# each vulnerability keeps its own day, and one that a feed lost and
	# finds again with the same version installed was there all the time
	rows 06 | grep -qx 'first a1 bash CVE-2026-7 5.1-1 -'
	rows 06 | grep -qx 'back a1 openssl CVE-2026-1 3.0-1 -'
}

@test "what was patched is gone; a later flaw of the package is a new need" {
	on 01 needs.tsv covers.tsv
	grep -v openssl needs.tsv >patched.tsv
	on 05 patched.tsv covers.tsv
	rows 05 | grep gone >got
	cat >expected <<-'END'
		gone a1 openssl - 3.0-1 2026-11-01T00:00:00Z
		gone a1 openssl CVE-2026-1 3.0-1 2026-11-01T00:00:00Z
		gone a1 openssl CVE-2026-2 3.0-1 2026-11-01T00:00:00Z
		gone b1 openssl - 3.0-1 2026-11-01T00:00:00Z
		gone b1 openssl CVE-2026-1 3.0-1 2026-11-01T00:00:00Z
	END
	same expected got
	sed 's/3\.0-1/3.0-2/; s/3\.0-2\tA1\t[^\t]*/3.0-3\tA9\tCVE-2026-8/' \
	    needs.tsv >again.tsv
	on 10 again.tsv covers.tsv
	is a1 openssl first_seen 2026-11-10T00:00:00Z
	is a1 openssl due 2026-11-20T00:00:00Z
	# time to remediate, as the page shows it
	awk -F '\t' '$3 == "first" { first[$4, $5, $6] = $2 }
	    $3 == "gone" && $6 != "-" {
		print $4, $5, $6, first[$4, $5, $6], $2
	    }' ledger.tsv | head -n 1 >got
	echo "a1 openssl CVE-2026-1 2026-11-01T00:00:00Z 2026-11-05T00:00:00Z" \
	    >expected
	same expected got
}

@test "a version in between that is still vulnerable resets nothing" {
	on 01 needs.tsv covers.tsv
	sed 's/3\.0-1/3.0-1.1/' needs.tsv >half.tsv
	on 05 half.tsv covers.tsv
	is a1 openssl first_seen 2026-11-01T00:00:00Z
	is a1 openssl due 2026-11-11T00:00:00Z
	on 06 half.tsv covers.tsv
	is a1 openssl due 2026-11-11T00:00:00Z
}

@test "more urgent counts from the day that it became so" {
	on 01 needs.tsv covers.tsv
	sed 's/CVE-2026-2/CVE-2026-2,CVE-2026-9/' needs.tsv >urgent.tsv
	on 05 urgent.tsv covers.tsv
	is a1 openssl first_seen 2026-11-01T00:00:00Z
	is a1 openssl due 2026-11-08T00:00:00Z
	on 07 urgent.tsv covers.tsv
	is a1 openssl due 2026-11-08T00:00:00Z
	# and less urgent from the first day again
	on 08 needs.tsv covers.tsv
	is a1 openssl due 2026-11-11T00:00:00Z
}

@test "a host that was not looked at, or not wholly, keeps its needs" {
	on 01 needs.tsv covers.tsv
	sed '/b1/s/covered/unreachable/' covers.tsv >down.tsv
	grep -v b1 needs.tsv >a.tsv
	on 02 a.tsv down.tsv
	on 03 a.tsv
	stream >stale.tsv <<-'END'
		#cover | host | feed | verdict    | detail
		cover  | b1   | F    | covered    | -
		cover  | b1   | G    | stale-feed | -
	END
	on 04 a.tsv stale.tsv
	sed 's/stale-feed/incomplete/' stale.tsv >lacking.tsv
	on 04 a.tsv lacking.tsv
	! grep -q $'\tgone\t' ledger.tsv || false
	on 05 needs.tsv covers.tsv
	is b1 openssl first_seen 2026-11-01T00:00:00Z
	# a line that had to be skipped might have been the need
	cat a.tsv covers.tsv >bad.tsv
	printf 'need\tb1\n' >>bad.tsv
	with_status 65 pm-score --now 2026-11-06T00:00:00Z -p p.pm --skip-bad \
	    --ledger ledger.tsv hosts.tsv bad.tsv
	! grep -q $'\tgone\t' ledger.tsv || false
	on 07 a.tsv covers.tsv
	rows 07 | grep -qx 'gone b1 openssl - 3.0-1 2026-11-05T00:00:00Z'
}

@test "a renamed host keeps its needs; its name may serve another" {
	on 01 needs.tsv covers.tsv
	stream >renamed.tsv <<-'END'
		#event | host | package | version | kind    | who | when       | reason | expiry
		event  | c1   | -       | -       | renamed | ann | 2026-11-04 | b1     | -
	END
	sed -i 's/\tb1\t/\tc1\t/' needs.tsv hosts.tsv covers.tsv
	on 05 renamed.tsv needs.tsv covers.tsv
	is c1 openssl first_seen 2026-11-01T00:00:00Z
	rows 05 | grep -qx 'renamed c1 - - - b1'
	# the note stays in its file and is carried out once
	on 06 renamed.tsv needs.tsv covers.tsv
	is c1 openssl first_seen 2026-11-01T00:00:00Z
	[[ $(grep -c $'\trenamed\t' ledger.tsv) -eq 1 ]]
	printf 'host\tb1\tserver\tdebian\t12\tbusiness\tinternal\n' >>hosts.tsv
	printf 'need\tb1\topenssl\t3.0-1\t3.0-2\tA1\t-\tavailable\t-\tsecurity\texact\tw\n' >>needs.tsv
	on 07 needs.tsv covers.tsv
	is b1 openssl first_seen 2026-11-07T00:00:00Z
	is c1 openssl first_seen 2026-11-01T00:00:00Z
	on 08 renamed.tsv needs.tsv covers.tsv
	says "both 'b1' and 'c1' are known as hosts; they stay two"
}

@test "a torn end is cut off, at every byte of it" {
	local half whole at
	on 01 needs.tsv covers.tsv
	half=$(stat -c %s ledger.tsv)
	cp ledger.tsv first.tsv
	grep -v openssl needs.tsv >patched.tsv
	on 05 patched.tsv covers.tsv
	cp ledger.tsv second.tsv
	whole=$(stat -c %s second.tsv)
	for ((at = half + 1; at < whole; at += 7)); do
		head -c "$at" second.tsv >ledger.tsv
		on 05 patched.tsv covers.tsv
		says "ledger.tsv: the last run was not written to its end; $((at - half)) byte"
		same second.tsv ledger.tsv
	done
	# the very first run, its header included
	for at in 1 20 60 100 $((half - 1)); do
		head -c "$at" first.tsv >ledger.tsv
		on 01 needs.tsv covers.tsv
		same first.tsv ledger.tsv
	done
	# a page that never reached the disk
	{
		head -c $((half + 10)) second.tsv
		head -c 40 /dev/zero
		tail -c +$((half + 51)) second.tsv
	} >ledger.tsv
	on 05 patched.tsv covers.tsv
	same second.tsv ledger.tsv
}

@test "a changed ledger, or another file, is refused and left alone" {
	on 01 needs.tsv covers.tsv
	on 05 needs.tsv covers.tsv
	cp ledger.tsv good.tsv
	sed -i '3s/5\.1-1/5.1-2/' ledger.tsv
	cp ledger.tsv bad.tsv
	with_status 65 pm-score --ledger ledger.tsv hosts.tsv needs.tsv
	says "the digest does not fit"
	same bad.tsv ledger.tsv
	sed '3d' good.tsv >ledger.tsv
	with_status 65 pm-score --ledger ledger.tsv hosts.tsv needs.tsv
	cp needs.tsv other.tsv
	with_status 65 pm-score --ledger other.tsv hosts.tsv needs.tsv
	says "other.tsv: the first line is not the header of a ledger"
	same needs.tsv other.tsv
	cp good.tsv ledger.tsv
	with_status 65 pm-score --now 2026-11-04T00:00:00Z -p p.pm \
	    --ledger ledger.tsv hosts.tsv needs.tsv
	says "the last run was at 2026-11-05T00:00:00Z, which is later than the present"
	same good.tsv ledger.tsv
}

@test "a run that stops half-way leaves the ledger as it was" {
	on 01 needs.tsv covers.tsv
	cp ledger.tsv before.tsv
	{ cat needs.tsv; printf 'need\tbroken\n'; } >bad.tsv
	with_status 65 pm-score --now 2026-11-05T00:00:00Z -p p.pm \
	    --ledger ledger.tsv hosts.tsv bad.tsv
	same before.tsv ledger.tsv
}

@test "one run at a time" {
	on 01 needs.tsv covers.tsv
	exec 9<>ledger.tsv
	flock 9
	with_status 75 pm-score --ledger ledger.tsv hosts.tsv needs.tsv
	says "ledger.tsv: the ledger is in use by"
	exec 9>&-
}

@test "a full disk leaves the ledger as it was and is an error" {
	on 01 needs.tsv covers.tsv
	cp ledger.tsv before.tsv
	sed 's/\tb1\t/\ta1\t/; s/openssl/zlib/' needs.tsv >more.tsv
	with_status 74 bash -c "trap '' XFSZ; ulimit -f 1
		exec pm-score --now 2026-11-05T00:00:00Z -p p.pm \
		    --ledger ledger.tsv -o /dev/null hosts.tsv <(
			head -n 1 more.tsv
			for ((i = 0; i < 60; i++)); do
				printf 'need\ta1\tp%d\t1-1\t1-2\tA\t-\tavailable\t-\tupdate\texact\tw\n' \$i
			done)"
	says "cannot write the ledger; it stays as it was"
	same before.tsv ledger.tsv
}

@test "hosts of which only the coverage is known, however many" {
	{
		printf '#host\thost\n'
		seq -f $'host\th%03g' 300
		printf '#cover\thost\tfeed\tverdict\tdetail\n'
		seq -f $'cover\th%03g\tf\tcovered\t-' 300
	} >hosts.tsv
	with_status 0 pm-score --now 2026-11-05T00:00:00Z -p p.pm \
	    --ledger ledger.tsv -N hosts.tsv
	[[ $(grep -c ^cover out) -eq 300 ]]
}

@test "names of vulnerabilities of every form come back as they were, in order" {
	local names
	names=$(printf '%s\n' CVE-2026-1 CVE-2026-0001 CVE-2026-1000 \
	    CVE-2026-10000 CVE-2026-9999 CVE-2026-99999 CVE-2026-1000000 \
	    CVE-2026-9999999 CVE-2026-16777215 CVE-2026-16777216 CVE-2026-01234 \
	    CVE-1979-1234 CVE-1999-1234 CVE-2107-1234 CVE-2108-1234 CVE-2026-12a4 \
	    DSA-1 CVE-2026-12345678901 cve-2026-1234 CVE-20261-2345 TEMP-0 |
	    LC_ALL=C sort)
	{
		printf '#host\thost\tos\tclass\ttier\texposed\n'
		printf 'host\ta1\tdebian\tserver\tmission\tnone\n'
		printf '#need\thost\tpackage\tinstalled\tcves\tstate\n'
		printf 'need\ta1\tp\t1\t%s\tavailable\n' "${names//$'\n'/,}"
	} >many.tsv
	rm -f many.ledger
	with_status 0 pm-score -q --ledger many.ledger --now 2026-11-01 many.tsv
	awk -F '\t' '$3 == "first" && $6 != "-" { print $6 }' many.ledger >got
	diff - got <<<"$names"
	# the next run knows all of them
	cp many.ledger before
	with_status 0 pm-score -q --ledger many.ledger --now 2026-11-02 many.tsv
	[[ $(tail -n +$(($(wc -l <before) + 1)) many.ledger | cut -f 3) == run ]]
}
