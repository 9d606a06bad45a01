#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_own_model.sh: a model of one's own from the template to every command: compiled once, complained of clearly, never
# run because a file says so, and the same from an installed tree
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
export LC_ALL=C # the compiler's messages
unset CC CPATH C_INCLUDE_PATH
cache=$XDG_CACHE_HOME/fhrl/models

# ---- the template

ends 0 "a template is written" "$fhrl" models --template mine -o .
says out "fhrl simulate ./mine.c" "with what to do next"
cp mine.c first.c
ends 2 "a second one does not replace it" "$fhrl" models --template mine -o .
says err "mine.c is there already" "and says why"
holds "which stays" cmp mine.c first.c
ends 0 "without a folder it goes to standard output" "$fhrl" models --template=mine
holds "the same" cmp mine.c out
ends 2 "JSON is no C" "$fhrl" models --template=mine --json
says err "^fhrl models: --template=mine writes a file in C; --json" "so that --json is refused"
holds "and nothing is written" [ ! -s out ]
ends 2 "a name must be one" "$fhrl" models --template=my-model
says err "'my-model' is no name for a model; allowed: a letter" "with the rule"
ends 2 "and be free" "$fhrl" models --template=lorenz
says err "fhrl has a model lorenz of its own" "with whose it is"

ends 0 "it runs as it stands" "$fhrl" simulate ./mine.c --quiet -o one
[ -s err ] && not_ok "compiling it is not silent" || ok "without a warning"
says out "event +sphere: [0-9]+ times" "with its event"
for word in '"jvp": "exact"' '"model_source": "/.*/mine.c"' '"model_sha256": "[0-9a-f]{64}"' '"model_compiler": ".* -O3 .*mine.c"'; do
  says one/run.json "$word" "run.json says $word"
done
says one/run.json "$(sha256sum mine.c | cut -c1-64)" "the digest is what sha256sum gives"
ends 0 "it keeps the contract" "$fhrl" models ./mine.c --check
[ "$(grep -c ' held ' out)" -eq 10 ] && ok "in all that it promises" || not_ok "in all that it promises"
ends 0 "its tables are shown" "$fhrl" models mine.c
says out "kappa .* number >= 0 +strength of homeostasis" "with ranges and meanings"
says out "sphere +y crosses" "and events"
"$fhrl" --help | sed -n 's/^  \([a-z]*\) MODEL .*/\1/p' >commands
while read -r command; do
  parameter=
  [ "$command" = continue ] && parameter="--in=kappa --low=0.5 --high=1" # which has to be told one
  # shellcheck disable=SC2086
  ends 0 "it runs under $command" "$fhrl" "$command" mine.c --quiet --t-end=20 $parameter -o "all-$command"
done <commands
ends 0 "so does an ensemble, on two threads" "$fhrl" simulate mine.c --quiet --t-end=5 --members=9 --threads=2

# ---- its configuration

says one/config.ini "^name = mine$" "config.ini has the name"
says one/config.ini "^source_sha256 = $(sha256sum mine.c | cut -c1-64)$" "and the digest of the source"
says one/run.json '^ +"source_sha256": "'"$(sha256sum mine.c | cut -c1-64)" "which run.json has among its configuration"
ends 0 "and reproduces the run" "$fhrl" simulate mine.c -c one/config.ini --quiet -o again
holds "to the same bytes" cmp one/trajectory.nc again/trajectory.nc
mkdir sub
ends 0 "from another folder, too" sh -c 'cd sub && "$0" simulate ../mine.c -c ../one/config.ini --quiet -o here' "$fhrl"
holds "to the same bytes" cmp one/trajectory.nc sub/here/trajectory.nc
ends 2 "a name alone does not find the file" "$fhrl" simulate mine -c one/config.ini
says err "no model 'mine'; allowed:.* lorenz .*here ./mine.c" "but the message does"

