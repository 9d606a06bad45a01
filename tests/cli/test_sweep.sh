#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test_sweep.sh: grids of points: what is planned, refused, computed, resumed, shared among processes, and drawn
. "${FHRL_TEST_DATA:?}/cli/lib.sh"
for variable in OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE PMI_RANK PMI_SIZE SLURM_PROCID SLURM_NTASKS; do unset $variable; done

# column FILE NAME: of a table
column()
{
  awk -F '\t' -v name="$2" '/^#/ {next} !at {for (i = 1; i <= NF; i++) if ($i == name) at = i; next} {print $at}' "$1"
}

# count FILE KEY: a whole number at the top of a JSON object
count() { sed -n "s/^  \"$2\": \([0-9]*\),*\$/\1/p" "$1"; }

cat >grid.ini <<'INI'
# the end of a trajectory over two parameters
[sweep]
command = simulate
input = lorenz
model.r = 0.5, 10:0.1:10.2
solver.rtol = 1e-6, 1e-9
columns = t_end, state[0], method

[solver]
t_end = 2
INI

# ---- the plan
ends 0 "a plan" "$fhrl" sweep grid.ini --plan -o nothing
says out '^axis +model.r +4 values: 0.5 10 10.1 10.2$' "names axes and values, as decimals one would write"
says out '^missing +r=10.1,rtol=1e-09$' "and every point"
holds "and makes no folder" [ ! -e nothing ]
ends 0 "a plan for programs" "$fhrl" sweep grid.ini --plan --json
holds "has every point" [ "$(grep -c '"state": "missing"' out)" -eq 8 ]

# ---- what is computed
ends 0 "a grid" "$fhrl" sweep grid.ini --threads=2 --json -o grid --quiet
documented out
holds "counts its points" [ "$(count out points) $(count out done) $(count out failed) $(count out skipped)" = "8 8 0 0" ]
holds "a row each, the last axis fastest" \
  [ "$(column grid/sweep.tsv model.r | tr '\n' ' ')$(column grid/sweep.tsv solver.rtol | tr '\n' ' ')" = \
  "0.5 0.5 10 10 10.1 10.1 10.2 10.2 1e-06 1e-09 1e-06 1e-09 1e-06 1e-09 1e-06 1e-09 " ]
holds "with the columns asked for" grep -q "^model.r	solver.rtol	status	t_end	state\[0\]	method	reason	point$" grid/sweep.tsv
ends 0 "a point is what its command gives" "$fhrl" simulate lorenz --t-end=2 --rtol=1e-9 --param r=10.1 -o single --quiet
holds "byte for byte" cmp single/trajectory.tsv grid/points/r=10.1,rtol=1e-09/trajectory.tsv
holds "its number is in the table" grep -qF "\"state\": [
    $(column grid/sweep.tsv 'state[0]' | sed -n 6p)" single/run.json
says grid/points/r=10.1,rtol=1e-09/said.txt '^model +lorenz' "what it said is kept"
says grid/config.ini '^model.r = 0.5, 10:0.1:10.2$' "the axes are in config.ini"
holds "no lock is left" [ -z "$(find grid -name '*.lock')" ]

ends 0 "again" "$fhrl" sweep grid/config.ini --threads=1 --json -o grid2 --quiet
holds "from its own configuration, with another number of threads: the same table" cmp grid/sweep.tsv grid2/sweep.tsv
before=$(stat -c %Y.%i grid/points/r=10,rtol=1e-06/run.json)
ends 0 "once more in the same folder" "$fhrl" sweep grid.ini -o grid --json --quiet
holds "all are found" [ "$(count out skipped)" -eq 8 ]
holds "and none is computed again" [ "$before" = "$(stat -c %Y.%i grid/points/r=10,rtol=1e-06/run.json)" ]
holds "to the same table" cmp grid/sweep.tsv grid2/sweep.tsv
rm grid/points/r=10,rtol=1e-06/point.json grid/points/r=0.5,rtol=1e-09/point.json
ends 0 "two points are missing" "$fhrl" sweep grid.ini -o grid --json --quiet
holds "only they are computed" [ "$(count out skipped)" -eq 6 ]
holds "to the same bytes" cmp grid/sweep.tsv grid2/sweep.tsv
ends 0 "an axis that has grown is the same sweep" "$fhrl" sweep grid.ini -o grid --json --quiet --set 'sweep.model.r=0.5,9,10:0.1:10.2'
holds "whose old points count" [ "$(count out points) $(count out skipped)" = "10 8" ]
ends 0 "and other columns" "$fhrl" sweep grid.ini -o grid --json --quiet --set sweep.columns=
holds "with none given: numbers at the top, without those of the clock" \
  grep -q "^model.r	solver.rtol	status	t_end	steps	rhs_evals	.*	reason	point$" grid/sweep.tsv
