#!/usr/bin/env bats
# The drivers of pm-apply for other package managers than apt.  dnf: on a real
# host of the lab.  zypper and pacman: the real programs on a root of their own.
# apk: not packaged for Debian; a program that answers as apk 2 does.
bats_require_minimum_version 1.5.0
load lib/common
load lib/root

setup() {
	need_root
	PATH=$PM_TOP/share/lab:$PM_TOP/tests/lib:$PATH
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[[ ! -f keeper ]] || kill "$(<keeper)" || true
	drop_roots
}

# outcomes: "STEP OUTCOME" of the done records, sorted.
outcomes() {
	paste -d ' ' <(column step "done") <(column outcome "done") | sort
}

detail() { # of a step
	records "done" | awk -F '\t' -v step="$1" '$3 == step { print $14 }'
}

# away: "into", an -e command that reaches a place with its own mounts, network
# and processes, where the programs of the folder wrappers come first, and
# /var/lib is empty.
away() {
	mkdir -p wrappers varlib
	unshare -mnpf --mount-proc sleep 1000 3>&- &
	until pid=$(pgrep -P $! -x sleep); do sleep 0.05; done
	echo "$pid" >keeper
	nsenter -m -t "$pid" sh -ec "
		mount --bind '$PWD/varlib' /var/lib
		mount --bind '$PWD/wrappers' /usr/local/sbin"
	printf '#!/bin/sh\nexec nsenter -m -n -p -t %s sh\n' "$pid" >into
	chmod +x into
}

wrap() { # wrap PROGRAM WORD...: PROGRAM is itself with these words behind it
	local program=$1
	shift
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$(command -v "$program")" "$*" \
	    >"wrappers/$program"
	chmod +x "wrappers/$program"
}

apply() {
	status=0
	pm-apply -e "$PWD/into" "$@" plan.tsv approve.tsv >out 2>err ||
	    status=$?
}

