#!/usr/bin/env bats
# The probe on systems of other package managers than dpkg: small roots with
# busybox and the databases as apk, pacman and others keep them.  lab.bats has a
# host with rpm's own.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	need_root
	need_command busybox unshare
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p far/bin far/dev far/etc far/proc
	mknod -m 666 far/dev/null c 1 3 || skip "may not make devices"
	cp "$(command -v busybox)" far/bin/busybox
	chroot far /bin/busybox --install -s /bin
	rm -f far/bin/rpm far/bin/dpkg far/bin/apk
	printf 'ID=%s\nVERSION_ID=%s\n' other 1 >far/etc/os-release
}

# probe: what the probe prints in there; no file changes.
probe() {
	list_files >before
	unshare -mnpf sh -ec 'mount -t proc proc far/proc
	    exec chroot far /bin/sh' <"$PM_DRIVERS/probe" >reply 2>said
	list_files >after
	diff before after
	[[ ! -s said ]]
}

list_files() {
	(cd far && find . -xdev -printf '%p %y %m %u %g %s %T@ %C@ %l\n' | sort
	find . -xdev -type f -print0 | sort -z | xargs -0 sha256sum)
}

fact() {
	column value fact
}

# Each side looks at file systems of known size; others grow while they look.
@test "what is free is told of each file system that packages go to" {
	mkdir -p far/boot far/usr far/var
	cat >look <<-'END'
		mount -t proc proc far/proc
		mount -t tmpfs -o size=100m none far/boot
		mount -t tmpfs -o size=200m none far/var
		df -P -k far/boot far/var >sizes
		exec chroot far /bin/sh
	END
	unshare -mnpf sh -e look <"$PM_DRIVERS/probe" >reply
	with_status 3 pm-collect reply --host edge1 reply
	fact | grep '^/' >free
	[[ $(sed -n 's,^/ \([0-9]*\)$,\1,p' free) -gt 0 ]]
	# whole pieces of 64 MiB, as df has it; /usr is a part of /
	awk 'NR > 1 { piece = 65536
		print NR == 2 ? "/boot" : "/var", int($4 / piece) * piece * 1024
	}' sizes >expected
	[[ $(<expected) == $'/boot 67108864\n/var 201326592' ]]
	grep -v '^/ ' free | same expected -
	# a reply that says other things of it
	sed -E 's/^[0-9]+ [0-9]+ (\/boot)$/7 x \1/; s/^[0-9]+ [0-9]+ (\/var)$/8 99999999999999999999 \1/' \
	    reply >odd
	with_status 3 pm-collect reply --host edge1 odd
	fact | grep '^/[bv]' && false
	fact | grep -q '^/ '
}

@test "this machine tells what is free as df does" {
	with_status 0 pm-collect local -q --now 2026-11-23 || [[ $? -eq 3 ]]
	told=$(fact | sed -n 's,^/ ,,p')
	seen=$(df -P -k / | awk 'NR > 1 { print $4 * 1024 }')
	[[ $((told % 67108864)) -eq 0 ]]
	# what others write meanwhile is less than that
	[[ $((seen - told)) -lt 1073741824 && $((told - seen)) -lt 1073741824 ]]
}

# bats test_tags=req:G8
@test "apk: packages, architecture, whose the running programs are" {
	printf 'ID=alpine\nVERSION_ID=3.22.1\n' >far/etc/os-release
	mkdir -p far/lib/apk/db
	printf '%s\n' C:Q1abc= P:musl V:1.2.5-r9 A:aarch64 o:musl F:lib \
	    R:ld-musl-aarch64.so.1 '' P:busybox V:1.37.0-r18 A:aarch64 \
	    o:busybox F:bin R:busybox '' P:busybox-binsh V:1.37.0-r18 \
	    A:aarch64 o:busybox '' >far/lib/apk/db/installed
	# as apk-tools 2 and 3 answer
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\n[ "$1 $2" = "info -qW" ] || exit 1
		[ "$3" = /bin/busybox ] && echo busybox-1.37.0-r18\n' \
	    >far/bin/apk
	chmod +x far/bin/apk
	probe
	with_status 0 pm-collect reply --host edge1 --now 2026-11-23 reply
	[[ $(column os host) == alpine && $(column release host) == 3.22.1 ]]
	[[ $(column arch host) == aarch64 ]]
	[[ $(column state host) == ok ]]
	records pkg | cut -f 2-7 | tr '\t' ' ' | same - <(printf '%s\n' \
	    'edge1 busybox 1.37.0-r18 aarch64 busybox 1.37.0-r18' \
	    'edge1 busybox-binsh 1.37.0-r18 aarch64 busybox 1.37.0-r18' \
	    'edge1 musl 1.2.5-r9 aarch64 musl 1.2.5-r9') || false
	grep -q '^/probe/owner/busybox:/bin/busybox$' reply
	# a database that was cut off is no short list of packages
	printf 'P:cut\n' >>far/lib/apk/db/installed
	probe
	with_status 65 pm-collect reply --host edge1 reply
	says 'truncated'
}

