#!/usr/bin/env bats
# pm-collect: this machine, images of systems, copies of dpkg's database.

# shellcheck disable=SC2016	# programs for perl and sh stand in quotes
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	local pid
	for pid in $helpers; do
		kill "$pid" 2>/dev/null || true
	done
}

# column TYPE NAME FILE: that column of every record of the type.
column() {
	awk -F '\t' -v type="$1" -v name="$2" '
	$1 == "#" type { for (i = 2; i <= NF; i++) if ($i == name) at = i }
	$1 == type { print $at }' "$3"
}

# installed STATUS...: packages that are there, counted without pm.
installed() {
	awk 'BEGIN { RS = "" }
	/(^|\n)Status: [a-z]+ [a-z]+ (installed|unpacked|half-|triggers-)/ {
		n++
	}
	END { print n + 0 }' "$@"
}

# helper COMMAND...: start it in the background, ended with the test.
helper() {
	"$@" 3>&- >/dev/null 2>&1 &
	helpers="$helpers $!"
	helper_pid=$!
}

# until_true COMMAND...: wait for it, at most 10 s.
until_true() {
	local i
	for ((i = 0; i < 200; i++)); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.05
	done
	echo "never true: $*"
	return 1
}

# small_status: four packages, one of them held, and one removed.
small_status() {
	cat <<-'END'
	Package: dpkg
	Status: install ok installed
	Architecture: amd64
	Version: 1.21.22
	Description: package manager
	 with a line that says Version: 9

	Package: libdemo1
	Status: hold ok installed
	Architecture: amd64
	Multi-Arch: same
	Source: demo (1:2.0-3)
	Version: 1:2.0-3+b1
	Origin: Example

	Package: demo-doc
	Status: install ok half-configured
	Architecture: all
	Source: demo
	Version: 1:2.0-3

	Package: libdemo1
	Status: install ok installed
	Architecture: i386
	Multi-Arch: same
	Source: demo (1:2.0-3)
	Version: 1:2.0-3

	Package: gone
	Status: deinstall ok config-files
	Architecture: amd64
	Version: 1.0

	END
}

# make_image: a small image in ./image.
make_image() {
	mkdir -p image/etc image/usr/lib image/boot image/lib/modules/6.1.0-9 \
	    image/var/lib/dpkg/updates image/var/lib/apt
	printf 'ID="debian"\nVERSION_ID='\''12'\''\n' >image/usr/lib/os-release
	ln -s /usr/lib/os-release image/etc/os-release
	echo web7 >image/etc/hostname
	: >image/boot/vmlinuz-6.1.0-10
	small_status >image/var/lib/dpkg/status
	printf 'Package: %s\nArchitecture: amd64\nAuto-Installed: 1\n\n' \
	    libdemo1 demo-doc >image/var/lib/apt/extended_states
}

@test "local: packages are those of dpkg-query, field by field" {
	pm-collect local >out.tsv
	dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' |
	    grep -Ev '^(config-files|not-installed)' | cut -f 2- |
	    LC_ALL=C sort >expected
	for name in package version arch source source_version; do
		column pkg "$name" out.tsv >"list.$name"
	done
	paste list.package list.version list.arch list.source \
	    list.source_version | LC_ALL=C sort >actual
	[ -s expected ]
	diff expected actual
}

@test "local: automatic packages are those of apt-mark" {
	need_command apt-mark
	[ -e /var/lib/apt/extended_states ] || skip "no extended_states"
	pm-collect local >out.tsv
	apt-mark showauto | sed 's/:.*//' | sort -u >expected
	paste <(column pkg auto out.tsv) <(column pkg package out.tsv) |
	    sed -n 's/^yes\t//p' | sort -u >actual
	diff expected actual
}

@test "local: packages are sorted, and two runs give the same bytes" {
	pm-collect local --now 2026-11-23T02:00:00Z | grep '^pkg' >one
	pm-collect local --now 2026-11-23T02:00:00Z | grep '^pkg' >two
	cmp one two
	cut -f 3,5 one | LC_ALL=C sort -c -t "$(printf '\t')" -k 1,1 -k 2,2
}

