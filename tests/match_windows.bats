# pm-match on Windows: updates that are there or not, and supersede each other.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	stream >feeds.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | msrc | windows | 10-1809 | advisories
		#adv | adv | os | release | arch | by | package | fixed | state | cves | supersedes | source | feed
		adv | KB1 | windows | 10-1809 | - | binary | KB1 | - | fixed | CVE-1 | - | - | msrc
		adv | KB2 | windows | 10-1809 | - | binary | KB2 | - | fixed | CVE-2 | KB1 | - | msrc
		adv | KB3 | windows | 10-1809 | - | binary | KB3 | - | fixed | CVE-3 | KB2,KB99 | - | msrc
		adv | KB7 | windows | 10-1809 | amd64 | binary | KB7 | - | fixed | CVE-7 | - | .NET 4.8 | msrc
		adv | KB8 | windows | 10-1809 | x86 | binary | KB8 | - | fixed | CVE-8 | KB7 | - | msrc
		#host | host | os | release | arch
		host | pc1 | windows | 10-1809 | amd64
		#pkg | host | package | version
	END
}

installed() {
	for name; do
		printf 'pkg\tpc1\t%s\t-\n' "$name" >>feeds.tsv
	done
}

need() {
	with_status 0 pm-match feeds.tsv
	records need
}

# bats test_tags=req:G5,req:P1-17,req:solaris-patch-manager
@test "the smallest set of updates that clears every finding, and what is in it" {
	need >got
	stream >want <<-'END'
		need | pc1 | KB3 | - | KB3 | KB3 | CVE-1,CVE-2,CVE-3 | available | - | security | exact | msrc: KB3 is not installed, nor one that supersedes it; it contains, and they are missing too: KB1, KB2 | - | -
		need | pc1 | KB7 | - | KB7 | KB7 | CVE-7 | available | - | security | assumed | msrc: KB7 is not installed, nor one that supersedes it; that the host has .NET 4.8 is assumed | - | -
	END
	same want got
}

@test "an installed update contains what it supersedes, at any distance" {
	installed KB3 KB7
	[ -z "$(need)" ]
	sed -i 's/KB3\t-$/KB2\t-/' feeds.tsv
	[ "$(need | cut -f 3,7)" = $'KB3\tCVE-3' ]
	# one that no advisory knows changes nothing
	installed KB4711
	[ "$(need | cut -f 3,7)" = $'KB3\tCVE-3' ]
}

@test "an update of another architecture is neither wanted nor does it help" {
	installed KB3 KB8
	[ "$(need | cut -f 3)" = KB7 ]
}

@test "updates that supersede each other leave one, not none" {
	sed -i 's/KB1\t-\tfixed\tCVE-1\t-/KB1\t-\tfixed\tCVE-1\tKB3/' feeds.tsv
	installed KB7
	[ "$(need | cut -f 3,7)" = $'KB1\tCVE-1,CVE-2,CVE-3' ]
	installed KB2
	[ -z "$(need)" ]
}

@test "updates of products without a release are not taken for covered" {
	stream >office.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | office | windows | - | advisories
		#adv | adv | os | release | by | package | fixed | state | cves | source | feed
		adv | KB50 | windows | - | binary | KB50 | - | fixed | CVE-50 | Microsoft Office 2016 | office
	END
	installed KB3 KB7
	with_status 1 pm-match --strict office.tsv feeds.tsv
	[ -z "$(records need)" ]
	records cover | cut -f 3- | sort >got
	stream >want <<-'END'
		msrc | covered | 2 packages
		office | partial | 1 update of products such as Microsoft Office 2016 is not compared: no inventory says who has it
	END
	same want got
}

# bats test_tags=req:G5
@test "ten real systems: the missing updates that wesng finds" {
	need_data windows/systeminfo+wes-expected-dev.tar.xz \
	    windows/wesng-definitions-20260628.zip
	need_command unzip
	local zip=$PM_DATA/windows/wesng-definitions-20260628.zip log host
	tar -xJf "$PM_DATA/windows/systeminfo+wes-expected-dev.tar.xz"
	for log in *.wes-log.txt; do
		host=${log%.wes-log.txt}
		pm-collect systeminfo -q --host "$host" "$host.txt"
		perl -ne 'while (($_ =~ tr/"//) % 2) { $_ .= <> }
			my @field = /"((?:[^"]|"")*)"/g;
			print "KB$field[2]\n" if $field[2] =~ /^\d+$/' \
		    "$host.wes-expected.csv" | sort -u |
		    sed "s/^/$host /" >>expected
	done >hosts.tsv
	unzip -p "$zip" 'CVEs*' >cves.csv
	unzip -p "$zip" 'Custom*' >custom.csv
	pm-collect wesng -q cves.csv custom.csv >wesng.tsv
	pm-match -q wesng.tsv hosts.tsv | records need /dev/stdin |
	    awk -F '\t' '{ print $2, $3 }' | sort >got
	sort -u expected >want
	[ "$(wc -l <want)" -eq 508 ]
	# wesng drops the rows of a server whose vulnerability has a row for the
	# Server Core installation too, although with another update
	cat >>want <<-'END'
		srv_2016_1607_datacenter_en-us_systeminfo KB4016635
		srv_2016_1607_datacenter_en-us_systeminfo KB4022723
	END
	sort want | same - got
}

@test "a Windows of a build that no product has is unsupported, never clean" {
	stream >>feeds.tsv <<-'END'
		host | new | windows | 11-build-99999 | amd64
		host | odd | windows | - | amd64
	END
	with_status 1 pm-match --strict feeds.tsv
	awk -F '\t' '$1 == "cover" && $2 == "new"' out >got
	stream >want <<-'END'
		cover | new | - | unsupported | Windows 11-build-99999 is no product that any feed names
	END
	same want got
	[[ $(awk -F '\t' '$1 == "cover" && $2 == "odd" { print $4 }' out) == unsupported ]]
}
