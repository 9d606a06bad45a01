// SPDX-License-Identifier: GPL-3.0-or-later
// dopri5_table: coefficients of the pair 5(4) of Dormand and Prince (1980), "RK5(4)7M"
//
// tests/ode/test_runge_kutta.c checks them against the order conditions of every rooted tree. Stages count from 0; stage 6
// is the right-hand side at the new state.
#pragma once

#include "ode/runge_kutta.h"

enum { FHRL_DOPRI5_STAGES = 7 };

static const double fhrl_dopri5_c[FHRL_DOPRI5_STAGES] = {0.0, 1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0};

// Row s: x at stage s = x + h sum of weight k[stage]. Row 6 is the new state.
static const fhrl_runge_kutta_row fhrl_dopri5_a[FHRL_DOPRI5_STAGES] = {
  {{-1, 0.0}},
  {{0, 1.0 / 5.0}, {-1, 0.0}},
  {{0, 3.0 / 40.0}, {1, 9.0 / 40.0}, {-1, 0.0}},
  {{0, 44.0 / 45.0}, {1, -56.0 / 15.0}, {2, 32.0 / 9.0}, {-1, 0.0}},
  {{0, 19372.0 / 6561.0}, {1, -25360.0 / 2187.0}, {2, 64448.0 / 6561.0}, {3, -212.0 / 729.0}, {-1, 0.0}},
  {{0, 9017.0 / 3168.0}, {1, -355.0 / 33.0}, {2, 46732.0 / 5247.0}, {3, 49.0 / 176.0}, {4, -5103.0 / 18656.0}, {-1, 0.0}},
  {{0, 35.0 / 384.0}, {2, 500.0 / 1113.0}, {3, 125.0 / 192.0}, {4, -2187.0 / 6784.0}, {5, 11.0 / 84.0}, {-1, 0.0}},
};

// Weights of the new state less those of the embedded one, of order 4.
static const fhrl_runge_kutta_row fhrl_dopri5_e = {{0, 71.0 / 57600.0}, {2, -71.0 / 16695.0}, {3, 71.0 / 1920.0},
  {4, -17253.0 / 339200.0}, {5, 22.0 / 525.0}, {6, -1.0 / 40.0}, {-1, 0.0}};

// P_0 of the dense output over h [Shampine 1986; Hairer, Norsett, Wanner, II.6].
static const fhrl_runge_kutta_row fhrl_dopri5_d = {{0, -12715105075.0 / 11282082432.0}, {2, 87487479700.0 / 32700410799.0},
  {3, -10690763975.0 / 1880347072.0}, {4, 701980252875.0 / 199316789632.0}, {5, -1453857185.0 / 822651844.0},
  {6, 69997945.0 / 29380423.0}, {-1, 0.0}};