grep -qE '	(wall_s|cpu_s|rhs_s|seed)	' grid/sweep.tsv && not_ok "times are in the table" || ok "no times"
ends 2 "another configuration of the points is not" "$fhrl" sweep grid.ini -o grid --quiet --set solver.t_end=3
says err "grid/config.ini has solver.t_end = '2', now it is '3'; choose another folder with -o, or replace it with --force" "and says what differs"
ends 0 "unless forced" "$fhrl" sweep grid.ini -o grid --quiet --json --set solver.t_end=3 --force
holds "all are computed anew" [ "$(count out skipped)" -eq 0 ]

# ---- refusals, before any work
refused()
{
  local claim=$1 line=$2 pattern=$3
  printf '[sweep]\ncommand = simulate\ninput = lorenz\n%s\n' "$line" >bad.ini
  ends 2 "$claim" "$fhrl" sweep bad.ini -o bad --quiet
  says err "$pattern" "$claim: file, line, key and what is allowed"
}
refused "an unknown key" "model.rr = 1, 2" "^fhrl sweep: bad.ini:4: unknown key model.rr = '1, 2'; allowed in \[model\]: .* r "
refused "an unknown section" "modle.r = 1, 2" "bad.ini:4: no section \[modle\] here; allowed: \[model\] \[input\] \[solver\]"
refused "a value out of range" "solver.rtol = 1e-6, 2" "bad.ini:4: solver.rtol = '2' is not allowed; allowed: number in"
refused "a step of the wrong sign" "model.r = 1:-1:3" "bad.ini:4: model.r = '1:-1:3' never gets from 1 to 3; allowed: a step towards the end"
refused "no range" "model.r = 1:3" "bad.ini:4: model.r = '1:3' is no range; allowed: start:step:stop"
refused "an axis twice" "$(printf 'model.r = 1, 2\nmodel.r = 3')" "bad.ini:5: key 'model.r' of \[sweep\] is given twice, first in line 4"
refused "a value twice" "model.r = 1, 1.0" "bad.ini:4: model.r has the value '1' twice"
refused "too many points" "model.r = 0:1e-6:1" "bad.ini:4: model.r = '0:1e-6:1' has 1e\+06 values; allowed: 100000 points in all"
refused "too many points together" "$(printf 'model.r = 1:1:1000\nmodel.sigma = 1:1:1000')" "bad.ini:5: with model.sigma there are 1e\+06 points; allowed: 100000"
refused "no axis and no key" "sigma = 1, 2" "bad.ini:4: unknown key sweep.sigma = '1, 2'; allowed in \[sweep\]: command input seeds"
refused "a column that is no path" "columns = a..b" "sweep.columns: 'a..b' is no path"
holds "no folder is made" [ ! -e bad ]
printf '[sweep]\ncommand = simulat\n' >bad.ini
ends 2 "an unknown command" "$fhrl" sweep bad.ini
says err "bad.ini:2: sweep.command = 'simulat' is not allowed; allowed: train sample probe" "is answered with the list"
printf '[sweep]\ncommand = sweep\ninput = bad.ini\n' >bad.ini
ends 2 "a sweep of sweeps" "$fhrl" sweep bad.ini
printf '[sweep]\ncommand = simulate\n' >bad.ini
ends 2 "an input is missing" "$fhrl" sweep bad.ini
says err "bad.ini: sweep.input is missing; allowed: the MODEL of fhrl simulate" "which is said"
"$fhrl" models --template mine -o . >/dev/null
printf '[sweep]\ncommand = simulate\ninput = ./mine.c\nmodel.kappa = 1, 2\n' >own.ini
ends 2 "no configuration has a model's file compiled" "$fhrl" sweep own.ini
says err "own.ini:3: .*allowed: --set sweep.input=./mine.c" "but the command line may"
ends 0 "as here" "$fhrl" sweep own.ini --set sweep.input=./mine.c --quiet -o own
holds "with both points" [ "$(column own/sweep.tsv status | tr '\n' ' ')" = "done done " ]
ends 2 "a command without a seed" "$fhrl" sweep grid.ini --set sweep.command=models --set sweep.seeds=2 -o bad
printf '[sweep]\ncommand = exponents\ninput = lorenz\nmodel.seed = 1, 2\nseeds = 2\n' >bad.ini
ends 2 "seeds beside an axis of the seed" "$fhrl" sweep bad.ini
says err "bad.ini:5: there is another axis over model.seed" "are refused"

