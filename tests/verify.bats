# pm-verify: what became of a plan, by looking again.
bats_require_minimum_version 1.5.0
load lib/common
load lib/seals

export PM_NOW=2026-12-01T00:00:00Z

# verdict HOST KIND SUBJECT: of the last run
verdict() {
	awk -F '\t' -v host="$1" -v kind="$2" -v subject="$3" '
		$1 == "check" && $2 == host && $3 == kind && $4 == subject {
			print $7
		}' "$BATS_TEST_TMPDIR/out"
}

# detail HOST KIND SUBJECT
detail() {
	awk -F '\t' -v host="$1" -v kind="$2" -v subject="$3" '
		$1 == "check" && $2 == host && $3 == kind && $4 == subject {
			print $9
		}' "$BATS_TEST_TMPDIR/out"
}

# is VERDICT HOST KIND SUBJECT
is() {
	local got
	got=$(verdict "$2" "$3" "$4")
	[[ $got == "$1" ]] && return
	echo "$2 $3 $4 is '$got', expected '$1'"
	records check
	return 1
}

# change FILE COMMAND...: edit a file in place
change() {
	"${@:2}" "$1" >"$1.new"
	mv "$1.new" "$1"
}

# Two hosts were patched as planned, web1 was rebooted; nothing is wrong.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >plan.body <<-'END'
		#host | host | os | release | arch | kernel | boot_id | state | tier | seen
		host | db1 | debian | 12 | amd64 | 6.1.0-40-amd64 | boot-d1 | ok | business | 2026-11-28T20:00:00Z
		host | web1 | debian | 12 | amd64 | 6.1.0-40-amd64 | boot-w1 | ok | mission | 2026-11-28T20:00:00Z
		#svc | host | proto | addr | port | process | package | unit | state
		svc | web1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | - | -
		svc | web1 | tcp | 0.0.0.0 | 443 | nginx | nginx | - | -
		svc | web1 | udp | 0.0.0.0 | 45001 | avahi-daemon | avahi-daemon | - | -
		svc | db1 | tcp | 127.0.0.1 | 5432 | postgres | postgresql-15 | - | -
		#need | host | package | installed | fixed | adv | cves | state | severity | kind | confidence | why | due
		need | db1 | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | a | - | available | - | security | exact | - | 2026-12-05T00:00:00Z
		need | web1 | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | a | - | available | - | security | exact | - | 2026-11-29T00:00:00Z
		need | web1 | nginx | 1.22.1-9 | 1.22.1-9+deb12u1 | b | - | available | - | security | exact | - | -
		need | web1 | perl | 5.36.0-7 | - | c | - | unfixed | - | security | exact | - | 2026-11-30T00:00:00Z
		#step | plan | step | wave | host | action | package | from | to | start | end | mode | after | state | reason | owner | tester
		step | p1 | db1/install/libssl3 | 2 | db1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 2026-11-29T01:00:00Z | 2026-11-29T05:00:00Z | unattended | - | planned | r | dba | -
		step | p1 | db1/check/- | 2 | db1 | check | - | - | - | 2026-11-29T01:00:00Z | 2026-11-29T05:00:00Z | unattended | db1/install/libssl3 | planned | r | dba | -
		step | p1 | web1/install/libssl3 | 1 | web1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | - | planned | r | web | -
		step | p1 | web1/install/nginx | 1 | web1 | install | nginx | 1.22.1-9 | 1.22.1-9+deb12u1 | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | - | planned | r | web | -
		step | p1 | web1/reboot/- | 1 | web1 | reboot | - | - | - | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/install/libssl3,web1/install/nginx | planned | r | web | -
		step | p1 | web1/check/- | 1 | web1 | check | - | - | - | 2026-11-28T21:00:00Z | 2026-11-29T05:00:00Z | unattended | web1/reboot/- | planned | r | web | -
		step | p1 | web1/install/perl/unfixed | - | web1 | install | perl | 5.36.0-7 | - | - | - | - | - | accepted | decision accept (x.pm:1) | web | -
	END
	sealed plan.body >plan.tsv
	stream >done.tsv <<-'END'
		#done | plan | step | host | action | package | from | to | try | started | ended | outcome | rc | detail
		done | p1 | web1/install/libssl3 | web1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 1 | 2026-11-28T21:01:00Z | - | started | - | -
		done | p1 | web1/install/libssl3 | web1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 1 | 2026-11-28T21:01:00Z | 2026-11-28T21:02:00Z | done | 0 | -
		done | p1 | web1/install/nginx | web1 | install | nginx | 1.22.1-9 | 1.22.1-9+deb12u1 | 1 | 2026-11-28T21:02:00Z | 2026-11-28T21:03:00Z | done | 0 | -
		done | p1 | web1/reboot/- | web1 | reboot | - | - | - | 1 | 2026-11-28T21:03:00Z | 2026-11-28T21:05:00Z | done | 0 | -
		done | p1 | db1/install/libssl3 | db1 | install | libssl3 | 3.0.16-1~deb12u1 | 3.0.17-1~deb12u3 | 1 | 2026-11-29T01:00:00Z | 2026-11-29T01:01:00Z | done | 0 | -
	END
	chained done.tsv >journal.tsv
	stream >after.tsv <<-'END'
		#host | host | os | release | arch | kernel | boot_id | hardware | state | seen
		host | web1 | debian | 12 | amd64 | 6.1.0-41-amd64 | boot-w2 | - | ok | 2026-11-30T20:00:00Z
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		pkg | web1 | libssl3 | 3.0.17-1~deb12u3 | amd64 | openssl | 3.0.17-1~deb12u3 | - | yes | installed
		pkg | web1 | nginx | 1.22.1-9+deb12u1 | amd64 | nginx | 1.22.1-9+deb12u1 | - | no | held,installed
		pkg | web1 | perl | 5.36.0-7 | amd64 | perl | 5.36.0-7 | - | no | installed
		#svc | host | proto | addr | port | process | package | unit | state
		svc | web1 | tcp | 0.0.0.0 | 443 | nginx | nginx | - | -
		svc | web1 | tcp | 0.0.0.0 | 22 | sshd | openssh-server | - | -
		svc | web1 | udp | 0.0.0.0 | 51234 | avahi-daemon | avahi-daemon | - | -
		#fact | host | key | value
		fact | web1 | reboot_required | no
		fact | web1 | kernel_installed | 6.1.0-40-amd64,6.1.0-41-amd64
		host | db1 | debian | 12 | amd64 | 6.1.0-40-amd64 | boot-d1 | - | ok | 2026-11-30T20:00:00Z
		pkg | db1 | libssl3 | 3.0.17-1~deb12u3 | amd64 | openssl | 3.0.17-1~deb12u3 | - | yes | installed
		svc | db1 | tcp | 127.0.0.1 | 5432 | postgres | postgresql-15 | - | -
	END
}

