// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_flow: a flow run backward, or with all but two of its states held: flows in their own right
#include "analysis/portrait_flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const fhrl_portrait_flow *flow_of(const fhrl_system *s)
{
  return (const fhrl_portrait_flow *)(const void *)s->model; // its first member
}

// The whole state that x stands for, under the same input.
static const double *whole_state(const fhrl_portrait_flow *f, const fhrl_system *s, const double x[])
{
  f->whole->u = s->u;
  if (!f->planar) return x;
  f->x[f->component[0]] = x[0];
  f->x[f->component[1]] = x[1];
  return f->x;
}

// From f->out what belongs to the flow.
static int take(const fhrl_portrait_flow *f, int code, double out[])
{
  if (f->planar)
    for (int k = 0; k < 2; k++) out[k] = f->sign * f->out[f->component[k]];
  else
    for (int i = 0; i < f->whole->n; i++) out[i] = f->sign * f->out[i];
  return code;
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const fhrl_portrait_flow *f = flow_of(s);
  const double *whole = whole_state(f, s, x);
  return take(f, f->whole->model->rhs(f->whole, f->sign * t, whole, f->out), dx);
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const fhrl_portrait_flow *f = flow_of(s);
  const double *whole = whole_state(f, s, x), *direction = v;
  if (f->planar) {
    for (int k = 0; k < 2; k++) f->v[f->component[k]] = v[k]; // the others stay 0
    direction = f->v;
  }
  return take(f, f->whole->model->jvp(f->whole, f->sign * t, whole, direction, f->out), Jv);
}

static int observe(const fhrl_system *s, double t, const double x[], double out[])
{
  const fhrl_portrait_flow *f = flow_of(s);
  const double *whole = whole_state(f, s, x);
  return f->whole->model->observe(f->whole, f->sign * t, whole, out);
}

static const char *refuse_start(const fhrl_system *s, const double x[])
{
  const fhrl_portrait_flow *f = flow_of(s);
  const double *whole = whole_state(f, s, x);
  return f->whole->model->refuse_start(f->whole, whole);
}

static fhrl_status open(fhrl_portrait_flow *f, const fhrl_system *s, fhrl_err *err)
{
  const size_t n = (size_t)s->n;
  *f = (fhrl_portrait_flow){.sign = 1.0};
  FHRL_TRY(fhrl_system_clone(s, &f->whole, err));
  f->x = calloc(3 * n, sizeof *f->x);
  if (f->x == NULL) {
    fhrl_portrait_flow_free(f);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for another view of %s", s->model->name);
  }
  f->v = f->x + n;
  f->out = f->v + n;
  f->model = *s->model;
  f->model.rhs = rhs;
  f->model.jvp = s->model->jvp ? jvp : NULL;
  f->model.observe = s->model->observe ? observe : NULL;
  f->model.refuse_start = s->model->refuse_start ? refuse_start : NULL;
  f->model.step = NULL;
  f->model.split = NULL; // its terms are those of the other flow
  f->model.events = NULL;
  f->model.n_term = f->model.n_event = f->model.n_check = 0;
  f->system = *s;
  f->system.model = &f->model;
  return FHRL_OK;
}

fhrl_status fhrl_portrait_flow_reverse(fhrl_portrait_flow *f, const fhrl_system *s, fhrl_err *err)
{
  FHRL_TRY(open(f, s, err));
  f->sign = -1.0;
  return FHRL_OK;
}

const fhrl_field *fhrl_portrait_flow_block(const fhrl_system *s, int component)
{
  int block = 0, end = s->dims.state[0].rows * s->dims.state[0].cols;
  while (component >= end && block + 1 < s->model->n_state) {
    block++;
    end += s->dims.state[block].rows * s->dims.state[block].cols;
  }
  return &s->model->state[block];
}

fhrl_status fhrl_portrait_flow_hold(fhrl_portrait_flow *f, const fhrl_system *s, const int component[2], const double base[],
  fhrl_err *err)
{
  FHRL_TRY(open(f, s, err));
  memcpy(f->x, base, (size_t)s->n * sizeof *base);
  f->planar = 1;
  for (int k = 0; k < 2; k++) {
    f->component[k] = component[k];
    fhrl_system_component(s, component[k], f->name[k], sizeof f->name[k]);
    f->state[k] = *fhrl_portrait_flow_block(s, component[k]);
    f->state[k].name = f->name[k];
    f->system.dims.state[k] = (fhrl_shape){1, 1};
  }
  f->model.state = f->state;
  f->model.n_state = f->system.n = 2;
  f->model.start = NULL;
  return FHRL_OK;
}

void fhrl_portrait_flow_free(fhrl_portrait_flow *f)
{
  fhrl_system_destroy(f->whole);
  free(f->x);
  *f = (fhrl_portrait_flow){0};
}
