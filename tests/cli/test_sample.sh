#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_sample.sh: bytes from a trained network
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
ends 0 "a small training ends" "$fhrl" train -o run --quiet --set model.d=24 --set model.T=32 --set model.layers=2 \
  --set train.steps=400 --set train.lr=0.01
ends 0 "bytes are written" "$fhrl" sample run --bytes=200 --seed=3
cp out first
holds "as many as asked for, and nothing else" test "$(wc -c <first)" -eq 200
ends 0 "the same seed" "$fhrl" sample run --bytes=200 --seed=3 --threads=1
holds "writes the same" cmp out first
ends 0 "another seed" "$fhrl" sample run --bytes=200 --seed=4
if cmp -s out first; then not_ok "writes other bytes"; else ok "writes other bytes"; fi
ends 0 "of one byte there is no choice" "$fhrl" sample run --top-k=1 --bytes=90 --prompt="The network "
cp out greedy
ends 0 "nor at temperature 0" "$fhrl" sample run --temperature=0 --bytes=90 --prompt="The network "
holds "and both take the likeliest" cmp out greedy
ends 0 "memory may begin anew with the window" "$fhrl" sample run --bytes=200 --seed=3 --set sample.carry=false
head -c 31 out >begin
head -c 31 first >first.begin
holds "which changes nothing within the first window" cmp begin first.begin
ends 0 "gamma may be another" "$fhrl" sample run --bytes=200 --seed=3 --set model.gamma=3
ends 2 "a shape may not" "$fhrl" sample run --set model.d=36
says err "not what .* was trained with" "which is said"
ends 0 "with a folder" "$fhrl" sample run -o text --bytes=200 --seed=3
holds "the same bytes are in it" cmp text/sample.txt first
says out "surprise +[0-9.]+ nats" "and what the network makes of them"
ends 0 "as JSON" "$fhrl" sample run --bytes=200 --seed=3 --json
says out '"hex": "[0-9a-f]{400}"' "in hexadecimal digits"
documented out
ends 0 "a network without FH-RL layers" "$fhrl" train -o plain --quiet --set model.d=24 --set model.T=32 \
  --set model.layers=2 --set train.steps=5 --set model.y_destination=none
ends 0 "writes too" "$fhrl" sample plain --bytes=100
ends 1 "a run that is not there" "$fhrl" sample nowhere
ends 0 "a small vocabulary" sh -c 'tr -cd "[:upper:]\n" <"$2" | head -c 40 >c; cat c c c >ccc
  "$1" train -o upper --quiet --set model.d=24 --set model.T=8 --set model.layers=1 --set train.steps=5 \
  --set model.vocabulary=128 --set train.corpus=ccc' - "$fhrl" "$FHRL_DATADIR/README.md"
ends 2 "a prompt outside of it" "$fhrl" sample upper --prompt="$(printf '\303\244')"
says err "sample.prompt: byte 195 is outside the vocabulary of 128" "is refused by its byte"
for seconds in 1 4 16 40; do # until 200 bytes are drawn, however busy the machine is
  timeout --preserve-status -s INT $seconds "$fhrl" sample run --bytes=16000000 --seed=3 -o stopped >out 2>err
  status=$?
  [ "$(stat -c %s stopped/sample.txt 2>/dev/null || echo 0)" -ge 200 ] && break
done
holds "Ctrl-C ends it with 130" [ $status -eq 130 ]
says err "interrupted after [1-9][0-9]* of 16000000 bytes, which are saved" "says how far it came"
holds "and leaves that" cmp -n 200 stopped/sample.txt first
if [ -e /dev/full ]; then
  "$fhrl" sample run --bytes=100000 --set sample.top_k=5 >/dev/full 2>err
  if [ $? -eq 1 ]; then ok "a full disk is an error"; else not_ok "a full disk is an error"; fi
fi
finish
