# How to do it by hand, for a page that everybody can read.

function command_for(family, name, version)
{
	if (family ~ /^(debian|ubuntu)$/)
		return "apt-get install --only-upgrade " quoted(name "=" version)
	if (family ~ /^(fedora|rhel|centos|rocky|almalinux|ol|amzn)$/)
		return "dnf upgrade " quoted(name "-" version)
	if (family ~ /^(opensuse.*|sles)$/)
		return "zypper update " quoted(name)
	if (family == "alpine")
		return "apk add --upgrade " quoted(name)
	if (family == "arch")
		return "pacman -Syu"
	return ""
}

function finish(    i, v)
{
	print "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" \
	    "<meta charset=\"utf-8\">\n<title>Patching, plan " html(plan) \
	    "</title>\n<style>body{font-family:sans-serif;max-width:60em;" \
	    "margin:2em auto}code{background:#eee}</style>\n</head>\n<body>"
	print "<h1>Patching, plan " html(plan) "</h1>"
	print "<p>Find your system, and do in the given time what stands " \
	    "below it, as its administrator. When something does not work, " \
	    "stop and call who is named.</p>\n<ul>"
	for (i = 1; i <= visits; i++)
		print "<li><a href=\"#v" i "\">" html(host[order[i]]) "</a></li>"
	print "</ul>"
	for (i = 1; i <= visits; i++)
		write_visit(i, order[i])
	print "</body>\n</html>"
}

function write_visit(i, v,    n, run)
{
	print "<h2 id=\"v" i "\">" html(host[v]) "</h2>"
	print "<p>Between " start[v] " and " ends(v) ", about " \
	    minutes(takes[v]) " minutes. Call: " \
	    html(owner[v] == "" ? "the lead" : owner[v]) \
	    (contact[host[v]] == "" ? "" : ", " html(contact[host[v]])) \
	    ".</p>\n<ol>"
	for (n = 1; n <= steps[v]; n++) {
		run = action[v, n] == "install" ? \
		    command_for(os[host[v]], package[v, n], to[v, n]) : ""
		print "<li>" html(action[v, n]) \
		    (package[v, n] == "" ? "" : " <b>" html(package[v, n]) \
		    "</b> " html(from[v, n]) " to " html(to[v, n])) \
		    (run == "" ? "" : ": <code>" html(run) "</code>") "</li>"
	}
	print "</ol>"
}
