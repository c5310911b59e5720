/* unit.h: what a C unit test needs and no more. Each test file has a main that calls its tests and returns unit_report(). */
#ifndef UNIT_H
#define UNIT_H

#include <stdio.h>
#include <string.h>

static int unit_passed, unit_failed;

#define CHECK(condition) \
  ((condition) ? (void)unit_passed++ \
               : (void)(unit_failed++, fprintf(stderr, "%s:%d: CHECK(%s) failed\n", __FILE__, __LINE__, #condition)))

#define CHECK_STR(got, want) \
  do { \
    const char *unit_got = (got), *unit_want = (want); \
    if (unit_got && strcmp(unit_got, unit_want) == 0) unit_passed++; \
    else unit_failed++, fprintf(stderr, "%s:%d: got \"%s\", want \"%s\"\n", __FILE__, __LINE__, unit_got ? unit_got : "(null)", unit_want); \
  } while (0)

static inline int unit_report(void) {
  printf("%d passed, %d failed\n", unit_passed, unit_failed);
  return unit_failed != 0;
}

#endif
