#!/usr/bin/env bats
# pm-plan: every need is one row, in a wave and a window or with the reason.
# shellcheck disable=SC2154	# bats sets stderr

bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_POLICY=$BATS_TEST_TMPDIR PM_NOW=2026-11-23T02:00:00Z
	echo '-> window=any' > policy.pm
	echo '-> lead=lead' > lead.pm
}

# Tables in the tests are written with | between the columns.
tsv() {
	sed 's/ *| */\t/g'
}

hosts() {
	{
		echo '#host | host | role | site | tier | env | window | ring | owner'
		sed 's/^/host | /'
	} | tsv
}

needs() {
	{
		echo '#need | host | package | installed | fixed | state | decision | adv'
		sed 's/^/need | /; s/$/ | A-1/'
	} | tsv
}

# show COLUMN...: these columns of the steps on standard input, one blank apart.
show() {
	awk -F '\t' -v want="$*" '
	BEGIN { n = split(want, name, " ") }
	$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
	$1 == "step" {
		for (i = 1; i <= n; i++)
			printf "%s%s", $at[name[i]], i < n ? " " : "\n"
	}'
}

# The input of most tests: redundant web servers, one file server, a test host.
small() {
	hosts <<-'END'
	web1 | web | b | mission | - | - | - | ann
	web2 | web | b | mission | - | - | - | ann
	file1 | file | b | operational | - | - | - | bob
	test1 | web | lab | operational | test | - | - | bob
	END
	needs <<-'END'
	web1 | openssl | 1 | 2 | available | patch
	web2 | openssl | 1 | 2 | available | patch
	file1 | openssl | 1 | 2 | available | patch
	test1 | openssl | 1 | 2 | available | patch
	END
}

# bats test_tags=req:P2-5
@test "test systems go first, then the least critical" {
	small | pm-plan -q | show wave host action > got
	diff - got <<-'END'
	1 test1 install
	1 test1 restart
	1 test1 check
	2 file1 install
	2 file1 restart
	2 file1 check
	3 web1 install
	3 web1 restart
	3 web1 check
	4 web2 install
	4 web2 restart
	4 web2 check
	END
}

# bats test_tags=req:P2-6,req:F2
@test "two hosts of one role and site never share a wave" {
	small | pm-plan -q > plan
	show wave host after < plan | grep web > got
	diff - got <<-'END'
	3 web1 -
	3 web1 web1/install/openssl
	3 web1 web1/install/openssl
	4 web2 web1/check/-
	4 web2 web2/install/openssl
	4 web2 web2/install/openssl
	END
	grep -c 'single point: no other file at site b' plan
	[[ $(grep -c 'no other web at site b' plan) -eq 0 ]]
	# another site is another matter
	small | sed 's/^\(host\tweb2\tweb\t\)b/\1c/' | pm-plan -q | show wave host |
	    grep -F '3 web2'
}

@test "hosts of an unknown role are not taken for redundant" {
	small | sed 's/\tweb\tb\t/\t-\tb\t/' | pm-plan -q | show wave host action |
	    grep -F '3 web2 install'
}

@test "wave_size bounds a wave, as a number or a share of the ring" {
	for i in 1 2 3 4 5 6; do echo "h$i|role$i|b|operational|-|-|-|-"; done |
	    hosts > in
	for i in 1 2 3 4 5 6; do echo "h$i|vim|1|2|available|patch"; done |
	    needs >> in
	pm-plan -q in | show wave action | grep -c '1 install' | grep -x 6
	echo '-> window=any wave_size=4' > policy.pm
	pm-plan -q in | show wave action | grep install | sort | uniq -c > got
	diff - got <<< $'      4 1 install\n      2 2 install'
	echo '-> window=any wave_size=34%' > policy.pm
	pm-plan -q in | show wave action | grep install | sort | uniq -c > got
	diff - got <<< $'      2 1 install\n      2 2 install\n      2 3 install'
	# each tier has its own
	sed -i 's/operational/mission/;5,$s/mission/business/' in
	printf 'tier=mission -> wave_size=1\n-> window=any\n' > policy.pm
	pm-plan -q in | show wave action | grep install | sort | uniq -c > got
	diff - got <<< $'      3 1 install\n      1 2 install\n      1 3 install\n      1 4 install'
}

