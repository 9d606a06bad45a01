// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_kinsol: roots of large systems by KINSOL's Newton-Krylov method, and its linear solver (GMRES) alone
#include "ode/sundials_kinsol.h"

#include <kinsol/kinsol.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_spgmr.h>

#include "ode/sundials_compat.h"
#include "ode/sundials_vector.h"

// Directions of GMRES, and how often it may begin anew. Without a preconditioner a stiff Jacobian needs many.
enum { KRYLOV = 60, RESTARTS = 2 };

struct fhrl_sundials_kinsol {
  fhrl_sundials_kinsol_problem problem;
  SUNContext context;       // owned, like all that follows
  double nothing[1];        // what `pattern` is wrapped around; its clones have data of their own
  N_Vector pattern, x, one, b; // the pattern outlives its clones (sundials_vector.h)
  SUNLinearSolver newton, linear; // of KINSOL, and of our own calls
  void *kinsol;
  const double *at;         // borrowed: where `linear` takes the Jacobian
  fhrl_sundials_log log;
};

static int residual(N_Vector x, N_Vector F, void *data)
{
  const fhrl_sundials_kinsol_problem *p = data;
  return p->residual(p->context, fhrl_sundials_vector_data(x), fhrl_sundials_vector_data(F)) ? 1 : 0; // 1: a shorter step may do
}

static int product(N_Vector v, N_Vector Jv, N_Vector x, sunbooleantype *fresh, void *data)
{
  const fhrl_sundials_kinsol_problem *p = data;
  return p->product(p->context, fhrl_sundials_vector_data(x), fhrl_sundials_vector_data(v), fhrl_sundials_vector_data(Jv)) ? 1 : 0;
}

static int product_here(void *data, N_Vector v, N_Vector Jv)
{
  const fhrl_sundials_kinsol *k = data;
  return k->problem.product(k->problem.context, k->at, fhrl_sundials_vector_data(v), fhrl_sundials_vector_data(Jv)) ? 1 : 0;
}

static int listen(fhrl_sundials_kinsol *k)
{
#if SUNDIALS_VERSION_MAJOR >= 7
  return fhrl_sundials_listen(k->context, NULL, &k->log);
#else
  return KINSetErrHandlerFn(k->kinsol, fhrl_sundials_hear, &k->log);
#endif
}

static int make(fhrl_sundials_kinsol *k)
{
  const int n = k->problem.n, directions = n < KRYLOV ? n : KRYLOV;
  if (fhrl_sundials_open(&k->context) != 0) return 0;
  k->pattern = fhrl_sundials_vector_wrap(n, k->nothing, k->context);
  if (k->pattern == NULL) return 0;
  k->x = N_VClone(k->pattern);
  k->one = N_VClone(k->pattern);
  k->b = N_VClone(k->pattern);
  if (k->x == NULL || k->one == NULL || k->b == NULL) return 0;
  N_VConst(1.0, k->one);
  k->newton = SUNLinSol_SPGMR(k->x, SUN_PREC_NONE, directions, k->context);
  k->linear = SUNLinSol_SPGMR(k->x, SUN_PREC_NONE, directions, k->context);
  k->kinsol = KINCreate(k->context);
  if (k->newton == NULL || k->linear == NULL || k->kinsol == NULL) return 0;
  return listen(k) == 0 && KINInit(k->kinsol, residual, k->x) == KIN_SUCCESS &&
         KINSetUserData(k->kinsol, &k->problem) == KIN_SUCCESS &&
         KINSetLinearSolver(k->kinsol, k->newton, NULL) == KIN_SUCCESS &&
         KINSetJacTimesVecFn(k->kinsol, product) == KIN_SUCCESS &&
         SUNLinSol_SPGMRSetMaxRestarts(k->newton, RESTARTS) == 0 &&
         SUNLinSol_SPGMRSetMaxRestarts(k->linear, RESTARTS) == 0 && SUNLinSolSetATimes(k->linear, k, product_here) == 0 &&
         SUNLinSolInitialize(k->linear) == 0;
}

fhrl_status fhrl_sundials_kinsol_create(const fhrl_sundials_kinsol_problem *problem, fhrl_sundials_kinsol **out,
  fhrl_err *err)
{
  fhrl_sundials_kinsol *k = calloc(1, sizeof *k);
  if (k == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for Newton's method on %d unknowns", problem->n);
  k->problem = *problem;
  if (!make(k)) { // every argument is ours: what can fail is memory
    const fhrl_status status = fhrl_fail(err, FHRL_NOMEM, "no memory for Newton's method on %d unknowns%s%s", problem->n,
      *k->log.message ? ": " : "", k->log.message);
    fhrl_sundials_kinsol_destroy(k);
    return status;
  }
  *out = k;
  return FHRL_OK;
}

void fhrl_sundials_kinsol_destroy(fhrl_sundials_kinsol *k)
{
  if (k == NULL) return;
  if (k->kinsol) KINFree(&k->kinsol);
  if (k->newton) SUNLinSolFree(k->newton);
  if (k->linear) SUNLinSolFree(k->linear);
  if (k->x) N_VDestroy(k->x);
  if (k->one) N_VDestroy(k->one);
  if (k->b) N_VDestroy(k->b);
  if (k->pattern) N_VDestroy(k->pattern);
  if (k->context) SUNContext_Free(&k->context);
  free(k);
}

int fhrl_sundials_kinsol_solve(fhrl_sundials_kinsol *k, double tolerance, int steps, double x[])
{
  const size_t size = (size_t)k->problem.n * sizeof *x;
  memcpy(fhrl_sundials_vector_data(k->x), x, size);
  KINSetFuncNormTol(k->kinsol, tolerance);
  KINSetScaledStepTol(k->kinsol, 1e-15);
  KINSetNumMaxIters(k->kinsol, steps);
  const int flag = KINSol(k->kinsol, k->x, KIN_LINESEARCH, k->one, k->one);
  memcpy(x, fhrl_sundials_vector_data(k->x), size);
  return flag == KIN_SUCCESS || flag == KIN_INITIAL_GUESS_OK;
}

int fhrl_sundials_kinsol_linear(fhrl_sundials_kinsol *k, const double x[], const double b[], double tolerance, double y[])
{
  const int n = k->problem.n;
  double norm = 0.0;
  for (int i = 0; i < n; i++) norm += b[i] * b[i];
  norm = sqrt(norm);
  memset(y, 0, (size_t)n * sizeof *y);
  if (norm == 0.0) return 1;
  if (!isfinite(norm)) return 0;
  k->at = x;
  memcpy(fhrl_sundials_vector_data(k->b), b, (size_t)n * sizeof *b);
  N_VConst(0.0, k->x);
  SUNLinSolSetZeroGuess(k->linear, SUNTRUE);
  const int flag = SUNLinSolSolve(k->linear, NULL, k->x, k->b, tolerance * norm);
  memcpy(y, fhrl_sundials_vector_data(k->x), (size_t)n * sizeof *y);
  return flag == 0;
}
