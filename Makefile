# pm: patch management as a pipeline.  GNU make; one file, no recursion but to
# build the same rules again in another folder (sanitize, fuzz).
#
#   sudo make demo     what is missing on this machine; changes nothing
#   sudo make check    every test; the last line is "N passed, N failed"
#   make help          all targets

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
SHELL = /bin/bash
.SHELLFLAGS = -eu -o pipefail -c
.DEFAULT_GOAL = all

VERSION = 0.1.0
B ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
ifeq ($(origin CC),default)
CC = cc
endif
CFLAGS ?= -O2 -g
LDFLAGS ?=
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60

bindir = $(PREFIX)/bin
datadir = $(PREFIX)/share/pm
mandir = $(PREFIX)/share/man
unitdir = $(PREFIX)/lib/systemd/system

PROGRAMS = $(notdir $(wildcard cmd/pm-*))

# ---- Debian packages; the targets named here first install what is missing
BUILD_PACKAGES = gcc make libc6-dev pkg-config libbsd-dev nettle-dev \
	libpcre2-dev libcsv-dev libarchive-dev libical-dev zlib1g-dev libexpat1-dev \
	libyajl-dev libyaml-dev libsolv-dev libsolvext-dev bsdextrautils
TEST_PACKAGES = bats perl jq mandoc mmdebstrap sqlite3 mawk time zstd lz4 xz-utils bzip2 unzip \
	util-linux iproute2 valgrind libdpkg-dev libapt-pkg-dev librpm-dev g++ clang \
	debsecan lynis openssh-client busybox-static apt-utils gnupg rpm createrepo-c dnf zsh fish \
	nmap snmp snmpd parallel ansible-core zypper pacman-package-manager makepkg \
	libarchive-tools chromium gawk
BENCH_PACKAGES = clustershell pssh pdsh
LAB_PACKAGES = mmdebstrap apt-utils busybox-static gnupg iproute2 \
	openssh-client util-linux rpm createrepo-c
DEB_PACKAGES = dpkg-dev debhelper lintian
LINT_PACKAGES = git clang-tidy clang-format cppcheck shellcheck mandoc
NEEDED_BY = $(if $(filter $(1),$(MAKECMDGOALS)),$(2))
NEEDED = $(sort \
	$(call NEEDED_BY,demo,$(BUILD_PACKAGES)) \
	$(call NEEDED_BY,check check-fast sanitize valgrind fuzz bench scale soak, \
	    $(BUILD_PACKAGES) $(TEST_PACKAGES)) \
	$(call NEEDED_BY,bench,$(BENCH_PACKAGES)) \
	$(call NEEDED_BY,lab chaos,$(BUILD_PACKAGES) $(LAB_PACKAGES)) \
	$(call NEEDED_BY,deb,$(BUILD_PACKAGES) $(DEB_PACKAGES)) \
	$(call NEEDED_BY,lint,$(BUILD_PACKAGES) $(LINT_PACKAGES)))

.PHONY: packages
packages:
	@$(if $(NEEDED),tests/lib/packages $(NEEDED))

# ---- building
PKGS = libbsd-overlay nettle libpcre2-8 libarchive libical zlib expat yajl yaml-0.1 \
	libsolv libsolvext
# asked once, when the first recipe needs it: by then packages are installed
pkg_config = $(or $(shell pkg-config $(1)),$(error pkg-config $(1) failed: \
	install $(BUILD_PACKAGES)))
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(call pkg_config,--cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(call pkg_config,--libs $(PKGS)))$(PKG_LIBS)
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings
HARDEN = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
HARDEN_LINK = -pie -Wl,-z,relro,-z,now
PM_CFLAGS = -std=c11 -D_GNU_SOURCE -DLIBBSD_OPENBSD_VIS -Ilib \
	-include lib/banned.h -MMD -MP $(WARN) $(HARDEN) \
	-DPM_VERSION='"$(VERSION)"' -DPM_DATADIR='"$(datadir)"' $(PKG_CFLAGS)
LIBS = $(PKG_LIBS) -lcsv -lm
LINK = $(CC) $(HARDEN_LINK) $(CFLAGS) $(LDFLAGS) -o $@ \
	$(filter %.o,$^) $(filter %.a,$^) -Wl,--as-needed $(LIBS)

