// SPDX-License-Identifier: GPL-3.0-or-later
// claims_rules_states: the rules about states and their spectra, and those across all metrics
#include "analysis/claims_rules.h"

#include <gsl/gsl_cdf.h>
#include <string.h>

#include "analysis/claims_view.h"

// ---- ESRI

// Largest over smallest of number p[0] in the range, or (p[1] = 1) log10 of its geometric mean.
static double flatness(const view *v, int seed, const double p[])
{
  double low = HUGE_VAL, high = 0.0, sum = 0.0;
  int n = 0;
  for (int g = 0; g < v->count; g++) {
    const double x = at(v, v->gamma[g], seed, (int)p[0]);
    if (!(x > 0.0)) continue;
    low = fmin(low, x);
    high = fmax(high, x);
    sum += log10(x);
    n++;
  }
  return n < 2 ? FHRL_NAN : p[1] > 0.0 ? sum / n : high / low;
}

// The ways in which eqs. 18 to 21 can be read; the first is the plain one.
static const struct {
  int number;
  const char *name;
} esri[] = {{FHRL_CLAIMS_ESRI_OUT, "block output, over the batch"}, {FHRL_CLAIMS_ESRI_Y, "y, over the batch"},
  {FHRL_CLAIMS_ESRI_WINDOW_OUT, "block output, over a window"}, {FHRL_CLAIMS_ESRI_WINDOW_Y, "y, over a window"}};
enum { READINGS = sizeof esri / sizeof *esri };

void fhrl_claims_rules_states_esri_flat(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  int known = 0, refuted = 0, fits = -1;
  for (int i = 0; i < READINGS; i++) {
    const fhrl_claims_mean level = over_whole(&v, v.top, flatness, (const double[]){esri[i].number, 1.0});
    const fhrl_claims_mean flat = over_whole(&v, v.top, flatness, (const double[]){esri[i].number, 0.0});
    note(out, level, "1", "log10 of ESRI, mean over gammas: %s", esri[i].name);
    note(out, flat, "1", "largest over smallest among gammas: %s", esri[i].name);
    known += level.n > 0;
    refuted += outside(level, -3.5, -2.5) || side(flat, 2.0) > 0;
    if (fits < 0 && within(level, -3.5, -2.5) && side(flat, 2.0) < 0) fits = i;
  }
  const int shown = esri[fits < 0 ? 0 : fits].number;
  const fhrl_claims_mean zero = over_seeds(&v, value_at, (const double[]){shown, 0.0});
  const fhrl_claims_mean none = fhrl_claims_mean_at(s, FHRL_CLAIMS_NONE, FHRL_NAN, shown);
  note(out, zero, "1", "ESRI at gamma = 0");
  note(out, over_seeds(&v, value_at, (const double[]){shown, v.top}), "1", "ESRI at gamma = %g", v.top);
  if (none.n > 0) note(out, none, "1", "ESRI without such layers");
  char aside[176];
  const char *also = none.value > 0.0 && fabs(log(none.value / zero.value)) < log(2.0) ? ", and so has a network without such layers" : "";
  snprintf(aside, sizeof aside, "gamma = 0 has the same value (%.2g)%s: its level is no effect of reentry", zero.value, also);
  if (known == 0) say(out, UNDECIDED, "It takes two gammas.");
  else if (fits == 0) say(out, YES, "Near 1e-3 and flat. But %s.", aside);
  else if (fits > 0)
    say(out, FHRL_CLAIMS_ILL_DEFINED, "Not for %s, as the text reads, but for %s; the paper does not say which it took. And %s.", esri[0].name,
      esri[fits].name, aside);
  else if (refuted == known) say(out, NO, "In no reading is ESRI both near 1e-3 and flat.");
  else too_few(out, "Level or flatness");
}

void fhrl_claims_rules_states_esri_collapse(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double most = v.all ? v.every[v.all - 1] : FHRL_NAN;
  fhrl_claims_mean m = {FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, 0};
  const char *only = NULL;
  for (int i = 0; i < READINGS; i++) {
    const fhrl_claims_mean fall = over_seeds(&v, ratio, (const double[]){esri[i].number, most, v.top});
    note(out, fall, "1", "gamma = %g over gamma = %g: %s", most, v.top, esri[i].name);
    if (i == 0) m = fall;
    else if (!only && side(fall, 0.5) < 0) only = esri[i].name;
  }
  if (m.n == 0 || most <= v.top) say(out, UNDECIDED, "It takes a gamma beyond the range.");
  else if (side(m, 0.5) < 0) say(out, YES, "ESRI falls to %.2g of its value.", m.value);
  else if (side(m, 0.5) > 0 && only)
    say(out, FHRL_CLAIMS_ILL_DEFINED, "For %s, as the text reads, ESRI at gamma = %g is %.2g times that at %g; only for %s does it collapse, "
      "and the paper does not say which it took.", esri[0].name, most, m.value, v.top, only);
  else if (side(m, 0.5) > 0) say(out, NO, "At gamma = %g ESRI is still %.2g times that at %g.", most, m.value, v.top);
  else too_few(out, "Fall of ESRI");
}

