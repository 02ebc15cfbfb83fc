#!/usr/bin/env bats
# Plans of pm-plan carried out on real systems: what they take of the disk, what
# is marked as installed for others, and the way back.

bats_require_minimum_version 1.5.0
load lib/common
load lib/root

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	root=$BATS_TEST_TMPDIR/root
	export PM_CACHE=$BATS_TEST_TMPDIR/cache
	echo '-> window=any owner_required=no mode=unattended allow_remove=*' >policy.pm
}

teardown() {
	! mountpoint -q "$root/boot" || umount "$root/boot"
	drop_roots
}

# inventory ROOT: its records, and what was seen of it in facts.tsv
inventory() {
	{
		pm-collect root -q "$1"
		[[ ! -f facts.tsv ]] || cat facts.tsv
		printf '#need\thost\tpackage\tinstalled\tfixed\tstate\tdecision\n'
		cat needs
	}
}

# plan ROOT [OPTION...]: of the needs "PACKAGE INSTALLED FIXED" on standard input
plan() {
	local from=$1
	shift
	awk -v OFS='\t' '{ print "need", "testhost", $1, $2, $3, "available",
		"patch" }' >needs
	inventory "$from" >inventory.tsv
	# the list of the root's own repository is a link that leads out
	rm -rf lists
	mkdir lists
	find "$from/var/lib/apt/lists" -maxdepth 1 -type f -name '*_*' \
	    -exec ln -t lists -s {} +
	[[ ! -d $from/repository ]] ||
	    cp "$from/repository/Packages" lists/_repository_._Packages
	with_status 0 pm-plan -p policy.pm --repository debian/12=lists "$@" \
	    inventory.tsv
	mv out plan.tsv
	pm-plan --approve anna --role owner plan.tsv >approve.tsv
}

# rows COLUMN... [-- FILE]: of the steps that change packages
rows() {
	awk -F '\t' -v columns="$1" '
		$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["package"] != "-" {
			n = split(columns, names, " ")
			for (i = 1; i <= n; i++)
				printf "%s%s", $at[names[i]], i < n ? " " : "\n"
		}' "${2:-plan.tsv}" | sort
}

# packages ROOT: all that is installed, and how it is marked
packages() {
	# shellcheck disable=SC2016 # the fields are for dpkg-query
	chroot "$1" dpkg-query -W \
	    -f '${Package} ${Version} ${Architecture} ${db:Status-Status}\n' |
	    grep -v ' config-files$'
	chroot "$1" apt-mark showauto | sed 's/^/automatic /'
}

# shop ROOT: app 1 was asked for and has helper 1 with it, solo 1 was asked for
# too; app 2 needs helper 2, solo 2 and fresh, which needs fresh-data
shop() {
	make_root "$1"
	offer "$1" helper 1
	offer "$1" solo 1
	offer "$1" app 1 Depends=helper
	chroot "$1" apt-get -qqy install app solo
	offer "$1" helper 2
	offer "$1" solo 2
	offer "$1" fresh-data 1
	offer "$1" fresh 1 Depends=fresh-data
	offer "$1" app 2 "Depends=helper (>= 2), solo (>= 2), fresh"
}

# bats test_tags=slow
@test "what a patch brings with it is marked as apt would, and as it was" {
	shop "$root"
	shop "$root.apt"
	packages "$root" >before
	grep -qx 'automatic helper' before
	echo 'app 1 2' | plan "$root" --backout back.tsv
	rows 'action package from to auto' | same - <(printf '%s\n' \
	    'install app 1 2 -' 'install fresh - 1 yes' \
	    'install fresh-data - 1 yes' 'install helper 1 2 no' \
	    'install solo 1 2 no')
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	chroot "$root.apt" apt-get -qqy install app=2
	packages "$root.apt" >by_apt
	packages "$root" | same by_apt -
	grep -qx 'automatic fresh-data' by_apt
	run ! grep -qx 'automatic solo' by_apt
	# nothing is left to be marked by a later one
	[[ -z $(find "$root/var/lib/pm" -name auto -size +0) ]]

	# and all of it back
	rows 'action package from to state' back.tsv | same - <(printf '%s\n' \
	    'install app 2 1 planned' 'install helper 2 1 planned' \
	    'install solo 2 1 planned' 'remove fresh 1 - planned' \
	    'remove fresh-data 1 - planned')
	with_status 0 pm-apply --root "$root" --rollback all plan.tsv approve.tsv
	packages "$root" | same before -
}

