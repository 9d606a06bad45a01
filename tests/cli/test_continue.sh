#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_continue.sh: continuation as a user meets it: branches, the figure, restarting from labels, interruption, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

ends 0 "Lorenz' equilibria are followed" "$fhrl" continue lorenz --quiet --in=r --low=0 --high=30 --x0=0,0,0 -o lorenz
says out "branch point +r = +(1|1\.0000000[0-9]*|0\.9999999[0-9]*)$" "the pitchfork at 1"
says out "Hopf +r = +24.736842105[0-9]*, frequency 9.62453" "the Hopf points at 470/19"
says out "^branch 1 .* through label 2" "the other branch is taken up"
for file in branch.json branch.tsv branch.svg branch.png run.json config.ini; do
  holds "it leaves $file" test -s lorenz/$file
done
holds "an undefined number is never bare" sh -c '! grep -Eqi ": -?(nan|inf)" lorenz/branch.json'
documented lorenz/branch.json
ends 0 "its config.ini reproduces it" "$fhrl" continue lorenz --quiet -c lorenz/config.ini -o again
holds "to the byte" cmp lorenz/branch.json again/branch.json
holds "the table, too" cmp lorenz/branch.tsv again/branch.tsv

ends 0 "the other branch alone, from its label" "$fhrl" continue lorenz --quiet --in=r --low=0 --high=30 --from=lorenz:2 -o fork
says out "^branch 0 " "is branch 0 there"
holds "with both Hopf points" test "$(grep -c 'Hopf' fork/branch.json)" -ge 2
ends 0 "on from a Hopf point in another parameter" "$fhrl" continue lorenz --quiet --in=sigma --low=5 --high=15 \
  --param r="$(awk -F'\t' '$3 == "Hopf" {print $5; exit}' lorenz/branch.tsv)" --from=lorenz:6
says out "^branch 0 .* from sigma = 5 to 15" "over its range"
ends 2 "with the first left where the model has it" "$fhrl" continue lorenz --quiet --in=sigma --low=5 --high=15 --from=lorenz:6
says err "label 6 has r = 24.7368.*--param r=" "it is refused, and shown how"

ends 0 "a map's fixed points flip" "$fhrl" continue fhrl_ladder --quiet --in=gamma --low=0 --high=2 --param d=6
says out "flip +gamma = " "which is located"

ends 130 "interrupted" timeout --preserve-status -s INT 3 "$fhrl" continue random_rnn --quiet --in=g --low=0.5 --high=1.5 \
  --param n=700 --param g=0.6 --set continue.step_max=0.002 --set continue.dense=0 -o stopped
says err "interrupted" "it says so"
holds "what was followed is saved" grep -q '"interrupted": true' stopped/branch.json

ends 2 "no parameter" "$fhrl" continue lorenz --quiet
says err "continue.parameter is not set" "is asked for"
ends 2 "no range" "$fhrl" continue lorenz --quiet --in=r
says err "range of r is not set" "is asked for"
ends 2 "an unknown parameter" "$fhrl" continue lorenz --quiet --in=q --low=0 --high=1
says err "'q' is no real parameter of lorenz; allowed: sigma r b" "is answered with the list"
ends 2 "a range that the table refuses" "$fhrl" continue fhrl --quiet --in=epsilon --low=-1 --high=2
says err "allowed: number >= 0" "is answered with the one allowed"
ends 2 "a range that the model refuses" "$fhrl" continue fhrl --quiet --in=beta --low=0.5 --high=2
says err "continue.high = 2: model fhrl refuses beta = 2: .*allowed is \(0, 1\]" "is answered with the end and the reason"
ends 2 "a start outside the range" "$fhrl" continue lorenz --quiet --in=r --low=0 --high=3
says err "r = 28, outside the range" "is named"
ends 0 "a start that leads nowhere" "$fhrl" continue fhrl --quiet --in=kappa --low=0.9 --high=1.1 --param d=12
says out "^start +x0 leads to no equilibrium: from the nearest of [1-9]" "is replaced by the nearest that is found, which is said"
says out "^branch 0 .* from kappa = 0.9 to 1.1" "and followed"
ends 1 "no equilibrium at the start" "$fhrl" continue rossler --quiet --in=c --low=0.1 --high=8 --param b=3 --param a=3
says err "no equilibrium of rossler at the start, c = 5.7: .* other starts led to none; give one near it with --x0, or .*--param c=VALUE" "is said, and what to do"
ends 2 "a label that is not there" "$fhrl" continue lorenz --quiet --in=r --low=0 --high=30 --from=lorenz:99
says err "no label 99; allowed: 1 to 9" "is named"
ends 1 "a file that is not there" "$fhrl" continue lorenz --quiet --in=r --low=0 --high=30 --from=nowhere.json:1
ends 2 "an unknown ordinate" "$fhrl" continue lorenz --quiet --in=r --low=0 --high=30 --x0=0,0,0 --set continue.show=w
says err "continue.show = w: lorenz has no such component; allowed: norm x y z$" "is answered with the list"
finish
