#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# idp.sh FHRL FOLDER [EPSILON...]: how the cycle of memories of idp_hopfield goes over into its limit of fast retrieval.
# Measures the time T(epsilon) that a memory is held, for 4 and 8 memories at kappa = 5 (default: eleven epsilon from 0.1
# down to 3e-5), beside the limit of theory 5: T = ln Z, Z = kappa (1 - 1/Z) + Z^-(P-1). Leaves FOLDER/idp.tsv, a block for
# each number of memories, with the fit T(epsilon) - T = epsilon (A ln(1/epsilon) + B) over epsilon <= 1e-3, and FOLDER/idp.svg
# and .png; prints A, B and the order of T(epsilon) - T in the logarithms.
#   GNUPLOT  the program that draws (default gnuplot)
set -eu
if [ $# -lt 2 ]; then
  echo "usage: idp.sh FHRL FOLDER [EPSILON...]" >&2
  exit 2
fi
fhrl=$1
folder=$2
shift 2
[ $# -gt 0 ] || set -- 1e-1 4e-2 1.5e-2 6e-3 2.5e-3 1e-3 5e-4 2e-4 1e-4 6e-5 3e-5
# shellcheck disable=SC2046
set -- $(printf '%s\n' "$@" | LC_ALL=C sort -gur)
plots=$(dirname "$0")/../plots
mkdir -p "$folder"

# period P EPSILON: mean time between switches over the last turn of the cycle
period()
{
  local result=$folder/idp.json
  if ! "$fhrl" simulate idp_hopfield --json --quiet --param P="$1" --param epsilon="$2" --t-end=40 --rtol=1e-10 --atol=1e-12 --method=dop853 \
    --set solver.output_every=40 >"$result" 2>"$folder/idp.err"; then
    cat "$folder/idp.err" >&2
    echo "idp.sh: P = $1, epsilon = $2 failed" >&2
    return 1
  fi
  LC_ALL=C awk -F '[:,]' -v P="$1" '
    /"name":/ {at_switch = $2 ~ /"switch"/}
    /"t":/ && at_switch {t[++n] = $2; at_switch = 0}
    END {if (n <= P) exit 1; printf "%.17g", (t[n] - t[n - P]) / P}' "$result"
}

for P in 4 8; do
  for epsilon; do
    T=$(period $P "$epsilon")
    printf '%s\t%s\t%s\n' $P "$epsilon" "$T"
  done
done >"$folder/idp.part"

LC_ALL=C awk -F '\t' -v OFS='\t' '
  function excess(Z, P) {return 5 * (1 - 1 / Z) + Z ^ (1 - P) - Z}
  function limit(P,    low, high, k, middle) {
    low = 2.5; high = 5
    for (k = 0; k < 60; k++) {middle = (low + high) / 2; if (excess(middle, P) > 0) low = middle; else high = middle}
    return log(low)
  }
  {n++; P[n] = $1; e[n] = $2; T[n] = $3; T0[n] = limit($1)}
  # sums of a straight line through (x, y), for the fit and for the order
  function add(p, x, y) {count[p]++; sx[p] += x; sy[p] += y; sxx[p] += x * x; sxy[p] += x * y}
  function slope(p) {return (count[p] * sxy[p] - sx[p] * sy[p]) / (count[p] * sxx[p] - sx[p] ^ 2)}
  function level(p) {return (sy[p] - slope(p) * sx[p]) / count[p]}
  END {
    for (i = 1; i <= n; i++) if (e[i] <= 1e-3) {
      add(P[i] " fit", log(1 / e[i]), (T[i] - T0[i]) / e[i])
      add(P[i] " order", log(e[i]), log(T[i] - T0[i]))
    }
    print "# fhrl.idp/1\n# units: 1\ttime\ttime\ttime\ttime\ttime"
    for (i = 1; i <= n; i++) {
      if (i > 1 && P[i] != P[i - 1]) printf "\n\n"
      if (i == 1 || P[i] != P[i - 1]) print "P", "epsilon", "period", "limit", "excess", "fit"
      good = count[P[i] " fit"] > 1
      fit = good ? e[i] * (slope(P[i] " fit") * log(1 / e[i]) + level(P[i] " fit")) : "NaN"
      printf "%d\t%s\t%.17g\t%.17g\t%.17g\t%s\n", P[i], e[i], T[i], T0[i], T[i] - T0[i], good ? sprintf("%.17g", fit) : fit
      if (i == n || P[i + 1] != P[i])
        printf "P = %d: limit %.6f, at epsilon = %s %.6f%s\n", P[i], T0[i], e[i], T[i], good ? sprintf("; T(epsilon) - T = epsilon " \
          "(%.3f ln(1/epsilon) + %.2f), order %.3f", slope(P[i] " fit"), level(P[i] " fit"), slope(P[i] " order")) : "" >"/dev/stderr"
    }
  }' "$folder/idp.part" >"$folder/idp.tsv.part" 2>"$folder/idp.err"
mv "$folder/idp.tsv.part" "$folder/idp.tsv"
cat "$folder/idp.err"
rm -f "$folder/idp.part" "$folder/idp.json" "$folder/idp.err"

for ending in svg png; do
  "${GNUPLOT:-gnuplot}" -d -c "$plots/idp.gp" "$folder/idp.$ending" "$folder/idp.tsv"
done
echo "figure $folder/idp.svg (and .png)"
