# What the records say becomes tables; every report is made from these alone.

END {
	if (failed)
		exit failed
	if (records == 0)
		die(66, "there is no record to report of", \
		    "name the files of state/, oldest first")
	if (!ended_here && steps_here && !failed)
		gap("plan-without-end", plan_here, \
		    "the trailer is missing: steps may be cut off")
	last_words()
	count_hosts()
	count_needs()
	count_ledger()
	count_steps()
	print_numbers()
	print_exceptions()
	print_slots()
	print_faults()
	print_images()
	print_checks()
	print_status()
	print_rest()
	print_gaps()
}

function wanted(type) {
	return only == "" || only == "all" || index("," only ",", "," type ",") > 0
}

function value_of(host, name) {
	return (host, name) in attribute ? attribute[host, name] : "-"
}

# ---- numbers, for all hosts, each tier, each owner and each pair of these
function add(name, host, amount) {
	total[name, cell_of[host]] += amount
}

function gap(kind, subject, detail) {
	gap_list[++gaps] = kind FS subject FS detail
	gap_number[kind]++
}

# Which cell (a pair of tier and owner) a host is in; without a record of it
# both are unknown.
function place(host,    key) {
	if (host in cell_of)
		return
	key = value_of(host, "tier") FS value_of(host, "owner")
	if (!(key in cell_number)) {
		cell_number[key] = ++cells
		cell_name[cells] = key
	}
	cell_of[host] = cell_number[key]
}

function count_hosts(    host, i, part, age, list) {
	host_list_count = keys_of(hosts, host_list)
	for (i = 1; i <= host_list_count; i++) {
		host = host_list[i]
		place(host)
		if (value_of(host, "class") == "image") {
			image[host] = 1
			images++
			continue
		}
		split("", part)
		if (host in examined)
			split(examined[host], part, FS)
		verdict = "judged"
		if (covers[host] == 0) {
			verdict = "unjudged"
			reason = "nothing says what could be judged of it"
		} else if (part[1] == "not-examined") {
			verdict = "unjudged"
			reason = "not examined after the rollout" \
			    (part[2] == "-" || part[2] == "" ? "" : \
			    ": " part[2])
		} else if (obstacle[host] != "") {
			verdict = "unjudged"
			reason = obstacle[host]
			if (obstacle[host] ~ /^partial/)
				add("partly_judged", host, 1)
		}
		if (!(host in recorded))
			gap("no-host-record", host, "it has needs, steps or " \
			    "checks, but no record of its own")
		add("hosts", host, 1)
		is_judged[host] = verdict == "judged"
		if (verdict == "judged")
			add("judged", host, 1)
		else
			gap("not-judged", host, reason)
		age = value_of(host, "seen")
		if (age != "-" && now - seconds(age) > host_age)
			gap("host-old", host, "last seen " age)
		if (value_of(host, "tier") == "-")
			gap("no-tier", host, "its tier is not known")
		if (value_of(host, "owner") == "-")
			gap("no-owner", host, "nobody owns it")
		add("services", host, services[host])
	}
}

