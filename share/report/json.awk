# One JSON object a line; what is absent is null, everything else is text, as
# versions are no numbers.

function header(type) {
}

function record(type,    i, out) {
	out = "{\"type\":" json(type)
	for (i = 2; i <= NF; i++)
		out = out "," json(name[type, i]) ":" \
		    ($i == "-" ? "null" : json(plain($i)))
	print out "}"
}

function finish() {
}
