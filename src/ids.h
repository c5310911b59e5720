/* ids.h: integers in place of pointers. An id names one thing once: a slot's generation grows each time the slot is used again, so an old
   id finds nothing. Ids stay below 2^53, where a Lua 5.1 number is still exact, and are never 0. */
#ifndef RT_IDS_H
#define RT_IDS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  void *thing;
  uint32_t generation, next_free;
} rt_id_slot;

typedef struct {
  rt_id_slot *slots;
  uint32_t count, capacity, first_free; /* first_free is 1-based; 0: none */
} rt_ids;

uint64_t rt_ids_add(rt_ids *ids, void *thing); /* 0 without memory */
void *rt_ids_find(const rt_ids *ids, uint64_t id);
void rt_ids_drop(rt_ids *ids, uint64_t id);
void rt_ids_free(rt_ids *ids);

#endif
