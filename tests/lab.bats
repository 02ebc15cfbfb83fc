#!/usr/bin/env bats
# Real hosts on this machine (share/lab), reached over real ssh.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	PATH=$PM_TOP/share/lab:$PM_TOP/share:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	local reason
	reason=$(lab check 2>&1) || skip "${reason#lab: }"
	need_command ssh ssh-keygen
	lab build >build.log 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 build.log)"
}

# beside N|-i FILE: run the script on standard input beside the hosts of a lab.
beside() {
	{
		cat <<-'END'
		set -eu -o pipefail
		trap 'echo "line $LINENO failed" >&2' ERR
		to() { ssh -n -F "$SSH_CONFIG" "$@"; }
		visit() { pm-collect ssh -F "$SSH_CONFIG" "$@"; }
		of() {
			awk -F '\t' -v host="$2" -v name="$3" '
			$1 == "#host" { for (i = 2; i <= NF; i++) at[$i] = i }
			$1 == "host" && $at["host"] == host { print $at[name] }
			' "$1"
		}
		END
		cat
	} >script
	lab "$@" bash script 3>&-
}

# bats test_tags=slow
@test "nothing of a lab is left behind, and the command's status is passed on" {
	before=$(ip -o link | wc -l)
	status=0
	beside 3 <<-'END' || status=$?
	[ "$(to h2 hostname)" = h2 ]
	[ "$(to h3 runlevel)" = 'N 2' ]
	[ "$(to h1 'ls /sys/class/net' | tr '\n' ' ')" = 'eth0 lo ' ]
	# nothing leads out
	[ -z "$(ip route show default)" ]
	echo $$ >pid
	exit 7
	END
	[ "$status" -eq 7 ]
	[ "$(ip -o link | wc -l)" -eq "$before" ]
	run ! grep -q /pm-lab/hosts /proc/self/mountinfo
	# killed, it leaves as little
	printf '#host\thost\nhost\tgone4321\nhost\tgone4322\n' >gone.tsv
	lab -i gone.tsv sleep 4321 3>&- &
	until pgrep -f 'sleep 4321' >/dev/null; do sleep 0.1; done
	sleep 1
	pgrep -f 'share/lab/lab (host|boot) gone432' >/dev/null
	kill -9 $!
	sleep 1
	run ! pgrep -f 'sleep 4321'
	run ! pgrep -f 'share/lab/lab (host|boot) gone432'
}

# bats test_tags=slow
@test "a host of the lab restarts when it is told to" {
	beside 1 <<-'END'
	before=$(to h1 cat /proc/sys/kernel/random/boot_id)
	to h1 reboot || true
	sleep 2
	for try in 1 2 3 4 5 6 7 8 9; do
		after=$(to h1 cat /proc/sys/kernel/random/boot_id) && break
		sleep 1
	done
	[ "$before" != "$after" ]
	END
}

# bats test_tags=slow
@test "over ssh a host is what it is by itself, and no file of it changes" {
	beside 4 <<-'END'
	# what an administrator's first visit leaves is none of the probe's
	visit -q h1 h2 h3 h4 >first.tsv
	print_all() {
		local root
		root=$(lab root "$1")
		(cd "$root" && find . -xdev -printf '%p %y %m %u %g %s %T@ %C@ %l\n' | sort
		find . -xdev -type f -print0 | sort -z | xargs -0 sha256sum)
	}
	for host in h1 h2 h3 h4; do print_all $host >$host.before; done
	visit --now 2026-11-23 h4 h3 h1 h2 >over.tsv
	for host in h1 h2 h3 h4; do
		print_all $host >$host.after
		[ "$(wc -l <$host.before)" -gt 5000 ]
		diff $host.before $host.after
		[ "$(grep -c "^pkg	$host	" over.tsv)" -eq \
		    "$(to $host "dpkg-query -f '\${Status}\n' -W" | grep -c ' installed$')" ]
	done
	program=$(command -v pm-collect)
	for host in h1 h3; do
		root=$(lab root $host)
		mkdir "$root/tmp/pm"
		cp -L "$program" $(ldd "$program" |
		    sed -nE 's/^.* => (\/[^ ]+) .*/\1/p') "$root/tmp/pm"
		to $host 'cd /tmp/pm && ASAN_OPTIONS=detect_leaks=0 LD_LIBRARY_PATH=. ./pm-collect local \
		    -N -q --now 2026-11-23' | sed 's/\tlocal\t/\tssh\t/' >itself
		# but for what is free, which whoever uses this disk changes
		sed -i '/^fact	h[0-9]	free_space	\/ [0-9]*$/d' itself
		grep -q '^fact	.*	free_space	/ ' over.tsv
		grep "^[a-z]*	$host	" over.tsv | grep -v '	free_space	' >over
		grep -q '^svc	.*	sshd	openssh-server' over
		grep -q '^svc	.*	nginx	nginx' over
		diff itself over
	done
	END
}

