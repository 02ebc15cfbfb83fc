# The numbers in the text format of Prometheus.  Every series is there whenever
# its host group is, with zero where there is nothing: an alert on what is
# missing would never fire.

BEGIN {
	FS = "\t"
	split("mission business operational", usual, " ")
}

$1 == "number" && $2 == "cell" {
	if (!(($3, $4) in known)) {
		known[$3, $4] = 1
		cell[++cells] = $3 FS $4
		tier_seen[$3] = 1
	}
	value[$3, $4, $5] = $6
	next
}

$1 == "number" && ($2 == "tier" || $2 == "all") {
	if (!(($2, $3) in took_known)) {
		took_known[$2, $3] = 1
		took[++takes] = $2 FS $3
	}
	taken[$2, $3, $5] = $6
	next
}

$1 == "about" {
	about[$2] = $3
	next
}

$1 ~ /^[a-z]/ {
	line[$1, ++rows[$1]] = $0
}

END {
	if (about["now"] == "")
		die(65, "this is no stream of tables")
	for (i = 1; i <= 3; i++)
		if (!(usual[i] in tier_seen))
			cell[++cells] = usual[i] FS "-"
	family("pm_hosts", "Hosts by what can be said of them")
	each("pm_hosts", "verdict", "compliant late unjudged", \
	    "compliant overdue not-judged")
	family("pm_hosts_patched", "Hosts judged and without an open need")
	each("pm_hosts_patched", "", "patched", "")
	family("pm_needs", "Open needs by their deadline")
	each("pm_needs", "deadline", "overdue in_time undated excepted", \
	    "overdue in-time none excepted")
	family("pm_needs_by_class", "Open needs by class")
	each("pm_needs_by_class", "class", "class_critical class_useful " \
	    "class_unnecessary class_none", "critical useful unnecessary none")
	family("pm_needs_security", "Open needs of kind security")
	each("pm_needs_security", "", "security", "")
	family("pm_needs_exploited", "Open needs whose vulnerability is known " \
	    "to be exploited")
	each("pm_needs_exploited", "deadline", "exploited_overdue " \
	    "exploited_later", "overdue other")
	family("pm_needs_unscored", "Open security needs without a score")
	each("pm_needs_unscored", "", "unscored", "")
	family("pm_needs_answered", "Needs that the last plan does not patch")
	each("pm_needs_answered", "answer", "answer_blocked answer_waived " \
	    "answer_accepted answer_mitigated answer_deferred", \
	    "blocked waived accepted mitigated deferred")
	family("pm_steps", "Steps of the journal by their last outcome")
	each("pm_steps", "outcome", "outcome_done outcome_failed " \
	    "outcome_rolled_back outcome_open outcome_other", \
	    "done failed rolled-back open other")
	family("pm_remediated", "Needs that are gone, by the ledger")
	times("pm_remediated", "", "remediated", "")
	family("pm_remediation_seconds", "How long that took")
	times("pm_remediation_seconds", "rank", \
	    "need_median_seconds need_p95_seconds", "median 95%")
	family("pm_remediation_mean_seconds", "How long that took, the mean")
	times("pm_remediation_mean_seconds", "", "need_mean_seconds", "")
	states()
	family("pm_ledger_last_run_timestamp_seconds", "The last run of the " \
	    "ledger; 0 without one")
	print "pm_ledger_last_run_timestamp_seconds " \
	    (about["ledger_last"] == "-" ? 0 : seconds(about["ledger_last"]))
	family("pm_report_timestamp_seconds", "The present of these numbers")
	print "pm_report_timestamp_seconds " seconds(about["now"])
}

function family(name, help) {
	print "# HELP " name " " help "."
	print "# TYPE " name " gauge"
}

