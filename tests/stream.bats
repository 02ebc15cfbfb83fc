# What every program that reads the stream does with it, pm-stream(5): malformed
# input is refused with file, line, byte and reason; what a program does not
# know passes through unchanged; and the form of the input makes no difference.
# shellcheck disable=SC2317	# functions are called by each_filter
bats_require_minimum_version 1.5.0
load lib/common

export PM_NOW=2026-11-23T02:00:00Z

# Run a command for each program that is a filter over the stream.  (No "||"
# here: bash would then ignore failures inside the command.)
each_filter() {
	local filter
	for filter in pm-match pm-score pm-plan pm-verify pm-merge; do
		echo "--- $filter"
		"$@" "$filter"
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir bin
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	# so that a word is enough to name each filter
	printf '#!/bin/sh\nexec pm-collect merge "$@"\n' >bin/pm-merge
	chmod +x bin/pm-merge
	stream >good.tsv <<-'END'
		#feed | feed | os | release | records | date | sha256 | kind | origin | suite
		feed | security | debian | 12 | 3 | 2026-11-22T00:00:00Z | - | repository | Debian | bookworm-security
		#adv | adv | os | release | arch | by | package | introduced | fixed | state | severity | published | cves | supersedes | requires | reboot | title | url | feed | kind | source | source_version | last_affected
		adv | libssl3=3.0.17-1~deb12u3@security | debian | 12 | amd64 | binary | libssl3 | - | 3.0.17-1~deb12u3 | fixed | - | - | CVE-2025-9230 | - | - | - | - | - | security | security | openssl | 3.0.17-1~deb12u3 | -
		adv | perl-base=5.36.0-7+deb12u3@security | debian | 12 | amd64 | binary | perl-base | - | 5.36.0-7+deb12u3 | fixed | - | - | CVE-2025-40909 | - | - | - | - | - | security | security | perl | 5.36.0-7+deb12u3 | -
		adv | xz-utils=5.4.1-1@security | debian | 12 | amd64 | binary | xz-utils | - | 5.4.1-1 | fixed | - | - | - | - | - | - | - | - | security | security | xz-utils | 5.4.1-1 | -
		#host | host | class | addr | mac | os | release | arch | kernel | boot_id | hardware | role | site | tier | exposed | env | owner | app_owner | contact | after_hours | group | channel | window | ring | state | source | seen
		host | db1 | server | 192.0.2.1 | - | debian | 12 | amd64 | 6.1.0-40-amd64 | - | - | db | hq | business | no | production | dba | - | - | - | - | - | - | - | - | dpkg | 2026-11-22T08:00:00Z
		host | web1 | server | 192.0.2.2 | - | debian | 12 | amd64 | 6.1.0-40-amd64 | - | - | web | hq | mission | yes | production | web | - | - | - | - | - | - | - | - | dpkg | 2026-11-22T08:00:00Z
		#pkg | host | package | version | arch | source | source_version | origin | auto | state
		pkg | db1 | libssl3 | 3.0.16-1~deb12u1 | amd64 | openssl | 3.0.16-1~deb12u1 | - | yes | installed
		pkg | db1 | xz-utils | 5.4.1-1 | amd64 | xz-utils | 5.4.1-1 | - | no | installed
		pkg | web1 | libssl3 | 3.0.15-1~deb12u1 | amd64 | openssl | 3.0.15-1~deb12u1 | - | yes | installed
		pkg | web1 | perl-base | 5.36.0-7+deb12u2 | amd64 | perl | 5.36.0-7+deb12u2 | - | no | installed
	END
}

