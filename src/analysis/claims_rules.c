// SPDX-License-Identifier: GPL-3.0-or-later
// claims_rules: the rules about training, reentry and W_r
#include "analysis/claims_rules.h"

#include "analysis/claims_view.h"

enum { WINDOW = 20 }; // steps that a training curve is averaged over

// ---- training

// Mean of a curve over the steps of window w.
static double window(const fhrl_claims_run *r, int w)
{
  double sum = 0.0;
  for (int i = w * WINDOW; i < (w + 1) * WINDOW; i++) sum += r->loss[i];
  return sum / WINDOW;
}

// Widest distance of n curves over the height by which their mean falls.
static double spread(int n, const fhrl_claims_run *const run[])
{
  double widest = 0.0, first = 0.0, last = 0.0;
  int windows = 1 << 20;
  for (int i = 0; i < n; i++)
    if (run[i]->steps / WINDOW < windows) windows = run[i]->steps / WINDOW;
  if (n < 2 || windows < 2) return FHRL_NAN;
  for (int w = 0; w < windows; w++) {
    double low = HUGE_VAL, high = -HUGE_VAL, sum = 0.0;
    for (int i = 0; i < n; i++) {
      const double x = window(run[i], w);
      low = fmin(low, x);
      high = fmax(high, x);
      sum += x;
    }
    if (w == 0) first = sum / n;
    last = sum / n;
    widest = fmax(widest, high - low);
  }
  return first > last ? widest / (first - last) : FHRL_NAN;
}

// Of the gammas of one seed.
static double overlap(const view *v, int seed, const double p[])
{
  const fhrl_claims_run *run[FHRL_CLAIMS_GAMMAS];
  int n = 0;
  for (int g = 0; g < v->count; g++) {
    const fhrl_claims_run *r = find(v, FHRL_CLAIMS_GAMMA, v->gamma[g], seed);
    if (r && r->loss) run[n++] = r;
  }
  return spread(n, run);
}

// Control: of the seeds of one gamma, the mean over gammas.
static fhrl_claims_mean overlap_of_seeds(const view *v)
{
  double value[FHRL_CLAIMS_GAMMAS];
  for (int g = 0; g < v->count; g++) {
    const fhrl_claims_run *run[FHRL_CLAIMS_SEEDS];
    int n = 0;
    for (int k = 0; k < v->seeds; k++) {
      const fhrl_claims_run *r = find(v, FHRL_CLAIMS_GAMMA, v->gamma[g], v->seed[k]);
      if (r && r->loss) run[n++] = r;
    }
    value[g] = spread(n, run);
  }
  return fhrl_claims_mean_of(v->count, value);
}

void fhrl_claims_rules_loss_overlap(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const fhrl_claims_mean m = over_whole(&v, v.top, overlap, NULL);
  note(out, m, "1", "largest distance of the curves of two gammas over their height");
  note(out, overlap_of_seeds(&v), "1", "the same of two seeds (n: gammas)");
  if (m.n == 0) say(out, UNDECIDED, "It takes two gammas and %d steps of training.", 2 * WINDOW);
  else if (side(m, 0.05) < 0) say(out, YES, "Curves differ by %.2g of their height at most.", m.value);
  else if (side(m, 0.05) > 0) say(out, NO, "Curves differ by %.2g of their height.", m.value);
  else too_few(out, "Distance of the curves");
}

// Number p[0] at gamma p[1] less the mean over the other gammas of the range.
static double beyond_others(const view *v, int seed, const double p[])
{
  double sum = 0.0;
  int n = 0;
  for (int g = 0; g < v->count; g++) {
    const double x = at(v, v->gamma[g], seed, (int)p[0]);
    if (isnan(x) || v->gamma[g] == p[1]) continue;
    sum += x;
    n++;
  }
  return n > 0 ? at(v, p[1], seed, (int)p[0]) - sum / n : FHRL_NAN;
}

