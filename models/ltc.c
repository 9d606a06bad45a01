// SPDX-License-Identifier: GPL-3.0-or-later
// ltc: liquid time-constant network: how fast a unit forgets depends on what it sees
//   dx/dt = -(1/tau + f) x + f A               (1)   componentwise
//   f     = sigma(W x + U u + b)               (2)   sigma(z) = 1/(1 + exp(-z))
// Source: R. Hasani, M. Lechner, A. Amini, D. Rus and R. Grosu, Liquid time-constant networks, AAAI 35 (2021) 7657-7666,
// eq. (1); [FH-RL eq. S24]. A unit's effective time constant tau/(1 + tau f) lies in [tau/(1 + tau max f), tau], and a unit
// that starts between 0 and A stays there. For a frozen f: x(t) = x_inf + (x0 - x_inf) exp(-(1/tau + f) t), with
// x_inf = f A/(1/tau + f).
#include "ode/model.h"

enum { N, INPUTS, TAU, N_PARAM };
enum { W, U, B, A, N_MATRIX };
enum { NORM, TAU_LOW, TAU_HIGH, N_OBS };
enum { LEAK, GATE };
static const fhrl_field state[] = {{"x", 0.0, "1", "units"}};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 8, "1", "number of units", FHRL_INT, 1, 4096},
  [INPUTS] = {"inputs", 2, "1", "number of inputs u", FHRL_INT, 0, 4096},
  [TAU] = {"tau", 1.0, "s", "time constant of the leak", FHRL_REAL, 0.0, HUGE_VAL,
           FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
static const fhrl_matrix matrix[N_MATRIX] = {
  [W] = {"W", 1.5, "recurrent weights of the gate, (n, n)"},
  [U] = {"U", 1.0, "weights of the input, (n, inputs)"},
  [B] = {"b", 0.5, "bias of the gate, (n, 1)"},
  [A] = {"A", 1.0, "where an open gate pulls to, (n, 1)"},
};
static const fhrl_term term[] = {
  [LEAK] = {"leak", "-x/tau"},
  [GATE] = {"gate", "f (A - x)"},
};
static const fhrl_field obs[N_OBS] = {
  [NORM] = {"norm", 0.0, "1", "Euclidean norm of x"},
  [TAU_LOW] = {"tau_low", 0.0, "s", "smallest effective time constant tau/(1 + tau f)"},
  [TAU_HIGH] = {"tau_high", 0.0, "s", "largest effective time constant"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int n = (int)p[N], inputs = (int)p[INPUTS];
  out->state[0] = (fhrl_shape){n, 1};
  out->matrix[W] = (fhrl_shape){n, n};
  out->matrix[U] = (fhrl_shape){n, inputs};
  out->matrix[B] = out->matrix[A] = (fhrl_shape){n, 1};
  out->n_u = inputs;
  out->n_work = 2 * n;
}

// (2) into s->work
static const double *gate(const fhrl_system *s, const double x[])
{
  const int n = s->n;
  double *f = s->work;
  fhrl_matvec(n, n, s->m[W], x, f);
  fhrl_matvec_add(n, s->dims.n_u, 1.0, s->m[U], s->u, f);
  for (int i = 0; i < n; i++) f[i] = 1.0 / (1.0 + exp(-(f[i] + s->m[B][i])));
  return f;
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const double *f = gate(s, x), *a = s->m[A], leak = 1.0 / s->p[TAU];
  for (int i = 0; i < s->n; i++) dx[i] = -(leak + f[i]) * x[i] + f[i] * a[i]; // (1)
  return 0;
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  fhrl_lane_matvec(w, s->n, s->n, s->m[W], x, s->dims.n_u, s->m[U], s->u, s->m[B], dx);
  for (int i = 0; i < s->n; i++) {
    const double a = s->m[A][i];
    for (int l = 0; l < w.lanes; l++) {
      const double f = 1.0 / (1.0 + fhrl_lane_exp(w, -FHRL_AT(dx, i))); // (2)
      FHRL_AT(dx, i) = -(1.0 / FHRL_AT(s->p, TAU) + f) * FHRL_AT(x, i) + f * a; // (1)
    }
  }
}
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double *f = gate(s, x), *a = s->m[A], leak = 1.0 / s->p[TAU];
  double *df = s->work + s->n;
  fhrl_matvec(s->n, s->n, s->m[W], v, df);
  for (int i = 0; i < s->n; i++)
    Jv[i] = -(leak + f[i]) * v[i] + f[i] * (1.0 - f[i]) * df[i] * (a[i] - x[i]);
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double *f = gate(s, x), *a = s->m[A];
  for (int i = 0; i < s->n; i++) dx[i] = which == LEAK ? -x[i] / s->p[TAU] : f[i] * (a[i] - x[i]);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  const double *f = gate(s, x);
  double low = f[0], high = f[0];
  for (int i = 1; i < s->n; i++) {
    low = fmin(low, f[i]);
    high = fmax(high, f[i]);
  }
  y[NORM] = fhrl_norm(s->n, x);
  y[TAU_LOW] = s->p[TAU] / (1.0 + s->p[TAU] * high);
  y[TAU_HIGH] = s->p[TAU] / (1.0 + s->p[TAU] * low);
  return 0;
}

const fhrl_model fhrl_model_ltc = {
  .name = "ltc",
  .summary = "liquid time-constant network",
  .reference = "Hasani, Lechner, Amini, Rus and Grosu (2021), AAAI 35, 7657-7666",
  .time_unit = "s",
  .state = state,
  .n_state = FHRL_COUNT(state),
  .param = param,
  .n_param = N_PARAM,
  .obs = obs,
  .n_obs = N_OBS,
  FHRL_MATRICES,
  FHRL_TERMS,
  .dims = dims,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
