// SPDX-License-Identifier: GPL-3.0-or-later
// normal_forms: systems whose bifurcations are known in closed form, on purpose not in their simplest coordinates
#pragma once

#include "ode/system.h"

// All have states x, y and one real parameter mu in [-10, 10]; P is where they bifurcate.
enum { NORMAL_PITCHFORK, NORMAL_FOLD, NORMAL_TRANSCRITICAL, NORMAL_CIRCLE, NORMAL_NONE, NORMAL_FLIP, NORMAL_NEIMARK_SACKER,
  NORMAL_MAP_FOLD, NORMAL_FORMS };
extern const double normal_forms_P; // 0.37

// With s = x - 0.7 sin(mu), m = mu - P; y' = -2 y + x^2 of the flows (its fixed point y = x^2/2):
//   pitchfork       dx/dt = m s - s^3          fold  dx/dt = m - (x - 0.4)^2     transcritical  dx/dt = m s - s^2
//   circle          dx/dt = 1 - x^2 - mu^2     none  dx/dt = 1 + x^2 + mu^2
//   flip            x' = s', s' = -(1 + m) s + s^3 about s, y' = y/2 + x^2/2
//   Neimark-Sacker  x' = y, y' = a y (1 - x) with a = mu + 2 - P: at a = 2
//   map fold        x' = x + m - x^2, y' = y/2 + x^2/2
const fhrl_model *normal_forms_model(int which);
fhrl_system *normal_forms_bind(int which, double mu); // aborts the test on failure
