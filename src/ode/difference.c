// SPDX-License-Identifier: GPL-3.0-or-later
// difference: J v of a model that has no jvp, by central differences of its right-hand side (or step)
#include "ode/difference.h"

#include <string.h>

static const double reach = 6.0554544523933429e-06; // (2^-52)^(1/3)

// The largest power of two h at which no component of h v exceeds its share of the component's scale; 0 for v = 0.
static double step_size(const fhrl_system *s, const double x[], const double v[])
{
  double largest = 0.0;
  for (int block = 0, i = 0; block < s->model->n_state; block++) {
    const fhrl_shape shape = s->dims.state[block];
    const double usual = fabs(s->model->state[block].value), typical = usual > 0.0 ? usual : 1.0;
    for (const int end = i + shape.rows * shape.cols; i < end; i++) {
      const double scale = fabs(x[i]) > typical ? fabs(x[i]) : typical, ratio = fabs(v[i]) / scale;
      if (isnan(ratio)) return ratio; // and comes through
      if (ratio > largest) largest = ratio;
    }
  }
  if (largest == 0.0) return 0.0;
  if (largest < 1e-300) largest = 1e-300; // reach / largest stays finite
  int exponent;
  frexp(reach / largest, &exponent);
  return ldexp(0.5, exponent);
}

// f(x + h v); 0 if it is finite, else what the model returned, or 1.
static int look(const fhrl_system *s, double t, const double x[], const double v[], double h, double at[], double f[])
{
  for (int i = 0; i < s->n; i++) at[i] = x[i] + h * v[i];
  const int code = (s->model->rhs ? s->model->rhs : s->model->step)(s, t, at, f);
  if (code != 0) return code;
  for (int i = 0; i < s->n; i++)
    if (!isfinite(f[i])) return 1;
  return 0;
}

int fhrl_difference_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = s->n;
  double *at = s->work + s->dims.n_work, *other = at + n;
  const double h = step_size(s, x, v);
  if (h == 0.0) {
    memset(Jv, 0, (size_t)n * sizeof *Jv);
    return 0;
  }
  const int above = look(s, t, x, v, h, at, Jv), below = look(s, t, x, v, -h, at, other);
  double width = 2.0 * h;
  if ((above == 0) != (below == 0)) { // an edge: f(x) takes the place of the side that is not there
    const int code = look(s, t, x, v, 0.0, at, above == 0 ? other : Jv);
    if (code < 0) return code;
    width = h;
  } else if (above < 0 || below < 0)
    return -1;
  else if (above > 0) // neither side: nothing finite may come of it
    for (int i = 0; i < n; i++) Jv[i] = (double)NAN;
  for (int i = 0; i < n; i++) Jv[i] = (Jv[i] - other[i]) / width;
  return 0;
}

int fhrl_difference_used(const fhrl_model *model) { return model->jvp == NULL || model->jvp == fhrl_difference_jvp; }

const char *fhrl_difference_text(const fhrl_model *model)
{
  return fhrl_difference_used(model) ? "differences" : "exact";
}
