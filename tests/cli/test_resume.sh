#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_resume.sh: simulations killed at any instant, interrupted or starved, and resumed to byte-identical files
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

# timeless FILE: run.json without what depends on the clock
timeless()
{
  grep -Ev '"(started|wall_s|cpu_s|rhs_s|trajectories_per_second)"' "$1"
}

# same CLAIM WHOLE PIECES: the folders hold the same results
same()
{
  local file good=1
  for file in "$2"/*.nc "$2"/*.tsv "$2/config.ini"; do cmp -s "$file" "$3/${file##*/}" || good=0; done
  diff <(timeless "$2/run.json") <(timeless "$3/run.json") >/dev/null || good=0
  [ $good -eq 1 ] && ok "$1" || not_ok "$1"
  ls "$3"/*.part >/dev/null 2>&1 && not_ok "$1: a part is still there" || ok "$1: nothing is left over"
}

# killed NAME ARGUMENT...: the run whole, and the run killed again and again with -9 at instants that move on until it ends
killed()
{
  local name=$1 kills=0 k wait
  shift
  "$fhrl" simulate "$@" -o "whole-$name" --quiet >out 2>err || not_ok "$name: whole ($(cat err))"
  for k in 1 2 3 4 5; do
    wait=0.0$((RANDOM % 90 + 10))
    "$fhrl" simulate "$@" -o "pieces-$name" --quiet >/dev/null 2>&1 &
    sleep $wait
    kill -9 $! 2>/dev/null && kills=$((kills + 1))
    wait $! 2>/dev/null
  done
  "$fhrl" simulate "$@" -o "pieces-$name" --quiet >out 2>err || not_ok "$name: resumed ($(cat err))"
  grep -q '^resumed' out && ok "$name: it was resumed" || echo "ok $name: # nothing was there yet, or all of it"
  same "$name: $kills kills" "whole-$name" "pieces-$name"
}

RANDOM=${FHRL_TEST_SEED:-7}
long="--t-end=1000 --set solver.output_every=0.05 --set solver.checkpoint_every=200"
for method in adams bdf verner; do # the others: tests/ode/test_trajectory_part.c
  # shellcheck disable=SC2086
  killed $method lorenz $long --method=$method
done
killed events idp_hopfield --t-end=400 --set solver.output_every=0.02 --method=dop853 --set solver.checkpoint_every=50
killed noise fhrl --t-end=1000 --set solver.output_every=0.2 --set solver.checkpoint_every=100 --set input.kind=noise
killed map idp_saliency --t-end=30000
# ensembles: those that fail and those that leave the batch are among them; on two threads and on one
killed members lorenz --vary "r = 1:0.01:60" --t-end=40 --threads=2
killed ways van_der_pol --vary "mu = 0.1, 1:4:100" --members=2 --set ensemble.spread=1 --t-end=100 --set solver.max_steps=1500
grep -q '"failed": [1-9]' whole-ways/run.json && ok "failures were among it" || not_ok "there were no failures"
"$fhrl" simulate lorenz --vary "r = 1:0.01:60" --t-end=40 -o ensemble --quiet --threads=2 >/dev/null 2>&1 &
for _ in {1..600}; do
  [ "$(stat -c %s ensemble/ensemble.part 2>/dev/null || echo 0)" -gt 4000 ] && break
  sleep 0.02
done
kill -INT $!
wait $! 2>/dev/null
truncate -s -5 ensemble/ensemble.part
"$fhrl" simulate lorenz -c ensemble/config.ini -o ensemble --quiet --threads=1 >out 2>err
says out "^resumed      with [1-9][0-9]* of 5901 members done" "members that were done are not carried again"
same "nor is it another ensemble" whole-members ensemble

grep -q '"name": "switch"' whole-events/run.json && ok "events were among it" || not_ok "there were no events"

# an interrupt says how to go on, and that command does
"$fhrl" simulate lorenz -o ctrl --t-end=8e4 --set solver.output_every=0.5 --quiet >out 2>err &
for _ in {1..600}; do # until blocks have been kept, however busy the machine is
  [ "$(stat -c %s ctrl/trajectory.part 2>/dev/null || echo 0)" -gt 40000 ] && break
  sleep 0.02
done
kill -INT $!
wait $!
got=$?
[ $got -eq 130 ] && ok "an interrupt ends with 130" || not_ok "an interrupt ends with $got"
says err "to resume from t = [1-9][0-9.]*: fhrl simulate lorenz -c ctrl/config.ini -o ctrl: interrupted at t = " "it names time and command"
[ -s ctrl/trajectory.part ] && [ ! -e ctrl/trajectory.nc ] && ok "what was done is kept" || not_ok "nothing was kept"
"$fhrl" simulate lorenz -c ctrl/config.ini -o ctrl --quiet >out 2>err
says out "^resumed      from t = [1-9]" "the command goes on from there"
"$fhrl" simulate lorenz -o straight --t-end=8e4 --set solver.output_every=0.5 --quiet >/dev/null 2>&1
same "interrupted or not" straight ctrl

# one interval of output that takes for ever can be interrupted, too; without a folder there is nothing to resume
# (once it has used half a second of a processor: on a busy machine it may not even have begun after two)
(
  trap - INT # a background job of a script ignores it
  exec "$fhrl" simulate lorenz --t-end=1e7 --set solver.output_every=1e7 --set solver.max_steps=1e12 --quiet
) >out 2>err </dev/null &
job=$!
for ((i = 0; i < 1200; i++)); do
  read -ra stat <"/proc/$job/stat"
  [ $((stat[13])) -ge $(($(getconf CLK_TCK) / 2)) ] && break
  sleep 0.05
done
kill -INT $job
wait $job
status=$?
holds "within an interval (status $status)" test $status -eq 130
says err "^fhrl simulate: interrupted at t = [1-9]" "it says where"

# a full disk keeps the last whole block
(ulimit -f 300; "$fhrl" simulate lorenz -o full --t-end=3000 --set solver.output_every=0.05 --quiet >out 2>err)
[ $? -eq 1 ] && ok "no more room is a failure" || not_ok "no more room is no failure"
says err "cannot write full/trajectory.part: File too large" "it names the file"
"$fhrl" simulate lorenz -o full --t-end=3000 --set solver.output_every=0.05 --quiet >out 2>err
says out "^resumed" "with room again it goes on"

# another configuration is not gone on from
"$fhrl" simulate lorenz -o forced --t-end=8e3 --set solver.output_every=0.05 --quiet >/dev/null 2>&1 &
sleep 0.2
kill -9 $!
wait $! 2>/dev/null
ends 0 "another configuration is forced into the folder" "$fhrl" simulate lorenz -o forced --t-end=50 --quiet --force
grep -q '^resumed' out && not_ok "it went on from the other" || ok "it begins anew"

ends 1 "a limit of wall-clock time" "$fhrl" simulate lorenz --t-end=1e7 --set solver.output_every=1e7 --set solver.max_steps=1e12 \
  --set solver.max_seconds=0.2 --quiet
says err "max_seconds = 0.2 are used up at t = [1-9].*\(dop853, h = " "says so"
limited="--t-end=1e6 --set solver.output_every=0.5 --set solver.checkpoint_every=100 --set solver.max_seconds=0.4"
# shellcheck disable=SC2086
ends 1 "with a folder" "$fhrl" simulate lorenz $limited -o limited --quiet
says err "to resume from t = [1-9].*-o limited: max_seconds = 0.4 are used up at t = .*; the trajectory until there: limited$" \
  "it says how to go on"
holds "the trajectory until there can be looked at" [ -s limited/trajectory.nc ]
# shellcheck disable=SC2086
ends 1 "the same command" "$fhrl" simulate lorenz $limited -o limited --quiet
says out "^resumed      from t = [1-9]" "goes on from there"
finish
