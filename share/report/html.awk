# The report as one page of HTML that needs nothing else: no scripts, no files.

function escape(text) {
	text = tame(text)
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	gsub(/"/, "\\&quot;", text)
	gsub(/'/, "\\&#39;", text)
	# a per cent sign stays with its number
	gsub(/ %/, "\302\240%", text)
	return text
}

# 12345 as 12,345, for people; other text as it is.
function grouped(text,    rest) {
	if (text !~ /^[0-9]+$/)
		return text
	while (length(text) > 3) {
		rest = "," substr(text, length(text) - 2) rest
		text = substr(text, 1, length(text) - 3)
	}
	return text rest
}

# The same for the numbers in a sentence of ours.
function spoken_numbers(text,    word, n, i, out) {
	n = split(text, word, " ")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? " " : "") grouped(word[i])
	return out
}

function begin_report(title, time) {
	print "<!DOCTYPE html>"
	print "<html lang=\"en\">"
	print "<head>"
	print "<meta charset=\"utf-8\">"
	print "<meta name=\"viewport\" content=\"width=device-width, " \
	    "initial-scale=1\">"
	# should anything slip through after all, it is not run or fetched
	print "<meta http-equiv=\"Content-Security-Policy\" content=\"" \
	    "default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
	print "<link rel=\"icon\" href=\"data:,\">"
	print "<title>" escape(title) ", " clock(time) " UTC</title>"
	style()
	print "</head>"
	print "<body>"
	print "<a class=\"skip\" href=\"#content\">Skip to the content</a>"
	print "<header>"
	print "<h1>" escape(title) "</h1>"
	print "<p>As of <time datetime=\"" escape(time) "\">" clock(time) \
	    " UTC</time></p>"
	print "</header>"
	print "<nav aria-label=\"Sections\">"
	print "<ul>"
	contents("summary", "Summary")
	contents("tiers", "Tiers")
	contents("owners", "Owners")
	contents("remediation", "Time to remediate")
	contents("trend", "Trend")
	contents("windows", "Next windows")
	contents("status", "Status")
	contents("faults", "Failed")
	contents("exceptions", "Exceptions")
	contents("checks", "Looked at again")
	contents("images", "Images")
	contents("metrics", "NIST metrics")
	contents("gaps", "Not covered")
	contents("definitions", "How this is counted")
	print "</ul>"
	print "</nav>"
	print "<main id=\"content\">"
}

function contents(id, title) {
	print "<li><a href=\"#" id "\">" title "</a></li>"
}

function end_report() {
	if (in_section)
		print "</section>"
	print "</main>"
	print "<footer>"
	print "<p>Made by pm from the records alone; how each number is " \
	    "counted is said <a href=\"#definitions\">above</a>.</p>"
	print "</footer>"
	print "</body>"
	print "</html>"
}

function style() {
	print "<style>"
	while ((getline text < style_file) > 0)
		print text
	print "</style>"
}

function heading(id, title) {
	if (in_section)
		print "</section>"
	in_section = 1
	print "<section aria-labelledby=\"" id "\">"
	print "<h2 id=\"" id "\">" escape(title) "</h2>"
}

function paragraph(text) {
	print "<p>" escape(text) "</p>"
}

function figure_list() {
	print "<dl class=\"figures\">"
}

function figure(name, value, remark) {
	print "<div><dt>" escape(name) "</dt><dd><strong>" \
	    escape(grouped(value)) "</strong> <span>" \
	    escape(spoken_numbers(remark)) \
	    "</span></dd></div>"
}

function end_figure_list() {
	print "</dl>"
}

# A column is a number when its name ends in a colon.
function begin_table(caption, columns,    i) {
	cells = split(columns, column_title, "|")
	print "<div class=\"wide\" role=\"group\" tabindex=\"0\" " \
	    "aria-label=\"" escape(caption) "\">"
	print "<table>"
	print "<caption>" escape(caption) "</caption>"
	printf "<thead><tr>"
	for (i = 1; i <= cells; i++) {
		right[i] = column_title[i] ~ /:$/
		sub(/:$/, "", column_title[i])
		printf "<th scope=\"col\"%s>%s</th>", \
		    right[i] ? " class=\"n\"" : "", escape(column_title[i])
	}
	print "</tr></thead>"
	print "<tbody>"
}

function row(text,    part, i) {
	split(text, part, FS)
	printf "<tr%s>", total_row ? " class=\"total\"" : ""
	printf "<th scope=\"row\"%s>%s</th>", is_day(part[1]) ? \
	    " class=\"t\"" : "", escape(part[1])
	for (i = 2; i <= cells; i++)
		printf "<td%s>%s</td>", right[i] ? " class=\"n\"" : \
		    is_day(part[i]) ? " class=\"t\"" : "", \
		    right[i] ? escape(grouped(part[i])) : escape(part[i])
	print "</tr>"
}

function is_day(text) {
	return text ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] /
}

function end_table() {
	print "</tbody>"
	print "</table>"
	print "</div>"
}

function begin_definitions() {
	print "<dl class=\"definitions\">"
}

function definition(term, text) {
	print "<dt>" escape(term) "</dt><dd>" escape(text) "</dd>"
}

function end_definitions() {
	print "</dl>"
}
