# SPDX-License-Identifier: GPL-3.0-or-later
# idp.gp: how much longer a memory is held than in the limit of fast retrieval, against the time constant of retrieval
#   ARG1 output   ARG2 idp.tsv (a block for each number of memories; experiments/idp.sh)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "P":"epsilon" nooutput
blocks = STATS_blocks
array P[blocks]
do for [i = 0:blocks-1] {
  stats ARG2 index i using "P" nooutput
  P[i+1] = STATS_max
}
stats ARG2 using "epsilon":"excess" nooutput

set title "Hold of a memory at κ = 5: distance from the limit ε → 0"
set xlabel "time constant of retrieval ε [time of saliency]"
set ylabel "T(ε) − T(0) [time of saliency]"
set logscale xy
set format "10^{%T}"
set xrange [0.7*STATS_min_x:1.4*STATS_max_x]
set key top left
guide = STATS_min_y / STATS_min_x
plot for [i = 0:blocks-1] ARG2 index i using "epsilon":"excess" with points linetype i+1 pointtype 3*i+4 pointsize 1.4 \
    title sprintf("P = %d", P[i+1]), \
  for [i = 0:blocks-1] ARG2 index i using "epsilon":"fit" with lines linetype i+1 \
    title sprintf("P = %d: ε (A ln 1/ε + B)", P[i+1]), \
  0.5 * guide * x with lines linetype 8 dashtype solid linewidth 0.8 title "slope 1"
