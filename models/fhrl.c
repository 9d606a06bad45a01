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
//
// The formulas stand here twice: term by term, as they read (split), and all in one pass over A in vector instructions
// (rhs and jvp), which is what an integration spends its time on. The contract tests hold the one against the other.
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
enum { N_TERM = 5, N_VECTOR = 13 }; // vectors of scratch, (d) each

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
  out->n_work = 1 + 2 * d + N_VECTOR * d; // what held() keeps, and scratch()
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

// What a callback may use for itself.
static double *scratch(const fhrl_system *s) { return s->work + 1 + 2 * (int)s->p[D]; }

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

// x = B u + gamma W_r y
static void token(const fhrl_system *s, const double y[], double x[])
{
  const int d = (int)s->p[D];
  fhrl_matvec(d, d, s->m[B], s->u, x);
  fhrl_matvec_add(d, d, s->p[GAMMA], s->m[W_R], y, x);
}

// ---- the terms of (1)-(2) one by one; each adds to out

typedef void part(const fhrl_system *s, const double x[], double out[]);
static void leak(const fhrl_system *s, const double x[], double out[])
{
  const int d = (int)s->p[D];
  for (int i = 0; i < d; i++) out[i] -= x[i];
}

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
  double *a = scratch(s), *b = a + d;
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

static void decay(const fhrl_system *s, const double x[], double out[])
{
  for (int i = (int)s->p[D]; i < s->n; i++) out[i] -= s->p[LAMBDA] * x[i];
}

// M += scale a b'
static void add_outer(int d, double scale, const double a[], const double b[], double M[])
{
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) M[(size_t)i * d + j] += scale * a[i] * b[j];
}

static void memory(const fhrl_system *s, const double x[], double out[])
{
  const int d = (int)s->p[D];
  double *a = scratch(s), *q = a + d, *k = q + d;
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

static part *const parts[N_TERM] = {leak, drive, homeostasis, decay, memory};
static int split(const fhrl_system *s, int k, double t, const double x[], double dx[])
{
  memset(dx, 0, (size_t)s->n * sizeof *dx);
  parts[k](s, x, dx);
  return 0;
}

// ---- all of them at once, in vector instructions

// B u, kept with the u that it belongs to: work[0] is 1 from the first time on, then follow u and B u, (d) each.
FHRL_CPU_INLINE const double *held(const int width, const fhrl_system *s)
{
  const int d = (int)s->p[D];
  double *u = s->work + 1, *Bu = u + d;
  if (s->work[0] != 1.0 || memcmp(u, s->u, (size_t)d * sizeof *u) != 0) {
    fhrl_wide_matvec(width, d, d, s->m[B], s->u, Bu);
    memcpy(u, s->u, (size_t)d * sizeof *u);
    s->work[0] = 1.0;
  }
  return Bu;
}

static int reenters(const double p[])
{
  return (int)p[DRIVE] == DRIVE_FASTWEIGHT || (int)p[HOMEOSTASIS] == H_REENTRY || (int)p[MEMORY] == PHI_NORMALIZED;
}

FHRL_CPU_INLINE void rhs_wide_body(const int width, const fhrl_system *s, const double x[], double dx[])
{
  const double *p = s->p, *y = x, *a = x + (int)p[D], *Bu = held(width, s), *source = y, *column = y;
  const int d = (int)p[D], f = (int)p[DRIVE], h = (int)p[HOMEOSTASIS];
  double *z = scratch(s), *back = z + d, *in = back + d, *row = in + d, *k = row + d, *v = k + d, slope;
  if (reenters(p)) {
    fhrl_wide_matvec(width, d, d, s->m[W_R], y, back);
    for (int i = 0; i < d; i++) in[i] = Bu[i] + p[GAMMA] * back[i];
  }
  if ((int)p[MEMORY] == PHI_OUTER)
    for (int i = 0; i < d; i++) row[i] = p[ETA] * y[i]; // (8)
  else {
    fhrl_wide_matvec(width, d, d, s->m[W_Q], in, row);
    fhrl_wide_matvec(width, d, d, s->m[W_K], in, k);
    normalize(d, row);
    normalize(d, k);
    for (int i = 0; i < d; i++) row[i] *= p[ETA]; // (9)
    column = k;
  }
  if (f == DRIVE_FASTWEIGHT) {
    fhrl_wide_matvec(width, d, d, s->m[W_V], in, v);
    source = v;
  }
  fhrl_wide_memory(width, d, f == DRIVE_TANH ? s->m[W] : NULL, a, source, row, column, p[LAMBDA],
    f == DRIVE_TANH ? Bu : NULL, z, dx + d); // (2), (4)
  if (f == DRIVE_TANH) fhrl_wide_tanh(width, d, z, z, NULL); // (3)
  const double g = h == H_NONE ? 0.0 : factor(s, sqrt(fhrl_wide_dot(width, d, y, y)), &slope);
  const double *pull = h == H_REENTRY ? back : y;
  for (int i = 0; i < d; i++) dx[i] = (f == DRIVE_NONE ? 0.0 : z[i]) - y[i] + g * pull[i]; // (1), (5)-(7)
}

FHRL_WIDE_CLONES(s->cpu, rhs_wide, (const fhrl_system *s, const double x[], double dx[]), (s, x, dx))

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  rhs_wide(s, x, dx);
  return 0;
}

