# Baselines: facts of how hosts are set up, rules over them, wishes, checks that
# are programs, scripts of what would mend a host.
bats_require_minimum_version 1.5.0
load lib/common

export PM_NOW=2026-12-01T00:00:00Z
PM_BASELINES=$PM_TOP/share/baselines
export PM_BASELINES

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >hosts.tsv <<-'END'
		#host | host | class | os | release | role | tier | group | state
		#fact | host | key | value
		#svc | host | proto | addr | port | process | package | unit | state
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		host | web1 | server | debian | 12 | web | mission | dmz,eu | ok
		host | db1 | server | debian | 12 | database | business | eu | ok
		host | old1 | server | debian | 11 | - | - | - | unreachable
		fact | web1 | listening | 4
		fact | web1 | sysctl.net.ipv4.ip_forward | 1
		fact | web1 | sshd | yes
		fact | web1 | sshd.permitrootlogin | yes
		fact | web1 | file./etc/shadow | file
		fact | web1 | file./etc/shadow.mode | 0644
		fact | web1 | mount./tmp.options | nosuid,rw
		fact | web1 | conf.x | 5
		fact | web1 | service.cron.running | no
		fact | db1 | sysctl.net.ipv4.ip_forward | 0
		fact | db1 | sshd | no
		fact | db1 | file./etc/shadow | file
		fact | db1 | file./etc/shadow.mode | 0640
		fact | db1 | conf.x | 7
		svc | web1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | ssh.service | listen
		svc | web1 | tcp6 | :: | 443 | nginx | nginx | nginx.service | listen
		svc | web1 | udp | 0.0.0.0 | 111 | rpcbind | rpcbind | - | listen
		svc | web1 | tcp | 0.0.0.0 | 4444 | x;y | - | - | listen
		pkg | web1 | nginx | 1.22.1-9 | amd64 | nginx | 1.22.1-9 | - | no | installed
		pkg | web1 | telnetd | 1 | all | - | - | - | no | installed
		pkg | web1 | libc6 | 2.36 | amd64 | - | - | - | yes | installed
	END
	stream >rules.tsv <<-'END'
		#rule | rule | title | applies | fact | test | value | weight | channel | remedy | reference | why
		rule | FWD | No routing | - | sysctl.net.ipv4.ip_forward | is | 0 | 6 | no | sysctl -w net.ipv4.ip_forward=0 | ref | it joins networks
		rule | SSH | No root | fact:sshd=yes | sshd.permitrootlogin | is-not | yes | 8 | yes | echo no >sshd | ref | names
		rule | SHADOW | Shadow | fact:file./etc/shadow=file | file./etc/shadow.mode | mode | 0640 | 9 | no | chmod 0640 /etc/shadow | ref | digests
		rule | TMP | Options | - | mount./tmp.options | has | nodev,nosuid | 2 | no | - | ref | devices
		rule | NUM | Number | role=web,database | conf.x | at-most | 6 | 1 | no | - | ref | few
		rule | TEL | No telnetd | class=server | package.telnetd | is | absent | 4 | no | apt-get -y purge telnetd | ref | in clear
	END
}

# verdict HOST KIND SUBJECT: of the last run
verdict() {
	awk -F '\t' -v host="$1" -v kind="$2" -v subject="$3" '
		$1 == "check" && $2 == host && $3 == kind && $4 == subject {
			print $7
		}' out
}

# is VERDICT HOST KIND SUBJECT
is() {
	local got
	got=$(verdict "$2" "$3" "$4")
	[[ $got == "$1" ]] && return
	echo "$2 $3 $4 is '$got', expected '$1'"
	records check
	return 1
}

# field N HOST KIND SUBJECT: of a check record
field() {
	awk -F '\t' -v at="$1" -v host="$2" -v kind="$3" -v subject="$4" '
		$1 == "check" && $2 == host && $3 == kind && $4 == subject {
			print $at
		}' out
}

# ---- rules

# bats test_tags=req:security-configuration
@test "each rule has one verdict for each host, with what was expected and found" {
	with_status 0 pm-verify -b rules.tsv hosts.tsv
	is fail web1 baseline FWD
	is pass db1 baseline FWD
	is not-examined old1 baseline FWD
	is fail web1 baseline SSH
	is not-applicable db1 baseline SSH
	is fail web1 baseline SHADOW
	is pass db1 baseline SHADOW
	is fail web1 baseline TMP
	is not-examined db1 baseline TMP
	is pass web1 baseline NUM
	is fail db1 baseline NUM
	is not-examined old1 baseline NUM
	is fail web1 baseline TEL
	is not-examined db1 baseline TEL
	[[ $(awk -F '\t' '$3 == "baseline"' out | wc -l) -eq 18 ]]
	[[ $(field 5 web1 baseline SHADOW) == "mode 0640" ]]
	[[ $(field 6 web1 baseline SHADOW) == 0644 ]]
	[[ $(field 9 web1 baseline SHADOW) == \
	    "Shadow: digests (ref); remedy: chmod 0640 /etc/shadow" ]]
}

