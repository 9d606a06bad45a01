// SPDX-License-Identifier: GPL-3.0-or-later
// claims: means over seeds, and the table of what the paper says
#include "analysis/claims.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/claims_rules.h"
#include "analysis/metrics.h"

const fhrl_claims_quantity fhrl_claims_quantities[FHRL_CLAIMS_NUMBER_COUNT] = {
#define N(name, label, part, key, unit, meaning) {label, part, key, unit, meaning},
  FHRL_CLAIMS_NUMBERS(N)
#undef N
};

fhrl_claims_mean fhrl_claims_mean_of(int n, const double values[])
{
  double kept[FHRL_CLAIMS_SEEDS] = {0.0};
  int m = 0;
  for (int i = 0; i < n && m < FHRL_CLAIMS_SEEDS; i++)
    if (!isnan(values[i])) kept[m++] = values[i];
  const fhrl_mean mean = fhrl_metrics_mean(m, kept);
  fhrl_claims_mean out = {mean.value, mean.error, FHRL_NAN, FHRL_NAN, m};
  if (m < 2) return out;
  const double half = gsl_cdf_tdist_Pinv(0.975, m - 1.0) * mean.error;
  out.low = mean.value - half;
  out.high = mean.value + half;
  return out;
}

static int belongs(const fhrl_claims_run *run, fhrl_claims_role role, double gamma)
{
  const fhrl_claims_role own = run->role == FHRL_CLAIMS_EXTENDED ? FHRL_CLAIMS_GAMMA : run->role;
  return own == role && (isnan(gamma) || run->gamma == gamma);
}

fhrl_claims_mean fhrl_claims_mean_at(const fhrl_claims_study *s, fhrl_claims_role role, double gamma, int number)
{
  double value[FHRL_CLAIMS_SEEDS];
  int n = 0;
  for (int i = 0; i < s->runs && n < FHRL_CLAIMS_SEEDS; i++)
    if (belongs(&s->run[i], role, gamma)) value[n++] = s->run[i].value[number];
  return fhrl_claims_mean_of(n, value);
}

int fhrl_claims_gammas(const fhrl_claims_study *s, double limit, double out[FHRL_CLAIMS_GAMMAS])
{
  int n = 0;
  for (int i = 0; i < s->runs; i++) {
    const double g = s->run[i].gamma;
    if (!belongs(&s->run[i], FHRL_CLAIMS_GAMMA, FHRL_NAN) || g > limit) continue;
    int at = 0;
    while (at < n && out[at] < g) at++;
    if ((at < n && out[at] == g) || n == FHRL_CLAIMS_GAMMAS) continue;
    memmove(out + at + 1, out + at, (size_t)(n - at) * sizeof *out);
    out[at] = g;
    n++;
  }
  return n;
}

fhrl_claims_mean fhrl_claims_difference(const fhrl_claims_study *s, fhrl_claims_role role, double gamma, int number)
{
  double value[FHRL_CLAIMS_SEEDS];
  int n = 0;
  for (int i = 0; i < s->runs && n < FHRL_CLAIMS_SEEDS; i++)
    for (int k = 0; k < s->runs && belongs(&s->run[i], role, gamma); k++)
      if (belongs(&s->run[k], FHRL_CLAIMS_GAMMA, gamma) && s->run[k].seed == s->run[i].seed)
        value[n++] = s->run[i].value[number] - s->run[k].value[number];
  return fhrl_claims_mean_of(n, value);
}

const char *fhrl_claims_word(fhrl_claims_verdict verdict)
{
  static const char *const word[] = {"undecided", "reproduced", "not reproduced", "artefact", "ill-defined"};
  return word[verdict];
}

