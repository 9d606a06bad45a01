# SPDX-License-Identifier: GPL-3.0-or-later
# fig2.gp: figure 2 of the paper: training loss at each gamma, and where the paper's losses end
#   ARG1 output   ARG2 loss.tsv (a block per gamma)   ARG3 runs.tsv
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "gamma" nooutput
blocks = STATS_blocks
stats ARG2 using "step" nooutput
last = STATS_max
set object 1 rectangle from graph 0, first 0.038 to graph 1, first 0.056 fillstyle solid 1.0 noborder fillcolor rgb "#d9d9d9" behind
array name[blocks]
do for [i = 1:blocks] {
  stats ARG2 index i-1 using "gamma" nooutput
  name[i] = sprintf("γ = %g", STATS_min)
}
set title "Training at each γ (mean over seeds, last 20 steps)"
set xlabel "step"
set ylabel "loss [nat/byte]"
set logscale y
set format y "%g"
set xrange [0:last]
set key top right maxrows 5
plot for [i = 0:blocks-1] ARG2 index i using "step":"loss_20" with lines linetype i+1 title name[i+1], \
  NaN with boxes fillstyle solid 1.0 noborder linecolor rgb "#d9d9d9" title "paper's final losses"