# bats test_tags=slow
@test "without privilege the packages are the same, and what is hidden is said" {
	beside 1 <<-'END'
	to h1 'useradd -m guest; mkdir ~guest/.ssh
	    cp .ssh/authorized_keys ~guest/.ssh; chown -R guest ~guest/.ssh'
	visit -q h1 >root.tsv
	visit -q guest@h1 >guest.tsv
	[ "$(of root.tsv h1 state)" = ok ]
	[ "$(of guest.tsv h1 state)" = partial ]
	diff <(grep '^pkg' root.tsv) <(grep '^pkg' guest.tsv)
	diff <(cut -f 1-5 root.tsv | grep '^svc') <(cut -f 1-5 guest.tsv | grep '^svc')
	grep -q '^fact	h1	not_seen	mapped files of processes: .* not root' guest.tsv
	END
}

# bats test_tags=slow
@test "each way not to answer has its state, and none passes for covered" {
	beside 8 <<-'END'
	to h1 apt-get -qq update
	pm-collect apt -q --root "$(lab root h1)" >catalogue.tsv
	grep -v '^h2 ' "$PM_LAB/hosts/known_hosts" >known
	sed -n 's/^h3 /h2 /p' "$PM_LAB/hosts/known_hosts" >>known
	cp known "$PM_LAB/hosts/known_hosts"
	to h3 'service ssh stop' || true
	force() {
		printf 'command="%s" %s\n' "$2" "$(cat "$PM_LAB/id.pub")" \
		    >"$(lab root $1)/root/.ssh/authorized_keys"
	}
	: >"$(lab root h4)/root/.ssh/authorized_keys"
	force h5 'sleep 1000'
	force h6 'yes'
	force h7 'head -c 100000 /dev/zero; sleep 1000'
	(sleep 2; lab cut h7) &
	lab off h8
	status=0
	pm-collect ssh --retries 0 --timeout 15 --connect-timeout 3 -e \
	    "ssh -F $SSH_CONFIG -o ServerAliveInterval=1 -o ServerAliveCountMax=2" \
	    h1 h2 h3 h4 h5 h6 h7 h8 >seen.tsv 2>said || status=$?
	cat said
	[ $status -eq 3 ]
	for pair in h1:ok h2:host-key-changed h3:unreachable h4:denied \
	    h5:timeout h6:lost h7:lost h8:unreachable; do
		echo "$pair" "$(of seen.tsv ${pair%:*} state)"
		[ "$(of seen.tsv ${pair%:*} state)" = "${pair#*:}" ]
	done
	[ "$(grep '^pkg' seen.tsv | cut -f 2 | sort -u)" = h1 ]
	grep -q '1 ok, 1 denied, 2 unreachable, 1 timeout, 2 lost, 1 host-key-changed' said
	pm-match -q catalogue.tsv seen.tsv >needs.tsv || true
	for host in h2 h3 h4 h5 h6 h7 h8; do
		grep -q "^cover	$host	.*unreachable" needs.tsv
		[ -z "$(grep "^cover	$host	" needs.tsv | grep -v unreachable)" ]
	done
	grep -q '^need	h1	' needs.tsv
	END
}

