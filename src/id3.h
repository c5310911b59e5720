/* id3.h: ID3v2 tags, which stand before MP3, AAC and some FLAC files and may hold whole pictures: they are stepped over. */
#ifndef RT_ID3_H
#define RT_ID3_H

#include "media.h"

/* Where the file itself begins; DONE, or as rt_media_lacks. */
rt_media_state rt_id3_end(rt_pieces *pieces, rt_media *out, uint64_t *at);

#endif
