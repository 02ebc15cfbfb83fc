# pm-match: which patches a host needs, and what could be judged of it.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >feeds.tsv <<-'END'
		#feed | feed | os | release | date | kind
		feed | tracker | debian | 12 | 2026-11-20T00:00:00Z | advisories
		#adv | adv | os | release | by | package | introduced | fixed | state | severity | cves | feed
		adv | DSA-1 | debian | 12 | source | curl | - | 7.88.1-10+deb12u5 | fixed | high | CVE-2023-38545,CVE-2023-38546 | tracker
		adv | DSA-2 | debian | 12 | source | curl | - | 7.88.1-10+deb12u6 | fixed | - | CVE-2024-2004,CVE-2023-38545 | tracker
		adv | T-3 | debian | 12 | source | zlib | - | - | affected | low | CVE-2023-45853 | tracker
		adv | T-4 | debian | 12 | source | bash | 5.2 | 5.2.15-3 | fixed | medium | CVE-2022-3715 | tracker
		adv | T-5 | debian | 12 | source | dash | - | - | not_affected | - | CVE-2020-1 | tracker
		#host | host | os | release | arch
		host | web1 | debian | 12 | amd64
		#pkg | host | package | version | arch | source | source_version | state
	END
}

# pkg PACKAGE VERSION [ARCH] [SOURCE] [SOURCE-VERSION] [STATE]
pkg() {
	printf 'pkg\tweb1\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-amd64}" \
	    "${4:-$1}" "${5:-$2}" "${6:-installed}" >>feeds.tsv
}

need() {
	with_status 0 pm-match "$@" feeds.tsv
	records need
}

# bats test_tags=req:G5
@test "several fixes of one package collapse to the highest that is needed" {
	pkg libcurl4 7.88.1-10+deb12u4 amd64 curl
	need >got
	stream >want <<-'END'
		need | web1 | libcurl4 | 7.88.1-10+deb12u4 | 7.88.1-10+deb12u6 | DSA-1,DSA-2 | CVE-2023-38545,CVE-2023-38546,CVE-2024-2004 | available | high | security | assumed | tracker: source curl 7.88.1-10+deb12u4 < 7.88.1-10+deb12u6; that a repository of the host offers it is assumed
	END
	same want got
}

@test "a package between two fixes needs only the second" {
	pkg curl 7.88.1-10+deb12u5
	[ "$(need | cut -f 5,6,7)" = $'7.88.1-10+deb12u6\tDSA-2\tCVE-2023-38545,CVE-2024-2004' ]
}

@test "the fixed version itself is clean, and so is a later one" {
	pkg curl 7.88.1-10+deb12u6
	pkg libcurl4 7.88.1-10+deb12u7 amd64 curl
	[ -z "$(need)" ]
}

@test "the source version decides, not that of the binary package" {
	# a binary package with a version of its own, as of a metapackage
	pkg libcurl-meta 1:99 amd64 curl 7.88.1-10+deb12u5
	[ "$(need | cut -f 4,5)" = $'1:99\t7.88.1-10+deb12u6' ]
	# the name of a binary package is not that of a source package
	pkg curl 1:99 amd64 other 0.1
	[ "$(need | wc -l)" -eq 1 ]
}

# bats test_tags=req:F8
@test "a flaw without a fix is a need that says so; not affected is none" {
	pkg zlib1g 1:1.2.13 amd64 zlib
	pkg dash 0.5.12-2
	[ "$(need | cut -f 3,5,8,12)" = \
	    $'zlib1g\t-\tunfixed\ttracker: source zlib 1:1.2.13 is affected' ]
}

@test "a range has two ends" {
	pkg bash 5.1-2
	[ -z "$(need)" ]
	pkg bash 5.2-1
	[ "$(need | cut -f 5)" = 5.2.15-3 ]
	pkg bash 5.2.15-3
	[ "$(need | wc -l)" -eq 1 ]
}

@test "a version that cannot be compared is invalid, never clean" {
	pkg curl 7.88.1-
	pkg bash 9:
	[ "$(need | cut -f 3,4,5,8)" = $'curl\t7.88.1-\t-\tinvalid\nbash\t9:\t-\tinvalid' ]
}

@test "an advisory with a version that cannot be compared is shown" {
	sed -i 's/7.88.1-10+deb12u6/x:1/' feeds.tsv
	pkg curl 7.88.1-10+deb12u5
	[ "$(need | cut -f 3,6,8)" = $'curl\tDSA-2\tinvalid' ]
}

@test "a held package is held, and a foreign architecture is named" {
	pkg curl 7.88.1-10+deb12u4 amd64 curl 7.88.1-10+deb12u4 held,installed
	pkg curl 7.88.1-10+deb12u4 i386
	pkg curl 7.88.1-10+deb12u4 amd64 curl 7.88.1-10+deb12u4 half-configured,held
	[ "$(need | cut -f 3,8)" = $'curl\theld\ncurl:i386\tavailable\ncurl\theld' ]
}

