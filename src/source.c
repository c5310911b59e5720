#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void rt_source_memory(rt_source *source, const char *memory, size_t size) {
  rt_source fresh = RT_SOURCE_NONE;
  *source = fresh;
  source->memory = memory;
  source->size = (int64_t)size;
}

int rt_source_open(rt_source *source, const char *path) {
  rt_source fresh = RT_SOURCE_NONE;
  struct stat about;
  *source = fresh;
  /* Without O_NONBLOCK, opening a FIFO that nobody writes to would stop the whole process. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return errno;
  int error = fstat(fd, &about) != 0 ? errno : S_ISDIR(about.st_mode) ? EISDIR : !S_ISREG(about.st_mode) ? EINVAL : 0;
  if (error) {
    close(fd);
    return error;
  }
  source->fd = fd;
  source->size = (int64_t)about.st_size;
  return 0;
}

int64_t rt_source_read(rt_source *source, char *into, size_t room) {
  int64_t left = source->size - source->at;
  size_t want = (int64_t)room < left ? room : (size_t)left;
  if (!want) return 0;
  if (source->memory) {
    memcpy(into, source->memory + source->at, want);
    source->at += (int64_t)want;
    return (int64_t)want;
  }
  ssize_t got;
  do got = pread(source->fd, into, want, (off_t)source->at);
  while (got < 0 && errno == EINTR);
  if (got <= 0) {
    source->failed = got < 0 ? errno : -1;
    return -1;
  }
  source->at += got;
  return got;
}

int rt_source_seek(rt_source *source, int64_t at) {
  if (at < 0 || at > source->size) return -1;
  source->at = at;
  return 0;
}

int rt_source_done(const rt_source *source) {
  return source->at == source->size;
}

void rt_source_close(rt_source *source) {
  if (source->fd >= 0) close(source->fd);
  source->fd = -1;
}
