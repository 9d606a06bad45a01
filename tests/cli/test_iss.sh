#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_iss.sh: the Lyapunov argument on trial as a user meets it: summary, files, required claims, a trained layer
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
small="--quiet --t-end=10 --set iss.samples=500 --set iss.trajectories=4"

# shellcheck disable=SC2086
iss()
{
  "$fhrl" iss "$@" $small
}

ends 0 "homeostasis alone is tried" iss fhrl --param drive=none --param kappa=1 -o alone
says out "^S15 +violated" "S15 is violated"
says out "^S15 witness +rho = 0.5: .* = 0.25 > -0.25 = " "its witness is rho = 1/2"
says out "^recentred_decay +certified" "the decay around rho* is certified"
says out "^bounded +certified .*rho <= 0.5" "and the flow bounded by the same radius"
says out "^contraction +(not certified|certified .*orbits may leave it)" "nothing contracts onto the neutral sphere"
says out "^rho\* +0.49999" "rho* is 1/2"
for file in iss.json iss.tsv iss_profile.tsv iss_front.tsv iss_map.tsv iss_gain.tsv iss_reach.tsv run.json config.ini \
  iss.svg iss.png iss_map.svg iss_map.png iss_gain.svg iss_gain.png iss_reach.svg iss_reach.png; do
  holds "it leaves $file" test -s alone/$file
done
generic alone/*.svg
holds "an undefined number is never bare" sh -c '! grep -Eqi ": -?(nan|inf)" alone/iss.json'
ends 0 "its config.ini reproduces it" "$fhrl" iss fhrl --quiet -c alone/config.ini -o again
holds "to the byte" cmp alone/iss.json again/iss.json
holds "with the same orbits" cmp alone/iss.tsv again/iss.tsv
ends 0 "another number of threads" iss fhrl --param drive=none --param kappa=1 -o threads --threads=3
for file in iss.json iss_map.tsv iss_gain.tsv iss_reach.tsv; do
  holds "gives the same $file" cmp alone/$file threads/$file
done
holds "its violations are confirmed in ball arithmetic" sh -c '[ "$(grep -c "\"verified\": true" alone/iss.json)" -ge 4 ] &&
  ! grep -q "\"verified\": false" alone/iss.json'
timeout --preserve-status -s INT 1 "$fhrl" iss fhrl --quiet --set iss.samples=10000000 >out 2>err
[ $? -eq 130 ] && ok "Ctrl-C ends it with 130" || not_ok "Ctrl-C ends it with 130"
timeout --preserve-status -s INT 1 "$fhrl" iss fhrl --quiet --set iss.samples=10 --set iss.trajectories=1 --set iss.starts=1000000 \
  --t-end=1000 >out 2>err
[ $? -eq 130 ] && ok "among the trajectories, too" || not_ok "among the trajectories, too"
ends 0 "--json puts the result on standard output" iss fhrl --param drive=none --param kappa=1 --json
holds "and it is iss.json" cmp out alone/iss.json

ends 0 "a claim that holds may be required" iss fhrl --require recentred,ultimate,memory
ends 3 "one that does not ends with 3" iss fhrl --require recentred,S15
says err "S15 is violated" "and is named"
ends 3 "so does one that is open" iss fhrl --require slots
ends 2 "an unknown one is a mistake" "$fhrl" iss fhrl --require recentred,S99 --set iss.samples=10000000 --t-end=1e6 -o unknown
says err "^fhrl iss: --require=recentred,S99: no claim 'S99'; allowed: S13 .* slots" "answered with those there are"
holds "before anything is done" [ ! -e unknown ]
ends 2 "none at all is one, too" iss fhrl --require=
ends 2 "a model without homeostasis is refused" iss lorenz
says err "state block y" "with what is missing"
ends 2 "malformed radii are refused" iss fhrl --set iss.radii=1,x

ends 0 "reentry that is not dissipative is told from one that diverges" iss fhrl --param homeostasis=reentry \
  --param "W_r=0 10; 0 0" --set iss.radii=10000,1
says out "^reentry +1 \+ kappa mu = -4, 1 \+ kappa min Re lambda\(W_r\) = 1$" "both numbers are said"
says out "^reentry_spectral +certified" "and that every orbit stays bounded is proved"
ends 0 "what grows beyond rho_c is told, too" iss fhrl --param homeostasis=reentry --param drive=none --param "W_r=diag -2" \
  --param epsilon=0.1 --set iss.radii=2.079,2.121 --set iss.rho_limit=100 --json
says out '"divergent": true' "as divergent"
ends 3 "fastweight with outer memory is never certified" iss fhrl --param drive=fastweight --require S16
says out "^bounded +not certified" "bounded, least of all"
holds "nor is any claim of it" sh -c '! grep -Eq "^[A-Za-z0-9_]+ +certified" out'

"$fhrl" train -o net --quiet --set model.d=12 --set model.T=24 --set model.layers=2 --set train.steps=20 --set train.batch=4 \
  >/dev/null || not_ok "a network to try"
"$fhrl" probe net --quiet --set probe.topk=4 --set probe.sequences=4 --set probe.perturbations=9 --set probe.window=8 \
  >/dev/null || not_ok "its recorded input"
ends 0 "a trained layer under its recorded input obeys its bounds" iss fhrl_layer --set model.checkpoint=net \
  --set model.layer=0 --set input.file=net/probe/layer0.nc --require S13,gain_bound,gain_pole,memory,slots,slots_spread
says out "^gain_bound +certified" "the first of them certified"
says out "^bounded +certified" "it is bounded in the end"
says out "^contraction +" "and whether it contracts is said"
finish
