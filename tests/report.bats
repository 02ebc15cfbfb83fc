# share/report: what the reports say is what the records say.
bats_require_minimum_version 1.5.0
load lib/common

export PM_NOW=2026-11-23T12:00:00Z

# report TOOL ARGUMENT...
report() {
	local tool=$1
	shift
	"$PM_SHARE/report/$tool" "$@"
}

# fleet HOSTS NEEDS: files of such a fleet in this folder
fleet() {
	awk -v hosts="$1" -v needs="$2" -v out=. \
	    -f "$PM_TOP/tests/lib/report_fleet.awk"
}

files=(scored.tsv plan.tsv journal.tsv checks.tsv ledger.tsv)

# number BY KEY NAME: of the tables in the file tables
number() {
	awk -F '\t' -v by="$1" -v key="$2" -v name="$3" '
		$1 == "number" && $2 == by && $5 == name &&
		    (by == "tier" ? $3 : by == "owner" ? $4 : "*") == key {
			print $6
		}' tables
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# A second opinion on the fleet of report_fleet.awk: other code, fixed columns,
# one record after the other.  Writes "SCOPE NAME NUMBER" lines.
second_opinion() {
	gawk -F '\t' '
		function count(host, name) {
			n["all * " name]++
			n["tier " tier[host] " " name]++
			n["owner " owner[host] " " name]++
		}
		$1 == "host" && $3 != "image" {
			tier[$2] = $7; owner[$2] = $9; bad[$2] = 0
		}
		$1 == "cover" && $4 != "covered" { bad[$2] = 1 }
		$1 == "check" && $3 == "host" && $7 == "not-examined" {
			bad[$2] = 1
		}
		$1 == "check" && $3 == "package" && $7 == "verified" {
			met[$2, $4] = 1
		}
		$1 == "need" { need[++needs] = $0 }
		END {
			for (i = 1; i <= needs; i++) {
				split(need[i], f, "\t")
				h = f[2]
				if (!(h in tier))
					continue
				if ((h, f[3]) in met) {
					count(h, "met")
					continue
				}
				open[h] = 1
				count(h, "open")
				if (f[21] == "accept" || f[21] == "defer")
					count(h, "excepted")
				else if (f[22] <= "2026-11-23T12:00:00Z") {
					count(h, "overdue")
					late[h] = 1
				} else
					count(h, "in_time")
				count(h, "class_" f[20])
				if (f[17] == "yes")
					count(h, "exploited")
				if (f[10] == "security")
					count(h, "security")
				if (f[10] == "security" && f[15] == "-")
					count(h, "unscored")
			}
			for (h in tier) {
				count(h, "hosts")
				if (!bad[h])
					count(h, "judged")
				if (!bad[h] && !late[h])
					count(h, "compliant")
				if (!bad[h] && !open[h])
					count(h, "patched")
				if (late[h])
					count(h, "hosts_overdue")
			}
			for (key in n)
				print key, n[key]
		}' scored.tsv checks.tsv
}

# Days that needs were open, from the ledger, for all hosts: one number a line.
# A need is looked at on its own: its lines are read one after the other.
remediated() {
	grep -P '^seen\t[^\t]*\t(first|gone|back)\t' ledger.tsv |
	    awk -F '\t' -v cve="$1" '($6 == "-") == (cve == "-")' |
	    sort -s -t $'\t' -k 4,5 | gawk -F '\t' '
		function out() { if (gone) print gone - since }
		$4 FS $5 != key { out(); key = $4 FS $5; gone = since = 0 }
		{ t = $2; gsub(/[-T:Z]/, " ", t); t = mktime(t, 1) }
		$3 == "first" { out(); since = t; gone = 0 }
		$3 == "gone" { gone = t }
		$3 == "back" { gone = 0 }
		END { out() }' | sort -n
}

# bats test_tags=req:P7-5
@test "the numbers are those that an independent pass over the records gives" {
	need_command gawk
	fleet 600 6000
	report tables "${files[@]}" > tables
	second_opinion > second
	[ "$(wc -l < second)" -gt 100 ]
	while read -r by key name count; do
		[ "$(number "$by" "$key" "$name")" = "$count" ] || {
			echo "$by $key $name: $(number "$by" "$key" "$name")," \
			    "the second opinion is $count"
			false
		}
	done < second
	# and what the second opinion does not name is zero
	awk -F '\t' '$1 == "number" && $2 != "cell" && $6 > 0 && $5 ~ \
	    /^(hosts|judged|compliant|patched|met|open|overdue|in_time)$/ {
		print $2, ($2 == "tier" ? $3 : $2 == "owner" ? $4 : "*"), $5, $6
	}' tables | sort > first
	grep -E ' (hosts|judged|compliant|patched|met|open|overdue|in_time) ' \
	    second | sort | same - first
}

