#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "sink.h"

#include "clock.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const rt_sink empty = {NULL, 0, 0, 0, NULL, NULL, -1, 0};

static rt_sink_status storage(rt_sink *sink) {
  sink->error = errno;
  return RT_SINK_STORAGE;
}

void rt_sink_memory(rt_sink *sink, int64_t limit) {
  *sink = empty;
  sink->limit = limit;
}

/* ---- the file ---- */

enum { SUFFIX_ROOM = 64, NAME_TRIES = 100 };

/* The length of the directory part with its slash; 0: the working directory. */
static size_t directory_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A short name of its own, not the final one with a suffix: that could be too long for the file system. Not mkstemp: its files have mode
   0600 whatever the umask says, and the umask cannot be read without changing it for every thread. */
static int open_temporary(rt_sink *sink, size_t directory) {
  static unsigned counter;
  for (int i = 0; i < NAME_TRIES; i++) {
    unsigned salt = (unsigned)(uint64_t)(rt_clock() * 1e6) + ++counter * 2654435761u;
    snprintf(sink->temporary + directory, SUFFIX_ROOM, ".retake-%ld-%08x.part", (long)getpid(), salt);
    int fd = open(sink->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

rt_sink_status rt_sink_file(rt_sink *sink, const char *path, int64_t limit) {
  struct stat about;
  *sink = empty;
  sink->limit = limit;
  sink->path = path;
  if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
    errno = EISDIR;
    return storage(sink);
  }
  size_t directory = directory_length(path);
  sink->temporary = rt_malloc(directory + SUFFIX_ROOM);
  if (!sink->temporary) return RT_SINK_NO_MEMORY;
  memcpy(sink->temporary, path, directory);
  sink->fd = open_temporary(sink, directory);
  if (sink->fd >= 0) return RT_SINK_OK;
  int error = errno;
  rt_free(sink->temporary);
  sink->temporary = NULL;
  sink->error = error;
  return RT_SINK_STORAGE;
}

static rt_sink_status write_file(rt_sink *sink, const char *bytes, size_t length) {
  while (length) {
    ssize_t wrote = write(sink->fd, bytes, length);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return storage(sink);
    bytes += wrote;
    length -= (size_t)wrote;
    sink->size += wrote;
  }
  return RT_SINK_OK;
}

/* The name is part of the directory: without this a power cut may leave the old name on a file that was reported as saved. */
static void sync_directory(rt_sink *sink) {
  size_t directory = directory_length(sink->temporary);
  sink->temporary[directory] = '\0';
  int fd = open(directory ? sink->temporary : ".", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd); /* some file systems refuse this; the file itself is synced by now */
  close(fd);
}

rt_sink_status rt_sink_finish(rt_sink *sink) {
  if (!sink->path) return RT_SINK_OK;
  if (fsync(sink->fd) != 0) return storage(sink);
  int fd = sink->fd;
  sink->fd = -1;
  if (close(fd) != 0 && errno != EINTR) return storage(sink);
  if (rename(sink->temporary, sink->path) != 0) return storage(sink);
  sync_directory(sink);
  sink->temporary[0] = '\0';
  return RT_SINK_OK;
}

/* ---- memory ---- */

static rt_sink_status write_memory(rt_sink *sink, const char *bytes, size_t length) {
  size_t needed = (size_t)sink->size + length;
  if (needed > sink->capacity) {
    size_t capacity = sink->capacity ? sink->capacity * 2 : 256;
    if (capacity < needed) capacity = needed;
    char *data = rt_realloc(sink->data, capacity);
    if (!data) return RT_SINK_NO_MEMORY;
    sink->data = data;
    sink->capacity = capacity;
  }
  memcpy(sink->data + sink->size, bytes, length);
  sink->size = (int64_t)needed;
  return RT_SINK_OK;
}

rt_sink_status rt_sink_write(rt_sink *sink, const char *bytes, size_t length) {
  if (!length) return RT_SINK_OK;
  if (sink->limit && (int64_t)length > sink->limit - sink->size) return RT_SINK_TOO_LARGE;
  return sink->path ? write_file(sink, bytes, length) : write_memory(sink, bytes, length);
}

void rt_sink_close(rt_sink *sink) {
  if (sink->fd >= 0) close(sink->fd);
  if (sink->temporary && sink->temporary[0]) unlink(sink->temporary);
  rt_free(sink->temporary);
  rt_free(sink->data);
  *sink = empty;
}
