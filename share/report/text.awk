# The report as text.

function begin_report(title, time) {
	print tame(title)
	print "as of " clock(time) " UTC"
}

function end_report() {
}

function heading(id, title) {
	printf "\n%s\n", toupper(title)
}

# Lines of at most 78 columns.
function wrap(text, first, rest,    word, count, i, out) {
	count = split(tame(text), word, " ")
	out = first
	for (i = 1; i <= count; i++) {
		if (i > 1 && length(out) + length(word[i]) + 1 > 78) {
			print out
			out = rest word[i]
		} else
			out = out (i > 1 ? " " : "") word[i]
	}
	print out
}

function paragraph(text) {
	print ""
	wrap(text, "", "")
}

function figure_list() {
	print ""
}

function figure(name, value, remark) {
	printf "  %-26s %10s   %s\n", name, value, remark
}

function end_figure_list() {
}

# A column is right-aligned when its name ends in a colon.
function begin_table(caption, columns,    i) {
	printf "\n%s\n\n", caption
	cells = split(columns, column_title, "|")
	lines = 0
	for (i = 1; i <= cells; i++) {
		right[i] = column_title[i] ~ /:$/
		sub(/:$/, "", column_title[i])
		cell[0, i] = column_title[i]
		wide[i] = length(column_title[i])
	}
}

function row(text,    part, i) {
	split(tame(text), part, FS)
	lines++
	for (i = 1; i <= cells; i++) {
		# what is longer is in the tables
		if (length(part[i]) > 72)
			part[i] = substr(part[i], 1, 69) "..."
		cell[lines, i] = part[i]
		if (shown_length(part[i]) > wide[i])
			wide[i] = shown_length(part[i])
	}
}

# Characters, not bytes: what continues a character in UTF-8 does not count.
function shown_length(text) {
	if (text ~ /[\200-\277]/)
		gsub(/[\200-\277]/, "", text)
	return length(text)
}

function end_table(    i, k, out, pad) {
	for (k = 0; k <= lines; k++) {
		out = ""
		for (i = 1; i <= cells; i++) {
			pad = sprintf("%" (wide[i] - shown_length(cell[k, i])) \
			    "s", "")
			if (wide[i] == shown_length(cell[k, i]))
				pad = ""
			out = out (i > 1 ? "  " : "  ") (right[i] ? \
			    pad cell[k, i] : cell[k, i] pad)
		}
		sub(/ +$/, "", out)
		print out
	}
}

function begin_definitions() {
	print ""
}

function definition(term, text) {
	wrap(text, "  " term ": ", "      ")
}

function end_definitions() {
}

function chart_hosts() {
}

function chart_needs() {
}

function chart_spread() {
}

function chart_trend() {
}
