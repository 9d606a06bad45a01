#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_idp.sh: the study of the cycle of memories against its limit: its table, its figure, refusals
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
study=$FHRL_TEST_DATA/../experiments/idp.sh

# column NAME: of the study's table
column() { awk -F '\t' -v name="$1" '/^#|^$/ {next} /^P/ {for (i = 1; i <= NF; i++) if ($i == name) at = i; next} {print $at}' idp/idp.tsv; }
# near A B TOLERANCE
near() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN {d = a - b; exit !(d <= t && -d <= t)}'; }

ends 0 "three time constants" "$study" "$fhrl" idp 1e-3 1e-2 5e-4
holds "in order, for 4 and 8 memories" [ "$(column P | tr '\n' ' ')$(column epsilon | tr '\n' ' ')" = \
  "4 4 4 8 8 8 1e-2 1e-3 5e-4 1e-2 1e-3 5e-4 " ]
holds "the period of theory 5 at epsilon = 1e-2" near "$(column period | sed -n 1p)" 1.38240 1.4e-5
holds "and at 1e-3" near "$(column period | sed -n 2p)" 1.30578 1.3e-5
holds "the limit for P = 4" near "$(column limit | sed -n 1p)" 1.295027 5e-7
holds "and for P = 8" near "$(column limit | sed -n 6p)" 1.285986 5e-7
holds "a fit through two points meets them" near "$(column fit | sed -n 3p)" "$(column excess | sed -n 3p)" 1e-12
says out '^P = 8: limit 1.285986, .*, order 0\.9[0-9]*$' "the rate is said"
for ending in svg png; do holds "idp.$ending is drawn" test -s idp/idp.$ending; done
ends 1 "a time constant that is none" "$study" "$fhrl" other zero
says err "model.epsilon = 'zero' is not allowed" "is refused as the program refuses it"
ends 2 "a folder has to be named" "$study" "$fhrl"
finish
