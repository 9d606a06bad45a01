// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_safetensors: a file of named tensors
//
// What opens has tensors that lie in memory whole, names that can be looked up, and is written again as a file that opens.
#include "io/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

static fhrl_err err;

static void seeds(fuzz_give *give)
{
  static const float a[6] = {0.5f, -1.5f, 2.385f, 3e38f, -0.0f, 1e-45f};
  static const double b[2] = {0.1, -1e300};
  static const long long c[1] = {-9007199254740993};
  static const unsigned char d[3] = {0, 127, 255};
  static const fhrl_tensor tensors[] = {{"tok_emb", FHRL_F32, 2, {2, 3}, 6, a}, {"b/\xc3\xa9\"", FHRL_F64, 1, {2}, 2, b},
    {"empty", FHRL_F32, 3, {4, 0, 2}, 0, a}, {"step", FHRL_I64, 0, {0}, 1, c}, {"bytes", FHRL_U8, 1, {3}, 3, d}};
  static const char *const metadata[] = {"model.d", "192", "a", "line\nend \xe2\x82\xac", NULL};
  fuzz_claim(fhrl_safetensors_save("good.safetensors", tensors, 5, metadata, &err) == FHRL_OK, "%s", err.msg);
  fuzz_give_file(give, "good.safetensors");
  fuzz_claim(fhrl_safetensors_save("good.safetensors", tensors, 0, NULL, &err) == FHRL_OK, "%s", err.msg);
  fuzz_give_file(give, "good.safetensors");
}

static void read_tensor(const fhrl_safetensors *f, const fhrl_tensor *t)
{
  static const size_t width[] = {[FHRL_F32] = 4, [FHRL_F64] = 8, [FHRL_I64] = 8, [FHRL_U8] = 1};
  const unsigned char *bytes = t->data;
  unsigned sum = 0;
  size_t count = 1;
  for (int i = 0; i < t->rank; i++) count *= t->shape[i];
  fuzz_claim(count == t->count, "tensor %s counts %zu elements, its shape %zu", t->name, t->count, count);
  for (size_t i = 0; i < count * width[t->dtype]; i++) sum += bytes[i]; // all of it is there
  fuzz_claim(sum + 1 != 0, "never");
  fuzz_claim(fhrl_safetensors_find(f, t->name) == t, "tensor %s is found in another place", t->name);
  double *out = malloc((count + 1) * sizeof *out);
  fuzz_claim(out != NULL, "no memory");
  fuzz_judge(fhrl_safetensors_read(f, t->name, t->rank, t->shape, out, &err), &err, "a.safetensors");
  free(out);
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_safetensors *f = NULL, *again = NULL;
  const char *key, *value, *metadata[129] = {NULL};
  int n = 0;
  fuzz_put("a.safetensors", data, size);
  const fhrl_status status = fuzz_judge(fhrl_safetensors_open("a.safetensors", &f, &err), &err, "a.safetensors");
  if (status != FHRL_OK) return status;
  const int count = fhrl_safetensors_count(f);
  for (int i = 0; i < count; i++) read_tensor(f, fhrl_safetensors_at(f, i));
  for (; n < 64 && (value = fhrl_safetensors_metadata_at(f, n, &key)); n++) {
    metadata[2 * n] = key;
    metadata[2 * n + 1] = value;
  }
  if (count > 0 && n < 64) {
    fhrl_tensor *copy = malloc((size_t)count * sizeof *copy);
    fuzz_claim(copy != NULL, "no memory");
    for (int i = 0; i < count; i++) copy[i] = *fhrl_safetensors_at(f, i);
    fuzz_claim(fhrl_safetensors_save("b.safetensors", copy, count, metadata, &err) == FHRL_OK &&
                 fhrl_safetensors_open("b.safetensors", &again, &err) == FHRL_OK, "what was read cannot be written and read again: %s",
      err.msg);
    for (int i = 0; i < count; i++)
      fuzz_claim(strcmp(fhrl_safetensors_at(again, i)->name, copy[i].name) == 0, "another order of tensors");
    free(copy);
  }
  fhrl_safetensors_close(again);
  fhrl_safetensors_close(f);
  return status;
}

const fuzz_target fuzz_subject = {"safetensors", .whole = 1, .flips = 600, .seeds = seeds, .one = one};
