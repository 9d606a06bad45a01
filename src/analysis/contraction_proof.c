// SPDX-License-Identifier: GPL-3.0-or-later
// contraction_proof: contraction on a region, proved in ball arithmetic of a comparison system of norms of blocks
#include "analysis/contraction_proof.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/branch.h"
#include "analysis/iss_gain.h"
#include "analysis/iss_reduced.h"
#include "analysis/metrics.h"
#include "analysis/verified.h"

enum { SCAN = 400, HALVINGS = 40, SHELLS = 8 };

static void constant(fhrl_contraction_proof *p, const char *name, double value)
{
  if (p->constants == FHRL_CONTRACTION_CONSTANTS || isnan(value)) return;
  p->constant[p->constants].name = name;
  p->constant[p->constants++].value = value;
}

// Upper bound of the largest eigenvalue of ((m, p), (q, -decay)), given p q: (m - decay)/2 + sqrt((m + decay)^2/4 + p q).
static double root_above(double m, double pq, double decay)
{
  fhrl_reckon r;
  fhrl_reckon_init(&r);
  arb_srcptr half = exactly(&r, 0.5), M = exactly(&r, m), D = exactly(&r, decay);
  arb_srcptr middle = product(&r, half, minus(&r, M, D)), way = square(&r, product(&r, half, plus(&r, M, D)));
  const double out = fhrl_ball_high(plus(&r, middle, root(&r, plus(&r, way, exactly(&r, pq)))));
  fhrl_reckon_free(&r);
  return out;
}

static double raised(double x) { return x + 1e-14 * fabs(x); } // by more than the few roundings that it took

// ---- fhrl

typedef struct shell {
  const fhrl_iss_view *v;
  double bound; // what mu_2 of leak and homeostasis shall not exceed
} shell;

// Eigenvalues of -1 + Dh across and along y, as balls.
static void eigenvalues(const fhrl_iss_view *v, fhrl_reckon *r, arb_srcptr rho, arb_srcptr *across, arb_srcptr *along)
{
  arb_srcptr one = exactly(r, 1.0), two = exactly(r, 2.0);
  if (v->home == FHRL_ISS_HOME_GAIN) {
    arb_srcptr beta = exactly(r, v->beta), divisor = plus(r, one, product(r, beta, minus(r, rho, one)));
    *across = minus(r, over(r, one, divisor), two);
    *along = minus(r, over(r, minus(r, one, beta), square(r, divisor)), two);
  } else if (v->home == FHRL_ISS_HOME_RADIAL) {
    // 1 - s = (1+eps)/(rho+eps), with rho once: -1 - kappa s = -(1+kappa) + kappa (1+eps)/(rho+eps); along it s + rho s' =
    // 1 - eps (1+eps)/(rho+eps)^2
    arb_srcptr eps = exactly(r, v->epsilon), kappa = exactly(r, v->kappa), soft = plus(r, rho, eps),
               all = plus(r, one, kappa);
    arb_srcptr top = product(r, kappa, plus(r, one, eps));
    *across = minus(r, over(r, top, soft), all);
    *along = minus(r, over(r, product(r, top, eps), square(r, soft)), all);
  } else *across = *along = exactly(r, -1.0);
}

static arb_srcptr room(const void *context, fhrl_reckon *r, const arb_struct x[])
{
  const shell *s = context;
  arb_srcptr across, along;
  eigenvalues(s->v, r, &x[0], &across, &along);
  return minus(r, exactly(r, s->bound), s->v->d > 1 ? greater(r, across, along) : along);
}

// sup of mu_2 of leak and homeostasis on [low, high], in double; infinite where it has none.
static double steepest(const fhrl_iss_view *v, double low, double high)
{
  double most = -HUGE_VAL;
  fhrl_reckon r;
  fhrl_reckon_init(&r);
  for (int i = 0; i <= SCAN; i++) {
    arb_srcptr across, along;
    forget(&r);
    eigenvalues(v, &r, exactly(&r, low + (high - low) * i / SCAN), &across, &along);
    most = fmax(most, fhrl_ball_high(v->d > 1 ? greater(&r, across, along) : along));
  }
  fhrl_reckon_free(&r);
  return most;
}

typedef struct blocks {
  double drive, p_slope, p_offset, q_slope; // (y,y) gains drive; p = p_slope sup rho + p_offset; q = q_slope sup rho
} blocks;

