// SPDX-License-Identifier: GPL-3.0-or-later
// figure: gnuplot as a child process with an argument vector: no shell, no ~/.gnuplot, output verified
#pragma once

#include "base/status.h"

// Runs `gnuplot -d -c SCRIPT OUTPUT ARG...` for OUTPUT.svg and .png, and for terminals .txt (text) and .six (sixels); the
// script picks its terminal from the ending of ARG1, see plots/style.gp. Paths are made absolute; the figure appears
// under its name only when gnuplot succeeded and the file ends as its format must.
//   script   name below plots/, such as "portrait.gp"
//   output   path of the figure, ending in .svg, .png, .txt or .six
//   args     at most 8 further arguments, ARG2 ... of the script: those that end in .tsv are data files, made absolute;
//            the others are numbers and words, which may not begin with '<' or '|'
// The program is $GNUPLOT, else the one found by configure. FHRL_IO with gnuplot's own first line of complaint;
// "gnuplot not found" if it is not installed; FHRL_ARG for another ending, or an argument that looks like a command.
fhrl_status fhrl_figure_draw(const char *script, const char *output, const char *const args[], int n,
  fhrl_err *err);
