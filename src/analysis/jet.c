// SPDX-License-Identifier: GPL-3.0-or-later
// jet: a ball together with its derivatives by n variables, each of them a ball (forward differentiation)
#include "analysis/jet.h"

enum { BITS = FHRL_BALL_BITS };

void fhrl_jet_init(fhrl_jet *x)
{
  arb_init(x->value);
  for (int i = 0; i < FHRL_JET_MAX; i++) arb_init(x->slope[i]);
}

void fhrl_jet_clear(fhrl_jet *x)
{
  arb_clear(x->value);
  for (int i = 0; i < FHRL_JET_MAX; i++) arb_clear(x->slope[i]);
}

void fhrl_jet_inits(int count, fhrl_jet x[])
{
  for (int i = 0; i < count; i++) fhrl_jet_init(&x[i]);
}

void fhrl_jet_clears(int count, fhrl_jet x[])
{
  for (int i = 0; i < count; i++) fhrl_jet_clear(&x[i]);
}

void fhrl_jet_constant(fhrl_jet *out, double value)
{
  arb_set_d(out->value, value);
  for (int i = 0; i < FHRL_JET_MAX; i++) arb_zero(out->slope[i]);
}

void fhrl_jet_variable(fhrl_jet *out, const arb_t value, int index)
{
  arb_set(out->value, value);
  for (int i = 0; i < FHRL_JET_MAX; i++) arb_set_si(out->slope[i], i == index);
}

void fhrl_jet_add(int n, fhrl_jet *out, const fhrl_jet *a, const fhrl_jet *b)
{
  arb_add(out->value, a->value, b->value, BITS);
  for (int i = 0; i < n; i++) arb_add(out->slope[i], a->slope[i], b->slope[i], BITS);
}

void fhrl_jet_shift(fhrl_jet *out, double c)
{
  arb_t exact;
  arb_init(exact);
  arb_set_d(exact, c);
  arb_add(out->value, out->value, exact, BITS);
  arb_clear(exact);
}

void fhrl_jet_add_scaled(int n, fhrl_jet *out, double c, const fhrl_jet *a)
{
  arb_t exact;
  arb_init(exact);
  arb_set_d(exact, c);
  arb_addmul(out->value, exact, a->value, BITS);
  for (int i = 0; i < n; i++) arb_addmul(out->slope[i], exact, a->slope[i], BITS);
  arb_clear(exact);
}

void fhrl_jet_scale(int n, fhrl_jet *out, double c, const fhrl_jet *a)
{
  arb_t exact;
  arb_init(exact);
  arb_set_d(exact, c);
  arb_mul(out->value, exact, a->value, BITS);
  for (int i = 0; i < n; i++) arb_mul(out->slope[i], exact, a->slope[i], BITS);
  arb_clear(exact);
}

void fhrl_jet_multiply(int n, fhrl_jet *out, const fhrl_jet *a, const fhrl_jet *b)
{
  arb_t left;
  arb_init(left);
  for (int i = 0; i < n; i++) { // slopes first: the values may be overwritten
    arb_mul(left, a->slope[i], b->value, BITS);
    arb_addmul(left, a->value, b->slope[i], BITS);
    arb_swap(out->slope[i], left);
  }
  if (a == b)
    arb_sqr(out->value, a->value, BITS);
  else
    arb_mul(out->value, a->value, b->value, BITS);
  arb_clear(left);
}

void fhrl_jet_divide(int n, fhrl_jet *out, const fhrl_jet *a, const fhrl_jet *b)
{
  arb_t quotient, left;
  arb_init(quotient);
  arb_init(left);
  arb_div(quotient, a->value, b->value, BITS);
  for (int i = 0; i < n; i++) { // (a' - (a/b) b')/b
    arb_mul(left, quotient, b->slope[i], BITS);
    arb_sub(left, a->slope[i], left, BITS);
    arb_div(out->slope[i], left, b->value, BITS);
  }
  // out may be b, whose value is needed until here
  arb_swap(out->value, quotient);
  arb_clear(quotient);
  arb_clear(left);
}

// out = f(a) with the derivative `rate` of f there
static void chain(int n, fhrl_jet *out, const fhrl_jet *a, const arb_t value, const arb_t rate)
{
  for (int i = 0; i < n; i++) arb_mul(out->slope[i], a->slope[i], rate, BITS);
  arb_set(out->value, value);
}

