// SPDX-License-Identifier: GPL-3.0-or-later
// normal_forms: systems whose bifurcations are known in closed form, on purpose not in their simplest coordinates
#include "normal_forms.h"

#include "support.h"

#define P 0.37
const double normal_forms_P = P;

static const fhrl_field state[] = {{"x", 0.0, "1", "first"}, {"y", 0.0, "1", "second"}};
static const fhrl_field param[] = {{"mu", 0.0, "1", "parameter", FHRL_REAL, -10, 10}, {"k", 1, "1", "a whole number", FHRL_INT, 0, 9}};

static double side(const fhrl_system *s, const double x[]) { return x[0] - 0.7 * sin(s->p[0]); }

// the flows' second equation, and the maps' that are not Neimark-Sacker
static void flow_y(const double x[], double dx[]) { dx[1] = -2.0 * x[1] + x[0] * x[0]; }
static void flow_y_tangent(const double x[], const double v[], double Jv[]) { Jv[1] = -2.0 * v[1] + 2.0 * x[0] * v[0]; }
static void map_y(const double x[], double dx[]) { dx[1] = 0.5 * x[1] + 0.5 * x[0] * x[0]; }
static void map_y_tangent(const double x[], const double v[], double Jv[]) { Jv[1] = 0.5 * v[1] + x[0] * v[0]; }

#define FORM(name, second, value, slope)                                                           \
  static int name(const fhrl_system *s, double t, const double x[], double dx[])                   \
  {                                                                                                \
    const double mu = s->p[0], m = mu - P, z = side(s, x);                                         \
    (void)mu, (void)m, (void)z;                                                                    \
    dx[0] = value;                                                                                 \
    second(x, dx);                                                                                 \
    return 0;                                                                                      \
  }                                                                                                \
  static int name##_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[]) \
  {                                                                                                \
    const double mu = s->p[0], m = mu - P, z = side(s, x);                                         \
    (void)mu, (void)m, (void)z;                                                                    \
    Jv[0] = (slope) * v[0];                                                                        \
    second##_tangent(x, v, Jv);                                                                    \
    return 0;                                                                                      \
  }

FORM(pitchfork, flow_y, m * z - z * z * z, m - 3.0 * z * z)
FORM(fold, flow_y, m - (x[0] - 0.4) * (x[0] - 0.4), -2.0 * (x[0] - 0.4))
FORM(transcritical, flow_y, m * z - z * z, m - 2.0 * z)
FORM(circle, flow_y, 1.0 - x[0] * x[0] - mu * mu, -2.0 * x[0])
FORM(none, flow_y, 1.0 + x[0] * x[0] + mu * mu, 2.0 * x[0])
FORM(flip, map_y, 0.7 * sin(mu) - (1.0 + m) * z + z * z * z, -(1.0 + m) + 3.0 * z * z)
FORM(map_fold, map_y, x[0] + m - x[0] * x[0], 1.0 - 2.0 * x[0])

static int neimark(const fhrl_system *s, double t, const double x[], double dx[])
{
  const double a = s->p[0] + 2.0 - P;
  dx[0] = x[1];
  dx[1] = a * x[1] * (1.0 - x[0]);
  return 0;
}

static int neimark_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double a = s->p[0] + 2.0 - P;
  Jv[0] = v[1];
  Jv[1] = a * (v[1] * (1.0 - x[0]) - x[1] * v[0]);
  return 0;
}

#define MODEL(text, field, product, member)                                                        \
  {.name = text, .summary = text, .reference = "closed form", .time_unit = "1", .state = state, .n_state = 2, .param = param, \
    .n_param = 2, .member = field, .jvp = product}

static const fhrl_model models[NORMAL_FORMS] = {
  [NORMAL_PITCHFORK] = MODEL("pitchfork", pitchfork, pitchfork_jvp, rhs),
  [NORMAL_FOLD] = MODEL("fold", fold, fold_jvp, rhs),
  [NORMAL_TRANSCRITICAL] = MODEL("transcritical", transcritical, transcritical_jvp, rhs),
  [NORMAL_CIRCLE] = MODEL("circle", circle, circle_jvp, rhs),
  [NORMAL_NONE] = MODEL("none", none, none_jvp, rhs),
  [NORMAL_FLIP] = MODEL("flip", flip, flip_jvp, step),
  [NORMAL_NEIMARK_SACKER] = MODEL("neimark", neimark, neimark_jvp, step),
  [NORMAL_MAP_FOLD] = MODEL("map_fold", map_fold, map_fold_jvp, step),
};

const fhrl_model *normal_forms_model(int which) { return &models[which]; }

fhrl_system *normal_forms_bind(int which, double mu)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = NULL;
  const double p[2] = {mu, 1.0};
  assert_ok(fhrl_system_bind(&models[which], p, NULL, &s, &err));
  return s;
}
