// SPDX-License-Identifier: GPL-3.0-or-later
// compare_exponents: the largest Lyapunov exponent of a layer's flow and of its network, on the inputs they were recorded with
#include "analysis/compare_exponents.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/exponents.h"
#include "analysis/ladder.h"
#include "analysis/metrics.h"
#include "base/signals.h"

static const fhrl_exponents_estimate nothing = {.mean = (double)NAN, .standard_error = (double)NAN, .low = (double)NAN,
  .high = (double)NAN};

fhrl_status fhrl_compare_exponents_measure(const fhrl_layer *layer, fhrl_layer_rate rate, int side, double rtol,
  int sequences, int T, const double u[], fhrl_compare_exponents *out, fhrl_err *err)
{
  const int tokens = sequences * T, transient = sequences > 1 ? T : T / 2;
  const fhrl_solver solver = {.method = FHRL_METHOD_DOP853, .rtol = rtol, .atol = 1e-2 * rtol, .t_end = tokens,
    .max_steps = LONG_MAX};
  const fhrl_exponents_plan plan = {.k = 1, .transient = transient, .every = 1.0, .seed = 1};
  const fhrl_exponents_watch watch = {.stop = fhrl_signals_flag()};
  fhrl_exponents e = {0};
  fhrl_ladder network = {0};
  fhrl_system *flow = NULL;
  fhrl_input in = {0};
  fhrl_err why = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  double *zero = calloc(3 * (size_t)layer->d, sizeof *zero);
  if (zero == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the exponents of layer %d", layer->index);
  FHRL_DO(status, fhrl_layer_bind(layer, 1.0, rate, &flow, err));
  FHRL_DO(status, fhrl_input_hold(&in, tokens, layer->d, u, err));
  if (side == 0) FHRL_DO(status, fhrl_ladder_init(&network, flow, 1, err));
  out->side[side] = nothing;
  out->tokens = tokens - transient;
  const fhrl_status ran = fhrl_exponents_run(&e, side == 0 ? network.map : flow, &in, &solver, &plan, zero, &watch, &why);
  if (ran == FHRL_INTERRUPT || ran == FHRL_NOMEM) FHRL_DO(status, fhrl_fail(err, ran, "%s", why.msg));
  if (ran != FHRL_OK)
    snprintf(out->reason[side], sizeof out->reason[side], "%.150s", why.msg);
  else {
    out->side[side] = e.exponent[0];
    if (!isfinite(e.exponent[0].mean))
      snprintf(out->reason[side], sizeof out->reason[side], "the Jacobian is singular: -infinity");
  }
done:
  fhrl_exponents_free(&e);
  fhrl_ladder_free(&network);
  fhrl_system_destroy(flow);
  fhrl_input_free(&in);
  free(zero);
  return status;
}
