# Is a plan right?  Written from the documents, not from the program.
#	awk -v now=TIME -v soak=SECONDS -v wave_size=N [-v ordered=1] \
#	    -f plan_check.awk IN PLAN
# soak and wave_size hold for every ring; 0 is none.  ordered: rules about roles
# may turn rings and tiers around.  Prints what is wrong.

function bad(text)
{
	print FILENAME ":" FNR ": " text
	wrong++
}

function seconds(t,    d, days, y, m)
{
	y = substr(t, 1, 4); m = substr(t, 6, 2); d = substr(t, 9, 2)
	if (t !~ /^....-..-..T..:..:..Z$/) {
		bad("no time: " t)
		return 0
	}
	days = 365 * (y - 1970) + int((y - 1969) / 4) + d - 1
	days += substr("000031059090120151181212243273304334", m * 3 - 2, 3)
	if (m > 2 && y % 4 == 0)
		days++
	return ((days * 24 + substr(t, 12, 2)) * 60 + substr(t, 15, 2)) * 60 + \
	    substr(t, 18, 2)
}

function rank(list, name)
{
	return index(list, "|" name "|")
}

BEGIN {
	FS = "\t"
	tiers = "|operational|business|mission|-|"
	rings = "|test|pilot|broad|"
}

/^#[a-z]/ {
	for (i = 2; i <= NF; i++)
		column[substr($1, 2), $i] = i
}

/^##end step / {
	trailer = FNR
	if ($0 !~ "^##end step " rows " sha256:[0-9a-f]*$")
		bad("the trailer does not count " rows " rows")
}

FNR == 1 { file++ }

function get(name) { return $column[$1, name] }

# It must name a flaw that the host has.
function is_emergency()
{
	return get("decision") == "emergency" && get("cves") != "-"
}

# A reboot is for whatever package, so it goes by its own name.
function subject()
{
	return get("action") == "reboot" ? "reboot" : get("package")
}

# ---- the input

file == 1 && $1 == "host" {
	name = get("host")
	pair[name] = get("role") == "-" ? "" : get("role") "|" get("site")
	tier[name] = rank(tiers, get("tier"))
	ring[name] = get("ring")
	if (ring[name] == "-")
		ring[name] = get("env") ~ /^(test|dev)$/ ? "test" : "broad"
	ring[name] = rank(rings, ring[name])
}

file == 1 && $1 == "need" {
	if (get("state") == "reboot") {
		reboots[get("host")]++
		if (is_emergency())
			emergency[get("host"), "reboot"] = 1
		next
	}
	key = get("host") "|" get("package") "|" get("installed") "|" get("fixed")
	needs[key]++
	possible[key] = get("state") == "available" && \
	    get("decision") ~ /^(patch|emergency)$/
	if (possible[key] && is_emergency())
		emergency[get("host"), get("package")] = 1
}

# ---- the plan

file == 2 && $1 != "step" && $1 !~ /^#/ { next }

file == 2 && $1 == "step" {
	rows++
	name = get("host"); id = get("step"); wave = get("wave")
	if (trailer)
		bad("a step behind the trailer")
	if (id in seen)
		bad("step " id " twice")
	if (get("reason") == "-")
		bad("no reason")
	if (get("action") == "install" && get("package") ~ /^linux-image/)
		asks[name] = wave
	if (get("action") == "install") {
		key = name "|" get("package") "|" get("from") "|" get("to")
		if (--needs[key] < 0)
			bad("no need for " key)
		if (get("state") == "planned" && !possible[key])
			bad(key " is planned, but cannot or need not be")
	}
	if (get("state") != "planned") {
		if (get("action") == "reboot")
			reboots[name]--
		if (wave get("start") get("end") get("after") != "----")
			bad("an exception with wave or time")
		exceptions = 1
		next
	}
	if (exceptions)
		bad("planned behind what is not planned")
	seen[id] = 1
	if (get("action") == "check")
		checked["role:" get("role") (id ~ /\/-$/ ? "" : \
		    substr(id, match(id, /\/[a-z]+$/)))] = 1
	if (get("action") == "reboot")
		check_reboot()
	n = split(get("after"), after, ",")
	for (i = 1; i <= n; i++)
		if (after[i] != "-" && !(after[i] in seen) && \
		    !(after[i] in checked))
			bad("after " after[i] ", which is not above")
	check_wave()
}

