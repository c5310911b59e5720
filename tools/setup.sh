#!/bin/sh
# setup.sh build|demo|test|bench: installs the Debian or Ubuntu packages that are missing; silent when none is.
# Without apt-get, root or sudo it prints what to install and exits 1.
set -u

build="gcc libc6-dev make liblua5.4-dev liblua5.1-0-dev libcurl4-openssl-dev"
demo="gcc libc6-dev make lua5.4 liblua5.4-dev libcurl4-openssl-dev lua-cjson lua-cqueues lua-http lua-luaossl lua-socket"
test="$demo lua5.1 liblua5.1-0-dev lua-busted lua-check luarocks lua-copas valgrind clang nginx-light python3 python3-jsonschema openssl procps"
test="$test neovim lua-luv libnginx-mod-http-lua luajit2 love xvfb libgl1-mesa-dri" # hosts
case $(. /etc/os-release 2>/dev/null; echo "${ID:-}") in debian) test="$test chromium chromium-driver fonts-dejavu-core" ;; esac # Ubuntu's is a snap; without it a spec is skipped
test="$test imagemagick webp libavif-bin libheif-examples libjpeg-turbo-progs ffmpeg" # they make the pictures that the specs measure
case ${1:-} in
  build) wanted=$build ;;
  demo) wanted=$demo ;;
  test) wanted=$test ;;
  bench) wanted="$test wrk" ;;
  *) echo "usage: setup.sh build|demo|test|bench" >&2; exit 2 ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

# The packages of "$@" that dpkg does not have, one a line.
missing() {
  # shellcheck disable=SC2016
  installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ')"
  for package; do
    case $installed in *" $package "*) ;; *) echo "$package" ;; esac
  done
}

# What the packages bring, for machines that are not Debian's.
needs() {
  cat <<'END'
retake needs:
  to build   a C compiler, make, Lua 5.4 and libcurl (7.66 or newer) with their headers
  to run     lua-cjson
  the demo   lua-http (on cqueues and luaossl) and LuaSocket besides: its simulated provider stands on them
  the tests  Lua 5.1 with headers, busted, luacheck, luarocks, valgrind, clang, nginx with its Lua module, Neovim, luv, LÖVE with Xvfb, Chromium with chromedriver, python3 with jsonschema, openssl, and what makes
             pictures: ImageMagick, ffmpeg, jpegtran, cwebp, img2webp, avifenc, heif-enc besides
END
}

if ! has dpkg-query; then
  # Not a Debian: nothing can be asked, so a machine that has the programs is taken at its word.
  absent=
  for program in cc make lua5.4; do has "$program" || absent="$absent $program"; done
  [ -z "$absent" ] && exit 0
  echo "setup: not found:$absent" >&2
  needs >&2
  exit 1
fi

# shellcheck disable=SC2086
absent=$(missing $wanted | tr '\n' ' ')
# libFuzzer's library has a package of its own, named by clang's version; build and demo do without.
has_fuzzer() {
  case $1 in build | demo) return ;; esac
  for library in /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a; do [ -e "$library" ] && return; done
  return 1
}
[ -z "$absent" ] && has_fuzzer "$1" && exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
  if has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=sudo; else as_root=none; fi
fi
if [ "$as_root" = none ] || ! has apt-get; then
  if has apt-get; then echo "setup: neither root nor sudo here, and packages are missing; as root:" >&2; else echo "setup: packages are missing, and there is no apt-get:" >&2; fi
  echo "  apt-get install -y --no-install-recommends ${absent:-libclang-rt-dev}" >&2
  needs >&2
  exit 1
fi

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
apt() { # RUNLEVEL: a package's service (nginx) is not wanted, only its program
  $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null && return
  echo "setup: apt-get $* failed:" >&2
  tail -n 15 "$log" >&2
  exit 1
}

echo "setup: installing ${absent:-libFuzzer}"
apt update
# shellcheck disable=SC2086
[ -z "$absent" ] || apt install -y --no-install-recommends $absent
# Where libheif's encoders are packages of their own, heif-enc comes without one.
case " $absent " in *" libheif-examples "*)
  for plugin in libheif-plugin-x265 libheif-plugin-aomenc; do
    if apt-cache show "$plugin" >/dev/null 2>&1; then apt install -y --no-install-recommends "$plugin"; fi
  done ;;
esac
# chromedriver looks for its browser at localhost, which the barest machines have no name for.
case " $absent " in *" chromium-driver "*)
  [ -e /etc/hosts ] || echo "127.0.0.1 localhost" | $as_root tee /etc/hosts >/dev/null ;;
esac
if ! has_fuzzer "$1"; then
  version=$(clang -dumpversion | sed 's/\..*//')
  apt-cache show "libclang-rt-$version-dev" >/dev/null 2>&1 && apt install -y --no-install-recommends "libclang-rt-$version-dev"
fi
exit 0
