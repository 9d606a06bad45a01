// SPDX-License-Identifier: GPL-3.0-or-later
// iss_certify: which of the claims are proved, in ball arithmetic, of the argument in scalars (iss_reduced.h), and where
#include "analysis/iss_certify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/branch.h"
#include "analysis/iss_reduced.h"
#include "analysis/metrics.h"
#include "analysis/verified.h"
#include "base/dense.h"

static const double slack = 1e-9; // 3c: (1+kappa) rho/(rho+eps) >= (1 - slack) kappa~, whose margin vanishes at rho_min
static const char everywhere[] = "every state";

typedef struct work {
  const fhrl_iss_frame *f;
  const fhrl_iss_ground *ground;
  fhrl_reckon r;
  fhrl_iss_proof *out;
} work;

static void constant(work *w, const char *name, double value)
{
  fhrl_iss_proof *p = w->out;
  if (p->constants == FHRL_ISS_PROOF_CONSTANTS || isnan(value)) return;
  p->constant[p->constants].name = name;
  p->constant[p->constants++].value = value;
}

static void proved(work *w, const char *method, const char *form, const char *region)
{
  w->out->method = method;
  snprintf(w->out->form, sizeof w->out->form, "%s", form);
  snprintf(w->out->region, sizeof w->out->region, "%s", region);
}

static int not_negative(arb_srcptr x) { return arb_is_nonnegative(x); }

// ---- identities: a polynomial in rho that has to vanish

// Upper bound of |p(rho)| for 0 <= rho <= most.
static double size_of(fhrl_reckon *r, const arb_srcptr p[], int degree, double most)
{
  arb_srcptr sum = exactly(r, 0.0);
  for (int k = degree; k >= 0; k--) sum = plus(r, times(r, sum, exactly(r, most)), magnitude(r, p[k]));
  return fhrl_ball_high(sum);
}

// kappa, eps, 1 + kappa, rho* = (kappa - eps)/(1 + kappa)
typedef struct letters {
  arb_srcptr zero, one, kappa, eps, all, star;
} letters;

static letters spell(work *w)
{
  fhrl_reckon *r = &w->r;
  letters l = {.zero = exactly(r, 0.0), .one = exactly(r, 1.0), .kappa = exactly(r, w->f->v->kappa),
    .eps = exactly(r, w->f->v->epsilon)};
  l.all = plus(r, l.one, l.kappa);
  l.star = over(r, minus(r, l.kappa, l.eps), l.all);
  return l;
}

// V'(rho) = rho - 1 of V = (rho-1)^2/2, multiplied out and differentiated: (rho^2/2 - rho + 1/2)'.
static fhrl_status s13(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  arb_srcptr half = exactly(r, 0.5), two = exactly(r, 2.0), one = exactly(r, 1.0);
  const arb_srcptr p[] = {plus(r, negative(r, one), one), minus(r, times(r, two, half), one)};
  w->out->residual = size_of(r, p, 1, w->ground->rho_max);
  proved(w, "identity", "V'(rho) - (rho - 1) = 0, so dV/dt = e d rho/dt with d rho/dt = yhat'dy/dt", everywhere);
  return FHRL_OK;
}

static fhrl_status s14(work *w, fhrl_err *err)
{
  if (!fhrl_iss_reduced_knows(w->f->v)) return FHRL_OK;
  w->out->residual = 0.0;
  proved(w, "identity", "d rho/dt = -rho + yhat'f + yhat'h, for yhat'(-y) = -rho", everywhere);
  return FHRL_OK;
}

