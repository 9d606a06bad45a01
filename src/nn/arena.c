// SPDX-License-Identifier: GPL-3.0-or-later
// arena: one block of aligned numbers from which a workspace cuts its arrays
#include "nn/arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, STEP = ALIGN / (int)sizeof(fhrl_real) };

fhrl_status fhrl_arena_new(const char *what, size_t n, fhrl_real **out, fhrl_err *err)
{
  if (n > FHRL_ARENA_LIMIT)
    return fhrl_fail(err, FHRL_LIMIT, "%s would take %zu numbers, more than 2^30", what, n);
  const size_t bytes = (n * sizeof(fhrl_real) + ALIGN) / ALIGN * ALIGN;
  fhrl_real *block = aligned_alloc(ALIGN, bytes);
  if (block == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %s (%zu bytes)", what, bytes);
  memset(block, 0, bytes);
  *out = block;
  return FHRL_OK;
}

void fhrl_arena_free(fhrl_real *arena) { free(arena); }

fhrl_real *fhrl_arena_cut(fhrl_real *base, size_t *cursor, size_t n)
{
  const size_t at = *cursor;
  *cursor = at + (n + STEP - 1) / STEP * STEP;
  return base ? base + at : NULL;
}
