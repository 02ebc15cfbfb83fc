#!/usr/bin/env bats
# pm-collect ssh without ssh: a command of the test stands for the way to the
# hosts, and for what hosts can do wrong.  lab.bats has real ones.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >way <<-'END'
	#!/bin/bash
	# way HOST sh: the hosts of these tests
	echo "start $1 $2" >>visits
	trap 'echo "end $1" >>visits' EXIT
	reply() {
		printf 'welcome to %s\n\npm-probe 1 t0\n' "$1"
		printf '\nt0 file /etc/os-release\nID=debian\nVERSION_ID=12\n'
		printf '\nt0 file /proc/1/stat\n1 (init) S 0 1\n'
		printf '\nt0 file /probe/user\n0\n'
		printf '\nt0 file /var/lib/dpkg/status\n'
		printf 'Package: dpkg\nStatus: install ok installed\n'
		printf 'Architecture: amd64\nVersion: %s\n\n' "${2-1.0}"
	}
	finish() {
		printf '\nt0 end\n'
	}
	case $1 in
	here) sh ;;
	slow*) sleep 0.3; reply "$1"; finish ;;
	late) sleep 1; reply "$1"; finish ;;
	hanging) reply "$1"; exec sleep 98765 ;;
	endless) reply "$1"; exec yes ;;
	short) reply "$1" ;;
	broken) reply "$1" $'1\nnonsense'; finish ;;
	mute) ;;
	refusing) echo 'ssh: connect to host refusing port 22: Connection refused' >&2
		exit 255 ;;
	denied) echo 'root@denied: Permission denied (publickey).' >&2; exit 255 ;;
	changed) echo '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @' >&2
		echo 'Host key verification failed.' >&2; exit 255 ;;
	twice) if [[ -e came ]]; then reply "$1"; finish; else
			touch came
			echo 'ssh: connect: Connection refused' >&2; exit 255
		fi ;;
	forging) printf 'host\tvictim\tserver\npkg\tvictim\tbad\t1\n'
		reply "$1"
		printf '\nt0 file /proc/2/comm\nx\nhost\tvictim\n'
		printf '\nt0 file /etc/hostname\nvictim\n'
		printf '\nt0 exists /boot/vmlinuz-\033[2J\tx\n'
		finish
		printf 'host\tvictim\tserver\n' ;;
	*) reply "$1"; finish ;;
	esac
	END
	chmod +x way
}

visit() {
	pm-collect ssh -e ./way --retries 0 "$@"
}

# of HOST COLUMN: that column of its host record in the file out.
of() {
	awk -F '\t' -v host="$1" -v name="$2" '
	$1 == "#host" { for (i = 2; i <= NF; i++) at[$i] = i }
	$1 == "host" && $at["host"] == host { print $at[name] }' out
}

@test "a host over a command is what it is by itself" {
	need_command dpkg-query
	with_status 0 visit here
	awk -F '\t' '$1 == "pkg" { $2 = ""; print }' out >over
	pm-collect local -q -o local.tsv
	awk -F '\t' '$1 == "pkg" { $2 = ""; print }' local.tsv >by_itself
	[[ -s over ]]
	same by_itself over
	[[ $(of here source) == ssh ]]
	[[ $(of here kernel) == "$(uname -r)" ]]
	grep -qx 'start here sh' visits
}

@test "the output is in the order of names, or as hosts answer" {
	with_status 0 visit late a1 b2
	grep '^host' out | cut -f 2 | tr '\n' ' ' >order
	[[ $(<order) == 'a1 b2 late ' ]]
	with_status 0 visit --unsorted late z1
	[[ $(grep '^host' out | cut -f 2 | tr '\n' ' ') == 'z1 late ' ]]
	[[ $(grep -c '^#host' out) -eq 1 ]]
}

@test "the same bytes whatever the number of jobs" {
	with_status 3 visit -j 1 --now 2026-11-23 slow1 slow2 refusing a1
	mv out one
	with_status 3 visit -j 9 --now 2026-11-23 slow1 slow2 refusing a1
	same one out
}

@test "no more hosts at a time than asked for" {
	with_status 0 visit -j 3 slow{1..9}
	awk '$1 == "start" { if (++n > most) most = n } $1 == "end" { n-- }
	    END { print most }' visits >most
	[[ $(<most) -eq 3 ]]
}

@test "jobs as a part of all hosts, and what is no number of jobs" {
	with_status 0 visit -j 25% slow{1..9}
	awk '$1 == "start" { if (++n > most) most = n } $1 == "end" { n-- }
	    END { print most }' visits >most
	[[ $(<most) -eq 3 ]]
	local jobs
	for jobs in 0 0% 101% % 5%% -1 x 1.5; do
		with_status 64 visit -j "$jobs" a1
	done
}

