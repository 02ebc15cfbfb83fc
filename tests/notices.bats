#!/usr/bin/env bats
# share/notices: what people and other programs are told of a plan.

bats_require_minimum_version 1.5.0
load lib/common

# One plan for all tests: two owners, hostile names, all kinds of visits.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export PM_NOW=2026-11-23T12:00:00Z
	mkdir policy
	cat > policy/p.pm <<-'END'
	host=db1 -> window="daily 22:00-04:00 UTC" mode=attended
	-> window=any mode=unattended jobs=9
	END
	sed 's/ *| */\t/g' > in.tsv <<-'END'
	#host | host | os | role | site | tier | owner | app_owner | contact | after_hours
	host | db1 | debian | db | Köln, "A" | mission | ann/../x | carl | 4711 | 0815
	host | web1 | alpine | web | b | operational | ann_.._x | - | - | -
	host | web2 | debian | web | c | operational | - | - | - | -
	host | old | debian | - | - | operational | ann_.._x | - | - | -
	#svc | host | proto | port | process | package | unit
	svc | db1 | tcp | 5432 | postgres | postgresql | postgresql.service
	svc | db1 | tcp | 22 | sshd | openssh-server | ssh.service
	svc | web1 | tcp | 80 | <nginx> | nginx | -
	#need | host | package | installed | fixed | adv | cves | state | decision | policy
	need | db1 | postgresql | 15.1 | 15.2 | A-1 | CVE-2026-1 | available | patch | =cmd()\nBEGIN:VEVENT
	need | db1 | linux-image-amd64 | 1 | 2 | A-2 | - | available | patch | x
	need | web1 | nginx | 1 | 2<b>&"' | A-1 | CVE-2026-2 | available | patch | <script>alert(1)</script>
	need | web2 | vim | 1 | 2 | A-1 | - | available | patch | x
	need | old | vim | 1 | - | - | - | unfixed | patch | x
	END
	echo '-> lead=lead' > policy/lead.pm
	pm-plan -q --plan 'p;1,"x"' -p policy in.tsv > plan.tsv
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

notices() {
	"$PM_TOP/share/notices/notices" "$@"
}

# Both programs that are called awk in Debian give the same.
@test "every kind, with every awk; the same plan gives the same bytes" {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	for kind in calendar csv silences alertmanager nagios helpdesk runbook page; do
		notices $kind plan.tsv > one
		[ -s one ]
		for awk in mawk gawk; do
			command -v $awk >/dev/null || continue
			ln -sf "$(command -v $awk)" "$BATS_TEST_TMPDIR/bin/awk"
			PATH=$BATS_TEST_TMPDIR/bin:$PATH notices $kind - \
			    < plan.tsv | cmp - one
		done
	done
}

@test "the calendar is read back by libical, and has the slots of the plan" {
	notices calendar plan.tsv > plan.ics
	[ "$(grep -c '^BEGIN:VEVENT' plan.ics)" -eq 3 ]
	awk '{ sub(/\r$/, "") || bad = 1; if (length($0) > 75) bad = 1 }
	    END { exit bad }' plan.ics
	iconv -f UTF-8 -t UTF-8 plan.ics | cmp - plan.ics
	# unfolded and unescaped it says what the plan says
	sed 's/\r$//' plan.ics | sed -z 's/\n //g' > unfolded
	grep -xF 'LOCATION:Köln\, "A"' unfolded
	grep -xF 'SUMMARY:Patch db1: 2 updates\, reboot' unfolded
	grep -q '^UID:p\\;1\\,"x"/.*/db1@pm$' unfolded
	run ! grep -x 'BEGIN:VEVENT.' unfolded
	# as a window it opens when a visit starts
	echo '-> window=calendar:plan.ics lead=lead' > window.pm
	printf '#host\thost\nhost\ta\n#need\thost\tpackage\tinstalled\tfixed\tadv\tstate\tdecision\nneed\ta\tp\t1\t2\tA\tavailable\tpatch\n' |
	    pm-plan -q -p window.pm --now 2026-11-23T13:30:00Z |
	    grep -F $'\t2026-11-23T22:00:00Z\t2026-11-24T04:00:00Z\t'
}

# bats test_tags=req:P5-4
@test "monitoring: host, start and end for each visit, in three forms" {
	notices silences plan.tsv > got
	sed 's/ *| */\t/g' <<-'END' | diff <(grep -v web got) -
	#silence | host | start | end | reason
	silence | db1 | 2026-11-23T22:00:00Z | 2026-11-24T04:00:00Z | plan p;1,"x", wave 2
	END
	grep -qP '^silence\tweb1\t2026-11-23T12:00:00Z\t2026-11-23T13:00:00Z' got
	notices alertmanager plan.tsv > got
	jq -e 'length == 3' got
	jq -r '.[] | select(.matchers[0].value | startswith("db1")) |
	    .startsAt + " " + .endsAt + " " + .comment' got |
	    grep -xF '2026-11-23T22:00:00Z 2026-11-24T04:00:00Z patching, plan p;1,"x", wave 2: 2 updates, reboot'
	for name in db1 db1:9100; do
		jq -e --arg name "$name" 'any(.[]; .matchers[0].value as $re |
		    $name | test("^(" + $re + ")$"))' got
	done
	jq -e 'all(.[]; .matchers[0].value as $re | "db1.x" | test("^(" + $re + ")$") | not)' got
	notices nagios plan.tsv | grep db1 > got
	from=$(date -u -d 2026-11-23T22:00:00Z +%s)
	to=$(date -u -d 2026-11-24T04:00:00Z +%s)
	diff got - <<-END
	[$from] SCHEDULE_HOST_DOWNTIME;db1;$from;$to;1;0;21600;pm;patching, plan p,1,"x", wave 2
	[$from] SCHEDULE_HOST_SVC_DOWNTIME;db1;$from;$to;1;0;21600;pm;patching, plan p,1,"x", wave 2
	END
}

