#!/usr/bin/env bats
# pm-plan with the metadata of repositories: prerequisites, removals, bytes, the
# way back, and the cache.

bats_require_minimum_version 1.5.0
load lib/common
load lib/plan

setup() {
	plan_setup
	mkdir lists
}

# packages FILE: stanzas from "NAME VERSION [FIELD: VALUE | ...]" lines
packages() {
	awk '{
		name = $1; version = $2; rest = $0
		sub(/^[^ ]+ [^ ]+ ?/, "", rest)
		print "Package: " name "\nVersion: " version
		if (rest !~ /Architecture:/)
			print "Architecture: amd64"
		if (rest !~ /(^| )Size:/)
			print "Size: 1000"
		if (rest !~ /Installed-Size:/)
			print "Installed-Size: 10"
		n = split(rest, fields, / ?; ?/)
		for (i = 1; i <= n; i++)
			if (fields[i] != "")
				print fields[i]
		print ""
	}' > "$1"
}

# fleet LINE...: one host h with these packages (NAME VERSION [STATE]) and, of
# those with a plus sign before the name, needs (NAME INSTALLED FIXED [DECISION])
fleet() {
	printf '%s\n' "#host host os release arch tier" \
	    "#pkg host package version arch state" \
	    "#need host package installed fixed state decision" |
	    tr ' ' '\t'
	printf 'host\th\tdebian\t12\tamd64\t%s\n' "${TIER:-business}"
	printf '%s\n' "$@" | awk -v OFS='\t' '
		/^[+]/ { print "need", "h", substr($1, 2), $2, $3,
			"available", $4 == "" ? "patch" : $4; next }
		{ print "pkg", "h", $1, $2, "amd64",
			$3 == "" ? "installed" : $3 }'
}

# plan [OPTION...]: of standard input; rows "ACTION PACKAGE FROM TO STATE"
plan() {
	with_status 0 pm-plan -p policy.pm --repository lists "$@" || return
	step_rows action package from to state > rows
}

# bats test_tags=req:G3,req:solaris-patch-manager
@test "what a need needs is installed with it, in exact versions" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (>= 2), data | other
	libapp 1
	libapp 2
	data 1 Size: 77
	other 1
	END
	fleet "app 1" "libapp 1" "bash 5" "+app 1 2" | plan
	cat > want <<-'END'
	install app 1 2 planned
	install data - 1 planned
	install libapp 1 2 planned
	END
	same want rows
	[[ $(reason libapp) == "needed by app"* ]]
	[[ $(column bytes step) == *77* ]]
	grep -q '^##end step 5 ' out
	says '1 need = 1 planned'
}

# bats test_tags=req:G3
@test "what cannot be had is blocked with the solver's words, the rest is not" {
	packages lists/Packages <<-'END'
	app 2 Depends: missing
	tool 2
	clash 2 Conflicts: bash
	END
	fleet "app 1" "tool 1" "clash 1" "bash 5" \
	    "+app 1 2" "+tool 1 2" "+clash 1 2" "+gone 1 2" | plan
	cat > want <<-'END'
	install tool 1 2 planned
	install app 1 2 blocked
	install clash 1 2 blocked
	install gone 1 2 blocked
	END
	same want rows
	[[ $(reason app) == "nothing provides missing needed by app-2"* ]]
	[[ $(reason clash) == "would remove bash, which allow_remove does not name" ]]
	[[ $(reason gone) == "no repository that was given offers gone 2" ]]
}

# bats test_tags=req:G3
@test "removals are rows, and only with leave; an essential package has none" {
	packages lists/Packages <<-'END'
	mta2 2 Conflicts: mta1
	core2 2 Conflicts: core
	core 1 Essential: yes
	END
	fleet "mta1 1" "core 1" "mta2 1" "core2 1" "+mta2 1 2" "+core2 1 2" > in
	echo '-> allow_remove=mta*,core' >> policy.pm
	plan in
	cat > want <<-'END'
	install mta2 1 2 planned
	remove mta1 1 - planned
	install core2 1 2 blocked
	END
	same want rows
	[[ $(reason mta1) == "in the way of mta2"* ]]
	[[ $(reason core2) == "would remove core, "* ]]
	grep -q $'\th/remove/mta1\t' out
}

