#!/usr/bin/env bats
# pm-plan on random fleets, judged by tests/lib/plan_check.awk, which knows the
# documents and not the program.  PM_FLEETS sets how many; each names its seed.

bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T02:00:00Z
FLEETS=${PM_FLEETS:-30}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat > policy.pm <<-'END'
	-> lead=lead jobs=3
	host~h.*1$    -> window=any
	host~h.*[2-7] -> window="daily 21:00-23:00 Europe/Berlin"
	ring~.        -> soak=2d freeze=2026-12-20/2027-01-03
	ring=-        -> soak=2d freeze=2026-11-28
	os=debian     -> wave_size=3
	END
}

fleet() {
	awk -v seed="$1" -v hosts="${2:-40}" -v needs=6 \
	    -f "$PM_TOP/tests/lib/fleet.awk"
}

plan() {
	pm-plan -q -p policy.pm --now $NOW "$@"
}

steps() {
	grep -E '^#{0,2}(step|end)' "$@"
}

# judge IN PLAN
judge() {
	awk -v now=$NOW -v soak=172800 -v wave_size=3 \
	    -f "$PM_TOP/tests/lib/plan_check.awk" "$1" "$2" || return
	[[ $(tail -n 1 "$2") == *" sha256:$(grep -E '^#?step' "$2" | sha256sum |
	    cut -d ' ' -f 1)" ]]
}

# bats test_tags=req:F2,req:P2-5,req:P2-6
@test "random fleets: needs in one row, waves, rings, slots, references, digest" {
	for ((seed = 1; seed <= FLEETS; seed++)); do
		fleet $seed > in
		plan in > out
		judge in out || { echo "seed $seed"; false; }
	done
}

# bind IN PLAN
bind() {
	awk -v jobs=2 -v restore=1800 -v site_limit=4 -v hypervisor_limit=2 \
	    -f "$PM_TOP/tests/lib/plan_bind.awk" "$1" "$2" &&
	    awk -v now=$NOW -v soak=172800 -v wave_size=5 -v ordered=1 \
		-f "$PM_TOP/tests/lib/plan_check.awk" "$1" "$2"
}

bound_policy() {
	cat > policy.pm <<-'END'
	-> lead=lead jobs=2 wave_size=5 site_limit=4 hypervisor_limit=2 soak=2d
	host~h.*[2-7]$ -> actions=backup,evidence,recovery,unsilence
	host~h.*[3-9]$ -> window="daily 21:00-23:00 Europe/Berlin"
	-> window="daily 01:00-03:30 UTC" restore_time=30m install_time=1m
	END
}

# bats test_tags=req:P2-7,req:P6-5,req:P5-2,req:F3
@test "random fleets: quorums, order, bounds, rosters, actions; slots hold all" {
	bound_policy
	for ((seed = 1; seed <= FLEETS; seed++)); do
		awk -v seed=$seed -v hosts=60 -v needs=6 -v bound=1 \
		    -f "$PM_TOP/tests/lib/fleet.awk" > in
		# a window without end would hold anything
		sed -i 's/\tany\t/\t-\t/' in
		plan in > out
		bind in out || { echo "seed $seed"; false; }
	done
	planned=$(grep -c $'\tplanned\t' out)
	[ "$planned" -gt 100 ]
	wrong() {
		! cmp -s out changed
		run ! bind in changed
		[[ $output == *"$1"* ]] || { echo "$output" | head; false; }
	}
	awk -F '\t' -v OFS='\t' '$1 == "step" && $4 > 6 && $4 != "-" {
	    $4 = 6 } 1' out > changed
	wrong "in wave 6"
	awk -F '\t' -v OFS='\t' '$6 == "check" { $20 = 9999 } 1' out > changed
	wrong "too short"
	sed 's/\(check\/-\|\/check\/emergency\)\(,[^\t]*\)*\tplanned/-\tplanned/' out > changed
	wrong "waits for nobody"
	sed 's/; [a-z]* is not on the roster then//' out > changed
	wrong "the roster of"
	awk -F '\t' '$6 == "check" { held = $0; next } { print }
	    $6 == "unsilence" && held != "" { print held; held = "" }' out > changed
	wrong "behind what comes after"
}

