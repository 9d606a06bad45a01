#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_simulate.sh: flows, maps, events and ensembles from the command line, and how an integration may end badly
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

ends 0 "a flow leaves its files" "$fhrl" simulate lorenz -o flow --t-end=5 --quiet
for file in trajectory.nc trajectory.tsv run.json config.ini; do
  [ -s flow/$file ] && ok "$file is there" || not_ok "$file is missing"
done
ends 0 "its configuration reproduces it" "$fhrl" simulate lorenz -c flow/config.ini -o again --quiet
holds "to the same bytes" cmp flow/trajectory.nc again/trajectory.nc
ends 0 "the same configuration may run again in the folder" "$fhrl" simulate lorenz -o flow --t-end=5 --quiet
ends 2 "another may not" "$fhrl" simulate lorenz -o flow --t-end=6 --quiet
says err "with --force: flow.config.ini has solver.t_end = '5', now it is '6'" "the key and both values are named"
ends 0 "unless forced" "$fhrl" simulate lorenz -o flow --t-end=6 --quiet --force
ends 0 "a map is stepped" "$fhrl" simulate idp_saliency --t-end=20 --quiet --json
says out '"method": "map"' "and says so"
ends 0 "events are listed" "$fhrl" simulate idp_hopfield --t-end=5 --quiet --json
says out '"name": "switch"' "by name"
documented out

ends 0 "an ensemble with two threads" "$fhrl" simulate fhrl --members=100 --t-end=10 -o two --threads=2 --quiet
ends 0 "and with one" "$fhrl" simulate fhrl --members=100 --t-end=10 -o one --threads=1 --quiet
holds "ends in the same bytes" cmp one/ensemble.tsv two/ensemble.tsv
[ "$(grep -c '^[0-9]' one/ensemble.tsv)" -eq 100 ] && ok "with a row per member" || not_ok "without a row per member"

ends 0 "sections are listed" "$fhrl" simulate lorenz --t-end=20 --set "solver.section=z = 27 up; x = 0" -o sections --quiet
says out "section      z = 27 up: [0-9]+ times, last at t = " "with how often each was crossed"
says sections/sections.tsv "^0	[0-9.]+	.*	(27|26.9999999|27.0000000)" "their states are in a table"
says sections/run.json '"name": "x = 0"' "and in run.json"
ends 2 "a section of nothing is refused" "$fhrl" simulate lorenz --set "solver.section=q = 1" --quiet
says err "^fhrl simulate: --set: solver.section: section 'q = 1': lorenz has no state or observable 'q'; allowed: x y z energy$" \
  "with place, key, name and what is allowed"
ends 2 "a map has no sections" "$fhrl" simulate idp_saliency --t-end=5 --set "solver.section=Z = 3" --quiet
ends 2 "nor has an ensemble" "$fhrl" simulate lorenz --members=3 --t-end=1 --set ensemble.spread=1 \
  --set "solver.section=x = 1" --quiet -o both
says err "solver.section belongs to one trajectory" "which says so"
holds "before anything is written" [ ! -e both ]
printf '[solver]\nsection = z = 27 up\n' >section.ini
for command in exponents equilibria "continue --in=r --low=0 --high=30" portrait; do
  # shellcheck disable=SC2086
  ends 2 "sections are refused by ${command%% *}" "$fhrl" $command lorenz -c section.ini --quiet -o refused
  says err "section.ini:2: solver.section = 'z = 27 up': fhrl ${command%% *} lists no crossings, simulate does" "which never lists them"
