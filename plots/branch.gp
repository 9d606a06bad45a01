# SPDX-License-Identifier: GPL-3.0-or-later
# branch.gp: branches of equilibria against a parameter: solid stable, dashed unstable, a mark by kind of bifurcation
#   ARG1 output   ARG2 branch.tsv   ARG3 parameter   ARG4 its unit   ARG5 ordinate   ARG6, ARG7 range   ARG8 model
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

# A NaN ends a line: it is no missing value, which a line would run across.
set datafile missing

unit(name, u) = u eq "" || u eq "1" ? name : name . " [" . u . "]"
low = ARG6 + 0.0
high = ARG7 + 0.0

stats ARG2 using "code" nooutput
branches = STATS_blocks
set title ARG8 . ": equilibria" noenhanced
set xlabel unit(ARG3, ARG4) noenhanced
set ylabel ARG5 noenhanced
set xrange [low:high]
set offsets graph 0, graph 0, graph 0.06, graph 0.06
set lmargin at screen 0.11
set bmargin at screen 0.22
set key at screen 0.5, 0.05 center center horizontal noopaque width -1 samplen 3.5

# where a branch changes between stable and unstable, the point between belongs to both lines
solid(s, y) = s > 0 ? y : NaN
dashed(s, y) = s != 1 ? y : NaN
of_kind(k) = column("code") == k ? column("shown") : NaN

array found[8]
do for [k = 3:7] {
  stats ARG2 using (column("code") == k ? 1 : 0) nooutput
  found[k] = STATS_sum
}
has(k, text) = found[k] > 0 ? text : ""

plot for [i = 0:branches-1] ARG2 index i using "parameter":(solid(column("stable"), column("shown"))) with lines \
    linecolor rgb "black" linewidth 2 dashtype solid notitle, \
  for [i = 0:branches-1] ARG2 index i using "parameter":(dashed(column("stable"), column("shown"))) with lines \
    linecolor rgb "#606060" linewidth 1.6 dashtype (9, 6) notitle, \
  ARG2 using "parameter":(of_kind(3)) with points pointtype 7 pointsize 1.5 linecolor rgb "#d55e00" title has(3, "fold"), \
  ARG2 using "parameter":(of_kind(4)) with points pointtype 13 pointsize 1.8 linecolor rgb "#0072b2" title has(4, "branch point"), \
  ARG2 using "parameter":(of_kind(5)) with points pointtype 4 pointsize 1.5 linewidth 2 linecolor rgb "#009e73" title has(5, "Hopf"), \
  ARG2 using "parameter":(of_kind(6)) with points pointtype 8 pointsize 1.6 linewidth 2 linecolor rgb "#cc79a7" title has(6, "flip"), \
  ARG2 using "parameter":(of_kind(7)) with points pointtype 6 pointsize 1.6 linewidth 2 linecolor rgb "#56b4e9" \
    title has(7, "Neimark−Sacker"), \
  keyentry with lines linecolor rgb "black" linewidth 2 dashtype solid title "stable", \
  keyentry with lines linecolor rgb "#606060" linewidth 1.6 dashtype (9, 6) title "unstable"
