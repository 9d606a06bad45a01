// SPDX-License-Identifier: GPL-3.0-or-later
// init: puts the numerical libraries into the state that fhrl relies on
#include "analysis/init.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>

#include "base/dense.h"

void fhrl_init_libraries(void)
{
  gsl_set_error_handler_off();
  fhrl_dense_init();
}

const char *fhrl_init_gsl_version(void) { return gsl_version; }
