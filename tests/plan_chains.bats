#!/usr/bin/env bats
# pm-plan and pm-apply: patches that need other patches first.

bats_require_minimum_version 1.5.0
load lib/common
load lib/plan

setup() {
	plan_setup
	stream > system <<-'END'
		#host | host | os | release | arch
		host | pc1 | windows | 10-1809 | amd64
		#pkg | host | package | version
		pkg | pc1 | KB100 | -
	END
}

# advisories: rows "NAME [requires=LIST] [supersedes=LIST] [reboot=yes]"
advisories() {
	printf '#adv\tadv\tos\trelease\tby\tpackage\tstate\trequires'
	printf '\tsupersedes\treboot\n'
	awk -v OFS='\t' '{
		split("", v)
		for (i = 2; i <= NF; i++)
			v[substr($i, 1, index($i, "=") - 1)] = \
			    substr($i, index($i, "=") + 1)
		for (i = split("requires supersedes reboot", f, " "); i; i--)
			if (v[f[i]] == "")
				v[f[i]] = "-"
		print "adv", $1, "windows", "10-1809", "binary", $1, "fixed",
		    v["requires"], v["supersedes"], v["reboot"] }'
}

# needs ROW...: "PACKAGE [DECISION [STATE [CLASS]]]"
needs() {
	printf '#need\thost\tpackage\tinstalled\tfixed\tadv\tcves\tstate'
	printf '\tdecision\tclass\n'
	printf '%s\n' "$@" | awk -v OFS='\t' '{
		print "need", "pc1", $1, "-", $1, $1, "CVE-1",
		    $3 == "" ? "available" : $3, $2 == "" ? "patch" : $2,
		    $4 == "" ? "useful" : $4 }'
}

# plan FILE...: rows "PACKAGE STATE AFTER" of the installations
plan() {
	with_status 0 pm-plan -p policy.pm "$@" || return
	step_rows package state after > rows
}

# bats test_tags=req:G3
@test "A, then B, then C, whatever they are called and in which order they come" {
	advisories > advs <<-'END'
		KB3 requires=KB5
		KB4 requires=KB3,KB100
		KB5
	END
	needs KB3 KB4 KB5 > needs
	plan advs system needs
	cat > want <<-'END'
	KB3 planned pc1/install/KB5
	KB4 planned pc1/install/KB3
	KB5 planned -
	END
	same want rows
	cp out first
	{ tac needs | grep ^need; } > reversed
	{ head -n 1 needs; cat reversed; } > needs2
	{ head -n 1 advs; tac advs | grep -v '#'; } > advs2
	plan needs2 system advs2
	same want rows
	diff <(records step first) <(records step)
	[[ $(tail -n 1 first) == "$(tail -n 1 out)" ]]
}

# bats test_tags=req:G3
@test "where A cannot be had, B is blocked, and all that needs B" {
	advisories > advs <<-'END'
		KB3 requires=KB5
		KB4 requires=KB3
		KB6 requires=KB7
		KB7
	END
	needs KB3 KB4 KB6 "KB7 patch unfixed" KB8 > needs
	plan advs system needs
	[[ $(awk '{ print $1, $2 }' rows | xargs) == \
	    "KB8 planned KB3 blocked KB4 blocked KB6 blocked KB7 blocked" ]]
	[[ $(reason KB3) == \
	    "KB3 requires KB5 first: neither installed nor on offer" ]]
	[[ $(reason KB4) == "KB4 requires KB3 first: KB3 is blocked: KB3 req"* ]]
	[[ $(reason KB6) == \
	    "KB6 requires KB7 first: KB7 is blocked: no fix is published" ]]
	says '5 needs = 1 planned'
	# without an inventory nobody knows whether A is there
	grep -v pkg system > bare
	advisories <<< 'KB3 requires=KB100' > advs
	needs KB3 > needs
	plan advs bare needs
	[[ $(reason KB3) == *"not known without pkg records"* ]]
	plan advs system needs
	[[ $(cat rows) == "KB3 planned -" ]]
	# the advisory of another release says nothing here
	sed 's/10-1809/11/; s/KB100/KB5/' advs > others
	plan others system needs
	[[ $(cat rows) == "KB3 planned -" ]]
}

