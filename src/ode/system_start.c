// SPDX-License-Identifier: GPL-3.0-or-later
// system_start: initial states: the model's own, or a list of numbers
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "ode/system.h"

static fhrl_status parse(const fhrl_system *s, const char *text, double x0[], fhrl_err *err)
{
  char name[64], list[512];
  int n = 0;
  for (const char *at = text;; at++) {
    char *end;
    const double value = strtod(at, &end);
    const size_t len = strcspn(at, ",");
    if (end == at || strspn(end, " \t") != (size_t)(at + len - end) || !isfinite(value)) {
      if (n < s->n) fhrl_system_component(s, n, name, sizeof name);
      return fhrl_fail(err, FHRL_ARG, "start '%.200s': '%.*s' for %s is no finite number", text, (int)(len < 60 ? len : 60),
        at, n < s->n ? name : "a component that the system does not have");
    }
    if (n < s->n) x0[n] = value;
    n++;
    at += len;
    if (*at == '\0') break;
  }
  if (n != s->n) {
    fhrl_system_components(s, list, sizeof list);
    return fhrl_fail(err, FHRL_ARG, "start '%.200s': %d number%s for the %d states of %s:%s", text, n, n == 1 ? "" : "s", s->n,
      s->model->name, list);
  }
  return FHRL_OK;
}

fhrl_status fhrl_system_start(const fhrl_system *s, uint32_t seed, const char *text, double x0[], fhrl_err *err)
{
  double *value = malloc(2 * (size_t)s->n * sizeof *value); // x0 stays untouched on failure
  double *normal = value ? value + s->n : NULL;
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the start of %s", s->model->name);
  fhrl_status status = FHRL_OK;
  if (text && *text) {
    FHRL_DO(status, parse(s, text, value, err));
  } else if (s->model->start) {
    fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_START}, 0, (size_t)s->n, normal);
    s->model->start(s, normal, value);
  } else {
    for (int block = 0, i = 0; block < s->model->n_state; block++) {
      const int end = i + s->dims.state[block].rows * s->dims.state[block].cols;
      for (; i < end; i++) value[i] = s->model->state[block].value;
    }
  }
  const char *why = s->model->refuse_start ? s->model->refuse_start(s, value) : NULL;
  if (why) FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "%s cannot start here: %s", s->model->name, why));
  memcpy(x0, value, (size_t)s->n * sizeof *x0);
done:
  free(value);
  return status;
}
