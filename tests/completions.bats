bats_require_minimum_version 1.5.0
load lib/common

completions() {
	cd "$BATS_TEST_DIRNAME/.." || return
	tools/completions "$1" "${PM_BUILD:-build}"/bin/pm-* \
	    > "$BATS_TEST_TMPDIR/completions.$1"
	cd "$BATS_TEST_TMPDIR" || return
}

# What bash offers for the last of these words
offers() {
	bash -eu -c '
		source completions.bash
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_pm
		printf "%s\n" "${COMPREPLY[@]-}"' - "$@"
}

@test "bash completes options, sources and files" {
	completions bash
	offers pm-match --max | diff - <(echo --max-feed-age)
	offers pm-collect debian-t | diff - <(echo debian-tracker)
	offers pm-collect ssh --ret | diff - <(echo --retries)
	touch a-file.tsv
	offers pm-match -o a-fi | diff - <(echo a-file.tsv)
	offers pm-plan --now '' | diff - <(echo)
	offers /usr/bin/pm-plan --approv | grep -qx -e --approve
}

@test "every option of every program is completed by every shell" {
	for shell in bash zsh fish; do
		completions "$shell"
	done
	for program in pm-collect pm-match pm-score pm-plan pm-apply pm-verify; do
		"$program" --help | grep -oE '^  (-[a-zA-Z], |    )--[a-z0-9-]+' |
		    grep -oE -e '--[a-z0-9-]+' > options
		[ -s options ]
		while read -r option; do
			offers "$program" "$option" | grep -qx -e "$option"
			grep -q -e "'${option}[=[]" completions.zsh
			grep -q -e "^complete -c $program .*-l ${option#--} " \
			    completions.fish
		done < options
	done
}

@test "zsh and fish take them, and fish offers them" {
	completions zsh
	completions fish
	for shell in zsh fish; do
		command -v "$shell" > /dev/null || skip "no $shell"
		"$shell" -n "completions.$shell"
	done
	fish -c "source completions.fish; complete -C 'pm-match --max'" |
	    grep -q -e '^--max-feed-age'
	fish -c "source completions.fish; complete -C 'pm-collect ubu'" |
	    grep -qx ubuntu
}
