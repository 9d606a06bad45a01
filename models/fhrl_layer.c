// SPDX-License-Identifier: GPL-3.0-or-later
// fhrl_layer: the continuous limit of one layer of the network, with the layer's own weights (theory 2b)
//   x     = u + gamma W_r y                                  (1)   u: x_pre of the token, held
//   q     = n(W_q x + b_q),  k = n(W_k x + b_k)              (2)   n(z) = z/max(|z|, 1e-12)
//   v     = W_v x + b_v                                      (3)
//   dU/dt = a (1 q' - U)                                     (4)   U, V in R^(r x d): r slots
//   dV/dt = a (1 k' - V)                                     (5)
//   w     = U' (V v)                                         (6)
//   dy/dt = c (g(|w|) w - y),  g(s) = 1/(1 + beta (s - 1))   (7)
// a = alpha (rate `paper`), or -ln(1 - alpha) (rate `exact`: for a held x one token is then exactly one step of the network).
// Source: B. G. Chae, arXiv 2511.06798, (2)-(11) in the limit (S4); one token is one unit of time. The network starts
// every sequence at y = 0, U = V = 0. At w = 0 with beta = 1, where (7) jumps, g(|w|) w is 0, as in the network.
#include "ode/model.h"

#include <string.h>

enum { Y, U, V, N_STATE };
enum { D, R, ALPHA, BETA, GAMMA, C, RATE, ALLOW_POLE, N_PARAM };
enum { W_Q, W_K, W_V, W_R, B_Q, B_K, B_V, N_MATRIX };
enum { POLE, N_EVENT };
enum { RATE_PAPER, RATE_EXACT };
enum { RHO, LYAPUNOV, LYAPUNOV_DOT, NORM_W, SLOT_SPREAD, ROW_MAX, N_OBS };
enum { LEAK, DRIVE, DECAY, MEMORY, N_TERM };

