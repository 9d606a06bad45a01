// SPDX-License-Identifier: GPL-3.0-or-later
// process: another program as a child with an argument vector: no shell, and what it says is kept
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { WORDS_MAX = 64 };

static void gather(int fd, char said[], size_t size)
{
  size_t used = 0;
  char dropped[512];
  for (;;) {
    const size_t room = size - 1 - used;
    const ssize_t n = room ? read(fd, said + used, room) : read(fd, dropped, sizeof dropped);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    if (room) used += (size_t)n;
  }
  for (size_t i = 0; i < used; i++)
    if (said[i] == '\0') said[i] = '?';
  said[used] = '\0';
}

static int start(const char *program, char *const argv[], int stderr_fd, pid_t *child)
{
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t plain;
  if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
  if (posix_spawnattr_init(&attributes) != 0) {
    posix_spawn_file_actions_destroy(&files);
    return ENOMEM;
  }
  sigemptyset(&plain);
  sigaddset(&plain, SIGPIPE); // ignored by the program, and that would be inherited
  int failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!failed) failed = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (!failed) failed = posix_spawn_file_actions_adddup2(&files, stderr_fd, STDERR_FILENO);
  if (!failed) failed = posix_spawnattr_setsigdefault(&attributes, &plain);
  if (!failed) failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  if (!failed) failed = posix_spawnp(child, program, &files, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

fhrl_status fhrl_process_run(const char *program, const char *const argv[], char said[], size_t size, int *code,
  fhrl_err *err)
{
  const char *name = argv[0];
  char *words[WORDS_MAX] = {NULL}; // posix_spawn wants char *, and changes none
  int ends[2], status;
  pid_t child;
  for (int i = 0; argv[i]; i++) {
    if (i + 1 >= WORDS_MAX) return fhrl_fail(err, FHRL_LIMIT, "%s: more than %d arguments", name, WORDS_MAX - 2);
    memcpy(&words[i], &argv[i], sizeof words[i]);
  }
  if (pipe(ends) != 0) return fhrl_fail(err, FHRL_IO, "cannot make a pipe: %s", strerror(errno));
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  const int failed = start(program, words, ends[1], &child);
  close(ends[1]);
  if (failed) {
    close(ends[0]);
    if (failed == ENOENT) return fhrl_fail(err, FHRL_IO, "%s not found", name);
    return fhrl_fail(err, FHRL_IO, "cannot start %s: %s", name, strerror(failed));
  }
  gather(ends[0], said, size);
  close(ends[0]);
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return fhrl_fail(err, FHRL_IO, "lost %s: %s", name, strerror(errno));
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status), asked = number == SIGINT || number == SIGTERM; // Ctrl-C reaches both
    return fhrl_fail(err, asked ? FHRL_INTERRUPT : FHRL_IO, "%s was ended by signal %d", name, number);
  }
  if (WEXITSTATUS(status) == 127) // how posix_spawn may tell that the child could not become the program
    return fhrl_fail(err, FHRL_IO, "%s not found", name);
  *code = WEXITSTATUS(status);
  return FHRL_OK;
}

static int executable(const char *path)
{
  struct stat st;
  return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int fhrl_process_find(const char *program, char path[], size_t size)
{
  if (strchr(program, '/')) return snprintf(path, size, "%s", program) < (int)size && executable(program);
  const char *at = getenv("PATH");
  while (at && *program) {
    const size_t length = strcspn(at, ":");
    const int used = snprintf(path, size, "%.*s%s%s", (int)length, at, length ? "/" : "./", program);
    if (used > 0 && used < (int)size && executable(path)) return 1;
    at = at[length] ? at + length + 1 : NULL;
  }
  return 0;
}
