// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_continue: follows equilibria along a parameter, locates what happens to them, and takes up the branches that cross
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/continuation_files.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/setup.h"

static void show(void *context, double points, double parameter)
{
  char note[64];
  snprintf(note, sizeof note, "at %.6g", parameter);
  fhrl_progress_update(context, points, note);
}

static void say(const fhrl_output *out, const fhrl_continuation *c)
{
  if (c->sought > 0)
    fhrl_output_say(out, "start        x0 leads to no equilibrium: from the nearest of %d that other starts lead to (--x0 chooses another)\n", c->sought);
  for (int k = 0; k < c->branches; k++) {
    const fhrl_continuation_branch *b = &c->branch[k];
    fhrl_output_say(out, "branch %d     %d points, from %s = %.6g to %.6g", k, b->count, c->parameter, b->point[0].parameter,
      b->point[b->count - 1].parameter);
    if (b->parent) fhrl_output_say(out, ", through label %d", b->parent);
    fhrl_output_say(out, "\n");
    for (int i = 0; i < b->count; i++) {
      const fhrl_continuation_point *p = &b->point[i];
      if (p->label == 0) continue;
      fhrl_output_say(out, "%5d  %-15s %s = % .12g", p->label, fhrl_continuation_text(p->kind), c->parameter, p->parameter);
      if (p->again) fhrl_output_say(out, ", the same as label %d", p->again);
      else if (p->kind == FHRL_CONTINUATION_HOPF) fhrl_output_say(out, ", frequency %.9g", p->im);
      fhrl_output_say(out, "%s%s\n", p->why ? ": " : "", p->why ? p->why : "");
    }
  }
  if (c->more) fhrl_output_say(out, "not followed %d other branch%s: continue.branches, continue.switch, or more directions than one\n",
      c->more, c->more == 1 ? "" : "es");
}

static fhrl_status save(const fhrl_output *out, const fhrl_continuation *c, const fhrl_system *s, int shown, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], name[64] = "|x|", range[2][40];
  if (shown >= 0) fhrl_system_component(s, shown, name, sizeof name);
  FHRL_TRY(fhrl_output_path(out, "branch.tsv", path, err));
  FHRL_TRY(fhrl_continuation_files_table(c, s, shown, path, err));
  snprintf(range[0], sizeof range[0], "%.17g", c->low);
  snprintf(range[1], sizeof range[1], "%.17g", c->high);
  const int index = fhrl_system_param(s->model, c->parameter);
  const char *const args[] = {"branch.tsv", c->parameter, s->model->param[index].unit, name, range[0], range[1],
    s->model->name};
  fhrl_output_draw(out, "branch", args, FHRL_COUNT(args));
  return FHRL_OK;
}

// The start: a labelled point, else x0 at the model's own value of the parameter.
static fhrl_status begin(const fhrl_setup *s, const fhrl_continuation_plan *plan, fhrl_continuation_start *start,
  double **block, fhrl_err *err)
{
  const char *from = fhrl_config_text(&s->config, "continue.from");
  const int index = fhrl_system_param(s->model, plan->parameter);
  *start = (fhrl_continuation_start){.x = s->x0, .parameter = (double)NAN};
  if (*from)
    FHRL_TRY(fhrl_continuation_files_start(from, s->system, plan->parameter, plan->high - plan->low, start, block, err));
  if (isnan(start->parameter)) start->parameter = index < 0 ? plan->low : s->system->p[index]; // no such one: refused by run
  return FHRL_OK;
}

fhrl_status fhrl_cmd_continue(const fhrl_run *run, fhrl_err *err)
{
  const fhrl_section extra = {"continue", fhrl_continuation_fields, fhrl_continuation_field_count};
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_continuation c = {0};
  fhrl_continuation_plan plan;
  fhrl_continuation_start start;
  fhrl_progress progress;
  double *u = NULL, *block = NULL;
  int shown = 0;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_setup_open(&s, run, &extra, 1, err));
  FHRL_DO(status, fhrl_continuation_options(&s.config, &plan, err));
  FHRL_DO(status, fhrl_continuation_files_shown(s.system, fhrl_config_text(&s.config, "continue.show"), &shown, err));
  FHRL_DO(status, begin(&s, &plan, &start, &block, err));
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, "branch.json", &s.config, s.seed, err));
  u = calloc((size_t)s.system->dims.n_u + 1, sizeof *u);
  if (u == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d inputs", s.system->dims.n_u));
  fhrl_input_at(&s.input, 0.0, u);
  fhrl_progress_begin(&progress, fhrl_output_progress(&out), "continue", 0.0, "points");
  const fhrl_continuation_watch watch = {.progress = show, .context = &progress, .stop = fhrl_signals_flag()};
  status = fhrl_continuation_run(s.system, 0.0, u, &plan, &start, &watch, &c, err);
  fhrl_progress_end(&progress);
  if (status != FHRL_OK) goto done;
  fhrl_continuation_files_json(&c, s.system, out.result);
  say(&out, &c);
  if (fhrl_output_has_folder(&out)) FHRL_DO(status, save(&out, &c, s.system, shown, err));
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (c.interrupted)
    status = fhrl_fail(err, FHRL_INTERRUPT, "interrupted; what was followed until then is %s, and --from takes it up again",
      fhrl_output_has_folder(&out) ? "saved" : "above");
done:
  fhrl_continuation_free(&c);
  free(u);
  free(block);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
