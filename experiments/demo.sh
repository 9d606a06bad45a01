#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# demo.sh FHRL FOLDER: train one network, probe it, compare it with its flow, audit the Lyapunov argument, draw it
set -eu
fhrl=$1
folder=$2
begin=$(date +%s)
mkdir -p "$folder"

title()
{
  printf '\n== %s\n' "$1"
}

title "train: Tiny-GPT with FH-RL layers"
"$fhrl" train -o "$folder/run" --set model.gamma=0.15
title "probe: random bytes through the frozen network"
"$fhrl" probe "$folder/run"
title "compare: each layer against its own continuous flow"
"$fhrl" compare "$folder/run" -o "$folder/compare"
title "iss: the Lyapunov argument without a drive, inequality by inequality"
"$fhrl" iss fhrl -o "$folder/iss" --param drive=none
title "portrait: the same system, and with its drive"
"$fhrl" portrait fhrl -o "$folder/portrait" --param drive=none
"$fhrl" portrait fhrl -o "$folder/portrait-driven"

title "figures"
find "$folder" -name '*.svg' | sort | sed 's/^/  /'
printf '\n%d seconds\n' $(($(date +%s) - begin))
