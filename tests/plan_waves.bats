#!/usr/bin/env bats
# pm-plan: what binds hosts to each other, what fits a window, what is done
# around the work, and who answers for it.
# shellcheck disable=SC2154	# bats sets stderr

bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_POLICY=$BATS_TEST_TMPDIR/policy PM_NOW=2026-11-23T02:00:00Z
	mkdir policy
	echo '-> window=any jobs=100' > policy/site.pm
	echo '-> lead=lead' > policy/lead.pm
}

# Tables in the tests are written with | between the columns.
table() {
	sed 's/ *| */\t/g'
}

# fleet: hosts "host | role | site | tier | env | group | more columns"
fleet() {
	{
		echo "#host | host | os | role | site | tier | env | group | ring |\
 owner | app_owner | link | hypervisor | data_volume | recovery_effort"
		sed 's/^/host | /'
	} | table
}

# needs HOST...: one update for each of them
needs() {
	local host
	printf '#need\thost\tpackage\tinstalled\tfixed\tadv\tstate\tdecision\n'
	for host; do
		printf 'need\t%s\tvim\t1\t2\tA-1\tavailable\tpatch\n' "$host"
	done
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

# wave HOST...: their waves
wave() {
	local host
	pm-plan -q in > plan || return
	for host; do
		printf '%s ' "$(show host action wave < plan |
		    awk -v host="$host" '$1 == host && $2 == "check" { print $3 }')"
	done
	echo
}

# plain HOST...: hosts of which nothing is special
plain() {
	local host
	for host; do
		echo "$host | debian | - | - | operational | prod | - | - | ann |\
 - | - | - | - | -"
	done
}

# bats test_tags=req:F2
@test "a quorum: at most so many of a group in a wave, each behind a check" {
	{
		plain a b c d e | sed 's/prod | -/prod | dns/' | fleet
		needs a b c d e
		printf '#quorum\tgroup\tlimit\treason\nquorum\tdns\t2\ttwo must answer\n'
	} > in
	[ "$(wave a b c d e)" = "1 1 2 2 3 " ]
	show step after < plan | grep '^./install' > got
	diff - got <<-'END'
	a/install/vim -
	b/install/vim -
	c/install/vim a/check/-
	d/install/vim b/check/-
	e/install/vim c/check/-
	END
	# the smallest of several limits
	printf 'quorum\tdns\t1\tone\n' >> in
	[ "$(wave a b c d e)" = "1 2 3 4 5 " ]
	# a host in two groups keeps to both
	sed -i 's/\tdns\tb/\tdns,ntp\tb/; s/^\(host\ta.*\)dns/\1ntp/' in
	printf 'quorum\tntp\t1\tone\n' >> in
	for limit in 0 -1 many -; do
		printf '#quorum\tgroup\tlimit\treason\nquorum\tdns\t%s\t-\n' \
		    "$limit" | cat in - > bad
		with_status 65 pm-plan -q bad
		says "is no number of hosts"
	done
}

# bats test_tags=req:P2-7
@test "order of roles: across waves, tiers and rings, and a circle is named" {
	{
		fleet <<-'END'
		db1 | debian | maildb | b | operational | prod | - | pilot | ann | - | - | - | - | -
		gw1 | debian | mailgw | b | mission | prod | - | broad | ann | - | - | - | - | -
		gw2 | debian | mailgw | c | mission | prod | - | broad | ann | - | - | - | - | -
		web | debian | web | b | operational | prod | - | pilot | ann | - | - | - | - | -
		tdb | debian | maildb | t | operational | test | - | test | ann | - | - | - | - | -
		END
		needs db1 gw1 gw2 web tdb
	} > in
	[ "$(wave tdb web db1 gw1 gw2)" = "1 2 2 3 3 " ]
	printf '#order\tfirst\tthen\treason\norder\tmailgw\tmaildb\tqueue\n' >> in
	# the database waits for the gateways, whatever its tier and ring; a test
	# system does not
	[ "$(wave tdb web gw1 gw2 db1)" = "1 2 3 3 4 " ]
	# which stands for the checks of all gateways
	show step after < plan | grep -xF 'db1/install/vim role:mailgw'
	# through a role without work, too
	sed -i 's/^order\tmailgw\tmaildb/order\tmailgw\tqueue\tx\norder\tqueue\tmaildb/' in
	[ "$(wave gw1 gw2 db1)" = "3 3 4 " ]
	printf 'order\tmaildb\tmailgw\tback\n' >> in
	with_status 65 pm-plan -q in
	says "maildb before mailgw before queue before maildb"
	{ needs a; printf '#order\tfirst\tthen\treason\norder\tx\tx\t-\n'; } > self
	with_status 65 pm-plan -q self
	says "x before x"
}