# changed NAME: what a changed source, or header of its own, is told, and that nothing of the earlier one is gone on from
changed()
{
  ends 2 "$1: a changed model is refused in a folder of the old one" "$fhrl" simulate $1.c --t-end=1e5 --quiet -o "was-$1"
  says err "was-$1 holds another configuration.*--force: .*has model.source_sha256 = '[0-9a-f]{64}', now it is '[0-9a-f]{64}'" "and says why"
  ends 2 "$1: and with the old configuration" "$fhrl" simulate $1.c -c "was-$1/config.ini" -o "new-$1" --quiet
  says err "was-$1/config.ini:[0-9]+: model.source_sha256 = '[0-9a-f]{64}', but $1.c has changed: now it is '[0-9a-f]{64}'; --force" \
    "with file, line and both digests"
  holds "before anything is written" [ ! -e "new-$1" ]
  ends 0 "$1: unless it is forced" "$fhrl" simulate $1.c --t-end=5 --quiet --force -o "was-$1"
  grep -q '^resumed' out && not_ok "$1: it went on from the other" || ok "$1: it begins anew"
  holds "from then on it is its own" "$fhrl" simulate $1.c -c "was-$1/config.ini" -o "was-$1" --quiet
}
# interrupted NAME: a run that leaves its part
interrupted()
{
  "$fhrl" simulate $1.c --t-end=1e5 --quiet -o "was-$1" >out 2>err &
  for _ in {1..600}; do
    [ "$(stat -c %s "was-$1/trajectory.part" 2>/dev/null || echo 0)" -gt 40000 ] && break
    sleep 0.02
  done
  kill -9 $!
  wait $! 2>/dev/null
}
sed 's/mine/other/g' first.c >other.c
interrupted other
echo "// a change" >>other.c
changed other
sed 's/mine/whole/g; s/^#include "ode.*/&\n#include "share.h"/; s/s->p\[KAPPA\] \*/SHARE * &/' first.c >whole.c
echo '#define SHARE 1.0' >share.h
interrupted whole
ends 0 "where no header has changed, that is the same" "$fhrl" simulate whole.c --t-end=5 --quiet -o same
ends 0 "again" "$fhrl" simulate whole.c --t-end=5 --quiet -o same
echo '#define SHARE 2.0' >share.h
changed whole
holds "the source being as it was" cmp <(grep model_sha256 same/run.json) <(grep model_sha256 was-whole/run.json)

cat >trap.c <<'C'
#include <stdio.h>
#include "ode/model.h"
__attribute__((constructor)) static void sprung(void) { fclose(fopen("sprung", "w")); }
C
printf '[model]\nname = ./trap.c\n' >trap.ini
for model in lorenz ./mine.c; do
  ends 2 "a configuration that names another file is refused for $model" "$fhrl" simulate $model -c trap.ini
  says err "model.name = './trap.c', but the command names $model" "and says so"
done
ends 2 "nor does --set lead to it" "$fhrl" simulate lorenz --set model.name=./trap.c
ends 2 "an .ini is no MODEL" "$fhrl" simulate ./trap.ini
says err "trap.ini is no model: the file of one ends in .c" "which is said"
holds "no code was run for a configuration" test ! -e sprung
"$fhrl" simulate ./trap.c >out 2>err
holds "the command line alone runs it" test -e sprung
printf '[model]\nname = ../mine.c\nkappa = 3\n' >sub/path.ini
ends 0 "a path in an .ini may confirm the operand" "$fhrl" simulate mine.c -c sub/path.ini --quiet
ends 2 "after --set it is relative to the working folder" "$fhrl" simulate mine.c --set model.name=../mine.c --quiet

# ---- the compiler

