// SPDX-License-Identifier: GPL-3.0-or-later
// contour: where a function on a grid vanishes, as polylines (marching squares)
//
// Every edge of the grid is crossed at most once. A cell joins the crossed ones among its four edges in pairs, an edge
// has at most two cells: so the crossings form chains, which are walked from their ends first, then around.
#include "analysis/contour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"

typedef struct grid {
  int rows, columns;
  const double *f;
  fhrl_contour_function *value; // NULL: f is all that is known
  void *context;
  int *link; // (edges, 2): the crossings that an edge's crossing is joined to, -1: none
  char *seen;
  char *pole; // (edges): whether the sign changes at a pole, or UNASKED
} grid;

enum { UNASKED = 2 };

// Edges: first those from (r, c) to (r, c+1), then those from (r, c) to (r+1, c).
static int edges_across(const grid *g) { return g->rows * (g->columns - 1); }

static int edge_across(const grid *g, int r, int c) { return r * (g->columns - 1) + c; }

static int edge_up(const grid *g, int r, int c) { return edges_across(g) + r * g->columns + c; }

static int positive(double f) { return f >= 0.0; } // a zero belongs to one side, so that no corner is crossed twice

static void join(grid *g, int a, int b)
{
  g->link[2 * a + (g->link[2 * a] >= 0)] = b;
  g->link[2 * b + (g->link[2 * b] >= 0)] = a;
}

// The two ends of an edge: column, row, and the value there.
static void ends(const grid *g, int edge, double from[3], double to[3])
{
  const int across = edge < edges_across(g), width = across ? g->columns - 1 : g->columns;
  const int k = across ? edge : edge - edges_across(g), r = k / width, c = k % width;
  const double *f = g->f + (size_t)r * g->columns + c;
  from[0] = c;
  from[1] = r;
  from[2] = *f;
  to[0] = c + across;
  to[1] = r + !across;
  to[2] = across ? f[1] : f[g->columns];
}

// 1 if the function grows where its sign changes: no zero is there. Both ends come nearer until they are small, or for good.
static int is_pole(const grid *g, int edge)
{
  enum { HALVINGS = 40 };
  double low[3], high[3];
  if (g->value == NULL) return 0;
  ends(g, edge, low, high);
  const double size = fmax(fabs(low[2]), fabs(high[2]));
  for (int k = 0; k < HALVINGS && fmax(fabs(low[2]), fabs(high[2])) > 1e-2 * size; k++) {
    double middle[3] = {0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]), 0.0};
    middle[2] = g->value(g->context, middle[0], middle[1]);
    if (!isfinite(middle[2])) return 1;
    memcpy(positive(middle[2]) == positive(low[2]) ? low : high, middle, sizeof middle);
  }
  return fmin(fabs(low[2]), fabs(high[2])) > 4.0 * size;
}

// An edge is asked once of both its cells.
static int pole_at(grid *g, int edge)
{
  if (g->pole[edge] == UNASKED) g->pole[edge] = (char)is_pole(g, edge);
  return g->pole[edge];
}

// Corners and edges counter-clockwise: corner 0 (r, c), 1 (r, c+1), 2 (r+1, c+1), 3 (r+1, c); edge i from i to i+1.
static void cell(grid *g, int r, int c)
{
  const double *low = g->f + (size_t)r * g->columns + c, *high = low + g->columns;
  const double corner[4] = {low[0], low[1], high[1], high[0]};
  const int edge[4] = {edge_across(g, r, c), edge_up(g, r, c + 1), edge_across(g, r + 1, c), edge_up(g, r, c)};
  int crossed[4], n = 0;
  for (int i = 0; i < 4; i++)
    if (!isfinite(corner[i])) return;
  for (int i = 0; i < 4; i++)
    if (positive(corner[i]) != positive(corner[(i + 1) % 4]) && !pole_at(g, edge[i])) crossed[n++] = edge[i];
  if (n == 2) join(g, crossed[0], crossed[1]);
  if (n < 4) return;
  // a saddle: the sign in the middle tells which pair of corners is connected
  const int middle = positive(0.25 * (corner[0] + corner[1] + corner[2] + corner[3]));
  const int first = middle == positive(corner[0]) ? 0 : 3; // corner 0 joins corner 2: lines cut off corners 1 and 3
  join(g, crossed[first], crossed[(first + 1) % 4]);
  join(g, crossed[(first + 2) % 4], crossed[(first + 3) % 4]);
}

static void place(const grid *g, int edge, double point[2])
{
  double from[3], to[3];
  ends(g, edge, from, to);
  const double part = from[2] / (from[2] - to[2]);
  for (int i = 0; i < 2; i++) point[i] = from[i] + part * (to[i] - from[i]);
}

// Walks the chain that begins at `edge`; a loop returns to its first point.
static int walk(grid *g, int edge, double point[])
{
  const int first = edge;
  int n = 0;
  while (edge >= 0 && !g->seen[edge]) {
    g->seen[edge] = 1;
    place(g, edge, point + 2 * n++);
    const int *link = g->link + 2 * edge;
    const int next = link[0] >= 0 && !g->seen[link[0]] ? link[0] : link[1];
    if (next == first || (link[0] == first && n > 2)) place(g, first, point + 2 * n++);
    edge = next;
  }
  point[2 * n] = point[2 * n + 1] = FHRL_NAN;
  return n + 1;
}

fhrl_status fhrl_contour_zero(int rows, int columns, const double f[], fhrl_contour *out, fhrl_err *err)
{
  return fhrl_contour_zero_of(rows, columns, f, NULL, NULL, out, err);
}

fhrl_status fhrl_contour_zero_of(int rows, int columns, const double f[], fhrl_contour_function *value, void *context,
  fhrl_contour *out, fhrl_err *err)
{
  grid g = {.rows = rows, .columns = columns, .f = f, .value = value, .context = context};
  const int edges = edges_across(&g) + (rows - 1) * columns;
  double *point = malloc(((size_t)edges * 3 + 1) * 2 * sizeof *point); // a chain adds at most two points to its own
  g.link = malloc((size_t)edges * 2 * sizeof *g.link);
  g.seen = calloc((size_t)edges, 1);
  g.pole = malloc((size_t)edges);
  fhrl_status status = FHRL_OK;
  if (point == NULL || g.link == NULL || g.seen == NULL || g.pole == NULL) {
    free(point);
    status = fhrl_fail(err, FHRL_NOMEM, "no memory for the contour of a grid of %d x %d", rows, columns);
    goto done;
  }
  for (int i = 0; i < 2 * edges; i++) g.link[i] = -1;
  memset(g.pole, UNASKED, (size_t)edges);
  for (int r = 0; r + 1 < rows; r++)
    for (int c = 0; c + 1 < columns; c++) cell(&g, r, c);
  int n = 0;
  for (int loops = 0; loops < 2; loops++) // chains with ends first: a walk from within would cut them
    for (int e = 0; e < edges; e++)
      if (!g.seen[e] && g.link[2 * e] >= 0 && (loops || g.link[2 * e + 1] < 0)) n += walk(&g, e, point + 2 * n);
  *out = (fhrl_contour){point, n};
done:
  free(g.link);
  free(g.seen);
  free(g.pole);
  return status;
}

void fhrl_contour_free(fhrl_contour *c)
{
  free(c->point);
  *c = (fhrl_contour){0};
}
