# The management report: what it says, from the tables alone.  How it looks is
# the business of text.awk or html.awk, which give
#
#	begin_report, end_report, heading, paragraph, figure_list, figure,
#	begin_table, row, end_table, definition and the charts.

BEGIN {
	FS = "\t"
	most = most + 0
}

$1 == "number" {
	number[$2, $3, $4, $5] = $6
	if ($2 == "tier" && !($3 in tier_known)) {
		tier_known[$3] = 1
		tier_list[++tier_count] = $3
	}
	if ($2 == "owner" && !($4 in owner_known)) {
		owner_known[$4] = 1
		owner_list[++owner_count] = $4
	}
	next
}

$1 == "about" {
	about[$2] = $3
	next
}

$1 == "status" {
	status_count[$7]++
	rows["status"]++
	if ($7 != "installed" && $7 != "nothing-needed" && \
	    kept_rows["status"] < most)
		line["status", ++kept_rows["status"]] = $0
	if ($7 != "installed" && $7 != "nothing-needed")
		status_shown++
	next
}

$1 == "gap" {
	gap_count[$2]++
	gap_total++
	if (!($2 in gap_known)) {
		gap_known[$2] = 1
		gap_kinds[++gap_kind_count] = $2
	}
	if (gap_count[$2] <= most)
		gap_line[$2, gap_count[$2]] = $3 FS $4
	next
}

$1 == "fault" {
	fault_class[$10 FS $12]++
	fault_outcome[$10]++
}

$1 ~ /^[a-z]/ {
	line[$1, ++rows[$1]] = $0
}

END {
	if (about["now"] == "")
		die(65, "this is no stream of tables")
	order_tiers()
	begin_report(ENVIRON["title"], about["now"])
	part_summary()
	part_tiers()
	part_owners()
	part_remediation()
	part_trend()
	part_windows()
	part_status()
	part_faults()
	part_exceptions()
	part_checks()
	part_images()
	part_nist()
	part_gaps()
	part_definitions()
	end_report()
}

# The tiers with the most at stake first, what is unknown last.
function order_tiers(    i, n, old) {
	for (i = 1; i <= tier_count; i++)
		old[i] = tier_list[i]
	split("mission business operational", tier_list, " ")
	n = 3
	for (i = 1; i <= tier_count; i++)
		if (index(" mission business operational - ", \
		    " " old[i] " ") == 0)
			tier_list[++n] = old[i]
	if ("-" in tier_known && number["tier", "-", "*", "hosts"] + \
	    number["tier", "-", "*", "remediated"] > 0)
		tier_list[++n] = "-"
	tier_count = n
}

function all(name) {
	return number["all", "*", "*", name] + 0
}

# A share in per cent, rounded down, so that 100 means all.
function share(part, whole,    tenths) {
	if (whole == 0)
		return "-"
	tenths = int(1000 * part / whole)
	return sprintf("%d.%d %%", int(tenths / 10), tenths % 10)
}

function days(time) {
	if (time == "-" || time == "")
		return "-"
	return sprintf("%.1f", time / 86400)
}

function plural(count, one, many) {
	return count " " (count == 1 ? one : many)
}

function named(text) {
	return text == "-" ? "not known" : text
}

# 2026-11-23T02:00:00Z as 2026-11-23 02:00
function clock(time) {
	return time == "-" || time == "" ? "-" : \
	    substr(time, 1, 10) " " substr(time, 12, 5)
}

function lead_text(    i, part, text) {
	for (i = 1; i <= rows["lead"]; i++) {
		split(line["lead", i], part, FS)
		text = text (text == "" ? "" : "; ") part[2] " (" part[3] ")"
	}
	return text == "" ? "not named" : text
}

function part_summary() {
	heading("summary", "Summary")
	paragraph("Lead of patch management: " lead_text() ".")
	figure_list()
	figure("Hosts", all("hosts"), plural(all("judged"), "judged", \
	    "judged") ", " share(all("judged"), all("hosts")))
	figure("Compliant hosts", share(all("compliant"), all("hosts")), \
	    all("compliant") " of " all("hosts"))
	figure("Open needs", all("open"), all("security") " of them security")
	figure("Overdue needs", all("overdue"), "on " \
	    plural(all("hosts_overdue"), "host", "hosts"))
	figure("Known exploited, open", all("exploited"), \
	    all("exploited_overdue") " of them overdue")
	figure("Median days to remediate", \
	    days(number["all", "*", "*", "need_median_seconds"]), \
	    "95 % within " \
	    days(number["all", "*", "*", "need_p95_seconds"]) " days")
	end_figure_list()
	chart_hosts()
	if (gap_total)
		paragraph("These numbers leave things out" \
		    (gap_count["not-judged"] ? ": " \
		    plural(gap_count["not-judged"], "system was", \
		    "systems were") " not judged" : "") \
		    ". See What the numbers do not cover.")
}

