// SPDX-License-Identifier: GPL-3.0-or-later
// test_contract: what every model of the registry promises (ode/contract.h), checked on each of them unasked
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ode/contract.h"
#include "ode/iteration.h"
#include "support.h"
#include "variants.h"

static fhrl_err err;

static int models(void)
{
  int count = 0;
  while (fhrl_system_model(count)) count++;
  return count;
}

// Loops over models and facts: _i counts both.
START_TEST(it_keeps_its_contract)
{
  const fhrl_model *m = fhrl_system_model(_i / fhrl_contract_fact_count);
  const int fact = _i % fhrl_contract_fact_count;
  fhrl_contract_finding found;
  assert_ok(fhrl_contract_examine(m, fact, &found, &err));
  ck_assert_msg(found.verdict != FHRL_CONTRACT_BROKEN, "%s, %s: %s", m->name, fhrl_contract_facts[fact].name, found.why.msg);
  ck_assert(found.verdict == FHRL_CONTRACT_EMPTY || found.cases > 0);
}
END_TEST

START_TEST(its_jvp_is_exact_and_it_bears_more_than_its_defaults)
{
  const fhrl_model *m = fhrl_system_model(_i);
  variants *all = malloc(sizeof *all);
  ck_assert_ptr_nonnull(all);
  ck_assert_msg(m->jvp != NULL, "%s has no jvp", m->name);
  variants_make(m, all);
  int accepted = 0;
  for (int k = 0; k < all->count; k++) {
    double *u;
    fhrl_system *s = variants_bind(m, all->p[k], 1, &u);
    accepted += s != NULL;
    fhrl_system_destroy(s);
    free(u);
  }
  ck_assert_int_ge(accepted, 2);
  free(all);
}
END_TEST

START_TEST(every_file_of_models_is_registered)
{
  char name[256];
  int files = 0;
  DIR *folder = opendir(test_data("../models"));
  ck_assert_ptr_nonnull(folder);
  for (struct dirent *entry; (entry = readdir(folder));) {
    const size_t len = strlen(entry->d_name);
    if (len < 3 || len >= sizeof name || strcmp(entry->d_name + len - 2, ".c") != 0) continue;
    snprintf(name, sizeof name, "%.*s", (int)(len - 2), entry->d_name);
    ck_assert_msg(fhrl_system_find(name) != NULL, "models/%s is not in models.def", entry->d_name);
    files++;
  }
  closedir(folder);
  ck_assert_int_eq(files, models());
}
END_TEST

START_TEST(flows_are_integrated_and_maps_are_stepped)
{
  const fhrl_model *m = fhrl_system_model(_i);
  const fhrl_solver solver = {.method = FHRL_METHOD_AUTO, .rtol = 1e-8, .atol = 1e-10, .t_end = 5.0, .output_every = 1.0,
    .max_steps = 100000};
  fhrl_trajectory tr;
  fhrl_integrator *it = NULL;
  fhrl_counters count = {0};
  variants *all = malloc(sizeof *all);
  double *u;
  ck_assert_ptr_nonnull(all);
  variants_make(m, all);
  fhrl_system *s = variants_bind(m, all->p[0], 1, &u);
  double *x0 = calloc((size_t)s->n, sizeof *x0);
  ck_assert_ptr_nonnull(x0);
  assert_ok(fhrl_system_start(s, 1, NULL, x0, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  if (m->rhs) {
    assert_fails(fhrl_iteration_run(&tr, s, NULL, x0, 1000, NULL, &count, &err), FHRL_ARG, &err, "is a flow");
  } else {
    assert_fails(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err), FHRL_ARG, &err, "is a map");
    assert_ok(fhrl_iteration_run(&tr, s, NULL, x0, 1000, NULL, &count, &err));
    ck_assert_int_eq(count.steps, 5);
    ck_assert_uint_eq(tr.count, 6);
  }
  fhrl_trajectory_free(&tr);
  fhrl_system_destroy(s);
  free(x0), free(u), free(all);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/contract");
  TCase *t = tcase_create("contract");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, every_file_of_models_is_registered);
  tcase_add_loop_test(t, its_jvp_is_exact_and_it_bears_more_than_its_defaults, 0, models());
  tcase_add_loop_test(t, flows_are_integrated_and_maps_are_stepped, 0, models());
  tcase_add_loop_test(t, it_keeps_its_contract, 0, models() * fhrl_contract_fact_count);
  suite_add_tcase(s, t);
  return run_suite(s);
}
