// SPDX-License-Identifier: GPL-3.0-or-later
// iss_rules: the inequalities of the Lyapunov argument, one row each: what is compared at a state or along an orbit
#include "analysis/iss_rules.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

#define REASON(...) (snprintf(reason, FHRL_ISS_REASON, __VA_ARGS__), 1)

typedef const fhrl_iss_frame frame;
typedef const fhrl_iss_point point;
typedef const fhrl_iss_orbit orbit;

// Rounding of e yhat'dy/dt and of its parts: a few d roundings of the largest product, generously; a violation has
// to be plain.
static double rounding(frame *f, point *p, double other)
{
  const double parts = p->rho + p->drive_size + p->home_size + p->speed;
  return 64.0 * (f->v->d + 4) * DBL_EPSILON * (fmax(fabs(p->e), p->rho) * parts + fabs(other));
}

static int at_most(frame *f, point *p, double lhs, double rhs, double other, fhrl_iss_pair *out)
{
  *out = (fhrl_iss_pair){.lhs = lhs, .rhs = rhs, .allowance = rounding(f, p, fabs(rhs) + other)};
  return 1;
}

static int equals(frame *f, point *p, double lhs, double rhs, fhrl_iss_pair *out)
{
  at_most(f, p, lhs, rhs, 0.0, out);
  out->equal = 1;
  return 1;
}

// ---- where a row is silent

static int never(frame *f, char reason[]) { return 0; }

static int needs_terms(frame *f, char reason[])
{
  if (f->v->leak >= 0 && f->v->term_drive >= 0 && f->v->term_home >= 0) return 0;
  if (f->v->home == FHRL_ISS_HOME_LAYER) return REASON("the homeostasis of the layer is its gain (7), no term of dy/dt");
  return REASON("the model does not split dy/dt into leak, drive and homeostasis");
}

static int needs_sector(frame *f, char reason[])
{
  if (needs_terms(f, reason)) return 1;
  return f->k->sector_reason ? REASON("%s", f->k->sector_reason) : 0;
}

static int needs_linear_home(frame *f, char reason[])
{
  if (needs_terms(f, reason)) return 1;
  if (f->v->home == FHRL_ISS_HOME_RADIAL || f->v->home == FHRL_ISS_HOME_REENTRY) return 0;
  return REASON("the homeostasis of this system is not the linearised one of S9, S10");
}

static int needs_linear_sector(frame *f, char reason[])
{
  return needs_linear_home(f, reason) || needs_sector(f, reason);
}

static int needs_radial(frame *f, char reason[])
{
  if (needs_terms(f, reason)) return 1;
  return f->v->home == FHRL_ISS_HOME_RADIAL ? 0 : REASON("derived for homeostasis = radial (S9)");
}

static int needs_no_drive(frame *f, char reason[])
{
  if (needs_radial(f, reason)) return 1;
  return f->v->drive == FHRL_ISS_DRIVE_NONE ? 0 : REASON("speaks of the homeostasis alone: drive = none");
}

static int needs_repair(frame *f, char reason[])
{
  if (needs_radial(f, reason) || needs_sector(f, reason)) return 1;
  if (f->k->c > 0.0) return 0;
  return REASON("c = 1 + kappa/(1+eps) - a_f - 3 delta/2 > 0 needs a_f < %.6g, and a_f = %.6g",
    1.0 + f->v->kappa / (1.0 + f->v->epsilon), f->k->a_f);
}

static int needs_tight(frame *f, char reason[])
{
  if (needs_radial(f, reason)) return 1;
  if (f->k->tight.c > 0.0) return 0;
  return f->k->sector_reason ? REASON("%s", f->k->sector_reason) : REASON("no c > 0 is left: a_f = %.6g", f->k->a_f);
}

static int needs_reentry(frame *f, char reason[])
{
  if (needs_terms(f, reason)) return 1;
  return f->v->home == FHRL_ISS_HOME_REENTRY ? 0 : REASON("speaks of homeostasis = reentry (S10)");
}

