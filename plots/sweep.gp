# SPDX-License-Identifier: GPL-3.0-or-later
# sweep.gp: what a sweep has given, over one axis or two
#   ARG1 output   ARG2 sweep.tsv   ARG3 column of the first axis   ARG4 its unit   ARG5 column of the second axis, or -
#   ARG6 ... ARG9 columns to show, one panel each
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

array shown[4] = [ARG6, exists("ARG7") ? ARG7 : "", exists("ARG8") ? ARG8 : "", exists("ARG9") ? ARG9 : ""]
panels = sum [i = 1:4] (shown[i] ne "" ? 1 : 0)
is_map = ARG5 ne "-"

# An axis over more than two decades is drawn in the logarithm. Cells of a map reach half way to their neighbours.
stats ARG2 using (column(ARG3)) nooutput
rows = STATS_records
x_low = STATS_min
x_high = STATS_max
x_log = x_low > 0 && x_high > 100 * x_low
y_log = 0
array at_x[rows] # values that occur
array at_y[rows]
xs = 0
ys = 0
x_place(v) = (sum [k = 1:xs] (at_x[k] == v ? k : 0))
y_place(v) = (sum [k = 1:ys] (at_y[k] == v ? k : 0))
x_new(v) = x_place(v) ? 0 : (xs = xs + 1, at_x[xs] = v, 0)
y_new(v) = y_place(v) ? 0 : (ys = ys + 1, at_y[ys] = v, 0)
on(is_log, v) = is_log ? log(v) : v
off(is_log, v) = is_log ? exp(v) : v
if (is_map) {
  stats ARG2 using (column(ARG5)) nooutput
  y_low = STATS_min
  y_high = STATS_max
  y_log = y_low > 0 && y_high > 100 * y_low
  stats ARG2 using (x_new(column(ARG3))) nooutput
  stats ARG2 using (y_new(column(ARG5))) nooutput
  array x_from[xs]
  array x_to[xs]
  array y_from[ys]
  array y_to[ys]
  do for [k = 1:xs] {
    below = 1e308
    above = 1e308
    do for [j = 1:xs] {
      gap = on(x_log, at_x[j]) - on(x_log, at_x[k])
      if (gap < 0 && -gap < below) { below = -gap }
      if (gap > 0 && gap < above) { above = gap }
    }
    x_from[k] = off(x_log, on(x_log, at_x[k]) - (below < 1e308 ? below : above) / 2)
    x_to[k] = off(x_log, on(x_log, at_x[k]) + (above < 1e308 ? above : below) / 2)
  }
  do for [k = 1:ys] {
    below = 1e308
    above = 1e308
    do for [j = 1:ys] {
      gap = on(y_log, at_y[j]) - on(y_log, at_y[k])
      if (gap < 0 && -gap < below) { below = -gap }
      if (gap > 0 && gap < above) { above = gap }
    }
    y_from[k] = off(y_log, on(y_log, at_y[k]) - (below < 1e308 ? below : above) / 2)
    y_to[k] = off(y_log, on(y_log, at_y[k]) + (above < 1e308 ? above : below) / 2)
  }
  # of the line of names gnuplot asks, too
  x_left(v) = x_place(v) ? x_from[x_place(v)] : NaN
  x_right(v) = x_place(v) ? x_to[x_place(v)] : NaN
  y_left(v) = y_place(v) ? y_from[y_place(v)] : NaN
  y_right(v) = y_place(v) ? y_to[y_place(v)] : NaN
  set ylabel ARG5 noenhanced
  set autoscale fix
  set border 15
  unset grid
} else {
  if (x_log) { set xrange [x_low / (x_high / x_low)**0.06:x_high * (x_high / x_low)**0.06] } \
  else { set xrange [x_low - 0.06 * (x_high - x_low):x_high + 0.06 * (x_high - x_low)] }
}
if (x_log) {
  set logscale x
  set format x "10^{%L}"
}
if (y_log) {
  set logscale y
  set format y "10^{%L}"
}
set xlabel (ARG4 eq "" || ARG4 eq "1" ? ARG3 : ARG3 . " [" . ARG4 . "]") noenhanced offset 0, 0.4
unset key
set format cb "%.4g"
if (!y_log) { set format y "%.6g" }
if (panels > 1) { # smaller letters than the style's
  small = letters(11)
  set tics font small
  set title font small
  set xlabel font small
  set ylabel font small
}
set multiplot layout (panels > 2 ? 2 : 1), (panels > 1 ? 2 : 1) margins (is_map ? 0.13 : 0.11), (is_map ? 0.86 : 0.97), (panels > 2 ? 0.1 : 0.12), 0.93 \
  spacing (is_map ? 0.2 : 0.13), 0.18
do for [i = 1:panels] {
  set title shown[i] noenhanced offset 0, -0.5
  if (is_map) {
    plot ARG2 using (column(ARG3)):(column(ARG5)):(x_left(column(ARG3))):(x_right(column(ARG3))): \
      (y_left(column(ARG5))):(y_right(column(ARG5))):(column(shown[i])) with boxxyerror \
      fillstyle solid 1.0 noborder fillcolor palette
  } else {
    # a dot per point, a line through the means of those that have the same abscissa (seeds)
    plot ARG2 using (column(ARG3)):(column(shown[i])) smooth unique with lines linetype 1 dashtype solid, \
      ARG2 using (column(ARG3)):(column(shown[i])) with points linetype 1 pointtype 7 pointsize 0.6
  }
}
unset multiplot
