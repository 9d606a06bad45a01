// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_blocks: means of growths with standard errors that know of the growths' correlations
//
// S_B, the growth over a block of length B, is a sum of correlated parts, and of a chaotic flow neighbouring blocks are
// anti-correlated: what a vector has gained at the seam, psi, the next block gives back. Beyond the correlation time
//   Var S_B = D B + 2 v                                                                       (1)
// with the diffusion coefficient D and v = Var psi, so that an exponent measured over T has
//   Var lambda_T = D / T + 2 v / T^2,                                                         (2)
// while the variance of blocks' means, over their number, is (D + 2 v / B) / T: of the Lorenz system (D = .021, v = 1.2) 2 v / D is
// 110 units of time, errors from blocks of 10 are 3.5 times too large, and from blocks of 500 still by a tenth.
// Of an exponent along a periodic orbit, and of a regular zero exponent, D = 0.
//
// Blocks long enough to do without v would be too few to know their variance by, so D is what (1) says of it in the spectrum. Between
// 1024 and 2048 blocks are kept (merged in pairs as they become too many); of m sums with (1), the periodogram
//   I_j = |sum s_l exp(-i l theta_j)|^2 / (m B) has the mean D + c (2 - 2 cos theta_j), theta_j = 2 pi j / m        (3)
// with c = v / B, and independent exponential distributions. D and c are fitted to the 64 lowest frequencies (a quarter of m / 2 at
// most) by maximum likelihood [Whittle 1953]: seams enter (3) as theta^2, and all of the 64 tell of D. v = (Var S - D B) / 2.
// The error of D follows from the likelihood's curvature, and with it the degrees of freedom of Student's t.
// Source: Heidelberger and Welch, A spectral method for confidence interval generation, Comm. ACM 24 (1981) 233-245.
// A check: the mean of I_j / fit over the four lowest frequencies may exceed 1 by what one sample in 1,000 does. Beyond it,
// correlations are longer than the fit can see: D is then the mean of those four, with 8 degrees of freedom.
#pragma once

#include "base/status.h"

enum { FHRL_EXPONENTS_BLOCKS = 2048, FHRL_EXPONENTS_BLOCKS_MIN = 32 };

typedef struct fhrl_exponents_blocks {
  int k;           // growths at a time
  int count;       // of complete blocks
  long per, open;  // intervals of a block; of the one that is not yet complete
  long intervals;  // in all
  double interval; // their length [model time]
  double *sum;     // owned: (FHRL_EXPONENTS_BLOCKS, k) growths of blocks, then (k) of the open one
} fhrl_exponents_blocks;

typedef struct fhrl_exponents_estimate {
  double mean;           // growth over time
  double standard_error; // NaN below FHRL_EXPONENTS_BLOCKS_MIN blocks, or where the mean is not finite
  double low, high;      // of the interval that covers the exponent in 95 of 100 runs
  double D, v;           // (1); [1/time], [1]
  double freedom;        // degrees of freedom of the interval
  int blocks;            // that took part
  double block_length;   // [model time]
  int correlated;        // 1: the fit was given up for the four lowest frequencies
} fhrl_exponents_estimate;

fhrl_status fhrl_exponents_blocks_init(fhrl_exponents_blocks *b, int k, double interval, fhrl_err *err); // FHRL_NOMEM
void fhrl_exponents_blocks_free(fhrl_exponents_blocks *b); // leaves it zeroed

// The growths (k) of the next interval.
void fhrl_exponents_blocks_add(fhrl_exponents_blocks *b, const double growth[]);

// Time since the beginning.
double fhrl_exponents_blocks_time(const fhrl_exponents_blocks *b);

// Of the combination sum c_i growth_i (c (k)): an exponent, a sum of exponents, a gradient.
void fhrl_exponents_blocks_estimate(const fhrl_exponents_blocks *b, const double c[], fhrl_exponents_estimate *out);

// Means of the combination over the two halves of the complete blocks, and their difference as Student's t, from 8 + 8 long blocks
// with 14 degrees of freedom. NaN below 16 blocks.
void fhrl_exponents_blocks_halves(const fhrl_exponents_blocks *b, const double c[], double mean[2], double *t);
