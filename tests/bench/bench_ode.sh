#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_ode.sh: `make bench-ode`: our integrators against stock CVODE, scipy and xppaut, in interleaved rounds, as medians of
# ratios of CPU times. Prints the tables, writes them between their markers into doc/benchmarks.md, and what accuracy costs
# to doc/figures/work_precision_*.svg.
set -eu
export OPENBLAS_NUM_THREADS=1 # its idle threads spin for some milliseconds, which would count as processor time of ours
bench=${1:?} source_dir=${2:?} gnuplot=${3:-gnuplot} rounds=${ROUNDS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
median() { sort -g | awk '{a[NR] = $1} END {print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2}'; }

{
  python3 "$source_dir/tests/bench/bench_ode.py" table "$bench" "$rounds"
  echo
  echo "| ensemble of 10,000 to t = 100 | members a wall second, 2 threads | members a CPU second, 1 thread | error | evaluations a member |"
  echo "| --- | --- | --- | --- | --- |"
  for seed in 1 5; do
    for ((k = 0; k < rounds; k++)); do
      "$bench" ensemble 2 "$seed" >>"$work/two$seed"
      "$bench" ensemble 1 "$seed" >>"$work/one$seed"
    done
    case $seed in 1) what="comes to rest" ;; *) what="keeps moving" ;; esac
    echo "| fhrl, d = 2, matrices of seed $seed: $what | $(cut -d' ' -f1 "$work/two$seed" | median) | $(cut -d' ' -f2 "$work/one$seed" | median) |" \
      "$(cut -d' ' -f3 "$work/one$seed" | median) | $(awk '{print $4 / 10000}' "$work/one$seed" | median) |"
  done
  echo
  echo "Must (aim): 20,000 (30,000) members a second on two cores with errors below 1e-7. How many there are depends on the system"
  echo "first of all: see the evaluations of the right-hand side that a member takes. Load while this ran: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) processors."
} | tee "$work/table"

file=$source_dir/doc/benchmarks.md
[ -f "$file" ] || echo "# Benchmarks" >"$file"
[ -w "$file" ] || { echo "bench-ode: $file cannot be written"; exit 0; }
{
  sed '/^<!-- bench-ode begin -->$/,/^<!-- bench-ode end -->$/d' "$file"
  echo "<!-- bench-ode begin -->"
  echo "## Integrators"
  echo
  echo "Written by \`make bench-ode\`: model fhrl at its defaults (see the seed of its matrices), t = 100, rtol 1e-8, atol 1e-10,"
  echo "ratios of CPU times, medians of $rounds interleaved rounds, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)."
  echo "What accuracy costs is drawn in figures/work_precision_*.svg."
  echo
  cat "$work/table"
  echo "<!-- bench-ode end -->"
} >"$work/file"
cp "$work/file" "$file"
[ ! -w "$source_dir/doc/figures" ] || python3 "$source_dir/tests/bench/bench_ode.py" figures "$bench" "$gnuplot" "$source_dir/doc/figures"
