#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ci.sh: after `./bootstrap check` (gcc, -Werror): clang -Werror, gcc with AddressSanitizer and
# UndefinedBehaviorSanitizer, and `make distcheck`. The last line counts the tests of all builds.
set -u
cd "$(dirname "$0")/.."
jobs=$(nproc)
status=0

# run NAME COMMAND...: the end of the command's output only if it failed
run()
{
  local name=$1 log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    echo "ci: $name: done"
  else
    echo "ci: $name: FAILED"
    tail -n 60 "$log"
    status=1
  fi
  rm -f "$log"
}

# build NAME CONFIGURE-ARGUMENT...: a fresh tree in build-NAME, the program first and alone, then all with its tests
build()
{
  local folder=build-$1
  shift
  rm -rf "$folder"
  mkdir "$folder"
  (cd "$folder" && ../configure -q --enable-werror "$@" && make -s -j"$jobs" fhrl && make -s -j"$jobs" &&
    make -s -j"$jobs" check)
}

run clang build clang CC=clang
# -O1 keeps the instrumented kernels fast enough; leaks are looked for where the machine allows ptrace
run "address and undefined-behaviour sanitizers" build sanitize --enable-sanitize CFLAGS="-g -O1"
run distcheck make -s -C build -j"$jobs" distcheck

tests/count.sh build build-clang build-sanitize || status=1
exit $status
