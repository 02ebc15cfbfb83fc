# Values of the stream for other formats.

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

# Text as a JSON string.
function json(text,    out, i, byte, code) {
	if (!json_ready) {
		json_ready = 1
		for (i = 1; i < 256; i++)
			code_of[sprintf("%c", i)] = i
	}
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
