// SPDX-License-Identifier: GPL-3.0-or-later
// verner_table: coefficients of Verner's explicit Runge-Kutta pair 6(5) with 8 stages
//
// Verner, Explicit Runge-Kutta methods with estimates of the local truncation error, SIAM J. Numer. Anal. 15 (1978) 772-790;
// the method of DVERK and of ARKODE's VERNER_8_5_6. tests/ode/test_runge_kutta.c checks them against the order conditions of
// every rooted tree. Stages count from 0; stage 8 is the right-hand side at the new state, stages 9 .. 11 serve the dense
// output alone and have no rows (verner.c).
#pragma once

#include "ode/runge_kutta.h"

enum { FHRL_VERNER_STAGES = 9, FHRL_VERNER_DENSE = 12 };

static const double fhrl_verner_c[FHRL_VERNER_STAGES] = {
  0.0, 1.0 / 6.0, 4.0 / 15.0, 2.0 / 3.0, 5.0 / 6.0, 1.0, 1.0 / 15.0, 1.0, 1.0};

// Row s: x at stage s = x + h sum of weight k[stage]. Row 8 is the new state.
static const fhrl_runge_kutta_row fhrl_verner_a[FHRL_VERNER_STAGES] = {
  {{-1, 0.0}},
  {{0, 1.0 / 6.0}, {-1, 0.0}},
  {{0, 4.0 / 75.0}, {1, 16.0 / 75.0}, {-1, 0.0}},
  {{0, 5.0 / 6.0}, {1, -8.0 / 3.0}, {2, 5.0 / 2.0}, {-1, 0.0}},
  {{0, -165.0 / 64.0}, {1, 55.0 / 6.0}, {2, -425.0 / 64.0}, {3, 85.0 / 96.0}, {-1, 0.0}},
  {{0, 12.0 / 5.0}, {1, -8.0}, {2, 4015.0 / 612.0}, {3, -11.0 / 36.0}, {4, 88.0 / 255.0}, {-1, 0.0}},
  {{0, -8263.0 / 15000.0}, {1, 124.0 / 75.0}, {2, -643.0 / 680.0}, {3, -81.0 / 250.0}, {4, 2484.0 / 10625.0}, {-1, 0.0}},
  {{0, 3501.0 / 1720.0}, {1, -300.0 / 43.0}, {2, 297275.0 / 52632.0}, {3, -319.0 / 2322.0}, {4, 24068.0 / 84065.0},
    {6, 3850.0 / 26703.0}, {-1, 0.0}},
  {{0, 3.0 / 40.0}, {2, 875.0 / 2244.0}, {3, 23.0 / 72.0}, {4, 264.0 / 1955.0}, {6, 125.0 / 11592.0}, {7, 43.0 / 616.0},
    {-1, 0.0}},
};

// Weights of the new state less those of the embedded one, of order 5.
static const fhrl_runge_kutta_row fhrl_verner_e = {{0, 3.0 / 40.0 - 13.0 / 160.0}, {2, 875.0 / 2244.0 - 2375.0 / 5984.0},
  {3, 23.0 / 72.0 - 5.0 / 16.0}, {4, 264.0 / 1955.0 - 12.0 / 85.0}, {5, -3.0 / 44.0}, {6, 125.0 / 11592.0}, {7, 43.0 / 616.0},
  {-1, 0.0}};
