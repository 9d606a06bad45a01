#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_probe.sh: probing as a user meets it: files, given bytes, changed parameters, threads, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
small="--quiet --set probe.topk=4 --set probe.sequences=12 --set probe.perturbations=9 --set probe.window=8"

# shellcheck disable=SC2086
probe()
{
  "$fhrl" probe "$@" $small
}

# number FILE KEY: the last value of a key in a JSON file
number()
{
  sed -n "s/^ *\"$2\": \([^,]*\),*$/\1/p" "$1" | tail -1
}

"$fhrl" train -o net --quiet --set model.d=12 --set model.T=24 --set model.layers=2 --set train.steps=20 --set train.batch=4 \
  >/dev/null || not_ok "a network to probe"

ends 0 "a run is probed" probe net
says out "^mean +[0-9.]+" "the mean over layers is said"
for file in metrics.json metrics.tsv layer0.nc layer1.nc logits.nc probe_irr.tsv probe_rdp.tsv wr.tsv wr_spectrum.tsv run.json config.ini; do
  holds "it leaves $file" test -s net/probe/$file
done
# rows FILE BLOCKS LINES: rows of numbers under the names, in as many blocks of as many lines
rows()
{
  awk -v blocks="$2" -v lines="$3" '/^#/ || NF == 0 {next} $1 !~ /^[0-9]/ {block++; next} {n[block]++}
    END {for (i = 1; i <= block; i++) if (n[i] != lines) exit 1; exit block != blocks}' "$1"
}

# norms FILE COLUMN: of a block, the root of the sum of squares
norms()
{
  awk -v column="$2" '/^#/ || NF == 0 {next} $column + 0 != $column {if (seen++) printf "%.9f\n", sqrt(s); s = 0; next}
    {s += $column * $column} END {printf "%.9f\n", sqrt(s)}' "$1"
}
holds "wr.tsv holds 12 x 12 entries of each layer" rows net/probe/wr.tsv 2 144
holds "wr_spectrum.tsv 12 singular values of each" rows net/probe/wr_spectrum.tsv 2 12
norms net/probe/wr.tsv 3 >entries
norms net/probe/wr_spectrum.tsv 2 >values
awk -F '\t' '/^#/ {next} !at {for (i = 1; i <= NF; i++) if ($i == "wr_frobenius") at = i; next}
  $1 != "mean" {printf "%.9f\n", $at}' net/probe/metrics.tsv >metrics
holds "entries and singular values have the same norm" cmp entries values
holds "the norm that the metrics tell" cmp entries metrics
holds "singular values fall" awk '/^#/ {next} NF == 0 || $1 !~ /^[0-9]/ {last = 1e300; next} $2 > last {exit 1} {last = $2}' \
  net/probe/wr_spectrum.tsv
documented net/probe/metrics.json
holds "an undefined number is never bare" sh -c '! grep -Eqi ": -?(nan|inf)" net/probe/metrics.json'

ends 0 "the same with one thread" probe net -o one --threads=1
ends 0 "and with three" probe net -o three --threads=3
for file in metrics.json metrics.tsv layer0.nc layer1.nc logits.nc probe_irr.tsv probe_rdp.tsv wr.tsv wr_spectrum.tsv config.ini; do
  holds "threads change no byte of $file" cmp one/$file three/$file
done
ends 0 "its config.ini reproduces it" "$fhrl" probe net --quiet -c one/config.ini -o again
holds "to the byte" cmp one/metrics.json again/metrics.json
ends 0 "a .safetensors file is a run too" probe net/checkpoint.safetensors -o file
holds "with the same metrics" cmp one/metrics.json file/metrics.json

ends 0 "--json puts the result on standard output" probe net -o one --json
holds "and it is metrics.json" cmp out one/metrics.json

printf 'abcdefgh%.0s' 1 2 3 4 5 6 7 8 9 >bytes
printf 'abcdefgh%.0s' 1 2 3 4 >half
ends 0 "given bytes drive it" probe net --bytes bytes -o given
holds "three sequences of 24" test "$(number given/metrics.json sequences)" = 3
holds "too few for the drift along probes: null, with a reason" grep -q '"rdp_frequency": null' given/metrics.json
says given/metrics.json '"rdp_frequency_reason": "perturbations = 9, but only 3 sequences' "which names both numbers"
ends 2 "half a sequence is refused" probe net --bytes half -o refused
says err "half holds 32 bytes, which is no whole number of sequences of T = 24" "and the message says why"
ends 0 "the corpus of the run drives it" probe net --set probe.source=corpus -o corpus

