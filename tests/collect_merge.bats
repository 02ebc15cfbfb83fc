#!/usr/bin/env bats
# pm-collect merge: several inventories as one.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# three reports of one host, and one of another
three_reports() {
	stream >old.tsv <<-'END'
		#host|host|addr|mac|os|release|kernel|site|source|seen
		host|web1|192.0.2.1|00:00:00:00:00:01|debian|11|5.10|-|local|2026-11-01T00:00:00Z
		#pkg|host|package|version
		pkg|web1|removed|1
		pkg|web1|bash|5.1
		#fact|host|key|value
		fact|web1|reboot_required|yes
	END
	stream >new.tsv <<-'END'
		#host|host|addr|mac|os|release|kernel|site|source|seen
		host|web1|192.0.2.7|-|debian|12|6.1|-|local|2026-11-20T00:00:00Z
		#pkg|host|package|version
		pkg|web1|zsh|5.9
		pkg|web1|bash|5.2
		#fact|host|key|value
		fact|web1|reboot_required|no
		#host|host|addr|mac|os|release|kernel|site|source|seen
		host|db1|192.0.2.9|00:00:00:00:00:09|debian|12|6.1|Bern|local|2026-11-20T00:00:00Z
	END
	stream >hand.tsv <<-'END'
		#host|host|release|site|rack|source|seen
		host|web1|10|Bern|r7|csv:assets.csv|2026-11-10T00:00:00Z
		#fact|host|key|value
		fact|web1|serial|X1
	END
}

# bats test_tags=req:P1-2
@test "the newest value wins in each column, - never, the source is shown" {
	three_reports
	with_status 0 pm-collect merge old.tsv new.tsv hand.tsv
	[[ $(column host host | xargs) == "db1 web1" ]]
	[[ $(column addr host | tail -n 1) == 192.0.2.7 ]]
	[[ $(column mac host | tail -n 1) == 00:00:00:00:00:01 ]]
	[[ $(column release host | tail -n 1) == 12 ]]
	[[ $(column site host | tail -n 1) == Bern ]]
	[[ $(column rack host | tail -n 1) == r7 ]]
	[[ $(column source host | tail -n 1) == csv:assets.csv,local ]]
	[[ $(column seen host | tail -n 1) == 2026-11-20T00:00:00Z ]]
	# and who said what
	[[ $(column source report | xargs) == "csv:assets.csv local local" ]]
	[[ $(column site report | xargs) == "Bern - -" ]]
	[[ $(column mac report | xargs) == "- 00:00:00:00:00:01 -" ]]
	[[ $(column release report | xargs) == "- - 12" ]]
	says "2 hosts from 4 reports"
}

@test "an older package list does not bring removed packages back" {
	three_reports
	for first in old new; do
		with_status 0 pm-collect merge $first.tsv old.tsv new.tsv
		[[ $(column package pkg | xargs) == "bash zsh" ]]
		[[ $(column version pkg | xargs) == "5.2 5.9" ]]
	done
}

@test "facts of different reporters are kept, old ones of the same are not" {
	three_reports
	with_status 0 pm-collect merge old.tsv hand.tsv new.tsv
	[[ $(column key fact | xargs) == "reboot_required serial" ]]
	[[ $(column value fact | xargs) == "no X1" ]]
	[[ $(column reporter fact | xargs) == "local csv:assets.csv" ]]
}

@test "a host's records stand together, the host record first, all sorted" {
	three_reports
	with_status 0 pm-collect merge new.tsv hand.tsv old.tsv
	[[ $(awk -F '\t' '!/^#/ { print $1, $2 }' out | uniq | xargs) == \
	    "host db1 host web1 report web1 fact web1 pkg web1" ]]
	for type in fact pkg; do
		records $type >rows
		LC_ALL=C sort -c rows
	done
}

# bats test_tags=req:P1-3
@test "a host that lacks one of the six is named with what is missing" {
	three_reports
	with_status 0 pm-collect merge old.tsv
	[[ $(records fact) == *$'fact\tweb1\tmissing\tsite'* ]]
	says "1 incomplete"
	with_status 1 pm-collect merge --strict old.tsv
	with_status 0 pm-collect merge --strict old.tsv hand.tsv
	[[ $(column key fact) != *missing* ]]
	stream >bare.tsv <<-'END'
		#host|host|source|seen
		host|box|csv:x|2026-11-01T00:00:00Z
	END
	with_status 0 pm-collect merge bare.tsv
	[[ $(records fact) == $'fact\tbox\tmissing\taddr,mac,os,release,site' ]]
}

