# SPDX-License-Identifier: GPL-3.0-or-later
# fig5.gp: figure 5 of the paper: W_r of layer 0 at up to four gammas, entry by entry on one scale
#   ARG1 output   ARG2 reentry.tsv (a block per gamma)   ARG3 runs.tsv
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "value" nooutput
maps = STATS_blocks
limit = STATS_max > -STATS_min ? STATS_max : -STATS_min
limit = limit > 0 ? limit : 1
stats ARG2 using "row" nooutput
d = STATS_max + 1
array name[maps]
do for [i = 1:maps] {
  stats ARG2 index i-1 using "gamma" nooutput
  name[i] = sprintf("γ = %g", STATS_min)
}
small = letters(11)
set tics font small scale 0.5
set title font small offset 0, -0.6
set xlabel "column: channel of y_{t−1}" font small offset 0, 0.6
set ylabel "row: channel of x_t" font small offset 1, 0
# from dark blue over grey to light yellow: in grey print the sign is still seen
set palette defined (-1 "#00204d", -0.5 "#3a5f9e", 0 "#949494", 0.5 "#e3b04b", 1 "#fff3b0")
set cbrange [-limit:limit]
set size ratio -1
unset grid
unset key
set border 15
set xrange [-0.5:d-0.5]
set yrange [d-0.5:-0.5]
# whole channels, some four tics a side
power = 10**floor(log10(d > 4 ? d / 4.0 : 1))
lead = d / 4.0 / power
step = power * (lead < 1.5 || d <= 4 ? 1 : lead < 3.5 ? 2 : 5)
set xtics step
set ytics step
set multiplot
do for [i = 0:maps-1] {
  across = i % 2
  down = i / 2
  set lmargin at screen 0.1 + 0.4 * across
  set rmargin at screen 0.45 + 0.4 * across
  set tmargin at screen (maps > 2 ? 0.95 - 0.485 * down : 0.85)
  set bmargin at screen (maps > 2 ? 0.575 - 0.485 * down : 0.2)
  # above another map there is no room for it
  if (i + 2 < maps) { set format x ""; unset xlabel } else { set format x "%g"; set xlabel "column: channel of y_{t−1}" font small offset 0, 0.6 }
  set title "W_r at " . name[i+1]
  if (i == maps - 1) {
    set colorbox vertical user origin screen 0.9, 0.2 size screen 0.018, 0.6 noborder
    set cblabel "entry of W_r [1]" font small offset 0, 0
  } else { unset colorbox }
  plot ARG2 index i using "column":"row":"value" with image
}
unset multiplot