real=$(sed -n 's/.*"model_compiler": "\([^ "]*\).*/\1/p' one/run.json)
cat >cc <<C
#!/bin/sh
echo x >>"$PWD/calls"
sleep 0.3
exec $real "\$@"
C
chmod +x cc
export CC=$PWD/cc
calls() { wc -l 2>/dev/null <calls || echo 0; }
for i in 1 2 3; do "$fhrl" simulate mine.c --quiet --t-end=5 >out.$i 2>err.$i & pids="${pids-} $!"; done
good=0
for pid in $pids; do wait "$pid" && good=$((good + 1)); done
[ "$good" -eq 3 ] && ok "three at once succeed" || not_ok "three at once succeed ($good)"
[ "$(calls)" -eq 1 ] && ok "and compile once" || not_ok "and compile once ($(calls))"
ends 0 "a later run does not compile" "$fhrl" simulate mine.c --quiet --t-end=5
[ "$(calls)" -eq 1 ] && ok "at all" || not_ok "at all"
echo "// a change" >>mine.c
ends 0 "a changed file is compiled" "$fhrl" simulate mine.c --quiet --t-end=5
[ "$(calls)" -eq 2 ] && ok "once more" || not_ok "once more"
CC="$CC -DFLAG" ends 0 "so is it with another command" "$fhrl" simulate mine.c --quiet --t-end=5
[ "$(calls)" -eq 3 ] && ok "once more" || not_ok "once more"
include=$(sed -n 's/.*-I\([^ "]*\).*/\1/p' one/run.json)
mkdir headers && cp -r "$include/ode" "$include/base" headers/
export FHRL_INCLUDEDIR=$PWD/headers
ends 0 "and with other headers" "$fhrl" simulate mine.c --quiet --t-end=5
echo "// a change" >>headers/base/field.h
ends 0 "that changed" "$fhrl" simulate mine.c --quiet --t-end=5
[ "$(calls)" -eq 5 ] && ok "once for each" || not_ok "once for each ($(calls))"
FHRL_INCLUDEDIR=$PWD ends 1 "headers that are not there" "$fhrl" simulate mine.c
says err "no header ode/model.h in $PWD \(FHRL_INCLUDEDIR names another folder\)" "are missed"
unset FHRL_INCLUDEDIR
for file in "$cache"/mine-*.so; do echo "no library" >"$file"; done
ends 0 "a library that was spoilt is made again" "$fhrl" simulate mine.c --quiet --t-end=5
[ "$(calls)" -eq 6 ] && ok "once" || not_ok "once ($(calls))"
holds "nothing unfinished is left" sh -c '! ls "$0"/*.tmp' "$cache"
printf '#!/bin/sh\necho "// saved" >>mine.c\nexec %s "$@"\n' "$real" >saving
chmod +x saving
CC=$PWD/saving ends 1 "a file that changes under the compiler is not kept" "$fhrl" simulate mine.c --quiet --t-end=5
says err "mine.c changed while it was compiled; run again" "but asked for again"
# the cache is bounded by what was used last, and keeps what is in use however long ago that began
held=$(ls "$cache"/mine-*.so | head -1)
for k in $(seq 1 90); do touch -d "2020-01-01 +$k days" "$cache/old-$k.so"; done
touch -d "2019-01-01" "$held" "$cache/old-0.so"
exec 9<"$held"
if flock -s 9; then
  : >"$cache/killed-0.so.tmp"
  echo "// another change" >>mine.c
  ends 0 "a model compiled into a full cache" "$fhrl" simulate mine.c --quiet --t-end=5
  holds "leaves the 64 used last, and one more that is in use" [ "$(ls "$cache"/*.so | wc -l)" -eq 65 ]
  holds "which stays" [ -e "$held" ]
  holds "the oldest go" [ ! -e "$cache/old-0.so" ]
  holds "not the newest" [ -e "$cache/old-90.so" ]
  holds "nor the one just made" "$fhrl" models mine.c
  holds "what a killed compiler left goes" [ ! -e "$cache/killed-0.so.tmp" ]
fi
exec 9<&-
rm -f "$cache"/old-*.so
unset CC
sed 's/mine/parts/g; s/^#include "ode.*/&\n#include "gain.h"/; s/s->p\[KAPPA\] \*/GAIN * &/' first.c >parts.c
echo '#define GAIN 1.0' >gain.h
ends 0 "a file with a header of its own runs" "$fhrl" simulate parts.c --quiet --t-end=5
cp out was
echo '#define GAIN 2.0' >gain.h
ends 0 "and again" "$fhrl" simulate parts.c --quiet --t-end=5
holds "with what the header has become" sh -c '! diff -q was out'
holds "without a place in the cache" sh -c '! ls "$0"/parts*' "$cache"
export TMPDIR=$PWD/tmp
mkdir tmp
XDG_CACHE_HOME='' HOME='' ends 0 "without a home it runs" "$fhrl" simulate mine.c --quiet --t-end=5
chmod go+w "$cache"
ends 0 "and where others may write to the cache" "$fhrl" simulate mine.c --quiet --t-end=5
chmod go-w "$cache"
holds "and leaves no temporary folder" rmdir tmp
unset TMPDIR
CC=no-such-cc ends 1 "without a compiler there is no model" "$fhrl" simulate mine.c
says err "no C compiler 'no-such-cc' is here to compile mine.c; install one" "and it says so"

