// SPDX-License-Identifier: GPL-3.0-or-later
// version: what this program is made of
#include "cli/version.h"

#include <string.h>

#include "analysis/ball.h"
#include "analysis/init.h"
#include "base/dense.h"
#include "base/cpu.h"
#include "cli/commit.h"
#include <config.h>
#include "io/dataset.h"
#include "ode/integrator.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *fhrl_version_build(void) { return PACKAGE_VERSION " " FHRL_COMMIT " " COMPILER " " FHRL_BUILD_CFLAGS; }

const char *fhrl_version_text(void) { return PACKAGE_VERSION " (" FHRL_COMMIT ")"; }

const fhrl_library *fhrl_version_libraries(int *n)
{
  static fhrl_library list[10];
  const fhrl_library now[] = {
    {"commit",   FHRL_COMMIT                    },
    {"compiler", COMPILER                       },
    {"flags",    FHRL_BUILD_CFLAGS              },
    {"vectors",  fhrl_cpu_name(fhrl_cpu_level())},
    {"sundials", fhrl_integrator_version()      },
    {"gsl",      fhrl_init_gsl_version()        },
    {"arb",      fhrl_ball_version()            },
    {"openblas", fhrl_dense_version()           },
    {"netcdf",   fhrl_dataset_version()         },
    {"jansson",  fhrl_json_version()            },
  };
  memcpy(list, now, sizeof list);
  *n = (int)(sizeof list / sizeof *list);
  return list;
}

void fhrl_version_print(FILE *stream, struct argp_state *state)
{
  int n;
  const fhrl_library *library = fhrl_version_libraries(&n);
  fprintf(stream, "fhrl %s\n", fhrl_version_text());
  for (int i = 1; i < n; i++) fprintf(stream, "  %-10s %s\n", library[i].name, library[i].version);
  fputs("Licence GPL-3.0-or-later: free software, without any warranty.\n", stream);
}
