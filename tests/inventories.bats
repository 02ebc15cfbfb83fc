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
		#host|host|class|addr|mac|os|release|arch|kernel|boot_id|hardware|role|site|tier|exposed|env|owner|app_owner|contact|after_hours|group|channel|window|ring|state|source|seen
		host|web1|-|-|-|debian|12|amd64|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|ok|dpkg-list|2026-11-20T00:00:00Z
		#pkg|host|package|version|arch|source|source_version|origin|auto|state
		pkg|web1|dpkg|1.21.22|amd64|dpkg|1.21.22|-|-|installed
		pkg|web1|libc6|2.36-9|amd64|glibc|2.36-9|-|-|held,installed
		pkg|web1|libc6|2.36-9|i386|glibc|2.36-9|-|-|half-installed,reinstreq
	END
	same expected out
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
		#host|host|class|addr|mac|os|release|arch|kernel|boot_id|hardware|role|site|tier|exposed|env|owner|app_owner|contact|after_hours|group|channel|window|ring|state|source|seen
		host|db1|-|-|-|almalinux|8.9|x86_64|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|ok|rpm-list|2026-11-20T00:00:00Z
		#pkg|host|package|version|arch|source|source_version|origin|auto|state|module
		pkg|db1|almalinux-release|8.9-1.el8|x86_64|almalinux-release|8.9-1.el8|-|-|installed|-
		pkg|db1|glibc|2.28-236.el8|x86_64|glibc|2.28-236.el8|-|-|installed|-
		pkg|db1|kernel|4.18.0-425.el8|x86_64|kernel|4.18.0-425.el8|-|-|installed|-
		pkg|db1|kernel|4.18.0-513.el8|x86_64|kernel|4.18.0-513.el8|-|-|installed|-
		pkg|db1|nodejs|1:18.20.4-1.module+el8.9.0|x86_64|nodejs|1:18.20.4-1.module+el8.9.0|-|-|installed|nodejs:18
	END
	same expected out
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

# bats test_tags=req:P1-1,req:G8
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
