#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_compare.sh: a trained network against its flow as a user meets it: files, figures, threads, other probes, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

# number FILE KEY: the first value of a key in a JSON file
number()
{
  sed -n "s/^ *\"$2\": \([^,]*\),*$/\1/p" "$1" | head -1
}

# between LOW VALUE HIGH
between()
{
  awk -v a="$1" -v x="$2" -v b="$3" 'BEGIN {exit !(x != "null" && x != "" && a + 0 <= x + 0 && x + 0 <= b + 0)}'
}

"$fhrl" train -o net --quiet --set model.d=12 --set model.T=24 --set model.layers=2 --set train.steps=30 --set train.batch=4 \
  >/dev/null || not_ok "a network to compare"
cat >small.ini <<'INI'
[probe]
topk = 4
sequences = 12
perturbations = 9
window = 8
seed = 5
[compare]
window = 8
sequences = 3
INI

ends 0 "a run that was not probed is compared" "$fhrl" compare net --quiet -c small.ini
holds "it was probed first" test -s net/probe/layer1.nc
says out "^ +1 +1\.0" "the order of the ladder is said, layer by layer"
says out "^The continuous theory does not describe this network: y is [0-9.]+ % off" "and one sentence says what it comes to"
for file in compare.json compare.tsv compare_token.tsv compare_c.tsv compare_metrics.tsv compare_twin.tsv twin.nc \
  compare_ladder.svg compare_c.svg compare_twin.svg compare_metrics.svg compare_ladder.png compare_c.png compare_twin.png \
  compare_metrics.png run.json config.ini; do
  holds "it leaves $file" test -s net/compare/$file
done
json=net/compare/compare.json
holds "an undefined number is never bare" sh -c "! grep -Eqi ': -?(nan|inf)' $json"
holds "the ladder has order one" between 0.95 "$(number $json order)" 1.05
holds "its lowest rung is the recorded network" between 0 "$(number $json network_deviation)" 1e-5
holds "the network is not near its flow at c = 1" between 0.05 "$(number $json relative_at_1)" 2
says $json '"headline": "The continuous theory does not describe' "the headline is in the result"
holds "with the step up to which the theory holds" between 0.0156 "$(number $json up_to_h)" 1
says $json '"stable_in_network": true' "equilibria are looked for"
holds "and iterated beside their h_c" sh -c "! grep -q '\"agrees\": false' $json"
holds "another integrator agrees on the twin to the tolerance asked" between 0 "$(number $json relative)" 1e-9
says $json '"born": \{' "and what is born where an equilibrium is lost"
says out "^layer 0 loses an equilibrium at h_c = [0-9.]+ by a .*; born there: " "is said"
says $json '"effective_rank": 1' "the slots are told"
holds "the seed is the probe's" test "$(number $json seed)" = 5
says $json '"esri_window_y": [0-9]' "twelve sequences are enough for ESRI"
says $json '"c_reason": "infinite' "the limit of c is there"
holds "a step of the ladder is a power of two" sh -c "grep -q '\"h\": 0.015625' $json"

ends 0 "the same with one thread" "$fhrl" compare net --quiet -c small.ini -o one --threads=1
ends 0 "and with three" "$fhrl" compare net --quiet -c small.ini -o three --threads=3
for file in compare.json compare.tsv compare_token.tsv compare_c.tsv compare_metrics.tsv compare_twin.tsv twin.nc compare_c.svg \
  compare_metrics.svg; do
  holds "threads change no byte of $file" cmp one/$file three/$file
done
ends 0 "a .safetensors file is a run too" "$fhrl" compare net/checkpoint.safetensors --quiet -c small.ini -o one --json
holds "--json puts the result on standard output" cmp out one/compare.json

ends 0 "a probe at another gamma" "$fhrl" probe net --quiet -c small.ini --set model.gamma=0.9 -o strong
ends 0 "is compared at that gamma" "$fhrl" compare net --quiet -c small.ini -o other --set compare.probe=strong
holds "so the lowest rung is again what was recorded" between 0 "$(number other/compare.json network_deviation)" 1e-5
ends 0 "a probe of the network without homeostasis" "$fhrl" probe net --quiet -c small.ini --set model.beta=0 -o bare
ends 2 "has no flow to be compared with" "$fhrl" compare net --quiet -c small.ini -o unbounded --set compare.probe=bare
says err "model.beta = 0: the network has no homeostasis" "which is said"
ends 0 "the other rate" "$fhrl" compare net --quiet -c small.ini -o exact --set compare.rate=exact
holds "has order one too" between 0.95 "$(number exact/compare.json order)" 1.05

