# nfref: see `make help`.
#
# One file for the whole tree. Sources are found by pattern: core/*/*.c is the library,
# harness/*.c the command, *_test.c beside a source its unit test. Everything built is in build/.

VERSION := $(shell sed -n 's/^\#define NFR_VERSION "\(.*\)"/\1/p' core/include/nfref/nfref.h)
PREFIX ?= /usr/local
B ?= build
CC ?= gcc
CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wundef
CORE_FLAGS := -std=c11 $(WARN) -Icore/include -Icore -fPIC -fvisibility=default
HOST_FLAGS := -std=gnu11 $(WARN) -Icore/include -Icore -Iharness -D_GNU_SOURCE

CORE_SRC := $(filter-out %_test.c,$(wildcard core/*/*.c))
CORE_OBJ := $(CORE_SRC:%.c=$(B)/%.o)
CMD_SRC := $(filter-out %_test.c,$(wildcard harness/*.c harness/*/*.c))
CMD_OBJ := $(CMD_SRC:%.c=$(B)/%.o)
# the command without its main(), for tests and fuzz targets; from an archive each takes what it uses
HARNESS_OBJ := $(filter-out $(B)/harness/main.o,$(CMD_OBJ))
HARNESS := $(B)/harness.a
TEST_SRC := $(wildcard core/*/*_test.c harness/*_test.c harness/*/*_test.c)
TEST_BIN := $(TEST_SRC:%.c=$(B)/test/%)

ALL := $(B)/libnfref.a $(B)/libnfref.so $(if $(CMD_SRC),$(B)/nfref)

.DEFAULT_GOAL := all
.PHONY: all clean unit

all: $(ALL) ## build the command and the libraries

$(B)/libnfref.a: $(CORE_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/libnfref.so: $(CORE_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libnfref.so.0 -o $@ $^

$(HARNESS): $(HARNESS_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/nfref: $(B)/harness/main.o $(HARNESS) $(B)/libnfref.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpcap

$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/harness/%.o: harness/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# a unit test is linked with all objects, its own source's too, and includes what it tests
$(B)/test/%: %.c $(HARNESS) $(B)/libnfref.a
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) -Icore $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(HARNESS) $(B)/libnfref.a -lcmocka -lpcap

unit: $(TEST_BIN) ## build and run the unit tests; T=core/ct only those below a folder
	@fail=0; for t in $(if $(T),$(filter $(B)/test/$(T)%,$^),$^); do $$t || fail=1; done; exit $$fail

clean: ## remove everything built
	rm -rf build

-include $(CORE_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(TEST_BIN:=.d)