# bats test_tags=req:P1-2,req:P4-4,slow
@test "four hosts of two roles are patched over ssh, from collect to verify" {
	cat >inventory.tsv <<-'END'
	#host	host	role	tier	owner
	host	db1	db	operational	base
	host	db2	db	operational	base
	host	web1	web	operational	shop
	host	web2	web	operational	shop
	END
	cat >site.pm <<-'END'
	host~^(web|db) -> site=lab exposed=no window=any mode=unattended ring=test
	END
	beside -i inventory.tsv <<-'END'
	for host in db1 db2 web1 web2; do to $host apt-get -qq update; done
	visit -q - <inventory.tsv >seen.tsv
	pm-collect merge -q inventory.tsv seen.tsv >before.tsv
	[ "$(of before.tsv db2 role)" = db ]
	# the databases have more repositories than the others
	pm-collect apt -q --root "$(lab root db1)" >catalogue.tsv
	pm-match -q catalogue.tsv before.tsv -o needs.tsv
	pm-score -q -p site.pm -p "$PM_POLICY" needs.tsv -o scored.tsv
	pm-plan -q -p site.pm -p "$PM_POLICY" scored.tsv -o plan.tsv
	pm-plan --approve lead --reason 'seen in the lab' plan.tsv -o approve.tsv
	pending() {
		to "$1" apt-get -s dist-upgrade | grep -c '^Inst' || true
	}
	for host in db1 db2 web1 web2; do
		[ "$(pending $host)" -ge 3 ]
		[ "$(grep -c "^need	$host	" needs.tsv)" -eq "$(pending $host)" ]
	done
	pm-apply -q -j 4 -e "ssh -F $SSH_CONFIG" plan.tsv approve.tsv >done.tsv
	for host in db1 db2 web1 web2; do
		[ "$(pending $host)" -eq 0 ]
		[ -z "$(to $host dpkg --audit)" ]
	done
	visit -q db1 db2 web1 web2 >after.tsv
	pm-verify -q --journal journal.tsv plan.tsv journal.tsv after.tsv -o checks.tsv
	awk -F '\t' '$1 == "#check" { for (i = 2; i <= NF; i++) at[$i] = i }
	    $1 == "check" && $at["kind"] == "package" {
		    n[$at["verdict"]]++
	    } END { for (verdict in n) print verdict, n[verdict] }' checks.tsv >verdicts
	[ "$(cat verdicts)" = "verified $(grep -c '^need' needs.tsv)" ]
	END
}

# bats test_tags=req:G9,slow
@test "a whole round uses one connection a host" {
	beside 2 <<-'END'
	for host in h1 h2; do to $host apt-get -qq update; done
	# what makes each connection, and so counts them
	{
		echo 'Host *'
		echo " ProxyCommand sh -c 'echo %n >>$PWD/connections; exec busybox nc %h %p'"
		echo ' ControlMaster auto'
		echo " ControlPath $PWD/%C"
		echo ' ControlPersist 5m'
		cat "$SSH_CONFIG"
	} >shared
	pm-collect ssh -q -F shared h1 h2 >before.tsv
	[ "$(sort connections | uniq -c | tr -s ' \n' ' ')" = ' 1 h1 1 h2 ' ]
	pm-collect apt -q --root "$(lab root h1)" >catalogue.tsv
	echo 'host~^h -> site=lab exposed=no window=any mode=unattended ring=test' >site.pm
	pm-match -q catalogue.tsv before.tsv | pm-score -q -p site.pm -p "$PM_POLICY" |
	    pm-plan -q -p site.pm -p "$PM_POLICY" -o plan.tsv
	pm-plan --approve lead --reason 'seen in the lab' plan.tsv -o approve.tsv
	pm-apply -q -j 2 -e 'ssh -F shared' plan.tsv approve.tsv >done.tsv
	pm-collect ssh -q -F shared h1 h2 >after.tsv
	pm-verify -q --journal journal.tsv plan.tsv journal.tsv after.tsv >checks.tsv
	grep -q '	verified	' checks.tsv
	[ "$(sort connections | uniq -c | tr -s ' \n' ' ')" = ' 1 h1 1 h2 ' ]
	for host in h1 h2; do ssh -F shared -O exit $host; done
	# without sharing it is one each time
	sed '/Control/d' shared >single
	: >connections
	for time in 1 2; do pm-collect ssh -q -F single h1 >/dev/null; done
	[ "$(wc -l <connections)" -eq 2 ]
	# and of its own accord
	XDG_RUNTIME_DIR=$PWD pm-collect ssh -q -F single --share 60 h2 >/dev/null
	XDG_RUNTIME_DIR=$PWD pm-collect ssh -q -F single --share 60 h2 >/dev/null
	[ "$(grep -c h2 connections)" -eq 1 ]
	END
}

