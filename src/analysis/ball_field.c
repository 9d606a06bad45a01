// SPDX-License-Identifier: GPL-3.0-or-later
// ball_field: right-hand sides of some models in jets of balls, for proofs about their equilibria
#include "analysis/ball_field.h"

#include <math.h>
#include <string.h>

enum { STATES = FHRL_JET_MAX };

// A model's formula: F (n) of the variables x (n). Parameters and matrices are looked up by name, as a user knows them.
typedef struct fhrl_ball_field_model {
  void (*value)(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[]);
} field_model;

static double parameter(const fhrl_ball_field *f, const char *name)
{
  return f->s->p[fhrl_system_param(f->s->model, name)];
}

static const double *matrix(const fhrl_ball_field *f, const char *name)
{
  return f->s->m[fhrl_system_matrix(f->s->model, name)];
}

// out += c a b
static void add_product(int n, fhrl_jet *out, double c, const fhrl_jet *a, const fhrl_jet *b, fhrl_jet *work)
{
  fhrl_jet_multiply(n, work, a, b);
  fhrl_jet_add_scaled(n, out, c, work);
}

// ---- textbook systems: F is 0 on entry, w a jet to work with

static void textbook(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w);

static void with_work(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[])
{
  fhrl_jet w;
  fhrl_jet_init(&w);
  for (int i = 0; i < f->n; i++) fhrl_jet_constant(&F[i], 0.0);
  textbook(f, x, F, &w);
  fhrl_jet_clear(&w);
}

static void lorenz(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  const double sigma = parameter(f, "sigma");
  fhrl_jet_add_scaled(3, &F[0], sigma, &x[1]);
  fhrl_jet_add_scaled(3, &F[0], -sigma, &x[0]);
  fhrl_jet_add_scaled(3, &F[1], parameter(f, "r"), &x[0]);
  fhrl_jet_add_scaled(3, &F[1], -1.0, &x[1]);
  add_product(3, &F[1], -1.0, &x[0], &x[2], w);
  add_product(3, &F[2], 1.0, &x[0], &x[1], w);
  fhrl_jet_add_scaled(3, &F[2], -parameter(f, "b"), &x[2]);
}

static void rossler(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  fhrl_jet_add_scaled(3, &F[0], -1.0, &x[1]);
  fhrl_jet_add_scaled(3, &F[0], -1.0, &x[2]);
  fhrl_jet_add_scaled(3, &F[1], 1.0, &x[0]);
  fhrl_jet_add_scaled(3, &F[1], parameter(f, "a"), &x[1]);
  add_product(3, &F[2], 1.0, &x[2], &x[0], w);
  fhrl_jet_add_scaled(3, &F[2], -parameter(f, "c"), &x[2]);
  fhrl_jet_shift(&F[2], parameter(f, "b"));
}

static void van_der_pol(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  const double mu = parameter(f, "mu");
  fhrl_jet_add_scaled(2, &F[0], 1.0, &x[1]);
  fhrl_jet_multiply(2, w, &x[0], &x[0]);
  fhrl_jet_multiply(2, w, w, &x[1]);
  fhrl_jet_add_scaled(2, &F[1], -mu, w);
  fhrl_jet_add_scaled(2, &F[1], mu, &x[1]);
  fhrl_jet_add_scaled(2, &F[1], -1.0, &x[0]);
}

static void lotka_volterra(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  fhrl_jet_scale(2, w, -parameter(f, "b"), &x[1]);
  fhrl_jet_shift(w, parameter(f, "a"));
  fhrl_jet_multiply(2, &F[0], w, &x[0]);
  fhrl_jet_scale(2, w, parameter(f, "c"), &x[0]);
  fhrl_jet_shift(w, -parameter(f, "d"));
  fhrl_jet_multiply(2, &F[1], w, &x[1]);
}

