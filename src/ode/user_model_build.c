// SPDX-License-Identifier: GPL-3.0-or-later
// user_model_build: a user's model compiled, or found compiled
#define _XOPEN_SOURCE 700 // mkdtemp
#include <config.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process.h"
#include "ode/user_model.h"
#include "ode/user_model_cache.h"

enum { WORDS = 48, WORD_BYTES = 3 * FHRL_PATH_SIZE, SAID = 1 << 16, DEPTH = 8 };

// ---- the command

typedef struct command {
  const char *word[WORDS + 1];
  int count;
  size_t used;
  char bytes[WORD_BYTES];
} command;

static fhrl_status add(command *c, const char *word, size_t length, fhrl_err *err)
{
  if (c->count == WORDS || c->used + length + 1 > WORD_BYTES)
    return fhrl_fail(err, FHRL_LIMIT, "the compiler's command line is too long at '%.*s'", (int)(length < 200 ? length : 200),
      word);
  c->word[c->count++] = c->bytes + c->used;
  memcpy(c->bytes + c->used, word, length);
  c->used += length;
  c->bytes[c->used++] = '\0';
  c->word[c->count] = NULL;
  return FHRL_OK;
}

static fhrl_status add_text(command *c, const char *word, fhrl_err *err) { return add(c, word, strlen(word), err); }

// Words between blanks, as in CC="gcc -m64".
static fhrl_status add_words(command *c, const char *text, fhrl_err *err)
{
  for (const char *at = text + strspn(text, " \t"); *at; at += strspn(at, " \t")) {
    const size_t length = strcspn(at, " \t");
    FHRL_TRY(add(c, at, length, err));
    at += length;
  }
  return FHRL_OK;
}

static fhrl_status make_command(command *c, const char *path, const char *headers, fhrl_err *err)
{
  char text[FHRL_PATH_SIZE + 4], found[FHRL_PATH_SIZE];
  const char *chosen = getenv("CC"), *compiler = chosen && *chosen ? chosen : FHRL_MODEL_CC;
  c->count = 0;
  c->used = 0;
  FHRL_TRY(add_words(c, compiler, err));
  if (c->count == 0 || !fhrl_process_find(c->word[0], found, sizeof found))
    return fhrl_fail(err, FHRL_IO, "no C compiler '%s' is here to compile %s; install one (on Debian: gcc and libc6-dev), or "
                                   "name it with CC=...", compiler, path);
  FHRL_TRY(add_words(c, FHRL_MODEL_CFLAGS, err));
  FHRL_TRY(add_text(c, "-DFHRL_USER_MODEL", err));
  snprintf(text, sizeof text, "-I%s", headers);
  FHRL_TRY(add_text(c, text, err));
  snprintf(text, sizeof text, "%s%s", path[0] == '-' ? "./" : "", path); // a name that begins with '-' is no option
  return add_text(c, text, err);
}

