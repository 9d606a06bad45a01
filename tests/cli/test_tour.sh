#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_tour.sh: runs every command of README.md, in order, in one folder. With FHRL_TOUR=full as printed (make
# check-long); otherwise on a small network, trained for a few steps, so that it takes seconds.
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
readme=${FHRL_DATADIR:?}/README.md
ln -s "$fhrl" fhrl
PATH=$PWD:$PATH

small()
{
  case $1 in
    "fhrl train "*) echo "$1 --set train.steps=8 --set model.d=24 --set model.T=64 --set train.batch=4" ;;
    *) echo "$1" ;;
  esac
}

count=0
while read -r line; do
  [ "${FHRL_TOUR-}" = full ] || line=$(small "$line")
  # shellcheck disable=SC2086
  ends 0 "README: $line" $line
  [ -s out ] && ok "it says what it found" || not_ok "$line printed nothing"
  count=$((count + 1))
done < <(sed -n 's/^    \$ \(fhrl .*\)/\1/p' "$readme")
[ "$count" -ge 10 ] && ok "the tour has $count commands" || not_ok "the tour has only $count commands"

for file in run/checkpoint.safetensors run/loss.tsv run/run.json run/config.ini run/loss.svg run/probe/metrics.json \
  run/probe/layer0.nc run/compare/compare.json lorenz/trajectory.nc lorenz/trajectory.tsv portrait/portrait.svg; do
  [ -s $file ] && ok "$file is there" || not_ok "$file is missing"
done
finish
