# pm-match on rpm systems: EVR, module streams, kernels side by side.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >feeds.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | alma | almalinux | 9 | advisories
		#adv | adv | os | release | arch | by | package | fixed | state | cves | requires | feed
		adv | A-1 | almalinux | 9 | x86_64 | binary | bind-libs | 32:9.16.23-5.el9 | fixed | CVE-1 | - | alma
		adv | A-2 | almalinux | 9 | - | binary | nodejs | 1:18.20.4-1.module_el9.4.0+1+a | fixed | CVE-2 | module:nodejs:18 | alma
		adv | A-3 | almalinux | 9 | - | binary | nodejs | 1:20.16.0-1.module_el9.4.0+2+b | fixed | CVE-3 | module:nodejs:20 | alma
		adv | A-4 | almalinux | 9 | - | binary | nodejs | 1:16.20.2-9.el9 | fixed | CVE-4 | - | alma
		adv | A-5 | almalinux | 9 | - | binary | npm | 1:10-1.module_el9.4.0+2+b | fixed | CVE-5 | - | alma
		adv | K-1 | almalinux | 9 | - | binary | kernel-core | 5.14.0-70.22.1.el9_0 | fixed | CVE-6 | - | alma
		adv | K-1 | almalinux | 9 | - | binary | kernel-modules | 5.14.0-70.22.1.el9_0 | fixed | CVE-6 | - | alma
		adv | G-1 | almalinux | 9 | - | binary | gpg-pubkey | 999999999-1 | fixed | CVE-7 | - | alma
		#host | host | os | release | arch | kernel
		host | r1 | almalinux | 9 | x86_64 | 5.14.0-70.13.1.el9_0.x86_64
		#pkg | host | package | version | arch | source | module
	END
}

# pkg PACKAGE VERSION [ARCH] [MODULE]
pkg() {
	printf 'pkg\tr1\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-x86_64}" "$1" \
	    "${4:--}" >>feeds.tsv
}

need() {
	with_status 0 pm-match feeds.tsv
	records need
}

# bats test_tags=req:G5
@test "epoch, version and release decide, by binary package and architecture" {
	pkg bind-libs 9.18.0-1.el9			# no epoch is epoch 0
	pkg bind-libs 32:9.16.23-5.el9 i686		# the advisory is for x86_64
	pkg bind-libs 32:9.16.23-1.el9 i686
	[ "$(need | cut -f 3,4,5,6)" = \
	    $'bind-libs\t9.18.0-1.el9\t32:9.16.23-5.el9\tA-1' ]
	pkg bind-libs 32:9.16.23-5.el9_1
	[ "$(need | wc -l)" -eq 1 ]
}

@test "an advisory of a module stream is for packages of this stream alone" {
	pkg nodejs 1:18.12.0-1.module_el9.1.0+9+c x86_64 nodejs:18
	[ "$(need | cut -f 6,10)" = $'A-2\tsecurity' ]
	sed -i '$d' feeds.tsv
	pkg nodejs 1:20.1.0-1.module_el9.1.0+9+c x86_64 nodejs:20
	[ "$(need | cut -f 6)" = A-3 ]
	sed -i '$d' feeds.tsv
	# of no stream: only the one that is of no stream
	pkg nodejs 1:16.1.0-1.el9
	[ "$(need | cut -f 6)" = A-4 ]
}

# bats test_tags=req:P1-17
@test "a stream that nobody named is assumed, and the need says so" {
	pkg nodejs 1:18.12.0-1.module_el9.1.0+9+c
	need | cut -f 6,11 >got
	printf 'A-2,A-3\tassumed\n' >want
	same want got
	need | grep -q 'module stream that is installed is assumed[[:space:]]'
	sed -i '$d' feeds.tsv
	pkg npm 1:9-1.module_el9.1.0+1+a x86_64 nodejs:18
	[ "$(need | cut -f 3,6,11)" = $'npm\tA-5\tassumed' ]
	sed -i '$d' feeds.tsv
	pkg npm 1:9-1.el9
	[ -z "$(need)" ]
}

