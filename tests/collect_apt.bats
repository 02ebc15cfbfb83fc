#!/usr/bin/env bats
# pm-collect apt: package lists as feed and adv records.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# offer PACKAGE VERSION ARCH [SOURCE]: a paragraph of a package list.
offer() {
	printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$2" "$3"
	[[ $# -lt 4 ]] || printf 'Source: %s\n' "$4"
	printf 'Description: some text\n that goes on\nSize: 1\n\n'
}

# many_offers: enough of them for several blocks of every packing.
many_offers() {
	awk 'BEGIN {
		for (i = 1; i <= 20000; i++)
			printf "Package: filler%d\nVersion: %d-1\n" \
			    "Architecture: amd64\n\n", i, i * i % 7919
	}'
}

# a_root DIR: a system image with no lists yet.
a_root() {
	mkdir -p "$1/etc" "$1/var/lib/apt/lists/partial"
	printf 'ID=debian\nVERSION_ID="12"\n' >"$1/etc/os-release"
	lists=$1/var/lib/apt/lists
}

# release_file SUITE CODENAME LABEL [FIELD...]: a Release file.
release_file() {
	printf 'Origin: Debian\nLabel: %s\nSuite: %s\nCodename: %s\n' \
	    "$3" "$1" "$2"
	printf 'Date: Sat, 11 Jul 2026 10:16:37 UTC\n'
	shift 3
	[[ $# -eq 0 ]] || printf '%s\n' "$@"
}

# an_image: three suites of one repository below the directory root.
an_image() {
	a_root root
	base=$lists/deb.example.org_debian_dists_bookworm
	list=${base}_main_binary-amd64_Packages
	{
		offer bash 5.2.15-2 amd64
		offer libc6 2.36-9 amd64 'glibc (2.36-8)'
		offer tzdata 2024a-0 all tzdata
	} >"$list"
	release_file stable bookworm Debian >"${base}_InRelease"
	offer bash 5.2.15-2+deb12u1 amd64 \
	    >"$base-security_main_binary-amd64_Packages"
	release_file stable-security bookworm-security Debian-Security \
	    >"$base-security_InRelease"
	offer bash 5.3-1~bpo12+1 amd64 \
	    >"$base-backports_main_binary-amd64_Packages"
	release_file stable-backports bookworm-backports 'Debian Backports' \
	    'NotAutomatic: yes' 'ButAutomaticUpgrades: yes' \
	    >"$base-backports_InRelease"
}

@test "the offers of each suite, with kind, state, source and feed" {
	an_image
	with_status 0 pm-collect apt --root root
	[[ $(column adv adv) == "bash=5.3-1~bpo12+1@bookworm-backports
bash=5.2.15-2+deb12u1@bookworm-security
bash=5.2.15-2@bookworm
libc6=2.36-9@bookworm
tzdata=2024a-0@bookworm" ]]
	[[ $(column kind adv | xargs) == \
	    "update security release release release" ]]
	[[ $(column state adv | xargs) == "manual fixed fixed fixed fixed" ]]
	[[ $(column source adv | xargs) == "bash bash bash glibc tzdata" ]]
	[[ $(column source_version adv | tail -n 2 | xargs) == \
	    "2.36-8 2024a-0" ]]
	[[ $(column arch adv | tail -n 2 | xargs) == "amd64 all" ]]
	[[ $(column os adv | sort -u) == debian ]]
	[[ $(column release adv | sort -u) == 12 ]]
	[[ $(column by adv | sort -u) == binary ]]
	[[ $(column feed adv | uniq) == "$(column feed feed)" ]]
}

# bats test_tags=req:G4
@test "each list is a feed with name, date, digest and number of records" {
	an_image
	with_status 0 pm-collect apt --root root
	says "5 offers, 1 of them security, in 3 lists"
	[[ $(column feed feed) == "apt:Debian_Backports/bookworm-backports/main/amd64
apt:Debian-Security/bookworm-security/main/amd64
apt:Debian/bookworm/main/amd64" ]]
	[[ $(column date feed | sort -u) == 2026-07-11T10:16:37Z ]]
	[[ $(column records feed | xargs) == "1 1 3" ]]
	[[ $(column origin feed | sort -u) == Debian ]]
	[[ $(column suite feed | xargs) == \
	    "stable-backports stable-security stable" ]]
	[[ $(column kind feed | sort -u) == repository ]]
	[[ $(column sha256 feed | tail -n 1) == \
	    "$(sha256sum <"$list" | cut -d ' ' -f 1)" ]]
}

@test "packed lists give the same output as plain ones" {
	need_command lz4 gzip xz zstd bzip2
	an_image
	many_offers >>"$list"
	with_status 0 pm-collect apt --root root
	mv out plain.tsv
	for packing in 'lz4 -q:lz4' gzip:gz xz:xz 'zstd -q:zst' bzip2:bz2; do
		ending=${packing#*:}
		${packing%:*} -c "$list" >"$list.$ending"
		mv "$list" kept
		with_status 0 pm-collect apt --root root
		mv kept "$list"
		rm "$list.$ending"
		same plain.tsv out
	done
}

@test "a packed list that is cut off or damaged stops the program" {
	need_command lz4 gzip xz zstd bzip2
	an_image
	many_offers >>"$list"
	mv "$list" kept
	echo before >feed.tsv
	for packing in 'lz4 -q:lz4' gzip:gz xz:xz 'zstd -q:zst' bzip2:bz2; do
		ending=${packing#*:}
		${packing%:*} -c kept >whole
		size=$(stat -c %s whole)
		for cut in 3 $((size / 2)) $((size - 10)) 20; do
			head -c $((size - cut)) whole >"$list.$ending"
			with_status 65 pm-collect apt --root root -o feed.tsv
			says "$list.$ending"
			[[ $(cat feed.tsv) == before ]]
			with_status 65 pm-collect apt --root root -o new.tsv
			[[ ! -e new.tsv ]]
		done
		: >"$list.$ending"
		with_status 65 pm-collect apt --root root
		says "is not packed as its name says"
		cp kept "$list.$ending"
		with_status 65 pm-collect apt --root root
		says "is not packed as its name says"
		rm "$list.$ending"
	done
}

@test "a plain list that ends within a line stops the program" {
	an_image
	head -c -30 "$list" >short
	cp short "$list"
	with_status 65 pm-collect apt --root root
	says "$list:"
	says truncated
	[[ $(column feed feed) != *apt:Debian/bookworm/* ]]
}

@test "a list that is not what its Release file says stops the program" {
	an_image
	{
		release_file stable bookworm Debian 'SHA256:'
		printf ' %s %s main/binary-amd64/Packages\n' \
		    "$(sha256sum <"$list" | cut -d ' ' -f 1)" \
		    "$(stat -c %s "$list")"
	} >"${base}_InRelease"
	with_status 0 pm-collect apt --root root
	# a whole paragraph less: nothing but the sum can tell
	offer bash 5.2.15-2 amd64 >"$list"
	with_status 65 pm-collect apt --root root
	says "its Release file says"
	says "apt-get update"
	[[ $(column feed feed) != *apt:Debian/bookworm/* ]]
}

@test "a clearsigned InRelease file counts up to its signature" {
	an_image
	{
		printf -- '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n'
		release_file stable bookworm Debian
		printf -- '-----BEGIN PGP SIGNATURE-----\n\niQ0=\n'
		printf -- '-----END PGP SIGNATURE-----\n'
	} >"${base}_InRelease"
	with_status 0 pm-collect apt --root root
	[[ $(column feed feed | tail -n 1) == apt:Debian/bookworm/main/amd64 ]]
	# without the signature it is cut off
	sed '/BEGIN PGP SIGNATURE/,$d' "${base}_InRelease" >short
	cp short "${base}_InRelease"
	with_status 65 pm-collect apt --root root
	says "${base}_InRelease"
}

@test "the suites of other distributions and of older releases" {
	a_root root
	check() { # SUITE CODENAME LABEL KIND
		rm -f "$lists"/*_*
		offer a 1 amd64 >"$lists/h_dists_x_main_binary-amd64_Packages"
		release_file "$1" "$2" "$3" >"$lists/h_dists_x_Release"
		with_status 0 pm-collect apt --root root
		[[ $(column kind adv) == "$4" ]] || {
			echo "$*: $(column kind adv)"
			return 1
		}
	}
	check jammy jammy Ubuntu release
	check jammy-security jammy Ubuntu security
	check jammy-updates jammy Ubuntu update
	check jammy-proposed jammy Ubuntu update
	check jammy-infra-security jammy UbuntuESM security
	check oldoldstable buster Debian-Security security
	check stable-updates bookworm-updates Debian update
	check stable bookworm Debian release
	check nodistro nodistro Node release
}

@test "without a Release file: said, and the date is unknown" {
	an_image
	rm "${base}_InRelease"
	with_status 0 pm-collect apt --root root
	says "no Release file"
	[[ $(column date feed | tail -n 1) == - ]]
	[[ $(column suite feed | tail -n 1) == - ]]
	[[ $(column records feed | tail -n 1) == 3 ]]
}

@test "without any list: status 66 and the remedy" {
	a_root root
	with_status 66 pm-collect apt --root root
	says "apt-get update"
	offer bash 1 amd64 >"$lists/partial/h_Packages"
	with_status 66 pm-collect apt --root root
	mkdir empty
	with_status 66 pm-collect apt empty
	with_status 66 pm-collect apt not-there
	says "not-there"
}

@test "repositories of the same name keep feeds apart" {
	an_image
	for file in "$base"_*; do
		cp "$file" "${file/deb.example/mirror.example}"
	done
	with_status 0 pm-collect apt --root root
	[[ $(column feed feed | wc -l) == 4 ]]
	[[ $(column feed feed | sort -u | wc -l) == 4 ]]
	[[ $(column records feed | xargs) == "1 1 3 3" ]]
}

@test "the same list twice, packed and not, stops the program" {
	an_image
	gzip -k "$list"
	with_status 65 pm-collect apt --root root
	says "the same list"
}

@test "malformed paragraphs: file and line, or skipped with a trace" {
	an_image
	for bad in 'Package: x\nVersion: 1\n' 'Package: x\nArchitecture: all\n' \
	    'Version: 1\nArchitecture: all\n' \
	    'Package: x y\nVersion: 1\nArchitecture: all\n' \
	    'Package: x\nVersion: 1\t2\nArchitecture: all\n' \
	    'Package: x\nVersion: 1\nArchitecture: all\nSource: a (1\n'; do
		{
			offer good 1 all
			printf '%b\n' "$bad"
			offer better 1 all
		} >"$list"
		with_status 65 pm-collect apt --root root
		says "$list:8: the "
		with_status 65 pm-collect apt --skip-bad --root root
		[[ $(column line reject) == 8 ]]
		[[ $(column records feed | tail -n 1) == 2 ]]
	done
	printf 'Package x\n' >"$list"
	with_status 65 pm-collect apt --root root
	says "$list:1:"
	printf 'Package: x\nVersion: 1\0\nArchitecture: all\n\n' >"$list"
	with_status 65 pm-collect apt --root root
	says "$list:2:"
}

@test "an image's links do not lead to this machine's files" {
	an_image
	mkdir outside
	mv "$list" outside/list
	ln -s "$PWD/outside/list" "$list"
	with_status 74 pm-collect apt --root root
	says "$list"
}

@test "a full disk is an error" {
	an_image
	pm-collect apt --root root >/dev/full 2>err || status=$?
	[[ $status -eq 74 ]]
	says "No space left"
}

@test "NotAutomatic without ButAutomaticUpgrades: never without a request" {
	an_image
	release_file experimental rc-buggy 'Debian' 'NotAutomatic: yes' \
	    >"$base-backports_InRelease"
	with_status 0 pm-collect apt --root root
	[[ $(column state adv | xargs) == "request fixed fixed fixed fixed" ]]
	# not even newer than what is on offer, but a known package
	mv out feed.tsv
	stream >host.tsv <<-'END'
		#host|host|os|release|arch
		host|web1|debian|12|amd64
		#pkg|host|package|version|arch|source|source_version
		pkg|web1|bash|5.2.20-1|amd64|bash|5.2.20-1
	END
	with_status 0 pm-match feed.tsv host.tsv
	[[ -z $(records need) && $(column verdict cover | sort -u) == covered ]]
	sed 's/request/manual/' feed.tsv >manual.tsv
	with_status 0 pm-match manual.tsv host.tsv
	[[ $(column fixed need) == 5.3-1~bpo12+1 ]]
}

@test "a security fix that is pinned away is announced, and why" {
	an_image
	mkdir -p root/etc/apt/preferences.d
	stream >host.tsv <<-'END'
		#host|host|os|release|arch
		host|web1|debian|12|amd64
		#pkg|host|package|version|arch|source|source_version
		pkg|web1|bash|5.2.15-2|amd64|bash|5.2.15-2
	END
	check() { # NEED-STATE ADV-STATE
		with_status 0 pm-collect apt --root root
		[[ $(column state adv | sed -n 2p) == "$2" ]]
		mv out feed.tsv
		with_status 0 pm-match feed.tsv host.tsv
		[[ $(column state need) == "$1" ]]
		[[ $(column fixed need) == 5.2.15-2+deb12u1 ]]
	}
	pref=root/etc/apt/preferences.d/local
	check available fixed
	printf 'Package: bash\nPin: release l=Debian-Security\nPin-Priority: -1\n' >$pref
	check announced pinned
	[[ $(column why need) == *"the pins of the host keep what is offered away" ]]
	printf '# all of them\nPackage: *\nPin: release n=bookworm-security\nPin-Priority: 50\n' >$pref
	check announced pinned
	printf 'Package: ba* other\nPin: version 5.2.15-2\nPin-Priority: 900\n' >$pref
	check announced outranked
	printf 'Package: *\nPin: release o=Debian, l=Debian-Security\nPin-Priority: 900\n' >$pref
	check available fixed
	# what is installed and offered by nobody is kept by its version
	sed -i 's/5.2.15-2|bash|5.2.15-2$/&/; s/5\.2\.15-2/5.2.14-9/g' host.tsv
	printf 'Package: src:bash\nPin: version 5.2.14*\nPin-Priority: 900\n' >$pref
	check announced fixed
	[[ $(column why need) == *"the pins of the host keep what is offered away" ]]
	printf 'Package: bash\nPin: version /5[.]2[.]1[0-3],|x%%/\nPin-Priority: 900\n' >$pref
	check available fixed
	sed -i 's/5\.2\.14-9/5.2.15-2/g' host.tsv
	# of files that apt does not read nothing counts
	printf 'Package: bash\nPin: release l=Debian-Security\nPin-Priority: -1\n' >$pref.bak
	check available fixed
}

@test "pins that are not understood are said, with file and line" {
	an_image
	mkdir -p root/etc/apt
	pref=root/etc/apt/preferences
	printf 'Package: bash\nPin: release a=x\nPin-Priority: 1\n\nPackage: a\nPin: moon full\nPin-Priority: 3\n' >$pref
	with_status 0 pm-collect apt --root root
	says "/etc/apt/preferences:5: this pin is not taken into account: the Pin is neither"
	for bad in 'Pin: release a=x\nPin-Priority: 1\n' \
	    'Package: a\nPin: release a=x\nPin-Priority: 0\n' \
	    'Package: *\nPin: version 1\nPin-Priority: 1\n' \
	    'Package: /b+++++++++++++++++++++/\nPin: release a=x\nPin-Priority: 1\n' \
	    'Package: a\nPin: version /(a{99}){99}/\nPin-Priority: 1\n' \
	    'Package: a\nPin: release\nPin-Priority: 1\n'; do
		printf '%b' "$bad" >$pref
		with_status 0 pm-collect apt --root root
		says "/etc/apt/preferences:1: this pin is not taken"
	done
	printf 'Package a\n' >$pref
	with_status 65 pm-collect apt --root root
	says "/etc/apt/preferences:1:"
}

# archive SITE SUITE CODENAME LABEL COMPONENT VERSIONS [FIELD...]: one of the
# repositories of the system in root, with packages p1 to p40 in some of these
# versions.
archive() {
	local dir=$lists/$1_debian_dists_$3 i
	local site=$1 suite=$2 codename=$3 label=$4 component=$5
	read -ra versions <<<"$6"
	shift 6
	release_file "$suite" "$codename" "$label" "$@" >"${dir}_InRelease"
	for ((i = 1; i <= 40; i++)); do
		((RANDOM % 3 > 0)) || continue
		printf 'Package: p%d\nVersion: %s\nArchitecture: amd64\n' $i \
		    "${versions[RANDOM % ${#versions[@]}]}"
		printf 'Filename: x\nSize: 1\nSHA256: %064d\n\n' $i
	done >"${dir}_${component}_binary-amd64_Packages"
	echo "deb [trusted=yes] http://$site/debian $codename $component" \
	    >>root/etc/apt/sources.list
}

# bats test_tags=slow
@test "random pins: the candidates of apt-cache policy, and what apt-get would do" {
	need_command apt-cache apt-get dpkg
	PINS=('*|release a=stable-security|400' '*|release n=bookworm|900'
	    '*|release a=experimental|600' '*|release n=bookworm-backports|500'
	    '*|release o=Debian, l=Debian-Security|50' '*|origin other.example.net|-1'
	    '*|origin "other.example.net"|990' 'p1*|release c=contrib|700'
	    'p2 p3 p4|release bookworm-backports|800' 'p2*|version 2*|600'
	    'p5 p6 p7 p8|release a=stable|-1' '/^p3[0-5]$/|version 1.5-1|1001'
	    'p*|release l=Own|90' 'p9|origin deb.example.org|1000'
	    '*|release a=testing|100' 'p3?|release v=12*|450'
	    '/^p1/|version /^2[.][01]/|-1' 'p4* p38|version 0*|1100')
	local round pin i differences=0 upgrades=0 held=0
	for ((round = 1; round <= 15; round++)); do
		RANDOM=$round
		rm -rf root
		a_root root
		mkdir -p root/etc/apt/preferences.d root/var/lib/dpkg \
		    root/var/cache/apt/archives/partial root/etc/apt/apt.conf.d
		archive deb.example.org stable bookworm Debian main \
		    "1.0-1 1.5-1 2.0-1" 'Version: 12.5'
		archive deb.example.org stable-security bookworm-security \
		    Debian-Security main "1.0-1+deb12u1 2.0-1+deb12u1" 'Version: 12'
		archive deb.example.org stable-backports bookworm-backports \
		    'Debian Backports' main "2.5-1~bpo12+1 3.0-1~bpo12+1" \
		    'NotAutomatic: yes' 'ButAutomaticUpgrades: yes'
		archive deb.example.org experimental rc-buggy Debian main \
		    "2.0-1+deb12u1 3.5-1 4.0-1" 'NotAutomatic: yes'
		archive other.example.net testing own Own contrib \
		    "1.5-1 2.2-1 3.5-1"
		for ((i = 1; i <= 40; i++)); do
			pin=(0.9-1 1.0-1 1.5-1 2.0-1+deb12u1 2.1-1 2.5-1~bpo12+1)
			printf 'Package: p%d\nStatus: install ok installed\n' $i
			printf 'Architecture: amd64\nVersion: %s\n' "${pin[RANDOM % 6]}"
			printf 'Maintainer: x\nDescription: x\n\n'
		done >root/var/lib/dpkg/status
		for ((i = RANDOM % 4; i > 0; i--)); do
			IFS='|' read -ra pin <<<"${PINS[RANDOM % ${#PINS[@]}]}"
			printf 'Package: %s\nPin: %s\nPin-Priority: %s\n\n' \
			    "${pin[@]}"
		done >root/etc/apt/preferences.d/pins
		case $((RANDOM % 5)) in
		1) echo 'APT::Default-Release "bookworm";' ;;
		2) printf 'apt { // a { comment\n default-release n=own; };\n' ;;
		3) printf '/* APT { */ APT { Get { Default-Release x; }; Default-Release "stable-backports"; }' ;;
		esac >root/etc/apt/apt.conf.d/10default
		echo 'APT::Default-Release "testing";' >root/etc/apt/apt.conf.d/x.bak
		options=(-c root/etc/apt/apt.conf.d/10default
		    -o "Dir=$PWD/root" -o APT::Architecture=amd64
		    -o "Dir::State::status=$PWD/root/var/lib/dpkg/status"
		    -o APT::Architectures::=amd64 -o Debug::NoLocking=1)
		apt-cache "${options[@]}" policy p{1..40} |
		    awk '/^p/ { sub(/:/, ""); p = $1 }
			/Installed:/ { i = $2 } /Candidate:/ { print p, i, $2 }' |
		    while read -r name old new; do
			! dpkg --compare-versions "$new" gt "$old" ||
			    echo "$name $new"
		    done | sort >expected
		# what apt would take without the pins, which put it below
		# what is installed: they keep it away, and nobody has to ask
		apt-cache "${options[@]}" policy p{1..40} |
		    awk '/^p/ { sub(/:/, ""); p = $1 } { sub(/[*]{3}/, "") }
			NF == 2 && $2 ~ /^-?[0-9]+$/ && $2 < 100 { print p, $1 }' |
		    sort >low
		apt-cache "${options[@]}" -o Dir::Etc::Preferences=/dev/null \
		    -o Dir::Etc::PreferencesParts=/dev/null \
		    -o APT::Default-Release= policy p{1..40} |
		    awk '/^p/ { sub(/:/, ""); p = $1 }
			/Installed:/ { i = $2 } /Candidate:/ { print p, i, $2 }' |
		    while read -r name old new; do
			! dpkg --compare-versions "$new" gt "$old" ||
			    echo "$name $new"
		    done | sort | comm -12 - low >kept
		apt-get "${options[@]}" -s --allow-downgrades dist-upgrade |
		    sed -n 's/^Inst \([^ ]*\) .*(\([^ ]*\) .*/\1 \2/p' |
		    sort >simulated
		[[ -z $(comm -23 expected simulated) ]]
		pm-collect apt -q --root root >feed.tsv
		pm-collect dpkg -q --host h --os debian --release 12 \
		    root/var/lib/dpkg/status >host.tsv
		with_status 0 pm-match -q feed.tsv host.tsv
		awk -F '\t' '$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
			$1 == "need" && $at["state"] == "available" {
				print $at["package"], $at["fixed"] }' out |
		    sort >got
		awk -F '\t' '$1 == "#adv" { for (i = 2; i <= NF; i++) at[$i] = i }
			$1 == "adv" && $at["state"] == "request" {
				print $at["package"], $at["fixed"] }' feed.tsv |
		    sort | comm -12 kept - >asked
		if ! cmp -s expected got || [[ -s asked ]]; then
			echo "round $round: pinned, yet: $(paste -sd , asked)"
			cat root/etc/apt/preferences.d/pins \
			    root/etc/apt/apt.conf.d/10default
			diff expected got || true
			differences=$((differences + 1))
		fi
		upgrades=$((upgrades + $(wc -l <expected)))
		held=$((held + $(wc -l <kept)))
	done
	[[ $upgrades -gt 100 && $held -gt 20 && $differences -eq 0 ]]
}

# the_lists: the machine's own package lists, by apt's reckoning.
the_lists() {
	need_command apt-get
	# shellcheck disable=SC2016 # the dollar sign is for apt
	mapfile -t lists < <(apt-get indextargets --format '$(FILENAME)' \
	    'Created-By: Packages' 2>/dev/null)
	[[ ${#lists[@]} -gt 0 ]] || skip "apt has no lists here"
}

# bats test_tags=req:G4,slow
@test "this machine: the offers that apt-cache knows, by package and version" {
	the_lists
	with_status 0 pm-collect apt
	# apt leaves out what is not in a list: the installed versions
	apt-cache dump | awk '
		/^Package: / { package = $2; sub(/:.*/, "", package) }
		/^ Version: / { version = $2; listed = 1 }
		/^ Description Language:/ { listed = 0 }
		listed && /^ +File: .*_Packages/ { print package, version }
	' | sort -u >expected
	awk -F '\t' '$1 == "adv" { print $7, $9 }' out | sort -u >actual
	[[ $(wc -l <expected) -gt 100 ]]
	same expected actual
}

@test "this machine: architecture and source as awk reads them" {
	the_lists
	with_status 0 pm-collect apt
	for file in "${lists[@]}"; do
		/usr/lib/apt/apt-helper cat-file "$file"
	done | awk '
		/^Package: / { package = $2; source = ""; source_version = "" }
		/^Version: / { version = $2 }
		/^Architecture: / { arch = $2 }
		/^Source: / {
			source = $2
			source_version = $3
			gsub(/[()]/, "", source_version)
		}
		/^$/ {
			print package, version, arch,
			    source == "" ? package : source,
			    source_version == "" ? version : source_version
		}
	' | sort >expected
	awk -F '\t' '$1 == "adv" { print $7, $9, $5, $21, $22 }' out |
	    sort >actual
	same expected actual
	# and each digest is that of the whole list
	for file in "${lists[@]}"; do
		/usr/lib/apt/apt-helper cat-file "$file" | sha256sum
	done | cut -d ' ' -f 1 | sort >expected
	column sha256 feed | sort >actual
	same expected actual
}
