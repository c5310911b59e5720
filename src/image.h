/* image.h: width, height and wholeness of PNG, JPEG and WebP files from as few of their bytes as will do. The reader never sees a
   file: it says which bytes it wants next, so ten megabytes of colour profile are stepped over, not read. */
#ifndef RT_IMAGE_H
#define RT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_SIZE_UNKNOWN UINT64_MAX

typedef enum {
  RT_IMAGE_NEED,    /* rt_image_wants says what */
  RT_IMAGE_DONE,    /* measured and, where the total size is known, found whole */
  RT_IMAGE_UNKNOWN, /* no PNG, JPEG or WebP */
  RT_IMAGE_CORRUPT  /* `message` says how */
} rt_image_state;

typedef enum { RT_IMAGE_NONE, RT_IMAGE_PNG, RT_IMAGE_JPEG, RT_IMAGE_WEBP } rt_image_format;

typedef struct {
  rt_image_state state;
  rt_image_format format;
  bool measured; /* width, height and orientation hold */
  bool settled;  /* animated holds too: only the file's end is still to be looked at */
  bool complete; /* the end was looked at and is there */
  bool animated;
  uint32_t width, height; /* as shown: sides swapped where the orientation says so */
  int orientation;        /* EXIF's 1 to 8; 1 where the file says nothing */
  uint64_t total;         /* the file's size or RT_SIZE_UNKNOWN */
  char message[160];
  /* the reader's own */
  uint64_t offset; /* of the next byte to look at */
  size_t need;     /* least number of bytes from there */
  uint64_t segment_end, tiff, directory_end;
  unsigned entries_left, step;
  bool tiff_is_little, exif_seen;
} rt_image;

void rt_image_start(rt_image *image, uint64_t total);

/* False when nothing more is wanted. Longer pieces than wanted are fine; a shorter one says that the file ends there. */
bool rt_image_wants(const rt_image *image, uint64_t *offset, size_t *length);
rt_image_state rt_image_feed(rt_image *image, const void *bytes, size_t length);

/* All that can be learned from a file's first bytes: NEED where they do not reach (`measured` may be true by then). */
rt_image_state rt_image_read(rt_image *image, const void *bytes, size_t length, uint64_t total);

const char *rt_image_media_type(const rt_image *image);

#endif
