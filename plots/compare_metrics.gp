# SPDX-License-Identifier: GPL-3.0-or-later
# compare_metrics.gp: the metrics of network, ladder and flow, against the step h of the ladder
#   ARG1 output   ARG2 compare_metrics.tsv (a block per layer: the recorded network, the rungs, the flow at h = 0)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "h" nooutput
layers = STATS_blocks
FLOW = 1.0 / 16 # where h = 0 is drawn
at(h) = h > 0 ? h : FLOW

array value[6] = ["irr", "rho", "esri_window_y", "rdp_t_frequency", "rdp_t_centroid", "effective_rank"]
array what[6] = ["IRR [1]", "|y| [1]", "ESRI of y [1]", "RDP frequency [1/token]", "RDP centroid [1/token]", \
  "effective rank of UᵀV [1]"]

set multiplot
set logscale x 2
set xrange [FLOW / 1.5:1.5]
set xtics ("flow" FLOW, "1/8" 1.0/8, "1/4" 1.0/4, "1/2" 1.0/2, "1" 1)
set format y "%g"
unset key
number(x) = x == x ? x : 0 # what could not be measured is NaN
stats ARG2 using (number(column("esri_window_y"))) nooutput
esri = STATS_records > 0 && STATS_max > 0 ? 10**floor(log10(STATS_max)) : 1 # its unit
set label 1 "Network (large symbols), ladder and flow, same input: mean ± s.e. over sequences" at screen 0.52, 0.97 center
do for [k = 0:layers-1] { # a key of the whole figure
  set label 2+k sprintf(" layer %d", k) at screen 0.52 + 0.13 * (k - 0.5 * layers), 0.025 left point linetype k+1 pointtype 2*k+5 \
    pointsize 1.2 offset 0.5, 0
}
left(c) = 0.085 + 0.325 * c
top(r) = 0.87 - 0.4 * r
do for [i = 1:6] {
  c = (i - 1) % 3
  r = (i - 1) / 3
  set lmargin at screen left(c)
  set rmargin at screen left(c) + 0.24
  set tmargin at screen top(r)
  set bmargin at screen top(r) - 0.28
  set title (i == 3 && esri != 1 ? sprintf("ESRI of y [10^{%d}]", log10(esri)) : what[i]) offset 0, -0.5
  set xlabel (r == 1 ? "step h [token]" : "") offset 0, 0.4
  if (i == 6) { set yrange [0.99:*] } else { if (i == 5) { set yrange [*:*] } else { set yrange [0:*] } }
  if (i == 3 && !(STATS_max > 0)) { set yrange [0:1] } # none
  error = i == 6 ? value[i] : value[i] . "_error"
  plot for [k = 0:layers-1] ARG2 index k every ::1 using (at(column("h"))):(column(value[i]) / (i == 3 ? esri : 1)):(i == 6 ? 0 : column(error) / (i == 3 ? esri : 1)) \
      with yerrorbars linetype k+1 dashtype solid linewidth 0.8 pointtype 2*k+5 pointsize 0.01 notitle, \
    for [k = 0:layers-1] ARG2 index k every ::1 using (at(column("h"))):(column(value[i]) / (i == 3 ? esri : 1)) with linespoints linetype k+1 \
      pointtype 2*k+5 pointsize 0.8 notitle, \
    for [k = 0:layers-1] ARG2 index k every ::0::0 using "h":(column(value[i]) / (i == 3 ? esri : 1)) with points linetype k+1 pointtype 2*k+4 \
      pointsize 2 notitle
  if (i == 1) { do for [k = 0:layers] { unset label 1+k } }
}
unset multiplot
