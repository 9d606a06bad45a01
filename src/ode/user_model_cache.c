// SPDX-License-Identifier: GPL-3.0-or-later
// user_model_cache: the folder of compiled models: found, locked, and kept from growing
#define _XOPEN_SOURCE 700 // futimens
#include "ode/user_model_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { NAME_SIZE = 256 };

int fhrl_user_model_cache_folder(char folder[FHRL_PATH_SIZE])
{
  char parent[FHRL_PATH_SIZE];
  struct stat st;
  const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  int used = 0;
  if (xdg && xdg[0] == '/') used = snprintf(parent, sizeof parent, "%s/fhrl", xdg);
  else if (home && home[0] == '/') used = snprintf(parent, sizeof parent, "%s/.cache/fhrl", home);
  if (used <= 0 || used >= (int)sizeof parent || fhrl_file_folder(parent, NULL) != FHRL_OK) return 0;
  if (fhrl_file_join(parent, "models", folder, NULL) != FHRL_OK) return 0;
  if (mkdir(folder, 0700) != 0 && errno != EEXIST) return 0;
  return stat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
         access(folder, W_OK | X_OK) == 0;
}

int fhrl_user_model_cache_lock(const char *folder)
{
  char path[FHRL_PATH_SIZE];
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fhrl_file_join(folder, "lock", path, NULL) != FHRL_OK) return -1;
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  while (fcntl(fd, F_SETLKW, &whole) != 0)
    if (errno != EINTR) {
      close(fd);
      return -1;
    }
  return fd;
}

int fhrl_user_model_cache_hold(const char *library)
{
  struct stat held, there;
  const int fd = open(library, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return -1;
  // a file system without these locks holds nothing: what is mapped stays readable there, too, when its name is gone
  while (flock(fd, LOCK_SH) != 0 && errno == EINTR) continue;
  if (fstat(fd, &held) == 0 && S_ISREG(held.st_mode) && stat(library, &there) == 0 && held.st_ino == there.st_ino &&
      held.st_dev == there.st_dev) {
    futimens(fd, NULL); // its time is that of its last use
    return fd;
  }
  close(fd); // it was removed while this process came to hold it
  return -1;
}

// ---- what is thrown away

typedef struct entry {
  struct timespec used;
  char name[NAME_SIZE];
} entry;

static int later(const void *a, const void *b)
{
  const entry *one = a, *other = b;
  if (one->used.tv_sec != other->used.tv_sec) return one->used.tv_sec > other->used.tv_sec ? -1 : 1;
  if (one->used.tv_nsec != other->used.tv_nsec) return one->used.tv_nsec > other->used.tv_nsec ? -1 : 1;
  return strcmp(one->name, other->name);
}

// Unless some process holds it.
static void discard(int folder, const char *name)
{
  const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0) return;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) unlinkat(folder, name, 0);
  close(fd);
}

void fhrl_user_model_cache_prune(const char *cache)
{
  DIR *open_folder = opendir(cache);
  entry *all = NULL;
  size_t count = 0, room = 0;
  if (open_folder == NULL) return;
  const int folder = dirfd(open_folder);
  for (const struct dirent *e = readdir(open_folder); e; e = readdir(open_folder)) {
    struct stat st;
    const int unfinished = fhrl_text_ends_with(e->d_name, ".so.tmp"); // of a compiler that was killed: who compiles has the lock
    if (strlen(e->d_name) >= NAME_SIZE || (!unfinished && !fhrl_text_ends_with(e->d_name, ".so"))) continue;
    if (unfinished) {
      unlinkat(folder, e->d_name, 0);
      continue;
    }
    if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
    if (count == room) {
      entry *more = realloc(all, (room = room ? 2 * room : 128) * sizeof *more);
      if (more == NULL) break; // another time
      all = more;
    }
    all[count].used = st.st_mtim;
    snprintf(all[count++].name, NAME_SIZE, "%s", e->d_name);
  }
  if (count > 0) qsort(all, count, sizeof *all, later);
  for (size_t k = FHRL_USER_MODEL_CACHE_KEPT; k < count; k++) discard(folder, all[k].name);
  free(all);
  closedir(open_folder);
}
