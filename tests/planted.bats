# Planted faults: a clean system raises no alarm, and each of the faults that are
# planted in it, one at a time, is found, on the host that has it and no other.
#
# The system is two hosts that were patched as planned.  The programs run as in
# production: match, score, merge, and verify against plan, journal and baseline.
bats_require_minimum_version 1.5.0
load lib/common
load lib/seals

export PM_NOW=2026-12-01T00:00:00Z

clean() {
	stream >plan.body <<-'END'
		#host | host | class | os | release | arch | kernel | boot_id | state | role | tier | seen
		host | db1 | server | debian | 12 | amd64 | 6.1.0-40-amd64 | boot-d1 | ok | database | business | 2026-11-28T20:00:00Z
		host | web1 | server | debian | 12 | amd64 | 6.1.0-40-amd64 | boot-w1 | ok | web | mission | 2026-11-28T20:00:00Z
		#svc | host | proto | addr | port | process | package | unit | state
		svc | web1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | - | listen
		svc | web1 | tcp | 0.0.0.0 | 443 | nginx | nginx | - | listen
		svc | db1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | - | listen
		svc | db1 | tcp | 127.0.0.1 | 5432 | postgres | postgresql-15 | - | listen
		#need | host | package | installed | fixed | adv | cves | state | severity | kind | confidence | why | due
		need | db1 | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | a | CVE-2026-1 | available | - | security | exact | - | 2026-12-05T00:00:00Z
		need | web1 | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | a | CVE-2026-1 | available | - | security | exact | - | 2026-11-30T00:00:00Z
		need | web1 | nginx | 1.22.1-9 | 1.22.1-9+deb12u1 | b | CVE-2026-2 | available | - | security | exact | - | 2026-11-30T00:00:00Z
		need | web1 | perl | 5.36.0-7 | - | c | CVE-2026-3 | unfixed | - | security | exact | - | -
		#step | plan | step | wave | host | action | package | from | to | start | end | mode | after | state | reason | owner | tester
		step | p1 | db1/install/libssl3 | 2 | db1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 2026-11-29T01:00:00Z | 2026-11-29T05:00:00Z | unattended | - | planned | r | dba | -
		step | p1 | db1/check/- | 2 | db1 | check | - | - | - | 2026-11-29T01:00:00Z | 2026-11-29T05:00:00Z | unattended | db1/install/libssl3 | planned | r | dba | -
		step | p1 | web1/backup/- | 1 | web1 | backup | - | - | - | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | - | planned | r | web | -
		step | p1 | web1/install/libssl3 | 1 | web1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/backup/- | planned | r | web | -
		step | p1 | web1/install/nginx | 1 | web1 | install | nginx | 1.22.1-9 | 1.22.1-9+deb12u1 | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/backup/- | planned | r | web | webtest
		step | p1 | web1/remove/telnetd | 1 | web1 | remove | telnetd | 1.0-1 | - | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/backup/- | planned | r | web | -
		step | p1 | web1/harden/SHADOW | 1 | web1 | harden | SHADOW | 0644 | chmod 0640 /etc/shadow | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/backup/- | planned | r | web | -
		step | p1 | web1/reboot/- | 1 | web1 | reboot | - | - | - | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/install/libssl3,web1/install/nginx | planned | r | web | -
		step | p1 | web1/check/- | 1 | web1 | check | - | - | - | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/reboot/- | planned | r | web | -
		step | p1 | web1/install/perl/unfixed | - | web1 | install | perl | 5.36.0-7 | - | - | - | - | - | waived | waiver of anna | web | -
	END
	stream >done.tsv <<-'END'
		#done | plan | step | host | action | package | from | to | try | started | ended | outcome | rc | detail
		done | p1 | web1/backup/- | web1 | backup | - | - | - | 1 | 2026-11-28T21:00:00Z | 2026-11-28T21:01:00Z | done | 0 | -
		done | p1 | web1/install/libssl3 | web1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 1 | 2026-11-28T21:01:00Z | 2026-11-28T21:02:00Z | done | 0 | -
		done | p1 | web1/install/nginx | web1 | install | nginx | 1.22.1-9 | 1.22.1-9+deb12u1 | 1 | 2026-11-28T21:02:00Z | 2026-11-28T21:03:00Z | done | 0 | -
		done | p1 | web1/remove/telnetd | web1 | remove | telnetd | 1.0-1 | - | 1 | 2026-11-28T21:02:00Z | 2026-11-28T21:03:00Z | done | 0 | -
		done | p1 | web1/harden/SHADOW | web1 | harden | SHADOW | 0644 | - | 1 | 2026-11-28T21:03:00Z | 2026-11-28T21:03:00Z | done | 0 | -
		done | p1 | web1/reboot/- | web1 | reboot | - | - | - | 1 | 2026-11-28T21:03:00Z | 2026-11-28T21:05:00Z | done | 0 | -
		done | p1 | db1/install/libssl3 | db1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 1 | 2026-11-29T01:00:00Z | 2026-11-29T01:01:00Z | done | 0 | -
	END
	stream >after.tsv <<-'END'
		#host | host | class | os | release | arch | kernel | boot_id | hardware | role | tier | state | source | seen
		host | web1 | server | debian | 12 | amd64 | 6.1.0-41-amd64 | boot-w2 | - | web | mission | ok | ssh | 2026-11-30T20:00:00Z
		host | db1 | server | debian | 12 | amd64 | 6.1.0-40-amd64 | boot-d1 | - | database | business | ok | ssh | 2026-11-30T20:00:00Z
		#svc | host | proto | addr | port | process | package | unit | state
		svc | web1 | tcp | 0.0.0.0 | 443 | nginx | nginx | - | listen
		svc | web1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | - | listen
		svc | db1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | - | listen
		svc | db1 | tcp | 127.0.0.1 | 5432 | postgres | postgresql-15 | - | listen
		#fact | host | key | value
		fact | web1 | listening | 2
		fact | web1 | reboot_required | no
		fact | web1 | kernel_installed | 6.1.0-9-amd64,6.1.0-40-amd64,6.1.0-41-amd64
		fact | web1 | file./etc/shadow.mode | 0640
		fact | web1 | users.uid0 | root
		fact | web1 | sysctl.net.ipv4.ip_forward | 0
		fact | db1 | listening | 2
		fact | db1 | file./etc/shadow.mode | 0640
		fact | db1 | users.uid0 | root
		fact | db1 | sysctl.net.ipv4.ip_forward | 0
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		pkg | web1 | libssl3 | 3.0.17-1~deb12u3 | amd64 | openssl | 3.0.17-1~deb12u3 | - | yes | installed
		pkg | web1 | nginx | 1.22.1-9+deb12u1 | amd64 | nginx | 1.22.1-9+deb12u1 | - | no | installed
		pkg | web1 | perl | 5.36.0-7 | amd64 | perl | 5.36.0-7 | - | no | installed
		pkg | web1 | bash | 5.2-1 | amd64 | bash | 5.2-1 | - | no | installed
		pkg | db1 | libssl3 | 3.0.17-1~deb12u3 | amd64 | openssl | 3.0.17-1~deb12u3 | - | yes | installed
	END
	stream >catalogue.tsv <<-'END'
		#adv | adv | os | release | arch | by | package | introduced | fixed | state | severity | published | cves | supersedes | requires | reboot | title | url | feed
		adv | a | debian | 12 | - | binary | libssl3 | - | 3.0.17-1~deb12u3 | fixed | high | - | CVE-2026-1 | - | - | - | - | - | sec
		adv | b | debian | 12 | - | binary | nginx | - | 1.22.1-9+deb12u1 | fixed | high | - | CVE-2026-2 | - | - | - | - | - | sec
		adv | c | debian | 12 | - | binary | perl | - | - | affected | low | - | CVE-2026-3 | - | - | - | - | - | sec
		#feed | feed | os | release | records | date | sha256
		feed | sec | debian | 12 | 3 | 2026-11-30T00:00:00Z | -
	END
	stream >waivers.tsv <<-'END'
		#waive | host | package | cve | decision | who | when | reason | expiry
		waive | web1 | perl | - | accept | anna | 2026-11-01T00:00:00Z | no fix yet | 2027-02-01T00:00:00Z
	END
	stream >tests.tsv <<-'END'
		#test | host | package | version | outcome | who | when | reason | expiry
		test | web1 | nginx | 1.22.1-9+deb12u1 | passed | webtest | 2026-11-29T08:00:00Z | - | -
	END
	mkdir -p baseline
	stream >baseline/rules.tsv <<-'END'
		#rule | rule | title | applies | fact | test | value | weight | channel | remedy | reference | why
		rule | SHADOW | Shadow is closed | - | file./etc/shadow.mode | mode | 0640 | 9 | no | chmod 0640 /etc/shadow | CIS | digests
		rule | UID0 | Only root is root | - | users.uid0 | is | root | 9 | no | - | CIS | a back door
		rule | FWD | No routing | - | sysctl.net.ipv4.ip_forward | is | 0 | 6 | no | - | CIS | joins networks
		#want | applies | kind | subject | value | channel | remedy | reason
		want | role=web | package | nginx | 1.22.1-9+deb12u1 | no | - | -
		want | - | package | telnetd | absent | no | - | -
		want | role!=- | listen | tcp/22 | - | no | - | -
		want | role=web | listen | tcp/443 | - | no | - | -
		want | role=database | listen | process:postgres | local | no | - | -
	END
	finish
}