// radial: e (-kappa rho e) + kappa rho e^2, over rho + eps. reentry: the same with q <= mu_high, so q >= 1 is asked.
static fhrl_status s20(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_view *v = w->f->v;
  if (v->home == FHRL_ISS_HOME_RADIAL) {
    const letters l = spell(w);
    arb_srcptr off = minus(r, l.kappa, l.kappa), two = exactly(r, 2.0);
    const arb_srcptr p[] = {l.zero, off, times(r, two, off), off};
    w->out->residual = size_of(r, p, 3, w->ground->rho_max);
    proved(w, "identity", "e yhat'h = -kappa rho/(rho+eps) e^2", everywhere);
  } else if (v->home == FHRL_ISS_HOME_REENTRY && w->f->k->mu >= 1.0) {
    w->out->margin = 0.0;
    proved(w, "factored", "rhs - lhs = kappa' e^2 (yhat'W_r yhat - 1) >= 0, for mu >= 1", everywhere);
    constant(w, "mu", w->f->k->mu);
  }
  return FHRL_OK;
}

// -(rho+eps) - kappa (rho-1) + (1+kappa)(rho-rho*) = 0: then (2) is the right side of 3b
static double recentring(work *w, const letters *l)
{
  fhrl_reckon *r = &w->r;
  const arb_srcptr p[] = {minus(r, minus(r, l->kappa, l->eps), times(r, l->all, l->star)),
    minus(r, l->all, plus(r, l->one, l->kappa))};
  return size_of(r, p, 1, w->ground->rho_max);
}

static fhrl_status radius(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  // the first integral: eps (rho-rho*) - (eps+rho*) rho + rho* (rho+eps) = 0
  const arb_srcptr p[] = {minus(r, times(r, l.star, l.eps), times(r, l.eps, l.star)),
    plus(r, minus(r, l.eps, plus(r, l.eps, l.star)), l.star)};
  const double integral = size_of(r, p, 1, w->ground->rho_max);
  w->out->residual = fmax(recentring(w, &l), integral);
  constant(w, "rho_star", w->f->k->rho_star);
  proved(w, "identity", "-(rho+eps) - kappa (rho-1) + (1+kappa)(rho-rho*) = 0; the first integral's derivative is that of "
                        "(1+kappa) t: eps (rho-rho*) - (eps+rho*) rho + rho* (rho+eps) = 0", everywhere);
  return FHRL_OK;
}

static fhrl_status recentred(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  const double off = recentring(w, &l);
  arb_srcptr reach = plus(r, exactly(r, w->ground->rho_max), magnitude(r, l.star));
  w->out->residual = fhrl_ball_high(times(r, exactly(r, off), reach)); // times rho/(rho+eps) <= 1 and |rho - rho*|
  constant(w, "rho_star", w->f->k->rho_star);
  proved(w, "identity", "(rho-rho*) rho/(rho+eps) [-(rho+eps) - kappa (rho-1) + (1+kappa)(rho-rho*)] = 0, for every yhat'f",
    everywhere);
  return FHRL_OK;
}

// ---- 3c: the decay

typedef struct decay {
  const fhrl_iss_view *v;
  double rate;
} decay;

static arb_srcptr decay_margin(const void *context, fhrl_reckon *r, const arb_struct x[])
{
  const decay *d = context;
  arb_srcptr one = exactly(r, 1.0), eps = exactly(r, d->v->epsilon), all = plus(r, one, exactly(r, d->v->kappa));
  if (d->v->epsilon == 0.0) return minus(r, all, exactly(r, d->rate));
  return minus(r, times(r, all, minus(r, one, over(r, eps, plus(r, &x[0], eps)))), exactly(r, d->rate));
}

