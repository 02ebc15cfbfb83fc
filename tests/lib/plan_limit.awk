# How good is a plan of a fleet with many windows, freezes, rings, order rules,
# quorums and redundant hosts?  A bound that no plan can beat, and how far this
# one is from it.  Written from the documents, not from the program.
#	awk -v now=TIME -v jobs=N -v soak=SECONDS -v restore=SECONDS \
#	    [-v freeze=DATE/DATE,...] [-v most=1.1] \
#	    -f plan_limit.awk PLAN
# soak and restore hold for every host.  Windows are DAYS FROM-TO ZONE with DAYS
# daily or names of days, and ZONE UTC or Europe/Berlin in winter.
#
# A host waits at least, each taken alone, for
# - its ring: the slots of the rings before it, and soak.  Of pilots only those
#   count whose role waits for no other role, for the others may come late for
#   that.  Test systems wait for test systems only, so all of them count;
# - its role: each role that comes before, whose hosts follow each other where
#   they share a site;
# - emergencies, its own and those of its redundant hosts, in the same order;
# - its window: the first opening with room for it and to restore it.
# And all together: no more can be done than jobs allow while any window is open.
# Work may be cut into pieces of any size; then what takes away most risk in a
# second goes first (Smith 1956; Goemans 1996 with times of release).
# A plan ends when a window closes.  So where it cannot end at a time, it ends at
# the next closing or later.  To show that it cannot, it is supposed that it does:
# a host with one opening left until then is in that one, with all that comes
# before it there.  Waves of an opening follow each other, the least critical tier
# first, hosts of a role at a site take turns, and each has to be done, with time
# to restore it, when its window closes; if one is not, that cannot be.  A host
# whose role waits is held by lower tiers, but holds nobody, for it may come late.
# Quorums, sizes of waves, sites and machines are left out, which only makes the
# bound lower.

