// SPDX-License-Identifier: GPL-3.0-or-later
// signals: being interrupted at a moment that suits, and writing where nobody reads any more
#include "base/signals.h"

#include <stddef.h>

static volatile sig_atomic_t came;

static void handle(int number)
{
  if (came) {
    signal(number, SIG_DFL);
    raise(number); // delivered when this handler returns
    return;
  }
  came = number;
}

void fhrl_signals_install(void)
{
  // SA_RESTART: a write or read under way goes on, so that no file is left half done
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigemptyset(&action.sa_mask);
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGPIPE, &ignore, NULL);
  sigaction(SIGXFSZ, &ignore, NULL);
}

const volatile sig_atomic_t *fhrl_signals_flag(void) { return &came; }
