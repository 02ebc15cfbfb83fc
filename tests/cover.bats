#!/usr/bin/env bats
# What a test environment shows of production, and what it does not: the tools
# beside the lab.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$PM_TOP/share/lab:$PM_TOP/share:$PATH
	stream >production.tsv <<-'END'
		#host | host | os     | release | arch  | kernel | hardware  | role | env
		host  | mx1  | debian | 12      | amd64 | 6.1.1  | Acme R1   | mail | prod
		host  | mx2  | debian | 11      | amd64 | 5.10.9 | Acme R1   | mail | prod
		host  | web1 | debian | 12      | amd64 | 6.1.1  | Acme R2   | web  | prod
		host  | web2 | debian | 12      | amd64 | 6.1.1  | Tower 3   | web  | prod
		#app  | app     | host | tier    | owner | verifier | version
		app   | shop    | web1 | mission | ann   | eve      | 1.0
		app   | shop    | web2 | mission | ann   | eve      | 1.1
		app   | postfix | mx1  | mission | bob   | eve      | -
		#pkg  | host | package | version
		pkg   | mx1  | postfix | 3.7.11-0+deb12u1
	END
	stream >test.tsv <<-'END'
		#host | host | os     | release | arch  | kernel | hardware | role | env
		host  | dev1 | debian | 12      | amd64 | -      | -        | mail | dev
	END
}

# bats test_tags=req:P2-1,req:P2-3
@test "each combination of production without a twin is printed, and the part of each platform" {
	with_status 0 cover production.tsv
	stream >expected <<-'END'
		#twin | os     | release | arch  | kind | name    | version          | hosts | twin | state
		twin  | debian | 11      | amd64 | role | mail    | -                | 1     | -    | missing
		twin  | debian | 12      | amd64 | app  | postfix | 3.7.11-0+deb12u1 | 1     | -    | missing
		twin  | debian | 12      | amd64 | app  | shop    | 1.0              | 1     | -    | missing
		twin  | debian | 12      | amd64 | app  | shop    | 1.1              | 1     | -    | missing
		twin  | debian | 12      | amd64 | role | mail    | -                | 1     | -    | missing
		twin  | debian | 12      | amd64 | role | web     | -                | 2     | -    | missing
	END
	grep twin out | same expected -
	with_status 1 cover -s production.tsv
	# one more release of a platform, an application more: they are seen
	printf '#host\thost\tos\trelease\tarch\trole\nhost\tz\tfedora\t41\tx86_64\tweb\n' \
	    >more.tsv
	with_status 0 cover production.tsv more.tsv
	grep -qx "twin	fedora	41	x86_64	role	web	-	1	-	missing" out
	with_status 66 cover /dev/null
}

# bats test_tags=req:P2-4,req:P2-3
@test "hosts of env dev stand for production; others can be named" {
	with_status 0 cover production.tsv test.tsv
	grep -qx "twin	debian	12	amd64	role	mail	-	1	dev1	host" out
	grep -qx "platform	debian	12	amd64	5	1	20" out
	grep -qx "platform	debian	11	amd64	1	0	0" out
	grep -qx "platform	-	-	-	6	1	16" out
	sed 's/dev$/play/' test.tsv >play.tsv
	with_status 0 cover -e play,test production.tsv play.tsv
	grep -qx "platform	-	-	-	6	1	16" out
	with_status 0 cover production.tsv play.tsv
	[[ $(grep -c '^twin.*missing$' out) -eq 6 ]]
}

# bats test_tags=req:P2-9,req:P2-1
@test "the smallest lab has all, and says what no lab can tell" {
	with_status 0 cover -s -l production.tsv test.tsv
	says 'and fewer cannot do'
	run ! grep -q missing out
	grep -qx "platform	-	-	-	6	6	100" out
	[[ $(grep '^twin' out | cut -f 9 | sort -u | tr '\n' ' ') == \
		'dev1 mx1 mx2 web1 web2 ' ]]
	grep -q "^untold	hardware	Acme R1	2	" out
	grep -q "^untold	kernel	5.10.9	1	" out
	with_status 0 cover -i production.tsv test.tsv
	[[ $(column host host | sort | tr '\n' ' ') == 'mx1 mx2 web1 web2 ' ]]
	[[ $(column package pkg) == postfix ]]
	# of hosts that are alike one will do
	printf '#host\thost\tos\trelease\tarch\trole\n' >alike.tsv
	for n in {1..100}; do
		printf 'host\tw%d\tdebian\t12\tamd64\trole%d\n' "$n" $((n % 7))
	done >>alike.tsv
	with_status 0 cover -i alike.tsv
	[[ $(column host host | wc -l) -eq 7 ]]
}

