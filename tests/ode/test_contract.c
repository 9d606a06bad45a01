// SPDX-License-Identifier: GPL-3.0-or-later
// test_contract: every way to break the contract of a model is seen, and named
#include "ode/contract.h"

#include <stdio.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

// ---- a model that keeps it: dx/dt = -a x + y, dy/dt = -b y, with one event

enum { A, B };
static const fhrl_field state[] = {{"x", 0.7, "1", "first"}, {"y", 0.3, "1", "second"}};
static const fhrl_field param[] = {{"a", 1.5, "1/s", "rate", FHRL_REAL, 0.0, 10.0}, {"b", 2.0, "1/s", "rate"}};
static const fhrl_matrix matrix[] = {{"M", 1.0, "weights"}};
static const fhrl_term term[] = {{"leak", "-a x, -b y"}, {"pull", "y, 0"}};
static const fhrl_field obs[] = {{"sum", 0.0, "1", "x + y"}};
static const fhrl_event event[] = {{"cross", 0, 0, "x = y"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 0.0}, .tol = 1e-15, .why = "linear"},
  {FHRL_CHECK_DIVERGENCE, .value = -3.5, .tol = 1e-12, .why = "-a - b"},
};

static void dims(const double p[], fhrl_dims *out)
{
  out->matrix[0] = (fhrl_shape){2, 2};
  out->n_work = 1;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  dx[0] = which == 0 ? -s->p[A] * x[0] : x[1];
  dx[1] = which == 0 ? -s->p[B] * x[1] : 0.0;
  return 0;
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  s->work[0] = -s->p[A] * x[0];
  dx[0] = s->work[0] + x[1];
  dx[1] = -s->p[B] * x[1];
  return 0;
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[]) { return rhs(s, t, v, Jv); }

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = x[0] + x[1];
  return 0;
}

static int events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = x[0] - x[1];
  return 0;
}

static const fhrl_model good = {.name = "good", .summary = "decay", .reference = "none", .time_unit = "s", FHRL_TABLES,
  FHRL_MATRICES, FHRL_TERMS, .event = event, .n_event = 1, .dims = dims, .rhs = rhs, .jvp = jvp, .split = split,
  .observe = observe, .events = events};

static int fact(const char *name)
{
  for (int i = 0; i < fhrl_contract_fact_count; i++)
    if (strcmp(fhrl_contract_facts[i].name, name) == 0) return i;
  ck_abort_msg("no fact %s", name);
  return -1;
}

static fhrl_contract_finding examine(const fhrl_model *m, const char *name)
{
  fhrl_contract_finding found;
  assert_ok(fhrl_contract_examine(m, fact(name), &found, &err));
  return found;
}

static void breaks(const fhrl_model *m, const char *name, const char *part)
{
  const fhrl_contract_finding found = examine(m, name);
  ck_assert_msg(found.verdict == FHRL_CONTRACT_BROKEN, "%s is not seen to be broken", name);
  ck_assert_msg(strstr(found.why.msg, part) != NULL, "%s: '%s' does not contain '%s'", name, found.why.msg, part);
}

START_TEST(a_good_model_keeps_every_fact)
{
  for (int i = 0; i < fhrl_contract_fact_count; i++) {
    fhrl_contract_finding found;
    assert_ok(fhrl_contract_examine(&good, i, &found, &err));
    ck_assert_msg(found.verdict == FHRL_CONTRACT_HELD, "%s: %s", fhrl_contract_facts[i].name, found.why.msg);
    ck_assert_int_gt(found.cases, 0);
  }
}
END_TEST

START_TEST(what_is_not_promised_is_not_examined)
{
  fhrl_model m = good;
  m.jvp = NULL;
  m.term = NULL, m.n_term = 0, m.split = NULL;
  m.check = NULL, m.n_check = 0;
  static const char *const none[] = {"jvp_linear", "jvp_derivative", "terms", "equilibria", "divergence"};
  for (int i = 0; i < FHRL_COUNT(none); i++) {
    const fhrl_contract_finding found = examine(&m, none[i]);
    ck_assert_int_eq(found.verdict, FHRL_CONTRACT_EMPTY);
    ck_assert_ptr_nonnull(strstr(found.why.msg, "no "));
  }
  m = good;
  m.jvp = NULL; // J v by differences serves the others, whose tolerances allow for it
  ck_assert_int_eq(examine(&m, "nan").verdict, FHRL_CONTRACT_HELD);
  ck_assert_int_eq(examine(&m, "divergence").verdict, FHRL_CONTRACT_HELD);
}
END_TEST

