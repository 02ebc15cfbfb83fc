#!/usr/bin/env bats
# pm-apply on real hosts (share/lab) over real ssh: packages, services, reboots.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	PATH=$PM_TOP/share/lab:$PM_TOP/tests/lib:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	local reason
	reason=$(lab check 2>&1) || skip "${reason#lab: }"
	need_command ssh ssh-keygen
	lab build >build.log 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 build.log)"
}

# beside N: run the script on standard input beside the hosts of a lab.
beside() {
	{
		cat <<-'HEAD'
		set -eu -o pipefail
		trap 'echo "line $LINENO failed" >&2; cat err out >&2 || true' ERR
		to() { ssh -n -F "$SSH_CONFIG" "$@"; }
		apply() {
			status=0
			pm-apply -e "ssh -F $SSH_CONFIG" "$@" plan.tsv \
			    approve.tsv >out 2>err || status=$?
		}
		# outcome STEP [FILE]: the last that was said of it; detail likewise
		outcome() {
			awk -F '\t' -v step="$1" '$3 == step { last = $12 }
			    END { print last }' "${2:-out}"
		}
		detail() {
			awk -F '\t' -v step="$1" '$3 == step { last = $14 }
			    END { print last }' "${2:-out}"
		}
		# needs HOST: install lines of all that is pending there
		needs() {
			to "$1" 'apt-get -qq update && apt-get -s dist-upgrade' |
			    sed -nE "s/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/$1 install \1 \2 \3/p"
		}
		HEAD
		cat
	} >script
	lab "$@" bash script 3>&-
}

# bats test_tags=req:P3-3,req:emergency-repair-disk,slow
@test "upgrade, restart, reboot, check: proved on real hosts, one taken back" {
	mkdir hooks checks
	printf '#!/bin/sh\necho "%s $*" >>%q\necho "ticket 7"\n' \
	    '${0##*/}' "$PWD/hooked" >hooks/silence
	cp hooks/silence hooks/unsilence
	cp hooks/silence hooks/backup
	chmod +x hooks/*
	echo 'echo "$0 is ill"; exit 3' >checks/ill
	echo 'wget -qO /dev/null http://localhost/ || busybox wget -qO /dev/null http://localhost/ || [ -d /var/www ]' >checks/web
	beside 3 <<-'END'
	for host in h1 h2 h3; do to $host 'service nginx start' >started; done
	needs h1 >needs
	[ "$(wc -l <needs)" -ge 10 ]
	{
		for host in h1 h2 h3; do
			for action in evidence silence backup; do
				echo "$host $action - - -"
			done
			sed "s/^h1/$host/" needs
			echo "$host restart - - -"
			[ $host != h2 ] || echo "$host reboot - - -"
			echo "$host check - - -"
			echo "$host recovery - - -"
			echo "$host unsilence - - - after=-"
		done
	} | steps . host.role=web host.h3.health=web,ill host.h3.rollback=yes
	for host in h2 h3; do to $host 'apt-get -qq update'; done
	boot=$(to h2 cat /proc/sys/kernel/random/boot_id)
	apply -j 100% --max-fail 3 --hooks hooks --checks checks --settle 20
	[ $status -eq 3 ]

	# nothing uses replaced files but the sessions that were there
	[ "$(outcome h1/restart/-)" = done ]
	detail h1/restart/- | grep -q 'restarted.*cron'
	[ -z "$(to h1 'sh -c "grep -l \"r-xp.*(deleted)\" /proc/[0-9]*/maps" | grep -v self' || true)" ]
	[ -z "$(needs h1)" ]
	[ "$(detail h1/check/-)" = "$(wc -l <needs) packages as planned, all in order, 1 health check passed" ]
	[ "$(outcome h1/recovery/-)" = done ]

	# the reboot
	[ "$(outcome h2/reboot/-)" = done ]
	after=$(to h2 cat /proc/sys/kernel/random/boot_id)
	[ "$after" != "$boot" ]
	detail h2/reboot/- | grep -q "^boot $after after $boot; kernel $(uname -r)"
	grep -q 'h2: reboots; waiting' err

	# the one whose check failed is as before, and heard again
	[ "$(outcome h3/check/-)" = failed ]
	[ "$(detail h3/check/-)" = "check ill ended with 3: ill is ill" ]
	needs h3 | sort >again
	sed 's/^h1/h3/' needs | sort | diff - again
	[ "$(awk -F '\t' '$1 == "done" && $4 == "h3" && $12 == "rolled-back"' out | wc -l)" -eq "$(wc -l <needs)" ]
	awk -F '\t' '$4 == "h3" && $12 == "rolled-back" { print $14 }' out |
	    grep -q '^rolled back: check ill ended with 3'
	[ "$(outcome h3/recovery/-)" = refused ]
	[ "$(outcome h3/unsilence/-)" = done ]
	[ "$(detail h3/unsilence/-)" = "ticket 7" ]
	[ "$(sort hooked | cut -d ' ' -f 1,2 | xargs)" = "backup h1 backup h2 backup h3 silence h1 silence h2 silence h3 unsilence h1 unsilence h2 unsilence h3" ]
	grep -q '^backup h1 h1/backup/- - -$' hooked

	# again: nothing is left, and nothing is done
	cp journal.tsv before
	apply --hooks hooks --checks checks
	[ $status -eq 0 ]
	! grep -q ^done out
	cmp before journal.tsv
	[ "$(wc -l <hooked)" -eq 9 ]

	# fetched before, and nothing else
	{
		echo "h3 download - - - end=2026-11-24T00:00:00Z"
		sed "s/^h1/h3/; s/\$/ start=2126-11-24T00:00:00Z/" needs
	} | steps . plan=p3
	apply --now 2026-11-23T00:00:00Z
	[ $status -eq 75 ]
	[ "$(outcome h3/download/-)" = done ]
	to h3 'ls /var/cache/apt/archives/*.deb' >fetched
	[ "$(wc -l <fetched)" -ge "$(wc -l <needs)" ]
	needs h3 | sort | diff again -

	# a service that does not come back is missed
	printf '#!/bin/sh\nssh -n -F %s "$1" service nginx stop\n' \
	    "$SSH_CONFIG" >hooks/backup
	chmod +x hooks/backup
	printf 'h1 %s - - -\n' evidence backup check | steps . plan=p2
	apply --hooks hooks --settle 2
	[ $status -eq 3 ]
	[ "$(detail h1/check/-)" = "daemon /run/nginx.pid ran before and does not now; port 80 ran before and does not now" ]
	END
}

