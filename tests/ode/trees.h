// SPDX-License-Identifier: GPL-3.0-or-later
// trees: the order conditions of a Runge-Kutta method, one for every rooted tree [Hairer, Norsett, Wanner, II.2]
#pragma once

#include <math.h>
#include <string.h>

#include "ode/runge_kutta.h"
#include "support.h"

enum { ORDER = 8, TREES = 200, STAGES = FHRL_RUNGE_KUTTA_STAGES };

static double A[STAGES][STAGES];

// A rooted tree: its order, density gamma, and the weight of stage i, which is the product over the root's subtrees s of
// sum_j A_ij weight_j(s).
typedef struct tree {
  int order;
  double gamma, weight[STAGES];
} tree;

static tree trees[TREES];
static int count;

// Every multiset of the trees before `limit` whose orders sum to `left`, grafted on a root that already bears `so_far`.
static void graft(tree so_far, int limit, int left, int order)
{
  if (left == 0) {
    so_far.order = order;
    so_far.gamma *= order;
    ck_assert_int_lt(count, TREES);
    trees[count++] = so_far;
    return;
  }
  for (int k = 0; k < limit; k++) {
    if (trees[k].order > left) continue;
    tree next = so_far;
    next.gamma *= trees[k].gamma;
    for (int i = 0; i < STAGES; i++) {
      double sum = 0.0;
      for (int j = 0; j < STAGES; j++) sum += A[i][j] * trees[k].weight[j];
      next.weight[i] *= sum;
    }
    graft(next, k + 1, left - trees[k].order, order);
  }
}

static void read_row(const fhrl_runge_kutta_row row, double out[STAGES])
{
  memset(out, 0, STAGES * sizeof *out);
  for (int j = 0; row[j].stage >= 0; j++) out[row[j].stage] = row[j].weight;
}

// The trees up to order 8 with the weights of a method, whose rows a are `stages`.
static void plant(const fhrl_runge_kutta_row a[], int stages)
{
  tree root = {.gamma = 1.0};
  memset(A, 0, sizeof A);
  for (int i = 0; i < STAGES; i++) root.weight[i] = 1.0;
  for (int i = 0; i < stages; i++) read_row(a[i], A[i]);
  count = 0;
  for (int order = 1; order <= ORDER; order++) graft(root, count, order - 1, order);
}

// The largest residue of sum_i b_i weight_i = scale^order / gamma over the trees up to this order.
static double residue(const double b[STAGES], double scale, int order)
{
  double worst = 0.0;
  for (int k = 0; k < count && trees[k].order <= order; k++) {
    double sum = 0.0;
    for (int i = 0; i < STAGES; i++) sum += b[i] * trees[k].weight[i];
    worst = fmax(worst, fabs(sum - pow(scale, trees[k].order) / trees[k].gamma));
  }
  return worst;
}
