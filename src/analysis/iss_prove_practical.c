// SPDX-License-Identifier: GPL-3.0-or-later
// iss_prove_practical: proofs of the drive's sector and of practical stability [theory 3d]
#include "analysis/iss_prove.h"

#include <math.h>
#include <stdio.h>

#include "analysis/branch.h"

// The constants of (S16) bound the drive: 4 b_A (a_f - |W|) >= sqrt(d), b_u >= |B| for `tanh`.
static int sector_is_proved(fhrl_iss_prove *w)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_view *v = w->f->v;
  const fhrl_iss_constants *k = w->f->k;
  if (v->drive == FHRL_ISS_DRIVE_NONE) return k->a_f >= 0.0 && k->b_A >= 0.0 && k->b_u >= 0.0;
  if (v->drive == FHRL_ISS_DRIVE_TANH) {
    arb_srcptr s = minus(r, exactly(r, k->a_f), exactly(r, k->W));
    arb_srcptr square_ = product(r, product(r, exactly(r, 4.0), exactly(r, k->b_A)), s);
    return k->b_u >= k->B && arb_is_nonnegative(s) && arb_is_nonnegative(minus(r, square_, root(r, exactly(r, v->d))));
  }
  if (v->drive != FHRL_ISS_DRIVE_FASTWEIGHT || !isfinite(k->A_bar)) return 0;
  arb_srcptr A = exactly(r, k->A_bar), loop = product(r, exactly(r, fabs(v->gamma)), exactly(r, k->WvWr));
  return arb_is_nonnegative(minus(r, exactly(r, k->a_f), product(r, A, loop))) &&
    arb_is_nonnegative(minus(r, exactly(r, k->b_u), product(r, A, exactly(r, k->WvB))));
}

static fhrl_status s16(fhrl_iss_prove *w, fhrl_err *err)
{
  const fhrl_iss_constants *k = w->f->k;
  if (!sector_is_proved(w)) return FHRL_OK;
  fhrl_iss_prove_constant(w, "a_f", k->a_f);
  fhrl_iss_prove_constant(w, "b_A", k->b_A);
  fhrl_iss_prove_constant(w, "b_u", k->b_u);
  w->out->margin = 0.0;
  const int tanh_ = w->f->v->drive == FHRL_ISS_DRIVE_TANH, fast = w->f->v->drive == FHRL_ISS_DRIVE_FASTWEIGHT;
  fhrl_iss_prove_constant(w, "norm_W", k->W);
  fhrl_iss_prove_constant(w, "norm_B", k->B);
  if (fast) fhrl_iss_prove_constant(w, "A_bar", k->A_bar);
  fhrl_iss_prove_done(w, "factored",
    tanh_    ? "s rho + K |A|/(4 s) - min(|A| rho, K) >= rho (s - |A|/2)^2/s or K (s - |A|/2)^2/(s |A|), with "
               "s = a_f - |W|, K = 4 s b_A >= sqrt(d); b_u >= |B|"
      : fast ? "a_f >= A_bar |gamma| |W_v W_r|, b_u >= A_bar |W_v B|"
             : "f = 0",
    fast ? "|A|_F <= A_bar" : fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

static fhrl_status s17(fhrl_iss_prove *w, fhrl_err *err)
{
  const fhrl_iss_constants *k = w->f->k;
  if (w->f->v->drive != FHRL_ISS_DRIVE_NONE || k->S17_f < 0.0 || k->S17_A < 0.0 || k->S17_u < 0.0) return FHRL_OK;
  w->out->margin = 0.0;
  fhrl_iss_prove_done(w, "factored", "f = 0, and c_f, c_A, c_u >= 0", fhrl_iss_prove_everywhere);
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
  return over(r, square(r, exactly(r, b)), product(r, exactly(r, 4.0), exactly(r, c)));
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
  arb_srcptr drive = q->bounded ? exactly(r, q->f->k->drive_sup) : product(r, exactly(r, q->a_f), &x[0]);
  arb_srcptr quadratic = product(r, plus(r, stiffness(q, r), kappa), square(r, e));
  return plus(r, minus(r, plus(r, quadratic, e), product(r, magnitude(r, e), drive)), exactly(r, q->c_0));
}

// Beyond rho = R >= 1, where kappa_rho >= kappa/(1+eps), the margin C e^2 + (1 - a) e + c_0 grows.
static int grows_beyond(fhrl_iss_prove *w, const inequality *q, double R)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  arb_srcptr C = plus(r, stiffness(q, r), over(r, l.kappa, plus(r, l.one, l.eps))), e = minus(r, exactly(r, R), l.one);
  const double a = q->bounded ? w->f->k->drive_sup : q->a_f;
  if (!q->bounded) C = minus(r, C, exactly(r, a));
  arb_srcptr slope = minus(r, l.one, exactly(r, a)), linear = product(r, slope, e);
  return arb_is_positive(C) && arb_is_nonnegative(plus(r, product(r, product(r, exactly(r, 2.0), C), e), slope)) &&
    arb_is_nonnegative(plus(r, plus(r, product(r, C, square(r, e)), linear), exactly(r, q->c_0)));
}

static fhrl_status prove_practical(fhrl_iss_prove *w, const inequality *q, fhrl_err *err)
{
  const fhrl_iss_ground *g = w->ground;
  if (q->bounded ? !fhrl_iss_prove_drive(w) : !sector_is_proved(w)) return FHRL_OK;
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
  snprintf(region, sizeof region,
    closed ? "every rho (boxes to %.6g, beyond it the margin grows), %s, every u" : "rho <= %.6g, %s, every u", high,
    fast ? "|A|_F <= A_bar" : "every A");
  w->out->boxes = b.boxes;
  w->out->margin = b.least;
  fhrl_iss_prove_constant(w, "c", q->c);
  fhrl_iss_prove_constant(w, "c_0", q->c_0);
  fhrl_iss_prove_constant(w, "c_A", q->c_A);
  fhrl_iss_prove_constant(w, "c_u", q->c_u);
  if (q->bounded) fhrl_iss_prove_constant(w, "drive_sup", w->f->k->drive_sup);
  else fhrl_iss_prove_constant(w, "a_f", q->a_f);
  if (fast) fhrl_iss_prove_constant(w, "A_bar", w->f->k->A_bar);
  fhrl_iss_prove_done(w, "branch and bound",
    q->bounded ? "(1 + kappa_rho - c) e^2 + e - F |e| + c_0 >= 0, kappa_rho = kappa rho/(rho+eps)"
               : "(1 + kappa_rho - c - b_A^2/(4 c_A) - b_u^2/(4 c_u)) e^2 + e - a_f rho |e| + c_0 >= "
                 "0, kappa_rho = kappa rho/(rho+eps)",
    region);
  return FHRL_OK;
}

static fhrl_status practical(fhrl_iss_prove *w, fhrl_err *err)
{
  const fhrl_iss_constants *k = w->f->k;
  const inequality q = {w->f, k->c, k->c_0, k->c_A, k->c_u, k->a_f, k->b_A, k->b_u, k->bounded};
  return prove_practical(w, &q, err);
}

static fhrl_status practical_tight(fhrl_iss_prove *w, fhrl_err *err)
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

const fhrl_iss_prover fhrl_iss_prove_practical[] = {
  {"S16", s16}, {"S17", s17}, {"practical", practical}, {"practical_tight", practical_tight}, {NULL, NULL}};
