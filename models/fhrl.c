// SPDX-License-Identifier: GPL-3.0-or-later
// fhrl: fast-weight network with homeostasis and reentry in continuous time, the split form (S7), (S23)
//   dy/dt = -y + f(y, u, A) + h(y)                 (1)   y in R^d, rho = |y|
//   dA/dt = -lambda A + Phi(y, u)                  (2)   A in R^(d x d)
//   f     tanh        tanh(W y + A y + B u)        (3)
//         fastweight  A W_v x                      (4)   x = B u + gamma W_r y
//   h     radial      -kappa s y                   (5)   s = (rho - 1)/(rho + epsilon)
//         reentry     -kappa W_r (s y)             (6)
//         gain        y/(1 + beta (rho - 1)) - y   (7)
//   Phi   outer       eta y y'                     (8)
//         normalized  eta n(W_q x) n(W_k x)'       (9)   n(v) = v/max(|v|, 1e-12)
// and `none` for f and h; eta = 0 leaves Phi out.
// Source: B. G. Chae, arXiv 2511.06798, (S7) (1), (S23) (2), (S9) and (S18) (5), (S10) (6), (S8) (7).
// Where the field jumps at y = 0 (radial and reentry with epsilon = 0, gain with beta = 1) its value there is 0, which no
// neighbour shares, so a trajectory may not start on it (refuse_start).
#include "ode/model.h"

#include <string.h>

enum { Y, A, N_STATE };
enum { D, DRIVE, HOMEOSTASIS, MEMORY, BETA, GAMMA, KAPPA, EPSILON, LAMBDA, ETA, ALLOW_POLE, N_PARAM };
enum { W, B, W_V, W_R, W_Q, W_K, N_MATRIX };
enum { DRIVE_TANH, DRIVE_FASTWEIGHT, DRIVE_NONE };
enum { H_RADIAL, H_REENTRY, H_GAIN, H_NONE };
enum { PHI_OUTER, PHI_NORMALIZED };
enum { RHO, NORM_A, LYAPUNOV, LYAPUNOV_DOT, N_OBS };
enum { POLE, N_EVENT };
enum { N_TERM = 5, N_VECTOR = 7 }; // vectors of scratch, (d) each