# bats test_tags=req:G8,slow
@test "dnf on a real host: exact versions, restart, configuration, way back" {
	need_command ssh rpmbuild rpmsign createrepo_c
	local reason
	reason=$(lab check 2>&1) || skip "${reason#lab: }"
	lab build >build.log 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 build.log)"
	printf '#host\thost\tos\trelease\nhost\tr1\talmalinux\t9.4\n' >inventory
	mkdir checks
	echo '[ ! -e /tmp/bad ] || { echo "not well"; exit 2; }' >checks/shop
	cat >script <<-'END'
	set -eu -o pipefail
	trap 'echo "line $LINENO failed" >&2; cat err out >&2 || true' ERR
	to() { ssh -n -F "$SSH_CONFIG" "$@"; }
	apply() {
		status=0
		pm-apply -e "ssh -F $SSH_CONFIG" --checks checks "$@" plan.tsv \
		    approve.tsv >out 2>err || status=$?
	}
	outcomes() {
		awk -F '\t' '$1 == "done" { print $3, $12 }' out
	}
	lines() {
		printf '%s\n' 'r1 install libshop 2.0-1 2.0-2' \
		    'r1 install shop 1.0-1 1.1-1' \
		    "r1 ${1:-install} tool 1:3.0-1 ${2:-1:3.1-1}" \
		    'r1 restart - - -' 'r1 check - - -' 'r1 recovery - - -'
	}
	versions() {
		to r1 "rpm -q --qf '%{NAME}=%{VERSION}-%{RELEASE} ' libshop shop tool" || true
	}
	to r1 'dnf -q makecache; /etc/init.d/shop start; touch /tmp/bad
	    printf "port=80\n# mine\n" >/etc/shop/shop.conf'
	lines | steps . host.os=almalinux host.role=shop

	# a dry run changes nothing and says what would be done
	apply -n
	[ $status -eq 0 ]
	grep -q '^## r1: Upgrading shop.* 1.1-1$' out
	grep -q '^## r1: back: tool=1:3.0-1$' out
	[ "$(versions)" = 'libshop=2.0-1 shop=1.0-1 tool=3.0-1 ' ]

	# done, found ill, taken back
	apply --rollback-on-failure
	[ $status -eq 3 ]
	[ "$(outcomes | grep -c 'install/.* rolled-back')" -eq 3 ]
	[ "$(versions)" = 'libshop=2.0-1 shop=1.0-1 tool=3.0-1 ' ]
	grep -q 'restarted shop' out
	grep -q 'check shop ended with 2: not well' out

	# done and well; a package is removed, and who asked for which is kept
	asked() {
		to r1 "dnf -q --disablerepo='*' repoquery --userinstalled --qf '%{name}'"
	}
	to r1 'dnf -q -y mark remove libshop; dnf -q -y mark install shop' || true
	asked >before
	grep -qx shop before
	! grep -qx libshop before || exit 1
	to r1 rm /tmp/bad
	lines remove - | steps . host.os=almalinux host.role=shop plan=p2
	apply
	[ $status -eq 0 ]
	[ "$(outcomes | cut -d ' ' -f 2 | sort -u)" = done ]
	[ "$(versions)" = 'libshop=2.0-2 shop=1.1-1 package tool is not installed' ]
	to r1 'tail -c 9 "/proc/$(pidof httpd)/exe"' | grep -q 'shop 1.1'
	to r1 cat /etc/shop/shop.conf | grep -q mine
	[ "$(to r1 pidof httpd | wc -w)" -eq 1 ]

	asked | grep -v '^tool$' >after
	grep -v '^tool$' before | diff - after

	# what is new because others need it is marked so
	echo 'r1 install tool - 1:3.1-1 auto=yes' | steps . host.os=almalinux plan=marks
	apply
	[ $status -eq 0 ]
	[ "$(to r1 rpm -q tool)" = "tool-3.1-1.noarch" ]
	asked | diff after -
	apply --rollback all
	[ $status -eq 0 ]
	[ "$(versions)" = 'libshop=2.0-2 shop=1.1-1 package tool is not installed' ]

	# nothing else goes
	echo 'r1 remove libshop 2.0-2 -' | steps . host.os=almalinux plan=p3
	apply
	[ $status -eq 3 ]
	grep -q 'shop would be removed as well' out
	# nor is a version touched that the plan was not made for
	echo 'r1 install shop 1.0-2 1.0-1' | steps . host.os=almalinux plan=p4
	apply
	[ $status -eq 77 ]
	grep -q 'shop is at 1.1-1, and the plan was made for 1.0-2' out

	# a lock that is held is waited for, and not for ever
	to r1 'echo $$ >/var/cache/dnf/metadata_lock.pid; flock -o /var/lib/rpm/.rpm.lock true || true'
	echo 'r1 install shop 1.1-1 9.9-1' | steps . host.os=almalinux plan=p5
	apply
	[ $status -eq 3 ]
	grep -q 'No match for argument: shop-9.9-1\|Unable to find a match' out

	# where there is yum and no dnf (here that is dnf 4 by the other name)
	to r1 'mv /usr/bin/dnf /usr/bin/yum; ! command -v dnf'
	printf '%s\n' 'r1 install tool - 1:3.1-1' 'r1 check - - -' |
	    steps . host.os=almalinux plan=p6
	apply
	[ $status -eq 0 ]
	[ "$(versions)" = 'libshop=2.0-2 shop=1.1-1 tool=3.1-1 ' ]
	apply --rollback all
	[ $status -eq 0 ]
	[ "$(versions)" = 'libshop=2.0-2 shop=1.1-1 package tool is not installed' ]
	END
	lab -i inventory bash script 3>&-
}

