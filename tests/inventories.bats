#!/usr/bin/env bats
# pm-collect: inventories brought from machines that nobody can reach.

# shellcheck disable=SC2016	# programs for awk stand in quotes
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# unpack FILE...: archives of the data folder, into the current directory.
unpack() {
	local name
	need_data "$@"
	for name; do
		tar xf "$PM_DATA/$name"
	done
}

inventories=inventory/inventories-dev.tar.xz
rpm_hosts=inventory/rpm-hosts-dev+expected.tar.xz
windows_hosts=windows/systeminfo+wes-expected-dev.tar.xz

# refuses STATUS TEXT COMMAND...: with -o it says TEXT and leaves no file.
refuses() {
	local status=$1 text=$2
	shift 2
	rm -f kept
	with_status "$status" "$@" -o kept
	says "$text"
	[[ ! -e kept ]]
}

# host_is VALUES: these columns of the one host record.
host_is() {
	local values="" name
	for name in host class os release arch state source seen; do
		values+="$(column $name host) "
	done
	[[ $values == "$1 " ]] && return
	echo "the host is $values"
	return 1
}

# ---- dpkg-query

# bats test_tags=req:P1-1
@test "dpkg-list: the documented query, states and foreign architectures" {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' \
	    dpkg 1.21.22 amd64 dpkg 1.21.22 'ii ' \
	    libc6:amd64 2.36-9 amd64 glibc 2.36-9 'hi ' \
	    libc6:i386 2.36-9 i386 glibc 2.36-9 'iHR' \
	    gone 1 all gone 1 'rc ' >web1.list
	with_status 0 pm-collect dpkg-list --os debian --release 12 \
	    --seen 2026-11-20 web1.list
	stream >expected <<-'END'
		#pkg|host|package|version|arch|source|source_version|origin|auto|state
		pkg|web1|dpkg|1.21.22|amd64|dpkg|1.21.22|-|-|installed
		pkg|web1|libc6|2.36-9|amd64|glibc|2.36-9|-|-|held,installed
		pkg|web1|libc6|2.36-9|i386|glibc|2.36-9|-|-|half-installed,reinstreq
	END
	grep -vE '^#?host' out | same expected -
	host_is "web1 - debian 12 amd64 ok dpkg-list 2026-11-20T00:00:00Z"
}

@test "dpkg-list: what a list of two columns cannot tell is named" {
	printf '%s\t%s\n' libc6:amd64 2.36-9 never-installed '' \
	    zlib1g:amd64 1:1.2.13 >web1.list
	with_status 0 pm-collect dpkg-list --os debian --release 12 web1.list
	[[ $(column state host) == partial ]]
	[[ $(column package pkg | xargs) == "libc6 zlib1g" ]]
	[[ $(column arch pkg | xargs) == "amd64 amd64" ]]
	[[ $(column source pkg | xargs) == "- -" ]]
	column value fact >facts
	grep -q '^source packages: ' facts
	grep -q '^states: ' facts
	with_status 1 pm-collect dpkg-list --strict --os debian --release 12 \
	    web1.list
}

# bats test_tags=req:P1-1
@test "dpkg-list: this machine's packages as the status file has them" {
	need_command dpkg-query
	local query='${binary:Package}\t${Version}\t${Architecture}\t'
	query+='${source:Package}\t${source:Version}\t${db:Status-Abbrev}\n'
	dpkg-query -W -f "$query" >list
	pm-collect dpkg-list --host a --os debian --release 12 list |
	    grep ^pkg | cut -f 2-7 | LC_ALL=C sort >from-list
	pm-collect dpkg --host a --os debian --release 12 \
	    /var/lib/dpkg/status | grep ^pkg | cut -f 2-7 |
	    LC_ALL=C sort >from-status
	[[ -s from-list ]]
	same from-status from-list
}

@test "dpkg-list: other queries by the names of their columns" {
	unpack $inventories
	local list=glpi-agent/resources/linux/packaging/dpkg
	refuses 65 "dpkg:15: 6 fields where 5 are expected" \
	    pm-collect dpkg-list --host a $list
	with_status 0 pm-collect dpkg-list --columns package,arch,version \
	    --os debian --release 6 $list
	awk -F '\t' '{ print $1, $3, $2 }' $list | LC_ALL=C sort >expected
	grep ^pkg out | awk -F '\t' '{ print $3, $4, $5 }' |
	    LC_ALL=C sort | same expected -
	with_status 64 pm-collect dpkg-list --columns package,size $list
	says "'size' is no column"
}

