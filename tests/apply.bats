#!/usr/bin/env bats
# pm-apply: what it refuses, what it installs for real, and what is left after
# it, the package manager or the connection was cut off.
bats_require_minimum_version 1.5.0
load lib/common
load lib/root

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	journal=$BATS_TEST_TMPDIR/journal.tsv
	root=$BATS_TEST_TMPDIR/root
}

teardown() {
	drop_roots
}

# plan [COLUMN=VALUE...]: lines "HOST PACKAGE FROM TO" become a plan of install
# steps in plan.tsv, each host with a check behind them, and its approval for
# all hosts in approve.tsv.  Made from the documents alone, without pm-plan.
plan() {
	local digest
	awk -v OFS='\t' -v given="$*" '
		function step(host, action, package, from, to) {
			print "step", set["plan"], \
			    host "/" action "/" package, set["wave"], host, \
			    action, package, from, to, set["start"], \
			    set["end"], set["mode"], set["after"], \
			    set["state"], "test", "owner", "tester"
		}
		BEGIN {
			set["plan"] = "p1"; set["wave"] = 0
			set["start"] = set["end"] = set["after"] = "-"
			set["mode"] = "unattended"; set["state"] = "planned"
			n = split(given, pairs, " ")
			for (i = 1; i <= n; i++) {
				split(pairs[i], pair, "=")
				set[pair[1]] = pair[2]
			}
			print "#step", "plan", "step", "wave", "host", \
			    "action", "package", "from", "to", "start", "end", \
			    "mode", "after", "state", "reason", "owner", "tester"
		}
		function check() {
			set["after"] = done
			step(host, "check", "-", "-", "-")
			set["after"] = before
			done = ""
		}
		BEGIN { before = set["after"] }
		host != "" && $1 != host { check() }
		{
			host = $1
			done = done (done == "" ? "" : ",") $1 "/install/" $2
			step($1, "install", $2, $3, $4)
		}
		END { if (host != "") check() }
	' >steps
	digest=$(sha256sum <steps | cut -c 1-64)
	{
		printf '#host\thost\tos\n'
		awk -F '\t' '$1 == "step" && !seen[$5]++ {
			printf "host\t%s\tdebian\n", $5 }' steps
		cat steps
		echo "##end step $(grep -c ^step steps) sha256:$digest"
	} >plan.tsv
	approve '*' - >approve.tsv
}

# approve SCOPE EXPIRY [FILE]: an approval of the plan.
approve() {
	local digest
	digest=$(tail -n 1 "${3:-plan.tsv}" | grep -o 'sha256:.*')
	stream <<-END
		#approve | plan | scope | who | role | when | reason | expiry
		approve | $digest | $1 | anna | owner | 2026-11-23T02:00:00Z | ok | $2
	END
}

# sealed: put a trailer that fits behind steps that were edited.
sealed() {
	sed '$d' plan.tsv >edited
	grep -E '^#?step' edited | sha256sum | cut -c 1-64 >digest
	echo "##end step $(grep -c ^step edited) sha256:$(<digest)" >>edited
	mv edited plan.tsv
}

# field NAME [FILE]: that column of the done records.
field() {
	column "$1" "done" "${@:2}"
}

# outcomes [FILE]: "STEP OUTCOME" of the done records, in order.
outcomes() {
	paste -d ' ' <(field step "$@") <(field outcome "$@")
}

# one_plan: a plan for one package that no root is needed for.
one_plan() {
	echo "testhost foo 1.0 2.0" | plan "$@"
}

# never_run: as the -e command, leaves a trace when it is started.
never_run() {
	printf '#!/bin/sh\necho "$@" >>%q\nexit 1\n' \
	    "$BATS_TEST_TMPDIR/started" >never
	chmod +x never
	echo "$BATS_TEST_TMPDIR/never"
}

# forgetful: as the -e command, a host that takes the transaction and then knows
# nothing of it.
forgetful() {
	cat >forgetful <<-'END'
		#!/bin/sh
		verb=$(sed -n "1s/^set -- '\([a-z]*\)'.*/\1/p")
		[ "$verb" != poll ] || printf 'transaction\tunknown\n'
		printf 'end\t%s\t0\n' "$verb"
	END
	chmod +x forgetful
	echo "$PWD/forgetful"
}

# untouched: neither host nor journal saw anything of the last run.
untouched() {
	[[ ! -e started && ! -e $journal ]]
}

# ---- refusals

# bats test_tags=req:P5-1,req:P6-1
@test "without an approval nothing is started, and it says how to get one" {
	one_plan
	with_status 77 pm-apply -e "$(never_run)" plan.tsv
	says "is not approved"
	says "pm-plan --approve"
	[[ $(field outcome) == $'refused\nrefused' ]]
	untouched
}

# bats test_tags=req:P5-1
@test "an approval of another plan, host or time is none" {
	one_plan
	approve '*' - >old.tsv
	echo "testhost foo 1.0 2.1" | plan
	with_status 77 pm-apply -e "$(never_run)" plan.tsv old.tsv
	says "another plan than this"
	approve web1,web2 - >scope.tsv
	with_status 77 pm-apply -e "$(never_run)" plan.tsv scope.tsv
	says "no approval of this plan covers the host testhost"
	approve '*' 2026-11-23T03:00:00Z >late.tsv
	with_status 77 pm-apply --now 2026-11-23T03:00:00Z \
	    -e "$(never_run)" plan.tsv late.tsv
	says "expired at 2026-11-23T03:00:00Z"
	untouched
}

