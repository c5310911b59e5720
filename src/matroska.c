/* matroska.c: Matroska and WebM. What is wanted stands before the first cluster of samples, or where the seek head says. */
#include <string.h>

#include "bytes.h"
#include "codecs.h"
#include "ebml.h"
#include "media_forms.h"

enum {
  ID_HEADER = 0x1A45DFA3,
  ID_SEGMENT = 0x18538067,
  ID_SEEK_HEAD = 0x114D9B74,
  ID_SEEK = 0x4DBB,
  ID_SEEK_ID = 0x53AB,
  ID_SEEK_POSITION = 0x53AC,
  ID_INFORMATION = 0x1549A966,
  ID_TIME_SCALE = 0x2AD7B1,
  ID_DURATION = 0x4489,
  ID_TRACKS = 0x1654AE6B,
  ID_TRACK = 0xAE,
  ID_TRACK_KIND = 0x83,
  ID_CODEC = 0x86,
  ID_CODEC_PRIVATE = 0x63A2,
  ID_DEFAULT_DURATION = 0x23E383,
  ID_VIDEO = 0xE0,
  ID_WIDTH = 0xB0,
  ID_HEIGHT = 0xBA,
  ID_PROJECTION = 0x7670,
  ID_ROLL = 0x7675,
  ID_AUDIO = 0xE1,
  ID_BIT_DEPTH = 0x6264,
  ID_CLUSTER = 0x1F43B675
};

enum { HEAD = 2048, TRACKS_WHOLE = 16384, CLUSTERS_STEPPED_OVER = 16, KIND_VIDEO = 1, KIND_AUDIO = 2 };

typedef struct {
  rt_pieces *pieces;
  rt_media *out;
  uint64_t segment; /* where its body begins: positions count from there */
  uint64_t information_at, tracks_at;
  bool information_seen, tracks_seen, video_seen, audio_seen;
} file_t;

typedef struct {
  unsigned kind;
  uint64_t width, height, default_duration, bit_depth;
  double roll;
  char codec[64];
  unsigned char private_bytes[24]; /* what codes of other containers need */
  size_t private_length;
} track_t;

static rt_media_state stopped(file_t *file, const rt_elements *elements, rt_element_found found) {
  if (found == RT_ELEMENT_LACK) return rt_media_lacks(file->pieces, file->out);
  if (found == RT_ELEMENT_CUT)
    return rt_media_corrupt(file->out, "the element 0x%lX at byte %llu runs past the end of the one around it",
                            (unsigned long)elements->element.id, (unsigned long long)elements->element.start);
  return rt_media_corrupt(file->out, "no element begins at byte %llu, where one should", (unsigned long long)elements->at);
}

static rt_media_state had(file_t *file, bool read) {
  return read ? RT_MEDIA_DONE : rt_media_lacks(file->pieces, file->out);
}

/* ---- going through the elements of one ---- */

typedef rt_media_state (*visit_t)(file_t *file, rt_elements *elements, void *note);

static rt_media_state each(file_t *file, const rt_element *parent, uint64_t wish_end, visit_t visit, void *note) {
  rt_elements elements = rt_elements_in(file->pieces, parent->body, parent->end, wish_end);
  for (;;) {
    rt_element_found found = rt_elements_next(&elements);
    if (found == RT_ELEMENT_NONE) return RT_MEDIA_DONE;
    if (found != RT_ELEMENT_HERE) return stopped(file, &elements, found);
    rt_media_state state = visit(file, &elements, note);
    if (state != RT_MEDIA_DONE) return state;
  }
}

/* ---- information ---- */

typedef struct {
  uint64_t scale;
  double duration;
} times_t;

static rt_media_state visit_information(file_t *file, rt_elements *elements, void *note) {
  times_t *times = note;
  if (elements->element.id == ID_TIME_SCALE) return had(file, rt_element_number(elements, &times->scale));
  if (elements->element.id == ID_DURATION) return had(file, rt_element_real(elements, &times->duration));
  return RT_MEDIA_DONE;
}

static rt_media_state information(file_t *file, const rt_element *parent) {
  times_t times = {1000000, 0};
  rt_media_state state = each(file, parent, parent->start + HEAD, visit_information, &times);
  double seconds = times.duration * ((double)times.scale / 1e9);
  if (seconds > 0 && seconds < 1e12) file->out->duration = seconds;
  file->information_seen = true;
  return state;
}

