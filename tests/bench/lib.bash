# What the benchmarks share: data that is made once, and measuring.
#
#	. tests/bench/lib.bash DIR    DIR holds the built programs (bin) and the data
#
# BENCH_RUNS (5) runs of each command, interleaved, so that a slow moment of the
# machine hits all of them; the median counts.  Ratios are printed; nothing here
# passes or fails.
set -eu -o pipefail
export LC_ALL=C

build=$(realpath "$1")
work=$build/bench
runs=${BENCH_RUNS:-5}
mkdir -p "$work"
PATH=$build/bin:$PATH
export PM_NOW=2026-11-23T00:00:00Z
export PM_RELEASES=${PM_RELEASES:-$(realpath "${BASH_SOURCE[0]%/*}/../../share/releases.tsv")}

# ---- data: real names and versions from this machine's package lists
if [[ ! -s $work/names.tsv ]]; then
	pm-collect apt -q | awk -F '\t' -v OFS='\t' '
		$1 == "#adv" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "adv" && !seen[$at["package"]]++ {
			print $at["package"], $at["fixed"], $at["arch"],
			    $at["source"], $at["source_version"]
		}' >"$work/names.tsv"
fi

# make FILE ARGUMENT...: a file of the generator, unless it is there
make_data() {
	local file=$work/$1
	shift
	[[ -s $file ]] || generate "$@" >"$file"
}

# ---- measuring
# measure NAME COMMAND: one run; wall seconds, peak kilobytes of any process,
# seconds of processor time
measure() {
	local name=$1
	shift
	/usr/bin/time -a -o "$work/times" -f "$name %e %M %U %S" \
	    bash -o pipefail -c "$*" >/dev/null
}

# table REFERENCE ROWS BYTES: medians and ratios of what was measured
table() {
	sort -k 1,1 -k 2,2n "$work/times" | awk -v reference="$1" -v rows="$2" '
		{ if (!($1 in n)) order[++count] = $1
		  time[$1, ++n[$1]] = $2; if ($3 > peak[$1]) peak[$1] = $3
		  if (!($1 in work) || $4 + $5 < work[$1]) work[$1] = $4 + $5 }
		function median(name) {
			return time[name, int((n[name] + 1) / 2)]
		}
		END {
			print "| command | median s | million rows/s | " \
			    "of `" reference "` | least CPU s | " \
			    "million rows/CPU s | peak MB |"
			print "|---|---|---|---|---|---|---|"
			for (i = 1; i <= count; i++) {
				name = order[i]
				m = median(name)
				c = work[name] > 0 ? work[name] : 0.01
				printf "| %s | %.2f | %.1f | %.2f | %.2f | " \
				    "%.1f | %.0f |\n",
				    name, m, rows / 1e6 / (m > 0 ? m : 0.01),
				    m / median(reference), c, rows / 1e6 / c,
				    peak[name] / 1024
			}
		}' | sed 's/_/ /g'
	rm -f "$work/times"
}

machine() {
	lscpu | sed -n 's/^Model name: */machine: /p;s/^CPU(s): */processors: /p'
	echo "date: $(date -u +%F), runs: $runs, $*"
}

rm -f "$work/times"