# bats test_tags=req:P5-1
@test "any changed byte in the steps or the trailer voids the plan" {
	local at byte size first
	one_plan
	size=$(stat -c %s plan.tsv)
	first=$(grep -b -m 1 '^#step' plan.tsv | cut -d : -f 1)
	for ((at = first; at < size; at += 7)); do
		cp plan.tsv changed.tsv
		byte=$(tail -c "+$((at + 1))" plan.tsv | head -c 1)
		[[ $byte == x ]] && byte=y || byte=x
		printf %s "$byte" |
		    dd of=changed.tsv bs=1 seek="$at" conv=notrunc status=none
		with_status 65 pm-apply -e "$(never_run)" changed.tsv approve.tsv
	done
	untouched
}

# bats test_tags=req:P5-1
@test "a plan that is cut off is not carried out" {
	local lines n
	printf 'testhost %s 1 2\n' a b c | plan
	lines=$(wc -l <plan.tsv)
	for ((n = 0; n < lines; n++)); do
		head -n "$n" plan.tsv >cut.tsv
		with_status 65 pm-apply -e "$(never_run)" cut.tsv approve.tsv
		says "cut.tsv:"
	done
	head -c -1 plan.tsv >cut.tsv
	with_status 65 pm-apply -e "$(never_run)" cut.tsv approve.tsv
	says "has no newline"
	untouched
}

@test "steps that cannot be are malformed, whoever sealed them" {
	local name
	# shellcheck disable=SC2016 # hostile on purpose
	for name in 'foo;reboot' '-foo' 'foo bar' '$(id)' "a'b" '' 'foo=1'; do
		printf 'testhost|%s|1|2\n' "$name" |
		    awk -F '|' -v OFS=' ' '{ print $1, "NAME", $3, $4 }' | plan
		awk -F '\t' -v OFS='\t' -v name="$name" \
		    '$7 == "NAME" { $7 = name == "" ? "-" : name } 1' \
		    plan.tsv >edited
		mv edited plan.tsv
		sealed
		approve '*' - >approve.tsv
		with_status 65 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	done
	echo '-oProxyCommand=id foo 1 2' | plan
	with_status 65 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "no host is called"
	printf '%s\n' 'testhost foo 1 2' 'testhost foo 1 2' | plan
	with_status 65 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "twice in the plan"
	untouched
}

# bats test_tags=req:P6-4,req:P6-2
@test "outside the window it is refused with the next start" {
	one_plan start=2026-11-24T20:00:00Z end=2026-11-24T22:00:00Z
	with_status 75 pm-apply --now 2026-11-24T19:59:59Z \
	    -e "$(never_run)" plan.tsv approve.tsv
	says "it starts at 2026-11-24T20:00:00Z"
	with_status 75 pm-apply --now 2026-11-24T22:00:00Z \
	    -e "$(never_run)" plan.tsv approve.tsv
	says "closed at 2026-11-24T22:00:00Z"
	untouched
	with_status 69 pm-apply --now 2026-11-24T20:00:00Z \
	    -e "$(never_run)" plan.tsv approve.tsv
	[[ $(outcomes) == *"testhost/install/foo unreachable"* ]]
	[[ -e started ]]
}

@test "an emergency is not bound to the window" {
	one_plan start=2026-11-24T20:00:00Z end=2026-11-24T22:00:00Z \
	    mode=emergency
	with_status 69 pm-apply --now 2026-11-23T00:00:00Z \
	    -e "$(never_run)" plan.tsv approve.tsv
	[[ -e started ]]
}

@test "an attended step wants a named operator, whom the journal keeps" {
	one_plan mode=attended
	with_status 77 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "--attended NAME"
	untouched
	echo "testhost/install/foo yes by telephone" >answers
	with_status 3 pm-apply --attended 'Anna Ö.' --answers answers \
	    -e "$(forgetful)" plan.tsv approve.tsv
	[[ $(field detail "$journal" | head -n 1) == \
	    *"; attended by Anna Ö., who answered yes: by telephone" ]]
}

# slowly: as the -e command, takes a second and leaves traces: begun, and all
# that began (+) and ended (-) as it came.
slowly() {
	printf '#!/bin/sh\ncd %q && echo "$1" >>begun && echo + >>turns || exit
sleep 1\necho - >>turns\nexit 1\n' "$PWD" >slow
	chmod +x slow
	echo "$PWD/slow"
}

# bats test_tags=req:G7
@test "SIGUSR1 asks how far it is; SIGTERM lets what is begun end, nothing more" {
	printf '%s reboot - - -\n' a b c d e | "$PM_TOP/tests/lib/steps" .
	slowly
	pm-apply --max-fail 9 -e "$PWD/slow" plan.tsv approve.tsv >out 2>err 3>&- &
	until [[ -s begun ]]; do sleep 0.05; done
	kill -USR1 $!
	wait_for grep -q "0 of 5 visits ended, 0 failed, under way: a" err
	until [[ $(wc -l <begun) -eq 2 ]]; do sleep 0.05; done
	kill -USR1 $!
	kill -TERM $!
	status=0
	wait $! || status=$?
	[[ $status -eq 69 ]]
	grep -q '1 of 5 visits ended, 1 failed, under way: b, .* a minute, .* min left' err
	[[ $(outcomes | cut -d ' ' -f 2 | xargs) == \
	    "unreachable unreachable refused refused refused" ]]
	[[ $(xargs <begun) == "a b" ]]
}

