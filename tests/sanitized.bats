# Malformed and foreign input once more, with programs that watch every access
# to memory.  make sanitize runs all tests so.
bats_require_minimum_version 1.5.0
load lib/common

# bats test_tags=slow
@test "malformed input does nothing undefined" {
	! sanitized || skip "this run is sanitized already"
	make -s -C "$PM_TOP" B=build-sanitize sanitized-programs
	export ASAN_OPTIONS=exitcode=99:detect_leaks=1:strict_string_checks=1
	export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
	# (the merge filter of that file is pm-collect)
	PM_BUILD=$PM_TOP/build-sanitize bats --tap "$PM_TOP"/tests/{stream,ledger,plan,verify}.bats \
	    >"$BATS_TEST_TMPDIR/tap" || {
		grep -A 20 '^not ok' "$BATS_TEST_TMPDIR/tap"
		return 1
	}
	[ "$(grep -c '^ok' "$BATS_TEST_TMPDIR/tap")" -ge 30 ]
}

# bats test_tags=slow
@test "the demonstration reads nothing uninitialised (valgrind)" {
	need_command valgrind
	! sanitized || skip "valgrind does not run sanitized programs"
	mkdir "$BATS_TEST_TMPDIR/bin"
	for program in pm-collect pm-match pm-score pm-plan pm-verify; do
		printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 %s "$@"\n' \
		    "$PM_BUILD/bin/$program" >"$BATS_TEST_TMPDIR/bin/$program"
		chmod +x "$BATS_TEST_TMPDIR/bin/$program"
	done
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "$PM_TOP/share/demo" \
	    "$BATS_TEST_TMPDIR/demo" >"$BATS_TEST_TMPDIR/log" 2>&1 || {
		tail -n 40 "$BATS_TEST_TMPDIR/log"
		return 1
	}
	[ -s "$BATS_TEST_TMPDIR/demo/plan.tsv" ]
}
