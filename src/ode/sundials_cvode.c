// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_cvode: CVODE as an engine
#include "ode/sundials_cvode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <sunnonlinsol/sunnonlinsol_newton.h>

#include "base/cpu.h"
#include "ode/sundials_compat.h"
#include "ode/sundials_dense.h"
#include "ode/sundials_vector.h"

// Directions of GMRES. The library's 5 are too few where many modes are stiff: diffusion over 300 points took 13,685
// steps with 5, 1082 with 10, 576 with 20 and 402 with 40, whose memory is no longer small.
enum { KRYLOV = 20 };

typedef struct cvode {
  fhrl_engine base; // first: the handle that callers hold
  fhrl_engine_problem problem;
  int stiff;
  SUNContext context;          // owned, like all that follows
  N_Vector x, error, weight;   // x wraps problem.x
  SUNNonlinearSolver corrector;
  SUNLinearSolver linear;
  SUNMatrix jacobian;
  void *cvode;
  fhrl_sundials_log log;
  fhrl_engine_count before; // what was counted before the last restart
} cvode;

// ---- CVODE's callbacks

static int rhs(sunrealtype t, N_Vector x, N_Vector dx, void *data)
{
  const fhrl_engine_problem *p = data;
  return p->rhs(p->context, t, fhrl_sundials_vector_data(x), fhrl_sundials_vector_data(dx));
}

static int product(N_Vector v, N_Vector Jv, sunrealtype t, N_Vector x, N_Vector fx, void *data, N_Vector scratch)
{
  const fhrl_engine_problem *p = data;
  return p->jvp(p->context, t, fhrl_sundials_vector_data(x), fhrl_sundials_vector_data(v), fhrl_sundials_vector_data(Jv));
}

// SUNDIALS' matrices are column-major: each column is one product J e_j.
static int dense(sunrealtype t, N_Vector x, N_Vector fx, SUNMatrix J, void *data, N_Vector e, N_Vector b, N_Vector c)
{
  const fhrl_engine_problem *p = data;
  double *unit = fhrl_sundials_vector_data(e);
  memset(unit, 0, (size_t)p->n * sizeof *unit);
  for (int j = 0; j < p->n; j++) {
    unit[j] = 1.0;
    const int failed = p->jvp(p->context, t, fhrl_sundials_vector_data(x), unit, SUNDenseMatrix_Column(J, j));
    if (failed) return failed;
    unit[j] = 0.0;
  }
  return 0;
}

FHRL_CPU_INLINE void weigh_body(int n, const double *restrict x, double rtol, double atol, double *restrict w)
{
  for (int i = 0; i < n; i++) w[i] = 1.0 / (rtol * fabs(x[i]) + atol);
}

FHRL_CPU_CLONES(weigh, (int n, const double *x, double rtol, double atol, double *w), (n, x, rtol, atol, w))

// Weights of the error norm: CVODE's own formula in one pass instead of five.
static int weights(N_Vector x, N_Vector w, void *data)
{
  const fhrl_engine_problem *p = data;
  weigh(p->n, fhrl_sundials_vector_data(x), p->rtol, p->atol, fhrl_sundials_vector_data(w));
  return 0;
}

// ---- making and destroying

static int make_newton(cvode *e)
{
  const int n = e->problem.n, small = n <= FHRL_SUNDIALS_DENSE;
  e->corrector = SUNNonlinSol_Newton(e->x, e->context);
  if (small) {
    e->jacobian = fhrl_sundials_dense_matrix(n, e->context);
    if (e->jacobian == NULL) return 0;
    e->linear = fhrl_sundials_dense_solver(n, e->context);
  } else
    e->linear = SUNLinSol_SPGMR(e->x, SUN_PREC_NONE, KRYLOV, e->context);
  return e->corrector && e->linear && CVodeSetNonlinearSolver(e->cvode, e->corrector) == CV_SUCCESS &&
         CVodeSetLinearSolver(e->cvode, e->linear, e->jacobian) == CV_SUCCESS &&
         (small ? CVodeSetJacFn(e->cvode, dense) : CVodeSetJacTimes(e->cvode, NULL, product)) == CV_SUCCESS;
}

static int make_fixed_point(cvode *e)
{
  e->corrector = SUNNonlinSol_FixedPoint(e->x, 0, e->context);
  return e->corrector && CVodeSetNonlinearSolver(e->cvode, e->corrector) == CV_SUCCESS;
}

static int make(cvode *e, double t0)
{
  if (fhrl_sundials_open(&e->context) != 0) return 0;
  e->x = fhrl_sundials_vector_wrap(e->problem.n, e->problem.x, e->context);
  if (e->x == NULL) return 0;
  e->error = N_VClone(e->x);
  e->weight = N_VClone(e->x);
  e->cvode = CVodeCreate(e->stiff ? CV_BDF : CV_ADAMS, e->context);
  if (e->error == NULL || e->weight == NULL || e->cvode == NULL) return 0;
  return fhrl_sundials_listen(e->context, e->cvode, &e->log) == 0 &&
         CVodeInit(e->cvode, rhs, t0, e->x) == CV_SUCCESS && CVodeSetUserData(e->cvode, &e->problem) == CV_SUCCESS &&
         CVodeWFtolerances(e->cvode, weights) == CV_SUCCESS &&
         CVodeSetMaxHnilWarns(e->cvode, -1) == CV_SUCCESS && // a stall is ours to report; version 7 prints these warnings
         (e->stiff ? make_newton(e) : make_fixed_point(e));
}

