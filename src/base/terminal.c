// SPDX-License-Identifier: GPL-3.0-or-later
// terminal: what the terminal that somebody looks at can show
#include "base/terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 79, ROWS = 40, COLUMNS_MAX = 500, ROWS_MAX = 200, PIXELS_MAX = 1600, WAIT_MS = 300 };

static int from_environment(const char *name, int most, int otherwise)
{
  const char *text = getenv(name);
  const long value = text ? strtol(text, NULL, 10) : 0;
  return value >= 20 && value <= most ? (int)value : otherwise;
}

static int is_utf8(void)
{
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (int i = 0; i < 3; i++) {
    const char *value = getenv(names[i]), *set = value ? strchr(value, '.') : NULL;
    if (value && *value) return set && (strncasecmp(set + 1, "UTF-8", 5) == 0 || strncasecmp(set + 1, "UTF8", 4) == 0);
  }
  return 0;
}

static long milliseconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

// The answer ESC [ ? a ; b ; ... c, as far as it comes in time.
static void read_answer(int in, char answer[], size_t size)
{
  const long end = milliseconds() + WAIT_MS;
  size_t n = 0;
  while (n + 1 < size) {
    struct pollfd ready = {.fd = in, .events = POLLIN};
    const long left = end - milliseconds();
    if (left <= 0) break;
    const int some = poll(&ready, 1, (int)left);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0 || read(in, answer + n, 1) != 1) break;
    if (answer[n++] == 'c') break;
  }
  answer[n] = '\0';
}

static int names_sixels(const char *answer)
{
  const char *at = strstr(answer, "\033[?");
  for (at = at ? at + 3 : NULL; at && *at; at = strchr(at, ';') ? strchr(at, ';') + 1 : NULL)
    if (strtol(at, NULL, 10) == 4) return 1;
  return 0;
}

static int ask_sixel(int in, int out)
{
  static const char question[] = "\033[c";
  const char *kind = getenv("TERM");
  struct termios before, raw;
  char answer[128] = "";
  if (!isatty(in) || kind == NULL || strcmp(kind, "dumb") == 0) return 0;
  if (tcgetpgrp(in) != getpgrp() || tcgetattr(in, &before) != 0) return 0; // a question from the background would stop us
  raw = before;
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  if (tcsetattr(in, TCSANOW, &raw) != 0) return 0;
  if (write(out, question, sizeof question - 1) == (ssize_t)(sizeof question - 1)) read_answer(in, answer, sizeof answer);
  tcsetattr(in, TCSANOW, &before);
  return names_sixels(answer);
}

void fhrl_terminal_look(int in, int out, fhrl_terminal *t)
{
  *t = (fhrl_terminal){.terminal = isatty(out), .utf8 = is_utf8()};
  t->columns = from_environment("COLUMNS", COLUMNS_MAX, COLUMNS);
  t->rows = from_environment("LINES", ROWS_MAX, ROWS);
  if (!t->terminal) return;
  struct winsize size;
  if (ioctl(out, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 && size.ws_row >= 10) {
    t->columns = size.ws_col <= COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
    t->rows = size.ws_row <= ROWS_MAX ? size.ws_row : ROWS_MAX;
    t->width = size.ws_xpixel <= PIXELS_MAX ? size.ws_xpixel : PIXELS_MAX;
    t->height = size.ws_ypixel <= PIXELS_MAX ? size.ws_ypixel : PIXELS_MAX;
  }
  t->sixel = ask_sixel(in, out);
}