// ---- drift

// Drift centroid less what chance gives, mean over the gammas of the range.
static double beyond_chance(const view *v, int seed, const double p[])
{
  return over_range(v, seed, (const double[]){FHRL_CLAIMS_CENTROID}) - over_range(v, seed, (const double[]){FHRL_CLAIMS_CENTROID_NULL});
}

void fhrl_claims_rules_states_rdp(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  double f[FHRL_CLAIMS_SEEDS] = {0.0}, c[FHRL_CLAIMS_SEEDS] = {0.0}, null[FHRL_CLAIMS_SEEDS] = {0.0};
  double peaks_inside = 0.0, inside = 0.0, low = 0.0, high = 0.0;
  const view v = look(s);
  int n = 0;
  for (int i = 0; i < s->runs && n < FHRL_CLAIMS_SEEDS; i++) {
    const double *x = s->run[i].value;
    if (s->run[i].role != FHRL_CLAIMS_GAMMA || isnan(x[FHRL_CLAIMS_RDP]) || isnan(x[FHRL_CLAIMS_CENTROID])) continue;
    f[n] = x[FHRL_CLAIMS_RDP];
    c[n] = x[FHRL_CLAIMS_CENTROID];
    null[n++] = x[FHRL_CLAIMS_CENTROID_NULL];
    peaks_inside += x[FHRL_CLAIMS_RDP] >= x[FHRL_CLAIMS_RDP_LOW] && x[FHRL_CLAIMS_RDP] <= x[FHRL_CLAIMS_RDP_HIGH];
    low += x[FHRL_CLAIMS_CENTROID_LOW];
    high += x[FHRL_CLAIMS_CENTROID_HIGH];
    inside += x[FHRL_CLAIMS_CENTROID] >= x[FHRL_CLAIMS_CENTROID_LOW] && x[FHRL_CLAIMS_CENTROID] <= x[FHRL_CLAIMS_CENTROID_HIGH];
  }
  const fhrl_claims_mean frequency = fhrl_claims_mean_of(n, f), centroid = fhrl_claims_mean_of(n, c), chance = fhrl_claims_mean_of(n, null);
  const fhrl_claims_mean beyond = over_whole(&v, v.top, beyond_chance, NULL);
  const double scatter = frequency.error * sqrt(n); // of single runs
#define JUST(x) ((fhrl_claims_mean){x, FHRL_NAN, FHRL_NAN, FHRL_NAN, n})
  note(out, frequency, "1/probe", "dominant frequency, over gammas and seeds");
  note(out, JUST(scatter), "1/probe", "its standard deviation");
  note(out, JUST(peaks_inside / n), "1", "share of runs whose frequency chance gives, too");
  note(out, centroid, "1/probe", "centroid");
  note(out, JUST(centroid.error * sqrt(n)), "1/probe", "its standard deviation");
  note(out, chance, "1/probe", "centroid of the same vectors in random order");
  note(out, beyond, "1/probe", "centroid less that, mean over gammas");
  note(out, JUST(low / n), "1/probe", "2.5 %% of such centroids are below");
  note(out, JUST(high / n), "1/probe", "97.5 %% of them are below");
  note(out, JUST(inside / n), "1", "share of runs whose centroid chance gives, too");
#undef JUST
  const int flat = scatter <= 0.01 && fabs(frequency.value - 0.225) <= 0.01, by_chance = inside >= 0.8 * n;
  const int stated = low <= 0.225 * n && 0.225 * n <= high; // by chance
  if (n < 3) say(out, UNDECIDED, "Drift was measured in %d runs; it takes 3.", n);
  else if (flat && !by_chance) say(out, YES, "Frequencies lie at %.3f.", frequency.value);
  else if (by_chance && stated)
    say(out, FHRL_CLAIMS_ARTEFACT, "%s; vectors in random order have their centroid between %.3f and %.3f, and so have the networks: the paper's "
      "0.225 says nothing about them.", flat ? "Frequencies lie at 0.225" : "Peaks scatter over frequencies, by more than the paper's 1e-4",
      low / n, high / n);
  else
    say(out, NO, "Frequencies scatter by %.2g (mean %.3f), where the paper's fluctuate by 1e-4; %.0f of %d of them, and %.0f centroids, lie within "
      "what the same vectors give in random order. Probes are independent sequences, each from an empty memory: their order carries no period.",
      scatter, frequency.value, peaks_inside, n, inside);
}

