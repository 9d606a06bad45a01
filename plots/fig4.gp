# SPDX-License-Identifier: GPL-3.0-or-later
# fig4.gp: figure 4 of the paper: drift frequency of y along the probes, run by run, with what chance gives
#   ARG1 output   ARG2 gamma.tsv (a row per gamma)   ARG3 runs.tsv (a row per run)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"
small = letters(10)
set title font small offset 0, -0.6
set xlabel "γ [1]" font small offset 0, 0.5
set tics font small
set key font small
# the paper's range of gamma alone, with what was run beside within it
stats ARG2 using (column("in_range") > 0 ? column("gamma") : NaN) nooutput
inside(x) = column("gamma") <= STATS_max ? column(x) : NaN
set xrange [STATS_min-0.04*(STATS_max-STATS_min):STATS_max+0.04*(STATS_max-STATS_min)]

stats ARG2 using (inside("rdp_frequency")) nooutput name "KNOWN"
set multiplot layout 1, 2 margins 0.075, 0.98, 0.12, 0.92 spacing 0.09, 0.1
set yrange [0:0.62] # room for the key
set ytics 0, 0.1, 0.5
set key top right
is_gamma = 'strcol("case")[1:5] eq "gamma"'
set title "Dominant frequency [1/probe]"
plot ARG2 using "gamma":(inside("rdp_null_low")):(inside("rdp_null_high")) with filledcurves fillcolor rgb "#d9d9d9" title "95 % in random order", \
  0.225 with lines linetype 2 linecolor rgb "black" title "paper, 0.225", \
  ARG3 using (@is_gamma ? inside("gamma") : NaN):"rdp_frequency" with points pointtype 7 pointsize 0.7 linetype 1 dashtype solid title "run"
set title "Centroid [1/probe]"
plot ARG2 using "gamma":(inside("rdp_null_centroid_low")):(inside("rdp_null_centroid_high")) with filledcurves fillcolor rgb "#d9d9d9" title "95 % in random order", \
  0.225 with lines linetype 2 linecolor rgb "black" title "0.225", \
  ARG3 using (@is_gamma ? inside("gamma") : NaN):"rdp_centroid" with points pointtype 7 pointsize 0.7 linetype 1 dashtype solid title "run"
unset multiplot
