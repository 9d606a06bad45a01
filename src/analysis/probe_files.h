// SPDX-License-Identifier: GPL-3.0-or-later
// probe_files: what `fhrl probe` leaves: tables for people and gnuplot, recordings for other programs
#pragma once

#include "analysis/probe_session.h"
#include "io/json.h"

// Adds `sequences`, `source`, `layers[]` and `mean` to the object; every metric by its name, undefined ones null with a
// reason beside them.
void fhrl_probe_files_json(const fhrl_probe_session *s, fhrl_json *object);

// Writes into the folder:
//   metrics.tsv        a row per layer and one for their mean, a column per metric
//   probe_irr.tsv      IRR_t and batch ESRI_t over tokens, a block per layer
//   probe_rdp.tsv      amplitude spectrum of the similarities along the probes with its null, a block per layer
//   wr.tsv             W_r entry by entry, row by row, a block per layer
//   wr_spectrum.tsv    singular values of W_r, descending, a block per layer
//   layer<k>.nc        x_pre, x, y (probe, token, channel); U, V (probe, slot, channel) after the last token
//   logits.nc          logits (probe, token, byte) and what the network was driven with: bytes (probe, token)
// version: of the program, for the attributes. FHRL_IO, FHRL_NOMEM.
fhrl_status fhrl_probe_files_save(const fhrl_probe_session *s, const char *folder, const char *version, fhrl_err *err);
