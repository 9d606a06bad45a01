// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce_page: report.html: verdicts, figures beside the paper's values, controls; one file that needs no other
#include "analysis/reproduce_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "analysis/reproduce_style.h"
#include "io/html.h"

enum { FIGURE_LIMIT = 32 << 20 };

typedef struct page {
  fhrl_html h;
  const fhrl_reproduce *r;
  const fhrl_claims_result *result;
  fhrl_claims_study study;
  double gamma[FHRL_CLAIMS_GAMMAS]; // of the paper's range
  int gammas;
  double top;
} page;

// ---- numbers and tables

static void number(char out[64], fhrl_claims_mean m)
{
  if (isnan(m.value)) snprintf(out, 64, "–");
  else if (isnan(m.error)) snprintf(out, 64, "%.4g", m.value);
  else snprintf(out, 64, "%.4g ± %.2g", m.value, m.error);
}

static void begin_table(page *p, const char *id, const char *caption, const char *const heads[], int n)
{
  char label[96];
  snprintf(label, sizeof label, "%s-caption", id);
  fhrl_html_open(&p->h, "div", "class", "wide", "role", "region", "tabindex", "0", "aria-labelledby", label, NULL);
  fhrl_html_open(&p->h, "table", "id", id, NULL);
  fhrl_html_open(&p->h, "caption", "id", label, NULL);
  fhrl_html_text(&p->h, "%s", caption);
  fhrl_html_close(&p->h, "caption");
  fhrl_html_open(&p->h, "thead", NULL);
  fhrl_html_open(&p->h, "tr", NULL);
  for (int i = 0; i < n; i++) {
    fhrl_html_open(&p->h, "th", "scope", "col", NULL);
    fhrl_html_text(&p->h, "%s", heads[i]);
    fhrl_html_close(&p->h, "th");
  }
  fhrl_html_close(&p->h, "tr");
  fhrl_html_close(&p->h, "thead");
  fhrl_html_open(&p->h, "tbody", NULL);
}

static void end_table(page *p)
{
  fhrl_html_close(&p->h, "tbody");
  fhrl_html_close(&p->h, "table");
  fhrl_html_close(&p->h, "div");
}

static void begin_row(page *p, const char *head)
{
  fhrl_html_open(&p->h, "tr", NULL);
  fhrl_html_open(&p->h, "th", "scope", "row", NULL);
  fhrl_html_text(&p->h, "%s", head);
  fhrl_html_close(&p->h, "th");
}

static void cell(page *p, const char *text) { fhrl_html_element(&p->h, "td", "%s", text); }

static void cell_mean(page *p, fhrl_claims_mean m)
{
  char text[64], value[40];
  number(text, m);
  snprintf(value, sizeof value, "%.17g", m.value);
  fhrl_html_open(&p->h, "td", "class", "number", "data-value", isnan(m.value) ? NULL : value, NULL);
  fhrl_html_text(&p->h, "%s", text);
  fhrl_html_close(&p->h, "td");
}

static void begin_section(page *p, const char *id, const char *title)
{
  fhrl_html_open(&p->h, "section", "id", id, NULL);
  fhrl_html_element(&p->h, "h2", "%s", title);
}

// ---- verdicts

static const char *verdict_class(fhrl_claims_verdict v)
{
  static const char *const name[] = {"undecided", "yes", "no", "artefact", "ill"};
  return name[v];
}

static void verdict(page *p, fhrl_claims_verdict v)
{
  static const char *const mark[] = {"?", "✓", "✗", "≈", "∅"};
  fhrl_html_open(&p->h, "span", "class", verdict_class(v), NULL);
  fhrl_html_open(&p->h, "span", "aria-hidden", "true", NULL);
  fhrl_html_text(&p->h, "%s ", mark[v]);
  fhrl_html_close(&p->h, "span");
  fhrl_html_text(&p->h, "%s", fhrl_claims_word(v));
  fhrl_html_close(&p->h, "span");
}

