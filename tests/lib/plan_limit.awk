# How good is a plan of a fleet with many windows, freezes, rings, order rules,
# quorums and redundant hosts?  A bound that no plan can beat, and how far this
# one is from it.  Written from the documents, not from the program.
#	awk -v now=TIME -v jobs=N -v soak=SECONDS -v restore=SECONDS \
#	    [-v freeze=DATE/DATE,...] [-v most=1.1] -f plan_limit.awk PLAN
# soak and restore hold for every host.  Windows are DAYS FROM-TO ZONE with DAYS
# daily or names of days, and ZONE UTC or Europe/Berlin in winter.
#
# A host waits at least, each taken alone, for
# - its ring: the slots of the rings before it, and soak.  Only hosts whose role
#   waits for no other role count, for the others may come late for that;
# - its role: each role that comes before, whose hosts follow each other where
#   they share a site;
# - emergencies, its own and those of its redundant hosts, in the same order;
# - its window: the first opening with room for it and to restore it.
# And all together: no more can be done than jobs allow while any window is open.
# Work may be cut into pieces of any size; then what takes away most risk in a
# second goes first (Smith 1956; Goemans 1996 with times of release).
# Quorums, sizes of waves, sites and machines, and the order of tiers are left
# out, which only makes the bound lower.

BEGIN {
	FS = "\t"
	day = 86400
	noon = 43200
	begin = clock(now)
	if (most == "")
		most = 1.1
	split("operational business mission -", tiers, " ")
}

/^#[a-z]/ {
	for (i = 2; i <= NF; i++)
		column[substr($1, 2), $i] = i
}

function get(name) { return $column[$1, name] }

function fail(text)
{
	print "plan_limit: " text
	failed = 1
	exit 2
}

# Seconds since the epoch; a date is its midnight.
function clock(t,    y, m, d, days)
{
	y = substr(t, 1, 4); m = substr(t, 6, 2); d = substr(t, 9, 2)
	days = 365 * (y - 1970) + int((y - 1969) / 4) + d - 1 + \
	    substr("000031059090120151181212243273304334", m * 3 - 2, 3)
	if (m > 2 && y % 4 == 0)
		days++
	return ((days * 24 + substr(t, 12, 2)) * 60 + substr(t, 15, 2)) * 60 + \
	    substr(t, 18, 2)
}

# ---- what the plan holds

$1 == "host" {
	name = get("host")
	role[name] = get("role"); site[name] = get("site")
	tier[name] = get("tier"); window[name] = get("window")
	groups[name] = get("group")
	if (column["host", "ring"])
		ring[name] = get("ring")
	if (ring[name] == "" || ring[name] == "-")
		ring[name] = get("env") ~ /^(test|dev)$/ ? "test" : "broad"
}

$1 == "need" { risk_of[get("host"), get("package")] += get("risk") }

$1 == "order" { before[get("then"), get("first")] = is_role[get("first")] = 1
	is_role[get("then")] = 1 }

$1 == "quorum" && (!(get("group") in limit) || get("limit") < limit[get("group")]) {
	limit[get("group")] = get("limit") + 0
}

# Emergencies begin at once, so it is only counted how long they take.
$1 == "step" && get("state") == "planned" && get("end") == "-" {
	urgent[get("host")] += get("seconds")
}

$1 == "step" && get("state") == "planned" && get("end") != "-" {
	name = get("host")
	work[name] += get("seconds")
	if (name in start && start[name] != get("start"))
		fail("more than one regular visit to " name)
	start[name] = get("start")
	end[name] = get("end")
	risk[name] += risk_of[name, get("package")]
}

# ---- openings of windows, each found once

