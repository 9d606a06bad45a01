# SPDX-License-Identifier: GPL-3.0-or-later
# portrait.gp: a flow in a plane. `fhrl portrait` leaves a copy of this file beside its data, with the settings that it reads
# written before it: portrait (the table), portrait_title, portrait_note, portrait_held; of the axes x_name, x_label, x_low,
# x_high (and y), to_scale; speed_label, speed_max, colour; null_x, null_y, level_label (empty: none); rho_star, rho_bound,
# A_bound (NaN: none); n_... (how many there are), own_width; ascii (for text: no other characters).

# A NaN ends a line: it is no missing value, which a line would run across.
set datafile missing

# some five tics a side, fewer of small numbers, which are long
nice(m) = m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10
rounded(x) = nice(x / 10**floor(log10(x))) * 10**floor(log10(x))
step(span) = rounded(span / (span < 0.05 ? 3 : 4))
x_span = 1.0 * (x_high - x_low) # whole numbers would divide as such
y_span = 1.0 * (y_high - y_low)
set xtics step(x_span)
set ytics step(y_span)
# a narrow window far from 0: as many digits as tell its tics apart, and few of them
larger(a, b) = abs(a) > abs(b) ? abs(a) : abs(b)
digits(low, high) = 1 + ceil(log10(larger(low, high) / step(1.0 * high - low)))
x_digits = digits(x_low, x_high)
y_digits = digits(y_low, y_high)
if (x_digits > 6) { set format x sprintf("%%.%dg", x_digits); set xtics rounded(x_span / 2) }
if (y_digits > 6) { set format y sprintf("%%.%dg", y_digits) }
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set border 15
unset grid

has(n, text) = n > 0 ? text : ""
which(k) = column("which") == k ? column("y") : NaN
of_kind(k) = column("kind") == k ? column("y") : NaN

if (is_text) {
  if (ascii) { unset minussign }
  set xlabel x_name noenhanced
  set title portrait_title noenhanced
  set ylabel y_name noenhanced norotate
  set key below noopaque samplen 1
  # every other arrow of every other row, as a character
  glyphs = ascii ? "> / ^ \\ < / v \\" : "→ ↗ ↑ ↖ ← ↙ ↓ ↘"
  eighth(angle) = floor(angle / (pi / 4) + 8.5)
  glyph(dx, dy) = dx == dx ? word(glyphs, 1 + int(eighth(atan2(dy / y_span, dx / x_span))) % 8) : ""
  odd(v, low, span) = v == v ? int((v - low) / span * 24) % 2 : 1
  spare(dx, dy) = odd(column("x") + dx / 2, x_low, x_span) + odd(column("y") + dy / 2, y_low, y_span)
  marks = ascii ? "* o 8 c + ," : "● ○ ◐ ◎ △ •"
  # gnuplot 5.4 ends by signal 11 where points are all undefined: empty layers are left out by loops
  n_null_x = null_x ne ""
  n_null_y = null_y ne ""
  n_spheres = rho_star > 0 || rho_bound > 0
  plot for [i = 1:n_field] portrait index 0 using "x":(spare(column("dx"), column("dy")) ? NaN : column("y")):(glyph(column("dx"), column("dy"))) with labels noenhanced notitle, \
    for [i = 1:n_null_x] portrait index 1 using "x":"y" with points pointtype ":" title null_x, \
    for [i = 1:n_null_y] portrait index 2 using "x":"y" with points pointtype "." title null_y, \
    for [i = 1:n_ray] portrait index 11 using "x":(which(0)) with points pointtype "=" title "drho/dt on the ray", \
    for [i = 1:n_spheres] portrait index 6 using "x":"y" with points pointtype "~" title "spheres", \
    for [i = 1:n_unstable_manifold] portrait index 7 using "x":"y" with points pointtype "+" title "manifolds", \
    for [i = 1:n_stable_manifold] portrait index 8 using "x":"y" with points pointtype "+" title (n_unstable_manifold ? "" : "manifolds"), \
    portrait index 4 using "x":"y" with points pointtype "#" title "orbit of the start", \
    for [i = 1:(n_stable > 0)] portrait index 5 using "x":(of_kind(0)) with points pointtype word(marks, 1) title "stable", \
    for [i = 1:(n_unstable > 0)] portrait index 5 using "x":(of_kind(1)) with points pointtype word(marks, 2) title "unstable", \
    for [i = 1:(n_saddle > 0)] portrait index 5 using "x":(of_kind(2)) with points pointtype word(marks, 3) title "saddle", \
    for [i = 1:(n_centre > 0)] portrait index 5 using "x":(of_kind(3)) with points pointtype word(marks, 4) title "centre", \
    for [i = 1:(n_degenerate > 0)] portrait index 5 using "x":(of_kind(4)) with points pointtype word(marks, 5) title "degenerate", \
    for [i = 1:(n_continuum > 0)] portrait index 5 using "x":(of_kind(5)) with points pointtype word(marks, 6) title "line of equilibria"
  exit
}