static void hopf(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  fhrl_jet g;
  fhrl_jet_init(&g);
  for (int i = 0; i < 2; i++) add_product(2, &g, -1.0, &x[i], &x[i], w);
  fhrl_jet_shift(&g, parameter(f, "mu"));
  for (int i = 0; i < 2; i++) fhrl_jet_multiply(2, &F[i], &g, &x[i]);
  fhrl_jet_add_scaled(2, &F[0], -parameter(f, "w"), &x[1]);
  fhrl_jet_add_scaled(2, &F[1], parameter(f, "w"), &x[0]);
  fhrl_jet_clear(&g);
}

static void henon_heiles(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  const double lambda = parameter(f, "lambda");
  fhrl_jet_add_scaled(4, &F[0], 1.0, &x[2]);
  fhrl_jet_add_scaled(4, &F[1], 1.0, &x[3]);
  fhrl_jet_add_scaled(4, &F[2], -1.0, &x[0]);
  add_product(4, &F[2], -2.0 * lambda, &x[0], &x[1], w);
  fhrl_jet_add_scaled(4, &F[3], -1.0, &x[1]);
  add_product(4, &F[3], lambda, &x[1], &x[1], w);
  add_product(4, &F[3], -lambda, &x[0], &x[0], w);
}

static void linear(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  fhrl_jet_matvec(f->n, f->n, f->n, matrix(f, "A"), x, F);
  for (int i = 0; i < f->n; i++)
    for (int j = 0; j < f->s->dims.n_u; j++) {
      fhrl_jet_constant(w, f->s->u[j]); // the product is a ball: in double it would be rounded
      fhrl_jet_add_scaled(f->n, &F[i], matrix(f, "B")[(size_t)i * f->s->dims.n_u + j], w);
    }
}

static void random_rnn(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  fhrl_jet rate[STATES];
  fhrl_jet_inits(f->n, rate);
  for (int i = 0; i < f->n; i++) fhrl_jet_tanh(f->n, &rate[i], &x[i]);
  fhrl_jet_matvec(f->n, f->n, f->n, matrix(f, "J"), rate, F);
  for (int i = 0; i < f->n; i++) {
    fhrl_jet_scale(f->n, &F[i], parameter(f, "g"), &F[i]);
    fhrl_jet_add_scaled(f->n, &F[i], -1.0, &x[i]);
  }
  fhrl_jet_clears(f->n, rate);
}

static void ltc(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  const int n = f->n, inputs = f->s->dims.n_u;
  fhrl_jet gate[STATES], tau;
  fhrl_jet_inits(n, gate);
  fhrl_jet_init(&tau);
  fhrl_jet_constant(&tau, parameter(f, "tau"));
  fhrl_jet_matvec(n, n, n, matrix(f, "W"), x, gate);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < inputs; j++) {
      fhrl_jet_constant(w, f->s->u[j]);
      fhrl_jet_add_scaled(n, &gate[i], matrix(f, "U")[(size_t)i * inputs + j], w);
    }
    fhrl_jet_shift(&gate[i], matrix(f, "b")[i]);
    fhrl_jet_logistic(n, &gate[i], &gate[i]);
    fhrl_jet_divide(n, &F[i], &x[i], &tau);
    fhrl_jet_scale(n, &F[i], -1.0, &F[i]);
    fhrl_jet_scale(n, w, -1.0, &x[i]); // (A - x) f
    fhrl_jet_shift(w, matrix(f, "A")[i]);
    fhrl_jet_multiply(n, w, w, &gate[i]);
    fhrl_jet_add(n, &F[i], &F[i], w);
  }
  fhrl_jet_clears(n, gate);
  fhrl_jet_clear(&tau);
}

static const struct {
  const char *name;
  void (*value)(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w);
} textbooks[] = {{"lorenz", lorenz}, {"rossler", rossler}, {"van_der_pol", van_der_pol}, {"lotka_volterra", lotka_volterra},
  {"hopf", hopf}, {"henon_heiles", henon_heiles}, {"linear", linear}, {"random_rnn", random_rnn},
  {"ltc", ltc}};

