# Silences as Alertmanager's API takes them, one JSON array: the instance is the
# host, with a port or without.

function finish(    i, v, name)
{
	print "["
	for (i = 1; i <= visits; i++) {
		v = order[i]
		name = host[v]
		gsub(/[^A-Za-z0-9_-]/, "[&]", name)
		gsub(/\[\^\]/, "\\^", name)
		printf "{\"matchers\":[{\"name\":\"instance\",\"value\":%s," \
		    "\"isRegex\":true,\"isEqual\":true}],\"startsAt\":%s," \
		    "\"endsAt\":%s,\"createdBy\":\"pm\",\"comment\":%s}%s\n", \
		    json(name "(:[0-9]+)?"), json(start[v]), json(ends(v)), \
		    json("patching, plan " plan ", wave " wave[v] ": " \
		    summary(v)), i < visits ? "," : ""
	}
	print "]"
}
