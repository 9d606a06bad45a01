# SPDX-License-Identifier: GPL-3.0-or-later
# work_precision.gp: what accuracy costs: processor time against the error at the end, one curve per method
#   ARG1 output   ARG2 data sets of lines "rtol seconds error steps", the name of the method before each   ARG3 title
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

set datafile separator whitespace
set title ARG3 noenhanced
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
set xlabel "largest error at the end"
set ylabel "processor time [s]"
set xrange [*:*] reverse
set key outside right center
floor = 1e-16 # an error of 0 has no logarithm

stats ARG2 using 2 nooutput
count = int(STATS_blocks)
plot for [k = 0:count - 1] ARG2 index k using (column(3) > floor ? column(3) : floor):2 with linespoints \
  linetype (k % 8 + 1) pointtype (k + 4) title columnheader(1)
