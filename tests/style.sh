#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# style.sh: the rules of CONTRIBUTING.md that a machine can check, run in the build folder by `make check`
set -u
source_dir=${FHRL_DATADIR:?}
failed=0

# claim NAME OFFENDERS: no offenders
claim()
{
  if [ -z "$2" ]; then
    echo "ok $1"
  else
    echo "not ok $1"
    printf '%s\n' "$2" | sed 's/^/  /'
    failed=1
  fi
}

# Every external symbol of foo.o begins with fhrl_foo; of models/x.o it is exactly fhrl_model_x.
symbols()
{
  nm -A -g --defined-only lib*.a src/cli/*.o 2>/dev/null | awk 'NF == 3 && $2 ~ /[TDBRVCi]/ {print $1, $3}' |
    sed -E 's/^([^:]*:)?([^:]*\/)?([^:\/]*)\.o:[0-9a-f]* /\3 /; s/^[^ ]*-//' |
    grep -Ev '^support |  *(__asan|__odr_asan|__ubsan|__gcov|_GLOBAL)' | sort -u |
    while read -r name symbol; do
      case $name:$symbol in
        main:main | status:fhrl_fail) ;;
        *) [ "${symbol#fhrl_"$name"}" != "$symbol" ] || [ "$symbol" = "fhrl_model_$name" ] ;;
      esac || echo "$name.o: $symbol"
    done
}

# room/x.c may include only headers of the rooms at or below its own.
includes()
{
  local room allowed
  while read -r room allowed; do
    find "$source_dir/$room" -name '*.[ch]' | while read -r file; do
      sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | grep -Evx "$allowed" | sed "s|^|$file includes |"
    done
  done <<'ROOMS'
src/base base
src/io base|io
src/nn base|io|nn
src/ode base|io|ode
src/analysis base|io|nn|ode|analysis
src/cli base|io|nn|ode|analysis|cli
ROOMS
  grep -Hn '^#include "' "$source_dir"/models/*.c | grep -v '"ode/model.h"'
}

# third party headers have one owner each
owners()
{
  local header allowed
  while read -r header allowed; do
    grep -rlE "#include <$header" "$source_dir/src" "$source_dir/models" --include='*.[ch]' |
      sed "s#^$source_dir/##" | grep -Ev "^($allowed)" | sed "s#\$# includes $header#"
  done <<'OWNERS'
(cvode|kinsol|sundials|nvector|sunmatrix|sunlinsol|sunnonlinsol|arkode)/ src/ode/sundials_
gsl/ src/analysis/
(arb|arf|acb|mag|flint/|arpack/) src/analysis/
Random123/ src/base/random
(cblas|lapacke) src/nn/|src/base/dense
(jansson|netcdf) src/io/
OWNERS
}

claim "every external symbol carries the name of its file" "$(symbols)"
claim "includes point one way" "$(includes)"
claim "each third-party header has one owner" "$(owners)"
claim "library code neither exits, prints nor draws from rand" "$(grep -rnE \
  '\b(exit|abort|printf|puts|putchar|rand|srand|system|popen|perror)\(|\bstderr\b' \
  "$source_dir"/src/{base,io,nn,ode,analysis} "$source_dir/models" --include='*.[ch]' | grep -vE ':[0-9]+: *//' |
  grep -vE '_exit|snprintf|fprintf|//.*(stderr|exit|abort)')"
claim "no flag that changes arithmetic behind our back" "$(grep -rnE -e '-(Ofast|ffast-math|march=native)' \
  "$source_dir"/configure.ac "$source_dir"/Makefile.am "$source_dir"/*/local.mk "$source_dir"/src/*/local.mk)"
claim "no file beyond 600 lines" "$(find "$source_dir"/{src,models,tests} -name '*.[ch]' -exec wc -l {} + |
  awk '$2 != "total" && $1 > 600 {print $2": "$1" lines"}')"
claim "every equation tag is in doc/equations.md" "$(grep -rhoE '\[FH-RL eq\. S?[0-9]+' "$source_dir"/{src,models} \
  --include='*.[ch]' | sed 's/.*eq\. //' | sort -u | while read -r n; do
    grep -qE "\(($n)\)" "$source_dir/doc/equations.md" || echo "equation $n"
  done)"
claim "every file names its licence" "$(find "$source_dir"/{src,models,tests,plots,experiments} \
  -name '*.[ch]' -o -name '*.sh' -o -name '*.gp' -o -name '*.mk' -o -name '*.def' | while read -r file; do
    head -3 "$file" | grep -q SPDX-License-Identifier || echo "$file"
  done)"
claim "fonts are named by plots/style.gp alone, whose letters() gives svg the generic family" "$(grep -nE '\bsans\b' \
  "$source_dir"/plots/*.gp | grep -v '/style\.gp:')"
# `make fhrl` in a fresh tree makes no BUILT_SOURCES first (tests/ci.sh does it); afterwards the .Po files know
claim "who includes a header that is made depends on it" "$(grep -q '^src/cli/version\.\$(OBJEXT): src/cli/commit\.h$' Makefile ||
  echo "version.o does not name src/cli/commit.h")"
exit $failed
