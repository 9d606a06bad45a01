// SPDX-License-Identifier: GPL-3.0-or-later
// weight: what training made of the reentry matrix W_r: size, anisotropy, alignment with the token embedding
#pragma once

#include "analysis/metrics.h"
#include "base/random.h"
#include "base/status.h"

typedef struct fhrl_weight {
  double frobenius;  // |W_r|_F
  double kappa_sv;   // sigma_1 / mean sigma
  double anisotropy; // sigma_1 / sum of sigma
} fhrl_weight;

// Statistics of W (d, d) and its singular values sigma (d; NULL: not wanted), descending; kappa_sv and anisotropy are
// NaN for W = 0. FHRL_NUMERIC if W is not finite.
fhrl_status fhrl_weight_measure(int d, const double W[], fhrl_weight *out, double sigma[], fhrl_err *err);

// The top-k right singular vectors of the embedding E (V, d), one a row: top (k, d). A k that reached d would make every
// matrix aligned by construction: FHRL_ARG unless 1 <= k < d and k <= V.
fhrl_status fhrl_weight_top(int V, int d, int k, const double E[], double top[], fhrl_err *err);

// Alignment |P W P|_F / |W|_F with the projector P = top' top, in [0, 1]; NaN for W = 0. scratch (k, d).
double fhrl_weight_alignment(int d, int k, const double W[], const double top[], double scratch[]);

// Alignment of random W with independent normal entries (of any scale: it cancels), over M draws named by `at`: mean and
// 95 % interval; close to k/d, its root mean square in the limit of large d.
fhrl_status fhrl_weight_chance(int d, int k, const double top[], int M, fhrl_random at, fhrl_band *out, fhrl_err *err);
