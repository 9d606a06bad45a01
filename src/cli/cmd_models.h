// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_models: keys of [models]
#pragma once

#include "base/field.h"

extern const fhrl_field fhrl_cmd_models_fields[];
extern const int fhrl_cmd_models_field_count;
