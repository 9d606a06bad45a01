// SPDX-License-Identifier: GPL-3.0-or-later
// preview: a figure drawn in the terminal that the program runs in
#include "cli/preview.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/terminal.h"
#include "io/figure.h"

enum { PREVIEW_LIMIT = 1 << 26, TEXT_ROWS = 48, PICTURE_WIDTH = 900, PICTURE_HEIGHT = 600 };

static fhrl_status print(const char *path, fhrl_err *err)
{
  char *data;
  size_t size;
  FHRL_TRY(fhrl_file_read(path, PREVIEW_LIMIT, &data, &size, err));
  const size_t begin = size > 0 && data[0] == '\f'; // the page that gnuplot would turn
  const int whole = fwrite(data + begin, 1, size - begin, stdout) == size - begin && fflush(stdout) == 0;
  free(data);
  return whole ? FHRL_OK : fhrl_fail(err, FHRL_IO, "cannot write the preview to standard output: %s", strerror(errno));
}

fhrl_status fhrl_preview_show(const char *script, const char *folder, fhrl_err *err)
{
  fhrl_terminal t;
  char path[FHRL_PATH_SIZE], width[16], height[16];
  const char *const args[] = {width, height, "ascii"};
  fflush(stdout); // the question to the terminal must not overtake what was said before
  fhrl_terminal_look(STDIN_FILENO, STDOUT_FILENO, &t);
  const int rows = t.rows > TEXT_ROWS ? TEXT_ROWS : t.rows;
  snprintf(width, sizeof width, "%d", t.sixel ? (t.width > 300 ? t.width : PICTURE_WIDTH) : t.columns);
  snprintf(height, sizeof height, "%d", t.sixel ? (t.width > 300 ? t.width * 2 / 3 : PICTURE_HEIGHT) : rows - 1);
  FHRL_TRY(fhrl_file_join(folder, t.sixel ? "preview.six" : "preview.txt", path, err));
  fhrl_status status = fhrl_figure_draw(script, path, args, t.sixel || t.utf8 ? 2 : 3, err);
  if (status == FHRL_OK) status = print(path, err);
  unlink(path);
  return status;
}

fhrl_status fhrl_preview_folder(char folder[FHRL_PATH_SIZE], fhrl_err *err)
{
  const char *temporary = getenv("TMPDIR");
  FHRL_TRY(fhrl_file_join(temporary && *temporary ? temporary : "/tmp", "fhrl-preview.XXXXXX", folder, err));
  if (mkdtemp(folder) == NULL) return fhrl_fail(err, FHRL_IO, "cannot make the folder %s: %s", folder, strerror(errno));
  return FHRL_OK;
}

void fhrl_preview_remove(const char *folder, const char *const names[])
{
  char path[FHRL_PATH_SIZE];
  for (int i = 0; names[i]; i++)
    if (fhrl_file_join(folder, names[i], path, NULL) == FHRL_OK) unlink(path);
  rmdir(folder);
}
