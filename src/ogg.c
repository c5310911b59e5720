/* ogg.c: Ogg files. Each logical stream begins with a page of its own that names its codec; how long it lasts says its last page. */
#include <string.h>

#include "bytes.h"
#include "codecs.h"
#include "media_forms.h"

enum {
  STREAMS = 8,
  PAGE_HEAD = 27,
  PAGE_MOST = PAGE_HEAD + 255 + 255 * 255,
  HEADER_BYTES = 64, /* of a stream's first packet, more than is read of any */
  TAIL = 8192,       /* the last pages are in there mostly; where they are not, they are in PAGE_MOST */
  FIRST = 2,         /* flags of a page */
  LAST = 4
};

typedef struct {
  uint32_t serial;
  double granules_a_second; /* 0: not known */
  uint64_t granules_before; /* of which nothing is heard */
  unsigned shift;           /* Theora: the frames since the last key frame are in the lower bits */
  double seconds;
  bool ended;
} stream_t;

typedef struct {
  rt_pieces *pieces;
  rt_media *out;
  stream_t streams[STREAMS];
  size_t count;
} file_t;

typedef struct {
  uint64_t granule; /* all ones: no packet ends in the page */
  uint32_t serial;
  unsigned flags;
  uint64_t body, end;
} page_t;

/* ---- pages ---- */

static bool is_page(const unsigned char *p) {
  return memcmp(p, "OggS", 5) == 0 && p[5] < 8; /* the fifth byte: version 0 */
}

/* p: a page's head and its table of lengths. */
static void read_page(const unsigned char *p, uint64_t at, page_t *page) {
  page->flags = p[5];
  page->granule = rt_little64(p + 6);
  page->serial = rt_little32(p + 14);
  page->body = at + PAGE_HEAD + p[26];
  page->end = page->body;
  for (size_t i = 0; i < p[26]; i++) page->end += p[PAGE_HEAD + i];
}

static rt_media_state page_at(file_t *file, uint64_t at, page_t *page) {
  const unsigned char *p = rt_pieces_ask(file->pieces, at, PAGE_HEAD, 256);
  if (p && !is_page(p)) return rt_media_corrupt(file->out, "no Ogg page begins at byte %llu, where one should", (unsigned long long)at);
  if (p) p = rt_pieces_ask(file->pieces, at, PAGE_HEAD + (size_t)p[26], 512);
  if (!p) return rt_media_lacks(file->pieces, file->out);
  read_page(p, at, page);
  return RT_MEDIA_DONE;
}

/* ---- a stream's first packet ---- */

static rt_media_state theora(file_t *file, stream_t *stream, const unsigned char *p) {
  uint32_t numerator = rt_big32(p + 22), denominator = rt_big32(p + 26);
  stream->shift = rt_big16(p + 40) >> 5 & 31;
  if (numerator && denominator) {
    file->out->frame_rate = (double)numerator / denominator;
    stream->granules_a_second = file->out->frame_rate;
  }
  return rt_media_measure(file->out, rt_big24(p + 14), rt_big24(p + 17));
}

/* VP8 in Ogg: frames in the granule's upper half. */
static rt_media_state vp8(file_t *file, stream_t *stream, const unsigned char *p) {
  uint32_t numerator = rt_big32(p + 18), denominator = rt_big32(p + 22);
  stream->shift = 32;
  if (numerator && denominator) {
    file->out->frame_rate = (double)numerator / denominator;
    stream->granules_a_second = file->out->frame_rate;
  }
  return rt_media_measure(file->out, rt_big16(p + 8), rt_big16(p + 10));
}

static void opus(stream_t *stream, const unsigned char *p) {
  stream->granules_a_second = 48000;
  stream->granules_before = rt_little16(p + 10);
}

typedef enum { NO_CODEC, VIDEO, AUDIO } kind_t;

