# The rules that lynis has too: on one Debian system of the lab, set up well in
# some things and badly in others, the two must agree, or a table says why not.
bats_require_minimum_version 1.5.0
load lib/common

# What lynis and the baseline say differently, and why.
different() {
	cat <<-'END'
		sysctl.kernel.kptr_restrict	1 hides addresses from all but root, 2 from root as well
		sysctl.kernel.perf_event_paranoid	2 is the strictest of the kernel itself, 3 is Debian's
		sysctl.kernel.unprivileged_bpf_disabled	2 is the same as 1, but can be undone by root
		sysctl.net.core.bpf_jit_harden	1 hardens for users, 2 for root as well
		sysctl.fs.protected_fifos	1 protects sticky folders of everybody, 2 of groups too
		sysctl.fs.protected_regular	1 protects sticky folders of everybody, 2 of groups too
		sysctl.fs.suid_dumpable	2 leaves dumps that only root can read
		sysctl.net.ipv4.conf.all.rp_filter	2 is for hosts that are reached by two ways
		sysctl.kernel.sysrq	more values than 0 only let root rescue the system
		sshd.maxauthtries	lynis wants 3, the public recommendation 4
		sshd.clientalivecountmax	lynis wants 2, the public recommendation takes 3
		sshd.clientaliveinterval	lynis takes 0, which never notices a dead session
		sshd.logingracetime	lynis takes two minutes, the public recommendation is one
		sshd.maxsessions	lynis wants 2, the public recommendation is 10
		sshd.loglevel	lynis wants VERBOSE, the public recommendation takes INFO
	END
}

# In namespaces of its own: the system, lynis and the probe.
look() {
	unshare -mnpf --kill-child sh -euc '
		mount -t tmpfs lynis /mnt
		mkdir /mnt/up /mnt/work /mnt/root
		mount -t overlay lynis /mnt/root -o \
		    "lowerdir=$1,upperdir=/mnt/up,workdir=/mnt/work"
		root=/mnt/root
		mount -t proc proc $root/proc
		mkdir -p $root/usr/share/lynis $root/etc/lynis $root/run/sshd
		cp -a /usr/share/lynis/. $root/usr/share/lynis
		cp -a /etc/lynis/. $root/etc/lynis
		cp "$(command -v lynis)" $root/usr/sbin/lynis
		chroot $root ssh-keygen -q -A
		cat >$root/etc/ssh/sshd_config <<-END
			PermitRootLogin yes
			X11Forwarding yes
			MaxAuthTries 6
			MaxSessions 2
			StrictModes no
			LogLevel VERBOSE
			GatewayPorts no
			PermitTunnel no
		END
		chmod 644 $root/etc/crontab
		chmod 700 $root/etc/cron.d
		chmod 755 $root/etc/cron.daily
		chmod 666 $root/etc/group
		chmod 600 $root/etc/passwd-
		sed -i "s/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 90/" $root/etc/login.defs
		echo "toor:x:0:0::/root:/bin/sh" >>$root/etc/passwd
		chroot $root /usr/sbin/sshd
		chroot $root lynis audit system --quick --nocolors --no-plugins \
		    --tests "KRNL-6000,AUTH-9204,AUTH-9286,AUTH-9328,AUTH-9262,SSH-7402,SSH-7404,SSH-7406,SSH-7408,FILE-7524" \
		    --logfile /log --report-file /report >/dev/null 2>&1 || true
		cp $root/log $root/report .
		files() {
			find /mnt/up ! -type d -printf "%p %T@ %C@ %s %m\n" |
			    sort
			find /mnt/up -type f -exec sha256sum {} + | sort
		}
		files >before
		cat "$2/watch" "$2/probe" | chroot $root sh >reply
		files >after' sh "$1" \
	    "$PM_DRIVERS"
}