# The records as "type column=value ...", columns sorted, so that streams can be
# compared whatever the order of their columns.
named() {
	awk -F '\t' '
		/^##/ { next }
		/^#/ {
			type = substr($1, 2)
			count[type] = NF
			for (i = 2; i <= NF; i++)
				name[type, i] = $i
			next
		}
		{
			line = $1
			for (i = 2; i <= NF; i++)
				pair[i] = (($1, i) in name ? name[$1, i] : i) \
				    "=" $i
			for (i = 2; i <= NF; i++) {
				least = ""
				for (k = 2; k <= NF; k++)
					if (pair[k] != "" &&
					    (least == "" || pair[k] < least)) {
						least = pair[k]
						at = k
					}
				pair[at] = ""
				line = line "\t" least
			}
			print line
		}
	' "$@"
}

# The same stream with the columns of each type in reverse order.
reversed() {
	awk -F '\t' '
		/^##/ { print; next }
		{
			line = $1
			for (i = NF; i > 1; i--)
				line = line "\t" $i
			print line
		}
	' "$@"
}

# As in common, but these streams are no plans: that is what pm-verify says of
# each that it has read to its end.
eval "common_$(declare -f with_status)"
with_status() {
	if [[ $1 -eq 0 && "${*:2}" =~ pm-verify($|\ ) &&
	    $3 != --help && $3 != --version ]]; then
		common_with_status 66 "${@:2}" && says "the plan has no steps"
	else
		common_with_status "$@"
	fi
}

# refused STATUS FILE TEXT FILTER: with FILE on standard input
refused() {
	with_status "$1" "$4" <"$2" && says "$3" && says "${4/merge/collect}: "
}

# accepted FILE FILTER: its output is kept in FILE.FILTER
accepted() {
	with_status 0 "$2" "$1" && cp out "$1.$2"
}

@test "a good stream is accepted by every program" {
	each_filter accepted good.tsv
}

@test "binary noise is refused" {
	each_filter refused 65 "$PM_BUILD/bin/pm-match" "standard input:1:"
	gzip -c good.tsv >good.gz
	each_filter refused 65 good.gz "standard input:1:"
	LC_ALL=C awk 'BEGIN {
		srand(7)
		for (i = 0; i < 65536; i++)
			printf "%c", int(rand() * 256)
	}' >noise
	each_filter refused 65 noise "standard input:1:"
}

@test "a line that was cut off is refused" {
	head -c -1 good.tsv >short
	each_filter refused 65 short "the last line has no newline"
	head -c -30 good.tsv >short
	each_filter refused 65 short \
	    "standard input:$(wc -l <good.tsv):"
}

@test "the same header twice is harmless" {
	{ cat good.tsv; grep '^#' good.tsv; } >twice
	each_filter accepted twice
}

@test "two different headers with no record between are refused" {
	stream >bad <<-'END'
		#pkg | host | package | version
		#pkg | package | host | version
		pkg | web1 | bash | 5.2.15-2
	END
	each_filter refused 65 bad "standard input:2:1: a second, different"
	with_status 65 pm-match --skip-bad bad
}

@test "a header behind records of its type is refused" {
	{
		grep '^host' good.tsv
		stream <<<'#host | os | host'
	} >bad
	each_filter refused 65 bad "standard input:3:1: this header comes after"
	# which is what sorting a stream with another order of columns gives
	reversed good.tsv | LC_ALL=C sort -r >bad
	each_filter refused 65 bad "standard input:"
}

@test "an improper header is refused" {
	stream <<<'#pkg | host | Package' >bad
	each_filter refused 65 bad "standard input:1:1: a column name"
	stream <<<'#pkg | host | host' >bad
	each_filter refused 65 bad "a column stands twice"
	stream <<<'#pkg' >bad
	each_filter refused 65 bad "a header without columns"
	stream <<<'# pkg' >bad
	each_filter refused 65 bad "neither a header '#type' nor a comment"
}

@test "a record with a column too few or too many is refused" {
	sed '5s/\t[^\t]*$//' good.tsv >bad
	each_filter refused 65 bad "standard input:5:1: fewer fields"
	sed '5s/$/\tmore/' good.tsv >bad
	each_filter refused 65 bad "standard input:5:1: more fields"
	printf 'pkg\tweb1\tbash\n' >bad
	each_filter refused 65 bad "standard input:1:1: the number of fields"
}

