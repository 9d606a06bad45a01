// SPDX-License-Identifier: GPL-3.0-or-later
// bench_ode: what the files of this program share
#pragma once

#include "ode/ensemble.h"

double bench_ode_cpu(void); // seconds of processor time so far

// Operations a second (a multiply-add counts twice) of one processor, and bytes a second that it reads from its second
// level of cache, each the best of five.
double bench_ode_flops(void);
double bench_ode_l2(void);

// Integrates to t by CVODE's Adams method with the vectors that the library comes with, u held as `in` has it at 0; x (n)
// holds the start, then the end. Returns the number of steps, -1 if it failed.
long bench_ode_stock(fhrl_system *s, const fhrl_input *in, double rtol, double atol, double t, double x[]);