static fhrl_status recentred_decay(work *w, fhrl_err *err)
{
  const fhrl_iss_view *v = w->f->v;
  const fhrl_iss_ground *g = w->ground;
  const double least = g->rho_min, full = (1.0 + v->kappa) * least / (least + v->epsilon);
  const decay d = {v, (1.0 - slack) * full};
  const double star = (v->kappa - v->epsilon) / (1.0 + v->kappa);
  fhrl_branch b;
  FHRL_TRY(fhrl_branch_prove(decay_margin, &d, 1, &least, &g->rho_max, 0.0, g->boxes, g->stop, &b, err));
  if (b.end != FHRL_BRANCH_PROVED || !(d.rate > 0.0)) return FHRL_OK;
  const letters l = spell(w);
  char region[FHRL_ISS_PROOF_TEXT];
  const double inflow = full * (star - least), F = w->f->k->drive_sup;
  snprintf(region, sizeof region, "while %.6g <= rho <= %.6g%s", least, g->rho_max,
    F * (1.0 + slack) <= inflow && F * (1.0 + slack) < (1.0 + v->kappa) * (g->rho_max - star) * g->rho_max / (g->rho_max + v->epsilon)
      ? "; rho stays there: F <= (1+kappa) rho_min (rho*-rho_min)/(rho_min+eps)" : "");
  w->out->boxes = b.boxes;
  w->out->margin = b.least;
  w->out->residual = recentring(w, &l);
  constant(w, "rho_min", least);
  constant(w, "rho_max", g->rho_max);
  constant(w, "kappa_tilde", d.rate);
  constant(w, "drive_sup", F);
  constant(w, "drive_sup_allowed", inflow); // up to it rho stays above rho_min
  proved(w, "branch and bound", "(1+kappa) rho/(rho+eps) - (1-1e-9) kappa~ >= 0, kappa~ = (1+kappa) rho_min/(rho_min+eps)", region);
  return FHRL_OK;
}

// F of (5) is no less than sqrt(d), in balls.
static int drive_is_bounded(work *w)
{
  const fhrl_iss_view *v = w->f->v;
  if (v->drive != FHRL_ISS_DRIVE_TANH) return v->drive == FHRL_ISS_DRIVE_NONE;
  fhrl_reckon *r = &w->r;
  return not_negative(minus(r, square(r, exactly(r, w->f->k->drive_sup)), exactly(r, v->d)));
}

// kappa [(1+eps)(rho+eps) - rho (rho+eps) + rho (rho-1)] = kappa eps (1+eps)
static fhrl_status ultimate(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  const int known = !isnan(w->f->k->drive_sup);
  if (known && !drive_is_bounded(w)) return FHRL_OK;
  arb_srcptr soft = plus(r, l.one, l.eps), factor = times(r, times(r, l.kappa, l.eps), soft);
  const arb_srcptr p[] = {minus(r, times(r, l.kappa, times(r, soft, l.eps)), factor),
    times(r, l.kappa, minus(r, minus(r, soft, l.eps), l.one)), minus(r, l.kappa, l.kappa)};
  w->out->residual = size_of(r, p, 2, w->ground->rho_max);
  if (!not_negative(factor)) return FHRL_OK;
  w->out->margin = fhrl_ball_low(factor);
  constant(w, "drive_sup", w->f->k->drive_sup);
  constant(w, "factor", w->out->margin);
  proved(w, "factored", "-(1+kappa) rho + kappa (1+eps) + F - d rho/dt = kappa eps (1+eps)/(rho+eps) + (F - yhat'f) >= 0",
    known ? everywhere : "every state; F is that of the orbit");
  return FHRL_OK;
}

// ---- 3d

// The constants of (S16) bound the drive: 4 b_A (a_f - |W|) >= sqrt(d), b_u >= |B| for `tanh`.
static int sector_is_proved(work *w)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_view *v = w->f->v;
  const fhrl_iss_constants *k = w->f->k;
  if (v->drive == FHRL_ISS_DRIVE_NONE) return k->a_f >= 0.0 && k->b_A >= 0.0 && k->b_u >= 0.0;
  if (v->drive == FHRL_ISS_DRIVE_TANH) {
    arb_srcptr s = minus(r, exactly(r, k->a_f), exactly(r, k->W));
    arb_srcptr square_ = times(r, times(r, exactly(r, 4.0), exactly(r, k->b_A)), s);
    return k->b_u >= k->B && not_negative(s) && not_negative(minus(r, square_, root(r, exactly(r, v->d))));
  }
  if (v->drive != FHRL_ISS_DRIVE_FASTWEIGHT || !isfinite(k->A_bar)) return 0;
  arb_srcptr A = exactly(r, k->A_bar), loop = times(r, exactly(r, fabs(v->gamma)), exactly(r, k->WvWr));
  return not_negative(minus(r, exactly(r, k->a_f), times(r, A, loop))) &&
         not_negative(minus(r, exactly(r, k->b_u), times(r, A, exactly(r, k->WvB))));
}

