# Hosts that only answer pm-apply: a program for -e that keeps what a host would
# know in files of the test's folder.
#
#	load lib/host
#	setup() { make_host; }
#	echo 1.0 >versions/web1.foo	# what is installed
#	apply -j 2			# sets status; out and err
#
# A transaction that is started does what it is told, at once; while there is a
# file slow.HOST it takes longer, two seconds at most.  With a file sick health
# checks fail.  What was asked stands in asked, the transactions in starts, those
# that were started twice in twice, and when one began and ended in log.

make_host() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$PM_TOP/tests/lib:$PATH
	mkdir known versions hooks
	cat >host <<-END
	#!/bin/sh
	cd $PWD
	host=\$1
	END
	cat >>host <<-'END'
	line=$(sed -n '/^set -- /p;/^PM_DRIVER=/q' | tr -d "'" | head -n 1)
	set -- ${line#set -- }
	verb=$1
	shift
	echo "$host $verb" >>asked
	for word; do
		case $word in
		*-*-install[0-9]* | *-*-rollback[0-9]* | *-*-restart[0-9]*) id=$word ;;
		*=*=*) words="${words-} $word" ;;
		esac
	done
	case $verb in
	poll)
		if [ -e "known/$id" ]; then
			printf 'transaction\tended\t0\n'
		else
			printf 'transaction\tunknown\n'
		fi
		;;
	start)
		echo "$host $id" >>starts
		echo "$host+" >>log
		n=0
		while [ -e "slow.$host" ] && [ $n -lt 20 ]; do
			sleep 0.1
			n=$((n + 1))
		done
		mkdir "known/$id" || echo "twice: $id" >>twice
		for word in ${words-}; do
			to=${word#*=}
			echo "${to%%=*}" >"versions/$host.${word%%=*}"
		done
		echo "$host-" >>log
		printf 'transaction\trunning\n'
		;;
	check)
		[ ! -e sick ] || printf 'unhealthy\tweb\t3\tno page\n'
		;;
	esac
	for file in versions/"$host".*; do
		[ -e "$file" ] || continue
		printf 'package\t%s\t%s\tinstalled\n' "${file#versions/"$host".}" \
		    "$(cat "$file")"
	done
	printf 'end\t%s\t0\n' "$verb"
	END
	chmod +x host
}

# apply [OPTION...]: plan.tsv on such hosts, with approve.tsv
apply() {
	status=0
	# shellcheck disable=SC2034 # for the test
	pm-apply -e "$PWD/host" "$@" plan.tsv approve.tsv >out 2>err || status=$?
}
