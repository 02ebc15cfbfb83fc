# Records of the stream become what the reports count.  Columns are found by
# name; types that no report uses are read over.
#
# Files stand in the order in which they were made, oldest first: what is said
# later about a host counts.  Its needs are those of the last file that speaks of
# what it needs or of what could be judged of it.

BEGIN {
	FS = "\t"
	count = split("host need cover step done check waive feed fact svc " \
	    "seen actor approve reject backup", names, " ")
	for (i = 1; i <= count; i++)
		used[names[i]] = 1
	needed["host"] = "host"
	needed["need"] = "host package state"
	needed["cover"] = "host verdict"
	needed["step"] = "step host action package state"
	needed["done"] = "step host action outcome"
	needed["check"] = "host kind verdict"
	needed["seen"] = "when event host package cve"
	needed["feed"] = "feed date"
	needed["waive"] = "host"
	needed["fact"] = "host key value"
	needed["svc"] = "host"
	needed["actor"] = "who role"
	needed["approve"] = "plan who"
	needed["backup"] = "host kind when"
	count = split("class os release role site tier env owner app_owner " \
	    "group window ring state seen", names, " ")
	for (i = 1; i <= count; i++)
		kept[names[i]] = 1
	# where a column stands that there is not: behind all fields
	nowhere = 1000
	now = seconds(present)
}

function where() {
	return (FILENAME == "" || FILENAME == "-" ? "standard input" : \
	    FILENAME) ":" FNR ": "
}

FNR == 1 {
	file++
	split("", width)
	split("", column)
	steps_here = ended_here = 0
}

# ---- the ledger, which has the most rows
$1 == "seen" && NF == width["seen"] {
	records++
	if ($e_event == "run") {
		late = late_ends = 0
		for (key in late_needs)
			new_needs[key] += late_needs[key]
		split("", late_needs)
		runs++
		last_run = seconds($e_when)
		if (runs == 1)
			first_run = last_run
	} else
		read_event($e_event, $e_host)
	next
}

