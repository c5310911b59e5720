#!/bin/sh
# check_rockspec.sh: the rockspec names every file, luarocks finds no fault with it, and what it installs works from another folder.
# Needs no network: dependencies are not looked at, and lua-cjson is the system's.
set -eu
cd "$(dirname "$0")/.."
passed=0
failed=0
fail() {
  echo "not ok: $*"
  failed=$((failed + 1))
}
ok() { passed=$((passed + 1)); }

if sh tools/rockspec.sh --check; then ok; else fail "the lists of the rockspec"; fi
if luarocks lint retake-scm-1.rockspec; then ok; else fail "luarocks lint"; fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/source"
cp -r src lua bin types LICENSE retake-scm-1.rockspec "$folder/source/" # luarocks leaves objects beside the sources
for version in 5.4 5.1; do
  tree=$folder/tree$version
  name="luarocks make for Lua $version"
  if (cd "$folder/source" && luarocks --lua-version "$version" make --deps-mode=none --no-manifest --tree "$tree" retake-scm-1.rockspec CC="${CC:-gcc}") >"$folder/log" 2>&1; then
    ok
  else
    cat "$folder/log"
    fail "$name"
    continue
  fi
  system_path=$(lua$version -e 'print(package.path)')
  system_cpath=$(lua$version -e 'print(package.cpath)')
  inside() {
    (cd / && LUA_PATH="$tree/share/lua/$version/?.lua;$tree/share/lua/$version/?/init.lua;$system_path" LUA_CPATH="$tree/lib/lua/$version/?.so;$system_cpath" "$@")
  }
  said=$(inside "lua$version" -e '
    local retake = require "retake"
    assert(package.loaded["retake.core"], "no core")
    assert(retake.explain "content.input", "explain says nothing")
    print(retake._VERSION, debug.getinfo(retake.client, "S").source)' 2>&1) || true
  case $said in
    *"@$tree/"*) ok ;;
    *) fail "$name: require answered: $said" ;;
  esac
  if inside "$tree/bin/retake" explain content.input >"$folder/log" 2>&1; then ok; else cat "$folder/log"; fail "$name: bin/retake"; fi
  if [ -n "$(find "$tree" -name 'retake.lua' -path '*types*')" ]; then ok; else fail "$name: the types are not installed"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