@test "when the time of the run is over nothing more is begun" {
	printf '%s reboot - - -\n' a b c d e | "$PM_TOP/tests/lib/steps" .
	slowly
	with_status 69 pm-apply --max-fail 9 --run-timeout 2 -e "$PWD/slow" \
	    plan.tsv approve.tsv
	[[ $(outcomes | tail -n 1) == "e/reboot/- refused" ]]
	[[ $(field detail | tail -n 1) == *--run-timeout* ]]
	[[ $(wc -l <begun) -le 3 ]]
}

@test "a share of the hosts at a time" {
	printf '%s reboot - - -\n' a b c d | "$PM_TOP/tests/lib/steps" .
	slowly
	with_status 69 pm-apply -j 50% --max-fail 9 -e "$PWD/slow" plan.tsv \
	    approve.tsv
	[[ $(xargs <turns) == "+ + "* ]]
	[[ $(awk '{ n += $0 == "+" ? 1 : -1 } n > 2' turns | wc -l) -eq 0 ]]
	[[ $(wc -l <turns) -eq 8 ]]
}

@test "on a terminal a line says how far it is" {
	need_command script
	printf '%s reboot - - -\n' a b | "$PM_TOP/tests/lib/steps" .
	slowly
	script -qec "pm-apply --max-fail 9 -e $PWD/slow plan.tsv approve.tsv >out" \
	    seen || true
	grep -q '1 of 2 visits ended, 1 failed' seen
}

# bats test_tags=req:P6-3
@test "an attended step begins when its operator says so, and not otherwise" {
	one_plan mode=attended
	# nobody to ask: no terminal, or no answer in the file
	with_status 77 setsid -w pm-apply --attended anna -e "$(never_run)" \
	    plan.tsv approve.tsv
	says "there is no terminal to ask at; name a file with --answers"
	echo "other/* yes" >answers
	with_status 77 pm-apply --attended anna --answers answers \
	    -e "$(never_run)" plan.tsv approve.tsv
	says "the file of answers has none for testhost/install/foo"
	printf '%s\n' "testhost/* yes" "testhost/install/foo no users on it" \
	    >answers
	with_status 77 pm-apply --attended anna --answers answers \
	    -e "$(never_run)" plan.tsv approve.tsv
	says "answered no: users on it"
	[[ ! -e started ]]
	# an answer without an operator is none
	echo "testhost/* yes" >answers
	with_status 77 pm-apply --answers answers -e "$(never_run)" plan.tsv \
	    approve.tsv
	[[ ! -e started ]]
	with_status 69 pm-apply --attended anna --answers answers \
	    -e "$(never_run)" plan.tsv approve.tsv
	[[ -e started ]]
}

# bats test_tags=req:P6-3
@test "at a terminal the operator sees a checklist and answers" {
	need_command script
	one_plan mode=attended
	# shellcheck disable=SC2016 # for that shell
	printf 'what\nno not tonight\n' | script -qec \
	    "pm-apply --attended anna -e $(never_run) plan.tsv approve.tsv >out 2>err" \
	    seen || [[ $? -eq 77 ]]
	grep -q '\[ \] install foo from 1.0 to 2.0' seen
	grep -q 'because test' seen
	[[ $(grep -o 'Begin? yes, or no and why:' seen | wc -l) -eq 2 ]]
	says "answered no: not tonight"
	[[ ! -e started ]]
}

@test "what is left to a person is done when the operator says so" {
	echo "testhost backup - - -" | "$PM_TOP/tests/lib/steps" .
	with_status 0 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/backup/- manual" ]]
	with_status 1 pm-apply --strict -e "$(never_run)" plan.tsv approve.tsv
	echo 'testhost/backup/- yes tape 17' >answers
	with_status 0 pm-apply --attended anna --answers answers \
	    -e "$(never_run)" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/backup/- done" ]]
	[[ $(field detail "$journal") == \
	    "done by hand; attended by anna, who answered yes: tape 17" ]]
	with_status 0 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	[[ -z $(outcomes) && ! -e started ]]
}

@test "a plan for other machines is refused here" {
	need_root
	one_plan
	with_status 77 pm-apply plan.tsv approve.tsv
	says "has steps for testhost, and this machine is $(uname -n)"
	with_status 77 pm-apply local plan.tsv approve.tsv
	mkdir -p image/etc
	echo other >image/etc/hostname
	with_status 77 pm-apply --root image plan.tsv approve.tsv
	says "etc/hostname"
	untouched
}

# rebooting: as the -e command, a host with the boot ids of the file boot; it
# takes the transaction and reboots when the file down is there: then it does
# not answer so many times.
rebooting() {
	cat >rebooting <<-END
		#!/bin/sh
		cd $PWD
		verb=\$(sed -n "1s/^set -- '\([a-z]*\)'.*/\1/p")
		id=\$(cat known 2>/dev/null)
		if [ -s down ]; then
			sed -i 1d down
			exit 255
		fi
		case \$verb in
		poll)
			if [ -z "\$id" ]; then
				printf 'transaction\tunknown\n'
			elif [ "\$id" = "\$(cat boot)" ]; then
				printf 'transaction\trunning\n'
			else
				printf 'transaction\tended\t0\t%s\n' "\$id"
			fi
			;;
		start)
			echo start >>starts
			cp boot known
			[ ! -e next ] || mv next boot
			[ ! -e outage ] || mv outage down
			printf 'transaction\trunning\n'
			;;
		esac
		printf 'boot\t%s\nkernel\t%s\n' "\$(cat boot)" "\$(cat kernel)"
		printf 'end\t%s\t0\n' "\$verb"
	END
	chmod +x rebooting
	echo first >boot
	printf '6.1.0-1\t\n' >kernel
	echo "$PWD/rebooting"
}