/* ---- tracks ---- */

static rt_media_state visit_projection(file_t *file, rt_elements *elements, void *note) {
  track_t *track = note;
  return elements->element.id == ID_ROLL ? had(file, rt_element_real(elements, &track->roll)) : RT_MEDIA_DONE;
}

static rt_media_state visit_video(file_t *file, rt_elements *elements, void *note) {
  track_t *track = note;
  if (elements->element.id == ID_WIDTH) return had(file, rt_element_number(elements, &track->width));
  if (elements->element.id == ID_HEIGHT) return had(file, rt_element_number(elements, &track->height));
  if (elements->element.id == ID_PROJECTION) return each(file, &elements->element, elements->wish_end, visit_projection, note);
  return RT_MEDIA_DONE;
}

static rt_media_state visit_audio(file_t *file, rt_elements *elements, void *note) {
  track_t *track = note;
  return elements->element.id == ID_BIT_DEPTH ? had(file, rt_element_number(elements, &track->bit_depth)) : RT_MEDIA_DONE;
}

static rt_media_state copy(file_t *file, rt_elements *elements, void *bytes, size_t room, size_t *length) {
  const unsigned char *p = rt_element_bytes(elements, room, length);
  if (!p) return rt_media_lacks(file->pieces, file->out);
  memcpy(bytes, p, *length);
  return RT_MEDIA_DONE;
}

static rt_media_state visit_track(file_t *file, rt_elements *elements, void *note) {
  track_t *track = note;
  uint64_t kind;
  size_t length;
  switch (elements->element.id) {
  case ID_TRACK_KIND:
    if (!rt_element_number(elements, &kind)) return rt_media_lacks(file->pieces, file->out);
    track->kind = kind <= 255 ? (unsigned)kind : 0;
    return RT_MEDIA_DONE;
  case ID_CODEC:
    return copy(file, elements, track->codec, sizeof track->codec - 1, &length);
  case ID_CODEC_PRIVATE:
    return copy(file, elements, track->private_bytes, sizeof track->private_bytes, &track->private_length);
  case ID_DEFAULT_DURATION:
    return had(file, rt_element_number(elements, &track->default_duration));
  case ID_VIDEO:
    return each(file, &elements->element, elements->wish_end, visit_video, track);
  case ID_AUDIO:
    return each(file, &elements->element, elements->wish_end, visit_audio, track);
  default:
    return RT_MEDIA_DONE;
  }
}

/* Degrees against the clock; a quarter turn clockwise is EXIF's 6. */
static int orientation(double roll) {
  if (roll > 45 && roll < 135) return 8;
  if (roll < -45 && roll > -135) return 6;
  return roll >= 135 || roll <= -135 ? 3 : 1;
}

static void name_codec(const track_t *track, char codec[RT_CODEC_ROOM]);

static rt_media_state keep(file_t *file, const track_t *track) {
  rt_media *out = file->out;
  if (track->kind == KIND_AUDIO && !file->audio_seen) {
    file->audio_seen = true;
    name_codec(track, out->audio_codec);
  }
  if (track->kind != KIND_VIDEO || file->video_seen) return RT_MEDIA_DONE;
  file->video_seen = true;
  name_codec(track, out->video_codec);
  if (track->default_duration) out->frame_rate = 1e9 / (double)track->default_duration;
  out->orientation = orientation(track->roll);
  if (track->width > UINT32_MAX || track->height > UINT32_MAX)
    return rt_media_corrupt(out, "the header gives a size of %llux%llu pixels", (unsigned long long)track->width,
                            (unsigned long long)track->height);
  return rt_media_measure(out, (uint32_t)track->width, (uint32_t)track->height);
}

static rt_media_state visit_tracks(file_t *file, rt_elements *elements, void *note) {
  (void)note;
  if (elements->element.id != ID_TRACK) return RT_MEDIA_DONE;
  track_t track;
  memset(&track, 0, sizeof track);
  rt_media_state state = each(file, &elements->element, elements->wish_end, visit_track, &track);
  return state == RT_MEDIA_DONE ? keep(file, &track) : state;
}

static rt_media_state tracks(file_t *file, const rt_element *parent) {
  bool whole = parent->end - parent->start <= TRACKS_WHOLE;
  rt_media_state state = each(file, parent, whole ? parent->end : parent->start + HEAD, visit_tracks, NULL);
  file->tracks_seen = true;
  return state;
}

