// SPDX-License-Identifier: GPL-3.0-or-later
// test_text: words without blanks, whole numbers of text, the shortest ones, ranges as they are written
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

START_TEST(endings_have_something_before_them)
{
  ck_assert(fhrl_text_ends_with("loss.tsv", ".tsv"));
  ck_assert(!fhrl_text_ends_with(".tsv", ".tsv"));
  ck_assert(!fhrl_text_ends_with("sv", ".tsv"));
  ck_assert(!fhrl_text_ends_with("loss.tsv.part", ".tsv"));
}
END_TEST

START_TEST(blanks_around_a_word_are_cut)
{
  const char *text = " \t a b \n";
  char out[4], none[4];
  ck_assert(fhrl_text_cut(text, text + strlen(text), out, sizeof out)); // three bytes and the end: they just fit
  ck_assert_str_eq(out, "a b");
  const char *long_word = "abcd";
  ck_assert(!fhrl_text_cut(long_word, long_word + 4, out, sizeof out));
  ck_assert(fhrl_text_cut(text, text + 2, none, sizeof none)); // nothing but blanks is a word of nothing
  ck_assert_str_eq(none, "");
}
END_TEST

START_TEST(a_number_is_the_whole_text_and_finite)
{
  double x;
  ck_assert(fhrl_text_number("-2.5e-3", &x));
  ck_assert_double_eq(x, -2.5e-3);
  ck_assert(!fhrl_text_number("", &x));
  ck_assert(!fhrl_text_number("1x", &x));
  ck_assert(!fhrl_text_number("inf", &x));
  ck_assert(!fhrl_text_number("nan", &x));
}
END_TEST

START_TEST(the_shortest_text_reads_back_the_same)
{
  static const double value[] = {0.1, 1.0 / 3.0, 1e-300, 123456789.0, 3e-4, 5e-324};
  static const char *const text[] = {"0.1", NULL, "1e-300", "123456789", "0.0003", "4.94066e-324"};
  for (int i = 0; i < 6; i++) {
    char out[32];
    fhrl_text_shortest(value[i], out, sizeof out);
    ck_assert_double_eq(strtod(out, NULL), value[i]);
    if (text[i]) ck_assert_str_eq(out, text[i]);
  }
}
END_TEST

START_TEST(ranges_reach_their_end_in_spite_of_rounding)
{
  fhrl_text_steps s;
  ck_assert(fhrl_text_steps_read("0.1:0.1 : 1", &s));
  ck_assert_double_eq(s.count, 9.0); // 0.1 + 9 * 0.1 is above 1 by rounding
  ck_assert_int_eq(s.decimals, 1);
  ck_assert(fhrl_text_steps_read("1:-2.5e-3:0", &s));
  ck_assert_double_eq(s.count, 400.0);
  ck_assert_int_eq(s.decimals, 4);
  ck_assert(fhrl_text_steps_read("1e-60:1e-60:3e-60", &s));
  ck_assert_int_eq(s.decimals, FHRL_TEXT_DECIMALS + 1);
}
END_TEST

START_TEST(ranges_that_never_get_there_say_so_and_others_are_none)
{
  fhrl_text_steps s;
  ck_assert(fhrl_text_steps_read("0:-1:5", &s) && !(s.count >= 0.0));
  ck_assert(fhrl_text_steps_read("0:0:5", &s) && !(s.count >= 0.0));
  ck_assert(fhrl_text_steps_read("2:0:2", &s) && !(s.count >= 0.0));
  static const char *const none[] = {"", "1", "1:2", "1:2:", ":1:2", "1:x:2", "1:2:3:4", "0:inf:1"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) ck_assert_msg(!fhrl_text_steps_read(none[i], &s), "'%s' is a range", none[i]);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/text");
  TCase *t = tcase_create("text");
  tcase_add_test(t, endings_have_something_before_them);
  tcase_add_test(t, blanks_around_a_word_are_cut);
  tcase_add_test(t, a_number_is_the_whole_text_and_finite);
  tcase_add_test(t, the_shortest_text_reads_back_the_same);
  tcase_add_test(t, ranges_reach_their_end_in_spite_of_rounding);
  tcase_add_test(t, ranges_that_never_get_there_say_so_and_others_are_none);
  suite_add_tcase(s, t);
  return run_suite(s);
}
