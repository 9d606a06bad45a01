#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# installed.sh FHRL DATA INCLUDE STAGE: what `make installcheck` runs: an installed program finds its template and its headers.
# With STAGE (DESTDIR) the program is not where it was made for, so it is told where they are.
set -eu
fhrl=$1
unset FHRL_DATADIR FHRL_INCLUDEDIR CC
if [ -n "$4" ]; then
  export FHRL_DATADIR=$2 FHRL_INCLUDEDIR=$3
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/fhrl-installed.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export XDG_CACHE_HOME=$folder/cache
"$fhrl" models --template=mine -o .
"$fhrl" models mine.c --check
"$fhrl" simulate mine.c --quiet --t-end=5 -o out
grep "\"model_compiler\": .*-I$3" out/run.json # its own headers, not those of a source folder
