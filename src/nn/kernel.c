// SPDX-License-Identifier: GPL-3.0-or-later
// kernel: the inner loops of the network, built once per vector level and picked at run time
#include "nn/kernel.h"

#include "base/cpu.h"

#define K(name) extern fhrl_##name##_fn fhrl_kernel_##name##_base;
FHRL_KERNELS(K)
#undef K

#define K(name) .name = fhrl_kernel_##name##_base,
static const fhrl_kernel base = {FHRL_KERNELS(K)};
#undef K

#if defined(FHRL_KERNEL_X86) &&                                                                            \
  !defined(FHRL_NN_DOUBLE) // the double build tests the arithmetic, at one level
#define K(name) extern fhrl_##name##_fn fhrl_kernel_##name##_avx2, fhrl_kernel_##name##_avx512;
FHRL_KERNELS(K)
#undef K

#define K(name) .name = fhrl_kernel_##name##_avx2,
static const fhrl_kernel avx2 = {FHRL_KERNELS(K)};
#undef K

#define K(name) .name = fhrl_kernel_##name##_avx512,
static const fhrl_kernel avx512 = {FHRL_KERNELS(K)};
#undef K

const fhrl_kernel *fhrl_kernel_table(void)
{
  static const fhrl_kernel *const table[] = {
    [FHRL_CPU_BASE] = &base, [FHRL_CPU_AVX2] = &avx2, [FHRL_CPU_AVX512] = &avx512};
  return table[fhrl_cpu_level()];
}
#else
const fhrl_kernel *fhrl_kernel_table(void) { return &base; }
#endif
