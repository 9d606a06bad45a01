# SPDX-License-Identifier: GPL-3.0-or-later
# compare_twin.gp: the norm of y in the network and in its flow over one sequence, on one axis of time
#   ARG1 output   ARG2 compare_twin.tsv (per layer a block of the flow and a block of the network; columns layer, t, rho)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "t" nooutput
layers = STATS_blocks / 2
T = STATS_max
shown = layers < 3 ? layers : 3 # one above the other; of a deeper network the first ones

set multiplot
set lmargin at screen 0.13
set rmargin at screen 0.97
set xrange [0:T]
set yrange [0:*]
set key at screen 0.97, 0.925 right top horizontal
top(i) = 0.86 - i * 0.75 / shown
do for [i = 0:shown-1] {
  set tmargin at screen top(i)
  set bmargin at screen top(i + 1) + 0.035
  set ylabel sprintf("layer %d:  ρ [1]", i) offset 1, 0
  set yrange [*:*] # what stats heeds
  stats ARG2 index 2*i+1 using "rho" nooutput name "A"
  stats ARG2 index 2*i using "rho" nooutput name "B"
  largest = A_max > B_max ? A_max : B_max
  size = largest > 0 ? 10**floor(log10(largest)) : 1
  lead = largest / size # 1 .. 10: two to five tics, for each layer by itself
  set ytics size * (lead < 2 ? 0.5 : lead < 5 ? 1 : 2)
  set yrange [0:(largest > 0 ? 1.08 * largest : 1)]
  if (i == 0) { set title "Norm ρ = |y| in the network and in its flow (c = 1), same sequence" offset 0, 1.6 }
  if (i == 1) { unset title; unset key }
  if (i == shown - 1) { set xlabel "t [token]"; set format x } else { unset xlabel; set format x "" }
  plot ARG2 index 2*i+1 using "t":"rho" with linespoints linetype 2 linewidth 0.6 pointtype 6 pointsize 0.6 \
      title "network, at token ends", \
    ARG2 index 2*i using "t":"rho" with lines linetype 1 dashtype solid linewidth 2 title "flow"
}
unset multiplot