void fhrl_claims_rules_loss_level(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const fhrl_claims_mean m = over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_LOSS});
  const fhrl_claims_mean least = over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_FLOOR});
  note(out, m, "nat/byte", "final loss over all gammas");
  note(out, least, "nat/byte", "entropy floor of the corpus");
  if (m.n == 0) {
    say(out, UNDECIDED, "No network of the range was trained.");
    return;
  }
  if (within(m, 0.038, 0.056)) say(out, YES, "The level is that of the paper, %.2g times the floor: memorisation.", m.value / least.value);
  else if (outside(m, 0.038, 0.056))
    say(out, NO, "The level is %.3g, %.2g times what the corpus allows (its entropy floor): it measures how far the corpus is memorised.",
      m.value, m.value / least.value);
  else too_few(out, "Level of the loss");
}

void fhrl_claims_rules_loss_lowest(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  // half of what 0.0388 lies below the middle of the paper's losses, 0.047
  const double limit = -0.0041;
  const view v = look(s);
  const double best = extreme(&v, v.count, v.gamma, FHRL_CLAIMS_LOSS, -1.0);
  const fhrl_claims_mean m = over_whole(&v, v.top, beyond_others, (const double[]){FHRL_CLAIMS_LOSS, 0.25});
  note(out, m, "nat/byte", "final loss at gamma = 0.25 less the mean of the others");
  note(out, over_whole(&v, v.top, beyond_others, (const double[]){FHRL_CLAIMS_LOSS, best}), "nat/byte",
    "that at gamma = %g, the lowest on average", best);
  note(out, over_whole(&v, v.top, beyond_others, (const double[]){FHRL_CLAIMS_LOSS, 0.15}), "nat/byte", "that at gamma = 0.15");
  if (m.n == 0) say(out, UNDECIDED, "It takes gamma = 0.25 and another.");
  else if (side(m, limit) > 0)
    say(out, NO, "The loss at 0.25 is %+.2g from that at other gammas, where the paper's differs by about %.2g.", m.value, 2.0 * limit);
  else if (side(m, limit) < 0 && best == 0.25) say(out, YES, "The loss at 0.25 is %.2g below that at other gammas.", -m.value);
  else if (side(m, limit) < 0) say(out, NO, "The loss is lowest at gamma = %g.", best);
  else too_few(out, "Loss at 0.25");
}

// ---- reentry

// R² of a straight line through number p[0] against gamma.
static double straight(const view *v, int seed, const double p[])
{
  double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0;
  for (int g = 0; g < v->count; g++) {
    const double a = v->gamma[g], b = at(v, a, seed, (int)p[0]);
    if (isnan(b)) continue;
    n += 1.0;
    const double da = a - x, db = b - y;
    x += da / n;
    y += db / n;
    xx += da * (a - x);
    xy += da * (b - y);
    yy += db * (b - y);
  }
  return n >= 3.0 && xx > 0.0 && yy > 0.0 ? xy * xy / (xx * yy) : FHRL_NAN;
}

// Largest over smallest of number p[0] among the gammas of the range above 0.
static double evenness(const view *v, int seed, const double p[])
{
  double low = HUGE_VAL, high = 0.0;
  for (int g = 0; g < v->count; g++) {
    const double x = at(v, v->gamma[g], seed, (int)p[0]);
    if (isnan(x) || v->gamma[g] <= 0.0) continue;
    low = fmin(low, x);
    high = fmax(high, x);
  }
  return high > 0.0 && low > 0.0 ? high / low : FHRL_NAN;
}

