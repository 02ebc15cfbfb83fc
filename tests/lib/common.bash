# What every behaviour test starts with:
#
#	bats_require_minimum_version 1.5.0
#	load lib/common
#
# The programs under test are on PATH, files go below $BATS_TEST_TMPDIR, and
# nothing of the caller's environment changes what the programs do.  Where a
# test cannot run it says why through skip; the run lists these reasons.

PM_TOP=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
PM_BUILD=$(cd "$PM_TOP" && cd "${PM_BUILD:-build}" && pwd)

# Large real data files (feeds, package lists) are kept beside the repository.
: "${PM_DATA:=../shared/data}"
[[ $PM_DATA == /* ]] || PM_DATA=$PM_TOP/$PM_DATA

for name in "${!PM_@}" SOURCE_DATE_EPOCH; do
	case $name in
	PM_TOP | PM_BUILD | PM_DATA | PM_PREFIX) ;;
	*) unset "$name" ;;
	esac
done
unset name MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# what is tested: the build, or with PM_PREFIX what was installed there
PM_SHARE=${PM_PREFIX:+$PM_PREFIX/share/pm}
PM_SHARE=${PM_SHARE:-$PM_TOP/share}
PM_POLICY=$PM_SHARE/policy
PM_DRIVERS=$PM_SHARE/drivers
PM_RELEASES=$PM_SHARE/releases.tsv
PATH=${PM_PREFIX:-$PM_BUILD}/bin:$PATH
LC_ALL=C.UTF-8
TZ=UTC
export PM_TOP PM_BUILD PM_DATA PM_SHARE PM_POLICY PM_DRIVERS PM_RELEASES PATH LC_ALL TZ

# need_data NAME...: skip unless these files of the data folder are there.
need_data() {
	local name
	for name; do
		[[ -e $PM_DATA/$name ]] || skip "no data file $name (PM_DATA)"
	done
}

# need_root: skip unless the test runs as root.
need_root() {
	[[ $EUID -eq 0 ]] || skip "must run as root"
}

# need_command NAME...: skip unless these programs are installed.
need_command() {
	local name
	for name; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

# stream: turn readable lines with "|" between the fields into the stream.
#
#	stream >in.tsv <<-'END'
#		#pkg | host | package | version
#		pkg  | web1 | bash    | 5.2-1
#	END
stream() {
	sed -e 's/^[ \t]*//' -e 's/[ \t]*$//' -e 's/[ \t]*|[ \t]*/\t/g'
}

# with_status STATUS COMMAND...: run it (standard input as given), its output
# in the file out and its messages in the file err of $BATS_TEST_TMPDIR; fails
# and shows both unless it ends with this status.
with_status() {
	local want=$1 got=0
	shift
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || got=$?
	[[ $got -eq $want ]] && return
	printf '%s\n' "exit status $got, expected $want: $*" "--- messages"
	head -n 20 "$BATS_TEST_TMPDIR/err"
	echo "--- output"
	head -n 20 "$BATS_TEST_TMPDIR/out"
	return 1
}

# sanitized: is this a build of make sanitize?  Those take several times as much
# time and memory.
sanitized() {
	[[ $PM_BUILD == *sanitize ]]
}

# within MEGABYTES COMMAND...: run it; status 99 when it took more memory; when
# sanitized it only runs.
within() {
	local most=$1 got=0 used
	shift
	command time -q -f %M -o "$BATS_TEST_TMPDIR/memory" "$@" || got=$?
	used=$(($(<"$BATS_TEST_TMPDIR/memory") / 1024))
	{ [[ $used -le $most ]] || sanitized; } && return "$got"
	echo "took $used MB of memory, more than $most" >&2
	return 99
}

# says TEXT: the messages of the last with_status contain this text.
says() {
	grep -qF -e "$1" "$BATS_TEST_TMPDIR/err" && return
	echo "no \"$1\" in the messages:"
	head -n 20 "$BATS_TEST_TMPDIR/err"
	return 1
}

# wait_for CONDITION...: up to 20 seconds.
wait_for() {
	local n
	for ((n = 0; n < 400; n++)); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "never came true: $*"
	return 1
}

# same EXPECTED FILE: the two files are equal byte for byte.
same() {
	cmp -s "$1" "$2" && return
	diff -u "$1" "$2" | head -n 60 || true
	cmp "$1" "$2"
}

# records TYPE [FILE]: the records of one type, without headers.
records() {
	awk -F '\t' -v type="$1" '$1 == type' "${2:-$BATS_TEST_TMPDIR/out}"
}

# column NAME TYPE [FILE]: the values of one column of a type, found by name.
column() {
	awk -F '\t' -v name="$1" -v type="$2" '
		$1 == "#" type {
			at = 0
			for (i = 2; i <= NF; i++)
				if ($i == name)
					at = i
		}
		$1 == type { print at ? $at : "-" }
	' "${3:-$BATS_TEST_TMPDIR/out}"
}