# bats test_tags=req:P1-3
@test "local: the host is what the system says of itself" {
	pm-collect local --now 2026-11-23T02:00:00Z >out.tsv
	# shellcheck source=/dev/null
	. /etc/os-release
	[ "$(column host host out.tsv)" = "$(uname -n)" ]
	[ "$(column host os out.tsv)" = "$ID" ]
	[ "$(column host release out.tsv)" = "${VERSION_ID-$VERSION_CODENAME}" ]
	[ "$(column host arch out.tsv)" = "$(dpkg --print-architecture)" ]
	[ "$(column host kernel out.tsv)" = "$(uname -r)" ]
	[ "$(column host boot_id out.tsv)" = \
	    "$(cat /proc/sys/kernel/random/boot_id)" ]
	[ "$(column host source out.tsv)" = local ]
	[ "$(column host seen out.tsv)" = 2026-11-23T02:00:00Z ]
	need_command ip
	ip -o addr show | awk '$2 != "lo" && $3 ~ /^inet/ { print $4 }' |
	    sed 's,/.*,,' | grep -Ev '^(127|169\.254|fe[89ab])' |
	    LC_ALL=C sort -u >expected
	column host addr out.tsv | tr , '\n' | grep -vx -e - >actual || true
	diff expected actual
	# a link that has an address and a default route gives the mac
	device=$(ip -o route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' |
	    head -n 1)
	[ -n "$device" ] || skip "no default route"
	grep -qF "$(column host mac out.tsv | cut -d , -f 1)" \
	    /sys/class/net/*/address
	column host mac out.tsv | tr , '\n' |
	    grep -qxF "$(cat "/sys/class/net/$device/address")"
}

@test "local: --host names every record" {
	pm-collect local --host other.example >out.tsv
	[ "$(grep -v '^#' out.tsv | cut -f 2 | sort -u)" = other.example ]
}

# A listener on free ports of four kinds; prints the ports, then waits.
listener='
use IO::Socket::IP; use strict;
my @kinds = (["127.0.0.1", "tcp"], ["127.0.0.1", "udp"]);
push @kinds, ["::1", "tcp"], ["::1", "udp"] if -e "/proc/net/if_inet6";
my @held;
open(my $file, ">", "ports.new") or die;
for (@kinds) {
	my ($address, $proto) = @$_;
	my $socket = IO::Socket::IP->new(LocalHost => $address,
	    LocalPort => 0, Proto => $proto,
	    $proto eq "tcp" ? (Listen => 5) : ()) or next;
	push @held, $socket;
	printf $file "%s%s\t%s\t%d\n", $proto, $address eq "::1" ? 6 : "",
	    $address, $socket->sockport;
}
close($file); rename("ports.new", "ports"); sleep 600;'

# bats test_tags=req:P1-4
@test "local: a listener is found with protocol, address, port, process, package" {
	helper perl -e "$listener"
	until_true test -e ports
	grep -q '^tcp	' ports
	pm-collect local >out.tsv
	package=$(dpkg-query -S "$(readlink "/proc/$helper_pid/exe")" |
	    sed 's/:.*//')
	[ -n "$package" ]
	while IFS= read -r line; do
		printf 'svc\t%s\t%s\tperl\t%s\n' "$(uname -n)" "$line" \
		    "$package"
	done <ports >expected
	awk -F '\t' 'NR == FNR { port[$3]; next }
	$1 == "svc" && $5 in port' ports out.tsv | cut -f 1-7 >actual
	diff <(sort expected) <(sort actual)
	[ "$(column svc state out.tsv | sort -u)" = listen ]
}

# bats test_tags=req:P1-4
@test "local: the listeners are those of ss" {
	need_command ss
	helper perl -e "$listener"
	until_true test -e ports
	pm-collect local >out.tsv
	ss -H -ltn | awk '{ print "tcp " $4 }' >listed
	ss -H -lun | awk '{ print "udp " $4 }' >>listed
	sed -e 's/%[^:]*:/:/' -e 's/[][]//g' -e 's/ \*:/ 0.0.0.0:/' listed |
	    sort -u >expected
	paste -d ' :' <(column svc proto out.tsv | tr -d 6) \
	    <(column svc addr out.tsv) <(column svc port out.tsv) |
	    sort -u >actual
	# ss writes :: as *
	diff <(sed 's/ \(0.0.0.0\|::\):/ any:/' expected | sort -u) \
	    <(sed 's/ \(0.0.0.0\|::\):/ any:/' actual | sort -u)
}