# bats test_tags=req:G5
@test "of several kernels the newest is judged; the running one wants a reboot" {
	pkg gpg-pubkey 1-1
	for name in kernel kernel-core kernel-modules; do
		pkg $name 5.14.0-70.13.1.el9_0
		pkg $name 5.14.0-70.30.1.el9_0
		pkg $name 5.14.0-70.17.1.el9_0
	done
	need | cut -f 3,4,5,8 >got
	stream >want <<-'END'
		kernel-core | 5.14.0-70.13.1.el9_0 | 5.14.0-70.30.1.el9_0 | reboot
	END
	same want got
	# patched and running: nothing
	sed -i 's/70.13.1.el9_0.x86_64$/70.30.1.el9_0.x86_64/' feeds.tsv
	[ -z "$(need)" ]
	# the newest lacks the fix, once for each package
	sed -i '/^pkg.*70.30.1/d' feeds.tsv
	need | cut -f 3,4,5,8 | sort >got
	stream >want <<-'END'
		kernel-core | 5.14.0-70.17.1.el9_0 | 5.14.0-70.22.1.el9_0 | available
		kernel-modules | 5.14.0-70.17.1.el9_0 | 5.14.0-70.22.1.el9_0 | available
	END
	grep -v reboot got | same want -
}

@test "which kernel runs: debug kernels, SUSE's flavours, systems without a -core" {
	check() { # RUNNING PACKAGE VERSION NEWER: older, newer of one package
		sed -i "/^pkg/d; s/^\(host.*\t\).*/\1$1/" feeds.tsv
		pkg "$2" "$3"
		pkg "$2" "$4"
		[ "$(need | cut -f 4,5,8,11)" = "$3	$4	reboot	exact" ]
		sed -i '$d' feeds.tsv
		[ -z "$(need | grep reboot)" ]
	}
	check 5.14.0-70.13.1.el9_0.x86_64+debug kernel-debug-core \
	    5.14.0-70.13.1.el9_0 5.14.0-70.22.1.el9_0
	check 5.14.21-150400.24.46-default kernel-default \
	    5.14.21-150400.24.46.1 5.14.21-150400.24.100.2
	check 3.10.0-1160.el7.x86_64 kernel 3.10.0-1160.el7 3.10.0-1160.2.1.el7
	check 5.15.0-1.el8uek.x86_64 kernel-uek 5.15.0-1.el8uek 5.15.0-2.el8uek
	check 5.14.0-70.13.1.el9_0.x86_64 kernel-core 0:5.14.0-70.13.1.el9_0 \
	    0:5.14.0-70.22.1.el9_0
}

# bats test_tags=req:G5
@test "the findings that librpm's order gives on real hosts and advisories" {
	need_data inventory/rpm-hosts-dev+expected.tar.xz \
	    rpm/almalinux9-osv-to20251231.ndjson.xz
	tar -xJf "$PM_DATA/inventory/rpm-hosts-dev+expected.tar.xz"
	xz -dc "$PM_DATA/rpm/almalinux9-osv-to20251231.ndjson.xz" |
	    pm-collect osv -q >osv.tsv
	# systems that are rhel; the advisories are those of almalinux
	pm-collect rpm-list -q --os almalinux --release 9 ./*.rpmqa.tsv \
	    >hosts.tsv
	for file in *.rpmqa.tsv; do
		# epoch 0 is not written
		awk -F '\t' -v host="${file%.rpmqa.tsv}" '
			NR > 1 { sub(/^0:/, "", $3); print host, $1, $2, $3 }' \
		    "${file%.rpmqa.tsv}.expected.tsv" >>expected
	done
	pm-match -q osv.tsv hosts.tsv | records need /dev/stdin |
	    awk -F '\t' '{ n = split($6, advisories, ",")
		for (i = 1; i <= n; i++)
			print $2, advisories[i], $3, $4 }' | sort >got
	sort expected >want
	[ "$(wc -l <want)" -eq 855 ]
	same want got
}