static const fhrl_field state[N_STATE] = {
  [Y] = {"y", 0.0, "1", "activity"        },
  [A] = {"A", 0.0, "1", "fast-weight memory"},
};
static const fhrl_field param[N_PARAM] = {
  [D] = {"d", 2, "1", "dimension of y", FHRL_INT, 1, 4096},
  [DRIVE] = {"drive", DRIVE_TANH, "", "drive f: (3), (4) or none", FHRL_CHOICE, .choices = "tanh|fastweight|none"},
  [HOMEOSTASIS] = {"homeostasis", H_RADIAL, "", "homeostasis h: (5), (6), (7) or none", FHRL_CHOICE,
                   .choices = "radial|reentry|gain|none"},
  [MEMORY] = {"memory", PHI_OUTER, "", "what the memory takes up, Phi: (8) or (9)", FHRL_CHOICE,
              .choices = "outer|normalized"},
  [BETA] = {"beta", 0.5, "1", "strength of the gain; above 1 it has a pole at rho = 1 - 1/beta", FHRL_REAL, 0, HUGE_VAL,
            FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [GAMMA] = {"gamma", 0.15, "1", "strength of reentry", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [KAPPA] = {"kappa", 1.0, "1", "strength of homeostasis", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [EPSILON] = {"epsilon", 1e-6, "1", "softening of the homeostasis at the origin", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [LAMBDA] = {"lambda", 0.5, "1/token", "rate at which the memory decays", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [ETA] = {"eta", 0.1, "1/token", "rate at which the memory takes up", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH},
  [ALLOW_POLE] = {"allow_pole", 0, "", "beta > 1 is meant: where the gain has its pole the integration ends", FHRL_FLAG},
};
static const fhrl_event event[N_EVENT] = {
  [POLE] = {"pole", 0, 1, "the gain 1/(1 + beta (rho - 1)) has its pole"},
};
static const fhrl_matrix matrix[N_MATRIX] = {
  [W] = {"W", 1.5, "recurrent weights of the tanh drive, (d, d)"},
  [B] = {"B", 1.0, "weights of the input, (d, d)"              },
  [W_V] = {"W_v", 1.0, "value projection, (d, d)"                },
  [W_R] = {"W_r", 1.0, "reentry weights, (d, d)"                 },
  [W_Q] = {"W_q", 1.0, "query projection, (d, d)"                },
  [W_K] = {"W_k", 1.0, "key projection, (d, d)"                  },
};
static const fhrl_field obs[N_OBS] = {
  [RHO] = {"rho", 0.0, "1", "|y|"},
  [NORM_A] = {"norm_A", 0.0, "1", "Frobenius norm of A"},
  [LYAPUNOV] = {"V", 0.0, "1", "(rho - 1)^2 / 2 (S12)"},
  [LYAPUNOV_DOT] = {"V_dot", 0.0, "1/token", "its rate of change along the flow, from the right-hand side (S13)"},
};
static const fhrl_term term[N_TERM] = {
  {"leak",        "-y"              },
  {"drive",       "f(y, u, A)"      },
  {"homeostasis", "h(y)"            },
  {"decay",       "-lambda A"       },
  {"memory",      "Phi(y, u)"       },
};

static void dims(const double p[], fhrl_dims *out)
{
  const int d = (int)p[D];
  out->state[Y] = (fhrl_shape){d, 1};
  out->state[A] = (fhrl_shape){d, d};
  for (int k = 0; k < N_MATRIX; k++) out->matrix[k] = (fhrl_shape){d, d};
  out->event[POLE] = (int)p[HOMEOSTASIS] == H_GAIN && p[BETA] > 1.0 ? 2 : 0;
  out->n_u = d;
  out->n_work = N_VECTOR * d;
}

static const char *refuse(const double p[])
{
  return p[BETA] > 1.0 && p[ALLOW_POLE] == 0.0 ? "beta > 1 gives the gain a pole at rho = 1 - 1/beta: allowed is (0, 1], or allow_pole = true"
                                               : NULL;
}

// The divisor of (7) on either side of 0, and how near to 0 it comes: the field carries nothing across, so that most
// trajectories stop short of it.
static int events(const fhrl_system *s, double t, const double x[], double g[])
{
  const double divisor = 1.0 + s->p[BETA] * (fhrl_norm((int)s->p[D], x) - 1.0);
  if (s->dims.event[POLE] == 0) return 0;
  g[0] = divisor;
  g[1] = fabs(divisor) - 1e-9;
  return 0;
}

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  const int d = (int)s->p[D];
  for (int i = 0; i < s->n; i++) x0[i] = i < d ? normal[i] / sqrt(d) : 0.0;
}

static const char *refuse_start(const fhrl_system *s, const double x0[])
{
  const double *p = s->p;
  const int h = (int)p[HOMEOSTASIS];
  const double rho = fhrl_norm((int)p[D], x0);
  if (h == H_GAIN && p[BETA] > 1.0 && fabs(1.0 + p[BETA] * (rho - 1.0)) <= 1e-9) return "there the gain has its pole";
  if (rho > 0.0) return NULL;
  if ((h == H_RADIAL || h == H_REENTRY) && p[KAPPA] > 0.0 && p[EPSILON] == 0.0)
    return "the homeostasis jumps at y = 0 where epsilon = 0";
  if (h == H_GAIN && p[BETA] == 1.0) return "the gain jumps at y = 0 where beta = 1";
  return NULL;
}

// n(v) in place; returns the norm that it divided by.
static double normalize(int d, double v[])
{
  const double norm = fmax(fhrl_norm(d, v), 1e-12);
  for (int i = 0; i < d; i++) v[i] /= norm;
  return norm;
}

// Derivative of n along dv, in place; n and norm as normalize left them.
static void normalize_tangent(int d, const double n[], double norm, double dv[])
{
  const double along = norm > 1e-12 ? fhrl_dot(d, n, dv) : 0.0; // n(v) is linear inside the tiny ball
  for (int i = 0; i < d; i++) dv[i] = (dv[i] - along * n[i]) / norm;
}

// x = B u + gamma W_r y
static void token(const fhrl_system *s, const double y[], double x[])
{
  const int d = (int)s->p[D];
  fhrl_matvec(d, d, s->m[B], s->u, x);
  fhrl_matvec_add(d, d, s->p[GAMMA], s->m[W_R], y, x);
}

// ---- the terms of (1)-(2) and their derivatives along v; each adds to out

typedef void part(const fhrl_system *s, const double x[], double out[]);
typedef void part_tangent(const fhrl_system *s, const double x[], const double v[], double out[]);

static void leak(const fhrl_system *s, const double x[], double out[])
{
  const int d = (int)s->p[D];
  for (int i = 0; i < d; i++) out[i] -= x[i];
}

static void leak_tangent(const fhrl_system *s, const double x[], const double v[], double out[]) { leak(s, v, out); }

// Argument of the hyperbolic tangent in (3)
static void excitation(const fhrl_system *s, const double x[], double z[])
{
  const int d = (int)s->p[D];
  fhrl_matvec(d, d, s->m[W], x, z);
  fhrl_matvec_add(d, d, 1.0, x + d, x, z);
  fhrl_matvec_add(d, d, 1.0, s->m[B], s->u, z);
}

static void drive(const fhrl_system *s, const double x[], double out[])
{
  const int d = (int)s->p[D];
  double *a = s->work, *b = a + d;
  switch ((int)s->p[DRIVE]) {
  case DRIVE_TANH:
    excitation(s, x, a);
    for (int i = 0; i < d; i++) out[i] += tanh(a[i]); // (3)
    break;
  case DRIVE_FASTWEIGHT:
    token(s, x, a);
    fhrl_matvec(d, d, s->m[W_V], a, b);
    fhrl_matvec_add(d, d, 1.0, x + d, b, out); // (4)
    break;
  default: break;
  }
}

static void drive_tangent(const fhrl_system *s, const double x[], const double v[], double out[])
{
  const int d = (int)s->p[D];
  double *a = s->work, *b = a + d, *c = b + d;
  switch ((int)s->p[DRIVE]) {
  case DRIVE_TANH:
    excitation(s, x, a);
    fhrl_matvec(d, d, s->m[W], v, b);
    fhrl_matvec_add(d, d, 1.0, x + d, v, b);
    fhrl_matvec_add(d, d, 1.0, v + d, x, b);
    for (int i = 0; i < d; i++) out[i] += b[i] / (cosh(a[i]) * cosh(a[i])); // 1 - tanh^2 without cancellation
    break;
  case DRIVE_FASTWEIGHT:
    token(s, x, a);
    fhrl_matvec(d, d, s->m[W_V], a, b);
    fhrl_matvec_add(d, d, 1.0, v + d, b, out);
    fhrl_matvec(d, d, s->m[W_R], v, b);
    fhrl_matvec(d, d, s->m[W_V], b, c);
    fhrl_matvec_add(d, d, s->p[GAMMA], x + d, c, out);
    break;
  default: break;
  }
}

// h = factor y, or W_r (factor y) for `reentry`: returns the factor and its derivative by rho. A jump at rho = 0 is a 0.
static double factor(const fhrl_system *s, double rho, double *slope)
{
  const double *p = s->p;
  *slope = 0.0;
  if ((int)p[HOMEOSTASIS] == H_GAIN) {
    const double divisor = (1.0 - p[BETA]) + p[BETA] * rho; // exact for small rho, beta = 1
    if (divisor == 0.0) return 0.0;
    *slope = -p[BETA] / (divisor * divisor);
    return 1.0 / divisor - 1.0; // (7)
  }
  const double soft = rho + p[EPSILON];
  if (soft == 0.0) return 0.0;
  *slope = -p[KAPPA] * (1.0 + p[EPSILON]) / (soft * soft);
  return -p[KAPPA] * (rho - 1.0) / soft; // (5), (6)
}

static void homeostasis(const fhrl_system *s, const double x[], double out[])
{
  const int d = (int)s->p[D];
  double slope;
  if ((int)s->p[HOMEOSTASIS] == H_NONE) return;
  const double h = factor(s, fhrl_norm(d, x), &slope);
  if ((int)s->p[HOMEOSTASIS] == H_REENTRY)
    fhrl_matvec_add(d, d, h, s->m[W_R], x, out);
  else
    for (int i = 0; i < d; i++) out[i] += h * x[i];
}

static void homeostasis_tangent(const fhrl_system *s, const double x[], const double v[], double out[])
{
  const int d = (int)s->p[D];
  double *a = s->work, slope;
  if ((int)s->p[HOMEOSTASIS] == H_NONE) return;
  const double rho = fhrl_norm(d, x), h = factor(s, rho, &slope);
  const double drho = rho > 0.0 ? fhrl_dot(d, x, v) / rho : 0.0; // it meets y = 0 there
  for (int i = 0; i < d; i++) a[i] = h * v[i] + slope * drho * x[i];
  if ((int)s->p[HOMEOSTASIS] == H_REENTRY)
    fhrl_matvec_add(d, d, 1.0, s->m[W_R], a, out);
  else
    for (int i = 0; i < d; i++) out[i] += a[i];
}

static void decay(const fhrl_system *s, const double x[], double out[])
{
  for (int i = (int)s->p[D]; i < s->n; i++) out[i] -= s->p[LAMBDA] * x[i];
}

static void decay_tangent(const fhrl_system *s, const double x[], const double v[], double out[]) { decay(s, v, out); }

// M += scale a b'
static void add_outer(int d, double scale, const double a[], const double b[], double M[])
{
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) M[(size_t)i * d + j] += scale * a[i] * b[j];
}

static void memory(const fhrl_system *s, const double x[], double out[])
{
  const int d = (int)s->p[D];
  double *a = s->work, *q = a + d, *k = q + d;
  if ((int)s->p[MEMORY] == PHI_OUTER) {
    add_outer(d, s->p[ETA], x, x, out + d); // (8)
    return;
  }
  token(s, x, a);
  fhrl_matvec(d, d, s->m[W_Q], a, q);
  fhrl_matvec(d, d, s->m[W_K], a, k);
  normalize(d, q);
  normalize(d, k);
  add_outer(d, s->p[ETA], q, k, out + d); // (9)
}

static void memory_tangent(const fhrl_system *s, const double x[], const double v[], double out[])
{
  const int d = (int)s->p[D];
  const double eta = s->p[ETA];
  double *a = s->work, *q = a + d, *k = q + d, *da = k + d, *dq = da + d, *dk = dq + d;
  if ((int)s->p[MEMORY] == PHI_OUTER) {
    add_outer(d, eta, v, x, out + d);
    add_outer(d, eta, x, v, out + d);
    return;
  }
  token(s, x, a);
  fhrl_matvec(d, d, s->m[W_Q], a, q);
  fhrl_matvec(d, d, s->m[W_K], a, k);
  const double norm_q = normalize(d, q), norm_k = normalize(d, k);
  for (int i = 0; i < d; i++) da[i] = 0.0;
  fhrl_matvec_add(d, d, s->p[GAMMA], s->m[W_R], v, da);
  fhrl_matvec(d, d, s->m[W_Q], da, dq);
  fhrl_matvec(d, d, s->m[W_K], da, dk);
  normalize_tangent(d, q, norm_q, dq);
  normalize_tangent(d, k, norm_k, dk);
  add_outer(d, eta, dq, k, out + d);
  add_outer(d, eta, q, dk, out + d);
}

static part *const parts[N_TERM] = {leak, drive, homeostasis, decay, memory};
static part_tangent *const part_tangents[N_TERM] = {leak_tangent, drive_tangent, homeostasis_tangent, decay_tangent,
  memory_tangent};

static int split(const fhrl_system *s, int k, double t, const double x[], double dx[])
{
  memset(dx, 0, (size_t)s->n * sizeof *dx);
  parts[k](s, x, dx);
  return 0;
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  memset(dx, 0, (size_t)s->n * sizeof *dx);
  for (int k = 0; k < N_TERM; k++) parts[k](s, x, dx);
  return 0;
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  memset(Jv, 0, (size_t)s->n * sizeof *Jv);
  for (int k = 0; k < N_TERM; k++) part_tangents[k](s, x, v, Jv);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double out[])
{
  const int d = (int)s->p[D];
  double *dy = s->work + (N_VECTOR - 1) * d; // beyond what the terms use
  memset(dy, 0, (size_t)d * sizeof *dy);
  leak(s, x, dy);
  drive(s, x, dy);
  homeostasis(s, x, dy);
  const double rho = fhrl_norm(d, x), e = rho - 1.0;
  const double rho_dot = rho > 0.0 ? fhrl_dot(d, x, dy) / rho : fhrl_norm(d, dy); // at 0: on leaving it
  out[RHO] = rho;
  out[NORM_A] = fhrl_norm(d * d, x + d);
  out[LYAPUNOV] = 0.5 * e * e;
  out[LYAPUNOV_DOT] = e * rho_dot;
  return 0;
}

const fhrl_model fhrl_model_fhrl = {
  .name = "fhrl",
  .summary = "fast weights, homeostasis and reentry in continuous time (split form)",
  .reference = "B. G. Chae, arXiv 2511.06798, (S7), (S23)",
  .time_unit = "token",
  .state = state, .n_state = N_STATE, .param = param, .n_param = N_PARAM, .obs = obs, .n_obs = N_OBS,
  FHRL_MATRICES, FHRL_TERMS, .event = event, .n_event = N_EVENT, .events = events,
  .dims = dims, .refuse = refuse, .start = start, .refuse_start = refuse_start, .rhs = rhs, .jvp = jvp, .split = split, .observe = observe,
};
