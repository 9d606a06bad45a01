#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_portrait.sh: a portrait as a user meets it: the figure, the script to change and run again, every plane, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
gnuplot=${GNUPLOT:-gnuplot}

ends 0 "a portrait is drawn" "$fhrl" portrait fhrl --quiet --param "W=diag 3" --param eta=0 --param epsilon=0.01 \
  --set input.kind=none
says out "^equilibria +9 found" "with its nine equilibria"
for file in portrait.svg portrait.png portrait.gp portrait.tsv portrait.json run.json config.ini; do
  holds "it leaves $file" test -s portrait-fhrl/$file
done
documented portrait-fhrl/portrait.json
documented portrait-fhrl/run.json
holds "an undefined number is never bare" sh -c '! grep -Eqi ": -?(nan|inf)" portrait-fhrl/portrait.json'
generic portrait-fhrl/portrait.svg

mkdir moved && cp portrait-fhrl/portrait.gp portrait-fhrl/portrait.tsv moved
holds "gnuplot alone redraws it, wherever it lies" sh -c "cd moved && $gnuplot portrait.gp"
holds "to the byte" cmp moved/portrait.svg portrait-fhrl/portrait.svg
holds "also under another name and from elsewhere" "$gnuplot" -c moved/portrait.gp other.png
holds "which is there" test -s other.png
sed -i "s/^portrait_title = .*/portrait_title = 'mine'/" moved/portrait.gp
holds "what the reader changes shows" sh -c "cd moved && $gnuplot portrait.gp && grep -q mine portrait.svg"

cp -r portrait-fhrl once
ends 0 "a second run in the same folder" "$fhrl" portrait fhrl --quiet --param "W=diag 3" --param eta=0 --param epsilon=0.01 \
  --set input.kind=none
for file in portrait.svg portrait.tsv portrait.json; do
  holds "leaves the same $file" cmp once/$file portrait-fhrl/$file
done
ends 2 "a folder of another portrait is refused" "$fhrl" portrait fhrl --quiet
says err "holds another configuration" "and says why"

ends 0 "any two components may be drawn" "$fhrl" portrait lorenz --quiet -o butterfly --t-end=20 --set portrait.x=x \
  --set portrait.y=z
says out "^plane +x in .* z in " "and are said"
says out "^manifolds +3 drawn" "with the manifolds that are curves"

for plane in slice pca norms radial; do
  ends 0 "the plane $plane is drawn" "$fhrl" portrait fhrl --quiet -o $plane --t-end=20 --set portrait.plane=$plane
  holds "$plane leaves its figure" test -s $plane/portrait.svg
  holds "and names its plane" grep -q "\"kind\": \"$plane\"" $plane/portrait.json
  holds "and gnuplot complains about nothing" sh -c "test -z \"\$(cd $plane && $gnuplot portrait.gp 2>&1)\""
done
ends 0 "arrows may be of one colour, and lines left out" "$fhrl" portrait van_der_pol --quiet -o plain --t-end=20 \
  --set portrait.colour=false --set portrait.nullclines=false --set portrait.arrows=5 --set portrait.orbits=0
holds "there is no colour box then" sh -c '! grep -q "speed in the plane" plain/portrait.svg'
ends 0 "a window of whole numbers, far from everything" "$fhrl" portrait fhrl --quiet -o far --t-end=20 \
  --set portrait.x_low=5 --set portrait.x_high=6 --set portrait.y_low=5 --set portrait.y_high=6
says out "^figure " "is drawn"
ends 0 "a portrait of next to nothing" "$fhrl" portrait van_der_pol --quiet -o bare --t-end=20 --set portrait.arrows=0 \
  --set portrait.nullclines=false --set portrait.orbits=0 --set portrait.manifolds=false --set portrait.levels=0
says out "^figure " "is drawn"
holds "in text, too" sh -c "cd bare && $gnuplot -c portrait.gp bare.txt 79 30"

# models of one's own, of the kinds that are hard to draw
own() # NAME DX DV
{
  cat >"$1.c" <<C
#include <math.h>
#include "ode/model.h"
static const fhrl_field state[2] = {{"x", 0.7, "1", "position"}, {"v", 0.3, "1", "velocity"}};
static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = $2;
  dx[1] = $3;
  return 0;
}
const fhrl_model fhrl_model_$1 = {.name = "$1", .summary = "hard to draw", .reference = "none", .time_unit = "s",
  .state = state, .n_state = 2, .rhs = rhs};
C
}
# block INDEX FILE: the rows of a layer
block()
{
  awk -v i="$1" '/^# index/ {on = $3 == i ":"; skip = 2} on && skip-- <= 0 && NF' "$2"
}
own pole "x[1] + 0.3 / (x[0] - 1.013)" "-x[0] - 0.25 * x[1]"
ends 0 "a flow with a pole is drawn" "$fhrl" portrait ./pole.c --quiet -o pole --t-end=5 --set portrait.x_low=-2 --set portrait.x_high=2 \
  --set portrait.y_low=-2 --set portrait.y_high=2