# bats test_tags=req:F8
@test "what is not patched is a row with its state and reason" {
	hosts > in <<-'END'
	a | - | - | operational | - | - | - | ann
	b | - | - | operational | - | - | other | ann
	END
	needs >> in <<-'END'
	a | p1 | 1 | 2 | available | patch
	a | p2 | 1 | 2 | available | defer
	a | p3 | 1 | 2 | available | accept
	a | p4 | 1 | 2 | available | mitigate
	a | p5 | 1 | 2 | held | patch
	a | p6 | 1 | - | unfixed | emergency
	a | p7 | 1 | 2 | announced | patch
	a | p8 | ? | 2 | invalid | patch
	a | p9 | 1 | 2 | available | -
	a | pa | 1 | - | available | patch
	a | pb | 1 | 2 | novel | patch
	b | p1 | 1 | 2 | available | patch
	c | p1 | 1 | 2 | available | patch
	END
	run --separate-stderr -0 pm-plan in
	printf '%s\n' "$stderr" | grep -xF "pm-plan: 13 needs = 1 planned +\
 0 waived + 1 mitigated + 1 accepted + 1 deferred + 9 blocked; 1 wave"
	printf '%s\n' "$output" | show step wave state reason > got
	diff - got <<-'END'
	a/install/p1 1 planned decision patch
	a/restart/- 1 planned services that use replaced files
	a/check/- 1 planned look again afterwards
	a/install/p2 - deferred decision defer
	a/install/p3 - accepted decision accept
	a/install/p4 - mitigated decision mitigate
	a/install/p5/held - blocked held on the host by its administrator
	a/install/p6/unfixed - blocked no fix is published
	a/install/p7/announced - blocked a fix is announced, but no repository of the host offers it
	a/install/p8/invalid - blocked a version that cannot be compared
	a/install/p9 - blocked no rule of the policy decides about it
	a/install/pa - blocked no version to reach is known
	a/install/pb/novel - blocked a state that this version does not know
	b/install/p1 - blocked ring other is none of test, pilot, broad
	c/install/p1 - blocked there is no record of the host
	END
	run -1 pm-plan -q --strict in
}

@test "without a window nothing is planned but emergencies" {
	: > policy.pm
	hosts <<< 'a | - | - | operational | - | - | - | ann' > in
	needs >> in <<-'END'
	a | p1 | 1 | 2 | available | patch
	a | p2 | 1 | 2 | available | emergency
	END
	pm-plan -q in | show step state reason > got
	diff - got <<-'END'
	a/install/p2 planned decision emergency; not tested, and nobody waived the test; window, freeze and soak do not hold it
	a/restart/emergency planned services that use replaced files
	a/check/emergency planned look again afterwards
	a/install/p1 blocked no window: neither the inventory nor a rule of the policy gives one
	END
}

# bats test_tags=req:P7-2a
@test "what is no emergency waits for the regular window" {
	echo 'host=b -> window="daily 01:00-03:00 UTC"' > policy.pm
	hosts > in <<-'END'
	a | - | - | operational | - | sat 22:00-04:00 Europe/Berlin weekly | - | -
	b | - | - | operational | - | - | - | -
	END
	needs >> in <<-'END'
	a | p | 1 | 2 | available | patch
	b | p | 1 | 2 | available | patch
	END
	pm-plan -q in | show host action start end | grep install > got
	diff - got <<-'END'
	a install 2026-11-28T21:00:00Z 2026-11-29T03:00:00Z
	b install 2026-11-23T02:00:00Z 2026-11-23T03:00:00Z
	END
	# at the end of the slot it is the next one
	pm-plan -q --now 2026-11-23T03:00:00Z in | show host action start |
	    grep -xF 'b install 2026-11-24T01:00:00Z'
}

@test "a freeze beats the window, and one that never ends blocks" {
	hosts > in <<< 'a | - | - | mission | - | daily 22:00-23:00 UTC | - | -'
	needs >> in <<< 'a | p | 1 | 2 | available | patch'
	echo 'tier=mission -> freeze=2026-11-20/2026-12-01' > policy.pm
	pm-plan -q in | show action start | grep -xF 'install 2026-12-02T22:00:00Z'
	echo 'tier=mission -> freeze=2026-11-20/2028-12-01' > policy.pm
	pm-plan -q in > plan
	show state reason < plan > got
	diff - got <<< "blocked window daily 22:00-23:00 UTC does not open within\
 366 days (freeze 2026-11-20/2028-12-01)"
}

