#include "memory.h"

#include <stdlib.h>
#include <string.h>

#ifdef RT_FAIL_ALLOC
static long fail_at, counted, live;
void rt_memory_fail_at(long n) {
  fail_at = n;
  counted = 0;
}
int rt_memory_fails_now(void) {
  return ++counted == fail_at;
}
long rt_memory_count(void) {
  return counted;
}
long rt_memory_live(void) {
  return live;
}
#define FAILS_NOW() rt_memory_fails_now()
#define TRACK(change) (live += (change))
#else
#define FAILS_NOW() 0
#define TRACK(change) (void)0
#endif

static void *track(void *fresh) {
  if (fresh) TRACK(1);
  return fresh;
}

void *rt_malloc(size_t size) {
  return FAILS_NOW() ? NULL : track(malloc(size));
}

void *rt_calloc(size_t count, size_t size) {
  return FAILS_NOW() ? NULL : track(calloc(count, size));
}

void *rt_realloc(void *old, size_t size) {
  if (FAILS_NOW()) return NULL;
  return old ? realloc(old, size) : track(malloc(size));
}

char *rt_strndup(const char *text, size_t length) {
  char *copy = rt_malloc(length + 1);
  if (!copy) return NULL;
  if (length) memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

char *rt_strdup(const char *text) {
  return rt_strndup(text, strlen(text));
}

void rt_free(void *memory) {
  if (memory) TRACK(-1);
  free(memory);
}
