// SPDX-License-Identifier: GPL-3.0-or-later
// arnoldi: some eigenvalues of a large real matrix that is known by its products alone (ARPACK)
#include "analysis/arnoldi.h"

#include <arpack/arpack.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

enum { RESTARTS = 300 };

// What ARPACK wants to be handed.
typedef struct arnoldi {
  int n, nev, ncv;
  const char *which;
  double tolerance;
  a_int param[11], pointer[14], info;
  double *block, *start, *basis, *work, *scratch; // owned block: (n), (n, ncv), (3 n), (3 ncv^2 + 6 ncv)
  double *re, *im, *cross;                        // (nev + 1) each, (3 ncv)
  a_int *select;                                  // owned; (ncv)
} arnoldi;

static size_t scratch_size(const arnoldi *a) { return 3 * (size_t)a->ncv * a->ncv + 6 * (size_t)a->ncv; }

static fhrl_status allocate(arnoldi *a, fhrl_err *err)
{
  const size_t n = (size_t)a->n, ncv = (size_t)a->ncv, nev = (size_t)a->nev + 1;
  a->block = calloc(n + n * ncv + 3 * n + scratch_size(a) + 2 * nev + 3 * ncv, sizeof *a->block);
  a->select = calloc(ncv, sizeof *a->select);
  if (a->block == NULL || a->select == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d directions of %d states", a->ncv, a->n);
  a->start = a->block;
  a->basis = a->start + n;
  a->work = a->basis + n * ncv;
  a->scratch = a->work + 3 * n;
  a->re = a->scratch + scratch_size(a);
  a->im = a->re + nev;
  a->cross = a->im + nev;
  fhrl_random_normal((fhrl_random){.seed = 1, .stream = FHRL_STREAM_START, .sequence = 2}, 0, n, a->start);
  return FHRL_OK;
}

// Reverse communication: ARPACK returns whenever it wants a product.
static fhrl_status iterate(arnoldi *a, fhrl_arnoldi_product *product, void *context, fhrl_err *err)
{
  a_int ido = 0;
  a->info = 1; // the start vector is given
  a->param[0] = 1;
  a->param[2] = RESTARTS;
  a->param[6] = 1;
  for (;;) {
    dnaupd_c(&ido, "I", a->n, a->which, a->nev, a->tolerance, a->start, a->ncv, a->basis, a->n, a->param, a->pointer,
      a->work, a->scratch, (a_int)scratch_size(a), &a->info);
    if (ido == 99) break;
    if (product(context, a->work + a->pointer[0] - 1, a->work + a->pointer[1] - 1) != 0)
      return fhrl_fail(err, FHRL_NUMERIC, "a product with the Jacobian failed");
  }
  // 1: some did not converge; -9999: the whole invariant subspace is smaller than asked for
  if (a->info < 0 && a->info != -9999)
    return fhrl_fail(err, FHRL_NUMERIC, "the Arnoldi iteration failed (ARPACK's code %d)", (int)a->info);
  if (a->param[4] < 1)
    return fhrl_fail(err, FHRL_NUMERIC, "none of %d eigenvalues of %d states converged in %d restarts", a->nev, a->n,
      RESTARTS);
  return FHRL_OK;
}

static fhrl_status extract(arnoldi *a, fhrl_err *err)
{
  a_int info = 0;
  const a_int converged = a->param[4];
  dneupd_c(0, "A", a->select, a->re, a->im, a->basis, a->n, 0.0, 0.0, a->cross, "I", a->n, a->which, a->nev, a->tolerance,
    a->start, a->ncv, a->basis, a->n, a->param, a->pointer, a->work, a->scratch, (a_int)scratch_size(a), &info);
  if (info != 0) return fhrl_fail(err, FHRL_NUMERIC, "no eigenvalues from the Arnoldi basis (ARPACK's code %d)", (int)info);
  a->param[4] = converged < a->nev + 1 ? converged : a->nev + 1;
  return FHRL_OK;
}

// Descending real part; of a pair the positive imaginary part first.
static void sort(int n, double re[], double im[])
{
  for (int i = 1; i < n; i++) {
    const double r = re[i], s = im[i];
    int at = i;
    for (; at > 0 && (re[at - 1] < r || (re[at - 1] == r && im[at - 1] < s)); at--) {
      re[at] = re[at - 1];
      im[at] = im[at - 1];
    }
    re[at] = r;
    im[at] = s;
  }
}

fhrl_status fhrl_arnoldi_eigenvalues(int n, int k, fhrl_arnoldi_which which, fhrl_arnoldi_product *product, void *context,
  double tolerance, double re[], double im[], int *found, fhrl_err *err)
{
  static const char *const end[] = {"LR", "SR", "LM"};
  if (k < 1 || k > n - 3) return fhrl_fail(err, FHRL_ARG, "%d eigenvalues of %d states: at most %d", k, n, n - 3);
  arnoldi a = {.n = n, .nev = k, .which = end[which], .tolerance = tolerance};
  a.ncv = 4 * k + 20 < n ? 4 * k + 20 : n;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, allocate(&a, err));
  FHRL_DO(status, iterate(&a, product, context, err));
  FHRL_DO(status, extract(&a, err));
  *found = (int)a.param[4];
  memcpy(re, a.re, (size_t)*found * sizeof *re);
  memcpy(im, a.im, (size_t)*found * sizeof *im);
  sort(*found, re, im);
done:
  free(a.block);
  free(a.select);
  return status;
}