static int needs_dissipation(frame *f, char reason[])
{
  if (needs_reentry(f, reason)) return 1;
  if (isnan(f->k->drive_sup)) return REASON("the drive has no bound that holds in every state");
  const double sign = 1.0 + f->v->kappa * f->k->mu;
  return sign > 0.0 ? 0 : REASON("1 + kappa mu = %.6g is not positive: nothing follows (it is sufficient, not necessary)", sign);
}

static int needs_gain(frame *f, char reason[])
{
  if (f->v->home == FHRL_ISS_HOME_LAYER || f->v->home == FHRL_ISS_HOME_GAIN) return 0;
  return REASON("this system has no gain (7)");
}

static int needs_bounded_gain(frame *f, char reason[])
{
  if (needs_gain(f, reason)) return 1;
  if (f->v->beta > 1.0) return REASON("beta = %.6g > 1: the gain is not bounded", f->v->beta);
  if (f->v->home == FHRL_ISS_HOME_GAIN && isnan(f->k->drive_sup))
    return REASON("the drive has no bound that holds in every state");
  return 0;
}

static int needs_memory(frame *f, char reason[])
{
  if (f->v->r > 0) return 0;
  if (f->v->n_A == 0 || f->v->term_memory < 0) return REASON("this system has no fast weights");
  return f->v->lambda > 0.0 ? 0 : REASON("lambda = 0: the fast weights do not decay");
}

static int needs_slots(frame *f, char reason[])
{
  return f->v->r > 0 ? 0 : REASON("this system has no slots U, V");
}

// ---- the paper's chain

static int s13(frame *f, point *p, orbit *o, fhrl_iss_pair *out) { return equals(f, p, p->V_dot, p->step, out); }

static int s14(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  return equals(f, p, p->V_dot, p->e * (p->leak + p->drive + p->home), out);
}

static int s15(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  return at_most(f, p, p->e * p->leak, -p->e * p->e, 0.0, out);
}

// (1) with constants that hold for |A| <= A_bar says nothing beyond it.
static int in_region(frame *f, point *p)
{
  return !(f->v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && p->A > f->k->A_bar * (1.0 + 1e-12));
}

static int s16(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const fhrl_iss_constants *k = f->k;
  return in_region(f, p) &&
         at_most(f, p, fabs(p->drive), k->a_f * p->rho + k->b_A * p->A + k->b_u * p->u_norm, 0.0, out);
}

static double disturbance(frame *f, point *p)
{
  return f->k->S17_A * p->A * p->A + f->k->S17_u * p->u_norm * p->u_norm;
}

static int s17(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const double rhs = f->k->S17_f * p->e * p->e + disturbance(f, p);
  return in_region(f, p) && at_most(f, p, fabs(p->e * p->drive), rhs, 0.0, out);
}

static double kappa_local(frame *f, point *p) { return f->v->kappa * p->rho / (p->rho + f->v->epsilon); }

static int s20(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  return at_most(f, p, p->e * p->home, -kappa_local(f, p) * p->e * p->e, 0.0, out);
}

static int s21(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const double damping = (1.0 + kappa_local(f, p)) * p->e * p->e, drive = f->k->S17_f * p->e * p->e + disturbance(f, p);
  return in_region(f, p) && at_most(f, p, p->V_dot, drive - damping, damping + drive, out);
}

// Where the recipe leaves no c > 0 the limit c -> 0 is compared: what violates that, violates every c > 0.
static int s22(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const double c = fmax(f->k->S22_c, 0.0), damping = c * p->e * p->e, drive = disturbance(f, p);
  return in_region(f, p) && at_most(f, p, p->V_dot, drive - damping, damping + drive, out);
}

// ---- the radius, recentred

