// SPDX-License-Identifier: GPL-3.0-or-later
// file: files that are old or new but never torn, folders, and paths
#define _XOPEN_SOURCE 700 // realpath
#include "base/file.h"

#include <config.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fhrl_status too_long(const char *path, fhrl_err *err)
{
  return fhrl_fail(err, FHRL_LIMIT, "path of %zu bytes is too long: %.60s...", strlen(path), path);
}

// Renaming onto a device or a pipe would put a plain file in its place.
static fhrl_status replaceable(const char *path, fhrl_err *err)
{
  struct stat st;
  if (path[0] == '\0') return fhrl_fail(err, FHRL_ARG, "empty file name");
  if (stat(path, &st) != 0 || S_ISREG(st.st_mode)) return FHRL_OK;
  return fhrl_fail(err, FHRL_IO, "cannot write %s: it is no regular file", path);
}

fhrl_status fhrl_file_temporary(const char *path, char temporary[FHRL_PATH_SIZE], fhrl_err *err)
{
  FHRL_TRY(replaceable(path, err));
  const int used = snprintf(temporary, FHRL_PATH_SIZE, "%s.tmp", path);
  if (used < 0 || used >= FHRL_PATH_SIZE) return too_long(path, err);
  if (unlink(temporary) != 0 && errno != ENOENT)
    return fhrl_fail(err, FHRL_IO, "cannot remove the stale %s: %s", temporary, strerror(errno));
  return FHRL_OK;
}

// Without this, a power failure may bring back the old name although the new bytes are on the disk.
static fhrl_status sync_folder_of(const char *path, fhrl_err *err)
{
  char folder[FHRL_PATH_SIZE];
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    snprintf(folder, sizeof folder, ".");
  else if (slash == path)
    snprintf(folder, sizeof folder, "/");
  else
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
  const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fhrl_fail(err, FHRL_IO, "cannot open the folder %s: %s", folder, strerror(errno));
  int failed = fsync(fd) != 0 ? errno : 0;
  if (failed == EINVAL) failed = 0; // the file system cannot sync folders: nothing is left to do
  close(fd);
  if (failed) return fhrl_fail(err, FHRL_IO, "cannot sync the folder %s: %s", folder, strerror(failed));
  return FHRL_OK;
}

static fhrl_status rename_synced(const char *temporary, const char *path, fhrl_err *err)
{
  const fhrl_status status = replaceable(path, err);
  if (status != FHRL_OK) {
    unlink(temporary);
    return status;
  }
  if (rename(temporary, path) != 0) {
    const int reason = errno;
    unlink(temporary);
    return fhrl_fail(err, FHRL_IO, "cannot rename %s to %s: %s", temporary, path, strerror(reason));
  }
  return sync_folder_of(path, err);
}

