# A change document for each owner: what is done to whose systems, when, how
# back, and what is not done and why.

function put(name, text) { print text > (folder "/" file_for(name) ".md") }

function open_file(name)
{
	if (name in opened)
		return
	opened[name] = 1
	put(name, "# Change: patching, plan " markdown(plan))
	put(name, "\nOwner: " (name == "" ? "nobody" : markdown(name)))
}

function finish(    i, v, n)
{
	for (i = 1; i <= visits; i++) {
		v = order[i]
		open_file(owner[v])
		put(owner[v], "\n## " markdown(host[v]) ", wave " wave[v])
		put(owner[v], "\nWhen: " start[v] " to " ends(v) ", " \
		    minutes(takes[v]) " minutes, " markdown(mode[v]) ".  " \
		    markdown(summary(v)) ".\n")
		put(owner[v], "| action | package | from | to | way back | why |")
		put(owner[v], "|---|---|---|---|---|---|")
		for (n = 1; n <= steps[v]; n++)
			put(owner[v], "| " markdown(action[v, n]) " | " \
			    markdown(package[v, n]) " | " \
			    markdown(from[v, n]) " | " markdown(to[v, n]) \
			    " | " markdown(backout[v, n]) " | " \
			    markdown(reason[v, n]) " |")
	}
	for (i = 1; i <= exceptions; i++) {
		open_file(left_owner[i])
		if (!((left_owner[i], "left") in opened)) {
			opened[left_owner[i], "left"] = 1
			put(left_owner[i], "\n## Not done\n")
		}
		put(left_owner[i], "- " markdown(left_host[i]) " " \
		    markdown(left_package[i]) ": " left_state[i] ", " \
		    markdown(left_reason[i]))
	}
}
