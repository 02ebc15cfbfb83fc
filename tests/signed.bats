#!/usr/bin/env bats
# Evidence in files that somebody has signed, with the real ssh-keygen.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	need_command ssh-keygen
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T02:00:00Z PM_AUTHOR=carl PM_POLICY=$PWD/policy.pm
	echo '-> window=any mode=unattended owner_required=no gates=test,backup,promotion' \
	    >policy.pm
	for who in ann eve; do
		ssh-keygen -q -t ed25519 -N '' -C $who -f $who
	done
	echo "ann namespaces=\"pm-approve,pm-evidence\" $(<ann.pub)" >signers
	stream >fleet.tsv <<-'END'
		#host | host | os | release | env | owner
		host | db1 | debian | 12 | production | ann
		host | t1 | debian | 12 | test | ann
		#need | host | package | installed | fixed | cves | state | decision
		need | db1 | foo | 1.0 | 2.0 | CVE-2026-1 | available | patch
	END
	stream >evidence.tsv <<-END
		#test | host | package | version | outcome | who | when
		test | t1 | foo | 2.0 | passed | bob | 2026-11-20T00:00:00Z
		#backup | host | kind | who | when
		backup | db1 | full | bob | 2026-11-23T00:00:00Z
		#promote | patch | channel | who | when
		promote | sha256:$(printf 'debian\t12\tfoo\t2.0\n' | sha256sum | cut -c 1-64) | production | ann | 2026-11-23T01:00:00Z
	END
}

# plan [OPTION...] FILE...: in plan.tsv; the messages in err
plan() {
	with_status 0 pm-plan --allowed-signers signers --signed-evidence \
	    fleet.tsv "$@" || return
	cp out plan.tsv
}

state() {
	awk -F '\t' '$1 == "#step" { for (i = 2; i <= NF; i++) at[$i] = i }
		$1 == "step" && $at["action"] == "install" {
			print $at["state"] }' plan.tsv
}

seal() { # seal FILE [KEY]
	pm-plan --sign "${2:-ann}" "$1" >"$1.sig"
}

# bats test_tags=req:P3-1
@test "only evidence that an allowed key has signed counts, and one byte voids it" {
	plan evidence.tsv
	[[ $(state) == blocked ]]
	says "evidence.tsv: 3 records of evidence do not count: evidence.tsv.sig is not there"
	seal evidence.tsv
	head -n 1 evidence.tsv.sig | grep -qx -e '-----BEGIN SSH SIGNATURE-----'
	plan evidence.tsv
	[[ $(state) == planned ]]
	run ! grep -q 'do not count' err
	# what ssh-keygen itself signs is as good
	rm evidence.tsv.sig
	ssh-keygen -q -Y sign -n pm-evidence -f ann evidence.tsv 2>/dev/null
	plan evidence.tsv
	[[ $(state) == planned ]]
	# one byte of the file
	for at in 10 60 120; do
		cp evidence.tsv changed.tsv
		cp evidence.tsv.sig changed.tsv.sig
		printf '%s' 'x' | dd of=changed.tsv bs=1 seek="$at" conv=notrunc \
		    2>/dev/null
		cmp -s evidence.tsv changed.tsv && continue
		pm-plan --allowed-signers signers --signed-evidence fleet.tsv \
		    changed.tsv >plan.tsv 2>err || continue
		[[ $(state) == blocked ]]
	done
	sed 's/passed	bob/passed	rob/' evidence.tsv >changed.tsv
	plan changed.tsv
	[[ $(state) == blocked ]]
	says "changed.tsv: 3 records of evidence do not count: changed.tsv.sig does not hold"
	# even where unsigned evidence would do
	with_status 0 pm-plan --allowed-signers signers fleet.tsv changed.tsv
	cp out plan.tsv
	[[ $(state) == blocked ]]
	says "changed.tsv.sig does not hold"
	with_status 0 pm-plan --allowed-signers signers fleet.tsv - <evidence.tsv
	cp out plan.tsv
	[[ $(state) == planned ]]
	plan - <evidence.tsv
	[[ $(state) == blocked ]]
	says "standard input: 3 records"
	# somebody else, another purpose, no signature at all
	seal evidence.tsv eve
	plan evidence.tsv
	[[ $(state) == blocked ]]
	says "evidence.tsv.sig is by nobody who is allowed to sign"
	ssh-keygen -q -Y sign -n file -f ann <evidence.tsv >evidence.tsv.sig 2>/dev/null
	plan evidence.tsv
	[[ $(state) == blocked ]]
	says "evidence.tsv.sig does not hold"
	echo ann >evidence.tsv.sig
	plan evidence.tsv
	[[ $(state) == blocked ]]
	says "evidence.tsv.sig is no signature of ssh-keygen"
}