function find_openings(text,    part, words, zone, shift, from, to, d, s, e)
{
	if (split(text, words, " ") < 3 || words[2] !~ /^..:..-..:..$/)
		fail("cannot read window " text)
	zone = words[3]
	if (zone != "UTC" && zone != "Europe/Berlin")
		fail("cannot read zone " zone)
	shift = zone == "UTC" ? 0 : 3600
	from = substr(words[2], 1, 2) * 3600 + substr(words[2], 4, 2) * 60
	to = substr(words[2], 7, 2) * 3600 + substr(words[2], 10, 2) * 60
	if (to <= from)
		to += day
	count[text] = 0
	d = int(begin / day) - 2
	for (; count[text] < 400 && d * day < begin + 370 * day; d++) {
		if (words[1] != "daily" && index(words[1], \
		    substr("thufrisatsunmontuewed", d % 7 * 3 + 1, 3)) == 0)
			continue
		s = d * day + from - shift
		e = d * day + to - shift
		open_around(text, s, e, shift)
	}
}

# Without what freezes take of it, which are days in the zone of the window.
function open_around(text, s, e, shift,    n, i, list, dates, a, b)
{
	n = split(freeze, list, ",")
	for (i = 1; i <= n && s < e; i++) {
		if (split(list[i], dates, "/") == 1)
			dates[2] = dates[1]
		a = clock(dates[1]) - shift
		b = clock(dates[2]) + day - shift
		if (a <= s && s < b)
			s = b
		else if (s < a && a < e)
			e = a # what is behind it would be another opening
	}
	if (s >= e || e <= begin)
		return
	if (s < begin)
		s = begin
	opens[text, ++count[text]] = s
	closes[text, count[text]] = e
}

# The number of the first opening that can hold so much from a time on.
function opening(text, from, needed,    i, s)
{
	if (!(text in count))
		find_openings(text)
	for (i = 1; i <= count[text]; i++) {
		s = opens[text, i] < from ? from : opens[text, i]
		if (closes[text, i] - s >= needed)
			return i
	}
	fail("no opening of " text " from " from " for " needed " of " count[text])
}

# ---- orders of roles

# Longest chains first: a role after all that come before it.
function sort_roles(    r, q, left, ready)
{
	do {
		left = 0
		for (r in is_role) {
			if (r in depth)
				continue
			ready = 1
			for (q in is_role)
				if ((r, q) in before && !(q in depth))
					ready = 0
			if (ready) {
				depth[r] = ++depths
				role_at[depths] = r
			} else
				left++
		}
	} while (left > 0)
}

# ---- emergencies: roles in their order, and tiers of a role in turn, for no
# wave mixes tiers, and these waves follow each other; redundant hosts one by one

function bound_emergencies(    name, d, r, class, q, from, key)
{
	for (name in urgent) {
		class = class_of(name)
		key = role[name] SUBSEP class SUBSEP tier[name]
		if (role[name] != "-" && (pair_urgent[key, site[name]] += \
		    urgent[name]) > tier_urgent[key])
			tier_urgent[key] = pair_urgent[key, site[name]]
	}
	for (d = 1; d <= depths; d++) {
		r = role_at[d]
		for (class = 0; class <= 1; class++) {
			from = begin
			for (q in is_role)
				if ((r, q) in before && \
				    urgent_end[q, class] > from)
					from = urgent_end[q, class]
			urgent_from[r, class] = from
			for (q = 1; q <= 4; q++)
				from += tier_urgent[r, class, tiers[q]]
			urgent_end[r, class] = from
		}
	}
}

# When the emergencies of a host, and those it takes turns with, can be over.
function urgent_done(name,    class, q, from, most_done, key)
{
	most_done = name in urgent ? begin + urgent[name] : begin
	for (class = 0; class <= 1 && role[name] != "-"; class++) {
		from = begin
		if (role[name] in is_role)
			from = urgent_from[role[name], class]
		for (q = 1; q <= 4; q++) {
			key = role[name] SUBSEP class SUBSEP tiers[q]
			if ((key, site[name]) in pair_urgent && \
			    from + pair_urgent[key, site[name]] > most_done)
				most_done = from + pair_urgent[key, site[name]]
			from += tier_urgent[key]
		}
	}
	return most_done
}

