// SPDX-License-Identifier: GPL-3.0-or-later
// cpu: which vector instructions the inner loops may use on this machine
//
// Code that exists once per level is picked at run time, so one binary runs everywhere and is fast where
// it can be. The level is read from the processor alone, never from the environment.
#pragma once

typedef enum fhrl_cpu {
  FHRL_CPU_BASE,   // what every machine of this architecture has
  FHRL_CPU_AVX2,   // x86-64 with AVX2 and FMA
  FHRL_CPU_AVX512, // x86-64 with AVX-512 F, BW, DQ and VL
} fhrl_cpu;

// The level in use, and its name ("base", "avx2", "avx512") for --version. Cannot fail, safe in any thread.
fhrl_cpu fhrl_cpu_level(void);
const char *fhrl_cpu_name(fhrl_cpu level);

// Caps the level from now on, so that a test can run every one that the machine has; FHRL_CPU_AVX512 lifts
// the cap.
void fhrl_cpu_limit(fhrl_cpu most);

// FHRL_CPU_CLONES(name, (int n, double x[]), (n, x)) turns an always-inlined `name_body` into a static `name`
// compiled for each level; target_clones would do it, but clang 14 lacks it and its ifuncs clash with
// sanitizers.
#define FHRL_CPU_INLINE static inline __attribute__((always_inline))
#if defined(__x86_64__)
#ifdef __clang__ // which prefers 512 bits unasked, and rejects the word
#define FHRL_CPU_AVX512_TARGET "avx512f,avx512bw,avx512dq,avx512vl,fma"
#else
#define FHRL_CPU_AVX512_TARGET "avx512f,avx512bw,avx512dq,avx512vl,fma,prefer-vector-width=512"
#endif
#define FHRL_CPU_CLONES(name, parameters, arguments)                                               \
  __attribute__((target(FHRL_CPU_AVX512_TARGET))) static void name##_avx512 parameters             \
  {                                                                                                \
    name##_body arguments;                                                                         \
  }                                                                                                \
  __attribute__((target("avx2,fma"))) static void name##_avx2 parameters                           \
  {                                                                                                \
    name##_body arguments;                                                                         \
  }                                                                                                \
  static void name##_base parameters { name##_body arguments; }                                    \
  static void name parameters                                                                      \
  {                                                                                                \
    const fhrl_cpu level_ = fhrl_cpu_level();                                                      \
    if (level_ == FHRL_CPU_AVX512)                                                                 \
      name##_avx512 arguments;                                                                     \
    else if (level_ == FHRL_CPU_AVX2)                                                              \
      name##_avx2 arguments;                                                                       \
    else                                                                                           \
      name##_base arguments;                                                                       \
  }
#else
#define FHRL_CPU_CLONES(name, parameters, arguments)                                               \
  static void name parameters { name##_body arguments; }
#endif
