# SPDX-License-Identifier: GPL-3.0-or-later
# style.gp: what all figures share. A script begins with
#   figure = ARG1
#   here = ""
#   do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
#   load here . "style.gp"
# (gnuplot hides the arguments from a loaded file: hence `figure`) and is run as `gnuplot -d -c SCRIPT.gp OUTPUT.svg|OUTPUT.png DATA...`, from any folder.

set encoding utf8
set minussign

# The ending of the name picks the terminal. Text and sixels are for a terminal's size: figure_width, figure_height in its
# columns and rows, or pixels. sans-serif is the generic family of svg, sans that of the others.
ending = figure[strlen(figure)-3:]
is_svg = ending eq ".svg"
is_text = ending eq ".txt"
is_sixel = ending eq ".six"
family = is_svg ? "sans-serif" : "sans"
# the font of that many points in svg (of whose text 13), as large beside the rest in the other formats
letters(points) = sprintf("%s,%g", family, points * (is_svg ? 1.0 : is_sixel ? 9.0 / 11 : 2.0))
if (is_text || is_sixel) {
  if (!exists("figure_width")) { figure_width = is_text ? 79 : 900; figure_height = is_text ? 40 : 600 }
  if (is_text) { set terminal dumb noenhanced mono size figure_width, figure_height }
  if (is_sixel) { set terminal sixelgd truecolor enhanced font family . ",11" size figure_width, figure_height background rgb "white" }
} else { if (is_svg) {
  set terminal svg size 900,600 dynamic enhanced font letters(13) background rgb "white"
} else {
  if (strstrt(GPVAL_TERMINALS, "pngcairo") > 0) {
    set terminal pngcairo size 1800,1200 enhanced font letters(13) linewidth 2 pointscale 2
  } else {
    set terminal png size 1800,1200 enhanced font letters(13) linewidth 2
  }
} }
set output figure

# Tables are tab-separated, with names in the first line that is no comment: `using "t":"y[0]"`.
set datafile separator "\t"
set datafile missing "NaN"

# podo is safe for the colour-blind; dashes tell lines apart in grey print.
set colorsequence podo
set dashtype 2 (9, 5)
set dashtype 3 (2, 3)
set dashtype 4 (9, 4, 2, 4)
set dashtype 5 (9, 3, 2, 3, 2, 3)
set dashtype 6 (16, 5)
set dashtype 7 (5, 3)
set dashtype 8 (16, 4, 2, 4)
do for [i = 1:8] { set linetype i linewidth 1.6 dashtype i }
# its fifth colour is a yellow that vanishes on white: the later ones move up, and grey follows
set linetype 5 linecolor rgb "#0072b2"
set linetype 6 linecolor rgb "#d55e00"
set linetype 7 linecolor rgb "#cc79a7"
set linetype 8 linecolor rgb "#7f7f7f"

# viridis, which gnuplot 5.4 does not know by name
set palette defined (0 "#440154", 1 "#472c7a", 2 "#3b518b", 3 "#2c718e", 4 "#21908d", \
  5 "#27ad81", 6 "#5cc863", 7 "#aadc32", 8 "#fde725")

set border 3 back linecolor rgb "#606060" linewidth 1 dashtype solid
set grid back linetype 1 linecolor rgb "#e0e0e0" linewidth 0.6 dashtype solid
set tics nomirror out textcolor rgb "black"
set key top right opaque noenhanced samplen 4 spacing 1.1
