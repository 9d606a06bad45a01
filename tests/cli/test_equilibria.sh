#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_equilibria.sh: equilibria as a user meets them: the list, its proof, the files, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

ends 0 "nine equilibria are found and proved" "$fhrl" equilibria fhrl --quiet --param "W=diag 3" --param eta=0 \
  --param kappa=1 --param epsilon=0.01 --set input.kind=none --prove --set proof.box=-2,2 -o nine
says out "^equilibria +9 found" "nine are found"
says out "^proved +exactly 9 equilibria in the box" "and no more are there"
says out "with A = 0" "the memory is eliminated"
says out "simultaneous h_c = 1.04169.*, flip; .*kept and lost, as said" "h_c is confirmed by iterating"
for file in equilibria.json equilibria.tsv run.json config.ini; do
  holds "it leaves $file" test -s nine/$file
done
holds "an undefined number is never bare" sh -c '! grep -Eqi ": -?(nan|inf)" nine/equilibria.json'
holds "the table has a row for each" test "$(grep -vc '^#' nine/equilibria.tsv)" -eq 10
documented nine/equilibria.json
ends 0 "its config.ini reproduces it" "$fhrl" equilibria fhrl --quiet -c nine/config.ini -o again
holds "to the byte" cmp nine/equilibria.json again/equilibria.json
holds "the table, too" cmp nine/equilibria.tsv again/equilibria.tsv
ends 0 "--json puts the result on standard output" "$fhrl" equilibria fhrl --quiet -c nine/config.ini --json
holds "and it is equilibria.json" cmp out nine/equilibria.json
holds "the proof is whole" grep -q '"complete": true' nine/equilibria.json

ends 0 "van der Pol's oscillator rests once" "$fhrl" equilibria van_der_pol --quiet --prove
says out "^proved +exactly 1 equilibrium in the box" "which is proved"
ends 0 "predators and prey twice" "$fhrl" equilibria lotka_volterra --quiet --prove
says out "^proved +exactly 2 equilibria in the box" "which is proved"
ends 0 "a continuum is no list" "$fhrl" equilibria fhrl --quiet --param drive=none --param eta=0 --prove
says out "^not proved" "and nothing is claimed of it"
says out "^equilibria +2 found" "it is listed once"
says out "one of a continuum of 1 dimension, stable across it; [0-9]+ starts ended there" "and as what it is"
ends 0 "so are states that differ by a common phase" "$fhrl" equilibria kuramoto_ring --quiet --param n=5 --param q=1
says out "^phases +5 components count modulo 2 pi" "or by whole turns"
# neighbours differ by a or, k of them, by pi - a, in all by whole turns: 5, 3 C(5, 1) and C(5, 2) states for k = 0, 1, 2
says out "^equilibria +30 found" "of which there are 30 that differ otherwise, each once"

ends 0 "a layer has two limits" "$fhrl" equilibria fhrl_layer --quiet --param d=4 --set equilibria.starts=20 -o layer
documented layer/equilibria.json
says out "simultaneous h_c = .* as said" "that of Euler's step"
says out "sequential +h_c = .* as said" "and that of the ladder's own"
ends 0 "a map has fixed points" "$fhrl" equilibria fhrl_ladder --quiet --param d=4 --set equilibria.starts=20
ends 0 "a large system needs no matrices" "$fhrl" equilibria random_rnn --quiet --param n=80 --param g=0.8 \
  --set equilibria.starts=3 --set equilibria.deflated=2 --set equilibria.method=krylov --set equilibria.dense=20
says out "stable .*x\[0\] = +0, .*" "and its rest is found"
says out "\(of those computed\)" "with the ends of its spectrum"

ends 2 "a model without balls is not proved" "$fhrl" equilibria dense_hopfield --quiet --prove
says err "no proof for dense_hopfield: .*allowed: fhrl lorenz" "and the reason is given"
ends 2 "nor one with too many states" "$fhrl" equilibria fhrl --quiet --param d=7 --prove
says err "7 free states" "by number"
ends 2 "a malformed box" "$fhrl" equilibria lorenz --quiet --prove --set proof.box=1,0
says err "proof.box = 1,0: write low,high" "is shown how"
finish