# bats test_tags=req:G3
@test "what is held stays, and is named" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (>= 2)
	libapp 2
	END
	fleet "app 1" "libapp 1 held,installed" "+app 1 2" | plan
	echo 'install app 1 2 blocked' | same - rows
	[[ $(reason app) == *libapp* ]]
}

# bats test_tags=req:G3
@test "a deferred need that another one needs is done with it" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (= 2)
	libapp 2
	END
	fleet "app 1" "libapp 1" "+app 1 2" "+libapp 1 2 defer" | plan
	printf '%s\n' 'install app 1 2 planned' 'install libapp 1 2 planned' |
	    same - rows
	[[ $(reason libapp) == "needed by app, although deferred: decision defer"* ]]
	says '2 needs = 2 planned'
}

# bats test_tags=req:F8
@test "a newer need that stays away keeps its row beside the prerequisite's" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (= 2)
	libapp 2
	END
	fleet "app 1" "libapp 1" "+app 1 2" "+libapp 1 3 defer" | plan
	cat > want <<-'END'
	install app 1 2 planned
	install libapp 1 2 planned
	install libapp 1 3 deferred
	END
	same want rows
	[[ $(cut -f 3 <(records step) | sort | uniq -d) == "" ]]
	says '2 needs = 1 planned + 0 waived + 0 mitigated + 0 accepted + 1 deferred'
}

# bats test_tags=req:P3-6
@test "the version to go back to; without one a mission host needs a waiver" {
	packages lists/Packages <<-'END'
	app 2
	tool 1
	tool 2
	END
	fleet "app 1" "tool 1" "+app 1 2" "+tool 1 2" > in
	plan --backout back in
	[[ $(column backout step | sort -u | tr '\n' ' ') == "- 1 unavailable " ]]
	[[ $(reason app) == *"no way back: no repository offers 1 any more"* ]]
	cut -f 6-9,14,15 < <(records step back) > rows
	printf 'install\tapp\t2\t1\tblocked\tno repository offers the earlier version
install\ttool\t2\t1\tplanned\tway back\n' | same - rows
	tail -n 1 back | grep -q '^##end step 2 sha256:'

	TIER=mission fleet "app 1" "tool 1" "+app 1 2" "+tool 1 2" > in
	plan in
	printf '%s\n' 'install tool 1 2 planned' 'install app 1 2 blocked' |
	    same - rows
	[[ $(reason app) == *"offers app 1 any more, and backout is required" ]]
	printf '#waive\thost\tpackage\tcve\tdecision\twho\twhen\treason\texpiry
waive\th\tapp\t-\tno-backout\tann\t-\timage at hand\t2027-01-01T00:00:00Z\n' |
	    cat in - > waived
	plan waived
	run ! grep blocked rows
	sed -i 's/$/ backout=optional/' policy.pm
	plan in
	run ! grep blocked rows
}

@test "a visit that does not fit on the disk is blocked with both figures" {
	packages lists/Packages <<-'END'
	app 1 Installed-Size: 100
	app 2 Size: 5000; Installed-Size: 200
	END
	fleet "app 1" "+app 1 2" > in
	free() {
		printf '#fact\thost\tkey\tvalue\nfact\th\tfree_space\t/ %s\n' "$1" |
		    cat in -
	}
	free 107400 | plan
	echo 'install app 1 2 planned' | same - rows
	free 107399 | plan
	echo 'install app 1 2 blocked' | same - rows
	[[ $(reason app) == "takes 107400 bytes on /, where 107399 are free" ]]
	[[ $(column growth step | sort -u) == - ]]
}

