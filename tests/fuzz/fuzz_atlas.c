// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_atlas: atlas.part, from which an interrupted atlas of `fhrl compare` goes on
//
// Whatever stands there, the cells are those of the grid.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/compare_atlas.h"
#include "fuzz/fuzz.h"

enum { POINTS = 3, D = 2 };
static fhrl_err err;
static double store[4 * D * D + 3 * D];
static const double u[D] = {0.5, -0.25};
static fhrl_layer layer = {.layers = 1, .d = D, .r = 1, .alpha = 0.1, .beta = 0.5, .gamma = 0.15};

static void setup(void)
{
  double **const matrix[] = {&layer.W_q, &layer.W_k, &layer.W_v, &layer.W_r};
  for (int i = 0; i < 4 * D * D; i++) store[i] = 0.25 * (i % 5) - 0.5;
  for (int i = 0; i < 4; i++) *matrix[i] = store + i * D * D;
  layer.b_q = layer.b_k = layer.b_v = store + 4 * D * D;
  layer.store = store;
}

// As fhrl_compare_atlas_run leaves it after its first rows.
static void seeds(fuzz_give *give)
{
  fhrl_compare_atlas a;
  char text[4096];
  fuzz_claim(fhrl_compare_atlas_init(&a, &layer, u, POINTS, 0.5, &err) == FHRL_OK, "%s", err.msg);
  size_t used = (size_t)snprintf(text, sizeof text, "fhrl.compare.atlas/1 %d %a\n", a.points, a.key);
  for (int i = 0; i < 2 * POINTS; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%d %d %a %a %a %a nan nan\n", i, i % 3, a.cell[i].gamma, a.cell[i].h,
      0.1 * i, 0.25 * i);
  fhrl_compare_atlas_free(&a);
  give(text, used);
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_compare_atlas a, fresh;
  fuzz_put("a.part", data, size);
  fuzz_claim(fhrl_compare_atlas_init(&a, &layer, u, POINTS, 0.5, &err) == FHRL_OK &&
               fhrl_compare_atlas_init(&fresh, &layer, u, POINTS, 0.5, &err) == FHRL_OK, "%s", err.msg);
  fhrl_compare_atlas_take(&a, "a.part");
  int done = 0;
  for (int i = 0; i < FHRL_COMPARE_ATLAS_PLANES * POINTS * POINTS; i++) {
    const fhrl_compare_atlas_cell *c = &a.cell[i];
    done += c->done;
    fuzz_claim(c->gamma == fresh.cell[i].gamma && c->beta == fresh.cell[i].beta && c->h == fresh.cell[i].h, "cell %d has moved", i);
    fuzz_claim(!c->done || (c->is >= 0 && c->is < FHRL_COMPARE_ATLAS_CLASSES), "cell %d is %d", i, (int)c->is);
    fuzz_claim(!isinf(c->rho_flow) && !isinf(c->rho_map) && !isinf(c->re) && !isinf(c->im), "cell %d is infinite", i);
  }
  fhrl_compare_atlas_free(&a);
  fhrl_compare_atlas_free(&fresh);
  return done > 0 ? FHRL_OK : FHRL_FORMAT; // a file without a cell is passed over
}

const fuzz_target fuzz_subject = {"atlas", .flips = 200, .setup = setup, .seeds = seeds, .one = one};
