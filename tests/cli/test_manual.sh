#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_manual.sh: manual pages and completion say what the program takes
. "${FHRL_TEST_DATA:?}/cli/lib.sh"

# plain FILE: a page without the escapes of roff
plain()
{
  sed 's/\\f.//g; s/\\//g' "$1"
}

"$fhrl" --man >fhrl.1
"$fhrl" --help | sed -n '/^Commands:/,/^$/p' | awk '/^  / {print $1}' >commands
missing=
while read -r command; do
  grep -q "^\.BR fhrl.-$command (1)" fhrl.1 || missing="$missing $command"
done <commands
[ -s commands ] && [ -z "$missing" ] && ok "the page of fhrl lists every command" || not_ok "the page of fhrl lacks:$missing"

missing=
while read -r command; do
  "$fhrl" --man="$command" >page || missing="$missing $command"
  plain page >text
  COLUMNS=100 "$fhrl" "$command" --help | grep -oE '^ +(-., )?--[a-z0-9-]+' | grep -oE -e '--[a-z0-9-]+' |
    grep -vE -e '--(help|usage|version)' >options
  while read -r option; do
    grep -qE -e "^\.B .*$option(=|\$)" text || missing="$missing $command:$option"
  done <options
done <commands
[ -z "$missing" ] && ok "every command's page has all its options" || not_ok "pages lack:$missing"

ends 2 "a page of no command is refused" "$fhrl" --man=nonesuch
says err "no command 'nonesuch'" "and the name is said"

if command -v mandoc >/dev/null; then
  while read -r command; do "$fhrl" --man="$command" | mandoc -T lint -W warning; done <commands | grep -v 'missing date' >lint
  [ -s lint ] && not_ok "mandoc finds fault: $(head -3 lint)" || ok "mandoc finds no fault"
fi

# completes CLAIM WANT WORD...: the last word, as bash splits the line, is completed by what includes WANT
completes()
{
  local claim=$1 want=$2
  shift 2
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _fhrl 2>/dev/null
  if printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -e "$want"; then ok "$claim"; else not_ok "$claim (${COMPREPLY[*]})"; fi
}

"$fhrl" --completion >completion
# shellcheck disable=SC1091
. ./completion
completes "commands are completed" portrait fhrl por
completes "options are completed" --init= fhrl train --in
completes "keys of --set are completed behind =" train.steps= fhrl train --set = train.st
completes "and behind a space" solver.rtol= fhrl simulate --set solver.rt
completes "models are completed" lorenz fhrl simulate lor
touch run.safetensors
completes "files are completed where a RUN is wanted" run.safetensors fhrl probe run.sa
finish
