// SPDX-License-Identifier: GPL-3.0-or-later
// gemm: the large matrix products of the network, by an own kernel on the calling thread
//
// At the shapes of a step it is as fast as OpenBLAS 0.3.21 on a processor where that is near the peak (Zen 4); its
// bits depend on the vector level and on nothing else.
#pragma once

#include "nn/real.h"

// C (m, n) = alpha op(A) op(B) + beta C, row-major, op(A) (m, k), op(B) (k, n); flip_a: A is stored (k,
// m), and flip_b: B is stored (n, k). ld*: distance of stored rows. beta = 0 overwrites C. Cannot fail; m,
// n or k may be 0.
void fhrl_gemm(int flip_a, int flip_b, int m, int n, int k, fhrl_real alpha, const fhrl_real *A, int lda,
  const fhrl_real *B, int ldb, fhrl_real beta, fhrl_real *C, int ldc);

// Makes OpenBLAS, which serves linear algebra in double, stay on the calling thread, for the whole process: its
// bits change with its thread count.
void fhrl_gemm_single_thread(void);

// Version and processor core that OpenBLAS chose, for --version.
const char *fhrl_gemm_version(void);