@test "an emergency does not wait, and comes before the host's other visit" {
	hosts > in <<< 'a | - | - | mission | - | sat 22:00-04:00 UTC | - | -'
	needs >> in <<-'END'
	a | p1 | 1 | 2 | available | patch
	a | p2 | 1 | 2 | available | emergency
	END
	pm-plan -q in | show wave step start end after > got
	diff - got <<-'END'
	1 a/install/p2 2026-11-23T02:00:00Z - -
	1 a/restart/emergency 2026-11-23T02:00:00Z - a/install/p2
	1 a/check/emergency 2026-11-23T02:00:00Z - a/install/p2
	2 a/install/p1 2026-11-28T22:00:00Z 2026-11-29T04:00:00Z a/check/emergency
	2 a/restart/- 2026-11-28T22:00:00Z 2026-11-29T04:00:00Z a/install/p1
	2 a/check/- 2026-11-28T22:00:00Z 2026-11-29T04:00:00Z a/install/p1
	END
}

@test "a list of steps is sorted, whatever made them" {
	hosts > in <<-'END'
	a | web | s | operational | - | any | test | -
	b | web | s | operational | - | any | broad | -
	END
	needs >> in <<-'END'
	a | p1 | 1 | 2 | available | patch
	b | p1 | 1 | 2 | available | patch
	b | p2 | 1 | 2 | available | emergency
	END
	pm-plan -q in | show step after | grep -xF 'b/install/p1 a/check/-,b/check/emergency'
	sed 's/\ta\t/\tz\t/' in | pm-plan -q | show step after |
	    grep -xF 'b/install/p1 b/check/emergency,z/check/-'
}

@test "a ring starts when the ring before has ended and soaked" {
	echo '-> window="daily 22:00-23:00 UTC" soak=2d' > policy.pm
	hosts > in <<-'END'
	a | - | - | operational | - | - | broad | -
	b | - | - | operational | dev | - | - | -
	c | - | - | operational | - | - | pilot | -
	END
	for host in a b c; do echo "$host | p | 1 | 2 | available | patch"; done |
	    needs >> in
	pm-plan -q in | show wave host action start | grep install > got
	diff - got <<-'END'
	1 b install 2026-11-23T22:00:00Z
	2 c install 2026-11-26T22:00:00Z
	3 a install 2026-11-29T22:00:00Z
	END
}

# bats test_tags=req:P6-2,req:P1-9
@test "the tier alone changes mode, window and order" {
	cat > policy.pm <<-'END'
	tier=operational -> window="daily 22:00-23:00 UTC"
	tier=mission -> window="sat 22:00-04:00 UTC"
	tier=business -> window="sun 20:00-23:00 UTC"
	END
	for tier in operational business mission -; do
		hosts <<-END > in
		a | - | - | $tier | - | - | - | -
		b | - | - | business | - | - | - | -
		END
		needs >> in <<-'END'
		a | p | 1 | 2 | available | patch
		b | p | 1 | 2 | available | patch
		END
		pm-plan -q in | show host action wave mode start |
		    grep '^a install' || true
	done > got
	diff - got <<-'END'
	a install 1 unattended 2026-11-23T22:00:00Z
	a install 1 attended 2026-11-29T20:00:00Z
	a install 2 attended 2026-11-28T22:00:00Z
	a install - - -
	END
	echo '-> window=any mode=unattended' > policy.pm
	pm-plan -q in | show host mode | sort -u > got
	diff - got <<< $'a unattended\nb unattended'
}

@test "reboot: for a need of one, and behind a new kernel; the check is last" {
	hosts > in <<-'END'
	a | - | - | operational | - | - | - | -
	b | - | - | operational | - | - | - | -
	c | - | - | operational | - | - | - | -
	END
	needs >> in <<-'END'
	a | linux-image-6.1 | 6.1-1 | 6.1-2 | reboot | patch
	b | linux-image-amd64 | 1 | 2 | available | patch
	b | vim | 1 | 2 | available | patch
	c | linux-image-6.1 | 6.1-1 | 6.1-2 | reboot | defer
	END
	pm-plan -q in | show step package after state > got
	diff - got <<-'END'
	a/reboot/- - - planned
	a/check/- - a/reboot/- planned
	b/install/linux-image-amd64 linux-image-amd64 - planned
	b/install/vim vim - planned
	b/reboot/- - b/install/linux-image-amd64,b/install/vim planned
	b/check/- - b/reboot/- planned
	c/reboot/linux-image-6.1 linux-image-6.1 - deferred
	END
	# the policy says for which packages
	echo '-> window=any restart="libc6, vi*"' > policy.pm
	pm-plan -q in | show step reason | grep b/reboot |
	    grep -xF 'b/reboot/- vim takes effect after a reboot'
	echo '-> window=any restart=libc6,vi' > policy.pm
	pm-plan -q in | show step > got
	run ! grep b/reboot got
}