// Derivative of n along dv, in place; n and norm as normalize left them.
static void normalize_tangent(int d, const double n[], double norm, double dv[])
{
  const double along = norm > 1e-12 ? fhrl_dot(d, n, dv) : 0.0; // n(v) is linear inside the tiny ball
  for (int i = 0; i < d; i++) dv[i] = (dv[i] - along * n[i]) / norm;
}

// J v, v = (dy, dA). Names as in rhs_wide_body; d before a name is its derivative along v.
FHRL_CPU_INLINE void jvp_wide_body(const int width, const fhrl_system *s, const double x[], const double dy[], double Jv[])
{
  const double *p = s->p, *y = x, *a = x + (int)p[D], *da = dy + (int)p[D], *Bu = held(width, s);
  const double *source = y, *column = y, *dsource = dy, *dcolumn = dy;
  const int d = (int)p[D], f = (int)p[DRIVE], h = (int)p[HOMEOSTASIS];
  double *z = scratch(s), *back = z + d, *in = back + d, *row = in + d, *k = row + d, *v = k + d;
  double *dz = v + d, *dback = dz + d, *din = dback + d, *drow = din + d, *dk = drow + d, *dv = dk + d, *steep = dv + d;
  if (reenters(p)) {
    fhrl_wide_matvec(width, d, d, s->m[W_R], y, back);
    fhrl_wide_matvec(width, d, d, s->m[W_R], dy, dback);
    for (int i = 0; i < d; i++) in[i] = Bu[i] + p[GAMMA] * back[i];
    for (int i = 0; i < d; i++) din[i] = p[GAMMA] * dback[i];
  }
  if ((int)p[MEMORY] == PHI_OUTER) {
    for (int i = 0; i < d; i++) row[i] = p[ETA] * y[i];
    for (int i = 0; i < d; i++) drow[i] = p[ETA] * dy[i];
  } else {
    fhrl_wide_matvec(width, d, d, s->m[W_Q], in, row);
    fhrl_wide_matvec(width, d, d, s->m[W_K], in, k);
    fhrl_wide_matvec(width, d, d, s->m[W_Q], din, drow);
    fhrl_wide_matvec(width, d, d, s->m[W_K], din, dk);
    const double norm_row = normalize(d, row), norm_k = normalize(d, k);
    normalize_tangent(d, row, norm_row, drow);
    normalize_tangent(d, k, norm_k, dk);
    for (int i = 0; i < d; i++) row[i] *= p[ETA];
    for (int i = 0; i < d; i++) drow[i] *= p[ETA];
    column = k, dcolumn = dk;
  }
  if (f == DRIVE_FASTWEIGHT) {
    fhrl_wide_matvec(width, d, d, s->m[W_V], in, v);
    fhrl_wide_matvec(width, d, d, s->m[W_V], din, dv);
    source = v, dsource = dv;
  }
  fhrl_wide_memory_tangent(width, d, f == DRIVE_TANH ? s->m[W] : NULL, a, da, source, dsource, row, drow, column, dcolumn,
    p[LAMBDA], f == DRIVE_TANH ? Bu : NULL, z, dz, Jv + d);
  if (f == DRIVE_TANH) {
    fhrl_wide_tanh(width, d, z, z, steep);
    for (int i = 0; i < d; i++) dz[i] *= steep[i];
  }
  double slope = 0.0;
  const double rho = sqrt(fhrl_wide_dot(width, d, y, y)), g = h == H_NONE ? 0.0 : factor(s, rho, &slope);
  const double drho = rho > 0.0 ? fhrl_wide_dot(width, d, y, dy) / rho : 0.0; // it meets y = 0 there
  const double *pull = h == H_REENTRY ? back : y, *dpull = h == H_REENTRY ? dback : dy;
  for (int i = 0; i < d; i++)
    Jv[i] = (f == DRIVE_NONE ? 0.0 : dz[i]) - dy[i] + (g * dpull[i] + slope * drho * pull[i]);
}

