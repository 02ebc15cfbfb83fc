# share/report: what the reports say is what the records say.
bats_require_minimum_version 1.5.0
load lib/common
load lib/report

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
	gawk -v now=$PM_NOW -f "$PM_TOP/tests/lib/second_opinion.awk" scored.tsv \
	    checks.tsv > second
	[ "$(wc -l < second)" -gt 100 ]
	agree second tables
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
	report tables -t all "${files[@]}" > both
	grep -P '^#?sla\t' both | same sla -
	grep -vP '^#?sla\t' both | same tables -
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

# A page in Chromium, run as quietly as it can be: browser PAGE OPTION...
browser() {
	local page=$1 name
	shift
	for name in chromium chromium-browser; do
		command -v $name > /dev/null && break
	done
	timeout 120 "$name" --headless --no-sandbox --disable-gpu \
	    --disable-quic --no-first-run --disable-background-networking \
	    --disable-component-update --disable-sync --hide-scrollbars \
	    --disable-dev-shm-usage --enable-logging=stderr \
	    --user-data-dir="$BATS_TEST_TMPDIR/profile" "$@" \
	    "file://$PWD/$page" < /dev/null
}

# facts PAGE OPTION...: what page.js says of it, in the file facts
facts() {
	local page=$1
	shift
	# the page itself runs no script; its copy does
	awk -v script="$PM_TOP/tests/lib/page.js" '
		/Content-Security-Policy/ { next }
		/<\/body>/ {
			print "<script>"
			while ((getline line < script) > 0)
				print line
			print "</script>"
		}
		{ print }' "$page" > instrumented.html
	browser instrumented.html --dump-dom "$@" 2> log |
	    sed -n '/<pre id="page-facts">/,/<\/pre>/p' > facts
	grep -q '^contrast ' facts
}

# bats test_tags=req:P7-5
@test "the page in a browser: nothing is loaded or run, everybody can read it" {
	need_command chromium
	fleet 300 3000
	printf '%s\n' $'#svc\thost\tproto\taddr\tport' \
	    $'svc\thost00001\ttcp\t::\t22' > services.tsv
	report management --html "${files[@]}" services.tsv > page.html
	browser page.html --screenshot="$PWD/page.png" \
	    --window-size=1200,6000 2> log
	[ "$(wc -c < page.png)" -gt 50000 ]
	run -1 grep CONSOLE log
	for width in 1200 420; do
		facts page.html --window-size=$width,2000
		run -1 grep '^fault' facts
	done
	for fact in 'h1 1' 'main 1' 'nav 1' 'header 1' 'footer 1' \
	    'charts 5' 'sections 14'; do
		grep -qx "$fact" facts
	done
	# the instrument itself finds what is wrong
	sed -e 's/<th scope="col"/<th/' -e 's/--soft: #4a5560/--soft: #a0a8b0/' \
	    -e 's/ role="img"//' -e 's|</main>|<img src="x.png"><script>\
		console.error("planted")</script></main>|' page.html \
	    -e '/Content-Security-Policy/d' > wrong.html
	facts wrong.html
	for what in 'th without scope' 'contrast ' 'svg without a role' \
	    'it loads x.png'; do
		grep -q "^fault $what" facts
	done
	browser wrong.html --dump-dom 2> log > /dev/null
	grep -q 'CONSOLE.*planted' log
}

# broad PAGE: tables that are broader than an A4 page within its margins, as
# the page is printed
broad() {
	sed -e 's/@media print {/@media all { body { margin: 0; width: 688px }/' \
	    -e '/Content-Security-Policy/d' \
	    -e 's|</body>|<script>document.querySelectorAll("table").forEach(\
		t => { if (t.getBoundingClientRect().right > 689) document.title \
		+= " broad: " + t.caption.textContent })</script></body>|' \
	    "$1" > printed.html
	browser printed.html --dump-dom --window-size=688,2000 2> log |
	    grep -o '<title>.*</title>' > title
	grep -q 'broad: ' title
}

# bats test_tags=req:P7-5
@test "printed on A4 no table is cut, and it becomes a PDF" {
	need_command chromium
	fleet 300 3000
	sed -i 's/\tp1\t/\t20261123T192113Z\t/' plan.tsv
	report management --html "${files[@]}" > page.html
	run ! broad page.html
	browser page.html --no-pdf-header-footer --print-to-pdf="$PWD/page.pdf" 2> log
	[ "$(head -c 5 page.pdf)" = %PDF- ]
	[ "$(wc -c < page.pdf)" -gt 50000 ]
	# the measure finds one that is
	sed 's/^  table { font-size: 7.5pt; }/  table { font-size: 16pt; }/' \
	    page.html > wide.html
	broad wide.html
}