# bats test_tags=req:P2-7
@test "in time, too: who comes later starts when the others have ended" {
	cat > policy/site.pm <<-'END'
	role=first -> window="sat 22:00-23:00 UTC"
	-> window="daily 22:00-23:00 UTC"
	END
	{
		fleet <<-'END'
		a | debian | then | b | mission | prod | - | - | ann | - | - | - | - | -
		b | debian | first | b | mission | prod | - | - | ann | - | - | - | - | -
		END
		needs a b
		printf '#order\tfirst\tthen\treason\norder\tfirst\tthen\t-\n'
	} > in
	pm-plan -q in | show host action start | grep install > got
	diff - got <<-'END'
	b install 2026-11-28T22:00:00Z
	a install 2026-11-28T22:00:00Z
	END
}

@test "bounds for a site, a link and a hypervisor" {
	for i in 1 2 3 4; do
		echo "h$i | debian | - | b | operational | prod | - | - | ann | - |\
 $((i < 3 ? 1000000 : 2000000)) | $((i % 2)) | - | -"
	done | fleet > in
	needs h1 h2 h3 h4 >> in
	[ "$(wave h1 h2 h3 h4)" = "1 1 1 1 " ]
	echo '-> site_limit=50%' > policy/limit.pm
	[ "$(wave h1 h2 h3 h4)" = "1 1 2 2 " ]
	echo '-> site_limit=3' > policy/limit.pm
	[ "$(wave h1 h2 h3 h4)" = "1 1 1 2 " ]
	echo '-> link_limit=1' > policy/limit.pm
	[ "$(wave h1 h2 h3 h4)" = "1 2 1 2 " ]
	echo '-> hypervisor_limit=1' > policy/limit.pm
	[ "$(wave h1 h2 h3 h4)" = "1 1 2 2 " ]
	pm-plan -q --explain h3 in | grep -A 1 -F 'hypervisor 1: at most 1 of 2' |
	    grep -F 'behind h1 in wave 1'
}

# bats test_tags=req:P4-6
@test "bounds hold across windows, and are told to who carries the plan out" {
	fleet > in <<-'END'
	h1 | debian | - | a,b=c | operational | prod | - | - | ann | - | 1000000 | 7 | - | -
	h2 | debian | - | a,b=c | operational | prod | - | - | ann | - | 1000000 | - | - | -
	END
	needs h1 h2 >> in
	cat > policy/site.pm <<-'END'
	host=h1 -> window="daily 22:00-03:00 UTC"
	-> window="daily 22:00-04:00 UTC" jobs=9
	END
	start() {
		pm-plan -q --explain $1 in | sed -n 's/.* from \(.*Z\) on.*/\1/p'
	}
	[ "$(start h1)" = "$(start h2)" ]
	echo '-> site_limit=1 link_limit=2 hypervisor_limit=3' > policy/limit.pm
	[ "$(start h1)" = 2026-11-23T02:00:00Z ]
	[ "$(start h2)" = 2026-11-23T02:03:10Z ]
	pm-plan -q in | show host action limits | grep -v -- ' -$' > got
	diff - got <<-'END'
	h1 check site:a%2Cb%3Dc=1,link:a%2Cb%3Dc/1000000=2,hypervisor:7=3
	h2 check site:a%2Cb%3Dc=1,link:a%2Cb%3Dc/1000000=2
	END
}