# ---- rpm

# bats test_tags=req:P1-1,req:G8
@test "rpm-list: the documented query: epochs, sources, module streams" {
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
	    nodejs 1 18.20.4 1.module+el8.9.0 x86_64 \
	    nodejs-18.20.4-1.module+el8.9.0.src.rpm \
	    nodejs:18:8090020240807131632:a75119d5 \
	    kernel '(none)' 4.18.0 513.el8 x86_64 kernel-4.18.0-513.el8.src.rpm '(none)' \
	    kernel '(none)' 4.18.0 425.el8 x86_64 kernel-4.18.0-425.el8.src.rpm '(none)' \
	    glibc 0 2.28 236.el8 x86_64 glibc-2.28-236.el8.src.rpm '(none)' \
	    almalinux-release '(none)' 8.9 1.el8 x86_64 almalinux-release-8.9-1.el8.src.rpm '(none)' \
	    gpg-pubkey '(none)' ced7258b 6525146f '(none)' '(none)' '(none)' \
	    >db1.list
	with_status 0 pm-collect rpm-list --seen 2026-11-20T00:00:00Z db1.list
	stream >expected <<-'END'
		#pkg|host|package|version|arch|source|source_version|origin|auto|state|module
		pkg|db1|almalinux-release|8.9-1.el8|x86_64|almalinux-release|8.9-1.el8|-|-|installed|-
		pkg|db1|glibc|2.28-236.el8|x86_64|glibc|2.28-236.el8|-|-|installed|-
		pkg|db1|kernel|4.18.0-425.el8|x86_64|kernel|4.18.0-425.el8|-|-|installed|-
		pkg|db1|kernel|4.18.0-513.el8|x86_64|kernel|4.18.0-513.el8|-|-|installed|-
		pkg|db1|nodejs|1:18.20.4-1.module+el8.9.0|x86_64|nodejs|1:18.20.4-1.module+el8.9.0|-|-|installed|nodejs:18
	END
	grep -vE '^#?host' out | same expected -
	host_is "db1 - almalinux 8.9 x86_64 ok rpm-list 2026-11-20T00:00:00Z"
}

# bats test_tags=req:P1-1,req:G8
@test "rpm-list: real hosts" {
	unpack "$rpm_hosts"
	local list
	for list in *.rpmqa.tsv; do
		with_status 0 pm-collect rpm-list "$list"
		awk -F '\t' '!/^#/ {
			print $1, ($2 == 0 ? "" : $2 ":") $3 "-" $4, $5, $6
		}' "$list" | LC_ALL=C sort >expected
		[[ $(wc -l <expected) -gt 150 ]]
		grep ^pkg out | awk -F '\t' '{ print $3, $4, $5, $6 }' |
		    LC_ALL=C sort | same expected -
		[[ $(column os host) == rhel ]]
		[[ $(column host host) == "${list%.rpmqa.tsv}" ]]
	done
}

@test "rpm-list: the plain list; what it lacks is named" {
	printf '%s\n' bash-5.1.8-4.el9.x86_64 perl-libs-4:5.32-1.noarch \
	    gpg-pubkey-fd431d51-4ae0493b old-package-1.0-2 >db1.txt
	with_status 0 pm-collect rpm-list --os rhel --release 9 db1.txt
	grep ^pkg out | cut -f 3-5 >packages
	stream >expected <<-'END'
		bash|5.1.8-4.el9|x86_64
		old-package|1.0-2|-
		perl-libs|4:5.32-1|noarch
	END
	same expected packages
	column value fact >facts
	grep -q '^epochs: ' facts
	grep -q '^source packages: ' facts
	grep -q '^module streams: ' facts
	[[ $(column state host) == partial ]]
}

# ---- Windows