static fhrl_status s16(work *w, fhrl_err *err)
{
  const fhrl_iss_constants *k = w->f->k;
  if (!sector_is_proved(w)) return FHRL_OK;
  constant(w, "a_f", k->a_f);
  constant(w, "b_A", k->b_A);
  constant(w, "b_u", k->b_u);
  w->out->margin = 0.0;
  const int tanh_ = w->f->v->drive == FHRL_ISS_DRIVE_TANH, fast = w->f->v->drive == FHRL_ISS_DRIVE_FASTWEIGHT;
  constant(w, "norm_W", k->W);
  constant(w, "norm_B", k->B);
  if (fast) constant(w, "A_bar", k->A_bar);
  proved(w, "factored", tanh_ ? "s rho + K |A|/(4 s) - min(|A| rho, K) >= rho (s - |A|/2)^2/s or K (s - |A|/2)^2/(s |A|), with "
                                "s = a_f - |W|, K = 4 s b_A >= sqrt(d); b_u >= |B|"
                        : fast ? "a_f >= A_bar |gamma| |W_v W_r|, b_u >= A_bar |W_v B|" : "f = 0",
    fast ? "|A|_F <= A_bar" : everywhere);
  return FHRL_OK;
}

static fhrl_status s17(work *w, fhrl_err *err)
{
  const fhrl_iss_constants *k = w->f->k;
  if (w->f->v->drive != FHRL_ISS_DRIVE_NONE || k->S17_f < 0.0 || k->S17_A < 0.0 || k->S17_u < 0.0) return FHRL_OK;
  w->out->margin = 0.0;
  proved(w, "factored", "f = 0, and c_f, c_A, c_u >= 0", everywhere);
  return FHRL_OK;
}

typedef struct inequality {
  const fhrl_iss_frame *f;
  double c, c_0, c_A, c_u, a_f, b_A, b_u;
  int bounded;
} inequality;

// b^2/(4 c): what of e^2 completing the square of b |e| x - c x^2 takes; 0 without the term.
static arb_srcptr completed(fhrl_reckon *r, double b, double c)
{
  if (b == 0.0) return exactly(r, 0.0);
  return over(r, square(r, exactly(r, b)), times(r, exactly(r, 4.0), exactly(r, c)));
}

// Coefficient of e^2 in rhs - lhs without kappa_rho: 1 - c - b_A^2/(4 c_A) - b_u^2/(4 c_u)
static arb_srcptr stiffness(const inequality *q, fhrl_reckon *r)
{
  arb_srcptr left = minus(r, exactly(r, 1.0), exactly(r, q->c));
  if (q->bounded) return left;
  return minus(r, minus(r, left, completed(r, q->b_A, q->c_A)), completed(r, q->b_u, q->c_u));
}

// The least of rhs - lhs over every |A|, |u| >= 0, at rho = x[0]:
//   (1 + kappa_rho - c - ...) e^2 + e - |e| (a_f rho or F) + c_0
static arb_srcptr practical_margin(const void *context, fhrl_reckon *r, const arb_struct x[])
{
  const inequality *q = context;
  arb_srcptr e = minus(r, &x[0], exactly(r, 1.0)), kappa = fhrl_iss_reduced_kappa(q->f->v, r, &x[0]);
  arb_srcptr drive = q->bounded ? exactly(r, q->f->k->drive_sup) : times(r, exactly(r, q->a_f), &x[0]);
  arb_srcptr quadratic = times(r, plus(r, stiffness(q, r), kappa), square(r, e));
  return plus(r, minus(r, plus(r, quadratic, e), times(r, magnitude(r, e), drive)), exactly(r, q->c_0));
}

