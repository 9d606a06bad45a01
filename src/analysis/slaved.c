// SPDX-License-Identifier: GPL-3.0-or-later
// slaved: the layer flow for c -> infinity: y follows the slots at once (theory 2b)
#include "analysis/slaved.h"

#include <math.h>
#include <string.h>

#include "ode/system.h"

enum { D, ALPHA, BETA, GAMMA, RATE, N_PARAM };
enum { W_Q, W_K, W_V, W_R, B_Q, B_K, B_V, N_MATRIX };
enum { U, V, N_STATE };

static const fhrl_field state[N_STATE] = {[U] = {"U", 0.0, "1", "query side"}, [V] = {"V", 0.0, "1", "key side"}};
static const fhrl_field param[N_PARAM] = {[D] = {"d"}, [ALPHA] = {"alpha"}, [BETA] = {"beta"}, [GAMMA] = {"gamma"},
  [RATE] = {"rate"}};
static const fhrl_matrix matrix[N_MATRIX] = {[W_Q] = {"W_q"}, [W_K] = {"W_k"}, [W_V] = {"W_v"}, [W_R] = {"W_r"},
  [B_Q] = {"b_q"}, [B_K] = {"b_k"}, [B_V] = {"b_v"}};

static void dims(const double p[], fhrl_dims *out)
{
  const int d = (int)p[D];
  out->state[U] = out->state[V] = (fhrl_shape){1, d};
  for (int k = 0; k < N_MATRIX; k++) out->matrix[k] = (fhrl_shape){d, k < B_Q ? d : 1};
  out->n_u = d;
  out->n_work = 4 * d;
}

// The solution of (2) of the sign of s0, as phi; *count: how many solutions there are.
static double solve(double s0, double B, double nu, double beta, int *count)
{
  const double sign = s0 < 0.0 ? -1.0 : 1.0, t0 = fabs(s0), a = beta * nu;
  // for s = sign t, t > 0:  a t^2 + b t - t0 (1 - beta) = 0
  const double b = 1.0 - beta - a * t0 - B, product = t0 * (1.0 - beta), root = sqrt(b * b + 4.0 * a * product);
  const double t = b > 0.0 ? 2.0 * product / (b + root) : a > 0.0 ? (root - b) / (2.0 * a) : 0.0;
  // the other sign: a t^2 + (1 - beta + a t0 - B) t + t0 (1 - beta) = 0 has two positive solutions, or none
  const double other = 1.0 - beta + a * t0 - B;
  *count = other < 0.0 && other * other >= 4.0 * a * product ? (product > 0.0 ? 3 : 2) : 1;
  const double divisor = 1.0 - beta + a * t;
  if (divisor > 0.0) return sign * t / divisor;
  return B < 0.0 ? -s0 / B : 0.0; // beta = 1: phi jumps at s = 0 and takes any value between
}

// phi of (1), with W_r U left in reentry (d); scratch (d).
static double output(const fhrl_system *s, const double z[], double reentry[], double scratch[], int *count)
{
  const int d = (int)s->p[D];
  const double *u = z, *v = z + d;
  memcpy(scratch, s->m[B_V], (size_t)d * sizeof *scratch);
  fhrl_matvec_add(d, d, 1.0, s->m[W_V], s->u, scratch);
  const double s0 = fhrl_dot(d, v, scratch);
  fhrl_matvec(d, d, s->m[W_R], u, reentry);
  fhrl_matvec(d, d, s->m[W_V], reentry, scratch);
  const double B = s->p[GAMMA] * fhrl_dot(d, v, scratch);
  return solve(s0, B, fhrl_norm(d, u), s->p[BETA], count);
}

int fhrl_slaved_output(const fhrl_system *s, const double z[], double y[])
{
  const int d = (int)s->p[D];
  int count;
  const double phi = output(s, z, s->work, s->work + d, &count);
  for (int i = 0; i < d; i++) y[i] = phi * z[i];
  return count;
}

// out = a (n(W x + b) - row)
static void follow(int d, double a, const double W[], const double b[], const double x[], const double row[], double out[])
{
  memcpy(out, b, (size_t)d * sizeof *out);
  fhrl_matvec_add(d, d, 1.0, W, x, out);
  const double norm = fmax(fhrl_norm(d, out), 1e-12);
  for (int i = 0; i < d; i++) out[i] = a * (out[i] / norm - row[i]);
}

static int rhs(const fhrl_system *s, double t, const double z[], double dz[])
{
  const int d = (int)s->p[D];
  const double a = s->p[RATE] != 0.0 ? -log1p(-s->p[ALPHA]) : s->p[ALPHA];
  double *x = s->work;
  int count;
  const double phi = output(s, z, x, x + d, &count);
  for (int i = 0; i < d; i++) x[i] = s->u[i] + s->p[GAMMA] * phi * x[i];
  follow(d, a, s->m[W_Q], s->m[B_Q], x, z, dz);
  follow(d, a, s->m[W_K], s->m[B_K], x, z + d, dz + d);
  return 0;
}

const fhrl_model fhrl_slaved_model = {
  .name = "fhrl_layer with y slaved", .summary = "limit c -> infinity of fhrl_layer", .reference = "theory 2b",
  .time_unit = "token", .state = state, .n_state = N_STATE, .param = param, .n_param = N_PARAM,
  .matrix = matrix, .n_matrix = N_MATRIX, .dims = dims, .rhs = rhs,
};

fhrl_status fhrl_slaved_bind(const fhrl_layer *l, fhrl_layer_rate rate, fhrl_system **out, fhrl_err *err)
{
  if (l->r != 1) return fhrl_fail(err, FHRL_ARG, "y slaved to the slots needs one slot, not %d", l->r);
  const double p[N_PARAM] = {[D] = l->d, [ALPHA] = l->alpha, [BETA] = l->beta, [GAMMA] = l->gamma, [RATE] = rate};
  const double *const m[N_MATRIX] = {[W_Q] = l->W_q, [W_K] = l->W_k, [W_V] = l->W_v, [W_R] = l->W_r, [B_Q] = l->b_q,
    [B_K] = l->b_k, [B_V] = l->b_v};
  return fhrl_system_bind(&fhrl_slaved_model, p, m, out, err);
}