# bats test_tags=req:P1-1,req:G8,req:G2
@test "systeminfo: real hosts in three languages" {
	unpack "$windows_hosts"
	local file
	for file in *_systeminfo.txt; do
		with_status 0 pm-collect systeminfo --host "${file%%_systeminfo.txt}" \
		    "$file"
		[[ $(column os host) == windows ]]
		[[ $(column arch host) == amd64 ]]
		grep -aoE 'KB[0-9]+' "$file" | LC_ALL=C sort -u >expected
		[[ -s expected ]]
		column package pkg | same expected -
		tr -d '\r' <"$file" | grep -aoE '\]: [0-9]+(\.[0-9]+){3}$' |
		    cut -c 4- | LC_ALL=C sort -u | paste -sd, >expected
		[[ $(column addr host) == "$(sed 's/^$/-/' expected)" ]]
	done
	with_status 0 pm-collect systeminfo --host a 10_21H2_x64_pro_systeminfo.txt
	[[ $(column release host) == 10-21h2 ]]
	[[ $(column kernel host) == 10.0.19044 ]]
	[[ $(column class host) == desktop ]]
	with_status 0 pm-collect systeminfo --host a 7_sp1*_systeminfo.txt
	[[ $(column release host) == 7-sp1 ]]
	with_status 0 pm-collect systeminfo srv_2016*_systeminfo.txt
	[[ $(column release host) == server-2016 ]]
	[[ $(column host host) == MYSERVER ]]
	[[ $(column class host) == server ]]
	with_status 65 pm-collect systeminfo 10_1809_x64_education_es_systeminfo.txt
	says "'...': the host name begins with - or .; name the host with --host"
}

@test "systeminfo: UTF-16, cut off, something else" {
	unpack "$windows_hosts"
	local file=10_21H2_x64_pro_systeminfo.txt
	pm-collect systeminfo --seen 2026-11-20 $file >expected
	{
		printf '\xff\xfe'
		iconv -f latin1 -t UTF-16LE $file
	} >wide.txt
	with_status 0 pm-collect systeminfo --seen 2026-11-20 wide.txt
	same expected out
	head -n 10 $file >short.txt
	refuses 65 "short.txt:10: the file ends here, before the type of the system" \
	    pm-collect systeminfo short.txt
	head -n 36 $file >short.txt
	refuses 65 "hotfixes: cut off" pm-collect systeminfo short.txt
	head -c 900 $file >short.txt
	refuses 65 "no newline: the file is cut off" \
	    pm-collect systeminfo short.txt
	printf 'a: b\nc: d\ne: f\n' >other.txt
	refuses 65 "other.txt:3: no version such as 10.0.19044" \
	    pm-collect systeminfo other.txt
}

# ---- all of them

@test "hostile, cut and empty lists: 65 with the line, no file" {
	printf 'a\t1\nb' >cut.list
	refuses 65 "cut.list:2: the last line has no newline" \
	    pm-collect dpkg-list cut.list
	printf 'a\t1\n\033[2J\t1\n' >bad.list
	refuses 65 "bad.list:2: no package and version stand here" \
	    pm-collect dpkg-list bad.list
	with_status 65 pm-collect dpkg-list --skip-bad bad.list
	[[ $(column package pkg) == a ]]
	[[ $(column line reject) == 2 ]]
	printf 'a\0b\t1\n' >nul.list
	refuses 65 "nul.list:1: a NUL byte" pm-collect dpkg-list nul.list
	: >empty.list
	refuses 65 "empty.list: holds no package" pm-collect rpm-list empty.list
	head -c 2000000 /dev/zero | tr '\0' x >long.list
	refuses 65 "long.list:1: the line is longer than" \
	    pm-collect rpm-list long.list
	printf 'a\t1\n' >'bad host.list'
	refuses 65 "name the host with --host" \
	    pm-collect dpkg-list 'bad host.list'
	with_status 64 pm-collect dpkg-list --host 'a/b' cut.list
	with_status 64 pm-collect dpkg-list -
	with_status 66 pm-collect dpkg-list no-such-file
}

# ---- Alpine and Arch

# bats test_tags=req:P1-1,req:G8
@test "apk: the real database; a package without a version" {
	unpack "$inventories"
	{
		cat apk/alpine-installed
		printf '\n\n'
	} >edge.installed
	refuses 65 "edge.installed:23: the package has no proper name" \
	    pm-collect apk edge.installed
	with_status 65 pm-collect apk --skip-bad --os alpine --release 3.4.0 \
	    edge.installed
	awk '/^[PVAo]:/ { value[substr($0, 1, 1)] = substr($0, 3) }
	    /^$/ && value["V"] != "" {
		print value["P"], value["V"], value["A"], value["o"], value["V"]
	    }
	    /^$/ { delete value }' edge.installed | LC_ALL=C sort >expected
	[[ $(wc -l <expected) -gt 5 ]]
	records pkg | cut -f 3-7 | tr '\t' ' ' | same expected -
	[[ $(column arch host) == x86_64 ]]
	with_status 65 pm-collect apk -o kept apk/alpine-installed
	[[ ! -e kept ]]
}

