#!/usr/bin/env bats
# Collecting and matching in parts, side by side, gives what one program gives.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$PM_SHARE:$PATH
}

# together FILE...: what the parts became, in an order of its own.
together() {
	cat "$@" | sort -u
}

# a command in place of ssh: sixteen hosts, some with an old package
way() {
	cat >way <<-'END'
	#!/bin/sh
	number=${1#h}
	[ "$number" != 7 ] || exit 255
	printf '\npm-probe 1 t0\n\nt0 file /etc/os-release\nID=debian\nVERSION_ID=%s\n' \
	    $((10 + number % 3))
	printf '\nt0 file /proc/1/stat\n1 (init) S 0 1\n\nt0 file /probe/user\n0\n'
	printf '\nt0 file /var/lib/dpkg/status\n'
	for package in bash dash grep sed; do
		printf 'Package: %s\nStatus: install ok installed\n' $package
		printf 'Architecture: amd64\nVersion: 1.%s\n\n' $((number % 5))
	done
	printf '\nt0 end\n'
	END
	chmod +x way
	{
		printf '#host\thost\tsite\n'
		printf 'host\th%s\tbern\n' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
	} >hosts.tsv
	stream >catalogue.tsv <<-'END'
		#feed | feed | os | release | records | date | sha256 | kind
		feed | f10 | debian | 10 | 2 | 2026-11-23T00:00:00Z | - | advisories
		feed | f11 | debian | 11 | 1 | 2026-11-23T00:00:00Z | - | advisories
		#adv | adv | os | release | arch | by | package | introduced | fixed | state | severity | published | cves | feed | kind
		adv | A-1 | debian | 10 | - | source | bash | - | 1.3 | fixed | high | - | CVE-2026-1 | f10 | security
		adv | A-2 | debian | 10 | - | source | sed | - | 1.1 | fixed | high | - | CVE-2026-2 | f10 | security
		adv | A-3 | debian | 11 | - | source | bash | - | 1.9 | fixed | high | - | CVE-2026-1 | f11 | security
	END
}

# bats test_tags=req:F11
@test "collected and matched in parts side by side, the result is the same" {
	need_command parallel
	way
	export PM_NOW=2026-11-23T12:00:00Z
	with_status 3 pm-collect ssh -q -e ./way --retries 0 --from hosts.tsv -o seen.tsv
	with_status 0 pm-match -q catalogue.tsv seen.tsv -o needs.tsv
	[ "$(records need needs.tsv | wc -l)" -eq 9 ]
	# a host that does not answer fails its part (3), or all of it (69)
	printf '%s\n' '#!/bin/sh' 'grep -q ^host "$1" || exit 0' \
	    'pm-collect ssh -q -e ./way --retries 0 --from "$1" -o "$1.seen"' \
	    'case $? in 0 | 3 | 69) exit 0 ;; esac; exit 1' >collect
	printf '%s\n' '#!/bin/sh' 'grep -q ^host "$1" || exit 0' \
	    'pm-match -q catalogue.tsv "$1" -o "$1.needs"' >match
	chmod +x collect match
	for count in 1 3 16 20; do
		rm -rf lists
		parts $count lists hosts.tsv
		[ "$(find lists -type f | wc -l)" -eq $count ]
		find lists -type f | sort -V >names
		parallel --will-cite ./collect '{}' <names
		together lists/*.seen >seen
		sort -u seen.tsv >want
		same want seen
		# matched, from parts of what was seen
		rm -rf lists
		parts $count lists seen.tsv
		find lists -type f | sort -V >names
		parallel --will-cite ./match '{}' <names
		together lists/*.needs >needs
		sort -u needs.tsv >want
		same want needs
	done
}

@test "every record is in one part, what is of no host in each, in its order" {
	stream >in.tsv <<-'END'
		#host | host | os
		#pkg | package | host
		#adv | adv | package
		adv | A-1 | foo
		host | b | debian
		pkg | zsh | b
		pkg | bash | b
		## a remark
		host | a | debian
		pkg | bash | a
		own | a | b
		host | c | debian
	END
	parts 2 made in.tsv
	stream >want <<-'END'
		#host | host | os
		#pkg | package | host
		#adv | adv | package
		adv | A-1 | foo
		host | b | debian
		pkg | zsh | b
		pkg | bash | b
		## a remark
		own | a | b
		host | c | debian
	END
	same want made/1
	grep -v '	[bc]$\|	[bc]	debian' want | sed '/remark/a host\ta\tdebian\npkg\tbash\ta' |
	    sed '/^own/d; $a own\ta\tb' >half
	same half made/2
	for bad in 0 x 1000 ''; do
		with_status 64 parts "$bad" made in.tsv
	done
}
