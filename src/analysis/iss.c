// SPDX-License-Identifier: GPL-3.0-or-later
// iss: the Lyapunov argument on trial: every inequality compared at sampled states and along orbits
#include "analysis/iss.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/iss_judge.h"
#include "analysis/iss_ledger.h"
#include "analysis/iss_orbit.h"
#include "analysis/iss_search.h"
#include "analysis/metrics.h"

enum { PROFILE = 400, ORBITS_MAX = 1000, LOOKS_MAX = 100000000, ID = 64 };

const fhrl_field fhrl_iss_fields[] = {
  {"samples", 4000, "1", "random states, besides the grid of radii", FHRL_INT, 0, 1e8},
  {"directions", 8, "1", "directions of y in which the grid of radii is scanned", FHRL_INT, 1, 1e4},
  {"trajectories", 16, "1", "orbits, to solver.t_end", FHRL_INT, 0, ORBITS_MAX},
  {"radii", 0, "1", "radii of the orbits' starts: a,b,... (empty: the model's start, then spread to rho_max)", FHRL_TEXT},
  {"rho_max", 4, "1", "largest radius of the sampled states", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"A_max", 2, "1", "largest |A|_F of the sampled states", FHRL_REAL, 0, 1e6},
  {"u_max", 1, "1", "largest |u| of the sampled states, if the input is not zero", FHRL_REAL, 0, 1e6},
  {"rho_limit", 1e6, "1", "radius beyond which a growing orbit diverges", FHRL_REAL, 1, 1e12},
  {"sector", FHRL_ISS_SECTOR_BEST, "", "constants of S16: best of theory 3d, the naive |W|, 1, |B|, or a_f, b_A, b_u as given",
    FHRL_CHOICE, .choices = "best|naive|given"},
  {"a_f", 0, "1", "of S16, if sector = given", FHRL_REAL, 0, 1e6},
  {"b_A", 0, "1", "of S16, if sector = given", FHRL_REAL, 0, 1e6},
  {"b_u", 0, "1", "of S16, if sector = given", FHRL_REAL, 0, 1e6},
  {"delta", 0, "1", "Young's constant of S17 and theory 3d; 0: the one of the least ultimate bound", FHRL_REAL, 0, 1e6},
  {"c", 0, "1", "rate c of S22; 0: 1 + kappa/(1+eps) - c_f", FHRL_REAL, 0, 1e6},
  {"search", 512, "1", "points of a Sobol sequence over the same box, from whose best a local ascent sets out for every claim",
    FHRL_INT, 0, 1e6},
  {"ascents", 8, "1", "ascents for every claim", FHRL_INT, 0, 64},
  {"rho_min", 0.01, "1", "least radius of the region in which the decay of theory 3c is certified", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"boxes", 100000, "1", "most boxes of one branch and bound", FHRL_INT, 1, 1e9},
  {"starts", 1000, "1", "trajectories that the bounds are set beside (fewer of a large system); 0: none", FHRL_INT, 0, 1e6},
  {"gain_levels", 8, "1", "sizes of the input of the gain curve, besides 0; 0: no curve", FHRL_INT, 0, 63},
  {"pairs", 4, "1", "pairs of copies whose approach is measured, beside the logarithmic norms; 0: no contraction", FHRL_INT, 0, 64},
  {"map", 100, "1", "radii of the map of violations over rho and |A|_F; 0: no map", FHRL_INT, 0, 1000},
  {"seed", 1, "1", "of the sampled states and starts", FHRL_INT, 0, 4294967295.0},
};
const int fhrl_iss_field_count = FHRL_COUNT(fhrl_iss_fields);