@test "downloads, what is unpacked and kernels are asked of their file systems" {
	packages lists/Packages <<-'END'
	app 1 Installed-Size: 100
	app 2 Size: 5000; Installed-Size: 200
	linux-image-amd64 6.1.9 Depends: linux-image-6.1.0-9-amd64 (= 6.1.9)
	linux-image-6.1.0-9-amd64 6.1.9 Size: 2000; Installed-Size: 300
	END
	fleet "app 1" "linux-image-amd64 6.1.8" "+app 1 2" > app
	fleet "app 1" "linux-image-amd64 6.1.8" "+linux-image-amd64 6.1.8 6.1.9" > kernel
	room() { # room INPUT "DIRECTORY BYTES"...
		local input=$1
		shift
		{
			printf '#fact\thost\tkey\tvalue\n'
			printf 'fact\th\tfree_space\t%s\n' "$@"
			cat "$input"
		} | plan
	}
	room app "/ 0" "/usr 102400" "/var 5000" "/boot 0"
	echo 'install app 1 2 planned' | same - rows
	[[ $(column growth step) == *102400* ]]
	room app "/ 0" "/usr 102399" "/var 5000"
	[[ $(reason app) == "takes 102400 bytes on /usr, where 102399 are free" ]]
	room app "/ 0" "/usr 102400" "/var 4999"
	[[ $(reason app) == "takes 5000 bytes on /var, where 4999 are free" ]]
	# what is no file system of its own is on that of /
	room app "/ 102400" "/var 5000"
	run ! grep blocked rows
	room app "/ 102399" "/var 5000"
	[[ $(reason app) == "takes 102400 bytes on /, where 102399 are free" ]]
	room kernel "/ 999999" "/boot 134217728"
	run ! grep blocked rows
	room kernel "/ 999999" "/boot 134217727"
	[[ $(reason linux-image-amd64) == "takes 134217728 bytes on /boot, where 134217727 are free" ]]
	run ! grep -q planned rows
	room kernel "/ 134217728"
	[[ $(reason linux-image-amd64) == "takes 1345"*" bytes on /, where 134217728 are free" ]]
	# other directories are not asked for; what is none is an error
	room app "/srv 1" "/ 107400"
	run ! grep blocked rows
	printf '#fact\thost\tkey\tvalue\nfact\th\tfree_space\t/boot much\n' |
	    cat - app > bad
	with_status 65 pm-plan -p policy.pm --repository lists bad
	says "free_space is '/boot BYTES'"
}

@test "without packages or a repository nothing is computed, and that is said" {
	packages lists/Packages <<-'END'
	app 2 Depends: missing
	END
	fleet "app 1" "+app 1 2" > in
	grep -v ^pkg in | plan
	echo 'install app 1 2 planned' | same - rows
	says '1 host has no pkg records'
	sed 's/debian/fedora/' in | plan
	says '1 host is of a system that no --repository is for'
	with_status 0 pm-plan -q -p policy.pm in
	run ! grep -q '^#*pkg' out
	with_status 0 pm-plan -qk -p policy.pm in
	grep -q '^pkg' out
}

@test "the Release file says whose lists they are, and what is not automatic" {
	printf '%s\n' 'Origin: Debian' 'Codename: bookworm' \
	    > lists/x_dists_bookworm_InRelease
	printf '%s\n' 'Origin: Debian' 'Codename: trixie' \
	    > lists/x_dists_trixie_InRelease
	printf '%s\n' 'Origin: Debian Backports' 'Codename: bookworm-backports' \
	    'NotAutomatic: yes' 'ButAutomaticUpgrades: yes' \
	    > lists/x_dists_bookworm-backports_InRelease
	packages lists/x_dists_bookworm_main_binary-amd64_Packages <<-'END'
	app 2 Depends: libapp
	libapp 2
	END
	packages lists/x_dists_bookworm_main_binary-arm64_Packages <<-'END'
	libapp 4 Architecture: arm64
	END
	packages lists/x_dists_trixie_main_binary-amd64_Packages <<-'END'
	libapp 5
	END
	packages lists/x_dists_bookworm-backports_main_binary-amd64_Packages <<-'END'
	libapp 3
	END
	fleet "app 1" "+app 1 2" | plan
	grep -qx 'install libapp - 2 planned' rows
	with_status 0 pm-plan -q -p policy.pm --repository nosuch=lists \
	    <(fleet "app 1" "+app 1 2")
	! grep -q libapp out
}

