// SPDX-License-Identifier: GPL-3.0-or-later
// html: pages in HTML5 that are well-formed by construction: text is escaped, elements are closed in order
#include "io/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// Control characters but blanks are not allowed in a page, escaped or not.
static void escape(FILE *f, const char *text)
{
  for (; *text; text++) switch (*text) {
    case '&': fputs("&amp;", f); break;
    case '<': fputs("&lt;", f); break;
    case '>': fputs("&gt;", f); break;
    case '"': fputs("&quot;", f); break;
    default:
      if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t') putc(*text, f);
      else putc('?', f);
    }
}

static void put(fhrl_html *h, const char *format, va_list args) FHRL_PRINTF(2, 0);
static void put(fhrl_html *h, const char *format, va_list args)
{
  char text[4096];
  vsnprintf(text, sizeof text, format, args);
  escape(h->file.stream, text);
}

fhrl_status fhrl_html_begin(fhrl_html *h, const char *path, const char *lang, const char *title, const char *style,
  fhrl_err *err)
{
  *h = (fhrl_html){.depth = 0};
  FHRL_TRY(fhrl_file_begin(&h->file, path, err));
  fputs("<!DOCTYPE html>\n", h->file.stream);
  fhrl_html_open(h, "html", "lang", lang, NULL);
  fputs("\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    h->file.stream);
  fhrl_html_element(h, "title", "%s", title);
  fprintf(h->file.stream, "\n<style>\n%s</style>\n</head>\n", style);
  fhrl_html_open(h, "body", NULL);
  return FHRL_OK;
}

void fhrl_html_open(fhrl_html *h, const char *tag, ...)
{
  va_list args;
  assert(h->depth < FHRL_HTML_DEPTH);
  h->open[h->depth++] = tag;
  fprintf(h->file.stream, "<%s", tag);
  va_start(args, tag);
  for (const char *name; (name = va_arg(args, const char *)) != NULL;) {
    const char *value = va_arg(args, const char *);
    if (value == NULL) continue;
    fprintf(h->file.stream, " %s=\"", name);
    escape(h->file.stream, value);
    putc('"', h->file.stream);
  }
  va_end(args);
  putc('>', h->file.stream);
}

void fhrl_html_close(fhrl_html *h, const char *tag)
{
  assert(h->depth > 0 && strcmp(h->open[h->depth - 1], tag) == 0);
  h->depth--;
  const int within_text = strcmp(tag, "span") == 0 || strcmp(tag, "a") == 0; // a line end would be seen as a blank
  fprintf(h->file.stream, "</%s>%s", tag, within_text ? "" : "\n");
}

void fhrl_html_text(fhrl_html *h, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  put(h, format, args);
  va_end(args);
}

void fhrl_html_element(fhrl_html *h, const char *tag, const char *format, ...)
{
  va_list args;
  fprintf(h->file.stream, "<%s>", tag);
  va_start(args, format);
  put(h, format, args);
  va_end(args);
  fprintf(h->file.stream, "</%s>", tag);
}

void fhrl_html_script(fhrl_html *h, const char *script)
{
  assert(strstr(script, "</") == NULL);
  fprintf(h->file.stream, "<script>\n%s</script>\n", script);
}

// ---- figures

// The end of an element that begins at `at`, or NULL if `at` does not begin one of the name.
static const char *element_end(const char *at, const char *open, const char *close)
{
  if (strncmp(at, open, strlen(open)) != 0) return NULL;
  const char *end = strstr(at, close);
  return end ? end + strlen(close) : NULL;
}

// 1 if the svg refers to the id (n characters).
static int is_wanted(const char *svg, const char *id, size_t n)
{
  for (const char *at = svg; (at = strchr(at, '#')) != NULL;) {
    at++;
    if (strncmp(at, id, n) == 0 && strchr(")\"'", at[n]) && at[n]) return 1;
  }
  return 0;
}

// Copies the body of an svg, its titles left out, with the prefix before every name that ids go by. An id that nothing
// refers to goes, too: gnuplot gives the same one to a curve and its entry in the key, which a page must not.
static void copy_svg(FILE *f, const char *prefix, const char *body)
{
  static const char *const lead[] = {" id=\"", " id='", "href=\"#", "href='#", "url(#"};
  for (const char *at = body; *at;) {
    const char *end = element_end(at, "<title>", "</title>");
    if (!end) end = element_end(at, "<desc>", "</desc>");
    if (end) {
      at = end;
      continue;
    }
    size_t n = 0, which = 0;
    for (; which < sizeof lead / sizeof *lead; which++)
      if (strncmp(at, lead[which], strlen(lead[which])) == 0) {
        n = strlen(lead[which]);
        break;
      }
    const size_t length = n > 0 && which < 2 ? strcspn(at + n, "\"'") : 0;
    if (n == 0)
      putc(*at++, f);
    else if (which < 2 && at[n + length] && !is_wanted(body, at + n, length))
      at += n + length + 1;
    else {
      fprintf(f, "%.*s%s", (int)n, at, prefix);
      at += n;
    }
  }
}

fhrl_status fhrl_html_svg(fhrl_html *h, const char *prefix, const char *title, const char *description, const char *svg,
  fhrl_err *err)
{
  FILE *f = h->file.stream;
  const char *begin = strstr(svg, "<svg"), *body = begin ? strchr(begin, '>') : NULL;
  if (!body) return fhrl_fail(err, FHRL_FORMAT, "figure %s is no svg", prefix);
  if (strstr(svg, "<script")) return fhrl_fail(err, FHRL_FORMAT, "figure %s holds a script", prefix);
  fprintf(f, "<svg role=\"img\" aria-labelledby=\"%stitle %sdesc\"", prefix, prefix);
  fprintf(f, "%.*s", (int)(body + 1 - begin - 4), begin + 4);
  fprintf(f, "<title id=\"%stitle\">", prefix);
  escape(f, title);
  fprintf(f, "</title><desc id=\"%sdesc\">", prefix);
  escape(f, description);
  fputs("</desc>", f);
  copy_svg(f, prefix, body + 1);
  return FHRL_OK;
}

fhrl_status fhrl_html_commit(fhrl_html *h, fhrl_err *err)
{
  while (h->depth > 0) fhrl_html_close(h, h->open[h->depth - 1]);
  return fhrl_file_commit(&h->file, err);
}

void fhrl_html_abandon(fhrl_html *h) { fhrl_file_abandon(&h->file); }