# ---- failures
cat >failing.ini <<'INI'
[sweep]
command = simulate
input = lorenz
solver.max_steps = 5, 100000
model.r = 10, 28
INI
ends 1 "points that fail" "$fhrl" sweep failing.ini --quiet -o failing
says err "^fhrl sweep: 2 of 4 points failed \(--retry computes them again\), the first in failing/points/max_steps=5,r=10: .*max_steps = 5 are used up" \
  "are counted, and the first is named"
holds "do not stop the others" [ "$(column failing/sweep.tsv status | tr '\n' ' ')" = "failed failed done done " ]
says failing/sweep.tsv "^5	28	failed	NaN.*max_steps = 5 are used up" "and have their reason in the table"
cp failing/sweep.tsv table
before=$(stat -c %Y.%i failing/points/max_steps=5,r=10/point.json)
ends 1 "again" "$fhrl" sweep failing.ini --quiet -o failing --json
holds "they are not tried again" [ "$before$(count out skipped)" = "$(stat -c %Y.%i failing/points/max_steps=5,r=10/point.json)4" ]
ends 1 "but with --retry" "$fhrl" sweep failing.ini --quiet -o failing --json --retry
holds "they are" [ "$(count out skipped)$(count out failed)" = 22 ]
holds "to the same table" cmp table failing/sweep.tsv

# a model that crashes takes nothing else with it
sed 's/^static int rhs(.*/&\n/; s/^static int observe/static const double *nowhere;\n&/' mine.c >crash.c
sed -i 's/fhrl_model_mine/fhrl_model_crash/; s/"mine"/"crash"/' crash.c
awk '/^static int rhs\(/ {inside = 1} {print} inside && /^\{/ {print "  if (s->p[KAPPA] > 1.5) *(volatile int *)0 = 1;"; inside = 0}' crash.c >crashed.c
mv crashed.c crash.c
printf '[sweep]\ncommand = simulate\nmodel.kappa = 1, 2, 1.25\n' >crash.ini
ends 1 "a point that crashes" "$fhrl" sweep crash.ini --set sweep.input=./crash.c --quiet -o crash
says err "1 of 3 points failed .*the process (crashed or was ended by signal 11|ended with status 1 before it was done)" "is a failure with its signal"
holds "of its own" [ "$(column crash/sweep.tsv status | tr '\n' ' ')" = "done failed done " ]

# ---- interrupted
cat >long.ini <<'INI'
[sweep]
command = simulate
input = lorenz
model.r = 20:1:27
solver.max_seconds = 1000

[solver]
t_end = 20000
output_every = 10
INI
cut=long
ends 0 "a longer sweep, uninterrupted" "$fhrl" sweep long.ini -o straight --quiet --threads=1
"$fhrl" sweep long.ini -o $cut --quiet --threads=1 >out 2>err &
pid=$!
for _ in {1..600}; do
  [ "$(find $cut/points -name point.json 2>/dev/null | wc -l)" -ge 1 ] && break
  sleep 0.02
done
kill -INT $pid
wait $pid
status=$?
there=$(find $cut/points -name point.json | wc -l)
holds "Ctrl-C ends with 130" [ $status -eq 130 ]
says err "to go on, give the same command again: interrupted: [1-7] of 8 points are settled" "says how far it is"
holds "without a table yet" [ ! -e $cut/sweep.tsv ]
ends 0 "it goes on" "$fhrl" sweep long.ini -o $cut --quiet --json --threads=1
holds "from where it was" [ "$(count out skipped)" -eq "$there" ]
holds "to the same bytes" cmp straight/sweep.tsv $cut/sweep.tsv
rm -r $cut

# killed: its locks are those of a dead process, and its children end, too
"$fhrl" sweep long.ini -o $cut --quiet --threads=2 >out 2>err &
pid=$!
for _ in {1..600}; do
  [ -n "$(find $cut/points -name point.lock 2>/dev/null)" ] && break
  sleep 0.02
