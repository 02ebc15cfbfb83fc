# shellcheck shell=bash
# A round of patching in a lab, and what is found when the hosts are looked at
# again; for scripts beside the hosts of a lab (lab.bash).  The times are those of
# --now: the round begins now, and each wave when its window opens.

all='db1 db2 file1 try1 web1 web2'

# on HOST TEXT: run by the host's shell
on() {
	ssh -n -F "$SSH_CONFIG" "$1" "$2"
}

# everywhere TEXT: on all hosts at once
everywhere() {
	local host jobs=()
	for host in $all; do
		on "$host" "$1" &
		jobs+=($!)
	done
	for host in "${jobs[@]}"; do wait "$host"; done
}

# visit HOST...: what they are now
visit() {
	pm-collect ssh -q --facts --retries 0 --timeout 30 --connect-timeout 3 \
	    -e "ssh -F $SSH_CONFIG" "$@" || [[ $? -eq 3 ]]
}

# later SECONDS TIME
later() {
	date -u -d "@$(($(date -u -d "$2" +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ
}

# What a host needs for its role, and nothing else.
prepare() {
	local host
	for host in db1 db2 file1; do
		on $host "dpkg --purge nginx nginx-common nginx-light libnginx-mod-http-echo" &
	done >/dev/null
	everywhere 'apt-get -qq update'
	wait
	# on all services that are wanted, with any state that they had before
	for host in db1 db2; do on $host 'service redis-server start' & done >/dev/null
	wait
}

# site_baseline FILE: the rules that are shipped, as far as the hosts of a stream
# keep them; what they do not keep is another matter than patching.
site_baseline() {
	mkdir -p baseline
	pm-verify -q -b "$PM_SHARE/baselines" "$1" | awk -F '\t' '
		$1 == "check" && $3 == "baseline" && \
		    ($7 == "fail" || $7 == "not-examined") { print $4 }' |
	    sort -u >deviations
	awk -F '\t' 'NR == FNR { spared[$1] = 1; next }
		$1 == "#rule" && !n++ || $1 == "rule" && !($2 in spared)' \
	    deviations "$PM_SHARE"/baselines/[12]0*.tsv >baseline/rules.tsv
	cp "$PM_SHARE/baselines/30-services.tsv" baseline/
	printf 'want\trole=database\tlisten\tprocess:redis-server\tlocal\tno\t-\t-\n' \
	    >>baseline/30-services.tsv
}

# catalogue: what the repositories of the lab offer.  They have only what is
# pending; the list of the release, which has all else, is written from hosts that
# were made of it.
catalogue() {
	pm-collect apt -q --root "$(lab root db1)" -o offers.tsv
	awk -F "\t" -v OFS="\t" '
		/^#(adv|feed|pkg)/ { for (i = 2; i <= NF; i++) at[$1, $i] = i }
		NR == FNR {
			if ($1 == "adv") offered[$at["#adv", "package"]] = 1
			if ($1 == "feed") date = $at["#feed", "date"]
			print
			next
		}
		$1 == "pkg" && !($at["#pkg", "package"] in offered) {
			offered[$at["#pkg", "package"]] = 1
			list[++n] = $at["#pkg", "package"] OFS $at["#pkg", "version"]
		}
		END {
			print "#feed", "feed", "os", "release", "records", "date", "sha256", "kind"
			print "feed", "release", "debian", "12", n, date, "-", "repository"
			print "#adv", "adv", "os", "release", "by", "package", "fixed", "state", "kind", "feed"
			for (i = 1; i <= n; i++) {
				split(list[i], part, OFS)
				print "adv", part[1] "=" part[2], "debian", "12", "binary", part[1], part[2], "fixed", "release", "release"
			}
		}' offers.tsv before.tsv >catalogue.tsv
}

