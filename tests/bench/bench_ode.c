// SPDX-License-Identifier: GPL-3.0-or-later
// bench_ode: integrations by our engines and by stock CVODE, one measurement a call, so that who calls can interleave them
//   bench_ode methods                  names of the methods, stock ones with "stock" before
//   bench_ode time PROBLEM METHOD RTOL T    seconds of processor time, steps
//   bench_ode compare PROBLEM          Adams, ours and stock: steps and differences to t = 10, to t = 100; errors at rtol 1e-8
//   bench_ode motion PROBLEM           max |dx/dt| at t = 100
//   bench_ode rhs PROBLEM              seconds of one right-hand side; operations, bytes a second that the processor can do
//   bench_ode precision PROBLEM T FILE a table of every method over rtol 1e-4 .. 1e-11; start and end go to FILE
//   bench_ode dump PROBLEM FILE        W, b = B u, y0 of fhrl as text, for another program
//   bench_ode ensemble THREADS SEED    members per wall second and per CPU second, error, evaluations
// PROBLEM is MODEL[,KEY=VALUE...] with keys of [model]; atol is rtol / 100 everywhere.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "bench_ode.h"

static fhrl_err err;

// Whom `time` and `precision` know. A method of ours that is new is one line more.
typedef struct method {
  const char *name;
  int ours;
  fhrl_method method;
} method;

static const method methods[] = {
  {"dop853",      1, FHRL_METHOD_DOP853},
  {"adams",       1, FHRL_METHOD_ADAMS },
  {"bdf",         1, FHRL_METHOD_BDF   },
  {"stock adams", 0, FHRL_METHOD_ADAMS },
  {"dopri5",      1, FHRL_METHOD_DOPRI5},
  {"verner",      1, FHRL_METHOD_VERNER},
};
enum { METHODS = sizeof methods / sizeof methods[0] };

double bench_ode_cpu(void)
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

// Zeros, on a cache line as the arrays of our engines are.
static void *space(size_t n)
{
  const size_t size = (n * sizeof(double) + 64) / 64 * 64;
  void *a = aligned_alloc(64, size);
  if (a == NULL) stop("memory");
  return memset(a, 0, size);
}

// PROBLEM as above
static fhrl_system *bind(const char *problem, fhrl_input *in)
{
  char text[256];
  snprintf(text, sizeof text, "%s", problem);
  const fhrl_model *m = fhrl_system_find(strtok(text, ","));
  fhrl_config c;
  fhrl_field *fields;
  fhrl_system *s = NULL;
  int count;
  if (m == NULL) stop(problem);
  fhrl_config_init(&c);
  if (fhrl_system_fields(m, &fields, &count, &err) || fhrl_config_add(&c, "model", fields, count, &err) ||
      fhrl_config_add(&c, "input", fhrl_input_fields, fhrl_input_field_count, &err))
    stop("set-up");
  for (char *key; (key = strtok(NULL, ","));) {
    char *value = strchr(key, '=');
    if (value == NULL) stop(problem);
    *value = '\0';
    if (fhrl_config_set(&c, "model", key, value + 1, "bench", &err)) stop(problem);
  }
  if (fhrl_system_create(m, &c, &s, &err) || fhrl_input_init(in, &c, s->dims.n_u, &err)) stop("set-up");
  fhrl_config_free(&c);
  free(fields);
  return s;
}

static double difference(int n, const double a[], const double b[])
{
  double worst = 0.0;
  for (int i = 0; i < n; i++) worst = fmax(worst, fabs(a[i] - b[i]));
  return worst;
}

// ---- one trajectory