fhrl_status fhrl_file_publish(const char *temporary, const char *path, fhrl_err *err)
{
  const int fd = open(temporary, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fhrl_fail(err, FHRL_IO, "cannot open %s: %s", temporary, strerror(errno));
  const int failed = fsync(fd) != 0 ? errno : 0;
  close(fd);
  if (failed) {
    unlink(temporary);
    return fhrl_fail(err, FHRL_IO, "cannot sync %s: %s", temporary, strerror(failed));
  }
  return rename_synced(temporary, path, err);
}

fhrl_status fhrl_file_begin(fhrl_file *f, const char *path, fhrl_err *err)
{
  char temporary[FHRL_PATH_SIZE];
  f->stream = NULL;
  FHRL_TRY(fhrl_file_temporary(path, temporary, err));
  const int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return fhrl_fail(err, FHRL_IO, "cannot create %s: %s", temporary, strerror(errno));
  f->stream = fdopen(fd, "wb");
  if (f->stream == NULL) {
    close(fd);
    unlink(temporary);
    return fhrl_fail(err, FHRL_NOMEM, "no memory to write %s", path);
  }
  snprintf(f->path, sizeof f->path, "%s", path);
  return FHRL_OK;
}

static void temporary_of(const fhrl_file *f, char temporary[FHRL_PATH_SIZE + 4])
{
  snprintf(temporary, FHRL_PATH_SIZE + 4, "%s.tmp", f->path); // begin has checked that it fits
}

fhrl_status fhrl_file_commit(fhrl_file *f, fhrl_err *err)
{
  if (f->stream == NULL) return FHRL_OK;
  char temporary[FHRL_PATH_SIZE + 4];
  temporary_of(f, temporary);
  // An error of an earlier write is kept by the stream, but not its reason: one more write has it again.
  errno = 0;
  if (ferror(f->stream)) putc('\n', f->stream);
  int failed = fflush(f->stream) != 0 || ferror(f->stream) || fsync(fileno(f->stream)) != 0;
  int reason = errno;
  if (fclose(f->stream) != 0 && !failed) {
    failed = 1;
    reason = errno;
  }
  f->stream = NULL;
  if (failed) {
    unlink(temporary);
    return fhrl_fail(
      err, FHRL_IO, "cannot write %s: %s", f->path, reason ? strerror(reason) : "a write failed");
  }
  return rename_synced(temporary, f->path, err);
}

void fhrl_file_abandon(fhrl_file *f)
{
  if (f->stream == NULL) return;
  char temporary[FHRL_PATH_SIZE + 4];
  temporary_of(f, temporary);
  fclose(f->stream);
  f->stream = NULL;
  unlink(temporary);
}

fhrl_status fhrl_file_open(const char *path, FILE **stream, size_t *size, fhrl_err *err)
{
  struct stat st;
  // O_NONBLOCK: a pipe must not block before it is refused
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return fhrl_fail(err, FHRL_IO, "cannot open %s: %s", path[0] ? path : "a file without a name", strerror(errno));
  fhrl_status status = FHRL_OK;
  FILE *opened = NULL;
  if (fstat(fd, &st) != 0)
    status = fhrl_fail(err, FHRL_IO, "cannot read %s: %s", path, strerror(errno));
  else if (!S_ISREG(st.st_mode))
    status = fhrl_fail(err, FHRL_IO, "cannot read %s: it is no regular file", path);
  else if ((uintmax_t)st.st_size >= SIZE_MAX)
    status = fhrl_fail(err, FHRL_LIMIT, "%s is larger than the address space", path);
  else if ((opened = fdopen(fd, "rb")) == NULL)
    status = fhrl_fail(err, FHRL_NOMEM, "no memory to read %s", path);
  if (status != FHRL_OK) {
    close(fd);
    return status;
  }
  *stream = opened;
  *size = (size_t)st.st_size;
  return FHRL_OK;
}

fhrl_status fhrl_file_read(const char *path, size_t limit, char **data, size_t *size, fhrl_err *err)
{
  FILE *stream;
  size_t length;
  char *bytes = NULL;
  fhrl_status status = FHRL_OK;
  FHRL_TRY(fhrl_file_open(path, &stream, &length, err));
  if (length > limit)
    status = fhrl_fail(err, FHRL_LIMIT, "%s has %zu bytes; the limit is %zu", path, length, limit);
  else if ((bytes = malloc(length + 1)) == NULL)
    status = fhrl_fail(err, FHRL_NOMEM, "no memory for the %zu bytes of %s", length, path);
  else if (fread(bytes, 1, length, stream) != length)
    status = fhrl_fail(err, FHRL_IO, "cannot read %s: %s", path,
      ferror(stream) ? strerror(errno) : "it became shorter while it was read");
  else if (getc(stream) != EOF) // also a file whose size is not the truth, as in /proc
    status = fhrl_fail(err, FHRL_IO, "cannot read %s: it became longer while it was read", path);
  fclose(stream);
  if (status != FHRL_OK) {
    free(bytes);
    return status;
  }
  bytes[length] = '\0';
  *data = bytes;
  *size = length;
  return FHRL_OK;
}

// mkdir says EEXIST for a folder too, and on some file systems EROFS or EACCES: what counts is that it is there.
static fhrl_status make_folder(const char *path, fhrl_err *err)
{
  if (mkdir(path, 0777) == 0) return FHRL_OK;
  const int reason = errno;
  if (fhrl_file_is_folder(path)) return FHRL_OK;
  if (reason == EEXIST) return fhrl_fail(err, FHRL_IO, "cannot make the folder %s: a file of that name is there", path);
  return fhrl_fail(err, FHRL_IO, "cannot make the folder %s: %s", path, strerror(reason));
}

fhrl_status fhrl_file_folder(const char *path, fhrl_err *err)
{
  char part[FHRL_PATH_SIZE];
  const size_t length = strlen(path);
  if (length >= sizeof part) return too_long(path, err);
  if (length == 0) return FHRL_OK; // the working folder
  memcpy(part, path, length + 1);
  for (size_t i = 1; i < length; i++) {
    if (part[i] != '/') continue;
    part[i] = '\0';
    FHRL_TRY(make_folder(part, err));
    part[i] = '/';
  }
  return make_folder(part, err);
}

int fhrl_file_exists(const char *path)
{
  struct stat st;
  return lstat(path, &st) == 0;
}

int fhrl_file_is_folder(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int fhrl_file_is_alone(const char *path)
{
  char folder[FHRL_PATH_SIZE];
  if (!fhrl_file_exists(path) || fhrl_file_absolute(path, folder, NULL) != FHRL_OK) return 0;
  char *name = strrchr(folder, '/'); // an absolute path has one
  *name++ = '\0';
  DIR *open = opendir(folder[0] ? folder : "/");
  if (open == NULL) return 0;
  int others = 0;
  for (const struct dirent *e = readdir(open); e; e = readdir(open))
    others += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && strcmp(e->d_name, name) != 0;
  closedir(open);
  return others == 0;
}

fhrl_status fhrl_file_join(const char *folder, const char *name, char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  const size_t length = strlen(folder);
  const int alone = length == 0 || name[0] == '/';
  const char *between = alone || folder[length - 1] == '/' ? "" : "/";
  const int used = snprintf(out, FHRL_PATH_SIZE, "%s%s%s", alone ? "" : folder, between, name);
  if (used < 0 || used >= FHRL_PATH_SIZE) return too_long(alone ? name : folder, err);
  return FHRL_OK;
}

fhrl_status fhrl_file_absolute(const char *path, char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  char here[FHRL_PATH_SIZE] = "";
  if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
    return fhrl_fail(err, FHRL_IO, "cannot name the working folder: %s", strerror(errno));
  return fhrl_file_join(here, path, out, err);
}

// 1 if the running program lies below the build folder that it was configured in.
static int runs_from_build(void)
{
  char program[FHRL_PATH_SIZE], build[PATH_MAX];
  const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  if (n <= 0 || realpath(FHRL_BUILDDIR, build) == NULL) return 0;
  program[n] = '\0';
  const size_t length = strlen(build);
  return strncmp(program, build, length) == 0 && program[length] == '/';
}

fhrl_status fhrl_file_data(const char *name, char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  const char *folder = getenv("FHRL_DATADIR");
  if (folder == NULL || folder[0] == '\0') folder = runs_from_build() ? FHRL_SRCDIR : PKGDATADIR;
  FHRL_TRY(fhrl_file_join(folder, name, out, err));
  if (!fhrl_file_exists(out))
    return fhrl_fail(
      err, FHRL_IO, "no data file %s in %s (FHRL_DATADIR names another folder)", name, folder);
  return FHRL_OK;
}

fhrl_status fhrl_file_headers(char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  char header[FHRL_PATH_SIZE];
  const char *folder = getenv("FHRL_INCLUDEDIR");
  if (folder == NULL || folder[0] == '\0') folder = runs_from_build() ? FHRL_SRCDIR "/src" : PKGINCLUDEDIR;
  FHRL_TRY(fhrl_file_join(folder, "ode/model.h", header, err));
  if (!fhrl_file_exists(header))
    return fhrl_fail(err, FHRL_IO, "no header ode/model.h in %s (FHRL_INCLUDEDIR names another folder)", folder);
  return fhrl_file_absolute(folder, out, err);
}
