// SPDX-License-Identifier: GPL-3.0-or-later
// iss_map: where the paper's inequalities fail, over the plane of rho and |A|_F
#include "analysis/iss_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "base/random.h"
#include "io/table.h"

enum { DIRECTIONS = 4, MEMORIES = 3, MAP_LAYER = 4 }; // MAP_LAYER: of the random numbers

const char *const fhrl_iss_map_rules[FHRL_ISS_MAP_RULES] = {"S15", "S17", "S21", "S22", "practical_tight"};

static void unit(fhrl_random at, int n, double v[])
{
  fhrl_random_normal(at, 0, (size_t)n, v);
  const double size = fhrl_norm(n, v);
  for (int i = 0; i < n; i++) v[i] /= size;
}

// State number k of radius rho and memory size a.
static void place(const fhrl_iss_sample *q, int k, double rho, double a, double x[])
{
  const fhrl_iss_view *v = q->v;
  const int memory = k % MEMORIES, way = k / MEMORIES;
  double *y = x + v->y, *A = x + v->A;
  fhrl_random at = {.seed = q->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)k, .layer = MAP_LAYER};
  memcpy(x, q->base, (size_t)v->s->n * sizeof *x);
  if (way > 0) unit(at, v->d, y);
  else {
    memset(y, 0, (size_t)v->d * sizeof *y);
    y[0] = 1.0;
  }
  at.sequence = 1;
  if (memory == 2) unit(at, v->n_A, A);
  else
    for (int i = 0; i < v->n_A; i++) A[i] = (memory ? -1.0 : 1.0) * y[i / v->d] * y[i % v->d];
  for (int i = 0; i < v->n_A; i++) A[i] *= a;
  for (int i = 0; i < v->d; i++) y[i] *= rho;
}

static fhrl_status look(fhrl_iss *iss, const double x[], const double u[], double gap[], fhrl_err *err)
{
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  fhrl_iss_point p;
  FHRL_TRY(fhrl_iss_view_look(&iss->view, 0.0, x, u, &p, err));
  for (int k = 0; k < FHRL_ISS_MAP_RULES; k++) {
    const fhrl_iss_rule *rule = &fhrl_iss_rules_table[fhrl_iss_rules_find(fhrl_iss_map_rules[k])];
    char reason[FHRL_ISS_REASON];
    fhrl_iss_pair pair;
    if (rule->open(&f, reason) || !rule->compare(&f, &p, NULL, &pair)) continue;
    const double now = pair.lhs - pair.rhs;
    if (isnan(gap[k]) || now > gap[k]) gap[k] = now;
  }
  return FHRL_OK;
}

fhrl_status fhrl_iss_map_find(fhrl_iss *iss, const fhrl_iss_sample *q, int points, fhrl_iss_map *out, fhrl_err *err)
{
  fhrl_iss_map m = {0};
  *out = m;
  if (points < 1 || q->v->n_A == 0 || q->v->term_drive < 0) return FHRL_OK;
  m.radii = points;
  m.sizes = 2 * points / 3 + 1;
  const size_t cells = (size_t)m.radii * m.sizes;
  fhrl_status status = FHRL_OK;
  double *x = malloc((size_t)q->v->s->n * sizeof *x), *u = calloc((size_t)q->v->s->dims.n_u + 1, sizeof *u);
  m.rho = malloc(((size_t)m.radii + m.sizes + cells * FHRL_ISS_MAP_RULES) * sizeof *m.rho);
  if (x == NULL || u == NULL || m.rho == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a map of %d radii", points));
  m.A = m.rho + m.radii;
  m.gap = m.A + m.sizes;
  for (int i = 0; i < m.radii; i++) m.rho[i] = q->plan->rho_max * (i + 1) / m.radii;
  for (int j = 0; j < m.sizes; j++) m.A[j] = q->A_max * j / (m.sizes > 1 ? m.sizes - 1 : 1);
  for (size_t c = 0; c < cells; c++) {
    double *gap = m.gap + c * FHRL_ISS_MAP_RULES;
    for (int k = 0; k < FHRL_ISS_MAP_RULES; k++) gap[k] = FHRL_NAN;
    if (iss->watch.stop && *iss->watch.stop)
      FHRL_DO(status, fhrl_fail(err, FHRL_INTERRUPT, "interrupted within the map"));
    for (int k = 0; k < DIRECTIONS * MEMORIES; k++) {
      place(q, k, m.rho[c / m.sizes], m.A[c % m.sizes], x);
      FHRL_DO(status, look(iss, x, u, gap, err));
    }
  }
done:
  free(u);
  free(x);
  if (status == FHRL_OK) *out = m;
  else fhrl_iss_map_free(&m);
  return status;
}

void fhrl_iss_map_free(fhrl_iss_map *map)
{
  free(map->rho);
  *map = (fhrl_iss_map){0};
}

fhrl_status fhrl_iss_map_save(const fhrl_iss_map *map, const char *path, fhrl_err *err)
{
  const char *names[2 + FHRL_ISS_MAP_RULES] = {"rho", "A"}, *units[2 + FHRL_ISS_MAP_RULES] = {"1", "1"};
  fhrl_table t;
  for (int k = 0; k < FHRL_ISS_MAP_RULES; k++) {
    names[2 + k] = fhrl_iss_map_rules[k];
    units[2 + k] = "1/time";
  }
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.iss.map/1", names, units, 2 + FHRL_ISS_MAP_RULES, err));
  for (int i = 0; i < map->radii; i++)
    for (int j = 0; j < map->sizes; j++) {
      fhrl_table_real(&t, map->rho[i]);
      fhrl_table_real(&t, map->A[j]);
      for (int k = 0; k < FHRL_ISS_MAP_RULES; k++)
        fhrl_table_real(&t, map->gap[((size_t)i * map->sizes + j) * FHRL_ISS_MAP_RULES + k]);
    }
  return fhrl_table_commit(&t, err);
}