static long integrate(const method *m, fhrl_system *s, const fhrl_input *in, double rtol, double t, const double x0[], double x[])
{
  const fhrl_solver solver = {.method = m->method, .rtol = rtol, .atol = 1e-2 * rtol, .max_steps = 100000000};
  fhrl_integrator *it;
  fhrl_counters c;
  memcpy(x, x0, (size_t)s->n * sizeof *x);
  if (!m->ours) {
    const long steps = bench_ode_stock(s, in, rtol, 1e-2 * rtol, t, x);
    if (steps < 0) stop("stock CVODE failed");
    return steps;
  }
  if (fhrl_integrator_create(s, in, &solver, 0.0, x0, &it, &err) || fhrl_integrator_advance(it, t, &err)) stop(m->name);
  memcpy(x, fhrl_integrator_state(it), (size_t)s->n * sizeof *x);
  fhrl_integrator_counters(it, &c);
  fhrl_integrator_destroy(it);
  return c.steps;
}

// Seconds of one integration: a short one is repeated, which leaves out what a process does once.
static double timed(const method *m, fhrl_system *s, const fhrl_input *in, double rtol, double t, const double x0[], double x[],
  long *steps)
{
  const double enough = 0.02;
  double took = 0.0;
  int count = 0;
  *steps = integrate(m, s, in, rtol, t, x0, x);
  for (const double begin = bench_ode_cpu(); took < enough; count++) {
    integrate(m, s, in, rtol, t, x0, x);
    took = bench_ode_cpu() - begin;
  }
  return took / count;
}

static void compare(fhrl_system *s, const fhrl_input *in, const double x0[])
{
  double *a = space(4 * (size_t)s->n), *b = a + s->n, *c = b + s->n, *tight = c + s->n;
  const double times[] = {10.0, 100.0};
  for (int k = 0; k < 2; k++) {
    const long ours = integrate(&methods[1], s, in, 1e-8, times[k], x0, a);
    const long stock = integrate(&methods[3], s, in, 1e-8, times[k], x0, b);
    printf("%ld %ld %.3g ", ours, stock, difference(s->n, a, b));
  }
  integrate(&methods[0], s, in, 1e-8, 100.0, x0, c);
  integrate(&methods[0], s, in, 1e-13, 100.0, x0, tight);
  printf("%.3g %.3g\n", difference(s->n, c, tight), difference(s->n, a, tight));
  free(a);
}

static void hold_input(fhrl_system *s, const fhrl_input *in)
{
  double *u = space((size_t)s->dims.n_u); // for the rest of the process
  fhrl_input_at(in, 0.0, u);
  s->u = u;
}

static void motion(fhrl_system *s, const fhrl_input *in, const double x0[])
{
  double *x = space(2 * (size_t)s->n), *dx = x + s->n, fastest = 0.0;
  integrate(&methods[0], s, in, 1e-8, 100.0, x0, x);
  hold_input(s, in);
  s->model->rhs(s, 100.0, x, dx);
  for (int i = 0; i < s->n; i++) fastest = fmax(fastest, fabs(dx[i]));
  printf("%.3g\n", fastest);
  free(x);
}

// Best of five loops, beside the rates of the same minute.
static void one_rhs(fhrl_system *s, const fhrl_input *in, const double x0[])
{
  double *x = space((size_t)s->n), *dx = space((size_t)s->n), best = HUGE_VAL;
  const int calls = 1 + 2000000 / (s->n + 100);
  integrate(&methods[0], s, in, 1e-8, 10.0, x0, x);
  hold_input(s, in);
  const double flops = bench_ode_flops(), l2 = bench_ode_l2();
  for (int k = 0; k < 5; k++) {
    const double begin = bench_ode_cpu();
    for (int i = 0; i < calls; i++) s->model->rhs(s, 0.0, x, dx);
    best = fmin(best, (bench_ode_cpu() - begin) / calls);
  }
  printf("%.6g %.6g %.6g\n", best, flops, l2);
  free(x);
  free(dx);
}

