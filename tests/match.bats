# pm-match: which patches a host needs, and what could be judged of it.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T00:00:00Z
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
		need | web1 | libcurl4 | 7.88.1-10+deb12u4 | 7.88.1-10+deb12u6 | DSA-1,DSA-2 | CVE-2023-38545,CVE-2023-38546,CVE-2024-2004 | available | high | security | assumed | tracker: source curl 7.88.1-10+deb12u4 < 7.88.1-10+deb12u6; that a repository of the host offers it is assumed | curl | -
	END
	same want got
}

@test "a need says when the version to reach was published" {
	published() { # ADVISORY FIXED TIME
		printf 'adv\t%s\tdebian\t12\tsource\tbzip2\t%s\tfixed\t%s\ttracker\n' "$@"
	}
	{
		printf '#adv\tadv\tos\trelease\tby\tpackage\tfixed\tstate\tpublished\tfeed\n'
		published B-1 1.0-1 2026-01-01T00:00:00Z
		published B-2 1.0-2 2026-03-03T00:00:00Z
		published B-3 1.0-2 2026-02-02T00:00:00Z
		published B-4 1.0-2 -
	} >dated.tsv
	pkg bzip2 1.0-0
	# the earliest that names this version, not that of an older fix
	[ "$(need dated.tsv | cut -f 5,6,14)" = \
	    $'1.0-2\tB-1,B-2,B-3,B-4\t2026-02-02T00:00:00Z' ]
	tac dated.tsv | sed '1h;1d;$!H;$!d;G' >turned.tsv
	[ "$(need turned.tsv | cut -f 5,14)" = $'1.0-2\t2026-02-02T00:00:00Z' ]
	# also where one of them is for another package as well
	pkg curl 7.88.1-10+deb12u5
	[ "$(need dated.tsv | cut -f 3,14)" = \
	    $'bzip2\t2026-02-02T00:00:00Z\ncurl\t-' ]
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

# bats test_tags=req:F8
@test "a vulnerability that a feed calls not affected is no need, and is shown" {
	stream >vex.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | vex | debian | 12 | advisories
		#adv | adv | os | release | by | package | introduced | fixed | state | cves | feed
		adv | V-1 | debian | 12 | source | curl | - | - | not_affected | CVE-2023-38545 | vex
		adv | V-2 | debian | 12 | binary | zlib1g | - | - | not_affected | CVE-2023-45853 | vex
		adv | V-3 | debian | 12 | source | bash | 5.2-3 | 5.2-5 | not_affected | CVE-2022-3715 | vex
		adv | V-4 | debian | 12 | source | bash | 5.2-7 | 5.2-7 | not_affected | CVE-2022-3715 | vex
	END
	pkg curl 7.88.1-10+deb12u4
	pkg zlib1g 1:1.2.13 amd64 zlib
	for revision in 2 3 4 5 6 7 8; do
		pkg bash 5.2-$revision
	done
	need vex.tsv | cut -f 3,4,6,7 >got
	stream >want <<-'END'
		curl | 7.88.1-10+deb12u4 | DSA-1,DSA-2 | CVE-2023-38546,CVE-2024-2004
		bash | 5.2-2 | T-4 | CVE-2022-3715
		bash | 5.2-5 | T-4 | CVE-2022-3715
		bash | 5.2-6 | T-4 | CVE-2022-3715
		bash | 5.2-8 | T-4 | CVE-2022-3715
	END
	same want got
	records need | head -n 1 | cut -f 12 |
	    grep -q '; vex: not affected by CVE-2023-38545$'
	echo "9 packages; not affected, says the feed, by 4 vulnerabilities: CVE-2023-38545 of curl, CVE-2023-45853 of zlib1g, CVE-2022-3715 of bash, CVE-2022-3715 of bash" >want
	records cover | awk -F "\t" '$3 == "vex" { print $5 }' >got
	same want got
	# nothing else is left of an advisory for one vulnerability alone
	sed -i 's/CVE-2023-38545,CVE-2023-38546/CVE-2023-38545/' feeds.tsv
	[ "$(need vex.tsv | head -n 1 | cut -f 6,7)" = $'DSA-2\tCVE-2024-2004' ]
}

@test "a superseded advisory without a fix goes the way of its successor" {
	stream >more.tsv <<-'END'
		#adv | adv | os | release | by | package | fixed | state | cves | supersedes | feed
		adv | T-6 | debian | 12 | source | zlib | 1:1.3 | fixed | CVE-2025-1 | T-3 | tracker
	END
	pkg zlib1g 1:1.2.13 amd64 zlib
	pkg zlib1g-dev 1:1.3 amd64 zlib
	[ "$(need more.tsv | cut -f 3,5,6,7)" = \
	    $'zlib1g\t1:1.3\tT-3,T-6\tCVE-2023-45853,CVE-2025-1' ]
}

@test "what is offered on request counts once it was asked for" {
	stream >repository.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | apt | debian | 12 | repository
		feed | bpo | debian | 12 | repository
		#adv | adv | os | release | arch | by | package | fixed | state | feed | kind
		adv | git=1 | debian | 12 | amd64 | binary | git | 1:2.39-1 | fixed | apt | release
		adv | git=2 | debian | 12 | amd64 | binary | git | 1:2.45-1~bpo12+2 | manual | bpo | update
		adv | new=2 | debian | 12 | amd64 | binary | new | 2~bpo12+1 | manual | bpo | update
	END
	pkg git 1:2.38-1		# older than the release
	pkg git 1:2.39-1		# of the release
	pkg git 1:2.45-1~bpo12+1	# from backports, an older one
	pkg git 1:2.45-1~bpo12+2
	pkg git 1:2.40-1		# built by hand, but newer than the release
	pkg new 1
	need repository.tsv | cut -f 3,4,5,8 >got
	stream >want <<-'END'
		git | 1:2.38-1 | 1:2.39-1 | available
		git | 1:2.45-1~bpo12+1 | 1:2.45-1~bpo12+2 | available
		git | 1:2.40-1 | 1:2.45-1~bpo12+2 | available
		new | 1 | 2~bpo12+1 | available
	END
	same want got
}

@test "a flaw without a fix, up to the last version that is affected" {
	stream >more.tsv <<-'END'
		#adv | adv | os | release | by | package | introduced | fixed | last_affected | state | cves | feed
		adv | T-7 | debian | 12 | source | git | 1:2.30-1 | - | 1:2.39-1 | affected | CVE-2025-7 | tracker
	END
	for version in 1:2.29-1 1:2.30-1 1:2.39-1 1:2.39-2; do
		pkg git $version
	done
	[ "$(need more.tsv | cut -f 4,8)" = $'1:2.30-1\tunfixed\n1:2.39-1\tunfixed' ]
}

@test "apk and pacman: their own orders decide" {
	stream >feeds.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | secdb | alpine | 3.22 | advisories
		feed | arch | arch | - | advisories
		#adv | adv | os | release | by | package | introduced | fixed | state | cves | feed
		adv | S-1 | alpine | 3.22 | source | openssl | - | 3.1.4-r2 | fixed | CVE-1 | secdb
		adv | S-2 | alpine | 3.22 | source | busybox | - | 1.36.1_p1-r0 | fixed | CVE-2 | secdb
		adv | V-1 | arch | - | binary | linux | - | 6.6.arch1-1 | fixed | CVE-3 | arch
		adv | V-2 | arch | - | binary | curl | 8.0.0-1 | 8.4.0-1 | fixed | CVE-4 | arch
		#host | host | os | release | arch
		host | a1 | alpine | 3.22.1 | x86_64
		host | p1 | arch | rolling | x86_64
		#pkg | host | package | version | arch | source
		pkg | a1 | libssl3 | 3.1.4-r1 | x86_64 | openssl
		pkg | a1 | libcrypto3 | 3.1.4-r10 | x86_64 | openssl
		pkg | a1 | busybox | 1.36.1_rc1-r9 | x86_64 | busybox
		pkg | p1 | linux | 6.5.9.arch2-1 | x86_64 | linux
		pkg | p1 | curl | 7.9.0-1 | x86_64 | curl
		pkg | p1 | curl | 8.3.0-2 | x86_64 | curl
	END
	need | cut -f 2,3,4,5 >got
	stream >want <<-'END'
		a1 | libssl3 | 3.1.4-r1 | 3.1.4-r2
		a1 | busybox | 1.36.1_rc1-r9 | 1.36.1_p1-r0
		p1 | linux | 6.5.9.arch2-1 | 6.6.arch1-1
		p1 | curl | 8.3.0-2 | 8.4.0-1
	END
	same want got
	printf "a1\tsecdb\tcovered\np1\tarch\tcovered\n" >want
	records cover | cut -f 2-4 >got
	same want got
}

@test "products: ranges in a plain order, on any system that has no packaging" {
	stream >feeds.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | cisco | ios-xe | - | advisories
		feed | products | - | - | advisories
		#adv | adv | os | release | by | package | introduced | fixed | state | cves | feed
		adv | C-1 | ios-xe | - | product | ios-xe | 17.3 | 17.6.10 | fixed | CVE-1 | cisco
		adv | C-2 | ios-xe | - | product | ios-xe | 17.9 | 17.9.4a | fixed | CVE-2 | cisco
		adv | P-1 | - | - | product | netmgr | - | 2.0 | fixed | CVE-3 | products
		#host | host | os | release
		host | s1 | ios-xe | 17.6.9
		host | s2 | junos | 21
		host | d1 | debian | 12
		#pkg | host | package | version
		pkg | s1 | ios-xe | 17.6.9
		pkg | s1 | netmgr | 2.0-rc1
		pkg | s2 | netmgr | 1.9
		pkg | s2 | netmgr | v2.0.0
		pkg | d1 | netmgr | 1.9
	END
	need | cut -f 2-6 | sort >got
	stream >want <<-'END'
		s1 | ios-xe | 17.6.9 | 17.6.10 | C-1
		s1 | netmgr | 2.0-rc1 | 2.0 | P-1
		s2 | netmgr | 1.9 | 2.0 | P-1
	END
	same want got
	records cover | cut -f 2-4 | sort >got
	stream >want <<-'END'
		d1 | - | no-feed
		s1 | cisco | covered
		s1 | products | covered
		s2 | products | partial
	END
	same want got
	sed -i 's/^adv\tP-1\t-\t-/adv\tP-1\tdebian\t12/' feeds.tsv
	with_status 65 pm-match feeds.tsv
	says "by is product, but the packages of debian have versions of their own"
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
	for seed in {1..12}; do
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
				for (i = 0; i < 90; i++) {
					a = arch(); gsub(/ /, "", a)
					from = some(4) ? "-" : some(5) + 1
					to = (from == "-" ? 0 : from) + 1 + some(7)
					by = some(2) ? "source" : "binary"
					p = some(8)
					c = "C" i
					kind = some(10)
					state = "fixed"
					if (kind == 0) {
						state = "affected"
						to = "-"
					} else if (kind == 1 && by == "binary") {
						state = "manual"
						from = "-"
					} else if (kind > 7) {
						state = "not_affected"
						c = "C" some(90)
						if (some(2))
							from = to
					}
					print "adv", a, by, "p" p, from, to, \
					    state, c, \
					    (to + p) % 3 ? "-" : (to + p) % 9, \
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
		sort fleet.tsv | pm-match -q | sort >sorted
		sort out | same sorted -
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

# bats test_tags=req:G8
@test "packages that the inventory could not see are not covered, wherever it says so" {
	# gaps TEXT...: the cover records of web1 when these were not seen
	gaps() {
		cp feeds.tsv gaps.tsv
		printf '#fact\thost\tkey\tvalue\n' >>gaps.tsv
		printf 'fact\tweb1\tnot_seen\t%s\n' "$@" >>gaps.tsv
		with_status "$expected" pm-match --strict gaps.tsv
		records cover | cut -f 3-5
		# facts before their hosts, and all hosts before all packages
		records cover >before
		LC_ALL=C sort gaps.tsv >sorted.tsv
		with_status "$expected" pm-match --strict sorted.tsv
		diff before <(records cover)
	}
	pkg curl 7.88.1-10+deb12u6
	expected=0
	[ "$(gaps 'packages of services: dpkg file lists' \
	    'processes of other users: hidden by hidepid')" = $'tracker\tcovered\t1 package' ]
	expected=1
	[ "$(gaps 'packages: /var/lib/dpkg/status: not permitted' | tail -n 1)" = \
	    $'-\tincomplete\tnot seen, packages: /var/lib/dpkg/status: not permitted' ]
	[ "$(gaps 'hotfixes: 3 are listed of 7' | tail -n 1)" = \
	    $'-\tincomplete\tnot seen, hotfixes: 3 are listed of 7' ]
	[ "$(gaps 'epochs: not in the list' 'packages of nix: unsupported' | tail -n 1)" = \
	    $'-\tpartial\tnot seen, epochs: not in the list; packages of nix: unsupported' ]
	[ "$(gaps 'source packages: not in the list' | tail -n 1)" = \
	    $'-\tpartial\tnot seen, source packages: not in the list' ]
	# advisories that name binary packages do not care
	sed -i '/^adv/s/\tsource\t/\tbinary\t/' feeds.tsv
	expected=0
	[ "$(gaps 'source packages: not in the list')" = $'tracker\tcovered\t1 package' ]
	# behind the verdict it is too late
	{
		cat feeds.tsv
		printf 'host\tweb2\tdebian\t12\tamd64\n'
		printf '#fact\thost\tkey\tvalue\n'
		printf 'fact\tweb1\tnot_seen\tpackages: none\n'
	} >late.tsv
	with_status 65 pm-match late.tsv
	says "a fact not_seen of host 'web1' stands behind its packages"
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
		empty | - | incomplete
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

# bats test_tags=req:G8
@test "a release past its end is never covered" {
	stream >releases.tsv <<-'END'
		#release | os | release | codename | eol
		release | debian | 12 | bookworm | 2028-06-30
		release | rocky | 8 | - | 2029-05-31
	END
	stream >rocky.tsv <<-'END'
		#feed | feed | os | release
		feed | r | rocky | 8
		#host | host | os | release
		host | r1 | rocky | 8.9
	END
	pkg curl 7.88.1-10+deb12u6
	printf 'pkg\tr1\tbash\t1\tx86_64\tbash\t1\tinstalled\n' >>feeds.tsv
	export PM_RELEASES=$PWD/releases.tsv
	with_status 0 pm-match --strict --now 2028-06-30T23:59:59Z rocky.tsv feeds.tsv
	with_status 1 pm-match --strict --now 2028-07-01T00:00:00Z rocky.tsv feeds.tsv
	records cover | grep -w eol >got
	stream >want <<-'END'
		cover | web1 | - | eol | debian 12 has had no security fixes since 2028-06-30
	END
	same want got
	with_status 1 pm-match --strict --now 2029-06-01T00:00:00Z rocky.tsv feeds.tsv
	grep -q $'^cover\tr1\t-\teol\trocky 8 has had no' out
	PM_RELEASES=$PWD/none with_status 66 pm-match feeds.tsv
	says "name one with PM_RELEASES"
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
	! sanitized || skip "the sanitizer keeps memory back"
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
# bats test_tags=slow
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

# bats test_tags=slow
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