static const fhrl_field state[N_STATE] = {
  [Y] = {"y", 0.0, "1", "output of the layer"    },
  [U] = {"U", 0.0, "1", "query side of the slots"},
  [V] = {"V", 0.0, "1", "key side of the slots"  },
};
static const fhrl_field param[N_PARAM] = {
  [D] = {"d", 8, "1", "dimension of y", FHRL_INT, 1, 4096},
  [R] = {"r", 4, "1", "number of slots", FHRL_INT, 1, 256},
  [ALPHA] = {"alpha", 0.1, "1", "share of a slot that one token renews", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  [BETA] = {"beta", 0.5, "1", "strength of the gain; above 1 it has a pole at |w| = 1 - 1/beta", FHRL_REAL, 0, HUGE_VAL,
            FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [GAMMA] = {"gamma", 0.15, "1", "strength of reentry", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [C] = {"c", 1.0, "1/token", "rate of y", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [RATE] = {"rate", RATE_PAPER, "", "rate of the slots: alpha, or -ln(1 - alpha)", FHRL_CHOICE,
            .choices = "paper|exact"},
  [ALLOW_POLE] = {"allow_pole", 0, "", "beta > 1 is meant: where the gain has its pole the integration ends", FHRL_FLAG},
};
static const fhrl_event event[N_EVENT] = {
  [POLE] = {"pole", 0, 1, "the gain 1/(1 + beta (|w| - 1)) has its pole"},
};
static const fhrl_matrix matrix[N_MATRIX] = {
  [W_Q] = {"W_q", 1.0, "query projection, (d, d)"},
  [W_K] = {"W_k", 1.0, "key projection, (d, d)"  },
  [W_V] = {"W_v", 1.0, "value projection, (d, d)"},
  [W_R] = {"W_r", 1.0, "reentry weights, (d, d)" },
  [B_Q] = {"b_q", 0.0, "query bias, (d, 1)"      },
  [B_K] = {"b_k", 0.0, "key bias, (d, 1)"        },
  [B_V] = {"b_v", 0.0, "value bias, (d, 1)"      },
};
static const fhrl_field obs[N_OBS] = {
  [RHO] = {"rho", 0.0, "1", "|y|"},
  [LYAPUNOV] = {"lyapunov", 0.0, "1", "(rho - 1)^2 / 2 (S12)"},
  [LYAPUNOV_DOT] = {"lyapunov_dot", 0.0, "1/token", "its rate of change along the flow, from the right-hand side (S13)"},
  [NORM_W] = {"norm_w", 0.0, "1", "|w|"},
  [SLOT_SPREAD] = {"slot_spread", 0.0, "1", "Frobenius norm of the rows of U and V less their means"},
  [ROW_MAX] = {"row_max", 0.0, "1", "largest norm of a row of U or V"},
};
static const fhrl_term term[N_TERM] = {
  [LEAK] = {"leak",   "-c y"              },
  [DRIVE] = {"drive",  "c g(|w|) w"        },
  [DECAY] = {"decay",  "-a U, -a V"        },
  [MEMORY] = {"memory", "a 1 q', a 1 k'"    },
};

static void dims(const double p[], fhrl_dims *out)
{
  const int d = (int)p[D], r = (int)p[R];
  out->state[Y] = (fhrl_shape){d, 1};
  out->state[U] = out->state[V] = (fhrl_shape){r, d};
  for (int k = 0; k < N_MATRIX; k++) out->matrix[k] = (fhrl_shape){d, k < B_Q ? d : 1};
  out->event[POLE] = p[BETA] > 1.0 ? 2 : 0;
  out->n_u = d;
  out->n_work = 10 * d; // a token and its tangent
}

static const char *refuse(const double p[])
{
  if (p[BETA] > 1.0 && p[ALLOW_POLE] == 0.0)
    return "beta > 1 gives the gain a pole at |w| = 1 - 1/beta: allowed is (0, 1], or allow_pole = true";
  return (int)p[RATE] == RATE_EXACT && p[ALPHA] == 1.0 ? "alpha = 1 has no exact rate: -ln(1 - alpha) is infinite" : NULL;
}

// What the right-hand side computes on its way, (d) each; all borrowed from s->work.
typedef struct token {
  double *x, *q, *k, *v, *w;
  double norm_q, norm_k, norm_w, gain;
} token;

static double rate(const fhrl_system *s) { return (int)s->p[RATE] == RATE_EXACT ? -log1p(-s->p[ALPHA]) : s->p[ALPHA]; }

static double normalize(int d, double z[])
{
  const double norm = fmax(fhrl_norm(d, z), 1e-12);
  for (int i = 0; i < d; i++) z[i] /= norm;
  return norm;
}

// (1)-(3), (6) and g of (7)
static token look(const fhrl_system *s, const double z[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  const double *y = z, *u = z + d, *v = u + (size_t)r * d, *const *m = s->m;
  token t = {s->work, s->work + d, s->work + 2 * d, s->work + 3 * d, s->work + 4 * d, 0, 0, 0, 0};
  memcpy(t.x, s->u, (size_t)d * sizeof *t.x);
  fhrl_matvec_add(d, d, s->p[GAMMA], m[W_R], y, t.x); // (1)
  memcpy(t.q, m[B_Q], (size_t)d * sizeof *t.q);
  memcpy(t.k, m[B_K], (size_t)d * sizeof *t.k);
  memcpy(t.v, m[B_V], (size_t)d * sizeof *t.v);
  fhrl_matvec_add(d, d, 1.0, m[W_Q], t.x, t.q);
  fhrl_matvec_add(d, d, 1.0, m[W_K], t.x, t.k);
  fhrl_matvec_add(d, d, 1.0, m[W_V], t.x, t.v); // (3)
  t.norm_q = normalize(d, t.q);                 // (2)
  t.norm_k = normalize(d, t.k);
  memset(t.w, 0, (size_t)d * sizeof *t.w);
  for (int i = 0; i < r; i++) { // (6)
    const double weight = fhrl_dot(d, v + (size_t)i * d, t.v);
    for (int j = 0; j < d; j++) t.w[j] += weight * u[(size_t)i * d + j];
  }
  t.norm_w = fhrl_norm(d, t.w);
  t.gain = t.norm_w > 0.0 ? 1.0 / ((1.0 - s->p[BETA]) + s->p[BETA] * t.norm_w) : 0.0; // exact for small |w|, beta = 1
  return t;
}

// The divisor of g on either side of 0, and how near to 0 it comes: y grows as its logarithm, and steps as short as that
// need not reach the other side.
static int events(const fhrl_system *s, double time, const double x[], double g[])
{
  if (s->dims.event[POLE] == 0) return 0;
  const double divisor = (1.0 - s->p[BETA]) + s->p[BETA] * look(s, x).norm_w;
  g[0] = divisor;
  g[1] = fabs(divisor) - 1e-9;
  return 0;
}

static int split(const fhrl_system *s, int k, double time, const double x[], double dx[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  const double a = rate(s), c = s->p[C];
  const token t = look(s, x);
  memset(dx, 0, (size_t)s->n * sizeof *dx);
  switch (k) {
  case LEAK:
    for (int i = 0; i < d; i++) dx[i] = -c * x[i];
    break;
  case DRIVE:
    for (int i = 0; i < d; i++) dx[i] = c * t.gain * t.w[i];
    break;
  case DECAY:
    for (int i = d; i < s->n; i++) dx[i] = -a * x[i];
    break;
  default:
    for (int i = 0; i < 2 * r; i++)
      for (int j = 0; j < d; j++) dx[(size_t)(i + 1) * d + j] = a * (i < r ? t.q : t.k)[j];
  }
  return 0;
}

static int rhs(const fhrl_system *s, double time, const double x[], double dx[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  const double a = rate(s), c = s->p[C];
  const token t = look(s, x);
  for (int i = 0; i < d; i++) dx[i] = c * (t.gain * t.w[i] - x[i]); // (7)
  for (int i = 0; i < 2 * r; i++) {                                // (4), (5)
    const double *target = i < r ? t.q : t.k, *row = x + (size_t)(i + 1) * d;
    double *out = dx + (size_t)(i + 1) * d;
    for (int j = 0; j < d; j++) out[j] = a * (target[j] - row[j]);
  }
  return 0;
}

// dz = derivative of n along W dx; n, norm as normalize left them.
static void projection_tangent(int d, const double W[], const double dx[], const double n[], double norm, double dz[])
{
  fhrl_matvec(d, d, W, dx, dz);
  const double along = norm > 1e-12 ? fhrl_dot(d, n, dz) : 0.0; // n(z) is linear inside the tiny ball
  for (int j = 0; j < d; j++) dz[j] = (dz[j] - along * n[j]) / norm;
}

static int jvp(const fhrl_system *s, double time, const double x[], const double h[], double Jh[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  const double a = rate(s), c = s->p[C], *const *m = s->m;
  const double *u = x + d, *v = u + (size_t)r * d, *du = h + d, *dv = du + (size_t)r * d;
  const token t = look(s, x);
  double *dx = s->work + 5 * d, *dq = dx + d, *dk = dq + d, *dval = dk + d, *dw = dval + d;
  memset(dx, 0, (size_t)d * sizeof *dx);
  fhrl_matvec_add(d, d, s->p[GAMMA], m[W_R], h, dx);
  projection_tangent(d, m[W_Q], dx, t.q, t.norm_q, dq);
  projection_tangent(d, m[W_K], dx, t.k, t.norm_k, dk);
  fhrl_matvec(d, d, m[W_V], dx, dval);
  memset(dw, 0, (size_t)d * sizeof *dw);
  for (int i = 0; i < r; i++) {
    const size_t row = (size_t)i * d;
    const double weight = fhrl_dot(d, v + row, t.v);
    const double dweight = fhrl_dot(d, dv + row, t.v) + fhrl_dot(d, v + row, dval);
    for (int j = 0; j < d; j++) dw[j] += weight * du[row + j] + dweight * u[row + j];
  }
  // d(g w) = g dw + g' d|w| w with g' = -beta g^2; at w = 0 the limit g(0) dw, or nothing where g jumps
  const double gain = t.norm_w > 0.0 ? t.gain : s->p[BETA] != 1.0 ? 1.0 / (1.0 - s->p[BETA]) : 0.0;
  const double dnorm = t.norm_w > 0.0 ? fhrl_dot(d, t.w, dw) / t.norm_w : 0.0;
  const double slope = -s->p[BETA] * gain * gain * dnorm;
  for (int j = 0; j < d; j++) Jh[j] = c * (gain * dw[j] + slope * t.w[j] - h[j]);
  for (int i = 0; i < 2 * r; i++)
    for (int j = 0; j < d; j++) {
      const size_t at = (size_t)(i + 1) * d + j;
      Jh[at] = a * ((i < r ? dq : dk)[j] - h[at]);
    }
  return 0;
}

static int observe(const fhrl_system *s, double time, const double x[], double out[])
{
  const int d = (int)s->p[D], r = (int)s->p[R];
  const double *u = x + d, *v = u + (size_t)r * d;
  const token t = look(s, x);
  double *dy = s->work + 5 * d, *mean = dy + d;
  for (int j = 0; j < d; j++) dy[j] = s->p[C] * (t.gain * t.w[j] - x[j]);
  const double rho = fhrl_norm(d, x), e = rho - 1.0;
  const double rho_dot = rho > 0.0 ? fhrl_dot(d, x, dy) / rho : fhrl_norm(d, dy); // at 0: on leaving it
  out[RHO] = rho;
  out[LYAPUNOV] = 0.5 * e * e;
  out[LYAPUNOV_DOT] = e * rho_dot;
  out[NORM_W] = t.norm_w;
  out[SLOT_SPREAD] = sqrt(fhrl_spread(r, d, u, mean) + fhrl_spread(r, d, v, mean));
  out[ROW_MAX] = 0.0;
  for (int i = 0; i < 2 * r; i++) out[ROW_MAX] = fmax(out[ROW_MAX], fhrl_norm(d, u + (size_t)i * d));
  return 0;
}

const fhrl_model fhrl_model_fhrl_layer = {
  .name = "fhrl_layer",
  .summary = "continuous limit of one trained layer: y and r slots of fast weights",
  .reference = "B. G. Chae, arXiv 2511.06798, (2)-(11) with (S4)",
  .time_unit = "token",
  .state = state, .n_state = N_STATE, .param = param, .n_param = N_PARAM, .obs = obs, .n_obs = N_OBS,
  FHRL_MATRICES, FHRL_TERMS, .event = event, .n_event = N_EVENT, .events = events,
  .dims = dims, .refuse = refuse, .rhs = rhs, .jvp = jvp, .split = split, .observe = observe,
};
