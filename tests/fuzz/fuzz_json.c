// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_json: JSON that the program wrote and reads again: a branch to go on from, the slots of a probe
//
// What loads is written again as the same value, and a start that is taken from it is finite.
#include "io/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/compare_report.h"
#include "analysis/continuation_files.h"
#include "fuzz/fuzz.h"

static fhrl_err err;
static fhrl_system *lorenz;
static fhrl_config config;

static void setup(void)
{
  fhrl_field *fields;
  int count;
  const fhrl_model *m = fhrl_system_find("lorenz");
  fhrl_config_init(&config);
  fuzz_claim(fhrl_system_fields(m, &fields, &count, &err) == FHRL_OK && fhrl_config_add(&config, "model", fields, count, &err) == FHRL_OK &&
               fhrl_system_create(m, &config, &lorenz, &err) == FHRL_OK, "%s", err.msg);
}

static void seeds(fuzz_give *give)
{
  static const char *const good[] = {
    "{\"parameter\": \"r\", \"low\": 0, \"high\": 30.5, \"labels\": [\n{\"label\": 1, \"kind\": \"start\", \"parameter\": 1.5, "
    "\"state\": [0.5, -1, 2e-3], \"tangent\": [0.1, 0, 0, 1]}, {\"label\": 2, \"kind\": \"branch point\", \"parameter\": 1, "
    "\"state\": [0, 0, 0], \"tangent\": [1, 0, 0, 0]}]}",
    "{\"parameter\": \"sigma\", \"low\": 0, \"high\": 20, \"labels\": [{\"label\": 1, \"kind\": \"end\", \"parameter\": 10, "
    "\"state\": [0, 0, 0], \"tangent\": [1, 0, 0, 0]}], \"layers\": [{\"slot_effective_rank\": 1.5, \"slot_sigma_ratio\": null}, true]}",
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) give(good[i], strlen(good[i]));
}

static void write_again(void)
{
  fhrl_json *value = NULL, *again = NULL;
  char *a = NULL, *b = NULL;
  size_t a_size = 0, b_size = 0;
  fuzz_claim(fhrl_json_load("a.json", &value, &err) == FHRL_OK && fhrl_json_save(value, "b.json", &err) == FHRL_OK &&
               fhrl_json_load("b.json", &again, &err) == FHRL_OK && fhrl_json_save(again, "c.json", &err) == FHRL_OK &&
               fhrl_file_read("b.json", (size_t)1 << 24, &a, &a_size, &err) == FHRL_OK &&
               fhrl_file_read("c.json", (size_t)1 << 24, &b, &b_size, &err) == FHRL_OK, "what was read cannot be written: %s", err.msg);
  fuzz_claim(a_size == b_size && memcmp(a, b, a_size) == 0, "another value after writing and reading");
  free(a);
  free(b);
  fhrl_json_free(value);
  fhrl_json_free(again);
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  static fhrl_compare_layer layers[2];
  fhrl_json *value = NULL;
  fuzz_put("a.json", data, size);
  const fhrl_status status = fuzz_judge(fhrl_json_load("a.json", &value, &err), &err, "a.json");
  if (status != FHRL_OK) return status;
  fhrl_json_free(value);
  layers[1].index = 1;
  fhrl_compare_report_probed("a.json", layers, 2);
  for (int label = 1; label <= 2; label++) {
    char from[32];
    double *block = NULL;
    fhrl_continuation_start start;
    snprintf(from, sizeof from, "a.json:%d", label);
    if (fuzz_judge(fhrl_continuation_files_start(from, lorenz, "r", 10.0, &start, &block, &err), &err, "a.json") == FHRL_OK) {
      fuzz_finite("state", start.x, 3);
      if (start.tangent) fuzz_finite("tangent", start.tangent, 4);
      fuzz_claim(start.tangent == NULL || isfinite(start.parameter), "parameter %g", start.parameter);
    }
    free(block);
  }
  write_again();
  return status;
}

const fuzz_target fuzz_subject = {"json", .whole = 1, .flips = 600, .setup = setup, .seeds = seeds, .one = one};
