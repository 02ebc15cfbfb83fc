# Does a plan keep to what binds hosts to each other, and does it fit?  Written
# from the documents, not from the program; plan_check.awk looks at the rest.
#	awk -v jobs=N -v restore=SECONDS -v site_limit=N -v hypervisor_limit=N \
#	    -f plan_bind.awk IN PLAN
# Prints what is wrong.

function bad(text)
{
	print FILENAME ":" FNR ": " text
	wrong++
}

BEGIN {
	FS = "\t"
	n = split("download evidence silence backup snapshot remove install " \
	    "restart reboot check recovery unsilence", actions, " ")
	for (i = 1; i <= n; i++)
		place[actions[i]] = i
	place["remove"] = place["install"] # by package
}

/^#[a-z]/ {
	for (i = 2; i <= NF; i++)
		column[substr($1, 2), $i] = i
}

FNR == 1 { file++ }

function get(name) { return $column[$1, name] }

# ---- the input

file == 1 && $1 == "host" {
	name = get("host")
	role[name] = get("role"); site[name] = get("site")
	machine[name] = get("hypervisor"); groups[name] = get("group")
	ring = get("ring")
	is_test[name] = ring == "test" || \
	    (ring == "-" && get("env") ~ /^(test|dev)$/)
}

file == 1 && $1 == "quorum" {
	if (!(get("group") in limit) || get("limit") + 0 < limit[get("group")])
		limit[get("group")] = get("limit") + 0
}

file == 1 && $1 == "order" { before[get("first"), get("then")] = 1
	is_role[get("first")] = is_role[get("then")] = 1 }

file == 1 && $1 == "roster" {
	duties++
	who[duties] = get("who"); from[duties] = get("start")
	to[duties] = get("end")
}

# ---- the plan

file == 2 && $1 == "step" && get("state") == "planned" {
	name = get("host"); wave = get("wave"); visit = wave "|" name
	if (get("owner") == "-")
		bad("nobody answers for " get("step"))
	if (get("action") == "download")
		next
	if (visit != current)
		open_visit()
	if (place[get("action")] == 0)
		bad("action " get("action"))
	if (place[get("action")] < last_place)
		bad(get("action") " behind what comes after it")
	if (get("action") != "install" && get("action") != "remove" &&
	    place[get("action")] == last_place)
		bad("a second " get("action"))
	last_place = place[get("action")]
	seconds[visit] += get("seconds")
	check_roster()
	if (get("action") == "check")
		check_limits("," get("limits") ",")
}

function check_limits(list)
{
	if (site[name] != "-" && \
	    !index(list, ",site:" site[name] "=" site_limit ","))
		bad("no limit of site " site[name])
	if (machine[name] != "-" && \
	    !index(list, ",hypervisor:" machine[name] "=" hypervisor_limit ","))
		bad("no limit of " machine[name])
}

function open_visit(    n, list, i, g)
{
	current = visit
	last_place = 0
	slot[visit] = get("start") "/" get("end")
	visits[++count] = visit
	wave_of[visit] = wave; host_of[visit] = name
	kind_of[visit] = is_urgent() ? "emergency" : "regular"
	after[visit] = get("after")
	n = split(groups[name], list, ",")
	for (i = 1; i <= n; i++) {
		g = list[i]
		if (!(g in limit))
			continue
		if (++taken[wave, g] > limit[g])
			bad("more than " limit[g] " of " g " in wave " wave)
		if (!waits_for(get("after"), g) && ++heads[g] > limit[g])
			bad(visit " waits for nobody of " g)
	}
	if (site[name] != "-" && ++taken[wave, "site", site[name]] > site_limit)
		bad("more than " site_limit " of site " site[name])
	if (machine[name] != "-" && \
	    ++taken[wave, "machine", machine[name]] > hypervisor_limit)
		bad("more than " hypervisor_limit " of " machine[name])
}

# Emergencies have no end, and no other visit here has none.
function is_urgent() { return get("end") == "-" }