@test "a line of progress on a terminal, nowhere else" {
	need_command script
	with_status 0 visit slow1 slow2
	run ! grep -q $'\r' err
	script -qec "pm-collect ssh -e ./way -o seen.tsv -j 1 slow1 slow2 refusing late \
	    --retries 0" typed >/dev/null </dev/null || true
	grep -q $'\r[1-3] of 4, [01] failed, 1 running, [0-9.]*/s, [0-9]* s left' typed
	# the messages stand on lines of their own
	tr -d '\r' <typed | sed 's/.*\x1b\[K//' | grep -q '^pm-collect: refusing: unreachable'
	script -qec "pm-collect ssh -q -e ./way -o seen.tsv slow1 late" typed \
	    >/dev/null </dev/null
	run ! grep -q 'of 2' typed
}

@test "each host ends in one state, and is counted" {
	with_status 3 visit --timeout 2 good refusing denied changed short mute \
	    hanging
	[[ $(of good state) == ok ]]
	[[ $(of refusing state) == unreachable ]]
	[[ $(of denied state) == denied ]]
	[[ $(of changed state) == host-key-changed ]]
	[[ $(of short state) == lost ]]
	[[ $(of mute state) == denied ]]
	[[ $(of hanging state) == timeout ]]
	[[ $(grep -c '^host' out) -eq 7 ]]
	# packages of none but the one that answered whole
	[[ $(grep '^pkg' out | cut -f 2 | sort -u) == good ]]
	says '1 ok, 2 denied, 1 unreachable, 1 timeout, 1 lost, 1 host-key-changed'
	grep -q $'^fact\trefusing\tnot_seen\t.*Connection refused' out
	[[ -z $(pgrep -f 'sleep 98765') ]]
}

@test "when no host answers the status is 69" {
	with_status 69 visit refusing denied
	[[ $(grep -c '^host' out) -eq 2 ]]
}

@test "a host that never ends is cut off" {
	SECONDS=0
	with_status 3 visit endless good
	[[ $SECONDS -lt 30 ]]
	[[ $(of endless state) == lost ]]
	[[ $(wc -c <out) -lt 10000 ]]
	says 'endless: lost: it says more than 64 MB'
}

@test "what a host prints is never a record" {
	with_status 0 visit forging
	run ! grep -q '^[a-z]*	victim' out
	[[ $(grep -c '^host' out) -eq 1 ]]
	run ! grep -q $'\033' out
	mv out seen.tsv
	with_status 0 pm-collect merge seen.tsv
}

@test "an answer that makes no sense costs that host only" {
	with_status 3 visit broken good
	[[ $(of broken state) == partial ]]
	[[ $(of good state) == ok ]]
	says 'broken: partial: its answer makes no sense'
}

@test "a host that was not reached is tried again" {
	with_status 0 pm-collect ssh -e ./way twice
	[[ $(grep -c start visits) -eq 2 ]]
	with_status 69 pm-collect ssh -e ./way --retries 1 denied
	[[ $(grep -c 'start denied' visits) -eq 1 ]]
}

@test "a name that is no host's is not handed to any command" {
	local name
	# shellcheck disable=SC2016 # nothing is to be expanded
	for name in -oProxyCommand=id 'a;b' 'a b' '$(id)' 'a`b' "a'b" 'a/b' ''; do
		with_status 65 visit -- "$name"
		printf '#host\thost\nhost\t%s\n' "$name" >hosts.tsv
		with_status 65 visit --from hosts.tsv
	done
	[[ ! -e visits ]]
}

@test "hosts come from the stream as well" {
	printf '#host\thost\trole\nhost\tb2\tweb\nfoo\tbar\nhost\ta1\t-\n' >hosts.tsv
	with_status 0 visit - <hosts.tsv
	[[ $(grep '^host' out | cut -f 2 | tr '\n' ' ') == 'a1 b2 ' ]]
	with_status 0 visit --from hosts.tsv a1 c3
	[[ $(grep -c '^host' out) -eq 3 ]]
	with_status 64 visit
}

@test "a reply that was carried here by hand" {
	sh "$PM_DRIVERS/probe" >saved
	with_status 0 pm-collect reply --host far saved
	[[ $(of far source) == reply ]]
	head -c -20 saved >saved.cut
	with_status 65 pm-collect reply saved.cut
	says 'cut short'
	# nor is a last line whole that lacks nothing but its newline
	head -c -1 saved >saved.cut
	with_status 65 pm-collect reply saved.cut
	says 'cut short'
	with_status 65 pm-collect reply /dev/null
	# a script that arrives in part does nothing
	head -c -40 "$PM_DRIVERS/probe" | sh >nothing 2>&1 || true
	run ! grep -q pm-probe nothing
}

@test "connections are kept only where nobody else can look" {
	export XDG_RUNTIME_DIR=$PWD
	mkdir -m 755 pm-ssh
	with_status 77 visit --share 60 a1
	chmod 700 pm-ssh
	cat >ssh <<-'END'
	#!/bin/sh
	echo "$*" >words
	exec ./way a1 sh
	END
	chmod +x ssh
	with_status 0 pm-collect ssh -e ./ssh -F conf --share 60 a1
	grep -qF "ControlPath=$PWD/pm-ssh/%C" words
	grep -qF -e '-F conf' words
	grep -qF -e '-o BatchMode=yes' words
	grep -q -e '-- a1 sh$' words
}