// Beyond rho = R >= 1, where kappa_rho >= kappa/(1+eps), the margin C e^2 + (1 - a) e + c_0 grows.
static int grows_beyond(work *w, const inequality *q, double R)
{
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  arb_srcptr C = plus(r, stiffness(q, r), over(r, l.kappa, plus(r, l.one, l.eps))), e = minus(r, exactly(r, R), l.one);
  const double a = q->bounded ? w->f->k->drive_sup : q->a_f;
  if (!q->bounded) C = minus(r, C, exactly(r, a));
  arb_srcptr slope = minus(r, l.one, exactly(r, a)), linear = times(r, slope, e);
  return arb_is_positive(C) && not_negative(plus(r, times(r, times(r, exactly(r, 2.0), C), e), slope)) &&
         not_negative(plus(r, plus(r, times(r, C, square(r, e)), linear), exactly(r, q->c_0)));
}

static fhrl_status prove_practical(work *w, const inequality *q, fhrl_err *err)
{
  const fhrl_iss_ground *g = w->ground;
  if (q->bounded ? !drive_is_bounded(w) : !sector_is_proved(w)) return FHRL_OK;
  if (!q->bounded && ((q->b_A > 0.0 && !(q->c_A > 0.0)) || (q->b_u > 0.0 && !(q->c_u > 0.0)))) return FHRL_OK;
  double low = 0.0, high = fmax(g->rho_max, 2.0);
  for (int i = 0; i < 20 && !grows_beyond(w, q, high); i++, forget(&w->r)) high *= 2.0;
  const int closed = grows_beyond(w, q, high);
  if (!closed) high = g->rho_max;
  fhrl_branch b;
  FHRL_TRY(fhrl_branch_prove(practical_margin, q, 1, &low, &high, 0.0, g->boxes, g->stop, &b, err));
  if (b.end != FHRL_BRANCH_PROVED) return FHRL_OK;
  char region[FHRL_ISS_PROOF_TEXT];
  const int fast = w->f->v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && !q->bounded;
  snprintf(region, sizeof region, closed ? "every rho (boxes to %.6g, beyond it the margin grows), %s, every u" : "rho <= %.6g, %s, every u",
    high, fast ? "|A|_F <= A_bar" : "every A");
  w->out->boxes = b.boxes;
  w->out->margin = b.least;
  constant(w, "c", q->c);
  constant(w, "c_0", q->c_0);
  constant(w, "c_A", q->c_A);
  constant(w, "c_u", q->c_u);
  if (q->bounded) constant(w, "drive_sup", w->f->k->drive_sup);
  else constant(w, "a_f", q->a_f);
  if (fast) constant(w, "A_bar", w->f->k->A_bar);
  proved(w, "branch and bound", q->bounded
    ? "(1 + kappa_rho - c) e^2 + e - F |e| + c_0 >= 0, kappa_rho = kappa rho/(rho+eps)"
    : "(1 + kappa_rho - c - b_A^2/(4 c_A) - b_u^2/(4 c_u)) e^2 + e - a_f rho |e| + c_0 >= 0, kappa_rho = kappa rho/(rho+eps)", region);
  return FHRL_OK;
}

static fhrl_status practical(work *w, fhrl_err *err)
{
  const fhrl_iss_constants *k = w->f->k;
  const inequality q = {w->f, k->c, k->c_0, k->c_A, k->c_u, k->a_f, k->b_A, k->b_u, k->bounded};
  return prove_practical(w, &q, err);
}

