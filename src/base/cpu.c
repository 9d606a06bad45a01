// SPDX-License-Identifier: GPL-3.0-or-later
// cpu: which vector instructions the inner loops may use on this machine
#include "base/cpu.h"

#include <stdatomic.h>

static atomic_int cap = FHRL_CPU_AVX512;

static fhrl_cpu detect(void)
{
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return FHRL_CPU_BASE;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return FHRL_CPU_AVX512;
  return FHRL_CPU_AVX2;
#else
  return FHRL_CPU_BASE;
#endif
}

fhrl_cpu fhrl_cpu_level(void)
{
  const fhrl_cpu have = detect(), most = (fhrl_cpu)atomic_load_explicit(&cap, memory_order_relaxed);
  return have < most ? have : most;
}

const char *fhrl_cpu_name(fhrl_cpu level)
{
  static const char *const name[] = {"base", "avx2", "avx512"};
  return name[level];
}

void fhrl_cpu_limit(fhrl_cpu most) { atomic_store_explicit(&cap, most, memory_order_relaxed); }