reboot_plan() {
	echo "testhost reboot - - -" | "$PM_TOP/tests/lib/steps" . "$@"
}

@test "a reboot is proved by another boot, and waited for" {
	reboot_plan
	rebooting
	echo second >next
	printf '\n\n' >outage
	with_status 0 pm-apply -e "$PWD/rebooting" plan.tsv approve.tsv
	says "testhost: reboots; waiting for it"
	[[ $(outcomes) == "testhost/reboot/- done" ]]
	[[ $(field detail) == "boot second after first; kernel 6.1.0-1" ]]
	with_status 0 pm-apply -e "$PWD/rebooting" plan.tsv approve.tsv
	[[ ! -s out && $(wc -l <starts) -eq 1 ]]
}

@test "a reboot without an effect, or into another kernel, has failed" {
	reboot_plan
	rebooting
	echo second >next
	printf '6.1.0-1\t6.1.0-2\n' >kernel
	with_status 3 pm-apply -e "$PWD/rebooting" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/reboot/- failed" ]]
	[[ $(field detail) == *"kernel 6.1.0-1, but 6.1.0-2 is installed" ]]
}

@test "a host that does not come back is lost, and found by the next run" {
	reboot_plan
	rebooting
	echo second >next
	printf '\n%.0s' 1 2 3 4 5 6 7 8 >outage
	with_status 3 pm-apply --reboot-wait 3 -e "$PWD/rebooting" plan.tsv \
	    approve.tsv
	[[ $(outcomes) == "testhost/reboot/- lost" ]]
	[[ $(field detail) == *"did not come back in time" ]]
	# still down: asked once, not waited for
	with_status 3 pm-apply -e "$PWD/rebooting" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/reboot/- lost" ]]
	: >down
	with_status 0 pm-apply -e "$PWD/rebooting" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/reboot/- done" && $(wc -l <starts) -eq 1 ]]
}

@test "killed while the host reboots: the next run learns of it" {
	reboot_plan
	rebooting
	echo second >next
	yes '' | head -n 100 >outage
	pm-apply -q -e "$PWD/rebooting" plan.tsv approve.tsv >first 2>&1 3>&- &
	until [[ -e starts ]]; do sleep 0.05; done
	sleep 0.3
	kill -9 $!
	wait $! || true
	: >down
	with_status 0 pm-apply -e "$PWD/rebooting" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/reboot/- done" && $(wc -l <starts) -eq 1 ]]
}

@test "no attended reboot without an operator" {
	reboot_plan mode=attended
	with_status 77 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "--attended NAME"
	untouched
}

# bats test_tags=req:G7
@test "hosts that do not answer or come back count for --max-fail" {
	printf '%s reboot - - -\n' a b c d e f g h i j |
	    "$PM_TOP/tests/lib/steps" .
	with_status 4 pm-apply --max-fail 30% -e "$(never_run)" plan.tsv \
	    approve.tsv
	[[ $(field outcome | sort | uniq -c | xargs) == \
	    "7 refused 3 unreachable" ]]
	with_status 64 pm-apply --max-fail 101% -e false plan.tsv approve.tsv
	with_status 64 pm-apply --jobs x% -e false plan.tsv approve.tsv
}

@test "a step waits for those that it comes after" {
	one_plan after=web1/check/-
	with_status 75 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "it comes after web1/check/-, which is not planned"
	untouched
}

@test "a system without a driver is refused, and so is an unknown one" {
	one_plan
	sed -i 's/^host\ttesthost\tdebian/host\ttesthost\tplan9/' plan.tsv
	with_status 77 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "there is no driver for plan9"
	sed -i '/^#*host/d' plan.tsv
	with_status 77 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "does not say which system"
	[[ ! -e started ]]
}

@test "only planned steps are carried out" {
	one_plan state=deferred
	with_status 0 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	[[ ! -s out && ! -e started ]]
}

@test "wrong arguments are said, and change nothing" {
	one_plan
	with_status 64 pm-apply
	with_status 64 pm-apply -e ssh --root / plan.tsv
	with_status 64 pm-apply -e "'ssh" plan.tsv
	with_status 64 pm-apply -e ' ' plan.tsv
	with_status 64 pm-apply --timeout soon -e ssh plan.tsv
	with_status 64 pm-apply --jobs 0 -e ssh plan.tsv
	with_status 66 pm-apply -e ssh none.tsv
	with_status 66 env PM_DRIVERS=/none pm-apply -e ssh plan.tsv
	says "PM_DRIVERS"
	untouched
}

# ---- transport

@test "the command gets its words, the host and sh, and no shell sees them" {
	printf '#!/bin/sh\nprintf "[%%s]\\n" "$@" >>%q\nexit 255\n' \
	    "$PWD/words" >show
	chmod +x show
	one_plan
	with_status 69 pm-apply \
	    -e "$PWD/show -o 'A B' \"\$(id)\" c\\ d ;e" plan.tsv approve.tsv
	# shellcheck disable=SC2016 # no shell sees it
	printf '[%s]\n' -o 'A B' '$(id)' 'c d' ';e' testhost sh >expected
	same expected words
}

