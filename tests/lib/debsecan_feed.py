#!/usr/bin/python3
"""debsecan's data as the catalogue of pm-match, by means of apt's own order.

    debsecan_feed.py FILE RELEASE FEED

A source package lacks a fix when its version is below the first version and
not among the others (debsecan: Vulnerability.is_vulnerable).  That set becomes
the ranges between the fixed versions, and a statement for each fixed version
that begins such a range.
"""
import functools
import sys
import zlib

import apt_pkg

apt_pkg.init()
path, release, feed = sys.argv[1:]
with open(path, "rb") as file:
    names, flaws = zlib.decompress(file.read()).decode().split("\n\n")[:2]
cves = [line.split(",")[0] for line in names.split("\n")[1:]]
compare = functools.cmp_to_key(apt_pkg.version_compare)
row = functools.partial(print, sep="\t")

row("#feed", "feed", "os", "release", "date", "kind")
row("feed", feed, "debian", release, "2026-07-31T00:00:00Z", "advisories")
row("#adv", "adv", "os", "release", "by", "package", "introduced", "fixed",
    "state", "cves", "feed")
unaffected = {}
for line in flaws.split("\n"):
    package, number, flags, first, others = line.split(",", 4)
    cve = cves[int(number)]
    by = "binary" if flags[0] == "B" else "source"
    others = sorted(others.split(), key=compare)
    ends = [v for v in others if not first or compare(v) < compare(first)]
    if first:
        ends.append(first)
    if not ends:
        row("adv", cve, "debian", release, by, package, "-", "-", "affected",
            cve, feed)
    for begin, end in zip(["-"] + ends, ends):
        row("adv", cve, "debian", release, by, package, begin, end, "fixed",
            cve, feed)
        if begin != "-":
            unaffected.setdefault((by, package, begin), set()).add(cve)
for (by, package, version), known in unaffected.items():
    row("adv", version, "debian", release, by, package, version, version,
        "not_affected", ",".join(sorted(known)), feed)
