# Reading a plan: columns by name, visits, and how to escape what is written.
# A kind of notice defines finish(), which is called when all has been read.

BEGIN {
	FS = "\t"
	for (i = 1; i < 256; i++)
		code[sprintf("%c", i)] = i
}

function fail(text)
{
	print "notices: " text > "/dev/stderr"
	failed = 65
	exit failed
}

# The value of a column of the present record, "" when it is absent.
function get(name,    i)
{
	if (!(($1, name) in at))
		return ""
	i = at[$1, name]
	return $i == "-" ? "" : $i
}

# What a field stands for, as one line: no control byte comes through.
function plain(field)
{
	gsub(/\\[tnr]/, " ", field)
	gsub(/\\\\/, "\\", field)
	gsub(/[\001-\037\177]/, " ", field)
	return field
}

/^#[a-z]/ {
	for (i = 2; i <= NF; i++)
		at[substr($1, 2), $i] = i
	next
}

/^##end step / { complete = 1 }
/^#/ { next }
$1 == "step" && !(("step", "host") in at) { fail("steps without their header") }

$1 == "host" {
	name = get("host")
	role[name] = get("role"); site[name] = get("site")
	os[name] = get("os"); contact[name] = get("contact")
	after_hours[name] = get("after_hours")
	app_owner[name] = get("app_owner")
}

$1 == "svc" {
	service = get("unit") != "" ? get("unit") : get("process")
	sub(/\.service$/, "", service)
	if (service != "" && !(("svc", get("host"), service) in seen)) {
		seen["svc", get("host"), service] = 1
		services[get("host")] = services[get("host")] service "\t"
		package_of[get("host"), service] = get("package")
	}
}

$1 == "need" {
	cves[get("host"), get("package")] = get("cves")
}

# A visit is what is done on a host in one wave.
$1 == "step" && get("state") == "planned" {
	visit = get("wave") SUBSEP get("host")
	if (!(visit in steps)) {
		order[++visits] = visit
		host[visit] = get("host"); wave[visit] = get("wave")
		mode[visit] = get("mode"); owner[visit] = get("owner")
		plan = get("plan")
	}
	n = ++steps[visit]
	step[visit, n] = get("step"); action[visit, n] = get("action")
	package[visit, n] = get("package"); from[visit, n] = get("from")
	to[visit, n] = get("to"); reason[visit, n] = get("reason")
	backout[visit, n] = get("backout"); tester[visit, n] = get("tester")
	if (get("action") == "install" || get("action") == "remove")
		work[visit]++
	if (get("action") == "download")
		next
	start[visit] = get("start"); end[visit] = get("end")
	takes[visit] += get("seconds")
	if (get("action") == "reboot")
		reboots[visit] = 1
	if (get("action") == "restart")
		restarts[visit] = 1
}

$1 == "step" && get("state") != "planned" {
	n = ++exceptions
	left_host[n] = get("host"); left_package[n] = get("package")
	left_state[n] = get("state"); left_reason[n] = get("reason")
	left_owner[n] = get("owner")
}

END {
	if (failed)
		exit failed
	if (!complete)
		fail("the plan has no trailer: it was cut off, or is none")
	finish()
	if (failed)
		exit failed
}

# ---- times

# Seconds since 1970 of a time in RFC 3339 with Z.
function seconds(t,    y, m, d)
{
	y = substr(t, 1, 4) + 0; m = substr(t, 6, 2) + 0; d = substr(t, 9, 2) + 0
	if (m <= 2) { # March is the first month, so that leap days come last
		y--
		m += 12
	}
	return ((365 * y + int(y / 4) - int(y / 100) + int(y / 400) + \
	    int((153 * (m - 3) + 2) / 5) + d - 1 - 719468) * 24 + \
	    substr(t, 12, 2)) * 3600 + substr(t, 15, 2) * 60 + substr(t, 18, 2)
}

# The time so many seconds since 1970.
function time(s,    days, era, rest, y, m, d)
{
	days = int(s / 86400) + 719468; rest = s % 86400
	era = int(days / 146097); d = days % 146097
	y = int((d - int(d / 1460) + int(d / 36524) - int(d / 146096)) / 365)
	d -= 365 * y + int(y / 4) - int(y / 100)
	m = int((5 * d + 2) / 153); d = d - int((153 * m + 2) / 5) + 1
	m += m < 10 ? 3 : -9
	return sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", \
	    y + era * 400 + (m <= 2), m, d, rest / 3600, rest / 60 % 60, rest % 60)
}

# When the visit ends: with its window, or when it is done, an hour at least.
function ends(v)
{
	if (end[v] != "")
		return end[v]
	return time(seconds(start[v]) + (takes[v] > 3600 ? takes[v] : 3600))
}

# "3 updates, reboot"
function summary(v)
{
	return work[v] + 0 " update" (work[v] == 1 ? "" : "s") \
	    (v in reboots ? ", reboot" : v in restarts ? ", restart of services" : "")
}

function minutes(s) { return int((s + 59) / 60) }

# ---- escaping

function html(s)
{
	s = plain(s)
	gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s); gsub(/'/, "\\&#39;", s)
	return s
}

# Characters that mean something to Markdown mean themselves.
function markdown(s,    out, i, c)
{
	s = plain(s)
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "<" || c == "&")
			out = out (c == "<" ? "&lt;" : "&amp;")
		else
			out = out (index("\\`*_[]>#|!", c) > 0 ? "\\" c : c)
	}
	return out
}

function json(s,    out, i, c)
{
	s = plain(s)
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		out = out (c == "\"" || c == "\\" ? "\\" c : c)
	}
	return "\"" out "\""
}

# A word for sh(1).
function quoted(s)
{
	s = plain(s)
	gsub(/'/, "'\\''", s)
	return "'" s "'"
}

# A name of a file for a person's name, another one for every name: bytes that
# are no letter, digit, dot or minus are written _HH.
function file_for(name,    out, i, c)
{
	if (name in file_of)
		return file_of[name]
	out = ""
	for (i = 1; i <= length(name); i++) {
		c = substr(name, i, 1)
		if (c ~ /[A-Za-z0-9]/ || (i > 1 && c ~ /[.-]/))
			out = out c
		else
			out = out sprintf("_%02X", code[c])
	}
	return file_of[name] = out == "" ? "_" : out
}
