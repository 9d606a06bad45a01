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

# a range with some room around it; an axis over more than two decades is drawn in the logarithm
set xlabel (ARG4 eq "" || ARG4 eq "1" ? ARG3 : ARG3 . " [" . ARG4 . "]") noenhanced
stats ARG2 using (column(ARG3)) nooutput
low = STATS_min
high = STATS_max
if (low > 0 && high > 100 * low) {
  set logscale x
  set format x "10^{%L}"
  set xrange [low / (high / low)**0.05:high * (high / low)**0.05]
} else { set xrange [low - 0.06 * (high - low):high + 0.06 * (high - low)] }
if (is_map) {
  set ylabel ARG5 noenhanced
  stats ARG2 using (column(ARG5)) nooutput
  low = STATS_min
  high = STATS_max
  if (low > 0 && high > 100 * low) {
    set logscale y
    set format y "10^{%L}"
    set yrange [low / (high / low)**0.08:high * (high / low)**0.08]
  } else { set yrange [low - 0.08 * (high - low):high + 0.08 * (high - low)] }
  set border 15
  unset grid
}
unset key
# squares as large as the grid is fine
stats ARG2 using (column(ARG3)) nooutput
points = STATS_records
fine = sqrt(points) > 4 ? sqrt(points) : 4
rows = panels > 2 ? 2 : 1
columns = panels > 1 ? 2 : 1
small = figure[strlen(figure)-3:] eq ".svg" ? "sans,11" : "sans,22"
if (panels > 1) {
  set tics font small
  set title font small
  set xlabel font small
  set ylabel font small
}
set multiplot layout rows, columns margins 0.1, (is_map ? 0.9 : 0.97), 0.1, 0.93 spacing (is_map ? 0.17 : 0.11), 0.19
do for [i = 1:panels] {
  set title shown[i] noenhanced offset 0, -0.5
  if (is_map) {
    plot ARG2 using (column(ARG3)):(column(ARG5)):(column(shown[i])) with points pointtype 5 pointsize (24.0 / fine / columns) palette
  } else {
    # a dot per point, a line through the means of those that have the same abscissa (seeds)
    plot ARG2 using (column(ARG3)):(column(shown[i])) smooth unique with lines linetype 1 dashtype solid, \
      ARG2 using (column(ARG3)):(column(shown[i])) with points linetype 1 pointtype 7 pointsize 0.6
  }
}
unset multiplot