@test "local: a file of a merged /usr is found under its listed path" {
	# sleep inherits the socket; coreutils may list it as /bin/sleep
	helper perl -e '
		use IO::Socket::IP; use Fcntl;
		my $s = IO::Socket::IP->new(LocalHost => "127.0.0.1",
		    LocalPort => 0, Listen => 1) or die;
		fcntl($s, F_SETFD, 0) or die;
		open(my $f, ">", "port.new"); print $f $s->sockport; close $f;
		rename("port.new", "port");
		exec("sleep", "600");'
	until_true grep -qx sleep "/proc/$helper_pid/comm"
	pm-collect local >out.tsv
	awk -F '\t' -v port="$(cat port)" '
	$1 == "svc" && $5 == port { print $6, $7 }' out.tsv >actual
	echo "sleep coreutils" | diff - actual
}

@test "local: a script that listens belongs to its own package" {
	# prove of the package perl, run by the interpreter of perl-base;
	# it waits for input that it could only get from itself
	helper perl -e '
		use IO::Socket::IP; use Fcntl;
		my $s = IO::Socket::IP->new(LocalHost => "127.0.0.1",
		    LocalPort => 0, Listen => 1) or die;
		pipe(my $r, my $w) or die;
		fcntl($_, F_SETFD, 0) or die for $s, $w;
		open(STDIN, "<&", $r) or die;
		open(my $f, ">", "port.new"); print $f $s->sockport; close $f;
		rename("port.new", "port");
		exec("/usr/bin/prove", "-");'
	until_true grep -qa "^/usr/bin/perl.*/usr/bin/prove" \
	    "/proc/$helper_pid/cmdline"
	pm-collect local >out.tsv
	awk -F '\t' -v port="$(cat port)" '
	$1 == "svc" && $5 == port { print $6, $7 }' out.tsv >actual
	echo "prove perl" | diff - actual
}

@test "local: a process that runs deleted code is a fact" {
	need_root
	need_command unshare nsenter
	unshare -m mount -t tmpfs none /mnt || skip "cannot mount"
	library=$(ldd "$(command -v perl)" | awk '/libm\.so/ { print $3 }')
	[ -n "$library" ]
	helper unshare -m sh -c 'mount -t tmpfs none /mnt &&
	    cp "$1" /mnt/libdemo.so && cp "$2" /mnt/demo &&
	    LD_PRELOAD=/mnt/libdemo.so exec /mnt/demo 600' - "$library" \
	    "$(command -v sleep)"
	until_true grep -q libdemo.so "/proc/$helper_pid/maps"
	pm-collect local >before.tsv
	run ! grep "demo/$helper_pid:" before.tsv
	nsenter -m -t "$helper_pid" rm /mnt/libdemo.so
	pm-collect local | grep stale_process | grep "demo/" | cut -f 3- >actual
	printf 'stale_process\tdemo/%s:/mnt/libdemo.so\n' "$helper_pid" |
	    diff - actual
	nsenter -m -t "$helper_pid" rm /mnt/demo
	pm-collect local | grep stale_process | grep "demo/" | cut -f 3- >actual
	printf 'stale_process\tdemo/%s:/mnt/demo,/mnt/libdemo.so\n' \
	    "$helper_pid" | diff - actual
}

@test "local: listeners in other network namespaces are counted" {
	need_root
	need_command unshare
	unshare -n true || skip "cannot make a network namespace"
	helper unshare -n perl -e "$listener"
	until_true test -e ports
	pm-collect local >out.tsv
	wanted=$(grep -c . ports)
	[ "$wanted" -gt 0 ]
	count=$(sed -n 's/.*	listeners in other network namespaces: \([0-9]*\), .*/\1/p' out.tsv)
	[ "$count" -ge "$wanted" ]
	[ "$(column host state out.tsv)" = partial ]
}

