# SPDX-License-Identifier: GPL-3.0-or-later
# compare_atlas.gp: where the ladder (h = 1: the network) and its flow end on the same attractor
#   ARG1 output   ARG2 compare_atlas.tsv (a block over gamma and beta at h = 1, one over gamma and h; columns gamma, beta, h, class)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

array what[8] = ["same state of rest", "lost by a flip", "lost by Neimark-Sacker", "stable, not (yet) reached", \
  "rest at different states", "only the map rests", "neither rests", "not computed"]
array shape[8] = [7, 8, 4, 12, 2, 10, 1, 3]
array ink[8] = [2, 6, 5, 7, 1, 3, 8, 1]

stats ARG2 using "gamma" nooutput
G = STATS_max
set xrange [-0.04 * G:1.04 * G]
set xlabel "reentry γ [1]" offset 0, 0.4
unset key
set label 1 "Where do network and flow go, from rest, under one frozen input?" at screen 0.5, 0.965 center
shown = 0
do for [k = 1:8] { # a key of the classes that occur
  stats ARG2 using (column("class") == k - 1 ? 1 : 0) nooutput
  if (STATS_max > 0) {
    set label 1+k " " . what[k] at screen 0.05 + 0.33 * (shown % 3), 0.105 - 0.045 * (shown / 3) left \
      point linetype ink[k] pointtype shape[k] pointsize 1.2 offset 0.5, 0
    shown = shown + 1
  }
}
set multiplot
set tmargin at screen 0.87
set bmargin at screen 0.26
do for [plane = 0:1] {
  set lmargin at screen 0.1 + 0.49 * plane
  set rmargin at screen 0.475 + 0.5 * plane
  set title (plane == 0 ? "over γ and β: the network, h = 1" : "over γ and h: the layer's own β") offset 0, -0.4
  set ylabel (plane == 0 ? "homeostasis β [1]" : "step h [token]") offset 1, 0
  if (plane == 1) { do for [k = 1:9] { unset label k } ; set logscale y 2; set yrange [0.45:4.45] } else { set yrange [0:1.04] }
  plot for [k = 1:8] ARG2 index plane using "gamma":(column("class") == k - 1 ? column(plane == 0 ? "beta" : "h") : 1/0) \
      with points linetype ink[k] pointtype shape[k] pointsize 1.1
}
unset multiplot