# ---- needs
# need is a record of a need as it stands, n_* where its columns are
function count_needs(    i, need, host, due, state, age, c, over, \
    known_since, list, excepted, header) {
	rows_of_needs = wanted("sla") && only != ""
	for (i = 1; i <= needs; i++) {
		if (need_header[i] != header)
			need_columns(header = need_header[i])
		split(need_row[i], need, FS)
		# gawk 5.2 must not give away what it has just made up
		need[nowhere] = ""
		host = need[n_host]
		if (need_file[i] != spoken[host])
			continue
		if (need[n_fixed] != "-" && (host, need[n_package], need[n_fixed]) in met && \
		    need[n_state] != "reboot") {
			if (!(host in image))
				add("met", host, 1)
			continue
		}
		if (host in image) {
			image_needs[host]++
			if (need[n_kind] == "security")
				image_security[host]++
			if (need[n_class] == "critical")
				image_critical[host]++
			due = seconds(need[n_due])
			if (due >= 0 && due <= now)
				image_overdue[host]++
			continue
		}
		c = cell_of[host]
		total["open", c]++
		open_of[host]++
		due = seconds(need[n_due])
		over = 0
		excepted = need[n_decision] == "mitigate" || need[n_decision] == "accept" || \
		    need[n_decision] == "defer"
		if (due >= 0 && due <= now && (!excepted || \
		    index(need[n_policy], "waive:"))) {
			state = "overdue"
			over = int((now - due) / 86400)
			overdue_of[host]++
		} else if (excepted)
			state = "excepted"
		else if (due >= 0)
			state = "in_time"
		else
			state = "undated"
		total[state, c]++
		if (need[n_kind] == "security") {
			total["security", c]++
			if (need[n_cvss] == "-" || need[n_cvss] == "")
				total["unscored", c]++
		}
		if (need[n_kev] == "yes") {
			total["exploited", c]++
			if (state == "overdue")
				total["exploited_overdue", c]++
		}
		if (need[n_class] == "useful")
			total["class_useful", c]++
		else if (need[n_class] == "critical")
			total["class_critical", c]++
		else if (need[n_class] == "unnecessary")
			total["class_unnecessary", c]++
		else
			total["class_none", c]++
		if (need[n_state] == "reboot")
			reboot_need[host] = 1
		if (need[n_cves] != "-" && need[n_cves] != "")
			total["vulnerabilities", c] += \
			    index(need[n_cves], ",") ? \
			    split(need[n_cves], list, ",") : 1
		if (need[n_decision] == "-" || need[n_decision] == "")
			total["undecided", c]++
		age = seconds(need[n_first])
		known_since = seconds(need[n_published])
		if (known_since >= 0 && age >= known_since) {
			total["identified", c]++
			total["identified_seconds", c] += age - known_since
		}
		if (age < 0)
			age = known_since
		if (rows_of_needs)
			print_sla(need, state, age, over)
	}
	if (rows_of_needs && !sla_header)
		print_sla_header()
	for (i = 1; i <= host_list_count; i++) {
		host = host_list[i]
		if (host in image)
			continue
		if (is_judged[host] && !overdue_of[host])
			add("compliant", host, 1)
		if (is_judged[host] && !open_of[host])
			add("patched", host, 1)
		if (overdue_of[host])
			add("hosts_overdue", host, 1)
	}
}

function seconds_or(text) {
	return text == "" || text == "-" ? -1 : seconds(text)
}

function print_sla_header() {
	sla_header = 1
	print "#sla\thost\ttier\towner\tpackage\tinstalled\tfixed\tstate\t" \
	    "severity\tkind\tcvss\tkev\tclass\tdecision\tsince\tage_days\t" \
	    "due\tsla\tdays_over\tcves\tpolicy"
}

function print_sla(need, state, age, over,    host) {
	if (!sla_header)
		print_sla_header()
	host = need[n_host]
	print "sla" FS host FS value_of(host, "tier") FS \
	    value_of(host, "owner") FS need[n_package] FS dash(need[n_installed]) FS \
	    dash(need[n_fixed]) FS need[n_state] FS dash(need[n_severity]) FS dash(need[n_kind]) FS \
	    dash(need[n_cvss]) FS dash(need[n_kev]) FS dash(need[n_class]) FS \
	    dash(need[n_decision]) FS (age < 0 ? "-" : time_of(age)) FS \
	    (age < 0 ? "-" : int((now - age) / 86400)) FS dash(need[n_due]) FS \
	    state FS over FS dash(need[n_cves]) FS dash(need[n_policy])
}

function dash(text) {
	return text == "" ? "-" : text
}

# ---- the ledger: how long it took, and the trend
# Times to remediate are counted by value, as there are few different ones, for
# each scope: all, each tier, each owner.
function took(scope, kind, value,    key) {
	key = kind FS scope
	if (!((key, value) in took_count)) {
		took_scopes[value] = took_scopes[value] "\n" key
		values[value] = 1
	}
	took_count[key, value]++
	took_number[key]++
	took_sum[key] += value
}

