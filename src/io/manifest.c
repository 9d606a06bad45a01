// SPDX-License-Identifier: GPL-3.0-or-later
// manifest: run.json: what ran, with which seed, version and libraries, and how long it took
#include "io/manifest.h"

#include <config.h>
#include <stdio.h>

#include "base/clock.h"

void fhrl_manifest_begin(
  fhrl_manifest *m, const char *command, uint32_t seed, const fhrl_library libraries[], int n)
{
  char schema[80], started[FHRL_CLOCK_UTC_SIZE];
  *m = (fhrl_manifest){.json = fhrl_json_object(), .wall = fhrl_clock_wall(), .cpu = fhrl_clock_cpu()};
  snprintf(schema, sizeof schema, "fhrl.%s/1", command);
  fhrl_clock_utc(started);
  fhrl_json_text(m->json, "schema", schema);
  fhrl_json_text(m->json, "version", PACKAGE_VERSION);
  fhrl_json_int(m->json, "seed", seed);
  fhrl_json_text(m->json, "started", started);
  fhrl_json *list = fhrl_json_object();
  for (int i = 0; i < n; i++) fhrl_json_text(list, libraries[i].name, libraries[i].version);
  fhrl_json_put(m->json, "libraries", list);
}

fhrl_status fhrl_manifest_save(fhrl_manifest *m, const char *path, fhrl_err *err)
{
  fhrl_json_real(m->json, "wall_s", fhrl_clock_wall() - m->wall, NULL);
  fhrl_json_real(m->json, "cpu_s", fhrl_clock_cpu() - m->cpu, NULL);
  return fhrl_json_save(m->json, path, err);
}

void fhrl_manifest_free(fhrl_manifest *m)
{
  fhrl_json_free(m->json);
  *m = (fhrl_manifest){0};
}