@test "what a repository offers is available; what it lacks is announced" {
	stream >repository.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | apt | debian | 12 | repository
		#adv | adv | os | release | arch | by | package | fixed | state | feed | source | source_version | kind
		adv | curl=u5 | debian | 12 | amd64 | binary | curl | 7.88.1-10+deb12u5+b1 | fixed | apt | curl | 7.88.1-10+deb12u5 | security
		adv | bash=5 | debian | 12 | amd64 | binary | bash | 5.2-1 | fixed | apt | bash | 5.2-1 | release
	END
	pkg curl 7.88.1-10+deb12u4
	pkg bash 5.2-1
	need repository.tsv | cut -f 3,5,7,8 >got
	stream >want <<-'END'
		curl | 7.88.1-10+deb12u5+b1 | CVE-2023-38545,CVE-2023-38546 | available
		curl | 7.88.1-10+deb12u6 | CVE-2023-38545,CVE-2024-2004 | announced
		bash | 5.2.15-3 | CVE-2022-3715 | announced
	END
	same want got
}

@test "the running kernel is compared with the newest installed one" {
	sed -i 's/^#host.*/#host\thost\tos\trelease\tarch\tkernel/
		s/^host.*/&\t6.1.0-37-amd64/' feeds.tsv
	pkg linux-image-amd64 6.1.159-1 amd64 linux-signed-amd64
	pkg linux-image-6.1.0-37-amd64 6.1.140-1 amd64 linux-signed-amd64
	[ -z "$(need)" ]
	pkg linux-image-6.1.0-9-amd64 6.1.27-1 amd64 linux-signed-amd64
	pkg linux-image-6.1.0-42-amd64 6.1.159-1 amd64 linux-signed-amd64
	pkg linux-image-6.1.0-99-amd64-dbg 6.1.999-1 amd64 linux-signed-amd64
	[ "$(need | cut -f 3,4,5,8)" = \
	    $'linux-image-6.1.0-42-amd64\t6.1.140-1\t6.1.159-1\treboot' ]
}

@test "random fleets: the same needs as the plainest comparison of all with all" {
	for seed in 1 2 3 4 5 6 7 8; do
		awk -v seed="$seed" -v OFS='\t' '
			function some(n) { return int(rand() * n) }
			function arch() {
				return substr("amd64i386 all  -    -    ",
				    some(5) * 5 + 1, 5)
			}
			BEGIN {
				srand(seed)
				print "#feed", "feed", "os", "release", "kind"
				print "feed", "f", "debian", "12", "repository"
				print "#adv", "arch", "by", "package", \
				    "introduced", "fixed", "state", "cves", \
				    "source_version", "adv", "os", "release"
				for (i = 0; i < 60; i++) {
					a = arch(); gsub(/ /, "", a)
					from = some(4) ? "-" : some(5) + 1
					bad = some(5) == 0
					fixed = (from == "-" ? 0 : from) + 1 + some(7)
					p = some(8)
					print "adv", a, \
					    some(2) ? "source" : "binary", \
					    "p" p, from, bad ? "-" : fixed, \
					    bad ? "affected" : "fixed", "C" i, \
					    (fixed + p) % 3 ? "-" : (fixed + p) % 9, \
					    "A" i, "debian", "12"
				}
				print "#host", "host", "os", "release"
				print "#pkg", "host", "package", "version", \
				    "arch", "source", "source_version", "origin", \
				    "state"
				for (h = 0; h < 40; h++) {
					print "host", "h" h, "debian", "12"
					for (i = 0; i < 8; i++) {
						v = some(9) + 1
						print "pkg", "h" h, "p" i, v, \
						    some(3) ? "amd64" : "all", \
						    "p" some(8), \
						    some(3) ? v : some(9) + 1, "-", \
						    some(9) ? "installed" : "held"
					}
				}
			}' >fleet.tsv
		with_status 0 pm-match fleet.tsv
		awk -F '\t' '$1 == "need" { print $2, $3, $8, $4, $5, $7 }' \
		    out | sort >got
		awk -f "$PM_TOP/tests/lib/match_oracle.awk" fleet.tsv |
		    sort >want
		same want got
		[ "$(wc -l <want)" -gt 100 ]
	done
}

@test "a sorted stream gives the same records" {
	pkg curl 7.88.1-10+deb12u4
	printf '%s\n' $'host\tdb1\tdebian\t12\tamd64' \
	    $'pkg\tdb1\tcurl\t1\tamd64\tcurl\t1\tinstalled' >>feeds.tsv
	pm-match -q feeds.tsv | sort >want
	sort feeds.tsv | pm-match -q | sort >got
	same want got
}