// The command as a line to read: the same for a library that was compiled now or before, so without the output's name.
static fhrl_status keep_command(fhrl_user_model *u, const command *c, fhrl_err *err)
{
  char *line = malloc(c->used + 1);
  if (line == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a command line");
  memcpy(line, c->bytes, c->used);
  for (size_t i = 0; i + 1 < c->used; i++)
    if (line[i] == '\0') line[i] = ' ';
  free(u->command);
  u->command = line;
  return FHRL_OK;
}

// ---- what the name in the cache is made of

// A header below `folder`, and those that it includes, in turn.
static fhrl_status digest_header(fhrl_digest *d, const char *folder, const char *name, int depth, fhrl_err *err)
{
  static const char include[] = "#include \"";
  char path[FHRL_PATH_SIZE], *bytes;
  size_t size;
  if (depth > DEPTH) return fhrl_fail(err, FHRL_LIMIT, "%s: headers include each other more than %d deep", name, DEPTH);
  FHRL_TRY(fhrl_file_join(folder, name, path, err));
  FHRL_TRY(fhrl_file_read(path, 1 << 24, &bytes, &size, err));
  fhrl_digest_text(d, name);
  fhrl_digest_text(d, bytes);
  fhrl_status status = FHRL_OK;
  for (const char *at = bytes; status == FHRL_OK && (at = strstr(at, include)); at++) {
    char next[256];
    at += sizeof include - 1;
    snprintf(next, sizeof next, "%.*s", (int)strcspn(at, "\"\n"), at);
    status = digest_header(d, folder, next, depth + 1, err);
  }
  free(bytes);
  return status;
}

// A program of the command by its file: an upgrade compiles anew.
static void digest_program(fhrl_digest *d, const char *word)
{
  char path[FHRL_PATH_SIZE];
  struct stat st;
  if (word[0] == '-' || !fhrl_process_find(word, path, sizeof path) || stat(path, &st) != 0) return;
  const long long what[] = {(long long)st.st_size, (long long)st.st_mtim.tv_sec, (long long)st.st_mtim.tv_nsec};
  fhrl_digest_text(d, path);
  fhrl_digest_add(d, what, sizeof what);
}

static fhrl_status key_of(const fhrl_user_model *u, const command *c, const char *headers, char key[FHRL_DIGEST_SIZE],
  fhrl_err *err)
{
  fhrl_digest d;
  fhrl_digest_begin(&d);
  fhrl_digest_text(&d, PACKAGE_VERSION);
  fhrl_digest_text(&d, u->digest);
  for (int i = 0; i + 1 < c->count; i++) { // but for the path of the source, which may lie anywhere
    fhrl_digest_text(&d, c->word[i]);
    digest_program(&d, c->word[i]);
  }
  FHRL_TRY(digest_header(&d, headers, "ode/model.h", 0, err));
  fhrl_digest_end(&d, key);
  return FHRL_OK;
}

// 1 if the source includes nothing but the model's header and the system's: then the key knows all of it.
static int is_alone(const char *text)
{
  if (getenv("CPATH") || getenv("C_INCLUDE_PATH")) return 0; // <...> may be anything then
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    const char *at = line + strspn(line, " \t");
    if (strncmp(at, "%:", 2) == 0) return 0; // another spelling of #
    if (*at != '#') continue;
    at += 1 + strspn(at + 1, " \t");
    if (*at == '/' || *at == '\\' || strncmp(at, "import", 6) == 0) return 0;
    if (strncmp(at, "include", 7) != 0) continue;
    at += 7 + strspn(at + 7, " \t");
    if (*at != '<' && strncmp(at, "\"ode/model.h\"", 13) != 0) return 0;
  }
  return 1;
}

// ---- folders

static fhrl_status private_folder(char folder[FHRL_PATH_SIZE], fhrl_err *err)
{
  const char *tmp = getenv("TMPDIR");
  FHRL_TRY(fhrl_file_join(tmp && tmp[0] == '/' ? tmp : "/tmp", "fhrl-XXXXXX", folder, err));
  if (mkdtemp(folder)) return FHRL_OK;
  const fhrl_status status = fhrl_fail(err, FHRL_IO, "cannot make the folder %s: %s", folder, strerror(errno));
  folder[0] = '\0';
  return status;
}

// ---- compiling

// An editor may save while the compiler reads: what came out would then lie under the wrong name for ever.
static fhrl_status unchanged(const fhrl_user_model *u, const char *path, fhrl_err *err)
{
  char *bytes, now[FHRL_DIGEST_SIZE];
  size_t size;
  fhrl_digest d;
  FHRL_TRY(fhrl_file_read(path, 1 << 24, &bytes, &size, err));
  fhrl_digest_begin(&d);
  fhrl_digest_add(&d, bytes, size);
  fhrl_digest_end(&d, now);
  free(bytes);
  return strcmp(now, u->digest) == 0 ? FHRL_OK : fhrl_fail(err, FHRL_IO, "%s changed while it was compiled; run again", path);
}

