#!/usr/bin/env bats
# Which visits are made beside each other: by slot and wave, by what comes after
# what, by the limits of sites, on hosts that only answer.
bats_require_minimum_version 1.5.0
load lib/common
load lib/host

setup() {
	make_host
	journal=$PWD/journal.tsv
}

# visit HOST [COLUMN=VALUE...]: an install and a check of it
visit() {
	local host=$1
	shift
	echo 1.0 >"versions/$host.foo"
	echo "$host install foo 1.0 2.0 ${*/limits=*/}"
	echo "$host check - - - ${*/after=*/}"
}

# evening and night: two slots that are open at the same time
evening="start=2026-11-24T18:00:00Z end=2026-11-24T22:00:00Z"
night="start=2026-11-24T19:00:00Z end=2026-11-25T04:00:00Z"
now=2026-11-24T20:00:00Z

# in_turn A B: A was over before B began
in_turn() {
	[[ $(xargs <log) == *"$1- "*"$2+"* ]]
}

# beside A B: B began before A was over
beside() {
	[[ $(xargs <log) == *"$2+ "*"$1-"* ]]
}

done_all() {
	[[ $status -eq 0 && $(column outcome "done" out | sort -u) == "done" ]]
}

@test "a wave of a slot begins when the one before has ended, other slots go on" {
	# shellcheck disable=SC2086
	{
		visit a $evening wave=1
		visit b $evening wave=1
		visit c $evening wave=2
		visit d $night wave=3
	} | steps .
	touch slow.a slow.b
	apply --now $now -j 9
	done_all
	# two of a wave beside each other, and those of the other slot
	in_turn a c
	in_turn b c
	beside a b
	beside a d
	beside b d
	# one at a time, by wave
	rm -rf log "$journal" known/* slow.*
	for host in a b c d; do echo 1.0 >versions/$host.foo; done
	apply --now $now -j 1
	done_all
	[[ $(xargs <log) == "a+ a- b+ b- c+ c- d+ d-" ]]
}

# bats test_tags=req:P2-6,req:P2-7
@test "what comes after a visit under way waits for it, in another slot too" {
	# shellcheck disable=SC2086
	{
		visit a $evening wave=1
		visit b $night wave=2 after=a/check/-
		visit c $night wave=2
	} | steps .
	touch slow.a
	apply --now $now -j 9
	done_all
	in_turn a b
	beside a c
}

# bats test_tags=req:P4-6
@test "no more at a time than the plan allows for a site, a link, a machine" {
	# shellcheck disable=SC2086
	{
		visit a $evening wave=1 limits=site:b=2,hypervisor:m=1
		visit b $night wave=2 limits=site:b=2,hypervisor:m=1
		visit c $night wave=2 limits=site:b=2,hypervisor:n=1
		visit d $night wave=2 limits=site:b=2
		visit e $night wave=2 limits=site:c=2
	} | steps .
	touch slow.a slow.c
	apply --now $now -j 9
	done_all
	in_turn a b
	beside a c
	beside a e
	# two of the site at a time: d is the third
	in_turn a d || in_turn c d
	# what the planner writes is a number
	for bad in site:b= site:b site:b=many site:b=0; do
		visit a limits=$bad | steps . plan=p2
		apply --now $now
		[[ $status -eq 65 ]]
		grep -qF "limits '$bad' is not NAME=NUMBER" err
	done
}

@test "a slot that opens while others are worked on is not left for the next run" {
	# shellcheck disable=SC2086
	{
		visit a $evening wave=2
		visit b start=2026-11-24T20:00:01Z end=2026-11-24T22:00:00Z wave=1
		visit c start=2026-11-24T21:00:00Z end=2026-11-24T22:00:00Z wave=1
	} | steps .
	touch slow.a
	apply --now $now -j 1
	[[ $status -eq 75 ]]
	in_turn a b
	[[ $(xargs <log) == "a+ a- b+ b-" ]]
	grep -q 'the window is not open yet: it starts at 2026-11-24T21:00:00Z' err
}

@test "what waits for each other is not waited for, and said" {
	{
		visit a after=b/check/-
		visit b after=a/check/-
	} | steps .
	apply --now $now -j 9
	[[ $status -ne 0 && ! -e log ]]
	[[ $(column outcome "done" out | sort -u) == refused ]]
	grep -q 'a: refused: it comes after b/check/-, which is not done' err
}
