# The seven phases of patch management, for a site that keeps its data in one
# folder.  A site's own Makefile sets what differs and includes this file:
#
#	include /usr/local/share/pm/phases.mk
#
# make -f .../phases.mk init SITE=FOLDER makes such a folder; make help lists the
# targets.  What people write is in hosts.csv, feeds.conf, policy/, records/,
# dumps/, calendars/ and approvals/; what programs make of it is in state/ and
# reports/, each result one file that can be read, compared and kept in git.
#
# A result has a stamp beside it in state/.stamp: its time is when the result was
# last begun, its text what it was made with; the file itself changes only when
# its contents do, so that what depends on it is left alone when nothing is new.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
SHELL = /bin/bash
.SHELLFLAGS = -eu -o pipefail -c
.DEFAULT_GOAL = help

PM_PHASES := $(abspath $(lastword $(MAKEFILE_LIST)))
PM_SHARE := $(patsubst %/,%,$(dir $(PM_PHASES)))
# run from its source tree, the suite uses what was built there
PM_BUILT := $(wildcard $(PM_SHARE)/../build/bin)
export PATH := $(if $(PM_BUILT),$(abspath $(PM_BUILT)):)$(PATH)
export PM_RELEASES ?= $(PM_SHARE)/releases.tsv
export PM_DRIVERS ?= $(PM_SHARE)/drivers
export LC_ALL = C.UTF-8
unexport PM_POLICY

# ---- what a site may set before it includes this file
LEAD ?= -
WHO ?= $(shell id -un)
ROLE ?= -
REASON ?= -
SCOPE ?= *
EXPIRY ?= 7d
ATTENDED ?=
ANSWERS ?=
JOBS_HOSTS ?= 16
MAX_FAIL ?= 10%
MAX_HOST_AGE ?= 30d
MAX_FEED_AGE ?= 7d
SSH_OPTIONS ?=
RSH ?= ssh -o BatchMode=yes -o ConnectTimeout=10
POLICY ?= $(wildcard policy) $(PM_SHARE)/policy
BASELINE ?= $(wildcard baselines) $(PM_SHARE)/baselines
COLLECT_OPTIONS ?=
MATCH_OPTIONS ?=
SCORE_OPTIONS ?=
PLAN_OPTIONS ?=
APPLY_OPTIONS ?=
VERIFY_OPTIONS ?=
CURL ?= curl --fail --silent --show-error --location --compressed

# What is typed for one run may come from a ticket: make does not expand it, and
# recipes take it from their environment, so that no shell reads it either.
WORDS = WHO ROLE REASON SCOPE EXPIRY ATTENDED ANSWERS HOST OUTCOME FROM SITE \
	BUNDLE LEAD
BUNDLE ?= pm-bundle.tar.gz
OUTCOME ?= passed
HOST ?=
FROM ?=
SITE ?=
$(foreach word,$(WORDS),$(if $(filter command environment,$(firstword $(origin \
	$(word)))),$(eval override $(word) := $$(value $(word)))))
export $(WORDS)