# bats test_tags=req:G3
@test "what replaces A will do, installed or on offer" {
	advisories > advs <<-'END'
		KB1 requires=KB50
		KB2 requires=KB60
		KB100 supersedes=KB51
		KB51 supersedes=KB50
		KB70 supersedes=KB60
	END
	needs KB1 KB2 KB70 > needs
	plan advs system needs
	cat > want <<-'END'
	KB1 planned -
	KB2 planned pc1/install/KB70
	KB70 planned -
	END
	same want rows
}

# bats test_tags=req:G3
@test "what was put off is planned with what requires it, and as early" {
	advisories > advs <<-'END'
		KB3 requires=KB5
		KB5 requires=KB6
	END
	needs "KB3 emergency" "KB5 defer" KB6 KB9 > needs
	plan advs system needs
	cat > want <<-'END'
	KB3 planned pc1/install/KB5
	KB5 planned pc1/install/KB6
	KB6 planned -
	KB9 planned pc1/check/emergency
	END
	same want rows
	[[ $(reason KB5) == "required by KB3, although deferred: decision defer"* ]]
	[[ $(reason KB6) == "required by KB5: decision patch"* ]]
	# not when the chain cannot be completed
	sed -i 's/KB6\t-\t-$/KB6,KB7\t-\t-/' advs
	plan advs system needs
	[[ $(grep -c planned rows) == 2 ]]
	grep -q '^KB5 deferred' rows
	grep -q '^KB6 planned -' rows
}

# bats test_tags=req:G3
@test "a reboot in between: the second stage waits, unless A goes before" {
	advisories > advs <<-'END'
		KB3 requires=KB5
		KB5 reboot=yes
	END
	needs KB3 KB5 > needs
	plan advs system needs
	[[ $(cat rows) == $'KB5 planned -\nKB3 blocked -' ]]
	[[ $(reason KB3) == *"KB5 takes effect with the reboot of its visit; \
plan again when that is done" ]]
	grep -q $'\tpc1/reboot/-\t' out
	# two visits, the second behind the check of the first
	needs KB3 "KB5 emergency" > needs
	plan advs system needs
	printf '%s\n' 'KB5 planned -' 'KB3 planned pc1/check/emergency,pc1/install/KB5' |
	    same - rows
	[[ $(column wave step | sort -u | xargs) == "1 2" ]]
	# installed, and not yet in effect
	needs KB3 "KB5 patch reboot" > needs
	plan advs system needs
	[[ $(reason KB3) == *"KB5 is installed and takes effect with a reboot;"* ]]
	# after the reboot
	needs KB3 > needs
	printf 'pkg\tpc1\tKB5\t-\n' >> system
	plan advs system needs
	[[ $(cat rows) == "KB3 planned -" ]]
}

# bats test_tags=req:G3
@test "patches that require each other are blocked and named" {
	advisories > advs <<-'END'
		KB3 requires=KB5
		KB5 requires=KB4
		KB4 requires=KB3
	END
	needs KB3 KB4 KB5 KB6 > needs
	plan advs system needs
	[[ $(grep -c blocked rows) == 3 && $(grep -c planned rows) == 1 ]]
	[[ $(reason KB4) == *"KB3 requires this one in turn" ]]
}

