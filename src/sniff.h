/* sniff.h: from a file's first bytes to its media type. Providers judge a file by what it is, not by its name. */
#ifndef RT_SNIFF_H
#define RT_SNIFF_H

#include <stddef.h>

enum { RT_SNIFF_BYTES = 512 }; /* more than this never changes the answer */

/* A media type such as "image/png", or NULL where the bytes are of no kind known here. "text/html", "application/xml",
   "application/json", "text/plain" and the like say that this is no media at all, often an error page that was saved as a picture. */
const char *rt_sniff(const void *bytes, size_t length);

#endif
