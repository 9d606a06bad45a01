// SPDX-License-Identifier: GPL-3.0-or-later
// idp_hopfield: Hopfield network whose memories call each other up in a cycle, by input-driven plasticity
//   epsilon dx/dt = -x + sum_mu (alpha_mu m_mu + delta) xi^mu      (1)   m_mu = xi^mu . psi(x) / N
//   d alpha_mu/dt = -alpha_mu + kappa m_{mu-1}                     (2)   cyclic in mu
// psi clips to [-1, 1]; the memories xi^mu are the rows 2 .. P+1 of the Sylvester-Hadamard matrix of order N = 2^log2_N.
// Source: S. Betteti, G. Baggio, S. Zampieri, arXiv 2603.03201; delta breaks the symmetry at a switch.
// Where some |x_i| = 1 the right-hand side has a kink: an event, at which the integration restarts.
#include "ode/model.h"

enum { X, ALPHA, N_STATE };
enum { LOG2_N, P, KAPPA, EPSILON, DELTA, N_PARAM };
enum { KINK, SWITCH, N_EVENT };
enum { FAST, SLOW, N_TERM };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 0.0, "1", "membrane potential"},
  [ALPHA] = {"alpha", 0.0, "1", "saliency of a memory"},
};
static const fhrl_field param[N_PARAM] = {
  [LOG2_N] = {"log2_N", 4.0, "1", "binary logarithm of the number N of neurons", FHRL_INT, 1.0, 12.0},
  [P] = {"P", 4.0, "1", "number of memories, at least 2 and below N", FHRL_INT, 2.0, 4095.0},
  [KAPPA] = {"kappa", 5.0, "1", "gain of the saliencies; the cycle needs kappa > 4 as epsilon -> 0, P -> infinity", FHRL_REAL,
             0.0, HUGE_VAL, FHRL_OPEN_HIGH},
  [EPSILON] = {"epsilon", 0.01, "time", "time constant of the retrieval; that of the saliencies is 1", FHRL_REAL, 0.0, HUGE_VAL,
               FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [DELTA] = {"delta", 1e-6, "1", "background that pulls towards every memory", FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_HIGH},
};
static const fhrl_field obs[] = {{"overlap", 0.0, "1", "largest overlap m_mu"}};
static const fhrl_term term[N_TERM] = {
  [FAST] = {"retrieval", "(-x + sum (alpha m + delta) xi) / epsilon"},
  [SLOW] = {"saliency", "-alpha + kappa m of the memory before"},
};
static const fhrl_event event[N_EVENT] = {
  [KINK] = {"kink", 0, 0, "|x_i| = 1: a neuron enters or leaves saturation"},
  [SWITCH] = {"switch", -1, 0, "m_mu = m of another memory: mu, so far the largest overlap, is overtaken"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int n = 1 << (int)p[LOG2_N], memories = (int)p[P];
  out->state[X] = (fhrl_shape){n, 1};
  out->state[ALPHA] = (fhrl_shape){memories, 1};
  out->event[KINK] = n;
  out->event[SWITCH] = memories;
  out->n_work = 2 * memories;
}

static const char *refuse(const double p[])
{
  return p[P] < (double)(1 << (int)p[LOG2_N]) ? NULL : "there are only N - 1 memories: P must be below 2^log2_N";
}

// Entry i of memory mu = 0 .. P-1
static double xi(int mu, int i)
{
  int bits = (mu + 1) & i, odd = 0;
  for (; bits; bits &= bits - 1) odd ^= 1;
  return odd ? -1.0 : 1.0;
}

// Z_+ of the map that the cycle becomes as epsilon -> 0; it ends at 2 below kappa = 4.
static double first_saliency(double kappa) { return kappa > 4.0 ? 0.5 * (kappa + sqrt(kappa * kappa - 4.0 * kappa)) : 2.0; }

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  const double Z = first_saliency(s->p[KAPPA]);
  for (int i = 0; i < n; i++) x0[i] = Z * xi(0, i);
  for (int mu = 0; mu < memories; mu++) x0[n + mu] = mu == 0 ? Z : 0.0;
}

static double clip(double x) { return x > 1.0 ? 1.0 : x < -1.0 ? -1.0 : x; } // a NaN stays one

// m (P) of psi(x)
static void overlaps(const fhrl_system *s, const double x[], double m[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  for (int mu = 0; mu < memories; mu++) {
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += xi(mu, i) * clip(x[i]);
    m[mu] = sum / n;
  }
}

// dm (P), the derivative of m along v
static void overlaps_tangent(const fhrl_system *s, const double x[], const double v[], double dm[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  for (int mu = 0; mu < memories; mu++) {
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += fabs(x[i]) > 1.0 ? 0.0 : xi(mu, i) * v[i];
    dm[mu] = sum / n;
  }
}

static void retrieval(const fhrl_system *s, const double x[], const double m[], double dx[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  for (int i = 0; i < n; i++) {
    double sum = -x[i];
    for (int mu = 0; mu < memories; mu++) sum += (x[n + mu] * m[mu] + s->p[DELTA]) * xi(mu, i);
    dx[i] = sum / s->p[EPSILON]; // (1)
  }
}

static void saliency(const fhrl_system *s, const double x[], const double m[], double dx[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  for (int mu = 0; mu < memories; mu++) dx[n + mu] = -x[n + mu] + s->p[KAPPA] * m[(mu + memories - 1) % memories]; // (2)
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  double *m = s->work;
  overlaps(s, x, m);
  retrieval(s, x, m, dx);
  saliency(s, x, m, dx);
  return 0;
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  double *m = s->work, *dm = m + memories;
  overlaps(s, x, m);
  overlaps_tangent(s, x, v, dm);
  for (int i = 0; i < n; i++) {
    double sum = -v[i];
    for (int mu = 0; mu < memories; mu++) sum += (v[n + mu] * m[mu] + x[n + mu] * dm[mu]) * xi(mu, i);
    Jv[i] = sum / s->p[EPSILON];
  }
  saliency(s, v, dm, Jv);
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  for (int i = 0; i < s->n; i++) dx[i] = 0.0;
  overlaps(s, x, s->work);
  (which == FAST ? retrieval : saliency)(s, x, s->work, dx);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double out[])
{
  const int memories = s->dims.state[ALPHA].rows;
  double *m = s->work;
  overlaps(s, x, m);
  out[0] = m[0];
  for (int mu = 1; mu < memories; mu++) out[0] = fmax(out[0], m[mu]);
  return 0;
}

static int events(const fhrl_system *s, double t, const double x[], double g[])
{
  const int n = s->dims.state[X].rows, memories = s->dims.state[ALPHA].rows;
  double *m = s->work;
  overlaps(s, x, m);
  for (int i = 0; i < n; i++) g[i] = fabs(x[i]) - 1.0;
  for (int mu = 0; mu < memories; mu++) {
    double other = -HUGE_VAL;
    for (int nu = 0; nu < memories; nu++)
      if (nu != mu) other = fmax(other, m[nu]);
    g[n + mu] = m[mu] - other;
  }
  return 0;
}

const fhrl_model fhrl_model_idp_hopfield = {
  .name = "idp_hopfield",
  .summary = "Hopfield network that walks through its memories by input-driven plasticity",
  .reference = "S. Betteti, G. Baggio, S. Zampieri, arXiv 2603.03201",
  .time_unit = "1",
  .state = state, .n_state = N_STATE, .param = param, .n_param = N_PARAM, .obs = obs, .n_obs = FHRL_COUNT(obs),
  FHRL_TERMS,
  .event = event, .n_event = N_EVENT,
  .dims = dims, .refuse = refuse, .start = start, .rhs = rhs, .jvp = jvp, .split = split, .observe = observe,
  .events = events,
};