RULES = $(foreach folder,$(POLICY),-p $(folder))
RULE_FILES = $(wildcard $(foreach folder,$(POLICY),$(folder) $(folder)/*.pm))
S = state/.stamp
# Feeds grow old, waivers end: what was judged on another day is judged again.
TODAY := $(firstword $(subst T, ,$(or $(PM_NOW),$(shell date -u +%Y-%m-%d))))

# $(call CHANGED,STAMP,FILE-OR-FOLDER...,WITH): what make cannot see by itself.
# Files may come with a time older than those in whose place they are (cp -p,
# tar, a rule that is taken back), so the time of the inode counts; files may go;
# and options, or the names of what is read, may be others.
SAME = $(and $(findstring x$(1)x,x$(2)x),$(findstring x$(2)x,x$(1)x))
CHANGED = $(if $(call SAME,$(file <$(S)/$(1)),$(strip $(3))),$(if $(2),$(shell \
    find -L $(2) -maxdepth 1 -newercm $(S)/$(1) -printf again -quit \
    2>/dev/null)),again)
WITH = '$(subst ','\'',$(strip $(1)))'
.PHONY: again
again:

TOOLS = . $(PM_SHARE)/phases.sh;

#: make help       this list
.PHONY: help
help:
	@echo 'Phases of patch management in this folder:'
	@sed -n 's/^#: //p' $(PM_PHASES)

# ---- a new site
#: make init       a new site, SITE=FOLDER
#: make example    a worked site, SITE=FOLDER, as in pm-tutorial(7)
.PHONY: init example
example: SKELETON = $(PM_SHARE)/example
init: SKELETON = $(PM_SHARE)/site
init example:
	@test -n "$$SITE" || { echo '$@: say which folder: SITE=FOLDER' >&2; exit 64; }
	@test ! -e "$$SITE/Makefile" || { \
		echo "$@: $$SITE/Makefile is there already" >&2; exit 65; }
	@mkdir -p "$$SITE"
	@cp -R $(SKELETON)/. "$$SITE"
	@mv "$$SITE/gitignore" "$$SITE/.gitignore"
	@sed 's|@PHASES@|$(PM_PHASES)|' $(SKELETON)/Makefile >"$$SITE/Makefile"
	@echo "Made $$SITE: hosts.csv and feeds.conf there say what it knows, make help what to do."

# ---- feeds.  A line of feeds.conf: NAME SOURCE FILE-OR-URL [OPTION...]
FEED_NAMES := $(shell awk '!/^[ \t]*(\#|$$)/ { print $$1 }' feeds.conf 2>/dev/null)
FEED_BAD := $(filter-out $(shell awk '!/^[ \t]*(\#|$$)/ && NF >= 3 && \
	$$1 ~ /^[A-Za-z0-9._-]+$$/ && $$2 ~ /^[a-z0-9-]+$$/ && \
	$$3 !~ /[\047$$\\]/ { for (i = 4; i <= NF; i++) \
	if ($$i !~ /^[A-Za-z0-9._:=\/@%+,-]+$$/) next; print $$1 }' \
	feeds.conf 2>/dev/null),$(FEED_NAMES))
ifneq ($(FEED_BAD),)
$(error feeds.conf: $(FEED_BAD): a line is NAME SOURCE FILE-OR-URL [OPTION...], \
	a name of letters, digits, dot, minus and underscore)
endif
ifneq ($(words $(FEED_NAMES)),$(words $(sort $(FEED_NAMES))))
$(error feeds.conf: two lines have one name: $(FEED_NAMES))
endif
$(foreach name,$(FEED_NAMES),$(eval FEED_LINE_$(name) := $$(shell awk \
	'$$$$1 == "$(name)"' feeds.conf)))
FEED_FIELD = $(word $(2),$(FEED_LINE_$(1)))
FEED_REST = $(wordlist 4,$(words $(FEED_LINE_$(1))),$(FEED_LINE_$(1)))
FEED_IS_URL = $(filter http://% https://%,$(call FEED_FIELD,$(1),3))
FEED_FILE = $(if $(call FEED_IS_URL,$(1)),feeds/$(1).raw,$(call FEED_FIELD,$(1),3))
FEED_WITH = $(wordlist 2,$(words $(FEED_LINE_$(1))),$(FEED_LINE_$(1)))
# what speaks of threats, not of packages, goes to pm-score alone
THREAT_SOURCES = kev epss nvd cve5 metasploit exploitdb
FEED_TSV = $(FEED_NAMES:%=state/feeds/%.tsv)

define FEED
.PHONY: fetch-$(1)
fetch-$(1):
	@$(if $(call FEED_IS_URL,$(1)),$$(TOOLS) mkdir -p feeds; \
	echo 'fetching $(1)' >&2; \
	$$(CURL) -o feeds/$(1).raw.part -- '$(call FEED_FIELD,$(1),3)'; \
	keep feeds/$(1).raw <feeds/$(1).raw.part; rm feeds/$(1).raw.part,:)
$(S)/feeds/$(1): $(if $(filter apt,$(call FEED_FIELD,$(1),2)),$(wildcard $(call \
    FEED_FILE,$(1))/*),$(call FEED_FILE,$(1))) $(call CHANGED,feeds/$(1),$(call \
    FEED_FILE,$(1)),$(call FEED_WITH,$(1)))
	@$$(TOOLS) begin feeds/$(1); mkdir -p state/feeds; \
	if pm-collect $(call FEED_FIELD,$(1),2) -q $(call FEED_REST,$(1)) \
	    -o state/feeds/$(1).tsv -- '$(call FEED_FILE,$(1))'; then \
		stamp feeds/$(1) $$(call WITH,$$(call FEED_WITH,$(1))); \
		rm -f state/feeds/$(1).unread; \
	else \
		status=$$$$?; touch state/feeds/$(1).unread; \
		test -e state/feeds/$(1).tsv || exit $$$$status; \
		echo 'feed $(1) cannot be read now; what was read before stays' >&2; \
	fi
state/feeds/$(1).tsv: $(S)/feeds/$(1)
	+@:
$(if $(call FEED_IS_URL,$(1)),feeds/$(1).raw: | $(if $(wildcard \
    feeds/$(1).raw),,fetch-$(1)) ;)
endef
$(foreach name,$(FEED_NAMES),$(eval $(call FEED,$(name))))
CATALOGUE = $(foreach name,$(FEED_NAMES),$(if $(filter $(THREAT_SOURCES),\
	$(call FEED_FIELD,$(name),2)),,state/feeds/$(name).tsv))
THREATS = $(filter-out $(CATALOGUE),$(FEED_TSV))

#: make feeds      fetch what feeds.conf names and read it; what was there before
#:                 stays where one cannot be had, and the status is not 0
.PHONY: feeds fetch read
feeds:
	@status=0; $(MAKE) -k fetch || status=$$?; $(MAKE) read; exit $$status
fetch: $(FEED_NAMES:%=fetch-%)
read: $(FEED_TSV)
	@awk -F '\t' '$$1 == "#feed" { for (i = 2; i <= NF; i++) at[$$i] = i } \
	    $$1 == "feed" { printf "%-24s %9d records of %s\n", $$at["feed"], \
	    $$at["records"], $$at["date"] }' $(FEED_TSV) </dev/null
	@status=0; for name in $(FEED_NAMES); do \
		test ! -e "state/feeds/$$name.unread" || { \
			echo "feed $$name is not current: it cannot be read" >&2; \
			status=65; }; \
	done; exit $$status

#: make bundle     what was fetched as one file, for a site without internet
#: make import     take a bundle over, BUNDLE=FILE
.PHONY: bundle import
bundle:
	@sha256sum $(wildcard feeds/*.raw) >feeds/SHA256SUMS
	@tar --force-local -czf "$$BUNDLE" --sort=name --owner=0 --group=0 --numeric-owner feeds
	@sha256sum -- "$$BUNDLE"
import:
	@tar --force-local -xzf "$$BUNDLE" --no-same-owner --no-overwrite-dir \
	    --wildcards 'feeds/*.raw' feeds/SHA256SUMS
	@sha256sum --quiet --check feeds/SHA256SUMS
	@$(MAKE) $(FEED_TSV)

# ---- phase 1: baseline and harden
DUMPS = $(sort $(wildcard dumps/*.*))
FIREWALLS = $(sort $(wildcard firewalls/*.*))
RECORDS = $(sort $(wildcard records/*.tsv))

$(S)/hosts: hosts.csv $(call CHANGED,hosts,hosts.csv,$(COLLECT_OPTIONS))
	@$(TOOLS) begin hosts; pm-collect csv -q $(COLLECT_OPTIONS) -o state/hosts.tsv hosts.csv; \
	stamp hosts $(call WITH,$(COLLECT_OPTIONS))
state/hosts.tsv: $(S)/hosts
	+@:

# dumps/HOST.SOURCE or dumps/HOST.anything.SOURCE, such as printer2.snmpwalk
$(S)/dumps: $(DUMPS) $(wildcard dumps) $(call CHANGED,dumps,dumps)
	@$(TOOLS) begin dumps; readable_inventories dumps | \
	    keep state/dumps.tsv; stamp dumps
state/dumps.tsv: $(S)/dumps
	+@:

# firewalls/HOST.nft, HOST.iptables, HOST.firewall-csv
$(S)/firewalls: $(FIREWALLS) $(wildcard firewalls) $(call CHANGED,firewalls,firewalls)
	@$(TOOLS) begin firewalls; inventories firewalls | \
	    keep state/firewalls.tsv; stamp firewalls
state/firewalls.tsv: $(S)/firewalls
	+@:

SCAN = scan -j $(JOBS_HOSTS) $(SSH_OPTIONS)

#: make baseline   look at every host; what is known of it, and what is missing
.PHONY: baseline scan
scan: state/hosts.tsv
	@$(TOOLS) $(SCAN) >state/scanned.part; mv state/scanned.part state/scanned.tsv
state/scanned.tsv: | state/hosts.tsv
	@$(TOOLS) $(SCAN) >$@
baseline: scan
	@$(MAKE) state/inventory.tsv
	@pm-collect merge -q --max-age $(MAX_HOST_AGE) state/inventory.tsv >/dev/null
	@awk -F '\t' '$$1 == "#host" { for (i = 2; i <= NF; i++) at[$$i] = i } \
	    $$1 == "host" { hosts++; silent += $$at["state"] !~ /^(-|ok|partial)$$/ } \
	    $$1 == "pkg" { packages++ } $$1 == "svc" { services++ } END { printf \
	    "%d hosts, %d packages, %d services%s\n", hosts, packages, services, \
	    silent ? "; " silent " did not answer" : "" }' state/inventory.tsv

$(S)/inventory: state/hosts.tsv state/scanned.tsv state/dumps.tsv state/firewalls.tsv
	@$(TOOLS) begin inventory; cat $^ >state/inventory.part; \
	lenient pm-collect merge -q -o state/inventory.tsv state/inventory.part; \
	rm state/inventory.part; stamp inventory
state/inventory.tsv: $(S)/inventory
	+@:

$(S)/baseline: state/inventory.tsv $(foreach folder,$(BASELINE),$(wildcard \
    $(folder)/*)) $(call CHANGED,baseline,$(BASELINE),$(BASELINE))
	@$(TOOLS) begin baseline; pm-verify -q $(BASELINE:%=-b %) --remedies \
	    -o state/baseline.tsv state/inventory.tsv; stamp baseline $(call WITH,$(BASELINE))
state/baseline.tsv: $(S)/baseline
	+@:

#: make harden     every host against the baselines; nothing is changed
.PHONY: harden
harden: state/baseline.tsv
	@$(TOOLS) tally check verdict state/baseline.tsv

# ---- phase 2: test environment
$(S)/testenv: state/inventory.tsv $(RECORDS) $(call CHANGED,testenv,records)
	@$(TOOLS) begin testenv; $(PM_SHARE)/lab/cover $(filter %.tsv,$^) | \
	    keep state/testenv.tsv; stamp testenv
state/testenv.tsv: $(S)/testenv
	+@:

#: make testenv    which test host stands for what, what has none, and
#:                 which application nobody tests
.PHONY: testenv
testenv: state/testenv.tsv
	@awk -F '\t' '$$1 == "platform"' state/testenv.tsv | column -t -s $$'\t'
	@$(TOOLS) untested $(RECORDS)

# ---- phase 4: evaluation and collection
NEEDS_WITH = $(TODAY) $(MAX_FEED_AGE) $(MATCH_OPTIONS) $(CATALOGUE)
$(S)/needs: state/inventory.tsv $(CATALOGUE) $(call CHANGED,needs,,$(NEEDS_WITH))
	@$(TOOLS) begin needs; pm-match -q --max-feed-age $(MAX_FEED_AGE) $(MATCH_OPTIONS) \
	    -o state/needs.tsv $(CATALOGUE) state/inventory.tsv; \
	stamp needs $(call WITH,$(NEEDS_WITH))
state/needs.tsv: $(S)/needs
	+@:

SCORED_WITH = $(TODAY) $(RULES) $(SCORE_OPTIONS) $(THREATS)
$(S)/scored: state/needs.tsv $(THREATS) $(RECORDS) $(RULE_FILES) \
    $(call CHANGED,scored,records $(RULE_FILES),$(SCORED_WITH))
	@$(TOOLS) begin scored; pm-score -q --ledger state/ledger.tsv $(RULES) \
	    $(SCORE_OPTIONS) -o state/scored.tsv $(THREATS) $(RECORDS) state/needs.tsv; \
	stamp scored $(call WITH,$(SCORED_WITH))
state/scored.tsv: $(S)/scored
	+@:

#: make evaluate   what each host needs, how urgent it is and by which rule
.PHONY: evaluate
evaluate: state/scored.tsv
	@$(TOOLS) tally need decision state/scored.tsv
	@$(TOOLS) tally cover verdict state/scored.tsv

# ---- phase 5: change
PLAN_WITH = $(RULES) $(PLAN_OPTIONS)
$(S)/plan: state/scored.tsv $(RULE_FILES) $(wildcard calendars/*) \
    $(call CHANGED,plan,calendars $(RULE_FILES),$(PLAN_WITH))
	@$(TOOLS) begin plan; pm-plan -q $(RULES) $(PLAN_OPTIONS) -o state/plan.tsv \
	    state/scored.tsv; \
	stamp plan $(call WITH,$(PLAN_WITH))
state/plan.tsv: $(S)/plan
	+@:

#: make change     the plan: which patch on which host in which window
#: make replan     the same, although nothing is new (a window has passed)
.PHONY: change replan
change: state/plan.tsv
	@$(TOOLS) tally step state state/plan.tsv
	@echo "plan $$(pm-plan --digest state/plan.tsv)"
replan:
	@rm -f $(S)/plan
	@$(MAKE) change

#: make explain    why a host is judged and planned as it is, HOST=NAME
.PHONY: explain
explain: state/scored.tsv
	@test -n "$$HOST" || { echo 'explain: say which host: HOST=NAME' >&2; exit 64; }
	@pm-score -q --explain "$$HOST" $(RULES) $(SCORE_OPTIONS) $(THREATS) $(RECORDS) \
	    state/needs.tsv
	@pm-plan -q --explain "$$HOST" $(RULES) $(PLAN_OPTIONS) state/scored.tsv

#: make notices    what people and monitoring are told of the plan, in change/:
#:                 calendar, silences, helpdesk, runbook, a page, a part per owner
.PHONY: notices
notices: state/plan.tsv
	@$(TOOLS) mkdir -p change; \
	for notice in calendar=plan.ics csv=steps.csv silences=silences.tsv \
	    alertmanager=alertmanager.json nagios=nagios.cmd \
	    helpdesk=helpdesk.txt runbook=runbook.txt page=page.html; do \
		$(PM_SHARE)/notices/notices $${notice%=*} state/plan.tsv | \
		    keep change/$${notice#*=}; \
	done; \
	rm -rf change/owners change/documents; \
	$(PM_SHARE)/notices/notices extract state/plan.tsv change/owners; \
	$(PM_SHARE)/notices/notices change state/plan.tsv change/documents; \
	ls change

#: make documents  the change control document of each server; status 1 when a
#:                 part of one is missing
.PHONY: documents
documents: state/scored.tsv $(RECORDS)
	@$(TOOLS) $(PM_SHARE)/change-control $^ >state/documents.part || status=$$?; \
	keep reports/documents.txt <state/documents.part; rm state/documents.part; \
	exit $${status:-0}

# ---- phase 3: backout
#: make backout    what the plan can take back, and what it cannot
.PHONY: backout
backout: state/plan.tsv
	@$(TOOLS) backout state/plan.tsv | keep state/backout.tsv
	@$(TOOLS) tally backout way state/backout.tsv

# The plan that was approved last is the one that is carried out.
APPROVED = $(lastword $(sort $(wildcard approvals/*.plan.tsv)))
APPROVALS = $(wildcard $(APPROVED:%.plan.tsv=%.approve.*.tsv))

#: make approve    approve the plan that was shown, WHO=NAME ROLE= REASON=
#:                 SCOPE=HOSTS EXPIRY=7d; one that is another by now is refused
.PHONY: approve
digest_of = $(if $(wildcard $(1)),$(shell pm-plan --digest $(1)))
# as it was before this make may have made it anew
SHOWN := $(if $(filter approve,$(MAKECMDGOALS)),$(call digest_of,state/plan.tsv))
approve: state/plan.tsv
	@$(TOOLS) current=$$(pm-plan --digest state/plan.tsv); \
	test "$(if $(filter change replan,$(MAKECMDGOALS)),$$current,$(SHOWN))" = \
	    "$$current" || { echo "approve: nothing is approved: $(or $(SHOWN),no plan)" \
	    "was there to look at, and it is $$current now: look with make change," \
	    "then approve" >&2; exit 77; }; \
	mkdir -p approvals; \
	id=$$(plan_id state/plan.tsv); \
	test -n "$$id" || { echo 'approve: the plan has no steps' >&2; exit 66; }; \
	keep "approvals/$$id.plan.tsv" <state/plan.tsv; \
	pm-plan --approve "$$WHO" --role "$$ROLE" --reason "$$REASON" \
	    --scope "$$SCOPE" --expiry "$$EXPIRY" state/plan.tsv | \
	    keep "approvals/$$id.approve.$$(printf %s "$$WHO" | \
	    tr -c 'A-Za-z0-9' _).tsv"

# ---- phase 6: rollout
#: make rollout    carry out what is approved and due; ATTENDED=NAME, ANSWERS=FILE
#:                 where there is no terminal, DRY=-n to look only
.PHONY: rollout
DRY ?=
APPLY = pm-apply -q -J state/journal.tsv -e '$(RSH)' -j $(JOBS_HOSTS) \
	--max-fail $(MAX_FAIL) $(if $(ATTENDED),--attended "$$ATTENDED") \
	$(if $(ANSWERS),--answers "$$ANSWERS") \
	$(APPLY_OPTIONS) $(APPROVED) $(APPROVALS) $(RECORDS) \
	$(wildcard state/checks.tsv)
rollout:
	@test -n '$(APPROVED)' || { \
		echo 'rollout: no plan is approved: make change approve' >&2; exit 77; }
	@$(TOOLS) status=0; $(APPLY) $(DRY) >state/done.part || status=$$?; \
	mv state/done.part state/done.tsv; exit $$status

#: make next       when the next step of the approved plan may begin
.PHONY: next
next:
	@test -n '$(APPROVED)' || { echo 'next: no plan is approved' >&2; exit 66; }
	@$(TOOLS) next_start $(APPROVED) $(wildcard state/journal.tsv)

# ---- and look again
#: make verify     look at the hosts again and compare with the plan
.PHONY: verify
verify:
	@test -n '$(APPROVED)' || { \
		echo 'verify: no plan was approved' >&2; exit 66; }
	@$(TOOLS) $(SCAN) >state/after.part; mv state/after.part state/after.tsv; \
	pm-verify -q $(VERIFY_OPTIONS) $(if $(wildcard state/journal.tsv),\
	    -J state/journal.tsv) -o state/checks.tsv $(APPROVED) state/after.tsv \
	    $(APPROVALS) $(RECORDS)
	@$(TOOLS) tally check verdict state/checks.tsv

#: make tested     WHO looked at HOST after the patch: OUTCOME=passed or failed,
#:                 REASON=; into records/tests.tsv
.PHONY: tested
tested:
	@test -n "$$HOST" || { echo 'tested: say which host: HOST=NAME' >&2; exit 64; }
	@test -n '$(APPROVED)' || { echo 'tested: no plan is approved' >&2; exit 66; }
	@$(TOOLS) tested $(APPROVED)

# ---- phase 7: maintenance
#: make due        carry out what is due now, without a word about what is not:
#:                 state/due.log has these; for a timer, every few minutes
.PHONY: due maintain
due:
	@$(if $(APPROVED),$(TOOLS) carry_out $(APPLY),:)
#: make maintain   feeds, hosts, needs and plan anew, checks and reports; nightly
maintain:
	@rm -f $(S)/needs $(S)/scored
	@status=0; $(MAKE) feeds || status=$$?; \
	$(MAKE) baseline; $(MAKE) replan; $(if $(APPROVED),$(MAKE) verify;) \
	$(MAKE) report; exit $$status

#: make status     what was received, audited, authorised, deployed and tracked
.PHONY: status
status:
	@$(TOOLS) for file in $(or $(FEED_TSV),state/feeds); do \
		count receive $$file adv advisories; \
	done; \
	count audit state/needs.tsv need needs; \
	count assess state/scored.tsv need 'needs with a decision'; \
	count authorise state/plan.tsv step steps; \
	count deploy state/journal.tsv done 'records of steps'; \
	count track state/checks.tsv check checks

# ---- reports.  Oldest first: what is said later about a host counts.
REPORT = $(PM_SHARE)/report
REPORT_OPTIONS ?=
REPORT_ABOUT = $(foreach folder,$(POLICY),--policy $(folder)) \
	$(if $(filter-out -,$(LEAD)),--lead "$$LEAD") \
	--max-host-age $(MAX_HOST_AGE) --max-feed-age $(MAX_FEED_AGE) \
	$(REPORT_OPTIONS)
REPORT_FILES = $$(oldest_first state/scored.tsv state/plan.tsv $(APPROVED) \
	$(APPROVALS) $(RECORDS) state/journal.tsv state/checks.tsv state/ledger.tsv)

#: make report     reports/: report.html and report.txt for people, metrics.prom,
#:                 needs.csv, hosts.csv, and tables.tsv, which all are made from
.PHONY: report
report:
	@$(TOOLS) files=$(REPORT_FILES); \
	test -n "$$files" || { \
		echo 'report: nothing is there to report of: make evaluate' >&2; exit 66; }; \
	export PM_NOW=$${PM_NOW:-$$(date -u +%Y-%m-%dT%H:%M:%SZ)}; \
	$(REPORT)/tables $(REPORT_ABOUT) -t all $$files >state/report.part; \
	awk -F '\t' '$$1 !~ /^#?sla$$/' state/report.part | keep reports/tables.tsv; \
	awk -F '\t' '$$1 ~ /^#?sla$$/' state/report.part | keep reports/needs.tsv; \
	rm state/report.part; \
	$(REPORT)/management --tables reports/tables.tsv $(REPORT_OPTIONS) | \
	    keep reports/report.txt; \
	$(REPORT)/management --html --tables reports/tables.tsv $(REPORT_OPTIONS) | \
	    keep reports/report.html; \
	$(REPORT)/prometheus --tables reports/tables.tsv | keep reports/metrics.prom; \
	$(REPORT)/csv -t sla reports/needs.tsv | keep reports/needs.csv; \
	$(REPORT)/csv -t status reports/tables.tsv | keep reports/hosts.csv; \
	sed -n '/^  Hosts  /,/^$$/p' reports/report.txt

#: make mail       send each owner the report of their hosts, FROM=ADDRESS
.PHONY: mail
mail: state/plan.tsv
	@test -n "$$FROM" || { echo 'mail: say from whom: FROM=ADDRESS' >&2; exit 64; }
	@$(TOOLS) $(REPORT)/mail --from "$$FROM" $(REPORT_ABOUT) state/plan.tsv \
	    $(RECORDS) $(wildcard state/journal.tsv state/checks.tsv)
