// SPDX-License-Identifier: GPL-3.0-or-later
// test_lanes: right-hand sides and elementary functions for many trajectories at once, at every vector level
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "support.h"
#include "variants.h"

enum { EXP, TANH, SIN, COS, FUNCTIONS };

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    FHRL_AT(dx, EXP) = fhrl_lane_exp(w, FHRL_AT(x, 0));
    FHRL_AT(dx, TANH) = fhrl_lane_tanh(w, FHRL_AT(x, 0));
    FHRL_AT(dx, SIN) = fhrl_lane_sin(w, FHRL_AT(x, 0));
    FHRL_AT(dx, COS) = fhrl_lane_cos(w, FHRL_AT(x, 0));
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static long double exact(int function, double x)
{
  switch (function) {
  case EXP: return expl(x);
  case TANH: return tanhl(x);
  case SIN: return sinl(x);
  default: return cosl(x);
  }
}

// Distance from the exact value in units of its last place, at least `least`.
static double ulps(double got, long double want, double least)
{
  const double size = fabs((double)want), ulp = nextafter(size, HUGE_VAL) - size;
  return (double)fabsl((long double)got - want) / fmax(ulp, least);
}

// A level that the machine has; 0 if it has not.
static int has(int level)
{
  return (int)fhrl_cpu_level() >= level;
}

static void worst_of(int level, double low, double high, int function, double least, double bound)
{
  double x[FHRL_LANES], y[FUNCTIONS * FHRL_LANES], one[FUNCTIONS], worst = 0.0, at = 0.0;
  for (int k = 0; k < 20000; k++) {
    fhrl_random_uniform((fhrl_random){.seed = 11, .step = (uint32_t)k}, 0, FHRL_LANES, x);
    for (int l = 0; l < FHRL_LANES; l++) x[l] = low + (high - low) * x[l];
    if (level < 0) { // one state
      rhs(NULL, 0.0, x, one);
      y[function * FHRL_LANES] = one[function];
    } else
      lanes[level](NULL, NULL, x, y);
    for (int l = 0; l < (level < 0 ? 1 : FHRL_LANES); l++) {
      const double miss = ulps(y[function * FHRL_LANES + l], exact(function, x[l]), least);
      if (!(miss <= worst)) worst = miss, at = x[l];
    }
  }
  ck_assert_msg(worst <= bound, "function %d, level %d: %.3g ulp at %.17g", function, level, worst, at);
}

START_TEST(elementary_functions_have_their_stated_accuracy)
{
  const int level = _i - 1;
  if (level >= 0 && !has(level)) return;
  worst_of(level, -1.0, 1.0, EXP, 0.0, 2.0);
  worst_of(level, -708.0, 709.7, EXP, 0.0, 2.0);
  worst_of(level, -745.0, -708.0, EXP, 1e-323, 2.0);
  worst_of(level, -1e-3, 1e-3, TANH, 0.0, 3.0);
  worst_of(level, -1.0, 1.0, TANH, 0.0, 3.0);
  worst_of(level, -25.0, 25.0, TANH, 0.0, 3.0);
  worst_of(level, -4.0, 4.0, SIN, 0.0, 3.0);
  worst_of(level, -4.0, 4.0, COS, 0.0, 3.0);
  worst_of(level, -1e6, 1e6, SIN, 0.0, 3.0);
  worst_of(level, -1e6, 1e6, COS, 0.0, 3.0);
  worst_of(level, 1e9, 2e9, SIN, 0x1p-22, 1.5); // an ulp of x
  worst_of(level, 1e12, 1.5e12, COS, 0x1p-12, 1.5);
}
END_TEST

