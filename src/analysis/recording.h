// SPDX-License-Identifier: GPL-3.0-or-later
// recording: what a layer of the network received and gave, as a probe recorded it (layer<k>.nc)
#pragma once

#include "base/status.h"

typedef struct fhrl_recording {
  int sequences, tokens, d;
  double *x_pre, *y; // owned; (sequences, tokens, d): the layer's input before reentry, and its output
} fhrl_recording;

// The first `most` sequences of a file (fewer where it has fewer). FHRL_IO, FHRL_FORMAT: unreadable, not of the shape
// (probe, token, channel), or x_pre and y of different shapes; FHRL_NUMERIC: a value is not finite (probe and token named).
fhrl_status fhrl_recording_load(const char *path, int most, fhrl_recording *out, fhrl_err *err);
void fhrl_recording_free(fhrl_recording *recording); // leaves it zeroed
