# SPDX-License-Identifier: GPL-3.0-or-later
# fig6.gp: figure 6 of the paper: size, alignment and anisotropy of W_r against gamma
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

is_gamma = 'strcol("case")[1:5] eq "gamma"'
small_gamma(x) = @is_gamma ? inside(x) : NaN
set multiplot layout 1, 3 margins 0.07, 0.985, 0.12, 0.92 spacing 0.075, 0.1
set offsets 0, 0, graph 0.3, 0
set key top right
set title "‖W_r‖_F [1]"
plot ARG3 using "gamma":(small_gamma("wr_frobenius")) @dot, ARG2 using "gamma":(inside("wr_frobenius")):(or_none("wr_frobenius_error")) @bar linetype 1 title "mean, s.e."
set title "Alignment, top-k subspace [1]"
set yrange [0:*]
plot ARG2 using "gamma":(inside("wr_alignment_chance_low")):(inside("wr_alignment_chance_high")) with filledcurves fillcolor rgb "#d9d9d9" title "95 % of random", \
  ARG3 using "gamma":(small_gamma("wr_alignment_topk")) @dot, \
  ARG2 using "gamma":(inside("wr_alignment_topk")):(or_none("wr_alignment_topk_error")) @bar linetype 1 title "mean, s.e."
set title "Anisotropy σ_1/Σσ [1]"
plot ARG3 using "gamma":(small_gamma("wr_anisotropy")) @dot, ARG2 using "gamma":(inside("wr_anisotropy")):(or_none("wr_anisotropy_error")) @bar linetype 1 title "mean, s.e."
unset multiplot