# bats test_tags=req:P2-5
@test "without a lab: most easily recovered first, then by data and name" {
	fleet > in <<-'END'
	a | debian | - | - | operational | prod | - | - | ann | - | - | - | - | high
	b | debian | - | - | operational | prod | - | - | ann | - | - | - | 900 | low
	c | debian | - | - | operational | prod | - | - | ann | - | - | - | 100 | low
	d | debian | - | - | operational | prod | - | - | ann | - | - | - | 100 | low
	e | debian | - | - | business | prod | - | - | ann | - | - | - | 1 | low
	END
	needs a b c d e >> in
	cat > policy/site.pm <<-'END'
	recovery_effort=high -> restore_time=1h
	-> window=any wave_size=1 restore_time=10m
	END
	[ "$(wave c d b a e)" = "1 2 3 4 5 " ]
	# with a lab it is the risk that counts
	sed -i 's/^#need.*/&\trisk/; s/^need\ta.*/&\t9/; s/^need\t[b-e].*/&\t5/' in
	plain t | sed 's/prod/test/' | fleet >> in
	needs t >> in
	[ "$(wave t a c d b e)" = "1 2 3 4 5 6 " ]
}

@test "risk taken away in a second decides, what is exploited goes before" {
	plain t | sed 's/prod/test/' | fleet > in
	plain a b c | fleet | sed 1d >> in
	{
		printf '#need\thost\tpackage\tinstalled\tfixed\tadv\tstate\tdecision'
		printf '\trisk\tkev\texposed\n'
		for row in a-p-50-no b-p-80-no b-q-0-no c-p-1-yes t-p-1-no; do
			IFS=- read -r host package risk kev <<< "$row"
			printf 'need\t%s\t%s\t1\t2\tA-1\tavailable\tpatch\t%s\t%s\tyes\n' \
			    "$host" "$package" "$risk" "$kev"
		done
	} >> in
	echo '-> window=any wave_size=1 install_time=1h' > policy/site.pm
	# 50 in an hour before 80 in two
	[ "$(wave t c a b)" = "1 2 3 4 " ]
}

# bats test_tags=req:P6-5
@test "a window must hold the visit and the time to restore; both are said" {
	plain a | fleet > in
	needs a >> in
	echo '-> window="daily 22:00-22:30 UTC" check_time=5m install_time=10m
	-> restart_time=1m restore_time=14m' > policy/site.pm
	pm-plan -q in | show state start | sort -u | grep -xF \
	    'planned 2026-11-23T22:00:00Z'
	sed -i 's/14m/15m/' policy/site.pm
	pm-plan -q in | show state reason > got
	diff - got <<< "blocked window daily 22:00-22:30 UTC is open for 30\
 minutes at most and the visit takes 31: 16 to patch and check, 15 to restore"
	# the rest of tonight is too short, tomorrow is not
	sed -i 's/15m/10m/' policy/site.pm
	pm-plan -q --now 2026-11-23T22:10:00Z in | show start | sort -u |
	    grep -xF 2026-11-24T22:00:00Z
	pm-plan -q in --explain a | grep -F \
	    'takes 16 minutes from 2026-11-23T22:00:00Z on, and 10 to restore'
}

# bats test_tags=req:P6-5
@test "as many at a time as jobs: what is too much goes to the next night" {
	for i in 1 2 3 4 5; do plain h$i; done | fleet > in
	needs h1 h2 h3 h4 h5 >> in
	echo '-> window="daily 22:00-22:30 UTC" check_time=5m install_time=4m
	-> restart_time=1m restore_time=10m jobs=1' > policy/site.pm
	nights() {
		pm-plan -q in | show action start | grep check | sort |
		    uniq -c | tr -s ' ' | cut -d ' ' -f 2
	}
	[ "$(nights | tr '\n' ' ')" = "2 2 1 " ]
	pm-plan -q --explain h5 in |
	    grep -F '2 openings of the window before have no room'
	sed -i 's/jobs=1/jobs=2/' policy/site.pm
	[ "$(nights | tr '\n' ' ')" = "4 1 " ]
	# a pull asks for nobody's time here
	echo '-> mode=pull' > policy/a.pm
	[ "$(nights | tr '\n' ' ')" = "5 " ]
	# nor does it wait where the others fill the night
	sed -i 's/jobs=2/jobs=1/' policy/site.pm
	echo 'host=h5 -> mode=pull' > policy/a.pm
	[ "$(nights | tr '\n' ' ')" = "3 2 " ]
	# not where it yields to a chain of roles, either
	{
		plain h1
		plain h2
		plain h5
		plain d | sed 's/- /db /'
		plain w | sed 's/- /web /'
	} | fleet > in
	needs h1 h2 h5 d w >> in
	printf '#order\tfirst\tthen\norder\tdb\tweb\n' >> in
	pm-plan -q in | show host action start | grep check | sort > got
	diff - got <<-'END'
	d check 2026-11-23T22:00:00Z
	h1 check 2026-11-24T22:00:00Z
	h2 check 2026-11-24T22:00:00Z
	h5 check 2026-11-23T22:00:00Z
	w check 2026-11-23T22:00:00Z
	END
	for i in 1 2 3 4 5; do plain h$i; done | fleet > in
	needs h1 h2 h3 h4 h5 >> in
	sed -i 's/jobs=1/jobs=2/' policy/site.pm
	rm policy/a.pm
	# two waves in one night follow each other
	sed -i 's/jobs=2/jobs=5 wave_size=1/' policy/site.pm
	[ "$(nights | tr '\n' ' ')" = "2 2 1 " ]
}

