// SPDX-License-Identifier: GPL-3.0-or-later
// bench_ode_stock: CVODE as the distribution ships it
#include "bench_ode.h"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

static int rhs(sunrealtype t, N_Vector x, N_Vector dx, void *data)
{
  const fhrl_system *s = data;
  return s->model->rhs(s, t, NV_DATA_S(x), NV_DATA_S(dx));
}

static int create(SUNContext *context)
{
#if SUNDIALS_VERSION_MAJOR >= 7
  return SUNContext_Create(SUN_COMM_NULL, context);
#else
  return SUNContext_Create(NULL, context);
#endif
}

long bench_ode_stock(fhrl_system *s, const fhrl_input *in, double rtol, double atol, double t, double x[])
{
  double *u = malloc(((size_t)s->dims.n_u + 1) * sizeof *u), now;
  const double *before = s->u;
  SUNContext context;
  long steps = -1;
  if (u == NULL || create(&context) != 0) {
    free(u);
    return -1;
  }
  fhrl_input_at(in, 0.0, u);
  s->u = u;
  N_Vector v = N_VMake_Serial(s->n, x, context);
  void *cvode = CVodeCreate(CV_ADAMS, context);
  SUNNonlinearSolver corrector = SUNNonlinSol_FixedPoint(v, 0, context);
  if (CVodeInit(cvode, rhs, 0.0, v) == CV_SUCCESS && CVodeSetUserData(cvode, s) == CV_SUCCESS &&
      CVodeSStolerances(cvode, rtol, atol) == CV_SUCCESS && CVodeSetNonlinearSolver(cvode, corrector) == CV_SUCCESS &&
      CVodeSetStopTime(cvode, t) == CV_SUCCESS && CVodeSetMaxNumSteps(cvode, 10000000) == CV_SUCCESS &&
      CVode(cvode, t, v, &now, CV_NORMAL) >= 0)
    CVodeGetNumSteps(cvode, &steps);
  CVodeFree(&cvode);
  SUNNonlinSolFree(corrector);
  N_VDestroy(v);
  SUNContext_Free(&context);
  s->u = before;
  free(u);
  return steps;
}