@test "--resume begins nothing, and carries on what the journal knows" {
	one_plan
	approve '*' -
	with_status 66 pm-apply --resume -e "$(never_run)" plan.tsv approve.tsv
	says "no record of this plan"
	untouched
	printf '#!/bin/sh\nexit 255\n' >away
	chmod +x away
	with_status 69 pm-apply -e "$PWD/away" plan.tsv approve.tsv
	with_status 69 pm-apply --resume -e "$PWD/away" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == 'testhost/install/foo unreachable' ]]
	# another plan has left nothing there
	sed 's/^\(#*step\t\)p1\t/\1p2\t/' plan.tsv >other.tsv
	mv other.tsv plan.tsv
	sealed
	approve '*' -
	cp "$journal" before
	with_status 66 pm-apply --resume -e "$(never_run)" plan.tsv approve.tsv
	cmp before "$journal"
}

@test "a host that does not answer is unreachable, and tried again later" {
	one_plan
	with_status 69 pm-apply -e "sh -c 'echo no route >&2; exit 255'" \
	    plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo unreachable" ]]
	[[ $(field detail | head -n 1) == *"ended with 255"*"no route"* ]]
	with_status 69 pm-apply -e "$PWD/none" plan.tsv approve.tsv
	[[ $(field detail | head -n 1) == *"cannot be started"* ]]
	[[ $(outcomes "$journal" | grep -c unreachable) -eq 2 ]]
	[[ $(outcomes | tail -n 1) == "testhost/check/- refused" ]]
}

@test "answers of a host are data: garbage and floods are no answer" {
	one_plan
	with_status 69 pm-apply -e "sh -c 'head -c 3000000 /dev/zero; exit 0'" \
	    plan.tsv approve.tsv
	with_status 69 pm-apply -e "sh -c 'printf \"end\\\\tpoll\\\\t0\"'" \
	    plan.tsv approve.tsv
	# A reply that is whole but hostile: no control byte comes through.
	printf '#!/bin/sh\ncat >/dev/null\n%s\n' \
	    "printf 'error\\t\\033[2J\\376evil\\nend\\tpoll\\t1\\n'" >hostile
	chmod +x hostile
	with_status 3 pm-apply -e "$PWD/hostile" plan.tsv approve.tsv
	[[ $(field detail | head -n 1) == '?[2J?evil' ]]
	run ! grep -q $'\033' "$journal" out err
}

# bats test_tags=req:G7
@test "nothing hangs: a command that never ends is killed with its children" {
	cat >deaf <<-'END'
		#!/bin/sh
		trap "" TERM
		sleep 1000.5 &
		sleep 1000.5
	END
	chmod +x deaf
	one_plan
	with_status 69 pm-apply --timeout 1 -e "$PWD/deaf" plan.tsv approve.tsv
	[[ $(field detail | head -n 1) == "no answer within 1 s" ]]
	run ! pgrep -f 'sleep 1000\.5'
}

# ---- the journal

@test "a second run waits for no lock, and is told who has it" {
	one_plan
	mkfifo gate
	printf '#!/bin/sh\nread -r line <%q\nexit 1\n' "$PWD/gate" >slow
	chmod +x slow
	pm-apply -q -e "$PWD/slow" plan.tsv approve.tsv >first 2>&1 3>&- &
	until [[ -s $journal ]]; do sleep 0.05; done
	with_status 75 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "in use by process $!;"
	[[ ! -e started ]]
	echo >gate
	wait || true
}

@test "the chain of the journal is what sha256sum gives" {
	local chain line
	printf 'testhost %s 1 2\n' a b c | plan
	with_status 69 pm-apply -e false plan.tsv approve.tsv
	[[ $(wc -l <"$journal") -eq 4 ]]
	chain=$(head -n 1 "$journal" | sha256sum | cut -c 1-64)
	while IFS= read -r line; do
		chain=$(printf %s "$chain${line%$'\t'*}" | sha256sum |
		    cut -c 1-64)
		[[ $chain == "${line##*$'\t'}" ]]
	done < <(tail -n +2 "$journal")
}

@test "a journal that was changed stops everything" {
	one_plan
	with_status 69 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	rm started
	sed -i 's/unreachable/done/' "$journal"
	with_status 65 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "journal.tsv:2:"
	says "corrupt"
	[[ ! -e started ]]
}

@test "records of another plan of the same name are noticed" {
	need_root
	one_plan
	with_status 3 pm-apply -e "$(forgetful)" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo lost" ]]
	echo "testhost foo 1.0 2.1" | plan
	with_status 65 pm-apply -e "$(never_run)" plan.tsv approve.tsv
	says "another plan of the same name"
}

# ---- for real

# bats test_tags=req:P3-6,req:G7,slow
@test "a dry run prints apt's own transaction and the way back, changes nothing" {
	make_root "$root"
	pending "$root" | sed 's/^/testhost /' >needs
	[[ -s needs ]]
	plan <needs
	with_status 0 pm-apply -n --root "$root" plan.tsv
	says "would be refused: the plan"
	[[ ! -e $journal && ! -e $root/var/lib/pm ]]
	chroot "$root" apt-get -s dist-upgrade | grep -E '^(Inst|Conf) ' |
	    sort >expected
	sed -nE 's/^## testhost: ((Inst|Conf) .*)/\1/p' out | sort >found
	same expected found
	awk '{ print "## testhost: back: " $2 "=" $3 }' needs | sort >expected
	grep '^## testhost: back: ' out | sort >found
	same expected found
	[[ $(field outcome | sort -u) == dry-run ]]
	pending "$root" | sed 's/^/testhost /' >after
	same needs after
}

