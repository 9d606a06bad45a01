// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_equilibria: every rest state that can be found, what kind it is, and where maps lose it
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/equilibria.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/setup.h"

enum { SHOWN = 4, LISTED = 30 }; // in the summary: components of a state, equilibria

static void show(void *context, double done, double total)
{
  fhrl_progress *p = context;
  p->total = total;
  fhrl_progress_update(p, done, NULL);
}

static void say_limit(const fhrl_output *out, const char *name, const fhrl_step_limit *limit)
{
  if (limit->bifurcation == NULL) return;
  fhrl_output_say(out, "      %s h_c = %.9g, %s; iterated at 0.98 and 1.02 h_c: ", name, limit->h_c, limit->bifurcation);
  if (limit->unchecked) fhrl_output_say(out, "not checked, %s\n", limit->unchecked);
  else fhrl_output_say(out, "%s\n", limit->agrees ? "kept and lost, as said" : "NOT as said");
}

static void say_proof(const fhrl_output *out, const fhrl_equilibria_report *r)
{
  const fhrl_prove *p = &r->proof;
  fhrl_output_say(out, "box         ");
  for (int i = 0; i < r->field.n; i++)
    fhrl_output_say(out, "%s [%.6g, %.6g]", i ? " x" : "", r->plan.low[i], r->plan.high[i]);
  fhrl_output_say(out, "%s%s\n", r->field.eliminated ? ", with " : "", r->field.eliminated ? r->field.eliminated : "");
  if (p->complete) fhrl_output_say(out, "proved       exactly %d equilibri%s in the box, by %ld boxes in ball arithmetic\n",
      p->inside, p->inside == 1 ? "um" : "a", p->boxes);
  else fhrl_output_say(out, "not proved   at least %d equilibri%s in the box: %s (%ld of %ld boxes undecided)\n", p->inside,
      p->inside == 1 ? "um" : "a", p->reason, p->undecided, p->boxes);
  if (r->missed) fhrl_output_say(out, "             %d of them only the proof came upon: see `proof` of the result\n", r->missed);
  if (r->field.kink) fhrl_output_say(out, "             %s\n", r->field.kink);
}

static void say(const fhrl_output *out, const fhrl_equilibria_report *r, const fhrl_system *s)
{
  const fhrl_equilibria *e = &r->found;
  fhrl_output_say(out, "equilibria   %d found from %d starts, %d of them by deflation%s%s\n", e->count, e->starts, e->deflated,
    e->more ? ", and more than equilibria.limit" : "", e->interrupted ? "; interrupted" : "");
  if (e->phases > 0) fhrl_output_say(out, "phases       %d component%s count%s modulo 2 pi\n", e->phases, e->phases == 1 ? "" : "s",
      e->phases == 1 ? "s" : "");
  for (int i = 0; i < e->count && i < LISTED; i++) {
    const fhrl_equilibrium *q = &e->item[i];
    fhrl_output_say(out, "%4d  %-16s", i, fhrl_equilibrium_text(q->kind));
    for (int k = 0; k < s->n && k < SHOWN; k++) {
      char name[64];
      fhrl_system_component(s, k, name, sizeof name);
      fhrl_output_say(out, "%s %s = % .9g", k ? "," : "", name, q->x[k]);
    }
    fhrl_output_say(out, "%s\n      residual %.2g, condition %.3g, eigenvalue % .6g%+.6gi%s\n", s->n > SHOWN ? ", ..." : "",
      q->residual, q->condition, q->re[0], q->im[0], q->eigenvalues < s->n ? " (of those computed)" : "");
    if (q->dimension > 0)
      fhrl_output_say(out, "      one of a continuum of %d dimension%s, %s across it; %d starts ended there\n", q->dimension,
        q->dimension == 1 ? "" : "s", q->attracts ? "stable" : "not stable", q->reached);
    else if (!q->isolated)
      fhrl_output_say(out, "      its Jacobian is singular: perhaps one of a continuum\n");
    say_limit(out, "simultaneous", &r->simultaneous[i]);
    if (r->sequential) say_limit(out, "sequential  ", &r->sequential[i]);
  }
  if (e->count > LISTED) fhrl_output_say(out, "      and %d more, in equilibria.json and .tsv of -o\n", e->count - LISTED);
  if (r->sought) say_proof(out, r);
}

fhrl_status fhrl_cmd_equilibria(const fhrl_run *run, fhrl_err *err)
{
  const fhrl_section extra[] = {{"equilibria", fhrl_equilibrium_fields, fhrl_equilibrium_field_count},
    {"proof", fhrl_prove_fields, fhrl_prove_field_count}};
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_equilibria_report r = {0};
  fhrl_equilibrium_plan plan;
  fhrl_progress progress;
  double *u = NULL;
  char path[FHRL_PATH_SIZE];
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_setup_open(&s, run, extra, FHRL_COUNT(extra), err));
  fhrl_equilibrium_options(&s.config, &plan);
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, "equilibria.json", &s.config, s.seed, err));
  u = calloc((size_t)s.system->dims.n_u + 1, sizeof *u);
  if (u == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d inputs", s.system->dims.n_u));
  fhrl_input_at(&s.input, 0.0, u);
  fhrl_progress_begin(&progress, fhrl_output_progress(&out), "equilibria", plan.starts + 2.0, "starts");
  const fhrl_equilibrium_watch watch = {.progress = show, .context = &progress, .stop = fhrl_signals_flag()};
  status = fhrl_equilibria_run(s.system, 0.0, u, &plan, &s.config, s.x0, &watch, &r, err);
  fhrl_progress_end(&progress);
  if (status != FHRL_OK) goto done;
  fhrl_equilibria_json(&r, s.system, out.result);
  say(&out, &r, s.system);
  if (fhrl_output_has_folder(&out)) {
    FHRL_DO(status, fhrl_output_path(&out, "equilibria.tsv", path, err));
    FHRL_DO(status, fhrl_equilibria_table(&r, s.system, path, err));
  }
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (*fhrl_signals_flag())
    status = fhrl_fail(err, FHRL_INTERRUPT, "interrupted after %d starts; what was found is %s", r.found.starts,
      fhrl_output_has_folder(&out) ? "saved" : "above");
done:
  fhrl_equilibria_free(&r);
  free(u);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
