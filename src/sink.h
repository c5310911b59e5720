/* sink.h: where a body goes: memory, or a file that appears under its name only when it is whole and on the disk. Bytes are counted
 * decoded. */
#ifndef RT_SINK_H
#define RT_SINK_H

#include <stddef.h>
#include <stdint.h>

typedef enum { RT_SINK_OK, RT_SINK_TOO_LARGE, RT_SINK_NO_MEMORY, RT_SINK_STORAGE } rt_sink_status;

typedef struct {
  char *data; /* the body in memory, `size` bytes; NULL while empty or for a file */
  size_t capacity;
  int64_t size, limit; /* bytes so far; most allowed, 0: no limit */
  const char *path;    /* the file's final name, owned by somebody else; NULL: memory */
  char *temporary;     /* the name it has until it is whole; "" from then on */
  int fd;              /* -1: none open */
  int error;           /* errno of RT_SINK_STORAGE */
} rt_sink;

void rt_sink_memory(rt_sink *sink, int64_t limit);
rt_sink_status rt_sink_file(rt_sink *sink, const char *path, int64_t limit); /* makes the temporary file, in the same directory */
rt_sink_status rt_sink_write(rt_sink *sink, const char *bytes, size_t length);
/* The body is whole: syncs the file and gives it its name. A no-op for memory. May wait for the disk; another thread may do it, as memory is
   neither taken nor given back. */
rt_sink_status rt_sink_finish(rt_sink *sink);
void rt_sink_close(rt_sink *sink);            /* frees all; a file that was not finished is gone */

#endif