// tanh of a ball and its derivative sech^2, from the ends: both are monotonic in |z|, and a wide ball stays tight.
static void tanh_and_rate(const arb_t z, arb_t value, arb_t rate)
{
  arf_t end;
  arb_t low, high;
  arf_init(end);
  arb_init(low);
  arb_init(high);
  arb_get_lbound_arf(end, z, BITS);
  arb_set_arf(low, end);
  arb_tanh(low, low, BITS);
  arb_get_ubound_arf(end, z, BITS);
  arb_set_arf(high, end);
  arb_tanh(high, high, BITS);
  arb_union(value, low, high, BITS);
  arb_get_abs_lbound_arf(end, z, BITS);
  arb_set_arf(high, end);
  arb_sech(high, high, BITS);
  arb_get_abs_ubound_arf(end, z, BITS);
  arb_set_arf(low, end);
  arb_sech(low, low, BITS);
  arb_sqr(low, low, BITS);
  arb_sqr(high, high, BITS);
  arb_union(rate, low, high, BITS);
  arb_clear(low);
  arb_clear(high);
  arf_clear(end);
}

void fhrl_jet_tanh(int n, fhrl_jet *out, const fhrl_jet *a)
{
  arb_t value, rate;
  arb_init(value);
  arb_init(rate);
  tanh_and_rate(a->value, value, rate);
  chain(n, out, a, value, rate);
  arb_clear(value);
  arb_clear(rate);
}

// 1/(1 + exp(-a)) = (1 + tanh(a/2))/2, with the derivative sech^2(a/2)/4
void fhrl_jet_logistic(int n, fhrl_jet *out, const fhrl_jet *a)
{
  arb_t half, value, rate;
  arb_init(half);
  arb_init(value);
  arb_init(rate);
  arb_mul_2exp_si(half, a->value, -1);
  tanh_and_rate(half, value, rate);
  arb_add_ui(value, value, 1, BITS);
  arb_mul_2exp_si(value, value, -1);
  arb_mul_2exp_si(rate, rate, -2);
  chain(n, out, a, value, rate);
  arb_clear(half);
  arb_clear(value);
  arb_clear(rate);
}

// [sqrt(sum of least squares), sqrt(sum of greatest)]: tighter than what balls make of the formula, and never below 0
static void norm_value(int d, const fhrl_jet x[], arb_t out)
{
  arf_t low, high, part;
  arf_init(low);
  arf_init(high);
  arf_init(part);
  for (int i = 0; i < d; i++) {
    arb_get_abs_lbound_arf(part, x[i].value, BITS);
    arf_addmul(low, part, part, BITS, ARF_RND_FLOOR);
    arb_get_abs_ubound_arf(part, x[i].value, BITS);
    arf_addmul(high, part, part, BITS, ARF_RND_CEIL);
  }
  arf_sqrt(low, low, BITS, ARF_RND_FLOOR);
  arf_sqrt(high, high, BITS, ARF_RND_CEIL);
  arb_set_interval_arf(out, low, high, BITS);
  arf_clear(low);
  arf_clear(high);
  arf_clear(part);
}

void fhrl_jet_norm(int n, int d, const fhrl_jet x[], fhrl_jet *out)
{
  arb_t unit, ratio;
  arb_init(unit);
  arb_init(ratio);
  arb_zero_pm_one(unit);
  norm_value(d, x, out->value);
  for (int i = 0; i < n; i++) arb_zero(out->slope[i]);
  for (int k = 0; k < d; k++) {
    arb_div(ratio, x[k].value, out->value, BITS);
    if (!arb_is_finite(ratio) || !fhrl_ball_meet(ratio, ratio, unit)) arb_set(ratio, unit);
    for (int i = 0; i < n; i++) arb_addmul(out->slope[i], ratio, x[k].slope[i], BITS);
  }
  arb_clear(unit);
  arb_clear(ratio);
}

void fhrl_jet_matvec(int n, int rows, int cols, const double A[], const fhrl_jet x[], fhrl_jet out[])
{
  for (int i = 0; i < rows; i++) {
    fhrl_jet_constant(&out[i], 0.0);
    for (int j = 0; j < cols; j++) fhrl_jet_add_scaled(n, &out[i], A[(size_t)i * cols + j], &x[j]);
  }
}
