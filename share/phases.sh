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

# Run a command; that some hosts failed (3), or all (69), which were named, stops
# nothing: what is known of them says that.
lenient() {
	local status=0
	"$@" || status=$?
	case $status in
	0 | 3 | 69) return 0 ;;
	esac
	return $status
}

# begin NAME: a result is being made.  What changes from now on is newer than it,
# by the clock of the file system.
begin() {
	mkdir -p "state/.stamp/$(dirname "$1")"
	touch "state/.stamp/$1.begun"
}

# stamp NAME [WITH]: it was made, whether its contents changed or not
stamp() {
	printf '%s\n' "${2-}" >"state/.stamp/$1.new"
	touch -r "state/.stamp/$1.begun" "state/.stamp/$1.new"
	mv "state/.stamp/$1.new" "state/.stamp/$1"
	rm "state/.stamp/$1.begun"
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

# The host records of those
records_of() {
	awk -F '\t' -v how="$1" '
		NR == FNR && $1 == "fact" && $3 == "collect" && $4 == how {
			wanted[$2] = 1 }
		NR != FNR && (/^#host/ || $1 == "host" && $2 in wanted)
	' state/hosts.tsv state/hosts.tsv
}

# Look at every host that can be reached, now, and at how it is set up; the
# options are those of ssh
scan() {
	local host
	reached local | while read -r host; do
		lenient pm-collect local -q --facts --host "$host"
	done
	# (not grep -q: it leaves, and with many hosts awk cannot write the rest)
	if [[ $(reached ssh | wc -l) -gt 0 ]]; then
		records_of ssh | lenient pm-collect ssh -q --facts "$@" -
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

# The same, but a file that cannot be read, which was named, stops nothing: that
# nothing is known of its host's packages is what is known of it.
readable_inventories() {
	local file name status
	for file in "$1"/*.*; do
		test -e "$file" || continue
		name=${file##*/} status=0
		lenient pm-collect "${name##*.}" -q --host "${name%%.*}" -- "$file" \
		    >state/dump.part || status=$?
		case $status in
		0) cat state/dump.part ;;
		65 | 66)
			printf '#host\thost\tstate\tsource\tseen\n'
			printf 'host\t%s\tpartial\tunread\t%s\n' "${name%%.*}" \
			    "$(date -u -r "$file" +%Y-%m-%dT%H:%M:%SZ)"
			printf '#fact\thost\tkey\tvalue\nfact\t%s\tnot_seen\t%s\n' \
			    "${name%%.*}" "packages: $file: it cannot be read"
			;;
		*) return $status ;;
		esac
	done
	rm -f state/dump.part
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

# carry_out COMMAND: what it gives becomes state/done.tsv, its messages
# state/due.log.  That nothing was due, or waits for somebody (75, 77), is as it
# should be; what else went wrong is said.
carry_out() {
	local status=0
	"$@" >state/done.part 2>state/due.log || status=$?
	mv state/done.part state/done.tsv
	case $status in
	0 | 75 | 77) return 0 ;;
	esac
	cat state/due.log >&2
	return $status
}

# tested PLAN: HOST OUTCOME WHO and REASON, of the environment, as a test record
# for each package that the plan installs there
tested() {
	case $OUTCOME in
	passed | failed) ;;
	*)
		echo "tested: OUTCOME is passed or failed, not '$OUTCOME'" >&2
		return 64
		;;
	esac
	case $HOST$WHO$REASON in
	*[[:cntrl:]]* | *\\*)
		echo 'tested: HOST, WHO and REASON are text of one line, without' \
		    'tabs and backslashes' >&2
		return 64
		;;
	esac
	mkdir -p records
	test -s records/tests.tsv || printf '#test\t%s\n' \
	    "host	package	version	outcome	who	when	reason	expiry" >records/tests.tsv
	local now=${PM_NOW:-$(date -u +%Y-%m-%dT%H:%M:%SZ)} before
	before=$(wc -l <records/tests.tsv)
	now=$now awk -F '\t' -v OFS='\t' '
		/^#step\t/ { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["host"] == ENVIRON["HOST"] &&
		    $at["state"] == "planned" && $at["action"] == "install" {
			print "test", $at["host"], $at["package"], $at["to"], \
			    ENVIRON["OUTCOME"], ENVIRON["WHO"], \
			    ENVIRON["now"], ENVIRON["REASON"], "-"
		}
	' "$1" >>records/tests.tsv
	test "$(wc -l <records/tests.tsv)" -gt "$before" || {
		echo "tested: the approved plan installs nothing on '$HOST'" >&2
		return 66
	}
}

# backout PLAN: for each install what the way back is: the version before, where
# a repository still has it (downgrade), nothing of the package was there
# (remove), it can no longer be had (unavailable), or nobody knows (unknown: no
# repository was given to pm-plan)
backout() {
	awk -F '\t' -v OFS='\t' '
		BEGIN { print "#backout", "host", "package", "from", "to", "way" }
		/^#step\t/ { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["state"] == "planned" && \
		    $at["action"] == "install" {
			back = $at["backout"]
			way = back == "unavailable" ? back : \
			    $at["from"] == "-" ? "remove" : \
			    back == "-" ? "unknown" : "downgrade"
			print "backout", $at["host"], $at["package"], \
			    $at["from"], $at["to"], way
		}
	' "$1"
}

# untested FILE...: applications without somebody who tests them
untested() {
	awk -F '\t' '
		/^#app\t/ {
			split("", at)
			for (i = 2; i <= NF; i++)
				at[$i] = i
		}
		$1 == "app" && (!("verifier" in at) || $at["verifier"] == "-") {
			printf "nobody tests %s on %s, owner %s\n", $at["app"],
			    $at["host"], "owner" in at ? $at["owner"] : "-"
		}
	' "$@" </dev/null | sort
}

# When the first step that is planned and not done yet may begin: next_start
# PLAN JOURNAL
next_start() {
	awk -F '\t' '
		/^#/ { type = substr($1, 2); for (i = 2; i <= NF; i++) at[type, $i] = i }
		$1 == "done" && $at["done", "outcome"] ~ \
		    /^(done|skipped|rolled-back|manual)$/ {
			settled[$at["done", "step"]] = 1 }
		$1 == "step" && $at["step", "state"] == "planned" {
			start[$at["step", "step"]] = $at["step", "start"] }
		END {
			for (step in start)
				if (!(step in settled) && \
				    (first == "" || start[step] < first))
					first = start[step]
			print first == "" ? "-" : first
		}
	' "$@"
}

# oldest_first FILE...: those that are there, by when they were last changed
oldest_first() {
	local file
	for file; do
		test ! -e "$file" || printf '%s\n' "$file"
	done | sort -u | xargs -r -d '\n' ls -tr --
}

mkdir -p state reports
