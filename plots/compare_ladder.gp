# SPDX-License-Identifier: GPL-3.0-or-later
# compare_ladder.gp: how far the ladder of maps between network and flow is from the flow, against its step
#   ARG1 output   ARG2 compare.tsv (a block per layer; columns layer, h, relative_rms)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "h":"relative_rms" nooutput
layers = STATS_blocks
guide = STATS_min_y / STATS_min_x # through the smallest error at the smallest step

set title "From network to flow: distance of the ladder from the flow at token ends"
set xlabel "step h [token]   (h = 1: the network)"
set ylabel "rms error / rms of the flow's y [1]"
set logscale xy
set xrange [1.0/90:1.4]
set xtics ("1/64" 1.0/64, "1/32" 1.0/32, "1/16" 1.0/16, "1/8" 1.0/8, "1/4" 1.0/4, "1/2" 1.0/2, "1" 1)
set key top left
plot for [i = 0:layers-1] ARG2 index i using "h":"relative_rms" with linespoints linetype i+1 pointtype 2*i+4 pointsize 1.3 \
    title sprintf("layer %d", i), \
  0.6 * guide * x with lines linetype 8 dashtype solid linewidth 0.8 title "slope 1"
