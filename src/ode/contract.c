// SPDX-License-Identifier: GPL-3.0-or-later
// contract: what every model promises, examined on a descriptor
#include "ode/contract.h"

#include <stdlib.h>
#include <string.h>

#include "ode/contract_field.h"
#include "ode/iteration.h"
#include "ode/variant.h"

enum { TABLES, COMPONENTS, FINITE, LINEAR, DERIVATIVE, TERMS, NAN_SHOWS, ARRAYS, EQUILIBRIUM, DIVERGENCE, RUNS, N_FACT };
enum { POINTS = 3 };

const fhrl_contract_fact fhrl_contract_facts[N_FACT] = {
  [TABLES] = {"tables", "names, units, meanings, counts and defaults are as the tables say"},
  [COMPONENTS] = {"components", "every component of the state has a name of its own"},
  [FINITE] = {"finite", "rates, observables and events are finite, and the same when asked again"},
  [LINEAR] = {"jvp_linear", "jvp is linear in v"},
  [DERIVATIVE] = {"jvp_derivative", "jvp is the derivative of rhs (of step), by differences"},
  [TERMS] = {"terms", "the terms sum to rhs"},
  [NAN_SHOWS] = {"nan", "a NaN in the state shows in the rates, and nothing crashes"},
  [ARRAYS] = {"arrays", "callbacks write all of their result and nothing else"},
  [EQUILIBRIUM] = {"equilibria", "the states that the check table calls equilibria are"},
  [DIVERGENCE] = {"divergence", "the divergence is what the check table says"},
  [RUNS] = {"runs", "it runs for 5 units of time from its own start"},
};
const int fhrl_contract_fact_count = N_FACT;

// ---- facts that are no claim about one point

static fhrl_status components(const fhrl_contract_case *c, fhrl_err *err)
{
  const fhrl_system *s = c->s;
  char name[64], before[64] = "";
  int total = 0;
  fhrl_shape shape;
  for (int b = 0; b < s->model->n_state; b++) {
    if (fhrl_system_block(s, s->model->state[b].name, &shape) != total)
      return fhrl_fail(err, FHRL_NUMERIC, "the block %s does not begin at %d", s->model->state[b].name, total);
    total += shape.rows * shape.cols;
  }
  if (total != s->n) return fhrl_fail(err, FHRL_NUMERIC, "the blocks have %d components, the state %d", total, s->n);
  for (int i = 0; i < s->n; i++) {
    fhrl_system_component(s, i, name, sizeof name);
    if (strcmp(name, before) == 0) return fhrl_fail(err, FHRL_NUMERIC, "components %d and %d are both %s", i - 1, i, name);
    memcpy(before, name, sizeof before);
  }
  return FHRL_OK;
}

// As a user runs it who gives nothing but the name; the input is of order one.
static fhrl_status runs(const fhrl_contract_case *c, fhrl_err *err)
{
  const fhrl_solver solver = {.method = FHRL_METHOD_AUTO, .rtol = 1e-8, .atol = 1e-10, .t_end = 5.0, .output_every = 1.0,
    .max_steps = 100000};
  fhrl_trajectory tr = {0};
  fhrl_integrator *it = NULL;
  fhrl_counters count = {0};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_system_start(c->s, 1, NULL, c->room, err));
  FHRL_DO(status, fhrl_trajectory_init(&tr, c->s, &solver, 0.0, err));
  if (c->model->rhs == NULL) {
    FHRL_DO(status, fhrl_iteration_run(&tr, c->s, NULL, c->room, 1000, NULL, &count, err));
  } else {
    FHRL_DO(status, fhrl_integrator_create(c->s, NULL, &solver, 0.0, c->room, &it, err));
    FHRL_DO(status, fhrl_trajectory_run(&tr, it, c->s, NULL, NULL, err));
  }
done:
  fhrl_integrator_destroy(it);
  fhrl_trajectory_free(&tr);
  return status;
}

// ---- which facts a model promises, and where each is looked at

static const char *missing(const fhrl_model *m, int fact)
{
  int equilibria = 0, divergences = 0;
  for (int k = 0; k < m->n_check; k++) {
    equilibria += m->check[k].kind == FHRL_CHECK_EQUILIBRIUM;
    divergences += m->check[k].kind == FHRL_CHECK_DIVERGENCE;
  }
  switch (fact) {
  case LINEAR:
  case DERIVATIVE: return m->jvp ? NULL : "no jvp: J v is made by differences";
  case TERMS: return m->split ? NULL : "no terms";
  case EQUILIBRIUM: return equilibria ? NULL : "no equilibrium in its check table";
  case DIVERGENCE: return divergences ? NULL : "no divergence in its check table";
  default: return NULL;
  }
}