# ---- bounds for one host

function class_of(name) { return ring[name] == "test" }

# Until when the roles before are busy; a role without hosts passes that on.
function role_from(r, class,    q, from)
{
	for (q in is_role)
		if ((r, q) in before && role_end[q, class] > from)
			from = role_end[q, class]
	return from + 0
}

function bound_host(name,    from, gate, i)
{
	gate = ring_from[ring[name]]
	from = gate
	if (role[name] in is_role && wait[role[name], class_of(name)] > from)
		from = wait[role[name], class_of(name)]
	if (free[name] > from)
		from = free[name]
	i = opening(window[name], from, work[name] + restore)
	low[name] = opens[window[name], i] < gate ? gate : opens[window[name], i]
	low_end[name] = closes[window[name], i]
	low_done[name] = (opens[window[name], i] < from ? from \
	    : opens[window[name], i]) + work[name]
	if (low_end[name] > last_end)
		last_end = low_end[name]
}

# The moment at which the members of a group can be done, k at a time, in what
# is open for any of them.
function chain_done(list, n, k,    i, total, from, windows, t)
{
	for (i = 1; i <= n; i++) {
		total += work[list[i]]
		windows[window[list[i]]] = 1
		t = low_done[list[i]] - work[list[i]]
		if (i == 1 || t < from)
			from = t
	}
	return busy_until(windows, from, total / k)
}

# From `from` on, when that many seconds of any of these windows are over.
function busy_until(windows, from, total,    t, w, i, s, next_start, far)
{
	t = from
	while (total > 0) {
		far = t
		next_start = 0
		for (w in windows) {
			i = opening(w, t, 1)
			s = opens[w, i] < t ? t : opens[w, i]
			if (s == t && closes[w, i] > far)
				far = closes[w, i]
			if (next_start == 0 || s < next_start)
				next_start = s
		}
		if (far == t) {
			t = next_start
			continue
		}
		if (far - t >= total)
			return t + total
		total -= far - t
		t = far
	}
	return t
}

# Groups of hosts with this role and class: one at a time at a site.
function role_done(r, class,    name, sites, n, list, most_done, s, one)
{
	for (name in work)
		if (role[name] == r && class_of(name) == class) {
			if (low_done[name] > most_done)
				most_done = low_done[name]
			sites[site[name]] = sites[site[name]] "\t" name
		}
	for (s in sites) {
		n = split(substr(sites[s], 2), list, "\t")
		one = chain_done(list, n, 1)
		if (one > most_done)
			most_done = one
	}
	return most_done + 0
}

# ---- all together

function waits(r,    q)
{
	if (!(r in is_role))
		return 0
	for (q in is_role)
		if ((r, q) in before)
			return 1
	return 0
}

# Rings follow each other by what does not wait for a role.
function bound_rings(    k, which, name, most_end)
{
	split("test pilot broad", rings, " ")
	ring_from["test"] = ring_from["pilot"] = ring_from["broad"] = begin
	for (k = 1; k <= 3; k++) {
		which = rings[k]
		most_end = 0
		for (name in work) {
			if (ring[name] != which || role_waits[role[name]])
				continue
			bound_host(name)
			if (low_end[name] > most_end)
				most_end = low_end[name]
		}
		if (most_end > 0 && k < 3)
			ring_from[rings[k + 1]] = ring_from["broad"] = \
			    most_end + soak
	}
}

function bound_roles(    d, r, class, name, done)
{
	for (d = 1; d <= depths; d++) {
		r = role_at[d]
		for (class = 0; class <= 1; class++) {
			wait[r, class] = role_from(r, class)
			for (name in work)
				if (role[name] == r && class_of(name) == class)
					bound_host(name)
			done = role_done(r, class)
			role_end[r, class] = done > wait[r, class] ? done \
			    : wait[r, class]
		}
	}
}

# ---- nights: what all of it takes

function denser(a, b)
{
	return risk[a] * work[b] > risk[b] * work[a]
}

