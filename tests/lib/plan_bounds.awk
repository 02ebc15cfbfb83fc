# How good is a plan?  A bound that no plan can beat, and how far this one is
# from it, for a fleet whose hosts share one nightly window and one ring.
#	awk -v jobs=N -v window=SECONDS -f plan_bounds.awk PLAN
# window is what is left of a night when the time to restore is taken off.
# The bound: work may be cut into pieces of any size, and nothing keeps two
# hosts apart; the least critical tier goes first, and
# in it what takes away most risk in a second, which is the best order for one
# worker (Smith 1956) and so for one who is as quick as all together.

BEGIN {
	FS = OFS = "\t"
	split("operational business mission -", tiers, " ")
}

/^#[a-z]/ {
	for (i = 2; i <= NF; i++)
		column[substr($1, 2), $i] = i
}

function get(name) { return $column[$1, name] }

$1 == "host" { tier[get("host")] = get("tier") }
$1 == "need" { risk[get("host")] += get("risk") }

$1 == "step" && get("state") == "planned" {
	work[get("host")] += get("seconds")
	night[get("host")] = get("start")
	nights[get("start")] = 1
}

# Days since the first night, which the checker of plans has made sure of.
function days(t,    y, m, d)
{
	y = substr(t, 1, 4); m = substr(t, 6, 2); d = substr(t, 9, 2)
	return 365 * y + int((y - 1) / 4) + d + \
	    substr("000031059090120151181212243273304334", m * 3 - 2, 3) + \
	    (m > 2 && y % 4 == 0)
}

function before(a, b)
{
	return risk[a] * work[b] > risk[b] * work[a]
}

# Heapsort, so that large fleets take no time.
function sift(i, n,    child, t)
{
	while ((child = 2 * i) <= n) {
		if (child < n && before(list[child], list[child + 1]))
			child++
		if (!before(list[i], list[child]))
			return
		t = list[i]; list[i] = list[child]; list[child] = t
		i = child
	}
}

END {
	first = ""
	for (name in night)
		if (first == "" || days(night[name]) < first)
			first = days(night[name])
	for (k = 1; k <= 4; k++) {
		n = 0
		for (name in work)
			if (tier[name] == tiers[k])
				list[++n] = name
		for (i = int(n / 2); i >= 1; i--)
			sift(i, n)
		for (i = n; i > 1; i--) {
			t = list[1]; list[1] = list[i]; list[i] = t
			sift(1, i - 1)
		}
		for (i = 1; i <= n; i++) {
			best += risk[list[i]] * int(done / (jobs * window))
			done += work[list[i]]
		}
	}
	for (name in night) {
		plan += risk[name] * (days(night[name]) - first)
		if (days(night[name]) - first + 1 > last)
			last = days(night[name]) - first + 1
	}
	bound = done / (jobs * window)
	printf "nights %d, bound %.2f, ratio %.3f\n", last, bound, last / bound
	printf "risk-nights %.0f, bound %.0f, ratio %.3f\n", plan, best, \
	    plan / best
	exit !(last <= 1.1 * bound + 1 && plan <= 1.1 * best)
}
