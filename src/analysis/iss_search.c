// SPDX-License-Identifier: GPL-3.0-or-later
// iss_search: looks for states that violate a claim: Sobol points over the stated box, then local ascent from the best
#include "analysis/iss_search.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/iss_ledger.h"
#include "base/random.h"

enum { COORDINATES = 40, SIZES = 3, ASCENTS = 64 };
static const double first_step = 0.25, last_step = 1e-3, budget = 3e7; // budget: matrix entries gone through in all

typedef struct search {
  fhrl_iss *iss;
  const fhrl_iss_sample *q;
  int coordinates; // of the cube
  long number;     // of the Sobol point: names the random rest
  long left;       // evaluations
  double *x, *u;   // owned; (n), (n_u)
  double *z;       // owned; (points, coordinates)
} search;

// Component k of the directions.
static double component(const search *s, const double z[], int k)
{
  if (SIZES + k < s->coordinates) return gsl_cdf_ugaussian_Pinv(fmin(fmax(z[SIZES + k], 1e-6), 1.0 - 1e-6));
  double pair[2];
  const fhrl_random at = {
    .seed = s->q->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)s->number, .layer = 3};
  fhrl_random_normal(at, (size_t)(k - k % 2), 2, pair);
  return pair[k % 2];
}

// Fills v (n) with the direction whose components begin at *k, of that length.
static void direction(const search *s, const double z[], int *k, int n, double length, double v[])
{
  for (int i = 0; i < n; i++) v[i] = component(s, z, (*k)++);
  const double size = fhrl_norm(n, v);
  for (int i = 0; i < n; i++) v[i] *= size > 0.0 ? length / size : 0.0;
}

static void place(search *s, const double z[])
{
  const fhrl_iss_view *v = s->q->v;
  int k = 0;
  memcpy(s->x, s->q->base, (size_t)v->s->n * sizeof *s->x);
  direction(s, z, &k, v->d, 1e-9 + (s->q->plan->rho_max - 1e-9) * z[0] * z[0], s->x + v->y);
  direction(s, z, &k, v->s->dims.n_u, s->q->u_max * z[2], s->u);
  direction(s, z, &k, v->n_A, s->q->A_max * z[1], s->x + v->A);
  for (int i = 0; i < v->r; i++) {
    direction(s, z, &k, v->d, z[1], s->x + v->U + (size_t)i * v->d);
    direction(s, z, &k, v->d, z[1], s->x + v->V + (size_t)i * v->d);
  }
}

// lhs - rhs of that claim at z; -infinity where it does not speak.
static fhrl_status violation(search *s, const fhrl_iss_rule *rule, const double z[], double *out, fhrl_err *err)
{
  const fhrl_iss_frame f = {&s->iss->view, &s->iss->constants};
  fhrl_iss_point p;
  fhrl_iss_pair pair;
  place(s, z);
  FHRL_TRY(fhrl_iss_view_look(&s->iss->view, 0.0, s->x, s->u, &p, err));
  s->left--;
  *out = rule->compare(&f, &p, NULL, &pair) && !pair.equal ? pair.lhs - pair.rhs : -HUGE_VAL;
  return FHRL_OK;
}

static fhrl_status enter(search *s, const double z[], fhrl_err *err)
{
  fhrl_iss_point p;
  place(s, z);
  FHRL_TRY(fhrl_iss_view_look(&s->iss->view, 0.0, s->x, s->u, &p, err));
  s->iss->searched++;
  return fhrl_iss_ledger_enter(s->iss, &p, NULL, 0, err);
}

// One step of the given length along every coordinate, both ways; *moved if it led up.
static fhrl_status sweep(
  search *s, const fhrl_iss_rule *rule, double step, double z[], double *value, int *moved, fhrl_err *err)
{
  *moved = 0;
  for (int i = 0; i < s->coordinates; i++)
    for (int sign = -1; sign <= 1; sign += 2) {
      const double before = z[i];
      double now;
      z[i] = fmin(fmax(before + sign * step, 0.0), 1.0);
      if (z[i] == before) continue;
      FHRL_TRY(violation(s, rule, z, &now, err));
      if (now > *value) {
        *value = now;
        *moved = 1;
      } else z[i] = before;
    }
  return FHRL_OK;
}

