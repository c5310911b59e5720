#include "deadlines.h"

#include "memory.h"

int rt_deadlines_reserve(rt_deadlines *all, size_t count) {
  if (count <= all->capacity) return 0;
  size_t capacity = all->capacity ? all->capacity * 2 : 64;
  if (capacity < count) capacity = count;
  rt_deadline **heap = rt_realloc(all->heap, capacity * sizeof *heap);
  if (!heap) return -1;
  all->heap = heap;
  all->capacity = capacity;
  return 0;
}

static void settle(rt_deadlines *all, size_t place, rt_deadline *one) {
  all->heap[place - 1] = one;
  one->place = place;
}

static void rise(rt_deadlines *all, rt_deadline *one) {
  size_t place = one->place;
  while (place > 1 && all->heap[place / 2 - 1]->at > one->at) {
    settle(all, place, all->heap[place / 2 - 1]);
    place /= 2;
  }
  settle(all, place, one);
}

static void sink(rt_deadlines *all, rt_deadline *one) {
  size_t place = one->place;
  for (;;) {
    size_t child = place * 2;
    if (child > all->count) break;
    if (child < all->count && all->heap[child]->at < all->heap[child - 1]->at) child++;
    if (all->heap[child - 1]->at >= one->at) break;
    settle(all, place, all->heap[child - 1]);
    place = child;
  }
  settle(all, place, one);
}

void rt_deadlines_put(rt_deadlines *all, rt_deadline *one, double at) {
  if (!one->place) {
    one->place = ++all->count;
    all->heap[one->place - 1] = one;
  }
  one->at = at;
  rise(all, one);
  sink(all, one);
}

void rt_deadlines_drop(rt_deadlines *all, rt_deadline *one) {
  if (!one->place) return;
  rt_deadline *last = all->heap[--all->count];
  size_t place = one->place;
  one->place = 0;
  if (last == one) return;
  settle(all, place, last);
  rise(all, last);
  sink(all, last);
}

rt_deadline *rt_deadlines_first(const rt_deadlines *all) {
  return all->count ? all->heap[0] : NULL;
}

void rt_deadlines_free(rt_deadlines *all) {
  rt_free(all->heap);
  all->heap = NULL;
  all->count = all->capacity = 0;
}
