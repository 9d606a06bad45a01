// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_blocks: means of growths with standard errors that know of the growths' correlations
#include "analysis/exponents_blocks.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"

enum { LONG = 16, FREQUENCIES = 64, LOWEST = 4, ITERATIONS = 50 };
static const double two_pi = 6.283185307179586476925286766559;
static const double rounding = 1e-10; // of the mean
static const double low_excess = 26.124 / 8.0; // chi^2 of 8 degrees of freedom at .999, over its mean

fhrl_status fhrl_exponents_blocks_init(fhrl_exponents_blocks *b, int k, double interval, fhrl_err *err)
{
  *b = (fhrl_exponents_blocks){.k = k, .per = 1, .interval = interval};
  b->sum = calloc((FHRL_EXPONENTS_BLOCKS + 1) * (size_t)k, sizeof *b->sum);
  if (b->sum == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the blocks of %d exponents", k);
  return FHRL_OK;
}

void fhrl_exponents_blocks_free(fhrl_exponents_blocks *b)
{
  free(b->sum);
  memset(b, 0, sizeof *b);
}

static void merge(fhrl_exponents_blocks *b)
{
  const size_t k = (size_t)b->k;
  b->count /= 2;
  for (int i = 0; i < b->count; i++)
    for (size_t j = 0; j < k; j++) b->sum[(size_t)i * k + j] = b->sum[2 * (size_t)i * k + j] + b->sum[(2 * (size_t)i + 1) * k + j];
  b->per *= 2;
}

void fhrl_exponents_blocks_add(fhrl_exponents_blocks *b, const double growth[])
{
  const size_t k = (size_t)b->k;
  double *open = b->sum + FHRL_EXPONENTS_BLOCKS * k;
  if (b->count == FHRL_EXPONENTS_BLOCKS && b->open == 0) merge(b);
  for (size_t j = 0; j < k; j++) open[j] += growth[j];
  b->intervals++;
  if (++b->open < b->per) return;
  memcpy(b->sum + (size_t)b->count * k, open, k * sizeof *open);
  memset(open, 0, k * sizeof *open);
  b->open = 0;
  b->count++;
}

double fhrl_exponents_blocks_time(const fhrl_exponents_blocks *b) { return (double)b->intervals * b->interval; }

// sum c_i growth_i of one block; a coefficient of 0 leaves out what is not finite
static double combined(const fhrl_exponents_blocks *b, const double c[], int block)
{
  const double *row = b->sum + (size_t)block * (size_t)b->k;
  double sum = 0.0;
  for (int i = 0; i < b->k; i++)
    if (c[i] != 0.0) sum += c[i] * row[i];
  return sum;
}

static double variance(int m, const double s[])
{
  double square = 0.0;
  for (int i = 0; i < m; i++) square += s[i] * s[i];
  return square / (m - 1);
}

// I (FREQUENCIES) of (3): the first J of it, of m sums s less their mean, all frequencies side by side.
static void periodogram(int m, double B, const double s[], double I[])
{
  double c[FREQUENCIES], d[FREQUENCIES], turn_c[FREQUENCIES], turn_d[FREQUENCIES], re[FREQUENCIES] = {0.0}, im[FREQUENCIES] = {0.0};
  for (int j = 0; j < FREQUENCIES; j++) {
    c[j] = 1.0;
    d[j] = 0.0;
    turn_c[j] = cos(two_pi * (j + 1) / m);
    turn_d[j] = sin(two_pi * (j + 1) / m);
  }
  for (int l = 0; l < m; l++)
    for (int j = 0; j < FREQUENCIES; j++) {
      re[j] += s[l] * c[j];
      im[j] += s[l] * d[j];
      const double next = c[j] * turn_c[j] - d[j] * turn_d[j];
      d[j] = c[j] * turn_d[j] + d[j] * turn_c[j];
      c[j] = next;
    }
  for (int j = 0; j < FREQUENCIES; j++) I[j] = (re[j] * re[j] + im[j] * im[j]) / (m * B);
}

typedef struct likelihood {
  int J;
  double I[FREQUENCIES], g[FREQUENCIES]; // periodogram; 2 - 2 cos theta, over its largest
} likelihood;

// -ln of the likelihood of D + c g; infinite where that is not positive
static double cost(const likelihood *w, double D, double c)
{
  double sum = 0.0;
  for (int j = 0; j < w->J; j++) {
    const double mean = D + c * w->g[j];
    if (!(mean > 0.0)) return HUGE_VAL;
    sum += log(mean) + w->I[j] / mean;
  }
  return sum;
}

// Information matrix (a b; b d) of D and c, and the gradient of the likelihood.
static void slope(const likelihood *w, double D, double c, double *a, double *b, double *d, double grad[2])
{
  *a = *b = *d = grad[0] = grad[1] = 0.0;
  for (int j = 0; j < w->J; j++) {
    const double mean = D + c * w->g[j], weight = 1.0 / (mean * mean), rest = (w->I[j] - mean) * weight;
    *a += weight;
    *b += weight * w->g[j];
    *d += weight * w->g[j] * w->g[j];
    grad[0] += rest;
    grad[1] += rest * w->g[j];
  }
}

// Fisher scoring from a flat spectrum, with D held above a millionth of it: below, nothing tells D from 0. *error: of D.
// 1 if the lowest frequencies stand above the fit.
static int maximize(const likelihood *w, double *D, double *error)
{
  double level = 0.0, c = 0.0, a, b, d, grad[2];
  for (int j = 0; j < w->J; j++) level += w->I[j] / w->J;
  *D = level;
  *error = 0.0;
  if (!(level > 0.0)) return 0;
  double now = cost(w, *D, c);
  for (int k = 0; k < ITERATIONS; k++) {
    slope(w, *D, c, &a, &b, &d, grad);
    const double det = a * d - b * b;
    if (!(det > 0.0)) break;
    const double dD = (d * grad[0] - b * grad[1]) / det, dc = (a * grad[1] - b * grad[0]) / det;
    double part = 1.0, next = HUGE_VAL, D_next = *D, c_next = c;
    for (; part > 1e-6; part *= 0.5) {
      D_next = fmax(1e-6 * level, *D + part * dD);
      c_next = c + part * dc;
      next = cost(w, D_next, c_next);
      if (next < now) break;
    }
    if (!(next < now)) break;
    const int settled = now - next < 1e-10;
    *D = D_next;
    c = c_next;
    now = next;
    if (settled) break;
  }
  slope(w, *D, c, &a, &b, &d, grad);
  *error = sqrt(d / (a * d - b * b));
  double lowest = 0.0;
  for (int j = 0; j < LOWEST; j++) lowest += w->I[j] / (*D + c * w->g[j]) / LOWEST;
  return lowest > low_excess;
}

// D, v and their degrees of freedom, of m sums s less their mean.
static void fit(int m, double B, const double s[], fhrl_exponents_estimate *out)
{
  likelihood w = {.J = m / 4 < FREQUENCIES ? m / 4 : FREQUENCIES};
  double error;
  const double T = m * B;
  periodogram(m, B, s, w.I);
  for (int j = 0; j < w.J; j++) w.g[j] = (1.0 - cos(two_pi * (j + 1) / m)) / (1.0 - cos(two_pi * w.J / m));
  out->correlated = maximize(&w, &out->D, &error);
  if (out->correlated) {
    out->D = 0.0;
    for (int j = 0; j < LOWEST; j++) out->D += w.I[j] / LOWEST;
  }
  out->v = fmax(0.0, 0.5 * (variance(m, s) - out->D * B));
  const double level = out->D + 2.0 * out->v / T;
  out->freedom = out->correlated ? 2.0 * LOWEST : error > 0.0 ? 2.0 * pow(level / error, 2.0) : 2.0 * w.J;
  out->freedom = fmin(2.0 * w.J, fmax(1.0, out->freedom));
}

void fhrl_exponents_blocks_estimate(const fhrl_exponents_blocks *b, const double c[], fhrl_exponents_estimate *out)
{
  double s[FHRL_EXPONENTS_BLOCKS], total = 0.0, mean = 0.0;
  const double T = fhrl_exponents_blocks_time(b), B = (double)b->per * b->interval;
  for (int i = 0; i < b->count; i++) total += s[i] = combined(b, c, i);
  mean = total / b->count;
  total += combined(b, c, FHRL_EXPONENTS_BLOCKS); // the open one's place
  *out = (fhrl_exponents_estimate){.mean = T > 0.0 ? total / T : FHRL_NAN, .standard_error = FHRL_NAN, .low = FHRL_NAN, .high = FHRL_NAN,
    .D = FHRL_NAN, .v = FHRL_NAN, .blocks = b->count, .block_length = B};
  if (!isfinite(out->mean) || b->count < FHRL_EXPONENTS_BLOCKS_MIN) return;
  for (int i = 0; i < b->count; i++) s[i] -= mean;
  fit(b->count, B, s, out);
  out->standard_error = sqrt(out->D * T + 2.0 * out->v) / T; // (2)
  if (out->standard_error < rounding * fabs(out->mean)) out->correlated = 0; // of rounding errors nobody asks
  const double wide = gsl_cdf_tdist_Pinv(0.975, out->freedom) * out->standard_error;
  out->low = out->mean - wide;
  out->high = out->mean + wide;
}

void fhrl_exponents_blocks_halves(const fhrl_exponents_blocks *b, const double c[], double mean[2], double *t)
{
  double s[LONG] = {0.0}, square = 0.0;
  const int together = b->count / LONG, half = LONG / 2;
  const double length = together * (double)b->per * b->interval;
  mean[0] = mean[1] = *t = FHRL_NAN;
  if (together == 0) return;
  for (int i = 0; i < together * LONG; i++) s[i / together] += combined(b, c, i);
  for (int k = 0; k < 2; k++) {
    mean[k] = 0.0;
    for (int i = 0; i < half; i++) mean[k] += s[k * half + i] / (half * length);
    for (int i = 0; i < half; i++) square += pow(s[k * half + i] / length - mean[k], 2.0);
  }
  *t = fabs(mean[1] - mean[0]) / sqrt(square / (LONG - 2) * 2.0 / half);
}
