# iCalendar, RFC 5545: an event for each visit.

function ics(s)
{
	s = plain(s)
	gsub(/\\/, "&&", s); gsub(/;/, "\\;", s); gsub(/,/, "\\,", s)
	return s
}

# Lines of at most 75 bytes; no UTF-8 sequence is torn.
function line(s,    n)
{
	while (length(s) > 75) {
		for (n = 75; substr(s, n + 1, 1) ~ /[\200-\277]/; n--)
			;
		printf "%s\r\n", substr(s, 1, n)
		s = " " substr(s, n + 1)
	}
	printf "%s\r\n", s
}

function stamp(t)
{
	gsub(/[-:]/, "", t)
	return t
}

function finish(    i, v, n, text)
{
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//pm//notices//EN")
	for (i = 1; i <= visits; i++) {
		v = order[i]
		line("BEGIN:VEVENT")
		line("UID:" ics(plan "/" wave[v] "/" host[v]) "@pm")
		line("DTSTAMP:" stamp(start[v]))
		line("DTSTART:" stamp(start[v]))
		line("DTEND:" stamp(ends(v)))
		line("SUMMARY:" ics("Patch " host[v] ": " summary(v)))
		text = ics("wave " wave[v] ", " mode[v] ", " \
		    minutes(takes[v]) " minutes, owner " \
		    (owner[v] == "" ? "nobody" : owner[v]))
		for (n = 1; n <= steps[v]; n++)
			text = text "\\n" ics(action[v, n] \
			    (package[v, n] == "" ? "" : " " package[v, n] " " \
			    from[v, n] " to " to[v, n]))
		line("DESCRIPTION:" text)
		line("LOCATION:" ics(site[host[v]]))
		line("CATEGORIES:" ics(mode[v]))
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
}
