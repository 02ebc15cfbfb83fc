# The manual pages: they are well formed, and every command in their EXAMPLES
# runs.
#
# A command of an example stands in a .Dl line or a ".Bd -literal" block and
# begins with "$ "; in a block it goes on over the following lines that are
# indented.  The commands of a page run one after another, as root or not, in a
# folder with these files, all made on the machine that runs the tests:
# inventory.tsv (pm-collect local), catalogue.tsv (pm-collect apt), needs.tsv
# (pm-match), scored.tsv (pm-score), plan.tsv (pm-plan), approve.tsv (pm-plan
# --approve), status (a copy of dpkg's), hosts.csv.  Each must end with status 0.
# A command that begins with "# " is for root and would change the machine; there
# pm-apply gets the option -n.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	mkdir files wrapped
	cd files || return
	# status 3: some things cannot be seen by an ordinary user
	pm-collect local -q >inventory.tsv || [[ $? -eq 3 ]]
	pm-collect apt -q >catalogue.tsv
	cat catalogue.tsv inventory.tsv | pm-match -q >needs.tsv
	pm-score -q needs.tsv >scored.tsv
	pm-plan -q scored.tsv >plan.tsv
	pm-plan -q --approve tests plan.tsv >approve.tsv
	cp /var/lib/dpkg/status status
	printf '%s\n' 'name,ip,system,version' 'web1,192.0.2.1,debian,12' \
	    'printer1,192.0.2.9,,' >hosts.csv
	# shellcheck disable=SC2016	# it is the script that expands
	printf '#!/bin/sh\n[ "$1" != local ] || shift\nexec %s -n "$@"\n' \
	    "$PM_BUILD/bin/pm-apply" >../wrapped/pm-apply
	chmod +x ../wrapped/pm-apply
}

# The commands of a page, each ended by a NUL.
commands() {
	mandoc -Tascii -Owidth=400 "$PM_TOP/man/$1" | col -bx | awk '
		/^[A-Z]/ { within = $0 == "EXAMPLES" }
		!within { next }
		match($0, /^ +[$#] /) {
			finish()
			indent = RLENGTH
			command = substr($0, indent - 1)
			next
		}
		command != "" && match($0, /^ */) && RLENGTH >= indent {
			command = command "\n" substr($0, indent + 1)
			next
		}
		{ finish() }
		END { finish() }
		function finish() {
			if (command != "")
				printf "%s%c", command, 0
			command = ""
		}
	'
}

# run_examples PAGE: every command, one after another, in a copy of the folder.
run_examples() {
	local command count=0 status path
	cp -r "$BATS_FILE_TMPDIR/files" "$BATS_TEST_TMPDIR/work"
	while IFS= read -r -d '' command; do
		echo "--- $command"
		path=$PATH
		[[ $command == '#'* ]] && path=$BATS_FILE_TMPDIR/wrapped:$PATH
		status=0
		(
			cd "$BATS_TEST_TMPDIR/work" || exit
			PATH=$path exec timeout 120 bash -eu -o pipefail \
			    -c "${command:2}" </dev/null
		) >"$BATS_TEST_TMPDIR/log" 2>&1 || status=$?
		tail -n 20 "$BATS_TEST_TMPDIR/log" | cut -c 1-200
		# 141: a reader such as head had enough
		[[ $status -eq 0 || $status -eq 141 ]]
		count=$((count + 1))
	done < <(commands "$1")
	echo "$count examples"
	[[ $count -gt 0 ]]
}

@test "all pages are well formed" {
	cd "$PM_TOP"
	tests/lib/man-lint
}

@test "every page has the sections that readers expect" {
	cd "$PM_TOP/man"
	local page section
	for page in *.[1-8]; do
		for section in NAME DESCRIPTION EXAMPLES "SEE ALSO"; do
			echo "$page: $section"
			grep -qx ".Sh $section" "$page"
		done
		[[ $page == *.1 ]] || continue
		for section in SYNOPSIS "EXIT STATUS"; do
			echo "$page: $section"
			grep -qx ".Sh $section" "$page"
		done
	done
}

@test "every program has a page that names all its options" {
	local program option
	for program in "$PM_TOP"/cmd/*; do
		program=${program##*/}
		[[ -e $PM_TOP/man/$program.1 ]]
		for option in $("$program" --help |
		    sed -n 's/^ *\(-., \)\{0,1\}--\([a-z-]*\).*/\2/p'); do
			[[ $option == help || $option == version ]] && continue
			echo "$program --$option"
			grep -qE "^\.(It|Op) .*Fl -$option( |\$)" \
			    "$PM_TOP/man/$program.1"
		done
	done
}

@test "every page has a test of its examples below" {
	cd "$PM_TOP/man"
	local page
	for page in *.[1-8]; do
		echo "$page"
		grep -qF "run_examples $page" "$PM_TOP/tests/man.bats" ||
		    grep -qF "man/$page" "$PM_TOP/tests/tutorial.bats"
	done
}

@test "the examples of pm-collect(1) run" {
	run_examples pm-collect.1
}

@test "the examples of pm-match(1) run" {
	run_examples pm-match.1
}

@test "the examples of pm-score(1) run" {
	run_examples pm-score.1
}

@test "the examples of pm-plan(1) run" {
	run_examples pm-plan.1
}

@test "the examples of pm-apply(1) run" {
	run_examples pm-apply.1
}

@test "the examples of pm-verify(1) run" {
	run_examples pm-verify.1
}

@test "the examples of pm-stream(5) run" {
	run_examples pm-stream.5
}

@test "the examples of pm-report(7) run" {
	run_examples pm-report.7
}

@test "the examples of pm-ledger(5) run" {
	run_examples pm-ledger.5
}

@test "the examples of pm-baseline(5) run" {
	run_examples pm-baseline.5
}

@test "the examples of pm-journal(5) run" {
	run_examples pm-journal.5
}

@test "the examples of pm-policy(5) run" {
	run_examples pm-policy.5
}

# bats test_tags=slow
@test "the examples of pm(7) run" {
	run_examples pm.7
}
