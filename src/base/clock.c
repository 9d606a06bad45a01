// SPDX-License-Identifier: GPL-3.0-or-later
// clock: elapsed time, CPU time, and the date of a run
#include "base/clock.h"

#include <time.h>

static double seconds(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double fhrl_clock_wall(void) { return seconds(CLOCK_MONOTONIC); }

double fhrl_clock_cpu(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }

void fhrl_clock_utc(char out[FHRL_CLOCK_UTC_SIZE])
{
  const time_t now = time(NULL);
  struct tm utc;
  gmtime_r(&now, &utc);
  strftime(out, FHRL_CLOCK_UTC_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
