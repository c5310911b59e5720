/* path.h: what stands at a path, before anything is written there or read from it. */
#ifndef RT_PATH_H
#define RT_PATH_H

#include <stdbool.h>
#include <stddef.h>

typedef enum rt_path_kind { RT_PATH_NONE, RT_PATH_FILE, RT_PATH_DIRECTORY, RT_PATH_OTHER } rt_path_kind;

/* Links are followed; a device, pipe or socket is RT_PATH_OTHER. */
rt_path_kind rt_path_kind_of(const char *path);

/* Whether a file could be made at, or put in the place of what is at, the path: its directory is there and may be written. */
bool rt_path_writable(const char *path);

#endif