# bats test_tags=req:P3-6,slow
@test "pending security updates are installed, checked, and taken back" {
	make_root "$root"
	pending "$root" | sed 's/^/testhost /' >needs
	plan <needs
	chroot "$root" apt-mark showauto >auto
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	says " done"
	[[ -z $(pending "$root") ]]
	[[ $(field outcome | sort -u) == "done" ]]
	[[ $(field package | grep -vx -- - | sort) == \
	    "$(cut -d ' ' -f 2 needs)" ]]
	# every step twice in the journal, the check once
	outcomes "$journal" | sort | uniq -c | awk '{ print $1 }' | sort -u |
	    grep -qx 1
	[[ $(outcomes "$journal" | grep -c started) -eq $(wc -l <needs) ]]
	chroot "$root" apt-mark showauto | same auto /dev/stdin
	run ! grep -F " $root/" /proc/mounts
	[[ ! -e $root/usr/sbin/policy-rc.d ]]

	# again: nothing is left to do
	cp "$journal" before
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ ! -s out ]]
	says "settled before"
	same before "$journal"

	# without the journal: the versions are there already
	with_status 0 pm-apply --root "$root" -J other.tsv plan.tsv approve.tsv
	[[ $(grep -v /check/ <(outcomes) | cut -d ' ' -f 2 | sort -u) == skipped ]]

	# one back
	read -r _ package from to < <(grep ' liblzma5 ' needs)
	with_status 0 pm-apply --root "$root" \
	    --rollback "testhost/install/$package" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/install/$package rolled-back" ]]
	[[ $(field from) == "$to" && $(field to) == "$from" ]]
	[[ $(version "$root" "$package") == "$from installed" ]]
	[[ $(pending "$root") == "$package $from $to" ]]

	# it stays back: the plan is not carried out again
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ ! -s out ]]
	with_status 64 pm-apply --root "$root" \
	    --rollback "testhost/install/$package" plan.tsv approve.tsv
}

# small: a root with foo 1.0 installed and 2.0 on offer, whose postinst waits
# until /go is there; and the plan from one to the other.
small() {
	make_root "$root"
	offer "$root" foo 1.0 postinst=: /etc/foo.conf=one
	chroot "$root" apt-get -qqy install foo=1.0
	offer "$root" foo 2.0 "postinst=${1:-:}" /etc/foo.conf=two
	one_plan
}

waiting='echo begun >>/begun; while [ ! -e /go ]; do sleep 0.05; done'

# installs: how often dpkg has upgraded foo in the root.
installs() {
	grep -c ' upgrade foo:' "$root/var/log/dpkg.log"
}

# bats test_tags=req:G7,slow
@test "a changed configuration file is kept without a question, and said" {
	small
	echo mine >"$root/etc/foo.conf"
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(version "$root" foo) == "2.0 installed" ]]
	[[ $(cat "$root/etc/foo.conf") == mine ]]
	[[ $(cat "$root/etc/foo.conf.dpkg-dist") == two ]]
	[[ $(field detail | head -n 1) == *"kept the changed /etc/foo.conf"* ]]
}

# bats test_tags=req:G7,slow
@test "a maintainer script that asks gets no terminal and no input" {
	small 'read answer && exit 7; [ ! -t 0 ] && (exec </dev/tty) 2>/dev/null && exit 8; :'
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(version "$root" foo) == "2.0 installed" ]]
}

# bats test_tags=slow
@test "pm-apply killed while apt works: the next run learns the end" {
	small "$waiting"
	pm-apply -q --root "$root" plan.tsv approve.tsv >first 2>&1 3>&- &
	wait_for test -s "$root/begun"
	kill -9 $!
	wait $! || true
	[[ $(outcomes "$journal") == "testhost/install/foo started" ]]
	touch "$root/go"
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo done" ]]
	[[ $(version "$root" foo) == "2.0 installed" ]]
	[[ $(installs) -eq 1 && $(wc -l <"$root/begun") -eq 1 ]]
	[[ $(outcomes "$journal" | grep -c 'foo done') -eq 1 ]]
}

# bats test_tags=slow,req:patchlink
@test "killed after any record of the journal, the next run ends it" {
	local n lines
	small
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	mv "$journal" whole
	lines=$(wc -l <whole)
	[[ $lines -eq 4 ]]
	for ((n = 0; n <= lines; n++)); do
		head -n "$n" whole >"$journal"
		with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
		outcomes "$journal" | awk '$2 != "started" { n[$1]++ }
		    END { exit n["testhost/install/foo"] != 1 ||
			n["testhost/check/-"] != 1 }'
		# cut inside the next line
		head -c "$(($(head -n "$n" whole | wc -c) + 20))" whole >"$journal"
		with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	done
	[[ $(installs) -eq 1 ]]
}

# bats test_tags=slow
@test "killed between the record and the start, it is started once" {
	small
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	mv "$journal" whole
	drop_roots
	rm "$BATS_TEST_TMPDIR/roots"
	rm -rf "$root" "$root.changes"
	small
	head -n 2 whole >"$journal"
	[[ $(outcomes "$journal") == "testhost/install/foo started" ]]
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo done" ]]
	[[ $(outcomes "$journal" | grep -c started) -eq 1 ]]
	[[ $(installs) -eq 1 ]]
}

# inside PROGRAM: the processes of that name in the root.
inside() {
	local process
	for process in /proc/[0-9]*; do
		[[ $(readlink "$process/root") == "$root" &&
		    $(cat "$process/comm") == "$1" ]] || continue
		echo "${process#/proc/}"
	done 2>/dev/null
}

# gone PROGRAM: none of that name runs inside any more.
gone() {
	[[ -z $(inside "$1") ]]
}

