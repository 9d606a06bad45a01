// SPDX-License-Identifier: GPL-3.0-or-later
// compare_equilibria: equilibria of flow and network under an input frozen at one recorded token (theory 2c)
#include "analysis/compare_equilibria.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/equilibrium_kind.h"
#include "analysis/ladder.h"
#include "analysis/ladder_stability.h"
#include "analysis/metrics.h"

static const double rounding = 1e-9; // of a step from an equilibrium that is known to 1e-11, relative to 1 + |y|

void fhrl_compare_equilibria_place(const fhrl_recording *r, int sequences, int k, int count, int *sequence, int *token)
{
  *sequence = k % sequences;
  *token = r->tokens - 1 - (int)((long)k * r->tokens / count);
}

// What one token of the network does to z (n) under u.
static fhrl_status step(const fhrl_system *flow, const double u[], const double z[], double scratch[], double *moved,
  fhrl_err *err)
{
  fhrl_ladder network;
  FHRL_TRY(fhrl_ladder_init(&network, flow, 1, err));
  memcpy(scratch, z, (size_t)flow->n * sizeof *z);
  fhrl_ladder_token(&network, u, scratch);
  *moved = 0.0;
  for (int i = 0; i < flow->n; i++) *moved = fmax(*moved, fabs(scratch[i] - z[i]));
  fhrl_ladder_free(&network);
  return FHRL_OK;
}

// All eigenvalues that differ: the 2 d of the blocks, and -a of the slots that move without moving y.
static fhrl_status spectrum(const fhrl_system *flow, int d, const double S[], const double K[], fhrl_equilibrium *q,
  fhrl_err *err)
{
  FHRL_TRY(fhrl_ladder_stability_eigenvalues(flow, S, K, q->re, q->im, err));
  q->re[2 * d] = -fhrl_ladder_rate(flow);
  q->im[2 * d] = 0.0;
  q->eigenvalues = 2 * d + 1;
  fhrl_equilibrium_kind_classify(q, 0);
  return FHRL_OK;
}

static void none(fhrl_compare_rest *r, const char *reason)
{
  const fhrl_step_limit limit = {.h_c = FHRL_NAN, .reason = "no equilibrium", .below.seen = FHRL_NAN, .above.seen = FHRL_NAN};
  r->rho = r->residual = r->moved = r->growth = r->radius = r->re = r->im = FHRL_NAN;
  r->simultaneous = r->sequential = limit;
  r->born = (fhrl_step_born){.h = FHRL_NAN, .size = FHRL_NAN, .reason = limit.reason};
  snprintf(r->reason, sizeof r->reason, "%.150s", reason);
}

fhrl_status fhrl_compare_equilibria_find(const fhrl_layer *layer, fhrl_layer_rate rate, const double x_pre[],
  const double y[], fhrl_compare_rest *out, fhrl_err *err)
{
  const size_t d = (size_t)layer->d, n = 3 * d;
  fhrl_compare_rest r = {.sequence = out->sequence, .token = out->token};
  fhrl_system *flow = NULL;
  fhrl_status status = FHRL_OK;
  fhrl_err why = {FHRL_OK, ""};
  double *S = calloc(2 * d * d + 2 * n + 2 * (2 * d + 1), sizeof *S);
  if (S == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an equilibrium of %zu states", n);
  double *K = S + d * d, *z = K + d * d, *scratch = z + n;
  fhrl_equilibrium q = {.x = z, .re = scratch + n, .im = scratch + n + 2 * d + 1};
  FHRL_DO(status, fhrl_layer_bind(layer, 1.0, rate, &flow, err));
  memcpy(z, y, d * sizeof *z);
  if (fhrl_ladder_stability_equilibrium(flow, x_pre, z, &r.residual, &why) != FHRL_OK) {
    if (why.code != FHRL_NUMERIC) FHRL_DO(status, fhrl_fail(err, why.code, "%s", why.msg));
    none(&r, why.msg);
    goto found;
  }
  r.rho = fhrl_norm((int)d, z);
  FHRL_DO(status, step(flow, x_pre, z, scratch, &r.moved, err));
  r.shared = r.moved <= rounding * (1.0 + r.rho);
  FHRL_DO(status, fhrl_ladder_stability_blocks(flow, x_pre, z, S, K, err));
  FHRL_DO(status, spectrum(flow, (int)d, S, K, &q, err));
  r.growth = fmax(q.re[0], q.re[2 * d]);
  FHRL_DO(status, fhrl_ladder_stability_leading(flow, S, K, 1.0, &r.re, &r.im, err));
  r.radius = hypot(r.re, r.im);
  FHRL_DO(status, fhrl_step_limit_simultaneous(flow, 0.0, x_pre, &q, &r.simultaneous, err));
  FHRL_DO(status, fhrl_step_limit_sequential(flow, x_pre, &q, &r.sequential, err));
  FHRL_DO(status, fhrl_step_born_find(flow, x_pre, z, &r.sequential, &r.born, err));
found:
  *out = r;
done:
  fhrl_system_destroy(flow);
  free(S);
  return status;
}

int fhrl_compare_equilibria_first(const fhrl_compare_rest rest[], int count)
{
  int first = -1;
  for (int i = 0; i < count; i++) {
    const double h = rest[i].sequential.h_c;
    if (isfinite(h) && (first < 0 || h < rest[first].sequential.h_c)) first = i;
  }
  return first;
}