function scope_header(of) {
	return of "|Hosts:|Judged:|Compliant:|Open needs:|Overdue:|" \
	    "Exceptions:|Remediated:|Mean days:|Median:|95 %:"
}

function scope_row(name, by, tier, owner,    k) {
	k = by SUBSEP tier SUBSEP owner SUBSEP
	row(name FS number[k "hosts"] + 0 FS \
	    share(number[k "judged"], number[k "hosts"]) FS \
	    share(number[k "compliant"], number[k "hosts"]) FS \
	    number[k "open"] + 0 FS number[k "overdue"] + 0 FS \
	    number[k "excepted"] + 0 FS number[k "remediated"] + 0 FS \
	    days(number[k "need_mean_seconds"]) FS \
	    days(number[k "need_median_seconds"]) FS \
	    days(number[k "need_p95_seconds"]))
}

function part_tiers(    i) {
	heading("tiers", "By tier")
	begin_table("Compliance, needs and time to remediate by tier", \
	    scope_header("Tier"))
	for (i = 1; i <= tier_count; i++)
		scope_row(named(tier_list[i]), "tier", tier_list[i], "*")
	total_row = 1
	scope_row("All", "all", "*", "*")
	total_row = 0
	end_table()
	chart_needs()
}

function part_owners(    i) {
	heading("owners", "By owner")
	begin_table("Compliance, needs and time to remediate by owner", \
	    scope_header("Owner"))
	for (i = 1; i <= owner_count; i++)
		if (owner_list[i] != "-")
			scope_row(owner_list[i], "owner", "*", owner_list[i])
	if ("-" in owner_known)
		scope_row(named("-"), "owner", "*", "-")
	total_row = 1
	scope_row("All", "all", "*", "*")
	total_row = 0
	end_table()
}

function part_remediation(    i, part) {
	heading("remediation", "Time to remediate")
	if (!rows["spread"] || all("remediated") + \
	    all("vulnerabilities_remediated") == 0) {
		paragraph("The ledger knows of nothing that was remediated " \
		    "yet.")
		return
	}
	paragraph(plural(all("remediated"), "need was", "needs were") \
	    " remediated since " clock(about["ledger_first"]) ": mean " \
	    days(number["all", "*", "*", "need_mean_seconds"]) \
	    ", median " days(number["all", "*", "*", "need_median_seconds"]) \
	    ", 95 % within " days(number["all", "*", "*", \
	    "need_p95_seconds"]) " days. Vulnerabilities: " \
	    all("vulnerabilities_remediated") ", mean " days(number["all", \
	    "*", "*", "vulnerability_mean_seconds"]) ", median " \
	    days(number["all", "*", "*", "vulnerability_median_seconds"]) \
	    ", 95 % within " days(number["all", "*", "*", \
	    "vulnerability_p95_seconds"]) " days.")
	chart_spread()
	begin_table("How many needs were remediated within how many days", \
	    "Within days|Needs:|Share:")
	for (i = 1; i <= rows["spread"]; i++) {
		split(line["spread", i], part, FS)
		row(spread_name(i, part[2]) FS part[3] FS \
		    share(part[3], all("remediated")))
	}
	end_table()
}

function spread_name(i, text,    before) {
	if (i == 1)
		return "up to 1"
	split(line["spread", i - 1], before, FS)
	if (text == "more")
		return "more than " before[2]
	return before[2] + 1 " to " text
}

function part_trend(    i, part) {
	heading("trend", "Trend")
	if (!rows["trend"]) {
		paragraph("There is no ledger to show a trend from.")
		return
	}
	chart_trend()
	begin_table("Needs by the ledger, in periods of " \
	    plural(about["trend_days"], "day", "days"), \
	    "Until|New:|Gone:|Open at the end:|Mean days to remediate:")
	for (i = 1; i <= rows["trend"]; i++) {
		split(line["trend", i], part, FS)
		row(clock(part[3]) FS part[4] FS part[5] FS part[6] FS \
		    days(part[7]))
	}
	end_table()
}

