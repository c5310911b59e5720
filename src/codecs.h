/* codecs.h: names of codecs as ffprobe writes them, for the codes that the containers have for them. */
#ifndef RT_CODECS_H
#define RT_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RT_CODEC_ROOM = 24 };

/* A code of four letters (of MP4, QuickTime, AVI), letter case counting. NULL: not known here. */
const char *rt_codec_of_letters(uint32_t letters);

/* The object type of MPEG-4's ES descriptor. */
const char *rt_codec_of_object_type(unsigned type);

typedef struct rt_samples {
  unsigned bits;
  bool floating, big_endian, unsigned_bytes; /* the last is of 8 bits only */
} rt_samples;

/* pcm_s16le and its like; "" where there is none of so many bits. */
void rt_codec_of_samples(rt_samples samples, char codec[RT_CODEC_ROOM]);

/* The format tag of a WAVE file (Matroska has it too), "unknown" where nothing is known of it; 0xFFFE has to be resolved before. */
void rt_codec_of_wave(unsigned tag, unsigned bits, char codec[RT_CODEC_ROOM]);

void rt_codec_copy(const char *name, char codec[RT_CODEC_ROOM]);

#endif