static fhrl_status ascend(search *s, const fhrl_iss_rule *rule, double value, double z[], fhrl_err *err)
{
  int moved;
  for (double step = first_step; step >= last_step && s->left > 0;) {
    FHRL_TRY(sweep(s, rule, step, z, &value, &moved, err));
    if (!moved) step *= 0.5;
  }
  return enter(s, z, err);
}

// The `count` points of the largest violation, the first one first.
static void pick(const double value[], long points, int count, long best[])
{
  for (int k = 0; k < count; k++) {
    best[k] = -1;
    for (long i = 0; i < points; i++) {
      int taken = !(value[i] > -HUGE_VAL);
      for (int j = 0; j < k; j++) taken |= best[j] == i;
      if (!taken && (best[k] < 0 || value[i] > value[best[k]])) best[k] = i;
    }
  }
}

static fhrl_status search_claim(search *s, const fhrl_iss_rule *rule, long points, double value[], fhrl_err *err)
{
  long best[ASCENTS];
  double z[COORDINATES];
  const int ascents = s->q->plan->ascents < ASCENTS ? s->q->plan->ascents : ASCENTS;
  for (long i = 0; i < points; i++) {
    s->number = i;
    FHRL_TRY(violation(s, rule, s->z + i * s->coordinates, &value[i], err));
    if (i == 0 && !(value[0] > -HUGE_VAL)) return FHRL_OK; // it speaks of orbits, or is an identity
  }
  pick(value, points, ascents, best);
  for (int k = 0; k < ascents && best[k] >= 0; k++) {
    s->number = best[k];
    memcpy(z, s->z + best[k] * s->coordinates, (size_t)s->coordinates * sizeof *z);
    FHRL_TRY(ascend(s, rule, value[best[k]], z, err));
  }
  return FHRL_OK;
}

static long work_of(const fhrl_system *s)
{
  long entries = s->n;
  for (int i = 0; i < s->model->n_matrix; i++) entries += (long)s->dims.matrix[i].rows * s->dims.matrix[i].cols;
  return entries;
}

static fhrl_status draw(search *s, long points, fhrl_err *err)
{
  gsl_qrng *sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)s->coordinates);
  if (sobol == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for a Sobol sequence of %d coordinates", s->coordinates);
  for (long i = 0; i < points; i++) gsl_qrng_get(sobol, s->z + i * s->coordinates);
  gsl_qrng_free(sobol);
  return FHRL_OK;
}

fhrl_status fhrl_iss_search(fhrl_iss *iss, const fhrl_iss_sample *q, fhrl_err *err)
{
  const fhrl_iss_view *v = q->v;
  const int wanted = SIZES + v->d + v->s->dims.n_u + v->n_A + 2 * v->r * v->d;
  const long most = (long)(budget / (double)work_of(v->s));
  search s = {.iss = iss, .q = q, .coordinates = wanted < COORDINATES ? wanted : COORDINATES, .left = most};
  const long points = q->plan->search < most / 16 ? q->plan->search : most / 16;
  if (points < 1) return FHRL_OK;
  fhrl_status status = FHRL_OK;
  double *value = NULL;
  s.x = malloc((size_t)v->s->n * sizeof *s.x);
  s.u = calloc((size_t)v->s->dims.n_u + 1, sizeof *s.u);
  s.z = malloc((size_t)points * s.coordinates * sizeof *s.z);
  value = malloc((size_t)points * sizeof *value);
  if (s.x == NULL || s.u == NULL || s.z == NULL || value == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %ld Sobol points", points));
  FHRL_DO(status, draw(&s, points, err));
  for (s.number = 0; s.number < points; s.number++) FHRL_DO(status, enter(&s, s.z + s.number * s.coordinates, err));
  for (int i = 0; i < fhrl_iss_rules_count && s.left > 0; i++)
    if (iss->claim[i].verdict != FHRL_ISS_OPEN)
      FHRL_DO(status, search_claim(&s, iss->claim[i].rule, points, value, err));
done:
  free(value);
  free(s.z);
  free(s.u);
  free(s.x);
  return status;
}
