// SPDX-License-Identifier: GPL-3.0-or-later
// support: what every test program shares: the runner, tolerances that print, a scratch folder, golden files
#define _XOPEN_SOURCE 700 // nftw
#include "support.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int run_suite(Suite *suite)
{
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner), run = srunner_ntests_run(runner);
  srunner_free(runner);
  return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

double assert_close(const char *name, const double got[], const double want[], size_t n, double bound)
{
  double worst = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double difference = fabs(got[i] - want[i]);
    ck_assert_msg(difference <= bound, "%s[%zu]: %.17g instead of %.17g, differs by %.3g > %.3g", name, i,
      got[i], want[i], difference, bound); // a NaN fails: the comparison is false
    if (difference > worst) worst = difference;
  }
  return worst;
}

void assert_fails(fhrl_status got, fhrl_status want, const fhrl_err *err, const char *part)
{
  ck_assert_msg(got == want, "ended as '%s' instead of '%s'", fhrl_status_text(got), fhrl_status_text(want));
  ck_assert_msg(part == NULL || strstr(err->msg, part) != NULL, "message '%s' does not contain '%s'",
    err->msg, part);
}

const char *scratch(const char *name)
{
  static char path[512];
  snprintf(path, sizeof path, "scratch.%s.%ld", name, (long)getpid());
  if (mkdir(path, 0777) != 0) ck_abort_msg("cannot make the folder %s", path);
  return path;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at) { return remove(path); }

void remove_scratch(const char *folder) { nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS); }

const char *test_data(const char *name)
{
  static char path[4096];
  const char *folder = getenv("FHRL_TEST_DATA");
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "tests", name);
  return path;
}

golden golden_load(const char *path)
{
  golden g = {NULL, 0};
  FILE *f = fopen(path, "r");
  ck_assert_msg(f != NULL, "cannot open %s", path);
  golden_record r;
  while (fscanf(f, "%63s %d", r.name, &r.rank) == 2) {
    ck_assert_msg(r.rank >= 0 && r.rank <= 8, "%s: %s has rank %d", path, r.name, r.rank);
    r.count = 1;
    for (int i = 0; i < r.rank; i++) {
      ck_assert_int_eq(fscanf(f, "%zu", &r.shape[i]), 1);
      r.count *= r.shape[i];
    }
    r.value = malloc((r.count ? r.count : 1) * sizeof *r.value);
    ck_assert_ptr_nonnull(r.value);
    for (size_t i = 0; i < r.count; i++) ck_assert_int_eq(fscanf(f, "%lf", &r.value[i]), 1);
    g.record = realloc(g.record, (size_t)(g.count + 1) * sizeof *g.record);
    ck_assert_ptr_nonnull(g.record);
    g.record[g.count++] = r;
  }
  ck_assert_msg(feof(f), "%s: malformed after record %d", path, g.count);
  fclose(f);
  return g;
}

const golden_record *golden_find(const golden *g, const char *name)
{
  for (int i = 0; i < g->count; i++)
    if (strcmp(g->record[i].name, name) == 0) return &g->record[i];
  ck_abort_msg("no golden record %s", name);
  return NULL;
}

void golden_free(golden *g)
{
  for (int i = 0; i < g->count; i++) free(g->record[i].value);
  free(g->record);
  *g = (golden){NULL, 0};
}