void fhrl_claims_rules_irr_linear(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  static const struct {
    int number;
    const char *name;
  } level[] = {{FHRL_CLAIMS_IRR, "x_pre, random bytes (eq. 16)"}, {FHRL_CLAIMS_C_IRR, "x_pre, corpus bytes"},
    {FHRL_CLAIMS_IRR_X, "x, random bytes"}, {FHRL_CLAIMS_IRR_ATTENTION, "attention's output, random bytes"},
    {FHRL_CLAIMS_C_IRR_ATTENTION, "attention's output, corpus bytes"}};
  enum { LEVELS = sizeof level / sizeof *level };
  const view v = look(s);
  const fhrl_claims_mean line = over_whole(&v, v.top, straight, (const double[]){FHRL_CLAIMS_IRR});
  const fhrl_claims_mean even = over_whole(&v, v.top, evenness, (const double[]){FHRL_CLAIMS_IRR_WR});
  const char *fits = NULL;
  int plain = 0, open = 0, others = 0;
  double most = 0.0;
  note(out, line, "1", "R² of a straight line");
  for (int i = 0; i < LEVELS; i++) {
    const fhrl_claims_mean m = over_seeds(&v, value_at, (const double[]){level[i].number, v.top});
    note(out, m, "1", "IRR at gamma = %g over %s", v.top, level[i].name);
    most = m.n > 0 ? fmax(most, m.value) : most;
    if (within(m, 0.252, 0.308)) {
      others += fits != NULL;
      fits = fits ? fits : level[i].name;
      plain |= i == 0;
    }
    open |= m.n > 0 && !within(m, 0.252, 0.308) && !outside(m, 0.252, 0.308);
  }
  note(out, even, "1", "IRR over gamma: largest over smallest among gammas above 0");
  if (line.n == 0) say(out, UNDECIDED, "It takes three gammas.");
  else if (side(line, 0.98) < 0) say(out, NO, "R² of the line is %.3f.", line.value);
  else if (side(line, 0.98) == 0) too_few(out, "Straightness");
  else if (plain) say(out, YES, "Straight, and the level is the paper's as eq. 16 reads.");
  else if (fits)
    say(out, FHRL_CLAIMS_ILL_DEFINED, "Straight: IRR is gamma times a ratio that differs between gammas by a factor of %.2g. But the level "
      "is the paper's only over %s%s; the paper does not say which denominator and probe it used.", even.value, fits,
      others ? " (and others)" : "");
  else if (open) too_few(out, "Straight; the level");
  else
    say(out, NO, "Straight, as the factor gamma makes it, but the level 0.28 is not met over any denominator: nearest the mean is %.2g at most.",
      most);
}

void fhrl_claims_rules_irr_wr(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double low = smallest(&v, 0.05);
  const fhrl_claims_mean rise = over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_IRR_WR, low, 0.0});
  const fhrl_claims_mean fall = over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_IRR_WR, low, v.top});
  note(out, rise, "1", "rise from gamma = 0 to %g", low);
  note(out, fall, "1", "fall from gamma = %g to %g", low, v.top);
  fhrl_claims_mean plain[3], other[3];
  note(out, over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_C_IRR_WR_ATTENTION, low, 0.0}), "1",
    "the rise over attention's output, corpus bytes");
  note(out, over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_C_IRR_WR_ATTENTION, low, v.top}), "1",
    "the fall over attention's output, corpus bytes");
  for (int i = 0; i < 3; i++) {
    const double g = i == 0 ? 0.0 : i == 1 ? low : v.top;
    plain[i] = over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_IRR_WR, g});
    other[i] = over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_C_IRR_WR_ATTENTION, g});
    note(out, plain[i], "1", "at gamma = %g over x_pre, random bytes", g);
    note(out, other[i], "1", "at gamma = %g over attention's output, corpus bytes", g);
  }
  if (rise.n == 0 || fall.n == 0 || low == v.top) say(out, UNDECIDED, "It takes gamma = 0 and two gammas of at least 0.05.");
  else if (side(rise, 0.0) > 0 && side(fall, 0.0) > 0)
    say(out, YES, "Rise and fall are seen. Levels at %g and %g: %.2g and %.2g over x_pre, %.2g and %.2g over attention's output.", low, v.top,
      plain[1].value, plain[2].value, other[1].value, other[2].value);
  else if (side(rise, 0.0) < 0 || side(fall, 0.0) < 0) say(out, NO, "%s is refuted.", side(rise, 0.0) < 0 ? "The rise" : "The fall");
  else {
    const int rises = side(rise, 0.0) > 0;
    const fhrl_claims_mean m = rises ? fall : rise;
    if (m.n < 2) too_few(out, "Rise or fall");
    else say(out, UNDECIDED, "Over x_pre the seeds do not decide the %s: %.2g (95 %% from %.2g to %.2g).", rises ? "fall" : "rise", m.value,
        m.low, m.high);
  }
}

// ---- W_r

// By gradient descent: the norm at gamma p[1] less that at p[0].
static double descended(const view *v, int seed, const double p[])
{
  const fhrl_claims_run *a = find(v, FHRL_CLAIMS_SGD, p[0], seed), *b = find(v, FHRL_CLAIMS_SGD, p[1], seed);
  return a && b ? b->value[FHRL_CLAIMS_NORM] - a->value[FHRL_CLAIMS_NORM] : FHRL_NAN;
}

