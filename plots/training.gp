# SPDX-License-Identifier: GPL-3.0-or-later
# training.gp: what training makes of reentry: its ratio, W_r, and the drift of the output, a line per layer
#   ARG1 output   ARG2 training.tsv (a block per layer)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "step" nooutput
layers = STATS_blocks

# A network whose layer has no W_r (other fast weights) has only NaN for some panels, which autoscaling does not survive.
array name[6] = ["irr", "wr_frobenius", "wr_anisotropy", "reentry_radius", "esri_batch_y", "rdp_centroid"]
array found[6]
do for [k = 1:6] {
  count = 0
  stats ARG2 using (count = count + (column(name[k]) == column(name[k])), 0) nooutput
  found[k] = count
}

# six panels: smaller letters than the style's
small = letters(10)
set title font small offset 0, -0.6
set xlabel font small offset 0, 0.5
set tics font small
set key font small
set xlabel "step"
set xrange [0:*]
set yrange [0:*]
set multiplot layout 2, 3 margins 0.075, 0.98, 0.1, 0.93 spacing 0.085, 0.17
set ytics autofreq
set format y "%.4g"
unset key
set title "Reentry ratio IRR [1]"
if (found[1]) {
  plot for [i = 0:layers-1] ARG2 index i using "step":"irr" with linespoints linetype i+1 pointtype 7 pointsize 0.4
} else {
  set label 1 "none: no W_r" at graph 0.5, 0.5 center font small
  plot [0:1] [0:1] NaN notitle
  unset label 1
}
set title "‖W_r‖_F [1]"
set yrange [*:*]
if (found[2]) {
  plot for [i = 0:layers-1] ARG2 index i using "step":"wr_frobenius" with linespoints linetype i+1 pointtype 7 pointsize 0.4
} else {
  set label 1 "none: no W_r" at graph 0.5, 0.5 center font small
  plot [0:1] [0:1] NaN notitle
  unset label 1
}
set title "Anisotropy of W_r [1]"
if (found[3]) {
  plot for [i = 0:layers-1] ARG2 index i using "step":"wr_anisotropy" with linespoints linetype i+1 pointtype 7 pointsize 0.4
} else {
  set label 1 "none: no W_r" at graph 0.5, 0.5 center font small
  plot [0:1] [0:1] NaN notitle
  unset label 1
}
set title "Spectral radius of γ W_r [1]"
if (found[4]) {
  plot for [i = 0:layers-1] ARG2 index i using "step":"reentry_radius" with linespoints linetype i+1 pointtype 7 pointsize 0.4
} else {
  set label 1 "none: no W_r" at graph 0.5, 0.5 center font small
  plot [0:1] [0:1] NaN notitle
  unset label 1
}
set title "ESRI of y over a batch [1]"
set logscale y
set format y "10^{%T}"
if (found[5]) {
  plot for [i = 0:layers-1] ARG2 index i using "step":"esri_batch_y" with linespoints linetype i+1 pointtype 7 pointsize 0.4
} else {
  set label 1 "none" at graph 0.5, 0.5 center font small
  plot [0:1] [0.1:1] NaN notitle
  unset label 1
}
unset logscale y
set format y "%.4g"
set title "RDP centroid along probes [1/probe]"
set yrange [0:0.5]
set key bottom right
if (found[6]) {
  plot for [i = 0:layers-1] ARG2 index i using "step":"rdp_centroid" with linespoints linetype i+1 pointtype 7 pointsize 0.4 \
    title sprintf("layer %d", i)
} else {
  set label 1 "none" at graph 0.5, 0.5 center font small
  plot [0:1] [0:1] NaN notitle
  unset label 1
}
unset multiplot