static void textbook(const fhrl_ball_field *f, const fhrl_jet x[], fhrl_jet F[], fhrl_jet *w)
{
  for (int i = 0; i < FHRL_COUNT(textbooks); i++)
    if (strcmp(textbooks[i].name, f->s->model->name) == 0) textbooks[i].value(f, x, F, w);
}

// ---- fhrl, with A = Phi(y, u)/lambda; choices in the order of the model's own words

enum { DRIVE_TANH, DRIVE_FASTWEIGHT, DRIVE_NONE };
enum { H_RADIAL, H_REENTRY, H_GAIN, H_NONE };
enum { PHI_OUTER, PHI_NORMALIZED };

// out (d) = B u
static void drive_input(const fhrl_ball_field *f, fhrl_jet out[])
{
  fhrl_jet u[STATES];
  fhrl_jet_inits(f->n, u);
  for (int i = 0; i < f->n; i++) fhrl_jet_constant(&u[i], f->s->u ? f->s->u[i] : 0.0);
  fhrl_jet_matvec(f->n, f->n, f->n, matrix(f, "B"), u, out);
  fhrl_jet_clears(f->n, u);
}

// out (d) = B u + gamma W_r y
static void token(const fhrl_ball_field *f, const fhrl_jet y[], fhrl_jet out[])
{
  fhrl_jet back[STATES];
  fhrl_jet_inits(f->n, back);
  drive_input(f, out);
  fhrl_jet_matvec(f->n, f->n, f->n, matrix(f, "W_r"), y, back);
  for (int i = 0; i < f->n; i++) fhrl_jet_add_scaled(f->n, &out[i], parameter(f, "gamma"), &back[i]);
  fhrl_jet_clears(f->n, back);
}

// q := n(W x); not finite where W x may be as short as n() cares for
static void direction(const fhrl_ball_field *f, const char *name, const fhrl_jet x[], fhrl_jet q[])
{
  fhrl_jet norm;
  fhrl_jet_init(&norm);
  fhrl_jet_matvec(f->n, f->n, f->n, matrix(f, name), x, q);
  fhrl_jet_norm(f->n, f->n, q, &norm);
  if (fhrl_ball_low(norm.value) <= 1e-12) arb_zero_pm_inf(norm.value);
  for (int i = 0; i < f->n; i++) fhrl_jet_divide(f->n, &q[i], &q[i], &norm);
  fhrl_jet_clear(&norm);
}

// out (d) += A v with A = (eta/lambda) q k'
static void recall(const fhrl_ball_field *f, const fhrl_jet y[], const fhrl_jet v[], fhrl_jet out[])
{
  const int d = f->n;
  const double eta = parameter(f, "eta");
  fhrl_jet x[STATES], q[STATES], k[STATES], sum, w;
  if (eta == 0.0) return;
  fhrl_jet_inits(d, x);
  fhrl_jet_inits(d, q);
  fhrl_jet_inits(d, k);
  fhrl_jet_init(&sum);
  fhrl_jet_init(&w);
  if ((int)parameter(f, "memory") == PHI_NORMALIZED) {
    token(f, y, x);
    direction(f, "W_q", x, q);
    direction(f, "W_k", x, k);
  } else {
    for (int i = 0; i < d; i++) fhrl_jet_add_scaled(d, &q[i], 1.0, &y[i]);
    for (int i = 0; i < d; i++) fhrl_jet_add_scaled(d, &k[i], 1.0, &y[i]);
  }
  for (int i = 0; i < d; i++) add_product(d, &sum, eta, &k[i], &v[i], &w);
  fhrl_jet_constant(&w, parameter(f, "lambda"));
  fhrl_jet_divide(d, &sum, &sum, &w);
  for (int i = 0; i < d; i++) add_product(d, &out[i], 1.0, &q[i], &sum, &w);
  fhrl_jet_clears(d, x);
  fhrl_jet_clears(d, q);
  fhrl_jet_clears(d, k);
  fhrl_jet_clear(&sum);
  fhrl_jet_clear(&w);
}