static void put_lead(page *p)
{
  int count[5] = {0}, all = 0;
  for (int i = 0; fhrl_claims_table[i].id; i++, all++) count[p->result[i].verdict]++;
  fhrl_html_open(&p->h, "p", "class", "lead", NULL);
  fhrl_html_text(&p->h, "Of %d claims of the paper about its experiments, our own runs reproduce %d, do not reproduce %d, show %d to be artefacts and "
                        "%d to be ill-defined; %d stay undecided.",
    all, count[FHRL_CLAIMS_REPRODUCED], count[FHRL_CLAIMS_NOT_REPRODUCED], count[FHRL_CLAIMS_ARTEFACT], count[FHRL_CLAIMS_ILL_DEFINED],
    count[FHRL_CLAIMS_UNDECIDED]);
  fhrl_html_close(&p->h, "p");
  if (p->r->failed > 0)
    fhrl_html_element(&p->h, "p", "%d of %d networks came to no number, because their training diverged; means leave them out: see below how it "
      "was made.", p->r->failed, p->r->done);
  const int seeds = p->r->plan.item[0].seeds;
  if (seeds < 3)
    fhrl_html_element(&p->h, "p", "With %d seed%s hardly anything can be decided; the full study has 5 (fhrl reproduce without --quick).", seeds,
      seeds == 1 ? "" : "s");
}

static void put_verdicts(page *p)
{
  static const char *const heads[] = {"Claim", "What the paper says", "Verdict"};
  begin_section(p, "verdicts", "Verdicts");
  begin_table(p, "verdict-table", "Claims and verdicts; each links to its numbers", heads, 3);
  for (int i = 0; fhrl_claims_table[i].id; i++) {
    const fhrl_claims_claim *c = &fhrl_claims_table[i];
    char link[64];
    snprintf(link, sizeof link, "#claim-%s", c->id);
    fhrl_html_open(&p->h, "tr", NULL);
    fhrl_html_open(&p->h, "th", "scope", "row", NULL);
    fhrl_html_open(&p->h, "a", "href", link, NULL);
    fhrl_html_text(&p->h, "%s", c->id);
    fhrl_html_close(&p->h, "a");
    fhrl_html_close(&p->h, "th");
    cell(p, c->says);
    fhrl_html_open(&p->h, "td", NULL);
    verdict(p, p->result[i].verdict);
    fhrl_html_close(&p->h, "td");
    fhrl_html_close(&p->h, "tr");
  }
  end_table(p);
  fhrl_html_close(&p->h, "section");
}

static void put_claim(page *p, const fhrl_claims_claim *c, const fhrl_claims_result *result)
{
  static const char *const heads[] = {"Quantity", "Unit", "Mean ± s.e.", "95 % interval", "n"};
  char id[64], caption[96], text[80];
  snprintf(id, sizeof id, "claim-%s", c->id);
  fhrl_html_open(&p->h, "section", "id", id, NULL);
  fhrl_html_element(&p->h, "h3", "%s", c->id);
  fhrl_html_element(&p->h, "p", "The paper: %s", c->says);
  fhrl_html_open(&p->h, "p", NULL);
  verdict(p, result->verdict);
  fhrl_html_text(&p->h, ": %s", result->reason);
  fhrl_html_close(&p->h, "p");
  fhrl_html_element(&p->h, "p", "Measured: %s", c->measured);
  fhrl_html_element(&p->h, "p", "Rule: %s", c->rule);
  if (result->count > 0) {
    snprintf(id, sizeof id, "numbers-%s", c->id);
    snprintf(caption, sizeof caption, "Measured for %s", c->id);
    begin_table(p, id, caption, heads, 5);
    for (int i = 0; i < result->count; i++) {
      const fhrl_claims_measured *m = &result->measured[i];
      begin_row(p, m->name);
      cell(p, m->unit);
      cell_mean(p, m->mean);
      if (isnan(m->mean.low)) snprintf(text, sizeof text, "–");
      else snprintf(text, sizeof text, "%.4g … %.4g", m->mean.low, m->mean.high);
      cell(p, text);
      fhrl_html_element(&p->h, "td", "%d", m->mean.n);
      fhrl_html_close(&p->h, "tr");
    }
    end_table(p);
  }
  fhrl_html_close(&p->h, "section");
}

