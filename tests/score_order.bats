#!/usr/bin/env bats
# pm-score --sort: whatever order the records come in, the same bytes go out.

bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T00:00:00Z
}

# fleet SEED: a fleet with records of every type that judging looks at, grouped
# by host, as it would come out of pm-match behind feeds and firewalls
fleet() {
	awk -v seed="$1" '
	function random(n) { # 0 to n-1; Park and Miller
		state = (state * 16807) % 2147483647
		return int(state / 2147483647 * n)
	}
	function pick(list,    parts, n) {
		n = split(list, parts, "|")
		return parts[random(n) + 1]
	}
	function cves() {
		return pick("-|CVE-2026-" random(20) "|CVE-2026-1" random(9) \
		    ",CVE-2026-2" random(9))
	}
	BEGIN {
		OFS = "\t"
		state = seed * 7919 + 12345
		for (i = 0; i < 10; i++)
			random(2)
		print "#allow", "firewall", "path", "chain", "rule", "source", \
		    "destination", "proto", "port", "action", "condition", "origin"
		print "#cve", "cve", "vector", "cvss", "epss", "kev_added", "exploit"
		print "#waive", "host", "package", "cve", "decision", "who", "when", \
		    "reason", "expiry"
		print "#event", "host", "package", "version", "kind", "who", "when", \
		    "reason", "expiry"
		print "#test", "host", "package", "version", "outcome", "who", "when"
		print "#done", "plan", "host", "package", "outcome"
		print "#host", "host", "addr", "os", "role", "site", "tier", "exposed"
		print "#svc", "host", "proto", "addr", "port", "process"
		print "#fact", "host", "key", "value"
		print "#cover", "host", "feed", "verdict", "detail"
		print "#need", "host", "package", "installed", "fixed", "cves", \
		    "state", "severity", "kind", "source"
		print "#mystery", "a", "b"
		for (i = 1; i < 6; i++)
			print "allow", "fw", "forward", "f", i, \
			    pick("-|10.0.0.0/8"), "10.0.0." random(9), "tcp", \
			    pick("22|443|-"), pick("accept|drop"), "-", "f:" i
		for (i = 0; i < 35; i++)
			print "cve", "CVE-2026-" i, \
			    pick("-|CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"), \
			    pick("-|9.1|4.0|6"), pick("-|0.5|0.01|0.010"), \
			    pick("-|no|2026-11-01"), pick("-|none|poc|active")
		for (i = 0; i < 5; i++)
			print "waive", pick("-|h" random(9)), "p" random(9), \
			    pick("-|CVE-2026-" random(20)), \
			    pick("accept|mitigate|defer|reject|skip-test"), \
			    pick("ann|bob|eve"), "2026-11-01", "r" i, \
			    pick("2026-11-20|2027-01-01|2027-02-01")
		for (i = 0; i < 4; i++) {
			print "event", "h" random(9), "p" random(9), "2", \
			    pick("problem|failed|regression"), "ann", \
			    "2026-11-0" i + 1, "r" i, "-"
			print "test", "t", "p" random(9), "1.1-1", \
			    pick("passed|failed"), pick("ann|bob"), "2026-11-01"
			print "done", "x", "h" random(9), "p" random(9), \
			    pick("done|failed|lost|skipped")
		}
		for (h = 0; h < 12; h++) {
			print "host", "h" h, "10.0.0." h, "debian", \
			    pick("-|web|db"), pick("-|a|b"), \
			    pick("mission|business|operational|-"), pick("-|-|internal")
			print "fact", "h" h, "listening", "yes"
			for (i = random(3); i > 0; i--)
				print "svc", "h" h, "tcp", "10.0.0." h, \
				    pick("22|443|8080"), "x" i
			print "fact", "h" h, "reboot_required", pick("yes|no")
			for (p = random(12); p > 0; p--)
				print "need", "h" h, "p" p, random(3) ".0-1", "1.1-1", \
				    cves(), pick("available|held|unfixed"), \
				    pick("-|low|high"), pick("security|update"), \
				    pick("-|s" random(4))
			print "cover", "h" h, "f", pick("covered|no-feed"), "-"
		}
		print "mystery", "left", "alone"
	}'
}