// F (d) += f(y, u, A)
static void drive(const fhrl_ball_field *f, const fhrl_jet y[], fhrl_jet F[])
{
  const int d = f->n, kind = (int)parameter(f, "drive");
  fhrl_jet z[STATES], v[STATES];
  fhrl_jet_inits(d, z);
  fhrl_jet_inits(d, v);
  if (kind == DRIVE_TANH) {
    drive_input(f, z);
    fhrl_jet_matvec(d, d, d, matrix(f, "W"), y, v);
    for (int i = 0; i < d; i++) fhrl_jet_add(d, &z[i], &z[i], &v[i]);
    recall(f, y, y, z);
    for (int i = 0; i < d; i++) {
      fhrl_jet_tanh(d, &z[i], &z[i]);
      fhrl_jet_add(d, &F[i], &F[i], &z[i]);
    }
  } else if (kind == DRIVE_FASTWEIGHT) {
    token(f, y, z);
    fhrl_jet_matvec(d, d, d, matrix(f, "W_v"), z, v);
    recall(f, y, v, F);
  }
  fhrl_jet_clears(d, z);
  fhrl_jet_clears(d, v);
}

// h = s y or W_r (s y), with s written so that rho stands in it once: over a box that is tight.
//   radial, reentry   -kappa (rho - 1)/(rho + eps) = -kappa + kappa (1 + eps)/(rho + eps)
//   gain              1/(1 + beta (rho - 1)) - 1
static void homeostasis(const fhrl_ball_field *f, const fhrl_jet y[], fhrl_jet F[])
{
  const int d = f->n, kind = (int)parameter(f, "homeostasis");
  const double kappa = parameter(f, "kappa"), epsilon = parameter(f, "epsilon"), beta = parameter(f, "beta");
  fhrl_jet s, bottom, pull[STATES], turned[STATES];
  if (kind == H_NONE) return;
  fhrl_jet_init(&s);
  fhrl_jet_init(&bottom);
  fhrl_jet_inits(d, pull);
  fhrl_jet_inits(d, turned);
  fhrl_jet_norm(d, d, y, &bottom);
  if (kind == H_GAIN) {
    fhrl_jet_shift(&bottom, -1.0);
    fhrl_jet_scale(d, &bottom, beta, &bottom);
    fhrl_jet_shift(&bottom, 1.0);
    fhrl_jet_constant(&s, 1.0);
  } else {
    fhrl_jet_shift(&bottom, epsilon);
    fhrl_jet_constant(&s, 1.0);
    fhrl_jet_shift(&s, epsilon);
    fhrl_jet_scale(d, &s, kappa, &s);
  }
  fhrl_jet_divide(d, &s, &s, &bottom);
  fhrl_jet_shift(&s, kind == H_GAIN ? -1.0 : -kappa);
  for (int i = 0; i < d; i++) fhrl_jet_multiply(d, &pull[i], &s, &y[i]);
  if (kind == H_REENTRY) fhrl_jet_matvec(d, d, d, matrix(f, "W_r"), pull, turned);
  for (int i = 0; i < d; i++) fhrl_jet_add(d, &F[i], &F[i], kind == H_REENTRY ? &turned[i] : &pull[i]);
  fhrl_jet_clear(&s);
  fhrl_jet_clear(&bottom);
  fhrl_jet_clears(d, pull);
  fhrl_jet_clears(d, turned);
}

static void fhrl(const fhrl_ball_field *f, const fhrl_jet y[], fhrl_jet F[])
{
  for (int i = 0; i < f->n; i++) fhrl_jet_constant(&F[i], 0.0);
  for (int i = 0; i < f->n; i++) fhrl_jet_add_scaled(f->n, &F[i], -1.0, &y[i]);
  drive(f, y, F);
  homeostasis(f, y, F);
}