@test "a host reboots once, and otherwise the reason names the first reboot" {
	echo '-> window="daily 20:00-23:00 UTC" lead=lead restart=dbus,linux-image*' > policy.pm
	{
		hosts <<-'END'
		a | - | b | - | prod | - | broad | ann
		b | - | b | - | prod | - | broad | ann
		c | - | b | - | prod | - | broad | ann
		END
		needs <<-'END'
		a | linux-image-6.1 | 6.1-1 | 6.1-2 | reboot | patch
		a | linux-image-amd64 | 6.1-2 | 6.1-3 | available | emergency
		a | vim | 1 | 2 | available | patch
		b | dbus | 1 | 2 | available | patch
		b | linux-image-amd64 | 6.1-2 | 6.1-3 | available | emergency
		c | dbus | 1 | 2 | available | patch
		c | vim | 1 | 2 | available | emergency
		END
	} > in
	pm-plan -q in > out
	show step start < out | grep reboot > got
	diff got - <<-'END'
	a/reboot/emergency 2026-11-23T02:00:00Z
	b/reboot/emergency 2026-11-23T02:00:00Z
	b/reboot/- 2026-11-23T20:00:00Z
	c/reboot/- 2026-11-23T20:00:00Z
	END
	second='second reboot of the host: its emergency visit has one for linux-image-amd64 and does not wait for this window'
	show step reason < out > reasons
	grep -qxF "b/reboot/- dbus takes effect after a reboot; $second" reasons
	grep '^a/reboot/emergency linux-image-6.1: .*by the reboot of the emergency visit' reasons
	run ! grep '^[ac]/reboot.*second' reasons
	pm-plan -q --explain b in | grep -xF "  $second"
	[[ $(pm-plan -q --explain a in) != *second* ]]
}

@test "waivers: all CVEs must be covered, until the expiry" {
	hosts > in <<< 'a | - | - | operational | - | - | - | -'
	tsv >> in <<-'END'
	#need | host | package | installed | fixed | cves | state | decision
	need | a | p1 | 1 | 2 | CVE-1,CVE-2 | available | patch
	need | a | p2 | 1 | 2 | CVE-1 | available | emergency
	need | a | p3 | 1 | 2 | - | available | patch
	need | a | p4 | 1 | 2 | CVE-3 | available | patch
	need | a | p5 | 1 | 2 | CVE-4 | available | patch
	#waive | host | package | cve | decision | who | when | reason | expiry
	waive | * | * | CVE-1 | accept | ann | - | harmless here | 2026-12-01T00:00:00Z
	waive | b,a | p3,p9 | * | accept | bob | - | small | 2027-12-31
	waive | a | p4 | CVE-3 | mitigate | bob | - | firewall | 2026-11-23T02:00:00Z
	waive | b | p5 | CVE-4 | mitigate | bob | - | firewall | 2027-12-31
	END
	run --separate-stderr -0 pm-plan in
	printf '%s\n' "$stderr" |
	    grep -F 'in:12: the waiver of bob expired on 2026-11-23T02:00:00Z and does not count'
	printf '%s\n' "$output" | show step state reason | grep install > got
	diff - got <<-'END'
	a/install/p1 planned decision patch
	a/install/p4 planned decision patch
	a/install/p5 planned decision patch
	a/install/p2 waived waived by ann until 2026-12-01T00:00:00Z: harmless here
	a/install/p3 waived waived by bob until 2027-12-31T00:00:00Z: small
	END
	# a second one for the other: the more cautious decision, the earlier end
	echo $'waive\ta\tp1\tCVE-2\tmitigate\tcarl\t-\tno\t2027-12-31' >> in
	pm-plan -q in | show step state reason | grep -xF \
	    'a/install/p1 mitigated mitigated by ann,carl until 2026-12-01T00:00:00Z: no'
	# as pm-score reads waivers, a rejection of a part comes first
	echo $'waive\t-\tp1\tCVE-1\treject\tdora\t-\tbreaks\t2027-12-31' >> in
	pm-plan -q in | show step state reason | grep -xF \
	    'a/install/p1 deferred deferred by dora until 2027-12-31T00:00:00Z: breaks'
}

