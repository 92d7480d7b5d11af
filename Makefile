# GNU make. Targets: all demo check bench fuzz install clean; SAN=1 builds with ASan and UBSan.

CC ?= gcc
ifeq ($(origin CC),default)
CC = gcc
endif
comma := ,
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build$(if $(SAN),/san)
JOBS := $(shell nproc 2>/dev/null || echo 2)
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(JOBS)
endif

CXX := $(if $(findstring clang,$(CC)),clang++,g++)

VERSION := 0.1.0
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo none)

PKGS := libsodium jansson sqlite3 libpq libxml-2.0 icu-uc icu-i18n gsl libmicrohttpd
CPPFLAGS += -D_GNU_SOURCE -Iinclude -Isrc -I. $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wpointer-arith -Wwrite-strings -Wno-missing-field-initializers
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -ffp-contract=off -fno-common $(WARN)
LDLIBS := $(shell pkg-config --libs libsodium jansson sqlite3 libpq libxml-2.0 icu-uc icu-i18n libmicrohttpd 2>/dev/null) \
	-lgsl -lopenblas -lxgboost -llinear -linih -lcld2 -lstdc++ -lpthread -lm
ifdef SAN
override CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS += -fsanitize=address,undefined
endif

SRCS := $(filter-out src/cli/main.c,$(wildcard src/*/*.c))
OBJS := $(SRCS:%.c=$(BUILD)/%.o) $(patsubst %.cc,$(BUILD)/%.o,$(wildcard src/*/*.cc))
LIB := $(BUILD)/libtocsin.a
BIN := $(BUILD)/tocsin
TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/*/test_*.c))
FUZZERS := $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/fuzz_*.c))
REPLAYS := $(patsubst fuzz/%.c,$(BUILD)/replay/%,$(wildcard fuzz/fuzz_*.c))

all: $(BIN) $(LIB) $(BUILD)/tocsin.1 $(BUILD)/tocsin.bash

$(LIB): $(OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BIN): $(BUILD)/src/cli/main.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Other flags, other objects: SAN=1 into the folder of a plain build would test what is there.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS) $(LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS) $(LDFLAGS)' > $@

$(BUILD)/%.o: %.c Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# CLD2 speaks C++ only; its shim is the one file in that language.
$(BUILD)/%.o: %.cc Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CXX     $@"
	@$(CXX) -Iinclude -Isrc -I. -O2 -g -Wall -Wextra -Werror $(if $(SAN),-fsanitize=address$(comma)undefined) -MMD -MP -c -o $@ $<

# The version stands in one object; it is rebuilt when the commit changes.
$(BUILD)/src/cli/version.o: CPPFLAGS += -DTOCSIN_VERSION='"$(VERSION)"' -DTOCSIN_COMMIT='"$(COMMIT)"'
$(BUILD)/src/cli/version.o: $(BUILD)/commit
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' > $@

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) -lcmocka $(LDLIBS)

# A fuzz target replays its corpus in `check` (driver.c), and runs under libFuzzer in `fuzz`.
$(BUILD)/replay/%: $(BUILD)/fuzz/%.o $(BUILD)/fuzz/driver.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(BUILD)/fuzz/$*.o $(BUILD)/fuzz/driver.o $(LIB) $(LDLIBS)

# A bench that calls a core or the store itself.
$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

check: all $(TESTS) $(REPLAYS)
	@BUILD='$(BUILD)' CC='$(CC)' sh tests/check.sh $(TESTS)

demo: all
	@sh data/demo/demo.sh $(BIN)

bench: all
	@BUILD='$(BUILD)' sh bench/run.sh

FUZZ_SECONDS ?= 60
fuzz:
	@sh fuzz/run.sh $(FUZZ_SECONDS)

# The man page's options come from the command table, by way of the program itself.
$(BUILD)/tocsin.1: $(BIN) man/tocsin.1.scd
	@{ cat man/tocsin.1.scd; $(BIN) help --man; } > $(BUILD)/tocsin.1.scd
	scdoc < $(BUILD)/tocsin.1.scd > $@

$(BUILD)/tocsin.bash: $(BIN)
	$(BIN) help --bash > $@

install: all
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/tocsin
	install -D -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib/libtocsin.a
	install -D -m 644 $(BUILD)/tocsin.1 $(DESTDIR)$(PREFIX)/share/man/man1/tocsin.1
	install -D -m 644 $(BUILD)/tocsin.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tocsin
	install -d $(DESTDIR)$(PREFIX)/include/tocsin $(DESTDIR)$(PREFIX)/share/tocsin
	install -m 644 include/tocsin/*.h $(DESTDIR)$(PREFIX)/include/tocsin
	cp -R data/. $(DESTDIR)$(PREFIX)/share/tocsin/

clean:
	rm -rf build

FORCE:
.PHONY: all check demo bench fuzz install clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
