# SPDX-License-Identifier: GPL-3.0-or-later
# fig3.gp: figure 3 of the paper: reentry and spectral stability against gamma, beside what the paper states
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
# the paper's range of gamma alone, with what was run beside within it
stats ARG2 using (column("in_range") > 0 ? column("gamma") : NaN) nooutput
inside(x) = column("gamma") <= STATS_max ? column(x) : NaN
set xrange [STATS_min-0.04*(STATS_max-STATS_min):STATS_max+0.04*(STATS_max-STATS_min)]

$irr << END
0	0
0.3	0.28
END
$wr << END
0.05	1.17
0.3	0.95
END
$esri << END
0	0.001
0.3	0.001
END
set multiplot layout 2, 2 margins 0.075, 0.98, 0.11, 0.94 spacing 0.1, 0.17
set yrange [0:*]
set offsets 0, 0, graph 0.6, 0
set key top left
set title "Reentry ratio IRR [1]"
plot ARG2 using "gamma":(inside("irr")):(or_none("irr_error")) @bar linetype 1 title "over x_pre, random bytes (eq. 16)", \
  ARG2 using "gamma":(inside("corpus_irr_attention")):(or_none("corpus_irr_attention_error")) @bar linetype 2 title "over attention, corpus bytes", \
  $irr using 1:2 @stated title "paper"
set title "IRR of W_r alone [1]"
plot ARG2 using "gamma":(inside("irr_wr")):(or_none("irr_wr_error")) @bar linetype 1 title "over x_pre, random bytes", \
  ARG2 using "gamma":(inside("corpus_irr_wr_attention")):(or_none("corpus_irr_wr_attention_error")) @bar linetype 2 title "over attention, corpus bytes", \
  $wr using 1:2 @stated title "paper"
set title "ESRI over the batch [1]"
plot ARG2 using "gamma":(inside("esri_batch_out")):(or_none("esri_batch_out_error")) @bar linetype 1 title "block output", \
  ARG2 using "gamma":(inside("esri_batch_y")):(or_none("esri_batch_y_error")) @bar linetype 2 title "y", $esri using 1:2 @stated title "paper"
set title "ESRI over a window of tokens [1]"
plot ARG2 using "gamma":(inside("esri_window_out")):(or_none("esri_window_out_error")) @bar linetype 1 title "block output", \
  ARG2 using "gamma":(inside("esri_window_y")):(or_none("esri_window_y_error")) @bar linetype 2 title "y", $esri using 1:2 @stated title "paper"
unset multiplot
