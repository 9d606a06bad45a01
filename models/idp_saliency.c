// SPDX-License-Identifier: GPL-3.0-or-later
// idp_saliency: how salient a memory is when the network comes to it, turn by turn of a cycle of memories
//   Z' = kappa (1 - 1/Z)                       (1)
// Source: S. Betteti, G. Baggio and S. Zampieri, arXiv 2603.03201, the slow dynamics of input-driven plasticity in the limit of
// fast retrieval: while a memory is held its saliency falls as Z exp(-s), it is lost at 1, after T = ln Z, and by then the
// next one has grown to kappa (1 - 1/Z). Fixed points (kappa +- sqrt(kappa^2 - 4 kappa))/2 exist for kappa >= 4; the upper
// one attracts, T = 1.28593 at kappa = 5. Left out is what the next memory kept from its last turn: exact for many memories.
#include "ode/model.h"

enum { KAPPA, N_PARAM };
enum { HOLD, N_OBS };
static const fhrl_field state[] = {{"Z", 2.0, "1", "saliency of a memory at the start of its hold"}};
static const fhrl_field param[N_PARAM] = {
  [KAPPA] = {"kappa", 5.0, "1", "gain from a memory held to the saliency of the next", FHRL_REAL, 0.0, HUGE_VAL,
             FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
static const fhrl_field obs[N_OBS] = {
  [HOLD] = {"T", 0.0, "slow time", "how long the memory is held: ln Z, 0 where Z <= 1: never retrieved"},
};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {3.6180339887498949}, .tol = 1e-14, .why = "(kappa + sqrt(kappa^2 - 4 kappa))/2 is fixed"},
  {FHRL_CHECK_EQUILIBRIUM, {1.3819660112501051}, .tol = 1e-14, .why = "so is the lower root"},
};

static const char *refuse_start(const fhrl_system *s, const double x0[])
{
  return x0[0] != 0.0 ? NULL : "Z = 0 has no next value: (1) divides by it";
}

static int step(const fhrl_system *s, double t, const double x[], double out[])
{
  out[0] = s->p[KAPPA] * (1.0 - 1.0 / x[0]); // (1)
  return 0;
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = s->p[KAPPA] * v[0] / (x[0] * x[0]);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[HOLD] = x[0] > 1.0 ? log(x[0]) : 0.0;
  return 0;
}

const fhrl_model fhrl_model_idp_saliency = {
  .name = "idp_saliency",
  .summary = "saliency of a memory from turn to turn of a cycle",
  .reference = "Betteti, Baggio and Zampieri, arXiv 2603.03201",
  .time_unit = "turn",
  FHRL_TABLES,
  .refuse_start = refuse_start,
  .step = step,
  .jvp = jvp,
  .observe = observe,
};
