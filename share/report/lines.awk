# Records as people's other tools want them: each type with its columns, the
# escapes of the stream taken back.

BEGIN {
	FS = "\t"
	for (i = 1; i < 256; i++)
		code_of[sprintf("%c", i)] = i
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

# \t, \n, \r and \\ back to what they stand for
function plain(text,    out, place, next_one) {
	while ((place = index(text, "\\")) > 0) {
		next_one = substr(text, place + 1, 1)
		out = out substr(text, 1, place - 1) (next_one == "t" ? "\t" : \
		    next_one == "n" ? "\n" : next_one == "r" ? "\r" : \
		    next_one)
		text = substr(text, place + 2)
	}
	return out text
}

function json(text,    out, i, byte, code) {
	if (text !~ /["\\\001-\037\177]/)
		return "\"" text "\""
	for (i = 1; i <= length(text); i++) {
		byte = substr(text, i, 1)
		code = code_of[byte]
		if (byte == "\"" || byte == "\\")
			out = out "\\" byte
		else if (code < 32 || code == 127)
			out = out sprintf("\\u%04x", code)
		else
			out = out byte
	}
	return "\"" out "\""
}
