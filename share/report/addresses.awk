# Where mail to owners goes, from actor records.

BEGIN {
	FS = "\t"
	now = seconds(present)
}

substr($1, 1, 1) == "#" {
	type = substr($1, 2)
	if (type == "actor" || type == "host")
		for (i = 2; i <= NF; i++)
			column[type, $i] = i
	next
}

$1 == "actor" {
	expiry = (("actor", "expiry") in column) ? \
	    $(column["actor", "expiry"]) : "-"
	if (expiry != "-" && seconds(expiry) <= now)
		next
	who = $(column["actor", "who"])
	contact = (("actor", "contact") in column) ? \
	    $(column["actor", "contact"]) : "-"
	if (contact == "-")
		contact = who
	if (index(contact, "@") && !(who in at))
		at[who] = contact
	if ($(column["actor", "role"]) == "lead" && index(contact, "@") && \
	    lead == "")
		lead = contact
	next
}

$1 == "host" && ("host", "owner") in column {
	who = $(column["host", "owner"])
	if (who != "-")
		owners[who] = 1
}

END {
	if (failed)
		exit failed
	if (lead != "")
		print "lead\t" lead
	n = keys_of(owners, list)
	for (i = 1; i <= n; i++)
		print "owner\t" list[i] "\t" (list[i] in at ? at[list[i]] : \
		    list[i])
}
