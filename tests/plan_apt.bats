#!/usr/bin/env bats
# The prerequisites of pm-plan against what apt and dnf themselves would do, for
# random sets of packages.  PM_SETS says how many of each kind.

bats_require_minimum_version 1.5.0
load lib/common
load lib/root

SETS=${PM_SETS:-25}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_CACHE=$BATS_TEST_TMPDIR/cache
	echo '-> window=any owner_required=no allow_remove=*' > policy.pm
}

teardown() {
	drop_roots
}

# in_root COMMAND...: apt of the root, with the status file that is asked about
in_root() {
	chroot "$ROOT" "$@" -o Dir::State::status="$STATUS" \
	    -o Dir::Cache::pkgcache=pkgcache.bin \
	    -o Dir::Cache::srcpkgcache=srcpkgcache.bin
}

# offers: "NAME VERSION ARCH" of all lists of the root
offers() {
	for list in "$ROOT"/var/lib/apt/lists/*_Packages*; do
		chroot "$ROOT" /usr/lib/apt/apt-helper cat-file \
		    "${list#"$ROOT"}"
	done | awk '/^Package: / { p = $2 } /^Version: / { v = $2 }
		/^Architecture: / { a = $2 } /^$/ { print p, v, a }'
}

# random_sets SEED: files set.N of "NAME INSTALLED VERSION", from pending and
# new; with SETS of them
random_sets() {
	awk -v seed="$1" -v sets="$SETS" '
		function random(n) {
			state = (state * 16807) % 2147483647
			return int(state / 2147483647 * n)
		}
		NR == FNR { pending[++p] = $0; next }
		{ new[++n] = $1 " - " $2 }
		END {
			state = seed * 7919 + 12345
			for (i = 0; i < 10; i++)
				random(2)
			for (s = 1; s <= sets; s++) {
				split("", had)
				file = "set." s
				for (i = random(p < 8 ? p : 8) + 1; i > 0; i--) {
					row = pending[random(p) + 1]
					if (p > 0 && !(row in had)) {
						had[row]
						print row > file
					}
				}
				if (s % 2)
					print new[random(n) + 1] > file
				close(file)
			}
		}' pending new
}

# compare [FILE]: each set as a host of its own, with more records of a file
compare() {
	local set n bad=0
	{
		cat "${1:-/dev/null}"
		printf '%s\n' "#host host os release arch" \
		    "#pkg host package version arch state" \
		    "#need host package installed fixed state decision"
		for set in set.*; do
			: > "$set.pm"
			echo "host $set debian 12 $ARCH"
			sed "s/^/pkg $set /; s/\$/ installed/" installed
			sed "s/^/need $set /; s/\$/ available patch/" "$set"
		done
	} | sed '/^adv/!y/ /\t/' > in
	with_status 0 pm-plan -q -p policy.pm \
	    --repository "debian/12=$ROOT/var/lib/apt/lists" in
	awk -F '\t' '$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["state"] == "blocked" {
			print "blocked: " $at["reason"] >> ($at["host"] ".pm")
		}
		$1 == "step" && $at["action"] ~ /^(install|remove)$/ &&
		    $at["state"] == "planned" {
			print $at["action"], $at["package"], $at["to"] \
			    >> ($at["host"] ".pm")
		}' out
	for set in set.?? set.?; do
		[[ -f $set ]] || continue
		mapfile -t wanted < <(awk '{ print $1 "=" $3 }' "$set")
		if in_root apt-get -s -y --no-install-recommends install \
		    "${wanted[@]}" > "$set.out" 2>&1; then
			sed -nE 's/^Inst ([^ ]+) (\[[^]]*\] )?\(([^ ]+).*/install \1 \3/p
				s/^Remv ([^ ]+) .*/remove \1 -/p' "$set.out"
		else
			echo refused
		fi | sort > "$set.apt"
		sort "$set.pm" > "$set.ours"
		if grep -q refused "$set.apt"; then
			grep -q blocked "$set.ours" && continue
		elif cmp -s "$set.apt" "$set.ours"; then
			continue
		fi
		echo "$set: ${wanted[*]}"
		diff "$set.apt" "$set.ours" || true
		bad=$((bad + 1))
	done
	echo "$bad of $SETS sets differ; seed $SEED"
	cat set.*.apt | sort | cut -d ' ' -f 1 | uniq -c
	[[ $bad -eq 0 ]]
}

# bats test_tags=slow,req:G3
@test "random sets in a Debian root: the closure is that of apt-get -s" {
	ROOT=$BATS_TEST_TMPDIR/root STATUS=/var/lib/dpkg/status
	SEED=${PM_SEED:-1}
	make_root "$ROOT"
	ARCH=$(chroot "$ROOT" dpkg --print-architecture)
	# shellcheck disable=SC2016 # the fields are for dpkg-query
	chroot "$ROOT" dpkg-query -W \
	    -f '${Package} ${Version} ${Architecture}\n' > installed
	pending "$ROOT" > pending
	offers | awk 'NR == FNR { had[$1]; next } !($1 in had) { print }' \
	    installed - | sort -u > new
	[[ $(wc -l < pending) -gt 3 && $(wc -l < new) -gt 10000 ]]
	random_sets "$SEED"
	compare
}

