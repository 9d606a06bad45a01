# SPDX-License-Identifier: GPL-3.0-or-later
# wr.gp: the reentry matrices, entry by entry on one scale, and their singular values
#   ARG1 output   ARG2 wr.tsv   ARG3 wr_spectrum.tsv (a block per layer each)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "value" nooutput
layers = STATS_blocks
limit = STATS_max > -STATS_min ? STATS_max : -STATS_min
limit = limit > 0 ? limit : 1 # W_r = 0 throughout
stats ARG3 using "index" nooutput
d = STATS_max
shown = layers < 4 ? layers : 4 # matrices side by side; of a deeper network the first ones

small = letters(10)
set title font small offset 0, -0.6
set xlabel font small offset 0, 0.5
set ylabel font small
set tics font small
set cblabel font small
set key font small
set multiplot

# ---- above: W_r; from dark blue over grey to light yellow: in grey print the sign is still seen
set palette defined (-1 "#00204d", -0.5 "#3a5f9e", 0 "#949494", 0.5 "#e3b04b", 1 "#fff3b0")
set cbrange [-limit:limit]
set size ratio -1
unset grid
# whole channels, some four tics a side
power = 10**floor(log10(d > 4 ? d / 4.0 : 1))
lead = d / 4.0 / power
step = power * (lead < 1.5 || d <= 4 ? 1 : lead < 3.5 ? 2 : 5)
set tics scale 0.5
set xtics step offset 0, 0.4
set ytics step offset 0.4, 0
set border 15
set xrange [-0.5:d-0.5]
set yrange [d-0.5:-0.5]
set xlabel "column: channel of y_{t−1}"
set ylabel "row: channel of x_t" font small offset 2, 0
set xlabel offset 0, 0.9
set tmargin at screen 0.955
set bmargin at screen 0.53
unset key
pitch = shown < 3 ? 0.31 : 0.82 / shown
do for [i = 0:shown-1] {
  set lmargin at screen 0.075 + i * pitch
  set rmargin at screen 0.075 + (i + 1) * pitch - 0.025
  set title sprintf("W_r, layer %d", i)
  if (i > 0) { # as in the first
    unset ylabel
    set format y ""
  }
  if (i == shown - 1) {
    set colorbox vertical user origin screen 0.065 + shown * pitch, 0.55 size screen 0.014, 0.38 noborder
    set cblabel "entry of W_r [1]" offset -0.5, 0
  } else { unset colorbox }
  plot ARG2 index i using "column":"row":"value" with image
}

# ---- below: singular values
unset colorbox
set size noratio
set border 3
set grid
set format y
set tics scale 1
set ytics autofreq offset 0, 0
set logscale x # the leading values are few
set xtics autofreq offset 0, 0
set lmargin at screen 0.075
set rmargin at screen 0.975
set tmargin at screen 0.385
set bmargin at screen 0.095
set title "Singular values of W_r"
set xlabel "index k" offset 0, 0.5
set ylabel "σ_k [1]" font small offset 2, 0
set xrange [0.9:1.05*d]
set yrange [0:*]
set key top right
plot for [i = 0:layers-1] ARG3 index i using "index":"sigma" with linespoints linetype i+1 pointtype 7 pointsize 0.25 title sprintf("layer %d", i)
unset multiplot