static void put_claims(page *p)
{
  begin_section(p, "claims", "The claims one by one");
  fhrl_html_element(&p->h, "p", "Networks of one seed share initial weights and batches: quantities are taken seed by seed and then averaged. "
    "A limit is passed if the 95 %% interval of that mean (Student) lies beyond it; where it does not, or where one seed gives no "
    "interval, the verdict is undecided. rdp-225, wr-align and band judge as their rules say. What goes over gammas is taken from "
    "the seeds that have all of them. Only band corrects its intervals for their number.");
  for (int i = 0; fhrl_claims_table[i].id; i++) put_claim(p, &fhrl_claims_table[i], &p->result[i]);
  fhrl_html_close(&p->h, "section");
}

// ---- figures

enum { AT, LARGEST, SMALLEST, FROM_TO }; // a number at gamma; the gamma where it is largest or smallest; its range
typedef struct stated {
  const char *figure, *what, *paper;
  int kind;
  double gamma; // negative: the largest of the range
  int number;
} stated;
static const stated paper[] = {
  {"fig2", "final loss over gammas [nat/byte]", "0.038 to 0.056", FROM_TO, 0.0, FHRL_CLAIMS_LOSS},
  {"fig2", "gamma of the lowest loss", "0.25 (0.0388)", SMALLEST, 0.0, FHRL_CLAIMS_LOSS},
  {"fig3", "IRR at gamma = 0", "0", AT, 0.0, FHRL_CLAIMS_IRR},
  {"fig3", "IRR at the largest gamma, over x_pre, random bytes", "0.28 at 0.3", AT, -1.0, FHRL_CLAIMS_IRR},
  {"fig3", "the same over attention's output, corpus bytes", "0.28 at 0.3", AT, -1.0, FHRL_CLAIMS_C_IRR_ATTENTION},
  {"fig3", "IRR of W_r at 0.05, over x_pre, random bytes", "1.17", AT, 0.05, FHRL_CLAIMS_IRR_WR},
  {"fig3", "the same over attention's output, corpus bytes", "1.17", AT, 0.05, FHRL_CLAIMS_C_IRR_WR_ATTENTION},
  {"fig3", "IRR of W_r at the largest gamma, over x_pre, random bytes", "0.95 at 0.3", AT, -1.0, FHRL_CLAIMS_IRR_WR},
  {"fig3", "the same over attention's output, corpus bytes", "0.95 at 0.3", AT, -1.0, FHRL_CLAIMS_C_IRR_WR_ATTENTION},
  {"fig3", "ESRI over gammas", "about 1e-3", FROM_TO, 0.0, FHRL_CLAIMS_ESRI_OUT},
  {"fig4", "dominant frequency over gammas [1/probe]", "0.225, fluctuating by 1e-4", FROM_TO, 0.0, FHRL_CLAIMS_RDP},
  {"fig4", "its centroid over gammas [1/probe]", "not given", FROM_TO, 0.0, FHRL_CLAIMS_CENTROID},
  {"fig4", "the centroid in random order [1/probe]", "not given", FROM_TO, 0.0, FHRL_CLAIMS_CENTROID_NULL},
  {"fig5", "norm of W_r at gamma = 0", "not given; maps look alike", AT, 0.0, FHRL_CLAIMS_NORM},
  {"fig5", "norm of W_r at the largest gamma", "not given; maps look alike", AT, -1.0, FHRL_CLAIMS_NORM},
  {"fig6", "gamma of the largest norm", "0.05 to 0.10", LARGEST, 0.0, FHRL_CLAIMS_NORM},
  {"fig6", "gamma of the largest anisotropy", "0.03 to 0.06", LARGEST, 0.0, FHRL_CLAIMS_ANISOTROPY},
  {"fig6", "top-k alignment over gammas", "about 0", FROM_TO, 0.0, FHRL_CLAIMS_ALIGN},
  {"figS1", "gamma of the lowest loss", "0.2 to 1", SMALLEST, HUGE_VAL, FHRL_CLAIMS_LOSS},
  {"figS1", "norm of W_r at gamma = 5", "near its start", AT, 5.0, FHRL_CLAIMS_NORM},
  {"figS2", "ESRI at gamma = 5", "collapsed", AT, 5.0, FHRL_CLAIMS_ESRI_OUT},
  {"figS2", "IRR at gamma = 5", "still rising", AT, 5.0, FHRL_CLAIMS_IRR},
  {"figS2", "IRR of W_r at gamma = 5", "falling beyond 1", AT, 5.0, FHRL_CLAIMS_IRR_WR},
};

