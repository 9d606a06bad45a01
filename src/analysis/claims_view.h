// SPDX-License-Identifier: GPL-3.0-or-later
// claims_view: what the rules of claims_rules.h measure and judge with: networks of one seed beside each other
#pragma once

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "analysis/claims.h"
#include "analysis/metrics.h"

// The paper's range: gammas of the role GAMMA, and those of EXTENDED that lie within it; all gammas; seeds.
typedef struct view {
  const fhrl_claims_study *study;
  double gamma[FHRL_CLAIMS_GAMMAS], every[FHRL_CLAIMS_GAMMAS];
  int count, all;
  double top; // the largest of the range
  int seed[FHRL_CLAIMS_SEEDS], seeds;
} view;

static inline view look(const fhrl_claims_study *s)
{
  view v = {.study = s, .top = -HUGE_VAL};
  for (int i = 0; i < s->runs; i++) {
    if (s->run[i].role == FHRL_CLAIMS_GAMMA && s->run[i].gamma > v.top) v.top = s->run[i].gamma;
    int k = 0;
    while (k < v.seeds && v.seed[k] != s->run[i].seed) k++;
    if (k == v.seeds && k < FHRL_CLAIMS_SEEDS) v.seed[v.seeds++] = s->run[i].seed;
  }
  v.count = fhrl_claims_gammas(s, v.top, v.gamma);
  v.all = fhrl_claims_gammas(s, HUGE_VAL, v.every);
  return v;
}

static inline const fhrl_claims_run *find(const view *v, fhrl_claims_role role, double gamma, int seed)
{
  for (int i = 0; i < v->study->runs; i++) {
    const fhrl_claims_run *r = &v->study->run[i];
    const fhrl_claims_role own = r->role == FHRL_CLAIMS_EXTENDED ? FHRL_CLAIMS_GAMMA : r->role;
    if (own == role && r->gamma == gamma && r->seed == seed) return r;
  }
  return NULL;
}

// The number of the network at gamma; NaN without such a run.
static inline double at(const view *v, double gamma, int seed, int number)
{
  const fhrl_claims_run *r = find(v, FHRL_CLAIMS_GAMMA, gamma, seed);
  return r ? r->value[number] : FHRL_NAN;
}

// A statistic of one seed's networks, NaN where one of them is missing; and its mean over seeds.
typedef double statistic(const view *v, int seed, const double p[]);

static inline fhrl_claims_mean over_seeds(const view *v, statistic *f, const double p[])
{
  double value[FHRL_CLAIMS_SEEDS];
  for (int k = 0; k < v->seeds; k++) value[k] = f(v, v->seed[k], p);
  return fhrl_claims_mean_of(v->seeds, value);
}

// The same of a statistic that goes over the gammas up to `limit`: from the seeds that have a network at each of them, so that
// it goes over the same ones in each.
static inline fhrl_claims_mean over_whole(const view *v, double limit, statistic *f, const double p[])
{
  double value[FHRL_CLAIMS_SEEDS];
  for (int k = 0; k < v->seeds; k++) {
    int whole = 1;
    for (int g = 0; g < v->all; g++) whole &= v->every[g] > limit || find(v, FHRL_CLAIMS_GAMMA, v->every[g], v->seed[k]) != NULL;
    value[k] = whole ? f(v, v->seed[k], p) : FHRL_NAN;
  }
  return fhrl_claims_mean_of(v->seeds, value);
}

// Where the interval lies: above the limit 1, below it -1, on it or unknown 0.
static inline int side(fhrl_claims_mean m, double limit) { return m.low > limit ? 1 : m.high < limit ? -1 : 0; }
static inline int within(fhrl_claims_mean m, double low, double high) { return side(m, low) > 0 && side(m, high) < 0; }
static inline int outside(fhrl_claims_mean m, double low, double high) { return side(m, low) < 0 || side(m, high) > 0; }

static inline void note(fhrl_claims_result *out, fhrl_claims_mean mean, const char *unit, const char *format, ...)
  FHRL_PRINTF(4, 5);
