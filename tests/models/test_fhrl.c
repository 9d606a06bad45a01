// SPDX-License-Identifier: GPL-3.0-or-later
// test_fhrl: the split form and the layer flow: derivatives, terms, jumps and the identities that hold at every state
#include "ode/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "support.h"

enum { D, DRIVE, HOMEOSTASIS, MEMORY, BETA, GAMMA, KAPPA, EPSILON, LAMBDA, ETA, POLE, N_FHRL }; // parameters of fhrl
enum { L_D, L_R, L_ALPHA, L_BETA, L_GAMMA, L_C, L_RATE, L_POLE, N_LAYER };                      // and of fhrl_layer
enum { RHO, NORM_A, LYAPUNOV, LYAPUNOV_DOT };                                              // observables of fhrl
enum { N_MAX = 200 };

static void normals(uint32_t sequence, size_t n, double scale, double out[])
{
  const fhrl_random at = {.seed = 11, .stream = FHRL_STREAM_MATRICES, .sequence = sequence};
  fhrl_random_normal(at, 0, n, out);
  for (size_t i = 0; i < n; i++) out[i] *= scale;
}

static double input[16]; // u of every system here, drawn in bind

// The model with these parameters and random matrices, under a random input.
static fhrl_system *bind(const char *name, const double p[])
{
  const fhrl_model *model = fhrl_system_find(name);
  ck_assert_ptr_nonnull(model);
  fhrl_dims dims = {0};
  model->dims(p, &dims);
  double *m[FHRL_MATRIX_MAX] = {NULL};
  const double *given[FHRL_MATRIX_MAX] = {NULL};
  for (int k = 0; k < model->n_matrix; k++) {
    const size_t count = (size_t)dims.matrix[k].rows * dims.matrix[k].cols;
    m[k] = malloc(count * sizeof *m[k]);
    normals((uint32_t)k, count, 1.0 / sqrt(dims.matrix[k].rows), m[k]);
    given[k] = m[k];
  }
  fhrl_system *s = NULL;
  fhrl_err err = {0};
  assert_ok(fhrl_system_bind(model, p, given, &s, &err));
  for (int k = 0; k < model->n_matrix; k++) free(m[k]);
  ck_assert_int_le(s->n, N_MAX);
  normals(99, 16, 0.7, input);
  s->u = input;
  return s;
}

// Central differences of rhs along v against jvp: the error of the difference is O(h^2) + O(eps / h).
static void check_jvp(const fhrl_system *s, const double x[])
{
  double v[N_MAX], ahead[N_MAX], behind[N_MAX], f[N_MAX], g[N_MAX], jv[N_MAX];
  const double h = 1e-6;
  normals(50, (size_t)s->n, 1.0, v);
  for (int i = 0; i < s->n; i++) {
    ahead[i] = x[i] + h * v[i];
    behind[i] = x[i] - h * v[i];
  }
  ck_assert_int_eq(s->model->rhs(s, 0.0, ahead, f), 0);
  ck_assert_int_eq(s->model->rhs(s, 0.0, behind, g), 0);
  ck_assert_int_eq(s->model->jvp(s, 0.0, x, v, jv), 0);
  for (int i = 0; i < s->n; i++) f[i] = (f[i] - g[i]) / (2 * h);
  assert_close("jvp", jv, f, (size_t)s->n, 2e-8);
}

static void check_split(const fhrl_system *s, const double x[])
{
  double f[N_MAX], sum[N_MAX] = {0}, part[N_MAX];
  for (int k = 0; k < s->model->n_term; k++) {
    ck_assert_int_eq(s->model->split(s, k, 0.0, x, part), 0);
    for (int i = 0; i < s->n; i++) sum[i] += part[i];
  }
  s->model->rhs(s, 0.0, x, f);
  assert_close("sum of the terms", sum, f, (size_t)s->n, 1e-13);
}

