#!/usr/bin/env bats
# Hosts that nobody can reach: a script carries the plan out on the host, and
# its journal comes back.
bats_require_minimum_version 1.5.0
load lib/common
load lib/root

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$PM_TOP/tests/lib:$PATH
	root=$BATS_TEST_TMPDIR/root
}

teardown() {
	drop_roots
}

outcomes() {
	paste -d ' ' <(column step "done" "$@") <(column outcome "done" "$@")
}

# there SCRIPT [WORD]: run it as root of a host called web1, which is the root.
there() {
	cp "$1" "$root/tmp/web1.sh"
	shift
	unshare -mnpuf --mount-proc="$root/proc" chroot "$root" sh -c \
	    'hostname web1 && cd /tmp && exec sh web1.sh "$@"' sh "$@" \
	    >>there.out 2>there.err
}

# make_into DIR: "into", an -e command that reaches the root in this folder.
make_into() {
	printf '#!/bin/sh\nexec unshare -m sh -c %s sh %q "$2"\n' \
	    \''mount -t proc proc "$1/proc" && exec chroot "$1" "$2"'\' \
	    "$1" >into
	chmod +x into
}

# rechain FILE: a journal whose lines were changed, with the chain made to fit.
rechain() {
	local chain line
	chain=$(head -n 1 "$1" | sha256sum | cut -c 1-64)
	head -n 1 "$1" >"$1.new"
	while IFS= read -r line; do
		chain=$(printf %s "$chain${line%$'\t'*}" | sha256sum | cut -c 1-64)
		printf '%s\t%s\n' "${line%$'\t'*}" "$chain"
	done < <(tail -n +2 "$1") >>"$1.new"
	mv "$1.new" "$1"
}

# bats test_tags=req:G9,req:P6-7,req:login-scripts
@test "what is exported: approved steps of a host, and no others" {
	printf '%s\n' 'web1 backup - - -' 'web1 install foo 1.0 2.0' \
	    'web2 install foo 1.0 2.0' 'web2 install bar 1.0 2.0 mode=attended' |
	    steps .
	mkdir scripts
	with_status 0 pm-apply --export scripts plan.tsv
	says "web1/backup/- is not exported: a script on the host cannot do that"
	says "web2/install/bar is not exported: "
	says "is not approved"
	[[ -z $(ls scripts) ]]
	with_status 0 pm-apply --export scripts plan.tsv approve.tsv
	says "web1/install/foo is not exported: it comes after web1/backup/-, which is not done"
	says "web2/install/bar is not exported: an operator must be present"
	[[ $(ls scripts) == web2.sh && ! -e journal.tsv ]]
	sh -n scripts/web2.sh
	grep -q "web2/install/foo" scripts/web2.sh
	run ! grep -q "web2/install/bar" scripts/web2.sh
	# not here
	with_status 77 sh scripts/web2.sh
	says "this is for web2"
}

