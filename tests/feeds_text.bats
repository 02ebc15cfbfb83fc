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
		#cve|cve|vector|cvss|epss|kev_added|exploit|automatable|impact|published|epss_percentile
		cve|CVE-2025-48384|-|-|-|2025-08-25T00:00:00Z|active|-|-|-|-
		cve|CVE-2021-44228|-|-|-|2021-12-10T00:00:00Z|active|-|-|-|-
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

@test "a year before 1000 has four digits" {
	printf 'cveID,dateAdded\nCVE-2021-44228,0217-03-14\n' >kev.csv
	with_status 0 pm-collect kev kev.csv
	[[ $(column kev_added cve) == 0217-03-14T00:00:00Z ]]
}

# bats test_tags=req:G4
@test "kev: the whole catalogue" {
	need_data priority/kev-20250825.csv.xz
	with_status 0 pm-collect kev "$PM_DATA/priority/kev-20250825.csv.xz"
	xzcat "$PM_DATA/priority/kev-20250825.csv.xz" |
	    awk -F, '/^CVE-/ { print $1 }' >expected
	[[ $(wc -l <expected) -eq 1404 ]]
	column cve cve >got
	same expected got
	says "records: 1404; entries that could not be used: 0"
}

@test "epss: scores of every edition of the format" {
	printf 'cve,epss\nCVE-2020-5902,0.65117\n' >first.csv
	printf '%s\n' '#model_version:v2023.03.01,score_date:2023-03-07T00:00:00+0000' \
	    cve,epss,percentile CVE-2020-5902,0.97567,0.99995 \
	    CVE-2018-19571,1.2,0.43131 CVE-2018-19572,0.2,1.5 \
	    CVE-2018-19573,0.2, >third.csv
	with_status 0 pm-collect epss first.csv third.csv
	[[ $(column epss cve | xargs) == "0.65117 0.97567" ]]
	[[ $(column epss_percentile cve | xargs) == "- 0.99995" ]]
	says "the percentile is no number from 0 to 1 (entries: 2), such as CVE-2018-19572"
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
		column cve cve >got
		same expected got
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

# ---- Debian

# A debsecan file from lines with nothing, or zlib, around it.
zlib() {
	perl -MCompress::Zlib -0777 -ne 'print compress($_)'
}

# bats test_tags=req:G4
@test "debsecan: packages of one release, plain or as a zlib stream" {
	cat >data <<-'END'
		VERSION 1
		CVE-2021-1000,,One, with a comma
		TEMP-0000000-ABCDEF,,Two

		acl,0,S ? ,2.2.49-2,
		bash,0,SLRF,,5.1-2+deb11u2 5.1-2+deb11u1
		curl,1,BH?F,7.8-1,7.7-1
		dash,1,SM? ,,

		acl,acl libacl1
	END
	zlib <data >bookworm
	with_status 0 pm-collect debsecan bookworm
	stream >expected <<-END
		CVE-2021-1000|debian|12|-|source|acl|-|2.2.49-2|fixed|-|CVE-2021-1000
		CVE-2021-1000|debian|12|-|source|bash|-|5.1-2+deb11u1|fixed|low|CVE-2021-1000
		CVE-2021-1000|debian|12|-|source|bash|5.1-2+deb11u1|5.1-2+deb11u2|fixed|low|CVE-2021-1000
		5.1-2+deb11u1|debian|12|-|source|bash|5.1-2+deb11u1|5.1-2+deb11u1|not_affected|-|CVE-2021-1000
		TEMP-0000000-ABCDEF|debian|12|-|binary|curl|-|7.7-1|fixed|high|TEMP-0000000-ABCDEF
		TEMP-0000000-ABCDEF|debian|12|-|binary|curl|7.7-1|7.8-1|fixed|high|TEMP-0000000-ABCDEF
		7.7-1|debian|12|-|binary|curl|7.7-1|7.7-1|not_affected|-|TEMP-0000000-ABCDEF
		TEMP-0000000-ABCDEF|debian|12|-|source|dash|-|-|affected|medium|TEMP-0000000-ABCDEF
	END
	records adv | cut -f 2-11,13 >got
	same expected got
	[[ $(column kind adv | sort -u) == security ]]
	stream >expected <<-END
		debsecan:debian/12|debian|12|8|-|$(sha256sum <data | cut -d ' ' -f 1)|advisories|Debian|-
	END
	records feed | cut -f 2- >got
	same expected got
	cp out whole
	with_status 0 pm-collect debsecan --release 12 data
	same whole out
	with_status 64 pm-collect debsecan data
	says "name it with --release"
}

@test "debsecan: damaged, cut off, with more behind it, of another version" {
	printf 'VERSION 1\nCVE-2021-1000,,x\n\nacl,0,S ? ,1,\n\nacl,acl\n' >whole
	zlib <whole >stream.z
	with_status 0 pm-collect debsecan --release 12 stream.z
	for ((n = 1; n < $(wc -c <stream.z); n++)); do
		head -c "$n" stream.z >part
		with_status 65 pm-collect debsecan --release 12 -o new part
		[[ ! -e new ]]
	done
	for n in 9 20 30 41 46; do
		head -c "$n" whole >part
		with_status 65 pm-collect debsecan --release 12 part
	done
	{ cat stream.z; echo more; } >long
	with_status 65 pm-collect debsecan --release 12 long
	says "something follows its end"
	sed 's/VERSION 1/VERSION 2/' whole >other
	with_status 65 pm-collect debsecan --release 12 other
	sed 's/acl,0/acl,1/' whole >other
	with_status 65 pm-collect debsecan --release 12 other
	says "other:4:"
}

# bats test_tags=req:G4
@test "debsecan and debian-list: the same fixed versions for a whole release" {
	need_data debian/debsecan-source/direct/bookworm \
	    debian/CVE.list-20260731.xz debian/DSA.list-20260731-synthetic-ids.xz
	local data=$PM_DATA/debian
	with_status 0 pm-collect debsecan "$data/debsecan-source/direct/bookworm"
	perl -MCompress::Zlib -0777 -ne 'print uncompress($_)' \
	    "$data/debsecan-source/direct/bookworm" |
	    awk -F, 'NF == 0 { part++ }
		part == 0 && FNR > 1 { name[n++] = $1 }
		part == 1 && NF { print name[$2] "\t" $1 "\t" $4 }' |
	    sort >expected
	[[ $(wc -l <expected) -eq 10842 ]]
	records adv | cut -f 2,7,9 | sort >got
	same expected got
	with_status 0 pm-collect debian-list --release bookworm \
	    --advisories "$data/DSA.list-20260731-synthetic-ids.xz" \
	    "$data/CVE.list-20260731.xz"
	records adv | cut -f 2,7,9 | sort >list
	[[ $(wc -l <list) -eq 10842 ]]
	# the data of both was made from one set of changelogs
	[[ $(comm -12 expected list | wc -l) -ge 10800 ]]
}

# bats test_tags=req:G4
@test "debian-list: every state of a release is kept apart" {
	cat >list <<-'END'
		CVE-2024-0001 (A text)
		    {DSA-1-1 DLA-2-1}
		    - fixed 2.0-1 (bug #1; medium)
		    - elsewhere <unfixed>
		    [bookworm] - elsewhere <no-dsa> (Minor issue)
		    [trixie] - elsewhere <not-affected> (Code is not there)
		CVE-2024-0002 [no text yet]
		    - postponed 3.0-1 (low)
		    [bookworm] - postponed <postponed> (Later)
		    [trixie] - postponed <end-of-life>
		    NOTE: - not a package
		    - gone <removed>
		    - asked <itp> (bug #2)
		    - unclear <undetermined>
		CVE-2024-0003
		    NOT-FOR-US: phpFox
		CVE-2024-0004
		    REJECTED
		CVE-2024-XXXX [has no name]
		    [bookworm] - nameless 1.0-1+deb12u1
	END
	cat >DSA <<-'END'
		[02 Nov 2024] DSA-1-1 fixed - security update
		    {CVE-2024-0001 CVE-2024-0009}
		    [bookworm] - fixed 1.0-1+deb12u1
		[03 Nov 2024] DSA-1-2 fixed - regression update
		    {CVE-2024-0001}
		    [bookworm] - fixed 1.0-1+deb12u2
	END
	with_status 0 pm-collect debian-list --release bookworm,13 --advisories DSA list
	stream >expected <<-'END'
		CVE-2024-0001|12|fixed|1.0-1+deb12u2|fixed|medium|CVE-2024-0001
		CVE-2024-0001|13|fixed|2.0-1|fixed|medium|CVE-2024-0001
		CVE-2024-0001|12|elsewhere|-|wont_fix|-|CVE-2024-0001
		CVE-2024-0001|13|elsewhere|-|not_affected|-|CVE-2024-0001
		CVE-2024-0002|12|postponed|3.0-1|deferred|low|CVE-2024-0002
		CVE-2024-0002|13|postponed|3.0-1|eol|low|CVE-2024-0002
		CVE-2024-0002|12|gone|-|affected|-|CVE-2024-0002
		CVE-2024-0002|13|gone|-|affected|-|CVE-2024-0002
		CVE-2024-XXXX|12|nameless|1.0-1+deb12u1|fixed|-|-
		CVE-2024-0009|12|fixed|1.0-1+deb12u1|fixed|-|CVE-2024-0009
	END
	records adv | cut -f 2,4,7,9,10,11,13 >got
	same expected got
	says "NOT-FOR-US: software that Debian does not have (entries: 1)"
	says "REJECTED: no vulnerability (entries: 1), such as CVE-2024-0004"
	says "Debian does not have the package yet (entries: 1)"
	says "undetermined: nobody has looked at it yet (entries: 1)"
	[[ $(column records feed | xargs) == "6 4" ]]
	with_status 0 pm-collect debian-list --now 2026-11-23 list
	says "1 entry refers to advisories"
	[[ $(column release feed | xargs) == "12 13" ]]
	with_status 64 pm-collect debian-list --release woodworm list
}

@test "debian-advisories: dates, releases, states" {
	cat >DSA <<-'END'
		[02 Nov 2023] DSA-5546-1 chromium - security update
		    {CVE-2023-5859 CVE-2023-5480}
		    [bullseye] - chromium 119.0-1~deb11u1
		    [bookworm] - chromium 119.0-1~deb12u1 (high)
		    NOTE: nothing
		[August 26th, 2005] DTSA-1-1 kismet - various
		    {CVE-2005-2626 }
		    [etch] - kismet <not-affected> (none)
		    [never] - kismet 1
		[1 Jan 2001] DSA-1-1 nothing - text alone
	END
	with_status 0 pm-collect debian-advisories DSA
	stream >expected <<-'END'
		DSA-5546-1|11|chromium|119.0-1~deb11u1|fixed|-|2023-11-02T00:00:00Z|CVE-2023-5480,CVE-2023-5859
		DSA-5546-1|12|chromium|119.0-1~deb12u1|fixed|high|2023-11-02T00:00:00Z|CVE-2023-5480,CVE-2023-5859
		DTSA-1-1|4|kismet|-|not_affected|-|-|CVE-2005-2626
	END
	records adv | cut -f 2,4,7,9,10,11,12,13 >got
	same expected got
	says "a release that the table of releases does not have (entries: 1), such as never"
	says "an advisory that names no package (entries: 1), such as DSA-1-1"
	[[ $(column date feed | sort -u) == 2023-11-02T00:00:00Z ]]
	with_status 0 pm-collect debian-advisories --release bookworm DSA
	[[ $(records adv | wc -l) -eq 1 ]]
}

# bats test_tags=req:G4
@test "debian-advisories: twenty years of real ones" {
	need_data debian/DSA.list-real-20230402.xz debian/DLA.list-real-20230402.xz
	for list in DSA DLA; do
		file=$PM_DATA/debian/$list.list-real-20230402.xz
		with_status 0 pm-collect debian-advisories "$file"
		xzcat "$file" | awk '/^\[/ { id = $4 }
			$1 ~ /^\[/ && /^[ \t]/ && $2 == "-" { print id "\t" $3 }' \
		    >expected
		[[ $(wc -l <expected) -gt 3000 ]]
		records adv | cut -f 2,7 >got
		same expected got
	done
}

# ---- rpm and Windows

# bats test_tags=req:G4
@test "updateinfo: arch, epoch, module, reboot, references" {
	cat >updateinfo.xml <<-'END'
		<?xml version="1.0" encoding="ISO-8859-1"?>
		<updates>
		<update from="a@b" status="final" type="security" version="2">
		<id>RLSA-2023:3820</id><title>Important: caf\xe9 &amp; CVE-2022-0001</title>
		<issued date="2023-06-27 10:11:12"/><release>Rocky Linux 9</release>
		<severity>Important</severity><description>CVE-1999-0001</description>
		<pkglist><collection short="x"><name>rocky-linux-9-appstream</name>
		<module name="mariadb" stream="10.5" version="1" context="c" arch="x86_64"/>
		<package name="mariadb" arch="x86_64" epoch="3" version="10.5.16" release="2.module+el9.1.0+1" src="s"><filename>f</filename></package>
		<package name="mariadb" arch="src" epoch="3" version="10.5.16" release="2.module+el9.1.0+1"/>
		</collection><collection short="y"><name>y</name>
		<package name="tool" arch="noarch" epoch="0" version="1" release="2.el8_5"><reboot_suggested>True</reboot_suggested></package>
		<package name="bad name" arch="noarch" version="1" release="2"/>
		</collection></pkglist>
		<references><reference href="https://e/1" id="RLSA-2023:3820" type="self" title="t"/>
		<reference href="h" id="CVE-2022-47015" type="cve" title="CVE-2022-47015"/></references>
		</update>
		<update from="a@b" status="final" type="enhancement" version="2"><id>RLEA-1</id>
		<title>T</title><release>Rocky Linux 9</release><pkglist><collection><package name="a" version="1" release="1"/></collection></pkglist><reboot_suggested>1</reboot_suggested></update>
		<update status="retracted" type="security"><id>RLSA-2</id><release>Rocky Linux 9</release><pkglist><collection><package name="a" version="1" release="1"/></collection></pkglist></update>
		</updates>
	END
	printf '%b' "$(cat updateinfo.xml)" >in.xml
	with_status 0 pm-collect updateinfo in.xml
	stream >expected <<-'END'
		RLSA-2023:3820|rocky|9|x86_64|mariadb|3:10.5.16-2.module+el9.1.0+1|important|2023-06-27T10:11:12Z|CVE-2022-0001,CVE-2022-47015|module:mariadb:10.5|-|Important: café & CVE-2022-0001|https://e/1|security
		RLSA-2023:3820|rocky|8|noarch|tool|1-2.el8_5|important|2023-06-27T10:11:12Z|CVE-2022-0001,CVE-2022-47015|-|yes|Important: café & CVE-2022-0001|https://e/1|security
		RLEA-1|rocky|9|-|a|1-1|-|-|-|-|yes|T|-|update
	END
	records adv | cut -f 2-5,7,9,11-13,15-18,20 >got
	same expected got
	says "a source package, which hosts do not have (entries: 1), such as mariadb"
	says "a package without a proper name, version or release (entries: 1)"
	says "the update was retracted (entries: 1), such as RLSA-2"
	with_status 0 pm-collect updateinfo --os almalinux --release 9 in.xml
	[[ $(column release adv | sort -u) == 9 ]]
	[[ $(column os adv | sort -u) == almalinux ]]
	sed 's/Rocky/Some/; s/rocky/some/' in.xml >unknown.xml
	with_status 64 pm-collect updateinfo unknown.xml
	says "unknown.xml:3: 'RLSA-2023:3820' does not say"
	says "name it with --os"
	# a release that nobody names: the other way out of the parser
	sed 's/el8_5/8/' in.xml >unknown.xml
	sed -i '/<id>RLSA-2023/,/<severity/s/<release>[^<]*<.release>//; s/rocky-linux-9/rocky/' unknown.xml
	with_status 64 pm-collect updateinfo --os rocky unknown.xml
	says "name it with --release"
}

# bats test_tags=slow
@test "XML: cut off anywhere, nested, endless, with entities of its own" {
	cat >whole.xml <<-'END'
		<updates><update type="security"><id>A-1</id><release>CentOS 7</release>
		<pkglist><collection><package name="a" version="1" release="1.el7"/>
		</collection></pkglist></update></updates>
	END
	with_status 0 pm-collect updateinfo whole.xml
	for n in 1 8 9 20 50 100 150 170; do
		head -c "$n" whole.xml >cut.xml
		with_status 65 pm-collect updateinfo -o new cut.xml
		[[ ! -e new ]]
	done
	{ echo '<updates>'; yes '<a>' | head -n 10000; } >deep.xml
	with_status 65 pm-collect updateinfo deep.xml
	says "nested deeper than 64"
	{ printf '<updates><update a="'; head -c 3000000 /dev/zero | tr '\0' x; } >tag.xml
	with_status 65 pm-collect updateinfo tag.xml
	says "a tag or comment of more than"
	{ printf '<updates><update><id>'; head -c 3000000 /dev/zero | tr '\0' x; } >text.xml
	with_status 65 pm-collect updateinfo text.xml
	says "a text of more than 65536 bytes in <id>"
	printf '<!DOCTYPE updates [<!ENTITY a "b">]>\n<updates>&a;</updates>' >entity.xml
	with_status 65 pm-collect updateinfo entity.xml
	says "declares the entity 'a'"
	# one line of 30 MB is nothing special
	{
		printf '<updates>'
		for ((i = 0; i < 300; i++)); do
			tr -d '\n' <whole.xml | sed 's/<updates>//; s/<.updates>//'
			head -c 100000 /dev/zero | tr '\0' ' '
		done
		printf '</updates>'
	} >line.xml
	with_status 0 pm-collect updateinfo line.xml
	[[ $(records adv | wc -l) -eq 300 ]]
}

# bats test_tags=req:G4
@test "updateinfo: a real repository's errata" {
	need_data rpm/centos-updateinfo-2013-2016.xml.xz
	with_status 0 pm-collect updateinfo "$PM_DATA/rpm/centos-updateinfo-2013-2016.xml.xz"
	xzcat "$PM_DATA/rpm/centos-updateinfo-2013-2016.xml.xz" |
	    awk -F '"' '/<id>/ { split($0, part, /[<>]/); id = part[3] }
		/<package / && !/arch="src"/ {
			for (i = 1; i < NF; i += 2) {
				sub(/.* /, "", $i)
				at[$i] = $(i + 1)
			}
			e = at["epoch="] == "0" ? "" : at["epoch="] ":"
			print id "\t" at["arch="] "\t" at["name="] "\t" \
			    e at["version="] "-" at["release="]
		}' >expected
	[[ $(wc -l <expected) -eq 6613 ]]
	records adv | cut -f 2,5,7,9 >got
	same expected got
	[[ $(column os adv | sort -u) == centos ]]
	# each package is for the release that its dist tag names
	records adv | awk -F '\t' 'match($9, /\.el[0-9]/) &&
	    substr($9, RSTART + 3, 1) != $4 { exit 1 }'
}

# bats test_tags=req:G4
@test "wesng: rows of one update and product become one, what replaces what" {
	cat >cves.csv <<-'END'
		"DatePosted","CVE","BulletinKB","Title","AffectedProduct","AffectedComponent","Severity","Impact","Supersedes","Exploits"
		"20170314","CVE-2017-0022","4012215","Security Update","Windows 7 for x64-based Systems Service Pack 1","XML","Important","Information Disclosure","3212646;3205394","https://example.org/exploit"
		"20170314","CVE-2017-0001","4012215","Security Update","Windows 7 for x64-based Systems Service Pack 1","GDI","Critical","Elevation","3212646",""
		"20170314","CVE-2017-0001","4012215","Security Update","Microsoft .NET Framework 4.8 on Windows 7 for x64-based Systems Service Pack 1","GDI","Low","Elevation","None",""
		# a comment, with a comma
		"20180101","CVE-2018-0001","4100000","Spelt so","Windows 10 Version 1803 for x64-based Systems","","","","",""
		"20180101","CVE-2018-0002","4100000","Spelt so","Windows 10 version 1803  for x64-based systems","","","","",""
		"20180101","CVE-2018-0003","4100001","Core","Windows Server 2019  (Server Core installation)","","","","",""
		"20180101","CVE-2018-0004","4100002","Lens","Windows 10 Version 1607 for HoloLens","","","","",""
		"20180101","CVE-2018-0005","4100002","Lens","Windows 10 Version 1607 for HoloLens","","","","",""
		"20180101","CVE-2018-0004","4100002","Phone","Windows 10 Mobile","","","","",""
		"20200101","","5000001","Office","Microsoft Office 2019, 64-bit","Office","","","3118389<br><br>4022173",""
		"20200101","CVE-2020-0001","","Nothing","Microsoft Edge","x","","","",""
		"20200101","CVE-2020-0002","Release Notes","Nothing","Visual Studio","x","","","",""
	END
	with_status 0 pm-collect wesng cves.csv
	stream >expected <<-'END'
		KB4012215|windows|7-sp1|amd64|KB4012215|critical|2017-03-14T00:00:00Z|CVE-2017-0001,CVE-2017-0022|KB3205394,KB3212646|-
		KB4012215|windows|7-sp1|amd64|KB4012215|low|2017-03-14T00:00:00Z|CVE-2017-0001|-|Microsoft .NET Framework 4.8
		KB4100000|windows|10-1803|amd64|KB4100000|-|2018-01-01T00:00:00Z|CVE-2018-0001,CVE-2018-0002|-|-
		KB4100001|windows|server-2019|-|KB4100001|-|2018-01-01T00:00:00Z|CVE-2018-0003|-|the Server Core installation
		KB5000001|windows|-|-|KB5000001|-|2020-01-01T00:00:00Z|-|KB3118389,KB4022173|Microsoft Office 2019, 64-bit
	END
	records adv | cut -f 2-5,7,11-14,21 >got
	same expected got
	[[ $(records cve | cut -f 2,7) == $'CVE-2017-0022\tpoc' ]]
	says "a row without an update (entries: 1), such as CVE-2020-0001"
	says "the remedy is no update with a number (entries: 1), such as Release Notes"
	# each name that no table has is told and counted
	says "the product's name does not tell which release of Windows it is (entries: 3, names: 2), such as Windows 10 Version 1607 for HoloLens; the reject records name all"
	[[ $(records reject | grep -F 'which release' | cut -f 5,6) == \
	    "the product's name does not tell which release of Windows it is (entries: 2)	Windows 10 Version 1607 for HoloLens
the product's name does not tell which release of Windows it is (entries: 1)	Windows 10 Mobile" ]]
	[[ $(column date feed | sort -u) == 2020-01-01T00:00:00Z ]]
}

# bats test_tags=slow
@test "wesng: all definitions, within little memory" {
	need_data windows/wesng-definitions-20260628.zip
	need_command unzip
	unzip -p "$PM_DATA/windows/wesng-definitions-20260628.zip" 'CVEs_*' >cves.csv
	[[ $(wc -c <cves.csv) -eq 135716334 ]]
	(
		sanitized || ulimit -v 400000
		with_status 0 pm-collect wesng cves.csv
	)
	# every field is quoted, and no quote stands in one
	tail -n +2 cves.csv | tr -d '\r' | awk -F '^"|","|"?,?$' '
		$4 ~ /^[0-9]+$/ && $6 != "" { print "KB" $4 "\t" $6 }' |
	    sort -u >expected
	[[ $(wc -l <expected) -gt 30000 ]]
	local product release arch source
	while IFS='|' read -r product release arch source; do
		awk -F '\t' -v product="$product" '
			$2 == product { print $1 }' expected >want
		[[ -s want ]]
		records adv | awk -F '\t' -v key="$release|$arch|$source" '
			$4 "|" $5 "|" $21 == key { print $2 }' |
		    sort -u | same want -
	done <<-'END'
		Windows 10 Version 1803 for x64-based Systems|10-1803|amd64|-
		Windows 7 for 32-bit Systems Service Pack 1|7-sp1|x86|-
		Windows 11 Version 24H2 for ARM64-based Systems|11-24h2|arm64|-
		Windows Server 2012 R2|server-2012-r2|-|-
		Windows Server 2019|server-2019|-|-
		Windows Server 2019 (Server Core installation)|server-2019|-|the Server Core installation
		Microsoft Office 2016 (64-bit edition)|-|-|Microsoft Office 2016 (64-bit edition)
	END
	# what is for Windows alone and not there: of a release that is unclear
	records adv | cut -f 2 | sort -u >got
	cut -f 1 expected | sort -u | comm -23 - got >missing
	[[ $(wc -l <missing) -le 20 ]]
	says "the product's name does not tell which release of Windows it is"
}

# bats test_tags=req:G4
@test "cvrf: updates with build, restart and supersedence for each product" {
	cat >cvrf.xml <<-'END'
		<c:cvrfdoc xmlns:c="http://www.icasi.org/CVRF/schema/cvrf/1.1"><c:DocumentTracking>
		<c:InitialReleaseDate>2024-03-12T07:00:00Z</c:InitialReleaseDate><c:CurrentReleaseDate>2024-04-09T07:00:00</c:CurrentReleaseDate></c:DocumentTracking>
		<ProductTree><Branch><FullProductName ProductID="1">Windows 10 Version 22H2 for x64-based Systems</FullProductName></Branch>
		<FullProductName ProductID="2">.NET 8.0</FullProductName></ProductTree>
		<Vulnerability><Title>A flaw</Title><Notes><Note Title="x">n</Note></Notes><CVE>CVE-2024-0001</CVE>
		<Threats><Threat Type="Impact"><Description>Critical</Description><ProductID>1</ProductID></Threat>
		<Threat Type="Severity"><Description>Important</Description><ProductID>1</ProductID><ProductID>2</ProductID></Threat></Threats>
		<CVSSScoreSets><ScoreSet><BaseScore>7.5</BaseScore><Vector>CVSS:3.1/AV:N</Vector><ProductID>1</ProductID></ScoreSet>
		<ScoreSet><BaseScore>6.5</BaseScore><Vector>CVSS:3.1/AV:L</Vector></ScoreSet></CVSSScoreSets>
		<Remediations><Remediation Type="Vendor Fix"><Description>5035845</Description><Supercedence>5034763</Supercedence><ProductID>1</ProductID><RestartRequired>Yes</RestartRequired><FixedBuild>10.0.19045.4170</FixedBuild></Remediation>
		<Remediation Type="Vendor Fix"><Description>Release Notes</Description><ProductID>2</ProductID></Remediation>
		<Remediation Type="Mitigation"><Description>1</Description><ProductID>2</ProductID></Remediation>
		<Remediation Type="Vendor Fix"><Description>5036452</Description><ProductID>2</ProductID><ProductID>9</ProductID></Remediation></Remediations></Vulnerability>
		<Vulnerability><CVE>CVE-2024-0002</CVE><Remediations><Remediation Type="Vendor Fix"><Description>5035845</Description><ProductID>1</ProductID></Remediation></Remediations></Vulnerability>
		<Vulnerability><CVE>CVE-2024-0003</CVE></Vulnerability></c:cvrfdoc>
	END
	with_status 0 pm-collect cvrf cvrf.xml
	stream >expected <<-'END'
		KB5035845|10-22h2|amd64|10.0.19045.4170|important|2024-03-12T07:00:00Z|CVE-2024-0001,CVE-2024-0002|KB5034763|yes|A flaw|-
		KB5036452|-|-|-|important|2024-03-12T07:00:00Z|CVE-2024-0001|-|-|A flaw|.NET 8.0
	END
	records adv | cut -f 2,4,5,9,11,12,13,14,16,17,21 >got
	same expected got
	[[ $(records cve | cut -f 2-4) == $'CVE-2024-0001\tCVSS:3.1/AV:N\t7.5' ]]
	says "the remedy is no update with a number (entries: 1), such as Release Notes"
	says "an update without a product (entries: 1), such as 5036452"
	says "a vulnerability without a remedy (entries: 1), such as CVE-2024-0003"
	[[ $(column date feed | sort -u) == 2024-04-09T07:00:00Z ]]
}

# ---- OVAL

# An OVAL document: definitions on standard input, then the usual tests.
oval() {
	echo '<?xml version="1.0"?><oval_definitions xmlns:o="http://oval.mitre.org/XMLSchema/oval-common-5"><generator><o:timestamp>2024-04-23T12:42:49</o:timestamp></generator><definitions>'
	cat
	cat <<-'END'
		</definitions><tests>
		<rpminfo_test id="t:a" comment="x"><object object_ref="o:a"/><state state_ref="s:2"/></rpminfo_test>
		<rpminfo_test id="t:a1" comment="x"><object object_ref="o:a"/><state state_ref="s:1"/></rpminfo_test>
		<rpminfo_test id="t:b" comment="x"><object object_ref="o:b"/><state state_ref="s:2"/></rpminfo_test>
		<rpminfo_test id="t:has" comment="x"><object object_ref="o:a"/></rpminfo_test>
		<rpminfo_test id="t:key" comment="x"><object object_ref="o:a"/><state state_ref="s:key"/></rpminfo_test>
		<rpminfo_test id="t:os" comment="x"><object object_ref="o:os"/><state state_ref="s:os"/></rpminfo_test>
		<o:dpkginfo_test id="t:d" comment="x"><object object_ref="o:b"/><state state_ref="s:2"/></o:dpkginfo_test>
		<textfilecontent54_test id="t:u" comment="x"><object object_ref="o:u"/><state state_ref="s:u"/></textfilecontent54_test>
		<uname_test id="t:arch" comment="x"/>
		</tests><objects>
		<rpminfo_object id="o:a"><name>alpha</name></rpminfo_object>
		<rpminfo_object id="o:b"><name>beta</name></rpminfo_object>
		<rpminfo_object id="o:os"><name>system-release</name></rpminfo_object>
		<textfilecontent54_object id="o:u"><pattern var_ref="v:1"/></textfilecontent54_object>
		</objects><states>
		<rpminfo_state id="s:1"><evr operation="greater than or equal">0:1.0-1</evr></rpminfo_state>
		<rpminfo_state id="s:2"><arch operation="pattern match">aarch64|x86_64</arch><evr operation="less than">0:2.0-1</evr></rpminfo_state>
		<rpminfo_state id="s:key"><signature_keyid>abc</signature_keyid></rpminfo_state>
		<rpminfo_state id="s:os"><version operation="pattern match">^9</version></rpminfo_state>
		<textfilecontent54_state id="s:u"><subexpression operation="less than">1:3-1</subexpression></textfilecontent54_state>
		</states><variables><constant_variable id="v:1">
		<value>^libssh-4(?::\w+|)\s+(.*)$</value><value>^libssh-dev(?::\w+|)\s+(.*)$</value>
		</constant_variable></variables></oval_definitions>
	END
}

# bats test_tags=req:G4
@test "oval: criteria become one advisory a package" {
	oval >oval.xml <<-'END'
		<definition id="d:1" class="patch"><metadata><title>T</title><affected><platform>AlmaLinux 9</platform></affected>
		<reference ref_id="ALSA-2022:1" source="ALSA" ref_url="https://e/1"/><reference ref_id="CVE-2022-0002" source="CVE"/>
		<advisory><severity>Important</severity><issued date="2022-10-20"/><cve>CVE-2022-0001</cve></advisory></metadata>
		<criteria operator="OR"><criterion test_ref="t:os" comment="AlmaLinux must be installed"/>
		<criteria operator="AND"><criterion test_ref="t:os" comment="AlmaLinux 8 is installed"/>
		<criterion test_ref="t:arch" comment="AlmaLinux arch is x86_64"/><criterion test_ref="t:x" comment="Module nodejs:18 is enabled"/>
		<criteria operator="OR"><criteria operator="AND"><criterion test_ref="t:a"/><criterion test_ref="t:key"/></criteria>
		<criteria operator="AND"><criterion test_ref="t:a1"/><criterion test_ref="t:b"/></criteria></criteria></criteria></criteria></definition>
		<definition id="d:2" class="vulnerability"><metadata><reference ref_id="RHSA-1"/><reference ref_id="Mitre CVE-2022-0003"/>
		<advisory><affected><resolution state="Will not fix"/></affected></advisory></metadata><criteria operator="AND">
		<criteria operator="OR"><criterion test_ref="t:os" comment="SUSE Linux Enterprise Server 15 SP3 is installed"/>
		<criterion test_ref="t:os" comment="SUSE Linux Enterprise Server 15 SP4-LTSS is installed"/></criteria>
		<criterion test_ref="t:has" comment="alpha is installed"/></criteria></definition>
		<definition id="d:3" class="vulnerability"><metadata><affected><platform>Ubuntu 22.04 LTS</platform></affected></metadata>
		<criteria><criteria operator="OR"><criterion test_ref="t:u" comment="(CVE-2023-0001) libssh was vulnerable"/></criteria></criteria></definition>
		<definition id="d:4" class="patch"><metadata><affected><platform>Debian GNU/Linux 11</platform></affected></metadata>
		<criteria><criterion test_ref="t:d"/></criteria></definition>
		<definition id="d:both" class="patch"><metadata><affected><platform>AlmaLinux 9</platform></affected></metadata>
		<criteria><criterion test_ref="t:a"/><criterion test_ref="t:b"/></criteria></definition>
		<definition id="d:not" class="patch"><metadata><affected><platform>AlmaLinux 9</platform></affected></metadata>
		<criteria><criterion test_ref="t:a" negate="true"/></criteria></definition>
		<definition id="d:none" class="inventory"><criteria><criterion test_ref="t:os"/></criteria></definition>
		<definition id="d:where" class="patch"><criteria><criterion test_ref="t:a"/></criteria></definition>
	END
	with_status 0 pm-collect oval oval.xml
	stream >expected <<-'END'
		ALSA-2022:1|almalinux|8|x86_64|binary|alpha|-|2.0-1|fixed|important|2022-10-20T00:00:00Z|CVE-2022-0001,CVE-2022-0002|-|module:nodejs:18
		ALSA-2022:1|almalinux|8|x86_64|binary|beta|-|2.0-1|fixed|important|2022-10-20T00:00:00Z|CVE-2022-0001,CVE-2022-0002|-|module:nodejs:18
		CVE-2022-0003|sles|15.3|-|binary|alpha|-|-|wont_fix|-|-|CVE-2022-0003|-|-
		CVE-2022-0003|sles|15.4|-|binary|alpha|-|-|wont_fix|-|-|CVE-2022-0003|-|-
		CVE-2023-0001|ubuntu|22.04|-|binary|libssh-4|-|1:3-1|fixed|-|-|CVE-2023-0001|-|-
		CVE-2023-0001|ubuntu|22.04|-|binary|libssh-dev|-|1:3-1|fixed|-|-|CVE-2023-0001|-|-
		d:4|debian|11|-|source|beta|-|2.0-1|fixed|-|-|-|-|-
	END
	records adv | cut -f 2-15 >got
	same expected got
	says "speaks of several packages at once (entries: 1), such as d:both"
	says "a negated test (entries: 1), such as d:not"
	says "speaks of no package (entries: 1), such as d:none"
	says "name it with --os and --release (entries: 1), such as d:where"
	[[ $(column date feed | sort -u) == 2024-04-23T12:42:49Z ]]
	with_status 0 pm-collect oval --os rhel --release 9 oval.xml
	[[ $(column release adv | sort -u) == 9 && $(column os adv | sort -u) == rhel ]]
}

@test "oval: a range of one package has both its ends" {
	oval >oval.xml <<-'END'
		<definition id="d:1" class="patch"><metadata><affected><platform>AlmaLinux 9</platform></affected></metadata>
		<criteria><criterion test_ref="t:a1"/><criterion test_ref="t:a"/></criteria></definition>
	END
	with_status 0 pm-collect oval oval.xml
	[[ $(column introduced adv) == 1.0-1 && $(column fixed adv) == 2.0-1 ]]
}

# bats test_tags=req:G4
@test "oval: excerpts of what makers publish, counted from their text" {
	need_data formats/vuls-data-update-fetch-fixtures.tar.xz
	tar -xf "$PM_DATA/formats/vuls-data-update-fetch-fixtures.tar.xz" --wildcards \
	    '*alma/oval/*.bz2' '*oracle/linux/*elsa*.bz2' '*redhat/oval/v2/*rhel*.bz2'
	for file in */*/*/*.bz2 */*/*/*/*/*/*/*.bz2; do
		with_status 0 pm-collect oval "$file"
		says "entries that could not be used: 0"
		# each criterion that names a version, with what definition it is in
		bzcat "$file" | grep -oE ' ref_id="[^"]*"|<definition |<criterion [^>]* is earlier than [^"]*"' |
		    awk -F '"' '/<definition/ { id = "" }
			/ref_id/ && $2 !~ /^CVE/ && id == "" { id = $2 }
			/is earlier than/ {
				sub(/.*comment="/, "")
				sub(/"$/, "")
				split($0, part, " is earlier than ")
				sub(/^0:/, "", part[2])
				print id "\t" part[1] "\t" part[2]
			}' | sort -u >expected
		records adv | awk -F '\t' '$9 != "-"' | cut -f 2,7,9 | sort -u >got
		[[ -s got ]]
		same expected got
	done
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

FEEDS="kev epss metasploit exploitdb debian-list debian-advisories updateinfo wesng oval cvrf"