// ---- tables

static const fhrl_field gap[] = {[0] = {"x", 0.7, "1", "first"}, [2] = {"z", 0.3, "1", "third"}};
static const fhrl_field twice[] = {{"x", 0.7, "1", "first"}, {"x", 0.3, "1", "second"}};
static const fhrl_field odd[] = {{"x y", 0.7, "1", "first"}};
static const fhrl_field mute[] = {{"x", 0.7, "1", ""}};
static const fhrl_field bare[] = {{"x", 0.7, NULL, "first"}};
static const fhrl_field infinite[] = {{"x", HUGE_VAL, "1", "first"}};
static const fhrl_field as_time[] = {{"time", 0.7, "1", "first"}};
static const fhrl_field outside[] = {{"a", 11.0, "1/s", "rate", FHRL_REAL, 0.0, 10.0}};
static const fhrl_field wordless[] = {{"a", 0.0, "", "kind", FHRL_CHOICE}};
static const fhrl_field beyond[] = {{"a", 2.0, "", "kind", FHRL_CHOICE, .choices = "one|two"}};
static const fhrl_field textual[] = {{"a", 0.0, "", "a text", FHRL_TEXT}};
static const fhrl_field reserved[] = {{"m_scale", 0.0, "1", "rate"}};
static const fhrl_field seed[] = {{"seed", 0.0, "1", "rate"}};
static const fhrl_field same_as_state[] = {{"y", 0.0, "1", "x + y"}};
static const fhrl_check reasonless[] = {{FHRL_CHECK_EQUILIBRIUM, {0.0}, .tol = 1e-9}};
static const fhrl_check exact[] = {{FHRL_CHECK_EQUILIBRIUM, {0.0}, .why = "linear"}};
static const fhrl_event sideways[] = {{"cross", 2, 0, "x = y"}};
static const fhrl_matrix enormous[] = {{"M", 1e9, "weights"}};

static void nowhere(const double p[], fhrl_dims *out) { out->state[0] = (fhrl_shape){0, 1}, out->state[1] = (fhrl_shape){0, 1}; }
static void backwards(const double p[], fhrl_dims *out) { out->state[0] = (fhrl_shape){-2, -2}; }
static void huge(const double p[], fhrl_dims *out) { out->state[0] = (fhrl_shape){65536, 65536}; }
static void large(const double p[], fhrl_dims *out) { out->state[0] = (fhrl_shape){20000, 20000}; }
static void negative_matrix(const double p[], fhrl_dims *out) { out->matrix[0] = (fhrl_shape){-1, 2}; }
static void negative_work(const double p[], fhrl_dims *out) { out->n_work = -1; }
static const char *refuse(const double p[]) { return "it likes no parameters"; }

