// SPDX-License-Identifier: GPL-3.0-or-later
// compare_atlas: where, over (gamma, beta) and over (gamma, h), ladder and flow of a layer end on the same attractor
#include "analysis/compare_atlas.h"

#include <limits.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "analysis/ladder_stability.h"
#include "analysis/metrics.h"
#include "base/file.h"
#include "base/signals.h"
#include "io/table.h"
#include "ode/integrator.h"

static const double settle = 300.0;  // tokens
static const double resting = 1e-6;  // what a token may still move, relative to 1 + |y|
static const double together = 1e-4; // how near two resting states are one
static const double rtol = 1e-6;

const char *const fhrl_compare_atlas_names[FHRL_COMPARE_ATLAS_CLASSES] = {"same", "flip", "Neimark-Sacker", "elsewhere",
  "different", "map rests", "neither rests", "failed"};

static int cells(const fhrl_compare_atlas *a) { return FHRL_COMPARE_ATLAS_PLANES * a->points * a->points; }

fhrl_status fhrl_compare_atlas_init(fhrl_compare_atlas *a, const fhrl_layer *layer, const double u[], int points,
  double gamma_max, fhrl_err *err)
{
  const size_t d = (size_t)layer->d, last = (size_t)points - 1;
  *a = (fhrl_compare_atlas){.points = points};
  a->cell = calloc((size_t)cells(a), sizeof *a->cell);
  if (a->cell == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d cells of an atlas", cells(a));
  for (size_t i = 0; i < 4 * d * d; i++) a->key += layer->store[i] * (1.0 + (double)(i % 97));
  for (size_t i = 0; i < d; i++) a->key += u[i] * (1.0 + (double)(i % 89));
  a->key += layer->alpha + 3.0 * layer->beta + 5.0 * layer->index;
  fhrl_compare_atlas_cell *c = a->cell;
  for (int plane = 0; plane < FHRL_COMPARE_ATLAS_PLANES; plane++)
    for (size_t j = 0; j <= last; j++)
      for (size_t i = 0; i <= last; i++, c++) {
        c->gamma = gamma_max * (double)i / (double)last;
        c->beta = plane == 0 ? (double)(j + 1) / points : layer->beta;
        c->h = plane == 0 ? 1.0 : exp2(3.0 * (double)j / (double)last - 1.0);
      }
  return FHRL_OK;
}

void fhrl_compare_atlas_free(fhrl_compare_atlas *a)
{
  free(a->cell);
  *a = (fhrl_compare_atlas){0};
}

// ---- one cell

// The flow from rest for `settle` tokens: z (n) at its end, and whether it rests there.
static fhrl_status follow_flow(fhrl_system *flow, double z[], double rate[], int *rests, fhrl_err *err)
{
  const fhrl_solver how = {.method = FHRL_METHOD_DOP853, .rtol = rtol, .atol = 1e-3 * rtol, .max_steps = 1000000,
    .stop = fhrl_signals_flag()};
  fhrl_integrator *it = NULL;
  FHRL_TRY(fhrl_integrator_create(flow, NULL, &how, 0.0, z, &it, err));
  const fhrl_status status = fhrl_integrator_advance(it, settle, err);
  if (status == FHRL_OK) memcpy(z, fhrl_integrator_state(it), (size_t)flow->n * sizeof *z);
  fhrl_integrator_destroy(it);
  FHRL_TRY(status);
  const int d = flow->dims.n_u;
  flow->model->rhs(flow, 0.0, z, rate);
  *rests = fhrl_norm(d, rate) <= 30.0 * resting * (1.0 + fhrl_norm(d, z)); // an explicit method chatters at its tolerance
  return FHRL_OK;
}

// A step h is a token of the ladder whose share and c are those of the step.
static fhrl_status follow_map(const fhrl_layer *layer, const fhrl_system *flow, double h, const double u[], double z[],
  double last[], int *rests, fhrl_err *err)
{
  fhrl_layer scaled = *layer; // borrows the weights
  fhrl_system *step = NULL;
  fhrl_ladder map = {0};
  fhrl_status status = FHRL_OK;
  const int steps = (int)ceil(settle / h);
  scaled.alpha = fhrl_ladder_share(flow, h);
  FHRL_DO(status, fhrl_layer_bind(&scaled, h, FHRL_LAYER_PAPER, &step, err));
  FHRL_DO(status, fhrl_ladder_init(&map, step, 1, err));
  for (int k = 0; k < steps; k++) {
    if (k == steps - 1) memcpy(last, z, (size_t)flow->n * sizeof *last);
    fhrl_ladder_token(&map, u, z);
  }
  double square = 0.0;
  for (int i = 0; i < layer->d; i++) square += (z[i] - last[i]) * (z[i] - last[i]);
  *rests = sqrt(square) <= resting * fmin(h, 1.0) * (1.0 + fhrl_norm(layer->d, z));
done:
  fhrl_ladder_free(&map);
  fhrl_system_destroy(step);
  return status;
}

// How the map has lost the equilibrium that the flow rests at, z (n).
static fhrl_status find_loss(fhrl_system *flow, const double u[], double z[], fhrl_compare_atlas_cell *c, fhrl_err *err)
{
  const size_t d = (size_t)flow->dims.n_u;
  fhrl_status status = FHRL_OK;
  double residual, *S = malloc(2 * d * d * sizeof *S);
  if (S == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a cell of an atlas");
  FHRL_DO(status, fhrl_ladder_stability_equilibrium(flow, u, z, &residual, err));
  FHRL_DO(status, fhrl_ladder_stability_blocks(flow, u, z, S, S + d * d, err));
  FHRL_DO(status, fhrl_ladder_stability_leading(flow, S, S + d * d, c->h, &c->re, &c->im, err));
  c->is = hypot(c->re, c->im) < 1.0      ? FHRL_COMPARE_ATLAS_ELSEWHERE
          : c->im <= 1e-7 && c->re < 0.0 ? FHRL_COMPARE_ATLAS_FLIP
          : c->im > 1e-7                 ? FHRL_COMPARE_ATLAS_NS
                                         : FHRL_COMPARE_ATLAS_ELSEWHERE;
done:
  free(S);
  return status;
}

static fhrl_status classify(const fhrl_layer *layer, fhrl_system *flow, const double u[], double work[],
  fhrl_compare_atlas_cell *c, fhrl_err *err)
{
  const int d = layer->d, n = flow->n;
  double *z = work, *x = z + n, *scratch = x + n;
  int flow_rests, map_rests;
  FHRL_TRY(follow_flow(flow, z, scratch, &flow_rests, err));
  FHRL_TRY(follow_map(layer, flow, c->h, u, x, scratch, &map_rests, err));
  c->rho_flow = fhrl_norm(d, z);
  c->rho_map = fhrl_norm(d, x);
  if (!isfinite(c->rho_map) || !isfinite(c->rho_flow)) return fhrl_fail(err, FHRL_NUMERIC, "y is not finite");
  double square = 0.0;
  for (int i = 0; i < d; i++) square += (z[i] - x[i]) * (z[i] - x[i]);
  if (flow_rests && !map_rests) return find_loss(flow, u, z, c, err);
  c->is = !flow_rests                                      ? map_rests ? FHRL_COMPARE_ATLAS_MAP_RESTS : FHRL_COMPARE_ATLAS_NONE
          : sqrt(square) <= together * (1.0 + c->rho_flow) ? FHRL_COMPARE_ATLAS_SAME
                                                           : FHRL_COMPARE_ATLAS_DIFFERENT;
  return FHRL_OK;
}

fhrl_status fhrl_compare_atlas_look(const fhrl_layer *layer, fhrl_layer_rate rate, const double u[],
  fhrl_compare_atlas_cell *c, fhrl_err *err)
{
  fhrl_layer at = *layer; // borrows the weights
  fhrl_system *flow = NULL;
  fhrl_err why = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  at.gamma = c->gamma;
  at.beta = c->beta;
  c->rho_flow = c->rho_map = c->re = c->im = FHRL_NAN;
  FHRL_TRY(fhrl_layer_bind(&at, 1.0, rate, &flow, err));
  double *work = calloc(3 * (size_t)flow->n, sizeof *work);
  if (work == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a cell of an atlas"));
  flow->u = u;
  status = classify(&at, flow, u, work, c, &why);
  if (status == FHRL_NUMERIC || status == FHRL_LIMIT) {
    c->is = FHRL_COMPARE_ATLAS_FAILED;
    status = FHRL_OK;
  }
  if (status != FHRL_OK) FHRL_DO(status, fhrl_fail(err, status, "%s", why.msg));
  c->done = 1;
done:
  free(work);
  fhrl_system_destroy(flow);
  return status;
}

// ---- all of them

static fhrl_status save_part(const fhrl_compare_atlas *a, const char *part, fhrl_err *err)
{
  fhrl_file f = {0};
  FHRL_TRY(fhrl_file_begin(&f, part, err));
  fprintf(f.stream, "fhrl.compare.atlas/1 %d %a\n", a->points, a->key);
  for (int i = 0; i < cells(a); i++) {
    const fhrl_compare_atlas_cell *c = &a->cell[i];
    if (c->done)
      fprintf(f.stream, "%d %d %a %a %a %a %a %a\n", i, (int)c->is, c->gamma, c->h, c->rho_flow, c->rho_map, c->re, c->im);
  }
  return fhrl_file_commit(&f, err);
}

void fhrl_compare_atlas_take(fhrl_compare_atlas *a, const char *part)
{
  char *text = NULL, *line;
  size_t size;
  int points, head = 0;
  double key;
  if (fhrl_file_read(part, (size_t)1 << 26, &text, &size, NULL) != FHRL_OK) return;
  if (sscanf(text, "fhrl.compare.atlas/1 %d %la%n", &points, &key, &head) != 2 || points != a->points || key != a->key) {
    free(text);
    return;
  }
  for (line = strchr(text + head, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
    fhrl_compare_atlas_cell c = {.done = 1};
    int i, is;
    if (sscanf(line + 1, "%d %d %la %la %la %la %la %la", &i, &is, &c.gamma, &c.h, &c.rho_flow, &c.rho_map, &c.re, &c.im) != 8)
      break;
    if (i < 0 || i >= cells(a) || is < 0 || is >= FHRL_COMPARE_ATLAS_CLASSES || c.gamma != a->cell[i].gamma ||
        c.h != a->cell[i].h || isinf(c.rho_flow) || isinf(c.rho_map) || isinf(c.re) || isinf(c.im))
      break;
    c.is = (fhrl_compare_atlas_class)is;
    c.beta = a->cell[i].beta;
    a->cell[i] = c;
  }
  free(text);
}

typedef struct row {
  const fhrl_layer *layer;
  const double *u;
  fhrl_layer_rate rate;
  fhrl_compare_atlas_cell *cell; // (points)
  fhrl_status *status;           // (points)
  fhrl_err *err;                 // (points)
  fhrl_progress *progress;
  int before;
  atomic_int done;
} row;

static void run_cell(void *context, int i, int thread)
{
  row *r = context;
  r->status[i] = r->cell[i].done        ? FHRL_OK
                 : *fhrl_signals_flag() ? fhrl_fail(&r->err[i], FHRL_INTERRUPT, "interrupted")
                                        : fhrl_compare_atlas_look(r->layer, r->rate, r->u, &r->cell[i], &r->err[i]);
  const int done = atomic_fetch_add(&r->done, 1) + 1;
  if (thread == 0 && r->progress) fhrl_progress_update(r->progress, r->before + done, NULL);
}

static int count_done(const fhrl_compare_atlas *a)
{
  int done = 0;
  for (int i = 0; i < cells(a); i++) done += a->cell[i].done;
  return done;
}

fhrl_status fhrl_compare_atlas_run(fhrl_compare_atlas *a, const fhrl_layer *layer, fhrl_layer_rate rate, const double u[],
  fhrl_team *team, fhrl_progress *progress, const char *part, fhrl_err *err)
{
  const int points = a->points, rows = FHRL_COMPARE_ATLAS_PLANES * points;
  fhrl_status status = FHRL_OK;
  fhrl_status *each = calloc((size_t)points, sizeof *each);
  fhrl_err *why = calloc((size_t)points, sizeof *why);
  if (each == NULL || why == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a row of an atlas"));
  fhrl_compare_atlas_take(a, part);
  if (progress) {
    progress->total = cells(a);
    progress->first = count_done(a);
  }
  for (int k = 0; k < rows; k++) {
    row r = {.layer = layer, .u = u, .rate = rate, .cell = a->cell + (size_t)k * points, .status = each, .err = why,
      .progress = progress, .before = k * points};
    fhrl_team_run(team, points, run_cell, &r);
    FHRL_DO(status, save_part(a, part, err));
    for (int i = 0; i < points; i++)
      if (each[i] == FHRL_INTERRUPT)
        FHRL_DO(status, fhrl_fail(err, FHRL_INTERRUPT, "interrupted with %d of %d cells of the atlas in %s: the same command goes on",
          count_done(a), cells(a), part));
      else if (each[i] != FHRL_OK)
        FHRL_DO(status, fhrl_fail(err, each[i], "atlas, gamma = %g: %s", r.cell[i].gamma, why[i].msg));
  }
done:
  free(each);
  free(why);
  return status;
}

// ---- what is left

fhrl_status fhrl_compare_atlas_save(const fhrl_compare_atlas *a, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"plane", "gamma", "beta", "h", "class", "rho_flow", "rho_map", "re", "im"};
  static const char *const units[] = {"1", "1", "1", "token", "1", "1", "1", "1", "1"};
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.atlas/1", names, units, 9, err));
  for (int i = 0; i < cells(a); i++) {
    const fhrl_compare_atlas_cell *c = &a->cell[i];
    const int plane = i / (a->points * a->points);
    if (plane > 0 && i % (a->points * a->points) == 0) fhrl_table_break(&t);
    fhrl_table_row(&t, (const double[]){plane, c->gamma, c->beta, c->h, c->is, c->rho_flow, c->rho_map, c->re, c->im});
  }
  return fhrl_table_commit(&t, err);
}

void fhrl_compare_atlas_report(const fhrl_compare_atlas *a, int layer, fhrl_json *object)
{
  static const char *const plane_names[FHRL_COMPARE_ATLAS_PLANES] = {"gamma_beta", "gamma_h"};
  fhrl_json *o = fhrl_json_object();
  fhrl_json_put(object, "atlas", o);
  fhrl_json_int(o, "layer", layer);
  fhrl_json_int(o, "points", a->points);
  for (int plane = 0; plane < FHRL_COMPARE_ATLAS_PLANES; plane++) {
    int count[FHRL_COMPARE_ATLAS_CLASSES] = {0};
    fhrl_json *counts = fhrl_json_object();
    for (int i = 0; i < a->points * a->points; i++) count[a->cell[plane * a->points * a->points + i].is]++;
    for (int k = 0; k < FHRL_COMPARE_ATLAS_CLASSES; k++) fhrl_json_int(counts, fhrl_compare_atlas_names[k], count[k]);
    fhrl_json_put(o, plane_names[plane], counts);
  }
}
