// SPDX-License-Identifier: GPL-3.0-or-later
// fhrl_ladder: the rungs between one layer of the network and its continuous limit (theory 2c)
// One step is one token: u is held, and m sub-steps of h = 1/m are taken, each with the y of the one before:
//   x = u + gamma W_r y                                              (1)   u: x_pre of the token
//   q = n(W_q x + b_q),  k = n(W_k x + b_k),  v = W_v x + b_v        (2)   n(z) = z/max(|z|, 1e-12)
//   U <- (1 - s) U + s 1 q'                                          (3)   U, V in R^(r x d): r slots
//   V <- (1 - s) V + s 1 k'                                          (4)
//   w = U' (V v)                                                     (5)   of the new U, V
//   y <- (1 - c h) y + c h g(|w|) w,  g(z) = 1/(1 + beta (z - 1))    (6)
// s = alpha h (rate `paper`) or 1 - (1 - alpha)^h (`exact`). At m = 1 and c = 1 this is the network, (2)-(11), noise off; as m
// grows, the flow fhrl_layer. Source: B. G. Chae, arXiv 2511.06798, (S1)-(S3). Every sequence starts at y = 0, U = V = 0.
#include "ode/model.h"

#include <string.h>

enum { Y, U, V, N_STATE };
enum { D, R, ALPHA, BETA, GAMMA, C, RATE, M, N_PARAM };
enum { W_Q, W_K, W_V, W_R, B_Q, B_K, B_V, N_MATRIX };
enum { RATE_PAPER, RATE_EXACT };
enum { RHO, LYAPUNOV, SLOT_SPREAD, ROW_MAX, N_OBS };
enum { N_VECTOR = 10 }; // vectors of scratch, (d) each: a sub-step and its tangent

