#!/usr/bin/env bash
# make bench: ratios within one run, never seconds against a wall. Prints what was measured; exits 1 where a bound is missed.
cd "$(dirname "$0")/.." || exit 1
mkdir -p build/bench
${CC:-cc} -O2 -o build/bench/baseline bench/baseline.c $(pkg-config --cflags --libs libcurl) || exit 1
# The core's own objects, without the bindings to Lua.
objects=
for source in src/*.c; do
  name=$(basename "$source" .c)
  case $name in lua_*) ;; *) objects="$objects build/lua5.4/obj/$name.o" ;; esac
done
# shellcheck disable=SC2086
${CC:-cc} -O2 -std=c99 -D_GNU_SOURCE -o build/bench/media bench/media.c $objects $(pkg-config --libs libcurl) -lm || exit 1
status=0
for version in 5.4 5.1; do
  export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;" LUA_CPATH="$PWD/build/lua$version/?.so;;"
  unset LUA_PATH_5_4 LUA_CPATH_5_4
  echo "--- Lua $version: engine against bare libcurl, 100 concurrent keep-alive GETs"
  "lua$version" bench/engine.lua build/bench/baseline || status=1
  echo "--- Lua $version: 10,000 jobs waiting between polls"
  "lua$version" bench/waiting.lua || status=1
  echo "--- Lua $version: 1,000 and 10,000 jobs at once, with policies and health"
  "lua$version" bench/policies.lua || status=1
  echo "--- Lua $version: classifications, JSON decoding included"
  "lua$version" bench/classify.lua || status=1
  echo "--- Lua $version: media headers, data URIs, 500 URLs"
  "lua$version" bench/assets.lua build/bench/media || status=1
done
export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;" LUA_CPATH="$PWD/build/lua5.4/?.so;;"
echo "--- every host: its ticks with and without 20 jobs, and 1,000 jobs that wait"
lua5.4 bench/hosts.lua || status=1
exit $status