static void destroy(fhrl_engine *base)
{
  cvode *e = (cvode *)base;
  if (e->cvode) CVodeFree(&e->cvode);
  if (e->corrector) SUNNonlinSolFree(e->corrector);
  if (e->linear) SUNLinSolFree(e->linear);
  if (e->jacobian) SUNMatDestroy(e->jacobian);
  if (e->weight) N_VDestroy(e->weight);
  if (e->error) N_VDestroy(e->error);
  if (e->x) N_VDestroy(e->x);
  if (e->context) SUNContext_Free(&e->context);
  free(e);
}

// ---- running

static fhrl_engine_count recent(cvode *e)
{
  fhrl_engine_count c = {0};
  CVodeGetNumSteps(e->cvode, &c.steps);
  CVodeGetNumErrTestFails(e->cvode, &c.error_test_failures);
  CVodeGetNumNonlinSolvConvFails(e->cvode, &c.convergence_failures);
  CVodeGetNumNonlinSolvIters(e->cvode, &c.corrector_iterations);
  if (e->linear == NULL) return c;
  CVodeGetNumLinIters(e->cvode, &c.linear_iterations);
  CVodeGetNumJacEvals(e->cvode, &c.jacobians);
  return c;
}

static fhrl_engine_count count(fhrl_engine *base)
{
  cvode *e = (cvode *)base;
  fhrl_engine_count c = recent(e);
  c.steps += e->before.steps;
  c.error_test_failures += e->before.error_test_failures;
  c.convergence_failures += e->before.convergence_failures;
  c.corrector_iterations += e->before.corrector_iterations;
  c.linear_iterations += e->before.linear_iterations;
  c.jacobians += e->before.jacobians;
  return c;
}

static void restart(fhrl_engine *base, double t0)
{
  cvode *e = (cvode *)base;
  e->before = count(base);
  CVodeReInit(e->cvode, t0, e->x); // cannot fail: memory and state exist
}

// Time that the last step hardly moved will not move in the next ones either.
static int stalled(cvode *e, double now)
{
  sunrealtype h = 0.0;
  CVodeGetLastStep(e->cvode, &h);
  return now + 0.25 * h == now;
}

static fhrl_engine_end run(fhrl_engine *base, double t, long steps, double *now)
{
  cvode *e = (cvode *)base;
  e->log.message[0] = '\0';
  CVodeSetStopTime(e->cvode, t);
  CVodeSetMaxNumSteps(e->cvode, steps);
  const int flag = CVode(e->cvode, t, e->x, now, steps == 1 ? CV_ONE_STEP : CV_NORMAL);
  switch (flag) {
  case CV_SUCCESS:
  case CV_TSTOP_RETURN:
    if (flag == CV_TSTOP_RETURN || steps > 1 || *now == t) {
      *now = t;
      return FHRL_ENGINE_REACHED;
    }
    return stalled(e, *now) ? FHRL_ENGINE_STALLED : FHRL_ENGINE_PAUSED;
  case CV_TOO_MUCH_WORK: return stalled(e, *now) ? FHRL_ENGINE_STALLED : FHRL_ENGINE_PAUSED;
  case CV_ERR_FAILURE: return FHRL_ENGINE_ERROR;
  case CV_CONV_FAILURE:
  case CV_LSETUP_FAIL:
  case CV_LSOLVE_FAIL: return FHRL_ENGINE_CORRECTOR;
  case CV_RHSFUNC_FAIL:
  case CV_FIRST_RHSFUNC_ERR:
  case CV_REPTD_RHSFUNC_ERR:
  case CV_UNREC_RHSFUNC_ERR: return FHRL_ENGINE_RHS;
  default: return FHRL_ENGINE_OTHER;
  }
}

// A vector that borrows x for the call: the interpolant is written where the caller wants it.
static int dense_output(fhrl_engine *base, double t, double x[])
{
  cvode *e = (cvode *)base;
  double *own = NV_DATA_S(e->weight);
  NV_DATA_S(e->weight) = x;
  const int flag = CVodeGetDky(e->cvode, t, 0, e->weight);
  NV_DATA_S(e->weight) = own;
  return flag == CV_SUCCESS ? 0 : -1;
}

static void look(fhrl_engine *base, fhrl_engine_look *out)
{
  cvode *e = (cvode *)base;
  memset(out, 0, sizeof *out);
  out->message = e->log.message;
  CVodeGetCurrentStep(e->cvode, &out->h);
  CVodeGetCurrentOrder(e->cvode, &out->order);
  CVodeGetEstLocalErrors(e->cvode, e->error);
  CVodeGetErrWeights(e->cvode, e->weight);
  const double *error = fhrl_sundials_vector_data(e->error), *weight = fhrl_sundials_vector_data(e->weight);
  for (int i = 0; i < e->problem.n; i++) {
    const double ratio = fabs(error[i] * weight[i]);
    if (ratio > out->worst_ratio) {
      out->worst_ratio = ratio;
      out->worst = i;
    }
  }
}

static const fhrl_engine_kind adams = {"adams", destroy, restart, run, dense_output, look, count};
static const fhrl_engine_kind bdf = {"bdf", destroy, restart, run, dense_output, look, count};

fhrl_status fhrl_sundials_cvode_create(const fhrl_engine_problem *problem, int stiff, double t0, fhrl_engine **out,
  fhrl_err *err)
{
  cvode *e = calloc(1, sizeof *e);
  if (e == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an integrator of %d states", problem->n);
  e->base.kind = stiff ? &bdf : &adams;
  e->problem = *problem;
  e->stiff = stiff;
  if (!make(e, t0)) { // every argument is ours: what can fail is memory
    const fhrl_status status = fhrl_fail(err, FHRL_NOMEM, "no memory for an integrator of %d states%s%s", problem->n,
      *e->log.message ? ": " : "", e->log.message);
    destroy(&e->base);
    return status;
  }
  *out = &e->base;
  return FHRL_OK;
}

const char *fhrl_sundials_cvode_version(void) { return SUNDIALS_VERSION; }
