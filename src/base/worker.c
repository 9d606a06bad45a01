// SPDX-License-Identifier: GPL-3.0-or-later
// worker: part of the work in a child process of this program, so that a crash takes nothing else with it
#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// What a child says at its end; less than PIPE_BUF, so that it never blocks and is never cut.
_Static_assert(sizeof(fhrl_err) <= PIPE_BUF, "an fhrl_err goes through a pipe in one piece");

static int redirect(const char *path, int flags, int to)
{
  const int fd = open(path, flags, 0666);
  if (fd < 0) return -1;
  const int done = dup2(fd, to);
  close(fd);
  return done;
}

// The child's whole life.
static int live(fhrl_worker_body *body, void *context, const char *said, pid_t parent, int mouth)
{
  fhrl_err err = {FHRL_OK, ""};
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) return 1; // it died before that
  if (redirect("/dev/null", O_RDONLY, STDIN_FILENO) < 0 ||
      redirect(said, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO) < 0 || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
    fhrl_fail(&err, FHRL_IO, "cannot write %s: %s", said, strerror(errno));
  else {
    const fhrl_status status = body(context, &err);
    if (fflush(stdout) != 0 && status == FHRL_OK) fhrl_fail(&err, FHRL_IO, "cannot write %s: %s", said, strerror(errno));
    else err.code = status;
  }
  return write(mouth, &err, sizeof err) == (ssize_t)sizeof err && err.code == FHRL_OK ? 0 : 1;
}

fhrl_status fhrl_worker_start(fhrl_worker *w, fhrl_worker_body *body, void *context, const char *said, fhrl_err *err)
{
  int ends[2];
  const pid_t parent = getpid();
  if (pipe(ends) != 0) return fhrl_fail(err, FHRL_IO, "cannot make a pipe: %s", strerror(errno));
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fflush(NULL); // or the child would say again what waits to be said
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    _exit(live(body, context, said, parent, ends[1]));
  }
  const int reason = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return fhrl_fail(err, FHRL_IO, "cannot start a process: %s", strerror(reason));
  }
  *w = (fhrl_worker){pid, ends[0]};
  return FHRL_OK;
}

int fhrl_worker_wait(const fhrl_worker w[], int n, double seconds)
{
  struct pollfd *ears = calloc((size_t)n + 1, sizeof *ears);
  int found = -1;
  for (int i = 0; ears && i < n; i++) ears[i] = (struct pollfd){w[i].ear, POLLIN, 0};
  const int ready = poll(ears, ears ? (nfds_t)n : 0, (int)(1000.0 * seconds)); // without memory: none is seen to end this time
  for (int i = 0; ears && ready > 0 && i < n; i++)
    if (ears[i].revents && found < 0) found = i;
  free(ears);
  return found;
}

void fhrl_worker_end(fhrl_worker *w, fhrl_err *err)
{
  int status = 0;
  fhrl_err own;
  while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) continue;
  const ssize_t n = read(w->ear, &own, sizeof own);
  close(w->ear);
  *w = (fhrl_worker){-1, -1};
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status), asked = number == SIGINT || number == SIGTERM;
    fhrl_fail(err, asked ? FHRL_INTERRUPT : FHRL_IO, "the process %s by signal %d (%s)", asked ? "was ended" : "crashed or was ended", number,
      strsignal(number));
  } else if (n != (ssize_t)sizeof own)
    fhrl_fail(err, FHRL_IO, "the process ended with status %d before it was done", WEXITSTATUS(status));
  else {
    own.msg[sizeof own.msg - 1] = '\0';
    *err = own;
  }
}

void fhrl_worker_stop(const fhrl_worker *w) { kill(w->pid, SIGTERM); }
