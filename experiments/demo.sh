#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# demo.sh FHRL FOLDER: trains one network, probes it, compares it with its flow, audits the Lyapunov argument, draws it,
# and prints one screen. What each command said in full stays in FOLDER/*.txt.
set -eu
fhrl=$1
folder=$2
begin=$(date +%s)
mkdir -p "$folder"

# does NAME COMMAND...: keeps what the command says; if it fails, shows that and stops
does()
{
  local name=$1
  shift
  if ! "$fhrl" "$@" >"$folder/$name.txt"; then
    cat "$folder/$name.txt"
    echo "demo: fhrl $* failed" >&2
    exit 1
  fi
}

does train train -o "$folder/run" --set model.gamma=0.15
does probe probe "$folder/run"
does compare compare "$folder/run" -o "$folder/compare"
does iss iss fhrl -o "$folder/iss" --param drive=none
does portrait portrait fhrl -o "$folder/portrait" --param drive=none
does portrait-driven portrait fhrl -o "$folder/portrait-driven"

# table NAME: the lines from the head `layer ...` to the next empty line
table()
{
  sed -n '/^ *layer /,/^ *$/p' "$folder/$1.txt" | sed '/^ *$/d'
}

# verdicts WORD: the claims that ended with it
verdicts()
{
  awk -v word="$1" '$2 == word {printf " %s", $1}' "$folder/iss.txt"
}

echo "== the network: Tiny-GPT with FH-RL layers, gamma = 0.15"
grep -E '^(parameters|steps|loss|floor)' "$folder/train.txt"
echo "== its dynamics under random bytes, per layer (RDP beside what chance gives)"
table probe
echo "== against its own continuous flow, per layer (h = 1: the network's distance from the flow)"
table compare
sed -n '/continuous theory/,/^ *$/p' "$folder/compare.txt" | sed '/^ *$/d'
echo "== the Lyapunov argument of the paper, without a drive (f = 0)"
echo "violated    $(verdicts violated)"
echo "certified   $(verdicts certified)"
echo "held        $(verdicts held)"
echo "open        $(verdicts open)"
grep -E '^(S15 witness|rho\*)' "$folder/iss.txt"
echo "== figures (each also as .png)"
find "$folder" -name '*.svg' | sort
echo "$(($(date +%s) - begin)) seconds"
