# SPDX-License-Identifier: GPL-3.0-or-later
# loss.gp: training loss against step, and the entropy floor of the corpus, below which no model of it can stay
#   ARG1 output   ARG2 loss.tsv (columns step, loss, eval_loss)   ARG3 entropy floor [nat/byte]
#   ARG4 (may be absent) "held-out" if column eval_loss is to be shown
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

floor_at = real(ARG3)
held = exists("ARG4") && ARG4 eq "held-out"

# Mean of the last WIDTH steps: the one that `final_loss` is taken from.
WIDTH = 20
array last[WIDTH]
seen = 0
mean(x) = (last[1 + seen % WIDTH] = x, seen = seen + 1, n = seen < WIDTH ? seen : WIDTH, \
  (sum [i = 1:n] last[i]) / n)

set title "Training loss"
set xlabel "step"
set ylabel "loss [nat/byte]"
set yrange [0:*]
set xrange [0:*]
plot ARG2 using "step":"loss" with lines linetype 3 linewidth 0.8 dashtype solid title "each step", \
  ARG2 using "step":(mean(column("loss"))) with lines linetype 1 dashtype solid title "mean of the last 20", \
  ARG2 using "step":(held ? column("eval_loss") : NaN) with points linetype 4 pointtype 7 pointsize 0.7 \
    title (held ? "held-out bytes" : ""), \
  floor_at with lines linetype 2 title sprintf("entropy floor %.4f", floor_at)