double fhrl_iss_rules_radius(double kappa, double eps, double rho_0, double t)
{
  const double star = (kappa - eps) / (1.0 + kappa);
  if (eps == 0.0) return star + (rho_0 - star) * exp(-(1.0 + kappa) * t);
  if (rho_0 == star) return rho_0;
  double far = rho_0, near = fmax(star, 0.0); // the orbit lies between: the time from far grows towards near
  for (;;) {
    const double rho = 0.5 * (far + near);
    if (rho == far || rho == near) return rho;
    const double age = fabs(star) < 1e-12
                         ? eps * (1.0 / rho - 1.0 / rho_0) - log(rho / rho_0)
                         : eps / star * log(rho / rho_0) - (1.0 + eps / star) * log((rho - star) / (rho_0 - star));
    if (age < (1.0 + kappa) * t) far = rho;
    else near = rho;
  }
}

static double rho_star(frame *f) { return (f->v->kappa - f->v->epsilon) / (1.0 + f->v->kappa); }

static int radius(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const double kappa = f->v->kappa, eps = f->v->epsilon;
  if (o == NULL) return equals(f, p, p->radial, -(1.0 + kappa) * p->rho * (p->rho - rho_star(f)) / (p->rho + eps), out);
  equals(f, p, p->rho, fhrl_iss_rules_radius(kappa, eps, o->rho_0, o->t), out);
  out->allowance += o->error;
  return o->t > 0.0;
}

static int recentred(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const double off = p->rho - rho_star(f);
  const double rate = (1.0 + f->v->kappa) * p->rho / (p->rho + f->v->epsilon);
  return equals(f, p, off * p->radial, -rate * off * off + off * p->drive, out);
}

static int recentred_decay(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  if (o == NULL || o->t <= 0.0) return 0;
  const double low = 0.9 * o->rho_min; // an orbit's least radius may lie between two outputs
  const double rate = (1.0 + f->v->kappa) * (f->v->epsilon > 0.0 ? low / (low + f->v->epsilon) : 1.0);
  const double rhs = exp(-rate * o->t) * fabs(o->rho_0 - rho_star(f)) + o->drive_sup / rate;
  at_most(f, p, fabs(p->rho - rho_star(f)), rhs, 0.0, out);
  out->allowance += o->error + o->drive_step / rate;
  return 1;
}

// sup yhat'f: of all states where there is such a bound, else of this orbit so far.
static double drive_bound(frame *f, orbit *o, double *step)
{
  const int known = !isnan(f->k->drive_sup);
  *step = known ? 0.0 : o->drive_step;
  return known ? f->k->drive_sup : o->drive_sup;
}

static int ultimate(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  if (o == NULL || o->t <= 0.0) return 0;
  double step;
  const double rate = 1.0 + f->v->kappa, F = drive_bound(f, o, &step), decay = exp(-rate * o->t);
  const double level = (f->v->kappa * (1.0 + f->v->epsilon) + F) / rate;
  at_most(f, p, p->rho, decay * o->rho_0 + (1.0 - decay) * level, 0.0, out);
  out->allowance += o->error + step / rate;
  return 1;
}

static int practical_with(frame *f, point *p, double c, double c_0, double c_A, double c_u, fhrl_iss_pair *out)
{
  const double damping = c * p->e * p->e, drive = c_0 + c_A * p->A * p->A + c_u * p->u_norm * p->u_norm;
  return in_region(f, p) && at_most(f, p, p->V_dot, drive - damping, damping + drive, out);
}

static int practical(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  return practical_with(f, p, f->k->c, f->k->c_0, f->k->c_A, f->k->c_u, out);
}

static int tight(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const fhrl_iss_tight *k = &f->k->tight;
  return practical_with(f, p, k->c, k->c_0, k->c_A, k->c_u, out);
}

// ---- reentry, gain, memory, slots

// Beyond rho = 1 the radius falls where m rho > F, m = min(1, 1 + kappa mu).
static int dissipative(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  if (o == NULL || o->t <= 0.0) return 0;
  const double m = fmin(1.0, 1.0 + f->v->kappa * f->k->mu);
  at_most(f, p, p->rho, fmax(fmax(o->rho_0, 1.0), f->k->drive_sup / m), 0.0, out);
  out->allowance += o->error;
  return 1;
}