LIB_OBJECTS = $(patsubst %.c,$(B)/%.o,$(wildcard lib/*.c))

#: make            build the programs into build/bin
.PHONY: all
all: $(PROGRAMS:%=$(B)/bin/%)

$(B)/%.o: %.c Makefile | packages
	@mkdir -p $(@D)
	$(CC) $(PM_CFLAGS) $(CFLAGS) -c -o $@ $<

# Some programs know where their data will be: make, then make install with
# another PREFIX, compiles these again.
$(B)/datadir: $(if $(filter $(datadir),$(shell cat $(B)/datadir 2>/dev/null)),,FORCE)
	@mkdir -p $(@D)
	@echo '$(datadir)' >$@
.PHONY: FORCE
$(patsubst %.c,$(B)/%.o,$(shell grep -l PM_DATADIR lib/*.c cmd/*/*.c)): $(B)/datadir

$(B)/libpm.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

define PROGRAM
$(B)/bin/$(1): $(patsubst %.c,$(B)/%.o,$(wildcard cmd/$(1)/*.c)) $(B)/libpm.a
	@mkdir -p $$(@D)
	$$(LINK)
endef
$(foreach program,$(PROGRAMS),$(eval $(call PROGRAM,$(program))))

# ---- test programs: tests/unit/NAME.c is a TAP program over lib
UNITS = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libpm.a
	@mkdir -p $(@D)
	$(LINK)

# tests/fuzz/NAME.c is a fuzz target; here its corpus is only replayed
FUZZERS = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
REPLAYS = $(FUZZERS:%=$(B)/replay/%)
$(B)/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/lib/replay.o $(B)/libpm.a
	@mkdir -p $(@D)
	$(LINK)

$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libpm.a
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer

# ---- oracles: version order against the libraries that define it, as far as
# their packages are there; the program says what it has to skip
ORACLES = $(B)/oracle/version
$(B)/oracle/version: $(wildcard tests/oracle/*) tests/lib/version_maker.h \
    $(B)/libpm.a Makefile | packages
	@mkdir -p $(@D)
	CC='$(CC)' CXX='$(CXX)' FLAGS="$(filter-out -MMD -MP -DPM_%,$(PM_CFLAGS)) $(CFLAGS)" \
	    tests/oracle/build $@ $(B)/libpm.a $(HARDEN_LINK) $(LDFLAGS) $(LIBS)

# tests of modules that belong to one program
COLLECT = $(B)/cmd/pm-collect/
$(foreach kind,unit replay fuzz,$(B)/$(kind)/deb822): \
	$(COLLECT)bytes.o $(COLLECT)deb822.o
$(foreach kind,replay fuzz,$(B)/$(kind)/csv): $(COLLECT)csv_table.o
$(B)/unit/collect: $(addprefix $(COLLECT),bytes.o list.o tree.o reply.o owner.o \
	process.o process_view.o)

FEED_FUZZERS = $(filter feed_% dump_% firewall_% discovery_% reply apt_%,$(FUZZERS))
$(foreach kind,replay fuzz,$(FEED_FUZZERS:%=$(B)/$(kind)/%)): $(filter-out \
	%/main.o,$(patsubst %.c,$(B)/%.o,$(wildcard cmd/pm-collect/*.c)))

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- running.  What root builds belongs to the owner of the tree.
OWNED = if [ "$$(id -u)" -eq 0 ]; then chown -R --reference=Makefile $(B); fi
RUN = $(OWNED); export PM_BUILD=$(abspath $(B)) JOBS=$(JOBS); tests/lib/run
TESTS = $(UNITS) $(ORACLES) $(REPLAYS) $(wildcard tests/*.bats)

#: make demo       what is missing on this machine, how urgent, and the plan
.PHONY: demo
demo: all
	@$(OWNED); PATH=$(abspath $(B))/bin:$$PATH share/demo $(B)/demo

#: make check      build and run every test
#: make check-fast the tests that take less than three minutes
.PHONY: check check-fast
check: all $(UNITS) $(ORACLES) $(REPLAYS)
	@$(RUN) $(TESTS)
check-fast: all $(UNITS) $(REPLAYS)
	@$(RUN) -t '!slow' $(filter-out $(ORACLES),$(TESTS))

#: make requirements which test shows which requirement, and how it went in the
#:                 last make check
.PHONY: requirements
requirements:
	@tests/lib/requirements $(B)/test-results $(wildcard tests/*.bats)

HOSTS ?= 8
COMMAND ?= $(SHELL)
#: make lab        HOSTS=8 real hosts on this machine and a shell beside them, or
#:                 COMMAND; ssh -F $$SSH_CONFIG h1, see share/lab/lab
.PHONY: lab
lab: all
	@$(OWNED); PATH=$(abspath $(B))/bin:$$PATH PM_POLICY=$(abspath share/policy) \
	    PM_DRIVERS=$(abspath share/drivers) share/lab/lab $(HOSTS) $(COMMAND)

RUNS ?= 200
SEED ?= 1
#: make chaos      RUNS=200 upgrades on hosts of the lab, one fault in each
.PHONY: chaos
chaos: all
	@$(OWNED); PATH=$(abspath $(B))/bin:$$PATH PM_POLICY=$(abspath share/policy) \
	    PM_DRIVERS=$(abspath share/drivers) tests/chaos/run $(RUNS) $(SEED)

#: make soak       RUNS=10000 runs of cron, five minutes apart by their clock, on
#:                 a site of real systems
.PHONY: soak
soak: RUNS = 10000
soak: all
	@$(OWNED); PM_BUILD=$(abspath $(B)) tests/soak/run $(RUNS)

SANITIZE = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=address,undefined -DMEMORY_RESTLESS
#: make sanitize   every test with the address and undefined sanitizers
.PHONY: sanitize sanitized-programs
sanitize: packages
	ASAN_OPTIONS=exitcode=99:detect_leaks=1:strict_string_checks=1 \
	UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 PM_TEST_TIMEOUT=3600 \
	$(MAKE) B=build-sanitize CFLAGS='$(SANITIZE)' HARDEN= HARDEN_LINK= check
# for the one test of make check that wants them
sanitized-programs:
	$(MAKE) B=build-sanitize CFLAGS='$(SANITIZE)' HARDEN= HARDEN_LINK= all

VALGRIND = valgrind -q --error-exitcode=99
# valgrind 3.19 knows neither openat2 nor pidfd_open; make sanitize runs these
VALGRIND_UNITS = $(filter-out $(B)/unit/collect $(B)/unit/run,$(UNITS))
#: make valgrind   unit tests and the demo under valgrind
.PHONY: valgrind
valgrind: all $(VALGRIND_UNITS)
	@for unit in $(VALGRIND_UNITS); do \
		echo "$$unit"; $(VALGRIND) $$unit >$(B)/valgrind.tap || \
		    { cat $(B)/valgrind.tap; exit 1; }; \
	done
	@mkdir -p $(B)/valgrind
	@for program in $(PROGRAMS); do \
		printf '#!/bin/sh\nexec %s %s "$$@"\n' '$(VALGRIND)' \
		    $(abspath $(B))/bin/$$program >$(B)/valgrind/$$program; \
		chmod +x $(B)/valgrind/$$program; \
	done
	PATH=$(abspath $(B))/valgrind:$$PATH share/demo $(B)/valgrind/demo

#: make fuzz       each fuzz target for FUZZ_SECONDS=60 of processor time; carries
#:                 on where a run of the same programs was interrupted
.PHONY: fuzz fuzz-run
fuzz: packages
	ASAN_OPTIONS=detect_leaks=1 $(MAKE) B=build-fuzz CC=clang HARDEN= \
	    HARDEN_LINK= CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' fuzz-run
fuzz-run: $(FUZZERS:%=$(B)/fuzz/%)
	@$(OWNED); tests/fuzz/run $(B) $(FUZZ_SECONDS) $(FUZZERS)

#: make bench      measure against ordinary tools, in one run
.PHONY: bench
$(B)/bin/generate: $(B)/tests/bench/generate.o
	@mkdir -p $(@D)
	$(CC) $(HARDEN_LINK) $(CFLAGS) $(LDFLAGS) -o $@ $^
bench: all $(B)/bin/generate
	@tests/bench/match $(B)
	@tests/bench/debian $(B)
	@tests/bench/score $(B)
	@tests/bench/plan $(B)
	@tests/bench/prerequisites $(B)
	@tests/bench/feeds $(B)
	@tests/bench/fanout $(B)

#: make scale      HOSTS="1000 10000 100000": time and memory of fleets that grow
.PHONY: scale
scale: HOSTS = 1000 10000 100000
scale: all $(B)/bin/generate
	@tests/bench/scale $(B) $(HOSTS)

#: make lint       static checks of C, shell and man pages, and of the layering
.PHONY: lint
lint: packages
	@JOBS=$(JOBS) tests/lib/lint $(CC) $(PM_CFLAGS)

# ---- completions of bash, zsh and fish, from the option tables
#: make completions write them to build/completions
.PHONY: completions
COMPLETED = $(addprefix $(B)/completions/,bash zsh $(PROGRAMS:%=%.fish))
completions: $(COMPLETED)
$(COMPLETED): tools/completions $(PROGRAMS:%=$(B)/bin/%)
	@mkdir -p $(@D)
	tools/completions $(if $(filter %.fish,$@),fish $(B)/bin/$(basename \
	    $(notdir $@)),$(notdir $@) $(PROGRAMS:%=$(B)/bin/%)) >$@

# ---- installing
PAGES = $(wildcard man/*.[1-8])
SHARED = $(shell find share -type f ! -path 'share/systemd/*')
PAGE_PATH = $(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
COMPLETIONS = $(DESTDIR)$(PREFIX)/share
UNITS_FOR_SYSTEMD = $(notdir $(wildcard share/systemd/*))
INSTALLED = $(PROGRAMS:%=$(DESTDIR)$(bindir)/%) \
	$(PROGRAMS:%=$(COMPLETIONS)/bash-completion/completions/%) \
	$(COMPLETIONS)/zsh/site-functions/_pm \
	$(PROGRAMS:%=$(COMPLETIONS)/fish/vendor_completions.d/%.fish) \
	$(UNITS_FOR_SYSTEMD:%=$(DESTDIR)$(unitdir)/%) \
	$(foreach page,$(PAGES),$(call PAGE_PATH,$(page))) \
	$(SHARED:share/%=$(DESTDIR)$(datadir)/%)

#: make install    below PREFIX=/usr/local, staged below DESTDIR
#: make uninstall  remove exactly what install put there
#: make installcheck what is installed is there and passes the tests
.PHONY: install uninstall installed installcheck
install: all completions
	@$(OWNED)
	install -d $(DESTDIR)$(bindir)
	install -m 755 $(PROGRAMS:%=$(B)/bin/%) $(DESTDIR)$(bindir)
	$(foreach program,$(PROGRAMS),\
	    install -D -m 644 $(B)/completions/bash \
	    $(COMPLETIONS)/bash-completion/completions/$(program);\
	    install -D -m 644 $(B)/completions/$(program).fish \
	    $(COMPLETIONS)/fish/vendor_completions.d/$(program).fish;)
	install -D -m 644 $(B)/completions/zsh \
	    $(COMPLETIONS)/zsh/site-functions/_pm
	$(foreach unit,$(UNITS_FOR_SYSTEMD),\
	    install -D -m 644 share/systemd/$(unit) $(DESTDIR)$(unitdir)/$(unit);)
	$(foreach page,$(PAGES),\
	    install -D -m 644 $(page) $(call PAGE_PATH,$(page));)
	sed -i 's|/usr/local/share/pm|$(datadir)|g' \
	    $(foreach page,$(PAGES),$(call PAGE_PATH,$(page)))
	cd share && find . -type f ! -path './systemd/*' -perm /111 \
	    -exec install -D -m 755 {} $(DESTDIR)$(datadir)/{} \;
	cd share && find . -type f ! -path './systemd/*' ! -perm /111 \
	    -exec install -D -m 644 {} $(DESTDIR)$(datadir)/{} \;
uninstall:
	rm -f $(INSTALLED)
	if [ -d $(DESTDIR)$(datadir) ]; then \
		find $(DESTDIR)$(datadir) -depth -type d -empty -delete; fi
installed:
	@for file in $(INSTALLED); do ls $$file >/dev/null; done
	@for program in $(PROGRAMS); do \
		$(DESTDIR)$(bindir)/$$program --version; done
installcheck: installed
	@export PM_PREFIX=$(DESTDIR)$(PREFIX); $(RUN) -t '!slow' $(filter-out \
	    tests/build.bats tests/package.bats,$(wildcard tests/*.bats))

#: make deb        a Debian package, in the folder above this one
.PHONY: deb
deb: packages
	dpkg-buildpackage --build=binary --no-sign

#: make clean      remove all build folders
.PHONY: clean
clean:
	rm -rf build build-*

.PHONY: help
help:
	@sed -n 's/^#: //p' Makefile
