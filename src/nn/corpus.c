// SPDX-License-Identifier: GPL-3.0-or-later
// corpus: the training text, its batches, and the lowest loss that it allows
#include "nn/corpus.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"

enum { BLOCK = 1 << 16 }; // bytes read at once in a pass over all

typedef struct fhrl_corpus_file {
  char *path;         // owned
  size_t first, size; // offset of its first byte in the corpus, bytes
} corpus_file;

// ---- opening

static fhrl_status add_file(fhrl_corpus *c, const char *path, fhrl_err *err)
{
  FILE *stream;
  size_t size;
  FHRL_TRY(fhrl_file_open(path, &stream, &size, err));
  fclose(stream);
  if (size > SIZE_MAX - c->size) return fhrl_fail(err, FHRL_LIMIT, "%s: the corpus exceeds the address space", path);
  corpus_file *grown = realloc(c->file, ((size_t)c->files + 1) * sizeof *grown);
  char *copy = strdup(path);
  if (grown) c->file = grown;
  if (grown == NULL || copy == NULL) {
    free(copy);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the name of %s", path);
  }
  c->file[c->files++] = (corpus_file){copy, c->size, size};
  c->size += size;
  return FHRL_OK;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const corpus_file *)a)->path, ((const corpus_file *)b)->path);
}

static fhrl_status add_folder(fhrl_corpus *c, const char *path, fhrl_err *err)
{
  char joined[FHRL_PATH_SIZE];
  fhrl_status status = FHRL_OK;
  DIR *folder = opendir(path);
  if (folder == NULL) return fhrl_fail(err, FHRL_IO, "cannot read the folder %s: %s", path, strerror(errno));
  for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
    struct stat st;
    if (e->d_name[0] == '.') continue;
    FHRL_DO(status, fhrl_file_join(path, e->d_name, joined, err));
    if (stat(joined, &st) == 0 && S_ISREG(st.st_mode)) FHRL_DO(status, add_file(c, joined, err));
  }
  if (c->files == 0) status = fhrl_fail(err, FHRL_ARG, "the folder %s holds no file to train on", path);
  if (c->files > 0) qsort(c->file, (size_t)c->files, sizeof *c->file, by_name);
  c->size = 0;
  for (int i = 0; i < c->files; i++) { // the places follow the names
    c->file[i].first = c->size;
    c->size += c->file[i].size;
  }
done:
  closedir(folder);
  return status;
}

