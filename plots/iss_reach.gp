# SPDX-License-Identifier: GPL-3.0-or-later
# iss_reach.gp: many trajectories beside the bounds that are proved: the radius, and Lyapunov's V
#   ARG1 output   ARG2 iss_reach.tsv (first block quantiles and bounds, then a block per trajectory drawn)
#   ARG3 trajectories drawn   ARG4 trajectories in all   ARG5 rho* (nan: there is none)
#   ARG6 ultimate, gain_bound or none: what bounds rho   ARG7 practical (V has a bound) or none
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

set datafile missing
drawn = int(ARG3)
rho_star = ARG5 eq "nan" ? NaN : real(ARG5)
has_star = rho_star == rho_star && rho_star > 0
bounded = ARG6 ne "none"
practical = ARG7 eq "practical"
small = letters(11)
set title font small offset 0, -0.5
set xlabel "t [token]" font small offset 0, 0.5
set tics font small
set key font small spacing 1.05 samplen 3 at graph 0.98, 0.98 right top
set style line 1 linecolor rgb "black" linewidth 2 dashtype solid
set style line 2 linecolor rgb "#d55e00" linewidth 2 dashtype (9, 5)
set style line 3 linecolor rgb "#0072b2" linewidth 2 dashtype (2, 3)
set style line 4 linecolor rgb "#009e73" linewidth 1.6 dashtype (9, 4, 2, 4)
set style line 5 linecolor rgb "#a0a0a0" linewidth 0.5 dashtype solid

stats ARG2 index 0 using "t" nooutput
T = STATS_max < 8.0 ? STATS_max : 8.0 # after it nothing moves
stats ARG2 index 0 using "rho_max" nooutput
top = STATS_max > 0 ? STATS_max : 1.0
if (bounded) {
  stats ARG2 index 0 using "bound_rho" nooutput
  top = STATS_max > top ? STATS_max : top
}
stats ARG2 index 0 using "V_max" nooutput
V_top = STATS_max > 0 ? STATS_max : 1.0
bound_V = practical ? "bound_V" : "V_max"
tight_V = practical ? "bound_V_tight" : "V_max"

set multiplot
set tmargin at screen 0.92
set bmargin at screen 0.13
set lmargin at screen 0.085
set rmargin at screen (practical ? 0.49 : 0.97)
set xrange [0:T]
set yrange [0:1.35 * top] # room for the key
set ylabel "ρ" font small offset 1, 0
set title sprintf("Radius from %s starts, and what bounds it", ARG4)
bound = bounded ? "bound_rho" : "rho_max"
plot for [k = 1:drawn] ARG2 index k using "t":"rho_max" with lines linestyle 5 title (k == 1 ? "trajectories" : ""), \
  ARG2 index 0 using "t":bound with lines linestyle 3 title (bounded ? "certified bound" : ""), \
  (has_star ? rho_star : NaN) with lines linestyle 4 title (has_star ? "ρ*" : ""), \
  ARG2 index 0 using "t":"rho_max" with lines linestyle 1 title "largest of all"
if (practical) {
  set lmargin at screen 0.575
  set rmargin at screen 0.98
  set yrange [0:1.35 * V_top]
  set ylabel "V"
  set title "V = (ρ-1)²/2, and the repaired (S22)"
  plot ARG2 index 0 using "t":bound_V with lines linestyle 2 title "practical (3d)", \
    ARG2 index 0 using "t":tight_V with lines linestyle 3 title "tightest constants", \
    ARG2 index 0 using "t":"V_max" with lines linestyle 1 title "largest of all"
}
unset multiplot
