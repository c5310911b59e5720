#include "ids.h"

#include "memory.h"

enum { SLOT_BITS = 24 };
#define SLOT_MOST (1u << SLOT_BITS)
#define GENERATION_MOST ((1u << 29) - 1)

uint64_t rt_ids_add(rt_ids *ids, void *thing) {
  uint32_t at;
  if (ids->first_free) {
    at = ids->first_free - 1;
    ids->first_free = ids->slots[at].next_free;
  } else {
    if (ids->count == ids->capacity) {
      uint32_t capacity = ids->capacity ? ids->capacity * 2 : 64;
      if (capacity > SLOT_MOST) return 0;
      rt_id_slot *slots = rt_realloc(ids->slots, capacity * sizeof *slots);
      if (!slots) return 0;
      ids->slots = slots;
      ids->capacity = capacity;
    }
    at = ids->count++;
    ids->slots[at].generation = GENERATION_MOST;
  }
  rt_id_slot *slot = &ids->slots[at];
  slot->thing = thing;
  slot->generation = slot->generation == GENERATION_MOST ? 0 : slot->generation + 1;
  return ((uint64_t)slot->generation << SLOT_BITS | at) + 1;
}

static rt_id_slot *slot_of(const rt_ids *ids, uint64_t id) {
  uint64_t at = --id & (SLOT_MOST - 1);
  if (at >= ids->count) return NULL; /* id 0 too: all bits are set now */
  rt_id_slot *slot = &ids->slots[at];
  return slot->thing && slot->generation == id >> SLOT_BITS ? slot : NULL;
}

void *rt_ids_find(const rt_ids *ids, uint64_t id) {
  rt_id_slot *slot = slot_of(ids, id);
  return slot ? slot->thing : NULL;
}

void rt_ids_drop(rt_ids *ids, uint64_t id) {
  rt_id_slot *slot = slot_of(ids, id);
  if (!slot) return;
  slot->thing = NULL;
  slot->next_free = ids->first_free;
  ids->first_free = (uint32_t)(slot - ids->slots) + 1;
}

void rt_ids_free(rt_ids *ids) {
  rt_free(ids->slots);
  ids->slots = NULL;
  ids->count = ids->capacity = ids->first_free = 0;
}