# patch: collect, match, score, plan, approve, apply; leaves the files of a round
patch() {
	local first name time status=0
	first=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	export PM_NOW=$first
	echo '-> site=lab window=any mode=unattended soak=0s wave_size=100%' \
	    'lead=ann actions=evidence,recovery gates=author,signature' >site.pm
	stream >waivers.tsv <<-END
		#waive | host | package | cve | decision | who | when | reason | expiry
		waive | web2 | xz-utils | - | accept | anna | $first | not used | $(later 31536000 "$first")
	END
	visit - <inventory.tsv >seen.tsv
	pm-collect merge -q inventory.tsv seen.tsv -o before.tsv
	site_baseline before.tsv
	catalogue
	pm-match -q catalogue.tsv before.tsv -o needs.tsv
	pm-score -q -p site.pm -p "$PM_POLICY" --ledger ledger.tsv waivers.tsv \
	    needs.tsv -o scored.tsv
	pm-plan -q -p site.pm -p "$PM_POLICY" --author paul scored.tsv -o plan.tsv
	for name in lea paul eve; do
		ssh-keygen -q -t ed25519 -N '' -C $name -f $name
		pm-plan --approve $name --sign $name --role lead \
		    --reason 'seen in the lab' plan.tsv >by_$name.tsv
		[[ $name == eve ]] || printf '%s namespaces="pm-approve" %s\n' \
		    $name "$(cut -d ' ' -f 1,2 $name.pub)"
	done >signers
	cp by_lea.tsv approve.tsv
	for time in $(column start step plan.tsv | grep -v '^-$' | sort -u); do
		status=0
		pm-apply -q -j 6 -J journal.tsv --now "$time" \
		    --allowed-signers signers \
		    -e "ssh -F $SSH_CONFIG" plan.tsv approve.tsv >>done.tsv ||
		    status=$?
	done
	[[ $status -eq 0 ]]
	later 3600 "$time" >clock
	PM_NOW=$(<clock) pm-plan --approve lea --sign lea --role lead \
	    --reason 'it went well' plan.tsv >late.tsv
}

# ---- looking again

# judge: what is found in the files of this folder at PM_NOW, as lines
# "HOST KIND SUBJECT VERDICT" in the file findings.
judge() {
	local status=0
	pm-collect merge -q --max-age 90d inventory.tsv after.tsv -o merged.tsv \
	    2>merging
	pm-match -q -k --max-feed-age 365d catalogue.tsv merged.tsv \
	    -o matched.tsv 2>matching || [[ $? -eq 66 ]]
	pm-score -q -k -p site.pm -p "$PM_POLICY" waivers.tsv matched.tsv \
	    -o rescored.tsv 2>scoring
	pm-verify -q -k --strict -b baseline rescored.tsv -o judged.tsv \
	    2>judging || [[ $? -eq 1 ]]
	pm-verify -q --strict -J journal.tsv --allowed-signers signers \
	    plan.tsv judged.tsv approve.tsv -o checks.tsv 2>verifying || status=$?
	echo "$status" >status
	case $status in
	0 | 1 | 66) ;;
	*) cp judged.tsv checks.tsv ;;
	esac
	list_findings >findings
	count_findings >counted
}

# A host that was not looked at is named once, not with each of its steps.
list_findings() {
	{
		[[ $(<status) -le 1 ]] || echo "- verify - status-$(<status)"
		awk -F '\t' '$1 == "fact" && $3 == "stale_inventory" {
			print $2, "inventory", "-", "stale" }' merged.tsv
		awk -F '\t' '$1 == "cover" && $4 != "covered" {
			print $2, "cover", $3, $4 }' matched.tsv
		awk -F '\t' '
			NR == FNR {
				if ($1 == "check" && $3 == "host" && \
				    $7 == "not-examined")
					dark[$2] = 1
				next
			}
			$1 != "check" || $3 == "score" || \
			    $2 in dark && $7 == "not-examined" && \
			    $3 != "host" { next }
			$7 !~ /^(verified|newer|recorded|examined|new-service|in-time|open|waived|mitigated|accepted|deferred|pass|not-applicable)$/ {
				subject = $4
				if ($7 == "stale-service")
					sub(/\/[0-9]+$/, "", subject)
				print $2, $3, subject, $7
			}' checks.tsv checks.tsv
	} | sort -u
}

# The findings by the report: "KIND VERDICT NUMBER", and by the checks.
count_findings() {
	"$PM_SHARE/report/tables" scored.tsv plan.tsv journal.tsv checks.tsv |
	    awk -F '\t' '$1 == "verdict" && $6 == "yes" { print $2, $3, $4 }' |
	    sort
}
count_checks() {
	awk -F '\t' '$1 == "check" && $3 != "score" && $7 !~ /^(verified|newer|recorded|examined|new-service|in-time|open|waived|mitigated|accepted|deferred|pass|not-applicable)$/ && !seen[$2, $3, $4]++ {
		count[$3 " " $7]++ }
		END { for (key in count) print key, count[key] }' checks.tsv | sort
}

# what a script of the test sources has the functions of common.bash as well
stream() {
	sed -e 's/^[ \t]*//' -e 's/[ \t]*$//' -e 's/[ \t]*|[ \t]*/\t/g'
}
column() {
	awk -F '\t' -v name="$1" -v type="$2" '
		$1 == "#" type { for (i = 2; i <= NF; i++) if ($i == name) at = i }
		$1 == type { print $at }' "$3"
}
