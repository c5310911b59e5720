/* source.h: where the bytes of an upload come from: memory that somebody else owns, or a file that is read in chunks. */
#ifndef RT_SOURCE_H
#define RT_SOURCE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *memory; /* NULL: the file */
  int fd;             /* -1: none open */
  int64_t size, at;
  int failed; /* errno of a read that failed, or -1 where the file ended before its size */
} rt_source;

#define RT_SOURCE_NONE                                                                                                                     \
  { NULL, -1, 0, 0, 0 }

void rt_source_memory(rt_source *source, const char *memory, size_t size);

/* Opens a regular file; its size is taken now, and exactly that many bytes will be read. 0, or an errno. */
int rt_source_open(rt_source *source, const char *path);

/* Up to `room` bytes; 0 at the end; -1 when the file could not be read or is shorter than it was (`failed` is set). */
int64_t rt_source_read(rt_source *source, char *into, size_t room);

int rt_source_seek(rt_source *source, int64_t at); /* 0, or -1 when that is out of range */
int rt_source_done(const rt_source *source);       /* whether all bytes were read */
void rt_source_close(rt_source *source);

#endif
