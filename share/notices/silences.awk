# When which host is not to raise an alarm, as records.

function finish(    i, v)
{
	print "#silence\thost\tstart\tend\treason"
	for (i = 1; i <= visits; i++) {
		v = order[i]
		print "silence\t" host[v] "\t" start[v] "\t" ends(v) \
		    "\tplan " plan ", wave " wave[v]
	}
}