# bats test_tags=req:P1-2
@test "hosts not seen within --max-age are named" {
	three_reports
	now=(--now 2026-11-21T00:00:00Z)
	with_status 0 pm-collect merge "${now[@]}" --max-age 1d new.tsv
	[[ $(column key fact) != *stale* ]]
	with_status 0 pm-collect merge "${now[@]}" --max-age 23h new.tsv hand.tsv
	[[ $(records fact | grep stale_inventory | cut -f 2-4) == \
	    $'db1\tstale_inventory\t86400\nweb1\tstale_inventory\t86400' ]]
	says "web1: not seen for longer than 23h, last at 2026-11-20T00:00:00Z"
	says "2 stale"
	with_status 1 pm-collect merge "${now[@]}" --max-age 23h --strict new.tsv \
	    hand.tsv
	# seen again: no longer stale
	cp out stale.tsv
	sed s/2026-11-20/2026-11-21/ new.tsv >newer.tsv
	with_status 0 pm-collect merge "${now[@]}" --max-age 23h stale.tsv newer.tsv
	[[ $(column key fact) != *stale* ]]
	# a time that is not known is too old
	sed 's/2026-11-20T00:00:00Z/-/' new.tsv >undated.tsv
	with_status 0 pm-collect merge "${now[@]}" --max-age 9w undated.tsv
	[[ $(column value fact) == *unknown* ]]
	with_status 64 pm-collect merge --max-age soon new.tsv
}

@test "records that belong to no host pass, each once, sorted" {
	three_reports
	stream >feed.tsv <<-'END'
		#feed|feed|os|release|extra
		feed|b|debian|12|x
		feed|a|debian|12|y
		#mine|name|value
		mine|x|1
	END
	stream >more.tsv <<-'END'
		#feed|feed|kind|os
		feed|c|repository|debian
		#mine|value|name
		mine|1|x
	END
	with_status 0 pm-collect merge feed.tsv new.tsv more.tsv feed.tsv
	head -n 6 out >actual
	stream >expected <<-'END'
		#feed|feed|os|release|records|date|sha256|kind|origin|suite|extra
		feed|a|debian|12|-|-|-|-|-|-|y
		feed|b|debian|12|-|-|-|-|-|-|x
		feed|c|debian|-|-|-|-|repository|-|-|-
		#mine|name|value
		mine|x|1
	END
	same expected actual
}

@test "columns that are not known are kept, whatever their place" {
	stream >a.tsv <<-'END'
		#host|host|rack|source|seen
		host|web1|r1|local|2026-11-01T00:00:00Z
		#pkg|host|colour|version|package
		pkg|web1|red|1|bash
	END
	stream >b.tsv <<-'END'
		#host|seen|source|host|aisle
		host|2026-11-01T00:00:00Z|local|db1|a1
		#pkg|host|package|version|shape
		pkg|db1|zsh|2|round
	END
	with_status 0 pm-collect merge a.tsv b.tsv
	[[ $(column rack host | xargs) == "- r1" ]]
	[[ $(column aisle host | xargs) == "a1 -" ]]
	[[ $(column colour pkg | xargs) == "- red" ]]
	[[ $(column shape pkg | xargs) == "round -" ]]
	[[ $(column package pkg | xargs) == "zsh bash" ]]
	[[ $(column version pkg | xargs) == "2 1" ]]
}

@test "a record without its host record is refused" {
	three_reports
	grep -v '^#*host' new.tsv >orphan.tsv
	with_status 65 pm-collect merge old.tsv orphan.tsv
	says "orphan.tsv:2: no host record before it"
	with_status 65 pm-collect merge --skip-bad old.tsv orphan.tsv
	[[ $(records reject | wc -l) == 3 ]]
	[[ $(column package pkg | xargs) == "bash removed" ]]
	LC_ALL=C sort new.tsv >sorted.tsv
	with_status 65 pm-collect merge sorted.tsv
	sed s/2026-11-20T/yesterday/ new.tsv >bad.tsv
	with_status 65 pm-collect merge bad.tsv
	says "bad.tsv:2: 'seen' is not a time"
	with_status 66 pm-collect merge not-there.tsv
	: >empty.tsv
	with_status 66 pm-collect merge empty.tsv
}

@test "a merged host that lost its report records is still a report" {
	three_reports
	with_status 0 pm-collect merge old.tsv hand.tsv
	grep -v '^#*report' out >cut.tsv
	with_status 0 pm-collect merge cut.tsv new.tsv
	[[ $(column addr host | tail -n 1) == 192.0.2.7 ]]
	[[ $(column site host | tail -n 1) == Bern ]]
	[[ $(column package pkg | xargs) == "bash zsh" ]]
}

