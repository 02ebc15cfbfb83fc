# For the helpdesk, by service: what is updated, what users notice, what helps.
# A service is what listens or runs on a host; of hosts of which that is not
# known it is their role.

function add(service, v,    k)
{
	k = ++count[service]
	if (k == 1)
		names[++total] = service
	at_visit[service, k] = v
}

function finish(    i, v, parts, n, k, list)
{
	for (i = 1; i <= visits; i++) {
		v = order[i]
		list = services[host[v]]
		if (list == "")
			list = (role[host[v]] == "" ? "other systems" : \
			    "systems of role " role[host[v]]) "\t"
		n = split(list, parts, "\t")
		for (k = 1; k < n; k++)
			add(parts[k], v)
	}
	sort_names()
	print "Patching, plan " plain(plan)
	for (i = 1; i <= total; i++)
		write_service(names[i])
}

function sort_names(    i, j, t)
{
	for (i = 2; i <= total; i++)
		for (j = i; j > 1 && names[j] < names[j - 1]; j--) {
			t = names[j]; names[j] = names[j - 1]; names[j - 1] = t
		}
}

function write_service(service,    k, v)
{
	print "\n== " plain(service)
	print "\nUpdates"
	for (k = 1; k <= count[service]; k++) {
		v = at_visit[service, k]
		print "- " plain(host[v]) ", " start[v] " to " ends(v) ": " \
		    summary(v)
		write_updates(service, v)
	}
	print "\nSide effects"
	for (k = 1; k <= count[service]; k++)
		write_effect(service, at_visit[service, k])
	print "\nRemedies"
	for (k = 1; k <= count[service]; k++)
		write_remedy(at_visit[service, k])
}

# Those of the service's own package with their reasons, others by name.
function write_updates(service, v,    n, own, others, list)
{
	own = package_of[host[v], service]
	for (n = 1; n <= steps[v]; n++) {
		if (package[v, n] == "")
			continue
		if (package[v, n] == own)
			print "  " plain(own) " " plain(from[v, n]) " to " \
			    plain(to[v, n]) (cves[host[v], own] == "" ? "" : \
			    ", for " plain(cves[host[v], own]))
		else {
			others++
			if (others <= 8)
				list = list (others > 1 ? ", " : "") \
				    plain(package[v, n])
		}
	}
	if (others > 0)
		print "  also " list (others > 8 ? " and " others - 8 \
		    " more" : "")
}

function write_effect(service, v)
{
	if (v in reboots)
		print "- " plain(host[v]) " restarts: " plain(service) \
		    " does not answer for some minutes, and whoever works on " \
		    "it is signed off"
	else if (v in restarts)
		print "- " plain(host[v]) ": " plain(service) \
		    " may be restarted; connections break for a moment"
	else
		print "- " plain(host[v]) ": none expected"
}

function write_remedy(v,    n, gone)
{
	print "- " plain(host[v]) ": wait until " ends(v) ", try again; then " \
	    "call " (owner[v] == "" ? "the lead" : plain(owner[v])) \
	    (contact[host[v]] == "" ? "" : ", " plain(contact[host[v]])) \
	    (after_hours[host[v]] == "" ? "" : ", after hours " \
	    plain(after_hours[host[v]]))
	for (n = 1; n <= steps[v]; n++)
		if (backout[v, n] == "unavailable")
			gone = gone " " plain(package[v, n])
	print "  who answers for it can go back: pm-apply --rollback all " \
	    "--host " plain(host[v]) \
	    (gone == "" ? "" : " (there is no way back for" gone ")")
}