@test "what holds back needs no signature, and who may decide does" {
	seal evidence.tsv
	plan evidence.tsv
	[[ $(state) == planned ]]
	stream >failed.tsv <<-'END'
		#test | host | package | version | outcome | who | when
		test | t1 | foo | 2.0 | failed | bob | 2026-11-21T00:00:00Z
	END
	plan evidence.tsv failed.tsv
	[[ $(state) == blocked ]]
	run ! grep -q 'do not count' err
	# actor records that do not count let nobody decide
	stream >actor.tsv <<-'END'
		#actor | who | role | scope
		actor | ann | owner | *
	END
	plan evidence.tsv actor.tsv
	[[ $(state) == blocked ]]
	says "actor.tsv: 1 record of evidence does not count"
	seal actor.tsv
	plan evidence.tsv actor.tsv
	[[ $(state) == planned ]]
	# a test is waived by who has signed that
	stream >waive.tsv <<-'END'
		#waive | host | package | cve | decision | who | when | reason | expiry
		waive | db1 | foo | - | skip-test | ann | 2026-11-22T00:00:00Z | urgent | 2027-01-01T00:00:00Z
	END
	grep -v '^#*test' evidence.tsv >without.tsv
	seal without.tsv
	plan without.tsv waive.tsv
	[[ $(state) == blocked ]]
	seal waive.tsv
	plan without.tsv waive.tsv
	[[ $(state) == planned ]]
}

# bats test_tags=req:P3-1
@test "pm-apply asks for signed evidence where the plan was made with it" {
	seal evidence.tsv
	plan evidence.tsv
	column requires step plan.tsv | grep -q 'signed-evidence'
	pm-plan --approve ann --sign ann plan.tsv >approve.tsv
	apply() { # apply STATUS OPERAND...
		local want=$1
		shift
		with_status "$want" pm-apply -e /bin/false -J journal.tsv \
		    --host db1 "$@" plan.tsv approve.tsv
		rm -f journal.tsv
	}
	apply 77
	says "the plan asks for signed evidence; name the keys that count with --allowed-signers FILE"
	# what is in the plan is not signed
	apply 77 --allowed-signers signers
	says "plan.tsv: 3 records of evidence do not count: plan.tsv.sig is not there"
	with_status 69 pm-apply -e /bin/false -J journal.tsv --host db1 \
	    --allowed-signers signers plan.tsv approve.tsv evidence.tsv
	rm -f journal.tsv
	sed 's/full	bob/full	rob/' evidence.tsv >changed.tsv
	cp evidence.tsv.sig changed.tsv.sig
	with_status 77 pm-apply -e /bin/false -J journal.tsv --host db1 \
	    --allowed-signers signers plan.tsv approve.tsv changed.tsv
	says "changed.tsv.sig does not hold"
	[[ ! -e journal.tsv ]]

	# and by an option, where the plan does not
	with_status 0 pm-plan fleet.tsv evidence.tsv
	cp out plan.tsv
	pm-plan --approve ann --sign ann plan.tsv >approve.tsv
	apply 69 --allowed-signers signers
	apply 77 --allowed-signers signers --signed-evidence
	says "plan.tsv: 3 records of evidence do not count"
}

@test "signing and checking want their words" {
	with_status 64 pm-plan --signed-evidence fleet.tsv
	says "--allowed-signers"
	with_status 64 pm-apply --signed-evidence fleet.tsv
	says "--allowed-signers"
	with_status 64 pm-plan --sign ann fleet.tsv evidence.tsv
	with_status 66 pm-plan --sign ann gone.tsv
	with_status 77 pm-plan --sign gone evidence.tsv
	says "--sign gone"
	pm-plan --sign ann - <evidence.tsv >evidence.tsv.sig
	plan evidence.tsv
	[[ $(state) == planned ]]
}
