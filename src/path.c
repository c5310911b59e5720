#include "path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST 4096

rt_path_kind rt_path_kind_of(const char *path) {
  struct stat found;
  if (stat(path, &found) != 0) return RT_PATH_NONE;
  if (S_ISREG(found.st_mode)) return RT_PATH_FILE;
  return S_ISDIR(found.st_mode) ? RT_PATH_DIRECTORY : RT_PATH_OTHER;
}

bool rt_path_writable(const char *path) {
  char folder[LONGEST];
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 0;
  if (!*path || (slash && !slash[1]) || length >= sizeof folder) return false;
  if (!slash) strcpy(folder, ".");
  else if (length == 0) strcpy(folder, "/");
  else snprintf(folder, sizeof folder, "%.*s", (int)length, path);
  return rt_path_kind_of(folder) == RT_PATH_DIRECTORY && access(folder, W_OK | X_OK) == 0;
}