# bats test_tags=slow
@test "marks are restored by the run after one that was cut off" {
	shop "$root"
	echo 'app 1 2' | plan "$root"
	# as if the power went after the packages and before the marks
	sed 's/^	restore_marks$/	kill -9 $$/' "$PM_DRIVERS/common" >common
	mkdir drivers
	cp "$PM_DRIVERS"/* drivers
	cp common drivers/common
	PM_DRIVERS=$PWD/drivers pm-apply --root "$root" plan.tsv approve.tsv \
	    >out 2>err || true
	[[ $(version "$root" app) == "2 installed" ]]
	run ! grep -qx 'automatic fresh' <(packages "$root")
	# whatever is installed next
	offer "$root" solo 3
	cp plan.tsv first.tsv
	echo 'solo 2 3' | plan "$root" --plan next
	with_status 0 pm-apply --root "$root" -J next.tsv plan.tsv approve.tsv
	grep -qx 'automatic fresh' <(packages "$root")
	grep -qx 'automatic helper' <(packages "$root")
	run ! grep -qx 'automatic solo' <(packages "$root")
}

# bats test_tags=slow,req:P6-7
@test "real updates, and the way back that the plan has shown" {
	make_root "$root"
	packages "$root" >before
	pending "$root" >pending
	plan "$root" --backout back.tsv <pending
	run ! grep -q blocked <(rows 'state')
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ -z $(pending "$root") ]]
	run ! same before <(packages "$root")
	with_status 0 pm-apply --root "$root" --rollback all plan.tsv approve.tsv
	# the file of --backout is what was done
	awk -F '\t' '$1 == "#done" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "done" { print $at["package"], $at["from"], $at["to"],
		    $at["outcome"] }' out | sort >done_back
	rows 'package from to state' back.tsv | sed 's/planned$/rolled-back/' |
	    same - done_back
	[[ $(wc -l <done_back) -ge $(wc -l <pending) ]]
	packages "$root" | same before -
}

# bats test_tags=slow
@test "a version that cannot be had any more is named before, and only it stays" {
	shop "$root"
	packages "$root" >before
	# the repository keeps no old helper
	awk -v RS= -v ORS='\n\n' '!/^Package: helper\nVersion: 1\n/' \
	    "$root/repository/Packages" >kept
	cp kept "$root/repository/Packages"
	rm "$root/repository/helper_1.deb"
	chroot "$root" apt-get -qq update
	printf '%s\n' 'helper 1 2' 'solo 1 2' | plan "$root" --backout back.tsv
	rows 'package backout' | same - <(printf '%s\n' 'helper unavailable' 'solo 1')
	rows 'package state reason' back.tsv | same - <(printf '%s\n' \
	    'helper blocked no repository offers the earlier version' \
	    'solo planned way back')
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	with_status 0 pm-apply --root "$root" --rollback \
	    "$(rows 'step state' back.tsv | sed -n 's/ planned$//p' | paste -sd ,)" \
	    plan.tsv approve.tsv
	packages "$root" | diff before - | grep '^[<>]' | same - <(printf '%s\n' \
	    '< helper 1 all installed' '> helper 2 all installed')
}

# bats test_tags=slow
@test "what does not fit is blocked in the plan, and refused on the host" {
	make_root "$root"
	offer "$root" linux-image-6.1.0-1-test 1
	chroot "$root" apt-get -qqy install linux-image-6.1.0-1-test
	offer "$root" linux-image-6.1.0-1-test 2
	mount -t tmpfs -o size=140m pm-test "$root/boot"
	unshare -mpf sh -ec "mount -t proc proc '$root/proc'
	    exec chroot '$root' sh" <"$PM_DRIVERS/probe" >reply
	pm-collect reply -q --host testhost reply | grep -E '^#?fact' >facts.tsv
	grep -qx $'fact\ttesthost\tfree_space\t/boot 134217728' facts.tsv

	# 128 MiB are enough for a kernel by the plan, but not with 16 to spare
	echo 'linux-image-6.1.0-1-test 1 2' | plan "$root"
	[[ $(rows state) == planned ]]
	cat >into <<-END
		#!/bin/sh
		exec unshare -mpf sh -ec "mount -t proc proc '$root/proc'
		    exec chroot '$root' sh"
	END
	chmod +x into
	status=0
	pm-apply -e "$PWD/into" plan.tsv approve.tsv >out 2>err || status=$?
	umount "$root/boot"
	cat err out
	[[ $status -eq 77 ]]
	grep -q 'only 143360 kB are free on .*, and 147456 are needed' err
	[[ $(version "$root" linux-image-6.1.0-1-test) == "1 installed" ]]

	sed -i 's/134217728/67108864/' facts.tsv
	echo 'linux-image-6.1.0-1-test 1 2' | plan "$root"
	[[ $(rows 'state reason') == "blocked takes 134217728 bytes on /boot, where 67108864 are free" ]]
}