# ---- headers and trailers
substr($1, 1, 1) == "#" {
	if (substr($1, 2, 1) != "#")
		read_header(substr($1, 2))
	else if ($0 ~ /^##end step [0-9]+ sha256:/)
		read_trailer()
	next
}

# Where a column stands; without it a field that no record has.
function at(type, name) {
	return (type, name) in column ? column[type, name] : nowhere
}

function read_header(type,    i, list, count) {
	if (!(type in used))
		return
	for (i = 2; i <= width[type]; i++)
		delete column[type, column_name[type, i]]
	width[type] = NF
	for (i = 2; i <= NF; i++) {
		column[type, $i] = i
		column_name[type, i] = $i
	}
	count = split(needed[type], list, " ")
	for (i = 1; i <= count; i++)
		if (!((type, list[i]) in column))
			die(65, where() "the header of " type \
			    " names no column " list[i])
	if (type == "need") {
		headers++
		for (i = 2; i <= NF; i++)
			header_column[headers, $i] = i
		need_columns(headers)
	} else if (type == "seen") {
		e_when = at(type, "when")
		e_event = at(type, "event")
		e_host = at(type, "host")
		e_package = at(type, "package")
		e_cve = at(type, "cve")
		e_installed = at(type, "installed")
		e_detail = at(type, "detail")
	} else if (type == "step") {
		s_plan = at(type, "plan")
		s_step = at(type, "step")
		s_host = at(type, "host")
		s_action = at(type, "action")
		s_package = at(type, "package")
		s_to = at(type, "to")
		s_start = at(type, "start")
		s_end = at(type, "end")
		s_mode = at(type, "mode")
		s_state = at(type, "state")
		s_reason = at(type, "reason")
	} else if (type == "done") {
		d_plan = at(type, "plan")
		d_step = at(type, "step")
		d_host = at(type, "host")
		d_action = at(type, "action")
		d_package = at(type, "package")
		d_from = at(type, "from")
		d_to = at(type, "to")
		d_ended = at(type, "ended")
		d_started = at(type, "started")
		d_outcome = at(type, "outcome")
		d_detail = at(type, "detail")
	} else if (type == "check") {
		c_host = at(type, "host")
		c_kind = at(type, "kind")
		c_subject = at(type, "subject")
		c_expected = at(type, "expected")
		c_actual = at(type, "actual")
		c_verdict = at(type, "verdict")
		c_detail = at(type, "detail")
		c_plan = at(type, "plan")
	} else if (type == "cover") {
		v_host = at(type, "host")
		v_feed = at(type, "feed")
		v_verdict = at(type, "verdict")
		v_detail = at(type, "detail")
	}
}

# Where the columns of needs stand behind this header.
function need_columns(header) {
	n_host = need_column(header, "host")
	n_package = need_column(header, "package")
	n_installed = need_column(header, "installed")
	n_fixed = need_column(header, "fixed")
	n_state = need_column(header, "state")
	n_cves = need_column(header, "cves")
	n_severity = need_column(header, "severity")
	n_kind = need_column(header, "kind")
	n_published = need_column(header, "published")
	n_cvss = need_column(header, "cvss")
	n_kev = need_column(header, "kev")
	n_class = need_column(header, "class")
	n_decision = need_column(header, "decision")
	n_due = need_column(header, "due")
	n_policy = need_column(header, "policy")
	n_first = need_column(header, "first_seen")
}

function need_column(header, name) {
	return (header, name) in header_column ? \
	    header_column[header, name] : nowhere
}

# A plan says how many steps it has, and by its digest which one it is.
function read_trailer(    part) {
	split($0, part, " ")
	ended_here = 1
	if (part[3] + 0 != steps_here)
		die(65, where() "the plan has " steps_here \
		    " steps, its trailer says " part[3], "make the plan again")
	digest_of[plan_here] = part[4]
}

!($1 in used) {
	next
}

{
	if (!($1 in width))
		die(65, where() "a record of type " $1 " without a header", \
		    "do not cut the header lines off, which name the columns")
	if (NF != width[$1])
		die(65, where() NF " fields, the header of " $1 " names " \
		    width[$1])
	records++
	given[$1]++
}

# ---- what hosts are, need, and what could be judged of them
function present_or_dash(text) {
	return text == "" ? "-" : text
}

function know(host) {
	if (!(host in hosts)) {
		hosts[host] = 1
		host_count++
	}
}

$1 == "host" {
	host = $column["host", "host"]
	know(host)
	recorded[host] = 1
	for (i = 2; i <= NF; i++)
		if ($i != "-" && column_name["host", i] in kept)
			attribute[host, column_name["host", i]] = $i
	next
}

$1 == "need" {
	host = $n_host
	if (spoken[host] != file) {
		know(host)
		spoken[host] = file
	}
	has_needs[file] = 1
	need_file[++needs] = file
	need_row[needs] = $0
	need_header[needs] = headers
	next
}

$1 == "cover" {
	host = $v_host
	know(host)
	text = $v_verdict
	if (text != "covered") {
		if ($v_feed != "" && $v_feed != "-")
			text = text " (" $v_feed ")"
		if ($v_detail != "" && $v_detail != "-")
			text = text ": " $v_detail
	}
	cover_file[++cover_count] = file
	cover_host[cover_count] = host
	cover_text[cover_count] = text
	next
}

# Which file has the last word on what a host needs.  What pm-verify writes has
# cover records that it passed on, but no needs.
function last_words(    i, host, text) {
	for (i = 1; i <= cover_count; i++) {
		host = cover_host[i]
		if (cover_file[i] > spoken[host] && \
		    (has_needs[cover_file[i]] || !has_checks[cover_file[i]]))
			spoken[host] = cover_file[i]
	}
	for (i = 1; i <= cover_count; i++) {
		host = cover_host[i]
		if (cover_file[i] != spoken[host] && spoken[host] != "")
			continue
		text = cover_text[i]
		covers[host]++
		if (text == "covered")
			continue
		# what is worse than partial goes first
		if (obstacle[host] == "")
			obstacle[host] = text
		else if (text ~ /^partial/)
			obstacle[host] = obstacle[host] "; " text
		else
			obstacle[host] = text "; " obstacle[host]
	}
	for (host in examined)
		if (spoken[host] > examined_file[host])
			delete examined[host]
}

# ---- plans and journals
$1 == "step" {
	steps_here++
	plan_here = present_or_dash($s_plan)
	if (!(plan_here in plan_known)) {
		plan_known[plan_here] = 1
		plans[++plan_count] = plan_here
	}
	plan_last = plan_here
	if (!($s_host in hosts))
		know($s_host)
	key = plan_here FS $s_step
	if (key in step_seen)
		next
	step_seen[key] = 1
	step_row[++steps] = key FS $s_host FS $s_action FS $s_package FS \
	    $s_to FS $s_start FS $s_end FS $s_mode FS $s_state
	next
}

# The last record of a step counts.
$1 == "done" {
	key = present_or_dash($d_plan) FS $d_step
	if (!(key in done_outcome))
		done_key[++dones] = key
	text = $d_outcome
	done_outcome[key] = text
	if (text == "started")
		next
	done_row[key] = $d_host FS $d_action FS $d_package FS $d_to FS \
	    $d_ended FS $d_detail
	if ($d_action == "install" || $d_action == "remove") {
		if (text == "done" || text == "skipped")
			settled[$d_host, $d_package, $d_to] = 1
		else
			delete settled[$d_host, $d_package, $d_to]
	}
	next
}

$1 == "approve" {
	key = $column["approve", "plan"]
	text = $column["approve", "who"]
	if (index("," approved[key] ",", "," text ",") == 0)
		approved[key] = approved[key] == "" ? text : \
		    approved[key] "," text
	next
}

$1 == "check" {
	host = $c_host
	verdict = $c_verdict
	key = host FS $c_kind FS $c_subject
	# every plan has visits of the same names
	if ($c_kind == "visit" && c_plan)
		key = key FS $c_plan
	if (!(key in check_verdict)) {
		check_key[++checks] = key
		check_verdict[key] = verdict
		check_file[key] = file
	} else if (check_file[key] != file) {
		check_verdict[key] = verdict
		check_file[key] = file
	} else if (check_verdict[key] != verdict && \
	    !((key, verdict, file) in further_seen)) {
		# two of one file, such as verified and unplanned, stand
		further_seen[key, verdict, file] = 1
		further_key[++further] = key
		further_verdict[further] = verdict
		further_file[further] = file
	}
	if ($c_kind != "waiver")
		has_checks[file] = 1
	if ($c_kind == "score")
		score_of[key] = $c_expected FS $c_actual
	else if ($c_kind == "host") {
		know(host)
		examined[host] = verdict FS $c_detail
		examined_file[host] = file
	} else if ($c_kind == "package" && (verdict == "verified" || \
	    verdict == "newer"))
		met[host, $c_subject, $c_expected] = 1
	next
}

# ---- everything else
$1 == "feed" {
	key = $column["feed", "feed"] FS $(at("feed", "os")) FS \
	    $(at("feed", "release"))
	feeds[key] = $column["feed", "date"] FS $(at("feed", "records"))
	next
}

$1 == "waive" {
	key = $(at("waive", "host")) FS $(at("waive", "package")) FS \
	    $(at("waive", "cve")) FS $(at("waive", "decision")) FS \
	    $(at("waive", "who")) FS $(at("waive", "when")) FS \
	    $(at("waive", "reason")) FS $(at("waive", "expiry"))
	waivers[key] = 1
	next
}

$1 == "fact" {
	if ($column["fact", "key"] == "reboot_required")
		reboot_fact[$column["fact", "host"]] = $column["fact", "value"]
	else if ($column["fact", "key"] == "image_changed")
		image_changed[$column["fact", "host"]] = \
		    $column["fact", "value"]
	next
}

$1 == "svc" {
	host = $column["svc", "host"]
	if (services_file[host] != file) {
		services_file[host] = file
		services[host] = 0
	}
	services[host]++
	next
}

$1 == "actor" {
	text = $(at("actor", "expiry"))
	if ($column["actor", "role"] == "lead" && (text == "" || \
	    text == "-" || seconds(text) > now)) {
		key = $column["actor", "who"]
		leads[key] = "actor record, scope " \
		    present_or_dash($(at("actor", "scope")))
	}
	next
}

$1 == "backup" {
	if ($column["backup", "kind"] == "image") {
		host = $column["backup", "host"]
		text = $column["backup", "when"]
		if (text > image_made[host])
			image_made[host] = text
	}
	next
}

$1 == "reject" {
	rejects++
}

# One event of the ledger, pm-ledger(5).  What is followed is a package with
# its installed version, or a vulnerability of a package: when it was first seen,
# and of the few that are gone, when that was.  What came since the last run
# ended can be undone.
function read_event(event, name,    key, n) {
	if (!(name in ledger_host))
		host_number(name)
	if ($e_when != event_when) {
		event_when = $e_when
		event_time = seconds(event_when)
	}
	if ($e_cve == "-")
		key = ledger_host[name] FS $e_package FS FS $e_installed
	else
		key = ledger_host[name] FS $e_package FS $e_cve
	if (event == "first") {
		late++
		first_seen[key] = event_time
		if ($e_cve == "-")
			late_needs[event_time]++
		if (gones && key in gone_number)
			delete gone_number[key]
	} else if (event == "gone" || event == "back") {
		if (!(key in first_seen)) {
			ledger_odd++
			return
		}
		late++
		late_end[++late_ends] = event
		if (event == "gone") {
			n = gone_number[key] = ++gones
			gone_first[n] = first_seen[key]
			gone_host[n] = ledger_host[name]
			gone_kind[n] = $e_cve == "-" ? "need" : "vulnerability"
			gone_time[n] = event_time
		} else if (key in gone_number) {
			n = gone_number[key]
			late_time[late_ends] = gone_time[n]
			delete gone_time[n]
			delete gone_number[key]
		} else
			late_ends--
		late_number[late_ends] = n
	} else if (event == "renamed") {
		ledger_host[name] = host_number($e_detail)
		host_name[ledger_host[name]] = name
		delete ledger_host[$e_detail]
	}
}

# Rows behind the last run are those of one that was interrupted.
function undo_late(    i) {
	for (i = late_ends; i >= 1; i--)
		if (late_end[i] == "gone")
			delete gone_time[late_number[i]]
		else
			gone_time[late_number[i]] = late_time[i]
}

function host_number(name) {
	if (!(name in ledger_host)) {
		ledger_host[name] = ++ledger_hosts
		host_name[ledger_hosts] = name
	}
	return ledger_host[name]
}