static fhrl_contract_claim *claim_of(int fact)
{
  switch (fact) {
  case COMPONENTS: return components;
  case FINITE: return fhrl_contract_field_finite;
  case LINEAR: return fhrl_contract_field_linear;
  case DERIVATIVE: return fhrl_contract_field_derivative;
  case TERMS: return fhrl_contract_field_terms;
  case NAN_SHOWS: return fhrl_contract_field_nan;
  case ARRAYS: return fhrl_contract_field_arrays;
  case EQUILIBRIUM: return fhrl_contract_field_equilibrium;
  case DIVERGENCE: return fhrl_contract_field_divergence;
  default: return runs;
  }
}

// What the check table says, and a run, concern the defaults alone.
static int at_defaults(int fact) { return fact >= EQUILIBRIUM; }

static void told(fhrl_contract_finding *out, const fhrl_variants *all, int variant, int point, fhrl_err *why)
{
  const char *set = variant == 0 ? "the defaults" : "other parameters";
  fhrl_status_context(why, "at %s (set %d of %d), point %d", set, variant + 1, all->count, point + 1);
  out->verdict = FHRL_CONTRACT_BROKEN;
  out->why = *why;
}

// The claim at every point of one variant; what breaks goes to out.
static fhrl_status at_variant(const fhrl_model *model, int fact, const fhrl_variants *all, int k, fhrl_contract_finding *out,
  fhrl_err *err)
{
  double *u, *x = NULL;
  fhrl_system *s;
  fhrl_status status = FHRL_OK;
  fhrl_err why = {FHRL_OK, ""};
  if (fhrl_variant_bind(model, all->p[k], (uint32_t)k + 1, &s, &u, &why) != FHRL_OK) {
    if (why.code == FHRL_NOMEM) return fhrl_fail(err, FHRL_NOMEM, "%s", why.msg);
    told(out, all, k, 0, &why);
    return FHRL_OK;
  }
  if (s == NULL) { // refused, which it may do of all but its defaults
    if (k > 0) return FHRL_OK;
    fhrl_fail(&why, FHRL_NUMERIC, "it refuses them: %s", model->refuse(all->p[k]));
    told(out, all, k, 0, &why);
    return FHRL_OK;
  }
  const size_t n = (size_t)s->n, n_u = (size_t)s->dims.n_u;
  x = calloc(n + n_u + fhrl_contract_field_room(s), sizeof *x);
  if (x == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory to examine %zu states", n));
  const fhrl_contract_case c = {.model = model, .s = s, .x = x, .room = x + n + n_u};
  if (fact == EQUILIBRIUM) s->u = x + n; // facts are stated without input
  const int points = fact == RUNS || fact == EQUILIBRIUM ? 1 : POINTS;
  for (int point = 0; point < points && out->verdict == FHRL_CONTRACT_HELD; point++) {
    const uint32_t seed = (uint32_t)(10 * k + point);
    fhrl_status got = fhrl_variant_point(s, seed, 0.1 * pow(3.0, point), x, &why);
    if (got == FHRL_OK) got = claim_of(fact)(&c, &why);
    if (got == FHRL_NOMEM) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "%s", why.msg));
    if (got != FHRL_OK) told(out, all, k, point, &why);
    out->cases++;
  }
done:
  free(x);
  free(u);
  fhrl_system_destroy(s);
  return status;
}

fhrl_status fhrl_contract_examine(const fhrl_model *model, int fact, fhrl_contract_finding *out, fhrl_err *err)
{
  *out = (fhrl_contract_finding){.verdict = FHRL_CONTRACT_HELD};
  if (fact == TABLES) {
    out->cases = 1;
    if (fhrl_contract_table_check(model, &out->why) != FHRL_OK) out->verdict = FHRL_CONTRACT_BROKEN;
    return FHRL_OK;
  }
  const char *why = missing(model, fact);
  if (why) {
    out->verdict = FHRL_CONTRACT_EMPTY;
    fhrl_fail(&out->why, FHRL_OK, "%s", why);
    return FHRL_OK;
  }
  fhrl_variants *all = malloc(sizeof *all);
  if (all == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for parameter sets");
  fhrl_status status = fhrl_variant_make(model, all, err);
  const int count = status != FHRL_OK ? 0 : at_defaults(fact) ? 1 : all->count;
  for (int k = 0; k < count && status == FHRL_OK && out->verdict == FHRL_CONTRACT_HELD; k++)
    status = at_variant(model, fact, all, k, out, err);
  free(all);
  return status;
}

const char *fhrl_contract_text(fhrl_contract_verdict verdict)
{
  static const char *const text[] = {"held", "broken", "-"};
  return text[verdict];
}