const fhrl_claims_claim fhrl_claims_table[] = {
  {"loss-overlap", "The training curves of all gammas nearly coincide.",
    "Largest distance between the curves of two gammas (means over 20 steps), over the height by which the loss falls. Control: the same "
    "of two seeds.",
    "Below 0.05: reproduced; above: not reproduced.", fhrl_claims_rules_loss_overlap},
  {"loss-level", "Losses end between 0.038 and 0.056 nats per byte.",
    "Loss of the last 20 steps, averaged over gammas, beside the entropy floor of the corpus' random chunks.",
    "Interval within 0.038 to 0.056: reproduced; wholly outside: not reproduced.", fhrl_claims_rules_loss_level},
  {"loss-lowest", "The loss is lowest at gamma = 0.25 (0.0388), and slightly worse at 0.15.",
    "Loss at 0.25 less the mean over the other gammas of the range.",
    "Below -0.0041, half of what 0.0388 lies below the middle of the paper's losses, and none lower: reproduced; above, or another gamma "
    "lower: not reproduced.", fhrl_claims_rules_loss_lowest},
  {"irr-linear", "IRR with gamma grows about linearly, from 0 to 0.28 at gamma = 0.3.",
    "R² of a straight line through IRR at the gammas; IRR at the largest of them, over each denominator and with both kinds of probes.",
    "R² above 0.98 and a level within 10 % of 0.28 over x_pre with random bytes, as eq. 16 reads: reproduced; with another "
    "denominator or probe only: ill-defined; with none, or R² below: not reproduced.", fhrl_claims_rules_irr_linear},
  {"irr-wr", "IRR of W_r alone jumps to 1.17 at gamma = 0.05 and falls to 0.95 at 0.3.",
    "Rise from gamma = 0 to the smallest gamma of at least 0.05, and fall from there to the largest; over x_pre, random bytes.",
    "Both above 0: reproduced (in shape); one below 0: not reproduced.", fhrl_claims_rules_irr_wr},
  {"wr-norm", "The Frobenius norm of W_r has a peak at small gamma and returns to its start at large gamma.",
    "Norm at its peak within the range, less those at 0 and at the largest gamma of the paper's range; what is left at the largest of "
    "all, as a share of the peak's rise. Control: gradient descent, in which the gradient's factor gamma is not divided out.",
    "A peak inside and less than a quarter left: reproduced; but artefact if under gradient descent the norm grows with gamma, and moves "
    "by more than a tenth of what it does under AdamW at the peak; undecided while seeds do not decide how descent goes; a rise, fall or "
    "return that is refuted: not reproduced.", fhrl_claims_rules_wr_norm},
  {"wr-anisotropy", "The anisotropy of W_r peaks at gamma = 0.03 to 0.06.",
    "Where within the range the mean of sigma_1 / sum sigma is largest, and its excess over gamma = 0 and over the largest gamma.",
    "Both above 0 and the peak in that range: reproduced; a peak elsewhere that exceeds that range, or none: not reproduced.",
    fhrl_claims_rules_wr_anisotropy},
  {"wr-align", "W_r has an alignment with the token subspace of about 0.",
    "The projector onto all right singular vectors of the embedding is the identity where it has rank d, and alignment then 1 for any "
    "matrix; with the top-k vectors (probe.topk) the share is set beside that of random matrices.",
    "Vocabulary at least d and a smallest singular value above 1e-6 of the largest: ill-defined; else below 0.05: reproduced, above: not.",
    fhrl_claims_rules_wr_align},
  {"esri-flat", "ESRI stays near 1e-3 for all gammas up to 0.3.",
    "ESRI of the block's output and of y, over the batch and over a window of tokens, random bytes: geometric mean over gammas, and its "
    "largest over its smallest. Control: gamma = 0, and a network without such layers.",
    "A level within half a decade of 1e-3 and a ratio below 2 for the block's output over the batch, as the text reads: reproduced; in "
    "another reading only: ill-defined; refuted in all of them: not reproduced.",
    fhrl_claims_rules_states_esri_flat},
  {"esri-collapse", "ESRI collapses beyond gamma of about 0.3.",
    "ESRI at the largest gamma, over that at the end of the paper's range, in the four readings.",
    "Below 0.5 for the block's output over the batch, as the text reads: reproduced; above there but below in another reading: "
    "ill-defined; above: not reproduced.", fhrl_claims_rules_states_esri_collapse},
  {"rdp-225", "The dominant drift frequency is about 0.225 for every gamma, with fluctuations of about 1e-4.",
    "Frequency of the largest amplitude, and the centroid, of y along the probes; scatter over gammas and seeds. Control: the same "
    "vectors in random order, which have no drift.",
    "Frequencies within 0.01 of 0.225 and of each other, and centroids beyond chance: reproduced; artefact if centroids lie within "
    "what chance gives in four of five runs, and 0.225 does, too; else not reproduced.", fhrl_claims_rules_states_rdp},
  {"band", "Between gamma = 0.10 and 0.20 lies a band in which feedback is most expressive and still stable.",
    "For loss, IRR of W_r, its norm and anisotropy, ESRI and drift centroid: mean in the band less those below and above it.",
    "One of them above both sides or below both (intervals at 95 %, corrected for their number): reproduced; none, with 3 seeds or more: "
    "not reproduced.", fhrl_claims_rules_states_band},
  {"slots", "Noise keeps the rank slots independent of each other.",
    "Effective rank of U'V after the last token, and sigma_2 / sigma_1, averaged over gammas. Control: sigma = 0.",
    "Effective rank above half of r: reproduced; below 1.5: not reproduced.", fhrl_claims_rules_states_slots},
  {"s2-irr", "IRR rises monotonically up to gamma = 5.", "Smallest rise of IRR (x_pre, random bytes) from one gamma to the next.",
    "Above 0: reproduced; below: not reproduced.", fhrl_claims_rules_states_rises},
  {"s2-irr-wr", "IRR of W_r alone falls beyond gamma of about 1.", "Its fall from the smallest gamma of at least 1 to the largest of all.",
    "Above 0: reproduced; below: not reproduced.", fhrl_claims_rules_states_falls},
  {"s1-three", "Three tendencies up to gamma = 5: reentry forms at small gamma, 0.2 to 1 reduces the loss most, and beyond 2 W_r is "
               "near its start.",
    "IRR at the smallest gamma above 0; loss at gammas in 0.2 to 1 less that below and above; rise of the norm of W_r at the largest "
    "gamma as a share of its peak's.",
    "All three: reproduced; one refuted: not reproduced.", fhrl_claims_rules_states_three},
  {NULL, NULL, NULL, NULL, NULL},
};

void fhrl_claims_judge(const fhrl_claims_claim *claim, const fhrl_claims_study *s, fhrl_claims_result *out)
{
  *out = (fhrl_claims_result){.verdict = FHRL_CLAIMS_UNDECIDED};
  claim->judge(s, out);
}
