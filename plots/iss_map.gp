# SPDX-License-Identifier: GPL-3.0-or-later
# iss_map.gp: where (S17) and (S22) fail, over radius and size of the memory; the darker, the more
#   ARG1 output   ARG2 iss_map.tsv   ARG3 rho* (nan: there is none)   ARG4 c of (S22)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

set datafile missing # a NaN is a cell that is left white, no missing line
rho_star = ARG3 eq "nan" ? NaN : real(ARG3)
small = letters(11)
set title font small offset 0, -0.5
set xlabel "ρ" font small offset 0, 0.5
set tics font small
set cbtics font small
set key off
set palette defined (0 "#fde0c5", 0.35 "#f59053", 0.7 "#b8420f", 1 "#4d1500")

# ---- extents first: stats is not allowed within a multiplot
array top[2]
name(k) = k == 1 ? "S17" : "S22"
do for [k = 1:2] {
  stats ARG2 using (column(name(k)) > 0 ? column(name(k)) : 0) nooutput
  top[k] = STATS_max
}
least = 1e-9 # below it a difference is rounding
fails(k) = column(name(k)) > least
stats ARG2 using "rho" nooutput
R = STATS_max
stats ARG2 using "A" nooutput
A = STATS_max > 0 ? STATS_max : 1.0
# no farther than something fails, and what lies around it
stats ARG2 using (fails(1) || fails(2) ? column("rho") : 0) nooutput
R = STATS_max > 0 && 1.4 * STATS_max < R ? 1.4 * STATS_max : R
stats ARG2 using (fails(1) || fails(2) ? column("A") : 0) nooutput
A = STATS_max > 0 && 1.4 * STATS_max < A ? 1.4 * STATS_max : A

set multiplot
set xrange [0:R]
set yrange [0:A]
set tmargin at screen 0.86
set bmargin at screen 0.13
set border 3 front
set arrow 1 from 1, 0 to 1, A nohead front linecolor rgb "#404040" linewidth 1.2 dashtype (5, 3)
set style textbox opaque noborder fillcolor rgb "white" margins 0.4, 0.4
set label 1 "ρ = 1" at 1, A offset 0.6, -0.9 front boxed font small
if (rho_star == rho_star && rho_star > 0) {
  set arrow 2 from rho_star, 0 to rho_star, A nohead front linecolor rgb "#0072b2" linewidth 1.2 dashtype (9, 4, 2, 4)
  set label 2 "ρ*" at rho_star, A offset -2.4, -0.9 front boxed font small textcolor rgb "#0072b2"
}
heading = "lhs - rhs at the worst state, no input (white: it holds)"
set label 3 heading at screen 0.5, 0.965 center font small
do for [k = 1:2] {
  set lmargin at screen (k == 1 ? 0.10 : 0.585)
  set rmargin at screen (k == 1 ? 0.415 : 0.90)
  set ylabel (k == 1 ? "‖A‖" : "") font small offset 0.5, 0
  holds = top[k] > least ? "" : ": no violation seen"
  set title (k == 1 ? "(S17), Young's bound of the drive" : sprintf("(S22), c = %.3g", real(ARG4) > 0 ? real(ARG4) : 0)) . holds
  set cbrange [0:(top[k] > least ? top[k] : 1)]
  set colorbox user origin screen (k == 1 ? 0.43 : 0.915), 0.13 size screen 0.018, 0.73
  plot ARG2 using "rho":"A":(fails(k) ? column(name(k)) : NaN) with image
  unset label 3
}
unset multiplot