# bats test_tags=slow
@test "apt killed: a failure with its reason; the next run repairs it" {
	small "$waiting"
	pm-apply --root "$root" plan.tsv approve.tsv >first 2>err 3>&- &
	wait_for test -s "$root/begun"
	# shellcheck disable=SC2046
	kill -9 $(inside apt-get) $(inside dpkg) $(inside postinst) \
	    $(inside foo.postinst) || true
	wait $! || status=$?
	[[ $status -eq 3 ]]
	[[ $(outcomes first | head -n 1) == "testhost/install/foo failed" ]]
	[[ $(field detail first | head -n 1) == *half-configured* ]]
	[[ $(version "$root" foo) == "2.0 half-configured" ]]
	touch "$root/go"
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo done" ]]
	[[ $(version "$root" foo) == "2.0 installed" ]]
	[[ -z $(chroot "$root" dpkg -C) && $(installs) -eq 1 ]]
}

# bats test_tags=slow
@test "the power goes: what stopped without an end is begun again" {
	small "$waiting"
	pm-apply --root "$root" plan.tsv approve.tsv >first 2>&1 3>&- &
	wait_for test -s "$root/begun"
	kill -9 $!
	# shellcheck disable=SC2046
	kill -9 $(inside sh) $(inside timeout) $(inside apt-get) \
	    $(inside dpkg) $(inside foo.postinst) || true
	wait $! || true
	wait_for gone apt-get
	touch "$root/go"
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	says "stopped without an end"
	[[ $(outcomes | head -n 1) == "testhost/install/foo done" ]]
	[[ $(version "$root" foo) == "2.0 installed" && $(installs) -eq 1 ]]
	[[ $(field try | head -n 1) -eq 2 ]]
}

# bats test_tags=slow
@test "a transaction that takes too long is ended on the target" {
	small "$waiting"
	with_status 3 pm-apply --timeout 2 --root "$root" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo timeout" ]]
	wait_for gone apt-get
	[[ -z $(inside dpkg) ]]
}

# bats test_tags=slow
@test "a held lock: waits, then fails and names the holder" {
	local holder
	small
	mkfifo hold
	perl -MFcntl -e '
		open(my $lock, "+>", $ARGV[0]) or die $!;
		my $all = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
		fcntl($lock, F_SETLK, $all) or die $!;
		open(my $locked, ">", $ARGV[2]) or die $!;
		open(my $hold, "<", $ARGV[1]);
		<$hold>;
	' "$root/var/lib/dpkg/lock-frontend" hold locked 3>&- &
	holder=$!
	wait_for test -e locked
	with_status 3 pm-apply --lock-wait 1 --root "$root" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo failed" ]]
	[[ $(field detail | head -n 1) == *"foo is at 1.0"*"Could not get lock"*"held by process"* ]]
	echo >hold
	wait $holder
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(outcomes | head -n 1) == "testhost/install/foo done" ]]
	[[ $(field try | head -n 1) -eq 2 ]]
}

# bats test_tags=slow
@test "a failing maintainer script: its words are in the detail" {
	small 'echo "database is read-only"; exit 3'
	offer "$root" bar 1.0
	chroot "$root" apt-get -qqy install bar=1.0
	offer "$root" bar 2.0
	printf '%s\n' 'testhost bar 1.0 2.0' 'testhost foo 1.0 2.0' | plan
	with_status 3 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/install/bar done
testhost/install/foo failed
testhost/check/- refused" ]]
	field detail | sed -n 2p >text
	grep -q 'database is read-only' text
	grep -q 'exit status 3' text
	grep -q 'half-configured' text
	[[ $(version "$root" bar) == "2.0 installed" ]]
}

