// SPDX-License-Identifier: GPL-3.0-or-later
// test_clock: time goes forwards, and the date has the form of ISO 8601
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "support.h"

START_TEST(wall_time_passes_while_cpu_time_does_not)
{
  const double wall = fhrl_clock_wall(), cpu = fhrl_clock_cpu();
  nanosleep(&(struct timespec){0, 50000000}, NULL);
  const double wall_used = fhrl_clock_wall() - wall, cpu_used = fhrl_clock_cpu() - cpu;
  ck_assert_double_ge(wall_used, 0.05);
  ck_assert_double_ge(cpu_used, 0.0);
  ck_assert_double_lt(cpu_used, wall_used);
}
END_TEST

START_TEST(cpu_time_passes_while_working)
{
  const double cpu = fhrl_clock_cpu();
  volatile double sum = 0.0;
  for (int i = 0; i < 10000000; i++) sum = sum + 1.0 / (1.0 + i);
  ck_assert_double_gt(fhrl_clock_cpu(), cpu);
}
END_TEST

START_TEST(the_date_is_utc)
{
  char date[FHRL_CLOCK_UTC_SIZE], zone;
  int year, month, day, hour, minute, second;
  fhrl_clock_utc(date);
  ck_assert_int_eq(sscanf(date, "%4d-%2d-%2dT%2d:%2d:%2d%c", &year, &month, &day, &hour, &minute, &second, &zone), 7);
  ck_assert_int_eq(zone, 'Z');
  ck_assert_int_ge(year, 2024);
  ck_assert(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/clock");
  TCase *t = tcase_create("clock");
  tcase_add_test(t, wall_time_passes_while_cpu_time_does_not);
  tcase_add_test(t, cpu_time_passes_while_working);
  tcase_add_test(t, the_date_is_utc);
  suite_add_tcase(s, t);
  return run_suite(s);
}
