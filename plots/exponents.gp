# SPDX-License-Identifier: GPL-3.0-or-later
# exponents.gp: how the first exponents converge, each with its 95 % interval, and the whole spectrum measured
#   ARG1 output   ARG2 exponents.tsv (running estimates)   ARG3 exponents_spectrum.tsv (a row per exponent)
#   ARG4 unit of time (1: none)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

stats ARG3 using "index" nooutput
k = STATS_records
shown = k < 3 ? k : 3
unit = ARG4 eq "1" ? "1" : "1/" . ARG4
stats ARG2 using "t" nooutput
T = STATS_max
first = STATS_min
decade = T > 100 * first ? T / 1000 : first # what comes before is wilder than what is worth seeing
from = decade > first ? decade : first
if (from >= T) { from = 0.5 * T }

small = letters(11)
set title font small offset 0, -0.6
set xlabel font small offset 0, 0.5
set ylabel font small offset 0.5, 0
set tics font small
set style fill solid noborder
band = "#cfe0ee"
set style line 1 linecolor rgb "black" linewidth 1.8 dashtype solid
set style line 2 linecolor rgb "#606060" linewidth 1.2 dashtype (5, 3)
set style line 3 linecolor rgb "#0072b2" linewidth 1.6 dashtype solid pointtype 7 pointsize 0.8

# ---- results and extents first: stats is not allowed within a multiplot
array value[3]
array error[3]
array low[3]
array high[3]
known(name) = strcol(name) ne "NaN"
or(x, otherwise) = x == x ? x : otherwise
set datafile missing
do for [i = 1:shown] {
  # stats of nothing but NaN is a failure: it looks at a 0, and what counts is kept on the way
  value[i] = NaN
  error[i] = NaN
  stats ARG3 every ::(i - 1)::(i - 1) using (known("lambda") ? (value[i] = column("lambda"), 0) : 0) nooutput
  stats ARG3 every ::(i - 1)::(i - 1) using (known("standard_error") ? (error[i] = column("standard_error"), 0) : 0) nooutput
  # what lies within the last nine tenths of the time fills most of the panel; few blocks have no interval
  l = value[i]
  h = value[i]
  stats ARG2 using (column("t") >= 0.1 * T ? \
    (u = or(column(sprintf("low[%d]", i)), column(sprintf("lambda[%d]", i))), l = u < l ? u : l, \
    u = or(column(sprintf("high[%d]", i)), column(sprintf("lambda[%d]", i))), h = u > h ? u : h) : 0, 0) nooutput
  low[i] = l
  high[i] = h
  least = 0.005 * (abs(value[i]) + 1e-6) # digits that anyone reads
  if (!(high[i] - low[i] > least)) {
    low[i] = value[i] - least
    high[i] = value[i] + least
  }
}
stats ARG3 using "lambda" nooutput
lowest = STATS_min < 0 ? STATS_min : 0
highest = STATS_max > 0 ? STATS_max : 0
room = highest > lowest ? 0.08 * (highest - lowest) : 1

unset key
set multiplot
# ---- left: convergence, a panel each
set logscale x
set xrange [from:T]
set format x (T >= 1e5 || from < 1e-3 ? "10^{%T}" : "%g")
set lmargin at screen 0.1
set rmargin at screen 0.6
height = 0.83 / shown
do for [i = 1:shown] {
  set tmargin at screen 0.93 - (i - 1) * height
  set bmargin at screen 0.93 - i * height + 0.035
  span = high[i] - low[i]
  power = 10**floor(log10(span))
  set yrange [low[i] - 0.15 * span:high[i] + 0.35 * span]
  set ytics power * (span / power > 4 ? 2 : span / power > 2 ? 1 : 0.5)
  set format y "%.5g"
  if (i == shown) {
    set format x (T >= 1e5 ? "10^{%T}" : "%g")
    set xlabel sprintf("time measured [%s]", ARG4) font small offset 0, 0.5
  } else {
    set format x ""
    unset xlabel
  }
  set title (i == 1 ? "Running estimates and their 95 % intervals" : "")
  said = error[i] == error[i] ? sprintf(" ± %.1g", error[i]) : ""
  set label 1 sprintf("λ_{%d} = %.6g%s [%s]", i, value[i], said, unit) . (said eq "" ? ", too few blocks for an error" : "") at graph 0.98, 0.91 right font small front
  plot ARG2 using "t":(column(sprintf("low[%d]", i))):(column(sprintf("high[%d]", i))) with filledcurves fillcolor rgb band, \
    value[i] with lines linestyle 2, ARG2 using "t":(column(sprintf("lambda[%d]", i))) with lines linestyle 1
}
unset label 1
# ---- right: the spectrum
unset logscale x
set format x "%g"
set format y "%.4g"
set ytics autofreq
set tmargin at screen 0.94
set bmargin at screen 0.135
set lmargin at screen 0.715
set rmargin at screen 0.97
set xrange [0.5:k + 0.5]
step = k <= 10 ? 1 : ceil(k / 8.0)
set xtics 1, step
set yrange [lowest - room:highest + room]
set xlabel "index [1]" font small offset 0, 0.5
set ylabel sprintf("λ [%s]", unit)
set title "Spectrum"
plot 0 with lines linestyle 2, ARG3 using "index":"lambda" with impulses linecolor rgb "#a0a0a0" linewidth 1, \
  ARG3 using "index":"lambda" with points linestyle 3, \
  ARG3 using "index":(known("low") ? column("lambda") : NaN):"low":"high" with yerrorbars linestyle 3
unset multiplot