START_TEST(elementary_functions_keep_their_special_values)
{
  static const double special[FHRL_LANES] = {0.0, -0.0, NAN, HUGE_VAL, -HUGE_VAL, 1e4, -1e4, 5e-324, -5e-324, 1e-300, 710.0,
    -746.0, 20.5, -20.5, 800.0, -800.0};
  double y[FUNCTIONS * FHRL_LANES];
  if (!has(_i)) return;
  lanes[_i](NULL, NULL, special, y);
  for (int l = 0; l < FHRL_LANES; l++) {
    const double x = special[l], tanh_x = y[TANH * FHRL_LANES + l], exp_x = y[EXP * FHRL_LANES + l];
    if (isnan(x)) {
      for (int f = 0; f < FUNCTIONS; f++) ck_assert(isnan(y[f * FHRL_LANES + l]));
      continue;
    }
    ck_assert_double_le(fabs(tanh_x - tanh(x)), 4e-16 * fabs(tanh(x)));
    ck_assert_int_eq(signbit(tanh_x) != 0, signbit(x) != 0);
    if (isinf(exp(x)) || exp(x) == 0.0)
      ck_assert(exp_x == exp(x));
    else
      ck_assert_double_le(fabs(exp_x - exp(x)), 5e-16 * exp(x));
    if (fabs(x) < 1e5) ck_assert_double_le(fabs(y[SIN * FHRL_LANES + l] - sin(x)), 5e-16 * fabs(sin(x)));
    if (isinf(x)) ck_assert(isnan(y[SIN * FHRL_LANES + l]) && isnan(y[COS * FHRL_LANES + l]));
  }
}
END_TEST

// ---- models

static variants all;

// A model in lanes: one parameter set, varied from lane to lane, and a state for each.
typedef struct row {
  fhrl_system *s, wide;
  double *u, *p, *x, *dx, *work; // (n_param, lanes), (n, lanes), (n_work, lanes)
} row;

static double *space(size_t n)
{
  double *a = calloc(n + 1, sizeof *a);
  ck_assert_ptr_nonnull(a);
  return a;
}

// Lane l has the real parameters times 1 + l/100.
static int make_row(const fhrl_model *model, int k, row *r)
{
  r->s = variants_bind(model, all.p[k], (uint32_t)k + 1, &r->u);
  if (r->s == NULL) return 0;
  if (model->lanes_fit && !model->lanes_fit(r->s->p)) {
    free(r->u);
    fhrl_system_destroy(r->s);
    return 0;
  }
  const size_t n = (size_t)r->s->n;
  double *one = space(n);
  r->p = space((size_t)model->n_param * FHRL_LANES);
  r->x = space(n * FHRL_LANES);
  r->dx = space(n * FHRL_LANES);
  r->work = space((size_t)r->s->dims.n_work * FHRL_LANES);
  for (int l = 0; l < FHRL_LANES; l++) {
    for (int i = 0; i < model->n_param; i++)
      r->p[i * FHRL_LANES + l] = r->s->p[i] * (model->param[i].kind == FHRL_REAL ? 1.0 + 0.01 * l : 1.0);
    variants_point(r->s, (uint32_t)(100 * k + l), 0.3, one);
    for (size_t i = 0; i < n; i++) r->x[i * FHRL_LANES + (size_t)l] = one[i];
  }
  free(one);
  r->wide = *r->s;
  r->wide.p = r->p;
  r->wide.work = r->work;
  return 1;
}

static void drop_row(row *r)
{
  free(r->u), free(r->p), free(r->x), free(r->dx), free(r->work);
  fhrl_system_destroy(r->s);
}

static double t_row[FHRL_LANES];

// rhs of lane l into want (n); returns what rhs returned.
static int alone(const row *r, int l, double want[])
{
  const fhrl_model *m = r->s->model;
  double *x = space((size_t)r->s->n), *p = space((size_t)m->n_param);
  for (int i = 0; i < r->s->n; i++) x[i] = r->x[i * FHRL_LANES + l];
  for (int i = 0; i < m->n_param; i++) p[i] = r->p[i * FHRL_LANES + l];
  const double *own = r->s->p;
  r->s->p = p;
  const int failed = m->rhs(r->s, 0.0, x, want);
  r->s->p = own;
  free(x), free(p);
  return failed;
}

static void lanes_agree(const fhrl_model *model, int k, int level)
{
  row r;
  if (!make_row(model, k, &r)) return;
  double *want = space((size_t)r.s->n);
  model->lanes[level](&r.wide, t_row, r.x, r.dx);
  for (int l = 0; l < FHRL_LANES; l++) {
    double size = 1.0;
    ck_assert_int_eq(alone(&r, l, want), 0);
    for (int i = 0; i < r.s->n; i++) size = fmax(size, fabs(want[i]));
    for (int i = 0; i < r.s->n; i++) // sums of some tens of terms, in another order and fused
      ck_assert_msg(fabs(r.dx[i * FHRL_LANES + l] - want[i]) <= 1e-14 * (1.0 + r.s->n) * size,
        "%s, variant %d, level %d, lane %d: %.17g instead of %.17g", model->name, k, level, l, r.dx[i * FHRL_LANES + l], want[i]);
  }
  free(want);
  drop_row(&r);
}

