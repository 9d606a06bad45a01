#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_portrait.sh: a portrait as a user meets it: the figure, the script to change and run again, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

ends 0 "a portrait is drawn" "$fhrl" portrait fhrl --quiet --param "W=diag 3" --param eta=0 --param epsilon=0.01 \
  --set input.kind=none
says out "^equilibria +9 found" "with its nine equilibria"
for file in portrait.svg portrait.png portrait.gp portrait.tsv portrait.json run.json config.ini; do
  holds "it leaves $file" test -s portrait-fhrl/$file
done
documented portrait-fhrl/portrait.json
documented portrait-fhrl/run.json
holds "an undefined number is never bare" sh -c '! grep -Eqi ": -?(nan|inf)" portrait-fhrl/portrait.json'

mkdir moved && cp portrait-fhrl/portrait.gp portrait-fhrl/portrait.tsv moved
holds "gnuplot alone redraws it, wherever it lies" sh -c 'cd moved && "${GNUPLOT:-gnuplot}" portrait.gp'
holds "to the byte" cmp moved/portrait.svg portrait-fhrl/portrait.svg
holds "also under another name and from elsewhere" "${GNUPLOT:-gnuplot}" -c moved/portrait.gp other.png
holds "which is there" test -s other.png

ends 0 "any two components may be drawn" "$fhrl" portrait lorenz --quiet -o butterfly --t-end=20 --set portrait.x=x \
  --set portrait.y=z
says out "^plane +x in .* z in " "and are said"
ends 2 "an unknown component is refused" "$fhrl" portrait lorenz --quiet --set portrait.x=w
says err "portrait.x = w: lorenz has no such component" "by name"
finish
