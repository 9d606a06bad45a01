#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# valgrind.sh VALGRIND FLAG...: short runs of the program under it. It knows no AVX-512: OpenBLAS is told to do without.
set -u
fhrl=${FHRL:?the program to look at}
if ! command -v "$1" >/dev/null; then
  echo "check-valgrind: skipped: no valgrind here (Debian: valgrind)"
  exit 0
fi
under=("$@")
folder=$(mktemp -d "${TMPDIR:-/tmp}/fhrl-valgrind.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 99
export OPENBLAS_CORETYPE=Haswell GNUPLOT=/bin/false
status=0

# clean CLAIM ARG...: fhrl ARG... ends with 0, and valgrind has nothing to say
clean()
{
  local claim=$1
  shift
  if "${under[@]}" "$fhrl" "$@" --threads=2 --quiet >out 2>err; then
    echo "ok $claim"
  else
    echo "not ok $claim"
    head -60 err | sed 's/^/  /'
    status=1
  fi
}

net=(--set model.d=4 --set model.heads=1 --set model.T=6 --set model.layers=1 --set model.r=1 --set train.batch=2)
clean "adams (CVODE)" simulate lorenz --t-end=0.5 --method=adams -o adams
clean "bdf with a dense Jacobian (CVODE)" simulate van_der_pol --t-end=1 --method=bdf
clean "bdf with GMRES (CVODE)" simulate fhrl --param d=24 --t-end=0.2 --method=bdf
clean "dop853 with events" simulate idp_hopfield --t-end=1 --method=dop853
clean "an ensemble on two threads" simulate lorenz --t-end=0.2 --set ensemble.members=8 -o members
clean "equilibria (KINSOL, LAPACK)" equilibria lorenz
clean "equilibria, proved (Arb)" equilibria lorenz --prove
clean "exponents" exponents lorenz --t-end=2
clean "an audit (GSL)" iss fhrl --param d=2 --t-end=1 --set iss.samples=50 --set iss.trajectories=1 --set iss.starts=1 --set iss.boxes=50
clean "training" train "${net[@]}" --set train.steps=2 -o net
clean "a probe (FFT, NetCDF)" probe net --set probe.topk=2 --set probe.sequences=5 --set probe.perturbations=4 --set probe.window=4
clean "a layer with a recorded input (NetCDF)" simulate fhrl_layer --set model.checkpoint=net --set input.file=net/probe/layer0.nc --t-end=1
exit $status
