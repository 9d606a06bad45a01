# SPDX-License-Identifier: GPL-3.0-or-later
# gamma.gp: what the strength of reentry does to training: means over seeds with their standard errors, seeds as dots
#   ARG1 output   ARG2 gamma.tsv (a row per network; experiments/gamma.sh)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

# ---- means over the seeds of a gamma
stats ARG2 using "gamma" nooutput
rows = STATS_records
low = STATS_min
high = STATS_max > low ? STATS_max : low + 1
array gamma[rows]
array n[rows]
array mean[rows]
array square[rows]
gammas = 0
place(g) = (sum [k = 1:gammas] (gamma[k] == g ? k : 0))
new(g) = place(g) ? 0 : (gammas = gammas + 1, gamma[gammas] = g, 0)
stats ARG2 using (new(column("gamma"))) nooutput

at = 0
step = 0.0
add(g, x) = x != x ? 0 : (at = place(g), step = x - mean[at], n[at] = n[at] + 1, mean[at] = mean[at] + step / n[at], \
  square[at] = square[at] + step * (x - mean[at]), 0)
names = "final_loss floor irr irr_wr wr_frobenius wr_anisotropy esri_batch_y rdp_centroid"
array known[words(names)] # gammas that a metric is defined at
set print $means
do for [m = 1:words(names)] {
  do for [k = 1:gammas] {
    n[k] = 0
    mean[k] = 0.0
    square[k] = 0.0
  }
  stats ARG2 using (add(column("gamma"), column(word(names, m)))) nooutput
  known[m] = sum [k = 1:gammas] (n[k] > 0)
  do for [k = 1:gammas] {
    if (n[k] > 0) {
      print sprintf("%.17g\t%.17g\t%.17g", gamma[k], mean[k], n[k] > 1 ? sqrt(square[k] / (n[k] - 1) / n[k]) : 0)
    } else { print sprintf("%.17g\tNaN\tNaN", gamma[k]) }
  }
  print ""
  print ""
}
unset print

# ---- six panels: smaller letters than the style's
small = letters(10)
set title font small offset 0, -0.6
set xlabel "γ [1]" font small offset 0, 0.5
set tics font small
set key font small
set xrange [low-0.04*(high-low):high+0.04*(high-low)]
# some three tics a side
power = 10**floor(log10((high - low) / 3))
lead = (high - low) / 3 / power
set xtics power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : 5)
set format y "%.4g"
set offsets 0, 0, graph 0.35, 0 # the keys' room
set multiplot layout 2, 3 margins 0.075, 0.98, 0.1, 0.93 spacing 0.085, 0.17
bar = "with yerrorlines pointtype 7 pointsize 0.6 linewidth 1.6"
dot = "with points pointtype 6 pointsize 0.5 linecolor rgb '#909090' notitle"
set yrange [0:*]
set title "Loss after training [nat/byte]"
plot ARG2 using "gamma":"final_loss" @dot, $means index 0 using 1:2:3 @bar linetype 1 title "loss", \
  $means index 1 using 1:2 with lines linetype 2 title "entropy floor"
set title "Reentry ratio over x_{pre} [1]"
set key top left
plot ARG2 using "gamma":"irr" @dot, ARG2 using "gamma":"irr_wr" @dot, \
  $means index 3 using 1:2:3 @bar linetype 2 title "without γ", $means index 2 using 1:2:3 @bar linetype 1 title "IRR"
unset key
set offsets
set yrange [*:*]
set title "‖W_r‖_F [1]"
plot ARG2 using "gamma":"wr_frobenius" @dot, $means index 4 using 1:2:3 @bar linetype 1
set title "Anisotropy of W_r [1]"
plot ARG2 using "gamma":"wr_anisotropy" @dot, $means index 5 using 1:2:3 @bar linetype 1
set title "ESRI of y over a batch [1]"
if (known[7]) { set yrange [0:*] } else { set yrange [0:1] } # gnuplot fails where nothing is defined
plot ARG2 using "gamma":"esri_batch_y" @dot, $means index 6 using 1:2:3 @bar linetype 1
set title "RDP centroid [1/probe]"
if (known[8]) { set yrange [*:*] } else { set yrange [0:0.5] }
plot ARG2 using "gamma":"rdp_centroid" @dot, $means index 7 using 1:2:3 @bar linetype 1
unset multiplot
