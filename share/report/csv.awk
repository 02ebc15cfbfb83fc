# One type as CSV (RFC 4180), for spreadsheets: what one would take for a
# formula begins with an apostrophe, and what is absent is empty.

function header(type,    i, out) {
	if (headed != "" && headed != type)
		die(64, "records of " headed " and of " type, \
		    "one table has one type: name it with -t")
	for (i = 2; i <= NF; i++)
		out = out (i > 2 ? "," : "") cell($i)
	if (headed != "" && out != head)
		die(65, FILENAME ":" FNR ": the columns of " type " change", \
		    "give these files one after another")
	if (headed == "")
		printf "%s\r\n", out
	headed = type
	head = out
}

function record(type,    i, out) {
	for (i = 2; i <= NF; i++)
		out = out (i > 2 ? "," : "") cell($i)
	printf "%s\r\n", out
}

function cell(text) {
	if (text == "-")
		return ""
	if (index(text, "\\"))
		text = plain(text)
	# = + - @ also as the wide forms that spreadsheets take for them
	if (text ~ /^[ \t\r\n]*[=+@|%-]/ || \
	    text ~ /^[ \t\r\n]*\357\274[\235\213\215\240]/ || \
	    text ~ /^[\t\r\n]/)
		text = "'" text
	if (text ~ /[",\r\n]/ || text ~ /^'/ || text ~ /^ | $/) {
		gsub(/"/, "\"\"", text)
		text = "\"" text "\""
	}
	return text
}

function finish() {
	if (headed == "")
		die(66, "there are no such records")
}
