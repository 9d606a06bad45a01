#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_damage.sh: what lies where a file is expected: a folder, nothing, a pipe, half a file, another one. Each ends with status 1
# or 2 and one line that names it
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
# refuses STATUS NAME CLAIM COMMAND...: it ends so, soon, with one line on standard error that holds NAME
refuses()
{
  local want=$1 name=$2 claim=$3 got
  shift 3
  timeout -k 1 20 "$@" >out 2>err </dev/null
  got=$?
  if [ "$got" -eq "$want" ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -e "$name" err; then
    ok "$claim"
  else
    not_ok "$claim (status $got instead of $want, or not one line with $name)"
    head -c 600 err | sed 's/^/  /'
  fi
}

mkdir dir
: >empty
mkfifo pipe
head -c 3000 /dev/urandom >noise
export small="--quiet --set model.d=4 --set model.heads=1 --set model.T=8 --set model.layers=1 --set train.steps=4 --set train.batch=2 \
  --set train.checkpoint_every=2 --set model.r=1"
# shellcheck disable=SC2086
"$fhrl" train -o net $small >/dev/null || not_ok "a network to damage"
probe="--quiet --set probe.topk=2 --set probe.sequences=6 --set probe.perturbations=5 --set probe.window=4"
# shellcheck disable=SC2086
"$fhrl" probe net $probe >/dev/null 2>&1 || not_ok "a recording to damage"
"$fhrl" continue lorenz --quiet --set continue.parameter=r --param r=2 --set continue.low=0.5 --set continue.high=5 -o branch >/dev/null 2>&1 ||
  not_ok "a branch to damage"

# Where each kind of file is read, with what stands there.
for what in dir empty pipe noise nowhere; do
  case $what in dir | pipe | nowhere) bad=1 odd=1 ;; empty) bad=1 odd=0 ;; *) bad=1 odd=2 ;; esac
  if [ "$what" = empty ]; then
    ends 0 "an empty configuration is one" "$fhrl" simulate lorenz --t-end=1 -c empty
  else
    refuses "$odd" "$what" "configuration: $what" "$fhrl" simulate lorenz --t-end=1 -c $what
  fi
  refuses $bad "$what" "matrices: $what" "$fhrl" simulate fhrl --param d=2 --set model.matrices=$what
  refuses $bad "$what" "recorded input: $what" "$fhrl" simulate fhrl --param d=2 --set input.kind=recorded --set input.file=$what
  refuses $bad "$what" "layer: $what" "$fhrl" simulate fhrl_layer --set model.checkpoint=$what
  refuses $bad "$what" "checkpoint: $what" "$fhrl" probe $what
  refuses $bad "$what" "checkpoint to sample: $what" "$fhrl" sample $what
  # shellcheck disable=SC2086
  refuses $bad "$what" "checkpoint to start from: $what" "$fhrl" train $small -o other --set train.init=$what
  refuses $bad "$what" "branch: $what" "$fhrl" continue lorenz --set continue.parameter=r --set continue.low=0.5 --set continue.high=5 \
    --set continue.from=$what:1
  [ $what = noise ] && continue # any bytes are a corpus
  case $what in empty | dir) status=2 ;; *) status=1 ;; esac
  name=$what
  [ $what = empty ] && name="the corpus has 0 bytes"
  # shellcheck disable=SC2086
  refuses $status "$name" "corpus: $what" "$fhrl" train $small -o other --set train.corpus=$what
  case $what in empty) status=2 ;; *) status=1 ;; esac
  # shellcheck disable=SC2086
  refuses $status "$what" "bytes of a probe: $what" "$fhrl" probe net $probe -o other2 --set probe.bytes=$what
done

# What a run goes on from. Where what is there cannot be believed, nothing of it is lost.
for file in state.safetensors; do
  for what in dir noise empty pipe; do
    rm -rf damaged
    cp -r net damaged
    rm damaged/$file
    cp -r $what damaged/$file
    # shellcheck disable=SC2086
    refuses 1 damaged/$file "$file of a run: $what" "$fhrl" train -o damaged $small
  done
done
for what in dir pipe; do
  rm -rf flow
  mkdir flow
  cp -r $what flow/trajectory.part
  refuses 1 flow/trajectory.part "trajectory.part: $what" "$fhrl" simulate lorenz --t-end=1 -o flow --force --quiet
done
for what in noise empty; do
  rm -rf flow
  mkdir flow
  cp $what flow/trajectory.part
  ends 0 "trajectory.part is begun anew: $what" "$fhrl" simulate lorenz --t-end=1 -o flow --force --quiet
done
for what in dir noise pipe; do
  rm -rf damaged
  cp -r net damaged
  rm damaged/config.ini
  cp -r $what damaged/config.ini
  # shellcheck disable=SC2086
  case $what in noise) status=2 ;; *) status=1 ;; esac
  refuses $status config.ini "config.ini of a run: $what" "$fhrl" train -o damaged $small
done

# Half of each kind.
for file in net/checkpoint.safetensors net/probe/layer0.nc branch/branch.json; do
  size=$(stat -c %s $file)
  for part in 1 7 8 9 64 $((size / 2)) $((size - 1)); do
    case $file:$part in net/probe/*:???*) continue ;; esac # tests/fuzz/test_hostile.c knows where its data end
    head -c "$part" $file >"cut.${file##*.}"
    case $file in
      *.safetensors) refuses 1 cut.safetensors "$part bytes of a checkpoint" "$fhrl" probe cut.safetensors ;;
      *.nc) refuses 1 cut.nc "$part bytes of a recording" "$fhrl" simulate fhrl --param d=4 --set input.file=cut.nc ;;
      *.json)
        [ "$part" -eq $((size - 1)) ] && continue # its last byte is a line end
        refuses 1 cut.json "$part bytes of a branch" "$fhrl" continue lorenz --set continue.parameter=r --set continue.low=0.5 \
          --set continue.high=5 --set continue.from=cut.json:1
        ;;
    esac
  done
done

# Numbers at the end of their range: an answer, or one line, but always an end.
ends 1 "an audit of very many times is refused" timeout -k 1 20 "$fhrl" iss fhrl --param d=2 --set solver.output_every=1e-300
says err "raise output_every" "with what to do about it"
timeout -k 1 20 "$fhrl" simulate fhrl --param d=2 --t-end=1 --set solver.max_steps=1000 --set input.kind=held --set input.hold=1e-300 >out 2>err
holds "an input of tiny intervals ends" test $? -lt 124

finish