@test "an acceptance by waiver becomes waived, one by the policy accepted" {
	echo 'package=p3 -> decision=accept
-> decision=patch window=any' > policy.pm
	hosts > in <<< 'a | - | - | operational | - | - | - | -'
	tsv >> in <<-'END'
	#waive | host | package | cve | decision | who | when | reason | expiry
	waive | a | p1 | - | accept | ann | - | small | 2026-12-01
	waive | a | p2 | - | mitigate | ann | - | fenced | 2026-12-01
	waive | a | p4 | - | reject | bob | - | breaks | 2026-12-01
	#need | host | package | installed | fixed | state
	need | a | p1 | 1 | 2 | available
	need | a | p2 | 1 | 2 | available
	need | a | p3 | 1 | 2 | available
	need | a | p4 | 1 | 2 | available
	END
	pm-score -q in > scored
	states() {
		pm-plan -q "$@" | show step state reason | grep install
	}
	states scored > got
	diff - got <<-'END'
	a/install/p1 waived waived by ann until 2026-12-01T00:00:00Z: small
	a/install/p2 mitigated mitigated by ann until 2026-12-01T00:00:00Z: fenced
	a/install/p3 accepted decision accept (policy.pm:1)
	a/install/p4 deferred deferred by bob until 2026-12-01T00:00:00Z: breaks
	END
	# the mark of pm-score is enough
	grep -v '^#\?waive' scored > marked
	states marked > got
	diff - got <<-'END'
	a/install/p1 waived decision accept (waive:ann)
	a/install/p2 mitigated decision mitigate (waive:ann)
	a/install/p3 accepted decision accept (policy.pm:1)
	a/install/p4 deferred decision defer (reject:bob)
	END
	# and counts as long as the waiver did, with the record and without
	states --now 2026-12-01 scored > got
	states --now 2026-12-01 marked | diff - got
	diff - got <<-'END'
	a/install/p1 blocked decision accept (waive:ann): expired since; score again
	a/install/p2 blocked decision mitigate (waive:ann): expired since; score again
	a/install/p3 accepted decision accept (policy.pm:1)
	a/install/p4 blocked decision defer (reject:bob): expired since; score again
	END
}

@test "a step later than its due date says so" {
	hosts > in <<< 'a | - | - | mission | - | sat 22:00-04:00 UTC | - | -'
	tsv >> in <<-'END'
	#need | host | package | installed | fixed | state | decision | due | policy
	need | a | p1 | 1 | 2 | available | patch | 2026-11-28T00:00:00Z | x.pm:3
	need | a | p2 | 1 | 2 | available | patch | 2026-12-28T00:00:00Z | x.pm:3
	END
	pm-plan -q in | show step reason | grep install > got
	diff - got <<-'END'
	a/install/p1 decision patch (x.pm:3); later than its due date 2026-11-28T00:00:00Z
	a/install/p2 decision patch (x.pm:3)
	END
}

# bats test_tags=req:F11
@test "the same input in any order gives the same steps" {
	small > in
	pm-plan -q in | grep -E '^#{0,2}(step|end)' > once
	{ grep '^#' in; grep -v '^#' in | sort -r; } | pm-plan -q - |
	    grep -E '^#{0,2}(step|end)' > twice
	cmp once twice
	LC_ALL=C pm-plan -q in | grep -E '^#{0,2}(step|end)' | cmp - once
}

# bats test_tags=req:F6
@test "everything that came in goes out" {
	{
		small
		tsv <<-'END'
		#strange | a | b
		strange | 1 | 2
		#cover | host | feed | verdict | detail | more
		cover | web1 | f | covered | - | 7
		END
	} > in
	pm-plan -q in | grep -vE '^#?#?(step|end)' | cmp - in
}