# Names that are HTML, formulas, labels, JSON and terminal sequences.
hostile() {
	local escape=$'\e]0;x\a' c1=$'\302\233'31m turn=$'\342\200\256'
	stream <<-END
		#host | host | class | os | release | tier | owner | group | seen
		host | <script>alert(1)</script> | server | debian | 12 | mission | "><img src=x onerror=alert(2)> | =1+1 | 2026-11-23T00:00:00Z
		host | =cmd'/C calc'!A0 | server | debian | 12 | business | @SUM(A1) | -2+3 | 2026-11-23T00:00:00Z
		host | a\\\\b"c\\nd | server | debian | 12 | opera"tional\\\\ | o${c1}w${turn}ner | +1 | 2026-11-23T00:00:00Z
		host | e${escape}f | image | debian | 12 | - | eve@example.org,mallory@example.org | - | -
		#cover | host | feed | verdict | detail
		cover | <script>alert(1)</script> | f</td> | covered | -
		cover | =cmd'/C calc'!A0 | f | stale-feed | </table><svg onload=alert(3)>
		#feed | feed | os | release | records | date | sha256
		feed | f"}\\\\ | debian | 12 | 1 | 2026-11-22T00:00:00Z | -
		#need | host | package | installed | fixed | cves | state | severity | kind | class | decision | due | policy | first_seen
		need | <script>alert(1)</script> | <b>bold | 1 | 2 | CVE-2026-1 | available | high | security | critical | accept | 2027-01-01T00:00:00Z | x:1,waive:<i> | -
		need | =cmd'/C calc'!A0 | =HYPERLINK("http://x") | -1 | +2 | CVE-2026-2 | available | high | security | critical | patch | 2026-11-01T00:00:00Z | x:1 | -
		#waive | host | package | cve | decision | who | when | reason | expiry
		waive | <script>alert(1)</script> | <b>bold | - | accept | <i> | 2026-11-01T00:00:00Z | "quoted" \\\\ back\\nline | 2027-01-01T00:00:00Z
		#done | plan | step | host | action | package | from | to | try | started | ended | outcome | rc | detail
		done | <p> | x/install/y | <script>alert(1)</script> | install | <b>bold | 1 | 2 | 1 | - | 2026-11-22T00:00:00Z | failed | 1 | <marquee>${escape}
	END
}

@test "hostile names harm no output" {
	need_command jq
	hostile > hostile.tsv
	report management --title '<title>&"' hostile.tsv > text
	report management --html --title '</title><script>x' hostile.tsv > page.html
	# nothing but our own elements, and no byte that a terminal acts on
	run -1 grep -iE '<(script|img|svg onload|marquee|b|i)[ >]' page.html
	grep -q '&lt;script&gt;alert(1)&lt;/script&gt;' page.html
	grep -q '<title>&lt;/title&gt;&lt;script&gt;x' page.html
	for file in text page.html; do
		run -1 grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' $file
	done
	if command -v chromium > /dev/null; then
		facts page.html --window-size=1200,2000
		run -1 grep '^fault' facts
		grep -qx 'scripts 1' facts	# the instrument's own
	fi
	report prometheus hostile.tsv > metrics
	check_prometheus metrics
	grep -qF 'feed="f\"}\\\\"' metrics
	# no cell that a spreadsheet takes for a formula
	report tables -t sla hostile.tsv > sla.tsv
	report csv -t sla sla.tsv > sla.csv
	report csv -t host hostile.tsv > hosts.csv
	for file in sla.csv hosts.csv; do
		run -1 grep -aE '(^|,)"?[-=+@]' $file
	done
	grep -qF "\"'=HYPERLINK(\"\"http://x\"\")\"" sla.csv
	grep -qF "\"'=cmd'/C calc'!A0\"" sla.csv
	# what a spreadsheet reads is what was there, but for the apostrophe
	sqlite3 :memory: '.mode csv' '.import hosts.csv h' \
	    "select count(*) from h where host = 'a\\b\"c' || char(10) || 'd'" |
	    tr -d '\r' | same <(echo 1) -
	report json hostile.tsv > lines.json
	[ "$(jq -rs 'map(select(.type == "host"))[2].host' lines.json)" = \
	    $'a\\b"c\nd' ]
	[ "$(jq -s length lines.json)" -eq "$(grep -c '^[a-z]' hostile.tsv)" ]
	report vex hostile.tsv > vex.json
	jq -e '.vulnerabilities[0].remediations[0].details |
	    contains("\"quoted\" \\ back\nline")' vex.json
	run -2 report nagios -c 0 hostile.tsv
	[ "${#lines[@]}" -eq 1 ]
}