// What the drive and the memory add; 0 and a reason where no bound is known.
static int find_blocks(const fhrl_iss *iss, double A, blocks *b, char reason[])
{
  const fhrl_iss_view *v = &iss->view;
  const fhrl_iss_constants *k = &iss->constants;
  *b = (blocks){0};
  if (v->drive == FHRL_ISS_DRIVE_TANH) *b = (blocks){.drive = raised(k->W + A), .p_slope = 1.0};
  if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT) {
    const double loop = raised(fabs(v->gamma) * k->WvWr);
    *b = (blocks){.drive = raised(A * loop), .p_slope = loop, .p_offset = raised(k->WvB * k->u_bar)};
  }
  if (v->memory == FHRL_ISS_MEMORY_OUTER) b->q_slope = 2.0 * v->eta;
  else if (v->eta > 0.0 && v->gamma != 0.0) {
    snprintf(reason, FHRL_ISS_REASON, "the normalised memory turns arbitrarily fast where W_q x or W_k x is near 0");
    return 0;
  }
  return 1;
}

static double root_on(const fhrl_iss *iss, const blocks *b, double low, double high, double *m)
{
  *m = steepest(&iss->view, low, high);
  if (!isfinite(*m)) return HUGE_VAL;
  *m += b->drive + 1e-7; // beyond the scan; branch and bound will tell
  const double pq = raised((b->p_slope * high + b->p_offset) * b->q_slope * high);
  return root_above(*m, pq, iss->view.n_A > 0 ? iss->view.lambda : 1.0);
}

static fhrl_status prove_on(fhrl_iss *iss, const fhrl_iss_plan *plan, const blocks *b, double low, double high,
  double A, fhrl_contraction_proof *out, fhrl_err *err)
{
  double m;
  const double root_ = root_on(iss, b, low, high, &m);
  if (!(root_ < 0.0)) return FHRL_OK;
  fhrl_branch branch;
  const shell s = {&iss->view, m - b->drive};
  FHRL_TRY(fhrl_branch_prove(room, &s, 1, &low, &high, 0.0, plan->boxes, iss->watch.stop, &branch, err));
  out->boxes += branch.boxes;
  if (branch.end != FHRL_BRANCH_PROVED) return FHRL_OK;
  out->proved = 1;
  out->rate = -root_;
  out->rho_min = low;
  out->rho_max = high;
  out->A_max = A;
  constant(out, "mu_y", m);
  constant(out, "coupling", (b->p_slope * high + b->p_offset) * b->q_slope * high);
  constant(out, "lambda", iss->view.lambda);
  constant(out, "norm_W", iss->constants.W);
  return FHRL_OK;
}

// The least radius from which on the shell to `high` contracts at half the rate that it has at `high`: a shell that reached
// down to where the rate vanishes would prove next to nothing.
static double least_radius(const fhrl_iss *iss, const blocks *b, double high)
{
  double yes = high, no = 0.0, m;
  const double enough = 0.5 * root_on(iss, b, high, high, &m);
  for (int i = 0; i < HALVINGS; i++) {
    const double middle = 0.5 * (yes + no);
    if (root_on(iss, b, middle, high, &m) <= enough) yes = middle;
    else no = middle;
  }
  return yes * (1.0 + 1e-6);
}