# bats test_tags=req:G9,req:P6-7,req:login-scripts,req:P3-3,req:emergency-repair-disk,slow
@test "carried out on the host, once; its journal is accepted, once" {
	make_root "$root"
	offer "$root" foo 1.0
	chroot "$root" apt-get -qqy install foo=1.0
	offer "$root" foo 2.0 'postinst=echo ran >>/ran'
	mkdir -p scripts checks
	echo 'test -e /ran' >checks/shop
	printf '%s\n' 'web1 evidence - - -' 'web1 install foo 1.0 2.0' \
	    'web1 restart - - -' 'web1 check - - -' 'web1 recovery - - -' |
	    steps . host.role=shop start=2020-01-01T00:00:00Z \
	    end=2020-01-02T00:00:00Z
	# the window is the host's matter
	pm-apply --export scripts --checks checks --settle 3 plan.tsv approve.tsv
	status=0
	there scripts/web1.sh || status=$?
	[[ $status -eq 75 && ! -e $root/ran ]]
	grep -q 'the window closed at 2020-01-02' there.err
	# one that is open
	printf '%s\n' 'web1 evidence - - -' 'web1 install foo 1.0 2.0' \
	    'web1 restart - - -' 'web1 check - - -' 'web1 recovery - - -' |
	    steps . host.role=shop plan=p2
	pm-apply --export scripts --checks checks --settle 3 plan.tsv approve.tsv
	there scripts/web1.sh || { cat there.err there.out; false; }
	[[ $(version "$root" foo) == "2.0 installed" ]]
	cp "$root/tmp/web1.p2.journal.tsv" pulled.tsv
	[[ $(outcomes pulled.tsv | grep -vc started) -eq 5 ]]
	[[ $(outcomes pulled.tsv | grep -v started | cut -d ' ' -f 2 | sort -u) == "done" ]]
	# the artefact: package set, configuration and boot, with digest and date
	local artefact digest line
	line=$(awk -F '\t' '$3 == "web1/recovery/-" && $12 == "done"' pulled.tsv)
	[[ $(cut -f 11 <<<"$line") == 20*Z ]]
	read -r _ artefact digest < <(cut -f 14 <<<"$line")
	[[ $artefact == /var/lib/pm/*.recovery ]]
	grep -qx 'package foo:all 2.0 installed' "$root$artefact/inventory"
	tar -tzf "$root$artefact/etc.tar.gz" | grep -qx etc/hostname
	grep -q '^boot' "$root$artefact/boot"
	[[ -s $root$artefact/cmdline ]]
	[[ $digest == "$(sha256sum <"$root$artefact/SHA256SUMS" |
	    cut -c 1-64)" ]]
	(cd "$root$artefact" && sha256sum -c --quiet SHA256SUMS)
	# again: nothing
	there scripts/web1.sh
	cmp pulled.tsv "$root/tmp/web1.p2.journal.tsv"
	[[ $(wc -l <"$root/ran") -eq 1 ]]

	with_status 0 pm-apply --import pulled.tsv plan.tsv approve.tsv
	[[ $(outcomes | cut -d ' ' -f 2 | xargs) == "done done done done done" ]]
	diff <(outcomes pulled.tsv) <(outcomes journal.tsv)
	# the controller has nothing left to do, and asks no host
	with_status 0 pm-apply -e false plan.tsv approve.tsv
	[[ -z $(outcomes) ]]
	# no outcome twice
	cp journal.tsv before
	with_status 0 pm-apply --import pulled.tsv plan.tsv approve.tsv
	says "9 records are known already"
	cmp before journal.tsv

	# what is not as it should be is not taken, and nothing of it
	rm journal.tsv
	sed '3s/	done	/	failed	/' pulled.tsv >bad.tsv
	with_status 65 pm-apply --import bad.tsv plan.tsv approve.tsv
	sed 's/web1/web9/g' pulled.tsv >bad.tsv
	rechain bad.tsv
	with_status 65 pm-apply --import bad.tsv plan.tsv approve.tsv
	says "a step that the plan does not have; nothing of the file was taken"
	sed 's/	2\.0	/	2.1	/' pulled.tsv >bad.tsv
	rechain bad.tsv
	with_status 65 pm-apply --import bad.tsv plan.tsv approve.tsv
	says "the step is not as in the plan"
	sed 's/transaction [0-9a-f]*-/transaction 0000000000000000-/' \
	    pulled.tsv >bad.tsv
	rechain bad.tsv
	with_status 65 pm-apply --import bad.tsv plan.tsv approve.tsv
	says "of another plan of the same name"
	[[ $(wc -l <journal.tsv) -le 1 ]]
}

# says_there TEXT: the messages of the script contain it
says_there() {
	grep -qF -e "$1" there.err || { cat there.err; false; }
}

# bats test_tags=req:automatic-updates,req:G9,slow
@test "by settings: a host is told, fetches, or installs, on its day and hour" {
	# the settings are the policy's, by group
	cat >site.pm <<-'END'
		group=kiosk  -> mode=pull window="sat 03:00-05:00 Europe/Zurich weekly"
		group=travel -> mode=pull-download window="wed 12:00-13:00 UTC weekly"
		group=lab    -> mode=pull-notify window=any ring=test
	END
	stream >needs.tsv <<-'END'
		#host | host | class | os | release | arch | tier | group | owner | state
		host | k1 | desktop | debian | 12 | amd64 | operational | kiosk | ann | ok
		host | l1 | server | debian | 12 | amd64 | mission | lab | ann | ok
		host | t1 | laptop | debian | 12 | amd64 | operational | travel | ann | ok
		#need | host | package | installed | fixed | adv | state | class | decision
		need | k1 | foo | 1.0 | 2.0 | D-1 | available | critical | patch
		need | l1 | foo | 1.0 | 2.0 | D-1 | available | critical | patch
		need | t1 | foo | 1.0 | 2.0 | D-1 | available | critical | patch
	END
	with_status 0 pm-plan -q -p site.pm -p "$PM_POLICY" \
	    --now 2026-11-23T02:00:00Z needs.tsv
	paste -d ' ' <(column step step) <(column mode step) \
	    <(column start step) <(column end step) | grep install | sort |
	    sed 's/ 20261123T.*//' >got
	diff - got <<-'END'
		k1/install/foo pull 2026-11-28T02:00:00Z 2026-11-28T04:00:00Z
		l1/install/foo pull-notify 2026-11-23T02:00:00Z -
		t1/install/foo pull-download 2026-11-25T12:00:00Z 2026-11-25T13:00:00Z
	END

	make_root "$root"
	offer "$root" foo 1.0
	chroot "$root" apt-get -qqy install foo=1.0
	mkdir scripts
	offer "$root" foo 2.0
	# apt copies from there into its cache, as it would from afar
	sed -i 's|file:/|copy:/|' "$root/etc/apt/sources.list.d/own.list"
	chroot "$root" apt-get -qq update --no-list-cleanup \
	    -o Dir::Etc::SourceList=sources.list.d/own.list \
	    -o Dir::Etc::SourceParts=-
	chroot "$root" apt-get clean
	# pulled MODE PLAN [COLUMN=VALUE...]: the script in scripts/web1.sh
	pulled() {
		printf '%s\n' 'web1 install foo 1.0 2.0' 'web1 check - - -' |
		    steps . mode="$1" plan="$2" "${@:3}"
		pm-apply --export scripts plan.tsv approve.tsv
	}
	# waits [WORD]: the script ends with 75, and foo is as it was
	waits() {
		local status=0
		there scripts/web1.sh "$@" || status=$?
		[[ $status -eq 75 && $(version "$root" foo) == "1.0 installed" ]] || {
			cat there.err
			return 1
		}
	}
	fetched() {
		[[ -e $root/var/cache/apt/archives/foo_2.0_all.deb ]]
	}

	# notify: it says so and touches nothing; with a word it fetches
	pulled pull-notify n1
	waits
	says_there "web1/install/foo: 1.0 to 2.0 waits for you"
	run ! fetched
	waits download
	says_there "web1: fetched: foo=2.0=1.0"
	fetched
	chroot "$root" apt-get clean

	# download: it fetches before the window, and leaves the rest
	pulled pull-download d1 start=2099-01-02T03:00:00Z end=2099-01-02T05:00:00Z
	waits
	fetched
	says_there "waits for you, between 2099-01-02T03:00:00Z and 2099-01-02T05:00:00Z"
	waits install
	says_there "the window opens at 2099-01-02T03:00:00Z"

	# install: not before its day and hour, and then without a word
	pulled pull i1 start=2099-01-02T03:00:00Z end=2099-01-02T05:00:00Z
	waits
	says_there "the window opens at 2099-01-02T03:00:00Z"
	pulled pull-download d2
	waits
	there scripts/web1.sh install
	[[ $(version "$root" foo) == "2.0 installed" ]]
	cp "$root/tmp/web1.d2.journal.tsv" d2.tsv
	[[ $(outcomes d2.tsv | grep -c ' done$') -eq 2 ]]
	with_status 0 pm-apply --import d2.tsv plan.tsv approve.tsv
	# whatever the settings, nothing is pushed to such a host
	pulled pull-notify p1
	with_status 75 pm-apply -e false plan.tsv approve.tsv
	says "the host does it by itself"
}

# bats test_tags=req:G9,slow
@test "pushed or pulled: the journal says the same" {
	local way
	make_into "$BATS_TEST_TMPDIR/push"
	for way in push pull; do
		root=$BATS_TEST_TMPDIR/$way
		make_root "$root"
		for name in foo bar; do
			offer "$root" $name 1.0
			chroot "$root" apt-get -qqy install $name=1.0
		done
		offer "$root" foo 2.0
		offer "$root" bar 2.0 'postinst=exit 7'
	done
	printf '%s\n' 'web1 evidence - - -' 'web1 install bar 1.0 2.0' \
	    'web1 install foo 1.0 2.0' 'web1 restart - - -' 'web1 check - - -' |
	    steps .
	mkdir scripts
	pm-apply --export scripts --settle 3 plan.tsv approve.tsv
	with_status 3 pm-apply -e "$PWD/into" --settle 3 -J pushed.tsv plan.tsv \
	    approve.tsv
	there scripts/web1.sh || [[ $? -eq 75 ]]
	with_status 3 pm-apply --import "$root/tmp/web1.p1.journal.tsv" \
	    -J imported.tsv plan.tsv approve.tsv
	# plan, step, host, action, package, versions and try, outcome, status
	for way in pushed imported; do
		awk -F '\t' -v OFS='\t' '$1 == "done" {
			print $2, $3, $4, $5, $6, $7, $8, $9, $12, $13 }' $way.tsv |
		    sort >$way
	done
	diff pushed imported
	grep -q 'install/foo.*	done	' imported
	grep -q 'install/bar.*	failed	' imported
}

# bats test_tags=req:G9,req:P3-6,slow
@test "a failed check takes the visit back, pushed or pulled; the journal says the same" {
	local way n
	make_into "$BATS_TEST_TMPDIR/push"
	for way in push pull; do
		root=$BATS_TEST_TMPDIR/$way
		make_root "$root"
		offer "$root" foo 1.0
		chroot "$root" apt-get -qqy install foo=1.0 >log 2>&1
		offer "$root" foo 2.0 'postinst=echo ran >>/ran'
		offer "$root" new 1.0
	done
	mkdir -p scripts checks
	echo 'echo no page; exit 3' >checks/shop
	printf '%s\n' 'web1 install foo 1.0 2.0' 'web1 install new - 1.0' \
	    'web1 check - - -' 'web1 recovery - - -' |
	    steps . host.role=shop host.rollback=yes
	with_status 3 pm-apply -e "$PWD/into" --checks checks --settle 3 \
	    -J pushed.tsv plan.tsv approve.tsv
	pm-apply --export scripts --checks checks --settle 3 plan.tsv approve.tsv
	status=0
	there scripts/web1.sh || status=$?
	[[ $status -eq 3 ]] || { cat there.err there.out; false; }
	grep -q 'web1: rolled back: unhealthy shop 3' there.err
	for way in push pull; do
		[[ $(version "$BATS_TEST_TMPDIR/$way" foo) == "1.0 installed" ]]
		run ! version "$BATS_TEST_TMPDIR/$way" new
		[[ $(wc -l <"$BATS_TEST_TMPDIR/$way/ran") -eq 1 ]]
	done
	cp "$root/tmp/web1.p1.journal.tsv" pulled.tsv
	# that is the end of it
	there scripts/web1.sh
	cmp pulled.tsv "$root/tmp/web1.p1.journal.tsv"

	with_status 3 pm-apply --import pulled.tsv -J imported.tsv plan.tsv approve.tsv
	says "4 steps, 1 failed, 1 refused, 2 rolled-back"
	for way in pushed imported; do
		awk -F '\t' -v OFS='\t' '$1 == "done" {
			print $2, $3, $4, $5, $6, $7, $8, $9, $12, $13 }' $way.tsv |
		    sort >$way
	done
	diff pushed imported
	grep -q '^p1	web1/install/foo	web1	rollback	foo	2.0	1.0	1	rolled-back	' imported
	grep -q '^p1	web1/recovery/-	web1	recovery	-	-	-	-	refused	-$' imported
	with_status 0 pm-apply -e false -J imported.tsv plan.tsv approve.tsv
	[[ -z $(outcomes) ]]
	with_status 0 pm-apply --import pulled.tsv -J imported.tsv plan.tsv approve.tsv
	says "10 records are known already"

	# cut off while it went back, after every record: the next start ends that
	for n in 6 7 8 9; do
		head -n $n pulled.tsv >"$root/tmp/web1.p1.journal.tsv"
		if [[ $n -lt 9 ]]; then
			# as when the host never heard of it
			chroot "$root" apt-get -qqy install foo=2.0 new >log 2>&1
			rm -rf "$root"/var/lib/pm/*-rollback*
		fi
		there scripts/web1.sh || [[ $? -eq 3 ]]
		[[ $(version "$root" foo) == "1.0 installed" ]]
		run ! version "$root" new
		diff <(outcomes pulled.tsv | sort -u) \
		    <(outcomes "$root/tmp/web1.p1.journal.tsv" | sort -u)
		[[ $(outcomes "$root/tmp/web1.p1.journal.tsv" |
		    grep -c rolled-back) -eq 2 ]]
	done

	# and not what was never begun, nor done, nor of another step
	sed 's/rolled-back/done/' pulled.tsv >bad.tsv
	rechain bad.tsv
	with_status 65 pm-apply --import bad.tsv -J bad.j plan.tsv approve.tsv
	says "an outcome that such a script never has"
	sed 's/	rollback	/	install	/' pulled.tsv >bad.tsv
	rechain bad.tsv
	with_status 65 pm-apply --import bad.tsv -J bad.j plan.tsv approve.tsv
	says "the step is not as in the plan"
}
