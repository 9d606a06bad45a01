// SPDX-License-Identifier: GPL-3.0-or-later
// compare_slots: how many slots differ after a sequence, on the ladder and in the flow, where they began apart (theory 3h)
#include "analysis/compare_slots.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "base/random.h"
#include "base/signals.h"
#include "ode/integrator.h"

static fhrl_status climb(const fhrl_system *flow, int m, int T, const double x_pre[], double z[], fhrl_err *err)
{
  fhrl_ladder ladder;
  FHRL_TRY(fhrl_ladder_init(&ladder, flow, m, err));
  for (int t = 0; t < T; t++) fhrl_ladder_token(&ladder, x_pre + (size_t)t * flow->dims.n_u, z);
  fhrl_ladder_free(&ladder);
  return FHRL_OK;
}

static fhrl_status integrate(fhrl_system *flow, double rtol, int T, const double x_pre[], double z[], fhrl_err *err)
{
  const fhrl_solver how = {.method = FHRL_METHOD_DOP853, .rtol = rtol, .atol = 1e-3 * rtol, .max_steps = LONG_MAX,
    .stop = fhrl_signals_flag()};
  fhrl_input in = {0};
  fhrl_integrator *it = NULL;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_input_hold(&in, T, flow->dims.n_u, x_pre, err));
  FHRL_DO(status, fhrl_integrator_create(flow, &in, &how, 0.0, z, &it, err));
  FHRL_DO(status, fhrl_integrator_advance(it, T, err));
  memcpy(z, fhrl_integrator_state(it), (size_t)flow->n * sizeof *z);
done:
  fhrl_integrator_destroy(it);
  fhrl_input_free(&in);
  return status;
}

fhrl_status fhrl_compare_slots_measure(const fhrl_layer *l, fhrl_layer_rate rate, double rtol, int T, const double x_pre[],
  fhrl_compare_slots *out, fhrl_err *err)
{
  const size_t d = (size_t)l->d, rows = 2 * (size_t)l->r * d, n = d + rows;
  fhrl_system *flow = NULL;
  fhrl_status status = FHRL_OK;
  double *start = calloc(2 * n, sizeof *start), *z = start + n;
  if (start == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d slots", l->r);
  fhrl_random_normal((fhrl_random){.seed = 1, .stream = FHRL_STREAM_START, .layer = (uint32_t)l->index, .sequence = 4}, 0, rows,
    start + d);
  for (size_t i = d; i < n; i++) start[i] /= sqrt((double)d);
  FHRL_DO(status, fhrl_slots_measure(l->r, l->d, start + d, start + d + rows / 2, &out->start, err));
  FHRL_DO(status, fhrl_layer_bind(l, 1.0, rate, &flow, err));
  for (int k = 0; k < FHRL_COMPARE_SLOTS_SIDES; k++) {
    memcpy(z, start, n * sizeof *z);
    if (k < FHRL_COMPARE_SLOTS_RUNGS)
      FHRL_DO(status, climb(flow, 1 << k, T, x_pre, z, err));
    else
      FHRL_DO(status, integrate(flow, rtol, T, x_pre, z, err));
    FHRL_DO(status, fhrl_slots_measure(l->r, l->d, z + d, z + d + rows / 2, &out->side[k], err));
  }
done:
  fhrl_system_destroy(flow);
  free(start);
  return status;
}
