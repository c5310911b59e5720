#include "memory.h"

#include <stdlib.h>
#include <string.h>

#ifdef RT_FAIL_ALLOC
static long fail_at, counted;
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
#define FAILS_NOW() rt_memory_fails_now()
#else
#define FAILS_NOW() 0
#endif

void *rt_malloc(size_t size) {
  return FAILS_NOW() ? NULL : malloc(size);
}

void *rt_calloc(size_t count, size_t size) {
  return FAILS_NOW() ? NULL : calloc(count, size);
}

void *rt_realloc(void *old, size_t size) {
  return FAILS_NOW() ? NULL : realloc(old, size);
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
  free(memory);
}