# bats test_tags=req:P4-6
@test "download: bytes over the link, within the window or a step before it" {
	export PM_CACHE=$BATS_TEST_TMPDIR/cache
	mkdir lists
	printf '%s\n' 'Package: vim' 'Version: 2' 'Architecture: amd64' \
	    'Size: 3600000' 'Installed-Size: 10' \
	    > lists/repo_dists_stable_main_binary-amd64_Packages
	# 8000 bits a second: 3.6 MB are an hour
	{
		printf '#host\thost\tos\trelease\tarch\towner\tlink\n'
		printf 'host\ta\tdebian\t12\tamd64\tann\t8000\n'
		printf '#pkg\thost\tpackage\tversion\tarch\tstate\n'
		printf 'pkg\ta\tvim\t1\tamd64\tinstalled\n'
		needs a
	} > in
	echo '-> window="daily 22:00-00:00 UTC"' > policy/site.pm
	pm-plan -q --repository lists in > plan
	show action bytes seconds < plan > got
	diff - got <<-'END'
	install 3600000 3610
	restart - 60
	check - 120
	END
	pm-plan -q --repository lists --explain a in |
	    grep -F 'takes 64 minutes from 2026-11-23T22:00:00Z on'
	# a window of an hour does not hold it, unless the download comes before
	echo '-> window="daily 22:00-23:00 UTC"' > policy/site.pm
	pm-plan -q --repository lists in | show state reason > got
	diff - got <<< "blocked window daily 22:00-23:00 UTC is open for 60\
 minutes at most and the visit takes 79: 64 to patch and check, 15 to restore"
	echo '-> download=before mode=unattended' > policy/download.pm
	pm-plan -q --repository lists in | show step bytes seconds start end after > got
	diff - got <<-'END'
	a/download/- 3600000 3600 2026-11-23T02:00:00Z 2026-11-23T22:00:00Z -
	a/install/vim 3600000 10 2026-11-23T22:00:00Z 2026-11-23T23:00:00Z a/download/-
	a/restart/- - 60 2026-11-23T22:00:00Z 2026-11-23T23:00:00Z a/install/vim
	a/check/- - 120 2026-11-23T22:00:00Z 2026-11-23T23:00:00Z a/install/vim
	END
	# a program of the site does it, long before the window opens
	mkdir hooks
	printf '#!/bin/sh\necho "$*" >>%s/hooked\n' "$PWD" > hooks/download
	printf '#!/bin/sh\nshift\nexec "$@"\n' > rsh
	chmod +x hooks/download rsh
	pm-plan -q --repository lists in > plan
	pm-plan --approve ann plan > approve
	pm-apply -q --now 2026-11-23T12:00:00Z -e ./rsh --hooks hooks plan approve \
	    > reported || true
	grep -xF 'a a/download/- 2026-11-23T02:00:00Z 2026-11-23T22:00:00Z' hooked
	grep -F $'\ta/download/-\ta\tdownload\t' reported | grep -P '\tdone\t'
	grep -F $'\ta/install/vim\t' reported | grep -F refused
	# late at night it still takes its time: what is left, or the next night
	pm-plan -q --repository lists --now 2026-11-23T21:30:00Z in |
	    show action start end | tr '\n' ' ' > got
	grep -F 'download 2026-11-23T21:30:00Z 2026-11-23T22:30:00Z install\
 2026-11-23T22:30:00Z 2026-11-23T23:00:00Z' got
	pm-plan -q --repository lists --now 2026-11-23T21:50:00Z in |
	    show action start | grep -xF 'install 2026-11-24T22:00:00Z'
	echo '-> window=any' > policy/site.pm
	pm-plan -q --repository lists in | show action start |
	    grep -xF 'install 2026-11-23T03:00:00Z'
}