# reports SEED: 60 random reports of 6 hosts, one file each, report.N
reports() {
	perl -e '
		srand shift;
		sub pick { $_[rand @_] }
		my @all = qw(addr mac os release kernel site role);
		for my $n (0 .. 59) {
			my $host = "h" . int(rand 6);
			my $source = pick("local", "dpkg", "csv:a", "csv:b");
			my $seen = sprintf "2026-11-%02dT00:00:00Z",
			    1 + rand 12;
			$seen = "-" if rand() < 0.05;
			my @columns = grep { rand() < 0.7 } @all;
			push @columns, "rack" if rand() < 0.2;
			open my $file, ">", "report.$n" or die;
			print $file join("\t", "#host", "host", @columns,
			    "source", "seen"), "\n";
			print $file join("\t", "host", $host, (map {
			    rand() < 0.3 ? "-" : pick("a" .. "e") } @columns),
			    $source, $seen), "\n";
			if ($source !~ /csv/ && rand() < 0.7) {
				my $more = rand() < 0.2;
				print $file "#pkg\thost\tpackage\tversion",
				    $more ? "\tcolour" : "", "\n";
				print $file "pkg\t$host\tp$_\t",
				    int(rand 3), $more ? "\tred" : "", "\n"
				    for grep { rand() < 0.5 } 1 .. 4;
			}
			if (rand() < 0.6) {
				print $file "#fact\thost\tkey\tvalue\n";
				print $file "fact\t$host\t$_\t", int(rand 3),
				    "\n" for grep { rand() < 0.5 } "a" .. "c";
			}
			print $file "#feed\tfeed\tdate\nfeed\tf",
			    int(rand 5), "\t", int(rand 2), "\n"
			    if rand() < 0.3;
			close $file;
		}
	' "$1"
}

# bats test_tags=req:P1-2,slow
@test "the result depends on neither order, nor parts, nor merging twice" {
	options=(-q --now 2026-11-23T00:00:00Z --max-age 14d)
	for seed in {1..20}; do
		reports "$seed"
		pm-collect merge "${options[@]}" report.* >whole 2>err
		# another order
		shuf -e --random-source=<(yes "$seed") report.* >order
		xargs pm-collect merge "${options[@]}" <order >actual 2>err
		same whole actual
		# merged again, and with some of its parts once more
		pm-collect merge "${options[@]}" whole >actual 2>err
		same whole actual
		pm-collect merge "${options[@]}" whole report.1? whole >actual 2>err
		same whole actual
		# in parts, each merged by itself, then together
		split -n l/3 order part.
		xargs pm-collect merge "${options[@]}" <part.aa >one 2>err
		xargs pm-collect merge "${options[@]}" <part.ab >two 2>err
		xargs pm-collect merge "${options[@]}" <part.ac >three 2>err
		pm-collect merge "${options[@]}" three one >four 2>err
		pm-collect merge "${options[@]}" two four >actual 2>err
		same whole actual
		# and merged files in one stream
		cat one two three | pm-collect merge "${options[@]}" >actual 2>err
		same whole actual
	done
}

# bats test_tags=req:P1-2,slow
@test "an inventory kept up report by report is that of all reports" {
	options=(-q --now 2026-11-23T00:00:00Z --max-age 14d)
	for seed in {31..33}; do
		reports "$seed"
		pm-collect merge "${options[@]}" report.* >whole 2>err
		cp report.7 so_far
		for file in report.*; do
			pm-collect merge "${options[@]}" -o so_far "$file" so_far \
			    2>err
		done
		same whole so_far
	done
}

@test "what the collectors of this machine say, merged" {
	pm-collect local -q >local.tsv 2>err
	name=$(column host host local.tsv)
	printf 'host,site,owner,Serial\n%s,Bern,web,X1\n' "$name" >assets.csv
	touch -d 2026-01-01T00:00:00Z assets.csv
	pm-collect csv -q assets.csv >hand.tsv
	with_status 0 pm-collect merge local.tsv hand.tsv
	[[ $(column host host) == "$name" ]]
	[[ $(column owner host) == web ]]
	[[ $(column kernel host) == "$(uname -r)" ]]
	records pkg local.tsv | LC_ALL=C sort >expected
	records pkg >actual
	same expected actual
	cp out once
	with_status 0 pm-collect merge once
	same once out
}

@test "a full disk is an error" {
	three_reports
	status=0
	pm-collect merge old.tsv >/dev/full 2>err || status=$?
	[[ $status -eq 74 ]]
}

@test "what a reporter without a name gave is its own when merged again" {
	printf '#host\thost\taddr\nhost\tweb1\t192.0.2.1\n' >named.tsv
	stream >>named.tsv <<-'END'
		#report | host | addr | source | seen | holds
		report | web1 | - | ssh | 2026-11-23T02:00:00Z | fact
		#fact | host | key | value | reporter
		fact | web1 | a | b | ssh
		fact | web1 | c | d | csv
	END
	pm-collect merge named.tsv >once.tsv
	grep -q 'c	d	-$' once.tsv
	pm-collect merge once.tsv >twice.tsv
	cmp once.tsv twice.tsv
}

@test "a report without a header is named, not handed on as something else" {
	printf '%s\t%s\t%s\n' report web1 ssh >in
	with_status 65 pm-collect merge "$PWD/in"
	grep -qF 'in:1: a report without a header before it' \
	    "$BATS_TEST_TMPDIR/err"
	run ! grep '^report' "$BATS_TEST_TMPDIR/out"
}
