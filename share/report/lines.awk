# Records as people's other tools want them: each type with its columns, the
# escapes of the stream taken back.

BEGIN {
	FS = "\t"
	n = split(types, list, ",")
	for (i = 1; i <= n; i++)
		if (list[i] != "")
			asked[list[i]] = 1
	ask = n > 0
}

substr($1, 1, 2) == "##" {
	next
}

substr($1, 1, 1) == "#" {
	type = substr($1, 2)
	if (ask && !(type in asked))
		next
	width[type] = NF
	for (i = 2; i <= NF; i++)
		name[type, i] = $i
	header(type)
	next
}

ask && !($1 in asked) {
	next
}

{
	if (!($1 in width))
		die(65, FILENAME ":" FNR ": a record of type " $1 \
		    " without a header", "do not cut the header lines off")
	if (NF != width[$1])
		die(65, FILENAME ":" FNR ": " NF " fields, the header names " \
		    width[$1])
	record($1)
	records++
}

END {
	if (failed)
		exit failed
	finish()
}
