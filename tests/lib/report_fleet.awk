# A fleet with everything that a report is made from, the same for the same
# numbers: awk -v hosts=100 -v needs=1000 -v out=FOLDER -f report_fleet.awk
# writes scored.tsv, plan.tsv, journal.tsv, checks.tsv and ledger.tsv there.

function choose(below) {
	# a linear congruence (Knuth's MMIX would not fit a double: this is
	# Park and Miller's minimal standard)
	state = (state * 16807) % 2147483647
	return state % below
}

function day(number) {
	# a day of November 2026, or of October before it
	if (number >= 1)
		return sprintf("2026-11-%02dT00:00:00Z", number)
	return sprintf("2026-10-%02dT00:00:00Z", number + 31)
}

BEGIN {
	state = 20261123
	OFS = "\t"
	scored = out "/scored.tsv"
	plan = out "/plan.tsv"
	journal = out "/journal.tsv"
	checks = out "/checks.tsv"
	ledger = out "/ledger.tsv"
	split("mission business operational -", tiers, " ")
	split("anna bern carl dora emil -", owners, " ")
	split("patch patch patch patch patch emergency defer accept", decisions, " ")
	split("critical useful useful unnecessary", classes, " ")
	print "#feed", "feed", "os", "release", "records", "date", "sha256" >scored
	print "feed", "dsa", "debian", "12", 900, "2026-11-22T00:00:00Z", "-" >scored
	print "feed", "old", "debian", "12", 10, "2026-10-01T00:00:00Z", "-" >scored
	print "#host", "host", "class", "os", "release", "role", "tier", "env", \
	    "owner", "group", "window", "seen" >scored
	print "#cover", "host", "feed", "verdict", "detail" >scored
	for (h = 1; h <= hosts; h++) {
		name = sprintf("host%05d", h)
		tier[h] = tiers[1 + choose(3) + (choose(20) == 0)]
		owner[h] = owners[1 + choose(5) + (choose(20) == 0)]
		print "host", name, h % 500 ? "server" : "image", "debian", "12", \
		    "web", tier[h], "production", owner[h], "g" choose(5), \
		    "sun 01:00-05:00 UTC", "2026-11-22T04:00:00Z" >scored
		kind = choose(25)
		if (kind < 23)
			print "cover", name, "dsa", "covered", "-" >scored
		else if (kind == 23) {
			print "cover", name, "dsa", "covered", "-" >scored
			print "cover", name, "old", "stale-feed", "53 days old" >scored
		} else
			print "cover", name, "-", "unreachable", "no route" >scored
	}
	print "#need", "host", "package", "installed", "fixed", "adv", "cves", \
	    "state", "severity", "kind", "confidence", "why", "source", \
	    "published", "cvss", "epss", "kev", "exploit", "risk", "class", \
	    "decision", "due", "policy", "first_seen" >scored
	print "#step", "plan", "step", "wave", "host", "action", "package", \
	    "from", "to", "start", "end", "mode", "after", "state", "reason", \
	    "owner", "tester" >plan
	print "#done", "plan", "step", "host", "action", "package", "from", "to", \
	    "try", "started", "ended", "outcome", "rc", "detail", "chain" >journal
	print "#check", "host", "kind", "subject", "expected", "actual", \
	    "verdict", "due", "detail" >checks
	print "#seen", "when", "event", "host", "package", "cve", "installed", \
	    "detail" >ledger
	each = int(needs / hosts)
	for (h = 1; h <= hosts; h++) {
		name = sprintf("host%05d", h)
		for (n = 1; n <= each; n++) {
			package = "package" n
			cves = choose(10) ? "CVE-2026-" 1000 + n : \
			    "CVE-2026-" 1000 + n ",CVE-2026-" 2000 + n
			decision = decisions[1 + choose(8)]
			due = decision == "accept" ? "-" : day(17 + choose(14))
			class = classes[1 + choose(4)]
			first = choose(40) - 20
			print "need", name, package, "1.0-" n, "1.1-" n, "DSA-" n, \
			    cves, "available", "high", choose(4) ? "security" : \
			    "update", "exact", "dsa: 1.0-" n " is below 1.1-" n, \
			    package, day(-20), choose(9) ? choose(100) / 10 : \
			    "-", "0.1", choose(50) ? "no" : "yes", "none", "10", \
			    class, decision, due, "30-decisions.pm:7", \
			    day(first) >scored
			if (decision == "patch" || decision == "emergency") {
				steps++
				print "step", "p1", name "/install/" package, \
				    h % 20 + 1, name, "install", package, "1.0-" n, \
				    "1.1-" n, day(h % 2 ? 22 : 29), day(h % 2 ? 22 : \
				    29 + 0), "unattended", "-", "planned", \
				    "decision patch", owner[h], "-" >plan
				if (h % 2 == 0)
					continue
				print "done", "p1", name "/install/" package, name, \
				    "install", package, "1.0-" n, "1.1-" n, 1, \
				    day(22), day(22), "started", "-", "-", \
				    "0" >journal
				kind = choose(30)
				outcome = kind == 0 ? "failed" : kind == 1 ? \
				    "rolled-back" : "done"
				print "done", "p1", name "/install/" package, name, \
				    "install", package, "1.0-" n, "1.1-" n, 1, \
				    day(22), day(22), outcome, \
				    outcome == "done" ? 0 : 100, "-", "0" >journal
				print "check", name, "package", package, "1.1-" n, \
				    outcome == "done" ? "1.1-" n : "1.0-" n, \
				    outcome == "done" ? "verified" : "not-applied", \
				    due, "-" >checks
			} else {
				steps++
				print "step", "p1", name "/install/" package \
				    "/available", "-", name, "install", package, \
				    "1.0-" n, "-", "-", "-", "-", "-", \
				    decision == "defer" ? "deferred" : "accepted", \
				    "30-decisions.pm:7", owner[h], "-" >plan
			}
		}
		print "check", name, "host", "-", "-", "-", \
		    h % 100 == 7 ? "not-examined" : "examined", "-", \
		    h % 100 == 7 ? "no record of it afterwards" : "-" >checks
	}
	print "##end step " steps " sha256:" \
	    "0000000000000000000000000000000000000000000000000000000000000000" \
	    >plan
	for (d = -20; d <= 22; d++) {
		for (n = 1; n <= needs / 40; n++) {
			h = 1 + choose(hosts)
			name = sprintf("host%05d", h)
			key = name OFS "package" choose(1000)
			if (key in open) {
				print "seen", day(d), "gone", key, "-", "1.0-1", \
				    day(d) >ledger
				print "seen", day(d), "gone", key, "CVE-2026-1", \
				    "1.0-1", day(d) >ledger
				delete open[key]
				gone[key] = 1
			} else if (key in gone) {
				print "seen", day(d), "back", key, "-", "1.0-1", \
				    "-" >ledger
				print "seen", day(d), "back", key, "CVE-2026-1", \
				    "1.0-1", "-" >ledger
				open[key] = 1
				delete gone[key]
			} else {
				print "seen", day(d), "first", key, "-", "1.0-1", \
				    "-" >ledger
				print "seen", day(d), "first", key, "CVE-2026-1", \
				    "1.0-1", "-" >ledger
				open[key] = 1
			}
		}
		print "seen", day(d), "run", "-", "-", "-", "-", "sha256:0" >ledger
	}
}
