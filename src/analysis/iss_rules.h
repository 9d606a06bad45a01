// SPDX-License-Identifier: GPL-3.0-or-later
// iss_rules: the inequalities of the Lyapunov argument, one row each: what is compared at a state or along an orbit
//
// The paper's chain [FH-RL eqs. S13-S23] and what replaces it [theory 3b-3h]. A row compares two numbers and says
// what rounding, the integration and the spacing of outputs may do to their difference.
#pragma once

#include "analysis/iss_constants.h"
#include "analysis/iss_view.h"

// What one orbit has shown from its start to now.
typedef struct fhrl_iss_orbit {
  double t;                     // since its start [model time]
  double rho_0, A_0;            // |y|, |A|_F at the start
  double rho_min, rho_max;
  double drive_sup, drive_step; // largest |yhat'f| at an output, and its largest second difference: between two
  double Phi_sup, Phi_step;     // outputs a smooth function rises above both by an eighth of that; |Phi|_F likewise
  double error;                 // allowed for the integration
  int sees_slots;               // 1 if the two below were filled in for this state
  fhrl_iss_slots slots_0, slots;
} fhrl_iss_orbit;

typedef struct fhrl_iss_frame {
  const fhrl_iss_view *v;      // borrowed
  const fhrl_iss_constants *k; // borrowed
} fhrl_iss_frame;

typedef struct fhrl_iss_pair {
  double lhs, rhs;  // claimed: lhs <= rhs, or lhs = rhs
  double allowance; // differences up to it are no violation
  int equal;        // 1: an identity
} fhrl_iss_pair;

enum { FHRL_ISS_REASON = 256 };

typedef struct fhrl_iss_rule {
  const char *id, *statement, *source;
  // 1 and the reason where the row says nothing about this system.
  int (*open)(const fhrl_iss_frame *f, char reason[FHRL_ISS_REASON]);
  // 1 and the pair where the row speaks of this state; orbit is NULL for a state that no orbit led to.
  int (*compare)(const fhrl_iss_frame *f, const fhrl_iss_point *p, const fhrl_iss_orbit *orbit, fhrl_iss_pair *out);
  const char *uses; // its constants, by the names of iss_constants and of the model's parameters, separated by spaces
  int along; // 1: along an orbit it compares what the orbit has become, which no single state shows
} fhrl_iss_rule;

extern const fhrl_iss_rule fhrl_iss_rules_table[];
extern const int fhrl_iss_rules_count;

// Index of a row by id; -1.
int fhrl_iss_rules_find(const char *id);

// rho(t) of d rho/dt = -(1+kappa) rho (rho - rho*)/(rho + eps), rho* = (kappa-eps)/(1+kappa) [theory 3b]: closed for
// eps = 0, else the root of its first integral
//   (1+kappa) t = eps/rho* ln(rho/rho_0) - (1 + eps/rho*) ln((rho-rho*)/(rho_0-rho*)).
double fhrl_iss_rules_radius(double kappa, double eps, double rho_0, double t);