@test "random fleets: another version of one host changes only its rows" {
	bound_policy
	for ((seed = 1; seed <= FLEETS; seed++)); do
		awk -v seed=$seed -v hosts=60 -v needs=6 -v bound=1 \
		    -f "$PM_TOP/tests/lib/fleet.awk" > in
		plan in | steps | grep -v ^## > before
		host=$(awk -F '\t' '$1 == "need" && $7 == "available" {
		    h = $2 } END { print h }' in)
		awk -F '\t' -v OFS='\t' -v host="$host" '$1 == "need" &&
		    $2 == host && $7 == "available" { $5 = "99" } 1' in > other
		plan other | steps | grep -v ^## > after
		diff before after | grep '^[<>]' > changed
		[ "$(cut -f 5 changed | sort -u)" = "$host" ] || {
			echo "seed $seed: $host"
			head changed
			false
		}
	done
}

# bats test_tags=req:F11
@test "random fleets: shuffled input gives the same bytes of plan" {
	for ((seed = 1; seed <= FLEETS; seed++)); do
		fleet $seed > in
		plan in | steps > once
		{
			grep '^#' in
			grep -v '^#' in | shuf --random-source=<(
				awk -v n=$seed 'BEGIN {
					for (i = 0; i < 9999; i++)
						printf "%d ", i * n % 997 }')
		} > shuffled
		plan shuffled | steps | cmp - once || { echo "seed $seed"; false; }
	done
}

