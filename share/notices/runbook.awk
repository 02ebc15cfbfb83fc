# A checklist for each visit that somebody attends.

function box(text) { print "- [ ] " text }

function finish(    i, v, n, any)
{
	print "# Runbook, plan " markdown(plan)
	for (i = 1; i <= visits; i++) {
		v = order[i]
		if (mode[v] != "attended")
			continue
		any = 1
		print "\n## Wave " wave[v] ": " markdown(host[v])
		print "\nFrom " start[v] " to " ends(v) ", about " \
		    minutes(takes[v]) " minutes.  " markdown(summary(v)) "."
		print "Owner: " (owner[v] == "" ? "nobody" : \
		    markdown(owner[v])) (app_owner[host[v]] == "" ? "" : \
		    "; application: " markdown(app_owner[host[v]])) \
		    (contact[host[v]] == "" ? "" : "; contact: " \
		    markdown(contact[host[v]])) "\n"
		box("operator (name): ____________________")
		box("the owner knows, and stands by")
		for (n = 1; n <= steps[v]; n++)
			box(markdown(action[v, n] \
			    (package[v, n] == "" ? "" : " " package[v, n] " " \
			    from[v, n] " to " to[v, n])) \
			    (tester[v, n] == "" ? "" : ", looked at by " \
			    markdown(tester[v, n])))
		box("done: `pm-apply --attended NAME --host HOST` of the " \
		    "approved plan says so for every step")
		box("what users need works; seen by: ____________________")
		box("ended at: __________, way back used: yes / no")
	}
	if (!any)
		print "\nNothing is attended."
}
