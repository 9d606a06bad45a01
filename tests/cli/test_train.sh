#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_train.sh: training as a user meets it: interrupted, killed, resumed, repeated, with damaged files
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
small="--quiet --set model.d=12 --set model.T=32 --set model.layers=2 --set train.batch=5 --set train.checkpoint_every=20"
steps="--set train.steps=300"

# shellcheck disable=SC2086
train()
{
  "$fhrl" train -o "$@" $small $steps
}

# shellcheck disable=SC2086
background()
{
  "$fhrl" train -o "$1" $small $steps >out 2>err &
}

# same CLAIM FOLDER: the results of FOLDER are those of the undisturbed run, byte by byte
same()
{
  for file in state.safetensors checkpoint.safetensors loss.tsv config.ini; do
    cmp -s undisturbed/$file "$2/$file" || { not_ok "$1 ($file differs)"; return; }
  done
  ok "$1"
}

ends 0 "a small training ends" train undisturbed
says out "^loss +[0-9.]+ nats per byte" "the loss is said"
says out "^floor +[0-9.]+ nats per byte" "and the entropy floor beside it"
ends 0 "the same with one thread" train one --threads=1
same "one thread gives the same bytes" one

# Ctrl-C: status 130, the resume command, a whole state. (Job control, because without it a background job ignores INT.)
set -m
for signal in TERM INT; do
  background stopped-$signal
  while [ ! -s stopped-$signal/state.safetensors ]; do sleep 0.01; done
  kill -$signal $!
  wait $!
  got=$?
  if [ $got -eq 130 ]; then
    ok "SIG$signal ends with 130"
    says err "same command again" "how to resume is said"
  elif [ $got -eq 0 ]; then
    ok "SIG$signal came when all was done"
  else
    not_ok "SIG$signal ended with $got"
  fi
  ends 0 "the same command resumes" train stopped-$signal
  same "resumed after SIG$signal it ends in the same bytes" stopped-$signal
done

# kill -9 at several instants: whatever is on disk is whole
for wait in 0.02 0.05 0.1 0.15 0.2 0.3; do
  background killed
  sleep $wait
  kill -9 $! 2>/dev/null
  wait $! 2>/dev/null
done
set +m
ends 0 "a training killed six times ends" train killed
same "and in the same bytes" killed
holds "and leaves nothing temporary" sh -c '! ls killed/*.tmp* 2>/dev/null | grep .'
ends 0 "a finished training is not done again" train killed
says out "all of them found" "and says so"

ends 2 "another configuration in the same folder is refused" train killed --set model.gamma=0.3
says err "killed holds another configuration.*model.gamma" "with the key that differs"
says err "force" "and what to do"
ends 0 "--force replaces it" train killed --set model.gamma=0.3 --force

head -c 3000 undisturbed/state.safetensors >one/state.safetensors
ends 1 "a truncated state is refused" train one
says err "one/state.safetensors" "by name"
mkdir broken && head -c 5000 undisturbed/checkpoint.safetensors >broken/checkpoint.safetensors
ends 1 "a truncated checkpoint is refused by probe" "$fhrl" probe broken
says err "broken/checkpoint.safetensors" "by name"
ends 1 "and as a start" train fresh --init=broken/checkpoint.safetensors
ends 2 "heads that do not divide d" train fresh2 --set model.heads=5
says err "heads" "the key is named"
ends 2 "a corpus shorter than a row" sh -c 'echo short >c.txt; "$0" train -o fresh3 --set train.corpus=c.txt --quiet' "$fhrl"
ends 1 "a corpus that is not there" train fresh4 --set train.corpus=nowhere.txt
ends 1 "a diverging training stops at the step" "$fhrl" train -o diverge --quiet --set model.d=12 --set model.T=32 \
  --set train.lr=10 --set train.steps=2000 --set train.weight_decay=10
says err "step [0-9]+" "and names the step"
finish
