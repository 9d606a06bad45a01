// SPDX-License-Identifier: GPL-3.0-or-later
// orbit: systems by name and values, carried through time tightly, and their Lyapunov exponents
#include "orbit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "variants.h"

static fhrl_err err;

fhrl_system *orbit_bind(const char *name, const orbit_value values[], uint32_t seed, double **u)
{
  const fhrl_model *model = fhrl_system_find(name);
  double p[VARIANT_PARAM];
  ck_assert_msg(model != NULL, "no model %s", name);
  for (int i = 0; i < model->n_param; i++) p[i] = model->param[i].value;
  for (int i = 0; values && values[i].name; i++) {
    const int at = fhrl_system_param(model, values[i].name);
    ck_assert_msg(at >= 0, "%s has no parameter %s", name, values[i].name);
    p[at] = values[i].value;
  }
  fhrl_system *s = variants_bind(model, p, seed, u);
  ck_assert_ptr_nonnull(s);
  return s;
}

void orbit_start(const fhrl_system *s, uint32_t seed, double x[]) { assert_ok(fhrl_system_start(s, seed, NULL, x, &err)); }

fhrl_trajectory orbit_record(fhrl_system *s, const fhrl_input *in, const double x[], double every, double T, double rtol)
{
  const fhrl_solver solver = {.method = FHRL_METHOD_ADAMS, .rtol = rtol, .atol = 1e-2 * rtol, .t_end = T,
    .output_every = every, .max_steps = 100000000};
  fhrl_trajectory tr;
  fhrl_integrator *it;
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  if (s->model->rhs) {
    assert_ok(fhrl_integrator_create(s, in, &solver, 0.0, x, &it, &err));
    assert_ok(fhrl_trajectory_run(&tr, it, s, in, NULL, &err));
    fhrl_integrator_destroy(it);
  } else
    assert_ok(fhrl_iteration_run(&tr, s, in, x, solver.max_steps, NULL, NULL, &err));
  return tr;
}

void orbit_carry(fhrl_system *s, double T, double x[])
{
  fhrl_trajectory tr = orbit_record(s, NULL, x, T, T, 1e-12);
  memcpy(x, tr.x + (tr.count - 1) * (size_t)s->n, (size_t)s->n * sizeof *x);
  fhrl_trajectory_free(&tr);
}

// ---- exponents

// Rates of the state and of k tangents behind it. (An assertion is a write to a pipe: none in the inner loops.)
static void rates(const fhrl_system *s, int k, const double w[], double dw[])
{
  int failed = s->model->rhs(s, 0.0, w, dw);
  for (int j = 1; j <= k; j++)
    failed |= s->model->jvp(s, 0.0, w, w + (size_t)j * s->n, dw + (size_t)j * s->n);
  if (failed) ck_abort_msg("%s failed", s->model->name);
}

// work (3 times the size of w)
static void runge_kutta(const fhrl_system *s, int k, double h, double w[], double work[])
{
  static const double node[] = {0.5, 0.5, 1.0}, weight[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
  const size_t size = (size_t)s->n * (size_t)(k + 1);
  double *at = work, *dw = at + size, *sum = dw + size;
  memcpy(at, w, size * sizeof *w);
  memcpy(sum, w, size * sizeof *w);
  for (int stage = 0; stage < 4; stage++) {
    rates(s, k, at, dw);
    for (size_t i = 0; i < size; i++) {
      sum[i] += h * weight[stage] * dw[i];
      if (stage < 3) at[i] = w[i] + h * node[stage] * dw[i];
    }
  }
  memcpy(w, sum, size * sizeof *w);
}

// Gram and Schmidt; adds the logarithms of the lengths.
static void orthonormalize(int n, int k, double v[], double sum[])
{
  for (int j = 0; j < k; j++) {
    double *a = v + (size_t)j * n;
    for (int l = 0; l < j; l++) {
      const double *b = v + (size_t)l * n, along = fhrl_dot(n, a, b);
      for (int i = 0; i < n; i++) a[i] -= along * b[i];
    }
    const double norm = fhrl_norm(n, a);
    sum[j] += log(norm);
    for (int i = 0; i < n; i++) a[i] /= norm;
  }
}

static double divergence(const fhrl_system *s, const double x[])
{
  double e[64], J[32 * 32], trace = 0.0;
  if (s->n > 32 || fhrl_system_jacobian(s, 0.0, x, e, J) != 0) ck_abort_msg("no Jacobian of %s", s->model->name);
  for (int i = 0; i < s->n; i++) trace += J[i * s->n + i];
  return trace;
}

void orbit_exponents(fhrl_system *s, double x[], int k, double T, double h, double exponent[], double *mean_divergence)
{
  const size_t size = (size_t)s->n * (size_t)(k + 1);
  const long steps = lround(T / h);
  double *w = calloc(4 * size, sizeof *w), *v = w + s->n, sum = 0.0;
  ck_assert_ptr_nonnull(w);
  memcpy(w, x, (size_t)s->n * sizeof *w);
  for (int j = 0; j < k; j++) { // independent, along no axis
    for (int i = 0; i < s->n; i++) v[j * s->n + i] = cos(1.0 + 3.0 * i * (j + 1) + j);
    exponent[j] = 0.0;
  }
  orthonormalize(s->n, k, v, exponent);
  memset(exponent, 0, (size_t)k * sizeof *exponent);
  for (long step = 0; step < steps; step++) {
    if (mean_divergence) sum += (step == 0 ? 0.5 : 1.0) * divergence(s, w);
    runge_kutta(s, k, h, w, w + size);
    if (step % 10 == 9 || step == steps - 1) orthonormalize(s->n, k, v, exponent);
  }
  if (mean_divergence) *mean_divergence = (sum + 0.5 * divergence(s, w)) / (double)steps;
  for (int j = 0; j < k; j++) exponent[j] /= (double)steps * h;
  memcpy(x, w, (size_t)s->n * sizeof *x);
  free(w);
}
