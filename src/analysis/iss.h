// SPDX-License-Identifier: GPL-3.0-or-later
// iss: the Lyapunov argument on trial: every inequality compared at sampled states and along orbits
//
// A verdict is `violated` with a state that shows it, confirmed in 128-bit ball arithmetic; `certified` with a proof in ball
// arithmetic and the region it speaks of; `held` where nothing among all that was compared violates it, an observation; or
// `open` with the reason why nothing follows.
#pragma once

#include <signal.h>

#include "analysis/iss_certify.h"
#include "analysis/iss_constants.h"
#include "analysis/iss_rules.h"
#include "analysis/iss_sample.h"
#include "analysis/slots.h"
#include "base/config.h"
#include "ode/integrator.h"

extern const fhrl_field fhrl_iss_fields[]; // keys of [iss]
extern const int fhrl_iss_field_count;

typedef enum fhrl_iss_verdict { FHRL_ISS_OPEN, FHRL_ISS_HELD, FHRL_ISS_CERTIFIED, FHRL_ISS_VIOLATED } fhrl_iss_verdict;

// A state and what was compared there.
typedef struct fhrl_iss_witness {
  double *x, *u; // owned; (n), (n_u); NULL: there is none
  double rho, t; // t: NaN for a sampled state
  double lhs, rhs;
  int equal;      // of an identity
  int verified;   // 1: ball arithmetic confirms it
  double gap_low; // proved lower bound of lhs - rhs (identity: of |lhs - rhs|); NaN if no ball can tell
} fhrl_iss_witness;

typedef struct fhrl_iss_claim {
  const fhrl_iss_rule *rule; // borrowed: id, statement, source
  fhrl_iss_verdict verdict;
  double margin, allowance; // least rhs - lhs (for identities -|rhs - lhs|), and what rounding may do there; NaN if open
  long compared;
  int of_orbits;                   // 1: decided by orbits as a whole or along them
  fhrl_iss_proof proof;            // of a certified claim
  char reason[FHRL_ISS_REASON];    // why it is open, or what else is known
  fhrl_iss_witness witness, worst; // the first violation met (rho = 1/2 comes first), and the largest
} fhrl_iss_claim;

// An orbit that was looked at.
typedef struct fhrl_iss_path {
  int first, rows;           // of `row`
  double rho_0, rho_max, rho_end, t_end;
  int diverged;              // it passed rho_limit while growing, or blew up beyond its start's scale
  double *last;              // owned; (n) its last state if it diverged, else NULL
  char reason[FHRL_ISS_REASON]; // why it ended early; empty if it did not
} fhrl_iss_path;

// Who looks on: progress after every orbit and some states (done of total), stop as in ode/trajectory.h. Either is NULL
// where nobody does.
typedef struct fhrl_iss_watch {
  void (*progress)(void *context, double done, double total);
  void *context;
  const volatile sig_atomic_t *stop;
} fhrl_iss_watch;

typedef struct fhrl_iss {
  fhrl_iss_view view;   // owned scratch; its system is borrowed
  fhrl_iss_constants constants;
  fhrl_iss_claim *claim; // owned; fhrl_iss_rules_count, in the order of the table
  fhrl_iss_path *path;   // owned
  int paths, columns, rows;
  double *row;           // owned; (rows, columns): along the orbits, one after the other
  int profile;           // first row of the profile over rho (first axis, A = 0, u = 0), the last rows
  long states, searched; // sampled, and looked at by the search
  double reduced_gap;    // by how much the model's terms ever left the scalar form that is proved of; <= 0: never
  double S17_needed;     // sup |e yhat'f|/e^2 at A = 0, u = 0: no smaller c_f would do; NaN if nothing was seen
  double S22_allowed;    // inf -dV/dt/e^2 at A = 0, u = 0: no larger c would do
  fhrl_slots slots;             // of U'V at the end of the first orbit; NaN without slots
  char region[FHRL_ISS_REASON]; // what was looked at
  fhrl_iss_watch watch;         // while it runs
} fhrl_iss;

// From a resolved [iss] section.
void fhrl_iss_options(const fhrl_config *config, fhrl_iss_plan *out);

// Tries every rule on the system under the input: sampled states, then orbits to solver->t_end with outputs every
// solver->output_every; x0 (n): start of the first orbit, unless the plan names radii. A blow-up is a result, not an
// error. watch may be NULL. FHRL_ARG (no block y, malformed radii), FHRL_NOMEM, FHRL_NUMERIC (rhs not finite at a sampled
// state), FHRL_INTERRUPT.
fhrl_status fhrl_iss_run(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, const fhrl_iss_plan *plan,
  const double x0[], const fhrl_iss_watch *watch, fhrl_iss *out, fhrl_err *err);
void fhrl_iss_free(fhrl_iss *iss); // leaves it zeroed

const char *fhrl_iss_verdict_text(fhrl_iss_verdict verdict);
const fhrl_iss_claim *fhrl_iss_claim_of(const fhrl_iss *iss, const char *id); // NULL if there is no such id

// FHRL_ARG, with the ids there are, unless each of "ID,ID" is one: before the work, whose verdicts `require` looks at.
fhrl_status fhrl_iss_require_known(const char *ids, fhrl_err *err);

// FHRL_CLAIM naming those of the ids "ID,ID" that are neither held nor certified; FHRL_ARG for an unknown one.
fhrl_status fhrl_iss_require(const fhrl_iss *iss, const char *ids, fhrl_err *err);
