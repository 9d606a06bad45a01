// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_compat: what differs between SUNDIALS 6 and 7, for src/ode/sundials_*.c alone
#pragma once

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <sundials/sundials_config.h>
#include <sundials/sundials_context.h>

// The last thing that the library said. Without it both versions print.
typedef struct fhrl_sundials_log {
  char message[256];
} fhrl_sundials_log;

#if SUNDIALS_VERSION_MAJOR >= 7

static inline void fhrl_sundials_hear(int line, const char *function, const char *file,
  const char *message, SUNErrCode code, void *log, SUNContext context)
{
  fhrl_sundials_log *heard = log;
  snprintf(heard->message, sizeof heard->message, "%s", message);
}

static inline int fhrl_sundials_open(SUNContext *context)
{
  return SUNContext_Create(SUN_COMM_NULL, context);
}

static inline int fhrl_sundials_listen(SUNContext context, void *cvode, fhrl_sundials_log *log)
{
  if (SUNContext_ClearErrHandlers(context) != SUN_SUCCESS) return -1;
  return SUNContext_PushErrHandler(context, fhrl_sundials_hear, log);
}

#else

static inline void fhrl_sundials_hear(
  int code, const char *module, const char *function, char *message, void *log)
{
  fhrl_sundials_log *heard = log;
  snprintf(heard->message, sizeof heard->message, "%s", message);
}

static inline int fhrl_sundials_open(SUNContext *context)
{
  return SUNContext_Create(NULL, context);
}

static inline int fhrl_sundials_listen(SUNContext context, void *cvode, fhrl_sundials_log *log)
{
  return CVodeSetErrHandlerFn(cvode, fhrl_sundials_hear, log);
}

#endif
