// SPDX-License-Identifier: GPL-3.0-or-later
// claims: what arXiv:2511.06798 says of its experiments, how each is measured, and a verdict with its numbers
//
// A quantity is taken seed by seed, networks of one seed beside each other (they share initial weights and batches),
// and then averaged over seeds; a limit counts as passed if the 95 % interval of that mean (Student) lies beyond it.
#pragma once

#include "base/status.h"

// What a run was for.
typedef enum fhrl_claims_role {
  FHRL_CLAIMS_GAMMA,     // the paper's range of gamma
  FHRL_CLAIMS_EXTENDED,  // further gammas, fewer seeds
  FHRL_CLAIMS_UNTRAINED, // as initialised
  FHRL_CLAIMS_FROZEN,    // W_r stays as it began
  FHRL_CLAIMS_FREE,      // no homeostasis: beta = 0
  FHRL_CLAIMS_QUIET,     // no slot noise: sigma = 0
  FHRL_CLAIMS_SGD,       // gradient descent instead of AdamW
  FHRL_CLAIMS_NONE,      // a GPT without such layers
  FHRL_CLAIMS_HEBBIAN,   // the layers of the paper's table 1 in its place
  FHRL_CLAIMS_DELTA,
  FHRL_CLAIMS_RETENTION,
  FHRL_CLAIMS_ROLES
} fhrl_claims_role;

// The numbers of a run, means over its layers: N(enumerator, name, part of result.json, key there, unit, meaning)
#define FHRL_CLAIMS_NUMBERS(N)                                                                                          \
  N(LOSS, "final_loss", "", "final_loss", "nat/byte", "loss, mean of the last 20 steps")                               \
  N(FLOOR, "entropy_floor", "", "entropy_floor", "nat/byte", "entropy of the corpus' random chunks")                   \
  N(TOKEN, "token_flatness", "", "token_flatness", "1", "least over largest singular value of the token embedding")    \
  N(IRR, "irr", "random", "irr", "1", "IRR over x_pre, random bytes")                                                  \
  N(IRR_WR, "irr_wr", "random", "irr_wr", "1", "IRR without gamma over x_pre, random bytes")                           \
  N(IRR_ATTENTION, "irr_attention", "random", "irr_attention", "1", "IRR over attention's output, random bytes")       \
  N(IRR_WR_ATTENTION, "irr_wr_attention", "random", "irr_wr_attention", "1", "the same without gamma")                 \
  N(IRR_X, "irr_x", "random", "irr_x", "1", "IRR over x, random bytes")                                                \
  N(ESRI_OUT, "esri_batch_out", "random", "esri_batch_out", "1", "ESRI over the batch, block output")                  \
  N(ESRI_X, "esri_batch_x", "random", "esri_batch_x", "1", "ESRI over the batch, x")                                   \
  N(ESRI_Y, "esri_batch_y", "random", "esri_batch_y", "1", "ESRI over the batch, y")                                   \
  N(ESRI_WINDOW_OUT, "esri_window_out", "random", "esri_window_out", "1", "ESRI over a window, block output")          \
  N(ESRI_WINDOW_Y, "esri_window_y", "random", "esri_window_y", "1", "ESRI over a window, y")                           \
  N(RDP, "rdp_frequency", "random", "rdp_frequency", "1/probe", "dominant drift frequency of y along probes")          \
  N(RDP_LOW, "rdp_null_low", "random", "rdp_null_low", "1/probe", "2.5 % of it in random order")                       \
  N(RDP_HIGH, "rdp_null_high", "random", "rdp_null_high", "1/probe", "97.5 % of it in random order")                   \
  N(CENTROID, "rdp_centroid", "random", "rdp_centroid", "1/probe", "mean drift frequency of y, by amplitude")          \
  N(CENTROID_NULL, "rdp_null_centroid_mean", "random", "rdp_null_centroid_mean", "1/probe", "that in random order")    \
  N(CENTROID_LOW, "rdp_null_centroid_low", "random", "rdp_null_centroid_low", "1/probe", "2.5 % of it")                \
  N(CENTROID_HIGH, "rdp_null_centroid_high", "random", "rdp_null_centroid_high", "1/probe", "97.5 % of it")            \
  N(OUT_CENTROID, "rdp_out_centroid", "random", "rdp_out_centroid", "1/probe", "the centroid of the block's output")   \
  N(NORM, "wr_frobenius", "random", "wr_frobenius", "1", "Frobenius norm of W_r")                                      \
  N(ANISOTROPY, "wr_anisotropy", "random", "wr_anisotropy", "1", "sigma_1 / sum of singular values of W_r")            \
  N(ALIGN, "wr_alignment_topk", "random", "wr_alignment_topk", "1", "share of W_r in the top-k token subspace")        \
  N(CHANCE, "wr_alignment_chance", "random", "wr_alignment_chance", "1", "the same of random matrices")                \
  N(CHANCE_LOW, "wr_alignment_chance_low", "random", "wr_alignment_chance_low", "1", "2.5 % of it")                    \
  N(CHANCE_HIGH, "wr_alignment_chance_high", "random", "wr_alignment_chance_high", "1", "97.5 % of it")                \
  N(RANK, "slot_effective_rank", "random", "slot_effective_rank", "1", "effective rank of U'V")                        \
  N(RATIO, "slot_sigma_ratio", "random", "slot_sigma_ratio", "1", "sigma_2 / sigma_1 of U'V")                          \
  N(Y_RATIO, "y_ratio", "random", "y_ratio", "1", "|y| over |x_pre|, random bytes")                                    \
  N(C_IRR, "corpus_irr", "corpus", "irr", "1", "IRR over x_pre, corpus bytes")                                         \
  N(C_IRR_WR, "corpus_irr_wr", "corpus", "irr_wr", "1", "the same without gamma")                                      \
  N(C_IRR_ATTENTION, "corpus_irr_attention", "corpus", "irr_attention", "1", "IRR over attention's output, corpus")    \
  N(C_IRR_WR_ATTENTION, "corpus_irr_wr_attention", "corpus", "irr_wr_attention", "1", "the same without gamma")        \
  N(C_ESRI_OUT, "corpus_esri_batch_out", "corpus", "esri_batch_out", "1", "ESRI over the batch, block output, corpus") \
  N(C_CENTROID, "corpus_rdp_centroid", "corpus", "rdp_centroid", "1/probe", "drift centroid of y, corpus bytes")       \
  N(C_Y_RATIO, "corpus_y_ratio", "corpus", "y_ratio", "1", "|y| over |x_pre|, corpus bytes")

