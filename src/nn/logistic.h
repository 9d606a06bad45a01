// SPDX-License-Identifier: GPL-3.0-or-later
// logistic: 1/(1 + exp(-a)), in double whatever the network's number type
#pragma once

#include <math.h>

#include "nn/real.h"

static inline fhrl_real fhrl_logistic(fhrl_real a) { return (fhrl_real)(1.0 / (1.0 + exp(-(double)a))); }
