// SPDX-License-Identifier: GPL-3.0-or-later
// cfc: closed-form continuous-depth network: a map that interpolates between two heads by the time since the last input
//   z  = tanh(W_x x + W_u u + b)               (1)   the backbone, shared by the heads
//   f  = W_f z + b_f,  g = tanh(W_g z + b_g),  h = tanh(W_h z + b_h)            (2)
//   x' = s g + (1 - s) h,  s = 1/(1 + exp(f dt))                                (3)   componentwise; s = sigma(-f dt)
// Source: R. Hasani et al., Closed-form continuous-time neural networks, Nature Machine Intelligence 4 (2022) 992-1003, the
// gated closed form with f, g, h as heads of one backbone. Since g and h lie in (-1, 1), so does x'.
#include "ode/model.h"

enum { N, HIDDEN, INPUTS, DT, N_PARAM };
enum { W_X, W_U, B, W_F, B_F, W_G, B_G, W_H, B_H, N_MATRIX };
enum { NORM, GATE, N_OBS };
static const fhrl_field state[] = {{"x", 0.0, "1", "units"}};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 8, "1", "number of units", FHRL_INT, 1, 4096},
  [HIDDEN] = {"hidden", 16, "1", "width of the backbone", FHRL_INT, 1, 4096},
  [INPUTS] = {"inputs", 2, "1", "number of inputs u", FHRL_INT, 0, 4096},
  [DT] = {"dt", 1.0, "s", "time since the last input", FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_HIGH},
};
static const fhrl_matrix matrix[N_MATRIX] = {
  [W_X] = {"W_x", 1.0, "weights of the backbone on x, (hidden, n)"},
  [W_U] = {"W_u", 1.0, "weights of the backbone on the input, (hidden, inputs)"},
  [B] = {"b", 0.5, "bias of the backbone, (hidden, 1)"},
  [W_F] = {"W_f", 1.0, "head of the gate, (n, hidden)"},
  [B_F] = {"b_f", 0.5, "its bias, (n, 1)"},
  [W_G] = {"W_g", 1.0, "head of the near state g, (n, hidden)"},
  [B_G] = {"b_g", 0.5, "its bias, (n, 1)"},
  [W_H] = {"W_h", 1.0, "head of the far state h, (n, hidden)"},
  [B_H] = {"b_h", 0.5, "its bias, (n, 1)"},
};
static const fhrl_field obs[N_OBS] = {
  [NORM] = {"norm", 0.0, "1", "Euclidean norm of x"},
  [GATE] = {"gate", 0.0, "1", "mean of the gate s at the next step"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int n = (int)p[N], hidden = (int)p[HIDDEN], inputs = (int)p[INPUTS];
  out->state[0] = (fhrl_shape){n, 1};
  out->matrix[W_X] = (fhrl_shape){hidden, n};
  out->matrix[W_U] = (fhrl_shape){hidden, inputs};
  out->matrix[B] = (fhrl_shape){hidden, 1};
  for (int k = W_F; k < N_MATRIX; k += 2) {
    out->matrix[k] = (fhrl_shape){n, hidden};
    out->matrix[k + 1] = (fhrl_shape){n, 1};
  }
  out->n_u = inputs;
  out->n_work = 2 * hidden + 6 * n; // a step and its tangent
}

// What a step computes on its way; all borrowed from s->work.
typedef struct cell {
  double *z;             // (hidden)
  double *gate, *g, *h;  // (n)
} cell;

static cell look(const fhrl_system *s, const double x[])
{
  const int n = s->n, hidden = (int)s->p[HIDDEN];
  const double *const *m = s->m;
  const cell c = {s->work, s->work + hidden, s->work + hidden + n, s->work + hidden + 2 * n};
  fhrl_matvec(hidden, n, m[W_X], x, c.z);
  fhrl_matvec_add(hidden, s->dims.n_u, 1.0, m[W_U], s->u, c.z);
  for (int i = 0; i < hidden; i++) c.z[i] = tanh(c.z[i] + m[B][i]); // (1)
  fhrl_matvec(n, hidden, m[W_F], c.z, c.gate);
  fhrl_matvec(n, hidden, m[W_G], c.z, c.g);
  fhrl_matvec(n, hidden, m[W_H], c.z, c.h);
  for (int i = 0; i < n; i++) { // (2)
    c.gate[i] = 1.0 / (1.0 + exp((c.gate[i] + m[B_F][i]) * s->p[DT]));
    c.g[i] = tanh(c.g[i] + m[B_G][i]);
    c.h[i] = tanh(c.h[i] + m[B_H][i]);
  }
  return c;
}

static int step(const fhrl_system *s, double t, const double x[], double out[])
{
  const cell c = look(s, x);
  for (int i = 0; i < s->n; i++) out[i] = c.gate[i] * c.g[i] + (1.0 - c.gate[i]) * c.h[i]; // (3)
  return 0;
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = s->n, hidden = (int)s->p[HIDDEN];
  const cell c = look(s, x);
  double *dz = c.h + n, *df = dz + hidden, *dg = df + n, *dh = dg + n;
  fhrl_matvec(hidden, n, s->m[W_X], v, dz);
  for (int i = 0; i < hidden; i++) dz[i] *= 1.0 - c.z[i] * c.z[i];
  fhrl_matvec(n, hidden, s->m[W_F], dz, df);
  fhrl_matvec(n, hidden, s->m[W_G], dz, dg);
  fhrl_matvec(n, hidden, s->m[W_H], dz, dh);
  for (int i = 0; i < n; i++) {
    const double q = c.gate[i], dq = -s->p[DT] * q * (1.0 - q) * df[i];
    Jv[i] = dq * (c.g[i] - c.h[i]) + q * (1.0 - c.g[i] * c.g[i]) * dg[i] + (1.0 - q) * (1.0 - c.h[i] * c.h[i]) * dh[i];
  }
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  const cell c = look(s, x);
  y[NORM] = fhrl_norm(s->n, x);
  y[GATE] = 0.0;
  for (int i = 0; i < s->n; i++) y[GATE] += c.gate[i] / s->n;
  return 0;
}

const fhrl_model fhrl_model_cfc = {
  .name = "cfc",
  .summary = "gated closed-form continuous-time cell",
  .reference = "Hasani et al. (2022), Nature Machine Intelligence 4, 992-1003",
  .time_unit = "step",
  .state = state, .n_state = FHRL_COUNT(state), .param = param, .n_param = N_PARAM, .obs = obs, .n_obs = N_OBS,
  FHRL_MATRICES,
  .dims = dims,
  .step = step,
  .jvp = jvp,
  .observe = observe,
};
