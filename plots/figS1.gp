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
small = letters(10)

# gamma = 0 has no IRR: its loss is a line
stats ARG2 using (column("gamma") == 0 ? column("final_loss") : NaN) nooutput name "ZERO"
positive(x) = column("gamma") > 0 ? column(x) : NaN
stats ARG2 using (positive("irr")) nooutput name "IRR"
set title "Loss, IRR and γ: a point per γ, its value beside it (bars: s.e. over seeds)"
set xlabel "IRR over x_{pre} [1]"
set ylabel "final loss [nat/byte]"
set logscale x
set format x "10^{%L}"
set xrange [IRR_min/2:IRR_max*4]
set yrange [0:*]
set offsets 0, 0, graph 0.35, 0
set key top right
zero = ZERO_records > 0 ? ZERO_mean : NaN
plot ARG2 using (positive("irr")):"final_loss":(or_none("final_loss_error")) with yerrorlines linetype 1 pointtype 7 pointsize 0.9 title "mean over seeds", \
  ARG2 using (positive("irr")):(column("final_loss") + or_none("final_loss_error")):(sprintf("%g", column("gamma"))) with labels left rotate by 75 offset 0, 0.6 font small notitle, \
  zero with lines linetype 3 title "loss at γ = 0", \
  ARG2 using (positive("irr")):"entropy_floor" with lines linetype 2 title "entropy floor"