function sift(i, n,    child, t)
{
	while ((child = 2 * i) <= n) {
		if (child < n && denser(list[child], list[child + 1]))
			child++
		if (!denser(list[i], list[child]))
			return
		t = list[i]; list[i] = list[child]; list[child] = t
		i = child
	}
}

function night_of(t) { return int((t - noon) / day) }

# The seconds for which any window is open between two times, restoring apart.
function open_seconds(after, until,    w, i, n, s, e, from, to, far, total, k)
{
	for (w in count)
		for (i = first_of[w] > 0 ? first_of[w] : 1; i <= count[w]; i++) {
			s = opens[w, i] < after ? after : opens[w, i]
			e = closes[w, i] - restore
			e = e < until ? e : until
			if (closes[w, i] <= after)
				first_of[w] = i
			if (opens[w, i] >= until)
				break
			if (s >= e)
				continue
			for (k = ++n; k > 1 && s < from[k - 1]; k--) {
				from[k] = from[k - 1]
				to[k] = to[k - 1]
			}
			from[k] = s
			to[k] = e
		}
	far = 0
	period_start = from[1]
	for (k = 1; k <= n; k++) {
		s = from[k] < far ? far : from[k]
		if (to[k] > s) {
			total += to[k] - s
			far = to[k]
		}
	}
	return total
}

# The end of the period that begins then: noon, or the start of a ring.
function period_end(t,    e, r)
{
	e = (night_of(t) + 1) * day + noon
	for (r in ring_from)
		if (ring_from[r] > t && ring_from[r] < e)
			e = ring_from[r]
	return e
}

# The most dense work first that is let in; its cost grows by a day each night.
function bound_nights(    n, i, name, t, until, room, all, piece, left, cost, open)
{
	for (name in work)
		list[++n] = name
	for (i = int(n / 2); i >= 1; i--)
		sift(i, n)
	for (i = n; i > 1; i--) {
		name = list[1]; list[1] = list[i]; list[i] = name
		sift(1, i - 1)
	}
	for (i = 1; i <= n; i++)
		left[i] = work[list[i]]
	open = n
	for (t = begin; open > 0; t = until) {
		until = period_end(t)
		room = all = jobs * open_seconds(t, until)
		for (i = 1; i <= n && room > 0; i++) {
			name = list[i]
			if (left[i] <= 0 || low[name] >= until)
				continue
			piece = left[i] < room ? left[i] : room
			room -= piece
			left[i] -= piece
			cost += risk[name] * piece / work[name] * (low[name] - \
			    begin + (night_of(t) - night_of(low[name])) * day)
			open -= left[i] <= 0
			crowd_end = period_start + restore + (all - room) / jobs
		}
	}
	return cost
}

END {
	if (failed)
		exit 2
	sort_roles()
	for (r in is_role)
		role_waits[r] = waits(r)
	bound_emergencies()
	for (name in work)
		free[name] = urgent_done(name)
	bound_rings()
	bound_roles()
	for (name in work) {
		alone += risk[name] * (low[name] - begin)
		plan += risk[name] * (clock(start[name]) - begin)
		if (low_end[name] > last_low)
			last_low = low_end[name]
		if (clock(end[name]) > last_plan)
			last_plan = clock(end[name])
		if (low[name] > clock(start[name]))
			fail(name " is earlier than can be")
	}
	crowd = bound_nights()
	if (crowd_end > last_low)
		last_low = crowd_end
	best = crowd > alone ? crowd : alone
	printf "makespan %.2f days, bound %.2f, ratio %.3f\n", \
	    (last_plan - begin) / day, (last_low - begin) / day, \
	    (last_plan - begin) / (last_low - begin)
	printf "risk-days %.0f, bound %.0f, ratio %.3f\n", plan / day, \
	    best / day, plan / best
	exit !(last_plan - begin <= most * (last_low - begin) && \
	    plan <= most * best)
}
