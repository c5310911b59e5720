#!/usr/bin/env bash
# test.sh [STEP...]: every check, or the named steps. A line a step; the output of runners only where they failed (all of it is kept in
# build/test/*.log), and at the end once more which tests those were: of a long output often only the end is at hand. The last line is the sum of
# all runners: N passed, N failed, N skipped. Ends with 1 where anything failed, a runner that gave no counts included.
set -u
cd "$(dirname "$0")/.." || exit 2
unset LUA_INIT LUA_INIT_5_4 LUA_PATH_5_4 LUA_CPATH_5_4 RUNWAYML_API_SECRET RETAKE_SIMULATOR MAKEFLAGS MAKELEVEL MFLAGS
export LC_ALL=C.UTF-8 LUA_PATH="./?.lua;$PWD/lua/?.lua;$PWD/lua/?/init.lua;;"
export UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=print_suppressions=0 RETAKE_FAULT_SERVER=$PWD/build/test/fault_server
T=build/test
AT_ONCE=3 # steps: most of them wait more than they compute
PATIENCE=400 # seconds for one runner
mkdir -p "$T"

# ---- what a step is made of: each runner adds a line "passed failed skipped" to the step's counts ---------------------------------------------------

limited() { timeout -k 5 "$PATIENCE" "$@"; }

# check WHAT COMMAND...: one check, by its exit status
check() {
  local what=$1 out; shift
  out=$(mktemp)
  if limited "$@" >"$out" 2>&1; then echo "ok: $what" >>"$out"; echo "1 0 0" >>"$COUNTS"
  else echo "NOT OK ($?): $what" >>"$out"; echo "0 1 0" >>"$COUNTS"; failed "$out"; fi
  cat "$out"; rm -f "$out"
}

# failed OUTPUT: what a runner printed that did not pass
failed() { { cat "$1"; echo; } >>"$T/$STEP.failed"; }

# tally WHAT COMMAND...: a runner that says its own counts, busted's way or ours; without them, or with a bad exit status, it failed
tally() {
  local what=$1 out status line start; shift
  out=$(mktemp) start=$SECONDS
  for _ in 1 2 3; do # the leak checker stops another thread to look at it, and now and then dies of that itself
    limited "$@" >"$out" 2>&1 </dev/null
    status=$?
    grep -q "LeakSanitizer has encountered a fatal error" "$out" || break
  done
  sed -i "1i == $what, $((SECONDS - start)) s" "$out"; [ -s "$out" ] || echo "== $what" >"$out"
  line=$(sed -nE -e 's/^([0-9]+) success(es)? \/ ([0-9]+) failures? \/ ([0-9]+) errors? \/ ([0-9]+) pending.*/\1 \3+\4 \5/p' \
    -e 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped.*/\1 \2 \3/p' -e 's/^([0-9]+) passed, ([0-9]+) failed([^,]|$).*/\1 \2 0/p' "$out" | tail -n 1)
  if [ -z "$line" ]; then
    echo "NOT OK: $what ended with $status and gave no counts" >>"$out"
    line="0 1 0"
  else
    read -r a b c <<<"$line"
    line="$a $((b)) $c"
    if [ "$status" != 0 ] && [ "$((b))" = 0 ]; then echo "NOT OK: $what ended with $status" >>"$out"; line="$a 1 $c"; fi
  fi
  echo "$line" >>"$COUNTS"
  case $line in *" 0 "*) ;; *) failed "$out"; [ -z "${AGAIN-}" ] || grep -q Sanitizer "$out" || printf '%s\t%s\t%s\n' "$STEP" "$line" "$AGAIN" >>"$T/again" ;; esac
  cat "$out"; rm -f "$out"
}

# Specs over real sockets that failed while other steps had the cores are run once more with the machine to themselves. What passes then is said, and
# counts as passed: it is a spec to make sturdier, not a fault of the code. What fails again has failed, and what a sanitizer found at once.
run_again() {
  local step line words a b before failed_before
  [ -e "$T/again" ] || return
  while IFS=$'\t' read -r step line words; do
    export STEP=alone COUNTS=$T/alone.once
    : >"$COUNTS"
    eval "$words" >>"$T/alone.log" 2>&1
    read -r a b _ <"$COUNTS"
    rm -f "$COUNTS"
    [ "$b" = 0 ] || continue
    echo "passed when run alone, but not beside others: $(grep -o 'spec/[^ ]*_spec\.lua' <<<"$words") ($step)"
    read -r before failed_before _ <<<"$line"
    echo "$((a - before)) -$failed_before 0" >>"$T/$step.counts"
  done <"$T/again"
}