function waits_for(list, g,    n, ids, i, host)
{
	n = split(list, ids, ",")
	for (i = 1; i <= n; i++) {
		host = ids[i]
		sub(/\/.*/, "", host)
		if (ids[i] ~ /\/check\// && \
		    index("," groups[host] ",", "," g ","))
			return 1
	}
	return 0
}

function stands_by(owner, start, end,    i, found)
{
	found = start
	for (i = 1; i <= duties; i++) # sorted by their start
		if (who[i] == owner && from[i] <= found && to[i] > found)
			found = to[i]
	return found >= end
}

function check_roster(    said)
{
	if (get("end") == "-")
		return
	said = get("reason") ~ /not on the roster then/
	if (said == stands_by(get("owner"), get("start"), get("end")))
		bad("the roster of " get("owner") " from " get("start"))
}

function clock(t,    y, m, d)
{
	y = substr(t, 1, 4); m = substr(t, 6, 2); d = substr(t, 9, 2)
	d += 365 * y + int((y - 1) / 4) + (m > 2 && y % 4 == 0) + \
	    substr("000031059090120151181212243273304334", m * 3 - 2, 3)
	return ((d * 24 + substr(t, 12, 2)) * 60 + substr(t, 15, 2)) * 60 + \
	    substr(t, 18, 2)
}

# Each slot holds its waves one after the other, and all its work at once.
function check_slots(    i, v, s, parts, long, key)
{
	for (i = 1; i <= count; i++) {
		v = visits[i]; s = slot[v]
		if (s ~ /\/-$/)
			continue
		work[s] += seconds[v]
		key = s SUBSEP wave_of[v]
		if (seconds[v] > longest[key]) {
			waves[s] += seconds[v] - longest[key]
			longest[key] = seconds[v]
		}
	}
	for (s in work) {
		split(s, parts, "/")
		long = clock(parts[2]) - clock(parts[1])
		if (waves[s] + restore > long)
			bad("slot " s " is too short for its waves")
		if (work[s] > jobs * long)
			bad("slot " s " is too short for its work")
	}
}

function check_order(    a, b, c, i, v, key, parts)
{
	for (b in is_role)
		for (a in is_role)
			for (c in is_role)
				if ((a, b) in before && (b, c) in before)
					before[a, c] = 1
	for (i = 1; i <= count; i++) {
		v = visits[i]
		key = role[host_of[v]] SUBSEP kind_of[v] SUBSEP is_test[host_of[v]]
		if (!(key in lowest) || wave_of[v] < lowest[key])
			lowest[key] = wave_of[v]
		if (wave_of[v] > highest[key])
			highest[key] = wave_of[v]
	}
	for (a in lowest) {
		split(a, parts, SUBSEP)
		for (c in is_role)
			if ((c, parts[1]) in before && \
			    (c, parts[2], parts[3]) in highest)
				check_waits(a, parts[2], c, parts[1])
		for (c in is_role)
			if ((c, parts[1]) in before && \
			    (c, parts[2], parts[3]) in highest && \
			    highest[c, parts[2], parts[3]] >= lowest[a])
				bad("role " c " is not before " parts[1])
	}
}

# The first step of each visit waits for all of the role: by its name, or by that
# of a role between them.
function check_waits(a, kind, c, then,    i, v, q, found)
{
	for (i = 1; i <= count; i++) {
		v = visits[i]
		if (role[host_of[v]] SUBSEP kind_of[v] SUBSEP is_test[host_of[v]] != a)
			continue
		found = 0
		for (q in is_role)
			if ((q == c || ((c, q) in before && (q, then) in before)) && \
			    index("," after[v] ",", ",role:" q (kind == "emergency" ? \
			    "/emergency" : "") ","))
				found = 1
		if (!found)
			bad(v " does not wait for role " c)
	}
}

END {
	check_slots()
	check_order()
	exit wrong > 0
}