static fhrl_status find_split(fhrl_iss *iss, const fhrl_iss_plan *plan, fhrl_contraction_proof *out, fhrl_err *err)
{
  const fhrl_iss_view *v = &iss->view;
  const fhrl_iss_frame f = {v, &iss->constants};
  double R;
  blocks b;
  if (v->home == FHRL_ISS_HOME_REENTRY) {
    snprintf(out->reason, sizeof out->reason, "not known for homeostasis = reentry");
    return FHRL_OK;
  }
  FHRL_TRY(
    fhrl_iss_gain_radius(&f, iss->constants.u_bar, plan->boxes, iss->watch.stop, &R, &out->boxes, out->reason, err));
  if (isfinite(R)) { // the ball that holds every orbit in the end
    const double A = v->n_A == 0           ? 0.0
      : v->memory == FHRL_ISS_MEMORY_OUTER ? raised(v->eta * R * R / v->lambda)
                                           : iss->constants.A_bar;
    if (!find_blocks(iss, A, &b, out->reason)) return FHRL_OK;
    FHRL_TRY(prove_on(iss, plan, &b, 0.0, R, A, out, err));
    if (out->proved) {
      out->invariant = 1;
      snprintf(out->region, sizeof out->region, "rho <= %.6g, |A|_F <= %.6g: every orbit ends there", R, A);
      return FHRL_OK;
    }
  }
  const double A = fmin(plan->A_max, isfinite(iss->constants.A_bar) ? iss->constants.A_bar : plan->A_max);
  double high = plan->rho_max;
  if (!find_blocks(iss, A, &b, out->reason)) return FHRL_OK;
  for (int i = 0; i < SHELLS && !out->proved; i++) { // the coupling grows with the square of the radius
    high = plan->rho_max * pow(0.75, i);
    const double low = least_radius(iss, &b, high);
    if (low < high) FHRL_TRY(prove_on(iss, plan, &b, low, high, A, out, err));
    if (!out->proved) continue;
    snprintf(out->region, sizeof out->region, "%.6g <= rho <= %.6g, |A|_F <= %.6g: orbits may leave it", low, high, A);
    out->reason[0] = '\0';
    return FHRL_OK;
  }
  high = plan->rho_max;
  double m;
  root_on(iss, &b, high, high, &m);
  if (v->drive == FHRL_ISS_DRIVE_NONE)
    snprintf(
      out->reason, sizeof out->reason, "f = 0: across y the homeostasis does not contract, the sphere rho* is neutral");
  else
    snprintf(out->reason, sizeof out->reason,
      "on no ball or shell: at rho = %.6g damping and what the drive may add, %.6g, sum up to mu_2 = %.6g of "
      "the block of y, and the coupling with the memory is p q = %.6g against lambda = %.6g",
      high, b.drive, m, (b.p_slope * high + b.p_offset) * b.q_slope * high, v->lambda);
  return FHRL_OK;
}

// ---- fhrl_layer

static const double *matrix(const fhrl_iss_view *v, const char *name)
{
  return v->s->m[fhrl_system_matrix(v->s->model, name)];
}

// Smallest (largest) |W u_t + b| over the input's pieces, with what its rounding may be taken off (added).
static void extent(const fhrl_iss_view *v, const fhrl_input *in, double t_end, const char *W, const char *bias,
  double u[], double z[], double *least, double *most)
{
  const int d = v->d;
  *least = HUGE_VAL;
  *most = 0.0;
  for (double t = 0.0; t < t_end;) {
    const double next = fhrl_input_break(in, t);
    fhrl_input_at(in, t, u);
    memcpy(z, matrix(v, bias), (size_t)d * sizeof *z);
    fhrl_matvec_add(d, d, 1.0, matrix(v, W), u, z);
    const double size = fhrl_norm(d, z);
    double entries = fhrl_norm(d, matrix(v, bias)) + fhrl_norm(d * d, matrix(v, W)) * fhrl_norm(d, u);
    entries *= 4.0 * (d + 4) * 2.3e-16;
    *least = fmin(*least, size - entries);
    *most = fmax(*most, size + entries);
    if (!(next > t) || next == HUGE_VAL) break;
    t = next;
  }
}

typedef struct layer {
  double gain, WvWr, WqWr, WkWr, q_least, k_least, v_most;
  double R; // what rho is below in the end, at the gamma last looked at
} layer;

// (3) at reentry gain gamma: m and p q; HUGE_VAL where W_q x or W_k x may vanish.
static void layer_blocks(const fhrl_iss_view *v, layer *l, double gamma, double *m, double *pq)
{
  fhrl_iss_view other = *v;
  other.gamma = gamma;
  l->R = fhrl_iss_gain_layer(&other, l->v_most, l->WvWr);
  const double a = v->rate, c = v->c, r = v->r, q = l->q_least - gamma * l->WqWr * l->R,
               k = l->k_least - gamma * l->WkWr * l->R;
  const double p = c * l->gain * sqrt(r) * (l->v_most + gamma * l->WvWr * l->R);
  *m = raised(c * (l->gain * r * gamma * l->WvWr - 1.0));
  *pq = HUGE_VAL;
  if (gamma == 0.0) *pq = 0.0;
  else if (q > 0.0 && k > 0.0) *pq = raised(p * a * sqrt(r) * gamma * (l->WqWr / q + l->WkWr / k)) * (1.0 + 1e-13);
}

static double layer_root(const fhrl_iss_view *v, layer *l, double gamma)
{
  double m, pq;
  layer_blocks(v, l, gamma, &m, &pq);
  return isfinite(pq) ? root_above(m, pq, v->rate) : HUGE_VAL;
}