# bats test_tags=req:P5-1
@test "an approval names the digest of the plan, and one changed byte voids it" {
	small | pm-plan -q > plan
	digest=$(grep -E '^#?step' plan | sha256sum | cut -d ' ' -f 1)
	pm-plan --digest plan | diff - <(echo "sha256:$digest")
	pm-plan --approve ann --reason 'tested on test1' --role owner \
	    --scope web2,web1,web2 --expiry 3d plan > got
	tsv <<-END | diff - got
	#approve | plan | scope | who | role | when | reason | expiry
	approve | sha256:$digest | web1,web2 | ann | owner | $PM_NOW |\
 tested on test1 | 2026-11-26T02:00:00Z
	END
	pm-plan --approve ann plan | cut -f 3,8 | diff - <(
		printf '%s\n' $'scope\texpiry' $'*\t-')
	sed '/^step/s/openssl/openssh/' plan > changed
	run --separate-stderr -65 pm-plan --approve ann changed
	[[ $stderr == *"another digest than the steps"* && -z $output ]]
	sed '$d' plan > torn
	run -65 --separate-stderr pm-plan --approve ann torn
	[[ $stderr == *"is not the trailer"* ]]
	sed '/web2.install/d' plan > fewer
	run -65 --separate-stderr pm-plan --digest fewer
	[[ $stderr == *"counts other steps"* ]]
}

@test "an approval for a host that is not planned, or that is over, is refused" {
	small | pm-plan -q > plan
	run -64 --separate-stderr pm-plan --approve ann --scope web9 plan
	[[ $stderr == *"the plan has no host 'web9'"* ]]
	run -64 pm-plan --approve ann --expiry 2026-11-23T02:00:00Z plan
	run -64 pm-plan --approve ann --expiry soon plan
	run -64 pm-plan --approve '' plan
	run -66 pm-plan --approve ann missing
	run -65 pm-plan --approve ann /dev/null
	run -65 pm-plan --digest policy.pm
	run -64 pm-plan --digest plan plan
}

@test "a comma in a name, which no list could hold, blocks" {
	hosts > in <<-'END'
	a,b | - | - | operational | - | - | - | -
	c | - | - | operational | - | - | - | -
	END
	needs >> in <<-'END'
	a,b | p | 1 | 2 | available | patch
	c | p,q | 1 | 2 | available | patch
	c | r | 1 | 2 | available | patch
	END
	pm-plan -q in | show step after state > got
	diff - got <<-'END'
	c/install/r - planned
	c/restart/- c/install/r planned
	c/check/- c/install/r planned
	a,b/install/p - blocked
	c/install/p,q - blocked
	END
}

@test "--explain says why then, why not earlier, why not at all" {
	echo '-> window="daily 22:00-23:00 UTC" soak=1d' > policy.pm
	{
		small
		needs <<< 'web2 | vim | 1 | 2 | held | patch'
		hosts <<< 'idle | - | - | - | - | - | - | -'
	} > in
	run -0 --separate-stderr pm-plan --explain web2 in
	diff - <(printf '%s\n' "$output") <<-'END'
	web2: wave 4 of 4, 2026-11-25T22:00:00Z to 2026-11-25T23:00:00Z
	  ring broad: not before 2026-11-24T23:00:00Z, when the rings before it have ended and soaked
	  tier mission: behind the less critical hosts of its ring
	  same role and site web: at most 1 of 2
	    behind web1 in wave 3
	  window daily 22:00-23:00 UTC (policy.pm:1)
	  takes 4 minutes from 2026-11-25T22:06:20Z on, and 15 to restore; 1 visit at a time
	  planned openssl 1 to 2: decision patch
	  blocked vim 1 to 2: held on the host by its administrator
	END
	pm-plan -q --explain idle in | diff - <(echo 'idle: nothing is needed')
	pm-plan -q --explain file1 in | grep -F 'single point'
	: > policy.pm
	pm-plan -q --explain web1 in > got
	diff - got <<-'END'
	web1: not planned
	  blocked openssl 1 to 2: no window: neither the inventory nor a rule of the policy gives one
	END
	run -66 --separate-stderr pm-plan --explain nobody in
	[[ $stderr == *"the stream has no host 'nobody'" ]]
}