@test "random fleets: a host more changes at most the wave numbers of others" {
	for ((seed = 1; seed <= FLEETS; seed++)); do
		fleet $seed > in
		# alone in its role, in a ring whose waves are not bounded
		sed -i '/wave_size/d' policy.pm
		plan in > before
		{
			cat in
			printf 'host\tnew\tdebian\tsingle\ta\toperational\tprod\t%s\n' \
			    $'ann\tany\tbroad\tx\t-\t-'
			printf 'need\tnew\tvim\t1\t2\t-\tavailable\t-\t-\tpatch\t-\t-\n'
		} > added
		plan added > after
		diff <(steps before | grep -v ^## | cut -f 1-3,5-) \
		    <(steps after | grep -v ^## | grep -v $'\tnew\t' |
			cut -f 1-3,5-) || { echo "seed $seed"; false; }
		grep -q $'\tnew/install/vim\t' after
	done
}

@test "the judge sees what is wrong" {
	fleet 7 > in
	plan in > out
	judge in out
	wrong() {
		! cmp -s out changed
		run ! judge in changed
		[[ $output == *"$1"* ]]
	}
	awk -F '\t' '!($5 ~ /^h/ && $6 == "install" && !n++)' out > changed
	wrong "without a step"
	awk -F '\t' -v OFS='\t' '$4 == 5 { $4 = 4 } 1' out > changed
	wrong "wave"
	sed 's/\tplanned\t.*/\tplanned\t-\t-\t-/' out > changed
	wrong "no reason"
	sed '/\/check\//d' out > changed
	wrong "has no check"
	sed 's/\t2026-11-2.T/\t2026-11-22T/' out > changed
	wrong "slot"
	sed 's/\/check\/-/\/reboot\/-/; s/\tcheck\t/\treboot\t/' out > changed
	wrong "that nothing asks for"
	awk '{ print } /^##end/ { print "## more" }' out > changed
	wrong "trailer is not the last line"
	sed '/^##end/s/[0-9a-f]$/x/' out > changed
	run ! judge in changed
}

# Hosts that share one nightly window: 12 in a hundred have twins elsewhere.
one_window() {
	awk -v seed="$1" -v hosts="$2" '
	function random(n) {
		state = (state * 16807) % 2147483647
		return int(state / 2147483647 * n)
	}
	BEGIN {
		OFS = "\t"
		state = seed * 7919 + 12345
		split("operational business mission", tiers, " ")
		print "#host", "host", "os", "role", "site", "tier", "env", "owner"
		print "#need", "host", "package", "installed", "fixed", "adv", \
		    "state", "risk", "decision"
		for (i = 1; i <= hosts; i++) {
			host = sprintf("h%05d", i)
			print "host", host, "debian", random(8) ? "-" : \
			    "role" random(hosts / 20), "b", \
			    tiers[random(3) + 1], "prod", "ann"
			for (k = random(20) * random(20); k >= 0; k--)
				print "need", host, "p" k, 1, 2, "A-" k, \
				    "available", random(1000) / 10, "patch"
		}
		# a lab of one, so that risk decides
		print "host", "t", "debian", "-", "b", "operational", "test", "ann"
	}'
}

@test "makespan and risk-days are within a tenth of what no plan can beat" {
	cat > policy.pm <<-'END'
	-> window="daily 22:00-04:00 UTC" jobs=3 wave_size=100
	END
	for seed in 1 2 3; do
		one_window $seed 1500 > in
		plan in > out
		awk -v jobs=3 -v window=20700 \
		    -f "$PM_TOP/tests/lib/plan_bounds.awk" out || {
			echo "seed $seed"
			false
		}
	done
	# the judge of that would see a worse plan: each night moved on by four
	sed 's/2026-12-\(..\)T22:00:00Z\t2026/2027-01-\1T22:00:00Z\t2026/' out > worse
	run ! awk -v jobs=3 -v window=20700 \
	    -f "$PM_TOP/tests/lib/plan_bounds.awk" worse
}

# 50 windows by day of the week, 20 order rules, redundant hosts, quorums, a lab
# and a frozen day, for which risk and not tiers decides.
many_windows() {
	awk -v seed="$1" -v hosts="$2" '
	function random(n) {
		state = (state * 16807) % 2147483647
		return int(state / 2147483647 * n)
	}
	function window(n) {
		return (n % 3 ? "daily" : n % 2 ? "mon,tue,wed,thu,fri" : \
		    "sat,sun,tue") sprintf(" %02d:%02d-%02d:00 ", 18 + n % 5, \
		    n % 10 * 5, 4 + n % 3) (n % 7 ? "Europe/Berlin" : "UTC")
	}
	BEGIN {
		OFS = "\t"
		state = seed * 7919 + 12345
		print "#host", "host", "os", "role", "site", "tier", "env", \
		    "owner", "window", "group", "hypervisor"
		print "#need", "host", "package", "installed", "fixed", "adv", \
		    "state", "risk", "decision"
		print "#order", "first", "then"
		print "#quorum", "group", "limit"
		for (i = 0; i < 20; i++)
			print "order", "role" i, "role" i + 10 + random(10)
		for (i = 0; i < 10; i++)
			print "quorum", "group" i, \
			    int((random(10) + 5) * hosts / 1000)
		for (i = 1; i <= hosts; i++) {
			host = sprintf("h%05d", i)
			print "host", host, "debian", "role" random(60), \
			    "site" random(hosts / 50), "business", \
			    random(20) ? "prod" : "test", "ann", \
			    window(random(50)), \
			    "group" random(30), "m" random(hosts / 15)
			for (k = random(20) * random(20) ; k >= 0; k--)
				print "need", host, "p" k, 1, 2, "A-" k, \
				    "available", random(1000) / 10, "patch"
		}
	}'
}

# limit PLAN [HOUR [JOBS]]
limit() {
	awk -v now="2026-11-23T${2:-12}:00:00Z" -v jobs="${3:-40}" \
	    -v soak=86400 -v restore=900 -v freeze=2026-11-27 \
	    -f "$PM_TOP/tests/lib/plan_limit.awk" "$1"
}

@test "so they are with many windows, freezes, order rules, quorums and sites" {
	cat > policy.pm <<-'END'
	-> jobs=40 lead=lead soak=1d freeze=2026-11-27
	-> site_limit=50 hypervisor_limit=10
	END
	for seed in 1 2 3; do
		many_windows $seed 1000 > in
		pm-plan -q -p policy.pm --now 2026-11-23T12:00:00Z in > out
		[ "$(grep -c $'\tblocked\t' out)" = 0 ]
		limit out || { echo "seed $seed"; false; }
	done
	sed 's/2026-11-28T\(..:..:00Z\t2026\)/2026-12-28T\1/' out > worse
	run ! limit worse
	# and a plan that is better than can be
	sed 's/2026-11-26T\(..:..:00Z\t2026\)/2026-11-24T\1/' out > worse
	run -2 limit worse
	[[ $output == *"is earlier than can be" ]]
	# with few visits at a time, and from within a night, when emergencies and
	# the lab are in a hurry
	while read -r seed hour jobs; do
		many_windows "$seed" 1000 > in
		sed "s/jobs=40/jobs=$jobs/" policy.pm > few.pm
		pm-plan -q -p few.pm --now "2026-11-23T$hour:00:00Z" in > out
		limit out "$hour" "$jobs" ||
			{ echo "seed $seed at $hour, jobs=$jobs"; false; }
	done <<-'END'
		3 12 8
		9 05 8
		4 20 8
		2 00 40
		5 00 8
		7 00 8
	END
}

# bats test_tags=slow
@test "and so are ten thousand hosts, from noon and from within a night" {
	cat > policy.pm <<-'END'
	-> jobs=400 lead=lead soak=1d freeze=2026-11-27
	-> site_limit=500 hypervisor_limit=100
	END
	many_windows 1 10000 > in
	for hour in 12 00; do
		pm-plan -q -p policy.pm --now "2026-11-23T$hour:00:00Z" in > out
		[ "$(grep -c $'\tblocked\t' out)" = 0 ]
		limit out $hour 400 || { echo "at $hour"; false; }
	done
}
