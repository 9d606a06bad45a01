// SPDX-License-Identifier: GPL-3.0-or-later
// iss_reduced: the argument in scalars: what rho, |A|_F and |u| alone say about the terms of d rho/dt
#include "analysis/iss_reduced.h"

#include <float.h>

int fhrl_iss_reduced_knows(const fhrl_iss_view *v)
{
  return v->drive != FHRL_ISS_DRIVE_OTHER && v->home != FHRL_ISS_HOME_OTHER && v->home != FHRL_ISS_HOME_LAYER;
}

arb_srcptr fhrl_iss_reduced_kappa(const fhrl_iss_view *v, fhrl_reckon *r, arb_srcptr rho)
{
  if (v->epsilon == 0.0) return exactly(r, v->kappa);
  arb_srcptr eps = exactly(r, v->epsilon), one = exactly(r, 1.0);
  return product(r, exactly(r, v->kappa), minus(r, one, over(r, eps, plus(r, rho, eps))));
}

arb_srcptr fhrl_iss_reduced_home(const fhrl_iss_frame *f, fhrl_reckon *r, arb_srcptr rho)
{
  const fhrl_iss_view *v = f->v;
  arb_srcptr one = exactly(r, 1.0), e = minus(r, rho, one);
  switch (v->home) {
  case FHRL_ISS_HOME_RADIAL:
    return negative(r, product(r, fhrl_iss_reduced_kappa(v, r, rho), e)); // (2)
  case FHRL_ISS_HOME_REENTRY:                                             // (3)
    return negative(
      r, product(r, product(r, fhrl_iss_reduced_kappa(v, r, rho), e), between(r, f->k->mu, f->k->mu_high)));
  case FHRL_ISS_HOME_GAIN: { // (4)
    arb_srcptr beta = exactly(r, v->beta);
    return minus(r, over(r, rho, plus(r, one, product(r, beta, e))), rho);
  }
  default:
    return exactly(r, 0.0);
  }
}

arb_srcptr fhrl_iss_reduced_drive(const fhrl_iss_frame *f, fhrl_reckon *r, arb_srcptr rho, arb_srcptr A, arb_srcptr u)
{
  const fhrl_iss_constants *k = f->k;
  if (f->v->drive == FHRL_ISS_DRIVE_TANH) { // (5)
    arb_srcptr own = product(r, plus(r, exactly(r, k->W), A), rho);
    arb_srcptr F = exactly(r, k->drive_sup), size = plus(r, own, product(r, exactly(r, k->B), u));
    return product(r, F, saturated(r, over(r, size, F)));
  }
  if (f->v->drive == FHRL_ISS_DRIVE_FASTWEIGHT) { // (6)
    arb_srcptr loop = product(r, exactly(r, fabs(f->v->gamma)), exactly(r, k->WvWr));
    return product(r, A, plus(r, product(r, loop, rho), product(r, exactly(r, k->WvB), u)));
  }
  return exactly(r, 0.0);
}

static double drive_bound(const fhrl_iss_frame *f, const fhrl_iss_point *p)
{
  const fhrl_iss_constants *k = f->k;
  if (f->v->drive == FHRL_ISS_DRIVE_TANH) 
    return k->drive_sup * tanh(((k->W + p->A) * p->rho + k->B * p->u_norm) / k->drive_sup);
  if (f->v->drive == FHRL_ISS_DRIVE_FASTWEIGHT)
    return p->A * (fabs(f->v->gamma) * k->WvWr * p->rho + k->WvB * p->u_norm);
  return 0.0;
}

double fhrl_iss_reduced_gap(const fhrl_iss_frame *f, const fhrl_iss_point *p)
{
  const fhrl_iss_view *v = f->v;
  const double soft = p->rho + v->epsilon, s = soft > 0.0 ? -v->kappa * p->rho * p->e / soft : 0.0;
  double low = 0.0, high = 0.0;
  if (v->home == FHRL_ISS_HOME_RADIAL) low = high = s;
  if (v->home == FHRL_ISS_HOME_REENTRY) {
    low = fmin(s * f->k->mu, s * f->k->mu_high);
    high = fmax(s * f->k->mu, s * f->k->mu_high);
  }
  if (v->home == FHRL_ISS_HOME_GAIN) low = high = p->rho / (1.0 + v->beta * p->e) - p->rho;
  const double size = p->rho + p->drive_size + p->home_size + fabs(low) + fabs(high);
  const double rounding = 64.0 * (v->d + 4) * DBL_EPSILON * (size + fabs(p->e));
  const double leak = fabs(p->leak + p->rho), home = fmax(low - p->home, p->home - high);
  return fmax(fmax(leak, home), fabs(p->drive) - drive_bound(f, p)) - rounding;
}
