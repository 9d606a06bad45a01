#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_docs.sh: doc/options.md is what the program says of itself
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
bash "${FHRL_DATADIR:?}/doc/options.sh" "$fhrl" >options.md
if diff "$FHRL_DATADIR/doc/options.md" options.md >difference; then
  ok "doc/options.md is up to date"
else
  not_ok "doc/options.md is not what the program says: doc/options.sh FHRL >doc/options.md"
  head -20 difference
fi
finish
