// SPDX-License-Identifier: GPL-3.0-or-later
// user_model: a model that is no part of the program, loaded and looked over
#include "ode/user_model.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ode/contract.h"
#include "ode/system.h"

enum { SOURCE_LIMIT = 1 << 24, LIBRARY_LIMIT = 1 << 30, STEM = 48, PREFIX = 11 };
static const char prefix[PREFIX + 1] = "fhrl_model_";

int fhrl_user_model_is_path(const char *operand)
{
  return strchr(operand, '/') != NULL || fhrl_text_ends_with(operand, ".c") || fhrl_text_ends_with(operand, ".so");
}

fhrl_status fhrl_user_model_name(const char *name, fhrl_err *err)
{
  int good = strlen(name) < STEM && isalpha((unsigned char)name[0]);
  for (const char *c = name; good && *c; c++) good = isalnum((unsigned char)*c) || *c == '_';
  if (!good)
    return fhrl_fail(err, FHRL_ARG, "'%.100s' is no name for a model; allowed: a letter, then letters, digits and _, at "
                                    "most %d", name, STEM - 1);
  if (fhrl_system_find(name))
    return fhrl_fail(err, FHRL_ARG, "fhrl has a model %s of its own; give yours another name (its file NAME.c, "
                                    "fhrl_model_NAME and .name)", name);
  return FHRL_OK;
}

// "mine" of "./mine.c"
static fhrl_status stem_of(const char *path, char stem[STEM], fhrl_err *err)
{
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  if (!fhrl_text_ends_with(name, ".c") && !fhrl_text_ends_with(name, ".so"))
    return fhrl_fail(err, FHRL_ARG, "%s is no model: the file of one ends in .c (or .so, if it is compiled)", path);
  snprintf(stem, STEM, "%.*s", (int)(strrchr(name, '.') - name), name);
  const fhrl_status status = fhrl_user_model_name(stem, err);
  if (status != FHRL_OK) fhrl_status_context(err, "%s", path);
  return status;
}

// ---- loading

// The descriptor that a source does define, for a message: what follows "fhrl_model fhrl_model_".
static void other_name(const char *text, char out[STEM])
{
  out[0] = '\0';
  for (const char *at = text; (at = strstr(at, "fhrl_model fhrl_model_")); at++) {
    const char *name = at + 11 + PREFIX;
    size_t n = 0;
    while (n < STEM - 1 && (isalnum((unsigned char)name[n]) || name[n] == '_')) n++;
    if (name[n] != ' ' && name[n] != '=' && name[n] != '\n') continue; // as in a comment's FHRL_NAME
    snprintf(out, STEM, "%.*s", (int)n, name);
    return;
  }
}

static fhrl_status find_descriptor(fhrl_user_model *u, const char *path, const char *stem, const char *text, fhrl_err *err)
{
  static const int ours[] = FHRL_MODEL_LAYOUT;
  char symbol[PREFIX + STEM], other[STEM] = "";
  const int *layout = dlsym(u->library, "fhrl_model_interface");
  if (layout == NULL)
    return fhrl_fail(err, FHRL_FORMAT, "%s does not say which interface it was compiled for: %s", path,
      u->command ? "does it include \"ode/model.h\"?" : "compile it with -DFHRL_USER_MODEL, or name its .c instead");
  if (layout[0] != ours[0])
    return fhrl_fail(err, FHRL_FORMAT, "%s was compiled for version %d of the model interface, this fhrl has %d: compile it "
                                       "again", path, layout[0], ours[0]);
  if (memcmp(layout, ours, sizeof ours) != 0)
    return fhrl_fail(err, FHRL_FORMAT, "%s was compiled with other headers of the model interface than this fhrl's: compile "
                                       "it again", path);
  snprintf(symbol, sizeof symbol, "%s%s", prefix, stem);
  u->model = dlsym(u->library, symbol);
  if (u->model) return FHRL_OK;
  if (text) other_name(text, other);
  if (*other && strcmp(other, stem) != 0)
    return fhrl_fail(err, FHRL_FORMAT, "%s defines no %s but %s%s: the file and its descriptor bear one name", path, symbol,
      prefix, other);
  return fhrl_fail(err, FHRL_FORMAT, "%s defines no %s: at its end has to stand `const fhrl_model %s = {...};`, not static",
    path, symbol, symbol);
}