@test "what is not known of a download takes no time" {
	fleet > in <<-'END'
	a | debian | - | - | operational | prod | - | - | ann | - | 8000 | - | - | -
	END
	needs a >> in
	echo '-> window="daily 22:00-23:00 UTC"' > policy/site.pm
	pm-plan -q in | show action bytes seconds | head -n 1 > got
	diff - got <<< 'install - 10'
}

@test "actions around the work, in order, each behind the one before" {
	plain a | fleet > in
	needs a >> in
	echo '-> actions=unsilence,backup,silence,recovery,evidence,snapshot' \
	    > policy/a.pm
	pm-plan -q in | show step after seconds > got
	diff - got <<-'END'
	a/evidence/- - 60
	a/silence/- a/evidence/- 60
	a/backup/- a/silence/- 600
	a/snapshot/- a/backup/- 60
	a/install/vim a/snapshot/- 10
	a/restart/- a/install/vim 60
	a/check/- a/install/vim 120
	a/recovery/- a/check/- 60
	a/unsilence/- a/recovery/- 60
	END
	echo '-> actions=dance' > policy/a.pm
	with_status 78 pm-plan -q in
	says "actions cannot hold dance"
	# and the times are the policy's
	echo '-> actions=backup backup_time=1h check_time=7m' > policy/a.pm
	pm-plan -q in | show action seconds | tr '\n' ' ' |
	    grep -xF 'backup 3600 install 10 restart 60 check 420 '
}

@test "one reboot, last: for an advisory that asks for one, too" {
	plain a b | fleet > in
	needs a b >> in
	printf '#adv\tadv\tpackage\treboot\nadv\tA-1\tvim\tyes\n' > adv
	cat adv in | pm-plan -q | show step | grep '^a' > got
	diff - got <<< $'a/install/vim\na/reboot/-\na/check/-'
	# wherever it stands
	cat in adv | pm-plan -q | show step | grep '^a' | diff - got
	sed -i 's/yes$/no/' adv
	cat adv in | pm-plan -q | show step | grep '^a/re' | diff - <(echo a/restart/-)
}

# bats test_tags=req:P5-2
@test "a step in a slot where an owner does not stand by is marked" {
	echo '-> window="daily 22:00-23:00 UTC"' > policy/site.pm
	plain a | sed 's/ann | -/ann | bob/' | fleet > in
	needs a >> in
	pm-plan -q in > before
	run ! grep roster before
	tsv='#roster\twho\tstart\tend\tcontact\n'
	printf "$tsv%b" 'roster\tann\t2026-11-23T20:00:00Z\t2026-11-23T22:30:00Z\t1\n' \
	    'roster\tann\t2026-11-23T22:30:00Z\t2026-11-24T06:00:00Z\t1\n' > roster
	cat in roster | pm-plan -q | show action reason > got
	diff - got <<-'END'
	install decision patch; bob is not on the roster then
	restart services that use replaced files; bob is not on the roster then
	check look again afterwards; bob is not on the roster then
	END
	printf 'roster\tbob\t2026-11-23T22:00:00Z\t2026-11-23T23:00:00Z\t2\n' >> roster
	cat in roster | pm-plan -q > got
	run ! grep 'on the roster' got
	sed -i 's/T22:30:00Z\t2026/T22:31:00Z\t2026/; s/23T23:00/23T22:59/' roster
	cat in roster | pm-plan -q | grep -c 'ann and bob are not on the roster' |
	    grep -x 3
	cat in roster | pm-plan -q --explain a |
	    grep -xF '  ann and bob are not on the roster then'
	for bad in '2026-02-30T00:00:00Z\t2026-03-01T00:00:00Z' \
	    '2026-03-02T00:00:00Z\t2026-03-01T00:00:00Z' 'x\ty'; do
		printf "${tsv}roster\tann\t$bad\t-\n" > roster
		with_status 65 pm-plan -q in roster
		says "two times that exist"
	done
}

