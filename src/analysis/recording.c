// SPDX-License-Identifier: GPL-3.0-or-later
// recording: what a layer of the network received and gave, as a probe recorded it (layer<k>.nc)
#include "analysis/recording.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "io/dataset.h"

static fhrl_status read(const char *path, const char *name, const size_t count[3], double **out, fhrl_err *err)
{
  const size_t start[3] = {0};
  FHRL_TRY(fhrl_dataset_load(path, name, 3, start, count, out, err));
  const size_t size = count[0] * count[1] * count[2]; // of what is there: it cannot overflow
  for (size_t i = 0; i < size; i++)
    if (!isfinite((*out)[i]))
      return fhrl_fail(err, FHRL_NUMERIC, "%s: %s of probe %zu, token %zu, channel %zu is %g", path, name,
        i / (count[1] * count[2]), i / count[2] % count[1], i % count[2], (*out)[i]);
  return FHRL_OK;
}

fhrl_status fhrl_recording_load(const char *path, int most, fhrl_recording *out, fhrl_err *err)
{
  fhrl_recording r = {0};
  size_t shape[3], other[3];
  FHRL_TRY(fhrl_dataset_shape(path, "x_pre", 3, shape, err));
  FHRL_TRY(fhrl_dataset_shape(path, "y", 3, other, err));
  for (int i = 0; i < 3; i++)
    if (shape[i] != other[i] || shape[i] == 0 || shape[i] > INT_MAX)
      return fhrl_fail(err, FHRL_FORMAT, "%s: x_pre is %zu x %zu x %zu and y %zu x %zu x %zu", path, shape[0], shape[1],
        shape[2], other[0], other[1], other[2]);
  if (shape[0] > (size_t)most) shape[0] = (size_t)most;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, read(path, "x_pre", shape, &r.x_pre, err));
  FHRL_DO(status, read(path, "y", shape, &r.y, err));
  r.sequences = (int)shape[0];
  r.tokens = (int)shape[1];
  r.d = (int)shape[2];
  *out = r;
done:
  if (status != FHRL_OK) fhrl_recording_free(&r);
  return status;
}

void fhrl_recording_free(fhrl_recording *r)
{
  free(r->x_pre);
  free(r->y);
  *r = (fhrl_recording){0};
}