/* ---- codecs ---- */

static void name_by_letters(const unsigned char *p, char codec[RT_CODEC_ROOM]) {
  const char *name = rt_codec_of_letters(rt_big32(p));
  rt_codec_copy(name ? name : "unknown", codec);
}

/* Codes that stand for those of another container, which the private bytes hold. */
static bool name_foreign(const track_t *track, char codec[RT_CODEC_ROOM]) {
  const unsigned char *p = track->private_bytes;
  if (strcmp(track->codec, "V_MS/VFW/FOURCC") == 0 && track->private_length >= 20)
    name_by_letters(p + 16, codec);
  else if ((strcmp(track->codec, "V_QUICKTIME") == 0 || strcmp(track->codec, "A_QUICKTIME") == 0) && track->private_length >= 8)
    name_by_letters(p + 4, codec);
  else if (strcmp(track->codec, "A_MS/ACM") == 0 && track->private_length >= 16)
    rt_codec_of_wave(rt_little16(p), rt_little16(p + 14), codec);
  else
    return false;
  return true;
}

static void name_codec(const track_t *track, char codec[RT_CODEC_ROOM]) {
  static const struct {
    const char *code, *codec;
  } codes[] = {{"V_MPEG4/ISO/AVC", "h264"},
               {"V_MPEGH/ISO/HEVC", "hevc"},
               {"V_MPEGI/ISO/VVC", "vvc"},
               {"V_VP8", "vp8"},
               {"V_VP9", "vp9"},
               {"V_AV1", "av1"},
               {"V_MPEG4/ISO", "mpeg4"},
               {"V_MPEG4/MS/V3", "msmpeg4v3"},
               {"V_MPEG1", "mpeg1video"},
               {"V_MPEG2", "mpeg2video"},
               {"V_THEORA", "theora"},
               {"V_PRORES", "prores"},
               {"V_MJPEG", "mjpeg"},
               {"V_FFV1", "ffv1"},
               {"V_UNCOMPRESSED", "rawvideo"},
               {"V_DIRAC", "dirac"},
               {"A_AAC", "aac"},
               {"A_OPUS", "opus"},
               {"A_VORBIS", "vorbis"},
               {"A_FLAC", "flac"},
               {"A_MPEG/L3", "mp3"},
               {"A_MPEG/L2", "mp2"},
               {"A_MPEG/L1", "mp1"},
               {"A_AC3", "ac3"},
               {"A_EAC3", "eac3"},
               {"A_DTS", "dts"},
               {"A_TRUEHD", "truehd"},
               {"A_ALAC", "alac"},
               {"A_TTA1", "tta"},
               {"A_WAVPACK4", "wavpack"}};
  rt_samples samples = {.bits = track->bit_depth <= 64 ? (unsigned)track->bit_depth : 0, .unsigned_bytes = true};
  rt_codec_copy("unknown", codec);
  if (name_foreign(track, codec)) return;
  if (strncmp(track->codec, "A_PCM/", 6) == 0) {
    samples.floating = strcmp(track->codec, "A_PCM/FLOAT/IEEE") == 0;
    samples.big_endian = strcmp(track->codec, "A_PCM/INT/BIG") == 0;
    rt_codec_of_samples(samples, codec);
    return;
  }
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    size_t length = strlen(codes[i].code);
    bool same = strncmp(track->codec, codes[i].code, length) == 0 && (track->codec[length] == '\0' || track->codec[length] == '/');
    if (!same) continue;
    rt_codec_copy(codes[i].codec, codec);
    return;
  }
}

/* ---- the seek head ---- */

typedef struct {
  uint64_t id, position;
} seek_t;

static rt_media_state visit_seek(file_t *file, rt_elements *elements, void *note) {
  seek_t *seek = note;
  if (elements->element.id == ID_SEEK_ID) return had(file, rt_element_number(elements, &seek->id));
  if (elements->element.id == ID_SEEK_POSITION) return had(file, rt_element_number(elements, &seek->position));
  return RT_MEDIA_DONE;
}

