# The state of a fleet in one line, with performance data behind the bar.

BEGIN {
	FS = "\t"
}

function hosts(count) {
	return count + 0 (count == 1 ? " host" : " hosts")
}

/^## / {
	split($0, part, " ")
	warning = part[2]
	critical = part[3]
	next
}

$1 == "number" && $2 == "all" {
	value[$5] = $6
	next
}

$1 == "gap" {
	gaps[$2]++
}

END {
	if (warning !~ /^[0-9]+$/ || (critical != "-" && \
	    critical !~ /^[0-9]+$/)) {
		print "PM UNKNOWN - -w and -c want a number"
		exit 3
	}
	state = 0
	text = value["overdue"] + 0 " overdue on " hosts(value["hosts_overdue"]) \
	    ", " value["open"] + 0 " open, " value["compliant"] + 0 " of " \
	    hosts(value["hosts"]) " compliant"
	if (value["overdue"] > warning)
		state = 1
	add("not-judged", "not judged")
	add("feed-stale", "stale feeds")
	add("feed-without-date", "feeds without a date")
	add("host-old", "hosts not seen for long")
	add("ledger-old", "ledger not run for long")
	unsettled = value["outcome_failed"] + value["outcome_open"]
	if (unsettled > 0)
		text = text ", " unsettled " step" \
		    (unsettled == 1 ? "" : "s") " failed or open"
	if (value["exploited_overdue"] > 0) {
		state = 2
		text = text ", " value["exploited_overdue"] \
		    " overdue and known exploited"
	}
	if (critical != "-" && value["overdue"] > critical + 0)
		state = 2
	if (value["hosts"] + 0 == 0 || value["judged"] + 0 == 0) {
		state = 3
		text = "no host could be judged; " text
	}
	split("OK WARNING CRITICAL UNKNOWN", names, " ")
	print "PM " names[state + 1] " - " text " | overdue=" \
	    value["overdue"] + 0 ";" warning ";" \
	    (critical == "-" ? "" : critical) ";0 open=" value["open"] + 0 \
	    ";;;0 hosts=" value["hosts"] + 0 ";;;0 compliant=" \
	    value["compliant"] + 0 ";;;0 not_judged=" \
	    value["hosts"] - value["judged"] ";;;0 exploited_overdue=" \
	    value["exploited_overdue"] + 0 ";;0;0"
	exit state
}

function add(kind, what) {
	if (gaps[kind]) {
		text = text ", " gaps[kind] " " what
		if (state < 1)
			state = 1
	}
}