@test "apk: cut off, and something else" {
	printf 'P:a\nV:1-r0\n' >cut.installed
	refuses 65 "cut.installed:1: the file ends within this paragraph" \
	    pm-collect apk cut.installed
	printf 'Package: a\nVersion: 1\n\n' >other
	refuses 65 "other:1: no field such as P:name" pm-collect apk other
	printf 'P:a\nP:b\n\n' >two
	refuses 65 "two:2: a second P:" pm-collect apk two
}

# arch_database DIRECTORY: a local database of two packages.
arch_database() {
	mkdir -p "$1/zlib-1:1.3.1-2" "$1/glibc-2.40-1"
	echo 9 >"$1/ALPM_DB_VERSION"
	printf '%%NAME%%\nzlib\n\n%%VERSION%%\n1:1.3.1-2\n\n%%BASE%%\nzlib\n\n%%ARCH%%\nx86_64\n\n%%REASON%%\n1\n\n' \
	    >"$1/zlib-1:1.3.1-2/desc"
	printf '%%NAME%%\nglibc\n\n%%VERSION%%\n2.40-1\n\n%%DESC%%\n%%VERSION%%ed C library\n\n%%ARCH%%\nx86_64\n\n' \
	    >"$1/glibc-2.40-1/desc"
}

# bats test_tags=req:P1-1,req:G8
@test "pacman: the database as directory, as tar and as pacman prints it" {
	arch_database local
	stream >expected <<-'END'
		#pkg|host|package|version|arch|source|source_version|origin|auto|state
		pkg|lab1|glibc|2.40-1|x86_64|glibc|2.40-1|-|no|installed
		pkg|lab1|zlib|1:1.3.1-2|x86_64|zlib|1:1.3.1-2|-|yes|installed
	END
	with_status 0 pm-collect pacman --host lab1 --os arch \
	    --release rolling local
	grep -E '^#?pkg' out | same expected -
	[[ $(column state host) == ok && $(column arch host) == x86_64 ]]
	tar cf local.tar local
	tar czf local.tar.gz local
	for file in local.tar local.tar.gz; do
		with_status 0 pm-collect pacman --host lab1 --os arch \
		    --release rolling $file
		grep -E '^#?pkg' out | same expected -
	done
	with_status 0 pm-collect pacman --host lab1 - <local.tar.gz
	head -c 1800 local.tar >cut.tar
	refuses 65 "cut.tar: the archive is damaged or cut off" \
	    pm-collect pacman cut.tar
	printf 'zlib 1:1.3.1-2\nglibc 2.40-1\n' >names
	with_status 0 pm-collect pacman names
	[[ $(records pkg | cut -f 3,4 | tr '\t' ' ' | paste -sd,) == \
		"glibc 2.40-1,zlib 1:1.3.1-2" ]]
	column value fact | grep -q '^source packages and architectures: '
}

@test "pacman: a real pacman -Qi" {
	unpack "$inventories"
	local list=glpi-agent/resources/linux/packaging/pacman
	with_status 0 pm-collect pacman --os arch --release rolling $list
	awk -F ' : ' '$1 ~ /^Name/ { name = $2 } $1 ~ /^Version/ { version = $2 }
	    $1 ~ /^Architecture/ { print name, version, $2 }' $list |
	    LC_ALL=C sort >expected
	[[ $(wc -l <expected) -eq 11 ]]
	records pkg | cut -f 3-5 | tr '\t' ' ' | same expected -
	head -n 20 $list >short
	refuses 65 "the file ends within this package" pm-collect pacman short
}

# ---- images

# bats test_tags=req:G8
@test "root: images with apk, pacman, rpm, and with nothing" {
	mkdir -p image/etc image/lib/apk/db
	printf 'ID=alpine\nVERSION_ID=3.22.1\n' >image/etc/os-release
	printf 'P:musl\nV:1.2.5-r9\nA:aarch64\no:musl\n\n' \
	    >image/lib/apk/db/installed
	with_status 0 pm-collect root image
	[[ $(records pkg | cut -f 2-7 | tr '\t' ' ') == \
		"image musl 1.2.5-r9 aarch64 musl 1.2.5-r9" ]]
	[[ $(records host | cut -f 2,3,6-8,25,26 | tr '\t' ' ') == \
		"image image alpine 3.22.1 aarch64 ok root" ]]
	printf 'P:cut\n' >image/lib/apk/db/installed
	refuses 65 "/lib/apk/db/installed:1: the file ends within" \
	    pm-collect root image
	rm -r image/lib
	arch_database image/var/lib/pacman/local
	with_status 0 pm-collect root image
	[[ $(column package pkg | xargs) == "glibc zlib" ]]
	rm -r image/var
	mkdir -p image/var/lib/rpm
	: >image/var/lib/rpm/rpmdb.sqlite
	with_status 3 pm-collect root --host db image
	[[ $(column state host) == partial ]]
	column value fact | grep -F "packages: unsupported: /var/lib/rpm/rpmdb.sqlite, run rpm --root image -qa --qf '"
	column value fact | grep -F "| pm-collect rpm-list --host db -"
	rm -r image/var
	with_status 3 pm-collect root image
	[[ $(column value fact) == "packages: no dpkg, apk, pacman or rpm database" ]]
}