@test "fewer than the greedy choice, where there are fewer" {
	# 1234 5678 are enough; the greedy choice begins with 12567
	{
		printf '#host\thost\tos\trelease\tarch\trole\n'
		printf '#app\tapp\thost\tversion\n'
		set -- "a 1 2 3 4" "b 5 6 7 8" "c 1 2 5 6 7" "d 3 8" "e 4"
		for row; do
			printf 'host\t%s\tdebian\t12\tamd64\tweb\n' "${row%% *}"
			for app in ${row#* }; do
				printf 'app\tapp%s\t%s\t1\n' "$app" "${row%% *}"
			done
		done
	} >greedy.tsv
	with_status 0 cover -l greedy.tsv
	says 'cover: 2 hosts, and fewer cannot do'
	[[ $(grep '^twin' out | cut -f 9 | sort -u | tr '\n' ' ') == 'a b ' ]]
}

# bats test_tags=req:P2-9
@test "differences of packages, services and ports before and after" {
	stream >before.tsv <<-'END'
		#host | host | kernel
		host  | a    | 6.1.1
		host  | b    | 6.1.1
		host  | gone | 6.1.1
		#pkg  | host | package | version | arch
		pkg   | a    | openssl | 3.0.15  | amd64
		pkg   | a    | old     | 1       | all
		pkg   | b    | openssl | 3.0.15  | amd64
		#svc  | host | proto | addr    | port | process | package
		svc   | a    | tcp   | 0.0.0.0 | 80   | nginx   | nginx-light
		svc   | a    | tcp   | 0.0.0.0 | 25   | master  | postfix
		#fact | host | key             | value
		fact  | a    | reboot_required | no
	END
	# other columns and order, more and less
	stream >after.tsv <<-'END'
		#host | kernel | host
		host  | 6.1.2  | a
		host  | 6.1.1  | b
		#pkg  | package | host | arch  | state     | version
		pkg   | openssl | b    | amd64 | installed | 3.0.15
		pkg   | openssl | a    | amd64 | installed | 3.0.17
		pkg   | new     | a    | all   | installed | 2
		#svc  | host | proto | addr    | port | process | package
		svc   | a    | tcp   | 0.0.0.0 | 80   | apache2 | apache2-bin
		svc   | a    | tcp   | 0.0.0.0 | 443  | apache2 | apache2-bin
		#fact | host | key             | value
		fact  | a    | reboot_required | yes
	END
	with_status 0 differences before.tsv after.tsv
	stream >expected <<-'END'
		#difference | host | kind | subject | before | after
		difference | a | fact    | reboot_required | no | yes
		difference | a | kernel  | - | 6.1.1 | 6.1.2
		difference | a | package | new:all | - | 2
		difference | a | package | old:all | 1 | -
		difference | a | package | openssl:amd64 | 3.0.15 | 3.0.17
		difference | a | port    | tcp/0.0.0.0/25 | master | -
		difference | a | port    | tcp/0.0.0.0/443 | - | apache2
		difference | a | port    | tcp/0.0.0.0/80 | nginx | apache2
		difference | a | service | apache2 | - | apache2-bin
		difference | a | service | master | postfix | -
		difference | a | service | nginx | nginx-light | -
		difference | gone | host | - | there | -
	END
	same expected out
	with_status 0 differences before.tsv before.tsv
	[[ $(wc -l <out) -eq 1 ]]
	with_status 64 differences before.tsv
}

# bats test_tags=req:P1-12
@test "hardware that is not standard, with counts" {
	printf '%s\n' '# ours' 'Acme R[12]' '' >standard
	with_status 0 hardware standard production.tsv
	stream >expected <<-'END'
		#model | model | hosts | which
		model | Tower 3 | 1 | web2
	END
	same expected out
	echo nothing >standard
	with_status 0 hardware standard production.tsv test.tsv
	grep -qx "model	Acme R1	2	mx1,mx2" out
	grep -qx "model	-	1	dev1" out
	[[ $(records model | wc -l) -eq 4 ]]
	with_status 66 hardware missing production.tsv
}