BEGIN {
	FS = "\t"
	day = 86400
	noon = 43200
	begin = clock(now)
	if (most == "")
		most = 1.1
	for (i = split("operational business mission -", tiers, " "); i > 0; i--)
		rank[tiers[i]] = i
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

# ---- emergencies: all in one slot, in which waves follow each other, and no wave
# mixes rings or tiers.  So ring by ring, the least critical tier first; a level is
# a tier of a ring, and takes as long as hosts of it that take turns.  A host whose
# role waits may come later than others of its level, so it makes none longer.

function level_of(name)
{
	return 4 * (ring[name] == "pilot") + 8 * (ring[name] == "broad") + \
	    rank[tier[name]]
}

function bound_emergencies(    name, d, r, class, q, from, key, level, lasts, all)
{
	for (name in urgent) {
		level = level_of(name)
		key = role[name] SUBSEP level SUBSEP site[name]
		all = urgent[name]
		if (role[name] != "-")
			all = pair_urgent[key] += urgent[name]
		if (!role_waits[role[name]] && all > lasts[level])
			lasts[level] = all
		if (all > level_urgent[role[name], level])
			level_urgent[role[name], level] = all
	}
	from = begin
	for (class = 1; class >= 0; class--) {
		all = from
		for (level = class ? 1 : 5; level <= (class ? 4 : 12); level++) {
			level_from[level] = all
			all += lasts[level]
		}
		# what is not of the class is not before that
		for (d = 1; d <= depths; d++) {
			r = role_at[d]
			urgent_end[r] = from
			for (q in is_role)
				if ((r, q) in before && urgent_end[q] > urgent_end[r])
					urgent_end[r] = urgent_end[q]
			urgent_from[r, class] = urgent_end[r]
			for (level = class ? 1 : 5; level <= (class ? 4 : 12); level++)
				urgent_end[r] += level_urgent[r, level]
			if (urgent_end[r] > all)
				all = urgent_end[r]
		}
		from = all
	}
}

# When the emergencies of a host, and those it takes turns with, can be over.
function urgent_done(name,    level, key, from, most_done)
{
	most_done = name in urgent ? level_from[level_of(name)] + urgent[name] \
	    : begin
	for (level = 1; level <= 12 && role[name] != "-"; level++) {
		key = role[name] SUBSEP level SUBSEP site[name]
		if (!(key in pair_urgent))
			continue
		from = level_from[level]
		if (role[name] in is_role && \
		    urgent_from[role[name], level <= 4] > from)
			from = urgent_from[role[name], level <= 4]
		if (from + pair_urgent[key] > most_done)
			most_done = from + pair_urgent[key]
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
	if (supposed && tier_floor(name, i) > from) {
		from = tier_floor(name, i)
		i = opening(window[name], from, work[name] + restore)
	}
	low[name] = opens[window[name], i] < gate ? gate : opens[window[name], i]
	low_end[name] = closes[window[name], i]
	low_done[name] = (opens[window[name], i] < from ? from \
	    : opens[window[name], i]) + work[name]
	if (supposed && !role_waits[role[name]] && is_last(window[name], i))
		hold_tiers(name, i)
}

# ---- what follows from the supposition that all is over at a time

# No opening behind this one closes until then.
function is_last(text, i)
{
	return closes[text, i] <= supposed && !((text, i + 1) in closes && \
	    closes[text, i + 1] <= supposed)
}

# The host is in this opening, or not over in time.  More critical tiers of its
# ring wait for it there, and for those with which it takes turns.
function hold_tiers(name, i,    key, turn, t)
{
	key = window[name] SUBSEP ring[name] SUBSEP i SUBSEP rank[tier[name]]
	if (low_done[name] > held[key])
		held[key] = low_done[name]
	if (role[name] == "-")
		return
	turn = key SUBSEP role[name] SUBSEP site[name]
	t = low_done[name] - work[name]
	if (!(turn in turn_from) || t < turn_from[turn])
		turn_from[turn] = t
	turn_work[turn] += work[name]
	if (turn_from[turn] + turn_work[turn] > held[key])
		held[key] = turn_from[turn] + turn_work[turn]
}

function tier_floor(name, i,    t, key, most_done)
{
	for (t = 1; t < rank[tier[name]]; t++) {
		key = window[name] SUBSEP ring[name] SUBSEP i SUBSEP t
		if (key in held && held[key] > most_done)
			most_done = held[key]
	}
	return most_done + 0
}

# The last closing of a window until then.
function last_closing(text, i)
{
	while ((text, i + 1) in closes && closes[text, i + 1] <= supposed)
		i++
	return closes[text, i]
}

# Is there a host of the class that is not over then?  Those of a role at a site
# take turns, so the ones whose windows close first need room before that.
function is_late(class,    name, sites, s, n, list, i, k, c, total, from)
{
	for (name in work) {
		if (class_of(name) != class)
			continue
		if (low_end[name] > supposed)
			return 1
		if (role[name] == "-")
			continue
		s = role[name] SUBSEP site[name]
		sites[s] = sites[s] "\t" name
		due[name] = last_closing(window[name], \
		    opening(window[name], low_end[name] - 1, 1)) - restore
	}
	for (s in sites) {
		n = split(substr(sites[s], 2), list, "\t")
		for (i = 1; i <= n; i++) {
			total = 0
			for (k = 1; k <= n; k++) {
				if (due[list[k]] > due[list[i]])
					continue
				c = low_done[list[k]] - work[list[k]]
				if (total == 0 || c < from)
					from = c
				total += work[list[k]]
			}
			if (from + total > due[list[i]])
				return 1
		}
	}
	return 0
}

# The first closing of a window of the class from a time on.
function closing(class, from,    name, seen, i, w, least)
{
	for (name in work) {
		w = window[name]
		if (class_of(name) != class || w in seen)
			continue
		seen[w] = 1
		i = opening(w, from, 0)
		if (least == 0 || closes[w, i] < least)
			least = closes[w, i]
	}
	return least
}

function bound_class(class)
{
	delete held
	delete turn_from
	delete turn_work
	if (class == 1)
		bound_ring("test")
	else {
		bound_ring("pilot")
		bound_ring("broad")
	}
	bound_roles(class)
}

# Not before that the class is over; what is known of its hosts stays the same.
function class_end(class, from,    name, i)
{
	bound_class(class)
	for (name in work)
		if (class_of(name) == class && low_end[name] > from)
			from = low_end[name]
	if (from <= begin)
		return 0
	supposed = closing(class, from)
	for (i = 0; i < 9; i++) {
		bound_class(class)
		if (!is_late(class))
			break
		supposed = closing(class, supposed + 1)
	}
	from = supposed
	supposed = 0
	bound_class(class)
	return from
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
function role_done(r, class,    name, sites, n, list, k, most_done, s, one)
{
	n = split(of_role[r, class], list, "\t")
	for (k = 2; k <= n; k++) {
		name = list[k]
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

# Hosts of a ring that do not wait for a role, the least critical first; and when
# the slots of all of them are over.
function bound_ring(which,    t, name, most_end)
{
	for (t = 1; t <= 4; t++)
		for (name in work) {
			if (ring[name] != which || rank[tier[name]] != t || \
			    role_waits[role[name]])
				continue
			bound_host(name)
			if (low_end[name] > most_end)
				most_end = low_end[name]
		}
	return most_end + 0
}

function bound_rings(    most_end)
{
	ring_from["test"] = ring_from["pilot"] = ring_from["broad"] = begin
	most_end = class_end(1, 0)
	if (most_end > 0)
		ring_from["pilot"] = ring_from["broad"] = most_end + soak
	most_end = bound_ring("pilot")
	if (most_end > 0)
		ring_from["broad"] = most_end + soak
}

function bound_roles(class,    d, r, n, list, k, done)
{
	for (d = 1; d <= depths; d++) {
		r = role_at[d]
		wait[r, class] = role_from(r, class)
		n = role_waits[r] ? split(of_role[r, class], list, "\t") : 0
		for (k = 2; k <= n; k++)
			bound_host(list[k])
		done = role_done(r, class)
		role_end[r, class] = done > wait[r, class] ? done \
		    : wait[r, class]
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
	for (name in work)
		visits++
	if (visits == 0)
		fail("no regular visit in this plan")
	sort_roles()
	for (r in is_role)
		role_waits[r] = waits(r)
	bound_emergencies()
	for (name in work) {
		free[name] = urgent_done(name)
		if (role[name] in is_role)
			of_role[role[name], class_of(name)] = \
			    of_role[role[name], class_of(name)] "\t" name
	}
	bound_rings()
	bound_class(0)
	for (name in work) {
		alone += risk[name] * (low[name] - begin)
		plan += risk[name] * (clock(start[name]) - begin)
		if (clock(end[name]) > last_plan)
			last_plan = clock(end[name])
		if (low[name] > clock(start[name]))
			fail(name " is earlier than can be")
	}
	crowd = bound_nights()
	last_low = class_end(0, crowd_end)
	if (ring_from["broad"] - soak > last_low)
		last_low = ring_from["broad"] - soak # test systems only
	best = crowd > alone ? crowd : alone
	printf "makespan %.2f days, bound %.2f, ratio %.3f\n", \
	    (last_plan - begin) / day, (last_low - begin) / day, \
	    (last_plan - begin) / (last_low - begin)
	printf "risk-days %.0f, bound %.0f, ratio %.3f\n", plan / day, \
	    best / day, plan / best
	exit !(last_plan - begin <= most * (last_low - begin) && \
	    plan <= most * best)
}