static fhrl_status take_in(fhrl_corpus *c, fhrl_err *err)
{
  if (c->size > FHRL_CORPUS_MEMORY) return FHRL_OK;
  unsigned char *all = malloc(c->size + 1);
  if (all == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the %zu bytes of the corpus", c->size);
  const fhrl_status status = fhrl_corpus_read(c, 0, c->size, all, err);
  if (status == FHRL_OK)
    c->byte = all;
  else
    free(all);
  return status;
}

fhrl_status fhrl_corpus_load(const char *path, fhrl_corpus *out, fhrl_err *err)
{
  char shipped[FHRL_PATH_SIZE];
  fhrl_corpus c = {NULL};
  fhrl_status status;
  if (path[0] == '\0') {
    FHRL_TRY(fhrl_file_data("experiments/corpus.txt", shipped, err));
    path = shipped;
  }
  FHRL_DO(status, fhrl_file_is_folder(path) ? add_folder(&c, path, err) : add_file(&c, path, err));
  FHRL_DO(status, take_in(&c, err));
  *out = c;
done:
  if (status != FHRL_OK) fhrl_corpus_free(&c);
  return status;
}

void fhrl_corpus_free(fhrl_corpus *corpus)
{
  for (int i = 0; i < corpus->files; i++) free(corpus->file[i].path);
  free(corpus->file);
  free(corpus->byte);
  memset(corpus, 0, sizeof *corpus);
}

void fhrl_corpus_hold_out(fhrl_corpus *corpus, double fraction)
{
  corpus->held = (size_t)(fraction * (double)corpus->size);
  corpus->size -= corpus->held;
}

// ---- reading

static fhrl_status read_file(const corpus_file *f, size_t at, size_t n, unsigned char *out, fhrl_err *err)
{
  FILE *stream;
  size_t size, done = 0;
  FHRL_TRY(fhrl_file_open(f->path, &stream, &size, err));
  fhrl_status status = FHRL_OK;
  while (done < n && status == FHRL_OK) {
    const ssize_t got = pread(fileno(stream), out + done, n - done, (off_t)(at + done));
    if (got > 0)
      done += (size_t)got;
    else if (got == 0)
      status = fhrl_fail(err, FHRL_IO, "%s became shorter than the %zu bytes it had", f->path, f->size);
    else if (errno != EINTR)
      status = fhrl_fail(err, FHRL_IO, "cannot read %s: %s", f->path, strerror(errno));
  }
  fclose(stream);
  return status;
}

fhrl_status fhrl_corpus_read(const fhrl_corpus *corpus, size_t at, size_t n, unsigned char out[], fhrl_err *err)
{
  if (corpus->byte) {
    memcpy(out, corpus->byte + at, n);
    return FHRL_OK;
  }
  int low = 0, high = corpus->files; // the last file that begins at or before `at`
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (corpus->file[middle].first <= at)
      low = middle;
    else
      high = middle;
  }
  for (; n > 0; low++) {
    const corpus_file *f = &corpus->file[low];
    const size_t from = at - f->first, left = f->size - from, part = n < left ? n : left;
    if (part > 0) FHRL_TRY(read_file(f, from, part, out, err));
    at += part;
    out += part;
    n -= part;
  }
  return FHRL_OK;
}

// Every byte in order, a block at a time; ends early where the visitor returns 0.
typedef int visitor(void *context, size_t at, size_t n, const unsigned char *byte);
static fhrl_status pass(const fhrl_corpus *c, size_t size, visitor *visit, void *context, fhrl_err *err)
{
  unsigned char block[BLOCK];
  for (size_t at = 0; at < size; at += BLOCK) {
    const size_t n = size - at < BLOCK ? size - at : BLOCK;
    FHRL_TRY(fhrl_corpus_read(c, at, n, block, err));
    if (!visit(context, at, n, block)) break;
  }
  return FHRL_OK;
}

typedef struct outsider {
  int vocabulary, byte; // byte: -1 if none was found
  size_t at;
} outsider;

static int look_outside(void *context, size_t at, size_t n, const unsigned char *byte)
{
  outsider *o = context;
  for (size_t i = 0; i < n; i++)
    if (byte[i] >= o->vocabulary) {
      o->byte = byte[i];
      o->at = at + i;
      return 0;
    }
  return 1;
}

fhrl_status fhrl_corpus_check(const fhrl_corpus *corpus, int T, int vocabulary, fhrl_err *err)
{
  const size_t row = (size_t)T + 1;
  outsider o = {.vocabulary = vocabulary, .byte = -1};
  if (corpus->size < row)
    return fhrl_fail(
      err, FHRL_ARG, "the corpus has %zu bytes, but a row takes model.T + 1 = %zu", corpus->size, row);
  if (corpus->held > 0 && corpus->held < row)
    return fhrl_fail(err, FHRL_ARG, "%zu bytes are held out, but a row takes model.T + 1 = %zu", corpus->held, row);
  if (vocabulary < 256) FHRL_TRY(pass(corpus, corpus->size + corpus->held, look_outside, &o, err));
  if (o.byte < 0) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "byte %d at offset %zu of the corpus is outside model.vocabulary = %d", o.byte,
    o.at, vocabulary);
}