#define TABLE(name, table) .name = table, .n_##name = FHRL_COUNT(table)
static const struct {
  fhrl_model m; // members that replace those of `good`; by `what`
  const char *part;
  int what;
} faults[] = {
#define FAULT(what, part, ...) {{__VA_ARGS__}, part, what}
  FAULT('n', ".name is '(NULL)'", .name = NULL),
  FAULT('n', ".name is 'a-b'", .name = "a-b"),
  FAULT('u', "has no .summary", .summary = ""),
  FAULT('s', "has no state table", .state = NULL),
  FAULT('s', "the table state has 2 entries but is NULL", .n_state = 2),
  FAULT('s', "the table state has 99 entries; allowed: 0 to 8", .state = state, .n_state = 99),
  FAULT('s', "entry 1 of the table state has no name: is an index left out", TABLE(state, gap)),
  FAULT('s', "entry 1 of the table state has the name of an earlier one, x", TABLE(state, twice)),
  FAULT('s', "entry 0 of the table state is named 'x y'", TABLE(state, odd)),
  FAULT('s', "(x) has no meaning", TABLE(state, mute)),
  FAULT('s', "(x) has no unit", TABLE(state, bare)),
  FAULT('s', "(x) has the default inf", TABLE(state, infinite)),
  FAULT('s', "is named as time or the input are in files", TABLE(state, as_time)),
  FAULT('p', "(a) has the default 11, which is not allowed; allowed: number in [0, 10]", TABLE(param, outside)),
  FAULT('p', "is a choice without choices", TABLE(param, wordless)),
  FAULT('p', "(a) has the default 2, which is not allowed; allowed: one|two", TABLE(param, beyond)),
  FAULT('p', "(a) is no number", TABLE(param, textual)),
  FAULT('p', "the key model.m_scale would be there twice", TABLE(param, reserved)),
  FAULT('p', "the key model.seed would be there twice", TABLE(param, seed)),
  FAULT('o', "has the name of a state", TABLE(obs, same_as_state)),
  FAULT('c', "says no reason", TABLE(check, reasonless)),
  FAULT('c', "has no positive tolerance", TABLE(check, exact)),
  FAULT('e', "has a direction other than -1, 0, 1", TABLE(event, sideways)),
  FAULT('m', "has no scale between 0 and 1e6", TABLE(matrix, enormous)),
  FAULT('d', "0 states is not between 1", .dims = nowhere),
  FAULT('d', "the state x is -2 x -2", .dims = backwards),
  FAULT('d', "4294967297 states is not between 1", .dims = huge),
  FAULT('d', "400000001 states, more than 100000000", .dims = large),
  FAULT('d', "the matrix M is -1 x 2", .dims = negative_matrix),
  FAULT('d', "-1 doubles of scratch", .dims = negative_work),
  FAULT('r', "at the defaults: model good: it likes no parameters", .refuse = refuse),
  FAULT('f', "has neither rhs (a flow) nor step (a map)", .rhs = NULL),
  FAULT('O', "has the table obs but no function observe", .observe = NULL),
  FAULT('S', "has the table term but no function split", .split = NULL),
  FAULT('E', "has the table event but no function events", .events = NULL),
};

static fhrl_model with_fault(int i)
{
  fhrl_model m = good;
  const fhrl_model *f = &faults[i].m;
  switch (faults[i].what) {
  case 'n': m.name = f->name; break;
  case 'u': m.summary = f->summary; break;
  case 's': m.state = f->state, m.n_state = f->n_state; break;
  case 'p': m.param = f->param, m.n_param = f->n_param; break;
  case 'o': m.obs = f->obs, m.n_obs = f->n_obs; break;
  case 'c': m.check = f->check, m.n_check = f->n_check; break;
  case 'e': m.event = f->event, m.n_event = f->n_event; break;
  case 'm': m.matrix = f->matrix, m.n_matrix = f->n_matrix; break;
  case 'd': m.dims = f->dims; break;
  case 'r': m.refuse = f->refuse; break;
  case 'f': m.rhs = NULL; break;
  case 'O': m.observe = NULL; break;
  case 'S': m.split = NULL; break;
  case 'E': m.events = NULL; break;
  default: ck_abort_msg("no fault of kind %c", faults[i].what);
  }
  return m;
}

START_TEST(a_table_that_cannot_be_is_refused_by_name)
{
  const fhrl_model m = with_fault(_i);
  assert_fails(fhrl_contract_table_check(&m, &err), FHRL_FORMAT, &err, faults[_i].part);
  breaks(&m, "tables", faults[_i].part);
}
END_TEST

// ---- functions

static int nan_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  rhs(s, t, x, dx);
  dx[1] = log(x[1] - 10.0);
  return 0;
}

static int forgetful(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = x[1] - s->p[A] * x[0]; // dx[1] is left as it was
  return 0;
}

static int counting(const fhrl_system *s, double t, const double x[], double dx[])
{
  static int calls;
  rhs(s, t, x, dx);
  dx[0] += ++calls;
  return 0;
}

static int deaf(const fhrl_system *s, double t, const double x[], double dx[])
{
  rhs(s, t, x, dx);
  if (!isfinite(dx[0])) dx[0] = 0.0;
  if (!isfinite(dx[1])) dx[1] = 0.0;
  return 0;
}

static int sprawling(const fhrl_system *s, double t, const double x[], double dx[])
{
  s->work[1] = 1.0; // n_work is 1
  return rhs(s, t, x, dx);
}

static int refusing(const fhrl_system *s, double t, const double x[], double dx[]) { return 1; }

