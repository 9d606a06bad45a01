// SPDX-License-Identifier: GPL-3.0-or-later
// test_vector: our vector operations against the library's own, for every aliasing and at every level
#include "ode/sundials_vector.h"

#include <math.h>
#include <string.h>

#include "base/cpu.h"
#include "base/random.h"
#include "ode/sundials_compat.h"
#include "support.h"

enum { N_MAX = 67 };
static SUNContext context;
static const double factors[] = {0.0, 1.0, -1.0, 0.7, -2.5};
enum { FACTORS = sizeof factors / sizeof factors[0] };

static void numbers(uint32_t seed, int n, double out[])
{
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_NULL}, 0, (size_t)n, out);
}

typedef struct triple {
  double data[3][N_MAX];
  N_Vector v[3];
} triple;

static void make(triple *t, int n, int ours)
{
  for (int k = 0; k < 3; k++) {
    numbers((uint32_t)k, n, t->data[k]);
    t->v[k] = ours ? fhrl_sundials_vector_wrap(n, t->data[k], context)
                   : N_VMake_Serial(n, t->data[k], context);
    ck_assert_ptr_nonnull(t->v[k]);
  }
}

static void release(triple *t)
{
  for (int k = 0; k < 3; k++) N_VDestroy(t->v[k]);
}

// x, y, z of z = a x + b y among three vectors: all ways in which they can coincide
static const int aliases[][3] = {{0, 1, 2}, {0, 1, 0}, {0, 1, 1}, {0, 0, 2}, {0, 0, 0}};

START_TEST(sums_and_multiples_equal_the_librarys)
{
  triple ours, theirs;
  for (int n = 1; n <= N_MAX; n++)
    for (int alias = 0; alias < 5; alias++)
      for (int a = 0; a < FACTORS; a++)
        for (int b = 0; b < FACTORS; b++) {
          const int *at = aliases[alias];
          make(&ours, n, 1);
          make(&theirs, n, 0);
          N_VLinearSum(factors[a], ours.v[at[0]], factors[b], ours.v[at[1]], ours.v[at[2]]);
          N_VLinearSum(factors[a], theirs.v[at[0]], factors[b], theirs.v[at[1]], theirs.v[at[2]]);
          N_VScale(factors[b], ours.v[at[0]], ours.v[at[1]]);
          N_VScale(factors[b], theirs.v[at[0]], theirs.v[at[1]]);
          // the library factors a sum like a (x + y) otherwise than we do: one rounding of the terms
          double worst = 0.0;
          for (int k = 0; k < 3; k++)
            for (int i = 0; i < n; i++) {
              const double difference = fabs(ours.data[k][i] - theirs.data[k][i]);
              if (!(difference <= worst)) worst = difference; // a NaN stays
            }
          ck_assert_msg(worst <= 2e-14, "n %d, alias %d, a %g, b %g: %g", n, alias, factors[a],
            factors[b], worst);
          release(&ours);
          release(&theirs);
        }
}
END_TEST

START_TEST(norms_equal_the_librarys)
{
  triple ours, theirs;
  for (int n = 1; n <= N_MAX; n++) {
    make(&ours, n, 1);
    make(&theirs, n, 0);
    const double got[] = {
      N_VDotProd(ours.v[0], ours.v[1]), N_VWrmsNorm(ours.v[0], ours.v[1]), N_VMaxNorm(ours.v[0])};
    const double want[] = {N_VDotProd(theirs.v[0], theirs.v[1]),
      N_VWrmsNorm(theirs.v[0], theirs.v[1]), N_VMaxNorm(theirs.v[0])};
    assert_close("norms", got, want, 3, 1e-13); // another order of summation
    N_Vector clone = N_VClone(ours.v[0]);       // has our arithmetic, too
    ck_assert_ptr_nonnull(clone);
    ck_assert(clone->ops->nvlinearsum == ours.v[0]->ops->nvlinearsum);
    N_VConst(-2.25, clone);
    for (int i = 0; i < n; i++) ck_assert_double_eq(NV_Ith_S(clone, i), -2.25);
    N_VDestroy(clone);
    release(&ours);
    release(&theirs);
  }
}
END_TEST

// Everything that the operations can give for one n, at the level of the moment.
static void results(int n, double out[3 * N_MAX + 2])
{
  triple t;
  make(&t, n, 1);
  N_VLinearSum(0.7, t.v[0], -1.3, t.v[1], t.v[2]);
  N_VLinearSum(1.0, t.v[0], 1.0, t.v[1], t.v[0]);
  N_VScale(0.3, t.v[1], t.v[1]);
  memset(out, 0, (3 * N_MAX + 2) * sizeof *out);
  for (int k = 0; k < 3; k++) memcpy(out + k * N_MAX, t.data[k], (size_t)n * sizeof *out);
  out[3 * N_MAX] = N_VDotProd(t.v[0], t.v[2]);
  out[3 * N_MAX + 1] = N_VWrmsNorm(t.v[0], t.v[2]);
  release(&t);
}

START_TEST(every_level_gives_the_same_bits)
{
  static double base[3 * N_MAX + 2], wide[3 * N_MAX + 2];
  for (int n = 1; n <= N_MAX; n++) {
    fhrl_cpu_limit(FHRL_CPU_BASE);
    results(n, base);
    for (int level = FHRL_CPU_AVX2; level <= FHRL_CPU_AVX512; level++) {
      fhrl_cpu_limit((fhrl_cpu)level);
      results(n, wide);
      ck_assert_mem_eq(base, wide, sizeof base);
    }
  }
}
END_TEST

int main(void)
{
  if (fhrl_sundials_open(&context) != 0) return 1;
  Suite *s = suite_create("ode/vector");
  TCase *t = tcase_create("vector");
  tcase_add_test(t, sums_and_multiples_equal_the_librarys);
  tcase_add_test(t, norms_equal_the_librarys);
  tcase_add_test(t, every_level_gives_the_same_bits);
  suite_add_tcase(s, t);
  const int status = run_suite(s);
  SUNContext_Free(&context);
  return status;
}