# One reboot a host; another only for a package that asks for one, by name.
function check_reboot()
{
	if (++rebooted[name] > 1 && get("reason") !~ /; second reboot of the host: its (emergency|critical) visit has one for [^ ]+ and/)
		bad("a second reboot of " name " without the reason")
	if (rebooted[name] > 1 && asks[name] != wave)
		bad("a second reboot of " name " that nothing asks for")
}

# A visit is the rows of one host in one wave; its first row opens it.
function check_wave(    visit, urgent)
{
	visit = name "|" wave
	urgent = (name, subject()) in emergency
	if (get("action") !~ /^(install|remove|reboot)$/)
		urgent = id ~ /\/emergency$/
	if (wave < last_wave)
		bad("wave " wave " behind wave " last_wave)
	last_wave = wave
	if (visit == done && get("action") !~ /^(recovery|unsilence)$/)
		bad("a row behind the check of its visit")
	if (visit != current) {
		if (current != "" && current != done)
			bad("visit " current " has no check")
		if (visit in visits)
			bad("visit " visit " is torn")
		visits[visit] = 1
		current = visit
		if (pair[name] != "" && (wave, pair[name]) in taken)
			bad("two of " pair[name] " in wave " wave)
		taken[wave, pair[name]] = 1
		if (++size[wave] > wave_size && wave_size > 0)
			bad("wave " wave " is too large")
		if (wave in wave_ring && (wave_ring[wave] != ring[name] || \
		    wave_tier[wave] != tier[name]))
			bad("wave " wave " mixes rings or tiers")
		wave_ring[wave] = ring[name]
		wave_tier[wave] = tier[name]
		wave_urgent[wave] = urgent
	} else if (get("action") == "install" && urgent != wave_urgent[wave])
		bad("an emergency mixed with others")
	if (wave_urgent[wave] && get("start") get("end") != now "-")
		bad("an emergency that waits")
	if (get("action") == "check")
		done = visit
	check_time()
}

function check_time(    from, to)
{
	from = seconds(get("start"))
	to = get("end") == "-" ? from + 3600 : seconds(get("end"))
	if (from < seconds(now) || from >= to)
		bad("slot " get("start") " to " get("end"))
	if (wave_urgent[wave])
		return
	if (first[ring[name]] == "" || from < first[ring[name]])
		first[ring[name]] = from
	if (to > last[ring[name]])
		last[ring[name]] = to
}

function check_rings(    w, r, a, b, split_at)
{
	for (w = 2; w <= last_wave; w++) {
		if (wave_urgent[w] > wave_urgent[w - 1])
			bad("wave " w ": an emergency behind others")
		if (wave_urgent[w] != wave_urgent[w - 1])
			continue
		if (wave_ring[w] < wave_ring[w - 1])
			bad("wave " w ": ring out of order")
		if (wave_ring[w] == wave_ring[w - 1] && \
		    wave_tier[w] < wave_tier[w - 1])
			bad("wave " w ": tier out of order")
	}
	for (a in first)
		for (b in last)
			if (b + 0 < a + 0 && first[a] < last[b] + soak)
				bad("ring " a " starts before ring " b " soaked")
}

END {
	for (key in needs)
		if (needs[key] != 0)
			bad(needs[key] " of " key " without a step")
	for (name in reboots)
		if (reboots[name] < 0 || \
		    (reboots[name] > 0 && !(name in rebooted)))
			bad("reboot of " name " without a step")
	if (current != done)
		bad("visit " current " has no check")
	if (!ordered)
		check_rings()
	if (trailer != FNR)
		bad("the trailer is not the last line")
	exit wrong > 0
}
