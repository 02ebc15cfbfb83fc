#!/usr/bin/env bats
# pm-collect: every reader given what is damaged, hostile or something else
# refuses it with file, place and reason, in little memory, and leaves nothing
# that could pass for a whole catalogue or inventory.
bats_require_minimum_version 1.5.0
load lib/common

# A reader a line: its name, a good file (below tests/), how to call it.  The
# good file shows that what follows fails by its damage alone.
READERS='
kev               | fuzz/corpus/feed_kev/json               |
epss              | fuzz/corpus/feed_epss/2023              |
metasploit        | fuzz/corpus/feed_metasploit/plain       |
exploitdb         | fuzz/corpus/feed_exploitdb/csv          |
debian-list       | fuzz/corpus/feed_debian_list/states     | --release 12
debian-advisories | fuzz/corpus/feed_debian_advisories/dsa  |
debian-tracker    | fuzz/corpus/feed_debian_tracker/tracker |
debsecan          | fuzz/corpus/feed_debsecan/plain         | --release 12
ubuntu            | fuzz/corpus/feed_ubuntu/usn             |
alpine            | fuzz/corpus/feed_alpine/main            |
alpine            | fuzz/corpus/feed_alpine/yaml            |
arch              | fuzz/corpus/feed_arch/arch              |
osv               | fuzz/corpus/feed_osv/osv                |
csaf              | fuzz/corpus/feed_csaf/rpm               |
nvd               | fuzz/corpus/feed_nvd/nvd                |
cve5              | fuzz/corpus/feed_cve5/cve               |
updateinfo        | fuzz/corpus/feed_updateinfo/rocky       |
oval              | fuzz/corpus/feed_oval/debian            |
cvrf              | fuzz/corpus/feed_cvrf/small             |
wesng             | fuzz/corpus/feed_wesng/plain            |
dpkg-list         | fuzz/corpus/dump_dpkg_list/two          | --host h
rpm-list          | fuzz/corpus/dump_rpm_list/plain         | --host h
apk               | fuzz/corpus/dump_apk/real               | --host h
pacman            | fuzz/corpus/dump_pacman/names           | --host h
cyclonedx         | fuzz/corpus/dump_cyclonedx/real.json    | --host h
cyclonedx         | fuzz/corpus/dump_cyclonedx/small.xml    | --host h
spdx              | fuzz/corpus/dump_spdx/real.json         | --host h
snmpwalk          | fuzz/corpus/dump_snmpwalk/switch        | --host h
systeminfo        | fuzz/corpus/dump_systeminfo/english     |
nmap              | fuzz/corpus/discovery_nmap/scan.xml     |
arp               | fuzz/corpus/discovery_arp/neigh         |
leases            | fuzz/corpus/discovery_leases/dhcpd      |
dpkg              | fuzz/corpus/dump_dpkg/status            | --host h
csv               | fuzz/corpus/dump_csv/good               |
merge             | fuzz/corpus/dump_merge/two              |
reply             | fuzz/corpus/reply/small                 | --host h
nft               | fuzz/corpus/firewall_nft/nft.json       | --host h
iptables          | fuzz/corpus/firewall_iptables/iptables.rules | --host h
firewall-csv      | fuzz/corpus/firewall_csv/rules.csv      | --host h
'

# These look at a whole system; what they read there is read by the fuzz targets
# behind them.
SYSTEMS='
local | reply dump_dpkg dump_pacman
ssh   | reply
root  | deb822 dump_dpkg dump_apk dump_pacman
apt   | apt_conf apt_offer apt_pins apt_release
'

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	head -c 10000 /dev/zero | tr '\0' '[' >deep.json
	awk 'BEGIN { for (i = 0; i < 10000; i++) printf "<a>" }' >deep.xml
	printf '%10000s\n' '' | sed 's/ /- /g' >deep.yaml
	head -c 100000000 /dev/zero | tr '\0' 'x' >line.txt
	{ printf '{"a": "'; cat line.txt; printf '"}\n'; } >line.json
	{ printf '<a b="'; cat line.txt; printf '"/>\n'; } >line.xml
	printf '{"title": "other", "list": [1, {"a": null}]}\n' >other.json
	printf '<?xml version="1.0"?>\n<other><a>1</a></other>\n' >other.xml
	printf 'title,count\nother,1\n' >other.csv
	printf 'Lorem ipsum dolor sit amet\nconsectetur, adipiscing elit\n' \
	    >other.txt
	printf '{"a": "\xff\xfe"}\n' >charset.json
	printf '<?xml version="1.0" encoding="UTF-8"?>\n<a>\xff\xfe</a>\n' \
	    >charset.xml
	printf 'a: \xff\xfe\n' >charset.yaml
	printf 'Some text\n' | iconv -t UTF-32 >charset.txt
	head -c 5000 /dev/urandom >noise.bin
	: >empty.txt
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# each FUNCTION: call it with each reader's name, good file and options
each() {
	local name file options
	while IFS='|' read -r name file options; do
		[[ -n $name ]] || continue
		# shellcheck disable=SC2086 # several options
		"$1" "${name// /}" "$PM_TOP/tests/${file// /}" $options
	done <<<"$READERS"
}