// Decided by the orbits as a whole (iss.c).
static int spectral(frame *f, point *p, orbit *o, fhrl_iss_pair *out) { return 0; }

static int gain_bound(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const int layer = f->v->home == FHRL_ISS_HOME_LAYER;
  const double rate = layer ? f->v->c : 2.0;
  const double level = layer ? 1.0 / f->v->beta : 0.5 * (1.0 / f->v->beta + f->k->drive_sup);
  if (o == NULL) return at_most(f, p, p->radial, rate * (level - p->rho), rate * (level + p->rho), out);
  const double decay = exp(-rate * o->t);
  at_most(f, p, p->rho, decay * o->rho_0 + (1.0 - decay) * level, 0.0, out);
  out->allowance += o->error;
  return o->t > 0.0;
}

// The denominator 1 + beta (s-1): s = rho where the gain acts on y; on |w| >= 0 its least value is 1 - beta.
static int gain_pole(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  const double s = f->v->home == FHRL_ISS_HOME_LAYER ? 0.0 : p->rho;
  return at_most(f, p, -(1.0 + f->v->beta * (s - 1.0)), 0.0, 0.0, out);
}

static int memory(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  if (o == NULL || o->t <= 0.0) return 0;
  if (f->v->r > 0) {
    if (!o->sees_slots) return 0;
    const double start = fmax(o->slots_0.row_U, o->slots_0.row_V);
    at_most(f, p, fmax(o->slots.row_U, o->slots.row_V), fmax(1.0, start), 0.0, out);
    out->allowance += o->error;
    return 1;
  }
  const int known = f->v->memory == FHRL_ISS_MEMORY_NORMALIZED;
  const double Phi = known ? f->v->eta : o->Phi_sup, decay = exp(-f->v->lambda * o->t);
  at_most(f, p, p->A, decay * o->A_0 + (1.0 - decay) * Phi / f->v->lambda, 0.0, out);
  out->allowance += o->error + (known ? 0.0 : o->Phi_step / f->v->lambda);
  return 1;
}

static int slots_spread(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  if (o == NULL || !o->sees_slots || o->t <= 0.0) return 0;
  equals(f, p, o->slots.spread, exp(-f->v->rate * o->t) * o->slots_0.spread, out);
  out->allowance += o->error;
  return 1;
}

// U'V = r Umean Vmean' + D_U'D_V: a matrix of rank one and one of norm exp(-2 a t)|D_U'D_V|.
static int slots(frame *f, point *p, orbit *o, fhrl_iss_pair *out)
{
  if (o == NULL || !o->sees_slots || o->t <= 0.0) return 0;
  at_most(f, p, o->slots.sigma2, exp(-2.0 * f->v->rate * o->t) * o->slots_0.cross, o->slots.sigma1, out);
  out->allowance += o->error * f->v->r;
  return 1;
}