function part_windows(    i, part) {
	heading("windows", "Next windows")
	if (!rows["slot"]) {
		paragraph("Nothing is planned from now on.")
		return
	}
	begin_table("What is planned, by window; times are UTC", \
	    "Start|End|Mode|Hosts:|Steps:|Done:|Mission:|Business:|" \
	    "Operational:|Not known:|Plan|Approved by")
	for (i = 1; i <= rows["slot"] && i <= most; i++) {
		split(line["slot", i], part, FS)
		row(clock(part[4]) FS clock(part[5]) FS part[6] FS part[7] \
		    FS part[8] FS part[9] FS part[10] FS part[11] FS \
		    part[12] FS part[13] FS part[2] FS \
		    (part[3] == "-" ? "nobody yet" : part[3]))
	}
	end_table()
	and_more(rows["slot"], "windows")
	paragraph(plural(all("answer_blocked"), "need is", "needs are") \
	    " blocked and " all("answer_deferred") " deferred, " \
	    all("answer_accepted") " accepted, " all("answer_mitigated") \
	    " mitigated, " all("answer_waived") " waived in the plan.")
}

function and_more(count, what) {
	if (count > most)
		paragraph("And " count - most " more " what "; the tables " \
		    "behind this report have all of them.")
}

function part_status(    i, n, list, names, part) {
	heading("status", "Status of hosts")
	n = split("failed pending downloaded reboot-pending " \
	    "installed nothing-planned nothing-needed unknown", list, " ")
	names["failed"] = "failed: something that was begun is not there"
	names["pending"] = "pending: an installation is planned"
	names["downloaded"] = "downloaded, not installed"
	names["reboot-pending"] = "reboot pending"
	names["installed"] = "installed: all that was planned is there"
	names["nothing-planned"] = "nothing planned, though it has open needs"
	names["nothing-needed"] = "nothing needed"
	names["unknown"] = "unknown: not judged, and nothing is planned"
	begin_table("Hosts by status", "Status|Hosts:|Share:")
	for (i = 1; i <= n; i++)
		row(names[list[i]] FS status_count[list[i]] + 0 FS \
		    share(status_count[list[i]], rows["status"]))
	total_row = 1
	row("All" FS rows["status"] + 0 FS \
	    share(rows["status"], rows["status"]))
	total_row = 0
	end_table()
	if (!kept_rows["status"])
		return
	begin_table("Hosts on which something is left to do", \
	    "Host|Tier|Owner|Status|Pending:|Downloaded:|Installed:|" \
	    "Failed:|Reboot pending|Next window")
	for (i = 1; i <= kept_rows["status"]; i++) {
		split(line["status", i], part, FS)
		row(part[2] FS named(part[3]) FS named(part[4]) FS part[7] FS \
		    part[8] FS part[9] FS part[10] FS part[11] FS part[12] \
		    FS clock(part[13]))
	}
	end_table()
	and_more(status_shown, "hosts")
}

function part_faults(    i, part, shown) {
	heading("faults", "Failed and rolled back")
	paragraph("Of the steps in the journal " all("outcome_done") \
	    " were done, " all("outcome_failed") " failed, " \
	    all("outcome_rolled_back") " were rolled back, " \
	    all("outcome_open") " have no known end, " \
	    all("outcome_other") " were left for a person or only shown.")
	if (!rows["fault"])
		return
	begin_table("Steps that went wrong", \
	    "Host|Owner|Action|Package|Version|Outcome|When|Since resolved|" \
	    "Detail")
	# what is not resolved first
	for (i = 1; i <= rows["fault"] && shown < most; i++) {
		split(line["fault", i], part, FS)
		if (part[12] == "no") {
			fault_row(part)
			shown++
		}
	}
	for (i = 1; i <= rows["fault"] && shown < most; i++) {
		split(line["fault", i], part, FS)
		if (part[12] == "yes") {
			fault_row(part)
			shown++
		}
	}
	end_table()
	and_more(rows["fault"], "steps")
}

function fault_row(part) {
	row(part[2] FS named(part[4]) FS part[7] FS part[8] FS part[9] FS \
	    part[10] FS clock(part[11]) FS part[12] FS part[13])
}