# bats test_tags=req:P1-6
@test "a remedy that could close the patch channel is marked and never run" {
	with_status 0 pm-verify -b rules.tsv --remedies hosts.tsv
	[[ $(field 9 web1 baseline SSH) == *"by hand only, it may close the patch channel: echo no >sshd" ]]
	[[ $(records remedy | awk -F '\t' '$3 == "SSH" { print $7 }') == yes ]]
	[[ $(records remedy | awk -F '\t' '$3 == "FWD" { print $7 }') == no ]]
	with_status 0 pm-verify -b rules.tsv --script web1 hosts.tsv
	cp out script
	with_status 77 sh script SSH
	says "SSH: by hand only"
	[[ ! -e sshd ]]
	# every rule of the default baseline that touches ssh, sudo or apt's
	# sources is marked
	awk -F '\t' '$1 == "rule" && $9 == "no" &&
	    $10 ~ /sshd|sudoers|sources\.list|authorized_keys|PermitRoot/' \
	    "$PM_BASELINES"/*.tsv >unmarked
	[[ ! -s unmarked ]]
	[[ $(awk -F '\t' '$1 == "rule" && $9 == "yes"' \
	    "$PM_BASELINES"/*.tsv | wc -l) -gt 30 ]]
}

# bats test_tags=req:P4-3,req:cis
@test "what is below the baseline is a row, and the score counts what nobody saw" {
	with_status 1 pm-verify --strict -b rules.tsv hosts.tsv
	[[ $(awk -F '\t' '$7 == "fail"' out | wc -l) -eq 6 ]]
	# web1: 30 apply, NUM passes; db1: FWD and SHADOW of 22; old1: nothing
	[[ $(field 5 web1 score host) == 30 && $(field 6 web1 score host) == 1 ]]
	[[ $(field 5 db1 score host) == 22 && $(field 6 db1 score host) == 15 ]]
	is not-examined old1 score host
	[[ $(field 6 old1 score host) == - ]]
	[[ $(field 6 - score role=web) == 1 ]]
	[[ $(field 6 - score role=database) == 15 ]]
	[[ $(field 6 - score tier=mission) == 1 ]]
	[[ $(field 6 - score all) == 16 ]]
	# the sums are those of an independent pass over the rows
	awk -F '\t' 'NR == FNR { if ($1 == "rule") weight[$2] = $8; next }
		$1 == "check" && $3 == "baseline" {
			if ($7 != "not-applicable") all += weight[$4]
			if ($7 == "pass") good += weight[$4]
		}
		END { print all, good }' rules.tsv out >sums
	[[ $(cat sums) == "$(field 5 - score all) 16" ]]
}

@test "one rule alone, and a name that no check has" {
	with_status 0 pm-verify -b rules.tsv --rule FWD hosts.tsv
	[[ $(awk -F '\t' '$3 == "baseline" { print $4 }' out | sort -u) == FWD ]]
	with_status 64 pm-verify -b rules.tsv --rule NONE hosts.tsv
	says "no such check"
}

@test "mistakes in a baseline end with status 78 and the line" {
	local change
	while IFS='|' read -r change message; do
		sed "$change" rules.tsv >bad.tsv
		with_status 78 pm-verify -b bad.tsv hosts.tsv
		says "bad.tsv:2: $message"
	done <<-'END'
		2s/\tis\t/\tequals\t/|test 'equals' is none of
		2s/\t6\t/\t0\t/|weight '0' is not from 1 to 100
		2s/\t6\t/\t-\t/|weight '-'
		2s/\tno\t/\tmaybe\t/|channel 'maybe' is neither
		2s/\t-\t/\trolle=web\t/|applies 'rolle=web' is no list
		2s/\tis\t/\tat-least\t/;2s/\t0\t/\tx\t/|value 'x' is no whole number
		2s/\tis\t/\tmode\t/;2s/\t0\t/\t9\t/|value '9' is no octal mode
		2s/\tis\t/\tmatches\t/;2s/\t0\t/\t(\t/|value '('
	END
	with_status 78 pm-verify -b nowhere hosts.tsv
	mkdir empty
	with_status 78 pm-verify -b empty hosts.tsv
	says "has no rule"
}

@test "without any fact nothing was examined: status 66" {
	grep -v ^fact hosts.tsv | grep -v ^pkg >bare.tsv
	with_status 66 pm-verify -b rules.tsv bare.tsv
	says "pm-collect --facts"
	[[ $(awk -F '\t' '$3 == "baseline" && $7 == "pass"' out | wc -l) -eq 0 ]]
}

@test "a rule of the site goes before the one of the same name behind it" {
	mkdir own
	sed 's/\t0\t6\t/\t1\t6\t/' rules.tsv >own/site.tsv
	with_status 0 pm-verify -b own -b rules.tsv hosts.tsv
	is pass web1 baseline FWD
	[[ $(awk -F '\t' '$3 == "baseline"' out | wc -l) -eq 18 ]]
}

@test "hosts, packages and facts are passed on with --keep, hosts always" {
	with_status 0 pm-verify -k -b rules.tsv hosts.tsv
	[[ $(records pkg | wc -l) -eq 3 && $(records svc | wc -l) -eq 4 ]]
	[[ $(records fact | wc -l) -eq 14 ]]
	with_status 0 pm-verify -b rules.tsv hosts.tsv
	[[ $(records host | wc -l) -eq 3 && $(records fact | wc -l) -eq 0 ]]
}

# ---- the baseline that is shipped

@test "at least 100 rules hold for Debian, in a core for any Linux" {
	local debian core
	debian=$(cat "$PM_BASELINES"/[12]0*.tsv | grep -c ^rule)
	core=$(grep -c ^rule "$PM_BASELINES"/20-linux.tsv)
	echo "$debian rules, $core for any Linux"
	[[ $debian -ge 100 && $core -ge 80 && $core -lt $debian ]]
	# each says why, what it follows, and is there once
	awk -F '\t' '$1 == "rule" && ($12 == "-" || $11 == "-" || $3 == "-")' \
	    "$PM_BASELINES"/*.tsv >poor
	[[ ! -s poor ]]
	cat "$PM_BASELINES"/[12]0*.tsv | grep ^rule | cut -f 2 | sort | uniq -d >twice
	[[ ! -s twice ]]
}

@test "every fact that a rule names is looked at" {
	local key
	sed -n "/^watch=/,/^'/p" "$PM_DRIVERS/watch" >watch
	awk -F '\t' '$1 == "rule" { print $5 }
		$1 == "rule" { n = split($4, w, " "); for (i = 1; i <= n; i++)
			if (sub(/^fact:/, "", w[i])) {
				sub(/!?=[^=]*$/, "", w[i]); print w[i] } }' \
	    "$PM_BASELINES"/*.tsv | tr , '\n' | sort -u >keys
	while read -r key; do
		case $key in
		sysctl.*) grep -qx "sysctl ${key#sysctl.}" watch ;;
		module.*) grep -qx "module ${key#module.}" watch ;;
		service.*)
			key=${key#service.}
			grep -qx "service ${key%.*}" watch
			;;
		file.*)
			key=${key#file.}
			grep -qx -e "file ${key%.*}" -e "file $key" watch
			;;
		mount.*)
			key=${key#mount.}
			grep -qx "mount ${key%.options}" watch
			;;
		conf.* | word.*)
			sed 's/ /./g' watch | grep -qxF "$key"
			;;
		apt.*) grep -qix "apt ${key#apt.}" watch ;;
		sshd.*) grep -q "^sshd .*\b${key#sshd.}\b" watch ;;
		users.* | groups.*) grep -qx users watch ;;
		repositories.* | packages.held) grep -qx repositories watch ;;
		package.* | sshd) ;;
		*) false ;;
		esac || { echo "nobody looks at $key"; return 1; }
	done <keys
}

# ---- facts

@test "the facts of this machine are the same from local and from the probe" {
	cat "$PM_DRIVERS/watch" "$PM_DRIVERS/probe" | sh >reply
	pm-collect reply -q reply >there.tsv || [[ $? -eq 3 ]]
	pm-collect local -q --facts >here.tsv || [[ $? -eq 3 ]]
	for side in here there; do
		awk -F '\t' '$1 == "fact" && $3 ~ /^(sysctl|module|file|mount|conf|word|users|groups|user|sshd|apt|repositories|packages)/' \
		    $side.tsv | grep -v kernel.random >$side
	done
	same here there
	[[ $(wc -l <here) -gt 250 ]]
}

@test "without --facts there are none of them" {
	pm-collect local -q >here.tsv || [[ $? -eq 3 ]]
	[[ $(awk -F '\t' '$1 == "fact" && $3 ~ /^sysctl/' here.tsv | wc -l) -eq 0 ]]
}

# image: a system to look at, in the folder image
image() {
	mkdir -p image/etc/{ssh/sshd_config.d,modprobe.d,rc2.d,apt,sudoers.d} \
	    image/usr/sbin image/proc/self image/tmp
	: >image/usr/sbin/sshd
	cat >image/etc/passwd <<-'END'
		root:x:0:0::/root:/bin/sh
		toor:x:0:0::/root:/bin/sh
		daemon:x:1:1::/:/bin/bash
		anna:x:1000:1000::/home/anna:/bin/bash
		open:x:1001:1001::/:/bin/sh
		old:abcdefg:1001:1001::/:/bin/sh
	END
	printf '%s\n' 'root:x:0:' 'staff:x:50:' 'adm:x:50:' >image/etc/group
	cat >image/etc/shadow <<-'END'
		root:!:19000:0:99999:7:::
		anna:$y$j9T$SECRETDIGEST:19000:0:99999:7:::
		open::19000:0:99999:7:::
	END
	chmod 640 image/etc/shadow
	printf 'PASS_MAX_DAYS\t99999\nUMASK 022\n#UMASK 077\n' >image/etc/login.defs
	cat >image/etc/ssh/sshd_config <<-'END'
		Include /etc/ssh/sshd_config.d/*.conf
		PermitRootLogin yes
		Port 22
		Port 2222
		Match User x
		X11Forwarding yes
	END
	echo 'permitrootlogin no' >image/etc/ssh/sshd_config.d/a.conf
	printf 'install cramfs /bin/false\nblacklist usb_storage\n' \
	    >image/etc/modprobe.d/x.conf
	ln -s ../init.d/cron image/etc/rc2.d/S01cron
	printf '%s\n' 'deb [trusted=yes] http://x bookworm main' \
	    >image/etc/apt/sources.list
	touch image/etc/sudoers image/etc/sudoers.d/README
	echo 'anna ALL=(ALL) NOPASSWD: ALL' >image/etc/sudoers.d/anna
	touch image/etc/apt/a.conf.dpkg-dist image/etc/ssh/b.ucf-dist
}

# fact KEY: its value in out
fact() {
	awk -F '\t' -v key="$1" '$1 == "fact" && $3 == key { print $4 }' out
}

@test "accounts, ssh, modules, services and files of an image" {
	image
	with_status 3 pm-collect root --facts image
	[[ $(fact users.uid0) == root,toor ]]
	[[ $(fact users.empty_password) == open ]]
	[[ $(fact users.unshadowed) == old ]]
	[[ $(fact users.duplicate_uid) == open,toor ]]
	[[ $(fact users.system_shell) == daemon ]]
	[[ $(fact users.password_unlimited) == anna ]]
	[[ $(fact groups.duplicate_gid) == staff ]]
	[[ $(fact user.anna.password) == set ]]
	[[ $(fact user.root.password) == locked ]]
	[[ $(fact conf./etc/login.defs.UMASK) == 022 ]]
	[[ $(fact sshd) == yes && $(fact sshd.source) == files ]]
	[[ $(fact sshd.permitrootlogin) == no ]]
	[[ $(fact sshd.port) == "22 2222" ]]
	[[ $(fact sshd.x11forwarding) == "" ]]
	[[ $(fact module.cramfs) == disabled ]]
	[[ $(fact module.usb-storage) == blacklisted ]]
	[[ $(fact module.dccp) == "" ]]
	[[ $(fact service.cron.enabled) == yes ]]
	[[ $(fact service.cups.enabled) == no ]]
	[[ $(fact service.cron.running) == "" ]]
	[[ $(fact file./etc/shadow.mode) == 0640 ]]
	[[ $(fact file./etc/cron.allow) == absent ]]
	[[ $(fact repositories.unverified) == /etc/apt/sources.list ]]
	[[ $(fact repositories.security) == no ]]
	[[ $(fact word./etc/sudoers.NOPASSWD) == yes ]]
	[[ $(fact word./etc/sudoers.use_pty) == no ]]
	[[ $(fact leftover_config | xargs) == \
	    "/etc/apt/a.conf.dpkg-dist /etc/ssh/b.ucf-dist" ]]
	# the running kernel is not the image's
	[[ $(awk -F '\t' '$3 ~ /^sysctl/' out) == "" ]]
}

@test "what the kernel's settings will be at the next boot, by sysctl.d(5)" {
	local line
	mkdir -p image/etc/sysctl.d image/run/sysctl.d image/usr/lib/sysctl.d \
	    image/usr/local/lib/sysctl.d image/usr/lib/systemd
	printf '%s\n' 'net.ipv4.ip_forward = 1' 'net.ipv4.conf.*.rp_filter = 2' \
	    'fs.suid_dumpable = 0' >image/usr/lib/sysctl.d/50-a.conf
	# the same name in /etc goes before, also when it is nothing
	printf '%s\n' 'kernel.sysrq = 1' >image/usr/lib/sysctl.d/60-b.conf
	ln -s /dev/null image/etc/sysctl.d/60-b.conf
	printf '%s\n' 'kernel.kptr_restrict = 0' >image/usr/lib/sysctl.d/70-c.conf
	printf '%s\n' 'kernel.kptr_restrict = 2' >image/run/sysctl.d/70-c.conf
	# the later name goes before the earlier one, wherever it is
	printf '%s\n' '# no' 'fs/suid_dumpable=2' '-kernel.dmesg_restrict = 1 ' \
	    'net/ipv4/conf/default/rp_filter = 1' >image/usr/local/lib/sysctl.d/80-d.conf
	printf '%s\n' 'fs.suid_dumpable = 1' >image/etc/sysctl.d/10-e.conf
	printf '%s\n' 'net.ipv4.tcp_syncookies = 0' >image/etc/sysctl.d/90-no.txt
	printf '%s\n' 'kernel.panic_on_oops = 1' >image/etc/sysctl.conf
	with_status 3 pm-collect root --facts image
	while read -r line; do
		[[ $(fact "boot.sysctl.${line%=*}") == "${line#*=}" ]] ||
		    { echo "$line: $(fact "boot.sysctl.${line%=*}")"; return 1; }
	done <<-'END'
		net.ipv4.ip_forward=1
		net.ipv4.conf.all.rp_filter=2
		net.ipv4.conf.default.rp_filter=1
		fs.suid_dumpable=2
		kernel.kptr_restrict=2
		kernel.dmesg_restrict=1
		kernel.sysrq=unset
		net.ipv4.tcp_syncookies=unset
		kernel.panic_on_oops=1
	END
	# systemd takes that last one from sysctl.d alone
	touch image/usr/lib/systemd/systemd-sysctl
	with_status 3 pm-collect root --facts image
	[[ $(fact boot.sysctl.kernel.panic_on_oops) == unset ]]
	ln -s ../sysctl.conf image/etc/sysctl.d/99-sysctl.conf
	with_status 3 pm-collect root --facts image
	[[ $(fact boot.sysctl.kernel.panic_on_oops) == 1 ]]
}

@test "a setting that is right now and wrong after the next boot fails" {
	printf 'fact\tdb1\tboot.sysctl.net.ipv4.ip_forward\t%s\n' 1 >>hosts.tsv
	with_status 0 pm-verify -b rules.tsv hosts.tsv
	is fail db1 baseline FWD
	[[ $(field 6 db1 baseline FWD) == "0; at boot 1" ]]
	sed -i '$s/1$/unset/' hosts.tsv
	with_status 0 pm-verify -b rules.tsv hosts.tsv
	is pass db1 baseline FWD
	[[ $(field 6 db1 baseline FWD) == 0 ]]
	# and one that is wrong now is not mended by a file
	printf 'fact\tweb1\tboot.sysctl.net.ipv4.ip_forward\t0\n' >>hosts.tsv
	with_status 0 pm-verify -b rules.tsv hosts.tsv
	is fail web1 baseline FWD
}

# reply LINE...: of a probe by a user who may not read everything
reply() {
	printf '\npm-probe 1 pm-T\n\npm-T file /probe/watch\n%s\n' \
	    'sshd permitrootlogin x11forwarding'
	printf '\npm-T exists /usr/sbin/sshd\n'
	printf '\npm-T file /etc/ssh/sshd_config\n%s\n' 'X11Forwarding no' \
	    'Include /etc/ssh/sshd_config.d/*.conf' 'PermitRootLogin no'
	printf '\npm-T %s\n' "$@"
	printf '\npm-T end\n'
}

@test "what a file of sshd that may not be read could say is no fact, and no pass" {
	reply 'file /etc/ssh/sshd_config.d/a.conf' >all
	with_status 3 pm-collect reply --host h all
	[[ $(fact sshd.permitrootlogin) == no && $(fact sshd.x11forwarding) == no ]]
	for hidden in /etc/ssh/sshd_config.d/a.conf /etc/ssh/sshd_config.d; do
		reply "refused $hidden" >part
		with_status 3 pm-collect reply --host h part
		# what stands before it counts, what stands behind it may not
		[[ $(fact sshd.x11forwarding) == no ]]
		[[ $(fact sshd.permitrootlogin) == "" ]]
		cp out facts.tsv
		with_status 66 pm-verify -q -b default --rule SSH-ROOT facts.tsv
		is not-examined h baseline SSH-ROOT
	done
	# the probe says that it could not
	grep -q 'mark refused "$path.d"' "$PM_DRIVERS/probe"
}

@test "no digest of a password and no way out of an image" {
	image
	rm image/etc/login.defs
	ln -s "$PWD/secret" image/etc/login.defs
	echo 'UMASK 027' >secret
	with_status 3 pm-collect root --facts image
	[[ $(fact conf./etc/login.defs.UMASK) == no-file ]]
	run ! grep -qE 'SECRETDIGEST|abcdefg' out
	grep -qF 'set' out
	# nor over the probe
	sed -n '/^accounts() {/,/^}/p' "$PM_DRIVERS/probe" |
	    sed "s,/etc/,$PWD/image/etc/,g" >accounts
	run bash -c "mark() { echo \"== \$*\"; }; files() { cat \"\$@\" >/dev/null; }
	    . ./accounts; accounts"
	[[ $output != *SECRET* && $output == *anna:set:99999* ]]
	[[ $output == *open:empty:99999* && $output == *root:locked:* ]]
}

# bats test_tags=req:cis
@test "an audit changes no file of the system" {
	image
	find image -type f -o -type l | sort | xargs stat -c '%n %Y %Z %a %s' >before
	find image -type f | sort | xargs sha256sum >>before
	with_status 3 pm-collect root --facts image
	cp out facts.tsv
	with_status 0 pm-verify -b default facts.tsv
	find image -type f -o -type l | sort | xargs stat -c '%n %Y %Z %a %s' >after
	find image -type f | sort | xargs sha256sum >>after
	same before after
	[[ $(awk -F '\t' '$7 == "fail"' out | wc -l) -gt 5 ]]
	# a score, and an explanation of each rule that has one
	[[ $(awk -F '\t' '$3 == "score" && $4 == "host" && $6 ~ /^[0-9]+$/' out |
	    wc -l) -eq 1 ]]
	awk -F '\t' '$3 == "baseline" && ($9 == "-" || $9 !~ /: .+\(.+\)/)' \
	    out >unexplained
	same /dev/null unexplained
}

# ---- wishes

# bats test_tags=req:P1-5
@test "what listens and the role does not need is unneeded, with the removing command" {
	stream >needs.tsv <<-'END'
		#want | applies | kind | subject | value | channel | remedy | reason
		want | role=web | listen | tcp/22 | - | no | - | -
		want | role=web | listen | package:nginx | - | no | - | -
	END
	with_status 0 pm-verify -b needs.tsv hosts.tsv
	is unneeded web1 service udp/0.0.0.0:111
	[[ $(field 9 web1 service udp/0.0.0.0:111) == \
	    "package rpcbind; remove with: apt-get purge rpcbind" ]]
	is unneeded web1 service tcp/0.0.0.0:4444
	# a hostile name becomes no command
	[[ $(field 9 web1 service tcp/0.0.0.0:4444) == "package -; remove with: -" ]]
	is "" web1 service tcp6/:::443
	is "" web1 service tcp/0.0.0.0:22
	# nothing is said of hosts whose role nobody described, or not looked at
	is not-examined db1 service -
	is not-examined old1 service -
	# ssh is never removed without a warning
	sed -i '/tcp.22/d' needs.tsv
	with_status 0 pm-verify -b needs.tsv hosts.tsv
	[[ $(field 9 web1 service tcp/0.0.0.0:22) == *"closes the patch channel"* ]]
	# the default baseline knows what a web server needs
	with_status 0 pm-verify -b default hosts.tsv
	is unneeded web1 service udp/0.0.0.0:111
	is "" web1 service tcp6/:::443
}

# bats test_tags=req:F5
@test "drift from the desired state of a role: absent, extra, version, setting" {
	stream >state.tsv <<-'END'
		#want | applies | kind | subject | value | channel | remedy | reason
		want | role=web | package | nginx | 1.22.1-9+deb12u1 | no | - | the fixed one
		want | role=web | package | curl | - | no | - | -
		want | role=web | package | telnetd | absent | no | apt-get -y purge telnetd | -
		want | role=web | setting | conf.x | 6 | no | - | -
		want | role=web | setting | unknown.fact | 6 | no | - | -
		want | role=web | service | cron | running | no | - | -
		want | role=database | setting | conf.x | 7 | no | - | -
	END
	with_status 1 pm-verify --strict -b state.tsv hosts.tsv
	is version web1 drift package/nginx
	is absent web1 drift package/curl
	is extra web1 drift package/telnetd
	is setting web1 drift setting/conf.x
	is not-examined web1 drift setting/unknown.fact
	is absent web1 drift service/cron
	is pass db1 drift setting/conf.x
	[[ $(field 9 web1 drift package/nginx) == "state.tsv:2: the fixed one" ]]
	# packages that nobody wants, but for those that others needed
	printf 'want\trole=web\tonly\tpackages\t-\tno\t-\t-\n' >>state.tsv
	sed -i '/telnetd/d' state.tsv
	with_status 0 pm-verify -b state.tsv hosts.tsv
	is extra web1 drift package/telnetd
	is "" web1 drift package/libc6
}

# bats test_tags=req:group-policy
@test "settings by group: the first that applies counts, and the others are shown" {
	mkdir groups
	printf '#want\tapplies\tkind\tsubject\tvalue\tchannel\tremedy\treason\n' \
	    >groups/head
	{
		cat groups/head
		printf 'want\tgroup=dmz\tsetting\tconf.x\t5\tno\t-\t-\n'
	} >groups/10-dmz.tsv
	{
		cat groups/head
		printf 'want\tgroup=eu\tsetting\tconf.x\t7\tno\tset x 7\t-\n'
		printf 'want\t-\tsetting\tconf.x\t9\tno\tset x 9\t-\n'
	} >groups/90-all.tsv
	rm groups/head
	with_status 0 pm-verify -b groups hosts.tsv
	is pass web1 drift setting/conf.x
	is pass db1 drift setting/conf.x
	[[ $(field 9 web1 drift setting/conf.x) == \
	    "10-dmz.tsv:2 before 90-all.tsv:2 (7) before 90-all.tsv:3 (9)" ]]
	[[ $(field 9 db1 drift setting/conf.x) == \
	    "90-all.tsv:2 before 90-all.tsv:3 (9)" ]]
	# what differs becomes a script, with the command of the line that counts
	sed -i '/conf.x/s/\t7$/\t8/' hosts.tsv
	sed -i "s/set x 7/echo seven >set/" groups/90-all.tsv
	with_status 0 pm-verify -b groups --script db1 hosts.tsv
	cp out script
	with_status 0 sh script
	grep -q conf.x out
	[[ ! -e set ]]
	with_status 0 sh script "$(cut -f 1 out | head -n 1)"
	[[ $(cat ./set) == seven ]]
	run ! grep -F 'set x 9' script
}

# bats test_tags=req:P1-7,req:security-configuration
@test "a script of what would mend a host: listed, one or two at a time" {
	with_status 0 pm-verify -b rules.tsv --script web1 hosts.tsv
	cp out script
	with_status 0 sh script
	[[ $(cut -f 1 out | grep . | xargs) == "FWD SSH SHADOW TEL" ]]
	sed -i "s,chmod 0640 /etc/shadow,touch mended," rules.tsv
	with_status 0 pm-verify -b rules.tsv --script web1 hosts.tsv
	cp out script
	with_status 0 sh script
	[[ ! -e mended ]]
	with_status 77 sh script FWD SHADOW TEL
	says "one or two changes"
	[[ ! -e mended ]]
	with_status 0 sh script SHADOW
	[[ -e mended ]]
	with_status 64 sh script NONE
	with_status 66 pm-verify -b rules.tsv --script nobody hosts.tsv
}

@test "a script holds nothing that a host could run" {
	printf 'fact\tweb1\tconf.x\t%s\n' "9'; touch \$PWD/owned; \`touch owned\` '" \
	    >>hosts.tsv
	sed -i 's/\tat-most\t6\t1\tno\t-/\tat-most\t6\t1\tno\ttrue/' rules.tsv
	with_status 0 pm-verify -b rules.tsv --script web1 hosts.tsv
	cp out script
	with_status 0 sh script
	with_status 0 sh script NUM
	[[ ! -e owned ]]
	grep -qF 'touch owned' script
}

# ---- checks that are programs

# custom NAME: a check in the folder checks, its text on standard input
custom() {
	mkdir -p checks
	cat >"checks/$1"
	chmod +x "checks/$1"
}

# bats test_tags=req:nessus
@test "an executable in the folder is a check, and can be run alone" {
	custom telnet <<-'CHECK'
		#!/bin/sh
		awk -F '\t' '$1 == "host" { host = $2 }
			$1 == "pkg" && $3 == "telnetd" { found = $4 }
			END { print host "\t" (found ? "fail" : "pass") "\tabsent\t" \
			    found "\tlooked at packages" }'
	CHECK
	cp rules.tsv checks/
	with_status 0 pm-verify -b checks hosts.tsv
	is fail web1 baseline telnet/web1
	is pass db1 baseline telnet/db1
	is fail web1 baseline FWD
	# with evidence: what was expected, what is there, how it was seen
	[[ $(field 5 web1 baseline telnet/web1) == absent ]]
	[[ $(field 6 web1 baseline telnet/web1) == 1 ]]
	[[ $(field 9 web1 baseline telnet/web1) == "looked at packages" ]]
	# a rule that is dropped beside it is one as well, and runs alone
	sed -n '1p;/FWD/s/FWD/OWN/p' rules.tsv >checks/own.tsv
	with_status 0 pm-verify -b checks --rule OWN hosts.tsv
	is fail web1 baseline OWN
	[[ $(awk -F '\t' '$3 == "baseline" { print $4 }' out | sort -u) == OWN ]]
	with_status 0 pm-verify -b checks --rule telnet hosts.tsv
	[[ $(awk -F '\t' '$3 == "baseline"' out | wc -l) -eq 3 ]]
}

# bats test_tags=slow
@test "a check that misbehaves says nothing, and no other suffers" {
	custom slow <<<$'#!/bin/sh\nsleep 60'
	custom loud <<<$'#!/bin/sh\nyes "a\tpass"'
	custom wrong <<<$'#!/bin/sh\necho "a\tgreat"'
	custom dead <<<$'#!/bin/sh\necho "a\tpass"; kill -9 $$'
	custom status <<<$'#!/bin/sh\nprintf "a\\tpass\\n"; exit 3'
	custom silent <<<$'#!/bin/sh\n:'
	custom writer <<<$'#!/bin/sh\necho x >'"$PWD/written"$' && printf "a\\tpass\\n"'
	custom hostile <<<$'#!/bin/sh\nprintf "a\\033[2J\\tpass\\tx\\ty\\tz\\001\\n"'
	custom good <<<$'#!/bin/sh\nprintf -- "-\\tpass\\n"'
	sed -n '1,2p;/web1/p' hosts.tsv >one.tsv
	SECONDS=0
	with_status 0 pm-verify -b checks one.tsv
	[[ $SECONDS -lt 30 ]]
	for name in slow loud wrong dead status silent writer; do
		is not-examined web1 baseline $name
	done
	[[ ! -s written ]]
	is pass web1 baseline good
	[[ $(field 9 web1 baseline slow) == "it took more than 10 s" ]]
	[[ $(field 9 web1 baseline status) == "it ended with status 3" ]]
	run ! grep -qP '[\x00-\x08\x0b-\x1f]' out
	is pass web1 baseline 'hostile/a?[2J'
}

# ---- remedies become steps

# remedies: of three rules that fail on a test host and a production host, with
# a fourth that could lock the patching out
remedies() {
	cat >site.pm <<-'END'
		-> window=any mode=unattended soak=0s wave_size=100% lead=ann
		host=try1 -> env=test ring=test
	END
	stream >remedies.tsv <<-'END'
		#host | host | class | os | release | arch | role | tier | env | owner | state
		host | prod1 | server | debian | 12 | amd64 | web | operational | prod | ann | ok
		host | try1 | server | debian | 12 | amd64 | web | operational | test | ann | ok
		#remedy | host | rule | found | command | weight | channel | title
		remedy | try1 | A | 1 | echo a >>$OUT | 5 | no | first
		remedy | try1 | B | 1 | echo b >>$OUT | 9 | no | second
		remedy | try1 | C | 1 | printf 'x\\ty\\n' >>$OUT | 7 | no | third
		remedy | try1 | D | 1 | echo d >>$OUT | 10 | yes | ssh
		remedy | prod1 | B | 1 | echo b >>$OUT | 9 | no | second
	END
}

# state HOST RULE [FILE]: state and reason of its step
state() {
	awk -F '\t' -v id="$1/harden/$2" '
		$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["step"] == id {
			print $at["state"] ": " $at["reason"]
		}' "${3:-out}"
}

# bats test_tags=req:P1-7,req:P1-6
@test "remedies become steps: two at a time, test hosts first" {
	remedies
	with_status 0 pm-plan -q -p site.pm remedies.tsv
	[[ $(state try1 B) == planned:* && $(state try1 C) == planned:* ]]
	[[ $(state try1 A) == "deferred: a third change"* ]]
	[[ $(state try1 D) == "blocked: it could close the way"* ]]
	[[ $(state prod1 B) == "blocked: on a test host first"* ]]
	# once it was tested, production may have it
	stream >>remedies.tsv <<-'END'
		#test | host | package | version | outcome | who | when | reason | expiry
		test | try1 | B | - | passed | ann | 2026-11-30T00:00:00Z | - | -
	END
	with_status 0 pm-plan -q -p site.pm remedies.tsv
	[[ $(state prod1 B) == planned:* ]]
	# the same from what pm-verify finds
	with_status 0 pm-verify -b rules.tsv --remedies hosts.tsv
	cp out found.tsv
	with_status 0 pm-plan -q -p site.pm found.tsv
	[[ $(state web1 SSH) == "blocked: it could close the way"* ]]
	[[ $(state web1 FWD) == "blocked: on a test host first"* ]]
}

# bats test_tags=req:P1-7
@test "a third change needs an override, which is journalled" {
	local override
	remedies
	export OUT=$PWD/made
	mkdir hooks
	# instead of ssh: the command, on this machine; the host itself does not
	# answer, so that the visit ends behind it
	printf '%s\n' '#!/bin/sh' "OUT=$OUT" 'export OUT' 'exec sh -ec "$5"' \
	    >hooks/harden
	printf '%s\n' '#!/bin/sh' 'exit 1' >never
	chmod +x hooks/harden never
	pm-plan -q --harden-all -p site.pm remedies.tsv -o plan.tsv
	[[ $(state try1 A plan.tsv) == planned:* ]]
	[[ $(state try1 D plan.tsv) == "blocked: it could close the way"* ]]
	pm-plan -q --approve ann --reason routine plan.tsv -o approve.tsv
	with_status 77 pm-apply -q -e "$PWD/never" --hooks hooks \
	    --journal journal.tsv plan.tsv approve.tsv
	says "more than two changes of hardening"
	[[ ! -e made ]]
	pm-plan -q --approve lea --role harden-override --reason 'all at once' \
	    plan.tsv -o override.tsv
	pm-apply -q -e "$PWD/never" --hooks hooks --journal journal.tsv \
	    plan.tsv approve.tsv override.tsv >applied 2>err || true
	sort made >sorted
	printf 'a\nb\nx\ty\n' >want
	same want sorted
	override=$(grep -c 'override by lea: all at once' journal.tsv)
	[[ $override -eq 3 ]]
	# two of a test host need none
	rm -f journal.tsv made
	grep -v prod1 remedies.tsv >two.tsv
	pm-plan -q -p site.pm two.tsv -o plan.tsv
	pm-plan -q --approve ann --reason routine plan.tsv -o approve.tsv
	pm-apply -q -e "$PWD/never" --hooks hooks --journal journal.tsv \
	    plan.tsv approve.tsv >applied 2>err || true
	[[ $(wc -l <made) -eq 2 ]]
	run ! grep -q override journal.tsv
}

# bats test_tags=req:G2
@test "the system and each component of an application have levels of their own" {
	mkdir -p img/var/lib/dpkg img/etc
	printf 'ID=debian\nVERSION_ID="12"\n' >img/etc/os-release
	printf '%s\n' 'Package: libssl3' 'Status: install ok installed' \
	    'Architecture: amd64' 'Version: 3.0.16-1' '' >img/var/lib/dpkg/status
	cat >bom.json <<-'END'
		{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
		{"type":"library","name":"log4j-core","version":"2.14.1",
		 "purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
		{"type":"application","name":"tomcat","version":"9.0.80",
		 "purl":"pkg:generic/tomcat@9.0.80"}]}
	END
	pm-collect root -q --host app1 img >system.tsv
	pm-collect cyclonedx -q --host app1:shop bom.json >shop.tsv ||
	    [[ $? -eq 3 ]]
	pm-collect merge -q system.tsv shop.tsv >all.tsv
	records pkg all.tsv | cut -f 2-4 | sort >levels
	grep -qx $'app1\tlibssl3\t3.0.16-1' levels
	grep -qP '^app1:shop\t.*log4j-core\t2\.14\.1$' levels
	grep -qP '^app1:shop\t.*tomcat\t9\.0\.80$' levels
	{
		printf '#want\tapplies\tkind\tsubject\tvalue\tchannel\tremedy\treason\n'
		grep -P '^app1:shop' levels | cut -f 2 | while read -r name; do
			printf 'want\thost=app1:shop\tpackage\t%s\t9.0.0\tno\t-\t-\n' \
			    "$name"
		done
		printf 'want\thost=app1\tpackage\tlibssl3\t3.0.17-1\tno\t-\t-\n'
	} >levels.tsv
	with_status 0 pm-verify -q -b levels.tsv all.tsv
	is version app1 drift package/libssl3
	[[ $(awk -F '\t' '$2 == "app1:shop" { print $4 " " $7 }' out |
	    grep -c 'log4j-core version$') -eq 1 ]]
	[[ $(awk -F '\t' '$2 == "app1:shop" { print $4 " " $7 }' out |
	    grep -c 'tomcat pass$') -eq 1 ]]
}