fits = strlen(portrait_title) > 82 ? 82.0 / strlen(portrait_title) : 1.0
large = letters(15 * fits)
small = letters(11)
set label 1 portrait_title at screen 0.02, 0.968 left noenhanced font large
set label 2 portrait_note at screen 0.02, 0.925 left noenhanced font small textcolor rgb "#404040"
set label 3 portrait_held at screen 0.02, 0.89 left noenhanced font small textcolor rgb "#404040"
set xlabel x_label noenhanced
long = y_span < 0.05 || y_span > 1e4 || y_digits > 6
set ylabel y_label noenhanced offset (long ? -1 : 0), 0
set lmargin at screen (long ? 0.155 : 0.125)
set rmargin at screen (to_scale ? 0.67 : 0.71)
set bmargin at screen 0.125
set tmargin at screen (portrait_note eq "" ? 0.92 : portrait_held eq "" ? 0.89 : 0.86)
if (to_scale) { set size ratio -1 }

set key at screen 0.725, 0.86 left top Left reverse noopaque samplen 3 spacing 1.2 noenhanced font small

# viridis without its bright end, which vanishes on white paper
set palette defined (0 "#440154", 1 "#472c7a", 2 "#3b518b", 3 "#2c718e", 4 "#21908d", 5 "#27ad81", 6 "#5cc863")
if (!colour) { set palette defined (0 "#808080", 1 "#808080") }
if (colour && n_field) {
  set colorbox horizontal user origin screen 0.76, 0.17 size screen 0.2, 0.022 noborder
  set cblabel speed_label noenhanced font small offset 0, 0.4
  set cbtics rounded(speed_max / 3) font small offset 0, 0.3
} else {
  unset colorbox
}
set cbrange [0:speed_max]

set style line 1 linecolor rgb "#808080" linewidth 0.8 dashtype solid            # orbits
set style line 2 linecolor rgb "black" linewidth own_width dashtype solid        # the model's own
set style line 3 linecolor rgb "#d55e00" linewidth 2.2 dashtype (9, 5)           # nullclines
set style line 4 linecolor rgb "#0072b2" linewidth 2.2 dashtype (2, 3)
set style line 5 linecolor rgb "#009e73" linewidth 2.4 dashtype solid            # spheres
set style line 6 linecolor rgb "#009e73" linewidth 1.6 dashtype (9, 4, 2, 4)
set style line 7 linecolor rgb "#009e73" linewidth 2.4 dashtype (1, 3)
set style line 8 linecolor rgb "#a01040" linewidth 2 dashtype (20, 4)            # unstable manifolds
set style line 9 linecolor rgb "#303090" linewidth 2 dashtype (9, 3, 2, 3, 2, 3) # stable manifolds
set style line 10 linecolor rgb "#909090" linewidth 1 dashtype (4, 3)            # level sets

# Equilibria: circles that are filled, open, half filled, dotted, or triangles. gnuplot draws no key for half of a circle,
# so theirs is drawn by hand, above the colour box.
set style circle noclip
disc = (to_scale ? 0.0125 : 0.0105) * x_span
row = 0.26
if (n_degenerate) {
  set label 11 "degenerate equilibrium" at screen 0.777, row noenhanced font small
  set label 12 "" at screen 0.752, row point pointtype 8 pointsize 1.3 linewidth 1.3
  row = row + 0.036
}
if (n_centre) {
  set object 13 circle at screen 0.752, row size screen 0.0075 fillstyle solid border linecolor rgb "black" fillcolor rgb "white" front
  set object 14 circle at screen 0.752, row size screen 0.002 fillstyle solid border linecolor rgb "black" fillcolor rgb "black" front
  set label 13 "centre" at screen 0.777, row noenhanced font small
  row = row + 0.036
}
if (n_saddle) {
  set object 15 circle at screen 0.752, row size screen 0.0075 fillstyle solid border linecolor rgb "black" fillcolor rgb "white" front
  set object 16 circle at screen 0.752, row size screen 0.0075 arc [90:270] fillstyle solid border linecolor rgb "black" fillcolor rgb "black" front
  set label 15 (n_directions ? "saddle, eigenvectors" : "saddle") at screen 0.777, row noenhanced font small
  row = row + 0.036
}
if (n_unstable) {
  set object 17 circle at screen 0.752, row size screen 0.0075 fillstyle solid border linecolor rgb "black" fillcolor rgb "white" front
  set label 17 "unstable equilibrium" at screen 0.777, row noenhanced font small
  row = row + 0.036
}
if (n_stable) {
  set object 18 circle at screen 0.752, row size screen 0.0075 fillstyle solid border linecolor rgb "black" fillcolor rgb "black" front
  set label 18 "stable equilibrium" at screen 0.777, row noenhanced font small
}