# bats test_tags=req:P7-5
@test "times to remediate are those of the ledger, read need by need" {
	need_command gawk
	fleet 20 20000
	report tables "${files[@]}" > tables
	for kind in need:-:remediated \
	    vulnerability:CVE:vulnerabilities_remediated; do
		IFS=: read -r name cve total <<< "$kind"
		remediated "$cve" > days
		n=$(wc -l < days)
		[ "$n" -gt 100 ]
		[ "$(number all '*' "$total")" -eq "$n" ]
		[ "$(number all '*' "${name}_median_seconds")" -eq \
		    "$(sed -n "$(((n + 1) / 2))p" days)" ]
		[ "$(number all '*' "${name}_p95_seconds")" -eq \
		    "$(sed -n "$(((n * 95 + 99) / 100))p" days)" ]
		[ "$(number all '*' "${name}_mean_seconds")" -eq \
		    "$(awk '{ s += $1 } END { printf "%.0f", s / NR }' days)" ]
	done
}

# bats test_tags=req:P7-5
@test "the parts add up to the whole" {
	fleet 600 6000
	report tables "${files[@]}" > tables
	for name in hosts judged compliant open met overdue in_time undated \
	    excepted security class_critical steps outcome_done \
	    outcome_failed remediated; do
		all=$(number all '*' $name)
		for by in tier owner; do
			[ "$(awk -F '\t' -v by=$by -v name=$name '
			    $1 == "number" && $2 == by && $5 == name { s += $6 }
			    END { print s }' tables)" -eq "$all" ]
		done
	done
	sum() { local s=0 name; for name; do
		s=$((s + $(number all '*' "$name"))); done; echo "$s"; }
	[ "$(sum overdue in_time undated excepted)" -eq "$(sum open)" ]
	[ "$(sum class_critical class_useful class_unnecessary class_none)" \
	    -eq "$(sum open)" ]
	# one row for each host, one for each open need
	[ "$(records status tables | wc -l)" -eq "$(sum hosts)" ]
	report tables -t sla "${files[@]}" > sla
	[ "$(records sla sla | wc -l)" -eq "$(sum open)" ]
	[ "$(column sla sla sla | grep -c overdue)" -eq "$(sum overdue)" ]
	# whoever is not judged is named
	[ "$(column kind gap tables | grep -c not-judged)" -ge \
	    $(($(sum hosts) - $(sum judged))) ]
}

# bats test_tags=req:P7-5
@test "the pages show these numbers" {
	fleet 600 6000
	report tables "${files[@]}" > tables
	report management "${files[@]}" > text
	report management --html "${files[@]}" > page.html
	for by in all tier owner; do
		awk -F '\t' -v by=$by '$1 == "number" && $2 == by &&
		    $5 ~ /^(hosts|open|overdue)$/ && $6 > 0 {
			print ($2 == "all" ? "All" : $2 == "tier" ? $3 : $4), $6
		}' tables | sed 's/^- /not known /' > wanted
		while read -r line; do
			key=${line% *} count=${line##* }
			grep -E "^  $key +.*\b$count\b" text
			tr -d , < page.html | grep -E \
			    ">$key</th>.*>$count</td>"
		done < wanted > found
	done
	grep -q "^  Overdue needs  *$(number all '*' overdue) " text
}

@test "both awks, and any order of columns, give the same" {
	need_command mawk gawk
	fleet 100 1000
	for awk in mawk gawk; do
		mkdir $awk
		ln -s "$(command -v $awk)" $awk/awk
		PATH=$PWD/$awk:$PATH report management --html "${files[@]}" \
		    > $awk.html
		PATH=$PWD/$awk:$PATH report management "${files[@]}" > $awk.txt
		PATH=$PWD/$awk:$PATH report prometheus "${files[@]}" > $awk.prom
	done
	same mawk.html gawk.html
	same mawk.txt gawk.txt
	same mawk.prom gawk.prom
	# the columns of needs the other way round
	awk -F '\t' -v OFS='\t' '$1 ~ /^#?need$/ {
		out = $1
		for (i = NF; i > 1; i--)
			out = out OFS $i
		print out
		next
	} { print }' scored.tsv > turned.tsv
	report management turned.tsv "${files[@]:1}" | same mawk.txt -
}
