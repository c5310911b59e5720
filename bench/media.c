/* What it costs to read a media header: nanoseconds with the whole file in memory, and requests and bytes where only what is wanted is read.
   usage: media FILE...; a line each: name, media type, size, nanoseconds, requests, bytes read until the sides are known, bytes read in all */
#include "../spec/c/media_walk.h"

#include <stdio.h>
#include <time.h>

/* The processor's time: what others do on the machine does not count. */
static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double once(const unsigned char *bytes, size_t size, int times) {
  double start = seconds();
  for (int i = 0; i < times; i++) {
    rt_pieces pieces;
    rt_media media;
    rt_pieces_memory(&pieces, bytes, size);
    rt_media_read(&pieces, &media);
  }
  return (seconds() - start) / times;
}

/* The best of many short runs, each long enough for the clock. */
static double nanoseconds(const unsigned char *bytes, size_t size) {
  double best = once(bytes, size, 10);
  int times = best > 0 && 0.0005 / best < 5000 ? (int)(0.0005 / best) + 1 : 5000;
  for (int round = 0; round < 30; round++) {
    double took = once(bytes, size, times);
    if (took < best || round == 0) best = took;
  }
  return best * 1e9;
}

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) return NULL;
  *size = (size_t)ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(*size + 1);
  if (bytes && fread(bytes, 1, *size, file) != *size) *size = 0;
  fclose(file);
  return bytes;
}

int main(int count, char **paths) {
  for (int i = 1; i < count; i++) {
    size_t size = 0;
    unsigned char *bytes = read_file(paths[i], &size);
    if (!bytes) {
      perror(paths[i]);
      return 1;
    }
    media_walk walk = walk_media(bytes, size, size, SIZE_MAX);
    if (walk.state == RT_MEDIA_DONE)
      printf("%s\t%s\t%zu\t%.0f\t%zu\t%zu\t%zu\n", paths[i], walk.media.media_type, size, nanoseconds(bytes, size), walk.reads,
             walk.measured_bytes, walk.read_bytes);
    free(bytes);
  }
  return 0;
}
