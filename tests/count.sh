#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# count.sh BUILD...: adds up what the test logs of some build folders say; the last line is "N passed, M failed".
# Check's programs print "Checks: N, Failures: F, Errors: E", the scripts a line "ok ..." or "not ok ..." per claim;
# a log with neither belongs to a test that died before it could count: one failure.
find "$@" -path '*tests/*.trs' -print | sort | while read -r trs; do
  log=${trs%.trs}.log
  result=$(sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' "$trs" | head -1)
  awk -v result="$result" '
    match($0, /Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+/) {
      split(substr($0, RSTART, RLENGTH), f, /[:,] */); checks += f[2]; bad += f[4] + f[6]
    }
    /^ok / { checks++ }
    /^not ok / { checks++; bad++ }
    END {
      if (result != "PASS" && result != "SKIP" && bad == 0) { bad = 1; if (checks == 0) checks = 1 }
      print checks - bad, bad + 0
    }' "$log"
done | awk '
  { passed += $1; failed += $2 }
  END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }'