# refused NAME FILE OPTIONS: with 65 (66 where what is there has no content for
# this reader), its place and a reason; nothing is left.
refused() {
	local name=$1 file=$2
	shift 2
	echo old >kept.tsv
	with_status 65 within 80 pm-collect "$name" "$@" -o kept.tsv "$file" \
	    >why || with_status 66 within 80 pm-collect "$name" "$@" \
	    -o kept.tsv "$file" || {
		cat why
		return 1
	}
	[[ $(cat kept.tsv) == old && ! -s out ]]
	grep -qE "^pm-collect: $file:([0-9]+:| byte [0-9]+:)? ?[^ ].{8}" err || {
		echo "no place and reason: pm-collect $name $*"
		cat err
		return 1
	}
}

# targets NAME: the fuzz targets of a source of pm-collect
targets() {
	local file
	awk -F '|' -v name="$1" '{ split($1, word, " ") }
		word[1] == name { print $2 }' <<<"$SYSTEMS"
	for file in "$PM_TOP"/tests/fuzz/{,feed_,dump_,discovery_,firewall_}"${1//-/_}".c; do
		[[ ! -e $file ]] || basename "$file" .c
	done
}

@test "every reader of pm-collect is in the table, has a fuzz target and seeds" {
	pm-collect --help | awk '
		/^$/ { feeds = sources = 0 }
		feeds { for (i = 1; i <= NF; i++) print $i }
		sources { print $1 }
		/^Published feeds/ { feeds = 1 }
		/^Sources/ { sources = 1 }' | sort -u >all
	[[ $(wc -l <all) -gt 35 ]]
	awk '{ print $1 }' <<<"$READERS$SYSTEMS" | grep . | sort -u >known
	same all known
	local name target
	while read -r name; do
		[[ -n $(targets "$name") ]] || echo "$name: no fuzz target"
		for target in $(targets "$name"); do
			[[ -e $PM_TOP/tests/fuzz/$target.c &&
			    -n $(ls "$PM_TOP/tests/fuzz/corpus/$target") ]] ||
			    echo "$name: $target is missing, or has no seeds"
		done
	done <all >missing
	same /dev/null missing
}

@test "the good files are read" {
	good() {
		local name=$1 file=$2 status=0
		shift 2
		# of the host of this reply not everything could be seen
		[[ $name != reply ]] || status=3
		with_status $status pm-collect "$name" "$@" "$file"
		[[ $(grep -cv '^#' out) -gt 0 ]]
	}
	each good
}

# bats test_tags=slow
@test "cut off within a line, anywhere in the file" {
	cut_off() {
		local name=$1 file=$2 size n
		shift 2
		size=$(stat -c %s "$file")
		for n in $((size / 5)) $((size / 2)) $((size - 3)); do
			head -c $n "$file" >part
			# where a line ends by chance, one byte less
			[[ -n $(tail -c 1 part) ]] || head -c $((n - 1)) \
			    "$file" >part
			refused "$name" part "$@"
			# what is on standard output then is vouched for by
			# no feed record, and of no host; but a row of csv
			# is a host
			pm-collect "$name" "$@" part >out 2>err && return 1
			[[ $name == csv ]] || run ! grep -qE '^(feed|host)	' out
		done
		# nobody was seen, or has a lease: these two may be empty;
		# merge says it of all its files together
		[[ $name =~ ^(arp|leases|merge)$ ]] ||
		    refused "$name" "$BATS_FILE_TMPDIR/empty.txt" "$@"
	}
	each cut_off
}

@test "nested 10,000 deep" {
	deep() {
		local name=$1 file
		shift 2
		for file in deep.json deep.xml deep.yaml; do
			refused "$name" "$BATS_FILE_TMPDIR/$file" "$@"
		done
	}
	each deep
}

# bats test_tags=slow
@test "one line of 100 MB" {
	line() {
		local name=$1 file
		shift 2
		for file in line.txt line.json line.xml; do
			refused "$name" "$BATS_FILE_TMPDIR/$file" "$@"
		done
	}
	each line
}

# bats test_tags=slow
@test "another character set" {
	charset() {
		local name=$1 file=$2 bad
		shift 2
		for bad in charset.json charset.xml charset.yaml charset.txt \
		    noise.bin; do
			refused "$name" "$BATS_FILE_TMPDIR/$bad" "$@"
		done
		# but XML declares its own, and systeminfo is UTF-16 at times
		[[ $name == systeminfo || $(head -c 1 "$file") == '<' ]] &&
		    return
		iconv -f LATIN1 -t UTF-16 "$file" >wide
		refused "$name" wide "$@"
	}
	each charset
}

# bats test_tags=slow
@test "another format" {
	other() {
		local name=$1 file
		shift 2
		for file in other.json other.xml other.csv other.txt; do
			refused "$name" "$BATS_FILE_TMPDIR/$file" "$@"
		done
	}
	each other
}
