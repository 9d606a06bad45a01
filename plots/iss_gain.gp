# SPDX-License-Identifier: GPL-3.0-or-later
# iss_gain.gp: the input-to-state gain: the radius in the end against the size of the input, measured beside certified
#   ARG1 output   ARG2 iss_gain.tsv   ARG3 rho* (nan: there is none)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

set datafile missing
rho_star = ARG3 eq "nan" ? NaN : real(ARG3)
has_star = rho_star == rho_star && rho_star > 0
small = letters(11)
set title font small offset 0, -0.5
set xlabel "sup |u|" font small offset 0, 0.5
set tics font small
set key font small spacing 1.1 samplen 4 at graph 0.98, 0.98 right top
set style line 1 linecolor rgb "black" linewidth 2 dashtype solid pointtype 7 pointsize 0.7
set style line 2 linecolor rgb "#0072b2" linewidth 2 dashtype (9, 5) pointtype 8 pointsize 0.9
set style line 4 linecolor rgb "#009e73" linewidth 1.6 dashtype (9, 4, 2, 4)
set style fill solid noborder

stats ARG2 using "measured" nooutput
top = STATS_max
low = STATS_min
stats ARG2 using (column("certified") == column("certified") ? column("certified") : low) nooutput
top = STATS_max > top ? STATS_max : top

set multiplot
set tmargin at screen 0.92
set bmargin at screen 0.13
set lmargin at screen 0.09
set rmargin at screen 0.60
set yrange [0:1.4 * (top > 0 ? top : 1)] # room for the key
set ylabel "radius in the end" font small offset 1, 0
set title "Gain: what no orbit exceeds, and what orbits reach"
plot ARG2 using "u":"measured":"certified" with filledcurves fillcolor rgb "#dbe9f4" title "", \
  (has_star ? rho_star : NaN) with lines linestyle 4 title (has_star ? "ρ*" : ""), \
  ARG2 using "u":"certified" with linespoints linestyle 2 title "certified", \
  ARG2 using "u":"measured" with linespoints linestyle 1 title "measured"
set lmargin at screen 0.71
set rmargin at screen 0.98
set yrange [0:1.1]
set ylabel "measured / certified"
set title "Tightness"
set key off
plot 1.0 with lines linecolor rgb "#606060" linewidth 1.2 dashtype (5, 3), \
  ARG2 using "u":"tightness" with linespoints linestyle 1
unset multiplot