void fhrl_iss_options(const fhrl_config *config, fhrl_iss_plan *out)
{
  *out = (fhrl_iss_plan){
    .samples = fhrl_config_int(config, "iss.samples"),
    .directions = fhrl_config_int(config, "iss.directions"),
    .trajectories = fhrl_config_int(config, "iss.trajectories"),
    .rho_max = fhrl_config_real(config, "iss.rho_max"),
    .A_max = fhrl_config_real(config, "iss.A_max"),
    .u_max = fhrl_config_real(config, "iss.u_max"),
    .rho_limit = fhrl_config_real(config, "iss.rho_limit"),
    .search = fhrl_config_int(config, "iss.search"),
    .ascents = fhrl_config_int(config, "iss.ascents"),
    .rho_min = fhrl_config_real(config, "iss.rho_min"),
    .boxes = fhrl_config_int(config, "iss.boxes"),
    .starts = fhrl_config_int(config, "iss.starts"),
    .gain_levels = fhrl_config_int(config, "iss.gain_levels"),
    .pairs = fhrl_config_int(config, "iss.pairs"),
    .map = fhrl_config_int(config, "iss.map"),
    .seed = (uint32_t)fhrl_config_real(config, "iss.seed"),
    .choice = {.sector = (fhrl_iss_sector)fhrl_config_int(config, "iss.sector"),
      .a_f = fhrl_config_real(config, "iss.a_f"),
      .b_A = fhrl_config_real(config, "iss.b_A"),
      .b_u = fhrl_config_real(config, "iss.b_u"),
      .delta = fhrl_config_real(config, "iss.delta"),
      .rate = fhrl_config_real(config, "iss.c")},
  };
  snprintf(out->radii, sizeof out->radii, "%s", fhrl_config_text(config, "iss.radii"));
}

// Reads "a,b,..." into radius (ORBITS_MAX); *count stays 0 for an empty text.
static fhrl_status read_radii(const char *text, double radius[], int *count, fhrl_err *err)
{
  *count = 0;
  for (const char *at = text; *at; at++) {
    char *end;
    const double value = strtod(at, &end);
    while (*end == ' ') end++;
    if (end == at || !(value > 0.0) || !isfinite(value) || (*end && *end != ',') || *count == ORBITS_MAX)
      return fhrl_fail(err, FHRL_ARG, "iss.radii = %s: allowed are up to %d positive numbers a,b,...", text, ORBITS_MAX);
    radius[(*count)++] = value;
    at = end;
    if (*at == '\0') break;
  }
  return FHRL_OK;
}

static double largest_input(const fhrl_input *in, const fhrl_solver *solver, int n_u, double u[])
{
  double largest = 0.0;
  const double t_end = fmin(solver->t_end, fhrl_input_end(in));
  for (long k = 0; (double)(k - 1) * solver->output_every < t_end; k++) {
    fhrl_input_at(in, fmin((double)k * solver->output_every, t_end), u);
    largest = fmax(largest, fhrl_norm(n_u, u));
  }
  return largest;
}

static void tell(const fhrl_iss *iss, double part, double whole)
{
  if (iss->watch.progress) iss->watch.progress(iss->watch.context, part, whole);
}

static fhrl_status try_states(fhrl_iss *iss, const fhrl_iss_sample *q, double x[], double u[], fhrl_err *err)
{
  for (long i = 0; i < q->count; i++) {
    fhrl_iss_point p;
    fhrl_iss_sample_state(q, i, x, u);
    FHRL_TRY(fhrl_iss_view_look(&iss->view, 0.0, x, u, &p, err));
    FHRL_TRY(fhrl_iss_ledger_enter(iss, &p, NULL, 0, err));
    if (i % 256 == 0) tell(iss, (double)i / (double)q->count, q->plan->trajectories + 1.0);
  }
  iss->states = q->count;
  return FHRL_OK;
}

static fhrl_status try_profile(fhrl_iss *iss, const fhrl_iss_sample *q, double x[], double u[], fhrl_err *err)
{
  iss->profile = iss->rows;
  for (int i = 1; i <= PROFILE; i++) {
    fhrl_iss_point p;
    fhrl_iss_sample_state(q, 0, x, u); // first axis, no memory, no input
    x[iss->view.y] = q->plan->rho_max * i / PROFILE;
    FHRL_TRY(fhrl_iss_view_look(&iss->view, FHRL_NAN, x, u, &p, err));
    FHRL_TRY(fhrl_iss_ledger_enter(iss, &p, NULL, 1, err));
  }
  return FHRL_OK;
}