# bats test_tags=req:G1,req:P1-1,slow
@test "what is on the network: nmap, neighbours and SNMP against the inventory" {
	need_command nmap snmpd snmpwalk
	beside 3 <<-'END'
	# the inventory lacks h2 and has h3 by its hardware address only
	visit -q h1 h3 | awk -F '\t' -v OFS='\t' '
	    $1 == "host" && $2 == "h3" { $4 = "10.99.77.77" } { print }' >inventory.tsv
	nmap -n -T4 -p 22,80,443 -oX scan.xml 10.99.1.2-6 >/dev/null
	status=0
	pm-collect nmap -q --strict --inventory inventory.tsv scan.xml >found.tsv || status=$?
	[ $status -eq 1 ]
	[ "$(grep -c '	unknown_address	' found.tsv)" -eq 2 ]
	grep -q '^fact	10.99.1.3	unknown_address	10.99.1.3$' found.tsv
	grep -q '^fact	h3	unknown_address	10.99.1.4$' found.tsv
	[ "$(grep '^svc	10.99.1.3	' found.tsv | cut -f 5 | tr '\n' ' ')" = '22 80 ' ]
	ip neigh | pm-collect arp -q --inventory inventory.tsv - >neighbours.tsv
	grep -q '^fact	10.99.1.3	unknown_address	10.99.1.3$' neighbours.tsv
	[ -z "$(grep unknown_address neighbours.tsv | grep '	h1	')" ]
	# a switch and a printer by a real agent
	agent() {
		printf '%s\n' "rocommunity lab 127.0.0.1" "agentaddress udp:127.0.0.1:161" \
		    "$@" >snmpd.conf
		snmpd -f -C -c snmpd.conf -Lf snmpd.log -p snmpd.pid >/dev/null 2>&1 &
		agent=$!
		until snmpwalk -v2c -c lab -On 127.0.0.1 sysDescr >/dev/null 2>&1 ||
		    snmpwalk -v2c -c lab -On 127.0.0.1 .1.3.6.1.2.1.1.1 >/dev/null 2>&1; do
			sleep .1
		done
	}
	agent 'sysdescr Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11' \
	    'sysname sw1' 'sysservices 2' 'syslocation rack 7'
	snmpwalk -v2c -c lab -On 127.0.0.1 .1.3.6.1.2.1.1 >switch.walk
	kill $agent; wait $agent || true
	pm-collect snmpwalk -q switch.walk >switch.tsv
	[ "$(of switch.tsv sw1 class) $(of switch.tsv sw1 os) $(of switch.tsv sw1 release)" = \
	    'switch ios 15.0(2)SE11' ]
	[ "$(of switch.tsv sw1 site)" = 'rack 7' ]
	agent 'sysdescr HP ETHERNET MULTI-ENVIRONMENT,JETDIRECT,FN:V.29.20' 'sysname prn1' \
	    'sysservices 72' \
	    'override .1.3.6.1.2.1.25.3.2.1.2.999999 object_id .1.3.6.1.2.1.25.3.1.5'
	{
		snmpwalk -v2c -c lab -On 127.0.0.1 .1.3.6.1.2.1.1
		snmpwalk -v2c -c lab -On 127.0.0.1 .1.3.6.1.2.1.25.3.2
		snmpget -v2c -c lab -On 127.0.0.1 .1.3.6.1.2.1.25.3.2.1.2.999999
	} >printer.walk
	kill $agent; wait $agent || true
	pm-collect snmpwalk -q printer.walk >printer.tsv
	[ "$(of printer.tsv prn1 class) $(of printer.tsv prn1 os)" = 'printer jetdirect' ]
	END
}