// How far descent moved the norm at gamma p[0] from where it began, over how far AdamW did at p[1].
static double moved(const view *v, int seed, const double p[])
{
  const fhrl_claims_run *sgd = find(v, FHRL_CLAIMS_SGD, p[0], seed), *adam = find(v, FHRL_CLAIMS_GAMMA, p[1], seed), *start = NULL;
  for (int i = 0; i < v->study->runs; i++)
    if (v->study->run[i].role == FHRL_CLAIMS_UNTRAINED && v->study->run[i].seed == seed) start = &v->study->run[i];
  if (!sgd || !adam || !start) return FHRL_NAN;
  const double norm = start->value[FHRL_CLAIMS_NORM];
  return fabs(sgd->value[FHRL_CLAIMS_NORM] - norm) / fabs(adam->value[FHRL_CLAIMS_NORM] - norm);
}

static fhrl_claims_mean under_sgd(const view *v, double *low, double *high)
{
  *low = HUGE_VAL;
  *high = -HUGE_VAL;
  for (int i = 0; i < v->study->runs; i++) {
    if (v->study->run[i].role != FHRL_CLAIMS_SGD) continue;
    *low = fmin(*low, v->study->run[i].gamma);
    *high = fmax(*high, v->study->run[i].gamma);
  }
  return *high > *low ? over_seeds(v, descended, (const double[]){*low, *high}) : fhrl_claims_mean_of(0, NULL);
}

void fhrl_claims_rules_wr_norm(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double p = peak_of(&v, FHRL_CLAIMS_NORM), most = v.all ? v.every[v.all - 1] : FHRL_NAN;
  const fhrl_claims_mean rise = over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_NORM, p, 0.0});
  const fhrl_claims_mean fall = over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_NORM, p, v.top});
  const fhrl_claims_mean rest = over_seeds(&v, left, (const double[]){FHRL_CLAIMS_NORM, p, most});
  double low, high;
  const fhrl_claims_mean sgd = under_sgd(&v, &low, &high), reach = over_seeds(&v, moved, (const double[]){high, p});
  note(out, over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_NORM, 0.0}), "1", "norm at gamma = 0");
  note(out, rise, "1", "rise to the peak at gamma = %g", p);
  note(out, fall, "1", "fall from there to gamma = %g", v.top);
  if (most > v.top) note(out, rest, "1", "share of the rise that is left at gamma = %g", most);
  if (sgd.n > 0) note(out, sgd, "1", "by gradient descent: norm at gamma = %g less that at %g", high, low);
  if (reach.n > 0) note(out, reach, "1", "descent moved it at gamma = %g by this share of what AdamW did at its peak", high);
  if (rise.n == 0 || fall.n == 0 || most <= v.top) say(out, UNDECIDED, "It takes gamma = 0, two gammas more, and one beyond the range.");
  else if (side(rise, 0.0) < 0) say(out, NO, "Within the range the norm is nowhere above its start.");
  else if (side(fall, 0.0) < 0) say(out, NO, "The norm is largest at the end of the range, gamma = %g.", v.top);
  else if (side(rest, 0.25) > 0) say(out, NO, "At gamma = %g %.0f %% of the rise are left.", most, 100.0 * rest.value);
  else if (side(rise, 0.0) == 0 || side(fall, 0.0) <= 0 || side(rest, 0.25) == 0) too_few(out, "Peak or return");
  else if (sgd.n > 0 && (side(sgd, 0.0) == 0 || (side(sgd, 0.0) > 0 && side(reach, 0.1) == 0)))
    too_few(out, "The control by gradient descent");
  else if (side(sgd, 0.0) > 0 && side(reach, 0.1) > 0)
    say(out, FHRL_CLAIMS_ARTEFACT, "A peak, at gamma = %g, and the return are seen. But by gradient descent the norm grows with gamma up to %g, "
      "as expected if the shape is AdamW's, which divides out the factor gamma that W_r's gradient carries.", p, high);
  else
    say(out, YES, "Peak at gamma = %g; %s.", p, sgd.n == 0 ? "no gradient descent to compare with"
      : side(sgd, 0.0) > 0 ? "by gradient descent the norm grows with gamma, but moves too little to tell" : "gradient descent does not refute it");
}