static rt_media_state visit_seek_head(file_t *file, rt_elements *elements, void *note) {
  (void)note;
  if (elements->element.id != ID_SEEK) return RT_MEDIA_DONE;
  seek_t seek = {0, 0};
  rt_media_state state = each(file, &elements->element, elements->wish_end, visit_seek, &seek);
  if (state != RT_MEDIA_DONE || seek.position > UINT64_MAX / 2) return state;
  if (seek.id == ID_INFORMATION && !file->information_at) file->information_at = file->segment + seek.position;
  if (seek.id == ID_TRACKS && !file->tracks_at) file->tracks_at = file->segment + seek.position;
  return RT_MEDIA_DONE;
}

/* ---- the segment ---- */

static rt_media_state look_at(file_t *file, const rt_element *element) {
  switch (element->id) {
  case ID_SEEK_HEAD:
    return each(file, element, element->start + HEAD, visit_seek_head, NULL);
  case ID_INFORMATION:
    return file->information_seen ? RT_MEDIA_DONE : information(file, element);
  case ID_TRACKS:
    return file->tracks_seen ? RT_MEDIA_DONE : tracks(file, element);
  default:
    return RT_MEDIA_DONE;
  }
}

/* An element that the seek head says is there. If it is not, nothing is lost. */
static rt_media_state look_where_told(file_t *file, uint64_t place, uint32_t id, uint64_t end) {
  if (place == 0 || place >= end) return RT_MEDIA_DONE;
  rt_elements elements = rt_elements_in(file->pieces, place, end, place + HEAD);
  rt_element_found found = rt_elements_next(&elements);
  if (found == RT_ELEMENT_LACK && file->pieces->missing) return rt_media_lacks(file->pieces, file->out);
  return found == RT_ELEMENT_HERE && elements.element.id == id ? look_at(file, &elements.element) : RT_MEDIA_DONE;
}

static rt_media_state finish(file_t *file, const rt_element *segment) {
  rt_media *out = file->out;
  if (!file->video_seen && !file->audio_seen)
    return rt_media_corrupt(out, "no track of picture or sound is described before the samples begin");
  out->settled = true;
  return segment->endless ? RT_MEDIA_DONE : rt_media_ends_at(file->pieces, out, segment->end);
}

/* The first cluster: whatever was not seen yet stands behind the clusters. */
static rt_media_state look_behind(file_t *file, uint64_t end) {
  rt_media_state state = RT_MEDIA_DONE;
  if (!file->tracks_seen) state = look_where_told(file, file->tracks_at, ID_TRACKS, end);
  if (state == RT_MEDIA_DONE && !file->information_seen) state = look_where_told(file, file->information_at, ID_INFORMATION, end);
  return state;
}

static rt_media_state walk(file_t *file, const rt_element *segment) {
  rt_elements elements = rt_elements_in(file->pieces, segment->body, segment->end, 0);
  for (unsigned clusters = 0; !file->tracks_seen || !file->information_seen;) {
    elements.wish_end = elements.at + HEAD;
    rt_element_found found = rt_elements_next(&elements);
    if (found == RT_ELEMENT_NONE) break;
    if (found == RT_ELEMENT_LACK && file->pieces->past_end && segment->endless) break; /* a recording cut anywhere is as whole as any */
    if (found != RT_ELEMENT_HERE && found != RT_ELEMENT_CUT) return stopped(file, &elements, found);
    rt_media_state state = RT_MEDIA_DONE;
    if (elements.element.id == ID_CLUSTER && clusters == 0) state = look_behind(file, segment->end);
    if (elements.element.id == ID_CLUSTER && (file->tracks_seen || elements.element.endless || ++clusters > CLUSTERS_STEPPED_OVER))
      return state == RT_MEDIA_DONE ? finish(file, segment) : state;
    if (elements.element.id != ID_CLUSTER) state = look_at(file, &elements.element);
    if (state != RT_MEDIA_DONE) return state;
  }
  return finish(file, segment);
}

rt_media_state rt_matroska_read(rt_pieces *pieces, rt_media *out) {
  file_t file;
  memset(&file, 0, sizeof file);
  file.pieces = pieces;
  file.out = out;
  rt_elements elements = rt_elements_in(pieces, 0, RT_SIZE_UNKNOWN, 0);
  for (;;) {
    rt_element_found found = rt_elements_next(&elements);
    if (found != RT_ELEMENT_HERE) return stopped(&file, &elements, found);
    if (elements.element.id == ID_SEGMENT) break;
    if (elements.at > RT_PIECES_HELD) return rt_media_corrupt(out, "the EBML header is not followed by a segment");
  }
  file.segment = elements.element.body;
  return walk(&file, &elements.element);
}