# bats test_tags=req:G8
@test "pacman: desc files, epochs in their paths, what was asked for" {
	local db=far/var/lib/pacman/local
	printf 'ID=arch\nBUILD_ID=rolling\n' >far/etc/os-release
	mkdir -p $db/zlib-1:1.3.1-2 $db/pacman-7.0.0-1
	echo 9 >$db/ALPM_DB_VERSION
	printf '%%%s%%\n%s\n\n' NAME zlib VERSION 1:1.3.1-2 BASE zlib-ng \
	    DESC '%NAME%' ARCH x86_64 REASON 1 >$db/zlib-1:1.3.1-2/desc
	printf '%%%s%%\n%s\n\n' NAME pacman VERSION 7.0.0-1 BASE pacman \
	    ARCH x86_64 >$db/pacman-7.0.0-1/desc
	probe
	with_status 0 pm-collect reply --host lab1 --now 2026-11-23 reply
	[[ $(column arch host) == x86_64 && $(column os host) == arch ]]
	records pkg | cut -f 2-7,9 | tr '\t' ' ' | same - <(printf '%s\n' \
	    'lab1 pacman 7.0.0-1 x86_64 pacman 7.0.0-1 no' \
	    'lab1 zlib 1:1.3.1-2 x86_64 zlib-ng 1:1.3.1-2 yes') || false
}

# rpm_says TEXT: a command rpm that knows nothing but this list.
rpm_says() {
	local file
	# busybox's shell would take its own rpm
	rm -f far/bin/sh
	for file in $(ldd /bin/sh | grep -o '/[^ ]*') /bin/sh; do
		mkdir -p "far${file%/*}"
		cp -L "$file" "far$file"
	done
	mkdir -p far/usr/lib/sysimage/rpm
	: >far/usr/lib/sysimage/rpm/rpmdb.sqlite
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\n[ "$1" = -qa ] && printf "%s"\n' "$1" >far/bin/rpm
	chmod 755 far/bin/rpm
}

# bats test_tags=req:G8
@test "rpm: the seven fields; an old rpm, one that fails, none at all" {
	printf 'ID=almalinux\nVERSION_ID=9.4\n' >far/etc/os-release
	rpm_says 'bash\t(none)\t5.1.8\t9.el9\tx86_64\tbash-5.1.8-9.el9.src.rpm\t(none)\ntool\t2\t1\t1\tnoarch\ttools-1-1.src.rpm\t(none)\n'
	probe
	with_status 0 pm-collect reply --host db1 --now 2026-11-23 reply
	[[ $(column state host) == ok ]]
	[[ $(column arch host) == "$(uname -m)" ]]
	records pkg | cut -f 3-7 | tr '\t' ' ' | same - <(printf '%s\n' \
	    'bash 5.1.8-9.el9 x86_64 bash 5.1.8-9.el9' \
	    'tool 2:1-1 noarch tools 2:1-1') || false
	rpm_says ''
	probe
	with_status 3 pm-collect reply --host db1 --now 2026-11-23 reply
	[[ $(column state host) == partial ]]
	fact | grep -qx 'packages of rpm: rpm -qa gave none'
	rm far/bin/rpm
	probe
	with_status 3 pm-collect reply --host db1 --now 2026-11-23 reply
	fact | grep -qx 'packages of rpm: no rpm command'
	[[ -z $(records pkg) ]]
}

# bats test_tags=req:G8
@test "what nothing here reads is partial, with its name; never nothing" {
	probe
	with_status 3 pm-collect reply --host x1 --now 2026-11-23 reply
	[[ $(column state host) == partial ]]
	fact | grep -qx 'packages: no dpkg, apk, pacman or rpm database'
	mkdir -p far/usr/lib/opkg
	: >far/usr/lib/opkg/status
	probe
	with_status 3 pm-collect reply --host x1 --now 2026-11-23 reply
	fact | grep -qx 'packages of opkg: unsupported'
	# and so is what stands beside a database that is read
	mkdir -p far/lib/apk/db
	printf '%s\n' P:musl V:1.2.5-r9 A:x86_64 o:musl '' \
	    >far/lib/apk/db/installed
	probe
	with_status 0 pm-collect reply --host x1 --now 2026-11-23 reply
	[[ $(column state host) == partial ]]
	[[ $(column package pkg) == musl ]]
	fact | grep -qx 'packages of opkg: unsupported'
}

# bats test_tags=req:hfnetchk
@test "one pipe says which patches are there; on the host nothing is left" {
	printf 'ID=alpine\nVERSION_ID=3.22.1\n' >far/etc/os-release
	mkdir -p far/lib/apk/db
	printf '%s\n' C:Q1abc= P:musl V:1.2.5-r9 A:x86_64 o:musl '' P:zlib \
	    V:1.3-r1 A:x86_64 o:zlib '' >far/lib/apk/db/installed
	printf '#!/bin/sh\nexit 1\n' >far/bin/apk
	chmod +x far/bin/apk
	stream >feed.tsv <<-'END'
		#feed | feed | os     | release | kind       | date
		feed  | secdb | alpine | 3.22    | advisories | 2026-11-22T00:00:00Z
		#adv | adv | os     | release | by     | package | fixed    | state | cves       | feed
		adv  | M1  | alpine | 3.22    | source | musl    | 1.2.5-r9 | fixed | CVE-2026-1 | secdb
		adv  | Z1  | alpine | 3.22    | source | zlib    | 1.3-r2   | fixed | CVE-2026-2 | secdb
	END
	probe # compares all of its files, their bytes and their times
	pm-collect reply -q --host edge1 --now 2026-11-23 reply >inventory.tsv ||
	    [[ $? -eq 3 ]]
	with_status 0 pm-match feed.tsv inventory.tsv
	[[ $(column package need) == zlib && $(column adv need) == Z1 ]]
	[[ $(column fixed need) == 1.3-r2 ]]
}