static void ours(const page *p, const stated *s, char out[160])
{
  double gamma[FHRL_CLAIMS_GAMMAS], low = HUGE_VAL, high = -HUGE_VAL, at_low = FHRL_NAN, at_high = FHRL_NAN;
  if (s->kind == AT) {
    char text[64];
    number(text, fhrl_claims_mean_at(&p->study, FHRL_CLAIMS_GAMMA, s->gamma < 0.0 ? p->top : s->gamma, s->number));
    if (s->gamma < 0.0) snprintf(out, 160, "%s at %g", text, p->top);
    else snprintf(out, 160, "%s", text);
    return;
  }
  const int n = fhrl_claims_gammas(&p->study, s->gamma > p->top ? s->gamma : p->top, gamma);
  for (int i = 0; i < n; i++) {
    const double x = fhrl_claims_mean_at(&p->study, FHRL_CLAIMS_GAMMA, gamma[i], s->number).value;
    if (x < low) at_low = gamma[i];
    if (x > high) at_high = gamma[i];
    low = fmin(low, x);
    high = fmax(high, x);
  }
  if (isnan(at_low) || isnan(at_high)) snprintf(out, 160, "–");
  else if (s->kind == FROM_TO) snprintf(out, 160, "%.4g to %.4g", low, high);
  else if (s->kind == LARGEST) snprintf(out, 160, "%g (%.4g)", at_high, high);
  else snprintf(out, 160, "%g (%.4g)", at_low, low);
}

static const char *const figure[][4] = {
  {"fig2", "Figure 2: training", "Training loss against step, one line for each gamma, all close together.",
    "Loss of the last 20 steps, mean over seeds; the band is where the paper's losses end."},
  {"fig3", "Figure 3: reentry and spectral stability", "Four panels against gamma: IRR, IRR without gamma, and ESRI.",
    "Means over seeds with standard errors, of both denominators; open diamonds: what the paper states."},
  {"fig4", "Figure 4: drift", "Dominant drift frequency and its centroid against gamma, with the range that chance gives.",
    "Each dot is a run. Grey: what the same vectors give in random order (95 %); dashed: the paper's 0.225."},
  {"fig5", "Figure 5: W_r", "Maps of the entries of the reentry matrix at up to four gammas.",
    "Layer 0, first seed, on one scale."},
  {"fig6", "Figure 6: size, alignment and anisotropy of W_r", "Norm, alignment and anisotropy of the reentry matrix against gamma.",
    "Means over seeds with standard errors; of the alignment also what random matrices give."},
  {"figS1", "Figure S1: loss, IRR and gamma", "Final loss against IRR, a point for each gamma up to the largest.",
    "The paper shows a surface; its points lie on a curve, since IRR follows from gamma."},
  {"figS2", "Figure S2: up to large gamma", "IRR, IRR without gamma and ESRI against gamma on a logarithmic scale.",
    "Means over seeds with standard errors; gamma = 0 is left out."},
};

