# SPDX-License-Identifier: GPL-3.0-or-later
# figS2.gp: figure S2 of the paper: reentry, ESRI and the norm of W_r up to large gamma
#   ARG1 output   ARG2 gamma.tsv (a row per gamma)   ARG3 runs.tsv
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"
# a single seed has no error: its point is drawn all the same
set datafile missing "absent"
or_none(x) = strcol(x) eq "NaN" ? 0 : column(x)
small = letters(10)
set title font small offset 0, -0.6
set xlabel "γ [1]" font small offset 0, 0.5
set tics font small
set key font small
bar = "with yerrorlines pointtype 7 pointsize 0.6 linewidth 1.6"
stated = "with points pointtype 12 pointsize 1.3 linewidth 2 linecolor rgb 'black'"
dot = "with points pointtype 6 pointsize 0.5 linecolor rgb '#909090' notitle"

positive(x) = column("gamma") > 0 ? column(x) : NaN
set logscale x
set format x "%g"
stats ARG2 using (positive("gamma")) nooutput
set xrange [STATS_min/1.3:STATS_max*1.3]
set multiplot layout 2, 2 margins 0.085, 0.98, 0.11, 0.94 spacing 0.1, 0.17
set offsets 0, 0, graph 0.4, 0
set yrange [0:*]
set key top left
set title "Reentry ratio IRR [1]"
plot ARG2 using (positive("gamma")):"irr":(or_none("irr_error")) @bar linetype 1 title "over x_pre", \
  ARG2 using (positive("gamma")):"irr_attention":(or_none("irr_attention_error")) @bar linetype 2 title "over attention"
set key top right
set title "IRR of W_r alone [1]"
plot ARG2 using (positive("gamma")):"irr_wr":(or_none("irr_wr_error")) @bar linetype 1 title "over x_pre", \
  ARG2 using (positive("gamma")):"irr_wr_attention":(or_none("irr_wr_attention_error")) @bar linetype 2 title "over attention"
set title "ESRI over the batch [1]"
plot ARG2 using (positive("gamma")):"esri_batch_out":(or_none("esri_batch_out_error")) @bar linetype 1 title "block output", \
  ARG2 using (positive("gamma")):"esri_batch_y":(or_none("esri_batch_y_error")) @bar linetype 2 title "y"
set title "‖W_r‖_F [1]"
set yrange [*:*]
plot ARG2 using (positive("gamma")):"wr_frobenius":(or_none("wr_frobenius_error")) @bar linetype 1 notitle
unset multiplot