static fhrl_status compile(fhrl_user_model *u, command *c, const char *path, const char *output, fhrl_err *err)
{
  int code = 0;
  FHRL_TRY(add_text(c, "-o", err));
  FHRL_TRY(add_text(c, output, err));
  FHRL_TRY(add_text(c, "-lm", err));
  char *said = malloc(SAID);
  if (said == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for what the compiler says");
  const fhrl_status status = fhrl_process_run(c->word[0], c->word, said, SAID, &code, err);
  if (status == FHRL_OK && *said) u->said = said;
  else free(said);
  FHRL_TRY(status);
  u->compiled = 1;
  if (code == 0) return unchanged(u, path, err);
  return fhrl_fail(err, FHRL_FORMAT, "%s does not compile (exit status %d of the compiler): %s%s", path, code,
    u->said ? "its messages stand above; the command was " : "it said nothing; the command was ", u->command);
}

// Compiled into the cache by whoever holds its lock.
static fhrl_status into_cache(fhrl_user_model *u, command *c, const char *path, const char *library, const char *cache, fhrl_err *err)
{
  char temporary[FHRL_PATH_SIZE];
  u->held = fhrl_user_model_cache_hold(library);
  if (u->held >= 0) return FHRL_OK; // another process has made it meanwhile
  FHRL_TRY(fhrl_file_temporary(library, temporary, err));
  const fhrl_status status = compile(u, c, path, temporary, err);
  if (status != FHRL_OK) {
    unlink(temporary);
    return status;
  }
  FHRL_TRY(fhrl_file_publish(temporary, library, err));
  u->held = fhrl_user_model_cache_hold(library);
  fhrl_user_model_cache_prune(cache);
  return FHRL_OK;
}

// NAME-KEY.so of the cache
static fhrl_status library_of(const fhrl_user_model *u, const command *c, const char *headers, const char *stem,
  const char *folder, char library[FHRL_PATH_SIZE], fhrl_err *err)
{
  char key[FHRL_DIGEST_SIZE], name[FHRL_DIGEST_SIZE + 64];
  FHRL_TRY(key_of(u, c, headers, key, err));
  snprintf(name, sizeof name, "%s-%s.so", stem, key);
  return fhrl_file_join(folder, name, library, err);
}

fhrl_status fhrl_user_model_build(fhrl_user_model *u, const char *path, const char *stem, const char *text, size_t size,
  int again, char library[FHRL_PATH_SIZE], char folder[FHRL_PATH_SIZE], fhrl_err *err)
{
  command c;
  char headers[FHRL_PATH_SIZE], cache[FHRL_PATH_SIZE];
  folder[0] = '\0';
  FHRL_TRY(fhrl_file_headers(headers, err));
  FHRL_TRY(make_command(&c, path, headers, err));
  FHRL_TRY(keep_command(u, &c, err));
  u->alone = strlen(text) == size && is_alone(text);
  if (u->alone && fhrl_user_model_cache_folder(cache)) {
    FHRL_TRY(library_of(u, &c, headers, stem, cache, library, err));
    if (again) {
      if (u->held >= 0) close(u->held);
      unlink(library);
    }
    u->held = fhrl_user_model_cache_hold(library);
    if (u->held >= 0) return FHRL_OK; // it came there whole, by a rename
    const int fd = fhrl_user_model_cache_lock(cache);
    if (fd >= 0) {
      const fhrl_status status = into_cache(u, &c, path, library, cache, err);
      close(fd);
      return status;
    }
  }
  FHRL_TRY(private_folder(folder, err));
  fhrl_status status = fhrl_file_join(folder, "model.so", library, err);
  if (status == FHRL_OK) status = compile(u, &c, path, library, err);
  if (status != FHRL_OK) {
    unlink(library);
    rmdir(folder);
    folder[0] = '\0';
  }
  return status;
}