START_TEST(the_right_hand_side_for_lanes_is_the_models)
{
  const fhrl_model *model = fhrl_system_model(_i);
  if (model->lanes == NULL) return;
  variants_make(model, &all);
  for (int k = 0; k < all.count; k++)
    for (int level = 0; level < FHRL_LEVELS; level++)
      if (has(level)) lanes_agree(model, k, level);
}
END_TEST

START_TEST(nothing_passes_between_lanes)
{
  const fhrl_model *model = fhrl_system_model(_i);
  row r;
  if (model->lanes == NULL) return;
  variants_make(model, &all);
  ck_assert_int_eq(make_row(model, 0, &r), 1);
  const size_t n = (size_t)r.s->n;
  double *before = space(n * FHRL_LANES);
  for (int level = 0; level < FHRL_LEVELS; level++) {
    if (!has(level)) continue;
    for (int l = 0; l < FHRL_LANES; l++) {
      double *x = space(n * FHRL_LANES);
      model->lanes[level](&r.wide, t_row, r.x, before);
      memcpy(x, r.x, n * FHRL_LANES * sizeof *x);
      for (int other = 0; other < FHRL_LANES; other++)
        for (size_t i = 0; i < n && other != l; i++) x[i * FHRL_LANES + (size_t)other] = other % 2 ? NAN : 1e300;
      model->lanes[level](&r.wide, t_row, x, r.dx);
      for (size_t i = 0; i < n; i++) ck_assert_mem_eq(&r.dx[i * FHRL_LANES + (size_t)l], &before[i * FHRL_LANES + (size_t)l], sizeof(double));
      // the same state and parameters in another lane give the same bits
      const int to = (l + 5) % FHRL_LANES;
      for (size_t i = 0; i < n; i++) x[i * FHRL_LANES + (size_t)to] = r.x[i * FHRL_LANES + (size_t)l];
      double *p = space((size_t)model->n_param * FHRL_LANES);
      memcpy(p, r.p, (size_t)model->n_param * FHRL_LANES * sizeof *p);
      for (int i = 0; i < model->n_param; i++) p[i * FHRL_LANES + to] = r.p[i * FHRL_LANES + l];
      fhrl_system moved = r.wide;
      moved.p = p;
      model->lanes[level](&moved, t_row, x, r.dx);
      for (size_t i = 0; i < n; i++) ck_assert_mem_eq(&r.dx[i * FHRL_LANES + (size_t)to], &before[i * FHRL_LANES + (size_t)l], sizeof(double));
      free(p), free(x);
    }
  }
  free(before);
  drop_row(&r);
}
END_TEST

// Theory 5's small systems, and fhrl: what ensembles are run of.
START_TEST(the_small_systems_have_one)
{
  static const char *const small[] = {"lorenz", "rossler", "van_der_pol", "lotka_volterra", "hopf", "henon_heiles", "deep_linear",
    "kuramoto_ring", "linear", "ltc", "fhrl", "random_rnn", "hebbian_rnn", "dense_hopfield"};
  for (int i = 0; i < FHRL_COUNT(small); i++) ck_assert_msg(fhrl_system_find(small[i])->lanes != NULL, "%s", small[i]);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/lanes");
  TCase *t = tcase_create("lanes");
  int models = 0;
  while (fhrl_system_model(models)) models++;
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, elementary_functions_have_their_stated_accuracy, 0, 1 + FHRL_LEVELS);
  tcase_add_loop_test(t, elementary_functions_keep_their_special_values, 0, FHRL_LEVELS);
  tcase_add_loop_test(t, the_right_hand_side_for_lanes_is_the_models, 0, models);
  tcase_add_loop_test(t, nothing_passes_between_lanes, 0, models);
  tcase_add_test(t, the_small_systems_have_one);
  suite_add_tcase(s, t);
  return run_suite(s);
}
