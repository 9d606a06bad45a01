// SPDX-License-Identifier: GPL-3.0-or-later
// claims_rules: the rules of claims.h's table, one function each: measure, then judge
#pragma once

#include "analysis/claims.h"

void fhrl_claims_rules_loss_overlap(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_loss_level(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_loss_lowest(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_irr_linear(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_irr_wr(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_wr_norm(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_wr_anisotropy(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_wr_align(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_esri_flat(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_esri_collapse(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_rdp(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_band(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_slots(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_rises(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_falls(const fhrl_claims_study *s, fhrl_claims_result *out);
void fhrl_claims_rules_states_three(const fhrl_claims_study *s, fhrl_claims_result *out);
