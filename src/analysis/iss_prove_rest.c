// SPDX-License-Identifier: GPL-3.0-or-later
// iss_prove_rest: proofs about reentry, the gain and the memory [theory 3e, 3f, 3g]
#include "analysis/iss_prove.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/metrics.h"
#include "analysis/verified.h"
#include "base/dense.h"

// ---- 3e

static fhrl_status reentry_dissipative(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  const double mu = w->f->k->mu;
  arb_srcptr whole = plus(r, l.one, product(r, l.kappa, exactly(r, mu)));
  if (!arb_is_positive(whole) || !fhrl_iss_prove_drive(w)) return FHRL_OK;
  fhrl_iss_prove_constant(w, "mu", mu);
  fhrl_iss_prove_constant(w, "rate", fhrl_ball_low(lesser(r, l.one, whole)));
  fhrl_iss_prove_constant(w, "drive_sup", w->f->k->drive_sup);
  w->out->margin = 0.0;
  fhrl_iss_prove_done(w, "factored",
    mu >= 0.0 ? "with s = (rho-1)/(rho+eps): 1 + kappa mu s - 1 = kappa mu s >= 0, so d rho/dt <= -rho + F for rho >= 1"
              : "with s = (rho-1)/(rho+eps): 1 + kappa mu s - (1 + kappa mu) = -kappa mu (1+eps)/(rho+eps) >= 0, so "
                "d rho/dt <= -(1 + kappa mu) rho + F for rho >= 1",
    fhrl_iss_prove_everywhere);
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
static fhrl_status divergence(fhrl_iss_prove *w)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  arb_srcptr km = negative(r, product(r, l.kappa, exactly(r, w->f->k->wr_scalar))), rest = minus(r, km, l.one);
  if (!arb_is_positive(rest)) return FHRL_OK;
  arb_srcptr rho_c = over(r, plus(r, km, l.eps), rest);
  const arb_srcptr p[] = {minus(r, product(r, rest, rho_c), plus(r, l.eps, km)), minus(r, minus(r, km, l.one), rest)};
  w->out->residual = fhrl_iss_prove_size(r, p, 1, w->ground->rho_max);
  w->out->margin = fhrl_ball_low(rest);
  fhrl_iss_prove_constant(w, "rho_c", w->f->k->rho_c);
  fhrl_iss_prove_constant(w, "rho_c_high", fhrl_ball_high(rho_c));
  fhrl_iss_prove_done(w, "factored",
    "d rho/dt = (kappa m - 1) rho (rho - rho_c)/(rho + eps), W_r = -m 1: every start beyond rho_c diverges",
    fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

// Where every eigenvalue of 1 + kappa W_r lies right of 0 and |f| <= F, V = y'P y falls outside a ball:
//   dV/dt <= -q rho^2 + rho (2 kappa (1+eps) |P W_r| + 2 |P| F),  q <= P (1 + kappa W_r) + (1 + kappa W_r)'P.
static fhrl_status reentry_spectral(fhrl_iss_prove *w, fhrl_err *err)
{
  enum { MOST = 20 };
  const fhrl_iss_view *v = w->f->v;
  const int at = fhrl_system_matrix(v->s->model, "W_r"), d = v->d;
  if (v->drive == FHRL_ISS_DRIVE_NONE && v->kappa * w->f->k->wr_scalar < -1.0) return divergence(w);
  if (at < 0 || d > MOST || !fhrl_iss_prove_drive(w) || !(1.0 + v->kappa * w->f->k->re_min > 0.0)) return FHRL_OK;
  const double *W = v->s->m[at];
  double P[MOST * MOST], low, high, q, PW;
  fhrl_err none;
  if (lyapunov(d, v->kappa, W, P, &none) != FHRL_OK || fhrl_verified_symmetric(d, P, &low, &high, &none) != FHRL_OK ||
    fhrl_verified_lyapunov(d, v->kappa, W, P, &q, &none) != FHRL_OK ||
    fhrl_verified_norm_product(d, d, d, P, W, &PW, &none) != FHRL_OK || !(low > 0.0) || !(q > 0.0))
    return FHRL_OK;
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  arb_srcptr two = exactly(r, 2.0), turn = product(r, product(r, l.kappa, plus(r, l.one, l.eps)), exactly(r, PW));
  arb_srcptr push = product(r, exactly(r, high), exactly(r, w->f->k->drive_sup));
  arb_srcptr R = over(r, product(r, two, plus(r, turn, push)), exactly(r, q));
  arb_srcptr stretch = root(r, over(r, exactly(r, high), exactly(r, low)));
  fhrl_iss_prove_constant(w, "re_min", w->f->k->re_min);
  fhrl_iss_prove_constant(w, "P_low", low);
  fhrl_iss_prove_constant(w, "P_high", high);
  fhrl_iss_prove_constant(w, "q", q);
  fhrl_iss_prove_constant(w, "R", fhrl_ball_high(R));
  fhrl_iss_prove_constant(w, "stretch", fhrl_ball_high(stretch));
  fhrl_iss_prove_constant(w, "rho_ultimate", fhrl_ball_high(product(r, stretch, R)));
  w->out->margin = q;
  fhrl_iss_prove_done(w, "factored",
    "V = y'P y falls where rho > R = (2 kappa (1+eps) |P W_r| + 2 |P| F)/q, q <= P (1 + kappa W_r) + "
    "(1 + kappa W_r)'P: rho(t) <= stretch max(rho_0, R)",
    fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

// ---- 3f, 3g

// 1/beta - s g(s) = (1-beta)/(beta (1 + beta (s-1))) >= 0
static fhrl_status gain_bound(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const int layer = w->f->v->home == FHRL_ISS_HOME_LAYER;
  arb_srcptr one = exactly(r, 1.0), beta = exactly(r, w->f->v->beta), rest = minus(r, one, beta);
  if (!arb_is_positive(beta) || !arb_is_nonnegative(rest) || (!layer && !fhrl_iss_prove_drive(w))) return FHRL_OK;
  // (1 + beta (s-1)) - beta s - (1-beta) = 0
  const arb_srcptr p[] = {minus(r, minus(r, one, beta), rest), minus(r, beta, beta)};
  w->out->residual = fhrl_iss_prove_size(r, p, 1, w->ground->rho_max);
  w->out->margin = fhrl_ball_low(rest);
  fhrl_iss_prove_constant(w, "beta", w->f->v->beta);
  arb_srcptr limit = over(r, one, beta);
  if (layer) fhrl_iss_prove_constant(w, "c", w->f->v->c);
  else {
    limit = product(r, exactly(r, 0.5), plus(r, limit, exactly(r, w->f->k->drive_sup)));
    fhrl_iss_prove_constant(w, "drive_sup", w->f->k->drive_sup);
  }
  fhrl_iss_prove_constant(w, "rho_ultimate", fhrl_ball_high(limit));
  fhrl_iss_prove_done(w, "factored", "1/beta - s g(s) = (1-beta)/(beta (1 + beta (s-1))) >= 0 for s > 0",
    layer ? "every state, every input, every weight" : fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

static fhrl_status gain_pole(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  arb_srcptr beta = exactly(r, w->f->v->beta), rest = minus(r, exactly(r, 1.0), beta);
  if (!arb_is_positive(beta) || !arb_is_nonnegative(rest)) return FHRL_OK;
  w->out->margin = fhrl_ball_low(rest);
  fhrl_iss_prove_constant(w, "beta", w->f->v->beta);
  fhrl_iss_prove_done(
    w, "factored", "1 + beta (s-1) = (1-beta) + beta s >= 1-beta >= 0 for s >= 0", fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

static fhrl_status memory(fhrl_iss_prove *w, fhrl_err *err)
{
  const fhrl_iss_view *v = w->f->v;
  const int layer = v->r > 0, normalized = v->memory == FHRL_ISS_MEMORY_NORMALIZED;
  const double rate = layer ? v->rate : v->lambda;
  if (!(rate > 0.0)) return FHRL_OK;
  w->out->margin = rate;
  fhrl_iss_prove_constant(w, layer ? "a" : "lambda", rate);
  if (normalized) fhrl_iss_prove_constant(w, "Phi_sup", v->eta);
  fhrl_iss_prove_constant(w, "A_bar", isfinite(w->f->k->A_bar) && !layer ? w->f->k->A_bar : FHRL_NAN);
  fhrl_iss_prove_done(w, "factored",
    layer ? "d|U_i|/dt <= a (1 - |U_i|), for |q|, |k| <= 1; likewise V"
          : "d|A|/dt <= -lambda |A| + |Phi| (Cauchy-Schwarz), lambda > 0",
    normalized || layer ? fhrl_iss_prove_everywhere : "every state; sup|Phi| is that of the orbit");
  return FHRL_OK;
}

const fhrl_iss_prover fhrl_iss_prove_rest[] = {{"reentry_dissipative", reentry_dissipative},
  {"reentry_spectral", reentry_spectral}, {"gain_bound", gain_bound}, {"gain_pole", gain_pole}, {"memory", memory},
  {NULL, NULL}};
