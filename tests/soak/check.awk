# Judge weeks of runs from what they left; knows pm-stream(5) and pm-journal(5),
# no program.
#
#	awk -f check.awk PLAN... journal.tsv runs.tsv dpkg.tsv offered.tsv \
#	    left.tsv descriptors
#
# Nothing lost: each step of an approved plan whose window is over is settled,
# and each version that was offered was installed.  Nothing twice: no step is
# begun after it was done, dpkg made each upgrade once, and only runs with
# something due wrote to the journal.  Nothing out of time: whatever began did
# so in its window.  Nothing grows: neither memory nor open files nor what is
# left in folders.
function bad(text) {
	print "check.awk: " text > "/dev/stderr"
	wrong = 1
}

BEGIN { FS = "\t" }
FNR == 1 {
	kind = FILENAME
	sub(/.*\//, "", kind)
	sub(/.*\.plan\.tsv/, "plan", kind)
}
/^##/ { next }

kind == "plan" && $1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
kind == "plan" && $1 == "step" && $at["state"] == "planned" {
	id = $at["plan"] " " $at["step"]
	start[id] = $at["start"]
	end[id] = $at["end"]
	version[id] = $at["action"] == "install" ? \
	    $at["host"] " " $at["package"] " " $at["to"] : ""
	steps++
}

kind == "journal.tsv" && $1 == "#done" { for (i = 2; i <= NF; i++) at[$i] = i }
kind == "journal.tsv" && $1 == "done" {
	id = $at["plan"] " " $at["step"]
	outcome = $at["outcome"]
	begun = $at["started"]
	records++
	outcomes[outcome]++
	if (!(id in start))
		bad(id " is in the journal and in no plan")
	if (last[id] == "done" || last[id] == "skipped")
		bad(id " is " outcome " although it was " last[id])
	if (begun != "-" && (begun < start[id] || begun > end[id]))
		bad(id " began at " begun)
	if (outcome == "started" && last[id] == "started")
		bad(id " was begun twice")
	else if (outcome ~ /^(done|failed|timeout|lost|rolled-back)$/ &&
	    last[id] != "started" && last[id] != "lost" && id !~ /\/check\/-$/)
		bad(id " ended as " outcome " without a beginning")
	if (begun < before)
		bad(id " is older than the record before it")
	before = begun
	last[id] = outcome
	if ((outcome == "done" || outcome == "skipped") && version[id] != "") {
		if (reached[version[id]]++)
			bad(version[id] " was reached twice")
	}
}

kind == "runs.tsv" {
	runs++
	clock = substr($2, 12, 5)
	statuses[$4]++
	night = clock >= "01:00" && clock < "05:00"
	grew = $7 != $6
	wrote += grew
	if ($1 != runs)
		bad("run " $1 " is missing or there twice")
	if (!night && grew)
		bad("run " $1 " at " $2 " wrote to the journal: nothing was due")
	if (!night && $4 != 0 && $4 != 75)
		bad("run " $1 " at " $2 " ended with " $4)
	if (night && $3 == "none" && $4 != 0 && $4 != 75)
		bad("run " $1 " at " $2 " ended with " $4)
	if (night && $3 != "none" && $4 !~ /^(0|3|69|75|124|137)$/)
		bad("run " $1 " at " $2 ", " $3 ", ended with " $4)
	if ($3 != "none")
		faults[$3]++
	if (!grew && $5 > 0) {
		day = int((runs - 1) / 288)
		if (peak[day] == 0 || $5 < peak[day])
			peak[day] = $5
		days = day
	}
	now = $2
}

kind == "dpkg.tsv" {
	upgrades++
	if (dpkg[$1 " " $2 " " $4]++)
		bad($1 " " $2 " was upgraded to " $4 " twice")
}
kind == "offered.tsv" { offered[++offers] = $1 FS $2 FS $3 }
kind == "left.tsv" {
	if ($2 > 1)
		bad($2 - 1 " temporary files on day " $1)
	if ($3 > 0)
		bad($3 " parts of files on day " $1)
	if ($4 > 0)
		bad($4 " processes on day " $1)
	looks++
}
kind == "descriptors" {
	if ($1 > most)
		most = $1
	if (least == "" || $1 < least)
		least = $1
	reaches++
}

END {
	for (id in start)
		if (end[id] <= now && !(id in last))
			bad(id " has no outcome")
		else if (end[id] <= now && last[id] != "done" &&
		    last[id] != "skipped")
			bad(id " ended as " last[id])
	for (i = 1; i <= offers; i++) {
		split(offered[i], part, FS)
		# what was offered at noon is there when the night is over
		if (substr(now, 1, 10) <= substr(part[1], 1, 10) ||
		    substr(now, 12) < "05")
			continue
		for (name in reached)
			if (name ~ " " part[2] " " part[3] "$")
				found[i]++
		if (found[i] != hosts())
			bad(part[2] " " part[3] " is on " found[i] + 0 " hosts")
	}
	for (name in reached)
		if (!(name in dpkg))
			bad(name " is done, and dpkg knows nothing of it")
	for (name in dpkg)
		if (!(name in reached))
			bad(name " was upgraded, and the journal has nothing of it")
	# the journal is read by each run, so memory follows it, a little
	if (days > 0 && peak[days] > peak[0] + 4096)
		bad("memory grew from " peak[0] " to " peak[days] " kB")
	if (most != least)
		bad("between " least " and " most " open files were handed on")
	if (runs == 0 || steps == 0 || (days > 1 && upgrades == 0))
		bad("nothing happened")
	if (wrong)
		exit 1
	printf "%d runs, %d days, %d wrote to the journal; statuses", runs, \
	    days + 1, wrote
	for (status = 0; status < 256; status++)
		if (status in statuses)
			printf " %d: %d", status, statuses[status]
	printf "; %d steps, %d records (%d done, %d failed, %d unreachable), " \
	    "%d upgrades by dpkg; runs with a fault: fails %d, away %d, " \
	    "killed %d; memory when idle %d kB on the first day, %d on the " \
	    "last; %d open files handed on, %d times\n", steps, records, \
	    outcomes["done"], outcomes["failed"], outcomes["unreachable"], \
	    upgrades, faults["fails"], faults["away"], faults["killed"], \
	    peak[0], peak[days], most, reaches
}

function hosts(    name, part, seen, n) {
	for (name in version) {
		split(version[name], part, " ")
		if (part[1] != "" && !seen[part[1]]++)
			n++
	}
	return n
}