# ---- bills of materials

# bats test_tags=req:P1-1,req:G8,req:G2
@test "cyclonedx: systems' packages, others apart, what cannot be used" {
	cat >web.cdx.json <<-'END'
		{"components": [
		  {"type": "operating-system", "name": "debian", "version": "12"},
		  {"type": "library", "name": "libssl3", "version": "3.0.15-1",
		   "purl": "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl%403.0.15-1%2Bb1",
		   "components": [{"type": "library", "name": "left-pad",
		     "purl": "pkg:npm/%40scope/left-pad@1.3.0"}]},
		  {"type": "library", "name": "bash", "purl": "pkg:rpm/redhat/bash@5.1-2?arch=x86_64&epoch=3&upstream=bash-5.1-2.src.rpm"},
		  {"type": "library", "name": "x", "purl": "pkg:deb/"},
		  {"type": "file", "name": "/etc/passwd"}],
		 "metadata": {"timestamp": "2025-07-08T05:23:38.123+02:00",
		   "component": {"name": "web\u001b[2J:1"}},
		 "specVersion": "1.6", "bomFormat": "CycloneDX"}
	END
	with_status 0 pm-collect cyclonedx web.cdx.json
	stream >expected <<-'END'
		#pkg|host|package|version|arch|source|source_version|origin|auto|state|module
		pkg|web|bash|3:5.1-2|x86_64|bash|5.1-2|-|-|installed|-
		pkg|web|libssl3|3.0.15-1~deb12u1|amd64|openssl|3.0.15-1+b1|-|-|installed|-
		pkg|web|pkg:npm/@scope/left-pad|1.3.0|-|-|-|-|-|installed|-
		#fact|host|key|value
		fact|web|sbom_subject|web?[2J:1
		fact|web|not_seen|components: 1 of 5 cannot be used, such as pkg:deb/
		fact|web|not_seen|components: 1 of 5 have no purl
	END
	grep -vE '^#?host' out | same expected -
	host_is "web image debian 12 - partial cyclonedx 2025-07-08T03:23:38Z"
}

# bats test_tags=req:P1-1
@test "cyclonedx and spdx: real files, JSON and XML" {
	unpack "$inventories"
	cd sbom/sbom-insecure
	local file
	for file in alpine with-duplicates; do
		with_status 0 pm-collect cyclonedx $file.cdx.xml
		grep -oE '<purl>pkg:apk/alpine/[^?]*' $file.cdx.xml |
		    sed 's|.*/||; s|@| |' | LC_ALL=C sort -u >expected
		[[ $(wc -l <expected) -eq 14 ]]
		records pkg | cut -f 3,4 | tr '\t' ' ' | same expected -
		[[ $(column os host) == alpine ]]
		[[ $(column release host) == 3.17.2 ]]
	done
	says "2 entries are there more than once"
	with_status 0 pm-collect cyclonedx bad-purls.cdx.xml
	column value fact | grep '^components: 6 of 15 cannot be used'
	with_status 0 pm-collect cyclonedx alpine-zlib-16.cdx.json
	[[ $(records pkg | cut -f 3-7 | tr '\t' ' ') == \
		"zlib 1.2.12-r1 x86_64 zlib 1.2.12-r1" ]]
	# the release's codename as a number, the binary package's own name
	with_status 0 pm-collect spdx only-unimportant.spdx.json
	[[ $(records host | cut -f 6,7 | tr '\t' ' ') == "ubuntu 20.04" ]]
	[[ $(records pkg | cut -f 3-7 | tr '\t' ' ') == \
		"libpcre3 2:8.39-12ubuntu0.1 amd64 pcre3 2:8.39-12ubuntu0.1" ]]
}

@test "cyclonedx and spdx: the wrong format, cut off, too deep, entities" {
	echo '{"bomFormat": "CycloneDX", "components": []}' >empty.json
	refuses 65 "empty.json: holds no package" pm-collect cyclonedx empty.json
	refuses 65 "this is not an SPDX 2 bill" pm-collect spdx empty.json
	echo '{"spdxVersion": "SPDX-2.3", "packages": [' >cut.json
	refuses 65 "the file ends within a value" pm-collect spdx cut.json
	echo '[{"bomFormat": "CycloneDX"}]' >list.json
	refuses 65 "a list, where an object is expected" \
	    pm-collect cyclonedx list.json
	perl -e 'print "{\"bomFormat\":" . "[" x 10000' >deep.json
	refuses 65 "nested too deeply" pm-collect cyclonedx deep.json
	perl -e 'print "<bom>" . "<a>" x 10000' >deep.xml
	refuses 65 "deep.xml:1: nested too deeply" pm-collect cyclonedx deep.xml
	echo '<!DOCTYPE bom [<!ENTITY a "aaaa">]><bom>&a;</bom>' >entity.xml
	refuses 65 "entity.xml:1: the document declares entities" \
	    pm-collect cyclonedx entity.xml
	echo '<html></html>' >other.xml
	refuses 65 "other.xml:1: the document is <html>, not <bom>" \
	    pm-collect cyclonedx other.xml
	head -c 20000000 /dev/zero | tr '\0' '[' >noise
	refuses 65 "noise: " pm-collect spdx noise
}

# ---- hosts noticed on a network

# bats test_tags=req:G1
@test "nmap: real scans: each host that is up, its open ports" {
	unpack "$inventories"
	local file
	for file in nmap/{1_hosts,2_hosts,full_sudo5,full_sudo6,fullscan,os_scan5,os_scan6}.xml; do
		with_status 0 pm-collect nmap $file
		# the host's address, then its open ports
		tr '\n' ' ' <$file | sed 's|<host[ >]|\n&|g; s|</host>|&\n|g' |
		    grep '^<host.*status state="up"' >up
		grep -oE '<address addr="[^"]*" addrtype="ipv4"' up |
		    cut -d '"' -f 2 | LC_ALL=C sort -u >expected
		[[ -s expected ]]
		column addr host | LC_ALL=C sort | same expected -
		sed 's/<address/\n&/; s/<port /\n&/g' up | awk -F '"' '
			/^<address/ { address = $2 }
			/^<port / && /<state state="open/ { print $2, address, $4 }
		' | LC_ALL=C sort >expected
		records svc | cut -f 3-5 | tr '\t' ' ' | LC_ALL=C sort |
		    same expected -
		column state host | uniq | grep -x partial
	done
	with_status 0 pm-collect nmap nmap/full_sudo6.xml
	says "addresses that did not answer: 252"
	grep -Fxq "$(stream <<<'fact|192.168.1.1|service|tcp/23 telnet Sagem router telnetd')" out
	[[ $(column seen host | sed -n 1p) == 2014-05-08T22:02:59Z ]]
}

# bats test_tags=req:G1
@test "nmap, arp, leases: addresses that the inventory lacks" {
	unpack "$inventories"
	stream >inventory.tsv <<-'END'
		#host|host|addr|mac
		host|gw|10.9.9.9,192.168.1.1|-
		host|phone|-|c0:63:94:05:01:03
		host|nas|10.0.0.7|-
		host|nas2|10.0.0.7|-
	END
	with_status 0 pm-collect nmap --inventory inventory.tsv nmap/full_sudo6.xml
	says "addresses that are not in the inventory: 3"
	[[ $(column host host | xargs) == "192.168.1.3 192.168.1.5 gw phone" ]]
	[[ $(column addr host | xargs) == "192.168.1.3 192.168.1.5 - -" ]]
	[[ $(column state host | xargs) == "partial partial - -" ]]
	records fact | awk -F '\t' '$3 == "unknown_address" { print $2, $4 }' >got
	printf '%s\n' "192.168.1.3 192.168.1.3" "192.168.1.5 192.168.1.5" \
	    "phone 192.168.1.2" | same - got
	with_status 1 pm-collect nmap --strict --inventory inventory.tsv \
	    nmap/full_sudo6.xml
	with_status 0 pm-collect nmap --strict nmap/full_sudo6.xml
	# every form of a table of neighbours
	cat >table <<-'END'
		192.168.1.1 dev eth0 lladdr 74:D0:2B:00:00:02 REACHABLE
		192.168.1.9 dev eth0  FAILED
		IP address       HW type     Flags       HW address            Mask     Device
		192.168.1.8      0x1         0x2         aa:bb:cc:dd:ee:f1     *        eth0
		? (192.168.1.7) at aa:bb:cc:dd:ee:f0 [ether] on eth0
		Interface: 192.168.1.3 --- 0xb
		  10.0.0.7              AA-BB-CC-DD-EE-F2     dynamic
		  192.168.1.255         ff-ff-ff-ff-ff-ff     static
		  224.0.0.22            01-00-5e-00-00-16     static
	END
	with_status 0 pm-collect arp --inventory inventory.tsv table
	says "addresses that did not answer: 1"
	records fact | cut -f 2-4 | tr '\t' ' ' >got
	printf '%s\n' "10.0.0.7 ambiguous_address 10.0.0.7" \
	    "192.168.1.7 unknown_address 192.168.1.7" \
	    "192.168.1.8 unknown_address 192.168.1.8" | same - got
	[[ $(column mac host | xargs) == \
		"aa:bb:cc:dd:ee:f2 aa:bb:cc:dd:ee:f0 aa:bb:cc:dd:ee:f1 -" ]]
}

# bats test_tags=req:G1
@test "leases: dhcpd and dnsmasq; a device's own name proves nothing" {
	cat >dhcpd.leases <<-'END'
		# The format of this file is documented in dhcpd.leases(5)
		server-duid "\000\001";
		lease 10.0.0.5 {
		  starts 4 2026/11/19 08:00:00;
		  binding state free;
		}
		lease 10.0.0.6 {
		  binding state active;
		  hardware ethernet AA:BB:CC:00:00:02;
		  client-hostname "gw";
		}
		lease 10.0.0.5 {
		  binding state active;
		  next binding state free;
		  hardware ethernet aa:bb:cc:00:00:01;
		  client-hostname "phone";
		}
		lease 10.0.0.8 {
		  binding state active;
		  hardware ethernet aa:bb:cc:00:00:03;
		  client-hostname "phone";
		}
	END
	stream >inventory.tsv <<-'END'
		#host|host|addr
		host|gw|10.9.9.9
	END
	with_status 0 pm-collect leases --inventory inventory.tsv dhcpd.leases
	[[ $(column host host | xargs) == "10.0.0.6 10.0.0.8 phone" ]]
	[[ $(column addr host | xargs) == "10.0.0.6 10.0.0.8 10.0.0.5" ]]
	records fact | cut -f 2-4 | tr '\t' ' ' >got
	printf '%s\n' "10.0.0.6 network_name gw" \
	    "10.0.0.6 unknown_address 10.0.0.6" \
	    "10.0.0.8 network_name phone" \
	    "10.0.0.8 unknown_address 10.0.0.8" \
	    "phone unknown_address 10.0.0.5" | same - got
	printf '1700000000 aa:bb:cc:00:00:01 10.0.0.5 phone 01:aa\n' >dnsmasq
	printf '1700000000 aa:bb:cc:00:00:02 10.0.0.7 * *\n' >>dnsmasq
	with_status 0 pm-collect leases dnsmasq
	[[ $(column host host | xargs) == "10.0.0.7 phone" ]]
	head -n 9 dhcpd.leases >short
	refuses 65 "short:10: the file ends within a lease" pm-collect leases short
	echo 'something else' >other
	refuses 65 "other:1: neither dhcpd nor dnsmasq" pm-collect leases other
	refuses 65 "other:1: no address stands here" pm-collect arp other
}

@test "nmap: not finished, cut off, hostile" {
	unpack "$inventories"
	local file=nmap/full_sudo6.xml
	sed 's/<finished[^>]*>//' $file >open.xml
	refuses 65 "nmap did not finish: the scan is not whole" \
	    pm-collect nmap open.xml
	head -n 500 $file >cut.xml
	refuses 65 "cut.xml:501: no element found" pm-collect nmap cut.xml
	refuses 65 "defused_et_local_includer.xml:3: the document declares entities" \
	    pm-collect nmap nmap/defused_et_local_includer.xml
	refuses 65 "test_osclass.xml:14: the address is none" \
	    pm-collect nmap nmap/test_osclass.xml
	sed 's/Sagem router/\&#x9b;2J\&#x9;x/' $file >hostile.xml
	with_status 0 pm-collect nmap hostile.xml
	[[ $(LC_ALL=C tr -dc '\233' <out | wc -c) -eq 0 ]]
	pm-match out >/dev/null 2>err || true
	[[ $(grep -c 'out:' err) -eq 0 ]]
}

# bats test_tags=req:P1-1
@test "snmpwalk: a switch, a printer, a router; by name and by number" {
	cat >switch.walk <<-'END'
		SNMPv2-MIB::sysDescr.0 = STRING: Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11, RELEASE SOFTWARE (fc3)
		Technical Support: http://www.cisco.com/techsupport
		SNMPv2-MIB::sysObjectID.0 = OID: SNMPv2-SMI::enterprises.9.1.1208
		SNMPv2-MIB::sysContact.0 = STRING: net@example.org
		SNMPv2-MIB::sysName.0 = STRING: sw1.example.org
		SNMPv2-MIB::sysLocation.0 = STRING: Room 1
		SNMPv2-MIB::sysServices.0 = INTEGER: 6
	END
	with_status 0 pm-collect snmpwalk --seen 2026-11-20 switch.walk
	host_is "sw1.example.org switch ios 15.0(2)SE11 - ok snmpwalk 2026-11-20T00:00:00Z"
	[[ $(column site host) == "Room 1" ]]
	[[ $(column contact host) == net@example.org ]]
	column value fact | grep -q '(fc3) Technical Support: http'
	cat >printer.walk <<-'END'
		.1.3.6.1.2.1.1.1.0 = STRING: "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT"
		.1.3.6.1.2.1.1.5.0 = STRING: "NPI1"
		.1.3.6.1.2.1.1.7.0 = INTEGER: 64
	END
	with_status 0 pm-collect snmpwalk --seen 2026-11-20 printer.walk
	host_is "NPI1 printer jetdirect - - partial snmpwalk 2026-11-20T00:00:00Z"
	cat >router.walk <<-'END'
		iso.3.6.1.2.1.1.1.0 = STRING: "Unheard Of OS 3"
		iso.3.6.1.2.1.1.5.0 = STRING: "r1"
		iso.3.6.1.2.1.1.7.0 = INTEGER: 4
	END
	with_status 0 pm-collect snmpwalk --os unheard --release 3 router.walk
	[[ $(column class host) == router && $(column state host) == ok ]]
	echo 'Timeout: No Response from 192.0.2.2' >timeout.walk
	refuses 65 "timeout.walk:1: no OID = VALUE stands here" \
	    pm-collect snmpwalk timeout.walk
	echo 'SNMPv2-MIB::sysName.0 = STRING: x' >no.walk
	refuses 65 "no.walk: no sysDescr" pm-collect snmpwalk no.walk
}

# bats test_tags=req:patchlink
@test "the same columns, whatever the platform" {
	local os
	printf 'Package: zlib\nStatus: install ok installed\nVersion: 1.3-1\nArchitecture: amd64\n\n' |
	    pm-collect dpkg -q --host h --os debian --release 12 - >debian.tsv
	printf 'C:Q1abc=\nP:zlib\nV:1.3-r1\nA:x86_64\no:zlib\n\n' |
	    pm-collect apk -q --host h --os alpine --release 3.22 - >alpine.tsv
	printf 'zlib 1:1.3-1\n' |
	    pm-collect pacman -q --host h --os arch --release rolling - >arch.tsv
	printf 'zlib-1.3-1.el9.x86_64\n' |
	    pm-collect rpm-list -q --host h --os rocky --release 9 - >rocky.tsv
	# module streams come behind them, where there are any
	for os in debian alpine arch rocky; do
		[[ $(column package pkg $os.tsv) == zlib ]]
		grep '^#host' $os.tsv
		grep '^#pkg' $os.tsv | sed 's/\tmodule$//'
	done | sort -u >headers
	[[ $(wc -l <headers) -eq 2 ]]
	# and what is made of them
	for os in debian alpine arch rocky; do
		{
			printf '#adv\tadv\tos\trelease\tby\tpackage\tfixed\tstate\tfeed\n'
			printf 'adv\tA\t%s\t%s\tbinary\tzlib\t%s\tfixed\tf\n' \
			    "$(column os host $os.tsv)" \
			    "$(column release host $os.tsv)" \
			    "$([[ $os == alpine ]] && echo 9.9-r9 || echo 9:9-9)"
		} >feed.tsv
		pm-match -q feed.tsv $os.tsv >out
		[[ $(column package need) == zlib ]]
		grep '^#need' out
	done | sort -u >headers
	[[ $(wc -l <headers) -eq 1 ]]
}