# bats test_tags=req:G8,slow
@test "zypper: exact versions, nothing else removed, the way back" {
	need_command zypper rpm rpmbuild rpmsign createrepo_c modifyrepo_c busybox
	sh "$PM_TOP/share/lab/rpms" repo >made 2>&1
	mkdir -p root/etc root/var/lib/zypp
	away
	mkdir varlib/zypp
	nsenter -m -t "$(<keeper)" \
	    mount --bind "$PWD/root/var/lib/zypp" /var/lib/zypp
	wrap zypper --root "$PWD/root" --no-gpg-checks
	wrap rpm --root "$PWD/root"
	for name in main updates; do
		zypper -q --root "$PWD/root" ar -f -G "$PWD/repo/$name" $name
	done
	zypper -q --root "$PWD/root" refresh >>made 2>&1
	zypper -q --root "$PWD/root" --no-gpg-checks -n install --no-recommends \
	    libshop=2.0-1 shop=1.0-1 tool=1:3.0-1 >>made 2>&1
	echo '# mine' >>root/etc/shop/shop.conf
	versions() {
		rpm --root "$PWD/root" -q --qf '%{NAME}=%{VERSION}-%{RELEASE} ' \
		    libshop shop tool || true
	}
	[[ $(versions) == 'libshop=2.0-1 shop=1.0-1 tool=3.0-1 ' ]]
	printf '%s\n' 'z1 install libshop 2.0-1 2.0-2' \
	    'z1 install shop 1.0-1 1.1-1' 'z1 install tool 1:3.0-1 1:3.1-1' \
	    'z1 check - - -' | steps . host.os=opensuse-leap
	apply -n
	[[ $status -eq 0 ]]
	grep -q '^## z1: upgraded .*shop' out
	grep -q '^## z1: back: tool=1:3.0-1$' out
	[[ $(versions) == 'libshop=2.0-1 shop=1.0-1 tool=3.0-1 ' ]]
	apply
	[[ $status -eq 0 ]]
	[[ $(versions) == 'libshop=2.0-2 shop=1.1-1 tool=3.1-1 ' ]]
	[[ $(outcomes | cut -d ' ' -f 2 | sort -u) == "done" ]]
	grep -q mine root/etc/shop/shop.conf
	apply
	[[ $status -eq 0 && ! -s out ]]
	apply --rollback all
	[[ $status -eq 0 ]]
	[[ $(outcomes | cut -d ' ' -f 2 | sort -u) == rolled-back ]]
	[[ $(versions) == 'libshop=2.0-1 shop=1.0-1 tool=3.0-1 ' ]]

	echo 'z1 remove libshop 2.0-1 -' | steps . host.os=opensuse-leap plan=p2
	apply
	[[ $status -eq 3 ]]
	[[ $(detail z1/remove/libshop) == *"Problem: "*"requires libshop"* ]]
	[[ $(versions) == 'libshop=2.0-1 shop=1.0-1 '* ]]
	echo 'z1 remove tool 1:3.0-1 -' | steps . host.os=opensuse-leap plan=p3
	apply
	[[ $status -eq 0 ]]
	[[ $(versions) == *'tool is not installed' ]]
	echo 'z1 install shop 1.0-1 9.9-1' | steps . host.os=opensuse-leap plan=p4
	apply
	[[ $status -eq 3 && $(detail z1/install/shop) == *9.9-1* ]]

	# what is new because others need it is marked so, and stays so
	automatic() {
		zypper -q --root "$PWD/root" info libshop shop tool | awk '
			$1 == "Name" { name = $3 }
			/^Installed .*Yes \(automatically\)/ { print name }'
	}
	rpm --root "$PWD/root" -e shop libshop
	printf '%s\n' 'z1 install libshop - 2.0-1 auto=yes' \
	    'z1 install shop - 1.0-1' 'z1 install tool - 1:3.0-1' |
	    steps . host.os=opensuse-leap plan=p5
	apply
	[[ $status -eq 0 ]]
	[[ $(versions) == 'libshop=2.0-1 shop=1.0-1 tool=3.0-1 ' ]]
	[[ $(automatic) == libshop ]]
	printf '%s\n' 'z1 install libshop 2.0-1 2.0-2' \
	    'z1 install shop 1.0-1 1.1-1' | steps . host.os=opensuse-leap plan=p6
	apply
	[[ $status -eq 0 ]]
	[[ $(versions) == 'libshop=2.0-2 shop=1.1-1 tool=3.0-1 ' ]]
	[[ $(automatic) == libshop ]]
	# so that it goes with what needed it
	zypper -q -n --root "$PWD/root" remove --clean-deps shop >>made 2>&1
	[[ $(versions) == *'libshop is not installed'*'tool=3.0-1 ' ]]
}