skip() { echo "skipped: $*"; echo "0 0 1" >>"$COUNTS"; }

# ---- the steps ----------------------------------------------------------------------------------------------------------------------------------------

# The modules that specs start other programs with are the plain ones: the sanitizers' need a program that has them too.
busted_with() { # VERSION INTERPRETER FOLDER-OF-MODULES FILE [OPTION...]
  local version=$1 interpreter=$2 modules=$3 file=$4; shift 4
  LUA_CPATH="$PWD/build/lua$version/?.so;;" tally "$interpreter $file" "$interpreter" "$(command -v busted)" -o plainTerminal --cpath="$PWD/$modules/?.so" "$@" "$file"
}
specs() { # VERSION FILE...
  local version=$1 file AGAIN; shift
  for file; do
    AGAIN="busted_with $version lua$version build/lua$version $file"
    $AGAIN
  done
}
step_specs54() { specs 5.4 spec/*_spec.lua; }
step_specs51() { specs 5.1 spec/*_spec.lua; }
step_hosts() { specs 5.4 spec/hosts/*_spec.lua; specs 5.1 spec/hosts/*_spec.lua; }

step_lint() {
  check "luacheck" make -s lint
  local script
  for script in tools/*.sh .ci/run; do check "$script parses" bash -n "$script"; done
}
step_layout() { tally "layout" sh tools/check_layout.sh; }
step_rockspec() { tally "rockspec" sh tools/check_rockspec.sh; }

step_units() {
  local test
  for test in "$T"/asan/test_* "$T"/fail/test_*; do # test_engine wants the server, others nothing
    [ ! -e "spec/c/${test##*/}.c" ] || tally "$test" "$test" "$RETAKE_FAULT_SERVER"
  done
}

# FUZZ_SECONDS each (make fuzz: 60), FUZZ_AT_ONCE side by side, FUZZ_ONLY one target. What a run found stays in build/test/fuzz for the next.
fuzz() { # NAME
  local name=$1 time=${FUZZ_SECONDS:-3} runs=500000 length=8192 seeds=spec/fixtures folder
  local folders="spec/fuzz/$name" PATIENCE=$((${FUZZ_SECONDS:-3} + 390))
  [ "$time" -le 3 ] || runs=-1
  case $name in fuzz_form_* | fuzz_media_*) folders="$folders build/images build/videos" length=16384 ;; esac # what the specs have made
  for folder in $folders; do [ ! -d "$folder" ] || seeds="$seeds $folder"; done
  mkdir -p "$T/fuzz/found_$name"
  # shellcheck disable=SC2086
  check "$name" "$T/fuzz/$name" -runs=$runs -max_total_time="$time" -timeout=10 -rss_limit_mb=1024 -max_len=$length -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="$T/fuzz/" "$T/fuzz/found_$name" $seeds
}
step_fuzz() {
  local source name
  for source in spec/fuzz/${FUZZ_ONLY:-fuzz_*}.c; do
    name=$(basename "$source" .c)
    while [ "$(jobs -rp | wc -l)" -ge "${FUZZ_AT_ONCE:-1}" ]; do wait -n; done
    fuzz "$name" >"$T/fuzz/$name.log" 2>&1 &
  done
  wait
  for source in spec/fuzz/${FUZZ_ONLY:-fuzz_*}.c; do cat "$T/fuzz/$(basename "$source" .c).log"; done
}

# The module with the sanitizers in it, a whole collection after each callback.
step_sanitized() {
  local version file AGAIN
  for version in 5.4 5.1; do
    for file in job client record asset classify policy gate engine netguard; do
      file=spec/${file}_spec.lua
      AGAIN="busted_with $version $T/lua$version/lua $T/lua$version $file --helper=spec/lua_support/collect.lua"
      [ ! -e "$file" ] || $AGAIN
    done
  done
}

step_valgrind() {
  local version
  for version in 5.4 5.1; do
    LUA_CPATH="$PWD/build/lua$version/?.so;;" tally "valgrind lua$version" valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite \
      --errors-for-leak-kinds=definite --suppressions=spec/lua_support/valgrind.supp "lua$version" spec/lua_support/short_job.lua
  done
}