# verify [OPTION...] [FILE.tsv...]: with the journal verified, and further files;
# the plan's steps all have one row
verify() {
	local operands=()
	while [[ ${*: -1} == *.tsv ]]; do
		operands=("${*: -1}" "${operands[@]}")
		set -- "${@:1:$#-1}"
	done
	with_status "${STATUS:-0}" pm-verify --journal journal.tsv "$@" \
	    plan.tsv after.tsv "${operands[@]}"
	balanced
}

# balanced: each step of plan.tsv ended in one row, as the totals say
balanced() {
	local steps rows
	steps=$(grep -c ^step plan.tsv)
	says "pm-verify: $steps steps = "
	rows=$(sed -n 's/.* steps = \([^;]*\);.*/\1/p' err |
	    tr '+' '\n' | awk '{ sum += $1 } END { print sum }')
	[[ $rows -eq $steps ]]
}

@test "a plan that was carried out: no false alarm" {
	verify --strict
	stream >expected <<-'END'
		#check | host | kind | subject | expected | actual | verdict | due | detail | plan
		check | - | journal | journal.tsv | whole chain | whole chain | verified | - | 5 records | p1
		check | db1 | due | libssl3 | 2026-12-05T00:00:00Z | 2026-11-29T01:01:00Z | in-time | - | - | p1
		check | db1 | host | - | - | 2026-11-30T20:00:00Z | examined | - | - | p1
		check | db1 | package | libssl3 | 3.0.17-1~deb12u3 | 3.0.17-1~deb12u3 | verified | 2026-12-05T00:00:00Z | - | p1
		check | db1 | visit | db1/check/- | - | - | verified | - | 1 of 1 step verified | p1
		check | web1 | due | libssl3 | 2026-11-29T00:00:00Z | 2026-11-28T21:02:00Z | in-time | - | - | p1
		check | web1 | due | perl | 2026-11-30T00:00:00Z | - | accepted | - | - | p1
		check | web1 | host | - | - | 2026-11-30T20:00:00Z | examined | - | - | p1
		check | web1 | package | libssl3 | 3.0.17-1~deb12u3 | 3.0.17-1~deb12u3 | verified | 2026-11-29T00:00:00Z | - | p1
		check | web1 | package | nginx | 1.22.1-9+deb12u1 | 1.22.1-9+deb12u1 | verified | - | - | p1
		check | web1 | package | perl | - | 5.36.0-7 | accepted | 2026-11-30T00:00:00Z | decision accept (x.pm:1) | p1
		check | web1 | reboot | web1/reboot/- | not boot-w1 | boot-w2 | verified | - | - | p1
		check | web1 | visit | web1/check/- | - | - | verified | - | 3 of 3 steps verified | p1
	END
	grep -E '^#?check' out >actual
	same expected actual
	# done records from the output of pm-apply, or twice, say the same
	with_status 0 pm-verify --strict plan.tsv done.tsv after.tsv
	grep -E '^#?check' out | grep -v journal.tsv >actual
	grep -v journal.tsv expected >without
	same without actual
	with_status 0 pm-verify --journal journal.tsv plan.tsv done.tsv after.tsv
	grep -E '^#?check' out >actual
	same expected actual
}

