// SPDX-License-Identifier: GPL-3.0-or-later
// my_model: a rate network held near a radius; change it into a model of your own
//   dy/dt = -y + tanh(W y + u) - kappa (rho - 1) y/(rho + epsilon)     (1)   rho = |y|, y in R^d
//
// Try it as it stands:   fhrl models ./my_model.c             its tables
//                        fhrl models ./my_model.c --check     does it keep what its tables and functions promise?
//                        fhrl simulate ./my_model.c -o out --param kappa=2 --x0=0.1,0.2
//                        fhrl portrait ./my_model.c
// fhrl compiles the file by itself whenever it has changed. The file, fhrl_model_my_model and .name bear one name.
//
// Everything below is found by the one descriptor at the end. What a model lacks, it leaves out of there: matrices,
// terms, observables, events, check facts, jvp. Its functions are called from several threads at once, each with a
// fhrl_system of its own: they write to their result and to s->work, never to static variables, and allocate nothing.
#include "ode/model.h"

// ---- tables. An enumeration gives every entry its index; the tables alone make keys, --help, columns and units.

// States: {name, default of every entry (also: its typical size), unit, meaning}. dims() below makes a block a vector.
enum { Y, N_STATE };
static const fhrl_field state[N_STATE] = {
  [Y] = {"y", 0.0, "1", "activity of the units"},
};

// Parameters: {name, default, unit, meaning, kind, low, high, open ends}. Each is a key: --param kappa=2.
enum { D, KAPPA, EPSILON, N_PARAM };
static const fhrl_field param[N_PARAM] = {
  [D] = {"d", 2, "1", "number of units", FHRL_INT, 1, 4096},
  [KAPPA] = {"kappa", 1.0, "1", "strength of homeostasis", FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_HIGH},
  [EPSILON] = {"epsilon", 0.1, "1", "softening at the origin", FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};

// Matrices: {name, scale, meaning}. Drawn N(0, scale^2/columns) from model.seed, or given: --param "W=0 1; -1 0".
enum { W, N_MATRIX };
static const fhrl_matrix matrix[N_MATRIX] = {
  [W] = {"W", 1.5, "recurrent weights, (d, d)"},
};

// Named parts of the right-hand side, which sum to it. `fhrl iss` puts them on trial, one by one, in a model with a state
// y and a term called leak; others need none.
enum { LEAK, DRIVE, HOMEOSTASIS, N_TERM };
static const fhrl_term term[N_TERM] = {
  [LEAK] = {"leak", "-y"},
  [DRIVE] = {"drive", "tanh(W y + u)"},
  [HOMEOSTASIS] = {"homeostasis", "-kappa (rho - 1) y/(rho + epsilon)"},
};

// Observables: numbers that are recorded beside the state.
enum { RHO, V, N_OBS };
static const fhrl_field obs[N_OBS] = {
  [RHO] = {"rho", 0.0, "1", "|y|"},
  [V] = {"V", 0.0, "1", "(rho - 1)^2/2"},
};

// Events: {name, direction (1 rising, -1 falling, 0 both), terminal (1: the run ends there), meaning}. Located exactly;
// the integration restarts there, so that a kink of the right-hand side costs no accuracy.
enum { SPHERE, N_EVENT };
static const fhrl_event event[N_EVENT] = {
  [SPHERE] = {"sphere", 0, 0, "y crosses the unit sphere, rho = 1"},
};

// Facts that --check verifies: a rest state (at the defaults, without input), or the trace of the Jacobian.
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 0.0}, .tol = 1e-15, .why = "every term of (1) is 0 at y = 0"},
};

// ---- functions. Those that return an int return 0; 1 if a smaller step may help, -1 if nothing will.

// Sizes, from the parameters: shapes of states and matrices, number of inputs u, doubles of scratch in s->work.
// A model whose states are all single numbers, without matrices and input, needs no dims.
static void dims(const double p[], fhrl_dims *out)
{
  const int d = (int)p[D];
  out->state[Y] = (fhrl_shape){d, 1};
  out->matrix[W] = (fhrl_shape){d, d};
  out->n_u = d;
  out->n_work = d;
}

// Where a run begins unless --x0 says so: `normal` holds as many standard normals as there are states.
static void start(const fhrl_system *s, const double normal[], double x0[])
{
  for (int i = 0; i < s->n; i++) x0[i] = normal[i] / sqrt(s->n);
}

// s->work = W y + u
static const double *net(const fhrl_system *s, const double y[])
{
  fhrl_matvec(s->n, s->n, s->m[W], y, s->work);
  for (int i = 0; i < s->n; i++) s->work[i] += s->u[i];
  return s->work;
}

// How strongly y is pulled back along itself.
static double pull(const fhrl_system *s, double rho) { return s->p[KAPPA] * (rho - 1.0) / (rho + s->p[EPSILON]); }

// dx = dx/dt at (t, x). A map has `step` instead, of the same form: out is the next x.
static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const double *z = net(s, x), k = 1.0 + pull(s, fhrl_norm(s->n, x));
  for (int i = 0; i < s->n; i++) dx[i] = tanh(z[i]) - k * x[i]; // (1)
  return 0;
}

// Jv = J(t, x) v, the derivative of rhs along v. May be left out (here and in the descriptor): J v is then made by central
// differences, which cost two right-hand sides and keep some ten digits; results then say jvp: differences.
static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = s->n;
  const double rho = fhrl_norm(n, x), soft = rho + s->p[EPSILON], k = 1.0 + pull(s, rho);
  const double drho = rho > 0.0 ? fhrl_dot(n, x, v) / rho : 0.0;
  const double dk = s->p[KAPPA] * (1.0 + s->p[EPSILON]) / (soft * soft) * drho; // of k, along v
  const double *z = net(s, x);
  for (int i = 0; i < n; i++) {
    const double r = tanh(z[i]);
    Jv[i] = (1.0 - r * r) * fhrl_dot(n, s->m[W] + (size_t)i * n, v) - k * v[i] - dk * x[i];
  }
  return 0;
}

// dx = one term of rhs; a term writes all components.
static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double *z = net(s, x), k = pull(s, fhrl_norm(s->n, x));
  for (int i = 0; i < s->n; i++) dx[i] = which == LEAK ? -x[i] : which == DRIVE ? tanh(z[i]) : -k * x[i];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  const double rho = fhrl_norm(s->n, x);
  y[RHO] = rho;
  y[V] = 0.5 * (rho - 1.0) * (rho - 1.0);
  return 0;
}

// g = the functions whose changes of sign are the events, in the order of the table.
static int events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[SPHERE] = fhrl_norm(s->n, x) - 1.0;
  return 0;
}

// ---- the descriptor

const fhrl_model fhrl_model_my_model = {
  .name = "my_model",
  .summary = "a rate network held near a radius",
  .reference = "where its equations come from",
  .time_unit = "s",
  FHRL_TABLES,   // state, param, obs, check; without one of them: .state = state, .n_state = N_STATE, and so on
  FHRL_MATRICES, // matrix
  FHRL_TERMS,    // term
  .event = event,
  .n_event = N_EVENT,
  .dims = dims,
  .start = start,
  .rhs = rhs,
  .jvp = jvp,
  .split = split,
  .observe = observe,
  .events = events,
};