@test "local: an ordinary user is told what was not seen" {
	need_root
	need_command setpriv
	helper perl -e "$listener"
	until_true test -e ports
	# by descriptor: the folders above may be closed to others
	setpriv --reuid=65534 --regid=65534 --clear-groups \
	    /proc/self/fd/9 local 9<"$(command -v pm-collect)" >out.tsv
	[ "$(column host state out.tsv)" = partial ]
	grep -q '	not_seen	open files of processes: [1-9][0-9]*, not root$' \
	    out.tsv
	grep -q '	not_seen	mapped files of processes: [1-9][0-9]*, not root$' \
	    out.tsv
	grep -q '	not_seen	processes behind listening sockets: [1-9][0-9]*, not root$' \
	    out.tsv
	# the port shows, its process does not
	awk -F '\t' 'NR == FNR { port[$3]; next }
	$1 == "svc" && $5 in port { print $6, $7 }' ports out.tsv |
	    sort -u >actual
	echo "- -" | diff - actual
	status=0
	setpriv --reuid=65534 --regid=65534 --clear-groups \
	    /proc/self/fd/9 local --strict 9<"$(command -v pm-collect)" \
	    >/dev/null || status=$?
	[ "$status" -eq 1 ]
	# packages need no privilege
	[ "$(grep -c '^pkg' out.tsv)" -eq "$(installed /var/lib/dpkg/status)" ]
}

@test "root: an image gives its own facts" {
	make_image
	touch -d 2026-09-01T00:00:00Z image/var/lib/dpkg/status
	pm-collect root --now 2026-11-23T02:00:00Z image >out.tsv
	stream >expected <<-'END'
	#pkg | host | package | version | arch | source | source_version | origin | auto | state
	pkg | web7 | demo-doc | 1:2.0-3 | all | demo | 1:2.0-3 | - | yes | half-configured
	pkg | web7 | dpkg | 1.21.22 | amd64 | dpkg | 1.21.22 | - | no | installed
	pkg | web7 | libdemo1 | 1:2.0-3+b1 | amd64 | demo | 1:2.0-3 | Example | yes | held,installed
	pkg | web7 | libdemo1 | 1:2.0-3 | i386 | demo | 1:2.0-3 | - | no | installed
	#fact | host | key | value
	fact | web7 | kernel_installed | 6.1.0-10,6.1.0-9
	fact | web7 | image_changed | 2026-09-01T00:00:00Z
	END
	sed 1,2d out.tsv | diff expected -
	for name in class:image addr:- os:debian release:12 arch:amd64 \
	    kernel:- boot_id:- state:ok source:root; do
		[ "$(column host "${name%%:*}" out.tsv)" = "${name#*:}" ]
	done
}

@test "root: os-release is read as a shell would" {
	make_image
	rm image/etc/os-release
	printf '%s\n' '# ID=no' '' 'ID="a'\''\"b"' "VERSION_ID='1\\2'\"3\"" \
	    'VERSION_CODENAME=x' >image/etc/os-release
	pm-collect root image >out.tsv
	(
		# shellcheck source=/dev/null
		. image/etc/os-release
		printf '%s\n' "$ID" "${VERSION_ID//\\/\\\\}"
	) >expected
	{ column host os out.tsv; column host release out.tsv; } |
	    diff expected -
	echo 'VERSION_CODENAME=trixie' >image/etc/os-release
	pm-collect root image >out.tsv
	[ "$(column host release out.tsv)" = trixie ]
}

@test "root: the changes of an interrupted dpkg count, as dpkg-query reads them" {
	make_image
	rm -r image/var/lib/apt
	cat >image/var/lib/dpkg/updates/0000 <<-'END'
	Package: libdemo1
	Status: install ok unpacked
	Architecture: amd64
	Multi-Arch: same
	Version: 1:3.0-1

	END
	sed 's/unpacked/installed/; s/3.0-1/3.0-2/' \
	    image/var/lib/dpkg/updates/0000 >image/var/lib/dpkg/updates/0001
	pm-collect root image >out.tsv
	paste <(column pkg package out.tsv) <(column pkg version out.tsv) \
	    <(column pkg auto out.tsv) >actual
	printf '%s\t-\n' "demo-doc	1:2.0-3" "dpkg	1.21.22" \
	    "libdemo1	1:3.0-2" "libdemo1	1:2.0-3" | diff - actual
	touch image/var/lib/dpkg/{available,lock}
	mkdir image/var/lib/dpkg/{info,triggers,parts}
	dpkg-query --admindir=image/var/lib/dpkg -W \
	    -f '${db:Status-Status}\t${Package}\t${Version}\t-\n' |
	    sed '/^config-files/d; s/^[^\t]*\t//' | sort >expected
	sort actual | diff expected -
}

