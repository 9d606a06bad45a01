# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh: what the tests of the command line share; source it first. Each claim prints "ok ..." or "not ok ...".
set -u
fhrl=${FHRL:?the program to test}
folder=$(mktemp -d "${TMPDIR:-/tmp}/fhrl-test.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 99
export XDG_CACHE_HOME=$folder/cache # compiled models
failed=0

ok()
{
  echo "ok $1"
}

not_ok()
{
  echo "not ok $1"
  failed=1
}

# ends STATUS CLAIM COMMAND...: the command ends with STATUS; its output is kept in out and err
ends()
{
  local want=$1 claim=$2 got
  shift 2
  "$@" >out 2>err </dev/null
  got=$?
  if [ "$got" -eq "$want" ]; then
    ok "$claim"
  else
    not_ok "$claim (status $got instead of $want)"
    sed 's/^/  /' err | head -20
  fi
}

# says FILE PATTERN CLAIM: FILE (out or err) matches the extended regular expression
says()
{
  if grep -Eq -e "$2" "$1"; then
    ok "$3"
  else
    not_ok "$3 ($1 has no match of $2)"
    sed 's/^/  /' "$1" | head -20
  fi
}

# holds CLAIM COMMAND...: the command succeeds
holds()
{
  local claim=$1
  shift
  if "$@" >/dev/null 2>&1; then ok "$claim"; else not_ok "$claim ($*)"; fi
}

# generic FILE.svg...: no font but the generic family, which every reader has
generic()
{
  holds "$* ask for the generic font only" sh -c '! grep -ho "font-family=\"[^\"]*\"" "$@" | grep -v "\"sans-serif\""' sh "$@"
}

# documented FILE: every field of a result, its configuration aside, stands in doc/results.md (reasons, standard errors and the
# many names of drifts and their nulls under the name that they belong to)
documented()
{
  local field known=${FHRL_DATADIR:?}/doc/results.md
  for field in $(sed '/^  "config": {/,/^  },\{0,1\}$/d' "$1" | grep -oE '"[a-z_0-9]+":' | tr -d '":' | sort -u); do
    field=$(sed -E 's/(_error)?_reason$//; s/^rdp_(mean|out|t)_/rdp_/; s/^rdp_(gaussian|white)_/rdp_null_/
      s/^rdp_null_(magnitude|centroid)_/rdp_null_/' <<<"$field")
    grep -qE "[\`.](${field%_error}|$field)(\[\])*\`" "$known" || not_ok "$field of $1 is not in doc/results.md"
  done
  ok "the fields of $1 were looked up in doc/results.md"
}

# finish: the script's own exit status
finish()
{
  exit $failed
}
