# The same input gives the same bytes, through the whole pipeline.
bats_require_minimum_version 1.5.0
load lib/common

# The records of this machine and what its repositories offer.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null ||
	    skip "this machine has no package lists"
	pm-collect apt -q -o catalogue.tsv
	pm-collect local -q --host here -o inventory.tsv || [[ $? -eq 3 ]]
}

pipeline() {
	pm-match -q catalogue.tsv inventory.tsv | pm-score -q 2>scored.err |
	    pm-plan -q 2>planned.err
}

# bats test_tags=req:F11
@test "SOURCE_DATE_EPOCH and --now are the only clock, whatever the locale" {
	export SOURCE_DATE_EPOCH=1795399200
	pipeline >first
	LC_ALL=C TZ=Asia/Tokyo pipeline >second
	same first second
	unset SOURCE_DATE_EPOCH
	PM_NOW=2026-11-23T02:00:00Z pipeline >third
	same first third
	grep -q '^##end step ' first
}

# bats test_tags=req:P4-5
@test "this machine: the plan holds what apt would upgrade, no more and no less" {
	need_command apt-get
	mkdir parts
	# shellcheck disable=SC2016 # the fields are for apt
	apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
	    'Created-By: Packages' | grep -- '-security ' >security.list ||
	    skip "this machine has no security suite"
	awk -F '\t' '$1 != "adv" || /-security/' catalogue.tsv >security.tsv
	mv security.tsv catalogue.tsv
	pipeline >plan.tsv
	# held packages are blocked steps, which apt would keep back as well
	awk -F '\t' '$1 == "step" && $6 == "install" && $14 == "planned" {
		print $7, $8, $9 }' plan.tsv | sort >got
	apt-get -s -o Dir::Etc::sourcelist="$PWD/security.list" \
	    -o Dir::Etc::sourceparts="$PWD/parts" \
	    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
	    dist-upgrade | sed -nE \
	    's/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) .*/\1 \2 \3/p' | sort >want
	same want got
}