@test "records that come too late or without their host stop the program" {
	pkg curl 1
	grep -m 1 ^adv feeds.tsv >late.tsv
	with_status 65 pm-match feeds.tsv <(grep '^#adv' feeds.tsv; cat late.tsv)
	says "2: adv after the first package"
	printf 'pkg\tnobody\tcurl\t1\n' >alone.tsv
	with_status 65 pm-match - < <(printf '#pkg\thost\tpackage\tversion\n'; cat alone.tsv)
	says "whose host record does not stand before it"
}

# bats test_tags=req:G8,req:P1-1
@test "every host gets a cover record; none that was not judged is covered" {
	stream >more.tsv <<-'END'
		#host | host | class | os | release | state
		host | empty | server | debian | 12 | ok
		host | old | server | debian | 7 | ok
		host | sun | server | solaris | 11 | ok
		host | printer1 | printer | - | - | ok
		host | gone | laptop | debian | 12 | unreachable
	END
	pkg curl 7.88.1-10+deb12u6
	with_status 1 pm-match --strict feeds.tsv more.tsv
	records cover | cut -f 2-4 | sort >got
	stream >want <<-'END'
		empty | - | partial
		empty | tracker | covered
		gone | - | unreachable
		old | - | eol
		old | - | no-feed
		printer1 | - | unsupported
		sun | - | no-feed
		web1 | tracker | covered
	END
	same want got
	with_status 0 pm-match --strict feeds.tsv
}

# bats test_tags=req:G4
@test "an old feed covers nothing" {
	pkg curl 7.88.1-10+deb12u6
	with_status 0 pm-match --now 2026-11-21T00:00:00Z --max-feed-age 2d \
	    --strict feeds.tsv
	with_status 1 pm-match --now 2026-11-23T00:00:00Z --max-feed-age 2d \
	    --strict feeds.tsv
	[ "$(records cover | cut -f 4)" = stale-feed ]
}

@test "a package that no repository lists makes the cover partial" {
	stream >repository.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | apt | debian | 12 | repository
		#adv | adv | os | release | arch | by | package | fixed | state | feed
		adv | curl=1 | debian | 12 | amd64 | binary | curl | 1 | fixed | apt
	END
	pkg curl 99
	pkg homebrew 1
	with_status 0 pm-match repository.tsv feeds.tsv
	grep -q $'^cover\tweb1\t-\tpartial\t1 of 2 packages in no feed: homebrew$' out
}

@test "no hosts: nothing was examined" {
	grep -v ^host feeds.tsv >none.tsv
	with_status 66 pm-match none.tsv
	says "nothing was examined"
}

@test "memory does not grow with the number of hosts" {
	need_command /usr/bin/time
	[[ $PM_BUILD != *sanitize ]] || skip "the sanitizer keeps memory back"
	rss() {
		{ cat feeds.tsv; awk -v hosts="$1" 'BEGIN { OFS = "\t"
			for (h = 0; h < hosts; h++) {
				print "host", "h" h, "debian", "12", "amd64"
				for (i = 0; i < 20; i++)
					print "pkg", "h" h, "p" i, "1", "amd64", \
					    "p" i, "1", "installed"
			} }'; } | /usr/bin/time -o rss -f %M pm-match -q >/dev/null
		cat rss
	}
	few=$(rss 100)
	many=$(rss 20000)
	echo "$few KB, $many KB"
	[ "$many" -lt $((few + 1024)) ]
}

# Exactly what apt itself would upgrade on this machine.
@test "this machine: the same upgrades, to the same versions, as apt" {
	need_command apt-get
	compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null ||
	    skip "this machine has no package lists"
	pm-collect apt -q -o apt.tsv
	pm-collect local -q -o local.tsv
	pm-match -q apt.tsv local.tsv | records need /dev/stdin |
	    awk -F '\t' '$8 != "reboot" { print $3, $4, $5 }' | sort >got
	apt-get -s dist-upgrade | sed -nE \
	    's/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/\1 \2 \3/p' | sort >want
	same want got
}

@test "this machine: the same security upgrades as apt with the security suite alone" {
	need_command apt-get
	compgen -G '/var/lib/apt/lists/*security*_Packages*' >/dev/null ||
	    skip "this machine has no lists of a security suite"
	mkdir parts
	apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
	    'Created-By: Packages' | grep -- '-security ' >security.list
	pm-collect apt -q | awk -F '\t' '$1 != "adv" || /-security/' >apt.tsv
	pm-collect local -q -o local.tsv
	pm-match -q apt.tsv local.tsv | records need /dev/stdin |
	    awk -F '\t' '$8 != "reboot" { print $3, $4, $5 }' | sort >got
	apt-get -s -o Dir::Etc::sourcelist="$PWD/security.list" \
	    -o Dir::Etc::sourceparts="$PWD/parts" \
	    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
	    dist-upgrade | sed -nE \
	    's/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/\1 \2 \3/p' | sort >want
	same want got
}
