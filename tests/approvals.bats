#!/usr/bin/env bats
# Who may let a plan be carried out: signed approvals, actors, both owners.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	local name
	for name in ann bob eve; do
		ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$name"
	done
	{
		signer ann
		signer bob
	} >signers
}

# never COMMAND...: fails when it does not; bats takes no notice of a "!".
never() {
	! "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PM_NOW=2026-11-23T02:00:00Z PM_AUTHOR=carl
	cp "$BATS_FILE_TMPDIR"/* .
	echo '-> window=any mode=unattended owner_required=no gates=owners' >policy.pm
	export PM_POLICY=$PWD/policy.pm
}

# signer NAME [OPTIONS]: the line of an allowed-signers file for a key.
signer() {
	printf '%s %s %s\n' "$1" "${2:-namespaces=\"pm-approve\"}" \
	    "$(cut -d ' ' -f 1,2 "${3:-$1}.pub")"
}

# plan [OWNER [APP_OWNER]]: a plan of one package for host h1.
plan() {
	stream >in.tsv <<-END
		#host | host | class  | os | release | tier | env | owner | app_owner | group
		host | h1 | server | debian | 12 | operational | production | ${1:--} | ${2:--} | dmz,web
		#need | host | package | installed | fixed | state | decision
		need | h1 | foo | 1.0 | 2.0 | available | patch
	END
	pm-plan -q in.tsv >plan.tsv
}

# approve WHO [OPTION...]: WHO's signed approval in WHO.tsv.
approve() {
	local who=$1
	shift
	pm-plan --approve "$who" --sign "$who" "$@" plan.tsv >"$who.tsv"
}

# apply STATUS OPERAND...: with a command that leaves a trace when it is run.
apply() {
	local want=$1
	shift
	rm -f started
	printf '#!/bin/sh\necho >>%q\nexit 1\n' "$PWD/started" >run
	chmod +x run
	with_status "$want" pm-apply -e "$PWD/run" --journal "$PWD/j.tsv" \
	    ${SIGNERS:+--allowed-signers "$SIGNERS"} plan.tsv "$@"
	if [[ $want -eq 77 ]]; then
		[[ ! -e started && ! -e j.tsv ]]
	else
		rm -f j.tsv
		[[ -e started ]]
	fi
}

# What happens when it was let through: the host does not answer.
LET=69

# ---- signatures

# bats test_tags=req:P5-1
@test "with allowed signers only a signed approval counts" {
	plan
	SIGNERS=signers
	pm-plan --approve ann plan.tsv >unsigned.tsv
	apply 77 unsigned.tsv
	says "the approval by ann (unsigned.tsv:2) does not count: it is not signed"
	approve ann
	apply $LET ann.tsv
	# without allowed signers a signature is not looked at, and that is said
	SIGNERS=
	apply $LET unsigned.tsv
	apply $LET ann.tsv
	says "the signature is not checked without --allowed-signers"
	PM_ALLOWED_SIGNERS=signers apply 77 unsigned.tsv
}

# bats test_tags=req:P5-1
@test "a key of somebody else, of no one, or for other things does not count" {
	plan
	SIGNERS=signers
	pm-plan --approve ann --sign eve plan.tsv >forged.tsv
	apply 77 forged.tsv
	says "does not count: ssh-keygen:"
	pm-plan --approve ann --sign bob plan.tsv >forged.tsv
	apply 77 forged.tsv
	pm-plan --approve eve --sign eve plan.tsv >stranger.tsv
	apply 77 stranger.tsv
	approve ann
	signer ann 'namespaces="file"' >other
	SIGNERS=other
	apply 77 ann.tsv
	SIGNERS=missing
	apply 77 ann.tsv
	signer ann >only
	SIGNERS=only
	apply $LET ann.tsv
}

# bats test_tags=req:P5-1
@test "a key that has expired does not count, nor one that is not valid yet" {
	plan
	approve ann
	SIGNERS=dated
	signer ann 'valid-before="20261123030000Z"' >dated
	apply $LET ann.tsv
	PM_NOW=2026-11-23T04:00:00Z apply 77 ann.tsv
	says "expired"
	signer ann 'valid-after="20261123030000Z"' >dated
	apply 77 ann.tsv
	PM_NOW=2026-11-23T04:00:00Z apply $LET ann.tsv
}

# bats test_tags=req:P5-1
@test "any changed byte of a signed approval voids it" {
	plan
	SIGNERS=signers
	approve ann --reason 'tested on t1' --expiry 3d --role owner
	apply $LET ann.tsv
	local size line at
	line=$(sed -n 2p ann.tsv)
	size=${#line}
	for ((at = 8; at < size; at += 23)); do
		awk -v at=$at 'NR == 2 {
			c = substr($0, at + 1, 1)
			$0 = substr($0, 1, at) (c == "x" ? "y" : "x") substr($0, at + 2)
		} { print }' ann.tsv >changed.tsv
		never cmp -s ann.tsv changed.tsv
		local got=0
		pm-apply -q -e /bin/false --journal "$PWD/j.tsv" \
		    --allowed-signers signers plan.tsv changed.tsv \
		    >out 2>err || got=$?
		[[ $got -eq 77 || $got -eq 65 ]] || {
			echo "byte $at: status $got"
			diff ann.tsv changed.tsv
			false
		}
		[[ ! -e j.tsv ]]
	done
	((size > 300))
}

# bats test_tags=req:P5-1
@test "any changed byte of the plan voids a signed approval" {
	plan ann bob
	SIGNERS=signers
	approve ann
	approve bob
	apply $LET ann.tsv bob.tsv
	local at from size
	cp plan.tsv good.tsv
	size=$(wc -c <good.tsv)
	from=$(grep -b '^#step' good.tsv | cut -d : -f 1)
	for ((at = from + 1; at < size - 1; at += 17)); do
		{
			head -c $at good.tsv
			[[ $(head -c $((at + 1)) good.tsv | tail -c 1) == x ]] &&
			    printf y || printf x
			tail -c +$((at + 2)) good.tsv
		} >plan.tsv
		local got=0
		pm-apply -q -e /bin/false --journal "$PWD/j.tsv" \
		    --allowed-signers signers plan.tsv ann.tsv bob.tsv \
		    >out 2>err || got=$?
		[[ $got -eq 77 || $got -eq 65 ]] || {
			echo "byte $at: status $got"
			false
		}
	done
	((size - from > 400))
}

# bats test_tags=req:P5-1
@test "an auditor checks a signature with ssh-keygen alone" {
	plan
	approve ann --reason 'with a	tab' --expiry 3d
	awk -F '\t' '$1 == "approve" {
		printf "%s", $1
		for (i = 2; i <= 8; i++)
			printf "\t%s", $i
		print ""
	}' ann.tsv >text
	{
		echo '-----BEGIN SSH SIGNATURE-----'
		awk -F '\t' '$1 == "approve" { print $9 }' ann.tsv | fold -w 70
		echo '-----END SSH SIGNATURE-----'
	} >text.sig
	ssh-keygen -Y verify -f signers -I ann -n pm-approve -s text.sig <text
}

@test "a signature survives cat and another order of columns" {
	plan
	SIGNERS=signers
	approve ann
	approve bob
	awk -F '\t' -v OFS='\t' '{ print ($1 ~ /^#/ ? $1 : $1), $9, $4, $2, $3,
		$5, $6, $7, $8 }' ann.tsv >turned.tsv
	cat bob.tsv turned.tsv >both.tsv
	apply $LET both.tsv
	never grep -q 'does not count' err
	grep -v '^#' ann.tsv >bare.tsv
	apply $LET bare.tsv
}

@test "a key that cannot sign is said, and nothing is written" {
	plan
	with_status 77 pm-plan --approve ann --sign missing plan.tsv
	says "--sign missing: ssh-keygen:"
	ssh-keygen -q -t ed25519 -N secret -C '' -f locked
	with_status 77 pm-plan --approve ann --sign locked plan.tsv
	says "must be in the agent"
	[[ ! -s out ]]
}

@test "an agent signs for a public key" {
	need_command ssh-agent
	plan
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q ann
	rm ann
	pm-plan --approve ann --sign ann.pub plan.tsv >ann.tsv || {
		ssh-agent -k
		false
	}
	ssh-agent -k >/dev/null
	SIGNERS=signers
	apply $LET ann.tsv
}

@test "what was done with a key that expired since can be taken back" {
	plan
	approve ann
	SIGNERS=dated
	signer ann 'valid-before="20261123030000Z"' >dated
	with_status 77 env PM_NOW=2026-11-23T04:00:00Z pm-apply -e /bin/false \
	    --allowed-signers dated --journal "$PWD/j.tsv" plan.tsv ann.tsv
	says "does not count"
	PM_NOW=2026-11-23T04:00:00Z with_status 0 pm-apply -e /bin/false \
	    --allowed-signers dated --journal "$PWD/j.tsv" --rollback all \
	    plan.tsv ann.tsv
	never grep -q 'does not count' err
}

# bats test_tags=req:P5-1
@test "a plan that asks for signatures is refused without allowed signers" {
	echo '-> window=any mode=unattended owner_required=no gates=signature' >policy.pm
	plan
	approve ann
	apply 77 ann.tsv
	says "the plan asks for signed approvals"
	SIGNERS=signers
	apply $LET ann.tsv
}

# ---- who may

# actors: actor records, "WHO ROLE SCOPE [EXPIRY]" a line.
actors() {
	awk -v OFS='\t' '
		BEGIN { print "#actor", "who", "role", "scope", "contact", "expiry" }
		{ print "actor", $1, $2, $3, "-", (NF > 3 ? $4 : "-") }
	' >actors.tsv
}

# bats test_tags=req:G6
@test "who may approve what is data, and an unauthorised row is named" {
	plan
	approve ann
	approve bob
	actors <<<'bob lead *'
	apply 77 ann.tsv actors.tsv
	says "the approval by ann (ann.tsv:2) does not count: no actor record gives"
	column detail "done" | grep -q 'approval by ann (ann.tsv:2) does not count'
	apply $LET bob.tsv actors.tsv
	apply $LET ann.tsv bob.tsv actors.tsv
}

# bats test_tags=req:G6
@test "an actor's role, scope and expiry bind" {
	plan
	approve ann --role owner
	local line
	for line in 'ann owner *' 'ann owner h1' 'ann owner h0,h1' \
	    'ann owner group=web' 'ann owner tier=operational' \
	    'ann owner * 2026-11-24T00:00:00Z'; do
		actors <<<"$line"
		apply $LET ann.tsv actors.tsv
	done
	for line in 'ann lead *' 'ann owner h2' 'ann owner group=db' \
	    'ann owner tier=mission' 'ann owner * 2026-11-23T01:00:00Z' \
	    'ann operator *' 'anna owner *' 'ann tester *'; do
		actors <<<"$line"
		apply 77 ann.tsv actors.tsv
		says "no actor record"
	done
	# without a role every role in which plans are approved will do
	approve ann
	actors <<<'ann security *'
	apply $LET ann.tsv actors.tsv
	actors <<<'ann operator *'
	apply 77 ann.tsv actors.tsv
}

# bats test_tags=req:G6
@test "the plan itself does not say who may approve" {
	plan
	approve ann
	{
		printf '#actor\twho\trole\tscope\nactor\tann\tlead\t*\n'
		cat plan.tsv
	} >with.tsv
	mv with.tsv plan.tsv
	echo '-> window=any mode=unattended owner_required=no gates=actors' >policy.pm
	actors <<<'bob lead *'
	apply 77 ann.tsv actors.tsv
	plan
	approve ann
	apply 77 ann.tsv
	says "no actor record"
	actors <<<'ann lead *'
	apply $LET ann.tsv actors.tsv
}

# bats test_tags=req:P1-11
@test "where a host has two owners both must have approved" {
	plan ann bob
	approve ann
	approve bob
	apply 77 ann.tsv
	says "bob, its app-owner, has not approved"
	apply 77 bob.tsv
	says "ann, its owner, has not approved"
	apply $LET ann.tsv bob.tsv
	SIGNERS=signers
	pm-plan --approve bob plan.tsv >unsigned.tsv
	apply 77 ann.tsv unsigned.tsv
	says "bob, its app-owner, has not approved"
	# one owner alone binds nobody
	SIGNERS=
	plan ann
	approve bob
	apply $LET bob.tsv
}

# bats test_tags=req:P1-11,req:G6
@test "an actor may act for an owner" {
	plan 'team a, west' team-b
	approve ann
	approve bob
	actors <<-'END'
		ann owner *
		bob app-owner h1
	END
	apply 77 ann.tsv actors.tsv
	says "team-b, its app-owner, has not approved"
	apply $LET ann.tsv bob.tsv actors.tsv
	actors <<-'END'
		ann owner *
		bob owner h1
	END
	apply 77 ann.tsv bob.tsv actors.tsv
	plan 'team a, west' team-b
	pm-plan --approve 'team a, west' plan.tsv >a.tsv
	pm-plan --approve team-b plan.tsv >b.tsv
	apply $LET a.tsv b.tsv
}

# bats test_tags=req:P5-1
@test "who made the plan may not approve it, where the policy says so" {
	echo '-> window=any mode=unattended owner_required=no gates=author' >policy.pm
	PM_AUTHOR=ann plan
	approve ann
	approve bob
	apply 77 ann.tsv
	says "who made the plan cannot approve it"
	apply $LET bob.tsv
	pm-plan -q --author bob in.tsv >plan.tsv
	approve bob
	apply 77 bob.tsv
	# by default it is the account that runs it
	env -u PM_AUTHOR pm-plan -q in.tsv >plan.tsv
	[[ $(column requires step plan.tsv | head -n 1) == "author=$(id -un)" ]]
	# without the gate anybody may, and the plan does not say who made it
	echo '-> window=any mode=unattended owner_required=no' >policy.pm
	PM_AUTHOR=ann plan
	never grep -q author= plan.tsv
	approve ann
	apply $LET ann.tsv
}

# bats test_tags=req:G9
@test "several controllers: each checks the signatures of the plan it gets a part of" {
	need_command parallel
	local name
	printf 'c1\nc2\n' >controllers
	# a controller is a home of its own; a host does what it is told
	cat >reach <<-END
		#!/bin/sh
		mkdir -p $PWD/home/\$1 && cd $PWD/home/\$1 && HOME=\$PWD exec sh -c "\$2"
	END
	cat >host <<-'END'
		#!/bin/sh
		set -- "$1" $(sed -n '/^set -- /{s/^set -- //;p;q;}' | tr -d "'")
		for word; do
			case $word in
			*-*-install[0-9]* | *-*-restart[0-9]*) id=$word ;;
			esac
		done
		case $2 in
		start)
			mkdir -p "BASE/known/$1/$id"
			printf 'transaction\trunning\n'
			;;
		poll)
			if [ -e "BASE/known/$1/$id" ]; then
				printf 'transaction\tended\t0\npackage\tfoo\t2.0\tinstalled\n'
			else
				printf 'transaction\tunknown\npackage\tfoo\t1.0\tinstalled\n'
			fi
			;;
		*) printf 'package\tfoo\t2.0\tinstalled\n' ;;
		esac
		printf 'end\t%s\t0\n' "$2"
	END
	sed -i "s|BASE|$PWD|" host
	chmod +x reach host
	stream >in.tsv <<-END
		#host | host | class  | os     | release | tier        | site | ring
		host  | e1   | server | debian | 12      | operational | east | test
		host  | w1   | server | debian | 12      | operational | west | test
		#need | host | package | installed | fixed | state     | decision
		need  | e1   | foo     | 1.0       | 2.0   | available | patch
		need  | w1   | foo     | 1.0       | 2.0   | available | patch
	END
	pm-plan -q in.tsv >plan.tsv
	shard() {
		SSH=$PWD/reach "$PM_SHARE/shard" -e "$PWD/host" "$@"
	}
	# nobody signed, or somebody whom nobody allows to: nothing is begun
	pm-plan --approve ann plan.tsv >unsigned.tsv
	with_status 3 shard -s signers controllers plan.tsv unsigned.tsv
	says "shard: hosts e1 from c1: status 77"
	says "shard: hosts w1 from c2: status 77"
	approve eve
	with_status 3 shard -s signers controllers plan.tsv eve.tsv
	[[ ! -e known ]]
	# signed for one site: that one begins
	approve bob --scope w1
	with_status 3 shard -s signers controllers plan.tsv unsigned.tsv bob.tsv
	says "shard: hosts e1 from c1: status 77"
	[[ $(ls known) == w1 ]]
	[[ $(column host "done" | sort -u) == w1 ]]
	approve ann
	with_status 0 shard -s signers controllers plan.tsv ann.tsv bob.tsv
	[[ $(column step "done" | grep install | sort -u | xargs) == "e1/install/foo w1/install/foo" ]]
	[[ $(paste -d ' ' <(column host "done") <(column outcome "done") |
	    grep -c ' done$') -eq 6 ]]
	# one journal of both, and each has its controller's
	[[ $(cut -f 4 home/c1/.pm-shard/*/journal.tsv | sort -u | xargs) == "e1 host" ]]
	[[ $(cut -f 4 home/c2/.pm-shard/*/journal.tsv | sort -u | xargs) == "host w1" ]]
	cp out first
	with_status 0 shard -s signers controllers plan.tsv ann.tsv bob.tsv
	same first out
	# evidence goes with its signature, which each controller looks at
	printf '#test\thost\tpackage\tversion\toutcome\twho\ntest\te1\tfoo\t2.0\tpassed\teve\n' >tests.tsv
	ssh-keygen -q -Y sign -n pm-evidence -f eve tests.tsv 2>/dev/null
	shard -s signers controllers plan.tsv ann.tsv tests.tsv >out 2>err || true
	for name in c1 c2; do
		cmp tests.tsv.sig home/$name/.pm-shard/*/approve1.tsv.sig
	done
	grep -q 'approve1.tsv.*sig' err
	with_status 1 shard -s missing controllers plan.tsv ann.tsv
}
