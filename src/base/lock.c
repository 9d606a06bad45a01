// SPDX-License-Identifier: GPL-3.0-or-later
// lock: one process at a time, on one machine or on several that share a folder
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum { HOST = 128, NAMESPACE = 64, TEXT = 300 };

typedef struct holder {
  char host[HOST], namespace[NAMESPACE]; // of process numbers: those of a container say nothing outside of it
  long pid, child;                       // child: 0 if there is none
  unsigned long long started, child_started; // in ticks since the machine did, or 0: numbers of processes are used again
} holder;

// When a process started; 0 if there is none.
static unsigned long long started(long pid)
{
  char path[64], text[1024];
  unsigned long long at = 0;
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  FILE *f = fopen(path, "r");
  if (f == NULL) return 0;
  const size_t n = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  text[n] = '\0';
  const char *field = strrchr(text, ')'); // the name before it may hold anything
  for (int i = 2; field && i < 22; i++) field = strchr(field + 1, ' ');
  if (field) at = strtoull(field, NULL, 10);
  return at;
}

static void describe(holder *h)
{
  memset(h, 0, sizeof *h);
  if (gethostname(h->host, sizeof h->host - 1) != 0 || h->host[0] == '\0') snprintf(h->host, sizeof h->host, "unknown");
  for (char *c = h->host; *c; c++)
    if (*c == ':' || *c == '/') *c = '_';
  if (readlink("/proc/self/ns/pid", h->namespace, sizeof h->namespace - 1) < 0) h->namespace[0] = '\0';
  h->pid = (long)getpid();
  h->started = started(h->pid);
}

static void write_text(const holder *h, char text[TEXT])
{
  snprintf(text, TEXT, "%s:%ld:%llu:%ld:%llu:%s", h->host, h->pid, h->started, h->child, h->child_started, h->namespace);
}

// 0 if the text is none of ours.
static int read_text(const char *text, holder *h)
{
  memset(h, 0, sizeof *h);
  return sscanf(text, "%127[^:]:%ld:%llu:%ld:%llu:%63s", h->host, &h->pid, &h->started, &h->child, &h->child_started,
           h->namespace) >= 5 && h->pid > 0;
}

static int is_gone(long pid, unsigned long long since)
{
  if (kill((pid_t)pid, 0) != 0 && errno == ESRCH) return 1;
  const unsigned long long now = started(pid);
  return now != 0 && since != 0 && now != since;
}

static int is_dead(const holder *h)
{
  holder own;
  describe(&own);
  if (strcmp(own.host, h->host) != 0 || strcmp(own.namespace, h->namespace) != 0) return 0; // who knows
  return is_gone(h->pid, h->started) && (h->child == 0 || is_gone(h->child, h->child_started));
}

// The text of a lock; 0 if it is not there.
static int look(const char *path, char text[TEXT])
{
  const ssize_t n = readlink(path, text, TEXT - 1);
  if (n < 0) return 0;
  text[n] = '\0';
  return 1;
}

// Removes the lock of a dead process. Of those who found it dead, all on this machine, only one may, lest a second removes
// what the first has put in its place: they queue at the folder.
static void clear(const char *path, const char *dead)
{
  char folder[FHRL_PATH_SIZE], text[TEXT];
  const char *slash = strrchr(path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
  const int queue = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (queue >= 0 && flock(queue, LOCK_EX) != 0 && errno == EINTR) {
    close(queue);
    return; // there will be another time
  }
  if (look(path, text) && strcmp(text, dead) == 0) unlink(path);
  if (queue >= 0) close(queue);
}

fhrl_status fhrl_lock_try(const char *path, int *taken, char who[FHRL_LOCK_WHO_SIZE], fhrl_err *err)
{
  holder own, other;
  char text[TEXT], found[TEXT];
  describe(&own);
  write_text(&own, text);
  *taken = 0;
  for (int attempt = 0; attempt < 2; attempt++) { // the second after a dead one's was removed
    if (symlink(text, path) == 0) {
      *taken = 1;
      return FHRL_OK;
    }
    if (errno != EEXIST) return fhrl_fail(err, FHRL_IO, "cannot make the lock %s: %s", path, strerror(errno));
    if (!look(path, found)) {
      if (errno == EINVAL) return fhrl_fail(err, FHRL_IO, "%s is no lock; remove it", path);
      continue; // released just now
    }
    if (!read_text(found, &other)) return fhrl_fail(err, FHRL_IO, "%s leads to '%.64s', and is no lock; remove it", path, found);
    if (who) snprintf(who, FHRL_LOCK_WHO_SIZE, "process %ld on %s", other.pid, other.host);
    if (!is_dead(&other)) return FHRL_OK;
    clear(path, found);
  }
  return FHRL_OK;
}

fhrl_status fhrl_lock_wait(const char *path, double seconds, const volatile sig_atomic_t *stop, fhrl_err *err)
{
  const struct timespec pause = {0, 20000000};
  const double begun = fhrl_clock_wall();
  char who[FHRL_LOCK_WHO_SIZE] = "another process";
  for (;;) {
    int taken;
    FHRL_TRY(fhrl_lock_try(path, &taken, who, err));
    if (taken) return FHRL_OK;
    if (stop && *stop) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted while waiting for %s", path);
    if (fhrl_clock_wall() - begun > seconds)
      return fhrl_fail(err, FHRL_IO, "%s holds %s for more than %g s; if it is dead, remove that file", who, path, seconds);
    nanosleep(&pause, NULL);
  }
}

fhrl_status fhrl_lock_share(const char *path, fhrl_err *err)
{
  holder own, held;
  char text[TEXT], temporary[FHRL_PATH_SIZE];
  if (!look(path, text) || !read_text(text, &held)) return fhrl_fail(err, FHRL_IO, "the lock %s is gone", path);
  describe(&own);
  held.child = own.pid;
  held.child_started = own.started;
  write_text(&held, text);
  if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
    return fhrl_fail(err, FHRL_LIMIT, "path of a lock is too long: %.60s...", path);
  unlink(temporary); // only the holder's children come here, one at a time
  if (symlink(text, temporary) != 0 || rename(temporary, path) != 0)
    return fhrl_fail(err, FHRL_IO, "cannot share the lock %s: %s", path, strerror(errno));
  return FHRL_OK;
}

void fhrl_lock_release(const char *path)
{
  holder own, held;
  char text[TEXT];
  describe(&own);
  if (look(path, text) && read_text(text, &held) && held.pid == own.pid && strcmp(held.host, own.host) == 0) unlink(path);
}
