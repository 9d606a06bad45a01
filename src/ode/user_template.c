// SPDX-License-Identifier: GPL-3.0-or-later
// user_template: the file that a model of one's own begins with
#include "ode/user_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ode/user_model.h"

static const char placeholder[] = "my_model";

fhrl_status fhrl_user_template_text(const char *name, char **text, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], *bytes;
  size_t size, count = 0;
  FHRL_TRY(fhrl_user_model_name(name, err));
  FHRL_TRY(fhrl_file_data("models/template/my_model.c", path, err));
  FHRL_TRY(fhrl_file_read(path, 1 << 20, &bytes, &size, err));
  for (const char *at = bytes; (at = strstr(at, placeholder)); at += sizeof placeholder - 1) count++;
  char *out = malloc(size + count * strlen(name) + 1), *end = out;
  if (out == NULL) {
    free(bytes);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for a template of %zu bytes", size);
  }
  const char *from = bytes;
  for (const char *at; (at = strstr(from, placeholder)); from = at + sizeof placeholder - 1) {
    memcpy(end, from, (size_t)(at - from));
    end += at - from;
    memcpy(end, name, strlen(name));
    end += strlen(name);
  }
  memcpy(end, from, strlen(from) + 1);
  free(bytes);
  *text = out;
  return FHRL_OK;
}

fhrl_status fhrl_user_template_save(const char *name, const char *folder, char path[], fhrl_err *err)
{
  char file[128], *text;
  fhrl_file f;
  snprintf(file, sizeof file, "%.100s.c", name);
  FHRL_TRY(fhrl_user_template_text(name, &text, err));
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_file_join(folder, file, path, err));
  if (fhrl_file_exists(path)) FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "%s is there already; it stays as it is", path));
  FHRL_DO(status, fhrl_file_folder(folder, err));
  FHRL_DO(status, fhrl_file_begin(&f, path, err));
  fputs(text, f.stream);
  status = fhrl_file_commit(&f, err);
done:
  free(text);
  return status;
}
