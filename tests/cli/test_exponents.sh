#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_exponents.sh: exponents as a user meets them: numbers, checks, files, the figure, refusals, Ctrl-C
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

ends 0 "exponents of a flow are measured" "$fhrl" exponents lorenz --se=0.002 -o lorenz --quiet
says out "^ +lambda_1 +0\.9[01]" "the largest is there"
says out "^sum +-13\.6666667, mean divergence -13\.6666667" "the trace identity is printed"
says out "^zero +lambda_2 = " "and the zero exponent"
says out "^attractor +chaotic" "and what the orbit lives on"
generic lorenz/exponents.svg
for file in exponents.json exponents.tsv exponents_spectrum.tsv exponents.svg exponents.png run.json config.ini; do
  holds "it leaves $file" test -s lorenz/$file
done
ends 0 "a short measurement has no errors" "$fhrl" exponents lorenz --t-end=1 --set exponents.every=0.1 -o short --quiet
says out "^errors +none, from [0-9]+ blocks of 0.1: 32 are the least; measure for longer$" "and says what is missing"
says out "^ +lambda_1 +-?[0-9.]+ +- +none: too few blocks " "in place of an interval"
holds "never with a nan" sh -c '! grep -qi "nan" out short/exponents.json'
says short/exponents.json '"low_reason": "too few blocks: fewer than 32"' "nor in JSON"
holds "its figure is drawn all the same" test -s short/exponents.svg -a -s short/exponents.png -a ! -s err
sed '/"share": {/,/}/d' lorenz/exponents.json >plain.json # its fields are the model's blocks
documented plain.json
holds "no number is bare nan or inf" sh -c '! grep -Eqi ": -?(nan|inf)" lorenz/exponents.json'
ends 0 "its configuration repeats it" "$fhrl" exponents lorenz -c lorenz/config.ini -o again --quiet
holds "to the byte" cmp lorenz/exponents.tsv again/exponents.tsv
holds "the result, too: seconds are the business of run.json" cmp lorenz/exponents.json again/exponents.json
holds "also the resolved configuration" cmp lorenz/config.ini again/config.ini

ends 0 "JSON goes to standard output" "$fhrl" exponents hopf --quiet --json
for field in exponents sum trace_mean kaplan_yorke attractor converged zero_exponent switched driven; do
  says out "\"$field\":" "with $field"
done
says out '"attractor": "periodic"' "a cycle is recognised"
ends 0 "t_end alone is gone to" "$fhrl" exponents van_der_pol --t-end=500 --quiet
says out "^measured +450 from t = 50 on" "with a tenth discarded"
says out "the orbit comes back after 6\.66328" "and its period is found"
ends 0 "a layer that nobody trained" "$fhrl" exponents fhrl_layer --t-end=800 --quiet
says out "share of its vector in" "shares are printed"
says out "^attractor +equilibrium: the orbit rests" "its rest is recognised"
says out "^eigenvalues +of the Jacobian there differ" "and compared with eigenvalues"
ends 0 "the ladder has exponents at any h" "$fhrl" exponents fhrl_ladder --t-end=200 --param m=4 --quiet --set exponents.rungs=4
says out "^ladder +h +lambda_map/h" "and climbs to the flow's"
says out "^ +0 +-0\." "which is the last rung"
ends 0 "driven systems are conditional" "$fhrl" exponents fhrl --set input.kind=sine --t-end=200 --quiet
says out "none expected: driven by u\(t\)" "without a zero exponent"

ends 2 "too many exponents are refused" "$fhrl" exponents lorenz --set exponents.k=4 --quiet
says err "exponents.k = 4: lorenz has 3 states" "by name"
ends 2 "a map does not go in halves" "$fhrl" exponents idp_saliency --t-end=10.5 --quiet
says err "goes in whole steps" "it says"
ends 1 "a blow-up is no result" "$fhrl" exponents fhrl --quiet --param drive=fastweight \
  --param "W_r=diag 6.666666666666667" --param "W_v=diag 1" --param "B=diag 0" --x0=7,0,0,0,0,0
says err "blows up near t = 4\.32.*: y\[0\] is" "with its time and component"

# bash starts a background job with SIGINT ignored, hence SIGTERM, which is treated alike
"$fhrl" exponents lorenz --set exponents.se=1e-9 -o stopped --quiet >out 2>err &
pid=$!
for _ in $(seq 100); do
  [ -s stopped/config.ini ] && break
  sleep 0.05
done
sleep 1
kill -TERM $pid
wait $pid
[ $? -eq 130 ] && ok "an interruption ends with 130" || not_ok "an interruption does not end with 130"
says err "interrupted at t = " "and says where"
says out "^ +lambda_1 +0\." "what was measured is printed"
says out "^not converged: it ended before its time" "for what it is"
holds "and saved" test -s stopped/exponents.json -a -s stopped/exponents.tsv
finish