function count_ledger(    i, n, list, value, part, parts, j, key, host, tier, \
    owner, kind, span, bucket, step) {
	undo_late()
	if (!runs)
		return
	span = now - first_run
	step = span <= 14 * 86400 ? 86400 : span <= 13 * 7 * 86400 ? \
	    7 * 86400 : 30 * 86400
	trend_step = step
	periods = int(span / step) + 1
	if (periods > 13)
		periods = 13
	for (i in new_needs) {
		ledger_open += new_needs[i]
		bucket = period(i)
		if (bucket <= periods)
			trend_new[bucket] += new_needs[i]
		else
			trend_before += new_needs[i]
	}
	for (i = 1; i <= gones; i++) {
		if (!(i in gone_time))
			continue
		kind = gone_kind[i]
		host = host_name[gone_host[i]]
		tier = value_of(host, "tier")
		owner = value_of(host, "owner")
		value = gone_time[i] - gone_first[i]
		took("all" FS "*", kind, value)
		took("tier" FS tier, kind, value)
		took("owner" FS owner, kind, value)
		if (kind == "vulnerability")
			continue
		ledger_open--
		bucket = period(gone_time[i])
		if (bucket <= periods) {
			trend_gone[bucket]++
			trend_took[bucket] += value
		} else
			trend_before--
		spread[value <= 86400 ? 1 : value <= 3 * 86400 ? 2 : \
		    value <= 7 * 86400 ? 3 : value <= 14 * 86400 ? 4 : \
		    value <= 30 * 86400 ? 5 : value <= 90 * 86400 ? 6 : 7]++
	}
	n = 0
	for (value in values)
		list[++n] = value
	sort_number(list, n)
	for (i = 1; i <= n; i++) {
		value = list[i]
		parts = split(substr(took_scopes[value], 2), part, "\n")
		for (j = 1; j <= parts; j++) {
			key = part[j]
			took_before = took_so_far[key]
			took_so_far[key] += took_count[key, value]
			rank(key, value, "p50", 0.5)
			rank(key, value, "p95", 0.95)
		}
	}
}

# The nearest rank: the smallest value that this share does not exceed.
function rank(key, value, name, share,    nth) {
	nth = share * took_number[key]
	if (nth > int(nth))
		nth = int(nth) + 1
	if (took_before < nth && took_so_far[key] >= nth)
		took_rank[key, name] = value
}

# Periods are counted back from the present, from 1.
function period(stamp) {
	return int((now - stamp) / trend_step) + 1
}