# ---- what can be wrong with the file

edit() { sed "s/mine/$1/g; $2" first.c >"$1.c"; } # edit NAME SED-SCRIPT
fails() # fails NAME PATTERN CLAIM
{
  ends 1 "$3" "$fhrl" simulate "$1.c" --quiet
  says err "$2" "and says so"
}
edit typo 's/fhrl_norm(s->n, x);/fhrl_norm(s->n x);/'
fails typo "typo.c does not compile \(exit status 1 of the compiler\): its messages stand above; the command was .* -O3 " \
  "what does not compile is refused"
says err "^fhrl simulate: the compiler \([^)]*\) says of typo.c:" "the compiler's messages are attributed"
says err "^typo.c:[0-9]+:[0-9]+: error: expected" "and shown"
edit undeclared 's/fhrl_norm(/fhrl_norn(/'
fails undeclared "fhrl_norn" "a function that is not there is an error"
edit warned 's/^static int observe/static int unused;\n&/'
ends 0 "a warning is no obstacle" "$fhrl" simulate warned.c --quiet
says err "the compiler .* says of warned.c:" "but it is shown"
sed 's/fhrl_model_mine = /fhrl_model_yours = /' first.c >symbol.c
fails symbol "symbol.c defines no fhrl_model_symbol but fhrl_model_yours" "a descriptor of another name"
edit hidden 's/^const fhrl_model/static &/'
fails hidden "hidden.c defines no fhrl_model_hidden: at its end has to stand .*not static" "a hidden one"
edit named 's/\.name = "named"/.name = "other"/'
fails named "the .name of fhrl_model_named is 'other', not 'named'" "a .name that is another"
edit nameless '/\.name = /d'
fails nameless "nameless.c: the model's .name is '\(NULL\)'" "no .name"
edit still '/^  \.rhs = /d'
fails still "still.c: model still has neither rhs \(a flow\) nor step \(a map\)" "nothing that moves"
edit gap 's/^  \[EPSILON\] = .*//'
fails gap "entry 2 of the table param has no name: is an index left out" "a gap in a table"
edit nan 's/"kappa", 1.0/"kappa", NAN/'
fails nan "\(kappa\) has the default nan" "a default that is no number"
edit empty 's/{d, 1}/{0, 1}/'
fails empty "0 states is not between 1 and" "no state"
edit large 's/{d, 1}/{60000 * d, 60000}/'
fails large "states is not between 1 and 2147483647" "too many states"
for file in none.c 2d.c my-model.c my.model.c lorenz.c; do [ $file = none.c ] || cp first.c $file; done
ends 1 "a file that is not there" "$fhrl" simulate ./none.c
says err "cannot open ./none.c: No such file" "is named"
for file in 2d.c my-model.c my.model.c; do
  ends 2 "$file is no name for a model" "$fhrl" simulate $file
  says err "is no name for a model; allowed: a letter, then letters, digits and _" "which is said"
done
ends 2 "a name of a model that there is" "$fhrl" simulate ./lorenz.c
says err "fhrl has a model lorenz of its own" "is refused"

# ---- without jvp

edit blind '/^static int jvp/,/^}/d; /^  \.jvp = /d'
ends 0 "a model without jvp runs, by an implicit method too" "$fhrl" simulate blind.c --quiet --method=bdf -o blind
says out "^J v +by central differences, 2 right-hand sides each: blind has no jvp" "and says so"
says blind/run.json '"jvp": "differences"' "in run.json, too"
ends 0 "it keeps what it promises" "$fhrl" models blind.c --check
says out "^jvp_linear +- +0 +no jvp: J v is made by differences" "which is no jvp"
for model in mine blind; do
  ends 0 "the portrait of $model is drawn" "$fhrl" portrait $model.c --quiet -o portrait-$model
  grep -E '^ ' out >equilibria.$model
done
holds "with the same equilibria" cmp equilibria.mine equilibria.blind

# ---- the least that a model may be

cat >least.c <<'C'
#include "ode/model.h"
static const fhrl_field state[] = {{"x", 0.7, "1", "position"}, {"v", 0.3, "1/s", "speed"}};
static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = x[1];
  dx[1] = -sin(x[0]) - 0.1 * x[1];
  return 0;
}
const fhrl_model fhrl_model_least = {.name = "least", .summary = "a pendulum", .reference = "Huygens (1673)", .time_unit = "s",
  .state = state, .n_state = 2, .rhs = rhs};
