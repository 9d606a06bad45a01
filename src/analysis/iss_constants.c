// SPDX-License-Identifier: GPL-3.0-or-later
// iss_constants: the numbers that the inequalities speak of, from the model's own parameters and matrices
#include "analysis/iss_constants.h"

#include <float.h>
#include <stdlib.h>

#include "analysis/iss_front.h"
#include "analysis/metrics.h"
#include "analysis/verified.h"
#include "base/dense.h"

// The matrix of that name and its shape; NULL if the model has none.
static const double *matrix(const fhrl_iss_view *v, const char *name, fhrl_shape *shape)
{
  const int i = fhrl_system_matrix(v->s->model, name);
  if (i < 0) return NULL;
  *shape = v->s->dims.matrix[i];
  return shape->rows > 0 && shape->cols > 0 ? v->s->m[i] : NULL;
}

static fhrl_status norm_of(const fhrl_iss_view *v, const char *name, double *out, fhrl_err *err)
{
  fhrl_shape k = {0, 0};
  const double *M = matrix(v, name, &k);
  return M ? fhrl_verified_norm(k.rows, k.cols, M, out, err) : FHRL_OK;
}

static fhrl_status norm_of_product(const fhrl_iss_view *v, const char *left, const char *right, double *out, fhrl_err *err)
{
  fhrl_shape k = {0, 0}, l = {0, 0};
  const double *M = matrix(v, left, &k), *N = matrix(v, right, &l);
  if (M == NULL || N == NULL) return FHRL_OK;
  return fhrl_verified_norm_product(k.rows, k.cols, l.cols, M, N, out, err);
}

// mu, mu_high, re_min, and whether W_r is a multiple of the identity.
static fhrl_status reentry_spectrum(const fhrl_iss_view *v, fhrl_iss_constants *k, fhrl_err *err)
{
  fhrl_shape shape = {0, 0};
  const double *W = matrix(v, "W_r", &shape);
  if (W == NULL || shape.rows != v->d || shape.cols != v->d) return FHRL_OK;
  const int d = v->d;
  double *re = malloc(2 * (size_t)d * sizeof *re);
  if (re == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the spectrum of W_r");
  int scalar = 1;
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) scalar &= W[(size_t)i * d + j] == (i == j ? W[0] : 0.0);
  fhrl_status status = fhrl_verified_symmetric(d, W, &k->mu, &k->mu_high, err);
  if (status == FHRL_OK) status = fhrl_dense_eigenvalues(d, W, re, re + d, err);
  if (status == FHRL_OK) k->re_min = re[d - 1];
  if (scalar) k->wr_scalar = W[0];
  free(re);
  return status;
}

static double zero_if_negative(double x) { return x > 0.0 ? x : 0.0; }

// The radius that leak and homeostasis alone attract to [theory 3b, 3e, 3f].
static void find_radius(const fhrl_iss_view *v, fhrl_iss_constants *k)
{
  const double w = k->wr_scalar, kappa_w = v->kappa * w;
  switch (v->home) {
  case FHRL_ISS_HOME_RADIAL: k->rho_star = zero_if_negative((v->kappa - v->epsilon) / (1.0 + v->kappa)); break;
  case FHRL_ISS_HOME_NONE: k->rho_star = 0.0; break;
  case FHRL_ISS_HOME_GAIN: k->rho_star = zero_if_negative(1.0 - 0.5 / v->beta); break;
  case FHRL_ISS_HOME_REENTRY:
    if (kappa_w > -1.0) k->rho_star = zero_if_negative((kappa_w - v->epsilon) / (1.0 + kappa_w));
    else
      k->rho_star_reason = isnan(w) ? "W_r is no multiple of the identity: the homeostasis acts on directions, not on "
                                      "the radius alone"
                                    : "kappa W_r <= -1: the origin attracts below rho_c, infinity above it";
    if (kappa_w < -1.0) k->rho_c = (v->epsilon - kappa_w) / (-kappa_w - 1.0);
    break;
  default: k->rho_star_reason = "the gain of this model acts on |w|, which the radius does not fix"; break;
  }
}

// What is to bound something is rounded up, by more than the few roundings that it took.
static double raised(double x) { return x * (1.0 + 8.0 * DBL_EPSILON); }

// The least double that is no less than sqrt(d).
static double root_above(int d)
{
  double x = sqrt(d);
  while (fma(x, x, -(double)d) < 0.0) x = nextafter(x, HUGE_VAL);
  return x;
}

