bats_require_minimum_version 1.5.0
load lib/common

# A site of two hosts: this one by its package database, and one that nothing is
# known of but what the list says.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset PM_POLICY PM_DRIVERS PM_RELEASES
	export PM_NOW=2026-11-23T09:00:00Z
	make -s -f "$PM_SHARE/phases.mk" init SITE=site > /dev/null
	cd site || return
	cat >> hosts.csv <<-'END'
		web1,server,192.0.2.1,debian,12,web,bern,,production,anna,,,,,,
		sw1,switch,192.0.2.2,,,network,bern,,production,nina,,,,,,
	END
	stream > dumps.list <<-'END'
		bash | 5.2-1 | amd64 | bash | 5.2-1 | ii
		openssl | 3.0-1 | amd64 | openssl | 3.0-1 | ii
	END
	mv dumps.list dumps/web1.dpkg-list
	touch -d 2026-11-23T08:00:00Z dumps/* hosts.csv
	printf '%s\n\t%s\n\t%s\n' \
	    '[22 Nov 2026] DSA-6001-1 openssl - security update' \
	    '{CVE-2026-1111}' '[bookworm] - openssl 3.0-2' > advisories
	printf 'dsa\tdebian-advisories\tadvisories\n' > feeds.conf
}

# The records of one type in a file
records() {
	grep -c "^$1"$'\t' "state/$2.tsv" || :
}

# bats test_tags=req:F12,req:P4-4
@test "each phase leaves its file, and the status counts them" {
	make -s feeds baseline evaluate change
	[ "$(records adv feeds/dsa)" -ge 1 ]
	[ "$(records host inventory)" -eq 2 ]
	[ "$(records need needs)" -eq 1 ]
	[ "$(records need scored)" -eq 1 ]
	tail -n 1 state/plan.tsv | grep -q '^##end step '
	make -s status > status
	grep -qE '^receive +state/feeds/dsa.tsv +1 ' status
	grep -qE '^audit +state/needs.tsv +1 ' status
	grep -qE '^assess +state/scored.tsv +1 ' status
	grep -qE '^authorise +state/plan.tsv +[1-9]' status
	grep -qE '^deploy +state/journal.tsv +- ' status
	grep -qE '^track +state/checks.tsv +- ' status
}

# bats test_tags=req:F12
@test "a phase runs alone from the files that the others left" {
	for phase in feeds baseline evaluate change; do
		[ ! -d state ] || find state -type f -printf '%p %T@\n' > before
		make -s $phase > /dev/null
		[ ! -e before ] || while read -r file time; do
			[ "$(stat -c %.10Y "$file")" = "$time" ]
		done < before
	done
	[ "$(records step plan)" -gt 0 ]
}

@test "what is not new rebuilds nothing" {
	make -s feeds baseline change > /dev/null
	find state -type f -printf '%p %T@\n' | sort > before
	make -s change > /dev/null
	find state -type f -printf '%p %T@\n' | sort | diff before -
	make -n change > commands
	run -1 grep -E 'pm-(collect|match|score)' commands
	# a rule that decides nothing new: judged again, planned no other way
	echo '# nothing' >> policy/00-site.pm
	make -s state/scored.tsv
	find state -name '*.tsv' ! -name ledger.tsv -printf '%p %T@\n' | sort |
	    diff <(grep -F .tsv before | grep -v ledger) -
}

@test "many jobs at once give the same files" {
	make -s -j 8 feeds baseline > /dev/null
	make -s -j 8 change > /dev/null
	cp -R state parallel
	rm -rf state
	make -s feeds baseline > /dev/null
	make -s change > /dev/null
	for file in inventory needs scored plan; do
		cmp "state/$file.tsv" "parallel/$file.tsv"
	done
}

@test "help names every target, and every target that it names exists" {
	make -s help > help
	for target in feeds baseline harden testenv backout notices documents evaluate change approve \
	    rollout due tested verify explain next \
	    maintain status; do
		grep -q "^make $target " help
	done
	grep -o '^make [a-z]*' help | while read -r _ target; do
		make -n "$target" SITE="$BATS_TEST_TMPDIR/x" > out 2>&1 ||
		    grep -v 'No rule to make target' out
	done
}

@test "a rollout without an approval is refused, with the remedy" {
	make -s feeds baseline change > /dev/null
	run -2 make -s rollout
	[[ $output == *"no plan is approved: make change approve"* ]]
	[ ! -e state/journal.tsv ]
}

@test "feeds travel in a bundle to a site without a network" {
	mkdir -p served
	xz -k advisories
	mv advisories.xz served/
	printf 'dsa\tdebian-advisories\tfeeds/dsa.raw\n' > feeds.conf
	mkdir -p feeds
	cp served/advisories.xz feeds/dsa.raw
	make -s bundle BUNDLE="$BATS_TEST_TMPDIR/bundle.tar.gz" > /dev/null
	rm -rf feeds
	make -s import BUNDLE="$BATS_TEST_TMPDIR/bundle.tar.gz"
	[ "$(records adv feeds/dsa)" -ge 1 ]
	# one changed byte, and it is not taken
	mkdir forged
	tar -xzf "$BATS_TEST_TMPDIR/bundle.tar.gz" -C forged
	printf x >> forged/feeds/dsa.raw
	tar -czf "$BATS_TEST_TMPDIR/forged.tar.gz" -C forged feeds
	run ! make -s import BUNDLE="$BATS_TEST_TMPDIR/forged.tar.gz"
}

# A file in place of another one, that was written before it
older() {
	touch -d 2020-01-01T00:00:00Z "$1"
	mv "$1" "$2"
}

@test "what make cannot see by its times is seen: older files, gone files, other options" {
	make -s feeds baseline evaluate > /dev/null
	[ "$(column decision need state/scored.tsv)" = patch ]
	# a dump that cp -p brought
	cp dumps/web1.dpkg-list dump
	printf '%s\n' $'curl\t7.88-1\tamd64\tcurl\t7.88-1\tii' >> dump
	touch -d 2020-01-01T00:00:00Z dump
	cp -p dump dumps/web1.dpkg-list
	make -s baseline > /dev/null
	[ "$(records pkg inventory)" -eq 3 ]
	# a feed: what an archive brought
	printf '%s\n\t%s\n\t%s\n' \
	    '[22 Nov 2026] DSA-6002-1 curl - security update' \
	    '{CVE-2026-2222}' '[bookworm] - curl 7.88-2' > new
	cat advisories >> new
	older new advisories
	make -s evaluate > /dev/null
	[ "$(records need scored)" -eq 2 ]
	# a rule, and that it is taken back
	cp -p policy/00-site.pm before
	printf '\n%s\n' 'package=openssl -> class=useful decision=defer' \
	    >> policy/00-site.pm
	make -s evaluate > /dev/null
	column decision need state/scored.tsv | grep -x defer
	older before policy/00-site.pm
	make -s evaluate > /dev/null
	run ! grep -x defer <(column decision need state/scored.tsv)
	# a waiver, and that its file is gone
	stream > records/waive.tsv <<-'END'
		#waive | host | package | cve | decision | who | when | reason | expiry
		waive | web1 | openssl | - | accept | anna | 2026-11-01 | not used | 2027-01-01
	END
	make -s evaluate > /dev/null
	column decision need state/scored.tsv | grep -x accept
	rm records/waive.tsv
	make -s evaluate > /dev/null
	run ! grep -x accept <(column decision need state/scored.tsv)
	# other options
	make -s evaluate MAX_FEED_AGE=1d > /dev/null
	column verdict cover state/scored.tsv | grep -x stale-feed
	# a line of feeds.conf that is gone: nothing speaks of the host any more
	: > feeds.conf
	make -s evaluate > /dev/null
	[ "$(column verdict cover state/scored.tsv)" = $'no-feed\nunsupported' ]
}

@test "what was judged on another day is judged again: a feed that got old covers nobody" {
	make -s feeds baseline evaluate > /dev/null
	column verdict cover state/scored.tsv | grep -x covered
	export PM_NOW=2026-12-24T09:00:00Z
	make -s evaluate > /dev/null
	column verdict cover state/scored.tsv | grep -x stale-feed
	run ! grep -x covered <(column verdict cover state/scored.tsv)
	# and once a day is enough
	make -n evaluate > commands
	run -1 grep -E 'pm-(collect|match|score)' commands
}

@test "a dump that is gone is no remediation: its packages were not looked at" {
	make -s feeds baseline evaluate > /dev/null
	rm dumps/web1.dpkg-list
	export PM_NOW=2026-11-25T09:00:00Z
	make -s baseline evaluate > /dev/null
	[ "$(column verdict cover state/scored.tsv)" = $'unsupported\nincomplete' ]
	run ! grep -F $'\tgone\t' state/ledger.tsv
}

@test "a dump that cannot be read stops no night, and its host is not lost" {
	printf 'Desired=Unknown\n\377\n' > dumps/web2.dpkg-list
	: > dumps/sw1.dpkg-list
	make -s feeds baseline evaluate > said 2>&1
	grep -F 'pm-collect: dumps/web2.dpkg-list:' said
	grep -x '3 hosts, 2 packages, 0 services' said
	[ "$(column host host state/scored.tsv | sort)" = $'sw1\nweb1\nweb2' ]
	[ "$(column verdict cover state/scored.tsv | sort)" = $'covered\nunsupported\nunsupported' ]
	[ "$(column value fact state/scored.tsv | grep -c 'packages: dumps/.* cannot be read')" -eq 2 ]
	sed -i 's/^sw1,switch,192.0.2.2,,/sw1,switch,192.0.2.2,debian,12/' hosts.csv
	make -s evaluate > /dev/null
	column detail cover state/scored.tsv |
	    grep -x 'not seen, packages: dumps/sw1.dpkg-list: it cannot be read'
	# a file of no source is a mistake, which stops at once
	touch dumps/README.txt
	run -2 make -s baseline
	[[ $output == *"pm-collect: txt: no such source"* ]]
}

@test "approved is what was shown: a plan that is another by now is refused" {
	run -2 make -s approve WHO=anna REASON=x
	[[ $output == *"no plan was there to look at"*"make change"* ]]
	[ -z "$(ls approvals/*.tsv)" ]
	make -s feeds baseline change > said
	shown=$(sed -n 's/^plan //p' said)
	make -s approve WHO=anna REASON=x
	[ "$(column plan approve approvals/*.approve.anna.tsv)" = "$shown" ]
	rm approvals/*
	# something came after it was shown
	printf '%s\n' $'bind9\t1-1\tamd64\tbind9\t1-1\tii' >> dumps/web1.dpkg-list
	printf '%s\n\t%s\n\t%s\n' \
	    '[22 Nov 2026] DSA-6003-1 bind9 - security update' \
	    '{CVE-2026-3333}' '[bookworm] - bind9 1-2' > new
	cat advisories >> new
	mv new advisories
	run -2 make -s approve WHO=anna REASON=x
	[[ $output == *"$shown was there to look at"*"make change"* ]]
	[ -z "$(ls approvals/*.tsv)" ]
	# looked at, or asked for in one breath
	make -s change > said
	make -s approve WHO=anna REASON=x
	rm approvals/*
	echo '# nothing' >> policy/00-site.pm
	make -s change approve WHO=anna REASON=x > /dev/null
	[ -n "$(ls approvals/*.approve.anna.tsv)" ]
}

@test "a feed that cannot be fetched stops no night; it is said, and the status is not 0" {
	printf 'gone\tdebian-advisories\thttp://127.0.0.1:1/x\n' >> feeds.conf
	mkdir -p feeds
	cp advisories feeds/gone.raw
	run -2 make -s maintain
	[[ $output == *"fetching gone"*"curl: "*"fetch-gone"* ]]
	[ -s reports/report.txt ]
	[ "$(records need scored)" -ge 1 ]
	# what needs no network asks for none
	rm state/feeds/gone.tsv state/.stamp/feeds/gone
	make -s evaluate > said 2>&1
	run ! grep -F fetching said
	# never fetched: nothing is judged as if it had been
	rm feeds/gone.raw
	run ! make -s evaluate
	[[ $output == *"fetching gone"* ]]
}

@test "a fleet of thousands is looked at, each host of it" {
	local hosts=3000
	mkdir bin
	printf '#!/bin/sh\necho "Permission denied (publickey)." >&2\nexit 255\n' > bin/ssh
	chmod +x bin/ssh
	PATH=$PWD/bin:$PATH
	awk -v hosts=$hosts 'NR == 1 { columns = split($0, name, ",") }
		{ print }
		END {
			for (h = 1; h <= hosts; h++)
				for (c = 1; c <= columns; c++)
					printf "%s%s", name[c] == "host" ? "h" h : \
					    name[c] == "collect" ? "ssh" : "", \
					    c < columns ? "," : "\n"
		}' hosts.csv > more
	mv more hosts.csv
	make -s baseline > counted 2> said
	grep -x '3002 hosts, 2 packages, 0 services; 3000 did not answer' counted
	[ "$(records host scanned)" -eq $hosts ]
	[ "$(column state host state/inventory.tsv | grep -c denied)" -eq $hosts ]
}

@test "a feed that cannot be read leaves what was read before, and says so each time" {
	make -s feeds baseline evaluate > /dev/null
	cp -p advisories kept
	echo '<html>log in first</html>' > advisories
	run -2 make -s maintain
	[[ $output == *"pm-collect: advisories:"*"what was read before stays"* ]]
	[[ $output == *"feed dsa is not current"* ]]
	[ "$(records need scored)" -eq 1 ]
	[ -s reports/report.txt ]
	make -s evaluate > said 2>&1
	grep -F 'feed dsa cannot be read now; what was read before stays' said
	# and not for longer than feeds may be old
	PM_NOW=2026-12-24T09:00:00Z make -s evaluate > /dev/null 2>&1
	column verdict cover state/scored.tsv | grep -x stale-feed
	# one that was never read stops what needs it
	mv kept advisories
	make -s feeds > /dev/null
	printf 'new\tdebian-advisories\tnew\n' >> feeds.conf
	echo '<html>' > new
	run -2 make -s evaluate
	[[ $output == *"pm-collect: new:"* ]]
}

@test "what is typed reaches no shell and no make, and stays what it is" {
	# shellcheck disable=SC2016 # nothing of it must be expanded, by anybody
	local hostile='it'"'"'s "$(touch pwned)" `touch pwned` $(shell touch pwned) ; touch pwned'
	make -s feeds baseline change > /dev/null
	make -s approve WHO="$hostile" REASON="$hostile"
	[ "$(cut -f 4,7 approvals/*.approve.*.tsv | tail -n 1)" = "$hostile"$'\t'"$hostile" ]
	make -s tested HOST=web1 WHO="$hostile" REASON="$hostile"
	[ "$(column reason test records/tests.tsv)" = "$hostile" ]
	run -2 make -s tested HOST=web1 WHO=anna REASON=$'one\ttwo'
	[[ $output == *"text of one line"* ]]
	run -2 make -s tested HOST="$hostile" WHO=anna REASON=x
	run make -s explain HOST="$hostile"
	[[ $output == *"touch pwned"* ]]
	make -s bundle BUNDLE="$hostile" > /dev/null 2>&1 || :
	REASON=$hostile make -s replan approve WHO=anna > /dev/null
	make -s -f "$PM_SHARE/phases.mk" init SITE="$BATS_TEST_TMPDIR/$hostile" > /dev/null
	[ -e "$BATS_TEST_TMPDIR/$hostile/hosts.csv" ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name pwned)" ]
	# and what the site says itself is still worked out
	sed -i '1i REASON = of $(shell echo the site)' Makefile
	make -s replan approve WHO=bert > /dev/null
	[ "$(cut -f 7 approvals/*.approve.bert.tsv | tail -n 1)" = 'of the site' ]
}

@test "a line of feeds.conf that is none is refused" {
	echo 'my;feed debian-advisories advisories' > feeds.conf
	run -2 make feeds
	[[ $output == *"feeds.conf: my;feed"* ]]
	# shellcheck disable=SC2016 # as it stands in the file
	printf '%s\n' "quote osv it's" 'expand osv $(shell id)' 'two osv x --a;id' \
	    'good osv https://192.0.2.1/x?a=(b)&c;d --lines=a,b' > feeds.conf
	run -2 make feeds
	[[ $output == *"feeds.conf: quote expand two: a line"* ]]
	printf 'a osv x\na osv y\n' > feeds.conf
	run -2 make feeds
	[[ $output == *"feeds.conf: two lines have one name: a a"* ]]
}

@test "an existing site is not written over" {
	run -2 make -f "$PM_SHARE/phases.mk" init SITE="$PWD"
	[[ $output == *"is there already"* ]]
}

# bats test_tags=req:P1-16
@test "the units of systemd and cron keep the data current; what is old is named" {
	local site=$PWD command
	# the timer starts the service, which carries out what is due of the site
	if command -v systemd-analyze > /dev/null; then
		mkdir units
		cp "$PM_TOP"/share/systemd/pm@.* units
		systemd-analyze verify --man=no "units/pm@$(systemd-escape -p \
		    "$site").timer" > said 2>&1
		run ! grep -F 'pm@' said
		systemd-analyze calendar '*:0/5' > /dev/null
	fi
	grep -qx 'OnCalendar=\*:0/5' "$PM_TOP/share/systemd/pm@.timer"
	command=$(sed -n 's/^ExecStart=//p' "$PM_TOP/share/systemd/pm@.service")
	bash -c "$command"
	# the lines of cron, as they are there, in this folder
	sed -nE "s|^[*0-9/]+ .* root +(.*)-C /srv/pm (.*)|\1-C '$site' \2|p" \
	    "$PM_SHARE/cron/pm" > lines
	[ "$(wc -l < lines)" -eq 2 ]
	sh -e lines
	[ "$(records pkg inventory)" -eq 2 ]
	# what came since is there after the next night
	printf '%s\n' $'curl\t7.88-1\tamd64\tcurl\t7.88-1\tii' >> dumps/web1.dpkg-list
	touch -d 2026-11-24T08:00:00Z dumps/web1.dpkg-list
	export PM_NOW=2026-11-24T09:00:00Z
	sh -e lines
	[ "$(records pkg inventory)" -eq 3 ]
	# nothing came for months: each host that nobody looked at is named
	export PM_NOW=2027-02-24T09:00:00Z
	sh -e lines > said 2>&1
	grep -F 'web1: not seen for longer than 30d, last at 2026-11-24T08:00:00Z' said
	grep -F 'sw1: not seen for longer than 30d' said
}

# bats test_tags=req:P7-3
@test "procedures: each phase is a target, each program and format has its page" {
	local phase page
	make -s help > help
	for phase in baseline harden testenv backout evaluate change rollout maintain; do
		grep -qE "^make $phase +[a-z]" help
		grep -qE "make (-[a-z] |[a-z]+ )*$phase" "$PM_TOP/man/pm-tutorial.7"
	done
	for page in "$PM_BUILD"/bin/pm-* ; do
		[ -s "$PM_TOP/man/${page##*/}.1" ]
	done
	# an application that nobody tests is named
	stream > records/apps.tsv <<-'END'
		#app | app | host | tier | owner | verifier
		app | shop | web1 | mission | anna | dora
		app | wiki | web1 | operational | anna | -
		app | dns | sw1 | mission | - | -
	END
	make -s feeds baseline > /dev/null
	make -s testenv > said
	grep '^nobody' said | diff - <(printf '%s\n' \
	    'nobody tests dns on sw1, owner -' 'nobody tests wiki on web1, owner anna')
	sed -i 's/-$/carl/' records/apps.tsv
	make -s testenv > said
	run ! grep '^nobody' said
}

