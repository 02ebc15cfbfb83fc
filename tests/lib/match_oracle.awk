# What pm-match should find, by the plainest means: every package against every
# advisory.  Versions must be whole numbers, lists single items, every feed a
# repository.  Prints "host package state installed fixed cves", sorted by the
# caller.
BEGIN { FS = "\t" }
$1 == "adv" {
	n++
	arch[n] = $2; by[n] = $3; name[n] = $4; introduced[n] = $5
	fixed[n] = $6; state[n] = $7; cve[n] = $8; source_version[n] = $9
}
$1 == "pkg" {
	host = $2; package = $3; version = $4; its_arch = $5; source = $6
	installed_source = $7; held = $9 ~ /held/
	offer = reach = 0
	delete announced; delete available; delete unfixed; delete excluded
	# what does not concern the package, and what is offered to anybody
	everybody = 0
	for (i = 1; i <= n; i++) {
		installed = by[i] == "binary" ? version : installed_source
		if (name[i] != (by[i] == "binary" ? package : source))
			continue
		if (state[i] == "not_affected" && fits(i) && \
		    (introduced[i] == fixed[i] && fixed[i] != "-" ? \
		    installed + 0 == fixed[i] + 0 : in_range(i, installed)))
			excluded[cve[i]]
		if (by[i] == "binary" && state[i] == "fixed" && \
		    introduced[i] == "-" && fixed[i] > everybody)
			everybody = fixed[i]
	}
	# what the repositories offer above the installed version
	for (i = 1; i <= n; i++) {
		if (by[i] != "binary" || name[i] != package || !fits(i))
			continue
		if (!is_offer(i) || !in_range(i, version))
			continue
		available[cve[i]]
		if (fixed[i] > offer) {
			offer = fixed[i]
			reach = source_version[i] == "-" ? offer : 0
		}
	}
	for (i = 1; i <= n; i++)
		if (by[i] == "binary" && name[i] == package && fits(i) &&
		    is_offer(i) && in_range(i, version) &&
		    fixed[i] == offer)
			reach = \
			    source_version[i] == "-" ? offer : source_version[i]
	top = 0
	for (i = 1; i <= n; i++) {
		installed = by[i] == "binary" ? version : installed_source
		if (name[i] != (by[i] == "binary" ? package : source) ||
		    !fits(i) || cve[i] in excluded)
			continue
		if (state[i] == "affected" && in_range(i, installed))
			unfixed[cve[i]]
		if (by[i] == "binary" || state[i] != "fixed" ||
		    !in_range(i, installed))
			continue
		if (offer > 0 && fixed[i] + 0 <= reach + 0) {
			available[cve[i]]
		} else {
			announced[cve[i]]
			if (fixed[i] > top)
				top = fixed[i]
		}
	}
	if (offer > 0)
		print host, package, held ? "held" : "available", version,
		    offer, join(available)
	if (top > 0)
		print host, package, "announced", version, top, join(announced)
	if (join(unfixed) != "-")
		print host, package, "unfixed", version, "-", join(unfixed)
}

# offered on request: to those who have something newer than everybody has
function is_offer(i) {
	if (cve[i] in excluded)
		return 0
	return state[i] == "fixed" || \
	    (state[i] == "manual" && version > everybody)
}

function fits(i) {
	return arch[i] == "-" || arch[i] == "all" || its_arch == "all" ||
	    arch[i] == its_arch
}

function in_range(i, v) {
	return (introduced[i] == "-" || v + 0 >= introduced[i] + 0) &&
	    (fixed[i] == "-" || v + 0 < fixed[i] + 0)
}

function join(set,    item, list, count, k) {
	for (item in set)
		list[++count] = item
	if (count == 0)
		return "-"
	for (k = 2; k <= count; k++) {
		item = list[k]
		for (j = k - 1; j > 0 && list[j] > item; j--)
			list[j + 1] = list[j]
		list[j + 1] = item
	}
	item = list[1]
	for (k = 2; k <= count; k++)
		item = item "," list[k]
	return item
}