# bats test_tags=req:G8,slow
@test "pacman: exact versions, the cache is the way back, a lock left behind" {
	need_command pacman makepkg repo-add bsdtar
	local version add="repo-add -q repo/own.db.tar.gz"
	mkdir -p root/var/lib/pacman root/etc root/var/cache/pacman/pkg repo build
	away
	cat >pacman.conf <<-END
	[options]
	Architecture = any
	SigLevel = Never
	[own]
	Server = file://$PWD/repo
	END
	wrap pacman --root "$PWD/root" --dbpath "$PWD/root/var/lib/pacman" \
	    --cachedir "$PWD/root/var/cache/pacman/pkg" --config "$PWD/pacman.conf"
	chown -R nobody build repo
	for version in 1.0 2.0; do
		make_package foo $version
		make_package lib $version
	done
	make_package app 1.0 lib
	wrappers/pacman --noconfirm -U build/foo-1.0-1-any.pkg.tar* >>made 2>&1
	cp build/*.pkg.tar* repo
	$add repo/foo-2.0-1-* repo/lib-1.0-1-* repo/app-1.0-1-* >>made 2>&1
	wrappers/pacman -Sy >>made 2>&1
	cp build/foo-1.0-1-any.pkg.tar* root/var/cache/pacman/pkg
	nsenter -m -t "$(<keeper)" sh -c "mkdir -p /var/lib/pacman &&
	    mount --bind '$PWD/root/var/lib/pacman' /var/lib/pacman &&
	    mkdir -p /var/cache/pacman/pkg && mount --bind \
	    '$PWD/root/var/cache/pacman/pkg' /var/cache/pacman/pkg"
	echo mine >root/etc/foo.conf
	printf '%s\n' 'p1 install foo 1.0-1 2.0-1' 'p1 check - - -' |
	    steps . host.os=arch
	apply -n
	[[ $status -eq 0 ]]
	grep -q '^## p1: foo 2.0-1$' out
	grep -q '^## p1: back: foo=1.0-1$' out
	# a pacman that was killed left its lock
	touch root/var/lib/pacman/db.lck
	apply --lock-wait 1
	[[ $status -eq 0 ]]
	[[ $(wrappers/pacman -Q) == 'foo 2.0-1' ]]
	[[ $(detail p1/install/foo) == *"kept the changed "*"foo.conf.pacnew"* ]]
	apply --rollback all
	[[ $status -eq 0 && $(wrappers/pacman -Q) == 'foo 1.0-1' ]]
	echo 'p1 install foo 1.0-1 3.0-1' | steps . host.os=arch plan=p2
	apply
	[[ $status -eq 3 ]]
	[[ $(detail p1/install/foo) == *"no repository and no file has foo=3.0-1"* ]]
	echo 'p1 remove foo 1.0-1 -' | steps . host.os=arch plan=p3
	apply
	[[ $status -eq 0 && -z $(wrappers/pacman -Q) ]]

	# what is new because others need it is marked so, and stays so
	printf '%s\n' 'p1 install app - 1.0-1' 'p1 install lib - 1.0-1 auto=yes' |
	    steps . host.os=arch plan=p4
	apply
	[[ $status -eq 0 && $(wrappers/pacman -Q | xargs) == 'app 1.0-1 lib 1.0-1' ]]
	[[ $(wrappers/pacman -Qdq) == lib && $(wrappers/pacman -Qeq) == app ]]
	cp build/lib-1.0-1-* root/var/cache/pacman/pkg
	$add repo/lib-2.0-1-* >>made 2>&1
	wrappers/pacman -Sy >>made 2>&1
	echo 'p1 install lib 1.0-1 2.0-1' | steps . host.os=arch plan=p5
	apply
	[[ $status -eq 0 && $(wrappers/pacman -Q lib) == 'lib 2.0-1' ]]
	[[ $(wrappers/pacman -Qdq) == lib ]]
	apply --rollback all
	[[ $status -eq 0 && $(wrappers/pacman -Q lib) == 'lib 1.0-1' ]]
	[[ $(wrappers/pacman -Qdq) == lib ]]
	# so that it goes with what needed it
	wrappers/pacman --noconfirm -Rs app >>made 2>&1
	[[ -z $(wrappers/pacman -Q) ]]
}

# make_package NAME VERSION [NEEDED]: build/NAME-VERSION-1-any.pkg.tar*
make_package() {
	cat >build/PKGBUILD <<-END
	pkgname=$1
	pkgver=$2
	pkgrel=1
	arch=(any)
	depends=(${3-})
	backup=(etc/$1.conf)
	options=(!strip !debug)
	package() {
		mkdir -p "\$pkgdir/etc"
		echo $2 >"\$pkgdir/etc/$1.conf"
	}
	END
	rm -rf build/pkg build/src
	unshare -m sh -c 'mount --bind build /mnt && cd /mnt && HOME=/mnt exec \
	    setpriv --reuid nobody --clear-groups makepkg -f -d --nocheck' \
	    >>made 2>&1 ||
		skip "makepkg does not work here: $(tail -n 2 made | tr "\n" " ")"
}

# alpine: a place "into" where only busybox is, and an apk that answers as the
# one of Alpine 3.20 did when it was asked there; its database is real.
alpine() {
	mkdir -p far/bin far/dev far/etc/apk far/proc far/tmp far/lib/apk/db \
	    far/var/lib far/usr/bin far/sbin far/usr/sbin far/sys far/run
	mknod -m 666 far/dev/null c 1 3 || skip "may not make devices"
	cp "$(command -v busybox)" far/bin/busybox
	chroot far /bin/busybox --install -s /bin
	rm -f far/bin/dpkg far/bin/rpm far/bin/apk
	# Alpine's busybox has one, Debian's has not
	cp "$(command -v flock)" far/bin/flock
	ldd far/bin/flock | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "far${library%/*}"
		cp "$library" "far$library"
	done
	printf 'P:foo\nV:1.0-r0\nA:x86_64\n\nP:bar\nV:1.0-r0\nA:x86_64\n\n' \
	    >far/lib/apk/db/installed
	printf 'bar\nfoo\n' >far/etc/apk/world
	echo mine >far/etc/foo.conf
	cat >far/sbin/apk <<-'END'
	#!/bin/sh
	db=/lib/apk/db/installed simulate= verb=
	wish() { # wish NAME [VERSION]: what the world has of it from now on
		{
			grep -v "^$1\([=<>~@].*\)*$" /etc/apk/world
			[ $# -eq 1 ] || echo "$1$2"
		} | sort >/etc/apk/world.new
		mv /etc/apk/world.new /etc/apk/world
	}
	while [ $# -gt 0 ]; do
		case $1 in
		--simulate) simulate=yes ;;
		--wait) shift ;;
		-*) ;;
		*)
			if [ -z "$verb" ]; then verb=$1; else set -- "$@" "=$1"; fi ;;
		esac
		shift
		case ${1-} in =*) break ;; esac
	done
	[ "$verb" != policy ] || {
		printf '%s policy:\n  1.0-r0:\n    http://repo/v3.19/main\n' "${1#=}"
		printf '  2.0-r0:\n    lib/apk/db/installed\n    http://repo/v3.20/main\n'
		exit
	}
	[ "$verb" != info ] || { echo foo-2.0-r0; exit; }
	[ ! -e /locked ] || {
		echo 'ERROR: Unable to lock database: Resource temporarily unavailable'
		echo 'ERROR: Failed to open apk database: temporary error (try again later)'
		exit 99
	}
	for word; do
		word=${word#=} name=${word%%=*} to=${word#*=}
		case $verb:$to in
		add:[12].0-r0)
			from=$(grep -A 1 "^P:$name$" $db | sed -n 's/^V://p')
			if [ -n "$from" ]; then
				echo "(1/1) Upgrading $name ($from -> $to)"
			else
				echo "(1/1) Installing $name ($to)"
			fi
			[ -z "$simulate" ] || continue
			[ -n "$from" ] || printf 'P:%s\nV:-\nA:x86_64\n\n' $name >>$db
			sed -i "/^P:$name$/,/^$/s/^V:.*/V:$to/" $db
			wish $name "=$to"
			[ $name != foo ] || echo new >/etc/foo.conf.apk-new
			;;
		add:*)
			echo 'ERROR: unable to select packages:'
			echo "  $name-2.0-r0:"
			echo "    breaks: world[$name=$to]"
			exit 1
			;;
		del:*)
			echo "(1/1) Purging $name (2.0-r0)"
			[ $name != foo ] || echo "(2/2) Purging bar (1.0-r0)"
			[ -z "$simulate" ] || continue
			sed -i "/^P:$name$/,/^$/d" $db
			wish $name
			;;
		esac
	done
	END
	chmod +x far/sbin/apk
	unshare -mnpf sh -c "mount -t proc proc '$PWD/far/proc' &&
	    exec chroot '$PWD/far' sleep 1000" 3>&- &
	until pid=$(pgrep -P $! -x sleep); do sleep 0.05; done
	echo "$pid" >keeper
	printf '#!/bin/sh\nexec nsenter -m -n -p -r -t %s /bin/sh\n' "$pid" >into
	chmod +x into
}