function quoted(text) {
	text = tame(text)
	# escapes of the stream are text here, so a backslash stays one
	gsub(/\\/, "\\\\\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

function amount(tier, owner, name) {
	if (name == "late")
		return value[tier, owner, "judged"] - \
		    value[tier, owner, "compliant"]
	if (name == "unjudged")
		return value[tier, owner, "hosts"] - \
		    value[tier, owner, "judged"]
	if (name == "exploited_later")
		return value[tier, owner, "exploited"] - \
		    value[tier, owner, "exploited_overdue"]
	return value[tier, owner, name] + 0
}

# One series for each pair of tier and owner, and each value of a label.
function each(metric, label, names, labels,    i, j, n, list, shown, part) {
	n = split(names, list, " ")
	split(labels, shown, " ")
	for (i = 1; i <= cells; i++) {
		split(cell[i], part, FS)
		for (j = 1; j <= n; j++)
			print metric "{tier=" quoted(part[1]) ",owner=" \
			    quoted(part[2]) (label == "" ? "" : "," label \
			    "=\"" shown[j] "\"") "} " \
			    amount(part[1], part[2], list[j])
	}
}

# Times do not add up, so they are given for each tier and for all.
function times(metric, label, names, labels,    i, j, n, list, shown, part, v) {
	n = split(names, list, " ")
	split(labels, shown, " ")
	for (i = 1; i <= takes; i++) {
		split(took[i], part, FS)
		for (j = 1; j <= n; j++) {
			v = taken[part[1], part[2], list[j]]
			print metric "{tier=" quoted(part[1] == "all" ? "all" : \
			    part[2]) (part[1] == "all" ? ",of=\"all\"" : \
			    ",of=\"tier\"") (label == "" ? "" : "," label \
			    "=\"" shown[j] "\"") "} " \
			    (v == "-" || v == "" ? "NaN" : v)
		}
	}
}

# How many rows of a table are in each of these states; where a column says how
# many each row stands for, their sum, of rows that are findings.
function by_state(metric, help, label, type, at, names, many, finding, \
    i, n, list, part, count) {
	family(metric, help)
	for (i = 1; i <= rows[type]; i++) {
		split(line[type, i], part, FS)
		if (!finding || part[finding] == "yes")
			count[part[at]] += many ? part[many] : 1
	}
	n = split(names, list, " ")
	for (i = 1; i <= n; i++)
		print metric "{" label "=\"" list[i] "\"} " count[list[i]] + 0
}

function states(    i, part) {
	by_state("pm_exceptions", "Waivers by state", "state", "exception", \
	    10, "active expired without-expiry")
	by_state("pm_host_status", "Hosts by the state of their patches", \
	    "status", "status", 7, "failed pending downloaded " \
	    "reboot-pending installed nothing-planned nothing-needed unknown")
	by_state("pm_gaps", "What the numbers do not cover, by reason", \
	    "kind", "gap", 2, "feed-stale feed-without-date host-old " \
	    "image-without-date ledger-interrupted ledger-odd ledger-old " \
	    "no-decision no-host-record no-input no-owner no-score no-tier " \
	    "not-judged plan-without-end rejected steps-not-examined")
	by_state("pm_findings", "Checks that are findings", "kind", "verdict", \
	    2, "action baseline config drift due host journal kernel " \
	    "package reboot service visit waiver window", 4, 6)
	family("pm_feed_age_seconds", "Age of a feed in whole days; NaN where it has no date")
	for (i = 1; i <= rows["source"]; i++) {
		split(line["source", i], part, FS)
		print "pm_feed_age_seconds{feed=" quoted(part[2]) ",os=" \
		    quoted(part[3]) ",release=" quoted(part[4]) "} " \
		    (part[7] == "-" ? "NaN" : part[7] * 86400)
	}
	family("pm_image_missing", "Patches that an image lacks")
	for (i = 1; i <= rows["image"]; i++) {
		split(line["image", i], part, FS)
		print "pm_image_missing{image=" quoted(part[2]) "} " part[10]
	}
	family("pm_image_age_seconds", "Age of an image in whole days; NaN where nobody says")
	for (i = 1; i <= rows["image"]; i++) {
		split(line["image", i], part, FS)
		print "pm_image_age_seconds{image=" quoted(part[2]) "} " \
		    (part[9] == "-" ? "NaN" : part[9] * 86400)
	}
}
