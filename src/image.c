/* image.c: one state machine. Each step looks at `need` bytes at `offset` and moves offset forward (only the look at a file's end goes
   to its end and may come back once), so a file costs time in proportion to its size at worst, whatever it holds. */
#include "image.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum step {
  START,
  PNG_CHUNK, /* before the image data, looking for acTL */
  PNG_END,   /* the last 12 bytes */
  PNG_WALK,  /* all chunks, where the last 12 bytes are not IEND */
  JPEG_MARKER,
  JPEG_EXIF,    /* "Exif\0\0" and the TIFF header */
  JPEG_ENTRIES, /* the count of directory entries */
  JPEG_ENTRY,
  JPEG_END, /* the last 2 bytes */
  JPEG_SCAN /* compressed data, looking for a marker */
};

enum { WALK_BYTES = 4096, SCAN_BYTES = 65536 };

static uint32_t big16(const unsigned char *p) {
  return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t big32(const unsigned char *p) {
  return big16(p) << 16 | big16(p + 2);
}

static uint32_t little16(const unsigned char *p) {
  return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t little24(const unsigned char *p) {
  return little16(p) | (uint32_t)p[2] << 16;
}

static uint32_t little32(const unsigned char *p) {
  return little16(p) | little16(p + 2) << 16;
}

static void go(rt_image *image, enum step step, uint64_t offset, size_t need) {
  image->step = step;
  image->offset = offset;
  image->need = need;
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
corrupt(rt_image *image, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(image->message, sizeof image->message, format, arguments);
  va_end(arguments);
  image->state = RT_IMAGE_CORRUPT;
}

static void done(rt_image *image) {
  image->state = RT_IMAGE_DONE;
  image->settled = true;
  image->complete = image->total != RT_SIZE_UNKNOWN;
}

static bool measure(rt_image *image, uint32_t width, uint32_t height) {
  if (width == 0 || height == 0) {
    corrupt(image, "the header gives a size of %lux%lu pixels", (unsigned long)width, (unsigned long)height);
    return false;
  }
  bool turned = image->orientation >= 5;
  image->width = turned ? height : width;
  image->height = turned ? width : height;
  image->measured = true;
  return true;
}

/* ---- PNG ---- */

/* CRC-32 over a header's few bytes: sixteen entries are enough. */
static uint32_t crc32_of(const unsigned char *bytes, size_t length) {
  static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                     0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < length; i++) {
    crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
    crc = table[(crc ^ (uint32_t)bytes[i] >> 4) & 15] ^ crc >> 4;
  }
  return ~crc;
}

static bool png_depth_is_legal(unsigned depth, unsigned color) {
  switch (color) {
  case 0:
    return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
  case 3:
    return depth == 1 || depth == 2 || depth == 4 || depth == 8;
  case 2:
  case 4:
  case 6:
    return depth == 8 || depth == 16;
  default:
    return false;
  }
}

/* p: the first 33 bytes, signature and IHDR. */
static void png_start(rt_image *image, const unsigned char *p) {
  image->format = RT_IMAGE_PNG;
  if (memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0) {
    corrupt(image, "the PNG signature is damaged, as by a transfer in text mode that changes line endings");
    return;
  }
  if (big32(p + 8) != 13 || memcmp(p + 12, "IHDR", 4) != 0) {
    corrupt(image, "the PNG file does not begin with an IHDR chunk of 13 bytes");
    return;
  }
  if (crc32_of(p + 12, 17) != big32(p + 29)) {
    corrupt(image, "the PNG header's checksum is %08lx, its bytes give %08lx", (unsigned long)big32(p + 29),
            (unsigned long)crc32_of(p + 12, 17));
    return;
  }
  if (!png_depth_is_legal(p[24], p[25]) || p[26] != 0 || p[27] != 0 || p[28] > 1 || big32(p + 16) >> 31 || big32(p + 20) >> 31) {
    corrupt(image, "the PNG header holds values that PNG does not have");
    return;
  }
  if (measure(image, big32(p + 16), big32(p + 20))) go(image, PNG_CHUNK, 33, 8);
}

static void png_header_read(rt_image *image) {
  image->settled = true;
  if (image->total == RT_SIZE_UNKNOWN)
    done(image);
  else
    go(image, PNG_END, image->total - 12, 12); /* 33 bytes are there already */
}

static bool png_chunk_fits(rt_image *image, const unsigned char *p) {
  uint64_t end = image->offset + 12 + big32(p);
  for (int i = 4; i < 8; i++)
    if ((unsigned char)((p[i] | 0x20) - 'a') >= 26) {
      corrupt(image, "no PNG chunk begins at byte %llu, where one should", (unsigned long long)image->offset);
      return false;
    }
  if (big32(p) >> 31)
    corrupt(image, "the PNG chunk at byte %llu is longer than PNG allows", (unsigned long long)image->offset);
  else if (image->total != RT_SIZE_UNKNOWN && end > image->total)
    corrupt(image, "the file ends after %llu bytes, inside a PNG chunk (%.4s) that runs to byte %llu", (unsigned long long)image->total,
            (const char *)p + 4, (unsigned long long)end);
  return image->state == RT_IMAGE_NEED;
}

static void png_chunk(rt_image *image, const unsigned char *p) {
  if (!png_chunk_fits(image, p)) return;
  uint64_t next = image->offset + 12 + big32(p);
  if (memcmp(p + 4, "acTL", 4) == 0) {
    image->animated = true;
    png_header_read(image);
  } else if (memcmp(p + 4, "IDAT", 4) == 0)
    png_header_read(image);
  else if (memcmp(p + 4, "IEND", 4) == 0)
    corrupt(image, "the PNG file holds no image data");
  else
    go(image, PNG_CHUNK, next, 8);
}

static void png_end(rt_image *image, const unsigned char *p) {
  if (memcmp(p, "\0\0\0\0IEND", 8) == 0)
    done(image);
  else
    go(image, PNG_WALK, 33, 8); /* cut short, or whole with something after its end: only the chunks can tell */
}

static void png_walk(rt_image *image, const unsigned char *p) {
  if (!png_chunk_fits(image, p)) return;
  if (memcmp(p + 4, "IEND", 4) == 0)
    done(image);
  else
    go(image, PNG_WALK, image->offset + 12 + big32(p), 8);
}

/* ---- WebP ---- */

static void webp_lossy(rt_image *image, const unsigned char *p) {
  if ((p[20] & 1) != 0 || memcmp(p + 23, "\x9d\x01\x2a", 3) != 0)
    corrupt(image, "the WebP file does not begin with a VP8 key frame");
  else
    measure(image, little16(p + 26) & 0x3FFF, little16(p + 28) & 0x3FFF);
}

static void webp_lossless(rt_image *image, const unsigned char *p) {
  uint32_t bits = little32(p + 21);
  if (p[20] != 0x2F || bits >> 29 != 0)
    corrupt(image, "the WebP file's VP8L header is damaged");
  else
    measure(image, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
}

static void webp_extended(rt_image *image, const unsigned char *p) {
  uint64_t width = (uint64_t)little24(p + 24) + 1, height = (uint64_t)little24(p + 27) + 1;
  image->animated = (p[20] & 2) != 0;
  if (little32(p + 16) < 10 || width * height > UINT32_MAX)
    corrupt(image, "the WebP file's VP8X header is damaged");
  else
    measure(image, (uint32_t)width, (uint32_t)height);
}

/* p: the first 30 bytes. */
static void webp_start(rt_image *image, const unsigned char *p) {
  image->format = RT_IMAGE_WEBP;
  uint64_t end = (uint64_t)little32(p + 4) + 8;
  if (memcmp(p + 12, "VP8 ", 4) == 0)
    webp_lossy(image, p);
  else if (memcmp(p + 12, "VP8L", 4) == 0)
    webp_lossless(image, p);
  else if (memcmp(p + 12, "VP8X", 4) == 0)
    webp_extended(image, p);
  else
    corrupt(image, "the WebP file's first chunk is none that WebP has");
  if (image->state != RT_IMAGE_NEED) return;
  uint64_t chunk_end = 20 + (uint64_t)little32(p + 16);
  if (chunk_end > end)
    corrupt(image, "the WebP file's first chunk runs to byte %llu of %llu", (unsigned long long)chunk_end, (unsigned long long)end);
  else if (image->total != RT_SIZE_UNKNOWN && image->total < end)
    corrupt(image, "the file ends after %llu bytes of %llu", (unsigned long long)image->total, (unsigned long long)end);
  else
    done(image);
}

/* ---- JPEG ---- */

static void jpeg_header_read(rt_image *image) {
  image->settled = true;
  if (image->total == RT_SIZE_UNKNOWN) {
    done(image);
    return;
  }
  image->segment_end = image->offset; /* where a walk to the end would go on */
  go(image, JPEG_END, image->total - 2, 2);
}

static bool is_frame(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* p: marker, length, precision, height, width, components. */
static void jpeg_frame(rt_image *image, const unsigned char *p) {
  if (big16(p + 2) != 8 + 3 * (uint32_t)p[9] || p[9] == 0 || (p[4] != 8 && p[4] != 12 && p[4] != 16 && p[1] != 0xC3)) {
    corrupt(image, "the JPEG frame header at byte %llu is damaged", (unsigned long long)image->offset);
    return;
  }
  if (!measure(image, big16(p + 7), big16(p + 5))) return;
  image->offset = image->segment_end;
  jpeg_header_read(image);
}

/* p: 0xFF and the marker; with segments, their length; with a frame, its header. Asks for more by a larger need. */
static void jpeg_marker(rt_image *image, const unsigned char *p) {
  if (p[0] != 0xFF) {
    corrupt(image, "no JPEG marker stands at byte %llu, where one should", (unsigned long long)image->offset);
    return;
  }
  unsigned marker = p[1];
  if (marker == 0xFF) { /* fill */
    go(image, JPEG_MARKER, image->offset + 1, 2);
    return;
  }
  if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) { /* stand alone */
    go(image, JPEG_MARKER, image->offset + 2, 2);
    return;
  }
  if (marker == 0xD9) {
    if (image->measured)
      done(image);
    else
      corrupt(image, "the JPEG file ends before its frame header");
    return;
  }
  if (marker == 0x00 || (marker == 0xDA && !image->measured)) {
    corrupt(image, "the JPEG file has image data before its frame header");
    return;
  }
  bool frame = is_frame(marker) && !image->measured;
  size_t need = frame ? 10 : 4;
  if (image->need < need) {
    image->need = need;
    return;
  }
  if (big16(p + 2) < 2) {
    corrupt(image, "the JPEG segment at byte %llu has a length of %lu", (unsigned long long)image->offset, (unsigned long)big16(p + 2));
    return;
  }
  image->segment_end = image->offset + 2 + big16(p + 2);
  if (frame)
    jpeg_frame(image, p);
  else if (marker == 0xE1 && !image->exif_seen && !image->measured && big16(p + 2) >= 2 + 14)
    go(image, JPEG_EXIF, image->offset + 4, 14);
  else if (marker == 0xDA)
    go(image, JPEG_SCAN, image->segment_end, 2);
  else
    go(image, JPEG_MARKER, image->segment_end, 2);
}

static void jpeg_next_segment(rt_image *image) {
  go(image, JPEG_MARKER, image->segment_end, 2);
}

static uint32_t tiff16(const rt_image *image, const unsigned char *p) {
  return image->tiff_is_little ? little16(p) : big16(p);
}

/* Damage inside EXIF is no damage to the picture: every reader steps over it, and so does this one. */
static void jpeg_exif(rt_image *image, const unsigned char *p) {
  bool little = memcmp(p + 6, "II*\0", 4) == 0;
  if (memcmp(p, "Exif\0", 5) != 0 || (!little && memcmp(p + 6, "MM\0*", 4) != 0)) {
    jpeg_next_segment(image);
    return;
  }
  image->exif_seen = true;
  image->tiff_is_little = little;
  image->tiff = image->offset + 6;
  uint64_t directory = image->tiff + (little ? little32(p + 10) : big32(p + 10));
  if (directory < image->tiff + 8 || directory + 2 > image->segment_end)
    jpeg_next_segment(image);
  else
    go(image, JPEG_ENTRIES, directory, 2);
}

static void jpeg_entries(rt_image *image, const unsigned char *p) {
  image->entries_left = tiff16(image, p);
  go(image, JPEG_ENTRY, image->offset + 2, 12);
  if (image->entries_left == 0 || image->offset + 12 > image->segment_end) jpeg_next_segment(image);
}

static void jpeg_entry(rt_image *image, const unsigned char *p) {
  if (tiff16(image, p) == 0x0112) {
    uint32_t value = tiff16(image, p + 8);
    if (tiff16(image, p + 2) == 3 && value >= 1 && value <= 8) image->orientation = (int)value;
    jpeg_next_segment(image);
    return;
  }
  image->entries_left--;
  go(image, JPEG_ENTRY, image->offset + 12, 12);
  if (image->entries_left == 0 || image->offset + 12 > image->segment_end) jpeg_next_segment(image);
}

static void jpeg_end(rt_image *image, const unsigned char *p) {
  if (p[0] == 0xFF && p[1] == 0xD9)
    done(image);
  else
    jpeg_next_segment(image); /* cut short, or followed by something else (phones append videos): only a walk can tell */
}

/* Looks through all the bytes at hand: compressed data holds 0xFF only before 0x00, a restart marker, or the marker that ends it. */
static void jpeg_scan(rt_image *image, const unsigned char *p, size_t length) {
  size_t i = 0;
  while (i + 1 < length) {
    const unsigned char *hit = memchr(p + i, 0xFF, length - 1 - i);
    if (!hit) {
      i = length - 1;
      break;
    }
    i = (size_t)(hit - p);
    if (p[i + 1] == 0xFF)
      i++;
    else if (p[i + 1] == 0x00 || (p[i + 1] >= 0xD0 && p[i + 1] <= 0xD7))
      i += 2;
    else {
      go(image, JPEG_MARKER, image->offset + i, 2);
      return;
    }
  }
  go(image, JPEG_SCAN, image->offset + i, 2);
}

/* ---- the machine ---- */

static void start(rt_image *image, const unsigned char *p) {
  size_t need = 0;
  if (p[0] == 0xFF && p[1] == 0xD8 && p[2] == 0xFF) {
    image->format = RT_IMAGE_JPEG;
    go(image, JPEG_MARKER, 2, 2);
  } else if (memcmp(p, "\x89PNG", 4) == 0)
    need = 33;
  else if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
    need = 30;
  else
    image->state = RT_IMAGE_UNKNOWN;
  if (need == 33) image->format = RT_IMAGE_PNG;
  if (need == 30) image->format = RT_IMAGE_WEBP;
  if (need > image->need)
    image->need = need;
  else if (need == 33)
    png_start(image, p);
  else if (need == 30)
    webp_start(image, p);
}

static void look(rt_image *image, const unsigned char *p, size_t length) {
  switch ((enum step)image->step) {
  case START:
    start(image, p);
    break;
  case PNG_CHUNK:
    png_chunk(image, p);
    break;
  case PNG_END:
    png_end(image, p);
    break;
  case PNG_WALK:
    png_walk(image, p);
    break;
  case JPEG_MARKER:
    jpeg_marker(image, p);
    break;
  case JPEG_EXIF:
    jpeg_exif(image, p);
    break;
  case JPEG_ENTRIES:
    jpeg_entries(image, p);
    break;
  case JPEG_ENTRY:
    jpeg_entry(image, p);
    break;
  case JPEG_END:
    jpeg_end(image, p);
    break;
  case JPEG_SCAN:
    jpeg_scan(image, p, length);
    break;
  }
}

/* Less than `need` bytes are left at `offset`, and no more will come. */
static void ends_early(rt_image *image, uint64_t size) {
  static const char *const names[] = {"", "a PNG", "a JPEG", "a WebP"};
  if (image->format == RT_IMAGE_NONE)
    image->state = RT_IMAGE_UNKNOWN;
  else if (image->measured)
    corrupt(image, "the file ends after %llu bytes without the end of %s image", (unsigned long long)size, names[image->format]);
  else
    corrupt(image, "the file ends after %llu bytes, inside the header of %s image", (unsigned long long)size, names[image->format]);
}

static bool reaches_past_end(const rt_image *image) {
  return image->total != RT_SIZE_UNKNOWN && (image->offset > image->total || image->total - image->offset < image->need);
}

/* Steps as far as the bytes at hand, which begin at `base`, allow. */
static void run(rt_image *image, uint64_t base, const unsigned char *bytes, size_t length) {
  while (image->state == RT_IMAGE_NEED) {
    if (reaches_past_end(image)) {
      ends_early(image, image->total);
      return;
    }
    if (image->offset < base || image->offset - base > length || length - (size_t)(image->offset - base) < image->need) return;
    look(image, bytes + (image->offset - base), length - (size_t)(image->offset - base));
  }
}

void rt_image_start(rt_image *image, uint64_t total) {
  memset(image, 0, sizeof *image);
  image->orientation = 1;
  image->total = total;
  go(image, START, 0, 12);
}

bool rt_image_wants(const rt_image *image, uint64_t *offset, size_t *length) {
  if (image->state != RT_IMAGE_NEED) return false;
  size_t wish = image->step == JPEG_SCAN || image->step == PNG_WALK ? SCAN_BYTES : WALK_BYTES;
  if (image->step == JPEG_END || image->step == PNG_END) wish = image->need;
  if (image->total != RT_SIZE_UNKNOWN && image->offset + wish > image->total) wish = (size_t)(image->total - image->offset);
  *offset = image->offset;
  *length = wish;
  return true;
}

rt_image_state rt_image_feed(rt_image *image, const void *bytes, size_t length) {
  uint64_t base = image->offset;
  bool short_of = length < image->need;
  run(image, base, bytes, length);
  if (image->state == RT_IMAGE_NEED && short_of) ends_early(image, base + length);
  return image->state;
}

rt_image_state rt_image_read(rt_image *image, const void *bytes, size_t length, uint64_t total) {
  rt_image_start(image, total);
  run(image, 0, bytes, length);
  return image->state;
}

const char *rt_image_media_type(const rt_image *image) {
  static const char *const types[] = {NULL, "image/png", "image/jpeg", "image/webp"};
  return types[image->format];
}