static fhrl_status practical_tight(work *w, fhrl_err *err)
{
  const fhrl_iss_tight *t = &w->f->k->tight;
  fhrl_iss_constants k = *w->f->k; // its sector is another one
  k.a_f = t->a_f;
  k.b_A = t->b_A;
  k.b_u = t->b_u;
  const fhrl_iss_frame f = {w->f->v, &k}, *own = w->f;
  const inequality q = {&f, t->c, t->c_0, t->c_A, t->c_u, t->a_f, t->b_A, t->b_u, t->bounded};
  w->f = &f;
  const fhrl_status status = prove_practical(w, &q, err);
  w->f = own;
  return status;
}

// ---- 3e

static fhrl_status reentry_dissipative(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  const double mu = w->f->k->mu;
  arb_srcptr whole = plus(r, l.one, times(r, l.kappa, exactly(r, mu)));
  if (!arb_is_positive(whole) || !drive_is_bounded(w)) return FHRL_OK;
  constant(w, "mu", mu);
  constant(w, "rate", fhrl_ball_low(lesser(r, l.one, whole)));
  constant(w, "drive_sup", w->f->k->drive_sup);
  w->out->margin = 0.0;
  proved(w, "factored", mu >= 0.0 ? "with s = (rho-1)/(rho+eps): 1 + kappa mu s - 1 = kappa mu s >= 0, so d rho/dt <= -rho + F for rho >= 1"
                                  : "with s = (rho-1)/(rho+eps): 1 + kappa mu s - (1 + kappa mu) = -kappa mu (1+eps)/(rho+eps) >= 0, so "
                                    "d rho/dt <= -(1 + kappa mu) rho + F for rho >= 1", everywhere);
  return FHRL_OK;
}

// P with P M + M'P = 1, M = 1 + kappa W_r, from its d^2 linear equations; symmetric to the last bit.
static fhrl_status lyapunov(int d, double kappa, const double W[], double P[], fhrl_err *err)
{
  const size_t n = (size_t)d * d;
  double *L = calloc(n * n + 2 * n, sizeof *L), *b = L + n * n, *x = b + n;
  if (L == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a Lyapunov equation of %d states", d);
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) { // (P M + M'P)_ij = sum_k P_ik M_kj + M_ki P_kj
      const size_t row = (size_t)i * d + j;
      for (int k = 0; k < d; k++) {
        L[row * n + (size_t)i * d + k] += kappa * W[(size_t)k * d + j] + (k == j);
        L[row * n + (size_t)k * d + j] += kappa * W[(size_t)k * d + i] + (k == i);
      }
      b[row] = i == j;
    }
  const fhrl_status status = fhrl_dense_solve((int)n, L, b, x, err);
  for (int i = 0; status == FHRL_OK && i < d; i++)
    for (int j = 0; j < d; j++) P[(size_t)i * d + j] = 0.5 * (x[(size_t)i * d + j] + x[(size_t)j * d + i]);
  free(L);
  return status;
}

// W_r = -m 1, f = 0: -(rho+eps) + kappa m (rho-1) = (kappa m - 1)(rho - rho_c), so that rho grows for ever beyond rho_c.
static fhrl_status divergence(work *w)
{
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  arb_srcptr km = negative(r, times(r, l.kappa, exactly(r, w->f->k->wr_scalar))), rest = minus(r, km, l.one);
  if (!arb_is_positive(rest)) return FHRL_OK;
  arb_srcptr rho_c = over(r, plus(r, km, l.eps), rest);
  const arb_srcptr p[] = {minus(r, times(r, rest, rho_c), plus(r, l.eps, km)), minus(r, minus(r, km, l.one), rest)};
  w->out->residual = size_of(r, p, 1, w->ground->rho_max);
  w->out->margin = fhrl_ball_low(rest);
  constant(w, "rho_c", w->f->k->rho_c);
  constant(w, "rho_c_high", fhrl_ball_high(rho_c));
  proved(w, "factored", "d rho/dt = (kappa m - 1) rho (rho - rho_c)/(rho + eps), W_r = -m 1: every start beyond rho_c diverges", everywhere);
  return FHRL_OK;
}