static fhrl_status put_figure(page *p, const char *const f[4], const char *folder, fhrl_err *err)
{
  static const char *const heads[] = {"Quantity", "Paper", "Here"};
  char name[64], path[FHRL_PATH_SIZE], id[64], text[160], *svg;
  size_t size;
  fhrl_status status = FHRL_OK;
  fhrl_html_open(&p->h, "section", "id", f[0], NULL);
  fhrl_html_element(&p->h, "h3", "%s", f[1]);
  snprintf(name, sizeof name, "%s.svg", f[0]);
  FHRL_TRY(fhrl_file_join(folder, name, path, err));
  if (fhrl_file_exists(path)) {
    snprintf(id, sizeof id, "%s-", f[0]);
    FHRL_TRY(fhrl_file_read(path, FIGURE_LIMIT, &svg, &size, err));
    fhrl_html_open(&p->h, "figure", NULL);
    fhrl_html_open(&p->h, "div", "class", "wide", "role", "region", "tabindex", "0", "aria-label", f[1], NULL);
    status = fhrl_html_svg(&p->h, id, f[1], f[2], svg, err);
    free(svg);
    if (status != FHRL_OK) return status;
    fhrl_html_close(&p->h, "div");
    fhrl_html_element(&p->h, "figcaption", "%s", f[3]);
    fhrl_html_close(&p->h, "figure");
  } else
    fhrl_html_element(&p->h, "p", "The figure was not drawn (gnuplot is missing, or said why not).");
  snprintf(id, sizeof id, "%s-table", f[0]);
  snprintf(text, sizeof text, "%s: the paper's values and ours", f[1]);
  begin_table(p, id, text, heads, 3);
  for (size_t i = 0; i < sizeof paper / sizeof *paper; i++) {
    if (strcmp(paper[i].figure, f[0]) != 0) continue;
    begin_row(p, paper[i].what);
    cell(p, paper[i].paper);
    ours(p, &paper[i], text);
    cell(p, text);
    fhrl_html_close(&p->h, "tr");
  }
  end_table(p);
  fhrl_html_close(&p->h, "section");
  return FHRL_OK;
}

// ---- controls

static const int shown[] = {FHRL_CLAIMS_LOSS, FHRL_CLAIMS_IRR, FHRL_CLAIMS_IRR_WR, FHRL_CLAIMS_ESRI_OUT, FHRL_CLAIMS_ESRI_Y, FHRL_CLAIMS_RDP,
  FHRL_CLAIMS_CENTROID, FHRL_CLAIMS_CENTROID_NULL, FHRL_CLAIMS_NORM, FHRL_CLAIMS_ANISOTROPY, FHRL_CLAIMS_ALIGN, FHRL_CLAIMS_CHANCE,
  FHRL_CLAIMS_RANK, FHRL_CLAIMS_Y_RATIO};
enum { SHOWN = sizeof shown / sizeof *shown };

static void put_case(page *p, const fhrl_reproduce_case *c)
{
  char head[96];
  if (c->role >= FHRL_CLAIMS_NONE) snprintf(head, sizeof head, "%s", c->title); // no reentry, no gamma
  else snprintf(head, sizeof head, "%s, γ = %g", c->title, c->model.gamma);
  begin_row(p, head);
  fhrl_html_element(&p->h, "td", "%d", c->seeds);
  const fhrl_claims_role role = c->role == FHRL_CLAIMS_EXTENDED ? FHRL_CLAIMS_GAMMA : c->role;
  for (int i = 0; i < SHOWN; i++) cell_mean(p, fhrl_claims_mean_at(&p->study, role, c->model.gamma, shown[i]));
  fhrl_html_close(&p->h, "tr");
}

static void put_cases(page *p, int gammas, const char *id, const char *caption)
{
  const char *heads[2 + SHOWN] = {gammas ? "Network" : "Control", "Seeds"};
  char text[SHOWN][80];
  for (int i = 0; i < SHOWN; i++) {
    const fhrl_claims_quantity *q = &fhrl_claims_quantities[shown[i]];
    snprintf(text[i], sizeof text[i], strcmp(q->unit, "1") ? "%s [%s]" : "%s", q->name, q->unit);
    heads[2 + i] = text[i];
  }
  begin_table(p, id, caption, heads, 2 + SHOWN);
  for (int i = 0; i < p->r->plan.count; i++) {
    const fhrl_reproduce_case *c = &p->r->plan.item[i];
    if ((c->role == FHRL_CLAIMS_GAMMA || c->role == FHRL_CLAIMS_EXTENDED) == gammas) put_case(p, c);
  }
  end_table(p);
}

