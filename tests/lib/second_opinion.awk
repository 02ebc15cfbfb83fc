# A second opinion on the numbers of reports: other code than share/report, over
# what is scored and then checks.  gawk; prints "SCOPE KEY NAME NUMBER" lines for
# what is not zero.  now is the present.

BEGIN { FS = "\t" }

function get(name) {
	return (($1, name) in at) ? $at[$1, name] : "-"
}

function count(host, name) {
	n["all * " name]++
	n["tier " tier[host] " " name]++
	n["owner " owner[host] " " name]++
}

/^#[a-z]/ {
	for (i = 2; i <= NF; i++)
		at[substr($1, 2), $i] = i
	next
}

$1 == "host" && FNR != NR && !(get("host") in tier) { late_host[get("host")] }

$1 == "host" && FNR == NR && get("class") != "image" {
	tier[get("host")] = get("tier")
	owner[get("host")] = get("owner")
}

$1 == "cover" && FNR == NR {
	covered[get("host")]
	if (get("verdict") != "covered")
		bad[get("host")] = 1
}

$1 == "check" && get("kind") == "host" && get("verdict") == "not-examined" {
	bad[get("host")] = 1
}

$1 == "check" && get("kind") == "package" &&
    get("verdict") ~ /^(verified|newer)$/ {
	met[get("host"), get("subject"), get("expected")] = 1
}

$1 == "need" && FNR == NR {
	host[++needs] = get("host")
	name[needs] = get("package")
	to[needs] = get("fixed")
	state[needs] = get("state")
	kind[needs] = get("kind")
	class[needs] = get("class")
	decision[needs] = get("decision")
	due[needs] = get("due")
	kev[needs] = get("kev")
	cvss[needs] = get("cvss")
	policy[needs] = get("policy")
}

END {
	for (i = 1; i <= needs; i++) {
		h = host[i]
		if (!(h in tier))
			continue
		if (to[i] != "-" && state[i] != "reboot" &&
		    ((h, name[i], to[i]) in met)) {
			count(h, "met")
			continue
		}
		open[h] = 1
		count(h, "open")
		spared = decision[i] ~ /^(accept|defer|mitigate)$/
		if (due[i] != "-" && due[i] <= now &&
		    (!spared || policy[i] ~ /waive:/)) {
			count(h, "overdue")
			late[h] = 1
		} else
			count(h, spared ? "excepted" :
			    due[i] == "-" ? "undated" : "in_time")
		count(h, "class_" (class[i] == "-" ? "none" : class[i]))
		if (kev[i] == "yes")
			count(h, "exploited")
		if (kind[i] == "security")
			count(h, "security")
		if (kind[i] == "security" && cvss[i] == "-")
			count(h, "unscored")
	}
	for (h in tier) {
		good = (h in covered) && !bad[h]
		count(h, "hosts")
		if (good)
			count(h, "judged")
		if (good && !late[h])
			count(h, "compliant")
		if (good && !open[h])
			count(h, "patched")
		if (late[h])
			count(h, "hosts_overdue")
	}
	for (key in n)
		print key, n[key]
}