@test "the order of the inventory makes no difference" {
	verify
	cp out expected
	{ grep '^#' after.tsv; grep -v '^#' after.tsv | tac; } >reversed.tsv
	mv reversed.tsv after.tsv
	verify
	same expected out
}

@test "a downgraded package is found" {
	change after.tsv sed '/web1\tlibssl3/s/3.0.17-1~deb12u3/3.0.15-1/'
	STATUS=1 verify --strict
	is regression web1 package libssl3
	is incomplete web1 visit web1/check/-
	is verified db1 package libssl3
	is overdue web1 due libssl3
	STATUS=0 verify
}

@test "versions: at, above, below, gone, incomparable" {
	set_version() {
		change after.tsv sed "/^pkg\tweb1\tnginx/d"
		[[ $1 == none ]] && return
		stream <<<"pkg|web1|nginx|$1|amd64|nginx|$1|-|no|installed" \
		    >>after.tsv
	}
	set_version 1.22.1-10
	verify --strict
	is newer web1 package nginx
	set_version 1.22.1-9
	STATUS=1 verify --strict
	is wrong-version web1 package nginx
	[[ $(detail web1 package nginx) == "the journal says done" ]]
	# between the two: nobody planned that
	set_version 1.22.1-9+a
	STATUS=1 verify --strict
	is wrong-version web1 package nginx
	set_version none
	STATUS=1 verify --strict
	is missing web1 package nginx
	set_version :1
	STATUS=1 verify --strict
	is wrong-version web1 package nginx
}

@test "a package that the plan adds" {
	change plan.body sed 's/\tnginx\t1.22.1-9\t1.22.1-9+deb12u1\t2026/\tnginx\t-\t1.22.1-9+deb12u1\t2026/'
	sealed plan.body >plan.tsv
	verify --strict
	is verified web1 package nginx
	change after.tsv sed '/^pkg\tweb1\tnginx/d'
	verify
	is missing web1 package nginx
	with_status 0 pm-verify plan.tsv after.tsv
	is not-applied web1 package nginx
}

@test "an old version without a record that it was done is not-applied" {
	change after.tsv sed '/^pkg\tweb1\tnginx/s/1.22.1-9+deb12u1/1.22.1-9/g'
	change done.tsv grep -v web1/install/nginx
	with_status 1 pm-verify --strict plan.tsv done.tsv after.tsv
	is not-applied web1 package nginx
	# a step that failed says so
	stream >>done.tsv <<<'done|p1|web1/install/nginx|web1|install|nginx|a|b|1|2026-11-28T21:02:00Z|2026-11-28T21:03:00Z|failed|100|no space left'
	with_status 0 pm-verify plan.tsv done.tsv after.tsv
	is not-applied web1 package nginx
	[[ $(detail web1 package nginx) == "failed: no space left" ]]
}

@test "the state of the packages decides, not the record" {
	change done.tsv sed '/nginx/s/\tdone\t0/\tlost\t-/'
	with_status 0 pm-verify --strict plan.tsv done.tsv after.tsv
	is verified web1 package nginx
	[[ $(detail web1 package nginx) == "the journal says lost" ]]
}

@test "a step that was rolled back" {
	stream >>done.tsv <<<'done|p1|web1/install/nginx|web1|rollback|nginx|1.22.1-9+deb12u1|1.22.1-9|1|2026-11-30T02:00:00Z|2026-11-30T02:01:00Z|rolled-back|0|-'
	chained done.tsv >journal.tsv
	STATUS=1 verify --strict
	is wrong-version web1 package nginx
	change after.tsv sed '/^pkg\tweb1\tnginx/s/1.22.1-9+deb12u1/1.22.1-9/g'
	STATUS=1 verify --strict
	is rolled-back web1 package nginx
	is incomplete web1 visit web1/check/-
	# installed once more
	stream >>done.tsv <<<'done|p1|web1/install/nginx|web1|install|nginx|1.22.1-9|1.22.1-9+deb12u1|2|2026-11-30T03:00:00Z|2026-11-30T03:01:00Z|done|0|-'
	change after.tsv sed '/^pkg\tweb1\tnginx/s/1.22.1-9/1.22.1-9+deb12u1/g'
	chained done.tsv >journal.tsv
	verify
	is verified web1 package nginx
}