static fhrl_status try_orbits(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in, const fhrl_solver *solver,
  double x[], fhrl_err *err)
{
  double radius[ORBITS_MAX];
  int given, count;
  fhrl_system *run = NULL;
  FHRL_TRY(read_radii(q->plan->radii, radius, &given, err));
  count = given > 0 ? given : q->plan->trajectories;
  // where W_r = -m 1 has a threshold, one start on either side of it
  const double rho_c = iss->constants.rho_c;
  const int sides = given == 0 && count > 0 && isfinite(rho_c) ? 2 : 0;
  for (int k = 0; k < sides && count + k < ORBITS_MAX; k++) radius[count + k] = (k ? 1.01 : 0.99) * rho_c;
  const int spread = count;
  count = count + sides < ORBITS_MAX ? count + sides : ORBITS_MAX;
  iss->path = calloc((size_t)count + 1, sizeof *iss->path);
  if (iss->path == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d orbits", count);
  FHRL_TRY(fhrl_system_clone(iss->view.s, &run, err));
  fhrl_status status = FHRL_OK;
  for (int k = 0; k < count && status == FHRL_OK; k++) {
    // reentry may be unstable only far out: every fourth start lies there
    const double far = iss->view.home == FHRL_ISS_HOME_REENTRY && k % 4 == 3 ? 100.0 : 1.0;
    const int named = given > 0 || k >= spread;
    const double rho = named ? radius[k] : far * q->plan->rho_max * (k + 0.5) / spread;
    if (k > 0 || named) fhrl_iss_sample_start(q, named ? 2 * k : k, rho, x); // even: no memory
    status = fhrl_iss_orbit_run(iss, run, in, solver, q->plan->rho_limit, k > 0 || named ? x : q->base, err);
    tell(iss, k + 2.0, count + 1.0);
  }
  fhrl_system_destroy(run);
  return status;
}

fhrl_status fhrl_iss_run(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, const fhrl_iss_plan *plan,
  const double x0[], const fhrl_iss_watch *watch, fhrl_iss *out, fhrl_err *err)
{
  fhrl_iss iss = {0};
  if (watch) iss.watch = *watch;
  fhrl_iss_sample q;
  double *x = NULL, *u = NULL;
  fhrl_status status;
  if (!(plan->rho_min < plan->rho_max))
    return fhrl_fail(err, FHRL_ARG, "iss.rho_min = %g: allowed are radii below iss.rho_max = %g", plan->rho_min, plan->rho_max);
  const double looks = fmin(solver->t_end, fhrl_input_end(in)) / solver->output_every;
  if (looks > LOOKS_MAX)
    return fhrl_fail(err, FHRL_LIMIT, "solver.t_end = %g has %.3g intervals of solver.output_every = %g, more than %d: raise output_every",
      solver->t_end, looks, solver->output_every, LOOKS_MAX);
  FHRL_DO(status, fhrl_iss_view_init(&iss.view, s, err));
  x = malloc((size_t)s->n * sizeof *x);
  u = calloc((size_t)s->dims.n_u + 1, sizeof *u);
  if (x == NULL || u == NULL) {
    status = fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", s->n);
    goto done;
  }
  const double u_bar = largest_input(in, solver, s->dims.n_u, u);
  FHRL_DO(status, fhrl_iss_constants_find(&iss.view, &plan->choice, u_bar, &iss.constants, err));
  FHRL_DO(status, fhrl_iss_ledger_open(&iss, err));
  fhrl_iss_sample_init(&q, &iss.view, plan, &iss.constants, x0);
  FHRL_DO(status, try_states(&iss, &q, x, u, err));
  FHRL_DO(status, fhrl_iss_search(&iss, &q, err));
  FHRL_DO(status, try_orbits(&iss, &q, in, solver, x, err));
  FHRL_DO(status, try_profile(&iss, &q, x, u, err));
  FHRL_DO(status, fhrl_iss_judge(&iss, plan, in, u, err));
  char memory[64];
  if (iss.view.r > 0) snprintf(memory, sizeof memory, "rows of U, V up to 1");
  else snprintf(memory, sizeof memory, "|A|_F <= %g", q.A_max);
  snprintf(iss.region, sizeof iss.region, "%ld states and %ld of the search with %.3g <= rho <= %g, %s, |u| <= %g; %d orbits to t = %g", iss.states, iss.searched,
    fmin(1e-9, plan->rho_max), plan->rho_max, memory, q.u_max, iss.paths, fmin(solver->t_end, fhrl_input_end(in)));
done:
  free(x);
  free(u);
  if (status == FHRL_OK) *out = iss;
  else fhrl_iss_free(&iss);
  return status;
}

void fhrl_iss_free(fhrl_iss *iss)
{
  for (int i = 0; iss->claim && i < fhrl_iss_rules_count; i++) {
    free(iss->claim[i].witness.x);
    free(iss->claim[i].witness.u);
    free(iss->claim[i].worst.x);
    free(iss->claim[i].worst.u);
  }
  for (int i = 0; iss->path && i < iss->paths; i++) free(iss->path[i].last);
  free(iss->claim);
  free(iss->path);
  free(iss->row);
  fhrl_iss_view_free(&iss->view);
  *iss = (fhrl_iss){0};
}

const char *fhrl_iss_verdict_text(fhrl_iss_verdict verdict)
{
  static const char *const text[] = {"open", "held", "certified", "violated"};
  return text[verdict];
}

const fhrl_iss_claim *fhrl_iss_claim_of(const fhrl_iss *iss, const char *id)
{
  const int i = fhrl_iss_rules_find(id);
  return i < 0 ? NULL : &iss->claim[i];
}

// The next of "ID,ID", without blanks around it; *at moves on, to NULL after the last.
static void next_id(const char **at, char id[ID])
{
  const char *begin = *at + strspn(*at, " ");
  size_t len = strcspn(begin, ",");
  *at = begin[len] == ',' ? begin + len + 1 : NULL;
  while (len > 0 && begin[len - 1] == ' ') len--;
  snprintf(id, ID, "%.*s", (int)(len < ID ? len : ID - 1), begin);
}

static fhrl_status unknown(const char *ids, const char *id, fhrl_err *err)
{
  char list[FHRL_ERR_SIZE / 2] = "";
  for (int i = 0; i < fhrl_iss_rules_count; i++)
    snprintf(list + strlen(list), sizeof list - strlen(list), " %s", fhrl_iss_rules_table[i].id);
  return fhrl_fail(err, FHRL_ARG, "--require=%.200s: no claim '%s'; allowed:%s", ids, id, list);
}

fhrl_status fhrl_iss_require_known(const char *ids, fhrl_err *err)
{
  char id[ID];
  for (const char *at = ids; at;) {
    next_id(&at, id);
    if (fhrl_iss_rules_find(id) < 0) return unknown(ids, id, err);
  }
  return FHRL_OK;
}

fhrl_status fhrl_iss_require(const fhrl_iss *iss, const char *ids, fhrl_err *err)
{
  char id[ID], missed[FHRL_ISS_REASON] = "";
  for (const char *at = ids; at;) {
    next_id(&at, id);
    const fhrl_iss_claim *c = fhrl_iss_claim_of(iss, id);
    if (c == NULL) return unknown(ids, id, err);
    if (c->verdict == FHRL_ISS_VIOLATED || c->verdict == FHRL_ISS_OPEN)
      snprintf(missed + strlen(missed), sizeof missed - strlen(missed), "%s%s is %s", *missed ? ", " : "", id,
        fhrl_iss_verdict_text(c->verdict));
  }
  return *missed ? fhrl_fail(err, FHRL_CLAIM, "%s", missed) : FHRL_OK;
}