// Bounds in the end on |A|_F [theory 3g] and on yhat'f.
static void find_bounds(const fhrl_iss_view *v, double u_bar, fhrl_iss_constants *k)
{
  k->u_bar = u_bar;
  k->drive_sup = v->drive == FHRL_ISS_DRIVE_NONE ? 0.0 : v->drive == FHRL_ISS_DRIVE_TANH ? root_above(v->d) : FHRL_NAN;
  k->A_bar = v->n_A > 0 ? HUGE_VAL : 0.0;
  if (v->n_A == 0 || !(v->lambda > 0.0)) return;
  if (v->memory == FHRL_ISS_MEMORY_NORMALIZED) k->A_bar = raised(v->eta / v->lambda);
  if (v->memory == FHRL_ISS_MEMORY_OUTER && v->home == FHRL_ISS_HOME_RADIAL && !isnan(k->drive_sup)) {
    const double rho = (v->kappa * (1.0 + v->epsilon) + k->drive_sup) / (1.0 + v->kappa); // 3c's bound from all starts
    k->A_bar = raised(v->eta * rho * rho / v->lambda);
  }
}

void fhrl_iss_constants_sector(const fhrl_iss_view *v, const fhrl_iss_choice *choice, double s, fhrl_iss_constants *k)
{
  k->s = FHRL_NAN;
  k->a_f = k->b_A = k->b_u = 0.0;
  if (choice->sector == FHRL_ISS_SECTOR_GIVEN) {
    k->a_f = choice->a_f;
    k->b_A = choice->b_A;
    k->b_u = choice->b_u;
  } else if (v->drive == FHRL_ISS_DRIVE_TANH) {
    const int naive = choice->sector == FHRL_ISS_SECTOR_NAIVE;
    if (!naive) k->s = s;
    k->a_f = naive ? k->W : k->W + s; // (2)
    k->b_A = naive ? 1.0 : raised(k->drive_sup / (4.0 * (k->a_f - k->W)));
    k->b_u = k->B;
  } else if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT) { // (3)
    k->a_f = raised(k->A_bar * fabs(v->gamma) * k->WvWr);
    k->b_u = raised(k->A_bar * k->WvB);
  }
}

// S17 by the paper's recipe, and its repair.
static void young(const fhrl_iss_view *v, const fhrl_iss_choice *choice, double delta, fhrl_iss_constants *k)
{
  const double damping = v->kappa / (1.0 + v->epsilon);
  k->delta = delta;
  k->c = 1.0 + damping - k->a_f - 1.5 * delta; // (4)
  k->c_0 = (1.0 + k->a_f) * (1.0 + k->a_f) / (2.0 * delta) + damping;
  k->c_A = k->S17_A = k->b_A * k->b_A / (2.0 * delta);
  k->c_u = k->S17_u = k->b_u * k->b_u / (2.0 * delta);
  k->S17_f = k->a_f == 0.0 && k->b_A == 0.0 && k->b_u == 0.0 ? 0.0 : k->a_f + delta;
  k->S22_c = choice->rate > 0.0 ? choice->rate : 1.0 + damping - k->S17_f;
}

static void bounded(const fhrl_iss_view *v, double delta, fhrl_iss_constants *k)
{
  const double damping = v->kappa / (1.0 + v->epsilon), F = k->drive_sup;
  k->c = 1.0 + damping - 0.5 * delta; // (5)
  k->c_0 = (1.0 + F) * (1.0 + F) / (2.0 * delta) + damping;
  k->c_A = k->c_u = 0.0;
  k->bounded = 1;
}

static double ultimate(const fhrl_iss_constants *k)
{
  const double A = k->c_A > 0.0 ? k->c_A * k->A_bar * k->A_bar : 0.0;
  return k->c > 0.0 ? (k->c_0 + A + k->c_u * k->u_bar * k->u_bar) / k->c : HUGE_VAL;
}

static void keep_better(const fhrl_iss_constants *k, double *least, fhrl_iss_constants *best)
{
  const double bound = ultimate(k);
  if (!(bound < *least)) return;
  *least = bound;
  *best = *k;
}

// s and delta on a grid over all that leaves c > 0; without any, moderate ones for S16 and S17 alone.
static void choose(const fhrl_iss_view *v, const fhrl_iss_choice *choice, fhrl_iss_constants *k)
{
  enum { GRID = 300 };
  const int free_s = choice->sector == FHRL_ISS_SECTOR_BEST && v->drive == FHRL_ISS_DRIVE_TANH;
  const double all = 1.0 + v->kappa / (1.0 + v->epsilon), room = all - (free_s ? k->W : 0.0);
  fhrl_iss_constants best = *k;
  double least = HUGE_VAL;
  for (int i = 1; i <= (free_s ? GRID : 1) && room > 0.0; i++) {
    fhrl_iss_constants_sector(v, choice, room * i / (GRID + 1.0), k);
    const double left = all - k->a_f;
    for (int j = 1; j <= GRID && left > 0.0; j++) {
      young(v, choice, choice->delta > 0.0 ? choice->delta : left / 1.5 * j / (GRID + 1.0), k);
      keep_better(k, &least, &best);
    }
  }
  if (!isfinite(least)) {
    fhrl_iss_constants_sector(v, choice, 0.5, k);
    young(v, choice, choice->delta > 0.0 ? choice->delta : 0.1, k);
    best = *k;
    best.c = best.c_0 = best.c_A = best.c_u = FHRL_NAN;
  }
  *k = best;
  for (int j = 1; j <= GRID && choice->sector == FHRL_ISS_SECTOR_BEST && !isnan(k->drive_sup); j++) {
    bounded(v, 2.0 * all * j / (GRID + 1.0), k);
    keep_better(k, &least, &best);
  }
  *k = best;
}

