// SPDX-License-Identifier: GPL-3.0-or-later
// arena: one block of aligned numbers from which a workspace cuts its arrays
#pragma once

#include <stddef.h>

#include "base/status.h"
#include "nn/real.h"

enum { FHRL_ARENA_LIMIT = 1 << 30 }; // numbers: what a configuration or a checkpoint may make us ask for at once

// *out = n zeros, 64-byte aligned; release with fhrl_arena_free. FHRL_NOMEM, or FHRL_LIMIT beyond the
// limit, says for what and how much.
fhrl_status fhrl_arena_new(const char *what, size_t n, fhrl_real **out, fhrl_err *err);
void fhrl_arena_free(fhrl_real *arena); // NULL-safe

// Cuts the next n numbers from *cursor, rounded up to 64 bytes; a NULL base measures: bind twice, first with
// base NULL, then with the block of *cursor numbers.
fhrl_real *fhrl_arena_cut(fhrl_real *base, size_t *cursor, size_t n);