static kind_t kind_of(const unsigned char *p, size_t length, const char **codec) {
  static const struct {
    const char *bytes;
    size_t length, least;
    kind_t kind;
    const char *codec;
  } kinds[] = {{"\x80theora", 7, 42, VIDEO, "theora"},
               {"OVP80\x01", 6, 26, VIDEO, "vp8"},
               {"BBCD\0", 5, 5, VIDEO, "dirac"},
               {"\x01vorbis", 7, 30, AUDIO, "vorbis"},
               {"OpusHead", 8, 19, AUDIO, "opus"},
               {"\x7f"
                "FLAC",
                5, 51, AUDIO, "flac"},
               {"Speex   ", 8, 40, AUDIO, "speex"}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (length >= kinds[i].least && memcmp(p, kinds[i].bytes, kinds[i].length) == 0) {
      *codec = kinds[i].codec;
      return kinds[i].kind;
    }
  return NO_CODEC;
}

static rt_media_state video(file_t *file, stream_t *stream, const unsigned char *p, const char *codec) {
  if (file->out->video_codec[0]) return RT_MEDIA_DONE;
  rt_codec_copy(codec, file->out->video_codec);
  if (codec[0] == 't') return theora(file, stream, p);
  return codec[0] == 'v' ? vp8(file, stream, p) : RT_MEDIA_DONE;
}

static void audio(file_t *file, stream_t *stream, const unsigned char *p, const char *codec) {
  if (!file->out->audio_codec[0]) rt_codec_copy(codec, file->out->audio_codec);
  if (codec[0] == 'o')
    opus(stream, p);
  else if (codec[0] == 'v')
    stream->granules_a_second = rt_little32(p + 12);
  else if (codec[0] == 'f')
    stream->granules_a_second = rt_big24(p + 27) >> 4; /* STREAMINFO after 13 bytes of mapping and 4 of block header */
  else
    stream->granules_a_second = rt_little32(p + 36);
}

static rt_media_state first_packet(file_t *file, const page_t *page) {
  uint64_t size = page->end - page->body;
  size_t length = size < HEADER_BYTES ? (size_t)size : HEADER_BYTES;
  const unsigned char *p = rt_pieces_at(file->pieces, page->body, length);
  if (!p) return rt_media_lacks(file->pieces, file->out);
  const char *codec;
  kind_t kind = kind_of(p, length, &codec);
  if (kind == NO_CODEC || file->count == STREAMS) return RT_MEDIA_DONE;
  stream_t *stream = &file->streams[file->count++];
  stream->serial = page->serial;
  if (kind == VIDEO) return video(file, stream, p, codec);
  audio(file, stream, p, codec);
  return RT_MEDIA_DONE;
}

/* All streams begin before any goes on. */
static rt_media_state heads(file_t *file) {
  uint64_t at = 0;
  for (int i = 0; i < 2 * STREAMS; i++) {
    page_t page;
    rt_media_state state = page_at(file, at, &page);
    if (state != RT_MEDIA_DONE) return state;
    if ((page.flags & FIRST) == 0) break;
    if ((state = first_packet(file, &page)) != RT_MEDIA_DONE) return state;
    at = page.end;
    if (at == file->pieces->total) break;
  }
  return file->count ? RT_MEDIA_DONE : rt_media_corrupt(file->out, "the Ogg file holds no stream of a known codec");
}

/* ---- the end ---- */

static void note_page(file_t *file, const page_t *page) {
  for (size_t i = 0; i < file->count; i++) {
    stream_t *stream = &file->streams[i];
    if (stream->serial != page->serial) continue;
    if (page->flags & LAST) stream->ended = true;
    if (page->granule == UINT64_MAX || stream->granules_a_second <= 0) continue;
    uint64_t granules = page->granule;
    if (stream->shift) granules = (granules >> stream->shift) + (stream->shift < 32 ? granules & ((1u << stream->shift) - 1) : 0);
    granules -= granules < stream->granules_before ? granules : stream->granules_before;
    double seconds = (double)granules / stream->granules_a_second;
    if (seconds > stream->seconds) stream->seconds = seconds;
  }
}

typedef struct {
  bool any;
  uint64_t end; /* where the last page should end */
} tail_t;

/* Pages from the first that begins in the file's last `most` bytes on: after one, the next follows at once. */
static rt_media_state tail(file_t *file, size_t most, tail_t *found) {
  uint64_t total = file->pieces->total, base = total > most ? total - most : 0;
  size_t length = (size_t)(total - base);
  const unsigned char *p = rt_pieces_at(file->pieces, base, length);
  if (!p) return rt_media_lacks(file->pieces, file->out);
  for (size_t at = 0; at + PAGE_HEAD <= length;) {
    const unsigned char *mark = memchr(p + at, 'O', length - at);
    if (!mark) break;
    at = (size_t)(mark - p);
    if (length - at < PAGE_HEAD) break;
    if (!is_page(p + at) || length - at < PAGE_HEAD + (size_t)p[at + 26]) {
      at++;
      continue;
    }
    page_t page;
    read_page(p + at, base + at, &page);
    found->any = true;
    found->end = page.end;
    if (page.end > total) break;
    note_page(file, &page);
    at = (size_t)(page.end - base);
  }
  return RT_MEDIA_DONE;
}

static bool all_timed(const file_t *file) {
  for (size_t i = 0; i < file->count; i++)
    if (file->streams[i].granules_a_second > 0 && file->streams[i].seconds <= 0) return false;
  return true;
}

static rt_media_state ended(file_t *file, const tail_t *found) {
  rt_media *out = file->out;
  bool all = true;
  for (size_t i = 0; i < file->count; i++) {
    if (file->streams[i].seconds > out->duration) out->duration = file->streams[i].seconds;
    all = all && file->streams[i].ended;
  }
  if (out->duration <= 0) out->duration = -1;
  out->settled = out->end_seen = true;
  if (found->any && found->end > file->pieces->total) return rt_media_ends_at(file->pieces, out, found->end);
  out->complete = all;
  return RT_MEDIA_DONE;
}

rt_media_state rt_ogg_read(rt_pieces *pieces, rt_media *out) {
  file_t file;
  memset(&file, 0, sizeof file);
  file.pieces = pieces;
  file.out = out;
  rt_media_state state = heads(&file);
  if (state != RT_MEDIA_DONE) return state;
  if (pieces->total == RT_SIZE_UNKNOWN) {
    out->settled = true;
    return RT_MEDIA_DONE;
  }
  tail_t found = {false, 0};
  state = tail(&file, TAIL, &found);
  if (state == RT_MEDIA_DONE && !all_timed(&file) && pieces->total > TAIL) state = tail(&file, PAGE_MOST, &found);
  return state == RT_MEDIA_DONE ? ended(&file, &found) : state;
}
