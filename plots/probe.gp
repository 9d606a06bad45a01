# SPDX-License-Identifier: GPL-3.0-or-later
# probe.gp: what reentry does over a sequence, and the drift of the output along the probes beside its null
#   ARG1 output   ARG2 probe_irr.tsv   ARG3 probe_rdp.tsv (a block per layer each)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG2 using "t" nooutput
layers = STATS_blocks
T = STATS_max
stats ARG3 using "surrogates" nooutput
measured = STATS_max > 0
# a layer without W_r (other fast weights) has no IRR, which autoscaling does not survive
reentry = 0
stats ARG2 using (reentry = reentry + (column("irr") == column("irr")), 0) nooutput
drift = 0
stats ARG2 using (drift = drift + (column("esri_y") == column("esri_y")), 0) nooutput
shown = layers < 4 ? layers : 4 # spectra side by side; of a deeper network the first ones

# of each spectrum the highest value, and what tics of one or two digits are multiples of
power(x) = x > 0 && (x < 0.1 || x >= 1000) ? 10**floor(log10(x)) : 1.0
array highest[layers]
do for [i = 1:(measured ? shown : 0)] {
  high = 0
  stats ARG3 index i-1 using (high = column("null_high") > high ? column("null_high") : high, \
    high = column("amplitude") > high ? column("amplitude") : high, 0) nooutput
  highest[i] = high
}

# five panels: smaller letters than the style's
small = letters(10)
set title font small offset 0, -0.6
set xlabel font small offset 0, 0.5
set ylabel font small
set tics font small
set key font small
set multiplot

# ---- legends in strips of their own: there a key may be as wide as the figure
set border 0
unset xtics
unset ytics
set lmargin at screen 0.02
set rmargin at screen 0.98
set tmargin at screen 0.995
set bmargin at screen 0.935
set key center center horizontal nobox
plot [0:1] [0:1] NaN notitle, for [i = 0:layers-1] keyentry with lines linetype i+1 title sprintf("layer %d", i)
set tmargin at screen 0.50
set bmargin at screen 0.44
if (measured) {
  plot [0:1] [0:1] NaN notitle, keyentry with filledcurves fillstyle solid noborder linecolor rgb "#d0d0d0" title "95 % of random orders", \
    keyentry with lines linetype 2 linecolor rgb "#606060" title "their mean", \
    keyentry with linespoints linetype 1 pointtype 7 pointsize 0.5 title "observed"
} else {
  set label 1 "RDP along probes: not measured, fewer sequences than perturbations, or no such layer" at screen 0.5, 0.25 center font small
  plot [0:1] [0:1] NaN notitle
  unset label 1
}
set border 3
set xtics
set ytics
set tics nomirror out textcolor rgb "black" font small
unset key

# ---- above: IRR_t and ESRI_t over tokens, a line per layer
set lmargin at screen 0.1
set rmargin at screen 0.475
set tmargin at screen 0.885
set bmargin at screen 0.595
set title "Reentry over tokens, ± 2 standard errors"
set xlabel "token"
set ylabel "IRR_t [1]" offset 2, 0
set xrange [1:T]
set yrange [0:*]
if (reentry) {
  plot for [i = 0:layers-1] ARG2 index i using "t":(column("irr") - 2 * column("irr_error")):(column("irr") + 2 * column("irr_error")) \
      with filledcurves linetype i+1 fillstyle transparent solid 0.15 noborder notitle, \
    for [i = 0:layers-1] ARG2 index i using "t":"irr" with lines linetype i+1
} else {
  set label 1 "none: no W_r" at graph 0.5, 0.5 center font small
  set format y ""
  set ylabel "" # unset would take its font with it
  plot [1:T] [0:1] NaN notitle
  set format y
  unset label 1
}

# ESRI_t jumps by orders of magnitude from token to token: a running mean shows what changes
WIDTH = T > 9 ? 9 : 1
array last[WIDTH]
seen = 0
running(t, x) = (seen = t == 1 ? 0 : seen, last[1 + seen % WIDTH] = x, seen = seen + 1, seen < WIDTH ? NaN : (sum [k = 1:WIDTH] last[k]) / WIDTH)
set lmargin at screen 0.595
set rmargin at screen 0.975
set title "Drift of the covariance of y" . (WIDTH > 1 ? sprintf(", mean over %d tokens", WIDTH) : "")
set ylabel "ESRI_t [1]" offset 0, 0
set yrange [*:*]
set logscale y
set format y "10^{%T}"
if (drift) {
  plot for [i = 0:layers-1] ARG2 index i using "t":(running(column("t"), column("esri_y"))) with lines linetype i+1
} else {
  set label 1 "none" at graph 0.5, 0.5 center font small
  plot [1:T] [0.1:1] NaN notitle
  unset label 1
}
unset logscale y
set format y

# ---- below: amplitude spectra along the probes, a panel per layer
set tmargin at screen 0.40
set bmargin at screen 0.105
set xlabel "frequency [1/probe]"
set xrange [0:0.5]
set yrange [0:*]
set xtics 0.1
left(i) = 0.1 + i * 0.89 / shown
array unit[layers]
if (measured) {
  do for [i = 0:shown-1] {
    unit[i + 1] = power(highest[i + 1])
    set lmargin at screen left(i)
    set rmargin at screen left(i + 1) - 0.055 + 0.04 * (i == shown - 1)
    set title sprintf("RDP, layer %d", i) . (unit[i + 1] == 1 ? "" : sprintf(", in 10^{%d}", floor(log10(unit[i + 1]) + 0.5)))
    if (i == 0) { set ylabel "|S(f)| [1]" } else { unset ylabel }
    part(x) = column(x) / unit[i + 1]
    plot ARG3 index i using "f":(part("null_low")):(part("null_high")) with filledcurves linecolor rgb "#d0d0d0", \
      ARG3 index i using "f":(part("null_mean")) with lines linetype 2 linecolor rgb "#606060", \
      ARG3 index i using "f":(part("amplitude")) with linespoints linetype 1 pointtype 7 pointsize 0.5
  }
}
unset multiplot
