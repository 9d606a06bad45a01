// SPDX-License-Identifier: GPL-3.0-or-later
// iss_ball: a witness looked at again in ball arithmetic: 128 bits and a proved error, from the state to both sides
#include "analysis/iss_ball.h"

#include <string.h>

#include "analysis/iss_reduced.h"

int fhrl_iss_ball_knows(const fhrl_iss_view *v)
{
  return fhrl_iss_reduced_knows(v) && strcmp(v->s->model->name, "fhrl") == 0;
}

// ---- vectors of d balls, each owned by the caller

static void enclose(arb_ptr out, const double x[], int n)
{
  for (int i = 0; i < n; i++) arb_set_d(out + i, x[i]);
}

static void norm(arb_t out, arb_srcptr x, int n)
{
  arb_dot(out, NULL, 0, x, 1, x, 1, n, FHRL_BALL_BITS);
  arb_sqrtpos(out, out, FHRL_BALL_BITS);
}

static void norm_of(arb_t out, const double x[], int n)
{
  arb_ptr v = _arb_vec_init(n);
  enclose(v, x, n);
  norm(out, v, n);
  _arb_vec_clear(v, n);
}

// out += scale M x, M (d, d) of doubles
static void add_product(arb_ptr out, int d, arb_srcptr scale, const double M[], arb_srcptr x)
{
  arb_ptr row = _arb_vec_init(d);
  arb_t sum;
  arb_init(sum);
  for (int i = 0; i < d; i++) {
    enclose(row, M + (size_t)i * d, d);
    arb_dot(sum, NULL, 0, row, 1, x, 1, d, FHRL_BALL_BITS);
    if (scale) arb_addmul(out + i, scale, sum, FHRL_BALL_BITS);
    else arb_add(out + i, out + i, sum, FHRL_BALL_BITS);
  }
  arb_clear(sum);
  _arb_vec_clear(row, d);
}

static const double *matrix(const fhrl_iss_view *v, const char *name)
{
  return v->s->m[fhrl_system_matrix(v->s->model, name)];
}

// f of models/fhrl.c (3), (4)
static void drive(const fhrl_iss_view *v, const double A[], arb_srcptr y, arb_srcptr u, arb_ptr f)
{
  const int d = v->d;
  if (v->drive == FHRL_ISS_DRIVE_NONE) return;
  if (v->drive == FHRL_ISS_DRIVE_TANH) {
    add_product(f, d, NULL, matrix(v, "W"), y);
    add_product(f, d, NULL, A, y);
    add_product(f, d, NULL, matrix(v, "B"), u);
    for (int i = 0; i < d; i++) arb_tanh(f + i, f + i, FHRL_BALL_BITS);
    return;
  }
  arb_ptr x = _arb_vec_init(d), value = _arb_vec_init(d);
  arb_t gamma;
  arb_init(gamma);
  arb_set_d(gamma, v->gamma);
  add_product(x, d, NULL, matrix(v, "B"), u);
  add_product(x, d, gamma, matrix(v, "W_r"), y);
  add_product(value, d, NULL, matrix(v, "W_v"), x);
  add_product(f, d, NULL, A, value);
  arb_clear(gamma);
  _arb_vec_clear(value, d);
  _arb_vec_clear(x, d);
}

// yhat'W_r yhat
static arb_srcptr form(const fhrl_iss_view *v, fhrl_reckon *r, arb_srcptr y, arb_srcptr rho)
{
  arb_ptr image = _arb_vec_init(v->d), out = fresh(r);
  add_product(image, v->d, NULL, matrix(v, "W_r"), y);
  arb_dot(out, NULL, 0, y, 1, image, 1, v->d, FHRL_BALL_BITS);
  _arb_vec_clear(image, v->d);
  return over(r, out, square(r, rho));
}

// yhat'h of models/fhrl.c (5)-(7)
static arb_srcptr home(const fhrl_iss_view *v, fhrl_reckon *r, arb_srcptr y, arb_srcptr rho)
{
  arb_srcptr one = exactly(r, 1.0), e = minus(r, rho, one);
  if (v->home == FHRL_ISS_HOME_GAIN)
    return minus(r, over(r, rho, plus(r, one, product(r, exactly(r, v->beta), e))), rho);
  if (v->home == FHRL_ISS_HOME_NONE) return exactly(r, 0.0);
  arb_srcptr s = negative(r, product(r, fhrl_iss_reduced_kappa(v, r, rho), e));
  return v->home == FHRL_ISS_HOME_REENTRY ? product(r, s, form(v, r, y, rho)) : s;
}

void fhrl_iss_ball_look(const fhrl_iss_view *v, const double x[], const double u[], fhrl_iss_ball *out)
{
  const int d = v->d, n_u = v->s->dims.n_u;
  *out = (fhrl_iss_ball){0};
  fhrl_reckon_init(&out->r);
  fhrl_reckon *r = &out->r;
  arb_ptr y = _arb_vec_init(d), input = _arb_vec_init(d), f = _arb_vec_init(d);
  arb_ptr rho = fresh(r), A = fresh(r), size = fresh(r), along = fresh(r);
  enclose(y, x + v->y, d);
  enclose(input, u, n_u);
  norm(rho, y, d);
  norm_of(A, x + v->A, v->n_A);
  norm_of(size, u, n_u);
  drive(v, x + v->A, y, input, f);
  arb_dot(along, NULL, 0, y, 1, f, 1, d, FHRL_BALL_BITS);
  out->rho = rho;
  out->e = minus(r, rho, exactly(r, 1.0));
  out->leak = negative(r, rho); // yhat'(-y)
  out->drive = over(r, along, rho);
  out->home = home(v, r, y, rho);
  out->A = A;
  out->u = size;
  _arb_vec_clear(f, d);
  _arb_vec_clear(input, d);
  _arb_vec_clear(y, d);
}