# What Prometheus asks of its text format, by its documentation: HELP and TYPE
# once and before the samples of a family, which stand together, names and labels
# of proper form, each series once, a number.
check_prometheus() {
	if command -v promtool > /dev/null; then
		promtool check metrics < "$1"
	fi
	perl -e '
		my (%help, %type, %seen, %closed, $family);
		while (<>) {
			die "line $.: no newline\n" unless s/\n$//;
			if (/^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/a) {
				my ($what, $name, $text) = ($1, $2, $3);
				my $kind = $what eq "HELP" ? \%help : \%type;
				die "line $.: $what twice\n" if $kind->{$name}++;
				die "line $.: type\n" if $what eq "TYPE" &&
				    $text !~ /^(gauge|counter|untyped)$/;
				$closed{$family} = 1
				    if defined $family && $family ne $name;
				$family = $name;
				next;
			}
			/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|-?[0-9.]+)$/a
			    or die "line $.: no sample: $_\n";
			my ($name, $labels) = ($1, $2 // "");
			die "line $.: $name outside its family\n"
			    unless $name eq $family && $type{$name} &&
			    $help{$name} && !$closed{$name};
			die "line $.: twice: $name $labels\n"
			    if $seen{"$name $labels"}++;
			my $rest = $labels;
			while (length $rest) {
				$rest =~ s/^[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=.)|$)//a
				    or die "line $.: labels: $labels\n";
			}
		}
		die "no samples\n" unless %seen;
	' "$1"
}

@test "for Prometheus: proper, with zeros, and the numbers of the tables" {
	fleet 300 3000
	report tables "${files[@]}" > tables
	report prometheus "${files[@]}" > metrics
	check_prometheus metrics
	sum() { grep -F "$1{" metrics | grep -F "${2-}" |
	    awk '{ s += $NF } END { print s }'; }
	[ "$(sum pm_hosts)" -eq "$(number all '*' hosts)" ]
	[ "$(sum pm_hosts 'verdict="compliant"')" -eq \
	    "$(number all '*' compliant)" ]
	[ "$(sum pm_needs)" -eq "$(number all '*' open)" ]
	[ "$(sum pm_needs 'deadline="overdue"')" -eq \
	    "$(number all '*' overdue)" ]
	[ "$(sum pm_steps 'outcome="failed"')" -eq \
	    "$(number all '*' outcome_failed)" ]
	[ "$(sum pm_gaps 'kind="not-judged"')" -eq \
	    "$(column kind gap tables | grep -c not-judged)" ]
	# a fleet where nothing is wrong has the same series, with zeros
	stream > clean.tsv <<-'END'
		#host | host | tier | owner | seen
		host | a | mission | anna | 2026-11-23T00:00:00Z
		#cover | host | feed | verdict | detail
		cover | a | f | covered | -
	END
	report prometheus clean.tsv > clean
	check_prometheus clean
	grep -qxF 'pm_needs{tier="mission",owner="anna",deadline="overdue"} 0' \
	    clean
	grep -qxF 'pm_hosts{tier="business",owner="-",verdict="overdue"} 0' clean
	grep -qxF 'pm_exceptions{state="expired"} 0' clean
	diff <(sed -n 's/^# TYPE //p' metrics) <(sed -n 's/^# TYPE //p' clean)
	# the checker finds what is wrong
	for wrong in 's/^pm_needs{/pm-needs{/' 's/ 0$/ none/' '/^# TYPE pm_hosts/d' \
	    's/anna"/an"na"/' '$p'; do
		sed "$wrong" clean > wrong
		run ! check_prometheus wrong
	done
}

