# Charts as inline SVG.  What a colour says, a pattern and a number say too, and
# each chart has a title, a description with its figures, and a table beside it.

function begin_chart(id, wide, high, title, description) {
	print "<figure>"
	print "<figcaption>" escape(title) "</figcaption>"
	print "<svg role=\"img\" aria-labelledby=\"" id "-t " id "-d\" " \
	    "viewBox=\"0 0 " wide " " high "\" xmlns=\"http://www.w3.org/2000/svg\">"
	print "<title id=\"" id "-t\">" escape(title) "</title>"
	print "<desc id=\"" id "-d\">" escape(description) "</desc>"
	print "<defs>"
	pattern(id "-stripes", "#f6d9c8", "#a33b00", \
	    "<path d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\" stroke=\"#a33b00\" " \
	    "stroke-width=\"2.2\"/>")
	pattern(id "-dots", "#eceff2", "#5a6672", \
	    "<circle cx=\"2\" cy=\"2\" r=\"1.3\" fill=\"#5a6672\"/>" \
	    "<circle cx=\"6\" cy=\"6\" r=\"1.3\" fill=\"#5a6672\"/>")
	pattern(id "-lines", "#cfe3f3", "#0b4f8a", \
	    "<path d=\"M0 2h8M0 6h8\" stroke=\"#0b4f8a\" stroke-width=\"1.4\"/>")
	print "</defs>"
	chart = id
}

function pattern(id, ground, ink, marks) {
	print "<pattern id=\"" id "\" width=\"8\" height=\"8\" " \
	    "patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" " \
	    "fill=\"" ground "\"/>" marks "</pattern>"
}

function end_chart() {
	print "</svg>"
	print "</figure>"
}

function paint(kind) {
	if (kind == "solid")
		return "#0b4f8a"
	if (kind == "empty")
		return "#ffffff"
	return "url(#" chart "-" kind ")"
}

function edge(kind) {
	return kind == "stripes" ? "#a33b00" : kind == "dots" ? "#5a6672" : \
	    "#0b4f8a"
}

function box(x, y, wide, high, kind, name) {
	if (wide <= 0 || high <= 0)
		return
	printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" " \
	    "fill=\"%s\" stroke=\"%s\" stroke-width=\"1\">", x, y, wide, \
	    high, paint(kind), edge(kind)
	print "<title>" escape(name) "</title></rect>"
}

function label(x, y, text, class) {
	printf "<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>\n", x, y, \
	    class == "" ? "" : " class=\"" class "\"", escape(text)
}

function rule(x1, y1, x2, y2) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" " \
	    "class=\"rule\"/>\n", x1, y1, x2, y2
}

# legend X Y "kind name|kind name"
function legend(x, y, text,    entry, n, i, kind, name) {
	n = split(text, entry, "|")
	for (i = 1; i <= n; i++) {
		kind = substr(entry[i], 1, index(entry[i], " ") - 1)
		name = substr(entry[i], index(entry[i], " ") + 1)
		box(x, y - 10, 14, 12, kind, name)
		label(x + 20, y, name)
		x += 34 + 7.2 * length(name)
	}
}

function shorter(text, most) {
	# by characters: a byte that goes on is not cut off from its first
	if (length(text) <= most)
		return text
	text = substr(text, 1, most)
	sub(/[\300-\377]?[\200-\277]*$/, "", text)
	return text "..."
}

# One bar for each tier and one for all, cut into parts by names of numbers.
function tier_bars(id, title, names, kinds, texts, whole_name,    i, j, n, \
    name, kind, text, tier, by, whole, part, x, y, description, wide, top) {
	n = split(names, name, " ")
	split(kinds, kind, " ")
	split(texts, text, "|")
	for (i = 0; i <= tier_count; i++) {
		by = i ? "tier" : "all"
		tier = i ? tier_list[i] : "*"
		description = description (i ? "; " : "") (i ? \
		    named(tier) : "all") ": "
		for (j = 1; j <= n; j++) {
			part = part_of(by, tier, name[j])
			description = description (j > 1 ? ", " : "") part \
			    " " text[j]
		}
	}
	begin_chart(id, 760, 44 + 34 * (tier_count + 1), title, description)
	legend(110, 18, legend_text(n, kind, text))
	for (i = 0; i <= tier_count; i++) {
		by = i ? "tier" : "all"
		tier = i ? tier_list[i] : "*"
		whole = number[by, tier, "*", whole_name] + 0
		y = 40 + 34 * i
		label(100, y + 15, shorter(i ? named(tier) : "all", 14), \
		    i ? "end" : "end strong")
		x = 110
		for (j = 1; j <= n; j++) {
			part = part_of(by, tier, name[j])
			wide = whole ? 480 * part / whole : 0
			box(x, y, wide, 22, kind[j], text[j] ": " part)
			x += wide
		}
		if (!whole)
			label(114, y + 15, "none", "soft")
		else
			label(600, y + 15, share(part_of(by, tier, name[1]), \
			    whole) " of " grouped(whole))
	}
	end_chart()
}

function legend_text(n, kind, text,    i, out) {
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? "|" : "") kind[i] " " text[i]
	return out
}

