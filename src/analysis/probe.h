// SPDX-License-Identifier: GPL-3.0-or-later
// probe: every metric of a trained network, layer by layer, from what its layers did when driven with probe sequences
//
// N sequences ("probes") of T tokens of d channels, r slots; arrays (N, T, d) row-major in double.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analysis/metrics.h"
#include "analysis/probe_drift.h"
#include "base/config.h"
#include "nn/team.h"

enum { FHRL_PROBE_RANDOM, FHRL_PROBE_CORPUS, FHRL_PROBE_BYTES }; // source; bytes: a given file

// The keys of [probe].
typedef struct fhrl_probe_plan {
  int sequences, perturbations, topk, window, surrogates, source;
  uint32_t seed;
} fhrl_probe_plan;

extern const fhrl_field fhrl_probe_fields[];
extern const int fhrl_probe_field_count;

// Gives topk, unless it was set, a value that an embedding of (V, d) has: d - 1 or V where its default is more.
fhrl_status fhrl_probe_resolve(fhrl_config *config, int V, int d, fhrl_err *err);

// The plan of a configuration with section [probe].
fhrl_probe_plan fhrl_probe_options(const fhrl_config *config);

// What one layer did, and its weights; all borrowed.
typedef struct fhrl_probe_layer {
  int N, T, d, r;
  const double *x_pre, *x, *y;    // (N, T, d) input, with reentry, output of FH-RL; y NULL if there is no such layer
  const double *attention, *out;  // (N, T, d) attention's output before it joins the stream; the block's output
  // NULL, all three, where other fast weights or none stand in FH-RL's place:
  const double *U, *V;            // (N, r, d) fast memory after the last token, with the slot noise of training
  const double *Wr;               // (d, d)
  double gamma;
} fhrl_probe_layer;

// M(enumerator, name, sampled, unit, meaning, why it may be undefined): sampled metrics are means over the probes and
// have a standard error.
#define FHRL_PROBE_METRICS(M)                                                                                          \
  M(IRR, "irr", 1, "1", "IRR over x_pre, mean over tokens (16)-(17)", NO_REENTRY)                                      \
  M(IRR_WR, "irr_wr", 1, "1", "the same without gamma", NO_REENTRY)                                                    \
  M(IRR_ATTENTION, "irr_attention", 1, "1", "IRR over the attention output", NO_REENTRY)                               \
  M(IRR_WR_ATTENTION, "irr_wr_attention", 1, "1", "the same without gamma", NO_REENTRY)                                \
  M(IRR_X, "irr_x", 1, "1", "IRR over x, the input with reentry", NO_REENTRY)                                          \
  M(IRR_WR_X, "irr_wr_x", 1, "1", "the same without gamma", NO_REENTRY)                                                \
  M(ESRI_BATCH_OUT, "esri_batch_out", 0, "1", "ESRI over the batch, block output (18)-(21)", NO_BATCH)                 \
  M(ESRI_BATCH_X, "esri_batch_x", 0, "1", "ESRI over the batch, x", NO_BATCH)                                          \
  M(ESRI_BATCH_Y, "esri_batch_y", 0, "1", "ESRI over the batch, y", NO_BATCH)                                          \
  M(ESRI_WINDOW_OUT, "esri_window_out", 1, "1", "ESRI over a sliding window, block output", NO_WINDOW)                 \
  M(ESRI_WINDOW_X, "esri_window_x", 1, "1", "ESRI over a sliding window, x", NO_WINDOW)                                \
  M(ESRI_WINDOW_Y, "esri_window_y", 1, "1", "ESRI over a sliding window, y", NO_WINDOW)                                \
  M(WR_FROBENIUS, "wr_frobenius", 0, "1", "Frobenius norm of W_r", NO_WR)                                              \
  M(WR_ANISOTROPY, "wr_anisotropy", 0, "1", "sigma_1 / sum of singular values of W_r", NO_WR)                          \
  M(WR_KAPPA_SV, "wr_kappa_sv", 0, "1", "sigma_1 / mean singular value of W_r", NO_WR)                                 \
  M(WR_ALIGNMENT, "wr_alignment_topk", 0, "1", "share of W_r within the top-k token subspace", NO_WR)                  \
  M(WR_CHANCE, "wr_alignment_chance", 0, "1", "the same of random W_r, mean over draws", NO_WR)                        \
  M(WR_CHANCE_LOW, "wr_alignment_chance_low", 0, "1", "2.5 % quantile over draws", NO_WR)                              \
  M(WR_CHANCE_HIGH, "wr_alignment_chance_high", 0, "1", "97.5 % quantile over draws", NO_WR)                           \
  M(WR_CHANCE_LIMIT, "wr_alignment_chance_limit", 0, "1", "its root mean square, topk / d", NO_WR)                     \
  M(SLOT_RANK, "slot_effective_rank", 1, "1", "effective rank of U'V after the last token", NO_SLOTS)                  \
  M(SLOT_RATIO, "slot_sigma_ratio", 1, "1", "sigma_2 / sigma_1 of U'V after the last token", NO_SLOTS)                 \
  M(Y_RATIO, "y_ratio", 1, "1", "|y| over |x_pre|, mean over tokens", "x_pre is zero at some token, or there is no y")