# bats test_tags=req:P5-3
@test "the helpdesk knows updates, side effects and remedies of each service" {
	notices helpdesk plan.tsv > got
	grep '^==' got | diff - <(printf '== %s\n' '<nginx>' postgresql ssh \
	    'systems of role web')
	sed -n '/^== postgresql/,/^== ssh/p' got | sed '1d;$d' > part
	diff part - <<-'END'

	Updates
	- db1, 2026-11-23T22:00:00Z to 2026-11-24T04:00:00Z: 2 updates, reboot
	  postgresql 15.1 to 15.2, for CVE-2026-1
	  also linux-image-amd64

	Side effects
	- db1 restarts: postgresql does not answer for some minutes, and whoever works on it is signed off

	Remedies
	- db1: wait until 2026-11-24T04:00:00Z, try again; then call ann/../x, 4711, after hours 0815
	  who answers for it can go back: pm-apply --rollback all --host db1

	END
}

# bats test_tags=req:P6-3
@test "the runbook is a checklist of what is attended, and of nothing else" {
	notices runbook plan.tsv > got
	[ "$(grep -c '^## ' got)" -eq 1 ]
	grep -xF -e '- [ ] operator (name): ____________________' got
	grep -xF -e '- [ ] install postgresql 15.1 to 15.2' got
	grep -xF -e '- [ ] reboot' got
	grep -xF -e '- [ ] check' got
	grep -F 'Owner: ann/../x; application: carl; contact: 4711' got
	awk -F '\t' '$1 == "step" && $12 == "attended"' plan.tsv | wc -l > steps
	[ "$(grep -cE '^- \[ \] (install|reboot|restart|check)' got)" -eq "$(cat steps)" ]
}

# bats test_tags=req:P6-7,req:login-scripts
@test "the page says how to do it by hand; nothing in it is markup of others" {
	notices page plan.tsv > got
	grep -F "<code>apt-get install --only-upgrade &#39;postgresql=15.2&#39;</code>" got
	grep -F "<code>apk add --upgrade &#39;nginx&#39;</code>" got
	run ! grep -iE '<(b>&|script)' got
	grep -F '2&lt;b&gt;&amp;&quot;&#39;' got
	# well formed: every element that is opened is closed
	for tag in html body h1 h2 p ol ul li code a style title; do
		[ "$(grep -oE "<${tag}[ >]" got | wc -l)" -eq \
		    "$(grep -oF "</$tag>" got | wc -l)" ]
	done
}

@test "no cell of the CSV is a formula" {
	sed 's/\tdecision patch (x)/\t=1+1/' plan.tsv > formula.tsv
	notices csv formula.tsv > got
	grep -F ",\"'=1+1" got
	run ! grep -E '(^|,)"?[=+@]' got
	[ "$(wc -l < got)" -eq "$(($(grep -c $'\tplanned\t' plan.tsv) + 1))" ]
}

# bats test_tags=req:P1-15
@test "extracts: a file for each owner, whose parts add up to the whole" {
	rm -rf parts
	notices extract plan.tsv parts
	ls parts | diff - <(printf '%s\n' ann_2F.._2Fx.tsv ann_5F.._5Fx.tsv lead.tsv)
	cat parts/* | grep -v '^#' | sort > sum
	grep -v '^#' plan.tsv | sort | cmp - sum
	cat parts/ann_2F.._2Fx.tsv | awk -F '\t' '$1 == "host" { print $2 }' |
	    diff - <(echo db1)
	awk -F '\t' '$1 == "host" { print $2 }' parts/ann_5F.._5Fx.tsv |
	    diff - <(printf 'web1\nold\n')
	# and each is a stream that can be read
	for part in parts/*; do
		grep -v '^step' "$part" | pm-plan -q -p policy > again
	done
}

# bats test_tags=req:P5-1
@test "change documents: each owner's own, with what is not done" {
	rm -rf changes
	notices change plan.tsv changes
	ls changes | diff - <(printf '%s\n' ann_2F.._2Fx.md ann_5F.._5Fx.md lead.md)
	grep -F '| install | postgresql | 15.1 | 15.2 |' changes/ann_2F.._2Fx.md
	run ! grep -r '<script' changes
	grep -F -e '- old vim: blocked, no fix is published' changes/ann_5F.._5Fx.md
	run ! grep -l web2 changes/ann*
}

@test "what is no plan, or is cut off, gives no notice" {
	with_status 64 notices
	with_status 64 notices dance plan.tsv
	with_status 64 notices extract plan.tsv
	sed '$d' plan.tsv > torn
	with_status 65 notices calendar torn
	says "it was cut off"
	grep -v '^#step' plan.tsv > headless
	with_status 65 notices csv headless
}
