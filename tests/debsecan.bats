# The same findings as debsecan, which runs here on the same data.
#
# The data are 16 real and derived Debian 12 systems and two renderings of the
# same facts in debsecan's format: "direct", a fixed version for each flaw, and
# "tracker", the sets of unaffected versions that the security tracker publishes.
bats_require_minimum_version 1.5.0
load lib/common

DATA=debian/debsecan-source

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	[[ -e $PM_DATA/debian/hosts-dev.tar.xz ]] || return 0
	tar -xJf "$PM_DATA/debian/hosts-dev.tar.xz"
	tar -xJf "$PM_DATA/debian/debsecan-expected-dev.tar.xz"
	pm-collect dpkg -q --os debian --release 12 hostsdev/*.status >hosts.tsv
}

setup() {
	need_data debian/hosts-dev.tar.xz debian/debsecan-expected-dev.tar.xz \
	    $DATA/direct/bookworm $DATA/tracker/bookworm
	need_command debsecan
	cd "$BATS_FILE_TMPDIR" || return
}

# catalogue NAME: the data as pm-match takes it
catalogue() {
	[[ -s $1.tsv ]] || pm-collect debsecan -q --feed "$1" --release 12 \
	    "$PM_DATA/$DATA/$1/bookworm" >"$1.tsv"
}

# findings CATALOGUE INVENTORY: lines of host, vulnerability and package
findings() {
	pm-match -q "$1" "$2" | awk -F '\t' '
		$1 == "#need" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "need" && $at["cves"] != "-" {
			sub(/:.*/, "", $at["package"])
			n = split($at["cves"], cves, ",")
			for (i = 1; i <= n; i++)
				print $at["host"], cves[i], $at["package"]
		}' | sort -u
}

# peer NAME STATUS...: the same lines from debsecan itself
peer() {
	local name=$1 status host
	shift
	for status; do
		host=${status##*/}
		debsecan --config /dev/null --suite bookworm --format simple \
		    --source "file://$PM_DATA/$DATA/$name" --status "$status" |
		    sed "s/^/${host%.status} /"
	done | sort -u
}

# bats test_tags=slow
@test "every finding of debsecan on 16 hosts, and no other" {
	for name in direct tracker; do
		catalogue $name
		peer $name hostsdev/*.status >want
		findings $name.tsv hosts.tsv >got
		same want got
		for file in oradev/*."$name".simple; do
			host=${file#oradev/}
			sed "s/^/${host%%.*} /" "$file"
		done | sort -u >recorded
		same recorded got
		wc -l <got >count.$name
	done
	[ "$(cat count.direct)" -eq 16706 ]
}

# In the list of the tracker a version is unaffected when it is named, in the
# plain order when it is not older than the fix.
@test "plain order and the tracker's lists differ only by versions not listed" {
	catalogue direct
	catalogue tracker
	findings direct.tsv hosts.tsv >plain
	findings tracker.tsv hosts.tsv >listed
	[ -z "$(comm -23 plain listed)" ]
	# each of the others: the plain order calls the version fixed, and the
	# tracker has it in no list
	comm -13 plain listed >extra
	[ "$(wc -l <extra)" -gt 0 ]
	python() { /usr/bin/python3 "$@"; }
	python - "$PM_DATA/$DATA" hosts.tsv extra <<-'END' >reasons
		import sys, zlib
		import apt_pkg
		apt_pkg.init()
		data, hosts, extra = sys.argv[1:]
		def flaws(name):
		    with open(f"{data}/{name}/bookworm", "rb") as file:
		        parts = zlib.decompress(file.read()).decode().split("\n\n")
		    names = [l.split(",")[0] for l in parts[0].split("\n")[1:]]
		    rows = (l.split(",", 4) for l in parts[1].split("\n"))
		    return {(r[0], names[int(r[1])]): r for r in rows}
		direct, tracker = flaws("direct"), flaws("tracker")
		sources = {}
		for line in open(hosts):
		    if line.startswith("#pkg"):
		        head = line.rstrip("\n").split("\t")
		    if line.startswith("pkg\t"):
		        row = dict(zip(head, line.rstrip("\n").split("\t")))
		        sources[row["host"], row["package"]] = (
		            row["source"], row["source_version"])
		for line in open(extra):
		    host, cve, package = line.split()
		    source, version = sources[host, package]
		    fixed = direct[source, cve][3]
		    known = tracker[source, cve][4].split()
		    assert apt_pkg.version_compare(version, fixed) >= 0, line
		    assert version not in known, line
		    print(host, package, cve, source, version, "not listed; fixed in",
		        fixed)
	END
	[ "$(wc -l <reasons)" -eq "$(wc -l <extra)" ]
	echo "$(wc -l <reasons) findings of the lists alone, such as:"
	sort -R --random-source=hosts.tsv reasons | head -n 3
}

# debsecan looks for flaws of linux-signed-amd64, of which the tracker has none.
@test "kernels built from linux-signed sources, which debsecan misses, are found" {
	catalogue direct
	# the kernel of May 2025, and what debsecan says when it knows the source
	sed -e '/^Package: linux-image-/,/^$/ {
		s/^Source: .*/Source: linux-signed-amd64 (6.1.140+1)/
		s/^Version: .*/Version: 6.1.140-1/ }' \
	    hostsdev/web-2025-05-17.status >signed.status
	grep -q '^Source: linux-signed-amd64 (6.1.140+1)' signed.status
	sed 's/^Source: linux-signed-amd64 .*/Source: linux (6.1.140-1)/' \
	    signed.status >plain.status
	peer direct plain.status | sed 's/^plain //' >want
	peer direct signed.status | sed 's/^signed //' >missed
	pm-collect dpkg -q --os debian --release 12 signed.status >signed.tsv
	findings direct.tsv signed.tsv | sed 's/^signed //' >got
	same want got
	comm -13 missed got | awk '{ print $2 }' | sort -u >found
	echo "$(comm -13 missed got | wc -l) findings that debsecan misses"
	[ "$(cat found)" = $'linux-image-6.1.0-56-amd64\nlinux-image-amd64' ]
	pm-match -q direct.tsv signed.tsv |
	    grep -q ': source linux 6.1.140-1 < '
}