// Where every eigenvalue of 1 + kappa W_r lies right of 0 and |f| <= F, V = y'P y falls outside a ball:
//   dV/dt <= -q rho^2 + rho (2 kappa (1+eps) |P W_r| + 2 |P| F),  q <= P (1 + kappa W_r) + (1 + kappa W_r)'P.
static fhrl_status reentry_spectral(work *w, fhrl_err *err)
{
  enum { MOST = 20 };
  const fhrl_iss_view *v = w->f->v;
  const int at = fhrl_system_matrix(v->s->model, "W_r"), d = v->d;
  if (v->drive == FHRL_ISS_DRIVE_NONE && v->kappa * w->f->k->wr_scalar < -1.0) return divergence(w);
  if (at < 0 || d > MOST || !drive_is_bounded(w) || !(1.0 + v->kappa * w->f->k->re_min > 0.0)) return FHRL_OK;
  const double *W = v->s->m[at];
  double P[MOST * MOST], low, high, q, PW;
  fhrl_err none;
  if (lyapunov(d, v->kappa, W, P, &none) != FHRL_OK || fhrl_verified_symmetric(d, P, &low, &high, &none) != FHRL_OK ||
      fhrl_verified_lyapunov(d, v->kappa, W, P, &q, &none) != FHRL_OK ||
      fhrl_verified_norm_product(d, d, d, P, W, &PW, &none) != FHRL_OK || !(low > 0.0) || !(q > 0.0))
    return FHRL_OK;
  fhrl_reckon *r = &w->r;
  const letters l = spell(w);
  arb_srcptr two = exactly(r, 2.0), turn = times(r, times(r, l.kappa, plus(r, l.one, l.eps)), exactly(r, PW));
  arb_srcptr push = times(r, exactly(r, high), exactly(r, w->f->k->drive_sup));
  arb_srcptr R = over(r, times(r, two, plus(r, turn, push)), exactly(r, q));
  arb_srcptr stretch = root(r, over(r, exactly(r, high), exactly(r, low)));
  constant(w, "re_min", w->f->k->re_min);
  constant(w, "P_low", low);
  constant(w, "P_high", high);
  constant(w, "q", q);
  constant(w, "R", fhrl_ball_high(R));
  constant(w, "stretch", fhrl_ball_high(stretch));
  constant(w, "rho_ultimate", fhrl_ball_high(times(r, stretch, R)));
  w->out->margin = q;
  proved(w, "factored", "V = y'P y falls where rho > R = (2 kappa (1+eps) |P W_r| + 2 |P| F)/q, q <= P (1 + kappa W_r) + (1 + kappa W_r)'P: "
                        "rho(t) <= stretch max(rho_0, R)", everywhere);
  return FHRL_OK;
}

// ---- 3f, 3g

// 1/beta - s g(s) = (1-beta)/(beta (1 + beta (s-1))) >= 0
static fhrl_status gain_bound(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const int layer = w->f->v->home == FHRL_ISS_HOME_LAYER;
  arb_srcptr one = exactly(r, 1.0), beta = exactly(r, w->f->v->beta), rest = minus(r, one, beta);
  if (!arb_is_positive(beta) || !not_negative(rest) || (!layer && !drive_is_bounded(w))) return FHRL_OK;
  // (1 + beta (s-1)) - beta s - (1-beta) = 0
  const arb_srcptr p[] = {minus(r, minus(r, one, beta), rest), minus(r, beta, beta)};
  w->out->residual = size_of(r, p, 1, w->ground->rho_max);
  w->out->margin = fhrl_ball_low(rest);
  constant(w, "beta", w->f->v->beta);
  arb_srcptr limit = over(r, one, beta);
  if (layer) constant(w, "c", w->f->v->c);
  else {
    limit = times(r, exactly(r, 0.5), plus(r, limit, exactly(r, w->f->k->drive_sup)));
    constant(w, "drive_sup", w->f->k->drive_sup);
  }
  constant(w, "rho_ultimate", fhrl_ball_high(limit));
  proved(w, "factored", "1/beta - s g(s) = (1-beta)/(beta (1 + beta (s-1))) >= 0 for s > 0", layer ? "every state, every input, every weight" : everywhere);
  return FHRL_OK;
}

