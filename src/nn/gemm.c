// SPDX-License-Identifier: GPL-3.0-or-later
// gemm: the large matrix products of the network
#include "nn/gemm.h"

#include <cblas.h>

#include "nn/kernel.h"

void fhrl_gemm(int flip_a, int flip_b, int m, int n, int k, fhrl_real alpha, const fhrl_real *A, int lda,
  const fhrl_real *B, int ldb, fhrl_real beta, fhrl_real *C, int ldc)
{
  if (m > 0) fhrl_kernel_table()->gemm(flip_a, flip_b, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
}

void fhrl_gemm_single_thread(void) { openblas_set_num_threads(1); }

const char *fhrl_gemm_version(void) { return openblas_get_config(); }