# bats test_tags=slow,req:G3
@test "random sets on an aged server: the closure is that of apt-get -s" {
	ROOT=$BATS_TEST_TMPDIR/root STATUS=/status
	SEED=${PM_SEED:-2}
	make_root "$ROOT"
	ARCH=$(chroot "$ROOT" dpkg --print-architecture)
	# What apt would install without the security suite, as if it were
	mkdir -p "$ROOT/old/partial"
	cp "$ROOT"/var/lib/apt/lists/*_dists_bookworm_* "$ROOT/old"
	: > "$ROOT/status"
	in_root apt-get -s -o Dir::State::Lists=/old --no-install-recommends \
	    install apt openssh-server nginx postfix apache2 php8.2-cli \
	    mariadb-server bind9 dovecot-core redis-server git vim samba squid \
	    linux-image-amd64 |
	    sed -nE 's/^Inst ([^ ]+) (\[[^]]*\] )?\(([^ ]+) .*/\1 \3/p' > first
	for list in "$ROOT"/old/*_Packages*; do
		chroot "$ROOT" /usr/lib/apt/apt-helper cat-file \
		    "${list#"$ROOT"}"
	done | perl -00 -ne '
		BEGIN {
			open F, "first"; local $/ = "\n";
			while (<F>) { @f = split; $v{$f[0]} = $f[1] }
		}
		($n) = /^Package: (\S+)/m; ($x) = /^Version: (\S+)/m;
		next unless ($v{$n} // "") eq $x;
		s/^(Package: .*\n)/$1Status: install ok installed\n/m;
		print' > "$ROOT/status"
	awk '/^Package: / { p = $2 } /^Version: / { v = $2 }
		/^Architecture: / { a = $2 } /^$/ { print p, v, a }' \
	    "$ROOT/status" > installed
	[[ $(wc -l < installed) -gt 150 ]]
	in_root apt-get -s dist-upgrade |
	    sed -nE 's/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/\1 \2 \3/p' |
	    sort > pending
	offers | awk 'NR == FNR { had[$1]; next } !($1 in had) { print }' \
	    installed - | sort -u > new
	random_sets "$SEED"
	# one that removes: mail transport agents exclude each other
	awk '$1 == "exim4-daemon-light" { print $1, "-", $2 }' new |
	    tail -n 1 > set.1
	compare
	grep -q '^remove postfix' set.1.apt
}

# pins N: the N-th kind of preferences
pins() {
	local random other
	# of what is pending, and of what that depends on
	random=$(awk -v n="$1" 'NR % 7 == n { print $1 }' pending | xargs)
	other=$(awk -v n="$1" '$1 ~ /^lib/ && NR % 500 == n { print $1 }' new |
	    xargs)
	case $1 in
	1)
		printf 'Package: %s\nPin: %s\nPin-Priority: %s\n\n' \
		    "$random libc6 libperl5.36" "release l=Debian-Security" -1
		;;
	2)
		printf 'Package: %s\nPin: %s\nPin-Priority: %s\n\n' \
		    "*" "release l=Debian-Security" 400 \
		    "$random" "release l=Debian-Security" 600
		;;
	3)
		printf 'Package: %s\nPin: %s\nPin-Priority: %s\n\n' \
		    "$random" "release n=bookworm" 900 \
		    "$other" "release n=bookworm" -1
		;;
	4)
		awk 'NR % 5 == 0 { printf "Package: %s\nPin: version %s\n" \
		    "Pin-Priority: 900\n\n", $1, $2 }' pending
		printf 'Package: %s\nPin: %s\nPin-Priority: %s\n\n' \
		    "*" "release n=bookworm-security" 50
		;;
	esac
}

# bats test_tags=slow,req:G3
@test "random sets with pins: what apt would choose for whatever is needed" {
	ROOT=$BATS_TEST_TMPDIR/root STATUS=/status
	make_root "$ROOT"
	ARCH=$(chroot "$ROOT" dpkg --print-architecture)
	cp "$ROOT/var/lib/dpkg/status" "$ROOT/status"
	# shellcheck disable=SC2016 # the fields are for dpkg-query
	chroot "$ROOT" dpkg-query -W \
	    -f '${Package} ${Version} ${Architecture}\n' > installed
	pending "$ROOT" > pending
	offers | awk 'NR == FNR { had[$1]; next } !($1 in had) { print }' \
	    installed - | sort -u > new
	SETS=$((SETS / 8 + 1))
	for round in 1 2 3 4; do
		SEED=$((${PM_SEED:-3} + round))
		rm -f set.*
		random_sets "$SEED"
		# more of what has dependencies than of fonts and sources
		awk -v n=$round '$1 ~ /-(server|bin|dev|utils|tools)$/ &&
		    NR % 5 == n { print $1, "-", $2 }' new |
		    awk -v sets="$SETS" 'NR % 40 == 0 && s < sets {
			print > ("set." ++s) }'
		pins $round > "$ROOT/etc/apt/preferences.d/pins"
		pm-collect apt -q --root "$ROOT" > offers.tsv
		grep -q $'\t''priority$' offers.tsv
		compare offers.tsv || { cat "$ROOT/etc/apt/preferences.d/pins"; false; }
	done
	# without the pins it would be otherwise
	grep -v ^adv offers.tsv > none.tsv
	run ! compare none.tsv
	[[ $output == *"sets differ"* ]]
}

# rpms VERSION: packages of that version in repo; what they depend on changes
rpms() {
	cat > t.spec <<-END
	Name: t
	Version: $1
	Release: 1
	Summary: test
	License: none
	BuildArch: noarch
	%description
	test
	%install
	mkdir -p %{buildroot}/bin
	touch %{buildroot}/bin/marker
	$(subpackage app "Requires: lib >= $1")
	$(subpackage lib "$([[ $1 == 1 ]] || echo 'Requires: extra')")
	$(subpackage data "Requires: lib = $1-1")
	$(subpackage plugin "Requires: app = $1-1")
	$(subpackage tool "Requires: (lib or other)")
	$(subpackage alone "")
	$(subpackage daemon "$([[ $1 == 1 ]] || echo 'Conflicts: tool < 2')")
	$(subpackage other "Provides: service")
	$(subpackage user "Requires: service, /bin/marker")
	$([[ $1 == 1 ]] || subpackage extra "")
	END
	sed -i 's/^\t*//' t.spec
	rpmbuild --quiet -bb --define "_topdir $PWD/rpm" \
	    --define "_rpmdir $PWD/repo" t.spec
}