fhrl_status fhrl_iss_constants_find(const fhrl_iss_view *v, const fhrl_iss_choice *choice, double u_bar,
  fhrl_iss_constants *out, fhrl_err *err)
{
  const double none = FHRL_NAN;
  fhrl_iss_constants k = {.choice = *choice, .drive = v->drive, .rho_star = none, .W = none, .B = none, .WvB = none, .WvWr = none, .Wv = none, .bv = none, .mu = none, .mu_high = none, .re_min = none,
    .wr_scalar = none, .rho_c = none, .a_f = none, .b_A = none, .b_u = none, .s = none, .delta = none, .S17_f = none,
    .S17_A = none, .S17_u = none, .S22_c = none, .c = none, .c_0 = none, .c_A = none, .c_u = none};
  if (v->drive == FHRL_ISS_DRIVE_TANH) {
    FHRL_TRY(norm_of(v, "W", &k.W, err));
    FHRL_TRY(norm_of(v, "B", &k.B, err));
  }
  if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT) {
    FHRL_TRY(norm_of_product(v, "W_v", "B", &k.WvB, err));
    FHRL_TRY(norm_of_product(v, "W_v", "W_r", &k.WvWr, err));
  }
  if (v->home == FHRL_ISS_HOME_LAYER) {
    FHRL_TRY(norm_of(v, "W_v", &k.Wv, err));
    FHRL_TRY(norm_of(v, "b_v", &k.bv, err));
    FHRL_TRY(norm_of_product(v, "W_v", "W_r", &k.WvWr, err));
  }
  if (v->home == FHRL_ISS_HOME_REENTRY) FHRL_TRY(reentry_spectrum(v, &k, err));
  find_radius(v, &k);
  find_bounds(v, u_bar, &k);
  if (choice->sector == FHRL_ISS_SECTOR_GIVEN || v->drive == FHRL_ISS_DRIVE_NONE) k.sector_reason = NULL;
  else if (v->drive == FHRL_ISS_DRIVE_OTHER)
    k.sector_reason = "this model's drive is none of theory 3d; constants may be given: iss.sector = given";
  else if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && choice->sector == FHRL_ISS_SECTOR_NAIVE)
    k.sector_reason = "there are no naive constants for f = A W_v (B u + gamma W_r y)";
  else if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && !isfinite(k.A_bar))
    k.sector_reason = "f = A W_v (B u + gamma W_r y) is bilinear: doubling A, y and u quadruples it, so no constants exist";
  if (k.sector_reason == NULL && !isnan(v->kappa)) choose(v, choice, &k);
  if (v->home == FHRL_ISS_HOME_RADIAL) fhrl_iss_front_find(v, choice, &k);
  if (v->home != FHRL_ISS_HOME_RADIAL) k.c = k.c_0 = k.c_A = k.c_u = FHRL_NAN; // (4) is derived for this one
  if (v->home != FHRL_ISS_HOME_RADIAL && v->home != FHRL_ISS_HOME_REENTRY) k.S22_c = FHRL_NAN;
  *out = k;
  return FHRL_OK;
}

// Where the sector's constants come from: a_f, b_A, b_u.
static const char *sector_source(const fhrl_iss_constants *k, int which)
{
  static const char *const given[] = {"given: iss.a_f", "given: iss.b_A", "given: iss.b_u"};
  static const char *const best[] = {"norm_W + s", "sqrt(d)/(4 s)", "norm_B"}, *const naive[] = {"norm_W, naive", "1, naive", "norm_B"};
  static const char *const fast[] = {"A_bar |gamma| norm_WvWr", "0", "A_bar norm_WvB"}, *const none[] = {"0: no drive", "0: no drive", "0: no drive"};
  if (k->choice.sector == FHRL_ISS_SECTOR_GIVEN) return given[which];
  if (k->drive == FHRL_ISS_DRIVE_FASTWEIGHT) return fast[which];
  if (k->drive == FHRL_ISS_DRIVE_TANH) return (k->choice.sector == FHRL_ISS_SECTOR_NAIVE ? naive : best)[which];
  return none[which];
}

