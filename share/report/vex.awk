# Waivers in force as a document of the profile VEX of CSAF 2.0: for each
# vulnerability on which systems' packages it stays, and what was decided.
#
# What is decided about is found again by the needs that a waiver decided: pm-
# score names it in their policy.

BEGIN {
	FS = "\t"
}

substr($1, 1, 1) == "#" {
	type = substr($1, 2)
	for (i = 2; i <= NF; i++)
		column[type, $i] = i
	next
}

$1 == "about" && $2 == "now" {
	now_text = $3
	next
}

$1 == "exception" && $(column["exception", "state"]) != "expired" {
	waivers++
	w_host[waivers] = $(column["exception", "host"])
	w_package[waivers] = $(column["exception", "package"])
	w_cve[waivers] = $(column["exception", "cve"])
	w_decision[waivers] = $(column["exception", "decision"])
	w_who[waivers] = $(column["exception", "who"])
	w_reason[waivers] = $(column["exception", "reason"])
	w_expiry[waivers] = $(column["exception", "expiry"])
	next
}

$1 == "sla" && index($(column["sla", "policy"]), "waive:") {
	n = split($(column["sla", "cves"]), list, ",")
	for (i = 1; i <= n; i++)
		if (list[i] ~ /^CVE-[0-9]+-[0-9]+$/)
			remember(list[i])
		else
			unnamed++
	next
}

function remember(cve,    key) {
	key = cve FS $(column["sla", "host"]) FS $(column["sla", "package"]) \
	    FS $(column["sla", "installed"])
	if (key in known)
		return
	known[key] = 1
	item[++items] = key
	decided[key] = $(column["sla", "decision"])
	by[key] = $(column["sla", "policy"])
}

# Does a word of a waiver (a name, a list, a pattern, or all) speak of this?
function fits(words, name,    list, n, i) {
	if (words == "-" || words == "*" || words == name)
		return 1
	n = split(words, list, ",")
	for (i = 1; i <= n; i++)
		if (list[i] == name)
			return 1
	return 0
}

function reason_of(cve, host, package, decision,    i) {
	for (i = 1; i <= waivers; i++)
		if (w_decision[i] == decision && fits(w_cve[i], cve) && \
		    fits(w_host[i], host) && fits(w_package[i], package))
			return (w_reason[i] == "-" ? "no reason given" : \
			    w_reason[i]) "; decided by " w_who[i] \
			    (w_expiry[i] == "-" ? "" : ", until " w_expiry[i])
	return "decided by a waiver"
}

# A host of one package and version is one product.
function product(host, package, version,    key) {
	key = host FS package FS version
	if (!(key in product_id)) {
		product_id[key] = "P" ++products
		product_name[products] = package " " version " on " host
	}
	return product_id[key]
}

END {
	if (failed)
		exit failed
	if (now_text == "")
		die(65, "this is no stream of tables")
	if (items == 0)
		die(66, "no open need with a CVE is waived", \
		    "there is nothing to state")
	sort_text(item, items)
	for (i = 1; i <= items; i++) {
		split(item[i], part, FS)
		product(part[2], part[3], part[4])
	}
	print "{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":" \
	    "\"2.0\",\"distribution\":{\"tlp\":{\"label\":\"AMBER\"}}," \
	    "\"lang\":\"en\",\"notes\":[{\"category\":\"summary\",\"text\":" \
	    "\"Vulnerabilities that stay for a time, by decision.\"}]," \
	    "\"publisher\":{\"category\":\"user\",\"name\":" \
	    json(ENVIRON["publisher"]) ",\"namespace\":" \
	    json(ENVIRON["namespace"]) "}," \
	    "\"title\":\"Exceptions from patching\",\"tracking\":{" \
	    "\"current_release_date\":" json(now_text) ",\"generator\":{" \
	    "\"engine\":{\"name\":\"pm\"}},\"id\":" \
	    json("pm-exceptions-" identifier(now_text)) \
	    ",\"initial_release_date\":" json(now_text) \
	    ",\"revision_history\":[{\"date\":" json(now_text) \
	    ",\"number\":\"1\",\"summary\":\"First version\"}]," \
	    "\"status\":\"final\",\"version\":\"1\"}},"
	print "\"product_tree\":{\"full_product_names\":["
	for (i = 1; i <= products; i++)
		print "{\"name\":" json(plain(product_name[i])) \
		    ",\"product_id\":\"P" i "\"}" (i < products ? "," : "")
	print "]},"
	print "\"vulnerabilities\":["
	first = 1
	for (i = 1; i <= items; i = next_one) {
		split(item[i], part, FS)
		cve = part[1]
		for (next_one = i; next_one <= items; next_one++)
			if (substr(item[next_one], 1, length(cve) + 1) != \
			    cve FS)
				break
		print_vulnerability(cve, i, next_one - 1)
	}
	print "]}"
	if (unnamed)
		printf "%s: %d waived needs name something that is no CVE " \
		    "and are left out\n", tool, unnamed >"/dev/stderr"
}

function identifier(text) {
	gsub(/[^0-9TZ]/, "", text)
	return text
}

function print_vulnerability(cve, from, to,    i, part, ids, list, key, id, \
    kind, text) {
	for (i = from; i <= to; i++) {
		split(item[i], part, FS)
		list = list (i > from ? "," : "") "\"" \
		    product(part[2], part[3], part[4]) "\""
	}
	print (first ? "" : ",") "{\"cve\":" json(cve) ",\"notes\":[{" \
	    "\"category\":\"general\",\"text\":\"The decision and its reason " \
	    "stand in the remediations.\"}],\"product_status\":{" \
	    "\"known_affected\":[" list "]},\"remediations\":["
	first = 0
	for (i = from; i <= to; i++) {
		split(item[i], part, FS)
		id = product(part[2], part[3], part[4])
		kind = decided[item[i]] == "mitigate" ? "mitigation" : \
		    decided[item[i]] == "accept" ? "no_fix_planned" : \
		    "none_available"
		text = decided[item[i]] ": " reason_of(cve, part[2], part[3], \
		    decided[item[i]])
		print "{\"category\":\"" kind "\",\"details\":" \
		    json(plain(text)) ",\"product_ids\":[\"" id "\"]}" \
		    (i < to ? "," : "")
	}
	print "]}"
}