static fhrl_status gain_pole(work *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  arb_srcptr beta = exactly(r, w->f->v->beta), rest = minus(r, exactly(r, 1.0), beta);
  if (!arb_is_positive(beta) || !not_negative(rest)) return FHRL_OK;
  w->out->margin = fhrl_ball_low(rest);
  constant(w, "beta", w->f->v->beta);
  proved(w, "factored", "1 + beta (s-1) = (1-beta) + beta s >= 1-beta >= 0 for s >= 0", everywhere);
  return FHRL_OK;
}

static fhrl_status memory(work *w, fhrl_err *err)
{
  const fhrl_iss_view *v = w->f->v;
  const int layer = v->r > 0, normalized = v->memory == FHRL_ISS_MEMORY_NORMALIZED;
  const double rate = layer ? v->rate : v->lambda;
  if (!(rate > 0.0)) return FHRL_OK;
  w->out->margin = rate;
  constant(w, layer ? "a" : "lambda", rate);
  if (normalized) constant(w, "Phi_sup", v->eta);
  constant(w, "A_bar", isfinite(w->f->k->A_bar) && !layer ? w->f->k->A_bar : FHRL_NAN);
  proved(w, "factored", layer ? "d|U_i|/dt <= a (1 - |U_i|), for |q|, |k| <= 1; likewise V" : "d|A|/dt <= -lambda |A| + |Phi| (Cauchy-Schwarz), lambda > 0",
    normalized || layer ? everywhere : "every state; sup|Phi| is that of the orbit");
  return FHRL_OK;
}

static const struct {
  const char *id;
  fhrl_status (*prove)(work *w, fhrl_err *err);
} proofs[] = {{"S13", s13}, {"S14", s14}, {"S16", s16}, {"S17", s17}, {"S20", s20}, {"radius", radius}, {"recentred", recentred},
  {"recentred_decay", recentred_decay}, {"ultimate", ultimate}, {"practical", practical}, {"practical_tight", practical_tight},
  {"reentry_dissipative", reentry_dissipative}, {"reentry_spectral", reentry_spectral}, {"gain_bound", gain_bound},
  {"gain_pole", gain_pole}, {"memory", memory}};

fhrl_status fhrl_iss_certify(const fhrl_iss_frame *f, const fhrl_iss_ground *ground, const char *id, fhrl_iss_proof *out,
  fhrl_err *err)
{
  const fhrl_iss_view *v = f->v;
  fhrl_status status = FHRL_OK;
  *out = (fhrl_iss_proof){.margin = FHRL_NAN, .residual = FHRL_NAN};
  if (!fhrl_iss_reduced_knows(v) && v->home != FHRL_ISS_HOME_LAYER) return FHRL_OK;
  if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && v->memory == FHRL_ISS_MEMORY_OUTER) return FHRL_OK;
  for (int i = 0; i < FHRL_COUNT(proofs); i++)
    if (strcmp(proofs[i].id, id) == 0) {
      work w = {.f = f, .ground = ground, .out = out};
      fhrl_reckon_init(&w.r);
      status = proofs[i].prove(&w, err);
      fhrl_reckon_free(&w.r);
    }
  if (out->method && out->residual > 1e-25) out->method = NULL; // an identity that is none, or balls too wide to tell
  return status;
}