# finish: what follows from the files that were edited
finish() {
	sealed plan.body >plan.tsv
	chained done.tsv >journal.tsv
}

# look: run everything; findings has lines "HOST KIND SUBJECT VERDICT".
look() {
	local status=0
	: >findings
	pm-collect merge -q --max-age 7d after.tsv -o merged.tsv 2>merging
	pm-match -q -k --max-feed-age 7d catalogue.tsv merged.tsv -o matched.tsv
	awk -F '\t' -v OFS=' ' '$1 == "cover" && $4 != "covered" {
		print $2, "cover", $3, $4 }' matched.tsv >>findings
	pm-score -q waivers.tsv matched.tsv 2>scoring |
	    awk -F '\t' -v OFS=' ' '$1 == "check" {
		print $2, $3, $4, $7 }' >>findings
	awk -F '\t' -v OFS=' ' '$1 == "fact" && $3 == "stale_inventory" {
		print $2, "stale", "-", "-" }' merged.tsv >>findings
	pm-verify -q -k -b baseline matched.tsv -o judged.tsv 2>judging ||
	    echo "- baseline - status $?" >>findings
	pm-verify -q --journal journal.tsv plan.tsv tests.tsv judged.tsv \
	    -o checks.tsv 2>verifying || {
		status=$?
		echo "- verify - status $status" >>findings
		cp judged.tsv checks.tsv
	}
	awk -F '\t' -v OFS=' ' '$1 == "check" {
		print $2, $3, $4, $7 }' checks.tsv |
	    grep -vE ' (verified|newer|recorded|examined|new-service|in-time|open|waived|mitigated|accepted|deferred|pass|not-applicable)$' \
	    >>findings || true
	sort -u -o findings findings
}