@test "input that cannot be planned" {
	hosts > in <<< 'a | - | - | - | - | - | - | -'
	run -66 --separate-stderr pm-plan missing
	run -66 --separate-stderr pm-plan /dev/null
	printf '#fact\thost\tkey\tvalue\nfact\ta\tb\tc\n' > facts
	run -66 --separate-stderr pm-plan facts
	[[ $stderr == *"neither a host nor a need"* ]]
	tsv > unscored <<-'END'
	#need | host | package | installed | fixed | state
	need | a | p | 1 | 2 | available
	END
	run -65 --separate-stderr pm-plan in unscored
	[[ $stderr == *"unscored:2: need has no decision: pipe through pm-score first" ]]
	needs <<< 'a | p | 1 | 2 | available | maybe' > odd
	run -65 --separate-stderr pm-plan in odd
	[[ $stderr == *"odd:2: decision 'maybe' is none of"* ]]
	needs <<< 'a | p | 1 | 2 | available | patch' > need
	run -65 --separate-stderr pm-plan in need need
	[[ $stderr == *"host a needs p (available) twice"* ]]
	run -65 --separate-stderr pm-plan in in
	[[ $stderr == *"in:2: a second record of host a"* ]]
	pm-plan -q in need > plan
	run -65 --separate-stderr pm-plan plan
	[[ $stderr == *"the stream holds a plan already"* ]]
	waiver() { # HOST WHO REASON EXPIRY MESSAGE
		printf '#waive\thost\twho\treason\texpiry\tdecision\n' > waive
		printf 'waive\t%s\t%s\t%s\t%s\t%s\n' "${@:1:4}" \
		    "${6:-accept}" >> waive
		run -65 --separate-stderr pm-plan in waive
		[[ $stderr == *"waive:2: $5"* && -z $output ]]
	}
	waiver a ann ok soon "expiry of this waiver, 'soon', is no date"
	waiver a - ok 2027-12-31 "a waiver without who"
	waiver a ann - 2027-12-31 "a waiver without reason"
	waiver a ann ok - "a waiver without expiry"
	waiver '*' ann ok 2027-12-31 "a waiver for everything"
	waiver a ann ok 2027-12-31 "decision of this waiver is 'waive'" waive
	waiver a ann ok 2027-12-31 "decision of this waiver is '-'" -
}

@test "policy fails closed" {
	hosts > in <<< 'a | - | - | - | - | - | - | -'
	check() {
		echo "$1" > policy.pm
		run -78 --separate-stderr pm-plan in
		[[ $stderr == *"$2"* && -z $output ]]
	}
	check '-> window="sat 22:00-04:00 Europe/Atlantis"' \
	    "policy.pm:1: window 'sat 22:00-04:00 Europe/Atlantis': the time zone"
	check '-> window=any freeze=2026-02-30/2026-03-01' \
	    "policy.pm:1: freeze '2026-02-30/2026-03-01': a freeze is not"
	check '-> window=any soak=soon' "policy.pm:1"
	check '-> window=any wave_size=0' "policy.pm:1"
	check '-> window=any mode=maybe' "policy.pm:1"
	hosts > in <<< 'a | - | - | - | - | sometimes | - | -'
	check '-> mode=attended' "host a: window 'sometimes': the days"
	PM_POLICY=/nonexistent run ! pm-plan in
}

@test "a plan with nothing to do still has its trailer" {
	hosts <<< 'a | - | - | - | - | - | - | -' | pm-plan -q > plan
	tail -n 1 plan | diff - <(
		printf '#step\tplan\tstep\twave\thost\taction\tpackage\tfrom\tto' \
		    > header
		printf '\tstart\tend\tmode\tafter\tstate\treason\towner\ttester' \
		    >> header
		printf '\tring\tbytes\tseconds\tbackout\trequires\tgrowth\tauto' \
		    >> header
		printf '\trole\tlimits\n' \
		    >> header
		echo "##end step 0 sha256:$(sha256sum < header | cut -d ' ' -f 1)")
	pm-plan --digest plan
}

@test "--plan names the plan; by default it is the time" {
	small | pm-plan -q | show plan | sort -u | diff - <(echo 20261123T020000Z)
	small | pm-plan -q --plan 'week 48' | show plan | sort -u |
	    diff - <(echo 'week 48')
	small > in
	run -64 --separate-stderr pm-plan --plan '' in
	[[ $stderr == *"--plan: the name is empty" ]]
}

@test "many quorum groups, limits and all" {
	{
		hosts <<< 'a | - | - | - | - | - | - | -'
		printf '#quorum\tgroup\tlimit\treason\n'
		seq -f $'quorum\tg%03g\t2\twhy' 200
	} | pm-plan -q > plan
	[ "$(grep -c ^quorum plan)" -eq 200 ]
}
