// SPDX-License-Identifier: GPL-3.0-or-later
// rank: which of several processes of one job this is, as those say that start them: Open MPI, MPICH (PMI), Slurm
#pragma once

typedef struct fhrl_rank {
  int rank, size;     // 0 of 1 if nobody says anything else
  const char *source; // the variable that says so, or NULL; static
} fhrl_rank;

// From OMPI_COMM_WORLD_RANK and _SIZE, else PMI_RANK and PMI_SIZE, else SLURM_PROCID and SLURM_NTASKS. What makes no sense
// (a rank that is no number in [0, size)) is as if it were not there.
fhrl_rank fhrl_rank_find(void);
