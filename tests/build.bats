# The tree itself: building, installing, the layering, and the programs that
# run and count the tests.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$PM_TOP" || return
}

# make, on the folder that is under test
build() {
	make --no-print-directory B="${PM_BUILD#"$PM_TOP"/}" "$@"
}

# make on a copy of that folder, since another PREFIX compiles some files again
build_copy() {
	[[ -d $BATS_TEST_TMPDIR/build ]] ||
	    cp -a "$PM_BUILD" "$BATS_TEST_TMPDIR/build"
	make --no-print-directory B="$BATS_TEST_TMPDIR/build" \
	    ${ASAN_OPTIONS:+LDFLAGS=-fsanitize=address,undefined} "$@"
}

@test "dependencies point one way" {
	tests/lib/layers
}

@test "an include against the layers is found" {
	cp -r lib cmd tests "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	echo '#include "stream.h"' >>lib/span.c
	echo '#include "../pm-match/judge.h"' >>cmd/pm-collect/main.c
	with_status 1 tests/lib/layers
	grep -qF 'lib/span.c includes stream.h, which does not stand below' out
	grep -qF 'cmd/pm-collect/main.c includes ../pm-match/judge.h' out
	[[ $(wc -l <out) -eq 2 ]]
}

@test "the readme names every module, program and library" {
	local name
	grep -v '^#' lib/LAYERS | tr ' ' '\n' | while read -r name; do
		echo "$name"
		[[ $name == banned ]] || grep -qF -e "\`$name\`" \
		    -e "\`${name%%_*}\`" README.md
	done
	for name in cmd/*; do
		grep -qF "\`${name#cmd/}\`" README.md
	done
}

@test "installing puts programs, pages and data in place" {
	local root=$BATS_TEST_TMPDIR/root page
	build_copy install DESTDIR="$root" PREFIX=/usr >/dev/null
	for program in cmd/*; do
		"$root/usr/bin/${program#cmd/}" --version
	done
	for page in man/*; do
		sed 's|/usr/local/share/pm|/usr/share/pm|g' "$page" \
		    >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/page" \
		    "$root/usr/share/man/man${page##*.}/${page#man/}"
	done
	diff -r -x systemd share "$root/usr/share/pm"
	[[ -x $root/usr/share/pm/demo ]]
	for program in pm-match pm-score pm-plan pm-apply; do
		grep -q /usr/share/pm "$root/usr/bin/$program"
	done
	build_copy installed DESTDIR="$root" PREFIX=/usr >/dev/null
}

@test "uninstalling removes exactly what was installed" {
	local root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/usr/bin" "$root/usr/share/man/man1"
	echo other | tee "$root/usr/bin/pm-other" >"$root/usr/share/man/man1/x.1"
	find "$root" -type f | sort >"$BATS_TEST_TMPDIR/before"
	build_copy install DESTDIR="$root" PREFIX=/usr >/dev/null
	build_copy uninstall DESTDIR="$root" PREFIX=/usr >/dev/null
	find "$root" -type f | sort >"$BATS_TEST_TMPDIR/after"
	same "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	[[ ! -e $root/usr/share/pm ]]
}

@test "a second build has nothing to do" {
	build -q all
}

@test "make help names the targets that users need" {
	build help >"$BATS_TEST_TMPDIR/help"
	local target
	for target in demo check check-fast lint sanitize valgrind fuzz \
	    install uninstall clean; do
		grep -qE "^make $target +[^ ]" "$BATS_TEST_TMPDIR/help"
	done
}

# stub NAME: a program of that name before all others on PATH, its text from
# standard input
stub() {
	mkdir -p "$BATS_TEST_TMPDIR/stubs"
	cat >"$BATS_TEST_TMPDIR/stubs/$1"
	chmod +x "$BATS_TEST_TMPDIR/stubs/$1"
	PATH=$BATS_TEST_TMPDIR/stubs:$PATH
}

@test "missing packages are installed, and only those" {
	stub dpkg-query <<<$'#!/bin/sh\necho "installed gcc"; echo "not-installed bats"; exit 1'
	stub id <<<$'#!/bin/sh\necho 0'
	stub apt-get <<<$'#!/bin/sh\necho "apt-get $*"'
	with_status 0 tests/lib/packages gcc bats mandoc
	grep -q '^apt-get update' "$BATS_TEST_TMPDIR/out"
	grep -qE '^apt-get install .* bats mandoc$' "$BATS_TEST_TMPDIR/out"
}

@test "nothing is installed when all packages are there" {
	stub dpkg-query <<<$'#!/bin/sh\necho "installed gcc"; echo "installed bats"'
	stub apt-get <<<$'#!/bin/sh\necho "apt-get $*"'
	with_status 0 tests/lib/packages gcc bats
	[[ ! -s $BATS_TEST_TMPDIR/out ]]
}

@test "without root the command that installs them is printed" {
	stub dpkg-query <<<$'#!/bin/sh\necho "installed gcc"'
	stub id <<<$'#!/bin/sh\necho 1000'
	stub apt-get <<<$'#!/bin/sh\necho "apt-get $*"'
	with_status 1 tests/lib/packages gcc bats
	says "sudo apt-get install --no-install-recommends bats"
	[[ ! -s $BATS_TEST_TMPDIR/out ]]
}

# tap NAME: a test program that prints what stands on standard input
tap() {
	{
		echo '#!/bin/bash'
		cat
	} >"$BATS_TEST_TMPDIR/$1"
	chmod +x "$BATS_TEST_TMPDIR/$1"
}

# run_tests STATUS LAST-LINE NAME...
run_tests() {
	local status=$1 last=$2
	shift 2
	cd "$BATS_TEST_TMPDIR" || return
	PM_BUILD=$BATS_TEST_TMPDIR with_status "$status" \
	    "$PM_TOP/tests/lib/run" "${@/#/./}"
	[[ $(tail -n 1 out) == "$last" ]]
}

@test "passed, failed and skipped tests are counted" {
	tap good <<<'echo "ok 1 - a"; echo "ok 2 - b"; echo 1..2'
	tap skip <<<'echo "ok 1 - a # SKIP no moon"; echo "ok 2 - b"; echo 1..2'
	tap none <<<'echo "1..0 # SKIP no sun"'
	tap bad <<<'echo "not ok 1 - a"; echo "# because"; echo 1..1; exit 1'
	run_tests 0 "2 passed, 0 failed" good
	run_tests 0 "3 passed, 0 failed, 1 skipped" good skip
	grep -q 'no moon' out
	run_tests 0 "2 passed, 0 failed, 1 skipped" good none
	grep -q 'no sun' out
	run_tests 1 "2 passed, 1 failed" good bad
	grep -q 'because' out
}

@test "a test program that breaks off is a failure" {
	tap crash <<<'echo "ok 1 - a"; kill -SEGV $$'
	tap status <<<'echo "ok 1 - a"; echo 1..1; exit 3'
	tap short <<<'echo 1..2; echo "ok 1 - a"'
	tap silent <<<'exit 0'
	tap slow <<<'echo 1..1; echo "ok 1 - a"; sleep 60'
	run_tests 1 "1 passed, 1 failed" crash
	grep -q 'killed by signal 11' out
	run_tests 1 "1 passed, 1 failed" status
	run_tests 1 "1 passed, 1 failed" short
	run_tests 1 "0 passed, 1 failed" silent
	PM_TEST_TIMEOUT=1 run_tests 1 "1 passed, 1 failed" slow
	grep -q 'still running after 1 seconds' out
}

@test "when nothing ran that is not a success" {
	tap none <<<'echo "1..0 # SKIP no sun"'
	run_tests 1 "0 passed, 0 failed, 1 skipped" none
}

@test "the Debian package is built with the packages that make installs" {
	local package
	sed -n '/^BUILD_PACKAGES/,/[^\\]$/p' Makefile | tr -d '\\' |
	    sed 's/.*=//' | xargs -n 1 | grep -vxE 'gcc|make|libc6-dev' > \
	    "$BATS_TEST_TMPDIR/packages"
	while read -r package; do
		grep '^Build-Depends:' debian/control | grep -qE "[ ,]$package(,|$)" || {
			echo "$package is missing in debian/control"
			false
		}
	done < "$BATS_TEST_TMPDIR/packages"
}