# controls: other fast weights in FH-RL's place, and nothing there
for kind in fast_weights=hebbian fast_weights=delta fast_weights=retention y_destination=none; do
  "$fhrl" train -o "$kind" --quiet --set model.d=12 --set model.T=24 --set model.layers=2 --set train.steps=3 --set train.batch=4 \
    --set model.$kind >/dev/null || not_ok "a network with $kind to probe"
  ends 0 "a network with $kind is probed" probe $kind
  says out "no W_r here" "which says what it lacks"
  holds "its figure is drawn all the same" test -s $kind/probe/probe.svg -a -s $kind/probe/probe.png -a ! -s err
  generic $kind/probe/probe.svg
  says $kind/probe/metrics.json '"irr": null' "without an IRR"
  says $kind/probe/metrics.json '"irr_reason": ".*the layer has no W_r"' "and why"
  says $kind/probe/metrics.json '"esri_batch_out": [0-9]' "with the ESRI of its blocks"
  holds "without tables of W_r" test ! -e $kind/probe/wr.tsv
  ends 2 "and has no flow to compare with" "$fhrl" compare $kind
done
says fast_weights=delta/probe/metrics.json '"y_ratio": [0-9.e-]+,' "how large y is is measured"
says y_destination=none/probe/metrics.json '"rdp_frequency_reason": "the network has no such layer"' "where there is one"

# spectra of two layers, one of them a thousand times smaller: its tics would run into the panel beside it
awk 'BEGIN {OFS = "\t"; for (i = 0; i < 2; i++) {print (i ? "\n\n" : "") "t", "irr", "irr_error", "esri_y"; print 1, 0.1, 0.01, 0.001; print 2, 0.2, 0.01, 0.002}}' >irr.tsv
awk 'BEGIN {OFS = "\t"; for (i = 0; i < 2; i++) {print (i ? "\n\n" : "") "f", "amplitude", "null_mean", "null_low", "null_high", "surrogates"
  for (k = 1; k < 5; k++) print k / 10, k * (i ? 0.0011 : 1.1), (i ? 0.002 : 2), (i ? 0.001 : 1), (i ? 0.007 : 7), 200}}' >rdp.tsv
holds "a figure of spectra of different size" "${GNUPLOT:-gnuplot}" -d -c "${FHRL_DATADIR:?}/plots/probe.gp" tics.svg irr.tsv rdp.tsv
holds "has short tics for each" sh -c '! grep -q "> *0\.00[1-9]" tics.svg'
says tics.svg "RDP, layer 1, in 10" "and says the power of ten"

ends 0 "gamma may change" probe net --set model.gamma=0 -o still
holds "without it there is no reentry" test "$(number still/metrics.json irr)" = 0.0
ends 2 "d may not" probe net --set model.d=24 -o wide
says err "model.d = 24 is not what .* was trained with" "and the message names the key"
ends 2 "another configuration is refused in the same folder" probe net -o one --set probe.seed=2
says err "probe.seed" "and the message names the key"
ends 0 "unless forced" probe net -o one --set probe.seed=2 --force
ends 2 "topk has to be smaller than d" "$fhrl" probe net --quiet -o top --set probe.topk=12
says err "probe.topk = 12 must lie in 1 .. 11" "and the message says where it may lie"
holds "nothing stays of a run that came to nothing" test ! -e top/config.ini
ends 0 "so that the folder is free for another attempt" "$fhrl" probe net --quiet -o top --set probe.sequences=4
says top/config.ini "^topk = 11" "where topk is as large as d allows, unless it was set"
ends 0 "what it recorded drives a flow" "$fhrl" simulate fhrl_layer --quiet --t-end=30 --set model.checkpoint=net \
  --set input.file=net/probe/layer0.nc
says out "^input +recorded until t = 24, and held from there on" "which says where the recording ends"
ends 1 "no run, no probe" probe nowhere
says err "nowhere" "and the message names it"
finish