# bats test_tags=req:G8
@test "apk, with busybox alone: exact versions that do not stay in the world" {
	need_command busybox nsenter
	alpine
	printf '%s\n' 'a1 install foo 1.0-r0 2.0-r0' 'a1 check - - -' |
	    steps . host.os=alpine
	apply -n
	[[ $status -eq 0 ]]
	grep -q '^## a1: Upgrading foo (1.0-r0 -> 2.0-r0)$' out
	grep -q '^## a1: back: foo=1.0-r0$' out
	apply
	[[ $status -eq 0 ]]
	[[ $(outcomes | cut -d ' ' -f 2 | sort -u) == "done" ]]
	[[ $(detail a1/install/foo) == "kept the changed /etc/foo.conf; the new one is /etc/foo.conf.apk-new" ]]
	[[ $(xargs <far/etc/apk/world) == 'bar foo' ]]
	apply --rollback all
	[[ $status -eq 0 ]]
	grep -q '^V:2.0-r0' far/lib/apk/db/installed && false
	# a removal that would take another one along
	echo 'a1 remove foo 1.0-r0 -' | steps . host.os=alpine plan=p2
	apply
	[[ $status -eq 3 && $(detail a1/remove/foo) == *"bar would be removed as well"* ]]
	echo 'a1 install foo 1.0-r0 3.0-r0' | steps . host.os=alpine plan=p3
	apply
	[[ $status -eq 3 && $(detail a1/install/foo) == *"unable to select packages"* ]]
	touch far/locked
	echo 'a1 install bar 1.0-r0 2.0-r0' | steps . host.os=alpine plan=p4
	apply
	[[ $status -eq 3 && $(detail a1/install/bar) == *"Unable to lock database"* ]]
	rm far/locked
	apply
	[[ $status -eq 0 && $(xargs <far/etc/apk/world) == 'bar foo' ]]

	# what is kept of old transactions is bounded; one without an end stays
	local n
	for ((n = 0; n < 40; n++)); do
		mkdir "far/var/lib/pm/old-1-install$n"
		echo 0 >"far/var/lib/pm/old-1-install$n/status"
		touch -d "$((40 + n)) days ago" "far/var/lib/pm/old-1-install$n"
	done
	rm far/var/lib/pm/old-1-install39/status
	mkdir far/var/lib/pm/.new.cut
	touch -d '2 days ago' far/var/lib/pm/.new.cut
	echo 'a1 install bar 2.0-r0 1.0-r0' | steps . host.os=alpine plan=p5
	apply
	[[ $(find far/var/lib/pm -name 'old-*' | wc -l) -eq 21 ]]
	[[ -e far/var/lib/pm/old-1-install0 && -e far/var/lib/pm/old-1-install39 ]]
	[[ ! -e far/var/lib/pm/old-1-install30 && ! -e far/var/lib/pm/.new.cut ]]
}

