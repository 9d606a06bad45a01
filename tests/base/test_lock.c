// SPDX-License-Identifier: GPL-3.0-or-later
// test_lock: a lock has one holder, is taken over from the dead alone, and is nobody else's to release
#include "base/lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rank.h"
#include "support.h"

static fhrl_err err;
static const char *folder;
static char path[700], who[FHRL_LOCK_WHO_SIZE];

static void begin(void)
{
  folder = scratch("lock");
  snprintf(path, sizeof path, "%s/a.lock", folder);
}

static void end(void) { remove_scratch(folder); }

static int try(void)
{
  int taken;
  assert_ok(fhrl_lock_try(path, &taken, who, &err));
  return taken;
}

// In a child that does not wait for anything: its exit status.
static int child(int (*body)(void))
{
  const pid_t pid = fork();
  int status;
  if (pid == 0) _exit(body());
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  return WEXITSTATUS(status);
}

static int child_tries(void)
{
  int taken = 9;
  if (fhrl_lock_try(path, &taken, who, NULL) != FHRL_OK) return 8;
  fhrl_lock_release(path); // of another: no effect unless it was taken
  return taken;
}

static int child_leaves_it(void)
{
  int taken = 9;
  fhrl_lock_try(path, &taken, NULL, NULL);
  return taken;
}

START_TEST(it_has_one_holder)
{
  char want[64];
  ck_assert_int_eq(try(), 1);
  ck_assert_int_eq(try(), 0);
  snprintf(want, sizeof want, "process %ld on ", (long)getpid());
  ck_assert_ptr_nonnull(strstr(who, want));
  ck_assert_int_eq(child(child_tries), 0);
  ck_assert_int_eq(try(), 0); // the child did not release it
  fhrl_lock_release(path);
  ck_assert_int_eq(child(child_tries), 1);
}
END_TEST

START_TEST(that_of_a_dead_process_is_taken_over)
{
  ck_assert_int_eq(child(child_leaves_it), 1);
  ck_assert_int_eq(access(path, F_OK), -1); // a link to nowhere
  ck_assert_int_eq(try(), 1);
  fhrl_lock_release(path);
}
END_TEST

START_TEST(that_of_another_machine_is_not)
{
  ck_assert_int_eq(symlink("elsewhere:999999:1:0:0:", path), 0);
  ck_assert_int_eq(try(), 0);
  ck_assert_str_eq(who, "process 999999 on elsewhere");
  assert_fails(fhrl_lock_wait(path, 0.05, NULL, &err), FHRL_IO, &err, "process 999999 on elsewhere holds");
  const volatile sig_atomic_t stop = SIGINT;
  assert_fails(fhrl_lock_wait(path, 10.0, &stop, &err), FHRL_INTERRUPT, &err, "interrupted");
}
END_TEST

// The parent goes, its child stays: the lock is still held.
START_TEST(a_child_that_shares_it_keeps_it)
{
  int ends[2], ready[2], taken;
  char byte;
  ck_assert_int_eq(pipe(ends) + pipe(ready), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    if (fhrl_lock_try(path, &taken, NULL, NULL) != FHRL_OK || !taken) _exit(1);
    if (fork() == 0) {
      close(ends[1]);
      if (fhrl_lock_share(path, NULL) != FHRL_OK) _exit(1);
      if (write(ready[1], "x", 1) != 1 || read(ends[0], &byte, 1) < 0) _exit(1); // until the test ends
      _exit(0);
    }
    _exit(0);
  }
  ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
  ck_assert_int_eq(read(ready[0], &byte, 1), 1);
  ck_assert_int_eq(try(), 0);
  close(ends[1]);
  assert_ok(fhrl_lock_wait(path, 10.0, NULL, &err)); // it has gone
  fhrl_lock_release(path);
}
END_TEST

START_TEST(what_is_no_lock_is_refused)
{
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fclose(f);
  int taken;
  assert_fails(fhrl_lock_try(path, &taken, who, &err), FHRL_IO, &err, "is no lock");
  unlink(path);
  ck_assert_int_eq(symlink("/etc/passwd", path), 0);
  assert_fails(fhrl_lock_try(path, &taken, who, &err), FHRL_IO, &err, "is no lock");
  assert_fails(fhrl_lock_try("/nowhere/a.lock", &taken, who, &err), FHRL_IO, &err, "/nowhere/a.lock");
}
END_TEST

START_TEST(the_rank_is_what_the_starter_says)
{
  static const char *const names[][2] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"},
    {"SLURM_PROCID", "SLURM_NTASKS"}};
  for (int i = 0; i < 3; i++) unsetenv(names[i][0]);
  fhrl_rank r = fhrl_rank_find();
  ck_assert(r.rank == 0 && r.size == 1 && r.source == NULL);
  for (int i = 2; i >= 0; i--) { // the later ones are overruled
    char rank[8];
    snprintf(rank, sizeof rank, "%d", i + 1);
    setenv(names[i][0], rank, 1);
    setenv(names[i][1], "7", 1);
    r = fhrl_rank_find();
    ck_assert(r.rank == i + 1 && r.size == 7);
    ck_assert_str_eq(r.source, names[i][0]);
  }
  static const char *const bad[] = {"7", "-1", "x", "", "1x", "99999999999999999999"};
  for (int i = 0; i < 3; i++) unsetenv(names[i][0]);
  for (int i = 0; i < 6; i++) {
    setenv(names[0][0], bad[i], 1);
    ck_assert_int_eq(fhrl_rank_find().size, 1);
  }
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/lock");
  TCase *t = tcase_create("lock");
  tcase_add_checked_fixture(t, begin, end);
  tcase_add_test(t, it_has_one_holder);
  tcase_add_test(t, that_of_a_dead_process_is_taken_over);
  tcase_add_test(t, that_of_another_machine_is_not);
  tcase_add_test(t, a_child_that_shares_it_keeps_it);
  tcase_add_test(t, what_is_no_lock_is_refused);
  tcase_add_test(t, the_rank_is_what_the_starter_says);
  suite_add_tcase(s, t);
  return run_suite(s);
}
