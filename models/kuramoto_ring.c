// SPDX-License-Identifier: GPL-3.0-or-later
// kuramoto_ring: phase oscillators on a ring, each coupled to its two neighbours
//   dtheta_i/dt = omega_i + K sum_{j = i +- 1} sin(theta_j - theta_i)      (1)   i modulo N
// Source: D. A. Wiley, S. H. Strogatz and M. Girvan, The size of the sync basin, Chaos 16 (2006) 015103, after
// Y. Kuramoto (1975). With equal omega the q-twisted states theta_i = 2 pi q i/N (+ omega t) solve (1); for K > 0 they are
// stable if |2 pi q/N| < pi/2 and unstable beyond.
#include "ode/model.h"

enum { N, K, Q, SPREAD, N_PARAM };
enum { ORDER, WINDING, N_OBS };
enum { FREQUENCY, COUPLING };
static const fhrl_field state[] = {{"theta", 0.0, "rad", "phases"}};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 8, "1", "number of oscillators", FHRL_INT, 3, 100000},
  [K] = {"K", 1.0, "rad/s", "coupling"},
  [Q] = {"q", 1, "1", "windings of the twisted state at the start", FHRL_INT, -50000, 50000},
  [SPREAD] = {"spread", 0.1, "rad", "standard deviation of the phases about it at the start",
              FHRL_REAL, 0, 100},
};
static const fhrl_matrix matrix[] = {
  {"omega", 0.0, "natural frequencies, (n, 1); equal unless given or scaled"}};
static const fhrl_term term[] = {
  [FREQUENCY] = {"frequency", "omega_i"},
  [COUPLING] = {"coupling", "K sum sin(theta_j - theta_i)"},
};
static const fhrl_field obs[N_OBS] = {
  [ORDER] = {"order", 0.0, "1", "|sum exp(i theta)|/n: 1 in phase, 0 in a twisted state"},
  [WINDING] = {"winding", 0.0, "1", "turns of the phase around the ring"},
};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM,
   {0.0},
   .tol = 1e-15,
   .why = "oscillators in phase solve (1) where omega = 0"},
  {FHRL_CHECK_EQUILIBRIUM,
   {0, FHRL_PI / 4, FHRL_PI / 2, FHRL_PI * 3 / 4, FHRL_PI, FHRL_PI * 5 / 4, FHRL_PI * 3 / 2,
    FHRL_PI * 7 / 4},
   .tol = 2e-15,
   .why = "so does the state twisted once"},
};

static void dims(const double p[], fhrl_dims *out)
{
  out->state[0] = out->matrix[0] = (fhrl_shape){(int)p[N], 1};
}

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  for (int i = 0; i < s->n; i++)
    x0[i] = 2.0 * FHRL_PI * s->p[Q] * i / s->n + s->p[SPREAD] * normal[i];
}

static void coupling(const fhrl_system *s, const double x[], double dx[])
{
  const int n = s->n;
  for (int i = 0; i < n; i++) {
    const double before = x[i > 0 ? i - 1 : n - 1], after = x[i < n - 1 ? i + 1 : 0];
    dx[i] = s->p[K] * (sin(before - x[i]) + sin(after - x[i]));
  }
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  const int n = s->n;
  for (int i = 0; i < n; i++) {
    const int before = i > 0 ? i - 1 : n - 1, after = i < n - 1 ? i + 1 : 0;
    const double omega = s->m[0][i];
    for (int l = 0; l < w.lanes; l++) {
      const double here = FHRL_AT(x, i), pull = fhrl_lane_sin(w, FHRL_AT(x, before) - here) + fhrl_lane_sin(w, FHRL_AT(x, after) - here);
      FHRL_AT(dx, i) = FHRL_AT(s->p, K) * pull + omega; // (1)
    }
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = s->n;
  for (int i = 0; i < n; i++) {
    const int before = i > 0 ? i - 1 : n - 1, after = i < n - 1 ? i + 1 : 0;
    Jv[i] = s->p[K] *
            (cos(x[before] - x[i]) * (v[before] - v[i]) + cos(x[after] - x[i]) * (v[after] - v[i]));
  }
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  if (which == COUPLING)
    coupling(s, x, dx);
  else
    for (int i = 0; i < s->n; i++) dx[i] = s->m[0][i];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  const int n = s->n;
  double re = 0.0, im = 0.0, turn = 0.0;
  for (int i = 0; i < n; i++) {
    re += cos(x[i]);
    im += sin(x[i]);
    turn += remainder(x[i < n - 1 ? i + 1 : 0] - x[i],
                      2.0 * FHRL_PI); // each step taken the short way round
  }
  y[ORDER] = hypot(re, im) / n;
  y[WINDING] = turn / (2.0 * FHRL_PI);
  return 0;
}

const fhrl_model fhrl_model_kuramoto_ring = {
  .name = "kuramoto_ring",
  .summary = "phase oscillators on a ring and their twisted states",
  .reference = "Wiley, Strogatz and Girvan (2006), Chaos 16, 015103",
  .time_unit = "s",
  FHRL_TABLES,
  FHRL_MATRICES,
  FHRL_TERMS,
  .dims = dims,
  .start = start,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