static fhrl_status refuse_fhrl(fhrl_ball_field *f, fhrl_err *err)
{
  const int kind = (int)parameter(f, "homeostasis");
  const double epsilon = parameter(f, "epsilon"), kappa = parameter(f, "kappa");
  f->n = (int)parameter(f, "d");
  f->eliminated = parameter(f, "eta") == 0.0 ? "A = 0" : "A = Phi(y, u)/lambda";
  if (parameter(f, "lambda") == 0.0)
    return fhrl_fail(err, FHRL_ARG, "no proof for fhrl with lambda = 0: then every A rests, or none");
  const int soft = kind == H_RADIAL || kind == H_REENTRY;
  f->jumps = (soft && epsilon == 0.0 && kappa > 0.0) || (kind == H_GAIN && parameter(f, "beta") == 1.0);
  if (f->jumps && kind == H_REENTRY)
    return fhrl_fail(err, FHRL_ARG, "no proof for fhrl with reentry homeostasis and epsilon = 0: the field jumps at y = 0");
  if (f->jumps) f->kink = "the field jumps at y = 0, which is no equilibrium: a ball around it is excluded by |h| > |f| + |y|";
  else if (kind != H_NONE) f->kink = "|y| has a kink at y = 0: its generalised gradient, the unit ball, serves there";
  return FHRL_OK;
}

// Where the field jumps, |h| is at least `pull` in 0 < |y| <= radius, and all the rest must stay below it.
int fhrl_ball_field_leaves_origin(const fhrl_ball_field *f, double radius)
{
  const int d = f->n;
  const double kappa = (int)parameter(f, "homeostasis") == H_GAIN ? 1.0 : parameter(f, "kappa");
  const double reach = 1.000001 * radius; // against rounding
  fhrl_jet y[STATES], F[STATES];
  arb_t box;
  fhrl_jet_inits(d, y);
  fhrl_jet_inits(d, F);
  arb_init(box);
  fhrl_ball_interval(box, -reach, reach);
  for (int i = 0; i < d; i++) fhrl_jet_variable(&y[i], box, i);
  drive(f, y, F);
  double square = 0.0;
  for (int i = 0; i < d; i++) square += fhrl_ball_size(F[i].value) * fhrl_ball_size(F[i].value);
  const int leaves = sqrt(square) * 1.000001 + reach < kappa * (1.0 - reach);
  arb_clear(box);
  fhrl_jet_clears(d, y);
  fhrl_jet_clears(d, F);
  return leaves;
}

// ---- the interface

static const field_model split_form = {fhrl}, plain = {with_work};

fhrl_status fhrl_ball_field_init(fhrl_ball_field *f, const fhrl_system *s, fhrl_err *err)
{
  const char *name = s->model->name;
  *f = (fhrl_ball_field){.s = s, .n = s->n};
  if (strcmp(name, "fhrl") == 0) {
    f->model = &split_form;
    FHRL_TRY(refuse_fhrl(f, err));
  }
  for (int i = 0; i < FHRL_COUNT(textbooks); i++)
    if (strcmp(textbooks[i].name, name) == 0) f->model = &plain;
  if (f->model == NULL)
    return fhrl_fail(err, FHRL_ARG, "no proof for %s: its right-hand side is not written in balls; allowed: fhrl lorenz rossler "
                                    "van_der_pol lotka_volterra hopf henon_heiles linear random_rnn ltc", name);
  if (f->n > STATES)
    return fhrl_fail(err, FHRL_ARG, "no proof for %s with %d free states: boxes cover at most %d", name, f->n, STATES);
  return FHRL_OK;
}

void fhrl_ball_field_value(const fhrl_ball_field *f, const arb_struct x[], fhrl_jet F[])
{
  fhrl_jet variable[STATES];
  fhrl_jet_inits(f->n, variable);
  for (int i = 0; i < f->n; i++) fhrl_jet_variable(&variable[i], &x[i], i);
  f->model->value(f, variable, F);
  fhrl_jet_clears(f->n, variable);
}
