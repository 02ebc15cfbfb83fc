#!/usr/bin/env bats
# pm-collect: published feeds that are JSON.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
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
		#cve|cve|vector|cvss|epss|kev_added|exploit|automatable|impact|published
		cve|CVE-2026-0001|CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H|9.8|-|2026-02-03T00:00:00Z|active|yes|total|2026-01-02T03:04:05Z
		cve|CVE-2026-0003|-|-|-|-|-|-|-|-
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
		cve|CVE-2026-0001|CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N|9.3|-|2026-01-20T00:00:00Z|active|no|partial|2026-01-02T03:04:05Z
	END
	says "not used: not published, or rejected (entries: 1), such as CVE-2026-0002"
	says "not used: no CVE record (entries: 1)"
	[[ $(column date feed) == 2026-02-01T00:00:00Z ]]
}

# ---- what is wrong with a file

@test "JSON that is damaged is refused, the byte named, no partial output" {
	local source
	echo old >kept.tsv
	printf '{"vulnerabilities": [{"cve": {"id": "CVE-2026-0001"' >cut
	printf '{"vulnerabilities": [{"a": 1,}]}' >comma
	printf '{"a": "\xff\xfe"}' >charset
	printf '{"a": 1}' | iconv -t UTF-16 >utf16
	printf '{"a": 1}' >other
	printf '[]' >array
	head -c 10000 /dev/zero | tr '\0' '[' >deep
	printf '{"a": 1} trailing' >more
	{ printf '{"a": "'; head -c 100000000 /dev/zero | tr '\0' 'x'; } >line
	: >empty
	for source in $FEEDS; do
		for file in cut comma charset utf16 other array deep line empty; do
			with_status 65 pm-collect "$source" -o new.tsv $file
			[[ ! -e new.tsv && ! -s out ]]
			with_status 65 pm-collect "$source" -o kept.tsv $file
			[[ $(cat kept.tsv) == old ]]
			[[ $file == other || $file == array ]] ||
			    [[ $source == kev && $file != cut ]] ||
			    grep -q "$file: byte [0-9]*: " err
		done
		with_status 66 pm-collect "$source" absent
	done
}

FEEDS="kev nvd cve5"
