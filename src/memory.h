/* memory.h: every allocation of the core goes through here, so that a test build (RT_FAIL_ALLOC) can make the n-th one fail. */
#ifndef RT_MEMORY_H
#define RT_MEMORY_H

#include <stddef.h>

void *rt_malloc(size_t size);
void *rt_calloc(size_t count, size_t size);
void *rt_realloc(void *old, size_t size);
char *rt_strndup(const char *text, size_t length); /* NUL-terminated copy; the text may hold NULs */
char *rt_strdup(const char *text);
void rt_free(void *memory);

#ifdef RT_FAIL_ALLOC
/* The next allocation that fails: 1 is the very next, 0 is none. Shared with the Lua allocator and libcurl's in the test host. */
void rt_memory_fail_at(long n);
int rt_memory_fails_now(void); /* counts one allocation; 1 when it has to fail */
long rt_memory_count(void);    /* allocations counted since rt_memory_fail_at */
long rt_memory_live(void);     /* blocks that nobody has freed yet */
#endif

#endif