void fhrl_claims_rules_wr_anisotropy(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const int number = FHRL_CLAIMS_ANISOTROPY;
  const double p = peak_of(&v, number);
  double window_gamma[FHRL_CLAIMS_GAMMAS];
  int n = 0;
  for (int g = 0; g < v.count; g++)
    if (v.gamma[g] >= 0.03 && v.gamma[g] <= 0.06) window_gamma[n++] = v.gamma[g];
  const double stated = extreme(&v, n, window_gamma, number, 1.0);
  const fhrl_claims_mean rise = over_seeds(&v, difference, (const double[]){number, p, 0.0});
  const fhrl_claims_mean fall = over_seeds(&v, difference, (const double[]){number, p, v.top});
  const fhrl_claims_mean excess = over_seeds(&v, difference, (const double[]){number, p, stated});
  note(out, over_seeds(&v, value_at, (const double[]){number, 0.0}), "1", "at gamma = 0");
  note(out, over_seeds(&v, value_at, (const double[]){number, p}), "1", "at its largest, gamma = %g", p);
  note(out, rise, "1", "rise to there");
  note(out, fall, "1", "fall from there to gamma = %g", v.top);
  if (stated != p) note(out, excess, "1", "excess over gamma = %g", stated);
  if (rise.n == 0 || n == 0) say(out, UNDECIDED, "It takes gamma = 0 and one within 0.03 to 0.06.");
  else if (side(rise, 0.0) < 0 || side(fall, 0.0) < 0)
    say(out, NO, "Largest at an end of the range, gamma = %g.", side(fall, 0.0) < 0 ? v.top : 0.0);
  else if (p != stated && side(excess, 0.0) > 0) say(out, NO, "There is a peak, but at gamma = %g.", p);
  else if (p != stated && side(rise, 0.0) > 0 && side(fall, 0.0) > 0)
    say(out, UNDECIDED, "There is a peak, but the seeds do not place it: its mean is largest at gamma = %g, and exceeds that at %g by %.2g ± %.2g.",
      p, stated, excess.value, excess.error);
  else if (p != stated || side(rise, 0.0) <= 0 || side(fall, 0.0) <= 0) too_few(out, "The peak");
  else say(out, YES, "Peak at gamma = %g.", p);
}

void fhrl_claims_rules_wr_align(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double p = extreme(&v, v.count, v.gamma, FHRL_CLAIMS_ALIGN, 1.0);
  const fhrl_claims_mean token = over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_TOKEN});
  const fhrl_claims_mean peak = over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_ALIGN, p});
  note(out, token, "1", "least over largest singular value of the embedding");
  const fhrl_claims_mean zero = over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_ALIGN, 0.0});
  const fhrl_claims_mean chance = over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_CHANCE});
  note(out, zero, "1", "top-k alignment at gamma = 0");
  note(out, peak, "1", "top-k alignment at its largest, gamma = %g", p);
  if (v.all) note(out, over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_ALIGN, v.every[v.all - 1]}), "1",
    "top-k alignment at gamma = %g", v.every[v.all - 1]);
  note(out, chance, "1", "the same of random matrices");
  note(out, over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_CHANCE_HIGH}), "1", "97.5 %% of random matrices are below");
  if (peak.n == 0) say(out, UNDECIDED, "No alignment was measured.");
  else if (s->vocabulary >= s->d && token.value > 1e-6)
    say(out, FHRL_CLAIMS_ILL_DEFINED, "The embedding (%d x %d) has rank d: its projector is the identity, and the alignment of the paper's "
      "definition is 1 for every matrix. With the top-k singular vectors, used here, it is %.2g at gamma = 0 and %.2g at its largest "
      "(gamma = %g), where random matrices have %.2g.", s->vocabulary, s->d, zero.value, peak.value, p, chance.value);
  else if (side(peak, 0.05) < 0) say(out, YES, "Alignment stays below 0.05.");
  else if (side(peak, 0.05) > 0) say(out, NO, "Alignment reaches %.2g.", peak.value);
  else too_few(out, "Alignment");
}