done
ends 2 "and by iss" "$fhrl" iss fhrl --set "solver.section=rho = 1" --quiet
holds "again before anything is written" [ ! -e refused ]
ends 2 "a run that is refused" "$fhrl" exponents lorenz --set exponents.k=9 --quiet -o anew
ends 0 "may be tried again in its folder, otherwise" "$fhrl" exponents lorenz --set exponents.k=1 --t-end=20 --quiet -o anew
ends 2 "a spread without an ensemble is refused" "$fhrl" simulate lorenz --t-end=1 --set ensemble.spread=1 --quiet
says err "ensemble.spread = 1 belongs to an ensemble" "with the reason"
ends 2 "beta beyond 1 is refused" "$fhrl" simulate fhrl_layer --param beta=1.5 --quiet
says err "or allow_pole = true" "with the way to have it"
ends 0 "with it the pole ends the run" "$fhrl" simulate fhrl_layer --param beta=1.1 --param allow_pole=true --t-end=60 --quiet --json
says out '"name": "pole"' "as an event"
ends 1 "a blow-up is no success" "$fhrl" simulate fhrl --quiet --param drive=fastweight \
  --param "W_r=diag 6.666666666666667" --param "W_v=diag 1" --param "B=diag 0" --x0=7,0,0,0,0,0 -o blowup
says err "blows up near t = 4\.32.*; the trajectory until there: blowup$" "it names the time, and what is left"
says blowup/run.json '"failure": ".*blows up near t = 4\.32' "the reason is in run.json"
says blowup/trajectory.tsv "^# fhrl.trajectory/1; it ends early: .*blows up" "at the head of the table"
holds "and in the NetCDF" grep -aq "blows up near t = 4" blowup/trajectory.nc
holds "the table goes on to the last state" \
  awk -F'\t' '!/^[#t]/ {t = $1; y = $2} END {exit !(t > 4.319 && t < 4.33 && (y > 1e3 || y < -1e3))}' blowup/trajectory.tsv
holds "nothing else is left over" [ ! -e blowup/trajectory.part ]
ends 2 "a start where the field jumps is refused" "$fhrl" simulate fhrl --param epsilon=0 --x0=0,0,0,0,0,0
says err "jumps at y = 0" "with the reason"
ends 2 "an end at the start is refused" "$fhrl" simulate lorenz --t-end=0 --quiet
says err "solver.t_end = '?0'?.*\(0, " "with what is allowed"
ends 1 "a limit of steps is a failure" "$fhrl" simulate lorenz --set solver.max_steps=200 --quiet -o limit --json
says err "max_steps = 200 are used up at t = " "and says where"
says out '"failure": "max_steps = 200 are used up at t = ' "also in JSON, with the state there"
holds "the trajectory until there is whole" [ "$(grep -c '^[0-9]' limit/trajectory.tsv)" -gt 10 ]
cp limit/trajectory.tsv before.tsv
ends 1 "the second time" "$fhrl" simulate lorenz --set solver.max_steps=200 --quiet -o limit
holds "to the same bytes" cmp before.tsv limit/trajectory.tsv
ends 1 "a map ends at a limit of steps" "$fhrl" simulate idp_saliency --t-end=20 --set solver.max_steps=7 --quiet -o map
holds "with the steps that it did" [ "$(grep -c '^[0-9]' map/trajectory.tsv)" -eq 8 ]
holds "nothing else is left over" [ ! -e limit/trajectory.part ] && [ ! -e map/trajectory.part ]
# most COMMAND...: the most memory that the command had, in kB, as the kernel kept it (VmHWM)
most()
{
  local kb=0 seen pid
  "$@" >out 2>err </dev/null &
  pid=$!
  while seen=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$seen" ]; do
    kb=$seen
    sleep 0.01
  done
  wait $pid && echo "$kb"
}

# 25 to 27 MB where this was written, 17 of them the libraries
if [ -r /proc/self/status ] && ! "$fhrl" --version | grep -q -e -fsanitize; then
  for method in adams bdf dop853; do
    kb=$(most "$fhrl" simulate fhrl --param d=192 --method $method --t-end=20 --set solver.output_every=20 --quiet)
    if [ "${kb:-0}" -gt 5000 ] && [ "$kb" -le 40000 ]; then
      ok "37,056 states by $method take at most 40 MB"
    else
      not_ok "37,056 states by $method take ${kb:-?} kB, more than 40 MB"
    fi
  done
fi

ends 0 "a layer that nobody trained" "$fhrl" simulate fhrl_layer --t-end=3 -o layer --quiet
finish