static fhrl_status layer_norms(const fhrl_iss *iss, const fhrl_input *in, layer *l, fhrl_err *err)
{
  const fhrl_iss_view *v = &iss->view;
  const int d = v->d;
  double skip;
  double *u = malloc(2 * (size_t)d * sizeof *u), *z = u + d;
  if (u == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a token");
  *l = (layer){.gain = raised(1.0 / (1.0 - v->beta))};
  extent(v, in, fhrl_input_end(in), "W_q", "b_q", u, z, &l->q_least, &skip);
  extent(v, in, fhrl_input_end(in), "W_k", "b_k", u, z, &l->k_least, &skip);
  extent(v, in, fhrl_input_end(in), "W_v", "b_v", u, z, &skip, &l->v_most);
  free(u);
  const double *W_r = matrix(v, "W_r");
  l->WvWr = iss->constants.WvWr;
  FHRL_TRY(fhrl_verified_norm_product(d, d, d, matrix(v, "W_q"), W_r, &l->WqWr, err));
  return fhrl_verified_norm_product(d, d, d, matrix(v, "W_k"), W_r, &l->WkWr, err);
}

static fhrl_status find_layer(fhrl_iss *iss, const fhrl_input *in, fhrl_contraction_proof *out, fhrl_err *err)
{
  const fhrl_iss_view *v = &iss->view;
  if (v->beta >= 1.0 || fhrl_input_varies(in)) {
    snprintf(out->reason, sizeof out->reason,
      v->beta >= 1.0 ? "beta >= 1: the gain's slope 1/(1-beta) at w = 0 has no bound"
                     : "known for inputs that are held over each token");
    return FHRL_OK;
  }
  layer l;
  double m, pq, yes = 0.0, no = 1e6;
  const double gamma = fabs(v->gamma);
  FHRL_TRY(layer_norms(iss, in, &l, err));
  layer_blocks(v, &l, gamma, &m, &pq);
  const double root_ = layer_root(v, &l, gamma);
  const double R = l.R;
  for (int i = 0; i < 60; i++) {
    const double middle = 0.5 * (yes + no);
    if (layer_root(v, &l, middle) < 0.0) yes = middle;
    else no = middle;
  }
  constant(out, "gamma", v->gamma);
  constant(out, "gamma_contracting", yes); // up to it the same argument proves contraction
  constant(out, "gain_slope", l.gain);
  constant(out, "norm_WvWr", l.WvWr);
  constant(out, "norm_WqWr", l.WqWr);
  constant(out, "norm_WkWr", l.WkWr);
  constant(out, "query_least", l.q_least);
  constant(out, "key_least", l.k_least);
  constant(out, "value_most", l.v_most);
  constant(out, "mu_y", m);
  if (isfinite(pq)) constant(out, "coupling", pq);
  constant(out, "a", v->rate);
  l.R = R;
  out->rho_max = R;
  if (root_ < 0.0) {
    out->proved = out->invariant = 1;
    out->rate = -root_;
    snprintf(out->region, sizeof out->region,
      "rho <= %.6g, rows of U, V <= 1, the input's own tokens: every orbit ends there", R);
  } else if (!isfinite(pq))
    snprintf(out->reason, sizeof out->reason,
      "gamma |W_q W_r| rho <= %.6g (keys %.6g) reaches the least |W_q u + b_q| = %.6g (%.6g): queries may "
      "turn arbitrarily fast",
      gamma * l.WqWr * l.R, gamma * l.WkWr * l.R, l.q_least, l.k_least);
  else
    snprintf(out->reason, sizeof out->reason,
      "norms of blocks leave mu_y = %.6g and a coupling p q = %.6g against a = %.6g; they prove contraction for "
      "gamma < %.6g",
      m, pq, v->rate, yes);
  return FHRL_OK;
}

fhrl_status fhrl_contraction_proof_find(
  fhrl_iss *iss, const fhrl_iss_plan *plan, const fhrl_input *in, fhrl_contraction_proof *out, fhrl_err *err)
{
  *out = (fhrl_contraction_proof){.rate = FHRL_NAN, .rho_max = FHRL_NAN, .A_max = FHRL_NAN};
  const fhrl_iss_view *v = &iss->view;
  if (v->home == FHRL_ISS_HOME_LAYER) return find_layer(iss, in, out, err);
  if (!fhrl_iss_reduced_knows(v) || (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && v->memory == FHRL_ISS_MEMORY_OUTER)) {
    snprintf(out->reason, sizeof out->reason, "%s",
      v->drive == FHRL_ISS_DRIVE_FASTWEIGHT ? "fastweight with outer memory may blow up in finite time"
                                            : "the terms of this model are not known in scalars");
    return FHRL_OK;
  }
  return find_split(iss, plan, out, err);
}
