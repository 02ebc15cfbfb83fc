#!/usr/bin/env bats
# Servers, switches, routers, printers, laptops and desktops through all
# programs, with packages and without.
bats_require_minimum_version 1.5.0
load lib/common

classes=(desktop laptop printer router server switch)

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PM_NOW=2026-11-23T12:00:00Z
	export PM_NOW
}

# named FILE: the hosts of its host records, sorted
named() {
	column host host "$1" | sort | tr '\n' ' '
}

# bats test_tags=req:P1-1,req:G8
@test "all six classes go through all programs and count in coverage" {
	local class all
	{
		echo 'name,kind,ip,mac,site,tier,exposed,role,owner'
		for class in "${classes[@]}"; do
			echo "a-$class,$class,10.0.0.1,02:00:00:00:00:01,s,operational,no,x,ann"
		done
	} >hosts.csv
	with_status 0 pm-collect csv --map name=host,kind=class,ip=addr \
	    -o assets.tsv hosts.csv
	# those that have packages, of four managers
	stream >scan.tsv <<-'END'
		#host | host | os | release | arch | state | source | seen
		host | a-server | debian | 12 | amd64 | ok | ssh | 2026-11-23T11:00:00Z
		host | a-desktop | almalinux | 9.4 | x86_64 | ok | ssh | 2026-11-23T11:00:00Z
		host | a-laptop | alpine | 3.20 | x86_64 | ok | ssh | 2026-11-23T11:00:00Z
		host | a-switch | ios | 15.0 | - | ok | snmpwalk | 2026-11-23T11:00:00Z
		host | a-router | - | - | - | unreachable | ssh | 2026-11-23T11:00:00Z
		#pkg | host | package | version | arch | source | source_version | state
		pkg | a-server | curl | 7.88.1-10+deb12u5 | amd64 | curl | 7.88.1-10+deb12u5 | installed
		pkg | a-desktop | curl | 7.76.1-26.el9 | x86_64 | curl | 7.76.1-26.el9 | installed
		pkg | a-laptop | curl | 8.9.0-r0 | x86_64 | curl | 8.9.0-r0 | installed
	END
	stream >feeds.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | d | debian | 12 | advisories
		feed | a | almalinux | 9 | advisories
		feed | p | alpine | 3.20 | advisories
		#adv | adv | os | release | by | package | fixed | state | severity | kind | feed
		adv | D-1 | debian | 12 | source | curl | 7.88.1-10+deb12u6 | fixed | high | security | d
		adv | A-1 | almalinux | 9 | binary | curl | 7.76.1-29.el9 | fixed | high | security | a
		adv | P-1 | alpine | 3.20 | source | curl | 8.9.1-r0 | fixed | high | security | p
	END
	with_status 0 pm-collect merge -o inventory.tsv assets.tsv scan.tsv
	pm-match -o needs.tsv feeds.tsv inventory.tsv
	pm-score -o scored.tsv needs.tsv
	pm-plan -o plan.tsv scored.tsv
	all=$(printf 'a-%s ' "${classes[@]}")
	for file in assets inventory needs scored plan; do
		[[ $(named $file.tsv) == "$all" ]]
		# the class stays what it is
		awk -F '\t' '$1 == "#host" { for (i = 2; i <= NF; i++) at[$i] = i }
		    $1 == "host" && $at["host"] != "a-" $at["class"]' $file.tsv >wrong
		same /dev/null wrong
	done
	# every one of them is judged, or named as not
	records cover plan.tsv | cut -f 2 | sort -u | tr '\n' ' ' >covered
	[[ $(<covered) == "$all" ]]
	[[ $(records need plan.tsv | cut -f 2 | sort | tr '\n' ' ') == \
		'a-desktop a-laptop a-server ' ]]
	[[ $(records step plan.tsv | cut -f 5 | sort -u | tr '\n' ' ') == *a-server* ]]
	for class in printer router switch; do
		run ! grep -q "^cover	a-$class	.*	covered	" plan.tsv
		grep -q "^cover	a-$class	" plan.tsv
	done
	# carried out and verified without a word lost
	pm-plan --approve lead --reason test plan.tsv -o approve.tsv
	pm-apply -n -o rehearsed.tsv -e true plan.tsv approve.tsv || true
	pm-verify -o checks.tsv plan.tsv inventory.tsv || true
	[[ $(named checks.tsv) == "$all" ]]
	records check checks.tsv | cut -f 2 | sort -u >checked
	for class in "${classes[@]}"; do
		grep -qx "a-$class" checked
	done
	# what was not looked at is no success
	run ! grep -qE '^check	a-(printer|router|switch)	.*	verified	' checks.tsv
}