# bats test_tags=req:F3,req:P7-1
@test "a host has an owner, or the lead that the policy names, or is blocked" {
	plain a | sed 's/ann/-/' | fleet > in
	needs a >> in
	pm-plan -q in | show action owner reason | tail -n 1 > got
	diff - got <<< "check lead look again afterwards; nobody owns the host, so\
 lead leads (lead.pm:1)"
	rm policy/lead.pm
	pm-plan -q in | show state reason > got
	diff - got <<< "blocked no owner: neither the inventory nor a rule names\
 one, and no rule a lead"
	sed 's/\tpatch$/\temergency/' in | pm-plan -q | show state | grep -xF blocked
	echo '-> owner_required=no' > policy/lead.pm
	pm-plan -q in | show state owner | sort -u | grep -xF 'planned -'
}

# bats test_tags=req:P7-2b
@test "an emergency without a flaw of the host takes the regular window" {
	echo '-> window="daily 22:00-23:00 UTC"' > policy/site.pm
	plain a | fleet > in
	needs a | sed 's/\tpatch/\temergency/' >> in
	pm-plan -q in | show start | sort -u | grep -xF $PM_NOW
	sed -i 's/A-1/-/' in
	pm-plan -q in | show action start reason | head -n 1 > got
	diff - got <<< "install 2026-11-23T22:00:00Z decision emergency; no\
 emergency: it names neither an advisory nor a vulnerability of this host, so\
 it takes the regular window"
}

# bats test_tags=req:P7-2a,req:P7-2c,req:P7-2d,req:P1-9
@test "critical: off hours, once test systems have run; the rest in its window" {
	cat > policy/site.pm <<-'END'
	-> window="sat 22:00-04:00 UTC" off_hours="daily 22:00-02:00 UTC" soak=2d
	END
	fleet > in <<-'END'
	m | debian | - | - | mission | prod | - | - | ann | - | - | - | - | -
	t | debian | - | - | mission | test | - | - | ann | - | - | - | - | -
	END
	needs m t | sed '1s/$/\tclass/; 2,$s/$/\tcritical/' >> in
	needs m t | sed '1s/$/\tclass/; 2,$s/$/\tuseful/; s/vim/nano/' | sed 1d >> in
	pm-plan -q in | show wave step start mode | grep install > got
	diff - got <<-'END'
	1 t/install/vim 2026-11-23T22:00:00Z attended
	2 m/install/vim 2026-11-26T22:00:00Z attended
	3 t/install/nano 2026-11-28T22:00:00Z attended
	4 m/install/nano 2026-12-05T22:00:00Z attended
	END
	pm-plan -q in | show step reason | grep -F \
	    'm/install/vim decision patch; critical: off hours (site.pm:1)'
	pm-plan -q in | show step after | grep -xF 'm/install/nano m/check/critical'
	pm-plan -q --explain m in | grep -F 'off_hours daily 22:00-02:00 UTC (site.pm:1)'
}

@test "windows and freezes from calendars" {
	mkdir calendars
	printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//x BEGIN:VEVENT UID:1 \
	    'DTSTART;TZID=Europe/Berlin:20260103T220000' DURATION:PT6H \
	    'RRULE:FREQ=WEEKLY;BYDAY=SA' 'EXDATE;VALUE=DATE:20261128' \
	    END:VEVENT END:VCALENDAR > calendars/change.ics
	printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//x BEGIN:VEVENT UID:1 \
	    'DTSTART;VALUE=DATE:20261205' 'DTEND;VALUE=DATE:20261206' \
	    END:VEVENT END:VCALENDAR > calendars/freeze.ics
	echo '-> window=calendar:change.ics' > policy/site.pm
	plain a | fleet > in
	needs a >> in
	pm-plan -q --calendars calendars in | show start end | sort -u |
	    grep -xF '2026-12-05T21:00:00Z 2026-12-06T03:00:00Z'
	echo '-> freeze=calendar:freeze.ics,2026-12-12' > policy/freeze.pm
	PM_CALENDARS=calendars pm-plan -q in | show start end | sort -u |
	    grep -xF '2026-12-06T00:00:00Z 2026-12-06T03:00:00Z'
	sed -i s/20261205/20261305/ calendars/freeze.ics
	with_status 78 pm-plan -q --calendars calendars in
	says "freeze 'calendar:freeze.ics,2026-12-12'"
	echo '-> window=calendar:../change.ics' > policy/site.pm
	with_status 78 pm-plan -q --calendars calendars in
	says "a calendar is named by"
	echo '-> window=calendar:none.ics' > policy/site.pm
	with_status 66 pm-plan -q --calendars calendars in
}