static const fhrl_field state[N_STATE] = {
  [Y] = {"y", 0.0, "1", "output of the layer"},
  [U] = {"U", 0.0, "1", "query side of the slots"},
  [V] = {"V", 0.0, "1", "key side of the slots"},
};
static const fhrl_field param[N_PARAM] = {
  [D] = {"d", 8, "1", "dimension of y", FHRL_INT, 1, 4096},
  [R] = {"r", 4, "1", "number of slots", FHRL_INT, 1, 256},
  [ALPHA] = {"alpha", 0.1, "1", "share of a slot that one token renews", FHRL_REAL, 0, 1,
             FHRL_OPEN_LOW},
  [BETA] = {"beta", 0.5, "1", "strength of the gain", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  [GAMMA] = {"gamma", 0.15, "1", "strength of reentry", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [C] = {"c", 1.0, "1/token", "rate of y; 1 in the network", FHRL_REAL, 0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [RATE] = {"rate", RATE_PAPER, "", "what a sub-step renews: alpha h, or 1 - (1 - alpha)^h",
            FHRL_CHOICE, .choices = "paper|exact"},
  [M] = {"m", 1, "1", "sub-steps of a token, 1/h; 1: the network", FHRL_INT, 1, 1000000},
};
static const fhrl_matrix matrix[N_MATRIX] = {
  [W_Q] = {"W_q", 1.0, "query projection, (d, d)"}, [W_K] = {"W_k", 1.0, "key projection, (d, d)"},
  [W_V] = {"W_v", 1.0, "value projection, (d, d)"}, [W_R] = {"W_r", 1.0, "reentry weights, (d, d)"},
  [B_Q] = {"b_q", 0.0, "query bias, (d, 1)"},       [B_K] = {"b_k", 0.0, "key bias, (d, 1)"},
  [B_V] = {"b_v", 0.0, "value bias, (d, 1)"},
};
static const fhrl_field obs[N_OBS] = {
  [RHO] = {"rho", 0.0, "1", "|y|"},
  [LYAPUNOV] = {"lyapunov", 0.0, "1", "(rho - 1)^2 / 2 (S12)"},
  [SLOT_SPREAD] = {"slot_spread", 0.0, "1",
                   "Frobenius norm of the rows of U and V less their means"},
  [ROW_MAX] = {"row_max", 0.0, "1", "largest norm of a row of U or V"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int d = (int)p[D], r = (int)p[R];
  out->state[Y] = (fhrl_shape){d, 1};
  out->state[U] = out->state[V] = (fhrl_shape){r, d};
  for (int k = 0; k < N_MATRIX; k++) out->matrix[k] = (fhrl_shape){d, k < B_Q ? d : 1};
  out->n_u = d;
  out->n_work = N_VECTOR * d + d + 2 * r * d; // and the state that a tangent runs along with
}

// What a sub-step computes on its way, (d) each; all borrowed from s->work.
typedef struct token {
  double *x, *q, *k, *v, *w;
  double norm_q, norm_k, norm_w, gain;
} token;

// What a sub-step renews of the slots, and of y.
static void shares(const fhrl_system *s, double *slot, double *out)
{
  const double h = 1.0 / s->p[M], alpha = s->p[ALPHA];
  *slot = (int)s->p[RATE] == RATE_EXACT ? -expm1(h * log1p(-alpha)) : alpha * h;
  *out = s->p[C] * h;
}

static double normalize(int d, double z[])
{
  const double norm = fmax(fhrl_norm(d, z), 1e-12);
  for (int i = 0; i < d; i++) z[i] /= norm;
  return norm;
}

// z := W x + b
static void project(int d, const double W[], const double b[], const double x[], double z[])
{
  memcpy(z, b, (size_t)d * sizeof *z);
  fhrl_matvec_add(d, d, 1.0, W, x, z);
}

// (1)-(2)
static token look(const fhrl_system *s, const double y[])
{
  const int d = (int)s->p[D];
  const double *const *m = s->m;
  token t = {s->work, s->work + d, s->work + 2 * d, s->work + 3 * d, s->work + 4 * d, 0, 0, 0, 0};
  memcpy(t.x, s->u, (size_t)d * sizeof *t.x);
  fhrl_matvec_add(d, d, s->p[GAMMA], m[W_R], y, t.x);
  project(d, m[W_Q], m[B_Q], t.x, t.q);
  project(d, m[W_K], m[B_K], t.x, t.k);
  project(d, m[W_V], m[B_V], t.x, t.v);
  t.norm_q = normalize(d, t.q);
  t.norm_k = normalize(d, t.k);
  return t;
}

// Rows (2r, d) of U and V: each moves to its target by the share; (3)-(4), and their tangent.
static void renew(int d, int r, double share, const double q[], const double k[], double rows[])
{
  for (int i = 0; i < 2 * r; i++) {
    const double *target = i < r ? q : k;
    double *row = rows + (size_t)i * d;
    for (int j = 0; j < d; j++) row[j] = (1.0 - share) * row[j] + share * target[j];
  }
}

// (5) and the gain of (6), of renewed rows
static void retrieve(const fhrl_system *s, const double rows[], token *t)
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  memset(t->w, 0, (size_t)d * sizeof *t->w);
  for (int i = 0; i < r; i++) {
    const double weight = fhrl_dot(d, rows + (size_t)(i + r) * d, t->v);
    for (int j = 0; j < d; j++) t->w[j] += weight * rows[(size_t)i * d + j];
  }
  t->norm_w = fhrl_norm(d, t->w);
  t->gain = t->norm_w > 0.0 ? 1.0 / (1.0 + s->p[BETA] * (t->norm_w - 1.0)) : 0.0;
}

static int step(const fhrl_system *s, double time, const double x[], double z[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  double slot, out;
  shares(s, &slot, &out);
  memcpy(z, x, (size_t)s->n * sizeof *z);
  for (int k = 0; k < (int)s->p[M]; k++) {
    token t = look(s, z);
    renew(d, r, slot, t.q, t.k, z + d);
    retrieve(s, z + d, &t);
    for (int j = 0; j < d; j++) z[j] = (1.0 - out) * z[j] + out * t.gain * t.w[j]; // (6)
  }
  return 0;
}

// dz = derivative of n along W dx; n, norm as normalize left them.
static void projection_tangent(int d, const double W[], const double dx[], const double n[],
                               double norm, double dz[])
{
  fhrl_matvec(d, d, W, dx, dz);
  const double along =
    norm > 1e-12 ? fhrl_dot(d, n, dz) : 0.0; // n(z) is linear inside the tiny ball
  for (int j = 0; j < d; j++) dz[j] = (dz[j] - along * n[j]) / norm;
}

// A sub-step of the tangent h (n) along the state z (n), which takes it, too.
static void tangent(const fhrl_system *s, double slot, double out, double z[], double h[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  double *dx = s->work + 5 * d, *dq = dx + d, *dk = dq + d, *dv = dk + d, *dw = dv + d,
         *rows = z + d, *drows = h + d;
  token t = look(s, z);
  memset(dx, 0, (size_t)d * sizeof *dx);
  fhrl_matvec_add(d, d, s->p[GAMMA], s->m[W_R], h, dx);
  projection_tangent(d, s->m[W_Q], dx, t.q, t.norm_q, dq);
  projection_tangent(d, s->m[W_K], dx, t.k, t.norm_k, dk);
  fhrl_matvec(d, d, s->m[W_V], dx, dv);
  renew(d, r, slot, t.q, t.k, rows);
  renew(d, r, slot, dq, dk, drows);
  retrieve(s, rows, &t);
  memset(dw, 0, (size_t)d * sizeof *dw);
  for (int i = 0; i < r; i++) {
    const double *u = rows + (size_t)i * d, *v = u + (size_t)r * d, *du = drows + (size_t)i * d,
                 *dV = du + (size_t)r * d;
    const double weight = fhrl_dot(d, v, t.v), dweight = fhrl_dot(d, dV, t.v) + fhrl_dot(d, v, dv);
    for (int j = 0; j < d; j++) dw[j] += weight * du[j] + dweight * u[j];
  }
  // d(g w) = g dw + g' d|w| w with g' = -beta g^2; at w = 0 the limit g(0) dw, or nothing where g jumps
  const double gain = t.norm_w > 0.0 ? t.gain : s->p[BETA] < 1.0 ? 1.0 / (1.0 - s->p[BETA]) : 0.0;
  const double slope =
    t.norm_w > 0.0 ? -s->p[BETA] * gain * gain * fhrl_dot(d, t.w, dw) / t.norm_w : 0.0;
  for (int j = 0; j < d; j++) {
    h[j] = (1.0 - out) * h[j] + out * (gain * dw[j] + slope * t.w[j]);
    z[j] = (1.0 - out) * z[j] + out * t.gain * t.w[j];
  }
}

static int jvp(const fhrl_system *s, double time, const double x[], const double v[], double Jv[])
{
  double slot, out, *z = s->work + N_VECTOR * (int)s->p[D];
  shares(s, &slot, &out);
  memcpy(z, x, (size_t)s->n * sizeof *z);
  memcpy(Jv, v, (size_t)s->n * sizeof *Jv);
  for (int k = 0; k < (int)s->p[M]; k++) tangent(s, slot, out, z, Jv);
  return 0;
}

static int observe(const fhrl_system *s, double time, const double x[], double out[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  const double *u = x + d, *v = u + (size_t)r * d, rho = fhrl_norm(d, x);
  out[RHO] = rho;
  out[LYAPUNOV] = 0.5 * (rho - 1.0) * (rho - 1.0);
  out[SLOT_SPREAD] = sqrt(fhrl_spread(r, d, u, s->work) + fhrl_spread(r, d, v, s->work));
  out[ROW_MAX] = 0.0;
  for (int i = 0; i < 2 * r; i++)
    out[ROW_MAX] = fmax(out[ROW_MAX], fhrl_norm(d, u + (size_t)i * d));
  return 0;
}

const fhrl_model fhrl_model_fhrl_ladder = {
  .name = "fhrl_ladder",
  .summary = "one trained layer at any step size, token by token: m = 1 is the network",
  .reference = "B. G. Chae, arXiv 2511.06798, (2)-(11) with (S1)-(S3)",
  .time_unit = "token",
  .state = state,
  .n_state = N_STATE,
  .param = param,
  .n_param = N_PARAM,
  .obs = obs,
  .n_obs = N_OBS,
  FHRL_MATRICES,
  .dims = dims,
  .step = step,
  .jvp = jvp,
  .observe = observe,
};
