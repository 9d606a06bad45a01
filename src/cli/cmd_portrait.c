// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_portrait: draws a model in the plane of two of its components
#include <stdio.h>

#include "analysis/portrait.h"
#include "analysis/portrait_save.h"
#include "cli/output.h"
#include "cli/setup.h"
#include "io/figure.h"

static void report(const fhrl_output *out, const fhrl_portrait *p)
{
  const fhrl_equilibria *e = &p->equilibria;
  fhrl_json *plane = fhrl_json_array(), *all = fhrl_json_array();
  for (int axis = 0; axis < 2; axis++) {
    fhrl_json *side = fhrl_json_object();
    fhrl_json_text(side, "component", p->name[axis]);
    fhrl_json_real(side, "low", p->low[axis], NULL);
    fhrl_json_real(side, "high", p->high[axis], NULL);
    fhrl_json_add(plane, side);
  }
  fhrl_json_put(out->result, "plane", plane);
  fhrl_json_text(out->result, "cut", p->note[0] ? p->note : NULL);
  fhrl_json_real(out->result, "rho_star", p->rho_star, "the plane does not lie in a y that homeostasis acts on");
  for (int i = 0; i < e->count; i++) {
    fhrl_json *q = fhrl_json_object();
    fhrl_json_reals(q, "state", e->item[i].x, (size_t)e->n);
    fhrl_json_text(q, "kind", fhrl_equilibrium_text(e->item[i].kind));
    fhrl_json_bool(q, "stable", e->item[i].stable);
    fhrl_json_bool(q, "isolated", e->item[i].isolated);
    fhrl_json_add(all, q);
  }
  fhrl_json_put(out->result, "equilibria", all);
}

static void say(const fhrl_output *out, const fhrl_portrait *p)
{
  const fhrl_equilibria *e = &p->equilibria;
  fhrl_output_say(out, "plane        %s in [%.4g, %.4g], %s in [%.4g, %.4g]\n", p->name[0], p->low[0], p->high[0], p->name[1],
    p->low[1], p->high[1]);
  if (p->note[0]) fhrl_output_say(out, "cut          %s\n", p->note);
  if (e->starts == 0) fhrl_output_say(out, "equilibria   not sought: more than %d states, or no Jacobian\n",
      FHRL_PORTRAIT_NEWTON_STATES);
  else fhrl_output_say(out, "equilibria   %d found from %d starts%s\n", e->count, e->starts,
    e->more ? ", and more: probably a continuum" : "");
  for (int i = 0; i < e->count && !e->more; i++)
    fhrl_output_say(out, "  %-16s %s = % .6g, %s = % .6g\n", fhrl_equilibrium_text(e->item[i].kind), p->name[0],
      e->item[i].x[p->component[0]], p->name[1], e->item[i].x[p->component[1]]);
}

// The figure is drawn by the script in the folder, so that what lies there draws what is seen.
static void draw(const fhrl_output *out)
{
  static const char *const endings[] = {"portrait.svg", "portrait.png"};
  char script[FHRL_PATH_SIZE], absolute[FHRL_PATH_SIZE], figure[FHRL_PATH_SIZE];
  fhrl_err err = {FHRL_OK, ""};
  fhrl_status status = fhrl_output_path(out, "portrait.gp", script, &err);
  if (status == FHRL_OK) status = fhrl_file_absolute(script, absolute, &err);
  for (int i = 0; i < 2 && status == FHRL_OK; i++) {
    status = fhrl_output_path(out, endings[i], figure, &err);
    if (status == FHRL_OK) status = fhrl_figure_draw(absolute, figure, NULL, 0, &err);
  }
  if (status == FHRL_OK) fhrl_output_say(out, "figure       %s/portrait.svg (and .png, .gp, .tsv)\n", out->folder);
  else fprintf(stderr, "fhrl portrait: the figure was not drawn: %s\n", err.msg);
}

fhrl_status fhrl_cmd_portrait(const fhrl_run *run, fhrl_err *err)
{
  const fhrl_section extra[] = {{"portrait", fhrl_portrait_fields, fhrl_portrait_field_count},
    {"equilibria", fhrl_equilibrium_fields, fhrl_equilibrium_field_count}};
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_portrait p = {0};
  fhrl_portrait_plan plan;
  char folder[256], path[FHRL_PATH_SIZE];
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_setup_open(&s, run, extra, FHRL_COUNT(extra), err));
  fhrl_portrait_options(&s.config, &plan);
  snprintf(folder, sizeof folder, "portrait-%s", s.model->name);
  FHRL_DO(status, fhrl_output_open(&out, run, folder, "portrait.json", &s.config, s.seed, err));
  FHRL_DO(status, fhrl_portrait_make(s.system, &s.input, &s.solver, &plan, s.x0, &p, err));
  report(&out, &p);
  say(&out, &p);
  FHRL_DO(status, fhrl_output_path(&out, "portrait.tsv", path, err));
  FHRL_DO(status, fhrl_portrait_save_table(&p, path, err));
  FHRL_DO(status, fhrl_output_path(&out, "portrait.gp", path, err));
  FHRL_DO(status, fhrl_portrait_save_script(&p, path, err));
  draw(&out);
  status = fhrl_output_finish(&out, err);
done:
  fhrl_portrait_free(&p);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
