#!/usr/bin/env bats
# Who can reach a host: readers of firewall rules, and what pm-score makes of
# them and of what the host listens on.

bats_require_minimum_version 1.5.0
load lib/common

NOW=2026-11-23T00:00:00Z

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	echo '-> owner=nobody' >p.pm
}

# rules: allow records from short lines, numbered by their order
#	firewall|path|source|destination|proto|port|action|condition
rules() {
	stream <<<"#allow|firewall|path|source|destination|proto|port|action|condition|rule"
	stream | awk -v OFS='\t' '{ print "allow", $0, NR }' FS='\t'
}

# host ADDRESSES SOCKET...: a host h and what it listens on, PROTO/ADDR/PORT/NAME
host() {
	local addresses=$1 socket
	shift
	printf '#host\thost\tos\taddr\nhost\th\tdebian\t%s\n' "$addresses"
	printf '#svc\thost\tproto\taddr\tport\tprocess\n'
	for socket; do
		printf 'svc\th\t%s\n' "${socket//\//$'\t'}"
	done
	printf '#fact\thost\tkey\tvalue\nfact\th\tlistening\t%d\n' $#
}

# reaches WORD [REASON]: the exposure that pm-score finds
reaches() {
	local got
	cat fw.tsv host.tsv >in.tsv
	with_status 0 pm-score --now $NOW -p p.pm in.tsv
	got=$(column exposed host)
	[[ $got == "$1" ]] || { echo "exposed is $got, expected $1"; return 1; }
	[[ $# -eq 1 ]] && return
	got=$(awk -F '\t' '$3 == "exposure" { print $4 }' out)
	[[ $got == "$2" ]] || { echo "it says '$got', expected '$2'"; return 1; }
}

# bats test_tags=req:P1-14
@test "exposure names the rule and the socket that gave it" {
	rules >fw.tsv <<-'END'
		fw1|forward|10.0.0.0/8|-|-|-|accept|-
		fw1|forward|-|10.1.2.3|tcp|443|accept|-
		fw1|forward|-|-|-|-|drop|-
	END
	host 10.1.2.3 tcp/0.0.0.0/443/nginx tcp/0.0.0.0/22/sshd \
	    tcp/127.0.0.1/5432/postgres >host.tsv
	reaches internet "internet by fw1:2 tcp/443 nginx"
	host 10.1.2.3 tcp/0.0.0.0/22/sshd tcp/127.0.0.1/5432/postgres >host.tsv
	reaches internal "internal tcp/22 sshd"
	host 10.1.2.3 tcp/127.0.0.1/5432/postgres tcp/::1/25/master >host.tsv
	reaches local "local tcp/25 master"
	host 10.1.2.3 >host.tsv
	reaches none none
}

# bats test_tags=req:P1-14
@test "what is not known stays unknown and is named" {
	host 10.1.2.3 tcp/0.0.0.0/443/nginx >host.tsv
	: >fw.tsv
	reaches -
	! grep -q exposure out || false
	# a firewall that is about others
	rules >fw.tsv <<-'END'
		fw1|forward|-|10.9.9.9|tcp|443|drop|-
	END
	reaches -
	says "host 'h': who can reach it is not known: no firewall record is about tcp/443"
	says "host 'h' has no rating of tier, exposed"
	# nobody looked what it listens on: not the same as nothing
	rules >fw.tsv <<-'END'
		fw1|forward|-|10.1.2.3|-|-|drop|-
	END
	host 10.1.2.3 | grep -v listening >host.tsv
	reaches -
	says "nobody looked what it listens on"
}

@test "the first rule that fits decides, by number and not by line" {
	rules >fw.tsv <<-'END'
		fw1|forward|203.0.113.0/24|10.1.2.3|tcp|443|drop|-
		fw1|forward|203.0.113.0/25|10.1.2.3|tcp|443|accept|-
		fw1|forward|-|-|-|-|drop|-
	END
	host 10.1.2.3 tcp/10.1.2.3/443/nginx >host.tsv
	reaches internal
	rules >fw.tsv <<-'END'
		fw1|forward|203.0.113.0/25|10.1.2.3|tcp|443|drop|-
		fw1|forward|203.0.113.0/24|10.1.2.3|tcp|443|accept|-
		fw1|forward|-|-|-|-|drop|-
	END
	reaches internet "internet by fw1:2 tcp/443 nginx"
	cp out first
	{ head -n 1 fw.tsv; tail -n +2 fw.tsv | tac; } >turned
	mv turned fw.tsv
	reaches internet
	same <(grep -v allow first) <(grep -v allow out)
	# other ports and protocols are not concerned
	host 10.1.2.3 udp/10.1.2.3/443/quic tcp/10.1.2.3/444/x >host.tsv
	reaches internal
}

@test "the host's own firewall counts behind the one before it" {
	rules >fw.tsv <<-'END'
		fw1|forward|-|10.1.2.3|tcp|443|accept|-
		h|input|192.168.0.0/16|-|tcp|443|accept|-
		h|input|-|-|-|-|drop|-
	END
	host 10.1.2.3 tcp/0.0.0.0/443/nginx >host.tsv
	reaches internal "internal by h:2 tcp/443 nginx"
	sed -i 's/192\.168\.0\.0\/16/-/' fw.tsv
	reaches internet "internet by fw1:1 tcp/443 nginx"
	sed -i 's/accept\(.*\)2$/drop\12/' fw.tsv
	reaches local "local tcp/443 nginx"
	# of another host it says nothing
	sed -i 's/^allow\th\t/allow\tother\t/' fw.tsv
	reaches internet
}

@test "a rule with a condition is only sure to let through" {
	rules >fw.tsv <<-'END'
		h|input|-|-|tcp|22|drop|iifname eth1
		h|input|-|-|tcp|22|accept|limit
		h|input|-|-|-|-|drop|-
	END
	host 192.0.2.1 tcp/0.0.0.0/22/sshd >host.tsv
	reaches internet "internet by h:2 tcp/22 sshd"
}

@test "both families, negated lists and wildcards" {
	host 10.1.2.3,2001:db8::3 tcp/::/22/sshd >host.tsv
	# IPv6 is not filtered by rules of IPv4: nobody knows
	rules >fw.tsv <<-'END'
		h|input|0.0.0.0/0|-|-|-|drop|-
	END
	reaches -
	printf 'allow\th\tinput\t::/0\t-\t-\t-\tdrop\t-\t2\n' >>fw.tsv
	reaches local
	rules >fw.tsv <<-'END'
		h|input|!2000::/3|-|tcp|22|accept|-
		h|input|-|-|-|-|drop|-
	END
	reaches internal
	rules >fw.tsv <<-'END'
		h|input|-|-|tcp|!22|accept|-
		h|input|-|-|-|-|drop|-
	END
	reaches local
	host 10.1.2.3,2001:db8::3 tcp/::/23/telnetd >host.tsv
	reaches internet "internet by h:1 tcp/23 telnetd"
}

@test "the inventory's own word stays, policy fills only what is unknown" {
	rules >fw.tsv <<-'END'
		fw1|forward|-|10.1.2.3|tcp|443|accept|-
	END
	host 10.1.2.3 tcp/0.0.0.0/443/nginx >host.tsv
	echo 'host=h -> exposed=none' >p.pm
	reaches internet
	sed -i -e '/^#host/s/$/\texposed/' -e '/^host/s/$/\tlocal/' host.tsv
	reaches local
	echo 'host=h -> exposed:=none' >p.pm
	reaches none
	grep -q $'^fact\th\tpolicy.exposed\tp.pm:1 instead of local$' out
}

@test "exposure reaches the needs; a scored stream stays as it is" {
	rules >fw.tsv <<-'END'
		fw1|forward|-|10.1.2.3|tcp|443|accept|-
	END
	host 10.1.2.3 tcp/0.0.0.0/443/nginx >host.tsv
	printf '#need\thost\tpackage\tstate\tkind\nneed\th\tp\tavailable\tsecurity\n' >>host.tsv
	reaches internet
	[[ $(column exposed need) == internet ]]
	cp out first
	with_status 0 pm-score --now $NOW -p p.pm first
	same first out
}

@test "an explanation names what gave the exposure" {
	rules >fw.tsv <<<'fw1|forward|-|10.1.2.3|tcp|443|accept|-'
	host 10.1.2.3 tcp/0.0.0.0/443/nginx >host.tsv
	printf '#need\thost\tpackage\tstate\tkind\nneed\th\tp\tavailable\tsecurity\n' >>host.tsv
	cat fw.tsv host.tsv >in.tsv
	with_status 0 pm-score --now $NOW --explain h in.tsv
	grep -q 'internet by fw1:1 tcp/443 nginx' out
}

@test "what comes too late is an error" {
	rules >fw.tsv <<<'fw1|forward|-|10.1.2.3|tcp|443|accept|-'
	host 10.1.2.3 tcp/0.0.0.0/443/nginx >host.tsv
	with_status 65 pm-score -p p.pm host.tsv fw.tsv
	says "fw.tsv:2: an allow record behind the first host"
	grep '^#\?host' host.tsv >late.tsv
	printf '#need\thost\tpackage\nneed\th\tp\n' >>late.tsv
	grep 'svc' host.tsv >>late.tsv
	with_status 65 pm-score -p p.pm fw.tsv late.tsv
	says "late.tsv:6: a service of host 'h' away from its host record"
}

@test "malformed allow records are refused" {
	bad() {
		rules >fw.tsv <<<"$1"
		with_status 65 pm-score -p p.pm fw.tsv
		says "fw.tsv:2: $2"
	}
	bad 'f|forward|10.0.0.0/33|-|-|-|accept|-' "source of this allow record is '10.0.0.0/33'"
	bad 'f|forward|-|web|-|-|accept|-' "destination of this allow record is 'web'"
	bad 'f|forward|-|-|-|http|accept|-' "port of this"
	bad 'f|output|-|-|-|-|accept|-' "path of this"
	bad 'f|forward|-|-|-|-|allow|-' "action of this"
	bad '-|forward|-|-|-|-|drop|-' "firewall of this"
}

# ---- readers

# allowed: the allow records of the last reader, readable
allowed() {
	awk -F '\t' '$1 == "allow" {
		print $3 "|" $5 "|" $6 "|" $7 "|" $8 "|" $9 "|" $10 "|" $11 "|" $12
	}' out >got
}

# bats test_tags=req:P1-14
@test "nft: chains, sets and maps of nftables' JSON" {
	with_status 0 pm-collect nft --host h "$PM_TOP/tests/fixtures/firewall/nft.json"
	allowed
	cat >expected <<-'END'
		input|1|10.9.0.0/16,198.51.100.7|-|tcp|22|accept|-|handle 5
		input|2|203.0.113.0/24|-|tcp|80,443,8000-8080|drop|-|handle 7
		input|3|-|-|tcp|80,443,8000-8080|accept|-|handle 8
		input|4|-|-|udp|53|accept|-|handle 10
		input|5|-|-|udp|123|drop|-|handle 10
		input|6|-|-|tcp|5432|drop|meta iifname eth1|handle 11
		input|7|-|-|-|-|drop|-|policy
		forward|1|0.0.0.0/0|-|-|-|accept|-|policy
	END
	same expected got
	cp out fw.tsv
	host 192.0.2.9 tcp/0.0.0.0/8001/web tcp/0.0.0.0/22/sshd >host.tsv
	reaches internet "internet by h:1 tcp/22 sshd"
	host 192.0.2.9 tcp/0.0.0.0/5432/postgres >host.tsv
	reaches local
}

@test "nft: what is no ruleset is refused, with the byte" {
	echo '{"nftables": [{"chain": ' >cut.json
	with_status 65 pm-collect nft --host h cut.json
	says "cut.json: byte 25: the file ends within a value; is it cut off?"
	echo '{"tables": []}' >other.json
	with_status 65 pm-collect nft --host h other.json
	says "other.json: no list 'nftables'"
	echo '{"nftables": []}' >empty.json
	with_status 66 pm-collect nft --host h empty.json
	says "nothing is filtered"
	cat >loop.json <<-'END'
		{"nftables":[
		{"chain":{"family":"ip","table":"f","name":"a","type":"filter","hook":"input","policy":"drop"}},
		{"rule":{"family":"ip","table":"f","chain":"a","handle":2,"expr":[{"jump":{"target":"a"}}]}}]}
	END
	with_status 65 pm-collect nft --host h loop.json
	says "loop.json: chain 'ip f a' is called too deeply"
	with_status 64 pm-collect nft - <empty.json
}

# bats test_tags=req:P1-14
@test "nft: reads what this machine's nft prints" {
	need_root
	need_command nft unshare
	cat >rules.nft <<-'END'
		table inet filter {
			chain input {
				type filter hook input priority 0; policy drop;
				ct state vmap { established : accept, related : accept, invalid : drop }
				iifname "lo" accept
				ip saddr 10.0.0.0/8 tcp dport { 22, 8000-8080 } accept
				meta l4proto udp th dport 53 counter accept
				ip6 saddr != 2001:db8::/32 tcp dport 443 accept
				log prefix "x" reject
			}
		}
	END
	unshare -n sh -c 'nft -f rules.nft && nft -j list ruleset' >nft.json ||
	    skip "no network namespace to load rules into"
	with_status 0 pm-collect nft --host h nft.json
	allowed
	sed -i 's/|handle.*//' got
	cat >expected <<-'END'
		input|1|10.0.0.0/8|-|tcp|22,8000-8080|accept|-
		input|2|-|-|udp|53|accept|-
		input|3|!2001:db8::/32|-|tcp|443|accept|-
		input|4|-|-|-|-|drop|-
		input|5|-|-|-|-|drop|-|policy
	END
	same expected got
}

# bats test_tags=req:P1-14
@test "iptables: chains of iptables-save" {
	with_status 0 pm-collect iptables --host fw1 \
	    "$PM_TOP/tests/fixtures/firewall/iptables.rules"
	allowed
	cat >expected <<-'END'
		input|1|10.0.0.0/8|-|tcp|22|accept|-|line 13
		input|2|!192.0.2.0/24|-|tcp|80,443,8000-8080|accept|not returned before|line 16
		input|3|0.0.0.0/0|-|tcp|80,443,8000-8080|drop|not returned before|line 17
		input|4|0.0.0.0/0|-|-|-|drop|-|policy
		forward|1|-|10.0.0.5/32|tcp|443|accept|-|line 18
		forward|2|0.0.0.0/0|-|-|-|drop|-|policy
		input|1|2001:db8::/32|-|tcp|22|accept|-|line 26
		input|2|::/0|-|tcp|25|drop|-i eth1|line 27
		input|3|::/0|-|-|-|accept|-|policy
	END
	same expected got
	printf '*filter\n:INPUT DROP [0:0]\nCOMMIT' >cut.rules
	with_status 65 pm-collect iptables cut.rules
	says "the last line has no newline; is it cut off?"
	printf '*filter\nINPUT accept\n' >odd.rules
	with_status 65 pm-collect iptables odd.rules
	says "odd.rules:2: not a line of iptables-save: 'INPUT'"
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -s\n' >short.rules
	with_status 65 pm-collect iptables short.rules
	says "short.rules:3: an argument is missing behind '-s'"
}

# bats test_tags=req:P1-14
@test "firewall-csv: a plain table" {
	cat >fw9.csv <<-'END'
		Source,Destination,Proto,Port,Action
		any,"10.1.2.3, 10.1.2.4",TCP,"80;443",allow
		10.0.0.0/8,any,any,any,permit
		*,any,all,-,deny
	END
	with_status 0 pm-collect firewall-csv fw9.csv
	allowed
	cat >expected <<-'END'
		forward|1|-|10.1.2.3,10.1.2.4|tcp|80,443|accept|-|line 2
		forward|2|10.0.0.0/8|-|-|-|accept|-|line 3
		forward|3|-|-|-|-|drop|-|line 4
	END
	same expected got
	[[ $(column firewall allow | sort -u) == fw9 ]]
	cp out fw.tsv
	host 10.1.2.4 tcp/0.0.0.0/80/nginx >host.tsv
	reaches internet "internet by fw9:1 tcp/80 nginx"
	bad() {
		printf 'source,destination,proto,port,action\n%s\n' "$1" >bad.csv
		with_status 65 pm-collect firewall-csv bad.csv
		says "bad.csv:2: $2"
	}
	bad 'host1,any,any,any,allow' "not an address, network or range: 'host1'"
	bad 'any,any,tcp,https,allow' "not a list of ports: 'https'"
	bad 'any,any,any,any,maybe' "an action that is neither accept nor drop: 'maybe'"
	bad 'any,any,any,any' "more or fewer fields than the header"
	printf 'source,destination,proto,port\n' >bad.csv
	with_status 65 pm-collect firewall-csv bad.csv
	says "there is no column 'action'"
}

# bats test_tags=req:P1-14
@test "this machine: collected, matched and scored in one pipe" {
	pm-collect local -q >local.tsv || [[ $? -eq 3 ]]
	local name
	name=$(column host host local.tsv)
	rules >fw.tsv <<-END
		$name|input|-|-|-|-|drop|-
	END
	stream >feed.tsv <<-'END'
		#feed | feed | os | release | kind
		feed | f | debian | 12 | repository
	END
	pm-match -q feed.tsv local.tsv >matched.tsv
	with_status 0 pm-score -q fw.tsv matched.tsv
	[[ $(column exposed host) =~ ^(local|none)$ ]]
	awk -F '\t' '$3 == "exposure" { print $4 }' out | grep -qE '^(local|none)'
}