fhrl_status fhrl_corpus_batch(const fhrl_corpus *corpus, int T, int B, uint32_t seed, uint32_t step,
  unsigned char out[], fhrl_err *err)
{
  fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_DATA, .step = step};
  const size_t starts = corpus->size - (size_t)T;
  for (int b = 0; b < B; b++) {
    double u;
    at.sequence = (uint32_t)b;
    fhrl_random_uniform(at, 0, 1, &u);
    const size_t start = starts <= UINT32_MAX ? fhrl_random_below(at, 0, starts) : (size_t)(u * (double)starts);
    FHRL_TRY(fhrl_corpus_read(corpus, start, (size_t)T + 1, out + (size_t)b * (T + 1), err));
  }
  return FHRL_OK;
}

// ---- what all bytes say

static int add_print(void *context, size_t at, size_t n, const unsigned char *byte)
{
  uint64_t *hash = context;
  for (size_t i = 0; i < n; i++) *hash = (*hash ^ byte[i]) * 0x100000001b3u;
  return 1;
}

uint64_t fhrl_corpus_fingerprint(const void *data, size_t size)
{
  uint64_t hash = 0xcbf29ce484222325u;
  add_print(&hash, 0, size, data);
  return hash;
}

fhrl_status fhrl_corpus_print(const fhrl_corpus *corpus, uint64_t *print, fhrl_err *err)
{
  *print = 0xcbf29ce484222325u;
  return pass(corpus, corpus->size + corpus->held, add_print, print, err);
}

static int count_bytes(void *context, size_t at, size_t n, const unsigned char *byte)
{
  double *count = context;
  for (size_t i = 0; i < n; i++) count[byte[i]]++;
  return 1;
}

// E log count(first byte) / T
static fhrl_status bound(const fhrl_corpus *corpus, int T, double *out, fhrl_err *err)
{
  const size_t starts = corpus->size - (size_t)T;
  double count[256] = {0.0}, sum = 0.0;
  FHRL_TRY(pass(corpus, starts, count_bytes, count, err));
  for (int i = 0; i < 256; i++)
    if (count[i] > 0.0) sum += count[i] * log(count[i]);
  *out = sum / (double)starts / T;
  return FHRL_OK;
}

typedef struct window {
  size_t start; // of its first occurrence
  size_t count; // 0: free
} window;

static fhrl_status counted(const fhrl_corpus *corpus, int T, double *out, fhrl_err *err)
{
  const unsigned char *byte = corpus->byte;
  const size_t length = (size_t)T + 1, starts = corpus->size - (size_t)T;
  const uint64_t base = 0x100000001b3u; // a rolling polynomial hash modulo 2^64
  uint64_t leading = 1, hash = 0;
  size_t slots = 1, first[256] = {0};
  while (slots < 2 * starts) slots *= 2;
  window *table = calloc(slots, sizeof *table);
  if (table == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu windows of the corpus", slots);
  for (size_t i = 0; i < length; i++) {
    hash = hash * base + byte[i];
    if (i > 0) leading *= base;
  }
  for (size_t i = 0; i < starts; i++) {
    if (i > 0) hash = (hash - leading * byte[i - 1]) * base + byte[i + length - 1];
    size_t slot = (size_t)((hash * 0x9E3779B97F4A7C15u) >> 20) & (slots - 1);
    while (table[slot].count && memcmp(byte + table[slot].start, byte + i, length) != 0)
      slot = (slot + 1) & (slots - 1);
    if (table[slot].count++ == 0) table[slot].start = i;
    first[byte[i]]++;
  }
  double sum = 0.0;
  for (size_t s = 0; s < slots; s++)
    if (table[s].count)
      sum += (double)table[s].count * log((double)first[byte[table[s].start]] / (double)table[s].count);
  free(table);
  *out = sum / (double)starts / T;
  return FHRL_OK;
}

fhrl_status fhrl_corpus_floor(const fhrl_corpus *corpus, int T, double *floor, int *exact, fhrl_err *err)
{
  *exact = corpus->byte && corpus->size - (size_t)T <= FHRL_CORPUS_COUNTED;
  return *exact ? counted(corpus, T, floor, err) : bound(corpus, T, floor, err);
}