@test "a rollback that failed is found" {
	stream >>done.tsv <<<'done|p1|web1/install/libssl3|web1|rollback|libssl3|3.0.17-1~deb12u3|3.0.16-1~deb12u1|1|2026-11-30T02:00:00Z|2026-11-30T02:01:00Z|failed|100|no such version'
	chained done.tsv >journal.tsv
	STATUS=1 verify --strict
	is wrong-version web1 package libssl3
	[[ $(detail web1 package libssl3) == "rollback failed: no such version" ]]
	is overdue web1 due libssl3
}

@test "half-configured packages are found, planned or not" {
	change after.tsv sed '/^pkg\tweb1\tnginx/s/held,installed/half-configured/'
	stream >>after.tsv <<<'pkg|db1|vim|2:9|amd64|vim|2:9|-|no|held,unpacked'
	STATUS=1 verify --strict
	is half-configured web1 package nginx
	is half-configured db1 package vim
	[[ $(detail db1 package vim) == held,unpacked ]]
	is verified db1 package libssl3
}

@test "a host that was not looked at is never verified and never dropped" {
	change after.tsv grep -v $'^[a-z]*\tdb1\t'
	STATUS=1 verify --strict
	is not-examined db1 host -
	is not-examined db1 package libssl3
	is not-examined db1 visit db1/check/-
	is not-examined db1 due libssl3
	stream >>after.tsv <<-'END'
		host | db1 | debian | 12 | amd64 | - | - | - | unreachable | 2026-11-30T20:00:00Z
	END
	STATUS=1 verify --strict
	is not-examined db1 package libssl3
	[[ $(detail db1 host -) == "state unreachable" ]]
	is verified web1 package nginx
}

@test "without any look the status says that nothing was examined" {
	with_status 66 pm-verify plan.tsv done.tsv
	balanced
	[[ $(records check | grep -cw verified) -eq 0 ]]
	is not-examined web1 package nginx
	# what was decided needs no look
	is accepted web1 package perl
}

@test "an inventory older than the last step proves nothing" {
	change after.tsv sed '/^host\tweb1/s/2026-11-30T20/2026-11-28T21/'
	STATUS=1 verify --strict
	is not-examined web1 package nginx
	[[ $(detail web1 host -) == "the inventory is older than the last step: seen 2026-11-28T21:00:00Z, step at 2026-11-28T21:05:00Z" ]]
	change after.tsv sed '/^host\tweb1/s/2026-11-28T21:00:00Z/-/'
	STATUS=1 verify --strict
	is not-examined web1 package nginx
}

@test "an inventory without packages proves nothing about packages" {
	change after.tsv grep -v '^pkg'
	STATUS=1 verify --strict
	is not-examined web1 package nginx
	is partial web1 host -
	is verified web1 reboot web1/reboot/-
}

@test "what the collector could not see is said" {
	stream >>after.tsv <<-'END'
		fact | web1 | not_seen | processes of other users: not root
	END
	STATUS=1 verify --strict
	is partial web1 host -
	[[ $(detail web1 host -) == "processes of other users: not root" ]]
}

@test "a reboot that did not happen is found" {
	change after.tsv sed '/^host\tweb1/s/boot-w2/boot-w1/'
	STATUS=1 verify --strict
	is reboot-pending web1 reboot web1/reboot/-
	change after.tsv sed '/^host\tweb1/s/boot-w1/-/'
	STATUS=1 verify --strict
	is not-examined web1 reboot web1/reboot/-
}

@test "a newer kernel that does not run is found" {
	change after.tsv sed '/^host\tweb1/s/6.1.0-41/6.1.0-40/'
	stream >>after.tsv <<-'END'
		fact | db1 | kernel_installed | 6.1.0-100-amd64,6.1.0-41-amd64,6.12.1-1-rt-amd64
	END
	STATUS=1 verify --strict
	is reboot-pending web1 reboot web1/reboot/-
	is reboot-pending db1 kernel -
	[[ $(detail db1 kernel -) == "runs kernel 6.1.0-40-amd64, installed is 6.1.0-100-amd64" ]]
	# a container runs the kernel of its host
	change after.tsv sed '/^host\tdb1/s/boot-d1\t-/boot-d1\tcontainer (lxc)/'
	verify
	[[ -z $(verdict db1 kernel -) ]]
}

@test "a host that asks for a reboot is found" {
	stream >>after.tsv <<-'END'
		fact | db1 | reboot_required | yes
		fact | db1 | reboot_required_by | libc6,linux-base
	END
	change after.tsv sed '/reboot_required\tno/s/no$/yes/'
	STATUS=1 verify --strict
	is reboot-pending db1 reboot -
	[[ $(detail db1 reboot -) == "the host asks for a reboot: libc6,linux-base" ]]
	is reboot-pending web1 reboot web1/reboot/-
}