typedef enum fhrl_claims_number {
#define N(name, label, part, key, unit, meaning) FHRL_CLAIMS_##name,
  FHRL_CLAIMS_NUMBERS(N)
#undef N
    FHRL_CLAIMS_NUMBER_COUNT
} fhrl_claims_number;
typedef struct fhrl_claims_quantity {
  const char *name, *part, *key, *unit, *meaning;
} fhrl_claims_quantity;
extern const fhrl_claims_quantity fhrl_claims_quantities[FHRL_CLAIMS_NUMBER_COUNT];

typedef struct fhrl_claims_run {
  fhrl_claims_role role;
  double gamma;
  int seed;
  double value[FHRL_CLAIMS_NUMBER_COUNT]; // NaN where undefined
  const double *loss;                     // (steps) of each step, borrowed; NULL if it was not trained
  int steps;
} fhrl_claims_run;

typedef struct fhrl_claims_study {
  const fhrl_claims_run *run; // (runs), borrowed
  int runs;
  int d, vocabulary, r; // of the network
} fhrl_claims_study;

// A mean over n seeds, its standard error and 95 % interval; NaN where n does not allow it.
typedef struct fhrl_claims_mean {
  double value, error, low, high;
  int n;
} fhrl_claims_mean;
fhrl_claims_mean fhrl_claims_mean_of(int n, const double values[]); // NaNs are left out
// Of one number over the seeds of a role at a gamma (NaN: any); FHRL_CLAIMS_GAMMA takes EXTENDED runs, too.
fhrl_claims_mean fhrl_claims_mean_at(const fhrl_claims_study *s, fhrl_claims_role role, double gamma, int number);
// Seed by seed, the number of a role's network less that of the FH-RL network of the same gamma.
fhrl_claims_mean fhrl_claims_difference(const fhrl_claims_study *s, fhrl_claims_role role, double gamma, int number);
// The different gammas up to `limit` of both roles, ascending: out (at most 64); how many.
enum { FHRL_CLAIMS_GAMMAS = 64, FHRL_CLAIMS_SEEDS = 128 };
int fhrl_claims_gammas(const fhrl_claims_study *s, double limit, double out[FHRL_CLAIMS_GAMMAS]);

typedef enum fhrl_claims_verdict {
  FHRL_CLAIMS_UNDECIDED,
  FHRL_CLAIMS_REPRODUCED,
  FHRL_CLAIMS_NOT_REPRODUCED,
  FHRL_CLAIMS_ARTEFACT,
  FHRL_CLAIMS_ILL_DEFINED,
} fhrl_claims_verdict;
const char *fhrl_claims_word(fhrl_claims_verdict verdict);

enum { FHRL_CLAIMS_MEASURED = 16, FHRL_CLAIMS_REASON = 640 };
typedef struct fhrl_claims_measured {
  char name[96];
  const char *unit;
  fhrl_claims_mean mean;
} fhrl_claims_measured;
typedef struct fhrl_claims_result {
  fhrl_claims_verdict verdict;
  char reason[FHRL_CLAIMS_REASON];
  fhrl_claims_measured measured[FHRL_CLAIMS_MEASURED];
  int count;
} fhrl_claims_result;

typedef struct fhrl_claims_claim {
  const char *id;
  const char *says;     // the paper's sentence in our own words
  const char *measured; // how
  const char *rule;     // what makes which verdict
  void (*judge)(const fhrl_claims_study *s, fhrl_claims_result *out);
} fhrl_claims_claim;

extern const fhrl_claims_claim fhrl_claims_table[]; // ends with a NULL id
// Judges one claim. A study without what a claim needs gives `undecided` and says what is missing; never a NaN on the way
// to another verdict.
void fhrl_claims_judge(const fhrl_claims_claim *claim, const fhrl_claims_study *s, fhrl_claims_result *out);