# cut_column TYPE COLUMN: good.tsv without it
cut_column() {
	awk -F '\t' -v OFS='\t' -v type="$1" -v column="$2" '
		$1 == "#" type {
			for (i = 2; i <= NF; i++)
				if ($i == column)
					at = i
		}
		$1 == type || $1 == "#" type {
			for (i = at; i < NF; i++)
				$i = $(i + 1)
			NF--
		}
		{ print }
	' "${3:-good.tsv}"
}

@test "a column that a program cannot do without is asked for by name" {
	cut_column pkg version >bad
	refused 65 bad "column 'version'" pm-match
	pm-match -q good.tsv >needs.tsv
	cut_column need package needs.tsv >bad
	refused 65 bad "column 'package'" pm-score
	refused 65 bad "column 'package'" pm-plan
}

@test "an empty field or line, an unknown escape and control bytes are refused" {
	printf 'note\ta\t\tb\n' >bad
	each_filter refused 65 bad "standard input:1:8: an empty field"
	printf 'note\ta\n\n' >bad
	each_filter refused 65 bad "standard input:2:"
	printf 'note\ta\\x41\n' >bad
	each_filter refused 65 bad "standard input:1:7: an unknown escape"
	printf 'note\ta\033[2J\n' >bad
	each_filter refused 65 bad "standard input:1:7: a control byte"
}

@test "a NUL byte is refused" {
	printf 'note\ta\0b\n' >bad
	each_filter refused 65 bad "standard input:1:7: a NUL byte"
}

@test "invalid UTF-8 is refused" {
	local bytes
	# a lone byte, an overlong form, a surrogate, beyond the last character
	for bytes in '\0377' '\0300\0257' '\0355\0240\0200' '\0364\0220\0200\0200'; do
		printf 'note\ta%b\n' "$bytes" >bad
		each_filter refused 65 bad "standard input:1:7: invalid UTF-8"
	done
}

@test "CRLF lines are refused, with the way to convert them" {
	sed 's/$/\r/' good.tsv >bad
	each_filter refused 65 bad "a carriage return"
	says "tr -d"
}

@test "a field of a megabyte passes, a line beyond the cap is refused" {
	{
		cat good.tsv
		head -c 1000000 /dev/zero | tr '\0' x | sed 's/^/note\tbig\t/'
		echo
	} >big
	each_filter accepted big
	grep ^note big >expected
	for output in big.*; do
		grep ^note "$output" >actual
		same expected actual
	done
	{
		cat good.tsv
		head -c 1100000 /dev/zero | tr '\0' x | sed 's/^/note\tbig\t/'
		echo
	} >big
	each_filter refused 65 big "standard input:$(wc -l <big):"
	says "longer than 1 MiB"
}

@test "more than 256 fields are refused" {
	{ printf note; printf '\tx%.0s' {1..256}; echo; } >bad
	each_filter refused 65 bad "standard input:1:1: more than 256 fields"
	{ printf note; printf '\tx%.0s' {1..255}; echo; } >wide
	cat good.tsv >>wide
	each_filter accepted wide
}

@test "an empty input is an error: nothing was examined" {
	: >empty
	each_filter refused 66 empty "nothing was examined"
	grep '^#' good.tsv >empty
	each_filter refused 66 empty "nothing was examined"
}

@test "a closed standard input is an error" {
	closed() { with_status 74 "$1" <&- && says "standard input"; }
	each_filter closed
}

@test "an input that is missing or no file is an error" {
	missing() { with_status 66 "$1" nowhere.tsv && says "nowhere.tsv: "; }
	each_filter missing
	folder() { with_status 74 "$1" . && says ".: read: "; }
	each_filter folder
}