# ---- steps and their outcomes
function count_steps(    i, part, key, host, outcome, class, mended) {
	for (i = 1; i <= dones; i++) {
		key = done_key[i]
		outcome = done_outcome[key]
		split(done_row[key], part, FS)
		if (part[1] == "") {
			# begun, and nothing after it
			part[1] = part[2] = key
			sub(/^[^\t]*\t/, "", part[1])
			sub(/\/.*/, "", part[1])
			sub(/^[^\/]*\//, "", part[2])
			part[3] = part[2]
			sub(/\/.*/, "", part[2])
			sub(/^[^\/]*\//, "", part[3])
			part[4] = part[5] = part[6] = "-"
		}
		host = part[1]
		if (!(host in cell_of))
			place(host)
		class = class_of[outcome]
		if (class == "")
			class = "other"
		if (host in image)
			image_outcomes++
		else
			total["outcome_" class, cell_of[host]]++
		if (class != "done" && class != "other")
			keep_fault(key, part, outcome)
		if (part[2] == "install" || part[2] == "remove") {
			key = host SUBSEP part[3] SUBSEP part[4]
			if (key in counted)
				continue
			if (key in settled || key in met)
				installed[host]++
			else if (class != "done" && class != "other")
				wrong[host]++
			else
				continue
			counted[key] = 1
		} else if (class == "done" && part[2] == "download")
			downloaded[key] = 1
	}
	for (i = 1; i <= steps; i++) {
		split(step_row[i], part, FS)
		host = part[3]
		if (!(host in cell_of))
			place(host)
		if (part[10] == "planned" && part[4] != "check")
			count_slot(part, host)
		if (part[1] != plan_last || host in image)
			continue
		if (part[10] != "planned") {
			total["answer_" part[10], cell_of[host]]++
			continue
		}
		total["steps", cell_of[host]]++
		if (part[4] != "install" && part[4] != "remove")
			continue
		key = host SUBSEP part[5] SUBSEP part[6]
		if (key in counted)
			continue
		counted[key] = 1
		if (key in met)
			installed[host]++
		else if ((part[1] FS host "/download/-") in downloaded)
			fetched[host]++
		else
			pending[host]++
		if (part[7] != "-" && part[7] != "" && \
		    (!(host in next_start) || part[7] < next_start[host]))
			next_start[host] = part[7]
	}
}

# What went wrong, or is not known to have gone right; resolved when the same
# version is there after all.
function keep_fault(key, part, outcome,    name) {
	name = key
	sub(/\t/, FS, name)
	fault[++faults] = part[1] FS value_of(part[1], "tier") FS \
	    value_of(part[1], "owner") FS name FS part[2] FS dash(part[3]) \
	    FS dash(part[4]) FS outcome FS dash(part[5]) FS \
	    ((part[1], part[3], part[4]) in settled || \
	    (part[1], part[3], part[4]) in met ? "yes" : "no") FS \
	    dash(part[6])
}

# What is planned and not yet over, by window, checks left out.
function count_slot(part, host,    key) {
	if (part[8] != "-" && part[8] != "") {
		if (!(part[8] in is_over))
			is_over[part[8]] = seconds(part[8]) <= now
		if (is_over[part[8]])
			return
	}
	key = part[7] FS part[8] FS part[1] FS part[9]
	if (!(key in slot_name))
		slot_name[key] = dash(part[7]) FS dash(part[8]) FS part[1] FS \
		    dash(part[9])
	key = slot_name[key]
	slot[key]++
	key_done = part[1] FS part[2]
	if (key_done in done_outcome && \
	    class_of[done_outcome[key_done]] == "done")
		slot_done[key]++
	if (!((key, host) in slot_seen)) {
		slot_seen[key, host] = 1
		slot_hosts[key]++
		slot_tier[key, value_of(host, "tier")]++
	}
}

BEGIN {
	class_of["done"] = class_of["skipped"] = "done"
	class_of["started"] = class_of["lost"] = "open"
	class_of["rolled-back"] = "rolled_back"
	class_of["failed"] = class_of["timeout"] = "failed"
	class_of["unreachable"] = class_of["refused"] = "failed"
	number_names = "hosts judged partly_judged compliant patched " \
	    "hosts_overdue open met overdue in_time undated excepted " \
	    "security exploited exploited_overdue class_critical " \
	    "class_useful class_unnecessary class_none vulnerabilities " \
	    "unscored undecided identified identified_seconds services " \
	    "steps answer_blocked " \
	    "answer_waived answer_accepted answer_mitigated " \
	    "answer_deferred outcome_done outcome_failed " \
	    "outcome_rolled_back outcome_open outcome_other"
}

function print_numbers(    names, count, i, c, part, tiers, owners, list, n, \
    j, key, tier_list, owner_list) {
	if (!wanted("number"))
		return
	print "#number\tby\ttier\towner\tname\tvalue"
	count = split(number_names, names, " ")
	# the usual tiers are there although no host has them
	tiers["mission"] = tiers["business"] = tiers["operational"] = 1
	for (c = 1; c <= cells; c++) {
		split(cell_name[c], part, FS)
		tiers[part[1]] = 1
		owners[part[2]] = 1
		for (i = 1; i <= count; i++) {
			key = names[i]
			sum["all" FS "*" FS "*", key] += total[key, c]
			sum["tier" FS part[1] FS "*", key] += total[key, c]
			sum["owner" FS "*" FS part[2], key] += total[key, c]
			sum["cell" FS cell_name[c], key] = total[key, c]
		}
	}
	print_scope("all", "*", "*", names, count)
	n = keys_of(tiers, tier_list)
	for (j = 1; j <= n; j++)
		print_scope("tier", tier_list[j], "*", names, count)
	n = keys_of(owners, owner_list)
	for (j = 1; j <= n; j++)
		print_scope("owner", "*", owner_list[j], names, count)
	for (c = 1; c <= cells; c++)
		list[c] = cell_name[c]
	sort_text(list, cells)
	for (j = 1; j <= cells; j++) {
		split(list[j], part, FS)
		print_scope("cell", part[1], part[2], names, count)
	}
}

function print_scope(by, tier, owner, names, count,    i, start, key) {
	start = "number" FS by FS tier FS owner FS
	for (i = 1; i <= count; i++)
		print start names[i] FS sum[by FS tier FS owner, names[i]] + 0
	if (by == "cell")
		return
	key = by FS (by == "owner" ? owner : tier)
	print_took(start, "need", "remediated", "need" FS key)
	print_took(start, "vulnerability", "vulnerabilities_remediated", \
	    "vulnerability" FS key)
}

function print_took(start, kind, name, key,    n) {
	n = took_number[key] + 0
	print start name FS n
	print start kind "_mean_seconds" FS \
	    (n ? sprintf("%.0f", took_sum[key] / n) : "-")
	print start kind "_median_seconds" FS (n ? took_rank[key, "p50"] : "-")
	print start kind "_p95_seconds" FS (n ? took_rank[key, "p95"] : "-")
}

# ---- the other tables
function print_exceptions(    list, n, i, part, state, left) {
	if (!wanted("exception"))
		return
	print "#exception\thost\tpackage\tcve\tdecision\twho\twhen\treason\t" \
	    "expiry\tstate\tdays_left"
	n = keys_of(waivers, list)
	for (i = 1; i <= n; i++) {
		split(list[i], part, FS)
		left = "-"
		state = "active"
		if (part[8] == "-" || part[8] == "")
			state = "without-expiry"
		else {
			left = seconds(part[8]) - now
			if (left <= 0)
				state = "expired"
			left = left < 0 ? -int(-left / 86400) : \
			    int(left / 86400)
		}
		print "exception" FS dash(part[1]) FS dash(part[2]) FS \
		    dash(part[3]) FS dash(part[4]) FS dash(part[5]) FS \
		    dash(part[6]) FS dash(part[7]) FS dash(part[8]) FS state \
		    FS left
		exceptions[state]++
	}
}

function print_slots(    i, part, key, list, n, rest) {
	if (!wanted("slot"))
		return
	print "#slot\tplan\tapproved\tstart\tend\tmode\thosts\tsteps\tdone\t" \
	    "mission\tbusiness\toperational\tunknown"
	n = keys_of(slot, list)
	for (i = 1; i <= n; i++) {
		key = list[i]
		split(key, part, FS)
		rest = slot_hosts[key] - slot_tier[key, "mission"] - \
		    slot_tier[key, "business"] - slot_tier[key, "operational"]
		print "slot" FS part[3] FS approval(part[3]) FS part[1] FS \
		    part[2] FS part[4] FS slot_hosts[key] FS slot[key] FS \
		    slot_done[key] + 0 FS slot_tier[key, "mission"] + 0 FS \
		    slot_tier[key, "business"] + 0 FS \
		    slot_tier[key, "operational"] + 0 FS rest
	}
}

function approval(plan) {
	if (plan in digest_of && digest_of[plan] in approved)
		return approved[digest_of[plan]]
	return "-"
}

function print_faults(    i) {
	if (!wanted("fault"))
		return
	print "#fault\thost\ttier\towner\tplan\tstep\taction\tpackage\tto\t" \
	    "outcome\tended\tresolved\tdetail"
	for (i = 1; i <= faults; i++)
		print "fault" FS fault[i]
}

# Images: what they lack, and how old they are.
function print_images(    i, host, made) {
	if (!wanted("image"))
		return
	print "#image\timage\tos\trelease\trole\tgroup\tseen\tmade\tage_days\t" \
	    "missing\tsecurity\tcritical\toverdue\tjudged"
	for (i = 1; i <= host_list_count; i++) {
		host = host_list[i]
		if (!(host in image))
			continue
		made = host in image_made ? image_made[host] : \
		    host in image_changed ? image_changed[host] : "-"
		if (made == "-")
			gap("image-without-date", host, \
			    "nothing says when it was made")
		if (covers[host] == 0 || obstacle[host] != "")
			gap("not-judged", host, "image; " (covers[host] == 0 ? \
			    "nothing says what could be judged of it" : \
			    obstacle[host]))
		print "image" FS host FS value_of(host, "os") FS \
		    value_of(host, "release") FS value_of(host, "role") FS \
		    value_of(host, "group") FS value_of(host, "seen") FS \
		    made FS (made == "-" ? "-" : \
		    int((now - seconds(made)) / 86400)) FS \
		    image_needs[host] + 0 FS image_security[host] + 0 FS \
		    image_critical[host] + 0 FS image_overdue[host] + 0 FS \
		    (covers[host] > 0 && obstacle[host] == "" ? "yes" : "no")
	}
}

# One row for each host: what waits, is there, has gone wrong.
function print_status(    i, host, reboot, status) {
	if (!wanted("status"))
		return
	print "#status\thost\ttier\towner\tgroup\twindow\tstatus\tpending\t" \
	    "downloaded\tinstalled\tfailed\treboot_pending\tnext\tjudged"
	for (i = 1; i <= host_list_count; i++) {
		host = host_list[i]
		if (host in image)
			continue
		reboot = reboot_need[host] || reboot_check[host] || \
		    reboot_fact[host] == "yes" ? "yes" : "no"
		if (wrong[host])
			status = "failed"
		else if (pending[host])
			status = "pending"
		else if (fetched[host])
			status = "downloaded"
		else if (reboot == "yes")
			status = "reboot-pending"
		else if (installed[host])
			status = "installed"
		else if (!is_judged[host])
			status = "unknown"
		else if (open_of[host])
			status = "nothing-planned"
		else
			status = "nothing-needed"
		status_count[status]++
		print "status" FS host FS value_of(host, "tier") FS \
		    value_of(host, "owner") FS value_of(host, "group") FS \
		    value_of(host, "window") FS status FS pending[host] + 0 \
		    FS fetched[host] + 0 FS installed[host] + 0 FS \
		    wrong[host] + 0 FS reboot FS (host in next_start ? \
		    next_start[host] : "-") FS (is_judged[host] ? "yes" : "no")
	}
}

function good(verdict) {
	return index(" verified newer recorded examined new-service in-time " \
	    "open waived mitigated accepted deferred pass not-applicable ", \
	    " " verdict " ") > 0
}

# Checks by kind and verdict, and the scores of baselines.
# One more check of a kind, with the hosts that have such; key is that of
# read.awk.
function count_check(key, verdict,    part, row) {
	split(key, part, FS)
	if (part[2] == "score") {
		if (part[1] == "-")
			score[part[3]] = score_of[key]
		return
	}
	row = part[2] FS verdict
	verdict_count[row]++
	if (!((row, part[1]) in verdict_seen)) {
		verdict_seen[row, part[1]] = 1
		verdict_hosts[row]++
	}
	if (verdict == "reboot-pending")
		reboot_check[part[1]] = 1
	else if (verdict == "not-examined" && part[2] != "host")
		not_examined++
}

function print_checks(    i, part, list, n) {
	for (i = 1; i <= checks; i++)
		count_check(check_key[i], check_verdict[check_key[i]])
	for (i = 1; i <= further; i++)
		if (further_file[i] == check_file[further_key[i]])
			count_check(further_key[i], further_verdict[i])
	if (not_examined)
		gap("steps-not-examined", not_examined, "planned steps and " \
		    "rules whose host could not be looked at again")
	if (wanted("verdict")) {
		print "#verdict\tkind\tverdict\tchecks\thosts\tfinding"
		n = keys_of(verdict_count, list)
		for (i = 1; i <= n; i++) {
			split(list[i], part, FS)
			print "verdict" FS list[i] FS verdict_count[list[i]] \
			    FS verdict_hosts[list[i]] FS \
			    (good(part[2]) ? "no" : "yes")
		}
	}
	if (wanted("score")) {
		print "#score\tof\texpected\tactual\tpercent"
		n = keys_of(score, list)
		for (i = 1; i <= n; i++) {
			split(score[list[i]], part, FS)
			print "score" FS list[i] FS part[1] FS part[2] FS \
			    (part[1] + 0 > 0 ? sprintf("%.1f", \
			    100 * part[2] / part[1]) : "-")
		}
	}
}

function print_rest(    list, n, i, part, open, age) {
	if (wanted("trend")) {
		print "#trend\tfrom\tto\tnew\tgone\topen\tmean_seconds"
		open = trend_before
		for (i = periods; i >= 1; i--) {
			open += trend_new[i] - trend_gone[i]
			print "trend" FS time_of(now - i * trend_step) FS \
			    time_of(now - (i - 1) * trend_step) FS \
			    trend_new[i] + 0 FS trend_gone[i] + 0 FS open + 0 \
			    FS (trend_gone[i] ? sprintf("%.0f", \
			    trend_took[i] / trend_gone[i]) : "-")
		}
	}
	if (wanted("spread")) {
		print "#spread\tdays\tneeds"
		split("1 3 7 14 30 90 more", list, " ")
		for (i = 1; i <= 7; i++)
			print "spread" FS list[i] FS spread[i] + 0
	}
	if (wanted("source")) {
		print "#source\tfeed\tos\trelease\tdate\trecords\tage_days\t" \
		    "stale"
		n = keys_of(feeds, list)
		for (i = 1; i <= n; i++) {
			split(feeds[list[i]], part, FS)
			age = seconds_or(part[1])
			if (age < 0)
				gap("feed-without-date", first_of(list[i]), \
				    "nothing says how old it is")
			else if (now - age > feed_age)
				gap("feed-stale", first_of(list[i]), \
				    "made " part[1])
			split(list[i], key_part, FS)
			print "source" FS key_part[1] FS dash(key_part[2]) FS \
			    dash(key_part[3]) FS dash(part[1]) FS \
			    dash(part[2]) FS (age < 0 ? "-" : \
			    int((now - age) / 86400)) FS (age < 0 || \
			    now - age > feed_age ? "yes" : "no")
		}
	}
	if (wanted("lead")) {
		print "#lead\twho\twhere"
		n = keys_of(leads, list)
		for (i = 1; i <= n; i++)
			print "lead" FS list[i] FS leads[list[i]]
		n = split(ENVIRON["policy_leads"], list, "\n")
		for (i = 1; i <= n; i++)
			if (list[i] != "")
				print "lead" FS list[i]
	}
	if (wanted("about")) {
		print "#about\tkey\tvalue"
		print "about\tnow\t" present
		print "about\tplan\t" dash(plan_last)
		print "about\tledger_runs\t" runs + 0
		print "about\tledger_first\t" (runs ? time_of(first_run) : "-")
		print "about\tledger_last\t" (runs ? time_of(last_run) : "-")
		print "about\tledger_open\t" ledger_open + 0
		print "about\ttrend_days\t" trend_step / 86400
		print "about\timages\t" images + 0
		print "about\timage_outcomes\t" image_outcomes + 0
		print "about\thost_age\t" host_age
		print "about\tfeed_age\t" feed_age
	}
}

function first_of(text) {
	return substr(text, 1, index(text, FS) - 1)
}

# What the numbers do not cover.
function print_gaps(    i, c, unscored, undecided) {
	if (!wanted("gap"))
		return
	for (c = 1; c <= cells; c++) {
		unscored += total["unscored", c]
		undecided += total["undecided", c]
	}
	if (unscored)
		gap("no-score", unscored, "open security needs whose " \
		    "vulnerabilities nobody has scored")
	if (undecided)
		gap("no-decision", undecided, "open needs that no rule " \
		    "decided about")
	if (rejects)
		gap("rejected", rejects, "malformed lines that were left out")
	if (late)
		gap("ledger-interrupted", late, "rows of the ledger behind " \
		    "the last complete run, left out")
	if (ledger_odd)
		gap("ledger-odd", ledger_odd, "rows of the ledger about " \
		    "needs that were never seen first, left out")
	if (last_run && now - last_run > feed_age)
		gap("ledger-old", time_of(last_run), "the last run of the " \
		    "ledger; nothing is known of what happened since")
	missing("host", "no hosts were given")
	missing("cover", "nothing says what could be judged")
	missing("need", "no needs were given: there are none, or pm-match " \
	    "did not run")
	missing("feed", "no feeds were given: their age is not known")
	missing("step", "no plan was given")
	missing("done", "no journal was given: nothing is known of what " \
	    "was carried out")
	missing("check", "no checks were given: what was carried out is " \
	    "not verified")
	if (!runs)
		gap("no-input", "seen", "no ledger was given: no time to " \
		    "remediate and no trend")
	print "#gap\tkind\tsubject\tdetail"
	for (i = 1; i <= gaps; i++)
		print "gap" FS gap_list[i]
}

function missing(type, detail) {
	if (!given[type])
		gap("no-input", type, detail)
}
