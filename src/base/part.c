// SPDX-License-Identifier: GPL-3.0-or-later
// part: what a running computation has behind it, on the disk: a file that grows by pieces, each with a checksum
#include "base/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

// Seconds between two times that the disk is asked to have it, and that the system is where pieces come fast; and the share
// of the time that this may take.
static const double sync_every = 1.0, keep_every = 0.2, share = 0.01;

uint64_t fhrl_part_seed(void) { return 0xcbf29ce484222325u; }

uint64_t fhrl_part_mix(uint64_t sum, const void *data, size_t size)
{
  const unsigned char *bytes = data;
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    sum = (sum ^ word) * 0x100000001b3u;
    sum ^= sum >> 29;
  }
  for (; size > 0; bytes++, size--) sum = (sum ^ *bytes) * 0x100000001b3u;
  return sum;
}

static fhrl_status cannot(const fhrl_part *part, fhrl_err *err)
{
  return fhrl_fail(err, FHRL_IO, "cannot write %s: %s", part->path, errno ? strerror(errno) : "a write failed");
}

static fhrl_status open_stream(fhrl_part *part, uint64_t *size, fhrl_err *err)
{
  struct stat st;
  errno = 0;
  const int fd = open(part->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (fd < 0) return cannot(part, err);
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (part->stream = fdopen(fd, "r+b")) == NULL) {
    close(fd);
    return fhrl_fail(err, FHRL_IO, "cannot write %s: it is no regular file", part->path);
  }
  *size = (uint64_t)st.st_size;
  return FHRL_OK;
}

fhrl_status fhrl_part_open(fhrl_part *part, const char *path, const void *head, size_t size, uint64_t *found, fhrl_err *err)
{
  const double now = fhrl_clock_wall();
  *part = (fhrl_part){.path = path, .opened = now, .synced = now};
  FHRL_TRY(open_stream(part, found, err));
  char *there = malloc(size);
  if (there == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to read %s", path);
  const int same = fread(there, 1, size, part->stream) == size && memcmp(there, head, size) == 0;
  free(there);
  if (same) return FHRL_OK;
  *found = 0;
  rewind(part->stream);
  if (fwrite(head, 1, size, part->stream) != size) return cannot(part, err);
  return fhrl_part_cut(part, size, err);
}

void fhrl_part_begin(fhrl_part *part)
{
  errno = 0; // what a put leaves in it is said by keep
  part->sum = fhrl_part_seed();
}

int fhrl_part_get(fhrl_part *part, void *data, size_t size)
{
  if (size > 0 && fread(data, 1, size, part->stream) != size) return 0;
  part->sum = fhrl_part_mix(part->sum, data, size);
  return 1;
}

int fhrl_part_put(fhrl_part *part, const void *data, size_t size)
{
  part->sum = fhrl_part_mix(part->sum, data, size);
  return size == 0 || fwrite(data, 1, size, part->stream) == size;
}

int fhrl_part_get_end(fhrl_part *part)
{
  uint64_t want;
  return fread(&want, sizeof want, 1, part->stream) == 1 && want == part->sum;
}

int fhrl_part_put_end(fhrl_part *part) { return fwrite(&part->sum, sizeof part->sum, 1, part->stream) == 1; }

uint64_t fhrl_part_at(const fhrl_part *part)
{
  const off_t at = ftello(part->stream);
  return at < 0 ? 0 : (uint64_t)at;
}

fhrl_status fhrl_part_cut(fhrl_part *part, uint64_t end, fhrl_err *err)
{
  errno = 0;
  if (fflush(part->stream) != 0 || ftruncate(fileno(part->stream), (off_t)end) != 0 ||
      fseeko(part->stream, (off_t)end, SEEK_SET) != 0)
    return cannot(part, err);
  return FHRL_OK;
}

fhrl_status fhrl_part_keep(fhrl_part *part, int good, fhrl_err *err)
{
  errno = good ? 0 : errno;
  const double begin = fhrl_clock_wall();
  good = good && fflush(part->stream) == 0;
  if (good && begin - part->synced > sync_every) {
    good = fsync(fileno(part->stream)) == 0;
    part->synced = begin;
  }
  part->kept = fhrl_clock_wall();
  part->spent += part->kept - begin;
  return good ? FHRL_OK : cannot(part, err);
}

fhrl_status fhrl_part_keep_some(fhrl_part *part, int good, fhrl_err *err)
{
  const double now = fhrl_clock_wall();
  if (good && part->spent > share * (now - part->opened) && now - part->kept < keep_every) return FHRL_OK;
  return fhrl_part_keep(part, good, err);
}

void fhrl_part_close(fhrl_part *part)
{
  if (part->stream) fclose(part->stream);
  *part = (fhrl_part){0};
}

void fhrl_part_remove(fhrl_part *part)
{
  if (part->stream) unlink(part->path);
  fhrl_part_close(part);
}