# bats test_tags=req:P4-2,slow
@test "the same from a stored inventory and from a scan on demand" {
	beside 2 <<-'END'
	to h1 apt-get -qq update
	pm-collect apt -q --root "$(lab root h1)" >catalogue.tsv
	now='--now 2026-11-23T12:00:00Z'
	visit -q $now h1 h2 >stored.tsv
	pm-match -q $now catalogue.tsv stored.tsv | pm-score -q $now -p "$PM_POLICY" >from_store
	visit -q $now h2 h1 | pm-match -q $now catalogue.tsv - |
	    pm-score -q $now -p "$PM_POLICY" >on_demand
	[ "$(grep -c '^need' on_demand)" -ge 6 ]
	cmp from_store on_demand
	# and when it has been merged into the inventory of the site
	pm-collect merge -q $now stored.tsv | pm-match -q $now catalogue.tsv - |
	    pm-score -q $now -p "$PM_POLICY" | grep '^need' >merged
	grep '^need' on_demand | cmp - merged
	END
}

# bats test_tags=req:P2-9,req:P2-1,req:vmware-lab,slow
@test "a lab of the inventory: packages, versions, services; what a patch changed" {
	# an old version that the archive still has, one that nobody has, a kernel
	version=$(apt-cache madison rsync | awk -F ' *\\| *' '{ last = $2 } END { print last }')
	[[ -n $version ]] || skip "apt offers no rsync"
	stream >production.tsv <<-END
		#host | host | os     | release | arch  | role | env
		host  | db1  | debian | 12      | amd64 | db   | prod
		host  | db2  | debian | 12      | amd64 | db   | prod
		host  | old1 | debian | 7       | amd64 | web  | prod
		host  | web1 | debian | 12      | amd64 | web  | prod
		#pkg  | host | package           | version    | arch
		pkg   | web1 | rsync             | $version   | amd64
		pkg   | web1 | openssl           | 3.0.1-1    | amd64
		pkg   | web1 | linux-image-amd64 | 6.1.1      | amd64
	END
	share=$PM_TOP/share/lab
	"$share/cover" -i production.tsv >mirror.tsv 2>err
	[ "$(column host host mirror.tsv | sort | tr '\n' ' ')" = 'db1 old1 web1 ' ]
	echo "version=$version" >given
	beside -i mirror.tsv 2>said <<-'END'
	. ./given
	for host in db1 web1; do to $host apt-get -qq update; done
	visit -q db1 web1 old1 >before.tsv
	grep -q "^pkg	web1	rsync	$version	" before.tsv
	grep -q '^pkg	db1	redis-server	' before.tsv
	[ -z "$(grep '^pkg	\(web1\|old1\)	redis' before.tsv)" ]
	grep -q '^svc	db1	tcp	127.0.0.1	6379	redis-server	redis-' before.tsv
	to db1 'DEBIAN_FRONTEND=noninteractive apt-get -qqy dist-upgrade >/dev/null 2>&1; service nginx stop; sleep 1; ! pidof nginx'
	visit -q db1 web1 old1 >after.tsv
	differences before.tsv after.tsv >changes.tsv
	grep -q '^difference	db1	port	tcp/0.0.0.0/80	nginx	-$' changes.tsv
	grep -q '^difference	db1	service	nginx	nginx	-$' changes.tsv
	[ "$(grep -c '^difference	db1	package	' changes.tsv)" -ge 8 ]
	grep -q '^difference	db1	package	redis-server:amd64	' changes.tsv
	[ -z "$(grep '	\(web1\|old1\)	' changes.tsv)" ]
	END
	grep -q '^lab: web1: linux-image-amd64 6.1.1: stays out; the lab has no kernel' said
	grep -q '^lab: web1: openssl 3.0.1-1: cannot be had; .* stands for it$' said
	grep -q '^lab: old1: debian 7: cannot be built here; debian 12 stands for it$' said
}