# bats test_tags=req:G8
@test "apk: the world is as it was, with what is new, also after a cut" {
	need_command busybox nsenter
	local name
	alpine
	for name in baz dep; do
		printf 'P:%s\nV:1.0-r0\nA:x86_64\n\n' $name
	done >>far/lib/apk/db/installed
	# asked for, in a version, with a tag; dep is there for others
	printf '%s\n' bar baz@edge foo=1.0-r0 >far/etc/apk/world
	printf 'a1 install %s\n' 'app - 1.0-r0' 'baz 1.0-r0 2.0-r0' \
	    'dep 1.0-r0 2.0-r0' 'foo 1.0-r0 2.0-r0' 'lib - 1.0-r0 auto=yes' |
	    steps . host.os=alpine
	apply
	[[ $status -eq 0 && $(outcomes | cut -d ' ' -f 2 | sort -u) == "done" ]]
	[[ $(xargs <far/etc/apk/world) == 'app bar baz@edge foo=2.0-r0' ]]

	# as if the power went when apk had done its work
	printf 'a1 install %s\n' 'lib 1.0-r0 2.0-r0' 'more - 1.0-r0 auto=yes' \
	    'tool - 1.0-r0' | steps . host.os=alpine plan=p2
	cp -r "$PM_DRIVERS" drivers
	sed -i 's/^	do_it || done=.*/	do_it; kill -9 $$/' drivers/apk
	PM_DRIVERS=$PWD/drivers apply
	[[ $(xargs <far/etc/apk/world) == *' lib=2.0-r0 more=1.0-r0 tool=1.0-r0' ]]
	# whatever is installed next
	echo 'a1 install bar 1.0-r0 2.0-r0' | steps . host.os=alpine plan=p3
	apply
	[[ $status -eq 0 ]]
	[[ $(xargs <far/etc/apk/world) == 'app bar baz@edge foo=2.0-r0 tool' ]]
	# what is removed is asked for no longer
	echo 'a1 remove app 1.0-r0 -' | steps . host.os=alpine plan=p4
	apply
	[[ $status -eq 0 ]]
	[[ $(xargs <far/etc/apk/world) == 'bar baz@edge foo=2.0-r0 tool' ]]
}