plot portrait index 0 using "x":"y":"dx":"dy":"speed" with vectors filled head size screen 0.006, 18 linewidth 0.9 linecolor palette dashtype solid notitle, \
  portrait index 10 using "x":"y" with lines linestyle 10 title (level_label eq "" ? "" : level_label . " = const."), \
  portrait index 3 using "x":"y" with lines linestyle 1 title has(n_orbits, "orbits"), \
  portrait index 6 using "x":(which(0)) with lines linestyle 5 title has(rho_star > 0, sprintf("ρ* = %.4g", rho_star)), \
  portrait index 6 using "x":(which(1)) with lines linestyle 6 title has(n_unit, "ρ = 1"), \
  portrait index 6 using "x":(which(2)) with lines linestyle 7 title has(rho_bound > 0, sprintf("ρ ≤ %.4g in the end", rho_bound)), \
  portrait index 6 using "x":(which(3)) with lines linestyle 7 title has(A_bound > 0, sprintf("‖A‖ ≤ %.4g in the end", A_bound)), \
  portrait index 11 using "x":(which(0)) with lines linestyle 4 title has(n_ray, "dρ/dt on the ray"), \
  portrait index 11 using "x":(which(1)) with lines linestyle 9 title has(n_home, "leak and homeostasis"), \
  portrait index 11 using "x":(which(2)) with lines linestyle 10 title has(n_drive, "± the largest drive"), \
  portrait index 11 using "x":(which(3)) with lines linestyle 10 notitle, \
  portrait index 1 using "x":"y" with lines linestyle 3 title null_x, \
  portrait index 2 using "x":"y" with lines linestyle 4 title null_y, \
  portrait index 8 using "x":"y" with lines linestyle 9 title has(n_stable_manifold, "stable manifold"), \
  portrait index 7 using "x":"y" with lines linestyle 8 title has(n_unstable_manifold, "unstable manifold"), \
  portrait index 4 using "x":"y" with lines linestyle 2 title "orbit of the start", \
  portrait index 4 every ::0::0 using "x":"y" with points pointtype 5 pointsize 0.7 linecolor rgb "black" title "start", \
  portrait index 9 using "x":"y":"dx":"dy" with vectors filled head size screen 0.009, 20 linewidth 1.8 linecolor rgb "black" dashtype solid notitle, \
  portrait index 5 using "x":(of_kind(0)):(disc) with circles linewidth 1.2 dashtype solid fillstyle solid 1.0 border linecolor rgb "black" fillcolor rgb "black" notitle, \
  portrait index 5 using "x":(of_kind(1)):(disc) with circles linewidth 1.2 dashtype solid fillstyle solid 1.0 border linecolor rgb "black" fillcolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(2)):(disc) with circles linewidth 1.2 dashtype solid fillstyle solid 1.0 border linecolor rgb "black" fillcolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(2)):(disc):(90):(270) with circles linewidth 1.2 dashtype solid fillstyle solid 1.0 border linecolor rgb "black" fillcolor rgb "black" notitle, \
  portrait index 5 using "x":(of_kind(3)):(disc) with circles linewidth 1.2 dashtype solid fillstyle solid 1.0 border linecolor rgb "black" fillcolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(3)):(disc / 4) with circles linewidth 1.2 dashtype solid fillstyle solid 1.0 border linecolor rgb "black" fillcolor rgb "black" notitle, \
  portrait index 5 using "x":(of_kind(5)) with points pointtype 7 pointsize 0.6 linecolor rgb "black" title has(n_continuum, "line of equilibria"), \
  portrait index 5 using "x":(of_kind(4)) with points pointtype 9 pointsize 1.5 linecolor rgb "white" notitle, \
  portrait index 5 using "x":(of_kind(4)) with points pointtype 8 pointsize 1.5 linewidth 1.5 linecolor rgb "black" notitle