int fhrl_iss_constants_at(const fhrl_iss_constants *k, int i, const char **name, double *value, const char **source)
{
  const struct {
    const char *name;
    double value;
    const char *source;
  } all[] = {
    {"drive_sup", k->drive_sup, "sup yhat'f: sqrt(d) for tanh, 0 for none"},
    {"norm_W", k->W, "largest singular value of W, bounded above in ball arithmetic"},
    {"norm_B", k->B, "largest singular value of B, bounded above in ball arithmetic"},
    {"norm_Wv", k->Wv, "largest singular value of W_v, bounded above in ball arithmetic"},
    {"norm_bv", k->bv, "|b_v|, bounded above in ball arithmetic"},
    {"norm_WvB", k->WvB, "largest singular value of W_v B, bounded above in ball arithmetic"},
    {"norm_WvWr", k->WvWr, "largest singular value of W_v W_r, bounded above in ball arithmetic"},
    {"mu", k->mu, "least eigenvalue of (W_r + W_r')/2, bounded below in ball arithmetic"},
    {"mu_high", k->mu_high, "largest eigenvalue of (W_r + W_r')/2, bounded above in ball arithmetic"},
    {"re_min", k->re_min, "least real part of an eigenvalue of W_r"},
    {"rho_c", k->rho_c, "(kappa m + eps)/(kappa m - 1), W_r = -m 1: above it the radius grows if f = 0"},
    {"A_bar", k->A_bar, "bound in the end on |A|_F, theory 3g"},
    {"u_bar", k->u_bar, "largest |u| of the input over the time looked at"},
    {"a_f", k->a_f, sector_source(k, 0)},
    {"b_A", k->b_A, sector_source(k, 1)},
    {"b_u", k->b_u, sector_source(k, 2)},
    {"s", k->s, "splits |A y|: a_f = |W| + s, b_A = sqrt(d)/(4 s)"},
    {"delta", k->delta, k->choice.delta > 0.0 ? "given: iss.delta" : "Young's constant, of the least bound on V in the end"},
    {"S17_c_f", k->S17_f, "a_f + delta"},
    {"S17_c_A", k->S17_A, "b_A^2/(2 delta)"},
    {"S17_c_u", k->S17_u, "b_u^2/(2 delta)"},
    {"S22_c", k->S22_c, k->choice.rate > 0.0 ? "given: iss.c" : "1 + kappa/(1+eps) - S17_c_f"},
    {"c", k->c, k->bounded ? "1 + kappa/(1+eps) - delta'/2, the drive bounded" : "theory 3d: 1 + kappa/(1+eps) - a_f - 3 delta/2"},
    {"c_0", k->c_0, k->bounded ? "(1+F)^2/(2 delta') + kappa/(1+eps), F = drive_sup" : "theory 3d: (1+a_f)^2/(2 delta) + kappa/(1+eps)"},
    {"c_A", k->c_A, k->bounded ? "0, the drive bounded" : "theory 3d: b_A^2/(2 delta)"},
    {"c_u", k->c_u, k->bounded ? "0, the drive bounded" : "theory 3d: b_u^2/(2 delta)"},
    {"V_ultimate", 0.5 * ultimate(k), "theory 3d: (c_0 + c_A A_bar^2 + c_u u_bar^2)/(2 c) bounds V in the end"},
    {"tight_c", k->tight.c > 0.0 ? k->tight.c : FHRL_NAN, "of the least bound on V in the end, among the front"},
    {"tight_c_0", k->tight.c > 0.0 ? k->tight.c_0 : FHRL_NAN, k->tight.bounded ? "sup of -e + F |e| - (1 + kappa_rho - c) e^2" : "sup of -e + a_f |e| rho - (1 + kappa_rho - c - (delta_A + delta_u)/2) e^2"},
    {"tight_c_A", k->tight.c > 0.0 ? k->tight.c_A : FHRL_NAN, k->tight.bounded ? "0, the drive bounded" : "b_A^2/(2 delta_A)"},
    {"tight_c_u", k->tight.c > 0.0 ? k->tight.c_u : FHRL_NAN, k->tight.bounded ? "0, the drive bounded" : "b_u^2/(2 delta_u)"},
    {"tight_V_ultimate", k->tight.c > 0.0 ? k->tight.V_ultimate : FHRL_NAN, "(c_0 + c_A A_bar^2 + c_u u_bar^2)/(2 c) of these"},
  };
  for (int j = 0; j < FHRL_COUNT(all); j++)
    if (isfinite(all[j].value) && i-- == 0) {
      *name = all[j].name;
      *value = all[j].value;
      *source = all[j].source;
      return 1;
    }
  return 0;
}