@test "a status file tells the dependencies of what is offered no more" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (>= 2)
	libapp 2
	user 2 Depends: libapp (= 2)
	END
	fleet "app 1" "libapp 1" "user 1" "+app 1 2" | plan
	says '3 installed packages are in no repository'
	packages status <<-'END'
	app 1 Status: install ok installed
	libapp 1 Status: install ok installed
	user 1 Status: install ok installed; Depends: libapp (= 1)
	old 1 Status: deinstall ok config-files
	END
	fleet "app 1" "libapp 1" "user 1" "+app 1 2" | plan --repository status
	cat > want <<-'END'
	install app 1 2 planned
	install libapp 1 2 planned
	install user 1 2 planned
	END
	same want rows
	! grep -q 'in no repository' err
}

@test "metadata is packed or not, cached by digest, and made again when damaged" {
	packages plain <<-'END'
	app 2 Depends: libapp
	libapp 2
	END
	fleet "app 1" "+app 1 2" > in
	for packer in gzip xz 'zstd -q' 'lz4 -q' bzip2; do
		need_command "${packer%% *}"
		rm -rf lists/* cache
		case $packer in gzip) end=gz ;; zstd*) end=zst ;;
		lz4*) end=lz4 ;; bzip2) end=bz2 ;; *) end=xz ;; esac
		$packer -c < plain > lists/Packages.$end
		plan in
		grep -qx 'install libapp - 2 planned' rows
	done
	cp plain lists/Packages
	rm -rf lists/Packages.* cache
	plan in
	grep -v '^##end' out > first
	file=$(echo cache/*.solv)
	cp "$file" good
	plan in
	run ! grep -q damaged err
	grep -v '^##end' out | same first -
	truncate -s -100 "$file"
	plan in
	says damaged
	cmp good "$file"
	printf 'x' | dd of="$file" bs=1 seek=200 conv=notrunc status=none
	plan in
	says damaged
	cmp good "$file"
	# another list is another file: nothing is ever stale
	packages lists/Packages <<< 'app 2 Depends: newlib'
	with_status 0 pm-plan -p policy.pm --repository lists in
	[[ $(echo cache/*.solv | wc -w) == 2 ]]
}

@test "metadata that is none ends the run and is named" {
	fleet "app 1" "+app 1 2" > in
	bad() { # bad STATUS TEXT
		with_status "$1" pm-plan -p policy.pm --repository lists in &&
		    says "$2"
	}
	bad 66 'neither Packages files'
	echo 'no field' > lists/Packages
	bad 65 'lists/Packages: package at line 1'
	printf 'Package: app\nVersion: 2\n' > lists/Packages
	bad 65 'no name, version or architecture'
	printf 'Package: a\nVersion: 2\nArchitecture: all\nDepends: b (2)\n' \
	    > lists/Packages
	bad 65 'a dependency without relation'
	rm lists/Packages
	head -c 100 /dev/urandom > lists/Packages.gz
	with_status 65 pm-plan -p policy.pm --repository lists in
	with_status 66 pm-plan -p policy.pm --repository nosuch in
	with_status 64 pm-plan -p policy.pm --repository =x in
	with_status 74 pm-plan -p policy.pm --cache /dev/null/x \
	    --repository /var/lib/dpkg/status in
}

# bats test_tags=req:F11
@test "the order of records does not matter, and hosts share a solution" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp, a | b
	libapp 2
	a 1
	b 1
	END
	fleet "app 1" "libapp 1" "bash 5" "+app 1 2" "+libapp 1 2" > one
	{ cat one; grep -v '^#' one | sed 's/\th\t/\tg\t/'; } > in
	plan in
	grep '^step' out > first
	says 'prerequisites of 2 hosts, solved as 1'
	{ grep '^#' in; grep -v '^#' in | tac; } > turned
	plan turned
	grep '^step' out | same first -
}

@test "a prerequisite passes the gates as well, or its visit is blocked" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (= 2)
	libapp 2
	END
	promoted() {
		printf 'promote\t%s\tproduction\t%s\t2\tann\t2026-11-20T00:00:00Z\ttested\t-\n' \
		    "$(printf 'debian\t12\t%s\t2\n' "$1" | sha256sum |
			cut -c 1-64 | sed 's/^/sha256:/')" "$1"
	}
	sed -i 's/$/ gates=promotion/' policy.pm
	fleet "app 1" "libapp 1" "+app 1 2" > in
	{ cat in; promoted app; promoted libapp; } | plan
	printf '%s\n' 'install app 1 2 planned' 'install libapp 1 2 planned' |
	    same - rows
	{ cat in; promoted app; } | plan
	echo 'install app 1 2 blocked' | same - rows
	[[ $(reason app) == "needs libapp 2: "*promotion* ]]
}

# fleet_of HOSTS: of four sets of packages, 300 each, one need a host
fleet_of() {
	awk -v hosts="$1" 'BEGIN {
		OFS = "\t"
		print "#host", "host", "os", "release", "arch"
		print "#pkg", "host", "package", "version", "arch", "state"
		print "#need", "host", "package", "installed", "fixed", \
		    "state", "decision"
		for (h = 0; h < hosts; h++) {
			print "host", "h" h, "debian", 12, "amd64"
			for (p = 0; p < 300; p++)
				print "pkg", "h" h, "p" p, p == h % 4 ? 1 : 2, \
				    "amd64", "installed"
			print "need", "h" h, "p" h % 4, 1, 2, "available", "patch"
		}
	}'
}

@test "hosts with the same packages share them, in whatever order they come" {
	for ((p = 0; p < 300; p++)); do
		echo "p$p 2 Depends: p$(((p + 1) % 300))"
	done | packages lists/Packages
	fleet_of 40 > in
	plan < in
	grep -F 'prerequisites of 40 hosts, solved as 4' err
	grep -v '^##end' out > want
	{
		grep ^# in
		grep -v ^# in | sort -t "$(printf '\t')" -k 3,3 -k 2,2
	} > mixed
	plan < mixed
	grep -F 'prerequisites of 40 hosts, solved as 4' err
	diff <(grep ^step want) <(grep ^step out)
}

@test "memory grows with the packages that there are, not with the inventory" {
	need_command /usr/bin/time
	peak() {
		fleet_of "$1" | /usr/bin/time -f %M -o peak \
		    pm-plan -q -p policy.pm > /dev/null
		tail -n 1 peak
	}
	# 1,500 hosts more have 450,000 records more; numbers of 4 bytes
	few=$(peak 500)
	many=$(peak 2000)
	# (the sanitizers keep for a while what was freed)
	[[ $((many - few)) -lt 3000 ]] || sanitized || {
		echo "$few $many"
		false
	}
}

@test "a prerequisite that was not tested blocks as a need would, then and now" {
	packages lists/Packages <<-'END'
	app 2 Depends: libapp (= 2), fresh
	libapp 2
	fresh 1
	tool 2
	END
	result() {
		printf 'test\tt1\t%s\t%s\tpassed\tbob\t2026-11-20T00:00:00Z\tfine\t-\tdebian 12\n' "$@"
	}
	result2() { printf '#test\thost\tpackage\tversion\toutcome\twho\twhen\treason\texpiry\timage\n'; result "$@"; }
	sed -i 's/$/ gates=test mode=unattended/' policy.pm
	fleet "app 1" "libapp 1" "tool 1" "+app 1 2" "+tool 1 2" > in
	{ cat in; result2 app 2; result tool 2; result libapp 2; } | plan
	[[ $(sort rows | xargs -n 5 | cut -d ' ' -f 2,5 | xargs) == "app blocked tool blocked" ]]
	[[ $(reason app) == "needs fresh 1: gate test: a passed test is wanted, there is: no result" ]]
	{ cat in; result2 app 2; result tool 2; result libapp 2; result fresh 1; } | plan
	[[ $(sort rows | cut -d ' ' -f 2,5 | xargs) == "app planned fresh planned libapp planned tool planned" ]]
	[[ $(column requires step | sort | uniq -c | xargs) == *"4 test" ]]
	# pm-apply asks again of each, and what others need bars the visit
	cp out plan.tsv
	pm-plan --approve ann plan.tsv > approve.tsv
	sed -i '/^test	t1	libapp/d' plan.tsv
	with_status 77 pm-apply -e /bin/false --journal j.tsv plan.tsv approve.tsv
	says "the plan requires of h/install/libapp: a passed test of this version"
	grep -q 'h/install/tool.*refused.*others of the visit need libapp 2' out
	[[ ! -e j.tsv ]]
}