static inline void note(fhrl_claims_result *out, fhrl_claims_mean mean, const char *unit, const char *format, ...)
{
  if (out->count == FHRL_CLAIMS_MEASURED) return;
  fhrl_claims_measured *m = &out->measured[out->count++];
  va_list args;
  va_start(args, format);
  vsnprintf(m->name, sizeof m->name, format, args);
  va_end(args);
  m->mean = mean;
  m->unit = unit;
}

static inline void say(fhrl_claims_result *out, fhrl_claims_verdict verdict, const char *format, ...) FHRL_PRINTF(3, 4);
static inline void say(fhrl_claims_result *out, fhrl_claims_verdict verdict, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(out->reason, sizeof out->reason, format, args);
  va_end(args);
  out->verdict = verdict;
}

#define UNDECIDED FHRL_CLAIMS_UNDECIDED
#define YES       FHRL_CLAIMS_REPRODUCED
#define NO        FHRL_CLAIMS_NOT_REPRODUCED

static inline void too_few(fhrl_claims_result *out, const char *what)
{
  int seeds = 0;
  for (int i = 0; i < out->count; i++)
    if (out->measured[i].mean.n > seeds) seeds = out->measured[i].mean.n;
  say(out, UNDECIDED, seeds > 1 ? "%s: the seeds do not decide it." : "%s: one seed does not decide it.", what);
}

// The gamma of the first n in `gamma` at which the mean over seeds is largest (sign 1) or smallest (-1); NaN without data.
static inline double extreme(const view *v, int n, const double gamma[], int number, double sign)
{
  double best = -HUGE_VAL, where = FHRL_NAN;
  for (int g = 0; g < n; g++) {
    const double x = sign * fhrl_claims_mean_at(v->study, FHRL_CLAIMS_GAMMA, gamma[g], number).value;
    if (x > best) {
      best = x;
      where = gamma[g];
    }
  }
  return where;
}

// The gamma strictly within the range at which the mean over seeds is largest.
static inline double peak_of(const view *v, int number)
{
  const int first = v->count > 0 && v->gamma[0] == 0.0;
  return v->count - first < 2 ? FHRL_NAN : extreme(v, v->count - first - 1, v->gamma + first, number, 1.0);
}

// ---- statistics of one seed: p[0] is the number, the others are gammas

// Number p[0], averaged over the gammas of the range.
static inline double over_range(const view *v, int seed, const double p[])
{
  double sum = 0.0;
  int n = 0;
  for (int g = 0; g < v->count; g++) {
    const double x = at(v, v->gamma[g], seed, (int)p[0]);
    if (isnan(x)) continue;
    sum += x;
    n++;
  }
  return n > 0 ? sum / n : FHRL_NAN;
}

// Number p[0] at gamma p[1].
static inline double value_at(const view *v, int seed, const double p[]) { return at(v, p[1], seed, (int)p[0]); }
// Number p[0] at gamma p[1] less that at p[2].
static inline double difference(const view *v, int seed, const double p[])
{
  return at(v, p[1], seed, (int)p[0]) - at(v, p[2], seed, (int)p[0]);
}
// Number p[0] at gamma p[1] over that at p[2].
static inline double ratio(const view *v, int seed, const double p[])
{
  const double below = at(v, p[2], seed, (int)p[0]);
  return below > 0.0 ? at(v, p[1], seed, (int)p[0]) / below : FHRL_NAN;
}

// What is left at gamma p[2] of the rise of number p[0] from gamma = 0 to p[1].
static inline double left(const view *v, int seed, const double p[])
{
  const double start = at(v, 0.0, seed, (int)p[0]), rise = at(v, p[1], seed, (int)p[0]) - start;
  return rise > 0.0 ? (at(v, p[2], seed, (int)p[0]) - start) / rise : FHRL_NAN;
}

// The smallest gamma of the range that is at least `least`; NaN without one.
static inline double smallest(const view *v, double least)
{
  for (int g = 0; g < v->count; g++)
    if (v->gamma[g] >= least) return v->gamma[g];
  return FHRL_NAN;
}