@test "output that cannot be written is an error" {
	full() {
		local status=0
		"$1" good.tsv >/dev/full 2>err || status=$?
		[[ $status -eq 74 ]]
		says "standard output: "
	}
	each_filter full
	closed() {
		local status=0
		"$1" good.tsv >&- 2>err || status=$?
		[[ $status -eq 74 ]]
		says "standard output"
	}
	each_filter closed
}

@test "-o writes to a pipe that only a link names" {
	pm-match -q good.tsv >want
	pm-match -q -o /dev/stdout good.tsv | same want /dev/stdin
}

@test "a reader that goes away ends a program quietly" {
	seq 60000 | sed "s/.*/note\t&\tsome text behind it/" >notes
	cat good.tsv notes >long
	quietly() {
		{ "$1" -q long 2>err || echo $? >status; } | head -n 1 >/dev/null
		[[ $(<status) -eq 141 ]]
		[[ ! -s err ]]
	}
	each_filter quietly
}

@test "with --skip-bad a malformed line becomes a reject record" {
	sed '5s/^/pkg\tweb1\t\tx\n/' good.tsv >bad
	skipped() {
		local expected=$1.$2
		with_status 65 "$2" --skip-bad bad
		says "bad:5:10: skipped: an empty field"
		says "1 malformed line was skipped"
		[[ $(column file reject) == bad ]]
		[[ $(column line reject) == 5 ]]
		[[ $(column column reject) == 10 ]]
		[[ $(column text reject) == 'pkg\tweb1\t\tx' ]]
		# everything else is as without that line
		grep -vE '^#?reject' out >actual
		same "$expected" actual
	}
	each_filter accepted good.tsv
	each_filter skipped good.tsv
}

@test "with --skip-bad an output file is not replaced by a partial one" {
	sed '5s/^/pkg\tweb1\t\tx\n/' good.tsv >bad
	keep() {
		echo old >kept.tsv
		with_status 65 "$1" --skip-bad -o kept.tsv bad
		[[ $(<kept.tsv) == old ]]
		with_status 65 "$1" -o kept.tsv bad
		[[ $(<kept.tsv) == old ]]
		with_status 0 "$1" -o kept.tsv good.tsv
		[[ $(<kept.tsv) != old ]]
	}
	each_filter keep
}

@test "the rest of noise is skipped to its end" {
	head -c 200000 "$PM_BUILD/bin/pm-match" >noise
	echo >>noise
	cat good.tsv noise >mixed
	rest() {
		with_status 65 "$2" --skip-bad mixed
		# noise may hold a word alone on its line: that is a record
		grep -vE '^#?reject|^[a-z]+$' out >actual
		same "$1.$2" actual
		# and what was written can be read
		cp out skipped
		with_status 0 "$2" skipped
	}
	each_filter accepted good.tsv
	each_filter rest good.tsv
}

@test "a hostile name cannot drive the terminal" {
	need_command script
	printf 'note\ta\302\2332Jb\n' | cat good.tsv - >hostile
	shown() {
		script -qc "$1 -q hostile" /dev/null </dev/null >shown 2>&1
		grep -q '^note' shown
		[[ $(LC_ALL=C grep -c $'\302\233' shown) -eq 0 ]]
		with_status 0 "$1" -q hostile
		LC_ALL=C grep -q $'\302\233' out
	}
	each_filter shown
}

# bats test_tags=req:F6
@test "records of unknown types pass unchanged" {
	{
		stream <<-'END'
			#ticket | number | host | text
			ticket | 4711 | web1 | printer\tburns
		END
		cat good.tsv
		stream <<-'END'
			zone | a | b | c
			zone | a
			ticket | 4712 | db1 | größer
			#ticket | text | number
			ticket | later | 4713
		END
	} >mixed
	passes() {
		with_status 0 "$1" mixed
		if [[ $1 == pm-merge ]]; then
			# it sorts, and gives one header to records of a type
			named mixed | sed 's/\t[a-z]*=-//g' |
			    grep -E '^(ticket|zone)' | LC_ALL=C sort >expected
			named out | sed 's/\t[a-z]*=-//g' |
			    grep -E '^(ticket|zone)' | LC_ALL=C sort >actual
		else
			grep -E '^(#?ticket|zone)' mixed >expected
			grep -E '^(#?ticket|zone)' out >actual
		fi
		same expected actual
	}
	each_filter passes
}

