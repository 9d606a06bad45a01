#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh SOURCE SECONDS TARGET...: libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer on each target, in the build
# folder, one after the other, for SECONDS each. What it learns stays in fuzz-tree/corpus, and the next run begins there; what
# it finds goes to fuzz-tree/found, and the last line says how much that was.
#
# FUZZ_CC names another clang than `clang`, FUZZ_JOBS the processes of the build.
set -eu
source=$1 seconds=$2
shift 2
clang=${FUZZ_CC:-clang}

probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n); int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n == 77; }' >"$probe/a.c"
if ! command -v "$clang" >/dev/null || ! "$clang" -fsanitize=fuzzer,address,undefined "$probe/a.c" -o "$probe/a" 2>/dev/null; then
  echo "fuzz: skipped: no clang with libFuzzer here (Debian: clang and libclang-rt-dev, or FUZZ_CC=clang-NN)"
  exit 0
fi

# A tree of its own: everything is instrumented there. Asserts stay in.
mkdir -p fuzz-tree/found
if [ ! -f fuzz-tree/Makefile ]; then
  (cd fuzz-tree && "$source/configure" -q CC="$clang" CFLAGS="-g -O1" --enable-sanitize=fuzzer-no-link,address,undefined)
fi
programs=()
for target in "$@"; do programs+=("tests/fuzz/fuzz_$target" "tests/fuzz/test_fuzz_$target"); done
make -s -C fuzz-tree -j"${FUZZ_JOBS:-$(nproc)}" src/cli/commit.h "${programs[@]}"

work=$probe/work # on a disk in memory if there is one: every try writes a file
if [ -w /dev/shm ]; then
  work=$(mktemp -d /dev/shm/fhrl-fuzz.XXXXXX)
  trap 'rm -rf "$probe" "$work"' EXIT
fi
export OPENBLAS_NUM_THREADS=1 FHRL_DATADIR=$source FHRL_FUZZ_FOLDER=$work/run
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
found=0
here=$PWD
for target in "$@"; do
  known=$here/fuzz-tree/corpus/$target
  rm -rf "$work/run"
  mkdir -p "$known" "$work/run"
  (cd "$work" && "$here/fuzz-tree/tests/fuzz/test_fuzz_$target" --seeds "$known")
  dictionary=()
  [ -f "$source/tests/fuzz/$target.dict" ] && dictionary=(-dict="$source/tests/fuzz/$target.dict")
  mine=()
  [ -d "$source/tests/fuzz/corpus/$target" ] && mine=("$source/tests/fuzz/corpus/$target")
  log=$here/fuzz-tree/found/$target.log
  if "$here/fuzz-tree/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
    -max_len=16384 -print_final_stats=1 "${dictionary[@]}" -artifact_prefix="$here/fuzz-tree/found/$target-" \
    "$known" "${mine[@]}" >"$log" 2>&1; then
    echo "fuzz: $target: nothing found in $(sed -n 's/^stat::number_of_executed_units: //p' "$log") tries"
  else
    echo "fuzz: $target: FOUND: $(grep -hE "^fuzz_$target: |runtime error|ERROR: |SUMMARY: " "$log" | head -1)"
    grep -h 'Test unit written to' "$log" || true
    found=$((found + 1))
  fi
done
echo "fuzz: $# targets, $found with a finding"
[ "$found" -eq 0 ]