# bats test_tags=req:G3
@test "staged kernels: first the version on the way, with its reboot" {
	stream > in <<-'END'
		#host | host | os | release | arch
		host | h | debian | 12 | amd64
		#pkg | host | package | version | arch | state
		pkg | h | linux-image-x | 1 | amd64 | installed
		pkg | h | tool | 1 | amd64 | installed
		#adv | adv | os | release | by | package | fixed | state | requires
		adv | K-3 | debian | 12 | binary | linux-image-x | 3 | fixed | linux-image-x=2
		adv | T-2 | debian | 12 | binary | tool | 2 | fixed | linux-image-x=2
		adv | O-2 | debian | 12 | binary | other | 2 | fixed | tool=9
		#need | host | package | installed | fixed | adv | state | decision
		need | h | linux-image-x | 1 | 3 | K-3 | available | patch
		need | h | tool | 1 | 2 | T-2 | available | patch
		need | h | other | 1 | 2 | O-2 | available | patch
	END
	plan in
	[[ $(awk '{ print $1, $2 }' rows | xargs) == \
	    "linux-image-x planned other blocked tool blocked" ]]
	[[ $(records step | grep $'\tinstall\tlinux-' | cut -f 9) == 2 ]]
	[[ $(reason linux-image-x) == *"K-3 requires linux-image-x 2 before 3, "* ]]
	[[ $(reason other) == "O-2 requires tool 9 first: 1 is installed, and \
nothing new enough on offer" ]]
	# with a repository: that very version, or nothing
	mkdir lists
	printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nSize: 1\n\n' \
	    linux-image-x 2 linux-image-x 3 tool 2 > lists/Packages
	plan --repository lists in
	[[ $(records step | grep $'\tinstall\tlinux-' | cut -f 9) == 2 ]]
	sed -i 's/^Version: 2$/Version: 2.5/' lists/Packages
	plan --repository lists in
	[[ $(reason linux-image-x) == *"offers linux-image-x 2" ]]
	# the first stage is done
	sed 's/\tlinux-image-x\t1\t/\tlinux-image-x\t2\t/' in > later
	plan later
	[[ $(records step | grep $'\tinstall\tlinux-' | cut -f 9) == 3 ]]
	grep -q '^tool blocked' rows # 3 is on its way, and has a reboot
}

# bats test_tags=req:G3
@test "pm-apply takes a chain of one visit as one transaction, in any order" {
	advisories > advs <<-'END'
		KB3 requires=KB5
		KB5
	END
	needs KB3 KB5 > needs
	sed -i 's/windows\t10-1809/debian\t12/' advs system
	sed -i 's/KB5\t-\tKB5/KB5\t-\t1/; s/KB3\t-\tKB3/KB3\t-\t1/; s/KB/kb/g' \
	    needs advs system
	echo '-> mode=unattended' >> policy.pm
	plan advs system needs
	grep -q '^kb3 planned pc1/install/kb5$' rows
	mv out plan.tsv
	pm-plan --approve ann plan.tsv > approve.tsv
	# a host that answers like the driver, and keeps what it was asked
	cat > host.sh <<-'END'
	#!/bin/sh
	cat > "asked.$$"
	exit 1
	END
	chmod +x host.sh
	with_status 69 pm-apply -J journal.tsv -e ./host.sh plan.tsv approve.tsv
	[[ $(records "done" | grep $'\tinstall\t' | cut -f 3,12 | xargs) == \
	    "pc1/install/kb3 unreachable pc1/install/kb5 unreachable" ]]
	cat asked.* | grep -q "kb3" && cat asked.* | grep -q "kb5"
	mkdir scripts
	pm-apply -J journal2.tsv --export scripts plan.tsv approve.tsv
	grep -q $'/install/kb3\tinstall\tkb3\t-\t1\t-$' scripts/pc1.sh
}

# bats test_tags=req:G3
@test "what the pins of the host exclude comes with no other need either" {
	stream > in <<-'END'
		#host | host | os | release | arch
		host | h | debian | 12 | amd64
		#pkg | host | package | version | arch | state
		pkg | h | app | 1 | amd64 | installed
		pkg | h | lib | 1 | amd64 | installed
		#need | host | package | installed | fixed | adv | state | decision
		need | h | app | 1 | 2 | A-2 | available | patch
		need | h | lib | 1 | 2 | L-2 | announced | patch
	END
	mkdir lists
	printf 'Package: %s\nVersion: 2\nArchitecture: amd64\nSize: 1\n%s\n' \
	    lib '' app $'Depends: lib (>= 2)\n' > lists/Packages
	plan --repository lists in
	[[ $(awk '{ print $1, $2 }' rows | xargs) == "app blocked lib blocked" ]]
	[[ $(reason app) == "needs lib 2, which no repository of the host "* ]]
	sed 's/announced/available/' in > unpinned
	plan --repository lists unpinned
	[[ $(grep -c planned rows) == 2 ]]
}
