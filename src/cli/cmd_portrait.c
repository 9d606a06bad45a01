// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_portrait: draws a model in a plane: two states, a slice, principal components, norms
#include <stdio.h>

#include "analysis/portrait.h"
#include "analysis/portrait_save.h"
#include "analysis/portrait_window.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/preview.h"
#include "cli/setup.h"

static void report_plane(const fhrl_output *out, const fhrl_portrait *p)
{
  static const char *const kind[] = {"states", "slice", "pca", "norms", "radial"};
  fhrl_json *plane = fhrl_json_array();
  for (int axis = 0; axis < 2; axis++) {
    fhrl_json *side = fhrl_json_object();
    fhrl_json_text(side, "component", p->name[axis]);
    fhrl_json_real(side, "low", p->low[axis], NULL);
    fhrl_json_real(side, "high", p->high[axis], NULL);
    if (p->kind == FHRL_PORTRAIT_PCA) fhrl_json_real(side, "share", p->share[axis], NULL);
    fhrl_json_add(plane, side);
  }
  fhrl_json_text(out->result, "kind", kind[p->kind]);
  fhrl_json_put(out->result, "plane", plane);
  fhrl_json_text(out->result, "shows", p->note[0] ? p->note : NULL);
  fhrl_json_text(out->result, "cut", p->held[0] ? p->held : NULL);
}

static void report(const fhrl_output *out, const fhrl_portrait *p)
{
  static const char unseen[] = "the plane shows no y that homeostasis acts on, or there is no such number";
  const fhrl_equilibria *e = &p->equilibria;
  fhrl_json *all = fhrl_json_array(), *manifolds = fhrl_json_object();
  report_plane(out, p);
  fhrl_json_real(out->result, "rho_star", p->rho_star, unseen);
  fhrl_json_real(out->result, "rho_bound", p->bound, unseen);
  fhrl_json_text(out->result, "levels_of", p->level[0] ? p->level : NULL);
  fhrl_json_bool(out->result, "levels_kept", p->level_kept);
  fhrl_json_int(manifolds, "curves", p->curves);
  fhrl_json_int(manifolds, "surfaces", p->surfaces);
  fhrl_json_put(out->result, "manifolds", manifolds);
  for (int i = 0; i < e->count; i++) {
    fhrl_json *q = fhrl_json_object();
    fhrl_json_reals(q, "state", e->item[i].x, (size_t)e->n);
    fhrl_json_text(q, "kind", fhrl_equilibrium_text(e->item[i].kind));
    fhrl_json_bool(q, "stable", e->item[i].stable);
    fhrl_json_bool(q, "isolated", e->item[i].isolated);
    fhrl_json_int(q, "dimension", e->item[i].dimension);
    fhrl_json_add(all, q);
  }
  fhrl_json_put(out->result, "equilibria", all);
}

// Where each equilibrium is seen is in the layer that draws it, which leaves out those of a continuum.
static void say_equilibria(const fhrl_output *out, const fhrl_portrait *p)
{
  const fhrl_equilibria *e = &p->equilibria;
  const fhrl_portrait_rows *rests = &p->layer[FHRL_PORTRAIT_RESTS];
  if (e->starts == 0) {
    fhrl_output_say(out, "equilibria   not sought: more than %d states, or no Jacobian\n", FHRL_PORTRAIT_NEWTON_STATES);
    return;
  }
  int apart = 1; // all of them
  for (int i = 0; i < e->count; i++) apart &= e->item[i].isolated;
  fhrl_output_say(out, "equilibria   %d found from %d starts%s%s\n", e->count, e->starts,
    e->more ? ", and more than equilibria.limit" : "", e->more && apart ? ", each by itself: perhaps without end" : "");
  for (int i = 0, row = 0; i < e->count && !e->more; i++) {
    if (e->item[i].dimension > 0)
      fhrl_output_say(out, "  %-16s of %d dimension%s, %s across it\n", "continuum", e->item[i].dimension,
        e->item[i].dimension == 1 ? "" : "s", e->item[i].attracts ? "stable" : "not stable");
    if (!e->item[i].isolated) continue;
    const double *at = rests->value + (size_t)row++ * FHRL_PORTRAIT_COLUMNS;
    const int mixed = at[4] == 2.0 && e->item[i].kind != FHRL_EQUILIBRIUM_SADDLE; // something turns there without growing
    fhrl_output_say(out, "  %-16s %s = % .6g, %s = % .6g\n",
      mixed ? "saddle-centre" : fhrl_equilibrium_text(e->item[i].kind), p->name[0], at[0], p->name[1], at[1]);
  }
}