static int wrong_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  rhs(s, t, v, Jv);
  Jv[1] *= 1.0 + 1e-6;
  return 0;
}

static int bent_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  rhs(s, t, v, Jv);
  Jv[0] += 1e-9 * v[0] * v[0];
  return 0;
}

static int half_split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  if (which == 1) {
    dx[0] = x[1]; // dx[1] is not written
    return 0;
  }
  return split(s, which, t, x, dx);
}

static int wrong_split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  split(s, which, t, x, dx);
  dx[0] *= 1.0 + 1e-12;
  return 0;
}

static int nan_observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = 0.0 / (x[0] - x[0]);
  return 0;
}

static int nan_events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = sqrt(-1.0 - x[0] * x[0]);
  return 0;
}

static int growing(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = 1.0 + x[0] * x[0];
  dx[1] = 0.0;
  return 0;
}

static const fhrl_check moving[] = {{FHRL_CHECK_EQUILIBRIUM, {0.0, 1.0}, .tol = 1e-9, .why = "it is not"}};
static const fhrl_check diverging[] = {{FHRL_CHECK_DIVERGENCE, .value = -3.4, .tol = 1e-9, .why = "-a - b"}};

START_TEST(a_function_that_breaks_its_word_is_seen)
{
  fhrl_model m = good;
  m.rhs = nan_rhs, breaks(&m, "finite", "rhs: y is nan");
  m.rhs = forgetful, breaks(&m, "arrays", "rhs does not write entry 1 of 2");
  m.rhs = counting, breaks(&m, "finite", "gives something else when asked again");
  m.rhs = deaf, breaks(&m, "nan", "x = NaN gives finite rates");
  m.rhs = sprawling, breaks(&m, "arrays", "a callback writes entry 1 of s->work, which has 1");
  m.rhs = refusing, breaks(&m, "finite", "at the defaults (set 1 of 2), point 1: rhs returns 1");
  m.rhs = growing, m.jvp = NULL, breaks(&m, "runs", "blows up near t = ");
  m = good;
  m.jvp = wrong_jvp, breaks(&m, "jvp_derivative", "J v against differences, component y");
  ck_assert_int_eq(examine(&m, "jvp_linear").verdict, FHRL_CONTRACT_HELD);
  m.jvp = bent_jvp, breaks(&m, "jvp_linear", "J(av + bw), component x");
  m = good;
  m.split = half_split, breaks(&m, "terms", "component y");
  m.split = wrong_split, breaks(&m, "terms", "the sum of the terms against rhs, component x");
  m = good;
  m.observe = nan_observe, breaks(&m, "finite", "the observable sum is");
  m.events = nan_events, m.observe = observe, breaks(&m, "finite", "events: entry 0 is");
  m = good;
  m.check = moving, m.n_check = 1, breaks(&m, "equilibria", "component x moves by 1 > 1e-09, but: it is not");
  m.check = diverging, breaks(&m, "divergence", "the divergence is -3.5 instead of -3.4, but: -a - b");
}
END_TEST

START_TEST(more_parameters_than_can_be_varied_are_a_limit)
{
  static fhrl_field many[65];
  static char name[65][16];
  for (int i = 0; i < 65; i++) {
    snprintf(name[i], sizeof name[i], "p%d", i);
    many[i] = (fhrl_field){name[i], 1.0, "1", "one of many"};
  }
  fhrl_model m = good;
  fhrl_contract_finding found;
  m.param = many, m.n_param = 65;
  assert_ok(fhrl_contract_table_check(&m, &err)); // which is no fault
  assert_fails(fhrl_contract_examine(&m, fact("finite"), &found, &err), FHRL_LIMIT, &err, "has 65 parameters; at most 64");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/contract");
  TCase *t = tcase_create("contract");
  tcase_add_test(t, a_good_model_keeps_every_fact);
  tcase_add_test(t, what_is_not_promised_is_not_examined);
  tcase_add_loop_test(t, a_table_that_cannot_be_is_refused_by_name, 0, FHRL_COUNT(faults));
  tcase_add_test(t, a_function_that_breaks_its_word_is_seen);
  tcase_add_test(t, more_parameters_than_can_be_varied_are_a_limit);
  suite_add_tcase(s, t);
  return run_suite(s);
}