holds "with the nullcline v = 0.3/(1.013 - x)" sh -c "[ $(block 1 pole/portrait.tsv | wc -l) -gt 50 ]"
holds "and none along the pole" test -z "$(block 1 pole/portrait.tsv | awk '$1 != "NaN" && ($2 * (1.013 - $1) - 0.3) ^ 2 > 1e-3')"
own turn "x[1]" "-sin(x[0]) - 0.25 * x[1]"
ends 0 "a pendulum is drawn" "$fhrl" portrait ./turn.c --quiet -o turn --t-end=20
says out "^plane +x in \[-?[0-9.]{1,6}, [0-9.]{1,6}\]" "in a window"
holds "that shows a few of its turns" awk '/"high"/ {if ($2 + 0 > 40) exit 1}' turn/portrait.json
own line "0.0" "x[0] - x[1]"
ends 0 "a line of equilibria is drawn" "$fhrl" portrait ./line.c --quiet -o line --t-end=20
says out "continuum +of 1 dimension" "and said to be one"
holds "as such" grep -q "line of equilibria" line/portrait.svg
ends 0 "a window far from 0 and narrow" "$fhrl" portrait van_der_pol --quiet -o narrow --t-end=5 --set portrait.x_low=1 \
  --set portrait.x_high=1.00001 --set portrait.y_low=-1e-6 --set portrait.y_high=1e-6
says out "x in \[1, 1\.00001\]" "has the digits that it needs"
holds "on its axis, too" grep -q "1.000005" narrow/portrait.svg
ends 0 "orbits that run away" "$fhrl" portrait henon_heiles --quiet -o away --t-end=50 --set portrait.plane=pca
says out "run away and count only until then" "are left out where they do"
holds "and the rest is seen" awk '/"high"/ {if ($2 + 0 > 100) exit 1}' away/portrait.json
ends 0 "a window that reaches beyond what a model describes" "$fhrl" portrait lotka_volterra --quiet -o beyond --t-end=20 \
  --set portrait.x_low=-1e7 --set portrait.x_high=1e7 --set portrait.y_low=-3e5 --set portrait.y_high=5e6
holds "shows no manifold there" test -z "$(block 7 beyond/portrait.tsv | awk '$1 != "NaN" && $1 < -1')"

# refusals: by key, value and what is allowed
refuses()
{
  ends 2 "$1" "$fhrl" portrait "$3" --quiet -o refused "${@:4}"
  says err "$2" "saying so"
  rm -rf refused
}
refuses "an unknown component" "portrait.x = w: lorenz has no such component; allowed: x y z$" lorenz --set portrait.x=w
refuses "one of many" "portrait.y = w: fhrl .* allowed: y.0. y.1. ... y.15. A.0,0. A.0,1. ... A.15,15.$" fhrl --param d=16 \
  --set portrait.y=w
refuses "an unknown plane" "plane.*states.slice.pca.norms.radial" lorenz --set portrait.plane=side
refuses "a plane that a model does not have" "portrait.plane = norms: lorenz .* allowed here: states, slice, pca" lorenz \
  --set portrait.plane=norms
refuses "no base point" "needs portrait.at" fhrl --set portrait.base=given
refuses "a short base point" "2 numbers for the 6 states" fhrl --set portrait.at=1,2
refuses "half a start" "portrait.starts, point 2: '3' is no pair" van_der_pol --set "portrait.starts=1 2; 3"
refuses "an unknown observable" "allowed: energy" van_der_pol --set portrait.observable=mass
refuses "a window upside down" "portrait.y_low = 3 lies above" van_der_pol --set portrait.y_low=3 --set portrait.y_high=2
refuses "too fine a grid" "portrait.grid = 5000.*\[4, 2000\]|grid.*5000" van_der_pol --set portrait.grid=5000
refuses "a map" "is a map" idp_saliency

# a preview in the terminal; here there is none
mkdir alone && cd alone || exit 99
export LC_ALL=C.UTF-8 COLUMNS=80 LINES=40
ends 0 "a preview is drawn as text where there is no terminal" "$fhrl" portrait van_der_pol --quiet --t-end=20 --preview
says out "van der Pol oscillator" "with its title"
says out "○" "with its equilibrium"
says out "^plane +x in" "and the summary below"
holds "without a question to a terminal" sh -c '! grep -q "$(printf "\033")" out'
holds "no line is longer than 80 columns" sh -c '! grep -E "^.{81,}" out | grep -v "^[a-z]"'
rm -f out err
holds "no files are left" test -z "$(ls)"
LC_ALL=C
ends 0 "a preview in another locale" "$fhrl" portrait van_der_pol --quiet --t-end=20 --preview
holds "has nothing but ASCII" sh -c '! grep -q "[^ -~]" out'
rm -f out err
ends 0 "a preview beside the files" "$fhrl" portrait van_der_pol --quiet --t-end=20 --preview -o kept
holds "leaves them" test -s kept/portrait.svg
holds "but no text" test ! -e kept/preview.txt
ends 2 "a preview and JSON cannot share the output" "$fhrl" portrait van_der_pol --preview --json
says err "both write to standard output" "and it says so"
ends 1 "without gnuplot a preview fails" env GNUPLOT=/nonexistent/gnuplot "$fhrl" portrait van_der_pol --quiet --t-end=5 --preview
says err "gnuplot not found" "and says why"
finish
