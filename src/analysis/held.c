// SPDX-License-Identifier: GPL-3.0-or-later
// held: a system carried along a recorded sequence, its input held over each token, and looked at on the way
#include "analysis/held.h"

#include <stdlib.h>

fhrl_status fhrl_held_run(fhrl_system *s, int tokens, const double u[], const fhrl_solver *solver, int per_token,
  fhrl_held_sample *sample, void *context, fhrl_counters *counters, fhrl_err *err)
{
  fhrl_input input = {0};
  fhrl_integrator *it = NULL;
  fhrl_status status = FHRL_OK;
  double *zero = calloc((size_t)s->n, sizeof *zero);
  if (zero == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", s->n);
  FHRL_DO(status, fhrl_input_hold(&input, tokens, s->dims.n_u, u, err));
  FHRL_DO(status, fhrl_integrator_create(s, &input, solver, 0.0, zero, &it, err));
  for (int k = 1; k <= tokens * per_token; k++) {
    FHRL_DO(status, fhrl_integrator_advance(it, (double)k / per_token, err));
    s->u = u + (size_t)((k - 1) / per_token) * s->dims.n_u;
    FHRL_DO(status, sample(context, k, s, fhrl_integrator_state(it), err));
  }
  if (counters) fhrl_integrator_counters(it, counters);
done:
  fhrl_integrator_destroy(it);
  fhrl_input_free(&input);
  free(zero);
  return status;
}
