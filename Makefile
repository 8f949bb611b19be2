# nfref: see `make help`.
#
# One file for the whole tree. Sources are found by pattern: core/*/*.c is the library,
# harness/*.c the command, *_test.c beside a source its unit test. Everything built is in build/.

VERSION := $(shell sed -n 's/^\#define NFR_VERSION "\(.*\)"/\1/p' core/include/nfref/nfref.h)
PREFIX ?= /usr/local
B ?= build
CC ?= gcc
OBJCOPY ?= objcopy
CFLAGS ?= -O2 -g
PCAP ?= -lpcap
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wundef
CORE_FLAGS := -std=c11 $(WARN) -Icore/include -Icore -fPIC -fvisibility=default
LTO := $(if $(findstring Free Software,$(shell $(CC) --version)),-flto=2 -fno-semantic-interposition)
HOST_FLAGS := -std=gnu11 $(WARN) -Icore/include -Icore -Iharness -D_GNU_SOURCE \
	-D_FILE_OFFSET_BITS=64

CORE_SRC := $(filter-out %_test.c,$(wildcard core/*/*.c))
CORE_OBJ := $(CORE_SRC:%.c=$(B)/%.o)
CMD_SRC := $(filter-out %_test.c,$(wildcard harness/*.c harness/*/*.c))
CMD_OBJ := $(CMD_SRC:%.c=$(B)/%.o)
# the command without its main(), for tests and fuzz targets; from an archive each takes what it uses
HARNESS_OBJ := $(filter-out $(B)/harness/main.o,$(CMD_OBJ))
HARNESS := $(B)/harness.a
TEST_SRC := $(wildcard core/*/*_test.c harness/*_test.c harness/*/*_test.c)
TEST_BIN := $(TEST_SRC:%.c=$(B)/test/%)
BENCH_SRC := $(wildcard bench/*.c)
# fuzz targets: fuzz/*.c, what they share in fuzz/lib; those of fuzz/negative must crash
FUZZ_TARGETS := $(basename $(notdir $(wildcard fuzz/*.c)))
FUZZ_LIB_OBJ := $(patsubst %.c,$(B)/%.o,$(filter-out fuzz/lib/standalone.c fuzz/lib/afl_%,$(wildcard fuzz/lib/*.c)))
FUZZ_BIN := $(FUZZ_TARGETS:%=$(B)/replay/%) $(patsubst fuzz/%.c,$(B)/replay/%,$(wildcard fuzz/negative/*.c))
BENCH_OBJ := $(BENCH_SRC:%.c=$(B)/%.o)
DEMO := conformance/cases/ftp/session-masquerade

.DEFAULT_GOAL := all
.PHONY: all bench bench-budget bench-gate bench-peers bench-plot check check-fuzz check-live \
	check-report check-suite check-vm clean coverage fuzz fuzz-afl fuzz-cov fuzz-diff fuzz-replay fuzz-smoke help install lint \
	run setup tests unit

all: $(B)/libnfref.a $(B)/libnfref.so $(B)/nfref ## build the command and the libraries, in build/

run: all ## replay a captured FTP session through MASQUERADE and show every packet's way
	@$(B)/nfref trace $(DEMO)

check: ## run all tests (installs what they need); the last line is their sum
	@ci/setup check
	@ci/check

check-live: all ## hold the recordings to this machine's kernel (Linux, root)
	@ci/setup live
	@ci/live

check-vm: all ## hold the recordings to Debian's kernels 6.1 and 6.12, in QEMU; SHARD=1/8 a part, OUT=DIR reports
	@ci/setup live
	@ci/setup vm
	@ci/vm $(SHARD)

check-report: all ## look at the suite's report in a headless Chromium
	@ci/setup report
	@ci/report-browser

check-suite: all ## break nfref on purpose, many times: the suite must see it each time
	@ci/mutations

setup: ## install everything that any target needs
	@ci/setup all

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

# the C library's or libpcap's headers may be missing: ci/setup installs them, or says what to install
$(B)/.setup: ci/setup
	@ci/setup run
	@mkdir -p $(@D)
	@touch $@

# gcc optimizes the library as one unit, and what comes out is an ordinary object; others only put
# it together, without the compiler, which would link a sanitizer's runtime into it. What gcc calls
# things by is hidden again: another such object may have the same names.
$(B)/core.o: $(CORE_OBJ)
	$(if $(LTO),$(CC) $(CFLAGS) -fPIC $(LTO) -flinker-output=nolto-rel,$(LD)) -r -o $@ $^
	@$(OBJCOPY) -w --keep-global-symbol='nfr_*' $@

$(B)/libnfref.a: $(B)/core.o
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/libnfref.so: $(B)/core.o
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libnfref.so.0 -o $@ $^

$(HARNESS): $(HARNESS_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/nfref: $(B)/harness/main.o $(HARNESS) $(B)/libnfref.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PCAP)

$(B)/core/%.o: core/%.c | $(B)/.setup
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(CFLAGS) $(LTO) -MMD -MP -c -o $@ $<

$(B)/harness/%.o: harness/%.c | $(B)/.setup
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# a unit test is linked with all objects, its own source's too, and includes what it tests
$(B)/test/%: %.c $(HARNESS) $(B)/libnfref.a
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) -Icore $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(HARNESS) $(B)/libnfref.a -lcmocka $(PCAP)

unit: $(TEST_BIN) ## build and run the unit tests; T=core/ct only those below a folder
	@fail=0; for t in $(if $(T),$(filter $(B)/test/$(T)%,$^),$^); do $$t || fail=1; done; exit $$fail

tests: $(TEST_BIN)

lint: all ## hold the sources to the rules of the project
	@ci/lint

# ---- measuring ----

COV_FLAGS := -O0 -g --coverage -fprofile-update=atomic

coverage: ## line and branch coverage of core/, as HTML in build/cov/html
	@ci/setup all
	@$(MAKE) -s B=build/cov LTO= CFLAGS="$(COV_FLAGS)" LDFLAGS=--coverage all tests
	@find build/cov -name '*.gcda' -delete
	@$(MAKE) -s B=build/cov LTO= CFLAGS="$(COV_FLAGS)" LDFLAGS=--coverage unit >build/cov/unit.log 2>&1 || { tail -20 build/cov/unit.log; exit 1; }
	@NFREF=$(CURDIR)/build/cov/nfref conformance/run | tail -1
	@mkdir -p build/cov/html
	@gcovr -r . --object-directory build/cov -f 'core/' -e '.*_test\.c' --exclude-throw-branches \
		--html-details build/cov/html/index.html --txt --print-summary \
		--fail-under-line 90 --fail-under-branch 80

bench: $(B)/nfref-bench ## build the benchmarks: build/nfref-bench --list

bench-gate: $(B)/nfref-bench ## count the instructions of workloads against their budgets
	@ci/setup check
	@ci/gate

bench-budget: $(B)/nfref-bench ## write those budgets anew
	@ci/setup check
	@ci/gate --renew
	@git --no-pager diff --stat -- bench/budget

PEERS := $(B)/peers/kernel $(B)/peers/lookup $(B)/peers/frames.bpf.o

bench-peers: ## measure nfref beside the kernel and DPDK's rte_hash, as root; REPS=10, FILTER='*'
	@ci/setup peers
	@$(MAKE) -s $(B)/nfref-bench $(PEERS)
	@bench/peers/run --reps $(or $(REPS),10) --filter '$(or $(FILTER),*)'

bench-plot: ## draw what bench-peers measured: bench/flows.svg and bench/rules.svg
	@ci/setup peers
	@bench/peers/plot

$(B)/peers/kernel: bench/peers/kernel.c bench/peers/frames.h bench/flow.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -o $@ $< -lbpf

# DPDK's headers are not for strict warnings
$(B)/peers/lookup: bench/peers/lookup.c bench/flow.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror $(CFLAGS) `pkg-config --cflags libdpdk` -o $@ $< -lrte_hash -lrte_eal

$(B)/peers/frames.bpf.o: bench/peers/frames.bpf.c bench/peers/frames.h bench/flow.h
	@mkdir -p $(@D)
	clang -target bpf -ffreestanding -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -I/usr/include/`$(CC) -dumpmachine` -c -o $@ $<

$(B)/nfref-bench: $(BENCH_OBJ) $(HARNESS) $(B)/libnfref.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PCAP)

$(B)/bench/%.o: bench/%.c | $(B)/.setup
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# ---- fuzzing ----

FUZZ_FLAGS := $(HOST_FLAGS) -Ifuzz

$(B)/fuzz.a: $(FUZZ_LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/fuzz/%.o: fuzz/%.c | $(B)/.setup
	@mkdir -p $(@D)
	$(CC) $(FUZZ_FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# plain programs that run files through a target
$(B)/replay/%: $(B)/fuzz/%.o $(B)/fuzz/lib/standalone.o $(B)/fuzz.a $(HARNESS) $(B)/libnfref.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpcap

fuzz-replay: $(FUZZ_BIN)

fuzz: ## fuzz one target with libFuzzer: T=packet
	@ci/setup fuzz
	@fuzz/run fuzz $(T)

fuzz-smoke: ## every target for 20 s
	@ci/setup fuzz
	@fuzz/run smoke

fuzz-afl: ## fuzz one target with AFL++: T=packet
	@ci/setup fuzz
	@fuzz/run afl $(T)

fuzz-cov: ## what the corpora reach, as HTML in build/fuzzcov/html
	@ci/setup all
	@fuzz/run cov

check-fuzz: ## build and check the targets as OSS-Fuzz does, for every engine and sanitizer
	@ci/setup fuzz
	@ci/fuzz-engines
	@ci/fuzz-iptables

# ---- comparing with this machine's kernel ----

DIFF_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard fuzz/diff/*.c))

fuzz-diff: ## compare random routers and traffic with this machine's kernel, as root; COUNT=1000, SEED=
	@ci/setup diff
	@$(MAKE) -s $(B)/nfref-diff
	@$(B)/nfref-diff --cover --count $(or $(COUNT),1000) $(if $(SEED),--seed $(SEED))

$(B)/nfref-diff: $(DIFF_OBJ) $(HARNESS) $(B)/libnfref.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpcap -lmnl -lnetfilter_conntrack

# ---- installing ----

install: all ## install command, libraries, header, pkg-config file and man page; PREFIX, DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig \
		$(DESTDIR)$(PREFIX)/include/nfref $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(B)/nfref $(DESTDIR)$(PREFIX)/bin/nfref
	install -m 644 $(B)/libnfref.a $(DESTDIR)$(PREFIX)/lib/libnfref.a
	install -m 755 $(B)/libnfref.so $(DESTDIR)$(PREFIX)/lib/libnfref.so.0
	ln -sf libnfref.so.0 $(DESTDIR)$(PREFIX)/lib/libnfref.so
	install -m 644 core/include/nfref/*.h core/include/nfref/*.def $(DESTDIR)$(PREFIX)/include/nfref
	printf 'prefix=%s\nlibdir=$${prefix}/lib\nincludedir=$${prefix}/include\n\nName: nfref\nDescription: %s\nVersion: %s\nLibs: -L$${libdir} -lnfref\nCflags: -I$${includedir}\n' \
		'$(PREFIX)' 'Linux netfilter as a deterministic library' '$(VERSION)' \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/nfref.pc
	install -m 644 harness/nfref.1 $(DESTDIR)$(PREFIX)/share/man/man1/nfref.1

clean: ## remove everything built
	rm -rf build

-include $(CORE_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(BENCH_OBJ:.o=.d) $(TEST_BIN:=.d) $(wildcard $(B)/fuzz/*.d $(B)/fuzz/*/*.d)
