// SPDX-License-Identifier: GPL-3.0-or-later
// progress: how far a long computation is: a bar on a terminal, a line now and then elsewhere
#include "base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

enum { LINE_SIZE = 512, BAR_MIN = 10, BAR_MAX = 40, TEXT_SIZE = 32 };

void fhrl_progress_begin(fhrl_progress *p, FILE *stream, const char *what, double total, const char *unit)
{
  const double now = fhrl_clock_wall();
  *p = (fhrl_progress){.stream = stream, .what = what, .unit = unit, .total = total};
  p->begun = p->shown = now;
  p->terminal = stream && fileno(stream) >= 0 && isatty(fileno(stream));
  p->interval = p->terminal ? 0.1 : 10.0;
}

// Asked for at every update: the user may resize the window.
static int columns(const fhrl_progress *p)
{
  struct winsize size;
  if (ioctl(fileno(p->stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char *given = getenv("COLUMNS");
  const int n = given ? atoi(given) : 0;
  return n > 0 ? n : 80;
}

static void amount(double value, char out[TEXT_SIZE])
{
  snprintf(out, TEXT_SIZE, value == floor(value) && fabs(value) < 1e15 ? "%.0f" : "%.4g", value);
}

static void duration(double seconds, char out[TEXT_SIZE])
{
  const double whole = fmin(floor(seconds + 0.5), 3600e5);
  const int h = (int)(whole / 3600), m = (int)(whole / 60) % 60, s = (int)fmod(whole, 60);
  if (h)
    snprintf(out, TEXT_SIZE, "%d:%02d:%02d", h, m, s);
  else
    snprintf(out, TEXT_SIZE, "%d:%02d", m, s);
}

// "222/600 steps  14.2 steps/s  0:27 left  loss 1.234", or at the end "600/600 steps  14.2 steps/s  in 0:42  ..."
static void describe(const fhrl_progress *p, double now, int ended, char out[LINE_SIZE])
{
  char done[TEXT_SIZE], total[TEXT_SIZE], time[TEXT_SIZE];
  const double elapsed = now - p->begun, rate = elapsed > 0.0 ? (p->done - p->first) / elapsed : 0.0;
  amount(p->done, done);
  amount(p->total, total);
  int used = p->total > 0.0 ? snprintf(out, LINE_SIZE, "%s/%s %s", done, total, p->unit)
                            : snprintf(out, LINE_SIZE, "%s %s", done, p->unit);
  if (rate > 0.0 && used < LINE_SIZE)
    used += snprintf(out + used, (size_t)(LINE_SIZE - used), "  %.3g %s/s", rate, p->unit);
  const int known = ended || (rate > 0.0 && p->total > p->done);
  duration(ended ? elapsed : known ? (p->total - p->done) / rate : 0.0, time);
  if (known && used < LINE_SIZE)
    used += snprintf(out + used, (size_t)(LINE_SIZE - used), ended ? "  in %s" : "  %s left", time);
  if (p->note[0] && used < LINE_SIZE) snprintf(out + used, (size_t)(LINE_SIZE - used), "  %s", p->note);
}

// Overwrites the line that stands there, cut so that it cannot wrap, without any escape sequence.
static void draw(fhrl_progress *p, double now, int ended)
{
  char text[LINE_SIZE], line[2 * LINE_SIZE], bar[BAR_MAX + 1] = "";
  const int width = columns(p) - 1;
  describe(p, now, ended, text);
  const int room = width - (int)(strlen(p->what) + strlen(text)) - 9; // " 100% [] "
  const int length = room > BAR_MAX ? BAR_MAX : room;
  if (p->total > 0.0) {
    const double part = fmin(fmax(p->done / p->total, 0.0), 1.0);
    const int full = (int)(part * length);
    for (int i = 0; i < length; i++) bar[i] = i < full ? '#' : '.';
    if (length >= BAR_MIN)
      snprintf(line, sizeof line, "%s %3.0f%% [%.*s] %s", p->what, 100.0 * part, length, bar, text);
    else
      snprintf(line, sizeof line, "%s %3.0f%% %s", p->what, 100.0 * part, text);
  } else {
    snprintf(line, sizeof line, "%s %s", p->what, text);
  }
  int used = (int)strlen(line);
  if (used > width) used = width > 0 ? width : 0;
  while (used > 0 && ((unsigned char)line[used] & 0xc0) == 0x80) used--; // no half of a UTF-8 character
  fprintf(p->stream, "\r%.*s%*s", used, line, p->drawn > used ? p->drawn - used : 0, "");
  p->drawn = used;
}

static void show(fhrl_progress *p, double now, int ended)
{
  char text[LINE_SIZE];
  p->shown = now;
  if (p->terminal) {
    draw(p, now, ended);
  } else {
    describe(p, now, ended, text);
    fprintf(p->stream, "%s: %s\n", p->what, text);
  }
  fflush(p->stream);
}

void fhrl_progress_update(fhrl_progress *p, double done, const char *note)
{
  p->done = done;
  snprintf(p->note, sizeof p->note, "%s", note ? note : "");
  if (p->stream == NULL) return;
  const double now = fhrl_clock_wall();
  if (now - p->shown >= p->interval) show(p, now, 0);
}

void fhrl_progress_end(fhrl_progress *p)
{
  if (p->stream == NULL) return;
  show(p, fhrl_clock_wall(), 1);
  if (p->terminal) putc('\n', p->stream);
  fflush(p->stream);
  p->stream = NULL;
}
