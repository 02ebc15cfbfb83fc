# shellcheck shell=bash
# Plants the faults of the file faults, group by group, beside the hosts of a round
# (lab_round.bash), and compares what is found with what must be.  The file planted
# gets lines "found FAULT", "missed FAULT: FINDING", "alarm GROUP: FINDING".

# value TYPE STEP COLUMN FILE: of the last record of a step
value() {
	awk -F '\t' -v type="$1" -v step="$2" -v name="$3" '
		$1 == "#" type { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == type && $at["step"] == step { last = $at[name] }
		END { print last }' "$4"
}

# deb HOST NAME VERSION [POSTINST [FIELD]]: /tmp/NAME.deb there
deb() {
	local tree
	tree=$(mktemp -d)
	mkdir -p "$tree/DEBIAN" "$tree/usr/share/doc/$2"
	printf '%s\n' "Package: $2" "Version: $3" "Architecture: $(
		dpkg --print-architecture)" "Maintainer: test <test@localhost>" \
	    ${5:+"$5"} "Description: test" >"$tree/DEBIAN/control"
	echo "$2 $3" >"$tree/usr/share/doc/$2/made"
	if [[ ${4-} ]]; then
		printf '#!/bin/sh\n%s\n' "$4" >"$tree/DEBIAN/postinst"
		chmod 755 "$tree/DEBIAN/postinst"
	fi
	dpkg-deb -Znone --root-owner-group -b "$tree" \
	    "$(lab root "$1")/tmp/$2.deb" >/dev/null
	rm -r "$tree"
}

# started HOST: when the first installation there was begun
started() {
	value 'done' "$1/install/apt" started journal.tsv
}

# forge SCRIPT: the journal after this script of sed, with a chain that holds
forge() {
	local line chain='' head=yes
	sed -E 's/\t[^\t]*$//' journal.tsv | sed "$1" >unchained
	while IFS= read -r line; do
		if [[ $head ]]; then
			line+=$'\tchain'
			chain=$(printf '%s\n' "$line" | sha256sum)
			chain=${chain%% *}
			printf '%s\n' "$line"
			head=
			continue
		fi
		chain=$(printf '%s%s' "$chain" "$line" | sha256sum)
		chain=${chain%% *}
		printf '%s\t%s\n' "$line" "$chain"
	done <unchained >journal.tsv
}

# read_faults: into the arrays fault, group, plant, undo and find
read_faults() {
	local word rest n=-1
	while IFS=$'\t' read -r word rest; do
		case $word in
		fault)
			n=$((n + 1))
			fault[n]=$rest undo[n]='' find[n]=''
			;;
		group) group[n]=$rest ;;
		plant) plant[n]=$rest ;;
		undo) undo[n]=$rest ;;
		find) find[n]+=$rest$'\n' ;;
		'' | '#'*) ;;
		*)
			echo "faults: $word?" >&2
			return 1
			;;
		esac
	done <faults
}

# compare GROUP NUMBER...: the findings with those of these faults
compare() {
	local name=$1 i pattern finding known
	shift
	for i; do
		while IFS= read -r pattern; do
			[[ $pattern ]] || continue
			while IFS= read -r finding; do
				# shellcheck disable=SC2053 # a pattern
				[[ $finding == $pattern ]] && continue 2
			done <findings
			echo "missed ${fault[i]}: $pattern"
			continue 2
		done <<<"${find[i]}"
		echo "found ${fault[i]}"
	done
	while IFS= read -r finding; do
		known=
		while IFS= read -r pattern; do
			# shellcheck disable=SC2053 # a pattern
			[[ $pattern && $finding == $pattern ]] && known=yes
		done < <(for i; do printf '%s' "${find[i]}"; done)
		[[ $known ]] || echo "alarm $name: $finding"
	done <findings
	# the report counts them likewise
	count_checks | diff - counted >differ ||
	    sed "s/^/alarm $name: report: /" differ
}

files=(inventory.tsv after.tsv catalogue.tsv waivers.tsv site.pm baseline
    scored.tsv plan.tsv approve.tsv journal.tsv signers)

# alone NUMBER: in a copy of the files
alone() (
	rm -rf case
	mkdir case
	cp -r "${files[@]}" case
	cd case || exit
	eval "${plant[$1]}"
	judge
	compare "${fault[$1]}" "$1"
)

# at_once NUMBER...: what these commands do, each set of them beside the others
at_once() {
	local command jobs=()
	for command; do
		(eval "$command") >/dev/null </dev/null &
		jobs+=($!)
	done
	for command in "${jobs[@]}"; do wait "$command"; done
}

# together GROUP NUMBER...
together() (
	name=$1 commands=() back=()
	shift
	for i; do
		commands+=("${plant[i]}")
		[[ ! ${undo[i]} ]] || back+=("${undo[i]}")
	done
	at_once "${commands[@]}"
	rm -rf "$name"
	mkdir "$name"
	cp -r "${files[@]}" "$name"
	cd "$name" || exit
	# shellcheck disable=SC2086,SC2154 # a list of names, of lab_round.bash
	visit $all >after.tsv
	[[ ${#back[@]} -eq 0 ]] || at_once "${back[@]}"
	judge
	compare "$name" "$@"
)

read_faults
old=$(value step db1/install/xz-utils from plan.tsv)
new=$(value step db1/install/xz-utils to plan.tsv)
export old new
for name in $(printf '%s\n' "${group[@]}" | awk '!seen[$0]++'); do
	numbers=()
	for i in "${!group[@]}"; do
		[[ ${group[i]} != "$name" ]] || numbers+=("$i")
	done
	if [[ $name == alone ]]; then
		for i in "${numbers[@]}"; do alone "$i"; done
	else
		together "$name" "${numbers[@]}"
	fi
done >planted
echo "$(grep -c '^found' planted) of ${#fault[@]} faults found," \
    "$(grep -c '^alarm' planted || true) false alarms" >>planted
