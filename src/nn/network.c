// SPDX-License-Identifier: GPL-3.0-or-later
// network: forward and backward pass of the whole network on one chunk of sequences
#include "nn/network.h"

#include <string.h>

#include "nn/embed.h"
#include "nn/kernel.h"
#include "nn/linear.h"
#include "nn/loss.h"

void fhrl_network_forward(fhrl_tape *tape, const fhrl_gpt_params *params, const fhrl_fhrl_packed packed[],
  const fhrl_sequences *sequences, const fhrl_noise *noise, int first, int B)
{
  const fhrl_gpt_config *c = &tape->config;
  const unsigned char *byte = sequences->byte + (size_t)first * sequences->stride;
  tape->B = B;
  tape->N = B * c->T;
  fhrl_embed_forward(B, c->T, c->d, byte, sequences->stride, params->tok, params->pos, tape->layer[0].h);
  for (int i = 0; i < c->layers; i++) {
    fhrl_real *out = i + 1 < c->layers ? tape->layer[i + 1].h : tape->h;
    fhrl_block_forward(tape, i, &params->layer[i], &packed[i], noise, first, out);
  }
  fhrl_kernel_table()->rows_norm(
    tape->N, c->d, tape->h, params->lnf_w, params->lnf_b, tape->af, tape->statf);
  const fhrl_real *head = c->tied ? params->tok : params->head;
  fhrl_linear_forward(tape->N, c->d, c->vocabulary, tape->af, head, NULL, 0, tape->logits);
}

double fhrl_network_backward(fhrl_tape *tape, const fhrl_gpt_params *params,
  const fhrl_fhrl_packed packed[], const fhrl_sequences *sequences, int first, double weight,
  const fhrl_gpt_params *grads)
{
  const fhrl_gpt_config *c = &tape->config;
  const int B = tape->B, N = tape->N, V = c->vocabulary, stride = sequences->stride;
  const unsigned char *byte = sequences->byte + (size_t)first * stride;
  const double loss = fhrl_loss_backward(B, c->T, V, byte + 1, stride, weight, tape->logits);
  const fhrl_real *head = c->tied ? params->tok : params->head;
  fhrl_linear_backward(
    N, c->d, V, tape->af, head, tape->logits, 0, tape->ga, c->tied ? grads->tok : grads->head, NULL);
  memset(tape->gh, 0, (size_t)N * c->d * sizeof *tape->gh);
  fhrl_kernel_table()->rows_norm_backward(N, c->d, tape->h, tape->statf, params->lnf_w, tape->ga, tape->gh,
    grads->lnf_w, grads->lnf_b);
  for (int i = c->layers - 1; i >= 0; i--)
    fhrl_block_backward(tape, i, &params->layer[i], &packed[i], &grads->layer[i]);
  fhrl_embed_backward(B, c->T, c->d, byte, stride, tape->gh, grads->tok, grads->pos);
  return loss;
}
