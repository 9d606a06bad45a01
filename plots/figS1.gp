# SPDX-License-Identifier: GPL-3.0-or-later
# figS1.gp: figure S1 of the paper: final loss, IRR and gamma together
#   ARG1 output   ARG2 gamma.tsv (a row per gamma)   ARG3 runs.tsv
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"
# a single seed has no error: its point is drawn all the same
set datafile missing "absent"
or_none(x) = strcol(x) eq "NaN" ? 0 : column(x)

set title "Loss, IRR and γ: a point per γ, its value beside it (bars: s.e. over seeds)"
set xlabel "IRR over x_{pre} [1]"
set ylabel "final loss [nat/byte]"
set yrange [0:*]
set xrange [0:*]
set offsets 0, graph 0.08, graph 0.25, 0
set key top right
plot ARG2 using "irr":"final_loss":(or_none("final_loss_error")) with yerrorlines linetype 1 pointtype 7 pointsize 0.9 title "mean over seeds", \
  ARG2 using "irr":"final_loss":(sprintf("%g", column("gamma"))) with labels left rotate by 60 offset 0, 0.7 notitle, \
  ARG2 using "irr":"entropy_floor" with lines linetype 2 title "entropy floor"