# bats test_tags=req:G9,slow
@test "the first SIGINT lets end what is under way, the second leaves it to the hosts" {
	beside 3 <<-'END'
	hang=/var/lib/dpkg/info/libpcre2-8-0:amd64.prerm
	for host in h1 h2 h3; do
		to $host "apt-get -qq update
		    rm -f /etc/apt/apt.conf.d/*needrestart*
		    printf '#!/bin/sh\nsleep 6\n' >$hang; chmod 755 $hang"
	done
	needs h1 >needs
	begin() {
		# a shell starts what is in the background deaf to SIGINT
		setsid env --default-signal=INT pm-apply -e "ssh -F $SSH_CONFIG" -j 2 "$@" plan.tsv \
		    approve.tsv >out 2>err &
		apply=$!
	}
	await() { # await COMMAND...
		local tries=0
		until "$@"; do
			[ $((tries += 1)) -lt 300 ] || return 1
			sleep .1
		done
	}
	begun() { # both of the first two hosts are at work
		for host in h1 h2; do
			to $host pgrep -f "'info/libpcre2.*prerm'" >pids || return 1
		done
	}
	plan() { # plan NAME PACKAGE...
		local name=$1 host
		shift
		for host in h1 h2 h3; do
			grep -E " ($(IFS='|'; echo "$*")) " needs | sed "s/^h1/$host/"
			echo "$host check - - -"
		done | steps . plan="$name"
	}
	# steps begun and not ended
	open() {
		awk -F '\t' '$1 == "done" {
			open += ($12 == "started") - begun[$3]
			begun[$3] = $12 == "started"
			print open
		}' journal.tsv | tail -n 1
	}

	plan p1 libpcre2-8-0
	begin
	await begun
	kill -USR1 $apply
	await grep -q '0 of 3 visits ended, 0 failed, under way: h1 h2' err
	kill -INT $apply
	await grep -q 'interrupted: waiting for what is under way' err
	status=0
	wait $apply || status=$?
	[ $status -eq 75 ]
	for host in h1 h2; do
		[ "$(outcome $host/install/libpcre2-8-0)" = done ]
		[ "$(outcome $host/check/-)" = done ]
	done
	[ "$(outcome h3/install/libpcre2-8-0)" = refused ]
	detail h3/install/libpcre2-8-0 | grep -q '^interrupted before it was begun'
	[ "$(open)" -eq 0 ]
	! grep -q h3 journal.tsv
	[ "$(to h3 'ls -A /var/lib/pm 2>/dev/null | wc -l')" -eq 0 ]
	apply -j 2
	[ $status -eq 0 ]
	[ "$(outcome h3/check/-)" = done ]

	# the second: at once, whatever the hosts still do
	for host in h1 h2 h3; do
		to $host "printf '#!/bin/sh\nsleep 6\n' >/var/lib/dpkg/info/xz-utils.prerm
		    chmod 755 /var/lib/dpkg/info/xz-utils.prerm"
	done
	begun() {
		for host in h1 h2; do
			to $host pgrep -f "'info/xz-utils.prerm'" >pids || return 1
		done
	}
	plan p2 xz-utils liblzma5
	begin
	await begun
	kill -INT $apply
	await grep -q 'interrupted: waiting' err
	kill -INT $apply
	before=$(date +%s)
	status=0
	wait $apply || status=$?
	[ $status -eq 3 ]
	[ $(($(date +%s) - before)) -le 3 ]
	# nothing of it runs here any more
	! pgrep -s $apply >pids
	[ "$(outcome h1/install/xz-utils) $(outcome h2/install/liblzma5) $(outcome h3/install/xz-utils)" = 'lost lost refused' ]
	detail h1/install/xz-utils | grep -q 'goes on at the host'
	[ "$(open)" -eq 4 ]
	# nor of its questions there; what was begun comes to its end
	over() {
		for host in h1 h2; do
			! to $host 'pgrep "^(apt|dpkg|flock)"' >pids || return 1
		done
	}
	await over
	apply -j 2
	[ $status -eq 0 ]
	[ "$(open)" -eq 0 ]
	for host in h1 h2 h3; do
		[ "$(outcome $host/install/xz-utils) $(outcome $host/check/-)" = 'done done' ]
		# each once
		[ "$(to $host 'ls -d /var/lib/pm/*-install*' | wc -l)" -eq 2 ]
		[ "$(to $host 'grep -c " upgrade \(xz-utils\|libpcre2-8-0\):" /var/log/dpkg.log')" -eq 2 ]
		[ -z "$(to $host dpkg --audit)" ]
	done
	pm-verify -q -J journal.tsv plan.tsv >checks.tsv 2>err || true
	grep -q '	journal	.*	verified	' checks.tsv
	END
}
