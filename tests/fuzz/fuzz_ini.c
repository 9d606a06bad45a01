// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_ini: configuration files, and what follows --set
//
// What is admitted lies in its range, is written as a resolved configuration, and read back from there is the same.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/probe.h"
#include "fuzz/fuzz.h"
#include "nn/train.h"
#include "ode/integrator.h"

static const char *const others[] = {"portrait"}; // known to the program, not used here
static fhrl_err err;

static void seeds(fuzz_give *give)
{
  static const char *const good[] = {
    ("# a comment\n[model]\nd = 8\nheads = 2\nprojections = shared\ntied = yes\n\n[train]\nsteps = 20\nlr = 1e-3\ncorpus = a/b.txt\n"
    "; another\n[solver]\nmethod = bdf\nrtol = 1e-6\nsection = z = 27 up\n[portrait]\nplane = x,y\n"),
    "\xEF\xBB\xBF[input]\r\nkind = sine\r\nfrequency = 0.25\r\n",
    "",
  };
  fhrl_config c;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) give(good[i], strlen(good[i]));
  fhrl_config_init(&c);
  fuzz_claim(fhrl_config_add(&c, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, &err) == FHRL_OK &&
               fhrl_config_save(&c, "good.ini", "seed", &err) == FHRL_OK, "%s", err.msg);
  fhrl_config_free(&c);
  fuzz_give_file(give, "good.ini");
}

static void schema(fhrl_config *c)
{
  fhrl_config_init(c);
  fuzz_claim(fhrl_config_add(c, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, &err) == FHRL_OK &&
               fhrl_config_add(c, "train", fhrl_train_fields, FHRL_TRAIN_KEY_COUNT, &err) == FHRL_OK &&
               fhrl_config_add(c, "probe", fhrl_probe_fields, fhrl_probe_field_count, &err) == FHRL_OK &&
               fhrl_config_add(c, "input", fhrl_input_fields, fhrl_input_field_count, &err) == FHRL_OK &&
               fhrl_config_add(c, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err) == FHRL_OK,
    "the schema: %s", err.msg);
}

static void in_range(void *context, const char *section, const fhrl_field *f, const char *text, double value)
{
  fuzz_claim(text != NULL && strpbrk(text, "\r\n") == NULL, "%s.%s has a text of more than one line", section, f->name);
  if (f->kind == FHRL_REAL || f->kind == FHRL_INT)
    fuzz_claim(fhrl_field_admits(f, value), "%s.%s = %g", section, f->name, value);
}

// After --set: every line by itself.
static void assign(const unsigned char *data, size_t size)
{
  fhrl_settings s = {NULL, 0};
  char line[512];
  for (size_t at = 0; at < size;) {
    const unsigned char *end = memchr(data + at, '\n', size - at);
    const size_t length = end ? (size_t)(end - data) - at : size - at;
    if (length < sizeof line) {
      memcpy(line, data + at, length);
      line[length] = '\0'; // an argument ends at the first NUL
      fuzz_judge(fhrl_settings_assign(line, &s, &err), &err, "--set");
    }
    at += length + 1;
  }
  fhrl_settings_free(&s);
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_settings settings = {NULL, 0};
  fhrl_config c, again;
  fuzz_put("a.ini", data, size);
  assign(data, size);
  fhrl_status status = fuzz_judge(fhrl_settings_read("a.ini", &settings, &err), &err, "a.ini");
  schema(&c);
  if (status == FHRL_OK) status = fuzz_judge(fhrl_config_apply(&c, &settings, others, 1, &err), &err, "a.ini");
  fhrl_settings_free(&settings);
  if (status == FHRL_OK) {
    fhrl_config_each(&c, in_range, NULL);
    schema(&again);
    fuzz_claim(fhrl_config_save(&c, "b.ini", "resolved", &err) == FHRL_OK, "%s", err.msg);
    fuzz_claim(fhrl_settings_read("b.ini", &settings, &err) == FHRL_OK &&
                 fhrl_config_apply(&again, &settings, NULL, 0, &err) == FHRL_OK && fhrl_config_same(&again, "b.ini", &err) == FHRL_OK &&
                 fhrl_config_same(&c, "b.ini", &err) == FHRL_OK, "the resolved configuration is another one: %s", err.msg);
    fhrl_settings_free(&settings);
    fhrl_config_free(&again);
  }
  fhrl_config_free(&c);
  return status;
}

const fuzz_target fuzz_subject = {"ini", .flips = 256, .seeds = seeds, .one = one};