@test "for Nagios: one line, and a status that says how bad it is" {
	stream > clean.tsv <<-'END'
		#host | host | tier | owner | seen
		host | a | mission | anna | 2026-11-23T00:00:00Z
		#cover | host | feed | verdict | detail
		cover | a | f | covered | -
		#feed | feed | os | release | records | date | sha256
		feed | f | debian | 12 | 1 | 2026-11-22T00:00:00Z | -
		#need | host | package | state | decision | due | kev
	END
	run -0 report nagios clean.tsv
	[[ $output == "PM OK - 0 overdue"*"1 of 1 host compliant | overdue=0;0;;0 "* ]]
	need() { printf 'need\ta\tp%s\tavailable\tpatch\t%s\t%s\n' "$@"; }
	{ cat clean.tsv; need 1 2026-11-20T00:00:00Z no; } > late.tsv
	run -1 report nagios late.tsv
	[[ $output == "PM WARNING - 1 overdue on 1 host,"* ]]
	run -0 report nagios -w 1 late.tsv
	run -2 report nagios -c 0 late.tsv
	{ cat clean.tsv; need 1 2026-11-20T00:00:00Z yes; } > known.tsv
	run -2 report nagios -w 9 known.tsv
	[[ $output == *"1 overdue and known exploited"* ]]
	sed s/covered/unreachable/ clean.tsv > dark.tsv
	run -3 report nagios dark.tsv
	run -3 report nagios absent.tsv
	[[ $output == "PM UNKNOWN - "* && ${#lines[@]} -eq 1 ]]
	run -3 report nagios -w many clean.tsv
	sed s/2026-11-22/2026-10-22/ clean.tsv > old.tsv
	run -1 report nagios old.tsv
	[[ $output == *"1 stale feeds"* ]]
}

# bats test_tags=req:P7-5
@test "a host that vanished between plan and verify is named" {
	stream > plan.body <<-'END'
		#host | host | os | release | tier | owner | seen
		host | db1 | debian | 12 | business | dora | 2026-11-22T00:00:00Z
		host | web1 | debian | 12 | mission | anna | 2026-11-22T00:00:00Z
		#cover | host | feed | verdict | detail
		cover | db1 | f | covered | -
		cover | web1 | f | covered | -
		#need | host | package | installed | fixed | adv | cves | state | severity | kind | confidence | why | due | decision
		need | db1 | bash | 5.1 | 5.2 | A | - | available | - | security | exact | - | 2026-12-05T00:00:00Z | patch
		need | web1 | bash | 5.1 | 5.2 | A | - | available | - | security | exact | - | 2026-12-05T00:00:00Z | patch
		#step | plan | step | wave | host | action | package | from | to | start | end | mode | after | state | reason | owner | tester
		step | p1 | db1/install/bash | 1 | db1 | install | bash | 5.1 | 5.2 | 2026-11-23T01:00:00Z | 2026-11-23T05:00:00Z | unattended | - | planned | r | dora | -
		step | p1 | web1/install/bash | 1 | web1 | install | bash | 5.1 | 5.2 | 2026-11-23T01:00:00Z | 2026-11-23T05:00:00Z | unattended | - | planned | r | anna | -
	END
	{ cat plan.body; printf '##end step 2 sha256:%s\n' "$(grep -P \
	    '^#?step\t' plan.body | sha256sum | cut -d ' ' -f 1)"; } > plan.tsv
	stream > after.tsv <<-'END'
		#host | host | os | release | seen
		host | web1 | debian | 12 | 2026-11-23T08:00:00Z
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		pkg | web1 | bash | 5.2 | amd64 | bash | 5.2 | - | no | installed
	END
	pm-verify -q plan.tsv after.tsv > checks.tsv
	report tables plan.tsv checks.tsv > tables
	[ "$(number all '*' hosts)" -eq 2 ]
	[ "$(number all '*' judged)" -eq 1 ]
	[ "$(number all '*' compliant)" -eq 1 ]
	[ "$(number all '*' open)" -eq 1 ]
	[ "$(number all '*' met)" -eq 1 ]
	report management plan.tsv checks.tsv > text
	grep -qE '^  Not judged +db1 +not examined after the rollout' text
	report management --html plan.tsv checks.tsv |
	    grep -q 'Not judged</th><td>db1</td><td>not examined after'
	# and where a host is missing from all that was looked at before
	grep -v $'^cover\tweb1' plan.tsv | sed '/^##end/d' > less.tsv
	report management less.tsv | grep -qE \
	    '^  Not judged +web1 +nothing says what could be judged'
}

# A site of two servers and an image of a workstation, scored and planned.
site() {
	stream > needs.tsv <<-'END'
		#host | host | class | os | release | arch | role | site | tier | env | owner | exposed | group | seen
		host | db1 | server | debian | 12 | amd64 | database | bern | mission | production | dora | internal | - | 2026-11-23T04:00:00Z
		host | web1 | server | debian | 12 | amd64 | web | bern | business | production | anna | internet | - | 2026-11-23T04:00:00Z
		host | golden | image | debian | 12 | amd64 | desktop | - | operational | - | anna | none | desks | 2026-11-23T04:00:00Z
		#cover | host | feed | verdict | detail
		cover | db1 | dsa | covered | -
		cover | web1 | dsa | covered | -
		cover | golden | dsa | covered | -
		#need | host | package | installed | fixed | adv | cves | state | severity | kind | confidence | why
		need | db1 | openssl | 3.0-1 | 3.0-2 | A1 | CVE-2026-1111,CVE-2026-2222 | available | high | security | exact | w
		need | db1 | perl | 5.36-1 | - | A2 | CVE-2026-3333 | unfixed | low | security | exact | w
		need | web1 | openssl | 3.0-1 | 3.0-2 | A1 | CVE-2026-1111,CVE-2026-2222 | available | high | security | exact | w
		need | golden | openssl | 3.0-1 | 3.0-2 | A1 | CVE-2026-1111,CVE-2026-2222 | available | high | security | exact | w
		need | golden | vim | 9.0-1 | 9.0-2 | A3 | - | available | - | update | exact | w
	END
	stream > records.tsv <<-'END'
		#waive | host | package | cve | decision | who | when | reason | expiry
		waive | db1 | openssl | - | mitigate | anna | 2026-11-01T00:00:00Z | filtered, "see" ticket 7 | 2027-02-01T00:00:00Z
		waive | web1 | perl | - | accept | anna | 2026-09-01T00:00:00Z | old | 2026-11-01T00:00:00Z
		#actor | who | role | scope | contact | expiry
		actor | anna | owner | * | anna@example.org | -
		actor | lena | lead | * | lena@example.org | -
		actor | leo | lead | * | leo@example.org | 2026-01-01T00:00:00Z
	END
	pm-score -q records.tsv needs.tsv > scored.tsv 2> /dev/null
	pm-plan -q scored.tsv > plan.tsv 2> /dev/null
}

# bats test_tags=req:P7-1
@test "the lead stands in the report, from the policy and from actors in force" {
	site
	report management plan.tsv > text
	grep -qF 'Lead of patch management: lena (actor record, scope *).' text
	printf '%s\n' '# -> lead=forgotten' 'tier=mission -> lead="Maria Meier"' \
	    > 00-site.pm
	report management --policy . --policy "$PM_POLICY" --html plan.tsv > page
	grep -qF 'lena (actor record, scope *); Maria Meier (policy 00-site.pm:2); administrator (policy 15-lead.pm:' page
	run -1 grep -q forgotten page
	report management needs.tsv | grep -qF 'Lead of patch management: not named.'
}

# bats test_tags=req:P7-4
@test "images: what they lack, and how old they are" {
	site
	row() { records image out | cut -f 2,8-14 | tr '\t' ' '; }
	report tables plan.tsv > out
	[ "$(row)" = "golden - - 2 1 1 0 yes" ]
	grep -q $'^gap\timage-without-date\tgolden\t' out
	# not counted among hosts
	cp out tables
	[ "$(number all '*' hosts)" -eq 2 ]
	[ "$(number all '*' open)" -eq 3 ]
	# its age: of the package database, or of the record of who made it
	mkdir -p image/etc image/var/lib/dpkg/info
	echo golden > image/etc/hostname
	printf 'ID=debian\nVERSION_ID=12\n' > image/etc/os-release
	printf '%s\n' 'Package: bash' 'Status: install ok installed' \
	    'Architecture: amd64' 'Version: 5.2-1' '' > image/var/lib/dpkg/status
	touch -d 2026-11-13T12:00:00Z image/var/lib/dpkg/status
	pm-collect root -q image > image.tsv
	report tables plan.tsv image.tsv > out
	[ "$(row)" = "golden 2026-11-13T12:00:00Z 10 2 1 1 0 yes" ]
	printf '#backup\thost\tkind\twhen\nbackup\tgolden\timage\t%s\n' \
	    2026-09-01T00:00:00Z > made.tsv
	report tables plan.tsv image.tsv made.tsv > out
	[ "$(row)" = "golden 2026-09-01T00:00:00Z 83 2 1 1 0 yes" ]
	report management plan.tsv image.tsv made.tsv |
	    grep -qE '^  golden +debian 12 +desks +2026-09-01 00:00 +83 +2 +1 +1 '
	# time that a hostile image gives its files
	touch -d '1901-01-01' image/var/lib/dpkg/status
	pm-collect root -q image > image.tsv
	run -1 grep image_changed image.tsv
}

@test "exceptions: with their expiry, and as a VEX document" {
	need_command jq
	site
	report tables -t exception plan.tsv > out
	[ "$(column state exception | sort | tr '\n' ' ')" = "active expired " ]
	[ "$(column days_left exception | sort -n | tr '\n' ' ')" = "-22 69 " ]
	report vex --publisher Example --namespace https://example.org \
	    plan.tsv > vex.json
	# what CSAF 2.0 asks of the profile, sections 3.2, 4.1 and 4.5
	jq -e '.document.category == "csaf_vex" and
	    .document.csaf_version == "2.0" and
	    (.document.publisher | .category and .name and .namespace) and
	    .document.title and (.document.tracking | .id and .status and
	    .version and .current_release_date and .initial_release_date and
	    (.revision_history | length > 0)) and
	    ([.product_tree.full_product_names[].product_id] as $ids |
	    ([.vulnerabilities[] | .product_status.known_affected[]] - $ids |
	    length == 0) and ($ids | unique | length) == ($ids | length)) and
	    ([.vulnerabilities[] | (.cve | test("^CVE-[0-9]{4}-[0-9]{4,}$")) and
	    (.notes | length > 0) and
	    ((.product_status.known_affected - [.remediations[].product_ids[]])
	    | length == 0) and ([.remediations[].category] - ["mitigation",
	    "no_fix_planned", "none_available", "vendor_fix", "workaround"] |
	    length == 0)] | all)' vex.json
	[ "$(jq -r '[.vulnerabilities[].cve] | join(" ")' vex.json)" = \
	    "CVE-2026-1111 CVE-2026-2222" ]
	[ "$(jq -r '.vulnerabilities[0].remediations[0].details' vex.json)" = \
	    'mitigate: filtered, "see" ticket 7; decided by anna, until 2027-02-01T00:00:00Z' ]
	grep -v $'^waive' plan.tsv | sed 's/waive:/rule:/' > none.tsv
	run -66 report vex none.tsv
}

# bats test_tags=req:P7-5
@test "each open need: how old, when due, how many days over" {
	stream > in.tsv <<-'END'
		#host | host | tier | owner
		host | a | mission | anna
		#need | host | package | state | decision | due | first_seen | published | policy
		need | a | late | available | patch | 2026-11-20T12:00:00Z | 2026-11-01T12:00:00Z | - | x:1
		need | a | soon | available | patch | 2026-11-24T12:00:00Z | - | 2026-11-13T00:00:00Z | x:1
		need | a | never | available | patch | - | - | - | x:1
		need | a | taken | available | accept | - | - | - | x:1
		need | a | ended | available | accept | 2026-11-23T11:00:00Z | - | - | waive:anna,x:1
		need | a | ruled | available | defer | 2026-11-01T00:00:00Z | - | - | x:1
		need | a | bare | available | - | 2026-11-23T12:00:00Z | - | - | -
	END
	report tables -t sla in.tsv > out
	awk -F '\t' '$1 == "sla" { print $5, $16, $18, $19 }' out |
	    same <(printf '%s\n' 'late 22 overdue 3' 'soon 10 in_time 0' \
	    'never - undated 0' 'taken - excepted 0' 'ended - overdue 0' \
	    'ruled - excepted 0' 'bare - overdue 0') -
}

# bats test_tags=req:sms
@test "each host: pending, downloaded, installed, failed, reboot pending" {
	stream > in.tsv <<-'END'
		#host | host | tier | owner | group | window
		host | fetched | - | - | desks | sun
		host | done | - | - | desks | sun
		host | bad | - | - | desks | sun
		host | mended | - | - | desks | sun
		host | boot | - | - | desks | sun
		host | wait | - | - | desks | mon
		host | open | - | - | - | -
		host | clean | - | - | - | -
		host | dark | - | - | - | -
		#cover | host | feed | verdict | detail
		cover | open | f | covered | -
		cover | clean | f | covered | -
		#need | host | package | installed | fixed | state | decision | due
		need | open | p | 1 | 2 | available | defer | -
		#step | plan | step | host | action | package | from | to | start | end | mode | state | reason
		step | p | wait/install/p | wait | install | p | 1 | 2 | 2026-11-29T00:00:00Z | 2026-11-29T04:00:00Z | unattended | planned | -
		step | p | fetched/download/- | fetched | download | - | - | - | - | - | unattended | planned | -
		step | p | fetched/install/p | fetched | install | p | 1 | 2 | 2026-11-30T00:00:00Z | - | unattended | planned | -
		step | p | done/install/p | done | install | p | 1 | 2 | - | - | unattended | planned | -
		step | p | bad/install/p | bad | install | p | 1 | 2 | - | - | unattended | planned | -
		step | p | bad/install/q | bad | install | q | 1 | 2 | - | - | unattended | planned | -
		step | p | mended/install/p | mended | install | p | 1 | 2 | - | - | unattended | planned | -
		#done | plan | step | host | action | package | from | to | started | ended | outcome | detail
		done | p | fetched/download/- | fetched | download | - | - | - | - | - | done | -
		done | p | done/install/p | done | install | p | 1 | 2 | - | - | started | -
		done | p | done/install/p | done | install | p | 1 | 2 | - | - | done | -
		done | p | bad/install/p | bad | install | p | 1 | 2 | - | - | timeout | -
		done | p | bad/install/q | bad | install | q | 1 | 2 | - | - | skipped | -
		done | p | mended/install/p | mended | install | p | 1 | 2 | - | - | failed | -
		done | p2 | mended/install/p | mended | install | p | 1 | 2 | - | - | done | -
		done | p2 | boot/install/p | boot | install | p | 1 | 2 | - | - | done | -
		#check | host | kind | subject | expected | actual | verdict | due | detail
		check | boot | kernel | - | - | - | reboot-pending | - | -
	END
	report tables in.tsv > tables
	awk -F '\t' '$1 == "status" { print $2, $7, $8, $9, $10, $11, $12, $13 }' \
	    tables | sort | same <(sort <<-'END'
		bad failed 0 0 1 1 no -
		boot reboot-pending 0 0 1 0 yes -
		clean nothing-needed 0 0 0 0 no -
		dark unknown 0 0 0 0 no -
		done installed 0 0 1 0 no -
		fetched downloaded 0 1 0 0 no 2026-11-30T00:00:00Z
		mended installed 0 0 1 0 no -
		open nothing-planned 0 0 0 0 no -
		wait pending 1 0 0 0 no 2026-11-29T00:00:00Z
	END
	) -
	report management in.tsv > text
	grep -qE '^  wait +not known +not known +pending +1 +0 +0 +0 +no +2026-11-29 00:00$' text
	grep -qE '^  reboot pending +1 ' text
}

# bats test_tags=req:P1-15
@test "mail: one message for each owner, and no header from outside" {
	site
	mkdir bin
	cat > bin/sendmail <<-'END'
		#!/bin/sh
		printf '%s\n' "$*" >> arguments
		cat > "message.$(wc -l < arguments)"
	END
	chmod +x bin/sendmail
	PATH=$PWD/bin:$PATH report mail --from pm@example.org plan.tsv
	same <(printf -- '-oi -f pm@example.org -- %s\n' anna@example.org \
	    lena@example.org) arguments
	grep -qx 'To: anna@example.org' message.1
	grep -qx 'Subject: Patch report: 2 of your systems, 2026-11-23' message.1
	grep -qE '^  web1 +business +anna ' message.1
	run -1 grep -q db1 message.1
	# dora has no address: her part goes to the lead, who is told why
	grep -qx 'Sent to the lead: dora has no address.' message.2
	# each need is in one message
	[ "$(grep -hE '^  Open needs  ' message.* | awk '{ s += $3 }
	    END { print s }')" -eq 3 ]
	# owners and addresses that would be headers or options
	for bad in '-oQ/tmp@example.org' 'a@b.example\nBcc: x@example.net' \
	    'a@b.example,x@example.net' "a'\$(id)'@b.example" '"a b"@c.example' \
	    '|sh@example.org'; do
		awk -v bad="$bad" -F '\t' -v OFS='\t' '
			BEGIN { gsub(/\n/, "\\n", bad) }
			$1 == "actor" && $2 == "anna" { $5 = bad } 1' plan.tsv > bad.tsv
		rm -rf sent
		with_status 0 report mail --from pm@example.org -o sent bad.tsv
		grep -qx 'To: lena@example.org' sent/anna.eml
		run -1 grep -iE '^(bcc|to: [^l])' sent/*.eml
	done
	run -64 report mail --from $'pm@x.example\nBcc: y@x.example' plan.tsv
	# nobody to send it to: named, and the status says so
	grep -v $'^actor\t' plan.tsv > silent.tsv
	with_status 3 report mail --from pm@example.org -o sent2 silent.tsv
	says 'anna: no address'
	# one message that is not taken stops no other
	rm -f arguments
	sed -i '$a case $* in *anna*) exit 75 ;; esac' bin/sendmail
	PATH=$PWD/bin:$PATH with_status 3 report mail --from pm@example.org plan.tsv
	[ "$(wc -l < arguments)" -eq 2 ]
	says 'anna@example.org: '
	says '1 messages, 0 owners without an address, 1 not taken'
	PM_SENDMAIL=$PWD/absent run -69 report mail --from pm@example.org \
	    plan.tsv
}

# bats test_tags=req:P7-5,req:P7-6,req:qualysguard
@test "from an empty folder to the first reports, with the targets" {
	make -s -f "$PM_SHARE/phases.mk" init SITE=site > /dev/null
	cd site
	run -2 make -s report
	[[ $output == *"nothing is there to report of: make evaluate"* ]]
	cat >> hosts.csv <<-'END'
		web1,server,192.0.2.1,debian,12,web,bern,,production,anna,,,,,,
		sw1,switch,192.0.2.2,,,network,bern,,production,nina,,,,,,
	END
	stream > dumps/web1.dpkg-list <<-'END'
		bash | 5.2-1 | amd64 | bash | 5.2-1 | ii
		openssl | 3.0-1 | amd64 | openssl | 3.0-1 | ii
	END
	touch -d 2026-11-23T08:00:00Z dumps/* hosts.csv
	printf '%s\n\t%s\n\t%s\n' \
	    '[22 Nov 2026] DSA-6001-1 openssl - security update' \
	    '{CVE-2026-1111}' '[bookworm] - openssl 3.0-2' > advisories
	printf 'dsa\tdebian-advisories\tadvisories\n' > feeds.conf
	SECONDS=0
	make -s feeds baseline change report > out 2> err
	[ "$SECONDS" -lt 120 ]
	[ "$(ls reports)" = "$(printf '%s\n' hosts.csv metrics.prom needs.csv \
	    needs.tsv report.html report.txt tables.tsv)" ]
	grep -qE '^  Not judged +sw1 +unsupported' reports/report.txt
	grep -q '^web1,business,anna,openssl,3.0-1,3.0-2,' reports/needs.csv
	# each decision cites its line of the policy, and that line decides it
	rules=$(column policy sla reports/needs.tsv | tr ',' '\n')
	[ "$(wc -l <<< "$rules")" -ge 2 ]
	while IFS=: read -r file line; do
		sed -n "${line}p" "$PM_SHARE/policy/$file" | grep -e '->'
	done <<< "$rules"
	check_prometheus reports/metrics.prom
	# nothing new: no file is touched
	find reports -type f -printf '%p %T@\n' | sort > before
	make -s report > /dev/null
	find reports -type f -printf '%p %T@\n' | sort | same before -
	make -s mail FROM=pm@example.org REPORT_OPTIONS='-o mail' 2> err || [ $? -eq 2 ]
	grep -q 'nina: no address' err
}

@test "every number of the tables is defined in pm-report(7)" {
	printf '#host\thost\nhost\ta\n' > in.tsv
	report tables in.tsv > out
	column name number | sort -u > names
	[ "$(wc -l < names)" -gt 40 ]
	while read -r name; do
		grep -qE "^\.(It )?Cm ([a-z_0-9]+ , )*$name( |\$)" \
		    "$PM_TOP/man/pm-report.7" || {
			echo "$name is not defined"
			false
		}
	done < names
}

@test "what cannot be right is refused, with its place" {
	local tool
	printf '#host\thost\tos\nhost\ta\n' > cut.tsv
	printf 'need\ta\tb\n' > headless.tsv
	printf '#need\thost\tpackage\nneed\ta\tb\n' > narrow.tsv
	: > empty.tsv
	site
	sed '/^step/{/perl/d}' plan.tsv > short.tsv
	for tool in tables management prometheus; do
		with_status 65 report $tool cut.tsv
		says 'cut.tsv:2: 2 fields, the header of host names 3'
		with_status 65 report $tool headless.tsv
		says 'a record of type need without a header'
		with_status 65 report $tool narrow.tsv
		says 'names no column state'
		with_status 65 report $tool short.tsv
		says 'its trailer says'
		with_status 66 report $tool empty.tsv
		with_status 66 report $tool absent.tsv
		with_status 64 report $tool --now yesterday plan.tsv
		with_status 64 report $tool --nonsense plan.tsv
		[ ! -s out ]
	done
	cp plan.tsv a=b.tsv
	with_status 64 report tables a=b.tsv
	with_status 0 report tables ./a=b.tsv
	# an interrupted run of the ledger counts for nothing, and is named
	fleet 20 2000
	report tables ledger.tsv > whole
	{ cat ledger.tsv; printf 'seen\t2026-11-23T00:00:00Z\t%s\t%s\n' \
	    gone "$(grep $'\tfirst\t' ledger.tsv | tail -n 1 | cut -f 4-)" \
	    first $'host00002\tnew\t-\t1.0-1\t-'; } > torn.tsv
	report tables torn.tsv | grep -v ledger-interrupted | same whole -
	report tables torn.tsv | grep -q $'^gap\tledger-interrupted\t2\t'
}

# bats test_tags=slow
@test "10,000 hosts with 100,000 needs are reported in less than five seconds" {
	local seconds tool
	fleet 10000 100000
	for tool in "tables" "management --html" "prometheus"; do
		# time of the processor, the better of two: others run beside
		for _ in 1 2; do
			command time -a -f '%U %S' -o used \
			    "$PM_SHARE/report/"$tool "${files[@]}" > out
		done
		seconds=$(awk '{ print $1 + $2 }' used | sort -n | head -n 1)
		rm used
		echo "$tool: $seconds s"
		[ "${seconds%.*}" -lt 5 ]
	done
}
