// SPDX-License-Identifier: GPL-3.0-or-later
// figure: gnuplot as a child process with an argument vector: no shell, no ~/.gnuplot, output verified
#include "io/figure.h"

#include <config.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

enum { ARGS_MAX = 8, SAID_SIZE = 4096 }; // gnuplot hands at most ARG1 ... ARG9 to a script

// NAME.tmp.svg: the script picks its terminal from the ending.
static fhrl_status temporary_of(const char *output, char temporary[FHRL_PATH_SIZE], fhrl_err *err)
{
  const size_t stem = strlen(output) - 4;
  const int used = snprintf(temporary, FHRL_PATH_SIZE, "%.*s.tmp%s", (int)stem, output, output + stem);
  if (used < 0 || used >= FHRL_PATH_SIZE)
    return fhrl_fail(err, FHRL_LIMIT, "path of a figure is too long: %.60s...", output);
  if (unlink(temporary) != 0 && errno != ENOENT)
    return fhrl_fail(err, FHRL_IO, "cannot remove the stale %s: %s", temporary, strerror(errno));
  return FHRL_OK;
}

// A data file becomes absolute: gnuplot runs a file name that begins with '<' as a command.
static fhrl_status argument(const char *arg, char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  if (fhrl_text_ends_with(arg, ".tsv")) {
    FHRL_TRY(fhrl_file_absolute(arg, out, err));
    if (!fhrl_file_exists(out)) return fhrl_fail(err, FHRL_IO, "no data file %s", arg);
    return FHRL_OK;
  }
  if (arg[0] == '<' || arg[0] == '|')
    return fhrl_fail(err, FHRL_ARG, "argument '%.64s' looks like a command", arg);
  if (snprintf(out, FHRL_PATH_SIZE, "%s", arg) >= FHRL_PATH_SIZE)
    return fhrl_fail(err, FHRL_LIMIT, "argument '%.64s...' is too long", arg);
  return FHRL_OK;
}

// gnuplot repeats the faulty line, points at it, and only then says `"SCRIPT" line N: what`.
static const char *first_complaint(char said[])
{
  char *line = said, *first = NULL;
  while (line) {
    char *end = strchr(line, '\n');
    if (end) *end = '\0';
    if (line[0] == '"' && strstr(line, "\" line ")) return line;
    if (first == NULL && line[strspn(line, " \t\r")] != '\0') first = line;
    line = end ? end + 1 : NULL;
  }
  return first ? first : "it gave no reason";
}

static fhrl_status run(const char *const argv[], char said[SAID_SIZE], fhrl_err *err)
{
  const char *chosen = getenv("GNUPLOT"), *program = chosen && chosen[0] ? chosen : FHRL_GNUPLOT;
  int code;
  FHRL_TRY(fhrl_process_run(program, argv, said, SAID_SIZE, &code, err));
  if (code != 0) return fhrl_fail(err, FHRL_IO, "gnuplot failed: %s", first_complaint(said));
  return FHRL_OK;
}

// gnuplot ends with 0 even if the disk is full: what it wrote must end as its format does.
static int is_whole(const char *path)
{
  static const unsigned char iend[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
  char tail[64] = "";
  FILE *stream;
  size_t size;
  if (fhrl_file_open(path, &stream, &size, NULL) != FHRL_OK) return 0;
  const size_t wanted = size < sizeof tail - 1 ? size : sizeof tail - 1;
  size_t n = 0;
  if (fseek(stream, -(long)wanted, SEEK_END) == 0) n = fread(tail, 1, wanted, stream);
  fclose(stream);
  if (fhrl_text_ends_with(path, ".png"))
    return n >= sizeof iend && memcmp(tail + n - sizeof iend, iend, sizeof iend) == 0;
  if (fhrl_text_ends_with(path, ".txt")) return n > 0; // any line may be the last one
  while (n > 0 && (tail[n - 1] == '\n' || tail[n - 1] == '\r')) tail[--n] = '\0';
  if (fhrl_text_ends_with(path, ".six")) return n >= 2 && tail[n - 2] == '\033' && tail[n - 1] == '\\';
  return n >= 6 && strcmp(tail + n - 6, "</svg>") == 0;
}

static fhrl_status draw(
  const char *script, const char *output, const char *const args[], int n, const char *temporary, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], text[ARGS_MAX][FHRL_PATH_SIZE], said[SAID_SIZE];
  const char *argv[3 + 2 + ARGS_MAX + 1] = {"gnuplot", "-d", "-c"};
  FHRL_TRY(fhrl_file_data(script, path, err));
  argv[3] = path;
  argv[4] = temporary;
  for (int i = 0; i < n; i++) {
    FHRL_TRY(argument(args[i], text[i], err));
    argv[5 + i] = text[i];
  }
  FHRL_TRY(run(argv, said, err));
  if (!is_whole(temporary))
    return fhrl_fail(err, FHRL_IO, "gnuplot left no whole figure: %s", first_complaint(said));
  return fhrl_file_publish(temporary, output, err);
}

fhrl_status fhrl_figure_draw(
  const char *script, const char *output, const char *const args[], int n, fhrl_err *err)
{
  char name[FHRL_PATH_SIZE], path[FHRL_PATH_SIZE], temporary[FHRL_PATH_SIZE];
  if (!fhrl_text_ends_with(output, ".svg") && !fhrl_text_ends_with(output, ".png") && !fhrl_text_ends_with(output, ".txt") && !fhrl_text_ends_with(output, ".six"))
    return fhrl_fail(err, FHRL_ARG, "%s: a figure ends in .svg, .png, .txt or .six", output);
  if (n < 0 || n > ARGS_MAX)
    return fhrl_fail(err, FHRL_ARG, "%s: %d arguments, at most %d", output, n, ARGS_MAX);
  FHRL_TRY(fhrl_file_absolute(output, path, err));
  FHRL_TRY(temporary_of(path, temporary, err));
  FHRL_TRY(fhrl_file_join("plots", script, name, err));
  const fhrl_status status = draw(name, path, args, n, temporary, err);
  if (status == FHRL_OK) return FHRL_OK;
  unlink(temporary);
  fhrl_status_context(err, "%s", output);
  return status;
}
