bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	for tool in dpkg-buildpackage dh lintian; do
		command -v "$tool" > /dev/null || skip "no $tool"
	done
}

# bats test_tags=slow
@test "a Debian package builds, lintian has nothing to say, and it installs" {
	git -C "$BATS_TEST_DIRNAME/.." ls-files > files
	tar -c -C "$BATS_TEST_DIRNAME/.." -T files | tar -x --one-top-level=pm
	cd pm
	DEB_BUILD_OPTIONS='parallel=2 noautodbgsym' dpkg-buildpackage \
	    --build=binary --no-sign > ../log 2>&1 || { tail -n 20 ../log; false; }
	cd ..
	lintian --fail-on error,warning pm_*.changes > lintian.log 2>&1 || {
		cat lintian.log
		false
	}
	dpkg-deb -x pm_*.deb root
	for program in collect match score plan apply verify; do
		root/usr/bin/pm-$program --version | grep -q "^pm-$program "
		[ -s root/usr/share/man/man1/pm-$program.1.gz ]
	done
	for file in phases.mk site/Makefile policy/10-tiers.pm drivers/apt; do
		[ -s "root/usr/share/pm/$file" ]
	done
	[ -s root/usr/share/bash-completion/completions/pm-plan ]
	[ -s root/usr/lib/systemd/system/pm@.timer ] ||
	    [ -s root/lib/systemd/system/pm@.timer ]
}
