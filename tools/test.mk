# What the tests build: make -f tools/test.mk CI=1 all. Everything goes below build/test.
include Makefile

CLANG ?= clang
TEST_CFLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LUA54_LIBS ?= $(shell pkg-config --libs lua5.4 2>/dev/null || echo -llua5.4)
LUA51_LIBS ?= $(shell pkg-config --libs lua5.1 2>/dev/null || echo -llua5.1)
PLAIN = $(filter-out src/lua_%.c,$(SOURCES))
FAILS_ALLOC = $(shell grep -l RT_FAIL_ALLOC spec/c/test_*.c 2>/dev/null)
T = build/test

UNITS = $(patsubst spec/c/%.c,$(T)/asan/%,$(wildcard spec/c/test_*.c))
FAIL_UNITS = $(patsubst spec/c/%.c,$(T)/fail/%,$(FAILS_ALLOC))
FUZZERS = $(patsubst spec/fuzz/%.c,$(T)/fuzz/%,$(wildcard spec/fuzz/fuzz_*.c))

.PHONY: all units fuzzers modules failing_host
all: units fuzzers modules failing_host $(T)/fault_server
units: $(UNITS) $(FAIL_UNITS)
fuzzers: $(FUZZERS)
modules: $(T)/lua5.4/retake/core.so $(T)/lua5.1/retake/core.so $(T)/lua5.4/lua $(T)/lua5.1/lua
failing_host: $(T)/failing_host

# $(1) folder, $(2) compiler, $(3) flags: objects of all sources under that folder, and a library of those that know no Lua
define objects
$(T)/$(1)/obj/%.o: src/%.c
	@mkdir -p $$(@D)
	$(2) $(3) $$(CORE_CFLAGS) -MMD -c -o $$@ $$<
$(T)/$(1)/libretake.a: $$(PLAIN:src/%.c=$(T)/$(1)/obj/%.o)
	@rm -f $$@
	ar rcs $$@ $$^
-include $$(SOURCES:src/%.c=$(T)/$(1)/obj/%.d)
endef
$(eval $(call objects,asan,$(CC),$(TEST_CFLAGS)))
$(eval $(call objects,fail,$(CC),$(TEST_CFLAGS) -DRT_FAIL_ALLOC $(LUA54_CFLAGS)))
$(eval $(call objects,fuzz,$(CLANG),$(TEST_CFLAGS) -fsanitize=fuzzer-no-link -Wno-unknown-warning-option))
$(eval $(call objects,lua5.4,$(CC),$(TEST_CFLAGS) $(LUA54_CFLAGS)))
$(eval $(call objects,lua5.1,$(CC),$(TEST_CFLAGS) $(LUA51_CFLAGS)))

UNIT_CFLAGS = -std=c99 -D_GNU_SOURCE $(WARNINGS) $(if $(CI),-Werror)
$(T)/asan/test_%: spec/c/test_%.c spec/c/unit.h $(T)/asan/libretake.a
	$(CC) $(TEST_CFLAGS) $(UNIT_CFLAGS) -o $@ $< $(T)/asan/libretake.a $(CURL_LIBS) -lm -lpthread
$(T)/fail/test_%: spec/c/test_%.c spec/c/unit.h $(T)/fail/libretake.a
	$(CC) $(TEST_CFLAGS) -DRT_FAIL_ALLOC $(UNIT_CFLAGS) -o $@ $< $(T)/fail/libretake.a $(CURL_LIBS) -lm -lpthread
$(T)/fuzz/fuzz_%: spec/fuzz/fuzz_%.c $(wildcard spec/fuzz/*.h spec/c/*.h) $(T)/fuzz/libretake.a
	$(CLANG) $(TEST_CFLAGS) -fsanitize=fuzzer -std=c99 -D_GNU_SOURCE -o $@ $< $(T)/fuzz/libretake.a $(CURL_LIBS) -lm -lpthread

$(T)/fault_server: spec/c/fault_server.c
	@mkdir -p $(@D)
	$(CC) -O1 -g -std=c99 $(WARNINGS) $(if $(CI),-Werror) -o $@ $< -lpthread

# The module as a host loads it, and an interpreter that has the sanitizers in it, so that its children need not.
$(T)/lua%/retake/core.so:
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SHARED) -o $@ $^ $(CURL_LIBS)
$(T)/lua5.4/retake/core.so: $(SOURCES:src/%.c=$(T)/lua5.4/obj/%.o)
$(T)/lua5.1/retake/core.so: $(SOURCES:src/%.c=$(T)/lua5.1/obj/%.o)
$(T)/lua5.4/lua: spec/c/lua_main.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(UNIT_CFLAGS) $(LUA54_CFLAGS) -Wl,-E -o $@ $< $(LUA54_LIBS) -lm -ldl
$(T)/lua5.1/lua: spec/c/lua_main.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(UNIT_CFLAGS) $(LUA51_CFLAGS) -Wl,-E -o $@ $< $(LUA51_LIBS) -lm -ldl

$(T)/failing_host: spec/c/failing_host.c $(SOURCES:src/%.c=$(T)/fail/obj/%.o)
	$(CC) $(TEST_CFLAGS) -DRT_FAIL_ALLOC $(UNIT_CFLAGS) $(LUA54_CFLAGS) -Wl,-E -o $@ $^ $(LUA54_LIBS) $(CURL_LIBS) -lm -ldl -lpthread
