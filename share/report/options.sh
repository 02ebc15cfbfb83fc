# shellcheck shell=sh disable=SC2034,SC2154
# What all report tools share: options, the present, and files that awk takes
# for files.  Sourced with the variable here set to this folder.

LC_ALL=C
export LC_ALL
tool=${0##*/}

quit() {
	status=$1
	shift
	printf '%s: %s\n' "$tool" "$1" >&2
	[ $# -lt 2 ] || printf '%s: %s\n' "$tool" "$2" >&2
	exit "$status"
}

# Every tool begins with a comment that says how it is called.
usage() {
	sed -e 1d -e '/^#/!q' -e 's/^# \{0,1\}//' -e 's/^#//' "$0" | sed -e '/^set -/d' -e '/^shellcheck /d'
}

# seconds WORD: a duration such as 3d as seconds
as_seconds() {
	case $1 in
	*[!0-9smhdw]* | '') quit 64 "$1 is no duration" 'give one such as 7d or 12h' ;;
	esac
	awk -v text="$1" -v tool="$tool" -f "$here/common.awk" -f /dev/stdin <<-'END' ||
		BEGIN {
			number = duration(text)
			if (number < 0)
				die(64, text " is no duration",
				    "give one such as 7d or 12h")
			printf "%d\n", number
		}
	END
	exit 64
}

# leads_of POLICY: the rules of a policy, a file or a folder, that name a lead
leads_of() {
	[ -e "$1" ] || quit 66 "$1: there is no such policy"
	if [ -d "$1" ]; then
		set -- "$1"/*.pm
		[ -e "$1" ] || return 0
	fi
	awk '
		/^[ \t]*#/ || !match($0, /[ \t]lead:?=/) { next }
		{
			name = substr($0, RSTART + RLENGTH)
			if (name ~ /^"/)
				{ name = substr(name, 2); sub(/".*/, "", name) }
			else
				sub(/[ \t].*/, "", name)
			file = FILENAME
			sub(/.*\//, "", file)
			print name "\tpolicy " file ":" FNR
		}
	' "$@"
}

# Options come first; afterwards shifted says how many words they are.
report_options() {
	shifted=0
	types=
	ready=
	now=
	html=no
	leads=
	host_age=30d
	feed_age=7d
	most=20
	title='Patch management report'
	publisher=${PM_PUBLISHER:-patch management}
	namespace=${PM_NAMESPACE:-https://example.invalid/}
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help)
			usage
			exit 0
			;;
		--html) html=yes ;;
		--)
			shifted=$((shifted + 1))
			break
			;;
		-t | --tables | --now | --policy | --lead | --max-host-age | \
		    --max-feed-age | --rows | --title | -w | -c | -o | \
		    --from | --publisher | --namespace)
			[ $# -ge 2 ] || quit 64 "$1 wants a value"
			case $1 in
			-t) types=$2 ;;
			--tables) ready=$2 ;;
			--now) now=$2 ;;
			--policy)
				leads=$leads$(leads_of "$2")'
'
				;;
			--lead)
				leads="$2	named by --lead
$leads"
				;;
			--max-host-age) host_age=$2 ;;
			--max-feed-age) feed_age=$2 ;;
			--rows) most=$2 ;;
			--title) title=$2 ;;
			-w) warning=$2 ;;
			-c) critical=$2 ;;
			-o) output=$2 ;;
			--from) from=$2 ;;
			--publisher) publisher=$2 ;;
			--namespace) namespace=$2 ;;
			esac
			shift
			shifted=$((shifted + 1))
			;;
		-?*) quit 64 "there is no option $1" "$tool --help lists them" ;;
		*) break ;;
		esac
		shift
		shifted=$((shifted + 1))
	done
	if [ -z "$now" ]; then
		now=${PM_NOW:-}
	fi
	if [ -z "$now" ] && [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		now=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
	fi
	[ -n "$now" ] || now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	case $now in
	[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z) ;;
	*) quit 64 "$now is no time" 'write it as 2026-11-23T02:00:00Z' ;;
	esac
	case $most in
	*[!0-9]* | '') quit 64 "--rows: $most is no number" ;;
	esac
	host_age=$(as_seconds "$host_age")
	feed_age=$(as_seconds "$feed_age")
	policy_leads=$leads
	export policy_leads title publisher namespace
}

# Each file can be read, and none looks like an assignment to awk.
report_files() {
	for file; do
		if [ "$file" = - ]; then
			continue
		fi
		[ -r "$file" ] || quit 66 "$file: cannot be read"
		[ ! -d "$file" ] || quit 66 "$file: is a folder"
		case $file in
		*=*)
			case $file in
			/* | ./* | ../*) ;;
			*) quit 64 "$file: awk takes this for an assignment" \
			    "call it ./$file" ;;
			esac
			;;
		esac
	done
}

# The tables, from files; with --tables they are made already.
report_tables() {
	if [ -n "$ready" ]; then
		report_files "$ready"
		cat <"$ready"
		return
	fi
	awk -v tool="$tool" -v present="$now" -v only="$types" \
	    -v host_age="$host_age" -v feed_age="$feed_age" \
	    -f "$here/common.awk" -f "$here/read.awk" \
	    -f "$here/tables.awk" -- "$@"
}
