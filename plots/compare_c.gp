# SPDX-License-Identifier: GPL-3.0-or-later
# compare_c.gp: distance of the flow from the network against the rate c of y, for both rates of the slots
#   ARG1 output   ARG2 compare_c.tsv (a block per layer; columns c, paper, exact and their limits)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "c" nooutput
layers = STATS_blocks
END = 4096 # where c = infinity is drawn

set title "How fast must y follow? Distance of the flow from the network at token ends"
set xlabel "rate c of y [1/token]"
set ylabel "rms error / rms of the network's y [1]"
set logscale x 2
set logscale y
set format y "10^{%T}"
set xrange [0.4:1.3 * END]
set xtics ("1/2" 0.5, "1" 1, "2" 2, "4" 4, "8" 8, "16" 16, "32" 32, "64" 64, "128" 128, "256" 256, "512" 512, \
  "1024" 1024, "∞" END)
set bmargin at screen 0.215
set key at screen 0.5, 0.045 center center horizontal noopaque width -2 samplen 2 maxrows (layers < 4 ? 1 : 3)
plot for [i = 0:layers-1] ARG2 index i using "c":"paper" with linespoints linetype i+1 dashtype solid pointtype 2*i+5 \
    title sprintf("layer %d", i), \
  for [i = 0:layers-1] ARG2 index i using "c":"exact" with linespoints linetype i+1 dashtype 2 pointtype 2*i+4 notitle, \
  for [i = 0:layers-1] ARG2 index i every ::0::0 using (END):"paper_limit" with points linetype i+1 pointtype 2*i+5 \
    pointsize 1.6 notitle, \
  for [i = 0:layers-1] ARG2 index i every ::0::0 using (END):"exact_limit" with points linetype i+1 pointtype 2*i+4 \
    pointsize 1.6 notitle, \
  keyentry with linespoints linetype 8 dashtype solid pointtype 5 title "rate α", \
  keyentry with linespoints linetype 8 dashtype 2 pointtype 4 title "rate −ln(1−α)"