# No host here has systemd as its init; what it says is written in the words of 252
# and replayed by a systemctl that starts and ends real processes.
# bats test_tags=req:G9,slow
@test "where systemd runs, units are what is restarted and missed" {
	root=$BATS_TEST_TMPDIR/root
	make_root "$root"
	mkdir -p "$root/run/systemd/system"
	# unit "web" runs a program of its own, unit "dbus" is not to be touched
	cat >"$root/usr/bin/systemctl" <<-'END'
		#!/bin/sh
		echo "$*" >>/calls
		start() {
			setsid /usr/local/bin/$1 1000 >/dev/null 2>&1 &
			echo $! >/units/$1
		}
		stop() {
			read -r process </units/$1
			kill $process
			while [ -d /proc/$process ]; do sleep .1; done
		}
		case $1 in
		list-units)
			for unit in /units/*; do
				read -r process <$unit
				[ ! -d /proc/$process ] || printf '%s.service loaded active running A daemon\n' ${unit##*/}
			done
			printf '%s\n' 'user@0.service loaded active running User Manager for UID 0'
			printf '%s\n' 'getty@tty1.service loaded active running Getty on tty1'
			;;
		start) start "$2" ;;
		stop)
			stop $2
			;;
		restart)
			stop ${2%.service}
			start ${2%.service}
			;;
		esac
	END
	chmod +x "$root/usr/bin/systemctl"
	mkdir "$root/units"
	# all of it in one view of the files, where the system has its /proc
	unshare -m sh -c 'mount -t proc proc "$1/proc" && exec sleep 1000' sh \
	    "$root" 3>&- &
	echo $! >keeper
	until nsenter -m -t "$(<keeper)" test -d "$root/proc/self"; do sleep .05; done
	printf '#!/bin/sh\nexec nsenter -m -t %s chroot %q sh\n' "$(<keeper)" \
	    "$root" >into
	chmod +x into
	for unit in web dbus; do
		cp "$root/bin/sleep" "$root/usr/local/bin/$unit"
		echo "systemctl start $unit" | ./into 3>&-
		# each process is in the control group of its unit
		echo "0::/system.slice/$unit.service" >"$root/group.$unit"
		nsenter -m -t "$(<keeper)" mount --bind "$root/group.$unit" \
		    "$root/proc/$(<"$root/units/$unit")/cgroup"
	done
	old=$(<"$root/units/web") bus=$(<"$root/units/dbus")
	# an upgrade replaces the programs
	for unit in web dbus; do
		rm "$root/usr/local/bin/$unit"
		cp "$root/bin/sleep" "$root/usr/local/bin/$unit"
	done
	printf '%s\n' 'web1 evidence - - -' 'web1 restart - - -' 'web1 check - - -' |
	    steps .
	with_status 0 pm-apply -e "$PWD/into" --settle 2 plan.tsv approve.tsv
	grep -qx 'restart web.service' "$root/calls"
	run ! grep -q 'restart dbus' "$root/calls"
	[[ ! -d /proc/$old && -d /proc/$bus && -d /proc/$(<"$root/units/web") ]]
	column detail "done" | grep -q 'restarted web.service.*dbus/'
	grep -qx 'unit web.service' "$root"/var/lib/pm/*.evidence
	run ! grep -q 'user@\|getty@' "$root"/var/lib/pm/*.evidence
	# a unit that is gone afterwards is missed
	mkdir hooks
	printf '#!/bin/sh\necho systemctl stop web | %q/into\n' "$PWD" >hooks/backup
	chmod +x hooks/backup
	printf '%s\n' 'web1 evidence - - -' 'web1 backup - - -' 'web1 check - - -' |
	    steps . plan=p2
	with_status 3 pm-apply -e "$PWD/into" --hooks hooks --settle 2 plan.tsv approve.tsv
	column detail "done" | grep -q 'unit web.service ran before and does not now'
}
