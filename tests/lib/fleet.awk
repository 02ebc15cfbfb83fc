# A random fleet as pm-score gives it: hosts, needs with decisions, waivers.
#	awk -v seed=1 -v hosts=40 -v needs=6 [-v bound=1] -f fleet.awk
# bound: with quorums, order rules, hypervisors and rosters.
# The same numbers give the same fleet with every awk.

function random(n) # 0 to n-1; Park and Miller's generator
{
	state = (state * 16807) % 2147483647
	return int(state / 2147483647 * n)
}

function pick(list,    parts, n)
{
	n = split(list, parts, "|")
	return parts[random(n) + 1]
}

BEGIN {
	OFS = "\t"
	state = seed * 7919 + 12345
	for (i = 0; i < 10; i++)
		random(2)
	print "#host", "host", "os", "role", "site", "tier", "env", "owner", \
	    "window", "ring", "extra", "group", "hypervisor"
	print "#need", "host", "package", "installed", "fixed", "cves", "state", \
	    "kev", "exposed", "decision", "due", "policy"
	print "#waive", "host", "package", "cve", "decision", "who", "when", \
	    "reason", "expiry"
	print "#mystery", "a", "b"
	if (bound)
		bindings()
	for (h = 1; h <= hosts; h++)
		host(sprintf("h%05d", h))
	for (i = 0; i < 4; i++)
		print "waive", pick("*|" sprintf("h%05d", random(hosts) + 1)), \
		    "pkg" random(12), pick("-|CVE-2026-" random(30)), \
		    pick("accept|mitigate|defer|reject|skip-test"), "ann", \
		    "2026-11-01T00:00:00Z", "reason" i, \
		    pick("2099-12-31|2026-11-01T00:00:00Z|2027-11-01T00:00:00Z")
	print "mystery", "left", "alone"
}

function host(name,    role)
{
	role = pick("-|web|web|db|mail|file|print|role" random(hosts))
	if (random(30) > 0) # some hosts have needs, but no record
		print "host", name, "debian", role, pick("-|a|b"), \
		    pick("mission|business|operational|operational|-"), \
		    pick("-|-|test|prod"), pick("-|ann|bob"), \
		    pick("-|-|any|daily 22:00-04:00 UTC|" \
			"sat 22:00-04:00 Europe/Berlin weekly|" \
			"second tue +3d 20:00-23:00 America/New_York"), \
		    pick("-|-|test|pilot|broad|broad|other"), "x" random(9), \
		    bound ? pick("-|one|two|one,two|other") : "-", \
		    bound ? pick("-|m1|m2|m3") : "-"
	for (p = random(needs * 2); p > 0; p--)
		need(name, "pkg" p)
	if (random(8) == 0)
		need(name, "linux-image-amd64")
	if (random(8) == 0)
		print "need", name, "linux-image-6.1", "6.1.0-1", "6.1.0-2", "-", \
		    "reboot", "-", "-", pick("patch|patch|emergency|defer"), \
		    "2026-12-24T00:00:00Z", "k.pm:1"
}

function need(name, package,    state)
{
	state = pick("available|available|available|available|available|" \
	    "held|unfixed|announced|invalid|strange")
	print "need", name, package, random(9) ".0-1", random(9) ".1-1", \
	    pick("-|CVE-2026-" random(30) "|CVE-2026-1,CVE-2026-" random(30)), \
	    state, pick("-|yes|no"), pick("yes|no"), \
	    pick("patch|patch|patch|patch|emergency|defer|accept|mitigate|-"), \
	    "2026-12-0" random(9) + 1 "T00:00:00Z", "r.pm:" random(50)
	if (state == "available" && random(5) == 0) # and a flaw without a fix
		print "need", name, package, "0.9-1", "-", "CVE-2026-" random(30), \
		    pick("unfixed|announced"), "-", "-", \
		    pick("patch|emergency|accept"), "-", "r.pm:" random(50)
}

# What binds hosts to each other; a role comes only before those behind it.
function bindings(    i, roles, n, a)
{
	print "#quorum", "group", "limit", "reason"
	print "quorum", "one", random(3) + 1, "-"
	print "quorum", "two", random(3) + 1, "-"
	print "#order", "first", "then", "reason"
	n = split("web|mail|none|db|file|print", roles, "|")
	for (i = random(5); i > 0; i--) {
		a = random(n - 1) + 1
		print "order", roles[a], roles[a + random(n - a) + 1], "-"
	}
	print "#roster", "who", "start", "end", "contact"
	for (i = 1; i <= 9; i++)
		print "roster", pick("ann|bob"), \
		    "2026-12-0" i "T00:00:00Z", \
		    "2026-12-" 10 + i "T0" random(9) ":00:00Z", "-"
}