# late: judged, with something overdue; unjudged: the rest
function part_of(by, tier, name) {
	if (name == "late")
		return number[by, tier, "*", "judged"] - \
		    number[by, tier, "*", "compliant"]
	if (name == "unjudged")
		return number[by, tier, "*", "hosts"] - \
		    number[by, tier, "*", "judged"]
	return number[by, tier, "*", name] + 0
}

function chart_hosts() {
	tier_bars("hosts-chart", "Hosts by tier: compliant, overdue, not judged", \
	    "compliant late unjudged", "solid stripes dots", \
	    "compliant|with something overdue|not judged", "hosts")
}

function chart_needs() {
	tier_bars("needs-chart", "Open needs by tier and deadline", \
	    "overdue in_time undated excepted", "stripes solid empty dots", \
	    "overdue|in time|without a date|excepted", "open")
}

# The next number of the form 1, 2 or 5 times a power of ten, for an axis.
function ceiling(value,    power) {
	power = 1
	while (power * 10 < value)
		power *= 10
	if (value <= power)
		return power
	if (value <= 2 * power)
		return 2 * power
	if (value <= 5 * power)
		return 5 * power
	return 10 * power
}

function axis(left, right_end, top, bottom, high,    i, y) {
	for (i = 0; i <= 4; i++) {
		if (high < 4 && i % 4)
			continue
		y = bottom - (bottom - top) * i / 4
		rule(left, y, right_end, y)
		label(left - 6, y + 4, grouped(high % 4 ? sprintf("%.1f", \
		    high * i / 4) : high * i / 4), "end small")
	}
}

function chart_spread(    i, part, high, description, x, tall) {
	for (i = 1; i <= rows["spread"]; i++) {
		split(line["spread", i], part, FS)
		if (part[3] > high)
			high = part[3]
		description = description (i > 1 ? "; " : "") \
		    spread_name(i, part[2]) " days: " part[3]
	}
	high = ceiling(high)
	begin_chart("spread-chart", 760, 240, \
	    "Needs remediated, by days that it took", description)
	axis(70, 740, 24, 196, high)
	for (i = 1; i <= rows["spread"]; i++) {
		split(line["spread", i], part, FS)
		x = 84 + 94 * (i - 1)
		tall = 172 * part[3] / high
		box(x, 196 - tall, 62, tall, i <= 4 ? "solid" : i <= 6 ? \
		    "lines" : "stripes", part[3] " needs")
		label(x + 31, 190 - tall, grouped(part[3]), "middle strong")
		label(x + 31, 214, spread_name(i, part[2]), "middle small")
	}
	label(405, 234, "days from first seen to gone", "middle small")
	end_chart()
}

function chart_trend(    i, n, part, high, most_open, description, x, y, step, \
    points, wide) {
	n = rows["trend"]
	for (i = 1; i <= n; i++) {
		split(line["trend", i], part, FS)
		if (part[4] > high)
			high = part[4]
		if (part[5] > high)
			high = part[5]
		if (part[6] > most_open)
			most_open = part[6]
		description = description (i > 1 ? "; " : "") "until " \
		    substr(part[3], 1, 10) ": " part[6] " open, " part[4] \
		    " new, " part[5] " gone"
	}
	high = ceiling(high)
	most_open = ceiling(most_open)
	step = 670 / n
	begin_chart("open-chart", 760, 210, "Open needs over time", description)
	axis(70, 740, 20, 170, most_open)
	for (i = 1; i <= n; i++) {
		split(line["trend", i], part, FS)
		x = 70 + step * (i - 0.5)
		y = 170 - 150 * part[6] / most_open
		points = points sprintf("%.1f,%.1f ", x, y)
	}
	print "<polyline points=\"" points "\" fill=\"none\" " \
	    "stroke=\"#0b4f8a\" stroke-width=\"2.5\"/>"
	for (i = 1; i <= n; i++) {
		split(line["trend", i], part, FS)
		x = 70 + step * (i - 0.5)
		y = 170 - 150 * part[6] / most_open
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#fff\" " \
		    "stroke=\"#0b4f8a\" stroke-width=\"2\"/>\n", x, y
		label(x, y - 9, grouped(part[6]), "middle strong small")
		label(x, 188, substr(part[3], 6, 5), "middle small")
	}
	label(405, 206, "end of the period, month and day", "middle small")
	end_chart()
	begin_chart("flow-chart", 760, 240, "New and gone needs in each period", \
	    description)
	legend(70, 16, "stripes new|solid gone")
	axis(70, 740, 44, 196, high)
	wide = step * 0.34
	if (wide > 40)
		wide = 40
	for (i = 1; i <= n; i++) {
		split(line["trend", i], part, FS)
		x = 70 + step * (i - 0.5)
		y = 152 * part[4] / high
		box(x - wide - 1, 196 - y, wide, y, "stripes", part[4] " new")
		if (n <= 8 || length(part[4]) < 4)
			label(x - wide / 2 - 1, 192 - y, grouped(part[4]), \
			    "middle small")
		y = 152 * part[5] / high
		box(x + 1, 196 - y, wide, y, "solid", part[5] " gone")
		if (n <= 8 || length(part[5]) < 4)
			label(x + wide / 2 + 1, 192 - y, grouped(part[5]), \
			    "middle small")
		label(x, 214, substr(part[3], 6, 5), "middle small")
	}
	label(405, 232, "end of the period, month and day", "middle small")
	end_chart()
}