// ---- across metrics

// Mean of a number over the gammas in [low, high], above 0.
static double mean_in(const view *v, int seed, int number, double low, double high)
{
  double sum = 0.0;
  int n = 0;
  for (int g = 0; g < v->all; g++) {
    if (v->every[g] <= 0.0 || v->every[g] < low - 1e-9 || v->every[g] > high + 1e-9) continue;
    const double x = at(v, v->every[g], seed, number);
    if (isnan(x)) return FHRL_NAN; // the same gammas in each seed
    sum += x;
    n++;
  }
  return n > 0 ? sum / n : FHRL_NAN;
}
// That of number p[0] over [p[1], p[2]] less that over [p[3], p[4]].
static double contrast(const view *v, int seed, const double p[])
{
  return mean_in(v, seed, (int)p[0], p[1], p[2]) - mean_in(v, seed, (int)p[0], p[3], p[4]);
}

// The interval widened to one of `tests` at 95 % together (Bonferroni).
static fhrl_claims_mean widened(fhrl_claims_mean m, int tests)
{
  if (m.n < 2) return m;
  const double half = gsl_cdf_tdist_Pinv(1.0 - 0.025 / tests, m.n - 1.0) * m.error;
  return (fhrl_claims_mean){m.value, m.error, m.value - half, m.value + half, m.n};
}

void fhrl_claims_rules_states_band(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  static const int number[] = {FHRL_CLAIMS_LOSS, FHRL_CLAIMS_IRR_WR, FHRL_CLAIMS_NORM, FHRL_CLAIMS_ANISOTROPY, FHRL_CLAIMS_ESRI_OUT,
    FHRL_CLAIMS_CENTROID};
  enum { METRICS = sizeof number / sizeof *number };
  const view v = look(s);
  const char *feature = NULL;
  char through[160] = "";
  int known = 0, fewest = FHRL_CLAIMS_SEEDS;
  for (int i = 0; i < METRICS; i++) {
    const fhrl_claims_quantity *q = &fhrl_claims_quantities[number[i]];
    const fhrl_claims_mean below = widened(over_seeds(&v, contrast, (const double[]){number[i], 0.1, 0.2, 0.0, 0.0999}), 2 * METRICS);
    const fhrl_claims_mean above = widened(over_seeds(&v, contrast, (const double[]){number[i], 0.1, 0.2, 0.2001, v.top}), 2 * METRICS);
    note(out, below, q->unit, "%s: band less gammas below", q->name);
    note(out, above, q->unit, "%s: band less gammas above", q->name);
    if (below.n >= 3 && above.n >= 3) known++;
    fewest = below.n < fewest ? below.n : above.n < fewest ? above.n : fewest;
    const size_t used = strlen(through);
    if (side(below, 0.0) * side(above, 0.0) < 0) snprintf(through + used, sizeof through - used, "%s%s", used ? ", " : "", q->name);
    if (side(below, 0.0) * side(above, 0.0) > 0) feature = q->name;
  }
  if (feature) say(out, YES, "%s has an extremum in the band.", feature);
  else if (known == METRICS)
    say(out, NO, "No metric shows an extremum there with %d seeds. Going through it is shown for: %s; of the others an extremum smaller than the "
      "intervals below would not be seen.", fewest, *through ? through : "none");
  else say(out, UNDECIDED, "It takes 3 seeds with gammas in the band, below and above; %d of %d metrics have them.", known, (int)METRICS);
}

void fhrl_claims_rules_states_slots(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const fhrl_claims_mean rank = over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_RANK});
  const fhrl_claims_mean quiet = fhrl_claims_mean_at(s, FHRL_CLAIMS_QUIET, FHRL_NAN, FHRL_CLAIMS_RANK);
  note(out, rank, "1", "effective rank over all gammas (of r = %d)", s->r);
  note(out, over_whole(&v, v.top, over_range, (const double[]){FHRL_CLAIMS_RATIO}), "1", "sigma_2 / sigma_1 over all gammas");
  if (quiet.n > 0) note(out, quiet, "1", "effective rank without noise");
  if (rank.n == 0) say(out, UNDECIDED, "No slots were measured.");
  else if (s->r < 2) say(out, UNDECIDED, "There is only one slot.");
  else if (side(rank, 1.5) < 0) say(out, NO, "The memory has rank one for all purposes: slots are copies, and r only scales y.");
  else if (side(rank, 0.5 * s->r) > 0) say(out, YES, "Effective rank %.2g of %d.", rank.value, s->r);
  else too_few(out, "Rank of the memory");
}

// ---- the supplement

