// SPDX-License-Identifier: GPL-3.0-or-later
// clock: elapsed time, CPU time, and the date of a run
#pragma once

enum { FHRL_CLOCK_UTC_SIZE = 32 };

double fhrl_clock_wall(void); // seconds since some fixed moment; never runs backwards
double fhrl_clock_cpu(void);  // seconds of CPU used by all threads of the process

// The date and time as "2025-03-14T09:26:53Z".
void fhrl_clock_utc(char out[FHRL_CLOCK_UTC_SIZE]);