@test "root: links do not lead out of a hostile image" {
	mkdir -p outside image/etc image/var/lib
	small_status >outside/status
	echo ID=secret >outside/os-release
	echo stolen >outside/hostname
	ln -s "$PWD/outside" image/var/lib/dpkg
	ln -s ../../outside/os-release image/etc/os-release
	ln -s ../../../../../../../../../../../../etc/hostname \
	    image/etc/hostname
	status=0
	timeout 10 pm-collect root --host x image >out.tsv || status=$?
	[ "$status" -eq 3 ]
	run ! grep -e secret -e libdemo out.tsv
	[ "$(column host state out.tsv)" = partial ]
	grep -q '^fact	x	not_seen	packages: no dpkg, apk, pacman or rpm database$' out.tsv
	# a link that is absolute leads to the same place within the image
	mkdir -p "image$PWD/outside"
	small_status >"image$PWD/outside/status"
	pm-collect root --host x image >out.tsv
	[ "$(grep -c '^pkg' out.tsv)" -eq 4 ]
	[ "$(column host os out.tsv)" = - ]
}

@test "root: what is no regular file is not waited for" {
	make_image
	rm image/etc/os-release image/usr/lib/os-release
	mkfifo image/etc/os-release
	timeout 10 pm-collect root image >out.tsv
	[ "$(column host os out.tsv)" = - ]
	rm image/var/lib/dpkg/status
	mkfifo image/var/lib/dpkg/status
	run -74 timeout 10 pm-collect root image
}

