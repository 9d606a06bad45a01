// SPDX-License-Identifier: GPL-3.0-or-later
// operand: MODEL on the command line: the name of a model of the program, or the path of one's own
#include "cli/operand.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ode/system.h"

static fhrl_status unknown(const char *name, fhrl_err *err)
{
  char list[512] = "", file[128];
  const fhrl_model *m;
  for (int i = 0; (m = fhrl_system_model(i)); i++) {
    const size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, " %s", m->name);
  }
  snprintf(file, sizeof file, "./%.100s.c", name);
  return fhrl_fail(err, FHRL_ARG, "no model '%s'; allowed:%s, or the path of a file of your own%s%s", name, list,
    fhrl_file_exists(file) ? ", here " : ", such as ./mine.c", fhrl_file_exists(file) ? file : "");
}

// The compiler's own words, and whose they are.
static void pass_on(const fhrl_run *run, const fhrl_user_model *user)
{
  if (user->said == NULL) return;
  const size_t length = strlen(user->said);
  fprintf(stderr, "fhrl %s: the compiler (%.*s) says of %s:\n%s%s", run->command->name, (int)strcspn(user->command, " "),
    user->command, run->input, user->said, length > 0 && user->said[length - 1] == '\n' ? "" : "\n");
}

// ---- a model that crashes

static char last_words[FHRL_PATH_SIZE + 200];

// Only what a signal handler may do; then the signal takes its usual course.
static void crashed(int number)
{
  if (write(STDERR_FILENO, last_words, strlen(last_words)) < 0) return;
}

// The program's own code is tested; what is not is the file that was just loaded.
static void expect_crash(const fhrl_run *run)
{
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_RESETHAND};
  snprintf(last_words, sizeof last_words,
    "\nfhrl %s: crashed while the model %.*s was in use, probably in its code: an index out of range, or a pointer?\n",
    run->command->name, FHRL_PATH_SIZE - 1, run->input);
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction before;
    if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL) sigaction(signals[i], &action, NULL);
  }
}

fhrl_status fhrl_operand_model(const fhrl_run *run, fhrl_user_model *user, const fhrl_model **model, fhrl_err *err)
{
  memset(user, 0, sizeof *user);
  if (fhrl_user_model_is_path(run->input)) {
    const fhrl_status status = fhrl_user_model_open(run->input, user, err);
    pass_on(run, user);
    if (status == FHRL_OK) expect_crash(run);
    *model = user->model;
    return status;
  }
  *model = fhrl_system_find(run->input);
  return *model ? FHRL_OK : unknown(run->input, err);
}

// 1 if both paths lead to one file.
static int same_file(const char *a, const char *b)
{
  struct stat one, other;
  return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// The folder that the last word on model.name is relative to.
static void folder_of(const fhrl_settings *settings, char folder[FHRL_PATH_SIZE])
{
  folder[0] = '\0';
  for (int i = 0; i < settings->count; i++) {
    const fhrl_setting *s = &settings->item[i];
    if (strcmp(s->section, "model") != 0 || strcmp(s->key, "name") != 0) continue;
    const char *slash = s->line > 0 ? strrchr(s->place, '/') : NULL;
    snprintf(folder, FHRL_PATH_SIZE, "%.*s", slash ? (int)(slash - s->place) + 1 : 0, s->place);
  }
}

fhrl_status fhrl_operand_agrees(const fhrl_run *run, const fhrl_user_model *user, const fhrl_model *model, const char *text,
  fhrl_err *err)
{
  char folder[FHRL_PATH_SIZE], path[FHRL_PATH_SIZE];
  if (strcmp(text, model->name) == 0) return FHRL_OK;
  if (user->model && fhrl_user_model_is_path(text)) {
    folder_of(&run->settings, folder);
    FHRL_TRY(fhrl_file_join(folder, text, path, err));
    if (same_file(path, user->source)) return FHRL_OK;
  }
  return fhrl_fail(err, FHRL_ARG, "model.name = '%s', but the command names %s", text, run->input);
}