@test "a stopped service, a new one and a stale one are found" {
	change after.tsv grep -vP '^svc\tweb1\ttcp\t0.0.0.0\t443'
	stream >>after.tsv <<-'END'
		#svc | host | proto | addr | port | process | package | unit | state
		svc | db1 | tcp | 0.0.0.0 | 8080 | python3 | - | - | -
		fact | db1 | stale_process | postgres/812:/usr/lib/libssl.so.3
		fact | db1 | stale_process | postgres/99:/usr/lib/libcrypto.so.3,/usr/lib/libssl.so.3
	END
	STATUS=1 verify --strict
	is missing-service web1 service tcp/0.0.0.0:443
	is new-service db1 service tcp/0.0.0.0:8080
	is stale-service db1 service postgres/812
	[[ $(detail db1 service postgres/99) == /usr/lib/libcrypto.so.3,/usr/lib/libssl.so.3 ]]
	# a new one alone is only information
	change after.tsv grep -v stale_process
	stream >>after.tsv <<<'svc | web1 | tcp | 0.0.0.0 | 443 | nginx | nginx | - | -'
	verify --strict
	is new-service db1 service tcp/0.0.0.0:8080
}

@test "services are not missed where only packages were looked at" {
	change after.tsv sed -e '/^svc/d' -e '/^host/s/boot-../-/'
	STATUS=1 verify --strict
	is not-examined web1 service -
	[[ $(records check | grep -c missing-service) -eq 0 ]]
}

@test "a restart step ends in a row" {
	stream >>plan.body <<-'END'
		step | p1 | db1/restart/postgres | 2 | db1 | restart | postgres | - | - | - | - | unattended | - | planned | r | dba | -
	END
	sealed plan.body >plan.tsv
	verify --strict
	is verified db1 service db1/restart/postgres
	stream >>after.tsv <<<'fact | db1 | stale_process | postgres/812:/usr/lib/libssl.so.3'
	STATUS=1 verify --strict
	is stale-service db1 service db1/restart/postgres
	[[ $(detail db1 service db1/restart/postgres) == postgres/812:/usr/lib/libssl.so.3 ]]
	change after.tsv sed 's/stale_process.*/not_seen\tprocesses/'
	STATUS=1 verify --strict
	is not-examined db1 service db1/restart/postgres
}

@test "decisions other than planned keep their word and balance" {
	local state
	for state in waived mitigated accepted deferred blocked; do
		change plan.body sed "/unfixed/s/\(waived\|mitigated\|accepted\|deferred\|blocked\)\tdec/$state\tdec/"
		sealed plan.body >plan.tsv
		verify
		is $state web1 package perl
		[[ $(detail web1 package perl) == "decision accept (x.pm:1)" ]]
	done
	# a need nobody could plan for is a finding, past its time an overdue one
	STATUS=1 verify --strict
	is overdue web1 due perl
	change plan.body sed '/^need\tweb1\tperl/s/2026-11-30T00:00:00Z/-/'
	sealed plan.body >plan.tsv
	STATUS=1 verify --strict
	is blocked web1 package perl
	change plan.body sed '/^need\tweb1\tperl/s/-$/2026-11-30T00:00:00Z/'
	sealed plan.body >plan.tsv
	PM_NOW=2026-11-29T06:00:00Z verify
	is open web1 due perl
}

@test "done too late, and no later than it was seen" {
	change done.tsv sed '/web1.install.libssl3/s/2026-11-28T21/2026-11-29T02/g'
	chained done.tsv >journal.tsv
	STATUS=1 verify --strict
	is late web1 due libssl3
	change done.tsv grep -v web1/install/libssl3
	with_status 0 pm-verify plan.tsv done.tsv after.tsv
	is late web1 due libssl3
	[[ $(detail web1 due libssl3) == "no later than it was seen" ]]
}

@test "the order of the journals makes no difference" {
	stream >>done.tsv <<-'END'
		done | p1 | web1/install/libssl3 | web1 | install | libssl3 | - | - | 2 | 2026-11-29T02:00:00Z | 2026-11-29T02:00:00Z | skipped | - | -
	END
	with_status 0 pm-verify --strict plan.tsv done.tsv after.tsv
	is in-time web1 due libssl3
	cp out expected
	{ head -n 1 done.tsv; tail -n +2 done.tsv | tac; } >reversed.tsv
	with_status 0 pm-verify --strict plan.tsv after.tsv reversed.tsv
	same expected out
}

@test "a step that was begun outside of its window is found" {
	change done.tsv sed '/db1/s/2026-11-29T01/2026-11-29T06/g'
	chained done.tsv >journal.tsv
	STATUS=1 verify --strict
	is outside-window db1 window db1/install/libssl3
	is verified db1 package libssl3
	# an end that is not set does not end
	change plan.body sed '/^step.*db1/s/2026-11-29T05:00:00Z/-/'
	sealed plan.body >plan.tsv
	verify --strict
}

