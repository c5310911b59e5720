/* deadlines.h: a binary heap of due times, and the time it is. Each deadline lives inside what it belongs to, so moving one never
 * allocates. */
#ifndef RT_DEADLINES_H
#define RT_DEADLINES_H

#include <stddef.h>

typedef struct {
  double at;
  size_t place; /* 1-based place in the heap; 0: not in it */
} rt_deadline;

typedef struct {
  rt_deadline **heap;
  size_t count, capacity;
  double now; /* set once for a batch of events by whoever drives them: a clock read at every header line would be felt */
} rt_deadlines;

int rt_deadlines_reserve(rt_deadlines *all, size_t count);             /* room for this many; 0, or -1 without memory */
void rt_deadlines_put(rt_deadlines *all, rt_deadline *one, double at); /* adds or moves; room must have been reserved */
void rt_deadlines_drop(rt_deadlines *all, rt_deadline *one);
rt_deadline *rt_deadlines_first(const rt_deadlines *all); /* NULL when there is none */
void rt_deadlines_free(rt_deadlines *all);

#endif