# bats test_tags=req:G8,req:P1-4,slow
@test "a host of rpm packages: what it has, runs and needs; nothing changes there" {
	need_command rpmbuild createrepo_c
	printf '#host\thost\trole\tos\trelease\nhost\tr1\tshop\talmalinux\t9.4\n' \
	    >inventory.tsv
	beside -i inventory.tsv <<-'END'
	print_all() {
		(cd "$(lab root r1)" && find . -xdev -printf '%p %y %m %u %g %s %T@ %C@ %l\n' | sort
		find . -xdev -type f -print0 | sort -z | xargs -0 sha256sum)
	}
	to r1 'useradd -m guest; mkdir ~guest/.ssh
	    cp .ssh/authorized_keys ~guest/.ssh; chown -R guest ~guest/.ssh'
	visit -q r1 guest@r1 >first.tsv
	print_all >before
	visit -q --now 2026-11-23 r1 >root.tsv
	visit -q --now 2026-11-23 guest@r1 >guest.tsv
	# but what a log-in leaves
	print_all | diff before - >changes || true
	[ -z "$(grep '^[<>]' changes | grep -v ' \./var/log/[a-z]*log\|\./var/log ')" ]
	[ "$(of root.tsv r1 state) $(of root.tsv r1 os)" = 'ok almalinux' ]
	[ "$(of root.tsv r1 arch)" = "$(uname -m)" ]
	diff <(grep '^pkg' root.tsv | cut -f 3,4,5 | sed 's/-[^-]*\(\t[^\t]*\)$/\1/; s/\t1:/\t/') \
	    <(to r1 "rpm -qa --qf '%{NAME}\t%{VERSION}\t%{ARCH}\n' | grep -v gpg-pubkey | LC_ALL=C sort")
	diff <(grep '^pkg' root.tsv) <(grep '^pkg' guest.tsv)
	grep -q '^svc	r1	tcp6	::	80	httpd	shop	' root.tsv
	# the repository's own notices, read where they are served
	busybox wget -q -O repomd.xml http://10.99.0.1/rpm/updates/repodata/repomd.xml
	notices=$(grep -o 'repodata/[^"]*updateinfo.xml.gz' repomd.xml)
	busybox wget -q -O - "http://10.99.0.1/rpm/updates/$notices" | gunzip |
	    pm-collect updateinfo -q --os almalinux --release 9.4 - >catalogue.tsv
	pm-match -q catalogue.tsv root.tsv >needs.tsv
	grep -q '^need	r1	shop	1.0-1	1.1-1	LAB-2026:1	CVE-2026-90001	' needs.tsv
	needed=$(grep '^need' needs.tsv | cut -f 3 | sort | tr '\n' ' ')
	[ "$needed" = "$(to r1 'dnf -q check-update' | sed -n 's/\.[a-z0-9_]* .*//p' | sort | tr '\n' ' ')" ]
	to r1 'dnf -q -y upgrade' >upgrade 2>&1
	visit -q r1 >after.tsv
	grep -q '^fact	r1	stale_process	httpd/' after.tsv
	[ -z "$(pm-match -q catalogue.tsv after.tsv | grep '^need')" ]
	END
}

