# Judge a run of pm-apply from the plan, the journal and what was seen on the
# hosts before and after; knows pm-stream(5) and pm-journal(5), no program.
#
#	awk -f check.awk plan.tsv journal.tsv first last
#
# Nothing lost: every planned step has an outcome that is good, and the host has
# the version.  Nothing twice: no step is done again after it was; dpkg has
# begun an upgrade at most once for each try that the journal has; each
# transaction on the host is one that the journal began.  No step without an
# outcome: whatever began has ended before the next try of it began.
function bad(text) {
	print "check.awk: " text
	wrong = 1
}

BEGIN { FS = "\t" }
FNR == 1 { file++ }
/^##/ { next }
file == 1 && $1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i; next }
file == 1 && $1 == "step" && $at["state"] == "planned" {
	id = $at["step"]
	planned[id] = 1
	host[id] = $at["host"]
	action[id] = $at["action"]
	package[id] = $at["package"]
	to[id] = $at["to"]
	from[id] = $at["from"]
	next
}
file == 2 && $1 == "#done" { for (i = 2; i <= NF; i++) col[$i] = i; next }
file == 2 && $1 == "done" {
	id = $col["step"]
	outcome = $col["outcome"]
	if (!(id in planned))
		bad(id " is in the journal and not in the plan")
	if (outcome == "started") {
		if (open[id] != "")
			# asked again under a new try: the one before stopped
			# without an end, and its host said so
			restarted[id]++
		if (last[id] == "done" || last[id] == "skipped")
			bad(id " was begun again although it was " last[id])
		tries[id]++
		open[id] = $col["try"]
	} else {
		if (outcome == "done" && last[id] == "done")
			bad(id " was done twice")
		if (open[id] == "" && outcome !~ /^(skipped|unreachable|refused|done|failed|lost)$/)
			bad(id " ended as " outcome " without a beginning")
		open[id] = ""
	}
	last[id] = outcome
	next
}
file == 3 || file == 4 { split($0, word, " ") }
file == 3 && word[1] == "boot" { boot[word[2]] = word[3] }
file == 4 && word[1] == "boot" { later[word[2]] = word[3] }
file == 4 && word[1] == "state" {
	version[word[2] "/" word[3]] = word[4]
	state[word[2] "/" word[3]] = word[5]
}
file == 4 && word[1] == "audit" { bad("dpkg --audit: " $0) }
file == 4 && word[1] == "dpkg" { upgrades[word[2] "/" word[3]]++ }
file == 4 && word[1] == "transaction" && word[3] ~ /-install[0-9]+$/ {
	transactions[word[2]]++
}

END {
	for (id in planned) {
		if (!(id in last))
			bad(id " has no outcome")
		else if (last[id] != "done" && last[id] != "skipped")
			bad(id " ended as " last[id])
		if (open[id] != "")
			bad(id " is open")
		if (action[id] == "reboot" && last[id] == "done" &&
		    boot[host[id]] == later[host[id]])
			bad(id " is done, and it is still the same boot")
		if (action[id] != "install")
			continue
		key = host[id] "/" package[id]
		if (version[key] != to[id] || state[key] != "installed")
			bad(key " is at " version[key] " " state[key])
		if (upgrades[key] > tries[id])
			bad(key " was upgraded " upgrades[key] " times in " \
			    tries[id] " tries")
		if (tries[id] > most[host[id]])
			most[host[id]] = tries[id]
	}
	for (name in transactions)
		if (transactions[name] > most[name])
			bad(name " has " transactions[name] \
			    " transactions, and the journal " most[name])
	exit wrong
}
