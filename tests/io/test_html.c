// SPDX-License-Identifier: GPL-3.0-or-later
// test_html: the bytes of a page, and figures of one program beside each other in it
#include "io/html.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

static fhrl_err err;
static fhrl_html h;
static char folder[512], path[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("html"));
  snprintf(path, sizeof path, "%s/a.html", folder);
  err = (fhrl_err){FHRL_OK, ""};
  assert_ok(fhrl_html_begin(&h, path, "en", "a < b", "p { color: red; }\n", &err));
}

static void teardown(void) { remove_scratch(folder); }

// What stands in the body after commit; owned by the caller.
static char *body(void)
{
  char *text;
  size_t size;
  assert_ok(fhrl_html_commit(&h, &err));
  assert_ok(fhrl_file_read(path, 100000, &text, &size, &err));
  const char *at = strstr(text, "<body>");
  ck_assert_ptr_nonnull(at);
  char *out = strdup(at + 6);
  free(text);
  return out;
}

START_TEST(a_page_is_whole)
{
  char *text;
  size_t size;
  fhrl_html_element(&h, "p", "one");
  assert_ok(fhrl_html_commit(&h, &err));
  assert_ok(fhrl_file_read(path, 100000, &text, &size, &err));
  ck_assert_str_eq(text, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                         "content=\"width=device-width, initial-scale=1\">\n<title>a &lt; b</title>\n<style>\np { color: red; }\n"
                         "</style>\n</head>\n<body><p>one</p></body>\n</html>\n");
  free(text);
}
END_TEST

START_TEST(text_and_attributes_are_escaped)
{
  fhrl_html_open(&h, "p", "title", "\"a\" & <b>", "lang", NULL, "id", "x", NULL);
  fhrl_html_text(&h, "%s & \x01γ", "<script>");
  fhrl_html_close(&h, "p");
  char *text = body();
  ck_assert_str_eq(text, "<p title=\"&quot;a&quot; &amp; &lt;b&gt;\" id=\"x\">&lt;script&gt; &amp; ?γ</p>\n</body>\n</html>\n");
  free(text);
}
END_TEST

START_TEST(what_is_open_is_closed_in_order)
{
  fhrl_html_open(&h, "main", NULL);
  fhrl_html_open(&h, "section", NULL);
  char *text = body();
  ck_assert_str_eq(text, "<main><section></section>\n</main>\n</body>\n</html>\n");
  free(text);
}
END_TEST

START_TEST(no_blank_follows_what_stands_within_text)
{
  fhrl_html_open(&h, "span", NULL);
  fhrl_html_text(&h, "so");
  fhrl_html_close(&h, "span");
  fhrl_html_text(&h, ": %d %%", 1);
  char *text = body();
  ck_assert_str_eq(text, "<span>so</span>: 1 %</body>\n</html>\n");
  free(text);
}
END_TEST

START_TEST(figures_keep_their_ids_apart)
{
  static const char svg[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg width=\"9\"><title>own</title><desc>own</desc>"
                            "<clipPath id=\"c\"/><g id=\"a\" clip-path=\"url(#c)\"><title>plot</title><use xlink:href='#p'/><path id='p' d='M0 0'/></g></svg>\n";
  assert_ok(fhrl_html_svg(&h, "one-", "A & B", "what it shows", svg, &err));
  char *text = body();
  ck_assert_str_eq(text, "<svg role=\"img\" aria-labelledby=\"one-title one-desc\" width=\"9\"><title id=\"one-title\">A &amp; B</title>"
                         "<desc id=\"one-desc\">what it shows</desc><clipPath id=\"one-c\"/><g clip-path=\"url(#one-c)\">"
                         "<use xlink:href='#one-p'/><path id='one-p' d='M0 0'/></g></svg>\n</body>\n</html>\n");
  free(text);
}
END_TEST

START_TEST(what_is_no_figure_is_refused)
{
  assert_fails(fhrl_html_svg(&h, "x-", "", "", "<html>", &err), FHRL_FORMAT, &err, "x-");
  assert_fails(fhrl_html_svg(&h, "x-", "", "", "<svg><script>alert(1)</script></svg>", &err), FHRL_FORMAT, &err, "script");
  fhrl_html_abandon(&h);
  ck_assert(!fhrl_file_exists(path));
}
END_TEST

int main(void)
{
  Suite *suite = suite_create("io/html");
  TCase *cases = tcase_create("html");
  tcase_add_checked_fixture(cases, setup, teardown);
  tcase_add_test(cases, a_page_is_whole);
  tcase_add_test(cases, text_and_attributes_are_escaped);
  tcase_add_test(cases, what_is_open_is_closed_in_order);
  tcase_add_test(cases, no_blank_follows_what_stands_within_text);
  tcase_add_test(cases, figures_keep_their_ids_apart);
  tcase_add_test(cases, what_is_no_figure_is_refused);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