step_allocations() { tally "every allocation fails once" "$T/failing_host" spec/lua_support/failing_job.lua; }

# The providers' own clients judge the simulator. They come from npm, for this check only; without node or the registry they are skipped.
step_judge() {
  local folder=build/judge packages="@runwayml/sdk @evolinkai/evolink-media ajv@8"
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    skip "Runway's own SDK judges the simulator: there is no node"
    skip "EvoLink's own client judges the simulator: there is no node"
    skip "Runway's own document judges what was sent: there is no node"
    return
  fi
  if ! [ -d "$folder/node_modules/@runwayml/sdk" ] || ! [ -d "$folder/node_modules/@evolinkai/evolink-media" ] || ! [ -d "$folder/node_modules/ajv" ]; then
    mkdir -p "$folder"
    timeout 120 npm install --prefix "$folder" --no-audit --no-fund --silent $packages >/dev/null 2>&1
  fi
  RUNWAY_SDK_DIR=$PWD/$folder tally "Runway's SDK" node spec/judge/runway_sdk.mjs
  EVOLINK_SDK_DIR=$PWD/$folder tally "EvoLink's client" node spec/judge/evolink_sdk.mjs
  LUA_CPATH="$PWD/build/lua5.4/?.so;;" LUA_PATH="$PWD/?.lua;$LUA_PATH" lua5.4 spec/judge/wire.lua >"$T/wire.jsonl" 2>/dev/null
  AJV_DIR=$PWD/$folder tally "Runway's document and Ajv" node spec/judge/runway_ajv.mjs "$T/wire.jsonl"
}

step_demo() { check "the demo" sh tools/demo.sh; }

# ---- the run -------------------------------------------------------------------------------------------------------------------------------------------

report() { # NAME SECONDS
  local passed failed skipped
  read -r passed failed skipped < <(awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$T/$1.counts")
  printf '%-12s %5d passed, %d failed, %d skipped  %4d s\n' "$1" "$passed" "$failed" "$skipped" "$2"
  grep '^skipped: ' "$T/$1.log"
  [ "$failed" = 0 ] || sed "s/^/    /" "$T/$1.failed"
}

run_step() { # NAME: in a process of its own; whatever happens to it, there are counts
  local name=$1 start=$SECONDS
  export STEP=$name COUNTS=$T/$name.counts
  : >"$COUNTS"
  : >"$T/$name.failed"
  ("step_$name") >"$T/$name.log" 2>&1 </dev/null
  [ -s "$COUNTS" ] || { echo "NOT OK: the step gave no counts" | tee -a "$T/$name.failed" >>"$T/$name.log"; echo "0 1 0" >>"$COUNTS"; }
  report "$name" $((SECONDS - start))
}

start=$SECONDS
rm -f "$T"/*.counts "$T"/*.failed "$T"/again "$T"/alone.*
build() {
  [ "$*" != fuzz ] || { make -s -j"$AT_ONCE" -f tools/test.mk CI=1 fuzzers; return; }
  make -s -j"$AT_ONCE" CI=1 build && make -s -j"$AT_ONCE" -f tools/test.mk CI=1 all
}
if build "$@" >"$T/build.log" 2>&1; then echo "1 0 0" >"$T/build.counts"; else
  echo "0 1 0" >"$T/build.counts"
  { echo "NOT OK: the build"; cat "$T/build.log"; } >"$T/build.failed"
fi
report build $((SECONDS - start))

steps=("$@")
[ $# != 0 ] || steps=(specs54 specs51 hosts allocations sanitized rockspec fuzz units valgrind judge lint layout demo)
for name in "${steps[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$AT_ONCE" ]; do wait -n; done
  run_step "$name" &
done
wait
run_again
rm -f "$T/alone.failed" # the first time's stands already

# busted's "Failure -> file @ line" and the name under it; of other runners, what is not ok
cat "$T"/*.failed 2>/dev/null | awk '/^== / { runner = $2 } /^(Failure|Error) -> / { print runner ": " $0; getline; print "    " $0; next } /^(NOT OK|not ok|FAILED)|CHECK\(.* failed$/' | cut -c 1-300
awk -v seconds=$((SECONDS - start)) '{ p += $1; f += $2; s += $3 } END { printf "%d s\n%d passed, %d failed, %d skipped\n", seconds, p, f, s; exit f > 0 || p == 0 }' "$T"/*.counts
