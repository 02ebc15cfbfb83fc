# shellcheck shell=bash
# What makes a plan and a journal whole, without the programs that write them.

# sealed FILE: the trailer of a plan, behind its lines
sealed() {
	cat "$1"
	printf '##end step %d sha256:%s\n' "$(grep -c ^step "$1")" \
	    "$(grep -P '^#?step\t' "$1" | sha256sum | cut -d ' ' -f 1)"
}

# chained FILE: done records as the journal that pm-apply keeps of them
chained() {
	local line chain='' head=yes
	while IFS= read -r line; do
		if [[ $head ]]; then
			head=
			line+=$'\tchain'
			chain=$(printf '%s\n' "$line" | sha256sum)
			chain=${chain%% *}
			printf '%s\n' "$line"
			continue
		fi
		chain=$(printf '%s%s' "$chain" "$line" | sha256sum)
		chain=${chain%% *}
		printf '%s\t%s\n' "$line" "$chain"
	done <"$1"
}