function part_exceptions(    i, part) {
	heading("exceptions", "Exceptions")
	paragraph(plural(all("excepted"), "open need is", "open needs are") \
	    " not patched by decision of a rule or a waiver.")
	if (!rows["exception"]) {
		paragraph("There are no waivers.")
		return
	}
	begin_table("Waivers and when they expire", \
	    "Host|Package|Vulnerability|Decision|Who|Reason|Expiry|" \
	    "Days left:|State")
	for (i = 1; i <= rows["exception"] && i <= most; i++) {
		split(line["exception", i], part, FS)
		row(part[2] FS part[3] FS part[4] FS part[5] FS part[6] FS \
		    part[8] FS clock(part[9]) FS part[11] FS part[10])
	}
	end_table()
	and_more(rows["exception"], "waivers")
}

function part_checks(    i, part) {
	heading("checks", "Looked at again")
	if (!rows["verdict"] && !rows["score"]) {
		paragraph("No checks were given.")
		return
	}
	if (rows["verdict"]) {
		begin_table("Checks of pm-verify by kind and verdict", \
		    "Kind|Verdict|Checks:|Hosts:|Finding")
		for (i = 1; i <= rows["verdict"]; i++) {
			split(line["verdict", i], part, FS)
			row(part[2] FS part[3] FS part[4] FS part[5] FS part[6])
		}
		end_table()
	}
	if (!rows["score"])
		return
	begin_table("Hardening: the weight of the rules that pass", \
	    "Of|Applies:|Passes:|Score:")
	for (i = 1; i <= rows["score"]; i++) {
		split(line["score", i], part, FS)
		row(part[2] FS part[3] FS part[4] FS \
		    (part[5] == "-" ? "-" : part[5] " %"))
	}
	end_table()
}

function part_images(    i, part) {
	heading("images", "Images")
	if (!rows["image"]) {
		paragraph("No images are in the inventory.")
		return
	}
	begin_table("Standard images, what they lack, and their age", \
	    "Image|System|Group|Made|Age in days:|Missing:|Security:|" \
	    "Critical:|Overdue:|Judged")
	for (i = 1; i <= rows["image"] && i <= most; i++) {
		split(line["image", i], part, FS)
		row(part[2] FS part[3] " " part[4] FS part[6] FS \
		    clock(part[8]) FS part[9] FS part[10] FS part[11] FS \
		    part[12] FS part[13] FS part[14])
	}
	end_table()
	and_more(rows["image"], "images")
}

function ratio(part, whole) {
	return whole ? sprintf("%.2f", part / whole) : "-"
}

function part_nist() {
	heading("metrics", "Metrics of NIST SP 800-40 version 2")
	begin_table("Susceptibility to attack and response time", \
	    "Metric|Value:|From")
	row("Unapplied patches per host" FS ratio(all("open"), all("hosts")) \
	    FS all("open") " needs, " all("hosts") " hosts")
	row("Vulnerabilities per host" FS ratio(all("vulnerabilities"), \
	    all("hosts")) FS all("vulnerabilities") \
	    " vulnerabilities of packages")
	row("Network services per host" FS ratio(all("services"), \
	    all("hosts")) FS all("services") " that listen")
	row("Mean days until a patch is identified" FS \
	    (all("identified") ? days(all("identified_seconds") / \
	    all("identified")) : "-") FS all("identified") \
	    " open needs with both days")
	row("Mean days until a patch is deployed" FS days(number["all", "*", \
	    "*", "need_mean_seconds"]) FS all("remediated") \
	    " needs of the ledger")
	row("Mean days until a vulnerability is mitigated" FS \
	    days(number["all", "*", "*", "vulnerability_mean_seconds"]) FS \
	    all("vulnerabilities_remediated") " of the ledger")
	end_table()
	paragraph("Not computed, because no record says them: the time of " \
	    "emergency changes of configuration, what the work and the tools " \
	    "cost, and what failures of the programme cost.")
}

