// SPDX-License-Identifier: GPL-3.0-or-later
// status: how a function says that it failed, and why
#pragma once

#ifdef __GNUC__
#define FHRL_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define FHRL_PRINTF(text, first)
#endif

typedef enum fhrl_status {
#define FHRL_STATUS(code, text, exit) FHRL_##code,
#include "base/status.def"
#undef FHRL_STATUS
} fhrl_status;

enum { FHRL_ERR_SIZE = 1024 }; // long enough for two paths

// The reason of a failure, on the caller's stack; every fallible function accepts NULL for it.
typedef struct fhrl_err {
  fhrl_status code;
  char msg[FHRL_ERR_SIZE]; // lower-case, no full stop, which thing and which value
} fhrl_err;

// Fills *err (if not NULL) with the formatted reason, cut to its size, and returns code. Control characters and
// line ends that came in from a file become '?': a message is one line.
fhrl_status fhrl_fail(fhrl_err *err, fhrl_status code, const char *format, ...) FHRL_PRINTF(3, 4);

// Puts "context: " before the reason that *err already holds; code stays. For a caller that knows more.
void fhrl_status_context(fhrl_err *err, const char *format, ...) FHRL_PRINTF(2, 3);

// Static text of a code, and the exit status that the program ends with for it.
const char *fhrl_status_text(fhrl_status code);
int fhrl_status_exit(fhrl_status code);

// Propagates a failure unchanged: TRY returns it, DO leaves through the function's one `done:` label.
#define FHRL_TRY(call)                                                                             \
  do {                                                                                             \
    const fhrl_status fhrl_try_ = (call);                                                          \
    if (fhrl_try_ != FHRL_OK) return fhrl_try_;                                                    \
  } while (0)
#define FHRL_DO(status, call)                                                                      \
  do {                                                                                             \
    if (((status) = (call)) != FHRL_OK) goto done;                                                 \
  } while (0)