// Smallest rise of number p[0] from one gamma to the next.
static double least_rise(const view *v, int seed, const double p[])
{
  double least = HUGE_VAL, last = FHRL_NAN;
  for (int g = 0; g < v->all; g++) {
    const double x = at(v, v->every[g], seed, (int)p[0]);
    if (isnan(x)) continue;
    if (!isnan(last)) least = fmin(least, x - last);
    last = x;
  }
  return least < HUGE_VAL ? least : FHRL_NAN;
}

void fhrl_claims_rules_states_rises(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double most = v.all ? v.every[v.all - 1] : FHRL_NAN;
  const fhrl_claims_mean m = over_whole(&v, HUGE_VAL, least_rise, (const double[]){FHRL_CLAIMS_IRR});
  note(out, m, "1", "smallest rise of IRR from one gamma to the next");
  note(out, over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_IRR, v.top}), "1", "IRR at gamma = %g", v.top);
  note(out, over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_IRR, most}), "1", "IRR at gamma = %g", most);
  if (m.n == 0 || most <= v.top) say(out, UNDECIDED, "It takes a gamma beyond the range.");
  else if (side(m, 0.0) > 0) say(out, YES, "IRR rises at every step up to gamma = %g.", most);
  else if (side(m, 0.0) < 0) say(out, NO, "IRR falls somewhere, by %.2g.", -m.value);
  else too_few(out, "Whether IRR rises at every step");
}

void fhrl_claims_rules_states_falls(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double most = v.all ? v.every[v.all - 1] : FHRL_NAN;
  double from = FHRL_NAN;
  for (int g = v.all - 1; g >= 0 && v.every[g] >= 1.0; g--) from = v.every[g];
  const fhrl_claims_mean m = over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_IRR_WR, from, most});
  note(out, m, "1", "fall of IRR of W_r from gamma = %g to %g", from, most);
  note(out, over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_IRR_WR, from}), "1", "IRR of W_r at gamma = %g", from);
  note(out, over_seeds(&v, value_at, (const double[]){FHRL_CLAIMS_IRR_WR, most}), "1", "IRR of W_r at gamma = %g", most);
  if (m.n == 0 || !(most > from)) say(out, UNDECIDED, "It takes two gammas of at least 1.");
  else if (side(m, 0.0) > 0) say(out, YES, "It falls by %.2g.", m.value);
  else if (side(m, 0.0) < 0) say(out, NO, "It rises by %.2g.", -m.value);
  else too_few(out, "The fall");
}

void fhrl_claims_rules_states_three(const fhrl_claims_study *s, fhrl_claims_result *out)
{
  const view v = look(s);
  const double most = v.all ? v.every[v.all - 1] : FHRL_NAN, first = smallest(&v, 1e-12);
  const int zero = v.all > 0 && v.every[0] == 0.0;
  const double p = extreme(&v, v.all - zero, v.every + zero, FHRL_CLAIMS_NORM, 1.0);
  const fhrl_claims_mean forms = over_seeds(&v, difference, (const double[]){FHRL_CLAIMS_IRR, first, 0.0});
  const fhrl_claims_mean below = over_seeds(&v, contrast, (const double[]){FHRL_CLAIMS_LOSS, 0.2, 1.0, 0.0, 0.1999});
  const fhrl_claims_mean above = over_seeds(&v, contrast, (const double[]){FHRL_CLAIMS_LOSS, 0.2, 1.0, 1.0001, HUGE_VAL});
  const fhrl_claims_mean rest = over_seeds(&v, left, (const double[]){FHRL_CLAIMS_NORM, p, most});
  note(out, forms, "1", "IRR at gamma = %g", first);
  note(out, below, "nat/byte", "loss at 0.2 to 1 less that at smaller gammas");
  note(out, above, "nat/byte", "loss at 0.2 to 1 less that at larger gammas");
  note(out, rest, "1", "share of the rise of the norm of W_r that is left at gamma = %g", most);
  if (forms.n == 0 || below.n == 0 || above.n == 0 || rest.n == 0 || most <= 2.0)
    say(out, UNDECIDED, "It takes gammas of 0, below 0.2, from 0.2 to 1, and beyond 2.");
  else if (side(forms, 0.0) < 0) say(out, NO, "Reentry does not form.");
  else if (side(below, 0.0) > 0 || side(above, 0.0) > 0) say(out, NO, "The loss is not lowest at gammas of 0.2 to 1.");
  else if (side(rest, 0.25) > 0) say(out, NO, "W_r is not near its start at gamma = %g.", most);
  else if (side(forms, 0.0) > 0 && side(below, 0.0) < 0 && side(above, 0.0) < 0 && side(rest, 0.25) < 0)
    say(out, YES, "All three are seen.");
  else too_few(out, "At least one of the three tendencies");
}
