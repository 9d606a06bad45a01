#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_reproduce.sh: a study of tiny networks: what it leaves, that it goes on where it was stopped, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
small=(--quiet --set model.d=12 --set model.T=24 --set model.layers=1 --set model.gamma=0.05 --set train.batch=2 --set probe.topk=4
  --set probe.sequences=41 --set probe.window=8 --set probe.surrogates=20 --set reproduce.gammas="0, 0.05, 0.3" --set reproduce.extended=5
  --set reproduce.extended_seeds=1)
study=("${small[@]}" --set train.steps=40 --set reproduce.seeds=2 --set reproduce.control_seeds=1)

ends 0 "a study" "$fhrl" reproduce "${study[@]}" -o whole
says out '^rdp-225 +(artefact|not reproduced|reproduced) ' "verdicts are printed"
for name in report.html report.json runs.tsv gamma.tsv controls.tsv loss.tsv reentry.tsv claims.tsv; do
  holds "$name is there" test -s "whole/$name"
done
for name in fig2 fig3 fig4 fig5 fig6 figS1 figS2; do
  holds "$name is drawn" test -s "whole/$name.svg" -a -s "whole/$name.png"
done
holds "a row for each run" test "$(grep -vc '^#' whole/runs.tsv)" -eq $((1 + 2 * 3 + 1 + 11))
holds "16 verdicts" test "$(grep -c '"verdict"' whole/report.json)" -eq 16
generic whole/*.svg
holds "no figure in the page asks for another font" sh -c '! grep -o "font-family=\"[^\"]*\"" whole/report.html | grep -v "\"sans-serif\""'
claims() { grep -oE '"(id|claim|method|rule)": .*' "$1"; }
ends 0 "doc/reproduction speaks of the same claims and rules" diff <(claims whole/report.json) <(claims "$FHRL_DATADIR/doc/reproduction/report.json")
holds "all figures are in the page" test "$(grep -c '<svg role="img"' whole/report.html)" -eq 7
holds "which needs nothing from elsewhere" test -z "$(grep -oE '(src|href)="(https?:)?//[^"]*' whole/report.html)"
holds "and whose ids are different" test -z "$(grep -oE ' id=.[^"'\'']*' whole/report.html | sort | uniq -d)"
holds "a network without W_r has no norm" grep -q '"wr_frobenius": null' whole/report.json
holds "what was spent is gone" test -z "$(find whole/runs -name 'state.safetensors')"
documented whole/report.json

ends 0 "again" "$fhrl" reproduce "${study[@]}" -o whole --threads=3
says out '18 runs of 15 networks, 18 of them found finished' "finds all runs"

# stopped in the middle of a run: the same command goes on
(
  trap - INT # a background job of a script ignores it
  exec "$fhrl" reproduce "${study[@]}" --set train.checkpoint_every=10 -o parts
) >out 2>err </dev/null &
job=$!
for ((i = 0; i < 400; i++)); do
  if [ -e parts/runs/frozen ]; then break; fi
  sleep 0.02
done
kill -TERM $job
wait $job
status=$?
holds "a stopped study says so (status $status)" test $status -eq 130
says err 'give the same command again' "and how to go on"
holds "some runs are finished" test -e parts/runs/gamma0/seed1/result.json
holds "others are not" test ! -e parts/runs/retention/seed1/result.json
holds "and there is no report" test ! -e parts/report.json
ends 0 "resumed" "$fhrl" reproduce "${study[@]}" --set train.checkpoint_every=10 -o parts
ends 0 "the same numbers" cmp <(sed '/"checkpoint_every"/d' whole/report.json) <(sed '/"checkpoint_every"/d' parts/report.json)
ends 0 "the same page" cmp whole/report.html parts/report.html

ends 2 "another configuration is refused" "$fhrl" reproduce "${study[@]}" --set train.lr=1e-3 -o whole
says err 'train.lr' "and the message names the key"
refused()
{
  ends 2 "$1 is refused" "$fhrl" reproduce "${study[@]}" --set "$1" -o none
  says err "$2" "and the message says why"
}
refused "reproduce.gammas=0, x" 'numbers in \[0, 1000\]'
refused "reproduce.gammas=0, 0.05, 0.05" 'twice'
refused "reproduce.extended=0.3" 'one of reproduce.gammas'
refused "reproduce.gammas=0, 0.3" 'model.gamma = 0.05'
refused "reproduce.seeds=0" 'reproduce.seeds'
refused "reproduce.speed=1" 'speed'
refused "train.optimizer=sgd" 'reproduce sets it itself'
refused "model.fast_weights=delta" 'FH-RL layers'
holds "before anything was begun" test ! -e none/runs
ends 0 "networks that diverge are left out" "$fhrl" reproduce "${small[@]}" --set train.steps=40 --set reproduce.seeds=1 \
  --set reproduce.control_seeds=1 --set reproduce.sgd_lr=10 --set reproduce.sgd_clip=0 -o wild
says out 'failed: sgd0.05, seed 1: .*step [0-9]+: the loss is not finite' "each is named with its reason"
says wild/report.html '3 of 15 networks came to no number|Failed: sgd5, seed 1' "in the page, too"
holds "and in report.json" test "$(grep -c '"failed": ".*not finite' wild/report.json)" -eq "$(grep -c '^failed: ' out)"
ends 0 "no controls, no further gammas" "$fhrl" reproduce "${small[@]}" --set train.steps=5 --set reproduce.extended= \
  --set reproduce.control_seeds=0 --set reproduce.seeds=1 -o bare
says bare/report.html 'None were run' "the page says so"
finish
