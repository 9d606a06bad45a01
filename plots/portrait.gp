# SPDX-License-Identifier: GPL-3.0-or-later
# portrait.gp: a flow in the plane of two of its components. `fhrl portrait` leaves a copy of this file beside its data,
# with the settings that it reads written before it: portrait (the table), portrait_title, portrait_note, x_name, x_unit,
# x_low, x_high (and y), to_scale, rho_star (NaN: no circles), own_width, n_orbits, n_stable, n_unstable, n_saddle, n_centre,
# n_degenerate.

# A NaN ends a line: it is no missing value, which a line would run across.
set datafile missing

is_svg = figure[strlen(figure)-3:] eq ".svg"
large = is_svg ? "sans,15" : "sans,30"
small = is_svg ? "sans,11" : "sans,22"
unit(name, u) = u eq "" || u eq "1" ? name : name . " [" . u . "]"

set label 1 portrait_title at screen 0.02, 0.965 left noenhanced font large
set label 2 portrait_note at screen 0.02, 0.92 left noenhanced font small textcolor rgb "#404040"
set xlabel unit(x_name, x_unit) noenhanced
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set border 15
unset grid

# some five tics a side, fewer of small numbers, which are long
nice(m) = m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10
rounded(x) = nice(x / 10**floor(log10(x))) * 10**floor(log10(x))
step(span) = rounded(span / (span < 0.05 ? 3 : 4))
set xtics step(x_high - x_low)
set ytics step(y_high - y_low)
long = y_high - y_low < 0.05 || y_high - y_low > 1e4
set lmargin at screen (long ? 0.15 : 0.105)
set ylabel unit(y_name, y_unit) noenhanced offset (long ? 0 : 1), 0
set rmargin at screen (to_scale ? 0.66 : 0.71)
set bmargin at screen 0.125
set tmargin at screen 0.88
if (to_scale) { set size ratio -1 }

set key at screen 0.735, 0.87 left top Left reverse noopaque samplen 3 spacing 1.3 noenhanced font small
set colorbox vertical user origin screen 0.75, 0.13 size screen 0.018, 0.27 noborder
set cblabel "speed along the plane" font small
set cbtics font small
set cbrange [0:*]

set style line 1 linecolor rgb "#808080" linewidth 0.8 dashtype solid      # orbits
set style line 2 linecolor rgb "black" linewidth own_width dashtype solid  # the model's own
set style line 3 linecolor rgb "#d55e00" linewidth 2.2 dashtype (9, 5)     # nullclines
set style line 4 linecolor rgb "#0072b2" linewidth 2.2 dashtype (2, 3)
set style line 5 linecolor rgb "#009e73" linewidth 1.6 dashtype solid      # circles
set style line 6 linecolor rgb "#009e73" linewidth 1.6 dashtype (9, 4, 2, 4)

of_kind(k) = column("value") == k ? column("y") : NaN
inner(r) = r != 1.0 ? column("y") : NaN
outer(r) = r == 1.0 ? column("y") : NaN
has(n, text) = n > 0 ? text : ""

plot portrait index 0 using "x":"y":"dx":"dy":"value" with vectors filled head size screen 0.006, 18 linewidth 0.9 linecolor palette notitle, \
  portrait index 3 using "x":"y" with lines linestyle 1 title has(n_orbits, "orbits"), \
  portrait index 6 using "x":(inner(column("value"))) with lines linestyle 5 title has(rho_star > 0, sprintf("ρ* = %.4g", rho_star)), \
  portrait index 6 using "x":(outer(column("value"))) with lines linestyle 6 title has(rho_star > 0, "ρ = 1"), \
  portrait index 1 using "x":"y" with lines linestyle 3 title "d" . x_name . "/dt = 0", \
  portrait index 2 using "x":"y" with lines linestyle 4 title "d" . y_name . "/dt = 0", \
  portrait index 4 using "x":"y" with lines linestyle 2 title "orbit of the start", \
  portrait index 4 every ::0::0 using "x":"y" with points pointtype 5 pointsize 0.7 linecolor rgb "black" title "start", \
  portrait index 5 using "x":(of_kind(1)) with points pointtype 7 pointsize 1.5 linecolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(2)) with points pointtype 13 pointsize 1.7 linecolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(3)) with points pointtype 5 pointsize 1.4 linecolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(4)) with points pointtype 9 pointsize 1.5 linecolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(0)) with points pointtype 7 pointsize 1.5 linecolor rgb "black" title has(n_stable, "stable equilibrium"), \
  portrait index 5 using "x":(of_kind(1)) with points pointtype 6 pointsize 1.5 linewidth 1.5 linecolor rgb "black" title has(n_unstable, "unstable equilibrium"), \
  portrait index 5 using "x":(of_kind(2)) with points pointtype 12 pointsize 1.7 linewidth 1.5 linecolor rgb "black" title has(n_saddle, "saddle"), \
  portrait index 5 using "x":(of_kind(3)) with points pointtype 4 pointsize 1.4 linewidth 1.5 linecolor rgb "black" title has(n_centre, "centre"), \
  portrait index 5 using "x":(of_kind(4)) with points pointtype 8 pointsize 1.5 linewidth 1.5 linecolor rgb "black" title has(n_degenerate, "degenerate")