// Controls in which a quantity is as with FH-RL, seed by seed (the interval of the difference lies within a quarter of its
// value), differs (it lies beyond that), is undecided, or undefined; and whether it is FH-RL's own.
static void put_effect(page *p, int number_of, double gamma)
{
  const fhrl_claims_mean with = fhrl_claims_mean_at(&p->study, FHRL_CLAIMS_GAMMA, gamma, number_of);
  const double quarter = 0.25 * fabs(with.value);
  char same[400] = "", other[400] = "", open[400] = "", none[400] = "";
  int alike = 0, rivals = 0, defined = 0, different = 0;
  for (int i = 0; i < p->r->plan.count; i++) {
    const fhrl_reproduce_case *c = &p->r->plan.item[i];
    if (c->role < FHRL_CLAIMS_UNTRAINED || c->role == FHRL_CLAIMS_SGD) continue;
    const fhrl_claims_mean x = fhrl_claims_difference(&p->study, c->role, c->model.gamma, number_of);
    const int close = x.low >= -quarter && x.high <= quarter, far = x.low > quarter || x.high < -quarter;
    char *list = x.n == 0 ? none : close ? same : far ? other : open;
    snprintf(list + strlen(list), 400 - strlen(list), "%s%s", *list ? ", " : "", c->name);
    if (c->role < FHRL_CLAIMS_NONE) continue;
    rivals++;
    defined += x.n > 0;
    alike += close;
    different += far;
  }
  begin_row(p, fhrl_claims_quantities[number_of].meaning);
  cell_mean(p, with);
  cell(p, *same ? same : "–");
  cell(p, *other ? other : "–");
  cell(p, *open ? open : "–");
  cell(p, *none ? none : "–");
  cell(p, isnan(with.value) || rivals == 0 ? "–" : defined == 0 ? "only FH-RL has it" : alike ? "no" : different == defined ? "yes" : "undecided");
  fhrl_html_close(&p->h, "tr");
}

static void put_controls(page *p)
{
  static const char *const heads[] = {"Quantity", "FH-RL", "Alike in", "Different in", "Undecided in", "Not defined in", "FH-RL's own?"};
  static const int effect[] = {FHRL_CLAIMS_LOSS, FHRL_CLAIMS_ESRI_OUT, FHRL_CLAIMS_ESRI_Y, FHRL_CLAIMS_CENTROID, FHRL_CLAIMS_Y_RATIO,
    FHRL_CLAIMS_IRR, FHRL_CLAIMS_NORM, FHRL_CLAIMS_ANISOTROPY, FHRL_CLAIMS_ALIGN, FHRL_CLAIMS_RANK};
  int controls = 0;
  double gamma = FHRL_NAN;
  for (int i = 0; i < p->r->plan.count; i++)
    if (p->r->plan.item[i].role == FHRL_CLAIMS_FROZEN) {
      gamma = p->r->plan.item[i].model.gamma;
      controls = 1;
    }
  begin_section(p, "controls", "Controls");
  if (controls) {
    char caption[240];
    fhrl_html_element(&p->h, "p", "Each differs from FH-RL at γ = %g in one thing; those by gradient descent have gammas "
      "of their own. The last three put the fast-weight layers of the paper's table 1 in its place. A dash: the quantity needs W_r or slots, "
      "which the network does not have.", gamma);
    put_cases(p, 0, "control-table", "Controls: means over seeds ± standard error");
    snprintf(caption, sizeof caption, "Which effects are FH-RL's own? Compared with γ = %g, seed by seed. Alike, different: the 95 %% "
      "interval of the difference lies within, or beyond, a quarter of FH-RL's value", gamma);
    begin_table(p, "effects", caption, heads, 7);
    for (size_t i = 0; i < sizeof effect / sizeof *effect; i++) put_effect(p, effect[i], gamma);
    end_table(p);
  } else
    fhrl_html_element(&p->h, "p", "None were run (reproduce.control_seeds = 0).");
  fhrl_html_close(&p->h, "section");
}

// ---- the page

