# One lab of real hosts (share/lab) for all tests of a file.
#
#	load lib/lab
#	setup_file() { lab_start -i inventory.tsv; }
#	teardown_file() { lab_stop; }
#	beside <<-'END'
#	to web1 hostname
#	END
#
# Its hosts stay as a test left them.  The scripts run in the folder
# $BATS_FILE_TMPDIR, so what one wrote is there for the next.

# lab_start OPTION...: start the hosts; skips where there can be no lab.
lab_start() {
	local reason
	PATH=$PM_SHARE/lab:$PATH
	cd "$BATS_FILE_TMPDIR" || return
	reason=$(lab check 2>&1) || skip "${reason#lab: }"
	need_command ssh ssh-keygen
	lab build >lab.log 2>&1 3>&- ||
		skip "cannot build the lab: $(tail -n 1 lab.log)"
	mkfifo scripts
	# shellcheck disable=SC2016 # for the inner shell
	lab "$@" bash -c 'touch up
		while read -r script <scripts; do
			status=0
			bash "$script" >"$script.out" 2>"$script.err" \
			    </dev/null || status=$?
			echo $status >"$script.part"
			mv "$script.part" "$script.status"
		done' >>lab.log 2>&1 3>&- &
	echo $! >lab.pid
	disown
	until [[ -e up ]]; do
		kill -0 $! 2>/dev/null || { cat lab.log; return 1; }
		sleep 0.1
	done
}

lab_stop() {
	[[ ! -e $BATS_FILE_TMPDIR/lab.pid ]] ||
	    kill -9 "$(<"$BATS_FILE_TMPDIR/lab.pid")" || true
}

# beside: run the script on standard input beside the hosts; its messages and
# output are shown when it fails.
beside() {
	local script
	cd "$BATS_FILE_TMPDIR" || return
	script=$(mktemp -p "$PWD" script.XXXXXX)
	{
		cat <<-'END'
		set -eEu -o pipefail
		trap 'echo "line $LINENO: $BASH_COMMAND" >&2' ERR
		to() { ssh -n -F "$SSH_CONFIG" "$@"; }
		END
		cat
	} >"$script"
	echo "$script" >scripts
	until [[ -e $script.status ]]; do
		kill -0 "$(<lab.pid)" 2>/dev/null || { cat lab.log; return 1; }
		sleep 0.05
	done
	cat "$script.out"
	[[ $(<"$script.status") -eq 0 ]] && return
	echo "--- messages"
	tail -n 40 "$script.err"
	return 1
}
