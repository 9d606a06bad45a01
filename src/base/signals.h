// SPDX-License-Identifier: GPL-3.0-or-later
// signals: being interrupted at a moment that suits, and writing where nobody reads any more
#pragma once

#include <signal.h>

// After this the first SIGINT or SIGTERM only sets the flag, and the second ends the process as if it had not been
// caught. SIGPIPE and SIGXFSZ (the file-size limit) are ignored: the write that met them fails and is reported.
void fhrl_signals_install(void);

// 0, or the number of the signal that came: long computations look at it between steps, and end with FHRL_INTERRUPT.
const volatile sig_atomic_t *fhrl_signals_flag(void);
