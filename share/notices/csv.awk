# The steps as CSV, RFC 4180; what a spreadsheet would compute is quoted first.

function cell(s)
{
	s = plain(s)
	if (s ~ /^[ ]*[=+@|%-]/)
		s = "'" s
	gsub(/"/, "\"\"", s)
	return "\"" s "\""
}

function finish(    i, v, n)
{
	printf "wave,start,end,host,action,package,from,to,mode,owner,reason\r\n"
	for (i = 1; i <= visits; i++) {
		v = order[i]
		for (n = 1; n <= steps[v]; n++)
			printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\r\n", \
			    cell(wave[v]), cell(start[v]), cell(end[v]), \
			    cell(host[v]), cell(action[v, n]), \
			    cell(package[v, n]), cell(from[v, n]), \
			    cell(to[v, n]), cell(mode[v]), cell(owner[v]), \
			    cell(reason[v, n])
	}
}