# shuffled SEED FILE: the headers as they are, the records in another order
shuffled() {
	grep '^#' "$2"
	grep -v '^#' "$2" | shuf --random-source=<(yes "$1")
}

# two SEED FILE: the records in two files with needs of different columns
two() {
	shuffled "$1" "$2" | awk -F '\t' -v OFS='\t' '
		$1 == "#need" || ($1 == "need" && $3 ~ /[02468]$/) {
			t = $3; $3 = $4; $4 = t
			print >"turned"
			if ($1 == "need")
				next
			t = $3; $3 = $4; $4 = t
		}
		{ print }'
}

# bats test_tags=req:F11
@test "records of any order give the same bytes" {
	local seed shuffle
	for seed in 1 2 3 4 5 6; do
		fleet "$seed" >in
		pm-score -q --sort --ledger "l$seed" in >want 2>messages
		for shuffle in 1 2 3 4; do
			shuffled "$seed$shuffle" in >mixed
			rm -f ledger
			pm-score -q --sort --ledger ledger mixed >got 2>again
			same want got
			same "l$seed" ledger
		done
		# and the rows are those of the stream that need not be sorted
		pm-score -q in >streamed 2>messages
		pm-score -q --sort mixed >got 2>messages
		sort streamed >want
		sort -o got got
		same want got
		cat streamed >>all
	done
	# they say something: of firewalls, and of waivers
	grep -q $'^fact\th[0-9]*\texposure\tinternet by fw' all
	grep -q $'^check\t.*\twaiver\t' all
}

@test "the same from a pipe, and with columns in another order" {
	fleet 7 >in
	pm-score -q --sort in >want 2>messages
	shuffled 8 in | pm-score -q --sort >got 2>messages
	same want got
	two 1 in >first
	mv turned second
	pm-score -q --sort first second >want 2>messages
	grep -c '^#need' want >headers
	two 2 in >first
	mv turned second
	pm-score -q --sort second first >got 2>messages
	same want got
	[[ $(<headers) -gt 1 ]]
}

@test "messages name the file and line that a record came from" {
	fleet 1 >in
	printf 'need\th3\tp\t1\t2\t-\tavailable\t-\tupdate\t-\n' >late
	sed 's/\t-$/\tbad/' late >closure
	sed -i '1i#need\thost\tpackage\tinstalled\tfixed\tcves\tstate\tseverity\tkind\tclosure' closure
	with_status 65 pm-score --sort in closure
	says "closure:2: closure is 'bad'"
	printf '#need\thost\tpackage\nneed\tghost\tp\n' >ghost
	with_status 65 pm-score --sort ghost in
	says "ghost:2: a need of host 'ghost', of which no host record came"
}

@test "without --sort what comes too late is refused, and the remedy named" {
	fleet 1 >in
	awk '/^#/ || $1 == "need"' in >needs
	awk '/^#/ || $1 != "need"' in >others
	refused() {
		with_status 65 pm-score -q "$@"
		says "--sort"
		with_status 0 pm-score -q --sort "$@"
	}
	refused needs others
	refused others needs <(printf '#cve\tcve\ncve\tCVE-1\n')
	refused in <(printf '#allow\tfirewall\nallow\tx\n')
}

# bats test_tags=slow
@test "the memory of --sort is bounded" {
	[[ -x /usr/bin/time ]] || skip "no /usr/bin/time"
	{
		printf '#host\thost\tos\nhost\ta\tx\nhost\tb\tx\n#need\thost\tpackage\twhy\n'
		awk 'BEGIN {
			for (w = ""; length(w) < 900;)
				w = w "0123456789"
			for (i = 0; i < 450000; i++)
				printf "need\t%s\tp%d\t%s\n", i % 2 ? "a" : "b", i, w
		}'
	} >in
	[[ $(stat -c %s in) -gt 400000000 ]]
	/usr/bin/time -f %M -o peak pm-score -q --sort in >out 2>err
	[[ $(grep -c ^need out) -eq 450000 && $(<peak) -lt 340000 ]]
}