C
ends 0 "a state table and a rhs are enough" "$fhrl" simulate least.c --quiet -o least
ends 0 "to draw a portrait" "$fhrl" portrait least.c --quiet -o least-portrait
says out "stable focus +x = +0, v = +0" "with equilibria"
ends 0 "and to be examined" "$fhrl" models least.c --check
ends 2 "iss has nothing to put on trial" "$fhrl" iss least.c --quiet
says err "model least is no flow with a state block y and a term leak" "and says so"

# ---- --check

edit liar 's/Jv\[i\] = (1.0 - r \* r)/Jv[i] = (1.0 + r * r)/; s/which == LEAK ? -x\[i\]/which == LEAK ? -2.0 * x[i]/'
ends 1 "a model that breaks its word fails the check" "$fhrl" models liar.c --check
says out "^jvp_derivative +broken +1 +at the defaults .*J v against differences, component y\[" "its jvp is named"
says out "^terms +broken +1 +at the defaults .*the sum of the terms against rhs" "so are its terms"
says out "^finite +held" "what holds is said, too"
says err "model liar breaks 2 of the 11 facts" "and the sum"
ends 1 "the same for a program" "$fhrl" models liar.c --check --json
says out '"verdict": "broken"' "in JSON"
ends 0 "the program's own models can be examined" "$fhrl" models hopf --check
for what in "" idp_hopfield "hopf --check"; do
  # shellcheck disable=SC2086
  ends 0 "models $what for a program" "$fhrl" models $what --json
  documented out
done
ends 2 "--check needs a MODEL" "$fhrl" models --check
ends 2 "--template takes none" "$fhrl" models lorenz --template=mine
edit crash 's/^  g\[SPHERE\] = /  *(volatile int *)s->model->events = 1;\n&/; s/volatile int \*)s->model->events/volatile int *)0/'
{ "$fhrl" models crash.c --check >out 2>err; } 2>/dev/null
status=$?
if "$fhrl" --version | grep -q fsanitize; then ok "a sanitizer has its own words for a crash"; else
  [ $status -gt 128 ] && ok "a crash is a crash" || not_ok "a crash is a crash ($status)"
  says err "fhrl models: crashed while the model crash.c was in use, probably in its code" "that is explained"
  says out "^finite +$" "in a fact that is named"
fi

# ---- ready libraries

cp first.c mine.c
build() { $real -std=c11 -O2 -fPIC -shared "-I$include" "$@"; }
build -DFHRL_USER_MODEL -o mine.so mine.c -lm
ends 0 "a library that was compiled by hand serves" "$fhrl" simulate ./mine.so --quiet -o ready
holds "with the same result" cmp one/trajectory.tsv ready/trajectory.tsv
build -o bare.so mine.c -lm
ends 1 "one that does not say its interface is refused" "$fhrl" simulate ./bare.so
says err "bare.so does not say which interface it was compiled for: compile it with -DFHRL_USER_MODEL" "with the remedy"
mkdir old && cp -r "$include/ode" "$include/base" old/
sed 's/FHRL_MODEL_INTERFACE = [0-9]*/FHRL_MODEL_INTERFACE = 99/' "$include/ode/model.h" >old/ode/model.h
$real -std=c11 -fPIC -shared -Iold -DFHRL_USER_MODEL -o mine.so mine.c -lm
ends 1 "one of another version is refused" "$fhrl" simulate ./mine.so
says err "mine.so was compiled for version 99 of the model interface, this fhrl has [0-9]+: compile it again" "with both numbers"
sed 's/  const char \*why;/&\n  double more;/' "$include/ode/model.h" >old/ode/model.h
$real -std=c11 -fPIC -shared -Iold -DFHRL_USER_MODEL -o mine.so mine.c -lm
ends 1 "so is one of other headers" "$fhrl" simulate ./mine.so
says err "mine.so was compiled with other headers of the model interface" "which is said"

# ---- installed

build_folder=$(dirname "$fhrl")
holds "the installed tree compiles models, too" env -u MAKEFLAGS -u MAKELEVEL -u FHRL_DATADIR \
  make -s -C "$build_folder" install installcheck "DESTDIR=$PWD/stage"
finish
