// SPDX-License-Identifier: GPL-3.0-or-later
// bench_ode: one integration of `fhrl` to t = 100 by our engines and by stock CVODE, timed in rounds
//   bench_ode dump D SEED FILE   the problem W, b = B u, y0 as text, for another program
//   bench_ode run D SEED         CPU seconds of dop853, adams, stock adams; their steps; differences and errors; one rhs
//   bench_ode ensemble THREADS SEED   members per wall second and per CPU second, error, evaluations
// Every line is one round: who calls this interleaves it with its peers.
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

#include "base/clock.h"
#include "ode/ensemble.h"

static fhrl_err err;

static double cpu(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stop(const char *what)
{
  fprintf(stderr, "bench_ode: %s: %s\n", what, err.msg);
  exit(1);
}

static fhrl_system *bind(const char *d, const char *seed, fhrl_input *in)
{
  const fhrl_model *m = fhrl_system_find("fhrl");
  fhrl_config c;
  fhrl_field *fields;
  fhrl_system *s = NULL;
  int count;
  fhrl_config_init(&c);
  if (fhrl_system_fields(m, &fields, &count, &err) || fhrl_config_add(&c, "model", fields, count, &err) ||
      fhrl_config_add(&c, "input", fhrl_input_fields, fhrl_input_field_count, &err) ||
      fhrl_config_set(&c, "model", "d", d, "bench", &err) || fhrl_config_set(&c, "model", "seed", seed, "bench", &err) ||
      fhrl_system_create(m, &c, &s, &err) || fhrl_input_init(in, &c, s->dims.n_u, &err))
    stop("set-up");
  fhrl_config_free(&c);
  free(fields);
  return s;
}

// ---- one trajectory

static double ours(fhrl_system *s, const fhrl_input *in, fhrl_method method, double rtol, const double x0[], double x[], long *steps)
{
  const fhrl_solver solver = {.method = method, .rtol = rtol, .atol = 1e-2 * rtol, .max_steps = 10000000};
  fhrl_integrator *it;
  fhrl_counters c;
  const double begin = cpu();
  if (fhrl_integrator_create(s, in, &solver, 0.0, x0, &it, &err) || fhrl_integrator_advance(it, 100.0, &err)) stop("ours");
  memcpy(x, fhrl_integrator_state(it), (size_t)s->n * sizeof *x);
  fhrl_integrator_counters(it, &c);
  fhrl_integrator_destroy(it);
  *steps = c.steps;
  return cpu() - begin;
}

static int stock_rhs(sunrealtype t, N_Vector x, N_Vector dx, void *data)
{
  const fhrl_system *s = data;
  return s->model->rhs(s, t, NV_DATA_S(x), NV_DATA_S(dx));
}

// The same library, method, corrector and tolerances with the vectors that it comes with.
static double stock(fhrl_system *s, const fhrl_input *in, const double x0[], double x[], long *steps)
{
  double *u = malloc(((size_t)s->dims.n_u + 1) * sizeof *u), now;
  const double *before = s->u;
  SUNContext context;
  if (u == NULL) stop("memory");
  fhrl_input_at(in, 0.0, u);
  s->u = u;
  const double begin = cpu();
#if SUNDIALS_VERSION_MAJOR >= 7
  SUNContext_Create(SUN_COMM_NULL, &context);
#else
  SUNContext_Create(NULL, &context);
#endif
  memcpy(x, x0, (size_t)s->n * sizeof *x);
  N_Vector v = N_VMake_Serial(s->n, x, context);
  void *cvode = CVodeCreate(CV_ADAMS, context);
  CVodeInit(cvode, stock_rhs, 0.0, v);
  CVodeSetUserData(cvode, s);
  CVodeSStolerances(cvode, 1e-8, 1e-10);
  SUNNonlinearSolver corrector = SUNNonlinSol_FixedPoint(v, 0, context);
  CVodeSetNonlinearSolver(cvode, corrector);
  CVodeSetStopTime(cvode, 100.0);
  CVodeSetMaxNumSteps(cvode, 10000000);
  if (CVode(cvode, 100.0, v, &now, CV_NORMAL) < 0) stop("stock");
  CVodeGetNumSteps(cvode, steps);
  CVodeFree(&cvode);
  SUNNonlinSolFree(corrector);
  N_VDestroy(v);
  SUNContext_Free(&context);
  s->u = before;
  free(u);
  return cpu() - begin;
}

static double difference(int n, const double a[], const double b[])
{
  double worst = 0.0;
  for (int i = 0; i < n; i++) worst = fmax(worst, fabs(a[i] - b[i]));
  return worst;
}

static void run(fhrl_system *s, const fhrl_input *in, const double x0[])
{
  double *x = malloc(4 * (size_t)s->n * sizeof *x), *a = x + s->n, *b = a + s->n, *tight = b + s->n;
  long steps[4];
  if (x == NULL) stop("memory");
  const double dop = ours(s, in, FHRL_METHOD_DOP853, 1e-8, x0, x, &steps[0]);
  const double adams = ours(s, in, FHRL_METHOD_ADAMS, 1e-8, x0, a, &steps[1]);
  const double bare = stock(s, in, x0, b, &steps[2]);
  ours(s, in, FHRL_METHOD_DOP853, 1e-12, x0, tight, &steps[3]);
  double u[4096];
  fhrl_input_at(in, 0.0, u);
  s->u = u;
  const double begin = cpu();
  const int calls = 1 + 4000000 / (s->n + 100); // some 20 ms or more
  for (int k = 0; k < calls; k++) s->model->rhs(s, 0.0, tight, x);
  const double rhs = (cpu() - begin) / calls;
  ours(s, in, FHRL_METHOD_DOP853, 1e-8, x0, x, &steps[0]);
  printf("%.6g %.6g %.6g %ld %ld %ld %.3g %.3g %.3g %.6g\n", dop, adams, bare, steps[0], steps[1], steps[2],
    difference(s->n, a, b), difference(s->n, x, tight), difference(s->n, a, tight), rhs);
  free(x);
}

static void dump(const fhrl_system *s, const fhrl_input *in, const double x0[], const char *path)
{
  const int d = s->dims.n_u;
  double u[4096], b[4096];
  FILE *f = fopen(path, "w");
  if (f == NULL) stop(path);
  fhrl_input_at(in, 0.0, u);
  fhrl_matvec(d, d, s->m[fhrl_system_matrix(s->model, "B")], u, b);
  const double *W = s->m[fhrl_system_matrix(s->model, "W")];
  for (int i = 0; i < d * d; i++) fprintf(f, "%.17g\n", W[i]);
  for (int i = 0; i < d; i++) fprintf(f, "%.17g\n", b[i]);
  for (int i = 0; i < d; i++) fprintf(f, "%.17g\n", x0[i]);
  fclose(f);
}

// ---- many trajectories

static void ensemble(const fhrl_system *s, const fhrl_input *in, int threads)
{
  enum { MEMBERS = 10000, CHECKED = 500 };
  fhrl_ensemble e, tight;
  fhrl_solver solver = {.rtol = 1e-8, .atol = 1e-10, .t_end = 100.0, .max_steps = 1000000};
  if (fhrl_ensemble_init(&e, MEMBERS, s->n, 0, &err) || fhrl_ensemble_init(&tight, CHECKED, s->n, 0, &err)) stop("ensemble");
  for (long k = 0; k < MEMBERS; k++) fhrl_system_start(s, (uint32_t)k + 1, "", e.x0 + k * s->n, &err);
  memcpy(tight.x0, e.x0, CHECKED * (size_t)s->n * sizeof *e.x0);
  const double wall = fhrl_clock_wall(), begin = cpu();
  if (fhrl_ensemble_run(&e, s, in, &solver, threads, NULL, &err)) stop("ensemble");
  const double took = cpu() - begin, seconds = fhrl_clock_wall() - wall;
  solver.rtol = 1e-12, solver.atol = 1e-14;
  if (fhrl_ensemble_run(&tight, s, in, &solver, threads, NULL, &err)) stop("reference");
  printf("%.6g %.6g %.3g %ld\n", MEMBERS / seconds, MEMBERS / took, difference(CHECKED * s->n, e.x, tight.x), e.rhs_evals);
  fhrl_ensemble_free(&e);
  fhrl_ensemble_free(&tight);
}

int main(int argc, char *argv[])
{
  fhrl_input in;
  if (argc < 4) return 2;
  const int many = strcmp(argv[1], "ensemble") == 0;
  fhrl_system *s = bind(many ? "2" : argv[2], argv[3], &in);
  double *x0 = calloc((size_t)s->n, sizeof *x0);
  if (x0 == NULL || fhrl_system_start(s, 1, "", x0, &err)) stop("start");
  if (many)
    ensemble(s, &in, atoi(argv[2]));
  else if (strcmp(argv[1], "dump") == 0 && argc > 4)
    dump(s, &in, x0, argv[4]);
  else
    run(s, &in, x0);
  free(x0);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
  return 0;
}