typedef enum fhrl_probe_metric {
#define M(name, label, sampled, unit, meaning, reason) FHRL_PROBE_##name,
  FHRL_PROBE_METRICS(M)
#undef M
    FHRL_PROBE_METRIC_COUNT
} fhrl_probe_metric;

// The token embedding's subspace that alignments refer to, and what chance gives.
typedef struct fhrl_probe_subspace {
  int k, d;
  double *top; // owned; (k, d)
  fhrl_band chance;
} fhrl_probe_subspace;

// E (V, d). FHRL_ARG unless 1 <= topk < d.
fhrl_status fhrl_probe_embed(const fhrl_probe_plan *plan, int V, int d, const double E[], fhrl_probe_subspace *out,
  fhrl_err *err);
void fhrl_probe_forget(fhrl_probe_subspace *s); // frees; leaves it zeroed

// How the drift is measured; names as prefixes: "rdp_frequency", "rdp_mean_frequency", ...
typedef enum fhrl_probe_direction {
  FHRL_PROBE_K,      // "rdp": y at the last token, along the probes
  FHRL_PROBE_K_MEAN, // "rdp_mean": y averaged over tokens, along the probes
  FHRL_PROBE_K_OUT,  // "rdp_out": block output at the last token, along the probes
  FHRL_PROBE_T,      // "rdp_t": y along the tokens, averaged over probes
  FHRL_PROBE_DIRECTIONS
} fhrl_probe_direction;

// The metrics of a layer, or of the mean over layers.
typedef struct fhrl_probe_result {
  int N, T, perturbations;
  int has_y;                             // 0: there is no y to measure
  double value[FHRL_PROBE_METRIC_COUNT]; // NaN where undefined
  double error[FHRL_PROBE_METRIC_COUNT]; // standard error over probes; NaN where the metric is not sampled
  double *sample;                        // owned; (metric, N) of each probe
  fhrl_probe_drift drift[FHRL_PROBE_DIRECTIONS];
  double *irr_t;                         // owned; (N, T) IRR_t over x_pre; NULL in the mean
  double *esri_t;                        // owned; (3, T) batch ESRI_t of out, x, y; [T-1] is NaN; NULL in the mean
  double *sigma;                         // owned; (d) singular values of W_r, descending; NULL in the mean
} fhrl_probe_result;

// A result with everything undefined; N >= 1 probes, T tokens (0: no curves over tokens), d channels (0: no sigma).
fhrl_status fhrl_probe_init(int N, int T, int d, int perturbations, fhrl_probe_result *out, fhrl_err *err);
void fhrl_probe_free(fhrl_probe_result *result); // leaves it zeroed

// Sets value and error of the sampled metrics from their samples.
void fhrl_probe_summarise(fhrl_probe_result *result);

// Measures a layer; tasks run on the team, and the result does not depend on its size. A metric whose data do not
// suffice is NaN.
// FHRL_NUMERIC if a recorded value is not finite, with the array's name.
fhrl_status fhrl_probe_measure(const fhrl_probe_plan *plan, const fhrl_probe_layer *layer,
  const fhrl_probe_subspace *subspace, fhrl_team *team, fhrl_probe_result *out, fhrl_err *err);

// The mean over layers. Errors and null intervals are those of the mean: layers share their probes and surrogates.
fhrl_status fhrl_probe_average(int layers, const fhrl_probe_result results[], fhrl_probe_result *out, fhrl_err *err);

// Calls back for every number of a result in a fixed order; `reason` says why a NaN is one.
typedef void fhrl_probe_visit(void *context, const char *name, const char *unit, const char *meaning, double value,
  const char *reason);
void fhrl_probe_each(const fhrl_probe_result *result, fhrl_probe_visit *visit, void *context);
