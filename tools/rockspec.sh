#!/bin/sh
# rockspec.sh: writes the lists of retake-scm-1.rockspec anew from src/ and lua/. rockspec.sh --check only says whether they are right.
set -eu
cd "$(dirname "$0")/.."
spec=retake-scm-1.rockspec
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
LC_ALL=C
export LC_ALL

# What is committed or about to be, where git can say so: other files are somebody's work under way.
files() { { git ls-files -- "$1" 2>/dev/null | grep . || find "$1" -type f; } | uniq; } # in a merge git names a file several times

sources() { files src | grep '\.c$' | sort | sed 's/.*/        "&",/'; }
modules() {
  files lua | grep '\.lua$' | sort | while read -r file; do
    name=$(echo "$file" | sed -e 's,^lua/,,' -e 's,\.lua$,,' -e 's,/init$,,' -e 's,/,.,g')
    echo "    [\"$name\"] = \"$file\","
  done
}

{
  sed -n '1,/^      sources = {$/p' "$spec"
  sources
  sed -n '/^      sources = {$/,/^    },$/p' "$spec" | sed -n '/^      },$/,$p'
  modules
  sed -n '/^    },$/,$p' "$spec" | sed -n '/^  },$/,$p'
} >"$fresh"

if [ "${1:-}" = --check ]; then
  diff -u "$spec" "$fresh" && exit 0
  echo "tools/rockspec.sh brings the rockspec up to date"
  exit 1
fi
cat "$fresh" >"$spec"
