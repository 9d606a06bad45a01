#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_gamma.sh: the sweep over gamma on tiny networks: its table, what it reuses, its means, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
sweep=$FHRL_TEST_DATA/../experiments/gamma.sh
export SET="--set model.d=12 --set model.T=24 --set model.layers=1 --set train.steps=5 --set train.batch=2"
export PROBE="--set probe.topk=4 --set probe.sequences=8 --set probe.window=8"

# column NAME: of the sweep's table
column()
{
  awk -F '\t' -v name="$1" '/^#/ {next} !at {for (i = 1; i <= NF; i++) if ($i == name) at = i; next} {print $at}' sweep/gamma.tsv
}

ends 0 "two gammas, two seeds" "$sweep" "$fhrl" sweep 2 0 0.3
holds "a row for each network" test "$(column gamma | tr '\n' ' ')$(column seed | tr '\n' ' ')" = "0 0 0.3 0.3 1 2 1 2 "
holds "no reentry without gamma" test "$(column irr | head -2 | tr '\n' ' ')" = "0 0 "
holds "but W_r has a ratio all the same" test "$(column irr_wr | awk '$1 > 0' | wc -l)" -eq 4
holds "the loss is that of the run" grep -q "\"final_loss\": $(column final_loss | tail -1)," sweep/gamma0.3/seed2/run.json
holds "too few probes for a drift: NaN" test "$(column rdp_centroid | sort -u)" = NaN
says out '^rdp_centroid +- ± -' "which the means leave out"
mean=$(column wr_frobenius | awk 'NR > 2 {s += $1} END {printf "%.5g", s / 2}')
says out "^wr_frobenius .*  $mean ± [0-9.e-]+ *$" "means are over the seeds of a gamma"
for ending in svg png; do
  holds "gamma.$ending is drawn" test -s sweep/gamma.$ending
done
cp sweep/gamma.tsv table
ends 0 "again, in another order" "$sweep" "$fhrl" sweep 2 0.3 0
holds "the same table" cmp table sweep/gamma.tsv
says sweep/gamma0/seed1/run.json '"resumed_from": 5,' "of the runs that were there"
ends 0 "one seed" "$sweep" "$fhrl" sweep 1 0.3
says out '^final_loss .* ± -' "has no standard error"
SET="$SET --set train.lr=1e-3" ends 1 "another configuration is refused" "$sweep" "$fhrl" sweep 1 0.3
says err "train.lr" "and the message names the key"
ends 2 "seeds are counted" "$sweep" "$fhrl" sweep many
ends 2 "a folder has to be named" "$sweep" "$fhrl"
finish
