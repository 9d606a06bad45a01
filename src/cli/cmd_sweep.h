// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_sweep: the keys of [sweep] that are no axes
#pragma once

#include "base/field.h"

extern const fhrl_field fhrl_cmd_sweep_fields[];
extern const int fhrl_cmd_sweep_field_count;