# bats test_tags=slow
@test "after so many failures nothing more is begun" {
	small 'exit 3'
	printf '%s foo 1.0 2.0\n' a b c | plan
	mkdir hosts
	ln -s "$root" hosts/a
	wrapper
	with_status 4 pm-apply -e "$PWD/into" plan.tsv approve.tsv
	[[ $(outcomes | grep install) == "a/install/foo failed
b/install/foo refused
c/install/foo refused" ]]
	[[ $(field detail | tail -n 1) == *--max-fail* ]]
}

# wrapper: the program "into", an -e command that reaches HOST in hosts/HOST,
# or the only root.
wrapper() {
	cat >into <<-END
		#!/bin/sh
		root=$PWD/hosts/\$1
		[ -e "\$root" ] || root=$root
		exec unshare -m sh -c 'mount -t proc proc "\$1/proc" &&
			exec chroot "\$1" "\$2"' sh "\$root" "\$2"
	END
	chmod +x into
}

# bats test_tags=slow
@test "over a command: installed, and apt survives a cut connection" {
	small "$waiting"
	wrapper
	# The connection breaks before the transaction has been started, and
	# again as soon as it has.
	cat >flaky <<-END
		#!/bin/sh
		cat >script
		if grep -q "^set -- 'start'" script && [ ! -e early ]; then
			touch early
			exit 255
		fi
		if grep -q "^set -- 'start'" script && [ ! -e cut ]; then
			./into "\$@" <script >/dev/null
			touch cut
			exit 255
		fi
		exec ./into "\$@" <script
	END
	chmod +x flaky
	pm-apply -e "$PWD/flaky" plan.tsv approve.tsv >out 2>err 3>&- &
	wait_for test -e cut
	wait_for test -s "$root/begun"
	touch "$root/go"
	wait $!
	says "asking again"
	[[ $(outcomes) == "testhost/install/foo done
testhost/check/- done" ]]
	[[ $(installs) -eq 1 && $(version "$root" foo) == "2.0 installed" ]]
}

# bats test_tags=req:P6-6,slow
@test "servers and workstations from one plan, each in its own wave and way" {
	local host
	mkdir hosts
	wrapper
	for host in web1 pc1; do
		make_root "$BATS_TEST_TMPDIR/hosts/$host"
		offer "hosts/$host" foo 1.0
		chroot "hosts/$host" apt-get -qqy install foo=1.0
		offer "hosts/$host" foo 2.0
	done
	cat >site.pm <<-'END'
		device=desktop,laptop -> ring=pilot
		-> window=any soak=0s ring=broad
	END
	stream >needs.tsv <<-'END'
		#host | host | class | os | release | arch | role | tier | env | owner | state
		host | pc1 | desktop | debian | 12 | amd64 | workstation | operational | production | ann | ok
		host | web1 | server | debian | 12 | amd64 | web | business | production | ann | ok
		#need | host | package | installed | fixed | adv | cves | kind | state | class | decision | due
		need | pc1 | foo | 1.0 | 2.0 | D-1 | CVE-2026-1 | security | available | critical | patch | 2030-01-01T00:00:00Z
		need | web1 | foo | 1.0 | 2.0 | D-1 | CVE-2026-1 | security | available | critical | patch | 2030-01-01T00:00:00Z
	END
	PM_NOW=2026-11-23T02:00:00Z pm-plan -q -p site.pm needs.tsv -o plan.tsv
	pm-plan -q --approve ann --reason routine plan.tsv -o approve.tsv
	[[ $(paste -d ' ' <(column host step plan.tsv) <(column wave step plan.tsv) \
	    <(column mode step plan.tsv) | sort -u | xargs) == \
	    "pc1 1 unattended web1 2 attended" ]]
	# nobody is there: the workstation is done, the server waits
	with_status 77 pm-apply -e "$PWD/into" plan.tsv approve.tsv
	[[ $(version hosts/pc1 foo) == "2.0 installed" ]]
	[[ $(version hosts/web1 foo) == "1.0 installed" ]]
	echo 'web1/* yes watched' >answers
	with_status 0 pm-apply -e "$PWD/into" --attended ann --answers answers \
	    plan.tsv approve.tsv
	[[ $(version hosts/web1 foo) == "2.0 installed" ]]
	[[ $(awk -F '\t' '$12 == "done" { print $4, $5 }' journal.tsv | sort -u |
	    xargs) == "pc1 check pc1 install pc1 restart web1 check web1 install web1 restart" ]]
	# and what both have is verified from one inventory
	for host in pc1 web1; do
		pm-collect root -q --host $host hosts/$host
	done >after.tsv
	pm-verify -q -J journal.tsv plan.tsv after.tsv -o checks.tsv || [[ $? -eq 3 ]]
	for host in pc1 web1; do
		grep -q "^check	$host	package	foo	.*	verified	" checks.tsv
	done
}

# here COMMAND...: run it as a process of the throw-away system, which is then
# "this machine"; the programs and their libraries are lent to it.
here() {
	if [[ ! -d $root/lent ]]; then
		mkdir -p "$root/lent/lib"
		cp -r "$PM_BUILD/bin" "$PM_DRIVERS" "$root/lent"
		ldd "$PM_BUILD"/bin/pm-* | awk '$3 ~ "^/" { print $3 }' |
		    grep -v -e '/libc\.' -e '/libm\.' | sort -u |
		    xargs cp -t "$root/lent/lib"
	fi
	cp plan.tsv approve.tsv "$root/lent"
	unshare -muipf --mount-proc="$root/proc" chroot "$root" env \
	    LD_LIBRARY_PATH=/lent/lib PATH="/lent/bin:$PATH" \
	    PM_DRIVERS=/lent/drivers sh -c \
	    'cd /lent && hostname testhost && exec "$@"' sh "$@"
}

@test "on this machine: installed, a second time nothing, and taken back" {
	small
	with_status 0 here pm-apply local plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/install/foo done
testhost/check/- done" ]]
	[[ $(version "$root" foo) == "2.0 installed" ]]
	with_status 0 here pm-apply plan.tsv approve.tsv
	[[ -z $(outcomes) && $(installs) -eq 1 ]]
	with_status 0 here pm-apply --rollback all plan.tsv approve.tsv
	[[ $(outcomes) == "testhost/install/foo rolled-back" ]]
	[[ $(version "$root" foo) == "1.0 installed" ]]
}

# bats test_tags=slow
@test "the script on the target is the driver that anyone can read" {
	small
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	cat "$PM_DRIVERS/apt" "$PM_DRIVERS/common" |
	    same /dev/stdin "$(echo "$root"/var/lib/pm/*/driver)"
	[[ $(cat "$root"/var/lib/pm/*/request) == foo=2.0=1.0 ]]
	[[ $(stat -c %a "$root/var/lib/pm") == 700 ]]
}

# bats test_tags=slow
@test "an image has no service started, and its own policy is left alone" {
	small
	offer "$root" foo 3.0 \
	    'postinst=/usr/sbin/policy-rc.d foo start; echo $? >/policy'
	echo "testhost foo 1.0 3.0" | plan
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(cat "$root/policy") == 101 ]]
	[[ ! -e $root/usr/sbin/policy-rc.d ]]
	printf '#!/bin/sh\nexit 7\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	offer "$root" foo 4.0 \
	    'postinst=/usr/sbin/policy-rc.d foo start; echo $? >/policy; exit 0'
	echo "testhost foo 3.0 4.0" | plan plan=p2
	with_status 0 pm-apply --root "$root" plan.tsv approve.tsv
	[[ $(cat "$root/policy") == 7 && -x $root/usr/sbin/policy-rc.d ]]
}