@test "a forged line of the journal is found" {
	change journal.tsv sed '/nginx/s/\tdone\t0/\tdone\t1/'
	STATUS=1 verify --strict
	is tampered - journal journal.tsv
	grep -q "line 4 was changed" <<<"$(detail - journal journal.tsv)"
	verify
}

@test "a line taken out of the journal is found" {
	change journal.tsv sed 4d
	STATUS=1 verify --strict
	is tampered - journal journal.tsv
}

@test "a torn last line of the journal is told from a forged one" {
	change journal.tsv head -c -20
	STATUS=1 verify --strict
	is torn - journal journal.tsv
	# what stands before it counts
	[[ $(detail web1 package nginx) == - ]]
	[[ $(detail db1 package libssl3) == "no record that this plan did it" ]]
}

@test "a journal that cannot be read is an error" {
	with_status 66 pm-verify --journal nowhere.tsv plan.tsv after.tsv
	says nowhere.tsv
	with_status 66 pm-verify plan.tsv nowhere.tsv after.tsv
}

@test "a record of a step that the plan does not have is found" {
	stream >>done.tsv <<<'done|p1|web1/install/nc|web1|install|nc|-|1|1|2026-11-28T21:02:00Z|2026-11-28T21:03:00Z|done|0|-'
	stream >>done.tsv <<<'done|p0|web1/install/nc|web1|install|nc|-|1|1|2026-10-28T21:02:00Z|2026-10-28T21:03:00Z|done|0|-'
	chained done.tsv >journal.tsv
	STATUS=1 verify --strict
	is unplanned web1 journal web1/install/nc
	says "1 done record of another plan was left out"
}

@test "needs that the fresh inventory still has" {
	stream >>after.tsv <<-'END'
		#need | host | package | installed | fixed | adv | cves | state | severity | kind | confidence | why
		need | web1 | perl | 5.36.0-7 | - | c | - | unfixed | - | security | exact | -
		need | web1 | curl | 7.88.1-10 | 7.88.1-11 | d | - | available | - | security | exact | -
		need | web1 | nginx | 1.22.1-9+deb12u1 | 1.22.1-9+deb12u2 | e | - | available | - | security | exact | -
		need | new1 | curl | 7.88.1-10 | 7.88.1-11 | d | - | available | - | security | exact | -
	END
	STATUS=1 verify --strict
	[[ $(verdict web1 package perl) == accepted ]]
	is unplanned web1 package curl
	[[ $(verdict web1 package nginx) == $'unplanned\nverified' ]]
	is unplanned new1 package curl
}

# bats test_tags=req:P5-6
@test "a step that names a tester is verified only when that one has tested" {
	change plan.body sed '/install.nginx/s/-$/anna/'
	sealed plan.body >plan.tsv
	STATUS=1 verify --strict
	is not-tested web1 package nginx
	is incomplete web1 visit web1/check/-
	stream >>after.tsv <<-'END'
		#test | host | package | version | outcome | who | when | reason | expiry
		test | web1 | nginx | - | passed | anna | 2026-11-28T20:00:00Z | - | -
		test | web1 | nginx | - | passed | bert | 2026-11-29T08:00:00Z | - | -
		test | web1 | libssl3 | - | passed | anna | 2026-11-29T08:00:00Z | - | -
	END
	verify
	is not-tested web1 package nginx
	stream >>after.tsv <<<'test | web1 | nginx | - | failed | anna | 2026-11-29T08:00:00Z | - | -'
	STATUS=1 verify --strict
	is test-failed web1 package nginx
	stream >>after.tsv <<<'test | web1 | nginx | - | passed | anna | 2026-11-29T09:00:00Z | - | -'
	verify --strict
	is verified web1 package nginx
	is verified web1 visit web1/check/-
}

@test "packages of another architecture are others" {
	stream >>after.tsv <<<'pkg|web1|libssl3|3.0.10-1|i386|openssl|3.0.10-1|-|yes|installed'
	verify --strict
	is verified web1 package libssl3
	change plan.body sed 's/libssl3/libssl3:i386/g'
	sealed plan.body >plan.tsv
	verify
	is regression web1 package libssl3:i386
	is missing db1 package libssl3:i386
}

