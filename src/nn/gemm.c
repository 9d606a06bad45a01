// SPDX-License-Identifier: GPL-3.0-or-later
// gemm: the large matrix products, by OpenBLAS on the calling thread alone
#include "nn/gemm.h"

#include <cblas.h>

void fhrl_gemm(int flip_a, int flip_b, int m, int n, int k, fhrl_real alpha, const fhrl_real *A, int lda,
  const fhrl_real *B, int ldb, fhrl_real beta, fhrl_real *C, int ldc)
{
  const enum CBLAS_TRANSPOSE a = flip_a ? CblasTrans : CblasNoTrans, b = flip_b ? CblasTrans : CblasNoTrans;
  if (m == 0 || n == 0) return;
#ifdef FHRL_NN_DOUBLE
  cblas_dgemm(CblasRowMajor, a, b, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
#else
  cblas_sgemm(CblasRowMajor, a, b, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
#endif
}

void fhrl_gemm_single_thread(void) { openblas_set_num_threads(1); }

const char *fhrl_gemm_version(void) { return openblas_get_config(); }