@test "dpkg: every package of the real status files" {
	need_data debian/hosts-dev.tar.xz
	tar -xJf "$PM_DATA/debian/hosts-dev.tar.xz"
	count=0
	for file in hostsdev/*.status; do
		name=${file#hostsdev/}
		pm-collect dpkg --os debian --release 12 "$file" >out.tsv
		[ "$(column host host out.tsv)" = "${name%.status}" ]
		[ "$(column host release out.tsv)" = 12 ]
		[ "$(column host arch out.tsv)" = amd64 ]
		[ "$(grep -c '^pkg' out.tsv)" -eq "$(installed "$file")" ]
		count=$((count + 1))
	done
	[ "$count" -eq 16 ]
	# all at once give the same as one by one
	pm-collect dpkg hostsdev/*.status | grep -c '^pkg' >together
	installed hostsdev/*.status | diff - together
}

@test "dpkg: standard input is a file like any" {
	small_status >a.status
	pm-collect dpkg --host a --now 2026-11-23T02:00:00Z a.status >one
	pm-collect dpkg --host a --now 2026-11-23T02:00:00Z - <a.status >two
	cmp one two
	run -64 pm-collect dpkg - <a.status
	pm-collect dpkg --host a --seen 2026-01-02T03:04:05Z a.status >three
	[ "$(column host seen three)" = 2026-01-02T03:04:05Z ]
}

# bats test_tags=slow
@test "dpkg: a file cut anywhere is refused or complete, never less" {
	small_status >whole
	size=$(stat -c %s whole)
	complete=0
	for ((cut = 1; cut < size; cut++)); do
		head -c "$cut" whole >cut.status
		status=0
		pm-collect dpkg cut.status >out.tsv 2>err || status=$?
		if [ "$(tail -c 2 cut.status | od -An -tx1)" = " 0a 0a" ]; then
			[ "$status" -eq 0 ]
			[ "$(grep -c '^pkg' out.tsv)" -eq \
			    "$(installed cut.status)" ]
			complete=$((complete + 1))
		else
			[ "$status" -eq 65 ] || {
				echo "cut at $cut: status $status"
				false
			}
			grep -q '^pm-collect: cut.status:[0-9]*: .' err
			run ! grep -q '^pkg' out.tsv
		fi
	done
	[ "$complete" -eq 4 ]
}

@test "dpkg: what is malformed is refused with file, line and reason" {
	# REASON|sed that spoils the small status
	while IFS='|' read -r reason script; do
		small_status | sed "$script" >bad.status
		status=0
		pm-collect dpkg bad.status >out.tsv 2>err || status=$?
		[ "$status" -eq 65 ] || { echo "$script: $status"; false; }
		grep -q "^pm-collect: bad.status:[0-9]*: .*$reason" err || {
			echo "$script:"
			cat err
			false
		}
		run ! grep -q '^pkg' out.tsv
	done <<-'END'
	the package has no package|0,/^Package: libdemo1/s///
	the package has no status|/^Status: hold/d
	the package has no version|/^Version: 1.21/d
	not one that dpkg knows|s/hold ok installed/hold ok instaled/
	not one that dpkg knows|s/hold ok/hold on/
	not one that dpkg knows|s/hold ok installed/hold/
	not NAME (VERSION)|s/demo (1:2.0-3)/demo (1:2.0-3/
	not NAME (VERSION)|s/demo (1:2.0-3)/demo two (1)/
	stands here again|s/^Package: demo-doc/Package: libdemo1/;s/: all/: amd64/
	more than one line|s/^Version: 1.21.22/&\n continued/
	occurs twice|s/^Version: 1.21.22/&\n&/
	CR LF|s/$/\r/
	NUL|s/Example/\x00/
	expected a field name|s/^Version: 1.21/Version 1.21/
	END
	: >empty.status
	run -65 pm-collect dpkg empty.status
	head -c 5000 /dev/urandom >noise.status
	run -65 pm-collect dpkg noise.status
	run -66 pm-collect dpkg absent.status
	run -74 pm-collect dpkg .
}

@test "dpkg: control bytes of a host do not reach the stream" {
	small_status | sed 's/1.21.22/1\x1b[31m\x07\xff/; s/Example/a\tb/' \
	    >a.status
	pm-collect dpkg a.status >out.tsv
	run ! grep -P '[\x00-\x08\x0b-\x1f\x7f]' out.tsv
	[ "$(column pkg version out.tsv | sed -n 2p)" = '1?[31m??' ]
	[ "$(column pkg origin out.tsv | sed -n 3p)" = 'a\tb' ]
}

@test "every source is in the help, and a wrong one is refused" {
	pm-collect --help >help
	for source in local root dpkg; do
		grep -q "^  $source " help
		pm-collect "$source" --help | grep -q "^usage: pm-collect $source"
	done
	run -64 pm-collect
	run -64 pm-collect nonsense
	run -64 pm-collect local argument
	run -64 pm-collect root
	run -66 pm-collect root absent
	run -64 pm-collect dpkg
	run -64 pm-collect --no-header local
	run -64 pm-collect dpkg a b --host c
	pm-collect root . --no-header --host other >out.tsv || true
	grep -q '^host	other	' out.tsv
}

@test "a full disk is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	small_status >a.status
	run -74 sh -c 'pm-collect dpkg a.status >/dev/full'
}

# The kernel resolves ".." below an image only while nothing is renamed.
@test "a link of an image is followed while files are renamed elsewhere" {
	need_command perl
	mkdir -p image/etc/sysctl.d storm
	echo 'kernel.panic_on_oops = 1' >image/etc/sysctl.conf
	ln -s "../$(printf '../etc/%.0s' {1..50})sysctl.conf" \
	    image/etc/sysctl.d/99-sysctl.conf
	mkdir -p image/usr/lib/systemd
	: >image/usr/lib/systemd/systemd-sysctl
	: >storm/a
	(cd storm && exec perl -e 'alarm 60;
	    while (1) { rename "a", "b"; rename "b", "a" }') &
	storm=$!
	for _ in {1..20}; do
		pm-collect root -q --facts image >out 2>err || [[ $? -eq 3 ]]
		grep -q 'boot.sysctl.kernel.panic_on_oops	1$' out || {
			kill "$storm"
			return 1
		}
	done
	kill "$storm"
}