function part_gaps(    i, k, kind, part, title, n) {
	heading("gaps", "What the numbers do not cover")
	gap_title["not-judged"] = "Not judged"
	gap_title["no-host-record"] = "Without a record of the host"
	gap_title["host-old"] = "Not seen for long"
	gap_title["no-tier"] = "Without a tier"
	gap_title["no-owner"] = "Without an owner"
	gap_title["feed-stale"] = "Feeds that are too old"
	gap_title["feed-without-date"] = "Feeds without a date"
	gap_title["image-without-date"] = "Images without a date"
	gap_title["no-score"] = "Without a score"
	gap_title["no-decision"] = "Without a decision"
	gap_title["no-input"] = "Records that were not given"
	gap_title["steps-not-examined"] = "Not looked at again"
	gap_title["plan-without-end"] = "Plan without its end"
	gap_title["rejected"] = "Malformed lines"
	gap_title["ledger-interrupted"] = "Ledger, interrupted run"
	gap_title["ledger-odd"] = "Ledger, rows that do not fit"
	gap_title["ledger-old"] = "Ledger, last run"
	if (!gap_total) {
		paragraph("Every host was judged, every feed is fresh, and " \
		    "all records were given.")
		return
	}
	begin_table("What is not in the numbers, by reason", "What|Cases:")
	for (i = 1; i <= gap_kind_count; i++)
		row(gap_name(gap_kinds[i]) FS gap_count[gap_kinds[i]])
	end_table()
	begin_table("The first of each", "What|Which|Why")
	for (i = 1; i <= gap_kind_count; i++) {
		kind = gap_kinds[i]
		n = gap_count[kind] < most ? gap_count[kind] : most
		for (k = 1; k <= n; k++)
			row(gap_name(kind) FS gap_line[kind, k])
		if (gap_count[kind] > most)
			row(gap_name(kind) FS "and " gap_count[kind] - most \
			    " more" FS "the tables behind this report have " \
			    "all of them")
	}
	end_table()
}

function gap_name(kind) {
	return kind in gap_title ? gap_title[kind] : kind
}

function part_definitions() {
	heading("definitions", "How this is counted")
	begin_definitions()
	definition("Hosts", "Every name of which there is a host record, a " \
	    "need, a step or a check, each once. Images count apart.")
	definition("Judged", "Every feed covered the host, as its cover " \
	    "records say, and it was not missing when pm-verify looked " \
	    "again. Partly covered, out of support, stale feed, unreachable " \
	    "and nothing said are all not judged.")
	definition("Compliant", "Judged, and nothing is overdue. The share " \
	    "is of all hosts: who was not judged is not compliant. Shares " \
	    "are rounded down.")
	definition("Open needs", "What a host needs and no check has found " \
	    "installed: one for each host, package and state. Overdue, in " \
	    "time, without a date and excepted add up to it.")
	definition("Overdue", "The due time has passed and the decision is " \
	    "to patch, or there is none, or its waiver ended at that time.")
	definition("In time", "The due time is still to come.")
	definition("Without a date", "To be patched, and no rule says until " \
	    "when.")
	definition("Exceptions", "Decided by a rule or a waiver in force: " \
	    "mitigate, accept or defer.")
	definition("Known exploited", "A vulnerability that the need would " \
	    "close is known to be exploited.")
	definition("Days to remediate", "From the run of the ledger that " \
	    "first saw a need (a package with this version installed) to the " \
	    "one that found it gone. What came back was never gone. " \
	    "Vulnerabilities are counted likewise, one for each host and " \
	    "package. Median and 95 % are nearest ranks: the smallest " \
	    "number of days that half, or 95 of 100, did not exceed.")
	definition("Trend", "New: first seen in the period. Gone: found gone " \
	    "in it. Open: seen and not found gone at its end.")
	definition("Windows", "Planned steps whose slot is not over, checks " \
	    "not counted, for every plan that was given. Approved by: who " \
	    "gave an approval for exactly this plan.")
	definition("Status", "The first that fits: failed (a package step " \
	    "that failed, was rolled back or has no known end, and the " \
	    "version is not there), pending, downloaded, reboot pending, " \
	    "installed, unknown, nothing planned, nothing needed. Pending is " \
	    "what the last plan plans and no record has settled.")
	definition("Failed and rolled back", "The last record of each step " \
	    "in the journal. Failed: also timeout, unreachable and refused. " \
	    "No known end: begun or lost. Resolved: the same version was " \
	    "installed or verified later.")
	definition("Finding", "A verdict that pm-verify --strict fails for.")
	definition("Age of an image", "Since it was made: as its backup " \
	    "record of kind image says, else since its package database was " \
	    "last changed.")
	definition("Until a patch is identified", "From when it was " \
	    "published to when the ledger first saw the need, for open needs.")
	definition("Too old", "A host that was not seen for " \
	    about["host_age"] / 86400 " days, a feed made more than " \
	    about["feed_age"] / 86400 " days ago.")
	end_definitions()
}