void fhrl_iss_ball_free(fhrl_iss_ball *b)
{
  fhrl_reckon_free(&b->r);
  *b = (fhrl_iss_ball){0};
}

// ---- the claims, by id as in iss_rules.c

typedef struct sides {
  arb_srcptr lhs, rhs;
} sides;

typedef sides claim(const fhrl_iss_frame *f, fhrl_iss_ball *b);

static arb_srcptr rate(fhrl_iss_ball *b) { return plus(&b->r, plus(&b->r, b->leak, b->drive), b->home); }

static arb_srcptr V_dot(fhrl_iss_ball *b) { return product(&b->r, b->e, rate(b)); }

// c_A |A|^2 + c_u |u|^2
static arb_srcptr disturbance(fhrl_iss_ball *b, double c_A, double c_u)
{
  fhrl_reckon *r = &b->r;
  return plus(r, product(r, exactly(r, c_A), square(r, b->A)), product(r, exactly(r, c_u), square(r, b->u)));
}

static sides s14(const fhrl_iss_frame *f, fhrl_iss_ball *b) { return (sides){V_dot(b), V_dot(b)}; }

static sides s15(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  return (sides){product(&b->r, b->e, b->leak), negative(&b->r, square(&b->r, b->e))};
}

static sides s16(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  const fhrl_iss_constants *k = f->k;
  fhrl_reckon *r = &b->r;
  arb_srcptr own = plus(r, product(r, exactly(r, k->a_f), b->rho), product(r, exactly(r, k->b_A), b->A));
  return (sides){magnitude(r, b->drive), plus(r, own, product(r, exactly(r, k->b_u), b->u))};
}

static sides s17(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  const fhrl_iss_constants *k = f->k;
  fhrl_reckon *r = &b->r;
  arb_srcptr own = product(r, exactly(r, k->S17_f), square(r, b->e));
  return (sides){magnitude(r, product(r, b->e, b->drive)), plus(r, own, disturbance(b, k->S17_A, k->S17_u))};
}

static sides s20(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  fhrl_reckon *r = &b->r;
  return (sides){
    product(r, b->e, b->home), negative(r, product(r, fhrl_iss_reduced_kappa(f->v, r, b->rho), square(r, b->e)))};
}

static sides s21(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  const fhrl_iss_constants *k = f->k;
  fhrl_reckon *r = &b->r;
  arb_srcptr damping = plus(r, exactly(r, 1.0), fhrl_iss_reduced_kappa(f->v, r, b->rho));
  arb_srcptr own = product(r, minus(r, exactly(r, k->S17_f), damping), square(r, b->e));
  return (sides){V_dot(b), plus(r, own, disturbance(b, k->S17_A, k->S17_u))};
}

static sides s22(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  const fhrl_iss_constants *k = f->k;
  fhrl_reckon *r = &b->r;
  arb_srcptr own = negative(r, product(r, exactly(r, fmax(k->S22_c, 0.0)), square(r, b->e)));
  return (sides){V_dot(b), plus(r, own, disturbance(b, k->S17_A, k->S17_u))};
}

static sides practical_with(fhrl_iss_ball *b, double c, double c_0, double c_A, double c_u)
{
  fhrl_reckon *r = &b->r;
  arb_srcptr own = minus(r, exactly(r, c_0), product(r, exactly(r, c), square(r, b->e)));
  return (sides){V_dot(b), plus(r, own, disturbance(b, c_A, c_u))};
}

static sides practical(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  return practical_with(b, f->k->c, f->k->c_0, f->k->c_A, f->k->c_u);
}

static sides tight(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  const fhrl_iss_tight *t = &f->k->tight;
  return practical_with(b, t->c, t->c_0, t->c_A, t->c_u);
}

// d rho/dt <= 2 ((1/beta + F)/2 - rho)
static sides gain_bound(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  fhrl_reckon *r = &b->r;
  arb_srcptr level = plus(r, over(r, exactly(r, 1.0), exactly(r, f->v->beta)), exactly(r, f->k->drive_sup));
  return (sides){rate(b), minus(r, level, product(r, exactly(r, 2.0), b->rho))};
}

static sides gain_pole(const fhrl_iss_frame *f, fhrl_iss_ball *b)
{
  fhrl_reckon *r = &b->r;
  return (sides){negative(r, plus(r, exactly(r, 1.0), product(r, exactly(r, f->v->beta), b->e))), exactly(r, 0.0)};
}

static const struct {
  const char *id;
  claim *sides;
} claims[] = {{"S13", s14}, {"S14", s14}, {"S15", s15}, {"S16", s16}, {"S17", s17}, {"S20", s20}, {"S21", s21},
  {"S22", s22}, {"practical", practical}, {"practical_tight", tight}, {"gain_bound", gain_bound},
  {"gain_pole", gain_pole}};

int fhrl_iss_ball_sides(const fhrl_iss_frame *f, fhrl_iss_ball *b, const char *id, arb_srcptr *lhs, arb_srcptr *rhs)
{
  for (int i = 0; i < FHRL_COUNT(claims); i++)
    if (strcmp(claims[i].id, id) == 0) {
      const sides s = claims[i].sides(f, b);
      *lhs = s.lhs;
      *rhs = s.rhs;
      return 1;
    }
  return 0;
}
