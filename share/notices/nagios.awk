# Downtimes as external commands of Nagios, Icinga and Naemon.  A semicolon
# separates their fields, so no field has one.

function without_semicolon(s)
{
	s = plain(s)
	gsub(/;/, ",", s)
	return s
}

function finish(    i, v, from_time, to_time, rest)
{
	for (i = 1; i <= visits; i++) {
		v = order[i]
		if (host[v] ~ /[; \\]/)
			fail("no host of Nagios can be called " plain(host[v]))
		from_time = seconds(start[v]); to_time = seconds(ends(v))
		rest = sprintf(";%s;%d;%d;1;0;%d;pm;%s", host[v], from_time, \
		    to_time, to_time - from_time, \
		    without_semicolon("patching, plan " plan ", wave " wave[v]))
		printf "[%d] SCHEDULE_HOST_DOWNTIME%s\n", from_time, rest
		printf "[%d] SCHEDULE_HOST_SVC_DOWNTIME%s\n", from_time, rest
	}
}
