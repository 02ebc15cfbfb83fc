#!/usr/bin/env bats
# pm-collect csv: a hand-kept list of assets as host and fact records.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# bats test_tags=req:P1-2
@test "a list becomes hosts: identical names, the rest as facts" {
	cat >assets.csv <<-'END'
		host,addr,os,release,site,Purchase Order
		web1,192.0.2.1,debian,12,Bern,PO-77
		db1,"192.0.2.3, 192.0.2.2",debian,11,"Bern, cellar",
	END
	touch -d 2026-11-01T10:00:00Z assets.csv
	with_status 0 pm-collect csv assets.csv
	stream >expected <<-'END'
		#host|host|class|addr|mac|os|release|arch|kernel|boot_id|hardware|role|site|tier|exposed|env|owner|app_owner|contact|after_hours|group|channel|window|ring|state|source|seen|mission_role|downtime_impact|recovery_effort|link|hypervisor|data_volume|procedure|disaster_recovery|health|rollback
		host|web1|-|192.0.2.1|-|debian|12|-|-|-|-|-|Bern|-|-|-|-|-|-|-|-|-|-|-|-|csv:assets.csv|2026-11-01T10:00:00Z|-|-|-|-|-|-|-|-|-|-
		#fact|host|key|value
		fact|web1|purchase_order|PO-77
		host|db1|-|192.0.2.2,192.0.2.3|-|debian|11|-|-|-|-|-|Bern, cellar|-|-|-|-|-|-|-|-|-|-|-|-|csv:assets.csv|2026-11-01T10:00:00Z|-|-|-|-|-|-|-|-|-|-
	END
	same expected out
	says "2 hosts"
}

# bats test_tags=req:P1-1
@test "all six classes of machine, with and without packages" {
	{
		echo host,class
		for class in server switch router printer laptop desktop; do
			echo "a-$class,$class"
		done
	} >assets.csv
	with_status 0 pm-collect csv assets.csv
	[[ $(column class host | xargs) == \
	    "server switch router printer laptop desktop" ]]
}

@test "--map names columns, leaves them out, may be repeated" {
	cat >assets.csv <<-'END'
		Name;IP Address;Room;Comment;Serial No.
		web1;192.0.2.1;B12;buy a new one;X1
	END
	with_status 0 pm-collect csv --separator ';' --map 'Name=host,Room=site' \
	    --map 'IP Address=addr' --map 'Comment=-,Serial No.=serial' assets.csv
	[[ $(column host host) == web1 ]]
	[[ $(column addr host) == 192.0.2.1 ]]
	[[ $(column site host) == B12 ]]
	[[ $(records fact) == $'fact\tweb1\tserial\tX1' ]]
}

@test "a map that does not fit the file is refused" {
	printf 'host,Room\nweb1,B12\n' >assets.csv
	with_status 65 pm-collect csv --map Rom=site assets.csv
	says "assets.csv:1: no column 'Rom'"
	with_status 64 pm-collect csv --map Room assets.csv
	with_status 65 pm-collect csv --map Room=host assets.csv
	says "two columns for 'host'"
	with_status 65 pm-collect csv --map host=name assets.csv
	says "no column 'host'"
	with_status 65 pm-collect csv --map 'Room=Raum №' assets.csv
	says "cannot be the name of a fact"
	printf 'host;Room\nweb1;B12\n' >assets.csv
	with_status 65 pm-collect csv assets.csv
	says "--map"
	printf 'Name\nweb1\n' >assets.csv
	with_status 65 pm-collect csv assets.csv
	says "--separator"
}

@test "quotes, line breaks in fields, a byte order mark and CR LF" {
	printf '\xef\xbb\xbfhost,contact,note\r\n"web1","Eve ""the"" Admin","two\r\nlines"\r\n' \
	    >assets.csv
	with_status 0 pm-collect csv assets.csv
	[[ $(column contact host) == 'Eve "the" Admin' ]]
	[[ $(records fact) == $'fact\tweb1\tnote\ttwo\\nlines' ]]
	# without the newline at the end
	printf 'host\nweb1' >assets.csv
	with_status 0 pm-collect csv assets.csv
	[[ $(column host host) == web1 ]]
}

@test "empty rows do not count, lines do" {
	printf '\n\nhost,os\n\n,\n  \nweb1,debian\n\nweb1,debian\n' >assets.csv
	with_status 65 pm-collect csv assets.csv
	says "assets.csv:9: host 'web1' is already in line 7"
}