const fhrl_iss_rule fhrl_iss_rules_table[] = {
  {"S13", "dV/dt = e yhat'dy/dt, V = e^2/2, e = rho - 1", "FH-RL eqs. S12, S13", never, s13, ""},
  {"S14", "dV/dt = e yhat'(-y + f + h)", "FH-RL eq. S14", needs_terms, s14, ""},
  {"S15", "e yhat'(-y) <= -e^2", "FH-RL eq. S15; theory 3a", needs_terms, s15, ""},
  {"S16", "|yhat'f| <= a_f rho + b_A |A|_F + b_u |u|", "FH-RL eq. S16; theory 3d", needs_sector, s16,
    "a_f b_A b_u norm_W norm_B norm_WvB norm_WvWr s"},
  {"S17", "|e yhat'f| <= c_f e^2 + c_A |A|_F^2 + c_u |u|^2", "FH-RL eq. S17", needs_sector, s17, "S17_c_f S17_c_A S17_c_u"},
  {"S20", "e yhat'h <= -kappa' e^2, kappa' = kappa rho/(rho+eps)", "FH-RL eq. S20", needs_linear_home, s20, "kappa epsilon"},
  {"S21", "dV/dt <= -(1+kappa') e^2 + c_f e^2 + c_A |A|_F^2 + c_u |u|^2", "FH-RL eq. S21", needs_linear_sector, s21, "kappa epsilon S17_c_f S17_c_A S17_c_u"},
  {"S22", "dV/dt <= -c e^2 + c_A |A|_F^2 + c_u |u|^2 with c > 0", "FH-RL eq. S22; theory 3a", needs_linear_sector, s22, "S22_c S17_c_A S17_c_u"},
  {"radius", "d rho/dt = -(1+kappa) rho (rho-rho*)/(rho+eps), and its solution rho(t)", "theory 3b", needs_no_drive,
    radius, "kappa epsilon", 1},
  {"recentred", "d/dt (rho-rho*)^2/2 = -(1+kappa) rho/(rho+eps) (rho-rho*)^2 + (rho-rho*) yhat'f", "theory 3c",
    needs_radial, recentred, "kappa epsilon"},
  {"recentred_decay", "|rho(t)-rho*| <= exp(-k t)|rho_0-rho*| + sup|yhat'f|/k, k = (1+kappa) rho_min/(rho_min+eps)",
    "theory 3c", needs_radial, recentred_decay, "kappa epsilon", 1},
  {"ultimate", "rho(t) <= exp(-(1+kappa)t) rho_0 + (1-exp(-(1+kappa)t)) (kappa(1+eps)+F)/(1+kappa), F = sup yhat'f",
    "theory 3c", needs_radial, ultimate, "kappa epsilon drive_sup", 1},
  {"practical", "dV/dt <= -c e^2 + c_0 + c_A |A|_F^2 + c_u |u|^2 with c > 0", "theory 3d", needs_repair, practical, "c c_0 c_A c_u"},
  {"practical_tight", "the same with the tightest constants: of the front over c, those of the least bound on V in the end",
    "theory 3d", needs_tight, tight, "tight_c tight_c_0 tight_c_A tight_c_u"},
  {"reentry_dissipative", "1 + kappa mu > 0: rho(t) <= max(rho_0, 1, F/min(1, 1 + kappa mu))", "theory 3e",
    needs_dissipation, dissipative, "kappa mu drive_sup", 1},
  {"reentry_spectral", "every start stays bounded if 1 + kappa min Re lambda(W_r) > 0, some start diverges if < 0",
    "theory 3e", needs_reentry, spectral, "kappa re_min rho_c", 1},
  {"gain_bound", "rho(t) <= exp(-k t) rho_0 + (1-exp(-k t)) L; layer: k = c, L = 1/beta; gain: k = 2, L = (1/beta+F)/2",
    "FH-RL eq. 7; theory 3f", needs_bounded_gain, gain_bound, "beta c drive_sup", 1},
  {"gain_pole", "1 + beta (s-1) >= 0 for every s >= 0: the gain has no pole", "FH-RL eq. 7; theory 3f", needs_gain,
    gain_pole, "beta"},
  {"memory", "|A(t)|_F <= exp(-lambda t)|A_0|_F + (1-exp(-lambda t)) sup|Phi|_F/lambda; layer: rows of U, V <= max(1, start)",
    "FH-RL eq. S23; theory 3g", needs_memory, memory, "lambda eta alpha", 1},
  {"slots_spread", "|U_i - mean U| = exp(-a t) its start, likewise V", "theory 3h", needs_slots, slots_spread, "alpha", 1},
  {"slots", "sigma_2(U'V) <= exp(-2 a t) |D_U'D_V| at the start, D the rows less their mean", "theory 3h", needs_slots,
    slots, "alpha", 1},
};
const int fhrl_iss_rules_count = FHRL_COUNT(fhrl_iss_rules_table);

int fhrl_iss_rules_find(const char *id)
{
  for (int i = 0; i < fhrl_iss_rules_count; i++)
    if (strcmp(fhrl_iss_rules_table[i].id, id) == 0) return i;
  return -1;
}
