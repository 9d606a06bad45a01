// SPDX-License-Identifier: GPL-3.0-or-later
// html: pages in HTML5 that are well-formed by construction: text is escaped, elements are closed in order
#pragma once

#include "base/file.h"

enum { FHRL_HTML_DEPTH = 32 };

typedef struct fhrl_html {
  fhrl_file file;
  const char *open[FHRL_HTML_DEPTH]; // elements that are open, outermost first; borrowed
  int depth;
} fhrl_html;

// Begins PATH with doctype, <html lang>, a head (charset, viewport, title, the style as it is) and opens <body>.
// Write errors show at commit.
fhrl_status fhrl_html_begin(fhrl_html *h, const char *path, const char *lang, const char *title, const char *style,
  fhrl_err *err);

// <tag name="value" ...>: pairs of texts, ended by NULL; a pair whose value is NULL is left out. The tag is borrowed until
// it is closed. close ends the innermost element, which must be `tag` (assert).
void fhrl_html_open(fhrl_html *h, const char *tag, ...);
void fhrl_html_close(fhrl_html *h, const char *tag);

void fhrl_html_text(fhrl_html *h, const char *format, ...) FHRL_PRINTF(2, 3); // escaped
// <tag>text</tag> without attributes, the text escaped.
void fhrl_html_element(fhrl_html *h, const char *tag, const char *format, ...) FHRL_PRINTF(3, 4);
void fhrl_html_script(fhrl_html *h, const char *script); // <script>: must not contain "</"

// Puts a stand-alone svg into the page as a figure of its own: everything before <svg goes, every id and reference to it
// gets the prefix (two figures of one program share their ids), ids without a reference go, its titles give way to these, and it is one image to
// screen readers. FHRL_FORMAT if there is no <svg, or if it holds a script.
fhrl_status fhrl_html_svg(fhrl_html *h, const char *prefix, const char *title, const char *description, const char *svg,
  fhrl_err *err);

// Closes what is open and makes the file visible; abandon removes it.
fhrl_status fhrl_html_commit(fhrl_html *h, fhrl_err *err);
void fhrl_html_abandon(fhrl_html *h);