@test "malformed rows: file and line" {
	bad() { # TEXT LINE MESSAGE
		printf %b "$1" >assets.csv
		with_status 65 pm-collect csv assets.csv
		says "assets.csv:$2: "
		says "$3"
	}
	bad 'host,os\nweb1,debian\nweb2\n' 3 "1 field where the header has 2"
	bad 'host,os\nweb1,debian,12\n' 2 "3 fields where the header has 2"
	bad 'host,os\nweb1,de"bian\n' 2 quote
	bad 'host,os\nweb1,"de"bian\n' 2 quote
	bad 'host,os\nweb1,debian\nweb2,"debian\nweb3,x\n' 3 "not closed"
	bad 'host,os\n,debian\n' 2 "no host"
	bad 'host,os\n-oProxyCommand=x,debian\n' 2 "begins with -"
	bad 'host,os\na b,debian\n' 2 "blank"
	bad 'host,os\n../../etc,debian\n' 2 "begins with - or ."
	bad 'host,os\n"a\nb",debian\n' 2 "blank"
	bad 'host,link\na,fast\n' 2 "no number of bits per second"
	bad 'host,link\na,k\n' 2 "no number of bits per second"
	bad 'host,link\na,0\n' 2 "no number of bits per second"
	bad 'host,exposed\na,maybe\n' 2 "none of internet, internal, local, none, yes and no"
	bad 'host,seen\na,yesterday\n' 2 "not a time"
	bad '\xff\xfeh\0o\0s\0t\0\n\0' 1 "UTF-16"
	bad 'host,Größe\na,1\n' 1 "cannot be the name of a fact"
}

@test "--skip-bad goes on, with a trace and a status" {
	printf 'host,os\nweb1,debian\nweb2\nweb3,a"b\nweb1,debian\nweb4,debian\n' \
	    >assets.csv
	with_status 65 pm-collect csv --skip-bad assets.csv
	[[ $(column host host | xargs) == "web1 web4" ]]
	[[ $(column line reject | xargs) == "3 4 5" ]]
	[[ $(column file reject | sort -u) == assets.csv ]]
}

@test "hostile bytes cannot leave their field" {
	printf 'host,contact\nweb1,a\tb\033[31mc\0d\\e\n' >assets.csv
	with_status 0 pm-collect csv assets.csv
	[[ $(column contact host) == 'a\tb?[31mc?d\\e' ]]
	printf 'host,contact\nweb1,M\374ller\nweb2,M\374nger\n' >assets.csv
	with_status 0 pm-collect csv assets.csv
	says "assets.csv:2: bytes that are not UTF-8"
	says "2 values"
	[[ $(column contact host | head -n 1) == 'M?ller' ]]
}

@test "yes and no, addresses and times in the forms people write" {
	cat >assets.csv <<-'END'
		host,exposed,mac,seen
		a,Yes,00:AA:bb:CC:00:01;00:00:00:00:00:01,2026-10-01
		b,0,,2026-10-01T12:00:00Z
		c,-,-,
	END
	with_status 0 pm-collect csv --seen 2026-09-09T09:09:09Z assets.csv
	[[ $(column exposed host | xargs) == "yes no -" ]]
	[[ $(column mac host | xargs) == \
	    "00:00:00:00:00:01,00:aa:bb:cc:00:01 - -" ]]
	[[ $(column seen host | xargs) == "2026-10-01T00:00:00Z \
2026-10-01T12:00:00Z 2026-09-09T09:09:09Z" ]]
}

@test "standard input is read with -, and its time is now" {
	with_status 0 pm-collect csv --now 2026-11-23T00:00:00Z - \
	    < <(printf 'host\nweb1\n')
	[[ $(column seen host) == 2026-11-23T00:00:00Z ]]
	[[ $(column source host) == csv:- ]]
}

@test "no file, no rows, a giant field, binary noise" {
	with_status 66 pm-collect csv not-there.csv
	with_status 64 pm-collect csv
	: >assets.csv
	with_status 66 pm-collect csv assets.csv
	echo host >assets.csv
	with_status 66 pm-collect csv assets.csv
	{
		printf 'host,x\nweb1,"'
		head -c 1000000 /dev/zero | tr '\0' a
		printf '"\n'
	} >assets.csv
	with_status 65 pm-collect csv assets.csv
	says "assets.csv:2: the row is longer"
	head -c 100000 /dev/urandom >assets.csv
	with_status 65 pm-collect csv assets.csv
	with_status 74 pm-collect csv - <&-
}

@test "the output is a proper stream, and its own input" {
	printf 'host,os,x\nweb1,debian,"a\nb"\n' >assets.csv
	with_status 0 pm-collect csv assets.csv
	cp out first
	with_status 0 pm-collect csv -o second assets.csv
	same first second
	status=0
	pm-collect csv assets.csv >/dev/full 2>err || status=$?
	[[ $status -eq 74 ]]
}

# bats test_tags=req:P4-6
@test "the speed of a slow link is kept, through merge as well" {
	printf 'host,Link\nw1,64k\nw2,2M\nw3,1G\nw4,33600\nw5,\n' >hosts.csv
	with_status 0 pm-collect csv hosts.csv
	[[ $(column link host | xargs) == "64000 2000000 1000000000 33600 -" ]]
	cp out hosts.tsv
	# what a scan says later does not know it, and does not take it away
	printf '#host\thost\tos\tsource\tseen\nhost\tw1\tdebian\tssh\t2999-01-01T00:00:00Z\n' \
	    >scan.tsv
	with_status 0 pm-collect merge hosts.tsv scan.tsv
	[[ $(column link host | xargs) == "64000 2000000 1000000000 33600 -" ]]
	[[ $(column os host | head -n 1) == debian ]]
}