static void say(const fhrl_output *out, const fhrl_portrait *p)
{
  const int across = fhrl_portrait_window_digits(p, 0), up = fhrl_portrait_window_digits(p, 1);
  fhrl_output_say(out, "plane        %s in [%.*g, %.*g], %s in [%.*g, %.*g]\n", p->name[0], across, p->low[0], across, p->high[0],
    p->name[1], up, p->low[1], up, p->high[1]);
  if (p->note[0]) fhrl_output_say(out, "shows        %s\n", p->note);
  if (p->held[0]) fhrl_output_say(out, "cut          %s\n", p->held);
  if (p->kind == FHRL_PORTRAIT_PCA)
    fhrl_output_say(out, "variance     %.3g %% and %.3g %%\n", 100.0 * p->share[0], 100.0 * p->share[1]);
  say_equilibria(out, p);
  if (p->curves + p->surfaces > 0)
    fhrl_output_say(out, "manifolds    %d drawn%s\n", p->curves,
      p->surfaces > 0 ? "; others of saddles have more than one dimension: plane = slice draws two states alone" : "");
  if (p->level[0]) fhrl_output_say(out, "level sets   of %s%s\n", p->level, p->level_kept ? ", which the flow keeps" : "");
}

static fhrl_status save(const fhrl_portrait *p, const char *folder, char script[FHRL_PATH_SIZE], fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(folder, "portrait.tsv", path, err));
  FHRL_TRY(fhrl_portrait_save_table(p, path, err));
  FHRL_TRY(fhrl_file_join(folder, "portrait.gp", path, err));
  FHRL_TRY(fhrl_portrait_save_script(p, path, err));
  return fhrl_file_absolute(path, script, err);
}

// A preview alone leaves no files: what it is drawn from lies in a folder of its own for the while.
static fhrl_status preview(const fhrl_portrait *p, const char *script, const char *folder, fhrl_err *err)
{
  static const char *const names[] = {"portrait.tsv", "portrait.gp", NULL};
  char passing[FHRL_PATH_SIZE], path[FHRL_PATH_SIZE];
  if (*folder) return fhrl_preview_show(script, folder, err);
  FHRL_TRY(fhrl_preview_folder(passing, err));
  fhrl_status status = save(p, passing, path, err);
  if (status == FHRL_OK) status = fhrl_preview_show(path, passing, err);
  fhrl_preview_remove(passing, names);
  return status;
}

fhrl_status fhrl_cmd_portrait(const fhrl_run *run, fhrl_err *err)
{
  const fhrl_section extra[] = {{"portrait", fhrl_portrait_fields, fhrl_portrait_field_count},
    {"equilibria", fhrl_equilibrium_fields, fhrl_equilibrium_field_count}};
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_portrait p = {0};
  fhrl_portrait_plan plan;
  char folder[256], script[FHRL_PATH_SIZE] = "";
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_setup_open(&s, run, extra, FHRL_COUNT(extra), err));
  fhrl_portrait_options(&s.config, s.system->n, &plan);
  plan.stop = fhrl_signals_flag();
  snprintf(folder, sizeof folder, "portrait-%s", s.model->name);
  FHRL_DO(status, fhrl_output_open(&out, run, run->preview ? NULL : folder, "portrait.json", &s.config, s.seed, err));
  FHRL_DO(status, fhrl_portrait_make(s.system, &s.input, &s.solver, &plan, s.x0, &p, err));
  report(&out, &p);
  if (fhrl_output_has_folder(&out)) FHRL_DO(status, save(&p, out.folder, script, err));
  if (run->preview) FHRL_DO(status, preview(&p, script, out.folder, err));
  say(&out, &p);
  if (fhrl_output_has_folder(&out)) fhrl_output_draw_own(&out, "portrait"); // so that what lies there draws what is seen
  status = fhrl_output_finish(&out, err);
done:
  fhrl_portrait_free(&p);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
