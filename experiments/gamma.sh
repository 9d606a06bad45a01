#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# gamma.sh FHRL FOLDER [SEEDS [GAMMA...]]: what the strength of reentry does to training. Trains a network for every gamma
# (default 0 0.02 0.05 0.15 0.3) and every seed 1 ... SEEDS (default 3) in FOLDER/gamma<g>/seed<k>, probes each, collects
# FOLDER/gamma.tsv (a row per network, averaged over its layers), prints means and standard errors over seeds, and draws
# FOLDER/gamma.svg and .png. A run that was stopped goes on where it was when the script is started again.
#   SET      further options of `fhrl train`, such as SET="--set model.d=24 --set train.steps=50"
#   PROBE    further options of `fhrl probe`
#   GNUPLOT  the program that draws (default gnuplot)
set -eu
if [ $# -lt 2 ]; then
  echo "usage: gamma.sh FHRL FOLDER [SEEDS [GAMMA...]]" >&2
  exit 2
fi
fhrl=$1
folder=$2
seeds=${3:-3}
case $seeds in
  *[!0-9]* | 0) echo "gamma.sh: SEEDS is the number of seeds, not $seeds" >&2; exit 2 ;;
esac
if [ $# -gt 3 ]; then
  shift 3
else
  set -- 0 0.02 0.05 0.15 0.3
fi
# in order, so that lines of the figure do not turn back
# shellcheck disable=SC2046
set -- $(printf '%s\n' "$@" | LC_ALL=C sort -gu)
plots=$(dirname "$0")/../plots
metrics="irr irr_wr irr_wr_attention esri_batch_y rdp_frequency rdp_centroid wr_frobenius wr_anisotropy wr_alignment_topk"
mkdir -p "$folder"

# fhrl_does LOG ARGUMENT...: keeps what the command says; if it fails, shows that and stops
fhrl_does()
{
  local log=$1
  shift
  if ! "$fhrl" "$@" --quiet >"$log" 2>&1; then
    cat "$log" >&2
    echo "gamma.sh: fhrl $* failed" >&2
    exit 1
  fi
}

# number FILE KEY: a number at the top of a JSON object; null is NaN
number()
{
  sed -n "s/^  \"$2\": \([^,]*\),*\$/\1/p" "$1" | sed 's/null/NaN/'
}

# means FILE: of the row `mean` of metrics.tsv, the metrics in their order
means()
{
  awk -F '\t' -v names="$metrics" '
    /^#/ {next}
    !n {n = split(names, name, " "); for (i = 1; i <= NF; i++) at[$i] = i; next}
    $1 == "mean" {for (i = 1; i <= n; i++) printf "\t%s", $at[name[i]]}' "$1"
}

for gamma; do
  for ((seed = 1; seed <= seeds; seed++)); do
    run=$folder/gamma$gamma/seed$seed
    echo "gamma $gamma, seed $seed" >&2
    mkdir -p "$run"
    # shellcheck disable=SC2086
    fhrl_does "$run/train.txt" train -o "$run" --set model.gamma="$gamma" --set train.seed="$seed" ${SET:-}
    # shellcheck disable=SC2086
    fhrl_does "$run/probe.txt" probe "$run" ${PROBE:-}
  done
done

table=$folder/gamma.tsv
{
  printf '# fhrl.gamma/1\n# units: 1\t1\tnat/byte\tnat/byte\t1\t1\t1\t1\t1/sample\t1/sample\t1\t1\t1\n'
  printf 'gamma\tseed\tfinal_loss\tfloor'
  # shellcheck disable=SC2086
  printf '\t%s' $metrics
  echo
  for gamma; do
    for ((seed = 1; seed <= seeds; seed++)); do
      run=$folder/gamma$gamma/seed$seed
      printf '%s\t%s\t%s\t%s' "$gamma" "$seed" "$(number "$run/run.json" final_loss)" "$(number "$run/run.json" entropy_floor)"
      means "$run/probe/metrics.tsv"
      echo
    done
  done
} >"$table.part"
mv "$table.part" "$table"

# a line per metric, a column per gamma; a NaN is left out, and a single seed has no error
LC_ALL=C awk -F '\t' '
  /^#/ {next}
  !columns {columns = NF; for (i = 3; i <= NF; i++) name[i] = $i; next}
  !($1 in seen) {seen[$1]; gamma[++gammas] = $1}
  {
    for (i = 3; i <= columns; i++) {
      if ($i == "NaN") continue
      k = $1 SUBSEP i
      step = $i - mean[k]
      mean[k] += step / ++n[k]
      square[k] += step * ($i - mean[k])
    }
  }
  END {
    printf "%-18s", "gamma"
    for (j = 1; j <= gammas; j++) printf "  %-21s", gamma[j]
    print ""
    for (i = 3; i <= columns; i++) {
      printf "%-18s", name[i]
      for (j = 1; j <= gammas; j++) {
        k = gamma[j] SUBSEP i
        value = n[k] ? sprintf("%.5g", mean[k]) : "-"
        error = n[k] > 1 ? sprintf("%.2g", sqrt(square[k] / (n[k] - 1) / n[k])) : "-"
        printf "  %9s ± %-9s", value, error
      }
      print ""
    }
  }' "$table"

for ending in svg png; do
  "${GNUPLOT:-gnuplot}" -d -c "$plots/gamma.gp" "$folder/gamma.$ending" "$table"
done
echo "figure $folder/gamma.svg (and .png)"