done
kill -KILL $pid
wait $pid 2>/dev/null
ends 0 "killed with -9, it goes on" "$fhrl" sweep long.ini -o $cut --quiet --threads=2
holds "to the same bytes, too" cmp straight/sweep.tsv $cut/sweep.tsv
holds "and takes over the locks" [ -z "$(find $cut -name '*.lock*')" ]
rm -r $cut
mkdir -p $cut/points/r=22
ln -s "$(hostname):999999:1:0:0:$(readlink /proc/self/ns/pid)" $cut/points/r=22/point.lock
ends 0 "the lock of a process that is no more" "$fhrl" sweep long.ini -o $cut --quiet
holds "is taken over" cmp straight/sweep.tsv $cut/sweep.tsv
rm -r $cut

# ---- several processes, as mpirun starts them
for kind in OMPI_COMM_WORLD_RANK:OMPI_COMM_WORLD_SIZE PMI_RANK:PMI_SIZE SLURM_PROCID:SLURM_NTASKS; do
  pids=
  for rank in 0 1 2; do
    env "${kind%:*}=$rank" "${kind#*:}=3" "$fhrl" sweep long.ini -o $cut --json --quiet >out$rank 2>err$rank &
    pids="$pids $!"
  done
  good=1
  for pid in $pids; do wait "$pid" || good=0; done
  holds "three processes ($kind)" [ $good -eq 1 ]
  holds "share the points, and the first alone speaks" [ "$(count out0 done)$(cat out1 out2)" = 8 ]
  holds "to the same bytes" cmp straight/sweep.tsv $cut/sweep.tsv
  rm -r $cut
done

ends 0 "the first alone fails for all: mpirun would end it before its table is written" \
  env PMI_RANK=1 PMI_SIZE=2 "$fhrl" sweep failing.ini -o failing --quiet

# ---- seeds, figures, a network
cat >seeds.ini <<'INI'
[sweep]
command = train
model.gamma = 0, 0.3
seeds = 2
columns = final_loss

[model]
d = 12
T = 24
layers = 1

[train]
steps = 4
batch = 2
seed = 5
INI
ends 0 "seeds are counted up" "$fhrl" sweep seeds.ini -o seeds --quiet --threads=2
holds "from that of the configuration" [ "$(column seeds/sweep.tsv train.seed | tr '\n' ' ')" = "5 6 5 6 " ]
holds "points draw nothing" [ ! -e seeds/points/gamma=0.3,seed=6/loss.svg ]
ends 0 "but plot does" "$fhrl" plot seeds/points/gamma=0.3,seed=6
holds "both endings" [ -s seeds/points/gamma=0.3,seed=6/loss.svg -a -s seeds/points/gamma=0.3,seed=6/loss.png ]
holds "one axis is drawn" [ -s seeds/sweep.svg -a -s seeds/sweep.png ]
cp seeds/sweep.svg before.svg
rm seeds/sweep.svg seeds/sweep.png
ends 0 "and drawn again" "$fhrl" plot seeds --json
documented out
says out '"sweep"' "which is said"
holds "the same" cmp before.svg seeds/sweep.svg
ends 0 "two axes are a map" "$fhrl" sweep grid.ini -o map --quiet
holds "that is drawn" [ -s map/sweep.png ]
printf '[sweep]\ncommand = probe\ninput = seeds/points/gamma=0.3,seed=5\nprobe.sequences = 4, 8\ncolumns = mean.irr, layers[0].irr_wr\n[probe]\ntopk = 4\nwindow = 8\n' >probe.ini
ends 0 "a command on a RUN, its result in a file of its own" "$fhrl" sweep probe.ini --quiet
says sweep-probe/sweep.tsv '^# units: 1	.*	as in metrics.json' "by paths in that file"
holds "as numbers" [ "$(column sweep-probe/sweep.tsv mean.irr | grep -c '^0\.[0-9]')" -eq 2 ]

ends 2 "plot of a folder without run.json" "$fhrl" plot .
says err "^fhrl plot: . holds no run.json" "is refused"
ends 2 "of no folder" "$fhrl" plot nowhere
says err "nowhere is no folder" "too"
ends 2 "and of one without figures" "$fhrl" plot single
says err "single/run.json \(fhrl.simulate/1\) names no figures" "which is said"
mkdir evil
printf '{"schema": "x", "figures": [{"figure": "../../x", "own_script": false, "arguments": []}]}' >evil/run.json
ends 1 "a run.json that names other places" "$fhrl" plot evil
says err "'../../x' with 0 arguments is no figure" "draws nothing"
finish