# bats test_tags=req:F9
@test "a decision leads back to inventory, feed and lines of policy" {
	local feed line
	make -s feeds baseline evaluate > /dev/null
	feed=$(column feed feed state/feeds/dsa.tsv)
	[ -n "$feed" ]
	column why need state/scored.tsv | grep -F "$feed: source openssl 3.0-1 < 3.0-2"
	[ "$(column adv need state/scored.tsv)" = DSA-6001-1 ]
	paste <(column host host state/scored.tsv) <(column source host state/scored.tsv) |
	    grep -xF $'web1\tcsv:hosts.csv,dpkg-list'
	# a rule of the site, at its line, is what is cited
	printf '\n%s\n' 'package=openssl -> class=useful decision=defer' \
	    >> policy/00-site.pm
	line=$(wc -l < policy/00-site.pm)
	make -s evaluate > /dev/null
	[ "$(column decision need state/scored.tsv)" = defer ]
	column policy need state/scored.tsv | tr , '\n' | grep -x "00-site.pm:$line"
	make -s change > /dev/null
	column reason step state/plan.tsv | grep -F "00-site.pm:$line"
}

# bats test_tags=req:P1-13
@test "make documents prints each server's, and names what is missing" {
	local part
	make -s feeds baseline evaluate > /dev/null
	run -2 make -s documents
	for part in 'Primary contact' 'Backup contact' 'After hours' \
	    'Special procedures' 'Disaster recovery'; do
		grep -E "$part +MISSING" reports/documents.txt
	done
	run ! grep sw1 reports/documents.txt
	sed -i 's|^web1,.*|web1,server,192.0.2.1,debian,12,web,bern,,production,anna,carl,"anna,carl",555-1,wiki/web1,wiki/dr,|' hosts.csv
	make -s documents
	grep -F 555-1 reports/documents.txt
	run ! grep MISSING reports/documents.txt
}
