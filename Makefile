# pm: patch management as a pipeline.  GNU make; one file, no recursion.
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

bindir = $(PREFIX)/bin
datadir = $(PREFIX)/share/pm
mandir = $(PREFIX)/share/man

PROGRAMS = pm-collect pm-match pm-score pm-plan pm-apply pm-verify

# ---- what Debian packages are needed; both lists are used by demo and check
BUILD_PACKAGES = gcc make libc6-dev pkg-config libbsd-dev libmd-dev \
	libpcre2-dev libcsv-dev libarchive-dev libical-dev
TEST_PACKAGES = bats perl mandoc mmdebstrap sqlite3 mawk time zstd lz4 xz-utils \
	util-linux valgrind libdpkg-dev libapt-pkg-dev librpm-dev g++ clang

# ---- building
PKGS = libbsd-overlay libmd libpcre2-8 libarchive libical
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings
HARDEN = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
HARDEN_LINK = -pie -Wl,-z,relro,-z,now
PM_CFLAGS = -std=c11 -D_GNU_SOURCE -DLIBBSD_OPENBSD_VIS -Ilib -include lib/banned.h -MMD -MP \
	$(WARN) $(HARDEN) -DPM_VERSION='"$(VERSION)"' \
	-DPM_DATADIR='"$(datadir)"' $(PKG_CFLAGS)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
LIBS = $(PKG_LIBS) -lcsv

LIB_OBJECTS = $(patsubst %.c,$(B)/%.o,$(wildcard lib/*.c))

.PHONY: all
all: $(PROGRAMS:%=$(B)/bin/%)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(PM_CFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/libpm.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

define PROGRAM
$(B)/bin/$(1): $(patsubst %.c,$(B)/%.o,$(wildcard cmd/$(1)/*.c)) $(B)/libpm.a
	@mkdir -p $$(@D)
	$$(CC) $$(HARDEN_LINK) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach program,$(PROGRAMS),$(eval $(call PROGRAM,$(program))))

# ---- unit tests: tests/unit/NAME.c is a TAP program over lib
UNITS = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libpm.a
	@mkdir -p $(@D)
	$(CC) $(HARDEN_LINK) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: clean
clean:
	rm -rf build build-*
