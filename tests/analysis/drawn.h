// SPDX-License-Identifier: GPL-3.0-or-later
// drawn: a portrait of a model from settings as after --set
#pragma once

#include "analysis/portrait.h"
#include "given.h"

enum { X, Y, DX, DY, VALUE }; // columns of a row

// [portrait] at its defaults but for what the settings say, with fewer orbits, a coarser grid and fewer equilibria's starts.
// g is opened in any case: given_free it; p only where FHRL_OK is returned.
fhrl_status drawn(const char *model, const char *settings, fhrl_portrait *p, given *g, fhrl_err *err);

const double *row(const fhrl_portrait *p, fhrl_portrait_layer layer, int i);
int rows(const fhrl_portrait *p, fhrl_portrait_layer layer); // rows of a layer, ends of lines too
