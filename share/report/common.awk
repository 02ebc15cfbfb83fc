# What all reports share: time, errors, order, and text that harms nobody.
# Plain awk: no intervals in patterns, no functions beyond POSIX.  The tools
# run with LC_ALL=C, so a character is a byte.

BEGIN {
	# mawk turns a number above 2^31 into text by these
	CONVFMT = OFMT = "%.14g"
}

function die(status, reason, remedy) {
	printf "%s: %s\n", tool, reason >"/dev/stderr"
	if (remedy != "")
		printf "%s: %s\n", tool, remedy >"/dev/stderr"
	failed = status
	exit status
}

# The day since 1970 that a time begins with (Fliegel and van Flandern's count
# of days in the proleptic Gregorian calendar, moved by a constant).
function day_of(date,    year, month, day, before) {
	if (date in day_known)
		return day_known[date]
	year = substr(date, 1, 4) + 0
	month = substr(date, 6, 2) + 0
	day = substr(date, 9, 2) + 0
	if (month < 3) {
		year--
		month += 12
	}
	before = 365 * year + int(year / 4) - int(year / 100) + \
	    int(year / 400)
	return day_known[date] = before + int((153 * month - 457) / 5) + \
	    day - 719469
}

# Seconds since 1970; -1 where there is no time.
function seconds(time) {
	if (time in second_known)
		return second_known[time]
	if (time == "-" || time == "")
		return second_known[time] = -1
	return second_known[time] = day_of(substr(time, 1, 10)) * 86400 + \
	    substr(time, 12, 2) * 3600 + substr(time, 15, 2) * 60 + \
	    substr(time, 18, 2)
}

function is_time(time) {
	return time ~ /^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z$/
}

# The other way round.
function time_of(stamp,    day, rest, era, of_era, year, of_year, month) {
	day = int(stamp / 86400)
	rest = stamp - day * 86400
	day += 719468
	era = int(day / 146097)
	day -= era * 146097
	of_era = int((day - int(day / 1460) + int(day / 36524) - \
	    int(day / 146096)) / 365)
	year = of_era + era * 400
	of_year = day - (365 * of_era + int(of_era / 4) - int(of_era / 100))
	month = int((5 * of_year + 2) / 153)
	day = of_year - int((153 * month + 2) / 5) + 1
	month += month < 10 ? 3 : -9
	if (month <= 2)
		year++
	return sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
	    int(rest / 3600), int(rest % 3600 / 60), rest % 60)
}

# A duration as people write it (3d, 8h) or in seconds; -1 for another text.
function duration(text,    number, unit) {
	if (text !~ /^[0-9]+[smhdw]?$/)
		return -1
	number = text + 0
	unit = substr(text, length(text))
	if (unit == "m")
		return number * 60
	if (unit == "h")
		return number * 3600
	if (unit == "d")
		return number * 86400
	if (unit == "w")
		return number * 604800
	return number
}

# Bytes that are no text of their own, but could drive a terminal or turn the
# direction of a line: C1 controls, marks of direction, DEL.
function tame(text) {
	if (text ~ /[\001-\010\013-\037\177\302\342]/) {
		gsub(/[\001-\010\013-\037\177]/, "?", text)
		gsub(/\302[\200-\237]/, "?", text)
		gsub(/\342\200[\213-\217\250-\256]/, "?", text)
		gsub(/\342\201[\240-\257]/, "?", text)
	}
	return text
}

# Sort list[1..count] by its values as text (heapsort; the order of equal ones
# does not show).
function sort_text(list, count,    end, start, kept) {
	for (start = int(count / 2); start >= 1; start--)
		sift_text(list, start, count)
	for (end = count; end > 1; end--) {
		kept = list[end]
		list[end] = list[1]
		list[1] = kept
		sift_text(list, 1, end - 1)
	}
}

function sift_text(list, root, end,    child, kept) {
	kept = list[root] ""
	while ((child = 2 * root) <= end) {
		if (child < end && (list[child] "") < (list[child + 1] ""))
			child++
		if (kept >= (list[child] ""))
			break
		list[root] = list[child]
		root = child
	}
	list[root] = kept
}

# And by their values as numbers.
function sort_number(list, count,    end, start, kept) {
	for (start = int(count / 2); start >= 1; start--)
		sift_number(list, start, count)
	for (end = count; end > 1; end--) {
		kept = list[end]
		list[end] = list[1]
		list[1] = kept
		sift_number(list, 1, end - 1)
	}
}

function sift_number(list, root, end,    child, kept) {
	kept = list[root] + 0
	while ((child = 2 * root) <= end) {
		if (child < end && list[child] + 0 < list[child + 1] + 0)
			child++
		if (kept >= list[child] + 0)
			break
		list[root] = list[child]
		root = child
	}
	list[root] = kept
}

# The keys of an array in order; gives their number.
function keys_of(array, list,    key, count) {
	split("", list)
	for (key in array)
		list[++count] = key
	sort_text(list, count)
	return count + 0
}
