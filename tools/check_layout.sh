#!/bin/sh
# check_layout.sh: what the house promises of itself and a compiler does not check. Needs both modules built.
set -u
cd "$(dirname "$0")/.." || exit 2
counts=$(mktemp) || exit 2
trap 'rm -f "$counts"' EXIT

# none WHAT: standard input holds the offenders
none() {
  offenders=$(cat)
  if [ -z "$offenders" ]; then echo passed >>"$counts"; else
    echo failed >>"$counts"
    printf 'not ok: %s\n%s\n' "$1" "$offenders"
  fi
}

for version in 5.4 5.1; do
  module=build/lua$version/retake/core.so
  if ! [ -e "$module" ]; then echo "missing" | none "$module is built"; continue; fi
  nm -D --defined-only "$module" | awk '$3 != "luaopen_retake_core" { print $3 }' | none "$module exports luaopen_retake_core alone"
  nm -D --defined-only "$module" | grep -q ' T luaopen_retake_core$' || echo "it does not" | none "$module exports luaopen_retake_core"
  ldd "$module" | grep -i 'lua' | none "$module is not linked with a Lua of its own"
done

for file in src/*.c src/*.h; do
  case $file in src/lua_*.c | src/lua_*.h | src/compat.h) continue ;; esac
  grep -HnE '#include *[<"](lua|lauxlib|lualib|compat|lua_units|lua_fault)\.h[>"]' "$file"
done | none "only the bindings know Lua"
for file in src/*.c src/*.h; do
  case $file in src/engine.* | src/transfer.* | src/setup.* | src/outcome.* | src/sockets.* | src/request.* | src/ws.* ) continue ;; esac
  grep -Hn '#include <curl/' "$file"
done | none "only the engine knows libcurl"
grep -nE '\b(malloc|calloc|realloc|free|strdup|strndup)\(' src/*.c | grep -vE '^src/memory\.c|\brt_|curl_' | none "memory comes through memory.h"
grep -nE 'lua_pushlightuserdata|lua_yield|lua_(set|get)uservalue|lua_setiuservalue|lua_rawsetp' src/*.c | none "nothing that one of the hosts lacks"
grep -rnE '(^|[^[:alnum:]_.])/(work|root|home/[a-z]{2,})/|/tmp/bash' --include='*' --exclude-dir=build --exclude-dir=.git --exclude=.git . | grep -v '^./tools/check_layout.sh:' |
  none "no path of one machine"
wc -l src/*.c src/*.h lua/retake/*.lua lua/retake/*/*.lua bin/retake | awk '$2 != "total" && $1 > 600 { print $2 " has " $1 " lines" }' | none "no file over 600 lines"

for interpreter in lua5.4 lua5.1; do
  $interpreter -e 'assert(loadfile "types/retake.lua")' 2>&1 | none "types/retake.lua is good Lua"
done
head -n 1 types/retake.lua 2>&1 | grep -v '^---@meta' | none "types/retake.lua is a meta file"

passed=$(grep -c passed "$counts")
failed=$(grep -c failed "$counts")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
