#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_train.sh: training as a user meets it: interrupted, killed, resumed, repeated, with damaged files
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
small="--quiet --set model.d=12 --set model.T=32 --set model.layers=2 --set train.batch=5 --set train.checkpoint_every=20"
steps="--set train.steps=300"
# everything that a training can be asked to do besides
rich="--set train.held_out=0.3 --set train.eval_every=15 --set train.eval_rows=9 --probe-every=24 --set train.clip=0.7 \
  --set train.warmup=10 --set model.sigma=0.02 --set train.steps=120"

# shellcheck disable=SC2086
train()
{
  "$fhrl" train -o "$@" $small $steps
}

# shellcheck disable=SC2086
richly()
{
  local folder=$1
  shift
  "$fhrl" train -o "$folder" $small $rich "$@"
}

# shellcheck disable=SC2086
background()
{
  "$fhrl" train -o "$1" $small $steps >out 2>err &
}

# same CLAIM FOLDER: the results of FOLDER are those of the undisturbed run, byte by byte
same()
{
  local whole=${3:-undisturbed}
  for file in state.safetensors checkpoint.safetensors checkpoint.previous.safetensors loss.tsv config.ini; do
    cmp -s "$whole/$file" "$2/$file" || { not_ok "$1 ($file differs)"; return; }
  done
  if [ -e "$whole/training.tsv" ] && ! cmp -s "$whole/training.tsv" "$2/training.tsv"; then
    not_ok "$1 (training.tsv differs)"
    return
  fi
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

# the same with noise, evaluation, probes, clipping and warm-up: twenty kills at random instants, threads changing
ends 0 "a training with all that can be asked for ends" richly all
says out "^held out +[0-9.]+ nats per byte" "the held-out loss is said"
holds "probes along training are tabled and drawn" test -s all/training.tsv -a -s all/training.svg
set -m
RANDOM=20 # the seed of the instants
for kill in $(seq 20); do
  # shellcheck disable=SC2086
  "$fhrl" train -o struck $small $rich --threads=$((1 + kill % 2)) >out 2>err &
  sleep "0.$(printf %03d $((RANDOM % 250)))"
  kill -9 $! 2>/dev/null
  wait $! 2>/dev/null
done
set +m
ends 0 "killed twenty times it ends" richly struck --threads=1
same "and in the same bytes" struck all
ends 0 "a shorter one ends" richly longer --set train.steps=47
ends 0 "and is prolonged by raising train.steps" richly longer
same "to the same bytes as at one go" longer all
ends 2 "but not shortened" richly longer --set train.steps=60
says err "train.steps" "with the key that differs"

# what is watched along training is what `fhrl probe` finds at its end
# shellcheck disable=SC2086
ends 0 "the same probes" "$fhrl" probe all --quiet --set probe.sequences=41 --set probe.window=4 --set probe.topk=4
last()
{
  awk -F '\t' -v name="$1" '$1 == "step" {for (i = 1; i <= NF; i++) if ($i == name) k = i; next} !/^#/ && NF {v = $k}
    END {printf "%.12e\n", v}' all/training.tsv
}
found()
{
  awk -v name="\"$1\":" '/"mean":/ {exit} $1 == name {v = $2} END {printf "%.12e\n", v}' all/probe/metrics.json
}
for name in irr irr_wr esri_batch_y wr_frobenius wr_anisotropy rdp_frequency rdp_centroid; do
  if [ "$(last $name)" = "$(found $name)" ]; then ok "$name agrees"; else not_ok "$name: $(last $name), $(found $name)"; fi
done

# several seeds in one call are runs of their own
# shellcheck disable=SC2086
ends 0 "three seeds in one call" "$fhrl" train -o many $small --set train.steps=40 --set train.seed=4 --set train.seeds=3 --json
says out '"final_loss_error"' "with a mean and its error"
documented out
documented undisturbed/run.json
# shellcheck disable=SC2086
ends 0 "one of them alone" "$fhrl" train -o alone $small --set train.steps=40 --set train.seed=5
same "is the same run" many/seed5 alone
# shellcheck disable=SC2086
ends 0 "and found done in its folder" "$fhrl" train -o many/seed6 $small --set train.steps=40 --set train.seed=6
says out "all of them found" "by name"

# a folder of files is their bytes in order
mkdir parts
head -c 300 "$FHRL_DATADIR/experiments/corpus.txt" >parts/1
tail -c +301 "$FHRL_DATADIR/experiments/corpus.txt" >parts/2
# shellcheck disable=SC2086
ends 0 "a folder as corpus" "$fhrl" train -o folder $small --set train.steps=40 --set train.corpus=parts
# shellcheck disable=SC2086
ends 0 "the same as one file" "$fhrl" train -o file $small --set train.steps=40
holds "trains to the same weights" cmp folder/checkpoint.safetensors file/checkpoint.safetensors

# controls
# shellcheck disable=SC2086
ends 0 "a plain GPT trains" train plain --set model.y_destination=none
# shellcheck disable=SC2086
ends 0 "W_r may stay as it began" train frozen --set train.freeze=wr
ends 2 "what to freeze is a word of the list" train frozen2 --set train.freeze=all
says err "train.freeze = 'all'.*none\|wr\|layer\|rest" "which is said"
ends 2 "a control has projections of its own" train odd --set model.fast_weights=delta --set model.projections=shared
says err "projections = shared belongs to model.fast_weights = fhrl" "which is said"
ends 0 "other fast weights are followed by probes" train associative --set model.fast_weights=delta --probe-every=100
generic associative/training.svg
holds "their figure is drawn, though they have no W_r" test -s associative/training.svg -a -s associative/training.png -a ! -s err
ends 2 "weights of other fast weights are no start" train mixed --set model.fast_weights=delta --init=undisturbed
says err "train.init = .*undisturbed has model.fast_weights = fhrl, not delta" "in words"
ends 2 "also before training" train plain2 --set model.y_destination=none --probe-every=10
ends 2 "a norm that nobody reads is refused" train plain3 --set model.y_destination=none --set model.x_source=ln
ends 2 "an evaluation of nothing is refused" train empty --set train.eval_every=10
says err "train.held_out" "with what to set"
ends 0 "descent with momentum and a cosine" train sgd --set train.optimizer=sgd --set train.momentum=0.9 \
  --set train.lr=0.05 --set train.schedule=cosine --set train.lr_end=1e-3 --set model.wr_init=orthogonal

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
