// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz: what the targets share, and the two functions that libFuzzer calls
#define _XOPEN_SOURCE 700 // mkdtemp
#include "fuzz/fuzz.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/init.h"

void fuzz_claim(int holds, const char *format, ...)
{
  if (holds) return;
  va_list args;
  va_start(args, format);
  fprintf(stderr, "fuzz_%s: ", fuzz_subject.name);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  abort();
}

char fuzz_said[FHRL_ERR_SIZE];

fhrl_status fuzz_judge(fhrl_status status, const fhrl_err *err, const char *part)
{
  const int blamed = status == FHRL_ARG || status == FHRL_IO || status == FHRL_FORMAT || status == FHRL_NUMERIC || status == FHRL_LIMIT;
  if (status == FHRL_OK) return status;
  memcpy(fuzz_said, err->msg, sizeof fuzz_said);
  fuzz_claim(blamed, "ended as '%s': %s", fhrl_status_text(status), err->msg);
  fuzz_claim(status == err->code, "returned '%s', but the message is of '%s': %s", fhrl_status_text(status),
    fhrl_status_text(err->code), err->msg);
  fuzz_claim(err->msg[0] != '\0', "no message");
  fuzz_claim(strpbrk(err->msg, "\n\r\033") == NULL, "a message that is not one line: %s", err->msg);
  fuzz_claim(part == NULL || strstr(err->msg, part) != NULL, "a message without %s: %s", part, err->msg);
  return status;
}

void fuzz_finite(const char *what, const double x[], size_t n)
{
  for (size_t i = 0; i < n; i++) fuzz_claim(isfinite(x[i]), "%s[%zu] is %g", what, i, x[i]);
}

void fuzz_put(const char *path, const void *bytes, size_t size)
{
  unlink(path); // writing over a file makes some file systems wait for the disk
  FILE *f = fopen(path, "wb");
  const int whole = f && (size == 0 || fwrite(bytes, 1, size, f) == size);
  if (f == NULL || fclose(f) != 0 || !whole) {
    perror(path);
    exit(2); // of the machine, no finding
  }
}

void fuzz_give_file(fuzz_give *give, const char *path)
{
  char *bytes;
  size_t size;
  fhrl_err err;
  fuzz_claim(fhrl_file_read(path, (size_t)1 << 24, &bytes, &size, &err) == FHRL_OK, "a good file: %s", err.msg);
  give(bytes, size);
  free(bytes);
}

unsigned fuzz_take(fuzz_bytes *bytes, unsigned below)
{
  unsigned value = 0;
  for (int i = 0; i < 1 + (below > 256) && bytes->left > 0; i++, bytes->left--) value = value << 8 | *bytes->at++;
  return value % below;
}

void fuzz_begin(const char *folder)
{
  if (chdir(folder) != 0) {
    perror(folder);
    exit(2);
  }
  fhrl_init_libraries();
  if (fuzz_subject.setup) fuzz_subject.setup();
}

// ---- libFuzzer

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  const char *folder = getenv("FHRL_FUZZ_FOLDER"); // where files are written and read; the caller removes it
  fuzz_claim(folder != NULL, "FHRL_FUZZ_FOLDER is not set: use `make fuzz`");
  fuzz_begin(folder);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  fuzz_subject.one(data, size);
  return 0;
}