# bats test_tags=req:G9,slow
@test "one plan from two controllers by GNU parallel, and the hosts' scripts by Ansible" {
	need_command parallel ansible-playbook
	stream >inventory.tsv <<-'END'
		#host | host | role | site
		host  | c1   | adm  | hub
		host  | c2   | adm  | hub
		host  | w1   | web  | east
		host  | w2   | web  | east
		host  | w3   | web  | west
	END
	beside -i inventory.tsv <<-'END'
	program=$(command -v pm-apply)
	for host in c1 c2; do
		root=$(lab root $host)
		mkdir "$root/opt/pm"
		cp -L "$program" $(ldd "$program" |
		    sed -nE 's/^.* => (\/[^ ]+) .*/\1/p') "$root/opt/pm"
		cp -r "$PM_DRIVERS" "$root/opt/pm/drivers"
		printf '#!/bin/sh\nexport PM_DRIVERS=/opt/pm/drivers LD_LIBRARY_PATH=/opt/pm\nexport ASAN_OPTIONS=detect_leaks=0\nexec /opt/pm/pm-apply "$@"\n' \
		    >"$root/usr/local/bin/pm-apply"
		chmod 755 "$root/usr/local/bin/pm-apply"
		cp "$PM_LAB/id" "$root/root/.ssh/id_ed25519"
		cp "$PM_LAB/hosts/known_hosts" "$root/root/.ssh/known_hosts"
		sed '/IdentityFile\|KnownHostsFile/d' "$SSH_CONFIG" >"$root/root/.ssh/config"
	done
	for host in w1 w2 w3; do to $host apt-get -qq update; done
	visit -q w1 w2 w3 | pm-collect merge -q inventory.tsv - >seen.tsv
	pm-collect apt -q --root "$(lab root w1)" >catalogue.tsv
	echo 'host~^w -> exposed=no window=any mode=unattended ring=test owner=shop' >site.pm
	pm-match -q catalogue.tsv seen.tsv | pm-score -q -p site.pm -p "$PM_POLICY" |
	    pm-plan -q -p site.pm -p "$PM_POLICY" -o plan.tsv
	pm-plan --approve lead --reason 'seen in the lab' plan.tsv -o approve.tsv
	printf 'c1\nc2\n' >controllers
	SSH="ssh -F $SSH_CONFIG" shard controllers plan.tsv approve.tsv >journal.tsv
	pending() {
		to "$1" apt-get -s dist-upgrade | grep -c '^Inst' || true
	}
	for host in w1 w2 w3; do [ "$(pending $host)" -eq 0 ]; done
	# each controller did the hosts of one site
	made=$(for host in c1 c2; do
		cut -f 4 "$(lab root $host)"/root/.pm-shard/*/journal.tsv | grep '^w' | sort -u | tr '\n' ' '
		echo
	done | sort | tr '\n' ';')
	[ "$made" = 'w1 w2 ;w3 ;' ]
	visit -q w1 w2 w3 >after.tsv
	pm-verify -q plan.tsv journal.tsv after.tsv >checks.tsv || true
	[ "$(grep -c '^check	w[123]	package	.*	verified	' checks.tsv)" -eq \
	    "$(grep -c '^need	w[123]	' <(pm-match -q catalogue.tsv seen.tsv))" ]
	# once more: nothing is done twice, and the journals are the same
	SSH="ssh -F $SSH_CONFIG" shard controllers plan.tsv approve.tsv >again.tsv
	cmp journal.tsv again.tsv
	# a controller that is gone is named
	lab off c2
	status=0
	SSH="ssh -F $SSH_CONFIG -o ConnectTimeout=2" shard controllers plan.tsv approve.tsv \
	    >/dev/null 2>said || status=$?
	[ $status -eq 3 ]
	grep -q 'shard: hosts w[0-9,w]* from c2: status 255' said
	# Ansible
	inventory=$(dirname "$(command -v shard)")/ansible
	"$inventory/inventory" seen.tsv >hosts.ini
	mkdir scripts results
	for host in w1 w3; do cp "$PM_DRIVERS/probe" scripts/$host.sh; done
	export LC_ALL=C.UTF-8 HOME=$PWD ANSIBLE_SSH_ARGS="-F $SSH_CONFIG" ANSIBLE_LOCALHOST_WARNING=False
	ansible-inventory -i hosts.ini --graph role_web >graph
	[ "$(grep -c -- '--w[123]' graph)" -eq 3 ]
	ansible-playbook -i hosts.ini -e scripts=$PWD/scripts -e results=$PWD/results \
	    -e group=role_web "$inventory/run.yml" >play 2>&1 || { tail -n 30 play; exit 1; }
	[ "$(ls results | tr '\n' ' ')" = 'w1.out w3.out ' ]
	pm-collect reply -q --host w3 results/w3.out | grep '^pkg' >by_ansible
	grep '^pkg	w3	' after.tsv | cmp by_ansible -
	END
}