# in_after, in_plan, in_done SED-COMMAND
in_after() { sed -i -E "$1" after.tsv; }
in_plan() { sed -i -E "$1" plan.body; finish; }
in_done() { sed -i -E "$1" done.tsv; finish; }
in_journal() { sed -i -E "$1" journal.tsv; }

# add FILE: a readable record behind the others of its kind
add() { stream | tee -a "$1" >/dev/null; }

# The faults: what is done to the clean system, and what must be found.
faults() {
	cat <<-'END'
		a downgraded package | in_after '/^pkg\tweb1\tnginx/s/1.22.1-9\+deb12u1/1.22.0-1/g' | web1 package nginx regression
		a package that went | in_after '/^pkg\tweb1\tnginx/d' | web1 package nginx missing
		a patch that was never installed | in_after '/^pkg\tdb1/s/3.0.17-1~deb12u3/3.0.16-1~deb12u1/g' | db1 package libssl3 wrong-version
		a half configured package | in_after '/^pkg\tweb1\tnginx/s/installed$/half-configured/' | web1 package nginx half-configured
		another half installed package | in_after '/^pkg\tweb1\tbash/s/installed$/unpacked/' | web1 package bash half-configured
		a package that was not removed | add after.tsv <<<'pkg ! web1 ! telnetd ! 1.0-1 ! amd64 ! - ! - ! - ! no ! installed' | web1 package telnetd not-applied
		a stopped service | in_after '/^svc\tdb1.*postgres/d' | db1 service tcp/127.0.0.1:5432 missing-service
		a stranger on a port | in_after '/^svc\tweb1.*443/s/nginx\tnginx/nc\t-/' | web1 service tcp/0.0.0.0:443 other-service
		a process on deleted libraries | add after.tsv <<<'fact ! web1 ! stale_process ! nginx/77:/usr/lib/libssl.so.3' | web1 service nginx/77 stale-service
		an old kernel that runs | in_after '/^host\tweb1/s/6.1.0-41/6.1.0-9/' | web1 reboot web1/reboot/- reboot-pending
		a reboot that is due | add after.tsv <<<'fact ! db1 ! reboot_required ! yes' | db1 reboot - reboot-pending
		a reboot that was not done | in_after '/^host\tweb1/s/boot-w2/boot-w1/' | web1 reboot web1/reboot/- reboot-pending
		a configuration file left behind | add after.tsv <<<'fact ! db1 ! leftover_config ! /etc/ssh/sshd_config.dpkg-dist' | db1 config /etc/ssh/sshd_config.dpkg-dist leftover
		a host that vanished | in_after '/\tdb1\t/d' | db1 host - not-examined
		a host that did not answer | in_after '/^host\tdb1/s/\tok\t/\tunreachable\t/' | db1 host - not-examined
		an inventory from before | in_after '/^host\tdb1/s/2026-11-30T20/2026-11-28T20/' | db1 host - not-examined
		a host whose packages nobody saw | in_after '/^pkg\tdb1/d' | db1 host - partial
		a forged line of the journal | in_journal '/nginx/s/21:03/21:04/' | - journal journal.tsv tampered
		a line taken out of the journal | in_journal '/nginx/d' | - journal journal.tsv tampered
		two lines of the journal swapped | in_journal '3{h;d};4G' | - journal journal.tsv tampered
		a journal that was cut off | truncate -s -20 journal.tsv | - journal journal.tsv torn
		work that nobody planned | in_done '$s/.*/&\n&/;$s/db1\/install\/libssl3/db1\/install\/evil/2' | db1 journal db1/install/evil unplanned
		work outside the window | in_done '/^done.*db1/s/2026-11-29T01:00/2026-11-29T06:00/;/^done.*db1/s/T01:01/T06:01/' | db1 window db1/install/libssl3 outside-window
		work after the deadline | in_done '/nginx/s/2026-11-28T21/2026-11-30T10/g'; sed -i s/11-29T08/11-30T15/ tests.tsv | web1 due nginx late
		a deadline that passed | in_after '/^pkg\tweb1\tnginx/s/1.22.1-9\+deb12u1/1.22.1-9/g' | web1 due nginx overdue
		a backup that was not made | in_done '/backup/d' | web1 action web1/backup/- not-applied
		a test that failed | sed -i s/passed/failed/ tests.tsv | web1 package nginx test-failed
		a test that nobody made | sed -i '$d' tests.tsv | web1 package nginx not-tested
		a new hole after the plan | add catalogue.tsv <<<'adv ! d ! debian ! 12 ! - ! binary ! bash ! - ! 5.2-2 ! fixed ! high ! - ! CVE-2026-9 ! - ! - ! - ! - ! - ! sec' | web1 package bash unplanned
		a need that the plan lost | in_plan '/^step.*web1.install.nginx/d;s/,web1.install.nginx//' | web1 package nginx unplanned
		a plan that was edited | sed -i '/^step/s/unattended/attended/' plan.tsv | - verify - status 65
		a plan that was cut off | sed -i '$d' plan.tsv | - verify - status 65
		an expired waiver | sed -i s/2027-02-01/2026-11-30/ waivers.tsv | web1 waiver perl/* expired
		a waiver for nothing | sed -i 's/\tperl\t/\temacs\t/' waivers.tsv | web1 waiver emacs/* unused
		a stale feed | sed -i s/2026-11-30/2026-10-01/ catalogue.tsv | web1 cover sec stale-feed
		a release at its end | in_after '/^host\tdb1/s/debian\t12/debian\t8/' | db1 cover - eol
		a host that no feed covers | in_after '/^host\tdb1/s/debian\t12/debian\t13/' | db1 cover - no-feed
		an inventory that nobody renewed | in_after '/^host\tdb1/s/2026-11-30/2026-11-20/' | db1 stale - -
		an open shadow file | in_after '/^fact\tdb1.*shadow/s/0640/0644/' | db1 baseline SHADOW fail
		a mended setting that came back | in_after '/^fact\tweb1.*shadow/s/0640/0644/' | web1 baseline SHADOW not-applied
		a second root | in_after '/^fact\tdb1.*uid0/s/root$/root,toor/' | db1 baseline UID0 fail
		a setting that nobody looked at | in_after '/^fact\tdb1.*ip_forward/d' | db1 baseline FWD not-examined
		a service that nobody needs | add after.tsv <<<'svc ! db1 ! udp ! 0.0.0.0 ! 111 ! rpcbind ! rpcbind ! - ! listen' | db1 service udp/0.0.0.0:111 unneeded
		a database open to the network | in_after '/^svc\tdb1.*5432/s/127.0.0.1/0.0.0.0/' | db1 service tcp/0.0.0.0:5432 unneeded
		a package that nobody wants | add after.tsv <<<'pkg ! db1 ! telnetd ! 1.0-1 ! amd64 ! - ! - ! - ! no ! installed' | db1 drift package/telnetd extra
	END
}

@test "the clean system raises no alarm" {
	cd "$BATS_TEST_TMPDIR"
	clean
	look
	cat findings
	[[ ! -s findings ]]
	# and everything was in fact looked at
	[[ $(grep -c $'^check\t' checks.tsv) -gt 30 ]]
	[[ $(awk -F '\t' '$3 == "baseline" && $7 == "pass"' checks.tsv |
	    wc -l) -eq 6 ]]
	grep -qP '^check\t-\tjournal\tjournal.tsv\t.*\tverified\t' checks.tsv
}

# bats test_tags=slow
@test "each planted fault is found, and on no other host" {
	local what how finding host other planted=0 found=0
	cd "$BATS_TEST_TMPDIR"
	faults >faults
	while IFS='|' read -r what how finding; do
		what=$(xargs <<<"$what")
		finding=$(sed 's/^ *//;s/ *$//' <<<"$finding")
		how=${how//!/$'\x7c'}
		mkdir -p case
		cd case
		clean
		eval "$how"
		look
		planted=$((planted + 1))
		host=${finding%% *}
		other=
		[[ $host == - ]] || other=$(grep -vE "^($host|-) " findings |
		    grep -v ' cover sec stale-feed' || true)
		if grep -qxF -e "$finding" findings && [[ ! $other ]]; then
			found=$((found + 1))
		else
			echo "not found: $what: $finding"
			echo "$other" | sed 's/^/  elsewhere: /'
			cat findings
			tail -n 3 verifying judging
		fi
		cd ..
		rm -r case
	done <faults
	echo "$planted planted, $found found"
	[[ $planted -ge 30 && $found -eq $planted ]]
}