static const double fhrl_default[N_FHRL] = {5, 0, 0, 0, 0.45, 0.35, 1.3, 0.2, 0.5, 0.23};
static const double layer_default[N_LAYER] = {7, 3, 0.17, 0.45, 0.35, 1.7, 0};

START_TEST(every_choice_has_an_exact_derivative_and_terms_that_add_up)
{
  double p[N_FHRL], x[N_MAX];
  memcpy(p, fhrl_default, sizeof p);
  p[DRIVE] = _i % 3;
  p[HOMEOSTASIS] = _i / 3 % 4;
  p[MEMORY] = _i / 12;
  fhrl_system *s = bind("fhrl", p);
  ck_assert_int_eq(s->n, 30);
  normals(60, (size_t)s->n, 0.8, x);
  check_jvp(s, x);
  check_split(s, x);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(layer_has_an_exact_derivative_and_terms_that_add_up)
{
  double p[N_LAYER], x[N_MAX];
  memcpy(p, layer_default, sizeof p);
  p[L_RATE] = _i;
  fhrl_system *s = bind("fhrl_layer", p);
  ck_assert_int_eq(s->n, 7 + 2 * 3 * 7);
  normals(61, (size_t)s->n, 0.8, x);
  check_jvp(s, x);
  check_split(s, x);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(v_dot_is_the_derivative_of_v_along_the_flow)
{
  double p[N_FHRL], x[N_MAX], f[N_MAX], now[4], ahead[4], behind[4], y[N_MAX], z[N_MAX];
  const double h = 1e-6;
  memcpy(p, fhrl_default, sizeof p);
  p[HOMEOSTASIS] = _i;
  fhrl_system *s = bind("fhrl", p);
  normals(62, (size_t)s->n, 0.8, x);
  s->model->rhs(s, 0.0, x, f);
  for (int i = 0; i < s->n; i++) {
    y[i] = x[i] + h * f[i];
    z[i] = x[i] - h * f[i];
  }
  s->model->observe(s, 0.0, x, now);
  s->model->observe(s, 0.0, y, ahead);
  s->model->observe(s, 0.0, z, behind);
  ck_assert_double_eq_tol(now[LYAPUNOV], 0.5 * (now[RHO] - 1) * (now[RHO] - 1), 1e-15);
  ck_assert_double_eq_tol(now[LYAPUNOV_DOT], (ahead[LYAPUNOV] - behind[LYAPUNOV]) / (2 * h), 1e-8);
  fhrl_system_destroy(s);
}
END_TEST

// Theory 3c: with `radial`, V* = (rho - rho*)^2/2 obeys V*' = -(1+kappa) rho/(rho+eps) (rho-rho*)^2 + (rho-rho*) y'f/rho.
START_TEST(the_recentred_function_obeys_its_identity_for_every_drive)
{
  double p[N_FHRL], x[N_MAX], dx[N_MAX], f[N_MAX];
  memcpy(p, fhrl_default, sizeof p);
  p[DRIVE] = _i;
  for (int k = 0; k < 40; k++) {
    p[EPSILON] = k % 2 ? 0.0 : 0.2;
    fhrl_system *s = bind("fhrl", p);
    normals((uint32_t)(100 + k), (size_t)s->n, 0.05 * (k + 1), x);
    s->model->rhs(s, 0.0, x, dx);
    s->model->split(s, 1, 0.0, x, f); // the drive
    const double rho = fhrl_norm(5, x), star = (p[KAPPA] - p[EPSILON]) / (1 + p[KAPPA]);
    const double left = (rho - star) * fhrl_dot(5, x, dx) / rho;
    const double right = -(1 + p[KAPPA]) * rho / (rho + p[EPSILON]) * (rho - star) * (rho - star) +
                         (rho - star) * fhrl_dot(5, x, f) / rho;
    ck_assert_double_le(fabs(left - right), 1e-10 * fmax(1.0, fabs(left)));
    fhrl_system_destroy(s);
  }
}
END_TEST

START_TEST(where_the_field_jumps_its_value_is_zero_and_no_trajectory_starts)
{
  double p[N_FHRL], x[N_MAX] = {0}, h[N_MAX], jv[N_MAX];
  static const char zeros[] = "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0";
  fhrl_err err = {0};
  memcpy(p, fhrl_default, sizeof p);
  p[EPSILON] = 0.0;
  p[BETA] = 1.0;
  for (int choice = 0; choice < 3; choice++) {
    p[HOMEOSTASIS] = choice;
    fhrl_system *s = bind("fhrl", p);
    s->model->split(s, 2, 0.0, x, h);
    for (int i = 0; i < 5; i++) ck_assert_double_eq(h[i], 0.0);
    s->model->jvp(s, 0.0, x, x, jv);
    for (int i = 0; i < s->n; i++) ck_assert_double_eq(jv[i], 0.0);
    assert_fails(fhrl_system_start(s, 1, zeros, h, &err), FHRL_ARG, &err, "jumps at y = 0");
    fhrl_system_destroy(s);
  }
  p[HOMEOSTASIS] = 0;
  p[EPSILON] = 0.1; // differentiable there: allowed
  p[DRIVE] = 2;
  fhrl_system *s = bind("fhrl", p);
  assert_ok(fhrl_system_start(s, 1, zeros, x, &err));
  normals(51, (size_t)s->n, 1.0, h);
  s->model->jvp(s, 0.0, x, h, jv);
  for (int i = 0; i < 5; i++) ck_assert_double_eq_tol(jv[i], (p[KAPPA] / p[EPSILON] - 1) * h[i], 1e-12);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_start_is_small_and_without_memory)
{
  double x[N_MAX];
  fhrl_err err = {0};
  fhrl_system *s = bind("fhrl", fhrl_default);
  assert_ok(fhrl_system_start(s, 3, NULL, x, &err));
  const double rho = fhrl_norm(5, x);
  ck_assert(rho > 0.2 && rho < 3.0); // N(0, 1/d): about 1
  for (int i = 5; i < s->n; i++) ck_assert_double_eq(x[i], 0.0);
  fhrl_system_destroy(s);
  s = bind("fhrl_layer", layer_default);
  assert_ok(fhrl_system_start(s, 3, NULL, x, &err));
  for (int i = 0; i < s->n; i++) ck_assert_double_eq(x[i], 0.0); // as the network starts every sequence
  fhrl_system_destroy(s);
}
END_TEST

// rhs and jvp of `fhrl` at one level, for every choice of its parts.
static void at_level(fhrl_cpu most, int d, int choice, double f[], double jv[])
{
  double p[N_FHRL], x[N_MAX], v[N_MAX];
  memcpy(p, fhrl_default, sizeof p);
  p[D] = d;
  p[DRIVE] = choice % 3;
  p[HOMEOSTASIS] = choice / 3 % 4;
  p[MEMORY] = choice / 12;
  fhrl_cpu_limit(most);
  fhrl_system *s = bind("fhrl", p);
  ck_assert_int_le(s->cpu, most);
  normals(64, (size_t)s->n, 0.8, x);
  normals(65, (size_t)s->n, 0.8, v);
  s->model->rhs(s, 0.0, x, f);
  s->model->jvp(s, 0.0, x, v, jv);
  fhrl_system_destroy(s);
  fhrl_cpu_limit(FHRL_CPU_AVX512);
}

START_TEST(every_level_gives_the_same_bits)
{
  double f[2][N_MAX], jv[2][N_MAX];
  memset(f, 0, sizeof f);
  memset(jv, 0, sizeof jv);
  for (int d = 1; d <= 13; d++) {
    at_level(FHRL_CPU_BASE, d, _i, f[0], jv[0]);
    for (int level = FHRL_CPU_AVX2; level <= FHRL_CPU_AVX512; level++) {
      at_level((fhrl_cpu)level, d, _i, f[1], jv[1]);
      ck_assert_mem_eq(f[0], f[1], sizeof f[0]);
      ck_assert_mem_eq(jv[0], jv[1], sizeof jv[0]);
    }
  }
}
END_TEST

// B u is kept between calls. An input that moves, also within its own array, has to be seen.
START_TEST(an_input_that_moves_is_seen)
{
  double x[N_MAX], got[N_MAX], want[N_MAX], u[16];
  fhrl_system *s = bind("fhrl", fhrl_default);
  normals(66, (size_t)s->n, 0.8, x);
  s->u = u;
  for (int k = 0; k < 6; k++) {
    normals(70 + (uint32_t)k / 2, 16, 0.7, u); // each input twice
    if (k == 5) u[4] = nextafter(u[4], 10.0);  // and one that differs in the last bit
    fhrl_system *fresh = bind("fhrl", fhrl_default);
    fresh->u = u;
    fresh->model->rhs(fresh, 0.0, x, want);
    s->model->rhs(s, 0.0, x, got);
    ck_assert_mem_eq(got, want, (size_t)s->n * sizeof *got);
    fresh->model->jvp(fresh, 0.0, x, x, want);
    s->model->jvp(s, 0.0, x, x, got);
    ck_assert_mem_eq(got, want, (size_t)s->n * sizeof *got);
    fhrl_system_destroy(fresh);
  }
  fhrl_system_destroy(s);
}
END_TEST

// Theory 2b: A = U'V obeys A' = -2a A + a (q 1'V + U'1 k').
START_TEST(the_product_of_the_slots_obeys_its_own_equation)
{
  enum { d = 7, r = 3 };
  double x[N_MAX], f[N_MAX], memory[N_MAX];
  fhrl_system *s = bind("fhrl_layer", layer_default);
  normals(63, (size_t)s->n, 0.8, x);
  s->model->rhs(s, 0.0, x, f);
  s->model->split(s, 3, 0.0, x, memory);
  const double a = layer_default[L_ALPHA], *u = x + d, *v = u + r * d, *du = f + d, *dv = du + r * d;
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) {
      double left = 0, right = 0;
      for (int k = 0; k < r; k++) {
        left += du[k * d + i] * v[k * d + j] + u[k * d + i] * dv[k * d + j];
        right += -2 * a * u[k * d + i] * v[k * d + j] + memory[d + i] * v[k * d + j] +
                 u[k * d + i] * memory[d + r * d + j];
      }
      ck_assert_double_eq_tol(left, right, 1e-14);
    }
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_rate_that_does_not_exist_is_refused)
{
  double p[N_LAYER];
  memcpy(p, layer_default, sizeof p);
  p[L_ALPHA] = 1.0;
  const fhrl_model *model = fhrl_system_find("fhrl_layer");
  ck_assert_ptr_null(model->refuse(p));
  p[L_RATE] = 1;
  ck_assert_ptr_nonnull(strstr(model->refuse(p), "infinite"));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/fhrl");
  TCase *t = tcase_create("every state");
  tcase_add_loop_test(t, every_choice_has_an_exact_derivative_and_terms_that_add_up, 0, 24);
  tcase_add_loop_test(t, layer_has_an_exact_derivative_and_terms_that_add_up, 0, 2);
  tcase_add_loop_test(t, v_dot_is_the_derivative_of_v_along_the_flow, 0, 4);
  tcase_add_loop_test(t, the_recentred_function_obeys_its_identity_for_every_drive, 0, 3);
  tcase_add_test(t, where_the_field_jumps_its_value_is_zero_and_no_trajectory_starts);
  tcase_add_test(t, the_start_is_small_and_without_memory);
  tcase_add_loop_test(t, every_level_gives_the_same_bits, 0, 24);
  tcase_add_test(t, an_input_that_moves_is_seen);
  tcase_add_test(t, the_product_of_the_slots_obeys_its_own_equation);
  tcase_add_test(t, a_rate_that_does_not_exist_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