# What lynis says: "KEY ok" or "KEY bad".
said_by_lynis() {
	sed -nE 's/.*sysctl key ([^ ]*) contains equal.*/sysctl.\1 ok/p
	    s/.*sysctl key ([^ ]*) has a different.*/sysctl.\1 bad/p
	    s/.*OpenSSH option ([^ ]*) is configured very well.*/sshd.\L\1 ok/p
	    s/.*OpenSSH option ([^ ]*) is (configured reas|in a weak).*/sshd.\L\1 bad/p' \
	    log
	awk '/checking if file .* has the permissions/ {
			sub(/.*checking if file /, ""); file = $1 }
		/checking file\/directory/ { file = $NF }
		/Outcome: correct permissions/ { print "file." file ".mode ok" }
		/Outcome: permissions of file/ { print "file." file ".mode bad" }' log
	if grep -q 'No accounts found with UID 0 other' log; then
		echo 'users.uid0 ok'
	else
		echo 'users.uid0 bad'
	fi
	suggestion 'minimum password age' conf./etc/login.defs.PASS_MIN_DAYS
	suggestion 'maximum password age' conf./etc/login.defs.PASS_MAX_DAYS
	suggestion 'umask in /etc/login.defs' conf./etc/login.defs.UMASK
	suggestion 'PAM module for password strength' \
	    word./etc/pam.d/common-password.pam_pwquality.so
}

# suggestion TEXT KEY: lynis makes it, or not
suggestion() {
	if grep -q "Suggestion:.*$1" log; then
		echo "$2 bad"
	else
		echo "$2 ok"
	fi
}

# Each fact of the rules that are shipped as a rule of its own, called by it.
single_rules() {
	awk -F '\t' -v OFS='\t' '
		$1 == "#rule" { print }
		$1 == "rule" {
			n = split($5, fact, ",")
			for (i = 1; i <= n; i++)
				if (!seen[fact[i]]++) {
					$2 = $5 = fact[i]
					$4 = "-"
					print
				}
		}' "$PM_TOP"/share/baselines/20-linux.tsv \
	    "$PM_TOP"/share/baselines/10-debian.tsv | awk '!/^#/ || !n++'
}

# bats test_tags=slow
@test "an audit as root changes no file; rules that lynis has too agree, or a table says why not" {
	need_root
	need_command lynis unshare
	local lab=${PM_LAB:-/var/tmp/pm-lab} compared
	cd "$BATS_TEST_TMPDIR"
	"$PM_TOP/share/lab/lab" check || skip "no lab here"
	"$PM_TOP/share/lab/lab" build || skip "the lab cannot be built"
	look "$lab/root"
	# with all the facts, as root, the probe has changed no file
	same before after
	grep -q "sshd_config" before
	grep -q "^pm-probe 1 " reply
	said_by_lynis | sort -u >lynis
	pm-collect reply -q reply >facts.tsv || [[ $? -eq 3 ]]
	single_rules >rules.tsv
	pm-verify -q -b rules.tsv facts.tsv |
	    awk -F '\t' '$1 == "check" && $3 == "baseline" &&
		($7 == "pass" || $7 == "fail") {
			print $4, $7 == "pass" ? "ok" : "bad" }' | sort -u >ours
	join lynis ours >both
	compared=$(wc -l <both)
	awk '$2 != $3' both >disagree
	different | cut -f 1 | sort >listed
	echo "$compared compared, $(wc -l <disagree) differ:"
	cat disagree
	[[ $compared -ge 50 ]]
	awk '{ print $1 }' disagree | comm -23 - listed >unexplained
	echo "unexplained:"
	cat unexplained
	[[ ! -s unexplained ]]
	# what was set up badly is found by both
	for key in users.uid0 sshd.permitrootlogin sshd.strictmodes \
	    file./etc/group.mode file./etc/crontab.mode; do
		grep -qx "$key bad bad" both
	done
	grep -qx 'file./etc/cron.d.mode ok ok' both
	grep -qx 'conf./etc/login.defs.PASS_MAX_DAYS ok ok' both
	# and each line of the table is about something that both look at
	different | cut -f 1 | sort | comm -23 - <(cut -d ' ' -f 1 both) >idle
	cat idle
	[[ $(wc -l <idle) -le 3 ]] # what this kernel does not have
}
