#!/usr/bin/env bats
# pm-apply and hosts that mean harm: contained, and reported.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	journal=$BATS_TEST_TMPDIR/journal.tsv
	PATH=$PM_TOP/tests/lib:$PATH
}

# host: the script on standard input becomes the program "host", an -e command.
host() {
	{
		echo '#!/bin/sh'
		# shellcheck disable=SC2016 # for that shell
		echo 'verb=$(sed -n "1s/^set -- '"'\\([a-z]*\\)'"'.*/\1/p")'
		cat
	} >host
	chmod +x host
}

apply() {
	status=0
	pm-apply -e "$PWD/host" "$@" plan.tsv approve.tsv >out 2>err || status=$?
}

# clean: no control byte anywhere, and the records are those of the plan.
clean() {
	local name
	for name in out err "$journal"; do
		[[ ! -e $name ]] || ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' \
		    "$name" || return 1
	done
	diff <(column step "done" | sort -u) \
	    <(column step step plan.tsv | sort -u)
	# the same columns everywhere
	[[ $(records "done" | awk -F '\t' '{ print NF }' | sort -u) == 14 ]]
}

install_plan() {
	echo "web1 install foo 1.0 2.0" | steps .
}

# bats test_tags=req:G7
@test "names with metacharacters of shell and terminal are no names" {
	local name
	# shellcheck disable=SC2016 # hostile on purpose
	for name in 'a;id' 'a b' '$(id)' '`id`' "a'b" 'a"b' 'a|b' '-oX' '../a' \
	    $'a\033[2J' $'a\u202eb' 'a*' 'a~b' '{a,b}' 'a&' '<a' 'ä'; do
		install_plan
		awk -F '\t' -v OFS='\t' -v name="$name" \
		    '$1 == "step" { $5 = name } $1 == "host" { $2 = name } 1' \
		    plan.tsv | sed '$d' >edited
		{
			cat edited
			echo "##end step 1 sha256:$(grep -E '^#?step' edited |
			    sha256sum | cut -c 1-64)"
		} >plan.tsv
		host <<<'touch started'
		apply
		[[ $status -eq 65 && ! -e started ]]
		run ! grep -q $'\033' err
	done
}

# bats test_tags=req:G7
@test "a gigabyte of output takes little memory and time" {
	install_plan
	host <<<'exec head -c 1000000000 /dev/zero'
	command time -f '%M %e' -o used pm-apply -q -e "$PWD/host" plan.tsv \
	    approve.tsv >out 2>err || status=$?
	[[ $status -eq 69 ]]
	[[ $(column detail "done") == "an answer that does not end" ]]
	tail -n 1 used | awk '{ exit !($1 < 50000 && $2 < 30) }' || sanitized
	clean
}

# bats test_tags=req:G7
@test "output and messages that never end are ended" {
	install_plan
	host <<<'exec yes evil'
	apply
	[[ $status -eq 69 && $(column detail "done") == "an answer that does not end" ]]
	host <<<'exec yes evil >&2'
	apply --timeout 2
	[[ $status -eq 69 ]]
	run ! pgrep -x yes -P $$
	[[ $(stat -c %s err) -lt 10000 ]]
	clean
}

@test "an answer byte by byte, without an end, is not waited for for ever" {
	install_plan
	host <<<'while :; do printf x; sleep 0.2; done'
	apply --timeout 2
	[[ $status -eq 69 && $SECONDS -lt 60 ]]
	clean
}

# bats test_tags=req:G7
@test "forged records are no records" {
	install_plan
	host <<-'END'
	printf 'done\tp1\tother/install/foo\tother\tinstall\tfoo\t1\t2\t1\t-\t-\tdone\t0\t-\n'
	printf '#done\tplan\tstep\n##end step 0 sha256:00\n'
	printf 'package\tfoo\t2.0\033[2J\tinstalled\n'
	printf 'package\tother/install/foo\t2.0\tinstalled\n'
	printf 'end\tpoll\t0\n'
	printf 'transaction\tended\t0\nend\tstart\t0\n'
	printf 'transaction\trunning\t\tmore\tand\tmore\n\n\t\t\t\n'
	printf 'log\t\033]0;evil\007\302\233 \342\200\256 x\n'
	printf 'why\tfoo\tdone\\tdone\\nstep\n'
	printf 'transaction\tended\t4294967297\nend\t%s\t0\n' "$verb"
	END
	apply --timeout 3
	clean
	[[ $(column outcome "done") != "done" ]]
	run ! grep -q other out "$journal"
}

@test "a host cannot speak of a transaction that was never begun" {
	install_plan
	# ended before it began, or refused without a reason, again and again
	host <<-'END'
	printf 'transaction\tended\t0\npackage\tfoo\t1.0\tinstalled\nend\t%s\t0\n' "$verb"
	END
	apply
	[[ $(column outcome "done") == failed ]]
	[[ $(column detail "done") == "too many tries" ]]
	rm "$journal"
	host <<-'END'
	case $verb in
	poll) printf 'transaction\tunknown\n' ;;
	start) printf 'refused\n' ;;
	esac
	printf 'end\t%s\t0\n' "$verb"
	END
	apply
	[[ $status -eq 77 && $(column outcome "done") == refused ]]
	clean
}

# bats test_tags=req:G7
@test "the words of a health check are cut to one clean line, its time is short" {
	need_command dpkg-query
	echo "web1 check - - -" | steps . host.role=evil
	mkdir -p checks/evil
	printf '#!/bin/sh\nexec sh\n' >host
	chmod +x host
	printf 'printf "\\033[2Jone\\ntwo\\tthree\\033]0;x\\007\\n"; exit 7' \
	    >checks/evil/a
	echo 'exec yes "$(printf "end\tcheck\t0")"' >checks/evil/b
	apply --checks checks --settle 2
	[[ $status -eq 3 && $(column outcome "done") == failed ]]
	column detail "done" | grep -q 'check a ended with 7: two three\]0;x'
	column detail "done" | grep -q 'check b ended with 124'
	clean
}

# bats test_tags=req:G7,slow
@test "a host with another key is not spoken to" {
	need_root
	local reason
	PATH=$PM_TOP/share/lab:$PATH
	reason=$(lab check 2>&1) || skip "${reason#lab: }"
	need_command ssh ssh-keygen
	lab build >build.log 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 build.log)"
	printf '%s install foo 1.0 2.0\n' h1 | steps .
	cat >script <<-'END'
	cp "$PM_LAB/hosts/known_hosts" kept
	ssh-keygen -q -t ed25519 -N '' -f other
	{ printf 'h1 '; cut -d ' ' -f 1,2 other.pub; } >"$PM_LAB/hosts/known_hosts"
	status=0
	pm-apply -e "ssh -F $SSH_CONFIG" plan.tsv approve.tsv >out 2>err || status=$?
	[ $status -eq 69 ]
	cp kept "$PM_LAB/hosts/known_hosts"
	ssh -n -F "$SSH_CONFIG" h1 '[ ! -e /var/lib/pm ]'
	END
	lab -s 1 bash -eu script 3>&-
	column detail "done" | grep -qi 'host key'
	clean
}