# bats test_tags=req:F6
@test "unknown columns pass unchanged" {
	awk -F '\t' -v OFS='\t' '
		$1 == "#host" { print $0, "asset_tag", "colour"; next }
		$1 == "host" { print $0, "A-" NR, "r\\nd"; next }
		{ print }
	' good.tsv >mixed
	passes() {
		with_status 0 "$1" mixed
		[[ $(column asset_tag host | sort) == A-8$'\n'A-9 ]]
		[[ $(column colour host | sort -u) == 'r\nd' ]]
	}
	each_filter passes
}

# bats test_tags=req:F6
@test "foreign records come through the whole pipeline" {
	printf 'ticket\t%s\tx\n' {1..50} | cat - good.tsv >mixed
	bash -eu -o pipefail -c '
		pm-match -q mixed | pm-score -q | pm-plan -q >plan.tsv
		pm-verify -q plan.tsv good.tsv' >out
	grep ^ticket mixed >expected
	grep ^ticket out >actual
	same expected actual
}

@test "without headers the default order holds" {
	grep -v '^#' good.tsv >bare
	headerless() {
		with_status 0 "$1" good.tsv
		cp out expected
		with_status 0 "$1" bare
		same expected out
	}
	each_filter headerless
}

@test "-N leaves out the headers and nothing else" {
	bare() {
		with_status 0 "$1" good.tsv
		grep -v '^#' out >expected
		with_status 0 "$1" -N good.tsv
		grep -v '^##' out >actual
		same expected actual
	}
	each_filter bare
}

@test "the order of columns makes no difference" {
	reversed good.tsv >permuted
	permuted() {
		with_status 0 "$1" good.tsv
		named out >expected
		with_status 0 "$1" permuted
		named out >actual
		same expected actual
	}
	each_filter permuted
}

@test "a split input is the same as the whole" {
	split -n l/7 good.tsv part.
	split_up() {
		with_status 0 "$1" good.tsv
		cp out expected
		# each file that is merged is an inventory of its own
		if [[ $1 != pm-merge ]]; then
			with_status 0 "$1" part.*
			same expected out
		fi
		with_status 0 bash -c "cat part.* | $1 -"
		same expected out
	}
	each_filter split_up
}

@test "the size of the reads makes no difference" {
	sized() {
		local size
		with_status 0 "$1" good.tsv
		cp out expected
		for size in 64 100 1000; do
			PM_TEST_BUFFER=$size with_status 0 "$1" good.tsv
			same expected out
		done
		# one byte at a time through a pipe
		with_status 0 bash -c "dd if=good.tsv bs=1 status=none | $1"
		same expected out
	}
	each_filter sized
}

@test "the same input gives the same bytes" {
	again() {
		with_status 0 "$1" good.tsv
		cp out expected
		for locale in C POSIX C.UTF-8; do
			LC_ALL=$locale TZ=Asia/Kathmandu with_status 0 "$1" good.tsv
			same expected out
		done
	}
	each_filter again
}

@test "every program has a help of one screen and refuses unknown options" {
	help() {
		with_status 0 "$1" --help
		[[ $(wc -l <out) -le 50 ]]
		awk 'length > 80 { print; wide = 1 } END { exit wide }' out
		sed -n 2p out | grep '^[A-Z]'
		grep -q '^usage: ' out
		grep -q '^Examples:' out
		[[ ! -s err ]]
		with_status 64 "$1" --no-such-option
		[[ ! -s out ]]
		says usage
	}
	for program in pm-collect pm-match pm-score pm-plan pm-apply pm-verify; do
		help $program
		with_status 0 $program --version
		grep -qE "^$program [0-9]+\.[0-9]" out
	done
}
