#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# options.sh FHRL: writes doc/options.md (standard output) from the program's own --help and model tables
set -eu
fhrl=$1
export COLUMNS=100
block()
{
  printf '\n## %s\n\n```\n' "$1"
  shift
  "$@" | sed 's/[[:space:]]*$//'
  printf '```\n'
}
echo "# Options, keys and models"
echo
echo "Written by doc/options.sh from the program itself; \`make check\` fails when they differ."
block "fhrl" "$fhrl" --help
"$fhrl" --help | sed -n '/^Commands:/,/^$/p' | awk '/^  / {print $1}' | while read -r command; do
  block "fhrl $command" "$fhrl" "$command" --help
done
"$fhrl" models | awk '{print $1}' | while read -r model; do
  block "model $model" "$fhrl" models "$model"
done