"$fhrl" train -o all --quiet --set model.d=12 --set model.T=24 --set model.layers=1 --set train.steps=2 --set train.batch=2 \
  --set model.alpha=1 >/dev/null || not_ok "a network with alpha = 1"
ends 0 "a network whose slots are renewed whole has no exact rate" "$fhrl" compare all --quiet -c small.ini \
  --set compare.exponent_sequences=0
says all/compare/compare.json 'exact_reason": "alpha = 1 has no exact rate' "which is no failure, but told"
ends 2 "asked for by name it is refused" "$fhrl" compare all --quiet -c small.ini -o refused --set compare.rate=exact

ends 0 "a constant drives both" "$fhrl" compare net --quiet -c small.ini -o constant --set compare.input=constant --set input.amplitude=1
says constant/compare.json '"input": "constant"' "and the result says so"
holds "its ladder has order one" between 0.95 "$(number constant/compare.json order)" 1.05
says constant/compare.json "does not say" "nobody has probed its slots"
ends 0 "its own config.ini repeats it" "$fhrl" compare net --quiet -c constant/config.ini -o again
holds "to the byte" cmp constant/compare_twin.tsv again/compare_twin.tsv
ends 2 "two kinds of input are refused" "$fhrl" compare net --quiet -o refused --set compare.input=sine --set input.kind=noise
says err "compare.input = sine" "and both named"
ends 0 "the dear parts can be left out" "$fhrl" compare net --quiet -c small.ini -o short --set compare.exponent_sequences=0 \
  --set compare.rate_sequences=0 --set compare.equilibria=1
says short/compare.json '"value_reason": "compare.exponent_sequences = 0"' "and are told to be"

cat >chart.ini <<'INI'
[compare]
atlas = true
atlas_points = 9
exponent_sequences = 0
rate_sequences = 0
metric_sequences = 1
equilibria = 1
INI
ends 0 "an atlas" "$fhrl" compare net --quiet -c chart.ini -o chart
holds "is a table" test "$(grep -c '^[01]' chart/compare_atlas.tsv)" = 162
holds "and a figure" test -s chart/compare_atlas.svg
holds "nothing of it is left over" test ! -e chart/compare_atlas.part
says chart/compare.json '"gamma_h":' "the result counts its classes"
"$fhrl" compare net --quiet -c chart.ini -o cut --threads=1 >/dev/null 2>err & pid=$!
for _ in $(seq 400); do [ -e cut/compare_atlas.part ] && break; sleep 0.02; done
kill -INT $pid 2>/dev/null
wait $pid
status=$?
holds "interrupted it says so with status 130" test $status = 130
says err "cells of the atlas in .*compare_atlas.part: the same command goes on" "and that it can go on"
ends 0 "it goes on" "$fhrl" compare net --quiet -c chart.ini -o cut
holds "to the same bytes" cmp chart/compare_atlas.tsv cut/compare_atlas.tsv
ends 2 "a layer that is not there cannot be charted" "$fhrl" compare net --quiet -c chart.ini -o refused --set compare.atlas_layer=5
says err "compare.atlas_layer = 5" "and the key is named"

ends 2 "the network's own keys are the probe's business" "$fhrl" compare net --quiet --set model.gamma=0.9 -o refused
says err "model" "and the message names the section"
ends 1 "a run that is not there is refused" "$fhrl" compare nowhere.safetensors --quiet
says err "nowhere.safetensors" "and named"
mkdir empty
ends 1 "a folder without recordings is refused" "$fhrl" compare net --quiet -o refused --set compare.probe=empty
says err "empty/layer0.nc" "and the missing file named"
"$fhrl" train -o wide --quiet --set model.d=15 --set model.T=24 --set model.layers=2 --set train.steps=2 --set train.batch=2 >/dev/null
ends 2 "recordings of another network are refused" "$fhrl" compare wide --quiet -o refused --set compare.probe=net/probe
says err "d = 12" "and the widths named"
ends 2 "a tolerance out of range is refused" "$fhrl" compare net --quiet --set compare.rtol=1
says err "compare.rtol" "and the key named"
finish
