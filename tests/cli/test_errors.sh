#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_errors.sh: what a new user mistypes: each ends with one clear message and the documented status
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

ends 2 "no command is a usage error" "$fhrl"
ends 2 "an unknown command is a usage error" "$fhrl" tarin
says err "no command 'tarin'" "the command is named"
ends 0 "--help works" "$fhrl" --help
says out "simulate MODEL" "--help lists the commands"
ends 0 "--version works" "$fhrl" --version
says out "openblas" "--version names the libraries"
says out "ffp-contract=off" "--version names the flags"
for command in train probe models simulate iss equilibria continue portrait compare; do
  ends 0 "$command --help works" "$fhrl" $command --help
  ends 2 "$command refuses an unknown option" "$fhrl" $command --no-such-option
done
ends 1 "--help to a full disk is no success" sh -c '"$0" --help >/dev/full' "$fhrl"
ends 1 "models to a full disk is no success" sh -c '"$0" models >/dev/full' "$fhrl"

ends 1 "nor is more than a buffer of it" sh -c '"$0" models --template=mine >/dev/full' "$fhrl"
says err "cannot write to standard output: No space left on device" "with the reason"
ends 0 "a reader that has seen enough is no failure" sh -c '"$0" models --template=mine | head -1' "$fhrl"
holds "nor one to be told of" [ ! -s err ]
: >a-file
ends 1 "a file where a folder should be" "$fhrl" simulate lorenz --t-end=1 --quiet -o a-file/results
says err "cannot make the folder a-file: a file of that name is there" "is named"
mkdir -p odd/config.ini
ends 1 "a folder where config.ini should be" "$fhrl" simulate lorenz --t-end=1 --quiet -o odd
says err "^fhrl simulate: cannot read odd/config.ini: it is no regular file" "is no other configuration"
: >portrait-lorenz
ends 1 "a file where a command would put its folder" "$fhrl" portrait lorenz --t-end=1 --quiet
says err "^fhrl portrait: -o DIR puts results elsewhere: cannot make the folder portrait-lorenz: " "is told what to do"
ends 2 "a folder without a name, as of an unset variable" "$fhrl" simulate lorenz --t-end=1 --quiet -o ""
says err "the working folder is -o \\." "is shown how"
holds "and leaves nothing" [ ! -e config.ini ]
ends 1 "a file without a name" "$fhrl" simulate lorenz --t-end=1 --quiet -c ""
says err "cannot open a file without a name" "is refused"
ends 2 "a parameter without a value" "$fhrl" simulate lorenz --param sigma
says err "--param=sigma: write --param=NAME=VALUE" "is shown how, in its own words"

ends 2 "an operand is missing" "$fhrl" simulate
says err "MODEL is missing" "the missing operand is named"
ends 2 "an unknown model" "$fhrl" simulate lorentz
says err "no model 'lorentz'; allowed: .*lorenz" "unknown models are answered with the list"
ends 2 "an unknown key" "$fhrl" simulate lorenz --set model.sgima=3
says err "unknown key model.sgima = '3'; allowed in \[model\]:.* sigma" "unknown keys are answered with the list"
ends 2 "a value out of range" "$fhrl" simulate fhrl --param beta=-1.5
says err "model.beta = '-1.5' is not allowed; allowed: number > 0" "the range is given"
ends 2 "a value that is no number" "$fhrl" simulate lorenz --rtol=small
says err "solver.rtol = 'small'" "key and value are named"
printf '[model]\nsigma = 10\n\n[solver]\nrtoll = 1e-6\n' >a.ini
ends 2 "an unknown key of a file" "$fhrl" simulate lorenz -c a.ini
says err "a.ini:5: unknown key solver.rtoll" "file and line are named"
ends 1 "an .ini that is not there" "$fhrl" simulate lorenz -c nowhere.ini
says err "nowhere.ini" "the file is named"
ends 2 "a start of another length" "$fhrl" simulate lorenz --x0=1,2
says err "2 numbers for the 3 states of lorenz: x y z$" "is answered with the states"
ends 2 "a map goes in whole steps" "$fhrl" simulate cfc --t-end=2.5
says err "cfc is a map, which goes in whole steps: t_end = 2.5" "the map and the number are named"
ends 0 "a map is stepped" "$fhrl" simulate fhrl_ladder --t-end=5 -o ladder
says out "method +map" "the method is named"
holds "its trajectory is there, a line per step" [ "$(grep -vc '^[#t]' ladder/trajectory.tsv)" = 6 ]
ends 0 "a layer's trajectory is saved" "$fhrl" simulate fhrl_layer --t-end=1 -o layer
holds "with all its variables" [ -s layer/trajectory.nc ]
ends 2 "a bad number of threads" "$fhrl" simulate lorenz --threads=0
ends 2 "a malformed --set" "$fhrl" simulate lorenz --set sigma
says err "section.key=value" "the form of --set is given"
ends 1 "a run that is not there" "$fhrl" probe nowhere
says err "nowhere" "the run is named"

finish