FHRL_WIDE_CLONES(s->cpu, jvp_wide, (const fhrl_system *s, const double x[], const double v[], double Jv[]), (s, x, v, Jv))

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  jvp_wide(s, x, v, Jv);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double out[])
{
  const int d = (int)s->p[D];
  double *dy = scratch(s) + (N_VECTOR - 1) * d; // beyond what the terms use
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

// ---- (1)-(2) for ensembles, with the default parts

enum { LANES_D = 32 }; // beyond it a trajectory by itself fills the vectors, and sixteen overflow the cache

static int lanes_fit(const double p[])
{
  return p[DRIVE] == DRIVE_TANH && p[HOMEOSTASIS] == H_RADIAL && p[MEMORY] == PHI_OUTER && p[D] <= LANES_D;
}

// Row by row. d is a constant of the caller where that pays: the sums over j are then unrolled.
FHRL_INLINE void field_of(const fhrl_system *s, const int d, const double *x, double *restrict dx, const fhrl_width w)
{
  const double *w_y = s->m[W], *a = x + (size_t)d * w.lanes;
  double *restrict da = dx + (size_t)d * w.lanes;
  double held[LANES_D], pull[FHRL_LANES], z[FHRL_LANES];
  fhrl_matvec(d, d, s->m[B], s->u, held);
  for (int l = 0; l < w.lanes; l++) pull[l] = 0.0;
  for (int i = 0; i < d; i++)
#pragma GCC unroll 1
    for (int l = 0; l < w.lanes; l++) pull[l] = fhrl_lane_madd(w, FHRL_AT(x, i), FHRL_AT(x, i), pull[l]);
  for (int l = 0; l < w.lanes; l++) {
    const double rho = sqrt(pull[l]), soft = rho + FHRL_AT(s->p, EPSILON);
    pull[l] = -1.0 - (soft == 0.0 ? 0.0 : FHRL_AT(s->p, KAPPA) * (rho - 1.0) / soft); // (5)
  }
  for (int i = 0; i < d; i++) {
    for (int l = 0; l < w.lanes; l++) z[l] = held[i];
    for (int j = 0; j < d; j++)
#pragma GCC unroll 1 // lanes.h
      for (int l = 0; l < w.lanes; l++)
        z[l] = fhrl_lane_madd(w, w_y[i * d + j] + FHRL_AT(a, i * d + j), FHRL_AT(x, j), z[l]);
    for (int l = 0; l < w.lanes; l++)
      FHRL_AT(dx, i) = fhrl_lane_madd(w, pull[l], FHRL_AT(x, i), fhrl_lane_tanh(w, z[l])); // (1), (3)
  }
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++)
#pragma GCC unroll 1
      for (int l = 0; l < w.lanes; l++) // (2), (8)
        FHRL_AT(da, i * d + j) = fhrl_lane_madd(w, FHRL_AT(s->p, ETA), FHRL_AT(x, i) * FHRL_AT(x, j),
          -FHRL_AT(s->p, LAMBDA) * FHRL_AT(a, i * d + j));
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  const int d = s->dims.state[Y].rows;
  if (d == 2)
    field_of(s, 2, x, dx, w);
  else
    field_of(s, d, x, dx, w);
}
FHRL_LANES_OF(field)

const fhrl_model fhrl_model_fhrl = {
  .name = "fhrl",
  .summary = "fast weights, homeostasis and reentry in continuous time (split form)",
  .reference = "B. G. Chae, arXiv 2511.06798, (S7), (S23)",
  .time_unit = "token",
  .lanes = lanes, .lanes_fit = lanes_fit,
  .state = state, .n_state = N_STATE, .param = param, .n_param = N_PARAM, .obs = obs, .n_obs = N_OBS,
  FHRL_MATRICES, FHRL_TERMS, .event = event, .n_event = N_EVENT, .events = events,
  .dims = dims, .refuse = refuse, .start = start, .refuse_start = refuse_start, .rhs = rhs, .jvp = jvp, .split = split, .observe = observe,
};