// Blocks of lines "rtol seconds error steps", one per method, its name before: what gnuplot calls data sets.
static void precision(fhrl_system *s, const fhrl_input *in, const double x0[], double t, const char *path)
{
  double *x = space(2 * (size_t)s->n), *tight = x + s->n;
  long steps;
  FILE *f = fopen(path, "w");
  if (f == NULL) stop(path);
  integrate(&methods[0], s, in, 1e-14, t, x0, tight);
  for (int i = 0; i < s->n; i++) fprintf(f, "%.17g %.17g\n", x0[i], tight[i]);
  fclose(f);
  for (int k = 0; k < METHODS; k++) {
    printf("\"%s\"\n", methods[k].name);
    for (int digits = 4; digits <= 11; digits++) {
      const double rtol = pow(10.0, -digits), seconds = timed(&methods[k], s, in, rtol, t, x0, x, &steps);
      printf("%g\t%.6g\t%.6g\t%ld\n", rtol, seconds, difference(s->n, x, tight), steps);
    }
    printf("\n\n");
  }
  free(x);
}

static void dump(const fhrl_system *s, const fhrl_input *in, const double x0[], const char *path)
{
  const int d = s->dims.n_u;
  double *u = space(2 * (size_t)d), *b = u + d;
  FILE *f = fopen(path, "w");
  if (f == NULL) stop(path);
  fhrl_input_at(in, 0.0, u);
  fhrl_matvec(d, d, s->m[fhrl_system_matrix(s->model, "B")], u, b);
  const double *W = s->m[fhrl_system_matrix(s->model, "W")];
  for (int i = 0; i < d * d; i++) fprintf(f, "%.17g\n", W[i]);
  for (int i = 0; i < d; i++) fprintf(f, "%.17g\n", b[i]);
  for (int i = 0; i < d; i++) fprintf(f, "%.17g\n", x0[i]);
  fclose(f);
  free(u);
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
  const double wall = fhrl_clock_wall(), begin = bench_ode_cpu();
  if (fhrl_ensemble_run(&e, s, in, &solver, threads, NULL, &err)) stop("ensemble");
  const double took = bench_ode_cpu() - begin, seconds = fhrl_clock_wall() - wall;
  solver.rtol = 1e-12, solver.atol = 1e-14;
  if (fhrl_ensemble_run(&tight, s, in, &solver, threads, NULL, &err)) stop("reference");
  printf("%.6g %.6g %.3g %ld\n", MEMBERS / seconds, MEMBERS / took, difference(CHECKED * s->n, e.x, tight.x), e.rhs_evals);
  fhrl_ensemble_free(&e);
  fhrl_ensemble_free(&tight);
}

static void time_one(fhrl_system *s, const fhrl_input *in, const double x0[], const char *name, double rtol, double t)
{
  double *x = space((size_t)s->n);
  long steps;
  for (int k = 0; k < METHODS; k++) {
    if (strcmp(methods[k].name, name) != 0) continue;
    const double seconds = timed(&methods[k], s, in, rtol, t, x0, x, &steps);
    printf("%.6g %ld\n", seconds, steps);
  }
  free(x);
}

int main(int argc, char *argv[])
{
  fhrl_input in;
  char problem[64];
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "methods") == 0) {
    for (int k = 0; k < METHODS; k++) puts(methods[k].name);
    return 0;
  }
  if (argc < 3) return 2;
  const int many = strcmp(what, "ensemble") == 0 && argc > 3;
  if (many) snprintf(problem, sizeof problem, "fhrl,d=2,seed=%s", argv[3]);
  fhrl_system *s = bind(many ? problem : argv[2], &in);
  double *x0 = space((size_t)s->n);
  if (fhrl_system_start(s, 1, "", x0, &err)) stop("start");
  if (many)
    ensemble(s, &in, atoi(argv[2]));
  else if (strcmp(what, "time") == 0 && argc > 5)
    time_one(s, &in, x0, argv[3], atof(argv[4]), atof(argv[5]));
  else if (strcmp(what, "compare") == 0)
    compare(s, &in, x0);
  else if (strcmp(what, "motion") == 0)
    motion(s, &in, x0);
  else if (strcmp(what, "rhs") == 0)
    one_rhs(s, &in, x0);
  else if (strcmp(what, "precision") == 0 && argc > 4)
    precision(s, &in, x0, atof(argv[3]), argv[4]);
  else if (strcmp(what, "dump") == 0 && argc > 3)
    dump(s, &in, x0, argv[3]);
  else
    return 2;
  free(x0);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
  return 0;
}