@test "a plan that was cut off or changed is refused" {
	head -n -1 plan.tsv >cut.tsv
	with_status 65 pm-verify cut.tsv after.tsv
	says "cut.tsv:$(wc -l <cut.tsv): the last line is not the trailer"
	grep -v install/nginx plan.tsv >cut.tsv
	with_status 65 pm-verify cut.tsv after.tsv
	says "some were added or removed"
	sed 's/deb12u1\t2026/deb12u9\t2026/' plan.tsv >cut.tsv
	with_status 65 pm-verify cut.tsv after.tsv
	says "has another digest"
	with_status 65 pm-verify - after.tsv <cut.tsv
	# through a pipe that cannot be known
	with_status 0 pm-verify --strict - done.tsv after.tsv < <(cat plan.tsv)
	says "its trailer cannot be checked"
}

@test "operands in a wrong order are refused" {
	with_status 65 pm-verify after.tsv plan.tsv
	says "name the plan first"
	with_status 65 pm-verify journal.tsv plan.tsv after.tsv
	says "name the plan first"
	with_status 65 pm-verify plan.tsv after.tsv after.tsv
	says "merge inventories"
}

@test "words that are not known are refused" {
	sed 's/\tinstall\tnginx/\tinstal\tnginx/' plan.body >bad
	with_status 65 pm-verify bad after.tsv
	says "action 'instal'"
	sed 's/\taccepted\t/\tfine\t/' plan.body >bad
	with_status 65 pm-verify bad after.tsv
	says "state 'fine'"
	sed 's/\tdone\t0/\tdun\t0/' done.tsv >bad
	with_status 65 pm-verify plan.tsv bad after.tsv
	says "bad:3: outcome 'dun'"
	{ cat plan.body; grep install/nginx plan.body; } >bad
	with_status 65 pm-verify bad after.tsv
	says "stands twice"
}

@test "a need that the plan lost is found" {
	change plan.body grep -v ^step.*install/nginx
	sealed plan.body >plan.tsv
	with_status 1 pm-verify --strict plan.tsv after.tsv
	is unplanned web1 package nginx
}

@test "a plan of nothing is verified, a stream that is no plan is not" {
	grep -vE '^(step|need)' plan.body >none.body
	sealed none.body >none.tsv
	with_status 0 pm-verify --strict none.tsv after.tsv
	says "0 steps = none; 2 hosts examined"
	with_status 66 pm-verify none.body after.tsv
	says "nothing to verify"
}

@test "a host is passed on once, with what the plan knows of it" {
	stream >>after.tsv <<<'host | other1 | debian | 12 | amd64 | - | - | - | ok | -'
	verify
	[[ $(column host host | xargs) == "db1 web1 other1" ]]
	[[ $(column tier host | xargs) == "business mission -" ]]
	[[ $(records pkg | wc -l) -eq 0 ]]
	[[ $(verdict other1 host -) == "" ]]
}

@test "every step of a fleet ends in exactly one row" {
	awk -v OFS='\t' 'BEGIN {
		srand(11)
		print "#host", "host", "os", "arch", "state", "seen" >"a"
		print "#pkg", "host", "package", "version", "arch" >"a"
		print "#step", "plan", "step", "wave", "host", "action",
		    "package", "from", "to", "state", "reason" >"p"
		print "#done", "plan", "step", "outcome", "started", "ended" >"d"
		split("done failed lost refused skipped rolled-back", outcome, " ")
		split("waived mitigated accepted deferred blocked", state, " ")
		for (h = 1; h <= 200; h++) {
			if (rand() < 0.9)
				print "host", "h" h, "debian", "amd64", rand() < 0.9 ?
				    "ok" : "unreachable", "2026-11-30T00:00:00Z" >"a"
			for (s = 1; s <= 10; s++) {
				id = "h" h "/install/p" s
				print "step", "p", id, 1, "h" h, "install", "p" s,
				    "1-5", "1-9", rand() < 0.8 ? "planned" :
				    state[int(rand() * 5) + 1], "-" >"p"
				if (rand() < 0.8)
					print "done", "p", id,
					    outcome[int(rand() * 6) + 1],
					    "2026-11-28T00:00:00Z",
					    "2026-11-29T00:00:00Z" >"d"
				if (rand() < 0.9)
					print "pkg", "h" h, "p" s, "1-" \
					    int(rand() * 10) + 1, "amd64" >"a"
			}
			print "step", "p", "h" h "/check/-", 1, "h" h, "check",
			    "-", "-", "-", "planned", "-" >"p"
		}
	}'
	sealed p >plan.tsv
	with_status 0 pm-verify plan.tsv d a
	balanced
	# by the rows themselves: each step once, none else
	awk -F '\t' '$1 == "step" {
		print $5, $6 == "check" ? $3 : $7
	}' plan.tsv | LC_ALL=C sort >expected
	awk -F '\t' '$1 == "check" && $3 ~ /^(package|visit)$/ {
		print $2, $4
	}' out | LC_ALL=C sort >actual
	same expected actual
	# and every host of the plan
	[[ $(records check | grep -c -P '\thost\t') -eq 200 ]]
	# nothing was verified of hosts that nobody saw
	awk -F '\t' '
		$1 == "check" && $3 == "host" { seen[$2] = $7 }
		$1 == "check" && $7 == "verified" { verified[$2] = 1 }
		END {
			for (host in verified)
				if (seen[host] != "examined")
					exit 1
		}' out
	# sorted, and the same again
	records check | cut -f 2-4 >order
	LC_ALL=C sort -c -t $'\t' -k 1,1 -k 2,2 -k 3,3 order
	cp out first
	with_status 0 pm-verify plan.tsv d a
	same first out
}

