#!/usr/bin/env bats
# pm-collect: published feeds that are JSON.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# ---- threat

# bats test_tags=req:G4
@test "kev: the JSON form says the same as the CSV form" {
	need_data priority/kev-20250825.json.xz priority/kev-20250825.csv.xz
	with_status 0 pm-collect kev "$PM_DATA/priority/kev-20250825.csv.xz"
	records cve | LC_ALL=C sort >csv
	[[ $(wc -l <csv) -eq 1404 ]]
	with_status 0 pm-collect kev "$PM_DATA/priority/kev-20250825.json.xz"
	records cve | LC_ALL=C sort | same csv -
	[[ $(column date feed) == 2025-08-25T17:04:19Z ]]
	says "records: 1404; entries that could not be used: 0"
}

@test "nvd: vectors, scores, SSVC and what is exploited" {
	cat >nvd.json <<-'END'
		{"format": "NVD_CVE", "version": "2.0",
		"timestamp": "2026-06-18T01:02:03.456",
		"vulnerabilities": [
		{"cve": {"id": "CVE-2026-0001", "published": "2026-01-02T03:04:05.678",
		  "vulnStatus": "Analyzed", "cisaExploitAdd": "2026-02-03",
		  "descriptions": [{"lang": "en", "value": "{\"cve\": 1}"}],
		  "metrics": {
		    "cvssMetricV2": [{"type": "Primary", "cvssData":
		      {"vectorString": "AV:N/AC:L/Au:N/C:C/I:C/A:C"}}],
		    "cvssMetricV31": [
		      {"type": "Secondary", "cvssData":
		        {"vectorString": "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}},
		      {"type": "Primary", "cvssData":
		        {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
		    "ssvcV203": [{"ssvcData": {"options": [{"exploitation": "poc"},
		      {"automatable": "yes"}, {"technicalImpact": "total"}]}}]}}},
		{"cve": {"id": "CVE-2026-0002", "vulnStatus": "Rejected"}},
		{"cve": {"id": "CVE-2026-0003", "vulnStatus": "Received",
		  "metrics": {"cvssMetricV40": [{"type": "Secondary", "cvssData":
		    {"vectorString": "CVSS:4.0/bogus"}}]}}}]}
	END
	with_status 0 pm-collect nvd nvd.json
	stream >expected <<-END
		#cve|cve|vector|cvss|epss|kev_added|exploit|automatable|impact|published|epss_percentile
		cve|CVE-2026-0001|CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H|9.8|-|2026-02-03T00:00:00Z|active|yes|total|2026-01-02T03:04:05Z|-
		cve|CVE-2026-0003|-|-|-|-|-|-|-|-|-
		#reject|file|line|column|reason|text
		reject|nvd.json|-|-|rejected (entries: 1)|CVE-2026-0002
		reject|nvd.json|-|-|a CVSS vector that is none (entries: 1)|CVE-2026-0003
		#feed|feed|os|release|records|date|sha256|kind|origin|suite
		feed|nvd|-|-|2|2026-06-18T01:02:03Z|$(sha256sum <nvd.json | cut -d ' ' -f 1)|threat|NIST|-
	END
	same expected out
}

@test "cve5: the containers of the CNA and of Vulnrichment count together" {
	cat >cve.json <<-'END'
		{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata":
		{"cveId": "CVE-2026-0001", "state": "PUBLISHED",
		"datePublished": "2026-01-02T05:04:05+02:00",
		"dateUpdated": "2026-02-01T00:00:00.123Z"},
		"containers": {"cna": {"metrics": [{"format": "CVSS", "cvssV3_1":
		{"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
		"adp": [{"title": "CISA ADP Vulnrichment", "metrics": [
		{"cvssV4_0": {"vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}},
		{"other": {"type": "ssvc", "content": {"options": [
		{"Exploitation": "poc"}, {"Automatable": "no"},
		{"Technical Impact": "partial"}]}}},
		{"other": {"type": "kev", "content": {"dateAdded": "2026-01-20"}}}]}]}}
		{"dataType": "CVE_RECORD", "cveMetadata":
		{"cveId": "CVE-2026-0002", "state": "REJECTED"}, "containers": {}}
		{"fetchTime": "2026-01-01"}
	END
	with_status 0 pm-collect cve5 cve.json
	records cve >got
	stream <<-'END' | same - got
		cve|CVE-2026-0001|CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N|9.3|-|2026-01-20T00:00:00Z|active|no|partial|2026-01-02T03:04:05Z|-
	END
	says "not used: not published, or rejected (entries: 1), such as CVE-2026-0002"
	says "not used: no CVE record (entries: 1)"
	[[ $(column date feed) == 2026-02-01T00:00:00Z ]]
}

# ---- OSV

@test "osv: ranges, open ends, last affected, single versions, what is unusable" {
	cat >osv.json <<-'END'
		{"id": "DSA-1-1", "summary": "a - b", "published": "2026-01-02T03:04:05.5Z",
		"modified": "2026-02-03T04:05:06Z", "related": ["CVE-2026-0002", "CVE-2026-0001", "X"],
		"affected": [
		{"package": {"ecosystem": "Debian:12", "name": "a"}, "ranges": [{"type": "ECOSYSTEM",
		  "events": [{"fixed": "2.10-1"}, {"introduced": "0"}, {"introduced": "2.2-1"}, {"fixed": "1.5-2"}]}],
		  "versions": ["1.0-1", "2.9-1"]},
		{"package": {"ecosystem": "Debian:13", "name": "a"}, "ranges": [{"type": "ECOSYSTEM",
		  "events": [{"introduced": "3-1"}, {"last_affected": "3-7"}]}], "versions": ["3-2", "9-1"]},
		{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1"]},
		{"package": {"ecosystem": "Debian:12", "name": "b"}, "ranges": [{"type": "GIT", "events": []}]},
		{"package": {"ecosystem": "Debian", "name": "b"}, "versions": ["1"]}]}
		[{"id": "UBUNTU-CVE-2026-0003", "related": ["CVE-2020-9999"],
		"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
		"affected": [{"package": {"ecosystem": "Ubuntu:Pro:16.04:LTS", "name": "c"},
		  "ecosystem_specific": {"ubuntu_priority": "medium"},
		  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]},
		  {"package": {"ecosystem": "Ubuntu:Pro:FIPS:18.04:LTS", "name": "c"}, "versions": ["1"]}]},
		{"id": "DSA-2-1", "withdrawn": "2026-01-01T00:00:00Z", "affected": [{}]}]
	END
	with_status 0 pm-collect osv osv.json
	stream >expected <<-'END'
		adv|DSA-1-1|debian|12|-|source|a|-|1.5-2|fixed|-|2026-01-02T03:04:05Z|CVE-2026-0001,CVE-2026-0002|-|-|-|a - b|-|osv:debian/12|security|-|-|-
		adv|DSA-1-1|debian|12|-|source|a|2.2-1|2.10-1|fixed|-|2026-01-02T03:04:05Z|CVE-2026-0001,CVE-2026-0002|-|-|-|a - b|-|osv:debian/12|security|-|-|-
		adv|DSA-1-1|debian|13|-|source|a|3-1|-|affected|-|2026-01-02T03:04:05Z|CVE-2026-0001,CVE-2026-0002|-|-|-|a - b|-|osv:debian/13|security|-|-|3-7
		adv|DSA-1-1|debian|13|-|source|a|9-1|-|affected|-|2026-01-02T03:04:05Z|CVE-2026-0001,CVE-2026-0002|-|-|-|a - b|-|osv:debian/13|security|-|-|9-1
		adv|UBUNTU-CVE-2026-0003|ubuntu|16.04|-|source|c|-|-|affected|medium|-|CVE-2026-0003|-|-|-|-|-|osv:ubuntu/16.04|security|-|-|-
	END
	records adv | same expected -
	[[ $(records cve) == cve$'\t'CVE-2026-0003$'\t'CVSS:3.1/*$'\t'9.8$'\t'* ]]
	records reject | cut -f 5 | LC_ALL=C sort >got
	cat >expected <<-'END'
		a range of commits (entries: 1)
		for a special build (FIPS, realtime and such) (entries: 1)
		names no release of the system (entries: 1)
		not for packages of an operating system (entries: 1)
		withdrawn (entries: 1)
	END
	same expected got
	records feed | cut -f 2,3,4,5,8 | tr '\t' ' ' >got
	cat >expected <<-'END'
		osv - - 1 threat
		osv:debian/12 debian 12 2 advisories
		osv:debian/13 debian 13 2 advisories
		osv:ubuntu/16.04 ubuntu 16.04 1 advisories
	END
	same expected got
}

@test "osv: names of systems" {
	while IFS='|' read -r name os release by; do
		printf '{"id": "X-1", "affected": [{"package": {"ecosystem": "%s", "name": "p"}, "versions": ["1.0"]}]}\n' \
		    "$name" >one.json
		with_status 0 pm-collect osv one.json
		[[ $(records adv | cut -f 3,4,6) == "$os"$'\t'"$release"$'\t'"$by" ]] || {
			echo "$name:"
			cat out
			return 1
		}
	done <<-'END'
		Debian:6.0|debian|6|source
		Debian:3.1|debian|3.1|source
		Ubuntu:22.04:LTS|ubuntu|22.04|source
		Ubuntu:24.10|ubuntu|24.10|source
		AlmaLinux:9|almalinux|9|binary
		Rocky Linux:8|rocky|8|source
		Red Hat:enterprise_linux:9::baseos|rhel|9|binary
		Red Hat:rhel_eus:8.8::appstream|rhel|8.8|binary
		SUSE:Linux Enterprise Server 15 SP5|sles|15.5|source
		SUSE:Linux Enterprise Server 12 SP5-LTSS|sles|12.5|source
		SUSE:Linux Enterprise Server for SAP Applications 15 SP4|sles|15.4|source
		SUSE:Linux Enterprise Server 15-LTSS|sles|15|source
		SUSE:Linux Enterprise Module for Basesystem 15 SP5|sles|15.5|source
		SUSE:Linux Enterprise Desktop 12|sled|12|source
		SUSE:Linux Enterprise Micro 5.3|sle-micro|5.3|source
		SUSE:Package Hub 15 SP6|sles|15.6|source
		openSUSE:Leap 15.4|opensuse-leap|15.4|source
		openSUSE:Tumbleweed|opensuse-tumbleweed|-|source
		Alpine:v3.18|alpine|3.18|source
		Wolfi|wolfi|-|source
		Chainguard|chainguard|-|source
	END
	for name in "SUSE:Manager Server 4.3" "Red Hat:openshift:4.15::el9" npm; do
		printf '{"id": "X-1", "affected": [{"package": {"ecosystem": "%s", "name": "p"}, "versions": ["1.0"]}]}\n' \
		    "$name" >one.json
		with_status 65 pm-collect osv one.json
		says "no entry in it could be used"
	done
}

# bats test_tags=req:G4
@test "osv: AlmaLinux 9, every package of every advisory" {
	need_data rpm/almalinux9-osv-to20251231.ndjson.xz
	need_command jq
	with_status 0 pm-collect osv \
	    "$PM_DATA/rpm/almalinux9-osv-to20251231.ndjson.xz"
	records adv | cut -f 2,3,4,6-9 >got
	xzcat "$PM_DATA/rpm/almalinux9-osv-to20251231.ndjson.xz" | jq -r '
		.id as $id | .affected[] | .package.name as $name |
		(.package.ecosystem | split(":")) as $system | .ranges[] |
		[$id, ($system[0] | ascii_downcase), $system[1], "binary", $name,
		"-", (.events[] | .fixed // empty)] | @tsv' >expected
	[[ $(wc -l <expected) -eq 15734 ]]
	same expected got
	says "records: 15734; entries that could not be used: 0"
}

# ---- trackers of systems

# brief: the columns adv release package fixed state severity cves
brief() {
	records adv | cut -f 2,4,7,9,10,11,13 | tr '\t' '|'
}

@test "debian-tracker: states are kept apart" {
	cat >tracker.json <<-'END'
		{"bash": {"CVE-2026-0001": {"description": "x", "releases": {
		  "bookworm": {"status": "resolved", "repositories": {"bookworm": "5.2-1"}, "fixed_version": "5.2-1", "urgency": "low**"},
		  "trixie": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
		  "sid": {"status": "open", "urgency": "not yet assigned"}}},
		"CVE-2026-0002": {"releases": {
		  "bookworm": {"status": "open", "urgency": "high", "nodsa": "Minor issue", "nodsa_reason": "postponed"},
		  "trixie": {"status": "open", "urgency": "high", "nodsa": "Minor issue", "nodsa_reason": "ignored"},
		  "bullseye": {"status": "open", "urgency": "end-of-life"},
		  "buster": {"status": "undetermined", "urgency": "not yet assigned"},
		  "narnia": {"status": "open", "urgency": "high"}}},
		"TEMP-0000001-000000": {"releases": {
		  "bookworm": {"status": "open", "urgency": "not yet assigned", "nodsa": "x", "nodsa_reason": ""},
		  "sid": {"status": "odd"}}}}}
	END
	with_status 0 pm-collect debian-tracker tracker.json
	brief >got
	cat >expected <<-'END'
		CVE-2026-0001|12|bash|5.2-1|fixed|low|CVE-2026-0001
		CVE-2026-0001|13|bash|-|not_affected|unimportant|CVE-2026-0001
		CVE-2026-0001|sid|bash|-|affected|-|CVE-2026-0001
		CVE-2026-0002|12|bash|-|deferred|high|CVE-2026-0002
		CVE-2026-0002|13|bash|-|wont_fix|high|CVE-2026-0002
		CVE-2026-0002|11|bash|-|eol|-|CVE-2026-0002
		CVE-2026-0002|10|bash|-|affected|-|CVE-2026-0002
		TEMP-0000001-000000|12|bash|-|wont_fix|-|-
	END
	same expected got
	says "a release that the table of releases does not have (entries: 1), such as CVE-2026-0002"
	says "a status that is none of resolved, open, undetermined (entries: 1)"
	[[ $(column by adv | sort -u) == source ]]
	[[ $(column feed feed | xargs) == "debian-tracker:debian/10 debian-tracker:debian/11 debian-tracker:debian/12 debian-tracker:debian/13 debian-tracker:debian/sid" ]]
}

# bats test_tags=req:G4
@test "debian-tracker: the tracker's data of Debian 12" {
	need_data debian/tracker-shape-20260731.json.xz
	need_command jq
	with_status 0 pm-collect debian-tracker \
	    "$PM_DATA/debian/tracker-shape-20260731.json.xz"
	records adv | cut -f 2,7,9 | LC_ALL=C sort >got
	xzcat "$PM_DATA/debian/tracker-shape-20260731.json.xz" | jq -r '
		to_entries[] | .key as $source | .value | to_entries[] |
		[.key, $source, .value.releases.bookworm.fixed_version] | @tsv' |
	    LC_ALL=C sort >expected
	[[ $(wc -l <expected) -eq 10842 ]]
	same expected got
}

@test "arch: groups of packages" {
	cat >arch.json <<-'END'
		[{"name": "AVG-1", "packages": ["a", "b"], "status": "Fixed", "severity": "Critical",
		"type": "code execution", "affected": "1-1", "fixed": "1-2", "issues": ["CVE-2026-0002", "CVE-2026-0001"]},
		{"name": "AVG-2", "packages": ["c"], "status": "Vulnerable", "severity": "Unknown", "affected": "1-1", "fixed": null, "issues": []},
		{"name": "AVG-3", "packages": ["d"], "status": "Not affected", "severity": "Low", "issues": ["CVE-2026-0003"]},
		{"name": "AVG-4", "packages": ["e"], "status": "Fixed", "severity": "Low", "fixed": null, "issues": []},
		{"name": "AVG-5", "packages": ["e"], "status": "Odd"}]
	END
	with_status 0 pm-collect arch arch.json
	brief >got
	cat >expected <<-'END'
		AVG-1|-|a|1-2|fixed|critical|CVE-2026-0001,CVE-2026-0002
		AVG-1|-|b|1-2|fixed|critical|CVE-2026-0001,CVE-2026-0002
		AVG-2|-|c|-|affected|-|-
		AVG-3|-|d|-|not_affected|low|CVE-2026-0003
	END
	same expected got
	says "fixed without a version (entries: 1), such as AVG-4"
	says "no group with packages and a status (entries: 1), such as AVG-5"
}

@test "alpine: secdb of Alpine, Wolfi and Chainguard" {
	cat >main.json <<-'END'
		{"urlprefix": "https://dl-cdn.alpinelinux.org/alpine", "reponame": "main",
		"distroversion": "v3.22", "packages": [{"pkg": {"name": "a", "secfixes": {
		"1.2-r1": ["CVE-2026-0001 CVE-2026-0002", "GHSA-1"], "0": ["CVE-2026-0003"], "bad version": ["CVE-2026-0004"]}}},
		{"pkg": {"secfixes": {}}}]}
	END
	cat >wolfi.json <<-'END'
		{"urlprefix": "https://packages.wolfi.dev", "packages": [
		{"pkg": {"name": "b", "secfixes": {"2-r0": ["CVE-2026-0005"]}}}]}
	END
	with_status 0 pm-collect alpine main.json wolfi.json
	brief >got
	cat >expected <<-'END'
		a-1.2-r1|3.22|a|1.2-r1|fixed|-|CVE-2026-0001,CVE-2026-0002
		a-0|3.22|a|-|not_affected|-|CVE-2026-0003
		b-2-r0|-|b|2-r0|fixed|-|CVE-2026-0005
	END
	same expected got
	[[ $(column os feed | xargs) == "alpine wolfi" ]]
	says "a version that is none (entries: 1), such as a"
	says "no name of a package (entries: 1)"
	printf '{"packages": [{"pkg": {"name": "a", "secfixes": {}}}]}' >none.json
	with_status 65 pm-collect alpine none.json
	says "no distroversion before the packages; name it with --release"
	with_status 0 pm-collect alpine --release 3.1 main.json
	[[ $(column release feed) == 3.1 ]]
}

# as_yaml FILE: a secdb in JSON as the YAML that Alpine wrote.
as_yaml() {
	jq -r '"---", "distroversion: \(.distroversion)",
	    "reponame: \(.reponame)", "archs:", (.archs[]? | "  - \(.)"),
	    "urlprefix: \(.urlprefix)", "apkurl: \(.apkurl | tojson)",
	    "packages:", (.packages[].pkg | "  - pkg:", "      name: \(.name)",
		"      secfixes:", (.secfixes | to_entries[] |
		    "        \(.key):", (.value[] | "          - \(.)")))' "$1"
}

@test "alpine: YAML gives the same rows as JSON with the same content" {
	need_data formats/vuls-data-update-fetch-fixtures.tar.xz
	need_command jq
	tar -xf "$PM_DATA/formats/vuls-data-update-fetch-fixtures.tar.xz" \
	    alpine/secdb
	local file rows=0
	# all but the digest of the file
	plain() {
		cut -f 1-6,8- out
	}
	for file in alpine/secdb/fixtures/{edge,v3.16}/{main,community}.json; do
		cp "$file" secdb
		with_status 0 pm-collect alpine secdb
		plain >expected
		rows=$((rows + $(records adv | wc -l)))
		as_yaml "$file" >secdb
		[[ $(head -n 1 secdb) == --- ]]
		with_status 0 pm-collect alpine secdb
		plain >got
		same expected got
	done
	[[ $rows -gt 5 ]]
}

# bats test_tags=slow
@test "alpine: hostile YAML is refused with its line, in little memory" {
	local head=$'distroversion: v3.9\npackages:\n'
	refuses() { # FILE REASON
		with_status 65 within 64 pm-collect alpine -o new.tsv "$1"
		grep -q -e "$1:$2" err || {
			cat err
			return 1
		}
		[[ ! -e new.tsv ]]
	}
	# each level stands for ten of the one before: ten billion texts
	{
		printf '%s' "${head}a0: &a0 [x,x,x,x,x,x,x,x,x,x]"
		for ((i = 1; i < 10; i++)); do
			printf '\na%d: &a%d [' $i $i
			for ((k = 0; k < 10; k++)); do
				printf '*a%d,' $((i - 1))
			done
			printf ']'
		done
		echo
	} >bomb.yaml
	refuses bomb.yaml "4: an alias, which is not followed"
	{ printf '%s- pkg: ' "$head"; head -c 10000 /dev/zero | tr '\0' '['; } >flow.yaml
	refuses flow.yaml "3: nested too deeply"
	{ printf '%s' "$head"; awk 'BEGIN { for (i = 0; i < 10000; i++) printf "- "; print "a" }'; } >block.yaml
	refuses block.yaml "3: nested too deeply"
	{ printf '%s- pkg: ' "$head"; head -c 100000000 /dev/zero | tr '\0' x; echo; } >line.yaml
	refuses line.yaml "[0-9]*: a text of more than 1 MiB"
	{ printf '%s' "$head"; printf -- '- pkg: {name: a\xff\xfe}\n'; } >charset.yaml
	refuses charset.yaml "[0-9]*: YAML: invalid"
	printf '%s- pkg: {? [a] : b}\n' "$head" >key.yaml
	refuses key.yaml "3: a key that is no text"
	printf '%s- pkg: {name: a\n' "$head" >cut.yaml
	refuses cut.yaml "4: YAML: "
	printf 'a: b\n---\na: b\n' >two.yaml
	refuses two.yaml "2: a second document"
	printf 'title: something else\n' >other.yaml
	refuses other.yaml " no entry in it could be used: it has none"
}

@test "ubuntu: USN database, notices, CVEs and OpenVEX" {
	cat >usn.json <<-'END'
		{"4011-1": {"id": "4011-1", "title": "a vulnerabilities", "timestamp": 1559819644.967449,
		"cves": ["CVE-2026-0002", "CVE-2026-0001", "https://launchpad.net/bugs/1"],
		"releases": {"xenial": {"sources": {"a": {"version": "2.8-1"}}, "binaries": {"b": {"version": "2.8-1"}}},
		"narnia": {"sources": {"a": {"version": "1"}}}}}}
	END
	cat >notices.json <<-'END'
		{"limit": 1, "notices": [{"id": "USN-5-1", "type": "USN", "title": "t", "published": "2026-01-02T03:04:05",
		"cves_ids": ["CVE-2026-0003"], "release_packages": {"jammy": [
		{"name": "a", "version": "1-1", "is_source": true, "pocket": "security"},
		{"name": "a-bin", "version": "1-1", "is_source": false},
		{"name": "openssl", "version": "1-1fips", "is_source": true, "pocket": "fips-updates"}]}},
		{"id": "LSN-1-1", "type": "LSN"}], "total_results": 1}
	END
	cat >cves.json <<-'END'
		{"cves": [{"id": "CVE-2026-0004", "priority": "high", "published": "2026-01-02T03:04:05", "updated_at": "2026-02-02T00:00:00.5+00:00",
		"impact": {"baseMetricV3": {"cvssV3": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}},
		"packages": [{"name": "a", "statuses": [
		{"release_codename": "jammy", "status": "released", "description": "1-2", "pocket": "security"},
		{"release_codename": "noble", "status": "needed", "description": ""},
		{"release_codename": "focal", "status": "not-affected", "description": "code not present"},
		{"release_codename": "bionic", "status": "ignored", "description": "end of standard support"},
		{"release_codename": "xenial", "status": "ignored", "description": "too intrusive"},
		{"release_codename": "trusty", "status": "deferred", "description": "2026-01-01"},
		{"release_codename": "mantic", "status": "DNE", "description": ""},
		{"release_codename": "upstream", "status": "released", "description": "1"}]}]}], "limit": 1}
	END
	cat >vex.json <<-'END'
		{"metadata": {"@context": "https://openvex.dev/ns/v0.2.0"}, "statements": [
		{"vulnerability": {"name": "CVE-2026-0005", "aliases": ["https://example.com/"]}, "status": "affected",
		"timestamp": "2026-03-26 02:44:10.025070", "products": [
		{"@id": "pkg:deb/ubuntu/curl@7.81-1ubuntu1?arch=source&distro=jammy"},
		{"@id": "pkg:deb/ubuntu/curl@7.81-1ubuntu1?arch=amd64"}]},
		{"vulnerability": {"name": "USN-9-1", "aliases": ["CVE-2026-0006"]}, "status": "fixed", "products": [
		{"@id": "pkg:deb/ubuntu/varnish@5.2-1+esm1?arch=source&distro=esm-apps/bionic"}]},
		{"vulnerability": {"name": "CVE-2026-0007"}, "status": "not_affected", "products": [
		{"@id": "pkg:deb/ubuntu/curl@7?arch=source&distro=jammy"}, {"@id": "pkg:npm/x@1"}]}]}
	END
	with_status 0 pm-collect ubuntu usn.json notices.json cves.json vex.json
	brief >got
	cat >expected <<-'END'
		USN-4011-1|16.04|a|2.8-1|fixed|-|CVE-2026-0001,CVE-2026-0002
		USN-5-1|22.04|a|1-1|fixed|-|CVE-2026-0003
		CVE-2026-0004|22.04|a|1-2|fixed|high|CVE-2026-0004
		CVE-2026-0004|24.04|a|-|affected|high|CVE-2026-0004
		CVE-2026-0004|20.04|a|-|not_affected|high|CVE-2026-0004
		CVE-2026-0004|18.04|a|-|eol|high|CVE-2026-0004
		CVE-2026-0004|16.04|a|-|wont_fix|high|CVE-2026-0004
		CVE-2026-0004|14.04|a|-|deferred|high|CVE-2026-0004
		CVE-2026-0005|22.04|curl|-|affected|-|CVE-2026-0005
		USN-9-1|18.04|varnish|5.2-1+esm1|fixed|-|CVE-2026-0006
		CVE-2026-0007|22.04|curl|-|not_affected|-|CVE-2026-0007
	END
	same expected got
	[[ $(column published adv | head -n 2 | xargs) == "2019-06-06T11:14:04Z 2026-01-02T03:04:05Z" ]]
	[[ $(column cvss cve) == 9.8 ]]
	says "the table of releases does not have (entries: 1), such as USN-4011-1"
	says "for a special build (FIPS, realtime and such) (entries: 1), such as USN-5-1"
	says "a live patch (entries: 1), such as LSN-1-1"
	says "the release does not have the package (entries: 1), such as CVE-2026-0004"
	says "a product that is no package of Ubuntu (entries: 1), such as pkg:npm/x@1"
}

# ---- CSAF

# csaf_brief: adv os release by package introduced fixed last state cves requires
csaf_brief() {
	records adv | awk -F '\t' -v OFS='|' '{
		print $2, $3, $4, $6, $7, $8, $9, $23, $10, $13, $15 }'
}

@test "csaf: packages of rpm systems, states by remediation, modules" {
	with_status 0 pm-collect csaf "$PM_TOP/tests/fuzz/corpus/feed_csaf/rpm"
	csaf_brief >got
	cat >expected <<-'END'
		RHSA-2026:1|rhel|9|binary|a+|-|1:2.0-1.el9|-|fixed|CVE-2026-0001|module:m:1
		RHSA-2026:1|rhel|9|source|b|-|-|-|wont_fix|CVE-2026-0001|-
	END
	same expected got
	[[ $(column severity adv | sort -u) == moderate ]]
	[[ $(column cvss cve) == 9.8 ]]
	says "a product that the document does not define (entries: 2), such as loop"
}

@test "csaf: devices by version ranges, in whatever order the parts come" {
	with_status 0 pm-collect csaf "$PM_TOP/tests/fuzz/corpus/feed_csaf/device"
	csaf_brief >got
	cat >expected <<-'END'
		SSA-1|-|-|product|siemens:scalance_x|-|V5.6.0|-|fixed|CVE-2026-0002|-
		SSA-1|-|-|product|siemens:scalance_x|-|-|-|wont_fix|CVE-2026-0002|-
		SSA-1|-|-|product|siemens:scalance_x|1.0|-|1.4|affected|CVE-2026-0002|-
		SSA-1|-|-|product|siemens:scalance_x|V7.80|V9.40|-|fixed|CVE-2026-0002|-
		SSA-1|-|-|product|siemens:scalance_x|V7.80|V7.80|-|not_affected|CVE-2026-0002|-
		SSA-1|-|-|product|siemens:scalance_x|9.4-FP1|-|9.4-FP1|affected|CVE-2026-0002|-
		SSA-1|-|-|product|siemens:scalance_x|9.5|9.5|-|not_affected|CVE-2026-0002|-
	END
	same expected got
	says "versions in words (entries: 1), such as 5"
}

@test "csaf: Windows by its updates, other products of Microsoft by version" {
	with_status 0 pm-collect csaf "$PM_TOP/tests/fuzz/corpus/feed_csaf/windows"
	csaf_brief >got
	cat >expected <<-'END'
		msrc_CVE-2026-0003|-|-|product|microsoft:edge|-|129.0.2792.52|-|fixed|CVE-2026-0003|-
		KB5055526|windows|server-2022|binary|KB5055526|-|10.0.20348.3453|-|fixed|CVE-2026-0003|-
	END
	same expected got
	[[ $(column exploit cve) == active ]]
	# one update, two architectures
	sed 's/Windows Server 2022/Windows 10 Version 22H2 for x64-based Systems/
	    s/Microsoft Edge/Windows 10 Version 22H2 for 32-bit Systems/
	    s,example.com/notes,support.microsoft.com/help/5055526,
	    s/129.0.2792.52/10.0.20348.3453/' \
	    "$PM_TOP/tests/fuzz/corpus/feed_csaf/windows" >two.json
	with_status 0 pm-collect csaf two.json
	records adv | awk -F '\t' '$4 != "-"' | cut -f 2,4,5 | sort >got
	printf 'KB5055526\t10-22h2\t%s\n' amd64 x86 | same - got
	sed 's/5055526/none/' "$PM_TOP/tests/fuzz/corpus/feed_csaf/windows" >none.json
	with_status 0 pm-collect csaf none.json
	says "a Windows without an update (entries: 1), such as 1"
}

# bats test_tags=req:G4
@test "csaf: 769 documents of CISA" {
	need_data csaf/cisa-csaf-2022-2023.tar.xz
	need_command jq
	tar -xf "$PM_DATA/csaf/cisa-csaf-2022-2023.tar.xz"
	find IT OT -name '*.json' ! -name '*feed-tlp-white.json' -print0 |
	    LC_ALL=C sort -z | xargs -0 cat >all.json
	with_status 0 pm-collect csaf all.json
	# every vulnerability that has a name and a score
	records cve | cut -f 2 | LC_ALL=C sort >got
	jq -r '.vulnerabilities[]? | select(.cve and (.scores | length > 0) and
		([.scores[] | .cvss_v2, .cvss_v3, .cvss_v4 | values] | length > 0)) | .cve' \
	    all.json | LC_ALL=C sort >expected
	[[ $(wc -l <expected) -gt 2900 ]]
	same expected got
	# every plain "older than": document, vulnerability, version
	records adv | awk -F '\t' '$9 != "-" { print $2 "\t" $13 "\t" $9 }' |
	    LC_ALL=C sort -u >got
	jq -r '.document.tracking.id as $id |
		([.product_tree | .. | objects | select(.category == "product_version_range"
		    and (.name | test("^(vers:all/)?< ?[Vv]?[0-9.]+$"))) |
		    {(.product.product_id): (.name | sub("^(vers:all/)?< ?"; ""))}] | add) as $older |
		.vulnerabilities[]? | .cve as $cve | .product_status.known_affected[]? |
		select($older[.]) | [$id, $cve // "-", $older[.]] | @tsv' all.json |
	    LC_ALL=C sort -u >expected
	[[ $(wc -l <expected) -gt 1000 ]]
	comm -23 expected got >missing
	[[ ! -s missing ]]
	# what was not used is said, and is little
	local unused
	unused=$(sed -n 's/.*could not be used: //p' err)
	[[ $unused -gt 0 && $unused -lt 1000 ]]
	same <(echo "versions in words (entries: $unused)") \
	    <(records reject | cut -f 5)
}

# ---- what is wrong with a file

# bats test_tags=slow
@test "JSON that is damaged is refused, the byte named, no partial output" {
	local source
	echo old >kept.tsv
	printf '{"vulnerabilities": [{"cve": {"id": "CVE-2026-0001"' >torn
	printf '{"vulnerabilities": [{"a": 1,}]}' >comma
	printf '{"a": "\xff\xfe"}' >charset
	printf '{"a": 1}' | iconv -t UTF-16 >utf16
	printf '{"a": 1}' >other
	printf '[]' >array
	head -c 10000 /dev/zero | tr '\0' '[' >deep
	printf '{"a": 1} trailing' >trailing
	{ printf '{"a": "'; head -c 100000000 /dev/zero | tr '\0' 'x'; } >line
	: >empty
	for source in $FEEDS; do
		for file in torn comma charset utf16 other array deep \
		    trailing line empty; do
			with_status 65 pm-collect "$source" -o new.tsv $file
			[[ ! -e new.tsv && ! -s out ]]
			with_status 65 pm-collect "$source" -o kept.tsv $file
			[[ $(cat kept.tsv) == old ]]
			[[ $file == other || $file == array ]] ||
			    [[ $source == kev && $file != torn ]] ||
			    grep -q "$file: byte [0-9]*: " err
		done
		with_status 66 pm-collect "$source" absent
	done
}

FEEDS="kev nvd cve5 osv csaf debian-tracker arch alpine ubuntu"
