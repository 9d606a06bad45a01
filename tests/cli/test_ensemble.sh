#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_ensemble.sh: many starts and many parameter points from the command line, what is refused, and being interrupted
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

rows() { grep -c '^[0-9]' "$1"; }
column() { awk -F'\t' -v name="$2" '/^#/ {next} !at {for (i = 1; i <= NF; i++) if ($i == name) at = i; next} {print $at}' "$1"; }

ends 0 "an ensemble with two threads" "$fhrl" simulate fhrl --members=100 --t-end=10 -o two --threads=2 --quiet
ends 0 "and with one" "$fhrl" simulate fhrl --members=100 --t-end=10 -o one --threads=1 --quiet
holds "ends in the same table" cmp one/ensemble.tsv two/ensemble.tsv
holds "and the same NetCDF" cmp one/ensemble.nc two/ensemble.nc
holds "with a row per member" [ "$(rows one/ensemble.tsv)" -eq 100 ]

cat >grid.ini <<'INI'
[ensemble]
vary = mu = 0.5, 1:1:3, 1000
INI
ends 0 "a grid of parameters, some stiff" "$fhrl" simulate van_der_pol -c grid.ini -o grid --quiet --json
says out '"members": 5' "a member for each point"
says out '"points": 5' "five points"
says out '"stiff": 1' "one of them is stiff"
says out '"failed": 0' "none fails"
holds "every member's parameter is written" [ "$(column grid/ensemble.tsv model.mu | tr '\n' ' ')" = "0.5 1 2 3 1000 " ]
holds "and its way" [ "$(column grid/ensemble.tsv way | tr '\n' ' ')" = "0 0 0 0 1 " ]
ends 0 "its configuration reproduces it" "$fhrl" simulate van_der_pol -c grid/config.ini -o grid2 --quiet --threads=1
holds "to the same bytes" cmp grid/ensemble.nc grid2/ensemble.nc

ends 0 "starts for every point of two axes" "$fhrl" simulate fhrl --vary "kappa = 0, 1; eta = 0.1:0.1:0.3" --members=4 --t-end=5 \
  -o starts --quiet
holds "members = points x starts" [ "$(rows starts/ensemble.tsv)" -eq 24 ]
holds "points in order" [ "$(column starts/ensemble.tsv point | uniq | tr '\n' ' ')" = "0 1 2 3 4 5 " ]
holds "the last axis fastest" [ "$(column starts/ensemble.tsv model.kappa | uniq -c | awk '{print $1 "x" $2}' | tr '\n' ' ')" = "12x0 12x1 " ]
ends 0 "a point is what a run of its own is" "$fhrl" simulate fhrl --members=4 --param kappa=1 --param eta=0.2 --t-end=5 -o point --quiet
holds "to every digit" cmp <(column starts/ensemble.tsv 'y[1]' | sed -n 17,20p) <(column point/ensemble.tsv 'y[1]')
ends 0 "parameters drawn for every member" "$fhrl" simulate lorenz --vary "r = uniform 20 30; sigma = log 5 20" --members=50 --t-end=2 \
  -o drawn --quiet
holds "each has its own" [ "$(column drawn/ensemble.tsv model.r | sort -u | wc -l)" -eq 50 ]

ends 2 "a shape may not vary" "$fhrl" simulate fhrl --vary "d = 2, 3" -o shape --quiet
says err "^fhrl simulate: --set: ensemble.vary: d = 3 changes the shapes of fhrl .12 states, not 6." "and says why"
holds "before anything is written" [ ! -e shape ]
ends 2 "nor may events come and go" "$fhrl" simulate fhrl_layer --param allow_pole=true --vary "beta = 0.9, 1.1" --quiet
says err "ensemble.vary: beta = 1.1 gives fhrl_layer other matrices, inputs or events than the rest" "which is said"
ends 2 "a map has no ensemble" "$fhrl" simulate fhrl_ladder --members=3 --set ensemble.spread=0.1 --quiet -o map
says err "fhrl_ladder is a map, and an ensemble integrates" "which is said"
holds "before anything is written" [ ! -e map ]
printf '[ensemble]\n\nvary = mu = one\n' >bad.ini
ends 2 "nor may anything be no number" "$fhrl" simulate van_der_pol -c bad.ini --quiet
says err "bad.ini:3: ensemble.vary: mu = 'one' is not allowed; allowed: any number" "file, line, key, value and what is allowed"
ends 2 "starts that would all be the same" "$fhrl" simulate lorenz --members=3 --quiet
says err "without ensemble.spread would all be the same" "are refused"
ends 2 "values that a model refuses together" "$fhrl" simulate fhrl_layer --vary "alpha = 0.5, 1; rate = paper, exact" --quiet
says err "member 3: model fhrl_layer: " "are refused by member"

ends 0 "members that fail" "$fhrl" simulate lotka_volterra --members=40 --set ensemble.spread=1 --t-end=5 -o failing --quiet --json
documented out
says out '"reason": "lotka_volterra cannot start here: both populations must be positive' "are named with their reason"
holds "and counted" [ "$(column failing/ensemble.tsv way | grep -c 2)" -ge 1 ]

ends 1 "an ensemble of which nobody arrives" "$fhrl" simulate lorenz --vary "r = 20, 28" --set solver.max_steps=3 -o lost --quiet
says err "every one of 2 members failed, the first because max_steps = 3 are used up" "is no success"
holds "though its table is there" [ "$(column lost/ensemble.tsv way | grep -c 2)" -eq 2 ]

"$fhrl" simulate van_der_pol --members=4 --set ensemble.spread=1 --t-end=1e9 --set solver.max_steps=1e15 -o interrupted --quiet >out 2>err &
pid=$!
sleep 1
kill -INT $pid
wait $pid
status=$?
holds "an interrupt ends it with 130" [ $status -eq 130 ]
says err "to resume: fhrl simulate van_der_pol -c interrupted/config.ini -o interrupted: interrupted after 0 of 4 members" "and says so"
holds "and leaves no result, whole or torn" [ "$(ls interrupted | tr '\n' ' ')" = "config.ini ensemble.part " ]
finish
