# make demo and make test do everything on a fresh Debian or Ubuntu machine: install what is missing, build, run.
CC ?= cc
WARNINGS = -Wall -Wextra -pedantic -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wwrite-strings -Wpointer-arith
CFLAGS ?= -O2 -g
CORE_CFLAGS = -std=c99 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARNINGS) $(if $(CI),-Werror)
LUA54_CFLAGS ?= $(shell pkg-config --cflags lua5.4 2>/dev/null || echo -I/usr/include/lua5.4)
LUA51_CFLAGS ?= $(shell pkg-config --cflags lua5.1 2>/dev/null || echo -I/usr/include/lua5.1)
CURL_LIBS ?= $(shell pkg-config --libs libcurl 2>/dev/null || echo -lcurl)
ifeq ($(shell uname),Darwin)
SHARED = -bundle -undefined dynamic_lookup
else
SHARED = -shared
endif

SOURCES = $(wildcard src/*.c)
OBJECTS54 = $(SOURCES:src/%.c=build/lua5.4/obj/%.o)
OBJECTS51 = $(SOURCES:src/%.c=build/lua5.1/obj/%.o)

.PHONY: help build examples demo test scorecard fuzz bench lint rockspec clean setup-build setup-demo setup-test setup-bench
help:
	@echo "make demo    set up, build, run the main job against the simulator"
	@echo "make test    set up, build, lint, run every check"
	@echo "make scorecard  what becomes of jobs when providers fail, as a table"
	@echo "make fuzz    every fuzz target for a minute"
	@echo "make build   build/lua5.4/retake/core.so and build/lua5.1/retake/core.so"
	@echo "make examples  build/examples/embed, a C program with retake in it"
	@echo "make bench   engine throughput, waiting jobs, idle cost"
	@echo "make clean   remove build/"

# A machine without a compiler gets one; whoever has one has set it up to their liking.
build: $(if $(shell command -v $(CC) 2>/dev/null),,setup-build) build/lua5.4/retake/core.so build/lua5.1/retake/core.so
$(OBJECTS54) $(OBJECTS51): | $(if $(shell command -v $(CC) 2>/dev/null),,setup-build)

# Never linked with liblua: the host program brings its own.
build/lua5.4/retake/core.so: $(OBJECTS54)
	@mkdir -p $(@D)
	$(CC) $(SHARED) -o $@ $^ $(LDFLAGS) $(CURL_LIBS)
build/lua5.1/retake/core.so: $(OBJECTS51)
	@mkdir -p $(@D)
	$(CC) $(SHARED) -o $@ $^ $(LDFLAGS) $(CURL_LIBS)

# For programs that have the core in themselves: they link it with their own Lua and libcurl, and hand luaopen_retake_core to luaL_requiref.
build/lua%/libretake.a:
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^
build/lua5.4/libretake.a: $(OBJECTS54)
build/lua5.1/libretake.a: $(OBJECTS51)

LUA54_LIBS ?= $(shell pkg-config --libs lua5.4 2>/dev/null || echo -llua5.4)
examples: build/examples/embed
build/examples/embed: examples/embed/embed.c build/lua5.4/libretake.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -std=c99 -D_GNU_SOURCE $(WARNINGS) $(if $(CI),-Werror) $(LUA54_CFLAGS) -o $@ $^ $(LUA54_LIBS) $(CURL_LIBS) -lm -ldl -lpthread

build/lua5.4/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CORE_CFLAGS) $(LUA54_CFLAGS) -MMD -c -o $@ $<
build/lua5.1/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CORE_CFLAGS) $(LUA51_CFLAGS) -MMD -c -o $@ $<
-include $(OBJECTS54:.o=.d) $(OBJECTS51:.o=.d)

setup-build:
	@sh tools/setup.sh build
setup-demo:
	@sh tools/setup.sh demo
setup-test:
	@sh tools/setup.sh test

setup-bench:
	@sh tools/setup.sh bench

demo: setup-demo
	@$(MAKE) --no-print-directory -s build/lua5.4/retake/core.so
	@sh tools/demo.sh

test: setup-test
	@bash tools/test.sh

# Over real sockets, judged by the stand-ins' logs; the same scenarios are spec/scorecard_spec.lua.
scorecard: setup-demo
	@$(MAKE) --no-print-directory -s build/lua5.4/retake/core.so
	@LUA_PATH="./?.lua;./lua/?.lua;./lua/?/init.lua;;" LUA_CPATH="./build/lua5.4/?.so;;" lua5.4 tools/scorecard.lua

# FUZZ_SECONDS=600 FUZZ_ONLY=fuzz_uri make fuzz: one target, for longer. The seeds are pictures and videos made on the spot.
fuzz: setup-test
	@lua5.4 spec/support/media_images.lua build/images/
	@lua5.4 spec/support/media_videos.lua build/videos/
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-60} FUZZ_AT_ONCE=$${FUZZ_AT_ONCE:-$$(nproc)} bash tools/test.sh fuzz

bench: setup-bench
	@$(MAKE) --no-print-directory -s build
	@bash tools/bench.sh

lint:
	@luacheck -q --no-cache $(wildcard lua spec examples bench types bin/retake *.rockspec)

# After a file of src/ or lua/ came or went.
rockspec:
	@sh tools/rockspec.sh

clean:
	rm -rf build