static fhrl_status load(fhrl_user_model *u, const char *path, const char *library, fhrl_err *err)
{
  u->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (u->library) return FHRL_OK;
  const char *why = dlerror();
  return fhrl_fail(err, FHRL_FORMAT, "%s cannot be loaded: %s", path, why ? why : "no reason given");
}

static void note_digest(char digest[FHRL_DIGEST_SIZE], const char *bytes, size_t size)
{
  fhrl_digest d;
  fhrl_digest_begin(&d);
  fhrl_digest_add(&d, bytes, size);
  fhrl_digest_end(&d, digest);
}

// What other files of the user went into a library only it tells.
static fhrl_status note_library(fhrl_user_model *u, const char *library, fhrl_err *err)
{
  char *bytes;
  size_t size;
  if (u->alone) return FHRL_OK;
  FHRL_TRY(fhrl_file_read(library, LIBRARY_LIMIT, &bytes, &size, err));
  note_digest(u->identity, bytes, size);
  free(bytes);
  return FHRL_OK;
}

static fhrl_status compile_and_load(fhrl_user_model *u, const char *path, const char *stem, const char *text, size_t size,
  fhrl_err *err)
{
  char library[FHRL_PATH_SIZE], folder[FHRL_PATH_SIZE];
  fhrl_status status = FHRL_OK;
  for (int again = 0; again < 2; again++) { // a library of the cache that does not load is made again, once
    FHRL_TRY(fhrl_user_model_build(u, path, stem, text, size, again, library, folder, err));
    status = load(u, path, library, err);
    if (status == FHRL_OK) status = note_library(u, library, err);
    if (*folder) {
      unlink(library);
      rmdir(folder);
    }
    if (status == FHRL_OK || u->compiled) break;
  }
  return status;
}

fhrl_status fhrl_user_model_open(const char *path, fhrl_user_model *out, fhrl_err *err)
{
  char stem[STEM], *bytes = NULL;
  size_t size;
  fhrl_status status = FHRL_OK;
  const int ready = fhrl_text_ends_with(path, ".so");
  memset(out, 0, sizeof *out);
  out->held = -1;
  FHRL_TRY(stem_of(path, stem, err));
  FHRL_TRY(fhrl_file_absolute(path, out->source, err));
  FHRL_TRY(fhrl_file_read(path, SOURCE_LIMIT, &bytes, &size, err));
  note_digest(out->digest, bytes, size);
  memcpy(out->identity, out->digest, sizeof out->identity);
  if (ready) FHRL_DO(status, load(out, path, out->source, err));
  else FHRL_DO(status, compile_and_load(out, path, stem, bytes, size, err));
  FHRL_DO(status, find_descriptor(out, path, stem, ready ? NULL : bytes, err));
  if (out->model->name && strcmp(out->model->name, stem) != 0)
    FHRL_DO(status, fhrl_fail(err, FHRL_FORMAT, "%s: the .name of fhrl_model_%s is '%.60s', not '%s'", path, stem,
      out->model->name, stem));
  if ((status = fhrl_contract_table_check(out->model, err)) != FHRL_OK) fhrl_status_context(err, "%s", path);
done:
  free(bytes);
  if (status != FHRL_OK) out->model = NULL;
  return status;
}

void fhrl_user_model_close(fhrl_user_model *u)
{
  if (u->library) dlclose(u->library);
  if (u->command && u->held >= 0) close(u->held); // without a command it was never opened, and is 0
  free(u->command);
  free(u->said);
  memset(u, 0, sizeof *u);
}
