// SPDX-License-Identifier: GPL-3.0-or-later
// iss_front: the tightest constants of dV/dt <= -c e^2 + c_0 + c_A |A|^2 + c_u |u|^2: a Pareto front over c
#include "analysis/iss_front.h"

#include <float.h>

enum { SPLITS = 40, SHARES = 20, SCAN = 48, FINE = 4096 };

double fhrl_iss_front_excess(const fhrl_iss_view *v, const fhrl_iss_constants *k, const fhrl_iss_tight *t, double e)
{
  const double rho = 1.0 + e, soft = rho + v->epsilon, kappa = soft > 0.0 ? v->kappa * rho / soft : 0.0;
  const double drive = t->bounded ? k->drive_sup * fabs(e) : t->a_f * fabs(e) * rho;
  const double young = t->bounded ? 0.0 : 0.5 * (t->delta_A + t->delta_u);
  return -e + drive - (1.0 + kappa - t->c - young) * e * e;
}

// The sup of (1) or (2), to the spacing of its scan; infinite if it is not bounded.
static double least_c_0(const fhrl_iss_view *v, const fhrl_iss_constants *k, const fhrl_iss_tight *t, int scan)
{
  const double young = t->bounded ? 0.0 : 0.5 * (t->delta_A + t->delta_u) + t->a_f;
  const double left = 1.0 + v->kappa / (1.0 + v->epsilon) - t->c - young; // kappa_rho is no less where rho >= 1
  if (!(left > 0.0)) return HUGE_VAL;
  const double slope = (t->bounded ? k->drive_sup : t->a_f) - 1.0;
  double most = slope > 0.0 ? slope * slope / (4.0 * left) : 0.0; // rho >= 1
  for (int i = 0; i <= scan; i++) most = fmax(most, fhrl_iss_front_excess(v, k, t, (double)i / scan - 1.0));
  for (double rho = v->epsilon * 0.01; v->epsilon > 0.0 && rho < 1.0; rho *= 2.0)
    most = fmax(most, fhrl_iss_front_excess(v, k, t, rho - 1.0)); // where kappa_rho sets in
  return most;
}

static double ultimate(const fhrl_iss_constants *k, const fhrl_iss_tight *t)
{
  const double A = t->c_A > 0.0 ? t->c_A * k->A_bar * k->A_bar : 0.0,
               u = t->c_u > 0.0 ? t->c_u * k->u_bar * k->u_bar : 0.0;
  return (t->c_0 + A + u) / (2.0 * t->c);
}

static void keep(const fhrl_iss_constants *k, const fhrl_iss_tight *t, fhrl_iss_tight *best)
{
  fhrl_iss_tight now = *t;
  now.V_ultimate = ultimate(k, t);
  if (!(best->c > 0.0) || now.V_ultimate < best->V_ultimate) *best = now;
}

// delta_A : delta_u in the ratio that makes b_A^2 Abar^2/delta_A + b_u^2 ubar^2/delta_u least for their sum.
static void split_young(const fhrl_iss_constants *k, double sum, fhrl_iss_tight *t)
{
  const double A = t->b_A > 0.0 ? t->b_A * k->A_bar : 0.0, u = t->b_u * k->u_bar, both = A + u, floor = 1e-3;
  const double share =
    both > 0.0 ? fmin(fmax(A / both, t->b_A > 0.0 ? floor : 0.0), t->b_u > 0.0 ? 1.0 - floor : 1.0) : 0.5;
  t->delta_A = sum * share;
  t->delta_u = sum - t->delta_A;
  t->c_A = t->b_A > 0.0 ? t->b_A * t->b_A / (2.0 * t->delta_A) * (1.0 + 8.0 * DBL_EPSILON) : 0.0; // rounded up
  t->c_u = t->b_u > 0.0 ? t->b_u * t->b_u / (2.0 * t->delta_u) * (1.0 + 8.0 * DBL_EPSILON) : 0.0;
}

static void try_sector(
  const fhrl_iss_view *v, const fhrl_iss_choice *choice, fhrl_iss_constants *k, fhrl_iss_tight *t, fhrl_iss_tight *best)
{
  const int free_s = choice->sector == FHRL_ISS_SECTOR_BEST && v->drive == FHRL_ISS_DRIVE_TANH;
  const double all = 1.0 + v->kappa / (1.0 + v->epsilon) - t->c, room = all - (free_s ? k->W : 0.0);
  for (int i = 1; i <= (free_s ? SPLITS : 1) && room > 0.0; i++) {
    fhrl_iss_constants_sector(v, choice, room * i / (SPLITS + 1.0), k);
    t->s = k->s;
    t->a_f = k->a_f;
    t->b_A = k->b_A;
    t->b_u = k->b_u;
    const double left = 2.0 * (all - t->a_f); // of which delta_A + delta_u may take a part
    const int shares = t->b_A > 0.0 || t->b_u > 0.0 ? SHARES : 1;
    for (int j = 1; j <= shares && left > 0.0; j++) {
      split_young(k, left * j / (SHARES + 1.0), t);
      t->c_0 = least_c_0(v, k, t, SCAN);
      keep(k, t, best);
    }
  }
}

void fhrl_iss_front_find(const fhrl_iss_view *v, const fhrl_iss_choice *choice, fhrl_iss_constants *k)
{
  const fhrl_iss_constants before = *k;
  const double all = 1.0 + v->kappa / (1.0 + v->epsilon);
  fhrl_iss_tight tight = {.c = 0.0};
  fhrl_iss_constants scratch = *k;
  int count = 0;
  for (int i = 1; i <= FHRL_ISS_FRONT; i++) {
    fhrl_iss_tight t = {.c = all * i / (FHRL_ISS_FRONT + 1.0), .s = (double)NAN}, best = {.c = 0.0};
    if (k->sector_reason == NULL && isfinite(k->A_bar)) try_sector(v, choice, &scratch, &t, &best);
    if (!isnan(k->drive_sup) && choice->sector != FHRL_ISS_SECTOR_GIVEN) {
      t = (fhrl_iss_tight){.c = t.c, .s = (double)NAN, .bounded = 1};
      t.c_0 = least_c_0(v, k, &t, SCAN);
      keep(k, &t, &best);
    }
    if (!(best.c > 0.0) || !isfinite(best.V_ultimate)) continue;
    best.c_0 = least_c_0(v, k, &best, FINE) * (1.0 + 1e-6) + 1e-12; // beyond the spacing of the scan
    best.V_ultimate = ultimate(k, &best);
    scratch.front[count++] = best;
    if (!(tight.c > 0.0) || best.V_ultimate < tight.V_ultimate) tight = best;
  }
  *k = before;
  for (int i = 0; i < count; i++) k->front[i] = scratch.front[i];
  k->front_count = count;
  k->tight = tight;
}
