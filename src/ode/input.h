// SPDX-License-Identifier: GPL-3.0-or-later
// input: u(t), what drives a system from outside
#pragma once

#include <stdint.h>

#include "base/config.h"

extern const fhrl_field fhrl_input_fields[]; // keys of [input]
extern const int fhrl_input_field_count;

typedef enum fhrl_input_kind {
  FHRL_INPUT_AUTO, // recorded if a file is given, else constant (none for a system without inputs)
  FHRL_INPUT_NONE,     // u = 0
  FHRL_INPUT_CONSTANT, // u = amplitude N(0, 1), drawn once from stream INPUT
  FHRL_INPUT_SINE,     // u_i = amplitude N_i sin(2 pi frequency t)
  FHRL_INPUT_RECORDED, // u(t) = x_pre of token floor(t), held over each token of unit length
  FHRL_INPUT_LINEAR,   // u_i = (amplitude + slope t) N_i
  FHRL_INPUT_SINES,    // u_i = amplitude sum_k N_ik sin(2 pi f_k t + phase_ik), f_k evenly from frequency to frequency_high
  FHRL_INPUT_CHIRP,    // u_i = amplitude N_i sin(2 pi (f t + (f_high - f) t^2 / (2 sweep))): f_high is reached at t = sweep
  FHRL_INPUT_NOISE,    // Gaussian noise of standard deviation amplitude with the flat spectrum f .. f_high: one frozen path,
                       // u_i = amplitude sqrt(2 / modes) sum_k cos(2 pi f_ik t + phase_ik), f_ik drawn [Shinozuka, Deodatis 1991]
  FHRL_INPUT_HELD,     // u_i = amplitude N_ik, drawn anew for every interval k hold <= t < (k + 1) hold
} fhrl_input_kind;

typedef struct fhrl_input {
  fhrl_input_kind kind;
  int n_u;
  double frequency; // sine, chirp [1/time]
  double slope;     // linear: its rate [1/time]; chirp: half the rate of its frequency [1/time^2]
  double amplitude; // linear: at t = 0; held
  double hold;      // held: length of an interval [time]
  uint32_t seed;    // held
  int modes;        // sines, noise
  int tokens;       // recorded
  double *value;    // owned; (n_u) amplitudes (of linear N alone; held has none), or (tokens, n_u) recorded, or (n_u, modes, 3) amplitude, angular
                    // frequency, phase
} fhrl_input;

// From a resolved [input] section, for a system with n_u inputs. A recording of another width is FHRL_ARG.
fhrl_status fhrl_input_init(fhrl_input *in, const fhrl_config *config, int n_u, fhrl_err *err);
// From values: held over unit intervals; copied.
fhrl_status fhrl_input_hold(fhrl_input *in, int tokens, int n_u, const double value[], fhrl_err *err);
void fhrl_input_free(fhrl_input *in);

// u at t (n_u). For a recording the value held over [floor(t), floor(t)+1); before 0 the first, after the end the last.
void fhrl_input_at(const fhrl_input *in, double t, double u[]);

// 1 if u changes within a piece, between two of its jumps.
int fhrl_input_varies(const fhrl_input *in);

// The first time > t at which u jumps (an integrator stops there and restarts); INFINITY if there is none.
double fhrl_input_break(const fhrl_input *in, double t);
// Where u comes from a recording, its last instant (tokens); INFINITY otherwise.
double fhrl_input_end(const fhrl_input *in);