static void put_navigation(page *p)
{
  static const char *const link[][2] = {{"#verdicts", "Verdicts"}, {"#figures", "Figures"}, {"#claims", "Claims"}, {"#controls", "Controls"},
    {"#networks", "Networks"}, {"#made", "How it was made"}};
  fhrl_html_open(&p->h, "nav", "aria-label", "Sections", NULL);
  fhrl_html_open(&p->h, "ul", NULL);
  for (size_t i = 0; i < sizeof link / sizeof *link; i++) {
    fhrl_html_open(&p->h, "li", NULL);
    fhrl_html_open(&p->h, "a", "href", link[i][0], NULL);
    fhrl_html_text(&p->h, "%s", link[i][1]);
    fhrl_html_close(&p->h, "a");
    fhrl_html_close(&p->h, "li");
  }
  fhrl_html_close(&p->h, "ul");
  fhrl_html_close(&p->h, "nav");
}

static void put_made(page *p, const char *version)
{
  const fhrl_gpt_config *m = &p->r->plan.item[0].model;
  const double *t = p->r->plan.item[0].train.value;
  begin_section(p, "made", "How it was made");
  fhrl_html_element(&p->h, "p", "fhrl %s, command fhrl reproduce; config.ini beside this file gives the same numbers again (fhrl reproduce -c "
    "config.ini -o FOLDER). %d runs: d = %d, %d layers, %d heads, T = %d, r = %d, α = %g, β = %g, σ = %g; %.0f steps of batch %.0f, AdamW at %g. "
    "Probes: %d sequences of random bytes, and as many from the corpus; metrics are means over layers.",
    version, p->r->done, m->d, m->layers, m->heads, m->T, m->r, m->alpha, m->beta, m->sigma, t[FHRL_TRAIN_STEPS], t[FHRL_TRAIN_BATCH],
    t[FHRL_TRAIN_LR], p->r->plan.probe.sequences);
  for (int i = 0; i < p->r->done; i++)
    if (p->r->run[i].failed)
      fhrl_html_element(&p->h, "p", "Failed: %s, seed %d: %s", p->r->run[i].item->name, p->r->numbers[i].seed, p->r->run[i].failed);
  fhrl_html_element(&p->h, "p", "The paper: B. G. Chae, arXiv:2511.06798 (2025). It leaves much open; doc/theory.md says how this project reads it. "
    "Every number of this page is in report.json, and those of each run, layer by layer, in runs/.");
  fhrl_html_close(&p->h, "section");
}

static fhrl_status put_page(page *p, const char *folder, const char *version, fhrl_err *err)
{
  fhrl_html_open(&p->h, "header", NULL);
  fhrl_html_element(&p->h, "h1", "FH-RL networks: the paper reproduced, claim by claim");
  put_lead(p);
  put_navigation(p);
  fhrl_html_close(&p->h, "header");
  fhrl_html_open(&p->h, "main", NULL);
  put_verdicts(p);
  begin_section(p, "figures", "Figures");
  for (size_t i = 0; i < sizeof figure / sizeof *figure; i++) FHRL_TRY(put_figure(p, figure[i], folder, err));
  fhrl_html_close(&p->h, "section");
  put_claims(p);
  put_controls(p);
  begin_section(p, "networks", "Networks over gamma");
  put_cases(p, 1, "network-table", "FH-RL networks: means over seeds ± standard error");
  fhrl_html_close(&p->h, "section");
  put_made(p, version);
  fhrl_html_close(&p->h, "main");
  fhrl_html_script(&p->h, fhrl_reproduce_style_script);
  return FHRL_OK;
}

fhrl_status fhrl_reproduce_page_save(const fhrl_reproduce *r, const fhrl_claims_result results[], const char *folder,
  const char *version, fhrl_err *err)
{
  page p = {.r = r, .result = results, .study = fhrl_reproduce_study(r), .top = 0.0};
  char path[FHRL_PATH_SIZE];
  for (int i = 0; i < r->plan.count; i++)
    if (r->plan.item[i].role == FHRL_CLAIMS_GAMMA) p.top = fmax(p.top, r->plan.item[i].model.gamma);
  FHRL_TRY(fhrl_file_join(folder, "report.html", path, err));
  FHRL_TRY(fhrl_html_begin(&p.h, path, "en", "FH-RL networks: the paper reproduced", fhrl_reproduce_style_sheet, err));
  const fhrl_status status = put_page(&p, folder, version, err);
  if (status != FHRL_OK) {
    fhrl_html_abandon(&p.h);
    return status;
  }
  return fhrl_html_commit(&p.h, err);
}