subpackage() { # subpackage NAME TAG
	printf '%s\n' "%package -n $1" "Summary: test" "$2" \
	    "%description -n $1" "test" "%files -n $1"
	if [[ $1 == other ]]; then
		echo "/bin/marker"
	fi
}

dnf_root() {
	dnf --installroot "$PWD/root" --releasever 9 \
	    --setopt=cachedir="$PWD/dnf" --setopt=install_weak_deps=0 \
	    --setopt=reposdir="$PWD/none" --setopt=plugins=0 \
	    --repofrompath "t,file://$PWD/repo" --repo t --nogpgcheck "$@"
}

# bats test_tags=slow,req:G3
@test "random sets in an rpm root: the closure is that of dnf" {
	local names=(app lib data plugin tool alone daemon other user) n set
	need_root
	need_command dnf createrepo_c rpmbuild
	mkdir -p root repo none
	rpms 1
	rpms 2
	createrepo_c -q repo
	dnf_root -y install app-1-1 lib-1-1 data-1-1 plugin-1-1 tool-1-1 \
	    alone-1-1 daemon-1-1 other-1-1 user-1-1 > log 2>&1 ||
	    { tail -n 5 log; false; }
	rpm --root "$PWD/root" -qa \
	    --qf '%{name} %{version}-%{release} %{arch}\n' | sort > installed
	[[ $(wc -l < installed) == 9 ]]
	{
		printf '%s\n' "#host host os release arch" \
		    "#pkg host package version arch state" \
		    "#need host package installed fixed state decision"
		for ((n = 1; n <= 9; n++)); do
			{
				echo "${names[n - 1]}"
				echo "${names[n * 5 % 9]}"
			} | sort -u > "set.$n"
			echo "host set.$n fedora 9 x86_64"
			sed "s/^/pkg set.$n /; s/\$/ installed/" installed
			sed "s/.*/need set.$n & 1-1 2-1 available patch/" \
			    "set.$n"
		done
	} | tr ' ' '\t' > in
	with_status 0 pm-plan -p policy.pm --repository fedora=repo in
	awk -F '\t' '$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["state"] == "blocked" {
			print "blocked: " $at["reason"] >> ($at["host"] ".pm")
		}
		$1 == "step" && $at["action"] ~ /^(install|remove)$/ &&
		    $at["state"] == "planned" {
			print $at["package"], $at["to"] >> ($at["host"] ".pm")
		}' out
	for ((n = 1; n <= 9; n++)); do
		mapfile -t wanted < <(sed 's/$/-2-1/' "set.$n")
		dnf_root --assumeno install "${wanted[@]}" > log 2>&1 || true
		sed -nE 's/^ ([a-z]+) +noarch +([0-9]+-[0-9]+) .*/\1 \2/p' log |
		    sort > want
		[[ -s want ]] || { cat log; false; }
		sort "set.$n.pm" | diff want -
	done
}
