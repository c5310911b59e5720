/* uuid.h: random identifiers from the system's random source. */
#ifndef RT_UUID_H
#define RT_UUID_H

#include <stdbool.h>

/* A version 4 UUID, 36 characters and a NUL; false where the system gives no random bytes. */
bool rt_uuid4(char out[37]);

#endif