# ---- approvals

# approved OPTION...: an approve record of plan.tsv by ann, given in time
approved() {
	pm-plan --now 2026-11-28T20:30:00Z --approve ann "$@" plan.tsv
}

# bats test_tags=req:P5-1
@test "a step that was begun with leave, and each way not to have it" {
	local change reason
	approved >ann.tsv
	verify --strict ann.tsv
	is verified - journal approvals
	[[ $(detail - journal approvals) == "4 steps were begun with leave" ]]
	while IFS='|' read -r change reason; do
		eval "$change" >other.tsv
		with_status 1 pm-verify --strict --journal journal.tsv plan.tsv \
		    after.tsv other.tsv
		is unapproved db1 journal db1/install/libssl3
		[[ $(detail db1 journal db1/install/libssl3) == "$reason" ]] ||
		    { detail db1 journal db1/install/libssl3; return 1; }
		is "" - journal approvals
		balanced
	done <<-'END'
		sed 's/sha256:./sha256:x/' ann.tsv|what was approved is another plan than this
		approved --scope web1|no approval of this plan covers the host
		approved --expiry 2026-11-28T23:00:00Z|the approval by ann does not count: it has expired
		pm-plan --now 2026-11-30T00:00:00Z --approve ann plan.tsv|the approval by ann does not count: it was given after the step was begun
		approved; printf '#actor\twho\trole\tscope\nactor\tann\toperator\t*\n'|the approval by ann does not count: no actor record gives this role for this host to who approved
	END
	# web1 has the leave that db1 has not; what was not begun needs none
	approved --scope web1 >other.tsv
	with_status 0 pm-verify --journal journal.tsv plan.tsv after.tsv other.tsv
	[[ $(awk -F '\t' '$7 == "unapproved" { print $4 }' out) == db1/install/libssl3 ]]
	# without approve records nothing is said of them
	verify --strict
	[[ $(awk -F '\t' '$7 == "unapproved" || $4 == "approvals"' out) == "" ]]
}

@test "who made the plan, and whose signature does not hold, gave no leave" {
	local name
	change plan.body awk -F '\t' -v OFS='\t' '$1 == "#step" {
		print $0, "requires"; next } $1 == "step" {
		print $0, "author=ann,signature"; next } { print }'
	sealed plan.body >plan.tsv
	for name in ann bob eve; do
		ssh-keygen -q -t ed25519 -N '' -f "$name"
		approved --sign "$name" | sed "s/\\tann\\t/\\t$name\\t/" >$name.tsv
	done
	pm-plan --now 2026-11-28T20:30:00Z --approve bob --sign bob plan.tsv >bob.tsv
	for name in ann bob; do
		printf '%s namespaces="pm-approve" %s\n' $name "$(cut -d ' ' -f 1,2 $name.pub)"
	done >signers
	verify --strict --allowed-signers signers bob.tsv
	is verified - journal approvals
	STATUS=1 verify --strict --allowed-signers signers ann.tsv
	[[ $(detail db1 journal db1/install/libssl3) == *"who made the plan cannot approve it" ]]
	STATUS=1 verify --strict --allowed-signers signers eve.tsv
	[[ $(detail db1 journal db1/install/libssl3) == *"ssh-keygen: "* ]]
	approved | sed 's/\tann\t/\tbob\t/' >unsigned.tsv
	STATUS=1 verify --strict --allowed-signers signers unsigned.tsv
	[[ $(detail db1 journal db1/install/libssl3) == *"it is not signed" ]]
	sed 's/\t\*\t/\tweb1\t/' bob.tsv >changed.tsv
	STATUS=1 verify --strict --allowed-signers signers changed.tsv
	is unapproved web1 journal web1/install/nginx
	# without the keys nobody can say
	STATUS=1 verify --strict bob.tsv
	is not-examined - journal approvals
	# nor without the plan's digest
	with_status 1 pm-verify --strict --journal journal.tsv - after.tsv bob.tsv \
	    < <(cat plan.tsv)
	is not-examined - journal approvals
	# and with keys, but without an approval, nothing was approved
	STATUS=1 verify --strict --allowed-signers signers
	[[ $(detail db1 journal db1/install/libssl3) == "nobody has approved this plan" ]]
}
