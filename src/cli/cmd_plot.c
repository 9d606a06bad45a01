// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_plot: draws again what a folder holds, from its tables, as its run.json says
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/output.h"

// A word of run.json that may become part of a path: run.json may be anybody's.
static int is_name(const char *s)
{
  if (s == NULL || *s == '\0' || *s == '.' || strlen(s) > 100) return 0;
  for (; *s; s++)
    if (!isalnum((unsigned char)*s) && !strchr("_-.", *s)) return 0;
  return 1;
}

static fhrl_status draw(const fhrl_output *out, const char *path, const fhrl_json *figure, fhrl_json *drawn, fhrl_err *err)
{
  const char *args[FHRL_OUTPUT_ARGS], *name = fhrl_json_string(fhrl_json_get(figure, "figure"));
  const fhrl_json *words = fhrl_json_get(figure, "arguments");
  const size_t n = fhrl_json_size(words);
  if (!is_name(name) || n > FHRL_OUTPUT_ARGS)
    return fhrl_fail(err, FHRL_FORMAT, "%s: figures: '%.64s' with %zu arguments is no figure of this program", path, name ? name : "", n);
  for (size_t i = 0; i < n; i++) {
    args[i] = fhrl_json_string(fhrl_json_at(words, i));
    if (args[i] == NULL || (fhrl_text_ends_with(args[i], ".tsv") && !is_name(args[i])))
      return fhrl_fail(err, FHRL_FORMAT, "%s: figures: argument %zu of %s is no table of this folder", path, i + 1, name);
  }
  FHRL_TRY(fhrl_output_figure(out, name, args, (int)n, fhrl_json_truth(fhrl_json_get(figure, "own_script")) == 1, err));
  fhrl_json_add_text(drawn, name);
  return FHRL_OK;
}

static fhrl_status load(const fhrl_run *run, const char *path, fhrl_json **was, fhrl_err *err)
{
  if (!fhrl_file_is_folder(run->input)) return fhrl_fail(err, FHRL_ARG, "%s is no folder", run->input);
  if (!fhrl_file_exists(path))
    return fhrl_fail(err, FHRL_ARG, "%s holds no run.json, so no finished result of a command of fhrl", run->input);
  FHRL_TRY(fhrl_json_load(path, was, err));
  if (fhrl_json_size(fhrl_json_get(*was, "figures")) > 0) return FHRL_OK;
  const char *schema = fhrl_json_string(fhrl_json_get(*was, "schema"));
  return fhrl_fail(err, FHRL_ARG, "%s (%.64s) names no figures: the command drew none, or it is from before `fhrl plot`", path,
    schema ? schema : "of no schema");
}

fhrl_status fhrl_cmd_plot(const fhrl_run *run, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  fhrl_output out = {0}, folder = {.run = run};
  fhrl_json *was = NULL;
  fhrl_config config;
  fhrl_run own = *run;
  fhrl_status status = FHRL_OK;
  fhrl_config_init(&config);
  own.folder = NULL;
  if (run->folder) FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "-o %s: figures go where their tables are", run->folder));
  FHRL_DO(status, fhrl_command_configure(run, &config, err));
  FHRL_DO(status, fhrl_file_join("", run->input, folder.folder, err));
  FHRL_DO(status, fhrl_file_join(run->input, "run.json", path, err));
  FHRL_DO(status, load(run, path, &was, err));
  FHRL_DO(status, fhrl_output_open(&out, &own, NULL, NULL, &config, 0, err));
  const fhrl_json *figures = fhrl_json_get(was, "figures");
  fhrl_json *drawn = fhrl_json_array();
  fhrl_json_put(out.result, "drawn", drawn);
  for (size_t i = 0; i < fhrl_json_size(figures); i++) FHRL_DO(status, draw(&folder, path, fhrl_json_at(figures, i), drawn, err));
  status = fhrl_output_finish(&out, err);
done:
  fhrl_json_free(was);
  fhrl_output_close(&out);
  fhrl_config_free(&config);
  return status;
}
