// SPDX-License-Identifier: GPL-3.0-or-later
// rank: which of several processes of one job this is, as those say that start them: Open MPI, MPICH (PMI), Slurm
#include "base/rank.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

// A whole number in [0, INT_MAX], else -1.
static int number(const char *name)
{
  const char *text = getenv(name);
  char *end;
  if (text == NULL || *text < '0' || *text > '9') return -1;
  errno = 0;
  const long value = strtol(text, &end, 10);
  return errno || *end || value > INT_MAX ? -1 : (int)value;
}

fhrl_rank fhrl_rank_find(void)
{
  static const char *const names[][2] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"},
    {"SLURM_PROCID", "SLURM_NTASKS"}};
  for (int i = 0; i < 3; i++) {
    const int rank = number(names[i][0]), size = number(names[i][1]);
    if (rank >= 0 && rank < size) return (fhrl_rank){rank, size, names[i][0]};
  }
  return (fhrl_rank){0, 1, 0};
}
