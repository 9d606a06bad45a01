// SPDX-License-Identifier: GPL-3.0-or-later
// iss_constants: the numbers that the inequalities speak of, from the model's own parameters and matrices
//
// Norms of matrices are largest singular values, bounded above in ball arithmetic (verified.h). The sector bound of the drive [FH-RL eq. S16; theory 3d],
//   |yhat'f| <= a_f rho + b_A |A| + b_u |u|,                                                     (1)
// holds for f = tanh(W y + A y + B u) with, for any s > 0,
//   a_f = |W| + s, b_A = sqrt(d)/(4 s), b_u = |B|,                                               (2)
// since |f| <= |W| rho + |B||u| + min(|A| rho, sqrt(d)) and min(p q, K) <= sqrt(p q K) <= s q + K p/(4 s); and for
// f = A W_v (B u + gamma W_r y) where |A| <= Abar with a_f = Abar gamma |W_v W_r|, b_A = 0, b_u = Abar |W_v B|.  (3)
// From (1), with any delta > 0 [theory 3d]:
//   dV/dt <= -c e^2 + c_0 + c_A |A|^2 + c_u |u|^2,  c = 1 + kappa/(1+eps) - a_f - 3 delta/2,
//   c_0 = (1+a_f)^2/(2 delta) + kappa/(1+eps),  c_A = b_A^2/(2 delta),  c_u = b_u^2/(2 delta).   (4)
// s and delta are chosen where (c_0 + c_A Abar^2 + c_u ubar^2)/c is least: as dV/dt <= -2 c V + c_0 + ..., half of it
// bounds V in the end. A drive with |f| <= F in every state gives (4) whatever its sector is, with
//   c = 1 + kappa/(1+eps) - delta/2,  c_0 = (1+F)^2/(2 delta) + kappa/(1+eps),  c_A = c_u = 0,   (5)
// and the better of the two is taken.
#pragma once

#include "analysis/iss_view.h"
#include "base/config.h"

typedef enum fhrl_iss_sector { FHRL_ISS_SECTOR_BEST, FHRL_ISS_SECTOR_NAIVE, FHRL_ISS_SECTOR_GIVEN } fhrl_iss_sector;

// What the user may fix about the constants; a zero means: by formula.
typedef struct fhrl_iss_choice {
  fhrl_iss_sector sector;
  double a_f, b_A, b_u; // of (1), for GIVEN
  double delta;         // Young's constant
  double rate;          // c of S22
} fhrl_iss_choice;

// One set of constants of the tightest form of (4) [iss_front.h].
typedef struct fhrl_iss_tight {
  double c, c_0, c_A, c_u;   // c = 0: there is none
  double s, a_f, b_A, b_u;   // its sector; s NaN where it is not of (2)
  double delta_A, delta_u;
  double V_ultimate;         // (c_0 + c_A Abar^2 + c_u ubar^2)/(2 c), bounds V in the end
  int bounded;               // 1: from |f| <= F, no sector
} fhrl_iss_tight;

enum { FHRL_ISS_FRONT = 40 };

typedef struct fhrl_iss_constants {
  double rho_star;             // radius that the homeostasis alone attracts to; NaN: see rho_star_reason
  const char *rho_star_reason; // static text or NULL
  double drive_sup;            // sup yhat'f over all states: 0, sqrt(d); NaN if there is no such bound
  double W, B, WvB, WvWr;      // norms; NaN where they play no part
  double Wv, bv;               // of the layer's values: |W_v|, |b_v|; NaN likewise
  double mu, mu_high;          // proved bounds on the eigenvalues of (W_r+W_r')/2; NaN likewise
  double re_min;               // least real part of an eigenvalue of W_r; NaN likewise
  double wr_scalar, rho_c;     // w if W_r = w 1; its threshold radius if kappa w < -1; NaN otherwise
  double A_bar, u_bar;         // bounds in the end on |A|_F and |u|; infinite if there is none
  fhrl_iss_choice choice;      // what the user fixed
  fhrl_iss_drive drive;
  const char *sector_reason;   // why (1) has no constants here; NULL if it has
  double a_f, b_A, b_u, s, delta; // of (1), (2), and of S17
  double S17_f, S17_A, S17_u;  // c_f, c_A, c_u of S17, by the paper's recipe: a_f + delta, b_A^2/(2 delta), ...
  double S22_c;                // 1 + kappa/(1+eps) - c_f, or given
  double c, c_0, c_A, c_u;     // of (4); NaN if nothing leaves c > 0
  int bounded;                 // 1 if they are those of (5)
  fhrl_iss_tight tight, front[FHRL_ISS_FRONT]; // the least bound on V in the end, and the front over c
  int front_count;
} fhrl_iss_constants;

// u_bar: sup |u| over the time looked at. Fails as fhrl_dense_singular.
fhrl_status fhrl_iss_constants_find(const fhrl_iss_view *v, const fhrl_iss_choice *choice, double u_bar,
  fhrl_iss_constants *out, fhrl_err *err);

// Sets a_f, b_A, b_u and s of (1) as chosen, for that s.
void fhrl_iss_constants_sector(const fhrl_iss_view *v, const fhrl_iss_choice *choice, double s, fhrl_iss_constants *k);

// Name, value and origin of constant i that has a value here; 0 past the end.
int fhrl_iss_constants_at(const fhrl_iss_constants *k, int i, const char **name, double *value, const char **source);
