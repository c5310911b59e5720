#!/bin/sh
# The main job: examples/quickstart.lua against the simulator, or against Runway itself where RUNWAYML_API_SECRET is set.
# Ends with 0 only where the job succeeded and its ledger has the rows the simulator's script leads to.
cd "$(dirname "$0")/.." || exit 1
LUA=${LUA:-lua5.4}
LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;"
LUA_CPATH="$PWD/build/lua5.4/?.so;;"
case $LUA in *5.1* | *luajit*) LUA_CPATH="$PWD/build/lua5.1/?.so;;" ;; esac
export LUA_PATH LUA_CPATH
unset LUA_PATH_5_4 LUA_CPATH_5_4 LUA_INIT LUA_INIT_5_4
OUT=build/boat.mp4
mkdir -p build

if [ -n "${RUNWAYML_API_SECRET:-}" ] && [ -z "${RETAKE_SIMULATOR:-}" ]; then
  echo "RUNWAYML_API_SECRET is set: asking Runway itself, for at most 100 credits"
  exec "$LUA" examples/quickstart.lua "$OUT"
fi

work=$(mktemp -d) || exit 1
simulator=
finish() {
  [ -z "$simulator" ] || kill "$simulator" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${RETAKE_SIMULATOR:-}" ]; then
  : >"$work/simulator" # there before it is looked at
  "$LUA" bin/retake simulate --port 0 --script examples/quickstart_script.lua --log "$work/log" >"$work/simulator" 2>&1 &
  simulator=$!
  tries=0
  until RETAKE_SIMULATOR=$(sed -n 's/.*listening on //p' "$work/simulator") && [ -n "$RETAKE_SIMULATOR" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$simulator" 2>/dev/null; then
      echo "demo: the simulator did not start:" >&2
      cat "$work/simulator" >&2
      exit 1
    fi
    sleep 0.1
  done
  export RETAKE_SIMULATOR
fi

rm -f "$OUT"
echo "asking the simulator at $RETAKE_SIMULATOR"
{
  "$LUA" examples/quickstart.lua "$OUT"
  echo $? >"$work/status"
} | tee "$work/output"
status=$(cat "$work/status")
[ "$status" = 0 ] || exit "$status"

# A row of the ledger: place, model, outcome, code, decision, credits.
row() {
  grep -Eq "^$1  +runway/$2 +$3 +$4 *$5 +(none|finished) +(yes|no) +$6 " "$work/output" || {
    echo "demo: row $1 of the ledger is not: $2 $3 $4 $5 $6" >&2
    status=1
  }
}
row 1 gen4_turbo provider.internal 13 'retry after 30\.[0-9] s' 0
row 2 gen4_turbo generation.failed INTERNAL.BAD_OUTPUT.CODE01 fallback 0
row 3 gen4.5 content.input SAFETY.INPUT.TEXT revise 60
row 4 gen4.5 succeeded '' '' 60
# The provider's own log says the same: four submissions were accepted, no more.
if [ -n "$simulator" ]; then
  paid=$(grep '"operation":"submit"' "$work/log" | grep -c '"billed":true')
  [ "$paid" = 4 ] || {
    echo "demo: the provider's log shows $paid submissions, not 4" >&2
    status=1
  }
fi
exit "$status"
