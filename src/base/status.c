// SPDX-License-Identifier: GPL-3.0-or-later
// status: how a function says that it failed, and why
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *text;
  int exit;
} table[] = {
#define FHRL_STATUS(code, text, exit) {text, exit},
#include "base/status.def"
#undef FHRL_STATUS
};

// A message may quote a hostile file: what could steer a terminal (C0, DEL, and C1 in UTF-8), or make it look like more messages
// than one (line ends), becomes '?'.
static void defuse(char msg[])
{
  for (unsigned char *c = (unsigned char *)msg; *c; c++) {
    const int c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
    if ((*c < 0x20 && *c != '\t') || *c == 0x7f) *c = '?';
    if (c1) c[0] = c[1] = '?';
  }
}

fhrl_status fhrl_fail(fhrl_err *err, fhrl_status code, const char *format, ...)
{
  if (err == NULL) return code;
  va_list args;
  va_start(args, format);
  vsnprintf(err->msg, sizeof err->msg, format, args);
  va_end(args);
  defuse(err->msg);
  err->code = code;
  return code;
}

void fhrl_status_context(fhrl_err *err, const char *format, ...)
{
  if (err == NULL) return;
  char reason[FHRL_ERR_SIZE];
  memcpy(reason, err->msg, sizeof reason);
  va_list args;
  va_start(args, format);
  const int used = vsnprintf(err->msg, sizeof err->msg, format, args);
  va_end(args);
  // being cut is fine; that the result is looked at tells gcc so
  if (used >= 0 && (size_t)used < sizeof err->msg &&
      snprintf(err->msg + used, sizeof err->msg - (size_t)used, ": %s", reason) < 0)
    err->msg[used] = '\0';
  defuse(err->msg);
}

const char *fhrl_status_text(fhrl_status code) { return table[code].text; }

int fhrl_status_exit(fhrl_status code) { return table[code].exit; }
