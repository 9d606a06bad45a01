// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_save: a portrait as a table and a gnuplot script that draws it, both the reader's to keep and to change
#pragma once

#include "analysis/portrait.h"

// One gnuplot index for each layer, in the order of fhrl_portrait_layer, each under the names of its own columns; a layer
// that is empty has one row of NaN.
fhrl_status fhrl_portrait_save_table(const fhrl_portrait *p, const char *path, fhrl_err *err);

// A script that stands alone: this portrait's settings, then plots/style.gp and plots/portrait.gp. It reads
// portrait.tsv beside it; `gnuplot portrait.gp` draws portrait.svg, `gnuplot -c portrait.gp OUT` OUT.svg, .png, .txt or .six.
fhrl_status fhrl_portrait_save_script(const fhrl_portrait *p, const char *path, fhrl_err *err);
