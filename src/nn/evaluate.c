// SPDX-License-Identifier: GPL-3.0-or-later
// evaluate: the loss on bytes that a network is not trained on
#include "nn/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

fhrl_status fhrl_evaluate_init(const fhrl_corpus *corpus, size_t first, size_t size, int rows, int T,
  fhrl_evaluate *out, fhrl_err *err)
{
  const size_t starts = size - (size_t)T, row = (size_t)T + 1;
  fhrl_evaluate e = {.rows = (size_t)rows < starts ? rows : (int)starts, .T = T};
  fhrl_status status = FHRL_OK;
  e.byte = malloc((size_t)e.rows * row);
  e.loss = malloc((size_t)e.rows * sizeof *e.loss);
  if (e.byte == NULL || e.loss == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d held-out rows", e.rows));
  for (int i = 0; i < e.rows; i++) {
    const double share = e.rows > 1 ? (double)i / (e.rows - 1) : 0.0;
    const size_t start = (size_t)(share * (double)(starts - 1));
    FHRL_DO(status, fhrl_corpus_read(corpus, first + start, row, e.byte + (size_t)i * row, err));
  }
  *out = e;
done:
  if (status != FHRL_OK) fhrl_evaluate_free(&e);
  return status;
}

void fhrl_evaluate_free(fhrl_evaluate *evaluate)
{
  free(evaluate->byte);
  free(evaluate->loss);
  memset(evaluate, 0, sizeof *evaluate);
}

static double row_loss(int V, const fhrl_real *logit, int target)
{
  double most = (double)logit[0], sum = 0.0;
  for (int v = 1; v < V; v++) most = fmax(most, (double)logit[v]);
  for (int v = 0; v < V; v++) sum += exp((double)logit[v] - most);
  return log(sum) + most - (double)logit[target];
}

static void visit(void *context, const fhrl_tape *tape, int first)
{
  fhrl_evaluate *e = context;
  const int V = tape->config.vocabulary, B = tape->B;
  for (int b = 0; b < B; b++) {
    const unsigned char *byte = e->byte + (size_t)(first + b) * (size_t)(e->T + 1);
    double sum = 0.0;
    for (int t = 0; t < e->T; t++) sum += row_loss(V, tape->logits + ((size_t)t * B + b) * V, byte[t + 1]);
    e->loss[first + b] = sum;
  }
}

fhrl_status fhrl_evaluate_loss(
  fhrl_evaluate *evaluate, fhrl_engine *engine, const fhrl_gpt *gpt, double *loss, fhrl_err *err)
{
  fhrl_evaluate *e = evaluate;
  const fhrl_sequences sequences = {.byte = e->byte, .n = e->rows, .stride = e->T + 1};
  const fhrl_noise none = {.off = 1};
  double sum = 0.0;
  FHRL_TRY(fhrl_engine_forward(engine, gpt, &sequences, &none, visit, e, err));
  for (int i = 0; i < e->rows; i++) sum += e->loss[i];
  if (!isfinite(sum)) return fhrl_fail(err, FHRL_NUMERIC, "the loss on held-out bytes is not finite (%g)", sum);
  *loss = sum / e->rows / e->T;
  return FHRL_OK;
}
