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
    t->v[k] = ours ? fhrl_sundials_vector_wrap(n, t->data[k], context) : N_VMake_Serial(n, t->data[k], context);
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
    const double got[] = {N_VDotProd(ours.v[0], ours.v[1]), N_VWrmsNorm(ours.v[0], ours.v[1]), N_VMaxNorm(ours.v[0])};
    const double want[] = {N_VDotProd(theirs.v[0], theirs.v[1]), N_VWrmsNorm(theirs.v[0], theirs.v[1]),
      N_VMaxNorm(theirs.v[0])};
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

// ---- sums that are held back: the predictor's triangle z_{j-1} += z_j, and what may come in between

enum { HISTORY = 13 };

typedef struct history {
  double data[HISTORY][N_MAX];
  N_Vector first, z[HISTORY]; // clones of first, which is not otherwise used
  double seen;
} history;

static void make_history(history *h, int n, int ours)
{
  double start[N_MAX];
  numbers(77, N_MAX, h->data[0]);
  h->first = ours ? fhrl_sundials_vector_wrap(n, h->data[0], context) : N_VMake_Serial(n, h->data[0], context);
  ck_assert_ptr_nonnull(h->first);
  for (int k = 0; k < HISTORY; k++) {
    h->z[k] = N_VClone(h->first);
    ck_assert_ptr_nonnull(h->z[k]);
    numbers((uint32_t)k, n, start);
    memcpy(N_VGetArrayPointer(h->z[k]), start, (size_t)n * sizeof *start);
  }
}

// The first `calls` additions of the triangle for q, or all, with a look in between from `look` on.
static void predict(history *h, int q, int calls, int look)
{
  int call = 0;
  h->seen = 0.0;
  for (int k = 1; k <= q; k++)
    for (int j = q; j >= k && call < calls; j--, call++) {
      N_VLinearSum(1.0, h->z[j - 1], 1.0, h->z[j], h->z[j - 1]);
      if (call == look) h->seen = N_VDotProd(h->z[0], h->z[q]);
    }
}

static void agree(history *ours, history *theirs, int n, int q, int calls)
{
  for (int k = 0; k < HISTORY; k++) {
    const double *got = N_VGetArrayPointer(ours->z[k]), *want = N_VGetArrayPointer(theirs->z[k]);
    ck_assert_msg(memcmp(got, want, (size_t)n * sizeof *got) == 0, "n %d, q %d, %d calls: z_%d differs", n, q, calls, k);
  }
  ck_assert_double_eq_tol(ours->seen, theirs->seen, 1e-11 * (1.0 + fabs(theirs->seen))); // another order of summation
  for (int k = 0; k < HISTORY; k++) {
    N_VDestroy(ours->z[k]);
    N_VDestroy(theirs->z[k]);
  }
  N_VDestroy(ours->first);
  N_VDestroy(theirs->first);
}

START_TEST(a_triangle_of_sums_is_that_of_single_ones)
{
  static const int sizes[] = {1, 6, 8, 35, 67};
  history ours, theirs;
  for (int s = 0; s < 5; s++)
    for (int q = 1; q < HISTORY; q++)
      for (int twice = 0; twice < 2; twice++) { // one whole triangle upon another
        make_history(&ours, sizes[s], 1);
        make_history(&theirs, sizes[s], 0);
        for (int k = 0; k <= twice; k++) {
          predict(&ours, q, 1000, -1);
          predict(&theirs, q, 1000, -1);
        }
        agree(&ours, &theirs, sizes[s], q, 1000);
      }
}
END_TEST

START_TEST(whatever_interrupts_a_triangle_sees_its_sums_so_far)
{
  enum { n = 19 };
  history ours, theirs;
  for (int q = 1; q < HISTORY; q++)
    for (int calls = 1; calls <= q * (q + 1) / 2; calls++) {
      make_history(&ours, n, 1); // broken off
      make_history(&theirs, n, 0);
      predict(&ours, q, calls, -1);
      predict(&theirs, q, calls, -1);
      ck_assert_double_eq(N_VMaxNorm(ours.z[0]), N_VMaxNorm(theirs.z[0]));
      agree(&ours, &theirs, n, q, calls);
      make_history(&ours, n, 1); // looked at, and gone on with
      make_history(&theirs, n, 0);
      predict(&ours, q, 1000, calls - 1);
      predict(&theirs, q, 1000, calls - 1);
      agree(&ours, &theirs, n, q, calls);
      make_history(&ours, n, 1); // broken off, and begun again with another order
      make_history(&theirs, n, 0);
      predict(&ours, q, calls, -1);
      predict(&theirs, q, calls, -1);
      predict(&ours, 13 - q, 1000, -1);
      predict(&theirs, 13 - q, 1000, -1);
      N_VLinearSum(1.0, ours.z[3], 1.0, ours.z[3], ours.z[3]); // x += x is none of it
      N_VLinearSum(1.0, theirs.z[3], 1.0, theirs.z[3], theirs.z[3]);
      agree(&ours, &theirs, n, q, calls);
    }
}
END_TEST

START_TEST(fused_operations_equal_the_librarys_single_ones)
{
  enum { n = 37 };
  history ours, theirs;
  double a[HISTORY];
  numbers(5, HISTORY, a);
  for (int count = 1; count < HISTORY; count++) {
    make_history(&ours, n, 1);
    make_history(&theirs, n, 0);
    ck_assert(ours.first->ops->nvscaleaddmulti && !theirs.first->ops->nvscaleaddmulti);
    N_VScaleAddMulti(count, a, ours.z[12], ours.z, ours.z);
    N_VScaleAddMulti(count, a, theirs.z[12], theirs.z, theirs.z);
    N_VLinearCombination(count, a, ours.z, ours.z[12]);
    N_VLinearCombination(count, a, theirs.z, theirs.z[12]);
    N_VLinearCombination(count, a, ours.z, ours.z[0]);
    N_VLinearCombination(count, a, theirs.z, theirs.z[0]);
    ours.seen = theirs.seen = 0.0;
    agree(&ours, &theirs, n, count, 0);
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
  N_VLinearSum(1.0, t.v[1], 1.0, t.v[2], t.v[1]); // a triangle for q = 2
  N_VLinearSum(1.0, t.v[0], 1.0, t.v[1], t.v[0]);
  N_VLinearSum(1.0, t.v[1], 1.0, t.v[2], t.v[1]);
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
  tcase_add_test(t, a_triangle_of_sums_is_that_of_single_ones);
  tcase_add_test(t, whatever_interrupts_a_triangle_sees_its_sums_so_far);
  tcase_add_test(t, fused_operations_equal_the_librarys_single_ones);
  tcase_add_test(t, every_level_gives_the_same_bits);
  suite_add_tcase(s, t);
  const int status = run_suite(s);
  SUNContext_Free(&context);
  return status;
}
