# Throw-away Debian systems for tests that install for real.
#
#	load lib/root
#	teardown() { drop_roots; }
#	make_root "$BATS_TEST_TMPDIR/root"
#
# A small system (apt and what it needs) is made once with mmdebstrap from the
# archives that this machine uses, without the security suite; then the suite is
# enabled and what it has pending is fetched.  It is kept for a day in
# PM_TEST_CACHE; each root is an overlay over it whose changes are in memory.

# archive_of SUITE: where this machine gets a suite from.
archive_of() {
	# shellcheck disable=SC2016 # the fields are for apt
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
	    'Created-By: Packages' |
	    awk -v suite="$1" '$1 == suite { print $2; exit }'
}

# build_root DIR: what is cached.  The name in etc/hostname is testhost.
build_root() {
	local main security
	main=$(archive_of bookworm)
	security=$(archive_of bookworm-security)
	[[ -n $main && -n $security ]] || return
	mmdebstrap -q --variant=apt bookworm "$1" "deb $main bookworm main" &&
	    echo "deb $security bookworm-security main" \
		>>"$1/etc/apt/sources.list" &&
	    echo 'Acquire::Languages "none";' >"$1/etc/apt/apt.conf.d/90test" &&
	    echo testhost >"$1/etc/hostname" &&
	    chroot "$1" apt-get -qq update &&
	    chroot "$1" apt-get -qqy --download-only dist-upgrade
}

# cached_root: make the cached system if need be and print where it is.
cached_root() {
	local cache=${PM_TEST_CACHE:-/var/tmp/pm-test} name
	name=$cache/bookworm-$(date -u +%Y%m%d)
	mkdir -p "$cache"
	(
		flock 9
		[[ -d $name ]] && exit
		find "$cache" -maxdepth 1 -name 'bookworm-*' -mtime +1 \
		    -exec rm -rf {} +
		build_root "$name.new" && mv "$name.new" "$name" && exit
		rm -rf "$name.new"
		exit 1
	) 9>"$cache/lock" >"$cache/log" 2>&1 3>&- || return
	echo "$name"
}

# make_root DIR: a fresh root at DIR; skips the test where that cannot be.
make_root() {
	local base
	need_root
	need_command mmdebstrap
	base=$(cached_root) ||
	    skip "cannot make a Debian system: $(tail -n 1 \
		"${PM_TEST_CACHE:-/var/tmp/pm-test}/log")"
	mkdir -p "$1" "$1.changes"
	mount -t tmpfs -o size=1g pm-test "$1.changes"
	mkdir "$1.changes/upper" "$1.changes/work"
	mount -t overlay pm-test -o "lowerdir=$base,upperdir=$1.changes/upper" \
	    -o "workdir=$1.changes/work" "$1"
	echo "$1" >>"$BATS_TEST_TMPDIR/roots"
}

# drop_roots: end what still runs in the roots of this test; remove them.
drop_roots() {
	local root process
	[[ -f $BATS_TEST_TMPDIR/roots ]] || return 0
	while read -r root; do
		for process in /proc/[0-9]*; do
			if [[ $(readlink "$process/root") == "$root" ]]; then
				kill -9 "${process#/proc/}" || true
			fi
		done 2>/dev/null
		umount "$root" 2>/dev/null || umount -l "$root"
		umount "$root.changes" 2>/dev/null || umount -l "$root.changes"
	done <"$BATS_TEST_TMPDIR/roots"
}

# pending ROOT: "PACKAGE INSTALLED OFFERED" of all upgrades, sorted.
pending() {
	chroot "$1" apt-get -s dist-upgrade |
	    sed -nE 's/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/\1 \2 \3/p' |
	    LC_ALL=C sort
}

# offer ROOT PACKAGE VERSION [FILE=CONTENT...]: put a package into a repository
# of the root's own.  A file called preinst, postinst and so on is a maintainer
# script; others are installed, those below /etc as configuration files.  A name
# with a capital, as in Depends=foo, is a field.
offer() {
	local root=$1 package=$2 version=$3 file tree deb
	shift 3
	tree=$(mktemp -d)
	mkdir -p "$tree/DEBIAN" "$root/repository"
	printf '%s\n' "Package: $package" "Version: $version" \
	    "Architecture: all" "Maintainer: test <test@localhost>" \
	    "Description: test" >"$tree/DEBIAN/control"
	for file; do
		case $file in
		[A-Z]*=*)
			sed -i "\$i ${file%%=*}: ${file#*=}" "$tree/DEBIAN/control"
			;;
		/*)
			mkdir -p "$tree$(dirname "${file%%=*}")"
			printf '%s\n' "${file#*=}" >"$tree${file%%=*}"
			[[ $file != /etc/* ]] ||
			    echo "${file%%=*}" >>"$tree/DEBIAN/conffiles"
			;;
		*)
			printf '#!/bin/sh\n%s\n' "${file#*=}" \
			    >"$tree/DEBIAN/${file%%=*}"
			chmod 755 "$tree/DEBIAN/${file%%=*}"
			;;
		esac
	done
	deb=repository/${package}_$version.deb
	dpkg-deb -Znone --root-owner-group -b "$tree" "$root/$deb" >/dev/null
	{
		dpkg-deb -f "$root/$deb"
		echo "Filename: ./${deb#*/}"
		echo "Size: $(stat -c %s "$root/$deb")"
		echo "SHA256: $(sha256sum <"$root/$deb" | cut -c 1-64)"
		echo
	} >>"$root/repository/Packages"
	rm -r "$tree"
	echo 'deb [trusted=yes] file:/repository ./' \
	    >"$root/etc/apt/sources.list.d/own.list"
	chroot "$root" apt-get -qq update --no-list-cleanup \
	    -o Dir::Etc::SourceList=sources.list.d/own.list \
	    -o Dir::Etc::SourceParts=-
}

# version ROOT PACKAGE: the version installed in the root, and its state.
version() {
	# shellcheck disable=SC2016 # the fields are for dpkg-query
	chroot "$1" dpkg-query -W -f '${Version} ${db:Status-Status}\n' "$2"
}
