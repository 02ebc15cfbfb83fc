# shellcheck shell=bash
# Shell that the recipes of phases.mk share; each recipe sources it.

# Standard input becomes FILE, which is left untouched where nothing changed.
keep() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}

# Run a command; that some hosts failed (3), which were named, stops nothing.
lenient() {
	"$@" || test $? -eq 3
}

# A result was made just now, whether its contents changed or not.
stamp() {
	mkdir -p "state/.stamp/$(dirname "$1")"
	touch "state/.stamp/$1"
}

# tally TYPE COLUMN FILE: how many records of a type have which value
tally() {
	awk -F '\t' -v type="$1" -v column="$2" '
		$1 == "#" type {
			for (i = 2; i <= NF; i++)
				if ($i == column)
					at = i
		}
		$1 == type { count[$at]++ }
		END {
			for (value in count)
				printf "%8d  %s %s\n", count[value], type, value
		}
	' "$3" | sort -k 1,1nr -k 2
}

# The hosts whose column collect in hosts.csv has this word
reached() {
	awk -F '\t' -v how="$1" '$1 == "fact" && $3 == "collect" && $4 == how {
		print $2 }' state/hosts.tsv
}

# Look at every host that can be reached, now, and at how it is set up; the
# options are those of ssh
scan() {
	local host
	reached local | while read -r host; do
		lenient pm-collect local -q --facts --host "$host"
	done
	if reached ssh | grep -q .; then
		reached ssh | lenient pm-collect ssh -q --facts "$@" -
	fi
}

# inventories FOLDER: each file HOST.SOURCE there, read by that source
inventories() {
	local file name
	for file in "$1"/*.*; do
		test -e "$file" || continue
		name=${file##*/}
		lenient pm-collect "${name##*.}" -q --host "${name%%.*}" -- "$file"
	done
}

# count PHASE FILE TYPE WHAT: a line of the status
count() {
	local number=-
	if test -e "$2"; then
		number=$(awk -F '\t' -v type="$3" '
			$1 == type { n++ } END { print n + 0 }' "$2")
	fi
	printf '%-10s %-32s %8s %s\n' "$1" "$2" "$number" "$4"
}

# The name of a plan as part of a file's name
plan_id() {
	awk -F '\t' '$1 == "step" { print $2; exit }' "$1" |
	    tr -c 'A-Za-z0-9\n' _
}

mkdir -p state reports
