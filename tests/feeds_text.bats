#!/usr/bin/env bats
# pm-collect: published feeds that are text, CSV or XML.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# ---- threat

@test "kev: listed vulnerabilities are exploited, since when, in one feed" {
	cat >kev.csv <<-'END'
		cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes
		CVE-2025-48384,Git,Git,"Git, Link",2025-08-25,"a ""quoted"" text
		over two lines",Apply,2025-09-15,Unknown,,CWE-59
		CVE-2021-44228,Apache,Log4j2,x,2021-12-10,y,z,2021-12-24,Known,,
		BOGUS-1,Apache,Log4j2,x,2021-12-10,y,z,2021-12-24,Known,,
	END
	with_status 0 pm-collect kev kev.csv
	says "kev.csv: not used: no CVE identifier (entries: 1), such as BOGUS-1"
	says "records: 2; entries that could not be used: 1"
	stream >expected <<-END
		#cve|cve|vector|cvss|epss|kev_added|exploit|automatable|impact|published
		cve|CVE-2025-48384|-|-|-|2025-08-25T00:00:00Z|active|-|-|-
		cve|CVE-2021-44228|-|-|-|2021-12-10T00:00:00Z|active|-|-|-
		#reject|file|line|column|reason|text
		reject|kev.csv|5|-|no CVE identifier (entries: 1)|BOGUS-1
		#feed|feed|os|release|records|date|sha256|kind|origin|suite
		feed|kev|-|-|2|2025-08-25T00:00:00Z|$(sha256sum <kev.csv | cut -d ' ' -f 1)|threat|CISA|-
	END
	same expected out
	gzip -k kev.csv
	with_status 0 pm-collect kev <kev.csv.gz
	sed 's/kev.csv/standard input/' expected | same - out
}

# bats test_tags=req:G4
@test "kev: the whole catalogue" {
	need_data priority/kev-20250825.csv.xz
	with_status 0 pm-collect kev "$PM_DATA/priority/kev-20250825.csv.xz"
	xzcat "$PM_DATA/priority/kev-20250825.csv.xz" |
	    awk -F, '/^CVE-/ { print $1 }' >expected
	[[ $(wc -l <expected) -eq 1404 ]]
	column cve cve | same expected -
	says "records: 1404; entries that could not be used: 0"
}

@test "epss: scores of every edition of the format" {
	printf 'cve,epss\nCVE-2020-5902,0.65117\n' >first.csv
	printf '%s\n' '#model_version:v2023.03.01,score_date:2023-03-07T00:00:00+0000' \
	    cve,epss,percentile CVE-2020-5902,0.97567,0.99995 \
	    CVE-2018-19571,1.2,0.43131 >third.csv
	with_status 0 pm-collect epss first.csv third.csv
	[[ $(column epss cve | xargs) == "0.65117 0.97567" ]]
	[[ $(column date feed | xargs) == "- 2023-03-07T00:00:00Z" ]]
	says "the score is no number from 0 to 1 (entries: 1), such as CVE-2018-19571"
	printf '#model_version:v1,score_date:yesterday\ncve,epss\n' >bad.csv
	with_status 65 pm-collect epss bad.csv
	says "bad.csv:1: the score_date is no date"
}

# bats test_tags=req:G4
@test "metasploit and exploitdb: maturity of exploits" {
	printf '#cve\tmodule\tname\nCVE-2021-1\texploit_x/y\tIt "is"\nCVE-2021-10001\texploit_x/y\tIt "is"\nCVE-2021-10002\tauxiliary_scanner\tz\n' >msf.tsv
	with_status 0 pm-collect metasploit msf.tsv
	[[ $(column cve cve | xargs) == "CVE-2021-10001 CVE-2021-10002" ]]
	[[ $(column exploit cve | xargs) == "weaponized poc" ]]
	says "names no CVE (entries: 1)"
	printf '#edb_id\tcve\tplatform\n154\tCVE-2003-0985\tlinux\n' >edb.tsv
	cat >edb.csv <<-'END'
		id,file,description,codes,tags
		16929,a.rb,"AIX, (Metasploit)",CVE-2009-3699;OSVDB-58726,"Metasploit Framework (MSF)"
		19046,b.txt,"Two",CVE-1999-1015;CVE-1999-1016,
		19047,b.txt,"None",OSVDB-1,
	END
	with_status 0 pm-collect exploitdb edb.tsv edb.csv
	[[ $(column cve cve | xargs) == \
	    "CVE-2003-0985 CVE-2009-3699 CVE-1999-1015 CVE-1999-1016" ]]
	[[ $(column exploit cve | xargs) == "poc weaponized poc poc" ]]
	says "names no CVE (entries: 1), such as 19047"
}

@test "metasploit and exploitdb: the whole lists" {
	need_data priority/metasploit-cve-20260521.tsv.xz \
	    priority/exploitdb-cve-20221018.tsv.xz
	for name in metasploit-cve-20260521 exploitdb-cve-20221018; do
		with_status 0 pm-collect "${name%%-*}" \
		    "$PM_DATA/priority/$name.tsv.xz"
		xzcat "$PM_DATA/priority/$name.tsv.xz" |
		    tr '\t' '\n' | grep -xE 'CVE-[0-9]{4}-[0-9]{4,}' >expected
		[[ $(wc -l <expected) -gt 3000 ]]
		column cve cve | same expected -
	done
}

@test "several partial records of one vulnerability count together" {
	printf 'cveID,dateAdded\nCVE-2021-44228,2021-12-10\n' >kev.csv
	printf 'cve,epss\nCVE-2021-44228,0.97\n' >epss.csv
	stream >needs.tsv <<-'END'
		#host|host|os|release
		host|web1|debian|12
		#need|host|package|installed|fixed|cves|state
		need|web1|log4j|1|2|CVE-2021-44228|available
	END
	pm-collect kev kev.csv >kev.tsv
	pm-collect epss epss.csv >epss.tsv
	with_status 0 pm-score kev.tsv epss.tsv needs.tsv
	[[ $(column epss need) == 0.97 ]]
	[[ $(column kev need) == yes ]]
	[[ $(column exploit need) == active ]]
}

# ---- what is wrong with a file

@test "a file of another format is refused and leaves no partial output" {
	local source
	echo old >kept.tsv
	printf '{"catalogVersion": "2025.08.25"}\n' >json
	printf '<?xml version="1.0"?>\n<other/>\n' >xml
	printf 'a,b\n1,2\n' >csv
	printf 'a\n' | iconv -t UTF-16 >utf16
	head -c 3000000 /dev/zero | tr '\0' 'x' >line
	: >empty
	for source in $FEEDS; do
		for file in json xml csv utf16 line empty; do
			with_status 65 pm-collect "$source" -o new.tsv $file
			[[ ! -e new.tsv && ! -s out ]]
			with_status 65 pm-collect "$source" -o kept.tsv $file
			[[ $(cat kept.tsv) == old ]]
		done
		with_status 66 pm-collect "$source" absent
	done
}

FEEDS="kev epss metasploit exploitdb"
