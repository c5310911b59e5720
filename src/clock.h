/* clock.h: the two clocks, in seconds. Waiting is measured on the one that never jumps; only people and servers are told the other. */
#ifndef RT_CLOCK_H
#define RT_CLOCK_H

#include <time.h>

static inline double rt_now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static inline double rt_clock(void) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

#endif
